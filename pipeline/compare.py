"""The rebuilt table against the published one, finding by finding and cell by cell: same, differs, only there, only here."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from pipeline.files import InputError, read_tsv
from pipeline.naming import overlap
from pipeline.numeric import WORD_FIELDS
from pipeline.protocol import Form, Review
from pipeline.records import FINDING_KEYS
from pipeline.wording import arm_name, p_value

OUTCOMES = ("same", "differs", "only_there", "only_here")
NUMBERS = ("value", "low", "high", "n", "percent", "at")
COLUMNS = (*(key for key in FINDING_KEYS if key not in ("place", "made_by")), "column")
ALONE = ("design", "n_total", "follow_up")  # one a paper: two that disagree differ, whatever their arms
MONTHS = {"months": 1.0, "years": 12.0, "weeks": 1 / 4.348, "days": 1 / 30.44}
TIMES = ("follow_up", "survival_median")


@dataclass(slots=True)
class Pair:
    """A published finding and the rebuilt one that answers it; one of the two is missing where only the other table has it."""

    paper: str
    field: str
    column: str
    outcome: str
    there: dict | None = None
    here: dict | None = None
    note: str = ""


@dataclass(slots=True)
class Comparison:
    """All pairs, and how many there are of each outcome by study and column."""

    pairs: list[Pair]
    filled: set[tuple[str, str]] = field(default_factory=set)  # (paper, column) with a value here

    def cell(self, paper: str, column: str) -> dict[str, int]:
        """How many pairs of each outcome a cell has."""
        held = [pair.outcome for pair in self.pairs if (pair.paper, pair.column) == (paper, column)]
        return {outcome: held.count(outcome) for outcome in OUTCOMES}

    def summary(self, form: Form) -> list[dict]:
        """A row a column, then the total: cells filled of cells in the published table, values by outcome."""
        rows = [self._row(column.key, column.title, {column.key}) for column in form.columns]
        return [*rows, self._row("total", "All columns", {column.key for column in form.columns})]

    def _row(self, key: str, title: str, columns: set[str]) -> dict:
        pairs = [pair for pair in self.pairs if pair.column in columns]
        cells = {(pair.paper, pair.column) for pair in pairs if pair.there is not None}
        counts = {outcome: sum(pair.outcome == outcome for pair in pairs) for outcome in OUTCOMES}
        return {"column": key, "title": title, "cells": len(cells), "filled": len(cells & self.filled), **counts}


def published(review: Review) -> list[dict]:
    """The published table as findings, or nothing where it is not encoded; raises InputError with file and line."""
    path = review.corpus / "published.tsv"
    rows = read_tsv(path, COLUMNS)
    known = {column.key for column in review.form.columns}
    asked = [entry.field for entry in review.form.fields]
    for row in rows:
        if row["field"] not in asked:
            raise InputError(f"{path}:{row['line']}: unknown field {row['field']!r}; the form asks: {', '.join(asked)}")
        if row["column"] and row["column"] not in known:
            raise InputError(f"{path}:{row['line']}: unknown column {row['column']!r}; allowed: {', '.join(sorted(known))}")
        for key, text in row.items():
            if key in NUMBERS and not (key == "value" and row["field"] in WORD_FIELDS) and text != "":
                row[key] = number(text, f"{path}:{row['line']}: {key}")
            elif text == "":
                row[key] = None
    return rows


def number(text: str, where: str) -> float | int:
    """A printed number, whole where it is whole; raises InputError."""
    try:
        held = float(text)
    except ValueError as error:
        raise InputError(f"{where}: {text!r} is not a number") from error
    return int(held) if held.is_integer() else held


def decimals(value: float) -> int:
    """How many decimals a number is printed with."""
    return len(repr(float(value)).removesuffix(".0").partition(".")[2])


def near(there: float | None, here: float | None, there_scale: float = 1, here_scale: float = 1) -> bool:
    """Equal within the rounding of the coarser of the two; after a change of unit, within one part in a hundred."""
    if there is None or here is None:
        return there is None and here is None
    if there_scale != here_scale:
        there, here = there * there_scale, here * here_scale
        return abs(there - here) <= max(0.01 * max(abs(there), abs(here)), 0.05)
    coarse = min(decimals(there), decimals(here))
    return abs(there - here) <= (0.5 * 10**-coarse + 1e-9 if decimals(there) != decimals(here) else 1e-9)


def arm_fit(there: dict, here: dict) -> float:
    """How well the arms' names agree; a factor's arm is its class and always fits."""
    if there["field"] == "prognostic_factor":
        return 1.0
    return overlap(arm_name(there), arm_name(here))


def headline(finding: dict) -> dict[str, float]:
    """The figures that a finding is known by: its value, else its range, else its share, else its count."""
    if finding["field"] == "arm_size" and finding.get("value") is None and finding.get("n") is not None:
        return {"value": finding["n"]}
    for keys in (("value",), ("low", "high"), ("percent",), ("n",)):
        held = {key: finding[key] for key in keys if finding.get(key) is not None}
        if held:
            return held
    return {}


def same_word(there: dict, here: dict) -> bool:
    """The same vocabulary key, or for a factor the same words; a published finding without a word fits any."""
    if there.get("value") is None:
        return True
    if str(there["value"]).lower() == str(here.get("value")).lower():
        return True
    return there["field"] == "prognostic_factor" and overlap(there["value"], here.get("value")) > 0.6


def same_slot(there: dict, here: dict) -> bool:
    """Whether two findings answer the same question: endpoint and time point, and for words the word itself."""
    if there.get("endpoint") and there["endpoint"] != here.get("endpoint"):
        return False
    if there["field"] == "survival_rate" and not near(there.get("at"), here.get("at")):
        return False
    return there["field"] not in WORD_FIELDS or there["field"] == "design" or same_word(there, here)


def figures_agree(there: dict, here: dict) -> bool:
    """Whether the published finding's headline figures stand here too."""
    if there["field"] in WORD_FIELDS:
        return same_word(there, here)
    scales = [MONTHS.get(finding.get("unit") or "months", 1.0) if finding["field"] in TIMES else 1.0 for finding in (there, here)]
    known = headline(here) if there["field"] == "arm_size" else here
    return all(near(held, known.get(key, here.get(key)), *scales) for key, held in headline(there).items())


