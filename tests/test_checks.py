"""The consistency checks: silent on studies that add up, loud on each contradiction planted in one."""

from __future__ import annotations

import json
import math
import random
import subprocess
import sys
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline import checks
from pipeline.checks import audit, audit_file
from pipeline.consistency import p_bounds, unit_of
from pipeline.files import InputError, tsv_text
from pipeline.groups import complementary, exclusive, shares
from pipeline.numeric import FINDING_COLUMNS
from pipeline.protocol import ROOT
from pipeline.records import Finding

ARMS = [
    ("CHT", "CHT+RT"), ("chemotherapy alone", "chemotherapy plus radiotherapy"), ("surgery", "no surgery"), ("Arm A", "Arm B"),
     ("Group 1", "Group 2"),
    ("RT", "CRT"), ("with RT", "without RT"), ("placebo", "bevacizumab"), ("observation", "consolidation"), ("age <65", "age ≥65"),
]  # fmt: skip


def fact(field: str, value: object = None, paper: str = "hill_2014", **keys: object) -> Finding:
    """A finding in few words."""
    return Finding(paper, field, value, **keys)


def p_text(score: float) -> str:
    """A p value as papers print it."""
    p = math.erfc(abs(score) / math.sqrt(2))
    return "<0.001" if p < 0.001 else f"{p:.3f}"


