"""Tables of results: what their rows and columns are about, ratios and what they compare, factors, group sizes."""

from __future__ import annotations

import pytest

from pipeline.context import Paper
from pipeline.counted_columns import counted_columns
from pipeline.factor_keys import name_of
from pipeline.readers import result_tables
from pipeline.readers.table_figures import p_of, significant, time_unit
from pipeline.records import Arm, Document, Passage
from pipeline.tables import set_heads


def table(caption: str, rows: list[str], notes: str = "", indented: tuple[int, ...] = ()) -> list[Passage]:
    """A table's passages: cells parted by "|", empty ones left out; the first row is the head."""
    cells = [
        Passage(0, "cell", "results", words.strip(), table="Table 1", row=row, col=col, is_head=row == 0)
        for row, line in enumerate(rows)
        for col, words in enumerate(line.split("|"))
        if words.strip()
    ]
    set_heads(cells, {(row, 0): 2.0 for row in indented})
    notes_passage = [Passage(0, "footnote", "results", notes, table="Table 1")] if notes else []
    return [Passage(0, "caption", "results", f"Table 1 {caption}", table="Table 1"), *cells, *notes_passage]


def read(
    passages: list[Passage], field: str, arms: tuple[Arm, ...] = (), prose: str = "", n_total: int | None = None, title: str = ""
) -> list:
    """The findings of one field of a paper that is one table and one paragraph."""
    more = [Passage(0, "title", "title", title)] if title else []
    more += [Passage(0, "paragraph", "results", prose)] if prose else []
    paper = Paper(Document("own", "txt", [*more, *passages]))
    paper.arms, paper.n_total = list(arms), n_total
    return [finding for finding in result_tables.read(paper) if finding.field == field]


ARMS = (Arm("ramox", (), 60), Arm("placebo", (), 62))


# figures


@pytest.mark.parametrize(
    ("printed", "p", "verdict"),
    [
        ("<0.001", "<0.001", True),
        ("0.05", "0.05", False),
        ("2.1E-05", "2.1E-05", True),
        ("0.31", "0.31", False),
        ("NS", "ns", False),
        ("1.4", None, True),
    ],
)
def test_p_values(printed, p, verdict):
    assert p_of(printed) == p
    assert significant(printed) is (verdict if p else False)


def test_time_with_its_unit():
    assert [time_unit(text) for text in ("8.2 months", "9.9months", "3 years", "0.82 (0.56-1.19)", "12")] == [
        "months",
        "months",
        "years",
        None,
        None,
    ]


# ratios and what they compare


def test_columns_of_arms_with_a_ratio():
    rows = [
        "Subgroup|ramox (n = 60)|placebo (n = 62)|HR (95% CI)",
        "All patients|11.2 months|8.0 months|0.70 (0.51-0.94)",
        "Older|9.1 months|8.8 months|0.92 (0.60-1.40)",
    ]
    passages = table("Progression-free survival by age", rows)
    found = [(f.value, f.arm, f.vs) for f in read(passages, "hazard_ratio", ARMS)]
    assert found == [(0.7, "ramox", "placebo"), (0.92, "ramox (Older)", "placebo")]
    assert [(f.value, f.arm) for f in read(passages, "survival_median", ARMS)] == [
        (11.2, "ramox"), (8.0, "placebo"), (9.1, "ramox (Older)"), (8.8, "placebo (Older)"),
    ]  # fmt: skip
    assert not read(passages, "prognostic_factor", ARMS)


def test_ratio_above_one_turns_the_columns():
    rows = ["Endpoint|ramox (n = 60)|placebo (n = 62)|HR (95% CI)", "Median OS, months|20.5|14.0|1.60 (1.10-2.30)"]
    assert [(f.arm, f.vs) for f in read(table("Outcomes", rows), "hazard_ratio", ARMS)] == [("placebo", "ramox")]


