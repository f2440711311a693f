"""How far a table reaches: from its caption over its rules (or its columns) to its end, and the notes below."""

from __future__ import annotations

import re
from collections.abc import Container
from dataclasses import dataclass, field

from pipeline.pdf_borderless import borderless
from pipeline.pdf_cells import Part, Rule
from pipeline.pdf_grid import cells_of
from pipeline.pdf_layout import Printed
from pipeline.pdf_prose import compose
from pipeline.pdf_words import Frame
from pipeline.records import Box, Passage

CAPTION = re.compile(
    r"(?P<label>(?:(?:online\s+)?supplement(?:ary|al)?\s+|appendix\s+|extended data\s+)?(?:table|tab\.)\s*(?:[A-Z]?\d+[A-Za-z]?|[IVX]+))\b(?P<after>\s?[.:|│—–-]|\s|$)",
    re.IGNORECASE,
)
_OTHER = re.compile(r"(?:fig\.|figure|table)\s?\d+\s?[.:]", re.IGNORECASE)
_NOTE = re.compile(
    r"(?:[*†‡§¶#∗]|[a-z]\s|[a-z]\)|notes?\b|abbreviations?\b|data are|values are|\w{2,8}\s?[=,:]\s|source\b|[A-Z][\w-]{1,8},? [a-z])", re.I
)


@dataclass(slots=True)
class Table:
    """A table's place on the page and its parts, read into cells when its passages are asked for."""

    label: str
    box: Box
    caption: list[Printed]
    parts: list[Part]
    notes: list[list[Printed]] = field(default_factory=list)
    head: str = ""  # the words of the column headings, to know a continuation by

    def passages(self, known: Container[str]) -> list[Passage]:
        """Caption, cells with their headings, and notes, in reading order; numbers and sections are given by whoever asks."""
        text, lines = compose(self.caption, known)
        made = [Passage(0, "caption", "", text, lines=lines, table=self.label), *cells_of(self.label, self.parts, known)]
        for note in self.notes:
            text, lines = compose(note, known)
            if text:
                made.append(Passage(0, "footnote", "", text, lines=lines, table=self.label))
        return made


def label_of(first: Printed) -> str:
    """A table's label as its caption's first run prints it."""
    return " ".join(CAPTION.match(first.text)["label"].split())


def words_between(runs: list[Printed], rule: Rule, bottom: float) -> str:
    """The words between a rule and a height below it, without spaces."""
    inside = [run for run in runs if rule[1] < run.base < bottom + 1 and run.x0 > rule[0] - 6 and run.x1 < rule[2] + 6]
    return "".join(run.text for run in sorted(inside, key=lambda run: (round(run.base), run.x0))).replace(" ", "").lower()


def head_words(runs: list[Printed], rules: list[Rule], top: Rule) -> str:
    """The words between a table's first rule and the next one that begins at its left edge: its column headings."""
    below = [rule[1] for rule in rules if top[1] + 5 < rule[1] < top[1] + 120 and abs(rule[0] - top[0]) < 8]
    return words_between(runs, top, below[0]) if below else ""


