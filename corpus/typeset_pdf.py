"""A specimen paper as PDF: one or several columns, tables ruled in several ways, a table on a turned page."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path

import matplotlib
import pyphen  # noqa: F401  reportlab hyphenates only where this is present, and says nothing where it is not
from reportlab.lib import colors, pagesizes
from reportlab.lib.enums import TA_CENTER, TA_JUSTIFY, TA_LEFT
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics, ttfonts
from reportlab.platypus import BaseDocTemplate, Flowable, Frame, NextPageTemplate, PageBreak, PageTemplate, Paragraph, Spacer, Table
from typeset_source import NOTICE, Block, Specimen, spans

from pipeline.files import InputError


@dataclass
class Layout:
    """How a PDF looks; sizes in points, margins from the edge of the page to the text."""

    page: str = "A4"  # A4 or LETTER
    columns: int = 1
    font: str = "times"  # times, helvetica, stix, dejavu serif, dejavu sans
    size: float = 10
    leading: float = 1.2  # in sizes
    margin: float = 56
    gutter: float = 18
    align: str = "justify"  # justify or left
    hyphenate: bool = False
    indent: float = 0  # first line of a paragraph
    heads: str = "bold"  # bold, caps, centred, runin
    tables: str = "three_line"  # three_line, grid, borderless, banded
    caption: str = ". "  # what parts a table's label from its words
    abstract: str = "plain"  # plain, box, rules, column (in the first column, not over the columns)
    running: str = ""  # words at the head of each page
    notice: str = "footer"  # where the page says that it is a specimen: footer or header
    colour: str = "black"


@cache
def family(name: str) -> str:
    """Registers a font family and gives the name that paragraphs use; embedded ones come with matplotlib."""
    standard = {"times": "Times-Roman", "helvetica": "Helvetica"}
    if name in standard:
        return standard[name]
    folder = Path(matplotlib.get_data_path()) / "fonts" / "ttf"
    files = {
        "stix": ("STIXGeneral", "STIXGeneralBol", "STIXGeneralItalic", "STIXGeneralBolIta"),
        "dejavu serif": ("DejaVuSerif", "DejaVuSerif-Bold", "DejaVuSerif-Italic", "DejaVuSerif-BoldItalic"),
        "dejavu sans": ("DejaVuSans", "DejaVuSans-Bold", "DejaVuSans-Oblique", "DejaVuSans-BoldOblique"),
    }[name]
    for file in files:
        pdfmetrics.registerFont(ttfonts.TTFont(file, str(folder / f"{file}.ttf")))
    pdfmetrics.registerFontFamily(files[0], *files)
    return files[0]


class Sheet:
    """The paragraph styles and table rules of one layout."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self.font = family(layout.font)
        self.embedded = layout.font not in ("times", "helvetica")
        self.page = getattr(pagesizes, layout.page)
        self.width = self.page[0] - 2 * layout.margin
        self.column = (self.width - (layout.columns - 1) * layout.gutter) / layout.columns
        self.colour = colors.toColor(layout.colour)

    def style(self, size: float = 1, **more) -> ParagraphStyle:
        """A paragraph style; `size` in sizes of the running text."""
        points = self.layout.size * size
        base = {"fontName": self.font, "fontSize": points, "leading": points * self.layout.leading, "splitLongWords": 0}
        return ParagraphStyle("style", **{**base, **more})

    def words(self, html: str) -> str:
        """Inline HTML as reportlab wants it; the standard fonts take signs that they lack from another."""
        for old, new in (("em>", "i>"), ("strong>", "b>"), ("sup>", "super>"), ("\u2003", "\xa0\xa0\xa0")):
            html = html.replace(old, new)
        if self.embedded:
            return html
        return re.sub("[≥≤−]", lambda sign: f'<font name="{family("stix")}">{sign[0]}</font>', html)

    def text(self, html: str, size: float = 1, **more) -> Paragraph:
        """A paragraph of the running text."""
        laid = {"alignment": TA_JUSTIFY if self.layout.align == "justify" else TA_LEFT, "spaceAfter": 4}
        if self.layout.hyphenate:
            laid |= {"hyphenationLang": "en_US", "hyphenationMinWordLength": 6, "uriWasteReduce": 0}
        return Paragraph(self.words(html), self.style(size, **{**laid, **more}))

    def head(self, html: str, level: int) -> Paragraph:
        """A heading of level 1 or 2."""
        first = level == 1
        html = self.words(html.upper() if self.layout.heads == "caps" and first else html)
        centred = self.layout.heads == "centred" and first
        look = {"spaceBefore": 8 if first else 4, "spaceAfter": 3, "keepWithNext": 1, "alignment": TA_CENTER if centred else TA_LEFT}
        mark = "b" if first else "i" if self.layout.heads in ("caps", "centred") else "b"
        return Paragraph(f"<{mark}>{html}</{mark}>", self.style(1.12 if first else 1.0, textColor=self.colour, **look))

    def table(self, block: Block, width: float, heads: int) -> list[Flowable]:
        """Caption, table and notes of a table, `width` points wide."""
        label = f"<b>{block.label}{self.layout.caption.rstrip()}</b>{' ' if self.layout.caption.endswith(' ') else ''}"
        caption = Paragraph(self.words(label + block.words), self.style(0.9, spaceBefore=8, spaceAfter=3, keepWithNext=1))
        look = self.style(0.85, leading=self.layout.size * 1.0)
        filled = spans(block.rows)
        shown = [
            [
                Paragraph(self.words(f"<b>{words}</b>" if y < heads else words), look) if (y, x) in filled else ""
                for x, words in enumerate(row)
            ]
            for y, row in enumerate(block.rows)
        ]
        single = {place: shown[place[0]][place[1]] for place, (_, wide) in filled.items() if wide == 1}
        table = Table(shown, column_widths(single, width, block.label), repeatRows=heads, style=self.rules(block, heads, filled))
        note = [Paragraph(self.words(block.note), self.style(0.8, spaceBefore=2, spaceAfter=10))] if block.note else [Spacer(1, 10)]
        return [caption, table, *note]

    def rules(self, block: Block, heads: int, filled: dict) -> list[tuple]:
        """The lines, grounds, paddings and merged cells of a table."""
        rules: list[tuple] = [
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ("TOPPADDING", (0, 0), (-1, -1), 1.5),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 2),
        ]
        rules += [("LEFTPADDING", (0, 0), (-1, -1), 3), ("RIGHTPADDING", (0, 0), (-1, -1), 3)]
        for (y, x), (tall, wide) in filled.items():
            if (tall, wide) != (1, 1):
                rules.append(("SPAN", (x, y), (x + wide - 1, y + tall - 1)))
        kind = self.layout.tables
        if kind == "grid":
            rules.append(("GRID", (0, 0), (-1, -1), 0.4, colors.black))
        if kind == "three_line":
            rules += [("LINEABOVE", (0, 0), (-1, 0), 0.9, colors.black), ("LINEBELOW", (0, heads - 1), (-1, heads - 1), 0.5, colors.black)]
            rules.append(("LINEBELOW", (0, -1), (-1, -1), 0.9, colors.black))
        if kind == "banded":
            rules += [("BACKGROUND", (0, y), (-1, y), colors.Color(0.93, 0.95, 0.97)) for y in range(heads, len(block.rows), 2)]
            rules.append(("LINEBELOW", (0, heads - 1), (-1, heads - 1), 0.8, self.colour))
        return rules


