"""Documents of any kind into passages; and the stage that reads every paper of a review in worker processes."""

from __future__ import annotations

import gzip
import importlib.metadata
import json
import os
import re
import shutil
from collections.abc import Iterator
from functools import cache, partial
from pathlib import Path

import pypdfium2
from rich.progress import Progress

from pipeline import jats, ocr, pdf_recover, plain_text
from pipeline.files import InputError, Unreadable, sha256, write_atomic, write_jsonl
from pipeline.fingerprint import digest, sources
from pipeline.protocol import Review
from pipeline.records import Document
from pipeline.sources import ABSTRACT, PREFERENCE, Sources
from pipeline.worker import Failure, map_isolated

TIME_LIMIT = 900.0  # seconds a document: a scanned paper of 30 pages
MEMORY_LIMIT = 4096  # MB of address space a worker
LIBRARIES = ("lxml", "pypdfium2", "pdfplumber", "pytesseract")
FOREIGN = (
    (b"PK\x03\x04", "a ZIP archive or an Office file; save it as PDF or text"),
    (b"\xd0\xcf\x11\xe0", "an old Office file; save it as PDF or text"),
    (b"\x1f\x8b", "compressed with gzip; unpack it first"),
    (b"\x89PNG", "a picture; make it a PDF"),
    (b"\xff\xd8\xff", "a picture; make it a PDF"),
)
HTML = re.compile(rb"^\s*(?:<!doctype\s+html|<html)", re.IGNORECASE)
TAG = re.compile(rb"<[^>]+>")


def read_document(path: Path, paper: str | None = None) -> Document:
    """The document of a PDF, JATS or text file, told apart by content. Raises Unreadable with the reason, or InputError if missing."""
    path = Path(path)
    abstract = path.name.endswith(ABSTRACT)
    paper = path.name.removesuffix(ABSTRACT if abstract else path.suffix) if paper is None else paper
    try:
        with open(path, "rb") as file:
            start = file.read(4096)
    except OSError as error:
        raise InputError(f"{path}: cannot be opened ({error.strerror})") from error
    if not start.strip(b"\x00 \t\r\n"):
        raise Unreadable("empty file (0 bytes); fetch it again" if not start else "holds nothing but blanks; fetch it again")
    kind = kind_of(start)
    as_text = partial(plain_text.read_text, abstract=abstract)
    reader = {"pdf": read_any_pdf, "xml": jats.read_jats, "text": as_text}[kind]
    document = reader(path, paper)
    if not any(passage.text for passage in document.passages):
        raise Unreadable("holds no text")
    return document


def kind_of(start: bytes) -> str:
    """`pdf`, `xml` or `text`, from a file's first bytes. Raises Unreadable for what is none of them."""
    if b"%PDF-" in start[:1024]:
        return "pdf"
    if HTML.match(start.removeprefix(b"\xef\xbb\xbf")):
        words = b" ".join(TAG.sub(b" ", start).split())[:80].decode("utf-8", errors="replace")
        raise Unreadable(f"a web page, not the paper ({words!r})")
    for magic, reason in FOREIGN:
        if start.startswith(magic):
            raise Unreadable(reason)
    text = start.removeprefix(b"\xef\xbb\xbf").lstrip()
    return "xml" if text.startswith((b"<?xml", b"<!DOCTYPE", b"<!--", b"<article", b"<pmc-articleset", b"<")) else "text"


def read_any_pdf(path: Path, paper: str) -> Document:
    """A PDF's document; pages that are pictures of text go through OCR first."""
    from pipeline import pdf

    opened = open_pdf(path)
    try:
        scans = ocr.scanned_pages(opened)
        if not scans:
            return noted(pdf.read_pdf(path, paper), path)
        with ocr.with_text(opened, scans) as recognised:
            return noted(ocr.mark(pdf.read_pdf(recognised, paper), scans), path)
    except pypdfium2.PdfiumError as error:
        raise Unreadable(f"damaged PDF ({error}); fetch the file again") from error
    finally:
        opened.close()


