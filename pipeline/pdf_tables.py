"""The tables of a document: under their captions, overleaf, and where they go on in another column or page."""

from __future__ import annotations

import re

import numpy as np

from pipeline.pdf_below import stand_below, table_over
from pipeline.pdf_cells import Rule
from pipeline.pdf_layout import Gutter, Printed
from pipeline.pdf_region import CAPTION, Search, Table, head_words, label_of
from pipeline.pdf_words import Frame, turned

CONTINUED = re.compile(r"\(?\bcont(?:inued|inuation|\.|’d|'d|d)?\b\.?\)?", re.IGNORECASE)


def rules_of(frame: Frame) -> tuple[list[Rule], list[Rule]]:
    """The page's horizontal and vertical strokes in the frame, pieces of one line put together; (start, place, end) each."""
    drawn = frame.drawn() if frame.drawn else []
    if not drawn:
        return [], []
    width, height = (frame.width, frame.height) if frame.turn % 2 == 0 else (frame.height, frame.width)
    boxes = turned(np.array(drawn), frame.turn, width, height).tolist()
    level = [(x0, (top + bottom) / 2, x1) for x0, top, x1, bottom in boxes if x1 - x0 >= bottom - top]
    upright = [(top, (x0 + x1) / 2, bottom) for x0, top, x1, bottom in boxes if x1 - x0 < bottom - top]
    return _merged(level), _merged(upright)


def _merged(strokes: list[Rule]) -> list[Rule]:
    """Strokes on one line that touch become one."""
    merged: list[Rule] = []
    for start, place, end in sorted(strokes, key=lambda stroke: (round(stroke[1] / 2), stroke[0])):
        for back in range(len(merged) - 1, max(-1, len(merged) - 4), -1):
            low, where, high = merged[back]
            if abs(where - place) < 2 and start <= high + 3 and end >= low - 3:
                merged[back] = (min(low, start), where, max(high, end))
                break
        else:
            merged.append((start, place, end))
    return sorted(merged, key=lambda stroke: (stroke[1], stroke[0]))


def find_tables(
    frames: list[Frame], pages: list[list[Printed]], size: float, font: int, gutters: list[Gutter]
) -> tuple[list[list[Table]], list[list[Printed]]]:
    """Each frame's tables and the runs that are left of it; `size` and `font` are those of the running text."""
    found: list[list[Table]] = []
    left: list[list[Printed]] = []
    known: dict[str, Table] = {}
    captioned = [[run for run in runs if is_caption(run, runs, size, font)] for runs in pages]
    ruled = [rules_of(frame) if captions else None for frame, captions in zip(frames, captioned, strict=True)]
    below = stand_below([(*page, rules[0]) for *page, rules in zip(captioned, pages, ruled, strict=True) if rules])
    for frame, runs, captions, rules in zip(frames, pages, captioned, ruled, strict=True):
        tables: list[Table] = []
        if captions and below:
            runs = _over_captions(frame, runs, captions, *rules, (size, font, gutters), tables, known)
        elif captions or any(not table.parts or table.parts[-1].frame.page >= frame.page - 1 for table in known.values()):
            level, upright = rules or rules_of(frame)
            runs = _captioned(frame, runs, captions, level, upright, (size, font, gutters), tables, known)
            runs = _overleaf(frame, runs, level, upright, (size, font, gutters), found[-1] if found else [], tables, known)
            runs = _continued(frame, runs, level, upright, (size, font, gutters), known, tables)
        found.append(tables)
        left.append(runs)
    return found, left


def _over_captions(
    frame: Frame,
    runs: list[Printed],
    captions: list[Printed],
    level: list[Rule],
    upright: list[Rule],
    body: tuple,
    tables: list,
    known: dict,
) -> list[Printed]:
    """Find the table over each caption, enter it in `tables` and `known`, and return the runs that are left."""
    for caption in sorted(captions, key=lambda run: run.base):
        floor = max((other.box[3] for other in tables if other.box[0] < caption.x1 and other.box[2] > caption.x0), default=0.0)
        table, used = table_over(Search(frame, runs, level, upright, 1e9, body), caption, floor)
        if table is not None:
            runs = [run for run in runs if id(run) not in used]
            _enter(table, tables, known)
    return runs


def _enter(table: Table, tables: list[Table], known: dict[str, Table]) -> None:
    """Keep a table under its label, numbered on where another one bears it."""
    count = sum(label.split(" (")[0] == table.label.lower() for label in known)
    table.label += f" ({count + 1})" if count else ""
    tables.append(table)
    known[table.label.lower()] = table


