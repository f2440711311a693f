"""Names of prognostic factors: "serum lactate dehydrogenase level" is `ldh`, and the concept that several names mean."""

from __future__ import annotations

import re
from functools import cache

from pipeline.abbreviations import long_form
from pipeline.choose import factor_words
from pipeline.context import Paper
from pipeline.protocol import ROOT, vocabulary
from pipeline.records import Finding

#: What may stand before or after a factor's name without making it another factor.
AROUND = re.compile(
    r"^(?:(?:baseline|pre-?treatment|initial|serum|plasma|high(?:er)?|low(?:er)?|elevated|increas(?:ed|ing)|decreas(?:ed|ing)|reduced|older|younger|poor(?:er)?|good|better|worse|advanced|positive|negative|presence of|absence of|(?:levels?|concentrations?|values?|expression) of|"
    r"the|a|an|patients?['’]?s?|receipt of|use of|addition of|larger?|smaller|greater|more)\s+)+(?=[a-z]{2})|"
    r"\s+(?:levels?|concentrations?|values?|status|at (?:diagnosis|baseline|presentation)|(?:above|below|over|under|of|at|≥|>|<|≤)\s*[\d.,]+.*|(?:vs\.?|versus)\s.*)$"
)
#: Words that are left when a name was cut off.
LOOSE_ONLY = re.compile(r"(?:groups?|arms?|levels?|concentrations?|values?|expression|status|score|type|time|number|presence|stage group|patients?|treatment groups?)")
#: Words that name no factor but a comparison or a part of the patients.
NO_FACTOR = re.compile(r"^(?:compared|all|only|those|patients?|versus|interaction|overall|total|other|none|median|mean|univari|multivari|adjusted|model|variables?|factors?|characteristics?|parameters?)\b")


@cache
def _keys(review: str | None) -> dict[frozenset[str], str]:
    """Each concept's key by the telling words of every name it has."""
    return {factor_words(word): key for key, words in vocabulary("factors", ROOT, review).items() for word in (key, *words)}


def concept(name: str, review: str | None = None) -> str:
    """The concept that a factor's name means, by the vocabulary; the name itself where it knows none. Reports group by it."""
    return _keys(review).get(factor_words(name), name)


def is_short(key: str, name: str) -> bool:
    """Whether a key is the usual short form of a name, or shares most of its words: `ldh` for "lactate dehydrogenase"."""
    a, b = factor_words(key), factor_words(name)
    return len(a & b) / len(a | b) > 0.5 or a < b or long_form(key.upper(), name) is not None


def name_of(paper: Paper, printed: str, review: str | None = None) -> str | None:
    """A factor's name without levels and lead-in words, under its usual short form where it has one; None for no factor."""
    if NO_FACTOR.match(printed):
        return None
    spelled = {short.lower(): long.lower() for short, long in paper.long_forms.items()}
    name = printed
    while True:
        expanded = " ".join(spelled.get(word, word) for word in name.split())
        for form in (name, expanded):
            key = concept(form, review)
            if key != form and (is_short(key, form) or form == expanded != name):
                return key
        cut = AROUND.sub("", name).strip(" ,;:-")
        if cut == name or len(cut) < 2:
            break
        name = cut
    name = re.sub(r"\s+(?:of|in|for|with|and|or|the)$", "", name)
    if LOOSE_ONLY.fullmatch(name):
        return None
    if name in spelled:
        return f"{spelled[name]} ({name})"
    shorts = {long: short for short, long in spelled.items()}
    return f"{name} ({shorts[name]})" if name in shorts else name


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
