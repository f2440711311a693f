"""NCBI's E-utilities through Biopython, with what its client lacks: time-outs, back-off with jitter, another base URL.

Settings come from the environment: LIVETABLE_EMAIL (asked for by NCBI), NCBI_API_KEY, LIVETABLE_EUTILS (base URL),
LIVETABLE_TIMEOUT and LIVETABLE_BACKOFF (seconds), LIVETABLE_TRIES. Biopython itself keeps the pace: 3 requests a second, 10 with a key.
"""

from __future__ import annotations

import datetime as dt
import email.utils
import http.client
import io
import os
import re
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import tenacity
from Bio import Entrez as bio
from Bio.Entrez import Parser as bio_parser
from lxml import etree

from pipeline.files import InputError, NetworkError

HOME = "https://eutils.ncbi.nlm.nih.gov/entrez/eutils"
TOOL = "livetable"
MOST = 9_999  # PubMed hands out no more records of one search than these
LONGEST_WAIT = 300  # seconds; a server that asks for more is asked again another day
DTDS = Path(bio.__file__).parent / "DTDs"
_safe_xml = {"resolve_entities": False, "no_network": True, "load_dtd": False, "huge_tree": True}


class TransientError(NetworkError):
    """A fault that may pass; `retry_after` is what the server asks for, in seconds."""

    def __init__(self, message: str, retry_after: float = 0) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class HistoryExpiredError(NetworkError):
    """The history server no longer knows the search; it must be made again."""


@dataclass(frozen=True)
class Settings:
    """Where and how to ask; the key is kept out of every printed form."""

    email: str
    base: str = HOME
    api_key: str | None = field(default=None, repr=False)
    timeout: float = 60
    tries: int = 6
    backoff: float = 1

    @classmethod
    def from_environment(cls) -> Settings:
        """The settings of the environment; raises InputError where the address is missing or a number is none."""
        given = os.environ
        if not given.get("LIVETABLE_EMAIL"):
            raise InputError(
                "LIVETABLE_EMAIL is not set: NCBI asks every client for an e-mail address; export LIVETABLE_EMAIL=you@example.org"
            )
        try:
            return cls(
                email=given["LIVETABLE_EMAIL"],
                base=given.get("LIVETABLE_EUTILS", HOME).rstrip("/"),
                api_key=given.get("NCBI_API_KEY") or None,
                timeout=float(given.get("LIVETABLE_TIMEOUT", 60)),
                tries=int(given.get("LIVETABLE_TRIES", 6)),
                backoff=float(given.get("LIVETABLE_BACKOFF", 1)),
            )
        except ValueError as error:
            raise InputError(f"LIVETABLE_TIMEOUT, LIVETABLE_TRIES and LIVETABLE_BACKOFF must be numbers: {error}") from error


def retrying(settings: Settings) -> tenacity.Retrying:
    """Calls a function again on TransientError, waiting longer each time with jitter, or as long as the server asks."""
    backoff = tenacity.wait_exponential(multiplier=settings.backoff, max=60) + tenacity.wait_random(0, settings.backoff)

    def wait(state: tenacity.RetryCallState) -> float:
        return max(backoff(state), state.outcome.exception().retry_after)

    again = tenacity.retry_if_exception_type(TransientError)
    return tenacity.Retrying(retry=again, wait=wait, stop=tenacity.stop_after_attempt(settings.tries), reraise=True)


def wait_asked(header: str | None) -> float:
    """Seconds that a Retry-After heading asks for, given as a number or as a date; NetworkError where it is too long."""
    if not header:
        return 0
    try:
        seconds = float(header)
    except ValueError:
        try:
            seconds = (email.utils.parsedate_to_datetime(header) - dt.datetime.now(dt.UTC)).total_seconds()
        except (TypeError, ValueError):
            return 0
    if seconds > LONGEST_WAIT:
        raise NetworkError(f"the server asks to wait {seconds:.0f} s; run again later")
    return max(0, seconds)


def status_fault(status: int, header: str | None, where: str, said: str = "") -> NetworkError:
    """The error for an HTTP status: transient for 408, 429 and 5xx."""
    message = f"{where}: HTTP {status}{': ' + said if said else ''}"
    if status in (408, 429) or status >= 500:
        return TransientError(message, wait_asked(header))
    return NetworkError(message)


