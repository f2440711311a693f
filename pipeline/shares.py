"""How many patients a treatment holds for: the count that stands nearest to it, with words left out as lists leave them out."""

from __future__ import annotations

import re

from pipeline.numbers import SPELLED
from pipeline.quantities import PEOPLE, Mention, number
from pipeline.treatment_text import clause

I = re.IGNORECASE  # noqa: E741

COUNTED = rf"(?:\d{{1,4}}|{SPELLED})"
#: "21 underwent", "52 were treated with": patients whose noun is left out.
NUMBER_BEFORE = re.compile(
    rf"(?<![\w.,/-])(?<!\barm )(?<!\bgroup )(?<!\bcohort )(?<!\blevel )(?<!\bstep )(?<!\bday )(?<!\bleast )(?<!\bthan )(?<!\bscore of )(?<!\bKPS )(?<!\bage )({COUNTED})\s+(?:of them\s+)?(?:had|have|received|underwent|"
    r"were\s+(?:treated|given|managed)\s+(?:with|by)|got)\s+(?:(?!and\b|or\b)[\w-]+\s+){0,3}?$",
    I,
)
#: "33 were assigned to the control arm and 66 to the ...", "20 patients underwent ablation, 14 ...": verb and noun are left out.
ELIDED_BEFORE = re.compile(rf"(?:,|\band)\s+({COUNTED})\s+(?:(?:with|to|by)\s+(?:the\s+)?)?(?:(?!and\b|or\b|days?\b)[a-z-]+\s+)?$", I)
#: "in 12," right after a treatment, or after its short name in brackets and what it was done to.
NUMBER_AFTER = re.compile(
    r"^\s*(?:\([^()\d]{1,40}\)\s*)?(?:alone\s+|therapy\s+|treatment\s+|regimen\s+)?(?:(?:of|to|for)\s+(?:(?!and\b|or\b|with\b|in\b|for\b|to\b)[a-z-]+\s+){1,4})?"
    r"(?:(?:was|were)\s+(?:also\s+)?(?:performed|done|carried out|given|used|undertaken|delivered|administered)\s+)?"
    rf"(?:in|for|to)\s+(?!(?:19|20)\d\d\b)({COUNTED})\b(?![,.]\d)(?=\s*(?:[,.;:)]|\(\s*\d[\d.]*\s*%|and\b|{PEOPLE}\b|$))(?!\s*%)",
    I,
)
#: "200 patients were randomised to A or B".
CHOICE_OF = re.compile(r"\b(?:randomi[sz]ed|randomly|assigned|allocated|either)\b", I)
CHOICE = re.compile(r"\bor\b|\bversus\b|\bvs\b", I)
#: The whole of which parts are told: "Of 99 patients, 33 ...".
WHOLE_OF = re.compile(r"(?:^|[.;]\s+)(?:of|among|from)\s+(?:the|these|those|all)?\s*(?:the\s+)?$", I)
#: A number that stands behind its treatment ("in 12 patients and ...") counts nothing that is named later.
BEHIND = re.compile(r"\w[)\]]?\s+(?:in|to|for|by)\s+(?:only\s+)?$|[\w)]\s*[(\[](?:\s*(?:arm|group|cohort)\s+\w{1,3}\s*[,;:])?\s*$", I)
NEXT = re.compile(
    rf"\s*(?:{PEOPLE}\b)?\s*[)\]]?\s*(?:[\[(][^()]*[)\]]\s*)?(?:(?:until|before|after|since|during|up to)\s+[^.;:,()]{{1,25}}?\s)?(?:,|\band\b|\bor\b)",
    I,
)


