"""The database of a review: tables, typed views, and the findings in force.

`finding` is the truth: the machine's findings and people's, each with its quote and place; `in_force` tells which of them count.
`study` and `arm` are tables that are themselves what people query: one typed row a study (design, patients) and an arm (size), filled
from the findings in force. `treatment`, `follow_up`, `outcome` and `factor` are views over `finding`. A database cannot hold a table
and a view of one name, so the names of the design stand once each. `published` holds the review's own table, `contradiction` what the
checks found, `run` what the build was made from.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

from sqlalchemy import (  # fmt: skip
    Boolean,
    Column,
    Engine,
    Float,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    create_engine,
    event,
    select,
)
from sqlalchemy.engine import URL, Connection, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.schema import DDL

from pipeline.files import InputError
from pipeline.numeric import months
from pipeline.protocol import Review
from pipeline.records import FINDING_KEYS, Finding

metadata = MetaData()

study = Table(
    "study", metadata,
    Column("study", Text, primary_key=True), Column("label", Text), Column("year", Integer), Column("title", Text),
    Column("authors", Text), Column("journal", Text), Column("doi", Text), Column("pmid", Text), Column("pmcid", Text),
    Column("included", Boolean, nullable=False), Column("document", Text), Column("design", Text), Column("n_total", Integer),
    Column("position", Integer, nullable=False),
)  # fmt: skip

source = Table(
    "source", metadata,
    Column("study", Text, ForeignKey("study.study"), primary_key=True), Column("position", Integer, primary_key=True),
    Column("kind", Text), Column("url", Text), Column("licence", Text), Column("sha256", Text), Column("retrieved", Text),
    Column("file", Text),
)  # fmt: skip

passage = Table(
    "passage", metadata,
    Column("study", Text, ForeignKey("study.study"), primary_key=True), Column("number", Integer, primary_key=True),
    Column("kind", Text, nullable=False), Column("section", Text, nullable=False), Column("heading", Text),
    Column("text", Text, nullable=False),
    Column("page", Integer), Column("xpath", Text), Column("table_label", Text), Column("row", Integer), Column("col", Integer),
    Column("row_heads", Text), Column("col_heads", Text), Column("lines", Text), Column("flags", Text),
)  # fmt: skip

correction = Table(
    "correction", metadata,
    Column("id", Text, primary_key=True), Column("study", Text, ForeignKey("study.study"), nullable=False),
    Column("action", Text, nullable=False),
    Column("field", Text), Column("shown", Text), Column("replaces", Text), Column("reason", Text), Column("curator", Text, nullable=False),
    Column("time", Text, nullable=False), Column("quote", Text), Column("page", Integer), Column("status", Text, nullable=False),
    Column("overruled", Text), Column("machine_now", Text), Column("position", Integer, nullable=False),
)  # fmt: skip

FINDING_COLUMNS = (
    ("field", Text), ("number", Float), ("word", Text), ("low", Float), ("high", Float), ("bounds", Text), ("unit", Text), ("n", Integer),
    ("percent", Float), ("arm", Text), ("endpoint", Text), ("at", Float), ("vs", Text), ("p", Text), ("quote", Text),
)  # fmt: skip

finding = Table(
    "finding", metadata,
    Column("id", Text, primary_key=True), Column("study", Text, ForeignKey("study.study"), nullable=False),
    *(Column(name, kind, nullable=name != "field") for name, kind in FINDING_COLUMNS),
    Column("months", Float), Column("months_low", Float), Column("months_high", Float),
    Column("place", Text), Column("made_by", Text), Column("passage", Integer), Column("begins", Integer), Column("ends", Integer),
    Column("evidence", Text), Column("mentions", Integer, nullable=False), Column("in_force", Boolean, nullable=False),
    Column("status", Text, nullable=False),
    Column("correction", Text, ForeignKey("correction.id")), Column("curator", Text), Column("reason", Text), Column("overruled", Text),
    Column("correction_status", Text), Column("replaces", Text), Column("exact", Text, nullable=False),
    Column("position", Integer, nullable=False), Column("concept", Text), Column("p_most", Float),
    ForeignKeyConstraint(["study", "passage"], ["passage.study", "passage.number"]),
)  # fmt: skip
Index("finding_by_study", finding.c.study, finding.c.field)

arm = Table(
    "arm", metadata,
    Column("study", Text, ForeignKey("study.study"), primary_key=True), Column("arm", Text, primary_key=True), Column("n", Integer),
    Column("percent", Float),
    Column("finding", Text, ForeignKey("finding.id")), Column("position", Integer, nullable=False),
)  # fmt: skip

published = Table(
    "published", metadata,
    Column("position", Integer, primary_key=True), Column("study", Text, nullable=False),
    *(Column(name, kind, nullable=name != "field") for name, kind in FINDING_COLUMNS), Column("printed_column", Text),
    Column("concept", Text), Column("p_most", Float), Column("months", Float), Column("months_low", Float), Column("months_high", Float),
)  # fmt: skip

contradiction = Table(
    "contradiction", metadata,
    Column("position", Integer, primary_key=True), Column("study", Text, nullable=False), Column("check_name", Text, nullable=False),
    Column("message", Text, nullable=False), Column("figures", Text, nullable=False), Column("of", Text, nullable=False),
)  # fmt: skip

run = Table(
    "run", metadata,
    Column("review", Text, primary_key=True), Column("version", Text, nullable=False), Column("code_sha256", Text, nullable=False),
    Column("query", Text, nullable=False), Column("inputs", Text, nullable=False), Column("counts", Text, nullable=False),
)  # fmt: skip

IN_FORCE = "FROM finding WHERE in_force AND status <> 'not_reported' AND field"
KEPT = "quote, status, curator, id AS finding"
VIEWS = {
    "treatment": f"""SELECT study, field AS kind, word AS name, arm, number AS value, low, high, bounds, unit, n, percent, {KEPT}
        {IN_FORCE} IN ('regimen', 'cycles', 'rt_technique', 'rt_dose', 'concurrent_agent', 'local_therapy')""",
    "follow_up": f"""SELECT study, arm, months, months_low, months_high, bounds, number AS printed, unit, {KEPT}
        {IN_FORCE} = 'follow_up'""",
    "outcome": f"""SELECT study, field AS measure, endpoint, at AS at_months, arm, vs, COALESCE(months, number) AS value,
        COALESCE(months_low, low) AS low, COALESCE(months_high, high) AS high, bounds,
        CASE WHEN months IS NULL THEN unit ELSE 'months' END AS unit,
        n, p, {KEPT}, p_most {IN_FORCE} IN ('survival_median', 'survival_rate', 'hazard_ratio')""",
    "factor": f"""SELECT study, word AS factor, endpoint, arm AS verdict, p, {KEPT}, concept, p_most {IN_FORCE} = 'prognostic_factor'""",
}  # fmt: skip
for _name, _query in VIEWS.items():
    event.listen(metadata, "after_create", DDL(f"CREATE VIEW {_name} AS {_query}".replace("%", "%%")))
    event.listen(metadata, "before_drop", DDL(f"DROP VIEW IF EXISTS {_name}"))


def url(review: Review) -> str:
    """Where the review's database is: LIVETABLE_DB, else SQLite at build/<review>/review.db."""
    return os.environ.get("LIVETABLE_DB") or f"sqlite:///{review.build / 'review.db'}"


