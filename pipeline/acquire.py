"""Acquire: get the included papers' full texts and say in sources.tsv where each came from.

JATS comes from PMC through the E-utilities, PDFs from PMC's open-data bucket, anything else from the review's inbox; where there is no
full text, the abstract is kept. Papers are never taken out again, and specimens stay beside the real papers that replace them.
"""

from __future__ import annotations

import datetime as dt
import difflib
import hashlib
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from lxml import etree

from pipeline import inbox, screen
from pipeline.bucket import Bucket, Deposit
from pipeline.entrez import Entrez, Settings
from pipeline.files import NetworkError, locked, write_atomic
from pipeline.hits import OPEN_DATA, PUBMED, Ledger, latin
from pipeline.protocol import Review
from pipeline.pubmed import abstract_text
from pipeline.search import PAGE, records
from pipeline.sources import FULL_TEXT, PREFERENCE, Sources

GIVE_UP = 3  # papers in a row that the network failed


@dataclass
class Told:
    """What came of the papers, for the summary: file names, or "key: reason"."""

    fetched: list[str] = field(default_factory=list)
    renewed: list[str] = field(default_factory=list)  # a newer version of a paper, or other bytes than sources.tsv knew
    failed: list[str] = field(default_factory=list)
    retracted: list[str] = field(default_factory=list)
    mismatched: list[str] = field(default_factory=list)


def article_of(body: bytes, pmcid: str) -> etree._Element | None:
    """The JATS article in PMC's answer, or None where PMC gives its front matter only; NetworkError where it is another article."""
    root = etree.fromstring(body, etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=True))
    article = root if root.tag == "article" else root.find("article")
    if article is None:
        return None
    if pmcid not in inbox.front_ids(article)["pmcids"]:
        raise NetworkError(f"efetch: asked PMC for {pmcid} and was given another article")
    return article if article.find("body") is not None else None


def _version(url: str) -> int:
    """The version of a PMC article that a row's address names, 0 where it names none."""
    found = re.search(r"PMC\d+\.(\d+)", url)
    return int(found.group(1)) if found else 0


def identify(client: Entrez, hits: list[dict], told: Told) -> list[dict]:
    """PubMed's records of hits that come from a reference list, found by PMID or DOI, and the PMCIDs that PubMed knows besides.

    Returns records as `Ledger.add` takes them; a record that is another paper than its hit is told of and left out.
    """
    pmids = [hit["pmid"] for hit in hits if hit["pmid"] and not hit["edat"]]
    for hit in hits:
        if hit["doi"] and not hit["pmid"]:
            found = client.search(f'"{hit["doi"]}"[doi]')
            pmids += found.pmids if found.count == 1 else ()
    fetched = [record for start in range(0, len(pmids), PAGE) for record in records(client.fetch(pmids[start : start + PAGE]))]
    known = [record for record in fetched if _is_of_a_hit(record, hits, told)]
    pmcids = {each["pmid"]: each["pmcid"] for each in [*hits, *known] if each["pmid"]}
    lacking = [pmid for pmid, pmcid in pmcids.items() if not pmcid]
    for start in range(0, len(lacking), PAGE):
        known += [{"pmid": pmid, "pmcid": pmcid} for pmid, pmcid in client.pmcids(lacking[start : start + PAGE]).items()]
    return known


def _is_of_a_hit(record: dict, hits: list[dict], told: Told) -> bool:
    """Whether a record is the paper of a hit, by identifier and by title where both have one."""
    for hit in hits:
        if record["pmid"] == hit["pmid"] or (record["doi"] and record["doi"] == hit["doi"]):
            titles = [latin(hit["title"]), latin(record["title"])]
            if not all(titles) or difflib.SequenceMatcher(None, *titles).ratio() >= 0.6:
                return True
            told.mismatched.append(f"{hit['key']}: PMID {record['pmid']} is another paper: {record['title']}")
    return False


