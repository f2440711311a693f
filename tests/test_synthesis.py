"""Synthesis: what may be pooled and what is left out, the pooled figures against the textbook's formulas, and the forest plots."""

from __future__ import annotations

import json
import math
import shutil

import pytest
import yaml
from scipy.stats import chi2, t

from pipeline import db, load, synthesis
from pipeline.estimates import WHOLE, factor_ratios, hazard_ratios, rates
from pipeline.files import InputError
from pipeline.forest import drawn_forest
from pipeline.naming import tokens
from pipeline.pooling import RATIO, SHARE, Estimate, leave_one_out, pool, without_overlap
from pipeline.protocol import ROOT, Review
from pipeline.sides import WITH, WITHOUT, against, is_whole, level, side
from pipeline.synthesis_files import put
from pipeline.synthesis_plan import Plan, Rows
from pipeline.votes import group_rates, tallies

PLAN = Plan.model_validate(
    {
        "comparison": {"title": "RT added to CHT", "with": "with RT", "without": "CHT alone", "added": ["radiotherapy"], "background": ["chemotherapy"]},
        "times": [36],
        "factors": [
            {"key": "m", "title": "metastases", "concept": "number of metastatic sites",
             "favourable": {"name": "single", "words": ["single"]}, "unfavourable": {"name": "multiple", "words": ["multiple"]}},
        ],
        "combined": {"favourable": {"name": "low risk", "words": ["low-risk"]}, "unfavourable": {"name": "high risk", "words": ["high-risk"]}},
    }
)  # fmt: skip
#: Invented: hazard ratio, lower and upper 95% bound.
TRIALS = {"oak": (0.45, 0.30, 0.675), "ash": (0.80, 0.60, 1.0667), "elm": (0.62, 0.50, 0.7688), "fir": (0.35, 0.20, 0.6125)}


def ratio(study: str, bounds: tuple[float, float, float], note: str = "") -> Estimate:
    """A hazard ratio as an estimate."""
    return Estimate(study, study.title(), "case_control", "", RATIO, *bounds, findings=[f"f-{study}"], note=note)


def outcome(study: str, measure: str, value: float, arm: str | None = None, vs: str | None = None, **more) -> dict:
    """A row of the view `outcome`."""
    bare = dict.fromkeys(("low", "high", "at_months", "p", "p_most", "n"))
    return {
        "study": study,
        "measure": measure,
        "value": value,
        "arm": arm,
        "vs": vs,
        "finding": f"{study}:{measure}:{arm}:{value}",
        **bare,
        **more,
    }


def rows(outcomes: list[dict], arms: list[dict] = (), factors: list[dict] = (), overlaps: list = (), size: int | None = 200) -> Rows:
    """The rows of a synthesis."""
    named = {row["study"] for row in [*outcomes, *arms, *factors]}
    studies = {key: {"study": key, "label": key.title(), "design": "case_control", "n_total": size} for key in sorted(named)}
    return Rows("papers", list(outcomes), list(arms), list(factors), studies, list(overlaps), {"case_control": "retrospective"})


def test_pooled_figures_are_those_of_dersimonian_and_laird_step_by_step():
    found = pool("all", [ratio(*entry) for entry in TRIALS.items()])
    y = [math.log(value) for value, _, _ in TRIALS.values()]
    v = [((math.log(high) - math.log(low)) / (2 * 1.959963984540054)) ** 2 for _, low, high in TRIALS.values()]
    w = [1 / each for each in v]
    fixed = sum(a * b for a, b in zip(w, y)) / sum(w)
    q = sum(a * (b - fixed) ** 2 for a, b in zip(w, y))
    tau2 = (q - (len(y) - 1)) / (sum(w) - sum(a * a for a in w) / sum(w))
    assert tau2 > 0
    wr = [1 / (each + tau2) for each in v]
    mean = sum(a * b for a, b in zip(wr, y)) / sum(wr)
    se = math.sqrt(1 / sum(wr))
    assert found.value == pytest.approx(math.exp(mean), rel=1e-5)
    assert (found.low, found.high) == pytest.approx((math.exp(mean - 1.959964 * se), math.exp(mean + 1.959964 * se)), rel=1e-5)
    assert (found.q, found.tau2, found.fixed) == pytest.approx((q, tau2, math.exp(fixed)), rel=1e-5)
    assert found.i2 == pytest.approx(100 * (q - 3) / q, rel=1e-5)
    assert found.q_p == pytest.approx(chi2.sf(q, 3), rel=1e-5)
    assert list(found.weights.values()) == pytest.approx([100 * each / sum(wr) for each in wr], rel=1e-5)
    knapp = math.sqrt(sum(a * (b - mean) ** 2 for a, b in zip(wr, y)) / 3 / sum(wr)) * t.ppf(0.975, 3)
    assert (found.hk_low, found.hk_high) == pytest.approx((math.exp(mean - knapp), math.exp(mean + knapp)), rel=1e-5)
    assert found.findings == [f"f-{study}" for study in TRIALS]


