"""Put a built database in place: SQLite, PostgreSQL, or any other that SQLAlchemy reaches.

Nothing of the old database is touched until the new one is complete and checked: SQLite is built in a file of its own and renamed,
PostgreSQL in a schema of its own, renamed in the transaction that built it. The same rows give the same bytes of an SQLite file.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import func, insert, select, text
from sqlalchemy.engine import Connection

from pipeline import db
from pipeline.files import InputError, write_atomic
from pipeline.protocol import Review


@dataclass(slots=True)
class Build:
    """All rows of a database to be, by table, and what the closing line tells."""

    rows: dict[str, list[dict]] = field(default_factory=dict)
    counts: dict = field(default_factory=dict)

    def add(self, table: str, row: dict) -> None:
        """Add a row; its position is its number in the table."""
        self.rows.setdefault(table, []).append(row)


def fill(connection: Connection, build: Build) -> None:
    """Create the tables and views, and put the rows in, in a fixed order."""
    db.metadata.create_all(connection)
    for table in db.metadata.sorted_tables:
        rows = build.rows.get(table.name, [])
        if "position" in table.c:
            rows = [{**row, "position": position} for position, row in enumerate(rows, 1)]
        if rows:
            connection.execute(insert(table), rows)


def verify(connection: Connection, build: Build) -> None:
    """Every row must have arrived and every reference must hold; raises InputError and the old database stays."""
    for table in db.metadata.sorted_tables:
        held = connection.execute(select(func.count()).select_from(table)).scalar_one()
        if held != len(build.rows.get(table.name, [])):
            raise InputError(
                f"load: table {table.name} holds {held} rows of {len(build.rows.get(table.name, []))}; the database was not replaced"
            )
    if connection.dialect.name == "sqlite":
        faults = connection.execute(text("PRAGMA foreign_key_check")).all()
        sound = connection.execute(text("PRAGMA integrity_check")).scalar_one()
        if faults or sound != "ok":
            raise InputError(f"load: the new database is damaged ({sound}, {len(faults)} loose references); it was not put in place")


def into_sqlite(path: Path, build: Build) -> None:
    """Build in a file beside, check it, then rename it over the old one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.new")
    for leftover in path.parent.glob(f".{path.name}.*"):  # of a load that was killed
        leftover.unlink()
    made = db.connect(f"sqlite:///{beside}")
    try:
        with made.begin() as connection:
            fill(connection, build)
            verify(connection, build)
        with made.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM"))
        made.dispose()
        write_atomic(path, beside.read_bytes())
    finally:
        made.dispose()
        beside.unlink(missing_ok=True)


def into_postgresql(address: str, schema: str, build: Build) -> None:
    """Build in a schema beside and rename it over the old one, in one transaction: readers see the old or the new, never half."""
    made = db.connect(address, schema)
    fresh, old = f"{schema}_new", f"{schema}_old"
    with made.begin() as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(hashtext(:name))"), {"name": schema})
        connection.execute(text(f'DROP SCHEMA IF EXISTS "{fresh}" CASCADE'))
        connection.execute(text(f'CREATE SCHEMA "{fresh}"'))
        connection.execute(text(f'SET LOCAL search_path TO "{fresh}"'))
        fill(connection, build)
        verify(connection, build)
        connection.execute(text(f'DROP SCHEMA IF EXISTS "{old}" CASCADE'))
        if connection.execute(text("SELECT 1 FROM pg_namespace WHERE nspname = :name"), {"name": schema}).first():
            connection.execute(text(f'ALTER SCHEMA "{schema}" RENAME TO "{old}"'))
        connection.execute(text(f'ALTER SCHEMA "{fresh}" RENAME TO "{schema}"'))
        connection.execute(text(f'DROP SCHEMA IF EXISTS "{old}" CASCADE'))
    made.dispose()


def into_other(address: str, build: Build) -> None:
    """Replace all tables in one transaction: as safe as that database's own transactions are."""
    made = db.connect(address)
    with made.begin() as connection:
        db.metadata.drop_all(connection)
        fill(connection, build)
        verify(connection, build)
    made.dispose()


def put(review: Review, build: Build) -> str:
    """Replace the review's database by this one; returns where it is, without user or password."""
    address = db.url(review)
    path = db.sqlite_path(address)
    if path:
        into_sqlite(path, build)
        return str(path)
    if db.parsed_url(address).get_backend_name() == "postgresql":
        into_postgresql(address, db.schema_of(review), build)
    else:
        into_other(address, build)
    return address.rpartition("@")[2]
