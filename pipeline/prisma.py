"""The PRISMA 2020 flow of a review: counts that must add up, drawn as SVG."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass, field

from pipeline.templating import template

WIDTH, LINE, PAD, GAP = 920, 17, 12, 26
LEFT, MAIN, SIDE, SIDE_AT = 56, 400, 400, 510  # x of the main boxes, widths, x of the side boxes
WRAP = 58  # characters a line
LEAST = {"Previous": 84, "Identification": 112, "Included": 76}  # heights that leave room for the stage's own word


class CountError(ValueError):
    """The counts of the flow do not add up."""


@dataclass(slots=True)
class Flow:
    """What became of every record; reasons are kept apart as {reason: count}."""

    databases: dict[str, int]
    others: dict[str, int] = field(default_factory=dict)
    duplicates: int = 0
    automation: dict[str, int] = field(default_factory=dict)  # removed before screening, by filter
    screened: int = 0
    excluded: dict[str, int] = field(default_factory=dict)
    pending: int = 0  # screening not yet decided
    sought: int = 0
    not_retrieved: dict[str, int] = field(default_factory=dict)
    assessed: int = 0
    ineligible: dict[str, int] = field(default_factory=dict)
    awaiting: int = 0  # retrieved, eligibility not yet decided
    included: int = 0
    # An updated review counts above what came since its last release, and here what was there before.
    previous: int | None = None  # studies of the last release; None for a first version
    previous_name: str = ""
    again: dict[str, int] = field(default_factory=dict)  # records of the last release that are judged or sought anew
    dropped: dict[str, int] = field(default_factory=dict)  # studies of the last release that are no longer included
    total: int = 0

    def check(self) -> None:
        """Raise CountError with both sides of the first sum that does not hold."""
        identified = sum(self.databases.values()) + sum(self.others.values()) + sum(self.again.values())
        sums = (
            ("records screened", self.screened, identified - self.duplicates - sum(self.automation.values())),
            ("reports sought", self.sought, self.screened - sum(self.excluded.values()) - self.pending),
            ("reports assessed", self.assessed, self.sought - sum(self.not_retrieved.values())),
            ("studies included", self.included, self.assessed - sum(self.ineligible.values()) - self.awaiting),
        )
        if self.previous is not None:
            sums += (("studies in total", self.total, self.previous - sum(self.dropped.values()) + self.included),)
        for name, stated, computed in sums:
            if stated != computed:
                raise CountError(f"PRISMA flow: {name}: {stated} stated, but {computed} remain from the step before")
        counts = [self.duplicates, self.screened, self.pending, self.sought, self.assessed, self.awaiting, self.included, self.total]
        counts.append(self.previous or 0)
        groups = (
            self.databases,
            self.others,
            self.again,
            self.automation,
            self.excluded,
            self.not_retrieved,
            self.ineligible,
            self.dropped,
        )
        if min([*counts, *(count for group in groups for count in group.values())]) < 0:
            raise CountError("PRISMA flow: a count is negative")


@dataclass(slots=True)
class Box:
    """A drawn box: its lines of words and its place in pixels."""

    lines: list[str]
    x: int = 0
    y: int = 0
    width: int = MAIN
    height: int = 0
    dashed: bool = False


def wrapped(*parts: str) -> list[str]:
    """Lines that fit a box; a part's further lines are indented as it is."""
    lines = []
    for part in parts:
        indent = " " * (len(part) - len(part.lstrip()))
        lines.extend(textwrap.wrap(part, WRAP, subsequent_indent=indent + "  ") or [""])
    return lines


def reasons(head: str, counts: dict[str, int]) -> list[str]:
    """A heading with the total, then a line a reason, the most frequent first."""
    ordered = sorted(counts.items(), key=lambda entry: (-entry[1], entry[0]))
    return wrapped(f"{head} (n = {sum(counts.values()):,})", *(f"  {name} (n = {count:,})" for name, count in ordered))