def test_where_studies_agree_more_than_chance_random_effects_are_the_fixed_effect():
    alike = [ratio("a", (0.50, 0.35, 0.7143)), ratio("b", (0.51, 0.36, 0.7225)), ratio("c", (0.49, 0.34, 0.7062))]
    found = pool("all", alike)
    assert (found.tau2, found.i2) == (0, 0)
    assert found.value == pytest.approx(found.fixed)
    weights = [1 / each.variance for each in alike]
    half = 1.959964 / math.sqrt(sum(weights))
    assert (found.low, found.high) == pytest.approx((found.value * math.exp(-half), found.value * math.exp(half)), rel=1e-4)


def test_shares_are_pooled_as_logits_and_told_in_percent():
    same = [Estimate(key, key, "", WITH, SHARE, 40, 32, 48.5714, [key]) for key in "abc"]
    found = pool("all", same)
    assert found.value == pytest.approx(40, abs=1e-3)
    assert 32 < found.low < 40 < found.high < 48.6


def test_leave_one_out_and_overlap_are_pools_of_those_left():
    held = [ratio(*entry) for entry in TRIALS.items()]
    assert leave_one_out(held[:3], 3) == []
    left = {each.name: each for each in leave_one_out(held, 3)}
    assert left["without Fir"].value == pool("x", held[:3]).value
    assert "fir" not in left["without Fir"].studies
    both = without_overlap(held, [("oak", "elm"), ("oak", "unknown")], 3)
    assert [(each.name, set(TRIALS) - set(each.studies)) for each in both] == [
        ("without Oak (may be the patients of Elm)", {"oak"}), ("without Elm (may be the patients of Oak)", {"elm"}),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("CHT + RT", WITH), ("RT + CHT", WITH), ("RT (yes)", WITH), ("Treatment (CHT + RT)", WITH), ("with RT", WITH), ("radiotherapy (RT)", WITH),
        ("CHT alone", WITHOUT), ("CHT (chemotherapy)", WITHOUT), ("no RT", WITHOUT), ("without radiotherapy", WITHOUT), ("RT (no)", WITHOUT),
        ("RT alone", None), ("CHT (yes)", None), ("Single-organ metastasis, CHT + RT", None), ("irradiated", None), ("low-risk", None), ("CHT + RT (Bone metastasis)", None), ("CHT + RT (n = 63)", WITH), ("", None), (None, None),
        ("chemotherapy cycles (>4)", None), ("radiation dose (>65)", None), ("Concurrent CHT", None),
    ],
)  # fmt: skip
def test_an_arm_is_on_a_side_only_where_its_name_leaves_nothing_open(name, told):
    assert side(name, *PLAN.comparison.words) == told


def test_comparators_wholes_and_levels():
    words = tokens("radiotherapy"), tokens("chemotherapy")
    assert (against("no", WITH, *words), against("CHT", WITH, *words), against("yes", WITHOUT, *words), against("no", WITHOUT, *words)) == (
        WITHOUT, WITHOUT, WITH, None,
    )  # fmt: skip
    assert [is_whole(name) for name in (None, "All, from diagnosis", "overall", "alloy", "RT")] == [True, True, True, False, False]
    assert [level(name, ["single"], ["multiple"]) for name in ("Single-organ", "multiple sites", "singleton", "single or multiple")] == [
        "favourable", "unfavourable", None, None,
    ]  # fmt: skip