class Papers:
    """Fetches one paper after the other into papers/ and enters each file at once."""

    def __init__(self, client: Entrez, bucket: Bucket, sources: Sources, today: str, ledger: Path) -> None:
        self.client, self.bucket, self.sources, self.today, self.ledger = client, bucket, sources, today, ledger
        self.told = Told()

    def fetch(self, hit: dict) -> None:
        """Get what PMC has of a paper and is not here, or is here in an older version; raises NetworkError."""
        if not hit["pmcid"]:
            return
        version = self.bucket.newest(hit["pmcid"])
        deposit = self.bucket.deposit(hit["pmcid"], version) if version and self._is_due(hit["key"], version) else None
        if deposit and deposit.retracted:
            self._note_retraction(hit)
        if self._lacks(hit["key"], "jats", version or 0):
            self._jats(hit, deposit)
        if deposit and deposit.pdf_url and self._lacks(hit["key"], "pdf", deposit.version):
            self._keep(hit["key"], "pdf", self.bucket.pdf(deposit), deposit.pdf_url, deposit.licence)

    def _lacks(self, key: str, kind: str, version: int) -> bool:
        """Whether a file is missing, older than the version, or altered since it was fetched; files that people gave stay."""
        url = self.sources.rows.get((key, kind), {}).get("url", "")
        altered = bool(url) and self.sources.differs(key, kind)
        return altered or not self.sources.has(key, (kind,)) or 0 < _version(url) < version

    def _is_due(self, key: str, version: int) -> bool:
        return self._lacks(key, "jats", version) or self._lacks(key, "pdf", version)

    def _note_retraction(self, hit: dict) -> None:
        notice = {"type": "RetractionIn", "pmid": "", "source": OPEN_DATA}
        if notice not in hit["notices"]:
            hit["notices"] = [*hit["notices"], notice]
            self.keep_notices(hit)
        self.told.retracted.append(hit["key"])

    def keep_notices(self, hit: dict) -> None:
        """Write a paper's notices into the ledger as it is now, at once: a file that is there is not asked about again."""
        with locked(self.ledger.parent):
            now = Ledger(self.ledger)
            now.hits[hit["key"]]["notices"] = hit["notices"]
            now.save()

    def _jats(self, hit: dict, deposit: Deposit | None) -> None:
        article = article_of(self.client.pmc_article(hit["pmcid"]), hit["pmcid"])
        if article is None:
            return
        url = f"{self.client.settings.base}/efetch.fcgi?db=pmc&id={hit['pmcid'].removeprefix('PMC')}"
        url += f"#{deposit.name}" if deposit else ""
        licence = (deposit.licence if deposit else "") or inbox.licence_of(article)
        article.tail = None
        body = etree.tostring(article, encoding="UTF-8", xml_declaration=True)
        self._keep(hit["key"], "jats", body, url, licence)

    def _keep(self, key: str, kind: str, body: bytes, url: str, licence: str) -> None:
        """Write a row and then its file, so that no file of a killed run lacks its origin; where the row knew other bytes, that is told."""
        before = self.sources.rows.get((key, kind), {}).get("sha256")
        file = self.sources.file(key, kind)
        self.sources.enter(key, kind, url, licence, self.today, hashlib.sha256(body).hexdigest())
        self.sources.save()
        write_atomic(file, body)
        self.told.fetched.append(file.name)
        if before and before != self.sources.rows[key, kind]["sha256"]:
            self.told.renewed.append(file.name)

    def keep_abstract(self, hit: dict) -> None:
        """Keep the abstract of a paper that has no full text here."""
        if hit["abstract"] and not self.sources.has(hit["key"], (*FULL_TEXT, "abstract")):
            url = f"https://pubmed.ncbi.nlm.nih.gov/{hit['pmid']}/" if hit["pmid"] else ""
            self._keep(hit["key"], "abstract", abstract_text(hit).encode(), url, "")


