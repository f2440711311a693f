"""The part of the patients that a clause speaks of: "In patients with low haemoglobin, median OS was 9 months in A and 7 in B"."""

from __future__ import annotations

import re
from functools import lru_cache

from pipeline.arm_names import HEAD, trimmed, words_of
from pipeline.namer import WHOLE
from pipeline.quantities import Mention

_PEOPLE = r"(?:patients|those|women|men|cases|participants|subjects|individuals|tumou?rs|children|adults)"
_OPEN = (
    r"(?:^|[;:.]\s+|\b(?:while|whereas|and|but|that)\s+)(?:(?:however|similarly|moreover|furthermore|also|additionally|conversely|finally|again|(?:in|by)\s+contrast"
    r"|in\s+addition|on\s+the\s+other\s+hand)\s*,?\s+)?"
)
#: Where the words of a condition end: at a comma, or where the sentence's subject begins.
_CLOSE = (
    r"\s*(?:[\[(][^()\[\]]{1,40}[)\]]\s*)?(?:,\s+(?!(?:and|or)\b)|\s+(?=(?:it|they)\s+(?:was|were)\b"
    r"|the\s+(?:(?:median|mean|\d+-year)\s+)?(?:OS|[A-Z]{1,4}FS|overall|progression|disease|surviv\w+)\b))"
)
#: "Among the 80 patients with X,", "in those aged < 65 years,", "For patients older than 65 years,"
OF_PEOPLE = re.compile(
    rf"{_OPEN}(?P<phrase>(?:in|among|for|within)\s+(?:the\s+)?(?:\d+\s+)?(?:(?:sub)?(?:group|set|population)s?\s+of\s+)?(?:the\s+)?(?:\d+\s+)?(?P<kind>(?:[\w+≥≤<>/-]+\s+){{0,2}}?){_PEOPLE}"
    rf"(?P<trait>\s+(?:with(?:out)?|who|whose|aged|older|younger|having|harbou?ring|carrying|receiving|treated|undergoing|not|over|under|in)\b[^,;:.()]{{2,90}}?)?)"
    rf"{_CLOSE}",
    re.IGNORECASE,
)
#: "In the low-risk group,", "within the RT cohort,"
OF_GROUP = re.compile(
    rf"{_OPEN}(?P<phrase>(?:in|among|for|within)\s+the\s+(?P<trait>[\w+≥≤<>/–-]+(?:\s+[\w+≥≤<>/–-]+){{0,4}})\s+(?:{HEAD}|population|disease|patients)){_CLOSE}",
    re.IGNORECASE,
)
NO_PART = re.compile(
    r"\b(?:study|studies|trial|whole|entire|total|overall|all|both|present|current|intent\w*|ITT|per-?protocol|surviving|survivors|alive|follow|analys\w+|randomi[sz]ed|eligible|evaluable|included|enrolled|other|remaining|same|first|second|two|three|latter|former)\b",
    re.IGNORECASE,
)
PEOPLE_WORD = re.compile(_PEOPLE, re.IGNORECASE)
LEAD_IN = re.compile(
    r"^(?:with(?:out)?|who|whose|having|had|harbou?ring|carrying|receiving|treated\s+with|undergoing|underwent|received|were|was|in)\s+(?=\S)",
    re.IGNORECASE,
)


#: "In the X group, OS was 10 versus 7 months in the Y group": what opens the sentence is one of two that it compares.
OPPOSED = re.compile(
    rf"^[^;.]*?(?:\.\d[^;.]*?)*\b(?:versus|vs\.?|than|compared\s+(?:with|to)|against)\s[^;]*?\b(?:in|for|with|among|of)\s+(?:the\s+)?(?:(?!vs\b|versus\b|and\b|or\b)[\w+/-]+\s+){{0,4}}?(?:{HEAD}|{_PEOPLE})\b",
    re.IGNORECASE,
)
NAMED_BEFORE = re.compile(rf"\b(?:{HEAD}|{_PEOPLE})\b|\b(?:with|for|after|on|under)\s+[a-zA-Z]", re.IGNORECASE)


def opposed(rest: str) -> bool:
    """Whether the words behind a condition set it against another group, and name none before that."""
    match = OPPOSED.match(rest)
    against = re.search(r"\b(?:versus|vs|than|compared|against)\b", rest, re.IGNORECASE) if match else None
    return bool(against) and not NAMED_BEFORE.search(rest[: against.start()])


class Condition:
    """A part of the patients: where its words stand, its name, and from where to where it holds."""

    def __init__(self, start: int, end: int, until: int, name: str) -> None:
        self.start, self.end, self.until, self.name = start, end, until, name

    def named_in(self, arm: str) -> bool:
        """Whether an arm's name already says it."""
        return words_of(self.name) <= words_of(arm) or words_of(arm) <= words_of(self.name)


@lru_cache(maxsize=256)
def conditions(text: str) -> list[Condition]:
    """The conditions of a sentence, each holding up to the next one or to the sentence's end."""
    found = []
    for match in sorted((*OF_PEOPLE.finditer(text), *OF_GROUP.finditer(text)), key=lambda m: m.start("phrase")):
        words = match.groupdict()
        name = name_of(words.get("kind") or "", words["trait"] or "")
        if (
            not name
            or NO_PART.search(match["phrase"])
            or WHOLE.search(match["phrase"])
            or (found and match.start() < found[-1].end)
            or opposed(text[match.end() :])
        ):
            continue
        found.append(Condition(match.start("phrase"), match.end("phrase"), len(text), name))
    for one, other in zip(found, found[1:], strict=False):
        one.until = other.start
    return found


def trailing(text: str, arms: list[Mention], values: list[Mention]) -> Mention | None:
    """The one group "in patients with X" beside two other arms that two values belong to: a part of both, and no arm."""
    within_them = [
        mark for mark in arms if re.search(r"\b(?:in|among|for)\s+(?:the\s+)?$", text[: mark.start]) and PEOPLE_WORD.match(text, mark.start)
    ]
    others = {mark.key for mark in arms} - {mark.key for mark in within_them} - {"all"}
    return within_them[0] if len(within_them) == 1 and len(others) == len(values) == 2 else None


def parts(text: str) -> list[Mention]:
    """The words of a sentence's conditions, as mentions of groups."""
    return [Mention("arm", part.start, part.end, key=part.name) for part in conditions(text)]


def name_of(kind: str, trait: str) -> str:
    """The name of a part: its adjective or what it has; without "patients" and "with"."""
    trait = trait.strip()
    negative = "without " if re.match(r"without\b", trait, re.IGNORECASE) else ""
    trait = LEAD_IN.sub("", LEAD_IN.sub("", trait))
    name = trimmed(f"{kind.strip()} {negative}{trait}".strip())
    return name if 0 < len(name.split()) <= 9 and any(char.isalpha() for char in name) else ""


def outside(text: str, arms: list[Mention]) -> list[Mention]:
    """The arms named outside of conditions where there are any; else all."""
    held = conditions(text)
    if not held:
        return arms
    kept = [mark for mark in arms if not any(part.start <= mark.start < part.end for part in held)]
    return kept if {mark.key for mark in kept} - {"all"} else arms


def within(text: str, arm: str | None, value: Mention) -> str | None:
    """An arm's name with the part of the patients that the value is of: "RT, low haemoglobin"; the part alone where no arm is named."""
    held = [part for part in conditions(text) if part.end <= value.start < part.until]
    if not held:
        return arm
    name = held[-1].name
    if not arm:
        return name
    return arm if held[-1].named_in(arm) else f"{arm}, {name}"
