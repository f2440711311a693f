"""How treatment that was given is told apart from treatment that is only spoken of: shared by the readers of treatment."""

from __future__ import annotations

import re

from pipeline.context import Paper, Sentence, is_own

I = re.IGNORECASE  # noqa: E741

#: Words that say a treatment was given.
GIVEN = re.compile(
    r"\b(?:receiv(?:ed?|ing)|treated|given|administered|administration|consist(?:s|ed|ing)? of|compris(?:ed|ing)|randomi[sz]ed|assigned|allocated|underwent|undergoing|started|initiated|prescribed|"
    r"delivered|infused|treatment with|therapy with|chemotherapy with|treatment was|regimens?|cycles?|courses?|monotherapy|schedule|"
    r"used|using|applied|performed|carried out|employed|followed by|combined with|in combination|adjuvant|induction|neoadjuvant|maintenance|arm|group|irradiated|dose (?:of|was)|exposed to|took|taking|completed)\b",
    I,
)
#: Words that say a treatment was not part of the study.
NOT_GIVEN = re.compile(
    r"\b(?:eligib\w+|inclusion criteria|exclusion criteria|excluded|ineligible|excluding|hypersensitiv\w*|allerg\w+|contra-?indicat\w+|"
    r"prior (?:to )?(?:treatment|therapy|chemotherapy|exposure|use|hormon\w+|radi\w+|anthracyclines?|taxanes?|systemic|surgery)|previous(?:ly)? (?:treated|received|treatment|therapy|chemotherapy|exposed|exposure|radi\w+)|pre-?treated|history of|"
    r"(?:drug|chemo)?resistan(?:t|ce) to|sensitivity to|refractory to|antibod(?:y|ies) (?:against|to)|incubat\w+|in vitro|in vivo|cell lines?|xenografts?|mice|mouse|rats?|murine|IC50|culture[ds]?|kinase assay|western blot\w*|"
    r"have been (?:shown|reported|studied|investigated|approved|developed|proposed)|has been (?:shown|reported|studied|investigated|approved|developed|used|proposed)|approved (?:for|by)|will be|would be|should be|may be (?:given|used|considered|useful)|"
    r"could be (?:used|considered)|premedicat\w+|antiemetics?|prophyla\w+|not (?:receive|given|treated|administered)|did not|without|none of|no patients?|"
    r"in case of|in the event|if necessary|if\b.{0,40}\b(?:creatinine|toxicity|intoleran\w+|neuropathy|occur\w*)|when\b.{0,40}\b(?:toxicity|neuropathy|occur\w+)|instead of|"
    r"substitut\w+|reduced to|dose reductions?|pharmacokinetic\w*|plasma concentrations?|bioavailability|metaboli[sz]\w+|standard of care (?:is|for|has)|current standard|recommended|guidelines?|supplied by|provided by|purchased|sponsor)\b",
    I,
)
CONDITION = re.compile(r"\b(?:did not|without|none of|not (?:receive|given|treated|administered)|no patients?)\b", I)
OWN_PATIENTS = re.compile(r"\b(?:patients?|women|men|children|cases|participants?|subjects|arm|group|regimens?|chemotherapy|chemoradio\w*|radio(?:chemo)?therapy|treatment|trial|study)\b", I)
LAB_HEAD = re.compile(r"\b(?:cell|culture|animal|assay|blot|PCR|antibod|reagent|xenograft|mice|immunohisto|genotyp|extraction|statistic|sample size|eligib|inclusion|exclusion|ethic|staining|endpoint|end point|quality of life|questionnaire|sequencing|expression|toxicity grading|dose modif\w+)", I)


def told_of_treatment(paper: Paper) -> list[Sentence]:
    """Sentences that can say what was given: own ones of title, abstract, methods and results, no laboratory or eligibility sections."""
    kept = []
    for sentence in paper.sentences:
        if not is_own(sentence) or sentence.section in {"discussion", "conclusion", "introduction"} or LAB_HEAD.search(sentence.passage.heading):
            continue
        kept.append(sentence)
    return kept


def clause(text: str, start: int, end: int) -> tuple[int, int]:
    """Bounds of the clause around [start, end): up to a semicolon, a full stop, or a word that begins another clause."""
    left = max((m.end() for m in CLAUSE.finditer(text, 0, start)), default=0)
    right = next((m.start() for m in CLAUSE.finditer(text, end)), len(text))
    return left, right


CLAUSE = re.compile(r";|[.]\s|\bwhile\b|\bwhereas\b|,\s*(?:and\s+)?then\b|\bfollowed by\b|,\s+but\b|\bafter which\b", I)


def share_of(text: str, start: int, end: int, mentions: list) -> tuple[int | None, float | None]:
    """How many patients a treatment at [start, end) holds for: the nearest count or n (%) of the same clause, before it or in brackets after it."""
    left, right = clause(text, start, end)
    best = None
    for mention in mentions:
        if mention.kind not in {"n_percent", "count", "n"} or mention.start < left or mention.end > right:
            continue
        distance = start - mention.end if mention.end <= start else mention.start - end + 25 if text[end : mention.start].strip(" ([") == "" else 999
        if distance < 60 and (best is None or distance < best[0]):
            best = (distance, mention)
    if not best:
        return None, None
    mention = best[1]
    if not float(mention.value).is_integer():
        return None, None
    return int(mention.value), mention.low if mention.kind == "n_percent" else None
