"""Table 1 as rows: the included studies in the review's order, each with its cells."""

from __future__ import annotations

from dataclasses import dataclass, field

from pipeline.cells import Cell, compose, is_checked, is_unreported
from pipeline.protocol import Review

AUTHORS_SHOWN = 3


@dataclass(slots=True)
class Study:
    """An included study: what is known of its publication, its findings in force, and its cells by column."""

    key: str
    label: str
    year: int | None
    record: dict
    findings: list[dict]
    cells: dict[str, Cell]
    design: str = ""
    skipped: str = ""  # why nothing could be read

    @property
    def reference(self) -> str:
        """Authors, title, journal and year, as far as they are known."""
        authors = [str(name) for name in self.record.get("authors") or []]
        named = ", ".join(authors[:AUTHORS_SHOWN]) + (" et al." if len(authors) > AUTHORS_SHOWN else "")
        parts = (named, str(self.record.get("title") or ""), str(self.record.get("journal") or ""), str(self.year or ""))
        return ". ".join(part.rstrip(".") for part in parts if part) + "."

    @property
    def links(self) -> list[tuple[str, str]]:
        """Where the paper stands on the web, by its identifiers."""
        found = []
        if self.record.get("doi"):
            found.append((f"doi:{self.record['doi']}", f"https://doi.org/{self.record['doi']}"))
        if self.record.get("pmid"):
            found.append((f"PMID {self.record['pmid']}", f"https://pubmed.ncbi.nlm.nih.gov/{self.record['pmid']}/"))
        if self.record.get("pmcid"):
            found.append((str(self.record["pmcid"]), f"https://pmc.ncbi.nlm.nih.gov/articles/{self.record['pmcid']}/"))
        return found


@dataclass(slots=True)
class Table:
    """The rows, and the studies that are included but have no row."""

    rows: list[Study]
    untabulated: list[Study] = field(default_factory=list)

    @property
    def studies(self) -> list[Study]:
        """All included studies, rows first."""
        return [*self.rows, *self.untabulated]

    def unchecked(self) -> list[tuple[Study, Cell]]:
        """The cells with a value that nobody has checked."""
        return [(study, cell) for study in self.rows for cell in study.cells.values() if cell.checked in ("none", "some")]

    def empty(self) -> list[tuple[Study, Cell]]:
        """The cells for which nothing was found."""
        return [(study, cell) for study in self.rows for cell in study.cells.values() if not cell.lines]


def build(review: Review, records: list[dict], findings: list[dict], skipped: dict[str, str]) -> Table:
    """The table of these records (the included ones) and of every paper with findings; `skipped` gives reasons by paper."""
    known = {record["key"]: record for record in records}
    papers = sorted({*known, *(finding["paper"] for finding in findings)})
    held = {key: [finding for finding in findings if finding["paper"] == key] for key in papers}
    studies = [study_of(review, key, known.get(key, {}), held[key], skipped.get(key, "")) for key in papers]
    ranks = {design: rank for rank, designs in enumerate(review.protocol.design_order) for design in designs}
    studies.sort(key=lambda study: (ranks.get(study.design, len(ranks)), study.year or 9999, study.key))
    apart = set(review.protocol.not_tabulated)
    return Table([s for s in studies if s.design not in apart], [s for s in studies if s.design in apart])


def study_of(review: Review, key: str, record: dict, findings: list[dict], skipped: str) -> Study:
    """One study with its cells; a paper that could not be read says so in each of them."""
    order = {entry.field: number for number, entry in enumerate(review.form.fields)}
    findings = sorted(findings, key=lambda finding: order[finding["field"]])  # stable: the reading order stays within a field
    reasons = {column.key: "paper not read" + f" ({skipped})" * (number == 1) for number, column in enumerate(review.form.columns)}
    design = next((str(f["value"]) for f in findings if f["field"] == "design" and f.get("value") and not is_unreported(f)), "")
    year = int(record["year"]) if str(record.get("year") or "").isdigit() else None
    return Study(
        key,
        str(record.get("label") or key),
        year,
        record,
        findings,
        compose(findings, review.form, reasons if skipped else None),
        design,
        skipped,
    )


def counts(table: Table) -> dict[str, int]:
    """Rows, cells, filled cells, values, and how many of the values a person has checked."""
    cells = [cell for study in table.rows for cell in study.cells.values()]
    values = [finding for cell in cells for finding in cell.findings]
    return {
        "rows": len(table.rows),
        "cells": len(cells),
        "filled": sum(bool(cell.lines) for cell in cells),
        "values": len(values),
        "checked": sum(is_checked(finding) for finding in values),
    }
