"""Tables with a rule around their cells: the grid that the rules draw, and the rows that they leave out."""

from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise

import numpy as np

from pipeline.pdf_cells import Cell, Row, Rule
from pipeline.tables import is_value

_GOES_ON = re.compile(r"[a-z(\[,;]")
_SIZE = re.compile(r"\(?\s*n\s?=|no\.|n\s?\(%\)", re.IGNORECASE)


def places_of(rules: list[Rule]) -> list[float]:
    """The distinct heights of horizontal rules (or places of upright ones)."""
    places: list[float] = []
    for place in sorted(rule[1] for rule in rules):
        if not places or place - places[-1] > 2.5:
            places.append(place)
    return places


def is_framed(lines: list[Row], uprights: list[Rule]) -> bool:
    """Whether an upright rule stands between neighbours on nearly every line (and not only on shaded ones)."""
    several = [row for row in lines if len(row.chunks) > 1]
    parted = 0
    for row in several:
        left, right = row.chunks[0].x0, row.chunks[-1].x1
        parted += any(left < x < right and top - 1 < row.base - 0.3 * row.size < bottom + 1 for top, x, bottom in uprights)
    return parted >= 0.8 * len(several)


def boxed(uprights: list[Rule], lines: list[Row]) -> list[float]:
    """Where upright rules part columns: those as long as a good part of the table's height, with the table's own edges."""
    tall = lines[-1].base - lines[0].base + lines[0].size
    left = min(chunk.x0 for row in lines for chunk in row.chunks)
    right = max(chunk.x1 for row in lines for chunk in row.chunks)
    found = []
    for place in places_of(uprights):
        length = sum(rule[2] - rule[0] for rule in uprights if abs(rule[1] - place) < 2.5)
        if length > 0.35 * tall:
            found.append(place)
    if found and found[0] > left + 3:
        found.insert(0, left - 2)
    if found and found[-1] < right - 3:
        found.append(right + 2)
    return found


def ruled_cells(lines: list[Row], rules: list[Rule], uprights: list[Rule], columns: list[float]) -> list[Cell]:
    """Cells between rules; where a rule is missing between two places of the grid they are one cell."""
    heights = places_of(rules)
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


def with_heads(cells: list[Cell]) -> list[Cell]:
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
        values = Counter(
            col
            for row in held
            for col, text in row
            if col and is_value(text) and text[0] not in "(±–-" and text.count(")") <= text.count("(")
        )
        if not values or max(values.values()) < 2:
            found += [(above.base + below.base - 0.6 * below.size) / 2 for above, below in pairwise(band) if _heads(above, below, columns)]
            continue
        for above, below, texts in zip(band, band[1:], held[1:], strict=False):
            goes_on = all(re.match(r"[a-z(±,;–]", text) for _, text in texts) or any(
                chunk.text.count("(") > chunk.text.count(")") for chunk in above.chunks
            )
            if not goes_on:
                found.append((above.base + below.base - 0.6 * below.size) / 2)
    return found


def _heads(above: Row, below: Row, columns: list[float]) -> bool:
    """Whether a line without figures stands over an indented line that has them: a group's name over its row."""
    stubs = [row.chunks[0] for row in (above, below) if _between(columns, row.chunks[0].x0) == 0]
    figures = [any(_between(columns, chunk.x0) and is_value(chunk.text) for chunk in row.chunks) for row in (above, below)]
    return (
        len(stubs) == 2 and stubs[1].x0 - stubs[0].x0 > 0.6 * below.size and figures == [False, True] and not _GOES_ON.match(stubs[1].text)
    )


def _between(places: list[float], place: float) -> int:
    """The interval of sorted places in which a place falls, the outermost for those beyond."""
    return int(min(max(np.searchsorted(places, place) - 1, 0), len(places) - 2))
