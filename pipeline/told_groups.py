"""Groups that a sentence names beside its own figures and nobody has introduced: "9 months with A and 7 with B", "(9 vs 7) for A and B, respectively"."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise

from pipeline.arm_names import HEAD, trimmed
from pipeline.lists import VERSUS
from pipeline.namer import LEVELS, WHOLE
from pipeline.quantities import Mention

_UNIT = r"(?:\s*%|\s+per\s?cent\b|\s*(?:months?|years?|weeks?|days?)\b)?"
_FIGURE_END = rf"^{_UNIT}(?:\s*[\[(](?:[^()\[\]]|[\[(][^()\[\]]*[)\]])*[)\]]{_UNIT})?"
AFTER_VALUE = re.compile(
    _FIGURE_END + r"\s+(?:(?:with|for|in|under|on|after|among|following)\s+(?:the\s+|those\s+(?:with\s+|receiving\s+)?)?|(?=without\s))"
    r"(?P<name>[^,;:()\[\]]{1,70})"
)
#: "58% with SBRT and 44% without": the second is of those who did not have it.
WITHOUT_IT = re.compile(_FIGURE_END + r"\s+(?:(?:in|for|among)\s+(?:those|patients|women|men)\s+)?(without)\b(?:\s+it)?\s*(?=[.,;()]|$)")
WHOLE_FIRST = re.compile(_UNIT + r"\s*[;:,]\s*(?:it\s+was\s+)?")
BEHIND = re.compile(_UNIT + r"\s+(?:the\s+)?(?P<name>[^,;()\[\]\d]{1,50}?)\s*(?=[,;)]|\band\s+\d|\bv(?:s\b|ersus\b))")
#: The end of a name: the next figure, a comparison, a verb; "and" only before another figure or clause.
NAME_END = re.compile(
    r"\s+(?:vs\.?|versus|compared|than|but|while|whereas|or|was|were|had|is|are|which|respectively|to\s+(?=\d)|(?:as\s+)?against)\b|\s+and\s+(?=(?:\w+\s+){0,2}\d|(?:was|were|the|an?|in|with|for)\b)|\.\s|\.$"
)
PEOPLE_FIRST = re.compile(
    r"^(?:\d+\s+)?(?:patients|those|women|men|cases)\s+(?:with|having|in|who\s+(?:had|received|underwent|were)|receiving|treated\s+with|undergoing|(?:allocated|assigned|randomi[sz]ed)(?:\s+to)?)\s+(?:an?\s+|the\s+)?(?=\S)",
    re.IGNORECASE,
)
NOT_A_GROUP = re.compile(
    r"\b(?:years?|months?|days?|follow|analys\w+|respectively|all|both|whole|entire|our|this|these|univariate|multivariate|median|weeks?|time|study|log|p|surviv\w*|[a-z]?[A-Z]{0,3}FS|better|worse|longer|shorter|OS|TTP|ORR|rates?|CI|HR|"
    r"response|responses|toxicity|toxicities|progression|recurrence|relapse|(?:local|locoregional|tumou?r|disease)\s+control|endpoints?|two|three|each|ratio|interval|difference|term|significan\w+|statistical\w*|favou?r)\b(?!\s+(?:group|arm)s?\b)|^\d+(?:[.·]\d+)?%?$|%|\b(?:was|were)\s+\d|^(?:it|they|that|those|patients|groups?|arms?|others?)$",
)
LED_BY = re.compile(
    r"\b(?:with|in|for|among|under|after|of)\s+(?:the\s+|those\s+with\s+)?(?P<name>(?:(?!\b(?:with|in|for|among|under|after|of)\s)[^,;:()\[\]])+?)\s+(?:(?:it\s+)?(?:was|were|is)\s+|,\s*)?(?:only\s+)?$",
    re.IGNORECASE,
)
JOIN = re.compile(
    r"\s+(?P<word>and|or|vs?\.?|versus|than|as\s+against|over|(?:compared|relative)\s+(?:with|to)|(?:superior|inferior)\s+to)\s+(?:(?:that|those)\s+)?(?:(?:in|for|with|of|among|after|on)\s+)?(?:the\s+)?",
    re.IGNORECASE,
)
_OPENING = r"(?:for|in|with|among|of|after|between|under|on|by|from|favou?red|favou?ring)"
LEFT_EDGE = re.compile(rf"\b{_OPENING}\s+(?:both\s+)?(?:the\s+|an?\s+)?(?P<items>(?:(?!\b{_OPENING}\s)[^;:()\[\]])+)$", re.IGNORECASE)
RIGHT_EDGE = re.compile(
    rf"\s+(?:(?i:{HEAD}|patients|treatments?|regimens?|therap(?:y|ies))\b|was\b|were\b|is\b|are\b|had\b|did\b|in\b|for\b|at\b|by\b|on\b|respectively\b|median\b|showed\b|\d)|[,;:()\[\].](?:\s|$)|\s[\[(]|$"
)
IN_TURN = re.compile(rf"{_UNIT}\s*,?\s*(?:\([^()]*\)\s*,?\s*)?respectively\b")
#: What follows a list of groups whose figures are shared out in order.
SHARED_OUT = re.compile(rf"\s*(?:{HEAD}|patients|treatments?|regimens?)?\s*,?\s*[\[(]?respectively\b", re.IGNORECASE)
OWN_VERB = re.compile(rf"\s*(?:{HEAD}|patients)?\s*(?:was|were)\s+\d", re.IGNORECASE)
VERB_BEFORE_JOIN = re.compile(r"\s+(?:was|were|is|are|had)(?:\s+(?:not|significantly|clearly|statistically|similar|comparable))*$")


WITH_AND_WITHOUT = re.compile(
    r"\b(?P<one>with(?:out)?)\s+(?:and|or|versus|vs\.?)\s+(?P<other>with(?:out)?)\s+(?:an?\s+|the\s+)?(?P<name>(?:(?!(?:was|were|is|are|had|in|at|for)\b)[\w+-]+\s?){1,5})",
    re.IGNORECASE,
)


_VERB = r"(?:(?:significantly|also|markedly|clearly|further)\s+)*(?:improved|prolonged|increased|extended|reduced|decreased|lengthened|shortened|had|resulted\s+in|led\s+to|showed|provided|conferred|was\s+associated\s+with)\b"
COMPARED_FIRST = re.compile(
    rf"^(?:when\s+|as\s+)?(?:compared|in\s+comparison)\s+(?:with|to)\s+(?:the\s+)?(?P<other>[^,;.()\d]{{2,60}}),\s+(?:the\s+)?(?P<one>[^,;.()]{{2,60}}?)\s+{_VERB}",
    re.IGNORECASE,
)
IMPROVED = re.compile(rf"^(?:[A-Z]\w+ly,\s+)?(?:the\s+)?(?P<one>[^,;.()]{{2,60}}?)\s+{_VERB}", re.IGNORECASE)
COMPARED_LAST = re.compile(
    r"[\])]\s*,?\s*(?:as\s+)?(?:compared|in\s+comparison|relative)\s+(?:with|to)\s+(?:the\s+)?(?P<other>[^,;.()\d]{2,60}?)\s*(?=[,;.(]|$)",
    re.IGNORECASE,
)


SUBJECT_OF = re.compile(
    r"^(?P<name>[^,;:()]{2,80}?)\s+(?:had|has|have|showed|experienced|achieved|was\s+associated\s+with|were\s+associated\s+with)\s",
    re.IGNORECASE,
)
BEFORE_BRACKET = re.compile(
    r"(?:\b(?:followed\s+by|and|or|versus|vs\.?|than|(?:compared|relative)\s+(?:with|to)|then)\s+|,\s*(?!\s*(?:followed|and|compared|relative|then)\b))(?:(?:that|those)\s+)?(?:(?:in|for|with|of|by)\s+)?(?:the\s+)?(?P<name>[^,;:()\[\]]{2,60}?)\s*$",
    re.IGNORECASE,
)


#: "a marker of 1% or more" is a level.
OR_MORE = re.compile(r"\s+(?:of\s+|[<>≥≤]\s*)\d+(?:[.·]\d+)?\s*%(?:\s+or\s+(?:more|less|higher|greater|lower))?$")


def usable(name: str) -> bool:
    """Whether words beside a figure can name a group of patients."""
    plain = OR_MORE.sub("", name)
    return bool(name) and any(c.isalpha() for c in name) and len(plain.split()) <= 7 and not NOT_A_GROUP.search(plain)


GIVEN = re.compile(
    r"^(?:(?:group|arm|patients|those)\s+(?:that|who)\s+(?=received|underwent|were))?(?:(?:who\s+were\s+)?(?:assigned|allocated|randomi[sz]ed)(?:\s+to)?(?:\s+receive)?|(?:who\s+)?(?:received|underwent)|receiving|treated\s+with|given)\s+(?=\S)",
    re.IGNORECASE,
)


def bare(name: str) -> str:
    """A group's name up to its head and without article: "the RT group" as "RT"; "group A" stays."""
    name = GIVEN.sub("", trimmed(name))
    return trimmed(re.sub(rf"(?<=\S)\s+(?i:{HEAD})\b(?!\s+(?:[A-H\dI]+|with|without|who|receiving|and|treated)\b).*$", "", name))


