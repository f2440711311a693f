"""From words to lines, from lines to blocks, and blocks into reading order."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from pipeline.pdf_words import Frame, Word
from pipeline.records import Box

_ENUMERATOR = re.compile(r"\[?\d{1,3}[.\])]|\d{1,2}(?:\.\d{1,2})*\.?|[•●▪■–—-]|\(?[a-zivx]{1,4}[.)]")

Gutter = tuple[float, float]


@dataclass(slots=True)
class Printed:
    """A printed line: its words from left to right, with the baseline and size that most of its letters have."""

    words: list[Word]
    frame: Frame
    x0: float = 0.0
    x1: float = 0.0
    base: float = 0.0
    size: float = 0.0
    font: int = 0
    bold: bool = False
    italic: bool = False

    def settle(self) -> Printed:
        """Take the measures from the words, and mark which of them stand above or below the line."""
        self.words.sort(key=lambda word: word.x0)
        self.x0 = min(word.x0 for word in self.words)
        self.x1 = max(word.x1 for word in self.words)
        sizes, fonts, letters, bold, italic = Counter(), Counter(), 0, 0, 0
        for word in self.words:
            count = len(word.text)
            sizes[round(word.size, 1), round(word.base, 1)] += count * word.size**2
            fonts[word.font] += count
            letters += count
            bold += count * word.bold
            italic += count * word.italic
        self.size, self.base = sizes.most_common(1)[0][0]
        self.font = fonts.most_common(1)[0][0]
        self.bold, self.italic = bold > 0.7 * letters, italic > 0.7 * letters
        for left, word in zip([None, *self.words], self.words, strict=False):
            lift = (self.base - word.base) / self.size
            small = word.size < 0.88 * self.size
            word.raised = 1 if lift > (0.12 if small else 0.25) else -1 if lift < (-0.06 if small else -0.2) else 0
            if left is not None and (word.raised or left.raised):
                word.space = word.x0 - left.x1 > 0.13 * self.size
        return self

    @property
    def top(self) -> float:
        return self.base - 0.75 * self.size

    @property
    def bottom(self) -> float:
        return self.base + 0.22 * self.size

    @property
    def box(self) -> Box:
        return (self.x0, self.top, self.x1, self.bottom)

    @property
    def text(self) -> str:
        """The words with their spaces, as printed."""
        return "".join((" " if word.space and place else "") + word.text for place, word in enumerate(self.words))


@dataclass(slots=True)
class Block:
    """Lines that stand together in one column; `table` holds what a table's region became."""

    lines: list[Printed]
    box: Box = (0, 0, 0, 0)
    table: object = None
    left: float = field(default=0.0)
    right: float = field(default=0.0)

    def settle(self) -> Block:
        """Take the box from the lines."""
        boxes = [line.box for line in self.lines]
        self.box = (min(b[0] for b in boxes), min(b[1] for b in boxes), max(b[2] for b in boxes), max(b[3] for b in boxes))
        self.left, self.right = self.box[0], self.box[2]
        return self


def runs_of(frame: Frame) -> list[Printed]:
    """The words joined in the order in which the file writes them, as far as they stand on one line without a wide gap."""
    runs: list[list[Word]] = []
    anchor = None
    for word in frame.words:
        if runs and _continues(runs[-1][-1], anchor, word):
            runs[-1].append(word)
            if word.size > 0.9 * anchor.size:
                anchor = word
        else:
            runs.append([word])
            anchor = word
    return [Printed(words, frame).settle() for words in runs]


def _continues(last: Word, anchor: Word, word: Word) -> bool:
    """Whether a word goes on in the run which `last` ends and whose line `anchor` marks."""
    size = max(last.size, word.size)
    gap = word.x0 - last.x1
    if not -0.35 * size < gap < 0.85 * size:
        return False
    drift = abs(word.base - anchor.base)
    if drift < 0.12 * anchor.size:
        return word.size < 1.6 * anchor.size or gap < 0.5 * size
    return drift < 0.6 * max(anchor.size, word.size) and min(word.size, anchor.size) < 0.92 * max(anchor.size, word.size)


class _Page:
    """The boxes of a page's words, to ask how far a strip between two columns stays white."""

    def __init__(self, words: Sequence[Word]):
        self.x0 = np.array([word.x0 for word in words])
        self.x1 = np.array([word.x1 for word in words])
        self.base = np.array([word.base for word in words])

    def clear(self, left: float, right: float, base: float, size: float) -> tuple[float, float]:
        """How many lines the strip stays white above and below the baseline (at most 6 each)."""
        slack = 0.2 * (right - left)
        crossing = self.base[(self.x0 < right - slack) & (self.x1 > left + slack)]
        above, below = crossing[crossing < base - 0.5 * size], crossing[crossing > base + 0.5 * size]
        up = (base - above.max()) / (1.2 * size) if len(above) else 6.0
        down = (below.min() - base) / (1.2 * size) if len(below) else 6.0
        return min(up, 6.0), min(down, 6.0)


