"""Executable claims: what a review's text says on the ground of its table, each with the SQL that checks it.

`schemas/<review>/claims.yaml` holds the statements in the curators' own words. Each is asked twice: of the findings in force, and of the
published table. The answer is one of VERDICTS, with the rows that it rests on.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Annotated

from pydantic import Field, model_validator
from sqlalchemy import Engine
from sqlalchemy.engine import Connection

from pipeline.ask import PAPERS, PUBLISHED, ask, reading
from pipeline.files import InputError, write_atomic
from pipeline.protocol import Review, Strict, validated
from pipeline.wording import figure

VERDICTS = {
    "holds": "the rows are as the review says",
    "changed": "the rows are others than the review says, but none speaks against it",
    "contradicted": "at least one row speaks against it",
    "silent": "no row is about it",
}
MANY = 8  # more studies are counted and not named
ASKED_OF = {PAPERS: "rebuilt from the papers", PUBLISHED: "published table"}


class Expected(Strict):
    """What the published review says the rows are: these studies and no others, so many studies, this value, or values over this span."""

    studies: list[str] | None = None
    count: Annotated[int, Field(ge=0)] | None = None
    value: float | None = None
    tolerance: Annotated[float, Field(ge=0)] = 0
    span: tuple[float, float] | None = None  # the least and the greatest value


class Claim(Strict):
    """A statement of the review's text, where it stands, the SQL whose rows bear it out, and the SQL whose rows speak against it.

    `every` gives the studies of which each must be among the rows; one that is not speaks against the claim. A row has a column
    `study`; `value` is what `expected` compares, `finding` leads to the words in the paper.
    """

    key: Annotated[str, Field(pattern=r"^[a-z0-9_]+$")]
    says: str
    where: str
    sql: str
    expected: Expected = Expected()
    against: str | None = None
    every: str | None = None
    note: str | None = None

    @model_validator(mode="after")
    def can_fail(self) -> Claim:
        """A claim that expects nothing and that nothing can speak against says nothing."""
        if self.against is None and self.every is None and self.expected == Expected():
            raise ValueError("neither `expected` nor `against` nor `every`: no rows could make this claim fail")
        return self


class Claims(Strict):
    """claims.yaml: the claims in the order of the review's text."""

    claims: list[Claim]

    @model_validator(mode="after")
    def keys_differ(self) -> Claims:
        """A key names one claim."""
        keys = [claim.key for claim in self.claims]
        if twice := sorted({key for key in keys if keys.count(key) > 1}):
            raise ValueError(f"listed twice: {', '.join(twice)}")
        return self


@dataclass(slots=True)
class Result:
    """What became of a claim: its verdict on the papers or on the published table, why, and the rows for and against it."""

    claim: Claim
    of: str
    verdict: str
    why: str
    rows: list[dict] = field(default_factory=list)
    against: list[dict] = field(default_factory=list)


def path_of(review: Review) -> Path:
    """Where a review's claims stand."""
    return review.schemas / "claims.yaml"


def claims(review: Review) -> list[Claim]:
    """The review's claims; none where it has no claims.yaml. Raises InputError that names file, claim and fault."""
    return validated(Claims, path_of(review)).claims if path_of(review).exists() else []


def run(review: Review, engine: Engine) -> list[Result]:
    """Each claim's result on the papers and, where the review has one, on its published table. Raises InputError for SQL that fails."""
    asked = claims(review)
    if not asked:
        return []
    with reading(engine) as connection:
        labels = {row["study"]: row["label"] for row in ask(connection, "SELECT study, label FROM study")}
        tables = [PAPERS] + ([PUBLISHED] if ask(connection, "SELECT study FROM published LIMIT 1") else [])
        return [judged(connection, claim, of, labels, path_of(review)) for claim in asked for of in tables]


def judged(connection: Connection, claim: Claim, of: str, labels: dict[str, str], path: Path) -> Result:
    """One claim asked of one of the two."""
    where = f"{path}: claim {claim.key}"
    queries = {"sql": claim.sql, "against": claim.against, "every": claim.every}
    held = {name: ask(connection, query, of, f"{where}: {name}") if query else [] for name, query in queries.items()}
    for name, rows in held.items():
        needed = ["study"] + (["value"] if name == "sql" and (claim.expected.value is not None or claim.expected.span) else [])
        if rows and (lacking := [column for column in needed if column not in rows[0]]):
            raise InputError(f"{where}: {name}: its rows have no column `{lacking[0]}`; select one")
    borne_out = {row["study"] for row in held["sql"]}
    against = held["against"] + [row for row in held["every"] if row["study"] not in borne_out]
    verdict, why = compared(claim.expected, held["sql"], against, labels)
    return Result(claim, of, verdict, why, held["sql"], against)


def compared(expected: Expected, rows: list[dict], against: list[dict], labels: dict[str, str]) -> tuple[str, str]:
    """The verdict on a claim's rows, and why in words."""
    faults = differences(expected, rows, labels)
    if against:
        told = dict.fromkeys(named([row["study"]], labels) + (f" ({shown(row['value'])})" if row.get("value") else "") for row in against)
        return "contradicted", "; ".join([f"against it: {', '.join(told)}", *faults])
    if not rows and expected.count != 0 and expected.studies != []:
        return "silent", VERDICTS["silent"]
    return ("changed", "; ".join(faults)) if faults else ("holds", named([row["study"] for row in rows], labels) or "no study, as it says")


