"""Survival in prose: medians, rates and hazard ratios with endpoint, time point, arm, interval and p."""

from __future__ import annotations

import pytest

from pipeline import arms
from pipeline.choose import choose
from pipeline.context import Paper, evened
from pipeline.extract import findings
from pipeline.readers import survival
from pipeline.records import Document, Passage

KEYS = ("value", "low", "high", "unit", "arm", "endpoint", "at", "vs", "p")


def read(text: str, field: str, section: str = "results", before: str = "") -> list[dict]:
    """The findings of one field of a paper of this paragraph, after another that introduces its arms."""
    passages = [Passage(0, "paragraph", "results", before), Passage(1, "paragraph", section, text, heading=section.capitalize())]
    paper = Paper(Document("own", "txt", passages))
    paper.arms = arms.groups(paper)
    return [finding.to_dict(KEYS) for finding in choose(list(survival.read(paper))) if finding.field == field]


def facts(text: str, field: str, *keys: str, **more: str) -> list[tuple]:
    """The findings as tuples of the value and these keys."""
    return [(row["value"], *(row.get(key) for key in keys)) for row in read(text, field, **more)]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("The median OS was 25.0 months (95% CI 20.1-29.9) in the RT group and 16.0 months (13.2-18.8) in the control group.",
         [(25.0, 20.1, 29.9, "RT"), (16.0, 13.2, 18.8, "control")]),
        ("Median OS for groups A, B and C was 30, 22 and 14 months.", [(30, None, None, "group A"), (22, None, None, "group B"), (14, None, None, "group C")]),
        ("Median OS was 28 (95% CI 22-34) months.", [(28, 22, 34, None)]),
        ("Median OS was not reached in the RT arm and was 18 months in the control arm.", [(18, None, None, "control")]),
        ("mOS was 14.3 months.", [(14.3, None, None, None)]),
        ("Median OS was 715 days (24 months) in the RT arm.", [(715, None, None, "RT")]),
        ("Patients with a single metastasis had a longer median OS than those with multiple metastases (26 vs. 15 months).",
         [(26, None, None, "single metastasis"), (15, None, None, "multiple metastases")]),
        ("Median OS differed by status (wild type: 17.5 months, mutation: 12.2 months).", [(17.5, None, None, "wild type"), (12.2, None, None, "mutation")]),
        ("OS was 12.4 months in the low LDH group and 7.9 months in the high LDH group.", [(12.4, None, None, "low LDH"), (7.9, None, None, "high LDH")]),
        ("Median OS was 14 months for responders, whereas it was 7 months in patients who did not respond.", [(14, None, None, "responders"), (7, None, None, "no respond")]),
    ],
)  # fmt: skip
def test_medians(text, wanted):
    found = facts(text, "survival_median", "low", "high", "arm")
    assert found[: len(wanted)] == wanted or [row[:3] for row in found] == [row[:3] for row in wanted], found
    assert [row[0] for row in found] == [row[0] for row in wanted]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("The median PFS and OS were 8.5 and 22.3 months, respectively.", [(8.5, "PFS"), (22.3, "OS")]),
        ("The median time to progression was 6.2 months.", [(6.2, "TTP")]),
        ("Median PFS was 10.2 and 10.8 months (p = 0.74), while median OS was 20.0 and 25.3 months (p = 0.099), for groups A and B, respectively.",
         [(10.2, "PFS"), (10.8, "PFS"), (20.0, "OS"), (25.3, "OS")]),
        ("The median age was 52 years, the median follow-up 30 months and the median survival 20 months.", [(20, "OS")]),
        ("The median disease-free survival was 1.8 years.", [(1.8, "DFS")]),
    ],
)  # fmt: skip
def test_endpoints_of_medians(text, wanted):
    assert sorted(facts(text, "survival_median", "endpoint")) == sorted(wanted)


@pytest.mark.parametrize(
    "text",
    [
        "Median OS was not reached.", "The median duration of treatment was 4 months.", "The mean survival time was 30 months.", "A median benefit of 3 months in OS was seen.",
        "The median time from diagnosis to surgery was 2 months.", "Median OS exceeded the follow-up of 30 months.", "Median OS was expected to be 12 months.",
    ],
)  # fmt: skip
def test_what_is_no_median_of_survival(text):
    assert read(text, "survival_median") == []


def test_p_belongs_to_all_compared_values():
    found = read("Median OS was 14 months with drug X and 9 months with drug Y (p = 0.03).", "survival_median")
    assert [row["p"] for row in found] == ["0.03", "0.03"]


def test_each_endpoint_keeps_its_own_p():
    text = "Median PFS was 10 and 11 months (p = 0.74) and median OS was 20 and 25 months (p = 0.09) in groups A and B, respectively."
    assert {(row["endpoint"], row.get("p")) for row in read(text, "survival_median")} <= {
        ("PFS", "0.74"),
        ("OS", "0.09"),
        ("PFS", None),
        ("OS", None),
    }


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("The 1-, 2- and 3-year OS rates were 78.5%, 52.3% and 36.1%, respectively.", [(78.5, "OS", 12), (52.3, "OS", 24), (36.1, "OS", 36)]),
        ("Local control at 2 years was 88%.", [(88, "LC", 24)]),
        ("At 24 months, PFS was 41%.", [(41, "PFS", 24)]),
        ("The 3-year OS, LRFS and DMFS were 80%, 85% and 75%.", [(80, "OS", 36), (85, "LRFS", 36), (75, "DMFS", 36)]),
        ("The actuarial 5-year cause-specific survival was 71 ± 4%.", [(71, "CSS", 60)]),
    ],
)  # fmt: skip
def test_rates(text, wanted):
    assert facts(text, "survival_rate", "endpoint", "at") == wanted


def test_two_time_points_by_two_arms():
    text = (
        "The 2- and 5-year OS rates were 91% (80–97) and 80% (61–91) in group A, and 64% (50–76) and 47% (31–62) in group B, respectively."
    )
    assert facts(text, "survival_rate", "at", "arm", "low", "high") == [
        (91, 24, "group A", 80, 97), (80, 60, "group A", 61, 91), (64, 24, "group B", 50, 76), (47, 60, "group B", 31, 62),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Median OS was 60.9 months with sorafenib and 20.9 months with placebo. The 5-year OS rates were 50.8% and 11.3%, respectively.", [(50.8, "sorafenib"), (11.3, "placebo")]),
        ("The 3-year OS rate was 63.7% with RT and 31.8% without RT.", [(63.7, "RT"), (31.8, "without RT")]),
        ("In the high-risk group, the 3-year OS rates with and without RT were 40.2% and 31.0%, respectively.", [(40.2, "RT, high-risk"), (31.0, "without RT, high-risk")]),
        ("Patients with oligometastases had a 2-year OS of 74% compared with 41% for polymetastatic disease.", [(74, "oligometastases"), (41, "polymetastatic disease")]),
        ("The 3-year OS rates of patients with M1a and M1b disease were 54.5% and 34.3%, respectively.", [(54.5, "M1a disease"), (34.3, "M1b disease")]),
    ],
)  # fmt: skip
def test_arms_of_rates(text, wanted):
    assert facts(text, "survival_rate", "arm") == wanted


