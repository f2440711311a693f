"""The one choice among candidates: mentions of the same fact become one finding with all its evidence."""

from __future__ import annotations

import re
from functools import lru_cache

from pipeline.records import FIELDS, Finding

EMPTY = {"arm", "group", "groups", "the", "patients", "plus", "and", "with", "of", "alone", "only", "all", "in", "for", "vs"}


def told_again(name: str) -> str:
    """An arm's name in which a treatment that is added once more counts as such: "rt-gc+gc" is not "rt-gc"."""
    return re.sub(r"\b(\w+)\s*\+\s*\1\b", r"\1 \1 again", name) if "+" in name else name


@lru_cache(maxsize=4096)
def arm_words(name: str | None) -> frozenset[str]:
    """The words that tell one arm from another."""
    text = re.sub(r"\b(pre|post|peri|neo|non)-(?=[a-z])", r"\1", told_again(re.sub(r"\bA\b", "letterA", name or "").lower()))
    text = re.sub(r"[^a-z0-9+<>≤≥]+", " ", text).replace("+", " ")
    return frozenset(word.rstrip("s") if len(word) > 3 else word for word in text.split() if word not in EMPTY)


def distinct_outside_brackets(one: str, other: str) -> bool:
    """Whether two names share only what stands in brackets: "group A (induction)", "group B (induction)"."""
    if "(" not in one or "(" not in other:
        return False
    a, b = (arm_words(re.sub(r"\([^)]*\)", " ", name)) for name in (one, other))
    return bool(a and b) and not a & b


def same_arm(one: Finding, other: Finding) -> bool:
    """Whether two mentions of equal numbers can mean the same arm."""
    a, b = arm_words(one.arm), arm_words(other.arm)
    if not a or not b:
        return not (in_table(one) and in_table(other) and a != b)
    if a == b:
        return True
    if one.field == "cycles" and distinct_outside_brackets(one.arm or "", other.arm or ""):
        return False
    if in_table(one) and in_table(other):
        return False
    if one.field == "arm_size":
        return len(a & b) / len(a | b) > 0.5
    if (one.passage, one.start) == (other.passage, other.start):
        return False
    return len(a & b) / min(len(a), len(b)) > 0.5


#: The rule of factors whose analysis, univariate or multivariable, their sentence does not tell.
UNSAID = "factors:unsaid"
#: Words of a factor's name that do not tell it from another: "serum LDH level" is LDH.
LOOSE = {
    "level",
    "levels",
    "status",
    "serum",
    "plasma",
    "baseline",
    "pretreatment",
    "group",
    "groups",
    "the",
    "of",
    "at",
    "by",
    "value",
    "values",
    "number",
    "type",
    "positive",
    "concentrations",
    "concentration",
    "extent",
    "presence",
    "degree",
}


def factor_words(name: object) -> frozenset[str]:
    """The telling words of a factor's name; what stands in parentheses and after a comma is its unit or its classes."""
    plain = re.sub(r"[\[(][^)\]]*[)\]]|,\s.*$", " ", str(name).lower())
    words = re.sub(r"[^a-z0-9+<>≤≥*-]+", " ", plain).split()
    return frozenset(word.rstrip("s") if len(word) > 3 else word for word in words if word not in LOOSE) or frozenset(words)


def same_factor(one: Finding, other: Finding) -> bool:
    """Whether two mentions of one endpoint are of one factor with one status."""
    if one.arm != other.arm and UNSAID not in (one.made_by, other.made_by):
        return False
    a, b = factor_words(one.value), factor_words(other.value)
    if not a or not b:
        return False
    within = (a <= b or b <= a) and one.p is not None and one.p == other.p  # "nodal invasion", "pelvic nodal invasion"
    return a == b or within or len(a & b) / len(a | b) > 0.5


