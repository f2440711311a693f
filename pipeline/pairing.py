"""Which name each number of a sentence belongs to: arms, endpoints and time points, in lists, comparisons and parentheses.

Values and marks (the names) are mentions of one sentence. Each dimension is read alone where its marks alternate with the
values ("12 months in A and 10 months in B"); where a list of marks governs a longer list of values ("the 2- and 5-year rates
were 93% and 81% in A and 66% and 48% in B") the dimensions that are already clear show how the values are grouped.
"""

from __future__ import annotations

import re
from itertools import groupby, pairwise

from pipeline.lists import LIST_GAP, OWN_GROUP, VERSUS, Label, between, by_time, label, listed
from pipeline.quantities import Mention

CLAUSE = re.compile(r";|,?\s*\b(?:while|whereas|whilst)\b|(?<!\bvs)\.\s+(?=[A-Z])|,\s+but\b")

#: "Although survival was similar, ...": its first comma ends a clause.
CONCEDING = re.compile(r"(?:even\s+)?(?:al)?though\b", re.IGNORECASE)

#: Words of a comparison, and of what stands right before its second side.
BETTER = re.compile(
    r"\b(?:better|worse|longer|shorter|higher|lower|greater|superior|inferior|improv\w+|prolong\w+|increas\w+|reduc\w+|decreas\w+|poorer|than|compared|versus|vs|favou?r\w*|benefit\w*)\b",
    re.IGNORECASE,
)
AGAINST = re.compile(
    r"(?:\bthan|\bcompared\s+(?:with|to)|\bversus|\bvs\.?|\brelative\s+to|\bover)(?:\s+(?:that|those|in|for|with|among|the|patients|of))*\s*$",
    re.IGNORECASE,
)
LINK_AFTER = re.compile(
    r"^\s*%?\s*(?:months|years)?\s*[(\[]\s*$|^(?:[^,;.]{0,3}|[\s,]*[\[(][^)\]]*[)\]]?|[^;.]{0,3}\b\d\d\s*%\s*CI\b[^;]{0,40})[\s,)\]]*(?:months?|years?|days?|patients|of patients)?[\s,]*(?:in|for|with|among|of|at|after|from|by|on|under|to)\b[^,;()]{0,30}$",
    re.IGNORECASE,
)
LINK_BEFORE = re.compile(
    r"^(?:[^;,]{0,30}\b(?:was|were|is|had|has|of|at|showed|achieved|reached|being)\b|[\s:=,(\[]|rates?|patients|group|arm|median|\d)[^;]{0,40}$",
    re.IGNORECASE,
)

#: A change of a measure is another figure than the measure: "an improvement of survival of 5%".
CHANGE = re.compile(r"(?:benefit|improve|increase|reduc|decrease|differ|gain|prolong|longer|extend|risk|hazard|time|rate)", re.IGNORECASE)

#: "..., respectively, for" before a list.
SHARED_OUT = re.compile(r"\brespectively\b[\s,]*(?:(?:in|for|with|of|among|between|the|both|patients|groups?|arms?)\s+)*$", re.IGNORECASE)

PRIOR = {"endpoint": 1.5, "at": 0.75, "arm": 0.0}


def runs(values: list[Mention], marks: list[Mention]) -> list[tuple[str, list[int]]]:
    """The alternation of marks ("m") and values ("v") in order of place; each run holds indices."""
    order = [(m.start, "v", i) for i, m in enumerate(values)] + [(m.start, "m", i) for i, m in enumerate(marks)]
    return [(kind, [entry[2] for entry in group]) for kind, group in groupby(sorted(order), key=lambda entry: entry[1])]


def clauses(text: str) -> list[tuple[int, int]]:
    """The bounds of a sentence's clauses; what stands in parentheses is never cut."""
    depth, open_at = 0, []
    for char in text:
        depth += (char in "([") - (char in ")]" and depth > 0)
        open_at.append(depth)
    cuts = [m for m in CLAUSE.finditer(text) if not open_at[m.start()]]
    if CONCEDING.match(text):
        comma = next((m for m in re.finditer(r",(?=\s)", text) if not open_at[m.start()]), None)
        cuts = sorted([*cuts, comma], key=lambda m: m.start()) if comma else cuts
    starts, ends = [0, *(m.end() for m in cuts)], [*(m.start() for m in cuts), len(text)]
    return list(zip(starts, ends, strict=True))