def name_after(text: str, value: Mention) -> tuple[int, str] | None:
    """Start and words of the group named right behind a value."""
    match = AFTER_VALUE.match(text[value.end :])
    if not match:
        return None
    if WHOLE.match(match["name"]):
        return value.end + match.start("name"), "all"
    name = bare(PEOPLE_FIRST.sub("", trimmed(NAME_END.split(match["name"])[0])))
    return (value.end + match.start("name"), name) if usable(name) else None


def mark(place: tuple[int, str]) -> Mention:
    """A group's mention from its start and words."""
    return Mention("arm", place[0], place[0] + len(place[1]), key=place[1])


def followed(text: str, values: list[Mention]) -> list[Mention]:
    """The words after each value where all have them: "6.2 months with docetaxel compared with 4.1 months with paclitaxel"."""
    found: list[Mention] = []
    for value in values:
        bare = WITHOUT_IT.match(text[value.end :]) if found else None
        name = (value.end + bare.start(1), f"without {found[0].key}") if bare else name_after(text, value)
        if not name:
            return []
        found.append(mark(name))
    return found if len({each.key for each in found}) > 1 else []


def whole_first(text: str, values: list[Mention]) -> list[Mention]:
    """Everybody's figure before those of the parts: "81%; 69% for X and 93% for Y"."""
    if len(values) < 3 or not WHOLE_FIRST.fullmatch(text, values[0].end, values[1].start):
        return []
    parts = followed(text, values[1:])
    return [Mention("arm", values[0].end + 1, values[0].end + 2, key="all"), *parts] if parts else []


