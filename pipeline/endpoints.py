"""Endpoints as sentences name them: what a number after "survival", "follow-up" or "recurrence" measures."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from pipeline.quantities import Mention

NONE = "none"  # the key of a measure that is no endpoint of the contract, so that its numbers are not taken for one
#: Words after "survival" that make it no measure, and before it that make it another one.
AFTER_SURVIVAL = re.compile(
    r"\s*(?:anal[y]s[ie]s|models?|data|function|status|information|calculations?|statistics|estimations?|distributions?)\b", re.IGNORECASE
)
BEFORE_SURVIVAL = re.compile(
    r"(?:[-‐–\s]free|specific|[-‐]related|\bgraft|\bcell|\bimplant|\bflap|\bbiochemical|\bpost[-‐–\s]?(?:progression|relapse|recurrence)|\bquality[-‐–\s]adjusted)\s*$",
    re.IGNORECASE,
)
#: "corrected 5-year survival": without deaths from other causes.
CORRECTED = re.compile(r"(?<![-‐–\w])corrected\s+(?:actuarial\s+)?(?:[\w-]+[-‐–\s]years?\s+)?$", re.IGNORECASE)
EVENT = re.compile(r"recurrence$|relapse$|failure$|mortality$|death$|progression$|\bLR$|\bLRR$|death from any cause$", re.IGNORECASE)
MEDIAN_OF = re.compile(r"(?<![\w-])m(OS|PFS|DFS|TTP)\b")
LIVED = re.compile(
    r"\b(lived|survived)\s+(?:(?:for\s+)?an?\s+(?:median|mean|average)\b|(?:significantly\s+)?longer\s*\(\s*median\b)", re.IGNORECASE
)
ELSEWHERE_PFS = re.compile(
    r"\b(?:intracranial|CNS|brain|bone|skeletal|biochemical|metabolic|cranial|hepatic|symptomatic|second)[\s-]+$", re.IGNORECASE
)
HOST_DISEASE = re.compile(r"\b(?:versus|vs\.?|against)[-‐–\s]+host[-‐–\s]+$", re.IGNORECASE)
#: "no difference in survival (81% and 85%)": no measure of its own, as nothing differs.
NO_DIFFERENCE = re.compile(r"\b(?:no|not|nor|without|neither)\b[^.;:,()]{0,60}$", re.IGNORECASE)
#: "the difference in survival was small (81% vs 85%)": the figures are what differs.
BETWEEN_TWO = re.compile(r"[^()\d.;]*\(\s*\d+(?:[.·]\d+)?\s*(?:%|months|years)?\s*(?:vs\b|versus\b)", re.IGNORECASE)
UNKNOWN = re.compile(r"\b[A-Za-z]{0,3}[A-Z]FS\d?\b")  # some "-free survival" that no vocabulary knows
FREE_OF = re.compile(r"times? to\b|freedom from\b", re.IGNORECASE)
_PARTS = {
    "overall": "OS",
    "progression": "PFS",
    "disease": "DFS",
    "event": "EFS",
    "relapse": "RFS",
    "recurrence": "RFS",
    "failure": "FFS",
    "metastasis": "DMFS",
}
_PART = rf"(?:overall|(?:{'|'.join(_PARTS)})[-‐–\s]free|(?:cancer|disease|cause)[-‐–\s]specific)"
#: "disease-specific and overall survival": the first of a list that shares its last word.
SHARES_SURVIVAL = re.compile(
    rf"\b(?P<part>{_PART})(?=(?:\s*,\s*(?:and\s+)?|\s+(?:and|or)\s+)(?:{_PART}(?:\s*,\s*(?:and\s+)?|\s+(?:and|or)\s+)){{0,3}}{_PART}[-‐–\s]+survivals?\b)",
    re.IGNORECASE,
)
OTHER_TIMES = re.compile(
    r"\bfollow(?:ed)?[-‐\s]?up\b|\bfollowed\b|\bage\b|\baged\b|\bduration\b|\bintervals?\b|\btime (?:to|from|between|since)\b|\bobservation (?:time|period)\b|\btreatment time\b|"
    r"\bhospital|\bstay\b|\boperati(?:ve|on)\b|\bdose\b|\bTT[A-OQ-Z]\b|\bTTP?F\b|\brecruit|\benrol|\baccrual\b|\blead time\b|\bonset\b|\bbenefit of\b|\bimprovement of\b|\bdifference of\b|\bincrease of\b|"
    r"\bprolonged by\b|\bimproved by\b|\blonger by\b|\bincreased by\b|\bgain of\b|\bextended by\b|\bCT-?free\b|\bwere alive\b|\bfor (?:at least|more than)\b",
    re.IGNORECASE,
)
OTHER_SHARES = re.compile(
    r"\btoxicit\w*|\badverse\b|\bincidence\b|\bmortality\b|\bcomplications?\b|\bdeaths?\b|\bdied\b|\bprevalence\b|\bbenefit\b|\bimprovements?\b|\bincreased?\b|\breductions?\b|\breduced\b|\bdecreased?\b|"
    r"\bdifferences?\b|\bcompliance\b|\bresponse(?! group)s?\b|\bresponded\b|\brelapse[sd]?\b(?![-‐\s]free)|\brecurr(?:ences?|ed)\b(?![-‐\s]free)|\bfailures?\b(?![-‐\s]free)|\bmetastas[ei]s\b(?![-‐\s]free)|\bprogress(?:ed|ion)\b(?![-‐\s]free)|"
    r"\bpower\b|\bresect\w+ rate|\brate of\b|\bR0\b|\bcompletion\b|\bcompleted\b|\bsensitivity\b|\bspecificity\b|\baccuracy\b|\bAUC\b|\bgrade\b|\bexpression\b|\bpositiv\w+\b|\bpatients (?:had|with|were(?!\s+\d+(?:[.·]\d+)?\s*%)|received)\b|"
    r"(?<!\brate )(?<!\brates )\bof (?:the )?(?:patients|cases|women|men)\b|\blocated\b|\bevents?\b(?![-‐\s]free)|\brisk\b|\bpreservation\b",
    re.IGNORECASE,
)
OTHER_RATIOS = re.compile(
    r"\btime to (?!progression|death|tumou?r progression|disease progression)\w+|\bTT[DF]\b|\bdeterioration\b|\btoxicit\w+|\bresponse rate\b|\bodds\b|\bincidence of\b",
    re.IGNORECASE,
)
PROGRESSION_OR_DEATH = re.compile(r"\bprogression or death\b", re.IGNORECASE)
RECURRENCE_OR_DEATH = re.compile(r"\b(?:recurrence|relapse) or death\b", re.IGNORECASE)
HAZARD_OF = re.compile(
    r"\b(?:hazard ratios?|HRs?|risk)\s*(?:\([^)]*\)\s*)?(?:for|of)\s+(?:the\s+|all-cause\s+|overall\s+)?(death|mortality|dying)\b|\ball-cause (?:mortality|death)\b|\b(?:risk|hazard) of (?:death|dying)\b",
    re.IGNORECASE,
)


ALIVE = re.compile(
    r"\b(?:were|was|are|remained|(?:percentage|proportion)s?\s+of\s+(?:the\s+)?patients)\s+(?:still\s+)?alive\b(?:\s+(?:and|or)\s+(?:free\s+of\s+)?(?P<free>disease|progression|event|relapse|recurrence)(?:[-\s]free)?)?",
    re.IGNORECASE,
)
#: "12 deaths were due to the disease"; and deaths of any cause.
DEATHS_OF_IT = re.compile(
    r"\bdeaths?\b[^.;:]{0,30}\b(?:attribut\w+|due|ascribed)\s+to\s+(?!any\b|all\b|other\b|treatment|toxic|complication)", re.IGNORECASE
)
DEATHS = re.compile(r"\b(?:numbers?\s+of\s+deaths|deaths?\s+(?:overall|occurred|from\s+any\s+cause)|(?:had|have)\s+died)\b", re.IGNORECASE)


def is_event(text: str, mention: Mention) -> bool:
    """Whether an endpoint is named by its event ("local recurrence") and not by being free of it."""
    printed = text[mention.start : mention.end]
    return bool(EVENT.search(printed)) and not FREE_OF.match(printed)


def endpoints(text: str, words: list[Mention]) -> list[Mention]:
    """The endpoints a sentence names; "survival" alone only where it is a measure of its own."""
    found = []
    for mention in words:
        if mention.kind != "endpoint":
            continue
        printed = text[mention.start : mention.end].lower()
        if printed.startswith("survival") and BEFORE_SURVIVAL.search(text[: mention.start]):
            mention = Mention("endpoint", mention.start, mention.end, key=NONE)
        if printed.startswith("survival") and CORRECTED.search(text[: mention.start]):
            mention = Mention("endpoint", mention.start, mention.end, key="CSS")
        if mention.key == "PFS" and ELSEWHERE_PFS.search(text[: mention.start]):
            mention = Mention("endpoint", mention.start, mention.end, key=NONE)
        if mention.key == "DFS" and HOST_DISEASE.search(text[: mention.start]):
            mention = Mention("endpoint", mention.start, mention.end, key=NONE)
        if printed == "survival" and AFTER_SURVIVAL.match(text[mention.end :]):
            continue
        found.append(mention)
    found += [Mention("endpoint", m.start(), m.end(), key=m[1]) for m in MEDIAN_OF.finditer(text)]
    found += [Mention("endpoint", m.start(), m.end(1), key="OS") for m in LIVED.finditer(text)]
    for match in SHARES_SURVIVAL.finditer(text) if "urvival" in text else ():
        part = match["part"].lower()
        key = "CSS" if part.endswith("specific") else _PARTS[re.split(r"[-‐–\s]", part)[0]]
        found.append(Mention("endpoint", match.start(), match.end(), key=key))
    return inner_removed(text, found)


def alive(text: str, found: list[Mention], others: re.Pattern[str]) -> Mention | None:
    """The endpoint of "80% of patients were alive (and disease-free) at 5 years", in a sentence that measures nothing else."""
    match = ALIVE.search(text)
    if (
        not match
        or any(mark.key != "OS" for mark in found)
        or match["free"]
        and found
        or any(
            not re.match(r"of\b|patients\b|improvement\b", other[0], re.IGNORECASE)
            for other in others.finditer(HAZARD_OF.sub(lambda held: " " * len(held[0]), text))
        )
    ):
        return None
    key = {"d": "DFS", "p": "PFS", "e": "EFS", "r": "RFS"}[match["free"][0].lower()] if match["free"] else "OS"
    return Mention("endpoint", match.start(), match.end(), key=key)


def inner_removed(text: str, found: list[Mention]) -> list[Mention]:
    """ "overall survival (OS)" is one mention, not two."""
    kept: list[Mention] = []
    for mention in sorted(found, key=lambda m: m.start):
        if kept and kept[-1].key == mention.key and re.fullmatch(r"\s*(?:rates?|times?)?\s*[\[(]\s*", text[kept[-1].end : mention.start]):
            kept[-1] = Mention("endpoint", kept[-1].start, mention.end, key=mention.key)
            continue
        kept.append(mention)
    return kept


def measures(
    text: str, words: list[Mention], others: re.Pattern[str], events_too: bool = True, arms: list[Mention] | None = None
) -> list[Mention]:
    """Endpoints, and with the key "none" whatever else the sentence's numbers may measure; words that name an arm measure nothing."""
    found = endpoints(text, words)
    marks = []
    for mention in found:
        if any(arm.start <= mention.start and mention.end <= arm.end for arm in arms or []):
            continue
        away = mention.key == "ORR" or (events_too and is_event(text, mention))
        marks.append(Mention("endpoint", mention.start, mention.end, key=NONE) if away else mention)
    for match in (*others.finditer(text), *UNKNOWN.finditer(text)):
        if match[0].lower() == "duration" and any(
            mention.key != NONE and text[match.end() : mention.start].strip() == "of" for mention in found
        ):
            continue  # "the median duration of survival"
        if match[0].lower() == "rate of" and any(
            0 <= mention.start - match.end() < 6 or 0 <= match.start() - mention.end < 2 or mention.start < match.start() < mention.end
            for mention in found
        ):
            continue
        if match[0].lower().startswith("difference") and (
            NO_DIFFERENCE.search(text[: match.start()]) or BETWEEN_TWO.match(text, match.end())
        ):
            continue
        if not any(match.start() < mention.end and mention.start < match.end() for mention in (*found, *(arms or []))):
            marks.append(Mention("endpoint", match.start(), match.end(), key=NONE))
    return sorted(marks, key=lambda m: m.start)


def prevailing(sentences: Iterable) -> str | None:
    """The endpoint that at least four of five of the sentences' mentions are of: the one that a paper means where it names none."""
    counts = Counter(m.key for s in sentences for m in endpoints(s.text, s.words) if m.key not in (NONE, "ORR", None))
    key, count = max(counts.items(), key=lambda pair: pair[1], default=(None, 0))
    return key if count >= 5 and count >= 0.8 * counts.total() else None
