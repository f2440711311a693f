"""What the hazard ratios of a table compare: levels and their reference, two columns of outcomes, or groups that caption and notes name."""

from __future__ import annotations

import re

from pipeline.context import Paper, Table
from pipeline.quantities import NUM, number
from pipeline.readers.table_heads import ANALYSIS, SIZE, UNITS, WHOLE, clean, factor_and_level, group_name, grouped, is_known, telling
from pipeline.readers.table_roles import REFERENCE, SUBGROUPS, VERSUS, Role, endpoints_of
from pipeline.records import Passage

Rows = list[tuple[list[Passage], dict[int, Role]]]
STATISTIC_WORDS = re.compile(
    r"\b(?:a?HRs?|hazards?\s+ratios?|95\s*%?\s*CI|CI|confidence\s+intervals?|for|of|p[\s-]*values?)\b|[()\[\]:;,]|95\s*%", re.IGNORECASE
)
AGAINST = re.compile(r"^\W*(?:as\s+)?(?:compared\s+(?:with|to)|versus|vs\.?|relative\s+to|against)\s+", re.IGNORECASE)
#: "letrozole versus tamoxifen": at most five words on either side, up to a preposition or a mark.
_SIDE = r"(?:(?<![\w-])(?!(?:for|in|on|of|with|between|by|to|and|at|from|among|effects?|comparing|comparison|ratios?|as|is|was|were|according)\b)[\w+/.’'-]+\s?){1,5}"
STATED = re.compile(rf"({_SIDE})\s*\b(?:vs\.?|versus|compared\s+(?:with|to)|relative\s+to)\s+({_SIDE})", re.IGNORECASE)
#: "AIB1 (high vs. low)": two levels of what stands before the parenthesis.
LEVELS_OF = re.compile(rf"({_SIDE})[(\[]\s*([\w+-]+)\s+(?:vs\.?|versus)\s+([\w+-]+)\s*[)\]]", re.IGNORECASE)
#: "Age (≥50/<50)", "Sex (female/male)": two levels with a stroke between them, and no unit.
_LEVEL = r"(?:[<>≥≤]\s*\d[\d.,]*|[TNM]?[0-4IVX][\w–-]{0,6}|yes|no|(?:fe)?male|high|low|positive|negative|present|absent|normal|abnormal|old|young|good|poor|well|single|multiple)"
SLASHED = re.compile(rf"^(?P<factor>.*?)\s*[(\[,:]?\s*(?P<one>{_LEVEL})\s*/\s*(?P<other>{_LEVEL})\s*(?:years?|y)?\s*[)\]]?$", re.IGNORECASE)
SUBJECT = re.compile(
    r"^(?:Tables?\s+\S+\s+)?(.{3,80}?)\s+as\s+an?\s+(?:\w+\s+)*?(?:risk|prognostic|predictive)\s+factors?\b", re.IGNORECASE
)
RATIO = re.compile(r"\bHRs?\b|hazards?\s+ratios?", re.IGNORECASE)


def stated(paper: Paper, table: Table) -> tuple[str, str] | None:
    """The two groups that caption or notes say the table's hazard ratios compare."""
    caption = table.caption.removeprefix(table.label)
    levels = LEVELS_OF.search(caption)
    if levels:
        return f"{levels[2]} {levels[1].strip()}", f"{levels[3]} {levels[1].strip()}"
    notes = " ".join(part for part in re.split(r"(?<=[.;])\s", table.notes) if RATIO.search(part))
    for text in (caption, notes):
        match = STATED.search(text)
        if match and not any(re.fullmatch(rf"\W*{NUM}.*", side.strip()) for side in match.groups()):
            return match[1].strip(" ."), match[2].strip(" .")
    return None


def subject_factor(table: Table) -> str | None:
    """The one factor that a table is about: "Weight loss as a risk factor for survival", "Marker (high vs low) and survival"."""
    caption = table.caption.removeprefix(table.label).strip()
    match = LEVELS_OF.search(caption) or SUBJECT.match(caption)
    return match[1].strip() if match else None


