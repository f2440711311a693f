"""Files of every kind, sound and damaged, and the parse stage on a small corpus."""

import gzip
import json
import os

import pikepdf
import pytest
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen import canvas

from pipeline import parse
from pipeline.files import InputError, Unreadable, read_jsonl, sha256, tsv_text, write_atomic
from pipeline.protocol import ROOT
from pipeline.sections import clean
from pipeline.sources import COLUMNS, file_name

EVALUATION = ROOT / os.environ.get("LIVETABLE_EVALUATION", "../shared")
JATS = "<article><front><article-meta><title-group><article-title>{}</article-title></title-group></article-meta></front>"
JATS += "<body><sec><title>Results</title><p>Median survival was {} months.</p></sec></body></article>"


def make_pdf(path, sentence="Thirty patients were treated with two cycles of the drug.", pages=1):
    """A PDF of one sentence a page."""
    page = canvas.Canvas(str(path), pagesize=A4)
    for _ in range(pages):
        page.setFont("Times-Roman", 11)
        page.drawString(72, 700, sentence)
        page.showPage()
    page.save()
    return path


def words(document):
    return " ".join(passage.text for passage in document.passages)


def test_kinds_are_told_by_content_not_by_name(tmp_path):
    pdf = make_pdf(tmp_path / "report.txt")
    assert "Thirty patients" in words(parse.read_document(pdf))
    jats = tmp_path / "paper.pdf"
    jats.write_text(JATS.format("A title", "12"))
    document = parse.read_document(jats)
    assert (document.source, document.paper, document.title) == ("jats", "paper", "A title")
    text = tmp_path / "notes.xml"
    text.write_text("A study of things\n\nMETHODS: We asked 12 people.\n\nResults\n\nAll agreed.")
    document = parse.read_document(text, "smith_2001")
    assert [(passage.kind, passage.section) for passage in document.passages] == [
        ("title", "title"), ("paragraph", "methods"), ("head", "results"), ("paragraph", "results"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty file"),
        (b"\n \n", "blanks"),
        (b"%PDF-1.3\nnothing\n%%EOF\n", "not a valid PDF"),
        (b"%PDF-1.3\nnothing", "truncated"),
        (b"<!DOCTYPE html><html><body>Please sign in</body></html>", r"a web page.*Please sign in"),
        (b"<?xml version='1.0'?><svg/>", "not JATS"),
        (b"<article><front>", "not well-formed"),
        (b"PK\x03\x04rest", "Office file"),
        (b"\x89PNG\r\n", "a picture"),
        (b"\x00\x01\x02\x03binary", "neither PDF"),
    ],
)
def test_what_cannot_be_read_says_why(tmp_path, content, reason):
    path = tmp_path / "file.pdf"
    path.write_bytes(content)
    with pytest.raises(Unreadable, match=reason):
        parse.read_document(path)


def test_ligatures_are_letters():
    assert clean("the ﬁrst ﬂuoro-  eﬀect") == "the first fluoro- effect"


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(InputError, match=r"nowhere\.pdf: cannot be opened"):
        parse.read_document(tmp_path / "nowhere.pdf")


def test_encrypted_files(tmp_path):
    plain = make_pdf(tmp_path / "plain.pdf")
    for name, user in (("owner", ""), ("user", "secret")):
        with pikepdf.open(plain) as opened:
            opened.save(tmp_path / f"{name}.pdf", encryption=pikepdf.Encryption(owner="master", user=user, R=6))
    assert "Thirty patients" in words(parse.read_document(tmp_path / "owner.pdf"))
    with pytest.raises(Unreadable, match="opens only with a password"):
        parse.read_document(tmp_path / "user.pdf")


