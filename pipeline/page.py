"""Table 1 as one page of HTML: the table, the evidence behind each value, and all that stands below the table."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path

from pipeline import claims, synthesis
from pipeline.compare import OUTCOMES, Comparison
from pipeline.evidence import panel, said
from pipeline.figures import CLASSES, COLOURS, INK, MUTED, RULE, FactorMatrix, factor_class
from pipeline.news import News
from pipeline.pictures import Spot
from pipeline.protocol import Review
from pipeline.records import Document
from pipeline.synthesis_files import rate_text
from pipeline.table1 import Table, counts
from pipeline.templating import template
from pipeline.wording import plain, tied

INLINE_COLOURS = {INK: "var(--ink)", MUTED: "var(--muted)", RULE: "var(--rule)"} | {
    colour: f"var(--series-{number})" for number, colour in enumerate(COLOURS, 1)
}
SYMBOLS = {"independent": "●", "univariate": "◐", "not_significant": "○", "": "■"}


@dataclass(slots=True)
class Source:
    """A study's file and its document, as far as there are any."""

    document: Document | None = None
    path: Path | None = None
    link: str = ""  # from the page to that file
    specimen: bool = False


@dataclass(slots=True)
class Page:
    """Everything the page shows, put together by report.run."""

    review: Review
    table: Table
    sources: dict[str, Source]
    comparison: Comparison | None
    matrix: FactorMatrix
    legend: list[tuple[str, str]]
    flow_svg: str
    survival_svg: str
    skipped: list[dict]
    not_retrieved: list[dict]
    waiting: int
    last_added: str
    news: News
    claims: list[claims.Result] = field(default_factory=list)
    syntheses: list[synthesis.Synthesis] = field(default_factory=list)
    forests: dict[str, str] = field(default_factory=dict)  # SVG by file name
    pictures: dict[Spot, str] = field(default_factory=dict)
    ids: dict[int, str] = field(default_factory=dict)  # of findings, by identity

    def html(self) -> str:
        """The page."""
        self.ids = {id(f): f"f{n}" for n, f in enumerate((f for s in self.table.studies for f in s.findings), 1)}
        form, compared = self.review.form, self.comparison
        words = {
            "symbols": SYMBOLS,
            "classes": CLASSES,
            "plain": plain,
            "factor_class": factor_class,
            "said": said,
            "tied": tied,
            "outcomes": OUTCOMES,
            "fids": {f["id"]: self.ids[id(f)] for study in self.table.studies for f in study.findings if f.get("id")},
            "claims": claims.paired(self.claims),
            "claim_counts": claims.counted(self.claims),
            "verdicts": claims.VERDICTS,
            "asked_of": claims.ASKED_OF,
            "syntheses": self.syntheses,
            "caveat": synthesis.CAVEAT,
            "rate_text": rate_text,
            "forests": {name: inlined(svg, name.removesuffix(".svg")) for name, svg in self.forests.items()},
        }
        return template("table1.html").render(
            review=self.review, table=self.table, counts=counts(self.table), legend=self.legend, matrix=self.matrix, comparison=compared,
            flow_svg=self.flow_svg, survival_svg=inlined(self.survival_svg), skipped=self.skipped, not_retrieved=self.not_retrieved,
            waiting=self.waiting, last_added=self.last_added, news=self.news, evidence=self.evidence(), fid=lambda finding: self.ids[id(finding)],
            summary=compared.summary(form) if compared else [], titles={column.key: column.title for column in form.columns},
            unchecked=[(study, [cell for _, cell in cells]) for study, cells in groupby(self.table.unchecked(), lambda entry: entry[0])],
            specimens=sum(source.specimen for source in self.sources.values()), **words,
        )  # fmt: skip

    def evidence(self) -> dict[str, dict]:
        """The panel of each value, by its id on the page."""
        labels = {entry.field: entry.label for entry in self.review.form.fields}
        titles = {column.key: column.title for column in self.review.form.columns}
        columns = {entry.field: titles[entry.column] for entry in self.review.form.fields}
        held = {}
        for study in self.table.studies:
            source = self.sources.get(study.key, Source())
            for finding in study.findings:
                spot = spot_of(finding, source)
                held[self.ids[id(finding)]] = {
                    "study": study.label, "column": columns[finding["field"]], "field": labels[finding["field"]],
                    "picture": f"evidence/{self.pictures[spot]}" if spot in self.pictures else "", "link": source.link,
                    "specimen": source.specimen, **panel(finding, source.document),
                }  # fmt: skip
        return held


def spot_of(finding: dict, source: Source) -> Spot | None:
    """The place to be pictured: a page and a box of a PDF."""
    place = finding.get("place") or {}
    if source.path is None or source.document is None or source.document.source != "pdf" or not place.get("bbox") or not place.get("page"):
        return None
    return Spot(finding["paper"], source.path, int(place["page"]), tuple(place["bbox"]))


def inlined(svg: str, name: str = "survival") -> str:
    """A figure's SVG for the page: no prologue, its ids apart from others', its plain colours those of the page."""
    svg = svg[svg.find("<svg") :] if "<svg" in svg else ""
    svg = re.sub(r'(\bid="|xlink:href="#|url\(#)', rf"\1{name}-", svg)
    svg = re.sub(r"<metadata>.*?</metadata>", "", svg, flags=re.DOTALL)
    for colour, name in INLINE_COLOURS.items():
        svg = svg.replace(colour, name)
    return svg
