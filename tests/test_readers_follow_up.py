"""Follow-up: in sentences and in cells, with its range and what that range is."""

from __future__ import annotations

import pytest

from pipeline.context import Paper
from pipeline.readers import follow_up
from pipeline.records import Document, Passage


def read(text: str, section: str = "results") -> list[dict]:
    """The follow-up findings of a one-paragraph paper."""
    document = Document("own", "txt", [Passage(0, "paragraph", section, text, heading=section.capitalize())])
    return [finding.to_dict(("value", "low", "high", "bounds", "unit", "arm")) for finding in follow_up.read(Paper(document))]


def cell(text: str, row: str, column: str = "All (n = 40)") -> list[dict]:
    """The follow-up findings of a table of one cell."""
    passage = Passage(0, "cell", "results", text, table="Table 1", row=1, col=1, row_heads=(row,), col_heads=(column,))
    return [
        finding.to_dict(("value", "low", "high", "bounds", "unit")) for finding in follow_up.read(Paper(Document("own", "txt", [passage])))
    ]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("The median follow-up was 22 months (range, 2-125 months).", {"value": 22, "low": 2, "high": 125, "bounds": "range", "unit": "months"}),
        ("Median follow up time was 39.7 (range 4.9–79.7) months.", {"value": 39.7, "low": 4.9, "high": 79.7, "bounds": "range", "unit": "months"}),
        ("Patients were followed for a median of 4.6 years.", {"value": 4.6, "unit": "years"}),
        ("The mean follow-up period was 434 days.", {"value": 434, "unit": "days"}),
        ("At a median follow-up of 4 years (48 months), 20 patients had relapsed.", {"value": 48, "unit": "months"}),
        ("The minimum follow-up was 12 months and the median follow-up was 31 months with a range of 12 to 60 months.",
         {"value": 31, "low": 12, "high": 60, "bounds": "range", "unit": "months"}),
        ("After a median follow-up of 42 months, median OS was 20 months.", {"value": 42, "unit": "months"}),
        ("Median follow-up in alive patients was 71.4 months (IQR: 40–90).", {"value": 71.4, "low": 40, "high": 90, "bounds": "iqr", "unit": "months", "arm": "alive patients"}),
        ("The median follow-up was 21 months (5 months at minimum and 9.5 years at maximum).", {"value": 21, "unit": "months"}),
        ("Control was good at 40 months’ median follow-up.", {"value": 40, "unit": "months"}),
        ("Follow-up ranged from 4 to 90 months (median 33 months).", {"value": 33, "low": 4, "high": 90, "bounds": "range", "unit": "months"}),
        ("Patients were followed up for 2-70 months, with a median of 31 months.", {"value": 31, "low": 2, "high": 70, "bounds": "range", "unit": "months"}),
        ("The mean follow-up was 27 months (SD 11, range 5-61).", {"value": 27, "low": 5, "high": 61, "bounds": "range", "unit": "months"}),
        ("At a median 4.1-y follow-up, nine patients had died.", {"value": 4.1, "unit": "years"}),
        ("A 37-month median follow-up was reached.", {"value": 37, "unit": "months"}),
        ("With a median of 6 years of follow-up, OS was 41%.", {"value": 6, "unit": "years"}),
        ("The median follow-up was 3 years and 6 months.", {"value": 3.5, "unit": "years"}),
        ("Age ranged from 30 to 80 years and the median follow-up was 5 years.", {"value": 5, "unit": "years"}),
        ("The follow-up period ranged from 3 to 60 months.", {"value": None, "low": 3, "high": 60, "bounds": "range", "unit": "months"}),
    ],
)  # fmt: skip
def test_follow_up_in_prose(text, wanted):
    assert read(text) == [wanted]


def test_mean_and_median_share_the_range_that_follows_both():
    found = read("The mean and median follow-up periods were 667 and 434 days, respectively (range 25–2903 days).")
    assert [(row["value"], row["low"], row["high"]) for row in found] == [(667, 25, 2903), (434, 25, 2903)]


