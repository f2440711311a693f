"""Total doses of radiotherapy given in the study, with fractions and target; no fraction doses, constraints or thresholds."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

from pipeline.context import Paper, Sentence
from pipeline.quantities import ANY, DASH, FRACTIONS, NUM, Mention, number
from pipeline.records import Finding
from pipeline.shares import share_of
from pipeline.treatment_text import arms_told, bracketed_with, irradiated_arm, told_of_treatment

I = re.IGNORECASE  # noqa: E741
#: A dose is not a prescription where such words stand in its clause.
LIMIT = re.compile(
    r"\b(?:constraints?|tolerance|limit(?:ed|s)?|not (?:exceed|to exceed)|organs? at risk|OARs?|spared|sparing|shielding|shielded|"
    r"(?-i:BED\w*|"
    r"EQD\w*|LQED\w*)|biologically|equivalent dose|normali[sz]ed total|alpha/beta|α/β|"
    r"(?<!% )(?<!%)isodose|(?-i:V\d+|D\d+)|Dmax|Dmean|(?:mean|median) (?:lung|heart|liver|dose to (?:the )?(?:lungs?|heart|liver|kidneys?|parotids?|"
    r"bladder|"
    r"rectum|brain ?stem|cord))|maximum dose|dose to (?:the )?(?:spinal cord|lungs?|heart|liver|kidneys?|bladder|rectum|parotid|"
    r"brainstem)|hot ?spots?|defined as|"
    r"literature|previous(?:ly)?|prior|history|exclu\w+|eligib\w+|in vitro|mice|cells? were|irradiator|(?<!low )(?<!low-)(?<!high )(?<!high-)dose[- ]rate|threshold|cut-?off|"
    r"compared\s+(?:with|to)|hazard|HR|prognos\w+|multivaria\w+|univaria\w+|predict\w+|associated|will|would)\b",
    I,
)
RADIATION = re.compile(
    r"\bradi|\birradi|\bRT\b|\bCRT\b|\bEBRT\b|\bbrachy|\bIMRT\b|\bfraction|\bboost\b|\bSBRT\b|\bSRS\b|\bPTV|\bCTV|\bGTV|\bTBI\b|\bPCI\b|"
    r"\bWBRT\b|\bprescri|\bproton|\bdose",
    I,
)
#: Comparators and steps before a dose that make it a limit or a point on the way.
POINT = re.compile(
    r"(?:\b(?:after|until|beyond|first|initial|every|than|from|exceeding|over|above|under|below|least|max(?:imum|imal)?\.?|(?:measured|evaluated|reached|assessed|"
    r"repeated) at)\s+(?:a\s+dose\s+of\s+)?|[<>≤≥]\s*|/\s*|\bBED\S*\s*(?:=|of)?\s*|\bV\s*|\bD\s*|α/β\s*[=of]*\s*|=\s*)$",
    I,
)
#: An open bound: "received >66 Gy", "a total dose of at least 60 Gy", "a dose higher than 66 Gy".
OPEN = re.compile(
    r"(?P<low>[>≥]\s*|\b(?:at least|more than|higher than|greater than|above|over|exceeding)\s+)$|(?P<high>[<≤]\s*|\b(?:less than|"
    r"lower than|below|under)\s+)$",
    I,
)
GIVEN_OPEN = re.compile(
    r"\b(?:receiv\w+|deliver\w+|given|total dose|dose (?:of|was|higher|lower|greater)|doses|treated|a dose|dose to)\b", I
)
#: "the 50 Gy group": a dose that only names who had it.
NAMING = r"\s*(?:in \d+ fractions\s+)?(?:schedules?|arms?|groups?|cohorts?|patients)\b"
SMALL = 8  # Gy; a smaller dose is a fraction's unless it is said to be a single or total one
TOTAL = re.compile(r"\b(?:total(?:ing|ling|led)?|single|up to|median|cumulative|boost|overall|prescri\w+)\b", I)
PER_FRACTION = re.compile(r"^[^.;,()]{0,30}?\b(?:per|/|each|daily|weekly|fractions? of|a day|twice)\b", I)
MEDIAN_AFTER = re.compile(rf"^[^.;()]{{0,25}}[\[(]\s*(?:a\s+)?(?:median|mean)\s*(?:dose\s*)?[,:=]?\s*(?:of\s+)?({NUM})\s*(c?)Gy", I)
RANGE_AFTER = re.compile(
    rf"^[^.;()]{{0,40}}?[\[(,]\s*(?:(?:dose\s+|interquartile\s+)?ranges?|ranging|range from|"
    rf"IQR)?\s*[:,=]?\s*(?:from\s+)?({NUM})\s*(?:c?Gy)?{DASH}({NUM})\s*(?:c?Gy)?\s*[\]),;.]?",
    I,
)
FRACTIONS_NEAR = re.compile(
    rf"(?<![\w.])(?<!\d[-–])(single|{ANY})\s*(?:(?:daily|equal|consecutive|once-daily|twice-daily|hypofractionated)\s+)?{FRACTIONS}\b(?!\s*(?:per|a|/)\s*(?:week|"
    rf"day))",
    I,
)
QUARTILES = re.compile(r"^[^.;)]{0,25}(?:IQR|interquartile)", I)
#: A total told by its fractions: "5 x 5 Gy", "three fractions of 8 Gy", "a single fraction of 8 Gy".
PRODUCT = re.compile(
    rf"(?<![\w.])({ANY})\s*(?:[×x]|\s(?:daily\s+|weekly\s+|once-daily\s+)?{FRACTIONS}\s+(?:of|at|each of))\s*({NUM})\s*(c?)Gy\b|"
    rf"\b(?P<single>single)\s+(?:fraction|dose)\s+(?:of\s+)?({NUM})\s*(c?)Gy\b",
    I,
)
GRAY = re.compile(r"\d\s*-?c?Gy\b", I)
NEXT_STEP = re.compile(r"\bfollowed\b|\bthen\b|\bboost\b", I)
JOINED = re.compile(r"\band\b|,|;|\bwhereas\b|\bwhile\b|\bfollowed by\b", I)
TWO_DOSES = re.compile(rf"({NUM}\s*c?Gy)\s+and\s+(?={NUM}\s*c?Gy\b)")
LIST = re.compile(rf"(?<![\w.,])((?:{NUM},\s+){{1,4}}(?:{NUM},?\s+)?)(?:and|or)\s+{NUM}\s*Gy\b")
IN_FRACTIONS = re.compile(rf"(?<![\w.])({NUM})\s*(c?)Gy\s+(?:in|over)\s+({NUM})\s+{FRACTIONS}\b")


def read(paper: Paper) -> Iterator[Finding]:
    """rt_dose findings of the sentences that tell of radiotherapy."""
    if paper.design in {"meta_analysis", "other"}:
        return
    for sentence in told_of_treatment(paper):
        doses = every_dose(sentence)
        if doses and RADIATION.search(sentence.text):
            yield from from_sentence(paper, sentence, doses)


def every_dose(sentence: Sentence) -> list[Mention]:
    """The sentence's doses in order; "45 Gy and 50 Gy" are two, and "... of 3 Gy and 36 Gy in 12 fractions" hides none."""
    text, found = sentence.text, []
    for mention in sentence.quantities:
        if mention.kind == "dose" and mention.low is not None and (two := TWO_DOSES.match(text, mention.start)):
            found.append(Mention("dose", two.start(1), two.end(1), value=mention.low, unit="Gy"))
            found.append(replace(mention, start=two.end(), value=mention.high, low=None, high=None))
        elif mention.kind == "dose" or (mention.kind == "range" and mention.unit == "Gy"):
            found.append(mention)
    for match in IN_FRACTIONS.finditer(text):
        if not any(mention.start < match.end() and match.start() < mention.end for mention in found):
            value = number(match[1]) * (0.01 if match[2] else 1)
            found.append(Mention("dose", match.start(), match.end(), value=value, unit="Gy", of=number(match[3])))
    told = [mention for mention in found if prescribed(text, mention)]
    found += [product for product in products(text) if not told or is_another(text, product, told)]
    found += listed(text, found)
    return sorted(found, key=lambda mention: mention.start)


