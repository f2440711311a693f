"""Survival in prose and captions: median times and rates at time points, by endpoint and arm."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.arm_names import UNNAMED, trimmed
from pipeline.arms import arms_in
from pipeline.choose import arm_words
from pipeline.conditions import outside, parts, trailing, within
from pipeline.context import Paper, Sentence
from pipeline.endpoints import NONE, OTHER_SHARES, OTHER_TIMES, endpoints, measures
from pipeline.lists import VERSUS, label
from pipeline.namer import WHOLE
from pipeline.numbers import MONTHS
from pipeline.pairing import clauses, in_pairs, share_out
from pipeline.quantities import Mention
from pipeline.readers import hazards
from pipeline.records import Finding

MEDIAN = re.compile(r"\bmedians?\b|\bMST\b|\bm(?:OS|PFS|DFS)\b", re.IGNORECASE)
MEAN = re.compile(r"\bmeans?\b|\baverage\b", re.IGNORECASE)
#: "OS was 12.4 months": a survival time is a median where nothing else is said.
PLAIN_TIME = re.compile(
    r"\b(?:OS|PFS|DFS|RFS|EFS|TTP|(?:overall|progression-free|disease-free) survival)\)?\s*(?:times?\s*)?(?:(?:of|in|for|among|under|with)\s+[^,;.\d]{3,60}?\s+)?(?:was|were|of|is|:|,|=)\s*(?:significantly\s+\w+\s+[^\d]{0,60})?\d+(?:\.\d+)?\s*(?:months|vs|versus|and|years)"
)
AFTER_VALUE = re.compile(
    r"^(?:\s*%|\s*(?:months|years|days))?(?:\s*[\[(][^()\[\]]*[)\]])?\s+(?:(?:with|for|in|under|on|after|among|following)\s+(?:the\s+|those\s+(?:with\s+|receiving\s+)?)?|(?=without\s))(?P<name>[^,;:()\[\]]{2,60})"
)
#: "58% with SBRT and 44% without": the second is of those who did not have it.
WITHOUT_IT = re.compile(r"^(?:\s*%|\s*(?:months|years|days))?(?:\s*[\[(][^()\[\]]*[)\]])?\s+(without)\b(?:\s+it)?\s*(?=[.,;()]|$)")
PEOPLE_FIRST = re.compile(
    r"^(?:patients|those|women|men|cases)\s+(?:with|having|in|who\s+(?:had|received|underwent|were)|receiving|treated\s+with|undergoing)\s+(?:an?\s+|the\s+)?(?=\S)",
    re.IGNORECASE,
)
LED_BY = re.compile(
    r"\b(?:with|in|for|among|under)\s+(?:the\s+|those\s+with\s+)?(?P<name>(?:(?!\b(?:with|in|for|among|under)\s)[^,;:()\[\]])+?)\s+(?:(?:it\s+)?(?:was|were|is)\s+|,\s*)?(?:only\s+)?$",
    re.IGNORECASE,
)
#: "With a median follow-up of 36 months (range 3-84) for survivors, ...": its patients are not those of the rates.
FOLLOW_LEAD = re.compile(r"^(?:with|at|after|during)\s[^,(]*\bfollow(?:[^,(]|\([^()]*\))*,", re.IGNORECASE)
NOT_AFTER = re.compile(
    r"\b(?:years?|months?|follow|analys\w+|respectively|all|both|whole|entire|our|this|univariate|multivariate|median|weeks?|time|study|log|p)\b|^\d",
    re.IGNORECASE,
)
LABEL = re.compile(r"(?:^|[(\[;,]\s*|\band\s+)(?P<name>[A-Za-z][^,;:()\[\]=]{1,45}?)\s*[:=]\s*$")
NO_LABEL = re.compile(r"\b(?:CI|range|IQR|HR|median|mean|p|surviv\w*|OS|PFS|[A-Z]{1,3}FS|confidence|ratio|follow)\b", re.IGNORECASE)
PLANNED = re.compile(
    r"\bassum(?:e[ds]?|ing|ption)|\bhypothe|\bsample size\b|(?<!powered )\bto detect\b|\bpower of\b|\bexpected\b|\banticipated\b|\bnull hypothesis\b|\bwas calculated\b|\bestimated (?:that|to be)\b|\bwill be\b|\bprojected\b",
    re.IGNORECASE,
)
BOUND = re.compile(r"^(?:\s*%)?[\s,;:]*[\[(]?[\s,;:]*$")
LATER_RATE = re.compile(r"\b(?:corresponding|respective|similarly|likewise|same)\b|\brates?\b", re.IGNORECASE)

#: A sentence that says which group did better gives its figures in the order of that judgement, not in the paper's usual one.
BETTER = re.compile(r"\b(?:longer|higher|better|improved?|prolonged|superior|increased|greater)\b", re.IGNORECASE)
JUDGED = re.compile(BETTER.pattern + r"|\b(?:shorter|lower|worse|poorer|inferior|decreased|reduced)\b|\bassociated\b", re.IGNORECASE)


def read(paper: Paper) -> Iterator[Finding]:
    """survival_median, survival_rate and hazard_ratio findings of the prose."""
    before: Sentence | None = None
    times: list[Mention] = []
    # What only the discussion tells is mostly another study's; where a paper has no results section all of it is read.
    away = {"methods", "discussion"} if any(sentence.section == "results" for sentence in paper.own) else {"methods"}
    context = hazards.Context()
    for sentence in paper.own:
        context.enter(paper, sentence)
        if sentence.section in away or PLANNED.search(sentence.text) or not sentence.quantities:
            before, times = sentence, []
            continue
        held = [*medians(paper, sentence, context.arms, context.usual)]
        rates = [*rates_of(paper, sentence, times if before and before.passage is sentence.passage else [], context.arms, context.usual)]
        yield from held
        yield from rates
        yield from hazards.of_sentence(paper, sentence, context, [*held, *rates])
        context.remember(paper, [finding.arm for finding in (*held, *rates) if finding.arm])
        times = sentence.kinds("at") if rates else []
        before = sentence


def medians(paper: Paper, sentence: Sentence, before: list[str], usual: list[str]) -> Iterator[Finding]:
    """Median times of an endpoint."""
    text = sentence.text
    values = once([m for m in sentence.kinds("duration") if m.value is not None and is_median(text, m)])
    arms = arms_of(paper, text, values)
    part = trailing(text, arms, values)
    arms = [mark for mark in arms if mark is not part]
    marks = measures(text, sentence.words, OTHER_TIMES, arms=[*arms, *arms_in(paper, text), *parts(text)])
    if not values or all(mark.key == NONE for mark in marks):
        return
    labels = share_out(text, values, {"endpoint": marks, "arm": arms})
    compared_in_pairs(paper, text, values, arms, labels)
    take_from_before(text, values, labels, before, usual)
    fill_other_arm(paper, labels)
    for value, names in zip(values, labels, strict=True):
        if names["endpoint"] in (None, NONE) or value.value == 0:
            continue
        yield paper.from_sentence(
            "survival_median", "survival:median", sentence, value, value=value.value, unit=value.unit,
            endpoint=names["endpoint"], arm=with_part(within(text, arm_name(names["arm"]), value), part), p=p_after(sentence, value, values), **bounds(sentence, value),
        )  # fmt: skip


def once(values: list[Mention]) -> list[Mention]:
    """ "715 days (24 months)" is one time: the first stays."""
    kept: list[Mention] = []
    for value in values:
        if kept and value.unit != kept[-1].unit and value.start - kept[-1].end < 4:
            a, b = (m.value * MONTHS[m.unit[0]] for m in (kept[-1], value))
            if abs(a - b) <= 0.06 * max(a, b):
                continue
        kept.append(value)
    return kept


def arms_of(paper: Paper, text: str, values: list[Mention]) -> list[Mention]:
    """The arms a sentence names for these values: labels, then known and described groups, then "12 months with X and 9 with Y"."""
    found = labelled(text, values)
    if found:
        return found
    lead = FOLLOW_LEAD.match(text)
    found = [mark for mark in outside(text, arms_in(paper, text)) if not lead or mark.start >= lead.end()]
    names = {mark.key for mark in found}
    told = phrased(text, values) if len(values) > 1 else []
    led = led_by(text, values)
    if len({mark.key for mark in led}) == len(values) > max(1, len(names)):
        return led
    if len(names) < 2 <= len(values):
        return told or [*found, *after_versus(text, values, found)]
    return told if len({mark.key for mark in told}) == len(values) > max(2, len(names)) else found


def after_versus(text: str, values: list[Mention], found: list[Mention]) -> list[Mention]:
    """The group behind the second of two values: "74% in A compared with 41% for polymetastatic disease"."""
    if len(values) != 2 or len(found) != 1 or not VERSUS.search(text[values[0].end : values[1].start]) or found[0].start > values[1].end:
        return []
    name = name_after(text, values[1])
    return [Mention("arm", name[0], name[0] + len(name[1]), key=name[1])] if name else []


def name_after(text: str, value: Mention) -> tuple[int, str] | None:
    """Start and words of the group named right behind a value."""
    match = AFTER_VALUE.match(text[value.end :])
    if not match:
        return None
    if WHOLE.match(match["name"]):
        return value.end + match.start("name"), "all"
    name = trimmed(re.split(r"\s+(?:and|vs\.?|versus|compared|than|but|while|whereas|or|was|were)\b|\.\s|\.$", match["name"])[0])
    name = PEOPLE_FIRST.sub("", name)
    if not name or NOT_AFTER.search(name) or len(name.split()) > 6:
        return None
    return value.end + match.start("name"), name


def phrased(text: str, values: list[Mention]) -> list[Mention]:
    """The words after each value where all have them: "6.2 months with docetaxel compared with 4.1 months with paclitaxel"."""
    found: list[Mention] = []
    for value in values:
        bare = WITHOUT_IT.match(text[value.end :]) if found else None
        name = (value.end + bare.start(1), f"without {found[0].key}") if bare else name_after(text, value)
        if not name:
            return []
        found.append(Mention("arm", name[0], name[0] + len(name[1]), key=name[1]))
    return found if len({mark.key for mark in found}) > 1 else []


def led_by(text: str, values: list[Mention]) -> list[Mention]:
    """The words before each value where all have them: "of patients with X was 19 months, with Y 16 months and with Z 14 months"."""
    found = []
    for previous, value in zip([None, *values], values, strict=False):
        start = previous.end if previous else 0
        match = LED_BY.search(text[start : value.start])
        name = trimmed(match["name"]) if match else ""
        if not name or NOT_AFTER.search(name) or NO_LABEL.search(name) or len(name.split()) > 6:
            return []
        found.append(Mention("arm", start + match.start("name"), start + match.end("name"), key=name))
    return found if len(found) > 1 else []


def labelled(text: str, values: list[Mention]) -> list[Mention]:
    """The arms of "wild type: 7.5 months, mutation: 8.2 months", where every value has its label."""
    found = []
    for value in values:
        match = LABEL.search(text[: value.start])
        if not match or NO_LABEL.search(match["name"]):
            return []
        found.append(Mention("arm", match.start("name"), match.end("name"), key=match["name"].strip()))
    return found if len(found) > 1 else []


def is_median(text: str, value: Mention) -> bool:
    """Whether the nearest word before a time says median and not mean; neither "at" a time nor "over" a period."""
    words = [(m.start(), True) for m in MEDIAN.finditer(text)] + [(m.start(), False) for m in MEAN.finditer(text)]
    earlier = [kind for start, kind in sorted(words) if start < value.start]
    if re.search(
        r"\b(?:at|after|within|over|every|for|first|than|last|least|past|up to|until|by)\s+(?:the\s+)?(?:first\s+|last\s+|least\s+)?$",
        text[: value.start],
        re.IGNORECASE,
    ):
        return False
    if re.match(r"[\s-]*(?:old|follow|period|intervals?|after|before|post|from (?:the )?end)", text[value.end :]):
        return False
    if earlier:
        return earlier[-1]
    return any(kind for _, kind in words) or bool(PLAIN_TIME.search(text[: value.start]) or PLAIN_TIME.search(text)) and not words


def rates_of(paper: Paper, sentence: Sentence, earlier: list[Mention], before: list[str], usual: list[str]) -> Iterator[Finding]:
    """Percentages of an endpoint at a time point."""
    text = sentence.text
    values = [m for m in sentence.kinds("percent") if m.value is not None and 0 < m.value <= 100]
    arms = arms_of(paper, text, values)
    part = trailing(text, arms, values)
    arms = [mark for mark in arms if mark is not part]
    marks = measures(text, sentence.words, OTHER_SHARES, arms=[*arms, *arms_in(paper, text), *parts(text)])
    if not values or all(mark.key == NONE for mark in marks):
        return
    times = sentence.kinds("at")
    values = governed(text, values, marks)
    inherited = not times and bool(earlier) and bool(LATER_RATE.search(text))
    labels = share_out(text, values, {"endpoint": marks, "arm": arms, "at": times})
    compared_in_pairs(paper, text, values, arms, labels)
    take_from_before(text, values, labels, before, usual)
    fill_other_arm(paper, labels)
    at_before = {label(mark) for mark in earlier}
    for value, names in zip(values, labels, strict=True):
        at = names["at"] if times else (next(iter(at_before)) if inherited and len(at_before) == 1 else None)
        if names["endpoint"] in (None, NONE) or at is None or at < 1:
            continue
        yield paper.from_sentence(
            "survival_rate", "survival:rate", sentence, value, value=value.value, unit="percent", endpoint=names["endpoint"],
            at=at, arm=with_part(within(text, arm_name(names["arm"]), value), part), p=p_after(sentence, value, values), **bounds(sentence, value),
        )  # fmt: skip


def governed(text: str, values: list[Mention], marks: list[Mention]) -> list[Mention]:
    """The values whose nearest measure before them is an endpoint; those before any measure stay."""
    kept = []
    for value in values:
        earlier = [mark for mark in marks if mark.end <= value.start]
        if not earlier or earlier[-1].key != NONE:
            kept.append(value)
    return kept


def with_part(arm: str | None, part: Mention | None) -> str | None:
    """An arm's name with the part of its patients that the sentence names after it."""
    return f"{arm}, {part.key}" if arm and part else arm