TWO_ARMS = "Between 2006 and 2013, 242 patients were randomly assigned to receive drug X alone (n = 121) or drug X plus drug Y (n = 121)."


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("In patients with liver metastases, median OS was 9.3 months in the drug X plus drug Y arm and 7.1 months in the drug X alone arm.",
         [(9.3, "drug X plus drug Y, liver metastases"), (7.1, "drug X alone, liver metastases")]),
        ("For patients younger than 70 years, median OS was 17 months with drug X plus drug Y versus 12 months with drug X alone.",
         [(17, "drug X plus drug Y, younger than 70 years"), (12, "drug X alone, younger than 70 years")]),
        ("Median OS with drug X plus drug Y compared with the drug X alone arm in patients with liver metastases differed (16.2 vs. 9.8 months).",
         [(16.2, "drug X plus drug Y, liver metastases"), (9.8, "drug X alone, liver metastases")]),
        ("In the low-risk group, median OS was 31 months.", [(31, "low-risk")]),
        ("In the whole study population, median OS was 31 months.", [(31, None)]),
        ("Patients who had surgery lived for a median OS of 24.5 months, compared with 11.4 months for those who did not (p = 0.02).", [(24.5, "surgery"), (11.4, "no surgery")]),
        ("The overall survival of patients with squamous histology was 19.3 months, for patients with adenocarcinoma 15.2 months.", [(19.3, "squamous histology"), (15.2, "adenocarcinoma")]),
        ("Median OS was 14.1 months for the whole cohort, 18.2 months for HER2-positive and 12.4 months for HER2-negative patients.",
         [(14.1, None), (18.2, "HER2-positive"), (12.4, "HER2-negative patients")]),
    ],
)  # fmt: skip
def test_parts_of_the_patients_and_of_the_arms(text, wanted):
    assert sorted(facts(text, "survival_median", "arm", before=TWO_ARMS)) == sorted(wanted)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("The 5-year OS for stage I, II and III was 91%, 78% and 44%, respectively.", ["stage I", "stage II", "stage III"]),
        ("The 5-year OS for the low-, intermediate- and high-risk groups was 91%, 78% and 44%.", ["low-risk", "intermediate-risk", "high-risk"]),
        ("The 5-year OS of patients with 0, 1 and 2 risk factors was 91%, 78% and 44%, respectively.", ["0 risk factors", "1 risk factors", "2 risk factors"]),
        ("Five-year OS was 91% with SBRT and 78% without.", ["SBRT", "without SBRT"]),
    ],
)  # fmt: skip
def test_groups_of_lists_that_share_a_word(text, wanted):
    assert [row["arm"] for row in read(text, "survival_rate")] == wanted


def test_corresponding_figures_take_arms_and_time_from_the_sentence_before():
    text = "The 4-year PFS was 43% in group A and 31% in group B. The corresponding figures for OS were 57% and 49%."
    assert facts(text, "survival_rate", "endpoint", "at", "arm")[2:] == [(57, "OS", 48, "group A"), (49, "OS", 48, "group B")]


def test_a_ratio_of_one_arm_versus_the_other():
    found = read("The hazard ratio of drug X alone vs. drug X plus drug Y for PFS was 1.48.", "hazard_ratio", before=TWO_ARMS)
    assert [(row["value"], row["endpoint"], row["arm"], row["vs"]) for row in found] == [
        (1.48, "PFS", "drug X alone", "drug X plus drug Y")
    ]


def test_rates_of_a_comparison():
    text = "Two-year OS was 64% for patients with a single metastasis versus 33% for those with multiple metastases (P = .004)."
    assert facts(text, "survival_rate", "arm", "p") == [(64, "single metastasis", ".004"), (33, "multiple metastases", ".004")]


@pytest.mark.parametrize(
    "text",
    [
        "The 5-year cumulative incidence of local recurrence was 12%.", "At 2 years, 45% of the patients had died.", "The response rate was 64% at 3 months.",
        "The absolute benefit in 5-year OS was 8%.", "We assumed a 3-year OS of 60%.", "Overall survival was 40%.", "The 2-year risk of death was reduced by 30%.",
    ],
)  # fmt: skip
def test_what_is_no_survival_rate(text):
    assert read(text, "survival_rate") == []


def test_figures_of_the_methods_are_assumptions():
    assert read("The 5-year OS in the control arm was 40%.", "survival_rate", section="methods") == []


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("The hazard ratio for death was 0.72 (95% CI, 0.55 to 0.94; P = 0.01).", ("OS", 0.72, 0.55, 0.94, "0.01")),
        ("OS was longer (HR 0.42 [0.23-0.77]; p = <0.001).", ("OS", 0.42, 0.23, 0.77, "<0.001")),
        ("The hazard ratio for disease progression or death was 0.55 (0.41–0.74).", ("PFS", 0.55, 0.41, 0.74, None)),
        ("Relapse-free survival was shorter (hazard ratio = 2.37, 1.65–3.41).", ("RFS", 2.37, 1.65, 3.41, None)),
    ],
)  # fmt: skip
def test_hazard_ratios(text, wanted):
    found = read(text, "hazard_ratio")
    assert [(row["endpoint"], row["value"], row.get("low"), row.get("high"), row.get("p")) for row in found] == [wanted]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("The hazard ratio of death for RT patients compared to patients in the CRT group was 1.64.", ("RT", "CRT")),
        ("Compared with chemotherapy alone, chemoradiotherapy improved PFS (HR 0.60).", ("chemoradiotherapy", "chemotherapy alone")),
        ("High NLR was associated with worse OS (HR 2.1).", ("High NLR", None)),
        ("Median OS was 14 months in the control arm and 19 months in the combination arm (HR 0.71).", ("combination", "control")),
        ("Median OS was 39 months in the TMZ arm and 46 months in the RT arm (HR 1.16).", ("TMZ", "RT")),
        ("No significant association between LDH and OS was found (HR 1.2).", ("LDH", None)),
    ],
)  # fmt: skip
def test_what_a_ratio_compares(text, wanted):
    assert [(row.get("arm"), row.get("vs")) for row in read(text, "hazard_ratio")] == [wanted]


def test_each_covariate_of_a_list_has_its_ratio():
    text = "Age (HR 1.5, 95% CI 1.1-2.0) and liver metastasis (HR 2.4, 95% CI 1.6-3.6) were associated with shorter OS."
    assert facts(text, "hazard_ratio", "arm", "endpoint") == [(1.5, "Age", "OS"), (2.4, "liver metastasis", "OS")]


def test_covariates_with_prepositions_keep_their_words():
    text = "EBV DNA after CHT (HR 2.31), tumour response (HR 1.87) and RT (HR 0.58) were independent factors for OS."
    assert facts(text, "hazard_ratio", "arm") == [(2.31, "EBV DNA after CHT"), (1.87, "tumour response"), (0.58, "RT")]


def test_a_group_that_is_only_the_comparator_is_not_the_arm():
    row = read("OS was better than in the control group (HR 0.70).", "hazard_ratio")[0]
    assert (row.get("arm"), row["vs"]) == (None, "control")


def test_a_ratio_takes_endpoint_and_arms_from_the_sentence_before():
    text = "The 5-year OS was 81% in group A and 48% in group B. The HR was 0.23 (95% CI 0.09–0.56)."
    row = read(text, "hazard_ratio")[0]
    assert (row["endpoint"], row["arm"], row["vs"]) == ("OS", "group A", "group B")