def test_comparison_of_the_caption():
    rows = ["Subgroup|HR|95% CI|p", "All|0.80|0.60-1.10|0.15", "Node-positive|0.70|0.50-0.98|0.04"]
    passages = table("Treatment effect of letrozole versus tamoxifen on overall survival", rows)
    assert [(f.arm, f.vs) for f in read(passages, "hazard_ratio")] == [
        ("letrozole", "tamoxifen"),
        ("letrozole (Node-positive)", "tamoxifen"),
    ]
    assert not read(passages, "prognostic_factor")


def test_two_levels_in_the_caption_make_a_factor():
    rows = ["Group|HR|95% CI|p", "All patients|1.50|1.10-2.00|0.01"]
    passages = table("Association of XYZ2 (high vs. low) with overall survival, multivariable", rows)
    assert [(f.arm, f.vs) for f in read(passages, "hazard_ratio")] == [("high XYZ2", "low XYZ2")]
    assert [(f.value, f.arm) for f in read(passages, "prognostic_factor")] == [("xyz2", "independent")]


def test_statistics_in_rows():
    rows = [
        "|Bone disease|Visceral disease",
        "Median OS, months|14.1|9.9",
        "HR ramox vs. placebo (95% CI)|0.70 (0.50-0.90)|0.95 (0.70-1.30)",
        "p value|0.01|0.70",
    ]
    found = [(f.value, f.arm, f.vs, f.p) for f in read(table("Overall survival by site", rows), "hazard_ratio", ARMS)]
    assert found == [(0.7, "ramox (Bone disease)", "placebo", "0.01"), (0.95, "ramox (Visceral disease)", "placebo", "0.70")]


def test_p_value_before_the_ratio_in_one_cell():
    rows = ["Factor|p value, HR (95% CI)", "Age|0.18 0.81 (0.61-1.09)", "Stage|0.02 1.90 (1.20-3.10)"]
    found = [(f.value, f.low, f.high, f.p) for f in read(table("Overall survival", rows), "hazard_ratio")]
    assert found == [(0.81, 0.61, 1.09, "0.18"), (1.9, 1.2, 3.1, "0.02")]


def test_kinds_of_one_event_stay_apart():
    rows = [
        "Gene|Nodal recurrence||Peritoneal recurrence|",
        "|HR|95% CI|HR|95% CI",
        "ABC1|1.8|1.2-2.6|0.7|0.5-0.9",
        "QRS2|1.1|0.8-1.6|1.2|0.9-1.7",
    ]
    found = [(f.value, f.endpoint, f.arm) for f in read(table("Genes and recurrence", rows), "hazard_ratio")]
    assert found[:2] == [(1.8, "RFS", "ABC1 (Nodal recurrence)"), (0.7, "RFS", "ABC1 (Peritoneal recurrence)")]


# factors


def test_own_p_value_of_a_factor_counts_before_its_levels():
    rows = [
        "Factor|HR (95% CI)|p",
        "Stage||0.08",
        "II|1.2 (0.7-2.0)|0.50",
        "III|1.9 (1.1-3.3)|0.03",
        "Marker||0.02",
        "low|1.0|",
        "high|2.2 (1.2-3.6)|",
    ]
    found = [(f.value, f.arm, f.p) for f in read(table("Multivariable analysis of overall survival", rows), "prognostic_factor")]
    assert found == [("stage", "not_significant", "0.08"), ("marker", "independent", "0.02")]


def test_interval_tells_where_no_p_value_is_printed():
    rows = ["Factor|HR (95% CI)", "Age|1.02 (0.98-1.06)", "Hemoglobin (g/dL)|0.80 (0.65-0.95)", "PSA (ln)|1.4 (1.1-1.9)"]
    found = [(f.value, f.arm) for f in read(table("Multivariable analysis of overall survival", rows), "prognostic_factor")]
    assert found == [("age", "not_significant"), ("hemoglobin", "independent"), ("psa", "independent")]


def test_subgroups_and_tests_between_columns_are_no_factors():
    rows = ["Subgroup|HR (95% CI)|p", "Men|0.70 (0.50-0.90)|0.01", "Women|0.90 (0.60-1.30)|0.60"]
    assert not read(table("Subgroup analysis of overall survival", rows), "prognostic_factor")
    rows = ["Factor|ramox (n = 60)|p|placebo (n = 62)|p", "Older|20%|0.04|31%|0.50"]
    found = read(table("5-year overall survival rate", rows), "prognostic_factor", ARMS)
    assert [f.value for f in found] == ["older"]  # each column has its own test
    rows = ["Event|ramox (n = 60)|placebo (n = 62)|p", "Death|17|14|0.43", "In the bone|12|12|0.91"]
    assert not read(table("Recurrence-free survival", rows), "prognostic_factor", ARMS)


