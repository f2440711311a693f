"""The words that a hazard ratio is of: the name before its parenthesis, the subject of its clause, an event that is no endpoint."""

from __future__ import annotations

import re

from pipeline.arm_names import before_head, trimmed
from pipeline.choose import arm_words
from pipeline.quantities import Mention
from pipeline.readers.factor_names import BETWEEN as BETWEEN_TWO
from pipeline.readers.factor_names import COMPARED as LEVEL_THAN

SUBJECT = re.compile(
    r"^(?P<subject>.{2,140}?)\s+(?:(?:was|were|is|are|had|has|have|did|remained|retained|kept|maintained|reached|lost|emerged|showed|appeared|seemed|trended|could be|can be|proved)\b|(?:significantly|independently|strongly|also)\s+(?:predict|affect|influenc|correlat|improv|prolong|reduc|increas|associat)|(?:improved|prolonged|reduced|increased|decreased|predicted|worsened|affected|lengthened)\b)",
    re.IGNORECASE,
)
ITEM_START = re.compile(r",\s+(?:and\s+)?|\band\s+|[;:)]\s*|\.\s+|\b(?:that|were|was|if|as|included|including|are|is|for)\s+(?:the\s+)?")
CONTRAST = re.compile(r"^(?:while|whereas|but)\s+", re.IGNORECASE)
VERBAL = re.compile(
    r"\b(?:associated|had|have|has|did|showed|found|patients|better|worse|improved|longer|shorter|significantly|in|with|between|no|not|group|arm|overall|median|surviv\w*|risk of|benefit\w*|compared|than|predict(?:ed|s))\b|[\d.]+%",
    re.IGNORECASE,
)
BETWEEN = re.compile(
    r"\b(?:association|correlation|relationship)s?\s+(?:was\s+|were\s+)?(?:\w+\s+)?(?:between|of)\s+(.{2,80}?)\s+(?:and|with)\s",
    re.IGNORECASE,
)
LEADING = re.compile(
    r"^(?:.*?(?:\bthat|\bshowed|\bindicated|\brevealed|\bsuggested|\bdemonstrated|\bfound)\s+(?:that\s+)?|(?:in|on|by|from|using|after|when|for|adjusting|restricting|compared|moreover|furthermore|however|similarly|also|additionally|finally|overall|interestingly)\b[^,]{0,90},\s*)",
    re.IGNORECASE,
)
#: "A had a better OS than B": which of two groups does better.
JUDGED = re.compile(
    r"^(?P<one>[^.;()]{1,80}?)\s+(?P<how>(?:had|has|have|showed|experienced|was\s+associated\s+with|were\s+associated\s+with)\s+[^.;()]{0,50}?(?:surviv\w+|[A-Z]{1,3}FS|OS|CSS|risk|mortality|outcomes?)\b[^.;()]{0,30}?)"
    r"\s+(?:than|(?:as\s+)?compared\s+(?:with|to)|versus|vs\.?|relative\s+to)\s+(?P<other>[^.;()]{1,80})",
    re.IGNORECASE,
)
WORSE = re.compile(r"\b(?:worse|shorter|poorer|inferior|lower|decreased|reduced)\b", re.IGNORECASE)
RISK = re.compile(r"\b(?:risk|mortality)\b", re.IGNORECASE)
LOWER = re.compile(r"\b(?:lower|decreased|reduced|smaller)\b", re.IGNORECASE)
NOT_SO = re.compile(r"\b(?:not|no|similar|comparable|same)\b", re.IGNORECASE)
OWN_EVENT = re.compile(r"\b(?:failures?|toxicit(?:y|ies)|complications?|adverse\s+events?)\s*$", re.IGNORECASE)


SHARE = re.compile(r"[<>≥≤]\s*[\d.]+\s*%")  # "weight loss > 10%" names a level
#: What stands before the side that another is compared with.
OPPONENT = re.compile(
    r"\b(?:(?:compared|relative)\s+(?:with|to)|than)(?:\s+(?:in|for|with|that|those|of|the|an?|patients))*\s*$", re.IGNORECASE
)


def parenthesised_name(text: str, value: Mention, count: int) -> str | None:
    """The covariate right before a ratio in parentheses: "age (HR 1.5, 95% CI 1.1-2.0)"."""
    opened = max(text.rfind("(", 0, value.start), text.rfind("[", 0, value.start))
    if opened < 0 or ")" in text[opened : value.start]:
        return None
    inside = text[opened + 1 : value.start].strip(" ,;:")
    if inside and not re.fullmatch(r"(?:adjusted|multivaria\w+|univaria\w+|pooled|crude|[A-Z][\w-]{1,8}|\w+\s+scale)?", inside):
        return None
    rest = text[text.find(")", value.end) + 1 :] if ")" in text[value.end :] else ""
    listed = count > 1 or re.match(r"\s*(?:,|and\b|were\b|was\b|are\b|is\b|as\b)", rest)
    found = before_head(text[:opened].rstrip(), len(text[:opened].rstrip()), 8)
    part = CONTRAST.sub("", ITEM_START.split(text[:opened].rstrip())[-1])
    if not listed or not (found or part):
        return None
    whole = 0 < len(part.split()) <= 10 and not VERBAL.search(SHARE.sub("", LEVEL_THAN.sub("", BETWEEN_TWO.sub("", part))))
    if not whole and found and OPPONENT.search(text[: found[0]]):
        return None
    name = trimmed(part if whole else found[1] if found else "")
    if name.lower() in {"without", "with", "not"}:  # "and in those without (HR 0.8)"
        return None
    if re.search(
        r"\b(?:surviv\w*|OS|PFS|DFS|EFS|RFS|DRFS|DMFS|LRFS|LC|CSS|DSS|risk|death|mortality|recurrence|progression|significant\w*|analys[ie]s|outcomes?|relapse|control|prognos\w+|results?)$|^(?:more|less|older|younger|fewer|others?|those)$",
        name,
        re.IGNORECASE,
    ):
        return None
    figure = re.match(r"[\d.·]+\s*(?:%|months?|years?|days?)", name)
    return name if any(char.isalpha() for char in name) and not figure else None


