"""From a PDF page to words with boxes: PDFium's characters read in bulk, turned upright, cut into words."""

from __future__ import annotations

import ctypes
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from math import hypot

import numpy as np
import pypdfium2 as pdfium
import pypdfium2.raw as raw

from pipeline.glyphs import mend
from pipeline.pdf_rules import is_clipped, strokes_of
from pipeline.records import Box

_BOLD = re.compile(r"bold|black|heavy|semib|demi|-b$|\.b$|medi$", re.I)
_ITALIC = re.compile(r"ital|obli|slant|-i$|\.i$", re.I)


@dataclass(slots=True)
class Word:
    """Characters without a space between them, on one baseline in one size; `space` says whether a space stands before."""

    text: str
    x0: float
    x1: float
    base: float
    size: float
    font: int = 0
    bold: bool = False
    italic: bool = False
    space: bool = True
    raised: int = 0  # 1 superscript, -1 subscript, set when lines are made

    @property
    def top(self) -> float:
        return self.base - 0.75 * self.size

    @property
    def bottom(self) -> float:
        return self.base + 0.22 * self.size


@dataclass(slots=True)
class Frame:
    """The words of one page that run in one direction, in coordinates in which they run from left to right."""

    page: int  # from 1
    width: float
    height: float
    words: list[Word]
    turn: int = 0  # quarter turns which brought the words upright
    rules: list[Box] = field(default_factory=list)  # thin lines and edges of boxes
    drawn: object = None  # gives the rules of the page as displayed, when they are asked for

    def to_page(self, box: Box) -> Box:
        """A box of this frame on the page as displayed."""
        x0, top, x1, bottom = box
        if self.turn == 1:
            return (top, self.width - x1, bottom, self.width - x0)
        if self.turn == 2:
            return (self.width - x1, self.height - bottom, self.width - x0, self.height - top)
        if self.turn == 3:
            return (self.height - bottom, x0, self.height - top, x1)
        return box


def turned(boxes: np.ndarray, turn: int, width: float, height: float) -> np.ndarray:
    """Boxes (n, 4: x0, top, x1, bottom) of the page in the frame where text that runs up (1), back (2) or down (3) is upright."""
    x0, top, x1, bottom = boxes.T
    if turn == 1:
        return np.stack([height - bottom, x0, height - top, x1], 1)
    if turn == 2:
        return np.stack([width - x1, height - bottom, width - x0, height - top], 1)
    if turn == 3:
        return np.stack([top, width - x1, bottom, width - x0], 1)
    return boxes