@pytest.mark.parametrize(
    "text",
    [
        "Hazard ratios of OS were estimated with the Cox model.",
        "The trial was designed to detect a hazard ratio of 0.70 for OS.",
        "Mucositis was more frequent (odds ratio 1.8).",
    ],
)
def test_what_is_no_hazard_ratio(text):
    assert read(text, "hazard_ratio") == []


def test_the_discussion_is_not_read_beside_results():
    passages = [
        Passage(0, "paragraph", "results", "The 5-year OS was 61%."),
        Passage(1, "paragraph", "discussion", "This study found a median OS of 5.2 months with drug X."),
    ]  # fmt: skip
    assert [finding.value for finding in survival.read(Paper(Document("own", "txt", passages)))] == [61]


def test_the_quote_holds_the_number_in_long_sentences():
    text = "In this cohort, " + "which was followed with great care and at regular intervals, " * 6 + "the 5-year OS was 61.3%."
    finding = next(survival.read(Paper(Document("own", "txt", [Passage(0, "paragraph", "results", text)]))))
    assert "61.3%" in finding.quote
    assert len(finding.quote) <= 300
    assert finding.quote in text


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("The drug X plus drug Y group had a longer median PFS (8.2 vs 6.7 months, p = 0.02) and OS (17.1 vs 15.3 months) than the drug X alone group.",
         [(8.2, "PFS", "drug X plus drug Y"), (6.7, "PFS", "drug X alone"), (17.1, "OS", "drug X plus drug Y"), (15.3, "OS", "drug X alone")]),
        ("Median PFS (8.2 v 6.7 months) and OS (17.1 v 15.3 months) were longer in the drug X plus drug Y arm.",
         [(8.2, "PFS", "drug X plus drug Y"), (6.7, "PFS", "drug X alone"), (17.1, "OS", "drug X plus drug Y"), (15.3, "OS", "drug X alone")]),
        ("Median PFS was 5.8 v 4.2 months and median OS was 13.3 v 11.7 months for drug X plus drug Y and drug X alone, respectively.",
         [(5.8, "PFS", "drug X plus drug Y"), (4.2, "PFS", "drug X alone"), (13.3, "OS", "drug X plus drug Y"), (11.7, "OS", "drug X alone")]),
        ("Median EFS was 20.6 months; 21 patients were still alive after 41 months.", [(20.6, "EFS", None)]),
        ("The median post-progression survival was 9 months.", []),
    ],
)  # fmt: skip
def test_values_in_pairs_and_what_names_no_arm(text, wanted):
    assert facts(text, "survival_median", "endpoint", "arm", before=TWO_ARMS) == wanted


def test_pairs_without_names_take_the_papers_usual_order():
    before = f"{TWO_ARMS} Median PFS was 8.2 months in the drug X plus drug Y arm and 6.7 months in the drug X alone arm."
    assert facts("Median OS was 17.1 vs 15.3 months.", "survival_median", "arm", before=before)[2:] == [
        (17.1, "drug X plus drug Y"),
        (15.3, "drug X alone"),
    ]
    text = "Median OS of smokers compared with others was shorter (12.2 vs 16.4 months)."
    assert {row[1] for row in facts(text, "survival_median", "arm", before=before)[2:]}.isdisjoint({"drug X plus drug Y", "drug X alone"})


def test_intervals_behind_the_arms():
    text = "Median OS was 13.3 months for drug X plus drug Y (95% CI 10.8-15.1) and 11.7 months for drug X alone (95% CI 9.2-13.9)."
    assert facts(text, "survival_median", "low", "high", before=TWO_ARMS) == [(13.3, 10.8, 15.1), (11.7, 9.2, 13.9)]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("The addition of drug Y to drug X did not improve OS (HR 0.96).", ("drug X plus drug Y", "drug X alone")),
        ("The adjusted HR for OS was 1.58 (95% CI 1.11-2.29) for current smokers compared with never smokers.", ("current smokers", "never smokers")),
        ("In women with bone metastases, median OS was 7 months with drug X alone and 9 months with drug X plus drug Y (HR 0.74).", ("drug X plus drug Y, bone metastases", "drug X alone")),
    ],
)  # fmt: skip
def test_arm_and_comparator_of_a_ratio(text, wanted):
    assert [(row["arm"], row["vs"]) for row in read(text, "hazard_ratio", before=TWO_ARMS)] == [wanted]


def sizes(*paragraphs: str) -> list[tuple]:
    """Arm and size of the groups that a whole paper of these paragraphs compares."""
    passages = [Passage(place, "paragraph", "results", text, heading="Results") for place, text in enumerate(paragraphs)]
    return sorted((f.arm, f.value) for f in findings(Document("own", "txt", passages)) if f.field == "arm_size")


@pytest.mark.parametrize(
    ("counts", "outcome", "wanted"),
    [
        ("BRAF was wild-type in 130 patients (65%) and mutated in 70 patients (35%).", "Median OS was 18 months in the wild-type group and 13 months in the mutated group.",
         [("mutated", 70), ("wild-type", 130)]),
        ("We enrolled 290 patients, of whom 200 had high expression and 90 had low expression.", "The 5-year OS was 42% in patients with high expression and 71% in those with low expression.",
         [("high expression", 200), ("low expression", 90)]),
        ("We enrolled 290 patients, of whom 200 had hypertension and 90 had diabetes.", "The 5-year OS was 42% in patients with high expression and 71% in those with low expression.", []),
        ("In this case-control study, 71 men treated with SBRT were matched to 71 men treated with surgery.", "Median OS was 41 months.", [("SBRT", 71), ("surgery", 71)]),
        ("We identified 1,207 patients; 803 (66.5%) received drug X and 404 (33.5%) did not.", "Median OS was 41 months.", [("drug X", 803), ("no drug X", 404)]),
        ("Patients were divided by the ratio: NLR < 3 (n = 121) and NLR ≥ 3 (n = 87).", "Median OS was 41 months.", [("NLR < 3", 121), ("NLR ≥ 3", 87)]),
        ("The series included 71 patients who received drug X followed by surgery (drug X group) and 83 patients who underwent surgery first (surgery group).", "Median OS was 41 months.",
         [("drug X", 71), ("surgery", 83)]),
        ("In all, 121 patients were randomized, 61 to docetaxel and 60 to best supportive care.", "Median OS was 11 months.", [("best supportive care", 60), ("docetaxel", 61)]),
    ],
)  # fmt: skip
def test_sizes_of_the_groups_that_results_compare(counts, outcome, wanted):
    assert sizes(counts, outcome) == wanted


def test_values_led_by_their_groups():
    text = "Median OS of patients with wild-type BRAF was 19 months, with V600E mutations 9 months and with other mutations 15 months."
    assert facts(text, "survival_median", "arm") == [(19, "wild-type BRAF"), (9, "V600E mutations"), (15, "other mutations")]


def test_a_judgement_orders_its_pair_and_not_the_papers_habit():
    before = f"{TWO_ARMS} Median PFS was 6.7 months in the drug X alone arm and 8.2 months in the drug X plus drug Y arm."
    text = "Drug Y was associated with a longer median OS (17.1 vs 15.3 months)."
    assert facts(text, "survival_median", "arm", before=before)[2:] == [(17.1, "drug X plus drug Y"), (15.3, "drug X alone")]


