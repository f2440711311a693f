"""Figures as cells print them: an estimate with its interval, an interval alone, a p value, a time with its unit."""

from __future__ import annotations

import re

from pipeline.quantities import DASH, NUM, number

_INTERVAL = rf"[\[(]?\s*({NUM})\s*%?(?:{DASH}|\s*[,;/]\s*)({NUM}|∞|NR|NE|N)\s*%?\s*[\])]?"
ESTIMATE = re.compile(
    rf"^[^\w.·]{{0,2}}({NUM})\s*%?\s*(?:(?:months?|years?|mos?|yrs?)\.?\s*|[a-z*†‡§]{{1,2}}\s*)?(?:[\[(,;]?\s*(?:95\s*%?\s*(?:CI)?\s*[:,=]?\s*)?{_INTERVAL})?",
    re.IGNORECASE,
)
INTERVAL = re.compile(rf"^[^\w.·]*(?:95\s*%?\s*CI\s*[:,]?\s*)?({NUM})\s*%?(?:{DASH}|\s*[,;/]\s*)({NUM})\s*%?\W*$", re.IGNORECASE)
_EXPONENT = r"(?:\s*[×x]\s*10\s*\^?\s*[-−–‐]?\s*\d+|e[-−–‐]\d+)"
P_CELL = re.compile(rf"^[^\w.·<>≤≥=]*(?:p\s*)?([<>≤≥=]?)\s*({NUM}({_EXPONENT})?)\s*[a-z*†‡§]*\W*$", re.IGNORECASE)
NOT_SIGNIFICANT = re.compile(r"^\W*n\.?s\.?\W*$", re.IGNORECASE)
#: "0.18 0.81 (0.61-1.09)": a p value before the estimate in one cell.
P_FIRST = re.compile(rf"^\W*(?:p\s*)?([<>≤≥=]?\s*(?:0?[.·]\d+|1[.·]0+))\s*[;,/]?\s+({NUM}\s*[\[(].*)$", re.IGNORECASE)
TIME = re.compile(rf"^[^\w.·]{{0,2}}{NUM}\s*(months?|mos?\b|years?|yrs?\b|weeks?|days?)", re.IGNORECASE)


def significant(p: str) -> bool | None:
    """Whether a printed p value lies below 0.05; None where it cannot be told."""
    match = P_CELL.match(p)
    if not match:
        return False if NOT_SIGNIFICANT.match(p) else None
    if match[3]:
        return True
    sign, held = match[1], float(number(match[2].replace("·", ".")))
    return held <= 0.05 if sign in "<≤" and sign else held < 0.05 if sign in ("", "=") else False


def p_of(text: str) -> str | None:
    """A p value's cell as the contract prints it."""
    match = P_CELL.match(text.strip())
    if match and (match[3] or float(number(match[2].replace("·", "."))) <= 1):
        return match[1].replace("=", "") + match[2].replace("·", ".").strip()
    return "ns" if NOT_SIGNIFICANT.match(text) else None


def time_unit(text: str) -> str | None:
    """The unit of a cell that prints a time with its unit: "8.2 months"."""
    match = TIME.match(text.strip())
    return {"m": "months", "y": "years", "w": "weeks", "d": "days"}[match[1][0].lower()] if match else None
