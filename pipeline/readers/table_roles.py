"""What the headings of a table of results say a cell holds: the statistic, the endpoint, the time point, the analysis, the group."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, cached_property

from pipeline.context import Paper, Sentence, Table
from pipeline.endpoints import prevailing
from pipeline.lexicon import HYPHENS
from pipeline.protocol import vocabulary
from pipeline.quantities import quantities
from pipeline.readers.table_figures import time_unit
from pipeline.records import Passage

HR = re.compile(
    r"\b(?:a|c|s)?HR(?:s|(?-i:[a-f*†‡]))?(?![A-Za-z])|\bH\.\s?R\.|\bhazards?\s+ratios?|\bexp\s*[\[(]\s*[bβ]\s*[\])]|\bHazard\b",
    re.IGNORECASE,
)
CI = re.compile(r"\bCI\b|confidence\s+(?:interval|limit)s?|\bC\.I\.|^\s*95\s*%\s*$", re.IGNORECASE)
CI_FIRST = re.compile(
    r"^\W*95\s*%?\s*(?:CI|C\.I\.|confidence\s+intervals?)\W*(?:\(\s*)?(?:(?:for|of)\s+)?(?:the\s+)?(?:HRs?|hazards?\s+ratios?|exp\s*[\[(]\s*[bβ]\s*[\])])\W*$",
    re.IGNORECASE,
)
P = re.compile(
    r"^\W*(?:log[\s-]*rank\s*(?:test)?\s*|(?:wald|adjusted|cox|overall|fisher|likelihood|two[\s-]sided)(?:['’]s)?(?:\s+test)?\s*)?p(?:\s*[-‐–]?\s*values?|\s*val\b)?\W*(?:[*†‡§a-d]\W*)?$|\bp[\s‐-]*values?\b|^\W*p\s*\(|^sig(?:nificance|\.)?$",
    re.IGNORECASE,
)
NOT_P = re.compile(r"interaction|heterogen|trend|egger|begg", re.IGNORECASE)
#: Columns of a meta-analysis that tell how the trials differ: "I2 (%)", "Heterogeneity".
HETEROGENEITY = re.compile(r"^\W*(?:I\s*\^?\s*[2²]|Tau\s*\^?\s*[2²]|heterogeneity\b.*|inconsistency\b.*)\W*(?:%|\(%\))?\W*$", re.IGNORECASE)
ODDS = re.compile(r"\bORs?\b|\b[Oo]dds\s+[Rr]atio")
MEDIAN = re.compile(r"\bmedian\b|\bMSTs?\b|\bm(?:OS|PFS)\b", re.IGNORECASE)
MEAN = re.compile(r"\bmean\b|\baverage\b|follow|\bage\b|duration", re.IGNORECASE)
_PEOPLE = r"(?:patients?|cases|pts|subjects|participants|women|men|samples|individuals)"
COUNT = re.compile(
    rf"^\W*(?:n|(?:total\s+)?no\.|nos?\.?\s+of\s+(?:\w+\s+)?{_PEOPLE}|(?:total\s+)?number(?:\s+of\s+(?:\w+\s+)?{_PEOPLE})?|{_PEOPLE}|total,?\s*n|{_PEOPLE},?\s*(?:n|no\.?)|frequency|#\s*{_PEOPLE}?)\W*(?:\(?%?\)?)?\W*$",
    re.IGNORECASE,
)
RATE = re.compile(r"%|\brates?\b|percent|\bproportion|cumulative|actuarial|probabilit", re.IGNORECASE)
EVENTS = re.compile(
    r"\bevents?\b|\bno\.? of deaths\b|at risk|\bdeaths?\s*[,/(]?\s*n\b|\bn\s*\(\s*%\s*\)|\bno\.?\s*\(\s*%\s*\)", re.IGNORECASE
)
MULTI = re.compile(r"multi-?\s*vari|\badjusted\b|independent", re.IGNORECASE)
COX = re.compile(r"\bcox\b|proportional[\s-]hazards?", re.IGNORECASE)
OF_A_CAUSE = re.compile(r"recurr|progress|relapse|metasta|cancer|disease|specific|tumou?r|cause", re.IGNORECASE)
MODEL = re.compile(r"\bcox\b[^.;]*\bmodel\b", re.IGNORECASE)
DEATH = re.compile(r"(?<!hospital )(?<!operative )(?<!related )(?<!day )\b(?:mortality|death|dying)\b", re.IGNORECASE)
UNI = re.compile(r"uni-?\s*vari|\bcrude\b|unadjusted|log[\s-]*rank|kaplan|bivariate", re.IGNORECASE)
RESPONSE = re.compile(r"\bresponse\b|toxicit|adverse", re.IGNORECASE)
VERSUS = re.compile(r"\s+(?:vs\.?|versus|v|compared (?:with|to)|against|relative to|/)\s+", re.IGNORECASE)
TIME_UNIT = re.compile(r"\b(months?|mos?|years?|yrs?|weeks?|wks?|days?)\b", re.IGNORECASE)
#: Tables of a treatment's effect within subgroups: their rows are no prognostic factors.
SUBGROUPS = re.compile(
    r"\b(?:benefit|effects?|efficacy|impact) (?:of|from)\b|treatment effect|subgroup|\binteraction\b|subset analys", re.IGNORECASE
)
REFERENCE = re.compile(
    r"^\W*(?:1(?:[.·]0+)?\s*)?[\[(]?\s*(?:ref(?:erence)?\.?|referent|reference\s+(?:group|category|level))?\s*[\])]?\W*$", re.IGNORECASE
)
BRACKETED = re.compile(r"\d\s*[\[(,;]\s*(?:95\s*%?\s*CI\W*)?\d")
#: Tables of diagnostic accuracy use the endpoints' names for something else.
ACCURACY = re.compile(r"\bAUC\b|\bROC\b|area under|receiver operat|sensitivity|specificity|c-index|concordance", re.IGNORECASE)
#: An event's share is no survival rate: "locoregional recurrence, %" counts those who failed.
EVENT = re.compile(r"recurren|relapse|failure|metastas|death|mortality|incidence|progression\b", re.IGNORECASE)
#: A heading of patients who had an event, or had it not: "no recurrence", "progression due to new lesions".
OF_GROUP = re.compile(r"\b(?:due to|no|not|with|without|after|before|patients|status)\b|\bn\s*=", re.IGNORECASE)
SPARED = re.compile(r"free|control|surviv", re.IGNORECASE)
#: A row that names another publication: its figures are not the paper's own.
CITED = re.compile(r"\bet al\b|^[A-Z][\w'-]+(?:\s+[A-Z]{1,3})?[,.]?\s*[\[(]?(?:19|20)\d\d|^[A-Z][\w'-]+\s*\[\d|^\[\d+\]$")
OTHER_STUDIES = re.compile(
    r"\b(?:included|eligible|enrolled|previous|published|prior|reported|other|selected|comparable)\s+(?:\w+\s+)?(?:studies|trials|reports|series|articles)|\bliterature\b|\bmeta-analys|\breview of\b|studies included|of the studies",
    re.IGNORECASE,
)


@dataclass(slots=True)
class Role:
    """What one cell holds, as its headings say."""

    statistic: str | None  # hr, ci, p, median, rate, n
    endpoint: str | None
    at: float | None
    unit: str | None
    analysis: str | None  # multi, uni


@cache
def _head_words() -> list[tuple[re.Pattern[str], str]]:
    """Patterns of the words that mean an endpoint as a heading, longest first."""
    pairs = [(word, key) for key, words in vocabulary("endpoint_heads").items() for word in words]
    pairs.sort(key=lambda pair: -len(pair[0]))
    around = (
        r"(?:(?:the|any|first|time to|risk of|for|rate of|ha?ematogenous|peritoneal|peritoneum|lymph[\s-]node|nodal|tumou?r|cancer)\s+)*",
        r"s?(?:\s*[\[(][^)\]]*[\])]|\s*,.*|\s+(?:rates?|events?|risk|analysis|%))*[\s*†‡§:]*",
    )
    return [
        (re.compile(rf"\W*{around[0]}{re.escape(word)}{around[1]}", 0 if word.isupper() else re.IGNORECASE), key) for word, key in pairs
    ]


def endpoints_of(paper: Paper, text: str, as_head: bool = False) -> list[str]:
    """Endpoints that a text names, each once; a heading may name one by a bare word ("Death", "Distant recurrence")."""
    found = list(dict.fromkeys(m.key for m in paper.mentions(text) if m.kind == "endpoint" and m.key))
    if len(found) > 1 and re.search(r"biochemical", text, re.IGNORECASE):
        found = ["FFS"]
    if found or not as_head:
        return found
    plain = text.translate(HYPHENS)
    for pattern, key in _head_words():
        if pattern.fullmatch(plain):
            return [key]
    return []


def statistic_of(head: str) -> str | None:
    """The statistic that a heading names."""
    if ODDS.search(head):
        return "odds"
    if HETEROGENEITY.match(head):
        return "other"
    if CI_FIRST.match(head):
        return "ci"
    if HR.search(head) and (CI.search(head) or not re.search(r"\bp[\s‐-]*values?\b", head, re.IGNORECASE)):
        return "hr"
    if P.search(head):
        return "other" if NOT_P.search(head) else "p"
    if CI.search(head) and not MEDIAN.search(head) and not re.search(r"[A-Za-z]{2}", CI.sub("", head).replace("95", "")):
        return "ci"
    if MEDIAN.search(head):
        return "median"
    if COUNT.search(head):
        return "n"
    return None


def analysis_of(text: str) -> str | None:
    """Whether a heading or caption speaks of multivariable or univariate analysis; None for neither or both."""
    multi, uni = bool(MULTI.search(text)), bool(UNI.search(text))
    return "multi" if multi and not uni else "uni" if uni and not multi else None


def at_of(text: str) -> float | None:
    """The time point that a heading names, in months, where it names just one."""
    found = quantities(text)
    steps = {m.value for m in found if m.kind == "at"}
    if not steps:
        steps = {
            m.value * (12 if m.unit == "years" else 1) for m in found if m.kind == "duration" and m.value and m.unit in ("years", "months")
        }
    return steps.pop() if len(steps) == 1 else None


def unit_of(text: str) -> str | None:
    """The unit of time that a heading names."""
    found = TIME_UNIT.search(text)
    return {"m": "months", "y": "years", "w": "weeks", "d": "days"}[found[1][0].lower()] if found else None


class Roles:
    """The roles of a table's cells, worked out from headings, then caption, then the sentences that cite the table."""

    def __init__(self, paper: Paper, table: Table) -> None:
        self.paper, self.table = paper, table
        self.caption = table.caption
        self.caption_endpoints = endpoints_of(paper, table.caption)
        self.caption_at = at_of(table.caption) or at_of(table.notes) or self.at_elsewhere()
        self.caption_analysis = analysis_of(table.caption) or self.cited_analysis()
        self.heads = cache(self._head)
        self.has_p = any(statistic_of(head.text) == "p" for head in table.heads) and not any(
            statistic_of(head.text) == "hr" for head in table.heads
        )

    def _head(self, head: str) -> tuple[str | None, tuple[str, ...], float | None, str | None, str | None]:
        return statistic_of(head), tuple(endpoints_of(self.paper, head, as_head=True)), at_of(head), unit_of(head), analysis_of(head)

    def at_elsewhere(self) -> float | None:
        """The one time point at which the paper gives its rates, where it has just one."""
        steps = {m.value for s in self.paper.own if s.kinds("percent") for m in s.quantities if m.kind == "at" and (m.value or 0) >= 6}
        return steps.pop() if len(steps) == 1 else None

    def left_of(self, column: int) -> tuple[str, ...]:
        """The endpoint of the nearest column to the left that names one: in "OS | p | CSS | p" each p value is its left neighbour's."""
        named = [(head.col or 0, self.heads(head.text)[1]) for head in self.table.heads if (head.col or 0) < column and head.col_span == 1]
        named = [(at, keys) for at, keys in named if keys]
        return max(named)[1] if named else ()

    def analysis_left_of(self, column: int) -> str | None:
        """The analysis of the nearest column to the left that names one: in "Multivariable HR | p" the p value is its left neighbour's."""
        named = [(head.col or 0, self.heads(head.text)[4]) for head in self.table.heads if (head.col or 0) < column and head.col_span == 1]
        return max((pair for pair in named if pair[1]), default=(0, None))[1]

    def is_event(self, head: str) -> bool:
        """Whether a heading names the event and not being free of it; short forms count as what they stand for."""
        text = " ".join(
            [
                head,
                *(long for short, long in self.paper.long_forms.items() if short in head and re.search(rf"\b{re.escape(short)}\b", head)),
            ]
        )
        return bool(EVENT.search(text)) and not SPARED.search(text) and not OF_GROUP.search(head)

    @cached_property
    def citing(self) -> list[Sentence]:
        """The sentences that cite this table."""
        number = re.search(r"\d+|[IVX]+$", self.table.label)
        if not number:
            return []
        pattern = re.compile(rf"\bTables?\s+{re.escape(number[0])}\b", re.IGNORECASE)
        return [
            s
            for s in self.paper.sentences
            if ("able" in s.text or "ABLE" in s.text) and s.passage.kind != "caption" and pattern.search(s.text)
        ]

    def cited_endpoint(self) -> str | None:
        """The endpoint that the sentences citing this table speak of, where they agree on one; of a Cox model else the paper's own."""
        keys = {m.key for s in self.citing for m in s.words if m.kind == "endpoint"}
        if not keys and (COX.search(self.caption) or any(statistic_of(head.text) == "hr" for head in self.table.heads)):
            return "OS" if DEATH.search(self.caption) else prevailing(self.paper.own)
        return keys.pop() if len(keys) == 1 else None

    def cited_analysis(self) -> str | None:
        """The analysis that the sentences citing this table speak of; a table of hazard ratios that no word places is taken as
        multivariable where the paper speaks of one."""
        kinds = {analysis_of(s.text) for s in self.citing} - {None}
        if len(kinds) == 1:
            return kinds.pop()
        if any(statistic_of(head.text) == "hr" for head in self.table.heads) and not any(
            analysis_of(head.text) for head in self.table.heads
        ):
            apart = any(analysis_of(table.caption) == "uni" for table in self.paper.tables)  # the other table is the univariate one
            return "multi" if apart or MODEL.search(self.caption) or any(analysis_of(s.text) == "multi" for s in self.paper.own) else None
        return None

    def of(self, cell: Passage) -> Role:
        """The role of a body cell: the innermost heading that says something wins, columns before rows before caption."""
        inner_first = [*reversed(cell.col_heads), *reversed(cell.row_heads)]
        read = [self.heads(head) for head in inner_first]
        statistic = next((found[0] for found in read if found[0]), None)
        endpoints = next((found[1] for found in read if found[1]), ())
        at = next((found[2] for found in read if found[2] is not None), None)
        unit = next((found[3] for found in read if found[3]), None) or unit_of(self.caption)
        analysis = next((found[4] for found in read if found[4]), None)
        if not analysis and statistic in {"p", "ci"}:
            analysis = self.analysis_left_of(cell.col or 0)
        analysis = analysis or self.caption_analysis
        if not endpoints and statistic in {"p", "ci"}:
            endpoints = self.left_of(cell.col or 0)
        if not endpoints and statistic == "hr" and any(DEATH.search(head) and not OF_A_CAUSE.search(head) for head in cell.col_heads):
            endpoints = ("OS",)  # "HR for death (95% CI)"
        if not endpoints and any(self.is_event(head) for head in cell.col_heads):
            return Role(statistic, None, at, unit, analysis)  # an event that is no endpoint of the contract
        if not endpoints and len(self.caption_endpoints) == 1:
            endpoints = tuple(self.caption_endpoints)
        endpoint = endpoints[0] if len(endpoints) == 1 or (endpoints and statistic in {"hr", "p", "ci"}) else None
        at = at if at is not None else self.caption_at
        heads = " ".join(inner_first)
        if statistic is None and endpoint and (printed := time_unit(cell.text)) and not MEAN.search(heads):
            statistic, unit = "median", printed
        if statistic in {None, "n"} and endpoint and at is not None and self.is_rate(cell, statistic, heads):
            statistic = "rate"
        if statistic in {"hr", "p"} and {"hr", "p"} <= {found[0] for found in read}:
            statistic = "hr" if BRACKETED.search(cell.text) else "p"
        return Role(statistic, endpoint, at, unit, analysis)

    def is_rate(self, cell: Passage, statistic: str | None, heads: str) -> bool:
        """Whether a cell under an endpoint's heading holds a survival rate."""
        named = [head for head in (*cell.col_heads, *cell.row_heads) if self.heads(head)[1]]
        if EVENTS.search(heads) or any(self.is_event(head) for head in named):
            return False
        if statistic == "n":
            return bool(RATE.search(heads)) and not re.search(r"\bn\b|\bno\b", heads, re.IGNORECASE)
        timed = any(self.heads(head)[2] is not None for head in (*cell.col_heads, *cell.row_heads))
        bare = statistic is None and any(self.heads(head)[1] and len(head.split()) <= 4 for head in cell.col_heads) and self.has_p
        return timed or bare or bool(RATE.search(heads) or RATE.search(self.caption))
