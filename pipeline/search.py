"""Search: ask PubMed the protocol's query and keep every record it ever returned in corpus/<review>/hits.jsonl.

The first search goes by publication date; an update by entry date since the last run, with the protocol's overlap, and by
modification date for the records already held. Each run leaves a line in corpus/<review>/searches.jsonl.
"""

from __future__ import annotations

import datetime as dt
import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

from lxml import etree

from pipeline import pubmed
from pipeline.entrez import MOST, Entrez, Found, HistoryExpiredError, read
from pipeline.files import NetworkError, locked, read_jsonl, write_atomic, write_jsonl
from pipeline.hits import PUBMED, Ledger
from pipeline.protocol import Review
from pipeline.scaffold import refuse_unwritten

PAGE = 200
FIRST_ENTRY = dt.date(1800, 1, 1)
Window = tuple[str, dt.date, dt.date]


def _ask(client: Entrez, term: str, window: Window | None) -> Found:
    return client.search(term, window and (window[0], f"{window[1]:%Y/%m/%d}", f"{window[2]:%Y/%m/%d}"))


def listing(client: Entrez, term: str, today: dt.date, window: Window | None = None) -> list[Found]:
    """Every PMID of a query, in slices that PubMed hands out whole; the slices' counts add up or NetworkError is raised.

    Slices are cut by entry date, for a record has one; by publication date it has two, and would stand in two slices.
    """
    whole = _ask(client, term, window)
    if whole.count <= MOST:
        return [whole]
    if window and window[0] != "edat":
        term = f'({term}) AND ("{window[1]:%Y/%m/%d}"[Date - Modification] : "{window[2]:%Y/%m/%d}"[Date - Modification])'
        window = None
    first, last = (window[1], window[2]) if window else (FIRST_ENTRY, today + dt.timedelta(days=1))
    slices = list(_slices(client, term, first, last))
    counted = sum(found.count for found in slices)
    if counted != whole.count:
        raise NetworkError(f"esearch: {whole.count} records, but {counted} in its slices by entry date; run the search again")
    return slices


def _slices(client: Entrez, term: str, first: dt.date, last: dt.date) -> Iterator[Found]:
    """The query cut in halves by entry date until each part fits."""
    found = _ask(client, term, ("edat", first, last))
    if found.count <= MOST:
        if found.count:
            yield found
    elif first == last:
        raise NetworkError(f"esearch: {found.count} records entered on {first}, more than PubMed hands out; narrow the query")
    else:
        middle = first + (last - first) // 2
        yield from _slices(client, term, first, middle)
        yield from _slices(client, term, middle + dt.timedelta(days=1), last)


def records(body: bytes) -> list[dict]:
    """The hits of an efetch answer; where it cannot be read whole, of each record that can be."""
    try:
        return list(pubmed.hits(read(body)))
    except NetworkError:
        root = etree.fromstring(body, etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=True))
        if len(root) < 2:
            return []
        declared = b'<?xml version="1.0"?><PubmedArticleSet>%s</PubmedArticleSet>'
        return [hit for record in root for hit in records(declared % etree.tostring(record))]


