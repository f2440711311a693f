"""A paper beside the form: its pages as pictures, the words on them with their boxes, its passages, and where each finding stands."""

from __future__ import annotations

import io
import threading
from collections import OrderedDict
from pathlib import Path

import pypdfium2

from pipeline import curate, parse, pdf_recover
from pipeline.evidence import passage_of
from pipeline.files import InputError, Unreadable
from pipeline.overlay import locate
from pipeline.protocol import Review
from pipeline.records import Document, Passage

SCALE = 2.0  # pixels a point
KEPT = 40  # pictures of pages held in memory
_pictures: OrderedDict[tuple, bytes] = OrderedDict()
_pdfium = threading.Lock()  # the library is for one thread at a time


def file_of(review: Review, key: str) -> Path | None:
    """The file that a paper was read from; None where it is not here. Raises InputError for a path that leads out of the corpus."""
    entry = parse.read_index(review)["papers"].get(key)
    if entry is None:
        return None
    path = (review.papers / entry["file"]).resolve()
    if not path.is_relative_to(review.papers.resolve()):
        raise InputError(f"{entry['file']}: outside {review.papers}; mend corpus/{review.key}/sources.tsv")
    return path if path.is_file() else None


def page_picture(review: Review, key: str, number: int) -> bytes | None:
    """A page of a paper's PDF as PNG, counted from 1; None where there is no such page."""
    path = file_of(review, key)
    if path is None or path.suffix.lower() != ".pdf":
        return None
    mark = (str(path), path.stat().st_mtime_ns, number)
    with _pdfium:
        if mark not in _pictures:
            _pictures[mark] = drawn(path, number)
            while len(_pictures) > KEPT:
                _pictures.popitem(last=False)
        _pictures.move_to_end(mark)
        return _pictures[mark] or None


def drawn(path: Path, number: int) -> bytes:
    """The picture of a page; empty where the PDF has no such page. Raises Unreadable for a damaged file."""
    try:
        document = pdf_recover.opened(path)
    except pypdfium2.PdfiumError as error:
        raise Unreadable(f"{path.name}: {error}") from error
    try:
        if not 1 <= number <= len(document):
            return b""
        out = io.BytesIO()
        document[number - 1].render(scale=SCALE).to_pil().convert("RGB").quantize(64).save(out, "PNG")
        return out.getvalue()
    finally:
        document.close()


def layer(document: Document | None) -> list[list]:
    """The printed lines of a PDF in reading order: passage, start, end, page, box (points) and words."""
    if document is None or document.source != "pdf":
        return []
    return [
        [passage.number, line.start, line.end, line.page, *(round(edge, 1) for edge in line.bbox), passage.text[line.start : line.end]]
        for passage in document.passages for line in passage.lines if line.end > line.start
    ]  # fmt: skip


def rectangles(passage: Passage, start: int, end: int) -> list[list]:
    """The boxes that characters [start, end) cover, a line each: page, x0, top, x1, bottom; within a line by the share of its letters."""
    found = []
    for line in passage.lines:
        if line.start >= end or line.end <= start:
            continue
        x0, top, x1, bottom = line.bbox
        letter = (x1 - x0) / max(1, line.end - line.start)
        left, right = x0 + letter * max(0, start - line.start), x0 + letter * (min(end, line.end) - line.start)
        found.append([line.page, round(left, 1), round(top, 1), round(right, 1), round(bottom, 1)])
    return found


def mark_of(finding: dict, document: Document | None) -> dict:
    """Where a finding stands in its paper, for the page's script: passage and characters, and boxes on pages."""
    found = passage_of(document, finding)
    place = finding.get("place") or {}
    mark = {"id": finding["id"], "state": state_of(finding), "page": place.get("page"), "boxes": [], "passage": None}
    if found:
        passage, start, end = found
        mark |= {"passage": passage.number, "start": start, "end": end, "boxes": rectangles(passage, start, end)}
    if not mark["boxes"] and place.get("bbox") and place.get("page"):
        mark["boxes"] = [[place["page"], *place["bbox"]]]
    mark["page"] = mark["boxes"][0][0] if mark["boxes"] else mark["page"]
    return mark


def state_of(finding: dict) -> str:
    """A finding's state in one word, the most urgent first: drifted, unsupported, overruled, verified, corrected, machine..."""
    if finding.get("correction_status") in ("drifted", "unsupported") and finding["in_force"]:
        return finding["correction_status"]
    return finding["status"] if finding["in_force"] else "overruled"


def blocks(document: Document | None) -> list[dict]:
    """The paper's passages in reading order for its text view; the cells of a table come together as rows."""
    found: list[dict] = []
    for passage in document.passages if document else []:
        if passage.kind == "cell" and passage.table is not None and passage.row is not None:
            last = found[-1] if found else {}
            if last.get("table") != passage.table:
                found.append({"kind": "table", "table": passage.table, "rows": {}})
            found[-1]["rows"].setdefault(passage.row, []).append(passage)
        else:
            found.append({"kind": passage.kind, "passage": passage})
    for block in found:
        if block["kind"] == "table":
            block["rows"] = [sorted(cells, key=lambda cell: cell.col or 0) for _, cells in sorted(block["rows"].items())]
    return found


def document_of(review: Review, key: str) -> Document | None:
    """The paper as parsed; None where it was not."""
    return curate.document(review, key)


def place_of_quote(document: Document | None, quote: str) -> dict | None:
    """Where a person's quote stands: passage, start, end and place; None where it is not found."""
    where = locate(document, quote) if document and quote else None
    if where is None:
        return None
    passage = next(held for held in document.passages if held.number == where[0])
    return {
        "passage": where[0],
        "start": where[1],
        "end": where[2],
        "place": passage.place(*where[1:]),
        "quote": passage.text[where[1] : where[2]],
    }
