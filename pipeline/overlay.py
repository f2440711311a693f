"""People's decisions laid over the machine's findings: which are in force, and the status of each decision, computed anew at each load.

A decision names in `replaces` the cell it judges and the values it saw there. What it decides:
`verify`, `change`, `move_arm` and `add` bring a finding of their own, which stands whatever a later extraction says; `reject` puts
the finding it judges out of force; `not_reported` empties a field (or the named endpoint, time point, arm of it); `undo` takes another
decision back. Of several decisions on one finding the latest counts, the others are `superseded`, and those taken back `undone`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from pipeline.numeric import SINGLE_FIELDS, folded, judged, shown, slot
from pipeline.records import Document, Finding

ACTIONS = ("verify", "reject", "change", "add", "not_reported", "move_arm", "undo")
VALUED = ("verify", "change", "move_arm", "add")
STATUS = {"verify": "verified", "change": "corrected", "move_arm": "moved", "add": "added", "not_reported": "not_reported"}


@dataclass(slots=True)
class Decision:
    """A row of corrections.tsv: a finding made by a person, and what it does."""

    id: str
    action: str
    finding: Finding
    replaces: str
    reason: str
    curator: str
    time: str
    page: int | None = None
    line: int = 0
    status: str = "active"
    root: tuple[str, str] = ("", "")  # the slot and value that this decision, or the first of its chain, judged
    seen: set[str] = field(default_factory=set)  # every value seen in the slot by this decision and those before it
    overruled: list[str] = field(default_factory=list)  # what the machine says instead, in words
    machine_now: list[str] = field(default_factory=list)

    @property
    def target(self) -> tuple[str, str]:
        """The slot and the value that this decision judges."""
        if self.replaces:
            place, values = judged(self.replaces, f"line {self.line}")
            return place, values[0]
        return slot(self.finding), "nothing"


@dataclass(slots=True)
class Overlaid:
    """A finding with what people decided of it."""

    finding: Finding
    status: str = "machine"
    in_force: bool = True
    decision: Decision | None = None


def covers(decision: Decision, found: Finding) -> bool:
    """Whether a `not_reported` speaks of this finding: same field, and the same endpoint, time and arm where it names them."""
    asked = decision.finding
    if asked.field != found.field:
        return False
    named = [
        (asked.endpoint, found.endpoint),
        (asked.at, found.at),
        (folded(asked.arm), folded(found.arm)),
        (folded(asked.vs), folded(found.vs)),
    ]
    return all(one in (None, "") or one == other for one, other in named)


def take_back(decisions: list[Decision]) -> list[Decision]:
    """Mark what is undone; the decisions that stand, oldest first. An undo can itself be undone."""
    ordered = sorted(decisions, key=lambda decision: (decision.time, decision.id))
    gone: set[str] = set()
    for decision in reversed(ordered):
        if decision.id in gone:
            decision.status = "undone"
        elif decision.action == "undo":
            gone.add(decision.replaces)
    return [decision for decision in ordered if decision.action != "undo" and decision.status != "undone"]


def chain(standing: list[Decision]) -> list[Decision]:
    """The decisions that count, oldest first: of several on one finding the latest, which knows what all of them saw."""
    last: dict[tuple[str, str], Decision] = {}
    for decision in standing:
        place, value = decision.target
        one_cell = decision.action == "add" and decision.finding.field in SINGLE_FIELDS
        before = next(
            (d for d in last.values() if d.action in VALUED and slot(d.finding) == place and (one_cell or shown(d.finding) == value)), None
        )
        decision.root = (
            before.root if before else (slot(decision.finding), shown(decision.finding)) if value == "nothing" else (place, value)
        )
        if decision.action == "not_reported":
            decision.root = (place, "not reported")
        if decision.replaces:
            decision.seen = set(judged(decision.replaces, "")[1]) - {"nothing"}
        earlier = last.pop(decision.root, None)
        if earlier:
            earlier.status = "superseded"
            decision.seen |= earlier.seen
        last[decision.root] = decision
    counting = list(last.values())
    for empty in [decision for decision in counting if decision.action == "not_reported"]:
        for other in [decision for decision in counting if decision.action in VALUED and covers(empty, decision.finding)]:
            older = min(empty, other, key=lambda decision: (decision.time, decision.id))
            older.status = "superseded"
    return [decision for decision in counting if decision.status == "active"]


def locate(document: Document, quote: str) -> tuple[int, int, int] | None:
    """Where a quote stands: passage number, start and end of its characters; white space need not be the same."""
    if not quote.split():
        return None
    loose = re.compile(r"\s+".join(map(re.escape, quote.split())))
    for passage in document.passages:
        match = loose.search(passage.text)
        if match:
            return passage.number, match.start(), match.end()
    return None


def settle(decision: Decision, machine: list[Overlaid]) -> list[Overlaid]:
    """Work out a decision's status against the machine's findings of its paper, and return those that it puts out of force."""
    place, value = decision.root
    here = [row for row in machine if slot(row.finding) == place]
    if decision.action == "not_reported":
        out = [row for row in machine if covers(decision, row.finding)]
        new = [row for row in out if shown(row.finding) not in decision.seen]
        decision.status = "drifted" if new else "active"
        decision.machine_now = [shown(row.finding) for row in out]
        return out
    new = [row for row in here if shown(row.finding) not in decision.seen]
    if decision.action == "reject":
        out = [row for row in here if shown(row.finding) == value]
        decision.status = "active" if out else "drifted" if new else "moot"
    else:
        own = (slot(decision.finding), shown(decision.finding))
        agreeing = [row for row in machine if (slot(row.finding), shown(row.finding)) == own]
        one_cell = decision.finding.field in SINGLE_FIELDS
        cell = (
            [row for row in machine if slot(row.finding) in (place, own[0])]
            if one_cell
            else [row for row in here if shown(row.finding) == value]
        )
        out = cell + [row for row in agreeing if row not in cell]
        strangers = [row for row in (cell if one_cell else new) if shown(row.finding) not in decision.seen and row not in agreeing]
        gone = one_cell or not (agreeing or any(shown(row.finding) == value for row in here))
        agreed = bool(agreeing) and decision.action != "verify"
        decision.status = "drifted" if strangers and gone and not (agreed and not one_cell) else "moot" if agreed else "active"
    own_cell = [row for row in machine if slot(row.finding) == slot(decision.finding)]
    decision.machine_now = list(dict.fromkeys(shown(row.finding) for row in (*here, *own_cell)))
    return out


def ground(decision: Decision, document: Document | None, copied: list[Overlaid]) -> None:
    """Give a person's finding its place in the paper; a quote that is no longer there makes the decision unsupported."""
    found = decision.finding
    found.made_by = decision.curator
    twin = next((row.finding for row in copied if " ".join(row.finding.quote.split()) == found.quote), None)
    if twin:
        found.passage, found.start, found.end, found.place, found.quote = twin.passage, twin.start, twin.end, twin.place, twin.quote
        return
    where = locate(document, found.quote) if document else None
    if where:
        found.passage, found.start, found.end = where
        passage = next(passage for passage in document.passages if passage.number == where[0])
        found.place, found.quote = passage.place(*where[1:]), passage.text[where[1] : where[2]]
    else:
        found.place = {"page": decision.page} if decision.page else {}
        if document and found.quote and decision.status in {"active", "moot"}:
            decision.status = "unsupported"