def open_pdf(path: Path) -> pypdfium2.PdfDocument:
    """The PDF opened, its pages counted. Raises Unreadable that says what is wrong with it."""
    try:
        opened = pdf_recover.opened(path)
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower():
            raise Unreadable("encrypted: it opens only with a password; save a copy without one") from error
        if pdf_recover.is_cut_off(path):
            raise Unreadable("truncated: the file ends before its end mark and no page can be recovered; fetch it again") from error
        raise Unreadable("not a valid PDF: it has a PDF's first line and no pages that can be read; fetch it again") from error
    if len(opened) == 0:
        opened.close()
        raise Unreadable("a PDF without pages; fetch it again")
    return opened


def noted(document: Document, path: Path) -> Document:
    """The document, with a note where its file was cut off: which pages were recovered, and how many are missing."""
    found = pdf_recover.recovered(path)
    if found is not None:
        document.notes.append(found.told)
    elif pdf_recover.is_cut_off(path):
        document.notes.append("truncated file: every page could be read")
    return document


@cache
def fingerprint() -> str:
    """What the parsed form depends on besides the file: the code that parses, its libraries, and whether OCR is at hand."""
    libraries = [f"{name} {importlib.metadata.version(name)}" for name in LIBRARIES]
    return digest(sources("jats", "pdf", "ocr", "plain_text"), *libraries, "tesseract" if shutil.which("tesseract") else "no tesseract")


def parsed_path(review: Review, key: str) -> Path:
    """Where a paper's parsed document stands."""
    return review.build / "parsed" / f"{key}.json.gz"


def read_parsed(path: Path) -> Document:
    """The document of a parsed file."""
    return Document.from_json(gzip.decompress(Path(path).read_bytes()).decode("utf-8"))


def documents(review: Review) -> Iterator[Document]:
    """Every parsed document of a review, in the order of its keys."""
    for key in sorted(read_index(review)["papers"]):
        yield read_parsed(parsed_path(review, key))


def read_index(review: Review, name: str = "index.json") -> dict[str, dict]:
    """What was read before: `papers` by key, and `unreadable` files by sha256."""
    path = review.build / "parsed" / name
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {"papers": {}, "unreadable": {}}


def parse_one(job: tuple[str, str, str, str]) -> dict:
    """Read one paper's file and write its parsed form; job is (key, kind, file, where to write). Runs in a worker process."""
    key, _, file, target = job
    document = read_document(Path(file), key)
    write_atomic(Path(target), gzip.compress(document.to_json().encode("utf-8"), compresslevel=5, mtime=0))
    return {"source": document.source, "passages": len(document.passages), "notes": document.notes}


def candidates(review: Review) -> dict[str, list[dict]]:
    """Each paper's rows of sources.tsv with the `path` of their file (None where it is not here), best kind first."""
    sources = Sources(review)
    found: dict[str, list[dict]] = {}
    for (key, kind), row in sorted(sources.rows.items(), key=lambda held: (held[0][0], PREFERENCE.index(held[0][1]))):
        path = sources.file(key, kind)
        found.setdefault(key, []).append({**row, "path": path if path.is_file() else None})
    return found


def run(review: Review, jobs: int | None = None) -> dict:
    """Read each paper's best source that can be read; write build/<review>/parsed/ and skipped.jsonl; returns the counts.

    A file that was read before by the same code is not read again.
    """
    stage = Stage(review)
    sources = candidates(review)
    left = sources
    while left:
        todo = [source for key, rows in left.items() if (source := stage.next_source(key, rows))]
        stage.read_round(todo, jobs or os.cpu_count() or 1)
        left = {key: rows for key, rows in left.items() if key not in stage.papers and rows}
    stage.write()
    unread = sorted(set(sources) - set(stage.papers))
    counts = {"papers": len(sources), "parsed": len(stage.papers), "read_anew": stage.read_anew, "skipped_files": len(stage.skipped)}
    return {**counts, "papers_without_text": unread}


