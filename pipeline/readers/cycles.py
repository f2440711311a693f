"""Cycles of systemic treatment: the number given or prescribed, its median and its range."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.arms import arm_of
from pipeline.context import Paper, Sentence
from pipeline.quantities import ANY, DASH, NUM, Mention, number
from pipeline.readers.cycle_receivers import CYCLE, phase, phase_near, receiver
from pipeline.records import Finding
from pipeline.shares import share_of
from pipeline.treatment_text import NOT_GIVEN, OWN_PATIENTS, column_arm, told_of_treatment, total_cells, with_part

I = re.IGNORECASE  # noqa: E741
RANGE = (
    rf"(?:\s*[,;]?\s*[\[(]?\s*(?:(?:with\s+a\s+)?ranges?|ranging|ranged|interquartile range|IQR)?\s*[:,=]?\s*(?:of|from|"
    rf"was)?\s*({ANY}){DASH}({ANY})\s*(?:{CYCLE}\s*)?[\])]?)?"
)
#: "median number of cycles was 4 (range 2-8)", "a median of 4 cycles (range 2-8)".
MEDIAN = re.compile(
    rf"\b(median|mean|average)\s+(?:(?!cycle|course|was\b|were\b|in\b|each\b|per\b|every\b|between\b|"
    rf"from\b)[\w/+-]+\s+){{0,6}}?{CYCLE}\b(?P<between>(?:(?!\bmedian\b)[^.;:]){{0,80}}?)\b(?:was|were|:|=|of)"
    rf"\s*({ANY})(?!\s*(?:%|months|weeks|days))(?:\s*±\s*{NUM}(?:\s*\(SD\))?)?\s*(?:{CYCLE})?{RANGE}",
    I,
)
MEDIAN_OF = re.compile(
    rf"\b(median|mean|average)\s+(?:number\s+)?(?:of\s+|was\s+)?({ANY})\s+(?:(?!cycle|"
    rf"course)[\w-]+\s+){{0,4}}?{CYCLE}\b(?:\s+(?:of\s+[\w-]+|per patient|were \w+))?{RANGE}",
    I,
)
#: "a median of four (range 1-12) cycles".
MEDIAN_SPREAD = re.compile(
    rf"\b(median|mean|average)\s+(?:number\s+)?(?:of\s+|was\s+)?({ANY})\s*[\[(]\s*(?:ranges?|ranging|IQR|interquartile range)?\s*[:,=]?\s*(?:from\s+)?({ANY}){DASH}({ANY})"
    rf"\s*[\])]\s*(?:[\w-]+\s+){{0,3}}?{CYCLE}\b",
    I,
)
#: "410 cycles of chemotherapy (median, 5; range, 1-9)".
MEDIAN_IN = re.compile(rf"\b{CYCLE}\b[^().;]{{0,40}}[(\[]\s*(median|mean|average)\s*[,:=]?\s*({NUM}){RANGE}", I)
#: "a total of 410 cycles were given, with a median of 5 (range 1-9) per patient".
MEDIAN_EACH = re.compile(
    rf"\b{CYCLE}\b[^.;]{{0,60}}?\b(median|mean|average)\s+(?:number\s+)?(?:of|was|being)\s+({ANY}){RANGE}(?=\s*(?:{CYCLE}\s+)?(?:per|for each|each)\b)",
    I,
)
#: "the number of cycles ranged from 2 to 8, with a median of 5".
MEDIAN_LATE = re.compile(
    rf"\bnumber\s+of\s+(?:[\w-]+\s+){{0,4}}?{CYCLE}\b[^.;:\d]{{0,40}}?\brang(?:ed|ing)\s+(?:from|between)\s+({ANY})\s*(?:{DASH}|\s+and\s+)\s*({ANY})[\s,;(]*(?:(?:with|and)\s+)?(?:an?\s+|the\s+)?(?:median|mean)\s*(?:of|was|[,:=])?\s*({ANY})\b",
    I,
)
RANGE_AFTER = re.compile(rf"^[^().;]{{0,40}}[(\[]\s*(?:ranges?|ranging|ranged|IQR)\s*[:,=]?\s*(?:of|from|was)?\s*({NUM}){DASH}({NUM})", I)
NOT_CYCLES = re.compile(
    r"\b(?:PCR|°C|denatur\w+|annealing|amplif\w+|menstrual|cell[- ]cycle|(?:heart|cardiac|respiratory|breathing) cycles?|interval|between (?:[\w-]+ )?cycles|delays?|freeze|freezing|thaw|life|quantification|threshold|"
    r"radiotherapy courses?|courses? of radio\w+|duty)\b",
    I,
)
EVALUATED = re.compile(
    r"\b(?:every|each|(?<!discontinued )(?<!stopped )after|following|during|before|per|within|(?<!followed )by|until|between|from|at the (?:end|completion) of|first|last|initial|"
    r"subsequent|prior to|day \d+ of|beyond|more than|less than|fewer than|at least|minimum(?: of)?|≥|>|<|≤|additional|further)\s+(?:the\s+)?(?:first\s+|"
    r"last\s+|initial\s+|completion of\s+|end of\s+)?$",
    I,
)
PLENTY = 30
IQR = re.compile(r"IQR|quartile", I)
#: The second of two values with their arms: "4 in the docetaxel arm and 6 in the control arm".
IN_ARMS = re.compile(
    rf"\s*(?:{CYCLE}\s+)?\b(?:in|for|with)\s+(?:the\s+)?(?!patients\b)(?:[^.;,\d()]|(?<=[A-Za-z-])\d){{2,50}}?,?\s+(?:and|versus|vs\.?|compared with)\s+({NUM})"
    rf"(?:\s*\((?:range\s*[:,]?\s*)?({NUM}){DASH}({NUM})\))?(?=\s+(?:{CYCLE}\s+)?(?:in|for|with)\s)",
    I,
)
#: "eight 21-day cycles", "twelve 2-weekly cycles"
LONG_CYCLES = re.compile(rf"(?<![\w.-])({ANY})\s+(?:\d+|two|three|four)[- ]?(?:day|week)(?:ly)?\s+{CYCLE}\b", I)
ONE_PATIENT = re.compile(r"\b(?:one|a) patient\b", I)
#: The second of two values: "4.2 ± 1.1 (SD) and 5.5 ± 2.0 (SD), respectively".
FURTHER = re.compile(rf"\s*(?:,|and)\s+({NUM})(?:\s*±\s*{NUM}(?:\s*\(SD\))?)?(?=[^.;]{{0,30}}\brespectively\b)", I)
#: "a minimum of four and a maximum of eight cycles"
BOUNDS = re.compile(
    rf"\b(?:minimum\s+of|at\s+least)\s+({ANY})\s+(?:{CYCLE}\s+)?(?:and|to|up to|with)\s+(?:a\s+|to\s+a\s+)?(?:maximum\s+of|up\s+to|at\s+most)\s+({ANY})(?:\s+{CYCLE}\b)?",
    I,
)
SHARED = re.compile(
    rf"({ANY})\s+((?:pre-?operative|post-?operative|induction|adjuvant|neoadjuvant|concurrent|concomitant|"
    rf"maintenance))\s+and\s+({ANY})\s+((?:[\w-]+\s+)?)(?={CYCLE}\b|(?:[\w-]+\s+){{1,2}}{CYCLE}\b)",
    I,
)


def read(paper: Paper) -> Iterator[Finding]:
    """cycles findings."""
    if paper.design in {"meta_analysis", "other"}:
        return
    for sentence in told_of_treatment(paper):
        if re.search(CYCLE, sentence.text, I) and not NOT_CYCLES.search(sentence.text):
            yield from from_sentence(paper, sentence)
    for table in paper.tables:
        yield from from_table(paper, table)


METHODS = re.compile(r"> [^>]*\b(?:methods?|interventions?|treatments?)\b", I)


def from_sentence(paper: Paper, sentence: Sentence) -> Iterator[Finding]:
    """Medians first; then phases that share the word; then numbers that stand before "cycles" where they say how many were given."""
    claimed: list[tuple[int, int]] = []
    yield from medians(paper, sentence, claimed)
    for match in SHARED.finditer(sentence.text):
        claimed.append(match.span())
        for printed, word in ((match[1], match[2]), (match[3], match[4])):
            yield cycles_of(paper, sentence, "cycles:phases", match, value=number(printed), arm=word.strip().lower() or None)
    drugs = sentence.section == "abstract" and (
        METHODS.search(sentence.heading) or any(m.kind in {"agent", "regimen"} for m in sentence.words)
    )
    if NOT_GIVEN.search(sentence.text) or not (drugs or OWN_PATIENTS.search(sentence.text) or sentence.section == "methods"):
        return
    for match in BOUNDS.finditer(sentence.text):
        claimed.append(match.span())
        yield cycles_of(paper, sentence, "cycles:bounds", match, low=number(match[1]), high=number(match[2]))
    yield from given(paper, sentence, claimed)


def cycles_of(paper: Paper, sentence: Sentence, rule: str, match: re.Match[str] | Mention, **keys: object) -> Finding:
    """A cycles finding that quotes its sentence around the match."""
    start, end = (match.start, match.end) if isinstance(match, Mention) else match.span()
    if keys.get("low") is not None:
        keys.setdefault("bounds", "range")
    return paper.from_sentence("cycles", rule, sentence, Mention("cycles", start, end), unit="cycles", **keys)


def medians(paper: Paper, sentence: Sentence, claimed: list[tuple[int, int]]) -> Iterator[Finding]:
    """Median and mean numbers with their ranges, of one group or of several "respectively"."""
    text = sentence.text
    for match in MEDIAN_LATE.finditer(text):
        claimed.append(match.span())
        low, high, middle = (number(printed) for printed in match.groups())
        arm = phase(paper, text, match.start(), match.end())
        yield cycles_of(paper, sentence, "cycles:median", match, value=middle, low=low, high=high, arm=arm)
    for pattern in (MEDIAN, MEDIAN_SPREAD, MEDIAN_OF, MEDIAN_IN, MEDIAN_EACH):
        for match in pattern.finditer(text):
            if overlaps(claimed, match):
                continue
            printed = 3 if pattern is MEDIAN else 2
            low, high = match.groups()[-2:]
            keys = {"low": number(low), "high": number(high), "bounds": "iqr" if IQR.search(match[0]) else "range"} if low and high else {}
            further = FURTHER.match(text, match.end()) if "respectively" in text[match.end() :] else IN_ARMS.match(text, match.end())
            claimed.append((match.start(), further.end() if further else match.end()))
            if not further:
                arm = phase(paper, text, match.start(), match.end())
                yield cycles_of(paper, sentence, "cycles:median", match, value=number(match[printed]), arm=arm, **keys)
                continue
            mentions = [
                Mention("cycles", found.start(at), found.end(at), value=number(found[at])) for found, at in ((match, printed), (further, 1))
            ]
            spread = further.groups()[1:]
            more = {"low": number(spread[0]), "high": number(spread[1])} if any(spread) else {}
            for mention, arm, ends in zip(mentions, arm_of(paper, text, mentions), (keys, more), strict=True):
                named = phase_near(text, match.start(), match.end())
                behind = RANGE_AFTER.match(text[mention.end :])
                ends = {"low": number(behind[1]), "high": number(behind[2])} if behind else ends
                yield cycles_of(paper, sentence, "cycles:median", mention, value=mention.value, arm=with_part(arm, named), **ends)


def given(paper: Paper, sentence: Sentence, claimed: list[tuple[int, int]]) -> Iterator[Finding]:
    """Numbers of cycles that patients were given or were to be given."""
    text = sentence.text
    long = [Mention("cycles", m.start(), m.end(), value=number(m[1]), unit="cycles") for m in LONG_CYCLES.finditer(text)]
    for mention in [*long, *sentence.kinds("cycles")]:
        if mention not in long and any(one.start <= mention.start < one.end for one in long):
            continue
        taken = any(mention.start < end and start < mention.end for start, end in claimed)
        if taken or ONE_PATIENT.search(text[: mention.start]) or not plausible(text, mention, sentence.section):
            continue
        n, percent = share_of(text, mention.start, mention.end, sentence.quantities)
        low, high = mention.low, mention.high
        spread = RANGE_AFTER.match(text[mention.end :]) if mention.value is not None else None
        if spread and number(spread[1]) <= mention.value <= number(spread[2]):
            low, high = number(spread[1]), number(spread[2])
        arm = set_against(sentence, mention) or receiver(paper, sentence, mention)
        yield cycles_of(paper, sentence, "cycles:given", mention, value=mention.value, low=low, high=high, n=n, percent=percent, arm=arm)


#: "randomised to 3 cycles or 6 cycles", "randomised between 4 and 8 courses".
CHOICE = re.compile(
    rf"\b(?:randomi[sz]ed|randomly|assigned|allocated)\b[^.;]{{0,60}}?\b(?:to|between)\s+(?:receive\s+)?(?:either\s+)?({ANY})\s+(?:{CYCLE}\s+)?(?:or|versus|vs\.?|and)\s+({ANY})\s+{CYCLE}\b",
    I,
)


def set_against(sentence: Sentence, mention: Mention) -> str | None:
    """The number of cycles itself, where patients were randomised to one number of cycles or another."""
    choice = CHOICE.search(sentence.text)
    if not choice or not (choice.start(1) <= mention.start and mention.end <= choice.end()):
        return None
    return sentence.text[mention.start : mention.end]


def overlaps(claimed: list[tuple[int, int]], match: re.Match[str]) -> bool:
    """Whether a match stands where another was already read."""
    return any(match.start() < end and start < match.end() for start, end in claimed)


RECEIVED = re.compile(
    r"\b(?:receiv\w+|complet\w+|given|administered|delivered|underwent|treated with|consist\w+|had|continued|median|mean|maximum|total|"
    r"regimens?|planned|scheduled)\b",
    I,
)
RECEIVED_AFTER = re.compile(r"^[^.;,]{0,50}\b(?:was|were)\s+(?:given|administered|delivered|completed|received|planned)\b", I)
TREATING = re.compile(
    r"\b(?:receiv\w+|given|administered|consist\w+|complet\w+|treated|treatment|chemotherapy|regimen|underwent|planned|scheduled|"
    r"repeated|maximum|up to|total|delivered|combined|followed|continued|randomi[sz]ed|assigned|allocated)\b",
    I,
)


NOT_COMPLETED = re.compile(
    r"\b(?:failed|unable|not) to complete\b|\bdid not complete\b|\bwho (?:had )?(?:received|completed|underwent)\s+$|"
    r"\bcompletion of\s+(?:the\s+)?$",
    I,
)


def plausible(text: str, mention: Mention, section: str) -> bool:
    """Whether a number of cycles is what patients were given, and not a time of evaluation or a sum over patients."""
    top = mention.value if mention.value is not None else mention.high
    before = text[max(0, mention.start - 40) : mention.start]
    if re.search(r"\b(?:of|every|each|per)\b", text[mention.start : mention.end], I):
        return False
    if top == 1 and not re.search(r"\b(?:received|given|completed|underwent|had)\s+(?:only\s+|just\s+)?$", before, I):
        return False
    if re.match(r"\d+,\d\b", text[mention.start :]) or re.search(r"\d,$", before):
        return False
    if NOT_COMPLETED.search(text[: mention.start]) or re.match(r"\s+or\s+(?:fewer|less|more)\b", text[mention.end :], I):
        return False
    if top is None or not 0 < top <= PLENTY or EVALUATED.search(before):
        return False
    if re.search(r"\ba total of\s+$", before, I) and re.match(
        r"[^.;]{0,60}\bwere (?:administered|given|delivered|completed)", text[mention.end :], I
    ):
        return False
    if section == "results":
        return bool(RECEIVED.search(text[max(0, mention.start - 90) : mention.start]) or RECEIVED_AFTER.match(text[mention.end :]))
    return bool(TREATING.search(text))


ROW = re.compile(rf"\b(?:no\.?|number|numbers)\s+of\s+(?:[\w-]+\s+){{0,3}}?{CYCLE}\b|\b{CYCLE}\b", I)
LABEL_NUMBER = re.compile(rf"^\s*(?:≥|>|<|≤)?\s*({NUM})(?:{DASH}({NUM}))?\s*(?:{CYCLE})?\s*$", I)
CELL_COUNT = re.compile(r"\s*(\d+)\s*(?:\(\s*(\d+(?:[.·]\d+)?)\s*%?\s*\))?\s*$")
CELL_MEDIAN = re.compile(rf"^\s*({NUM})\s*[\[(]\s*(?:range\s*:?\s*)?({NUM}){DASH}({NUM})\s*[\])]\s*$", I)


def from_table(paper: Paper, table: object) -> Iterator[Finding]:
    """Rows "Cycles | 5-8 | 90 (45.0)" and "Median cycles (range) | 4 (2-8)"."""
    for cells in table.rows.values():
        label, values = cells[0], [cell for cell in cells[1:] if cell.text.strip()]
        heads = " ".join(label.row_heads)
        if not values or NOT_CYCLES.search(heads + label.text) or not re.search(CYCLE, heads + " " + label.text, I):
            continue
        median = CELL_MEDIAN.match(values[0].text) if re.search(r"\bmedian|mean\b", f"{heads} {label.text}", I) else None
        if median:
            for cell in values:
                found = CELL_MEDIAN.match(cell.text)
                if found:
                    arm = column_arm(paper, cell.col_heads)
                    yield paper.finding(
                        "cycles",
                        "cycles:table",
                        cell,
                        0,
                        len(cell.text),
                        value=number(found[1]),
                        low=number(found[2]),
                        high=number(found[3]),
                        bounds="range",
                        unit="cycles",
                        arm=arm,
                    )
            continue
        level = LABEL_NUMBER.match(label.text)
        counts = CELL_COUNT.match(values[0].text)
        if (
            not level
            or not counts
            or not number(level[2] or level[1])
            or re.match(r"\s*[≥><≤]", label.text)
            or number(level[2] or level[1]) > PLENTY
        ):
            continue
        keys = {"low": number(level[1]), "high": number(level[2]), "bounds": "range"} if level[2] else {"value": number(level[1])}
        for cell, arm in by_arm(paper, values) or [(values[0], None)]:
            counts = CELL_COUNT.match(cell.text)
            share = float(counts[2].replace("·", ".")) if counts[2] else None
            yield paper.finding(
                "cycles", "cycles:table", label, 0, len(label.text), unit="cycles", n=int(counts[1]), percent=share, arm=arm, **keys
            )


def by_arm(paper: Paper, cells: list) -> list[tuple]:
    """A row's counts with the arms that head their columns, where two or more of the paper's arms do and no column is of all patients."""
    if total_cells(cells) != cells:
        return []
    known = {arm.name for arm in paper.arms}
    held = [(cell, column_arm(paper, cell.col_heads)) for cell in cells if CELL_COUNT.match(cell.text)]
    held = [(cell, arm) for cell, arm in held if arm in known]
    return held if len({arm for _, arm in held}) > 1 else []
