"""How far metastatic disease had spread: patients with single, few or multiple metastases, or of a printed M class."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from pipeline.context import Paper, Sentence, Table
from pipeline.quantities import DASH, NUM, Mention, number
from pipeline.records import Finding, Passage
from pipeline.shares import bracketed_percent
from pipeline.treatment_text import arm_near, column_arm, plain, total_cells

I = re.IGNORECASE  # noqa: E741
METASTATIC = re.compile(r"\bmetasta(?:tic|s[ei]s)\b|\bstage IV\b|\boligometa\w+|\bM1[a-c]?\b", I)
ABOUT = re.compile(
    r"\b(?:with|of|for|in)\b[^.;]{0,60}\b(?:metastatic|(?:distant|bone|liver|brain|lung|synchronous|hepatic|spinal|multiple|"
    r"oligo)\s*metastas[ei]s|stage IVB?)\b|\bmetastatic\b|\boligometasta\w+|\b(?:liver|brain|bone|lung|spinal|distant)\s+metastas[ei]s\b",
    I,
)
THING = (
    r"(?:metastas[ei]s|metastatic\s+(?:lesions?|sites?|organs?|disease|foci|tumou?rs?|involvement)|(?:lesions?|organs?|"
    r"sites?)(?:\s+(?:of metastas[ei]s|involved|with metastas[ei]s|metastas[ei]s))?)"
)
KIND = r"(?:(?:distant|organ|site|bone|liver|lung|brain|hepatic|metastatic|involved)[\s-]+)*"
#: Words for the extent of spread; a count of lesions or sites is read by its size.
PATTERNS = {
    "single": re.compile(rf"\b(?:single|solitary|isolated|only one|one)[\s-]+{KIND}{THING}\b", I),
    "multiple": re.compile(
        rf"\b(?:multiple|multi|numerous|more than one|(?:two|2) or more)[\s-]+{KIND}{THING}\b|\bpoly-?metasta\w+(?:\s+disease)?", I
    ),
    "oligo": re.compile(r"\boligo-?\s?metasta\w+(?:\s+disease)?", I),
}
#: "women with multiple painful bone metastases were randomized": so had all of them.
POPULATION = re.compile(
    rf"^(?:(?!\d)[\w-]+\s+){{0,2}}?(?:patients|women|men|adults)\s+with\s+(?:(?!and\b|or\b)[\w-]+\s+){{0,2}}?(?:(?P<multiple>multiple)|(?P<single>single|solitary)|(?P<oligo>oligo-?))\s*"
    rf"(?:(?!and\b|or\b|single\b|solitary\b)[\w-]+\s+){{0,3}}?{THING}\b[^.;:()]{{0,60}}?\bwere\s+(?:then\s+)?(?:randomi[sz]ed|randomly|enrolled|treated|included|assigned|recruited)\b",
    I,
)
#: "metastases were single in 70% and multiple in 30%": the subject stands before.
BARE = re.compile(r"\b(?P<single>single|solitary)\b|\b(?P<multiple>multiple)\b", I)
SUBJECT = re.compile(r"\b(?:metasta\w+|lesions?|sites?)\b[^.;]{0,40}?\b(?:was|were|being)\b", I)
COUNTED = re.compile(
    rf"(?:(?<![\w.])(\d){DASH}(\d)|(?P<few>\b(?:2|two|3|three|4|four)(?:{DASH}|\s+or\s+)(?:3|three|4|four|5|five))\b|(?P<sign>[≥>≤<])\s*(?P<bound>\d+)|(?P<more>\d+|two|three|four|five|six) or more|more than (?P<over>\d+|one|two|three|four|five)|up to (?P<most>\d))\s+{KIND}{THING}\b",
    I,
)
COUNT_KINDS = {"n_percent", "count", "n", "percent", "number"}
#: "and 52 had": patients whose noun is left out.
NO_NOUN = re.compile(r"\s+(?:of them\s+)?(?:had|were|presented with)\b", I)
#: What makes a number one of lesions: "1-5 metastases".
SIZE = re.compile(rf"{DASH}\d|\s+(?:metasta\w+|lesions?|sites?|organs?)\b")
#: "single and multiple metastases": the noun is left out with the first.
WITH_MULTIPLE = re.compile(r"\b(?:single|solitary)(?=\s*(?:and|or|versus|vs\.?|/)\s*multiple\b)", I)
#: "the number of metastases was 1 in 40 patients, 2-3 in 25 and >3 in 15".
NUMBER_OF = re.compile(r"\bnumbers? of (?:[\w-]+\s+){0,2}?(?:metastas[ei]s|metastatic \w+|lesions|sites|organs)\s+(?:was|were)\s+", I)
SIZED = re.compile(
    rf"(?<![\w.-])(?:(?P<single>1|one)|(?P<oligo>(?:2|two){DASH}(?:3|4|5|three|four|five))|(?P<multiple>(?:2|two)(?=\s+in\b)|[>≥]\s*[2-6]|>\s*1|more than (?:one|two|three|four|five|[1-5])|(?:two|three|four|five|six|[2-6]) or more))"
    r"(?=\s*(?:in\b|\(n\b|\())",
    I,
)
JOINED = re.compile(r"\s*(?:,|/|,?\s*and|,?\s*or)\s*(?:stage\s+)?", I)
M_CLASS = re.compile(r"(?<![\w.])([pc]?M1[a-d])(?![\w])")
HEAD = re.compile(
    r"\b(?:number|no\.?|extent|burden|count)\b[^|]{0,25}\b(?:metasta\w+|lesions?|(?:involved )?(?:organs?|sites?))|\b(?:organs?|sites?)\s+(?:with|of|involved by)\s+metasta\w+|\bmetasta(?:tic|"
    r"s[ei]s)\b[^|]{0,25}\b(?:number|burden|sites?|lesions?|organs?|status|extent)\b|\bM (?:stage|classification|category)\b|"
    r"^\s*(?:distant )?metastas[ei]s\s*$|\bsites? of (?:disease|metastas[ei]s)\b",
    I,
)
SINGLE = re.compile(
    r"^\s*(?:single|solitary|one|1|oneorgan|one (?:site|organ|lesion|metastasis)|1 (?:site|organ|lesion|metastasis)|single (?:organ|site|"
    r"lesion|metastas[ei]s)|only one|=\s*1|≤\s*1)\s*$",
    I,
)
MULTIPLE = re.compile(
    r"^\s*(?:2|two|multiple|multi(?:ple)?[- ]?(?:organ|site|lesion|metastas[ei]s)s?|two or more|≥\s*2|>\s*1|2\+|2 or more|more than one|"
    r"more than 1|≥\s*two|>\s*one|multiple (?:organs?|sites?|lesions?|metastas[ei]s))(?:\s+(?:sites?|organs?|lesions?|"
    r"metastas[ei]s))?\s*$",
    I,
)
FEW = re.compile(r"^\s*(?:oligo-?(?:metasta\w+)?)\s*$", I)
COUNTS = re.compile(r"^\s*(\d+)\s*(?:/\s*\d+\s*)?(?:[\[(]\s*(\d+(?:[.·]\d+)?)\s*%?\s*[\])]|(\d+(?:[.·]\d+)?)\s*%)?\s*$")
NO_TABLE = re.compile(
    r"\b(?:hazard|(?-i:HR|OR)|odds|cox|univaria\w+|multivaria\w+|adverse|toxicit\w+|survival|studies|author|response)\b", I
)
NOT_OWN = re.compile(
    r"\b(?:survived|eligib\w+|exclu\w+|inclusion|criteria|will|would|should|survival|OS|PFS|hazard|HR|prognos\w+|"
    r"associated|compared)\b",
    I,
)


def read(paper: Paper) -> Iterator[Finding]:
    """metastatic_burden findings of papers on metastatic disease."""
    if paper.design in {"meta_analysis", "other"} or not about_metastases(paper):
        return
    for sentence in paper.sentences:
        if (
            sentence.is_own
            and sentence.section in {"abstract", "methods", "results"}
            and sentence.passage.kind not in {"caption", "footnote"}
        ):
            yield from from_sentence(paper, sentence)
    for table in paper.tables:
        yield from from_table(paper, table)


def about_metastases(paper: Paper) -> bool:
    """Whether the title names metastatic disease, or the abstract does so again and again."""
    title = " ".join(s.text for s in paper.sentences if s.passage.kind == "title")
    abstract = " ".join(s.text for s in paper.sentences if s.section == "abstract")
    if not title and not abstract:
        return any(METASTATIC.search(s.text) for s in paper.sentences)
    return bool(ABOUT.search(title)) or len(METASTATIC.findall(abstract)) >= 3


def from_sentence(paper: Paper, sentence: Sentence) -> Iterator[Finding]:
    """ "40 patients (66.7%) had multiple metastases", "single in 25 (25%) and multiple in 75 (75%)"."""
    text = sentence.text
    if NOT_OWN.search(text) or re.match(r"[^.;]{0,60}\bdefin\w+", text, I) or not re.search(r"metasta|lesion|\borgans?\b|\bM1", text, I):
        return
    taken: set[int] = set()
    whole = POPULATION.search(text)
    if whole:
        value = "multiple" if whole["multiple"] else "single" if whole["single"] else "oligo"
        focus = Mention("extent", *whole.span())
        yield paper.from_sentence("metastatic_burden", "burden:population", sentence, focus, value=value)
        return
    spans = sorted(extents(text))
    turns = in_turn(sentence, spans)
    for start, end, value in spans:
        n, percent, mention = counted(text, turns[start]) if turns else count_near(sentence, start, end, taken)
        if mention is not None:
            taken.add(mention.start)
            arm = arm_near(paper, plain(text), start, end)
            yield paper.from_sentence("metastatic_burden", "burden:sentence", sentence, mention, value=value, n=n, percent=percent, arm=arm)


def extents(text: str) -> list[tuple[int, int, str]]:
    """Every span of a sentence that says how far disease had spread, with the class that it means."""
    found = [(m.start(), m.end(), value) for value, pattern in PATTERNS.items() for m in pattern.finditer(text)]
    found += [(m.start(), m.end(), m[1].lstrip("pc")) for m in M_CLASS.finditer(text)]
    found += [(m.start(), m.end(), value) for m in COUNTED.finditer(text) if (value := by_number(m))]
    found += [(*m.span(), "single") for m in WITH_MULTIPLE.finditer(text)]
    sizes = NUMBER_OF.search(text)
    if sizes:
        found += [(*m.span(), str(m.lastgroup)) for m in SIZED.finditer(text, sizes.end())]
    subject = SUBJECT.search(text)
    if subject:
        found += [(m.start(), m.end(), m.lastgroup) for m in BARE.finditer(text, subject.end())]
    return [span for span in found if not any(o is not span and o[0] <= span[0] and span[1] <= o[1] and o[:2] != span[:2] for o in found)]


def by_number(match: re.Match[str]) -> str | None:
    """The class of a printed number of lesions or sites: up to five are few, more are multiple."""
    if match["few"]:
        return "oligo"
    top = match[2] or match["most"]
    if top:
        return "oligo" if 2 <= int(top) <= 5 else None
    if match["over"]:
        return "multiple"
    bound = int(number(match["bound"] or match["more"] or "0"))
    if match["more"] or match["sign"] in "≥>":
        return "multiple" if bound >= 2 or (match["sign"] == ">" and bound == 1) else None
    return "oligo" if 2 <= bound <= 6 else None


def in_turn(sentence: Sentence, spans: list[tuple[int, int, str]]) -> dict[int, Mention]:
    """The counts of "M1a, M1b and M1c were found in 20, 45 and 60 patients, respectively", each by its class's place."""
    if len(spans) < 2 or not re.search(r"\brespectively\b", sentence.text, I):
        return {}
    first, last = spans[0], spans[-1]
    listed = all(JOINED.fullmatch(sentence.text[one[1] : other[0]]) for one, other in pairwise(spans))
    counts = [m for m in sentence.quantities if m.kind in COUNT_KINDS and m.start >= last[1]]
    before_first = any(m.kind in COUNT_KINDS and m.end <= first[0] and m.start > first[0] - 30 for m in sentence.quantities)
    if not listed or before_first or len(counts) != len(spans):
        return {}
    return {span[0]: count for span, count in zip(spans, counts, strict=True)}


