"""How many received what: counts of patients in parallel clauses, in brackets, and "so many in each group"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.arm_names import HEAD, STOP, lettered, trimmed
from pipeline.arm_nouns import usable, without_head
from pipeline.context import Sentence
from pipeline.mentions import STARTS
from pipeline.numbers import ANY, PEOPLE, number

Introduced = Iterator[tuple[Sentence, str, int | None, int, tuple[str, ...]]]

_SHARE = r"(?:\(\s*[\d.·]+\s*%\s*\)\s+)?"
_WHO = rf"(?:(?:(?:matched|other|remaining)\s+)?(?:{PEOPLE}|dogs|animals)\s+)?"
_ASIDE = r"(?:\((?![^()]*\bn\s*=)[^()]{1,40}\)\s+)?"
_COUNT = rf"(?<![\w.,/-])({ANY})\s+{_ASIDE}(?:of\s+(?:which|whom|them|these|the(?=\s+\w+\s+(?:were|had|received|underwent))|(?:the\s+)?{ANY}(?=\s+{PEOPLE}))\s+)?{_WHO}{_SHARE}"
#: "60 patients received", "45 were randomised to receive", "275 patients allocated", "58 patients had": what follows is the group's name.
TREATED = re.compile(
    rf"{_COUNT}(?:who\s+)?(?:had\s+)?(?:received|receiving|underwent|undergoing|taking|serv(?:ed|ing)\s+as|act(?:ed|ing)\s+as|did(?=\s+not\s*(?:[,.;]|$))|had"
    r"|(?:were\s+)?(?:treated|managed)\s+(?:with|by)|(?:were\s+)?(?:(?:randomly|then|further|subsequently)\s+){0,2}(?:assigned|allocated)(?:\s+to(?:\s+(?:receive|undergo))?)?"
    r"|(?:were\s+)?randomi[sz]ed\s+to(?:\s+(?:receive|undergo))?|(?:were\s+)?given)\s+(?:the\s+)?(?=[\w(])",
    re.IGNORECASE,
)
#: The later counts of such a list, whose verb may be left out: "and 40 received", "and 44 to receive", "and 33".
ELIDED = re.compile(
    rf"(?:\band|,|;|\bwhile|\bwhereas)\s+(?:the\s+(?:other|remaining)\s+)?({ANY})\s+{_SHARE}(?:(?:{PEOPLE})\s+)?(?:(?P<verb>to(?:\s+receive)?|received|receiving|with|underwent|had|serv(?:ed|ing)\s+as|act(?:ed|ing)\s+as)\s+)?(?:the\s+)?(?=[A-Za-z\d])",
    re.IGNORECASE,
)
#: "74 men treated with A were matched to 74 men treated with B"
MATCHED = re.compile(
    rf"\b({ANY})\s+(?:(?:matched|other)\s+)?{PEOPLE}\s+(?:who\s+(?:had\s+)?(?:received|underwent)|(?:who\s+were\s+)?treated\s+with|receiving|undergoing|given)\s+(?:the\s+)?",
    re.IGNORECASE,
)
#: "randomised, 61 to docetaxel and 59 to best supportive care"
TO_EACH = re.compile(rf"\b({ANY})\s+{_SHARE}(?:{PEOPLE}\s+)?to\s+(?:receive\s+)?(?:the\s+)?(?=[A-Za-z\d])", re.IGNORECASE)
#: A year of a period: "from May 2001 to June 2004".
YEAR = re.compile(r"(?:19|20)\d\d")
#: "in part 1, 12 patients received ...; in part 2, 30 patients received ..."
IN_PART = re.compile(
    rf"\bin\s+((?:part|cohort|group|arm|stratum|step|phase|stage)\s+(?:\d|[A-H]|I{{1,3}})),?\s+({ANY})\s+(?:[\w-]+\s+){{0,2}}?(?:{PEOPLE})\b(?!\s+(?:had|died|with))",
    re.IGNORECASE,
)
CHOSEN = re.compile(r"\b(?:assigned|allocated|randomi[sz]ed)\b", re.IGNORECASE)
END = re.compile(
    r"[,;:()]|\.\s|\.$|\b(?:while|whereas|and\s*$|and\s+(?:were|was|had)\b|were\s+(?:\w+\s+)?matched|at a|during|as|before|after|for|in|every|once|twice|was|were|is|are|had|showed|on|until|according|respectively|compared|versus|vs)\b"
)
#: What stands before a group's size where the patients are counted out of it: "14 (3%) of".
PART_OF = re.compile(r"[\d\])]\s*(?:of|/)\s*(?:the\s+)?$")
#: What the alternatives of a choice stand behind.
CHOICE = re.compile(
    r"\b(?:randomi[sz]ed|assigned|allocated)\b[^.;()\d]{0,40}?\bto\s+(?:receive\s+)?(?:either\s+)?|\b(?:treated|managed)\s+(?:with|by)\s+(?:either\s+)?|\b(?:received|underwent)\s+(?:either\s+)?",
    re.IGNORECASE,
)
PLAN = re.compile(rf"^(?:{ANY}\s+)?(?:further|additional|more|)\s*(?:cycles?|courses?)\s+of\s+", re.IGNORECASE)
LATER_PLAN = re.compile(rf"\s(?:{ANY}\s+)(?:cycles?|courses?)\s+of\s+", re.IGNORECASE)
NO_GROUP = re.compile(
    r"\b(?:cycles?|courses|doses?|fractions?|patients|months?|weeks?|stratification|randomi[sz]ation|follow-up)\b|^(?:a|an|not|one|to|of)\b",
    re.IGNORECASE,
)
#: Words of patients and tumours that parts in brackets are often told by; they are no groups of treatment.
TRAIT = re.compile(
    r"\b(?:(?:fe)?males?|(?:wo)?men|boys?|girls?|stages?|grades?|years?|yrs?|right|left|median|mean|range|age|p|died|deaths?|CR|PR|SD|PD|events?|months?|weeks?|sites?|cent(?:er|re)s|lesions?|countries|nodes?|[TNM]\d)\b|%",
    re.IGNORECASE,
)
OF_PEOPLE = re.compile(rf"\b(?:{PEOPLE}|dogs|animals|randomi[sz]\w+|randomly|allocated|assigned|enrolled)\b", re.IGNORECASE)
LED_BY = re.compile(
    rf"^(?:(?:{PEOPLE})\s+)?(?:who\s+(?:had\s+|were\s+)?)?(?:(?:received|receiving|underwent|undergoing|given|had|with|in|to|on|for|(?:treated|managed)\s+with|(?:assigned|allocated|randomi[sz]ed)(?:\s+to)?)\s+)?(?:the\s+|an?\s+)?",
    re.IGNORECASE,
)
ITEM = re.compile(
    rf"^\s*(?:(?P<name>[^\d()]*?[A-Za-z][\w/+-]*)[\s,:=]+(?P<n>{ANY})|(?P<first>{ANY})\s+(?P<after>[A-Za-z](?:(?!\s\d+\s)[^()])*))\s*$"
)
#: What may list groups with their sizes: what stands in brackets, or behind ":" up to the sentence's end.
PARTS = re.compile(r"\(([^()]*\d[^()]*)\)|:\s+([^:()]*\d[^:()]*?)\.?$")
PARTED = re.compile(r"\b(?:randomi[sz]|assigned|allocated|divided|split|groups?\b|arms?\b|treated|received)", re.IGNORECASE)  # before ":"
COUNTED_PEOPLE = re.compile(rf"(?<=\d)\s+(?:{PEOPLE})\b", re.IGNORECASE)
N_EQUALS = re.compile(r"\bn\s*=\s*", re.IGNORECASE)
N_ONLY = re.compile(r"(?:^|;\s*)n\s*=\s*\d+\s*(?:$|;)", re.IGNORECASE)  # a size without a name
SHARES = re.compile(r"\s*[,;]?\s*\[?\d+(?:[.·]\d+)?\s*%\]?")
#: "120 X patients and 45 Y patients were included"; "there were 200 low-risk, 300 mid-risk and 100 high-risk patients"
_NAME = rf"(?!{PEOPLE}\b|consecutive|eligible|of\b|more\b)[A-Za-z][\w/+-]*(?:\s[\w/+-]+){{0,2}}"
_KIND = rf"({ANY})\s+({_NAME})\s+{PEOPLE}"
KINDS = re.compile(rf"(?<![\w.,/-]){_KIND}\s+and\s+{_KIND}\s+(?:were|participated)\b", re.IGNORECASE)
_PART = rf"{ANY}\s+(?!{PEOPLE}\b)[A-Za-z][\w/+-]*(?:\s[A-Za-z][\w/+-]*)?"
LISTED = re.compile(
    rf"\b(?:there\s+were|included|including|comprised|comprising|of|into)\s+(?P<items>{_PART}(?:,\s+{_PART})*,?\s+and\s+{_PART})\s+{PEOPLE}\b",
    re.IGNORECASE,
)
#: "20 patients in each arm", "(n = 53 in each group)", "66 per arm"
EACH = re.compile(
    rf"(?<![\w.,/-])({ANY})\s+(?:(?:{PEOPLE}|dogs|animals)\s+)?(?:were\s+)?(?:\w+\s+)?(?:(?:in|to|for|per)\s+(?:each|both)\s+(?:\w+\s+)?{HEAD}|(?:per|each)\s+{HEAD})\b"
    rf"|\b(?:two|three|four)\s+(?:equal\s+)?{HEAD}\s+of\s+({ANY})\b(?!\s*(?:weeks?|days?|drugs|studies))"
    rf"|\beach\s+(?:{HEAD})\s+(?:comprised|consisted\s+of|included|contained|had)\s+({ANY})\s+{PEOPLE}"
    rf"|\(\s*(?:n\s*=\s*)?({ANY})\s+(?:{PEOPLE}\s+)?(?:in\s+)?each\s*\)|\bequal(?:ly\s+sized)?\s+{HEAD}\s*\(\s*n\s*=\s*({ANY})\s*\)",
    re.IGNORECASE,
)
#: "divided into two equal groups"
EQUAL = re.compile(rf"\b(two|three|four)\s+equal(?:ly\s+sized)?\s+(?:\w+\s+)?{HEAD}\b(?!\s+of)", re.IGNORECASE)


def treated(sentence: Sentence) -> Introduced:
    """ "60 patients received radiotherapy alone and 40 received chemoradiotherapy"."""
    text = sentence.text
    matches = clauses_of(sentence)
    given = ""
    for place, match in enumerate(matches):
        until = matches[place + 1].start() if place + 1 < len(matches) else len(text)
        name = named(text[match.end() : until])
        if name == "not":
            name = f"no {given}" if given else ""
        given = name
        if usable(name) and len(name.split()) <= 7 and not NO_GROUP.search(name):
            yield sentence, without_head(name), number(match[1]), match.start(), ()


def in_each_part(sentence: Sentence) -> Introduced:
    """The parts of a study with their patients, two at least."""
    told = list(IN_PART.finditer(sentence.text))
    if len(told) > 1 and len({match[1].lower() for match in told}) == len(told):
        for match in told:
            yield sentence, match[1], number(match[2]), match.start(), ()


def clauses_of(sentence: Sentence) -> list[re.Match[str]]:
    """The counts of a sentence that say how many received what, two at least; none of them the others' total."""
    text = sentence.text
    if not STARTS.search(text):
        return []
    matches = [match for match in TREATED.finditer(text) if names_group(sentence, match)]
    if len(matches) < 2 and re.search(r"\bmatched\b|\b(?:compris|consist|includ)", text) and not any(lettered(text)):
        told = list(MATCHED.finditer(text))
        matches = told if len(told) > 1 else matches
    if not matches and CHOSEN.search(text):
        matches = [match for match in TO_EACH.finditer(text) if not YEAR.fullmatch(match[1])]
    later = [m for m in ELIDED.finditer(text, matches[-1].end()) if m["verb"]] if len(matches) > 1 else []
    matches = without_total([*matches, *later]) if len(without_total([*matches, *later])) == len(matches) else without_total(matches)
    if len(matches) == 1:
        later = [m for m in ELIDED.finditer(text, matches[0].end()) if m["verb"] or in_parallel(sentence, matches[0], m)]
        matches = without_total([*matches, *later])
    return matches if len(matches) > 1 else []


