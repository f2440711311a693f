"""The treatments that patients were randomised between or that a title sets against each other, where no size stands beside them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.arm_names import HEAD, trimmed
from pipeline.arm_nouns import AMOUNT, DOSE, usable, without_head
from pipeline.context import Paper

I = re.IGNORECASE  # noqa: E741
#: "were randomised (1:1) to receive either", "randomly assigned to", "randomised between".
CHOICE = re.compile(
    r"\b(?:randomi[sz]ed|randomly|allocated|assigned|randomi[sz]ation)\b(?:(?!\btrials?\b|\bstud(?:y|ies)\b)[^.;]){0,60}?\b(?:to(?:\s+(?:receive|undergo|treatment\s+with|be\s+treated\s+with))?|between)\s+(?:either\s+)?(?=[\w(])",
    I,
)
#: "a trial of A versus B in patients with ...", "comparing A with B", "compared A and B"
COMPARED = re.compile(
    r"\bcompar(?:ed?|ing|es|ison\s+of)\s+(?:(?:the\s+)?(?:efficacy|safety|effects?|outcomes?|use|results)\b[^.;,]{0,40}?\bof\s+)?(?P<one>[^.;:,]{3,80}?)\s+(?:with|to|and|versus|vs\.?|against)\s+(?P<other>[^.;:,]{3,80})",
    I,
)
TITLE = re.compile(
    r"(?:^|:|\bof|\bcomparing|\bbetween|\bwith|\bto)\s*(?P<one>(?:(?!\bof\b|\bcomparing\b|:).){3,80}?)\s+(?:versus|vs\.?|v)\s+(?P<other>.{3,100})$",
    I,
)
OR = re.compile(r"\s+(?:or|versus|vs\.?)\s+(?:to\s+)?(?:receive\s+)?(?!without\b|not\b)", I)
BRACKETS = re.compile(r"\s*[\[(][^()\[\]]*[)\]]")
END = re.compile(
    r"[,;:.]\s|[,;:.]$|\b(?:in|at|for|every|as|on|until|once|twice|daily|weekly|after|before|during|within|using|(?<!followed )by|according|from|was|were|had|is|are|stratified|given|administered|among|when|if|through|over|plus\s*$)\b",
    I,
)
PLAIN = re.compile(
    r"\b(?:placebo|control|observation|surgery|chemotherapy|radiotherapy|chemoradio\w+|care|alone|\w+therapy|resection|no|\w*fractionat(?:ion|ed)|(?:short|long)[- ]course)\b",
    I,
)
#: How often a drug is given, behind it: "X 150 mg once daily or Y 75 mg/m2 every 3 weeks".
SCHEDULE = re.compile(
    r"(?:,?\s+(?:every\s+(?:[\w-]+\s+)?(?:weeks?|days?|months?)|once(?:[ -](?:daily|weekly|monthly|a\s+day))?|twice[ -](?:daily|weekly|a\s+day)|(?:daily|weekly|monthly)(?=\s*(?:,|(?:or|versus|vs|for|on|until|and|plus)\b|$))|"
    r"(?:on\s+)?days?\s+\d+(?:\s*[-–]\s*\d+)?(?:(?:,\s*(?:and\s+)?|\s+and\s+)\d+)*|orally|intravenously|subcutaneously|per\s+day|for\s+(?:up\s+to\s+)?\w+\s+(?:cycles|weeks|months|years)))+(?=\s|[,.;]|$)",
    I,
)
SALT = r"(?:mesylate|hydrochloride|sodium|acetate|tosylate|citrate|maleate|disodium)"
PHASE = re.compile(r"^(?:(?:(?:post|pre|peri)-?operative|(?:neo-?)?adjuvant|oral|intravenous|standard)\s+)+(?=\S)", I)
NO_TREATMENT = re.compile(
    r"\bwith or\b|\d+:\d+|\b(?:of|that|which|patients|activity|combining|addition|evaluate\w*|determine|assess|compare|test|investigate|examine|whether|both|regimens)\b|^(?:incorporate|establish|explore|define|improve|treat)\b|[()]",
    I,
)
#: "those treated with X": the treatment is what follows.
RECIPIENTS = re.compile(
    r"(?:\b(?:the\s+)?outcomes?\s+(?:of|in)\s+)?\b(?:patients|those|women|men|cases)\s+(?:who\s+(?:had\s+|were\s+)?)?(?:treated\s+(?:with|by)|receiv(?:ed|ing)|under(?:went|going))\s+(?=\S)",
    I,
)
MOST = 8  # words of a treatment's name


def choices(paper: Paper) -> list[str]:
    """The treatments of the first choice that the paper words: at the randomisation, as compared in the abstract, or in the title."""
    for offers in (randomised, compared, titled):
        for options in offers(paper):
            if 2 <= len(options) <= 4 and len(set(options)) == len(options) and all(is_treatment(paper, option) for option in options):
                return [plain_name(paper, option) for option in options]
    return []


def randomised(paper: Paper) -> Iterator[list[str]]:
    """What patients were randomised between, wherever it is said."""
    for sentence in paper.own:
        if sentence.section not in {"discussion", "conclusion"}:
            yield from (offered(sentence.text[match.end() :]) for match in CHOICE.finditer(sentence.text))


def compared(paper: Paper) -> Iterator[list[str]]:
    """What the abstract says was compared."""
    for sentence in paper.own:
        if sentence.section == "abstract":
            plain = RECIPIENTS.sub("", BRACKETS.sub("", sentence.text))
            yield from ([named(match["one"]), named(match["other"])] for match in COMPARED.finditer(plain))


def titled(paper: Paper) -> Iterator[list[str]]:
    """The two sides of a title's "A versus B"."""
    match = TITLE.search(BRACKETS.sub("", paper.document.title))
    if match:
        yield [named(re.split(r"\bof\b|\bcomparing\b", match["one"])[-1]), named(match["other"])]


def offered(words: str) -> list[str]:
    """The options at the head of these words: "A, B or C", without brackets; none where there is no "or"."""
    plain = SCHEDULE.sub("", AMOUNT.sub("", re.split(r"[;.]\s", BRACKETS.sub("", words[:300]))[0]))
    parts = OR.split(plain)
    if len(parts) < 2 or END.search(parts[0].replace(",", "")):
        return []
    return [named(part) for part in (*re.split(r",\s+", parts[0].strip(" ,")), *parts[1:])]


def named(words: str) -> str:
    """A treatment's name at the head of these words, without amounts."""
    name = trimmed(END.split(AMOUNT.sub("", words).strip() + " ")[0])
    name = re.sub(rf"\s+(?:(?i:{HEAD})|regimens?|(?<!no )treatment|{SALT})$", "", DOSE.sub("", name))
    return without_head(PHASE.sub("", name))


def plain_name(paper: Paper, name: str) -> str:
    """A treatment's name without "therapy" after a drug, and without the phase that it is given in."""
    bare = re.sub(r"\s+(?:therapy|treatment)$", "", name)
    return bare if any(m.kind == "agent" for m in paper.mentions(bare)) else name


def is_treatment(paper: Paper, name: str) -> bool:
    """Whether words are a name and one of a treatment."""
    if not usable(name) or len(name.split()) > MOST or NO_TREATMENT.search(name):
        return False
    return bool(PLAIN.search(name)) or any(m.kind in {"agent", "regimen", "therapy", "technique"} for m in paper.mentions(name))
