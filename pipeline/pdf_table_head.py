"""The column headings of a table without a frame: which of them span several columns, and which stand below those."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

from pipeline.pdf_cells import Cell, Chunk, Row, Rule, Span

_COUNTS = re.compile(r"(?:no\.?|number|patients|events|total)\b|n\b", re.IGNORECASE)


@dataclass(slots=True)
class TableHead:
    """A header's printed lines over columns whose extents are known."""

    head: list[Row]
    columns: list[tuple[float, float]]
    rules: list[Rule]
    size: float
    pitch: float | None = None  # the step between the lines of one cell, where the table shows it

    def cells(self) -> list[Cell]:
        """The header's cells: headings that span columns above those of single columns, and a column's headings above each other."""
        spanners = self.spanners()
        cuts = [*spanners, *self.cuts(spanners)]
        levels = self.levels([height for _, height in cuts])
        cells: dict[tuple[int, int], Cell] = {}
        for line in self.head:
            for chunk in line.chunks:
                span, row, end = self.place(line, chunk, spanners, cuts, levels)
                cell = cells.setdefault((row, span[0]), Cell(row, span[0], end - row, span[1] - span[0] + 1))
                cell.is_head = True
                if cell.lines and abs(cell.lines[-1][-1].base - chunk.words[0].base) < 0.3 * self.size:
                    cell.lines[-1] += chunk.words
                else:
                    cell.lines.append(list(chunk.words))
        return list(cells.values())

    def levels(self, heights: list[float]) -> list[float]:
        """The heights at which rows of the header end; those less than half a line apart are one."""
        levels: list[float] = []
        for height in sorted(heights):
            if not levels or height - levels[-1] > 0.5 * self.size:
                levels.append(height)
        return levels

    def place(
        self, line: Row, chunk: Chunk, spanners: list[tuple[Span, float]], cuts: list[tuple[Span, float]], levels: list[float]
    ) -> tuple[Span, int, int]:
        """The columns of a heading's cell, its row, and the row after it."""
        above = [(height, span) for span, height in spanners if _meet(chunk.span, span) and line.base < height + 1]
        height, span = min(above, default=(None, chunk.span))
        over = [np.searchsorted(levels, place + 0.1) for other, place in cuts if _meet(chunk.span, other) and place + 1 <= line.base]
        if height is not None:
            row = int(np.searchsorted(levels, height + 0.1)) - 1
            return span, row, row + 1
        under = [np.searchsorted(levels, place + 0.1) for other, place in cuts if _meet(chunk.span, other) and place + 1 > line.base]
        return span, int(max(over, default=0)), int(min(under, default=len(levels) + 1))

    def cuts(self, spanners: list[tuple[Span, float]]) -> list[tuple[Span, float]]:
        """Where a heading of a single column ends and another stands under it: over more white than between lines, or over one that others repeat."""
        found: list[tuple[Span, float]] = []
        for above, below in self.stacked(spanners):
            if self.is_apart(below.words[0].base - above.words[0].base) or self.repeats(above, below):
                found.append((below.span, below.words[0].base - 0.8 * self.size))
        return found

    def stacked(self, spanners: list[tuple[Span, float]]) -> list[tuple[Chunk, Chunk]]:
        """Each heading of one column with the next one under it, where no spanning heading ends between them."""
        pairs = []
        for number in range(len(self.columns)):
            own = [chunk for row in self.head if (chunk := row.at(number)) is not None and chunk.span == (number, number)]
            for above, below in zip(own, own[1:], strict=False):
                if not any(span[0] <= number <= span[1] and above.words[0].base < height + 1 for span, height in spanners):
                    pairs.append((above, below))
        return pairs

    def is_apart(self, step: float) -> bool:
        """Whether two lines stand further apart than the lines of one heading."""
        return step > (max(1.18 * self.pitch, 1.3 * self.size) if self.pitch else 1.7 * self.size)

    def repeats(self, above: Chunk, below: Chunk) -> bool:
        """Whether a heading stands at the same height over other columns too, under other words: "No., %, No., %"."""
        text = below.text
        if sum(letter.isalpha() for letter in text) < 4 or text[0].islower() or text[0] == "(" or _COUNTS.match(text):
            return False
        row = next(row for row in self.head if below in row.chunks)
        same = [chunk for chunk in row.chunks if chunk is not below and chunk.text == text]
        over = [self.chunk_above(row, chunk) for chunk in same]
        if not any(other is not None and other.text != above.text for other in over):
            return False
        pairs = [(other, chunk) for other, chunk in zip(over, same, strict=True) if other is not None]
        return not any(self.filled(*pair) for pair in [(above, below), *pairs])

    def chunk_above(self, row: Row, chunk: Chunk) -> Chunk | None:
        """The heading that stands over another one in its column."""
        over = [other.at(chunk.span[0]) for other in self.head if other.base < row.base]
        return next((other for other in reversed(over) if other is not None), None)

    def filled(self, above: Chunk, below: Chunk) -> bool:
        """Whether the next line's first word had no room behind a heading's line."""
        column, word = below.span[0], below.words[0]
        start, end = self.columns[column]
        right = max(end, *(chunk.x1 for row in self.head for chunk in row.chunks if chunk.span == below.span))
        if column + 1 < len(self.columns):
            right = max(right, self.columns[column + 1][0] - self.size)
        return above.x1 - above.x0 + 0.3 * self.size + word.x1 - word.x0 > right - min(start, above.x0)

    def spanners(self) -> list[tuple[Span, float]]:
        """The columns under each heading that spans several, and the height at which it ends."""
        found: list[tuple[Span, float]] = []
        low, high = self.head[0].base, self.head[-1].base
        for x0, place, x1 in self.rules:
            under = [number for number, (start, end) in enumerate(self.columns) if x0 - 3 < (start + end) / 2 < x1 + 3]
            if low < place < high and len(under) > 1 and len(under) < len(self.columns):
                found += [(span, place) for span in self.shared(under, x0, place, x1)]
        found += self.groups_over_repeats(found)
        found += [
            (span, height)
            for span, height in self.groups_by_tiers()
            if not any(low <= span[1] and high >= span[0] for (low, high), _ in found)
        ]
        for line in self.head[:-1]:
            for chunk in line.chunks:
                start, end = chunk.span
                covered = any(span[0] <= end and span[1] >= start for span, _ in found)
                if end > start and not covered and end - start + 1 < len(self.columns):
                    found.append(((start, end), self.last_base(line, chunk) + 0.4 * self.size))
        return found

    def shared(self, under: list[int], x0: float, place: float, x1: float) -> list[Span]:
        """The columns under a rule, divided where several headings stand side by side on it."""
        above = [row for row in self.head if place - 2.2 * self.size < row.base < place]
        groups: list[list[float]] = []
        for chunk in sorted(
            (chunk for row in above for chunk in row.chunks if x0 - 3 < (chunk.x0 + chunk.x1) / 2 < x1 + 3), key=lambda chunk: chunk.x0
        ):
            if groups and chunk.x0 < groups[-1][1]:
                groups[-1][1] = max(groups[-1][1], chunk.x1)
            else:
                groups.append([chunk.x0, chunk.x1])
        if len(groups) < 2:
            return [(under[0], under[-1])]
        starts = [next((number for number in under if abs(self.columns[number][0] - start) < 4), None) for start, _ in groups]
        if None not in starts:
            lengths = [after - before for before, after in zip(starts, starts[1:], strict=False)]
            return [(start, min(start + length - 1, under[-1])) for start, length in zip(starts, [*lengths, max(lengths)], strict=True)]
        centres = [sum(self.columns[number]) / 2 for number in under]
        nearest = [min(range(len(under)), key=lambda place: abs(centres[place] - (start + end) / 2)) for start, end in groups]
        if len(set(nearest)) < len(nearest):
            return [(under[0], under[-1])]
        spans = []
        for place, (start, end) in enumerate(groups):
            least = nearest[place - 1] + 1 if place else 0
            most = nearest[place + 1] - 1 if place + 1 < len(groups) else len(under) - 1
            spans.append(self.centred(under, nearest[place], least, most, (start + end) / 2))
        return spans

    def centred(self, under: list[int], nearest: int, least: int, most: int, middle: float) -> Span:
        """The widest run of columns around the nearest one whose middle lies under a heading's middle."""
        found = []
        for first in range(least, nearest + 1):
            for last in range(nearest, most + 1):
                off = abs((self.columns[under[first]][0] + self.columns[under[last]][1]) / 2 - middle)
                found.append((off, first - last, first, last))
        best = min(off for off, *_ in found)
        _, _, first, last = min((run for run in found if run[0] < best + self.size), key=lambda run: run[1])
        return under[first], under[last]

    def groups_by_tiers(self) -> list[tuple[Span, float]]:
        """Groups over columns that are empty beside them, where the header's rows stand further apart than lines of one heading."""
        tiers: list[list[Row]] = [[self.head[0]]]
        for above, row in zip(self.head, self.head[1:], strict=False):
            if row.base - above.base > 1.45 * self.size:
                tiers.append([row])
            else:
                tiers[-1].append(row)
        found: list[tuple[Span, float]] = []
        for place, tier in enumerate(tiers[:-1]):
            below = {
                col
                for lower in tiers[place + 1 :]
                for row in lower
                for chunk in row.chunks
                for col in range(chunk.span[0], chunk.span[1] + 1)
            }
            spans = sorted({chunk.span for row in tier for chunk in row.chunks})
            starts = [span[0] for span in spans] + [len(self.columns)]
            for span in spans:
                limit = min(start for start in starts if start > span[0])
                end = span[1]
                while end + 1 < limit and end + 1 in below and span[0] in below:
                    end += 1
                if end > span[0] and span[0] > 0:
                    found.append(((span[0], end), tier[-1].base + 0.4 * self.size))
        return found

    def groups_over_repeats(self, found: list[tuple[Span, float]]) -> list[tuple[Span, float]]:
        """Groups that only the repetition below them shows: two headings over "HR, P, HR, P" span two columns each."""
        if found or len(self.head) < 2:
            return []
        over, below = self.head[0], self.head[1]
        words = [chunk.text.lower() for chunk in below.chunks]
        starts = [chunk.span[0] for chunk in over.chunks if chunk.span[0] > 0]
        if (
            len(starts) < 2
            or len(set(words)) == len(words)
            or len(below.chunks) < 2 * len(starts)
            or len(below.chunks) < len(self.columns) - 1
        ):
            return []
        ends = [*(start - 1 for start in starts[1:]), len(self.columns) - 1]
        return [((start, end), over.base + 0.4 * self.size) for start, end in zip(starts, ends, strict=True) if end > start]

    def last_base(self, line: Row, chunk: Chunk) -> float:
        """The baseline of a spanning heading's last line, where it takes more than one."""
        base = line.base
        later = [other for other in self.head if other.base > line.base]
        for place, below in enumerate(later[:-1]):
            inside = [other for other in below.chunks if other.x0 < chunk.x1 and other.x1 > chunk.x0]
            aligned = inside and (
                abs(inside[0].x0 - chunk.x0) < 2 or abs(inside[0].x0 + inside[0].x1 - chunk.x0 - chunk.x1) < 2 * self.size
            )
            parted = any(sum(chunk.span[0] <= other.span[0] <= chunk.span[1] for other in row.chunks) > 1 for row in later[place + 1 :])
            if len(inside) != 1 or not aligned or not parted or below.base - base > 1.5 * self.size:
                break
            base = below.base
        return base


def _meet(one: Span, other: Span) -> bool:
    """Whether two spans of columns share one."""
    return one[0] <= other[1] and one[1] >= other[0]
