"""Executable claims: the verdicts, what they rest on, the published table's own, and what goes wrong."""

from __future__ import annotations

import json
import shutil

import pytest
import yaml
from lxml import html
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from pipeline import ask, claims, db, load, report
from pipeline.files import InputError, tsv_text
from pipeline.load import PUBLISHED_COLUMNS
from pipeline.protocol import ROOT, Review
from tests.report_review import built
from tests.small_review import small_review

SIZES = "SELECT study, n_total AS value FROM study WHERE included ORDER BY study"
PRINTED = [
    {"paper": "north_2011", "field": "n_total", "value": "120", "unit": "patients", "quote": "120 patients", "column": "population"},
    {"paper": "north_2011", "field": "prognostic_factor", "value": "serum LDH level", "arm": "independent", "endpoint": "OS", "p": "<.001", "quote": "LDH", "column": "results"},
    {"paper": "north_2011", "field": "follow_up", "value": "2", "unit": "years", "quote": "2 years", "column": "follow_up"},
]  # fmt: skip


@pytest.fixture
def review(tmp_path, monkeypatch):
    """The small review with a published table of one study, loaded."""
    monkeypatch.delenv("LIVETABLE_DB", raising=False)
    made = small_review(tmp_path)
    (made.corpus / "published.tsv").write_text(
        tsv_text([{**dict.fromkeys(PUBLISHED_COLUMNS, ""), **row} for row in PRINTED], PUBLISHED_COLUMNS)
    )
    (made.schemas / "claims.yaml").unlink()
    load.run(made)
    return made


def results(review, *asked: dict) -> dict[tuple[str, str], claims.Result]:
    """What became of these claims, by key and by what was asked."""
    rows = [{"key": f"c{n}", "says": "So it is.", "where": "abstract", **claim} for n, claim in enumerate(asked)]
    claims.path_of(review).write_text(yaml.safe_dump({"claims": rows}), encoding="utf-8")
    made = db.engine(review)
    found = {(each.claim.key, each.of): each for each in claims.run(review, made)}
    made.dispose()
    return found


@pytest.mark.parametrize(
    ("claim", "papers", "published"),
    [
        ({"sql": SIZES, "expected": {"studies": ["north_2011", "south_2015"]}}, "holds", "changed"),
        ({"sql": SIZES, "expected": {"count": 1}}, "changed", "holds"),
        ({"sql": SIZES, "expected": {"span": [32, 120]}}, "holds", "changed"),
        ({"sql": f"{SIZES} LIMIT 1", "expected": {"value": 121, "tolerance": 1}}, "holds", "holds"),
        ({"sql": f"{SIZES} LIMIT 1", "expected": {"value": 121}}, "changed", "changed"),
        ({"sql": SIZES, "against": "SELECT study FROM study WHERE n_total < 50"}, "contradicted", "holds"),
        ({"sql": "SELECT study FROM study WHERE n_total > 50", "every": "SELECT study FROM study"}, "contradicted", "holds"),
        ({"sql": "SELECT study FROM factor WHERE concept = 'ldh' AND p_most <= 0.05", "expected": {"count": 1}}, "silent", "holds"),
        ({"sql": "SELECT study FROM factor", "expected": {"count": 0}}, "holds", "changed"),
        ({"sql": "SELECT study, months AS value FROM follow_up", "expected": {"value": 24}}, "holds", "holds"),
    ],
)
def test_a_claim_holds_is_changed_contradicted_or_without_rows(review, claim, papers, published):
    found = results(review, claim)
    assert (found["c0", "papers"].verdict, found["c0", "published"].verdict) == (papers, published)


def test_a_result_carries_its_rows_and_says_why(review):
    found = results(
        review,
        {
            "sql": SIZES,
            "expected": {"studies": ["north_2011", "west_2018"]},
            "against": "SELECT study, n_total AS value FROM study WHERE n_total < 50",
        },
    )
    told = found["c0", "papers"]
    assert told.rows == [{"study": "north_2011", "value": 120}, {"study": "south_2015", "value": 32}]
    assert told.against == [{"study": "south_2015", "value": 32}]
    assert told.why == "against it: South 2015 (32); no row for west_2018; also South 2015"


def test_rows_about_the_published_table_name_their_line(review):
    found = results(review, {"sql": "SELECT study, quote, finding FROM factor", "expected": {"count": 1}})
    line = int(found["c0", "published"].rows[0]["finding"].partition(":")[2])
    assert (review.corpus / "published.tsv").read_text().splitlines()[line - 1].startswith("north_2011\tprognostic_factor")


@pytest.mark.parametrize(
    ("claim", "message"),
    [
        (
            {"sql": "SELECT study, nonsense FROM study", "expected": {"count": 1}},
            r"claims\.yaml: claim c0: sql: .*nonsense.*the tables are study",
        ),
        ({"sql": "SELECT label FROM study", "expected": {"count": 1}}, r"claim c0: sql: its rows have no column `study`"),
        ({"sql": "SELECT study FROM study", "expected": {"value": 1}}, r"claim c0: sql: its rows have no column `value`"),
        ({"sql": SIZES, "against": "DELETE FROM study"}, r"claim c0: against: one SELECT and nothing else"),
        ({"sql": "SELECT study FROM study; DROP TABLE arm", "expected": {"count": 1}}, r"claim c0: sql: one SELECT and nothing else"),
        ({"sql": SIZES}, r"claims\.yaml: claims\.0: .*no rows could make this claim fail"),
        ({"sql": SIZES, "expects": {"count": 1}}, r"claims\.yaml: claims\.0\.expects"),
    ],
)
def test_a_bad_claim_is_an_error_that_names_file_and_claim(review, claim, message):
    with pytest.raises(InputError, match=message):
        results(review, claim)


