"""The PDF reader on pages drawn for it, on the embedded specimens, and on the shared evaluation papers where they are."""

from __future__ import annotations

import os
import re
import sys
from functools import partial
from pathlib import Path

import pikepdf
import pypdfium2 as pdfium
import pytest
from pdf_pages import HEIGHT, ROWS, WIDTH, drawn, lines, second_page, three_line_table, two_columns

from pipeline.files import Unreadable
from pipeline.glyphs import UNSURE, comparator_unsure, join_broken, mend, mend_equals
from pipeline.pdf import read_pdf
from pipeline.records import Passage

ROOT = Path(__file__).resolve().parent.parent
SPECIMENS = sorted((ROOT / "corpus/mnpc/papers").glob("*.specimen.pdf"))
EVALUATION = Path(os.environ.get("LIVETABLE_EVALUATION", ROOT.parent / "shared")) / "papers/pdf"


def cells(document, label="Table 1"):
    """Each body cell's text by its row and column headings."""
    held = [passage for passage in document.passages if passage.kind == "cell" and passage.table == label and not passage.is_head]
    return {(passage.row_heads, passage.col_heads): passage.text for passage in held}


EXPECTED = {
    (("Age", "<50 years"), ("OS", "HR")): "1.20",
    (("Age", "<50 years"), ("PFS", "P")): "0.62",
    (("Age", "≥50 years"), ("OS", "P")): "0.03",
    (("LDH",), ("PFS", "HR")): "1.92",
    (("LDH",), ("OS", "P")): "<0.001",
}


@pytest.fixture(scope="module")
def columns(tmp_path_factory):
    return read_pdf(drawn([two_columns, second_page], tmp_path_factory.mktemp("pdf") / "columns.pdf"), "columns")


def test_a_paragraph_goes_on_in_the_next_column_with_its_broken_words_mended(columns):
    text = next(passage.text for passage in columns.passages if passage.kind == "paragraph")
    assert "the survival of patients" in text
    assert "in the spring of the following year, because treatment was given" in text
    assert "A non-randomised comparison was planned, because a non-randomised design" in text


def test_powers_stay_and_citation_numbers_go(columns):
    text = next(passage.text for passage in columns.passages if passage.kind == "paragraph")
    assert "100 × 10^9 per litre, and the trial was stopped" in text


def test_running_heads_and_page_numbers_are_no_text(columns):
    texts = [passage.text for passage in columns.passages]
    assert not [text for text in texts if "Journal of Examples" in text or text in ("17", "18")]


def test_headings_open_their_sections(columns):
    found = [(passage.kind, passage.section, passage.heading) for passage in columns.passages]
    assert found[0][:2] == ("title", "title")
    assert ("paragraph", "methods", "Methods") in found
    assert ("paragraph", "results", "Results") in found


def test_an_unreadable_comparator_is_flagged(columns):
    passage = next(passage for passage in columns.passages if "31.8%" in passage.text)
    assert passage.flags == ("comparator unsure",)
    assert all(not other.flags for other in columns.passages if other is not passage)


def test_a_slice_of_a_passage_knows_its_line(columns):
    passage = next(passage for passage in columns.passages if passage.kind == "paragraph")
    start = passage.text.index("liver lesions")
    place = passage.place(start, start + len("liver lesions"))
    assert place["page"] == 1
    x0, top, x1, bottom = place["bbox"]
    assert 309 <= x0 < x1 <= WIDTH
    assert 128 < top < bottom < 142


@pytest.mark.parametrize("rules", [True, False], ids=["three lines", "no lines"])
def test_table_cells_have_their_headings(tmp_path, rules):
    document = read_pdf(drawn([partial(three_line_table, rules=rules)], tmp_path / "table.pdf"), "table")
    found = cells(document)
    assert {key: found.get(key) for key in EXPECTED} == EXPECTED
    notes = [passage.text for passage in document.passages if passage.kind == "footnote" and passage.table == "Table 1"]
    assert notes == ["HR, hazard ratio; OS, overall survival."]
    prose = [passage.text for passage in document.passages if passage.kind in ("paragraph", "front", "abstract")]
    assert any(text.startswith("The text goes on below the table") and text.endswith("running text.") for text in prose)
    assert not any("1.85" in text for text in prose)


