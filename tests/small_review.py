"""A small review of two invented papers in a folder of its own, as the stages before `load` would leave it."""

from __future__ import annotations

import gzip
import json
import shutil
from pathlib import Path

from pipeline.files import tsv_text, write_atomic, write_jsonl
from pipeline.protocol import ROOT, Review
from pipeline.records import Document, Line, Passage

CURATOR = "0000-0002-1825-0097"
TEXTS = {
    "north_2011": [
        ("methods", "We reviewed 120 patients, of whom 70 had chemotherapy plus radiotherapy and 50 had chemotherapy alone."),
        ("results", "Median follow-up was 24 months (range, 3 to 90 months)."),
        ("results", "The 3-year overall survival was 48.5% with chemotherapy plus radiotherapy and 31.0% with chemotherapy alone."),
    ],
    "south_2015": [("results", "Thirty-two patients were treated. Median overall survival was 17 months.")],
}


def made_finding(paper: str, number: int, quote: str, **keys: object) -> dict:
    """A line of extract.jsonl whose quote is sliced from the passage."""
    start = TEXTS[paper][number][1].index(quote)
    place = {"page": 1, "bbox": [50, 100, 300, 112], "section": "Results"}
    return {
        "paper": paper,
        **keys,
        "quote": quote,
        "place": place,
        "made_by": "test:rule",
        "passage": number,
        "start": start,
        "end": start + len(quote),
    }


def findings() -> list[dict]:
    """What the machine reads in the two papers."""
    rates = "The 3-year overall survival was 48.5% with chemotherapy plus radiotherapy and 31.0% with chemotherapy alone"
    arms = "70 had chemotherapy plus radiotherapy and 50 had chemotherapy alone"
    north = {"paper": "north_2011"}
    both, alone = {"arm": "chemotherapy plus radiotherapy"}, {"arm": "chemotherapy alone"}
    rate = {"field": "survival_rate", "unit": "percent", "endpoint": "OS", "at": 36}
    return [
        made_finding(**north, number=0, quote="We reviewed 120 patients", field="n_total", value=120, unit="patients"),
        made_finding(**north, number=0, quote=arms, field="arm_size", value=70, unit="patients", **both),
        made_finding(**north, number=0, quote=arms, field="arm_size", value=50, unit="patients", **alone),
        made_finding(**north, number=1, quote="Median follow-up was 24 months (range, 3 to 90 months)", field="follow_up",
                     value=24, low=3, high=90, bounds="range", unit="months"),
        made_finding(**north, number=2, quote=rates, value=48.5, **rate, **both),
        made_finding(**north, number=2, quote=rates, value=31.0, **rate, **alone),
        made_finding("south_2015", 0, "Thirty-two patients were treated", field="n_total", value=32, unit="patients"),
        made_finding("south_2015", 0,
        "Median overall survival was 17 months", field="survival_median", value=17, unit="months", endpoint="OS"),
    ]  # fmt: skip


def document(paper: str) -> Document:
    """One of the two papers as parsed from a PDF."""
    passages = [
        Passage(
            number,
            "paragraph",
            section,
            text,
            section.capitalize(),
            [Line(0, len(text), 1, (50.0, 100.0 + 20 * number, 300.0, 112.0 + 20 * number))],
        )
        for number, (section, text) in enumerate(TEXTS[paper])
    ]
    return Document(paper, "pdf", passages, title=f"Study of {paper}", pages=[(595.0, 842.0)])


def write_document(review: Review, paper: Document) -> None:
    """Write a parsed paper where `load` looks for it."""
    write_atomic(review.build / "parsed" / f"{paper.paper}.json.gz", gzip.compress(paper.to_json().encode(), mtime=0))


def write_findings(review: Review, rows: list[dict]) -> None:
    """Write extract.jsonl."""
    write_jsonl(review.build / "extract.jsonl", rows)


def small_review(root: Path, key: str = "small") -> Review:
    """Lay out the review; its form and vocabularies are those of the repository."""
    asked = next(path.parent for path in sorted(ROOT.glob("schemas/*/fields.yaml")))
    shutil.copytree(ROOT / "schemas" / "vocabularies", root / "schemas" / "vocabularies")
    shutil.copytree(asked, root / "schemas" / key)
    review = Review(key, root)
    hits = [
        {"key": paper, "label": f"{paper[:5].title()} et al., {paper[-4:]}", "year": int(paper[-4:]), "title": f"Study of {paper}",
         "authors": ["Field, A", "Hill, B"], "journal": "Journal of Tests", "doi": f"10.0000/{paper}", "pmid": "", "pmcid": "", "found_by": ["PubMed"], "former_keys": []}
        for paper in TEXTS
    ]  # fmt: skip
    write_jsonl(review.corpus / "hits.jsonl", hits)
    write_atomic(
        review.corpus / "curators.tsv",
        tsv_text([{"id": CURATOR, "name": "A Curator", "note": ""}, {"id": "second", "name": "B", "note": ""}], ("id", "name", "note")),
    )
    screened = [{"key": paper, "label": paper, "status": "in", "reason": "", "by": CURATOR, "filter": ""} for paper in TEXTS]
    screened.append({"key": "west_2018", "label": "West 2018", "status": "pending", "reason": "", "by": "", "filter": ""})
    write_jsonl(review.build / "screened.jsonl", screened)
    sources = [
        {
            "paper": paper,
            "kind": "pdf",
            "url": f"https://example.org/{paper}.pdf",
            "licence": "CC BY 4.0",
            "sha256": "0" * 64,
            "retrieved": "2024-05-01",
        }
        for paper in TEXTS
    ]
    write_atomic(review.corpus / "sources.tsv", tsv_text(sources, ("paper", "kind", "url", "licence", "sha256", "retrieved")))
    for paper in TEXTS:
        write_document(review, document(paper))
    write_findings(review, findings())
    return review


def lines(path: Path) -> list[str]:
    """A file's lines."""
    return path.read_text(encoding="utf-8").splitlines()


def as_json(row: dict) -> str:
    """A row in a form that two rows can be compared by."""
    return json.dumps(row, sort_keys=True)
