"""Which of the regimens that a paper tells of were given in it: what is said often or surely enough, and no mere part of another."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.agent_classes import PLATINS, STEROIDS, SUPPORTIVE
from pipeline.combinations import Combination
from pipeline.context import Paper, Sentence
from pipeline.readers.regimen_arms import named_after, said_beside
from pipeline.records import Finding

DOUBLET = frozenset({"platinum doublet"})


@dataclass(slots=True)
class Told:
    """A regimen where a sentence or a cell tells of it, and how surely it was given."""

    combination: Combination
    strength: int
    finding: Finding
    sentence: Sentence | None = None
    alone: bool = True  # no other agent stands in its clause
    apart: bool = False  # the sentence sets it against the same with one agent more


def settled(paper: Paper, told: list[Told]) -> Iterator[Finding]:
    """What was told often or surely enough; parts of a combination that are never told of alone are left out."""
    by_key: dict[frozenset[str], list[Told]] = {}
    for one in told:
        by_key.setdefault(one.combination.agents, []).append(one)
    title = {
        agent
        for s in paper.sentences
        if s.passage.kind == "title"
        for m in s.words
        if m.kind in {"agent", "regimen"}
        for agent in (m.key or "").split("+")
    }
    given_ones = [agents for agents, mentions in by_key.items() if stands(paper, agents, by_key, title)]
    for agents in given_ones:
        mentions = by_key[agents]
        surest = max(one.strength for one in mentions)
        name_arm(paper, agents, mentions)
        yield from one_share([one for one in mentions if one.strength == surest])


def stands(paper: Paper, agents: frozenset[str], by_key: dict[frozenset[str], list[Told]], title: set[str]) -> bool:
    """Whether what is told of these agents makes a regimen of the study."""
    if agents <= SUPPORTIVE - title or agents <= STEROIDS:
        return False
    if agents == DOUBLET and any(
        len(other) == 2 and other & PLATINS and max(one.strength for one in by_key[other]) == 2 for other in by_key
    ):
        return False  # its agents are named
    mentions = by_key[agents]
    wider = [other for other in by_key if agents < other]
    apart = any(one.apart for one in mentions)
    if not apart and any(one_and_the_same(paper, mentions, by_key[other]) for other in wider):
        return False
    surely = any(one.alone and (one.strength == 2 or one.finding.made_by.endswith("table")) for one in mentions)
    if wider and not surely and not apart:
        return False
    return sum(one.strength for one in mentions) + (1 if agents <= title else 0) >= 2


def one_and_the_same(paper: Paper, narrow: list[Told], wide: list[Told]) -> bool:
    """Whether a combination only leaves unsaid what a wider one names: leucovorin, or an agent that its arm of a trial had beside it."""
    less, more = narrow[0].combination.agents, wide[0].combination.agents
    sure = max(one.strength for one in wide) == 2
    if more - less == {"leucovorin"} and len(less) > 1:
        return sure
    arms = {one.finding.arm for one in narrow if one.finding.arm}
    return (
        paper.design == "randomized_trial"
        and sure
        and len(less) > 1
        and len(arms) == 1
        and arms == {one.finding.arm for one in wide if one.finding.arm}
    )


def name_arm(paper: Paper, agents: frozenset[str], mentions: list[Told]) -> None:
    """Where no sentence names the regimen's arm, the arm that is named after just these agents, else what stands beside it."""
    if any(one.finding.arm for one in mentions):
        return
    arm = named_after(paper, agents)
    for one in mentions:
        beside = one.sentence and said_beside(one.sentence.text, one.combination.start, one.combination.end)
        one.finding.arm = arm or beside or None


def one_share(mentions: list[Told]) -> Iterator[Finding]:
    """The findings of one regimen, of which only the first that says how many received it keeps its number."""
    counted = next((one for one in mentions if one.finding.n is not None or one.finding.percent is not None), None)
    for one in mentions:
        if one is not counted:
            one.finding.n = one.finding.percent = None
        yield one.finding