class Stage:
    """One run of the stage: what was known, what is read now, what is skipped and why."""

    def __init__(self, review: Review) -> None:
        self.review = review
        self.known = read_index(review)
        for kind, entries in read_index(review, "unfinished.json").items():
            self.known[kind].update(entries)
        self.papers: dict[str, dict] = {}
        self.unreadable: dict[str, dict] = {}
        self.skipped: list[dict] = []
        self.read_anew = 0

    def skip(self, key: str, file: str, reason: str) -> None:
        """Enter a file among those that were not read."""
        self.skipped.append({"paper": key, "file": file, "reason": reason})

    def next_source(self, key: str, rows: list[dict]) -> dict | None:
        """The paper's next source to read, or None if it was read before or has none left; rows are used up in their order."""
        while rows:
            row = rows.pop(0)
            if row["path"] is None:
                self.skip(key, row["file"], "the file is not here; run `make acquire`")
                continue
            digest = sha256(row["path"])
            if row["sha256"] and digest != row["sha256"]:
                self.skip(key, row["file"], "differs from the file that sources.tsv records (sha256); run `make acquire`")
                continue
            failed = self.known["unreadable"].get(digest)
            if failed and failed["fingerprint"] == fingerprint():
                self.unreadable[digest] = failed
                self.skip(key, row["file"], failed["reason"])
                continue
            entry = {"sha256": digest, "fingerprint": fingerprint(), "file": row["file"], "kind": row["kind"]}
            before = self.known["papers"].get(key, {})
            if {name: before.get(name) for name in entry} == entry and parsed_path(self.review, key).exists():
                self.papers[key] = before
                return None
            return {"key": key, "path": row["path"], "entry": entry}
        return None

    def read_round(self, todo: list[dict], workers: int) -> None:
        """Read files in worker processes; each is entered as read or as skipped."""
        work = [
            (source["key"], source["entry"]["kind"], str(source["path"]), str(parsed_path(self.review, source["key"]))) for source in todo
        ]
        self.read_anew += len(work)
        with Progress(transient=True, disable=not work) as bar:
            task = bar.add_task("reading papers", total=len(work))
            advance = partial(bar.update, task)
            outcomes = map_isolated(
                parse_one, work, TIME_LIMIT, MEMORY_LIMIT, max(1, min(workers, len(work))), lambda done: advance(completed=done)
            )
            for source, (_, outcome) in zip(todo, outcomes, strict=True):
                self.enter(source, outcome)
                self.write_index("unfinished.json")

    def enter(self, source: dict, outcome: dict | Failure) -> None:
        """Enter one outcome; a file that cannot be read is remembered, a time-out or a crash is tried again."""
        entry = source["entry"]
        if not isinstance(outcome, Failure):
            self.papers[source["key"]] = {**entry, **outcome}
            return
        self.skip(source["key"], entry["file"], outcome.reason)
        if outcome.kind == "unreadable":
            self.unreadable[entry["sha256"]] = {"fingerprint": entry["fingerprint"], "reason": outcome.reason}

    def write(self) -> None:
        """Write the index and the skipped files, and remove parsed forms that no paper has any more."""
        tidy(self.review, self.papers)
        rows = sorted(self.skipped, key=lambda row: (row["paper"], row["file"], row["reason"]))
        write_jsonl(self.review.build / "skipped.jsonl", rows)
        self.write_index("index.json")
        (self.review.build / "parsed" / "unfinished.json").unlink(missing_ok=True)

    def write_index(self, name: str) -> None:
        """Write what was read, under another name after each paper: a run that is killed need not read it again."""
        index = {"papers": self.papers, "unreadable": self.unreadable}
        text = json.dumps(index, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
        write_atomic(self.review.build / "parsed" / name, text)


def tidy(review: Review, index: dict) -> None:
    """Remove the parsed forms of papers that are no longer sources."""
    for path in (review.build / "parsed").glob("*.json.gz"):
        if path.name.removesuffix(".json.gz") not in index:
            path.unlink()