def reference_levels(paper: Paper, rows: Rows, is_p) -> dict[str, str]:
    """The level of each factor whose hazard ratio is printed as 1 or as reference; `is_p` tells a p value's cell."""
    levels: dict[str, str] = {}
    for cells, held in rows:
        for cell in cells:
            tested = any(held[other.col or 0].statistic == "p" and is_p(other.text) for other in cells)
            if held[cell.col or 0].statistic == "hr" and cell.text.strip() and REFERENCE.match(cell.text) and not tested:
                factor, level = factor_and_level(paper, cell)
                if level:
                    levels.setdefault(factor, level)
    return levels


class Comparisons:
    """The comparisons of one table, worked out once."""

    def __init__(self, paper: Paper, table: Table, rows: Rows, references: dict[str, str]) -> None:
        self.paper, self.table, self.rows, self.references = paper, table, rows, references
        heads = [head for cells, _ in rows for cell in cells for head in cell.row_heads]
        self.levels_in_rows = bool(references) or any(VERSUS.search(head) for head in heads)
        self.whole = any(WHOLE.match(clean(head)) for head in heads)
        self.effect = bool(SUBGROUPS.search(table.caption))
        self.stated = None if self.levels_in_rows else stated(paper, table)
        if self.stated and not (self.whole or self.effect or self.of_arms(self.stated)):
            self.stated = None
        self.kinds = self.kinds_of_event()
        self.reference_rows = [
            (cell.row_heads[:-1], cell.row_heads[-1]) for cells, held in rows for cell in cells
            if held[cell.col or 0].statistic == "hr" and cell.row_heads and cell.text.strip() and REFERENCE.match(cell.text) and "1" in cell.text
        ]  # fmt: skip
        self.outcomes = {id(cells): self.pair_of(cells, held) for cells, held in rows}
        self.first_is_arm = self.direction()

    def kinds_of_event(self) -> frozenset[str]:
        """Column headings that name kinds of one endpoint, such as recurrence at several sites: what tells its ratios apart."""
        named: dict[str, set[str]] = {}
        heads = {head for cells, held in self.rows for cell in cells if held[cell.col or 0].statistic == "hr" for head in cell.col_heads}
        for head in sorted(heads):
            if not RATIO.search(head):
                for key in endpoints_of(self.paper, head, as_head=True):
                    named.setdefault(key, set()).add(head)
        kinds = [found for found in named.values() if len({ANALYSIS.sub("", f" {head} ").strip() for head in found}) > 1]
        return frozenset(head for found in kinds for head in found)

    def reference_row(self, cell: Passage) -> str | None:
        """The row that stands for 1 under the same endpoint's heading: "OS: A 1.00 | B 0.7 | C 0.6" sets groups against A."""
        above = cell.row_heads[:-1]
        if not above or telling(self.paper, above) or not endpoints_of(self.paper, above[-1], as_head=True):
            return None
        return next((name for heads, name in self.reference_rows if heads == above and name != cell.row_heads[-1]), None)

    def of_arms(self, sides: tuple[str, str]) -> bool:
        """Whether both sides name treatments."""
        return all(any(m.kind in {"agent", "regimen", "therapy"} for m in self.paper.mentions(side)) for side in sides)

    def pair_of(self, cells: list[Passage], held: dict[int, Role]) -> list[tuple[str, float]] | None:
        """The two columns' groups, arms or headed with their sizes, of a row with two outcomes of one endpoint, each with its figure."""
        found = []
        for cell in cells:
            role = held[cell.col or 0]
            match = re.match(rf"\W{{0,2}}({NUM})", cell.text.strip())
            if role.statistic in {"rate", "median"} and match:
                name = grouped(self.paper, cell.col_heads)
                sure = any(SIZE.search(head) or is_known(self.paper, clean(head)) for head in cell.col_heads)
                found.append((name if sure else "", number(match[1]), (role.endpoint, role.at, role.statistic), cell.col or 0))
        found = [one for one in found if one[0]]
        if len(found) != 2 or found[0][0] == found[1][0] or found[0][2] != found[1][2]:
            return None
        if any(role.statistic in {"p", "hr"} and found[0][3] < col < found[1][3] for col, role in held.items()):
            return None  # each column has its own test: of the rows' factor, not of the columns' groups
        return [one[:2] for one in found]

    def beside(self, cell: Passage, endpoint: str | None) -> list[tuple[str, float]] | None:
        """The outcomes that a ratio belongs to: of its own row, or of the row above where its row names no group."""
        before = None
        if not telling(self.paper, cell.row_heads):
            under = [self.outcomes[id(cells)] for cells, _ in self.rows if any(c.row_heads[:-1] == cell.row_heads for c in cells)]
            if pair := next(filter(None, under), None):
                return pair
        for cells, held in self.rows:
            pair = self.outcomes[id(cells)]
            mine = any(other is cell for other in cells)
            same = cell.row_heads and any(other.row_heads == cell.row_heads for other in cells)
            if pair and (mine or same):
                return pair
            if pair and any(role.endpoint == endpoint for role in held.values()):
                before = pair
            if mine:
                return before if not telling(self.paper, cell.row_heads) else None
        return None

    def direction(self) -> bool:
        """Whether the first of two columns is the ratio's arm: where its outcomes are better and the ratio lies below 1."""
        votes = 0
        for cells, held in self.rows:
            for cell in cells:
                match = re.match(rf"\W{{0,2}}({NUM})", cell.text.strip())
                pair = self.beside(cell, held[cell.col or 0].endpoint) if held[cell.col or 0].statistic == "hr" and match else None
                if pair and pair[0][1] != pair[1][1] and number(match[1]) != 1:
                    votes += 1 if (pair[0][1] > pair[1][1]) == (number(match[1]) < 1) else -1
        return votes >= 0

    def of(self, cell: Passage, endpoint: str | None) -> tuple[str | None, str | None]:
        """What a cell's hazard ratio compares: the group's name and the comparator's."""
        within = ", ".join(head for head in telling(self.paper, cell.row_heads) if not WHOLE.match(head) and not VERSUS.search(head))
        for heads, inside in ((cell.col_heads, within), (cell.row_heads, grouped(self.paper, cell.col_heads))):
            for head in reversed(heads):
                text = clean(STATISTIC_WORDS.sub(" ", head)) if heads is cell.col_heads or RATIO.search(head) else ""
                if VERSUS.search(text) and not text.startswith(("/", "vs")):
                    one, other = VERSUS.split(text, maxsplit=1)
                    return (f"{one} ({inside})" if inside else one), other
        pair = self.beside(cell, endpoint)
        if pair:
            arm, versus = (pair[0][0], pair[1][0]) if self.first_is_arm else (pair[1][0], pair[0][0])
            return (f"{arm} ({within})" if within else arm), versus
        if self.stated:
            return (f"{self.stated[0]} ({within})" if within else self.stated[0]), self.stated[1]
        return self.by_row(cell)

    def by_row(self, cell: Passage) -> tuple[str | None, str | None]:
        """The factor and level that the row names, with the reference level."""
        factor, level = factor_and_level(self.paper, cell)
        columns = ", ".join(head for head in telling(self.paper, cell.col_heads) if not WHOLE.match(head))
        for text in (level, factor):
            if text and VERSUS.search(text):
                one, other = VERSUS.split(text, maxsplit=1)
                return group_name(factor, one) if text is level else one, other
        slashed = SLASHED.match(level or factor)
        if slashed and not VERSUS.search(factor):
            return group_name(slashed["factor"] or factor, slashed["one"]), slashed["other"]
        if AGAINST.match(factor) and not level:
            subject = subject_factor(self.table)
            return (f"{subject} ({columns})" if subject and columns else subject or columns or None), AGAINST.sub("", factor)
        name = group_name(UNITS.sub("", factor), level if level != factor else None)
        if name and (kind := next((head for head in cell.col_heads if head in self.kinds), None)):
            name = f"{name} ({clean(kind)})"
        if not name and columns and (subject := subject_factor(self.table)):
            return f"{subject} ({columns})", None
        reference = self.references.get(factor) or self.reference_row(cell)
        return ", ".join(part for part in (name, columns) if part) or None, reference
