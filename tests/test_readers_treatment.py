"""Regimens, cycles, radiotherapy, local treatment and extent of spread, as sentences and tables of papers give them."""

import pytest

from pipeline.choose import choose
from pipeline.combinations import combinations
from pipeline.context import Paper
from pipeline.lexicon import lexicon
from pipeline.readers import burden, concurrent, cycles, doses, local_therapy, systemic, techniques
from pipeline.records import Arm, Document, Finding, Passage
from pipeline.regimen_names import defined
from pipeline.shares import share_of
from pipeline.treatment_text import column_arm


def paper(*texts: str, section: str = "methods", title: str = "", cells: tuple = (), review: str | None = None) -> Paper:
    """A paper of paragraphs and one table; a cell is (row, column, text, row heads, column heads)."""
    passages = [Passage(0, "title", "title", title)] if title else []
    passages += [Passage(n, "paragraph", section, text, heading=section.capitalize()) for n, text in enumerate(texts, 1)]
    for n, (row, col, text, row_heads, col_heads) in enumerate(cells, 100):
        passages.append(Passage(n, "cell", "results", text, table="Table 1", row=row, col=col, row_heads=row_heads, col_heads=col_heads))
    made = Paper(Document(paper="a", source="txt", passages=passages, title=title), review)
    made.design = "retrospective_cohort"
    return made


def values(found: list[Finding]) -> list:
    return [finding.value if finding.value is not None else (finding.low, finding.high) for finding in found]


def regimens(*texts: str, **keys: object) -> set:
    return {finding.value for finding in systemic.read(paper(*texts, **keys)) if finding.field == "regimen"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("docetaxel 35 mg/m2 and cisplatin 70 mg/m2 on day 8, and S-1 60 mg/m2 for 21 days", ["cisplatin+docetaxel+s-1"]),
        ("gefitinib, erlotinib or afatinib", ["gefitinib", "erlotinib", "afatinib"]),
        ("cisplatin or carboplatin with etoposide", ["cisplatin+etoposide", "carboplatin+etoposide"]),
        ("cytarabine with daunorubicin or idarubicin", ["cytarabine+daunorubicin", "cytarabine+idarubicin"]),
        ("FOLFIRI with or without cetuximab", ["fluorouracil+irinotecan+leucovorin", "cetuximab+fluorouracil+irinotecan+leucovorin"]),
        ("irinotecan + cisplatin (n = 17) and carboplatin + etoposide (n = 5)", ["cisplatin+irinotecan", "carboplatin+etoposide"]),
        ("FOLFOX (fluorouracil, leucovorin, oxaliplatin)", ["fluorouracil+leucovorin+oxaliplatin"]),
        (
            "FOLFOX, FOLFIRI and XELOX",
            ["fluorouracil+leucovorin+oxaliplatin", "fluorouracil+irinotecan+leucovorin", "capecitabine+oxaliplatin"],
        ),
        ("paclitaxel\u2013epirubicin", ["epirubicin+paclitaxel"]),
        ("doxorubicin and cyclophosphamide followed by docetaxel", ["cyclophosphamide+doxorubicin", "docetaxel"]),
        ("cisplatin, carboplatin, and oxaliplatin", ["cisplatin", "carboplatin", "oxaliplatin"]),
        ("cisplatin 75 mg/m2 day 1, gemcitabine 1000 mg/m2 days 1, 8 and docetaxel", ["cisplatin+docetaxel+gemcitabine"]),
        ("5-FU 400 mg/m2 as a bolus followed by 5-FU 2400 mg/m2 over 46 hours", ["fluorouracil"]),
        ("FOLFOX + FOLFIRI", ["fluorouracil+leucovorin+oxaliplatin", "fluorouracil+irinotecan+leucovorin"]),
        ("fulvestrant with vandetanib or placebo", ["fulvestrant", "fulvestrant+vandetanib"]),
        ("ADT plus docetaxel", ["androgen deprivation therapy", "docetaxel"]),
        ("tegafur-uracil or gemcitabine", ["tegafur+uracil", "gemcitabine"]),
        ("docetaxel (60 mg/m2) with (group B) or without (group A) zoledronic acid", ["docetaxel", "docetaxel+zoledronic acid"]),
        ("gemcitabine without or with erlotinib", ["gemcitabine", "erlotinib+gemcitabine"]),
        ("gemcitabine plus placebo or erlotinib", ["gemcitabine", "erlotinib+gemcitabine"]),
        ("cediranib or placebo plus radiotherapy/lomustine", ["lomustine", "cediranib+lomustine"]),
        ("erlotinib, a kinase inhibitor, plus gemcitabine", ["erlotinib+gemcitabine"]),
        ("irinotecan 350 mg/m2 followed by raltitrexed 3 mg/m2 on day 1", ["irinotecan+raltitrexed"]),
        ("epirubicin 100 mg/m2 for four cycles followed by docetaxel 100 mg/m2", ["epirubicin", "docetaxel"]),
        ("compared lomustine and temozolomide in 90 patients", ["lomustine", "temozolomide"]),
        ("compared lomustine and temozolomide with observation", ["lomustine+temozolomide"]),
        ("to compare busulfan plus fludarabine (BF) with busulfan plus melphalan", ["busulfan+fludarabine", "busulfan+melphalan"]),
        ("40 were randomized to sunitinib, 38 to capecitabine", ["sunitinib", "capecitabine"]),
        ("cisplatin and etoposide with or without topotecan/etoposide", ["cisplatin+etoposide", "cisplatin+etoposide+topotecan"]),
    ],
)
def test_agents_given_together_are_one_regimen(text: str, expected: list[str]) -> None:
    assert [found.key for found in combinations(text, lexicon().mentions(text))] == expected


