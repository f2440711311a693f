"""What repeats at the edges of pages and is no part of the text: running heads and feet, page and line numbers, watermarks."""

from __future__ import annotations

import re
from collections import defaultdict

from pipeline.pdf_layout import Printed

_NUMBER = re.compile(r"\d+|\b[ivxlc]+\b")
_EDGE = re.compile(
    r"(?:page\s)?\d{1,5}(?:\s?(?:of|/|\|)\s?\d{1,4})?|https?://\S+|(?:www\.|doi\b).*|.*\bdownloaded (?:from|by|on)\b.*|page \d+ of \d+.*"
    r"|.*\ball rights reserved\b.*|(?:[\w-]+\.)+(?:com|org|net)(?:/\S*)?|[A-Z][A-Za-z .&:]{3,60}\s\(?\d{4}\)?[,;:. ]+\d+\D.{0,30}",
    re.IGNORECASE,
)
_WATERMARK = re.compile(
    r"\bdownloaded (?:from|by)\b|\bfor personal use only\b|\bterms and conditions \(https?:|^author manuscript$|^accepted (?:article|manuscript)$",
    re.I,
)
_CAPTION = re.compile(r"(?:table|fig\.|figure)\s*\d", re.IGNORECASE)
_ZONE = 0.13  # share of the page's height in which heads and feet are looked for


def _plain(text: str) -> str:
    return _NUMBER.sub("#", text.lower()).strip(" .|·•")


def running(pages: list[list[Printed]]) -> set[int]:
    """The ids of the runs that are running heads and feet, page or line numbers, or watermarks, over all pages."""
    places: dict[tuple[str, bool], list[tuple[int, float]]] = defaultdict(list)
    for number, runs in enumerate(pages):
        for run in runs:
            if _in_zone(run):
                places[_plain(run.text), run.base < run.frame.height / 2].append((number, run.base))
    found: set[int] = set()
    for number, runs in enumerate(pages):
        found |= {id(run) for run in runs if _WATERMARK.search(run.text)}
        for upper in (True, False):
            found |= _from_edge(number, runs, upper, places, 2 if len(pages) > 7 else 1)
        found |= _line_numbers(runs)
    return found


def _in_zone(run: Printed) -> bool:
    return run.base < _ZONE * run.frame.height or run.base > (1 - _ZONE) * run.frame.height


def _from_edge(number: int, runs: list[Printed], upper: bool, places: dict, need: int) -> set[int]:
    """Walk inwards from the page's edge as long as whole lines repeat on other pages or look like a page's number."""
    zone = [run for run in runs if _in_zone(run) and (run.base < run.frame.height / 2) == upper]
    zone.sort(key=lambda run: run.base if upper else -run.base)
    found: set[int] = set()
    outermost = need
    while zone:
        level = [run for run in zone if abs(run.base - zone[0].base) < 0.7 * zone[0].size]
        repeated = [run for run in level if _repeats(number, run, upper, places, need)]
        if not repeated and not all(_EDGE.fullmatch(run.text) for run in level):
            break
        if any(len(run.text) > 60 and run not in repeated or _CAPTION.match(run.text) for run in level):
            break
        if upper and _heads_columns(level, runs) or _is_row(level, repeated):
            break
        found |= {id(run) for run in level}
        need = max(2, outermost)
        zone = [run for run in zone if id(run) not in found]
    return found


def _is_row(level: list[Printed], repeated: list[Printed]) -> bool:
    """Whether a line is a row of a table: several pieces of which nothing but figures stand on other pages too."""
    worded = [run for run in level if any(letter.isalpha() for letter in run.text)]
    return len(level) > 2 and bool(worded) and not any(run in repeated for run in worded)


def _heads_columns(level: list[Printed], runs: list[Printed]) -> bool:
    """Whether the pieces of a line head columns that begin close below: a table's headings, repeated where it goes on."""
    size, base = level[0].size, level[0].base
    under = [run for run in runs if 0.7 * size < run.base - base < 2.2 * size]
    first = min((run.base for run in under), default=0.0)
    below = [run for run in under if run.base - first < 0.5 * size]
    aligned = sum(any(abs(run.x0 - other.x0) < 2 or abs(run.x0 + run.x1 - other.x0 - other.x1) < 4 for other in below) for run in level)
    return len(level) > 1 and aligned > 1 and 2 * aligned >= len(level)


def _repeats(number: int, run: Printed, upper: bool, places: dict, need: int) -> bool:
    """Whether the run stands at the same height on as many other pages as needed, numbers apart."""
    return len({other for other, base in places[_plain(run.text), upper] if other != number and abs(base - run.base) < 4}) >= need


def _line_numbers(runs: list[Printed]) -> set[int]:
    """Numbers that count the lines in a margin of their own."""
    counted = [run for run in runs if run.text.isdigit() and len(run.text) < 5]
    if len(counted) < 8:
        return set()
    edge = min(run.x0 for run in runs)
    column = [run for run in counted if run.x0 < edge + 25]
    values = [int(run.text) for run in sorted(column, key=lambda run: run.base)]
    steps = sum(after - before in (1, 5) for before, after in zip(values, values[1:], strict=False))
    alone = not any(run.x0 < max(run.x1 for run in column) and run not in column for run in runs) if column else False
    return {id(run) for run in column} if len(column) >= 8 and alone and steps >= 0.8 * (len(values) - 1) else set()