def test_arms_of_another_clause_give_no_arm():
    before = "Patients were randomized to the AB group (n = 50) or the CD group (n = 52)."
    text = (
        "With a median follow-up of 609 (range, 3-2130) days, the 5-year incidence of relapse was 16% and 17%; "
        "the 5-year OS was 72% and 81%, respectively in AB and CD group."
    )
    assert facts(text, "survival_median", "arm", before=before) == []
    assert facts(text, "survival_rate", "arm", before=before) == [(72, "AB"), (81, "CD")]


@pytest.mark.parametrize(("results", "wanted"), [("", [(45, 60)]), ("Forty people were seen.", [])])
def test_a_text_without_sections_is_read_whole(results, wanted):
    passages = [Passage(0, "paragraph", "other", "The 5-year OS was 45%. Previous studies have shown that 5-year OS was 30%.")]
    passages += [Passage(1, "paragraph", "results", results)] if results else []
    held = survival.read(Paper(Document("own", "txt", passages)))
    assert [(finding.value, finding.at) for finding in held] == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("OS was longer [hazard ratio 0.50 (95% CI 0.40-0.62), P < 0.001] with A.", "OS was longer (hazard ratio 0.50 [95% CI 0.40-0.62], P < 0.001) with A."),
        ("as others saw [12, 14-16] (n = 5 [3%])", "as others saw [12, 14-16] (n = 5 [3%])"),
        ("an open [bracket and ) another", "an open (bracket and ) another"),
    ],
)  # fmt: skip
def test_brackets_are_evened_and_citations_stay(text, wanted):
    assert evened(text) == wanted
    assert len(wanted) == len(text)


def test_square_brackets_read_as_round_ones():
    text = "Median OS was 12 months [95% CI 10-14] with A, and 9 months [95% CI 8-11] with B [HR 0.60 (95% CI 0.41-0.90)]."
    assert facts(text, "survival_median", "low", "high") == [(12, 10, 14), (9, 8, 11)]
    assert facts(text, "hazard_ratio", "low", "high") == [(0.6, 0.41, 0.9)]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("With a median follow-up of 17 months, a median OS of 20 and 19 months was seen in the RT and control groups, respectively.", [(20, "OS"), (19, "OS")]),
        ("Median PFS and OS were 24 and 58 months, respectively, both linked to stage, follow-up and OS.", [(24, "PFS"), (58, "OS")]),
        ("No difference was seen in OS (15 and 17 months; p = 0.5).", [(15, "OS"), (17, "OS")]),
        ("The RT group had a longer DFS than the control group (27 months versus 18 months).", [(27, "DFS"), (18, "DFS")]),
        ("Although OS was similar, the RT group had a longer DFS than the control group (median 27 versus 18 months).", [(27, "DFS"), (18, "DFS")]),
        ("Median times to progression were 4 and 5 months, respectively.", [(4, "TTP"), (5, "TTP")]),
        ("PFS at 3 years rose from 38% to 51%, with median times to progression of 17 and 48 months.", [(17, "TTP"), (48, "TTP")]),
        ("The delay of surgery was longer in the RT group (6 months versus 2 months).", []),
    ],
)  # fmt: skip
def test_each_time_is_of_its_own_measure(text, wanted):
    assert facts(text, "survival_median", "endpoint") == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("The 5-year DFS and OS were 67% and 75% (p = 0.3), and 72% and 81% (p = 0.2), respectively.", [(67, "DFS"), (75, "DFS"), (72, "OS"), (81, "OS")]),
        ("At 5 years there was no difference in RFS (29% versus 40%).", [(29, "RFS"), (40, "RFS")]),
        ("The improvement in 5-year OS was 5%.", []),
        ("The 2-year rate of OS was 73% (95% CI 64-80).", [(73, "OS")]),
        ("Patients with positive nodes had a 5-year OS of 40%.", [(40, "OS")]),
        ("The 5-year OS rates of the patients who did or did not smoke were 28% and 86%, respectively.", [(28, "OS"), (86, "OS")]),
        ("The 1-year graft-versus-host disease-free survival was 42%.", []),
        ("On 31 December 2017, 4-year DFS was 85% in the RT group.", [(85, "DFS")]),
        ("The primary objective was to reach a 1-year PFS of 65%.", []),
        ("At 5 years, 80% of patients in the RT group and 72% in the control group were alive.", [(80, "OS"), (72, "OS")]),
        ("At 5 years, 20% had late toxicity and 72% were alive.", []),
        ("75% of patients were alive and disease-free at 5 years.", [(75, "DFS")]),
    ],
)  # fmt: skip
def test_each_rate_is_of_its_own_measure(text, wanted):
    assert facts(text, "survival_rate", "endpoint") == wanted


def test_a_difference_denied_takes_the_time_of_the_sentence_before():
    text = "The 5-year DFS was 70%. No difference in OS was seen (81% in the RT group and 85% in the control group)."
    assert facts(text, "survival_rate", "endpoint", "at")[1:] == [(81, "OS", 60), (85, "OS", 60)]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("The hazard ratio for death of the RT group against the control group was not significant (0.80; 95% CI 0.5-1.3).", [(0.8, "OS", "RT")]),
        ("In the RT group 30 deaths were due to melanoma compared with 20 in the control group (hazard ratio 1.5).", [(1.5, "CSS", "RT")]),
        ("A high count predicted late failures (HR 2.7) and OS (HR 1.9).", [(1.9, "OS", "high count")]),
        ("Median OS was longer with QX than QY (15 vs 12 months; HR 0.7).", [(0.7, "OS", "QX")]),
        ("A high count was linked to worse DFS (HR 2.1), but not OS (HR 1.3).", [(2.1, "DFS", "high count"), (1.3, "OS", "high count")]),
        ("The HR for OS was 0.7 in favour of the RT group.", [(0.7, "OS", "RT")]),
        ("PFS was longer in the QX group than in the QY group (HR 0.4) and in the QZ group than in the QY group (HR 0.6).", [(0.4, "PFS", "QX"), (0.6, "PFS", "QZ")]),
    ],
)  # fmt: skip
def test_what_a_ratio_is_of(text, wanted):
    assert [(value, end, arm) for value, end, arm in facts(text, "hazard_ratio", "endpoint", "arm")] == wanted


def test_equal_figures_of_different_arms_stay_apart():
    text = "Median OS was 16 months. Median OS was 16 months in the RT group. In the control group median OS was 16 months."
    assert len(facts(text, "survival_median", "arm")) == 2
    assert len(facts("Median OS was 5.6 and 6.0 months, respectively.", "survival_median")) == 2


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("The 5-year disease-specific and overall survival rates were 66% and 58%.", [(66, "CSS", None), (58, "OS", None)]),
        ("The 3-year overall, disease-free and relapse-free survival was 80%, 60% and 70%.", [(80, "OS", None), (60, "DFS", None), (70, "RFS", None)]),
        ("Survival at 2 years was 48% (SE 4%).", [(48, "OS", None)]),
        ("Freedom from local progression at 12 and 24 months was 90% and 81%.", [(90, "LRFS", None), (81, "LRFS", None)]),
        ("Drug X plus RT had the best 5-year OS (62%), followed by drug X alone (30%) and RT alone (20%).", [(62, "OS", "drug X plus RT"), (30, "OS", "drug X alone"), (20, "OS", "RT alone")]),
        ("The 5-year OS (62%) and PFS (30%) were good.", [(62, "OS", None), (30, "PFS", None)]),
    ],
)  # fmt: skip
def test_lists_that_share_a_word_and_groups_before_brackets(text, wanted):
    found = facts(text, "survival_rate", "endpoint", "arm")
    assert [(value, end, arm and arm.lower()) for value, end, arm in found] == [(v, e, a and a.lower()) for v, e, a in wanted]