def right_behind(text: str, values: list[Mention]) -> list[Mention]:
    """The words right behind each value in one bracket: "(13 months X, 11 months Y)"."""
    opened = text.rfind("(", 0, values[0].start)
    if opened < 0 or ")" in text[opened : values[-1].start] or text[opened + 1 : values[0].start].strip():
        return []
    found = [BEHIND.match(text, value.end) for value in values]
    names = [(match.start("name"), bare(match["name"])) for match in found if match]
    return [mark(name) for name in names] if len({n for _, n in names}) == len(values) and all(usable(n) for _, n in names) else []


def led(text: str, values: list[Mention]) -> list[Mention]:
    """The words before each value where all have them: "of patients with X was 19 months, with Y 16 months and with Z 14 months"."""
    found = []
    for previous, value in zip([None, *values], values, strict=False):
        start = previous.end if previous else 0
        match = LED_BY.search(text[start : value.start])
        name = trimmed(match["name"]) if match else ""
        if not usable(name) or len(name.split()) > 6:
            return []
        found.append(Mention("arm", start + match.start("name"), start + match.end("name"), key=name))
    return found if len(found) > 1 else []


def led_then_followed(text: str, values: list[Mention]) -> list[Mention]:
    """ "Survival after X was 39 months compared with 35 months after Y": the first has its words before it, the others behind."""
    if not VERSUS.search(text[values[0].end : values[1].start]) and len(values) < 3:
        return []
    match = LED_BY.search(text[: values[0].start])
    name = PEOPLE_FIRST.sub("", trimmed(match["name"])) if match else ""
    rest = [name_after(text, value) for value in values[1:]]
    if not usable(name) or None in rest or name_after(text, values[0]):
        return []
    return [Mention("arm", match.start("name"), match.end("name"), key=name), *(mark(each) for each in rest if each)]


