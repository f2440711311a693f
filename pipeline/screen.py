"""Screen: mechanical filters first, people's word over them; every record ends as in, out (with its reason) or pending."""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from collections.abc import Iterable

from pipeline.files import InputError, read_tsv, write_atomic, write_jsonl
from pipeline.hits import PUBMED, Ledger
from pipeline.protocol import Protocol, Review

COLUMNS = ("key", "decision", "reason", "curator", "date")
CURATOR_COLUMNS = ("id", "name", "note")
MACHINE = "filter"

#: PubMed's language codes (MARC) of the languages that protocols and reference lists name in words.
LANGUAGES = {
    "arabic": "ara", "chinese": "chi", "czech": "cze", "danish": "dan", "dutch": "dut", "english": "eng", "finnish": "fin", "french": "fre",
    "german": "ger", "greek": "gre", "hebrew": "heb", "hungarian": "hun", "italian": "ita", "japanese": "jpn", "korean": "kor",
    "norwegian": "nor", "persian": "per", "polish": "pol", "portuguese": "por", "romanian": "rum", "russian": "rus", "serbian": "srp",
    "spanish": "spa", "swedish": "swe", "thai": "tha", "turkish": "tur", "ukrainian": "ukr", "vietnamese": "vie",
}  # fmt: skip


def language_code(word: str) -> str:
    """PubMed's code of a language named in words or by its code: English, en and eng are eng."""
    bare = word.strip().lower()
    two = {"en": "eng", "fr": "fre", "de": "ger", "es": "spa", "it": "ita", "zh": "chi", "ja": "jpn", "pt": "por", "ru": "rus"}
    return LANGUAGES.get(bare) or two.get(bare[:2] if len(bare) in (2, 5) else "", bare)


def _published_within(hit: dict, first: dt.date, last: dt.date) -> bool:
    """Whether a publication date, in print or ahead of it, may lie in the range; a year alone stands for all of its days."""
    dates = [date for date in (hit["pdat"], hit["epdat"]) if date] or ([str(hit["year"])] if hit["year"] else [])
    if not dates:
        return True
    spans = [(date + "-01-01"[len(date) - 4 :], date + "-12-31"[len(date) - 4 :]) for date in dates]
    return any(latest >= f"{first}" and earliest <= f"{last}" for earliest, latest in spans)


def filtered_out(hit: dict, protocol: Protocol) -> str:
    """Why the mechanical filters put a record out, or "" where they let it pass. What a record does not say is not held against it."""
    asks, types = protocol.search, hit["publication_types"]
    if is_retracted(hit):
        return "retracted"
    excluded = [kind for kind in protocol.eligibility.excluded_publication_types if kind in types]
    if excluded:
        return f"publication type: {excluded[0]}"
    if hit["language"] and language_code(asks.language) not in map(language_code, hit["language"]):
        return f"language: {', '.join(hit['language'])}"
    if not _published_within(hit, asks.published_from, asks.published_to or dt.date.max):
        return f"published outside {asks.years}" if asks.published_to else f"published before {asks.published_from}"
    return ""


def is_retracted(hit: dict) -> bool:
    """Whether the record itself says that the paper was retracted."""
    return "Retracted Publication" in hit["publication_types"] or any(notice["type"] == "RetractionIn" for notice in hit["notices"])


def curators(review: Review) -> set[str]:
    """The ids of curators.tsv."""
    path = review.corpus / "curators.tsv"
    rows = read_tsv(path, CURATOR_COLUMNS)
    for row in rows:
        if not row["id"]:
            raise InputError(f"{path}:{row['line']}: id is empty; give an ORCID or a short name")
    return {row["id"] for row in rows}


