"""A JATS table-wrap into passages: caption, cells with their headings, footnotes."""

from __future__ import annotations

import re

from lxml import etree

from pipeline.jats_text import name, text_of
from pipeline.records import Passage
from pipeline.tables import set_heads

INDENT = re.compile(r"^[\s\u00a0\u2000-\u200b\u3000]*")
PADDING = re.compile(r"(?:padding|margin)-left:\s*([\d.]+)(px|em|pt)?|text-indent:\s*([\d.]+)(px|em|pt)?")
UNIT_WIDTH = {"em": 1.0, "px": 1 / 12, "pt": 1 / 12, None: 1.0}


def read_table(wrap: etree._Element, section: str, heading: str, tree: etree._ElementTree, labels: set[str]) -> tuple[list[Passage], str]:
    """The table's passages in reading order, and a note where it has no cells to read; its label is entered in `labels`."""
    label = unique(text_of(wrap.find("{*}label")).rstrip(".: "), labels)
    place = {"section": section, "heading": heading, "table": label}
    passages: list[Passage] = []

    def add(kind: str, text: str, element: etree._Element) -> None:
        if text:
            passages.append(Passage(0, kind, text=text, xpath=tree.getpath(element), **place))

    caption = wrap.find("{*}caption")
    words = text_of(caption)
    add("caption", f"{label} {words}".strip(), caption if caption is not None else wrap)
    cells = read_cells(wrap, place, tree)
    passages.extend(cells)
    for foot in wrap.findall("{*}table-wrap-foot"):
        for note in [part for part in foot.iter("{*}fn", "{*}p", "{*}attrib") if not inside_footnote(part)]:
            add("footnote", text_of(note), note)
    return passages, "" if cells else f"{label}: published as an image, its cells cannot be read"


def inside_footnote(part: etree._Element) -> bool:
    """Whether a paragraph belongs to a footnote that is read as a whole."""
    return any(name(parent) == "fn" for parent in part.iterancestors())


def unique(label: str, labels: set[str]) -> str:
    """The printed label, numbered on where it is missing or stands already for another table."""
    label = label or f"Table {len(labels) + 1}"
    candidate, count = label, 1
    while candidate in labels:
        count += 1
        candidate = f"{label} ({count})"
    labels.add(candidate)
    return candidate


def read_cells(wrap: etree._Element, place: dict, tree: etree._ElementTree) -> list[Passage]:
    """The cells that hold text, in rows; several grids of one table-wrap follow each other."""
    cells: list[Passage] = []
    first_row = 0
    for table in wrap.iter("{*}table"):
        grid, indents, rows = grid_cells(table, first_row, place, tree)
        set_heads(grid, indents)
        cells.extend(grid)
        first_row += rows
    return cells


def grid_cells(table: etree._Element, first_row: int, place: dict, tree: etree._ElementTree) -> tuple[list[Passage], dict, int]:
    """One grid's cells with text, their indents in characters, and how many rows it has."""
    cells: list[Passage] = []
    indents: dict[tuple[int, int], float] = {}
    taken: set[tuple[int, int]] = set()
    rows = list(table.iter("{*}tr"))
    for row, line in enumerate(rows, first_row):
        column = 0
        in_head = name(line.getparent()) == "thead"
        for element in line:
            if name(element) not in ("td", "th"):
                continue
            while (row, column) in taken:
                column += 1
            height, width = span(element, "rowspan"), span(element, "colspan")
            height = min(height, first_row + len(rows) - row)
            taken.update((row + down, column + right) for down in range(height) for right in range(width))
            text = text_of(element, in_table=True)
            if text:
                where = {"row": row, "col": column, "row_span": height, "col_span": width}
                cells.append(Passage(0, "cell", text=text, xpath=tree.getpath(element), is_head=in_head, **where, **place))
                indents[row, column] = indent_of(element)
            column += width
    return cells, indents, len(rows)


def span(element: etree._Element, attribute: str) -> int:
    """A cell's rowspan or colspan; 1 where it is missing or senseless."""
    printed = element.get(attribute, "1").strip()
    return min(max(int(printed), 1), 1000) if printed.isdigit() else 1


def indent_of(element: etree._Element) -> float:
    """How far a cell's text is indented, in characters, by leading spaces that show or by its style."""
    padding = PADDING.search(element.get("style", ""))
    if padding:
        amount, unit = (padding[1], padding[2]) if padding[1] else (padding[3], padding[4])
        if float(amount):
            return float(amount) * UNIT_WIDTH[unit]
    first = next((text for text in element.itertext() if text.strip()), "")
    lead = next((text for text in element.itertext() if text), "")
    start = INDENT.match(lead if not lead.strip() else first)[0]
    return float(sum(1 for letter in start if letter not in " \t\n\r"))
