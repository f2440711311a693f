"""What is new: the changed and the re-opened cells of the table, and how current the review is."""

from __future__ import annotations

from dataclasses import dataclass, field

from pipeline import watch
from pipeline.diff import Diff, between
from pipeline.diff_pages import paragraph
from pipeline.files import read_jsonl
from pipeline.protocol import Review
from pipeline.state import State, released, releases, working


@dataclass(slots=True)
class News:
    """What the page says of the review's currency; `diff` is None where nothing was ever released."""

    searched: str  # the day of the last search, empty before the first
    state: State  # the working state
    diff: Diff | None
    marks: dict[tuple[str, str], tuple[str, str]] = field(default_factory=dict)  # study, column -> kind of change, its causes
    reopened: dict[tuple[str, str], str] = field(default_factory=dict)  # study, column -> why to look again

    @property
    def paragraph(self) -> str:
        """What is new since the last release, in sentences; empty where nothing was ever released."""
        return paragraph(self.diff) if self.diff else ""

    @property
    def is_new(self) -> set[str]:
        """The studies that were not in the last release."""
        return {row["key"] for row in self.diff.new} if self.diff else set()


def news(review: Review) -> News:
    """What changed since the last release, which cells a changed source re-opens, and when was searched last."""
    now, known = working(review), releases(review)
    diff = between(released(review, known[-1]), now) if known else None
    marks = {(cell.study, cell.column): (cell.kind, ", ".join(cell.causes)) for cell in diff.cells} if diff else {}
    searches = list(read_jsonl(review.corpus / "searches.jsonl"))
    return News(searches[-1]["date"] if searches else "", now, diff, marks, reopened(review, now))


def reopened(review: Review, now: State) -> dict[tuple[str, str], str]:
    """The cells with values that rest on a source that has changed, and why."""
    told = watch.reopened(review)
    found: dict[tuple[str, str], str] = {}
    for row in now.findings:
        if row["id"] in told:
            found[row["study"], row["column"]] = told[row["id"]]
    return found