def test_a_papers_own_names_for_regimens() -> None:
    text = "cisplatin and 5-FU (PF), paclitaxel and cisplatin (TP), and paclitaxel, cisplatin and 5-FU (TPF)"
    assert defined(text, lexicon("mnpc").mentions(text)) == {
        "PF": "regimen|cisplatin+fluorouracil",
        "TP": "regimen|cisplatin+paclitaxel",
        "TPF": "regimen|cisplatin+fluorouracil+paclitaxel",
    }
    assert regimens("TPF (docetaxel, cisplatin and 5-FU) was given to all patients.", review="mnpc") == {"cisplatin+docetaxel+fluorouracil"}


@pytest.mark.parametrize(
    "text",
    [
        "Patients with prior exposure to cisplatin were excluded.",
        "Dexamethasone was given as premedication.",
        "The cell line was treated with gemcitabine in vitro.",
        "Bevacizumab has been shown to be active in such patients.",
        "Patients received platinum-based chemotherapy.",
        "Patients were treated with oxaliplatin and fluoropyrimidines.",
        "After progression 14 patients received second-line irinotecan.",
        "If neuropathy occurred, patients were treated with carboplatin instead of cisplatin.",
        "CTX-I in serum fell in patients treated with vitamin D.",
    ],
)
def test_what_was_not_given_is_no_regimen(text: str) -> None:
    assert regimens(text) == set()


def test_short_names_before_doses_in_a_list_of_regimens() -> None:
    text = "The chemotherapy plans were as follows: CTX 500 mg/m2, EPI 60 mg/m2 and 5-FU 500 mg/m2 for breast cancer; DTX 75 mg/m2 and DDP 75 mg/m2 for lung cancer."
    assert regimens(text) == {"cyclophosphamide+epirubicin+fluorouracil", "cisplatin+docetaxel"}


def test_parts_of_a_regimen_are_no_regimen_unless_given_alone() -> None:
    whole = "All patients received docetaxel plus cisplatin."
    assert regimens(whole, "Cisplatin-based chemotherapy was given to all patients.") == {"cisplatin+docetaxel"}
    assert regimens(whole, "After surgery 19 patients received cisplatin alone.") == {"cisplatin+docetaxel", "cisplatin"}


def test_an_agent_added_to_the_papers_one_regimen() -> None:
    found = regimens(
        "The control group received epirubicin, cisplatin and capecitabine.", "The other patients received chemotherapy plus bevacizumab."
    )
    assert found >= {"capecitabine+cisplatin+epirubicin", "bevacizumab+capecitabine+cisplatin+epirubicin"}


def test_first_line_regimens_of_a_second_line_study_are_history() -> None:
    history = "The first-line regimens were cisplatin plus etoposide and cisplatin plus irinotecan."
    assert regimens(history, "All patients received temozolomide.", title="Temozolomide for previously treated carcinoma") == {
        "temozolomide"
    }


def arms_of_regimens(*texts: str, arms: tuple = (), design: str = "randomized_trial") -> dict:
    told = paper(*texts)
    told.design, told.arms = design, [Arm(name, aliases=aliases) for name, *aliases in arms]
    return {finding.value: finding.arm for finding in systemic.read(told) if finding.field == "regimen"}


def test_brackets_bind_a_regimen_and_its_arm() -> None:
    text = (
        "Patients were assigned to receive carboplatin 300 mg/m2 day 1 and docetaxel 75 mg/m2 day 1 for 4 cycles (group A) or "
        "gemcitabine 1000 mg/m2 day 1, followed by gemcitabine 800 mg/m2 day 8, for 6 cycles (group B)."
    )
    assert arms_of_regimens(text, arms=(("group A",), ("group B",))) == {"carboplatin+docetaxel": "group A", "gemcitabine": "group B"}
    text = "Patients were randomized to group A (vinorelbine, cisplatin) or group B (pemetrexed, cisplatin)."
    assert arms_of_regimens(text, arms=(("group A",), ("group B",))) == {
        "cisplatin+vinorelbine": "group A",
        "cisplatin+pemetrexed": "group B",
    }


def test_a_regimen_without_an_arm_is_named_by_the_choice_or_the_phase() -> None:
    assert arms_of_regimens("Women were randomly assigned to anastrozole or fulvestrant.") == {
        "anastrozole": "anastrozole",
        "fulvestrant": "fulvestrant",
    }
    assert arms_of_regimens("Patients then received pemetrexed as maintenance treatment.") == {"pemetrexed": "maintenance treatment"}
    both = "Patients were randomised to receive cisplatin with or without radiotherapy, or no treatment."
    assert arms_of_regimens(both) == {"cisplatin": None}


def test_in_a_trial_an_arm_has_one_regimen() -> None:
    texts = (
        "Patients in the X arm received bevacizumab, capecitabine and irinotecan.",
        "In the X arm 40 patients received capecitabine and irinotecan for 6 cycles.",
    )
    assert arms_of_regimens(*texts, arms=(("X arm",), ("Y arm",))) == {"bevacizumab+capecitabine+irinotecan": "X arm"}
    assert set(arms_of_regimens(*texts, arms=(("X arm",), ("Y arm",)), design="retrospective_cohort")) == {
        "bevacizumab+capecitabine+irinotecan",
        "capecitabine+irinotecan",
    }


def test_regimens_of_a_table_carry_their_counts() -> None:
    cells = (
        (1, 0, "FOLFOX", ("Chemotherapy regimen",), ("Characteristic",)),
        (1, 1, "45 (60.0)", ("Chemotherapy regimen", "FOLFOX"), ("Patients (%)",)),
    )
    told = list(systemic.from_tables(paper("Patients received FOLFOX.", cells=cells)))
    assert [(one.finding.value, one.finding.n, one.finding.percent) for one in told] == [("fluorouracil+leucovorin+oxaliplatin", 45, 60.0)]


