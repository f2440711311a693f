"""Tables whose caption stands under them: whether a paper sets them so, and what belongs to each."""

from __future__ import annotations

from pipeline.pdf_borderless import levels_of, rows_above
from pipeline.pdf_cells import Part, Rule
from pipeline.pdf_layout import Printed
from pipeline.pdf_region import Search, Table, label_of


def stand_below(pages: list[tuple[list[Printed], list[Printed], list[Rule]]]) -> bool:
    """Whether the captions of a document stand under their tables; a page is its captions, its runs and its horizontal rules."""
    above = below = 0
    for captions, runs, level in pages:
        for caption in captions:
            over, under = _table_ends(caption, runs, level), _table_begins(caption, runs, level)
            above += under and not over
            below += over and not under
    return below > above


def _table_ends(caption: Printed, runs: list[Printed], level: list[Rule]) -> bool:
    """Whether something tabular stands straight over a caption: a rule under words, or a line in several pieces."""
    size = caption.size
    over = [run for run in runs if caption.base - 3 * size < run.base < caption.base - 0.5 * size and _shares(run, caption)]
    ruled = [
        rule for rule in level if caption.base - 2.6 * size < rule[1] < caption.base - 0.6 * size and rule[0] < caption.x0 + 40 < rule[2]
    ]
    if ruled:
        return any(run.base < ruled[-1][1] and ruled[-1][1] - run.base < 2 * run.size and _shares(run, caption) for run in runs)
    last = [level for level in levels_of(over) if level[0].size < 1.1 * size][-1:]
    return bool(last) and len(last[0]) > 2


def _table_begins(caption: Printed, runs: list[Printed], level: list[Rule]) -> bool:
    """Whether something tabular stands straight under a caption and its further lines."""
    under = [run for run in runs if caption.base - 2 < run.base < caption.base + 12 * caption.size and run.x0 > caption.x0 - 12]
    last = caption.base
    for line in levels_of(under):
        if any(last < rule[1] < line[0].base and rule[0] < caption.x0 + 40 < rule[2] for rule in level):
            return True
        near = [run for run in line if run.x0 < caption.x0 + 60 or len(line) > 2]
        if line[0].base > caption.base + 2 and (
            not near or abs(line[0].size - caption.size) > 0.3 or line[0].base - last > 1.5 * line[0].size
        ):
            return len(line) > 2
        last = line[0].base
    return any(last < rule[1] < last + 2 * caption.size and rule[0] < caption.x0 + 40 < rule[2] for rule in level)


def _shares(run: Printed, caption: Printed) -> bool:
    return run.x0 < caption.x1 and run.x1 > caption.x0 - 12


def table_over(search: Search, first: Printed, floor: float) -> tuple[Table | None, set[int]]:
    """The table over a caption's first run and below the height `floor`, and the ids of the runs that it takes."""
    part = _ruled_part(search, first, floor) or _open_part(search, first, floor)
    if part is None:
        return None, set()
    x0, x1 = min(run.x0 for run in part.runs), max(run.x1 for run in part.runs)
    caption = _caption(search.runs, first, max(x1, first.x1))
    search.limit = _next_table(search, caption, x0, x1)
    notes = search.notes(part.runs, min(x0, first.x0), max(x1, first.x1), max(run.base for run in caption) + 1)
    bottom = max([run.bottom for run in caption] + [line.bottom for note in notes for line in note])
    box = (min(x0, first.x0), min(run.top for run in part.runs), x1, bottom)
    taken = (*part.runs, *caption, *(line for note in notes for line in note))
    return Table(label_of(first), box, caption, [part], notes), {id(run) for run in taken}


def _next_table(search: Search, caption: list[Printed], x0: float, x1: float) -> float:
    """Where another table begins under a caption: at a rule, or at a line in several pieces."""
    bottom = max(run.base for run in caption) + 1
    rules = [rule[1] for rule in search.level if rule[1] > bottom and rule[0] < x1 and rule[2] > x0]
    under = [run for run in search.runs if run.base > bottom and run.x0 < x1 and run.x1 > x0]
    pieces = [line[0].top for line in levels_of(under) if len(line) > 2]
    return min([*rules, *pieces], default=1e9)


def _ruled_part(search: Search, first: Printed, floor: float) -> Part | None:
    """The part between the rules over a caption, from the first rule of their width after the text before."""
    over = [rule for rule in search.level if floor < rule[1] < first.base and rule[0] < first.x0 + 40 and rule[2] > first.x0 + 60]
    if not over:
        return None
    bottom = over[-1][1]
    same = [rule for rule in over if abs(rule[1] - bottom) < 2]
    x0, x1 = min(rule[0] for rule in same), max(rule[2] for rule in same)
    between = [run for run in search.runs if bottom + 1 < run.base < first.base - 2 and run.x1 > x0 and run.x0 < x1]
    if any(map(search.is_body, between)) or first.base - bottom > 8 * first.size:
        return None
    tops = [bottom]
    for place in sorted({round(rule[1], 1) for rule in over if rule[1] < bottom - 4}, reverse=True):
        pieces = [rule for rule in over if abs(rule[1] - place) < 1.5 and rule[0] > x0 - 8 and rule[2] < x1 + 8]
        if tops[-1] - place < 2.5 or sum(rule[2] - rule[0] for rule in pieces) < 0.9 * (x1 - x0):
            continue
        if search.prose_between(place, tops[-1], x0, x1, (tops[-1], bottom)):
            break
        tops.append(place)
    return search.part_between((x0, tops[-1], x1), bottom) if len(tops) > 1 else None


def _open_part(search: Search, first: Printed, floor: float) -> Part | None:
    """The lines in several pieces that stand over a caption."""
    rows = rows_above([run for run in search.runs if run.base > floor], first, search.size, search.font)
    runs = [run for row in rows for run in row]
    return Part(search.frame, runs, [], []) if runs else None


def _caption(runs: list[Printed], first: Printed, right: float) -> list[Printed]:
    """A caption's lines, as long as they go on at one size and pitch."""
    caption = [first]
    for run in sorted(runs, key=lambda run: (round(run.base), run.x0)):
        step = run.base - caption[-1].base
        if run is first or run.base < first.base - 2 or run.x0 < first.x0 - 12 or run.x1 > right + 12:
            continue
        if step > 1.45 * first.size or abs(run.size - first.size) > 0.3:
            break
        caption.append(run)
    return caption
