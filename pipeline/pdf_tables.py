"""Where a page's tables stand: found by their captions and ruling lines, taken out of the running text."""

from __future__ import annotations

import re
from collections.abc import Container
from dataclasses import dataclass, field

import numpy as np

from pipeline.pdf_grid import Rule, cells_of
from pipeline.pdf_layout import Printed
from pipeline.pdf_prose import compose
from pipeline.pdf_words import Frame, Word, turned
from pipeline.records import Box, Passage

CAPTION = re.compile(
    r"(?P<label>(?:(?:online\s+)?supplement(?:ary|al)?\s+|appendix\s+|extended data\s+)?(?:table|tab\.)\s*(?:[A-Z]?\d+[A-Za-z]?|[IVX]+))\b(?P<after>\s?[.:|│—–-]|\s|$)",
    re.IGNORECASE,
)
CONTINUED = re.compile(r"\(?\bcont(?:inued|inuation|\.|’d|'d|d)?\b\.?\)?", re.IGNORECASE)
_NOTE = re.compile(r"(?:[*†‡§¶#∗]|[a-z]\s|[a-z]\)|notes?\b|abbreviations?\b|data are|values are|\w{2,8}\s?[=,:]\s|source\b|[A-Z][\w-]{1,8},? [a-z])", re.I)


@dataclass(slots=True)
class Table:
    """A table's place on the page and its words, read into cells when its passages are asked for."""

    label: str
    frame: Frame
    box: Box
    caption: list[Printed]
    words: list[Word] = field(default_factory=list)
    rules: list[Rule] = field(default_factory=list)  # horizontal, inside the table
    uprights: list[Rule] = field(default_factory=list)  # vertical, inside the table
    notes: list[list[Printed]] = field(default_factory=list)
    continued: bool = False
    flags: tuple[str, ...] = ()

    def passages(self, known: Container[str]) -> list[Passage]:
        """Caption, cells with their headings, and notes, in reading order; numbers and sections are given by whoever asks."""
        made = []
        if not self.continued:
            text, lines = compose(self.caption, known)
            made.append(Passage(0, "caption", "", text, lines=lines, table=self.label))
        made += cells_of(self.label, self.frame, self.words, self.rules, self.uprights, known)
        for note in self.notes:
            text, lines = compose(note, known)
            if text:
                made.append(Passage(0, "footnote", "", text, lines=lines, table=self.label))
        return made


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


def find_tables(frame: Frame, runs: list[Printed], size: float, font: int) -> tuple[list[Table], list[Printed]]:
    """The frame's tables and the runs that are left; `size` and `font` are those of the running text."""
    captions = [run for run in runs if is_caption(run, runs, size, font)]
    if not captions:
        return [], runs
    level, upright = rules_of(frame)
    tables = []
    for caption in sorted(captions, key=lambda run: run.base):
        if not any(run is caption for run in runs):
            continue
        limit = min((other.base - 1.2 * other.size for other in captions if other.base > caption.base + 5 and _over(other, caption)), default=1e9)
        table, used = _Search(frame, runs, caption, level, upright, limit, size, font).table()
        if table is not None:
            tables.append(table)
            runs = [run for run in runs if id(run) not in used]
    return tables, runs


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
        return not rest or not rest[0].islower() or match["after"].strip() != "" or first.bold
    above = [other for other in runs if 0 < run.base - other.base < 1.35 * run.size and other.x0 < run.x1 and other.x1 > run.x0]
    return not above and (not rest or match["after"].strip() != "" or rest[0].isupper())


