"""Corrections go out as TSV and XLSX and come in again unchanged; what is wrong is told by its line, and then nothing is saved."""

from __future__ import annotations

import io

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from pipeline import curate, exchange
from pipeline.files import InputError, tsv_text
from tests.small_review import CURATOR, small_review

RATE = {"paper": "north_2011", "field": "survival_rate", "arm": "chemotherapy alone", "endpoint": "OS", "at": "36", "unit": "percent"}
SEEN = "survival_rate OS@36 [chemotherapy alone] = 31 percent"


@pytest.fixture
def review(tmp_path):
    """The small review with three decisions, one of them taken back."""
    made = small_review(tmp_path)
    row = RATE | {"value": "30.5", "quote": "31.0% with chemotherapy alone", "curator": CURATOR, "replaces": SEEN}
    curate.add(made, row | {"action": "change", "reason": "=1+1 is no formula, 00123 and 1-2 no number or date"})
    second = curate.add(made, row | {"action": "reject", "reason": "not “theirs”", "curator": "second"})
    curate.undo(made, second["id"], CURATOR, reason="was right")
    return made


@pytest.mark.parametrize("kind", ["tsv", "xlsx"])
def test_what_goes_out_comes_in_unchanged(review, kind):
    before = curate.ledger(review).read_bytes()
    content = {"tsv": exchange.as_tsv, "xlsx": exchange.as_xlsx}[kind](review)
    outcome = exchange.take_in(review, f"corrections.{kind}", content, "second")
    assert (outcome.new, outcome.known, outcome.wrong) == ([], 3, [])
    curate.ledger(review).unlink()
    outcome = exchange.take_in(review, f"corrections.{kind}", content, "second")
    assert len(outcome.new) == 3
    assert curate.ledger(review).read_bytes() == before


def test_the_same_ledger_gives_the_same_bytes(review):
    assert exchange.as_xlsx(review) == exchange.as_xlsx(review)


def test_every_cell_of_the_workbook_is_text(review):
    sheet = load_workbook(io.BytesIO(exchange.as_xlsx(review)))["corrections"]
    cells = [cell for row in sheet.iter_rows(min_row=2) for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} == {"s"}
    assert {cell.number_format for cell in cells} == {"@"}


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=60).filter(lambda text: text.split()))
def test_any_words_survive_both_ways(review, words):
    if curate.ledger(review).exists():
        curate.ledger(review).unlink()
    curate.add(review, RATE | {"value": "30", "page": "2", "action": "change", "replaces": SEEN, "reason": words, "curator": CURATOR})
    before = curate.ledger(review).read_bytes()
    for make, name in ((exchange.as_xlsx, "a.xlsx"), (exchange.as_tsv, "a.tsv")):
        content = make(review)
        curate.ledger(review).unlink()
        assert exchange.take_in(review, name, content, CURATOR).wrong == []
        assert curate.ledger(review).read_bytes() == before


def test_new_rows_of_a_spreadsheet_get_curator_time_and_id(review):
    book = load_workbook(io.BytesIO(exchange.as_xlsx(review)))
    fresh = dict.fromkeys(curate.COLUMNS) | {
        "paper": "south_2015",
        "field": "n_total",
        "value": 33,
        "unit": "patients",
        "page": 2.0,
        "action": "add",
        "reason": "Table 1",
    }
    book["corrections"].append(list(fresh.values()))  # typed by a person: a number, no text
    out = io.BytesIO()
    book.save(out)
    checked = exchange.take_in(review, "a.xlsx", out.getvalue(), "second", only_check=True)
    assert (len(checked.new), len(curate.read_rows(review))) == (1, 3)
    exchange.take_in(review, "a.xlsx", out.getvalue(), "second")
    (row,) = [row for row in curate.read_rows(review) if row["paper"] == "south_2015"]
    assert (row["value"], row["page"], row["curator"]) == ("33", "2", "second")
    assert row["time"].endswith("+00:00")
    assert len(row["id"]) == 10


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ({"value": "many"}, "up.tsv:3: value: 'many' is not a number"),
        ({"curator": "stranger"}, "up.tsv:3: curator: 'stranger' is not in"),
        ({"quote": "words that nobody wrote"}, "up.tsv:3: quote: not found in north_2011"),
        ({"action": "undo", "replaces": "0123456789"}, "up.tsv:3: replaces: no decision has the id 0123456789"),
        ({"id": "known"}, "up.tsv:3: decision .* stands in the ledger with other words"),
    ],
)
def test_one_wrong_row_and_nothing_is_imported(review, cells, said):
    before = curate.ledger(review).read_bytes()
    good = RATE | {"value": "29", "page": "2", "action": "add", "reason": "figure", "curator": CURATOR}
    if cells.get("id"):
        cells = {"id": curate.read_rows(review)[0]["id"]}
    outcome = exchange.take_in(review, "up.tsv", tsv_text([good, good | {"reason": "other"} | cells], curate.COLUMNS).encode(), CURATOR)
    assert len(outcome.wrong) == 1
    import re

    assert re.search(said, outcome.wrong[0])
    assert curate.ledger(review).read_bytes() == before


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.xls", b"\xd0\xcf\x11\xe0", "neither tab-separated"), ("a.tsv", b"paper\tcolour\n", "a.tsv:1: unknown column colour"),
        ("a.tsv", "größe".encode("latin-1"), "not UTF-8"), ("a.xlsx", b"PK\x03\x04broken", "not an Excel workbook"),
        ("a.tsv", b"paper\tfield\nx\n", "a.tsv:2: 1 cells where the heading has 2"),
    ],
)  # fmt: skip
def test_a_file_that_is_no_table_is_refused_in_words(review, name, content, said):
    with pytest.raises(InputError, match=said):
        exchange.take_in(review, name, content, CURATOR)
    assert list(review.build.glob("upload*")) == []
