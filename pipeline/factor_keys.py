"""Names of prognostic factors: "serum lactate dehydrogenase level" is `ldh`, and the concept that several names mean."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache

from pipeline.abbreviations import long_form
from pipeline.choose import factor_words
from pipeline.context import Paper
from pipeline.protocol import ROOT, vocabulary
from pipeline.records import Finding

#: What may stand before or after a factor's name without making it another factor.
AROUND = re.compile(
    r"^(?:(?:baseline|pre-?treatment|initial|serum|plasma|high(?:er)?|low(?:er)?|elevated|increas(?:ed|ing)|decreas(?:ed|ing)|reduced|older|younger|poor(?:er)?|good|better|worse|advanced|positive|negative|presence of|absence of|development of|occurrence of|lack of|no|without|(?:fe)?male(?=\s+(?:sex|gender)$)|(?:levels?|concentrations?|values?|expression) of|"
    r"the|a|an|patients?['’]?s?|receipt of|use of|addition of|administration of|larger?|smaller|greater|more)\s+)+(?=[a-z]{2})|"
    r"\s+(?:levels?|concentrations?|values?|status|positive|negative|positivity|negativity|[0-4](?:\s*[-–/]\s*[0-4])?|at (?:(?:initial |first |study )?(?:diagnosis|baseline|presentation|entry|enrol\w+|randomi[sz]ation|inclusion))|(?:above|below|over|under|of|at(?!\s*\d+[\s-]?(?:y|mo|week))|≥|>|<|≤)\s*[\d.,]+.*|(?:vs\.?|versus)\s.*)$|(?<!risk)\s+groups?$"
)
#: A class of a staging system names the system: "T4 stage", "stage IV disease", "N2-3".
CLASSES = (
    (re.compile(r"^(?:(?:fe)?males?|(?:wo)?men)$"), "sex"),
    (re.compile(r"^[<>≥≤]?\s*(?:c|p|yp)?([tnm])[0-4][a-d]?(?:\s*[-–/]\s*[tnm]?[0-4][a-d]?)?(?:\s+(?:stage|disease|classification|category|tumou?rs?|lesions?))?$"), r"\1 stage"),
    (re.compile(r"^(?:\w+\s+)?stage\s+(?:[ivx]+|[0-4])[a-c]?\d?(?:\s*[-–/]\s*(?:[ivx]+|[0-4])[a-c]?\d?)?(?:\s+disease)?$"), "stage"),
    (re.compile(r"^grade\s+(?:[iv]+|[1-4])(?:\s*[-–/]\s*(?:[iv]+|[1-4]))?(?:\s+(?:disease|tumou?rs?|histology))?$"), "grade"),
)  # fmt: skip
#: Words that are left when a name was cut off.
LOOSE_ONLY = re.compile(
    r"(?:groups?|arms?|levels?|concentrations?|values?|expression|status|score|type|time|number|presence|stage group|patients?|treatment groups?)"
)
#: Words that name no factor but a comparison or a part of the patients.
NO_FACTOR = re.compile(
    r"^(?:compared|all|only|those|patients?|versus|interaction|overall(?!\s+(?:treatment|radiation|radiotherapy)\s+time)|total|other|none|median|mean|univari|multivari|adjusted|model|variables?|factors?|characteristics?|parameters?)\b"
)


#: "ABC1 expression", "overexpression of ABC1"
EXPRESSED = re.compile(
    r"\b([A-Z][A-Z0-9-]{1,9})\s+(?:(?:m?RNA|protein|gene|tumou?r)\s+)?(?:over)?expression\b|\bexpression\s+of\s+(?:the\s+)?([A-Z][A-Z0-9-]{1,9})\b"
)


#: Words that make another factor of the same system, as a reader prints it: "pathological stage", "type of treatment".
QUALIFYING = frozenset({"clinical", "pathological", "pathologic", "type", "modality", "arm"})


@cache
def _keys(review: str | None) -> dict[frozenset[str], str]:
    """Each concept's key by the telling words of every name it has."""
    return {factor_words(word): key for key, words in vocabulary("factors", ROOT, review).items() for word in (key, *words)}


