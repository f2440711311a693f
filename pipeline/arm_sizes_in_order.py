"""Sizes of groups told beside a list of names, or one sentence a group: "72 and 60 patients received A and B, respectively", "arm A/B, 53/44"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.arm_counts import TRAIT, Introduced, adds_up, named
from pipeline.arm_names import HEAD, headed, lettered, trimmed
from pipeline.arm_nouns import usable, without_head
from pipeline.arm_sizes_told import apposed
from pipeline.context import Sentence
from pipeline.numbers import ANY, PEOPLE, number
from pipeline.quantities import Mention

_SIZES = rf"(?P<sizes>{ANY}(?:\s*\(\s*[\d.·]+\s*%\s*\))?(?:,\s+{ANY}(?:\s*\(\s*[\d.·]+\s*%\s*\))?)*,?\s+and\s+{ANY})(?:\s*\(\s*[\d.·]+\s*%\s*\))?"
_NAMES = r"(?P<names>[^.;:()]{3,120}?)"
#: "72 and 60 patients received A and B, respectively", "30, 31 and 29 patients were assigned to A, B and C, respectively"
SIZES_FIRST = re.compile(
    rf"(?<![\w.,/-])(?<!\bin\s)(?<!(?<!total)\sof\s)(?<!\bfor\s){_SIZES}\s+(?:{PEOPLE})\s+(?:who\s+)?(?:had\s+)?(?:(?:were\s+)?(?:randomly\s+|then\s+)?(?:received|receiving|underwent|undergoing|assigned|allocated|randomi[sz]ed|"
    rf"treated|included|enrolled|given|were)\s+)?(?:(?:to|with|in|into)\s+)?(?:receive\s+|undergo\s+)?(?:the\s+)?{_NAMES}(?P<head>\s+{HEAD})?,?\s+respectively\b",
    re.IGNORECASE,
)
#: "the A and B groups comprised 72 and 60 patients", "the numbers of patients in A and B were 72 and 60"
NAMES_FIRST = re.compile(
    rf"(?:^|[,;]\s+|\bthe\s+){_NAMES}(?P<head>\s+{HEAD})?\s+(?:comprised|consisted\s+of|included|contained|were\s+made\s+up\s+of)\s+{_SIZES}\s+(?:{PEOPLE})\b",
    re.IGNORECASE,
)
NUMBERS_OF = re.compile(
    rf"\bnumbers?\s+of\s+(?:{PEOPLE})\s+(?:in|receiving|assigned\s+to|treated\s+with|allocated\s+to)\s+(?:the\s+)?{_NAMES}(?P<head>\s+{HEAD})?\s+(?:was|were)\s+{_SIZES}",
    re.IGNORECASE,
)
ITEMS = re.compile(r",\s+(?:and\s+)?|\s+and\s+")
_SLASHED = r"[A-Za-z][\w+-]*(?:\s*/\s*[A-Za-z][\w+-]*)+"
#: "(arm A/B, 53/44)", "A/B/C: n = 11/12/13"
SLASHES = re.compile(
    rf"(?P<head>\b{HEAD}\s+)?(?<![\w/])(?P<names>{_SLASHED})\s*[,:=]?\s*(?:n\s*=\s*)?(?P<sizes>\d+(?:\s*/\s*\d+)+)(?![\d.]*\s*%|[\w/])",
    re.IGNORECASE,
)
#: "group A (n = 20)", and a sentence on group B that ends in its only size.
OWN_SIZE = re.compile(r"[\[(]\s*[nN]\s*=\s*(\d{1,3}(?:,\d{3})+|\d+)\s*[\])]")
ITS_SUBJECT = re.compile(r"^(?:in\s+|the\s+)*$", re.IGNORECASE)
COMPOSED = re.compile(
    rf"^\s*(?:\([^()]*\)\s*)?(?:comprised|consisted\s+of|included|contained|was\s+(?:composed|made\s+up)\s+of)\s+({ANY})\s+(?:[\w-]+\s+){{0,2}}?(?:{PEOPLE})\b",
    re.IGNORECASE,
)
#: "39 subjects enrolled on stratum 2"
ENROLLED_ON = re.compile(
    rf"(?<![\w.,/-])({ANY})\s+(?:[\w-]+\s+)?(?:{PEOPLE})\s+(?:were\s+)?(?:enrolled|entered|assigned|allocated|treated)\s+(?:on|in|into|to)\s+((?:group|arm|cohort|stratum|step|part)\s+(?:\d|[A-H]|I{{1,3}}))\b",
    re.IGNORECASE,
)
MAY_SIZE = re.compile(
    r"\bn\s*=|received|underwent|enrolled|assigned|allocated|entered|treated|compris|consist|includ|contain|compos|made up", re.IGNORECASE
)
#: The alternatives of a choice whose sizes stand in brackets behind them.
CHOICE = re.compile(
    r"\b(?:randomi[sz]ed|randomly|allocated|assigned)\b[^.;()]{0,60}?\bto\s+(?:receive\s+|undergo\s+|be\s+treated\s+with\s+|treatment\s+with\s+)?(?:either\s+)?",
    re.IGNORECASE,
)
OR_ELSE = re.compile(r"(?:^|[\s,;)\]])(?:or|versus|vs\.?|and)\s+(?:to\s+)?(?:receive\s+)?(?:an?\s+|the\s+)?(?=[A-Za-z])", re.IGNORECASE)


def in_order(sentence: Sentence) -> Introduced:
    """Lists of names and sizes of equal length."""
    text = sentence.text
    listed = "respectively" in text or "number" in text or " compris" in text or " consist" in text
    for pattern in (SIZES_FIRST, NAMES_FIRST, NUMBERS_OF) if listed and " and " in text else ():
        for match in pattern.finditer(text):
            sizes = [number(re.sub(r"\(.*", "", part)) for part in ITEMS.split(match["sizes"])]
            yield from told(sentence, match, listed_names(match["names"], match["head"]), sizes)
    for match in SLASHES.finditer(text) if "/" in text else ():
        sizes = [int(part) for part in match["sizes"].split("/")]
        head = (match["head"] or "").strip()
        names = [f"{head} {name.strip()}".strip() for name in match["names"].split("/")]
        if adds_up(text[: match.start()], sizes):
            yield from told(sentence, match, names, sizes)


def listed_names(words: str, head: str | None) -> list[str]:
    """The names of a list; "groups A and B" are "group A" and "group B"."""
    marks = [mark for mark in lettered(words) if mark.start < 4]
    if len(marks) > 1:
        return [mark.key or "" for mark in marks]
    return [without_head(trimmed(part)) for part in ITEMS.split(words)]


def told(sentence: Sentence, match: re.Match[str], names: list[str], sizes: list) -> Introduced:
    """The names with their sizes, where there are as many of both and all are names of groups."""
    if not len(names) == len(sizes) == len(set(names)) > 1 or not all(isinstance(size, int) and size > 1 for size in sizes):
        return
    if all(usable(name) and len(name.split()) <= 6 and not TRAIT.search(name) for name in names):
        for name, size in zip(names, sizes, strict=True):
            yield sentence, name, size, match.start("sizes"), ()


def in_brackets_of_choice(sentence: Sentence) -> Introduced:
    """Alternatives whose sizes stand far behind their names: "to receive X (40 mg) twice daily for three weeks (n = 22) or placebo (n = 15)"."""
    text = sentence.text
    chosen = CHOICE.search(text)
    sizes = list(OWN_SIZE.finditer(text, chosen.end())) if chosen else []
    if not chosen or not 2 <= len(sizes) <= 4:
        return
    found, start = [], chosen.end()
    for size in sizes:
        words = text[start : size.start()]
        if found:
            edge = OR_ELSE.search(words)
            if not edge:
                return
            words = words[edge.end() :]
        found.append((named(words), int(size[1].replace(",", "")), size.start()))
        start = size.end()
    if len({name for name, _, _ in found}) == len(found) and all(usable(name) and len(name.split()) <= 7 for name, _, _ in found):
        for name, size, place in found:
            yield sentence, without_head(name), size, place, ()


def one_by_one(sentences: list[Sentence], lettered_only: bool) -> Introduced:
    """Groups whose sizes stand in a sentence each: "Group A (n = 20) received X. Group B served as control (n = 21)."; two groups at least."""
    found: dict[str, tuple[Sentence, str, int, int, tuple[str, ...]]] = {}
    for sentence in sentences:
        for name, size, place in own_size(sentence.text):
            if lettered_only and not any(lettered(name)):
                continue
            found.setdefault(name.lower(), (sentence, without_head(name), size, place, ()))
    if len(found) > 1:
        yield from found.values()


def own_size(text: str) -> Iterator[tuple[str, int, int]]:
    """Name, size and place of the one group that a sentence gives a size."""
    if not MAY_SIZE.search(text):
        return
    yield from apposed(text)
    for match in ENROLLED_ON.finditer(text):
        yield match[2], number(match[1]), match.start()
    sizes = list(OWN_SIZE.finditer(text))
    marks: list[Mention] = sorted((*lettered(text), *headed(text)), key=lambda m: m.start)
    for mark in marks:
        composed = COMPOSED.match(text[mark.end :])
        if composed:
            yield mark.key or "", number(composed[1]), mark.start
    if len(sizes) != 1 or len({mark.key for mark in marks}) != 1:
        return
    beside = 0 <= sizes[0].start() - marks[0].end < 2
    subject = ITS_SUBJECT.match(text[: marks[0].start]) and re.match(r"\s*[.;]?\s*$", text[sizes[0].end() :])
    if (beside or subject) and any(lettered(text)):
        yield marks[0].key or "", number(sizes[0][1]), marks[0].start
