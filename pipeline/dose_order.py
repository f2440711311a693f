"""Whether agents that a text gives one after the other are one day's doses, or two phases of treatment."""

from __future__ import annotations

import re

from pipeline.quantities import Mention

CHOICE = re.compile(r"\bor\b|\bone of\b|\beither\b", re.IGNORECASE)
#: "irinotecan 180 mg/m2 followed by fluorouracil 400 mg/m2" is one day's order; where cycles or weeks are told of it is a change of regimen.
NEXT_PHASE = re.compile(
    r"\b(?:cycles?|courses?|every|weeks?|weekly|months?|monthly|daily|q\d\w*|q|then|tri-?weekly|maintenance|repeated|until|radio\w*)\b|[×x]\s*\d",
    re.IGNORECASE,
)
DOSE_FIRST = re.compile(
    r"^\W*(?:(?:was|were)\s+(?:given|administered|infused)\s+(?:intravenously\s+)?)?(?:at\s+|\(\s*)?(?:AUC\b|\d[\d.,]*\s*(?:mg|g|µg|μg|mcg|MU|IU)\b)",
    re.IGNORECASE,
)

#: "oxaliplatin 85 mg/m2 as a 2-hour infusion before leucovorin"
INFUSED_BEFORE = re.compile(r"\b(?:infusion|infused|bolus)\b[^.;:]{0,25}\b(?:before|prior to|followed by)\s+$", re.IGNORECASE)


def same_day(text: str, start: int, drug: Mention) -> bool:
    """Whether "followed by" between two doses gives the order of one day's agents, and not of two phases of treatment."""
    gap = text[start : drug.start]
    if INFUSED_BEFORE.search(gap) and drug.kind == "agent" and not NEXT_PHASE.search(gap) and not CHOICE.search(gap):
        return True
    return (
        bool(re.search(r"\bfollowed\s+(?:\w+\s+){0,3}?by\b", gap))
        and drug.kind == "agent"
        and bool(DOSE_FIRST.match(gap) and DOSE_FIRST.match(text[drug.end :]))
        and not NEXT_PHASE.search(gap)
        and not CHOICE.search(gap)
    )
