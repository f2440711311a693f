"""The second review is data alone: what is read from its specimens against what their sources say, and its table by `make`."""

from __future__ import annotations

import re
import shutil
from collections import Counter

import pytest

from pipeline.compare import COLUMNS, NUMBERS, Comparison, Pair, arm_fit, compare, number
from pipeline.files import read_tsv
from pipeline.hits import Ledger
from pipeline.numeric import WORD_FIELDS
from pipeline.protocol import DESIGNS, LOCAL_THERAPIES, ROOT, TECHNIQUES, Review
from pipeline.reading import read_files
from pipeline.records import ENDPOINTS
from pipeline.references import import_file
from pipeline.screen import decisions
from tests.test_specimens import NOTICE, pages_of, read_specimen, text_of, typeset

KEY = "oligoprostate"
FOLDER = ROOT / "corpus" / KEY
GOLDEN = ROOT / "tests" / "golden" / f"{KEY}.tsv"
PAPERS = sorted((FOLDER / "papers").glob("*.specimen.*"))
SOURCES = sorted((FOLDER / "specimens").glob("*.md"))
#: Measured when this was written, less a little: a change of a reader that loses more than that must say why.
FLOORS = {"recall": 0.77, "precision": 0.9, "arms": 0.88}
SPELLED = {"cedar_2020": {48}, "rowan_2014": {36, 21}, "fir_2022": {49, 34}}  # numbers that a specimen writes in words


def golden() -> list[dict]:
    """The figures of the specimens, written by hand from their sources."""
    rows = read_tsv(GOLDEN, COLUMNS)
    for row in rows:
        for key, text in row.items():
            if key in NUMBERS and not (key == "value" and row["field"] in WORD_FIELDS) and text != "":
                row[key] = number(text, f"{GOLDEN}:{row['line']}: {key}")
            elif text == "":
                row[key] = None
    return rows


@pytest.fixture(scope="module")
def compared() -> Comparison:
    review = Review(KEY)
    asked = {entry.field for entry in review.form.fields}
    found = []
    for path, outcome in read_files(PAPERS, KEY, 1):
        assert not isinstance(outcome, str), f"{path}: {outcome}"
        found += [finding.to_dict() | {"paper": path.name.split(".")[0]} for finding in outcome if finding.field in asked]
    return compare(golden(), found, review.form)


def shown(pair: Pair) -> str:
    """A pair in a line: what is in the specimen, what was read."""
    there, here = (
        {k: v for k, v in (side or {}).items() if v is not None and k in COLUMNS and k not in ("paper", "field", "line")}
        for side in (pair.there, pair.here)
    )
    return f"{pair.outcome:10} {pair.paper} {pair.field}: {there or '-'} | {here or '-'} {pair.note}"


def test_what_is_read_is_what_the_specimens_say(compared: Comparison) -> None:
    count = Counter(pair.outcome for pair in compared.pairs)
    recall = count["same"] / (count["same"] + count["differs"] + count["only_there"])
    precision = count["same"] / (count["same"] + count["differs"] + count["only_here"])
    wrong = "\n".join(shown(pair) for pair in compared.pairs if pair.outcome != "same")
    print(f"recall {recall:.3f}, precision {precision:.3f} of {dict(count)}\n{wrong}")
    assert recall >= FLOORS["recall"], wrong
    assert precision >= FLOORS["precision"], wrong


def test_arms_are_the_specimens(compared: Comparison) -> None:
    named = [pair for pair in compared.pairs if pair.outcome == "same" and pair.there.get("arm") and pair.field != "prognostic_factor"]
    fits = [pair for pair in named if arm_fit(pair.there, pair.here) > 0.5]
    wrong = "\n".join(shown(pair) for pair in named if pair not in fits)
    print(f"arms {len(fits)} of {len(named)}\n{wrong}")
    assert len(fits) / len(named) >= FLOORS["arms"], wrong


def test_golden_figures_stand_in_the_specimens() -> None:
    """The golden file is a person's; each of its numbers and words of treatment must be printed."""
    texts = {path.name.split(".")[0]: text_of(path) for path in PAPERS}
    columns = {entry.field for entry in Review(KEY).form.fields}
    for row in golden():
        where, text = f"{GOLDEN.name}:{row['line']}", texts[row["paper"]]
        printed = {float(figure) for figure in re.findall(r"\d+(?:\.\d+)?", re.sub(r"(?<=\d),(?=\d{3})", "", text))} | SPELLED.get(
            row["paper"], set()
        )
        assert row["field"] in columns, where
        assert row["endpoint"] in (*ENDPOINTS, None), where
        assert row["value"] in {"design": DESIGNS, "rt_technique": TECHNIQUES, "local_therapy": LOCAL_THERAPIES}.get(
            row["field"], (row["value"],)
        ), where
        for name in ("value", "low", "high", "n", "percent"):
            assert not isinstance(row[name], (int, float)) or float(row[name]) in printed, f"{where}: {name} {row[name]}"
    assert {row["paper"] for row in golden()} == set(texts)


@pytest.mark.parametrize("path", PAPERS, ids=lambda path: path.stem)
def test_every_page_says_that_it_is_a_specimen(path) -> None:
    if path.suffix == ".pdf":
        pages = pages_of(path.read_bytes())
        assert [number for number, text in enumerate(pages, 1) if NOTICE not in text] == []
        assert "no such paper exists" in pages[0]
    else:
        assert text_of(path).count(NOTICE) == 3


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.stem)
def test_committed_paper_is_what_its_source_gives(source) -> None:
    name, content = typeset(read_specimen(source))
    committed = (FOLDER / "papers" / name).read_bytes()
    assert content == committed if name.endswith(".xml") else pages_of(content) == pages_of(committed)


def test_the_ledger_is_what_the_importer_makes_of_the_reference_list(tmp_path) -> None:
    for part in ("schemas", "corpus"):
        shutil.copytree(ROOT / part / KEY, tmp_path / part / KEY)
    review = Review(KEY, tmp_path)
    told = import_file(review, review.corpus / "references.ris")
    assert told == {"read": 11, "new": 0, "changed": 0, "same": 11}
    ledger = Ledger(review.corpus / "hits.jsonl")
    judged = decisions(review, ledger)
    assert {key for key, row in judged.items() if row["decision"] == "in"} == {path.name.split(".")[0] for path in PAPERS} | {"willow_2024"}


def test_it_differs_from_the_first_review_and_has_no_published_table() -> None:
    first, second = Review("mnpc"), Review(KEY)
    assert {column.key for column in first.form.columns} != {column.key for column in second.form.columns}
    assert [entry.field for entry in first.form.fields] != [entry.field for entry in second.form.fields]
    assert first.protocol.search.query() != second.protocol.search.query()
    assert not (second.corpus / "published.tsv").exists()
    assert second.vocabulary("agents")["androgen deprivation therapy"]
