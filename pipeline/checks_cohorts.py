"""The same patients in two studies."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import combinations

from pipeline.consistency import Contradiction, Study, count_of
from pipeline.numeric import show


def figures_shared(one: Study, other: Study) -> list[str]:
    """Counts and results that two studies have in common and that would hardly be equal by chance."""
    shared = []
    for first in one.findings:
        for second in other.findings:
            if first.field != second.field or first.field in {"n_total", "rt_dose", "cycles", "design"}:
                continue
            size = count_of(first)
            told_alike = size and size == count_of(second) and size >= 20 and size * 2 != one.n and first.endpoint == second.endpoint
            value = first.value
            exact = (
                first.field in {"survival_median", "survival_rate", "follow_up", "hazard_ratio"}
                and isinstance(value, float)
                and value == second.value
            )
            same_word = isinstance(value, str) and value != second.value
            if (told_alike and not same_word) or (exact and first.endpoint == second.endpoint and first.at == second.at):
                shared.append(f"{show(size) if told_alike else show(value)} ({first.field.replace('_', ' ')})")
    return list(dict.fromkeys(shared))


def surname(key: str) -> str:
    """The first author, where a study's key is like `name_2019`."""
    match = re.fullmatch(r"([^\W\d_]+(?:[_-][^\W\d_]+)*)[_-]?(?:19|20)\d\d[a-z]?", key)
    return match[1].lower() if match else ""


def same_cohort(studies: list[Study]) -> Iterator[Contradiction]:
    """Two studies of one n that share a further figure, or the first author, may be of the same patients."""
    for one, other in combinations(studies, 2):
        if not one.n or one.n != other.n or one.n < 20:
            continue
        shared = figures_shared(one, other)
        author = surname(one.key) and surname(one.key) == surname(other.key)
        if shared or (author and one.n >= 50):
            alike = ", ".join(shared) or "the first author"
            message = f"may be the same patients as {one.key}: both have n = {show(one.n)}, and in common {alike}"
            yield other.raise_("same_cohort", message, n=one.n, other=one.key, shared=shared)
