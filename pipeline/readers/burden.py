"""How far metastatic disease had spread: patients with single, few or multiple metastases, or of a printed M class."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.context import Paper, Sentence, Table, is_own
from pipeline.quantities import DASH, NUM
from pipeline.records import Finding

I = re.IGNORECASE  # noqa: E741
METASTATIC = re.compile(r"\bmetasta(?:tic|s[ei]s)\b|\bstage IV\b|\boligometa\w+|\bM1[a-c]?\b", I)
ABOUT = re.compile(r"\b(?:with|of|for|in)\b[^.;]{0,60}\b(?:metastatic|(?:distant|bone|liver|brain|lung|synchronous|hepatic|spinal|multiple|oligo)\s*metastas[ei]s|stage IVB?)\b|\bmetastatic\b|\boligometasta\w+|\b(?:liver|brain|bone|lung|spinal|distant)\s+metastas[ei]s\b", I)
THING = r"(?:metastas[ei]s|metastatic (?:lesions?|sites?|organs?|disease|foci|tumou?rs?)|lesions?|organs?(?: involved| involvement)?|sites? of metastas[ei]s|brain metastas[ei]s|organ metastas[ei]s|site metastas[ei]s|metastatic involvement)"
WORDS = {
    "single": rf"(?:\b(?:single|solitary|isolated|one|only one)[\s-]+(?:(?:distant|organ|site|bone|liver|lung|brain|hepatic)\s+)*{THING})",
    "multiple": rf"(?:\b(?:multiple|multi|numerous|more than one|(?:two|2) or more|≥\s*2|>\s*1)[\s-]+(?:(?:distant|organ|site|bone|liver|lung|brain|hepatic)\s+)*{THING})",
    "oligo": r"(?:\boligo-?\s?metasta\w+)",
}
PATTERNS = {value: re.compile(words, I) for value, words in WORDS.items()}
M_CLASS = re.compile(r"(?<![\w.])([pc]?M1[a-d])(?![\w])")
HEAD = re.compile(rf"\b(?:number|no\.?|extent|burden|count)\b[^|]{{0,25}}\b(?:metasta\w+|lesions?|(?:involved )?(?:organs?|sites?))|\bmetasta(?:tic|s[ei]s)\b[^|]{{0,25}}\b(?:number|burden|sites?|lesions?|organs?|status|extent)\b|\bM (?:stage|classification|category)\b|^\s*(?:distant )?metastas[ei]s\s*$|\bsites? of (?:disease|metastas[ei]s)\b", I)
SINGLE = re.compile(r"^\s*(?:single|solitary|one|1|oneorgan|one (?:site|organ|lesion|metastasis)|1 (?:site|organ|lesion|metastasis)|single (?:organ|site|lesion|metastas[ei]s)|only one|=\s*1|≤\s*1)\s*$", I)
MULTIPLE = re.compile(r"^\s*(?:multiple|multi(?:ple)?[- ]?(?:organ|site|lesion|metastas[ei]s)s?|two or more|≥\s*2|>\s*1|2\+|2 or more|more than one|more than 1|≥\s*two|>\s*one|multiple (?:organs?|sites?|lesions?|metastas[ei]s))(?:\s+(?:sites?|organs?|lesions?|metastas[ei]s))?\s*$", I)
FEW = re.compile(r"^\s*(?:oligo-?(?:metasta\w+)?)\s*$", I)
COUNTS = re.compile(r"^\s*(\d+)\s*(?:/\s*\d+\s*)?(?:[\[(]\s*(\d+(?:[.·]\d+)?)\s*%?\s*[\])]|(\d+(?:[.·]\d+)?)\s*%)?\s*$")
NO_TABLE = re.compile(r"\b(?:hazard|HR|OR|odds|cox|univaria\w+|multivaria\w+|adverse|toxicit\w+|survival|studies|author|response)\b", I)
NOT_OWN = re.compile(r"\b(?:eligib\w+|exclu\w+|inclusion|criteria|defin\w+|classified|will|would|should|survival|OS|PFS|hazard|HR|prognos\w+|associated|compared)\b", I)


def read(paper: Paper) -> Iterator[Finding]:
    """metastatic_burden findings of papers on metastatic disease."""
    if paper.design in {"meta_analysis", "other"} or not about_metastases(paper):
        return
    for sentence in paper.sentences:
        if is_own(sentence) and sentence.section in {"abstract", "methods", "results"} and sentence.passage.kind not in {"caption", "footnote"}:
            yield from from_sentence(paper, sentence)
    for table in paper.tables:
        yield from from_table(paper, table)


def about_metastases(paper: Paper) -> bool:
    """Whether the title names metastatic disease, or the abstract does so again and again."""
    title = " ".join(s.text for s in paper.sentences if s.passage.kind == "title")
    abstract = " ".join(s.text for s in paper.sentences if s.section == "abstract")
    return bool(ABOUT.search(title)) or len(METASTATIC.findall(abstract)) >= 3


def from_sentence(paper: Paper, sentence: Sentence) -> Iterator[Finding]:
    """"29 patients (70.7%) had multiple metastases", "single (n = 12, 29.3%)"."""
    text = sentence.text
    if NOT_OWN.search(text):
        return
    found = [(m.start(), m.end(), value) for value, pattern in PATTERNS.items() for m in pattern.finditer(text)]
    found += [(m.start(), m.end(), m[1].lstrip("pc")) for m in M_CLASS.finditer(text)]
    for start, end, value in sorted(found):
        n, percent, mention = count_near(sentence, start, end)
        if mention is not None:
            yield paper.from_sentence("metastatic_burden", "burden:sentence", sentence, mention, value=value, n=n, percent=percent)


def count_near(sentence: Sentence, start: int, end: int) -> tuple:
    """The count that belongs to the words at [start, end): in brackets after them, or the nearest before them."""
    text = sentence.text
    counts = [m for m in sentence.quantities if m.kind in {"n_percent", "count", "n", "percent"} and m.value is not None]
    after = [m for m in counts if m.start >= end and re.fullmatch(r"\s*(?:in|were|was|:)?\s*[(\[]?\s*", text[end : m.start])]
    before = [m for m in counts if m.end <= start and start - m.end < 70 and not re.search(r"[;.]|\bmetasta\w+", text[m.end : start], I)]
    mention = after[0] if after else before[-1] if before else None
    if mention is None:
        return None, None, None
    if mention.kind == "percent":
        return None, mention.value, mention
    percent = mention.low if mention.kind == "n_percent" else None
    return (int(mention.value) if float(mention.value).is_integer() else None), percent, mention


def from_table(paper: Paper, table: Table) -> Iterator[Finding]:
    """Rows under "Number of metastases" and the like, in tables of patients and not of results."""
    heads = " ".join(cell.text for cell in table.heads)
    if NO_TABLE.search(table.caption) or re.search(r"\b(?:HR|OR|hazard|95%|OS|PFS|months)\b", heads):
        return
    for cells in table.rows.values():
        label, values = cells[0], [cell for cell in cells[1:] if COUNTS.match(cell.text)]
        value, low, high = level(label.text, " | ".join(label.row_heads) or table.caption, label.row_heads)
        if not values or (value is None and low is None):
            continue
        total = [cell for cell in values if re.search(r"\b(?:total|all|overall|entire|whole)\b", " ".join(cell.col_heads), I)]
        for cell in total[:1] or values[:4]:
            counts = COUNTS.match(cell.text)
            percent = counts[2] or counts[3]
            arm = None if total or len(values) == 1 else re.sub(r"\s*[,(]?\s*\(?n\s*=\s*\d+\)?.*$|\(%\)", "", " ".join(cell.col_heads)).strip() or None
            if arm and re.search(r"\b(?:p|n|no|number|percent|%|value)\b", arm, I) and len(arm) < 14:
                arm = None
            yield paper.finding(
                "metastatic_burden", "burden:table", cell, 0, len(cell.text), value=value, n=int(counts[1]),
                percent=float(percent.replace("·", ".")) if percent else None, arm=arm,
            )  # fmt: skip


def level(label: str, head: str, row_heads: tuple[str, ...]) -> tuple[str | None, float | None, float | None]:
    """The class that a row's label means: single, multiple, oligo, or a printed M class."""
    m_class = M_CLASS.fullmatch(label.strip())
    if m_class:
        return m_class[1].lstrip("pc"), None, None
    for value, pattern in PATTERNS.items():
        if re.fullmatch(rf"\s*{pattern.pattern}\s*", label, I):
            return value, None, None
    if not row_heads or not HEAD.search(head):
        return None, None, None
    for value, pattern in (("single", SINGLE), ("oligo", FEW), ("multiple", MULTIPLE)):
        if pattern.match(label):
            return value, None, None
    few = re.match(rf"^\s*(?:(\d){DASH}(\d)|[≤<]\s*(\d))(?:\s+\w+)?\s*$", label)
    if few and 2 <= int(few[2] or few[3]) <= 5 and (few[3] or int(few[1]) >= 1):
        return "oligo", None, None
    many = re.match(rf"^\s*(?:[≥>]\s*({NUM})|({NUM})\s*or more)(?:\s+\w+)?\s*$", label)
    return ("multiple", None, None) if many else (None, None, None)