class Search:
    """The search for one table's extent below its caption, or below the rule with which it goes on."""

    def __init__(self, frame: Frame, runs: list[Printed], level: list[Rule], upright: list[Rule], limit: float, body: tuple):
        self.frame, self.runs, self.limit = frame, runs, limit
        self.size, self.font, self.gutters = body
        self.level = [rule for rule in level if rule[1] < limit]
        self.upright = upright

    def table(self, first: Printed) -> tuple[Table | None, set[int]]:
        """The table under a caption's first run and the ids of the runs that it takes; None where nothing tabular follows."""
        top = self.top_rule(first)
        beside = top is None
        if beside:
            top = self.rule_beside(first)
        if top is None:
            return self.without_rules(first)
        elif not beside:
            top = self.with_head_above(first, top)
        part, notes, used = self.part(top)
        if part is None:
            return self.without_rules(first)
        caption = self.caption_beside(first, top) if beside else self.caption_above(first, top)
        below = max([run.bottom for run in part.runs] + [line.bottom for note in notes for line in note])
        box = (min(top[0], first.x0), min(first.top, top[1]), top[2], below)
        label = label_of(first)
        table = Table(label, box, caption, [part], notes, head_words(part.runs, part.rules, top))
        return table, used | {id(run) for run in caption}

    def without_rules(self, first: Printed) -> tuple[Table | None, set[int]]:
        """A table that only its alignment shows: lines of several pieces under the caption, up to the next running text."""
        caption, rows = borderless([run for run in self.runs if run.base < self.limit], first, self.size, self.font, self.gutters)
        inside = [run for row in rows for run in row]
        if not inside:
            return None, set()
        x0, x1 = min(run.x0 for run in inside), max(run.x1 for run in inside)
        bottom = max(run.base for run in inside) + 1
        notes = self.notes(inside, x0, max(x1, *(run.x1 for run in caption)), bottom)
        box = (min(x0, first.x0), first.top, x1, max([bottom, *(line.bottom for note in notes for line in note)]))
        table = Table(label_of(first), box, caption, [Part(self.frame, inside, [], [])], notes)
        return table, {id(run) for run in (*caption, *inside, *(line for note in notes for line in note))}

    def with_head_above(self, first: Printed, top: Rule) -> Rule:
        """The table's upper edge, put above column headings that stand between the caption and the first rule."""
        lines = [run for run in self.caption_above(first, top) if run.base > first.base + 2]
        for run in lines:
            pieces = [other for other in lines if abs(other.base - run.base) < 2]
            if len(pieces) > 1 and min(run.x1 - run.x0 for run in pieces) < 0.5 * (top[2] - top[0]):
                return (top[0], min(run.top for run in pieces) - 0.5, top[2])
        return top

    def caption_above(self, first: Printed, top: Rule) -> list[Printed]:
        """The caption's runs, between its first line and the table."""
        lines = [
            run
            for run in self.runs
            if first.base - 0.5 * first.size < run.base <= top[1] + 1 and run.x0 > top[0] - 12 and run.x1 < top[2] + 12
        ]
        return sorted(lines, key=lambda run: (round(run.base), run.x0))

    def caption_beside(self, first: Printed, top: Rule) -> list[Printed]:
        """The runs of a caption that stands in the margin beside the table."""
        lines = [first]
        for run in sorted(self.runs, key=lambda run: (round(run.base), run.x0)):
            if run is not first and run.x1 < top[0] + 3 and -1 < run.base - lines[-1].base < 1.6 * first.size and run.x0 > first.x0 - 5:
                lines.append(run)
        return lines

    def part(self, top: Rule) -> tuple[Part | None, list[list[Printed]], set[int]]:
        """What stands between a table's first rule and its end, its notes, and the ids of the runs that both take."""
        bottom = self.bottom_rule(top)
        if bottom is None:
            return None, [], set()
        part = self.part_between(top, bottom)
        if part is None:
            return None, [], set()
        notes = self.notes(part.runs, top[0], top[2], bottom)
        return part, notes, {id(run) for run in part.runs} | {id(line) for note in notes for line in note}

    def part_between(self, top: Rule, bottom: float) -> Part | None:
        """The runs and rules between a table's first rule and a height below it; None where no words stand there."""
        x0, y0, x1 = top
        inside = [run for run in self.runs if y0 < run.base <= bottom + 1 and run.x1 > x0 - 2 and run.x0 < x1 + 2]
        if not inside:
            return None
        rules = [rule for rule in self.level if y0 - 2 <= rule[1] <= bottom + 2 and rule[0] > x0 - 8 and rule[2] < x1 + 8]
        uprights = [rule for rule in self.upright if rule[0] < bottom and rule[2] > y0 and x0 - 4 < rule[1] < x1 + 4]
        return Part(self.frame, inside, rules, uprights, not any(abs(rule[1] - bottom) < 3 for rule in rules))

    def top_rule(self, first: Printed) -> Rule | None:
        """The first rule under the caption, as wide as the table: nearer than eleven lines."""
        below = [
            rule
            for rule in self.level
            if first.base < rule[1] < first.base + 11 * first.size and rule[0] < first.x0 + 40 and rule[2] > first.x0 + 60
        ]
        if not below:
            return None
        same = [rule for rule in below if abs(rule[1] - below[0][1]) < 2]
        return (min(rule[0] for rule in same), below[0][1], max(rule[2] for rule in same))

    def rule_beside(self, first: Printed) -> Rule | None:
        """The first rule of a table that stands to the right of its caption."""
        size = first.size
        right = [
            rule
            for rule in self.level
            if first.base - 2 * size < rule[1] < first.base + 2 * size and first.x1 - 3 < rule[0] < first.x0 + 0.45 * self.frame.width
        ]
        return next((rule for rule in right if rule[2] - rule[0] > 100), None)

    def bottom_rule(self, top: Rule) -> float | None:
        """Where the table ends: the last rule as wide as the first one before running text begins, or the column's end."""
        x0, y0, x1 = top
        ends = [y0]
        for place in sorted({round(rule[1], 1) for rule in self.level if rule[1] > y0 + 4}):
            pieces = [rule for rule in self.level if abs(rule[1] - place) < 1.5 and rule[0] > x0 - 8 and rule[2] < x1 + 8]
            if place - ends[-1] < 2.5 or sum(rule[2] - rule[0] for rule in pieces) < 0.9 * (x1 - x0):
                continue
            if self.prose_between(ends[-1], place, x0, x1, (y0, ends[-1] + 1)):
                break
            ends.append(place)
        if len(ends) < 3:
            ends[-1] = self.open_end(ends[-1], x0, x1)
        else:
            ends[-1] = self.unruled_end(y0, ends[-1], x0, x1)
        return ends[-1] if ends[-1] > y0 + 5 else None

    def unruled_end(self, top: float, bottom: float, x0: float, x1: float) -> float:
        """The last row below the last rule, where shaded rows and not rules mark the table: same type, in pieces, close by."""
        inside = sorted(run.size for run in self.runs if top < run.base < bottom and run.x1 > x0 and run.x0 < x1)
        below = [run for run in self.runs if bottom < run.base < min(self.limit, bottom + 2.2 * self.size) and run.x1 > x0 and run.x0 < x1]
        if not inside or not below:
            return bottom
        first = min(run.base for run in below)
        row = [run for run in below if abs(run.base - first) < 2]
        alike = all(
            abs(run.size - inside[len(inside) // 2]) < 0.1 and not self.is_body(run) and x0 - 4 < run.x0 and run.x1 < x1 + 4 for run in row
        )
        return first + 1 if alike and len(row) > 1 else bottom

    def open_end(self, bottom: float, x0: float, x1: float) -> float:
        """The last line of a table that has no rule at its end; the given height where prose, and no table, follows."""
        below = sorted(
            (run for run in self.runs if bottom < run.base < self.limit and run.x1 > x0 and run.x0 < x1), key=lambda run: run.base
        )
        last, tabular, held = bottom + 4, 0, []
        for run in below:
            step = run.base - last
            wide = run.x1 - run.x0 > 0.6 * (x1 - x0)
            if step > 3.5 * run.size or run.x0 < x0 - 8 or run.x1 > x1 + 8 or run.size > 1.02 * self.size:
                break
            if wide and (self.is_body(run) or tabular):
                break
            beside = [other for other in below if other is not run and abs(other.base - run.base) < 2]
            tabular += bool(beside)
            held.append(run.base)
            last = max(last, run.base)
        return held[-1] + 1 if tabular >= 2 else bottom

    def prose_between(self, top: float, bottom: float, x0: float, x1: float, seen: tuple[float, float]) -> bool:
        """Whether running text stands between two rules; `seen` are the heights between which the table is known."""
        lines = [run for run in self.runs if top < run.base < bottom and run.x1 > x0 and run.x0 < x1]
        if sum(run.x0 < x0 - 10 or run.x1 > x1 + 10 for run in lines) > 2:
            return True
        bases = [top, *sorted(run.base for run in lines), bottom]
        if (
            any(_OTHER.match(run.text) for run in lines)
            or max(after - before for before, after in zip(bases, bases[1:], strict=False)) > 9 * self.size
        ):
            return True
        wide = [run for run in lines if self.is_body(run) and run.x1 - run.x0 > 0.42 * (x1 - x0)]
        before = [run for run in self.runs if seen[0] < run.base < seen[1] and run.x1 > x0 and run.x0 < x1]
        alike = sum(self.is_body(run) for run in before) > 0.3 * len(before) if before else True
        return len(wide) > 4 and len(wide) > 0.5 * len(lines) if alike else len(wide) > 1

    def is_body(self, run: Printed) -> bool:
        """Whether a run is set as the running text is."""
        return run.font == self.font and abs(run.size - self.size) < 0.03 * self.size

    def notes(self, inside: list[Printed], x0: float, x1: float, bottom: float) -> list[list[Printed]]:
        """The notes that stand close under the table in small type."""
        sizes = sorted(run.size for run in inside)
        small = min(1.06 * sizes[len(sizes) // 2], 0.97 * self.size) if sizes else self.size
        below = [run for run in self.runs if bottom < run.base < self.limit and run.x0 > x0 - 6 and run.x0 < x1]
        below.sort(key=lambda run: (round(run.base), run.x0))
        taken: list[Printed] = []
        last = bottom + 6
        for run in below:
            begins = _NOTE.match(run.text) and run.size < 0.97 * self.size if not taken else abs(run.size - taken[0].size) < 0.05 * run.size
            if run.base - last > 2.0 * run.size or run.size > small and not begins:
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