def listed(text: str, found: list[Mention]) -> Iterator[Mention]:
    """The doses of a list that prints its unit once: "40, 50 or 60 Gy"."""
    for match in LIST.finditer(text):
        for printed in re.finditer(NUM, match[1]):
            start, end = match.start(1) + printed.start(), match.start(1) + printed.end()
            if all(end <= held.start or held.end <= start for held in found):
                yield Mention("dose", start, end, value=number(printed[0]), unit="Gy")


def products(text: str) -> Iterator[Mention]:
    """Total doses that a sentence gives as a number of fractions of a size."""
    for match in PRODUCT.finditer(text) if GRAY.search(text) else ():
        count, size, cent = (1, match[5], match[6]) if match["single"] else (number(match[1]), match[2], match[3])
        value = round(count * number(size) * (0.01 if cent else 1), 2)
        if float(count).is_integer() and 1 <= count <= 50 and (4 <= value <= 90):
            yield Mention("dose", match.start(), match.end(), value=value, unit="Gy", of=count)


#: Fractions of so many Gy are a course's own; smaller ones may only part a total that was told before.
LARGE = 3


def is_another(text: str, product: Mention, told: list[Mention]) -> bool:
    """Whether fractions of a size, told beside total doses, are a further dose: "50 Gy, then 3 x 7 Gy", and not one of these again."""
    same = any(value and abs(value - product.value) < 0.5 for dose in told for value in (dose.value, dose.low, dose.high))
    overlap = any(dose.start < product.end and product.start < dose.end for dose in told)
    return not same and not overlap and product.value >= LARGE * product.of and not PER_WEEK.match(text, product.end)


