(() => {
  "use strict";
  const evidence = JSON.parse(document.getElementById("evidence").textContent);
  const panel = document.getElementById("panel");
  const slots = Object.fromEntries(["title", "fact", "words", "picture"].map((name) => [name, panel.querySelector(`[data-slot=${name}]`)]));
  const told = { machine: "read by machine, not checked by anybody", verified: "verified by", corrected: "corrected by", added: "added by", moved: "moved to its arm by", not_reported: "noted as not reported by" };
  let opener = null;

  const el = (tag, text = "", cls = "") => {
    const made = document.createElement(tag);
    if (text !== "") made.textContent = text;
    if (cls) made.className = cls;
    return made;
  };
  const values = () => [...document.querySelectorAll("[data-f]")].filter((each) => each.offsetParent !== null && !panel.contains(each));

  function facts(fact) {
    const found = [el("p", fact.said, "value")];
    const list = el("dl");
    const row = (name, held) => { if (held) { list.append(el("dt", name)); const said = el("dd"); said.append(held); list.append(said); } };
    row("Paper", fact.study);
    row("Place", [fact.section, fact.page ? `page ${fact.page}` : ""].filter(Boolean).join(", "));
    row(fact.curator ? "Made by" : "Rule", fact.made_by);
    row("Status", fact.curator ? `${told[fact.status] || fact.status} ${fact.curator}` : told[fact.status] || fact.status);
    if (fact.link) {
      const link = el("a", fact.specimen ? "specimen, not the original" : "the paper");
      link.href = encodeURI(fact.link) + (fact.page ? `#page=${fact.page}` : "");
      link.target = "_blank";
      link.rel = "noopener";
      row("Open", link);
    }
    found.push(list);
    if (fact.curator) {
      const box = el("div", "", "history");
      box.append(el("b", `${fact.curator}: ${fact.status.replace("_", " ")}`));
      if (fact.reason) box.append(el("p", fact.reason));
      if (fact.overruled) box.append(el("p", `The machine had: ${fact.overruled}`));
      if (fact.correction_status && fact.correction_status !== "active") box.append(el("p", `This decision is now ${fact.correction_status}.`));
      found.push(box);
    }
    return found;
  }

  function words(fact) {
    const found = [el("h3", "In the paper's own words")];
    const quote = el("blockquote");
    quote.append(fact.before, el("mark", fact.quote || "no quote is kept"), fact.after);
    found.push(quote);
    if (fact.table) {
      found.push(el("p", fact.table.caption, "small muted"));
      const grid = el("table");
      for (const cells of fact.table.rows) {
        const row = el("tr");
        for (const cell of cells) {
          const made = el(cell.head ? "th" : "td", cell.text, cell.mark ? "hit" : "");
          made.colSpan = cell.span;
          row.append(made);
        }
        grid.append(row);
      }
      const scroll = el("div", "", "scroll");
      scroll.append(grid);
      found.push(scroll);
    }
    if (fact.mentions.length) {
      found.push(el("h3", `Also said ${fact.mentions.length === 1 ? "once" : fact.mentions.length + " times"} elsewhere`));
      for (const other of fact.mentions) {
        const where = [other.section, other.page ? `page ${other.page}` : ""].filter(Boolean).join(", ");
        found.push(el("p", `“${other.quote}” ${where ? `(${where})` : ""}`, "small muted"));
      }
    }
    return found;
  }

  function picture(fact) {
    const nothing = (why) => el("p", why, "muted");
    if (!fact.picture) return [el("h3", "Place"), nothing(fact.page ? "No box on the page is known." : "This paper was read from its text (JATS) or entered by hand, so there is no page to show; the words on the left are the source.")];
    const image = el("img");
    image.alt = `Page ${fact.page} of ${fact.study}, the quoted words marked`;
    image.src = fact.picture;
    image.addEventListener("error", () => image.replaceWith(nothing("The picture is not beside this page: keep the folder “evidence” next to table1.html.")));
    return [el("h3", `Page ${fact.page}${fact.specimen ? " of the specimen" : ""}`), image];
  }

  function show(button) {
    const fact = evidence[button.dataset.f];
    if (!fact) return;
    document.querySelectorAll(".on").forEach((each) => each.classList.remove("on"));
    button.classList.add("on");
    opener = button;
    slots.title.textContent = `${fact.study} · ${fact.column} · ${fact.field}`;
    slots.fact.replaceChildren(...facts(fact));
    slots.words.replaceChildren(...words(fact));
    slots.picture.replaceChildren(...picture(fact));
    panel.hidden = false;
    document.body.classList.add("open");
    panel.querySelectorAll(".body > div").forEach((each) => { each.scrollTop = 0; });
    const box = button.getBoundingClientRect();
    if (box.bottom > window.innerHeight - panel.offsetHeight - 12 || box.top < 90) window.scrollBy({ top: box.top - (window.innerHeight - panel.offsetHeight) / 2 });
  }
  function open(button) { show(button); panel.focus({ preventScroll: true }); }
  function close() {
    panel.hidden = true;
    document.body.classList.remove("open");
    if (opener) { opener.classList.remove("on"); opener.focus({ preventScroll: true }); }
  }
  function step(by) {
    const all = values();
    const next = all[all.indexOf(opener) + by];
    if (next) show(next);
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-f]");
    if (button) { event.preventDefault(); open(button); return; }
    const action = event.target.closest("[data-do]")?.dataset.do;
    if (action === "close") close();
    if (action === "next") step(1);
    if (action === "previous") step(-1);
  });
  const box = document.getElementById("filter");
  document.addEventListener("keydown", (event) => {
    if (event.key === " " && event.target.matches?.("a[data-f]")) { event.preventDefault(); open(event.target); }
    else if (event.key === "Escape" && !panel.hidden) close();
    else if (event.key === "/" && !/INPUT|SELECT|TEXTAREA/.test(document.activeElement.tagName)) { event.preventDefault(); box.focus(); }
    else if (panel.contains(document.activeElement) && event.key === "ArrowRight") step(1);
    else if (panel.contains(document.activeElement) && event.key === "ArrowLeft") step(-1);
  });

  const state = document.getElementById("state");
  const rows = [...document.querySelectorAll("#table1 tbody tr")];
  const count = document.getElementById("count");
  function filter() {
    const terms = box.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const row of rows) {
      const text = row.textContent.toLowerCase();
      const fits = terms.every((term) => text.includes(term)) && (!state.value || (row.dataset.state || "").split(" ").includes(state.value));
      row.hidden = !fits;
      shown += fits;
    }
    count.textContent = shown === rows.length ? `${rows.length} studies` : `${shown} of ${rows.length} studies`;
  }
  box.addEventListener("input", filter);
  state.addEventListener("change", filter);
  filter();
})();