def column_widths(cells: dict[tuple[int, int], Paragraph], width: float, label: str) -> list[float]:
    """Widths that share `width` by what the cells want and never break a word; raises InputError where words do not fit."""
    least: dict[int, float] = {}
    wanted: dict[int, float] = {}
    for (_, x), cell in cells.items():
        cell.wrap(10_000, 10_000)
        least[x] = max(least.get(x, 0), cell.minWidth() + 7)
        wanted[x] = max(wanted.get(x, 0), *(line + 7 for line in cell.getActualLineWidths0()), 12)
    spare = width - sum(least.values())
    if spare < 0:
        raise InputError(f"{label} is {-spare:.0f} points too wide for its column; set it over the columns (`top`) or turned (`landscape`)")
    if sum(wanted.values()) <= width:
        return [wanted[x] * width / sum(wanted.values()) for x in sorted(wanted)]
    give = sum(wanted.values()) - sum(least.values())
    return [least[x] + spare * (wanted[x] - least[x]) / give for x in sorted(wanted)]


def stack(canvas, flowables: list[Flowable], x: float, top: float, width: float) -> float:
    """Draws flowables under each other from `top`; gives the height they took."""
    y = top
    for flowable in flowables:
        height = flowable.wrapOn(canvas, width, 10_000)[1]
        flowable.drawOn(canvas, x, y - height)
        y -= height + flowable.getSpaceAfter()
    return top - y


