"""Report: the findings in force become Table 1, in every form, with all that stands beside it."""

from __future__ import annotations

import json
import os
from collections import Counter
from dataclasses import asdict

from pipeline import claims, db, diff_pages, parse, prisma_s, prisma_update, synthesis, synthesis_files
from pipeline.compare import Comparison, compare, published
from pipeline.exports import csv_text, table_csv, table_markdown
from pipeline.figures import factor_figure, factor_matrix, survival
from pipeline.files import read_jsonl, write_atomic
from pipeline.legend import abbreviations, notes
from pipeline.manuscript import word
from pipeline.news import news
from pipeline.page import Page, Source, spot_of
from pipeline.pictures import write_pictures
from pipeline.prisma import Flow, flow_svg
from pipeline.protocol import Review
from pipeline.state import has_text, stored, unreadable
from pipeline.table1 import Study, Table, build, counts
from pipeline.workbook import comparison_rows, workbook


def run(review: Review) -> dict:
    """Write everything to build/<review>/ and return the counts; raises CountError where the PRISMA counts do not add up."""
    studies, findings = stored(review)
    skipped = list(read_jsonl(review.build / "skipped.jsonl"))
    reasons = unreadable(skipped)
    absent = [row for row in studies if not has_text(row, reasons) and not any(f["paper"] == row["key"] for f in findings)]
    kept = [row for row in studies if row not in absent]
    table = build(
        review, kept, findings, {row["key"]: reasons[row["key"]] for row in kept if not row["document"] and row["key"] in reasons}
    )
    new = news(review)
    flow = prisma_update.flow(new.diff.before, new.diff.after) if new.diff else flow_of(review, table, absent)
    drawn = flow_svg(flow, f"PRISMA 2020 flow diagram: {review.protocol.title}")
    there = published(review)
    comparison = compare(there, stated(table.rows), review.form) if there else None
    sources = {study.key: source(review, study.key) for study in table.studies}
    legend = abbreviations(review, table, [held.document for held in sources.values() if held.document])
    matrix, curves = factor_matrix(table.rows, review=review.key), survival(table.rows)
    page = Page(
        review,
        table,
        sources,
        comparison,
        matrix,
        legend,
        drawn,
        curves.get("svg", b"").decode(),
        skipped,
        absent,
        flow.pending,
        last_added(review),
        new,
        claims.run(review, made := db.engine(review)),
        synthesised := synthesis.run(review, made),
        synthesis_files.put(review, synthesised, sum(held.specimen for held in sources.values())),
    )
    made.dispose()
    page.pictures = write_pictures([spot for spot in spots(page) if spot], review.build / "evidence")
    write_table(page)
    claims.put(review, page.claims)
    prisma_s.write(review, flow, new.state)
    if new.diff:
        diff_pages.put(review, new.diff)
    write_atomic(review.build / "prisma.json", json.dumps(asdict(flow) | {"table": counts(table)}, ensure_ascii=False, indent=1) + "\n")
    write_figures(review, {"survival": curves, "factors": factor_figure(matrix), "prisma": {"svg": drawn.encode()}})
    if comparison:
        write_comparison(review, comparison)
    filled = comparison.summary(review.form)[-1] if comparison else {}
    told = {name: filled[name] for name in ("same", "differs", "only_there", "only_here") if name in filled}
    return {**counts(table), **told, "pictures": len(set(page.pictures.values())), "table": str(review.build / "table1.html")}


def last_added(review: Review) -> str:
    """The day on which the newest record of the ledger was first seen."""
    return max((row.get("first_seen") or "" for row in read_jsonl(review.corpus / "hits.jsonl")), default="")


def stated(studies: list[Study]) -> list[dict]:
    """The findings that the table states: those in force, without the fields that people found not reported."""
    return [finding for study in studies for cell in study.cells.values() for finding in cell.findings]


def source(review: Review, key: str) -> Source:
    """A study's document and the file that it was read from."""
    entry = parse.read_index(review)["papers"].get(key)
    if entry is None:
        return Source()
    path = review.papers / entry["file"]
    path = path if path.exists() else None
    link = os.path.relpath(path, review.build).replace(os.sep, "/") if path else ""
    return Source(parse.read_parsed(parse.parsed_path(review, key)), path, link, "specimen" in entry["kind"].lower())


def spots(page: Page) -> list:
    """The places that the page pictures."""
    return [spot_of(finding, page.sources.get(study.key, Source())) for study in page.table.studies for finding in study.findings]


def flow_of(review: Review, table: Table, absent: list[dict]) -> Flow:
    """The flow from the counts of screening to the studies of the table; papers at hand without a record count as found otherwise."""
    path = review.build / "screening.json"
    told = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    judged = {row["key"] for row in read_jsonl(review.build / "screened.jsonl") if row["status"] == "in"}
    studies = {study.key for study in table.studies}
    extra = len((studies | {row["key"] for row in absent}) - judged)
    others = dict(told.get("others", {})) | ({"papers at hand without a record": extra} if extra else {})
    sought = told.get("included", 0) + extra
    return Flow(
        databases=told.get("databases", {}), others=others, duplicates=told.get("duplicates", 0), automation=told.get("automation", {}),
        screened=told.get("screened", 0) + extra, excluded=told.get("excluded", {}), pending=told.get("pending", 0), sought=sought,
        not_retrieved={"no text at hand": len(absent)} if absent else {}, assessed=sought - len(absent), included=len(studies),
    )  # fmt: skip


def write_table(page: Page) -> None:
    """Table 1 as HTML, CSV, Markdown, Excel and Word."""
    form, folder = page.review.form, page.review.build
    title = f"Table 1. {page.review.protocol.table_title}"
    below = notes(page.table, page.legend, sum(held.specimen for held in page.sources.values()))
    write_atomic(folder / "table1.html", page.html())
    write_atomic(folder / "table1.csv", table_csv(page.table, form))
    write_atomic(folder / "table1.md", table_markdown(page.table, form, title, below))
    write_atomic(folder / "table1.xlsx", workbook(page.table, form, page.comparison, page.matrix, title))
    write_atomic(folder / "table1.docx", word(page.table, form, title, below))


def write_figures(review: Review, figures: dict[str, dict[str, bytes]]) -> None:
    """Each figure in each of its formats."""
    for name, files in figures.items():
        for ending, content in files.items():
            write_atomic(review.build / f"{name}.{ending}", content)


def write_comparison(review: Review, comparison: Comparison) -> None:
    """The comparison with the published table as CSV (a row a pair) and JSON (the summary by column and by cell, and every pair)."""
    heads, rows = comparison_rows(comparison)
    write_atomic(review.build / "comparison.csv", csv_text(heads, rows))
    papers = sorted({pair.paper for pair in comparison.pairs})
    cells = {paper: {column.key: comparison.cell(paper, column.key) for column in review.form.columns} for paper in papers}
    pairs = [dict(zip(heads, row)) for row in rows]
    outcomes = dict(sorted(Counter(pair.outcome for pair in comparison.pairs).items()))
    told = {"outcomes": outcomes, "columns": comparison.summary(review.form), "cells": cells, "pairs": pairs}
    write_atomic(review.build / "comparison.json", json.dumps(told, ensure_ascii=False, indent=1) + "\n")
