"""The design is read from title, abstract and methods, and from nowhere else."""

import pytest

from pipeline.context import Paper
from pipeline.readers import design
from pipeline.records import Document, Passage


def paper(title: str = "", abstract: str = "", methods: str = "", results: str = "", article_type: str = "research-article") -> Paper:
    texts = (
        ("title", "title", title),
        ("abstract", "abstract", abstract),
        ("paragraph", "methods", methods),
        ("paragraph", "results", results),
    )
    passages = [Passage(n, kind, section, text, heading=section.capitalize()) for n, (kind, section, text) in enumerate(texts) if text]
    return Paper(Document(paper="a", source="txt", passages=passages, title=title, front={"article_type": article_type}))


def verdict(**parts: str) -> str | None:
    found = list(design.read(paper(**parts)))
    assert len(found) <= 1
    return found[0].value if found else None


RESULTS = "Overall survival was better in the first group. " * 40


@pytest.mark.parametrize(
    ("value", "parts"),
    [
        ("randomized_trial", {"title": "Weekly versus three-weekly docetaxel: a randomised phase III trial"}),
        (
            "randomized_trial",
            {"title": "Docetaxel in sarcoma", "abstract": "Eligible patients were randomly assigned to docetaxel or observation."},
        ),
        (
            "randomized_trial",
            {"title": "Marker X and benefit from letrozole", "abstract": "We stained tumours of 400 women randomized to letrozole."},
        ),
        ("single_arm_trial", {"title": "A phase II study of weekly paclitaxel in angiosarcoma"}),
        (
            "single_arm_trial",
            {
                "title": "Paclitaxel in angiosarcoma",
                "methods": "This was a single-arm, open\u2010label, non\u2010randomized phase II study.",
            },
        ),
        ("retrospective_cohort", {"title": "Outcome of thymoma: a retrospective analysis of 60 cases"}),
        ("retrospective_cohort", {"title": "Thymoma", "methods": "This retrospective cohort used prospectively collected data."}),
        (
            "retrospective_cohort",
            {"title": "Radiotherapy of thymoma", "abstract": "Sixty patients underwent radiotherapy after resection."},
        ),
        ("prospective_cohort", {"title": "Fatigue after radiotherapy: a prospective cohort study"}),
        ("prospective_cohort", {"title": "Genotype and outcome", "methods": "A total of 300 patients were enrolled at our hospital."}),
        ("registry_study", {"title": "Thymoma in the elderly: a population-based study"}),
        ("registry_study", {"title": "Thymoma", "abstract": "We retrospectively identified 900 patients in the SEER database."}),
        ("case_control", {"title": "Diet and gastric cancer: a case\u2013control study"}),
        ("case_report", {"title": "Cardiac metastasis of a thymoma: a case report"}),
        (
            "meta_analysis",
            {"title": "Adjuvant radiotherapy for thymoma: a systematic review and meta-analysis", "article_type": "review-article"},
        ),
        ("review", {"title": "Radiotherapy for thymoma: a systematic review"}),
        ("review", {"title": "Immunotherapy of thymic tumours", "article_type": "review-article"}),
        ("protocol", {"title": "Adjuvant radiotherapy for thymoma: study protocol for a randomised controlled trial"}),
        ("protocol", {"title": "The THYME trial", "methods": "Patients will be randomised. They will receive radiotherapy. " * 5}),
        (
            "other",
            {"title": "MiR-999 promotes invasion in vitro", "abstract": "Cell lines were transfected, and xenografts were grown in mice."},
        ),
    ],
)
def test_designs(value: str, parts: dict) -> None:
    assert verdict(**({"results": RESULTS} | parts) if value != "protocol" else parts) == value


def test_a_meta_analysis_is_not_a_review_and_a_trial_with_a_misleading_article_type_is_a_trial() -> None:
    assert (
        verdict(title="Acupoint stimulation after gastrectomy: a randomized controlled trial", article_type="case-report")
        == "randomized_trial"
    )


def test_randomisation_of_mice_or_of_a_cohort_into_two_halves_is_no_trial() -> None:
    assert (
        verdict(
            title="Drug A in xenografts", abstract="Nude mice were randomly divided into groups. In vitro, cell lines were transfected."
        )
        == "other"
    )
    text = "We retrospectively studied 300 patients, who were randomly divided into a training and a validation set."
    assert verdict(title="A nomogram for thymoma", abstract=text) == "retrospective_cohort"


def test_a_paper_that_says_nothing_of_itself_gets_no_design() -> None:
    assert verdict(results="The tumour was confined to the left lobe.") is None


