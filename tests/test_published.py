"""The published table as findings: every figure of its 16 rows is there, in the contract's shapes, with words that the review prints."""

import os
import re
from pathlib import Path

import pytest

from pipeline.files import read_tsv
from pipeline.protocol import DESIGNS, LOCAL_THERAPIES, ROOT, TECHNIQUES, Review
from pipeline.records import ENDPOINTS, FIELDS

COLUMNS = (
    "paper", "field", "value", "low", "high", "bounds", "unit", "n", "percent", "arm", "endpoint", "at", "vs", "p", "quote", "column",
)  # fmt: skip
SEED = Path(os.environ.get("LIVETABLE_EVALUATION", ROOT.parent / "shared")) / "seed" / "ghorbel_2021.txt"

# Study keys in the order of the printed rows, each with the words that open its row.
ROWS = {
    "lin_2012": "Lin et al., 2012", "zeng_2014": "Zeng et al., 2014", "hu_2015": "Hu et al., 2015", "tian_2016": "Tian et al., 2016",
    "yin_2017": "Yin et al., 2017", "shuang_2018": "Shuang et al., 2018", "chen_2013": "Chen et al., 2013", "hu_2017": "Hu et al., 2017",
    "rusthoven_2017": "Rusthoven et al., 2017", "verma_2017": "Verma et al., 2017", "sun_2019": "Sun et al., 2019",
    "huang_2020": "Huang et al., 2020", "liao_2020": "Liao et al., 2020", "sun_2020": "Sun et al., 2020", "li_2021": "Li et al., 2020",
    "you_2020": "You et al., 2020",
}  # fmt: skip

# Printed numbers that no key of a finding can hold, and why.
EXCEPTIONS = {
    "tian_2016": {"10": "fractions printed as a range", "4": "cut-off of a factor"},
    "chen_2013": {"60": "a 60% reduction of the risk is held as hazard ratio 0.4"},
    "huang_2020": {
        "1": "cut-off of a factor",
        "245": "cut-off of a factor",
        "103": "cut-off of a factor, 10 to the third",
        "0": "N stage 0-1",
    },
    "li_2021": {"30": "fractions printed as a range", "33": "fractions printed as a range"},
    "you_2020": {"21": "days between treatments"},
}


@pytest.fixture(scope="module")
def published() -> list[dict]:
    return read_tsv(ROOT / "corpus" / "mnpc" / "published.tsv", COLUMNS)


@pytest.fixture(scope="module")
def printed() -> dict[str, str]:
    """Each row's text as printed, by study key."""
    if not SEED.exists():
        pytest.skip(f"{SEED}: the shared folder of evaluation papers is not here")
    text = " ".join(SEED.read_text(encoding="utf-8").split())
    text = text[text.index("Table 1: List of studies") : text.index("mNPC: metastatic nasopharyngeal cancer, CHT")]
    starts, position = [], 0
    for words in ROWS.values():
        position = text.index(words, position)
        starts.append(position)
    return {key: text[start:end] for key, start, end in zip(ROWS, starts, [*starts[1:], len(text)], strict=True)}


def squeezed(text: str) -> str:
    """Without any white space, since the printed cells break words and hyphens at line ends."""
    return "".join(text.split())


def numbers(text: str) -> set[float]:
    return {float(found) for found in re.findall(r"\d+(?:\.\d+)?|(?<!\d)\.\d+", text)}


def held(rows: list[dict]) -> set[float]:
    """Every number that these findings hold outside their quotes; times of rates in months and in years."""
    found: set[float] = set()
    for row in rows:
        for name in ("value", "low", "high", "n", "percent", "at", "arm", "p"):
            found |= numbers(row[name])
        if row["at"]:
            found.add(float(row["at"]) / 12)
    return found


def test_rows_are_the_sixteen_in_printed_order(published):
    assert list(dict.fromkeys(row["paper"] for row in published)) == list(ROWS)


@pytest.mark.parametrize("paper", ROWS)
def test_every_printed_number_is_held(published, printed, paper):
    text = printed[paper].removeprefix(ROWS[paper])
    text = re.sub(r"\b5-\s*fluoruouracil|\bM1[abc]\b", " ", text)
    missing = numbers(text) - held([row for row in published if row["paper"] == paper])
    assert missing == {float(number) for number in EXCEPTIONS.get(paper, {})}


def test_no_number_was_invented(published, printed):
    """The numbers of a finding stand in its own row, but for years turned into months and risk reductions into ratios."""
    for row in published:
        words = numbers(printed[row["paper"]].replace("once", "1").replace("one ", "1 ").replace("five", "5"))
        for name in ("value", "low", "high", "n", "percent"):
            if row[name] and re.fullmatch(r"[\d.]+", row[name]) and row["field"] != "hazard_ratio":
                assert float(row[name]) in words, row


def test_quotes_stand_in_their_row(published, printed):
    for row in published:
        assert squeezed(row["quote"]) in squeezed(printed[row["paper"]]), f"{row['line']}: {row['quote']}"


def test_keys_and_words_are_those_of_the_contract(published):
    columns = {column.key for column in Review("mnpc").form.columns}
    words = {"design": DESIGNS, "rt_technique": TECHNIQUES, "local_therapy": (*LOCAL_THERAPIES, "")}
    for row in published:
        where = f"published.tsv:{row['line']}"
        assert row["field"] in FIELDS, where
        assert row["column"] in columns, where
        assert row["endpoint"] in (*ENDPOINTS, ""), where
        assert row["value"] in words.get(row["field"], (row["value"],)), where
        assert row["bounds"] in ("", "range", "iqr", "ci95"), where
        assert row["value"] or row["low"] or row["high"] or row["percent"] or row["n"], where
        assert 0 < len(row["quote"]) <= 300, where


def test_shapes_by_field(published):
    """Rates have a time and an endpoint, times a unit, agents stand in alphabetical order, factors are in lower case."""
    for row in published:
        where = f"published.tsv:{row['line']}"
        if row["field"] == "survival_rate":
            assert row["endpoint"], where
            assert float(row["at"]) % 12 == 0, where
            assert row["unit"] == "percent", where
        if row["field"] in ("survival_median", "follow_up"):
            assert row["unit"] in ("months", "years"), where
        if row["field"] == "regimen":
            agents = row["value"].split("+")
            assert agents == sorted(agents), where
        if row["field"] == "prognostic_factor":
            assert row["value"] == row["value"].lower(), where
            assert row["arm"] in ("independent", "univariate", "not_significant", ""), where


def test_printed_contradictions_are_kept(published):
    """The consistency checks must find them: they are not mended here."""
    sizes: dict[str, list[float]] = {paper: [] for paper in ROWS}
    for row in published:
        if row["field"] == "arm_size" and row["value"]:
            sizes[row["paper"]].append(float(row["value"]))
    totals = {row["paper"]: float(row["value"]) for row in published if row["field"] == "n_total"}
    assert sum(sizes["chen_2013"]) == 559 > totals["chen_2013"] == 408
    assert sum(sizes["liao_2020"]) == 160 > totals["liao_2020"] == 150
    assert sum(float(row["percent"]) for row in published if (row["paper"], row["field"]) == ("sun_2020", "arm_size")) == 101


def test_one_design_and_one_total_a_paper(published):
    for field in ("design", "n_total"):
        assert [row["paper"] for row in published if row["field"] == field] == list(ROWS)


def test_no_fact_twice(published):
    keys = [tuple(row[name] for name in COLUMNS if name not in ("quote", "p", "column")) for row in published]
    assert [key for key in set(keys) if keys.count(key) > 1] == []
