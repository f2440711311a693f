"""Tables of results: hazard ratios, survival rates and medians by group, prognostic factors with their p values, group sizes."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from pipeline.context import Paper, Table
from pipeline.quantities import NUM, number, quantities
from pipeline.readers.exposures import exposure, of_exposure
from pipeline.readers.table_comparisons import Comparisons, Rows, reference_levels
from pipeline.readers.table_factors import factors
from pipeline.readers.table_figures import ESTIMATE, INTERVAL, P_FIRST, p_of
from pipeline.readers.table_heads import group_of
from pipeline.readers.table_roles import ACCURACY, BRACKETED, CITED, OTHER_STUDIES, RESPONSE, Role, Roles, statistic_of
from pipeline.readers.table_sizes import baseline_sizes, group_sizes, heading_sizes
from pipeline.records import Finding, Passage


def read(paper: Paper) -> Iterator[Finding]:
    """Findings of every table that reports the paper's own results."""
    if paper.design != "meta_analysis":
        yield from heading_sizes(paper)
    for table in paper.tables:
        if not about_others(paper, table):
            yield from read_table(paper, table)


def about_others(paper: Paper, table: Table) -> bool:
    """Whether a table lists other publications, or the accuracy of a test, rather than outcomes of the paper's own patients."""
    stubs = [row[0].text for row in table.rows.values() if row]
    cited = sum(bool(CITED.search(stub)) for stub in stubs)
    if ACCURACY.search(table.caption) or sum(bool(ACCURACY.search(head.text)) for head in table.heads) > 0:
        return True
    return cited >= max(2, len(stubs) / 3) or (bool(OTHER_STUDIES.search(table.caption)) and paper.design != "meta_analysis")


def read_table(paper: Paper, table: Table) -> Iterator[Finding]:
    """Findings of one table, row by row."""
    roles = Roles(paper, table)
    told = {id(cell): roles.of(cell) for cell in table.cells}
    kinds = {role.statistic for role in told.values()}
    if not kinds & {"hr", "median", "rate", "p"}:
        yield from baseline_sizes(paper, table)
        return
    fallback = None if any(role.endpoint for role in told.values()) else roles.cited_endpoint()
    rows: Rows = []
    for cells in table.rows.values():
        held = {cell.col or 0: told[id(cell)] for cell in cells}
        for role in held.values():
            role.endpoint = role.endpoint or fallback
        rows.append((cells, held))
    found = list(results(paper, table, rows))
    yield from found
    if any(finding.field in {"survival_rate", "survival_median"} for finding in found):
        yield from group_sizes(paper, table, told)
    elif not found:
        yield from baseline_sizes(paper, table)


def results(paper: Paper, table: Table, rows: Rows) -> Iterator[Finding]:
    """Ratios, rates, medians and factors of a table whose cells' roles are known."""
    comparisons = Comparisons(paper, table, rows, reference_levels(paper, rows, p_of))
    with_interval = {
        (c.col, c.col_heads) for cells, held in rows for c in cells if held[c.col or 0].statistic == "hr" and BRACKETED.search(c.text)
    }
    shares = share_columns(table)
    common = repeated(table)
    marker = exposure(paper, table) if paper.design == "meta_analysis" else None
    bounds: dict[int, tuple[float, float]] = {}
    for number_of, (cells, held) in enumerate(rows):
        below = rows[number_of + 1] if number_of + 1 < len(rows) else ([], {})
        for cell, finding in hazard_ratios(paper, cells, held, below, comparisons, with_interval):
            finding.arm = of_exposure(marker, finding.arm)
            if finding.low is not None:
                bounds[id(cell)] = (finding.low, finding.high)
            yield finding
        yield from rates_and_medians(paper, [c for c in cells if (c.col, c.text) not in common], held, shares, bool(table.heads))
    if paper.design != "meta_analysis":
        yield from factors(paper, table, rows, comparisons, bounds)


def neighbour(cells: list[Passage], held: dict[int, Role], at: int, wanted: str) -> Passage | None:
    """The cell of a wanted statistic that belongs to the estimate in column `at`: to its right before the next estimate, else just left."""
    mine = next(cell for cell in cells if cell.col == at)
    right = [cell for cell in cells if (cell.col or 0) > at]
    for cell in right:
        if held[cell.col or 0].statistic == held[at].statistic:
            break
        if held[cell.col or 0].statistic == wanted:
            return cell
    left = [cell for cell in cells if (cell.col or 0) < at and held[cell.col or 0].statistic == wanted]
    same = [cell for cell in left if cell.col_heads[:-1] == mine.col_heads[:-1]] if len(mine.col_heads) > 1 else left
    between = [cell for cell in same if not any(cell.col < c.col < at and held[c.col].statistic == held[at].statistic for c in cells)]
    return between[-1] if between else None


def hazard_ratios(
    paper: Paper, cells: list[Passage], held: dict[int, Role], below: tuple, comparisons: Comparisons, with_interval: set[tuple]
) -> Iterator[tuple[Passage, Finding]]:
    """The row's hazard ratios, each with its interval, its p value and what it compares, and the cell it stands in.

    In a column whose other cells print the interval beside the estimate, a bare number is a p value or a reference.
    """
    for cell in cells:
        role = held[cell.col or 0]
        if role.statistic != "hr" or not role.endpoint or RESPONSE.search(" ".join(cell.col_heads)):
            continue
        first = P_FIRST.match(cell.text)
        match = ESTIMATE.match(first[2] if first else cell.text.strip())
        if not match:
            continue
        value, low, high = number(match[1]), *interval(match, cells, held, cell)
        if low is None and (cell.col, cell.col_heads) in with_interval:
            continue
        if (value == 1 and low is None) or value > 200 or (low is not None and not low <= value * 1.02 + 0.02):
            continue
        arm, versus = comparisons.of(cell, role.endpoint)
        yield cell, paper.finding(
            "hazard_ratio", "result_tables:hr", cell, 0, len(cell.text), value=value, low=low, high=high,
            bounds="ci95" if low is not None else None, endpoint=role.endpoint, arm=arm or None, vs=versus,
            p=p_of(first[1]) if first else p_beside(cells, held, cell, below),
        )  # fmt: skip


