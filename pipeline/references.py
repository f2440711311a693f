"""Import of a reference list (RIS, NBIB, CSV): records found elsewhere than by the query, entered into the ledger as such."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from collections.abc import Callable
from pathlib import Path

import rispy
from Bio import Medline

from pipeline.files import InputError, locked
from pipeline.hits import Ledger, plain_doi
from pipeline.protocol import Review

CSV_COLUMNS = (
    "key", "label", "pmid", "pmcid", "doi", "title", "authors", "journal", "year", "volume", "issue", "pages", "language", "abstract",
)  # fmt: skip
CSV_NAMES = {"id": "key", "author": "authors", "publication year": "year", "journal/book": "journal", "pubmed id": "pmid"}


def _year(text: object) -> int | None:
    found = re.search(r"\b(1[89]|20)\d\d\b", str(text or ""))
    return int(found.group(0)) if found else None


def _pmid(text: object) -> str:
    found = re.fullmatch(r"\s*(?:PMID:?\s*)?(\d{1,8})\s*", str(text or ""), re.I)
    return found.group(1) if found else ""


def _pmcid(text: object) -> str:
    found = re.search(r"PMC\d+", str(text or ""), re.I)
    return found.group(0).upper() if found else ""


def from_ris(text: str, path: Path) -> list[dict]:
    """Records of a RIS file; ID carries the study's key, LB its label, AN its PMID where DB says PubMed, C2 its PMCID."""
    if not re.search(r"^TY  - ", text, re.M):
        raise InputError(f"{path}:1: not RIS, which begins its entries with 'TY  - '")
    if len(re.findall(r"^TY  - ", text, re.M)) != len(re.findall(r"^ER  -", text, re.M)):
        raise InputError(f"{path}: an entry begins with TY and does not end with ER; the file may be cut short")
    try:
        entries = rispy.loads(text)
    except (OSError, ValueError, rispy.parser.ParseError) as error:
        raise InputError(f"{path}: not readable as RIS: {error}") from error
    return [_ris_record(entry) for entry in entries]


def _ris_record(entry: dict) -> dict:
    pages = "-".join(part for part in (entry.get("start_page"), entry.get("end_page")) if part)
    in_pubmed = re.search(r"pubmed|medline", entry.get("name_of_database", ""), re.I)
    return {
        "key": entry.get("id", ""),
        "label": entry.get("label", ""),
        "pmid": _pmid(entry.get("accession_number")) if in_pubmed else "",
        "pmcid": _pmcid(entry.get("custom2")),
        "doi": plain_doi(entry.get("doi", "")),
        "title": entry.get("title") or entry.get("primary_title", ""),
        "authors": entry.get("authors") or entry.get("first_authors", []),
        "journal": entry.get("alternate_title3") or entry.get("secondary_title") or entry.get("journal_name", ""),
        "year": _year(entry.get("year") or entry.get("publication_year") or entry.get("date")),
        "volume": entry.get("volume", ""),
        "issue": entry.get("number", ""),
        "pages": pages,
        "language": [entry["language"]] if entry.get("language") else [],
        "abstract": entry.get("abstract") or entry.get("notes_abstract", ""),
    }


def from_nbib(text: str, path: Path) -> list[dict]:
    """Records of PubMed's own export (MEDLINE format)."""
    entries = [entry for entry in Medline.parse(io.StringIO(text)) if entry]
    if not entries or not all("PMID" in entry for entry in entries):
        raise InputError(f"{path}:1: not MEDLINE format, whose entries begin with 'PMID- '")
    return [_nbib_record(entry) for entry in entries]


def _nbib_record(entry: dict) -> dict:
    doi = next((given for given in [*entry.get("AID", []), entry.get("LID", "")] if given.endswith("[doi]")), "")
    return {
        "pmid": entry["PMID"],
        "pmcid": _pmcid(entry.get("PMC")),
        "doi": plain_doi(doi.removesuffix("[doi]").strip()),
        "title": entry.get("TI", ""),
        "authors": entry.get("FAU") or entry.get("AU", []),
        "journal": entry.get("JT", ""),
        "year": _year(entry.get("DP")),
        "volume": entry.get("VI", ""),
        "issue": entry.get("IP", ""),
        "pages": entry.get("PG", ""),
        "language": entry.get("LA", []),
        "publication_types": entry.get("PT", []),
        "abstract": entry.get("AB", ""),
    }


def from_csv(text: str, path: Path) -> list[dict]:
    """Records of a CSV file with a heading line; authors are parted by semicolons. Raises InputError with file and line."""
    reader = csv.DictReader(io.StringIO(text, newline=""))
    names = {name: CSV_NAMES.get(name.strip().lower(), name.strip().lower()) for name in reader.fieldnames or []}
    if not {"title", "doi", "pmid"} & set(names.values()):
        raise InputError(f"{path}:1: no column title, doi or pmid; columns read: {', '.join(CSV_COLUMNS)}")
    records = []
    for row in reader:
        if None in row or None in row.values():
            raise InputError(f"{path}:{reader.line_num}: the row has not as many cells as the heading; quote cells that hold a comma")
        told = {names[name]: cell.strip() for name, cell in row.items() if names[name] in CSV_COLUMNS}
        if told.get("pmid") and not _pmid(told["pmid"]):
            raise InputError(f"{path}:{reader.line_num}: pmid {told['pmid']!r} is no number; leave it empty or write the digits")
        if told.get("year") and not _year(told["year"]):
            raise InputError(f"{path}:{reader.line_num}: year {told['year']!r} is none; write four digits")
        if any(told.values()):
            records.append(_csv_record(told))
    return records


def _csv_record(told: dict) -> dict:
    return told | {
        "pmid": _pmid(told.get("pmid")),
        "pmcid": _pmcid(told.get("pmcid")),
        "doi": plain_doi(told.get("doi", "")),
        "year": _year(told.get("year")),
        "authors": [name.strip() for name in told.get("authors", "").split(";") if name.strip()],
        "language": [told["language"]] if told.get("language") else [],
    }


READERS: dict[str, Callable[[str, Path], list[dict]]] = {".ris": from_ris, ".nbib": from_nbib, ".csv": from_csv}


def read(path: Path) -> list[dict]:
    """The records of a reference list, by the file's ending; raises InputError naming file and place."""
    path = Path(path)
    reader = READERS.get(path.suffix.lower())
    if reader is None:
        raise InputError(f"{path}: unknown kind of reference list; known endings: {', '.join(READERS)}")
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise InputError(f"{path}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: not UTF-8 at byte {error.start}; save it as UTF-8") from error
    records = reader(text, path)
    for number, record in enumerate(records, 1):
        if not any(record.get(name) for name in ("pmid", "doi", "pmcid", "title", "key")):
            raise InputError(f"{path}: entry {number}: no identifier, title or key (ID) to know it by; add one")
    return records


def import_file(review: Review, path: Path, today: dt.date | None = None) -> dict:
    """Enter a reference list's records into hits.jsonl; returns how many were read, new, changed and the same."""
    records = read(path)
    told = {"read": len(records), "new": 0, "changed": 0, "same": 0}
    with locked(review.corpus):
        ledger = Ledger(review.corpus / "hits.jsonl")
        for record in records:
            outcome, _ = ledger.add(record, f"reference list: {Path(path).name}", f"{today or dt.date.today()}")
            told[outcome] += 1
        ledger.save()
    return told