def closeness(text: str, values: list[Mention], marks: list[Mention], sequence: list, side: str) -> float:
    """How badly the sentence reads if every run of values belongs to the marks on one side of it."""
    step = -1 if side == "before" else 1
    cost, used = 0.0, set()
    for place, (kind, held) in enumerate(sequence):
        if kind != "v":
            continue
        if not 0 <= place + step < len(sequence):
            cost += 1
            continue
        governing = sequence[place + step][1]
        used.add(place + step)
        if len(governing) > 1 and len(held) % len(governing):
            cost += 1
        if side == "before":
            cost -= 0.5 * bool(LINK_BEFORE.match(between(text, marks[governing[-1]], values[held[0]])))
        else:
            cost -= bool(LINK_AFTER.match(between(text, values[held[-1]], marks[governing[0]])))
    return cost + sum(0.5 for place, (kind, _) in enumerate(sequence) if kind == "m" and place not in used)


def tidy(marks: list[Mention]) -> list[Mention]:
    """Marks in order; of marks with one name that follow each other the last stands, of overlapping ones the longest."""
    ordered: list[Mention] = []
    for mark in sorted(marks, key=lambda m: (m.start, -m.end)):
        if ordered and mark.start < ordered[-1].end:
            continue
        ordered.append(mark)
    return ordered


def split_between(text: str, values: list[Mention], sequence: list) -> int:
    """Of values between two marks, how many belong to the first: up to the one "versus", or half of them; 0 where it is not clear."""
    held = sequence[1][1]
    if len(sequence[0][1]) != len(sequence[2][1]) or len(held) < 2:
        return 0
    crossed = [place for place in range(1, len(held)) if VERSUS.search(between(text, values[held[place - 1]], values[held[place]]))]
    if len(crossed) == 1:
        return crossed[0]
    return len(held) // 2 if len(held) == 2 * len(sequence[0][1]) else 0


def alternating(text: str, values: list[Mention], marks: list[Mention], kind: str) -> tuple[list[Label], bool]:
    """Labels where marks and values alternate; and whether the reading is certain enough to group other dimensions by."""
    sequence = runs(values, marks)
    found: list[Label] = [None] * len(values)
    parted = split_between(text, values, sequence) if kind == "arm" and len(sequence) == 3 and sequence[1][0] == "v" else 0
    if parted:
        held = sequence[1][1]
        pairs = [(held[:parted], sequence[0][1]), (held[parted:], sequence[2][1])]
    else:
        costs = {side: closeness(text, values, marks, sequence, side) for side in ("before", "after")}
        costs["before"] -= PRIOR.get(kind, 0.0)
        step = -1 if costs["before"] <= costs["after"] else 1
        pairs = []
        for place, (what, held) in enumerate(sequence):
            if what != "v":
                continue
            if 0 <= place + step < len(sequence):
                pairs.append((held, sequence[place + step][1]))
            elif kind != "arm" and 0 <= place - step < len(sequence):
                pairs.append((held, sequence[place - step][1]))
    for held, governing in pairs:
        names = listed(text, [values[i] for i in held], [marks[m] for m in governing], kind, [])
        for index, name in zip(held, names, strict=True):
            found[index] = name
    return found, all(name is not None for name in found)


def pair(text: str, values: list[Mention], marks: list[Mention], kind: str, known: list[list[Label]] | None = None) -> list[Label]:
    """For each value the label of the mark it belongs to, None where the sentence does not say it clearly."""
    marks = tidy(marks)
    marks = open_marks(text, values, marks, OF_RATIOS) if kind == "arm" else done_with(text, values, open_marks(text, values, marks))
    if not marks or not values:
        return [None] * len(values)
    own = of_clause(text, values, marks)
    if kind != "arm" or len(values) == 1 or len({label(mark) for mark in own}) > 1:
        marks = own
    if kind == "arm" and len(values) == 1:
        after = [mark for mark in marks if mark.start >= values[0].end]
        if after and LINK_AFTER.match(between(text, values[0], after[0])):
            marks = after[:1]
    if not marks:  # all of them stand in another clause
        return [None] * len(values)
    sequence = runs(values, marks)
    clusters = [held for what, held in sequence if what == "m"]
    if len(clusters) == 1:
        names = {label(marks[index]) for index in clusters[0]}
        if kind == "arm" and len(values) == 2 < len(names):
            marks = versus_pair(text, marks) or marks
            clusters = [list(range(len(marks)))]
        if len(names) == 1 and kind == "arm":
            return alone(text, values, marks[clusters[0][-1]])
        names = listed(text, values, [marks[index] for index in clusters[0]], kind, known or [])
        return again_in_each(text, values, [marks[index] for index in clusters[0]]) if None in names and kind == "endpoint" else names
    last = [marks[index] for index in clusters[-1]]
    names = {label(mark) for mark in last}
    closes = re.search(r"\brespectively\b", text[last[-1].end :]) or SHARED_OUT.search(text[: last[0].start])
    if sequence[-1][0] == "m" and len(names) == len(values) > 1 and closes:
        return list(dict.fromkeys(label(mark) for mark in last))
    by_clause = [(a, b) for a, b in clauses(text) if any(a <= v.start < b for v in values)]
    if len(by_clause) > 1:
        return by_clauses(text, values, marks, kind, by_clause, known)
    return alternating(text, values, marks, kind)[0]


