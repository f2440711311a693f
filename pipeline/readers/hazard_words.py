"""The words around hazard ratios."""

from __future__ import annotations

import re

from pipeline.numbers import NUM

CONTROL = re.compile(r"\bcontrols?\b|\bplacebo\b|\bobservation\b|\bstandard\b|\balone\b|\bno\b|\bsham\b", re.IGNORECASE)
COMPARED = re.compile(r"^\s*(?:as )?compared (?:with|to) ([^,;]{3,60}?),", re.IGNORECASE)
ADDITION = re.compile(r"^(?:the\s+)?(?:addition|use|administration|receipt)\s+of\s+(?=\S)", re.IGNORECASE)
#: "... compared with Y (HR 0.7)"
AGAINST = re.compile(
    r"\b(?:compared\s+(?:with|to)|versus|vs\.?|relative\s+to|than)\s+(?:(?:in|for|with|that|those|of|the|an?)\s+)*([^,;.()\[\]\d]{2,50}?)\s*(?=[(\[,])",
    re.IGNORECASE,
)
#: "98 (45%) of 218 in A and 122 (56%) of 217 in B": two groups whose events are counted.
COUNTED = re.compile(
    r"[\s,]*(?:and|or)\s+(?:in\s+)?\d[\d,.]*\s*(?:%|[(\[][\d.]+\s*%[)\]])?\s*(?:of\s+\d+\s*)?(?:patients\s+|deaths\s+)?(?:[(\[][\d.]+\s*%[)\]]\s*)?(?:in|with|for|of)\s+(?:the\s+)?",
    re.IGNORECASE,
)
#: "the addition of Y to X improved OS"
ADDED = re.compile(
    r"\b(?:[Aa]ddition\s+of|[Aa]dding)\s+([\w/+-]+(?:\s+[\w/+-]+){0,2}?)\s+to\s+(?:the\s+)?([\w/+-]+(?:\s+(?!did|was|were|had|has|signif|improv|reduc|prolong|result|led|and|in|for)[\w/+-]+){0,2})",
    re.IGNORECASE,
)
#: "1.6 (95% CI 1.1-2.3) for current smokers compared with never smokers"
AFTER_RATIO = re.compile(
    rf"^(?:[^A-Za-z(\[]*(?:[\[(][^()\[\]]*[)\]])?|[\s,;:]*(?:95\s*%\s*CI\W*)?{NUM}\s*[-–—]\s*{NUM}(?:[\s,;]*p\s*[=<>]\s*{NUM})?)[\s,]*(?:for|in|with|among)\s+((?:(?!\b(?:and|compared|versus|vs)\b)[^,;.:()]){{2,50}}?)\s+(?:compared\s+(?:with|to)|versus|vs\.?|relative\s+to|than)\s+([^,;.:()]{{2,50}}?)(?=\s*[,;.()]|\s+and\s+\d|$)",
    re.IGNORECASE,
)
OF_METASTASIS = re.compile(
    r"\b(?:HRs?|ratios?|risk)\s*(?:\([^)]*\)\s*)?(?:of|for)\s+(?:\w+\s+)?distant\s+(?:metasta|recurr|relapse|failure)", re.IGNORECASE
)
#: "... of death (HR 0.6) and of progression (HR 0.7)"
OF_PROGRESSING = re.compile(r"\band\s+of\s+(?:disease\s+)?progression\s*[(\[]", re.IGNORECASE)
OF_PROGRESSION = re.compile(
    r"\b(?:HRs?|ratios?|risk)\s*(?:\([^)]*\)\s*)?(?:of|for)\s+(?:\w+\s+){0,2}?(?:progression|recurrence|relapse|event)", re.IGNORECASE
)
#: "the HR for relapse was 0.74, and the HR for death was 0.85": of two ratios each has its own event
EVENT_RATIO = re.compile(
    r"\b(?:HRs?|ratios?)\s*(?:\([^)]*\)\s*)?(?:of|for)\s+(?:the\s+)?(?:\w+\s+)?(?:death|mortality|progression|recurrence|relapse|event)"
    r"|\bof\s+(?:disease\s+)?(?:death|dying|progression|recurrence|relapse)\s*[(\[]",
    re.IGNORECASE,
)
#: "X predicted recurrence after A (HR 2.4)": the ratio is of X, whatever group it was seen in.
PREDICTS = re.compile(r"\b(?:predict(?:ed|s)|influenced|affected|correlated\s+with)\b", re.IGNORECASE)
#: "was not reached in the X group and was 20 months in the Y group (HR 0.7)"
NOT_REACHED = re.compile(r"\bnot\s+(?:yet\s+|been\s+)*(?:reached|estimable)\b", re.IGNORECASE)
#: What leads a part of the patients behind a ratio: "0.58 (95% CI 0.4-0.9) in women".
IN_PART = re.compile(
    r"\b(?:in|among)\s+(?:the\s+|those\s+(?:with\s+)?|(?:patients|women|men)\s+(?:with\s+|aged\s+|who\s+)?)*$", re.IGNORECASE
)
#: "0.72 (95% CI 0.60-0.86) in favour of the X arm", "HR 1.4, favouring X"
FAVOURED = re.compile(
    r"^(?:[^.;()\[\]]|[(\[][^()\[\]]*[)\]]){0,80}?\b(?:in\s+favou?r\s+of|favou?ring)\s+(?:the\s+|treatment\s+with\s+)?$", re.IGNORECASE
)
BARE_INTERVAL = re.compile(rf"^\s*[,;]?\s*[\[(]?\s*({NUM})\s*[-–—‐−]\s*({NUM})")
