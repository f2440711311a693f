"""Tables of results: hazard ratios, survival rates and medians by group, prognostic factors with their p values, group sizes."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from pipeline.context import Paper, Table
from pipeline.quantities import DASH, NUM, number, quantities
from pipeline.readers.table_heads import WHOLE, clean, factor_and_level, factor_name, group_name, group_of, telling
from pipeline.readers.table_roles import (
    ACCURACY,
    BRACKETED,
    CITED,
    OTHER_STUDIES,
    REFERENCE,
    RESPONSE,
    VERSUS,
    Role,
    Roles,
    endpoints_of,
)  # fmt: skip
from pipeline.readers.table_sizes import group_sizes, heading_sizes, treatment_sizes
from pipeline.records import Finding, Passage

ESTIMATE = re.compile(
    rf"^\W{{0,2}}({NUM})\s*%?\s*(?:[a-z*†‡§]{{1,2}}\s*)?(?:[\[(,;]?\s*(?:95\s*%?\s*(?:CI)?\s*[:,=]?\s*)?[\[(]?\s*({NUM})\s*%?(?:{DASH}|\s*[,;/]\s*)({NUM}|∞|NR|NE)\s*%?\s*[\])]?)?",
    re.IGNORECASE,
)
INTERVAL = re.compile(rf"^\W*(?:95\s*%?\s*CI\s*[:,]?\s*)?({NUM})\s*%?(?:{DASH}|\s*[,;/]\s*)({NUM})\s*%?\W*$", re.IGNORECASE)
P_CELL = re.compile(
    rf"^\W*?(?:p\s*)?([<>≤≥=]?)\s*({NUM}(?:\s*[×x]\s*10\s*\^?\s*[-−–‐]?\s*\d+)?(?:e[-−]\d+)?)\s*[a-z*†‡§]*\W*$", re.IGNORECASE
)
STATISTIC_WORDS = re.compile(
    r"\b(?:a?HRs?|hazards?\s+ratios?|95\s*%?\s*CI|CI|confidence\s+intervals?|for|of|p[\s-]*values?)\b|[()\[\]:;,]|95\s*%", re.IGNORECASE
)
#: Tables of a treatment's effect within subgroups: their rows are no prognostic factors.
SUBGROUPS = re.compile(r"\b(?:benefit|effect|efficacy|impact) (?:of|from)\b|subgroup|\binteraction\b|subset analys", re.IGNORECASE)


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


def significant(p: str) -> bool | None:
    """Whether a printed p value lies below 0.05; None where it cannot be told."""
    match = P_CELL.match(p)
    if not match:
        return False if re.match(r"^\W*n\.?s\.?\W*$", p, re.IGNORECASE) else None
    sign, printed = match[1], match[2].replace("·", ".")
    if re.search(r"10\s*\^?\s*[-−–‐]|e[-−]", printed):
        return True
    held = float(number(printed))
    return held <= 0.05 if sign in "<≤" and sign else held < 0.05 if sign in ("", "=") else False


def p_of(text: str) -> str | None:
    """A p value's cell as the contract prints it."""
    match = P_CELL.match(text.strip())
    if match and float(number(re.split(r"\s*[×xeE]", match[2])[0].replace("·", "."))) <= (1 if "10" not in match[2] else 99):
        return match[1].replace("=", "") + match[2].replace("·", ".").strip()
    return "ns" if re.match(r"^\W*n\.?s\.?\W*$", text, re.IGNORECASE) else None


def read_table(paper: Paper, table: Table) -> Iterator[Finding]:
    """Findings of one table, row by row."""
    roles = Roles(paper, table)
    told = {id(cell): roles.of(cell) for cell in table.cells}
    kinds = {role.statistic for role in told.values()}
    if not kinds & {"hr", "median", "rate", "p"}:
        yield from treatment_sizes(paper, table)
        return
    fallback = None if any(role.endpoint for role in told.values()) else roles.cited_endpoint()
    found: list[Finding] = []
    rows: list[tuple[list[Passage], dict[int, Role]]] = []
    for cells in table.rows.values():
        held = {cell.col or 0: told[id(cell)] for cell in cells}
        for role in held.values():
            role.endpoint = role.endpoint or fallback
        rows.append((cells, held))
    references = reference_levels(paper, rows)
    with_interval = {
        (c.col, c.col_heads) for cells, held in rows for c in cells if held[c.col or 0].statistic == "hr" and BRACKETED.search(c.text)
    }
    shares = share_columns(table)
    common = repeated(table)
    for cells, held in rows:
        found += hazard_ratios(paper, cells, held, references, with_interval)
        found += rates_and_medians(paper, [c for c in cells if (c.col, c.text) not in common], held, shares, bool(table.heads))
    if paper.design != "meta_analysis" and not SUBGROUPS.search(table.caption):
        found += factors(paper, table, rows)
    yield from found
    if any(finding.field in {"survival_rate", "survival_median"} for finding in found):
        yield from group_sizes(paper, table, told)
    elif not found:
        yield from treatment_sizes(paper, table)


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


def reference_levels(paper: Paper, rows: list[tuple[list[Passage], dict[int, Role]]]) -> dict[str, str]:
    """The level of each factor whose hazard ratio is printed as 1 or as reference."""
    levels: dict[str, str] = {}
    for cells, held in rows:
        for cell in cells:
            tested = any(held[other.col or 0].statistic == "p" and p_of(other.text) for other in cells)
            if held[cell.col or 0].statistic == "hr" and cell.text.strip() and REFERENCE.match(cell.text) and not tested:
                factor, level = factor_and_level(paper, cell)
                if level:
                    levels.setdefault(factor, level)
    return levels


