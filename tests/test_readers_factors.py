"""Prognostic factors in prose: names, status, endpoint and p."""

from __future__ import annotations

import pytest

from pipeline.choose import choose
from pipeline.context import Paper
from pipeline.readers import factors
from pipeline.records import Document, Passage


def read(text: str, section: str = "results", before: str = "", design: str | None = None) -> list[tuple]:
    """Name, status, endpoint and p of the factors of a one-paragraph paper."""
    paper = Paper(Document("own", "txt", [Passage(0, "paragraph", section, f"{before} {text}".strip(), heading=section.capitalize())]))
    paper.design = design
    return [(f.value, f.arm, f.endpoint, f.p) for f in choose(list(factors.read(paper)))]


def names(text: str, **more: str) -> list[str]:
    return [row[0] for row in read(text, **more)]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("In multivariate analysis, number of metastatic sites, LDH level, and primary RT were independent prognostic factors for OS.",
         ["number of metastatic sites", "ldh level", "primary rt"]),
        ("Multivariate analysis revealed that age (HR 1.5, p = 0.01) and LDH (HR 2.0, p < 0.001) were significantly associated with OS.", ["age", "ldh"]),
        ("Multivariate analysis identified nodal stage and EBV DNA as independent prognostic factors of OS.", ["nodal stage", "ebv dna"]),
        ("Independent prognostic factors for OS were age >60 years, liver metastasis and poor performance status.", ["age >60 years", "liver metastasis", "performance status"]),
        ("The following factors were independently associated with worse OS: bone metastases, male sex and elevated CRP.", ["bone metastases", "male sex", "crp"]),
        ("Factors associated with overall survival on multivariate analysis were WHO grade, extent of resection and age.", ["who grade", "extent of resection", "age"]),
        ("Treatment with six or more cycles remained significant for OS in multivariate analysis.", ["treatment with six or more cycles"]),
        ("By multivariate analysis, high plasma EBV DNA, liver involvement, and lack of response to chemotherapy predicted poorer OS.",
         ["plasma ebv dna", "liver involvement", "lack of response to chemotherapy"]),
        ("Perineural invasion emerged as the only independent predictor of OS.", ["perineural invasion"]),
        ("Lymphovascular invasion retained independent prognostic significance for OS.", ["lymphovascular invasion"]),
        ("On multivariate Cox regression, only liver metastasis remained an independent predictor of OS.", ["liver metastasis"]),
    ],
)  # fmt: skip
def test_independent_factors(text, wanted):
    found = read(text)
    assert [row[0] for row in found] == wanted
    assert {row[1:3] for row in found} == {("independent", "OS")}


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Univariate analysis showed that KPS, anemia and the number of metastases significantly influenced PFS.", ["kps", "anemia", "number of metastases"]),
        ("In univariate analysis, performance status, tumour size, and nodal status were significant for PFS.", ["performance status", "tumour size", "nodal status"]),
        ("Univariate predictors of worse PFS included age ≥ 65 years and haemoglobin < 12 g/dL.", ["age ≥ 65 years", "haemoglobin < 12 g/dl"]),
        ("PFS was significantly affected by age and stage.", ["age", "stage"]),
        ("Stage was the most important prognostic factor for PFS.", ["stage"]),
    ],
)  # fmt: skip
def test_univariate_factors(text, wanted):
    found = read(text)
    assert [row[0] for row in found] == wanted
    assert {row[1:3] for row in found} == {("univariate", "PFS")}


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Age, sex, and T stage were not significantly associated with OS.", ["age", "sex", "t stage"]), ("Gender did not influence survival.", ["gender"]),
        ("Neither age nor tumour grade was associated with OS.", ["age", "tumour grade"]), ("Tumour size had no effect on overall survival.", ["tumour size"]),
        ("There was no significant correlation between histology and overall survival.", ["histology"]),
        ("No significant differences in OS were found according to age, gender or histology.", ["age", "gender", "histology"]),
    ],
)  # fmt: skip
def test_factors_without_significance(text, wanted):
    found = read(text)
    assert [row[0] for row in found] == wanted
    assert {row[1:3] for row in found} == {("not_significant", "OS")}


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Multivariate analysis for OS showed that stage and tumour grade were independent prognostic factors.", [("stage", "independent", "OS"), ("tumour grade", "independent", "OS")]),
        ("Predictors of OS in univariate analysis were LDH and weight loss. In multivariate analysis, only LDH retained significance.",
         [("ldh", "univariate", "OS"), ("weight loss", "univariate", "OS"), ("ldh", "independent", "OS")]),
        ("The 2-year PFS was 38%. Age, stage and dose were not significant in univariate analysis.", [(name, "not_significant", "PFS") for name in ("age", "stage", "dose")]),
        ("On multivariate analysis, only PSA nadir remained independent for OS (p = 0.02).", [("psa nadir", "independent", "OS")]),
        ("No other factor (age, sex, histology) was significantly associated with OS.", [(name, "not_significant", "OS") for name in ("age", "sex", "histology")]),
        ("Stage and response to chemotherapy were the only factors independently predictive of OS.", [("stage", "independent", "OS"), ("response to chemotherapy", "independent", "OS")]),
        ("New brain metastases were associated with an increased risk of death (p = 0.003).", [("new brain metastases", "univariate", "OS")]),
        ("The interval between diagnosis and recurrence (p = 0.02) and a nodule of more than 3 cm (p = 0.01) were independent predictors of OS.",
         [("interval between diagnosis and recurrence", "independent", "OS"), ("nodule", "independent", "OS")]),
        ("In multivariate analysis, the following variables were significant for OS: age (p = 0.01), KPS (p = 0.002) and weight loss > 5% (p = 0.03).",
         [("age", "independent", "OS"), ("kps", "independent", "OS"), ("weight loss > 5%", "independent", "OS")]),
        ("Multivariate analysis revealed a significant impact of T stage and chemotherapy on OS.", [("t stage", "independent", "OS"), ("chemotherapy", "independent", "OS")]),
        ("The Cox model showed stage to be an independent prognostic factor for OS.", [("stage", "independent", "OS")]),
        ("OS was significantly worse for patients with brain metastases (p = 0.004) and visceral crisis (p = 0.03).",
         [("brain metastases", "univariate", "OS"), ("visceral crisis", "univariate", "OS")]),
        ("In a multivariable model for OS, male sex and smoking were associated with increased mortality.", [("male sex", "independent", "OS"), ("smoking", "independent", "OS")]),
        ("OS was significantly influenced by stage (p = 0.003) but not by age (p = 0.4).", [("stage", "univariate", "OS"), ("age", "not_significant", "OS")]),
        ("On multivariate analysis, patients with bone metastases had shorter OS than patients without bone metastases (HR 1.83).", [("bone metastases", "independent", "OS")]),
    ],
)  # fmt: skip
def test_endpoints_and_names_that_stand_elsewhere(text, wanted):
    assert [row[:3] for row in read(text)] == wanted


