"""Synthesis: hazard ratios of the comparison and survival rates by arm across studies, pooled where enough studies report what is needed.

`schemas/<review>/synthesis.yaml` says what is compared. Everything is done twice: with the findings in force, and with the published
table. A finding whose arm, level or interval is not clear is left out, and named with the reason.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlalchemy import Engine

from pipeline.ask import PAPERS, PUBLISHED, ask, reading
from pipeline.estimates import WHOLE, LeftOut, factor_ratios, hazard_ratios, rates
from pipeline.pooling import RATIO, SHARE, Estimate, Pool, leave_one_out, pool, without_overlap
from pipeline.protocol import Review
from pipeline.sides import WITH, WITHOUT
from pipeline.synthesis_plan import Plan, Rows, plan_of, rows_of
from pipeline.votes import Evidence, Tally, evidence, tallies
from pipeline.wording import time_point

SOURCES = {PAPERS: "rebuilt from the papers", PUBLISHED: "published table"}
CAVEAT = "Rates are pooled as if nobody had been censored, so their intervals are too narrow where follow-up is short."


@dataclass(slots=True)
class Forest:
    """One figure: its estimates, what was left out, and what came of pooling them, or why they were not pooled."""

    key: str
    of: str
    title: str
    kind: str
    scale: str  # which side of the figure means what
    groups: dict[str, str]
    estimates: list[Estimate]
    left_out: list[LeftOut]
    least: int
    pools: dict[str, Pool] = field(default_factory=dict)  # by group; "" for all together
    not_pooled: dict[str, str] = field(default_factory=dict)
    leave_one_out: list[Pool] = field(default_factory=list)
    sensitivity: list[Pool] = field(default_factory=list)

    @property
    def file(self) -> str:
        """The figure's name."""
        return f"forest_{self.of}_{self.key}.svg"

    def group(self, name: str) -> list[Estimate]:
        """The estimates of one group, of all where it is empty."""
        return [each for each in self.estimates if name in ("", each.group)]


@dataclass(slots=True)
class Synthesis:
    """Everything that was put together, of the papers or of the published table."""

    of: str
    plan: Plan
    forests: list[Forest]
    tallies: list[Tally]
    evidence: list[Evidence]
    labels: dict[str, str]

    @property
    def voters(self) -> list[str]:
        """The studies that report any factor, in the order of their names."""
        return sorted({study for tally in self.tallies for study in tally.votes})


def run(review: Review, engine: Engine) -> list[Synthesis]:
    """The synthesis of the papers and, where the review has one, of its published table; nothing where it has no synthesis.yaml."""
    plan = plan_of(review)
    if plan is None:
        return []
    with reading(engine) as connection:
        tables = [PAPERS] + ([PUBLISHED] if ask(connection, "SELECT study FROM published LIMIT 1") else [])
        return [synthesised(rows_of(connection, review, plan, of), plan, review.key) for of in tables]


def synthesised(rows: Rows, plan: Plan, review: str) -> Synthesis:
    """One synthesis from its rows."""
    arms = {WITH: plan.comparison.with_, WITHOUT: plan.comparison.without, WHOLE: "whole study, whatever was given"}
    found, out = hazard_ratios(rows, plan)
    strata = {each.group: each.group for each in found}
    scale = f"favours {plan.comparison.with_}|favours {plan.comparison.without}"
    title = f"Hazard ratio of {plan.endpoint}: {plan.comparison.title}"
    forests = [
        combined(Forest(f"{plan.endpoint.lower()}_hr", rows.of, title, RATIO, scale, strata, found, out, plan.least), rows, together=True)
    ]
    for at in plan.times:
        found, out = rates(rows, plan, at)
        groups = {group: name for group, name in arms.items() if any(each.group == group for each in found)}
        name, title = f"{plan.endpoint.lower()}_{at:g}", f"{time_point(at)} {plan.endpoint} by arm"
        forests.append(combined(Forest(name, rows.of, title, SHARE, "", groups, found, out, plan.least), rows, together=False))
    for factor in plan.factors:
        found, out = factor_ratios(rows, factor, review)
        title = f"Hazard ratio of {plan.endpoint}: {factor.title}, {factor.unfavourable.name} against {factor.favourable.name}"
        scale = f"{factor.unfavourable.name} better|{factor.unfavourable.name} worse"
        forests.append(
            combined(Forest(f"factor_{factor.key}", rows.of, title, RATIO, scale, {}, found, out, plan.least), rows, together=True)
        )
    counted = tallies(rows, review)
    labels = {key: row["label"] or key for key, row in rows.studies.items()}
    return Synthesis(rows.of, plan, forests, counted, evidence(rows, plan, counted), labels)


def combined(forest: Forest, rows: Rows, together: bool) -> Forest:
    """The forest with each group pooled (and all together), its sensitivity, or the reason why not."""
    for group in [*forest.groups, *([""] if together else [])]:
        inside = forest.group(group)
        if len(inside) >= forest.least:
            forest.pools[group] = pool(forest.groups.get(group) or "all studies", inside)
        else:
            studies = f"{len(inside)} {'study reports' if len(inside) == 1 else 'studies report'}"
            forest.not_pooled[group] = f"not pooled: {studies} what is needed, at least {forest.least} are pooled"
        if group in forest.pools and (group == "" or not together):
            forest.leave_one_out += leave_one_out(inside, forest.least)
            forest.sensitivity += without_overlap(inside, rows.overlaps, forest.least)
            named = [each for each in inside if "not named" not in each.note]
            if forest.least <= len(named) < len(inside):
                forest.sensitivity.append(pool("only where the comparator is named", named))
    return forest