def hazard_ratios(
    paper: Paper, cells: list[Passage], held: dict[int, Role], references: dict[str, str], with_interval: set[tuple]
) -> Iterator[Finding]:
    """The row's hazard ratios, each with its interval, its p value and what it compares.

    In a column whose other cells print the interval beside the estimate, a bare number is a p value or a reference.
    """
    for cell in cells:
        role = held[cell.col or 0]
        match = ESTIMATE.match(cell.text.strip()) if role.statistic == "hr" else None
        if not match or not role.endpoint or RESPONSE.search(" ".join(cell.col_heads)):
            continue
        value, low, high = number(match[1]), *interval(match, cells, held, cell)
        if low is None and (cell.col, cell.col_heads) in with_interval:
            continue
        if (value == 1 and low is None) or value > 200 or (low is not None and not low <= value * 1.02 + 0.02):
            continue
        beside = neighbour(cells, held, cell.col or 0, "p")
        p = p_of(beside.text) if beside else None
        if p is None:
            p = next((m.key for m in quantities(cell.text) if m.kind == "p"), None)
        arm, versus = compared(paper, cell, references)
        if not arm:
            arm, versus = beside_groups(paper, cells, held, value)
        yield paper.finding(
            "hazard_ratio", "result_tables:hr", cell, 0, len(cell.text), value=value, low=low, high=high,
            bounds="ci95" if low is not None else None, endpoint=role.endpoint, arm=arm or None, vs=versus, p=p,
        )  # fmt: skip


def beside_groups(paper: Paper, cells: list[Passage], held: dict[int, Role], ratio: float) -> tuple[str | None, str | None]:
    """The two groups whose outcomes stand in the same row, put the way round that agrees with the hazard ratio."""
    outcomes = [(cell, ESTIMATE.match(cell.text.strip())) for cell in cells if held[cell.col or 0].statistic in {"rate", "median"}]
    named = [(group_of(paper, cell), number(match[1])) for cell, match in outcomes if match]
    if len(named) != 2 or not all(name for name, _ in named) or named[0][1] == named[1][1] or ratio == 1:
        return None, None
    (better, _), (worse, _) = sorted(named, key=lambda pair: -pair[1])
    return (better, worse) if ratio < 1 else (worse, better)


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


def compared(paper: Paper, cell: Passage, references: dict[str, str]) -> tuple[str, str | None]:
    """What a hazard ratio compares: the group's name and the comparator's."""
    factor, level = factor_and_level(paper, cell)
    for head in reversed(cell.col_heads):
        text = clean(STATISTIC_WORDS.sub(" ", head))
        if VERSUS.search(text) and not text.startswith(("/", "vs")):
            one, other = VERSUS.split(text, maxsplit=1)
            within = ", ".join(telling(paper, cell.row_heads))
            return (f"{one} ({within})" if within else one), other
    columns = ", ".join(head for head in telling(paper, cell.col_heads) if not WHOLE.match(head))
    for text in (level, factor):
        if text and VERSUS.search(text):
            one, other = VERSUS.split(text, maxsplit=1)
            return group_name(factor, one) if text is level else one, other
    name = group_name(factor, level)
    return ", ".join(part for part in (name, columns) if part), references.get(factor)


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


def rates_and_medians(
    paper: Paper, cells: list[Passage], held: dict[int, Role], shares: set[int | None], headed: bool
) -> Iterator[Finding]:
    """The row's survival rates and median times by group; in a table with headings a cell without one is not read."""
    for cell in cells:
        role = held[cell.col or 0]
        if (headed and not cell.col_heads) or re.match(r"^\W*[<≤]", cell.text):
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
        if role.statistic == "rate" and 0 <= value <= 100 and not re.match(rf"^\W*{NUM}\s*[\[(]\s*{NUM}\s*%?\s*[\])]", cell.text):
            if cell.col in shares:
                value, keys["low"], keys["high"] = (None if held is None else round(held * 100, 6) for held in (value, low, high))
            yield paper.finding(
                "survival_rate", "result_tables:rate", cell, 0, len(cell.text), value=value, unit="percent", at=role.at, **keys
            )
        elif role.statistic == "median" and role.unit:
            yield paper.finding("survival_median", "result_tables:median", cell, 0, len(cell.text), value=value, unit=role.unit, **keys)


def factors(paper: Paper, table: Table, rows: list[tuple[list[Passage], dict[int, Role]]]) -> Iterator[Finding]:
    """One prognostic factor an endpoint and analysis: significant where any of its levels is."""
    best: dict[tuple[str, str, str], tuple[bool, str | None, Passage]] = {}
    for cells, held in rows:
        for cell in cells:
            role = held[cell.col or 0]
            if role.statistic != "p" or not role.endpoint or role.endpoint == "ORR" or VERSUS.search(" ".join(cell.col_heads)):
                continue
            p = p_of(cell.text)
            verdict = significant(cell.text) if p else None
            factor, _ = factor_and_level(paper, cell)
            name = factor_name(VERSUS.split(factor)[0] if VERSUS.search(factor) else factor)
            if verdict is None or not re.search(r"[a-z]{2}", name) or WHOLE.match(name) or endpoints_of(paper, name, as_head=True):
                continue
            key = (name, role.endpoint, role.analysis or "uni")
            if key not in best or (verdict and not best[key][0]):
                best[key] = (verdict, p, cell)
    for (name, endpoint, analysis), (verdict, p, cell) in best.items():
        arm = ("independent" if analysis == "multi" else "univariate") if verdict else "not_significant"
        yield paper.finding(
            "prognostic_factor", f"result_tables:{analysis}", cell, 0, len(cell.text), value=name, endpoint=endpoint, arm=arm, p=p
        )
