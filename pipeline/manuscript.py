"""The Word file: Table 1 ready for a manuscript, A4 landscape, the heading row on every page."""

from __future__ import annotations

import io

from docx import Document as WordDocument
from docx.enum.section import WD_ORIENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt

from pipeline.exports import clean, repacked
from pipeline.protocol import Form
from pipeline.table1 import Study, Table
from pipeline.wording import tied

FIRST, LAST = 3.0, 6.4  # cm of the first and the last column; all others share the rest
PAGE_WIDTH, PAGE_HEIGHT, MARGIN = 29.7, 21.0, 1.5


def word(table: Table, form: Form, title: str, notes: list[str]) -> bytes:
    """The Word file: A4 landscape, the heading row repeated on each page, rows that do not break, three rules, notes below."""
    document = WordDocument()
    section = document.sections[0]
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = Cm(PAGE_WIDTH), Cm(PAGE_HEIGHT)
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = Cm(MARGIN)
    document.styles["Normal"].font.name, document.styles["Normal"].font.size = "Times New Roman", Pt(8)
    caption = document.add_paragraph()
    label, _, words = title.partition(". ")
    caption.add_run(f"{label}. ").bold = True
    caption.add_run(words)
    grid = document.add_table(rows=1, cols=len(form.columns))
    grid.autofit = False
    write_row(grid.rows[0], [[(column.title, True)] for column in form.columns])
    mark_row(grid.rows[0], "w:tblHeader")
    for study in table.rows:
        row = grid.add_row()
        write_row(row, word_cells(study, form))
        mark_row(row, "w:cantSplit")
    set_widths(grid, form)
    for row, edges in ((grid.rows[0], ("top", "bottom")), (grid.rows[-1], ("bottom",))):
        rule(row, edges)
    for note in notes:
        paragraph = document.add_paragraph(clean(note))
        paragraph.paragraph_format.space_before, paragraph.paragraph_format.space_after = Pt(3), Pt(0)
    document.core_properties.author, document.core_properties.title, document.core_properties.comments = "livetable", title, ""
    out = io.BytesIO()
    document.save(out)
    return repacked(out.getvalue())


def word_cells(study: Study, form: Form) -> list[list[tuple[str, bool]]]:
    """The paragraphs of a row's cells, each with whether it is bold; the first cell begins with the study's name."""
    cells = []
    for column in form.columns:
        cell = study.cells[column.key]
        lines = [(line.text, False) for line in cell.main] if cell.lines else [(cell.note, False)]
        if cell.folded:
            lines.append((f"and {len(cell.folded)} more in the workbook", False))
        cells.append(lines)
    return [[(study.label, True), *cells[0]], *cells[1:]]


def write_row(row, cells: list[list[tuple[str, bool]]]) -> None:
    """The paragraphs of each cell of a Word row."""
    for cell, paragraphs in zip(row.cells, cells):
        for number, (text, bold) in enumerate(paragraphs):
            paragraph = cell.paragraphs[0] if number == 0 else cell.add_paragraph()
            paragraph.paragraph_format.space_before, paragraph.paragraph_format.space_after = Pt(0 if number else 2), Pt(1)
            paragraph.add_run(tied(clean(text))).bold = bold


def mark_row(row, name: str) -> None:
    """A property of a Word row: `w:tblHeader` repeats it on each page, `w:cantSplit` keeps it on one."""
    properties = row._tr.get_or_add_trPr()
    properties.append(OxmlElement(name))


def set_widths(grid, form: Form) -> None:
    """The columns share the page; the first is narrow and the last wide."""
    count = len(form.columns)
    spare = PAGE_WIDTH - 2 * MARGIN - FIRST - LAST
    widths = [Cm(FIRST), *[Cm(spare / max(count - 2, 1))] * (count - 2), Cm(LAST)][:count]
    for column, width in zip(grid.columns, widths):
        column.width = width
    for row in grid.rows:
        for cell, width in zip(row.cells, widths):
            cell.width = width


def rule(row, edges: tuple[str, ...]) -> None:
    """Rules above or below a Word row."""
    for cell in row.cells:
        borders = OxmlElement("w:tcBorders")
        for edge in edges:
            line = OxmlElement(f"w:{edge}")
            for name, held in (("val", "single"), ("sz", "8"), ("space", "0"), ("color", "000000")):
                line.set(qn(f"w:{name}"), held)
            borders.append(line)
        cell._tc.get_or_add_tcPr().append(borders)
