"""Tables that no rule marks: the lines under a caption that stand in pieces, as long as the pieces keep to columns."""

from __future__ import annotations

import re

from pipeline.pdf_layout import Gutter, Printed

_HEAD = re.compile(r"(?:table|fig\.|figure)\s?\d|(?:introduction|methods|results|discussion|conclusions?|references)$", re.IGNORECASE)


def borderless(
    runs: list[Printed], first: Printed, size: float, font: int, gutters: list[Gutter]
) -> tuple[list[Printed], list[list[Printed]]]:
    """The caption's runs and the lines of the table under it, each the pieces that stand on one height; none where no table follows."""
    right = _right_end(runs, first, gutters)
    below = [run for run in runs if run.base > first.base - 2 and first.x0 - 8 < run.x0 and run.x1 < right]
    levels = levels_of(below)
    caption, levels = _caption(first, levels)
    rows: list[list[Printed]] = []
    last, filled = caption[-1].base, 0
    for level in levels:
        far = level[0].base - last > (6.0 if _in_columns(level, rows) else 3.4) * level[0].size
        if far or _is_prose(level, rows, size, font, right - first.x0):
            break
        rows.append(level)
        last = level[0].base
        if len(level) > 1:
            filled = len(rows)
    rows = rows[:filled]
    return (caption, rows) if sum(len(row) > 1 for row in rows) > 1 else (caption, [])


def _in_columns(level: list[Printed], rows: list[list[Printed]]) -> bool:
    """Whether two or more pieces of a line begin where pieces of the lines above begin."""
    starts = [run.x0 for row in rows if len(row) > 1 for run in row]
    return sum(any(abs(run.x0 - start) < 2 for start in starts) for run in level) > 1


def rows_above(runs: list[Printed], first: Printed, size: float, font: int) -> list[list[Printed]]:
    """The lines of a table over its caption, each the pieces that stand on one height; none where no table stands there."""
    rows: list[list[Printed]] = []
    last, filled = first.base, 0
    for level in reversed(levels_of([run for run in runs if run.base < first.base - 2 and run.x0 > first.x0 - 30])):
        if last - level[0].base > 3.4 * level[0].size or _is_prose(level, rows, size, font, first.frame.width - first.x0):
            break
        rows.insert(0, level)
        last = level[0].base
        if len(level) > 1:
            filled = len(rows)
    rows = rows[-filled:] if filled else []
    return rows if sum(len(row) > 1 for row in rows) > 1 else []


def _right_end(runs: list[Printed], first: Printed, gutters: list[Gutter]) -> float:
    """Where the caption's column ends: at a gutter that nothing near the caption crosses, else at the page's edge."""
    near = [run for run in runs if first.base - 2 < run.base < first.base + 9 * first.size]
    for low, high in gutters:
        prose = any(run.x0 > low and run.x1 - run.x0 > 110 for run in near)
        if first.x0 + 60 < high and prose and not any(run.x0 < low - 3 and run.x1 > high + 3 for run in near):
            return high
    return first.frame.width


def levels_of(runs: list[Printed]) -> list[list[Printed]]:
    """The runs by height, each level from left to right."""
    levels: list[list[Printed]] = []
    for run in sorted(runs, key=lambda run: run.base):
        if levels and run.base - levels[-1][0].base < 0.35 * run.size:
            levels[-1].append(run)
        else:
            levels.append([run])
    return [sorted(level, key=lambda run: run.x0) for level in levels]


def _caption(first: Printed, levels: list[list[Printed]]) -> tuple[list[Printed], list[list[Printed]]]:
    """The caption's lines, and the levels after it."""
    caption: list[Printed] = []
    for place, level in enumerate(levels):
        own = (
            not caption
            or len(level) == 1
            and abs(level[0].size - first.size) < 0.3
            and level[0].base - caption[-1].base < 1.35 * first.size
        )
        if not own or caption and level[0].bold and not caption[-1].bold:
            return caption, levels[place:]
        caption += level
    return caption, []


def _is_prose(level: list[Printed], rows: list[list[Printed]], size: float, font: int, width: float) -> bool:
    """Whether a line belongs to what follows the table: running text, a heading or the next caption."""
    if len(level) > 1:
        return False
    run = level[0]
    if _HEAD.match(run.text) or run.size > 1.06 * size or rows and run.size > 1.08 * rows[0][0].size:
        return True
    as_text = run.font == font and abs(run.size - size) < 0.03 * size
    return len(run.text) > 60 or run.x1 - run.x0 > 0.62 * width or as_text and run.x1 - run.x0 > 0.4 * width
