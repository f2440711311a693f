"""The screening page: records with title and abstract, in or out with a reason, and the counts of the flow as they stand."""

from __future__ import annotations

import re

from starlette.requests import Request
from starlette.responses import Response

from pipeline import screen, screening_ledger
from pipeline.hits import Ledger
from pipeline.protocol import Review
from pipeline.web_pages import desk_of, show

SHOWN = {"pending": "To decide", "in": "In", "out": "Out", "all": "All records"}


def screening(request: Request, part: bool = False, note: str = "", after: str = "", show_now: str = "") -> Response:
    """The records of one state, one of them open; after a decision the next one opens."""
    review = desk_of(request).review
    ledger = Ledger(review.corpus / "hits.jsonl")
    decided = screen.decisions(review, ledger)
    rows = screen.screened(list(ledger), decided, review.protocol)
    asked = show_now or request.query_params.get("show") or ("pending" if any(row["status"] == "pending" for row in rows) else "all")
    asked = asked if asked in SHOWN else "all"
    listed = [row for row in rows if asked in ("all", row["status"])]
    row = chosen(listed, rows, request.query_params.get("key") or "", after)
    hit = ledger.hits.get(row["key"]) if row else None
    return show(
        request, "screening_part.html" if part or request.headers.get("hx-request") else "screening.html",
        flow=screen.flow(list(ledger), rows), shown=SHOWN, asked=asked, records=listed, row=row, hit=hit, note=note,
        seen=screening_ledger.mark(decided.get(row["key"])) if row else "", log=screening_ledger.log(review, row["key"]) if row else [],
        text=marked(hit["abstract"] or "", review) if hit else [], totals={name: sum(name in ("all", r["status"]) for r in rows) for name in SHOWN},
        criteria=review.protocol.eligibility,
    )  # fmt: skip


def chosen(listed: list[dict], rows: list[dict], key: str, after: str) -> dict | None:
    """The record to open: the one asked for, or the one that follows the one just decided."""
    if key and not after:
        return next((row for row in rows if row["key"] == key), None)
    later = [row for row in listed if row["key"] > after and row["key"] != after]
    return (later or [row for row in listed if row["key"] != after] or listed or [None])[0]


def marked(text: str, review: Review) -> list[tuple[str, bool]]:
    """A text in pieces, each with whether it is a word of the search's key phrases."""
    phrases = [version for phrase in review.protocol.search.key_phrases for version in phrase.versions]
    words = {word for phrase in phrases for word in re.findall(r"[a-z]{4,}", phrase.lower()) if word not in ("with", "from", "that")}
    if not words or not text:
        return [(text, False)]
    pieces = re.split(rf"(\b(?:{'|'.join(sorted(map(re.escape, words), key=len, reverse=True))})\w*)", text, flags=re.IGNORECASE)
    return [(piece, number % 2 == 1) for number, piece in enumerate(pieces) if piece]