def _reply_fault(text: str, where: str) -> NetworkError:
    """The error for a reply that reports one in its text."""
    said = f"{where}: {' '.join(text.split())}"
    if "retstart" in text:
        return NetworkError(said)
    if re.search(r"query\s*#|history|webenv", text, re.I):
        return HistoryExpiredError(said)
    if re.search(r"backend failed|time[d\s-]*out|temporar|try again|rate limit", text, re.I):
        return TransientError(said)
    return NetworkError(said)


class _Answer(io.BytesIO):
    """A reply read to its end, with the attributes that Biopython looks at; the address is without its parameters."""

    def __init__(self, body: bytes, headers: http.client.HTTPMessage, url: str) -> None:
        super().__init__(body)
        self.headers = headers
        self.url = url.partition("?")[0]


def _error_text(body: bytes) -> str:
    """What an error reply says: the ERROR element of the E-utilities' XML or the error of their JSON, else nothing."""
    found = re.search(rb"<ERROR>(.*?)</ERROR>", body, re.S) or re.search(rb'"error"\s*:\s*"([^"]*)"', body)
    return found.group(1).decode("utf-8", "replace").strip() if found else ""


def _check_xml(body: bytes, where: str) -> None:
    """Raise for XML that breaks off, or that reports an error in place of a result."""
    try:
        root = etree.fromstring(body, etree.XMLParser(**_safe_xml))
    except etree.XMLSyntaxError as error:
        raise TransientError(f"{where}: the answer is cut short or is not XML (line {error.lineno})") from None
    if root.tag.startswith("e") and (said := root.findtext("ERROR")):
        raise _reply_fault(said, where)


def _ask(request: urllib.request.Request, settings: Settings) -> _Answer:
    """One request to its end; raises TransientError for whatever may pass."""
    where = request.full_url.partition("?")[0].rpartition("/")[2].removesuffix(".fcgi")
    hidden = settings.api_key or "\0"
    try:
        with urllib.request.urlopen(request, timeout=settings.timeout) as reply:
            body, headers, url = reply.read(), reply.headers, reply.url
    except urllib.error.HTTPError as error:
        said = _error_text(error.read(4000)).replace(hidden, "***")
        if error.code == 400 and said:
            raise _reply_fault(said, where) from None
        raise status_fault(error.code, error.headers.get("Retry-After"), where, said) from None
    except (OSError, http.client.HTTPException) as error:
        reason = getattr(error, "reason", None) or error
        raise TransientError(f"{where}: {type(error).__name__}: {reason}".replace(hidden, "***")) from None
    if headers.get_content_subtype() in ("xml", "html", "json"):
        _check_xml(body, where)
    return _Answer(body, headers, url)


def _transport(settings: Settings) -> Callable[[urllib.request.Request], _Answer]:
    """What takes the place of Biopython's `urlopen`."""

    def urlopen(request: urllib.request.Request) -> _Answer:
        request.full_url = settings.base + request.full_url.removeprefix(HOME)
        return retrying(settings)(_ask, request, settings)

    return urlopen


def _no_download(url: str) -> None:
    """What takes the place of the parser's `urlopen`: a document type that is not bundled is not looked for elsewhere."""
    raise OSError(f"{url} is not among Biopython's document types")


bio_parser.urlopen = _no_download


def _known_doctype(body: bytes) -> bytes:
    """The same XML, with the newest bundled document type where its own is newer or missing."""
    head = re.search(rb"<!DOCTYPE\s+\w+[^>]*?[\"']([^\"'\s]+\.dtd)[\"']\s*>", body[:2000])
    named = head.group(1).decode() if head else ""
    own = named.rpartition("/")[2]
    if named.startswith("https:") and (DTDS / own).exists():
        return body
    root = re.search(rb"<([A-Za-z]\w*)", body[head.end() if head else 0 :])
    name = root.group(1).decode() if root else ""
    newest = sorted(path.name for path in DTDS.glob("pubmed_*.dtd"))[-1]
    bundled = {"PubmedArticleSet": newest, "eSearchResult": "esearch.dtd", "eLinkResult": "elink.dtd"}.get(name)
    if bundled is None:
        raise NetworkError(f"an answer of an unknown kind: <{name}>")
    bundled = own if own and (DTDS / own).exists() else bundled
    doctype = f'<!DOCTYPE {name} SYSTEM "https://dtd.nlm.nih.gov/ncbi/pubmed/out/{bundled}">'.encode()
    if head:
        return body[: head.start()] + doctype + body[head.end() :]
    declared = re.match(rb"\s*<\?xml[^>]*\?>", body)
    return (declared.group(0).strip() if declared else b'<?xml version="1.0"?>') + doctype + body[declared.end() if declared else 0 :]


