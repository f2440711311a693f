"""Hazard ratios in prose: of which endpoint, of what against what, with confidence interval and p."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from pipeline.arm_names import UNNAMED, trimmed, words_of
from pipeline.arms import arms_in, namer
from pipeline.conditions import outside, within
from pipeline.context import Paper, Sentence
from pipeline.endpoints import (
    DEATHS,
    DEATHS_OF_IT,
    HAZARD_OF,
    NONE,
    OTHER_RATIOS,
    PROGRESSION_OR_DEATH,
    RECURRENCE_OR_DEATH,
    endpoints,
    measures,
)
from pipeline.lists import LIST_GAP, VERSUS
from pipeline.namer import LEVELS, two_arms
from pipeline.pairing import clauses, pair, versus_pair
from pipeline.quantities import Mention, number
from pipeline.readers.hazard_subjects import as_judged, levelled_name, of_another_event, parenthesised_name, subject_of
from pipeline.readers.hazard_words import (
    ADDED,
    ADDITION,
    AFTER_RATIO,
    AGAINST,
    BARE_INTERVAL,
    COMPARED,
    CONTROL,
    COUNTED,
    EVENT_RATIO,
    FAVOURED,
    IN_PART,
    NOT_REACHED,
    OF_METASTASIS,
    OF_PROGRESSING,
    OF_PROGRESSION,
    PREDICTS,
)
from pipeline.readers.survival_arms import partitioned
from pipeline.records import Finding
from pipeline.told_groups import COMPARED_LAST, followed, set_against, usable


@dataclass(slots=True)
class Context:
    """What the sentences before, in the same passage, spoke of last: endpoints, and two or more arms."""

    passage: int = -1
    ends: list[str] = field(default_factory=list)
    arms: list[str] = field(default_factory=list)
    new_ends: list[str] = field(default_factory=list)
    new_arms: list[str] = field(default_factory=list)
    usual: list[str] = field(default_factory=list)  # the paper's own two arms in the order in which it last gave their figures

    def enter(self, paper: Paper, sentence: Sentence) -> None:
        """Go on to a sentence: what the one before it named becomes the context."""
        if sentence.passage.number != self.passage:
            self.passage, self.ends, self.arms, self.new_ends, self.new_arms = sentence.passage.number, [], [], [], []
        self.ends = self.new_ends or self.ends
        self.arms = self.new_arms or self.arms
        self.new_ends = list(dict.fromkeys(m.key for m in endpoints(sentence.text, sentence.words) if m.key not in (NONE, "ORR")))
        names = list(dict.fromkeys(m.key for m in arms_in(paper, sentence.text) if m.key not in ("all", UNNAMED)))
        self.new_arms = partitioned(sentence.text) or (names if len(names) > 1 else [])

    def remember(self, paper: Paper, arms: list[str]) -> None:
        """The arms that a sentence's figures were given to, where there are two or more."""
        names = list(dict.fromkeys(arms))
        if len(names) == 2 and set(names) <= {*(arm.name for arm in paper.arms if arm.n), *two_arms(paper.arms)}:
            self.usual = names
        self.new_arms = names if len(names) > 1 else self.new_arms


def of_sentence(paper: Paper, sentence: Sentence, context: Context, outcomes: list[Finding]) -> Iterator[Finding]:
    """The sentence's hazard ratios; `outcomes` are its medians and rates, which say which arm does better."""
    values = [m for m in sentence.kinds("hr") if m.value and 0.01 <= m.value < 100]
    if not values:
        return
    text = sentence.text
    marks = measures(text, sentence.words, OTHER_RATIOS, events_too=False)
    named = [mark for mark in marks if mark.key != NONE]
    names = pair(text, values, marks, "endpoint") if named else [None] * len(values)
    for value, endpoint in zip(values, names, strict=True):
        previous = max((other.end for other in values if other.end <= value.start), default=0)
        own = text[previous : value.end] if len(values) > 1 else text
        endpoint = endpoint or stated_or_before(own if EVENT_RATIO.search(own) else text, context, marks)
        if endpoint in (None, NONE) or of_another_event(text, value, named):
            continue
        own = [f for f in outcomes if f.endpoint == endpoint]
        arm, vs = as_judged(text, value, *compared(paper, sentence, context, value, values, own or outcomes))
        if arm and (vs or arm in {known.name for known in paper.arms}):
            arm = within(text, arm, value)
        vs = None if vs and vs.lower() in LEVELS and "(" not in (arm or "") else vs
        interval = interval_after(sentence, value, values)
        yield paper.from_sentence(
            "hazard_ratio", "survival:hazard_ratio", sentence, value, value=value.value, endpoint=endpoint, arm=arm, vs=vs,
            p=p_of(sentence, value, values), **interval,
        )  # fmt: skip