def names_group(sentence: Sentence, match: re.Match[str]) -> bool:
    """Whether a count's verb tells a group: "had" only before a treatment; "patients treated with" not where groups have letters."""
    if PART_OF.search(sentence.text[: match.start()]):
        return False
    if re.search(r"\bhad\s+(?:the\s+)?$", match[0]):
        return is_treatment(sentence, match.end())
    finite = re.search(r"\b(?:were|who|received|underwent|had|did)\b", match[0])
    return bool(finite) or not any(lettered(sentence.text))


def allocated(sentence: Sentence, besides: re.Pattern[str]) -> Introduced:
    """Of a sentence that counts other things too, the groups to which patients were assigned, where nothing else stands between them."""
    matches = clauses_of(sentence)
    if (
        matches
        and all(CHOSEN.search(match[0]) for match in matches)
        and not besides.search(sentence.text, matches[0].start(), matches[-1].end())
    ):
        yield from treated(sentence)


def without_total(matches: list[re.Match[str]]) -> list[re.Match[str]]:
    """The counts without a first one that is the sum of the rest."""
    sizes = [number(match[1]) for match in matches]
    return matches[1:] if len(sizes) > 2 and sizes[0] == sum(sizes[1:]) else matches


def named(words: str) -> str:
    """The name at the head of these words: what was received, without its number of cycles."""
    name = trimmed(END.split(LATER_PLAN.sub(" ", PLAN.sub("", words)))[0])
    name = re.sub(r"(?<=regimens|.regimen|.therapy)\s+of\s.*$", "", name)
    return name if len(name.split()) <= 7 else re.split(r"\s(?:with|at)\s", name)[0]


