"""People's screening decisions saved from a page: screening.tsv holds what counts, screening_log.tsv every decision there ever was."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from filelock import Timeout

from pipeline import screen
from pipeline.curate import ConflictError, NotSavedError
from pipeline.files import InputError, locked, read_tsv, tsv_text, write_atomic
from pipeline.hits import Ledger
from pipeline.protocol import Review

LOG_COLUMNS = ("time", "key", "decision", "reason", "curator")


def log_path(review: Review) -> Path:
    """The file of all screening decisions."""
    return review.corpus / "screening_log.tsv"


def mark(row: dict | None) -> str:
    """What tells one state of a record's decision from another; empty where there is none."""
    return "|".join(row[name] for name in screen.COLUMNS[1:]) if row else ""


def decide(review: Review, key: str, decision: str, reason: str, curator: str, seen: str | None = None) -> None:
    """Save that a record is in, out (with a reason) or pending again. `seen` is the `mark` of the decision the curator saw.

    Raises ConflictError where somebody else has decided since, NotSavedError where it cannot be made durable, InputError for a record,
    decision or curator that is not known; nothing is in force then.
    """
    path = review.corpus / "screening.tsv"
    moment = dt.datetime.now(dt.UTC)
    fresh = {"key": key, "decision": decision, "reason": " ".join(reason.split()), "curator": curator, "date": f"{moment:%Y-%m-%d}"}
    try:
        with locked(review.corpus):
            held = screen.decisions(review, ledger := Ledger(review.corpus / "hits.jsonl"))
            if key not in ledger.hits:
                raise InputError(f"{key}: no record of {ledger.path.name}")
            if seen is not None and mark(held.get(key)) != seen:
                told = held.get(key) or {"decision": "pending", "curator": "somebody", "reason": ""}
                raise ConflictError(
                    f"{told['curator']} has decided on {key} since you opened it: {told['decision']} {told['reason']}".strip()
                )
            if decision != "pending":
                screen.check_decision(fresh, "this decision", screen.curators(review))
            logged = read_tsv(log_path(review), LOG_COLUMNS)
            row = {**fresh, "time": moment.isoformat(timespec="milliseconds")}
            write_atomic(log_path(review), tsv_text([*logged, row], LOG_COLUMNS))  # before the decision counts, so that none is unlogged
            _write(review, path, {**held, key: fresh} if decision != "pending" else {k: v for k, v in held.items() if k != key})
    except (OSError, Timeout) as error:
        raise NotSavedError(f"{path}: not saved ({error}); free the disk or the lock, then save again") from error


def _write(review: Review, path: Path, held: dict[str, dict]) -> None:
    """The decisions that count, sorted by key."""
    rows = [{**row, "key": key} for key, row in sorted(held.items())]
    write_atomic(path, tsv_text(rows, screen.COLUMNS))


def log(review: Review, key: str) -> list[dict]:
    """Every decision on a record that was made on a page, oldest first."""
    return [row for row in read_tsv(log_path(review), LOG_COLUMNS) if row["key"] == key]
