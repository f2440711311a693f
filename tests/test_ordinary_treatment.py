"""Treatment in the most ordinary words of abstracts: regimens and their arms, cycles, agents given with radiation, doses."""

import pytest

from pipeline.extract import findings
from pipeline.records import Document, Passage


def told(text: str, title: str = "Treatment of tumours of the neck") -> list[tuple]:
    """(field, value or range, n, arm) of what a two-sentence abstract tells."""
    opening = "BACKGROUND: We report the outcome of patients treated in a prospective phase II study."
    texts = [text] if "randomised" in text else [opening, text]
    passages = [Passage(0, "title", "title", title)]
    passages += [Passage(n, "abstract", "abstract", words, heading="Abstract") for n, words in enumerate(texts, 1)]
    found = findings(Document(paper="a", source="txt", passages=passages, title=title))
    return [(f.field, f.value if f.low is None else (f.value, f.low, f.high), f.n, f.arm) for f in found]


@pytest.mark.parametrize(
    ("text", "facts"),
    [
        (
            "METHODS: Patients were randomised to nivolumab 3 mg/kg every 2 weeks, ipilimumab 3 mg/kg every 3 weeks, or nivolumab plus ipilimumab.",
            [("regimen", "nivolumab", None, "nivolumab"), ("regimen", "ipilimumab", None, "ipilimumab")],
        ),
        (
            "METHODS: The control arm received cisplatin and vinorelbine; the experimental arm received the same chemotherapy plus cetuximab.",
            [
                ("regimen", "cisplatin+vinorelbine", None, "control arm"),
                ("regimen", "cetuximab+cisplatin+vinorelbine", None, "experimental arm"),
            ],
        ),
        (
            "RESULTS: Chemotherapy regimens included carboplatin/paclitaxel (n = 31, 52%), cisplatin/etoposide (n = 18, 30%) and gemcitabine alone (n = 11, 18%).",
            [("regimen", "cisplatin+etoposide", 18, None), ("regimen", "gemcitabine", 11, None)],
        ),
        (
            "METHODS: Docetaxel was given every 3 weeks for a maximum of six cycles or until disease progression.",
            [("cycles", 6, None, None)],
        ),
        (
            "METHODS: Patients received vinorelbine, repeated every 3 weeks for a minimum of four and a maximum of eight cycles.",
            [("cycles", (None, 4, 8), None, None)],
        ),
        (
            "METHODS: Patients were randomised to 3 cycles or 6 cycles of adjuvant carboplatin and paclitaxel.",
            [("cycles", 3, None, "3 cycles"), ("cycles", 6, None, "6 cycles")],
        ),
        (
            "METHODS: Patients were randomised to receive oxaliplatin plus S-1 or S-1 alone. "
            "Median cycles were 6 (1-17) with oxaliplatin plus S-1 and 4 (1-12) with S-1 alone.",
            [("cycles", (6, 1, 17), None, "oxaliplatin plus S-1"), ("cycles", (4, 1, 12), None, "S-1 alone")],
        ),
        (
            "METHODS: Cetuximab was given at a loading dose of 400 mg/m2 one week before radiotherapy, then 250 mg/m2 weekly during radiotherapy.",
            [("concurrent_agent", "cetuximab", None, None)],
        ),
        (
            "METHODS: Preoperative radiotherapy (50.4 Gy at 1.8 Gy per fraction) was given with capecitabine 825 mg/m2 twice daily.",
            [("concurrent_agent", "capecitabine", None, None), ("rt_dose", 50.4, None, None)],
        ),
        (
            "METHODS: All patients received whole-brain radiotherapy (30 Gy in 10 fractions) with or without temozolomide.",
            [("concurrent_agent", "temozolomide", None, None)],
        ),
        (
            "METHODS: Radiotherapy was combined with two cycles of 5-fluorouracil (1000 mg/m2, days 1-4) and mitomycin C (10 mg/m2, day 1).",
            [("concurrent_agent", "fluorouracil", None, None), ("concurrent_agent", "mitomycin", None, None)],
        ),
        (
            "METHODS: A dose of 66-70 Gy in 33-35 fractions was prescribed to PTV1, 60 Gy to PTV2 and 54 Gy to PTV3.",
            [("rt_dose", 60, None, "PTV2"), ("rt_dose", 54, None, "PTV3")],
        ),
        (
            "METHODS: Patients were randomised to conventional fractionation (74 Gy in 37 fractions) or hypofractionation (60 Gy in 20 fractions).",
            [("rt_dose", 74, 37, "conventional fractionation"), ("rt_dose", 60, 20, "hypofractionation")],
        ),
        (
            "METHODS: Radiosurgery was delivered with a median marginal dose of 18 Gy (range 12-24) to the 50% isodose line.",
            [("rt_dose", (18, 12, 24), None, None)],
        ),
    ],
)
def test_treatment_is_read_from_ordinary_words(text: str, facts: list[tuple]) -> None:
    found = told(text)
    assert [fact for fact in facts if fact not in found] == [], found


def test_doses_that_patients_were_randomised_between_name_their_arms() -> None:
    arms = [
        arm
        for field, _, _, arm in told("METHODS: Patients were randomised to 8 Gy in a single fraction or 30 Gy in 10 fractions.")
        if field == "rt_dose"
    ]
    assert [arm[:4] for arm in arms] == ["8 Gy", "30 G"]


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        ("METHODS: Radiotherapy was given, and cisplatin was used at relapse.", {"concurrent_agent"}),
        ("METHODS: The volume within the 20 Gy isodose was recorded in all patients after radiosurgery.", {"rt_dose"}),
        ("METHODS: Patients received docetaxel for 18 weeks and were seen every two cycles.", {"cycles"}),
    ],
)
def test_what_only_looks_like_it_is_not_read(text: str, fields: set[str]) -> None:
    assert [fact for fact in told(text) if fact[0] in fields] == []


def test_two_lists_with_their_short_names_are_two_regimens() -> None:
    text = "METHODS: Patients were treated with docetaxel, cisplatin, 5-FU (TCF) or epirubicin, cisplatin, 5-FU (ECF)."
    values = {value for field, value, _, _ in told(text) if field == "regimen"}
    assert values == {"cisplatin+docetaxel+fluorouracil", "cisplatin+epirubicin+fluorouracil"}
