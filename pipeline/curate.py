"""The ledger of people's decisions, corpus/<review>/corrections.tsv: one line a decision, never rewritten, only added to.

Lines are sorted by paper, field, time and id, so that two people's branches merge line by line. Saving takes the folder's lock,
reads the file anew, adds the line and replaces the file in one step.
"""

from __future__ import annotations

import datetime as dt
import gzip
import hashlib
import re
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from filelock import Timeout

from pipeline.files import InputError, locked, read_jsonl, read_tsv, tsv_text, write_atomic
from pipeline.numeric import FINDING_COLUMNS, SINGLE_FIELDS, finding_of, folded, judged, one_of, shown, slot, whole
from pipeline.overlay import ACTIONS, VALUED, Decision, chain, locate, take_back
from pipeline.protocol import DESIGNS, LOCAL_THERAPIES, TECHNIQUES, Review
from pipeline.records import Document, Finding
from pipeline.screen import curators
from pipeline.worklist import worklist

COLUMNS = (*FINDING_COLUMNS, "page", "action", "replaces", "reason", "curator", "time", "id")
VERDICTS = ("independent", "univariate", "not_significant")
ANY = "any"


class ConflictError(InputError):
    """Somebody else decided on the same finding after the curator looked at it."""


class NotSavedError(InputError):
    """A decision that could not be made durable: a full or read-only disk, a lock that somebody else holds."""


def ledger(review: Review) -> Path:
    """The file of corrections."""
    return review.corpus / "corrections.tsv"


@lru_cache(maxsize=64)
def _document(path: Path, _stamp: tuple[int, int]) -> Document:
    return Document.from_json(gzip.decompress(path.read_bytes()).decode("utf-8"))


def document(review: Review, paper: str) -> Document | None:
    """A paper as it was parsed; None where it was not. Raises InputError where the file is damaged."""
    path = review.build / "parsed" / f"{paper}.json.gz"
    if not path.exists():
        return None
    try:
        stat = path.stat()
        return _document(path, (stat.st_mtime_ns, stat.st_size))
    except (OSError, EOFError, ValueError, KeyError, TypeError) as error:
        raise InputError(f"{path}: not a parsed paper ({error}); delete it and run `python -m pipeline parse`") from error


def known_papers(review: Review) -> set[str]:
    """Every paper a decision may be about: a record of the search, a source, or a parsed file."""
    keys = {row["key"] for row in read_jsonl(review.corpus / "hits.jsonl") if row.get("key")}
    keys |= {path.name.removesuffix(".json.gz") for path in (review.build / "parsed").glob("*.json.gz")}
    sources = review.corpus / "sources.tsv"
    if sources.exists():
        lines = sources.read_text(encoding="utf-8-sig").splitlines()
        keys |= {line.split("\t")[0] for line in lines[1:] if line.strip()}
    return keys


def former_keys(review: Review) -> dict[str, str]:
    """Keys that records had before, with the keys they have now: decisions on them go on counting."""
    return {former: row["key"] for row in read_jsonl(review.corpus / "hits.jsonl") for former in row.get("former_keys") or []}


