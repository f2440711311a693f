"""The one choice among candidates: mentions of the same fact become one finding with all its evidence."""

from __future__ import annotations

import re

from pipeline.records import FIELDS, Finding

#: Which mention speaks for the fact: the results' own words first, then tables, then the abstract, which rounds.
RANK = {"results": 0, "methods": 1, "abstract": 3, "title": 4, "conclusion": 5, "discussion": 6, "other": 7}
EMPTY = {"arm", "group", "groups", "the", "patients", "plus", "and", "with", "of", "alone", "only", "all", "in", "for", "vs", "a"}


def arm_words(name: str | None) -> frozenset[str]:
    """The words that tell one arm from another."""
    text = re.sub(r"[^a-z0-9+<>≤≥]+", " ", (name or "").lower()).replace("+", " ")
    return frozenset(word.rstrip("s") if len(word) > 3 else word for word in text.split() if word not in EMPTY)


def same_arm(one: Finding, other: Finding) -> bool:
    """Whether two mentions of equal numbers can mean the same arm."""
    a, b = arm_words(one.arm), arm_words(other.arm)
    if not a or not b:
        return not (one.place.get("section", "").count("Table") and other.place.get("section", "").count("Table") and a != b)
    if a == b:
        return True
    if one.place.get("section", "").count("Table") and other.place.get("section", "").count("Table"):
        return False
    return len(a & b) / min(len(a), len(b)) >= 0.5


def numbers(finding: Finding) -> tuple:
    """What must be equal for two mentions to be of one fact."""
    held = finding.value if isinstance(finding.value, str) or finding.value is not None else (finding.low, finding.high)
    return (finding.field, held, finding.endpoint, finding.at)


def completeness(finding: Finding) -> int:
    """How many of the contract's keys a mention fills."""
    return sum(getattr(finding, key) not in (None, "") for key in ("low", "high", "n", "percent", "arm", "p", "vs", "at"))


def choose(candidates: list[Finding]) -> list[Finding]:
    """One finding a fact, in the order of the contract's fields and of the document; the rest become its evidence."""
    facts: list[list[Finding]] = []
    by_numbers: dict[tuple, list[list[Finding]]] = {}
    for finding in candidates:
        for fact in by_numbers.setdefault(numbers(finding), []):
            if finding.field == "prognostic_factor" and finding.arm != fact[0].arm:
                continue
            if finding.field in {"prognostic_factor", "design", "n_total", "rt_technique", "regimen", "concurrent_agent"} or same_arm(finding, fact[0]):
                fact.append(finding)
                break
        else:
            fact = [finding]
            by_numbers[numbers(finding)].append(fact)
            facts.append(fact)
    chosen = [merged(fact) for fact in facts]
    return sorted(chosen, key=lambda f: (FIELDS.index(f.field), f.passage or 0, f.start or 0))


def merged(fact: list[Finding]) -> Finding:
    """The most complete mention speaks; what it lacks is filled from the others, and they are kept as evidence."""
    best = min(fact, key=lambda f: (-completeness(f), f.passage or 0, f.start or 0))
    seen = {(best.passage, best.start)}
    for other in fact:
        if other is best:
            continue
        for key in ("n", "percent", "p", "unit", "vs", "arm"):
            if getattr(best, key) is None:
                setattr(best, key, getattr(other, key))
        if best.value is not None and best.low is None and other.low is not None:
            best.low, best.high, best.bounds = other.low, other.high, other.bounds
        if (other.passage, other.start) not in seen:
            seen.add((other.passage, other.start))
            best.evidence.append({"quote": other.quote, "place": other.place})
    return best
