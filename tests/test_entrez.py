"""The E-utilities client over HTTP against a local server: genuine formats, and every fault that the real one shows."""

from __future__ import annotations

import datetime as dt
import gzip
import itertools
import os
import traceback
from email.utils import format_datetime
from pathlib import Path

import pytest
from eutils_server import TOO_MANY, Fault, Record

from pipeline import pubmed
from pipeline.entrez import Entrez, HistoryExpiredError, Settings, TransientError, read, wait_asked
from pipeline.files import InputError, NetworkError
from pipeline.protocol import ROOT

EVALUATION = Path(os.environ.get("LIVETABLE_EVALUATION", ROOT / ".." / "shared"))


def gaps(server, name="esearch"):
    """Seconds between the requests of a name."""
    times = [when for asked, _, when in server.asked if asked == name]
    return [later - earlier for earlier, later in itertools.pairwise(times)]


def test_search_says_count_ids_and_translation_and_always_tool_and_address(eutils):
    eutils.put(Record("31"), Record("32"))
    eutils.warnings = "<ErrorList><PhraseNotFound>invnted</PhraseNotFound></ErrorList>"
    found = Entrez().search("tumour")
    assert (found.count, found.pmids, found.translation) == (2, ("32", "31"), "tumour (translated)")
    assert found.warnings == ("PhraseNotFound: invnted",)
    [(_, asked, _)] = eutils.asked
    assert (asked["tool"], asked["email"], asked["usehistory"]) == ("livetable", "curator@example.org", "y")


def test_429_waits_as_long_as_retry_after_says(eutils):
    eutils.put(Record("31"))
    eutils.fail("esearch", Fault(429, {"Retry-After": "1"}, TOO_MANY.body))
    assert Entrez().search("tumour").count == 1
    assert gaps(eutils)[0] >= 1


def test_retry_after_as_a_date_and_one_that_is_too_long():
    assert 20 < wait_asked(format_datetime(dt.datetime.now(dt.UTC) + dt.timedelta(seconds=30), usegmt=True)) <= 30
    assert wait_asked("soon") == 0
    with pytest.raises(NetworkError, match="run again later"):
        wait_asked("86400")


@pytest.mark.parametrize(
    "fault",
    [
        Fault(500, body="Internal Server Error"),
        Fault(502),
        Fault(delay=0.8),
        Fault(cut=150),
        Fault(cut=150, cut_quietly=True),
        Fault(body='<?xml version="1.0"?><eSearchResult><ERROR>Search Backend failed: read timed out</ERROR></eSearchResult>'),
    ],
    ids=["500", "502", "time-out", "cut short", "cut short, length to match", "backend failed"],
)
def test_what_may_pass_is_tried_again(eutils, fault, monkeypatch):
    monkeypatch.setenv("LIVETABLE_TIMEOUT", "0.5" if fault.delay else "10")
    eutils.put(Record("31"))
    eutils.fail("esearch", fault)
    if fault.body.startswith("<?xml"):
        fault.headers["Content-Type"] = "text/xml"
    assert Entrez().search("tumour").pmids == ("31",)
    assert eutils.count("esearch") == 2


def test_it_gives_up_after_the_tries_and_waits_longer_each_time(eutils, monkeypatch):
    monkeypatch.setenv("LIVETABLE_TRIES", "4")
    monkeypatch.setenv("LIVETABLE_BACKOFF", "0.1")
    eutils.fail("esearch", *[Fault(503)] * 9)
    with pytest.raises(TransientError, match="esearch: HTTP 503"):
        Entrez().search("tumour")
    assert eutils.count("esearch") == 4
    assert gaps(eutils)[2] > 0.4 > 0.1 <= gaps(eutils)[0]


def test_error_replies_are_not_tried_again(eutils):
    eutils.fail("esearch", Fault(body="<eSearchResult><ERROR>Invalid db name specified: pubmud</ERROR></eSearchResult>"))
    eutils.faults["esearch"][0].headers["Content-Type"] = "text/xml"
    with pytest.raises(NetworkError, match="esearch: Invalid db name specified: pubmud"):
        Entrez().search("tumour")
    assert eutils.count("esearch") == 1


def test_an_expired_history_is_told_apart(eutils):
    eutils.put(Record("31"))
    client = Entrez()
    found = client.search("tumour")
    eutils.expire()
    with pytest.raises(HistoryExpiredError, match="Unable to obtain query"):
        client.fetch_page(found, 0, 10)
    assert eutils.count("efetch") == 1


@pytest.mark.parametrize("status", [400, 429, 500])
def test_the_key_stands_in_no_message(eutils, monkeypatch, status, capfd):
    key = "secret-key-of-the-tests"
    monkeypatch.setenv("LIVETABLE_TRIES", "1")
    eutils.fail("esearch", Fault(status, body=f'{{"error":"API key {key} is invalid","api-key":"{key}"}}'))
    client = Entrez()
    with pytest.raises(NetworkError, match="API key \\*\\*\\* is invalid") as caught:
        client.search("tumour")
    assert eutils.asked[0][1]["api_key"] == key
    printed = capfd.readouterr()
    assert key not in "".join(traceback.format_exception(caught.value)) + repr(client.settings) + printed.out + printed.err