def test_hazard_ratios_are_taken_turned_round_or_left_out_with_the_reason():
    told = rows(
        [
            outcome("plain", "hazard_ratio", 0.5, "CHT + RT", "CHT", low=0.4, high=0.625),
            outcome("turned", "hazard_ratio", 2.0, "CHT alone", "CHT + RT", low=1.6, high=2.5),
            outcome("named", "hazard_ratio", 0.6, "RT", None, low=0.5, high=0.72),
            outcome("twice", "hazard_ratio", 0.4, "RT (yes)", "no", low=0.3, high=0.53),
            outcome("twice", "hazard_ratio", 0.7, "RT (yes)", "no", low=0.5, high=0.98),
            outcome("bare", "hazard_ratio", 0.5, "RT (yes)", "no"),
            outcome("wrong", "hazard_ratio", 9.0, "RT (yes)", "no", low=0.3, high=0.5),
            outcome("part", "hazard_ratio", 0.5, "Low risk, radiotherapy", "no", low=0.4, high=0.6),
            outcome("told", "hazard_ratio", 0.5, "RT", None, low=0.4, high=0.6, quote="In low-risk patients RT helped (0.5)."),
            outcome("silent", "hazard_ratio", 0.5, None, None, low=0.4, high=0.6),
            outcome("other", "hazard_ratio", 1.5, "Age (>60)", "≤60", low=1.1, high=2.0),
        ]
    )
    found, out = hazard_ratios(told, PLAN)
    assert {each.study: (round(each.value, 3), round(each.low, 3), round(each.high, 3), each.note) for each in found} == {
        "named": (0.6, 0.5, 0.72, "comparator not named"), "plain": (0.5, 0.4, 0.625, ""), "turned": (0.5, 0.4, 0.625, "turned round"),
        "twice": (0.7, 0.5, 0.98, ""),
    }  # fmt: skip
    assert {each.group for each in found} == {"retrospective"}
    assert {each.study: each.reason for each in out} == {
        "told": "its sentence speaks of a part of the patients", "bare": "no confidence interval", "wrong": "its interval does not hold it", "part": "its arms are not clear, or a subgroup's",
        "silent": "its arms are not clear, or a subgroup's", "twice": "another of this study is pooled (0.7)",
    }  # fmt: skip


def test_rates_need_a_clear_group_one_value_and_a_size():
    arms = [
        {"study": "one", "arm": "CHT + RT", "n": 120, "percent": None, "finding": "a1"},
        {"study": "one", "arm": "CHT", "n": None, "percent": 40.0, "finding": "a2"},
    ]
    told = rows(
        [
            outcome("one", "survival_rate", 50.0, "CHT + RT", at_months=36), outcome("one", "survival_rate", 30.0, "CHT", at_months=36),
            outcome("one", "survival_rate", 41.0, None, at_months=36, low=35.0, high=47.0), outcome("one", "survival_rate", 20.0, "CHT", at_months=60),
            outcome("two", "survival_rate", 50.0, None, at_months=36), outcome("two", "survival_rate", 17.0, None, at_months=36),
            outcome("none", "survival_rate", 0.0, None, at_months=36), outcome("sub", "survival_rate", 70.0, "low-risk", at_months=36),
            outcome("sub", "survival_rate", 70.0, "with RT", at_months=36), outcome("sizeless", "survival_rate", 44.0, "CHT", at_months=36),
        ],
        arms,
    )  # fmt: skip
    found, out = rates(told, PLAN, 36)
    assert [(each.study, each.group, each.value, each.n) for each in found] == [
        ("one", WHOLE, 41, 200),
        ("one", WITH, 50, 120),
        ("one", WITHOUT, 30, 80),
    ]
    printed, reckoned = found[0], found[1]
    assert (printed.low, printed.high, printed.note) == (35, 47, "")
    z = 1.959964  # Wilson's interval of 60 of 120
    half = z * math.sqrt(0.25 / 120 + z * z / (4 * 120 * 120)) / (1 + z * z / 120)
    assert (reckoned.low, reckoned.high) == pytest.approx((100 * (0.5 - half), 100 * (0.5 + half)), rel=1e-4)
    assert reckoned.findings == ["one:survival_rate:CHT + RT:50.0", "a1"]
    assert {(each.study, each.told): each.reason for each in out} == {
        ("two", "no arm named: 50"): "two rates of one group at one time", ("two", "no arm named: 17"): "two rates of one group at one time",
        ("none", "no arm named: 0"): "0% and 100% cannot be pooled", ("sub", "low-risk: 70"): "a subgroup, or not clear whose rate it is",
        ("sub", "with RT: 70"): "the same rate is read for a subgroup", ("sizeless", "CHT: 44"): "the size of its group is not known",
    }  # fmt: skip