def coordinated(text: str, values: list[Mention]) -> list[Mention]:
    """The groups of "for A, B and C, respectively" or "longer with A than with B", the nearest such list behind or before the values."""
    lists = [found for join in JOIN.finditer(text) if (found := joined_at(text, join))]
    fitting = [
        names for names in lists if len(values) % len(names) == 0 and not any(names[0].start < v.start < names[-1].end for v in values)
    ]
    behind = [names for names in fitting if names[0].start > values[-1].end]
    before = [names for names in fitting if names[-1].end < values[0].start]
    longest = {names[-1].end: names for names in sorted(behind or before, key=len)}
    found = list(longest.values())
    return (min(found, key=lambda n: n[0].start) if behind else max(found, key=lambda n: n[0].start)) if found else []


def joined_at(text: str, join: re.Match[str]) -> list[Mention]:
    """The groups that one "and", "versus" or "than" joins; empty where the words name none or the sentence does not share figures out."""
    left = LEFT_EDGE.search(VERB_BEFORE_JOIN.sub("", text[: join.start()]))
    edge = RIGHT_EDGE.search(text, join.end())
    if not left or not edge:
        return []
    plain = join["word"].lower() in {"and", "or"}
    after = text[edge.start() :]
    if plain and not SHARED_OUT.match(after) and not (OWN_VERB.match(after) and "respectively" in after):
        return []
    items = re.finditer(r"[^,]+", left["items"]) if plain else re.finditer(r".+", left["items"])
    parts = [(left.start("items") + item.start() + len(item[0]) - len(item[0].lstrip()), item[0].strip()) for item in items]
    parts.append((join.end(), text[join.end() : edge.start()].strip()))
    names = [bare(re.sub(r"\s+patients$", "", PEOPLE_FIRST.sub("", name))) for _, name in parts]
    if not plain:
        names = with_noun(names)
    if not 1 < len(names) == len(set(names)) or not all(usable(name) and "," not in name for name in names):
        return []
    return [mark((start, name)) for (start, _), name in zip(parts, names, strict=True)]


def with_noun(names: list[str]) -> list[str]:
    """ "positive versus negative nodes" shares its noun: both names with it."""
    if len(names) == 2 and names[0].lower() in LEVELS and " " in names[1]:
        return [f"{names[0]} {names[1].split()[-1]}", names[1]]
    return names


def with_and_without(text: str, values: list[Mention]) -> list[Mention]:
    """The two groups of "in patients with and without a mutation", where there are two figures for each measure."""
    match = WITH_AND_WITHOUT.search(text) if len(values) % 2 == 0 else None
    name = trimmed(match["name"]) if match else ""
    if not match or not usable(name):
        return []
    both = [
        Mention("arm", match.start("one"), match.end("one"), key=name),
        Mention("arm", match.start("other"), match.end(), key=f"without {name}"),
    ]
    return both if match["one"].lower() == "with" else [replace(both[0], key=both[1].key), replace(both[1], key=name)]


def set_against(text: str, value: Mention) -> tuple[str, str] | None:
    """The two groups that the words before a figure set against each other: "for surgery compared with radiotherapy was"."""
    for join in reversed(list(JOIN.finditer(text, 0, value.start))):
        names = joined_at(text, join) if join["word"].lower() not in {"and", "or"} else []
        if names and names[-1].end <= value.start:
            return str(names[0].key), str(names[1].key)
    return None


def against_subject(text: str, values: list[Mention]) -> list[Mention]:
    """The groups of "Compared with A, B improved survival (14 vs 11)" and "B improved survival (14 vs 11) compared with A"."""
    if len(values) % 2 or not all(VERSUS.search(text[a.end : b.start]) for a, b in zip(values[::2], values[1::2], strict=True)):
        return []
    match = COMPARED_FIRST.match(text[: values[0].start])
    if not match:
        last = COMPARED_LAST.search(text, values[-1].end)
        match = IMPROVED.match(text[: values[0].start]) if last else None
        other = (last.start("other"), last["other"]) if last else (0, "")
    else:
        other = (match.start("other"), match["other"])
    if not match:
        return []
    one = (match.start("one"), bare(match["one"]))
    other = (other[0], bare(other[1]))
    return [mark(one), mark(other)] if usable(one[1]) and usable(other[1]) else []


