"""Survival in prose and captions: median times and rates at time points, by endpoint and arm."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.arm_names import words_of
from pipeline.arms import arms_in
from pipeline.conditions import parts, trailing, within
from pipeline.context import Paper, Sentence
from pipeline.endpoints import NONE, OTHER_SHARES, OTHER_TIMES, alive, endpoints, measures
from pipeline.lists import VERSUS, label
from pipeline.numbers import MONTHS
from pipeline.pairing import clauses, share_out
from pipeline.quantities import TIME_AFTER, Mention
from pipeline.readers import hazards
from pipeline.readers.survival_arms import FOLLOW_LEAD, arms_of, owners, settle_arms
from pipeline.records import Finding

MEDIAN = re.compile(r"\bmedians?\b|\bMST\b|\bm(?:OS|PFS|DFS)\b", re.IGNORECASE)
MEAN = re.compile(r"\bmeans?\b|\baverage\b", re.IGNORECASE)
#: A rate of survival whose time point is not told: the endpoint right before it.
PLAIN_RATE = re.compile(
    r"\b(?:(?:[Oo]verall|[A-Za-z-]+[- ]free|[Cc]ause-specific|[A-Za-z]+-specific)[- ]survival|OS|[A-Z]{1,3}FS)(?:\s+rates?)?(?:\s*[\[(][A-Z]{2,5}[\])])?"
    r"(?:\s+(?:in|of|for|with|among)\s+[^,;.()\d]{3,50})?\s*(?:(?:was|were|of|is|:|=)\s*|[\[(]\s*)$"
)
NEXT_RATE = re.compile(r"^\s*%?\s*(?:[;,:]|,?\s*and)\s*$|^\s+(?:for|in|with|after)\s+[^,;.()\d]{2,50}?(?:,|,?\s+and)\s+$")
DIFFERENCE = re.compile(
    r"\s*%?\s*(?:points?|longer|shorter|higher|lower|better|worse|greater|less|more|improve\w+|reduc\w+)\b", re.IGNORECASE
)
#: "increased OS by 8%", "the difference in median OS was 3 months": by how much, and not how much.
CHANGED_BY = re.compile(
    r"(?:(?<!followed )\bby\s+(?:an?\s+(?:\w+\s+){0,2})?|\bdifferences?\s+in\s+(?:(?:[\w-]+|\d-year)\s+){1,6}(?:was|were|of)\s+)(?:only\s+|about\s+)?$",
    re.IGNORECASE,
)
#: A time that the sentence gives in other words.
TIMED = re.compile(r"\b(?:months?|years?|weeks?|days?|median|events?|last follow|follow[- ]?up|died|deaths?)\b", re.IGNORECASE)
MEAN_TOO = re.compile(r"\b(?P<first>mean|median)\s+and\s+(?:mean|median)\b", re.IGNORECASE)
#: "OS was 12.4 months": a survival time is a median where nothing else is said.
_SURVIVAL = (
    r"(?:\b(?:OS|TTP|[A-Z]{1,3}FS)|\b(?:[Oo]verall|[A-Za-z-]+[- ]free)[- ]survival)\b(?:\s*[\[(][A-Z]{2,5}[\])])?\)?\s*(?:times?\s*)?"
)
PLAIN_TIME = re.compile(
    rf"{_SURVIVAL}(?:(?:of|in|for|among|under|with)\s+[^,;.\d]{{3,60}}?\s+)?(?:was|were|of|is|:|,|=|\()\s*(?:significantly\s+\w+\s+[^\d]{{0,60}})?\d+(?:\.\d+)?\s*(?:months|vs|versus|and|years)"
    rf"|{_SURVIVAL}(?:was|were)\s+(?:\w+\s+){{0,2}}?(?:longer|shorter|better|worse|prolonged|superior|inferior)\b[^.;()]{{0,80}}[\[(]\d+(?:\.\d+)?\s*(?:months|years|vs|versus)"
    rf"|\b(?:longer|shorter|better|worse|improved|prolonged)\b[^.;()]{{0,60}}?{_SURVIVAL}[^.;()\d]{{0,80}}[\[(]\d+(?:\.\d+)?\s*(?:months\s*|years\s*)?(?:vs|versus)"
    rf"|{_SURVIVAL}[^.;()\d]{{0,90}}(?::\s*|[\[(])\d+(?:\.\d+)?\s*(?:(?:months|years)\s*)?(?:\([^()]*\)\s*)?(?:vs?|versus)\b\.?\s*\d+(?:\.\d+)?\s*(?:months|years)"
    rf"|{_SURVIVAL}[^.;()\d]{{0,90}}[\[(][A-Za-z][^()=:;\d]{{1,30}}\s*[:=]\s*\d+(?:\.\d+)?\s*(?:months|years|days)"
)
PLANNED = re.compile(
    r"\bassum(?:e[ds]?|ing|ption)|\bhypothe|\bsample size\b|(?<!powered )\bto detect\b|\bpower of\b|\bexpected\b|\banticipated\b|\bnull hypothesis\b|\bwas calculated\b|\bestimated (?:that|to be)\b|\bwill be\b|\bprojected\b|\b(?:objective|end\s?points?|aim|goal)\s+(?:was|were|is)\s+to\b",
    re.IGNORECASE,
)
FOLLOWED = re.compile(
    r"\bfollow(?:ed)?[-‐\s]?up\b(?:\s+(?:time|period|duration|was|of|is|for|all|surviving|survivors|living|patients|interval|\w+\s+of)\b)*[\s,:(=]*$",
    re.IGNORECASE,
)
BOUND = re.compile(r"^(?:\s*%)?[\s,;:]*[\[(]?[\s,;:]*$")
CORRESPONDING = re.compile(r"\bcorresponding(?:ly)?\b|\brespective\b", re.IGNORECASE)
LATER_RATE = re.compile(r"\b(?:corresponding|respective|similarly|likewise|same|differences?|differ)\b|\brates?\b", re.IGNORECASE)


def read(paper: Paper) -> Iterator[Finding]:
    """survival_median, survival_rate and hazard_ratio findings of the prose."""
    before: Sentence | None = None
    times: list[Mention] = []
    told: list[Finding] = []
    # What only the discussion tells is mostly another study's; where a paper has no results section all of it is read.
    away = {"methods", "discussion"} if any(sentence.section == "results" for sentence in paper.own) else {"methods"}
    context = hazards.Context()
    for sentence in paper.own:
        context.enter(paper, sentence)
        if sentence.section in away or PLANNED.search(sentence.text) or not sentence.quantities:
            before, times, told = sentence, [], []
            continue
        held = [*medians(paper, sentence, context.arms, context.usual)]
        rates = [*rates_of(paper, sentence, times if before and before.passage is sentence.passage else [], context.arms, context.usual)]
        carry_over(sentence.text, held, rates)
        yield from held
        yield from rates
        if not rates and told and before and before.passage is sentence.passage:
            rates = [*in_the_same_order(paper, sentence, told), *of_another_arm(paper, sentence, told)]
            yield from rates
        told = rates
        yield from hazards.of_sentence(paper, sentence, context, [*held, *rates])
        context.remember(paper, [finding.arm for finding in (*held, *rates) if finding.arm])
        times = sentence.kinds("at") if rates else []
        before = sentence


def carry_over(text: str, held: list[Finding], rates: list[Finding]) -> None:
    """ "54% after A and 49% after B; the medians were 5.6 and 4.8 years": a pair of a later clause is of the arms of the pair before; in place."""
    for first, second in ((held, rates), (rates, held)):
        if len(first) != 2 or len(second) != 2 or first[0].start is None:
            continue
        arms = [finding.arm for finding in first]
        alike = second[0].endpoint == second[1].endpoint and second[0].at == second[1].at
        if alike and None not in arms and arms[0] != arms[1] and not any(finding.arm for finding in second):
            for finding, arm in zip(second, arms, strict=True):
                finding.arm = arm


def medians(paper: Paper, sentence: Sentence, before: list[str], usual: list[str]) -> Iterator[Finding]:
    """Median times of an endpoint."""
    text = sentence.text
    lead = FOLLOW_LEAD.match(text)
    followed = [m.start for m in sentence.kinds("duration") if followed_for(text, m) or (lead and m.end <= lead.end())]
    both = MEAN_TOO.search(text)
    told = MEAN_TOO.sub(lambda m: "median".ljust(len(m[0])), text) if both else text
    values = once(
        [
            m
            for m in sentence.kinds("duration")
            if m.value is not None and is_median(told, m) and m.start not in followed and not CHANGED_BY.search(text, 0, m.start)
        ]
    )
    if both and len(values) % 2 == 0 and len(MEDIAN.findall(text)) == 1:  # "the mean and median were 31 and 17 months"
        values = values[both["first"].lower() == "mean" :: 2]
    arms = arms_of(paper, text, values, len({mark.key for mark in endpoints(text, sentence.words)}))
    part = trailing(text, arms, values)
    arms = [mark for mark in arms if mark is not part]
    marks = measures(text, sentence.words, OTHER_TIMES, arms=[*arms, *arms_in(paper, text), *parts(text)])
    marks = [mark for mark in marks if mark.key != NONE or not any(0 <= start - mark.end < 30 for start in followed)]
    if not values or all(mark.key == NONE for mark in marks):
        return
    labels = share_out(text, values, {"endpoint": marks, "arm": arms})
    settle_arms(paper, text, values, arms, labels, before, usual)
    for value, names in zip(values, labels, strict=True):
        if names["endpoint"] in (None, NONE) or value.value == 0:
            continue
        for arm in owners(paper, text, value, names["arm"], before or usual):
            yield paper.from_sentence(
                "survival_median", "survival:median", sentence, value, value=value.value, unit=value.unit,
                endpoint=names["endpoint"], arm=with_part(placed(text, arm, value, labels), part), p=p_after(sentence, value, values), **bounds(sentence, value),
            )  # fmt: skip


def followed_for(text: str, value: Mention) -> bool:
    """Whether a time is how long the patients were followed: "with a median follow-up of 17 months, survival was ..."."""
    return bool(FOLLOWED.search(text[: value.start]))


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
    if re.search(r"[(;]\s*$", text[: value.start]) and re.match(r"\s*,\s*(?:HR\b|hazard\s+ratio|\d*[.·]\d+\s*[\[(])", text[value.end :]):
        return False  # "(6 months, HR 0.6; 18 months, 0.4)": the time names what was given
    if re.match(r"[\s-]*(?:old|follow|period|intervals?|after|before|post|from (?:the )?end)", text[value.end :]) and not (
        re.match(r"\s*after\b", text[value.end :]) and TIME_AFTER.search(text, 0, value.start)
    ):
        return False
    if earlier:
        return earlier[-1]
    return any(kind for _, kind in words) or bool(PLAIN_TIME.search(text[: value.start]) or PLAIN_TIME.search(text)) and not words


def rates_of(paper: Paper, sentence: Sentence, earlier: list[Mention], before: list[str], usual: list[str]) -> Iterator[Finding]:
    """Percentages of an endpoint at a time point."""
    text = sentence.text
    values = [
        m for m in sentence.kinds("percent") if m.value is not None and 0 < m.value <= 100 and not CHANGED_BY.search(text, 0, m.start)
    ]
    arms = arms_of(paper, text, values, len({mark.key for mark in endpoints(text, sentence.words)}))
    part = trailing(text, arms, values)
    arms = [mark for mark in arms if mark is not part]
    living = alive(text, endpoints(text, sentence.words), OTHER_SHARES)
    marks = [living] if living else measures(text, sentence.words, OTHER_SHARES, arms=[*arms, *arms_in(paper, text), *parts(text)])
    if not values or all(mark.key == NONE for mark in marks):
        return
    times = sentence.kinds("at")
    values = governed(text, values, marks)
    inherited = not times and bool(earlier) and bool(LATER_RATE.search(text))
    labels = share_out(text, values, {"endpoint": marks, "arm": arms, "at": times})
    settle_arms(paper, text, values, arms, labels, before, usual)
    at_before = {label(mark) for mark in earlier}
    untimed = len(values) > 1 and not times and not earlier and not TIMED.search(text)
    for value, names in zip(values, labels, strict=True):
        at = names["at"] if times else (next(iter(at_before)) if inherited and len(at_before) == 1 else None)
        if names["endpoint"] in (None, NONE) or (at is None and not (untimed and plain(text, value, values))) or (at or 1) < 1:
            continue
        for arm in owners(paper, text, value, names["arm"], before or usual):
            yield paper.from_sentence(
                "survival_rate", "survival:rate", sentence, value, value=value.value, unit="percent", endpoint=names["endpoint"],
                at=at, arm=with_part(placed(text, arm, value, labels), part), p=p_after(sentence, value, values), **bounds(sentence, value),
            )  # fmt: skip


def plain(text: str, value: Mention, values: list[Mention]) -> bool:
    """Whether a rate without a time point is told as one: "the OS rate was 81%", "OS (72% vs 65%)", and what is compared with such a one."""
    if DIFFERENCE.match(text, value.end):
        return False
    if PLAIN_RATE.search(text[: value.start]):
        return True
    earlier = [other for other in values if other.end <= value.start]
    gap = text[earlier[-1].end : value.start] if earlier else ""
    return bool(earlier) and bool(VERSUS.search(gap) or NEXT_RATE.match(gap)) and plain(text, earlier[-1], values)


def in_the_same_order(paper: Paper, sentence: Sentence, told: list[Finding]) -> Iterator[Finding]:
    """ "The corresponding PFS rates were 57%, 45%, 55% and 42%": as many figures as the sentence before, of its times and arms in turn."""
    values = [m for m in sentence.kinds("percent") if m.value is not None]
    keys = {mark.key for mark in endpoints(sentence.text, sentence.words)}
    if len(values) != len(told) or len(values) < 3 or len(keys) != 1 or not CORRESPONDING.search(sentence.text):
        return
    if keys & {NONE, "ORR"} or sentence.kinds("at") or arms_in(paper, sentence.text):
        return
    for value, before in zip(values, told, strict=True):
        yield paper.from_sentence(
            "survival_rate", "survival:rate", sentence, value, value=value.value, unit="percent", endpoint=keys.copy().pop(),
            at=before.at, arm=before.arm, p=p_after(sentence, value, values), **bounds(sentence, value),
        )  # fmt: skip


def of_another_arm(paper: Paper, sentence: Sentence, told: list[Finding]) -> Iterator[Finding]:
    """ "In B, the corresponding rates were 64% and 49%": the endpoints and times of the sentence before, which gave those of A."""
    values = [m for m in sentence.kinds("percent") if m.value is not None]
    if (
        len(values) != len(told)
        or not CORRESPONDING.search(sentence.text)
        or sentence.kinds("at")
        or endpoints(sentence.text, sentence.words)
    ):
        return
    arms = list(dict.fromkeys(str(mark.key) for mark in arms_in(paper, sentence.text)))
    if len(arms) != 1 or len({finding.arm for finding in told}) != 1 or told[0].arm in (None, arms[0]):
        return
    for value, before in zip(values, told, strict=True):
        yield paper.from_sentence(
            "survival_rate", "survival:rate", sentence, value, value=value.value, unit="percent", endpoint=before.endpoint,
            at=before.at, arm=arms[0], p=p_after(sentence, value, values), **bounds(sentence, value),
        )  # fmt: skip


def governed(text: str, values: list[Mention], marks: list[Mention]) -> list[Mention]:
    """The values whose nearest measure before them is an endpoint; those before any measure stay."""
    kept = []
    for value in values:
        earlier = [mark for mark in marks if mark.end <= value.start]
        if not earlier or earlier[-1].key != NONE:
            kept.append(value)
    return kept


def placed(text: str, arm: str | None, value: Mention, labels: list[dict]) -> str | None:
    """An arm with the part of the patients that its clause speaks of; a part that has a figure of its own is an arm beside it."""
    whole = within(text, arm, value)
    if not arm or whole == arm:
        return whole
    part = words_of(str(whole)) - words_of(arm)
    beside = any(names["arm"] in (None, "all") or part <= words_of(str(names["arm"])) for names in labels)
    return arm if beside and len(labels) == 2 else whole


def with_part(arm: str | None, part: Mention | None) -> str | None:
    """An arm's name with the part of its patients that the sentence names after it."""
    return f"{arm}, {part.key}" if arm and part else arm


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
    enclosed = [m for m in sentence.kinds("percent") if m.low is not None and m.high is not None and sentence.text[m.start - 1] == "("]
    near = [
        m
        for m in (*sentence.kinds("ci", "range", "bracket"), *enclosed)
        if m.start >= value.end and BOUND.match(sentence.text[value.end : m.start])
    ]
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