def p_beside(cells: list[Passage], held: dict[int, Role], cell: Passage, below: tuple) -> str | None:
    """The p value of a ratio: beside it, in its own cell, or in the row below where rows hold statistics."""
    beside = neighbour(cells, held, cell.col or 0, "p")
    p = p_of(beside.text) if beside else next((m.key for m in quantities(cell.text) if m.kind == "p"), None)
    if p is None and not any(role.statistic == "p" for role in held.values()):
        under = next((c for c in below[0] if c.col == cell.col and below[1][c.col or 0].statistic == "p"), None)
        p = p_of(under.text) if under and statistic_of(under.row_heads[-1] if under.row_heads else "") == "p" else None
    return p


def interval(match: re.Match[str], cells: list[Passage], held: dict[int, Role], cell: Passage) -> tuple[float | None, float | None]:
    """The interval printed in the estimate's own cell or in the one beside it."""
    if match[2] and re.match(NUM, match[3]):
        return number(match[2]), number(match[3])
    beside = neighbour(cells, held, cell.col or 0, "ci")
    inside = INTERVAL.match(beside.text.strip()) if beside else None
    if inside:
        return number(inside[1]), number(inside[2])
    bounds = [c for c in cells if held[c.col or 0].statistic == "ci" and (c.col or 0) > (cell.col or 0)][:2]
    limits = [re.fullmatch(rf"\W*({NUM})\W*", c.text.strip()) for c in bounds]
    return (number(limits[0][1]), number(limits[1][1])) if len(limits) == 2 and all(limits) else (None, None)


def share_columns(table: Table) -> set[int | None]:
    """Columns that print rates as shares of one: every number between 0 and 1, none with a percent sign."""
    numbers: dict[int | None, list[float]] = {}
    for cell in table.cells:
        match = ESTIMATE.match(cell.text.strip())
        if match:
            numbers.setdefault(cell.col, []).append(101 if "%" in cell.text else number(match[1]))
    return {col for col, held in numbers.items() if held and max(held) <= 1 and any(0 < value < 1 for value in held)}


def repeated(table: Table) -> set[tuple[int | None, str]]:
    """Columns and values that five rows or more have alike: the whole study's figure beside each covariate, not a group's."""
    counts = Counter((cell.col, cell.text) for cell in table.cells if ESTIMATE.match(cell.text.strip()))
    return {key for key, count in counts.items() if count >= 5}


#: "5-year OS, % (SE)": what stands before the bracket is the rate.
PERCENT_FIRST = re.compile(r"%\s*[\[(±]|[\[(]\s*(?:±\s*)?s\.?[ed]\.?\s*[\])]", re.IGNORECASE)


def is_stub(cell: Passage, cells: list[Passage]) -> bool:
    """Whether a cell is what its row is about ("1-3" positive nodes) and no figure."""
    return any(other is not cell and other.row_heads[-1:] == (cell.text,) for other in cells)


def is_count(text: str) -> bool:
    """Whether a cell prints a number with one in a bracket behind it: patients and their percentage."""
    return bool(re.match(rf"^\W*{NUM}\s*[\[(]\s*{NUM}\s*%?\s*[\])]", text))


def rates_and_medians(
    paper: Paper, cells: list[Passage], held: dict[int, Role], shares: set[int | None], headed: bool
) -> Iterator[Finding]:
    """The row's survival rates and median times by group; in a table with headings a cell without one is not read."""
    for cell in cells:
        role = held[cell.col or 0]
        if (headed and not cell.col_heads) or is_stub(cell, cells) or re.match(r"^\W*[<>≤≥]", cell.text):
            continue
        if role.statistic not in {"rate", "median"} or not role.endpoint or role.endpoint == "ORR":
            continue
        match = ESTIMATE.match(cell.text.strip())
        if not match or re.match(rf"^\W*{NUM}\s*/", cell.text) or ("±" in cell.text and role.statistic == "rate" and not match):
            continue
        value = number(match[1])
        low, high = interval(match, cells, held, cell)
        beside = neighbour(cells, held, cell.col or 0, "p")
        keys = {
            "endpoint": role.endpoint,
            "arm": group_of(paper, cell),
            "p": p_of(beside.text) if beside else None,
            "low": low,
            "high": high,
        }
        keys["bounds"] = (
            None
            if low is None
            else "range"
            if re.search(r"\brange\b", " ".join((*cell.col_heads, *cell.row_heads)), re.IGNORECASE)
            else "ci95"
        )
        if (
            role.statistic == "rate"
            and 0 <= value <= 100
            and not (is_count(cell.text) and not PERCENT_FIRST.search(" ".join(cell.col_heads)))
        ):
            if cell.col in shares:
                value, keys["low"], keys["high"] = (None if held is None else round(held * 100, 6) for held in (value, low, high))
            yield paper.finding(
                "survival_rate", "result_tables:rate", cell, 0, len(cell.text), value=value, unit="percent", at=role.at, **keys
            )
        elif role.statistic == "median" and role.unit:
            yield paper.finding("survival_median", "result_tables:median", cell, 0, len(cell.text), value=value, unit=role.unit, **keys)