def count_near(sentence: Sentence, start: int, end: int, taken: set[int]) -> tuple:
    """The count that belongs to the words at [start, end): after them in brackets or with "in", else the nearest before them."""
    text = sentence.text
    counts = [
        m
        for m in sentence.quantities
        if m.kind in COUNT_KINDS and m.value is not None and m.start not in taken and not SIZE.match(text, m.end)
    ]
    after = [
        m
        for m in counts
        if m.start >= end
        and re.fullmatch(
            r"\s*(?:\([^()=%]*\b(?:metasta\w+|lesions?|sites?|organs?)\s*\)\s*)?(?:(?:disease|stage|lesions?|involvement)\s*)?(?:(?:was|were|is)\s*)?(?:(?:found|present|seen|observed|noted|detected|involved|affected|diagnosed|confirmed|"
            r"identified)\s*)?(?:in|:)?\s*[(\[]?\s*",
            text[end : m.start],
        )
    ]
    before = [
        m
        for m in counts
        if (m.kind != "number" or NO_NOUN.match(text, m.end))
        and m.end <= start
        and start - m.end < 60
        and not re.search(r"[;.:]|\bsingle\b|\bmultiple\b|\b(?:had|with)\b.*\b(?:had|with)\b", text[m.end : start], I)
    ]
    mention = after[0] if after else before[-1] if before else None
    return counted(text, mention) if mention else (None, None, None)