class Context:
    """What a row is checked against, read once: papers, curators, arms, vocabularies."""

    def __init__(self, review: Review, rows: Iterable[dict] = ()) -> None:
        self.review = review
        self.papers = known_papers(review)
        self.people = curators(review)
        self.now_called = former_keys(review)
        self.arms: dict[str, set[str]] = {}
        for row in read_jsonl(review.build / "extract.jsonl"):
            named = (row.get("arm"), row.get("vs"))
            self.arms.setdefault(row.get("study") or row.get("paper"), set()).update(folded(name) for name in named if name)
        for row in rows:
            if row["field"] == "arm_size" and row["action"] in VALUED and row["arm"]:
                self.arms.setdefault(row["paper"], set()).add(folded(row["arm"]))

    def words(self, field: str) -> tuple[str, ...] | None:
        """The values allowed for a field of words; None where any word may stand."""
        fixed = {"design": DESIGNS, "rt_technique": TECHNIQUES, "local_therapy": LOCAL_THERAPIES}
        if field in fixed:
            return fixed[field]
        if field in {"regimen", "concurrent_agent"}:
            return tuple(self.review.vocabulary("agents"))
        return None

    def check_value(self, found: Finding, where: str) -> None:
        """The value must be one of its vocabulary's. Raises InputError."""
        if not isinstance(found.value, str):
            return
        if found.field == "metastatic_burden":
            if found.value not in ("single", "multiple", "oligo") and not re.fullmatch(r"M\d[a-z]?", found.value):
                raise InputError(f"{where}: value: {found.value!r} is not allowed; allowed: single, multiple, oligo, or a class like M1a")
        elif found.field == "prognostic_factor":
            if found.value != found.value.lower():
                raise InputError(f"{where}: value: {found.value!r}; factors are written in small letters")
        else:
            agents = found.value.split("+") if found.field == "regimen" else [found.value]
            if found.field == "regimen" and found.value in self.review.vocabulary("regimens"):
                return
            for agent in agents:
                one_of(agent, self.words(found.field), f"{where}: value")
            if agents != sorted(agents):
                raise InputError(f"{where}: value: {found.value!r}; agents stand in alphabetical order: {'+'.join(sorted(agents))}")

    def check_arm(self, found: Finding, action: str, where: str) -> None:
        """An arm must be one the paper names, or one that somebody added by its size. Raises InputError."""
        if found.field == "prognostic_factor" and found.arm:
            one_of(found.arm, VERDICTS, f"{where}: arm")
            return
        known = self.arms.get(found.paper, set())
        paper = document(self.review, found.paper)
        for name in (found.arm, found.vs):
            if not folded(name) or folded(name) in known or paper is None or action in {"reject", "not_reported"}:
                continue
            if not any(folded(name) in folded(passage.text) for passage in paper.passages):
                told = ", ".join(sorted(known)) or "none"
                raise InputError(
                    f"{where}: arm: {name!r} is no arm of {found.paper} and is not printed in it (orphan); known: {told}. "
                    "Add the arm by its arm_size, move the finding to another arm or undo the row"
                )


def digest(row: dict) -> str:
    """A short stable id: the start of the SHA-256 over all other cells."""
    cells = "\t".join(str(row.get(name) or "") for name in COLUMNS if name != "id")
    return hashlib.sha256(cells.encode("utf-8")).hexdigest()[:10]


def tidy(row: dict) -> dict:
    """Every cell as text on one line."""
    unknown = set(row) - set(COLUMNS) - {"line"}
    if unknown:
        raise InputError(f"unknown column {', '.join(sorted(unknown))}; allowed: {', '.join(COLUMNS)}")
    texts = {name: "" if row.get(name) is None else str(row[name]) for name in COLUMNS}
    return {name: " ".join(text.replace("\x00", "").split()) for name, text in texts.items()}


def moment_of(text: str, where: str) -> dt.datetime:
    """A time in UTC. Raises InputError."""
    try:
        moment = dt.datetime.fromisoformat(text)
    except ValueError as error:
        raise InputError(f"{where}: time: {text!r}; write UTC like 2024-05-31T14:05:09.120+00:00") from error
    if moment.utcoffset() != dt.timedelta(0):
        raise InputError(f"{where}: time: {text!r} is not UTC; end it with +00:00")
    return moment


def decision_of(row: dict, context: Context, where: str, quote_must_stand: bool = False) -> Decision:
    """A validated row; raises InputError naming file, line, column and what is allowed."""
    one_of(row["action"], ACTIONS, f"{where}: action")
    found = finding_of(row, where)
    found.paper = context.now_called.get(found.paper, found.paper)
    if found.paper not in context.papers:
        raise InputError(
            f"{where}: paper: {found.paper!r} is not known to this review (orphan); undo the row, or bring the record back into hits.jsonl"
        )
    if not row["curator"] or row["curator"] not in context.people:
        told = ", ".join(sorted(context.people)) or "nobody yet"
        raise InputError(f"{where}: curator: {row['curator']!r} is not in {context.review.corpus / 'curators.tsv'}; known: {told}")
    moment = moment_of(row["time"], where)
    page = whole(row["page"], f"{where}: page") if row["page"] else None
    decision = Decision(
        row["id"], row["action"], found, row["replaces"], row["reason"], row["curator"], moment.isoformat(), page, row.get("line", 0)
    )
    check_decision(decision, context, where)
    paper = document(context.review, found.paper) if quote_must_stand and found.quote else None
    if paper and not locate(paper, found.quote):
        raise InputError(f"{where}: quote: not found in {found.paper}; copy the words as they are printed")
    return decision