def read(body: bytes) -> dict:
    """An answer as Biopython's structures, never through the network; text is HTML-escaped so that markup can be told from `<`.

    Tags that the document type does not know are passed over, for PubMed adds some each year.
    """
    try:
        return bio.read(io.BytesIO(_known_doctype(body)), validate=False, escape=True)
    except (RuntimeError, ValueError) as error:
        raise NetworkError(f"an answer that cannot be read: {error}") from error


@dataclass(frozen=True)
class Found:
    """A search's result: PMIDs in the order of the history server, which `handle` (WebEnv, query key) names."""

    term: str
    window: tuple[str, str, str] | None  # datetype, first, last (YYYY/MM/DD)
    count: int
    pmids: tuple[str, ...]
    handle: tuple[str, str]
    translation: str
    warnings: tuple[str, ...]


def _warnings(answer: dict) -> tuple[str, ...]:
    """What PubMed did not find or left out: "PhraseNotFound: words"."""
    lists = [answer.get("ErrorList", {}), answer.get("WarningList", {})]
    return tuple(f"{kind}: {words}" for told in lists for kind, entries in told.items() for words in entries)


class Entrez:
    """The E-utilities as this project uses them; making one sets Biopython's module up."""

    def __init__(self, settings: Settings | None = None) -> None:
        self.settings = settings or Settings.from_environment()
        bio.urlopen = _transport(self.settings)
        bio.email, bio.tool, bio.api_key = self.settings.email, TOOL, self.settings.api_key
        bio.max_tries = 1

    def search(self, term: str, window: tuple[str, str, str] | None = None) -> Found:
        """Search PubMed and keep the result on the history server; `window` is (datetype, first, last), as edat or mdat."""
        limits = dict(zip(("datetype", "mindate", "maxdate"), window, strict=True)) if window else {}
        with bio.esearch(db="pubmed", term=term, usehistory="y", retmax=MOST, **limits) as handle:
            answer = read(handle.read())
        count, pmids = int(answer["Count"]), tuple(str(pmid) for pmid in answer["IdList"])
        if len(pmids) != min(count, MOST):
            raise NetworkError(f"esearch: {len(pmids)} ids where {min(count, MOST)} of {count} were due")
        named = (str(answer.get("WebEnv", "")), str(answer.get("QueryKey", "")))
        return Found(term, window, count, pmids, named, str(answer.get("QueryTranslation", "")), _warnings(answer))

    def fetch_page(self, found: Found, start: int, size: int) -> bytes:
        """PubMed XML of `size` records of a search from `start` on; raises HistoryExpiredError."""
        webenv, query_key = found.handle
        with bio.efetch(db="pubmed", retmode="xml", WebEnv=webenv, query_key=query_key, retstart=start, retmax=size) as handle:
            return handle.read()

    def fetch(self, pmids: list[str]) -> bytes:
        """PubMed XML of these records."""
        with bio.efetch(db="pubmed", retmode="xml", id=pmids) as handle:
            return handle.read()

    def pmcids(self, pmids: list[str]) -> dict[str, str]:
        """The PMCID of each PMID that has one."""
        with bio.elink(dbfrom="pubmed", db="pmc", linkname="pubmed_pmc", id=pmids) as handle:
            sets = read(handle.read())
        links = {str(each["IdList"][0]): each["LinkSetDb"][0]["Link"] for each in sets if each.get("LinkSetDb") and each.get("IdList")}
        return {pmid: f"PMC{there[0]['Id']}" for pmid, there in links.items() if there}

    def pmc_article(self, pmcid: str) -> bytes:
        """PMC's answer for one article: a `pmc-articleset` holding its JATS."""
        with bio.efetch(db="pmc", retmode="xml", id=pmcid.removeprefix("PMC")) as handle:
            return handle.read()
