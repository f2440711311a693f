"""Whom or what cycles are counted of: the arm or subgroup that received them, the regimen that was given, the phase of treatment."""

from __future__ import annotations

import re

from pipeline.arms import arms_in
from pipeline.combinations import Combination, combinations
from pipeline.context import Paper, Sentence
from pipeline.quantities import Mention
from pipeline.treatment_text import ALTERNATIVE, arm_near, clause, with_part

I = re.IGNORECASE  # noqa: E741
CYCLE = r"(?:cycles?|courses?)"
PHASES = (
    ("induction", r"\binduction\b"), ("neoadjuvant", r"\bneo-?adjuvant\b"), ("pre-operative", r"\bpre-?operative\b"), ("post-operative", r"\bpost-?(?:operative|surgical)\b"),
    ("concurrent", r"\bconcurrent\b|\bconcomitant\b"), ("adjuvant", r"(?<!neo)(?<!neo-)\badjuvant\b"), ("maintenance", r"\bmaintenance\b"), ("consolidation", r"\bconsolidation\b"),
)  # fmt: skip
FOLLOWING = re.compile(
    r"\s+of\s+(?:(?:neoadjuvant|adjuvant|induction|standard|intravenous|oral|concurrent|concomitant|(?:\d|two|three|four|bi|tri)?-?weekly)\s+)*",
    I,
)
WEEKLY = re.compile(r"(?:\d|two|three|four|bi|tri)?-?weekly\b", I)
#: "FEC (500 mg/m2 of each) every three weeks for six cycles": between a regimen and the number of its cycles.
LASTED = re.compile(
    r"[^.;]{0,120}?\b(?:for|over|after|(?:was|were)\s+(?:given|administered|repeated)\s+for)\s+(?:up to\s+|a (?:total|maximum) of\s+)?$", I
)
#: A regimen's short name in brackets right before its cycles.
SHORT_BEFORE = re.compile(
    r"\(([A-Z][A-Z\d+/-]{1,9})\)\s+(?:every\s+[\w-]+\s+(?:days|weeks)\s+|(?:was|were)\s+(?:given|administered)\s+)?(?:for|over)\s+(?:up to\s+)?$"
)
OTHERS = re.compile(r"\s+(?:or|versus|vs\.?)\s+(?:\d?-?weekly\s+)?([A-Z][\w+/-]*)(?=[\s.,;)]|$)")


def receiver(paper: Paper, sentence: Sentence, mention: Mention) -> str | None:
    """What the cycles are counted of: nothing new where "all six cycles" only says that the plan was kept, else arm, regimen or phase."""
    text, start, end = sentence.text, mention.start, mention.end
    if re.search(r"\ball\s+(?:of\s+)?(?:the\s+|their\s+)?$", text[:start], I):
        return None
    named = phase_near(text, start, end)
    regimen = regimen_of(sentence, mention)
    arm = arm_near(paper, text[:start], start, start)
    arm = arm or bracketed_arm(paper, text, end)
    if arm:
        return with_part(arm, named or regimen)
    return with_part(regimen, named) or arm_near(paper, text, start, end)


#: Where what one arm is given ends: before the other choice.
CHOICE_END = re.compile(r"[;.]|\bor\b|\bversus\b|\bvs\b|\bwhile\b|\bwhereas\b", I)


def bracketed_arm(paper: Paper, text: str, end: int) -> str | None:
    """The arm that closes a choice in brackets: "six cycles of X and Y (XY group) or two cycles of X followed by Z (Z group)"."""
    stop = CHOICE_END.search(text, end)
    known = {arm.name for arm in paper.arms}
    for bracket in re.finditer(r"\(([^()]*)\)", text[end : stop.start() if stop else len(text)]):
        held = [str(mark.key) for mark in arms_in(paper, bracket[1]) if mark.key in known]
        if len(held) == 1:
            return held[0]
    return None


OR_UNTIL = re.compile(r"\bor\s+(?:until|till|as long as)\b", I)


def regimen_of(sentence: Sentence, mention: Mention) -> str | None:
    """The regimen whose cycles they are, where a sentence has more than one: "cycles of X or Y", "X for four cycles"."""
    text = sentence.text
    if len(sentence.kinds("cycles")) < 2 and not ALTERNATIVE.search(OR_UNTIL.sub(" ", text)):
        return None
    drugs = combinations(text, sentence.words)
    of = FOLLOWING.match(text, mention.end)
    after = next((one for one in drugs if of and 0 <= one.start - of.end() <= 3), None)
    if after:
        other = OTHERS.match(text, after.end)
        named = text[after.start : other.end()] if other else printed(text, after)
        often = WEEKLY.search(of[0]) if not other else None
        return f"{often[0]} {named}" if often else named
    short = SHORT_BEFORE.search(text[: mention.start])
    left, _ = clause(text, mention.start, mention.end)
    before = [one for one in drugs if left <= one.start and one.end <= mention.start]
    if short or not before:
        return short[1] if short else None
    between = text[before[-1].end : mention.start]
    lasted = LASTED.fullmatch(between) and not re.search(rf"{CYCLE}|\b(?:or|versus|vs|received|randomi[sz]ed)\b", between, I)
    return printed(text, before[-1]) if lasted else None


def printed(text: str, drugs: Combination) -> str:
    """A regimen's name as printed, or its agents."""
    return " + ".join(text[m.start : m.end] for m in drugs.members)


def phase(paper: Paper, text: str, start: int, end: int) -> str | None:
    """The arm that received the cycles, with the phase of treatment in brackets; the phase alone where no arm stands before them."""
    named = phase_near(text, start, end)
    arm = arm_near(paper, text[:start], start, start)
    return with_part(arm, named) or arm_near(paper, text, start, end)


OF_WHAT = re.compile(
    rf"\b{CYCLE}\s+of\s+(?:the\s+|their\s+|standard\s+|intravenous\s+)*((?:(?!of\b|and\b)[A-Za-z-]+\s+)?(?:chemotherapy|immunotherapy|chemo-?immunotherapy|chemoradiotherapy|hormone therapy))\b",
    I,
)


def phase_near(text: str, start: int, end: int) -> str | None:
    """What the cycles are of, as printed: "induction chemotherapy"; else the phase of treatment that their clause names, the nearest first."""
    said = OF_WHAT.search(text, start, min(len(text), end + 70))
    if said and said.start() <= end:
        return said[1].lower()
    left, right = clause(text, start, end)
    near = text[max(left, start - 150) : min(right, end + 60)]
    middle = start - max(left, start - 150)
    found = [
        (abs(match.start() - middle), name)
        for name, pattern in PHASES
        for match in re.finditer(rf"(?:{pattern})(?!\s+(?:group|arm|cohort)\b)", near, I)
    ]
    return min(found)[1] if found else None
