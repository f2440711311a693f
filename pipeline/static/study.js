// The side of the form: keys, the form's parts for each action and field, and what is kept until it is saved.
(() => {
  "use strict";
  const main = document.getElementById("main"), side = document.getElementById("side");
  const fields = JSON.parse(document.getElementById("form-fields").textContent);
  const base = main.dataset.base, blind = base.startsWith("/double/");
  const KEPT = `draft ${base}`;
  const ALWAYS = ["quote", "page", "reason"];
  const TITLES = { add: "Add a finding", change: "Correct the value", reject: "Reject the value", move_arm: "Move to another arm", not_reported: "Not reported in the paper" };
  let state = {}, again = null;
  const form = () => document.getElementById("form");
  const $ = (selector) => side.querySelector(selector);

  function read() {
    state = JSON.parse(document.getElementById("state").textContent);
    window.paper.draw(state.marks, state.chosen);
    window.paper.choose(state.chosen);
    if (state.note) { window.livetable.toast(state.note); sessionStorage.removeItem(KEPT); window.paper.clear(); }
    if (again && again.place === state.place) {
      const { place, finding, ...entries } = again;
      open(entries.action, entries.field, entries);
    }
    again = null;
    const draft = JSON.parse(sessionStorage.getItem(KEPT) || "null");
    if (draft && draft.finding === form()?.elements.finding.value) { open(draft.action, draft.field, draft); }
  }

  // --- the form ---
  function open(action, field, held = {}) {
    const made = form();
    if (!made) return;
    const named = field || state.field || Object.keys(fields)[0];
    made.hidden = false;
    made.elements.action.value = action;
    for (const name of Object.keys(state.cells?.[state.chosen] || {})) if (made.elements[name] && action !== "add") made.elements[name].value = state.cells[state.chosen][name];
    if (action === "add") for (const each of made.querySelectorAll("[data-part] input, [data-part] textarea, [data-part] select")) each.value = "";
    made.elements.field.value = named;
    if (action === "add") made.elements.unit.value = fields[named].unit;
    for (const [name, value] of Object.entries(held)) if (made.elements[name] && name !== "known" && name !== "field") made.elements[name].value = value;
    document.getElementById("form-title").textContent = TITLES[action];
    layOut();
    const first = { reject: "reason", not_reported: "reason", move_arm: "arm", add: field || held.quote ? "value" : "field" }[action] || "value";
    made.elements[first].focus();
    if (made.elements[first].select) made.elements[first].select();
    made.scrollIntoView({ block: "nearest" });
  }
  function layOut() {
    const made = form(), action = made.elements.action.value, about = fields[made.elements.field.value];
    const parts = { add: ["field", ...about.parts, ...ALWAYS], change: [...about.parts, ...ALWAYS], move_arm: ["arm", "reason"], reject: ["reason"], not_reported: ["field", "reason"] }[action];
    for (const label of made.querySelectorAll("[data-part]")) label.hidden = !parts.includes(label.dataset.part);
    made.querySelector("[data-part=field]").hidden ||= action === "not_reported" && !blind && Boolean(state.field);
    made.querySelector("[data-part=n] span").textContent = made.elements.field.value === "rt_dose" ? "Fractions" : "n";
    made.querySelector("[data-part=arm] span").textContent = about.arms.length ? "Verdict" : "Arm or subgroup";
    const needed = ["change", "reject", "move_arm", "not_reported"].includes(action);
    made.elements.reason.required = needed;
    made.querySelector("[data-part=reason] span").textContent = needed ? "Reason" : "Reason (needed without a quote)";
    fill("words", about.words);
    if (about.arms.length) fill("arms", about.arms);
    made.querySelector("[data-slot=hint]").textContent = action === "add" || action === "change" ? "Select the quote in the paper." : "";
  }
  function fill(id, words) {
    document.getElementById(id).replaceChildren(...words.map((word) => { const made = document.createElement("option"); made.value = word; return made; }));
  }
  function close() {
    const made = form();
    if (made) made.hidden = true;
    sessionStorage.removeItem(KEPT);
    window.paper.clear();
    $("#chosen")?.focus({ preventScroll: true });
  }
  function keep() {
    const made = form();
    if (made && !made.hidden) sessionStorage.setItem(KEPT, JSON.stringify(Object.fromEntries(new FormData(made))));
  }
  function guess(quote, made) {
    const about = fields[made.elements.field.value];
    if (about.is_word || made.elements.value.value) return;
    const numbers = quote.replace(/(\d)·(\d)/g, "$1.$2").match(/\d+(?:\.\d+)?/g) || [];
    if (numbers.length === 1) made.elements.value.value = numbers[0];
  }

  document.addEventListener("picked", (event) => {
    const made = form();
    if (!made) return;
    const action = made.elements.action.value;
    if (made.hidden || (action !== "add" && action !== "change")) open("add", state.empty || undefined, {});
    made.elements.quote.value = event.detail.quote;
    made.elements.page.value = event.detail.page;
    guess(event.detail.quote, made);
    made.elements[made.elements.action.value === "add" && !state.empty && !made.elements.value.value ? "field" : "value"].focus();
    keep();
  });

  // --- acting ---
  function post(values) {
    window.htmx.ajax("POST", `${base}/decide`, { target: "#side", values: { finding: state.chosen, known: state.known, ...values } }).catch(() => {}); // lists.js says what went wrong
  }
  function go(id) {
    if (!id || blind) return;
    window.htmx.ajax("GET", `${base}/side?finding=${encodeURIComponent(id)}`, { target: "#side" }).then(() => {
      history.replaceState(null, "", `${base}?finding=${encodeURIComponent(id)}`);
    }).catch(() => {});
  }
  function step(by) {
    const at = state.walk.indexOf(state.chosen);
    go(state.walk[at < 0 ? 0 : Math.max(0, Math.min(state.walk.length - 1, at + by))]);
  }
  const acts = {
    accept: () => post({ action: "verify" }),
    correct: () => open("change"),
    reject: () => open("reject"),
    move: () => open("move_arm"),
    add: (button) => open("add", button?.dataset.field || state.empty || undefined),
    "not-reported": (button) => open("not_reported", button?.dataset.field || state.field, { reason: "searched the paper; not reported" }),
    undo: (button) => post({ action: "undo", decision: button.dataset.decision }),
    "close-form": close,
  };
  function act(name) {
    const button = $(`[data-do="${name}"]`);
    if (button && !button.disabled) button.click();
  }
  side.addEventListener("click", (event) => {
    const entry = event.target.closest("[data-entry]");
    if (entry) { event.preventDefault(); go(entry.dataset.entry); return; }
    const mark = event.target.closest("[data-mark]");
    if (mark) { event.preventDefault(); window.paper.choose(mark.dataset.mark); return; }
    const button = event.target.closest("[data-do]");
    if (button && acts[button.dataset.do]) acts[button.dataset.do](button);
  });
  side.addEventListener("change", (event) => {
    if (event.target.name === "field") { const made = form(); made.elements.unit.value = fields[event.target.value].unit; layOut(); guess(made.elements.quote.value, made); made.elements.value.focus(); }
    keep();
  });
  side.addEventListener("input", keep);
  document.addEventListener("chosen-mark", (event) => (blind ? window.paper.choose(event.detail) : go(event.detail)));
  document.addEventListener("look-again", () => { // somebody was faster: show what they decided, and what was written here beside it
    again = form().hidden ? null : { ...Object.fromEntries(new FormData(form())), place: state.place };
    window.htmx.ajax("GET", `${base}/side?finding=${encodeURIComponent(state.chosen)}&place=${encodeURIComponent(state.place)}`, { target: "#side" }).catch(() => {});
  });

  const KEYS = { a: "accept", c: "correct", r: "reject", m: "move", u: "undo" };
  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && form() && !form().hidden) { event.preventDefault(); form().requestSubmit(); return; }
    if (event.key === "Escape" && form() && !form().hidden) { event.preventDefault(); close(); return; }
    if (event.ctrlKey || event.metaKey || event.altKey || window.livetable.typing() || document.querySelector("dialog[open]")) return;
    if (event.key === "n" || event.key === "j") step(1);
    else if (event.key === "p" || event.key === "k") step(-1);
    else if (event.key === "t") window.paper.tab();
    else if (event.key === "s") { event.preventDefault(); acts.add(); }
    else if (event.key === "x" && !blind) { event.preventDefault(); acts["not-reported"](); }
    else if (KEYS[event.key] && !blind) { event.preventDefault(); act(KEYS[event.key]); }
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target !== side) return;
    read();
    if (!form() || form().hidden) document.getElementById("chosen")?.focus({ preventScroll: true });
    side.querySelector(".entry.on")?.scrollIntoView({ block: "nearest" });
  });
  read();
})();
