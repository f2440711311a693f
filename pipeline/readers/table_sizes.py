"""Sizes of the groups that tables name: in headings, in columns of counts, in rows of treatments."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.choose import arm_words
from pipeline.context import Paper, Table
from pipeline.quantities import number
from pipeline.readers.table_heads import SIZE, WHOLE, arm_first, clean, factor_and_level, group_name, grouped, is_known, size_in, telling
from pipeline.readers.table_roles import COUNT, Role
from pipeline.records import Finding, Passage

TREATMENT = re.compile(
    r"\b(?:treatments?|therap\w+|regimens?|arms?|groups?|modalit\w+|allocated|randomi[sz]ed|chemotherapy|radiotherapy|surgery type|(?:(?:C|CCC?|chemo)?RT|CHT|CTX?|adjuvant|neoadjuvant)\s+(?:use|given|received|delivery))\b",
    re.IGNORECASE,
)
COUNTED = re.compile(r"^\W*(\d{1,3}(?:,\d{3})+|\d+)\s*(?:[\[(]\s*([\d.·]+)\s*%?\s*[\])])?\W*$")
PERCENT = re.compile(r"^\W*(\d{1,3}(?:[.·]\d+)?)\s*%?\W*$")
PERCENT_HEAD = re.compile(r"^\W*(?:%|percent\w*)\W*$", re.IGNORECASE)
THIS_STUDY = re.compile(r"\b(?:present|study)\s+(?:study|cohort|population)\b|\b(?:all(?!\s+other)|total)\b", re.IGNORECASE)
#: Headings of rows that are the study's own groups, whatever they are called.
ASSIGNED = re.compile(r"\b(?:arms?|groups?|allocat\w+|randomi[sz]\w+|assign\w+)\b", re.IGNORECASE)
NO_GROUP = re.compile(r"^\W*(?:unknown|missing|unavailable|not |n\.?a\b|n\.?k\b|other|total|all\b|median|mean|range|p\b)", re.IGNORECASE)
ANSWER = re.compile(r"^\W*(yes|no)\W*$", re.IGNORECASE)
SEX = re.compile(r"^\W*(?:wo)?men\b", re.IGNORECASE)
#: Headings of a table whose columns are points in time.
VISIT = re.compile(
    r"\bbaseline\b|\bpre-?treatment\b|\bvisit\b|follow-?up|\bpost-?(?:treatment|operative|test)\b|\b(?:before|after)\b(?!\s+(?:PSM|IPTW|propensity|match|weight|adjust))",
    re.IGNORECASE,
)
TIME = re.compile(r"\b\d+\s*(?:weeks?|months?|days?|years?|cycles?)\b|\bT\d\b", re.IGNORECASE)
COHORT = re.compile(
    r"\b(?:present study|original|cohort|dataset|data|training|validation|eligible|excluded|questionnaires?|complet\w+|assess\w+|available|enrolled|screened|respon\w+|dead|alive|survivors?)\b",
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
            columns = grouped(paper, cell.col_heads)
            name = f"{name}, {columns}" if columns and not WHOLE.match(columns) else name
            percent = float(match[2].replace("·", ".")) if match[2] else None
            yield paper.finding(
                "arm_size", "result_tables:n", cell, 0, len(cell.text), value=number(match[1]), percent=percent, unit="patients", arm=name
            )


def is_arm(paper: Paper, factor: str, level: str | None) -> bool:
    """Whether a row names a group that the paper compares, or a treatment, rather than a subgroup by age or stage."""
    if NOT_ARMS.search(factor):
        return False
    return bool(TREATMENT.search(factor)) or any(is_known(paper, name) for name in (factor, level) if name)


def heading_sizes(paper: Paper) -> Iterator[Finding]:
    """Sizes of the groups that head the columns of a table: "CRT (n = 72)"; at least two, none larger than the study."""
    seen: set[tuple[int, ...]] = set()
    for table in paper.tables:
        sized: dict[str, tuple[int, Passage]] = {}
        visits = any(VISIT.search(head.text) for head in table.heads)
        for head in table.heads:
            size = size_in(head.text) or 0
            path = arm_first(paper, telling(paper, (*head.col_heads, head.text))) if size else ""
            if visits and (VISIT.search(path) or TIME.search(path)):
                continue  # those seen at a visit, not a group
            if size > 1 and path and not COHORT.search(path) and (not paper.n_total or size < paper.n_total):
                sized.setdefault(path, (size, head))
        sizes = tuple(size for size, _ in sized.values())
        again = sizes in seen  # the groups of an earlier table, under shorter names
        seen.add(sizes)
        for printed, (size, head) in sized.items() if len(sized) > 1 and not again else ():
            name = settled(paper, printed, size, bool(MATCHED.search(table.caption)))
            if name:
                yield paper.finding(
                    "arm_size", "result_tables:heading", head, 0, len(head.text), value=size, n=size, unit="patients", arm=name
                )


MATCHED = re.compile(r"\bmatch(?:ed|ing)\b|\bpropensity\b", re.IGNORECASE)


def settled(paper: Paper, printed: str, size: float, matched: bool = False) -> str | None:
    """A group's name, that of the arm of the same size where there is one; None for a part of an arm whose size is known, unless it is matched."""
    words = arm_words(printed)
    own = next((arm for arm in paper.arms if words in map(arm_words, (arm.name, *arm.aliases))), None)
    if matched and own:
        return own.name if own.n == size else printed
    same = [arm.name for arm in paper.arms if arm.n == size]
    if len(same) == 1 and own in (None, *(arm for arm in paper.arms if arm.name == same[0])):
        return same[0]
    part = any(arm.n and arm.n != size and words in map(arm_words, (arm.name, *arm.aliases)) for arm in paper.arms)
    return None if part else printed


