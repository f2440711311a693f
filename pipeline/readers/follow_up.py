"""Follow-up in prose and in table cells: median or mean, with its range, interquartile range or confidence interval."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from pipeline.arms import arms_in
from pipeline.context import Paper, Sentence
from pipeline.endpoints import NONE, OTHER_TIMES, endpoints
from pipeline.pairing import pair
from pipeline.quantities import NUM, TIME, Mention, number, quantities, unit_of
from pipeline.records import Finding, Passage
from pipeline.told_groups import told_groups

DURING = re.compile(r"\b(?:during|lost to|on|without)\s+(?:the\s+|their\s+)?$", re.IGNORECASE)
FOLLOW = re.compile(
    r"\bfollow(?:ed)?[-‐‑–\s]*up\b|\bfollowed\b|\bobservation (?:time|period)\b|\bsurveillance (?:time|period)\b", re.IGNORECASE
)
CENTRE = re.compile(r"\bmedians?\b|\bmeans?\b|\baverage\b", re.IGNORECASE)
EDGE = re.compile(
    r"\bminim(?:um|al)\b|\bmaxim(?:um|al)\b|\bat least\b|\blonger than\b|\bexceed\w*\b|\blongest\b|\bshortest\b|\bpotential\b(?!\s+follow)|\bmore than\b|\bevery\b|\bplanned\b",
    re.IGNORECASE,
)
P_HEAD = re.compile(r"^\W*p\b(?:[\s-]*values?)?|^log", re.IGNORECASE)
PLANNED = re.compile(r"\bwill\b|\bplanned\b|\bassum|\brequired\b|\bexpected\b|\binterim analysis\b|\bintervals?\b", re.IGNORECASE)
SPLIT_UNIT = re.compile(
    rf"({NUM})\s*[\[(]\s*(?:IQR|range|interquartile range)?[\s:,]*(?:from\s+)?({NUM})\s*(?:[-–—‐−~]|to|,)\s*({NUM})\s*[\])]\s*,?\s*({TIME})",
    re.IGNORECASE,
)
#: "at 40 months' median follow-up".
POSSESSIVE = re.compile(rf"(?<![\w.–-])({NUM})[\s-]+({TIME})['’]\s+(?:of\s+)?(?:(?:median|mean)\s+)?follow", re.IGNORECASE)
NEAR = re.compile(
    r"^[\s,;:]*(?:[\[(]|[\[(]SD\s*[:=]?\s*[\d.]+\s*[,;]|with\s+(?:a|an)\s+|and\s+|for\s+[^,;(]{3,40}|in\s+[^,;(]{3,40})?[\s,;:(\[]*$",
    re.IGNORECASE,
)
#: "a median 3.2-year follow-up", "a 42-month median follow-up".
HYPHENATED = re.compile(
    rf"(?:(?<=median\s)|(?<=mean\s)|(?<![\w.–-])(?=\S+\s+(?:median|mean)\b))({NUM})[-‐]({TIME})\s+(?:(?:median|mean)\s+)?follow",
    re.IGNORECASE,
)
FOLLOWED_FOR = re.compile(
    rf"\bfollow(?:ed)?(?:[-‐\s]?up)?\s+(?:for|over|(?:(?:period|time|duration)\s+)?(?:was|were))\s+({NUM})\s*(?:[-–]|to)\s*({NUM})\s*({TIME})",
    re.IGNORECASE,
)
#: "a median of 5 years of follow-up".
MIDDLE_BEFORE = re.compile(r"\b(?:median|mean)\s+(?:of\s+)?$", re.IGNORECASE)
FIRST_OF_TWO = re.compile(rf"\s+and\s+{NUM}\s+{TIME}(?=\s+of\s+follow)", re.IGNORECASE)
FOLLOWS = re.compile(r"[\s-]*(?:of\s+)?(?:follow[-‐\s]?up)\b", re.IGNORECASE)
JOINED = re.compile(r"\s*(?:and|,)?\s*")
#: What stands between a range and its median: "from 3 to 96 months (median 32 months)".
MEDIAN_NEXT = re.compile(
    r"[\s,;(\[]*(?:(?:with|and)\s+)?(?:(?:a|the)\s+)?(?:median|mean|average)(?:\s+(?:follow[-‐\s]?up|duration|value|time|of|was))*\s*[:,=]?\s*",
    re.IGNORECASE,
)
ALIVE = re.compile(
    r"\b(?:survivors|surviving patients|(?:patients|those|women|men) (?:(?:who (?:are|were)|still|remaining)\s+)?alive|living patients)\b",
    re.IGNORECASE,
)
EVERYBODY = re.compile(r"\b(?:all|the (?:whole|entire|total)) (?:patients|cohort|population|group|cases)\b", re.IGNORECASE)
IN_RANGE = re.compile(rf"\branged?\s+(?:from|between)\s+({NUM})\s*(?:{TIME})?\s*(?:to|and|[-–])\s*({NUM})\s*({TIME})", re.IGNORECASE)


def read(paper: Paper) -> Iterator[Finding]:
    """follow_up findings."""
    for sentence in paper.own:
        if FOLLOW.search(sentence.text) and not PLANNED.search(sentence.text):
            yield from of_sentence(paper, sentence)
    for table in paper.tables:
        for cell in table.cells:
            yield from of_cell(paper, cell)


def of_sentence(paper: Paper, sentence: Sentence) -> Iterator[Finding]:
    """Every median or mean follow-up of a sentence, by arm where it says so."""
    text = sentence.text
    values = times(sentence)
    marks = [Mention("endpoint", m.start(), m.end(), key="follow") for m in FOLLOW.finditer(text) if not DURING.search(text[: m.start()])]
    taken = [(m.start, m.end) for m in marks]
    others = [m for m in endpoints(text, sentence.words) if "follow" not in text[m.start : m.end].lower()]
    others += [
        Mention("endpoint", m.start(), m.end(), key=NONE)
        for m in OTHER_TIMES.finditer(text)
        if not any(a < m.end() and m.start() < b for a, b in taken)
        and not re.match(r"duration|interval|time|observation", m[0], re.IGNORECASE)
    ]
    marks += [Mention("endpoint", m.start, m.end, key=NONE) for m in others]
    names = pair(text, values, sorted(marks, key=lambda m: m.start), "endpoint")
    kept = [
        value
        for value, name in zip(values, names, strict=True)
        if (name == "follow" or followed(text, value)) and is_centre(text, value) and after_words(text, value)
    ]
    kept = without_repeats(text, kept)
    named = [*near_arms(paper, text, kept), *alive_and_all(text)] if kept else []
    arms = pair(text, kept, named or told_groups(text, kept), "arm")
    shared = spread_of(sentence, kept[-1]) if kept else {}
    for value, arm in zip(kept, arms, strict=True):
        spread = spread_of(sentence, value) or (shared if len(kept) > 1 and re.search(r"\brespectively\b", text) else {})
        arm = None if arm in (None, "all") else str(arm)
        yield paper.from_sentence("follow_up", "follow_up:prose", sentence, value, value=value.value, unit=value.unit, arm=arm, **spread)
    if not kept:
        yield from only_range(paper, sentence)


def followed(text: str, value: Mention) -> bool:
    """Whether "follow-up" stands right behind a median time, whatever else the sentence tells."""
    listed = FIRST_OF_TWO.match(text, value.end)
    return bool(
        POSSESSIVE.match(text, value.start)
        or (MIDDLE_BEFORE.search(text[: value.start]) and FOLLOWS.match(text, listed.end() if listed else value.end))
    )


def times(sentence: Sentence) -> list[Mention]:
    """The sentence's single times; "38 (IQR 27-50) months" counts although its unit stands behind the range."""
    found = [m for m in sentence.kinds("duration") if m.value is not None]
    for match in SPLIT_UNIT.finditer(sentence.text):
        if not any(m.start < match.end(1) and match.start() < m.end for m in found):
            found.append(Mention("duration", match.start(), match.end(1), value=number(match[1]), unit=unit_of(match[4])))
    for match in (*POSSESSIVE.finditer(sentence.text), *HYPHENATED.finditer(sentence.text)):
        if not any(m.start < match.end() and match.start() < m.end for m in found):
            found.append(Mention("duration", match.start(), match.end(2), value=number(match[1]), unit=unit_of(match[2])))
    return sorted(found, key=lambda m: m.start)