#: "stage (III vs. II, HR 1.9)": the levels that a ratio in parentheses compares.
LEVELS_FIRST = re.compile(r"\s*(?P<one>[^()\[\],;:]{1,40}?)\s+(?:vs\.?|versus)\s+(?P<other>[^()\[\],;:]{1,40}?)\s*[,;:]\s*", re.IGNORECASE)


FIGURE = re.compile(r"^[\d.·]+\s*(?:%|months?|years?)$", re.IGNORECASE)  # "OS (13 vs 10 months; HR 0.8)": what differs


def levelled_name(text: str, value: Mention, arms: set[str]) -> tuple[str, str] | None:
    """What a ratio in parentheses compares where it stands behind two levels of the factor before them; arms need no factor."""
    opened = max(text.rfind("(", 0, value.start), text.rfind("[", 0, value.start))
    match = LEVELS_FIRST.fullmatch(text, opened + 1, value.start) if opened > 0 else None
    if not match or FIGURE.search(match["other"]):
        return None
    if {match["one"], match["other"]} <= arms:
        return match["one"], match["other"]
    name = trimmed(ITEM_START.split(text[:opened].rstrip())[-1])
    if not 0 < len(name.split()) <= 8 or VERBAL.search(name) or not any(char.isalpha() for char in name):
        return None
    return f"{name} ({match['one']})", match["other"]


#: "In multivariate analysis X reduced ...": the analysis without a comma behind it.
ANALYSED = re.compile(
    r"^\s*(?:in|on|by|at)\s+(?:the\s+)?(?:multi|uni)-?varia\w+\s+(?:cox\s+)?(?:analys[ei]s|models?|testing)\s*,?\s+(?=\S)", re.IGNORECASE
)


def subject_of(clause: str, until: int) -> str | None:
    """A clause's subject, the covariate that "was associated with worse OS (HR ...)"."""
    text = clause[:until]
    linked = BETWEEN.search(text)
    if linked:
        return trimmed(linked[1])
    text = ANALYSED.sub("", text)
    for _ in range(2):
        lead = LEADING.match(text)
        if lead and lead.end() < len(text) - 5:
            text = text[lead.end() :]
    match = SUBJECT.match(text.strip(" ,"))
    if not match:
        return None
    name = trimmed(re.sub(r"\s*\((?:[^()\[\]]|\[[^\]]*\])*\)|\s*\[[^\]]*\]", "", match["subject"]))
    name = re.sub(r"^only\s+(?:the\s+)?(?=[a-zA-Z])", "", name)
    name = re.sub(r"^(?:in|among|for)\s+(?:the\s+)?[\w-]+\s+(?:patients|group|women|men)\s+(?=\S)", "", name, flags=re.IGNORECASE)
    name = re.sub(
        r"^(?:the\s+)?(?:patients|those|women|men|presence of|a|an)\s+(?:with\s+|who (?:had|received)\s+)?(?:a\s+|an\s+)?",
        "",
        name,
        flags=re.IGNORECASE,
    )
    if (
        len(name.split()) > 10
        or name.count("(") != name.count(")")
        or re.search(
            r"^(?:only|nearly|about|over)\s+\d|^\d+\s*/\s*\d|\bdeaths?\b|\b(?:HRs?|hazard|ratios?|surviv\w+|[A-Z]{0,4}FS|OS|DSS|CSS|TTP|risk(?!\s+(?:strat|group|score|categor|factor|patient|disease))|differences?|it|who|which|we|there|this|same|these|similar|results?|rates?|recurrences?|incidence)\b",
            name,
            re.IGNORECASE,
        )
    ):
        return None
    return name or None


def as_judged(text: str, value: Mention, arm: str | None, vs: str | None) -> tuple[str | None, str | None]:
    """The two groups, turned round where "A did better than B" stands before a ratio above one, or "worse" before one below."""
    start = max(text.rfind(";", 0, value.start), text.rfind(". ", 0, value.start)) + 1
    told = JUDGED.match(text[start : value.start].lstrip())
    if not arm or not vs or not told or NOT_SO.search(told[0]) or value.value == 1:
        return arm, vs
    better = not WORSE.search(told["how"])
    if RISK.search(told["how"]):
        better = bool(LOWER.search(told["how"]))
    one, other = arm_words(told["one"]), arm_words(told["other"])
    own = arm_words(arm) <= one and not arm_words(arm) <= other and arm_words(vs) <= other
    return (vs, arm) if own and better == (value.value > 1) else (arm, vs)


def of_another_event(text: str, value: Mention, named: list[Mention]) -> bool:
    """Whether a ratio in parentheses follows an event that is none of the endpoints named: "with later marker failures (HR 2.7)"."""
    opened = max(text.rfind("(", 0, value.start), text.rfind("[", 0, value.start))
    match = OWN_EVENT.search(text[:opened]) if opened > 0 and not re.search(r"[)\]]", text[opened : value.start]) else None
    return bool(match) and not any(mark.end > match.start() - 40 and mark.start < opened for mark in named)