def lines_of(runs: list[Printed], gutters: list[Gutter] | None = None) -> list[Printed]:
    """Join runs that stand side by side on one baseline, unless a gutter between columns parts them.

    `gutters` are strips known from the whole document; they decide where a page alone leaves it open.
    """
    if not runs:
        return []
    page = _Page([word for run in runs for word in run.words])
    order = sorted(runs, key=lambda run: (run.x0, run.base))
    order.sort(key=lambda run: run.base)
    lines: list[Printed] = []
    for cluster in _same_base(order):
        cluster.sort(key=lambda run: run.x0)
        current = cluster[0]
        for place, run in enumerate(cluster[1:], 1):
            if _joined(current, run, page, gutters or [], cluster[place + 1] if place + 1 < len(cluster) else None):
                run.words[0].space = run.words[0].space or run.x0 - current.x1 > 0.15 * run.size
                current = Printed(current.words + run.words, run.frame).settle()
            else:
                lines.append(current)
                current = run
        lines.append(current)
    return _absorb(lines)


def _same_base(order: list[Printed]) -> list[list[Printed]]:
    clusters: list[list[Printed]] = []
    for run in order:
        if clusters and abs(run.base - clusters[-1][-1].base) < 0.18 * run.size:
            clusters[-1].append(run)
        else:
            clusters.append([run])
    return clusters


def _joined(left: Printed, right: Printed, page: _Page, gutters: list[Gutter], after: Printed | None) -> bool:
    """Whether two neighbours on a baseline are one line: nothing but the words' own gap lies between them."""
    size = max(left.size, right.size)
    gap = right.x0 - left.x1
    if gap < 0.5 * size:
        return gap > -1.5 * size
    if gap > 8 * size or min(left.size, right.size) < 0.8 * size:
        return False
    if _stretched(left, right, after, gap) and not any(left.x1 - low < 4 and high - right.x0 < 4 for low, high in gutters):
        return True
    if _ENUMERATOR.fullmatch(left.text) and gap < 3.5 * size:
        return True
    strip = min(gap, 1.1 * size)
    places = (0.0, 1.0) if gap < 2.2 * size else (0.0, 0.25, 0.5, 0.75, 1.0)
    for start in {left.x1 + place * (gap - strip) for place in places}:
        up, down = page.clear(start, start + strip, left.base, size)
        if min(up, down) > 1.15 and up + down > 2.9:
            return False
    for low, high in gutters:
        if left.x1 - low < 4 and high - right.x0 < 4 and max(page.clear(max(low, left.x1), min(high, right.x0), left.base, size)) > 1.15:
            return False
    return True


def _stretched(left: Printed, right: Printed, after: Printed | None, gap: float) -> bool:
    """Whether the gap is as wide as the others of its line: a line of few words driven out to the column's edges."""
    gaps = [
        second.x0 - first.x1 for line in (left, right) for first, second in zip(line.words, line.words[1:], strict=False) if second.space
    ]
    if after is not None:
        gaps.append(after.x0 - right.x1)
    return any(abs(other - gap) < 0.8 for other in gaps)


def _absorb(lines: list[Printed]) -> list[Printed]:
    """Give small raised or lowered pieces that stand alone back to the line they touch."""
    small = [line for line in lines if len(line.words) <= 2 and len(line.text) <= 6]
    taken: set[int] = set()
    for piece in small:
        for host in lines:
            if host is piece or id(host) in taken or piece.size > 0.85 * host.size:
                continue
            if abs(host.base - piece.base) < 0.6 * host.size and host.x0 - 2 < piece.x0 and piece.x0 < host.x1 + 0.4 * host.size:
                host.words += piece.words
                host.settle()
                taken.add(id(piece))
                break
    return [line for line in lines if id(line) not in taken]


def gutters_of(pages: list[list[Printed]], sure: int = 8) -> list[Gutter]:
    """White strips that part neighbouring lines on many baselines of the document."""
    seen: Counter[tuple[int, int]] = Counter()
    wide = [line for lines in pages for line in lines if line.x1 - line.x0 > 60]
    for lines in pages:
        by_base = sorted(lines, key=lambda line: (round(line.base), line.x0))
        for left, right in zip(by_base, by_base[1:], strict=False):
            if (
                abs(left.base - right.base) < 0.2 * left.size
                and 6 < right.x0 - left.x1 < 60
                and min(left.x1 - left.x0, right.x1 - right.x0) > 60
            ):
                seen[round(left.x1 / 2), round(right.x0 / 2)] += 1
    found = [(2.0 * low, 2.0 * high) for (low, high), count in seen.items() if count >= sure]
    return found or _between_edges(wide)


