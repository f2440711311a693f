"""The site of a local treatment: what it was aimed at, the organ that its own name or the words beside it name, the title's one organ."""

from __future__ import annotations

import re
from functools import cache

from pipeline.context import Paper
from pipeline.lexicon import acronym
from pipeline.protocol import vocabulary

I = re.IGNORECASE  # noqa: E741
SITE_LEAD = re.compile(r"^(?:.*\b(?:with|of|from)\s+|(?:all|the|their|these|any|most)\s+)+", I)
AIMED_AT = re.compile(
    r"[^.;,\d]{0,25}?\b(?:to|for|of|on|at)\s+(?:the\s+|their\s+|a\s+|solitary\s+|"
    r"single\s+)?((?:[\w/-]+\s+){0,4}?(?:metasta\w+(?:\s+(?:sites?|lesions?|foci))?|lesions?|recurrences?|primary (?:tumou?rs?|site)))\b",
    I,
)
TREATED = re.compile(
    r"((?:[\w-]+\s+(?:(?:or|and)\s+[\w-]+\s+)?){0,3}?(?:metastas[ei]s|lesions))\s+(?:was|were)\s+(?:(?:treated|resected|irradiated|"
    r"managed)[^.;]{0,20})?$",
    I,
)
#: "metastases of the lung": the organ that stands behind the metastases.
OF_ORGAN = re.compile(r"\s+(?:of|in|to)\s+(?:the\s+)?([\w-]+)", I)
SPREAD = re.compile(r"\bmetasta", I)
METASTASES = re.compile(r"\s*(?:\([^)]*\)\s*)?metastas[ei]s\b", I)
BESIDE = re.compile(r"(?:[\w-]+\s+){0,2}$")
BEHIND = re.compile(
    r"\s+(?:surgery\s+)?(?:of|for|on|at)(?:\s+(?!and\b|with\b|in\b|after\b|before\b|by\b|was\b|were\b|followed\b)[\w/–-]+){1,6}", I
)


@cache
def words(name: str) -> tuple[re.Pattern[str], dict[str, str]]:
    """A vocabulary as one pattern, the longest words first, and the concept of each word."""
    terms = {word if acronym(word) else word.lower(): key for key, listed in vocabulary(name).items() for word in listed}
    longest = sorted(terms, key=len, reverse=True)
    shown = [re.escape(word) if acronym(word) else f"(?i:{re.escape(word)})" for word in longest]
    return re.compile(rf"(?<![\w])(?:{'|'.join(shown)})(?![\w])"), terms


def concepts(name: str, text: str) -> list[tuple[str, re.Match[str]]]:
    """The concepts of a vocabulary that a text names, in order, each with its place."""
    pattern, terms = words(name)
    return [(terms.get(found[0]) or terms[found[0].lower()], found) for found in pattern.finditer(text)]


def aim(text: str, start: int, end: int) -> str | None:
    """The metastases, lesions or primary that the treatment at [start, end) was for, as printed; nothing where none is named close by."""
    after = AIMED_AT.match(text[end:])
    if after:
        named = SITE_LEAD.sub("", after[1].strip())
        organ = OF_ORGAN.match(text, end + after.end()) if named.lower().startswith("metasta") else None
        found = concepts("organs", organ[1]) if organ else []
        return f"{found[0][0]} metastases" if found else named or None
    before = TREATED.search(text[:start])
    return SITE_LEAD.sub("", before[1].strip()) or None if before else None


def operated(text: str) -> str | None:
    """The organ that the one operation of a few words is named after."""
    found = {organ for organ, _ in concepts("operated_organs", text)}
    return found.pop() if len(found) == 1 else None


def operation(text: str) -> str:
    """The operation's own word, without what tells its extent: "gastrectomy" of "distal gastrectomy"."""
    word = concepts("operated_organs", text)[0][1][0]
    return word if word.isupper() else word.lower()


def beside(text: str, start: int, end: int) -> str | None:
    """The organ of the words right before a treatment, "hepatic surgery", or of those that follow it: "surgery for nodules of the liver"."""
    before, after = BESIDE.search(text[:start]), BEHIND.match(text, end)
    for part in (before[0] if before else "", after[0] if after else ""):
        found = {organ for organ, _ in concepts("organs", part)}
        if len(found) == 1:
            return found.pop()
    return None


def titled(paper: Paper) -> str | None:
    """The one organ that the title names; where it names metastases, those of the organ right before the word."""
    title = next((s.text for s in paper.sentences if s.passage.kind == "title"), "")
    found = concepts("organs", title)
    if SPREAD.search(title):
        spread = {organ for organ, match in found if METASTASES.match(title, match.end())}
        return f"{spread.pop()} metastases" if len(spread) == 1 else None
    organs = {organ for organ, _ in found}
    return organs.pop() if len(organs) == 1 else None


def site(paper: Paper, text: str, start: int, end: int) -> str | None:
    """The site of the treatment at [start, end): what it was aimed at, its own organ with the operation in brackets, the title's organ."""
    named = aim(text, start, end)
    organ = operated(text[start:end])
    if named or organ:
        return named or f"{organ} ({operation(text[start:end])})"
    return beside(text, start, end) or (None if SPREAD.search(text, start, end) else titled(paper))
