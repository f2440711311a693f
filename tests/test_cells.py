"""Cells say what their findings say, each value traceable to its finding, and are never blank."""

import pytest

from pipeline.cells import compose
from pipeline.protocol import Form
from pipeline.wording import amount, design_name, figure, p_value, plain, time_point
from tests.report_findings import STUDY, finding

COLUMNS = ["study", "population", "systemic", "radiotherapy", "local", "follow_up", "results"]
PLACES = {
    "design": "study", "n_total": "population", "arm_size": "population", "metastatic_burden": "population", "regimen": "systemic",
    "cycles": "systemic", "rt_technique": "radiotherapy", "rt_dose": "radiotherapy", "concurrent_agent": "radiotherapy",
    "local_therapy": "local", "follow_up": "follow_up", "survival_median": "results", "survival_rate": "results",
    "hazard_ratio": "results", "prognostic_factor": "results",
}  # fmt: skip
FORM = Form(
    columns=[{"key": key, "title": key.capitalize()} for key in COLUMNS],
    fields=[{"field": name, "column": column, "label": name, "definition": name} for name, column in PLACES.items()],
)


@pytest.fixture
def cells():
    return compose(STUDY, FORM)


def lines(cell):
    return [line.text for line in cell.lines]


def test_a_study_reads_as_a_row_of_a_journal(cells):
    assert lines(cells["study"]) == ["Retrospective cohort"]
    assert lines(cells["population"]) == [
        "408 patients", "chemotherapy alone (n=250, 61.3%), chemotherapy plus RT (n=158)", "Single 119 (29.2%), multiple 70.8%",
    ]  # fmt: skip
    assert lines(cells["systemic"]) == ["Cisplatin + fluorouracil (n=300)", "Median 5 cycles (range 2–8)"]
    assert lines(cells["radiotherapy"]) == ["70 Gy in 33 fractions (primary tumour), ≥ 66 Gy (68%)"]
    assert lines(cells["follow_up"]) == ["Mean 22 months (range 2–125)"]


def test_rates_of_two_arms_merge_into_one_line(cells):
    assert "3-year OS 63.7% (chemotherapy plus RT) vs 31.8% (chemotherapy alone), P < 0.001" in lines(cells["results"])
    assert "3-year OS 45%" in lines(cells["results"])


def test_two_comparisons_keep_their_own_p_values():
    pairs = [
        ("low risk, RT", 80.4, "<0.001"),
        ("low risk, no RT", 45.3, "<0.001"),
        ("high risk, RT", 40.2, "0.111"),
        ("high risk, no RT", 31, "0.111"),
    ]
    held = [finding("a", "survival_rate", value, endpoint="OS", at=36, arm=arm, p=p, unit="percent") for arm, value, p in pairs]
    assert lines(compose(held, FORM)["results"]) == [
        "3-year OS 80.4% (low risk, RT) vs 45.3% (low risk, no RT), P < 0.001",
        "3-year OS 40.2% (high risk, RT) vs 31% (high risk, no RT), P = 0.111",
    ]


def test_every_finding_stands_in_exactly_one_cell(cells):
    stated = [id(found) for cell in cells.values() for found in cell.findings]
    assert sorted(stated) == sorted(map(id, STUDY))


def test_each_value_is_its_own_piece_with_its_finding(cells):
    line = next(line for line in cells["results"].lines if "63.7" in line.text)
    assert [(piece.text, piece.finding["value"]) for piece in line.pieces if piece.finding] == [
        ("63.7% (chemotherapy plus RT)", 63.7), ("31.8% (chemotherapy alone)", 31.8),
    ]  # fmt: skip


def test_covariates_and_lesser_endpoints_fold_away_but_are_counted(cells):
    main = [line.text for line in cells["results"].main]
    assert "OS, chemotherapy plus RT vs chemotherapy alone: HR 0.40 (95% CI 0.30–0.50)" in main
    assert not any("LDH (raised)" in text or "LC" in text or text.startswith("Not significant") for text in main)
    assert cells["results"].text().endswith("; and 3 more in the workbook")
    assert "3-year LC 88%" in cells["results"].text(folded=True)