def stated_or_before(text: str, context: Context, marks: list[Mention]) -> str | None:
    """The endpoint of a ratio whose own words name none: death means OS; else the one endpoint spoken of before."""
    if PROGRESSION_OR_DEATH.search(text) or OF_PROGRESSING.search(text):
        return "PFS"
    if RECURRENCE_OR_DEATH.search(text):
        return "DFS"
    if not marks and DEATHS_OF_IT.search(text):
        return "CSS"
    if HAZARD_OF.search(text) or (not marks and DEATHS.search(text)):
        return "OS"
    if OF_METASTASIS.search(text):
        return "DMFS"
    if marks:
        return None
    keys = context.ends
    if OF_PROGRESSION.search(text):
        keys = [key for key in keys if key not in {"OS", "CSS"}]
    return keys[0] if len(keys) == 1 else None


def next_start(value: Mention, values: list[Mention], text: str) -> int:
    """Where the words that can belong to a ratio end."""
    return min((other.start for other in values if other.start > value.start), default=len(text))


def interval_after(sentence: Sentence, value: Mention, values: list[Mention]) -> dict:
    """The confidence interval between this ratio and the next one."""
    limit = next_start(value, values, sentence.text)
    for held in sentence.kinds("ci", "bracket", "range"):
        near = value.end <= held.start < limit and held.start - value.end < 40 and held.low is not None and held.high is not None
        if near and (held.low <= value.value <= held.high or held.kind == "ci"):
            return {"low": min(held.low, held.high), "high": max(held.low, held.high), "bounds": "ci95"}
    bare = BARE_INTERVAL.match(sentence.text[value.end : limit])
    if bare and number(bare[1]) <= value.value <= number(bare[2]):
        return {"low": number(bare[1]), "high": number(bare[2]), "bounds": "ci95"}
    return {}


def p_of(sentence: Sentence, value: Mention, values: list[Mention]) -> str | None:
    """The p value between this ratio and the next one; one printed just before it in the same parentheses counts too."""
    limit = next_start(value, values, sentence.text)
    after = [p for p in sentence.kinds("p") if value.end <= p.start < limit]
    if after:
        return after[0].key
    previous = max((other.end for other in values if other.end <= value.start), default=0)
    earlier = [
        p for p in sentence.kinds("p") if previous <= p.start < value.start and re.fullmatch(r"[\s,;]*", sentence.text[p.end : value.start])
    ]
    return earlier[-1].key if earlier else None


