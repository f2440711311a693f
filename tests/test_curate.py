"""People's decisions: saved durably, validated, laid over whatever the machine says next, and never lost."""

from __future__ import annotations

import datetime as dt
import multiprocessing
import os
import random
import resource
import signal
import subprocess
import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline import curate, db, load
from pipeline.files import InputError, read_jsonl, read_tsv, tsv_text, write_atomic, write_jsonl
from pipeline.numeric import finding_of, judged, judgement, shown, slot
from pipeline.overlay import Decision, overlay
from pipeline.protocol import Review
from pipeline.records import Finding
from tests.small_review import CURATOR, document, lines, made_finding, small_review, write_document, write_findings
from tests.small_review import findings as machine

ALONE = {"field": "survival_rate", "arm": "chemotherapy alone", "endpoint": "OS", "at": 36, "unit": "percent"}
QUOTE = "31.0% with chemotherapy alone"
CELL = "survival_rate OS@36 [chemotherapy alone]"


@pytest.fixture
def review(tmp_path, monkeypatch):
    """The small review."""
    monkeypatch.delenv("LIVETABLE_DB", raising=False)
    return small_review(tmp_path)


def decide(review: Review, action: str, replaces: str = f"{CELL} = 31 percent", **cells: object) -> dict:
    """Save a decision on the rate with chemotherapy alone, or on what `cells` name."""
    row = {"paper": "north_2011", **ALONE, "value": 31, "quote": QUOTE, "reason": "read again", "curator": CURATOR}
    return curate.add(review, row | {"action": action, "replaces": replaces} | cells)


def in_cell(review: Review, overruled: bool = False, **cell: object) -> list[dict]:
    """The findings of the rate with chemotherapy alone, or of another cell, after a load."""
    load.run(review)
    asked = {"paper": "north_2011", "field": "survival_rate", "arm": "chemotherapy alone"} | cell
    return [row for row in db.current(db.engine(review), overruled) if all(row[key] == held for key, held in asked.items())]


def machine_says(review: Review, value: float | None, quote: str = QUOTE, **keys: object) -> None:
    """A re-extraction that reads another rate with chemotherapy alone, or none."""
    rows = [row for row in machine() if row.get("arm") != "chemotherapy alone" or row["field"] != "survival_rate"]
    if value is not None:
        rows.append(made_finding("north_2011", 2, quote, **(ALONE | keys), value=value))
    write_findings(review, rows)


def status(review: Review) -> list[str]:
    """The statuses of all decisions, oldest first."""
    load.run(review)
    with db.engine(review).connect() as connection:
        return [row["status"] for row in sorted(db.rows(connection, db.correction), key=lambda row: row["time"])]


# --- what each action does --------------------------------------------------------------------------------------------


def test_a_verified_value_carries_its_curator(review):
    decide(review, "verify")
    (row,) = in_cell(review)
    assert (row["value"], row["status"], row["curator"], row["overruled"], row["correction_status"]) == (
        31,
        "verified",
        CURATOR,
        None,
        "active",
    )
    assert row["place"]["bbox"] == [50, 140, 300, 152]


def test_a_changed_value_keeps_what_it_overruled_and_why(review):
    decide(review, "change", value=30.5)
    (row,) = in_cell(review)
    assert (row["value"], row["status"], row["overruled"], row["reason"]) == (30.5, "corrected", "31 percent", "read again")
    old = [row for row in in_cell(review, overruled=True) if not row["in_force"]]
    assert [(row["value"], row["status"]) for row in old] == [(31.0, "overruled")]


def test_a_rejected_value_is_gone_and_remembered(review):
    decide(review, "reject")
    assert in_cell(review) == []
    assert [row["status"] for row in in_cell(review, overruled=True)] == ["overruled"]


