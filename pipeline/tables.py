"""Row and column headings of table cells: header blocks, stubs, section rows, spans; the same for JATS and PDF."""

from __future__ import annotations

from dataclasses import dataclass, field

from pipeline.records import Passage
from pipeline.table_grid import MOST, Grid
from pipeline.table_words import (
    BLANK,
    GROUPING_HEAD,
    HEAD_WORDS,
    P_HEAD,
    STATISTIC,
    ends_group,
    is_level,
    is_number,
    is_statistic,
    is_value,
)  # fmt: skip


@dataclass(slots=True)
class Section:
    """A section row that is open: its words, how far out it stands (0 spans the table), its indent."""

    words: str
    level: float
    indent: float
    inset: bool = False  # its rows leave the first column empty
    deeper: bool = False  # its rows are indented under it
    outer: bool = False  # it holds groups, not rows
    members: list[str] = field(default_factory=list)  # the names of its rows so far


def set_heads(cells: list[Passage], indents: dict[tuple[int, int], float] | None = None) -> None:
    """Fill `row_heads`, `col_heads` and `is_head` of one table's cells in place, from their rows, columns and spans.

    `indents` gives, by (row, col), how far a cell's text is indented (any unit), where that is known.
    """
    if cells:
        TableReading(cells, indents or {}).read()


