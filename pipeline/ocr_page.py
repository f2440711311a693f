"""A recognised page rebuilt as a PDF page: words on even baselines in even sizes, and the rules of tables found in the picture."""

from __future__ import annotations

import ctypes
import re
from collections import Counter
from dataclasses import dataclass
from statistics import median

import numpy as np
import pypdfium2 as pdfium
import pypdfium2.raw as raw

FONT = b"Times-Roman"
LEAST_CONFIDENCE = 3.0  # of tesseract's 100; what lies below is specks and the edges of figures
DESCENDING = re.compile(r"[gjpqyQ,;()\[\]/|]")
ASCENDING = re.compile(r"[A-Zbdfhkltij0-9()\[\]/|'\"!?%&]")
CAPITAL, LOW, DESCENT = 0.67, 0.46, 0.21  # heights in parts of the type's size: capitals, small letters, what hangs below the line
RULE = 0.06  # of the page's width: a dark run that long is no letter
DARK = 140  # of 255
ALIKE = 0.14  # sizes that differ by less are one


@dataclass(slots=True)
class Recognised:
    """A word that tesseract read: its text and box in pixels of the picture, and the line it stands in."""

    text: str
    left: float
    top: float
    right: float
    bottom: float
    line: tuple[int, int, int]

    @property
    def descends(self) -> bool:
        """Whether a letter hangs below the line."""
        return bool(DESCENDING.search(self.text))

    def size(self) -> float:
        """The size of type that the word's height tells."""
        rise = CAPITAL if ASCENDING.search(self.text) else LOW
        return (self.bottom - self.top) / (rise + (DESCENT if self.descends else 0.0))


def words_of(table: dict[str, list]) -> list[Recognised]:
    """The words of tesseract's table of results, without what it is unsure of."""
    words = []
    for place, text in enumerate(table["text"]):
        if text.strip() and float(table["conf"][place]) >= LEAST_CONFIDENCE:
            left, top, width, height = (table[key][place] for key in ("left", "top", "width", "height"))
            line = (table["block_num"][place], table["par_num"][place], table["line_num"][place])
            words.append(Recognised(text.strip(), left, top, left + width, top + height, line))
    return words


def confidence(table: dict[str, list]) -> float:
    """The median confidence of the words, 0 where there are none."""
    return median([float(conf) for conf, text in zip(table["conf"], table["text"], strict=True) if text.strip()] or [0.0])


def even_lines(words: list[Recognised]) -> list[tuple[float, float, list[Recognised]]]:
    """Baseline, size and words of each line; sizes that are nearly the page's usual one become it."""
    lines: dict[tuple, list[Recognised]] = {}
    for word in words:
        lines.setdefault(word.line, []).append(word)
    sizes = {key: median(word.size() for word in held for _ in word.text) for key, held in lines.items()}
    usual = usual_size(lines, sizes)
    evened = []
    for key, held in lines.items():
        size = usual if abs(sizes[key] / usual - 1) < ALIKE else sizes[key]
        base = median(word.bottom - (DESCENT * size if word.descends else 0.0) for word in held)
        evened.append((base, size, held))
    return evened


def usual_size(lines: dict[tuple, list[Recognised]], sizes: dict[tuple, float]) -> float:
    """The size in which most of the page's letters are set, in pixels."""
    votes: Counter[int] = Counter()
    for key, held in lines.items():
        votes[round(sizes[key])] += sum(len(word.text) for word in held)
    near = {size: sum(votes[size + step] for step in (-2, -1, 0, 1, 2)) for size in votes}
    return float(max(sorted(near), key=near.__getitem__, default=1) or 1)


def rules_of(picture: np.ndarray) -> list[tuple[int, int, int, int]]:
    """Horizontal rules in a grey picture (height, width), as (left, top, right, bottom) in pixels."""
    dark = picture < DARK
    dark[1:] |= dark[:-1]  # a slanted rule steps from row to row
    length = max(20, int(picture.shape[1] * RULE))
    sums = np.cumsum(np.pad(dark, ((0, 0), (1, 0))), axis=1, dtype=np.int32)
    full = sums[:, length:] - sums[:, :-length] >= 0.98 * length
    rules: list[list[int]] = []
    for row in np.flatnonzero(full.any(axis=1)):
        starts = np.flatnonzero(full[row])
        for run in np.split(starts, np.flatnonzero(np.diff(starts) > length) + 1):
            left, right = int(run[0]), int(run[-1]) + length
            above = next((rule for rule in rules if row - rule[3] <= 2 and left < rule[2] and right > rule[0]), None)
            if above is None:
                rules.append([left, int(row), right, int(row)])
            else:
                above[:] = [min(above[0], left), above[1], max(above[2], right), int(row)]
    return [tuple(rule) for rule in rules if rule[3] - rule[1] < 0.005 * picture.shape[0] + 4]


def add_page(document: pdfium.PdfDocument, words: list[Recognised], rules: list[tuple], scale: float, size: tuple[float, float]) -> None:
    """Append a page of `size` points with the words and rules, whose pixels are `scale` to the point."""
    page = document.new_page(*size)
    font = raw.FPDFText_LoadStandardFont(document, FONT)
    for base, type_size, held in even_lines(words) if words else ():
        for word in held:
            add_word(document, page, font, word, base, type_size, scale)
    for left, top, right, bottom in rules:
        rule = raw.FPDFPageObj_CreateNewRect(
            left / scale, size[1] - bottom / scale, (right - left) / scale, max(0.5, (bottom - top) / scale)
        )
        raw.FPDFPath_SetDrawMode(rule, raw.FPDF_FILLMODE_WINDING, False)
        raw.FPDFPage_InsertObject(page, rule)
    page.gen_content()
    page.close()


def add_word(
    document: pdfium.PdfDocument, page: pdfium.PdfPage, font: object, word: Recognised, base: float, size: float, scale: float
) -> None:
    """Set a word on its baseline, stretched to the width it has in the picture."""
    text = raw.FPDFPageObj_CreateTextObj(document, font, size / scale)
    letters = ctypes.create_string_buffer(word.text.encode("utf-16-le") + b"\0\0")
    raw.FPDFText_SetText(text, ctypes.cast(letters, ctypes.POINTER(ctypes.c_ushort)))
    box = [ctypes.c_float() for _ in range(4)]
    raw.FPDFPageObj_GetBounds(text, *box)
    natural = box[2].value - box[0].value
    stretch = (word.right - word.left) / scale / natural if natural > 0 else 1.0
    raw.FPDFPageObj_Transform(text, stretch, 0, 0, 1, word.left / scale - box[0].value * stretch, page.get_height() - base / scale)
    raw.FPDFPage_InsertObject(page, text)
