"""Sizes of the groups that tables name: in headings, in columns of counts, in rows of treatments."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.choose import arm_words
from pipeline.context import Paper, Table
from pipeline.quantities import number
from pipeline.readers.table_heads import SIZE, WHOLE, factor_and_level, group_name, telling
from pipeline.readers.table_roles import Role
from pipeline.records import Finding, Passage

TREATMENT = re.compile(
    r"\b(?:treatments?|therap\w+|regimens?|arms?|groups?|modalit\w+|allocated|randomi[sz]ed|chemotherapy|radiotherapy|surgery type)\b",
    re.IGNORECASE,
)
COUNTED = re.compile(r"^\W*(\d{1,3}(?:,\d{3})+|\d+)\s*(?:[\[(]\s*([\d.·]+)\s*%?\s*[\])])?\W*$")
COHORT = re.compile(
    r"\b(?:present study|original|cohort|dataset|data|training|validation|eligible|excluded|screened|respon\w+|dead|alive|survivors?)\b",
    re.IGNORECASE,
)
NOT_ARMS = re.compile(
    r"\b(?:previous|prior|past|history|missing|unknown|response|age|blood|status|risk|stage|dose|cycles?)\b", re.IGNORECASE
)


def group_sizes(paper: Paper, table: Table, told: dict[int, Role]) -> Iterator[Finding]:
    """Sizes of the treatment groups whose survival a table gives: a column of counts."""
    for cell in table.cells:
        match = COUNTED.match(cell.text)
        if told[id(cell)].statistic != "n" or not match:
            continue
        factor, level = factor_and_level(paper, cell)
        name = group_name(factor, level)
        if name and not WHOLE.match(name) and is_arm(paper, factor, level):
            percent = float(match[2].replace("·", ".")) if match[2] else None
            yield paper.finding(
                "arm_size", "result_tables:n", cell, 0, len(cell.text), value=number(match[1]), percent=percent, unit="patients", arm=name
            )


def is_arm(paper: Paper, factor: str, level: str | None) -> bool:
    """Whether a row names a group that the paper compares, or a treatment, rather than a subgroup by age or stage."""
    if NOT_ARMS.search(factor):
        return False
    known = {words for arm in paper.arms for name in (arm.name, *arm.aliases) if (words := arm_words(name))}
    return bool(TREATMENT.search(factor)) or any(arm_words(name) in known for name in (factor, level) if name)


def heading_sizes(paper: Paper) -> Iterator[Finding]:
    """Sizes of the groups that head the columns of a table: "CRT (n = 72)"; at least two, none larger than the study."""
    for table in paper.tables:
        sized: dict[str, tuple[int, Passage]] = {}
        for head in table.heads:
            match = SIZE.search(head.text)
            path = " ".join(part for part in telling(paper, (*head.col_heads, head.text)) if part)
            size = number(match[1]) if match else 0
            if size > 1 and path and not WHOLE.match(path) and not COHORT.search(path) and (not paper.n_total or size < paper.n_total):
                sized.setdefault(path, (int(size), head))
        known = {arm.n: arm.name for arm in paper.arms if arm.n and sum(other.n == arm.n for other in paper.arms) == 1}
        for printed, (size, head) in sized.items() if len(sized) > 1 else ():
            name = known.get(size, printed)
            if name == printed and any(
                arm.n and arm.n != size and arm_words(name) in map(arm_words, (arm.name, *arm.aliases)) for arm in paper.arms
            ):
                continue  # a part of an arm whose size is known: evaluable, treated
            yield paper.finding("arm_size", "result_tables:heading", head, 0, len(head.text), value=size, n=size, unit="patients", arm=name)


def baseline_sizes(paper: Paper, table: Table) -> Iterator[Finding]:
    """Sizes of treatment groups in a baseline table: rows under a heading that names a treatment, in the column of all patients."""
    for cell in table.cells:
        if (
            len(cell.row_heads) < 2
            or not TREATMENT.search(cell.row_heads[-2])
            or NOT_ARMS.search(" ".join(cell.row_heads))
            or (cell.col or 0) != 1
        ):
            continue
        match = re.match(r"^\W*(\d{1,3}(?:,\d{3})+|\d+)\s*[\[(]\s*([\d.·]+)\s*%?\s*[\])]\W*$", cell.text)
        whole = " ".join(cell.col_heads)
        if match and (len(table.rows[cell.row or 0]) <= 3) and not re.search(r"\barm\b|\bgroup\b", whole, re.IGNORECASE):
            factor, level = factor_and_level(paper, cell)
            yield paper.finding(
                "arm_size",
                "result_tables:treatment",
                cell,
                0,
                len(cell.text),
                value=number(match[1]),
                percent=float(match[2].replace("·", ".")),
                unit="patients",
                arm=group_name(factor, level),
            )
