"""Whether a sentence gives a regimen by itself, and not as a part of what its patients had."""

from __future__ import annotations

import re

from pipeline.combinations import Combination
from pipeline.context import Sentence
from pipeline.quantities import Mention
from pipeline.treatment_text import clause

I = re.IGNORECASE  # noqa: E741
SHORT_NAME = re.compile(r"^\s*(?:regimen\s*|chemotherapy\s*)?[(\[]\s*[A-Z][\w+/-]{1,9}\b[^)]{0,12}[)\]]")
SINGLE = re.compile(r"\bsingle[- ]agent\s+$", I)
USED_HERE = re.compile(r"^\s+(?:was|were)\s+(?:used|given|administered)\b")
DOSED_HERE = re.compile(r"^\s*(?:\(|at\s+)?\s*\d[\d,.·–-]*\s*(?:mg|g|µg|μg|mcg|MU|IU)\b")
BASED = re.compile(r"^[-\s]*(?:based|containing)\b", I)
#: Words that tell of treatment given together with radiation.
WITH_RADIATION = re.compile(r"\b(?:concurrent\w*|concomitant\w*|chemo-?radio\w*|chemoradiation|radio-?chemo\w*|CCRT|radiosensiti\w+)\b", I)


def chosen(sentence: Sentence, combination: Combination, others: list[Mention]) -> bool:
    """Whether a dosed regimen stands behind "or" or "versus" and no agent is added to it: "sunitinib 50 mg or capecitabine 2000 mg/m2"."""
    before = max((m.end for m in others if m.end <= combination.start), default=None)
    after = min((m.start for m in others if m.start >= combination.end), default=len(sentence.text))
    return (
        before is not None
        and bool(re.search(r"\bor\b|\bversus\b|\bvs\b", sentence.text[before : combination.start], I))
        and bool(DOSED_HERE.match(sentence.text[combination.end :]) or USED_HERE.match(sentence.text[combination.end :]))
        and bool(after == len(sentence.text) or re.search(r"\b(?:followed|then|or|versus|vs)\b", sentence.text[combination.end : after], I))
    )


#: Chemotherapy that is not named stands beside the agent: "endostar plus neoadjuvant chemotherapy".
WITH_CHEMOTHERAPY = re.compile(
    r"^\s*(?:\([^)]*\)\s*)?,?\s*(?:and|plus|with|combined with|(?:given )?in (?:combination|conjunction) with|added to|\+)\s+(?:(?!radio)[\w-]+\s+){0,2}chemotherapy\b",
    I,
)
#: What makes the agents after it another choice, or makes it another choice than those before it.
OTHER_CHOICE = re.compile(r"\b(?:or|versus|vs\.?|compared (?:with|to))\s+(?!\d|without|more|less)", I)
GIVEN_ALREADY = re.compile(r"\b(?:was|were)\s+(?:used|given|administered|prescribed|chosen)\b[^.;]*(?:\band|,)\s*$", I)
CHOICE_HERE = re.compile(
    r"\b(?:or|versus|vs\.?|compared (?:with|to))\s+(?:(?:with|to|the|an?)\s+)*(?:(?!and\b|with\b|plus\b)[A-Za-z][\w-]*\s+){0,3}(?:\([^()]*[,:]\s*|\()?$",
    I,
)
RESULT = re.compile(r"\b(?:median|months|surviv\w+|PFS|OS|HR|rates?|respon\w+)\b")


def other_choice(text: str, combination: Combination, others: list[Mention]) -> bool:
    """Whether only an "or" links it to the agents beside it: "paclitaxel and carboplatin, or the same with veliparib"."""
    before = max((m.end for m in others if m.start < combination.start), default=None)
    after = min((m.start for m in others if m.start >= combination.end), default=None)
    if RESULT.search(text):
        return False
    chosen_here = before is not None and CHOICE_HERE.search(text, before, combination.start)
    chosen_next = after is not None and OTHER_CHOICE.search(text, combination.end, after)
    told = after is not None and GIVEN_ALREADY.search(text[combination.end : after])
    return bool((chosen_here and (after is None or chosen_next or told)) or (chosen_next and before is None))


def stands_alone(sentence: Sentence, combination: Combination) -> bool:
    """Whether a clause gives this regimen by itself: no other agent in it, and no "-based"."""
    left, right = clause(sentence.text, combination.start, combination.end)
    others = [
        m
        for m in sentence.words
        if m.kind in {"agent", "regimen"} and left <= m.start < right and not set((m.key or "").split("+")) <= combination.agents
    ]
    if other_choice(sentence.text, combination, others):
        return True
    named = len(combination.agents) > 1 and (SHORT_NAME.match(sentence.text[combination.end :]) or combination.members[0].kind == "regimen")
    if SINGLE.search(sentence.text[: combination.start]) or chosen(sentence, combination, others):
        return True
    return (
        (not others or bool(named))
        and not WITH_CHEMOTHERAPY.match(sentence.text[combination.end :])
        and not BASED.match(sentence.text[combination.end :])
        and not WITH_RADIATION.search(sentence.text[left:right])
    )
