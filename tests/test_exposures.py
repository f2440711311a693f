"""The marker that a meta-analysis pools, and the names of its subgroups' ratios."""

from __future__ import annotations

import pytest

from pipeline.context import Paper, Table
from pipeline.readers.exposures import exposure, of_exposure
from pipeline.records import Document, Passage

PROSE = (
    "The plasma marker of things (PMT) was pooled. Elevated PMT went with short OS. An elevated PMT was seen in women. Low PMT was rare."
)


@pytest.mark.parametrize(
    ("title", "text", "wanted"),
    [
        ("The PMT in cancer: a meta-analysis", PROSE, "elevated PMT"),
        ("A meta-analysis of outcomes", PROSE, None),
        ("The PMT in cancer: a meta-analysis", "The plasma marker of things (PMT) was pooled. Elevated PMT was rare.", None),
    ],
)
def test_exposure(title, text, wanted):
    caption = Passage(0, "caption", "results", "Subgroups", table="Table 1")
    paper = Paper(Document("own", "txt", [Passage(1, "paragraph", "results", text)], title))
    assert exposure(paper, Table("Table 1", [caption])) == wanted


@pytest.mark.parametrize(
    ("marker", "group", "wanted"),
    [
        ("elevated PMT", "Country (East)", "elevated PMT, Country (East)"),
        ("elevated PMT", "high PMT", "high PMT"),
        ("elevated PMT", None, "elevated PMT"),
        (None, "Country (East)", "Country (East)"),
        (None, None, None),
    ],
)
def test_a_subgroup_of_studies_is_named_after_the_marker(marker, group, wanted):
    assert of_exposure(marker, group) == wanted
