"""Prognostic factors of tables: one a factor, endpoint and analysis, by p values, or by intervals where no p value is printed."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.context import Paper, Table
from pipeline.readers.table_comparisons import AGAINST, Comparisons, Rows, subject_factor
from pipeline.readers.table_figures import p_of, significant
from pipeline.readers.table_heads import LEVEL, WHOLE, clean, factor_and_level, factor_name, is_known, size_in, telling
from pipeline.readers.table_roles import VERSUS, Role, endpoints_of, statistic_of
from pipeline.records import Finding, Passage

#: Interval of a ratio: its bounds, read by the reader of hazard ratios.
Bounds = dict[int, tuple[float, float]]


def factors(paper: Paper, table: Table, rows: Rows, comparisons: Comparisons, bounds: Bounds) -> Iterator[Finding]:
    """One prognostic factor an endpoint and analysis: its own p value, else significant where any of its levels is; none from comparisons of treatments."""
    best: dict[tuple[str, str, str, str], tuple[bool, bool, str | None, Passage]] = {}
    for cells, held in rows:
        for cell in cells if not comparisons.effect else ():
            role = held[cell.col or 0]
            verdict, p = judged(cells, held, cell, bounds)
            if verdict is None or not role.endpoint or role.endpoint == "ORR" or VERSUS.search(" ".join(cell.col_heads)):
                continue
            if comparisons.beside(cell, role.endpoint) or compares_columns(paper, table, cell):
                continue
            name = named(paper, table, comparisons, cell)
            key = (name or "", role.endpoint, role.analysis or "uni", populations(paper, cell))
            whole = factor_and_level(paper, cell)[1] is None
            if name and (key not in best or (whole, verdict) > best[key][:2]):
                best[key] = (whole, verdict, p, cell)
    for (name, endpoint, analysis, _), (_, verdict, p, cell) in best.items():
        arm = ("independent" if analysis == "multi" else "univariate") if verdict else "not_significant"
        yield paper.finding(
            "prognostic_factor", f"result_tables:{analysis}", cell, 0, len(cell.text), value=name, endpoint=endpoint, arm=arm, p=p
        )


def compares_columns(paper: Paper, table: Table, cell: Passage) -> bool:
    """Whether a p value compares the table's columns, groups of patients or arms, and not the levels of its row's factor."""
    groups = [head for head in table.heads if size_in(head.text) or is_known(paper, clean(head.text))]
    if len({head.text for head in groups}) < 2 or any(head.text in cell.col_heads for head in groups):
        return False
    first, last = (end(head.col or 0 for head in groups) for end in (min, max))
    return not any(statistic_of(head.text) == "p" and first < (head.col or 0) < last for head in table.heads)


def populations(paper: Paper, cell: Passage) -> str:
    """The part of the patients that the columns above a cell name: each has an analysis of its own."""
    return " ".join(head for head in telling(paper, cell.col_heads) if not WHOLE.match(head))


def judged(cells: list[Passage], held: dict[int, Role], cell: Passage, bounds: Bounds) -> tuple[bool | None, str | None]:
    """Whether a cell shows a factor to be significant, and its p value; the interval tells where the row has no p value."""
    role = held[cell.col or 0]
    if role.statistic == "p":
        p = p_of(cell.text)
        return (significant(cell.text) if p else None), p
    if role.statistic == "hr" and id(cell) in bounds and not any(other.statistic == "p" for other in held.values()):
        low, high = bounds[id(cell)]
        return low > 1 or high < 1, None
    return None, None


def named(paper: Paper, table: Table, comparisons: Comparisons, cell: Passage) -> str | None:
    """The factor that a cell's row is about, as the contract names it; None for rows of all patients, of endpoints, of subgroups."""
    heads = telling(paper, cell.row_heads)
    if not heads or all(WHOLE.match(head) for head in heads) or AGAINST.match(heads[0]):
        factor = subject_factor(table)
        return factor_name(factor) if factor else None
    if comparisons.stated or comparisons.reference_row(cell):
        return None
    factor, _ = factor_and_level(paper, cell)
    level = LEVEL.match(factor)
    if level and (level.end() == len(factor) or not re.search(r"[a-z]{3}", factor)):
        return None
    name = factor_name(VERSUS.split(factor)[0] if VERSUS.search(factor) else factor)
    if not re.search(r"[a-z]{2}", name) or WHOLE.match(name) or endpoints_of(paper, name, as_head=True):
        return None
    return expression_of(paper, cell, name)


def expression_of(paper: Paper, cell: Passage, name: str) -> str:
    """A gene's symbol with the word that makes it a factor, where the first column is one of genes: "ggh expression"."""
    first = next((head for head in cell.row_heads if clean(head).lower() == name), "")
    symbol = re.fullmatch(r"[A-Z][A-Z0-9-]{1,9}", clean(first))
    return f"{name} expression" if symbol and genes(paper, cell) else name


def genes(paper: Paper, cell: Passage) -> bool:
    """Whether the column that names a cell's row is headed as one of genes."""
    table = next(table for table in paper.tables if table.label == cell.table)
    return any(re.fullmatch(r"\W*(?:gene|marker gene|gene symbol|gene name)s?\W*", head.text, re.IGNORECASE) for head in table.heads)
