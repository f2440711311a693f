"""Scanned pages: each is rendered, read by tesseract and rebuilt as a page of text, so that the PDF reader takes it from there."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pypdfium2
import pypdfium2.raw as pdfium
from PIL import Image

from pipeline import ocr_page
from pipeline.files import Unreadable
from pipeline.records import Document

DOTS_PER_INCH = 300
FEW = 25  # characters: a page with fewer and a picture is a scan, its characters being a stamp or a page number
COVERED = 0.5  # share of the page that the pictures of a scan cover
UNSURE = 55.0  # median confidence of tesseract under which a page may lie on its side


def scanned_pages(pdf: pypdfium2.PdfDocument) -> list[int]:
    """The pages (from 0) that are pictures of text and hold next to none themselves."""
    return [number for number in range(len(pdf)) if is_scan(pdf, number)]


def is_scan(pdf: pypdfium2.PdfDocument, number: int) -> bool:
    """Whether a page is a picture of text."""
    page = pdf[number]
    try:
        textpage = page.get_textpage()
        letters = textpage.count_chars()
        textpage.close()
        return letters < FEW and picture_share(page) > COVERED
    finally:
        page.close()


def picture_share(page: pypdfium2.PdfPage) -> float:
    """The share of the page's area that its pictures cover, each counted by itself."""
    left, bottom, right, top = page.get_mediabox()
    area = max((right - left) * (top - bottom), 1.0)
    covered = 0.0
    for picture in page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_IMAGE], max_depth=3):
        x0, y0, x1, y1 = picture.get_bounds() if hasattr(picture, "get_bounds") else picture.get_pos()
        covered += max(0.0, x1 - x0) * max(0.0, y1 - y0)
    return covered / area


def require_tesseract(pages: list[int], total: int) -> None:
    """Raise Unreadable where tesseract is not installed."""
    if shutil.which("tesseract") is None:
        which = "all pages are" if len(pages) == total else f"page {', '.join(str(page + 1) for page in pages)}: of {total} pages these are"
        raise Unreadable(f"{which} images of text; install tesseract to have them read")


@contextmanager
def with_text(pdf: pypdfium2.PdfDocument, pages: list[int]) -> Iterator[Path]:
    """A temporary PDF in which the scanned pages are replaced by their pictures with the recognised text laid over them."""
    require_tesseract(pages, len(pdf))
    with tempfile.TemporaryDirectory(prefix="livetable-ocr-") as folder:
        path = Path(folder) / "recognised.pdf"
        joined = pypdfium2.PdfDocument.new()
        try:
            for number in range(len(pdf)):
                if number in pages:
                    recognise(pdf[number], joined)
                else:
                    joined.import_pages(pdf, [number])
            joined.save(str(path))
        finally:
            joined.close()
        yield path


def recognise(page: pypdfium2.PdfPage, joined: pypdfium2.PdfDocument) -> None:
    """Read one page's picture and append the page rebuilt from its words and rules."""
    scale = DOTS_PER_INCH / 72
    picture = page.render(scale=scale, grayscale=True).to_pil()
    table = tesseract(picture)
    if ocr_page.confidence(table) < UNSURE and (turn := lying(picture)):
        picture = picture.rotate(turn, expand=True)
        table = tesseract(picture)
    size = (picture.width / scale, picture.height / scale)
    ocr_page.add_page(joined, ocr_page.words_of(table), ocr_page.rules_of(np.asarray(picture)), scale, size)


def tesseract(picture: Image.Image) -> dict[str, list]:
    """Tesseract's table of the words in a picture."""
    import pytesseract

    os.environ["OMP_THREAD_LIMIT"] = "1"  # several processes read at once; threads in each would only get in each other's way
    try:
        return pytesseract.image_to_data(picture, config=f"--dpi {DOTS_PER_INCH}", output_type=pytesseract.Output.DICT)
    except pytesseract.TesseractError as error:
        raise Unreadable(f"its pages are images and tesseract could not read them: {error.message.strip()[:200]}") from error


def lying(picture: Image.Image) -> int:
    """By how many degrees to turn a picture that lies on its side or its head; 0 where tesseract cannot tell."""
    import pytesseract

    try:
        return -int(pytesseract.image_to_osd(picture, output_type=pytesseract.Output.DICT)["rotate"]) % 360
    except pytesseract.TesseractError:
        return 0


def mark(document: Document, pages: list[int]) -> Document:
    """The document with the passages of recognised pages flagged and the pages noted."""
    recognised = {number + 1 for number in pages}
    for passage in document.passages:
        if any(line.page in recognised for line in passage.lines):
            passage.flags = tuple(dict.fromkeys((*passage.flags, "ocr")))
    document.notes.extend(f"page {number}: read by OCR" for number in sorted(recognised))
    return document
