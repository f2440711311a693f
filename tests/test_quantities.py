"""Typed numbers: what each way of printing a quantity is read as, and that no character is read twice."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.numbers import ANY, TENS, UNITS, in_months, number
from pipeline.quantities import Mention, p_text, quantities


def of_kind(text: str, *kinds: str) -> list[Mention]:
    """The text's mentions of these kinds, in order."""
    return [mention for mention in quantities(text) if mention.kind in kinds]


def held(text: str, kind: str) -> list[tuple]:
    """Value, low, high and unit of the text's mentions of a kind."""
    return [(m.value, m.low, m.high, m.unit) for m in of_kind(text, kind)]


@pytest.mark.parametrize(
    ("printed", "value"),
    [
        ("7", 7), ("1,387", 1387), ("12,345,678", 12345678), ("0.70", 0.7), ("0·70", 0.7), (".004", 0.004), ("twelve", 12), ("Forty-one", 41),
        ("one hundred and six", 106), ("two hundred", 200), ("a hundred", 100), ("ninety nine", 99), ("three thousand", 3000), ("fourty", 40),
    ],
)  # fmt: skip
def test_numbers_as_printed_and_spelled(printed, value):
    assert number(printed) == value


@pytest.mark.parametrize("word", ["", "several", "1.2.3", "ten-ish"])
def test_what_is_no_number_is_refused(word):
    if word == "":
        assert number(word) == 0
    else:
        with pytest.raises(ValueError):
            number(word)


@given(st.integers(0, 999))
@settings(max_examples=200, deadline=None)
def test_every_spelled_number_below_a_thousand_reads_back(wanted):
    tens = {held: word for word, held in TENS.items() if word != "fourty"}

    def below_hundred(held: int) -> str:
        if held < 20:
            return UNITS[held]
        return tens[held // 10 * 10] + (f"-{UNITS[held % 10]}" if held % 10 else "")

    hundreds, rest = divmod(wanted, 100)
    text = " and ".join(
        part for part in (f"{UNITS[hundreds]} hundred" if hundreds else "", below_hundred(rest) if rest or not hundreds else "") if part
    )
    assert number(text) == wanted


@given(st.integers(1, 10**7))
@settings(max_examples=100, deadline=None)
def test_thousands_separators_do_not_change_a_number(wanted):
    assert number(f"{wanted:,}") == wanted


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("(p < 0.001)", "<0.001"), ("P=0.023", "0.023"), ("P = .017", ".017"), ("p-value of 0.04", "0.04"), ("p value was 0.04", "0.04"),
        ("log-rank p≤0·05", "≤0.05"), ("p (two-sided) = 0.2", "0.2"), ("p = <0.001", "<0.001"), ("P = n.s.", "ns"), ("p = 3.2 × 10^-5", "3.2 × 10^-5"),
    ],
)  # fmt: skip
def test_p_values_as_printed(text, key):
    assert [m.key for m in of_kind(text, "p")] == [key]


def test_a_word_that_ends_in_p_is_no_p_value():
    assert of_kind("Step = 3 and group = 4", "p") == []


def test_signs_of_p_values():
    assert p_text(" = ", "0·01") == "0.01"
    assert p_text("＜", "0.01") == "<0.01"


@pytest.mark.parametrize(
    "text",
    [
        "95% CI 0.55-0.94", "95% CI: 0.55 to 0.94", "(95% confidence interval, 0.55–0.94)", "95% confidence interval [CI], 0.55, 0.94", "95%CI (0.55;0.94)",
        "CI 0.55 and 0.94", "95% C.I. = 0·55−0·94", "confidence limits of 0.55 to 0.94",
    ],
)  # fmt: skip
def test_confidence_intervals(text):
    assert [(m.low, m.high) for m in of_kind(text, "ci")] == [(0.55, 0.94)]


def test_intervals_carry_their_unit():
    assert held("95% CI, 80-94%", "ci") == [(None, 80, 94, "percent")]
    assert held("95% CI of 38.2 months to 53.5 months", "ci") == [(None, 38.2, 53.5, "months")]


@pytest.mark.parametrize(
    ("text", "low", "high", "key"),
    [
        ("range 2-125 months", 2, 125, "range"), ("(range: 4–145)", 4, 145, "range"), ("ranged from 3 to 60 months", 3, 60, "range"),
        ("IQR 3.1-6.0", 3.1, 6.0, "iqr"), ("interquartile range, 27 to 50", 27, 50, "iqr"), ("range, one to six", 1, 6, "range"),
    ],
)  # fmt: skip
def test_ranges_and_their_kind(text, low, high, key):
    assert [(m.low, m.high, m.key) for m in of_kind(text, "range")] == [(low, high, key)]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("HR 0.61", 0.61), ("HR = 0.72", 0.72), ("hazard ratio [HR], 0.76", 0.76), ("adjusted hazard ratio of 1.93", 1.93), ("(aHR: 2.1)", 2.1), ("HR 0·54", 0.54),
        ("The hazard ratio for death was 0.72", 0.72), ("The hazard ratio of progression for RT patients was 1.93", 1.93),
        ("hazard ratio for death or progression, 0.42; 99.5% CI, 0.31 to 0.57", 0.42), ("(HR for progression, 0.85; 95% CI 0.72-0.99)", 0.85),
        ("The hazard ratio for A against B was not significant (0.80; 95% CI 0.48-1.35)", 0.8),
    ],
)  # fmt: skip
def test_hazard_ratios(text, value):
    assert [m.value for m in of_kind(text, "hr")] == [value]


