"""A PDF into passages: pages opened, words laid out, running matter taken off, tables and prose read in order."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pypdfium2 as pdfium

from pipeline.files import Unreadable
from pipeline.pdf_flow import Flow, settle_front
from pipeline.pdf_layout import Block, Printed, blocks_of, gutters_of, in_order, lines_of, runs_of
from pipeline.pdf_region import Table
from pipeline.pdf_running import running
from pipeline.pdf_style import Style
from pipeline.pdf_tables import find_tables
from pipeline.pdf_words import Fonts, Frame, PageReader, Word
from pipeline.records import Document, Passage

_DOI = re.compile(r"\b10\.\d{4,9}/[-._;()/:A-Za-z0-9]*[A-Za-z0-9]")
_PMID = re.compile(r"\bPMID:?\s?(\d{6,9})\b")
_PMCID = re.compile(r"\bPMC\d{5,9}\b")
_YEAR = re.compile(r"\b(?:19[6-9]|20[0-4])\d\b")
_DATED = re.compile(r"(?:©|\(c\)|copyright|published|accepted|received|;|\bvol|\(|\.\s)\D{0,40}((?:19[6-9]|20[0-4])\d)\b", re.I)


def read_pdf(path: Path, paper: str, scanned: Iterable[Frame] = ()) -> Document:
    """The document of a PDF file; `scanned` holds the frames of pages that OCR has read. Raises Unreadable with the reason."""
    fonts, frames, pages = Fonts(), [], []
    scanned = list(scanned)
    with opened(Path(path)) as pdf:
        for number in range(1, len(pdf) + 1):
            page = pdf[number - 1]
            reader = PageReader(page, number)
            pages.append((round(reader.width, 1), round(reader.height, 1)))
            here = [frame for frame in scanned if frame.page == number] or reader.frames(fonts)
            for frame in here:
                frame.drawn = reader.rules
            frames += _worth_reading(here)
        return document_of(frames, paper, pages, {frame.page for frame in scanned})


def pages_without_text(path: Path) -> list[int]:
    """The pages, counted from 1, that hold (almost) no characters: images of print. Raises Unreadable."""
    with opened(Path(path)) as pdf:
        return [number + 1 for number in range(len(pdf)) if len(pdf[number].get_textpage().get_text_range().split()) < 5]


def layout_words(page: int, width: float, height: float, words: Iterable[tuple[str, float, float, float, float]]) -> Frame:
    """A frame of words read by OCR (text, x0, top, x1, bottom in points from the top left), for `read_pdf(scanned=...)`."""
    made = []
    for text, x0, top, x1, bottom in words:
        made.append(Word(text, x0, x1, bottom, bottom - top))
    return Frame(page, width, height, made)


@contextmanager
def opened(path: Path) -> Iterator[pdfium.PdfDocument]:
    """The file opened in PDFium; Unreadable with the reason where that fails."""
    raw = path.read_bytes()
    if not raw.strip():
        raise Unreadable("empty file; fetch it again")
    if b"%PDF" not in raw[:1024]:
        raise Unreadable("not a PDF (it does not begin with %PDF); fetch it again")
    try:
        pdf = pdfium.PdfDocument(raw)
    except pdfium.PdfiumError as error:
        if "assword" in str(error):
            raise Unreadable("encrypted: opens only with its password; save a copy without one") from error
        cut = "" if b"%%EOF" in raw[-2048:] else ", cut off before its end"
        raise Unreadable(f"damaged PDF{cut}; fetch it again") from error
    try:
        if not len(pdf):
            raise Unreadable("a PDF without pages; fetch it again")
        yield pdf
    finally:
        pdf.close()


def _worth_reading(frames: list[Frame]) -> list[Frame]:
    """A page's main direction of writing, and another one only where it holds more than a stamp in the margin."""
    return [frame for place, frame in enumerate(frames) if not place or len(frame.words) > 40]


def document_of(frames: list[Frame], paper: str, pages: list[tuple[float, float]], scanned: set[int]) -> Document:
    """Lay out the frames of all pages and read them as one document."""
    all_runs = [runs_of(frame) for frame in frames]
    edge = running(all_runs)
    edges = [run for runs in all_runs for run in runs if id(run) in edge]
    kept = [[run for run in runs if id(run) not in edge] for runs in all_runs]
    style = Style.of([run for runs in kept for run in runs])
    gutters = gutters_of([lines_of(list(runs)) for runs in kept])
    tables, kept = find_tables(frames, kept, style.size, style.font, gutters)
    first = [lines_of(runs) for runs in kept]
    gutters = gutters_of(first)
    flow = Flow(style, title=_title(first, style))
    pages_lines = [lines_of(runs, gutters) for runs in kept]
    flow.weigh_heads([line for lines in pages_lines for line in lines])
    for lines, here in zip(pages_lines, tables, strict=True):
        blocks = in_order(blocks_of(lines) + [_block(table) for table in here])
        for place, block in enumerate(blocks):
            flow.take(block, _column_right(block, blocks), blocks[place + 1 :])
    flow.close()
    settle_front(flow.passages)
    for number, passage in enumerate(flow.passages):
        passage.number = number
    title = next((passage.text for passage in flow.passages if passage.kind == "title"), "")
    return Document(paper, "pdf", flow.passages, title, _front(flow.passages, edges), pages)


def _block(table: Table) -> Block:
    """A table as a block of the page, to be put in order with the others."""
    return Block([], table.box, table, table.box[0], table.box[2])


def _column_right(block: Block, blocks: list[Block]) -> float:
    """Where the full lines of a block's column end."""
    if block.table is not None:
        return block.right
    ends = [other.right for other in blocks if len(other.lines) > 2 and abs(other.left - block.left) < 8]
    return max([block.right, *(end for end in ends if end < block.right + 200)]) if len(block.lines) < 4 else block.right


def _title(pages: list[list[Printed]], style: Style) -> set[tuple[int, float, float]]:
    """Where the lines of the title stand: the largest type on the first page that holds several words."""
    lines = [line for line in (pages[0] if pages else []) if line.base < 0.65 * line.frame.height and line.size > 1.05 * style.size]
    groups: dict[float, list[Printed]] = {}
    for line in lines:
        groups.setdefault(round(line.size), []).append(line)
    for size in sorted(groups, reverse=True):
        words = " ".join(line.text for line in groups[size]).split()
        if len(words) >= 4 and sum(len(word) for word in words) > 20:
            return {(line.frame.page, line.base, line.x0) for line in groups[size]}
    return set()


def _front(passages: list[Passage], edges: list[Printed]) -> dict:
    """Identifiers, year and the like, where the first page or the running heads print them."""
    early = [passage.text for passage in passages if passage.page == 1 and passage.kind != "reference"]
    heads = [run.text for run in edges]
    texts = [*[run.text for run in edges if run.frame.page == 1], *early, *heads]
    front: dict = {}
    for key, pattern in (("doi", _DOI), ("pmid", _PMID), ("pmcid", _PMCID)):
        found = [match for text in texts for match in pattern.findall(text)]
        if found:
            front[key] = Counter(found).most_common(1)[0][0] if key == "doi" else found[0]
    years = [int(year) for text in [*heads, *early] for year in _DATED.findall(text)] or [
        int(year) for text in heads for year in _YEAR.findall(text)
    ]
    if years:
        front["year"] = Counter(years).most_common(1)[0][0]
    return front
