"""The state of a review at one moment, as tables of plain rows: what a release freezes and what two states are compared by.

`studies` has a row an included study with text, `findings` a row a finding (those out of force too), `records` a row a record that the
search or a list ever gave. The working state is taken from the ledgers and the database; a released one is read back from its CSVs.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from pipeline import db, parse
from pipeline.evidence import said
from pipeline.files import InputError, read_jsonl
from pipeline.numeric import shown, slot
from pipeline.protocol import Review
from pipeline.records import Finding

WORKING = "the working state"
NO_FILE = ("no file is recorded", "the file is not here")  # how parse begins its reasons where there was nothing to read
#: The columns of each table, with their types in a data package.
COLUMNS = {
    "studies": (
        ("key", "string"), ("label", "string"), ("year", "integer"), ("title", "string"), ("authors", "string"), ("journal", "string"),
        ("doi", "string"), ("pmid", "string"), ("pmcid", "string"), ("design", "string"), ("n_total", "integer"), ("in_table", "boolean"),
        ("file", "string"), ("kind", "string"), ("sha256", "string"), ("url", "string"), ("licence", "string"), ("retrieved", "string"),
    ),
    "findings": (
        ("id", "string"), ("study", "string"), ("column", "string"), ("slot", "string"), ("shown", "string"), ("said", "string"),
        ("field", "string"), ("number", "number"), ("word", "string"), ("low", "number"), ("high", "number"), ("bounds", "string"),
        ("unit", "string"), ("n", "integer"), ("percent", "number"), ("arm", "string"), ("endpoint", "string"), ("at", "number"),
        ("vs", "string"), ("p", "string"), ("quote", "string"), ("page", "integer"), ("section", "string"), ("place", "string"),
        ("made_by", "string"), ("in_force", "boolean"), ("status", "string"), ("curator", "string"), ("correction", "string"),
        ("reason", "string"), ("overruled", "string"),
    ),
    "records": (
        ("key", "string"), ("label", "string"), ("pmid", "string"), ("doi", "string"), ("found_by", "string"), ("duplicates", "integer"),
        ("first_seen", "string"), ("status", "string"), ("reason", "string"), ("by", "string"), ("text", "boolean"),
    ),
}  # fmt: skip
READERS: dict[str, Callable[[str], object]] = {
    "string": str, "integer": int, "number": float, "boolean": lambda text: text == "true",
}  # fmt: skip


@dataclass(slots=True)
class State:
    """A review's tables at one moment; `about` says what they were made from (query, search date, rules, code)."""

    name: str
    about: dict
    studies: dict[str, dict]
    findings: list[dict]
    records: dict[str, dict]

    def cells(self) -> dict[tuple[str, str], list[dict]]:
        """The findings in force by study and column."""
        found: dict[tuple[str, str], list[dict]] = {}
        for row in self.findings:
            if row["in_force"] and row["column"]:
                found.setdefault((row["study"], row["column"]), []).append(row)
        return found


def stored(review: Review) -> tuple[list[dict], list[dict]]:
    """The included studies and the findings in force of the fields that the form asks, as the database holds them."""
    asked = {entry.field for entry in review.form.fields}
    made = db.engine(review)
    with made.connect() as connection:
        rows = [row for row in db.rows(connection, db.study) if row["included"]]
    findings = db.current(made)
    made.dispose()
    included = {row["study"] for row in rows}
    studies = [{**row, "key": row["study"], "authors": (row["authors"] or "").split("; ") if row["authors"] else []} for row in rows]
    return studies, [finding for finding in findings if finding["paper"] in included and finding["field"] in asked]


def unreadable(skipped: list[dict]) -> dict[str, str]:
    """Why a paper's files could not be read, by paper; a file that is not there is not retrieved rather than unreadable."""
    reasons: dict[str, list[str]] = {}
    for row in skipped:
        if not row["reason"].startswith(NO_FILE):
            reasons.setdefault(row["paper"], []).append(row["reason"])
    return {paper: "; ".join(dict.fromkeys(held)) for paper, held in reasons.items()}


def has_text(row: dict, reasons: dict[str, str]) -> bool:
    """Whether a study's text was retrieved, readable or not."""
    return bool(row["document"]) or row["key"] in reasons