def test_an_added_finding_and_a_field_that_is_not_reported(review):
    decide(
        review,
        "add",
        "",
        field="regimen",
        value="cisplatin+fluorouracil",
        arm="",
        endpoint="",
        at="",
        unit="",
        quote="We reviewed 120 patients",
    )
    decide(review, "not_reported", "", field="cycles", value="", arm="", endpoint="", at="", unit="", quote="")
    (added,) = in_cell(review, field="regimen", arm=None)
    assert (added["value"], added["status"], added["passage"], added["start"]) == ("cisplatin+fluorouracil", "added", 0, 0)
    (empty,) = in_cell(review, field="cycles", arm=None)
    assert (empty["value"], empty["status"]) == (None, "not_reported")


def test_not_reported_puts_a_wrong_field_out_of_force_and_leaves_other_endpoints(review):
    decide(review, "not_reported", "survival_rate = 31 percent | 48.5 percent", arm="", endpoint="", at="", value="", quote="")
    load.run(review)
    left = [(row["field"], row["status"]) for row in db.current(db.engine(review)) if row["paper"] == "north_2011"]
    assert ("survival_rate", "machine") not in left
    assert ("follow_up", "machine") in left


def test_a_value_moves_to_another_arm(review):
    decide(review, "move_arm", f"{CELL} = 31 percent", arm="120 patients")
    assert in_cell(review) == []
    (moved,) = in_cell(review, arm="120 patients")
    assert (moved["value"], moved["status"], moved["overruled"]) == (31, "moved", "31 percent")


def test_undo_brings_the_machine_back_and_can_be_undone(review):
    changed = decide(review, "change", value=30.5)
    taken = curate.undo(review, changed["id"], CURATOR, "wrong page")
    assert [row["status"] for row in in_cell(review)] == ["machine"]
    assert status(review) == ["undone", "active"]
    curate.undo(review, taken["id"], CURATOR)
    assert [row["value"] for row in in_cell(review)] == [30.5]


def test_the_latest_of_two_decisions_counts_and_history_shows_both(review):
    first = decide(review, "change", value=30.5)
    (row,) = in_cell(review)
    second = decide(review, "change", row["replaces"], value=29.5, curator="second")
    (row,) = in_cell(review)
    assert (row["value"], row["curator"], row["overruled"]) == (29.5, "second", "31 percent")
    assert status(review) == ["superseded", "active"]
    assert [entry["id"] for entry in curate.history(review, "north_2011", "survival_rate", "chemotherapy alone")] == [
        first["id"],
        second["id"],
    ]
    curate.undo(review, second["id"], "second")
    assert [row["value"] for row in in_cell(review)] == [30.5]
    assert [entry["undone_by"] is None for entry in curate.history(review, "north_2011")] == [True, False, True]


# --- when the machine says something else ------------------------------------------------------------------------------


def test_a_correction_survives_any_re_extraction(review):
    decide(review, "change", value=30.5)
    for value, expected in ((31.0, "active"), (30.5, "moot"), (28.0, "drifted"), (None, "active")):
        machine_says(review, value)
        (row,) = in_cell(review)
        assert (row["value"], row["status"], row["correction_status"]) == (30.5, "corrected", expected)


def test_a_drifted_correction_stands_on_the_worklist_and_one_decision_settles_it(review):
    decide(review, "change", value=30.5)
    machine_says(review, 28.0)
    (row,) = in_cell(review)
    (task,) = [task for task in curate.worklist(review) if task["kind"] == "drifted"]
    assert (task["seen"], task["machine"], task["person"]) == ("31 percent", "28 percent", "30.5 percent")
    assert task["replaces"] == row["replaces"] == f"{CELL} = 30.5 percent | 28 percent"
    decide(review, "change", task["replaces"], value=30.5)
    assert status(review) == ["superseded", "active"]
    assert not [task for task in curate.worklist(review) if task["kind"] == "drifted"]
    machine_says(review, 27.0)
    assert status(review) == ["superseded", "drifted"]


def test_a_drifted_correction_is_settled_by_taking_the_machines_new_value(review):
    decide(review, "verify")
    machine_says(review, 28.0)
    (row,) = in_cell(review)
    assert (row["value"], row["correction_status"]) == (31, "drifted")
    decide(review, "change", row["replaces"], value=28)
    (row,) = in_cell(review)
    assert (row["value"], row["correction_status"]) == (28, "moot")