def is_centre(text: str, value: Mention) -> bool:
    """Whether the words around a time say median, mean or average, and not minimum or maximum."""
    if re.match(r"\s*,?\s*(?:at|as|being)?\s*(?:the\s+|a\s+)?(?:minim|maxim)", text[value.end :], re.IGNORECASE):
        return False
    words = [(m.start(), m[0].lower()) for pattern in (CENTRE, EDGE) for m in pattern.finditer(text)]
    earlier = [word for start, word in sorted(words) if start < value.start]
    if earlier:
        return bool(CENTRE.match(earlier[-1]))
    return bool(
        re.match(r"['’]?\s*[,(]?\s*(?:median|mean|average)\b(?![^)]*\d)|[^.;]{0,40}\((?:median|mean)\b(?![^)]*\d)", text[value.end :])
    )


def after_words(text: str, value: Mention) -> bool:
    """Whether "follow-up" stands before a time, or right behind it ("a 42-month median follow-up")."""
    return bool(
        FOLLOW.search(text, 0, value.start)
        or FIRST_OF_TWO.match(text, value.end)
        or re.match(r"['’]?[\s-]*(?:of\s+)?(?:median|mean)?\s*follow", text[value.end :], re.IGNORECASE)
    )


def without_repeats(text: str, values: list[Mention]) -> list[Mention]:
    """ "4 years (48 months)" is one time: the more exact unit stays; so is "4 years and 3 months"."""
    kept: list[Mention] = []
    for value in values:
        if kept and kept[-1].unit == "years" and value.unit == "months" and abs(value.value - 12 * kept[-1].value) <= 0.06 * value.value:
            kept.pop()
        elif (
            kept
            and kept[-1].unit == "years"
            and value.unit == "months"
            and value.value < 12
            and JOINED.fullmatch(text, kept[-1].end, value.start)
        ):
            years = kept.pop()
            value = replace(years, end=value.end, value=round(years.value + value.value / 12, 2))
        kept.append(value)
    return kept