def is_treatment(sentence: Sentence, start: int) -> bool:
    """Whether a treatment is named within the few words after `start`."""
    end = start + len(END.split(sentence.text[start : start + 60])[0])
    return any(start <= m.start and m.end <= end + 1 for m in sentence.kinds("agent", "regimen", "therapy", "technique"))


def in_parallel(sentence: Sentence, first: re.Match[str], later: re.Match[str]) -> bool:
    """Whether a count without a verb stands beside a group as the first does: its name is a treatment, a short form, or like the first's."""
    one, other = named(sentence.text[first.end() : later.start()]), named(sentence.text[later.end() :])
    words = other.split()
    if not words or len(words) > 5 or words[0].lower() in STOP - {"no"} or NO_GROUP.search(other):
        return False
    short = re.fullmatch(r"[A-Z][\w+/-]*[A-Z\d][\w+/-]*", other)
    alike = len(words) == len(one.split()) > 1 and words[-1] == one.split()[-1]
    return bool(short or alike or is_treatment(sentence, later.end()))


def in_parts(sentence: Sentence) -> Introduced:
    """Groups whose sizes add up to a number before them: "400 were randomised (drug X 199, observation 201)", ": drug X, n = 199; ..."."""
    text = sentence.text
    sites = {text[m.start : m.end].lower() for m in sentence.kinds("site")}
    for match in PARTS.finditer(text):
        held = next(filter(None, match.groups()))
        plain = COUNTED_PEOPLE.sub("", N_EQUALS.sub(" ", SHARES.sub("", held)))
        split = r";\s*(?:and\s+)?" if ";" in plain else r",\s*(?:and\s+)?|\s+and\s+|\s+vs\.?\s+|\s+versus\s+"
        items = [ITEM.match(part) for part in re.split(split, plain)]
        if not 2 <= len(items) <= 4 or None in items or TRAIT.search(plain) or N_ONLY.search(held):
            continue
        if not match[1] and not PARTED.search(text[: match.start()]):
            continue
        told = [(trimmed(LED_BY.sub("", item["name"] or item["after"])), number(item["n"] or item["first"])) for item in items if item]
        sizes = [int(size) for _, size in told]
        if (
            not OF_PEOPLE.search(text[: match.start()])
            or not adds_up(text[: match.start()], sizes)
            or not all(usable(name) and size > 4 and name.lower() not in sites for name, size in told)
        ):
            continue
        for name, size in told:
            yield sentence, without_head(name), size, match.start(), ()


