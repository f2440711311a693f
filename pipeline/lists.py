"""Lists of numbers under lists of names: "the 1-, 3- and 5-year rates were 90%, 70% and 60% and 80%, 60% and 40%"."""

from __future__ import annotations

import re
from itertools import groupby, pairwise

from pipeline.quantities import Mention

VERSUS = re.compile(r"\b(?:vs|versus|against)\b|\bcompared (?:with|to)\b|\bas opposed to\b|\bthan\b|\bv\b", re.IGNORECASE)
#: What stands right behind a figure that has a group of its own: "72% with X".
OWN_GROUP = re.compile(
    r"^\s*(?:%|months?\b|years?\b)?(?:\s*[\[(][^()\[\]]*[)\]])?\s+(?:with(?:out)?|for|in|after|following)\s+(?!(?:the\s+)?(?:OS|LC|LRC|[A-Z]{1,4}FS|overall|disease|progression|local\w*|distant|relapse|recurrence|survival|event|metastas\w+|cause|cancer)\b|(?<!with\s)\d|(?:both|all|the\s+(?:two|same|whole|entire)|each|patients|those|women|men|cases|an?\s+median|an?\s+mean|a\s+follow)\b)(?=[\w(])",
    re.IGNORECASE,
)
LIST_GAP = re.compile(
    r"^(?:[\s,/&]|\b(?:and|or|vs\.?|versus|the|than|in|those|patients|groups?|arms?|rates?|both|for|of|with|to|compared|as|well|a|longer|better|shorter|worse|higher|lower)\b)*$",
    re.IGNORECASE,
)
BLOCK_END = re.compile(r"[\[(,;]\s*p(?:[\s-]values?)?\s*[=<>≤≥]", re.IGNORECASE)
Label = str | float | None


def label(mark: Mention) -> Label:
    """What a mark names: an arm or endpoint by its key, a time point by its months."""
    return mark.key if mark.key is not None else mark.value


def between(text: str, left: Mention, right: Mention) -> str:
    """The words between two mentions."""
    return text[left.end : right.start]


def connectors(text: str, values: list[Mention]) -> list[str]:
    """What joins each value to the next: "vs", "and", "," or other words."""
    found = []
    for left, right in zip(values, values[1:], strict=False):
        gap = re.sub(r"[\[(][^)\]]*[)\]]", " ", between(text, left, right))
        found.append("vs" if VERSUS.search(gap) else "and" if re.search(r"\band\b", gap) else "," if re.search(r"[,;/]", gap) else "")
    return found


