"""Numbers as clinical papers print them: counts, percentages, times, doses, p values, confidence intervals, hazard ratios.

`quantities(text)` lexes a sentence or a table cell once into typed mentions; the readers parse the sequence of mentions
and never the raw digits, so that "63.7% vs 31.8%, respectively" means the same to every one of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.mentions import P_IN_WORDS, RULES, Found, Mention, matches, number_starts, rule
from pipeline.numbers import ANY, DASH, NUM, PEOPLE, SPELLED, TIME, WITHIN, in_months, number, unit_of


def p_text(sign: str, printed: str) -> str:
    """A p value as the contract prints it: "<0.001", "0.023"."""
    sign = {"=": "", "≈": "", "of": "", "was": "", "": "", ":": "", "≪": "<", "⩽": "≤", "＜": "<", "＝": ""}.get(sign.strip(), sign.strip())
    return sign + re.sub(r"\s+", " ", printed).strip().replace("·", ".")


@rule(
    "p",
    rf"(?<![A-Za-z])p(?:[\s-]*values?)?(?:\s*\([^)]{{0,20}}\))?\s*(?:(?:of|was|is|were)\s*)?(?:[=:]\s*(?=[<>≤≥]))?([=<>≤≥≈≪⩽＜＝:]|of|was)\s*({NUM}(?:\s*[×x]\s*10\s*\^?\s*[-−–‐]?\s*\d+)?(?:e[-−]\d+)?)",
)
def _p(m: Found) -> Iterator[Mention]:
    yield Mention("p", m.start(), m.end(), key=p_text(m[1], m[2]))


@rule("p", r"(?<![A-Za-z])p\s*[=:]?\s*(n\.?s\.?)(?!\w)")
def _p_ns(m: Found) -> Iterator[Mention]:
    yield Mention("p", m.start(), m.end(), key="ns")


@rule(
    "ci",
    rf"(?:\(?\s*(?:(\d\d)(?:\.\d)?\s*%?[\s-]*)?(?:\bCIs?\b|confidence[\s-]+(?:intervals?|limits?)(?:\s*[\[(]\s*CIs?\s*[\])])?|\bC\.I\.)"
    rf"\s*(?:of|was|were|is|from|ranged from|ranging from|between)?\s*[:=,;]?\s*[\[({{]?\s*)({NUM})\s*(?:%|{TIME})?{WITHIN}({NUM})(\s*%)?(?:\s*({TIME}))?",
)
def _ci(m: Found) -> Iterator[Mention]:
    low, high = number(m[2]), number(m[3])
    unit = "percent" if m[4] else unit_of(m[5]) if m[5] else None
    yield Mention("ci", m.start(), m.end(), low=low, high=high, unit=unit, key=m[1] or "95")


@rule(
    "range",
    rf"(?:(?<!quartile[\s-])\b(?:range|ranges|ranging|ranged|min[\s-]*max|minimum[\s-]*maximum)\b\s*(?:of|was|were|is|from|between)?\s*[:=,;]?\s*[\[(]?\s*)"
    rf"(?:from\s+)?({ANY})(?:\s*-?(?:{TIME}|%|Gy|cycles))?(?:{DASH}|\s+and\s+|\s*[,;]\s*)({ANY})\+?(?:\s*-?({TIME}|%|Gy|cycles))?",
)
def _range(m: Found) -> Iterator[Mention]:
    word = m[3] or ""
    unit = {"": None, "%": "percent", "gy": "Gy", "cycles": "cycles"}.get(word.lower()) or (
        unit_of(word) if re.fullmatch(TIME, word, re.I) else None
    )
    yield Mention("range", m.start(), m.end(), low=number(m[1]), high=number(m[2]), unit=unit, key="range")


@rule(
    "range",
    rf"\b(?:IQR|(?:inter-?|inter\s)?quartile[\s-]+ranges?(?:\s*[\[(]\s*IQR\s*[\])])?|Q1\s*[-–]\s*Q3)\s*(?:of|was|from)?\s*[:=,;]?\s*[\[(]?\s*({NUM})"
    rf"(?:\s*{TIME})?(?:{WITHIN})({NUM})(?:\s*({TIME}))?",
)
def _iqr(m: Found) -> Iterator[Mention]:
    yield Mention("range", m.start(), m.end(), low=number(m[1]), high=number(m[2]), unit=unit_of(m[3]) if m[3] else None, key="iqr")


@rule(
    "hr",
    rf"(?:(?:\b(?:adjusted|pooled|unadjusted|multivariable|multivariate|univariate|crude|overall|combined)\s+)?(?:\bhazards?[\s-]+(?:ratios?|rates?)\b|\brelative\s+hazards?\b|\b(?:a|s|c)?HRs?\b|\bHazRs?\b))"
    rf"(?:\s*[\[(]\s*(?:a?HRs?|95%\s*CI)\s*[\])])?(?:\s+(?:for|of|in)\s+(?:the\s+)?(?:death|mortality|recurrence|progression|relapse|all-cause mortality|disease progression|OS|PFS|DFS))?"
    rf"\s*(?:(?:of|was|were|is|being|equal to|ranging|estimated at)\b)?\s*[:=,;≈]?\s*[\[(]?\s*(?:HR\s*)?[:=]?\s*({NUM})(?!\s*%|\d|\s*(?:patients|months|years|-?year))",
)
def _hr(m: Found) -> Iterator[Mention]:
    yield Mention("hr", m.start(), m.end(), value=number(m[1]))


@rule("hr", rf"(?:\band|,|;)\s+({NUM})(?=\s*[\[(]\s*95\s*%\s*(?:CI|confidence)[^()\[\]%]*[\])]\s+(?:for|in|with|among)\b)")
@rule("hr", rf"(?<=[\[(])({NUM})(?=\s*[;,]\s*(?:95\s*%\s*CI\s*[:,]?\s*)?{NUM}{DASH}{NUM}\s*[;,]\s*p\s*[=<>])")
@rule(
    "hr",
    rf"\b(?:hazards?[\s-]+ratios?|HRs?)\s*(?:[\[(]\s*HRs?\s*[\])]\s*)?(?:for|of)\s+(?:[a-z-]+\s+){{0,7}}?[a-z-]+(?:\s*[\[(][A-Z]{{2,5}}[\])])?\s*[,:=]\s*({NUM})(?=\s*[;,)\]([])",
)
@rule("hr", rf"\bhazards?[\s-]+ratios?\b(?:[^.;:()\d]|\(HRs?\)){{3,140}}[\[(]\s*({NUM})(?=\s*[,;]\s*9\d\s*%)")
@rule(
    "hr",
    rf"\b(?:hazards?[\s-]+ratios?|HRs?)\s*(?:[\[(]\s*a?HRs?\s*[\])]\s*)?(?:for|of|in|comparing|between)\s+(?:(?!\bhazard|\bHRs?\b|\d)(?:[^.;:()]|(?<=\bvs)\.|\((?:[^().;:\d]|(?<=\bvs)\.){{3,60}}\))){{3,110}}?\s(?:was|were|is|being|=)\s*({NUM})(?!\s*%|\d|\s*(?:patients|months|years|-?year))",
)
def _hr_named_before(m: Found) -> Iterator[Mention]:
    """Ratios away from their name; the second of "age (HR 1.4; ...) and sex (1.2; 0.9-1.5; p = 0.2)" says no more what it is."""
    yield Mention("hr", m.start(1), m.end(1), value=number(m[1]))


FRACTIONS = r"(?:fractions?|fx\b|frs?\b|fr\b|f\b|sessions?|treatments)"


@rule(
    "fraction_dose",
    rf"({NUM})(?:{DASH}({NUM}))?\s*[- ]?(c?)Gy(?:\s*\(RBE\)|E|RBE)?\s*(?:(?:/|per|\bdaily\s+per|a)\s*-?\s*(?:fractions?|fx|fr|f|day|d|session|treatment|field)\b|[- ]?(?:daily\s+)?fractions?\b|\s+(?:daily|once daily|twice daily|b\.?i\.?d\.?|each)\b)"
    rf"(?:[^.;]{{0,12}}?(?:\b(?:in|for|×|x)\s*({NUM})\s*{FRACTIONS}))?",
)
def _fraction_dose(m: Found) -> Iterator[Mention]:
    scale = 0.01 if m[3] else 1
    yield Mention(
        "fraction_dose",
        m.start(),
        m.end(),
        value=number(m[1]) * scale,
        high=number(m[2]) * scale if m[2] else None,
        unit="Gy",
        of=number(m[4]) if m[4] else None,
    )


@rule(
    "fraction_dose",
    rf"(?:(?:(?<=fractions)|(?<=fraction))\s+(?:of|size\s*(?:of|was)?)|per\s+fraction(?:\s+of)?|fraction(?:al)?\s+dose\s*(?:of|was)?|daily\s+(?:fractions?|doses?)\s*(?:of|was)?|{NUM}\s*[×x]\s*)\s*({NUM})(?:{DASH}({NUM}))?\s*(c?)Gy",
)
def _fraction_of(m: Found) -> Iterator[Mention]:
    scale = 0.01 if m[3] else 1
    times = re.match(rf"({NUM})\s*[×x]", m[0])
    yield Mention("fraction_dose", m.start(), m.end(), value=number(m[1]) * scale, unit="Gy", of=number(times[1]) if times else None)


@rule(
    "dose",
    rf"(?<![\w.])(?:(?<!fractions in )(?<!patients in )({NUM})(?:\s*c?Gy)?(?:{DASH}|\s+and\s+(?=\S+\s*c?Gy\b))|)({NUM})\s*[- ]?(c?)(?:Gy|Grays?)\b(?:\s*\(?(?:RBE|E)\)?)?"
    rf"(?:\s*[,;(]?\s*(?:(?:total|given|delivered|administered|was|were|divided)\s+)*(?:in|/|over|into|of|with|per|using|at|×|x)?\s*(?:a\s+total\s+of\s+)?({ANY})(?:{DASH}({NUM}))?\s*(?:daily\s+|equal\s+|once-daily\s+|consecutive\s+)?{FRACTIONS})?",
)
def _dose(m: Found) -> Iterator[Mention]:
    scale = 0.01 if m[3] else 1
    top = round(number(m[2]) * scale, 4)
    fractions = number(m[4]) if m[4] and not m[5] else None
    if m[1]:
        yield Mention("dose", m.start(), m.end(), low=round(number(m[1]) * scale, 4), high=top, unit="Gy", of=fractions)
    else:
        yield Mention("dose", m.start(), m.end(), value=top, unit="Gy", of=fractions)


LONGEST = 300  # no time point: "2017, 4-year survival" tells a date first
_STEP = rf"(?:{NUM}|{SPELLED})"
NAMED = re.compile(r"\s+(?:(?:suppression|deprivation|therapy|schedule|regimen)\s+)?(?:groups?|arms?)\b", re.IGNORECASE)


#: "median OS was 52 months after surgery and 47 months after radiotherapy": times of survival, and no time points.
TIME_AFTER = re.compile(
    r"\bmedian\b(?:[^.;%]|\.\d){0,80}?\s(?:(?:was|were|is|of)|(?:months|years)\s+after\s(?:[^.;%]|\.\d){2,50}\s(?:and|vs\.?|versus|than|with|to))\s+$",
    re.IGNORECASE,
)


@rule(
    "at",
    rf"(?<![\w.])((?:{_STEP}\s*[-‐‑–]?\s*(?:,\s*(?:and\s+)?|\s*\band\s+|\s*\bor\s+|\s*/\s*|\s*&\s*))*)({_STEP})\s*[-‐‑–]\s*(years?|yrs?|y|months?|weeks?|mo)\b(?!\s*(?:period|interval|survivors|old|history|course|treatment|cycles?|course))",
)
@rule(
    "at",
    rf"(?:\b(?:at|by|after)\s+(?:the\s+)?)((?:{_STEP}\s*(?:{TIME})?(?:,\s*(?:and\s+)?|\s+and\s+|\s*/\s*))*)({_STEP})\s*(years?|yrs?|months?|mo)\b",
)
@rule(
    "at",
    rf"(?<![\w.])((?:{_STEP}\s*(?:{TIME})?(?:,\s*(?:and\s+)?|\s+and\s+|\s*/\s*))*)({_STEP})\s+(years?|yrs?|months?)\s+(?=(?:[A-Z]{{1,3}}FS|OS|LC|overall|survival|disease|progression|local|cancer|event|relapse|recurrence|distant|rates?)\b|(?:after|from|following)\s+(?:the\s+)?[\w-]+(?:\s+[\w-]+){{0,2}}\s+(?:was|were|is|are)\s+\d)",
)
@rule(
    "at",
    rf"(?<![\w.])()({_STEP})\s+(years?|yrs?|months?)\s+(?:after|from|following|post)[\s-]+(?:the\s+)?(?:start|beginning|end|completion|initial|randomi[sz]ation|diagnosis|surgery|operation|treatment|therapy|radiotherapy|resection|transplant\w*|registration|inclusion|enrol\w+)",
)
def _at(m: Found) -> Iterator[Mention]:
    if NAMED.match(m.string, m.end()):  # "in the 6-month group": how long it was treated
        yield Mention("named", m.start(), m.end())
        return
    if m.start() == m.start(2) and "edian" in m.string and "after" in m[0] and TIME_AFTER.search(m.string, 0, m.start()):
        return
    unit = unit_of(m[3])
    steps = list(re.finditer(_STEP, m[1] + m[2], re.IGNORECASE))
    for step in steps[-1:] if any(number(step[0]) > LONGEST for step in steps) else steps:
        yield Mention("at", m.start(1) + step.start(), m.start(1) + step.end(), value=in_months(number(step[0]), unit), unit="months")


@rule(
    "cycles",
    rf"(?<![\w.-])({ANY})(?:(?:{DASH}|\s+or\s+)({ANY}))?(?:\s*\([^)]{{1,12}}\))?\s+(?:(?!cycle|course|{PEOPLE}\b|{SPELLED}|(?:receiv|underw|complet|had|were|was|of|every|each|per|and|or|more|after|before|for|to|in|at)\w*\s)[A-Za-z-]+\s+){{0,3}}?(?:cycles?|courses?)\b",
)
def _cycles(m: Found) -> Iterator[Mention]:
    if re.search(r"\b(?:weeks?|days?|months?|h|hours?)\b|\d\s*-?\s*(?:week|day)", m[0], re.IGNORECASE):
        return
    low = number(m[1])
    yield (
        Mention("cycles", m.start(), m.end(), low=low, high=number(m[2]), unit="cycles")
        if m[2] and low < number(m[2])
        else Mention("cycles", m.start(), m.end(), value=number(m[2]) if m[2] else low, unit="cycles")
    )


@rule(
    "n_percent",
    rf"(?<![\w.])({ANY})(?:\s*(?:/|of|out of)\s*(?:the\s+)?({ANY}))?(?:\s+(?:[A-Za-z-]+\s+){{0,4}}?{PEOPLE})?\s*[\[(]\s*({NUM})\s*%\s*[\])]",
)
def _n_percent(m: Found) -> Iterator[Mention]:
    yield Mention("n_percent", m.start(), m.end(), value=number(m[1]), of=number(m[2]) if m[2] else None, low=number(m[3]))


@rule("n", r"(?<![A-Za-z])[nN]\s*=\s*(\d{1,3}(?:,\d{3})+|\d+)(?:\s*[,;]\s*(\d+(?:[.·]\d+)?)\s*%)?")
def _n(m: Found) -> Iterator[Mention]:
    yield (
        Mention("n_percent", m.start(), m.end(), value=number(m[1]), low=number(m[2]))
        if m[2]
        else Mention("n", m.start(), m.end(), value=number(m[1]))
    )


@rule(
    "error",
    rf"(?:(?<=[\[(])\s*(?:±|\+/[-−])|\b(?:SEM?|SD|s\.e\.m?\.?|s\.d\.|standard\s+(?:errors?|deviations?))\s*(?:of\s+|[:=,]\s*|±\s*)?)\s*{NUM}\s*%",
)
def _error(m: Found) -> Iterator[Mention]:
    yield Mention("error", m.start(), m.end())


@rule("percent", rf"(?<![\w.])({NUM})\s*%?\s*(?:±|\+/[-−])\s*{NUM}\s*%")
def _percent_with_error(m: Found) -> Iterator[Mention]:
    yield Mention("percent", m.start(), m.end(), value=number(m[1]), unit="percent")


@rule(
    "percent",
    rf"(?<![\w.])(?!(?:(?<=\barm )|(?<=\bgroup )|(?<=\bstage )|(?<=\bgrade ))\d(?:\s*,|\s+(?:and|or|vs|versus)\b))({NUM}\s*%?(?:(?:\s*,\s*(?:and\s+)?|\s+and\s+|\s+vs?\.?\s+|\s+versus\s+|\s+or\s+|\s*/\s*|{DASH}){NUM}\s*%?)*?)(?:\s*%|\s+per\s?cent\b)(?!\s*[-–]?\s*(?:CI\b|confidence|C\.I))",
)
def _percent(m: Found) -> Iterator[Mention]:
    both = re.fullmatch(rf"({NUM})\s*%?{DASH}({NUM})\s*%?", m[1].strip())
    if both:
        yield Mention("percent", m.start(), m.end(), low=number(both[1]), high=number(both[2]), unit="percent")
        return
    steps = list(re.finditer(NUM, m[1]))
    for index, step in enumerate(steps):
        end = m.end() if index == len(steps) - 1 else m.start(1) + step.end()
        yield Mention("percent", m.start(1) + step.start(), end, value=number(step[0]), unit="percent")


@rule("percent", rf"(?<![\w.])({SPELLED})\s+per\s?cent\b")
def _percent_spelled(m: Found) -> Iterator[Mention]:
    yield Mention("percent", m.start(), m.end(), value=number(m[1]), unit="percent")


@rule("duration", rf"(?<![\w.])({NUM})\s*[\[(]\s*(?:range\s*[:,]?\s*)?({NUM}){DASH}({NUM})\s*[\])]\s*({TIME})\b")
def _duration_bracket(m: Found) -> Iterator[Mention]:
    unit = unit_of(m[4])
    yield Mention("duration", m.start(), m.end(1), value=number(m[1]), unit=unit)
    yield Mention("bracket", m.end(1), m.end(), low=number(m[2]), high=number(m[3]), unit=unit)


@rule("duration", rf"(?<![\w.])({NUM})(?!\s*[\[(]\s*[\d.]+\s*%\s*[\])])(?=\s*[\[(][^()\[\]]{{3,60}}[)\]]\s*,?\s*({TIME})\b)")
def _duration_before_bracket(m: Found) -> Iterator[Mention]:
    yield Mention("duration", m.start(), m.end(), value=number(m[1]), unit=unit_of(m[2]))


@rule(
    "duration",
    rf"(?<![\w.])(?<!\d[-–])(?!(?:(?<=\barm )|(?<=\bgroup )|(?<=\bstage )|(?<=\bgrade )|(?<=\bclass ))\d\s)((?:{NUM}(?:\s*{TIME})?(?:\s*,\s*(?:and\s+)?|\s+and\s+|\s+vs?\.?\s+|\s+versus\s+|\s*/\s*))+)({NUM})\s*({TIME})\b",
)
def _durations(m: Found) -> Iterator[Mention]:
    unit = unit_of(m[3])
    for step in re.finditer(rf"({NUM})(?:\s*({TIME}))?", m[0], re.IGNORECASE):
        yield Mention(
            "duration", m.start() + step.start(), m.start() + step.end(), value=number(step[1]), unit=unit_of(step[2]) if step[2] else unit
        )


@rule("duration", rf"(?<![\w.])({ANY})\s*(?:±\s*{NUM}\s*)?(?:(?:{DASH})({ANY})\s*)?[- ]?({TIME})\b")
def _duration(m: Found) -> Iterator[Mention]:
    unit = unit_of(m[3])
    if m[2]:
        yield Mention("duration", m.start(), m.end(), low=number(m[1]), high=number(m[2]), unit=unit)
    else:
        yield Mention("duration", m.start(), m.end(), value=number(m[1]), unit=unit)


@rule(
    "count",
    rf"(?<![\w.])({ANY})(?:\s*(?:/|of|out of)\s*(?:the\s+|these\s+|those\s+)?({ANY}))?\s+(?:(?!(?:years?|months?|mg|g|kg|ml|mcg|[cµμ]?Gy|and|or|in|of|to|with|for|per)\b)[A-Za-z][\w/+-]*\s+){{0,4}}?{PEOPLE}\b",
)
def _count(m: Found) -> Iterator[Mention]:
    yield Mention("count", m.start(), m.end(), value=number(m[1]), of=number(m[2]) if m[2] else None)


@rule("ratio", rf"(?<![\w.])({ANY})\s*(?:/|of|out of)\s*(?:the\s+|these\s+)?({ANY})(?![\w.])")
def _ratio(m: Found) -> Iterator[Mention]:
    yield Mention("count", m.start(), m.end(), value=number(m[1]), of=number(m[2]))


@rule("bracket", rf"[\[(]\s*({NUM})\s*%?(?:{DASH}|\s*[,;]\s*)({NUM})\s*(?:({TIME})|(%))?(?=\s*[,;\])])")
def _bracket(m: Found) -> Iterator[Mention]:
    unit = unit_of(m[3]) if m[3] else "percent" if m[4] else None
    yield Mention("bracket", m.start(), m.end(), low=number(m[1]), high=number(m[2]), unit=unit)


@rule("number", rf"(?<![\w.])({NUM})(?![\w])")
def _number(m: Found) -> Iterator[Mention]:
    yield Mention("number", m.start(), m.end(), value=number(m[1]))


def quantities(text: str) -> list[Mention]:
    """Every number of a text as a typed mention, in order; no character is read twice."""
    starts = number_starts(text)
    if not starts and not any(char.isdigit() for char in text) and not P_IN_WORDS.search(text):
        return []
    claimed = bytearray(len(text))
    found: list[Mention] = []
    lower = text.lower()
    for hints, pattern, build in RULES:
        if hints and not any(hint in lower for hint in hints):
            continue
        for match in matches(pattern, text, starts):
            if match.end() == match.start() or any(claimed[match.start() : match.end()]):
                continue
            mentions = list(build(match))
            if mentions:
                found += mentions
                claimed[match.start() : match.end()] = b"\1" * (match.end() - match.start())
    return sorted(found, key=lambda mention: (mention.start, mention.end))