@pytest.mark.parametrize(
    ("text", "value", "low", "high"),
    [
        ("The median number of cisplatin cycles was 5 (IQR 4-6).", 5, 4, 6),
        ("Patients received a median of 7 cycles (range, 2-19) of chemotherapy.", 7, 2, 19),
        ("Ninety patients received 410 cycles of chemotherapy (median, 5; range, 1-9).", 5, 1, 9),
        ("Patients received 5.6 cycles on average (range 1-21).", 5.6, 1, 21),
        ("Four to six courses of chemotherapy were given to all patients.", None, 4, 6),
        ("Chemotherapy was given for 4 cycles every 3 weeks.", 4, None, None),
        ("Paclitaxel was discontinued after 6 cycles and patients received maintenance.", 6, None, None),
        ("Patients received a median of five (range, two to nine) cycles.", 5, 2, 9),
        ("Up to eight 21-day cycles were planned.", 8, None, None),
    ],
)
def test_cycles(text: str, value: float | None, low: float | None, high: float | None) -> None:
    found = list(cycles.read(paper(text)))
    assert [(finding.value, finding.low, finding.high) for finding in found] == [(value, low, high)]


@pytest.mark.parametrize(
    "text",
    [
        "Response was assessed after two cycles.",
        "PCR was run for 35 cycles.",
        "Blood was drawn on day 1 of every cycle.",
        "Patients received at least two cycles.",
        "The ejection fraction was the median of three cardiac cycles.",
        "Twenty patients received three cycles or fewer.",
        "Patients received chemotherapy (minimum 3 cycles).",
        "The interval between cycles was 4 cycles of the moon in treated patients.",
    ],
)
def test_what_is_no_number_of_cycles(text: str) -> None:
    assert list(cycles.read(paper(text))) == []


def test_phases_that_share_the_word_cycles_are_told_apart() -> None:
    found = list(cycles.read(paper("Patients received three preoperative and four postoperative cycles of chemotherapy.")))
    assert [(finding.value, finding.arm) for finding in found] == [(3, "preoperative"), (4, "postoperative")]


def test_cycles_of_one_regimen_after_another() -> None:
    found = list(cycles.read(paper("Three cycles of FEC were followed by three cycles of docetaxel.")))
    assert [(finding.value, finding.arm) for finding in found] == [(3, "FEC"), (3, "docetaxel")]


def test_median_cycles_with_their_arms() -> None:
    told = paper("The median number of cycles was 4 in the placebo arm and 7 in the sorafenib arm.", section="results")
    assert [(finding.value, finding.arm) for finding in cycles.read(told)] == [(4, "placebo"), (7, "sorafenib")]


def test_cycles_of_two_arms_are_two_facts() -> None:
    text = "Group A received four courses of adjuvant chemotherapy. Group B received four courses of adjuvant chemotherapy."
    told = paper(text)
    found = choose(list(cycles.read(told)))
    assert [finding.arm for finding in found] == ["Group A (adjuvant chemotherapy)", "Group B (adjuvant chemotherapy)"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Radiotherapy was given to a total dose of 60 Gy in 30 fractions.", [(60, None, None, 30)]),
        ("The tumor bed received 60 Gy in 30 fractions.", [(60, None, None, 30)]),
        ("The median radiation dose was 60 Gy (range, 45-66 Gy).", [(60, 45, 66, None)]),
        ("Radiotherapy consisted of 5 × 5 Gy.", [(25, None, None, 5)]),
        ("Patients were irradiated with 50.4 Gy (28 × 1.8 Gy).", [(50.4, None, None, 28)]),
        (
            "Radiotherapy was 45 Gy in 15 fractions of 3 Gy and 40 Gy in 16 fractions of 2.5 Gy.",
            [(45, None, None, 15), (40, None, None, 16)],
        ),
        ("A single fraction of 8 Gy was given by radiotherapy.", [(8, None, None, 1)]),
        ("Irradiation was given in fractions of 2 Gy.", []),
        ("Brachytherapy doses were 5-6.5 Gy in 3-5 fractions, totaling 15-30 Gy (median: 21 Gy).", [(21, 15, 30, None)]),
        ("Radiotherapy was given five times per week, with doses ranging from 41.4 to 50.4 Gy.", [(None, 41.4, 50.4, None)]),
        ("Twenty patients received a radiation dose of more than 66 Gy.", [(None, 66, None, None)]),
        ("The dose of radiation was 60-64 Gy, with a spinal block after 4,600 cGy.", [(None, 60, 64, None)]),
        ("Radiotherapy of 50, 60 or 70 Gy was given.", [(50, None, None, None), (60, None, None, None), (70, None, None, None)]),
        ("The spinal cord dose was limited to 45 Gy of radiation.", []),
        ("Radiation was given in fractions of 1.8 Gy.", []),
        ("The radiotherapy schedule had a BED of 72 Gy.", []),
        ("The radiation dose was associated with survival at a cut-off of 66 Gy.", []),
    ],
)
def test_doses(text: str, expected: list[tuple]) -> None:
    assert [(finding.value, finding.low, finding.high, finding.n) for finding in doses.read(paper(text))] == expected


def test_each_dose_goes_to_its_target() -> None:
    text = "The prescribed dose was 70 Gy to the primary tumor, 60 Gy to the neck and 30 Gy to bone metastases of the spine."
    assert [(finding.value, finding.arm) for finding in doses.read(paper(text))][:2] == [(70, "primary tumor"), (60, "neck")]


def test_techniques_used_and_not_used() -> None:
    assert set(values(list(techniques.read(paper("Patients were treated with 3D conformal radiotherapy, IMRT or VMAT."))))) == {
        "3D-CRT",
        "IMRT",
        "VMAT",
    }
    assert list(techniques.read(paper("Patients who had received prior brachytherapy were excluded."))) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Radiotherapy planning was CT-based and three-dimensional.", {"3D-CRT"}),
        ("Set-up was verified by daily cone-beam CT before radiotherapy.", {"IGRT"}),
        ("Either 3D conformal or intensity modulated techniques were allowed.", {"3D-CRT", "IMRT"}),
        ("Intensity-modulated proton therapy was used in all patients.", {"proton"}),
        ("Radiotherapy involved three dimensional conformal radiotherapy, and intensity-modulated radiotherapy.", {"3D-CRT", "IMRT"}),
        ("Brachytherapy was performed prior to surgery.", {"brachytherapy"}),
        ("Three-dimensional reconstruction helped to plan the operation.", set()),
        ("IMRT was not permitted.", set()),
    ],
)
def test_techniques_that_a_sentence_tells_of(text: str, expected: set) -> None:
    assert set(values(list(techniques.read(paper(text))))) == expected