def height_of(flowables: list[Flowable], width: float) -> float:
    """The height that `stack` will take."""
    return sum(flowable.wrap(width, 10_000)[1] + flowable.getSpaceAfter() for flowable in flowables)


def opening(sheet: Sheet, specimen: Specimen) -> list[Flowable]:
    """Title, authors, what it is a specimen of, and the abstract unless that stands in the column."""
    front, left = specimen.front, {"alignment": TA_LEFT}
    title = Paragraph(f"<b>{sheet.words(front['title'])}</b>", sheet.style(1.6, spaceAfter=6, textColor=sheet.colour))
    lines = [
        title,
        sheet.text(front.get("authors", "Specimen"), 1.05, **left),
        sheet.text(f"<em>{front['affiliation']}</em>", 0.85, **left),
    ]
    lines.append(sheet.text(f"{NOTICE}. Specimen of: {front['specimen_of']}", 0.8, **left))
    return lines if sheet.layout.abstract == "column" else [*lines, *abstract(sheet, specimen)]


def abstract(sheet: Sheet, specimen: Specimen) -> list[Flowable]:
    """The abstract, in a box or between rules where the layout asks for it."""
    shown = [sheet.head("Abstract", 1), *(sheet.text(block.words, 0.95) for block in specimen.part("Abstract"))]
    if sheet.layout.abstract not in ("box", "rules"):
        return shown
    if sheet.layout.abstract == "box":
        rules = [("BOX", (0, 0), (-1, -1), 0.6, sheet.colour), ("BACKGROUND", (0, 0), (-1, -1), colors.Color(0.95, 0.96, 0.94))]
    else:
        rules = [("LINEABOVE", (0, 0), (-1, 0), 0.6, sheet.colour), ("LINEBELOW", (0, -1), (-1, -1), 0.6, sheet.colour)]
    return [Table([[shown]], [sheet.width], style=rules), Spacer(1, 10)]


def flow(sheet: Sheet, specimen: Specimen, away: set[str]) -> list[Flowable]:
    """The body as it runs through the columns, without the tables that are set elsewhere."""
    story: list[Flowable] = abstract(sheet, specimen) if sheet.layout.abstract == "column" else []
    run_in, first = "", True
    for block in specimen.body():
        if block.kind == "head" and block.level == 2 and sheet.layout.heads == "runin":
            run_in = f"<strong><em>{block.words}.</em></strong> "
        elif block.kind == "head":
            story.append(sheet.head(block.words, block.level))
            first = True
        elif block.kind == "paragraph":
            story.append(sheet.text(run_in + block.words, firstLineIndent=0 if first else sheet.layout.indent))
            run_in, first = "", False
        elif block.kind == "references":
            look = {"leftIndent": 14, "bulletFontName": sheet.font, "bulletFontSize": sheet.layout.size * 0.8, "spaceAfter": 1}
            story += [Paragraph(sheet.words(entry), sheet.style(0.8, **look), f"{n}.") for n, entry in enumerate(block.entries, 1)]
        elif block.label not in away:
            story += set_table(sheet, specimen, block, sheet.column)
    return story