def test_a_table_that_goes_on_overleaf_is_one_table(tmp_path):
    second = (
        ("EBV DNA", "3.10", "<0.001", "2.20", "0.01"),
        ("T stage", "1.02", "0.88", "1.01", "0.95"),
        ("N stage", "1.30", "0.2", "1.1", "0.6"),
    )
    pages = [three_line_table, partial(three_line_table, rows=second, caption="Table 1. Factors of survival (continued).")]
    document = read_pdf(drawn(pages, tmp_path / "overleaf.pdf"), "overleaf")
    found = cells(document)
    assert found[("EBV DNA",), ("OS", "HR")] == "3.10"
    assert found[("LDH",), ("OS", "HR")] == "2.31"
    assert {passage.page for passage in document.passages if passage.kind == "cell"} == {1, 2}
    assert len([passage for passage in document.passages if passage.kind == "caption"]) == 1


def turned_by_text(canvas):
    canvas.translate(WIDTH, 0)
    canvas.rotate(90)
    canvas.translate(0, WIDTH - HEIGHT)
    three_line_table(canvas)


@pytest.mark.parametrize(
    ("page", "rotation"), [(three_line_table, 90), (three_line_table, 270), (turned_by_text, 0)], ids=["90", "270", "text turned"]
)
def test_turned_tables_read_the_same_and_their_boxes_fit_the_page_as_shown(tmp_path, page, rotation):
    path = drawn([page], tmp_path / "turned.pdf")
    with pikepdf.open(path, allow_overwriting_input=True) as pdf:
        pdf.pages[0].Rotate = rotation
        pdf.save(path)
    document = read_pdf(path, "turned")
    found = cells(document)
    assert {key: found.get(key) for key in EXPECTED} == EXPECTED
    shown = pdfium.PdfDocument(path)[0].get_size()
    for passage in document.passages:
        for line in passage.lines:
            x0, top, x1, bottom = line.bbox
            assert 0 <= x0 < x1 <= shown[0]
            assert 0 <= top < bottom <= shown[1]
            assert bottom - top > x1 - x0 or len(line_text(passage, line)) < 3


def line_text(passage, line):
    return passage.text[line.start : line.end]


def test_type_printed_twice_is_read_once(tmp_path):
    def page(canvas):
        for shift in (0, 0.3):
            lines(canvas, 50 + shift, 100, ("Staff affairs offer coffee for all officers of the office.",))

    document = read_pdf(drawn([page], tmp_path / "twice.pdf"), "twice")
    assert [passage.text for passage in document.passages] == ["Staff affairs offer coffee for all officers of the office."]


def test_an_empty_password_opens_and_a_real_one_is_named(tmp_path):
    plain = drawn([two_columns], tmp_path / "plain.pdf")
    for name, password in (("owner", ""), ("user", "secret")):
        with pikepdf.open(plain) as pdf:
            pdf.save(tmp_path / f"{name}.pdf", encryption=pikepdf.Encryption(owner="owner", user=password))
    assert read_pdf(tmp_path / "owner.pdf", "owner").passages
    with pytest.raises(Unreadable, match="password"):
        read_pdf(tmp_path / "user.pdf", "user")


@pytest.mark.parametrize(("content", "reason"), [(b"", "empty"), (b"<html>no</html>", "not a PDF"), (b"%PDF-1.4\nnothing", "damaged")])
def test_what_is_no_pdf_says_so(tmp_path, content, reason):
    (tmp_path / "broken.pdf").write_bytes(content)
    with pytest.raises(Unreadable, match=reason):
        read_pdf(tmp_path / "broken.pdf", "broken")


@pytest.mark.parametrize("path", SPECIMENS, ids=lambda path: path.name.split(".")[0])
def test_specimens_read_whole(path):
    document = read_pdf(path, path.stem)
    assert {"abstract", "introduction", "methods", "results", "discussion"} <= {passage.section for passage in document.passages}
    captions = {passage.table for passage in document.passages if passage.kind == "caption" and passage.text.lower().startswith("table")}
    assert captions
    assert None not in captions
    body = [passage for passage in document.passages if passage.kind == "cell" and not passage.is_head and passage.col > 0]
    assert {passage.table for passage in body} == captions
    assert all(passage.row_heads and passage.col_heads for passage in body)


