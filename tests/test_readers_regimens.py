"""Which of a paper's agents make regimens of its own: names by their stems, choices, comparisons, and what only stands beside."""

import pytest

from pipeline.context import Paper
from pipeline.lexicon import lexicon
from pipeline.readers import systemic
from pipeline.records import Document, Passage


def regimens(*texts: str, title: str = "", kind: str = "paragraph", heading: str = "Methods", design: str = "randomized_trial") -> set:
    section = "abstract" if kind == "abstract" else "methods"
    passages = [Passage(0, "title", "title", title)] if title else []
    passages += [Passage(n, kind, section, text, heading=heading) for n, text in enumerate(texts, 1)]
    made = Paper(Document(paper="a", source="txt", passages=passages, title=title))
    made.design = design
    return {finding.value for finding in systemic.read(made) if finding.field == "regimen"}


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("All were given Xolartinib.", ["xolartinib"]),
        ("Certobrumab vedotin was given.", ["certobrumab vedotin"]),
        ("Bevacixumab was given.", ["bevacizumab"]),
        ("Serum albumin, globulin and a nib of silver.", []),
        ("mustine and Bevacizumab", ["mechlorethamine", "bevacizumab"]),
    ],
)
def test_agents_are_known_by_the_stems_of_their_names(text: str, keys: list[str]) -> None:
    assert [mention.key for mention in lexicon().mentions(text) if mention.kind == "agent"] == keys


def test_an_agent_offered_with_another_or_without_it_is_a_regimen_itself() -> None:
    assert regimens("Patients received gemcitabine with or without erlotinib.") == {"gemcitabine", "erlotinib+gemcitabine"}
    assert regimens("Patients received gemcitabine plus erlotinib or gemcitabine plus placebo.") == {"gemcitabine", "erlotinib+gemcitabine"}


def test_a_dosed_choice_stands_alone_beside_wider_regimens() -> None:
    wide = "Patients received lomustine plus temozolomide."
    assert "lomustine" in regimens(wide, "Others were treated with dacarbazine 200 mg/m2 or lomustine 110 mg/m2.")
    assert "lomustine" not in regimens(wide, "Lomustine 110 mg/m2 and temozolomide were given on day 1 of treatment.")


def test_an_agent_beside_unnamed_chemotherapy_is_part_of_a_wider_regimen() -> None:
    wide = "Patients received docetaxel and cetuximab."
    assert regimens(wide, "We treated patients with cetuximab and neoadjuvant chemotherapy.") == {"cetuximab+docetaxel"}


def test_what_an_abstract_tests_was_given_and_what_its_end_says_was_not() -> None:
    tested = "This phase II trial evaluated the efficacy of rituximab and lenalidomide in lymphoma."
    assert regimens(tested, kind="abstract", heading="Abstract") == {"lenalidomide+rituximab"}
    ending = "Treatment with rituximab and lenalidomide is used in patients elsewhere."
    assert regimens(ending, kind="abstract", heading="Abstract > Conclusions") == set()


def test_a_regimen_used_in_a_share_of_the_cohort() -> None:
    assert regimens("Chlorambucil plus prednisone was used in 39%.") == {"chlorambucil+prednisone"}


def test_a_target_is_no_agent() -> None:
    assert regimens("Patients received the mammalian target of rapamycin inhibitor everolimus.") == {"everolimus"}


def test_a_name_that_its_brackets_tell_only_in_part() -> None:
    text = "Patients received leucovorin combined with irinotecan (FOLFIRI) or with oxaliplatin (FOLFOX)."
    assert "fluorouracil+irinotecan+leucovorin" in regimens(text, "The FOLFIRI regimen was given to 40 patients.")


def test_crossing_over_is_another_treatment_and_hides_none_before_it() -> None:
    text = "Patients received docetaxel/capecitabine or doxorubicin/cyclophosphamide followed by crossover to vinorelbine."
    assert regimens(text) == {"capecitabine+docetaxel", "cyclophosphamide+doxorubicin"}


def test_the_one_agent_that_a_title_names_as_its_study() -> None:
    well = "Response to siltuximab was seen in half of the patients who were treated."
    assert regimens(well, title="A phase II study of siltuximab in thymoma") == {"siltuximab"}
    assert regimens(title="A study of patients resistant to siltuximab") == set()