def test_a_unit_behind_the_interval_is_not_the_groups_name():
    text = "Median PFS was 4.4 (95% CI 3.9-5.6) months for placebo and 11.9 (95% CI 5.7-20.9) months for drug X."
    assert facts(text, "survival_median", "arm") == [(4.4, "placebo"), (11.9, "drug X")]


def test_ratios_that_compare_and_ratios_in_turn():
    text = "The HR for PFS comparing the RT with the control group was 0.58 (95% CI, 0.45-0.75)."
    assert facts(text, "hazard_ratio", "endpoint", "low") == [(0.58, "PFS", 0.45)]
    text = "For OS, drug X (hazard ratio: 0.55; 95% CI: 0.41-0.73; p<0.001) and age (1.42; 1.10-1.84; p=0.008) were significant."
    assert facts(text, "hazard_ratio", "arm", "high") == [(0.55, "drug X", 0.73), (1.42, "age", 1.84)]


def test_an_arm_that_adds_a_drug_once_more_is_another_arm():
    before = "Patients were randomized to QX-QY (n = 50), QX-QY+QY (n = 51) or QZ (n = 52)."
    text = "Median OS was 9 months with QZ, 10 months with QX-QY and 11 months with QX-QY+QY."
    assert facts(text, "survival_median", "arm", before=before) == [(9, "QZ"), (10, "QX-QY"), (11, "QX-QY+QY")]


def test_numbers_of_arms_and_counts_in_words_are_no_figures():
    text = "Survival rates at 12 months were 60% (95% CI 50-69%) for patients in arm 1 and 63% (53-72%) for those in arm 2."
    assert facts(text, "survival_rate", "low", "arm") == [(60, 50, "arm 1"), (63, 53, "arm 2")]
    text = "The 2-year OS was 82%, 65% and 41% for patients with one, two to three, and more than three metastases, respectively."
    assert [arm for _, arm in facts(text, "survival_rate", "arm")][1:] == ["two to three metastases", "more than three metastases"]


def test_a_second_ratio_of_the_same_words():
    text = (
        "The hazard ratio for OS was 0.62 (95% CI 0.50-0.77) for RT versus no RT and 0.80 (95% CI 0.66-0.97) for drug X versus no drug X."
    )
    assert facts(text, "hazard_ratio", "arm", "vs", "low") == [(0.62, "RT", "no RT", 0.5), (0.8, "drug X", "no drug X", 0.66)]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("There was an OS benefit for drug X (23.5 v 18.3 months; HR, 0.76).", [23.5, 18.3]),
        ("OS was not different: 14.1 months (95% CI, 12.0-16.1) vs 13.8 months (95% CI, 11.6-15.9), P = 0.88.", [14.1, 13.8]),
        ("The mean OS was longer with drug X (23.5 v 18.3 months).", []),
        ("OS was good and follow-up long (23.5 months).", []),
    ],
)
def test_times_that_are_compared_need_no_word_median(text, wanted):
    assert [value for (value,) in facts(text, "survival_median")] == wanted


def test_letters_before_figures_and_errors_in_brackets():
    before = "Patients were randomized to arm A (n = 50), arm B (n = 51) or arm C (n = 52)."
    text = "At 2 years OS was similar (A 61%, B 62%, C 65%; p = 0.98)."
    assert facts(text, "survival_rate", "arm", before=before) == [(61, "A"), (62, "B"), (65, "C")]
    assert facts("The two-year EFS was 84% (±4%) and OS 97% (± 2%).", "survival_rate", "endpoint") == [(84, "EFS"), (97, "OS")]


INTRODUCED = "Patients were randomised to drug X (n = 50) or drug Y (n = 52)."


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("The X group had better PFS compared with the Y group (HR = 1.66; 95% CI 0.94-2.96; p = 0.08).", ("Y", "X")),
        ("The X group had better PFS compared with the Y group (HR = 0.66; 95% CI 0.44-0.96).", ("X", "Y")),
        ("Patients with high LDH had worse OS than those with low LDH (HR 0.60, 95% CI 0.40-0.90).", ("low LDH", "high LDH")),
        ("Patients with high LDH had worse OS than those with low LDH (HR 1.60, 95% CI 1.10-2.20).", ("high LDH", "low LDH")),
        ("Patients with high LDH had no worse OS than those with low LDH (HR 0.96, 95% CI 0.70-1.20).", ("high LDH", "low LDH")),
    ],
)
def test_the_ratio_agrees_with_the_judgement(text: str, wanted: tuple) -> None:
    (row,) = read(text, "hazard_ratio")
    assert (row["arm"], row["vs"]) == wanted


def test_covariates_with_their_short_forms_before_the_ratio() -> None:
    text = "Higher insulin (HR = 0.81 [0.67, 0.98] p = 0.03) was good for PFS, while higher growth factor (GF; HR = 1.63 [1.06, 2.51]) and pontin (PN; HR = 1.56 [1.13, 2.15]) were bad."
    assert facts(text, "hazard_ratio", "arm") == [(0.81, "Higher insulin"), (1.63, "higher growth factor"), (1.56, "pontin")]
    text = "Insulin below 2.1 (ln scale; HR = 2.55 [1.24, 5.23]) and marker above 8.9 (ln scale; HR = 2.67 [1.08, 3.70]) were bad for PFS."
    assert facts(text, "hazard_ratio", "arm") == [(2.55, "Insulin below 2.1"), (2.67, "marker above 8.9")]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("The mean and median overall survival was 31 and 17 months with drug X.", [17]),
        ("The mean and median survival for drug X was 31.1 and 17.8 vs. 21.1 and 12.6 months for drug Y.", [17.8, 12.6]),
        ("The median and mean overall survival times were 17 and 31 months.", [17]),
        ("The mean age was 60 years and median overall survival was 31 months.", [31]),
    ],
)
def test_of_mean_and_median_the_median(text: str, wanted: list) -> None:
    assert [value for (value,) in facts(text, "survival_median")] == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("PFS was not different (drug X = 106 days; drug Y = 73 days; P = .62).", [(106, "drug X"), (73, "drug Y")]),
        ("Median survival was similar (13 months drug X, 11 months drug Y).", [(13, "drug X"), (11, "drug Y")]),
        ("Median overall survival was alike in the two groups (12 months each).", [(12, "drug X"), (12, "drug Y")]),
        ("Median overall survival was 12 months; each month counted.", [(12, None)]),
    ],
)
def test_medians_in_brackets(text: str, wanted: list) -> None:
    assert facts(text, "survival_median", "arm", before=INTRODUCED) == wanted


