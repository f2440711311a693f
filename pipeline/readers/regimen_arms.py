"""What tells for whom a regimen was meant, where its clause names no arm: an arm of its agents, the choice it was of, its phase."""

from __future__ import annotations

import re

from pipeline.context import Paper
from pipeline.records import Finding
from pipeline.treatment_text import ALTERNATIVE

I = re.IGNORECASE  # noqa: E741
CHOSEN = re.compile(r"\b(?:randomi[sz]ed|randomly|assigned|allocated|randomi[sz]ation)\b[^.;]*?\b(?:to|between|either|with|receive)\b", I)
#: What follows a treatment that the other choice had as well.
BOTH_HAD = re.compile(r"^\s*(?:\([^)]*\)\s*)?(?:with (?:or|and) without\b|±|plus\b|alternating\b|\+)", I)
PART = re.compile(r"\b(?:alternating with|plus|added to|together with)\s*$|\+\s*$", I)
PHASE = (
    r"(?:maintenance|adjuvant|neo-?adjuvant|induction|consolidation|pre-?operative|post-?operative|first-line)"
    r"(?:\s+(?:chemotherapy|treatment|therapy))?"
)
PHASE_BEFORE = re.compile(
    rf"\b({PHASE})\s+(?:(?:with|of|using|comprising)\s+)?(?:(?:oral|weekly|intravenous)\s+)?$",
    I,
)
PHASE_AFTER = re.compile(
    rf"^\s*(?:\([^)]*\)\s*)?(?:(?:alone|regimens?|therapy)\s+)*(?:\([^)]*\)\s*)?(?:as|in)\s+(?:(?:an?|the|their)\s+)?({PHASE})\b", I
)
#: An arm that has no more than the agents which its name names.
BARE = re.compile(r"\b(?:placebo|alone|only|controls?|single[- ]agent|monotherapy)\b", I)
#: The short name that a regimen of a comparison is given in brackets: "docetaxel and cisplatin (DC)".
SHORT_NAME = re.compile(r"\s*\(([A-Z][A-Z\d+/-]{1,9})\)")
COMPARED = re.compile(r"\bcompar(?:ed|ing|es?|ison)\b", I)
LONGEST = 60  # characters of a treatment's words that can still be a name


def named_after(paper: Paper, agents: frozenset[str]) -> str | None:
    """The arm that is named after just these agents; of several that which adds nothing, or a placebo only."""
    named = [arm.name for arm in paper.arms if agents_of(paper, arm.name) == agents]
    return min(named, key=lambda name: (not BARE.search(name), len(name.split()))) if named else None


def agents_of(paper: Paper, name: str) -> set[str]:
    """The agents that an arm's name names."""
    return {agent for m in paper.mentions(name) if m.kind in {"agent", "regimen"} for agent in (m.key or "").split("+")}


def settle(paper: Paper, found: list[Finding]) -> None:
    """In place: a regimen read beside an arm with further agents is of the arm named after its own agents, where there is one."""
    for finding in found:
        if finding.field != "regimen" or not finding.arm:
            continue
        agents = frozenset(str(finding.value).split("+"))
        exact = named_after(paper, agents)
        if exact and (agents_of(paper, finding.arm) - agents or BARE.search(exact)):
            finding.arm = exact


def said_beside(text: str, start: int, end: int) -> str | None:
    """The treatment's own words at [start, end) where patients were randomised to it, or its phase: "adjuvant", "maintenance"."""
    short = SHORT_NAME.match(text, end)
    if short and (ALTERNATIVE.search(text) or COMPARED.search(text)):
        return short[1]
    chosen = CHOSEN.search(text[:start]) and ALTERNATIVE.search(text) and end - start < LONGEST
    if chosen and not BOTH_HAD.match(text[end:]) and not PART.search(text[:start]):
        return text[start:end]
    phase = PHASE_AFTER.match(text[end : end + 90]) or PHASE_BEFORE.search(text[max(0, start - 60) : start])
    return phase[1].lower() if phase else None