def period(text: str, values: list[Mention]) -> tuple[int, str] | None:
    """The size of the inner groups of a list of lists, and what joins the groups: "90% vs 80%, 70% vs 60%" gives 2 and ","."""
    joined = connectors(text, values)
    for size in range(2, len(values) // 2 + 1):
        if len(values) % size:
            continue
        outer = [join for place, join in enumerate(joined, 1) if place % size == 0]
        inner = [join for place, join in enumerate(joined, 1) if place % size]
        if ("vs" in inner) != ("vs" in outer) and len({join == "vs" for join in inner}) == 1 and len({join == "vs" for join in outer}) == 1:
            return size, "vs" if "vs" in outer else ","
    return None


def plain_runs(text: str, values: list[Mention]) -> int:
    """The size of the runs of a list of lists that only "and" and commas join, where words stand between the runs: "67% and 58% for X, and 42% and 33% for Y"; 0 where it is not clear."""
    gaps = [re.sub(r"[\[(][^)\]]*[)\]]", " ", between(text, left, right)) for left, right in pairwise(values)]
    plain = [bool(re.fullmatch(r"\s*%?(?:\s|,|\band\b|%)*", gap)) for gap in gaps]
    ends = [place for place, joined in enumerate(plain, 1) if not joined]
    size = ends[0] if ends else 0
    return size if size > 1 and len(values) % size == 0 and ends == list(range(size, len(values), size)) else 0


def listed(text: str, values: list[Mention], marks: list[Mention], kind: str, known: list[list[Label]]) -> list[Label]:
    """The labels of values that one list of marks governs; None for each where the grouping is not clear."""
    marks = last_list(text, marks)
    names = list(dict.fromkeys(label(mark) for mark in marks))
    count, size = len(values), len(names)
    if size == 1:
        return names * count
    if count == size:
        return names
    nothing: list[Label] = [None] * count
    if count % size:
        return nothing
    if plain_runs(text, values) == size:
        return names * (count // size)
    inside = blocks(text, values)
    if inside and kind == "arm" and size == inside:  # a p value closes a comparison of arms
        return names * (count // size)
    if inside and kind != "arm" and size == count // inside:
        return [name for name in names for _ in range(inside)]
    cycle = cycle_of(known, count)
    if cycle and count // cycle == size:
        return [name for name in names for _ in range(cycle)]
    groups = segments(known, count)
    if len(groups) > 1 and all(len(group) == size for group in groups):
        return names * (count // size)
    if len(groups) == size and len({len(group) for group in groups}) == 1:
        return [name for name in names for _ in range(count // size)]
    if groups and len(groups) > 1:
        return nothing
    inner, outer = names * (count // size), [name for name in names for _ in range(count // size)]
    found = period(text, values)
    if found:
        step, join = found
        arms_inner = join != "vs"
        if kind == "arm":
            return inner if arms_inner and step == size else outer if not arms_inner and count // step == size else nothing
        return outer if arms_inner and count // step == size else inner if not arms_inner and step == size else nothing
    return nothing


def blocks(text: str, values: list[Mention]) -> int:
    """The size of the groups of a list of lists where a p value closes each: "90%, 80% (p = 0.1), 70%, 60% (p = 0.2)"; 0 where none do."""
    ends = [place for place, (one, other) in enumerate(pairwise(values), 1) if BLOCK_END.search(between(text, one, other))]
    size = ends[0] if ends else 0
    return size if size > 1 and len(values) % size == 0 and ends == list(range(size, len(values), size)) else 0


def last_list(text: str, marks: list[Mention]) -> list[Mention]:
    """Where a name comes twice, only the marks of the last list: "PFS and OS. Median PFS was" is of PFS alone."""
    labels = [label(mark) for mark in marks]
    if len(set(labels)) == len(labels):
        return marks
    kept = [marks[-1]]
    for one, other in reversed(list(pairwise(marks))):
        if label(one) in {label(mark) for mark in kept} or not LIST_GAP.match(between(text, one, other)):
            break
        kept.insert(0, one)
    return kept


def cycle_of(known: list[list[Label]], count: int) -> int:
    """The number of values after which a clear dimension begins anew ("1, 3, 1, 3" gives 2); 0 where none does."""
    for labels in known:
        size = len(set(labels))
        if 1 < size < count and count % size == 0 and labels == labels[:size] * (count // size) and len(set(labels[:size])) == size:
            return size
    return 0


def by_time(values: list[Mention], size: int) -> str | None:
    """Whether time points run inside the groups or across them, as rates can only fall with time; None where both would do."""
    numbers = [value.value or 0.0 for value in values]
    step = len(numbers) // size
    inner = all(a >= b for start in range(0, len(numbers), size) for a, b in pairwise(numbers[start : start + size]))
    outer = all(a >= b for a, b in zip(numbers, numbers[step:], strict=False))
    return None if inner == outer else "inner" if inner else "outer"


def segments(known: list[list[Label]], count: int) -> list[list[int]]:
    """Indices of values grouped by the labels of the dimensions that are already clear."""
    if not known:
        return []
    tags = [tuple(dimension[index] for dimension in known) for index in range(count)]
    return [list(group) for _, group in groupby(range(count), key=lambda index: tags[index])]
