// What all pages share: messages, the list of keys, filters, and moving through lists by keyboard.
(() => {
  "use strict";
  const $ = (selector, from = document) => from.querySelector(selector);
  const all = (selector, from = document) => [...from.querySelectorAll(selector)];
  const message = $("#message");
  const typing = () => document.activeElement?.matches?.("input, select, textarea, [contenteditable]");

  function toast(words) {
    const box = $("#toast");
    box.textContent = words;
    box.classList.add("on");
    clearTimeout(toast.timer);
    toast.timer = setTimeout(() => box.classList.remove("on"), 4000);
  }

  function alarm(words) {
    const box = document.createElement("div");
    box.className = "alert bad";
    const bold = document.createElement("b");
    bold.textContent = "Not saved. ";
    box.append(bold, words);
    message.replaceChildren(box);
  }

  document.addEventListener("htmx:beforeRequest", () => document.body.classList.add("waiting"));
  document.addEventListener("htmx:afterRequest", (event) => {
    document.body.classList.remove("waiting");
    const verb = event.detail.requestConfig?.verb;
    if (event.detail.successful && verb === "post" && event.detail.target !== message) message.replaceChildren();
  });
  document.addEventListener("htmx:sendError", () => alarm("The program does not answer; is it still running? Your entries are still in the form: start it again, or try once more."));
  document.addEventListener("htmx:timeout", () => alarm("No answer came in time. Your entries are still in the form."));
  document.addEventListener("htmx:afterSettle", () => {
    const note = $("#note");
    if (note) { toast(note.textContent); note.remove(); }
  });

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-do]");
    if (button?.dataset.do === "dismiss") button.closest(".alert").remove();
    if (button?.dataset.do === "look-again") { message.replaceChildren(); document.dispatchEvent(new CustomEvent("look-again")); }
    const reason = event.target.closest("[data-reason]");
    if (reason) {
      const form = reason.closest("form");
      form.elements.reason.value = reason.dataset.reason;
      $("button[value=out]", form).click();
    }
  });
  document.addEventListener("look-again", () => { if (!document.body.classList.contains("study")) location.reload(); });

  function step(selector, by) {
    const places = all(selector).filter((each) => each.offsetParent !== null);
    const at = places.findIndex((each) => each === document.activeElement || each.contains(document.activeElement) || each.classList.contains("on"));
    const next = places[at < 0 ? 0 : Math.max(0, Math.min(places.length - 1, at + by))];
    if (!next) return;
    next.focus();
    next.scrollIntoView({ block: "nearest" });
    if (next.matches("[data-record]")) next.click();
  }

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    if (typing()) { if (event.key === "Escape") document.activeElement.blur(); return; }
    const selector = $("[data-record]") ? "[data-record]" : "[data-task]";
    if (event.key === "?") $("#keys").showModal();
    else if (event.key === "/" && $("#filter")) { event.preventDefault(); $("#filter").focus(); }
    else if (document.body.classList.contains("study")) return;
    else if ("nj".includes(event.key)) step(selector, 1);
    else if ("pk".includes(event.key)) step(selector, -1);
    else if (event.key === "Enter" && document.activeElement.matches("[data-task]:not(a)")) $("a", document.activeElement)?.click();
    else {
      const within = $("form.decide") || document.activeElement.closest?.("[data-task]");
      const button = within && all("[data-key]", within).find((each) => each.dataset.key === event.key);
      if (!button) return;
      event.preventDefault();
      const reason = button.value === "out" && button.form?.elements.reason;
      if (reason && !reason.value.trim()) { reason.focus(); toast("Write why, then Enter; or choose a reason by its number."); }
      else button.click();
    }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.target.matches("form.decide input[name=reason]")) {
      event.preventDefault();
      $("button[value=out]", event.target.form).click();
    }
  });

  const box = $("#filter");
  box?.addEventListener("input", () => {
    const terms = box.value.toLowerCase().split(/\s+/).filter(Boolean);
    for (const row of all("[data-filtered] tbody tr")) row.hidden = !terms.every((term) => row.textContent.toLowerCase().includes(term));
  });

  window.livetable = { toast, alarm, typing };
})();
