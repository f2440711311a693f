"""The tables of a release as CSV under a Frictionless data package, and a table of effects that metafor reads as it is."""

from __future__ import annotations

import csv
import io
import json
import math
from pathlib import Path
from statistics import NormalDist

import frictionless

from pipeline.files import InputError, sha256
from pipeline.naming import is_treatment, overlap
from pipeline.state import COLUMNS, State
from pipeline.wording import arm_name

Z = NormalDist().inv_cdf(0.975)
EFFECTS = (
    ("finding", "string"), ("study", "string"), ("label", "string"), ("year", "integer"), ("design", "string"), ("endpoint", "string"),
    ("arm", "string"), ("vs", "string"), ("n1i", "integer"), ("n2i", "integer"), ("ntot", "integer"), ("comparison", "string"),
    ("hr", "number"), ("ci_lb", "number"), ("ci_ub", "number"), ("yi", "number"), ("sei", "number"), ("p", "string"),
    ("checked", "boolean"),
)  # fmt: skip
TABLES = {**COLUMNS, "effects": EFFECTS}
KEYS = {"studies": "key", "findings": "id", "records": "key", "effects": "finding"}
REFERENCES = {"findings": [("study", "studies", "key")], "effects": [("study", "studies", "key"), ("finding", "findings", "id")]}
SAYS = {
    "studies": "The included studies whose text is at hand, and the file that each was read from.",
    "findings": "Every finding with the words and the place it was read from; in_force tells those that count, status and curator who judged.",
    "records": "Every record that the searches and lists ever gave, with what screening decided.",
    "effects": "Hazard ratios with a 95% interval for a meta-analysis: yi = log hazard ratio, sei = its standard error from the interval's width.",
}


def effects(state: State) -> list[dict]:
    """A row for each hazard ratio in force that has a 95% interval, in the order of the findings; sei = log(upper / lower) / (2 z)."""
    rows = []
    for found in state.findings:
        study = state.studies.get(found["study"])
        numbers = [found[name] for name in ("number", "low", "high")]
        if not study or not found["in_force"] or found["field"] != "hazard_ratio" or found["bounds"] != "ci95":
            continue
        if any(held is None or held <= 0 for held in numbers) or found["low"] >= found["high"]:
            continue
        sizes = [row for row in state.findings if row["study"] == found["study"] and row["field"] == "arm_size" and row["in_force"]]
        sides = [arm_name(found), found["vs"] or ""]
        hr, low, high = numbers
        rows.append(
            {
                "finding": found["id"], "study": study["key"], "label": study["label"], "year": study["year"], "design": study["design"],
                "endpoint": found["endpoint"], "arm": found["arm"], "vs": found["vs"], "n1i": size_of(sides[0], sizes),
                "n2i": size_of(sides[1], sizes), "ntot": study["n_total"], "comparison": comparison(sides, sizes), "hr": hr, "ci_lb": low,
                "ci_ub": high, "yi": round(math.log(hr), 6), "sei": round(math.log(high / low) / (2 * Z), 6), "p": found["p"],
                "checked": bool(found["curator"]),
            }
        )  # fmt: skip
    return rows


def size_of(name: str, sizes: list[dict]) -> int | None:
    """The patients of the arm that a name means most surely; None where no arm's name is near."""
    shares = [(overlap(name, arm_name(row)), row["number"]) for row in sizes if row["number"] is not None] if name else []
    share, size = max(shares, key=lambda pair: pair[0], default=(0, None))
    return int(size) if share > 0.5 else None


def comparison(sides: list[str], sizes: list[dict]) -> str:
    """`arms` where both sides are arms of the study or the first is a treatment against its absence, else `covariate`."""
    both = all(side and any(overlap(side, arm_name(row)) > 0.5 for row in sizes) for side in sides)
    return "arms" if both or is_treatment(sides[0]) else "covariate"


def rows_of(state: State) -> dict[str, list[dict]]:
    """The rows of each table."""
    tables = {"studies": state.studies, "records": state.records}
    held = {name: [rows[key] for key in sorted(rows)] for name, rows in tables.items()}
    return {**held, "findings": state.findings, "effects": effects(state)}


def text_of(rows: list[dict], columns: tuple[tuple[str, str], ...]) -> str:
    """Rows as CSV: numbers as short as they can be read back, true and false, nothing for None."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([name for name, _ in columns])
    writer.writerows([cell(row[name]) for name, _ in columns] for row in rows)
    return out.getvalue()


def cell(held: object) -> str:
    """A value as a cell."""
    if isinstance(held, bool):
        return str(held).lower()
    if isinstance(held, float):
        return repr(int(held)) if held.is_integer() else repr(held)
    return "" if held is None else str(held)


def descriptor(name: str, path: Path) -> dict:
    """A table's entry in the data package."""
    schema = {"fields": [{"name": field, "type": kind} for field, kind in TABLES[name]], "primaryKey": [KEYS[name]]}
    links = [{"fields": [field], "reference": {"resource": table, "fields": [key]}} for field, table, key in REFERENCES.get(name, [])]
    return {
        "name": name, "type": "table", "path": path.name, "description": SAYS[name], "scheme": "file", "format": "csv",
        "mediatype": "text/csv", "encoding": "utf-8", "hash": f"sha256:{sha256(path)}", "bytes": path.stat().st_size,
        "schema": schema | ({"foreignKeys": links} if links else {}),
    }  # fmt: skip


def write(folder: Path, state: State, told: dict) -> None:
    """Write every table and datapackage.json into the folder, and let Frictionless check them. Raises InputError where it objects."""
    for name, rows in rows_of(state).items():
        (folder / f"{name}.csv").write_text(text_of(rows, TABLES[name]), encoding="utf-8")
    package = {"$schema": "https://datapackage.org/profiles/1.0/datapackage.json", **told}
    package["resources"] = [descriptor(name, folder / f"{name}.csv") for name in TABLES]
    (folder / "datapackage.json").write_text(json.dumps(package, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    faults = faults_of(folder)
    if faults:
        raise InputError(f"{folder}: not a sound data package: {'; '.join(faults[:5])}")


def faults_of(folder: Path) -> list[str]:
    """What Frictionless finds wrong with a release's data package."""
    checked = frictionless.Package(str(folder / "datapackage.json")).validate()
    return [f"{place}: {note}" for place, note in checked.flatten(["name", "note"])] if not checked.valid else []
