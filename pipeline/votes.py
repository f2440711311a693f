"""Prognostic factors across studies: a vote a study with its direction, and the evidence for the grouping that a review proposes."""

from __future__ import annotations

from dataclasses import dataclass, field

from pipeline.factor_keys import concept
from pipeline.sides import level, parted, side
from pipeline.synthesis_plan import Factor, Levels, Plan, Rows

VERDICTS = ("independent", "univariate", "", "not_significant")  # the strongest first; empty: the analysis is not stated
WORSE, BETTER = "worse", "better"


@dataclass(slots=True)
class Vote:
    """What one study says of one factor: the strongest verdict, and the level with which survival is worse or better, where it says so."""

    study: str
    verdict: str
    direction: str = ""
    level: str = ""
    p: str = ""
    findings: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Tally:
    """A factor's votes, at most one a study, and how many there are of each verdict."""

    concept: str
    votes: dict[str, Vote]

    @property
    def counts(self) -> dict[str, int]:
        """How many studies gave each verdict."""
        return {verdict: sum(vote.verdict == verdict for vote in self.votes.values()) for verdict in VERDICTS}


def directions(rows: Rows, review: str) -> dict[tuple[str, str], tuple[str, str, str]]:
    """By study and concept: worse or better, with which level, and by which finding; from hazard ratios whose interval excludes 1."""
    found: dict[tuple[str, str], tuple[str, str, str]] = {}
    for row in rows.outcomes:
        bare, inner = parted(row["arm"])
        clear = row["low"] is not None and row["high"] is not None and (row["low"] > 1 or row["high"] < 1)
        if row["measure"] == "hazard_ratio" and clear and row["low"] <= row["value"] <= row["high"] and inner:
            way = WORSE if row["value"] > 1 else BETTER
            found.setdefault((row["study"], concept(bare, review)), (way, inner, row["finding"]))
    return found


def tallies(rows: Rows, review: str) -> list[Tally]:
    """The factors of the endpoint that at least two studies report, those that most found independent first."""
    ways = directions(rows, review)
    held: dict[str, dict[str, Vote]] = {}
    for row in rows.factors:
        verdict = row["verdict"] if row["verdict"] in VERDICTS else ""
        name = row["concept"] or row["factor"]
        vote = held.setdefault(name, {}).setdefault(row["study"], Vote(row["study"], verdict))
        if VERDICTS.index(verdict) < VERDICTS.index(vote.verdict):
            vote.verdict, vote.p = verdict, ""
        vote.p = vote.p or (row["p"] or "" if verdict == vote.verdict else "")
        vote.findings.append(row["finding"])
    for (study, name), (way, named, finding) in ways.items():
        vote = held.get(name, {}).get(study)
        if vote and vote.verdict != "not_significant":
            vote.direction, vote.level = way, named
            vote.findings.append(finding)
    found = [Tally(name, dict(sorted(votes.items()))) for name, votes in held.items() if len(votes) > 1]
    return sorted(found, key=lambda tally: (-tally.counts["independent"], -len(tally.votes), tally.concept))


@dataclass(slots=True)
class GroupRate:
    """A survival figure of the patients on one level of a factor, and whether they had what is compared."""

    study: str
    label: str
    level: str
    group: str
    side: str
    measure: str
    at: float | None
    value: float
    finding: str


@dataclass(slots=True)
class Evidence:
    """What the studies say of one factor of the grouping: its votes, and survival by level."""

    title: str
    levels: dict[str, str]
    tally: Tally | None
    rates: list[GroupRate]


def group_rates(rows: Rows, levels: Levels, plan: Plan) -> list[GroupRate]:
    """Survival rates and medians whose arm names one of the levels, each figure of a study once."""
    added, background = plan.comparison.words
    words = levels.favourable.words, levels.unfavourable.words
    found: dict[tuple, GroupRate] = {}
    for row in rows.outcomes:
        on = level(row["arm"], *words) if row["arm"] and row["measure"] != "hazard_ratio" and row["value"] is not None else None
        if on:
            arm = str(row["arm"])
            last = arm.replace(";", ",").rpartition(",")[2] if "," in arm else arm.partition(" with")[1] + arm.partition(" with")[2]
            held = GroupRate(
                row["study"], rows.studies[row["study"]]["label"], on, arm, side(last, added, background) or "", row["measure"], row["at_months"],
                row["value"], row["finding"],
            )  # fmt: skip
            found.setdefault((held.study, held.measure, held.at, held.value, on), held)
    return sorted(found.values(), key=lambda each: (each.level, each.study, each.measure, each.at or 0, each.group))


def evidence(rows: Rows, plan: Plan, counted: list[Tally]) -> list[Evidence]:
    """Each factor of the plan, and its combined groups."""
    by_concept = {tally.concept: tally for tally in counted}
    found = []
    named: list[tuple[str, Levels, str]] = [(factor.title, factor, factor.concept) for factor in plan.factors if isinstance(factor, Factor)]
    named += [("several factors together", plan.combined, "")] if plan.combined else []
    for title, levels, name in named:
        told = {"favourable": levels.favourable.name, "unfavourable": levels.unfavourable.name}
        found.append(Evidence(title, told, by_concept.get(name), group_rates(rows, levels, plan)))
    return found
