// The paper beside the form: marks every finding on its pages and in its text, and turns words that are selected into a quote.
(() => {
  "use strict";
  const SVG = "http://www.w3.org/2000/svg";
  const main = document.getElementById("main");
  const lines = JSON.parse(document.getElementById("layer").textContent)
    .map(([passage, start, end, page, x0, top, x1, bottom, text], number) => ({ passage, start, end, page, x0, top, x1, bottom, text, number }));
  const figures = new Map([...main.querySelectorAll("figure.page")].map((each) => [Number(each.dataset.page), each]));
  const passages = new Map([...main.querySelectorAll("[data-passage]")].map((each) => [Number(each.dataset.passage), each]));
  const texts = new Map([...passages].map(([number, each]) => [number, each.textContent]));
  const ruler = document.createElement("canvas").getContext("2d");
  ruler.font = "16px 'Times New Roman', 'Liberation Serif', serif";
  let marks = [], chosen = "", picked = null;

  const paper = {
    draw(list, id) { marks = list; chosen = id; drawPages(); drawText(); },
    choose(id, move = true) { chosen = id; paint(); if (move) reveal(); },
    pick: () => picked,
    clear() { picked = null; drawPicked([]); getSelection()?.removeAllRanges(); },
    tab,
  };

  // --- where letters stand: each line's letters by their widths in a common serif, stretched to the line's box ---
  function edges(line) {
    if (!line.edges) {
      const widths = [0];
      for (let n = 1; n <= line.text.length; n += 1) widths.push(ruler.measureText(line.text.slice(0, n)).width);
      const scale = (line.x1 - line.x0) / (widths.at(-1) || 1);
      line.edges = widths.map((width) => line.x0 + width * scale);
    }
    return line.edges;
  }
  function boxes(passage, start, end) {
    return lines.filter((line) => line.passage === passage && line.start < end && line.end > start).map((line) => {
      const at = edges(line);
      return { page: line.page, x: at[Math.max(0, start - line.start)], y: line.top, right: at[Math.min(line.end, end) - line.start], bottom: line.bottom };
    });
  }

  // --- marks ---
  function rect(box, cls, id) {
    const made = document.createElementNS(SVG, "rect");
    made.setAttribute("x", box.x - 1.2); made.setAttribute("y", box.y - 1);
    made.setAttribute("width", Math.max(2, box.right - box.x + 2.4)); made.setAttribute("height", Math.max(2, box.bottom - box.y + 2));
    made.setAttribute("rx", 1.6); made.setAttribute("class", cls);
    if (id) made.dataset.mark = id;
    return made;
  }
  function drawPages() {
    for (const figure of figures.values()) figure.querySelector(".found").replaceChildren();
    for (const mark of marks) {
      const own = mark.passage !== null && lines.length ? boxes(mark.passage, mark.start, mark.end) : [];
      const shown = own.length ? own : mark.boxes.map(([page, x, y, right, bottom]) => ({ page, x, y, right, bottom }));
      for (const box of shown) figures.get(box.page)?.querySelector(".found").append(rect(box, `m s-${mark.state}`, mark.id));
    }
    paint();
  }
  function drawText() {
    const of = new Map();
    for (const mark of marks) if (mark.passage !== null) of.set(mark.passage, [...(of.get(mark.passage) || []), mark]);
    for (const [number, element] of passages) {
      if (!of.has(number) && !element.querySelector("mark")) continue;
      const text = texts.get(number), own = of.get(number) || [];
      const cuts = [...new Set([0, text.length, ...own.flatMap((mark) => [mark.start, mark.end])])].sort((a, b) => a - b);
      element.replaceChildren(...cuts.slice(1).map((end, n) => {
        const here = own.filter((mark) => mark.start < end && mark.end > cuts[n]), piece = text.slice(cuts[n], end);
        if (!here.length) return document.createTextNode(piece);
        const made = document.createElement("mark");
        made.textContent = piece;
        made.className = `m s-${here[0].state}`;
        made.dataset.marks = here.map((mark) => mark.id).join(" ");
        return made;
      }));
    }
    paint();
  }
  function paint() {
    main.querySelectorAll(".m").forEach((each) => {
      const ids = (each.dataset.mark || each.dataset.marks || "").split(" ");
      each.classList.toggle("on", ids.includes(chosen));
    });
  }
  function reveal() {
    const mark = marks.find((each) => each.id === chosen);
    if (!mark) return;
    const panel = shown();
    if (panel?.id === "pages" && !main.querySelector("#pages .m.on") && mark.passage === null) return;
    const target = panel?.querySelector(".m.on");
    if (!target) return;
    const pane = panel.parentElement, box = target.getBoundingClientRect(), around = pane.getBoundingClientRect();
    if (box.top < around.top + 70 || box.bottom > around.bottom - 50) pane.scrollTop += box.top - around.top - around.height / 3;
  }

  // --- views ---
  const shown = () => main.querySelector("[role=tabpanel]:not([hidden])");
  function tab(name) {
    const tabs = [...main.querySelectorAll("[role=tab]")];
    const wanted = tabs.find((each) => (name ? each.id === `tab-${name}` : each.getAttribute("aria-selected") !== "true"));
    if (!wanted) return;
    for (const each of tabs) {
      each.setAttribute("aria-selected", String(each === wanted));
      document.getElementById(each.getAttribute("aria-controls")).hidden = each !== wanted;
    }
    reveal();
  }
  main.addEventListener("click", (event) => { const one = event.target.closest("[role=tab]"); if (one) tab(one.id.slice(4)); });

  // --- selecting on a page: from word to word in reading order, within one passage ---
  function point(figure, event) {
    const box = figure.querySelector("svg").getBoundingClientRect(), view = figure.querySelector("svg").viewBox.baseVal;
    return { page: Number(figure.dataset.page), x: ((event.clientX - box.left) / box.width) * view.width, y: ((event.clientY - box.top) / box.height) * view.height };
  }
  function nearest(at, passage) {
    let best = null, least = Infinity;
    for (const line of lines) {
      if (line.page !== at.page || (passage !== undefined && line.passage !== passage)) continue;
      const dx = Math.max(line.x0 - at.x, 0, at.x - line.x1), dy = Math.max(line.top - at.y, 0, at.y - line.bottom);
      const far = Math.hypot(dx * 0.6, dy * 2);
      if (far < least) { least = far; best = line; }
    }
    if (!best || (passage === undefined && least > 24)) return null;
    const letters = edges(best);
    let letter = letters.findIndex((edge, n) => n < letters.length - 1 && at.x < letters[n + 1]);
    if (letter < 0) letter = best.text.length - 1;
    return { line: best, offset: best.start + letter };
  }
  function word(passage, offset) {
    const text = texts.get(passage) || "";
    let start = Math.min(offset, text.length), end = start;
    while (start > 0 && !/\s/.test(text[start - 1])) start -= 1;
    while (end < text.length && !/\s/.test(text[end])) end += 1;
    return [start, end];
  }
  function drawPicked(list) {
    for (const figure of figures.values()) figure.querySelector(".picked").replaceChildren();
    for (const box of list) figures.get(box.page)?.querySelector(".picked").append(rect(box, "pick"));
  }
  let anchor = null;
  function span(a, b) {
    const [s1, e1] = word(a.line.passage, a.offset), [s2, e2] = word(a.line.passage, b.offset);
    return { passage: a.line.passage, start: Math.min(s1, s2), end: Math.max(e1, e2), page: a.line.page };
  }
  main.addEventListener("pointerdown", (event) => {
    const figure = event.target.closest("figure.page");
    if (!figure || event.button !== 0) return;
    anchor = nearest(point(figure, event));
    if (anchor) { anchor.x = event.clientX; anchor.y = event.clientY; anchor.mark = event.target.dataset?.mark; event.preventDefault(); }
  });
  addEventListener("pointermove", (event) => {
    if (!anchor || Math.hypot(event.clientX - anchor.x, event.clientY - anchor.y) < 5) return;
    const figure = document.elementFromPoint(event.clientX, event.clientY)?.closest?.("figure.page");
    const at = figure && nearest(point(figure, event), anchor.line.passage);
    if (!at) return;
    anchor.moved = span(anchor, at);
    drawPicked(boxes(anchor.moved.passage, anchor.moved.start, anchor.moved.end));
  });
  addEventListener("pointerup", (event) => {
    const begun = anchor;
    anchor = null;
    if (begun?.moved) tell(begun.moved);
    else if (begun?.mark && event.target.closest?.("figure.page")) document.dispatchEvent(new CustomEvent("chosen-mark", { detail: under(event) }));
  });
  function under(event) {
    const hits = document.elementsFromPoint(event.clientX, event.clientY).filter((each) => each.dataset?.mark).map((each) => each.dataset.mark);
    return hits[(hits.indexOf(chosen) + 1) % hits.length] || hits[0];
  }

  // --- selecting in the text: the browser's own selection ---
  document.addEventListener("mouseup", (event) => {
    const panel = document.getElementById("text");
    if (!panel || panel.hidden || !panel.contains(event.target)) return;
    const selection = getSelection();
    if (!selection.isCollapsed && selection.rangeCount) fromRange(selection.getRangeAt(0));
    else {
      const mark = event.target.closest("mark");
      if (mark) { const ids = mark.dataset.marks.split(" "); document.dispatchEvent(new CustomEvent("chosen-mark", { detail: ids[(ids.indexOf(chosen) + 1) % ids.length] })); }
    }
  });
  function fromRange(range) {
    const home = (range.startContainer.nodeType === 1 ? range.startContainer : range.startContainer.parentElement)?.closest("[data-passage]");
    if (!home) return;
    const number = Number(home.dataset.passage), before = document.createRange(), inside = document.createRange();
    before.selectNodeContents(home); before.setEnd(range.startContainer, range.startOffset);
    inside.selectNodeContents(home); inside.setStart(range.startContainer, range.startOffset);
    if (home.contains(range.endContainer)) inside.setEnd(range.endContainer, range.endOffset);
    const start = before.toString().length, text = texts.get(number);
    let from = start, to = start + inside.toString().length;
    while (from < to && /\s/.test(text[from])) from += 1;
    while (to > from && /\s/.test(text[to - 1])) to -= 1;
    const line = lines.find((each) => each.passage === number && each.end > from);
    if (to > from) tell({ passage: number, start: from, end: to, page: line?.page || "" });
  }
  function tell(found) {
    const line = lines.find((each) => each.passage === found.passage && each.end > found.start);
    picked = { ...found, page: line?.page || found.page, quote: texts.get(found.passage).slice(found.start, found.end) };
    drawPicked(boxes(found.passage, found.start, found.end));
    document.dispatchEvent(new CustomEvent("picked", { detail: picked }));
  }

  window.paper = paper;
})();