def test_letters_without_a_comma_name_groups() -> None:
    text = "The 2-year relapse rate was similar (A 32%, B 32%, C 38%), as was overall survival (A 61%, B 62% C 63%)."
    assert facts(text, "survival_rate", "arm") == [(61, "A"), (62, "B"), (63, "C")]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("The relapse-free survival was 81%; 69% for radiotherapy alone and 93% for chemoradiotherapy.", [81, 69, 93]),
        ("Overall survival was 45% versus 58% (P=0.11).", [45, 58]),
        ("The OS rate was 72% in the X group and 65% in the Y group.", [72, 65]),
        ("LRFS rates were 81%, 77% and 60% in groups A, B and C, respectively.", [81, 77, 60]),
        ("Disease-free survival events were seen in 45% of patients.", []),
        ("Overall survival improved by 12%.", []),
        ("Overall survival was 30% longer with drug X.", []),
        ("Overall survival was associated with a 45% lower risk.", []),
        ("At last follow-up OS was 70%.", []),
        ("The 2-year OS was 70%. The PFS was 45%.", [70]),
    ],
)
def test_rates_without_a_time_point(text: str, wanted: list) -> None:
    assert [value for (value,) in facts(text, "survival_rate")] == wanted


SHARED = "Before treatment, 70% of patients had no pain, 20% had mild pain, and 10% had severe pain. "


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (SHARED + "The 5-year OS and DSS rates for these groups were 71%, 59% and 47% (P<0.001), and 86%, 85%, and 81%, respectively.",
         [(71, "OS", "no pain"), (59, "OS", "mild pain"), (47, "OS", "severe pain"), (86, "CSS", "no pain"), (85, "CSS", "mild pain"), (81, "CSS", "severe pain")]),
        (SHARED + "The 5-year OS in these groups was 71%, 59% and 47%.", [(71, "OS", "no pain"), (59, "OS", "mild pain"), (47, "OS", "severe pain")]),
        (SHARED + "The 1-, 3- and 5-year OS rates were 71%, 59% and 47%.", [(71, "OS", None), (59, "OS", None), (47, "OS", None)]),
        ("In all, 50% of patients had fever, 30% had pain and 40% had nausea. The 5-year OS in these groups was 71%, 59% and 47%.",
         [(71, "OS", None), (59, "OS", None), (47, "OS", None)]),
    ],
)  # fmt: skip
def test_groups_of_a_sentence_that_shares_the_patients_out(text: str, wanted: list) -> None:
    assert facts(text, "survival_rate", "endpoint", "arm") == wanted


def test_everybodys_figure_before_the_parts() -> None:
    text = "Median OS was 14 months: 10 months with drug X, 12 months with drug Y and 18 months with drug Z."
    assert facts(text, "survival_median", "arm") == [(14, None), (10, "drug X"), (12, "drug Y"), (18, "drug Z")]
    text = "Median OS was 14 months (10 months with drug X and 18 months with drug Y)."
    assert facts(text, "survival_median", "arm")[0] == (14, None)


@pytest.mark.parametrize(
    ("text", "field", "wanted"),
    [
        ("Patients who received drug X had a median survival of 11 months, and those who did not of 9 months.", "survival_median",
         [(11, "OS", "drug X"), (9, "OS", "no drug X")]),
        ("Patients who attained a response survived longer than those who did not: 3-year survival was 61% vs 13%.", "survival_rate",
         [(61, "OS", "response"), (13, "OS", "no response")]),
        ("The 5-year survival was 41 per cent with and 30 per cent without drug X.", "survival_rate",
         [(41, "OS", "drug X"), (30, "OS", "without drug X")]),
        ("Corrected 5-year survival was 64%.", "survival_rate", [(64, "CSS", None)]),
        ("Age-corrected 5-year survival was 64%.", "survival_rate", [(64, "OS", None)]),
        ("The MST was 30 months.", "survival_median", [(30, "OS", None)]),
        ("Patients with a solitary lesion lived a median of 3.1 years, those with more than one lesion 2.0 years.", "survival_median",
         [(3.1, "OS", "solitary lesion"), (2.0, "OS", "more than one lesion")]),
        ("Crude 5-year survival was 54% after drug X and 49% after drug Y; the median survival times were 5.6 and 4.8 years.", "survival_median",
         [(5.6, "OS", "drug X"), (4.8, "OS", "drug Y")]),
        ("Overall survival 1, 3 and 5 years after drug X was 87%, 38% and 18%.", "survival_rate", [(87, "OS", None), (38, "OS", None), (18, "OS", None)]),
        ("PFS was better in both arms than in the control arm (6 months, HR 0.58; 18 months, HR 0.41).", "survival_median", []),
        ("The median survival was 14 months for patients with KPS 90–100 vs 7 months for those with KPS 60–80.", "survival_median",
         [(14, "OS", "KPS 90–100"), (7, "OS", "KPS 60–80")]),
        ("The 5-year rates in arm A were 80% for OS and 70% for DFS.", "survival_rate", [(80, "OS", "arm A"), (70, "DFS", "arm A")]),
    ],
)  # fmt: skip
def test_whose_figures_a_sentence_tells(text, field, wanted):
    assert facts(text, field, "endpoint", "arm") == wanted


def test_pairs_of_a_part_and_of_a_list_of_their_own():
    text = "The 5-year OS was higher in the QX group than in the QY group (86% vs. 74%), but no difference was found for patients with N0 disease (92% vs. 90%)."
    arms_of_all = [row["arm"] for row in read(text, "survival_rate")]
    assert arms_of_all == ["QX", "QY", "QX, N0 disease", "QY, N0 disease"]
    text = "Median OS was 14 months in group A vs 7 months in group B, and 16 months vs 8 months for treated and untreated disease, respectively."
    assert [row["arm"] for row in read(text, "survival_median")][2:] == ["treated", "untreated disease"]


def test_marks_of_another_clause_and_of_ratios_are_not_taken():
    text = "In the QX group the median OS was 10 months versus 7 months in the QY group; 1-year OS was 38% in the QX group and 25% in the QY group."
    assert [row["arm"] for row in read(text, "survival_median")] == ["QX", "QY"]
    text = "The 5-year OS was 66% in the QX group and 79% in the QY group (HR 0.58, 95% CI 0.44-0.77, p<0.001, for QY versus QX)."
    assert [row["arm"] for row in read(text, "survival_rate")] == ["QX", "QY"]
    assert [(row["arm"], row["vs"]) for row in read(text, "hazard_ratio")] == [("QY", "QX")]


def test_ratios_behind_two_levels_and_of_a_predictor():
    text = "Stage (III vs. II, HR = 1.87, 95% CI: 1.26-2.78) and sex (male vs. female, HR = 0.61, 95% CI: 0.39-0.95) were independent factors for OS."
    assert facts(text, "hazard_ratio", "arm", "vs") == [(1.87, "Stage (III)", "II"), (0.61, "sex (male)", "female")]
    text = "Size above 2 cm predicted shorter OS after drug X (HR 2.4; 95% CI 1.2-4.6) but not after drug Y (HR 1.1; 95% CI 0.3-3.8)."
    assert facts(text, "hazard_ratio", "arm")[0] == (2.4, "Size above 2 cm")