COX = [
    "Variable|Hazard ratio|95% CI|P",
    "Age||| ",
    "<60|Reference||",
    "≥60|1.40|1.10-1.80|0.008",
    "Smoking, pack-years|1.10|0.90-1.30|0.40",
]
ALL_OF_OS = "Overall survival was 40%. OS fell with age. Median OS was 20 months. OS was known of all. Deaths set the OS."


def test_a_cox_table_without_an_endpoint_is_of_the_papers_own():
    found = read(table("Cox proportional hazards regression analysis", COX), "prognostic_factor", prose=ALL_OF_OS)
    assert [(f.value, f.endpoint, f.arm) for f in found] == [("age", "OS", "univariate"), ("smoking", "OS", "not_significant")]
    assert not read(table("Cox proportional hazards regression analysis", COX), "prognostic_factor", prose=f"{ALL_OF_OS} PFS and PFS.")
    assert not read(table("Logistic regression", [row.replace("Hazard", "Odds") for row in COX]), "prognostic_factor", prose=ALL_OF_OS)


def test_a_p_value_is_of_its_left_neighbours_analysis():
    rows = ["Variable|Univariable HR|p|Multivariable HR|p", "Centre|0.5 (0.3-0.7)|<.001|0.9 (0.6-1.4)|.6"]
    found = read(table("Predictors of overall survival on univariable and multivariable analysis", rows), "prognostic_factor")
    assert [(f.arm, f.p) for f in found] == [("univariate", "<.001"), ("not_significant", ".6")]


def test_a_cox_model_of_death_is_of_survival():
    found = read(table("Factors associated with mortality in the multivariate Cox model", COX), "prognostic_factor")
    assert [(f.value, f.endpoint, f.arm) for f in found] == [("age", "OS", "independent"), ("smoking", "OS", "not_significant")]
    assert not read(table("Factors of in-hospital mortality in a Cox model", COX), "prognostic_factor")


def test_populations_have_analyses_of_their_own():
    rows = [
        "|Left-sided|Left-sided|Right-sided|Right-sided",
        "Variable|HR (95% CI)|P|HR (95% CI)|P",
        "Stage|1.8 (1.2-2.6)|0.004|1.1 (0.8-1.6)|0.55",
    ]
    passages = table("Multivariate analysis of overall survival", rows)
    for passage in passages:
        passage.is_head = passage.row in (0, 1) if passage.kind == "cell" else False
    set_heads([passage for passage in passages if passage.kind == "cell"], {})
    assert [f.arm for f in read(passages, "prognostic_factor")] == ["independent", "not_significant"]


def test_genes_are_factors_by_their_expression():
    rows = ["Gene|HR|95% CI|p", "ABC1|1.8|1.2-2.6|3.1E-04", "QRS2|0.9|0.6-1.3|0.62"]
    found = [(f.value, f.p) for f in read(table("Overall survival by gene, univariate analysis", rows), "prognostic_factor")]
    assert found == [("abc1 expression", "3.1E-04"), ("qrs2 expression", "0.62")]


def test_names_of_factors():
    prose = "High ABC1 expression was common. ABC1 expression fell. Low ABC1 expression rose. The primary mass (PM) score was kept."
    paper = Paper(Document("own", "txt", [Passage(0, "paragraph", "results", prose)]))
    assert [name_of(paper, name) for name in ("abc1", "size", "mets volume", "bone mets")] == [
        "abc1 expression", "tumor size", "metastatic volume", "bone metastases",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("printed", "name"),
    [
        ("t4 stage", "t stage"), ("≥t3 stage", "t stage"), ("stage iv disease", "stage"), ("grade 3", "grade"), ("ecog ps 2", "performance status"),
        ("nodal status", "nodal status"), ("afp level", "afp"), ("er positivity", "er status"), ("age at study entry", "age"), ("women", "sex"),
        ("type of treatment", "type of treatment"), ("pathological stage", "pathological stage"), ("lack of surgery", "surgery"),
        ("marker group", "marker"), ("risk group", "risk group"), ("female gender", "gender"), ("psa at 2 yr", "psa at 2 yr"),
    ],
)  # fmt: skip
def test_levels_and_classes_are_no_part_of_a_name(printed, name):
    assert name_of(Paper(Document("own", "txt", [])), printed) == name