def test_windows_text_and_inner_labels(tmp_path):
    path = tmp_path / "abstract.txt"
    path.write_bytes("Title of it\r\n\r\nRESULTS: Dose \u2013 70 Gy \xb1 2.".encode("cp1252"))
    document = parse.plain_text.read_text(path, "x", abstract=True)
    assert [(passage.section, passage.heading) for passage in document.passages] == [("title", ""), ("abstract", "Abstract > RESULTS")]
    assert document.passages[1].text == "RESULTS: Dose – 70 Gy ± 2."


def test_labels_and_unwrapped_lines_part_paragraphs(tmp_path):
    path = tmp_path / "abstract.txt"
    path.write_text("Title of it\n\nBACKGROUND: Others saw 9 months.\nPATIENTS AND METHODS: We asked 12\npeople.\nRESULTS: All agreed.\n")
    document = parse.plain_text.read_text(path, "x", abstract=True)
    assert [(passage.heading, passage.text) for passage in document.passages[1:]] == [
        ("Abstract > BACKGROUND", "BACKGROUND: Others saw 9 months."),
        ("Abstract > PATIENTS AND METHODS", "PATIENTS AND METHODS: We asked 12 people."),
        ("Abstract > RESULTS", "RESULTS: All agreed."),
    ]
    path.write_text(f"Title of it\n\nMethods\n{'We asked people. ' * 15}\n{'All of them agreed. ' * 12}")
    assert [(passage.kind, passage.section) for passage in parse.plain_text.read_text(path, "x").passages] == [
        ("title", "title"), ("head", "methods"), ("paragraph", "methods"), ("paragraph", "methods"),
    ]  # fmt: skip


def test_an_abstract_that_opens_with_its_introduction_stays_one(tmp_path):
    path = tmp_path / "abstract.txt"
    path.write_text("Title of it\n\nIntroduction: It is rare. Methods: We asked 12 people. Results: All agreed.\n")
    document = parse.plain_text.read_text(path, "x", abstract=True)
    assert [(passage.section, passage.heading) for passage in document.passages[1:]] == [
        ("abstract", "Abstract > Introduction"), ("abstract", "Abstract > Methods"), ("abstract", "Abstract > Results"),
    ]  # fmt: skip
    path.write_text("Title of it\n\nIt is rare.\n\nIntroduction: It was seen first in 1900.\n")
    assert parse.plain_text.read_text(path, "x", abstract=True).passages[-1].section == "introduction"


class SmallReview:
    """A review's folders with files and their sources.tsv."""

    def __init__(self, root):
        self.corpus, self.build, self.papers = root / "corpus", root / "build", root / "corpus" / "papers"
        self.papers.mkdir(parents=True)
        self.rows = []

    def add(self, key, kind, content, digest=None):
        path = self.papers / file_name(key, kind)
        if content is not None:
            path.write_bytes(content) if isinstance(content, bytes) else path.write_text(content)
        recorded = digest or (sha256(path) if path.exists() else "0" * 64)
        self.rows.append(dict(zip(COLUMNS, (key, kind, path.name, "", "", recorded, ""))))
        write_atomic(self.corpus / "sources.tsv", tsv_text(self.rows, COLUMNS))
        return path

    def skipped(self):
        return {row["file"]: row["reason"] for row in read_jsonl(self.build / "skipped.jsonl")}

    def text(self, key):
        return words(parse.read_parsed(parse.parsed_path(self, key)))


@pytest.fixture
def review(tmp_path):
    return SmallReview(tmp_path)


