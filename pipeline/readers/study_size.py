"""n_total: the paper's own headline number of patients, chosen among every number that its sentences give to its patients."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.context import Paper, Sentence
from pipeline.mentions import Mention, matches, number_starts
from pipeline.numbers import number
from pipeline.readers.study_size_words import (
    AFTER_VERB,
    AGAIN,
    ALL_ENTERED,
    ARMWISE,
    ASIDE,
    AVAILABLE,
    COHORT_OF,
    COUNTED,
    DATE,
    DENOMINATOR,
    EARLIER,
    ENTERED,
    EQUALS,
    FINALLY,
    GROUP_AFTER,
    HEADLINE,
    HOLDERS,
    LEFT,
    LEFT_OVER,
    MATERIAL_OF,
    MATERIAL_WORD,
    NEXT,
    OF_THESE,
    OF_WERE,
    OPENING,
    PART_OF,
    PLANNED,
    POPULATION,
    PRESENT,
    RANDOMISED,
    RANDOMISING,
    SCREENED,
    SEXES,
    SHARE_AFTER,
    SHARE_AT,
    SHARE_OF,
    STUDIES,
    SUBSET,
    SUBSET_OF,
    THEN_CHOSEN,
    TOTAL,
    WERE,
    I,
)
from pipeline.records import Finding


@dataclass(slots=True)
class Candidate:
    """A number of patients with its sentence, and how much speaks for it as the headline number."""

    value: int
    sentence: Sentence
    start: int
    end: int
    score: float
    entered: bool = False
    left: bool = False  # what was left of those that entered


def read(paper: Paper) -> Iterator[Finding]:
    """One n_total finding, where enough speaks for it."""
    by_value: dict[int, list[Candidate]] = {}
    sized = [arm.n for arm in paper.arms if arm.n]
    parts = set(sized) if len(sized) > 1 else set()  # the size of one group of two is not that of all
    told = [candidate for candidate in candidates(paper) if candidate.value not in parts]
    if paper.design == "randomized_trial":
        whole = {candidate.value for candidate in told if candidate.entered}
        for candidate in told:
            candidate.score -= 4.0 * (candidate.left and any(candidate.value < value < 1.5 * candidate.value for value in whole))
    for candidate in told:
        by_value.setdefault(candidate.value, []).append(candidate)
    ranked = sorted(by_value.values(), key=lambda group: -total(group, paper))
    if not ranked or total(ranked[0], paper) < 3.5:
        return
    best = max(ranked[0], key=lambda c: c.score)
    focus = Mention("count", best.start, best.end)
    yield paper.from_sentence("n_total", "study_size:headline", best.sentence, focus, value=best.value, unit="patients")


def total(group: list[Candidate], paper: Paper) -> float:
    """What speaks for a number: its best mention in full, the others by a part, and larger numbers a little."""
    scores = sorted((c.score for c in group), reverse=True)
    held = scores[0] + 0.3 * sum(score for score in scores[1:5] if score > 0)
    return held + (min(len(str(group[0].value)), 5) * (1.0 if paper.design in {"meta_analysis", "registry_study"} else 0.3))


def candidates(paper: Paper) -> Iterator[Candidate]:
    """Every number that could be the study's, scored by its words and its section."""
    for sentence in paper.own:
        if (
            sentence.section in {"discussion", "conclusion"}
            or sentence.passage.kind in {"caption", "footnote"}
            or not (starts := number_starts(sentence.text))
        ):
            continue
        seen: set[int] = set()
        yield from of_both_sexes(paper, sentence, seen)
        for pattern, bonus in (
            (SHARE_OF, 7.0),
            (SUBSET_OF, 11.0),
            (MATERIAL_OF, 0.0),
            (OF_THESE, 11.0 if paper.design != "single_arm_trial" else 0.0),
            (FINALLY, 0.0 if paper.design in {"randomized_trial", "single_arm_trial"} else 11.0),
            (SCREENED, 6.0),
            (THEN_CHOSEN, 8.0),
            (POPULATION, 3.0),
            (OF_WERE, 2.0 if paper.design != "randomized_trial" else 0.0),
            (PART_OF, 2.0),
            (AVAILABLE, 2.0),
            (AFTER_VERB, 1.0),
            (WERE, 1.0),
            (COUNTED, 0.0),
            (EQUALS, 0.0),
        ):
            for match in matches(pattern, sentence.text, starts):
                if match.start(1) in seen or (pattern is MATERIAL_OF and sentence.section != "abstract"):
                    continue
                value = count_of(match[1], sentence.text, match.start(1))
                if value is None:
                    continue
                seen.add(match.start(1))
                bonus = bonus if pattern is not AVAILABLE or sentence.section == "abstract" else -2.0
                before = sentence.text[max(0, match.start(1) - 30) : match.start(1)].rsplit(",", 1)[-1]
                around = before + ASIDE.sub("", sentence.text[match.end(1) :])[:75]
                entered = bool(ENTERED.search(around))
                of_people = pattern is not OF_THESE and not MATERIAL_WORD.search(sentence.text)
                left = not entered and of_people and bool(LEFT_OVER.search(around))
                yield Candidate(value, sentence, match.start(1), match.end(), bonus + weight(paper, sentence, match), entered, left)