class _Search:
    """The search for one table's extent below its caption."""

    def __init__(self, frame: Frame, runs: list[Printed], caption: Printed, level: list[Rule], upright: list[Rule], limit: float, size: float, font: int):
        self.frame, self.runs, self.first, self.limit, self.size, self.font = frame, runs, caption, limit, size, font
        self.level = [rule for rule in level if rule[1] < limit]
        self.upright = upright

    def table(self) -> tuple[Table | None, set[int]]:
        """The table and the ids of the runs that it takes; None where nothing tabular follows the caption."""
        top = self.top_rule()
        if top is None:
            return None, set()
        x0, y0, x1 = top
        caption = [run for run in self.runs if self.first.base - 0.5 * self.first.size < run.base <= y0 + 1 and run.x0 > x0 - 12 and run.x1 < x1 + 12]
        bottom = self.bottom_rule(top)
        if bottom is None:
            return None, set()
        inside = [run for run in self.runs if y0 < run.base <= bottom + 1 and run.x1 > x0 - 2 and run.x0 < x1 + 2]
        if not inside:
            return None, set()
        notes = self.notes(inside, x0, x1, bottom)
        words = [word for run in inside for word in run.words]
        box = (x0, self.first.top, x1, max([bottom, *(line.bottom for note in notes for line in note)]))
        match = CAPTION.match(self.first.text)
        table = Table(" ".join(match["label"].split()), self.frame, box, sorted(caption, key=lambda run: (round(run.base), run.x0)), words)
        table.rules = [rule for rule in self.level if y0 - 2 <= rule[1] <= bottom + 2 and rule[0] > x0 - 8 and rule[2] < x1 + 8]
        table.uprights = [rule for rule in self.upright if rule[0] < bottom and rule[2] > y0 and x0 - 4 < rule[1] < x1 + 4]
        table.notes = notes
        table.continued = bool(CONTINUED.search(" ".join(run.text for run in caption)[:60]))
        used = {id(run) for run in (*caption, *inside)} | {id(part) for note in notes for part in note}
        return table, used

    def top_rule(self) -> Rule | None:
        """The first rule under the caption, as wide as the table: nearer than eight lines, with no running text between."""
        first = self.first
        below = [rule for rule in self.level if first.base < rule[1] < first.base + 11 * first.size and rule[0] < first.x0 + 40 and rule[2] > first.x0 + 60]
        if not below:
            return None
        top = below[0]
        same = [rule for rule in below if abs(rule[1] - top[1]) < 2]
        return (min(rule[0] for rule in same), top[1], max(rule[2] for rule in same))

    def bottom_rule(self, top: Rule) -> float | None:
        """The last rule as wide as the first one before running text begins."""
        x0, y0, x1 = top
        ends = [y0]
        places = sorted({round(rule[1], 1) for rule in self.level if rule[1] > y0 + 4})
        for place in places:
            pieces = [rule for rule in self.level if abs(rule[1] - place) < 1.5 and rule[0] > x0 - 8 and rule[2] < x1 + 8]
            if sum(rule[2] - rule[0] for rule in pieces) < 0.9 * (x1 - x0):
                continue
            if self.prose_between(ends[-1], place, x0, x1):
                break
            ends.append(place)
        return ends[-1] if len(ends) > 1 else None

    def prose_between(self, top: float, bottom: float, x0: float, x1: float) -> bool:
        """Whether running text stands between two rules: several full lines of it, or a heading's gap and text."""
        lines = [run for run in self.runs if top < run.base < bottom and run.x1 > x0 and run.x0 < x1]
        wide = [run for run in lines if abs(run.size - self.size) < 0.03 * self.size and run.font == self.font and run.x1 - run.x0 > 0.42 * (x1 - x0)]
        crossing = [run for run in lines if run.x0 < x0 - 10 or run.x1 > x1 + 10]
        return len(crossing) > 2 or len(wide) > 4 and len(wide) > 0.5 * len(lines)

    def notes(self, inside: list[Printed], x0: float, x1: float, bottom: float) -> list[list[Printed]]:
        """The notes that stand close under the table in small type."""
        sizes = sorted(run.size for run in inside)
        small = min(1.06 * sizes[len(sizes) // 2], 0.97 * self.size) if sizes else self.size
        below = [run for run in self.runs if bottom < run.base < self.limit and run.x0 > x0 - 6 and run.x0 < x1]
        below.sort(key=lambda run: (round(run.base), run.x0))
        taken: list[Printed] = []
        last = bottom + 6
        for run in below:
            if run.base - last > 2.0 * run.size or (run.size > small and not (not taken and _NOTE.match(run.text) and run.size < 0.97 * self.size)):
                break
            if run.x1 > x1 + 12:
                break
            taken.append(run)
            last = run.base
        return _parted(taken)


def _parted(runs: list[Printed]) -> list[list[Printed]]:
    """Notes apart from each other: each begins with its mark."""
    notes: list[list[Printed]] = []
    for run in runs:
        first = run.words[0]
        mark = first.raised > 0 or re.match(r"[*†‡§¶#∗]|[a-z]\s[A-Z]|notes?\b|abbreviations?\b", run.text, re.I) is not None
        if not notes or mark and not abs(run.base - notes[-1][-1].base) < 2:
            notes.append([run])
        else:
            notes[-1].append(run)
    return notes