def test_shares_and_plain_two_dimensional_planning() -> None:
    text = "Radiation technique was IMRT in 120 (60%), 3D-CRT in 60 (30%), and 2D in 20 (10%) patients."
    found = {finding.value: (finding.n, finding.percent) for finding in techniques.read(paper(text, section="results"))}
    assert found == {"IMRT": (120, 60), "3D-CRT": (60, 30), "2D": (20, 10)}


def test_concurrent_agents_belong_to_the_step_with_radiation() -> None:
    text = "Induction with docetaxel and cisplatin was followed by radiotherapy with concurrent weekly carboplatin."
    assert values(list(concurrent.read(paper(f"{text} All patients were treated.")))) == ["carboplatin"]
    assert list(concurrent.read(paper("Epirubicin and paclitaxel were given concurrently."))) == []
    assert list(concurrent.read(paper("Adjuvant gemcitabine was given after radiotherapy."))) == []


def test_local_treatments_with_number_and_site() -> None:
    text = "Metastases were treated in 46 patients of the RT group: 31 had RT to a bone lesion, 11 had radiofrequency ablation (RFA) and 4 had surgery of lung lesions."
    found = {finding.value: (finding.n, finding.arm) for finding in local_therapy.read(paper(text))}
    assert found == {"radiotherapy": (31, "bone lesion"), "rfa": (11, None), "surgery": (4, "lung lesions")}


def test_a_list_of_local_treatments_shares_its_number() -> None:
    text = "Local therapy for metastatic lesions, namely RT, surgery, or chemoembolization, was given to 27 patients (18.5%)."
    found = {finding.value: (finding.n, finding.percent) for finding in local_therapy.read(paper(text))}
    assert found == {"surgery": (27, 18.5), "tace": (27, 18.5), "radiotherapy": (27, 18.5)}


def test_stereotactic_radiotherapy_in_a_paper_on_metastases_is_local_therapy() -> None:
    told = "In all, 88 men received SBRT and standard of care."
    found = list(local_therapy.read(paper(told, section="results", title="Treatment of metastatic thymoma")))
    assert [(finding.value, finding.n) for finding in found] == [("sbrt", 88)]
    assert list(local_therapy.read(paper(told, section="results", title="Treatment of early thymoma"))) == []


def test_an_operation_that_only_dates_something_is_no_finding() -> None:
    assert list(local_therapy.read(paper("All patients received chemotherapy six weeks after surgery."))) == []
    assert values(list(local_therapy.read(paper("All patients underwent surgery six weeks after chemotherapy.")))) == ["surgery"]


def test_the_primarys_radiotherapy_is_no_local_therapy() -> None:
    assert list(local_therapy.read(paper("All patients received radiotherapy to the nasopharynx and neck."))) == []
    assert list(local_therapy.read(paper("Surgery was refused by 8 patients."))) == []


def test_burden_in_prose_and_tables() -> None:
    told = "Metastases were single in 24 patients (30%) and multiple in 56 patients (70%)."
    found = list(burden.read(paper(told, title="Treatment of metastatic thymoma")))
    assert [(finding.value, finding.n, finding.percent) for finding in found] == [("single", 24, 30), ("multiple", 56, 70)]
    cells = (
        (1, 0, "1", ("Number of metastases",), ("Characteristic",)),
        (1, 1, "20 (32.0)", ("Number of metastases", "1"), ("RT group (n = 62)",)),
        (1, 2, "30 (44.1)", ("Number of metastases", "1"), ("No RT group (n = 68)",)),
    )
    found = list(burden.read(paper("Text.", title="Treatment of metastatic thymoma", cells=cells)))
    assert [(finding.value, finding.n, finding.arm) for finding in found] == [("single", 20, "RT group"), ("single", 30, "No RT group")]


def test_a_count_and_its_percentage_in_columns_of_their_own() -> None:
    cells = (
        (1, 0, "Single", ("Organs with metastases",), ("Characteristic",)),
        (1, 1, "44", ("Organs with metastases", "Single"), ("No.",)),
        (1, 2, "80.0", ("Organs with metastases", "Single"), ("%",)),
    )
    found = list(burden.read(paper("Text.", title="Treatment of metastatic thymoma", cells=cells)))
    assert [(finding.value, finding.n, finding.percent, finding.arm) for finding in found] == [("single", 44, 80.0, None)]


def test_few_metastases_in_words() -> None:
    told = "Of the 50 men, 30 (60%) had a single metastasis and 20 (40%) had two or three metastases."
    found = list(burden.read(paper(told, section="results", title="Treatment of metastatic thymoma")))
    assert [(finding.value, finding.n, finding.percent) for finding in found] == [("single", 30, 60), ("oligo", 20, 40)]


def test_burden_is_read_in_papers_on_metastatic_disease_only() -> None:
    told = "A single metastasis was found in 12 patients."
    assert list(burden.read(paper(told, title="Resection of early thymoma"))) == []


def test_the_nearest_number_is_the_treatments_share() -> None:
    text = "Gemcitabine was given in 58 patients, and FOLFIRINOX in 41 patients."
    told = paper(text).sentences[0]
    start = text.index("FOLFIRINOX")
    assert share_of(text, start, start + 10, told.quantities) == (41, None)


def test_a_column_is_named_without_its_numbers() -> None:
    empty = paper("Text.")
    assert column_arm(empty, ("Arm A (n = 62)", "No. (%)")) == "Arm A"
    assert column_arm(empty, ("All patients (n = 130)",)) is None