def overlay(machine: list[Finding], decisions: list[Decision], document: Callable[[], Document | None]) -> list[Overlaid]:
    """One paper's findings with its decisions laid over them; each decision gets its status. The machine's come first, in their order."""
    laid = [Overlaid(found) for found in machine]
    people = []
    counting = chain(take_back(decisions))
    known: dict[str, set[str]] = {}
    for decision in counting:
        known.setdefault(decision.root[0], set()).update(decision.seen)
    for decision in counting:
        decision.seen |= known[decision.root[0]]  # what one curator saw in a cell needs no second look for another's decision
        out = settle(decision, laid)
        own = (slot(decision.finding), shown(decision.finding))
        decision.overruled = list(
            dict.fromkeys(
                shown(row.finding)
                for row in out
                if (slot(row.finding), shown(row.finding)) != own or decision.action in {"reject", "not_reported"}
            )
        )
        for row in out:
            same = (slot(row.finding), shown(row.finding)) == own and decision.action in VALUED
            row.status, row.in_force, row.decision = "confirmed" if same else "overruled", False, decision
        ground(decision, document(), [row for row in laid if row.finding.field == decision.finding.field])
        if decision.action != "reject":
            if decision.action == "not_reported":
                decision.finding.value = None
            people.append(Overlaid(decision.finding, STATUS[decision.action], True, decision))
    return laid + people