def test_whereas_others_were_not():
    found = read("Multivariate analysis showed that T stage and N stage were independent factors for OS, whereas age and sex were not.")
    assert [row[:2] for row in found] == [
        ("t stage", "independent"),
        ("n stage", "independent"),
        ("age", "not_significant"),
        ("sex", "not_significant"),
    ]


def test_each_factor_keeps_the_p_in_its_parentheses():
    found = read("Independent prognostic factors for OS were age (p = 0.02), LDH (p = 0.001) and stage (p < 0.001).")
    assert [row[3] for row in found] == ["0.02", "0.001", "<0.001"]


def test_p_values_in_the_order_of_the_factors():
    found = read("Female sex and cumulative dose were predictive of better OS (p = 0.02 and p = 0.03, respectively).")
    assert [(row[0], row[3]) for row in found] == [("female sex", "0.02"), ("cumulative dose", "0.03")]


def test_each_endpoint_keeps_its_p():
    found = read("Corpus invasion remained a significant independent factor for OS (p < 0.001), CSS (p = 0.002) and PFS (p = 0.010).")
    assert [row[2:] for row in found] == [("OS", "<0.001"), ("CSS", "0.002"), ("PFS", "0.010")]


def test_a_p_above_the_limit_is_not_significant():
    found = read("In univariate analysis, age (p = 0.01) and sex (p = 0.31) were correlated with OS.")
    assert [row[:2] for row in found] == [("age", "univariate"), ("sex", "not_significant")]


