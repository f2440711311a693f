"""When two names mean the same arm or factor, though one is short and the other spelt out."""

from __future__ import annotations

import re

#: Short forms that one table prints and another spells out.
SPELT = {
    "cht": "chemotherapy", "ct": "chemotherapy", "chemo": "chemotherapy", "rt": "radiotherapy", "radiation": "radiotherapy",
    "irradiation": "radiotherapy", "mets": "metastases", "metastasis": "metastases", "metastatic": "metastases", "tumour": "tumor",
    "bones": "bone", "livers": "liver", "hepatic": "liver", "lungs": "lung", "pulmonary": "lung", "lesion": "lesions", "nodes": "node",
    "crt": "chemotherapy radiotherapy", "chemoradiotherapy": "chemotherapy radiotherapy", "rct": "chemotherapy radiotherapy",
}  # fmt: skip
IDLE = frozenset("arm group the patients plus and with of alone only all to for in cohort treated".split())
#: A covariate whose name has no other words than these is a treatment given or not given.
TREATMENT = frozenset(
    ["radiotherapy", "chemotherapy", "treatment", "modality", "surgery", "local", "locoregional", "concurrent", "primary", "immunotherapy"]
)


def tokens(text: object) -> frozenset[str]:
    """The words that tell one arm or factor from another, short forms spelt out, comparators kept."""
    spaced = re.sub(r"(?<=[<>≤≥])\s*", " ", str(text or "").lower())
    words = re.findall(r"[<>≤≥]|[a-z0-9.]+", spaced)
    spelt = " ".join(SPELT.get(word, word) for word in words)
    return frozenset(spelt.split()) - IDLE


def names(text: object) -> list[frozenset[str]]:
    """The words of a name's forms: as printed, without its brackets, and what stands in them: Group A (chemotherapy alone)."""
    text = str(text or "")
    inner = re.findall(r"[(\[]([^)\]]+)[)\]]", text)
    forms = [tokens(form) for form in (text, re.sub(r"[(\[][^)\]]*[)\]]", " ", text), *inner)]
    return [form for form in dict.fromkeys(forms) if form]


def overlap(there: object, here: object) -> float:
    """The share of all words of two names that both have, by their best fitting forms; 1 for no name twice, 0 where only one is named."""
    a, b = names(there), names(here)
    if not a and not b:
        return 1.0 if str(there or "").lower() == str(here or "").lower() else 0.5
    return max((len(x & y) / len(x | y) for x in a for y in b), default=0.0)


def is_treatment(name: object) -> bool:
    """Whether a covariate's name, without its brackets, is a treatment and nothing else: RT (yes), treatment modality."""
    bare = tokens(re.sub(r"[(\[][^)\]]*[)\]]", " ", str(name or "")))
    return bool(bare) and bare <= TREATMENT
