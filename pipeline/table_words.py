"""What the words of table cells say: figures, missing values, column headings, series and pairs of categories."""

from __future__ import annotations

import re

NUMBER = re.compile(r"^[(\[<>≤≥=~±+−–-]*\s*(?:p\s*[<>=≤≥]\s*)?[.·]?\d", re.IGNORECASE)
BLANK = re.compile(
    r"^(?:[-−–—―.…/*]+|n\.?\s?[ars]\.?|n/?[ad]|not reached|not available|not applicable|ref(?:erence)?\.?|nd|ne)$", re.IGNORECASE
)
INTERVAL_HEAD = re.compile(r"^\(?9\d(?:\.\d)?\s?%\s?[-–]?\s?(?:c\.?i|conf)", re.IGNORECASE)
TIMED_HEAD = re.compile(r"^\d+[- ]?(?:year|yr|month|mo|week|day)s?\b[- ]?[a-z]*", re.IGNORECASE)
HEAD_WORDS = re.compile(
    r"^(?:a?hr|hazard ratio|odds ratio|or|rr|relative risk|(?:adjusted |crude )?(?:hr|or)\b.*|9\d\s?%\s?c\.?i\.?.*|ci|"
    r"p|p[- ]?values?|n|no\.?|number.*|n ?\(%\)|no\. ?\(%\)|%|median.*|mean.*|range|patients.*|events?|coefficient|beta|β|"
    r"se|s\.e\.|wald|df|sig\.?|chi.*|lower|upper|rate.*|\d+[- ]years?.*)(?:\W.*)?$",
    re.IGNORECASE,
)
P_HEAD = re.compile(r"^\W*p\b[\s-]*(?:values?)?\W*|^(?:log[- ]?rank|sig(?:nificance)?\.?)\b", re.IGNORECASE)
GROUPING_HEAD = re.compile(
    r"categor|compar|level|group|subgroup|arm\b|value|variable|factor|status|subset|strat|contrast|class", re.IGNORECASE
)
GRADED_HEAD = re.compile(r"^\W*(?:grade|stage|score|level|category|type|class|response)\b", re.IGNORECASE)
STATISTIC = re.compile(r"^(?:median|mean|range|average|s\.?d\.?|iqr|interquartile|quartile|minimum|maximum|min|max)\b", re.IGNORECASE)
STATISTIC_ALONE = re.compile(
    r"^(?:(?:median|mean|range|average|s\.?d\.?|iqr|interquartile|quartiles?|min(?:imum)?|max(?:imum)?|standard deviation|years?|"
    r"q1|q3|9\d ?% ?c\.?i\.?|confidence interval)(?:\W+|$))+$",
    re.IGNORECASE,
)
GRADE = re.compile(r"^(?:grade |stage |g|pt|pn|t|n)?(?:\d|i{1,3}|iv|v)[abc]?(?:\s?[-–/,+]\s?(?:\d|i{1,3}|iv|v)[abc]?)*\+?$", re.IGNORECASE)
LEFTOVER = re.compile(
    r"unknown|missing|unavailable|\bnot |\bother|\bn/?a\b|unclassif|undetermined|unspecified|none|total|[tnm]x\b", re.IGNORECASE
)
MEASURE = re.compile(r"[,(]\s*(?:median|mean|years?|yrs?|months?|days?|n\b|no\.|%|mm\b|cm\b|kg\b|ml\b|range|iqr)", re.IGNORECASE)
COMPARISON = re.compile(
    r"^[<>≤≥=]|^\d+(?:\.\d+)?\s?(?:[-–]|to)\s?\d|^(?:up to|below|above|under|over|less than|more than) ?\d", re.IGNORECASE
)
ORDINAL = re.compile(r"\d+(?:\.\d+)?|\b(?:i{1,3}|iv|vi{0,3}|ix|x)(?=[abc]?\d?\b)", re.IGNORECASE)
PAIRS = tuple(map(frozenset, (("male", "female"), ("yes", "no"), ("positive", "negative"), ("present", "absent"), ("low", "high"))))


#: Two levels of a factor, and no figure: "<70 vs. ≥70", "II vs III".
COMPARED_LEVELS = re.compile(r"^(?=.*[<>≤≥]).*\s(?:vs\.?|versus)\s", re.IGNORECASE)
MEASURED = re.compile(r"^[<>≤≥~±]?\s?\d+[.·]\d+\s?(?:months?|mos?|years?|yrs?|weeks?|wks?|days?|hours?|patients|cycles)\b", re.IGNORECASE)


def is_number(text: str) -> bool:
    """Whether a cell holds a figure (also with its interval, percentage or unit), and not words."""
    if not NUMBER.match(text) or INTERVAL_HEAD.match(text) or COMPARED_LEVELS.match(text):
        return False
    if MEASURED.match(text):
        return len(text) < 40
    letters = sum(letter.isalpha() for letter in text)
    return letters <= len(text) / 2 and not (TIMED_HEAD.match(text) and letters > 4)


def is_value(text: str) -> bool:
    """Whether a cell holds a figure or what stands for a missing one."""
    return is_number(text) or bool(BLANK.match(text))


def is_statistic(stub: str) -> bool:
    """Whether a row's name is nothing but a statistic (of what the row above names)."""
    return bool(STATISTIC_ALONE.match(stub))


def is_grade(text: str) -> bool:
    """Whether a cell names a grade, stage or class."""
    return bool(GRADE.match(text)) or bool(BLANK.match(text)) or bool(LEFTOVER.match(text))


def is_level(text: str) -> bool:
    """Whether a row's name is a grade, a class or a range of what the rows above name."""
    return is_grade(text) or bool(COMPARISON.match(text))


def pattern_of(stub: str) -> str:
    """The series that a row's name belongs to (`grade #`, a comparison), or nothing."""
    if COMPARISON.match(stub):
        return "comparison"
    pattern = ORDINAL.sub("#", stub.lower())
    return re.sub(r"#[abc]\b", "#", pattern) if "#" in pattern and len(pattern) < 20 else ""


def ends_group(members: list[str], stub: str) -> bool:
    """Whether a row cannot belong to the group whose rows so far are `members`: a finished pair, a series it breaks, a measure."""
    if len(members) < 2 or LEFTOVER.search(stub):
        return len(members) == 1 and bool(MEASURE.search(stub)) and not MEASURE.search(members[0]) and not STATISTIC.match(stub)
    if any(pair <= {member.lower() for member in members} for pair in PAIRS):
        return True
    series = {pattern_of(member) for member in members if not LEFTOVER.search(member)}
    if len(series) == 1 and "" not in series and pattern_of(stub) not in series:
        return True
    if all(map(is_level, members)) and re.search(r"[a-z]{4}", stub, re.IGNORECASE) and not is_grade(stub):
        return not COMPARISON.match(stub)
    measured = any(MEASURE.search(member) or STATISTIC.match(member) for member in members)
    return bool(MEASURE.search(stub)) and not measured
