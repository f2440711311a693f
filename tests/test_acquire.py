"""Acquiring full texts: PMC, its open-data bucket, the inbox, abstracts; and that nothing else reaches for the network."""

from __future__ import annotations

import ast
import datetime as dt
import hashlib
import io
import json

import pytest
from eutils_server import Fault, Record
from reportlab.pdfgen import canvas

from pipeline import acquire, inbox, screen, sources
from pipeline.bucket import Bucket
from pipeline.entrez import Settings
from pipeline.files import InputError, NetworkError, read_jsonl, read_tsv
from pipeline.hits import EMPTY, Ledger
from pipeline.protocol import ROOT, Review

TODAY = dt.date(2021, 3, 1)
TITLE = "Doses of an invented drug in patients with an invented tumour"
JATS = """<article xmlns:xlink="http://www.w3.org/1999/xlink" article-type="research-article"><front><article-meta>
<article-id pub-id-type="pmc">{pmc}</article-id><article-id pub-id-type="doi">{doi}</article-id>
<title-group><article-title>{title}</article-title></title-group>
<permissions><license xlink:href="https://creativecommons.org/licenses/by/4.0/"><license-p>Free.</license-p></license></permissions>
</article-meta></front>{body}</article>"""
BODY = "<body><sec><title>Results</title><p>Median survival was 20 months, P &lt; 0.05.</p></sec></body>"


def jats(pmc="77", doi="10.5555/abc.1", title=TITLE, body=BODY):
    """A short JATS article."""
    return JATS.format(pmc=pmc, doi=doi, title=title, body=body)


def pdf(*lines):
    """A page of text as PDF; invariant, so that the same lines give the same bytes."""
    out = io.BytesIO()
    page = canvas.Canvas(out, invariant=1)
    for number, line in enumerate(lines):
        page.drawString(60, 780 - 16 * number, line)
    page.save()
    return out.getvalue()