def share_of(text: str, start: int, end: int, mentions: list) -> tuple[int | None, float | None]:
    """How many patients (n, percent) a treatment at [start, end) holds for: the number nearest to it in its clause."""
    left, right = clause(text, start, end)
    best = None
    for mention in mentions:
        if (
            mention.kind not in {"n_percent", "count", "n", "percent"}
            or mention.value is None
            or mention.start < left
            or mention.end > right
        ):
            continue
        distance = before_distance(text, mention, start) if mention.end <= start else after_distance(text, mention, end)
        if mention.end <= start and CHOICE_OF.search(text[mention.end : start]) and CHOICE.search(text, end, right):
            continue  # the number of those who were to have one of several treatments
        if distance is not None and (best is None or distance < best[0]):
            best = (distance, mention)
    behind = NUMBER_AFTER.match(text[end:])
    ahead = number_before(text[:start], mentions) if best is None or best[0] > 8 else None
    if behind:
        share = re.match(rf"\s*(?:{PEOPLE}\s*)?[(\[]\s*(\d+(?:[.·]\d+)?)\s*%", text[end + behind.end() :])
        return int(number(behind[1])), float(share[1].replace("·", ".")) if share else None
    if ahead is not None:
        return ahead, None
    if not best or not (best[1].kind == "percent" or float(best[1].value).is_integer()):
        return None, None
    mention = best[1]
    if mention.kind == "percent":
        return None, mention.value
    return int(mention.value), mention.low if mention.kind == "n_percent" else bracketed_percent(text, mention)


def number_before(before: str, mentions: list[Mention]) -> int | None:
    """The bare number of patients right before a treatment; one without any verb only where the sentence has counted patients before."""
    found = NUMBER_BEFORE.search(before)
    if found is None and any(
        m.kind in {"count", "n_percent", "n"} and m.end <= len(before) and float(m.value or 0).is_integer() for m in mentions
    ):
        found = ELIDED_BEFORE.search(before)
    return int(number(found[1])) if found else None


def before_distance(text: str, mention: Mention, start: int) -> int | None:
    """How far before a treatment a number stands that may count its patients; None where other things stand between."""
    between, ahead = text[mention.end : start], text[: mention.start]
    if WHOLE_OF.search(ahead) or (BEHIND.search(ahead) and NEXT.match(between)):
        return None
    if len(between) > 75 or re.search(r"[:;]|\d\s*%|\b\d+\s+(?:had|received|underwent)\b", between):
        return None
    return len(between)


def after_distance(text: str, mention: Mention, end: int) -> int | None:
    """The same for a number after it: in brackets, or after "in", "to" or "was given to"."""
    between = text[end : mention.start]
    if re.fullmatch(r"\s*(?:(?:plus|and|with|or)\s+placebo\s*)?\((?:(?:arm|group|cohort)\s+\w{1,3}\s*[,;:])?\s*", between, I):
        return 1
    if re.fullmatch(r"\s*[(\[]\s*[A-Z][\w+/-]{1,14}\s*[,;:]\s*(?:[nN]\s*=\s*)?", between):
        return 1  # "(XELOX, n = 46)"
    if re.fullmatch(
        r"\s*(?:(?:mono)?therapy|alone|chemotherapy|regimen|treatment|only|technique|radiotherapy|radiation|irradiation|RT|boost)?\s*[(\[]?\s*(?:n\s*=)?\s*",
        between,
    ):
        return 1
    if re.fullmatch(r"\s*(?:therapy\s+|alone\s+)?(?:in|for|to)\s+(?:the\s+)?", between, I):
        return 1
    if re.fullmatch(
        r"\s*,?[^.;:,]{0,30}?\s*(?:(?:was|were)\s*(?:performed|given|provided|delivered|offered|administered|used|done|carried out|"
        r"undertaken|prescribed|repeated)(?:\s+(?!and\b)[^.;:,]{0,45}?)?)?\s*\b(?:in|to|for|on|by)\s*(?:all\s+)?",
        between,
        I,
    ):
        return len(between) + 10
    return None


def bracketed_percent(text: str, mention: Mention) -> float | None:
    """The percentage in brackets right after a count: "36 patients (12.5%)"."""
    found = re.match(r"\s*[(\[]\s*(\d+(?:[.·]\d+)?)\s*%", text[mention.end :])
    return float(found[1].replace("·", ".")) if found else None
