"""The vocabularies are found in running text, whatever signs stand around a word."""

import pytest

from pipeline.lexicon import acronym, language, lexicon
from pipeline.protocol import ROOT, read_yaml

AGENTS = read_yaml(ROOT / "schemas" / "vocabularies" / "agents.yaml")["terms"]
REGIMENS = read_yaml(ROOT / "schemas" / "vocabularies" / "regimens.yaml")["terms"]


def keys(text: str, kind: str, review: str | None = None) -> list[str]:
    return [mention.key for mention in lexicon(review).mentions(text) if mention.kind == kind]


@pytest.mark.parametrize(
    ("text", "agents"),
    [
        ("5-FU/leucovorin", ["fluorouracil", "leucovorin"]),
        ("an S-1-based regimen", ["s-1"]),
        ("nab-paclitaxel (125 mg/m2)", ["nab-paclitaxel"]),
        ("docetaxel/cisplatin/S-1", ["docetaxel", "cisplatin", "s-1"]),
        ("cisplatin-based", ["cisplatin"]),
        ("Ara\u2010C and VP\u201316", ["cytarabine", "etoposide"]),
        ("T-DM1, then CPT-11", ["trastuzumab emtansine", "irinotecan"]),
        ("pegylated liposomal doxorubicin", ["liposomal doxorubicin"]),
        ("PACLITAXEL 175mg/m2", ["paclitaxel"]),
        ("the ddp gene and an s 1 shape", []),
    ],
)
def test_agents_are_found_between_signs(text: str, agents: list[str]) -> None:
    assert keys(text, "agent") == agents


@pytest.mark.parametrize(
    ("text", "regimen"),
    [
        ("mFOLFOX6", "fluorouracil+leucovorin+oxaliplatin"),
        ("R-CHOP", "cyclophosphamide+doxorubicin+prednisone+rituximab+vincristine"),
        ("ABVD", "bleomycin+dacarbazine+doxorubicin+vinblastine"),
        ("ECX", "capecitabine+cisplatin+epirubicin"),
        ("FOLFIRINOX", "fluorouracil+irinotecan+leucovorin+oxaliplatin"),
    ],
)
def test_named_regimens_resolve(text: str, regimen: str) -> None:
    assert keys(f"Patients received {text} every 3 weeks.", "regimen") == [regimen]


def test_a_longer_name_stands_over_the_shorter_one_inside_it() -> None:
    assert keys("R-CHOP-21 was given", "regimen") == ["cyclophosphamide+doxorubicin+prednisone+rituximab+vincristine"]
    assert keys("albumin-bound paclitaxel", "agent") == ["nab-paclitaxel"]


def test_a_review_lays_its_own_words_over_the_general_ones() -> None:
    assert keys("TPF regimen", "regimen") == ["cisplatin+docetaxel+fluorouracil"]
    assert keys("TPF regimen", "regimen", "mnpc") == ["cisplatin+fluorouracil+paclitaxel"]
    assert keys("GP regimen", "regimen", "mnpc") == ["cisplatin+gemcitabine"]


def test_short_forms_of_the_paper_stand_over_the_vocabularies() -> None:
    found = lexicon().mentions("DCF was given.", {"DCF": "regimen|docetaxel+leucovorin"})
    assert [mention.key for mention in found if mention.kind == "regimen"] == ["docetaxel+leucovorin"]


def test_the_tokenizer_gives_the_text_back() -> None:
    for text in ("  two  spaces, 5-FU/LV (d1\u2013d5)\u00a0and S-1.", "", "(a)", "\n"):
        assert language().make_doc(text).text == text


def test_keys_of_regimens_are_known_agents_in_order() -> None:
    for key in REGIMENS:
        parts = key.split("+")
        assert parts == sorted(parts), key
        assert len(parts) > 1, key
        assert set(parts) <= set(AGENTS), key


def test_no_word_means_two_agents_or_two_regimens() -> None:
    for terms in (AGENTS, REGIMENS):
        seen: dict[str, str] = {}
        for key, words in terms.items():
            for word in {key, *words} if terms is AGENTS else set(words):
                form = word if acronym(word) else word.lower()
                assert seen.setdefault(form, key) == key, word


def test_hyphens_lost_at_a_line_end_are_forgiven() -> None:
    assert keys("intensitymodulated radiotherapy", "technique") == ["IMRT"]
