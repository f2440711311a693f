"""What every check works on: a study's findings, and the figures in them with their printed precision."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations

from pipeline.groups import exclusive, families, qualified, shares
from pipeline.numeric import folded, months, show
from pipeline.records import Finding


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Figures of one study that cannot all be right, told in words and as numbers."""

    study: str
    check: str
    message: str
    figures: dict


@dataclass
class Study:
    """One study's findings as the checks look at them; `years` are its first year of accrual and its year of publication."""

    key: str
    findings: list[Finding]
    years: tuple[int | None, int | None] = (None, None)

    def of(self, *fields: str) -> list[Finding]:
        """The findings of these fields, in their order."""
        return [found for found in self.findings if found.field in fields]

    @cached_property
    def n(self) -> float | None:
        """Patients of the whole study; None where it is not told or told in two ways."""
        told = {found.value for found in self.of("n_total") if not folded(found.arm) and isinstance(found.value, (int, float))}
        return told.pop() if len(told) == 1 else None

    @cached_property
    def sizes(self) -> dict[str, float]:
        """Patients of each named arm; an arm that has two sizes is left out."""
        told: dict[str, set[float]] = defaultdict(set)
        names = {}
        for found in self.of("arm_size"):
            size = count_of(found)
            if folded(found.arm) and size is not None:
                names.setdefault(folded(found.arm), found.arm)
                told[folded(found.arm)].add(size)
        return {names[name]: sizes.pop() for name, sizes in told.items() if len(sizes) == 1}

    @cached_property
    def partitions(self) -> list[tuple[str, ...]]:
        """The sets of arms that add up to all patients."""
        return shares(self.sizes, self.n) if self.n else []

    @cached_property
    def loose_arms(self) -> list[str]:
        """Arms that are part of no sum: neither of the whole study, nor of another arm's patients; without restricted ones."""
        names = list(self.sizes)
        sums = list(self.partitions)
        for name, size in self.sizes.items():
            sums += shares({other: held for other, held in self.sizes.items() if other != name}, size)
        explained = {name for chosen in sums for name in chosen}
        return [name for name in names if name not in explained and self.sizes[name] != self.n and not qualified(name, names)]

    @cached_property
    def whole_arms(self) -> set[str]:
        """Arms whose shares are of the whole study: those that share out its patients, told by their names or as its only sum."""
        related = {name for family in families(self.loose_arms, exclusive) for name in family}
        for chosen in self.partitions:
            if len(self.sizes) == len(chosen) or all(exclusive(one, other) for one, other in combinations(chosen, 2)):
                related |= set(chosen)
        return related if len(self.sizes) <= 6 else set()

    def raise_(self, check: str, message: str, **figures: object) -> Contradiction:
        """A contradiction of this study."""
        return Contradiction(self.key, check, message, {key: held for key, held in figures.items() if held is not None})


def count_of(found: Finding) -> float | None:
    """How many patients a finding speaks of."""
    if found.field in {"arm_size", "n_total"} and isinstance(found.value, (int, float)):
        return found.value
    return None if found.field in {"rt_dose", "cycles", "hazard_ratio"} else found.n


def unit_of(number: float, quote: str = "") -> float:
    """The last printed digit's worth: 0.1 for 31.8. A whole number held as 66.0 counts as printed `66` unless the quote prints 66.0."""
    if isinstance(number, float) and not number.is_integer():
        return 10.0 ** -len(f"{number:.10g}".partition(".")[2])
    printed = re.search(rf"(?<![\d.]){int(number)}[.·](0+)(?!\d)", quote)
    return 10.0 ** -len(printed[1]) if printed else 1.0


def p_bounds(text: str | None) -> tuple[float, float] | None:
    """The lowest and highest p value that a printed one can mean; None where it is no p value."""
    if not text:
        return None
    if re.fullmatch(r"\s*(?:p\s*=?\s*)?(?:ns|n\.s\.|not significant)\s*", text, re.IGNORECASE):
        return 0.05, 1.0
    match = re.fullmatch(r"\s*(?:p\s*)?(<|>|≤|≥|=|<=|>=)?\s*(0?[.·]\d+|[01](?:[.·]\d+)?)\s*", text, re.IGNORECASE)
    if not match:
        return None
    sign, held = match[1] or "=", float(match[2].replace("·", "."))
    if sign in "<=≤" and sign != "=":
        return 0.0, held
    if sign in ">=≥" and sign != "=":
        return held, 1.0
    half = 0.5 * 10.0 ** -len(match[2].replace("·", ".").partition(".")[2])
    return max(0.0, held - half), held + half


def label(found: Finding) -> str:
    """A finding's name in a message: `OS at 36 months of CHT alone`."""
    words = [found.endpoint or found.field.replace("_", " ")]
    words += [f"at {show(found.at)} months"] if found.at is not None else []
    words += [f"of {found.arm}"] if folded(found.arm) else []
    return " ".join(words)


def months_of(found: Finding) -> float:
    """A finding's time in months; a value without a unit of time is left as it is."""
    held = months(found.value, found.unit)
    return found.value if held is None else held
