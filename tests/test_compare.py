"""The comparison with a published table tells same, differs, only there and only here, and does not flatter."""

import pytest

from pipeline.compare import compare, near, published, same_p
from pipeline.files import InputError
from pipeline.naming import overlap
from pipeline.protocol import Review
from tests.report_findings import STUDY, finding
from tests.test_cells import FORM


def outcomes(there, here):
    return [(pair.outcome, pair.note) for pair in compare(there, here, FORM).pairs]


def rate(value, arm=None, at=36, **held):
    return finding("a", "survival_rate", value, endpoint="OS", at=at, arm=arm, unit="percent", **held)


def test_a_table_equals_itself():
    comparison = compare(STUDY, STUDY, FORM)
    assert [pair.outcome for pair in comparison.pairs] == ["same"] * len(STUDY)
    total = comparison.summary(FORM)[-1]
    assert (total["cells"], total["filled"], total["same"], total["differs"]) == (6, 6, len(STUDY), 0)


def test_a_value_within_the_rounding_of_the_coarser_is_the_same():
    assert outcomes([rate(31)], [rate(31.4)]) == [("same", "")]
    assert outcomes([rate(31.4)], [rate(31.9)]) == [("differs", "")]


def test_another_time_point_is_not_the_same_question():
    assert [outcome for outcome, _ in outcomes([rate(50, at=24)], [rate(50, at=60)])] == ["only_there", "only_here"]


def test_years_and_months_agree():
    there, here = finding("a", "follow_up", 4.4, unit="years"), finding("a", "follow_up", 52.8, unit="months")
    assert outcomes([there], [here]) == [("same", "")]


def test_figures_on_exchanged_arms_differ():
    there = [rate(63.7, "CHT+RT"), rate(31.8, "CHT")]
    here = [rate(31.8, "chemotherapy and radiotherapy"), rate(63.7, "chemotherapy alone")]
    found = compare(there, here, FORM).pairs
    assert [pair.outcome for pair in found] == ["differs", "differs"]
    assert "chemotherapy alone here" in found[0].note


def test_short_and_spelt_out_arms_are_the_same():
    there = [rate(63.7, "CHT+RT"), rate(31.8, "CHT")]
    here = [rate(31.8, "chemotherapy alone"), rate(63.7, "chemotherapy and radiotherapy")]
    assert outcomes(there, here) == [("same", ""), ("same", "")]


def test_a_contradicting_share_differs_and_a_missing_range_is_noted():
    there = finding("a", "metastatic_burden", "single", n=12, percent=29.3)
    assert outcomes([there], [finding("a", "metastatic_burden", "single", n=12, percent=31)]) == [
        ("differs", "percent 29.3 there, 31 here")
    ]
    ranged = finding("a", "follow_up", 22, low=2, high=125, unit="months")
    assert outcomes([ranged], [finding("a", "follow_up", 22, unit="months")]) == [("same", "not here: low 2, high 125")]


def test_a_factor_found_univariate_only_differs_from_independent():
    there, here = (finding("a", "prognostic_factor", "ldh", endpoint="OS", arm=kind) for kind in ("independent", "univariate"))
    assert outcomes([there], [here]) == [("differs", "independent there, univariate here")]
    assert outcomes([finding("a", "prognostic_factor", "ldh", endpoint="OS")], [here]) == [("same", "")]


def test_one_rebuilt_value_answers_one_published_value():
    assert [outcome for outcome, _ in outcomes([rate(50, at=24), rate(50, at=24)], [rate(50, at=24)])] == ["same", "only_there"]


def test_a_word_that_is_not_here_is_only_there():
    there, here = finding("a", "regimen", "cisplatin+fluorouracil"), finding("a", "regimen", "cisplatin+gemcitabine")
    assert sorted(outcome for outcome, _ in outcomes([there], [here])) == ["only_here", "only_there"]


def test_cells_are_counted_as_filled_only_where_the_published_one_has_a_value():
    comparison = compare([rate(50)], [rate(50), finding("a", "follow_up", 20, unit="months")], FORM)
    rows = {row["column"]: row for row in comparison.summary(FORM)}
    assert (rows["results"]["cells"], rows["results"]["filled"]) == (1, 1)
    assert (rows["follow_up"]["cells"], rows["follow_up"]["filled"], rows["follow_up"]["only_here"]) == (0, 0, 1)
    assert comparison.cell("a", "results") == {"same": 1, "differs": 0, "only_there": 0, "only_here": 0}


@pytest.mark.parametrize(
    ("a", "b", "least"),
    [("Group A (chemotherapy alone)", "CT", 0.6), ("CHT+RT", "chemoradiotherapy", 1), ("bone lesions", "bones", 0.5), (None, None, 1)],
)
def test_names_that_mean_the_same(a, b, least):
    assert overlap(a, b) >= least


@pytest.mark.parametrize(("a", "b"), [("CHT+RT", "CHT"), ("with RT", "without RT"), (">66 Gy", "<66 Gy"), ("A", None)])
def test_names_that_do_not(a, b):
    assert overlap(a, b) <= 0.5


def test_numbers_and_p_values():
    assert near(70, 70.0)
    assert not near(70, 71)
    assert near(None, None)
    assert not near(None, 1)
    assert same_p("<.001", "P<0.001")
    assert not same_p("<0.001", "0.001")


def test_a_published_table_with_a_misspelt_field_is_refused_with_its_line(tmp_path):
    review = Review("mnpc")
    review.corpus = tmp_path
    (tmp_path / "published.tsv").write_text("paper\tfield\tvalue\na\tsurvival_rat\t50\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"published\.tsv:2: unknown field 'survival_rat'"):
        published(review)
    (tmp_path / "published.tsv").write_text("paper\tfield\tvalue\na\tn_total\tmany\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"published\.tsv:2: value: 'many' is not a number"):
        published(review)
