"""Contradictions inside a table of findings: one function a check, each with the figures in its message.

They run on what papers report, on people's corrections, and on published tables. A check speaks only where the figures cannot
all be right: overlapping groups, subgroups, shares of another denominator and rounding are given the benefit of the doubt.
This module looks at findings one by one; `checks_groups` at groups of patients, `checks_survival` at results against each other.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from pathlib import Path

from pipeline import checks_cohorts, checks_groups, checks_survival
from pipeline.consistency import Contradiction, Study, label, p_bounds, unit_of
from pipeline.files import InputError, read_jsonl, read_tsv
from pipeline.numeric import FINDING_COLUMNS, finding_of, folded, show
from pipeline.records import Finding


def possible(study: Study) -> Iterator[Contradiction]:
    """Shares and rates lie between 0 and 100, p between 0 and 1, hazard ratios and counts above 0."""
    for found in study.findings:
        shares = [found.percent] + ([found.value, found.low, found.high] if found.field == "survival_rate" else [])
        for share in shares:
            if isinstance(share, (int, float)) and not 0 <= share <= 100:
                yield study.raise_("possible", f"{label(found)}: {show(share)}% is no share", percent=share)
        times = [found.value, found.low] if found.field in {"hazard_ratio", "survival_median", "follow_up", "rt_dose", "n_total"} else []
        for held in times:
            if isinstance(held, (int, float)) and held < 0:
                yield study.raise_("possible", f"{label(found)}: {show(held)} cannot be below 0", value=held)
        number = re.fullmatch(r"\s*(?:p\s*)?[<>=≤≥]*\s*(\d+(?:\.\d+)?)\s*", found.p or "", re.IGNORECASE)
        if number and float(number[1]) > 1:
            yield study.raise_("possible", f"{label(found)}: p {found.p} is above 1", p=found.p)


def inside_bounds(study: Study) -> Iterator[Contradiction]:
    """A median lies inside its range, an estimate inside its interval, and lower bounds lie below upper ones."""
    for found in study.findings:
        value, low, high = found.value, found.low, found.high
        kind = {"ci95": "95% CI", "iqr": "interquartile range", "range": "range"}.get(found.bounds or "", "bounds")
        if low is not None and high is not None and low > high:
            yield study.raise_("inside_bounds", f"{label(found)}: {kind} {show(low)} to {show(high)} runs backwards", low=low, high=high)
        elif isinstance(value, (int, float)) and ((low is not None and value < low) or (high is not None and value > high)):
            message = f"{label(found)}: {show(value)} lies outside its {kind} {show(low)} to {show(high)}"
            yield study.raise_("inside_bounds", message, value=value, low=low, high=high)


def interval_symmetric(study: Study) -> Iterator[Contradiction]:
    """A hazard ratio stands in the middle of its 95% CI on the logarithmic scale."""
    for found in study.of("hazard_ratio"):
        value, low, high = found.value, found.low, found.high
        if not isinstance(value, (int, float)) or not low or not high or not 0 < low < value < high or found.bounds not in (None, "ci95"):
            continue
        unit = min(unit_of(number, found.quote) for number in (value, low, high))  # 0.6 is 0.60 where its bounds have two decimals
        rounding = sum(0.5 * unit / number for number in (value, low, high))
        off, half = abs(math.log(value) - math.log(low * high) / 2), math.log(high / low) / 2
        straight = abs(value - (low + high) / 2) <= 2 * unit
        if off > rounding + 0.12 * half + 0.01 and not straight:
            middle = math.sqrt(low * high)
            message = (
                f"{label(found)}: hazard ratio {show(value)} is not near {middle:.2f}, the middle of its 95% CI {show(low)} to {show(high)}"
            )
            yield study.raise_("interval_symmetric", message, value=value, low=low, high=high, middle=round(middle, 3))


def p_agrees_with_interval(study: Study) -> Iterator[Contradiction]:
    """A 95% CI of a hazard ratio leaves out 1 exactly where p is below 0.05; close calls are let pass."""
    for found in study.of("hazard_ratio"):
        bounds, low, high = p_bounds(found.p), found.low, found.high
        if bounds is None or not low or not high or not 0 < low < high or found.bounds not in (None, "ci95"):
            continue
        slack = [0.5 * unit_of(number, found.quote) for number in (low, high)]
        apart, across = low - slack[0] > 1 or high + slack[1] < 1, low + slack[0] < 1 < high - slack[1]
        estimate = found.value if isinstance(found.value, (int, float)) and found.value > 0 else math.sqrt(low * high)
        score = abs(math.log(estimate)) / (math.log(high / low) / 3.92)
        implied = math.erfc(score / math.sqrt(2))
        if (apart and bounds[0] >= 0.05 and (implied < 0.03 or bounds[0] > 0.08)) or (
            across and bounds[1] <= 0.05 and (implied > 0.08 or bounds[1] < 0.03)
        ):
            side = "leaves out 1" if apart else "includes 1"
            message = f"{label(found)}: 95% CI {show(low)} to {show(high)} {side}, but p is {found.p}"
            yield study.raise_("p_agrees_with_interval", message, value=found.value, low=low, high=high, p=found.p)


def p_agrees_with_verdict(study: Study) -> Iterator[Contradiction]:
    """A factor called independent has no large p, one called not significant no very small one."""
    for found in study.of("prognostic_factor"):
        bounds = p_bounds(found.p)
        if bounds and ((found.arm == "independent" and bounds[0] >= 0.1) or (found.arm == "not_significant" and bounds[1] <= 0.01)):
            verdict = found.arm.replace("_", " ")
            message = f"{found.value} ({found.endpoint or 'no endpoint'}) is called {verdict}, but p is {found.p}"
            yield study.raise_("p_agrees_with_verdict", message, factor=found.value, p=found.p)


HIGH_DOSE = {"SBRT", "SRS", "brachytherapy", "proton", "carbon"}


def dose_plausible(study: Study) -> Iterator[Contradiction]:
    """Gy per fraction: from 0.8 to 12, to 6 in courses of 40 Gy or more, to 34 with a stereotactic, particle or brachytherapy technique."""
    precise = bool(HIGH_DOSE & {found.value for found in study.of("rt_technique")})
    for found in study.of("rt_dose"):
        doses = [dose for dose in (found.value, found.low, found.high) if isinstance(dose, (int, float)) and dose > 0]
        if not doses or found.unit not in (None, "Gy"):
            continue
        if min(doses) > 120 and not precise:
            yield study.raise_("dose_plausible", f"{label(found)}: {show(max(doses))} Gy is beyond any external course", dose=max(doses))
        text = folded(found.quote + " " + (found.arm or ""))
        counts_people = re.search(rf"\b{found.n}\s*(?:\([^)]*\)\s*)?(?:patients|cases)", text)
        if not found.n or counts_people or found.percent is not None:
            continue
        named = precise or re.search(r"sbrt|sabr|stereotactic|radiosurg|srs|brachy|hypofraction", text)
        most = 34 if named else 6 if max(doses) >= 40 else 12
        if max(doses) / found.n < 0.8 or min(doses) / found.n > most:
            each = max(doses) / found.n
            message = f"{label(found)}: {show(max(doses))} Gy in {found.n} fractions is {each:.2f} Gy each, outside 0.8 to {most} Gy"
            yield study.raise_("dose_plausible", message, dose=max(doses), fractions=found.n, each=round(each, 2))


CHECKS = (
    possible, inside_bounds, interval_symmetric, p_agrees_with_interval, p_agrees_with_verdict, dose_plausible,
    *checks_groups.CHECKS, *checks_survival.CHECKS,
)  # fmt: skip


def audit_study(study: Study) -> list[Contradiction]:
    """One study's contradictions, each once, in the order of the checks."""
    found = [each for check in CHECKS for each in check(study)]
    return list({(each.check, each.message): each for each in found}.values())