@pytest.mark.parametrize(
    "text", ["the THR 0.5 index", "HR 12% lower", "HRs were computed for 24 patients", "HR for OS in cohort, 24 patients"]
)
def test_other_letters_and_shares_are_no_hazard_ratio(text):
    assert of_kind(text, "hr") == []


def test_the_interval_and_p_of_a_ratio_are_apart():
    kinds = [m.kind for m in quantities("(HR 0.61, 95% CI 0.45-0.83, p = 0.002)")]
    assert kinds == ["hr", "ci", "p"]


@pytest.mark.parametrize(
    ("text", "times"),
    [
        ("5-year OS", [60]), ("The 1-, 2- and 3-year rates", [12, 24, 36]), ("at 24 months", [24]), ("two-year PFS", [24]), ("at 1, 3 and 5 years", [12, 36, 60]),
        ("18-month PFS", [18]), ("3 years OS was", [36]), ("On 31 December 2017, 4-year OS", [48]), ("the 6‐month rate", [6]),
    ],
)  # fmt: skip
def test_time_points_in_months(text, times):
    assert [m.value for m in of_kind(text, "at")] == times


@pytest.mark.parametrize("text", ["a 3-year period", "an 8-week course", "2-year survivors", "a 50-year old man"])
def test_spans_that_are_no_time_point(text):
    assert of_kind(text, "at") == []


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("63.7% vs 31.8%", [63.7, 31.8]), ("78.5%, 52.3% and 36.1%", [78.5, 52.3, 36.1]), ("68.5, 41.4 and 56.8%", [68.5, 41.4, 56.8]), ("12 per cent", [12]),
        ("55 ± 4%", [55]),
    ],
)  # fmt: skip
def test_lists_of_percentages(text, values):
    assert [m.value for m in of_kind(text, "percent")] == values


def test_a_range_of_percentages_is_one_mention():
    assert held("50-60%", "percent") == [(None, 50, 60, "percent")]


def test_the_level_of_an_interval_is_no_percentage():
    assert of_kind("(95% CI 1.2-3.4)", "percent") == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("25.0 months", [(25.0, "months")]), ("10.2 and 10.8 months", [(10.2, "months"), (10.8, "months")]), ("4.6 yrs", [(4.6, "years")]), ("434 days", [(434, "days")]),
        ("30, 22 and 14 months", [(30, "months"), (22, "months"), (14, "months")]), ("28 (95% CI 22-34) months", [(28, "months")]), ("six weeks", [(6, "weeks")]),
        ("12 months vs. 7 months", [(12, "months"), (7, "months")]), ("22 (2-125) months", [(22, "months")]), ("47.5 (from 26.3 to not reached) months", [(47.5, "months")]),
    ],
)  # fmt: skip
def test_durations(text, expected):
    assert [(m.value, m.unit) for m in of_kind(text, "duration") if m.value is not None] == expected


def test_the_bracket_of_a_duration_is_kept():
    assert held("22 (2-125) months", "bracket") == [(None, 2, 125, "months")]


@pytest.mark.parametrize("text", ["93% (80-97)", "[0.67, 0.98]", "(0.35 – 0.82; log-rank p = 0.004)", "[1.0; 4.4]"])
def test_bare_brackets(text):
    assert len(of_kind(text, "bracket")) == 1


@pytest.mark.parametrize(
    ("text", "value", "of", "share"),
    [
        ("24 (32.0%)", 24, None, 32.0),
        ("24 of 75 patients (32%)", 24, 75, 32),
        ("twelve patients (15%)", 12, None, 15),
        ("171 (66.0 %)", 171, None, 66.0),
    ],
)
def test_counts_with_their_share(text, value, of, share):
    assert [(m.value, m.of, m.low) for m in of_kind(text, "n_percent")] == [(value, of, share)]


@pytest.mark.parametrize(("text", "value"), [("(n = 87)", 87), ("N=1,387", 1387), ("n = 12 men", 12)])
def test_sizes(text, value):
    assert [m.value for m in of_kind(text, "n")] == [value]