def test_the_analysis_named_in_the_sentence_before_counts():
    found = read("LDH was significantly associated with OS.", before="Multivariate analysis was carried out with the Cox model.")
    assert found[0][:2] == ("ldh", "independent")


def test_two_mentions_of_a_factor_are_one_fact():
    found = read("LDH was associated with worse OS. In multivariate analysis, serum LDH level was an independent prognostic factor for OS.")
    assert [row[:3] for row in found] == [("ldh", "independent", "OS")]


@pytest.mark.parametrize(
    "text",
    [
        "Age, sex and stage were included in the multivariate analysis of overall survival.", "We aimed to identify independent prognostic factors for overall survival.",
        "Previous studies have shown that LDH was an independent prognostic factor for overall survival.", "It was significantly associated with OS.",
        "LDH was associated with a better response to chemotherapy.", "Survival curves were compared by the log-rank test.",
        "The interaction between age and treatment was significant for OS.", "The 2-year OS was 40%. The difference was not significant.", "Prognostic factors for OS may include age and stage.",
    ],
)  # fmt: skip
def test_what_is_no_factor(text):
    assert read(text) == []


def test_only_a_papers_own_results_count():
    text = "LDH was an independent prognostic factor for OS."
    assert names(text, section="introduction") == names(text, section="methods") == []
    assert names(text, section="abstract") == ["ldh"]
    assert read(text, design="meta_analysis") == []


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("In univariate analysis, pack-years and HPV were associated with OS. In multivariate analysis, both factors remained significant.",
         [("pack-years", "univariate"), ("hpv", "univariate"), ("pack-years", "independent"), ("hpv", "independent")]),
        ("Waiting time was a highly significant predictor of OS. This difference remained significant when adjusted for tumour grade.",
         [("waiting time", "independent")]),
        ("Waiting time was associated with worse OS. This association did not persist after adjustment for centre.",
         [("waiting time", "not_significant")]),
        ("Multivariate analysis showed that centre was not a predictor of OS (p = 0.4), but remained significant in the younger patients.",
         [("centre", "not_significant"), ("centre", "independent")]),
    ],
)  # fmt: skip
def test_factors_that_a_sentence_refers_to(text, wanted):
    assert [row[:2] for row in read(text)] == wanted


def test_a_reference_to_more_factors_than_were_named_is_none():
    found = read("In univariate analysis, HPV was associated with OS. In multivariate analysis, both factors remained significant.")
    assert [row[:2] for row in found] == [("hpv", "univariate")]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("After adjusting for age, sex, and centre, waiting time was associated with worse OS (HR 1.3, P = .01).", [("waiting time", "independent")]),
        ("On MVA, higher dose (HR 0.9; p = 0.02) was associated with improved OS.", [("dose", "independent")]),
        ("Waiting time was associated with a lower risk of death (adjusted HR 0.65; 95% CI 0.5-0.8).", [("waiting time", "independent")]),
        ("In univariate Cox regression, waiting time was associated with OS.", [("waiting time", "univariate")]),
        ("Waiting time was associated with OS in univariate but not in multivariate analysis.", [("waiting time", "univariate")]),
        ("Waiting time was associated with OS (unadjusted HR 1.4).", [("waiting time", "univariate")]),
        ("HPV was associated with longer PFS by independent review.", [("hpv", "univariate")]),
    ],
)  # fmt: skip
def test_what_makes_a_factor_independent(text, wanted):
    assert [row[:2] for row in read(text)] == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Three variables had a significant effect on OS - age, centre and HPV.", [("age", "OS"), ("centre", "OS"), ("hpv", "OS")]),
        ("The strongest associations with PFS were the result of the second scan (p < 0.001) and HPV (p = 0.01).", [("second scan", "PFS"), ("hpv", "PFS")]),
        ("The Cox model identified HPV and age as independent prognostic factors.", [("hpv", "OS"), ("age", "OS")]),
        ("HPV was associated with PFS (HR 0.4 [0.2, 0.8]), but not with OS.", [("hpv", "PFS"), ("hpv", "OS")]),
        ("HPV and region (OS only) were independent predictors of PFS and OS.", [("hpv", "PFS"), ("hpv", "OS"), ("region", "OS")]),
        ("Independent risk factors for death were age and diabetes.", [("age", "OS"), ("diabetes", "OS")]),
        ("HPV was an independent factor for LRFS, and dose and stage were independent factors for OS.", [("hpv", "LRFS"), ("dose", "OS"), ("stage", "OS")]),
        ("OS did not differ by centre (p = 0.6).", [("centre", "OS")]),
        ("Patients with high CRP had shorter OS than those with low CRP (p = 0.001).", [("crp", "OS")]),
        ("HPV, a virus of the throat, was negatively associated with OS.", [("hpv", "OS")]),
    ],
)  # fmt: skip
def test_more_constructions(text, wanted):
    assert [(row[0], row[2]) for row in read(text)] == wanted


