"""Loading: same inputs, same bytes; nothing without evidence; the old database stays when anything is wrong."""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
import sqlite3
import time

import pytest

from pipeline import curate, db, load
from pipeline.files import InputError, read_tsv, tsv_text, write_atomic, write_jsonl
from tests.small_review import CURATOR, TEXTS, document, made_finding, small_review, write_document, write_findings
from tests.small_review import findings as machine


@pytest.fixture
def review(tmp_path, monkeypatch):
    """The small review."""
    monkeypatch.delenv("LIVETABLE_DB", raising=False)
    return small_review(tmp_path)


def test_the_same_inputs_give_the_same_bytes(review, tmp_path):
    load.run(review)
    first = (review.build / "review.db").read_bytes()
    load.run(review)
    assert (review.build / "review.db").read_bytes() == first
    again = small_review(tmp_path / "elsewhere")
    load.run(again)
    assert (again.build / "review.db").read_bytes() == first


def test_the_run_names_its_code_its_query_and_every_input(review):
    load.run(review)
    with sqlite3.connect(review.build / "review.db") as connection:
        version, query, inputs = connection.execute("SELECT version, query, inputs FROM run").fetchone()
    assert version
    assert query == review.protocol.search.query()
    assert {"build/small/extract.jsonl", "corpus/small/hits.jsonl", "build/small/parsed/north_2011.json.gz"} <= set(json.loads(inputs))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"quote": ""}, "no evidence"),
        ({"passage": None}, "no evidence"),
        ({"quote": "We reviewed 121 patients"}, "the quote does not stand in passage 0"),
        ({"passage": 77}, "the quote does not stand in passage 77"),
        ({"paper": "nobody_1999"}, "'nobody_1999' is no study of this review"),
        ({"field": "tumour_size"}, "field 'tumour_size'; allowed: design"),
    ],
)
def test_a_finding_whose_evidence_does_not_hold_is_refused_and_the_old_database_stays(review, change, said):
    load.run(review)
    before = (review.build / "review.db").read_bytes()
    rows = machine()
    rows[0] |= change
    write_findings(review, rows)
    with pytest.raises(InputError, match=said) as refused:
        load.run(review)
    assert "extract.jsonl:1" in str(refused.value)
    assert (review.build / "review.db").read_bytes() == before
    assert sorted(path.name for path in review.build.iterdir() if path.name.startswith(".review")) == []


def test_what_is_missing_or_damaged_is_named(review):
    (review.build / "extract.jsonl").write_text('{"paper": "north_2011"\n')
    with pytest.raises(InputError, match=r"extract.jsonl:1: not JSON"):
        load.run(review)
    (review.build / "extract.jsonl").unlink()
    with pytest.raises(InputError, match="run `python -m pipeline extract` first"):
        load.run(review)
    write_findings(review, machine())
    (review.build / "parsed" / "north_2011.json.gz").write_bytes(b"\x1f\x8b half a file")
    with pytest.raises(InputError, match=r"north_2011.json.gz: not a parsed paper"):
        load.run(review)


def test_papers_that_screening_put_out_are_counted_and_not_loaded(review):
    rows = [{"key": "north_2011", "label": "n", "status": "in"}, {"key": "south_2015", "label": "s", "status": "out"}]
    write_jsonl(review.build / "screened.jsonl", rows)
    counts = load.run(review)
    assert (counts["studies"], counts["findings"], counts["findings_of_excluded_papers"]) == (1, 6, 2)
    assert {row["paper"] for row in db.current(db.engine(review))} == {"north_2011"}


def test_a_paper_without_a_record_is_a_study_all_the_same(review):
    dropped = document("south_2015")
    dropped.paper, dropped.front = "dropped_in", {"year": "2016", "doi": "10.0000/x"}
    write_document(review, dropped)
    load.run(review)
    with sqlite3.connect(review.build / "review.db") as connection:
        assert connection.execute("SELECT year, doi, included FROM study WHERE study = 'dropped_in'").fetchone() == (2016, "10.0000/x", 1)


def test_findings_come_back_as_they_were_extracted(review):
    load.run(review)
    keys = ("paper", "field", "value", "low", "high", "unit", "arm", "endpoint", "at", "quote", "place", "passage", "start", "end")
    back = {json.dumps([row.get(key) for key in keys], sort_keys=True) for row in db.current(db.engine(review))}
    assert back == {json.dumps([row.get(key) for key in keys], sort_keys=True) for row in machine()}
    assert {row["status"] for row in db.current(db.engine(review))} == {"machine"}


def test_ids_stay_when_other_findings_come_and_go(review):
    load.run(review)
    before = {row["replaces"]: row["id"] for row in db.current(db.engine(review))}
    write_findings(review, [made_finding("north_2011", 0, "120 patients", field="design", value="retrospective_cohort"), *machine()[1:]])
    load.run(review)
    after = {row["replaces"]: row["id"] for row in db.current(db.engine(review))}
    assert {cell: after[cell] for cell in set(before) & set(after)} == {cell: before[cell] for cell in set(before) & set(after)}
    assert len(set(after.values())) == len(after)