PER_WEEK = re.compile(r"\s*(?:per|a|each|/)\s*week", I)


def from_sentence(paper: Paper, sentence: Sentence, doses: list[Mention]) -> Iterator[Finding]:
    """Each total dose of a sentence; a median takes its range, and both claim their mentions."""
    text = sentence.text
    claimed: set[int] = set()
    for dose in doses:
        if dose.start in claimed:
            continue
        bound = open_bound(text, dose)
        if bound:
            _, percent = share_of(text, dose.start, dose.end, [m for m in sentence.quantities if m.kind != "n"])
            yield paper.from_sentence(
                "rt_dose",
                "doses:open",
                sentence,
                dose,
                unit="Gy",
                bounds="range",
                percent=percent,
                arm=target(paper, sentence, dose, doses),
                **bound,
            )
        if bound or not prescribed(text, dose):
            continue
        dose, used = completed(text, dose, doses)
        claimed |= used
        _, percent = share_of(text, dose.start, dose.end, [m for m in sentence.quantities if m.kind != "n"])
        keys = {"bounds": "iqr" if QUARTILES.search(text[dose.end : dose.end + 40]) else "range"} if dose.low is not None else {}
        yield paper.from_sentence(
            "rt_dose", "doses:sentence", sentence, dose, value=dose.value, low=dose.low, high=dose.high, unit="Gy",
            n=fractions(text, dose, [m for m in doses if m.start == dose.start or m.start not in used]), percent=percent,
            arm=target(paper, sentence, dose, doses), **keys,
        )  # fmt: skip


def open_bound(text: str, dose: Mention) -> dict | None:
    """The bound of a dose that patients received and that has only one."""
    found = OPEN.search(text[max(0, dose.start - 16) : dose.start])
    if (
        not found
        or dose.value is None
        or dose.value < 20
        or LIMIT.search(text)
        or not GIVEN_OPEN.search(clause_of(text, dose.start, dose.end))
    ):
        return None
    if re.search(r"\b(?:OS|PFS|survival|better|worse|factors?|control|failure|toxicit\w+|mucositis)\b", text):
        return None
    return {"low": dose.value} if found["low"] is not None else {"high": dose.value}


def clause_of(text: str, start: int, end: int) -> str:
    """The words around a dose, up to the next semicolon or full stop and at most 90 characters off."""
    before = re.split(r"[;]|\.\s", text[max(0, start - 90) : start])[-1]
    after = re.split(r"[;,]|\.\s", text[end : end + 60])[0]
    return f"{before} # {after}"