def arm_name(name: object) -> str | None:
    """An arm's name; None for the whole population."""
    return None if name in (None, "all", UNNAMED) else str(name)


def fill_other_arm(paper: Paper, labels: list[dict]) -> None:
    """ "55 months in the A group versus 49 months": the second is the other arm's, where the paper compares just two."""
    sized = [arm.name for arm in paper.arms if arm.n]
    names = [names["arm"] for names in labels]
    if len(sized) == 2 and len(labels) == 2 and sorted(name is None for name in names) == [False, True]:
        held = next(name for name in names if name is not None)
        if held in sized:
            labels[names.index(None)]["arm"] = next(name for name in sized if name != held)


def compared_in_pairs(paper: Paper, text: str, values: list[Mention], arms: list[Mention], labels: list[dict]) -> None:
    """ "Longer PFS (8 vs 6 months) and OS (17 vs 15 months) in A": of each pair the first value is of the arm that is compared."""
    named = [str(mark.key) for mark in in_pairs(text, values, arms)]
    sized = [arm.name for arm in paper.arms if arm.n]
    if len(named) == 1 and len(sized) == 2 and named[0] in sized:
        named.append(next(name for name in sized if name != named[0]))
    if len(named) == 2:
        for place, names in enumerate(labels):
            names["arm"] = named[place % 2]


