"""Short names that a paper gives to its regimens: "doxorubicin and cyclophosphamide (AC)", "GP (gemcitabine, cisplatin)"."""

from __future__ import annotations

import re

from pipeline.combinations import Combination, combinations
from pipeline.quantities import Mention

SHORT_AFTER = re.compile(
    r"^(?:\s*\([^()]*\d[^()]*\))?(?:[^();.]{0,30}?|\s*(?:was|were)?\s*(?:given|administered|repeated)?\s*(?:every|each)[^();.]{0,60}?)[(\[]\s*([A-Za-z][\w+/-]{1,11}?)(?:\s+(?:regimens?|chemotherapy|group|arm|protocol))?\s*(?:[;,:][^)\]]*)?[)\]]"
)
SHORT_BEFORE = re.compile(r"(?<![\w-])([A-Z][\w+/-]{1,11})(?:\s+(?:regimen|chemotherapy|protocol|group|arm))?\s*(?:[:=,]|[(\[])\s*$")


def defined(text: str, mentions: list[Mention]) -> dict[str, str]:
    """Short names for combinations that a text defines: "doxorubicin and cyclophosphamide (AC)", "GP (gemcitabine, cisplatin)"."""
    if "(" not in text and ":" not in text and "=" not in text:
        return {}
    found: dict[str, str] = {}
    heads = re.compile(r"\s*(?:regimen|chemotherapy|protocol)?\s*[(:=]")
    mentions = [m for m in mentions if m.kind == "agent" or (m.kind == "regimen" and not heads.match(text, m.end))]
    for combination in combinations(text, mentions):
        if len(combination.agents) < 2 or len(combination.members) < 2:
            continue
        after = SHORT_AFTER.match(text[combination.end :])
        before = SHORT_BEFORE.search(text[: combination.start])
        for match in (after, before):
            if match and spells(match[1], combination):
                found.setdefault(match[1], f"regimen|{combination.key}")
    return found


#: Letters that stand for an agent in a regimen's name beside its own first letter.
INITIALS = {
    "cisplatin": "pcd", "fluorouracil": "f5u", "doxorubicin": "adh", "paclitaxel": "tp", "docetaxel": "td", "vincristine": "ov", "capecitabine": "xc", "leucovorin": "lf",
    "etoposide": "ev", "mitomycin": "m", "carboplatin": "cp", "oxaliplatin": "ox", "prednisone": "p", "rituximab": "r", "bevacizumab": "ba", "trastuzumab": "ht",
    "irinotecan": "ic", "cyclophosphamide": "ce", "methotrexate": "m", "lomustine": "cl", "gemcitabine": "g", "epirubicin": "e", "vinorelbine": "nv",
}  # fmt: skip


def spells(short: str, combination: Combination) -> bool:
    """Whether a short name can stand for a combination: a letter for every agent, in any order."""
    letters = [char for char in short.lower() if char.isalnum()]
    if len(letters) < len(combination.agents) or not any(char.isupper() for char in short):
        return False
    return all(any(char in INITIALS.get(agent, agent[0]) + agent[0] for char in letters) for agent in combination.agents)


#: A drug that has no name yet: letters and a number, "ABC-1234", "XY4711", "BP-C1".
CODE = r"(?<![\w/-])(?!(?:NCT|ISRCTN|ACTRN|UMIN|ICD|HLA|CYP|RTOG|EORTC|SWOG|CALGB|ECOG|JCOG|GOG|NSABP|NCIC|ACOSOG|TROG|CTCAE|CD|CA|IL|MUC|MIR|GSE|RS)[\s-]?[A-Z]?\d)([A-Z]{2,5}-?\d{3,7}[A-Z]?|[A-Z]{2,4}-[A-Z]\d{1,3})(?![\w-])"
#: It is one where a dose or a placebo stands beside it, or what it is given with.
CODED = re.compile(
    rf"{CODE}(?=\s+(?:at\s+(?:an?\s+)?(?:doses?\s+of\s+)?)?\d[\d.,]*\s*(?:mg|µg|μg|mcg|g)\b|\s+(?:monotherapy|versus\s+placebo|vs\.?\s+placebo|or\s+(?:matching\s+)?placebo)\b)"
    rf"|\b(?:study|trial|efficacy|activity|safety) of\s+(?:oral\s+)?{CODE}(?=\s+(?:versus|vs\.?|plus|combined|in combination|with|in)\b)"
    rf"|\b(?:received?|receiving|treated with|addition of|doses? of|efficacy of|safety of|given)\s+(?:oral\s+|intravenous\s+)?{CODE}(?!\s*(?:\(|cells?\b|gene|antibod|express|level|mutation))"
)


def coded(text: str) -> set[str]:
    """The code names under which a text gives drugs to patients."""
    if not any(char.isdigit() for char in text):
        return set()
    return {match[1] or match[2] or match[3] for match in CODED.finditer(text)}