def sized_arms(paper: Paper) -> int:
    """How many arms have a size already."""
    return sum(arm.n is not None for arm in paper.arms)


def baseline_sizes(paper: Paper, table: Table) -> Iterator[Finding]:
    """Sizes of groups in a table without outcomes: rows of treatments in the column of all patients, the row of all patients by group."""
    yield from treatment_rows(paper, table)
    yield from whole_row(paper, table)


def treatment_rows(paper: Paper, table: Table) -> Iterator[Finding]:
    """Rows under a heading that names a treatment: "Treatment arm: drug A 364 (29.3)"; none where arms have their sizes."""
    for cells in table.rows.values() if sized_arms(paper) < 2 else ():
        heads = cells[-1].row_heads
        if len(heads) < 2 or not TREATMENT.search(heads[-2]) or NOT_ARMS.search(" ".join(heads[-2:])) or NO_GROUP.match(heads[-1]):
            continue
        cell = whole_column([c for c in cells if c.row_heads == heads and c.col], table)
        match = COUNTED.match(cell.text) if cell else None
        if not match:
            continue
        arm = treated(paper, clean(heads[-2]), clean(heads[-1]))
        named = [cell for cell in table.heads if SIZE.search(cell.text) and not WHOLE.match(clean(cell.text))]
        if not arm or (len(named) > 1 and not ASSIGNED.search(heads[-2]) and not is_known(paper, arm) and not ANSWER.match(heads[-1])):
            continue
        share = match[2] or next((m[1] for c in cells if c.col == (cell.col or 0) + 1 and (m := PERCENT.match(c.text))), None)
        yield paper.finding(
            "arm_size", "result_tables:treatment", cell, 0, len(cell.text), value=number(match[1]),
            percent=float(share.replace("·", ".")) if share else None, unit="patients", arm=arm,
        )  # fmt: skip


def whole_column(cells: list[Passage], table: Table) -> Passage | None:
    """Of a row's counts the one of all patients: the only one, or the one whose heading says so; None where groups stand side by side."""
    counts = [cell for cell in cells if COUNTED.match(cell.text) and not PERCENT_HEAD.search(" ".join(cell.col_heads[-1:]))]
    whole = [cell for cell in counts if any(WHOLE.match(clean(head)) or THIS_STUDY.search(head) for head in cell.col_heads)]
    if len(whole) == 1:
        return whole[0]
    if len(counts) != 1 or re.search(r"\barm\b|\bgroup\b", " ".join(counts[0].col_heads), re.IGNORECASE):
        return None
    printed = "(" in counts[0].text or any(PERCENT.match(cell.text) for cell in cells if cell is not counts[0])
    return counts[0] if printed or any(COUNT.search(head) for head in counts[0].col_heads) else None


def treated(paper: Paper, factor: str, level: str) -> str | None:
    """A treatment row's group: its level, or with and without the treatment where the title names it."""
    answer = ANSWER.match(level)
    if not answer:
        return level if is_known(paper, level) or ASSIGNED.search(factor) else group_name(factor, level)
    drug = re.sub(r"\s*\b(?:treatments?|therapy)\b.*$", "", factor, flags=re.IGNORECASE)
    title = next((passage.text for passage in paper.document.passages if passage.kind == "title"), "")
    if not drug or drug.lower() not in title.lower():
        return None
    return drug if answer[1].lower() == "yes" else f"no {drug.lower()}"


def whole_share(percent: str | None) -> bool:
    """Whether a count's percentage, where it has one, is that of a whole column."""
    return percent is None or float(percent.replace("·", ".")) >= 99.5


def whole_row(paper: Paper, table: Table) -> Iterator[Finding]:
    """The row of all patients in a table whose columns are groups: "All | low 678 | high 566 | total 1244"."""
    for number_of, cells in enumerate(table.rows.values()):
        if number_of > 1:
            return
        stub = clean(cells[0].text)
        if (cells[0].col or 0) > 0 or not (WHOLE.match(stub) or COUNT.search(stub)) or SEX.search(stub):
            continue
        counts = [
            (cell, int(number(match[1])), [clean(head) for head in telling(paper, cell.col_heads)])
            for cell in cells[1:]
            if (match := COUNTED.match(cell.text)) and not PERCENT_HEAD.search(" ".join(cell.col_heads[-1:])) and whole_share(match[2])
        ]
        total = [size for _, size, heads in counts if any(WHOLE.match(head) for head in heads)]
        groups = [(cell, size, " ".join(heads)) for cell, size, heads in counts if heads and not any(WHOLE.match(head) for head in heads)]
        whole = total[0] if total else paper.n_total
        if len(groups) < 2 or any(COHORT.search(name) for _, _, name in groups) or len({name for _, _, name in groups}) < len(groups):
            continue
        if whole and not 0.5 * whole <= sum(size for _, size, _ in groups) <= 1.02 * whole:
            continue
        for cell, size, printed in groups:
            name = settled(paper, printed, size)
            if not name:
                continue
            yield paper.finding("arm_size", "result_tables:all", cell, 0, len(cell.text), value=size, n=size, unit="patients", arm=name)
        return