def test_an_arm_is_told_by_what_it_adds_to_the_other():
    before = "A total of 514 women were assigned to tamox plus gosel (n = 259) or tamox (n = 255)."
    text = "The 10-year OS was 72% with gosel and 70% without gosel."
    assert facts(text, "survival_rate", "arm", before=before) == [(72, "tamox plus gosel"), (70, "tamox")]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("The local control rates at 1 and 2 years were 67% and 58% for QX, and 42% and 33% for QY.", [(67, 12), (58, 24), (42, 12), (33, 24)]),
        ("The DSS at 3 and 5 years was 80% and 74% for QX, and 81% and 76% for QY; the OS was 73% and 64% for QX versus 70% and 60% for QY.",
         [(80, 36), (74, 60), (81, 36), (76, 60), (73, 36), (64, 60), (70, 36), (60, 60)]),
        ("The overall survival rate of QX was 65% at 1 year and 36% at 2 years; that of QY was 58% and 31%.", [(65, 12), (36, 24), (58, 12), (31, 24)]),
        ("The 1- and 2-year OS rates of the 142 patients were 71.1% and 42.3%.", [(71.1, 12), (42.3, 24)]),
        ("In the study the 142 patients were men in 71% and the 1-year mortality was low.", []),
        ("The 5-year OS was 78% vs. 90%, whereas the difference in LRRFS was not significant (86% vs. 91%).", [(78, 60), (90, 60), (86, 60), (91, 60)]),
        ("The difference in 5-year OS was 12%.", []),
    ],
)  # fmt: skip
def test_times_of_rates_in_runs_and_of_what_differs(text, wanted):
    found = facts(text, "survival_rate", "at")
    assert sorted(found) == sorted(wanted)


def test_figures_that_correspond_to_those_before_take_their_times_and_arms():
    text = "The 2- and 5-year OS rates were 66% and 49% for Group I, and 64% and 46% for Group II. The corresponding DFS rates were 57%, 45%, 55% and 42%."
    found = facts(text, "survival_rate", "endpoint", "at", "arm")[4:]
    assert found == [(57, "DFS", 24, "Group I"), (45, "DFS", 60, "Group I"), (55, "DFS", 24, "Group II"), (42, "DFS", 60, "Group II")]
    text = "The 2- and 5-year OS rates were 66% and 49% for Group I, and 64% and 46% for Group II. The corresponding DFS rates were 57% and 45%."
    assert len([row for row in read(text, "survival_rate") if row["endpoint"] == "DFS"]) == 0


def test_a_second_time_of_follow_up_is_no_survival():
    text = "After a median follow-up of 8 months for the whole cohort and 26 months for the survivors, median OS was 9 months."
    assert facts(text, "survival_median") == [(9,)]


@pytest.mark.parametrize(
    ("text", "field", "wanted"),
    [
        ("One-, two- and three-year survival rates were 57%, 24% and 17% in arm 1, and 66%, 37% and 25% in arm 2.", "survival_rate",
         [(57, "arm 1"), (24, "arm 1"), (17, "arm 1"), (66, "arm 2"), (37, "arm 2"), (25, "arm 2")]),
        ("The median TTP was 8.7 months in arm 1 versus 10.5 months in arm 2.", "survival_median", [(8.7, "arm 1"), (10.5, "arm 2")]),
        ("Stratified by drug, one- and two-year OS were 62% and 38% in all patients.", "survival_rate", [(62, None), (38, None)]),
        ("Those given QX had a 2-year OS of 27% as opposed to 42% with QY and 44% without systemic therapy.", "survival_rate",
         [(27, "QX"), (42, "QY"), (44, "without systemic therapy")]),
        ("Median OS was not reached in the QX group and was 21 months in the placebo group (HR for death, 0.72; 95% CI, 0.46 to 1.13).", "hazard_ratio",
         [(0.72, "QX")]),
    ],
)  # fmt: skip
def test_arms_beside_numbers_and_lists_in_words(text, field, wanted):
    assert facts(text, field, "arm") == wanted


def test_ratios_in_parts_of_the_patients():
    before = "A total of 180 patients were assigned to QX (n = 120) or placebo (n = 60). Median PFS was 14 months with QX and 8 months with placebo."
    text = "PFS was longer with QX than with placebo. The HR was 0.58 (95% CI, 0.36 to 0.93) in men, 0.69 (95% CI, 0.34 to 1.40) in women and 0.44 (95% CI, 0.21 to 0.92) in patients with a marker of 1% or more."
    found = facts(text, "hazard_ratio", "arm", "vs", before=before)
    assert found == [(0.58, "QX (men)", "placebo"), (0.69, "QX (women)", "placebo"), (0.44, "QX (marker of 1%)", "placebo")]


def test_a_degree_alone_is_of_the_noun_told_before():
    text = "Patients with weak QX expression had the worst median survival (1.3 years versus 6.3 years for negligible; and 7.8 years for strong)."
    assert facts(text, "survival_median", "arm")[1:] == [(6.3, "negligible QX expression"), (7.8, "strong QX expression")]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("The 3-year OS was 39% in patients with scars and 70% in those without (P = 0.002).", [(39, "scars"), (70, "without scars")]),
        ("The survival at 5 years was 74% with QX and 68% without, and that at 10 years 55% and 46%.",
         [(74, "QX"), (68, "without QX"), (55, None), (46, None)]),
        ("The 3-year LC was 91% for T1 and 71% for T2 tumors (P = 0.006); the corresponding OS rates were 68 and 57% (P = 0.11).",
         [(91, "T1"), (71, "T2 tumors"), (68, "T1"), (57, "T2 tumors")]),
    ],
)  # fmt: skip
def test_those_without_and_what_corresponds(text, wanted):
    assert facts(text, "survival_rate", "arm") == wanted


def test_a_relative_hazard_is_a_ratio():
    text = "In multivariate analysis QX reduced the hazard of death (relative hazard 0.70; 95% confidence interval 0.60 to 0.82)."
    assert facts(text, "hazard_ratio", "low", "high", "arm", "endpoint") == [(0.7, 0.6, 0.82, "QX", "OS")]
    assert not facts("The relative risk of rash was 0.70.", "hazard_ratio")


def test_patients_alive_in_a_sentence_on_survival() -> None:
    text = "There was an improvement in survival: 30% of the CX patients were alive at 2 years compared with 20% of the controls."
    assert facts(text, "survival_rate", "endpoint", "arm") == [(30, "OS", "CX"), (20, "OS", "control")]
    assert facts("At 2 years 30% of the patients were alive and disease-free.", "survival_rate", "endpoint") == [(30, "DFS")]


