"""n_total: one number a paper, the study's own."""

import pytest

from pipeline.context import Paper
from pipeline.readers import study_size
from pipeline.records import Document, Passage


def size(abstract: str, results: str = "", design: str = "retrospective_cohort") -> int | None:
    passages = [Passage(0, "abstract", "abstract", abstract, heading="Abstract")]
    passages += [Passage(1, "paragraph", "results", results, heading="Results")] if results else []
    paper = Paper(Document(paper="a", source="txt", passages=passages))
    paper.design = design
    found = list(study_size.read(paper))
    assert len(found) <= 1
    return found[0].value if found else None


@pytest.mark.parametrize(
    ("text", "n"),
    [
        ("Between 2001 and 2009, 318 patients with stage III colon cancer were enrolled.", 318),
        ("We analysed 641 premenopausal node-positive breast cancer patients.", 641),
        ("Outcomes of 518 young acute lymphoblastic leukemia (ALL) patients were reviewed.", 518),
        ("Three hundred and nine consecutive patients were studied.", 309),
        ("We evaluated 27 patients with recurrent ovarian cancer.", 27),
        ("In this phase 3 trial, 232 patients were enrolled.", 232),
        ("We identified 23,416 patients with pancreatic cancer.", 23416),
        ("Of 190 patients screened, 141 were eligible and were treated.", 141),
        ("Of 310 patients in this study, 190 received chemotherapy and 120 received radiotherapy.", 310),
        ("After exclusion of 61 patients with missing files, a total of 733 patients were included.", 733),
        ("This study included 75 cases of osteosarcoma and 80 healthy controls.", 75),
        ("Marker expression was measured in samples from 131 of 790 patients who were enrolled.", 131),
    ],
)
def test_headline_numbers(text: str, n: int) -> None:
    assert size(text) == n


@pytest.mark.parametrize(
    "text",
    [
        "A sample size of 240 patients was required for a power of 80%.",
        "Of these, 31 patients died.",
        "Patients were treated between 1998 and 2004 at the age of 60.",
    ],
)
def test_other_numbers_are_not_the_studys(text: str) -> None:
    assert size(text) is None


def test_the_randomised_number_stands_over_the_arms() -> None:
    text = "A total of 277 patients were randomized: 140 were assigned to arm A and 137 to arm B."
    assert size(text, design="randomized_trial") == 277


def test_all_patients_of_a_meta_analysis() -> None:
    assert size("Seventeen studies comprising a total of 8,412 patients were included.", design="meta_analysis") == 8412


def test_the_abstracts_number_stands_over_a_subgroup_of_the_results() -> None:
    assert (
        size(
            "We reviewed 244 patients who underwent resection.",
            "Local recurrence was analysed in 151 patients in the anterior resection group.",
        )
        == 244
    )


def test_the_part_that_was_analysed_stands_over_the_whole() -> None:
    assert size("Tissue was available from 512 patients of the trial. Of these, 460 (90%) were assessable for the marker.") == 460
    assert size("In all, 214/950 (22.5%) patients were irradiated and included in this analysis.") == 214


@pytest.mark.parametrize(
    ("text", "n"),
    [
        ("From a subset of 48 patients of 90 patients in the trial, blood was collected.", 48),
        ("In total, 180 tumours were available for the analysis.", 180),
        ("Patients were randomised (N = 260) to one of three schedules.", 260),
        ("Women (n = 6,172) were screened at baseline.", 6172),
        ("Forty patients with 52 lesions were treated.", 40),
        ("Twenty patients with 1-6 metastases were included.", 20),
        (
            "A trial has previously been reported in which 420 women received chemotherapy. This analysis concerns the 120 women who were not irradiated.",
            120,
        ),
    ],
)
def test_the_papers_own_patients(text: str, n: int) -> None:
    assert size(text) == n


@pytest.mark.parametrize(
    "text",
    [
        "In the 226 patients with small tumours, survival did not differ.",
        "Of the 71 patients planned for surgery, 27 had it.",
        "A total of 12 culture dishes were randomly divided.",
        "The response rate was 23% for 52 drugX-treated patients.",
    ],
)
def test_a_group_spoken_of_again_is_no_total(text: str) -> None:
    assert size(text) is None