def differences(expected: Expected, rows: list[dict], labels: dict[str, str]) -> list[str]:
    """In what the rows are other than the review says, in words."""
    studies = list(dict.fromkeys(row["study"] for row in rows))
    found: list[str] = []
    if expected.studies is not None:
        missing, new = [key for key in expected.studies if key not in studies], [key for key in studies if key not in expected.studies]
        found += [f"no row for {named(missing, labels)}"] if missing else []
        found += [f"also {named(new, labels)}"] if new else []
    if expected.count is not None and len(studies) != expected.count:
        found.append(f"{len(studies)} {'study' if len(studies) == 1 else 'studies'}, not {expected.count}")
    values = [float(row["value"]) for row in rows if row.get("value") is not None]
    if expected.value is not None and rows and not (values and all(abs(held - expected.value) <= expected.tolerance for held in values)):
        found.append(f"{', '.join(dict.fromkeys(map(shown, values))) or 'no value'}, not {figure(expected.value)}")
    if expected.span is not None and rows and (not values or (min(values), max(values)) != expected.span):
        ends = f"{figure(min(values))} to {figure(max(values))}" if values else "no value"
        found.append(f"{ends}, not {figure(expected.span[0])} to {figure(expected.span[1])}")
    return found


def shown(number: float) -> str:
    """A figure as it is told, with one decimal where it was reckoned."""
    return figure(round(float(number), 1))


def named(studies: list[str], labels: dict[str, str]) -> str:
    """The studies in words, each once."""
    if len(set(studies)) > MANY:
        return f"{len(set(studies))} studies"
    return ", ".join((labels.get(study) or study).replace(" et al.", "").replace(",", "") for study in dict.fromkeys(studies))


def counted(results: list[Result]) -> dict[str, dict[str, int]]:
    """How many claims ended in each verdict, by what was asked."""
    return {
        of: {verdict: sum(each.of == of and each.verdict == verdict for each in results) for verdict in VERDICTS}
        for of in ASKED_OF
        if any(each.of == of for each in results)
    }


def paired(results: list[Result]) -> list[tuple[Claim, dict[str, Result]]]:
    """The results by claim, each by what was asked."""
    held: dict[str, tuple[Claim, dict[str, Result]]] = {}
    for each in results:
        held.setdefault(each.claim.key, (each.claim, {}))[1][each.of] = each
    return list(held.values())


def put(review: Review, results: list[Result]) -> None:
    """Write claims.json and claims.md to build/<review>/; remove them where the review has no claims."""
    as_json, as_text = review.build / "claims.json", review.build / "claims.md"
    if not results:
        as_json.unlink(missing_ok=True)
        as_text.unlink(missing_ok=True)
        return
    told = {"verdicts": VERDICTS, "counts": counted(results), "claims": [as_row(each) for each in results]}
    write_atomic(as_json, json.dumps(told, ensure_ascii=False, indent=1) + "\n")
    write_atomic(as_text, markdown(review, results))


def as_row(result: Result) -> dict:
    """A result as plain JSON, its claim folded in."""
    held = asdict(result)
    return {**result.claim.model_dump(mode="json", exclude_none=True), **{name: held[name] for name in held if name != "claim"}}


def markdown(review: Review, results: list[Result]) -> str:
    """The claims as a table, and below it the rows of each that does not hold."""
    tables = [of for of in ASKED_OF if any(each.of == of for each in results)]
    lines = [f"# What the review says, checked: {review.protocol.title}", ""]
    lines += [f"- **{verdict}**: {told}" for verdict, told in VERDICTS.items()] + [""]
    lines += ["| Claim | Where |" + "".join(f" {ASKED_OF[of]} |" for of in tables), "|---|---|" + "---|" * len(tables)]
    for claim, held in paired(results):
        cells = [cell(f"{claim.says}{f' ({claim.note})' if claim.note else ''}"), cell(claim.where)]
        cells += [cell(f"**{held[of].verdict}**: {held[of].why}") if of in held else "" for of in tables]
        lines.append(f"| {' | '.join(cells)} |")
    for each in results:
        if each.verdict not in ("holds", "silent"):
            lines += ["", f"## {each.claim.says} {ASKED_OF[each.of].capitalize()}: {each.verdict}", ""]
            lines += [f"- {kind}: {row_text(row)}" for kind, rows in (("against", each.against), ("row", each.rows)) for row in rows]
    return "\n".join(lines) + "\n"


def cell(told: str) -> str:
    """Text for a cell of a Markdown table."""
    return told.replace("|", "\\|").replace("\n", " ").replace("<", "&lt;")


def row_text(row: dict) -> str:
    """A row in words: its columns that hold something."""
    told = ((name, figure(held) if isinstance(held, float) else str(held)) for name, held in row.items() if held is not None)
    return ", ".join(f"{name} {held}" for name, held in told).replace("<", "&lt;")