def rows_of(flow: Flow) -> list[tuple[str, Box, Box | None]]:
    """The boxes by row: stage, main box, side box."""
    removed = wrapped("Records removed before screening:", f"  Duplicate records (n = {flow.duplicates:,})")
    removed += ["  " + line for line in reasons("Marked as ineligible by automation tools", flow.automation)]
    identified = reasons("Records identified from databases", flow.databases)
    if flow.others:
        identified += reasons("Records identified by other methods", flow.others)
    if flow.again:
        identified += reasons("Previous records looked at again", flow.again)
    excluded = reasons("Records excluded", flow.excluded)
    by_whom = wrapped(f"  By people (n = {sum(flow.excluded.values()):,}), by automation tools (n = 0)")
    rows: list[tuple[str, Box, Box | None]] = [
        ("Identification", Box(identified), Box(removed)),
        ("Screening", Box(wrapped(f"Records screened (n = {flow.screened:,})")), Box([excluded[0], *by_whom, *excluded[1:]])),
    ]
    if flow.previous is not None:
        rows.insert(0, previous_row(flow))
    if flow.pending:
        rows.append(("Screening", Box([]), Box(wrapped(f"Records awaiting a decision (n = {flow.pending:,})"), dashed=True)))
    rows.append(("Screening", Box(wrapped(f"Reports sought for retrieval (n = {flow.sought:,})")),
                 Box(reasons("Reports not retrieved", flow.not_retrieved))))  # fmt: skip
    rows.append(("Screening", Box(wrapped(f"Reports assessed for eligibility (n = {flow.assessed:,})")),
                 Box(reasons("Reports excluded", flow.ineligible))))  # fmt: skip
    if flow.awaiting:
        rows.append(("Screening", Box([]), Box(wrapped(f"Reports awaiting a decision (n = {flow.awaiting:,})"), dashed=True)))
    if flow.previous is None:
        rows.append(("Included", Box(wrapped(f"Studies included in the review (n = {flow.included:,})")), None))
    else:
        rows.append(("Included", Box(wrapped(f"New studies included in the review (n = {flow.included:,})")), None))
        total = f"Total studies included in the review (n = {flow.total:,})"
        sum_of = f"  {flow.previous:,} previous, {sum(flow.dropped.values()):,} of them no longer included, {flow.included:,} new"
        rows.append(("Included", Box(wrapped(total, sum_of)), None))
    return rows


def previous_row(flow: Flow) -> tuple[str, Box, Box | None]:
    """The box of previous studies, with those that are no longer included beside it."""
    words = wrapped(f"Studies in previous version of review (n = {flow.previous:,})", f"  {flow.previous_name}")
    left = Box(reasons("Previous studies no longer included", flow.dropped)) if flow.dropped else None
    return ("Previous", Box(words), left)


def laid_out(flow: Flow) -> dict:
    """Boxes, arrows and stage bands with their places; the template only draws."""
    y, boxes, arrows, bands, above = 12, [], [], [], None
    for stage, main, side in rows_of(flow):
        height = max(len(box.lines) for box in (main, side) if box) * LINE + 2 * PAD
        height = max(height, LEAST.get(stage, 0))
        if side:
            side.x, side.y, side.width, side.height = SIDE_AT, y, SIDE, len(side.lines) * LINE + 2 * PAD
            boxes.append(side)
            arrows.append((LEFT + MAIN if main.lines else LEFT + MAIN // 2, y + 21, SIDE_AT, y + 21))
        if main.lines:
            main.x, main.y, main.height = LEFT, y, height
            boxes.append(main)
            if above:
                arrows.append((LEFT + MAIN // 2, above.y + above.height, LEFT + MAIN // 2, y))
            above = main if stage != "Previous" else None  # the previous studies go straight to the total
        if bands and bands[-1][0] == stage:
            bands[-1][2] = y + height - bands[-1][1]
        else:
            bands.append([stage, y, height])
        y += height + GAP
    return {"boxes": boxes, "arrows": arrows, "bands": bands, "height": y - GAP + 12, "width": WIDTH, "step": LINE, "pad": PAD}


def flow_svg(flow: Flow, title: str) -> str:
    """The flow as one SVG that follows the page's colours where it has any; raises CountError unless the counts add up."""
    flow.check()
    return template("prisma.svg").render(title=title, **laid_out(flow))
