"""The Excel file: Table 1, the findings in long form with quotes and pages, the comparison, the factors."""

from __future__ import annotations

import io

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter

from pipeline.compare import OUTCOMES, Comparison
from pipeline.evidence import said
from pipeline.exports import clean, repacked, row_texts
from pipeline.figures import CLASSES, FactorMatrix
from pipeline.protocol import Form
from pipeline.table1 import Study, Table
from pipeline.wording import plain

FINDING_HEADS = (
    "study", "column", "field", "in words", "value", "low", "high", "bounds", "unit", "n", "percent", "arm", "endpoint", "at (months)",
    "versus", "p", "quote", "page", "section", "made by", "status", "curator", "reason", "the machine had",
)  # fmt: skip
WIDTHS = (16, 12, 18, 40, *[9] * 12, 70, 6, 26, 20, 12, 18, 24, 30)  # characters, of the sheet of findings


def workbook(table: Table, form: Form, comparison: Comparison | None, matrix: FactorMatrix, title: str) -> bytes:
    """The Excel file: Table 1, the findings in long form, the comparison with the published table, the factors."""
    book = Workbook()
    sheet = book.active
    sheet.title = "Table 1"
    rows = [row_texts(study, form, folded=True) for study in table.rows]
    fill(sheet, [column.title for column in form.columns], rows, [26, *[34] * (len(form.columns) - 2), 60])
    columns = {entry.field: entry.column for entry in form.fields}
    long = [finding_row(study, finding, columns) for study in table.studies for finding in study.findings]
    fill(book.create_sheet("Findings"), list(FINDING_HEADS), long, WIDTHS)
    if comparison:
        fill(book.create_sheet("Comparison"), *comparison_rows(comparison), [16, 14, 18, 12, 44, 44, 50])
        heads = ["column", "cells in the published table", "of these filled", *OUTCOMES]
        summary = [[row["title"], row["cells"], row["filled"], *(row[name] for name in OUTCOMES)] for row in comparison.summary(form)]
        fill(book.create_sheet("Comparison by column"), heads, summary, [30, *[16] * 6])
    factors = [[plain(name), *(told(matrix, name, study.key) for study in matrix.studies)] for name in matrix.factors]
    heads = [f"factor of {matrix.endpoint}", *(study.label for study in matrix.studies)]
    fill(book.create_sheet("Factors"), heads, factors, [34, *[20] * len(matrix.studies)])
    book.properties.creator, book.properties.title = "livetable", title
    out = io.BytesIO()
    book.save(out)
    return repacked(out.getvalue())


def told(matrix: FactorMatrix, factor: str, study: str) -> str:
    """A factor's class in a study, in words."""
    kind = matrix.kind(factor, study)
    return "" if kind is None else CLASSES[kind]


def finding_row(study: Study, finding: dict, columns: dict[str, str]) -> list:
    """One finding in the order of FINDING_HEADS."""
    place = finding.get("place") or {}
    keys = ("value", "low", "high", "bounds", "unit", "n", "percent", "arm", "endpoint", "at", "vs", "p", "quote")
    people = [finding.get(key) for key in ("made_by", "status", "curator", "reason", "overruled")]
    head = [study.key, columns[finding["field"]], finding["field"], said(finding)]
    place_and_people = [place.get("page"), place.get("section"), *people]
    return [*head, *(finding.get(key) for key in keys), *place_and_people]


def comparison_rows(comparison: Comparison) -> tuple[list[str], list[list]]:
    """Heading and rows of the comparison, one pair a row."""
    rows = []
    for pair in comparison.pairs:
        words = [said(finding) if finding else "" for finding in (pair.there, pair.here)]
        rows.append([pair.paper, pair.column, pair.field, pair.outcome, *words, pair.note])
    return ["study", "column", "field", "outcome", "published", "rebuilt", "note"], rows


def fill(sheet, heads: list[str], rows: list[list], widths: list[float]) -> None:
    """A sheet with its heading line frozen and filtered; text that looks like a formula stays text."""
    rule = Side(style="thin", color="8A93A1")
    for number, row in enumerate([heads, *rows], 1):
        for column, held in enumerate(row, 1):
            cell = sheet.cell(number, column)
            cell.value = clean(held) if isinstance(held, str) else held
            if isinstance(held, str):
                cell.data_type = "s"
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            if number == 1:
                cell.font, cell.fill, cell.border = Font(bold=True), PatternFill("solid", fgColor="E8EEF5"), Border(bottom=rule)
    for column, width in enumerate(widths, 1):
        sheet.column_dimensions[get_column_letter(column)].width = width
    sheet.freeze_panes = "B2"
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(heads))}{len(rows) + 1}"
    sheet.page_setup.orientation, sheet.page_setup.paperSize, sheet.page_setup.fitToHeight = "landscape", 9, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_title_rows = "1:1"
