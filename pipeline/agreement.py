"""How far two curators agree who read the same papers on their own: cell by cell, in percent and by Cohen's kappa, field by field.

A number's cell (field, endpoint, time point, arm) is a unit, rated by what each curator wrote there. A word (a regimen, a technique, a
factor) is a unit for each study and each word that either curator used in that field anywhere, rated as named or not named: without the
words that both left out, kappa could not tell agreement from chance.
"""

from __future__ import annotations

import math
import threading
from collections import Counter
from dataclasses import dataclass

from pipeline.naming import overlap
from pipeline.numeric import SINGLE_FIELDS, WORD_FIELDS, folded, months, show, shown, slot
from pipeline.overlay import Decision
from pipeline.records import FIELDS, Finding

NOTHING, NAMED = "nothing", "named"
Readings = dict[str, tuple[list[Decision], list[Decision]]]  # by study


@dataclass(slots=True)
class Unit:
    """A cell of a study with both curators' readings of it; None where one of them gave nothing."""

    study: str
    field: str
    cell: str
    first: Decision | None = None
    second: Decision | None = None

    @property
    def agreed(self) -> bool:
        """Whether both say the same."""
        return rating(self.first) == rating(self.second)


@dataclass(slots=True)
class Agreement:
    """The agreement in one field, or over all of them (`field` is "all")."""

    field: str
    units: int
    agreed: int
    kappa: float | None  # None where it is not defined: both curators gave one and the same rating throughout

    @property
    def percent(self) -> float:
        """The share of units rated alike, in percent."""
        return 100 * self.agreed / self.units if self.units else math.nan


def rating(decision: Decision | None) -> str:
    """What a curator says of a cell, so that the same fact in other units counts as the same; "nothing" also for not reported."""
    if decision is None or decision.action == "not_reported":
        return NOTHING
    found = decision.finding
    held = [months(part, found.unit) if months(part, found.unit) is not None else part for part in (found.value, found.low, found.high)]
    timed = isinstance(found.value, (int, float)) and months(found.value, found.unit) is not None
    words = " ".join(show(round(part, 2) if timed and part is not None else part) for part in held)
    return shown(found) if not timed else f"{words} months {found.bounds or ''}".strip()


def units(study: str, first: list[Decision], second: list[Decision]) -> list[Unit]:
    """The cells that either curator filled, theirs side by side; arms whose names share most of their words are one arm."""
    found: list[Unit] = []
    left = list(second)
    for decision in first:
        twin = next((other for other in left if cell(other) == cell(decision)), None) or next(
            (other for other in left if same_arm(decision, other)), None
        )
        if twin:
            left.remove(twin)
        found.append(Unit(study, decision.finding.field, cell(decision), decision, twin))
    found += [Unit(study, decision.finding.field, cell(decision), None, decision) for decision in left]
    return sorted(found, key=lambda unit: (FIELDS.index(unit.field), unit.cell))


def cell(decision: Decision) -> str:
    """Which cell a reading fills; of fields that hold several words each word is a cell."""
    found = decision.finding
    several = found.field not in SINGLE_FIELDS and isinstance(found.value, str)
    return f"{slot(found)}: {found.value}" if several else slot(found)


def same_arm(one: Decision, other: Decision) -> bool:
    """Whether two readings differ in no more than how they name an arm."""
    a, b = one.finding, other.finding
    bare = [(held.field, held.endpoint, held.at, held.value if several(held) else None) for held in (a, b)]
    return bare[0] == bare[1] and bool(a.arm and b.arm) and folded(a.arm) != folded(b.arm) and overlap(a.arm, b.arm) > 0.5


def several(found: Finding) -> bool:
    """Whether a study may hold several words in this field."""
    return found.field in WORD_FIELDS and found.field not in SINGLE_FIELDS


def ratings(readings: Readings) -> dict[str, list[tuple[str, str]]]:
    """Both curators' ratings of every unit, by field."""
    rated: dict[str, list[tuple[str, str]]] = {}
    words: dict[str, set[str]] = {}
    for first, second in readings.values():
        for decision in (*first, *second):
            if several(decision.finding) and decision.finding.value:
                words.setdefault(decision.finding.field, set()).add(str(decision.finding.value))
    for study, (first, second) in sorted(readings.items()):
        for unit in units(study, first, second):
            if unit.field not in words:
                rated.setdefault(unit.field, []).append((rating(unit.first), rating(unit.second)))
        for field, used in words.items():
            given = [{str(d.finding.value) for d in held if d.finding.field == field} for held in (first, second)]
            rated.setdefault(field, []).extend(tuple(NAMED if word in by else NOTHING for by in given) for word in sorted(used))
    return rated


def agreements(readings: Readings) -> list[Agreement]:
    """The agreement in each field that either curator filled, in the order of fields, then over all; empty without readings."""
    rated = ratings(readings)
    found = [measured(field, rated[field]) for field in FIELDS if field in rated]
    return [*found, measured("all", [each for field in FIELDS for each in rated.get(field, [])])] if found else []


def measured(field: str, rated: list[tuple[str, str]]) -> Agreement:
    """Percentage agreement and Cohen's kappa of pairs of ratings."""
    return Agreement(field, len(rated), sum(one == other for one, other in rated), kappa(rated))


def kappa(rated: list[tuple[str, str]]) -> float | None:
    """Cohen's kappa, unweighted; None where chance alone would agree fully, so that it is not defined."""
    from statsmodels.stats.inter_rater import cohens_kappa  # takes seconds to load

    categories = sorted({rating for pair in rated for rating in pair})
    if len(categories) < 2:
        return None
    counted = Counter(rated)
    value = float(cohens_kappa([[counted[one, other] for other in categories] for one in categories], return_results=False))
    return None if math.isnan(value) else value


def preload() -> None:
    """Load the library of kappa in the background, so that the first page that shows it need not wait."""
    threading.Thread(target=kappa, args=([("a", "b")],), daemon=True).start()