def of_both_sexes(paper: Paper, sentence: Sentence, seen: set[int]) -> Iterator[Candidate]:
    """The sum of "112 men and 38 women" where the sentence gives no whole; their parts go into `seen`."""
    if "men" not in sentence.text and "male" not in sentence.text:
        return
    for match in SEXES.finditer(sentence.text):
        other = 2 if match[2] else 3
        sizes = [count_of(match[1], sentence.text, match.start(1)), count_of(match[other], sentence.text, match.start(other))]
        seen.update((match.start(1), match.start(other)))
        whole = sum(size or 0 for size in sizes)
        if None in sizes or any(m.value == whole for m in sentence.kinds("count", "n", "number")):
            continue
        score = 4.0 + weight(paper, sentence, match) if sentence.section == "abstract" else weight(paper, sentence, match)
        yield Candidate(whole, sentence, match.start(1), match.end(), score)


def count_of(printed: str, text: str, start: int) -> int | None:
    """The number of people that the words give; None for years, fractions, ages and very small numbers."""
    try:
        value = number(printed)
    except ValueError:
        return None
    if isinstance(value, float) or value < 5 or DATE.fullmatch(printed.strip()):
        return None
    before = text[max(0, start - 14) : start]
    return (
        None
        if re.search(
            r"(?:[<>≤≥]\s*|\d\s*[-–‐]\s*|[^nN\s]\s*=\s*|\bage[ds]?\s+|\bevery\s+|\bday\s+|\bgrade\s+|\bstage\s+|\bphase\s+|\btable\s+)$",
            before,
            I,
        )
        else int(value)
    )


def weight(paper: Paper, sentence: Sentence, match: re.Match[str]) -> float:
    """How headline-like the number's sentence is: points for and against, and the section's own."""
    text, start, end = sentence.text, match.start(1), match.end(1)
    before = re.split(r"[;.]", text[max(0, start - 60) : start])[-1]
    chunk = "" if before.rstrip().endswith(",") else before.rstrip(" ,").rsplit(",", 1)[-1]
    whole = parts_sum(sentence, match)
    trial = paper.design == "randomized_trial"
    entered = trial and bool(ENTERED.search(text[max(0, start - 30) : end + 75]))
    opening = not whole and OPENING.search(text[:start]) and LEFT.search(text[match.end() :])
    marks = (
        (3.0, HEADLINE.search(text[max(0, start - 70) : match.end()] + ASIDE.sub("", text[match.end() :])[:90])),
        (3.0, COHORT_OF.search(before)),
        (3.0, whole),
        (2.0, TOTAL.search(before)),
        (
            4.0,
            trial
            and (
                RANDOMISED.search(text[end : match.end()] + NEXT.split(ASIDE.sub("", text[match.end() :])[:75])[0])
                or RANDOMISING.search(before)
            ),
        ),
        (2.0, paper.design == "meta_analysis" and STUDIES.search(text) and value_is_large(match[1])),
        (
            -4.0,
            not ALL_ENTERED.match(text, text.rfind("the", 0, start))
            and SUBSET.search(chunk[-45:] + NEXT.split(ASIDE.sub("", text[end : end + 80])[:45])[0]),
        ),
        (-5.0, ARMWISE.search(text[end:])),
        (-8.0, PLANNED.search(text)),
        (-4.0, SHARE_AT.match(text[end : end + 12]) or SHARE_AFTER.match(text[match.end() : match.end() + 40])),
        (3.0, sentence.section == "abstract" and count_of(match[1], text, start) == sum(arm.n or 0 for arm in paper.arms)),
        (-4.0, AGAIN.search(before) and GROUP_AFTER.match(text[end:]) and not PRESENT.search(text)),
        (-4.0, EARLIER.search(text)),
        (-9.0, HOLDERS.search(before)),
        (-5.0, DENOMINATOR.search(text[:start])),
        (-3.0, opening and (not entered or not LEFT_OVER.search(text[match.end() :]) or MATERIAL_WORD.search(text))),
    )
    section = {"title": 4.0, "abstract": 3.0, "results": 1.0, "methods": 1.0}.get(sentence.section, 0.0)
    return section + sum(points for points, holds in marks if holds)


def parts_sum(sentence: Sentence, match: re.Match[str]) -> bool:
    """Whether two other numbers of the clause add up to this one: "of 300 patients, 180 received ... and 120 ..."."""
    text = sentence.text
    left, right = text.rfind(";", 0, match.start(1)) + 1, text.find(";", match.end(1))
    whole = count_of(match[1], text, match.start(1)) or 0
    counts = [m for m in sentence.kinds("count", "n", "n_percent", "number", "ratio") if left <= m.start and (right < 0 or m.end <= right)]
    others = [int(m.value) for m in counts if m.value and float(m.value).is_integer() and 1 < m.value < whole]
    return whole > 9 and any(whole - other in others[n + 1 :] for n, other in enumerate(others))


def value_is_large(printed: str) -> bool:
    """Whether a printed number has three figures or more."""
    return len(re.sub(r"\D", "", printed)) >= 3