def test_an_ablation_of_the_title_is_given_where_a_sentence_says_so() -> None:
    title = "Chemoembolization versus resection of hepatic tumours"
    assert values(list(local_therapy.read(paper("TACE was repeated every six weeks.", title=title)))) == ["tace"]
    assert list(local_therapy.read(paper("TACE was repeated every six weeks.", title="Sorafenib after failure of chemoembolization"))) == []
    assert list(local_therapy.read(paper("TACE is a standard.", title=title))) == []


def test_radiotherapy_for_metastases_is_local_therapy() -> None:
    told = paper("Forty patients were randomized to 8 Gy or 30 Gy.", title="Radiotherapy for bone metastases: a trial")
    assert [(finding.value, finding.arm) for finding in local_therapy.read(told)] == [("radiotherapy", "bone metastases")]
    assert list(local_therapy.read(paper("Forty patients were randomized to 60 Gy or 66 Gy.", title="Radiotherapy of thymoma"))) == []


def test_a_population_that_all_had_multiple_metastases() -> None:
    title = "Radiotherapy for bone metastases"
    told = paper("Patients with multiple painful bone metastases were randomized to 8 Gy or 30 Gy.", title=title)
    assert [(finding.value, finding.n) for finding in burden.read(told)] == [("multiple", None)]
    either = paper("Patients with single or multiple bone metastases were randomized to 8 Gy or 30 Gy.", title=title)
    assert list(burden.read(either)) == []


@pytest.mark.parametrize(
    ("text", "title", "expected"),
    [
        ("All patients underwent mastectomy.", "", "breast (mastectomy)"),
        ("Total mesorectal excision was performed in 40 patients.", "Short-course radiotherapy", "rectum (total mesorectal excision)"),
        ("All patients underwent gastric surgery.", "", "stomach"),
        ("All patients underwent surgery.", "Chemotherapy before surgery of thyroid tumours", "thyroid"),
        ("All patients underwent surgery.", "Surgery of thyroid and adrenal tumours", None),
        ("All patients underwent surgery.", "Chemotherapy of metastatic thyroid tumours", None),
        ("Ablation: 30 patients underwent RFA.", "Ablation of thyroid liver metastases", "liver metastases"),
        ("Twelve patients underwent metastasectomy of the lung.", "Treatment of thyroid tumours", "lung"),
        ("All patients underwent resection of the primary tumour.", "", "primary tumour"),
    ],
)
def test_the_site_of_a_local_treatment(text: str, title: str, expected: str | None) -> None:
    assert [finding.arm for finding in local_therapy.read(paper(text, title=title))] == [expected]


def test_the_arm_whose_operated_patients_are_counted_stands_with_the_site() -> None:
    told = paper("In the early group, 40 patients underwent lobectomy.", section="results")
    told.arms = [Arm("early group"), Arm("late group")]
    assert [(finding.n, finding.arm) for finding in local_therapy.read(told)] == [(40, "early group (lung, lobectomy)")]
    treated = paper("Thirty patients underwent RFA and 40 underwent surgery.", title="RFA or surgery of liver metastases")
    treated.arms = [Arm("RFA"), Arm("surgery")]
    assert {finding.arm for finding in local_therapy.read(treated)} == {"liver metastases (RFA)", "liver metastases (surgery)"}


def test_operations_of_a_table_by_arm() -> None:
    heads = (("Early group",), ("Late group",))
    cells = [(row, 0, label, ("Surgery",), ("Type",)) for row, label in enumerate(("Mastectomy", "Lumpectomy", "Quadrantectomy"), 1)]
    counts = (("20 (50)", "24 (60)"), ("20 (50)", "16 (40)"), ("0", "0"))
    for row, pair in enumerate(counts, 1):
        cells += [(row, col, text, ("Surgery", cells[row - 1][2]), heads[col - 1]) for col, text in enumerate(pair, 1)]
    found = {(finding.n, finding.arm) for finding in local_therapy.read(paper("Text.", cells=tuple(cells)))}
    assert found == {
        (20, "Early group (mastectomy)"),
        (24, "Late group (mastectomy)"),
        (20, "Early group (lumpectomy)"),
        (16, "Late group (lumpectomy)"),
    }


def test_the_target_of_a_radiotherapy_technique() -> None:
    told = paper("Brain metastases were treated with radiosurgery in 12 patients.", section="results")
    assert [(finding.value, finding.arm) for finding in techniques.read(told)] == [("SRS", "Brain metastases")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Patients received four cycles of adjuvant chemotherapy.", [(4, "adjuvant chemotherapy")]),
        ("Patients received two courses of induction chemotherapy.", [(2, "induction chemotherapy")]),
        ("Patients were randomized to three 3-weekly cycles of docetaxel or FEC.", [(3, "docetaxel or FEC")]),
        (
            "Patients received four cycles of weekly paclitaxel, then four cycles of 3-weekly docetaxel.",
            [(4, "weekly paclitaxel"), (4, "3-weekly docetaxel")],
        ),
        (
            "Patients received docetaxel (75 mg/m2) for three cycles or epirubicin for five cycles.",
            [(3, "docetaxel"), (5, "epirubicin")],
        ),
        ("Patients received docetaxel (75 mg/m2) every three weeks for six cycles.", [(6, None)]),
    ],
)
def test_what_cycles_are_counted_of(text: str, expected: list) -> None:
    assert [(finding.value, finding.arm) for finding in cycles.read(paper(text))] == expected


def test_median_cycles_of_a_table_by_arm() -> None:
    heads = ("Early group (n = 40)", "Late group (n = 41)")
    cells = [(1, 0, "Median cycles (range)", (), ("Treatment",))]
    cells += [(1, col, f"{col + 3} (2-8)", ("Median cycles (range)",), (head,)) for col, head in enumerate(heads, 1)]
    assert [(finding.value, finding.arm) for finding in cycles.read(paper("Text.", cells=tuple(cells)))] == [
        (4, "Early group"),
        (5, "Late group"),
    ]