def test_many_subgroups_fold_away_and_the_arms_stay():
    held = [finding("a", "arm_size", 20, arm=arm) for arm in ("RT", "CHT")]
    names = ("RT", "chemotherapy", "age <60", "age ≥60", "stage I", "stage II")
    held += [finding("a", "survival_rate", 50 + n, endpoint="OS", at=60, unit="percent", arm=name) for n, name in enumerate(names)]
    cell = compose(held, FORM)["results"]
    assert [line.text for line in cell.main] == ["5-year OS 50% (RT) vs 51% (chemotherapy)"]
    assert "54% (stage I)" in cell.folded[0].text


def test_a_treatment_given_or_not_is_no_covariate():
    held = [
        finding("a", "hazard_ratio", 0.56, endpoint="OS", arm="RT (yes)", vs="no"),
        finding("a", "hazard_ratio", 1.4, endpoint="OS", arm="Age (>60)", vs="≤60"),
    ]
    assert [line.text for line in compose(held, FORM)["results"].main] == ["OS, RT (yes) vs no: HR 0.56"]


def test_an_empty_cell_says_why():
    cells = compose([finding("a", "design", "case_control")], FORM, {"results": "paper not read (password)"})
    assert cells["local"].text() == "not found"
    assert cells["results"].text() == "not found: paper not read (password)"
    assert cells["study"].text() == "Case-control study"


def test_a_field_that_a_person_found_not_reported_is_a_dash():
    cells = compose([finding("a", "follow_up", None, status="not_reported", curator="A. Reader")], FORM)
    assert cells["follow_up"].text() == "–"
    assert cells["follow_up"].findings == []


def test_checked_tells_none_some_and_all():
    read, verified = finding("a", "n_total", 40), finding("a", "arm_size", 20, arm="A", curator="A. Reader", status="verified")
    assert compose([read], FORM)["population"].checked == "none"
    assert compose([read, verified], FORM)["population"].checked == "some"
    assert compose([verified], FORM)["population"].checked == "all"
    assert compose([], FORM)["population"].checked == ""


def test_a_findings_own_column_goes_before_its_fields():
    cells = compose([finding("a", "rt_dose", 50, unit="Gy", arm="bone", column="local")], FORM)
    assert cells["local"].text() == "50 Gy (bone)"
    assert cells["radiotherapy"].text() == "not found"


def test_classes_with_their_own_descriptions_are_one_list():
    held = [
        finding("a", "metastatic_burden", "oligo", n=39, arm="1-2 lesions"),
        finding("a", "metastatic_burden", "multiple", n=87, arm="≥3 lesions"),
    ]
    assert lines(compose(held, FORM)["population"]) == ["Oligo (1-2 lesions) 39, multiple (≥3 lesions) 87"]


@pytest.mark.parametrize(
    ("number", "least", "text"), [(25.0, 0, "25"), (63.7, 0, "63.7"), (0.4, 2, "0.40"), (1.725, 2, "1.725"), (0, 0, "0"), (None, 2, "")]
)
def test_figure(number, least, text):
    assert figure(number, least) == text


@pytest.mark.parametrize(
    ("printed", "text"),
    [("<.001", "P < 0.001"), ("0.04", "P = 0.04"), ("P = .2", "P = 0.2"), ("<= 0.05", "P ≤ 0.05"), ("", ""), (None, "")],
)
def test_p_value(printed, text):
    assert p_value(printed) == text


@pytest.mark.parametrize(("months", "text"), [(60, "5-year"), (18, "18-month"), (6, "6-month"), (None, "")])
def test_time_point(months, text):
    assert time_point(months) == text


def test_open_ranges_show_their_comparator():
    assert amount({"low": 66, "high": None}, "Gy") == "≥ 66 Gy"
    assert amount({"low": None, "high": 66}, "Gy") == "≤ 66 Gy"
    assert amount({"value": 20, "low": 17.2, "high": 33.5}, "months") == "20 months (17.2–33.5)"


def test_keys_become_words():
    assert plain("cisplatin+gemcitabine") == "cisplatin + gemcitabine"
    assert plain("ebv dna") == "EBV DNA"
    assert plain("n stage") == "N stage"
    assert design_name("single_arm_trial") == "Single-arm trial"