def prescribed(text: str, dose: Mention) -> bool:
    """Whether a dose is a total dose that was given."""
    before, after = text[max(0, dose.start - 30) : dose.start], text[dose.end : dose.end + 40]
    words = clause_of(text, dose.start, dose.end)
    top = dose.value if dose.value is not None else dose.high
    if (re.match(NAMING, after) and re.search(r"\bthe\s+$", before)) or POINT.search(before) or LIMIT.search(words) or not 1 <= top <= 200:
        return False
    if top <= SMALL and not (re.search(r"\b(?:single|total|boost)\b", words, I) or dose.of):
        return False
    if top <= 3.5:
        return False
    return not (dose.of is None and PER_FRACTION.match(after) and top <= 12)


def completed(text: str, dose: Mention, doses: list[Mention]) -> tuple[Mention, set[int]]:
    """The dose with the range or the median that stands in brackets after it, and the mentions these take up."""
    after = text[dose.end :]
    used = {dose.start}
    if dose.low is not None:
        median = MEDIAN_AFTER.match(after)
        if median:
            value = number(median[1]) * (0.01 if median[2] else 1)
            used |= {m.start for m in doses if dose.end <= m.start <= dose.end + median.end()}
            return replace(dose, value=value), used
        return dose, used
    window = text[max(0, dose.start - 60) : dose.start]
    spread = RANGE_AFTER.match(after)
    if spread and (re.search(r"\bmedian\b|\bmean\b", window, I) or re.search("rang", spread[0], I)):
        low, high = number(spread[1]), number(spread[2])
        scale = 0.01 if high > 200 else 1
        if low * scale <= dose.value <= high * scale:
            used |= {m.start for m in doses if dose.end <= m.start <= dose.end + spread.end()}
            return replace(dose, low=round(low * scale, 4), high=round(high * scale, 4)), used
    return dose, used


def fractions(text: str, dose: Mention, doses: list[Mention]) -> int | None:
    """The number of fractions: with the dose, or the only one of its sentence."""
    if dose.of:
        return int(dose.of)
    times = re.match(rf"\s*[(,;]\s*(?:in\s+|given as\s+|as\s+)?(\d+)\s*[×x]\s*{NUM}\s*c?Gy", text[dose.end :])
    if times:
        return int(times[1])
    stop = min((m.start for m in doses if m.start >= dose.end), default=len(text))
    near = FRACTIONS_NEAR.search(text, dose.end, min(stop, dose.end + 45))
    if near and re.search(r"\bfollowed\b|\bboost\b|\bbrachy|;", text[dose.end : near.start()], I):
        return None
    found = [near] if near else [m for m in FRACTIONS_NEAR.finditer(text) if m.end() <= dose.start] if len(doses) == 1 else []
    if len(found) != 1:
        return None
    try:
        count = 1 if found[0][1].lower() == "single" else number(found[0][1])
    except ValueError:
        return None
    return int(count) if float(count).is_integer() and 1 <= count <= 80 else None


def target(paper: Paper, sentence: Sentence, dose: Mention, doses: list[Mention]) -> str | None:
    """The target that the dose goes to: "to the whole pelvis" after it, or the nearest site or arm of its clause."""
    text = sentence.text
    stop = min((other.start for other in doses if other.start >= dose.end), default=len(text))
    said = re.match(
        r"[^.;,]{0,45}?\b(?:to|for|on|at)\s+(?:the\s+)?((?!a\b|patients|an?\s|\d)[\w/+ -]{3,45}?)(?=\s*[,.;()]|\s*$|\s+(?:and|was|were|"
        r"in|with|over|using|followed|plus|of|at|by|as|given|delivered)\b)",
        text[dose.end : stop],
        I,
    )
    if said and (VOLUME.search(said[1]) or any(m.kind == "site" for m in paper.mentions(said[1]))):
        return said[1].strip()
    arm = arm_of_dose(paper, text, dose, doses)
    if arm or one_of_two(text, dose, doses):
        return arm or text[dose.start : dose.end]
    sites = [
        m for m in sentence.words if m.kind == "site" and abs(m.start - dose.start) < 70 and m.start < stop and not apart(text, m, dose)
    ]
    best = min(sites, key=lambda m: abs(m.start - dose.start), default=None)
    if best is None:
        return irradiated_arm(paper)
    spread = re.match(r"\s+(?:metastas[ei]s|lesions?)\b", text[best.end :], I)
    return text[best.start : best.end + (spread.end() if spread else 0)]


