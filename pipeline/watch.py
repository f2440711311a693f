"""Watch: what was known of each included paper when, and which values rest on a paper that has changed since people looked at it.

corpus/<review>/watch.jsonl has a line a paper: its notices (retraction, correction, concern) and the files it was read from, each with
the day on which an update first saw it; nothing stands there for what was known from the start. A change re-opens the paper's values
until a person judges them again (a later decision on the value), or screens the paper again (another row in screening.tsv).
"""

from __future__ import annotations

from collections import defaultdict

from pipeline import db, screen
from pipeline.files import locked, read_jsonl, read_tsv, write_jsonl
from pipeline.hits import Ledger
from pipeline.protocol import Review
from pipeline.sources import chosen

SAID = {
    "RetractionIn": "retracted",
    "PartialRetractionIn": "partly retracted",
    "ErratumIn": "corrected",
    "ExpressionOfConcernIn": "expression of concern",
    "CorrectedandRepublishedIn": "corrected and republished",
    "RepublishedIn": "republished",
    "UpdateIn": "updated",
}
NOTICE, FILE = ("type", "pmid", "source"), ("kind", "url", "sha256")


def read(review: Review) -> dict[str, dict]:
    """The lines of watch.jsonl by key."""
    return {row["key"]: row for row in read_jsonl(review.corpus / "watch.jsonl")}


def decisions(review: Review, ledger: Ledger) -> dict[str, str]:
    """Each paper's screening decision as one text, by key."""
    judged = screen.decisions(review, ledger)
    return {key: " | ".join(row[name] for name in ("decision", "reason", "curator", "date")) for key, row in judged.items()}


def newest(review: Review) -> dict[str, str]:
    """The time of the newest correction of each paper."""
    path = review.corpus / "corrections.tsv"
    heading = path.read_text(encoding="utf-8-sig").partition("\n")[0].rstrip("\r").split("\t") if path.exists() else []
    times: dict[str, str] = {}
    for row in read_tsv(path, tuple(heading)):
        times[row["paper"]] = max(times.get(row["paper"], ""), row["time"])
    return times


def record(review: Review, today: str) -> dict[str, list[str]]:
    """Write down what the ledgers say now of each included paper; returns what is new, in words, by paper. Twice is as once."""
    with locked(review.corpus):
        ledger = Ledger(review.corpus / "hits.jsonl")
        judged, times, files, known = decisions(review, ledger), newest(review), chosen(review), read(review)
        told: dict[str, list[str]] = {}
        for key, decision in judged.items():
            if not decision.startswith("in |"):
                continue
            hit = ledger.hits[key]
            line = next((known.pop(name) for name in (key, *hit["former_keys"]) if name in known), None)
            now = {"seen": today, "judged": times.get(key, ""), "screening": decision}
            known[key], told[key] = _told(hit, files.get(key), line, now)
        write_jsonl(review.corpus / "watch.jsonl", (known[key] for key in sorted(known)))
    return {key: words for key, words in told.items() if words}


def _told(hit: dict, file: dict | None, line: dict | None, now: dict) -> tuple[dict, list[str]]:
    """A paper's line with what is new in it, and that in words; a first line and a first file are the state to compare with."""
    start = {"seen": None, "judged": "", "screening": ""}
    line = {**(line or {"notices": [], "files": []}), "key": hit["key"]} | ({"first": False} if line else {"first": True})
    notices = [{name: notice[name] for name in NOTICE} for notice in hit["notices"]]
    fresh = [notice for notice in notices if notice not in [{name: held[name] for name in NOTICE} for held in line["notices"]]]
    words = [] if line["first"] else [said_of(notice) for notice in fresh if notice["type"] in SAID]
    added = [{**notice, **(start if line["first"] else now)} for notice in fresh]
    entry = {name: file[name] for name in FILE} if file else None
    if entry and (not line["files"] or line["files"][-1]["sha256"] != entry["sha256"]):
        first = not line["files"] or entry["kind"].startswith("specimen")
        line["files"] = [*line["files"], {**entry, **(start if first else now)}]
        words += [] if first else [said_of(entry)]
    return {"key": hit["key"], "notices": [*line["notices"], *added], "files": line["files"]}, words


def said_of(entry: dict) -> str:
    """A notice or a file of a watch line in words."""
    if "type" in entry:
        where = f"PMID {entry['pmid']}" if entry["pmid"] else entry["source"]
        return f"{SAID[entry['type']]} (notice: {where})" if where else SAID[entry["type"]]
    version = entry["url"].rpartition("#")[2] if "#" in entry["url"] else ""
    return f"new version of the {entry['kind']}" + (f" ({version})" if version else "")


def changes(review: Review) -> dict[str, list[dict]]:
    """What changed of each paper and was not settled by screening it again: message, judged (time of the newest decision then), all.

    `all` says whether every value is re-opened, or only those that people had judged: on another kind of file the machine has
    read everything anew, but people judged by the old one.
    """
    lines, ledger = read(review), Ledger(review.corpus / "hits.jsonl")
    screened = decisions(review, ledger)
    found: dict[str, list[dict]] = {}
    for key, line in lines.items():
        kinds = [None, *(file["kind"] for file in line["files"])]
        entries = [(notice, True) for notice in line["notices"] if notice["type"] in SAID]
        entries += [(file, file["kind"] == before) for before, file in zip(kinds, line["files"])]
        held = [
            {"message": f"source changed: {said_of(entry)}, seen {entry['seen']}", "judged": entry["judged"], "all": everything}
            for entry, everything in entries
            if entry["seen"] and entry["screening"] == screened.get(key, "")
        ]
        if held:
            found[key] = held
    return found


def reopened(review: Review) -> dict[str, str]:
    """Why each re-opened finding in force should be looked at again, by the finding's id; raises InputError where nothing is built."""
    changed = changes(review)
    if not changed:
        return {}
    made = db.engine(review)
    with made.connect() as connection:
        times = {row["id"]: row["time"] for row in db.rows(connection, db.correction)}
    told: dict[str, str] = {}
    for row in db.current(made):
        time = times.get(row["correction"] or "", "")
        open_ = [each["message"] for each in changed.get(row["paper"], ()) if (each["all"] or time) and time <= each["judged"]]
        if open_:
            told[row["id"]] = "; ".join(open_)
    made.dispose()
    return told


def tasks(review: Review, rows: list[dict]) -> list[dict]:
    """A task of the worklist for each cell of the table that is re-opened; `rows` are the findings in force."""
    told = reopened(review)
    column_of = {entry.field: entry.column for entry in review.form.fields}
    cells: dict[tuple[str, str, str], int] = defaultdict(int)
    for row in rows:
        if row["id"] in told and row["field"] in column_of:
            cells[row["paper"], column_of[row["field"]], told[row["id"]]] += 1
    return [
        {
            "kind": "source changed",
            "study": study,
            "column": column,
            "message": f"{message}: {count} value{'s' * (count != 1)} to look at again",
        }
        for (study, column, message), count in cells.items()
    ]
