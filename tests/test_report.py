"""The report writes every form of the table from a database that the real stages built, traceable, escaped and the same each time."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil

import openpyxl
import pytest
from docx import Document as WordDocument
from docx.oxml.ns import qn
from lxml import html as lxml_html
from PIL import Image

from pipeline import report
from pipeline.prisma import CountError
from pipeline.protocol import Review
from tests.report_review import built

FILES = (
    "table1.html",
    "table1.md",
    "table1.csv",
    "table1.xlsx",
    "table1.docx",
    "prisma.svg",
    "survival.svg",
    "survival.png",
    "comparison.csv",
    "comparison.json",
)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return built(tmp_path_factory.mktemp("report"))


@pytest.fixture(scope="module")
def page(made):
    return lxml_html.fromstring((made[0].build / "table1.html").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def evidence(page):
    return json.loads(page.get_element_by_id("evidence").text)


def rows(page):
    return page.xpath("//table[@id='table1']/tbody/tr")


def test_all_files_are_there_and_the_counts_are_those_of_the_table(made):
    review, summary = made
    for name in FILES:
        assert (review.build / name).stat().st_size > 100, name
    assert (summary["rows"], summary["cells"]) == (4, 16)
    assert summary["checked"] == 2
    assert summary["same"] + summary["only_there"] + summary["differs"] == 4


def test_rows_stand_by_design_then_year_and_an_unread_paper_says_why(page):
    assert [row.get("id") for row in rows(page)] == ["adler_2019", "clark_2020", "brandt_2021", "dorn_2022"]
    assert "paper not read (truncated" in rows(page)[3].text_content()


def test_a_record_without_text_is_listed_and_counted_as_not_retrieved(made, page):
    assert "evans_2023" in page.get_element_by_id("skipped").text_content()
    assert "Reports not retrieved (n = 1)" in (made[0].build / "prisma.svg").read_text(encoding="utf-8")
    assert "Studies included in the review (n = 4)" in (made[0].build / "prisma.svg").read_text(encoding="utf-8")


def test_every_value_of_the_table_opens_a_quote_that_stands_in_its_paper(page, evidence, made):
    values = page.xpath("//table[@id='table1']//a[@data-f]")
    assert len(values) == made[1]["values"]
    for value in values:
        fact = evidence[value.get("data-f")]
        assert fact["quote"]
        assert fact["before"] + fact["quote"] + fact["after"] or fact["table"]
        assert value.text.replace("\u00a0", " ").replace("\u2060", "")


def test_pictures_are_beside_the_page_and_mark_the_place(made, evidence):
    names = {fact["picture"] for fact in evidence.values() if fact["study"].startswith("Clark")}
    assert names
    assert "" not in names
    for name in names:
        with Image.open(made[0].build / name) as image:
            colours = {colour for _, colour in image.convert("RGB").getcolors(1 << 20)}
        assert any(red > 240 and green > 220 and blue < 170 for red, green, blue in colours), "the text marker's yellow"
    assert {path.name for path in (made[0].build / "evidence").glob("*.png")} == {name.removeprefix("evidence/") for name in names}


def test_the_page_and_what_it_links_to_lie_in_files_only(made, page):
    text = (made[0].build / "table1.html").read_text(encoding="utf-8")
    assert not page.xpath("//link|//script[@src]|//img[@src]|//iframe")
    assert not re.search(r"@import|url\((?!#)", text)
    local = [link for link in page.xpath("//a/@href") if not link.startswith(("http", "#"))]
    assert local
    for link in local:
        assert (made[0].build / link).exists(), link


def test_words_of_papers_and_people_are_escaped(made, page, evidence):
    raw = (made[0].build / "table1.html").read_text(encoding="utf-8")
    assert "<img" not in raw
    assert "<i>43</i>" not in raw
    assert any("onerror=alert(1)" in fact["before"] + fact["quote"] for fact in evidence.values()), "the words themselves are kept"
    assert not page.xpath("//*[@onerror]|//b[text()='got']")


def test_a_correction_shows_its_author_its_reason_and_what_the_machine_had(page, evidence):
    value = next(a for a in page.xpath("//a[contains(@class,'s-corrected')]") if "43" in a.text)
    fact = evidence[value.get("data-f")]
    assert (fact["curator"], fact["status"]) == ("curator", "corrected")
    assert "41" in fact["overruled"]
    assert "erratum" in fact["reason"]
    assert page.xpath("//a[contains(@class,'s-verified')]")[0].text == "90 patients"


def test_unchecked_cells_are_marked_and_listed(page):
    assert page.xpath("//tr[@id='brandt_2021']//span[contains(@class,'state')]/@class") == ["state none"] * 4
    listed = page.get_element_by_id("unchecked").text_content()
    assert "Brandt et al., 2021" in listed
    assert not page.xpath("//section[@id='unchecked']//a[@href='#dorn_2022']")


def test_csv_has_one_row_a_study_under_the_columns_of_the_form(made):
    held = list(csv.reader(io.StringIO((made[0].build / "table1.csv").read_text(encoding="utf-8"))))
    assert held[0] == ["Study key", "Study", "Patients", "Treatment", "Outcome"]
    assert [len(row) for row in held] == [5] * 5
    assert held[1][4].startswith("Median 43 months (range 3–96); 5-year OS 52%")


def test_the_workbook_has_quotes_and_pages(made):
    book = openpyxl.load_workbook(made[0].build / "table1.xlsx")
    assert book.sheetnames[:3] == ["Table 1", "Findings", "Comparison"]
    heads, *held = book["Findings"].values
    clark = [dict(zip(heads, row)) for row in held if row[0] == "clark_2020"]
    assert clark
    assert all(row["quote"] and row["page"] == 1 for row in clark)
    changed = next(dict(zip(heads, row)) for row in held if row[heads.index("status")] == "corrected")
    assert (changed["curator"], changed["value"]) == ("curator", 43)
    assert "41" in changed["the machine had"]


def test_the_word_file_is_landscape_and_repeats_its_heading(made):
    document = WordDocument(made[0].build / "table1.docx")
    section = document.sections[0]
    assert section.page_width > section.page_height
    grid = document.tables[0]
    assert [cell.text for cell in grid.rows[0].cells] == ["Study", "Patients", "Treatment", "Outcome"]
    assert grid.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
    assert len(grid.rows) == 5
    assert "2 of" in document.paragraphs[-1].text


def test_markdown_escapes_what_would_break_the_table(made):
    lines = (made[0].build / "table1.md").read_text(encoding="utf-8").splitlines()
    table = [line for line in lines if line.startswith("|")]
    assert len(table) == 6
    assert {len(re.findall(r"(?<!\\)\|", line)) for line in table} == {5}


def test_the_comparison_names_each_outcome(made):
    told = json.loads((made[0].build / "comparison.json").read_text(encoding="utf-8"))
    by = {(pair["study"], pair["field"]): pair["outcome"] for pair in told["pairs"]}
    assert by["adler_2019", "n_total"] == "same"
    assert by["adler_2019", "follow_up"] == "same", "the curator's 43, not the machine's 41"
    assert by["clark_2020", "regimen"] == "only_there"
    assert told["columns"][-1]["same"] == made[1]["same"]
    assert told["cells"]["clark_2020"]["treatment"]["only_there"] == 1


def test_the_same_review_elsewhere_gives_the_same_bytes(made, tmp_path):
    review, _ = made
    shutil.copytree(review.root, tmp_path / "elsewhere")
    again = Review("toy", tmp_path / "elsewhere")
    for path in [*(again.build / name for name in FILES), *(again.build / "evidence").iterdir()]:
        path.unlink()
    report.run(again)
    for name in [*FILES, *(f"evidence/{path.name}" for path in (review.build / "evidence").iterdir())]:
        assert (again.build / name).read_bytes() == (review.build / name).read_bytes(), name


def test_pictures_that_nobody_needs_any_more_are_removed(made, tmp_path):
    shutil.copytree(made[0].root, tmp_path / "copy")
    review = Review("toy", tmp_path / "copy")
    (review.build / "evidence" / "old-p1-0000000000.png").write_bytes(b"stale")
    report.run(review)
    assert not (review.build / "evidence" / "old-p1-0000000000.png").exists()


def test_counts_that_do_not_add_up_stop_the_report(made, tmp_path):
    shutil.copytree(made[0].root, tmp_path / "copy")
    review = Review("toy", tmp_path / "copy")
    told = json.loads((review.build / "screening.json").read_text(encoding="utf-8"))
    (review.build / "screening.json").write_text(json.dumps(told | {"duplicates": told["duplicates"] + 1}), encoding="utf-8")
    with pytest.raises(CountError, match="records screened"):
        report.run(review)


def test_a_review_without_a_published_table_has_no_comparison(made, tmp_path):
    shutil.copytree(made[0].root, tmp_path / "copy")
    review = Review("toy", tmp_path / "copy")
    (review.corpus / "published.tsv").unlink()
    assert "same" not in report.run(review)
    assert 'id="comparison"' not in (review.build / "table1.html").read_text(encoding="utf-8")
