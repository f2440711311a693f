"""The synthesis as files: the forest plots, JSON, and Markdown with every row behind a figure and every row left out with its reason."""

from __future__ import annotations

import json
from dataclasses import asdict

from pipeline.files import write_atomic
from pipeline.forest import drawn_forest, interval, spread
from pipeline.pooling import Pool
from pipeline.protocol import Review
from pipeline.synthesis import CAVEAT, SOURCES, Forest, Synthesis
from pipeline.votes import VERDICTS
from pipeline.wording import plain, time_point

VERDICT_NAMES = {
    "independent": "independent",
    "univariate": "univariate only",
    "": "analysis not stated",
    "not_significant": "not significant",
}


def put(review: Review, made: list[Synthesis], specimens: int = 0) -> dict[str, str]:
    """Write synthesis.json, synthesis.md and the forest plots to build/<review>/; returns the plots' SVG by file name.

    `specimens` is how many of the papers are specimens: their figures are no evidence, and the text says so.
    """
    for stale in [*review.build.glob("forest_*.svg"), review.build / "synthesis.json", review.build / "synthesis.md"]:
        stale.unlink(missing_ok=True)
    plots = {forest.file: drawn_forest(forest) for each in made for forest in each.forests if forest.estimates}
    for name, svg in plots.items():
        write_atomic(review.build / name, svg)
    if made:
        write_atomic(review.build / "synthesis.json", json.dumps([as_row(each) for each in made], ensure_ascii=False, indent=1) + "\n")
        write_atomic(review.build / "synthesis.md", markdown(review, made, specimens))
    return {name: svg.decode() for name, svg in plots.items()}


def as_row(made: Synthesis) -> dict:
    """A synthesis as plain JSON."""
    forests = [asdict(forest) | {"file": forest.file if forest.estimates else None} for forest in made.forests]
    told = {"of": made.of, "plan": made.plan.model_dump(mode="json", by_alias=True), "caveat": CAVEAT, "forests": forests}
    votes = [
        {"concept": tally.concept, "counts": tally.counts, "votes": [asdict(vote) for vote in tally.votes.values()]}
        for tally in made.tallies
    ]
    return told | {"votes": votes, "grouping": [asdict(each) for each in made.evidence]}


def markdown(review: Review, made: list[Synthesis], specimens: int = 0) -> str:
    """The whole as Markdown."""
    lines = [
        f"# Synthesis: {review.protocol.title}",
        "",
        "Random effects by DerSimonian and Laird (statsmodels), 95% intervals.",
        CAVEAT,
        "",
    ]
    if specimens:
        lines += [
            f"**Not evidence:** {specimens} of the papers are specimens; what is rebuilt from them says nothing about the treatment.",
            "",
        ]
    for each in made:
        lines += [f"## {SOURCES[each.of].capitalize()}", ""]
        for forest in each.forests:
            lines += forest_text(forest)
        lines += votes_text(each) + grouping_text(each)
    return "\n".join(lines) + "\n"


def forest_text(forest: Forest) -> list[str]:
    """A forest: its pools or why there are none, its rows, its sensitivity, and what was left out."""
    lines = [f"### {forest.title}", ""]
    for group in forest.groups if "" not in (forest.pools | forest.not_pooled) else [*forest.groups, ""]:
        name = forest.groups.get(group, "all studies")
        lines.append(f"- {name}: {pool_text(forest, forest.pools[group]) if group in forest.pools else forest.not_pooled[group]}")
    if forest.estimates:
        lines += ["", "| Study | Group | Figure (95% CI) | Findings | Note |", "|---|---|---|---|---|"]
        for each in forest.estimates:
            figure = interval(each.kind, each.value, each.low, each.high)
            group = forest.groups.get(each.group, each.group)
            lines.append(f"| {each.label} | {group} | {figure} | {', '.join(each.findings)} | {each.note} |")
    for title, pools in (("Leave one out", forest.leave_one_out), ("Sensitivity", forest.sensitivity)):
        lines += ["", f"{title}:", "", *(f"- {pool.name}: {pool_text(forest, pool)}" for pool in pools)] if pools else []
    if forest.left_out:
        lines += ["", "Left out:", ""] + [f"- {out.study}, {out.told}: {out.reason} ({out.finding})" for out in forest.left_out]
    return [*lines, ""]


def pool_text(forest: Forest, pool: Pool) -> str:
    """A pooled figure in words."""
    figure = interval(forest.kind, pool.value, pool.low, pool.high)
    other = interval(forest.kind, pool.value, pool.hk_low, pool.hk_high).partition(" ")[2]
    return f"{figure}, Hartung-Knapp {other}; {pool.k} studies; {spread(pool)}"


def votes_text(made: Synthesis) -> list[str]:
    """The votes: a row a factor, a column a study."""
    heads = [made.labels[study].replace(" et al.,", "") for study in made.voters]
    lines = [f"### Prognostic factors of {made.plan.endpoint}, a vote a study", ""]
    lines += ["Factors that at least two studies report; worse or better: survival with the level named.", ""]
    lines += [
        f"| Factor | {' | '.join(VERDICT_NAMES[verdict] for verdict in VERDICTS)} | {' | '.join(heads)} |",
        "|---" * (5 + len(heads)) + "|",
    ]
    for tally in made.tallies:
        cells = []
        for study in made.voters:
            vote = tally.votes.get(study)
            way = f", {vote.direction} with {vote.level}" if vote and vote.direction else ""
            cells.append(f"{VERDICT_NAMES[vote.verdict]}{way} ({', '.join(vote.findings)})" if vote else "")
        lines.append(f"| {plain(tally.concept)} | {' | '.join(str(tally.counts[verdict]) for verdict in VERDICTS)} | {' | '.join(cells)} |")
    return [*lines, ""]


def grouping_text(made: Synthesis) -> list[str]:
    """The grouping that the review proposes, and survival by level of each factor."""
    lines = ["### Prognostic grouping", ""]
    if made.plan.groups:
        lines += [
            "| Patients | The review proposes |",
            "|---|---|",
            *(f"| {group.features} | {group.proposes} |" for group in made.plan.groups),
            "",
        ]
    lines += ["| Factor | Level | Study | Group | Figure | Finding |", "|---|---|---|---|---|---|"]
    for each in made.evidence:
        for rate in each.rates:
            lines.append(f"| {each.title} | {each.levels[rate.level]} | {rate.label} | {rate.group} | {rate_text(rate)} | {rate.finding} |")
    return [*lines, ""]


def rate_text(rate) -> str:
    """A group's survival in words."""
    return f"median {rate.value:g} months" if rate.measure == "survival_median" else f"{time_point(rate.at)} {rate.value:g}%"
