"""A living review to update: three of the embedded review's specimens in a released state, and three later papers that PubMed has."""

from __future__ import annotations

import datetime as dt
import json
import os
import shutil
import sys
from pathlib import Path

from eutils_server import EutilsServer, Record
from lxml import etree

from pipeline import acquire, load, parse, reading, release, report, screen
from pipeline.protocol import ROOT, Review

sys.path.insert(0, str(ROOT / "corpus"))
from typeset_jats import to_jats
from typeset_source import read_specimen

KEY = "mnpc"
HELD = ("hu_2015", "sun_2020", "wang_shen_2021")
RELEASED, FIRST, SECOND, THIRD = (dt.date(2026, 1, 10), dt.date(2026, 2, 1), dt.date(2026, 2, 8), dt.date(2026, 2, 15))
#: Later papers: specimen, PMID, PMCID, DOI, first author, year. The third's PMID is not known: the number is the local server's own.
LATER = (
    ("nong_2020", "32541642", "PMC7315802", "10.12659/msm.922244", "Nong", 2020),
    ("chen_2024", "38366057", "PMC10873310", "10.1038/s41598-024-54230-6", "Chen", 2024),
    ("bone_only_2022", "99000001", "PMC8729074", "10.1186/s12885-021-09152-1", "Bone", 2022),
)
KEYS = ("nong_2020", "chen_2024", "bone_2022")
LETTERS = [
    Record(
        f"9900000{number}", f"Reply {number} to a letter on the dose of an invented drug", types=("Letter",), pdat=day, edat=day, mdat=day
    )
    for number, day in ((2, FIRST), (3, SECOND))
]


def settings(server: EutilsServer) -> dict[str, str]:
    """The environment of a run against the local server."""
    return {
        "LIVETABLE_EUTILS": server.url, "LIVETABLE_PMC_BUCKET": server.bucket_url, "LIVETABLE_EMAIL": "curator@example.org",
        "NCBI_API_KEY": "secret-key-of-the-tests", "LIVETABLE_TIMEOUT": "20", "LIVETABLE_BACKOFF": "0.02", "PYTHONHASHSEED": "0",
    }  # fmt: skip


def lay_out(root: Path) -> Review:
    """The embedded review with an open end date and three specimens that are JATS, nothing built."""
    shutil.copytree(ROOT / "schemas", root / "schemas")
    protocol = root / "schemas" / KEY / "protocol.yaml"
    text = protocol.read_text(encoding="utf-8")
    assert "published_to: 2020-12-31" in text
    protocol.write_text(text.replace("  published_to: 2020-12-31\n", ""), encoding="utf-8")
    here, there = root / "corpus" / KEY, ROOT / "corpus" / KEY
    (here / "papers").mkdir(parents=True)
    (here / "inbox").mkdir()
    for key in HELD:
        shutil.copy(there / "papers" / f"{key}.specimen.xml", here / "papers")
    for name in ("hits.jsonl", "screening.tsv", "sources.tsv", "curators.tsv"):
        lines = (there / name).read_text(encoding="utf-8").splitlines(keepends=True)
        kept = [line for line in lines if name == "curators.tsv" or any(line.startswith((f"{key}\t", f'{{"key": "{key}"')) for key in HELD)]
        (here / name).write_text("".join(([lines[0]] if name.endswith(".tsv") and name != "curators.tsv" else []) + kept), encoding="utf-8")
    with open(here / "curators.tsv", "a", encoding="utf-8") as file:
        file.write("ada\tAda Marsh\t\n")
    return Review(KEY, root)


def build(review: Review) -> None:
    """Every offline stage."""
    screen.run(review)
    acquire.run(review, offline=True)
    parse.run(review, jobs=2)
    reading.run(review, jobs=2)
    load.run(review)
    report.run(review)


def released(root: Path) -> Review:
    """The review built and released."""
    review = lay_out(root)
    build(review)
    release.run(review, RELEASED)
    return review


def jats(name: str, pmcid: str, doi: str) -> str:
    """A later paper as PMC would give it: the specimen with its identifiers."""
    article = etree.fromstring(to_jats(read_specimen(ROOT / "tests" / "later" / f"{name}.md")))
    meta = article.find("front/article-meta")
    for kind, given in (("doi", doi), ("pmc", pmcid.removeprefix("PMC"))):
        identifier = etree.Element("article-id")
        identifier.set("pub-id-type", kind)
        identifier.text = given
        meta.insert(0, identifier)
    return etree.tostring(article, encoding="unicode")


def title(name: str) -> str:
    """A later paper's title."""
    return read_specimen(ROOT / "tests" / "later" / f"{name}.md").front["title"]


def publish(server: EutilsServer) -> None:
    """Let PubMed and PMC have the three later papers, and a letter that no filter lets pass."""
    for name, pmid, pmcid, doi, author, year in LATER:
        authors = ((author, "Specimen"), ("Team", "Specimen"), ("Team", "Second"))
        server.put(Record(pmid, title(name), authors, dt.date(year, 6, 1), FIRST, FIRST, doi=doi, pmcid=pmcid))
        server.articles[pmcid] = jats(name, pmcid, doi)
        server.deposit(pmcid, 1, b"", pdf_url="")
    server.put(LETTERS[0])


def decide(review: Review, decision: str, *keys: str, reason: str = "radiotherapy to the primary tumour", date: dt.date = FIRST) -> None:
    """A curator decides on records: what stood there before is replaced."""
    path = review.corpus / "screening.tsv"
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if line.split("\t")[0] not in keys]
    path.write_text("\n".join([*lines, *(f"{key}\t{decision}\t{reason}\tada\t{date}" for key in keys)]) + "\n", encoding="utf-8")


def ledger(review: Review, name: str) -> list[dict]:
    """The lines of a ledger."""
    return [json.loads(line) for line in (review.corpus / name).read_text(encoding="utf-8").splitlines()]


def files(folder: Path) -> dict[str, bytes]:
    """Every file's content by its path, but for locks."""
    paths = [Path(place) / name for place, _, names in os.walk(folder) for name in names if name != ".lock"]
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(paths)}