def in_choice(sentence: Sentence) -> Introduced:
    """Bare sizes behind the treatments of a choice that add up to a number before: "were randomised to X alone (55) or X plus Y (59)"."""
    text = sentence.text
    chosen = CHOICE.search(text)
    sizes = list(re.finditer(r"\((\d{1,4})\)", text[chosen.end() :])) if chosen else []
    if not chosen or not 2 <= len(sizes) <= 4 or not adds_up(text[: chosen.start()], [int(size[1]) for size in sizes]):
        return
    start = chosen.end()
    for size in sizes:
        words = re.sub(r"^\s*,?\s*(?:or|and|versus|vs\.?)\s+(?:to\s+)?", "", text[start : chosen.end() + size.start()])
        name = named(words)
        if usable(name) and len(name.split()) <= 7:
            yield sentence, without_head(name), int(size[1]), chosen.end() + size.start(), ()
        start = chosen.end() + size.end()


def adds_up(before: str, sizes: list[int]) -> bool:
    """Whether sizes are parts of a number printed before them."""
    return sum(sizes) in [number(m[0]) for m in re.finditer(rf"(?<![\w.,]){ANY}(?![\d.,]*\d)", before, re.IGNORECASE)]


def kinds(sentence: Sentence) -> Introduced:
    """ "120 X patients and 45 Y patients were included", "there were 200 low-risk and 100 high-risk patients": kinds with their numbers."""
    for match in KINDS.finditer(sentence.text):
        yield from of_kinds(sentence, match.start(), [(match[2], match[1]), (match[4], match[3])])
    for match in LISTED.finditer(sentence.text):
        parts = re.split(r",\s+(?:and\s+)?|\s+and\s+(?=\S*\d)", match["items"])
        told = [re.fullmatch(rf"({ANY})\s+(.+)", part, re.IGNORECASE) for part in parts]
        if all(told):
            yield from of_kinds(sentence, match.start(), [(part[2], part[1]) for part in told if part])


def of_kinds(sentence: Sentence, place: int, told: list[tuple[str, str]]) -> Introduced:
    """Names with their numbers, where all of them are names of groups."""
    if all(usable(name) and not TRAIT.search(name) for name, _ in told):
        for name, size in told:
            yield sentence, name, number(size), place, ()