def clean_study(seed: int, paper: str = "hill_2014") -> list[Finding]:
    """A study whose figures all agree, rounded as tables round."""
    rng = random.Random(seed)
    n, names, digits = rng.randint(60, 900), rng.choice(ARMS), rng.choice((0, 1))
    first = rng.randint(n // 4, 3 * n // 4)
    sizes = [first, n - first]
    rounded = lambda share: round(share, digits) if digits else round(share)  # noqa: E731
    found = [fact("n_total", n, unit="patients"), fact("design", rng.choice(["retrospective_cohort", "randomized_trial", "case_control"]))]
    with_percent = rng.random() < 0.5
    for name, size in zip(names, sizes, strict=True):
        found.append(fact("arm_size", size, arm=name, unit="patients", percent=rounded(100 * size / n) if with_percent else None))
    single = rng.randint(n // 5, n - n // 5)
    for value, count in (("single", single), ("multiple", n - single)):
        found.append(fact("metastatic_burden", value, n=count, percent=rounded(100 * count / n)))
    # What must not confuse: subgroups, overlapping treatments, shares of an arm.
    found.append(fact("concurrent_agent", "cisplatin", n=rng.randint(10, first)))
    found.append(fact("regimen", "cisplatin+fluorouracil", percent=78, arm="neoadjuvant"))
    found.append(fact("regimen", "cisplatin+fluorouracil", percent=38, arm="adjuvant"))
    part = rng.randint(5, first)
    found.append(fact("local_therapy", "radiotherapy", n=part, percent=rounded(100 * part / first)))
    found.append(fact("rt_dose", 70, unit="Gy", n=rng.choice((33, 35))))
    found.append(fact("rt_dose", 30, unit="Gy", n=10, arm="bone"))
    median = rng.randint(15, 40)
    found.append(fact("follow_up", median, low=2, high=median + 70, bounds="range", unit="months"))
    rates: dict[str, dict[int, float]] = {}
    for name, hazard in zip(names, (0.03, 0.018), strict=True):
        for endpoint, faster in (("OS", 1.0), ("PFS", 1.8)):
            rates[name + endpoint] = {at: round(100 * math.exp(-hazard * faster * at), 1) for at in (12, 36, 60)}
            found += [
                fact("survival_rate", value, unit="percent", endpoint=endpoint, at=at, arm=name)
                for at, value in rates[name + endpoint].items()
            ]
            found.append(fact("survival_median", round(math.log(2) / (hazard * faster), 1), unit="months", endpoint=endpoint, arm=name))
    mixed = sum(size * rates[name + "OS"][36] for name, size in zip(names, sizes, strict=True)) / n
    found.append(fact("survival_rate", round(mixed, 1), unit="percent", endpoint="OS", at=36))
    for covariate in ("age", "liver", "stage"):
        log, error = rng.uniform(-0.9, 0.9), rng.uniform(0.08, 0.4)
        low, high = round(math.exp(log - 1.96 * error), 2), round(math.exp(log + 1.96 * error), 2)
        found.append(
            fact(
                "hazard_ratio",
                round(math.exp(log), 2),
                low=low,
                high=high,
                bounds="ci95",
                endpoint="OS",
                arm=covariate,
                p=p_text(log / error),
            )
        )
    for each in found:
        each.paper = paper
    return found


def the(found: list[Finding], field: str, number: int = 0, **keys: object) -> Finding:
    """One finding of a study."""
    return [each for each in found if each.field == field and all(getattr(each, key) == held for key, held in keys.items())][number]


def plant_arm(found: list[Finding]) -> None:
    arm = the(found, "arm_size")
    arm.value += max(3, arm.value // 5)
    arm.percent = None


def plant_share(found: list[Finding]) -> None:
    the(found, "metastatic_burden").percent += 7


def plant_classes(found: list[Finding]) -> None:
    for burden in ("single", "multiple"):
        the(found, "metastatic_burden", value=burden).n = None
    the(found, "metastatic_burden").percent += 4


def plant_median(found: list[Finding]) -> None:
    follow_up = the(found, "follow_up")
    follow_up.value = follow_up.high + 5


def plant_estimate(found: list[Finding]) -> None:
    ratio = the(found, "hazard_ratio")
    ratio.value = round(ratio.high * 1.3, 2)


def plant_lopsided(found: list[Finding]) -> None:
    ratio = the(found, "hazard_ratio")
    ratio.value, ratio.low, ratio.high, ratio.p = 0.62, 0.21, 0.71, "<0.001"


def plant_p(found: list[Finding]) -> None:
    ratio = the(found, "hazard_ratio")
    ratio.value, ratio.low, ratio.high, ratio.p = 0.6, 0.44, 0.82, "0.31"


def plant_small_p(found: list[Finding]) -> None:
    ratio = the(found, "hazard_ratio")
    ratio.value, ratio.low, ratio.high, ratio.p = 0.9, 0.6, 1.35, "<.001"


def plant_rise(found: list[Finding]) -> None:
    early, late = the(found, "survival_rate", 0, at=36, endpoint="PFS"), the(found, "survival_rate", 0, at=60, endpoint="PFS")
    early.value, late.value = late.value, round(early.value + 1.5, 1)


def plant_order(found: list[Finding]) -> None:
    the(found, "survival_rate", 0, at=12, endpoint="PFS").value = round(the(found, "survival_rate", 0, at=12, endpoint="OS").value + 3, 1)


def plant_median_order(found: list[Finding]) -> None:
    the(found, "survival_median", 0, endpoint="PFS").value = the(found, "survival_median", 0, endpoint="OS").value + 4


def plant_dose(found: list[Finding]) -> None:
    the(found, "rt_dose").n = 3


def plant_whole(found: list[Finding]) -> None:
    the(found, "survival_rate", 0, endpoint="OS", at=36, arm=None).value = 93.0


PLANTS = {
    plant_arm: "arms_add_up", plant_share: "share_matches_count", plant_classes: "categories_make_hundred", plant_median: "inside_bounds",
    plant_estimate: "inside_bounds", plant_lopsided: "interval_symmetric", plant_p: "p_agrees_with_interval",
    plant_small_p: "p_agrees_with_interval", plant_rise: "survival_falls", plant_order: "endpoints_in_order",
    plant_median_order: "endpoints_in_order", plant_dose: "dose_plausible", plant_whole: "whole_within_parts",
}  # fmt: skip


@settings(max_examples=250, deadline=None)
@given(st.integers(0, 10**9))
def test_studies_that_add_up_raise_nothing(seed):
    assert audit(clean_study(seed)) == []


@pytest.mark.parametrize("plant", PLANTS)
@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10**9))
def test_a_planted_contradiction_is_found(plant, seed):
    found = clean_study(seed)
    plant(found)
    assert PLANTS[plant] in {each.check for each in audit(found)}


def printed_table() -> list[Finding]:
    return checks.findings_file(next(iter(sorted(ROOT.glob("corpus/*/published.tsv")))))


def test_the_published_table_contradicts_itself_in_these_places_and_no_others():
    raised = {(each.study, each.check) for each in audit(printed_table())}
    assert raised == {
        ("chen_2013", "arms_add_up"), ("liao_2020", "arms_add_up"), ("sun_2020", "share_matches_count"),
         ("sun_2020", "categories_make_hundred"),
        ("sun_2020", "same_cohort"), ("yin_2017", "whole_within_parts"),
    }  # fmt: skip
    told = {each.study: each for each in audit(printed_table()) if each.check == "arms_add_up"}
    assert told["chen_2013"].figures["total"] == 559
    assert told["chen_2013"].figures["n"] == 408
    assert "345" in told["chen_2013"].message
    assert told["liao_2020"].figures == {"arms": {"CHT+RT": 117, "CHT": 43}, "total": 160, "n": 150}


def test_correcting_the_arms_of_the_published_table_silences_the_check():
    table = printed_table()
    the([f for f in table if f.paper == "chen_2013"], "arm_size").value = 194
    assert not [each for each in audit(table) if each.study == "chen_2013"]


@pytest.mark.parametrize(
    "findings",
    [
        # Two partitions of one study, and one of an arm.
        [fact("n_total", 234), fact("arm_size", 94, arm="CHT"), fact("arm_size", 140, arm="CHT+RT"), fact("arm_size", 117, arm=">66 Gy"),
         fact("arm_size", 23, arm="<66 Gy")],
        # Overlapping treatments are no arms that exclude one another.
        [fact("n_total", 200), fact("arm_size", 150, arm="IMRT"), fact("arm_size", 120, arm="concurrent cisplatin")],
        # Stages of which only some are told.
        [fact("n_total", 200), fact("arm_size", 50, arm="stage III"), fact("arm_size", 60, arm="stage IV")],
        # Shares that say themselves that others are left out.
        [fact("n_total", 821), fact("arm_size", 320, arm="CHT alone", percent=39.0), fact("arm_size", 466, arm="CHT + RT", percent=56.8)],
        # Rounded thirds, and integer percentages that make 101.
        [fact("n_total", 300), *(fact("arm_size", 100, arm=f"Arm {letter}", percent=33.3) for letter in "ABC")],
        [fact("cycles", 0, percent=9), fact("cycles", low=1, high=3, percent=81), fact("cycles", low=4, high=6, percent=11)],
        # Shares of an arm or of the evaluable patients, not of the whole.
        [fact("n_total", 610), fact("arm_size", 304, arm="60 Gy"), fact("arm_size", 306, arm="70 Gy"),
         fact("arm_size", 76, arm="60 Gy (per protocol)", percent=25)],
        [fact("n_total", 126), fact("concurrent_agent", "cisplatin", n=20, percent=45, quote="20 of 44 irradiated patients (45%)")],
        # The number of patients stands where fractions would.
        [fact("rt_dose", 66, unit="Gy", n=117, quote="117 patients received more than 66 Gy")],
        # Stereotactic and single fractions, and hyperfractionation.
        [fact("rt_technique", "SBRT"), fact("rt_dose", 50, unit="Gy", n=4), fact("rt_dose", 24, unit="Gy", n=1)],
        [fact("rt_dose", 8, unit="Gy", n=1), fact("rt_dose", 81.6, unit="Gy", n=68)],
        # Rates of different arms at different times, and one arm told twice.
        [fact("survival_rate", 40, endpoint="OS", at=12, arm="multiple"), fact("survival_rate", 55, endpoint="OS", at=36, arm="single")],
        [fact("survival_rate", 50, endpoint="OS", at=36), fact("survival_rate", 49.6, endpoint="OS", at=36),
         fact("survival_rate", 49.6, endpoint="OS", at=60)],
        # Local control, which can exceed overall survival.
        [fact("survival_rate", 50, endpoint="OS", at=36), fact("survival_rate", 88, endpoint="LC", at=36),
         fact("survival_rate", 60, endpoint="CSS", at=36)],
        # A CI that touches 1 with its rounding, and a close call between two tests.
        [fact("hazard_ratio", 0.8, low=0.64, high=1.0, bounds="ci95", p="0.048"),
         fact("hazard_ratio", 0.75, low=0.56, high=1.01, bounds="ci95", p="0.049")],
        # No p value, another word in its place.
        [fact("hazard_ratio", 0.6, low=0.5, high=0.72, bounds="ci95", p="see text"),
         fact("hazard_ratio", 0.6, low=0.5, high=0.72, p="NS", bounds="range")],
        # The same n by chance.
        [fact("n_total", 120, "hill_2014"), fact("arm_size", 60, "hill_2014", arm="Arm A"), fact("arm_size", 60, "hill_2014", arm="Arm B"),
         fact("n_total", 120, "dale_2016"), fact("arm_size", 60, "dale_2016", arm="Arm A"), fact("arm_size", 60, "dale_2016", arm="Arm B")],
        # Lesions and sites are counted apart.
        [fact("n_total", 408), fact("metastatic_burden", "single", percent=70.1, arm="metastatic sites"),
         fact("metastatic_burden", "multiple", percent=29.9, arm="metastatic sites"),
         fact("metastatic_burden", "single", percent=17.2, arm="metastatic lesions"),
         fact("metastatic_burden", "multiple", percent=82.8, arm="metastatic lesions")],
    ],
)  # fmt: skip
def test_no_false_alarm(findings):
    assert audit(findings) == []


@pytest.mark.parametrize(
    ("findings", "check"),
    [
        ([fact("n_total", 126, quote="126 patients"), fact("arm_size", 63, arm="Arm A"), fact("arm_size", 58, arm="Arm B")], "arms_add_up"),
        ([fact("arm_size", arm="CHT alone", percent=39), fact("arm_size", arm="CHT+RT", percent=71)], "categories_make_hundred"),
        ([fact("rt_dose", low=65, unit="Gy", percent=68), fact("rt_dose", high=65, unit="Gy", percent=42)], "categories_make_hundred"),
        ([fact("n_total", 90), fact("metastatic_burden", "oligo", n=39, arm="1-2 lesions"),
          fact("metastatic_burden", "multiple", n=41, arm="≥3 lesions")],
         "counts_of_classes"),
        ([fact("n_total", 90), fact("concurrent_agent", "cisplatin", n=109)], "group_within_n"),
        ([fact("survival_rate", 104, endpoint="OS", at=12)], "possible"),
        ([fact("survival_rate", 50, endpoint="OS", at=60, arm="RT"), fact("survival_median", 20, unit="months", endpoint="OS", arm="RT"),
          fact("survival_rate", 66, endpoint="OS", at=36, arm="RT")], "median_agrees_with_rates"),
        ([fact("follow_up", 20, low=3, high=40, bounds="range", unit="months"),
          fact("survival_rate", 30, endpoint="OS", at=60)], "within_follow_up"),
        ([fact("n_total", 90, quote="90 patients treated from 2009 to 2012"),
          fact("follow_up", 30, low=2, high=99, unit="months")], "follow_up_within_accrual"),
        ([fact("prognostic_factor", "ldh", endpoint="OS", arm="independent", p="0.37")], "p_agrees_with_verdict"),
        ([fact("survival_median", 2, low=30, high=40, unit="years", endpoint="OS")], "inside_bounds"),
        ([fact("survival_rate", 60, endpoint="OS", at=36), fact("survival_rate", 51, endpoint="CSS", at=36)], "endpoints_in_order"),
        ([fact("n_total", 460), fact("arm_size", 244, arm="CHT+RT"), fact("arm_size", 216, arm="CHT"),
          fact("metastatic_burden", "single", percent=55.9),
          fact("metastatic_burden", "single", percent=77.5, arm="CHT+RT"),
          fact("metastatic_burden", "single", percent=52.8, arm="CHT")], "whole_is_weighted_mean"),
        ([fact("n_total", 311, "hill_2014"), fact("arm_size", 120, "hill_2014", arm="CHT"),
          fact("arm_size", 191, "hill_2014", arm="CHT+RT"),
          fact("n_total", 311, "dale_2016"), fact("arm_size", 120, "dale_2016", arm="CHT"),
          fact("arm_size", 191, "dale_2016", arm="CHT+RT")], "same_cohort"),
    ],
)  # fmt: skip
def test_each_contradiction_is_told_with_its_figures(findings, check):
    raised = [each for each in audit(findings) if each.check == check]
    assert raised
    assert raised[0].figures
    numbers = [held for held in raised[0].figures.values() if isinstance(held, int)]
    assert all(str(number) in raised[0].message for number in numbers)


def arms(n: int | None, design: str | None = None, /, **sizes: int) -> list[Finding]:
    """A study of n patients and its arms; an underscore in a name is a space."""
    head = ([fact("n_total", n)] if n else []) + ([fact("design", design)] if design else [])
    return head + [fact("arm_size", size, arm=name.replace("_", " ")) for name, size in sizes.items()]


@pytest.mark.parametrize(
    ("findings", "contradicts"),
    [
        (arms(200, **{"surgery + CRT": 110, "surgery alone": 90}), False),
        (arms(210, **{"surgery + CRT": 110, "surgery alone": 90}), True),
        (arms(350, PCI=185, no_PCI=175), True),
        (arms(350, PCI=165, no_PCI=175), True),
        (arms(100, SBRT=50, conventional_RT=60), True),
        (arms(263, **{"CHT+RT": 160, "single metastasis": 120}), False),
        (arms(263, single_metastasis=120, multiple_metastases=153), True),
        (arms(263, oligometastatic=120, polymetastatic=153), True),
        (arms(502, low_risk_group=141, RT_group=415), False),
        (arms(502, GP_group=291, PF_group=315), True),
        (arms(502, surgery=60, chemotherapy=80, RT=420), False),
        (arms(126, "randomized_trial", cisplatin=63, carboplatin=73), True),
        (arms(300, "randomized_trial", surgery=150, observation=140), True),
        (arms(300, "retrospective_cohort", adjuvant_chemotherapy=150, surgery=90), False),
        (arms(126, **{"CHT + RT": 63, "CHT alone": 63, "1-2 lesions": 39, "≥3 lesions": 87, "liver metastases": 20}), False),
        (arms(126, **{"CHT + RT": 63, "CHT alone": 73, "1-2 lesions": 39, "≥3 lesions": 87}), True),
        ([fact("survival_rate", 60, endpoint="OS", at=36, arm="CHT + RT"),
          fact("survival_rate", 65, endpoint="OS", at=60, arm="RT+CHT")], True),
        ([fact("survival_rate", 60, endpoint="OS", at=36, arm="EBV+"), fact("survival_rate", 65, endpoint="OS", at=60, arm="EBV-")], False),
        ([fact("survival_rate", 60, endpoint="OS", at=36, arm="with RT"),
          fact("survival_rate", 65, endpoint="OS", at=60, arm="without RT")], False),
        ([fact("hazard_ratio", 0.6, low=0.45, high=0.95, endpoint="OS")], True),
        ([fact("hazard_ratio", 0.75, low=0.15, high=1.35, endpoint="OS")], False),  # symmetric, though on the plain scale
        ([fact("n_total", 90), fact("local_therapy", "surgery", n=12, percent=33, quote="12 (33%) patients")], True),
    ],
)  # fmt: skip
def test_names_tell_which_arms_share_out_the_patients(findings, contradicts):
    assert bool(audit(findings)) == contradicts


@pytest.mark.parametrize(
    ("text", "bounds"),
    [("<0.001", (0, 0.001)), ("P<.001", (0, 0.001)), (".004", (0.0035, 0.0045)), ("p = 0.31", (0.305, 0.315)), (">0.05", (0.05, 1)),
     ("NS", (0.05, 1)), ("see text", None), (None, None)],
)  # fmt: skip
def test_p_values_as_printed(text, bounds):
    assert p_bounds(text) == (None if bounds is None else pytest.approx(bounds))


def test_printed_precision():
    assert unit_of(61.4) == pytest.approx(0.1)
    assert unit_of(66.0) == 1.0
    assert unit_of(66.0, "448 patients (66.0%)") == pytest.approx(0.1)
    assert unit_of(91) == 1.0


@pytest.mark.parametrize("pair", ARMS)
def test_names_that_share_out_the_patients(pair):
    assert complementary(*pair)
    assert complementary(*reversed(pair))


@pytest.mark.parametrize(
    "pair", [("IMRT", "concurrent cisplatin"), ("liver", "bone"), ("CHT", "CHT"), ("surgery", "radiotherapy"), ("age <65", "age <75")]
)
def test_names_that_may_overlap(pair):
    assert not exclusive(*pair)


@given(st.lists(st.integers(1, 400), min_size=2, max_size=6))
def test_shares_finds_the_sum_of_all(sizes):
    named = {f"arm {number}": size for number, size in enumerate(sizes)}
    if len(sizes) <= 5:
        assert tuple(named) in shares(named, sum(sizes))


def test_a_paper_with_very_many_groups_is_checked_in_no_time():
    """Sums over subsets and pairs of pairs once took minutes on a paper with a hundred subgroups."""
    names = [f"{site} {age}" for site in ("lung", "liver", "bone", "brain", "node") for age in range(40, 64)]
    found = [fact("n_total", 6000)] + [fact("arm_size", 11 + 7 * number, arm=name, percent=1.5) for number, name in enumerate(names)]
    found += [fact("survival_median", 10 + number, unit="months", endpoint="OS", arm=name) for number, name in enumerate([None, *names])]
    started = time.perf_counter()
    audit(found)
    assert time.perf_counter() - started < 10


def test_audit_file_reads_both_formats_alike_and_names_bad_lines(tmp_path):
    rows = [{**found.to_dict(), "paper": "hill_2014"} for found in clean_study(7)]
    rows[2]["value"] += 41
    rows[2].pop("percent", None)
    (tmp_path / "f.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    (tmp_path / "f.tsv").write_text(tsv_text(rows, FINDING_COLUMNS))
    assert audit_file(tmp_path / "f.jsonl") == audit_file(tmp_path / "f.tsv") != []
    (tmp_path / "bad.tsv").write_text("paper\tfield\tvalue\nhill_2014\tn_total\tmany\n")
    with pytest.raises(InputError, match=r"bad.tsv:2: value: 'many' is not a number"):
        audit_file(tmp_path / "bad.tsv")
    with pytest.raises(InputError, match="no such file"):
        audit_file(tmp_path / "none.tsv")


def test_the_command_prints_one_json_line_a_contradiction():
    told = subprocess.run([sys.executable, "-m", "pipeline", "audit", "--json"], cwd=ROOT, capture_output=True, text=True, check=True)
    lines = [json.loads(line) for line in told.stdout.splitlines()]
    assert all(set(line) == {"study", "check", "message", "figures"} for line in lines)
    assert {line["study"] for line in lines} >= {"chen_2013", "liao_2020"}