def decisions(review: Review, ledger: Ledger) -> dict[str, dict]:
    """People's decisions by key, of screening.tsv; raises InputError with file, line and what is allowed."""
    path = review.corpus / "screening.tsv"
    known = curators(review)
    current = {former: hit["key"] for hit in ledger for former in hit["former_keys"]}
    decided: dict[str, dict] = {}
    for row in read_tsv(path, COLUMNS):
        where = f"{path}:{row['line']}"
        key = current.get(row["key"], row["key"])
        check_decision(row, where, known)
        if key not in ledger.hits:
            raise InputError(f"{where}: {row['key']} is no record of {ledger.path.name}; look the key up there")
        earlier = decided.get(key)
        if earlier and earlier["decision"] != row["decision"]:
            raise InputError(
                f"{where}: {key} is {row['decision']} here and {earlier['decision']} in line {earlier['line']}; settle it and keep one"
            )
        decided[key] = row
    return decided


def check_decision(row: dict, where: str, known: set[str]) -> None:
    """Raise InputError for a decision that does not say what, why, who and when."""
    if row["decision"] not in ("in", "out"):
        raise InputError(f"{where}: decision {row['decision']!r}; allowed: in, out")
    if row["decision"] == "out" and not row["reason"].strip():
        raise InputError(f"{where}: {row['key']} is out without a reason; write why")
    if row["curator"] not in known:
        raise InputError(f"{where}: curator {row['curator']!r} is not in curators.tsv; known: {', '.join(sorted(known)) or 'none'}")
    try:
        dt.date.fromisoformat(row["date"])
    except ValueError as error:
        raise InputError(f"{where}: date {row['date']!r}; write it as 2026-01-31") from error


def screened(hits: Iterable[dict], decided: dict[str, dict], protocol: Protocol) -> list[dict]:
    """A row for each record: key, status (in, out, pending), reason, by (the filter or a curator) and what the filter said."""
    rows = []
    for hit in hits:
        said, judged = filtered_out(hit, protocol), decided.get(hit["key"])
        row = {"key": hit["key"], "label": hit["label"], "status": "pending", "reason": "", "by": "", "filter": said}
        if judged:
            row |= {"status": judged["decision"], "reason": judged["reason"], "by": judged["curator"]}
        elif said:
            row |= {"status": "out", "reason": said, "by": MACHINE}
        rows.append(row)
    return rows


def flow(hits: Iterable[dict], rows: list[dict]) -> dict:
    """The counts of a PRISMA flow up to screening; raises ValueError where they do not add up."""
    found = Counter(source for hit in hits for source in hit["found_by"])
    found[PUBMED] += sum(len(hit["duplicates"]) for hit in hits)
    others = {source: count for source, count in sorted(found.items()) if source != PUBMED}
    automation = Counter(row["reason"] for row in rows if row["by"] == MACHINE)
    excluded = Counter(row["reason"] for row in rows if row["status"] == "out" and row["by"] != MACHINE)
    status = Counter(row["status"] for row in rows)
    counts = {
        "databases": {"PubMed": found[PUBMED]},
        "others": others,
        "duplicates": found.total() - len(rows),
        "automation": dict(sorted(automation.items())),
        "screened": len(rows) - automation.total(),
        "screened_by_people": excluded.total() + status["in"],
        "excluded": dict(sorted(excluded.items())),
        "pending": status["pending"],
        "included": status["in"],
    }
    left = counts["screened"] - excluded.total() - counts["pending"]
    if left != counts["included"] or counts["duplicates"] < 0 or any(not hit["found_by"] for hit in hits):
        raise ValueError(f"the counts of screening do not add up: {counts}")
    return counts


def run(review: Review) -> dict:
    """Screen every record into build/<review>/screened.jsonl; returns the counts, and warnings where people kept what was retracted."""
    ledger = Ledger(review.corpus / "hits.jsonl")
    hits = list(ledger)
    rows = screened(hits, decisions(review, ledger), review.protocol)
    counts = flow(hits, rows)
    warned = [f"{row['key']}: kept by {row['by']}, but retracted" for row in rows if row["status"] == "in" and row["filter"] == "retracted"]
    write_jsonl(review.build / "screened.jsonl", rows)
    write_atomic(review.build / "screening.json", json.dumps(counts, indent=2, ensure_ascii=False) + "\n")
    return counts | {"warnings": warned}