def test_a_rejection_of_a_value_does_not_hide_a_new_one(review):
    decide(review, "reject")
    machine_says(review, None)
    assert status(review) == ["moot"]
    machine_says(review, 28.0)
    assert [row["value"] for row in in_cell(review)] == [28.0]
    assert status(review) == ["drifted"]
    (task,) = [task for task in curate.worklist(review) if task["kind"] == "drifted"]
    decide(review, "verify", task["replaces"], value=28)
    assert status(review) == ["moot", "active"]


def test_a_field_not_reported_stays_empty_when_the_machine_finds_something(review):
    decide(review, "not_reported", f"{CELL} = nothing", value="", quote="")
    assert [(row["value"], row["status"], row["correction_status"]) for row in in_cell(review)] == [(None, "not_reported", "drifted")]


def test_a_quote_that_is_gone_leaves_the_value_and_says_so(review):
    decide(review, "change", value=30.5)
    paper = document("north_2011")
    paper.passages[2].text = paper.passages[2].text.replace("31.0% with", "31·0% among those with")
    write_document(review, paper)
    machine_says(review, None)
    write_findings(review, [row for row in machine() if row["passage"] != 2])
    (row,) = in_cell(review)
    assert (row["value"], row["correction_status"]) == (30.5, "unsupported")
    assert [task["kind"] for task in curate.worklist(review) if task["correction"]] == ["unsupported"]


def test_white_space_of_a_quote_does_not_matter(review):
    decide(review, "change", value=30.5, quote="31.0%  with\nchemotherapy alone")
    (row,) = in_cell(review)
    assert (row["quote"], row["correction_status"]) == (QUOTE, "active")


# --- orphans and other bad rows ---------------------------------------------------------------------------------------


def append(review: Review, **cells: object) -> None:
    """Write a row into the ledger by hand, unchecked."""
    path = curate.ledger(review)
    row = {
        "paper": "north_2011",
        **ALONE,
        "value": 31,
        "quote": QUOTE,
        "reason": "r",
        "curator": CURATOR,
        "time": "2024-05-31T10:00:00+00:00",
    }
    row |= {"action": "verify", "replaces": f"{CELL} = 31 percent"} | cells
    write_atomic(path, tsv_text([*read_tsv(path, curate.COLUMNS), row], curate.COLUMNS))


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ({"paper": "nobody_1999"}, r"paper: 'nobody_1999' is not known to this review \(orphan\)"),
        ({"field": "colour"}, "field: 'colour' is not allowed; allowed: design"),
        (
            {"arm": "immunotherapy"},
            r"'immunotherapy' is no arm of north_2011 and is not printed in it \(orphan\); known: chemotherapy alone",
        ),
        ({"curator": "stranger"}, "curator: 'stranger' is not in"),
        ({"curator": ""}, "curator: '' is not in"),
        ({"value": "about 31"}, "value: 'about 31' is not a number"),
        ({"value": "", "percent": ""}, "verify needs a value, a range, n or percent"),
        ({"n": "3.5"}, "n: '3.5' is not a count"),
        ({"unit": "furlongs"}, "unit: 'furlongs' is not allowed; allowed: months"),
        ({"endpoint": "XYZ"}, "endpoint: 'XYZ' is not allowed"),
        ({"bounds": "sd"}, "bounds: 'sd' is not allowed"),
        ({"action": "guess"}, "action: 'guess' is not allowed; allowed: verify, reject, change"),
        ({"replaces": ""}, "verify must name the finding it judges"),
        ({"replaces": "31"}, "replaces: '31' is not `field ENDPOINT"),
        ({"action": "change", "reason": ""}, "change needs a reason"),
        ({"action": "move_arm"}, "move_arm names another arm"),
        ({"quote": ""}, "needs the words it was read from"),
        ({"time": "yesterday"}, "time: 'yesterday'"),
        ({"time": "2024-05-31T10:00:00+02:00"}, "is not UTC"),
        ({"action": "undo", "replaces": "0123456789"}, "no decision has the id 0123456789"),
        (
            {"field": "design", "value": "survey", "arm": "", "endpoint": "", "at": "", "unit": ""},
            "value: 'survey' is not allowed; allowed: randomized_trial",
        ),
        ({"field": "regimen", "value": "fluorouracil+cisplatin"}, r"agents stand in alphabetical order: cisplatin\+fluorouracil"),
        ({"field": "regimen", "value": "moonlight"}, "value: 'moonlight' is not allowed"),
        ({"field": "metastatic_burden", "value": "some"}, "allowed: single, multiple, oligo"),
        ({"field": "prognostic_factor", "value": "LDH", "arm": ""}, "factors are written in small letters"),
        ({"field": "prognostic_factor", "value": "ldh", "arm": "strong"}, "arm: 'strong' is not allowed; allowed: independent"),
    ],
)
def test_a_bad_row_stops_the_load_with_its_line_and_what_is_allowed(review, cells, said):
    append(review, **cells)
    with pytest.raises(InputError, match=said) as refused:
        load.run(review)
    assert f"{curate.ledger(review)}:2: " in str(refused.value)


