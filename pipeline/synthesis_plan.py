"""What a synthesis compares, as `schemas/<review>/synthesis.yaml` says it, and the rows that it is made from."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Annotated, Literal

from pydantic import Field
from sqlalchemy.engine import Connection

from pipeline.ask import ask
from pipeline.naming import tokens
from pipeline.protocol import Review, Strict, validated
from pipeline.records import ENDPOINTS


class Comparison(Strict):
    """What is compared: the arm that has what is added, and the arm without it."""

    title: str
    with_: Annotated[str, Field(alias="with")]
    without: str
    added: Annotated[list[str], Field(min_length=1)]
    background: list[str] = Field(default_factory=list)

    @property
    def words(self) -> tuple[frozenset[str], frozenset[str]]:
        """The words of what is added, and of what both arms may have."""
        return tokens(" ".join(self.added)), tokens(" ".join(self.background))


class Level(Strict):
    """A level of a factor: its name, and the words that mean it."""

    name: str
    words: Annotated[list[str], Field(min_length=1)]


class Levels(Strict):
    """The better and the worse level."""

    favourable: Level
    unfavourable: Level


class Factor(Levels):
    """A prognostic factor that is pooled, as its worse against its better level."""

    key: Annotated[str, Field(pattern=r"^[a-z0-9_]+$")]
    title: str
    concept: str


class Group(Strict):
    """A group of the grouping that the review proposes, and what it proposes for it."""

    features: str
    proposes: str


class Plan(Strict):
    """synthesis.yaml."""

    endpoint: Literal[ENDPOINTS] = "OS"
    least: Annotated[int, Field(ge=2)] = 3
    comparison: Comparison
    times: list[float] = Field(default_factory=list)
    factors: list[Factor] = Field(default_factory=list)
    combined: Levels | None = None
    groups: list[Group] = Field(default_factory=list)


@dataclass(slots=True)
class Rows:
    """What a synthesis is made from: outcomes, arms, factors and studies, of the papers or of the published table."""

    of: str
    outcomes: list[dict]
    arms: list[dict]
    factors: list[dict]
    studies: dict[str, dict]
    overlaps: list[tuple[str, str]]
    strata: dict[str, str] = field(default_factory=dict)  # by design


def plan_of(review: Review) -> Plan | None:
    """The review's plan; None where it has no synthesis.yaml. Raises InputError that names file and entry."""
    path = review.schemas / "synthesis.yaml"
    return validated(Plan, path) if path.exists() else None


def rows_of(connection: Connection, review: Review, plan: Plan, of: str) -> Rows:
    """The rows of the plan's endpoint; meta-analyses and other reviews are left out, since their patients are those of the studies."""
    studies = {row["study"]: row for row in ask(connection, "SELECT * FROM study WHERE included ORDER BY study", of)}
    primary = {key: row for key, row in studies.items() if row["design"] not in ("meta_analysis", "review")}
    endpoint = plan.endpoint.replace("'", "''")

    def held(sql: str) -> list[dict]:
        return [row for row in ask(connection, sql, of) if row["study"] in primary]

    told = ask(connection, f"SELECT study, figures FROM contradiction WHERE check_name = 'same_cohort' AND of = '{of}' ORDER BY position")
    return Rows(
        of, held(f"SELECT * FROM outcome WHERE endpoint = '{endpoint}' ORDER BY study, measure, at_months, arm, vs, value, finding"),
        held("SELECT * FROM arm ORDER BY study, position"),
        held(f"SELECT * FROM factor WHERE endpoint = '{endpoint}' OR endpoint IS NULL ORDER BY study, factor, finding"), primary,
        [(json.loads(row["figures"])["other"], row["study"]) for row in told],
        {design: entry.label for entry in review.protocol.expected for design in entry.designs},
    )  # fmt: skip
