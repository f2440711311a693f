"""What a paper's first pages say of it: title, identifiers, year, and where abstract and introduction stand unnamed."""

from __future__ import annotations

import re
from collections import Counter

from pipeline.pdf_layout import Printed
from pipeline.pdf_style import Style
from pipeline.pdf_wording import CANONICAL, FRONT
from pipeline.records import Passage

_DOI = re.compile(r"\b10\.\d{4,9}/[-._;()/:A-Za-z0-9]*[A-Za-z0-9]")
_PMID = re.compile(r"\bPMID:?\s?(\d{6,9})\b")
_PMCID = re.compile(r"\bPMC\d{5,9}\b")
_YEAR = re.compile(r"\b(?:19[6-9]|20[0-4])\d\b")
_DATED = re.compile(r"(?:©|\(c\)|copyright|published|accepted|received|;|\bvol|\(|\.\s)\D{0,40}((?:19[6-9]|20[0-4])\d)\b", re.I)


def title_lines(pages: list[list[Printed]], style: Style) -> set[tuple[int, float, float]]:
    """Where the lines of the title stand: the largest type on the first page that holds several words."""
    lines = [line for line in (pages[0] if pages else []) if line.base < 0.65 * line.frame.height and line.size > 1.05 * style.size]
    groups: dict[float, list[Printed]] = {}
    for line in lines:
        groups.setdefault(round(line.size), []).append(line)
    for size in sorted(groups, reverse=True):
        together = max(_together(groups[size]), key=lambda lines: sum(len(line.text) for line in lines))
        words = " ".join(line.text for line in together).split()
        if len(words) >= 4 and sum(len(word) for word in words) > 20:
            return {(line.frame.page, line.base, line.x0) for line in together}
    return set()


def _together(lines: list[Printed]) -> list[list[Printed]]:
    """Lines of one size in groups that follow each other closely, without well-known headings."""
    groups: list[list[Printed]] = [[]]
    for line in sorted(lines, key=lambda line: line.base):
        if groups[-1] and line.base - groups[-1][-1].base > 2.5 * line.size or CANONICAL.fullmatch(line.text):
            groups.append([])
        if not CANONICAL.fullmatch(line.text):
            groups[-1].append(line)
    return groups


def front_matter(passages: list[Passage], edges: list[Printed]) -> dict:
    """Identifiers, year and the like, where the first page or the running heads print them."""
    early = [passage.text for passage in passages if passage.page == 1 and passage.kind != "reference"]
    heads = [run.text for run in edges]
    texts = [*[run.text for run in edges if run.frame.page == 1], *early, *heads]
    front: dict = {}
    for key, pattern in (("doi", _DOI), ("pmid", _PMID), ("pmcid", _PMCID)):
        found = [match for text in texts for match in pattern.findall(text)]
        if found:
            front[key] = Counter(found).most_common(1)[0][0] if key == "doi" else found[0]
    years = [int(year) for text in [*heads, *early] for year in _DATED.findall(text)] or [
        int(year) for text in heads for year in _YEAR.findall(text)
    ]
    if years:
        front["year"] = Counter(years).most_common(1)[0][0]
    return front


def settle_front(passages: list[Passage]) -> None:
    """Find the abstract and the introduction among what stands before the first heading of a paper that names neither."""
    first = next(
        (place for place, passage in enumerate(passages) if passage.kind == "head" and passage.section != "abstract"), len(passages)
    )
    early = [passage for passage in passages[:first] if passage.kind == "front" and (passage.page or 9) < 5]
    prose = [
        passage for passage in early if len(passage.text) > 350 and passage.text.count(". ") > 2 and not FRONT.search(passage.text[:80])
    ]
    if not any(passage.kind == "abstract" for passage in passages) and prose:
        prose[0].kind, prose[0].section, prose[0].heading = "abstract", "abstract", "Abstract"
        for passage in prose[1:]:
            passage.kind, passage.section, passage.heading = "paragraph", "introduction", ""