def _between_edges(lines: list[Printed]) -> list[Gutter]:
    """White strips between the edges at which a good part of the lines end and begin, where few lines cross them."""
    ends, starts = Counter(round(line.x1 / 2) for line in lines), Counter(round(line.x0 / 2) for line in lines)
    least = max(20, 0.12 * len(lines))
    found: list[Gutter] = []
    for low, _ in (edge for edge in ends.most_common(4) if edge[1] >= least):
        for high, _ in (edge for edge in starts.most_common(6) if edge[1] >= least):
            crossing = sum(line.x0 < 2 * low - 4 and line.x1 > 2 * high + 4 for line in lines)
            if 3 <= high - low <= 30 and crossing < 0.25 * len(lines):
                found.append((2.0 * low, 2.0 * high))
    return found


def blocks_of(lines: list[Printed]) -> list[Block]:
    """Lines that follow each other in one column at one pitch and size, from the top of the page down."""
    blocks: list[Block] = []
    ordered = sorted(lines, key=lambda line: (line.base, line.x0))
    for place, line in enumerate(ordered):
        host = None
        for block in blocks:
            if _follows(block, line) and (host is None or block.lines[-1].base > host.lines[-1].base):
                host = block
        if host is not None and not _beside(host, line, ordered, place):
            host.lines.append(line)
            host.left, host.right = min(host.left, line.x0), max(host.right, line.x1)
        else:
            blocks.append(Block([line], left=line.x0, right=line.x1))
    return [block.settle() for block in blocks]


def _follows(block: Block, line: Printed) -> bool:
    last = block.lines[-1]
    size = max(last.size, line.size)
    if not 0.3 * size < line.base - last.base < 1.85 * size or min(last.size, line.size) < 0.86 * size:
        return False
    overlap = min(block.right, line.x1) - max(block.left, line.x0)
    if overlap < 0.6 * min(block.right - block.left, line.x1 - line.x0):
        return False
    if len(block.lines) > 1 and (line.x1 > block.right + 2.5 * size or line.x0 < block.left - 4 * size):
        return False
    return line.x0 < block.left + 0.5 * (block.right - block.left) or line.x1 - line.x0 > 0.4 * (block.right - block.left)


def _beside(block: Block, line: Printed, ordered: list[Printed], place: int) -> bool:
    """Whether another line stands beside this one inside the block's width: the block was wider than a column."""
    if line.x1 - line.x0 > 0.8 * (block.right - block.left):
        return False
    for other in (*ordered[max(0, place - 6) : place], *ordered[place + 1 : place + 7]):
        level = abs(other.base - line.base) < 0.75 * line.size
        if level and other is not block.lines[-1] and (other.x0 >= line.x1 or other.x1 <= line.x0):
            width = min(other.x1, block.right) - max(other.x0, block.left)
            if width > 2 * line.size:
                return True
    return False


def in_order(blocks: list[Block]) -> list[Block]:
    """Blocks in the order in which a reader takes them: down a column, then the next, and across what spans both."""
    if len(blocks) < 2:
        return blocks
    x0, top, x1, bottom = np.array([_with_column(block, blocks) for block in blocks]).T
    slack = np.minimum(3.0, 0.1 * (x1 - x0))
    overlap = (x0[:, None] + slack[:, None] < x1[None, :]) & (x0[None, :] + slack[None, :] < x1[:, None])
    middle = (top + bottom) / 2
    above = overlap & (middle[:, None] < middle[None, :])
    leftward = (x1[:, None] <= x0[None, :] + slack[None, :]) & ~overlap
    before = above.copy()
    for first, second in zip(*np.nonzero(leftward), strict=True):
        low, high = min(middle[first], middle[second]), max(middle[first], middle[second])
        between = overlap[first] & overlap[second] & (middle > low) & (middle < high)
        if not between.any():
            before[first, second] = True
    return [blocks[place] for place in _sorted(before, top, x0)]


def _with_column(block: Block, blocks: list[Block]) -> Box:
    """A block's box, a short heading's one as wide as the text that follows it straight below."""
    x0, top, x1, bottom = block.box
    if len(block.lines) not in (1, 2):
        return block.box
    below = [other for other in blocks if abs(other.box[0] - x0) < 3 and 0 < other.box[1] - bottom < 2.5 * block.lines[0].size]
    right = max((other.box[2] for other in below), default=x1)
    beside = any(other.box[1] < bottom and other.box[3] > top and x1 < other.box[2] and other.box[0] < right for other in blocks)
    return (x0, top, max(x1, right), bottom) if len(below) == 1 and not beside else block.box


def _sorted(before: np.ndarray, top: np.ndarray, left: np.ndarray) -> list[int]:
    """A topological order of the relation; where it has cycles or leaves a choice, the upper left block comes first."""
    waiting, order = before.sum(0).astype(int), []
    open_ = set(range(len(top)))
    while open_:
        free = [place for place in open_ if waiting[place] == 0] or [min(open_, key=lambda place: (waiting[place], top[place]))]
        last = order[-1] if order else None
        follow = [place for place in free if last is not None and before[last, place]]
        chosen = min(follow or free, key=lambda place: (top[place], left[place]))
        open_.remove(chosen)
        order.append(chosen)
        waiting -= before[chosen].astype(int)
    return order
