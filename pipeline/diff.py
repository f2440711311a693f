"""What changed between two states of a review: studies, and cells of the table, each value with the cause of its change."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from pipeline.protocol import Review
from pipeline.state import WORKING, State, released, working

KINDS = ("added", "changed", "withdrawn")
#: Why a value is another than it was, the surest first.
CAUSES = {
    "new paper": "the study was not in the table before",
    "dropped": "the study is no longer included",
    "curator": "a person decided, or took a decision back",
    "new source": "the paper is read from another file than before",
    "new rule": "the rules, vocabularies or the form have changed",
    "unexplained": "neither person, file nor rule differs",
}


@dataclass(slots=True)
class Change:
    """A value that was added, changed or withdrawn, in the table's words."""

    kind: str
    cause: str
    detail: str
    was: dict | None = None
    now: dict | None = None

    @property
    def field(self) -> str:
        """The field of the value."""
        return (self.now or self.was)["field"]


@dataclass(slots=True)
class CellChange:
    """A cell of the table with what changed in it; `kind` is that of the whole cell."""

    study: str
    column: str
    kind: str
    changes: list[Change]

    @property
    def causes(self) -> list[str]:
        """The causes of its changes, the surest first."""
        return [cause for cause in CAUSES if any(change.cause == cause for change in self.changes)]


@dataclass(slots=True)
class Diff:
    """All that changed from one state to another."""

    before: State
    after: State
    new: list[dict] = field(default_factory=list)  # rows of studies
    dropped: list[tuple[dict, str]] = field(default_factory=list)  # rows of studies, why
    cells: list[CellChange] = field(default_factory=list)
    checked: int = 0  # values that people have verified since
    records: dict[str, int] = field(default_factory=dict)  # new records by what screening decided

    def counts(self) -> dict[str, int]:
        """Studies and cells by what became of them."""
        kinds = Counter(cell.kind for cell in self.cells)
        told = {"new_studies": len(self.new), "dropped_studies": len(self.dropped)}
        return told | {f"cells_{kind}": kinds[kind] for kind in KINDS} | {"new_records": sum(self.records.values())}

    def causes(self) -> dict[str, int]:
        """Changed values by cause."""
        found = Counter(change.cause for cell in self.cells for change in cell.changes)
        return {cause: found[cause] for cause in CAUSES if found[cause]}

    def label(self, study: str) -> str:
        """A study's name."""
        return (self.after.studies.get(study) or self.before.studies.get(study) or {}).get("label") or study


def between(before: State, after: State) -> Diff:
    """The difference of two states, studies in the order of their keys, cells in that of their findings."""
    found = Diff(before, after)
    found.new = [row for key, row in sorted(after.studies.items()) if key not in before.studies]
    found.dropped = [(row, why_dropped(after, key)) for key, row in sorted(before.studies.items()) if key not in after.studies]
    old, new = before.cells(), after.cells()
    for study, column in sorted(dict.fromkeys([*new, *old]), key=lambda place: place[0]):
        was, now = old.get((study, column), []), new.get((study, column), [])
        changes = [explained(found, study, *pair) for pair in paired(was, now)]
        if changes:
            kind = "added" if not was else "withdrawn" if not now else "changed"
            found.cells.append(CellChange(study, column, kind, changes))
    verified = {(row["study"], row["slot"], row["shown"]) for row in before.findings if row["curator"] and row["in_force"]}
    same = {(row["study"], row["slot"], row["shown"]) for row in before.findings if row["in_force"]}
    places = [(row["study"], row["slot"], row["shown"]) for row in after.findings if row["curator"] and row["in_force"]]
    found.checked = sum(place in same and place not in verified for place in places)
    fresh = [row for key, row in after.records.items() if key not in before.records]
    found.records = dict(sorted(Counter(row["status"] for row in fresh).items()))
    return found


def paired(was: list[dict], now: list[dict]) -> list[tuple[dict | None, dict | None]]:
    """The values of a cell that differ: those of one slot as pairs, then those under another arm's name, then those without a partner."""
    was, now = list(was), list(now)

    def match(key) -> list[tuple[dict, dict]]:
        found = []
        for other in list(now):
            partner = next((row for row in was if key(row) == key(other)), None)
            if partner:
                was.remove(partner)
                now.remove(other)
                found.append((partner, other))
        return found

    match(lambda row: (row["slot"], row["shown"]))
    pairs: list[tuple[dict | None, dict | None]] = [*match(lambda row: row["slot"])]
    pairs += match(lambda row: (row["field"], row["endpoint"], row["at"], row["shown"]))
    return [*pairs, *((row, None) for row in was), *((None, row) for row in now)]


def explained(found: Diff, study: str, was: dict | None, now: dict | None) -> Change:
    """A pair of values with its cause and, in words, what is behind it."""
    kind = "added" if was is None else "withdrawn" if now is None else "changed"
    return Change(kind, *cause_of(found, study, was, now), was, now)


def cause_of(found: Diff, study: str, was: dict | None, now: dict | None) -> tuple[str, str]:
    """Why a value differs: cause and detail."""
    before, after = found.before, found.after
    if study not in before.studies:
        return "new paper", ""
    if study not in after.studies:
        return "dropped", why_dropped(after, study)
    person = person_behind(found, study, was, now)
    if person:
        return "curator", person
    rules = [what for what in ("rules", "form") if before.about.get(what) != after.about.get(what)]
    files = [state.studies[study] for state in (before, after)]
    if files[0]["sha256"] != files[1]["sha256"]:
        kinds = list(dict.fromkeys(f"{row['kind'] or 'no file'}" for row in files))
        detail = " → ".join(kinds) if len(kinds) > 1 else f"new version of the {kinds[0]}"
        return "new source", detail + ("; the rules have changed too" if rules else "")
    makers = [row["made_by"] for row in (was, now) if row]
    return ("new rule", " → ".join(dict.fromkeys(makers))) if rules else ("unexplained", "")


def person_behind(found: Diff, study: str, was: dict | None, now: dict | None) -> str:
    """Who decided what since, as far as it touches these values; empty where nobody did."""
    known = {row["correction"] for row in found.before.findings if row["correction"]}
    standing = {row["correction"] for row in found.after.findings if row["correction"]}
    if now and now["correction"] and now["correction"] not in known:
        return told_of(now)
    if was and not now:
        aside = [row for row in found.after.findings if row["study"] == study and row["correction"] and row["correction"] not in known]
        hit = next(
            (row for row in aside if row["slot"] == was["slot"] or (row["status"] == "not_reported" and row["field"] == was["field"])), None
        )
        if hit:
            return told_of(hit)
    undone = [row for row in found.before.findings if row["study"] == study and row["correction"] and row["correction"] not in standing]
    places = {row["slot"] for row in (was, now) if row}
    back = next((row for row in undone if row["slot"] in places), None)
    return f"{back['curator']}'s decision no longer stands" if back else ""


def told_of(row: dict) -> str:
    """Who decided, what and why."""
    return f"{row['curator']}: {row['status']}" + (f" ({row['reason']})" if row["reason"] else "")


def why_dropped(after: State, key: str) -> str:
    """What the screening now says of a study that is gone."""
    row = after.records.get(key)
    if row is None:
        return "its record is no longer in the ledger"
    if row["status"] == "out":
        return f"{row['reason'] or 'out'} ({row['by'] or 'screening'})"
    return "its decision is pending again" if row["status"] == "pending" else "its text is no longer at hand"


def state(review: Review, name: str | None, default: str) -> State:
    """A release by its date, or the working state for `working`."""
    name = name or default
    return working(review) if name in ("working", WORKING) else released(review, name)