@pytest.mark.parametrize("path", SPECIMENS[:3], ids=lambda path: path.name.split(".")[0])
def test_places_hold_the_words_they_claim(path):
    document = read_pdf(path, path.stem)
    pdf = pdfium.PdfDocument(path)
    pages = [pdf[number].get_textpage() for number in range(len(pdf))]
    checked = 0
    for passage in document.passages:
        for line in passage.lines:
            x0, top, x1, bottom = line.bbox
            height = document.pages[line.page - 1][1]
            there = pages[line.page - 1].get_text_bounded(x0 - 2, height - bottom - 3, x1 + 2, height - top + 3)
            words = [word for word in re.findall(r"[a-z]{4,}", line_text(passage, line)) if word in there]
            checked += len(words)
            assert len(words) >= 0.8 * len(re.findall(r"[a-z]{4,}", line_text(passage, line)))
    assert checked > 200


@pytest.mark.skipif(not EVALUATION.exists(), reason="the shared folder of evaluation papers (LIVETABLE_EVALUATION) is not here")
def test_publishers_papers_keep_their_sentences_and_tables():
    sys.path.insert(0, str(ROOT / "benchmarks"))
    import reading

    kept = wanted = agree = there = got = found = tables = 0
    for path in sorted(EVALUATION.glob("PMC*.pdf")):
        jats, pdf = reading.read_jats(path.with_suffix(".xml"), path.stem), read_pdf(path, path.stem)
        survived = reading.survival(jats, pdf)
        kept, wanted = kept + survived[0], wanted + survived[1]
        for score in reading.cell_scores(jats, pdf).values():
            agree, there, got, found, tables = agree + score[0], there + score[1], got + score[2], found + score[3], tables + 1
    assert kept >= 0.97 * wanted
    assert found >= 0.95 * tables
    assert reading.f1(agree, there, got) >= 0.8


KNOWN = {"survival", "follow-up", "non-randomised", "radio", "therapy", "free", "progression", "dose"}


@pytest.mark.parametrize(
    ("left", "right", "joint"),
    [
        ("the sur-", "vival of", ""),
        ("the follow-", "up was", "-"),
        ("a non-", "randomised trial", "-"),
        ("cisplatin-", "5-fluorouracil", "-"),
        ("IL-", "6 levels", "-"),
        ("the median", "survival", None),
        ("from 5 –", "6", None),
    ],
)
def test_hyphens_at_the_end_of_lines(left, right, joint):
    assert join_broken(left, right, KNOWN) == joint


def test_ligatures_spaces_and_hyphens_are_written_plainly():
    assert mend("e\ufb03cacy\u00a0of co\u2010treatment, cafe\u0301") == "efficacy of co-treatment, café"


@pytest.mark.parametrize(
    ("text", "unsure"), [("P \uf0a3 0.05", True), ("p ( .001", True), ("P < 0.05", False), ("(P = 0.05)", False), ("HR (0.5-0.9)", False)]
)
def test_comparators_that_cannot_be_read(text, unsure):
    assert comparator_unsure(text) is unsure


def test_rows_of_the_drawn_table_are_those_expected():
    assert len(ROWS) == 4


def caption_below(canvas, top=80, label="Table 1", words=("Nausea", "Fever", "Anaemia")):
    """A table of three lines whose caption stands under it, between two paragraphs."""
    lines(canvas, 50, top, ("The paragraph over the table is set in the type of the body and it takes", "up two lines of the column."))
    top += 30
    canvas.line(50, HEIGHT - top, 400, HEIGHT - top)
    for x, text in zip((50, 200, 300), ("Toxicity", "Arm A", "Arm B"), strict=True):
        lines(canvas, x, top + 11, (text,), ("Helvetica-Bold", 7))
    canvas.line(50, HEIGHT - top - 15, 400, HEIGHT - top - 15)
    for place, name in enumerate(words):
        for x, text in zip((50, 200, 300), (name, f"{place + 3} (10)", f"{place + 7} (21)"), strict=True):
            lines(canvas, x, top + 26 + 11 * place, (text,), ("Helvetica", 7))
    canvas.line(50, HEIGHT - top - 52, 400, HEIGHT - top - 52)
    lines(canvas, 50, top + 63, (f"{label}. Patients with an adverse event.",), ("Helvetica-Bold", 7))
    lines(canvas, 50, top + 72, ("Figures are patients (percent).",), ("Helvetica", 6))
    lines(canvas, 50, top + 100, ("The paragraph under the caption goes on in the type of the body, and it", "takes up two lines too."))