def audit(findings: list[Finding], years: dict[str, tuple[int | None, int | None]] | None = None) -> list[Contradiction]:
    """Every contradiction inside these findings, study by study in the order in which they come.

    `years`: the first year of accrual and the year of publication by study, where known from elsewhere than the findings.
    """
    by_study: dict[str, list[Finding]] = {}
    for found in findings:
        by_study.setdefault(found.paper, []).append(found)
    studies = [Study(key, held, (years or {}).get(key) or checks_survival.years_of(key, held)) for key, held in by_study.items()]
    raised = [each for study in studies for each in audit_study(study)]
    return raised + list(checks_cohorts.same_cohort(studies))


def findings_file(path: Path) -> list[Finding]:
    """Findings from .jsonl or .tsv (the columns of a finding; further ones are left out). Raises InputError with file and line."""
    path = Path(path)
    if not path.exists():
        raise InputError(f"{path}: no such file")
    if path.suffix == ".jsonl":
        rows = [{**row, "line": line} for line, row in enumerate(read_jsonl(path), 1)]
    else:
        heading = path.read_text(encoding="utf-8-sig").partition("\n")[0].rstrip("\r").split("\t")
        if not {"paper", "field"} <= set(heading):
            raise InputError(f"{path}:1: no findings: the heading needs the columns paper and field (of {', '.join(FINDING_COLUMNS)})")
        rows = read_tsv(path, tuple(heading))
    return [finding_of({**row, "paper": row.get("paper") or row.get("study")}, f"{path}:{row['line']}") for row in rows]


def audit_file(path: Path) -> list[Contradiction]:
    """The contradictions inside a file of findings (.jsonl or .tsv)."""
    return audit(findings_file(path))