def _included(review: Review, ledger: Ledger) -> list[dict]:
    """The hits that screening let in, by key."""
    rows = screen.screened(ledger, screen.decisions(review, ledger), review.protocol)
    return [ledger.hits[row["key"]] for row in rows if row["status"] == "in"]


def _online(review: Review, sources: Sources, today: str, progress: Callable[[int, int], None]) -> Told:
    """Fetch every included paper; a paper that fails is listed, several in a row end the run with what is had."""
    settings = Settings.from_environment()
    client = Entrez(settings)
    with Bucket(settings) as bucket:
        papers = Papers(client, bucket, sources, today, review.corpus / "hits.jsonl")
        ledger = _identified(review, client, papers.told, today)
        hits, in_a_row = _included(review, ledger), 0
        for number, hit in enumerate(hits, 1):
            try:
                papers.fetch(hit)
                in_a_row = 0
            except NetworkError as error:
                papers.told.failed.append(f"{hit['key']}: {error}")
                in_a_row += 1
            papers.keep_abstract(hit)
            sources.save()
            if in_a_row == GIVE_UP:
                raise NetworkError(f"{GIVE_UP} papers in a row failed, the last: {papers.told.failed[-1]}; run it again later")
            progress(number, len(hits))
    return papers.told


def _identified(review: Review, client: Entrez, told: Told, today: str) -> Ledger:
    """The ledger with what PubMed says of the included hits; it is locked only while it is written."""
    path = review.corpus / "hits.jsonl"
    known = identify(client, _included(review, Ledger(path)), told)
    with locked(review.corpus):
        ledger = Ledger(path)
        for record in known:
            ledger.add(record, None, today)
        if known:
            ledger.save()
    return ledger


def refresh(review: Review, today: str) -> int:
    """Fetch anew the included records that the query itself does not find, for their notices; returns how many have changed."""
    hits = _included(review, Ledger(review.corpus / "hits.jsonl"))
    pmids = [hit["pmid"] for hit in hits if hit["pmid"] and hit["edat"] and PUBMED not in hit["found_by"]]
    client = Entrez() if pmids else None
    fetched = [record for start in range(0, len(pmids), PAGE) for record in records(client.fetch(pmids[start : start + PAGE]))]
    if not fetched:
        return 0
    with locked(review.corpus):
        ledger = Ledger(review.corpus / "hits.jsonl")
        changed = sum(ledger.add(record, None, today)[0] == "changed" for record in fetched if record["pmid"] in pmids)
        ledger.save()
    return changed


def run(
    review: Review, offline: bool = False, today: dt.date | None = None, progress: Callable[[int, int], None] = lambda done, due: None
) -> dict:
    """Sort the inbox, fetch what is missing unless `offline`, check every file against sources.tsv, and write it.

    Returns how many included papers are read from which kind of file, those without any, and lists of what was moved, left in the
    inbox, fetched, renewed, changed (differs from its sha256), absent (known, not here), unknown, failed and retracted.
    """
    day = f"{today or dt.date.today()}"
    review.papers.mkdir(parents=True, exist_ok=True)
    ledger = Ledger(review.corpus / "hits.jsonl")
    with locked(review.build / "acquire"):
        sources = Sources(review)
        dropped = inbox.sort(review.inbox, ledger, sources, day)
        seen = sources.look(ledger)
        sources.save()
        fetched = Told() if offline else _online(review, sources, day, progress)
        found = sources.chosen()
    included = _included(review, Ledger(ledger.path))
    kinds = Counter(found[hit["key"]]["kind"] if hit["key"] in found else "none" for hit in included)
    absent = [name for name in seen["absent"] if not (review.papers / name).exists()]
    return {
        "included": len(included),
        "kinds": {kind: kinds[kind] for kind in (*PREFERENCE, "none") if kinds[kind]},
        "without": [hit["key"] for hit in included if hit["key"] not in found],
        "inbox_moved": dropped["moved"],
        "inbox_unmatched": dropped["unmatched"],
        **seen,
        "absent": absent,
        **vars(fetched),
    }