def test_captions_under_their_tables(tmp_path):
    def page(canvas):
        caption_below(canvas)
        caption_below(canvas, 260, "Table 2", ("Pain", "Cough", "Rash"))

    document = read_pdf(drawn([page], tmp_path / "below.pdf"), "below")
    assert cells(document)[("Fever",), ("Arm B",)] == "8 (21)"
    assert cells(document, "Table 2")[("Rash",), ("Arm A",)] == "5 (10)"
    notes = [passage.table for passage in document.passages if passage.kind == "footnote"]
    assert notes == ["Table 1", "Table 2"]
    prose = " ".join(passage.text for passage in document.passages if passage.kind in ("paragraph", "front", "abstract"))
    assert prose.count("The paragraph over the table") == prose.count("takes up two lines too.") == 2
    assert "Anaemia" not in prose


def centred(canvas, x, top, text, font=("Helvetica", 8)):
    canvas.setFont(*font)
    canvas.drawCentredString(x, HEIGHT - top, text)


def test_centred_names_are_no_indents_and_words_in_the_middle_head_a_section(tmp_path):
    rows = (("Demographic features",), ("Age over sixty years", "12"), ("Men", "20"), ("Disease",), ("Liver lesions", "31"), ("Lung", "9"))

    def page(canvas):
        lines(canvas, 50, 60, ("The features are listed in the table which follows here, and in the text.",))
        lines(canvas, 50, 100, ("Table 1. Features of patients.",), ("Helvetica-Bold", 9))
        canvas.line(50, HEIGHT - 106, 450, HEIGHT - 106)
        centred(canvas, 150, 117, "Feature", ("Helvetica-Bold", 8))
        centred(canvas, 350, 117, "Patients", ("Helvetica-Bold", 8))
        canvas.line(50, HEIGHT - 122, 450, HEIGHT - 122)
        for place, row in enumerate(rows):
            for x, text in zip((250,) if len(row) == 1 else (150, 350), row, strict=True):
                centred(canvas, x, 134 + 12 * place, text)
        canvas.line(50, HEIGHT - 200, 450, HEIGHT - 200)

    found = cells(read_pdf(drawn([page], tmp_path / "centred.pdf"), "centred"))
    assert found[("Demographic features", "Men"), ("Patients",)] == "20"
    assert found[("Disease", "Lung"), ("Patients",)] == "9"


def test_a_row_of_units_inside_a_table_is_a_row_of_its_own(tmp_path):
    rows = (
        ("Median age", "66 (28–84)", "66 (32–80)"),
        ("", "N (%)", "N (%)"),
        ("Men", "79 (55)", "92 (65)"),
        ("Women", "64 (45)", "50 (35)"),
    )

    def page(canvas):
        lines(canvas, 50, 100, ("Table 1. Features of patients.",), ("Helvetica-Bold", 9))
        for top in (106, 122, 180):
            canvas.line(50, HEIGHT - top, 400, HEIGHT - top)
        for place, row in enumerate((("Feature", "Arm A", "Arm B"), *rows)):
            for x, text in zip((50, 180, 300), row, strict=True):
                lines(canvas, x, 117 + 13 * place, (text,), ("Helvetica", 8))

    document = read_pdf(drawn([page], tmp_path / "units.pdf"), "units")
    texts = [passage.text for passage in document.passages if passage.kind == "cell"]
    assert "66 (28–84)" in texts
    assert texts.count("N (%)") == 2
    assert [text for heads, text in cells(document).items() if heads[0] == ("Men",) and heads[1][-1:] == ("N (%)",)]