class Pages:
    """Records fetched so far in an unfinished run, kept in build/<review>/search/ so that the next run goes on from there."""

    def __init__(self, folder: Path, asked: dict) -> None:
        self.folder = folder
        note = folder / "run.json"
        held = json.loads(note.read_text(encoding="utf-8")) if note.exists() else {}
        ended = held.get("runs", asked["runs"]) < asked["runs"]  # killed after its last write: all of it is in the ledgers
        if ended or {name: held.get(name) for name in ("query", "mode")} != {name: asked[name] for name in ("query", "mode")}:
            shutil.rmtree(folder, ignore_errors=True)
            held = asked
            write_atomic(note, json.dumps(asked, ensure_ascii=False) + "\n")
        self.date: str = held["date"]
        self.records = {row["pmid"]: row for path in sorted(folder.glob("page-*.jsonl")) for row in read_jsonl(path)}
        self.number = len(list(folder.glob("page-*.jsonl")))
        entered = folder / "entered.json"
        self.entered = json.loads(entered.read_text(encoding="utf-8")) if entered.exists() else {"new": [], "changed": [], "gone": []}

    def keep(self, fetched: list[dict]) -> None:
        """Write a page down."""
        self.number += 1
        write_jsonl(self.folder / f"page-{self.number:05d}.jsonl", fetched)
        self.records.update({row["pmid"]: row for row in fetched})

    def note(self, told: dict[str, list[str]]) -> dict[str, list[str]]:
        """What this run enters into the ledger, with what it had entered before it was killed; written down before the ledger is."""
        sets = {name: {*told[name], *self.entered[name]} for name in self.entered}
        sets["changed"] -= sets["new"]
        self.entered = {name: sorted(pmids, key=int) for name, pmids in sets.items()}
        write_atomic(self.folder / "entered.json", json.dumps(self.entered) + "\n")
        return self.entered


def fetch(client: Entrez, slices: list[Found], wanted: set[str], pages: Pages, progress: Callable[[int, int], None]) -> list[str]:
    """Fetch the wanted records into `pages`; returns the PMIDs that PubMed listed but did not deliver."""
    for found in slices:
        for start in range(0, found.count, PAGE):
            page = found.pmids[start : start + PAGE]
            due = [pmid for pmid in page if pmid in wanted and pmid not in pages.records]
            if due and len(due) == len(page):
                found = _history_page(client, found, start, pages)
            elif due:
                pages.keep(records(client.fetch(due)))
            progress(len(wanted & pages.records.keys()), len(wanted))
    late = sorted(wanted - pages.records.keys(), key=int)
    for start in range(0, len(late), PAGE):
        pages.keep(records(client.fetch(late[start : start + PAGE])))
    progress(len(wanted & pages.records.keys()), len(wanted))
    return sorted(wanted - pages.records.keys(), key=int)


def _history_page(client: Entrez, found: Found, start: int, pages: Pages) -> Found:
    """Fetch a page through the history server, renewing the search once where it has expired; returns the search in force."""
    try:
        body = client.fetch_page(found, start, PAGE)
    except HistoryExpiredError:
        renewed = client.search(found.term, found.window)
        if renewed.pmids != found.pmids:  # the result has moved on since: its positions no longer mean the same records
            pages.keep(records(client.fetch(list(found.pmids[start : start + PAGE]))))
            return found
        found = renewed
        body = client.fetch_page(found, start, PAGE)
    pages.keep(records(body))
    return found


def _since(runs: list[dict], query: str) -> dt.date | None:
    """The day of the last run of this protocol's query, or None where the query has changed since or never ran."""
    full = [run for run in runs if run["mode"] == "full"]
    return dt.date.fromisoformat(runs[-1]["date"]) if full and full[-1]["query"] == query else None


def _changed(client: Entrez, term: str, ledger: Ledger, since: dt.date | None, today: dt.date) -> list[str]:
    """Held records that PubMed modified since."""
    if since is None or not ledger.hits:
        return []
    found = listing(client, term, today, ("mdat", since, today))
    return [pmid for each in found for pmid in each.pmids if ledger.by_pmid(pmid)]


def _there(client: Entrez, term: str, ledger: Ledger, today: dt.date) -> set[str] | None:
    """The PMIDs that the query returns now, whatever the date; None where nothing is held that could be gone."""
    held = sum(PUBMED in hit["found_by"] for hit in ledger)
    if not held:
        return None
    there = {pmid for found in listing(client, term, today) for pmid in found.pmids}
    if not there:
        raise NetworkError(f"esearch: nothing found by a query that has found {held} records before; nothing was recorded, run it again")
    return there


