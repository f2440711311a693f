"""A table's words into cells: columns by the white between them or by rules, rows by rules, pitch and what the lines hold."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Container
from dataclasses import dataclass, field
from statistics import median

import numpy as np

from pipeline.glyphs import comparator_unsure
from pipeline.pdf_layout import Printed
from pipeline.pdf_prose import compose
from pipeline.pdf_words import Frame, Word
from pipeline.records import Passage
from pipeline.tables import is_value, set_heads

Rule = tuple[float, float, float]  # start, place, end: x0, y, x1 of a horizontal one; top, x, bottom of an upright one
Span = tuple[int, int]  # first and last column

_SIZE = re.compile(r"\(?\s*n\s?=|no\.|n\s?\(%\)", re.IGNORECASE)
_GOES_ON = re.compile(r"[a-z(\[,;:/+&–-]")


@dataclass(slots=True)
class Chunk:
    """Words on one line without a wide gap, and the columns they stand in."""

    words: list[Word]
    x0: float
    x1: float
    span: Span = (0, 0)

    @property
    def text(self) -> str:
        return " ".join(word.text for word in self.words)


@dataclass(slots=True)
class Row:
    """One printed line inside a table."""

    base: float
    size: float
    chunks: list[Chunk] = field(default_factory=list)

    def at(self, column: int) -> Chunk | None:
        """The chunk that begins in a column."""
        return next((chunk for chunk in self.chunks if chunk.span[0] == column), None)


@dataclass(slots=True)
class Cell:
    """A cell in the making: its place in the grid and its printed lines of words."""

    row: int
    col: int
    row_span: int = 1
    col_span: int = 1
    lines: list[list[Word]] = field(default_factory=list)
    is_head: bool = False


@dataclass(slots=True)
class Part:
    """A piece of a table on one page: its runs of words and the rules among them."""

    frame: Frame
    runs: list[Printed]
    rules: list[Rule]
    uprights: list[Rule]
    is_open: bool = False  # whether it has no rule at its end

    @property
    def ends_low(self) -> bool:
        """Whether it ends near the foot of its page."""
        return max(run.base for run in self.runs) > 0.75 * self.frame.height


def cells_of(label: str, parts: list[Part], known: Container[str]) -> list[Passage]:
    """The cells of a table's parts as passages, with row and column headings; headings that a later part repeats stand once."""
    passages: list[Passage] = []
    indents: dict[tuple[int, int], float] = {}
    first = 0
    for number, part in enumerate(parts):
        cells = _cells(part)
        if number:
            head = max((cell.row + cell.row_span for cell in cells if cell.is_head), default=0)
            cells = [cell for cell in cells if not cell.is_head]
            first -= head
        made, shifts = _passages(cells, part.frame, label, known, first)
        passages += made
        indents |= shifts
        first = max((passage.row + passage.row_span for passage in passages), default=0)
    set_heads(passages, indents)
    return passages


def _passages(cells: list[Cell], frame: Frame, label: str, known: Container[str], first: int) -> tuple[list[Passage], dict]:
    """Cells with text as passages whose rows are counted from `first`, and their indents in characters."""
    passages, lefts, starts = [], {}, {}
    for cell in sorted(cells, key=lambda cell: (cell.row, cell.col)):
        printed = [Printed(list(line), frame).settle() for line in cell.lines if line]
        text, placed = compose(printed, known, in_table=True)
        if text:
            flags = ("comparator unsure",) if comparator_unsure(text) else ()
            place = {"row": cell.row + first, "col": cell.col, "row_span": cell.row_span, "col_span": cell.col_span}
            passages.append(Passage(0, "cell", "", text, lines=placed, table=label, is_head=cell.is_head, flags=flags, **place))
            starts[cell.row + first, cell.col] = (printed[0].x0, printed[0].size)
            lefts[cell.col] = min(lefts.get(cell.col, 1e9), printed[0].x0)
    return passages, {key: round((x0 - lefts[key[1]]) / size, 1) for key, (x0, size) in starts.items()}


