"""Groups that head the columns of a table whose first row counts the patients: "No. of patients | 47 | 42"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.arm_names import trimmed
from pipeline.arm_nouns import usable, without_head
from pipeline.context import Paper, Table
from pipeline.quantities import number
from pipeline.records import Passage

_WHO = r"(?:patients|cases|subjects|pts\.?|women|men)"
COUNTING = re.compile(
    rf"^\W*(?:(?:total\s+)?(?:nos?\.?|number|n)\s*(?:of\s+(?:the\s+)?)?{_WHO}?|{_WHO}(?:\s*[,(]?\s*(?:n|no\.?)\s*\)?)?|total)\W*$",
    re.IGNORECASE,
)
COUNT = re.compile(r"^\W*(\d{1,3}(?:,\d{3})+|\d+)\s*(?:[\[(]\s*(\d+(?:\.\d+)?)\s*%?\s*[\])])?\W*$")
#: Headings that name no group: of all patients, of a statistic, of a time or a set of data.
NO_GROUP = re.compile(
    r"^\W*(?:total|all|overall|both|whole|entire|p|p[\s-]*values?|%|n|no\.?|number|value|percent\w*|range|mean|median)\b"
    r"|\b(?:baseline|before|after|follow-?up|visit|training|validation|cohort|dataset|events?|deaths?|months?|years?|weeks?)\b",
    re.IGNORECASE,
)
STATISTIC = re.compile(r"^\W*(?:n|nos?\.?|number|%|n\s*\(%\)|no\.?\s*\(%\)|patients|cases)\W*$", re.IGNORECASE)
BRACKET = re.compile(r"\s*[,;]?\s*[\[(]\s*(?:n|no\.?|%|n\s*,?\s*\(?%\)?|\d+)\s*[\])]\s*$|\s*,?\s*%\s*$", re.IGNORECASE)


def counted_columns(paper: Paper) -> Iterator[tuple[str, str, int]]:
    """Table, name and size of each of two or more columns."""
    for table in paper.tables:
        row = counting_row(table)
        held = [(name, int(number(match[1]))) for cell in row if (match := COUNT.match(cell.text)) and (name := group_over(cell))]
        if 1 < len(held) == len({name for name, _ in held}) < 5 and all(size > 1 for _, size in held):
            for name, size in held:
                yield table.label, name, size


def counting_row(table: Table) -> list[Passage]:
    """The cells of the first row, or of the second, where it counts the patients."""
    for cells in list(table.rows.values())[:2]:
        if cells and (cells[0].col or 0) == 0 and COUNTING.match(cells[0].text) and not SHARED.search(" ".join(cells[0].row_heads[:-1])):
            return [cell for cell in cells[1:] if not ((match := COUNT.match(cell.text)) and match[2] and float(match[2]) < 99.5)]
    return []


SHARED = re.compile(r"\w")  # a row under another one counts a part of the patients


def group_over(cell: Passage) -> str:
    """The group that a column's headings name, empty where they name none."""
    names = [head for head in cell.col_heads if not STATISTIC.match(head)]
    name = without_head(trimmed(BRACKET.sub("", names[-1]))) if names else ""
    return name if usable(name) and not NO_GROUP.search(name) else ""
