"""Double extraction: two curators blind to each other, how far they agree by field, and what the ledger says after adjudication."""

from __future__ import annotations

import pytest

from pipeline import agreement, curate, extractions, web_desk, web_double
from pipeline.files import InputError
from tests.small_review import CURATOR, small_review

FIRST, SECOND = CURATOR, "second"
SIZE, RATE, FOLLOW_UP = (
    {"field": "n_total", "unit": "patients"},
    {"field": "survival_rate", "endpoint": "OS", "at": "36", "unit": "percent"},
    {"field": "follow_up", "unit": "months"},
)


@pytest.fixture
def review(tmp_path, monkeypatch):
    monkeypatch.delenv("LIVETABLE_DB", raising=False)
    return small_review(tmp_path)


def read(review, curator, value, paper="north_2011", **cells):
    return extractions.enter(review, {"paper": paper, "value": str(value), "page": "1", "reason": "read", "action": "add"} | cells, curator)


def finish(review, paper="north_2011"):
    for curator in (FIRST, SECOND):
        extractions.finish(review, paper, curator)


def test_readings_are_a_curators_own_until_both_have_finished(review):
    read(review, FIRST, 120, **SIZE)
    read(review, SECOND, 118, **SIZE)
    assert [d.finding.value for d in extractions.readings(review, FIRST)] == [120]
    assert extractions.path_of(review, FIRST) != extractions.path_of(review, SECOND)
    assert curate.read_rows(review) == []  # nothing of it is in the table
    extractions.finish(review, "north_2011", FIRST)
    with pytest.raises(InputError, match="two curators must have finished"):
        extractions.compared(review, "north_2011")
    with pytest.raises(InputError, match="you have finished this study"):
        read(review, FIRST, 121, **SIZE)
    with pytest.raises(InputError, match="finished already"):
        extractions.finish(review, "north_2011", FIRST)
    extractions.finish(review, "north_2011", SECOND)
    assert [[d.finding.value for d in held] for held in extractions.compared(review, "north_2011")] == [[120], [118]]
    extractions.finish(review, "north_2011", SECOND, "reopened")
    assert extractions.pair(review, "north_2011") is None


def test_a_reading_is_checked_and_taken_back_like_any_decision(review):
    with pytest.raises(InputError, match="quote: not found"):
        read(review, FIRST, 120, quote="words that are not there", **SIZE)
    made = read(review, FIRST, 120, **SIZE)
    extractions.enter(review, {"paper": "north_2011", "field": "n_total", "action": "undo", "replaces": made["id"]}, FIRST)
    assert extractions.readings(review, FIRST) == []
    with pytest.raises(InputError, match="is add, not_reported or undo"):
        extractions.enter(review, {"paper": "north_2011", "action": "verify"}, FIRST)


def test_ids_that_are_no_file_names_have_files_of_their_own(review):
    names = ["A/B", "A B", "../x", "finished", "Ä", "A_B", "a-b"]
    paths = {extractions.path_of(review, name) for name in names}
    assert len(paths) == len(names)
    assert {path.parent for path in paths} == {extractions.folder(review)}
    assert extractions.folder(review) / "finished.tsv" not in paths


def test_the_same_fact_in_other_units_and_other_words_for_an_arm_agree(review):
    read(review, FIRST, 2, **FOLLOW_UP | {"unit": "years"})
    read(review, SECOND, 24, **FOLLOW_UP)
    read(review, FIRST, 31, arm="chemotherapy alone", **RATE)
    read(review, SECOND, 31.0, arm="chemotherapy", **RATE)
    finish(review)
    units = agreement.units("north_2011", *extractions.compared(review, "north_2011"))
    assert [(unit.field, unit.agreed) for unit in units] == [("follow_up", True), ("survival_rate", True)]


def test_percent_and_kappa_by_field_against_hand_reckoning(review):
    """Two papers, four words: the curators agree on 6 of 8 pairs of paper and word; p_e = (5/8 * 3/8) + (3/8 * 5/8) = 15/32."""
    named = {
        ("north_2011", FIRST): ["cisplatin", "docetaxel", "gemcitabine"], ("north_2011", SECOND): ["cisplatin", "docetaxel"],
        ("south_2015", FIRST): ["cisplatin", "paclitaxel"], ("south_2015", SECOND): ["cisplatin"],
    }  # fmt: skip
    for (paper, curator), words in named.items():
        for word in words:
            read(review, curator, word, paper, field="regimen")
        read(review, curator, 120 if curator == FIRST or paper == "north_2011" else 119, paper, **SIZE)
    finish(review, "north_2011")
    finish(review, "south_2015")
    both = {paper: extractions.compared(review, paper) for paper in ("north_2011", "south_2015")}
    found = {each.field: each for each in agreement.agreements(both)}
    regimen = found["regimen"]
    assert (regimen.units, regimen.agreed, regimen.percent) == (8, 6, 75)
    chance = (5 / 8) * (3 / 8) + (3 / 8) * (5 / 8)
    assert regimen.kappa == pytest.approx((0.75 - chance) / (1 - chance))
    assert (found["n_total"].units, found["n_total"].agreed) == (2, 1)
    assert (found["all"].units, found["all"].agreed) == (10, 7)


def test_kappa_is_not_given_where_it_is_not_defined(review):
    assert agreement.kappa([("120 patients", "120 patients")]) is None
    assert agreement.kappa([]) is None
    assert agreement.kappa([("a", "a"), ("b", "b")]) == pytest.approx(1)
    assert agreement.kappa([("a", "b"), ("b", "a")]) == pytest.approx(-1)
    assert agreement.agreements({}) == []


@pytest.mark.parametrize(
    ("ours", "theirs", "choice", "action", "stands"),
    [
        (("n_total", 120), ("n_total", 120), "agreed", "verify", 120), (("n_total", 118), ("n_total", 118), "agreed", "change", 118),
        (("n_total", 118), ("n_total", 120), "first", "change", 118), (("n_total", 118), ("n_total", 120), "second", "verify", 120),
        (("cycles", 6), ("cycles", 4), "second", "add", 4), (("n_total", 119), None, "second", "reject", None),
    ],
)  # fmt: skip
def test_an_adjudicated_reading_becomes_a_decision_on_the_table(review, ours, theirs, choice, action, stands):
    units = {"n_total": "patients", "cycles": "cycles"}
    for curator, told in ((FIRST, ours), (SECOND, theirs)):
        if told:
            read(review, curator, told[1], field=told[0], unit=units[told[0]])
    finish(review)
    desk = web_desk.Desk(review)
    (unit,) = web_double.unsettled(desk, "north_2011")
    taken = {"first": unit.first, "second": unit.second, "agreed": unit.first}[choice]
    row = web_double.ledger_row(desk, unit, taken, choice, "looked again")
    assert row["action"] == action
    saved = curate.add(review, row | {"curator": SECOND})
    assert web_double.unsettled(desk, "north_2011") == []
    here = [each["value"] for each in desk.findings("north_2011") if each["in_force"] and each["field"] == ours[0]]
    assert here == ([] if stands is None else [stands])
    curate.undo(review, saved["id"], SECOND)
    assert len(web_double.unsettled(desk, "north_2011")) == 1