@pytest.mark.parametrize(
    "text",
    [
        "Patients with node-negative disease had shorter OS than those with thick tumours (p = 0.01).",
        "Predictors of OS and response are critical to improving care.", "No independent predictors of PFS were identified.",
        "Nuts resulted in fewer transfusions without an impact on OS.", "HPV was an independent risk factor for fatigue.",
    ],
)  # fmt: skip
def test_what_is_still_no_factor(text):
    assert read(text) == []


def test_what_is_excepted_is_not_significant():
    found = read("HPV was associated with PFS (HR 0.4 [0.2, 0.8]) and CSS, but not clearly with OS.")
    assert [row[1:3] for row in found] == [("univariate", "PFS"), ("univariate", "CSS"), ("not_significant", "OS")]


def test_a_citation_is_no_interval():
    assert names("HPV was associated with OS [12, 13].") == []
    assert names("HPV (HR 0.4 [0.2, 0.8]) was associated with longer OS.") == ["hpv"]


def test_the_arms_of_a_trial_are_no_factors():
    assert read("Docetaxel treatment arm was associated with longer OS (p = 0.01).", design="randomized_trial") == []


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("In univariate analysis, age was not associated with PFS, whereas sex and stage were.",
         [("age", "not_significant", "PFS"), ("sex", "univariate", "PFS"), ("stage", "univariate", "PFS")]),
        ("Age and anaemia were independent predictors of 3-year mortality.", [("age", "independent", "OS"), ("anaemia", "independent", "OS")]),
        ("Age and anaemia were independent predictors of 30-day mortality.", []),
        ("Albumin was of independent prognostic significance for OS.", [("albumin", "independent", "OS")]),
        ("On multivariable analysis for OS, the following were significant: age (p = 0.01) and grade (p = 0.02).",
         [("age", "independent", "OS"), ("grade", "independent", "OS")]),
        ("A high LDH conferred a worse OS (HR 2.2, p = 0.01).", [("ldh", "univariate", "OS")]),
        ("A high LDH conferred resistance to imatinib (p = 0.01).", []),
    ],
)  # fmt: skip
def test_further_constructions(text: str, wanted: list[tuple]) -> None:
    assert [row[:3] for row in read(text)] == wanted


def test_a_p_value_of_one_endpoint_is_not_that_of_another_that_is_denied() -> None:
    found = read("Multivariate analysis showed that LDH (p = 0.004) significantly influenced OS, but not PFS.")
    assert found == [("ldh", "independent", "OS", "0.004"), ("ldh", "not_significant", "PFS", None)]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Age, but not sex, was an independent predictor of OS.", [("age", "independent", "OS"), ("sex", "not_significant", "OS")]),
        ("No significant association was found between OS and age, sex or smoking.", [(name, "not_significant", "OS") for name in ("age", "sex", "smoking")]),
        ("Grade and stage were prognostic for DFS, but only grade was independent in the Cox regression.", [("grade", "independent", "DFS"), ("stage", "univariate", "DFS")]),
        ("Multivariable analysis identified LDH (p = 0.002) as an independent predictor of PFS, whereas age (p = 0.34) was not significant.",
         [("ldh", "independent", "PFS"), ("age", "not_significant", "PFS")]),
        ("LDH failed to reach significance in multivariate analysis for OS (p = 0.09).", [("ldh", "not_significant", "OS")]),
        ("Each 10-year increase in age was associated with a higher risk of death (HR 1.22, p = 0.01).", [("age", "univariate", "OS")]),
        ("No association was found between OS and PFS.", []),
    ],
)  # fmt: skip
def test_excepted_factors_and_an_endpoint_told_first(text, wanted):
    assert set(wanted) <= {row[:3] for row in read(text)}
    assert wanted or not read(text)
