"""A PDF into passages: pages opened, words laid out, running matter taken off, tables and prose read in order."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pypdfium2 as pdfium

from pipeline.files import Unreadable
from pipeline.glyphs import mend_equals
from pipeline.pdf_flow import Flow
from pipeline.pdf_front import front_matter, settle_front, title_lines
from pipeline.pdf_layout import Block, blocks_of, gutters_of, in_order, lines_of, runs_of
from pipeline.pdf_recover import recovered
from pipeline.pdf_region import Table
from pipeline.pdf_running import running
from pipeline.pdf_style import Style
from pipeline.pdf_tables import find_tables
from pipeline.pdf_words import Fonts, Frame, PageReader
from pipeline.records import Document
from pipeline.sections import NUMBERING


def read_pdf(path: Path, paper: str) -> Document:
    """The document of a PDF file. Raises Unreadable with the reason."""
    fonts, frames, pages = Fonts(), [], []
    with opened(Path(path)) as pdf:
        for number in range(1, len(pdf) + 1):
            page = pdf[number - 1]
            reader = PageReader(page, number)
            pages.append((round(reader.width, 1), round(reader.height, 1)))
            here = reader.frames(fonts)
            for frame in here:
                frame.drawn = reader.rules
            frames += _worth_reading(here)
        return document_of(frames, paper, pages)


@contextmanager
def opened(path: Path) -> Iterator[pdfium.PdfDocument]:
    """The file opened in PDFium; Unreadable with the reason where that fails."""
    raw = path.read_bytes()
    if not raw.strip():
        raise Unreadable("empty file; fetch it again")
    if b"%PDF" not in raw[:1024]:
        raise Unreadable("not a PDF (it does not begin with %PDF); fetch it again")
    try:
        found = recovered(path)
        pdf = pdfium.PdfDocument(found.content if found else raw)
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


def document_of(frames: list[Frame], paper: str, pages: list[tuple[float, float]]) -> Document:
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
    flow = Flow(style, title=title_lines(first, style))
    pages_lines = [lines_of(runs, gutters) for runs in kept]
    style.weigh_heads([line for lines in pages_lines for line in lines])
    flow.introductions = sum(
        NUMBERING.sub("", line.text).strip(" .:").lower() == "introduction" and style.is_heading(line)
        for lines in pages_lines
        for line in lines
    )
    for lines, here in zip(pages_lines, tables, strict=True):
        blocks = in_order(blocks_of(lines) + [_block(table) for table in here])
        for place, block in enumerate(blocks):
            flow.take(block, _column_right(block, blocks), blocks[place + 1 :])
    flow.close()
    settle_front(flow.passages)
    mend_equals(flow.passages)
    for number, passage in enumerate(flow.passages):
        passage.number = number
    title = next((passage.text for passage in flow.passages if passage.kind == "title"), "")
    return Document(paper, "pdf", flow.passages, title, front_matter(flow.passages, edges), pages)


def _block(table: Table) -> Block:
    """A table as a block of the page, to be put in order with the others."""
    return Block([], table.box, table, table.box[0], table.box[2])


def _column_right(block: Block, blocks: list[Block]) -> float:
    """Where the full lines of a block's column end."""
    if block.table is not None:
        return block.right
    ends = [other.right for other in blocks if len(other.lines) > 2 and abs(other.left - block.left) < 8]
    return max([block.right, *(end for end in ends if end < block.right + 200)]) if len(block.lines) < 4 else block.right