def test_without_a_key_three_requests_a_second(eutils, monkeypatch):
    monkeypatch.delenv("NCBI_API_KEY")
    client = Entrez()
    for _ in range(4):
        client.search("tumour")
    assert min(gaps(eutils)) >= 0.33
    assert "api_key" not in eutils.asked[-1][1]


def test_the_address_is_asked_for(monkeypatch):
    monkeypatch.delenv("LIVETABLE_EMAIL", raising=False)
    with pytest.raises(InputError, match="LIVETABLE_EMAIL is not set"):
        Settings.from_environment()


def test_the_machine_that_does_not_answer(eutils, monkeypatch):
    monkeypatch.setenv("LIVETABLE_EUTILS", "http://127.0.0.1:9/entrez/eutils")
    monkeypatch.setenv("LIVETABLE_TRIES", "2")
    with pytest.raises(TransientError, match="refused"):
        Entrez().search("tumour")


def test_tests_reach_no_other_machine():
    import httpx

    with pytest.raises(RuntimeError, match="tests may not"):
        httpx.get("http://192.0.2.1/")
    with pytest.raises(RuntimeError, match="tests may not look up"):
        httpx.get("http://eutils.example.org/")


NEWER = '<NewElement2026 Kind="x"><Part>1</Part></NewElement2026>'


@pytest.mark.parametrize("dtd", ["pubmed_250101.dtd", "pubmed_260101.dtd", "pubmed_261001.dtd"])
def test_a_newer_document_type_is_read_without_the_network(eutils, dtd):
    eutils.dtd = dtd
    eutils.put(Record("31", title="Dose of <i>in situ</i> seeds, 5 &lt; 7 Gy<sup>2</sup>", doi="10.5555/Abc", extra=NEWER))
    client = Entrez()
    [hit] = pubmed.hits(read(client.fetch_page(client.search("tumour"), 0, 10)))
    assert hit["title"] == "Dose of in situ seeds, 5 < 7 Gy2"
    assert (hit["doi"], hit["pdat"], hit["epdat"], hit["edat"]) == ("10.5555/abc", "2015-06", "2015-06-01", "2015-06-02")
    assert hit["abstract"] == "METHODS: We reviewed charts.\nRESULTS: Median survival was 20.1 months (P < 0.05)."
    assert hit["authors"] == ["Okafor, Ngozi", "Lind, Per", "Marsh, Ada"]


def test_an_answer_of_another_kind_is_refused():
    with pytest.raises(NetworkError, match="unknown kind: <html>"):
        read(b"<html><body>Sorry</body></html>")


@pytest.mark.parametrize(
    ("parts", "date"),
    [
        ({"Year": "2019", "Month": "Nov", "Day": "7"}, "2019-11-07"),
        ({"Year": "2019", "Month": "02"}, "2019-02"),
        ({"Year": "2019", "Season": "Spring"}, "2019"),
        ({"MedlineDate": "1998 Dec-1999 Jan"}, "1998-12"),
        ({"MedlineDate": "2000 Spring"}, "2000"),
        ({"MedlineDate": "Spring"}, ""),
    ],
)
def test_dates_as_far_as_they_are_printed(parts, date):
    assert pubmed._date(parts) == date


def test_elink_gives_the_pmcid_of_those_that_have_one(eutils):
    eutils.put(Record("31", linked_pmcid="PMC77"), Record("32"))
    assert Entrez().pmcids(["31", "32"]) == {"31": "PMC77"}


@pytest.mark.skipif(not (EVALUATION / "pubmed").is_dir(), reason="the shared folder of evaluation papers is absent (LIVETABLE_EVALUATION)")
def test_every_shared_pubmed_record_is_read():
    body = gzip.decompress((EVALUATION / "pubmed" / "pubmedset_rebuilt_from_jats.xml.gz").read_bytes())
    hits = list(pubmed.hits(read(body)))
    assert len(hits) == body.count(b"<PubmedArticle>") == 4428
    missing = {name: sum(not hit[name] for hit in hits) for name in ("pmid", "title", "year", "language", "authors", "journal", "abstract")}
    assert missing == {"pmid": 0, "title": 0, "year": 0, "language": 0, "authors": 12, "journal": 0, "abstract": 85}


@pytest.mark.skipif(not (EVALUATION / "pubmed").is_dir(), reason="the shared folder of evaluation papers is absent (LIVETABLE_EVALUATION)")
def test_every_shared_pubmed_answer_is_read():
    paths = [*EVALUATION.glob("pubmed/eutils-answers/pubmed*.xml"), *EVALUATION.glob("pubmed/eutils-answers-2/efetch.pubmed*.xml")]
    hits = [hit for path in paths for hit in pubmed.hits(read(path.read_bytes()))]
    assert len(hits) >= 10
    assert all(hit["pmid"] and hit["title"] and hit["authors"] and hit["edat"] for hit in hits)