def hold(review, *hits, into=("in",)):
    """Give a review a ledger, and decide on its first records."""
    rows = [EMPTY | {"found_by": ["pubmed"], "first_seen": "2020-05-05", "label": hit["key"], "edat": "2014-05-02"} | hit for hit in hits]
    (review.corpus / "hits.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    lines = [f"{hit['key']}\t{decision}\tread\tada\t2021-01-01" for hit, decision in zip(hits, into, strict=False)]
    (review.corpus / "screening.tsv").write_text("\n".join(["key\tdecision\treason\tcurator\tdate", *lines]) + "\n")


def rows(review):
    """sources.tsv by file name."""
    return {row["file"]: row for row in read_tsv(review.corpus / "sources.tsv", sources.COLUMNS)}


PAPER = {
    "key": "okafor_2014",
    "pmid": "31",
    "pmcid": "PMC77",
    "doi": "10.5555/abc.1",
    "title": TITLE,
    "year": 2014,
    "abstract": "We gave it.",
}


def test_jats_and_pdf_with_licence_and_sum(eutils, asked):
    hold(asked, PAPER)
    eutils.articles["PMC77"] = jats()
    eutils.deposit("PMC77", 1, pdf("old"))
    eutils.deposit("PMC77", 2, pdf(TITLE), license_code="CC BY-NC")
    told = acquire.run(asked, today=TODAY)
    assert told["kinds"] == {"jats": 1}
    assert told["fetched"] == ["okafor_2014.xml", "okafor_2014.pdf"]
    row = rows(asked)["okafor_2014.pdf"]
    assert (row["kind"], row["licence"], row["retrieved"]) == ("pdf", "CC BY-NC", "2021-03-01")
    assert row["url"] == f"{eutils.bucket_url}/PMC77.2/PMC77.2.pdf"
    assert row["sha256"] == hashlib.sha256(pdf(TITLE)).hexdigest()
    text = (asked.papers / "okafor_2014.xml").read_text()
    assert "20 months, P &lt; 0.05" in text
    assert "secret-key" not in (asked.corpus / "sources.tsv").read_text()
    eutils.asked.clear()
    before = (asked.corpus / "sources.tsv").read_bytes()
    assert acquire.run(asked, today=dt.date(2022, 1, 1))["fetched"] == []
    assert [asked_for["path"] for _, asked_for, _ in eutils.asked] == [""]  # the bucket's list only
    assert (asked.corpus / "sources.tsv").read_bytes() == before


def test_a_newer_version_is_fetched_and_told(eutils, asked):
    hold(asked, PAPER)
    eutils.articles["PMC77"] = jats()
    eutils.deposit("PMC77", 1, pdf("first"))
    acquire.run(asked, today=TODAY)
    eutils.deposit("PMC77", 2, pdf("second"))
    told = acquire.run(asked, today=TODAY)
    assert told["renewed"] == ["okafor_2014.pdf"]
    assert told["fetched"] == ["okafor_2014.xml", "okafor_2014.pdf"]
    assert (asked.papers / "okafor_2014.pdf").read_bytes() == pdf("second")


def test_a_fetched_file_that_was_altered_is_fetched_again_and_one_that_people_gave_is_not(eutils, asked):
    hold(asked, PAPER)
    eutils.deposit("PMC77", 1, pdf(TITLE))
    asked.papers.mkdir()
    given, fetched = asked.papers / "okafor_2014.xml", asked.papers / "okafor_2014.pdf"
    given.write_text(jats())
    acquire.run(asked, today=TODAY)
    given.write_text(jats(title="Altered"))
    fetched.write_bytes(b"%PDF altered")
    told = acquire.run(asked, today=TODAY)
    assert sorted(told["changed"]) == ["okafor_2014.pdf", "okafor_2014.xml"]
    assert told["fetched"] == ["okafor_2014.pdf"]
    assert fetched.read_bytes() == pdf(TITLE)
    assert "Altered" in given.read_text()


def test_a_pdf_whose_md5_is_wrong_is_not_kept(eutils, asked, monkeypatch):
    monkeypatch.setenv("LIVETABLE_TRIES", "3")
    hold(asked, PAPER)
    eutils.deposit("PMC77", 1, pdf(TITLE), md5="0" * 32)
    told = acquire.run(asked, today=TODAY)
    assert "md5 is not the one" in told["failed"][0]
    assert not (asked.papers / "okafor_2014.pdf").exists()
    assert told["kinds"] == {"abstract": 1}
    assert sum(asked_for["path"].endswith(".pdf") for _, asked_for, _ in eutils.asked if "path" in asked_for) == 3


def test_faults_of_the_bucket_pass(eutils, asked, monkeypatch):
    monkeypatch.setenv("LIVETABLE_TIMEOUT", "0.5")
    hold(asked, PAPER)
    eutils.deposit("PMC77", 1, pdf(TITLE))
    eutils.fail(
        "bucket",
        Fault(503),
        Fault(429, {"Retry-After": "0"}),
        Fault(delay=0.8),
        Fault(),
        Fault(),
        Fault(cut=40),
        Fault(cut=40, cut_quietly=True),
    )
    assert acquire.run(asked, today=TODAY)["kinds"] == {"pdf": 1}
    assert (asked.papers / "okafor_2014.pdf").read_bytes() == pdf(TITLE)


def test_what_pmc_says_of_a_retraction_is_kept(eutils, asked):
    hold(asked, PAPER)
    eutils.deposit("PMC77", 1, pdf(TITLE), is_retracted=True)
    assert acquire.run(asked, today=TODAY)["retracted"] == ["okafor_2014"]
    assert screen.run(asked)["warnings"] == ["okafor_2014: kept by ada, but retracted"]
    book = Ledger(asked.corpus / "hits.jsonl")
    book.add({"pmid": "31", "notices": []}, "pubmed", "2021-05-05")
    assert screen.is_retracted(book.hits["okafor_2014"])


def test_front_matter_alone_is_no_full_text_and_the_abstract_is_kept(eutils, asked):
    hold(
        asked,
        PAPER,
        PAPER | {"key": "lind_2015", "pmid": "32", "doi": "", "pmcid": "", "title": "Other", "abstract": ""},
        into=("in", "in"),
    )
    eutils.articles["PMC77"] = jats(body="<!--The publisher of this article does not allow downloading of the full text in XML form.-->")
    told = acquire.run(asked, today=TODAY)
    assert told["kinds"] == {"abstract": 1, "none": 1}
    assert told["without"] == ["lind_2015"]
    assert (asked.papers / "okafor_2014.abstract.txt").read_text() == f"{TITLE}\n\nWe gave it.\n"
    assert rows(asked)["okafor_2014.abstract.txt"]["url"] == "https://pubmed.ncbi.nlm.nih.gov/31/"


def test_another_article_than_the_one_asked_for_is_refused(eutils, asked):
    hold(asked, PAPER)
    eutils.articles["PMC77"] = jats(pmc="78")
    assert "given another article" in acquire.run(asked, today=TODAY)["failed"][0]
    assert not (asked.papers / "okafor_2014.xml").exists()


def test_only_included_papers_are_fetched(eutils, asked):
    hold(asked, PAPER, PAPER | {"key": "lind_2015", "pmid": "32", "pmcid": "PMC78", "doi": ""}, into=("out",))
    eutils.articles |= {"PMC77": jats(), "PMC78": jats(pmc="78")}
    assert acquire.run(asked, today=TODAY)["included"] == 0
    assert not list(asked.papers.iterdir())


def test_records_of_a_reference_list_are_completed_from_pubmed(eutils, asked):
    listed = {"found_by": ["reference list: a.ris"], "edat": "", "pmcid": "", "abstract": ""}
    hold(
        asked,
        listed | {"key": "okafor_2014", "doi": "10.5555/abc.1", "title": TITLE, "year": 2014},
        listed | {"key": "lind_2015", "pmid": "32", "year": 2015},
        listed | {"key": "marsh_2016", "pmid": "33", "title": "Quite another matter of botany", "year": 2016},
        listed | {"key": "bare_2012", "authors": ["Bare"], "year": 2012},
        into=("in",) * 4,
    )
    eutils.put(Record("31", title=TITLE + ".", doi="10.5555/ABC.1", pmcid="PMC77"), Record("32", linked_pmcid="PMC78"), Record("33"))
    eutils.articles |= {"PMC77": jats(), "PMC78": jats(pmc="78", doi="10.5555/x")}
    told = acquire.run(asked, today=TODAY)
    assert told["kinds"] == {"jats": 2, "none": 2}
    assert told["mismatched"] == ["marsh_2016: PMID 33 is another paper: A cohort of patients treated for an invented tumour at one centre"]
    kept = {row["key"]: row for row in read_jsonl(asked.corpus / "hits.jsonl")}
    assert (kept["okafor_2014"]["pmid"], kept["okafor_2014"]["pmcid"], kept["lind_2015"]["pmcid"]) == ("31", "PMC77", "PMC78")
    assert kept["okafor_2014"]["found_by"] == ["reference list: a.ris"]  # completed, but not found by the query
    assert kept["marsh_2016"]["title"] == "Quite another matter of botany"


def test_it_ends_when_the_network_is_down_and_keeps_what_it_has(eutils, asked, monkeypatch):
    monkeypatch.setenv("LIVETABLE_TRIES", "1")
    papers = [PAPER | {"key": f"okafor_201{n}", "pmid": f"3{n}", "pmcid": f"PMC7{n}", "doi": ""} for n in range(6)]
    hold(asked, *papers, into=("in",) * 6)
    eutils.articles["PMC70"] = jats(pmc="70")
    eutils.fail("bucket", Fault(), *[Fault(500)] * 9)
    with pytest.raises(NetworkError, match="3 papers in a row failed"):
        acquire.run(asked, today=TODAY)
    assert eutils.count("bucket") == 4
    assert "okafor_2010.xml" in rows(asked)


def test_offline_touches_no_network_and_takes_specimens_in(asked, monkeypatch):
    monkeypatch.delenv("LIVETABLE_EMAIL", raising=False)
    hold(asked, PAPER, {"key": "lind_2015", "title": "Other"}, into=("in", "in"))
    asked.papers.mkdir()
    (asked.papers / "okafor_2014.specimen.pdf").write_bytes(pdf("specimen"))
    (asked.papers / "lind_2015.specimen.xml").write_text(jats())
    (asked.papers / "nobody_1999.pdf").write_bytes(pdf("x"))
    told = acquire.run(asked, offline=True, today=TODAY)
    assert told["kinds"] == {"specimen-jats": 1, "specimen-pdf": 1}
    assert told["unknown"] == ["nobody_1999.pdf"]
    row = rows(asked)["okafor_2014.specimen.pdf"]
    assert (row["kind"], row["url"], row["licence"], row["retrieved"]) == ("specimen-pdf", "", "MIT", "2020-05-05")


def test_the_real_paper_stands_over_its_specimen_which_stays(eutils, asked):
    hold(asked, PAPER)
    asked.papers.mkdir()
    specimen = asked.papers / "okafor_2014.specimen.pdf"
    specimen.write_bytes(pdf("specimen"))
    acquire.run(asked, offline=True, today=TODAY)
    assert sources.chosen(asked)["okafor_2014"]["kind"] == "specimen-pdf"
    eutils.deposit("PMC77", 1, pdf(TITLE))
    acquire.run(asked, today=TODAY)
    assert sources.chosen(asked)["okafor_2014"]["file"] == "okafor_2014.pdf"
    assert specimen.exists()


def test_changed_and_absent_files_are_told(asked):
    hold(asked, PAPER)
    asked.papers.mkdir()
    paper, specimen = asked.papers / "okafor_2014.pdf", asked.papers / "okafor_2014.specimen.pdf"
    paper.write_bytes(pdf("one"))
    specimen.write_bytes(pdf("one"))
    acquire.run(asked, offline=True)
    paper.write_bytes(pdf("two"))
    specimen.write_bytes(pdf("two"))
    known = rows(asked)["okafor_2014.pdf"]["sha256"]
    for expected in (["okafor_2014.pdf", "okafor_2014.specimen.pdf"], ["okafor_2014.pdf"]):  # a specimen's row follows it
        assert acquire.run(asked, offline=True)["changed"] == expected
    assert rows(asked)["okafor_2014.pdf"]["sha256"] == known
    paper.unlink()
    told = acquire.run(asked, offline=True)
    assert (told["absent"], told["kinds"]) == (["okafor_2014.pdf"], {"specimen-pdf": 1})


@pytest.mark.parametrize(
    ("name", "content", "moved"),
    [
        ("scan0001.pdf", pdf("J Invent Oncol 7:11", "https://doi.org/10.5555/ABC.1", "Some words"), "okafor_2014.pdf"),
        ("x.pdf", pdf("Doses of an invented drug in patients", "with an invented tumour", "N. Okafor"), "okafor_2014.pdf"),
        ("x.pdf", pdf("A page that prints its number", "PMID: 31000", "and a few more words"), "okafor_2014.pdf"),
        ("y.xml", jats().encode(), "okafor_2014.xml"),
        ("y.nxml", jats(doi="", pmc="").encode(), "okafor_2014.xml"),
        ("x.pdf", pdf("Response to " + TITLE, "10.5555/abc.1", "cited as https://doi.org/10.5555/abc."), "okafor_2014.pdf"),
        ("z.txt", f"{TITLE}\nN. Okafor\n".encode(), "okafor_2014.txt"),
    ],
)
def test_a_dropped_file_is_recognised(asked, name, content, moved):
    hold(asked, PAPER | {"pmid": "31000"}, {"key": "lind_2015", "title": "Quite another matter of botany in the garden"})
    (asked.inbox / name).write_bytes(content)
    told = acquire.run(asked, offline=True, today=TODAY)
    assert told["inbox_moved"] == [f"{name} -> {moved}"]
    assert (asked.papers / moved).read_bytes() == content
    assert not (asked.inbox / name).exists()
    row = rows(asked)[moved]
    assert (row["retrieved"], row["licence"]) == (
        "2021-03-01",
        "https://creativecommons.org/licenses/by/4.0/" if moved.endswith("xml") else "",
    )


OTHER = "Quite another matter of botany in the garden"


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("a.pdf", pdf("Nothing that anybody knows of", "stands on this first page"), "no DOI, PMID or title of a known record"),
        ("a.pdf", pdf(TITLE, OTHER), "names several records: lind_2015, okafor_2014"),
        ("a.pdf", pdf(TITLE, "doi:10.5555/quite.another"), "points to okafor_2014, but also to another paper"),
        ("a.pdf", pdf("Cited here: 10.5555/abc.1", "This paper: 10.5555/own.1"), "points to okafor_2014, but also to another paper"),
        ("a.pdf", pdf(f"Correction to: {TITLE}", "10.5555/abc.1"), "speak of a correction"),
        ("a.pdf", pdf(f"{TITLE} in elderly rats", "10.5555/abc.12"), "points to okafor_2014, but also"),
        ("a.pdf", pdf(""), "holds no text"),
        ("a.pdf", b"%PDF-1.7 broken", "cannot be opened as a PDF"),
        ("a.pdf", b"", "cannot be opened as a PDF"),
        ("a.xml", b"<article><front>", "is not XML"),
        ("a.xml", b"<html/>", "is XML, but no JATS article"),
        ("a.xml", jats().replace("research-article", "correction").encode(), "is a correction, not the paper itself"),
        ("a.docx", b"PK", "is no paper: .docx; allowed"),
    ],
)
def test_what_is_not_sure_stays_and_is_told(asked, name, content, reason):
    hold(asked, PAPER, {"key": "lind_2015", "title": OTHER})
    (asked.inbox / name).write_bytes(content)
    told = acquire.run(asked, offline=True, today=TODAY)
    assert told["inbox_moved"] == []
    assert reason in told["inbox_unmatched"][0]
    assert told["inbox_unmatched"][0].startswith(name)
    assert (asked.inbox / name).exists()


