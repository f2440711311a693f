"""The review as the curators' pages see it: each study's findings under people's decisions, as the files are at this moment.

A save changes one study, which is laid out anew at once; the database, which the report is made from, follows in the background.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from pathlib import Path

from pipeline import curate, db, load, state, table1, worklist
from pipeline.files import InputError, read_jsonl, read_tsv
from pipeline.overlay import Decision
from pipeline.protocol import Review
from pipeline.records import Finding
from pipeline.screen import CURATOR_COLUMNS
from pipeline.store import Build


def stamp(path: Path) -> tuple | None:
    """What tells one state of a file from another; files are replaced, never rewritten in place."""
    try:
        told = path.stat()
    except OSError:
        return None
    return told.st_mtime_ns, told.st_size, told.st_ino


@dataclass(slots=True)
class Snapshot:
    """One state of the review: studies, findings (also those out of force) and decisions, by study."""

    studies: dict[str, dict] = field(default_factory=dict)
    findings: dict[str, list[dict]] = field(default_factory=dict)
    decisions: dict[str, list[Decision]] = field(default_factory=dict)
    machine: dict[str, list[Finding]] = field(default_factory=dict)
    marks: dict[str, tuple] = field(default_factory=dict)


class Desk:
    """What the pages read, kept until a file changes; and the database's rebuild."""

    def __init__(self, review: Review) -> None:
        self.review = review
        self._lock = threading.RLock()
        self._seen: tuple = ()
        self._held = Snapshot()
        self.rebuild = Rebuild(review)

    def stamps(self) -> tuple:
        """The state of every file that the pages are made from; the ledger last."""
        corpus, build = self.review.corpus, self.review.build
        named = [corpus / "hits.jsonl", corpus / "sources.tsv", corpus / "screening.tsv", corpus / "curators.tsv"]
        named += [build / "extract.jsonl", build / "screened.jsonl", build / "parsed" / "index.json", build / "parsed"]
        return *map(stamp, named), stamp(curate.ledger(self.review))

    def snapshot(self) -> Snapshot:
        """The review as its files are now. Raises InputError where one of them is wrong."""
        with self._lock:
            now = self.stamps()
            if now != self._seen:
                self._held = self._assembled(now[:-1], now[:-1] == self._seen[:-1])
                self._seen = now
            return self._held

    def _assembled(self, base: tuple, same_base: bool) -> Snapshot:
        """A new snapshot; studies that nothing has touched are taken over."""
        old, new = self._held, Snapshot()
        for decision in curate.decisions(self.review):
            new.decisions.setdefault(decision.finding.paper, []).append(decision)
        new.studies = {row["study"]: row for row in load.studies(self.review, set(new.decisions))}
        included = {key for key, row in new.studies.items() if row["included"]}
        new.machine = old.machine if same_base else load.machine_findings(self.review, included)[0]
        for key, row in new.studies.items():
            new.marks[key] = (base, row["included"], tuple(decision.id for decision in new.decisions.get(key, [])))
            if old.marks.get(key) == new.marks[key]:
                new.findings[key], new.decisions[key] = old.findings[key], old.decisions.get(key, [])
            else:
                new.findings[key] = self._laid(row, new.machine, new.decisions.get(key, []))
        return new

    def _laid(self, study: dict, machine: dict[str, list[Finding]], decisions: list[Decision]) -> list[dict]:
        """One study's findings as the database would hold them."""
        build = Build(rows={"study": [dict(study)]})
        load.add_findings(build, self.review, machine, decisions)
        return [db.as_finding(row) for row in build.rows.get("finding", [])]

    def study(self, key: str) -> dict | None:
        """A study's row; None for a key that is not of this review."""
        return self.snapshot().studies.get(key)

    def findings(self, key: str) -> list[dict]:
        """A study's findings, also those that people put out of force, in the order of the form."""
        order = {entry.field: number for number, entry in enumerate(self.review.form.fields)}
        held = [row for row in self.snapshot().findings.get(key, []) if row["field"] in order]
        return sorted(held, key=lambda row: order[row["field"]])

    def table(self) -> table1.Table:
        """Table 1 as the report would show it."""
        now = self.snapshot()
        reasons = state.unreadable(list(read_jsonl(self.review.build / "skipped.jsonl")))
        named = [
            {**row, "key": row["study"], "authors": (row["authors"] or "").split("; ")} for row in now.studies.values() if row["included"]
        ]
        rows = [row for row in named if state.has_text(row, reasons) or now.findings[row["key"]]]
        keys = {row["key"] for row in rows}
        found = [each for key in sorted(keys) for each in self.findings(key) if each["in_force"]]
        return table1.build(self.review, rows, found, {key: why for key, why in reasons.items() if key in keys})

    def people(self) -> dict[str, str]:
        """The curators' names by id."""
        rows = read_tsv(self.review.corpus / "curators.tsv", CURATOR_COLUMNS)
        return {row["id"]: row["name"] or row["id"] for row in rows}


class Rebuild:
    """Brings the database and the worklist up to the ledgers, one build at a time, however many saves ask for it."""

    def __init__(self, review: Review) -> None:
        self.review = review
        self.failed = ""
        self.tasks: list[dict] = []
        self._wanted, self._built = 0, 0
        self._change = threading.Condition()
        self._thread: threading.Thread | None = None

    def ask(self) -> None:
        """Ask for a build of what the files are now; returns at once."""
        with self._change:
            self._wanted += 1
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, daemon=True, name="rebuild")
                self._thread.start()

    def wait(self, seconds: float = 60) -> bool:
        """Wait until everything asked for so far is built; False where that takes longer."""
        with self._change:
            asked = self._wanted
            return self._change.wait_for(lambda: self._built >= asked, seconds)

    def _run(self) -> None:
        while True:
            with self._change:
                if self._built == self._wanted:
                    self._thread = None
                    return
                asked = self._wanted
            failed, tasks = "", self.tasks
            try:
                load.run(self.review)
                tasks = worklist.worklist(self.review)
            except Exception as error:  # whatever it is must reach the page: a thread that ends in silence would leave it waiting
                failed = str(error) if isinstance(error, InputError) else f"{type(error).__name__}: {error}"
            with self._change:
                self.failed, self.tasks, self._built = failed, tasks, asked
                self._change.notify_all()