def again_in_each(text: str, values: list[Mention], marks: list[Mention]) -> list[Label]:
    """ "In A, the OS and PFS were 84% and 71%; in B they were 78% and 62%": every clause has a figure for each of the names."""
    names = list(dict.fromkeys(label(mark) for mark in marks))
    counts = [count for a, b in clauses(text) if (count := sum(a <= value.start < b for value in values))]
    return names * len(counts) if set(counts) == {len(names)} else [None] * len(values)


def versus_pair(text: str, marks: list[Mention]) -> list[Mention]:
    """The two neighbouring marks that a sentence compares ("longer with A than with B"), the last such pair; empty where none is."""
    for one, other in pairwise(marks):
        if str(label(other)).startswith(("without ", "no ")) and re.fullmatch(r"\s*|.*\bwith(?:out)?\s*", between(text, one, other)):
            return [one, other]
    for one, other in reversed(list(pairwise(marks))):
        if label(one) != label(other) and VERSUS.search(between(text, one, other)):
            return [one, other]
    return []


def of_clause(text: str, values: list[Mention], marks: list[Mention]) -> list[Mention]:
    """Where all values stand in one clause, its own marks if it has any."""
    held = [(a, b) for a, b in clauses(text) if any(a <= value.start < b for value in values)]
    if len(held) != 1:
        return marks
    return [mark for mark in marks if held[0][0] <= mark.start < held[0][1]] or [
        mark for mark in marks if mark.kind != "arm" or mark.start < values[-1].start
    ]


def in_pairs(text: str, values: list[Mention], marks: list[Mention]) -> list[Mention]:
    """The two arms (one, where only the better is named) of values that stand in parentheses two by two: "longer OS (14 vs 11) in A than in B"."""
    closed = [match.span() for match in re.finditer(r"[(\[](?:[^()\[\]]|[(\[][^()\[\]]*[)\]])*[)\]]", text)]
    held = [next((span for span in closed if span[0] < value.start < span[1]), None) for value in values]
    twos = list(zip(values[::2], values[1::2], strict=False))
    if len(values) < 2 or len(values) % 2 or None in held or any(held[2 * i] != held[2 * i + 1] for i in range(len(twos))):
        return []
    if not all(VERSUS.search(between(text, one, other)) for one, other in twos):
        return []
    outer = [mark for mark in tidy(marks) if not any(a < mark.start < b for a, b in closed) and mark.key != "all"]
    named = sorted({mark.key: mark for mark in reversed(outer)}.values(), key=lambda mark: mark.start)
    if not 0 < len(named) < 3 or not BETTER.search(text):
        return []
    against = [bool(AGAINST.search(text[: mark.start])) for mark in named]
    return [] if against == [True] else named[::-1] if against == [True, False] else named


#: What a parenthesis of figures has that compares groups named before.
OF_RATIOS = re.compile(r"\bHRs?\b|\bhazards?\s+ratio", re.IGNORECASE)


def open_marks(text: str, values: list[Mention], marks: list[Mention], figures: re.Pattern[str] = re.compile(r"\d")) -> list[Mention]:
    """Marks without those in a parenthesis that holds figures of its own but none of these values, where others remain."""
    closed = []
    for match in re.finditer(r"\([^()]*\)", text):
        if figures.search(match[0]) and not any(match.start() < value.start < match.end() for value in values):
            closed.append(match.span())
    kept = [mark for mark in marks if not any(a < mark.start < b for a, b in closed)]
    return kept or marks


def done_with(text: str, values: list[Mention], marks: list[Mention]) -> list[Mention]:
    """Marks without those whose own figure is none of these values ("after a follow-up of 17 months, survival was") or that only describe."""
    kept = []
    for mark, after in zip(marks, [*marks[1:], None], strict=False):
        governed = next((value.start for value in values if value.start >= mark.end), None)
        last = next((m for m in reversed(marks) if governed is not None and m.end <= governed), mark)
        describes = mark.key == "none" and last.key != "none" and not CHANGE.match(text, mark.start) and values[0].start > mark.end
        own = re.match(r"\s*\d[\d.]*", text[mark.end :])  # "increased by 2.7 months (13.1 vs 10.4)": its figure is none of these
        if mark.key == "none" and own and not any(mark.end <= value.start < mark.end + own.end() for value in values):
            continue
        listed_on = after is not None and LIST_GAP.match(between(text, mark, after))
        if not (describes and not listed_on or re.search(r"\d\s*%", between(text, mark, last))):
            kept.append(mark)
    return kept


