"""Corrections out of a review and into it, as tab-separated text or an Excel workbook; what goes out comes in again unchanged."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from dataclasses import dataclass, field

from filelock import Timeout
from openpyxl import Workbook, load_workbook
from openpyxl.styles import Font
from openpyxl.utils.exceptions import InvalidFileException

from pipeline import curate
from pipeline.curate import COLUMNS
from pipeline.files import InputError, locked, read_tsv, tsv_text, write_atomic
from pipeline.numeric import show
from pipeline.protocol import Review

SHEET = "corrections"
WIDTHS = {"paper": 16, "quote": 60, "replaces": 44, "reason": 40, "arm": 28, "curator": 22, "time": 30}


@dataclass(slots=True)
class Outcome:
    """What an import did, or would do: new rows, how many the ledger has already, and what is wrong with the others."""

    new: list[dict] = field(default_factory=list)
    known: int = 0
    wrong: list[str] = field(default_factory=list)


def as_tsv(review: Review) -> bytes:
    """The ledger as tab-separated text."""
    return tsv_text(curate.read_rows(review), COLUMNS).encode("utf-8")


def as_xlsx(review: Review) -> bytes:
    """The ledger as a workbook; every cell is text, so that neither numbers nor formulas are made of what people wrote."""
    book = Workbook()
    sheet = book.active
    sheet.title = SHEET
    sheet.append(COLUMNS)
    for number, row in enumerate(curate.read_rows(review), 2):
        for column, name in enumerate(COLUMNS, 1):
            cell = sheet.cell(number, column)
            cell.number_format = "@"
            if row[name]:
                cell.value = row[name]
                cell.data_type = "s"
    for column, name in enumerate(COLUMNS, 1):
        head = sheet.cell(1, column)
        head.font = Font(bold=True)
        sheet.column_dimensions[head.column_letter].width = WIDTHS.get(name, 12)
    sheet.freeze_panes = "A2"
    book.properties.created = book.properties.modified = dt.datetime(2000, 1, 1)  # the same rows give the same bytes
    out = io.BytesIO()
    book.save(out)
    return dated(out.getvalue())


def dated(archive: bytes) -> bytes:
    """A ZIP archive whose entries bear no time of their making."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(archive)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for entry in source.infolist():
            target.writestr(zipfile.ZipInfo(entry.filename, (2000, 1, 1, 0, 0, 0)), source.read(entry), zipfile.ZIP_DEFLATED)
    return out.getvalue()


def read_table(name: str, content: bytes, review: Review) -> list[dict]:
    """The rows of an uploaded table with their line numbers. Raises InputError where it is neither kind, or has unknown columns."""
    if content.startswith(b"PK\x03\x04"):
        return read_xlsx(name, content)
    if b"\x00" in content[:4096] or name.lower().endswith((".xls", ".ods", ".pdf")):
        raise InputError(f"{name}: neither tab-separated text nor an .xlsx workbook; save it as one of them")
    beside = review.build / "upload.tsv"
    try:
        write_atomic(beside, content.decode("utf-8-sig"))
        return read_tsv(beside, COLUMNS)
    except UnicodeDecodeError as error:
        raise InputError(f"{name}: not UTF-8 text (byte {error.start}); save it as UTF-8") from error
    except InputError as error:
        raise InputError(str(error).replace(str(beside), name)) from error
    finally:
        beside.unlink(missing_ok=True)


def read_xlsx(name: str, content: bytes) -> list[dict]:
    """The rows of a workbook's first sheet, or of the one named corrections."""
    try:
        book = load_workbook(io.BytesIO(content), read_only=False, data_only=True)
    except (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, OSError) as error:
        raise InputError(f"{name}: not an Excel workbook ({error}); save it as .xlsx") from error
    sheet = book[SHEET] if SHEET in book.sheetnames else book.worksheets[0]
    lines = sheet.iter_rows(values_only=True)
    heading = [text_of(held) for held in next(lines, ())]
    while heading and not heading[-1]:
        heading.pop()
    unknown = [held for held in heading if held not in COLUMNS]
    if unknown or not heading:
        raise InputError(f"{name}:1: unknown column {', '.join(unknown) or '(none at all)'}; allowed: {', '.join(COLUMNS)}")
    rows = []
    for line, cells in enumerate(lines, 2):
        texts = [text_of(held) for held in cells[: len(heading)]]
        if any(texts):
            rows.append({**dict.fromkeys(COLUMNS, ""), **dict(zip(heading, texts)), "line": line})
    return rows


def text_of(held: object) -> str:
    """A cell as the text it shows; a spreadsheet may have made a number or a time of it."""
    if held is None:
        return ""
    if isinstance(held, dt.datetime):
        return held.replace(tzinfo=held.tzinfo or dt.UTC).isoformat(timespec="milliseconds")
    return show(held) if isinstance(held, (int, float)) and not isinstance(held, bool) else str(held)


def take_in(review: Review, name: str, content: bytes, curator: str, only_check: bool = False) -> Outcome:
    """Add a table's rows to the ledger: all of them, or none where one is wrong. Rows that the ledger has already are passed over.

    A row without curator or time gets `curator` and now. Raises NotSavedError where the ledger cannot be written.
    """
    uploaded = read_table(name, content, review)
    try:
        with locked(review.corpus):
            held = curate.read_rows(review)
            outcome = judged(review, name, uploaded, held, curator)
            if outcome.new and not outcome.wrong and not only_check:
                rows = sorted([*held, *outcome.new], key=curate.sort_key)
                write_atomic(curate.ledger(review), tsv_text(rows, COLUMNS))
    except (OSError, Timeout) as error:
        raise curate.NotSavedError(f"{curate.ledger(review)}: not saved ({error}); free the disk or the lock, then try again") from error
    return outcome


def judged(review: Review, name: str, uploaded: list[dict], held: list[dict], curator: str) -> Outcome:
    """Sort an upload's rows into new, known and wrong."""
    outcome, ids = Outcome(), {row["id"]: row for row in held}
    moment = dt.datetime.now(dt.UTC)
    fresh = []
    for number, row in enumerate(uploaded):
        line = row.pop("line")
        row = curate.tidy(row)
        row["curator"] = row["curator"] or curator
        row["time"] = row["time"] or (moment + dt.timedelta(milliseconds=number)).isoformat(timespec="milliseconds")
        row["id"] = row["id"] or curate.digest(row)
        if row["id"] not in ids:
            ids[row["id"]] = row
            fresh.append((line, row))
        elif {key: ids[row["id"]][key] for key in COLUMNS} == row:
            outcome.known += 1
        else:
            outcome.wrong.append(
                f"{name}:{line}: decision {row['id']} stands in the ledger with other words; empty its id to add it as a new decision"
            )
    context = curate.Context(review, [*held, *(row for _, row in fresh)])
    for line, row in fresh:
        try:
            decision = curate.decision_of(row, context, f"{name}:{line}", quote_must_stand=True)
            if decision.action == "undo" and decision.replaces not in ids:
                raise InputError(f"{name}:{line}: replaces: no decision has the id {decision.replaces}")
            outcome.new.append(row)
        except InputError as error:
            outcome.wrong.append(str(error))
    return outcome
