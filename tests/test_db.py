"""The database: built from files, queried through its tables and views, on SQLite and on a real PostgreSQL."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import threading
from pathlib import Path

import pytest
from sqlalchemy import inspect, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from pipeline import claims, curate, db, load, store
from pipeline.ask import reading
from pipeline.files import InputError
from pipeline.protocol import ROOT
from tests.small_review import CURATOR, small_review, write_findings
from tests.small_review import findings as machine


@pytest.fixture
def review(tmp_path, monkeypatch):
    """The small review, on SQLite in its own build folder."""
    monkeypatch.delenv("LIVETABLE_DB", raising=False)
    return small_review(tmp_path)


def ask(review, query: str) -> list[tuple]:
    """The rows that a query gives."""
    made = db.engine(review)
    with made.connect() as connection:
        found = [tuple(row) for row in connection.execute(text(query))]
    made.dispose()
    return found


def test_the_tables_and_views_of_the_design_can_be_queried(review):
    load.run(review)
    names = inspect(db.engine(review))
    assert {"study", "source", "passage", "arm", "finding", "correction", "run"} <= set(names.get_table_names())
    assert {"treatment", "follow_up", "outcome", "factor"} <= set(names.get_view_names())
    assert ask(review, "SELECT study, year, n_total FROM study ORDER BY year") == [("north_2011", 2011, 120), ("south_2015", 2015, 32)]
    assert ask(review, "SELECT arm, n FROM arm ORDER BY n") == [("chemotherapy alone", 50), ("chemotherapy plus radiotherapy", 70)]
    assert ask(review, "SELECT months, months_low, months_high, bounds FROM follow_up") == [(24, 3, 90, "range")]
    rates = ask(
        review, "SELECT arm, value FROM outcome WHERE measure = 'survival_rate' AND endpoint = 'OS' AND at_months = 36 ORDER BY value"
    )
    assert rates == [("chemotherapy alone", 31.0), ("chemotherapy plus radiotherapy", 48.5)]


def test_every_value_in_the_database_leads_to_its_words(review):
    load.run(review)
    query = """SELECT f.quote, substr(p.text, f.begins + 1, f.ends - f.begins) FROM finding f
               JOIN passage p ON p.study = f.study AND p.number = f.passage"""
    found = ask(review, query)
    assert len(found) == len(machine())
    assert all(quote == printed for quote, printed in found)


def test_foreign_keys_are_kept(review):
    load.run(review)
    with db.engine(review).begin() as connection, pytest.raises(IntegrityError):
        connection.execute(text("INSERT INTO arm (study, arm, position) VALUES ('nowhere_1999', 'A', 99)"))


def test_times_are_brought_to_months(review):
    rows = machine()
    rows[3] |= {"value": 2, "low": 0.25, "high": 7.5, "unit": "years"}
    write_findings(review, rows)
    load.run(review)
    assert ask(review, "SELECT months, months_low, months_high, printed, unit FROM follow_up") == [(24, 3, 90, 2, "years")]


def test_a_database_that_is_not_built_or_not_reachable_is_told_plainly(review, monkeypatch):
    with pytest.raises(InputError, match="no such database; build it"):
        db.engine(review)
    for address, said in (("sqlite://", "must be a file"), ("no such url", "LIVETABLE_DB"), ("nosuch://host/x", "LIVETABLE_DB")):
        monkeypatch.setenv("LIVETABLE_DB", address)
        with pytest.raises(InputError, match=said):
            db.engine(review)


def test_livetable_db_may_name_another_sqlite_file(review, monkeypatch, tmp_path):
    monkeypatch.setenv("LIVETABLE_DB", f"sqlite:///{tmp_path}/elsewhere/x.db")
    assert load.run(review)["database"] == f"{tmp_path}/elsewhere/x.db"
    assert len(db.current(db.engine(review))) == len(machine())


def test_other_databases_are_replaced_in_one_transaction(review, tmp_path):
    address = f"sqlite:///{tmp_path}/other.db"
    for _ in range(2):
        store.into_other(address, load.assemble(review))
    assert len(db.current(db.connect(address))) == len(machine())


# --- PostgreSQL --------------------------------------------------------------------------------------------------------


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _pg_ctl() -> Path | None:
    """The newest installed pg_ctl."""
    found = shutil.which("pg_ctl")
    return (
        Path(found) if found else max(Path("/usr/lib/postgresql").glob("*/bin/pg_ctl"), default=None, key=lambda path: int(path.parts[4]))
    )


def _as_owner(command: list[str], folder: Path) -> None:
    """Run a server command; PostgreSQL refuses root, so root becomes the user postgres."""
    prefix = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    told = subprocess.run([*prefix, *command], cwd=folder, capture_output=True, text=True, timeout=60)
    if told.returncode:
        pytest.fail(f"{command[0]}: {told.stderr or told.stdout}")


@pytest.fixture(scope="module")
def server():
    """A PostgreSQL server of our own on a loopback port, or the one that LIVETABLE_TEST_POSTGRES names."""
    if os.environ.get("LIVETABLE_TEST_POSTGRES"):
        yield os.environ["LIVETABLE_TEST_POSTGRES"]
        return
    control = _pg_ctl()
    if control is None:
        pytest.skip("PostgreSQL is not installed (apt-get install postgresql), and LIVETABLE_TEST_POSTGRES names no server")
    with tempfile.TemporaryDirectory(prefix="livetable-pg-") as name:
        folder, port = Path(name), _free_port()
        if os.geteuid() == 0:
            shutil.chown(folder, "postgres")
        _as_owner(
            [str(control.with_name("initdb")), "-D", f"{folder}/cluster", "-U", "tester", "-A", "trust", "-E", "UTF8", "--no-sync"], folder
        )
        options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder} -c fsync=off"
        _as_owner([str(control), "-D", f"{folder}/cluster", "-o", options, "-l", f"{folder}/log", "-w", "start"], folder)
        try:
            yield f"postgresql://tester@127.0.0.1:{port}/postgres"
        finally:
            _as_owner([str(control), "-D", f"{folder}/cluster", "-m", "immediate", "-w", "stop"], folder)


@pytest.fixture
def on_postgres(review, server, monkeypatch):
    """The small review, loaded into PostgreSQL."""
    monkeypatch.setenv("LIVETABLE_DB", server)
    load.run(review)
    return review


def test_postgresql_holds_what_sqlite_holds(on_postgres, monkeypatch):
    found = on_postgres
    served = db.current(db.engine(found))
    tables = {name: ask(found, f"SELECT * FROM {name}") for name in ("study", "arm", "outcome", "follow_up", "treatment", "factor")}
    monkeypatch.delenv("LIVETABLE_DB")
    load.run(found)
    assert db.current(db.engine(found)) == served
    for name, rows in tables.items():
        assert sorted(map(repr, ask(found, f"SELECT * FROM {name}"))) == sorted(
            repr(tuple(int(cell) if isinstance(cell, bool) else cell for cell in row)) for row in rows
        )


def test_postgresql_is_swapped_whole_and_keeps_the_old_when_a_load_fails(on_postgres):
    before = db.current(db.engine(on_postgres))
    build = load.assemble(on_postgres)
    build.rows["arm"].append({**build.rows["arm"][0], "arm": "ghost", "finding": "no such finding"})
    with pytest.raises(IntegrityError):
        store.put(on_postgres, build)
    assert db.current(db.engine(on_postgres)) == before
    schemas = ask(on_postgres, "SELECT nspname FROM pg_namespace WHERE nspname LIKE 'livetable%'")
    assert schemas == [("livetable_small",)]


def test_readers_on_postgresql_see_the_old_or_the_new_never_half(on_postgres):
    made, seen, stop = db.engine(on_postgres), [], threading.Event()

    def read() -> None:
        while not stop.is_set():
            seen.append(len(db.current(made)))

    reader = threading.Thread(target=read)
    reader.start()
    row = machine()[1]
    curate.add(
        on_postgres,
        {
            "paper": row["paper"],
            "field": "regimen",
            "value": "cisplatin",
            "action": "add",
            "quote": "We reviewed 120 patients",
            "curator": CURATOR,
        },
    )
    for _ in range(3):
        load.run(on_postgres)
    stop.set()
    reader.join()
    assert set(seen) <= {len(machine()), len(machine()) + 1}
    assert len(db.current(made)) == len(machine()) + 1


def test_two_reviews_share_a_postgresql_database(on_postgres, tmp_path_factory):
    other = small_review(tmp_path_factory.mktemp("other"), key="other-review")
    write_findings(other, machine()[:3])
    load.run(other)
    assert len(db.current(db.engine(other))) == 3
    assert len(db.current(db.engine(on_postgres))) == len(machine())


def test_postgresql_answers_the_claims_as_sqlite_does_and_lets_nothing_be_written(on_postgres, monkeypatch):
    printed = ROOT / "corpus" / on_postgres.protocol.key / "published.tsv"
    shutil.copy(printed, on_postgres.corpus / "published.tsv")
    load.run(on_postgres)
    served = [(each.claim.key, each.of, each.verdict, each.why) for each in claims.run(on_postgres, db.engine(on_postgres))]
    with reading(db.engine(on_postgres)) as connection, pytest.raises(DBAPIError, match="read-only"):
        connection.execute(text("DELETE FROM arm"))
    monkeypatch.delenv("LIVETABLE_DB")
    load.run(on_postgres)
    assert [(each.claim.key, each.of, each.verdict, each.why) for each in claims.run(on_postgres, db.engine(on_postgres))] == served
    assert len(served) >= 40
