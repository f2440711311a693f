"""Numbers as printed, rows of tables as findings, and the words by which a person's decision names a machine's finding."""

from __future__ import annotations

import math
import re

from pipeline.files import InputError
from pipeline.records import ENDPOINTS, FIELDS, Finding

BOUNDS = ("range", "iqr", "ci95")
UNITS = ("months", "years", "weeks", "days", "percent", "Gy", "cycles", "patients")
IN_MONTHS = {"months": 1.0, "years": 12.0, "weeks": 12 / 52.1775, "days": 12 / 365.2425}

#: Fields whose value is a word; all others hold numbers.
WORD_FIELDS = frozenset(
    {"design", "metastatic_burden", "regimen", "rt_technique", "concurrent_agent", "local_therapy", "prognostic_factor"}
)
#: Fields of which an arm (endpoint, time point) has exactly one value; of the others several may stand side by side.
SINGLE_FIELDS = frozenset({"design", "n_total", "arm_size", "follow_up", "survival_median", "survival_rate"})
FINDING_COLUMNS = ("paper", "field", "value", "low", "high", "bounds", "unit", "n", "percent", "arm", "endpoint", "at", "vs", "p", "quote")


def number(text: str, where: str) -> float | int:
    """A printed number (`,` only between thousands); an integer where it has no decimals. Raises InputError."""
    plain = re.sub(r"(?<=\d),(?=\d{3}\b)", "", str(text).strip()).replace("·", ".").replace("−", "-")
    try:
        held = float(plain) if re.search(r"[.eE]", plain) else int(plain)
    except ValueError as error:
        raise InputError(f"{where}: {text!r} is not a number; write it like 31.8") from error
    if not math.isfinite(held):
        raise InputError(f"{where}: {text!r} is not a finite number")
    return held


def whole(text: str, where: str) -> int:
    """A count of patients."""
    held = number(text, where)
    if held != int(held) or held < 0:
        raise InputError(f"{where}: {text!r} is not a count; write a whole number")
    return int(held)


def one_of(text: str, allowed: tuple[str, ...], where: str) -> str:
    """The word, which must be one of those allowed. Raises InputError that lists them."""
    if text not in allowed:
        raise InputError(f"{where}: {text!r} is not allowed; allowed: {', '.join(allowed)}")
    return text


def finding_of(row: dict, where: str) -> Finding:
    """A row of text cells (corrections.tsv, published.tsv) as a finding; raises InputError naming `where`, column and what is allowed."""
    cells = {key: "" if row.get(key) is None else " ".join(str(row[key]).split()) for key in FINDING_COLUMNS}
    if not cells["paper"]:
        raise InputError(f"{where}: paper: empty; name the study's key")
    name = one_of(cells["field"], FIELDS, f"{where}: field")
    if cells["value"]:
        cells["value"] = cells["value"] if name in WORD_FIELDS else number(cells["value"], f"{where}: value")
    readers = {"low": number, "high": number, "percent": number, "at": number, "n": whole}
    for key, read in readers.items():
        if cells[key]:
            cells[key] = read(cells[key], f"{where}: {key}")
    for key, allowed in (("bounds", BOUNDS), ("unit", UNITS), ("endpoint", ENDPOINTS)):
        if cells[key]:
            one_of(cells[key], allowed, f"{where}: {key}")
    return Finding(**{key: (None if held == "" and key != "quote" else held) for key, held in cells.items()})


def show(held: float | int | str | None) -> str:
    """A number without needless decimals; words as they are."""
    return f"{held:.10g}" if isinstance(held, (int, float)) else str(held or "")


def shown(finding: Finding) -> str:
    """A finding's value in words: `31.8 percent`, `22 (2-142 range) months`, `single n=29 91%`; `nothing` where it holds none."""
    parts = [show(finding.value)]
    if finding.low is not None or finding.high is not None:
        parts.append(f"({show(finding.low)}-{show(finding.high)} {finding.bounds or 'bounds'})")
    parts.append(finding.unit or "")
    parts.append(f"n={finding.n}" if finding.n is not None else "")
    parts.append(f"{show(finding.percent)}%" if finding.percent is not None else "")
    return " ".join(part for part in parts if part) or "nothing"


def folded(name: str | None) -> str:
    """An arm's name as it is compared: small letters, single spaces; empty for the whole study."""
    text = " ".join((name or "").split()).casefold()
    return "" if text == "all" else text


def slot(finding: Finding) -> str:
    """Which cell of which arm a finding fills, in words: `survival_rate OS@36 [chemotherapy alone]`."""
    at = f"@{show(finding.at)}" if finding.at is not None else ""
    endpoint = f" {finding.endpoint or ''}{at}" if finding.endpoint or at else ""
    arm = f" [{folded(finding.arm)}]" if folded(finding.arm) else ""
    versus = f" vs [{folded(finding.vs)}]" if folded(finding.vs) else ""
    return f"{finding.field}{endpoint}{arm}{versus}"


def judgement(finding: Finding, others: list[Finding] = ()) -> str:
    """What a decision on this finding writes in `replaces`: its slot, its value, and the values that stand beside it there."""
    beside = sorted({shown(other) for other in others if slot(other) == slot(finding)} - {shown(finding)})
    return f"{slot(finding)} = {' | '.join([shown(finding), *beside])}"


def judged(replaces: str, where: str) -> tuple[str, list[str]]:
    """Read `replaces` back: the slot, and the values seen there, the judged one first. Raises InputError."""
    place, equals, seen = replaces.rpartition(" = ")
    if not equals or place.split(" ")[0] not in FIELDS:
        raise InputError(f"{where}: replaces: {replaces!r} is not `field ENDPOINT@months [arm] = value`; copy it from curate.tsv")
    return place, [value.strip() for value in seen.split(" | ")]


def months(held: float | None, unit: str | None) -> float | None:
    """A time in months, to four decimals; None where the unit is no time."""
    return round(held * IN_MONTHS[unit], 4) if held is not None and unit in IN_MONTHS else None
