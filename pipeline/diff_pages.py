"""The difference of two states as pages: build/<review>/diff.html and diff.md, and the paragraph on what is new."""

from __future__ import annotations

import re

from pipeline.diff import CAUSES, KINDS, CellChange, Diff, between, state
from pipeline.files import InputError, write_atomic
from pipeline.protocol import Review
from pipeline.state import WORKING, releases
from pipeline.templating import template


def write(review: Review, before: str | None = None, after: str | None = None) -> dict:
    """Write build/<review>/diff.html and diff.md; returns the counts. Without names: from the last release to the working state.

    Where nothing was ever released there is nothing to compare with: no file is written, unless a name was asked for.
    """
    known = releases(review)
    if not known and before is None and after is None:
        return {}
    if not known and before is None:
        raise InputError(f"{review.corpus / 'releases'}: nothing was released yet; `make release` makes the first one")
    earlier = known[-2] if after == known[-1] and len(known) > 1 else known[-1] if known else ""
    return put(review, between(state(review, before, earlier), state(review, after, WORKING)))


def put(review: Review, found: Diff) -> dict:
    """Write a difference's pages; returns its counts."""
    words = {"diff": found, "review": review, "counts": found.counts(), "causes": CAUSES, "kinds": KINDS}
    words |= {"titles": {column.key: column.title for column in review.form.columns}, "paragraph": paragraph(found)}
    write_atomic(review.build / "diff.html", template("diff.html").render(**words))
    write_atomic(review.build / "diff.md", markdown(review, found))
    return found.counts() | {"causes": found.causes()}


def number(count: int, one: str, many: str = "") -> str:
    """A count with its noun."""
    return f"{count} {one if count == 1 else many or one + 's'}"


def paragraph(found: Diff) -> str:
    """What is new, in sentences."""
    counts, causes = found.counts(), found.causes()
    begin = f"Since {'the release of ' if found.before.name[:1].isdigit() else ''}{found.before.name}"
    if not any(counts.values()) and not found.checked:
        return f"{begin} nothing has changed."
    parts = []
    if found.new:
        parts.append(f"{number(len(found.new), 'study', 'studies')} came in ({', '.join(row['label'] for row in found.new)})")
    if found.dropped:
        left = "; ".join(f"{row['label']}: {why}" for row, why in found.dropped)
        parts.append(f"{number(len(found.dropped), 'study', 'studies')} left ({left})")
    cells = [f"{number(counts[f'cells_{kind}'], 'cell')} {kind}" for kind in KINDS if counts[f"cells_{kind}"]]
    if cells:
        why = ", ".join(f"{cause} {count}" for cause, count in causes.items())
        parts.append(f"{', '.join(cells)} (values by cause: {why})")
    if found.checked:
        parts.append(f"{number(found.checked, 'value')} checked by people")
    if found.records:
        parts.append(f"{number(counts['new_records'], 'new record')} ({', '.join(f'{n} {status}' for status, n in found.records.items())})")
    return f"{begin}: {'; '.join(parts)}."


def markdown(review: Review, found: Diff) -> str:
    """The difference in Markdown, short enough for the text of a pull request."""
    titles = {column.key: column.title for column in review.form.columns}
    lines = [f"# What changed: {review.protocol.title}", "", f"From {found.before.name} to {found.after.name}. {paragraph(found)}", ""]
    for head, rows in (("New studies", [(row, "") for row in found.new]), ("Dropped studies", found.dropped)):
        if rows:
            lines += [
                f"## {head}",
                "",
                *(f"- {clean(row['label'])}: {clean(row['title'] or '')}{f' ({clean(why)})' if why else ''}" for row, why in rows),
                "",
            ]
    for kind in KINDS:
        held = [cell for cell in found.cells if cell.kind == kind]
        if held:
            lines += [f"## Cells {kind} ({len(held)})", "", "| Study | Column | Was | Is | Cause |", "| --- | --- | --- | --- | --- |"]
            lines += [row for cell in held for row in markdown_rows(found, cell, titles)] + [""]
    return "\n".join(lines).rstrip() + "\n"


def markdown_rows(found: Diff, cell: CellChange, titles: dict[str, str]) -> list[str]:
    """A row of the Markdown table for each change of a cell."""
    rows = []
    for change in cell.changes:
        was, now = (clean(value["said"]) if value else "–" for value in (change.was, change.now))
        cause = change.cause + (f": {change.detail}" if change.detail else "")
        rows.append(
            f"| {clean(found.label(cell.study))} | {clean(titles.get(cell.column, cell.column))} | {was} | {now} | {clean(cause)} |"
        )
    return rows


def clean(text: str) -> str:
    """Text that Markdown takes as it is."""
    return re.sub(r"([|\\`*_<>\[\]])", r"\\\1", " ".join(str(text).split()))