class PageReader:
    """One page opened in PDFium, with its coordinates brought to the top-left origin of the page as displayed."""

    def __init__(self, page: pdfium.PdfPage, number: int):
        self.page, self.number = page, number
        self.width, self.height = page.get_size()
        self.rotation = page.get_rotation() // 90
        self.crop = page.get_cropbox()

    def displayed(self, boxes: np.ndarray) -> np.ndarray:
        """Boxes (n, 4: left, bottom, right, top in the file's own space) as displayed (x0, top, x1, bottom)."""
        left, bottom, right, top = boxes.T
        x0, y0, x1, y1 = self.crop
        if self.rotation == 1:
            return np.stack([bottom - y0, left - x0, top - y0, right - x0], 1)
        if self.rotation == 2:
            return np.stack([x1 - right, bottom - y0, x1 - left, top - y0], 1)
        if self.rotation == 3:
            return np.stack([y1 - top, x1 - right, y1 - bottom, x1 - left], 1)
        return np.stack([left - x0, y1 - top, right - x0, y1 - bottom], 1)

    def frames(self, fonts: Fonts) -> list[Frame]:
        """The page's words by direction of writing, most frequent direction first; empty where the page has no text."""
        textpage = self.page.get_textpage()
        codes, boxes = _characters(textpage)
        if not len(codes):
            return []
        turns = _directions(textpage, codes, boxes, self.rotation)
        boxes = self.displayed(boxes)
        middle = (boxes[:, :2] + boxes[:, 2:]) / 2
        shown = ((middle > 0) & (middle < (self.width, self.height))).all(1) & ~self.clipped(textpage, len(codes))
        frames = []
        for turn in sorted(set(turns.tolist()), key=lambda turn: -int((turns == turn).sum())):
            chosen = np.flatnonzero((turns == turn) & shown)
            width, height = (self.width, self.height) if turn % 2 == 0 else (self.height, self.width)
            if not len(chosen):
                continue
            placed = turned(boxes[chosen], turn, self.width, self.height)
            words = list(self._words(textpage, chosen, codes[chosen], placed, fonts, turn))
            if words:
                frames.append(Frame(self.number, width, height, words, turn))
        return frames

    def clipped(self, textpage, count: int) -> np.ndarray:
        """Which characters belong to text that an inserted drawing hides outside its frame."""
        hidden = np.zeros(count, dtype=bool)
        if not _has_drawn_text(self.page.raw):
            return hidden
        seen: dict[int, bool] = {}
        for position in range(count):
            shape = raw.FPDFText_GetTextObject(textpage.raw, position)
            address = ctypes.addressof(shape.contents) if shape else 0
            if address not in seen:
                seen[address] = bool(shape) and is_clipped(shape)
            hidden[position] = seen[address]
        return hidden

    def _words(self, textpage, index: np.ndarray, codes: np.ndarray, boxes: np.ndarray, fonts: Fonts, turn: int) -> Iterator[Word]:
        """Cut the characters into words at spaces, gaps, and changes of baseline or size."""
        seen = np.flatnonzero(
            (codes > 32) & (codes != 0xA0) & ~((codes >= 0x2000) & (codes <= 0x200B)) & (boxes[:, 2] > boxes[:, 0]) | (codes == 2)
        )
        seen = seen[~_printed_twice(codes[seen], boxes[seen])] if len(seen) else seen
        if not len(seen):
            return
        x0, top, x1, bottom = boxes[seen].T
        tall = np.maximum(bottom - top, 0.1)
        gap = x0[1:] - x1[:-1]
        least = np.minimum(tall[1:], tall[:-1])
        spaced = (np.diff(index[seen]) > 1) & ((gap > 0.06 * least) | (gap < 0))
        jump = (gap > 0.3 * least) | (np.diff(x0) < -0.3 * least)
        shift = (np.abs(np.diff(bottom)) > 0.1 * least) | (np.abs(np.diff(tall)) > 0.12 * least)
        starts = np.concatenate([[0], np.flatnonzero(spaced | jump | shift) + 1])
        ends = np.concatenate([starts[1:], [len(seen)]])
        free = np.concatenate([[True], (spaced | jump)[starts[1:] - 1]])
        text = "".join(map(chr, codes[seen].tolist()))
        traits = [fonts.of(textpage, position) for position in index[seen[starts]].tolist()]
        x, y = np.array([trait[:2] for trait in traits]).T
        bases = turned(self.displayed(np.stack([x, y, x, y], 1)), turn, self.width, self.height)[:, 1].tolist()
        lefts, rights = x0[starts].tolist(), np.maximum.reduceat(x1, starts).tolist()
        for place, (start, end, space) in enumerate(zip(starts.tolist(), ends.tolist(), free.tolist(), strict=True)):
            word = mend(text[start:end]).strip()
            if word:
                size, font = traits[place][2:]
                yield Word(word, lefts[place], rights[place], bases[place], size, font, *fonts.styles[font], space)

    def rules(self) -> list[Box]:
        """Thin lines, thin rectangles and the edges of boxes drawn on the page, as displayed."""
        found = strokes_of(self.page.raw)
        if not found:
            return []
        boxes = self.displayed(np.array(found))
        return [tuple(box) for box in boxes.tolist()]


