"""Whole papers that were made up for these tests: how much of what they report is read, how much of it is right, and of the right arm."""

from __future__ import annotations

import functools
import json
import re
from pathlib import Path

import pytest

from pipeline.extract import findings
from pipeline.parse import read_document

WRITTEN = Path(__file__).parent / "written"
MONTHS = {"months": 1.0, "years": 12.0}
WORDS = {"design", "metastatic_burden", "regimen", "rt_technique", "concurrent_agent", "local_therapy", "prognostic_factor"}
EMPTY = {"arm", "group", "the", "patients", "plus", "and", "with", "of", "alone", "only", "all"}
#: Recall of core facts, precision, share of right arms: a little below what was measured; what lies lower has lost something.
FLOORS = {
    "P01": (0.92, 0.96, 0.96),
    "P02": (0.96, 0.96, 0.96),
    "P03": (0.91, 0.92, 0.95),
    "P04": (0.92, 0.96, 0.90),
    "P05": (0.96, 0.96, 0.87),
    "P06": (0.96, 0.93, 0.95),
    "P07": (0.96, 0.96, 0.95),
    "P08": (1.00, 1.00, 0.00),
    "P18": (0.96, 0.94, 0.87),
    "P21": (0.92, 0.96, 0.88),
    "P26": (0.96, 0.96, 0.93),
}


def words(text: object) -> set[str]:
    """The words of a name, without those that tell no arm from another; signs count as words."""
    return set(re.findall(r"[a-z0-9]+|[<>≤≥]", str(text).lower())) - EMPTY


def names(arm: object) -> list[set[str]]:
    """A name whole, without its brackets, and what stands in them."""
    parts = (str(arm), re.sub(r"\([^()]*\)", " ", str(arm)), *re.findall(r"\(([^()]*)\)", str(arm)))
    return [found for part in parts if (found := words(part))]


def alike(one: object, other: object) -> bool:
    """Whether more than half of the words of two names are shared."""
    return any(len(a & b) / len(a | b) > 0.5 for a in names(one) for b in names(other))


def same(fact: dict, found: dict) -> bool:
    """Whether what was read is the fact: its word or its numbers, and where the fact has them its endpoint and time."""
    if fact["field"] != found["field"] or (fact.get("endpoint") and fact["endpoint"] != found.get("endpoint")):
        return False
    if fact["field"] in WORDS:
        equal = str(fact["value"]).lower() == str(found.get("value")).lower()
        return equal or (fact["field"] == "prognostic_factor" and alike(fact["value"], found["value"]))
    if fact["field"] == "survival_rate" and fact.get("at") != found.get("at"):
        return False
    keys = ("low", "high") if fact["value"] is None else ("value",)
    return all(
        found.get(key) is not None and abs(scaled(fact, key) - scaled(found, key)) < (0.051 if fact["field"] == "hazard_ratio" else 1e-6)
        for key in keys
    )


def scaled(fact: dict, key: str) -> float:
    """A number, times in months."""
    return float(fact[key]) * (MONTHS.get(fact.get("unit") or "", 1.0) if fact["field"] in {"survival_median", "follow_up"} else 1.0)


@functools.cache
def facts() -> dict[str, list[dict]]:
    """The facts of each paper."""
    held: dict[str, list[dict]] = {}
    for line in (WRITTEN / "facts.jsonl").read_text(encoding="utf-8").splitlines():
        fact = json.loads(line)
        held.setdefault(fact["paper"], []).append(fact)
    return held


def figures(paper: str) -> tuple[float, float, float]:
    """Recall of core facts, precision and share of right arms; a fact and what was read of it are paired once, equal arms first."""
    told = facts()[paper]
    read = [finding.to_dict() for finding in findings(read_document(WRITTEN / f"{paper}.xml"), "mnpc")]
    pairs = [
        (not alike(fact.get("arm") or "", found.get("arm") or ""), not fact["core"], f, r)
        for f, fact in enumerate(told)
        for r, found in enumerate(read)
        if same(fact, found)
    ]
    taken: dict[int, int] = {}
    for _, _, f, r in sorted(pairs):
        if f not in taken and r not in taken.values():
            taken[f] = r
    core = [f for f, fact in enumerate(told) if fact["core"]]
    armed = [f for f in taken if told[f].get("arm") and told[f]["field"] not in {"prognostic_factor", "rt_dose"}]
    right = sum(alike(told[f]["arm"], read[taken[f]].get("arm") or "") for f in armed)
    return sum(f in taken for f in core) / len(core), len(taken) / max(len(read), 1), right / max(len(armed), 1)


@pytest.mark.parametrize("paper", sorted(FLOORS))
def test_a_written_paper_is_read(paper):
    measured = figures(paper)
    assert all(got >= floor for got, floor in zip(measured, FLOORS[paper], strict=True)), (measured, FLOORS[paper])


def test_every_written_paper_has_its_floors():
    assert {path.stem for path in WRITTEN.glob("*.xml")} == set(FLOORS) == set(facts())