def test_a_factors_ratios_all_point_from_the_better_to_the_worse_level():
    told = rows(
        [
            outcome("a", "hazard_ratio", 1.5, "Metastatic sites (multiple)", "single", low=1.1, high=2.05),
            outcome("b", "hazard_ratio", 0.5, "Number of metastases (single)", "multiple", low=0.4, high=0.625),
            outcome("c", "hazard_ratio", 1.4, "Metastatic sites (>2)", "single", low=1.1, high=1.8),
            outcome("d", "hazard_ratio", 1.4, "Age (multiple)", "single", low=1.1, high=1.8),
        ]
    )
    found, out = factor_ratios(told, PLAN.factors[0], "")
    assert [(each.study, each.value) for each in found] == [("a", 1.5), ("b", 2.0)]
    assert [each.study for each in out] == ["c"]


def test_votes_have_one_verdict_a_study_and_a_direction_where_one_is_known():
    factor = {"endpoint": "OS", "p": None, "p_most": None, "factor": "LDH", "concept": "ldh"}
    told = rows(
        [outcome("a", "hazard_ratio", 1.5, "Serum LDH (raised)", "normal", low=1.1, high=2.0), outcome("b", "hazard_ratio", 1.1, "LDH (raised)", "normal", low=0.9, high=1.3)],
        factors=[
            {**factor, "study": "a", "verdict": "univariate", "finding": "f1"}, {**factor, "study": "a", "verdict": "independent", "finding": "f2", "p": "0.01"},
            {**factor, "study": "b", "verdict": "not_significant", "finding": "f3"}, {**factor, "study": "c", "verdict": None, "finding": "f4"},
            {**factor, "study": "c", "verdict": "independent", "finding": "f5", "factor": "age", "concept": "age"},
        ],
    )  # fmt: skip
    (tally,) = tallies(told, "")
    assert tally.concept == "ldh"
    assert tally.counts == {"independent": 1, "univariate": 0, "": 1, "not_significant": 1}
    one = tally.votes["a"]
    assert (one.verdict, one.p, one.direction, one.level) == ("independent", "0.01", "worse", "raised")
    assert one.findings[:2] == ["f1", "f2"]
    assert tally.votes["b"].direction == ""


def test_survival_by_risk_group_keeps_the_arm_and_its_finding():
    told = rows(
        [
            outcome("a", "survival_rate", 80.0, "low-risk with RT", at_months=36),
            outcome("a", "survival_rate", 31.0, "high-risk", at_months=36),
        ]
    )
    good, bad = group_rates(told, PLAN.combined, PLAN)
    assert (good.level, good.side, good.value, bad.level, bad.side) == ("favourable", WITH, 80, "unfavourable", "")


@pytest.fixture(scope="module")
def first(tmp_path_factory):
    """The first review with its published table and no papers: its folder, and the synthesis of that table."""
    root = tmp_path_factory.mktemp("synthesis")
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
        return review, synthesis.run(review, db.engine(review))


