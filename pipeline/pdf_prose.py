"""Printed lines into text: superscripts, broken words, paragraphs, and the places of their characters."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Container, Iterable
from statistics import median

from pipeline.glyphs import join_broken
from pipeline.pdf_layout import Block, Printed
from pipeline.records import Line
from pipeline.sections import clean

_DIGITS = re.compile(r"[-−–+]?\d+(?:[,.–−-]\d+)*[,.]?")
_MARKS = re.compile(r"(?:[a-z]{1,2}|[*†‡§¶#‖∥∗⁎✉]+|,)(?:,\s?(?:[a-z]{1,2}|\d+)|,?[*†‡§¶#‖∥∗⁎]+)*,?", re.I)
_ORDINAL = re.compile(r"(?:st|nd|rd|th|TM|®|™)", re.I)
_POWER_BASE = re.compile(r"(?:^|[^\d.,·])10$")
_UNIT = re.compile(r"(?:^|[\s/·(\[\d.-])(?:[kcdmµμn]?m|s|h|min|kg|L|l|dL|mL)$|(?:^|[\s(])(?:R|I|[χXxΧ]|chi|η|τ|Tau|r)$")
_ISOTOPE = re.compile(r"\d{1,3}m?")
_DECIMALS = re.compile(r"[.·]\d")
_MARKED = re.compile(r"\b(HR|OR|RR|CI|SD|[A-Za-z]?[a-z]{4,})[abc](?![\w'’-])")
_MARKED_COUNT = re.compile(r"^(\d{2,})[a-e]$")
_TERMINAL = re.compile(r"[.?!:;]['\"”’)\]]*(?:\s?\[[\d,–\- ]+\]|\(\d[\d,–\- ]*\))?$")
_BULLET = re.compile(r"(?:[•●▪■◦‣○–—-]|\(?(?:\d{1,2}|[a-hivx]{1,4}|[A-H])[.)](?!\d))\s*(?=\S)")
_ENTRY = re.compile(r"\[?\d{1,3}(?:[.)\]]|\s|$)")


def raised_text(content: str, before: str, after: str, in_table: bool) -> str | None:
    """What a superscript adds after `before`: powers and units stay, citation numbers and footnote marks go (None)."""
    if _DIGITS.fullmatch(content):
        if _POWER_BASE.search(before):
            return "^" + content
        if _UNIT.search(before) and len(content.strip("-−–")) <= 2 and content.strip("-−–") in ("1", "2", "3"):
            return content
        if _ISOTOPE.fullmatch(content) and after[:1].isupper() and (not before or before[-1] in " (-[/"):
            return content
        return None
    if _ORDINAL.fullmatch(content):
        return content
    if _MARKS.fullmatch(content) and (in_table or before[-1:].isdigit() or before[-1:] in ")%.," or not content[0].isalpha()):
        return None
    return content if any(letter.isalnum() or letter in "+-−–®™" for letter in content) else None


def line_text(line: Printed, in_table: bool = False) -> str:
    """The line's words as text, superscripts treated by what they are."""
    pieces: list[str] = []
    words = line.words
    dropped = False
    for place, word in enumerate(words):
        before = "".join(pieces[-6:])
        text: str | None = word.text
        if word.raised > 0 and not (in_table and len(words) == 1):
            after = words[place + 1].text if place + 1 < len(words) and not words[place + 1].space else ""
            text = raised_text(word.text, before.rstrip() if not word.space else before + " ", after, in_table)
        if text is None:
            dropped = dropped or word.space
            continue
        if pieces and (word.space or dropped) and not (dropped and not word.space and text[0] in ".,;:)"):
            pieces.append(" ")
        pieces.append(text)
        dropped = False
    return clean("".join(pieces))


def compose(lines: Iterable[Printed], known: Container[str], in_table: bool = False) -> tuple[str, list[Line]]:
    """The lines' text with words mended at their ends, and where each printed line's characters stand."""
    text, placed = "", []
    for line in lines:
        piece = unmarked(line_text(line, in_table), known) if in_table else line_text(line)
        if not piece:
            continue
        if text:
            joint = join_broken(text, piece, known)
            if joint == "":
                text = text[:-1]
                placed[-1].end -= 1
            elif joint is None and not text.endswith(("/", "–", "—")) and not (in_table and is_cut(text, piece, known)):
                text += " "
        placed.append(Line(len(text), len(text) + len(piece), line.frame.page, _rounded(line.frame.to_page(line.box))))
        text += piece
    return text, placed