class Fonts:
    """The document's fonts by number, with their styles, and the place and size of a word's first character."""

    def __init__(self):
        self.names: dict[bytes, int] = {}
        self.styles: list[tuple[bool, bool]] = []
        self._buffer = ctypes.create_string_buffer(128)
        self._flags = ctypes.c_int()
        self._matrix = raw.FS_MATRIX()
        self._x, self._y = ctypes.c_double(), ctypes.c_double()

    def of(self, textpage, position: int) -> tuple[float, float, float, int]:
        """Origin (x, y in the file's space), size in points, and font number of the character at `position`."""
        raw.FPDFText_GetCharOrigin(textpage.raw, position, self._x, self._y)
        raw.FPDFText_GetMatrix(textpage.raw, position, self._matrix)
        size = raw.FPDFText_GetFontSize(textpage.raw, position) * hypot(self._matrix.c, self._matrix.d)
        raw.FPDFText_GetFontInfo(textpage.raw, position, self._buffer, 128, self._flags)
        return self._x.value, self._y.value, size or 1.0, self._number(self._buffer.value, self._flags.value)

    def _number(self, name: bytes, flags: int) -> int:
        if name not in self.names:
            self.names[name] = len(self.styles)
            words = name.decode("latin-1").split("+")[-1]
            self.styles.append((bool(_BOLD.search(words)) or bool(flags & 1 << 18), bool(_ITALIC.search(words)) or bool(flags & 1 << 6)))
        return self.names[name]


def _characters(textpage) -> tuple[np.ndarray, np.ndarray]:
    """Codes (n,) and loose boxes (n, 4: left, bottom, right, top) of the page's characters."""
    count = raw.FPDFText_CountChars(textpage.raw)
    unicode, loose, handle = raw.FPDFText_GetUnicode, raw.FPDFText_GetLooseCharBox, textpage.raw
    codes = np.array([unicode(handle, position) for position in range(count)], dtype=np.int64)
    rects = (raw.FS_RECTF * count)()
    for position in range(count):
        loose(handle, position, rects[position])
    boxes = np.frombuffer(rects, dtype=np.float32).reshape(count, 4).astype(float) if count else np.zeros((0, 4))
    left, top, right, bottom = boxes.T
    return codes, np.stack([left, bottom, right, top], 1)


def _printed_twice(codes: np.ndarray, boxes: np.ndarray) -> np.ndarray:
    """Which characters repeat one that stands on (nearly) the same spot: bold faked by printing twice."""
    twice = np.zeros(len(codes), dtype=bool)
    x0, top, _, bottom = boxes.T
    near = 0.12 * np.maximum(bottom - top, 1)
    for shift in (0.0, 0.5):
        order = np.lexsort((np.arange(len(codes)), x0, np.floor(bottom / 3 + shift), codes))
        first, second = order[:-1], order[1:]
        same = (
            (codes[first] == codes[second])
            & (np.abs(x0[first] - x0[second]) < near[first])
            & (np.abs(bottom[first] - bottom[second]) < near[first])
        )
        same &= np.abs(first - second) > 2  # the letters of one ligature share its box
        twice[np.maximum(first, second)[same]] = True
    return twice


def _directions(textpage, codes: np.ndarray, boxes: np.ndarray, rotation: int) -> np.ndarray:
    """Quarter turns of each character as displayed: 0 upright, 1 runs up, 2 upside down, 3 runs down."""
    plain = np.full(len(codes), (-rotation) % 4)
    letters = np.flatnonzero(codes > 32)
    if len(letters) < 2:
        return plain
    left, low = boxes[letters, 0], boxes[letters, 1]
    sideways = (np.abs(np.diff(left)) < 0.2) & (np.abs(np.diff(low)) > 0.5) & (np.diff(letters) == 1)
    backwards = (np.diff(left) < 0) & (np.abs(np.diff(low)) < 0.2) & (np.diff(letters) == 1)
    if max(sideways.sum(), backwards.sum()) < 4:
        return plain
    angle = np.array([raw.FPDFText_GetCharAngle(textpage.raw, position) for position in range(len(codes))])
    return (-np.rint(angle / (np.pi / 2)).astype(int) - rotation) % 4  # PDFium counts angles clockwise


def _has_drawn_text(page) -> bool:
    """Whether the page holds inserted drawings with text of their own."""
    for position in range(min(raw.FPDFPage_CountObjects(page), 20000)):
        shape = raw.FPDFPage_GetObject(page, position)
        if raw.FPDFPageObj_GetType(shape) == raw.FPDF_PAGEOBJ_FORM:
            inner = (raw.FPDFFormObj_GetObject(shape, place) for place in range(min(raw.FPDFFormObj_CountObjects(shape), 5000)))
            if any(raw.FPDFPageObj_GetType(part) in (raw.FPDF_PAGEOBJ_TEXT, raw.FPDF_PAGEOBJ_FORM) for part in inner):
                return True
    return False