def parsed_url(address: str) -> URL:
    """The URL, with psycopg as PostgreSQL's driver. Raises InputError where it is none."""
    try:
        parsed = make_url(address)
    except ArgumentError as error:
        raise InputError("LIVETABLE_DB: not a database URL; one looks like sqlite:///review.db or postgresql://user@host/name") from error
    return parsed.set(drivername="postgresql+psycopg") if parsed.drivername in {"postgresql", "postgres"} else parsed


def sqlite_path(address: str) -> Path | None:
    """The file of an SQLite URL; None for any other database."""
    parsed = parsed_url(address)
    if parsed.get_backend_name() != "sqlite":
        return None
    if not parsed.database or parsed.database == ":memory:":
        raise InputError("LIVETABLE_DB: an SQLite database must be a file, for example sqlite:///build/review.db")
    return Path(parsed.database)


def schema_of(review: Review) -> str:
    """The PostgreSQL schema that holds one review, so that several reviews share a database."""
    return "livetable_" + "".join(letter if letter.isalnum() else "_" for letter in review.key.lower())


def connect(address: str, schema: str | None = None) -> Engine:
    """An engine that keeps foreign keys on SQLite and looks in the review's schema on PostgreSQL. Raises InputError for a bad URL."""
    try:
        made = create_engine(parsed_url(address))
    except (ArgumentError, ImportError) as error:
        raise InputError(f"LIVETABLE_DB: {error}; install the driver of that database, or use SQLite or PostgreSQL") from error
    commands = {"sqlite": "PRAGMA foreign_keys = ON", "postgresql": f'SET search_path TO "{schema}"' if schema else None}
    command = commands.get(made.dialect.name)
    if command:

        @event.listens_for(made, "connect")
        def prepare(connection: object, _record: object) -> None:
            cursor = connection.cursor()
            cursor.execute(command)
            cursor.close()
            connection.commit()

    return made