def test_an_encrypted_pdf_is_told_and_stays(asked):
    hold(asked, PAPER)
    out = io.BytesIO()
    page = canvas.Canvas(out, encrypt="closed")
    page.drawString(60, 700, TITLE)
    page.save()
    (asked.inbox / "locked.pdf").write_bytes(out.getvalue())
    assert "cannot be opened" in acquire.run(asked, offline=True)["inbox_unmatched"][0]


def test_a_dropped_file_never_takes_the_place_of_another(asked):
    hold(asked, PAPER)
    asked.papers.mkdir()
    (asked.papers / "okafor_2014.pdf").write_bytes(pdf("held"))
    (asked.inbox / "new.pdf").write_bytes(pdf(TITLE))
    assert "is there already and differs" in acquire.run(asked, offline=True)["inbox_unmatched"][0]
    assert (asked.papers / "okafor_2014.pdf").read_bytes() == pdf("held")


def test_a_broken_word_at_the_line_end_is_joined():
    told = inbox._text_front("txt", "Doses of an in-\nvented drug in patients with an invented tumour")
    assert told.text.startswith("Doses of an invented drug")


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        (("okafor_2014", "word", "okafor_2014.pdf", "", "", "0" * 64, ""), r"sources\.tsv:2: kind 'word'; allowed: jats"),
        (("okafor_2014", "pdf", "other.pdf", "", "", "0" * 64, ""), r"sources\.tsv:2: file 'other\.pdf'; expected okafor_2014\.pdf"),
        (("okafor_2014", "pdf", "okafor_2014.pdf", "", "", "abc", ""), r"sources\.tsv:2: sha256 is not 64"),
    ],
)
def test_bad_rows_name_file_and_line(asked, cells, message):
    hold(asked, PAPER)
    (asked.corpus / "sources.tsv").write_text("\t".join(sources.COLUMNS) + "\n" + "\t".join(cells) + "\n")
    with pytest.raises(InputError, match=message):
        acquire.run(asked, offline=True)


