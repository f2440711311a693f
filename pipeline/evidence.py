"""What stands behind a value: its quote in context, its place, who made it, and what it overruled; the content of the page's panel."""

from __future__ import annotations

from pipeline.records import Document, Passage
from pipeline.statements import WRITERS

AROUND = 240  # characters of context on either side of a quote


def said(finding: dict) -> str:
    """One finding in words, as a cell would say it."""
    if finding.get("status") == "not_reported" or finding.get("value") == "not_reported":
        return "not reported"
    return "; ".join(line.text for line in WRITERS[finding["field"]]([finding]))


def passage_of(document: Document | None, finding: dict) -> tuple[Passage, int, int] | None:
    """The passage that a finding was read from and the quote's characters in it."""
    quote = finding.get("quote") or ""
    if document is None or not quote:
        return None
    number = finding.get("passage")
    likely = [passage for passage in document.passages if passage.number == number]
    for passage in [*likely, *document.passages]:
        at = passage.text.find(quote)
        if at >= 0:
            return passage, at, at + len(quote)
    return None


def context(document: Document | None, finding: dict) -> dict:
    """The quote with the words around it, or with the row of the table it stands in."""
    quote = finding.get("quote") or ""
    found = passage_of(document, finding)
    if found is None:
        return {"before": "", "quote": quote, "after": ""}
    passage, start, end = found
    if passage.kind == "cell" and passage.row is not None:
        return {"before": "", "quote": quote, "after": "", "table": table_rows(document, passage)}
    before, after = passage.text[max(0, start - AROUND) : start], passage.text[end : end + AROUND]
    if start > AROUND:
        before = "… " + before.partition(" ")[2]
    if end + AROUND < len(passage.text):
        after = after.rpartition(" ")[0] + " …"
    return {"before": before, "quote": quote, "after": after}


def table_rows(document: Document, passage: Passage) -> dict:
    """The table's caption, its head and the row of one cell, that cell marked."""
    held = [other for other in document.passages if other.table == passage.table]
    cells = [other for other in held if other.kind == "cell" and other.row is not None]
    heads = sorted({other.row for other in cells if other.is_head and other.row < passage.row})[:3]
    rows = []
    for number in [*heads, passage.row]:
        row = sorted((other for other in cells if other.row == number), key=lambda other: other.col or 0)
        rows.append([{"text": other.text, "head": other.is_head, "span": other.col_span, "mark": other is passage} for other in row])
    caption = next((other.text for other in held if other.kind == "caption"), passage.table or "")
    return {"caption": caption, "rows": rows}


def history(finding: dict) -> dict:
    """Who is behind a value: the rule or the person, why, and what the machine had read instead."""
    keys = ("made_by", "curator", "reason", "correction_status", "overruled")
    return {"status": finding.get("status") or "machine", **{key: finding.get(key) or "" for key in keys}}


def panel(finding: dict, document: Document | None) -> dict:
    """All that a value's panel shows but the picture: the fact in words, its quote in context, its place and its history."""
    place = finding.get("place") or {}
    mentions = [
        {
            "quote": other.get("quote") or "",
            "section": (other.get("place") or {}).get("section") or "",
            "page": (other.get("place") or {}).get("page"),
        }
        for other in finding.get("evidence") or []
    ]
    shown = {"said": said(finding), "section": place.get("section") or "", "page": place.get("page"), "mentions": mentions}
    return {**shown, **context(document, finding), **history(finding)}