def same_number(a: float | None, b: float | None) -> bool:
    """Equal, or equal within the rounding of the coarser: 78 and 78.3."""
    if a is None or b is None or a == b:
        return a == b
    decimals = [len(repr(number).split(".")[1]) if isinstance(number, float) else 0 for number in (a, b)]
    coarse = min(decimals)
    return decimals[0] != decimals[1] and abs(a - b) <= 0.5 * 10**-coarse + 1e-9


def in_table(finding: Finding) -> bool:
    """Whether a finding was read from a table."""
    return "Table" in finding.place.get("section", "")


def same_fact(one: Finding, other: Finding) -> bool:
    """Whether two mentions in one group are of one fact."""
    if one.field == "prognostic_factor":
        return same_factor(one, other)
    if one.field in {"design", "n_total", "rt_technique", "regimen", "concurrent_agent"}:
        return one.value == other.value
    if one.field in {"metastatic_burden", "local_therapy"} and any(
        None not in (getattr(one, key), getattr(other, key)) and getattr(one, key) != getattr(other, key) for key in ("n", "percent")
    ):
        return False
    if not (
        same_number(one.value, other.value)
        if isinstance(one.value, int | float) and isinstance(other.value, int | float)
        else one.value == other.value
    ):
        return False
    if one.value is None and (one.low, one.high) != (other.low, other.high):
        return False
    exact = None not in (one.low, other.low) and all(
        same_number(getattr(one, key), getattr(other, key)) for key in ("value", "low", "high")
    )
    if one.field == "hazard_ratio" and exact and not (in_table(one) and in_table(other)):
        return True
    if one.value != other.value and arm_words(one.arm) != arm_words(other.arm):
        return False
    return same_arm(one, other)


def completeness(finding: Finding) -> int:
    """How many of the contract's keys a mention fills."""
    return sum(getattr(finding, key) not in (None, "") for key in ("low", "high", "n", "percent", "arm", "p", "vs", "at"))


def leader(fact: list[Finding]) -> Finding:
    """The mention that stands for a fact: its first, but one that tells its analysis before one that does not."""
    return next((finding for finding in fact if finding.made_by != UNSAID), fact[0])


def contradicts(finding: Finding, fact: list[Finding]) -> bool:
    """Whether a time or rate already belongs to another arm by a mention of its fact other than the leader, which may name none."""
    if finding.field not in {"survival_median", "survival_rate"} or not finding.arm:
        return False
    return any(other.arm and not same_fact(finding, other) for other in fact[1:])


def choose(candidates: list[Finding]) -> list[Finding]:
    """One finding a fact, in the order of the contract's fields and of the document; the rest become its evidence."""
    facts: list[list[Finding]] = []
    grouped: dict[tuple, list[list[Finding]]] = {}
    for finding in candidates:
        near = grouped.setdefault((finding.field, finding.endpoint, finding.at), [])
        fact = next((fact for fact in near if same_fact(finding, leader(fact)) and not contradicts(finding, fact)), None)
        if fact is None:
            fact = []
            near.append(fact)
            facts.append(fact)
        fact.append(finding)
    chosen = [merged(fact) for fact in facts]
    return sorted(chosen, key=lambda f: (FIELDS.index(f.field), f.passage or 0, f.start or 0))


def merged(fact: list[Finding]) -> Finding:
    """The most complete mention speaks; what it lacks is filled from the others, and they are kept as evidence."""
    said = [finding for finding in fact if finding.made_by != UNSAID] or fact
    best = min(said, key=lambda f: (-completeness(f), f.passage or 0, f.start or 0))
    if best.field == "prognostic_factor":
        best.value = min((str(finding.value) for finding in said), key=lambda name: (len(factor_words(name)), len(name)))
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
    if best.field == "prognostic_factor":
        alike = [str(finding.value) for finding in fact if factor_words(finding.value) == factor_words(best.value)]
        best.value = min((str(best.value), *alike), key=lambda name: (len(name.split()), len(name), name))
    return best