def test_the_best_source_that_can_be_read_is_read(review):
    review.add("a_2001", "jats", JATS.format("Real", "11"))
    review.add("a_2001", "specimen-jats", JATS.format("Specimen", "99"))
    review.add("b_2002", "pdf", b"%PDF-1.4 broken")
    review.add("b_2002", "specimen-jats", JATS.format("Specimen", "22"))
    review.add("c_2003", "jats", None)
    review.add("c_2003", "abstract", "C\n\nRESULTS: Survival was 33 months.")
    review.add("d_2004", "pdf", b"")
    review.add("e_2005", "jats", JATS.format("Changed", "5"), digest="f" * 64)
    summary = parse.run(review, jobs=2)
    assert (summary["papers"], summary["parsed"], summary["papers_without_text"]) == (5, 3, ["d_2004", "e_2005"])
    assert "11 months" in review.text("a_2001")
    assert "22 months" in review.text("b_2002")
    assert "33 months" in review.text("c_2003")
    reasons = review.skipped()
    assert set(reasons) == {"b_2002.pdf", "c_2003.xml", "d_2004.pdf", "e_2005.xml"}
    assert "truncated" in reasons["b_2002.pdf"]
    assert "not here" in reasons["c_2003.xml"]
    assert "empty" in reasons["d_2004.pdf"]
    assert "sha256" in reasons["e_2005.xml"]


def test_nothing_is_read_twice_and_the_bytes_stay_the_same(review):
    review.add("a_2001", "jats", JATS.format("One", "11"))
    review.add("b_2002", "pdf", b"%PDF-1.4 broken")
    assert parse.run(review, jobs=1)["read_anew"] == 2
    files = sorted(path for path in review.build.rglob("*") if path.is_file())
    before = {path: path.read_bytes() for path in files}
    assert parse.run(review, jobs=1)["read_anew"] == 0
    assert {path: path.read_bytes() for path in files} == before
    for path in files:
        path.unlink()
    parse.run(review, jobs=1)
    assert {path: path.read_bytes() for path in files} == before


def test_a_changed_file_is_read_again_and_a_retired_paper_goes(review):
    path = review.add("a_2001", "jats", JATS.format("One", "11"))
    review.add("b_2002", "jats", JATS.format("Two", "22"))
    parse.run(review, jobs=1)
    review.rows.clear()
    path.unlink()
    review.add("a_2001", "jats", JATS.format("One", "12"))
    assert parse.run(review, jobs=1)["read_anew"] == 1
    assert "12 months" in review.text("a_2001")
    assert [path.name for path in (review.build / "parsed").glob("*.gz")] == ["a_2001.json.gz"]
    assert [document.paper for document in parse.documents(review)] == ["a_2001"]


def test_other_code_reads_again(review, monkeypatch):
    review.add("a_2001", "jats", JATS.format("One", "11"))
    parse.run(review, jobs=1)
    index = review.build / "parsed" / "index.json"
    held = json.loads(index.read_text())
    held["papers"]["a_2001"]["fingerprint"] = "older code"
    index.write_text(json.dumps(held))
    assert parse.run(review, jobs=1)["read_anew"] == 1


def test_parsed_files_are_documents(review):
    review.add("a_2001", "jats", JATS.format("One", "11"))
    parse.run(review, jobs=1)
    held = json.loads(gzip.decompress(parse.parsed_path(review, "a_2001").read_bytes()))
    assert held["paper"] == "a_2001"
    assert held["passages"][0]["text"] == "One"


@pytest.mark.skipif(not EVALUATION.is_dir(), reason="the shared folder of evaluation papers is not here")
def test_damaged_files_are_read_or_say_why():
    reasons = {
        "OCRmyPDF_invalid": "not a valid PDF",
        "camelot_health_protected": "password",
        "enc_user": "password",
        "zero": "empty",
    }
    for path in sorted((EVALUATION / "papers" / "damaged").iterdir()):
        expected = next((reason for name, reason in reasons.items() if path.name.startswith(name)), None)
        if path.name.startswith("scan"):
            continue  # tests/test_ocr.py reads a scan
        if expected:
            with pytest.raises(Unreadable, match=expected):
                parse.read_document(path)
        else:
            document = parse.read_document(path)
            assert len(words(document)) > 10_000 or path.name.startswith("trunc60"), path.name
            if path.name.startswith("trunc60"):
                assert document.notes == ["truncated file: pages 2, 3 of 6 could be read, 4 pages are missing"]
                assert len(words(document)) > 5_000
