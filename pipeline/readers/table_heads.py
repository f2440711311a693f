"""What the headings of a row and a column name: the factor, its level, the group."""

from __future__ import annotations

import re
from functools import lru_cache

from pipeline.choose import arm_words
from pipeline.context import Paper
from pipeline.quantities import number
from pipeline.readers.table_roles import VERSUS, endpoints_of, statistic_of
from pipeline.records import Passage

_COUNT = r"(\d{1,3}(?:,\d{3})+|\d+)"
SIZE = re.compile(
    rf"[\[(,;]?\s*\b(?:[nN]|[Nn]o\.?)\s*[=:]\s*{_COUNT}\s*(?:patients|cases|pts)?\s*(?:[,;]\s*[\d.·]+\s*%)?\s*[\])]?"
    rf"|[\[(]\s*{_COUNT}\s*(?:patients|cases|pts\.?|women|men|subjects)\s*[\])]"
)
COUNTS = re.compile(
    r"[,;]?\s*[\[(]\s*(?:cases|patients|count|number)\s*,?\s*[\[(]?\s*%\s*[\])]*\s*$|[,;]?\s*\b(?:[nN]|[Nn]o\.?)\s*[\[(]?\s*%\s*[\])]?\s*$|[,;]?\s*\(%\)\s*$"
)
LEVELS = re.compile(r"^(?P<factor>.+?)\s*(?:[:(\[,;]|\s[-–—])\s*(?P<levels>[^)\]]+?)\s*[)\]]?$")
UNITS = re.compile(
    r"\s*[,(\[]\s*(?:years?|yrs?|yr|y|months?|n|no\.?|%|cm|mm|kg|g/d?l|ng/ml|u/l|iu/l|mg/d?l|×.*|x\s*10.*|/.*|gy|cm3|pack[-\s]?y\w*|ml|mmol/l|continuous|(?:ln|log\w*)(?:[- ]transformed)?|n\s*\(?%\)?|per\b.*)\s*[)\]]?\s*$",
    re.IGNORECASE,
)
PER = re.compile(
    r"\s*(?:/|\bper\b)\s*\d[\d.,]*[- ]?(?:units?|points?|years?|cm|mm|ng|u|g|%)?(?:[- ](?:increase|increment|decrease))?\s*$", re.IGNORECASE
)
#: What a heading says of its figures behind the group's name: "Arm A % (95% CI)", "RT, % (s.e.)".
FIGURES = re.compile(
    r"[,;]?\s*(?:%|percent)?\s*[\[(]\s*(?:95\s*%\s*(?:CI|C\.I\.)|s\.?e\.?m?|s\.?d\.?|±\s*s\.?[de]\.?)\s*[\])]\s*$|[,;]?\s*%\s*±\s*s\.?[de]\.?\s*$",
    re.IGNORECASE,
)
MARKS = re.compile(r"[*†‡§¶#]+|\s+[a-d]$|\s*\[\d+(?:[,–-]\s*\d+)*\]")
#: A stub that names a level and not a factor: "<65", "20–40 ng/mL", "yes".
LEVEL = re.compile(
    r"^\W*(?:[<>≤≥=]|\d|(?:yes|no|unknown|positive|negative|present|absent|male|female|high|low|[IV]+[ABC]?|[TNM]\d\w*)\W*$)", re.IGNORECASE
)
ANALYSIS = re.compile(
    r"\W*(?:(?:uni|multi)-?\s*varia\w+|crude|unadjusted|adjusted|cox)(?:\s+(?:cox|regression|proportional|hazards?|analys[ie]s|models?|modell?ing))*\W*",
    re.IGNORECASE,
)
TIMED = re.compile(r"%|\brates?\b|^\W*\d+[- ]?(?:year|yr|month)", re.IGNORECASE)
ANSWER = re.compile(r"\W*(yes|no)\W*", re.IGNORECASE)
#: A row's name that only says of which time its rates are.
RATE_AT = re.compile(
    r"^\W*(?:at\s+)?\d+(?:[-‐–]\s?(?:years?|yrs?|y|months?|mos?)\b(?:\s+rates?)?|\s*(?:years?|yrs?|months?|mos?)\b(?=\W*%|\s+rates?))\W*%?\W*$",
    re.IGNORECASE,
)
WHOLE = re.compile(
    r"^\W*(?:total|both (?:treatment )?(?:arms|groups)|all(?:\s+(?:eligible\s+|evaluable\s+|treated\s+)?(?:patients|cases|subjects|women|men))?|overall(?: population)?|(?:entire|whole|study|ITT|intention[- ]to[- ]treat) (?:cohort|population|group|series|sample)|ITT)\W*$",
    re.IGNORECASE,
)


def size_in(head: str) -> int | None:
    """The number of patients that a heading prints: "(n = 72)", "(72 patients)"."""
    match = SIZE.search(head)
    return int(number(next(filter(None, match.groups())))) if match else None