def test_a_regimens_short_name_names_its_arm_where_regimens_are_compared() -> None:
    told = paper("Patients received docetaxel and cisplatin (DC) or epirubicin and cisplatin (EC).")
    arms = {finding.value: finding.arm for finding in systemic.read(told) if finding.field == "regimen"}
    assert arms == {"cisplatin+docetaxel": "DC", "cisplatin+epirubicin": "EC"}
    alone = paper("Patients received docetaxel and cisplatin (DC).")
    assert [finding.arm for finding in systemic.read(alone) if finding.field == "regimen"] == [None]


def shares(found: list[Finding]) -> list[tuple]:
    return [(finding.value, finding.n, finding.percent) for finding in found]


def test_counts_without_their_noun_or_verb_belong_to_their_own_treatment() -> None:
    told = "Regimens were cisplatin plus etoposide (EP) in 31 patients, docetaxel plus cisplatin (DP) in 22 and capecitabine in 9."
    found = [f for f in systemic.read(paper(told)) if f.field == "regimen"]
    assert shares(found) == [("cisplatin+etoposide", 31, None), ("cisplatin+docetaxel", 22, None), ("capecitabine", 9, None)]
    told = "Fifteen patients underwent TACE, 8 RFA and 6 hepatectomy."
    assert shares(local_therapy.read(paper(told))) == [("tace", 15, None), ("rfa", 8, None), ("surgery", 6, None)]
    told = "Local treatment included radiofrequency ablation of the liver in 7, resection of lung metastases in 5 and embolization in 3 patients."
    assert shares(local_therapy.read(paper(told))) == [("rfa", 7, None), ("surgery", 5, None), ("embolization", 3, None)]
    told = "Metastasectomy was done in 14 (10%) patients and palliative radiotherapy to bone in 33 (24%)."
    assert shares(local_therapy.read(paper(told))) == [("surgery", 14, 10), ("radiotherapy", 33, 24)]
    told = "Of 80 patients, 27 were assigned to the control arm and 53 to the IMRT arm."
    assert shares(techniques.read(paper(told))) == [("IMRT", 53, None)]


def test_a_year_or_a_day_counts_no_patients() -> None:
    assert [(f.value, f.n) for f in techniques.read(paper("Forty patients were treated, with IMRT in 2014 and later."))] == [("IMRT", 40)]
    told = "Radiotherapy was given with cisplatin on days 1, 22 and 43 cisplatin was withheld."
    assert all(f.n is None for f in concurrent.read(paper(told)))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Sixty patients had a single metastasis and 85 had multiple metastases.", [("single", 60, None), ("multiple", 85, None)]),
        ("Patients with M1a disease (n=30) and M1b disease (n=41) were analysed.", [("M1a", 30, None), ("M1b", 41, None)]),
        ("Stage M1a, M1b and M1c were found in 12, 34 and 56 patients, respectively.", [("M1a", 12, None), ("M1b", 34, None), ("M1c", 56, None)]),
        ("Oligometastases (1-5 lesions) were present in 37 patients (41%).", [("oligo", 37, 41)]),
        ("Single and multiple metastases were seen in 35% and 65% of patients, respectively.", [("single", None, 35), ("multiple", None, 65)]),
        ("The number of metastases was 1 in 22 patients, 2-3 in 17 patients and >3 in 9 patients.", [("single", 22, None), ("oligo", 17, None), ("multiple", 9, None)]),
        ("Fifty patients (62%) had oligometastatic disease and 31 (38%) had polymetastatic disease.", [("oligo", 50, 62), ("multiple", 31, 38)]),
        ("Oligometastatic disease means 1-5 metastases.", []),
    ],
)  # fmt: skip
def test_each_extent_of_disease_has_its_own_count(text: str, expected: list[tuple]) -> None:
    assert shares(burden.read(paper(text, section="results", title="Treatment of metastatic thymoma"))) == expected


def test_a_dose_keeps_to_the_site_of_its_own_step() -> None:
    told = "Bone metastases were treated with 20 Gy in 5 fractions and liver metastases with SBRT (48 Gy in 3 fractions)."
    assert [(f.value, f.n, f.arm) for f in doses.read(paper(told))] == [(20, 5, "Bone metastases"), (48, 3, "liver metastases")]
    assert ("radiotherapy", "Bone metastases") in [(f.value, f.arm) for f in local_therapy.read(paper(told))]
    told = "Whole brain radiotherapy (37.5 Gy/15 fx) was followed by an SRS boost of 12-18 Gy in a single fraction."
    assert [(f.value, f.low, f.n, f.arm) for f in doses.read(paper(told))] == [(37.5, None, 15, "Whole brain"), (None, 12, 1, None)]
    told = "SBRT was delivered in 3-5 fractions to a total dose of 30-50 Gy."
    assert [(f.low, f.n) for f in doses.read(paper(told))] == [(30, None)]


def test_metastases_are_irradiated_only_where_they_got_a_dose() -> None:
    told = "Bone metastases received zoledronic acid, and 30 Gy went to the primary."
    assert not [f for f in local_therapy.read(paper(told)) if f.value == "radiotherapy"]
    assert shares(local_therapy.read(paper("Bone metastases were irradiated in 44 patients."))) == [("radiotherapy", 44, None)]


def test_agents_of_concurrent_chemotherapy_without_the_word_radiation() -> None:
    title = "Outcome after radiotherapy of thymoma"
    told = "Concurrent chemotherapy was weekly carboplatin and paclitaxel."
    assert values(list(concurrent.read(paper(told, title=title)))) == ["carboplatin", "paclitaxel"]
    assert not list(concurrent.read(paper(told, title="Outcome of thymoma")))
    told = "Induction gemcitabine and cisplatin for three cycles was followed by concurrent cisplatin with IMRT."
    assert values(list(concurrent.read(paper(told)))) == ["cisplatin"]
    assert "cisplatin+gemcitabine" in regimens(told)


def test_cycles_told_by_their_range_first() -> None:
    told = "The number of chemotherapy cycles ranged from 1 to 9, with a median of 4."
    assert [(f.value, f.low, f.high) for f in cycles.read(paper(told))] == [(4, 1, 9)]


