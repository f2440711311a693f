"""Import of reference lists: RIS, NBIB and CSV, what they say and where they are wrong."""

from __future__ import annotations

import datetime as dt

import pytest

from pipeline import references
from pipeline.files import InputError, read_jsonl
from pipeline.hits import PUBMED, Ledger
from pipeline.protocol import ROOT, Review

TODAY = dt.date(2021, 3, 1)
RIS = """TY  - JOUR
ID  - okafor_2014
LB  - Okafor et al., 2014
AU  - Okafor, Ngozi
AU  - Lind, Per
PY  - 2014/05/01
TI  - Doses of an invented drug
JF  - Journal of Invented Oncology
VL  - 7
IS  - 2
SP  - 11
EP  - 19
DO  - https://doi.org/10.5555/ABC.1
C2  - PMC77
AN  - 31
DB  - PubMed
LA  - eng
ER  -\x20

TY  - JOUR
A1  - Marsh, Ada
Y1  - 2016
T1  - An older writing of the same format
JO  - J Invent Oncol
AN  - 99
DB  - Embase
ER  -\x20
"""
NBIB = """
PMID- 31
DP  - 2014 May
TI  - Doses of an invented drug, told at such length that the line
      has to be broken.
LID - 10.5555/ABC.1 [doi]
AB  - We gave it.
FAU - Okafor, Ngozi
AU  - Okafor N
LA  - eng
PT  - Journal Article
JT  - Journal of Invented Oncology
VI  - 7
IP  - 2
PG  - 11-9
PMC - PMC77
"""
CSV = """PMID,Title,Authors,Journal/Book,Publication Year,DOI,PMCID
31,"Doses, of an invented drug","Okafor, N; Lind, P",J Invent Oncol,2014,10.5555/abc.1,PMC77
"""


def imported(review, name, text):
    """Write a list, import it, and give back what was told and the ledger."""
    path = review.root / name
    path.write_text(text, encoding="utf-8")
    told = references.import_file(review, path, TODAY)
    return told, {row["key"]: row for row in read_jsonl(review.corpus / "hits.jsonl")}


def test_ris(asked):
    told, rows = imported(asked, "list.ris", RIS)
    assert told == {"read": 2, "new": 2, "changed": 0, "same": 0}
    first = rows["okafor_2014"]
    assert (first["pmid"], first["pmcid"], first["doi"], first["year"], first["pages"]) == ("31", "PMC77", "10.5555/abc.1", 2014, "11-19")
    assert (first["issue"], first["label"], first["found_by"]) == ("2", "Okafor et al., 2014", ["reference list: list.ris"])
    second = rows["marsh_2016"]
    assert (second["title"], second["journal"], second["pmid"]) == ("An older writing of the same format", "J Invent Oncol", "")
    assert second["first_seen"] == "2021-03-01"


def test_nbib(asked):
    _, rows = imported(asked, "list.nbib", NBIB)
    row = rows["okafor_2014"]
    assert (row["pmid"], row["pmcid"], row["doi"], row["language"], row["abstract"]) == (
        "31",
        "PMC77",
        "10.5555/abc.1",
        ["eng"],
        "We gave it.",
    )
    assert row["title"].endswith("the line has to be broken.")
    assert row["authors"] == ["Okafor, Ngozi"]


def test_csv_as_pubmed_exports_it(asked):
    _, rows = imported(asked, "list.csv", "\ufeff" + CSV)
    row = rows["okafor_2014"]
    assert (row["pmid"], row["title"], row["authors"]) == ("31", "Doses, of an invented drug", ["Okafor, N", "Lind, P"])
    assert row["label"] == "Okafor and Lind, 2014"


def test_the_same_paper_in_three_lists_is_one_line(asked):
    imported(asked, "list.ris", RIS)
    imported(asked, "list.nbib", NBIB)
    told, rows = imported(asked, "list.csv", CSV)
    assert len(rows) == 2
    assert told["new"] == 0
    assert rows["okafor_2014"]["found_by"] == ["reference list: list.csv", "reference list: list.nbib", "reference list: list.ris"]
    again, _ = imported(asked, "list.ris", RIS)
    assert again["new"] == 0


def test_a_list_does_not_overrule_pubmed_but_fills_gaps(asked):
    book = Ledger(asked.corpus / "hits.jsonl")
    book.add(
        {"pmid": "31", "title": "As PubMed prints it", "authors": ["Okafor, Ngozi"], "year": 2014, "edat": "2014-05-02"},
        PUBMED,
        "2020-01-01",
    )
    book.save()
    _, rows = imported(asked, "list.csv", CSV)
    row = rows["okafor_2014"]
    assert (row["title"], row["doi"], row["first_seen"]) == ("As PubMed prints it", "10.5555/abc.1", "2020-01-01")
    assert row["found_by"] == ["pubmed", "reference list: list.csv"]


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("a.ris", "Author: X", r"a\.ris:1: not RIS"),
        ("a.ris", "TY  - JOUR\nTI  - Cut short\n", r"a\.ris: an entry begins with TY and does not end with ER"),
        ("a.ris", "TY  - JOUR\nPY  - 2014\nER  - \n", r"a\.ris: entry 1: no identifier, title or key"),
        ("a.nbib", "TI  - No number\n", r"a\.nbib:1: not MEDLINE format"),
        ("a.csv", "name,place\nx,y\n", r"a\.csv:1: no column title, doi or pmid"),
        ("a.csv", "pmid,title\n31,One\nabc,Two\n", r"a\.csv:3: pmid 'abc' is no number"),
        ("a.csv", "pmid,title\n31,One,too much\n", r"a\.csv:2: the row has not as many cells"),
        ("a.csv", "title,year\nOne,soon\n", r"a\.csv:2: year 'soon' is none"),
        ("a.docx", "", r"a\.docx: unknown kind of reference list; known endings: \.ris, \.nbib, \.csv"),
    ],
)
def test_bad_lists_name_the_place_and_change_nothing(asked, name, text, message):
    with pytest.raises(InputError, match=message):
        imported(asked, name, text)
    assert not (asked.corpus / "hits.jsonl").exists()


def test_a_list_that_is_missing_or_in_another_encoding(asked, tmp_path):
    with pytest.raises(InputError, match="No such file"):
        references.read(tmp_path / "none.ris")
    (tmp_path / "latin.ris").write_bytes("TY  - JOUR\nAU  - Müller".encode("latin-1"))
    with pytest.raises(InputError, match="not UTF-8 at byte"):
        references.read(tmp_path / "latin.ris")


@pytest.mark.parametrize("path", sorted(ROOT.glob("corpus/*/references.*")), ids=lambda path: path.parent.name)
def test_importing_the_committed_list_again_changes_no_byte(path, tmp_path):
    review = Review(path.parent.name)
    for name in ("schemas", "corpus"):
        (tmp_path / name).mkdir()
    (tmp_path / "schemas" / review.key).symlink_to(review.schemas)
    copy = tmp_path / "corpus" / review.key / "hits.jsonl"
    copy.parent.mkdir()
    copy.write_bytes((review.corpus / "hits.jsonl").read_bytes())
    told = references.import_file(Review(review.key, tmp_path), path, TODAY)
    assert told["read"] == told["same"] > 10
    assert copy.read_bytes() == (review.corpus / "hits.jsonl").read_bytes()
