"""A local server that answers as the E-utilities and PMC's open-data bucket do, in their formats, with faults on demand."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
import threading
import time
from collections import deque
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlparse
from xml.sax.saxutils import escape

MOST = 9_999
ESEARCH = (
    '<!DOCTYPE eSearchResult PUBLIC "-//NLM//DTD esearch 20060628//EN" "https://eutils.ncbi.nlm.nih.gov/eutils/dtd/20060628/esearch.dtd">'
)
EFETCH = (
    '<!DOCTYPE eEfetchResult PUBLIC "-//NLM//DTD efetch 20131226//EN" "https://eutils.ncbi.nlm.nih.gov/eutils/dtd/20131226/efetch.dtd">'
)
ELINK = '<!DOCTYPE eLinkResult PUBLIC "-//NLM//DTD elink 20101123//EN" "https://eutils.ncbi.nlm.nih.gov/eutils/dtd/20101123/elink.dtd">'
PUBMED = (
    '<!DOCTYPE PubmedArticleSet PUBLIC "-//NLM//DTD PubMedArticle, 1st January {year}//EN" "https://dtd.nlm.nih.gov/ncbi/pubmed/out/{dtd}">'
)
PMCSET = '<!DOCTYPE pmc-articleset PUBLIC "-//NLM//DTD ARTICLE SET 2.0//EN" "https://dtd.nlm.nih.gov/ncbi/pmc/articleset/nlm-articleset-2.0.dtd">'


@dataclass
class Record:
    """A made-up PubMed record."""

    pmid: str
    title: str = "A cohort of patients treated for an invented tumour at one centre"
    authors: tuple[tuple[str, str], ...] = (("Okafor", "Ngozi"), ("Lind", "Per"), ("Marsh", "Ada"))
    pdat: dt.date = dt.date(2015, 6, 1)
    edat: dt.date = dt.date(2015, 6, 2)
    mdat: dt.date = dt.date(2015, 6, 2)
    language: str = "eng"
    types: tuple[str, ...] = ("Journal Article",)
    doi: str = ""
    pmcid: str = ""
    linked_pmcid: str = ""  # known to elink only
    notices: tuple[tuple[str, str], ...] = ()  # (RefType, PMID)
    abstract: tuple[tuple[str, str], ...] = (("METHODS", "We reviewed charts."), ("RESULTS", "Median survival was 20.1 months (P < 0.05)."))
    extra: str = ""  # raw XML inside MedlineCitation, for elements that no bundled DTD knows

    def xml(self) -> str:
        """The record as PubMed prints it."""
        ids = {"pubmed": self.pmid, "doi": self.doi, "pmc": self.pmcid}
        people = "".join(
            f'<Author ValidYN="Y"><LastName>{escape(last)}</LastName><ForeName>{escape(first)}</ForeName></Author>'
            for last, first in self.authors
        )
        notes = "".join(
            f'<CommentsCorrections RefType="{kind}"><RefSource>J Invent</RefSource><PMID Version="1">{pmid}</PMID></CommentsCorrections>'
            for kind, pmid in self.notices
        )
        texts = "".join(f'<AbstractText Label="{label}">{escape(text)}</AbstractText>' for label, text in self.abstract)
        doi = f'<ELocationID EIdType="doi" ValidYN="Y">{self.doi}</ELocationID>' if self.doi else ""
        listed = "".join(f'<ArticleId IdType="{kind}">{given}</ArticleId>' for kind, given in ids.items() if given)
        return (
            f'<PubmedArticle><MedlineCitation Status="MEDLINE" Owner="NLM"><PMID Version="1">{self.pmid}</PMID>'
            f'<Article PubModel="Print-Electronic"><Journal><JournalIssue CitedMedium="Internet">'
            f"<Volume>7</Volume><Issue>2</Issue><PubDate><Year>{self.pdat.year}</Year><Month>{self.pdat:%b}</Month></PubDate></JournalIssue>"
            f"<Title>Journal of Invented Oncology</Title><ISOAbbreviation>J Invent Oncol</ISOAbbreviation></Journal>"
            f"<ArticleTitle>{self.title}</ArticleTitle><Pagination><StartPage>1</StartPage><MedlinePgn>1-9</MedlinePgn></Pagination>{doi}"
            + (f"<Abstract>{texts}</Abstract>" if texts else "")
            + f'<AuthorList CompleteYN="Y">{people}</AuthorList><Language>{self.language}</Language><PublicationTypeList>'
            + "".join(f'<PublicationType UI="D016428">{kind}</PublicationType>' for kind in self.types)
            + f'</PublicationTypeList><ArticleDate DateType="Electronic">{_date(self.pdat)}</ArticleDate></Article>'
            f"<MedlineJournalInfo><MedlineTA>J Invent Oncol</MedlineTA></MedlineJournalInfo>"
            + (f"<CommentsCorrectionsList>{notes}</CommentsCorrectionsList>" if notes else "")
            + f"{self.extra}</MedlineCitation><PubmedData><History>"
            f'<PubMedPubDate PubStatus="entrez">{_date(self.edat)}</PubMedPubDate></History>'
            f"<PublicationStatus>ppublish</PublicationStatus><ArticleIdList>{listed}</ArticleIdList></PubmedData></PubmedArticle>"
        )


def _date(day: dt.date) -> str:
    return f"<Year>{day.year}</Year><Month>{day.month:02d}</Month><Day>{day.day:02d}</Day>"


def many(count: int, first: dt.date = dt.date(2001, 1, 1), days: int = 7000) -> list[Record]:
    """Many records, their entry dates spread over the days."""
    dates = [first + dt.timedelta(days=number * days // count) for number in range(count)]
    return [Record(f"{10_000_000 + number}", f"Invented study {number}", pdat=day, edat=day, mdat=day) for number, day in enumerate(dates)]


@dataclass
class Fault:
    """What to do in place of an answer: a status with headings and body, a delay, or an answer cut after some bytes."""

    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: str = ""
    delay: float = 0
    cut: int = 0  # bytes let through; the length is stated as that of the whole answer
    cut_quietly: bool = False  # the length is stated as that of what is sent


TOO_MANY = Fault(429, {"Retry-After": "0"}, '{"error":"API rate limit exceeded","api-key":"192.0.2.7","count":"4","limit":"3"}')


class EutilsServer:
    """Holds the records and the bucket; use as a context manager. `asked` lists (name, parameters, time) of each request."""

    def __init__(self) -> None:
        self.records: dict[str, Record] = {}
        self.articles: dict[str, str] = {}  # PMCID -> JATS article, or "" for front matter only
        self.objects: dict[str, bytes] = {}  # name in the bucket -> content
        self.faults: dict[str, deque[Fault]] = {}
        self.asked: list[tuple[str, dict[str, str], float]] = []
        self.dtd = "pubmed_250101.dtd"
        self.undelivered: set[str] = set()  # listed by esearch, withheld by efetch
        self.warnings = ""
        self._history: dict[str, list[str]] = {}
        self._number = 0
        self.httpd = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self.httpd.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.httpd.server_port}/entrez/eutils"
        self.bucket_url = f"http://127.0.0.1:{self.httpd.server_port}/bucket"

    def __enter__(self) -> EutilsServer:
        threading.Thread(target=self.httpd.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.httpd.shutdown()
        self.httpd.server_close()

    def put(self, *records: Record) -> None:
        """Add records, or replace those of the same PMID."""
        self.records.update({record.pmid: record for record in records})

    def change(self, pmid: str, **fields: object) -> None:
        """Change fields of a record."""
        self.records[pmid] = replace(self.records[pmid], **fields)

    def fail(self, name: str, *faults: Fault) -> None:
        """Let the next requests of a name (esearch, efetch, elink, bucket) meet these faults."""
        self.faults.setdefault(name, deque()).extend(faults)

    def expire(self) -> None:
        """Forget every search of the history server."""
        self._history.clear()

    def count(self, name: str) -> int:
        """How many requests of a name came."""
        return sum(asked == name for asked, _, _ in self.asked)

    def deposit(self, pmcid: str, version: int, pdf: bytes, md5: str = "", **told: object) -> None:
        """Put a version of an article into the bucket."""
        name = f"{pmcid}.{version}"
        self.objects[f"{name}/{name}.pdf"] = pdf
        facts = {
            "pmcid": pmcid,
            "version": version,
            "is_pmc_openaccess": True,
            "is_retracted": False,
            "license_code": "CC BY",
            "pdf_url": f"s3://pmc-oa-opendata/{name}/{name}.pdf?md5={md5 or hashlib.md5(pdf).hexdigest()}",
        }
        self.objects[f"{name}/{name}.json"] = json.dumps(facts | told).encode()

    def answer(self, name: str, asked: dict[str, str]) -> tuple[int, str, bytes]:
        """Status, content type and body of a request."""
        if name == "bucket":
            return self._bucket(asked)
        status, text = {"esearch": self._esearch, "efetch": self._efetch, "elink": self._elink}[name](asked)
        return status, "text/xml; charset=UTF-8", f'<?xml version="1.0" encoding="UTF-8" ?>\n{text}'.encode()

    def _matching(self, asked: dict[str, str]) -> list[str]:
        """PMIDs, newest first, that stand the date limits of a request and of its term, and its DOI where it asks for one."""
        limits = [(asked[name], asked["mindate"], asked["maxdate"]) for name in ("datetype",) if name in asked]
        named = {"Publication": "pdat", "Modification": "mdat", "Entry": "edat"}
        for first, kind, last in re.findall(r'"(\d{4}/\d\d/\d\d)"\[Date - (\w+)\] : "(\d{4}/\d\d/\d\d)"', asked["term"]):
            limits.append((named[kind], first, last))
        doi = re.fullmatch(r'"(10\.[^"]+)"\[doi\]', asked["term"])
        found = [
            record.pmid
            for record in self.records.values()
            if all(first <= f"{getattr(record, kind):%Y/%m/%d}" <= last for kind, first, last in limits)
            and (doi is None or record.doi.lower() == doi.group(1).lower())
        ]
        return sorted(found, key=int, reverse=True)

    def _esearch(self, asked: dict[str, str]) -> tuple[int, str]:
        if asked.get("db") != "pubmed":
            return 200, f"{ESEARCH}\n<eSearchResult><ERROR>Invalid db name specified: {asked.get('db')}</ERROR></eSearchResult>"
        start, most = int(asked.get("retstart", 0)), min(int(asked.get("retmax", 20)), MOST)
        if start >= MOST:
            said = f"Search Backend failed: Exception:\n'retstart' cannot be larger than {MOST - 1}."
            return 200, f"{ESEARCH}\n<eSearchResult><ERROR>{said}</ERROR></eSearchResult>"
        found = self._matching(asked)
        ids = "\n".join(f"<Id>{pmid}</Id>" for pmid in found[start : min(start + most, MOST)])
        history = ""
        if asked.get("usehistory") == "y":
            self._number += 1
            webenv = f"MCID_{self._number:024x}"
            self._history[webenv] = found
            history = f"<QueryKey>1</QueryKey><WebEnv>{webenv}</WebEnv>"
        return 200, (
            f"{ESEARCH}\n<eSearchResult><Count>{len(found)}</Count>"
            f"<RetMax>{min(most, len(found))}</RetMax><RetStart>{start}</RetStart>{history}"
            f"<IdList>\n{ids}\n</IdList><TranslationSet/><QueryTranslation>{escape(asked['term'])} (translated)</QueryTranslation>"
            f"{self.warnings}</eSearchResult>"
        )

    def _efetch(self, asked: dict[str, str]) -> tuple[int, str]:
        if asked["db"] == "pmc":
            return 200, self._pmc(f"PMC{asked['id']}")
        if "WebEnv" in asked:
            held = self._history.get(asked["WebEnv"])
            start = int(asked.get("retstart", 0))
            if held is None or start >= MOST:
                said = "Unable to obtain query #1" if held is None else f"'retstart' cannot be larger than {MOST - 1}."
                return 400, f"{EFETCH}\n<eFetchResult>\n\t<ERROR>{said}</ERROR>\n</eFetchResult>"
            pmids = held[start : min(start + int(asked["retmax"]), MOST)]
        else:
            pmids = asked["id"].split(",")
        printed = "".join(self.records[pmid].xml() for pmid in pmids if pmid in self.records and pmid not in self.undelivered)
        return 200, f"{PUBMED.format(year='20' + self.dtd[7:9], dtd=self.dtd)}\n<PubmedArticleSet>{printed}</PubmedArticleSet>"

    def _pmc(self, pmcid: str) -> str:
        if pmcid not in self.articles:
            reply = f'<Reply Id="{pmcid.removeprefix("PMC")}" error="The following PMCID is not available"/>'
            return f"{PMCSET}\n<pmc-articleset>{reply}</pmc-articleset>"
        return f"{PMCSET}\n<pmc-articleset>{self.articles[pmcid]}</pmc-articleset>"

    def _elink(self, asked: dict[str, str]) -> tuple[int, str]:
        sets = ""
        for pmid in asked["id"].split(","):
            record = self.records.get(pmid)
            linked = (record.pmcid or record.linked_pmcid) if record else ""
            there = (
                f"<LinkSetDb><DbTo>pmc</DbTo><LinkName>pubmed_pmc</LinkName><Link><Id>{linked[3:]}</Id></Link></LinkSetDb>"
                if linked
                else ""
            )
            sets += f"<LinkSet><DbFrom>pubmed</DbFrom><IdList><Id>{pmid}</Id></IdList>{there}</LinkSet>"
        return 200, f"{ELINK}\n<eLinkResult>{sets}</eLinkResult>"

    def _bucket(self, asked: dict[str, str]) -> tuple[int, str, bytes]:
        if asked["path"]:
            held = self.objects.get(asked["path"])
            return (
                (404, "application/xml", b"<Error><Code>NoSuchKey</Code></Error>")
                if held is None
                else (200, "application/octet-stream", held)
            )
        folders = sorted({name.partition("/")[0] for name in self.objects if name.startswith(asked["prefix"])})
        listed = "".join(f"<CommonPrefixes><Prefix>{name}/</Prefix></CommonPrefixes>" for name in folders)
        space = "http://s3.amazonaws.com/doc/2006-03-01/"
        return 200, "application/xml", f'<?xml version="1.0"?><ListBucketResult xmlns="{space}">{listed}</ListBucketResult>'.encode()


def _handler(server: EutilsServer) -> type[BaseHTTPRequestHandler]:
    """The request handler of one server."""

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            """Keep the tests' output clean."""

        def do_GET(self) -> None:
            address = urlparse(self.path)
            self._answer(address.path, address.query)

        def do_POST(self) -> None:
            self._answer(self.path, self.rfile.read(int(self.headers["Content-Length"])).decode())

        def _answer(self, path: str, query: str) -> None:
            asked = {name: ",".join(given) for name, given in parse_qs(query).items()}
            name = path.rpartition("/")[2].removesuffix(".fcgi")
            if path.startswith("/bucket"):
                name, asked["path"] = "bucket", path.removeprefix("/bucket").lstrip("/")
            server.asked.append((name, asked, time.monotonic()))
            waiting = server.faults.get(name)
            fault = waiting.popleft() if waiting else None
            if fault and fault.delay:
                time.sleep(fault.delay)
            if fault and (fault.status != 200 or fault.body):
                return self._send(fault.status, "text/plain", fault.body.encode(), fault.headers)
            status, kind, body = server.answer(name, asked)
            if fault and fault.cut:
                return self._send(status, kind, body[: fault.cut], {}, stated=fault.cut if fault.cut_quietly else len(body))
            return self._send(status, kind, body, {})

        def _send(self, status: int, kind: str, body: bytes, headers: dict[str, str], stated: int | None = None) -> None:
            try:
                self.send_response(status)
                for heading, value in {"Content-Type": kind, "Content-Length": str(stated or len(body)), **headers}.items():
                    self.send_header(heading, value)
                self.end_headers()
                self.wfile.write(body)
            except (BrokenPipeError, ConnectionResetError):
                pass  # the client's time ran out first

    return Handler
