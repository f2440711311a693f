"""corpus/<review>/sources.tsv: which files of each paper there are, where they come from, and what may be done with them."""

from __future__ import annotations

import re
from pathlib import Path

from pipeline.files import InputError, read_tsv, sha256, tsv_text, write_atomic
from pipeline.hits import Ledger
from pipeline.protocol import Review

COLUMNS = ("key", "kind", "file", "url", "licence", "sha256", "retrieved")
ABSTRACT = ".abstract.txt"
#: Endings of the files in papers/, the longest first, and the kind each is.
ENDINGS = {
    ".specimen.xml": "specimen-jats",
    ".specimen.pdf": "specimen-pdf",
    ABSTRACT: "abstract",
    ".xml": "jats",
    ".pdf": "pdf",
    ".txt": "txt",
}
#: What is read of a paper, best first: a real full text stands over a specimen, any full text over an abstract.
PREFERENCE = ("jats", "pdf", "txt", "specimen-jats", "specimen-pdf", "abstract")
FULL_TEXT = ("jats", "pdf", "txt")
SPECIMEN_LICENCE = "MIT"


def kind_of(name: str) -> tuple[str, str] | None:
    """A file name's key and kind, or None for a file that is no paper."""
    for ending, kind in ENDINGS.items():
        if name.endswith(ending):
            return name.removesuffix(ending), kind
    return None


def file_name(key: str, kind: str) -> str:
    """The name in papers/ of a key's file of a kind."""
    return key + next(ending for ending, named in ENDINGS.items() if named == kind)


class Sources:
    """The rows of sources.tsv by key and kind."""

    def __init__(self, review: Review) -> None:
        self.path = review.corpus / "sources.tsv"
        self.papers = review.papers
        self.rows: dict[tuple[str, str], dict] = {}
        for row in read_tsv(self.path, COLUMNS):
            self._check(row)
            self.rows[row["key"], row["kind"]] = {name: row[name] for name in COLUMNS}

    def _check(self, row: dict) -> None:
        """Raise InputError with file and line for a row that cannot be."""
        where = f"{self.path}:{row['line']}"
        if row["kind"] not in PREFERENCE:
            raise InputError(f"{where}: kind {row['kind']!r}; allowed: {', '.join(PREFERENCE)}")
        if kind_of(row["file"]) != (row["key"], row["kind"]):
            raise InputError(f"{where}: file {row['file']!r}; expected {file_name(row['key'], row['kind'])}")
        if not re.fullmatch(r"[0-9a-f]{64}", row["sha256"]):
            raise InputError(f"{where}: sha256 is not 64 hexadecimal digits; delete the row to have it made anew")
        if (row["key"], row["kind"]) in self.rows:
            raise InputError(f"{where}: a second row for {row['file']}; keep one")

    def file(self, key: str, kind: str) -> Path:
        """Where a key's file of a kind lies, whether it is there or not."""
        return self.papers / file_name(key, kind)

    def has(self, key: str, kinds: tuple[str, ...]) -> bool:
        """Whether a file of one of these kinds is there."""
        return any(self.file(key, kind).exists() for kind in kinds)

    def differs(self, key: str, kind: str) -> bool:
        """Whether a file is there and is not the one that its row knows."""
        file, row = self.file(key, kind), self.rows.get((key, kind))
        return bool(row) and file.exists() and sha256(file) != row["sha256"]

    def enter(self, key: str, kind: str, url: str, licence: str, retrieved: str, digest: str = "") -> None:
        """Make or renew the row of a file that is there, or that is about to be: its SHA-256 is given then."""
        file = self.file(key, kind)
        cells = (key, kind, file.name, url, licence, digest or sha256(file), retrieved)
        self.rows[key, kind] = dict(zip(COLUMNS, cells, strict=True))

    def look(self, ledger: Ledger) -> dict[str, list[str]]:
        """Enter files that have no row and check those that have; returns the names added, changed, absent and unknown.

        A specimen belongs to the project and its row follows it; any other file that differs from its row is only reported.
        """
        told: dict[str, list[str]] = {"added": [], "changed": [], "absent": [], "unknown": []}
        for file in sorted(path for path in self.papers.glob("*") if not path.name.startswith(".")):
            key, kind = kind_of(file.name) or ("", "")
            if key not in ledger.hits:
                told["unknown"].append(file.name)
            elif (key, kind) not in self.rows:
                specimen = kind.startswith("specimen")
                self.enter(key, kind, "", SPECIMEN_LICENCE if specimen else "", ledger.hits[key]["first_seen"] if specimen else "")
                told["added"].append(file.name)
        for (key, kind), row in sorted(self.rows.items()):
            if not self.file(key, kind).exists():
                told["absent"].append(row["file"])
            elif self.differs(key, kind):
                told["changed"].append(row["file"])
                if kind.startswith("specimen"):
                    self.enter(key, kind, row["url"], row["licence"], row["retrieved"])
        return told

    def chosen(self) -> dict[str, dict]:
        """The row of the file to be read, for each key that has a file: the first of PREFERENCE that is there."""
        found: dict[str, dict] = {}
        for key, kind in sorted(self.rows, key=lambda place: (place[0], PREFERENCE.index(place[1]))):
            if key not in found and self.file(key, kind).exists():
                found[key] = self.rows[key, kind]
        return found

    def save(self) -> None:
        """Write the rows, sorted by key and then by preference."""
        order = sorted(self.rows, key=lambda place: (place[0], PREFERENCE.index(place[1])))
        write_atomic(self.path, tsv_text((self.rows[place] for place in order), COLUMNS))


def chosen(review: Review) -> dict[str, dict]:
    """The row of sources.tsv to be read for each key of a review that has a file."""
    return Sources(review).chosen()