def take_from_before(text: str, values: list[Mention], labels: list[dict], before: list[str], usual: list[str]) -> None:
    """ "The 5-year rates were 51% and 11%, respectively": the two arms of the sentence before, in their order; else in the paper's usual one."""
    if not labels or any(names["arm"] is not None for names in labels):
        return
    told = [(names["endpoint"], names.get("at")) for names in labels]
    twos = list(zip(values[::2], values[1::2], strict=False))
    versus = len(values) % 2 == 0 and all(
        told[2 * place] == told[2 * place + 1] and VERSUS.search(text[one.end : other.start]) for place, (one, other) in enumerate(twos)
    )
    in_turn = versus or len(values) == 2 and told[0] == told[1] and ("respectively" in text or "orresponding" in text)
    others = VERSUS.search(text[: values[0].start]) or VERSUS.search(text[values[-1].end :])  # it compares other groups
    arms = before if len(before) == 2 and in_turn else usual if len(usual) == 2 and versus and not before and not others else []
    if arms and "respectively" not in text and JUDGED.search(text[: values[0].start]):
        arms = favoured(text[: values[0].start], values, usual)
    for place, names in enumerate(labels if arms else []):
        names["arm"] = arms[place % 2]


def favoured(text: str, values: list[Mention], arms: list[str]) -> list[str]:
    """The two arms with the one first that "X was associated with a longer ..." names, where the figures bear it out; else none."""
    words = [arm_words(arm) for arm in arms]
    said = arm_words(text)
    named = [
        arm
        for arm, own, other in zip(arms, words, reversed(words), strict=True)
        if own - other and (own - other) & said and not (other - own) & said
    ]
    better = BETTER.search(text)
    if (
        len(named) != 1
        or not better
        or any((one.value or 0) <= (other.value or 0) for one, other in zip(values[::2], values[1::2], strict=False))
    ):
        return []
    return [*named, *(arm for arm in arms if arm != named[0])]