def counted(text: str, mention: Mention) -> tuple:
    """The number and the percentage that a count tells, and the count itself."""
    if mention.kind == "percent":
        return None, mention.value, mention
    percent = mention.low if mention.kind == "n_percent" else bracketed_percent(text, mention)
    return (int(mention.value) if float(mention.value).is_integer() else None), percent, mention


def from_table(paper: Paper, table: Table) -> Iterator[Finding]:
    """Rows under "Number of metastases" and the like, in tables of patients and not of results."""
    heads = " ".join(cell.text for cell in table.heads)
    if NO_TABLE.search(table.caption) or re.search(r"\b(?:(?-i:HR|OR)|hazard|95%|OS|PFS|months)\b", heads):
        return
    for cells in table.rows.values():
        label, values = cells[0], [cell for cell in cells[1:] if COUNTS.match(cell.text)]
        value = level(label.text, " | ".join(label.row_heads) or table.caption, label.row_heads)
        if not values or value is None:
            continue
        shares = [cell for cell in cells[1:] if is_share(cell)]
        counted = [cell for cell in values if cell not in shares]
        total = total_cells(counted)
        for cell in counted[:5]:
            counts = COUNTS.match(cell.text)
            percent = counts[2] or counts[3] or (shares[0].text.strip(" %") if len(shares) == len(counted) == 1 else None)
            arm = None if len(counted) == 1 or (total is not counted and cell in total) else column_arm(paper, cell.col_heads)
            yield paper.finding(
                "metastatic_burden", "burden:table", cell, 0, len(cell.text), value=value, n=int(counts[1]),
                percent=float(percent.replace("·", ".")) if percent else None, arm=arm,
            )  # fmt: skip