def test_the_bucket_has_nothing_of_an_article(eutils):
    with Bucket(Settings.from_environment()) as bucket:
        assert bucket.newest("PMC1") is None
        eutils.deposit("PMC12", 3, b"%PDF")
        assert bucket.newest("PMC1") is None
        assert bucket.newest("PMC12") == 3
        assert bucket.deposit("PMC12", 3).licence == "CC BY"


NETWORK = {"httpx", "requests", "socket", "urllib.request", "http.client", "ftplib", "aiohttp", "urllib3", "Bio.Entrez"}
#: search and acquire, with the two modules that hold their clients
ALLOWED = {"entrez", "bucket", "search", "acquire"}


def imports(path):
    """The modules that a file imports, wherever in it."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def test_only_search_and_acquire_reach_for_the_network():
    reach = {
        path.stem: sorted(NETWORK & set(imports(path)))
        for path in (ROOT / "pipeline").rglob("*.py")
        if NETWORK & set(imports(path)) or {"pipeline.entrez.Entrez", "pipeline.bucket.Bucket"} & set(imports(path))
    }
    assert reach.pop("web", ["socket"]) == ["socket"]  # the curators' pages listen on this machine; they ask nobody
    assert set(reach) <= ALLOWED, reach
    assert {"entrez", "bucket"} <= set(reach)


@pytest.mark.parametrize("key", sorted(path.parent.name for path in ROOT.glob("corpus/*/sources.tsv")))
def test_the_committed_sources_are_those_of_the_committed_specimens(key):
    review = Review(key)
    told = sources.Sources(review).look(Ledger(review.corpus / "hits.jsonl"))
    specimens = {name: [file for file in told[name] if ".specimen." in file] for name in ("added", "changed", "absent")}
    assert not any(specimens.values()), f"{specimens}: run `python -m pipeline acquire --offline` and commit sources.tsv"