RANDOMISED = re.compile(r"\b(?:randomi[sz]|randomly|assigned|allocated)", I)
#: Between the doses of a choice: "8 Gy in a single fraction or 30 Gy".
OR_DOSE = re.compile(
    r"(?:[\s(),/]|\b(?:in|over|an?|single|fractions?|daily|days?|weeks?|of|given|delivered|as|per|once|twice|with|\d+|(?-i:c?Gy)|radiotherapy|irradiation|to|either|receive|the|arm|group)\b)*?"
    r"\b(?:or|versus|vs\.?)\s+(?:to\s+)?(?:receive\s+)?(?:a\s+)?(?:total\s+(?:dose\s+)?of\s+)?",
    I,
)


def one_of_two(text: str, dose: Mention, doses: list[Mention]) -> bool:
    """Whether patients were randomised between this dose and another, so that the dose names its arm."""
    if not RANDOMISED.search(text, 0, dose.start):
        return False
    told = sorted(doses, key=lambda m: m.start)
    at = [(one.start, one.end) for one in told]
    return any(dose.start in {one[0], other[0]} and OR_DOSE.fullmatch(text, one[1], other[0]) for one, other in pairwise(at))


VOLUME = re.compile(r"\b[PCG]TV|\b(?:planning|clinical|gross) (?:target|tumou?r) volume", I)
#: From an arm to the dose that it had: "arm A received 50 Gy", "in the short-course arm, 25 Gy".
ARM_HAD = re.compile(
    r"(?:\s|,|:|\([^()]*\)|\b(?:arms?|groups?|patients|cohorts?|schedule)\b)*(?:(?:received|were|was|had|underwent|got)\b[^;]*)?", I
)
DOSE_IN_ARM = re.compile(r"[^.;,()]{0,40}?\b(?:in|for|to)\s+(?:the\s+)?", I)
#: "Arm B consisted of 40 Gy": an arm that the whole sentence is about.
SUBJECT = re.compile(
    r"\s*(?:arm|group|trial|patients|\([^()]*\))?\s*(?:was\s+|were\s+)?(?:randomi[sz]ed|received|tested|investigated|evaluated|compared|consisted|comprised|was an?)\b",
    I,
)
AGAINST = re.compile(r"\b(?:versus|vs|against|between|than|compared)\b", I)


def arm_of_dose(paper: Paper, text: str, dose: Mention, doses: list[Mention]) -> str | None:
    """The arm whose dose it is: named in brackets with it, as who received it, or as where it was given; no arm that it is set against."""
    arms = sorted(arms_told(paper, text), key=lambda m: abs(m.start - dose.start))
    for arm in arms:
        between = text[arm.end : dose.start] if arm.end <= dose.start else text[dose.end : arm.start]
        others = any(min(arm.end, dose.end) <= m.start < max(arm.start, dose.start) for m in doses)
        fits = ARM_HAD if arm.end <= dose.start else DOSE_IN_ARM
        if bracketed_with(text, (arm.start, arm.end), (dose.start, dose.end)) and not others:
            return str(arm.key)
        if len(between) < 120 and not others and fits.fullmatch(between) and not AGAINST.search(between):
            return str(arm.key)
    subject = next((arm for arm in arms if arm.start <= len("The ") and SUBJECT.match(text, arm.end)), None)
    return str(subject.key) if subject else None


def apart(text: str, site: Mention, dose: Mention) -> bool:
    """Whether a site is another dose's: that of an earlier step of treatment, or one that has a dose of its own behind it."""
    if site.end <= dose.start:
        between = text[site.end : dose.start]
        return bool(GRAY.search(between) and NEXT_STEP.search(between))
    between = text[dose.end : site.start]
    return bool(JOINED.search(between) and GRAY.search(text, site.end, site.end + 60))