def is_share(cell: Passage) -> bool:
    """Whether a cell stands in a column of percentages: "Single | 30 | 71.4" under "No." and "%"."""
    head = cell.col_heads[-1] if cell.col_heads else ""
    return bool(re.fullmatch(r"\W*(?:%|percent(?:age)?|proportion)\W*", head, I) and re.fullmatch(r"\s*\d+(?:[.·]\d+)?\s*%?\s*", cell.text))


def level(label: str, head: str, row_heads: tuple[str, ...]) -> str | None:
    """The class that a row's label means: single, multiple, oligo, or a printed M class."""
    label = re.sub(r",?\s*(?:[nN]o?\.?\s*)?\(\s*%\s*\)\s*$|,\s*(?:%|n|No\.?)\s*$", "", label)
    m_class = M_CLASS.fullmatch(label.strip())
    if m_class:
        return m_class[1].lstrip("pc")
    said = next((value for value, pattern in PATTERNS.items() if re.fullmatch(rf"\s*{pattern.pattern}\s*", label, I)), None)
    if said or not row_heads or not HEAD.search(head):
        return said
    for value, pattern in (("single", SINGLE), ("oligo", FEW), ("multiple", MULTIPLE)):
        if pattern.match(label):
            return value
    few = re.match(rf"^\s*(?:(\d+){DASH}(\d+)|[≤<]\s*(\d))(?:\s+\w+)?\s*$", label)
    if few and int(few[1] or 1) >= 5:
        return "multiple"
    if few and (2 if few[2] else 3) <= int(few[2] or few[3]) <= 5:
        return "oligo"
    return "multiple" if re.match(rf"^\s*(?:[≥>]\s*({NUM})|({NUM})\s*or more)(?:\s+\w+)?\s*$", label) else None