def working(review: Review) -> State:
    """The state of the ledgers and the database as they are now. Raises InputError where the database is not built."""
    columns = {entry.field: entry.column for entry in review.form.fields}
    reasons = unreadable(list(read_jsonl(review.build / "skipped.jsonl")))
    files = parse.read_index(review)["papers"]
    made = db.engine(review)
    with made.connect() as connection:
        sources = {(row["study"], row["file"]): row for row in db.rows(connection, db.source)}
    everything = [finding_row(row, columns.get(row["field"], "")) for row in db.current(made, overruled=True)]
    made.dispose()
    studies, findings = stored(review)
    stated = {finding["paper"] for finding in findings}
    kept = [row for row in studies if has_text(row, reasons) or row["key"] in stated]
    apart = set(review.protocol.not_tabulated)
    rows = {}
    for row in kept:
        file = files.get(row["key"], {})
        source = sources.get((row["key"], file.get("file")), {})
        told = {"in_table": row["design"] not in apart, "authors": "; ".join(row["authors"])}
        told |= {name: file.get(name) for name in ("file", "kind", "sha256")} | {
            name: source.get(name) for name in ("licence", "retrieved")
        }
        rows[row["key"]] = {name: {**row, **told}.get(name) for name, _ in COLUMNS["studies"]}
    return State(WORKING, about(review), rows, everything, records(review, set(rows)))


def finding_row(found: dict, column: str) -> dict:
    """A finding of the database as a row: its cell and value in words, and the contract's keys."""
    finding, place = Finding.from_dict(found), found.get("place") or {}
    empty = found["status"] == "not_reported"
    value = found["value"]
    row = {
        **found, "study": found["paper"], "column": column, "slot": slot(finding), "shown": "not reported" if empty else shown(finding),
        "said": said(found), "number": value if isinstance(value, (int, float)) else None, "word": value if isinstance(value, str) else None,
        "page": place.get("page"), "section": place.get("section"), "in_force": bool(found["in_force"]),
        "place": json.dumps(place, ensure_ascii=False, sort_keys=True) if place else None,
    }  # fmt: skip
    return {name: row.get(name) for name, _ in COLUMNS["findings"]}


def records(review: Review, studies: set[str]) -> dict[str, dict]:
    """Every record of the ledger with what screening decided, and whether it is a study with text."""
    screened = {row["key"]: row for row in read_jsonl(review.build / "screened.jsonl")}
    found = {}
    for hit in read_jsonl(review.corpus / "hits.jsonl"):
        judged = screened.get(hit["key"], {"status": "pending", "reason": "", "by": ""})
        found[hit["key"]] = {
            "key": hit["key"], "label": hit["label"], "pmid": hit.get("pmid") or "", "doi": hit.get("doi") or "",
            "found_by": "; ".join(hit.get("found_by") or []), "duplicates": len(hit.get("duplicates") or []),
            "first_seen": hit.get("first_seen") or "", "text": hit["key"] in studies,
            **{name: judged[name] for name in ("status", "reason", "by")},
        }  # fmt: skip
    return dict(sorted(found.items()))


def about(review: Review) -> dict:
    """What the working state was made from: the query, the day of the last search, the rules that read."""
    searches, rules = list(read_jsonl(review.corpus / "searches.jsonl")), review.build / "extract.rules"
    return {
        "review": review.key,
        "query": review.protocol.search.query(),
        "searched": searches[-1]["date"] if searches else "",
        "rules": rules.read_text(encoding="utf-8").strip() if rules.exists() else "",
        "form": [entry.field for entry in review.form.fields],
    }


def folder(review: Review, name: str) -> Path:
    """Where a release stands."""
    return review.corpus / "releases" / name


def releases(review: Review) -> list[str]:
    """The names (dates) of the review's releases, oldest first."""
    return sorted(
        path.parent.name for path in (review.corpus / "releases").glob("*/datapackage.json") if not path.parent.name.startswith(".")
    )


def released(review: Review, name: str) -> State:
    """A release read back. Raises InputError where there is none of that name, or where it is damaged."""
    known = releases(review)
    if name not in known:
        raise InputError(f"{folder(review, name)}: no such release; known: {', '.join(known) or 'none; `make release` makes one'}")
    told = json.loads((folder(review, name) / "datapackage.json").read_text(encoding="utf-8"))
    tables = {table: list(read_csv(folder(review, name) / f"{table}.csv", columns)) for table, columns in COLUMNS.items()}
    return State(
        name,
        told["livetable"],
        {row["key"]: row for row in tables["studies"]},
        tables["findings"],
        {row["key"]: row for row in tables["records"]},
    )


def read_csv(path: Path, columns: tuple[tuple[str, str], ...]) -> list[dict]:
    """A frozen table's rows, typed; an empty cell is None. Raises InputError with file and line."""
    kinds = dict(columns)
    rows = []
    with open(path, encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        for row in reader:
            try:
                rows.append({name: READERS[kinds[name]](text) if text else None for name, text in row.items() if name in kinds})
            except (TypeError, ValueError) as error:
                raise InputError(f"{path}:{reader.line_num}: {error}; a release is not edited: restore it from version control") from error
    return rows
