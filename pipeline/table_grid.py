"""A table's grid: which cell stands at each row and column, and which columns name the rows."""

from __future__ import annotations

from pipeline.records import Passage
from pipeline.table_words import GRADED_HEAD, GROUPING_HEAD, is_grade, is_value

MOST = 0.75  # share of a column's cells that decides what the column is


class Grid:
    """The cells of one table by row and column, spans filled."""

    def __init__(self, cells: list[Passage], indents: dict[tuple[int, int], float]) -> None:
        self.cells, self.indents = cells, indents
        self.grid: dict[tuple[int, int], Passage] = {}
        for cell in cells:
            for row in range(cell.row, cell.row + cell.row_span):
                for col in range(cell.col, cell.col + cell.col_span):
                    self.grid.setdefault((row, col), cell)
        self.rows = sorted({row for row, _ in self.grid})
        self.columns = sorted({col for _, col in self.grid})
        self.first = self.columns[0]

    def row_cells(self, row: int) -> list[Passage]:
        """The distinct cells that touch a row, left to right."""
        return list({id(cell): cell for col in self.columns if (cell := self.grid.get((row, col)))}.values())

    def own_cells(self, row: int) -> list[Passage]:
        """The cells that begin in a row, left to right."""
        return [cell for cell in self.row_cells(row) if cell.row == row]

    def indent(self, row: int) -> float:
        """How far the row's first cell is indented."""
        return self.indents.get((row, self.first), 0.0)

    def stub_columns(self, head: list[int], body: list[int]) -> list[int]:
        """The leading columns that name the rows."""
        stubs = [self.first]
        for col in self.columns[1:-1][:2]:
            texts = [self.grid[row, col].text for row in body if (row, col) in self.grid]
            wordy = sum(not is_value(text) for text in texts)
            graded = GRADED_HEAD.match(self.column_words(head, col)) and sum(map(is_grade, texts)) >= MOST * len(texts)
            wide = [row for row in body if (cell := self.grid.get((row, self.first))) and cell is self.grid.get((row, col))]
            inset = len(texts) > 1 and not any((row, col) in self.grid and (row, self.first) in self.grid for row in body)
            if (len(wide) > len(body) / 3 or inset) and not self.column_words(head, col):
                stubs.append(col)
                continue
            if not texts or (wordy < MOST * len(texts) and not graded) or not self.names_rows(head, body, stubs[-1], col):
                break
            stubs.append(col)
        return stubs

    def names_rows(self, head: list[int], body: list[int], before: int, col: int) -> bool:
        """Whether a wordy column parts the rows that the column before it groups."""
        over = [self.grid.get((row, col)) for row in head]
        shared = any(cell is not None and cell is self.grid.get((row, before)) for row, cell in zip(head, over))
        unnamed = not any(over)
        named = any(cell is not None and GROUPING_HEAD.search(cell.text) for cell in over)
        filled = [row for row in body if (row, col) in self.grid]
        grouped = sum((row, before) not in self.grid or self.grid[row, before].row != row for row in filled)
        return shared or unnamed or named or grouped >= 0.2 * len(filled)

    def panel_columns(self, head: list[int], body: list[int]) -> list[int]:
        """Where a second half begins that stands beside the first: a wordy column under the first one's heading."""
        first_words = self.column_words(head, self.first)
        if not first_words:
            return []
        panels = []
        for col in self.columns:
            texts = [self.grid[row, col].text for row in body if (row, col) in self.grid]
            if col > self.stubs[-1] and self.column_words(head, col) == first_words and texts and not any(map(is_value, texts)):
                panels.append(col)
        return panels

    def column_words(self, head: list[int], col: int) -> str:
        """The innermost heading over a column, in small letters."""
        words = [self.grid[row, col].text.lower() for row in head if (row, col) in self.grid]
        return words[-1] if words else ""
