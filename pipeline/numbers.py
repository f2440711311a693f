"""Numbers as clinical papers print or spell them, and times in months."""

from __future__ import annotations

import re

NUM = r"(?:\d{1,3}(?:,\d{3})+(?![\d.])|\d+(?:[.·]\d+)?|(?<![\d\w])[.·]\d+)"
DASH = r"(?:\s*[-–—‐‑−~∼]\s*|\s+to\s+|\s+through\s+)"
WITHIN = r"(?:\s*[-–—‐‑−~∼,;]\s*|\s+to\s+|\s+and\s+)"  # between the limits of a confidence interval
UNITS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen"
).split()
TENS = {"twenty": 20, "thirty": 30, "forty": 40, "fourty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90}
WORDS = {word: number for number, word in enumerate(UNITS)} | TENS | {"hundred": 100, "thousand": 1000}
_UNIT = "|".join(UNITS[1:10])
_TEENS = "|".join(UNITS[::-1])
_TENS = "|".join(TENS)
_BELOW = rf"(?:(?:{_TENS})(?:[\s‐-]?(?:{_UNIT})\b)?|(?:{_TEENS}))\b(?!\s+(?:hundred|thousand)\b)"
_THOUSANDS = rf"(?:(?:{_UNIT}|a)\s+thousand(?:,?\s+(?:and\s+)?))?"
SPELLED = rf"(?:{_THOUSANDS}(?:(?:{_UNIT}|a)\s+hundred(?:\s+(?:and\s+)?))?{_BELOW}|{_THOUSANDS}(?:{_UNIT}|a)\s+hundred\b|(?:{_UNIT}|a)\s+thousand\b)"
ANY = rf"(?:{NUM}|\b{SPELLED})"
TIME = r"(?:months?|mos?\b\.?|years?|yrs?\b\.?|weeks?|wks?\b\.?|days?|(?<![A-Za-z])y\b)"
MONTHS = {"m": 1.0, "y": 12.0, "w": 12 / 52.18, "d": 12 / 365.25}
PEOPLE = r"(?:patients?|cases|participants?|women|men|subjects?|individuals|children|adults|females?|males?|persons|people|pts)"


def number(text: str) -> float | int:
    """A printed or spelled number: "1,387", "0·7", ".004", "forty-one"; raises ValueError for anything else."""
    text = text.strip().lower()
    if re.fullmatch(NUM, text):
        plain = text.replace(",", "").replace("·", ".")
        return float(plain) if "." in plain else int(plain)
    total = below = 0
    for word in re.split(r"[\s,‐-]+", text):
        if word in {"and", ""}:
            continue
        held = 1 if word == "a" else WORDS.get(word, None)
        if held is None:
            raise ValueError(f"not a number: {text!r}")
        if held == 1000:
            total, below = total + max(below, 1) * 1000, 0
        else:
            below = max(below, 1) * 100 if held == 100 else below + held
    return total + below


def unit_of(word: str) -> str:
    """The contract's unit for a printed unit of time."""
    return {"m": "months", "y": "years", "w": "weeks", "d": "days"}[word[0].lower()]


def in_months(value: float, unit: str) -> float:
    """A time in months, whole where it is within rounding of a whole number."""
    months = value * MONTHS[unit[0]]
    return round(months) if abs(months - round(months)) < 1e-6 else round(months, 2)