def _captioned(
    frame: Frame,
    runs: list[Printed],
    captions: list[Printed],
    level: list[Rule],
    upright: list[Rule],
    body: tuple,
    tables: list,
    known: dict,
) -> list[Printed]:
    """Find the table under each caption, enter it in `tables` and `known`, and return the runs that are left."""
    for caption in sorted(captions, key=lambda run: run.base):
        if not any(run is caption for run in runs):
            continue
        limit = min(
            (other.base - 1.2 * other.size for other in captions if other.base > caption.base + 5 and _over(other, caption)), default=1e9
        )
        table, used = Search(frame, runs, level, upright, limit, body).table(caption)
        if (
            table is None
            and caption.base > 0.8 * frame.height
            and not any(run.base > caption.base + 2.5 * caption.size and _over(run, caption) for run in runs)
        ):
            lines = [run for run in runs if run.base > caption.base - 2 and run.x0 < caption.x0 + 60 and run.x0 > caption.x0 - 5]
            table, used = Table(label_of(caption), caption.box, lines, []), {id(run) for run in lines}
        if table is None:
            continue
        runs = [run for run in runs if id(run) not in used]
        same = known.get(table.label.lower())
        again = CONTINUED.search(" ".join(run.text for run in table.caption)[:80]) or (
            same is not None and table.head and table.head == same.head
        )
        if same is not None and again:
            same.parts += table.parts
            same.notes += table.notes
            continue
        _enter(table, tables, known)
    return runs


def _overleaf(
    frame: Frame, runs: list[Printed], level: list[Rule], upright: list[Rule], body: tuple, before: list, here: list, known: dict
) -> list[Printed]:
    """Find the table whose caption is the last thing on the page before; return the runs that are left."""
    waiting = [table for table in before if not table.parts]
    limit = min((table.box[1] for table in here), default=1e9)
    for rule in level:
        if not waiting or rule[1] > 0.3 * frame.height or any(run.base < rule[1] and run.x0 < rule[2] and run.x1 > rule[0] for run in runs):
            break
        part, notes, used = Search(frame, runs, level, upright, limit, body).part(rule)
        if part is not None:
            table = waiting.pop(0)
            table.parts, table.notes = [part], notes
            table.head = head_words(part.runs, part.rules, rule)
            return [run for run in runs if id(run) not in used]
    return runs


def _continued(
    frame: Frame, runs: list[Printed], level: list[Rule], upright: list[Rule], body: tuple, known: dict, here: list
) -> list[Printed]:
    """Find parts of tables that go on in another column or page under the same column headings; return the runs that are left."""
    for rule in level:
        head = head_words(runs, level, rule)
        alike = [table for table in reversed(known.values()) if head and table.parts and table.head == head]
        alike.sort(key=lambda table: not table.parts[-1].is_open)
        table = next((table for table in alike if table.parts[-1].is_open or table.parts[-1].ends_low), None)
        if table is None:
            continue
        limit = min(
            (other.box[1] for other in here if other.box[1] > rule[1] and other.box[0] < rule[2] and other.box[2] > rule[0]), default=1e9
        )
        part, notes, used = Search(frame, runs, level, upright, limit, body).part(rule)
        if part is not None:
            table.parts.append(part)
            table.notes += notes
            runs = [run for run in runs if id(run) not in used]
    return runs


def _over(one: Printed, other: Printed) -> bool:
    return one.x0 < other.x0 + 60 and other.x0 < one.x0 + 60


def is_caption(run: Printed, runs: list[Printed], size: float, font: int) -> bool:
    """Whether a run that begins with "Table 2" begins a caption and not a line of the text."""
    match = CAPTION.match(run.text)
    if not match:
        return False
    first, rest = run.words[0], run.text[match.end() :].lstrip()
    if any(other is not run and abs(other.base - run.base) < 2 and 0 < run.x0 - other.x1 < 1.5 * run.size for other in runs):
        return False
    apart = first.bold or first.font != font or abs(first.size - size) > 0.04 * size or match["label"].isupper()
    if apart:
        return not rest or not rest[0].islower() or match["after"].strip() != ""
    above = [other for other in runs if 0 < run.base - other.base < 1.35 * run.size and other.x0 < run.x1 and other.x1 > run.x0]
    return not above and (not rest or match["after"].strip() != "" or rest[0].isupper())