def check_decision(decision: Decision, context: Context, where: str) -> None:
    """What each action needs. Raises InputError."""
    found, action = decision.finding, decision.action
    if action == "undo":
        if not re.fullmatch(r"[\w-]+", decision.replaces):
            raise InputError(f"{where}: replaces: an undo names the id of the decision it takes back")
        return
    if action in {"verify", "reject", "change", "move_arm"} and not decision.replaces:
        raise InputError(f"{where}: replaces: {action} must name the finding it judges, as curate.tsv gives it")
    if decision.replaces:
        judged(decision.replaces, where)
    if action in {"reject", "change", "not_reported", "move_arm"} and not decision.reason:
        raise InputError(f"{where}: reason: {action} needs a reason")
    if action == "move_arm" and judged(decision.replaces, where)[0] == slot(found):
        raise InputError(f"{where}: arm: move_arm names another arm than the finding has")
    if action in VALUED:
        held = (found.value, found.low, found.high, found.n, found.percent)
        if all(part is None for part in held):
            raise InputError(f"{where}: value: {action} needs a value, a range, n or percent")
        if not found.quote and not (decision.page and decision.reason):
            raise InputError(f"{where}: quote: needs the words it was read from, or else page and reason (a figure, for instance)")
        context.check_value(found, where)
    context.check_arm(found, action, where)


def read_rows(review: Review, path: Path | None = None) -> list[dict]:
    """The rows of the ledger (or of `path`) with their line numbers; a row without an id gets its own. Raises InputError for a duplicate."""
    path = path or ledger(review)
    rows = read_tsv(path, COLUMNS)
    lines: dict[str, int] = {}
    for row in rows:
        line = row["line"]
        row.update(tidy(row))
        row["id"] = row["id"] or digest(row)
        if row["id"] in lines:
            raise InputError(f"{path}:{line}: id {row['id']} stands in line {lines[row['id']]} already; delete one of the two lines")
        lines[row["id"]] = line
    return rows


def decisions(review: Review, path: Path | None = None) -> list[Decision]:
    """Every decision of the ledger (or of `path`), validated; raises InputError for one that refers to what no longer exists (an orphan)."""
    path = path or ledger(review)
    rows = read_rows(review, path)
    context = Context(review, rows)
    read = [decision_of(row, context, f"{path}:{row['line']}") for row in rows]
    known = {decision.id for decision in read}
    for decision in read:
        if decision.action == "undo" and decision.replaces not in known:
            told = f"no decision has the id {decision.replaces} (orphan); delete the undo or bring the row back"
            raise InputError(f"{path}:{decision.line}: replaces: {told}")
    return read


def sort_key(row: dict) -> tuple:
    """Where a row stands in the ledger."""
    return (row["paper"], row["field"], row["time"], row["id"])


def add(
    review: Review,
    row: dict,
    last_seen: str | None = ANY,
    now: dt.datetime | None = None,
    known: set[str] | None = None,
    path: Path | None = None,
) -> dict:
    """Save a decision durably, in the ledger or in `path`, and return it with its time and id.

    `last_seen`: id of the newest decision on this finding that the curator saw, None if there was none; `known`, instead of it: the ids
    of all decisions that the curator's page showed. ConflictError when somebody else has decided since. Raises InputError where the row
    is not valid, NotSavedError where it cannot be made durable; nothing is written then.
    """
    path = path or ledger(review)
    try:
        with locked(review.corpus):
            return _add(review, tidy(row), last_seen, now, known, path)
    except (OSError, Timeout) as error:  # Timeout is somebody else's lock
        raise NotSavedError(f"{path}: not saved ({error}); free the disk or the lock, then save again") from error