def engine(review: Review) -> Engine:
    """The review's database; raises InputError where `load` has not built the SQLite file yet."""
    path = sqlite_path(url(review))
    if path and not path.exists():
        raise InputError(f"{path}: no such database; build it with `make` or `python -m pipeline load`")
    return connect(url(review), schema_of(review))


def dump(held: object) -> str | None:
    """JSON for a text column; None for nothing."""
    return json.dumps(held, ensure_ascii=False, sort_keys=True, separators=(",", ":")) if held else None


def value_columns(found: Finding) -> dict:
    """A finding's own columns as the tables `finding` and `published` hold them."""
    row = {name: getattr(found, name) for name, _ in FINDING_COLUMNS if name not in {"number", "word"}}
    is_word = isinstance(found.value, str)
    return {**row, "number": None if is_word else found.value, "word": found.value if is_word else None}


def month_columns(found: Finding) -> dict:
    """The times of follow-up and median survival in months."""
    names = {"months": found.value, "months_low": found.low, "months_high": found.high}
    timed = found.field in {"follow_up", "survival_median"}
    return {name: months(held, found.unit) if timed else None for name, held in names.items()}


#: What `current` adds to the contract's keys.
STATUS_KEYS = (
    "id",
    "status",
    "in_force",
    "correction",
    "curator",
    "reason",
    "overruled",
    "correction_status",
    "replaces",
    "passage",
    "start",
    "end",
    "evidence",
    "months",
)


def as_finding(row: dict) -> dict:
    """A row of `finding` as a dict: the contract's keys as they were loaded, and those of STATUS_KEYS."""
    exact = json.loads(row["exact"])
    row["start"], row["end"] = row["begins"], row["ends"]
    row["evidence"] = json.loads(row["evidence"] or "[]")
    return {**dict.fromkeys(FINDING_KEYS), **exact, **{key: row[key] for key in STATUS_KEYS}}


def rows(connection: Connection, table: Table) -> list[dict]:
    """A table's rows as dicts, in the order in which they were loaded."""
    order = table.c.position if "position" in table.c else next(iter(table.primary_key))
    return [dict(row) for row in connection.execute(select(table).order_by(order)).mappings()]


def current(made: Engine, overruled: bool = False) -> list[dict]:
    """The findings in force, study by study: the contract's keys, and id, status, curator, reason, overruled, correction_status...

    `status` is machine, verified, corrected, added, moved or not_reported (a cell that a person found empty: value is None). With
    `overruled=True` also the machine's findings that people put out of force (`in_force` False, status overruled).
    """
    with made.connect() as connection:
        found = [as_finding(row) for row in rows(connection, finding)]
    return [row for row in found if overruled or row["in_force"]]