def bounds(sentence: Sentence, value: Mention) -> dict:
    """The interval printed right after a value."""
    following = sentence.text[value.end : value.end + 90]
    named = re.match(
        r"\s*(?:%|months|years|days)?\s+(?:for|in|with|among)\s+[^\d(;]{2,60}[(\[](?=\d\d\s*%)", following
    )  # "13 months for A (95% CI 10-16)"
    if named:
        near = [m for m in sentence.kinds("ci") if 0 <= m.start - value.end - named.end() < 3 or m.start == value.end + named.end() - 1]
        if near:
            return {"low": min(near[0].low, near[0].high), "high": max(near[0].low, near[0].high), "bounds": "ci95"}
    near = [m for m in sentence.kinds("ci", "range", "bracket") if m.start >= value.end and BOUND.match(sentence.text[value.end : m.start])]
    if not near:
        return {}
    held = near[0]
    if held.low is None or held.high is None:
        return {}
    kind = held.key if held.kind == "range" else "ci95"
    return {"low": min(held.low, held.high), "high": max(held.low, held.high), "bounds": kind}


def p_after(sentence: Sentence, value: Mention, values: list[Mention]) -> str | None:
    """The p value that follows a value (and those compared with it) before the next endpoint."""
    for p in sentence.kinds("p"):
        if p.start < value.end:
            continue
        between = [m for m in endpoints(sentence.text, sentence.words) if value.end <= m.start and m.end <= p.start]
        crossed = [b for a, b in clauses(sentence.text) if a <= value.start < b < p.start]
        later = [m for m in values if value.end <= m.start < p.start]
        if between and later:
            return None
        return None if crossed and later and len(values) > 2 else p.key
    return None
