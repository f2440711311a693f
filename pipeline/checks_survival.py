"""Checks on results: survival over time, endpoints against each other, medians against rates, and all of them against the follow-up."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from itertools import pairwise

from pipeline.consistency import Contradiction, Study, label, months_of, unit_of
from pipeline.groups import same_name
from pipeline.numeric import folded, months, show
from pipeline.records import Finding

Cell = tuple[str, str]  # endpoint, folded arm


def rates(study: Study) -> dict[Cell, dict[float, list[Finding]]]:
    """Survival rates by endpoint and arm, and within them by time."""
    found: dict[Cell, dict[float, list[Finding]]] = defaultdict(lambda: defaultdict(list))
    for rate in study.of("survival_rate"):
        if rate.endpoint and rate.at is not None and isinstance(rate.value, (int, float)):
            found[rate.endpoint, same_name(rate.arm)][rate.at].append(rate)
    return found


def medians(study: Study) -> dict[Cell, list[Finding]]:
    """Median survival times by endpoint and arm."""
    found: dict[Cell, list[Finding]] = defaultdict(list)
    for median in study.of("survival_median"):
        if median.endpoint and isinstance(median.value, (int, float)):
            found[median.endpoint, same_name(median.arm)].append(median)
    return found


def survival_falls(study: Study) -> Iterator[Contradiction]:
    """Survival does not rise with time."""
    for (endpoint, _), by_time in rates(study).items():
        times = sorted(by_time)
        for early, late in pairwise(times):
            first, second = max(by_time[early], key=lambda f: f.value), min(by_time[late], key=lambda f: f.value)
            if endpoint != "ORR" and second.value > first.value + 1e-9:
                message = f"{label(first)} is {show(first.value)}%, but {show(second.value)}% at {show(late)} months"
                yield study.raise_("survival_falls", message, early=first.value, late=second.value, at_early=early, at_late=late)


def endpoints_in_order(study: Study) -> Iterator[Contradiction]:
    """Progression-, disease- and event-free survival do not exceed overall survival; cancer-specific survival is not below it."""
    pairs = [("PFS", "OS"), ("DFS", "OS"), ("EFS", "OS"), ("OS", "CSS")]
    by_rate, by_median = rates(study), medians(study)
    for below, above in pairs:
        for arm in {cell[1] for cell in (*by_rate, *by_median)}:
            lower, upper = by_rate.get((below, arm), {}), by_rate.get((above, arm), {})
            for at in sorted(set(lower) & set(upper)):
                small, large = min(f.value for f in lower[at]), max(f.value for f in upper[at])
                slack = 0.5 * max(unit_of(small), unit_of(large)) if below == "OS" else 0
                if small > large + slack + 1e-9:
                    message = f"{label(lower[at][0])} is {show(small)}%, above {above} of {show(large)}%"
                    yield study.raise_("endpoints_in_order", message, **{below: small, above: large, "at": at})
            if below != "OS" and (below, arm) in by_median and (above, arm) in by_median:
                small, large = min(by_median[below, arm], key=months_of), max(by_median[above, arm], key=months_of)
                if months_of(small) > months_of(large) + 0.05:
                    message = f"median {label(small)} is {months_of(small):.4g} months, above {above} of {months_of(large):.4g}"
                    yield study.raise_("endpoints_in_order", message, **{below: months_of(small), above: months_of(large)})


def median_agrees_with_rates(study: Study) -> Iterator[Contradiction]:
    """Half of the patients are event-free at the median: more before it, fewer after it."""
    by_median = medians(study)
    for cell, by_time in rates(study).items():
        times = [months_of(found) for found in by_median.get(cell, [])]
        for at, found in by_time.items():
            low, high = min(f.value for f in found), max(f.value for f in found)
            before = times and at < 0.9 * min(times) and high < 47
            after = times and at > 1.1 * max(times) and low > 53
            if before or after:
                rate = high if before else low
                message = f"{label(found[0])} is {show(rate)}%, but the median is {times[0]:.4g} months"
                yield study.raise_("median_agrees_with_rates", message, rate=rate, at=at, median=times[0])


def within_follow_up(study: Study) -> Iterator[Contradiction]:
    """No rate and no median survival lies beyond the longest follow-up."""
    longest = [
        months(f.high, f.unit)
        for f in study.of("follow_up")
        if f.high is not None and f.bounds == "range" and not folded(f.arm) and months(f.high, f.unit)
    ]
    if not longest:
        return
    limit = max(longest)
    for found in study.of("survival_rate", "survival_median"):
        held = found.at if found.field == "survival_rate" else months_of(found) if isinstance(found.value, (int, float)) else None
        if held is not None and held > 1.02 * limit + 1:
            message = f"{label(found)} is told for {held:.4g} months, but nobody was followed longer than {limit:.4g}"
            yield study.raise_("within_follow_up", message, at=held, longest=limit)


YEARS = re.compile(r"\b((?:19|20)\d\d)\b\D{0,25}?(?:-|–|—|to|and|until|through)\D{0,15}?\b((?:19|20)\d\d)\b", re.IGNORECASE)


def follow_up_within_accrual(study: Study) -> Iterator[Contradiction]:
    """Nobody is followed longer than from the first year of accrual to the end of the year of publication."""
    first, published = study.years
    if first is None or published is None or first > published:
        return
    limit = 12 * (published - first + 1)
    for found in study.of("follow_up"):
        told = [months(held, found.unit) for held in (found.value, found.low, found.high) if isinstance(held, (int, float))]
        longest = max((held for held in told if held is not None), default=0)
        if longest > limit:
            message = f"follow-up of {longest:.4g} months, but from {first} to the end of {published} there are {limit}"
            yield study.raise_("follow_up_within_accrual", message, follow_up=longest, limit=limit, first=first, published=published)


def years_of(key: str, findings: list[Finding]) -> tuple[int | None, int | None]:
    """The first year of accrual, where quotes of design or size print a span of years, and the year at the end of the study's key."""
    spans = [
        match for found in findings if found.field in {"n_total", "design", "arm_size"} for match in [YEARS.search(found.quote)] if match
    ]
    named = re.search(r"(?:19|20)\d\d(?=\D*$)", key)
    published = int(named[0]) if named else None
    first = min((int(match[1]) for match in spans if match[1] <= match[2]), default=None)
    return first, published


CHECKS = (survival_falls, endpoints_in_order, median_agrees_with_rates, within_follow_up, follow_up_within_accrual)