def particulars(there: dict, here: dict) -> tuple[list[str], list[str]]:
    """Which further figures contradict each other, and which of the published ones are not here."""
    against, missing = [], []
    known = headline(there) if there["field"] not in WORD_FIELDS else {}
    for key in ("low", "high", "n", "percent"):
        held, found = there.get(key), here.get(key)
        if held is None or key in known:
            continue
        if found is None:
            if not (key == "n" and here.get("value") == held):
                missing.append(f"{key} {held}")
        elif there.get("unit") == here.get("unit") and not near(held, found):
            against.append(f"{key} {held} there, {found} here")
    if there.get("p") and here.get("p") and not same_p(there["p"], here["p"]):
        against.append(f"{p_value(there['p'])} there, {p_value(here['p'])} here")
    if there["field"] == "prognostic_factor" and there.get("arm") and here.get("arm") and there["arm"] != here["arm"]:
        against.append(f"{there['arm']} there, {here['arm']} here")
    return against, missing


def same_p(there: str, here: str) -> bool:
    """Whether two printed p values say the same within rounding."""
    printed = [p_value(text) for text in (str(there), str(here))]
    signs = [re.sub(r"[^<>=≤≥]", "", text) for text in printed]
    values = [re.findall(r"\d*\.?\d+", text) for text in printed]
    return signs[0] == signs[1] and all(values) and near(float(values[0][0]), float(values[1][0]))


def level(there: dict, here: dict) -> int | None:
    """How well two findings of one paper and field go together: 0 fully, 1 but for a particular, 2 same question, None not at all."""
    if not same_slot(there, here):
        return None
    if figures_agree(there, here):
        return 1 if particulars(there, here)[0] else 0
    alike = there["field"] in ALONE or arm_fit(there, here) > 0.5
    return 2 if alike else None


def match(there: list[dict], here: list[dict]) -> list[tuple[int, int, int]]:
    """Pairs (level, index there, index here) of one paper and field: best agreement first, each finding once."""
    candidates = []
    for i, published_finding in enumerate(there):
        for j, rebuilt in enumerate(here):
            found = level(published_finding, rebuilt)
            if found is not None:
                candidates.append((found == 2, -arm_fit(published_finding, rebuilt), found, i, j))
    pairs, used_there, used_here = [], set(), set()
    for _, _, found, i, j in sorted(candidates):
        if i not in used_there and j not in used_here:
            pairs.append((found, i, j))
            used_there.add(i)
            used_here.add(j)
    return pairs


def swapped(pairs: list[tuple[int, int, int]], there: list[dict], here: list[dict]) -> set[int]:
    """Published findings whose figure stands here on the other arm: exchanging the arms of two pairs would fit better."""
    found = set()
    for _, i, j in pairs:
        for _, k, m in pairs:
            if i < k and same_slot(there[i], here[m]):
                straight = arm_fit(there[i], here[j]) + arm_fit(there[k], here[m])
                crossed = arm_fit(there[i], here[m]) + arm_fit(there[k], here[j])
                if crossed > straight and there[i]["field"] not in WORD_FIELDS:
                    found |= {i, k}
    return found


def compared(there: list[dict], here: list[dict], column: str) -> Iterable[Pair]:
    """The pairs of one paper and field; `column` where a published finding names none."""
    pairs = match(there, here)
    crossed = swapped(pairs, there, here)
    answer = {i: (found, j) for found, i, j in pairs}
    for i, finding in enumerate(there):
        place = (finding["paper"], finding["field"], finding.get("column") or column)
        if i not in answer:
            yield Pair(*place, "only_there", finding)
            continue
        found, j = answer[i]
        against, missing = particulars(finding, here[j])
        if i in crossed:
            against.insert(0, f"{arm_name(finding)} there, {arm_name(here[j])} here")
        note = "; ".join(against) or ("not here: " + ", ".join(missing) if missing else "")
        yield Pair(*place, "differs" if found == 2 or against else "same", finding, here[j], note)
    used = {j for _, _, j in pairs}
    for j, finding in enumerate(here):
        if j not in used:
            yield Pair(finding["paper"], finding["field"], finding.get("column") or column, "only_here", None, finding)


def compare(there: list[dict], here: list[dict], form: Form) -> Comparison:
    """The whole comparison, by paper and then in the form's order of fields."""
    pairs: list[Pair] = []
    for paper in sorted({finding["paper"] for finding in [*there, *here]}):
        for entry in form.fields:
            of = [[f for f in side if f["paper"] == paper and f["field"] == entry.field] for side in (there, here)]
            pairs.extend(compared(*of, entry.column))
    order = {column.key: number for number, column in enumerate(form.columns)}
    pairs.sort(key=lambda pair: (pair.paper, order[pair.column]))
    return Comparison(pairs, {(pair.paper, pair.column) for pair in pairs if pair.here is not None})