def test_the_published_table_is_pooled_only_where_it_reports_enough(first):
    _, (papers, published) = first
    assert [forest.estimates for forest in papers.forests] == [[]] * len(papers.forests)
    held = {forest.key: forest for forest in published.forests}
    assert held["os_hr"].pools == {}
    assert [out.reason for out in held["os_hr"].left_out] == ["no confidence interval"]
    assert held["os_hr"].not_pooled[""] == "not pooled: 0 studies report what is needed, at least 3 are pooled"
    assert sorted(held["os_24"].pools[WHOLE].studies) == ["hu_2015", "lin_2012", "yin_2017", "zeng_2014"]
    assert held["os_24"].pools[WHOLE].i2 > 50
    assert {group: len(held["os_60"].group(group)) for group in (WITH, WITHOUT)} == {WITH: 2, WITHOUT: 2}
    assert held["os_60"].pools == {}


def test_every_row_of_a_figure_leads_to_its_line_of_the_published_table(first):
    review, (_, published) = first
    lines = (review.corpus / "published.tsv").read_text(encoding="utf-8").splitlines()
    named = [(each.study, identity) for forest in published.forests for each in forest.estimates for identity in each.findings]
    named += [(vote.study, identity) for tally in published.tallies for vote in tally.votes.values() for identity in vote.findings]
    assert len(named) > 40
    assert [lines[int(identity.partition(":")[2]) - 1].split("\t")[0] for _, identity in named] == [study for study, _ in named]


def test_the_files_are_the_same_each_time_and_name_their_rows(first):
    review, made = first
    plots = put(review, made)
    before = {path.name: path.read_bytes() for path in review.build.glob("*") if path.name.startswith(("forest_", "synthesis"))}
    put(review, synthesis.run(review, db.engine(review)))
    assert {name: (review.build / name).read_bytes() for name in before} == before
    assert set(plots) == {name for name in before if name.endswith(".svg")}
    drawn = plots["forest_published_os_24.svg"]
    assert all(told in drawn for told in ("published.tsv:20", "Random effects, 4 studies", "I² = ", "interval reckoned from n = 105"))
    assert "dc:date" not in drawn
    told = json.loads((review.build / "synthesis.json").read_text(encoding="utf-8"))
    assert [each["of"] for each in told] == ["papers", "published"]
    put(review, [])
    assert not list(review.build.glob("forest_*.svg"))


def test_a_plot_without_pools_says_how_many_studies_are_missing():
    told = rows([outcome("plain", "hazard_ratio", 0.5, "CHT + RT", "CHT", low=0.4, high=0.625)])
    made = synthesis.synthesised(told, PLAN, "")
    assert b"not pooled: 1 study reports what is needed" in drawn_forest(made.forests[0])


def test_overlapping_cohorts_are_left_out_in_turn():
    told = rows(
        [outcome(study, "hazard_ratio", bounds[0], "RT (yes)", "no", low=bounds[1], high=bounds[2]) for study, bounds in TRIALS.items()],
        overlaps=[("oak", "ash")],
    )
    forest = synthesis.synthesised(told, PLAN, "").forests[0]
    assert [each.name for each in forest.sensitivity] == [
        "without Oak (may be the patients of Ash)",
        "without Ash (may be the patients of Oak)",
    ]
    assert len(forest.leave_one_out) == len(TRIALS)
    assert forest.pools[""].k == forest.pools["retrospective"].k == len(TRIALS)


def test_a_review_without_a_plan_has_no_synthesis_and_a_bad_plan_is_named(first, tmp_path):
    review = first[0]
    shutil.copytree(review.root / "schemas", tmp_path / "schemas")
    copy = Review("mnpc", tmp_path)
    path = copy.schemas / "synthesis.yaml"
    asked = yaml.safe_load(path.read_text(encoding="utf-8"))
    path.write_text(yaml.safe_dump({**asked, "least": 1}), encoding="utf-8")
    with pytest.raises(InputError, match=r"synthesis\.yaml: least"):
        synthesis.plan_of(copy)
    path.unlink()
    assert synthesis.run(copy, None) == []