def test_a_text_without_headings_has_a_size_too() -> None:
    told = Passage(0, "paragraph", "other", "We treated a total of 64 patients with drug X.")
    paper = Paper(Document(paper="a", source="txt", passages=[told]))
    paper.design = "retrospective_cohort"
    assert [finding.value for finding in study_size.read(paper)] == [64]


@pytest.mark.parametrize(
    ("text", "n", "design"),
    [
        ("There were 112 men and 38 women, with a median age of 60 years.", 150, "retrospective_cohort"),
        ("Twenty-six men and 14 women were treated with drug X.", 40, "single_arm_trial"),
        ("One hundred and twenty-one patients (80 men, 41 women) were treated.", 121, "single_arm_trial"),
        ("We randomized 70 patients in this trial (63% women; mean age: 51 years).", 70, "randomized_trial"),
        ("Eighty patients with gout (by microscopy, by imaging or by the word of the doctor who had sent them) were recruited and randomized. "
         "After a year, a total of 52 patients completed the study.", 80, "randomized_trial"),
        ("The adverse events experienced by the 20 enrolled patients were mild.", 20, "single_arm_trial"),
        ("In 2012, sixty-nine patients with 74 tumours were randomly treated in mode A (n = 36) or mode B (n = 38).", 69, "randomized_trial"),
        ("Overall survival was evaluated for the entire population (n = 80).", 80, "randomized_trial"),
        ("Sixty-six patients were screened and 19 enrolled, of whom 14 received three doses or more.", 19, "single_arm_trial"),
        ("Of 900 patients screened, 412 (46%) were randomised.", 412, "randomized_trial"),
        ("Of the eligible members, 250 (9%) completed the survey and were randomised.", 250, "randomized_trial"),
        ("For every 76 women randomised to drug X, one event fewer occurred.", None, "randomized_trial"),
        ("A total of 49,450 screenees underwent a first examination.", 49450, "other"),
    ],
)  # fmt: skip
def test_the_number_that_entered(text: str, n: int | None, design: str) -> None:
    assert size(text, design=design) == n


@pytest.mark.parametrize(
    ("text", "n", "design"),
    [
        ("Among 150 randomised patients, 146 were analysed (70 received drug X and 76 drug Y).", 150, "randomized_trial"),
        ("Of 120 patients who entered the trial, 112 were assessable.", 120, "randomized_trial"),
        ("In all, 191 patients were randomized. The intent-to-treat analysis included 183 patients (92 drug X and 91 drug Y).", 191, "randomized_trial"),
        ("Of 408 patients, 345 were eligible and were analysed.", 345, "retrospective_cohort"),
        ("The trial enrolled 512 patients. Tissue was available from 480. Of these, 460 (90%) were assessable for the marker.", 460, "randomized_trial"),
    ],
)  # fmt: skip
def test_of_a_trial_the_randomised_stand_over_the_analysed(text: str, n: int, design: str) -> None:
    assert size(text, design=design) == n


def test_those_available_are_what_was_left_of_a_trial_but_their_samples_are_not() -> None:
    text = "We randomized 70 patients in this trial. Only 58 patients (31 in one arm and 27 in the other) were available for evaluation of pain."
    assert size(text, design="randomized_trial") == 70
    text = "From the 823 patients enrolled in the trial, 620 samples were available. Of these, 115 patients were analysed."
    assert size(text, design="randomized_trial") == 115


@pytest.mark.parametrize(
    ("text", "design", "n"),
    [
        ("In all, 256 patients were registered and 236 were randomly assigned to drug X or placebo.", "randomized_trial", 236),
        ("Of 31 patients enrolled, 7 (22.6%) had no mucositis and 6 (19.4%) developed grade 1.", "single_arm_trial", 31),
        ("A total of 646 patients (97%) were evaluable for toxicity.", "randomized_trial", 646),
        ("This trial enrolled 74 patients. Of 74 patients, 70 were evaluable for response.", "single_arm_trial", 74),
    ],
)
def test_who_entered(text: str, design: str, n: int) -> None:
    assert size(text, design=design) == n


@pytest.mark.parametrize(
    ("text", "n"),
    [
        ("Some 410 patients were treated; 50 were excluded for missing data; thus 360 patients were included in this study.", 360),
        ("We reviewed the charts of 312 patients. The remaining 291 patients were analysed.", 291),
        ("We reviewed the charts of 312 patients. The remaining 21 patients had surgery.", 312),
    ],
)
def test_what_exclusions_left(text: str, n: int) -> None:
    assert size(text) == n