def told_groups(text: str, values: list[Mention]) -> list[Mention]:
    """The groups that a sentence of two or more figures names on the spot; empty where it does not."""
    if len(values) < 2:
        return []
    pairs = followed_in_part(text, values)
    return (
        with_then_without(text, values)
        or followed(text, values)
        or right_behind(text, values)
        or whole_first(text, values)
        or led_then_followed(text, values)
        or led(text, values)
        or pairs
        or behind_blocks(text, values)
        or with_and_without(text, values)
        or coordinated(text, values)
        or against_subject(text, values)
        or enclosed(text, values)
    )


def enclosed(text: str, values: list[Mention]) -> list[Mention]:
    """The names before figures that each stand alone in brackets: "A had the best survival (62%), followed by B (30%) and C (20%)"."""
    opened = [text.rfind("(", 0, value.start) for value in values]
    if len(set(opened)) < len(values) or any(at < 0 or ")" in text[at : value.start] for at, value in zip(opened, values, strict=True)):
        return []
    subject = SUBJECT_OF.match(text[: opened[0]])
    matches = [subject, *(BEFORE_BRACKET.search(text[:at]) for at in opened[1:])]
    if None in matches:
        return []
    names = [(match.start("name"), bare(PEOPLE_FIRST.sub("", match["name"]))) for match in matches if match]
    return [mark(name) for name in names] if len({name for _, name in names}) == len(values) and all(usable(n) for _, n in names) else []


#: "41% with and 30% without X"
WITH_THEN_WITHOUT = re.compile(
    rf"{_UNIT}\s+(?P<word>with(?:out)?)\s+(?:and|versus|vs\.?|compared\s+(?:with|to)|but(?:\s+only)?)\s+$", re.IGNORECASE
)
OPPOSITE = re.compile(
    _FIGURE_END + r"\s+(?P<word>with(?:out)?)\s+(?:the\s+|an?\s+)?(?P<name>[^,;:.()\[\]]{2,50}?)\s*(?=[,;:.()\[]|$)", re.IGNORECASE
)


def with_then_without(text: str, values: list[Mention]) -> list[Mention]:
    """The two groups of "41% with and 30% without X", whose name only the second figure has."""
    first = WITH_THEN_WITHOUT.fullmatch(text[values[0].end : values[1].start]) if len(values) == 2 else None
    other = OPPOSITE.match(text[values[1].end :]) if first else None
    name = bare(other["name"]) if other else ""
    if not first or not other or first["word"].lower() == other["word"].lower() or not usable(name):
        return []
    keys = [name if word.lower() == "with" else f"without {name}" for word in (first["word"], other["word"])]
    return [replace(mark((value.end, name)), key=key) for value, key in zip(values, keys, strict=True)]


def followed_in_part(text: str, values: list[Mention]) -> list[Mention]:
    """The names behind the first two of four or more values: "8 months for A versus 6 for B, with an OS of 14 versus 12"."""
    first = followed(text, values[:2]) if len(values) > 3 and len(values) % 2 == 0 else []
    closed = len(values) == 4 and (
        IN_TURN.match(text, values[-1].end) or re.search(r"\bcorresponding\b", text[values[1].end : values[2].start])
    )
    return first if first and (closed or all(VERSUS.search(text[a.end : b.start]) for a, b in list(pairwise(values))[::2])) else []


def behind_blocks(text: str, values: list[Mention]) -> list[Mention]:
    """The names behind the last of each block of values: "97%, 93% and 91% after A and 96%, 90% and 86% after B"."""
    found = [(place, name) for place, value in enumerate(values) if (name := name_after(text, value))]
    size = len(values) // len(found) if found else 0
    if len(found) < 2 or size < 2 or [place for place, _ in found] != [*range(size - 1, len(values), size)]:
        return []
    return [mark(name) for _, name in found] if len({name for _, (_, name) in found}) == len(found) else []
