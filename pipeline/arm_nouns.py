"""Which words can name an arm."""

from __future__ import annotations

import re

from pipeline.arm_names import EMPTY, GENERIC, HEAD, UNIT
from pipeline.numbers import SPELLED

NOT_AN_ARM = re.compile(
    r"^(?:total\b.*|others?|.*\btrials?|all|overall|whole|entire|no\.?|number|patients?|n|%|p(?:[\s-]*values?)\b.*|p\b(?!-).*|value.*|characteristics?|variables?|.*\b(?:months?|weeks?|years?|days?|baseline|cycles?|post(?!-)|pre(?!-)|time|data|"
    r"original|cohort|study|evaluable|missing|response|responders|progression|events?|scores?|grades?|CR|PR|SD|PD|toxicit(?:y|ies)|population)\b.*|patients? .*|cases?|subjects?|(?:uni|multi)vari.*)$",
    re.IGNORECASE,
)
NO_NAME = re.compile(
    r"^(?:stratified|according|adjusted|divided|compared|difference|combined|of|in|by|we|statistically|not|between|included|including|enrolled|x\s|patholog\w+ stage|\d+\s*cycles)\b|\bmg/m2|\bmg/kg|^(?:first|second|third|front|later|subsequent)[- ]?line\s+(?:treatments?|therapy|settings?)$",
    re.IGNORECASE,
)


#: Amounts that stand between the drugs of a regimen.
AMOUNT = re.compile(
    r"\s*(?<![\w-])\d+(?:[.·]\d+)?\s*(?:[mµμ]?g|IU|MU)(?:\s*(?:/|\bper\s+)\s*(?:m2|kg|d(?:ay)?)|\s+m\s*[-−–]\s*2)*\b", re.IGNORECASE
)
#: The side that is not the control, where it has no name of its own.
STUDY_SIDE = re.compile(r"(?:study|treatment)\s+(?:group|arm)", re.IGNORECASE)
#: A dose at the end of an arm's name: "drug X 60 mg/day", "drug Y 10 mg daily".
DOSE = re.compile(
    r"(?<=[A-Za-z)])\s+(\d+(?:\.\d+)?\s*[- ]?(?:[mµμ]?g|IU|MU|MBq|m?Ci)(?:\s*/\s*(?:d(?:ay)?|kg|m2))*(?:\s+(?:daily|per\s+day))?)$"
)


#: What short forms in brackets stand for that no group is treated with: instruments, diseases, measures.
NO_TREATMENT = re.compile(
    r"\b(?:assessments?|questionnaires?|profiles?|scales?|index|inventory|surveys?|instruments?|criteria|scores?|tests?|quality of life|cancers?|carcinomas?|"
    r"tumou?rs?|diseases?|syndrome|survival|imaging|tomography|receptors?|antigen)\s*$",
    re.IGNORECASE,
)

NUMBER = re.compile(SPELLED, re.IGNORECASE)


def usable(name: str) -> bool:
    """Whether words can name an arm."""
    name = DOSE.sub("", name)
    words = name.split()
    return (
        bool(words)
        and len(words) <= 12
        and name.count("(") == name.count(")")
        and not UNIT.fullmatch(name)
        and any(char.isalpha() for char in name)
        and not NOT_AN_ARM.match(name)
        and not NO_NAME.match(name)
        and not NUMBER.fullmatch(name)
        and (bool(STUDY_SIDE.fullmatch(name)) or not all(w.lower() in GENERIC | EMPTY | {"without", "not"} for w in words))
    )


def without_head(name: str) -> str:
    """ "RT group" as "RT"; "group A" and "study group" stay."""
    if STUDY_SIDE.fullmatch(name):
        return name
    return re.sub(rf"\s+(?i:{HEAD}|patients)$", "", name).strip()
