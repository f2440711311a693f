"""What needs a person, most valuable first: a list, and build/<review>/curate.tsv."""

from __future__ import annotations

from collections import defaultdict

from pipeline import db, watch
from pipeline.consistency import unit_of
from pipeline.files import read_jsonl, tsv_text, write_atomic
from pipeline.numeric import SINGLE_FIELDS, show
from pipeline.protocol import Review

#: The kinds of task, most valuable first.
KINDS = ("source changed", "contradiction", "check", "agreement", "empty", "drifted", "unsupported", "skipped", "screening")
COLUMNS = (
    "kind", "study", "label", "column", "field", "arm", "endpoint", "at", "message", "machine", "seen", "person", "quote", "page",
    "replaces", "finding", "correction",
)  # fmt: skip


def told(row: dict) -> str:
    """A finding's value in words, as `replaces` has it."""
    return row["replaces"].rpartition(" = ")[2].split(" | ")[0]


def place_of(row: dict) -> dict:
    """A finding's own columns of a task."""
    at = show(row["at"]) if row["at"] is not None else ""
    keys = {"field": row["field"], "arm": row["arm"], "endpoint": row["endpoint"], "at": at, "quote": row["quote"]}
    return {**keys, "page": (row["place"] or {}).get("page"), "replaces": row["replaces"], "finding": row["id"]}


def cells(rows: list[dict]) -> dict[tuple, list[dict]]:
    """Findings in force by the one cell they would all fill, where they are several."""
    found: dict[tuple, list[dict]] = defaultdict(list)
    for row in rows:
        if row["field"] in SINGLE_FIELDS and row["status"] != "not_reported":
            found[row["paper"], row["replaces"].rpartition(" = ")[0]].append(row)
    return {cell: held for cell, held in found.items() if len(held) > 1}


def alike(rows: list[dict]) -> bool:
    """Whether values differ by no more than their rounding."""
    values = [row["value"] for row in rows]
    if not all(isinstance(value, (int, float)) for value in values):
        return len(set(values)) == 1
    return max(values) - min(values) <= max(unit_of(value) for value in values) / 2 + 1e-9


def disagreements(rows: list[dict]) -> list[dict]:
    """Cells for which the paper's mentions give several values: contradictions, or low agreement where rounding may explain it."""
    tasks = []
    for (paper, cell), held in cells(rows).items():
        values = " | ".join(told(row) for row in held)
        kind = "agreement" if alike(held) else "contradiction"
        tasks.append({"kind": kind, "study": paper, **place_of(held[0]), "message": f"{cell} is read as {values}", "machine": values})
    return tasks


def empty_cells(review: Review, studies: list[dict], rows: list[dict]) -> list[dict]:
    """Columns of the table in which an included study that could be read has nothing."""
    column_of = {entry.field: entry.column for entry in review.form.fields}
    filled = {(row["paper"], column_of.get(row["field"])) for row in rows}
    columns = [column for column in review.form.columns if column.key in column_of.values()]
    return [
        {"kind": "empty", "study": study["study"], "column": column.key, "message": f"nothing found for: {column.title}"}
        for study in studies if study["included"] and study["document"] for column in columns if (study["study"], column.key) not in filled
    ]  # fmt: skip


def judged_again(corrections: list[dict], rows: list[dict]) -> list[dict]:
    """Decisions that the machine has moved away from, or whose quote is gone: seen then, said by the machine now, said by the person."""
    in_force = {row["correction"]: row for row in rows if row["correction"]}
    tasks = []
    for row in corrections:
        if row["status"] not in {"drifted", "unsupported"}:
            continue
        held = in_force.get(row["id"])
        cell, _, seen = (row["replaces"] or "").rpartition(" = ")
        person = row["shown"].rpartition(" = ")[2] if row["action"] not in {"reject", "not_reported"} else row["action"]
        say = "the machine now says something new" if row["status"] == "drifted" else "the quote is no longer in the paper"
        task = {
            "kind": row["status"],
            "study": row["study"],
            "field": row["field"],
            "message": f"{cell or row['field']}: {say}",
            "machine": row["machine_now"],
        }
        task |= place_of(held) if held else {"quote": row["quote"], "page": row["page"], "replaces": f"{cell} = {row['machine_now']}"}
        tasks.append({**task, "seen": seen, "person": person, "correction": row["id"]})
    return tasks


def worklist(review: Review) -> list[dict]:
    """Every task of COLUMNS, in the order of KINDS, then of studies. Raises InputError where the database is not built."""
    made = db.engine(review)
    rows = db.current(made)
    with made.connect() as connection:
        studies = db.rows(connection, db.study)
        failed = [row for row in db.rows(connection, db.contradiction) if row["of"] == "papers"]
        corrections = db.rows(connection, db.correction)
    made.dispose()
    included = {study["study"] for study in studies if study["included"]}
    tasks = disagreements([row for row in rows if row["paper"] in included])
    tasks += [{"kind": "check", "study": row["study"], "message": f"{row['check_name']}: {row['message']}"} for row in failed]
    tasks += watch.tasks(review, rows)
    tasks += empty_cells(review, studies, rows) + judged_again(corrections, rows)
    tasks += [
        {"kind": "skipped", "study": row["paper"], "message": f"{row.get('file') or 'paper'}: {row['reason']}"}
        for row in read_jsonl(review.build / "skipped.jsonl")
    ]
    pending = [row for row in read_jsonl(review.build / "screened.jsonl") if row["status"] == "pending"]
    tasks += [{"kind": "screening", "study": row["key"], "label": row["label"], "message": "in or out?"} for row in pending]
    return arranged(tasks, studies)


def arranged(tasks: list[dict], studies: list[dict]) -> list[dict]:
    """Every task with all columns and its study's label, in order."""
    labels = {study["study"]: study["label"] for study in studies}
    order = {study["study"]: number for number, study in enumerate(studies)}
    full = [{**dict.fromkeys(COLUMNS, ""), **{key: "" if held is None else held for key, held in task.items()}} for task in tasks]
    for task in full:
        task["label"] = task["label"] or labels.get(task["study"], task["study"])
    return sorted(full, key=lambda task: (KINDS.index(task["kind"]), order.get(task["study"], len(order)), task["study"]))


def write(review: Review) -> list[dict]:
    """Write build/<review>/curate.tsv, and return its rows."""
    tasks = worklist(review)
    write_atomic(review.build / "curate.tsv", tsv_text(tasks, COLUMNS))
    return tasks