class TableReading(Grid):
    """One table whose headings are being worked out."""

    def read(self) -> None:
        """Find the header blocks and stubs, then walk down the rows with the open sections."""
        head = self.first_head()
        self.head = head
        for row in head:
            self.mark_head(row)
        body = [row for row in self.rows if row not in head]
        self.stubs = self.stub_columns(head, body)
        self.panels = self.panel_columns(head, body)
        self.head_words = {cell.text.lower() for row in head for cell in self.row_cells(row)}
        self.uses_indents = len({self.indent(row) for row in body if (row, self.first) in self.grid}) > 1
        for row in head:
            self.head_of_heads(head, row)
        self.walk(head, body)

    def mark_head(self, row: int) -> None:
        """Every cell that begins in a row becomes a column heading."""
        for cell in self.own_cells(row):
            cell.is_head = True

    # header blocks

    def first_head(self) -> list[int]:
        """The rows of the header at the table's top: those marked, or a leading run of rows without figures."""
        head: list[int] = []
        for row in self.rows:
            own = self.own_cells(row)
            if own and all(cell.is_head for cell in own):
                head.append(row)
            else:
                break
        start = len(head)
        for row in self.rows[start:] if len(self.columns) > 1 else ():
            if not self.continues_head(head, row, marked=start > 0):
                break
            head.append(row)
        return head if len(head) < len(self.rows) else []

    def continues_head(self, head: list[int], row: int, marked: bool) -> bool:
        """Whether an unmarked row belongs to the header that was read so far."""
        others = [cell for cell in self.row_cells(row) if cell.col != self.first and cell.col_span < len(self.columns)]
        numbers = sum(is_number(cell.text) for cell in others)
        if not head:
            wide = len(self.row_cells(row)) == 1 and self.row_cells(row)[0].col_span >= len(self.columns) > 1
            top_left_empty = (row, self.first) not in self.grid
            return wide or (len(others) >= 1 and (numbers <= len(others) / 2 or top_left_empty))
        if len(head) == 1 and self.is_undivided(head[0]) and len(others) >= 3:
            return True
        if numbers or not others:
            return False
        if any(cell.row < row for cell in others):
            return True
        last = self.row_cells(head[-1])
        if len(last) == 1 and not marked:
            return len(others) >= 2 or len(self.columns) == 2
        named = self.names_a_row(row) and not all(HEAD_WORDS.match(cell.text) or self.heads_figures(cell) for cell in others)
        return len(others) >= 2 and self.stands_under_groups(head[-1], row) and not named

    def is_undivided(self, row: int) -> bool:
        """Whether a header row is one heading over all columns but the first, so that the row below must part them."""
        own = self.row_cells(row)
        return len(own) == 1 and own[0].col > self.first and own[0].col_span >= max(3, len(self.columns) - 1)

    def names_a_row(self, row: int) -> bool:
        """Whether a row begins with words of its own that are no column heading."""
        cell = self.grid.get((row, self.first))
        return cell is not None and cell.row == row and not HEAD_WORDS.match(cell.text) and not GROUPING_HEAD.search(cell.text)

    def heads_figures(self, cell: Passage) -> bool:
        """Whether words stand above a column of figures."""
        below = [self.grid[row, cell.col].text for row in self.rows if row > cell.row and (row, cell.col) in self.grid]
        return len(below) > 1 and sum(map(is_value, below)) >= MOST * len(below)

    def stands_under_groups(self, above: int, row: int) -> bool:
        """Whether the row's cells part a heading above that spans several of them, or fill places left empty above."""
        spanning = any(cell.col_span > 1 and cell.col != self.first for cell in self.row_cells(above))
        unfilled = any((above, col) not in self.grid and (row, col) in self.grid for col in self.columns[1:])
        return spanning or unfilled

    def is_inner_head(self, row: int) -> bool:
        """Whether a row of the body repeats or renews the column headings."""
        own = self.own_cells(row)
        others = [cell for cell in own if cell.col != self.first]
        if len(others) < 2 or any(is_value(cell.text) for cell in others):
            return False
        if row not in self.head and all(cell.is_head for cell in own):
            return True
        repeated = self.head_words if row not in self.head else ()
        known = sum(cell.text.lower() in repeated or bool(HEAD_WORDS.match(cell.text)) for cell in others)
        return known > len(others) / 2

    def heads_over(self, head: list[int], cell: Passage) -> tuple[str, ...]:
        """The headings that cover all of a cell's columns, outermost first."""
        words: list[str] = []
        for row in head:
            covering = [self.covering(head, row, col) for col in range(cell.col, cell.col + cell.col_span)]
            if covering and covering[0] is not None and all(other is covering[0] for other in covering) and covering[0] is not cell:
                words.append(covering[0].text)
        return tuple(word for number, word in enumerate(words) if not number or word != words[number - 1])

    def covering(self, head: list[int], row: int, col: int) -> Passage | None:
        """The heading over a column in a header row; a group's heading also covers the empty places to its right."""
        cell = self.grid.get((row, col))
        if cell is not None or row == head[-1]:
            return cell
        below = head[head.index(row) + 1]
        if (below, col) not in self.grid:
            return None
        left = [other for other in self.columns if other < col and (row, other) in self.grid]
        group = self.grid[row, left[-1]] if left else None
        return group if group is not None and group.col > self.first and not P_HEAD.match(group.text) else None

    def head_of_heads(self, head: list[int], row: int) -> None:
        """Give the heading cells of a row the headings above them."""
        above = [other for other in head if other < row]
        for cell in self.own_cells(row):
            cell.col_heads = self.heads_over(above, cell) if above else ()
            cell.row_heads = ()

    # sections

    def section_level(self, row: int) -> float | None:
        """How far out a section row stands: 0 spans the table, 1 names rows below it; None for other rows."""
        own = self.row_cells(row)
        named = [cell for cell in own if cell.col in self.stubs or cell.col_span > 1]
        if len(own) == 1 and named and own[0].row == row and own[0].row_span == 1 and len(self.columns) > 1:
            if BLANK.match(own[0].text) or (STATISTIC.match(own[0].text) and any(map(str.isdigit, own[0].text))):
                return None
            if is_number(own[0].text) and own[0].col > self.first:
                return None
            return 0.0 if own[0].col_span >= max(2, len(self.columns) - 1) else 1.0
        return None

    def names_group(self, row: int, following: int | None, head: list[int]) -> bool:
        """Whether a row with figures also names the rows below: they are indented, or it holds no more than their p value."""
        if following is None or (row, self.first) not in self.grid or (following, self.first) not in self.grid:
            return False
        if self.grid[following, self.first].row != following or self.section_level(following) is not None:
            return False
        if self.indent(following) > self.indent(row):
            return True
        others = {cell.col for cell in self.row_cells(row) if cell.col not in self.stubs}
        below = {cell.col for cell in self.own_cells(following) if cell.col not in self.stubs}
        tested = bool(others) and all(P_HEAD.match(self.column_words(head, col)) for col in others)
        if not others or not below:
            return False
        if others & below:
            name, level = self.grid[row, self.first].text, self.grid[following, self.first].text
            return tested and below > others and is_level(level) and not is_level(name)
        return min(others) > max(below) or tested

    def open_section(self, sections: list[Section], row: int, level: float) -> None:
        """Close the sections that this row ends, and open its own."""
        cell = self.row_cells(row)[0]
        indent = self.indent(row)
        self.close_measured(sections)
        while sections and not (sections[-1].level < level or (sections[-1].level == level and sections[-1].indent < indent)):
            sections.pop()
        sections.append(Section(cell.text, level, indent))

    def walk(self, head: list[int], body: list[int]) -> None:
        """Go down the body's rows, keeping the header block and the sections that are open."""
        sections: list[Section] = []
        carried = ""
        if len(head) == 2 and self.is_undivided(head[0]) and (stub := self.grid.get((head[1], self.first))):
            sections.append(Section(stub.text, 1.0, self.indent(head[1])))
        for number, row in enumerate(body):
            following = body[number + 1] if number + 1 < len(body) else None
            level = self.section_level(row)
            if self.is_inner_head(row):
                head = self.renew_head(head, row, sections)
                continue
            if level is not None:
                self.read_section_row(sections, row, following, level)
                carried = ""
                continue
            group = self.group_of(row, following, head)
            if group:
                self.make_room(sections, group)
            self.close_groups(sections, row)
            carried = self.read_row(head, row, sections, carried)
            if group:
                sections.append(group)

    def group_of(self, row: int, following: int | None, head: list[int]) -> Section | None:
        """The section that a row with figures opens, where it names the rows below."""
        if not self.names_group(row, following, head):
            return None
        indented = not self.uses_indents or self.indent(following) > self.indent(row)
        return Section(self.grid[row, self.first].text, 1.0 if indented else 0.75, self.indent(row))

    def make_room(self, sections: list[Section], group: Section) -> None:
        """Close the groups beside which a new one stands; one that holds no rows of its own yet stands further out."""
        self.close_measured(sections)
        while sections and sections[-1].level >= 0.75 and sections[-1].indent >= group.indent and not sections[-1].outer:
            if not sections[-1].members:
                sections[-1].outer = True
                break
            sections.pop()

    def renew_head(self, head: list[int], row: int, sections: list[Section]) -> list[int]:
        """Take a row of the body as the innermost heading under those that it leaves in force; its stub may open a section."""
        own = {cell.text.lower() for cell in self.own_cells(row) if cell.col > self.first}
        shared = [len(own & {cell.text.lower() for cell in self.row_cells(other) if cell.col > self.first}) for other in head]
        if shared and max(shared) > len(own) / 2:
            kept = head[: shared.index(max(shared))]
        else:
            kept = [other for other in head if not self.is_inner_head(other)]
        self.mark_head(row)
        self.head_of_heads([*kept, row], row)
        stub = self.grid.get((row, self.first))
        if stub is not None and stub.text.lower() not in self.head_words and not GROUPING_HEAD.search(stub.text):
            sections.clear()
            sections.append(Section(stub.text, 0.0, 0.0))
        return [*kept, row]

    def read_section_row(self, sections: list[Section], row: int, following: int | None, level: float) -> None:
        """Open the section that a row names; one that is followed at once by another of its kind stands further out."""
        cell = self.row_cells(row)[0]
        next_level = self.section_level(following) if following is not None else None
        if next_level == level and self.indent(following) <= self.indent(row):
            level -= 0.5
        elif level == 1.0 and self.uses_indents and following is not None and self.indent(following) <= self.indent(row):
            level = 0.75
        self.open_section(sections, row, level)
        cell.row_heads = tuple(section.words for section in sections[:-1])
        cell.col_heads = ()

    def close_groups(self, sections: list[Section], row: int) -> None:
        """Close the groups that this row cannot belong to: by its indent where the table has indents, else by its name."""
        stub = self.grid.get((row, self.first))
        if stub is None or stub.row != row:
            for section in sections[-1:]:
                section.inset = True
            return
        while sections and sections[-1].inset:
            sections.pop()
        while sections and self.tells_by_indent(sections[-1]) and self.indent(row) <= sections[-1].indent:
            sections.pop()
        inner = sections[-1] if sections else None
        if inner and inner.level >= 0.5 and not inner.outer and not self.tells_by_indent(inner) and ends_group(inner.members, stub.text):
            sections.pop()
        if sections:
            sections[-1].deeper = sections[-1].deeper or self.indent(row) > sections[-1].indent
            sections[-1].members.append(stub.text)

    def close_measured(self, sections: list[Section]) -> None:
        """Close the section whose rows were nothing but its median, range or mean: the next one stands beside it."""
        members = [member for member in sections[-1].members if is_statistic(member)] if sections else []
        if members and len(members) >= len(sections[-1].members) - 1 and is_statistic(sections[-1].members[0]):
            sections.pop()

    def tells_by_indent(self, section: Section) -> bool:
        """Whether the indent alone says which rows belong to a section."""
        return self.uses_indents and not section.outer and (section.level == 1.0 or section.deeper)

    def read_row(self, head: list[int], row: int, sections: list[Section], carried: str) -> str:
        """Give each cell that begins in a row its headings; returns the row's name, which rows without one inherit."""
        outer = tuple(section.words for section in sections)
        names = [(col, self.grid[row, col]) for col in self.stubs if (row, col) in self.grid]
        statistic = bool(names) and names[0][0] == self.first and is_statistic(names[0][1].text) and not sections
        if names and names[0][0] == self.first and not statistic:
            carried = names[0][1].text
        for cell in self.own_cells(row):
            cell.col_heads = self.heads_over(head, cell)
            stub = self.names_of(row, cell, names)
            lead = (carried,) if carried and (statistic or ((row, self.first) not in self.grid and cell.col > self.first)) else ()
            cell.row_heads = tuple(dict.fromkeys((*outer, *lead, *stub)))
        return carried

    def names_of(self, row: int, cell: Passage, names: list[tuple[int, Passage]]) -> tuple[str, ...]:
        """The words that name a cell's row, from its own half of the table."""
        panel = max((col for col in self.panels if col <= cell.col), default=None)
        if panel is not None:
            stub = self.grid.get((row, panel))
            return (stub.text,) if stub is not None and stub is not cell else ()
        return tuple(stub.text for col, stub in names if col < cell.col and stub is not cell)