def set_table(sheet: Sheet, specimen: Specimen, block: Block, width: float) -> list[Flowable]:
    """A table with what the front matter says of it."""
    return sheet.table(block, width, specimen.front.get("head_rows", {}).get(block.label, 1))


def furniture(sheet: Sheet, tops: dict, turned: list, number: int, canvas, _doc) -> None:
    """Running head, page number and notice of a page, and what stands over its columns; `number` 0 is a turned page."""
    layout, (width, height) = sheet.layout, sheet.page
    canvas.saveState()
    if number == 0:
        canvas.translate(width, 0)
        canvas.rotate(90)
        width, height = height, width
        stack(canvas, turned, layout.margin, height - layout.margin, width - 2 * layout.margin)
    elif number in tops:
        stack(canvas, tops[number], layout.margin, height - layout.margin, sheet.width)
    canvas.setFont(sheet.font, 8)
    high, low = height - layout.margin + 14, layout.margin - 24
    canvas.drawString(layout.margin, high, layout.running)
    canvas.drawRightString(width - layout.margin, low, str(canvas.getPageNumber()))
    canvas.setFont(sheet.font, 7.5)
    if layout.notice == "header":
        canvas.drawRightString(width - layout.margin, high, NOTICE)
    else:
        canvas.drawString(layout.margin, low, NOTICE)
    canvas.restoreState()


def to_pdf(specimen: Specimen) -> bytes:
    """The specimen as a PDF; the same source gives the same bytes. Raises InputError where a table finds no place."""
    sheet = Sheet(Layout(**specimen.front.get("layout", {})))
    tables = {block.label: block for block in specimen.blocks if block.kind == "table"}
    over, turned = specimen.front.get("top", {}), specimen.front.get("landscape", [])
    tops = {1: opening(sheet, specimen)}
    for page, labels in over.items():
        tops[page] = [piece for label in labels for piece in set_table(sheet, specimen, tables[label], sheet.width)]
    long_side = sheet.page[1] - 2 * sheet.layout.margin
    turned_set = [piece for label in turned for piece in set_table(sheet, specimen, tables[label], long_side)]
    story = flow(sheet, specimen, {*turned, *(label for labels in over.values() for label in labels)})
    out = io.BytesIO()
    doc = BaseDocTemplate(out, pageTemplates=page_templates(sheet, tops, turned_set), invariant=1, author="Specimen", subject=NOTICE)
    doc.title = specimen.front["title"]
    doc.build([*story, NextPageTemplate("turned"), PageBreak(), Spacer(1, 1)] if turned else story)
    last = doc.page - bool(turned)
    if max(tops) > last:
        raise InputError(f"{specimen.key}.md: `top` names page {max(tops)}, but the body ends on page {last}")
    return out.getvalue()


def page_templates(sheet: Sheet, tops: dict, turned: list[Flowable]) -> list[PageTemplate]:
    """A template for each page, with columns under what stands at its top, and one for turned pages."""
    margin, templates = sheet.layout.margin, []
    for number in range(1, 10):
        room = sheet.page[1] - 2 * margin - (height_of(tops[number], sheet.width) if number in tops else 0)
        lefts = [margin + n * (sheet.column + sheet.layout.gutter) for n in range(sheet.layout.columns)]
        frames = [Frame(left, margin, sheet.column, room, 0, 0, 0, 0) for left in lefts]
        drawn = partial(furniture, sheet, tops, turned, number)
        templates.append(PageTemplate(f"page {number}", frames, drawn, pagesize=sheet.page, autoNextPageTemplate=f"page {number + 1}"))
    blank, drawn = [Frame(margin, margin, sheet.width, sheet.width)], partial(furniture, sheet, tops, turned, 0)
    templates.append(PageTemplate("turned", blank, drawn, pagesize=sheet.page[::-1]))  # its size as it is seen, not as it is drawn
    templates[-1].rotation = 90
    return templates
