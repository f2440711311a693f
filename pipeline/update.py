"""Update: one command from a new search to a new table. What is known is not asked again, what was read is not read again.

Each stage writes atomically and goes on where it was interrupted; the note build/<review>/updating/unfinished.json only keeps an
interrupted update from searching twice on one day.
"""

from __future__ import annotations

import datetime as dt
import json
import re
import shutil
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from pipeline import acquire, diff_pages, load, parse, reading, report, screen, search, watch
from pipeline.files import locked, read_jsonl, write_atomic
from pipeline.protocol import Review

Tell = Callable[[str, dict], None]
HALF_WRITTEN = re.compile(r"\.(.+)\.[a-z0-9_]{8}")  # what a killed process leaves of `write_atomic`


def run(review: Review, today: dt.date | None = None, jobs: int | None = None, tell: Tell = lambda stage, told: None) -> dict:
    """Search, screen, acquire, parse, extract, load, report, diff; `tell` hears each stage's summary. Returns the counts.

    Raises NetworkError where PubMed or PMC do not answer; the next run goes on from there.
    """
    day = today or dt.date.today()
    with locked(review.build / "updating", timeout=1):
        sweep(review)
        note = review.build / "updating" / "unfinished.json"
        watch.record(review, f"{day}")
        found = searched(review, day, note)
        tell("search", found)
        screen.run(review)
        got = acquire.run(review, today=day)
        tell("acquire", got)
        judged = screen.run(review)  # after acquire, which may hear of retractions
        tell("screen", judged)
        changed = watch.record(review, f"{day}")
        read = parse.run(review, jobs=jobs)
        tell("parse", read)
        extracted = reading.run(review, jobs=jobs)
        tell("extract", extracted)
        tell("load", load.run(review))
        tell("report", report.run(review))
        since = diff_pages.write(review)
        note.unlink(missing_ok=True)
    return {
        "new_records": found["new"],
        "changed_records": found["changed"],
        "waiting_for_a_decision": judged["pending"],
        "files_fetched": len(got["fetched"]),
        "papers_read": read["read_anew"],
        "papers_extracted": extracted["read_anew"],
        "values_reopened": len(watch.reopened(review)),
        "source_changed": [f"{key}: {', '.join(words)}" for key, words in sorted(changed.items())],
        "since_the_last_release": {name: count for name, count in since.items() if name != "causes"},
        "values_by_cause": since.get("causes", {}),
    }


def sweep(review: Review) -> None:
    """Remove the half-written files of killed processes; nobody can be writing, for all locks are held."""
    with ExitStack() as stack:
        for folder in (review.corpus, review.build, review.build / "acquire", review.build / "searching"):
            stack.enter_context(locked(folder))
        for path in sorted([*review.corpus.rglob(".*"), *review.build.rglob(".*")]):
            if path.is_file() and HALF_WRITTEN.fullmatch(path.name):
                path.unlink()


def searched(review: Review, today: dt.date, note: Path) -> dict:
    """The search, unless an update that was interrupted today has finished it; then its counts."""
    runs = list(read_jsonl(review.corpus / "searches.jsonl"))
    begun = json.loads(note.read_text(encoding="utf-8")) if note.exists() else {}
    if begun.get("date") == f"{today}" and len(runs) > begun["searches"]:
        shutil.rmtree(review.build / "search", ignore_errors=True)
        line = runs[-1]
        told = {"mode": line["mode"], "count": line["count"], "warnings": line["warnings"], "gone_on_from": "an interrupted update"}
        told |= {name: len(line[name]) for name in ("new", "changed", "gone", "undelivered")}
    else:
        write_atomic(note, json.dumps({"date": f"{today}", "searches": len(runs)}) + "\n")
        told = search.run(review, update=True, today=today)
    return told | {"changed_beside_the_query": acquire.refresh(review, f"{today}")}