def concept(name: str, review: str | None = None) -> str:
    """The concept that a factor's name means, by the vocabulary; the name itself where it knows none. Reports group by it."""
    return _keys(review).get(factor_words(name), name)


def is_short(key: str, name: str) -> bool:
    """Whether a key is the usual short form of a name, or shares most of its words: `ldh` for "lactate dehydrogenase"."""
    if QUALIFYING & set(name.split()) - set(key.split()):
        return False
    a, b = factor_words(key), factor_words(name)
    return len(a & b) / len(a | b) > 0.5 or a < b or b < a or long_form(key.upper(), name) is not None


def name_of(paper: Paper, printed: str, review: str | None = None) -> str | None:
    """A factor's name without levels and lead-in words, under its usual short form where it has one; None for no factor."""
    if NO_FACTOR.match(printed):
        return None
    spelled = {short.lower(): long.lower() for short, long in paper.long_forms.items()}
    printed = classed(printed)
    if spelled.get("ps", "performance status").endswith("performance status"):
        printed = re.sub(r"\bps\b|^ecog$", "performance status", printed)
    name = re.sub(r"\bmets\b(?=\s+\w)", "metastatic", re.sub(r"\bmets$", "metastases", printed))
    while True:
        expanded = " ".join(spelled.get(word, word) for word in name.split())
        for form in (name, expanded):
            key = concept(form, review)
            if key != form and (is_short(key, form) or form == expanded != name):
                return key
        cut = AROUND.sub("", name).strip(" ,;:-")
        if cut == name or len(cut) < 2:
            break
        name = "performance status" if cut in {"ecog", "zubrod"} else cut
    name = re.sub(r"\s+(?:of|in|for|with|and|or|the)$", "", name)
    if LOOSE_ONLY.fullmatch(name):
        return None
    if printed.endswith(f"{name} status"):
        return f"{name} status"
    shorts = {long: short for short, long in spelled.items()}
    symbol = shorts.get(name, name)
    if symbol in expressed(paper):
        return f"{symbol} expression"
    if name in spelled:
        return f"{spelled[name]} ({name})"
    if name in shorts:
        return f"{name} ({shorts[name]})"
    return spelled_out(name, spelled, review)


def spelled_out(name: str, spelled: dict[str, str], review: str | None) -> str:
    """A name of several words with the one short form among them spelled out: "postoperative radiotherapy", "weight loss (wl) at start"."""
    words = name.split()
    short = [word for word in words if len(word) > 1 and re.fullmatch(r"[a-z][a-z -]+", spelled.get(word, ""))]
    if len(short) != 1 or not 1 < len(words) < 7 or words[-1] == "expression":
        return name
    key = concept(short[0], review)
    if key != short[0] or factor_words(key) in _keys(review):
        return name.replace(short[0], key, 1) if " " not in key else name
    return name.replace(short[0], f"{spelled[short[0]]} ({short[0]})", 1)


def classed(printed: str) -> str:
    """The staging system's name where only one of its classes is printed."""
    for pattern, system in CLASSES:
        match = pattern.fullmatch(printed)
        if match:
            return match.expand(system)
    return printed


def expressed(paper: Paper) -> frozenset[str]:
    """The genes and proteins, lower case, whose expression the paper speaks of again and again."""
    if "expressed" not in paper.__dict__:
        text = " ".join(passage.text for passage in paper.prose)
        counts = Counter(next(filter(None, match.groups())).lower() for match in EXPRESSED.finditer(text))
        paper.__dict__["expressed"] = frozenset(symbol for symbol, times in counts.items() if times > 2)
    return paper.__dict__["expressed"]


def settle(paper: Paper, found: list[Finding], review: str | None = None) -> list[Finding]:
    """Findings with every prognostic factor under its key; those whose words name no factor are left out."""
    kept = []
    for finding in found:
        if finding.field == "prognostic_factor":
            finding.value = name_of(paper, str(finding.value), review)
            if not finding.value or not re.search(r"[a-z]{2}", finding.value):
                continue
        kept.append(finding)
    return kept