def _cells(part: Part) -> list[Cell]:
    """One part's cells, by rules where every cell has them, else by white and pitch."""
    words = [word for run in part.runs for word in run.words]
    lines = _lines(words)
    boundaries = _boxed(part.uprights, lines)
    if len(boundaries) > 2 and len(_places(part.rules)) > 0.3 * len(lines) and _is_framed(lines, part.uprights):
        return _headed(_ruled(lines, part.rules, part.uprights, boundaries))
    return _Open(lines, part.rules, median(word.size for word in words), boundaries).cells()


def _lines(words: list[Word]) -> list[Row]:
    """Printed lines from the top down; small raised marks go with the line they touch."""
    size = median(word.size for word in words)
    rows: list[Row] = []
    for word in sorted((word for word in words if word.size > 0.8 * size), key=lambda word: word.base):
        if not rows or word.base - rows[-1].base > 0.3 * size:
            rows.append(Row(word.base, word.size))
        rows[-1].chunks.append(Chunk([word], word.x0, word.x1))
    for word in (word for word in words if word.size <= 0.8 * size):
        near = [row for row in rows if -0.35 * size < row.base - word.base < 0.75 * size]
        touching = [row for row in near if any(abs(chunk.x1 - word.x0) < 0.4 * size or abs(chunk.x0 - word.x1) < 0.4 * size for chunk in row.chunks)]
        best = min(touching or near, key=lambda row: abs(row.base - word.base), default=None)
        if best is None:
            best = Row(word.base, word.size)
            rows.append(best)
        best.chunks.append(Chunk([word], word.x0, word.x1))
    wide = _wide_gap([[word for chunk in row.chunks for word in chunk.words] for row in rows], size)
    for row in rows:
        row.chunks = _chunks([word for chunk in row.chunks for word in chunk.words], wide)
    return sorted(rows, key=lambda row: row.base)