@lru_cache(maxsize=1024)
def clean(head: str) -> str:
    """A heading without its footnote marks and its size."""
    return re.sub(r"\s+", " ", COUNTS.sub("", FIGURES.sub("", MARKS.sub("", SIZE.sub(" ", head))))).strip(" :,;")


def telling(paper: Paper, heads: tuple[str, ...]) -> list[str]:
    """The headings that name a group or a factor: neither a statistic, an endpoint nor an analysis."""
    cleaned = [clean(head) for head in heads]
    return [
        head for head in cleaned
        if head and not statistic_of(head) and not endpoints_of(paper, head, as_head=True) and not ANALYSIS.fullmatch(head)
    ]  # fmt: skip


#: A level with its reference in brackets behind it.
AGAINST_LEVEL = re.compile(r"^(?P<one>[^()\[\]]+?)\s*[(\[]\s*(?:v|vs\.?|versus)\s+(?P<other>[^()\[\]]+)[)\]]$", re.IGNORECASE)


def factor_and_level(paper: Paper, cell: Passage) -> tuple[str, str | None]:
    """The factor that a row is about, and its level: ("Corpus invasion", "Group 1"), ("Age", "≥65 vs <65"), ("LDH", None)."""
    heads = telling(paper, cell.row_heads)
    if not heads:
        return "", None
    against = AGAINST_LEVEL.match(heads[-1])
    if against:  # "grade 3 (v 1-2)"
        return heads[-1][: against.end("one")], f"{against['one']} vs {against['other']}"
    split = LEVELS.match(heads[-1])
    own = split and VERSUS.search(split["levels"]) and not LEVEL.match(heads[-1])  # "Age (>50 vs ≤50)" is whole, whatever stands above it
    if len(heads) > 1 and not own:
        names = [head for head in heads[:-1] if not LEVEL.match(head)]
        return (names or heads)[-1], heads[-1]
    if split and (
        VERSUS.search(split["levels"]) or re.search(r"[<>≤≥]|\b(?:yes|no|male|female|positive|negative)\b", split["levels"], re.IGNORECASE)
    ):
        return split["factor"], split["levels"]
    return heads[-1], None


def factor_name(printed: str) -> str:
    """A factor's name as the contract wants it: lower case, without its unit and its levels."""
    name = PER.sub("", UNITS.sub("", printed))
    name = re.sub(r"\s*[(\[][^)\]]*(?:vs\.?|versus|[<>≤≥]|ref)[^)\]]*[)\]]?\s*$", "", name, flags=re.IGNORECASE)
    return re.sub(r"\s+", " ", name).strip(" :,;.-–").lower()


def group_name(factor: str, level: str | None) -> str:
    """A group's printed name: the level with its factor, so that "<65" says of what."""
    return f"{factor} ({level})" if level and level.lower() != factor.lower() else factor


def is_known(paper: Paper, name: str) -> bool:
    """Whether a name is one of the paper's arms."""
    words = arm_words(name)
    return any(words == arm_words(known) for arm in paper.arms for known in (arm.name, *arm.aliases))


def grouped(paper: Paper, heads: tuple[str, ...]) -> str:
    """The group that columns name: what of their headings is neither a statistic nor an endpoint nor a time."""
    return arm_first(paper, [head for head in telling(paper, heads) if not TIMED.search(head)])


def arm_first(paper: Paper, names: list[str]) -> str:
    """The names of nested headings as one: an arm first, with the subgroup above it in parentheses."""
    names = [name for name in names if not WHOLE.match(name)]
    if len(names) > 1 and re.search(r"[A-Za-z]", names[-1]) and is_known(paper, names[-1]) and not is_known(paper, names[0]):
        return f"{names[-1]} ({', '.join(names[:-1])})"
    return " ".join(names)


def group_of(paper: Paper, cell: Passage) -> str | None:
    """The group that a rate or median is of: what of the headings is neither a statistic nor an endpoint nor a time.

    Where one of row and column is an arm of the paper, the other is the subgroup in parentheses.
    """
    factor, level = factor_and_level(paper, cell)
    if level and RATE_AT.match(level):  # "Control rate: 2-year, %"
        level = None
    answer = ANSWER.fullmatch(level or "") if is_known(paper, factor) else None
    if answer:  # "Drug X: yes | no" where X is an arm
        factor, level = factor if answer[1].lower() == "yes" else f"no {factor}", None
    row, columns = "" if RATE_AT.match(factor) else group_name(factor, level), grouped(paper, cell.col_heads)
    names = [name for name in (row, columns) if name and not WHOLE.match(name)]
    if len(names) == 2 and is_known(paper, row) != is_known(paper, columns):
        arm, within = (row, columns) if is_known(paper, row) else (columns, row)
        return f"{arm} ({within})"
    return ", ".join(names) or None
