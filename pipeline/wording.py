"""How a number, a name or a time is put into words in the tables: one small function each."""

from __future__ import annotations

import re
from functools import cache

from pipeline.protocol import vocabulary

LOCAL = {"alcohol_injection": "alcohol injection", "rfa": "radiofrequency ablation", "tace": "chemoembolization"}
BOUNDS = {"ci95": "95% CI ", "iqr": "IQR ", "range": "range "}
SIGNS = {"<=": "≤", ">=": "≥", "⩽": "≤", "⩾": "≥"}


@cache
def capitals() -> frozenset[str]:
    """Short forms that are printed in capitals, in lower case: the vocabularies' keys; all else of a key is printed as an ordinary word."""
    keys = [key for name in ("abbreviations", "endpoints", "techniques") for key in vocabulary(name)]
    return frozenset(key.lower() for key in keys if len(key) > 1 and key.isupper())


def figure(number: float | int | None, least: int = 0) -> str:
    """A number without superfluous zeros, with at least `least` decimals: 25.0 becomes 25, 0.4 with two decimals 0.40."""
    if number is None:
        return ""
    text = f"{float(number):.4f}".rstrip("0").rstrip(".")
    decimals = len(text.partition(".")[2])
    return text if decimals >= least else f"{float(number):.{least}f}"


def span(low: float | None, high: float | None, least: int = 0) -> str:
    """A range: 2–125; open at one end, its comparator: ≥ 66."""
    if low is not None and high is not None:
        return f"{figure(low, least)}–{figure(high, least)}"
    if low is not None:
        return f"≥ {figure(low, least)}"
    return f"≤ {figure(high, least)}" if high is not None else ""


def amount(finding: dict, unit: str = "", least: int = 0) -> str:
    """Value and bounds of a finding: 25 months (95% CI 20–30); the range alone where there is no value."""
    value, inner = finding.get("value"), span(finding.get("low"), finding.get("high"), least)
    shown = {"percent": "%", "patients": " patients"}.get(unit, f" {unit}" if unit else "")
    if value is None:
        return f"{inner}{shown}" if inner else ""
    bounds = BOUNDS.get(finding.get("bounds") or "", "")
    return f"{figure(value, least)}{shown}" + (f" ({bounds}{inner})" if inner else "")


def share(finding: dict) -> str:
    """How many patients a finding holds for: n=12, 29.3%."""
    parts = [f"n={figure(finding['n'])}" if finding.get("n") is not None else ""]
    parts.append(f"{figure(finding['percent'])}%" if finding.get("percent") is not None else "")
    return ", ".join(part for part in parts if part)


def p_value(printed: str | None) -> str:
    """A p value as printed, spaced evenly: P < 0.001, P = 0.04."""
    text = re.sub(r"^[pP]\s*", "", str(printed or "").strip())
    for plain, sign in SIGNS.items():
        text = text.replace(plain, sign)
    found = re.match(r"^([<>=≤≥]?)\s*(.+)$", text)
    if not found:
        return ""
    number = found[2]
    return f"P {found[1] or '='} {'0' + number if number.startswith('.') else number}"


def time_point(months: float | None) -> str:
    """A time point as it stands before an endpoint: 60 becomes 5-year, 18 becomes 18-month."""
    if months is None:
        return ""
    return f"{figure(months / 12)}-year" if months % 12 == 0 else f"{figure(months)}-month"


def arm_name(finding: dict) -> str:
    """The arm's name, empty for the whole study population."""
    arm = str(finding.get("arm") or "").strip()
    return "" if arm.lower() in ("", "all") else arm


def plain(key: object) -> str:
    """A vocabulary key as words: cisplatin+fluorouracil becomes cisplatin + fluorouracil, ldh becomes LDH."""
    text = str(key or "").replace("_", " ")
    text = re.sub(r"\s*\+\s*", " + ", text)
    text = re.sub(r"^[tnm] (?=stage|category|classification)", lambda found: found[0].upper(), text)
    return re.sub(r"[A-Za-z0-9]+", lambda found: found[0].upper() if found[0].lower() in capitals() else found[0], text)


def design_name(key: object) -> str:
    """A design as a heading: Retrospective cohort."""
    text = str(key or "").replace("_", " ").strip()
    text = text.replace("single arm", "single-arm").replace("case control", "case-control study")
    return sentence_case(text)


def local_name(key: object) -> str:
    """A local treatment in words; some treatment where the paper does not say which."""
    if key is None:
        return "local treatment"
    return LOCAL.get(str(key), plain(key))


def sentence_case(text: str) -> str:
    """The first letter in capitals, the rest as it is."""
    return text[:1].upper() + text[1:]


def tied(text: str) -> str:
    """Text in which a sign or a number does not part from its neighbour at the end of a line: P < 0.001, 3–9."""
    text = re.sub(r"\b(P|HR) (?=[<>=≤≥\d])|([<>=≤≥]) (?=\d)", lambda found: found[0].rstrip() + "\u00a0", text)
    return re.sub(r"(?<=\d)–(?=\d)", "\u2060–\u2060", text)
