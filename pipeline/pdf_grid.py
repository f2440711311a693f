"""A table's parts into cells as passages, with their row and column headings."""

from __future__ import annotations

from collections.abc import Container
from statistics import median

from pipeline.glyphs import UNSURE, comparator_unsure
from pipeline.pdf_cells import Cell, Part, lines_in
from pipeline.pdf_layout import Printed
from pipeline.pdf_open import OpenTable
from pipeline.pdf_prose import compose
from pipeline.pdf_ruled import boxed, is_framed, places_of, ruled_cells, with_heads
from pipeline.pdf_words import Frame
from pipeline.records import Passage
from pipeline.tables import set_heads


def cells_of(label: str, parts: list[Part], known: Container[str]) -> list[Passage]:
    """The cells of a table's parts as passages, with row and column headings; headings that a later part repeats stand once."""
    passages: list[Passage] = []
    indents: dict[tuple[int, int], float] = {}
    first = 0
    for number, (part, cells) in enumerate(zip(parts, _cells_of_all(parts), strict=True)):
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


def _cells_of_all(parts: list[Part]) -> list[list[Cell]]:
    """Each part's cells; a part as wide as the longest one, and parted into fewer columns, is parted as that one."""
    read = [_cells(part) for part in parts]
    longest = max(range(len(parts)), key=lambda number: len(parts[number].runs))
    model = read[longest]
    if len(parts) < 2 or not isinstance(model, OpenTable):
        return [_made(table) for table in read]
    for number, table in enumerate(read):
        shift = parts[number].left - parts[longest].left
        alike = isinstance(table, OpenTable) and abs(parts[number].width - parts[longest].width) < 4
        if alike and len(table.columns) < len(model.columns):
            read[number] = _cells(parts[number], [(start + shift, end + shift) for start, end in model.columns])
    return [_made(table) for table in read]


def _made(table: OpenTable | list[Cell]) -> list[Cell]:
    return table.cells() if isinstance(table, OpenTable) else table


def _passages(cells: list[Cell], frame: Frame, label: str, known: Container[str], first: int) -> tuple[list[Passage], dict]:
    """Cells with text as passages whose rows are counted from `first`, and their indents in characters."""
    passages, lefts, starts, ends = [], {}, {}, {}
    for cell in sorted(cells, key=lambda cell: (cell.row, cell.col)):
        printed = [Printed(list(line), frame).settle() for line in cell.lines if line]
        text, placed = compose(printed, known, in_table=True)
        if text:
            flags = (UNSURE,) if comparator_unsure(text) else ()
            place = {"row": cell.row + first, "col": cell.col, "row_span": cell.row_span, "col_span": cell.col_span}
            passages.append(Passage(0, "cell", "", text, lines=placed, table=label, is_head=cell.is_head, flags=flags, **place))
            starts[cell.row + first, cell.col] = (printed[0].x0, printed[0].size)
            lefts[cell.col] = min(lefts.get(cell.col, 1e9), printed[0].x0)
            if cell.col_span == 1:
                ends.setdefault(cell.col, []).append((printed[0].x0, printed[0].x1))
    centred = {col for col, held in ends.items() if _is_centred(held)}
    return passages, {key: 0.0 if key[1] in centred else round((x0 - lefts[key[1]]) / size, 1) for key, (x0, size) in starts.items()}


def _is_centred(held: list[tuple[float, float]]) -> bool:
    """Whether the cells of a column (where each begins and ends) agree in their middles, or their ends, and not in where they begin."""
    lefts, rights = zip(*held, strict=True)
    middles = [(x0 + x1) / 2 for x0, x1 in held]
    return len(held) > 3 and max(_agreeing(middles), _agreeing(rights)) > 0.6 > 1.5 * _agreeing(lefts)


def _agreeing(places: list[float]) -> float:
    """The share of the places that lie within two points of their median."""
    middle = median(places)
    return sum(abs(place - middle) < 2 for place in places) / len(places)


def _cells(part: Part, columns: list[tuple[float, float]] | None = None) -> OpenTable | list[Cell]:
    """One part's cells, by rules where every cell has them; else the table read by white and pitch, in columns that may be given."""
    words = [word for run in part.runs for word in run.words]
    lines = lines_in(words)
    boundaries = boxed(part.uprights, lines)
    if len(boundaries) > 2 and len(places_of(part.rules)) > 0.3 * len(lines) and is_framed(lines, part.uprights):
        return with_heads(ruled_cells(lines, part.rules, part.uprights, boundaries))
    return OpenTable(lines, part.rules, median(word.size for word in words), boundaries, columns)