def test_the_same_key_twice_is_refused(review):
    with pytest.raises(InputError, match=r"claims: .*listed twice: same|listed twice: same"):
        results(review, *[{"key": "same", "sql": SIZES, "expected": {"count": 2}}] * 2)


def test_nothing_can_be_written_while_claims_are_asked(review):
    made = db.engine(review)
    with ask.reading(made) as connection, pytest.raises(DBAPIError, match="readonly"):
        connection.execute(text("DELETE FROM arm"))
    made.dispose()
    assert len(ask_rows(review, "SELECT * FROM arm")) == 2


def ask_rows(review, sql: str) -> list[dict]:
    """The rows about the papers."""
    made = db.engine(review)
    with ask.reading(made) as connection:
        return ask.ask(connection, sql)


def test_the_files_say_what_was_found_and_go_when_there_are_no_claims(review):
    results(review, {"sql": SIZES, "expected": {"count": 3}, "note": "a | b"})
    claims.put(review, claims.run(review, db.engine(review)))
    held = json.loads((review.build / "claims.json").read_text(encoding="utf-8"))
    assert held["counts"] == {
        "papers": {"holds": 0, "changed": 1, "contradicted": 0, "silent": 0},
        "published": {"holds": 0, "changed": 1, "contradicted": 0, "silent": 0},
    }
    assert [row["rows"][0]["study"] for row in held["claims"]] == ["north_2011", "north_2011"]
    told = (review.build / "claims.md").read_text(encoding="utf-8")
    assert r"a \| b" in told
    assert "2 studies, not 3" in told
    claims.path_of(review).unlink()
    assert claims.run(review, db.engine(review)) == []
    claims.put(review, [])
    assert not (review.build / "claims.json").exists()


#: What the text of the first review says of its own table and does not find there.
NOT_SO = {
    "meta_analyses": "silent", "meta_analysis_confirms": "silent", "retrospective_favour_radiotherapy": "contradicted", "arms_of_408": "contradicted",
    "cisplatin_in_comparative_studies": "changed", "response_independent": "changed", "ldh_ebv_independent": "changed", "share_treated": "contradicted",
    "dose_to_metastases": "changed",
}  # fmt: skip


@pytest.fixture(scope="module")
def first(tmp_path_factory):
    """The first review with its published table and no papers."""
    root = tmp_path_factory.mktemp("first")
    shutil.copytree(ROOT / "schemas", root / "schemas")
    shutil.copytree(
        ROOT / "corpus" / "mnpc",
        root / "corpus" / "mnpc",
        ignore=shutil.ignore_patterns("papers", "specimens", "releases", "corrections.tsv"),
    )
    review = Review("mnpc", root)
    review.build.mkdir(parents=True)
    (review.build / "extract.jsonl").write_text("")
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("LIVETABLE_DB", raising=False)
        load.run(review)
        return [each for each in claims.run(review, db.engine(review)) if each.of == "published"]


def test_what_the_first_review_says_is_checked_against_its_own_table(first):
    assert {each.claim.key: each.verdict for each in first if each.verdict != "holds"} == NOT_SO
    assert len(first) >= 20


def test_the_rows_against_the_first_review_are_those_counted_by_hand(first):
    held = {each.claim.key: each for each in first}
    assert [row["study"] for row in held["retrospective_favour_radiotherapy"].against] == ["hu_2015", "lin_2012", "shuang_2018", "yin_2017"]
    assert {row["study"]: round(row["value"], 1) for row in held["share_treated"].against} == {
        "huang_2020": 19.2,
        "lin_2012": 44.8,
        "shuang_2018": 41.0,
        "yin_2017": 31.0,
    }
    assert [row["study"] for row in held["ldh_ebv_independent"].rows] == ["li_2021", "li_2021", "zeng_2014"]
    assert [row["value"] for row in held["arms_of_408"].against] == [559]
    assert "30 to 60, not 30 to 66" in held["dose_to_metastases"].why


def test_every_study_that_a_claim_names_is_one_of_the_review():
    printed = {line.split("\t")[0] for line in (ROOT / "corpus" / "mnpc" / "published.tsv").read_text(encoding="utf-8").splitlines()[1:]}
    known = printed | {
        json.loads(line)["key"] for line in (ROOT / "corpus" / "mnpc" / "hits.jsonl").read_text(encoding="utf-8").splitlines()
    }
    named = {key for claim in claims.claims(Review("mnpc")) for key in claim.expected.studies or []}
    assert named <= known


def test_the_page_shows_the_claims_with_rows_that_lead_to_their_words(tmp_path, monkeypatch):
    monkeypatch.delenv("LIVETABLE_DB", raising=False)
    made, _ = built(tmp_path)
    assert 'id="claims"' not in (made.build / "table1.html").read_text(encoding="utf-8")
    rates = "SELECT study, value, quote, finding FROM outcome WHERE study = 'clark_2020' AND measure = 'survival_rate' ORDER BY value"
    asked = {"key": "rates", "says": "One <study> gives rates.", "where": "results", "sql": rates, "expected": {"count": 1}}
    claims.path_of(made).write_text(yaml.safe_dump({"claims": [asked]}), encoding="utf-8")
    report.run(made)
    page = html.document_fromstring((made.build / "table1.html").read_text(encoding="utf-8"))
    (row,) = page.xpath("//tr[@id='claim-rates']")
    assert "One <study> gives rates." in row.text_content()
    assert row.xpath(".//span[@class='verdict holds']")
    evidence = json.loads(page.get_element_by_id("evidence").text)
    links = row.xpath(".//a[@class='v']")
    assert len(links) == 2
    assert {evidence[link.get("data-f")]["study"] for link in links} == {"Clark et al., 2020"}
    assert not page.xpath("//*[@id='synthesis']")
