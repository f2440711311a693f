"""Scaffold: the folders of a new review, `schemas/<key>/` to be written and `corpus/<key>/` to be filled."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from string import Template

from pipeline import curate, screen
from pipeline.files import InputError, tsv_text, write_atomic
from pipeline.protocol import ROOT, Review

TEMPLATES = Path(__file__).resolve().parent / "templates" / "new"
#: How a place begins that waits for the reviewers' words.
UNWRITTEN = "TO WRITE"
ASKED = {"protocol.yaml": "protocol.yaml", "fields.yaml": "fields.yaml", "vocabularies/agents.yaml": "agents.yaml"}
LEDGERS = {"screening.tsv": screen.COLUMNS, "corrections.tsv": curate.COLUMNS, "curators.tsv": screen.CURATOR_COLUMNS}


def create(name: str, root: Path = ROOT, today: dt.date | None = None) -> list[Path]:
    """Lay out a review and return the files written; raises InputError where the name cannot be one or is taken."""
    if not re.fullmatch(r"[a-z][a-z0-9_]{1,30}", name):
        raise InputError(f"{name!r} cannot be a review's name: write 2 to 31 small letters, digits or _, a letter first")
    asked, corpus = Path(root) / "schemas" / name, Path(root) / "corpus" / name
    taken = [folder for folder in (asked, corpus) if folder.exists()]
    if taken or name == "vocabularies":
        raise InputError(
            f"{(taken or [asked])[0]}: is there already; choose another name, or delete it yourself if it is to be laid out anew"
        )
    filled = {"key": name, "to": f"{(today or dt.date.today()).year}-12-31"}
    files = {asked / path: Template((TEMPLATES / held).read_text(encoding="utf-8")).substitute(filled) for path, held in ASKED.items()}
    files |= {corpus / path: tsv_text([], columns) for path, columns in LEDGERS.items()}
    files[corpus / "inbox" / ".gitkeep"] = ""
    for path, text in files.items():
        write_atomic(path, text)
    Review(name, root)
    return list(files)


def unwritten(review: Review) -> list[str]:
    """The lines of a review's files that still wait for words, as file and line."""
    paths = sorted(review.schemas.glob("*.yaml"))
    lines = [(path, number, line) for path in paths for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)]
    return [f"{path}:{number}" for path, number, line in lines if UNWRITTEN in line.partition("#")[0]]


def refuse_unwritten(review: Review) -> None:
    """Raise InputError where the protocol is not written yet: a query of placeholders would enter records that nobody asked for."""
    places = unwritten(review)
    if places:
        raise InputError(f"{places[0]}: still says {UNWRITTEN} ({len(places)} places in all); write what is asked before searching")
