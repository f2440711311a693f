"""The legend below the table: what its short forms mean, and the notes that every form of the table carries."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from pipeline.abbreviations import definitions
from pipeline.protocol import Review
from pipeline.records import Document
from pipeline.table1 import Table, counts

SHORT = re.compile(r"(?<![\w-])(?:[A-Z][A-Za-z]*[A-Z]\d*[A-Za-z]*|[23]D(?:-CRT)?|Gy|n(?==)|P(?= [<>=≤≥]))(?![\w])")
VOCABULARIES = ("endpoints", "techniques")


def known_forms(review: Review) -> dict[str, str]:
    """Short forms and their long forms, of the vocabularies: the first word of a term that is longer than its key."""
    forms = {}
    for name in VOCABULARIES:
        for key, words in review.vocabulary(name).items():
            long = next((word for word in words if " " in word and len(word) > len(key) + 4), "")
            if long:
                forms[key] = long
    forms.update((key, words[0]) for key, words in review.vocabulary("abbreviations").items())
    return forms


def paper_forms(documents: Iterable[Document]) -> dict[str, str]:
    """Short forms as most of the papers define them."""
    counted: dict[str, Counter] = {}
    for document in documents:
        for passage in document.passages:
            if passage.kind in ("paragraph", "abstract", "footnote", "caption"):
                for short, long in definitions(passage.text).items():
                    counted.setdefault(short, Counter())[long.lower()] += 1
    return {short: min(longs, key=lambda long: (-longs[long], long)) for short, longs in counted.items()}


def abbreviations(review: Review, table: Table, documents: Iterable[Document] = ()) -> list[tuple[str, str]]:
    """The short forms that stand in the table, with their meaning where a vocabulary or a paper gives it."""
    words = " ".join(cell.text(folded=True) for study in table.rows for cell in study.cells.values())
    words += " " + " ".join(column.title for column in review.form.columns)
    forms = paper_forms(documents) | known_forms(review)
    found = sorted({short for short in SHORT.findall(words) if short in forms}, key=lambda short: (short.lower(), short))
    return [(short, forms[short]) for short in found]


def notes(table: Table, legend: list[tuple[str, str]], specimens: int) -> list[str]:
    """The notes below the table where it leaves this page: legend, studies without a row, how much was checked, specimens."""
    lines = ["Abbreviations: " + "; ".join(f"{short}, {long}" for short, long in legend) + "."] if legend else []
    if table.untabulated:
        lines.append("Included, not tabulated: " + "; ".join(study.label for study in table.untabulated) + ".")
    held = counts(table)
    lines.append(f"{held['checked']} of {held['values']} values were checked by a person; the others were read by machine alone.")
    if specimens:
        lines.append(
            f"{specimens} of the papers are specimens written for livetable, not the original publications: do not cite this table."
        )
    return lines
