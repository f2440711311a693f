"""What tables are made of while they are read: parts on pages, printed lines in chunks, cells in the making."""

from __future__ import annotations

from dataclasses import dataclass, field
from statistics import median

from pipeline.pdf_layout import Printed
from pipeline.pdf_words import Frame, Word

Rule = tuple[float, float, float]  # start, place, end: x0, y, x1 of a horizontal one; top, x, bottom of an upright one
Span = tuple[int, int]  # first and last column


@dataclass(slots=True)
class Chunk:
    """Words on one line without a wide gap, and the columns they stand in."""

    words: list[Word]
    x0: float
    x1: float
    span: Span = (0, 0)

    @property
    def text(self) -> str:
        return " ".join(word.text for word in self.words)


@dataclass(slots=True)
class Row:
    """One printed line inside a table."""

    base: float
    size: float
    chunks: list[Chunk] = field(default_factory=list)

    def at(self, column: int) -> Chunk | None:
        """The chunk that begins in a column."""
        return next((chunk for chunk in self.chunks if chunk.span[0] == column), None)


@dataclass(slots=True)
class Cell:
    """A cell in the making: its place in the grid and its printed lines of words."""

    row: int
    col: int
    row_span: int = 1
    col_span: int = 1
    lines: list[list[Word]] = field(default_factory=list)
    is_head: bool = False


@dataclass(slots=True)
class Part:
    """A piece of a table on one page: its runs of words and the rules among them."""

    frame: Frame
    runs: list[Printed]
    rules: list[Rule]
    uprights: list[Rule]
    is_open: bool = False  # whether it has no rule at its end

    @property
    def left(self) -> float:
        """Where its rules begin, or its words where it has none."""
        return min([rule[0] for rule in self.rules] or [run.x0 for run in self.runs])

    @property
    def width(self) -> float:
        """How wide its rules reach, or its words where it has none."""
        return max([rule[2] for rule in self.rules] or [run.x1 for run in self.runs]) - self.left

    @property
    def ends_low(self) -> bool:
        """Whether it ends near the foot of its page."""
        return max(run.base for run in self.runs) > 0.75 * self.frame.height


def lines_in(words: list[Word]) -> list[Row]:
    """Printed lines from the top down; small raised marks go with the line they touch."""
    size = median(word.size for word in words)
    rows: list[Row] = []
    for word in sorted((word for word in words if word.size > 0.82 * size), key=lambda word: word.base):
        if not rows or word.base - rows[-1].base > 0.3 * size:
            rows.append(Row(word.base, word.size))
        rows[-1].chunks.append(Chunk([word], word.x0, word.x1))
    for word in (word for word in words if word.size <= 0.82 * size):
        near = [row for row in rows if -0.35 * size < row.base - word.base < 0.75 * size]
        touching = [
            row for row in near if any(abs(chunk.x1 - word.x0) < 0.4 * size or abs(chunk.x0 - word.x1) < 0.4 * size for chunk in row.chunks)
        ]
        best = min(touching or near, key=lambda row: abs(row.base - word.base), default=None)
        if best is None:
            best = Row(word.base, word.size)
            rows.append(best)
        best.chunks.append(Chunk([word], word.x0, word.x1))
    wide = _wide_gap([[word for chunk in row.chunks for word in chunk.words] for row in rows], size)
    for row in rows:
        row.chunks = _chunks([word for chunk in row.chunks for word in chunk.words], wide)
    return sorted(rows, key=lambda row: row.base)


def _wide_gap(rows: list[list[Word]], size: float) -> float:
    """From which width on a gap between words parts cells: well over the table's usual space."""
    gaps = []
    for words in rows:
        words = sorted(words, key=lambda word: word.x0)
        gaps += [right.x0 - left.x1 for left, right in zip(words, words[1:], strict=False) if 0.1 * size < right.x0 - left.x1 < 0.6 * size]
    usual = sorted(gaps)[len(gaps) // 2] if gaps else 0.3 * size
    return min(max(1.5 * usual, 0.38 * size), 0.6 * size)


def _chunks(words: list[Word], wide: float) -> list[Chunk]:
    chunks: list[Chunk] = []
    for word in sorted(words, key=lambda word: word.x0):
        if chunks and word.x0 - chunks[-1].x1 < wide:
            chunks[-1].words.append(word)
            chunks[-1].x1 = max(chunks[-1].x1, word.x1)
        else:
            chunks.append(Chunk([word], word.x0, word.x1))
    return chunks
