"""Sizes of the groups that results compare, where the prose counts them: "128 patients had wild-type tumours and 73 a mutation"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.arm_names import FIGURE, rightward, trimmed, words_of
from pipeline.arms_in_prose import OTHER_COUNTS, PLANNED
from pipeline.context import Paper, Sentence
from pipeline.numbers import ANY, NUM, PEOPLE, number
from pipeline.quantities import Mention
from pipeline.records import Finding

_SHARE = rf"(?:\s*[\[(]\s*({NUM})\s*%\s*[\])])?"
_VERB = r"(?:of\s+(?:the\s+)?[\w\s]{3,25}?\s(?:were|was)\s+(?:located|found|seen|detected)\s+in|were\s+(?:located|found|seen|detected)\s+in|had|with|having|showed|exhibited|displayed|harbou?red|carried|expressed|presented\s+with|were|was|received|underwent|did\s+not\s+(?:receive|undergo|have)|treated\s+with|in)"
#: "128 (63%) patients had wild-type tumours", "58 (29%) had codon 12 mutations"
COUNT_FIRST = re.compile(
    rf"(?<![\w.])({ANY}){_SHARE}(?:\s+(?:of\s+(?:the|these|them)\s+)?(?:\d+\s+)?{PEOPLE}\b)?{_SHARE}\s+{_VERB}\s+(?:an?\s+|the\s+)?(?=[A-Za-z≥≤<>\d])",
    re.IGNORECASE,
)
#: "wild-type in 128 patients (63%)", "high expression: 40 (51%)"
NAME_FIRST = re.compile(
    rf"(?:\s+(?:was\s+|were\s+)?(?:found\s+|present\s+|detected\s+|observed\s+|seen\s+|identified\s+)?in\s+|\s*:\s*|\s+(?=\d+\s*\([\d.]+\s*%\)))({ANY})(?:\s+{PEOPLE}\b)?{_SHARE}(?![\d.]|\s*%)",
    re.IGNORECASE,
)
#: Words that part the name before a count from what stands before it.
BREAK = re.compile(r"[,;:()\[\]]\s*|\b(?:and|or|was|were|is|are|as|of|that|had|showed|the|an?|while|whereas)\s+", re.IGNORECASE)
RESULTS = {"survival_median", "survival_rate", "hazard_ratio"}


def read(paper: Paper, found: list[Finding]) -> Iterator[Finding]:
    """arm_size findings of groups that other findings compare and that have no size yet; two groups of one sentence at least."""
    known = {words_of(f.arm) for f in found if f.field == "arm_size" and f.arm}
    names = {words_of(name): name for f in reversed(found) if f.field in RESULTS for name in (f.arm, f.vs) if name}
    compared = [name for words, name in names.items() if words not in known]
    burden = {f.n for f in found if f.field == "metastatic_burden" and f.n}  # told as such already
    if len(compared) < 2:
        return
    told: dict[str, tuple] = {}
    single: dict[str, tuple] = {}
    for sentence in paper.own:
        if sentence.section in {"discussion", "conclusion"} or PLANNED.search(sentence.text) or OTHER_COUNTS.search(sentence.text):
            continue
        held = [(sentence, *row) for row in counts(sentence, compared) if row[0] not in told and row[1] not in burden]
        groups = {row[1] for row in held}
        total = sum(row[2] for row in held)
        if len(groups) == len(held) and not (paper.n_total and total > 1.01 * paper.n_total):
            (told if len(groups) > 1 else single).update({row[1]: row for row in held})
    shares = sum(row[3] or 0 for row in told.values())
    rest = {name: row for name, row in single.items() if name not in told and row[3] and abs(shares + row[3] - 100) < 1.5 and shares}
    for sentence, name, size, percent, place in (*told.values(), *rest.values()):
        focus = Mention("n", place, place + 1)
        keys = {"value": size, "n": size, "percent": percent, "unit": "patients", "arm": name}
        yield paper.from_sentence("arm_size", "group_sizes:prose", sentence, focus, **keys)


def counts(sentence: Sentence, compared: list[str]) -> Iterator[tuple[str, int, float | None, int]]:
    """Name, size, percent and place of every count whose words name one of the compared groups."""
    text = sentence.text
    taken: set[int] = set()
    for match in COUNT_FIRST.finditer(text):
        name = one_of(compared, text[match.end() : rightward(text, match.end(), 6)])
        if name and not FIGURE.match(text, match.start()):
            taken.add(match.start(1))
            share = match[2] or match[3]
            yield from sized(name, match[1], share, match.start(1))
    for match in NAME_FIRST.finditer(text):
        words = BREAK.split(text[max(0, match.start() - 60) : match.start()])[-1]
        name = one_of(compared, words) if match.start(1) not in taken else None
        if name and not FIGURE.match(text, match.start(1)):
            yield from sized(name, match[1], match[2], match.start(1))


def sized(name: str, count: str, share: str | None, place: int) -> Iterator[tuple[str, int, float | None, int]]:
    """A group with its size, where the count is one of patients: whole, and two at least."""
    size = number(count)
    if isinstance(size, int) and size > 1:
        yield name, size, number(share) if share else None, place


def one_of(compared: list[str], words: str) -> str | None:
    """The one compared group that these words name: the same telling words, or most of them."""
    asked = words_of(trimmed(words))
    if not asked or not any(char.isalpha() for char in words):
        return None
    exact = [name for name in compared if words_of(name) == asked]
    near = exact or [name for name in compared if len(asked & words_of(name)) / len(asked | words_of(name)) > 0.5]
    near = near or [name for name in compared if words_of(name) < asked and len(asked) - len(words_of(name)) < 3]
    return near[0] if len(near) == 1 else None
