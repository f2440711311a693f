"""Groups named in a list that shares a word: "stage I, II and III", "low-, intermediate- and high-risk", "0, 1 and 2 risk factors"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.quantities import Mention

_AND = r"(?:\s*,\s*(?:and\s+|or\s+|versus\s+|vs\.?\s+)?|\s+(?:and|or|versus|vs\.?)\s+|\s*/\s*)"
_DEGREE = r"(?:I{1,3}V?|IV|V|\d)(?:[A-Ca-c]\d?)?(?:\s*[-–/]\s*(?:I{1,3}V?|IV|V|\d)[A-Ca-c]?(?![\w%.]))?(?![\w%.]|\s*(?:%|months|years))"
#: "stage I, II, III and IV", "ECOG PS 0, 1 and 2", "grades 1 and 2"
DEGREES = re.compile(
    rf"\b(?:(?:patients|those|cases)\s+with\s+(?=score))?(?P<head>(?:(?i:(?:clinical\s+|pathologic(?:al)?\s+)?stage|grade|type|class|quartile|tertile|Child-Pugh|codon|exon)s?|(?i:scores?(?:\s+of)?)|(?:ECOG\s+)?PS|(?:ECOG\s+)?performance\s+status(?:\s+of)?|p?[TN](?=\d)))"
    rf"\s*(?P<items>{_DEGREE}(?:{_AND}(?:(?P=head)\s*)?{_DEGREE})+)"
)
#: "low-, intermediate-, and high-risk", "high- and low-expression"
HYPHENS = re.compile(
    r"(?<![\w-])(?P<items>(?:[A-Za-z]{2,}[-‐‑–]\s*(?:,\s*(?:and\s+|or\s+)?|(?:and|or|versus|vs\.?)\s+))+)(?P<last>[A-Za-z]{2,})[-‐‑–](?P<noun>(?!(?:years?|months?|weeks?|days?|line|yr)\b)[A-Za-z]{3,})"
)
#: "marker-positive and -negative", "node-positive versus -negative"
SUFFIXES = re.compile(r"(?<![\w-])(?P<head>[A-Za-z][\w]*)[-‐‑–](?P<one>[A-Za-z]+)\s+(?:and|or|versus|vs\.?)\s+[-‐‑–](?P<other>[A-Za-z]+)\b")
_FEW = r"(?:\d{1,2}|zero|no|one|two|three|four|five|six)"
_COUNT = rf"(?:[≥>≤<]\s*|(?:more|fewer|less)\s+than\s+|at\s+least\s+|up\s+to\s+)?{_FEW}\b(?:(?:\s*[-–]\s*|\s+to\s+){_FEW})?(?:\s+or\s+(?:more|fewer))?"
#: "with 0, 1, 2 and 3 risk factors"
COUNTS = re.compile(
    rf"(?:\b(?:patients|those|cases)\s+with\s+|(?<![\w.,]))(?P<items>{_COUNT}(?:{_AND}{_COUNT})+)\s+(?P<noun>(?:(?:positive|adverse|poor|unfavou?rable|involved|metastatic|prognostic|lymph|brain|bone|liver|lung)\s+){{0,3}}"
    r"(?:risk\s+factors?|factors|metastas[ei]s|lesions?|sites?|organs?|points?|nodes?|criteria|features))\b"
)
_LEVEL = r"(?:low|high|normal|elevated|increased|decreased|positive|negative)"
#: "with low and high NLR", "normal versus elevated albumin levels"
TWO_LEVELS = re.compile(
    rf"\b(?:(?:patients|those|cases)\s+with\s+(?:an?\s+)?)?(?P<one>{_LEVEL})\s+(?:and|or|versus|vs\.?)\s+(?P<other>{_LEVEL})\s+(?P<noun>(?:[A-Z][\w/-]*[A-Z0-9]\b|(?:[\w/-]+\s+){{1,2}}(?=levels?|expression|scores?|status|counts?))(?:\s*(?:levels?|expression|scores?|status|counts?)\b)?)"
)


def listed(text: str) -> Iterator[Mention]:
    """Each group of every such list, at the place of its own word."""
    for match in DEGREES.finditer(text):
        head = re.sub(r"\s+of$", "", match["head"])
        head = re.sub(r"(?<=[a-z]{3})s$", "", head) if head.lower() not in {"class", "performance status"} else head
        gap = "" if re.fullmatch(r"p?[TN]", head) else " "
        marks = [at(match, item, f"{head}{gap}{item[0]}") for item in re.finditer(_DEGREE, match["items"])]
        if match.start() < match.start("head"):  # its words are one group with those before them
            marks[0].start, marks[0].end = match.start(), marks[1].start
        yield from marks
    for match in HYPHENS.finditer(text):
        for item in re.finditer(r"[A-Za-z]{2,}(?=[-‐‑–])", match["items"]):
            yield at(match, item, f"{item[0]}-{match['noun']}")
        yield Mention("arm", match.start("last"), match.end(), key=f"{match['last']}-{match['noun']}")
    for match in SUFFIXES.finditer(text):
        yield Mention("arm", match.start(), match.end("one"), key=f"{match['head']}-{match['one']}")
        yield Mention("arm", match.start("other") - 1, match.end("other"), key=f"{match['head']}-{match['other']}")
    for match in TWO_LEVELS.finditer(text):
        yield Mention("arm", match.start(), match.start("other"), key=f"{match['one']} {match['noun']}")
        yield Mention("arm", match.start("other"), match.end(), key=f"{match['other']} {match['noun']}")
    for match in COUNTS.finditer(text):
        marks = [at(match, item, f"{item[0]} {match['noun']}") for item in re.finditer(_COUNT, match["items"])]
        marks[0].start = match.start()
        yield from marks[:-1]
        yield Mention("arm", marks[-1].start, match.end(), key=marks[-1].key)  # its words are no measure of their own


def at(match: re.Match[str], item: re.Match[str], name: str) -> Mention:
    """A group's mention at the place of its item in the list."""
    start = match.start("items") + item.start()
    return Mention("arm", start, start + len(item[0]), key=name)