def test_the_other_choice_of_a_concurrent_agent_is_concurrent_too() -> None:
    told = "Concurrent chemotherapy with cisplatin (n = 44) or carboplatin (n = 12) was given during radiotherapy."
    assert shares(concurrent.read(paper(told))) == [("cisplatin", 44, None), ("carboplatin", 12, None)]
    told = "Patients received concurrent cisplatin with radiotherapy or sequential etoposide."
    assert values(list(concurrent.read(paper(told)))) == ["cisplatin"]


def test_a_number_with_another_regimen_ends_the_one_before() -> None:
    told = "Thirty patients were treated with gemcitabine plus cisplatin and 21 with FOLFIRINOX."
    assert "cisplatin+gemcitabine" in regimens(told)
    assert regimens("Patients received gemcitabine on days 1 and 8 with cisplatin.") == {"cisplatin+gemcitabine"}


def test_a_score_counts_no_patients() -> None:
    assert shares(techniques.read(paper("Patients with a score of at least 70 were treated with IMRT."))) == [("IMRT", None, None)]


def test_drugs_told_in_turn_or_taken_before_are_no_part_of_a_regimen() -> None:
    told = "The response rates were 53% and 47% in patients treated with sorafenib and capecitabine, respectively."
    assert regimens(told) == {"sorafenib", "capecitabine"}
    assert regimens("Patients unresponsive to tamoxifen received mitoxantrone.") == {"mitoxantrone"}
    assert regimens("Patients received tamoxifen and mitoxantrone.") == {"mitoxantrone+tamoxifen"}


def test_induction_before_chemoradiotherapy_is_not_concurrent() -> None:
    title = "Induction with docetaxel and cisplatin plus concurrent chemoradiotherapy"
    told = paper("Patients received concurrent cisplatin during radiotherapy.", title=title)
    assert set(values(list(concurrent.read(told)))) == {"cisplatin"}


def test_agents_of_a_group_that_is_named_for_radiation_and_more() -> None:
    told = paper("RT+DX group: docetaxel was given on day 1 of each week of radiotherapy.", title="Radiotherapy in the old")
    told.arms = [Arm("RT", (), 62), Arm("RT+DX", (), 55)]
    assert values(list(concurrent.read(told))) == ["docetaxel"]
    told = paper("RT+DX group: adjuvant docetaxel was given.", title="Radiotherapy in the old")
    told.arms = [Arm("RT", (), 62), Arm("RT+DX", (), 55)]
    assert not list(concurrent.read(told))


def test_cycles_of_both_arms_with_their_ranges() -> None:
    told = paper("The median number of cycles was 6 (range, 2-6) in Arm A and 3 (range, 1-3) in Arm B.", section="results")
    assert [(f.value, f.low, f.high, f.arm) for f in cycles.read(told)] == [(6, 2, 6, "Arm A"), (3, 1, 3, "Arm B")]


def test_patients_in_a_list_of_doses_are_no_dose() -> None:
    told = paper("A dose of 37.5 Gy in 3 fractions was given in 12 and 50 Gy in 10 fractions in the remaining 19 patients.")
    assert [(f.value, f.low) for f in doses.read(told)][:1] == [(37.5, None)]
    told = paper("Patients received 37.5 Gy in 3 fractions in 12 and 50 Gy in 10 fractions in 19.")
    assert 12 not in [f.low for f in doses.read(told)]


def test_that_is_ends_no_clause() -> None:
    told = paper(
        "Forty-one patients received local treatment of metastases, i.e. surgery of lung lesions in 8.", title="Metastatic carcinoma"
    )
    assert [(f.value, f.n) for f in local_therapy.read(told)] == [("surgery", 8)]


def doses_of(text: str, **keys: object) -> list[tuple]:
    return [(f.value if f.value is not None else (f.low, f.high), f.n, f.arm) for f in doses.read(paper(text, **keys))]


def test_fractions_of_a_size_beside_another_total_are_a_dose_of_their_own() -> None:
    text = "Patients received external-beam radiotherapy (45-50.4 Gy) and brachytherapy (4 x 7 Gy to point A)."
    assert [(value, n) for value, n, _ in doses_of(text)] == [((45, 50.4), None), (28, 4)]
    assert [value for value, _, _ in doses_of("Radiotherapy of 50.4 Gy was given in 28 fractions of 1.8 Gy.")] == [50.4]
    assert [value for value, _, _ in doses_of("Radiotherapy of 70 Gy was given with 5 fractions of 2 Gy per week.")] == [70]


def test_fractions_of_an_earlier_dose_are_not_those_of_a_later_one() -> None:
    text = "Radiotherapy doses were 70 Gy in 33 fractions to the primary tumour and 54 Gy to the neck."
    assert doses_of(text) == [(70, 33, "primary tumour"), (54, None, "neck")]


def test_the_largest_dose_an_organ_may_have_is_no_dose() -> None:
    assert doses_of("In radiotherapy planning the brainstem (max 54 Gy) and the optic nerves (maximum 55 Gy) were contoured.") == []


def test_a_dose_is_of_the_arm_that_had_it_and_not_of_the_one_it_is_set_against() -> None:
    text = "Patients assigned to arm A received radiotherapy of 50 Gy in 25 fractions and those assigned to arm B received 40 Gy in 15 fractions."
    assert doses_of(text) == [(50, 25, "arm A"), (40, 15, "arm B")]
    assert doses_of("Radiotherapy was 20 Gy/5 fractions (fr)/5 days (arm A) or 16 Gy/2 fr (arm B).")[0] == (20, 5, "arm A")
    assert doses_of("Radiotherapy of 40 Gy in 15 fractions was tested against arm A.") == [(40, 15, None)]
    assert doses_of("The total dose of radiotherapy in the 41 Gy group was raised.") == []


def test_a_target_ends_before_the_size_of_its_fractions() -> None:
    assert doses_of("Radiotherapy of 60-66 Gy to the neck at 1.8-2.0 Gy per day was given.") == [((60, 66), None, "neck")]


