"""Scanned pages, made here by printing a page, taking its picture and throwing the text away."""

import shutil

import numpy as np
import pypdfium2
import pytest
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen import canvas

from pipeline import ocr, ocr_page, parse
from pipeline.files import Unreadable

needs_tesseract = pytest.mark.skipif(shutil.which("tesseract") is None, reason="tesseract is not installed")
PROSE = [
    "Between 2004 and 2011 we treated 64 patients with cisplatin and",
    "radiotherapy at our hospital. The median follow-up was 38 months.",
    "Overall survival at three years was 71.4% in the combined group",
    "and 52.9% in the group that had radiotherapy alone.",
]
TABLE = [("Outcome", "Combined", "Alone"), ("Patients", "31", "33"), ("Deaths", "12", "19"), ("Relapses", "14", "21")]


def printed(path):
    """A page with a heading, prose and a three-line table."""
    page = canvas.Canvas(str(path), pagesize=A4)
    page.setFont("Times-Bold", 14)
    page.drawString(72, 760, "Results")
    page.setFont("Times-Roman", 11)
    for number, line in enumerate(PROSE):
        page.drawString(72, 735 - 14 * number, line)
    page.drawString(72, 640, "Table 1. Outcome by group")
    for number, row in enumerate(TABLE):
        for col, text in enumerate(row):
            page.drawString(78 + 130 * col, 618 - 16 * number, text)
    for height in (632, 613, 562):
        page.line(72, height, 440, height)
    page.save()
    return path


def scanned(source, target, turn=0, beside=()):
    """The first page of `source` as a picture in a PDF, turned by some degrees, after pages of other files."""
    opened = pypdfium2.PdfDocument(source)
    picture = opened[0].render(scale=200 / 72, grayscale=True).to_pil().rotate(turn, expand=True)
    picture.save(target, resolution=200)
    if beside:
        joined = pypdfium2.PdfDocument.new()
        for path in (*beside, target):
            joined.import_pages(pypdfium2.PdfDocument(path))
        joined.save(str(target))
    return target


@pytest.fixture(scope="module")
def scan(tmp_path_factory):
    """A scanned page's file."""
    folder = tmp_path_factory.mktemp("scan")
    return scanned(printed(folder / "print.pdf"), folder / "scan.pdf")


@needs_tesseract
def test_a_scanned_page_is_read_with_its_table(scan):
    document = parse.read_document(scan)
    assert document.notes == ["page 1: read by OCR"]
    assert all("ocr" in passage.flags for passage in document.passages)
    prose = next(passage for passage in document.passages if "cisplatin" in passage.text)
    assert prose.text == " ".join(PROSE)
    assert prose.section == "results"
    x0, top, x1, bottom = prose.place()["bbox"]
    assert 60 < x0 < 84
    assert 90 < top < 120
    assert x1 < A4[0]
    assert bottom < 170
    cells = {cell.text: (cell.row_heads, cell.col_heads) for cell in document.passages if cell.kind == "cell"}
    assert cells["19"] == (("Deaths",), ("Alone",))
    assert cells["31"] == (("Patients",), ("Combined",))


@needs_tesseract
def test_only_the_scanned_page_of_a_mixed_file_is_marked(tmp_path):
    source = printed(tmp_path / "print.pdf")
    document = parse.read_document(scanned(source, tmp_path / "mixed.pdf", beside=[source]))
    assert document.notes == ["page 2: read by OCR"]
    pages = [({line.page for line in passage.lines}, passage.flags) for passage in document.passages]
    assert all((2 in touched) == (flags == ("ocr",)) for touched, flags in pages)
    assert ({1}, ()) in pages
    assert ({2}, ("ocr",)) in pages


@needs_tesseract
def test_a_page_that_lies_on_its_side_is_turned(tmp_path):
    document = parse.read_document(scanned(printed(tmp_path / "print.pdf"), tmp_path / "side.pdf", turn=90))
    assert "The median follow-up was 38 months" in " ".join(passage.text for passage in document.passages)


def test_without_tesseract_the_reason_says_what_to_install(scan, monkeypatch):
    monkeypatch.setenv("PATH", "")
    with pytest.raises(Unreadable, match="all pages are images of text; install tesseract"):
        parse.read_document(scan)


def test_a_page_of_text_is_no_scan(scan, tmp_path):
    assert ocr.scanned_pages(pypdfium2.PdfDocument(scan)) == [0]
    assert ocr.scanned_pages(pypdfium2.PdfDocument(printed(tmp_path / "print.pdf"))) == []


def test_rules_are_found_and_letters_are_not():
    picture = np.full((400, 1000), 255, dtype=np.uint8)
    picture[100:103, 100:900] = 0
    picture[200, 100:300] = picture[201, 300:600] = 0  # slanted
    picture[300:320, 100:130] = 0  # a letter
    rules = ocr_page.rules_of(picture)
    assert [(round(left, -1), round(right, -1)) for left, _, right, _ in rules] == [(100, 900), (100, 600)]


def test_lines_are_evened_out():
    words = [
        ocr_page.Recognised("Having", 0, 90.2, 50, 109.8, (1, 1, 1)),
        ocr_page.Recognised("more", 60, 96.1, 90, 105.3, (1, 1, 1)),
        ocr_page.Recognised("people", 0, 115, 50, 134, (1, 1, 2)),
        ocr_page.Recognised("HEADING", 0, 20, 90, 47, (1, 1, 0)),
    ]
    lines = ocr_page.even_lines(words)
    assert lines[0][1] == lines[1][1]
    assert lines[0][0] == pytest.approx(105.5, abs=1)
    assert lines[2][1] > 1.5 * lines[0][1]
