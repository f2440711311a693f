"""Release: freeze the state of a review under corpus/<review>/releases/<date>/, complete or not at all.

A release is a data package and an RO-Crate: tables, findings, query, counts, evidence, origin, references and checksums. The same state
and date give the same bytes; the date is `--date`, else SOURCE_DATE_EPOCH, else today.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import shutil
from pathlib import Path

import rispy

from pipeline import __version__, db, load, release_linked, release_tables, report
from pipeline.files import InputError, locked, read_jsonl, sha256
from pipeline.protocol import Review
from pipeline.state import State, folder, releases, working

FROZEN = ("table1.csv", "table1.md", "prisma.svg", "prisma-s.md")


def run(review: Review, date: dt.date | None = None) -> dict:
    """Write the release; returns its counts. Raises InputError where the database is older than its inputs or the date is taken."""
    day = date or today()
    place = folder(review, f"{day}")
    with locked(review.build / "release", timeout=60):
        check_fresh(review)
        if place.exists():
            raise InputError(f"{place}: there is a release of that day already; give another --date, or delete it if nobody has seen it")
        if releases(review) and releases(review)[-1] > f"{day}":
            raise InputError(f"{place}: the last release is of {releases(review)[-1]}; a release cannot be older than the one before it")
        report.run(review)
        beside = place.with_name(f".{place.name}.new")
        shutil.rmtree(beside, ignore_errors=True)  # of a release that was killed
        beside.mkdir(parents=True)
        frozen = working(review)
        frozen.about["searches"] = list(read_jsonl(review.corpus / "searches.jsonl"))
        write(review, frozen, day, beside)
        for path in beside.iterdir():
            settle(path)
        settle(beside)
        beside.rename(place)
        settle(place.parent)
    held = frozen.cells()
    found = sum(row["in_force"] for row in frozen.findings)
    return {"studies": len(frozen.studies), "cells": len(held), "findings": found, "release": str(place)}


def today() -> dt.date:
    """The day of SOURCE_DATE_EPOCH where it is set, else today."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    try:
        return dt.datetime.fromtimestamp(int(epoch), dt.UTC).date() if epoch else dt.date.today()
    except ValueError as error:
        raise InputError(f"SOURCE_DATE_EPOCH: {epoch!r} is not a number of seconds") from error


def settle(path: Path) -> None:
    """Flush a file or folder to disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def check_fresh(review: Review) -> None:
    """Raise InputError where the database was built from other inputs than those that are there now."""
    made = db.engine(review)
    with made.connect() as connection:
        rows = db.rows(connection, db.run)
    made.dispose()
    known, now = json.loads(rows[0]["inputs"]), json.loads(json.dumps(load.input_hashes(review)))
    stale = sorted(name for name in {*known, *now} if known.get(name) != now.get(name))
    if stale:
        raise InputError(f"{', '.join(stale[:3])}: changed since the database was built; run `make` first, then release")


def write(review: Review, frozen: State, day: dt.date, place: Path) -> None:
    """Every file of a release, its checksums and its crate last."""
    asked = review.protocol
    for name in FROZEN:
        shutil.copyfile(review.build / name, place / name)
    for name in ("protocol.yaml", "fields.yaml"):
        shutil.copyfile(review.schemas / name, place / name)
    if (review.corpus / "searches.jsonl").exists():
        shutil.copyfile(review.corpus / "searches.jsonl", place / "searches.jsonl")
    texts = {
        "query.txt": asked.search.query() + "\n",
        "counts.json": (review.build / "prisma.json").read_text(encoding="utf-8"),
        "included.ris": references(review, frozen),
        "annotations.jsonld": as_json(release_linked.annotations(review, frozen, f"urn:livetable:{review.key}:{day}:annotations")),
        "prov.json": release_linked.provenance(review, frozen, day).serialize(format="json", indent=1) + "\n",
    }
    for name, text in texts.items():
        (place / name).write_text(text, encoding="utf-8")
    about = {name: held for name, held in frozen.about.items() if name != "searches"}
    told = {
        "name": f"{review.key}-{day}",
        "title": f"{asked.title}: release of {day}",
        "description": asked.table_title,
        "created": f"{day}T00:00:00Z",
    }
    told |= {"licenses": [{"name": "MIT"}], "livetable": about | {"version": __version__, "code": load.code_hash(), "date": f"{day}"}}
    release_tables.write(place, frozen, told)
    sums = [f"{sha256(path)}  {path.name}\n" for path in sorted(place.iterdir())]
    (place / "SHA256SUMS").write_text("".join(sums), encoding="utf-8")
    (place / "ro-crate-metadata.json").write_text(as_json(release_linked.crate(place, review, day)), encoding="utf-8")


def as_json(held: dict) -> str:
    """Readable JSON."""
    return json.dumps(held, ensure_ascii=False, indent=1) + "\n"


def references(review: Review, frozen: State) -> str:
    """The included studies as RIS; ID is the study's key, as `python -m pipeline import` reads it."""
    hits = {row["key"]: row for row in read_jsonl(review.corpus / "hits.jsonl")}
    entries = []
    for key, study in sorted(frozen.studies.items()):
        hit = hits.get(key, {})
        own = "" if (study["kind"] or "").startswith("specimen") else study["title"]  # a specimen's title is not the paper's
        first, _, last = (hit.get("pages") or "").partition("-")
        entry = {
            "type_of_reference": "JOUR", "id": key, "label": study["label"], "title": hit.get("title") or own, "authors": list(hit.get("authors") or []),
            "journal_name": study["journal"], "year": str(study["year"] or ""), "volume": hit.get("volume"), "number": hit.get("issue"),
            "start_page": first, "end_page": last, "doi": study["doi"], "accession_number": study["pmid"], "custom2": study["pmcid"],
            "name_of_database": "PubMed" if study["pmid"] else "",
        }  # fmt: skip
        entries.append({name: held for name, held in entry.items() if held})
    return rispy.dumps(entries)