def _add(review: Review, fresh: dict, last_seen: str | None, now: dt.datetime | None, known: set[str] | None, path: Path) -> dict:
    """`add` under the lock."""
    rows = read_rows(review, path)
    moment = now or dt.datetime.now(dt.UTC)
    newest = max((moment_of(each["time"], f"{path}:{each['line']}") for each in rows), default=None)
    if newest and now is None and moment <= newest:
        moment = newest + dt.timedelta(milliseconds=1)
    fresh["time"] = fresh["time"] or moment.isoformat(timespec="milliseconds")
    fresh["id"] = fresh["id"] or digest(fresh)
    if any(each["id"] == fresh["id"] for each in rows):
        raise InputError(f"{path}: decision {fresh['id']} is saved already")
    context = Context(review, [*rows, fresh])
    decision = decision_of(fresh, context, "this decision", quote_must_stand=True)
    if decision.action == "undo" and all(each["id"] != decision.replaces for each in rows):
        raise InputError(f"this decision: replaces: no decision has the id {decision.replaces}")
    if known is not None:
        last_seen = last_decision([each for each in rows if each["id"] in known], decision)
    if last_seen != ANY and (newer := last_decision(rows, decision)) != last_seen:
        told = next((f" ({each['action']} by {each['curator']})" for each in rows if each["id"] == newer), "")
        raise ConflictError(
            f"{fresh['paper']} {fresh['field']}: somebody else has decided on this finding since you opened it{told}; look again"
        )
    write_atomic(path, tsv_text(sorted([*rows, fresh], key=sort_key), COLUMNS))
    return fresh


def last_decision(rows: list[dict], decision: Decision) -> str | None:
    """The id of the newest standing decision on what this one judges; None where there is none."""
    of_paper = [row for row in rows if row["paper"] == decision.finding.paper]  # keys that changed are rare, and this is a courtesy
    older = [
        Decision(row["id"], row["action"], finding_of(row, ""), row["replaces"], "", row["curator"], row["time"], line=row.get("line", 0))
        for row in of_paper
    ]
    if decision.action == "undo":
        return decision.replaces if any(each.id == decision.replaces for each in take_back(older)) else None
    place, value = decision.target
    for each in reversed(chain(take_back(older))):
        brought = (slot(each.finding), shown(each.finding))
        one_cell = decision.finding.field in SINGLE_FIELDS or brought[1] == shown(decision.finding)
        if (place, value) in {each.root, brought} or (value == "nothing" and brought[0] == place and one_cell):
            return each.id
    return None


def undo(review: Review, decision_id: str, curator: str, reason: str = "", now: dt.datetime | None = None) -> dict:
    """Take a decision back by a row of its own; returns that row. Raises InputError for an id that is not there."""
    row = next((row for row in read_rows(review) if row["id"] == decision_id), None)
    if row is None:
        raise InputError(f"{ledger(review)}: no decision has the id {decision_id}")
    taken = {name: row[name] for name in ("paper", "field", "arm", "endpoint", "at", "vs")}
    return add(review, {**taken, "action": "undo", "replaces": decision_id, "curator": curator, "reason": reason}, now=now)


def history(review: Review, paper: str, field: str | None = None, arm: str | None = None, endpoint: str | None = None) -> list[dict]:
    """Every decision on a paper (a field, an arm, an endpoint of it), oldest first, also those taken back; `undone_by` names by what."""
    rows = read_rows(review)
    standing = {decision.replaces: decision.id for decision in decisions(review) if decision.action == "undo"}
    asked = {"field": field, "endpoint": endpoint}
    names = {paper, *(former for former, key in former_keys(review).items() if key == paper)}
    found = [row for row in rows if row["paper"] in names and all(held is None or row[name] == held for name, held in asked.items())]
    if arm is not None:
        found = [row for row in found if folded(row["arm"]) == folded(arm) or f"[{folded(arm)}]" in row["replaces"]]
    return [{**row, "undone_by": standing.get(row["id"])} for row in sorted(found, key=lambda row: (row["time"], row["id"]))]


__all__ = ["COLUMNS", "ConflictError", "add", "decisions", "document", "history", "read_rows", "undo", "worklist"]