def test_agents_on_the_days_of_irradiation_and_in_a_list_of_choices() -> None:
    assert agents("Patients were given capecitabine 825 mg/m2 twice daily on the days of irradiation.") == {"capecitabine"}
    assert agents("Radiotherapy was given concurrently with weekly paclitaxel (50 mg/m2) or with daily temozolomide 75 mg/m2.") == {
        "paclitaxel",
        "temozolomide",
    }
    assert agents("Cisplatin 50 mg/m2 and etoposide 50 mg/m2 were given with radiation.") == {"cisplatin", "etoposide"}
    assert agents("Patients were given capecitabine 825 mg/m2 twice daily on the days of dialysis, and later radiotherapy.") == set()


def agents(text: str) -> set:
    return {f.value for f in concurrent.read(paper(text))}


def test_cycles_of_a_sum_and_of_two_groups() -> None:
    def told(text: str) -> list[tuple]:
        return [(f.value, f.low, f.high) for f in cycles.read(paper(text, section="results"))]

    assert told("A total of 412 cycles were administered, with a median of 4 (1-8) per patient.") == [(4, 1, 8)]
    both = "The median number of cycles was 6 (range 1-12) in the combination group and 4 (range 1-8) in the control group."
    assert told(both) == [(6, 1, 12), (4, 1, 8)]
    assert [
        value for value, *_ in told("Patients of one group received a median of 5 cycles and those of the other a median of 4 cycles.")
    ] == [5, 4]


def test_a_group_named_for_its_induction_had_no_induction_in_the_other() -> None:
    text = "Of the induction group and the control group, the latter received a median of 4 cycles."
    assert [f.arm for f in cycles.read(paper(text, section="results"))] == [None]


def test_a_dose_counts_no_patients_and_neither_does_the_sum_of_two_choices() -> None:
    def share(text: str, word: str) -> int | None:
        start = text.index(word)
        return share_of(text, start, start + len(word), paper(text).sentences[0].quantities)[0]

    assert share("Patients were given tamoxifen 20 mg daily for premenopausal women.", "tamoxifen") is None
    assert (
        share("Two hundred (200) patients were randomised to gefitinib (arm A, n = 101) or erlotinib (arm B, n = 99).", "gefitinib") == 101
    )
    assert share("Of these, 200 patients were randomised to gefitinib or erlotinib.", "gefitinib") is None
    assert share("Two-dimensional planning was used in 45 patients until 2005 and tomotherapy in 88 patients.", "tomotherapy") == 88


def test_procedures_that_were_performed_and_metastases_that_were_treated() -> None:
    def told(text: str) -> list[tuple]:
        return [(f.value, f.n, f.arm) for f in local_therapy.read(paper(text))]

    assert told("Patients with bone metastases received palliative radiotherapy.") == [("radiotherapy", None, "bone metastases")]
    assert told("Surgery for liver metastases was performed in 23 patients (simultaneous resection in 8).") == [
        ("surgery", 23, "liver metastases")
    ]
    assert told("Pulmonary metastasectomy was done in 5.")[0][:2] == ("surgery", 5)
    assert told("Radiofrequency ablation was performed under ultrasound guidance.")[0][0] == "rfa"
    assert told("Radiofrequency ablation may be performed under ultrasound guidance.") == []


def test_sites_counted_two_at_a_time_and_more_than_five() -> None:
    def told(text: str) -> list[tuple]:
        return [
            (f.value, f.n)
            for f in burden.read(paper(text, section="results", title="Metastatic cancer of 95 patients with bone metastases"))
        ]

    assert told("The number of metastatic sites was 1 in 40 patients, 2 in 35 and ≥3 in 20 patients.") == [
        ("single", 40),
        ("multiple", 35),
        ("multiple", 20),
    ]
    assert told("Thirty patients (29%) had 2-5 lesions and 31 (30%) more than 5 lesions.") == [("oligo", 30), ("multiple", 31)]


def test_a_short_name_in_a_list_of_regimens_needs_no_further_word() -> None:
    told = "Sixty patients received chemotherapy, including TPF in 28 patients, GP in 20 and others in 12."
    assert "cisplatin+gemcitabine" in regimens(told, review="mnpc")
    assert "cisplatin+gemcitabine" not in regimens(told.replace("GP in 20", "20 of whom went to their GP and 5 home"), review="mnpc")


def test_a_dose_beside_its_rate_and_agents_that_are_based_on_each_alone() -> None:
    told = paper("Brachytherapy alone delivered 45 Gy at low dose rate over 4-5 days.")
    assert values(list(doses.read(told))) == [45]
    told = paper("The dose rate of the brachytherapy source was 45 Gy per hour at most.")
    assert not list(doses.read(told))
    assert regimens("Patients received gemcitabine-based and capecitabine-based chemotherapy.") == {"gemcitabine", "capecitabine"}


def test_agents_on_days_of_radiotherapy_are_concurrent() -> None:
    told = paper("Cisplatin and etoposide were administered on days 1-5 and 29-33 of radiotherapy.", title="Radiotherapy of the lung")
    assert set(values(list(concurrent.read(told)))) == {"cisplatin", "etoposide"}
    told = paper("Cisplatin and etoposide were administered on days 1-5 and 29-33.", title="Radiotherapy of the lung")
    assert not list(concurrent.read(told))


def test_the_other_choice_has_the_condition_for_itself() -> None:
    told = paper(
        "Radiotherapy was given with concurrent weekly cisplatin or, in case of renal dysfunction, gemcitabine.", title="Radiotherapy"
    )
    assert "cisplatin" in values(list(concurrent.read(told)))


def test_the_bracket_that_closes_a_choice_is_the_cycles_arm() -> None:
    told = paper(
        "Patients were assigned to six cycles of capecitabine plus oxaliplatin (QX group) or two cycles of QX, then radiotherapy (QX-RT group)."
    )
    told.arms = [Arm("QX", (), 60), Arm("QX-RT", (), 61)]
    assert next((f.value, f.arm) for f in cycles.read(told)) == (6, "QX (capecitabine + oxaliplatin)")