def test_a_bad_decision_is_refused_and_nothing_is_written(review):
    decide(review, "verify")
    before = curate.ledger(review).read_bytes()
    with pytest.raises(InputError, match="quote: not found in north_2011"):
        decide(review, "change", value=30.5, quote="30.5% with chemotherapy alone")
    with pytest.raises(InputError, match="unknown column colour"):
        decide(review, "verify", colour="red")
    assert curate.ledger(review).read_bytes() == before


def test_a_row_written_twice_is_refused(review):
    append(review, id="abc1234567")
    append(review, id="abc1234567")
    with pytest.raises(InputError, match=r"corrections.tsv:3: id abc1234567 stands in line 2 already"):
        load.run(review)


def test_an_arm_that_somebody_added_by_its_size_is_known(review):
    size = {"field": "arm_size", "arm": "best supportive care", "endpoint": "", "at": "", "unit": "patients", "quote": "", "page": 3}
    with pytest.raises(InputError, match="no arm of north_2011"):
        decide(review, "add", "", arm="best supportive care", value=20.5)
    decide(review, "add", "", **size, value=12)
    decide(review, "add", "", arm="best supportive care", value=20.5)
    assert [row["value"] for row in in_cell(review, arm="best supportive care")] == [20.5]


# --- the file ----------------------------------------------------------------------------------------------------------


def test_the_ledger_is_sorted_and_has_one_line_a_decision(review):
    decide(review, "change", value=30.5, reason="first line\nsecond\tcolumn")
    decide(
        review,
        "verify",
        "n_total = 120 patients",
        field="n_total",
        value=120,
        arm="",
        endpoint="",
        at="",
        unit="patients",
        quote="120 patients",
    )
    text = lines(curate.ledger(review))
    assert text[0].split("\t") == list(curate.COLUMNS)
    assert [line.split("\t")[1] for line in text[1:]] == ["n_total", "survival_rate"]
    assert "first line second column" in text[2]


def test_branches_of_two_people_merge_in_git(review, tmp_path):
    def git(*words: str) -> None:
        subprocess.run(
            ["git", "-c", "user.name=t", "-c", "user.email=t@example.org", *words], cwd=review.corpus, check=True, capture_output=True
        )

    decide(review, "verify", "follow_up = 24 (3-90 range) months", field="follow_up", value=24, low=3, high=90, bounds="range",
                unit="months", arm="",
           endpoint="", at="", quote="24 months")  # fmt: skip
    git("init", "-q", "-b", "main")
    git("add", "corrections.tsv")
    git("commit", "-q", "-m", "base")
    git("checkout", "-q", "-b", "other")
    decide(review, "verify", "n_total = 32 patients", paper="south_2015", field="n_total", value=32, arm="", endpoint="", at="",
                unit="patients",
           quote="Thirty-two patients", curator="second")  # fmt: skip
    git("commit", "-q", "-a", "-m", "theirs")
    git("checkout", "-q", "main")
    decide(
        review,
        "verify",
        "arm_size [chemotherapy alone] = 50 patients",
        field="arm_size",
        value=50,
        endpoint="",
        at="",
        unit="patients",
        quote="120 patients",
    )
    git("commit", "-q", "-a", "-m", "ours")
    git("merge", "-q", "other")
    assert sorted(row["curator"] for row in curate.read_rows(review)) == [CURATOR, CURATOR, "second"]
    assert load.run(review)["corrections_by_status"] == {"active": 3}