def compared(
    paper: Paper, sentence: Sentence, context: Context, value: Mention, values: list[Mention], outcomes: list[Finding]
) -> tuple[str | None, str | None]:
    """The two groups of a ratio, or a covariate's name alone."""
    text = sentence.text
    marks = [mark for mark in outside(text, arms_in(paper, text)) if mark.key not in ("all", UNNAMED, "and", "or")]
    levels = levelled_name(text, value, {known for arm in paper.arms for known in (arm.name, *arm.aliases)})
    if levels:
        return levels
    parts = followed(text, values) if len(values) > 1 else []
    if (
        parts
        and all(IN_PART.search(text[: part.start]) for part in parts)
        and not {arm.name for arm in paper.arms} & {p.key for p in parts}
    ):
        part = parts[values.index(value)]
        arm, other = from_before(paper, context)
        return (f"{arm} ({part.key})" if arm else str(part.key)), other
    limit = next_start(value, values, text)
    added = ADDED.search(text[: value.start])
    if added and not marks[2:]:
        arm = next((known.name for known in paper.arms if all(words_of(added[place]) <= words_of(known.name) for place in (1, 2))), None)
        return (arm, other_arm(paper, arm)) if arm else (f"{added[2]} plus {added[1]}", added[2])
    since = [mark for mark in marks if max((v.end for v in values if v.end <= value.start), default=0) <= mark.start < value.start]
    set_apart = versus_pair(text, since) if len(values) > 1 else []
    if set_apart:
        return set_apart[0].key, set_apart[1].key
    after = [mark for mark in marks if value.end <= mark.start < limit]
    better = next((mark.key for mark in after if FAVOURED.match(text[value.end : mark.start])), None)
    if better:
        others = list(dict.fromkeys(mark.key for mark in marks if mark.key != better))
        other = others[0] if len(others) == 1 else other_arm(paper, better)
        return (better, other) if value.value < 1 or not other else (other, better)
    told = AFTER_RATIO.match(text[value.end : limit]) if len({m.key for m in after}) < 2 else None
    if told:
        return trimmed(told[1]), trimmed(told[2])
    if len({m.key for m in after}) >= 2 and VERSUS.search(text, after[0].end, after[-1].start):
        return after[0].key, after[1].key
    start, _ = next((a, b) for a, b in clauses(text) if a <= value.start < b or b == len(text))
    near = [mark for mark in marks if start <= mark.start < limit]
    opened = max(text.rfind("(", 0, value.start), text.rfind("[", 0, value.start))
    figures = list(dict.fromkeys(f.arm for f in outcomes if f.arm))
    if len(values) > 1 and len(figures) == len(outcomes) == 2 and len({f.endpoint for f in outcomes}) == 1:
        return oriented(figures, value, outcomes)
    predictor = subject_of(text[start:opened], opened - start) if 0 <= start < opened and PREDICTS.search(text[start:opened]) else None
    if predictor:
        return predictor, None
    own = parenthesised_name(text, value, len(values))
    if own:
        return own, None
    if len(values) > 1 and opened > 0:
        before = [mark for mark in marks if 0 <= opened - mark.end <= 2]
        if before:
            return before[0].key, None
    held = list(dict.fromkeys(f.arm for f in outcomes if f.arm))
    if len({m.key for m in marks}) < 2 == len(held):
        return oriented(held, value, outcomes)
    earlier = list(dict.fromkeys(m.key for m in (near if len({m.key for m in near}) > 1 else marks) if m.start < value.start or not after))
    measured = list(dict.fromkeys(name for f in outcomes for name in earlier if is_of(f.arm, name)))
    if len(earlier) > 2:
        pairs = versus_pair(text, [mark for mark in marks if mark.start < value.start])
        earlier = measured if len(measured) == 2 else [m.key for m in pairs] or earlier
    if len(earlier) == 2 and not outcomes and any(COUNTED.fullmatch(text, one.end, other.start) for one, other in pairwise(marks)):
        return experimental_first(earlier)
    if len(earlier) >= 2 and len(measured) != 2 and not in_contrast(text, marks, earlier):
        nearest = [m.key for m in marks if start <= m.start < value.start][-1:] or earlier[-1:]
        return subject_of(text[start:], value.start - start) or nearest[0], None
    if len(earlier) == 2 and (lead := COMPARED.match(text[start:])) and text.find(earlier[0], start) < start + lead.end():
        earlier = earlier[::-1]  # "Compared with A, B prolonged survival (HR 0.7)"
    if len(earlier) >= 2:
        return oriented(earlier[-2:] if len(values) > 1 and len(earlier) > 2 else earlier[:2], value, outcomes)
    if earlier and after and after[0].key != earlier[0] and VERSUS.search(text[value.end : after[0].start]):
        return earlier[0], after[0].key
    apart = set_against(text[start:], value.shifted(-start)) if not earlier and not after else None
    if apart:
        return apart
    subject = subject_of(text[start:], value.start - start)
    if (
        not subject and start and len(text[start : value.start].split()) < 6
    ):  # ", but not with OS (HR 1.1)" has the subject of the clause before
        subject = subject_of(text, start)
    if subject:
        return of_subject(paper, text, value, start, subject, earlier)
    if after and not earlier:
        return after[0].key, other_arm(paper, after[0].key)
    if earlier and compared_with(text, [mark for mark in marks if mark.key == earlier[0]]):
        return other_arm(paper, earlier[0]), earlier[0]
    if earlier:
        return earlier[0], other_arm(paper, earlier[0])
    return from_before(paper, context)


