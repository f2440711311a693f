"""Small PDFs drawn for the tests of the PDF reader: columns, tables, turned pages."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

WIDTH, HEIGHT = A4
LEFT, RIGHT = 50, 310  # where the two columns begin
BODY = ("Times-Roman", 8)

FIRST = (
    "The median follow-up of the treated group was twenty months, and the sur-",
    "vival of patients after combined treatment was longer than that of the",
    "others. Platelets had to exceed 100 × 10",
)
SECOND = (
    "because treatment was given in two centres. Patients with liver lesions",
    "were treated first, and nobody was lost to follow-up in the second year.",
    "A non-",
    "randomised comparison was planned, because a non-randomised design is",
    "what the centres could afford at the time.",
)


def drawn(pages: list, path: Path, **options: object) -> Path:
    """A PDF whose pages are drawn by the functions given, each called with the canvas."""
    out = BytesIO()
    canvas = Canvas(out, pagesize=A4, invariant=True, **options)
    for page in pages:
        page(canvas)
        canvas.showPage()
    canvas.save()
    path.write_bytes(out.getvalue())
    return path


def lines(canvas: Canvas, x: float, top: float, texts: tuple, font: tuple = BODY, pitch: float = 12) -> float:
    """Lines of text from `top` downwards; returns the top of the next line."""
    canvas.setFont(*font)
    for text in texts:
        canvas.drawString(x, HEIGHT - top, text)
        top += pitch
    return top


def two_columns(canvas: Canvas) -> None:
    """A page with a running head, a title over both columns, headings, and a paragraph that goes on in the second column."""
    lines(canvas, LEFT, 30, ("Journal of Examples 2024",), ("Helvetica", 8))
    lines(canvas, LEFT, 80, ("Radiotherapy after chemotherapy in metastatic disease",), ("Helvetica-Bold", 18))
    top = lines(canvas, LEFT, 120, ("Methods",), ("Helvetica-Bold", 11), 16)
    top = lines(canvas, LEFT, top, FIRST)
    end = LEFT + canvas.stringWidth(FIRST[-1], *BODY)
    lines(canvas, end, top - 12 - 3, ("9",), ("Times-Roman", 5.2))
    lines(canvas, end + 5, top - 12, ("per litre, and the trial",), BODY)
    lines(canvas, end + 5 + canvas.stringWidth("per litre, and the trial", *BODY), top - 12 - 3, ("12,13",), ("Times-Roman", 5.2))
    lines(canvas, LEFT, top, ("was stopped early by its sponsor in the spring of the following year,",))
    lines(canvas, RIGHT, 136, SECOND)
    lines(canvas, WIDTH / 2, HEIGHT - 30, ("17",), ("Helvetica", 8))


def second_page(canvas: Canvas) -> None:
    """Another page under the same running head."""
    lines(canvas, LEFT, 30, ("Journal of Examples 2024",), ("Helvetica", 8))
    top = lines(canvas, LEFT, 80, ("Results",), ("Helvetica-Bold", 11), 16)
    lines(canvas, LEFT, top, ("Overall survival was 31.8% and 63.7% (P ( 0.05) in the two groups.",))
    lines(canvas, WIDTH / 2, HEIGHT - 30, ("18",), ("Helvetica", 8))


ROWS = (
    ("Age", "", "", "", ""),
    ("  <50 years", "1.20", "0.45", "1.10", "0.62"),
    ("  ≥50 years", "1.85", "0.03", "1.40", "0.04"),
    ("LDH", "2.31", "<0.001", "1.92", "0.002"),
)
COLUMNS = (50, 180, 240, 330, 390)


def three_line_table(canvas: Canvas, rules: bool = True, rows: tuple = ROWS, caption: str = "Table 1. Factors of survival.") -> None:
    """A table of three lines with headings that span two columns each; without rules where told so."""
    lines(canvas, LEFT, 60, ("The factors are listed in Table 1, which follows here, and in the text.",))
    lines(canvas, LEFT, 100, (caption,), ("Helvetica-Bold", 9))
    right = 460

    def rule(top: float, x0: float = LEFT, x1: float = right) -> None:
        if rules:
            canvas.line(x0, HEIGHT - top, x1, HEIGHT - top)

    rule(106)
    for x, text in ((195, "OS"), (345, "PFS")):
        lines(canvas, x, 117, (text,), ("Helvetica-Bold", 8))
    rule(121, 175, 290)
    rule(121, 325, right)
    for x, text in zip(COLUMNS, ("Factor", "HR", "P", "HR", "P"), strict=True):
        lines(canvas, x, 132, (text,), ("Helvetica-Bold", 8))
    rule(136)
    top = 147.0
    for row in rows:
        for x, text in zip(COLUMNS, row, strict=True):
            indent = 8 if text.startswith("  ") else 0
            lines(canvas, x + indent, top, (text.strip(),), ("Helvetica", 8))
        top += 11
    rule(top - 7)
    lines(canvas, LEFT, top + 3, ("HR, hazard ratio; OS, overall survival.",), ("Helvetica", 7))
    lines(canvas, LEFT, top + 60, ("The text goes on below the table, in the type of the paper's body, and it",))
    lines(canvas, LEFT, top + 72, ("has more than one line so that it looks like a paragraph of running text.",))