def test_headings_over_a_column_go_with_their_column_below_a_box(tmp_path):
    """The first page: names at the left, the abstract in a box at the right, then two columns."""
    body = ("The disease is frequent and the treatment is long, so that many patients",) * 6

    def page(canvas):
        lines(canvas, 50, 60, ("Chemotherapy and radiotherapy in disseminated disease",), ("Helvetica-Bold", 16))
        lines(canvas, 50, 90, ("1Department of Examples", "Received: 1 March 2014", "Accepted: 2 May 2014"), ("Helvetica", 6))
        lines(canvas, 200, 90, ("Abstract",), ("Helvetica-Bold", 10))
        lines(canvas, 200, 104, ("We asked whether the second treatment adds to the first one, and it did not add anything to it.",) * 8)
        lines(canvas, 50, 230, ("Background",), ("Helvetica-Bold", 10))
        lines(canvas, 50, 245, body)
        lines(canvas, 310, 225, ("Methods",), ("Helvetica-Bold", 10))
        lines(canvas, 310, 240, body)

    document = read_pdf(drawn([page], tmp_path / "box.pdf"), "box")
    assert [passage.text for passage in document.passages if passage.kind == "head"] == ["Abstract", "Background", "Methods"]
    sections = [passage.section for passage in document.passages if "second treatment" in passage.text or "disease is" in passage.text]
    assert sections == ["abstract", "introduction", "methods"]


def test_groups_over_a_full_rule_belong_to_the_headings(tmp_path):
    rows = (("LDH", "2.31", "<0.001", "1.92", "0.002"), ("Age", "1.10", "0.62", "1.02", "0.9"), ("Sex", "0.97", "0.8", "1.1", "0.7"))

    def page(canvas):
        lines(canvas, 50, 100, ("Table 1. Factors of survival.",), ("Helvetica-Bold", 9))
        for top in (106, 121, 136, 180):
            canvas.line(50, HEIGHT - top, 460, HEIGHT - top)
        for x, text in ((205, "OS"), (355, "PFS")):
            lines(canvas, x, 117, (text,), ("Helvetica", 8))
        for place, row in enumerate((("Factor", "HR", "P", "HR", "P"), *rows)):
            for x, text in zip((50, 180, 240, 330, 390), row, strict=True):
                lines(canvas, x, 132 + 13 * place, (text,), ("Helvetica", 8))

    found = cells(read_pdf(drawn([page], tmp_path / "groups.pdf"), "groups"))
    assert {heads[1][-1] for heads in found if heads[0]} == {"HR", "P"}
    assert "2.31" in [text for heads, text in found.items() if heads[0] == ("LDH",)]
    assert "HR" not in found.values()


def test_headings_on_the_first_page_are_no_part_of_a_title_of_nearly_their_size(tmp_path):
    def page(canvas):
        lines(canvas, 50, 60, ("Chemotherapy and radiotherapy", "in disseminated disease"), ("Helvetica-Bold", 14.4), 17)
        lines(canvas, 50, 120, ("Abstract",), ("Helvetica-Bold", 14))
        lines(canvas, 50, 140, ("We asked whether the second treatment adds to the first one, and it did not add anything.",) * 4)
        lines(canvas, 50, 220, ("Background",), ("Helvetica-Bold", 14))
        lines(canvas, 50, 240, ("The disease is frequent and the treatment is long, so that many patients stop early.",) * 6)

    document = read_pdf(drawn([page], tmp_path / "title.pdf"), "title")
    assert document.title == "Chemotherapy and radiotherapy in disseminated disease"
    assert [passage.section for passage in document.passages if "disease is" in passage.text] == ["introduction"]


@pytest.mark.parametrize(
    ("counts", "wanted"),
    [
        (("(n 5 58)", "(n 5 19)", "[N 5 39]"), "p = .03, HR = 0.5 after 5 months"),
        (("(n 5 58)", "(n = 19)", "(n = 39)"), "p 5 .03, HR 5 0.5 after 5 months"),
    ],
)
def test_a_font_that_prints_five_for_equals(counts, wanted):
    passages = [Passage(number, "paragraph", "results", f"Some people {text} came.") for number, text in enumerate(counts)]
    passages.append(Passage(3, "cell", "results", "p 5 .03, HR 5 0.5 after 5 months", col_heads=("All n 5 58",), flags=(UNSURE,)))
    mend_equals(passages)
    mended = "=" in wanted
    assert passages[3].text == wanted
    assert passages[3].col_heads == (f"All n {'=' if mended else '5'} 58",)
    assert passages[3].flags == (() if mended else (UNSURE,))
