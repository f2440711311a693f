"""Endpoints: which words are one, which only look like one, and that each word of the vocabulary means one endpoint."""

from __future__ import annotations

import pytest

from pipeline.endpoints import NONE, OTHER_SHARES, OTHER_TIMES, endpoints, measures
from pipeline.lexicon import lexicon
from pipeline.protocol import ROOT, vocabulary
from pipeline.records import ENDPOINTS


def keys(text: str) -> list[str]:
    return [mention.key for mention in endpoints(text, lexicon().mentions(text))]


def measured(text: str, others) -> list[str]:
    return [mention.key for mention in measures(text, lexicon().mentions(text), others)]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("overall survival (OS) was", ["OS"]), ("OS and PFS", ["OS", "PFS"]), ("median survival was", ["OS"]), ("the 5-year survival rate", ["OS"]),
        ("disease-free survival", ["DFS"]), ("distant metastasis-free survival", ["DMFS"]), ("loco-regional recurrence-free survival", ["LRFS"]),
        ("locoregional control", ["LRFS"]), ("local control", ["LC"]), ("local progression-free survival", ["LRFS"]), ("breast cancer survival", ["CSS"]), ("mPFS was", ["PFS"]),
        ("time to progression", ["TTP"]), ("freedom from distant metastasis", ["DMFS"]), ("relapse‐free survival", ["RFS"]), ("failure-free survival", ["FFS"]),
    ],
)  # fmt: skip
def test_endpoints_by_name(text, wanted):
    assert keys(text) == wanted


@pytest.mark.parametrize("text", ["the survival analysis was done", "survival data were complete", "a surviving patient"])
def test_survival_that_measures_nothing(text):
    assert keys(text) == []


@pytest.mark.parametrize(
    "text", ["colostomy-free survival", "xerostomia-free survival", "graft survival", "intracranial progression-free survival"]
)
def test_other_survivals_are_no_endpoint_of_ours(text):
    assert keys(text) == [NONE]


def test_events_and_other_measures_do_not_give_rates():
    assert measured("the 5-year incidence of local recurrence", OTHER_SHARES) == [NONE, NONE]
    assert measured("the 5-year local control", OTHER_SHARES) == ["LC"]
    assert measured("the response rate", OTHER_SHARES)[0] == NONE


def test_times_of_other_things():
    assert measured("median follow-up and median OS", OTHER_TIMES) == [NONE, "OS"]
    assert measured("median time to progression", OTHER_TIMES) == ["TTP"]
    assert measured("median time to first response", OTHER_TIMES) == [NONE]


def test_each_word_means_one_endpoint():
    terms = vocabulary("endpoints", ROOT, None)
    assert set(terms) <= set(ENDPOINTS)
    seen: dict[str, str] = {}
    for key, words in terms.items():
        for word in words:
            assert seen.setdefault(word, key) == key, f"{word!r} stands under {seen[word]} and {key}"
            assert keys(word)[-1:] in ([key], []), (word, keys(word))