def test_somebody_elses_newer_decision_is_a_conflict(review):
    decide(review, "change", value=30.5)
    row = {
        "paper": "north_2011",
        **ALONE,
        "value": 29,
        "quote": QUOTE,
        "reason": "r",
        "curator": "second",
        "action": "change",
        "replaces": f"{CELL} = 31 percent",
    }
    with pytest.raises(curate.ConflictError, match="somebody else has decided"):
        curate.add(review, row, last_seen=None)
    (seen,) = in_cell(review)
    curate.add(review, row | {"replaces": seen["replaces"]}, last_seen=seen["correction"])
    assert [found["value"] for found in in_cell(review)] == [29]


def _save_many(root: str, name: str, count: int) -> None:
    review = Review("small", root)
    for number in range(count):
        curate.add(review, {"paper": "north_2011", **ALONE, "value": 20 + number, "quote": QUOTE, "reason": f"{name} {number}",
                    "curator": CURATOR,
                            "action": "change", "replaces": f"{CELL} = 31 percent"})  # fmt: skip


def test_two_processes_that_save_at_once_lose_nothing(review):
    spawn = multiprocessing.get_context("spawn")
    people = [spawn.Process(target=_save_many, args=(str(review.root), name, 15)) for name in ("one", "other")]
    for person in people:
        person.start()
    for person in people:
        person.join()
        assert person.exitcode == 0
    rows = curate.read_rows(review)
    assert {row["reason"] for row in rows} == {f"{name} {number}" for name in ("one", "other") for number in range(15)}
    assert len({row["time"] for row in rows}) == 30
    (row,) = in_cell(review)
    assert row["value"] == float(max(rows, key=lambda each: each["time"])["value"])


def _save_and_tell(root: str, told: str) -> None:
    """Save without end; each decision is told only after `add` has returned."""
    review = Review("small", root)
    with open(told, "a", buffering=1) as file:
        for number in range(10**6):
            saved = curate.add(review, {"paper": "north_2011", **ALONE, "value": 20, "quote": QUOTE,
                        "reason": f"decision {number} of {os.getpid()}",
                                        "curator": CURATOR, "action": "change", "replaces": f"{CELL} = 31 percent"})  # fmt: skip
            file.write(saved["id"] + "\n")


def test_kill_9_in_the_middle_of_saving_loses_nothing(review, tmp_path):
    told, spawn, dice = tmp_path / "told", multiprocessing.get_context("spawn"), random.Random(4)
    for _ in range(4):
        told_before = len(lines(told)) if told.exists() else 0
        process = spawn.Process(target=_save_and_tell, args=(str(review.root), str(told)))
        process.start()
        while not told.exists() or len(lines(told)) < told_before + 3:
            time.sleep(0.005)
        time.sleep(dice.uniform(0, 0.05))
        os.kill(process.pid, signal.SIGKILL)
        process.join()
        saved = {row["id"] for row in curate.read_rows(review)}
        assert set(lines(told)) <= saved
        assert len(saved) - len(lines(told)) <= 4  # at most one a kill was saved and not told
    decide(review, "verify")
    assert len(curate.read_rows(review)) >= 13


