"""What a text mentions, as typed spans, and the patterns of numbers in the order in which they claim their characters."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from pipeline.numbers import WORDS


@dataclass(slots=True)
class Mention:
    """A typed span of a text: `kind` says what was read, `value`/`low`/`high`/`unit`/`key` what it holds."""

    kind: str
    start: int
    end: int
    value: float | None = None
    low: float | None = None
    high: float | None = None
    unit: str | None = None
    key: str | None = None  # vocabulary key, or the p value as printed
    of: float | None = None  # the denominator of "30 of 31", the fractions of a dose

    def shifted(self, by: int) -> Mention:
        """The same mention, counted from another origin."""
        return Mention(self.kind, self.start + by, self.end + by, self.value, self.low, self.high, self.unit, self.key, self.of)


Found = re.Match[str]
OPENING = r"(?<![\w."  # of the patterns that start with a number
#: Where a number may start, in digits or in words; a superset, for the patterns decide.
STARTS = re.compile(rf"(?<![\w.])(?:[.·]?\d|{'|'.join(sorted(WORDS))}|a\s+(?:hundred|thousand))", re.IGNORECASE)
P_IN_WORDS = re.compile(r"\bp\s*[=:]?\s*n\.?s\b", re.IGNORECASE)
RULES: list[tuple[tuple[str, ...], re.Pattern[str], Callable[[Found], Iterator[Mention]]]] = []
_TIMES = ("month", "mo", "year", "yr", "week", "wk", "day", " y", "-y")
#: What a text must hold, in lower case, for the patterns of a kind to be worth trying; the kind's own letters where nothing is given.
HINTS: dict[str, tuple[str, ...]] = {
    "p": ("p",), "ci": ("ci", "confidence", "c.i"), "range": ("rang", "min", "iqr", "quartile", "q1"), "hr": ("hazard", "hr", "hazr"),
    "fraction_dose": ("gy", "gray"), "dose": ("gy", "gray"), "at": _TIMES, "cycles": ("cycle", "course"), "n_percent": ("%",), "error": ("%",), "n": ("=",),
    "percent": ("%", "cent"), "duration": _TIMES, "bracket": ("(", "["),
    "count": ("patient", "case", "participant", "men", "subject", "individual", "child", "adult", "male", "person", "people", "pts"), "ratio": ("/", "of"),
}  # fmt: skip


def rule(kind: str, pattern: str) -> Callable:
    """Register a pattern; earlier patterns claim their characters first."""

    def keep(build: Callable[[Found], Iterator[Mention]]) -> Callable:
        RULES.append((HINTS.get(kind, ()), re.compile(pattern, re.IGNORECASE), build))
        return build

    return keep


def number_starts(text: str) -> list[int]:
    """Where a number may start in a text."""
    return [match.start() for match in STARTS.finditer(text)]


def matches(pattern: re.Pattern[str], text: str, starts: list[int]) -> Iterator[Found]:
    """What `finditer` gives; a pattern that opens with a number is tried only where one starts: a search of every character costs ten times that."""
    if not pattern.pattern.startswith(OPENING):
        yield from pattern.finditer(text)
        return
    end = 0
    for start in starts:
        if start >= end and (match := pattern.match(text, start)):
            end = match.end()
            yield match