def is_cut(left: str, right: str, known: Container[str]) -> bool:
    """Whether a narrow cell's line ends within a number, a bracket or a word, so that the next line goes on without a space."""
    if left.endswith("(") or right[0] in ")]%" or left[-1].isdigit() and _DECIMALS.match(right):
        return True
    if left.count("(") > left.count(")") and re.search(r"\d[.·]$", left) and re.match(r"\d+[)\]%]", right):
        return True
    first, second = re.split(r"[\s/(\[-]", left)[-1].lower(), re.split(r"[\s/)\],.;:-]", right)[0].lower()
    whole = first in known and second in known
    return first.isalpha() and second.isalpha() and right[0].islower() and not whole and first + second in known


def unmarked(text: str, known: Container[str]) -> str:
    """A cell's text without the footnote letters that its file sets as part of the words: "HRa", "All patientsb"."""

    def word(match: re.Match) -> str:
        stem, whole = match[1], match[0].lower()
        seen = stem.isupper() or (stem.lower() in known and whole not in known)
        return stem if seen else match[0]

    return _MARKED_COUNT.sub(r"\1", _MARKED.sub(word, text))


def _rounded(box: tuple) -> tuple:
    return tuple(round(number, 1) for number in box)


def words_inside(lines: Iterable[Printed]) -> set[str]:
    """The document's words in lower case as they stand inside lines, where no hyphen can come from the line's end."""
    known: set[str] = set()
    for line in lines:
        for word in line.words[:-1]:
            known.add(word.text.strip(".,;:()[]\"'“”‘’").lower())
    return known


def ends_sentence(text: str) -> bool:
    """Whether the text ends as a sentence or a paragraph does."""
    return bool(_TERMINAL.search(text))


def paragraphs_of(block: Block, right: float, breaks: Callable[[Printed, Printed], bool]) -> list[list[Printed]]:
    """A block's lines parted into paragraphs by indents, early ends, gaps and whatever `breaks` says of two neighbours.

    `right` is where the column's full lines end.
    """
    lines = block.lines
    steps = [below.base - above.base for above, below in zip(lines, lines[1:], strict=False)]
    pitch = median(steps) if steps else 0
    left = _left_edge(lines)
    hanging = _hangs(lines, left)
    parts = [[lines[0]]]
    for above, below, step in zip(lines, lines[1:], steps, strict=False):
        if breaks(above, below) or step > 1.28 * pitch + 0.5 or _begins(above, below, left, right, hanging, parts[-1]):
            parts.append([below])
        else:
            parts[-1].append(below)
    return parts


def _left_edge(lines: list[Printed]) -> float:
    """Where most of the lines begin; the leftmost of the frequent places."""
    count = Counter(round(line.x0) for line in lines)
    often = max(count.values())
    return float(min(place for place, times in count.items() if times >= 0.5 * often))


def _hangs(lines: list[Printed], left: float) -> bool:
    """Whether entries begin at the left and go on indented, as in lists of references."""
    least = min(line.x0 for line in lines)
    out = [line for line in lines if line.x0 < least + 3]
    numbered = sum(bool(_ENTRY.match(line.text) or _BULLET.match(line.text)) for line in out)
    return len(out) < len(lines) and (least < left - 5 or len(out) <= 0.5 * len(lines)) and numbered >= 0.6 * len(out)


def _begins(above: Printed, below: Printed, left: float, right: float, hanging: bool, part: list[Printed]) -> bool:
    """Whether `below` begins a paragraph by its indent or because the line above ends early."""
    size = below.size
    if hanging:
        return below.x0 < min(left, above.x0, *(line.x0 for line in part)) + 3 and bool(
            _ENTRY.match(below.text) or _BULLET.match(below.text)
        )
    first = below.words[0]
    early = above.x1 + 0.3 * size + (first.x1 - first.x0) < right - 0.6 * size
    text = below.text
    if 0.6 * size < below.x0 - left < 4.5 * size and above.x0 - left < 0.5 * size and (early or ends_sentence(above.text)):
        return True
    if not early:
        return False
    starts = text[:1].isupper() or text[:1].isdigit() or text[:1] in '“"‘([' or bool(_BULLET.match(text))
    return ends_sentence(above.text) and starts or bool(_BULLET.match(text)) and starts and above.x1 < right - 3 * size