def of_subject(paper: Paper, text: str, value: Mention, start: int, subject: str, earlier: list[str]) -> tuple[str, str | None]:
    """The subject of a ratio's clause and what it is compared with: named there, or the other of the paper's two arms."""
    own = namer(paper).canonical(ADDITION.sub("", subject))
    subject = ADDITION.sub("", subject)
    if own in two_arms(paper.arms) and not AGAINST.search(text[start : value.start]):
        return own, other_arm(paper, own)
    against = COMPARED.match(text[start:]) or AGAINST.search(text[start : value.start]) or COMPARED_LAST.search(text, value.end)
    if against and not earlier:
        other = trimmed(against[1])
        return subject, other if usable(other) and not words_of(other) <= words_of(subject) else None
    versus = earlier and VERSUS.search(text[start : value.start]) and earlier[0].lower() not in subject.lower()
    return subject, earlier[0] if versus else None


def in_contrast(text: str, marks: list[Mention], names: list[str]) -> bool:
    """Whether two groups are set against each other: by "than" or "versus", or side by side ("between A and B")."""
    held = [mark for mark in marks if mark.key in names]
    return any(
        one.key != other.key
        and (
            VERSUS.search(text[one.end : other.start])
            or NOT_REACHED.search(text[: other.start])
            or LIST_GAP.match(text[one.end : other.start])
        )
        for one, other in pairwise(held)
    )


def compared_with(text: str, marks: list[Mention]) -> bool:
    """Whether a group is named only as what another is compared with: "better than in the control group"."""
    return all(
        re.search(
            r"(?:\bthan|\bcompared (?:with|to)|\bversus|\bvs\.?)(?:\s+(?:in|for|with|among|those|the|patients))*\s*$",
            text[: mark.start],
            re.IGNORECASE,
        )
        for mark in marks
    )


def other_arm(paper: Paper, name: str | None) -> str | None:
    """The other arm, where the paper compares just two."""
    sized = two_arms(paper.arms)
    return next(held for held in sized if held != name) if name in sized else None


def is_of(arm: str | None, name: str) -> bool:
    """Whether an outcome's arm is this one, or a part of it ("RT, low haemoglobin")."""
    return arm == name or str(arm).startswith(f"{name}, ")


def oriented(names: list[str], value: Mention, outcomes: list[Finding]) -> tuple[str, str]:
    """Which of two arms the ratio is of: with a ratio below one the arm that does better, as the sentence's figures say."""
    held = {name: f.value for f in outcomes for name in names if is_of(f.arm, name) and isinstance(f.value, int | float)}
    if len(held) == 2 and held[names[0]] != held[names[1]] and len(outcomes) == 2 and value.value != 1:
        if 0.93 < value.value < 1.07 and sum(bool(CONTROL.search(name)) for name in names) == 1:  # the figures do not tell
            return experimental_first(names)
        better, worse = sorted(names, key=lambda name: -held[name])
        return (better, worse) if value.value < 1 else (worse, better)
    return experimental_first(names) if len(set(held.values())) == 1 < len(held) else (names[0], names[1])


def from_before(paper: Paper, context: Context) -> tuple[str | None, str | None]:
    """The two arms of the sentences before, or the paper's only two."""
    names = context.arms if len(context.arms) == 2 else two_arms(paper.arms)
    return experimental_first(names) if len(names) == 2 else (None, None)


def experimental_first(names: list[str]) -> tuple[str, str]:
    """Of two arms the experimental one first: the one that adds to the other's treatment, and never a control."""
    a, b = names
    if CONTROL.search(a) and not CONTROL.search(b) or words_of(a) < words_of(b):
        return b, a
    return a, b