def test_the_published_table_and_both_tables_contradictions_are_loaded(review):
    rows = [
        {"paper": "north_2011", "field": "n_total", "value": 120, "quote": "120 patients", "column": "population"},
        {
            "paper": "north_2011",
            "field": "follow_up",
            "value": 24,
            "low": 30,
            "high": 90,
            "unit": "months",
            "bounds": "range",
            "quote": "24 (30-90)",
        },
    ]
    write_atomic(review.corpus / "published.tsv", tsv_text(rows, load.PUBLISHED_COLUMNS))
    wrong = machine()
    wrong[2] |= {"value": 60}
    write_findings(review, wrong)
    assert load.run(review)["contradictions"] == 1
    with sqlite3.connect(review.build / "review.db") as connection:
        assert connection.execute("SELECT of, check_name FROM contradiction").fetchall() == [
            ("papers", "arms_add_up"),
            ("published", "inside_bounds"),
        ]
        assert connection.execute("SELECT field, number, printed_column FROM published").fetchone() == ("n_total", 120, "population")
    first = read_tsv(review.build / "curate.tsv", load.worklist.COLUMNS)[0]
    assert (first["kind"], first["study"]) == ("check", "north_2011")
    assert "70 (chemotherapy plus radiotherapy) + 60 (chemotherapy alone) = 130" in first["message"]


def test_follow_up_is_held_against_the_years_of_accrual(review, monkeypatch):
    monkeypatch.setitem(
        TEXTS, "north_2011", [*TEXTS["north_2011"], ("methods", "Patients were treated between January 2006 and March 2009.")]
    )
    write_document(review, document("north_2011"))
    assert load.run(review)["contradictions"] == 1  # 90 months, but from 2006 to the end of 2011 there are 72
    with sqlite3.connect(review.build / "review.db") as connection:
        assert connection.execute("SELECT check_name FROM contradiction").fetchall() == [("follow_up_within_accrual",)]


def test_worklist_puts_first_what_is_worth_most(review):
    rows = machine()
    rows.append(made_finding("north_2011", 2, "31.0% with chemotherapy alone", field="survival_rate", value=13.0, unit="percent",
                endpoint="OS", at=36,
                             arm="chemotherapy alone"))  # fmt: skip
    write_findings(review, rows)
    write_jsonl(review.build / "skipped.jsonl", [{"paper": "east_2012", "file": "east_2012.pdf", "reason": "encrypted"}])
    load.run(review)
    tasks = curate.worklist(review)
    kinds = [task["kind"] for task in tasks]
    assert kinds[0] == "contradiction"
    assert kinds[-2:] == ["skipped", "screening"]
    assert kinds == sorted(kinds, key=load.worklist.KINDS.index)
    assert tasks[0]["machine"] == "31 percent | 13 percent"
    assert tasks[-1]["study"] == "west_2018"
    empty = {(task["study"], task["column"]) for task in tasks if task["kind"] == "empty"}
    column_of = {entry.field: entry.column for entry in review.form.fields}
    assert ("north_2011", column_of["regimen"]) in empty
    assert ("north_2011", column_of["follow_up"]) not in empty
    written = read_tsv(review.build / "curate.tsv", load.worklist.COLUMNS)
    assert [row["kind"] for row in written] == kinds


def _load_forever(root: str) -> None:
    review = load.Review("small", root)
    (review.build / "started").touch()
    while True:
        load.run(review)


def _facts(path) -> list:
    """The database's findings and whether it is sound."""
    with sqlite3.connect(path) as connection:
        return [*connection.execute("SELECT * FROM finding ORDER BY id"), connection.execute("PRAGMA integrity_check").fetchone()]


def test_a_load_that_is_killed_leaves_a_whole_database(review):
    load.run(review)
    path, started = review.build / "review.db", review.build / "started"
    expected = _facts(path)
    for wait in (0.01, 0.06):
        process = multiprocessing.get_context("spawn").Process(target=_load_forever, args=(str(review.root),))
        process.start()
        while not started.exists():
            time.sleep(0.01)
        time.sleep(wait)
        os.kill(process.pid, signal.SIGKILL)
        process.join()
        started.unlink()
        assert _facts(path) == expected
    load.run(review)
    assert _facts(path) == expected
    assert [each.name for each in review.build.iterdir() if each.name.startswith(".review.db")] == []


def test_an_excluded_papers_corrections_are_kept(review):
    row = {
        "paper": "south_2015",
        "field": "n_total",
        "value": 33,
        "unit": "patients",
        "action": "change",
        "replaces": "n_total = 32 patients",
    }
    curate.add(review, {**row, "quote": "Thirty-two patients were treated", "reason": "recounted", "curator": CURATOR})
    write_jsonl(
        review.build / "screened.jsonl",
        [{"key": "north_2011", "label": "n", "status": "in"}, {"key": "south_2015", "label": "s", "status": "out"}],
    )
    counts = load.run(review)
    assert (counts["studies"], counts["corrections"], counts["corrections_by_status"]) == (1, 1, {"moot": 1})
    assert {found["paper"] for found in db.current(db.engine(review))} == {"north_2011"}
    with sqlite3.connect(review.build / "review.db") as connection:
        assert connection.execute("SELECT included FROM study WHERE study = 'south_2015'").fetchone() == (0,)