def test_the_quote_is_sliced_from_the_sentence_that_says_it() -> None:
    (found,) = design.read(paper(title="Thymoma", methods="Tissue was fixed. This was a retrospective study of our files."))
    assert found.quote == "This was a retrospective study of our files."


def test_a_cohort_within_a_trial_is_what_it_calls_itself() -> None:
    title = "Heart function after chemotherapy: a prospective cohort study within a randomised trial"
    assert verdict(title=title, methods="Patients were randomised to two arms.") == "prospective_cohort"


def test_a_trial_that_is_called_for_is_not_this_study() -> None:
    text = "We retrospectively reviewed 40 patients. The combination deserves a randomised comparison."
    assert verdict(title="Surgery of thymoma", abstract=text) == "retrospective_cohort"


def in_sections(title: str, *parts: tuple[str, str]) -> str | None:
    """The verdict on a structured abstract: pairs of a label and its text."""
    passages = [Passage(0, "title", "title", title)]
    passages += [Passage(n, "abstract", "abstract", text, heading=f"Abstract > {label}") for n, (label, text) in enumerate(parts, 1)]
    found = list(design.read(Paper(Document(paper="a", source="jats", passages=passages, title=title))))
    return found[0].value if found else None


def test_the_background_of_a_structured_abstract_tells_of_other_studies() -> None:
    assert (
        in_sections(
            "Outcome of thymoma",
            ("Background", "Docetaxel was approved after a randomised phase III trial in 300 patients."),
            ("Methods", "Records of 60 patients treated in two centres were reviewed."),
        )
        == "retrospective_cohort"
    )
    assert in_sections("Thymoma", ("Background", "We randomly assigned 60 patients to surgery or observation.")) == "randomized_trial"


def test_an_abstract_in_the_future_without_results_is_a_protocol() -> None:
    methods = ("Methods/design", "In this randomised trial 200 patients will be assigned to surgery or observation.")
    assert in_sections("Surgery for thymoma", ("Background", "Thymoma is rare."), methods) == "protocol"
    results = ("Results", "Survival was better after surgery. Further trials will be needed.")
    assert in_sections("Surgery for thymoma", methods, results) == "randomized_trial"


@pytest.mark.parametrize(
    ("value", "parts"),
    [
        ("randomized_trial", {"title": "A phase II study of lomustine vs. temozolomide in meningioma"}),
        ("randomized_trial", {"title": "Lomustine in meningioma: a phase III trial"}),
        (
            "single_arm_trial",
            {"title": "Lomustine in meningioma", "abstract": "The aim of this trial was to test lomustine. We treated 30 patients."},
        ),
        (
            "prospective_cohort",
            {"title": "Meningioma", "abstract": "We enrolled 60 patients. No trial was ever done. A control trial is awaited."},
        ),
        ("other", {"title": "Cost-effectiveness of lomustine in meningioma", "abstract": "Data came from a randomised trial."}),
        ("other", {"title": "Lomustine", "abstract": "A Markov model was built on a phase III trial. Lomustine was cheaper."}),
        (
            "retrospective_cohort",
            {
                "title": "Marker X",
                "abstract": "Samples of men in a randomized trial of lomustine were retrospectively stained for marker X.",
            },
        ),
        (
            "other",
            {
                "title": "Wishes",
                "abstract": "We asked women participating in a randomised screening trial. They were sent a survey.",
            },
        ),
        (
            "prospective_cohort",
            {"title": "Meningioma", "abstract": "This prospective study was approved by our institutional review board."},
        ),
    ],
)
def test_what_a_trial_leads_to_and_what_it_is(value: str, parts: dict) -> None:
    assert verdict(**parts) == value


@pytest.mark.parametrize(
    ("value", "abstract"),
    [
        (
            "retrospective_cohort",
            "Sixty patients underwent resection in two centres. A randomised comparison of both would help to settle this.",
        ),
        (
            "retrospective_cohort",
            "Sixty patients underwent resection. A randomised placebo-controlled trial of drug X showed a benefit elsewhere.",
        ),
        ("other", "The assay was set against the stain on biopsies from a randomised trial of drug X. Agreement was good."),
        ("prospective_cohort", "Twelve patients were recruited from an ongoing randomised phase III trial. They wore a sensor at night."),
        ("single_arm_trial", "This single-group study followed a randomised trial. Our 30 patients received calls from a nurse."),
        ("single_arm_trial", "Drug X was given to our 20 patients in an open pilot trial."),
        ("review", "New stains of thymoma are discussed in this review. Their costs differ."),
        ("protocol", "Drug X may help in thymoma. A total of 300 patients will be enrolled over five years. The endpoint is survival."),
    ],
)
def test_only_the_papers_own_study_counts(value: str, abstract: str) -> None:
    assert verdict(title="Treatment of thymoma", abstract=abstract) == value


