"""Truncated PDFs: the pages that are whole are read under their own numbers, and what is missing is said."""

from __future__ import annotations

import re

import pikepdf
import pypdfium2
import pytest
from pdf_pages import drawn

from pipeline import parse, pdf_recover
from pipeline.files import Unreadable


def page_of(number):
    """A page of its own words."""

    def draw(canvas):
        canvas.setFont("Times-Roman", 10)
        for line in range(30):
            canvas.drawString(50, 750 - 14 * line, f"This is line {line} of the page with the number {number} among all of the pages.")

    return draw


def paper(folder, pages=6):
    return drawn([page_of(number) for number in range(1, pages + 1)], folder / "whole.pdf")


def cut(path, at):
    """The file up to a place (a share of it, or the bytes before these words)."""
    raw = path.read_bytes()
    end = raw.rindex(at) if isinstance(at, bytes) else int(at * len(raw))
    target = path.with_name("cut.pdf")
    target.write_bytes(raw[:end])
    return target


def drawings(raw):
    """The first words of each object that holds what a page draws, in the order of the pages."""
    return re.findall(rb"\d+ 0 obj\s*<<[^>]*/Length \d+[^>]*>>\s*stream", raw)


def packed(path):
    """The same file with its dictionaries packed into streams, as newer producers write them, and those at its front."""
    with pikepdf.open(path) as pdf:
        pdf.save(path.with_name("packed.pdf"), object_stream_mode=pikepdf.ObjectStreamMode.generate, linearize=True)
    return path.with_name("packed.pdf")


def lines_by_page(path):
    document = pdf_recover.opened(path)
    try:
        return [document[number].get_textpage().get_text_range().count("This is line") for number in range(len(document))]
    finally:
        document.close()


def test_pages_before_the_cut_are_read_under_their_numbers(tmp_path):
    whole = paper(tmp_path)
    path = cut(whole, drawings(whole.read_bytes())[-1])
    document = parse.read_document(path)
    pages = {passage.page for passage in document.passages}
    assert pages == {1, 2, 3, 4, 5}
    assert document.notes == ["truncated file: pages 1, 2, 3, 4, 5 of 6 could be read, 1 page is missing"]
    assert "line 29 of the page with the number 5" in " ".join(passage.text for passage in document.passages)


def test_a_missing_page_between_others_stays_empty(tmp_path):
    path = paper(tmp_path)
    second = drawings(path.read_bytes())[1]
    raw = path.read_bytes().replace(second, b" " * len(second))
    path.write_bytes(raw[: raw.rindex(b"startxref")])
    assert lines_by_page(path) == [30, 0, 30, 30, 30, 30]
    assert pdf_recover.recovered(path).pages == [1, 3, 4, 5, 6]


def test_dictionaries_in_packed_streams_are_unpacked(tmp_path):
    path = cut(packed(paper(tmp_path)), 0.97)
    assert sum(count == 30 for count in lines_by_page(path)) >= 5


def test_a_whole_file_is_left_alone(tmp_path):
    path = paper(tmp_path)
    assert pdf_recover.recovered(path) is None
    assert parse.read_document(path).notes == []


def test_a_file_that_lacks_nothing_but_its_end_mark_is_read_and_noted(tmp_path):
    path = cut(paper(tmp_path), b"%%EOF")
    assert parse.read_document(path).notes == ["truncated file: every page could be read"]


def test_where_no_page_is_whole_the_reason_says_truncated(tmp_path):
    with pytest.raises(Unreadable, match=r"truncated.*no page can be recovered"):
        parse.read_document(cut(paper(tmp_path), 0.05))


def test_a_password_is_asked_for_and_not_taken_for_damage(tmp_path):
    path = paper(tmp_path)
    with pikepdf.open(path) as pdf:
        pdf.save(tmp_path / "locked.pdf", encryption=pikepdf.Encryption(owner="a", user="b"))
    assert pdf_recover.recovered(tmp_path / "locked.pdf") is None
    with pytest.raises(pypdfium2.PdfiumError, match=r"(?i)password"):
        pdf_recover.opened(tmp_path / "locked.pdf")


def test_what_is_missing_is_told():
    told = pdf_recover.Recovered(b"", [2, 3], 6).told
    assert told == "truncated file: pages 2, 3 of 6 could be read, 4 pages are missing"
    assert pdf_recover.Recovered(b"", [1], None).told == "truncated file: page 1 could be read, the rest is missing"
