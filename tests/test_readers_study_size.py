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
        ("We analysed 912 postmenopausal node-negative breast cancer patients.", 912),
        ("Outcomes of 726 adult acute myeloid leukemia (AML) patients were reviewed.", 726),
        ("Two hundred and five consecutive patients were studied.", 205),
        ("We evaluated 27 patients with recurrent ovarian cancer.", 27),
        ("In this phase 3 trial, 126 patients were enrolled.", 126),
        ("We identified 23,416 patients with pancreatic cancer.", 23416),
        ("Of 173 patients screened, 126 were eligible and were treated.", 126),
        ("Of 460 patients in this study, 244 received chemotherapy and 216 received radiotherapy.", 460),
        ("After exclusion of 205 patients with missing files, a total of 974 patients were included.", 974),
        ("This study included 75 cases of osteosarcoma and 80 healthy controls.", 75),
        ("Marker expression was measured in samples from 115 of 823 patients who were enrolled.", 115),
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
    text = "A total of 293 patients were randomized: 151 were assigned to arm A and 142 to arm B."
    assert size(text, design="randomized_trial") == 293


def test_all_patients_of_a_meta_analysis() -> None:
    assert size("Twenty-one studies comprising a total of 10,599 patients were included.", design="meta_analysis") == 10599


def test_the_abstracts_number_stands_over_a_subgroup_of_the_results() -> None:
    assert (
        size(
            "We reviewed 262 patients who underwent resection.",
            "Local recurrence was analysed in 170 patients in the anterior resection group.",
        )
        == 262
    )