def test_follow_up_by_arm():
    found = read(
        "Median follow-up was 38.4 months in the whole population, 36.2 months in the control group and 39.1 months in the surgery group."
    )
    assert [(row["value"], row.get("arm")) for row in found] == [(38.4, None), (36.2, "control"), (39.1, "surgery")]


def test_arms_named_later_are_not_those_of_the_follow_up():
    assert read("At a median follow-up of 30 months, 12 events were seen in the control group.") == [{"value": 30, "unit": "months"}]


@pytest.mark.parametrize(
    "text",
    [
        "Follow-up visits took place every 3 months.", "A minimum follow-up of 24 months was reached by all.", "Follow-up will last for a median of 3 years.",
        "The median age was 52 years and no patient was lost to follow-up.", "The median time to relapse during follow-up was 9 months.",
        "Markers at 12 months were above the median and did not change during follow-up.",
    ],
)  # fmt: skip
def test_what_is_no_follow_up(text):
    assert read(text) == []


@pytest.mark.parametrize(
    ("text", "row", "wanted"),
    [
        ("25 (2–125)", "Median follow-up (range), months", {"value": 25, "low": 2, "high": 125, "bounds": "range", "unit": "months"}),
        ("3.1 (2.0-4.4)", "Median follow-up, years (IQR)", {"value": 3.1, "low": 2.0, "high": 4.4, "bounds": "iqr", "unit": "years"}),
        ("17.5 months", "Mean follow-up", {"value": 17.5, "unit": "months"}),
    ],
)  # fmt: skip
def test_follow_up_in_cells(text, row, wanted):
    assert cell(text, row) == [wanted]


@pytest.mark.parametrize(
    ("text", "row", "column"),
    [("0.77", "Median follow-up, years", "P value"), ("25", "Follow-up > 2 years", "n"), ("12", "Minimum follow-up, months", "All")],
)
def test_cells_without_a_follow_up(text, row, column):
    assert cell(text, row, column) == []


def test_the_quote_is_the_sentence():
    text = "Some words before. The median follow-up was 22 months. Some words after."
    finding = next(follow_up.read(Paper(Document("own", "txt", [Passage(3, "paragraph", "results", text)]))))
    assert finding.quote == "The median follow-up was 22 months."
    assert text[finding.start : finding.end] == finding.quote


def test_a_bound_is_not_the_median_that_brackets_give():
    assert [row["value"] for row in read("Follow-up was longer than 5 years (median follow-up time: 6.5 years).")] == [6.5]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Median follow-up for all patients and for survivors was 21 and 33 months, respectively.", [(21, None), (33, "survivors")]),
        ("The median follow-up in survivors and in all patients was 33 and 21 months, respectively.", [(33, "survivors"), (21, None)]),
        ("The median follow-up was 21 months for all patients and 33 months for survivors.", [(21, None), (33, "survivors")]),
        (
            "The median follow-up of all patients was 21 months (range 3-90) and of those alive 33 months.",
            [(21, None), (33, "those alive")],
        ),
        ("Over a median 6 and 11 years of follow-up in the two trials, respectively, 60 cancers were found.", [(6, None), (11, None)]),
    ],
)
def test_all_patients_and_the_survivors(text: str, wanted: list) -> None:
    assert [(row["value"], row.get("arm")) for row in read(text)] == wanted


def test_groups_told_beside_their_follow_up_and_a_range_before_its_median():
    found = read("Median follow-up was 47 (range 3-118) months for resection and 34 (range 2-95) months for ablation.")
    assert [(row["value"], row["low"], row["high"], row["arm"]) for row in found] == [(47, 3, 118, "resection"), (34, 2, 95, "ablation")]
    found = read("The follow-up period was 5-118 months, with a median of 43 months.")
    assert [(row["value"], row["low"], row["high"]) for row in found] == [(43, 5, 118)]
