"""Read-only questions in SQL about what the papers say, or about what the published table prints, under the same names.

A question names `study`, `arm`, `finding`, `treatment`, `follow_up`, `outcome` and `factor`. About the papers these are the tables and
views of the database; about the published table they are the same views laid over the rows of `published`. There, the id of a finding
is its line in published.tsv.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal

from sqlalchemy import Engine, text
from sqlalchemy.engine import Connection
from sqlalchemy.exc import SQLAlchemyError

from pipeline import db
from pipeline.files import InputError

PAPERS, PUBLISHED = "papers", "published"
NAMES = ", ".join(name for name, _ in db.FINDING_COLUMNS)
#: What stands for the tables when the question is about the published table; `known` is the real table `study`.
OVER_PUBLISHED = {
    "finding": f"""SELECT 'published.tsv:' || (position + 1) AS id, study, {NAMES}, months, months_low, months_high, concept, p_most,
        position,
        TRUE AS in_force, 'published' AS status, NULL AS curator FROM published""",
    "arm": "SELECT study, arm, COALESCE(number, n) AS n, percent, id AS finding, position FROM finding WHERE field = 'arm_size'",
    **db.VIEWS,
    "study": """SELECT p.study, MIN(k.label) AS label, MIN(k.year) AS year, MIN(CASE WHEN p.field = 'design' THEN p.word END) AS design,
        MAX(CASE WHEN p.field = 'n_total' THEN p.number END) AS n_total, TRUE AS included, MIN(p.position) AS position
        FROM published p LEFT JOIN {known} k ON k.study = p.study GROUP BY p.study""",
}


def question(sql: str, of: str, known: str = "study") -> str:
    """The SQL to be run: as it is for the papers, under the published table's names for the other. Raises ValueError for no SELECT."""
    sql = sql.strip().rstrip(";").strip()
    if not re.match(r"SELECT\b", sql, re.IGNORECASE) or ";" in sql:
        raise ValueError("one SELECT and nothing else is asked")
    if of == PAPERS:
        return sql
    named = ", ".join(f"{name} AS ({query.format(known=known)})" for name, query in OVER_PUBLISHED.items())
    return f"WITH {named} {sql}"


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A connection on which nothing can be written."""
    commands = {"sqlite": ("PRAGMA query_only = ON", "PRAGMA query_only = OFF"), "postgresql": ("SET TRANSACTION READ ONLY", "")}
    first, last = commands.get(engine.dialect.name, ("", ""))
    with engine.connect() as connection:
        if first:
            connection.execute(text(first))
        try:
            yield connection
        finally:
            connection.rollback()
            if last:
                connection.execute(text(last))


def ask(connection: Connection, sql: str, of: str = PAPERS, where: str = "question") -> list[dict]:
    """The rows of a question about the papers or the published table; InputError names `where` and what the database did not like."""
    schema = {"sqlite": "main"}.get(connection.dialect.name) or connection.execute(text("SELECT current_schema()")).scalar_one()
    try:
        asked = question(sql, of, f'"{schema}".study')
        found = connection.execute(text(re.sub(r"(?<!\\):", r"\\:", asked))).mappings()
        return [{name: float(held) if isinstance(held, Decimal) else held for name, held in row.items()} for row in found]
    except ValueError as error:
        raise InputError(f"{where}: {error}") from error
    except SQLAlchemyError as error:
        told = str(getattr(error, "orig", None) or error).splitlines()[0]
        raise InputError(f"{where}: {told}; the tables are study, arm, finding, treatment, follow_up, outcome and factor") from error
