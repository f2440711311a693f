"""Which of a paper's agents make regimens of its own: names by their stems, choices, comparisons, and what only stands beside."""

import pytest

from pipeline.context import Paper
from pipeline.lexicon import lexicon
from pipeline.readers import systemic
from pipeline.records import Document, Passage
from pipeline.regimen_names import coded, defined


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


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        # the same with one agent more
        ("Ninety patients received paclitaxel 175 mg/m2 and carboplatin AUC 5, or the same chemotherapy plus veliparib.", {"carboplatin+paclitaxel", "carboplatin+paclitaxel+veliparib"}),
        ("Controls received carboplatin AUC 6 and cyclophosphamide 600 mg/m2; the others received the above regimen with interferon gamma 0.1 mg.",
         {"carboplatin+cyclophosphamide", "carboplatin+cyclophosphamide+interferon gamma"}),
        ("Patients received FOLFOX every 2 weeks for 12 cycles, alone or combined with panitumumab 6 mg/kg.",
         {"fluorouracil+leucovorin+oxaliplatin", "fluorouracil+leucovorin+oxaliplatin+panitumumab"}),
        ("Patients received nivolumab alone or nivolumab plus ipilimumab.", {"nivolumab", "ipilimumab+nivolumab"}),
        # "or" parts it from its neighbours, a plus sign does not
        ("Bendamustine plus rituximab or bendamustine was used in 20%, and chlorambucil in 12%.", {"bendamustine+rituximab", "bendamustine", "chlorambucil"}),
        # one day's order of agents
        ("Paclitaxel was administered at 175 mg/m2 over 3 h followed by carboplatin AUC 6 to all patients.", {"carboplatin+paclitaxel"}),
        # what patients had before the verb, and what they did not have after it
        ("Patients previously treated with a platinum doublet received docetaxel 75 mg/m2 plus ramucirumab.", {"docetaxel+ramucirumab"}),
        ("Patients without progression received maintenance capecitabine 1000 mg/m2.", {"capecitabine"}),
        ("Patients without prior chemotherapy received gemcitabine 1000 mg/m2.", {"gemcitabine"}),
        ("Patients who had previously received docetaxel were excluded.", set()),
        ("Patients were treated without cisplatin.", set()),
        # what an artery is embolized with
        ("Patients were given sorafenib 400 mg twice daily with TACE using 50 mg doxorubicin mixed with lipiodol.", {"sorafenib"}),
        ("Patients received doxorubicin 50 mg/m2 after embolization had failed.", {"doxorubicin"}),
        # what goes on the skin
        ("Patients received fluorouracil 0.5%/salicylic acid 10% on the scalp.", set()),
        ("Patients received fluorouracil cream and oral capecitabine.", {"capecitabine"}),
        # code names
        ("Patients received XQ-4711 plus carboplatin.", {"carboplatin+xq-4711"}),
        ("Patients received carboplatin; CA125 and EGF-R2 levels fell.", {"carboplatin"}),
        ("Forty patients received platinum-based doublet chemotherapy.", {"platinum doublet"}),
        ("Forty patients received platinum-based doublet chemotherapy (cisplatin plus pemetrexed).", {"cisplatin+pemetrexed"}),
    ],
)  # fmt: skip
def test_regimens_of_one_sentence(text: str, keys: set[str]) -> None:
    assert regimens(text) == keys


def test_a_dose_beside_a_code_name_makes_it_a_drug() -> None:
    given = "Thirty patients received TQX258 at 500 mg once daily."
    assert regimens(given, title="A phase II trial of TQX258 in metastatic tumours", kind="abstract", heading="Abstract") == {"tqx258"}
    assert coded("XY-123 50 mg daily; levels of CA125 and of CD20; NCT01234567; MDA231 cells were used") == {"XY-123"}
    assert coded("a study of ABC-1234 plus paclitaxel") == {"ABC-1234"}
    assert coded("a study of ABC-1234 expression") == set()


def test_a_name_in_brackets_after_how_often_the_regimen_was_given() -> None:
    text = "Docetaxel (75 mg/m2), cisplatin (75 mg/m2) and vinorelbine (25 mg/m2, days 1-5) every 21 days for up to 6 cycles (TPV regimen)."
    assert defined(text, lexicon().mentions(text)) == {"TPV": "regimen|cisplatin+docetaxel+vinorelbine"}
    assert defined(text.replace(" (TPV regimen)", ". Later (TPV regimen)"), lexicon().mentions(text)) == {}


def test_a_title_that_sets_an_agent_against_placebo_names_both_regimens() -> None:
    title = "Markers of the response to fulvestrant with vandetanib or placebo"
    assert regimens("Serum of 90 women was kept.", title=title) == {"fulvestrant", "fulvestrant+vandetanib"}