def test_a_short_form_within_a_name_is_spelled_out():
    prose = "Weight loss (WL) was common. Radiotherapy (RT) was given."
    paper = Paper(Document("own", "txt", [Passage(0, "paragraph", "results", prose)]))
    assert [name_of(paper, name) for name in ("wl before surgery", "postoperative rt")] == [
        "weight loss (wl) before surgery", "postoperative radiotherapy",
    ]  # fmt: skip


# sizes


def test_rows_of_treatments_in_the_column_of_all():
    rows = ["|Low|High|Total", "Treatment arm|||", "ramox|20|30|50 (50.0)", "placebo|24|26|50 (50.0)"]
    found = read(table("Characteristics", rows, indented=(2, 3)), "arm_size")
    assert [(f.value, f.percent, f.arm) for f in found] == [(50, 50.0, "ramox"), (50, 50.0, "placebo")]


def test_treatment_of_the_title_given_or_not():
    rows = ["|Present study", "Ramox treatment|", "Yes|40 (40)", "No|60 (60)", "Statin treatment|", "Yes|10 (10)", "No|90 (90)"]
    found = read(table("Characteristics", rows, indented=(2, 3, 5, 6)), "arm_size", title="A marker of benefit from ramox")
    assert [(f.value, f.arm) for f in found] == [(40, "Ramox"), (60, "no ramox")]


def test_row_of_all_patients_by_group():
    rows = ["|WT|Mutated|Total", "No. of patients|128|73|201", "Mean age|61|63|62"]
    assert [(f.value, f.arm) for f in read(table("Patients by gene status", rows), "arm_size")] == [(128, "WT"), (73, "Mutated")]
    rows = ["|WT|Mutated|Total", "Men|70 (55)|40 (55)|110", "Mean age|61|63|62"]
    assert not read(table("Patients by gene status", rows), "arm_size")


def test_visits_are_no_groups():
    rows = ["|Baseline (n = 30)|6 weeks (n = 25)", "Score|3|4"]
    assert not read(table("Quality of life", rows), "arm_size")
    rows = ["|Early (30 patients)|Late (25 patients)", "Score|3|4"]
    assert [(f.value, f.arm) for f in read(table("Quality of life", rows), "arm_size")] == [(30, "Early"), (25, "Late")]


# sections of rows


def test_groups_end_where_indent_or_series_ends():
    rows = ["Factor|HR (95% CI)|p", "Diabetes||", "No|1.0|", "Yes|2.3 (0.8-6.4)|0.12", "Insulin|0.8 (0.7-0.9)|0.03"]
    heads = [cell.row_heads for cell in table("x", rows, indented=(2, 3)) if cell.text == "0.03"]
    assert heads == [("Insulin",)]
    rows = [
        "Factor|HR (95% CI)|p",
        "Pathology||0.60",
        "Type A|1.0|",
        "Type B|1.4 (0.8-2.4)|",
        "Nodes||0.02",
        "Negative|1.0|",
        "Positive|2.2 (1.1-4.2)|",
    ]
    heads = {cell.text: cell.row_heads for cell in table("x", rows)}
    assert heads["0.02"] == ("Nodes",)
    assert heads["2.2 (1.1-4.2)"] == ("Nodes", "Positive")