def alive_and_all(text: str) -> list[Mention]:
    """The patients alive, who are no arm of the paper, and beside them all patients."""
    alive = [Mention("arm", m.start(), m.end(), key=m[0]) for m in ALIVE.finditer(text)]
    return [*alive, *(Mention("arm", m.start(), m.end(), key="all") for m in EVERYBODY.finditer(text))] if alive else []


def near_arms(paper: Paper, text: str, values: list[Mention]) -> list[Mention]:
    """The arms named up to the first comma after the last time: what follows speaks of something else."""
    if not values:
        return []
    depth = 0
    limit = len(text)
    for place in range(values[-1].end, len(text)):
        depth += (text[place] in "([") - (text[place] in ")]")
        if text[place] in ",;" and depth <= 0:
            limit = place
            break
    return [m for m in arms_in(paper, text) if m.start < limit and not FOLLOW.search(m.key or "")]


def spread_of(sentence: Sentence, value: Mention) -> dict:
    """The range, interquartile range or confidence interval that belongs to a time."""
    text = sentence.text
    split = SPLIT_UNIT.match(text, value.start)
    if split:
        kind = "iqr" if re.search(r"IQR|quartile", split[0], re.IGNORECASE) else "range"
        return {"low": number(split[2]), "high": number(split[3]), "bounds": kind}
    later = [m for m in sentence.kinds("range", "bracket", "ci", "duration") if m.start >= value.end and m.low is not None]
    for held in later:
        gap = text[value.end : held.start]
        if not NEAR.match(gap) and not re.fullmatch(r"[\s,;]*(?:respectively)?[\s,;(\[]*", gap):
            continue
        stated = text[max(0, held.start - 25) : held.end]
        kind = (
            "ci95" if held.kind == "ci" else held.key if held.kind == "range" else "iqr" if re.search(r"IQR|quartile", stated) else "range"
        )
        return {"low": held.low, "high": held.high, "bounds": kind}
    return range_before(text, value)


def range_before(text: str, value: Mention) -> dict:
    """The range of "follow-up ranged from 3 to 96 months (median 32 months)", where no other spread stands behind the median."""
    for match in (*IN_RANGE.finditer(text, 0, value.start), *FOLLOWED_FOR.finditer(text, 0, value.start)):
        low, high = number(match[1]), number(match[2])
        if MEDIAN_NEXT.fullmatch(text, match.end(), value.start) and unit_of(match[3]) == value.unit and low <= value.value <= high:
            return {"low": low, "high": high, "bounds": "range"}
    return {}


def only_range(paper: Paper, sentence: Sentence) -> Iterator[Finding]:
    """ "Follow-up ranged from 3 to 60 months", where no median is given."""
    match = IN_RANGE.search(sentence.text)
    lead = sentence.text[: match.start()] if match else ""
    if match and re.search(
        r"follow[-‐\s]?up(?:\s+(?:time|period|duration))?s?(?:\s+(?:of|for|in)\s+[^,;]{3,40})?\s*(?:was|were)?\s*$", lead, re.IGNORECASE
    ):
        focus = Mention("range", match.start(), match.end())
        yield paper.from_sentence(
            "follow_up", "follow_up:range", sentence, focus, low=number(match[1]), high=number(match[2]), bounds="range", unit=unit_of(match[3])
        )  # fmt: skip


def of_cell(paper: Paper, cell: Passage) -> Iterator[Finding]:
    """A follow-up in a table: "Median follow-up (range), months" | "25 (2-125)"."""
    heads = " ".join((*cell.row_heads, *cell.col_heads))
    if any(P_HEAD.match(head) for head in (*cell.row_heads[-1:], *cell.col_heads[-1:])):
        return
    if not FOLLOW.search(heads) or not CENTRE.search(heads + " " + cell.text) or EDGE.search(heads):
        return
    unit = re.search(TIME, cell.text, re.IGNORECASE) or re.search(TIME, heads, re.IGNORECASE)
    held = [m for m in quantities(cell.text) if m.kind in {"duration", "number"} and m.value is not None]
    if not unit or len(held) != 1 or re.search(r"%|±", cell.text[: held[0].end + 3]):
        return
    spread = next((m for m in quantities(cell.text) if m.kind in {"range", "bracket"} and m.start >= held[0].end), None)
    keys = (
        {
            "low": spread.low,
            "high": spread.high,
            "bounds": "iqr" if re.search(r"IQR|quartile", heads + cell.text, re.IGNORECASE) else "range",
        }
        if spread
        else {}
    )
    arms = [m.key for head in cell.col_heads for m in arms_in(paper, head) if m.key != "all"]
    yield paper.finding(
        "follow_up", "follow_up:cell", cell, 0, len(cell.text), value=held[0].value, unit=unit_of(unit[0]), arm=arms[-1] if arms else None, **keys
    )  # fmt: skip