def test_a_trial_that_speaks_of_itself_stays_a_trial() -> None:
    told = "In this randomised trial of 60 patients we found that drug X was better. This randomised trial showed it."
    assert verdict(title="Treatment of thymoma", abstract=told) == "randomized_trial"
    ended = "In all, 60 patients were randomised. Survival was 12 and 9 months (P = 0.03). More patients will be enrolled."
    assert verdict(title="Treatment of thymoma", abstract=ended) == "randomized_trial"


def test_a_pilot_study_on_specimens_is_no_trial() -> None:
    told = "In this pilot study, sera of 50 patients and 30 healthy subjects were compared."
    assert verdict(title="A marker of thymoma", abstract=told) != "single_arm_trial"


def test_an_essay_without_work_of_its_own_is_a_review() -> None:
    essay = "Thymoma is rare. Surgery comes first. Drug X has changed much. Its best duration is unknown. Its cost is high."
    assert verdict(title="Drug X in thymoma", abstract=essay) == "review"
    assert verdict(title="Drug X in thymoma", abstract=f"{essay} Response rose by 20%.") == "other"


def test_a_text_without_headings_is_read_as_its_abstract() -> None:
    told = Passage(0, "paragraph", "other", "We retrospectively reviewed 40 patients with thymoma.")
    found = list(design.read(Paper(Document(paper="a", source="txt", passages=[told], title=""))))
    assert [finding.value for finding in found] == ["retrospective_cohort"]


def test_the_heading_of_a_plan_makes_a_protocol() -> None:
    plan = ("Methods/design", "In this randomised trial patients receive surgery or observation.")
    assert in_sections("Surgery for thymoma", ("Background", "Thymoma is rare."), plan) == "protocol"
    assert in_sections("Surgery for thymoma", plan, ("Conclusions", "Surgery was better.")) == "randomized_trial"


@pytest.mark.parametrize(
    ("abstract", "value"),
    [
        (
            "We undertook a retrospective cost analysis of all patients. For randomised protocols, an average of the arms was taken.",
            "retrospective_cohort",
        ),
        ("We randomised 80 patients to two arms. Toxicity was reviewed retrospectively.", "randomized_trial"),
        ("Records of 80 patients were reviewed. Thus randomized intervention studies should focus on falls.", "retrospective_cohort"),
        ("We compared two letters in a population-based randomised trial of 900 women.", "randomized_trial"),
    ],
)
def test_trials_that_are_only_spoken_of(abstract: str, value: str) -> None:
    assert verdict(title="Letters and falls", abstract=abstract) == value


def test_what_has_been_shown_in_a_trial_elsewhere_makes_none_of_a_review() -> None:
    told = (
        "Marrow failure has few remedies. Age has limited the choice for the majority. The drug has been shown to be effective in a randomised trial "
        "against best care. It has been shown to prolong the time to leukaemia (p = 0.001). The drug needs to be considered by everyone."
    )
    assert verdict(title="A drug in the treatment of marrow failure", abstract=told) == "review"


def test_a_placebo_in_the_title_makes_a_trial_randomized() -> None:
    told = "Serum of 100 women was measured at baseline. In this clinical trial, the marker was prognostic."
    assert verdict(title="Markers of response to a drug and of the placebo effect", abstract=told) == "single_arm_trial"
    assert verdict(title="Markers of response to a drug with inhibitor or placebo", abstract=told) == "randomized_trial"


def test_a_database_kept_prospectively_is_no_prospective_study():
    told = "Patients were identified from a prospectively maintained database. We reviewed the records of 107 patients treated with drug X."
    assert verdict(methods=told, results=RESULTS) == "retrospective_cohort"
    assert verdict(abstract="In this prospective cohort 107 patients treated with drug X were enrolled.") == "prospective_cohort"


def test_not_randomized_is_not_randomized():
    told = "The allocation was not randomized. Eighty-nine patients treated between 1983 and 1991 were analyzed."
    assert verdict(methods=told, results=RESULTS) != "randomized_trial"


@pytest.mark.parametrize(
    ("abstract", "value"),
    [
        ("Serum was prospectively collected from 150 patients before treatment, and they were followed.", "prospective_cohort"),
        (
            "Recurrence is feared. Its treatment is open. Forty-five patients had salvage surgery between 1990 and 2002. Five-year survival was 33%.",
            "retrospective_cohort",
        ),
        ("We report two cases of late recurrence. The first patient was a 50-year-old woman.", "case_report"),
    ],
)
def test_designs_in_ordinary_words(abstract: str, value: str) -> None:
    assert verdict(title="Late recurrence", abstract=abstract) == value