def test_a_footnote_letter_does_not_hide_a_ratio():
    rows = ["Outcome|HRb (95% CI)|p value", "Overall survival|1.58 (0.52-4.78)|0.42", "Progression-free survival|4.81 (2.50-9.26)|<0.001"]
    passages = table("Outcomes at 2 years", rows)
    assert [(f.value, f.endpoint) for f in read(passages, "hazard_ratio")] == [(1.58, "OS"), (4.81, "PFS")]
    assert read(passages, "survival_rate") == []
    rows = ["Group|2-year OS in HRD tumours, %", "ramox|58", "placebo|44"]
    assert read(table("Survival", rows), "hazard_ratio") == []


def test_headings_that_say_what_their_figures_are():
    cells = table(
        "Outcome at two years", ["Outcome | Ramox % (95% CI) | Placebo % (95% CI) | P", "Overall survival | 70 (60-80) | 55 (45-65) | 0.04"]
    )
    assert [(f.value, f.low, f.arm) for f in read(cells, "survival_rate", ARMS)] == [(70, 60, "Ramox"), (55, 45, "Placebo")]
    cells = table("Five-year results", ["End point | Ramox, % ± SE | Placebo (n = 62) % (s.e.)", "Overall survival | 61 ± 3 | 52 (4.1)"])
    assert [(f.value, f.arm) for f in read(cells, "survival_rate", ARMS)] == [(61, "Ramox"), (52, "Placebo")]
    cells = table("Five-year results", ["End point | Ramox n (%) | Placebo n (%)", "Overall survival | 61 (71) | 52 (59)"])
    assert not read(cells, "survival_rate", ARMS)  # patients and their share


def test_a_level_in_the_first_column_is_no_rate():
    cells = table(
        "Univariate analysis of 4-year survival", ["Variable | OS (%) | P", "Age | | 0.06", "≤ 45 | 91 | ", "> 45 | 85 | "], indented=(2, 3)
    )
    assert [f.value for f in read(cells, "survival_rate")] == [91, 85]


def test_rows_of_time_points_are_no_groups():
    rows = [
        "| Ramox | Placebo | HR (95% CI) | P",
        "Overall survival | | | 0.60 (0.40-0.90) | .01",
        "1-year, % | 90 | 80 | |",
        "2-year, % | 70 | 60 | |",
    ]
    cells = table("Outcome", rows, indented=(2, 3))
    assert [(f.value, f.at, f.arm) for f in read(cells, "survival_rate", ARMS)] == [
        (90, 12, "Ramox"), (80, 12, "Placebo"), (70, 24, "Ramox"), (60, 24, "Placebo"),
    ]  # fmt: skip
    assert [(f.arm, f.vs) for f in read(cells, "hazard_ratio", ARMS)] == [("Ramox", "Placebo")]  # the row that heads the rates


def test_groups_set_against_a_reference_row_are_no_factors():
    rows = [
        "| 5-year estimate, % | HR (95% CI) | p",
        "Overall survival | | |",
        "Surgery | 60 | 1.00 | ",
        "Surgery and ramox | 72 | 0.70 (0.50-0.98) | 0.04",
    ]
    cells = table("Efficacy", rows, indented=(2, 3))
    assert [(f.arm, f.vs) for f in read(cells, "hazard_ratio")] == [("Surgery and ramox", "Surgery")]
    assert not read(cells, "prognostic_factor")
    rows = ["Endpoint | Variable | HR | 95% CI | P", "Overall survival | Age (old vs. young) | 1.7 | 1.1-2.6 | 0.02"]
    assert [f.value for f in read(table("Cox analysis", rows), "prognostic_factor")] == ["age"]


def test_heterogeneity_is_no_rate():
    cells = table("Pooled 5-year results", ["Outcome | HR (95% CI) | p | I2 (%)", "Overall survival | 0.88 (0.80-0.97) | 0.01 | 12"])
    assert not read(cells, "survival_rate")
    assert [f.value for f in read(cells, "hazard_ratio")] == [0.88]