TRIAL = "Patients were randomly assigned to docetaxel or placebo."


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("The hazard ratio for progression or death was 0.69 (95% CI, 0.56 to 0.85), favoring docetaxel.", [(0.69, "docetaxel", "placebo")]),
        ("The risk of progression or death was lower in the docetaxel group (HR 0.61, 95% CI 0.49-0.76).", [(0.61, "docetaxel", "placebo")]),
        ("Death occurred in 97 (45%) of 216 patients in the docetaxel group and 121 (56%) of 217 in the placebo group (HR 0.74, 95% CI 0.57-0.96).", [(0.74, "docetaxel", "placebo")]),
        ("Compared with placebo, docetaxel was associated with longer PFS (HR 0.58, 95% CI 0.41-0.82).", [(0.58, "docetaxel", "placebo")]),
        ("Docetaxel was associated with improved OS (HR 0.71; 95% CI 0.58-0.87; P = .001) compared with placebo.", [(0.71, "docetaxel", "placebo")]),
        ("Median OS (13.2 vs 10.3 months; HR 0.78; 95% CI 0.63-0.97) was longer with docetaxel than with placebo.", [(0.78, "docetaxel", "placebo")]),
        ("The adjusted hazard ratio for OS (docetaxel vs placebo) was 0.62 (95% CI 0.45-0.85).", [(0.62, "docetaxel", "placebo")]),
        ("OS was longer in women (HR 0.69; 95% CI 0.52-0.92) and in those without (HR 0.80; 95% CI 0.60-1.07).", None),
    ],
)  # fmt: skip
def test_ratios_of_two_arms_without_sizes(text, wanted):
    found = [(row["value"], (row.get("arm") or "").lower(), row.get("vs")) for row in read(text, "hazard_ratio", before=TRIAL)]
    assert found == wanted if wanted else all(row[1] != "without" for row in found)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Resection improved OS compared with ablation (HR 0.79; 95% CI 0.71-0.88), with a gain at 5 years.", [(0.79, "Resection", "ablation")]),
        ("Chemotherapy was associated with a reduced risk of death (HR 0.61; 95% CI 0.44-0.85) and of progression (HR 0.66; 95% CI 0.49-0.88).",
         [(0.61, "Chemotherapy", None), (0.66, "Chemotherapy", None)]),
        ("The HR for death was 0.85 (95% CI 0.61-1.18) and the HR for relapse was 0.74 (95% CI 0.57-0.96).", [(0.85, None, None)]),
        ("Weight loss >10% (HR 1.7 [1.1-2.6]) and stage IV (HR 1.9 [1.2-2.9]) were independent predictors of OS.", [(1.7, "Weight loss >10%", None), (1.9, "stage IV", None)]),
    ],
)  # fmt: skip
def test_ratios_by_their_own_words(text, wanted):
    assert [(row["value"], row.get("arm"), row.get("vs")) for row in read(text, "hazard_ratio")] == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Three-year OS was 77% for resection and 63% for ablation, and three-year LC was 92% and 89%, respectively.",
         [(77, "resection"), (63, "ablation"), (92, "resection"), (89, "ablation")]),
        ("LC at 1, 3 and 5 years was 97%, 93% and 91% after resection and 96%, 90% and 86% after ablation.",
         [(97, "resection"), (93, "resection"), (91, "resection"), (96, "ablation"), (90, "ablation"), (86, "ablation")]),
        ("In the resection group, the 3-year OS and PFS were 84% and 71%; in the ablation group they were 78% and 62%.",
         [(84, "resection"), (71, "resection"), (78, "ablation"), (62, "ablation")]),
        ("In the resection group, 3-year OS and PFS were 78% and 61%. In the ablation group, the corresponding rates were 64% and 49%.",
         [(78, "resection"), (61, "resection"), (64, "ablation"), (49, "ablation")]),
        ("At 24 months, 45% of patients in the resection group and 31% in the ablation group were alive (hazard ratio for death, 0.72; 95% CI, 0.57 to 0.90).",
         [(45, "resection"), (31, "ablation")]),
        ("The percentage of patients alive at 2 years was 41% in the resection group and 31% in the ablation group.", [(41, "resection"), (31, "ablation")]),
        ("The 2-year OS was 65% in patients younger than 65 years and 47% in patients aged 65 years or older.",
         [(65, "younger than 65 years"), (47, "65 years or older")]),
        ("Sixty-two percent of patients were alive at 2 years.", [(62, None)]),
        ("Drug QX increased 2-year OS by 8% (from 41% to 49%).", None),
        ("Among patients alive at 2 years, toxicity was seen in 41%.", []),
    ],
)  # fmt: skip
def test_rates_by_groups_told_on_the_spot(text, wanted):
    found = facts(text, "survival_rate", "arm")
    assert found == wanted if wanted is not None else 8 not in [row[0] for row in found]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Median OS was 52 months after surgery and 47 months after ablation (p = 0.31).", [(52, "surgery"), (47, "ablation")]),
        ("In patients with stage III disease the median OS was 28 months, while in patients with stage IV disease it was 13 months.",
         [(28, "stage III disease"), (13, "stage IV disease")]),
        ("The median duration of overall survival was 24.6 months (95% CI, 18.3 to not reached) and 20.1 months (95% CI, 16.0 to 23.2) for QX and QY, respectively.",
         [(24.6, "QX"), (20.1, "QY")]),
        ("In the QX group the median OS was 10 months versus 7 months in the QY group.", [(10, "QX"), (7, "QY")]),
        ("In the low-risk group, OS was 14 months in the QX arm versus 12 months in the QY arm.", [(14, "QX, low-risk"), (12, "QY, low-risk")]),
        ("OS differed significantly between patients with low and high NLR (median 18.2 vs 9.6 months; P < 0.001).", [(18.2, "low NLR"), (9.6, "high NLR")]),
        ("The median OS of patients with scores of 0, 1 and 2 was 26, 15 and 7 months, respectively.", [(26, "score 0"), (15, "score 1"), (7, "score 2")]),
        ("Patients treated with resection plus QX had longer median survival (24 months) than those treated with resection alone (15 months) or QX alone (9 months).",
         [(24, "resection plus QX"), (15, "resection alone"), (9, "QX alone")]),
        ("The difference in median OS was 3 months (14 months vs 11 months).", [(14, None), (11, None)]),
        ("Median survival was increased by 2.7 months (13.1 months with QX vs 10.4 months with QY).", [(13.1, "QX"), (10.4, "QY")]),
        ("Median time to relapse was 12 months after surgery.", []),
    ],
)  # fmt: skip
def test_times_by_groups_told_on_the_spot(text, wanted):
    assert facts(text, "survival_median", "arm") == wanted


def test_the_favoured_of_two_arms_and_letters_in_brackets():
    before = "Patients were randomised to arm A (drug QX, n = 50) or arm B (drug QY, n = 51)."
    found = facts("Two-year OS (A vs B) was 11% vs 21% (p = 0.01).", "survival_rate", "arm", before=before)
    assert [(value, arm[:5]) for value, arm in found] == [(11, "arm A"), (21, "arm B")]
    before = "Patients were randomly assigned to observation or immunotherapy."
    found = facts("RFS at 3 years was 71% vs 63% in favour of immunotherapy.", "survival_rate", "arm", before=before)
    assert found == [(71, "immunotherapy"), (63, "observation")]


def test_who_lived_longer() -> None:
    before = "Patients were randomised to drug X (n = 50) or drug Y (n = 52)."
    text = "Patients given drug X lived longer (median 11 v 9 months, hazard ratio 0.80, 0.66 to 0.97)."
    assert [row["value"] for row in read(text, "survival_median", before=before)] == [11, 9]
    assert facts(text, "hazard_ratio", "endpoint", before=before) == [(0.8, "OS")]


def test_a_semicolon_in_brackets_parts_no_figure_from_its_arms():
    text = "The 5-year DFS was 74% vs 67% (HR 0.73; 95% CI 0.55-0.97) and 5-year OS 85% vs 79% (HR 0.68; 95% CI 0.46-0.99) in the QX and QY arms, respectively."
    assert facts(text, "survival_rate", "arm") == [(74, "QX"), (67, "QY"), (85, "QX"), (79, "QY")]
