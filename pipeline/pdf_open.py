"""Tables without rules between their cells: columns by the white between them, rows by pitch and by what the lines hold."""

from __future__ import annotations

import re
from itertools import groupby, pairwise, repeat

import numpy as np

from pipeline.pdf_cells import Cell, Chunk, Row, Rule, Span
from pipeline.pdf_table_head import TableHead
from pipeline.tables import is_value

_UNITS = re.compile(r"(?:(?:n|no\.?|number|patients)\W{0,2})?\(?%\)?|n|no\.?", re.IGNORECASE)
_GOES_ON = re.compile(r"[a-z(\[,;:/+&–-]")


class OpenTable:
    """A table whose columns are parted by white, and whose rows by pitch and content."""

    def __init__(
        self,
        lines: list[Row],
        rules: list[Rule],
        size: float,
        boundaries: list[float],
        columns: list[tuple[float, float]] | None = None,
    ):
        self.lines, self.size = lines, size
        self.rules = rules
        self.x0 = min(chunk.x0 for row in lines for chunk in row.chunks)
        self.x1 = max(chunk.x1 for row in lines for chunk in row.chunks)
        self.head, self.body = self.parted()
        self.columns = columns or self.find_columns(self.body or lines)
        if len(boundaries) > len(self.columns):
            self.columns = list(zip(boundaries, boundaries[1:], strict=False))
        for row in lines:
            for chunk in row.chunks:
                chunk.span = self.span_of(chunk)
        self.spread_sections()

    def spread_sections(self) -> None:
        """Words that stand alone on their lines in the table's middle head the rows below: they span all columns."""
        alone = [row.chunks[0] for row in self.body if len(row.chunks) == 1 and row.chunks[0].span[0] > 0]
        alone = [chunk for chunk in alone if chunk.text[:1].isupper() and not is_value(chunk.text) and not self.begins_flush(chunk)]
        middles = [(chunk.x0 + chunk.x1) / 2 for chunk in alone]
        for chunk, middle in zip(alone, middles, strict=True):
            column = self.columns[chunk.span[0]]
            again = sum(abs(other - middle) < 1.5 for other in middles) > 1 and abs(sum(column) / 2 - middle) > self.size
            if again or abs(2 * middle - self.x0 - self.x1) < 2 * self.size:
                chunk.span = (0, len(self.columns) - 1)

    def begins_flush(self, chunk: Chunk) -> bool:
        """Whether a piece begins where those of its column do that stand on fuller lines."""
        own = [other for row in self.body if len(row.chunks) > 1 and (other := row.at(chunk.span[0])) is not None]
        flush = sum(abs(other.x0 - chunk.x0) < 1.5 for other in own)
        return flush > 1 and 2 * flush > len(own)

    def cells(self) -> list[Cell]:
        """Header cells, then the body's."""
        head = TableHead(self.head, self.columns, self.rules, self.size, self.pitch()).cells() if self.head else []
        first = max((cell.row + cell.row_span for cell in head), default=0)
        cells = list(head)
        for number, group in enumerate(self.rows(), first):
            made: dict[int, Cell] = {}
            for line in group:
                for chunk in line.chunks:
                    start, end = chunk.span
                    cell = made.setdefault(start, Cell(number, start))
                    cell.col_span = max(cell.col_span, end - start + 1)
                    if cell.lines and abs(cell.lines[-1][-1].base - chunk.words[0].base) < 0.3 * self.size:
                        cell.lines[-1] += chunk.words
                    else:
                        cell.lines.append(list(chunk.words))
            cells += made.values()
        return cells

    def pitch(self) -> float | None:
        """The least step between lines that stand under each other in a column: the pitch inside cells, where any has several lines."""
        steps = []
        for number in range(len(self.columns)):
            own = [chunk.words[0].base for row in self.lines if (chunk := row.at(number)) is not None]
            steps += [below - above for above, below in zip(own, own[1:], strict=False) if below - above > 0.9 * self.size]
        least = min(steps, default=0.0)
        return least if 0 < least < 1.35 * self.size else None

    def is_full(self, rule: Rule) -> bool:
        """Whether a rule (with its neighbours on the same height) runs over nearly the whole table."""
        same = [other for other in self.rules if abs(other[1] - rule[1]) < 1.5]
        return sum(other[2] - other[0] for other in same) > 0.85 * (self.x1 - self.x0)

    def parted(self) -> tuple[list[Row], list[Row]]:
        """The header's lines and the body's, parted by the first full rule under some text."""
        heights = sorted({rule[1] for rule in self.rules if self.is_full(rule)})
        for height in heights:
            above = [row for row in self.lines if row.base < height]
            if above and len(above) < len(self.lines) and len(above) <= max(8, 0.3 * len(self.lines)):
                count = self.under_groups(above, [other for other in heights if other > height])
                return self.lines[:count], self.lines[count:]
        bold = [all(word.bold for chunk in row.chunks for word in chunk.words) for row in self.lines]
        count = bold.index(False) if False in bold else 0
        while count > 1 and len(self.lines[count - 1].chunks) == 1 and self.lines[count - 1].chunks[0].x0 < self.x0 + self.size:
            count -= 1
        if not heights and 0 < count < len(bold) and sum(bold) < 0.5 * len(bold) and any(len(row.chunks) > 1 for row in self.lines[:count]):
            return self.lines[:count], self.lines[count:]
        return [], self.lines

    def under_groups(self, above: list[Row], heights: list[float]) -> int:
        """How many lines the header has where full rules under its groups part them from the columns' own headings."""
        groups = max(sum(chunk.x0 > self.x0 + self.size for chunk in row.chunks) for row in above)
        for height in heights[:2]:
            inner = [row for row in self.lines[len(above) :] if row.base < height]
            more = max((len(row.chunks) for row in inner), default=0) >= max(2 * groups, 3)
            figures = any(is_value(chunk.text) for row in inner for chunk in row.chunks)
            if len(inner) > 4 or figures or len(above) + len(inner) == len(self.lines):
                break
            if more:
                return len(above) + len(inner)
        return len(above)

    # columns

    def find_columns(self, lines: list[Row]) -> list[tuple[float, float]]:
        """The columns' extents, from the strips that (almost) no line of the body crosses."""
        several = [row for row in lines if len(row.chunks) > 1]
        if not several:
            several = [row for row in self.lines if len(row.chunks) > 1]
        if not several:
            return [(self.x0, self.x1)]
        most = sorted(len(row.chunks) for row in several)[int(0.8 * (len(several) - 1))]
        used = [row for row in several if len(row.chunks) >= 0.5 * most]
        scale = 2
        cover = np.zeros(int((self.x1 - self.x0) * scale) + 3, dtype=int)
        for row in used:
            for chunk in row.chunks:
                cover[int((chunk.x0 - self.x0) * scale) : int((chunk.x1 - self.x0) * scale) + 1] += 1
        least = int(0.03 * len(used))
        white = cover <= least
        edges = np.flatnonzero(np.diff(np.concatenate([[True], white, [True]]).astype(int)))
        spans = [(self.x0 + start / scale, self.x0 + end / scale) for start, end in zip(edges[::2], edges[1::2], strict=False)]
        columns: list[tuple[float, float]] = []
        for start, end in spans:
            if columns and start - columns[-1][1] < 0.3 * self.size:
                columns[-1] = (columns[-1][0], end)
            else:
                columns.append((start, end))
        return self.joined(self.with_sparse(self.parted_columns(columns, used), several), used)

    def parted_columns(self, columns: list[tuple[float, float]], used: list[Row]) -> list[tuple[float, float]]:
        """The columns, those parted in two or more in which most rows hold as many pieces: a few that reach over all of them hid the white."""
        parted: list[tuple[float, float]] = []
        for start, end in columns:
            held = [[chunk for chunk in row.chunks if start <= (chunk.x0 + chunk.x1) / 2 <= end] for row in used]
            held = [chunks for chunks in held if chunks]
            crowded = [chunks for chunks in held if len(chunks) > 1]
            pieces = _strips(crowded) if len(crowded) > 1 and 2 * len(crowded) > len(held) else []
            parted += pieces if len(pieces) > 1 else [(start, end)]
        return parted

    def with_sparse(self, columns: list[tuple[float, float]], several: list[Row]) -> list[tuple[float, float]]:
        """The columns with those added that only short rows fill: chunks which stand in the white between or beside the others."""
        apart: list[tuple[float, float]] = []
        names = [row.chunks[0] for row in self.body if len(row.chunks) == 1 and row.chunks[0].x1 < columns[0][0]]
        for chunk in sorted((*names, *(chunk for row in several for chunk in row.chunks)), key=lambda chunk: chunk.x0):
            if any(chunk.x0 < end + 0.2 * self.size and chunk.x1 > start - 0.2 * self.size for start, end in columns):
                continue
            if apart and chunk.x0 < apart[-1][1]:
                apart[-1] = (apart[-1][0], max(apart[-1][1], chunk.x1))
            else:
                apart.append((chunk.x0, chunk.x1))
        return sorted(columns + apart)

    def joined(self, columns: list[tuple[float, float]], used: list[Row]) -> list[tuple[float, float]]:
        """Columns without those that only hold the parenthesis which belongs to the figure before it."""
        kept = columns[:1]
        for column in columns[1:]:
            inside = [chunk for row in used for chunk in row.chunks if chunk.x0 < column[1] and chunk.x1 > column[0]]
            headed = any(
                chunk.x0 < column[1] and chunk.x1 > column[0] and chunk.x0 > kept[-1][1] for row in self.head for chunk in row.chunks
            )
            bracket = sum(chunk.text[:1] in "([±%" for chunk in inside)
            if inside and bracket > 0.8 * len(inside) and not headed and len(kept) > 1:
                kept[-1] = (kept[-1][0], column[1])
            else:
                kept.append(column)
        return kept

    def span_of(self, chunk: Chunk) -> Span:
        """The columns that a chunk covers: those whose extent it overlaps by a good part, else the nearest."""
        touched = []
        for number, (start, end) in enumerate(self.columns):
            overlap = min(end, chunk.x1) - max(start, chunk.x0)
            if overlap > 0.4 * (end - start) or overlap > 0.75 * (chunk.x1 - chunk.x0) or overlap > 2.5 * self.size:
                touched.append(number)
        if not touched:
            middle = (chunk.x0 + chunk.x1) / 2
            touched = [min(range(len(self.columns)), key=lambda number: abs(sum(self.columns[number]) / 2 - middle))]
        return touched[0], touched[-1]

    # rows

    def rows(self) -> list[list[Row]]:
        """The body's lines grouped into rows."""
        if not self.body:
            return []
        bands = self.bands()
        if bands:
            return bands
        steps = [below.base - above.base for above, below in zip(self.body, self.body[1:], strict=False)]
        middle = self.two_pitches(steps)
        groups = [[self.body[0]]]
        for step, row in zip(steps, self.body[1:], strict=True):
            if self.begins(groups[-1], row, step, middle):
                groups.append([row])
            else:
                groups[-1].append(row)
        return groups

    def bands(self) -> list[list[Row]]:
        """The body's rows where a rule stands between each two of them; none where lines between two rules are rows of their own."""
        heights = sorted({rule[1] for rule in self.rules if self.is_full(rule)})
        bands = [list(lines) for _, lines in groupby(self.body, lambda row: np.searchsorted(heights, row.base - 0.2 * self.size))]
        several = [band for band in bands if len(band) > 1]
        if len(bands) < 4 or len(bands) < 0.4 * len(self.body) or any(self.holds_rows(band) for band in several):
            return []
        return bands

    def holds_rows(self, band: list[Row]) -> bool:
        """Whether the lines between two rules are more than one row: a figure stands under a whole one, or names without figures are many."""
        return any(self.is_new_figure(chunk, above) for above, row in pairwise(band) for chunk in row.chunks)

    def two_pitches(self, steps: list[float]) -> float | None:
        """The step between the pitch of lines in a cell and that of rows, where the table has both."""
        steps = sorted(step for step in steps if step > 0.8 * self.size)
        if len(steps) < 4:
            return None
        gaps = [(after - before, place) for place, (before, after) in enumerate(zip(steps, steps[1:], strict=False), 1)]
        gap, place = max(gaps)
        low, high = steps[:place], steps[place:]
        if (
            gap > 0.12 * self.size
            and steps[place] > 1.1 * low[-1]
            and len(low) >= 2
            and len(high) >= 0.25 * len(steps)
            and low[-1] < 1.35 * self.size
        ):
            middle = (low[-1] + high[0]) / 2
            return None if self.packed(middle) else middle
        return None

    def packed(self, middle: float) -> bool:
        """Whether lines at the narrow pitch are rows of their own, so that the wide steps are only room around groups."""
        close = [(above, row) for above, row in pairwise(self.body) if 0.8 * self.size < row.base - above.base < middle]
        anew = sum(any(map(self.is_new_figure, row.chunks, repeat(above))) for above, row in close)
        return anew > 0.4 * len(close)

    def is_new_figure(self, chunk: Chunk, above: Row) -> bool:
        """Whether a figure stands under a figure that was complete."""
        over = above.at(chunk.span[0])
        if chunk.span[0] == 0 or over is None or not (is_value(chunk.text) and is_value(over.text)):
            return False
        whole = over.text.count("(") <= over.text.count(")") and not over.text.endswith(("–", "-", "−", "to", ",", "±", "/"))
        return whole and chunk.text[0] not in "(±–−-.,)%" and chunk.text.count(")") <= chunk.text.count("(")

    def begins(self, group: list[Row], row: Row, step: float, middle: float | None) -> bool:
        """Whether a line begins a new row."""
        last = group[-1]
        if any(last.base < rule[1] < row.base - 0.2 * self.size and rule[2] - rule[0] > 0.5 * (self.x1 - self.x0) for rule in self.rules):
            return True
        if step < 0.75 * self.size:
            return False
        if row.at(0) is None and len(row.chunks) > 1 and all(_UNITS.fullmatch(chunk.text) for chunk in row.chunks):
            return True
        if row.at(0) is None and step < 1.5 * self.size and all(chunk.text[0] in "(±" and self.wraps(group, chunk) for chunk in row.chunks):
            return False
        if middle is not None:
            return step > middle or self.all_new(group, row) or self.spreads(group, row)
        if step > 1.9 * self.size:
            return True
        return not self.goes_on(group, row)

    def all_new(self, group: list[Row], row: Row) -> bool:
        """Whether a line at the narrow pitch is full of figures under a line full of figures: rows without extra space."""
        first = row.at(0)
        values = [chunk for chunk in row.chunks if chunk.span[0] > 0 and is_value(chunk.text)]
        held = [chunk for chunk in group[-1].chunks if chunk.span[0] > 0 and is_value(chunk.text)]
        return first is not None and not _GOES_ON.match(first.text) and len(values) >= 2 and len(held) >= 2

    def spreads(self, group: list[Row], row: Row) -> bool:
        """Whether words alone on their line reach over the columns of figures, under a row that has figures: they head what follows."""
        alone = row.chunks[0] if len(row.chunks) == 1 else None
        held = any(is_value(chunk.text) for chunk in group[-1].chunks if chunk.span[0] > 0)
        return alone is not None and alone.span[0] == 0 < alone.span[1] and held and not _GOES_ON.match(alone.text)

    def goes_on(self, group: list[Row], row: Row) -> bool:
        """Whether a line carries on the cells of the row above it."""
        first, others = row.at(0), [chunk for chunk in row.chunks if chunk.span[0] > 0]
        if first is not None and not others:
            label = self.last_in(group, 0)
            return label is not None and bool(_GOES_ON.match(first.text)) and first.text[:1] not in "–-" and not is_value(first.text)
        if first is not None:
            label = self.last_in(group, 0)
            only_label = all(chunk.span[0] == 0 for line in group for chunk in line.chunks)
            if label is None or not re.match(r"[a-z(]", first.text):
                return False
            return only_label and self.full(label, first, 0) or all(self.wraps(group, chunk) for chunk in others)
        return all(self.wraps(group, chunk) for chunk in others)

    def wraps(self, group: list[Row], chunk: Chunk) -> bool:
        """Whether a chunk goes on with the cell above it in its column."""
        above = self.last_in(group, chunk.span[0])
        if above is None:
            return False
        if above.text.count("(") > above.text.count(")"):
            return True
        if chunk.text[0] in "(±" and is_value(above.text) and not above.text.startswith("("):
            return True
        if is_value(chunk.text) and is_value(above.text):
            return above.text.endswith(("–", "-", "to", ","))
        return bool(re.match(r"[a-z(,;–]", chunk.text)) or self.full(above, chunk, chunk.span[0])

    def full(self, above: Chunk, chunk: Chunk, column: int) -> bool:
        """Whether the next chunk's first word had no room behind the line above it."""
        word = chunk.words[0]
        return above.x1 + 0.25 * self.size + (word.x1 - word.x0) > self.capacity(column) - 0.2 * self.size

    def capacity(self, column: int) -> float:
        """How far the lines of a column can reach: to its widest text, or nearly to the next column where few lines come near that text's end."""
        ends = [chunk.x1 for row in self.body if (chunk := row.at(column)) is not None and chunk.span == (column, column)]
        end = max([self.columns[column][1], *ends])
        following = self.columns[column + 1][0] if column + 1 < len(self.columns) else end
        near = sum(other > end - self.size for other in ends)
        return following - 1.5 * self.size if following - end > 4 * self.size and near < 3 else end

    def last_in(self, group: list[Row], column: int) -> Chunk | None:
        return next((chunk for line in reversed(group) if (chunk := line.at(column)) is not None), None)


def _strips(rows: list[list[Chunk]]) -> list[tuple[float, float]]:
    """The extents of what stands under each other in these rows."""
    strips: list[tuple[float, float]] = []
    for chunk in sorted((chunk for chunks in rows for chunk in chunks), key=lambda chunk: chunk.x0):
        if strips and chunk.x0 < strips[-1][1]:
            strips[-1] = (strips[-1][0], max(strips[-1][1], chunk.x1))
        else:
            strips.append((chunk.x0, chunk.x1))
    return strips