def test_matching_is_no_visit_and_the_same_groups_are_told_once():
    heads = "Variable | Before matching, Ramox (n = 90) | Before matching, placebo (n = 70)"
    cells = table("Characteristics", [heads, "Age | 60 | 61"])
    assert [f.value for f in read(cells, "arm_size")] == [90, 70]
    cells = table("Pain", ["Variable | Before treatment (n = 90) | After treatment (n = 70)", "Score | 6 | 4"])
    assert not read(cells, "arm_size")
    again = [
        Passage(0, p.kind, p.section, p.text.replace("Ramox", "R"), table="Table 2", row=p.row, col=p.col, is_head=p.is_head)
        for p in table("Toxicity", ["Event | Ramox 6 mg (n = 90) | P (n = 70)", "Pain | 3 | 4"])
    ]
    first = table("Characteristics", ["Variable | Ramox (n = 90) | Placebo (n = 70)", "Age | 60 | 61"])
    assert len(read([*first, *again], "arm_size")) == 2


def test_an_arm_in_a_row_given_or_not():
    cells = table("Median survival", ["Variable | Median OS (months) | p", "Ramox | | 0.3", "Yes | 11 | ", "No | 9 | "], indented=(2, 3))
    assert [f.arm for f in read(cells, "survival_median", ARMS)] == ["Ramox", "no Ramox"]


def test_levels_with_a_stroke_or_their_reference_in_brackets():
    rows = ["Variables | OS HR (95% CI) | P", "Age (≥50/<50) | 1.85 (1.23-2.78) | 0.003", "Sex (female/male) | 0.72 (0.44-1.19) | 0.20",
            "Grade 3 (v 1-2) | 2.02 (1.12-3.66) | .02", "Marker (ng/mL) | 1.1 (0.9-1.3) | 0.4"]  # fmt: skip
    found = read(table("Cox model", rows), "hazard_ratio")
    assert [(f.arm, f.vs) for f in found] == [("Age (≥50)", "<50"), ("Sex (female)", "male"), ("Grade 3", "1-2"), ("Marker", None)]


def test_a_column_that_compares_levels_names_its_rows():
    rows = [
        "Variable | Comparison | HR for death | 95% CI | P",
        "KPS | <70 vs. ≥70 | 2.38 | 1.51-3.75 | < 0.001",
        "Age | >70 vs. 65-70 | 1.22 | 0.80-1.87 | 0.36",
    ]
    assert [(f.arm, f.vs) for f in read(table("Cox model of overall survival", rows), "hazard_ratio")] == [
        ("KPS (<70)", "≥70"),
        ("Age (>70)", "65-70"),
    ]


def test_the_interval_of_an_exponent_is_no_ratio():
    rows = ["Factor | B | SE | P | Exp(B) | 95% CI for Exp(B)", "KPS | -0.618 | 0.232 | 0.008 | 0.539 | 0.342-0.849"]
    found = read(table("Multivariate analysis of overall survival", rows), "hazard_ratio")
    assert [(f.value, f.low, f.high) for f in found] == [(0.539, 0.342, 0.849)]


def test_matched_groups_have_sizes_of_their_own():
    heads = ["Variable | Ramox (n = 50) | Placebo (n = 50)", "Age | 60 | 61"]
    assert [(f.arm, f.value) for f in read(table("The matched cohort", heads), "arm_size", ARMS)] == [("Ramox", 50), ("Placebo", 50)]
    assert not read(table("Toxicity", heads), "arm_size", ARMS)  # a part of each arm


def test_columns_whose_first_row_counts_the_patients():
    cells = table("Patients", ["| Ramox + HT | Ramox alone | P", "No. of patients | 47 | 42 | ", "Mean age | 57 | 59 | 0.4"])
    assert [(name, size) for _, name, size in counted_columns(Paper(Document("own", "txt", cells)))] == [
        ("Ramox + HT", 47),
        ("Ramox alone", 42),
    ]
    cells = table("Patients", ["| Baseline | Week 6", "No. of patients | 47 | 42"])
    assert not list(counted_columns(Paper(Document("own", "txt", cells))))


def test_the_first_column_is_no_figure():
    rows = ["Positive nodes | Ramox | Placebo | P", "None | 83 | 71 | 0.02", "1-3 | 63 | 55 | 0.002", ">3 | 33 | 21 | <0.001"]
    found = read(table("Ten-year overall survival (%) by nodal status", rows), "survival_rate", ARMS)
    assert [f.value for f in found] == [83, 71, 63, 55, 33, 21]