def alone(text: str, values: list[Mention], mark: Mention) -> list[Label]:
    """The labels where one arm is named: values beyond a "vs" are another arm's."""
    found: list[Label] = []
    for value in values:
        left, right = (mark, value) if mark.start < value.start else (value, mark)
        others = [v for v in values if left.end <= v.start < right.start and v is not value]
        crossed = VERSUS.search(text, left.end, right.start)
        elsewhere = mark.start < value.start and OWN_GROUP.match(text[value.end :])
        found.append(None if crossed and (others or len(values) > 1) or elsewhere else label(mark))
    return found


def by_clauses(text: str, values: list[Mention], marks: list[Mention], kind: str, bounds: list[tuple[int, int]], known) -> list[Label]:
    """Each clause read alone; a clause without marks takes the names of the clause before, or of a list at the sentence's end."""
    found: list[Label] = []
    before: list[Mention] = []
    edges = [0, *(a for a, _ in bounds[1:]), len(text)]
    for a, b in pairwise(edges):
        inside = [i for i, v in enumerate(values) if a <= v.start < b]
        held = [m for m in marks if a <= m.start < b]
        if not held and not before:
            later = [m for m in marks if m.start >= b]
            held = closing(later, [v for v in values if v.start >= b])
        known_here = [[dimension[i] for i in inside] for dimension in known or []]
        if not held:
            held = before
            names = listed(text, [values[i] for i in inside], held, kind, known_here) if held else [None] * len(inside)
        else:
            shifted = [values[i].shifted(-a) for i in inside], [m.shifted(-a) for m in held]
            names = pair(text[a:b], *shifted, kind, known_here) if len(bounds) > 1 else []
        before = held or before
        found += names
    return found


def closing(marks: list[Mention], values: list[Mention]) -> list[Mention]:
    """The marks after the last value, which a closing "for A and B, respectively" shares out over all clauses."""
    return [mark for mark in marks if not values or mark.start > values[-1].end]


def share_out(text: str, values: list[Mention], dimensions: dict[str, list[Mention]]) -> list[dict[str, Label]]:
    """For each value its label in every dimension ("arm", "endpoint", "at"), the clear dimensions first."""

    def ease(kind: str) -> int:
        count = len({label(mark) for mark in dimensions[kind]})
        return (
            0
            if count <= 1
            else 1
            if len([1 for what, _ in runs(values, tidy(dimensions[kind])) if what == "m"]) > 1
            else 2 + (count != len(values))
        )

    settled: dict[str, list[Label]] = {}
    for kind in sorted(dimensions, key=lambda kind: (ease(kind), kind == "arm", kind)):
        known = [names for names in settled.values() if len(set(names)) > 1 and None not in names]
        settled[kind] = pair(text, values, dimensions[kind], kind, known)
        if kind == "arm":
            settled[kind] = same_order(text, values, settled[kind])
        if kind == "at" and None in settled[kind]:
            settled[kind] = times_of(values, tidy(dimensions[kind]), dimensions) or settled[kind]
    return [{kind: names[index] for kind, names in settled.items()} for index in range(len(values))]


def same_order(text: str, values: list[Mention], labels: list[Label]) -> list[Label]:
    """ "80% in A versus 70% in B, and PFS was 60% versus 50%": a later pair without names takes the arms in the same order."""
    found = list(labels)
    order = list(dict.fromkeys(name for name in labels if name not in (None, "all")))
    first = next((place for place in range(len(labels)) if all(name is None for name in labels[place:])), len(labels))
    rest = values[first:]
    if len(order) != 2 or len(rest) != 2 or not first:
        return found
    if OWN_GROUP.match(text[rest[1].end :]):
        return found
    given = re.search(r"\bcorresponding\b", text[values[first - 1].end : rest[0].start])
    tested = re.match(r"\s*%?\s*(?:months|years)?\s*[(\[][^()\[\]]*\bp\s*[=<>]", text[rest[1].end :], re.IGNORECASE)
    if given or tested or VERSUS.search(between(text, *rest)) or re.search(r"\brespectively\b", text[rest[1].end :]):
        found[first:] = order
    return found


def times_of(values: list[Mention], marks: list[Mention], dimensions: dict[str, list[Mention]]) -> list[Label] | None:
    """Time points of a list of lists: by the number of arms where that differs, else by the fall of the rates."""
    names = list(dict.fromkeys(label(mark) for mark in marks))
    size, count = len(names), len(values)
    if size < 2 or count % size or names != sorted(names):
        return None
    arms = len({label(mark) for mark in dimensions.get("arm", []) if mark.key != "all"})
    order = by_time(values, size)
    if order is None and arms * size == count and arms != size:
        order = "inner"
    if order is None:
        return None
    return names * (count // size) if order == "inner" else [name for name in names for _ in range(count // size)]