def _wide_gap(rows: list[list[Word]], size: float) -> float:
    """From which width on a gap between words parts cells: well over the table's usual space."""
    gaps = []
    for words in rows:
        words = sorted(words, key=lambda word: word.x0)
        gaps += [right.x0 - left.x1 for left, right in zip(words, words[1:], strict=False) if 0.1 * size < right.x0 - left.x1 < 0.6 * size]
    usual = sorted(gaps)[len(gaps) // 2] if gaps else 0.3 * size
    return min(max(1.5 * usual, 0.38 * size), 0.6 * size)


def _chunks(words: list[Word], wide: float) -> list[Chunk]:
    chunks: list[Chunk] = []
    for word in sorted(words, key=lambda word: word.x0):
        if chunks and word.x0 - chunks[-1].x1 < wide:
            chunks[-1].words.append(word)
            chunks[-1].x1 = max(chunks[-1].x1, word.x1)
        else:
            chunks.append(Chunk([word], word.x0, word.x1))
    return chunks


# tables with a rule around every cell


def _places(rules: list[Rule]) -> list[float]:
    """The distinct heights of horizontal rules (or places of upright ones)."""
    places: list[float] = []
    for place in sorted(rule[1] for rule in rules):
        if not places or place - places[-1] > 2.5:
            places.append(place)
    return places


def _is_framed(lines: list[Row], uprights: list[Rule]) -> bool:
    """Whether an upright rule stands between neighbours on nearly every line (and not only on shaded ones)."""
    several = [row for row in lines if len(row.chunks) > 1]
    parted = 0
    for row in several:
        left, right = row.chunks[0].x0, row.chunks[-1].x1
        parted += any(left < x < right and top - 1 < row.base - 0.3 * row.size < bottom + 1 for top, x, bottom in uprights)
    return parted >= 0.8 * len(several)


def _boxed(uprights: list[Rule], lines: list[Row]) -> list[float]:
    """Where upright rules part columns: those as long as a good part of the table's height, with the table's own edges."""
    tall = lines[-1].base - lines[0].base + lines[0].size
    left = min(chunk.x0 for row in lines for chunk in row.chunks)
    right = max(chunk.x1 for row in lines for chunk in row.chunks)
    found = []
    for place in _places(uprights):
        length = sum(rule[2] - rule[0] for rule in uprights if abs(rule[1] - place) < 2.5)
        if length > 0.35 * tall:
            found.append(place)
    if found and found[0] > left + 3:
        found.insert(0, left - 2)
    if found and found[-1] < right - 3:
        found.append(right + 2)
    return found


def _ruled(lines: list[Row], rules: list[Rule], uprights: list[Rule], columns: list[float]) -> list[Cell]:
    """Cells between rules; where a rule is missing between two places of the grid they are one cell."""
    heights = _places(rules)
    if lines[0].base < heights[0]:
        heights.insert(0, lines[0].base - lines[0].size)
    if lines[-1].base > heights[-1]:
        heights.append(lines[-1].base + lines[-1].size)
    unseen = _unruled(lines, heights, columns)
    rules = rules + [(columns[0], place, columns[-1]) for place in unseen]
    heights = sorted(heights + unseen)
    cells: dict[tuple[int, int], Cell] = {}
    owner: dict[tuple[int, int], tuple[int, int]] = {}
    for down in range(len(heights) - 1):
        for right in range(len(columns) - 1):
            middle_y, middle_x = (heights[down] + heights[down + 1]) / 2, (columns[right] + columns[right + 1]) / 2
            here = (down, right)
            if right and not any(abs(x - columns[right]) < 2.5 and top - 2 <= middle_y <= bottom + 2 for top, x, bottom in uprights):
                owner[here] = owner[down, right - 1]
            elif down and not any(abs(y - heights[down]) < 2.5 and x0 <= middle_x <= x1 for x0, y, x1 in rules):
                owner[here] = owner[down - 1, right]
            else:
                owner[here] = here
            cell = cells.setdefault(owner[here], Cell(*owner[here]))
            cell.row_span = max(cell.row_span, down - cell.row + 1)
            cell.col_span = max(cell.col_span, right - cell.col + 1)
    for row in lines:
        for chunk in row.chunks:
            for word in chunk.words:
                down = _between(heights, row.base - 0.3 * row.size)
                right = _between(columns, (word.x0 + word.x1) / 2)
                cell = cells[owner[down, right]]
                if cell.lines and abs(cell.lines[-1][0].base - word.base) < 0.6 * row.size:
                    cell.lines[-1].append(word)
                else:
                    cell.lines.append([word])
    return list(cells.values())


def _headed(cells: list[Cell]) -> list[Cell]:
    """Mark the leading rows that are set in bold where the others are not, or that only state the groups' sizes."""
    held = [cell for cell in cells if cell.lines]
    bold = {id(cell) for cell in held if all(word.bold for line in cell.lines for word in line)}
    mixed = len(bold) < 0.5 * len(held)
    for row in sorted({cell.row for cell in held}):
        here = [cell for cell in held if cell.row == row]
        sizes = all(cell.col and _SIZE.match(" ".join(word.text for line in cell.lines for word in line)) for cell in here)
        if not (sizes and row or mixed and len(here) > 1 and all(id(cell) in bold for cell in here)):
            break
        for cell in here:
            cell.is_head = True
    return cells


def _unruled(lines: list[Row], heights: list[float], columns: list[float]) -> list[float]:
    """Where rows part inside one frame: several lines of it hold full figures in the same column."""
    found: list[float] = []
    for top, bottom in zip(heights, heights[1:], strict=False):
        band = [row for row in lines if top < row.base - 0.3 * row.size <= bottom]
        held = [[(_between(columns, (chunk.x0 + chunk.x1) / 2), chunk.text) for chunk in row.chunks] for row in band]
        values = Counter(col for row in held for col, text in row if col and is_value(text) and text[0] not in "(±–-")
        if not values or max(values.values()) < 2:
            continue
        for above, below, texts in zip(band, band[1:], held[1:], strict=False):
            goes_on = all(re.match(r"[a-z(±,;–]", text) for _, text in texts) or any(chunk.text.count("(") > chunk.text.count(")") for chunk in above.chunks)
            if not goes_on:
                found.append((above.base + below.base - 0.6 * below.size) / 2)
    return found


def _between(places: list[float], place: float) -> int:
    """The interval of sorted places in which a place falls, the outermost for those beyond."""
    return int(min(max(np.searchsorted(places, place) - 1, 0), len(places) - 2))


# tables without rules between cells


class _Open:
    """A table whose columns are parted by white, and whose rows by pitch and content."""

    def __init__(self, lines: list[Row], rules: list[Rule], size: float, boundaries: list[float]):
        self.lines, self.size = lines, size
        self.rules = rules
        self.x0 = min(chunk.x0 for row in lines for chunk in row.chunks)
        self.x1 = max(chunk.x1 for row in lines for chunk in row.chunks)
        self.head, self.body = self.parted()
        self.columns = self.find_columns(self.body or lines)
        if len(boundaries) > len(self.columns):
            self.columns = list(zip(boundaries, boundaries[1:], strict=False))
        for row in lines:
            for chunk in row.chunks:
                chunk.span = self.span_of(chunk)

    def cells(self) -> list[Cell]:
        """Header cells, then the body's."""
        head = self.head_cells() if self.head else []
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
                return above, self.lines[len(above) :]
        bold = [all(word.bold for chunk in row.chunks for word in chunk.words) for row in self.lines]
        count = bold.index(False) if False in bold else 0
        while count > 1 and len(self.lines[count - 1].chunks) == 1 and self.lines[count - 1].chunks[0].x0 < self.x0 + self.size:
            count -= 1
        if not heights and 0 < count < len(bold) and sum(bold) < 0.5 * len(bold) and any(len(row.chunks) > 1 for row in self.lines[:count]):
            return self.lines[:count], self.lines[count:]
        return [], self.lines

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
        return self.joined(columns, used)

    def joined(self, columns: list[tuple[float, float]], used: list[Row]) -> list[tuple[float, float]]:
        """Columns without those that only hold the parenthesis which belongs to the figure before it."""
        kept = columns[:1]
        for column in columns[1:]:
            inside = [chunk for row in used for chunk in row.chunks if chunk.x0 < column[1] and chunk.x1 > column[0]]
            headed = any(chunk.x0 < column[1] and chunk.x1 > column[0] and chunk.x0 > kept[-1][1] for row in self.head for chunk in row.chunks)
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
        steps = [below.base - above.base for above, below in zip(self.body, self.body[1:], strict=False)]
        middle = self.two_pitches(steps)
        groups = [[self.body[0]]]
        for step, row in zip(steps, self.body[1:], strict=True):
            if self.begins(groups[-1], row, step, middle):
                groups.append([row])
            else:
                groups[-1].append(row)
        return groups

    def two_pitches(self, steps: list[float]) -> float | None:
        """The step between the pitch of lines in a cell and that of rows, where the table has both."""
        steps = sorted(step for step in steps if step > 0.8 * self.size)
        if len(steps) < 4:
            return None
        gaps = [(after - before, place) for place, (before, after) in enumerate(zip(steps, steps[1:], strict=False), 1)]
        gap, place = max(gaps)
        low, high = steps[:place], steps[place:]
        if gap > 0.12 * self.size and steps[place] > 1.1 * low[-1] and len(low) >= 2 and len(high) >= 0.25 * len(steps) and low[-1] < 1.35 * self.size:
            return (low[-1] + high[0]) / 2
        return None

    def begins(self, group: list[Row], row: Row, step: float, middle: float | None) -> bool:
        """Whether a line begins a new row."""
        last = group[-1]
        if any(last.base < rule[1] < row.base - 0.2 * self.size and rule[2] - rule[0] > 0.5 * (self.x1 - self.x0) for rule in self.rules):
            return True
        if step < 0.75 * self.size:
            return False
        if middle is not None:
            return step > middle or self.all_new(group, row)
        if step > 1.9 * self.size:
            return True
        return not self.goes_on(group, row)

    def all_new(self, group: list[Row], row: Row) -> bool:
        """Whether a line at the narrow pitch is full of figures under a line full of figures: rows without extra space."""
        first = row.at(0)
        values = [chunk for chunk in row.chunks if chunk.span[0] > 0 and is_value(chunk.text)]
        held = [chunk for chunk in group[-1].chunks if chunk.span[0] > 0 and is_value(chunk.text)]
        return first is not None and not _GOES_ON.match(first.text) and len(values) >= 2 and len(held) >= 2

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
        return above.x1 + 0.25 * self.size + (word.x1 - word.x0) > self.columns[column][1] - 0.2 * self.size

    def last_in(self, group: list[Row], column: int) -> Chunk | None:
        return next((chunk for line in reversed(group) if (chunk := line.at(column)) is not None), None)

    # header

    def head_cells(self) -> list[Cell]:
        """The header's cells: headings that span columns above those of single columns."""
        spanners = self.spanners()
        levels = sorted({round(height) for _, height in spanners})
        depth = len(levels) + 1
        cells: dict[tuple[int, int], Cell] = {}
        for line in self.head:
            for chunk in line.chunks:
                over = [(span, height) for span, height in spanners if chunk.span[0] <= span[1] and chunk.span[1] >= span[0]]
                above = [(height, span) for span, height in over if line.base < height + 1]
                if above:
                    height, span = min(above)
                    cell = cells.setdefault((levels.index(round(height)), span[0]), Cell(levels.index(round(height)), span[0], 1, span[1] - span[0] + 1))
                else:
                    row = max((levels.index(round(height)) + 1 for _, height in over), default=0)
                    start, end = chunk.span
                    cell = cells.setdefault((row, start), Cell(row, start, depth - row, end - start + 1))
                cell.is_head = True
                if cell.lines and abs(cell.lines[-1][-1].base - chunk.words[0].base) < 0.3 * self.size:
                    cell.lines[-1] += chunk.words
                else:
                    cell.lines.append(list(chunk.words))
        return list(cells.values())

    def spanners(self) -> list[tuple[Span, float]]:
        """The columns under each heading that spans several, and the height at which it ends."""
        found: list[tuple[Span, float]] = []
        low, high = self.head[0].base, self.head[-1].base
        for x0, place, x1 in self.rules:
            under = [number for number, (start, end) in enumerate(self.columns) if x0 - 3 < (start + end) / 2 < x1 + 3]
            if low < place < high and len(under) > 1 and len(under) < len(self.columns):
                found.append(((under[0], under[-1]), place))
        found += self.groups_over_repeats(found)
        for line in self.head[:-1]:
            for chunk in line.chunks:
                start, end = chunk.span
                covered = any(span[0] <= end and span[1] >= start for span, _ in found)
                if end > start and not covered and end - start + 1 < len(self.columns):
                    found.append(((start, end), self.last_base(line, chunk) + 0.4 * self.size))
        return found

    def groups_over_repeats(self, found: list[tuple[Span, float]]) -> list[tuple[Span, float]]:
        """Groups that only the repetition below them shows: two headings over "HR, P, HR, P" span two columns each."""
        if found or len(self.head) < 2:
            return []
        over, below = self.head[0], self.head[1]
        words = [chunk.text.lower() for chunk in below.chunks]
        starts = [chunk.span[0] for chunk in over.chunks if chunk.span[0] > 0]
        if len(starts) < 2 or len(set(words)) == len(words) or len(below.chunks) < 2 * len(starts) or len(below.chunks) < len(self.columns) - 1:
            return []
        ends = [*(start - 1 for start in starts[1:]), len(self.columns) - 1]
        return [((start, end), over.base + 0.4 * self.size) for start, end in zip(starts, ends, strict=True) if end > start]

    def last_base(self, line: Row, chunk: Chunk) -> float:
        """The baseline of a spanning heading's last line, where it takes more than one."""
        base = line.base
        later = [other for other in self.head if other.base > line.base]
        for place, below in enumerate(later[:-1]):
            inside = [other for other in below.chunks if other.x0 < chunk.x1 and other.x1 > chunk.x0]
            aligned = inside and (abs(inside[0].x0 - chunk.x0) < 2 or abs(inside[0].x0 + inside[0].x1 - chunk.x0 - chunk.x1) < 2 * self.size)
            parted = any(sum(chunk.span[0] <= other.span[0] <= chunk.span[1] for other in row.chunks) > 1 for row in later[place + 1 :])
            if len(inside) != 1 or not aligned or not parted or below.base - base > 1.5 * self.size:
                break
            base = below.base
        return base
