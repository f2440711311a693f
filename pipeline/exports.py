"""Table 1 as text for other programs: CSV and Markdown; and what the office files share."""

from __future__ import annotations

import io
import re
import zipfile

import pandas

from pipeline.protocol import Form
from pipeline.table1 import Study, Table

CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
EPOCH = (1980, 1, 1, 0, 0, 0)  # the first moment a zip entry can bear
STAMP = "1980-01-01T00:00:00Z"


def clean(text: object) -> str:
    """Text without the control characters that office files refuse."""
    return CONTROL.sub(" ", "" if text is None else str(text))


def row_texts(study: Study, form: Form, folded: bool = False) -> list[str]:
    """A row's cells in plain words; the first begins with the study's name."""
    first, *others = (study.cells[column.key] for column in form.columns)
    heading = "; ".join([study.label, *([first.text(folded)] if first.lines else [])])
    return [heading, *(cell.text(folded) for cell in others)]


def csv_text(heads: list[str], rows: list[list]) -> str:
    """Rows under their headings as CSV."""
    held = [[guarded(cell) if isinstance(cell, str) else cell for cell in row] for row in rows]
    return pandas.DataFrame(held, columns=heads, dtype=object).to_csv(index=False, lineterminator="\n")


def table_csv(table: Table, form: Form) -> str:
    """One row a study under the table's own headings; nothing is folded away."""
    rows = [[study.key, *row_texts(study, form, folded=True)] for study in table.rows]
    return csv_text(["Study key", *(column.title for column in form.columns)], rows)


def guarded(text: str) -> str:
    """Text that no spreadsheet takes for a formula."""
    return f"'{text}" if text[:1] in ("=", "+", "@", "\t") or re.match(r"-\D", text) else text


def table_markdown(table: Table, form: Form, title: str, notes: list[str]) -> str:
    """The table in Markdown, its title above and its notes below."""

    def row(cells: list[str]) -> str:
        return "| " + " | ".join(re.sub(r"([|\\`*_<>\[\]])", r"\\\1", clean(cell)).replace("\n", " ") for cell in cells) + " |"

    lines = [f"**{title}**", "", row([column.title for column in form.columns]), "|" + " --- |" * len(form.columns)]
    lines += [row(row_texts(study, form)) for study in table.rows]
    return "\n".join([*lines, "", *(f"{note}\n" for note in notes)])


def repacked(raw: bytes) -> bytes:
    """An office file without the moment at which it was made."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(raw)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            held = old.read(entry)
            if entry.filename == "docProps/core.xml":
                held = re.sub(rb"(<dcterms:(created|modified)[^>]*>)[^<]*", rb"\g<1>" + STAMP.encode(), held)
            info = zipfile.ZipInfo(entry.filename, EPOCH)
            info.compress_type, info.external_attr = zipfile.ZIP_DEFLATED, 0o600 << 16
            new.writestr(info, held)
    return out.getvalue()