def _mark_gone(ledger: Ledger, there: set[str], today: dt.date) -> list[str]:
    """Date the held records that the query no longer returns, and clear the date of those that are back; returns the PMIDs gone."""
    gone = []
    for hit in ledger:
        if PUBMED not in hit["found_by"] or there & {hit["pmid"], *hit["duplicates"]}:
            hit["gone"] = None
        elif not hit["gone"]:
            hit["gone"] = f"{today}"
            gone.append(hit["pmid"])
    return gone


def _enter(ledger: Ledger, fetched: list[dict], date: str) -> dict[str, list[str]]:
    """Enter the fetched records, in the order of their PMIDs; returns the PMIDs new, changed and the same."""
    told: dict[str, list[str]] = {"new": [], "changed": [], "same": []}
    for record in sorted(fetched, key=lambda record: int(record["pmid"])):
        outcome, _ = ledger.add(record, PUBMED, date)
        told[outcome].append(record["pmid"])
    return told


def run(
    review: Review, update: bool = False, today: dt.date | None = None, progress: Callable[[int, int], None] = lambda done, due: None
) -> dict:
    """Search PubMed and write the ledger; `progress` is told how many of how many records are fetched.

    Returns mode, query, count, new, changed, gone, undelivered (numbers), warnings and records held. An update whose protocol's
    query has changed since the last run is a full search. Raises NetworkError, with what was fetched kept for the next run.
    """
    refuse_unwritten(review)
    client, today = Entrez(), today or dt.date.today()
    with locked(review.build / "searching"):
        runs = list(read_jsonl(review.corpus / "searches.jsonl"))
        line, pages, there = _asked(review, client, runs, update, today, progress)
        with locked(review.corpus):
            ledger = Ledger(review.corpus / "hits.jsonl")
            told = _enter(ledger, list(pages.records.values()), line["date"])
            line |= pages.note({**told, "gone": _mark_gone(ledger, there, today) if there else []})
            ledger.save()
            write_jsonl(review.corpus / "searches.jsonl", [*runs, line])
        shutil.rmtree(review.build / "search")
    counts = {name: len(line[name]) for name in ("new", "changed", "gone", "undelivered")}
    return {**{name: line[name] for name in ("mode", "query", "count", "warnings")}, **counts, "held": len(ledger.hits)}


def _asked(
    review: Review, client: Entrez, runs: list[dict], update: bool, today: dt.date, progress: Callable[[int, int], None]
) -> tuple[dict, Pages, set[str] | None]:
    """All that is asked of PubMed: the run's line, the pages fetched, and the PMIDs that the query returns now."""
    asks, ledger = review.protocol.search, Ledger(review.corpus / "hits.jsonl")
    last = _since(runs, asks.query())
    since = last and last - dt.timedelta(days=asks.overlap_days)
    mode = "update" if update and since else "full"
    query, undated = asks.query(with_dates=mode == "full"), asks.query(with_dates=False)
    window = ("edat", since, today) if mode == "update" else None
    pages = Pages(review.build / "search", {"query": query, "mode": mode, "date": f"{today}", "runs": len(runs)})
    slices = listing(client, query, today, window)
    found = {pmid for each in slices for pmid in each.pmids}
    wanted = {pmid for pmid in found if PUBMED not in (ledger.by_pmid(pmid) or {"found_by": []})["found_by"]}
    wanted.update(_changed(client, undated, ledger, since, today), runs[-1]["undelivered"] if since else [])
    undelivered = fetch(client, slices, wanted, pages, progress)
    line = {
        "date": pages.date,
        "mode": mode,
        "query": query,
        "window": window and {"datetype": "edat", "from": f"{since}", "to": f"{today}"},
        "translation": slices[0].translation if slices else "",
        "warnings": sorted({warning for each in slices for warning in each.warnings}),
        "count": len(found),
        "new": [],
        "changed": [],
        "gone": [],
        "undelivered": undelivered,
    }
    return line, pages, _there(client, undated, ledger, today)
