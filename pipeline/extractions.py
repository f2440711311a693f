"""Double extraction: what a curator reads in a paper on their own, in corpus/<review>/extractions/<curator>.tsv until it is adjudicated.

The files have the shape of corrections.tsv, so a reading is checked, quoted, dated and taken back like any decision, but lies over
nothing: the table does not see it. `finished.tsv` beside them says who has finished (or reopened) which study; the readings of others
are given out only for studies that the asking curator and they have both finished.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from pathlib import Path

from filelock import Timeout

from pipeline import curate
from pipeline.files import InputError, locked, read_tsv, tsv_text, write_atomic
from pipeline.overlay import Decision, chain, take_back
from pipeline.protocol import Review

FINISHED_COLUMNS = ("study", "curator", "state", "time")
STATES = ("finished", "reopened")


def folder(review: Review) -> Path:
    """Where the readings of single curators are kept."""
    return review.corpus / "extractions"


def path_of(review: Review, curator: str) -> Path:
    """A curator's own file; ids that are no file names get one that no other id has."""
    name = re.sub(r"[^A-Za-z0-9-]+", "_", curator)
    if name != curator or name == "finished":
        name += "_" + hashlib.sha256(curator.encode("utf-8")).hexdigest()[:6]
    return folder(review) / f"{name}.tsv"


def enter(review: Review, row: dict, curator: str) -> dict:
    """Save a reading (add), an empty field (not_reported) or a reading taken back (undo). Raises InputError as `curate.add` does."""
    if row.get("action") not in ("add", "not_reported", "undo"):
        raise InputError(f"action {row.get('action')!r}; a reading of one's own is add, not_reported or undo")
    if row.get("paper") in finished(review, curator):
        raise InputError(f"{row['paper']}: you have finished this study; reopen it before you change it")
    return curate.add(review, {**row, "curator": curator}, path=path_of(review, curator))


def readings(review: Review, curator: str, study: str | None = None) -> list[Decision]:
    """A curator's readings that stand, in the order of their making."""
    by_study: dict[str, list[Decision]] = {}
    for decision in curate.decisions(review, path_of(review, curator)):
        by_study.setdefault(decision.finding.paper, []).append(decision)
    return [decision for key, held in by_study.items() if study in (None, key) for decision in chain(take_back(held))]


def finished(review: Review, curator: str) -> set[str]:
    """The studies that a curator has finished."""
    return {study for study, people in finishers(review).items() if curator in people}


def finishers(review: Review) -> dict[str, list[str]]:
    """Who has finished each study, in the order of their ids. Raises InputError with file and line."""
    path = folder(review) / "finished.tsv"
    state: dict[tuple[str, str], str] = {}
    for row in read_tsv(path, FINISHED_COLUMNS):
        if row["state"] not in STATES:
            raise InputError(f"{path}:{row['line']}: state {row['state']!r}; allowed: {', '.join(STATES)}")
        state[row["study"], row["curator"]] = row["state"]
    done: dict[str, list[str]] = {}
    for study, curator in sorted(key for key, held in state.items() if held == "finished"):
        done.setdefault(study, []).append(curator)
    return done


def finish(review: Review, study: str, curator: str, state: str = "finished") -> None:
    """Note that a curator has finished a study, or reopened it; a line is added and none rewritten."""
    path = folder(review) / "finished.tsv"
    if state not in STATES:
        raise InputError(f"state {state!r}; allowed: {', '.join(STATES)}")
    try:
        with locked(review.corpus):
            if (study in finished(review, curator)) == (state == "finished"):
                raise InputError(f"{study}: {state} already")
            moment = dt.datetime.now(dt.UTC).isoformat(timespec="milliseconds")
            rows = [*read_tsv(path, FINISHED_COLUMNS), {"study": study, "curator": curator, "state": state, "time": moment}]
            write_atomic(path, tsv_text(rows, FINISHED_COLUMNS))
    except (OSError, Timeout) as error:
        raise curate.NotSavedError(f"{path}: not saved ({error}); free the disk or the lock, then save again") from error


def pair(review: Review, study: str) -> tuple[str, str] | None:
    """The two curators whose readings of a study are compared: the first two by id who have finished it; None before that."""
    done = finishers(review).get(study, [])
    return (done[0], done[1]) if len(done) > 1 else None


def compared(review: Review, study: str) -> tuple[list[Decision], list[Decision]]:
    """Both curators' readings of a study. Raises InputError before both have finished: until then they are blind to each other."""
    two = pair(review, study)
    if two is None:
        raise InputError(f"{study}: two curators must have finished it before their readings are shown side by side")
    return readings(review, two[0], study), readings(review, two[1], study)
