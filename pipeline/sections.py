"""Headings and text as every parser writes them: the canonical section of a heading, and normalised characters."""

from __future__ import annotations

import re
import unicodedata

NUMBERING = re.compile(r"^\s*(?:section\s+)?(?:\d+(?:\.\d+)*|[ivx]+)[.):]?\s+(?=\S)", re.IGNORECASE)
SPACES = re.compile(r"[\s\u00a0\u2000-\u200a\u202f\u205f\u3000]+")
LIGATURES = {0xFB00: "ff", 0xFB01: "fi", 0xFB02: "fl", 0xFB03: "ffi", 0xFB04: "ffl", 0xFB05: "st", 0xFB06: "st"}
INVISIBLE = re.compile(r"[\u00ad\u200b-\u200f\u2060\ufeff\u202a-\u202e]")

#: What a heading's words say, in the order in which they are asked; the first that matches decides.
WORDS = (
    ("back", r"acknowledg|competing interest|conflicts? of interest|disclosure|funding|financial support|contributions?\b|abbreviations|"
             r"consent|availability|supplement|supporting information|additional file|pre-publication|publisher.s note|declarations?\b|"
             r"trial (?:registration|status)|ethics approval|ethical approval|appendi|footnotes?\b|role of the (?:funding|sponsor)|"
             r"authors.{1,2}information|patient and public involvement|^references$|bibliography"),
    ("results", r"\bresults?\b|\bfindings\b|case (?:report|presentation|description)"),
    ("methods", r"\bmethods?\b|\bmethodology\b|\bmaterials?\b|patients and|\bsubjects\b|experimental (?:procedures|section)"),
    ("discussion", r"\bdiscussions?\b|\bcomments?\b|\binterpretation\b|\blimitations\b"),
    ("conclusion", r"\bconclu(?:sions?|ding)\b|\bsummary\b|\bimplications?\b"),
    ("introduction", r"\bintroduction\b|\bbackground\b|\brationale\b|\bobjectives?\b|\baims?\b|\bpurpose\b|research in context"),
    ("methods", r"eligib|inclusion|exclusion|randomi[sz]|sample size|statistic|"
                r"(?:study|trial) (?:design|population|plan|objectives|treatment)|"
                r"data (?:collection|extraction|sources?|management)|protocol|procedures?\b|assessments?\b|outcome measures?|"
                r"end ?points?\b|\bethics?\b|intervention|^treatments?$|"
                r"treatment (?:plan|regimen|schedule)|radiotherapy|chemotherapy|follow-up|patient selection|search strategy|"
                r"quality control|\bparticipants\b|^patients$|withdrawal|economic|\bpopulation\b|\bdesign\b|\bsettings?\b|data analys[ei]s|study selection|"
                r"clinical data"),
    ("results", r"characteristics|toxicity|toxicities|adverse events|efficacy|safety|\bsurvival\b|\bresponses?\b|recurrence|outcomes?\b|"
                r"prognostic factors|\b(?:uni|multi)varia(?:te|ble)\b|subgroup|compliance|patterns? of|quality of life|case series|\bcomparisons?\b|"
                r"observations|included (?:studies|trials|patients)"),
)  # fmt: skip
PATTERNS = tuple((section, re.compile(words, re.IGNORECASE)) for section, words in WORDS)

#: `sec-type` of JATS, where it names a canonical section.
SEC_TYPES = {
    "intro": "introduction", "introduction": "introduction", "background": "introduction", "methods": "methods", "materials": "methods",
    "materials|methods": "methods", "materials-and-methods": "methods", "subjects": "methods", "methods|materials": "methods",
    "cases": "results", "results": "results", "results|discussion": "results", "results|conclusions": "results",
    "discussion": "discussion", "discussion|conclusions": "discussion", "discussion|interpretation": "discussion",
    "conclusion": "conclusion", "conclusions": "conclusion",
    "supplementary-material": "back", "coi-statement": "back", "data-availability": "back", "conflict": "back", "ethics-statement": "back",
}  # fmt: skip


def clean(text: str) -> str:
    """Text in NFC on one line: every kind and run of white space is one space, ligatures are letters, invisible characters are gone."""
    return SPACES.sub(" ", INVISIBLE.sub("", unicodedata.normalize("NFC", text.translate(LIGATURES)))).strip()


def section_of(heading: str, parent: str = "other", sec_type: str | None = None) -> str:
    """The canonical section under a heading; a subsection belongs to its parent's section unless that is unknown."""
    if parent not in ("other", ""):
        return parent
    if sec_type and sec_type.lower() in SEC_TYPES:
        return SEC_TYPES[sec_type.lower()]
    words = NUMBERING.sub("", clean(heading))
    return next((section for section, pattern in PATTERNS if pattern.search(words)), "other")