def test_decisions_follow_a_record_whose_key_changed(review):
    decide(review, "change", value=30.5)
    renamed = {"key": "north_2012", "former_keys": ["north_2011"]}
    hits = [{**row, **(renamed if row["key"] == "north_2011" else {})} for row in read_jsonl(review.corpus / "hits.jsonl")]
    write_jsonl(review.corpus / "hits.jsonl", hits)
    write_jsonl(review.build / "screened.jsonl", [{"key": "north_2012", "label": "n", "status": "in"}])
    paper = document("north_2011")
    paper.paper = "north_2012"
    write_document(review, paper)
    (review.build / "parsed" / "north_2011.json.gz").unlink()
    write_findings(review, [row | {"paper": "north_2012"} for row in machine() if row["paper"] == "north_2011"])
    (row,) = in_cell(review, paper="north_2012")
    assert (row["value"], row["correction_status"]) == (30.5, "active")
    assert len(curate.history(review, "north_2012")) == 1


def test_a_decision_that_cannot_be_made_durable_is_refused(review, monkeypatch):
    decide(review, "verify")
    before = curate.ledger(review).read_bytes()
    resource.setrlimit(resource.RLIMIT_FSIZE, (len(before) // 2, resource.RLIM_INFINITY))
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        with pytest.raises(InputError, match="not saved"):
            decide(review, "change", value=30.5)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    assert curate.ledger(review).read_bytes() == before
    assert sorted(path.name for path in review.corpus.iterdir() if path.name.startswith(".corr")) == []


def test_times_never_stand_still(review):
    moment = dt.datetime(2099, 1, 1, tzinfo=dt.UTC)
    first = curate.add(review, {"paper": "north_2011", **ALONE, "value": 1, "quote": QUOTE, "reason": "r", "curator": CURATOR,
                "action": "change",
                                "replaces": f"{CELL} = 31 percent"}, now=moment)  # fmt: skip
    second = decide(review, "change", value=2)
    assert second["time"] > first["time"]


# --- properties --------------------------------------------------------------------------------------------------------

VALUES = st.sampled_from([10.0, 20.0, 30.0, 40.0])


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(VALUES, max_size=3, unique=True),
    st.lists(st.tuples(st.sampled_from(["verify", "change", "reject"]), VALUES, VALUES), max_size=6),
)
def test_a_person_is_never_overwritten(said, decided):
    """Whatever the machine says: after the last verify or change, its value is the only one in force in a cell of one value."""
    cell = {"paper": "p", "field": "survival_rate", "endpoint": "OS", "at": 36}
    found = [Finding(**cell, value=value, quote="q") for value in said]
    decisions = []
    for number, (action, seen, value) in enumerate(decided):
        own = Finding(**cell, value=seen if action == "verify" else value, quote="q")
        replaces = judgement(Finding(**cell, value=seen))
        decisions.append(Decision(f"d{number}", action, own, replaces, "r", "c", f"2024-01-01T00:00:0{number}"))
    laid = overlay(found, decisions, lambda: None)
    people = [each for each in laid if each.decision and each.in_force]
    assert len(laid) == len(found) + len(people)
    assert len(people) <= 1 + len({decision.target for decision in decisions})
    if people:
        assert not [each for each in laid if each.in_force and each.decision is None]
        assert people[-1].finding in [decision.finding for decision in decisions if decision.action != "reject"]
    assert [each.finding for each in laid[: len(found)]] == found


WORDS = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=8)


@given(
    arm=st.lists(WORDS, min_size=1, max_size=4).map(" ".join), value=st.floats(0, 1000, allow_nan=False), n=st.none() | st.integers(0, 9999)
)
def test_replaces_reads_back(arm, value, n):
    found = Finding("p", "survival_rate", value, endpoint="OS", at=36, arm=arm, n=n, unit="percent")
    assert judged(judgement(found), "here") == (slot(found), [shown(found)])


@given(value=st.floats(-1e6, 1e6, allow_nan=False), low=st.none() | st.integers(0, 500), arm=st.none() | WORDS)
def test_a_row_of_cells_reads_back_as_the_finding(value, low, arm):
    found = Finding("p", "follow_up", value, low=low, arm=arm, unit="months", quote="q")
    cells = {key: "" if held is None else str(held) for key, held in found.to_dict().items()}
    assert finding_of(cells, "here") == found
