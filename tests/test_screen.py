"""Screening: the mechanical filters, people's word over them, and counts that add up."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import screen
from pipeline.files import InputError, read_jsonl
from pipeline.hits import EMPTY, PUBMED, Ledger
from pipeline.protocol import ROOT, Review

FAITHFUL = {
    "pmid": "1",
    "pdat": "2015-06",
    "year": 2015,
    "language": ["eng"],
    "publication_types": ["Journal Article"],
    "found_by": [PUBMED],
}


def hit(key="okafor_2015", **told):
    """A hit that passes the filters, save for what is told."""
    return EMPTY | FAITHFUL | {"key": key, "label": "Okafor et al., 2015"} | told


def write(review, *hits, rows=()):
    """Give a review a ledger and decisions."""
    (review.corpus / "hits.jsonl").write_text("".join(json.dumps(each) + "\n" for each in hits))
    lines = ["key\tdecision\treason\tcurator\tdate", *("\t".join(row) for row in rows)]
    (review.corpus / "screening.tsv").write_text("\n".join(lines) + "\n")


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        ({}, ""),
        ({"pdat": "1999-12-31", "year": 1999}, "published outside 2001-01-01 to 2020-12-31"),
        ({"pdat": "2021-01", "year": 2021}, "published outside 2001-01-01 to 2020-12-31"),
        ({"pdat": "2021-01", "epdat": "2020-12-31", "year": 2021}, ""),  # ahead of print within the range
        ({"pdat": "2020", "year": 2020}, ""),
        ({"pdat": "2020-12", "year": 2020}, ""),
        ({"pdat": "", "year": 2022}, "published outside 2001-01-01 to 2020-12-31"),
        ({"pdat": "", "year": None}, ""),
        ({"language": ["chi"]}, "language: chi"),
        ({"language": ["chi", "eng"]}, ""),
        ({"language": ["English"]}, ""),
        ({"language": []}, ""),
        ({"publication_types": ["Journal Article", "Case Reports"]}, "publication type: Case Reports"),
        ({"publication_types": ["Retracted Publication", "Case Reports"]}, "retracted"),
        ({"notices": [{"type": "RetractionIn", "pmid": "9", "source": ""}]}, "retracted"),
        ({"notices": [{"type": "RetractionOf", "pmid": "9", "source": ""}]}, ""),
        ({"notices": [{"type": "ErratumIn", "pmid": "9", "source": ""}]}, ""),
    ],
)
def test_the_filters(asked, told, reason):
    assert screen.filtered_out(hit(**told), asked.protocol) == reason


def test_each_record_ends_somewhere_and_people_stand_over_the_filter(asked):
    write(
        asked,
        hit("a_2015"),
        hit("b_2015", language=["chi"]),
        hit("c_2021", pdat="2021", year=2021, found_by=[PUBMED, "reference list: more.ris"]),
        hit("d_2015", publication_types=["Retracted Publication"], duplicates=["77"]),
        hit("e_2015", found_by=["reference list: more.ris"]),
        hit("f_2015"),
        rows=[
            ("c_2021", "in", "ahead of print in 2020", "ada", "2021-01-02"),
            ("d_2015", "in", "", "ada", "2021-01-02"),
            ("e_2015", "out", "no survival reported", "ada", "2021-01-02"),
        ],
    )
    counts = screen.run(asked)
    assert counts == {
        "databases": {"PubMed": 6},
        "others": {"reference list: more.ris": 2},
        "duplicates": 2,
        "automation": {"language: chi": 1},
        "screened": 5,
        "screened_by_people": 3,
        "excluded": {"no survival reported": 1},
        "pending": 2,
        "included": 2,
        "warnings": ["d_2015: kept by ada, but retracted"],
    }
    status = {row["key"]: (row["status"], row["by"]) for row in read_jsonl(asked.build / "screened.jsonl")}
    assert status == {
        "a_2015": ("pending", ""), "b_2015": ("out", "filter"), "c_2021": ("in", "ada"), "d_2015": ("in", "ada"), "e_2015": ("out", "ada"),
        "f_2015": ("pending", ""),
    }  # fmt: skip
    assert json.loads((asked.build / "screening.json").read_text())["included"] == 2


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (("a_2015", "maybe", "x", "ada", "2021-01-02"), r"screening\.tsv:2: decision 'maybe'; allowed: in, out"),
        (("a_2015", "out", "", "ada", "2021-01-02"), r"screening\.tsv:2: a_2015 is out without a reason"),
        (("a_2015", "in", "", "bob", "2021-01-02"), r"screening\.tsv:2: curator 'bob' is not in curators\.tsv; known: ada"),
        (("a_2015", "in", "", "ada", "2 Jan"), r"screening\.tsv:2: date '2 Jan'"),
        (("z_2015", "in", "", "ada", "2021-01-02"), r"screening\.tsv:2: z_2015 is no record of hits\.jsonl"),
        (("a_2015", "in", "", "ada"), r"screening\.tsv:2: 4 cells where the heading has 5"),
    ],
)
def test_bad_decisions_name_file_line_and_what_is_allowed(asked, row, message):
    write(asked, hit("a_2015"), rows=[row])
    with pytest.raises(InputError, match=message):
        screen.run(asked)


def test_two_people_who_disagree_must_settle_it(asked):
    rows = [("a_2015", "in", "", "ada", "2021-01-02"), ("a_2015", "out", "too few", "ada", "2021-01-03")]
    write(asked, hit("a_2015"), rows=rows)
    with pytest.raises(InputError, match=r":3: a_2015 is out here and in in line 2"):
        screen.run(asked)


def test_a_decision_follows_a_key_that_was_merged_away(asked):
    write(asked, hit("a_2015", former_keys=["a_2015b"]), rows=[("a_2015b", "in", "", "ada", "2021-01-02")])
    assert screen.run(asked)["included"] == 1


def test_a_record_that_nobody_found_breaks_the_sum(asked):
    write(asked, hit("a_2015", found_by=[]))
    with pytest.raises(ValueError, match="do not add up"):
        screen.run(asked)


sources = st.lists(st.sampled_from([PUBMED, "reference list: a.ris", "reference list: b.csv"]), min_size=1, unique=True)
statuses = st.sampled_from([("in", "ada", ""), ("out", "ada", "too few"), ("out", "filter", "retracted"), ("pending", "", "")])


@given(st.lists(st.tuples(sources, statuses, st.integers(0, 2)), max_size=30))
def test_the_flow_always_adds_up(records):
    hits = [hit(str(n), found_by=found, duplicates=[str(m) for m in range(more)]) for n, (found, _, more) in enumerate(records)]
    rows = [{"key": str(n), "status": status, "by": by, "reason": why} for n, (_, (status, by, why), _) in enumerate(records)]
    counts = screen.flow(hits, rows)
    identified = sum(counts["databases"].values()) + sum(counts["others"].values())
    assert identified - counts["duplicates"] == len(records)
    assert counts["screened"] == identified - counts["duplicates"] - sum(counts["automation"].values())
    assert counts["included"] == counts["screened"] - sum(counts["excluded"].values()) - counts["pending"]


@pytest.mark.parametrize("key", sorted(path.name for path in ROOT.glob("corpus/*") if path.is_dir()))
def test_the_corpus_as_committed_is_sound(key):
    review = Review(key)
    book = Ledger(review.corpus / "hits.jsonl")
    decided = screen.decisions(review, book)
    counts = screen.flow(list(book), screen.screened(book, decided, review.protocol))
    assert counts["included"] >= sum(expected.studies for expected in review.protocol.expected)
    assert all(hit["label"] and hit["first_seen"] for hit in book)
    assert [hit["key"] for hit in book] == [row["key"] for row in read_jsonl(review.corpus / "hits.jsonl")]


def test_an_open_review_puts_out_only_what_is_too_old(asked):
    protocol = asked.protocol.model_copy(update={"search": asked.protocol.search.model_copy(update={"published_to": None})})
    hits = [EMPTY | {"key": f"a_{year}", "pdat": f"{year}-06-01", "year": year, "found_by": ["pubmed"]} for year in (1999, 2015, 2031)]
    said = [screen.filtered_out(hit, protocol) for hit in hits]
    assert said == ["published before 2001-01-01", "", ""]
