"""A new review: its folders validate, what is taken is never touched, and `make` gives an empty table that says so."""

from __future__ import annotations

import datetime as dt
import shutil

import pytest

from pipeline import acquire, load, parse, reading, report, scaffold, screen
from pipeline.curate import COLUMNS
from pipeline.files import InputError, read_tsv
from pipeline.protocol import ROOT, Review
from pipeline.records import FIELDS
from pipeline.references import import_file

DAY = dt.date(2026, 3, 1)
RIS = "TY  - JOUR\nID  - moor_2020\nAU  - Moor, A\nPY  - 2020\nTI  - A retrospective study of 52 patients with an invented tumour\nER  - \n"
PAPER = (
    "A retrospective study of 52 patients with an invented tumour\n\nMethods\n\nWe retrospectively reviewed the records of 52 patients.\n\n"
    "Results\n\nThe median follow-up was 31 months (range, 4-80 months). The 3-year overall survival was 61%.\n"
)


@pytest.fixture
def root(tmp_path):
    shutil.copytree(ROOT / "schemas" / "vocabularies", tmp_path / "schemas" / "vocabularies")
    return tmp_path


def built(review: Review) -> dict:
    """The stages of `make`, offline."""
    screen.run(review)
    acquire.run(review, offline=True, today=DAY)
    parse.run(review, jobs=1)
    reading.run(review, jobs=1)
    load.run(review)
    return report.run(review)


def test_a_new_review_validates_and_has_every_heading(root) -> None:
    written = scaffold.create("invented", root, DAY)
    assert all(path.is_file() for path in written)
    review = Review("invented", root)
    assert [entry.field for entry in review.form.fields] == list(FIELDS)
    assert review.protocol.search.published_to == dt.date(2026, 12, 31)
    assert review.vocabulary("agents")
    headings = {name: (review.corpus / name).read_text(encoding="utf-8") for name in ("screening.tsv", "corrections.tsv", "curators.tsv")}
    assert headings == {
        "screening.tsv": "\t".join(screen.COLUMNS) + "\n",
        "corrections.tsv": "\t".join(COLUMNS) + "\n",
        "curators.tsv": "\t".join(screen.CURATOR_COLUMNS) + "\n",
    }
    assert read_tsv(review.corpus / "corrections.tsv", COLUMNS) == []
    assert review.inbox.is_dir()


def test_same_name_and_day_same_bytes(root, tmp_path) -> None:
    first = {path.relative_to(root): path.read_bytes() for path in scaffold.create("invented", root, DAY)}
    other = tmp_path / "other"
    assert {path.relative_to(other): path.read_bytes() for path in scaffold.create("invented", other, DAY)} == first


@pytest.mark.parametrize("part", ["schemas", "corpus"])
def test_what_is_there_is_never_touched(root, part) -> None:
    mine = root / part / "invented" / "mine.txt"
    mine.parent.mkdir(parents=True)
    mine.write_text("mine", encoding="utf-8")
    before = sorted(root.rglob("*"))
    with pytest.raises(InputError, match="is there already"):
        scaffold.create("invented", root, DAY)
    assert sorted(root.rglob("*")) == before
    assert mine.read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize("name", ["", "a", "Big", "two words", "../up", "a/b", "1st", "x" * 40, "vocabularies"])
def test_names_that_cannot_be(root, name) -> None:
    before = sorted(root.rglob("*"))
    with pytest.raises(InputError):
        scaffold.create(name, root, DAY)
    assert sorted(root.rglob("*")) == before


def test_nothing_is_asked_of_pubmed_before_the_protocol_is_written(root, eutils) -> None:
    from pipeline import search

    scaffold.create("invented", root, DAY)
    review = Review("invented", root)
    with pytest.raises(InputError, match=r"protocol\.yaml:3: still says TO WRITE \(\d+ places"):
        search.run(review, today=DAY)
    assert not (review.corpus / "hits.jsonl").exists()
    protocol = review.schemas / "protocol.yaml"
    protocol.write_text(protocol.read_text(encoding="utf-8").replace("TO WRITE", "written"), encoding="utf-8")
    scaffold.refuse_unwritten(Review("invented", root))


def test_an_empty_review_gives_an_empty_table_that_says_so(root) -> None:
    scaffold.create("invented", root, DAY)
    review = Review("invented", root)
    told = built(review)
    assert (told["rows"], told["values"]) == (0, 0)
    page = (review.build / "table1.html").read_text(encoding="utf-8")
    assert "no paper is included yet" in page
    assert "Up to date" not in page
    assert "every value was checked" not in page


def test_from_the_first_record_to_the_first_row(root) -> None:
    """The path of docs/new-review.md: a reference list, a decision, a file in the inbox, and a row of the table."""
    scaffold.create("invented", root, DAY)
    review = Review("invented", root)
    (root / "found.ris").write_text(RIS, encoding="utf-8")
    assert import_file(review, root / "found.ris", DAY)["new"] == 1
    with open(review.corpus / "curators.tsv", "a", encoding="utf-8") as file:
        file.write("moor\tA Moor\t\n")
    with open(review.corpus / "screening.tsv", "a", encoding="utf-8") as file:
        file.write("moor_2020\tin\teligible\tmoor\t2026-03-01\n")
    (review.inbox / "download.txt").write_text(PAPER, encoding="utf-8")
    told = built(review)
    assert told["rows"] == 1
    row = (review.build / "table1.csv").read_text(encoding="utf-8")
    assert "Moor, 2020" in row
    assert "Retrospective cohort" in row
    assert "61%" in row