@pytest.mark.parametrize(
    ("text", "value", "low", "high", "of"),
    [
        ("70 Gy in 33 fractions", 70, None, None, 33), ("66-70 Gy", None, 66, 70, None), ("5000 cGy", 50, None, None, None), ("50.4 Gy/28 fractions", 50.4, None, None, 28),
        ("30 Gy in ten fractions", 30, None, None, 10),
    ],
)  # fmt: skip
def test_doses(text, value, low, high, of):
    assert [(m.value, m.low, m.high, m.of) for m in of_kind(text, "dose")] == [(value, low, high, of)]


def test_a_dose_a_fraction_is_not_a_total():
    found = quantities("70 Gy in 35 fractions of 2 Gy")
    assert [(m.kind, m.value) for m in found if m.unit == "Gy"] == [("dose", 70), ("fraction_dose", 2)]


@pytest.mark.parametrize(
    ("text", "value", "low", "high"), [("six cycles", 6, None, None), ("4-6 cycles", None, 4, 6), ("three or four courses", None, 3, 4)]
)
def test_cycles(text, value, low, high):
    assert held(text, "cycles") == [(value, low if value is None else None, high, "cycles")] or [
        (m.value, m.low, m.high) for m in of_kind(text, "cycles")
    ] == [(value, low, high)]


def test_a_cycle_of_weeks_counts_no_cycles():
    assert of_kind("repeated in a 3 week cycle", "cycles") == []


@pytest.mark.parametrize(
    ("value", "unit", "months"), [(5, "years", 60), (18, "months", 18), (1.5, "years", 18), (365.25, "days", 12), (52.18, "weeks", 12)]
)
def test_times_in_months(value, unit, months):
    assert in_months(value, unit) == months


PIECES = st.sampled_from(
    [
        "HR 0.61, 95% CI 0.45-0.83", "p < 0.001", "5-year OS", "63.7% vs 31.8%", "25.0 months (95% CI 20.1-29.9)", "n = 34", "70 Gy in 33 fractions", "six cycles", "range 2-125",
        "24 (32.0%)", "in the control arm", "and", ";", "respectively", "12 of 30 patients", "IQR 3-9", "two hundred women", "1,024", "(0.3, 0.9)",
    ]
)  # fmt: skip


@given(st.lists(PIECES, max_size=8).map(" ".join))
@settings(max_examples=150, deadline=None)
def test_no_character_is_read_twice_and_order_is_kept(text):
    found = quantities(text)
    assert all(0 <= m.start < m.end <= len(text) for m in found)
    assert [m.start for m in found] == sorted(m.start for m in found)
    assert all(a.end <= b.start for a, b in zip(found, found[1:], strict=False)), [(m.kind, text[m.start : m.end]) for m in found]


@given(st.text(max_size=120))
@settings(max_examples=150, deadline=None)
def test_any_text_is_read_without_failing(text):
    for mention in quantities(text):
        assert text[mention.start : mention.end].strip()


@given(
    st.floats(0.01, 99, allow_nan=False).map(lambda value: round(value, 2)),
    st.sampled_from(["HR", "hazard ratio", "aHR"]),
    st.sampled_from([" ", " = ", ": ", ", ", " of "]),
)
@settings(max_examples=60, deadline=None)
def test_a_ratio_reads_back_however_it_is_joined(value, name, join):
    assert [m.value for m in of_kind(f"({name}{join}{value})", "hr")] == [value]


def test_a_text_without_numbers_has_no_mentions():
    assert quantities("No difference was seen between the arms.") == []


def test_shifted_mentions_keep_what_they_hold():
    mention = quantities("p = 0.04")[0]
    moved = mention.shifted(10)
    assert (moved.start, moved.end, moved.key) == (mention.start + 10, mention.end + 10, "0.04")
    assert re.fullmatch(r"[\d.]+", moved.key)


def test_time_points_parted_at_a_line_end_keep_their_list() -> None:
    steps = [m.value for m in quantities("The 2-and 5-year rates were 50% and 17%.") if m.kind == "at"]
    assert steps == [24, 60]


@pytest.mark.parametrize(
    ("printed", "value"),
    [
        ("Four hundred", 400),
        ("four hundred and thirty-three", 433),
        ("one thousand two hundred eighty-four", 1284),
        ("two thousand five hundred", 2500),
        ("a hundred", 100),
        ("nineteen", 19),
    ],
)
def test_spelled_numbers_are_read_whole(printed, value):
    found = re.fullmatch(ANY, printed, re.IGNORECASE)
    assert found
    assert number(found[0]) == value
    assert re.match(ANY, f"{printed} patients", re.IGNORECASE)[0] == printed


def test_a_year_before_a_number_of_cycles_is_no_range():
    found = [m for m in quantities("Patients were enrolled from 1983 to nine cycles of drug X.") if m.kind == "cycles"]
    assert [(m.value, m.low) for m in found] == [(9, None)]
    found = [m for m in quantities("Patients received 4 to 6 cycles.") if m.kind == "cycles"]
    assert [(m.low, m.high) for m in found] == [(4, 6)]
