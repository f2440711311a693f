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
