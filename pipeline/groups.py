"""Which groups of patients exclude one another, and which make up the whole: told by their names and by their sizes."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from itertools import combinations

from pipeline.numeric import folded

SAME = {
    "chemo": "cht ct chemo chemotherapy chemotherapeutic systemic", "rt": "rt radiotherapy radiation irradiation irradiated xrt lrrt",
    "surgery": "surgery surgical resection operated", "many": "multiple multi several polymetastatic", "one": "single one solitary",
    "few": "oligo oligometastatic oligometastases oligometastasis", "metastas": "metastasis metastases metastatic mets",
}  # fmt: skip
WORD = {word: key for key, words in SAME.items() for word in words.split()}
BOTH = re.compile(r"\b(?:ccrt|crt|cct-?rt|chemo-?radio(?:therapy)?|chemo-?radiation|radio-?chemotherapy|chemo-?rt)\b")
NEGATION = re.compile(r"\b(?:no|not|non|without|never|un)\b|\bnon-|\buntreated\b")
ALONE = re.compile(r"\b(?:alone|only)\b")
CONTROL = re.compile(r"\b(?:control|controls|placebo|observation|observed|usual care|supportive care|no treatment|sham)\b")
TOGETHER = re.compile(r"\+|\bplus\b|\bcombin|\bfollowed by\b|\badded to\b|&")
LABEL = re.compile(r"^(arm|group|cohort)\s*[-:]?\s*([a-e]|[1-6]|i{1,3}|iv|v)\b")
CUT = re.compile(r"(<|>|≤|≥|<=|>=)\s*(\d+(?:\.\d+)?)")
CLASS = re.compile(r"\b(?:low|high|intermediate|m1[a-d]?|stage\s*[ivx\d]+[a-c]?|grade\s*\d|(?:t|n)\d[a-c]?)\b")
TREATMENTS = {"chemo", "rt", "surgery", "immunotherapy", "hormone", "hormonal", "therapy", "endocrine", "targeted", "immunochemotherapy"}
#: Techniques of which a patient has one, and words by which names tell that they are sides of one comparison.
TECHNIQUES = set("imrt vmat 2d 3d conventional conventionally sbrt sabr srs wbrt proton photon carbon hypofractionated".split())
SIDES = re.compile(r"\b(?:arm|group|cohort)s?\b")
TRAITS = re.compile(
    r"\b(?:risk|single|multiple|oligo\w*|sites?|lesions?|organs?|metasta\w+|stage|age|years?|sex|male|female|respon\w+|protocol|biopsy)\b"
)
OPPOSITES = ({"one", "many"}, {"few", "many"}, {"positive", "negative"}, {"male", "female"}, {"men", "women"}, {"yes", "no"})
EMPTY = {
    "the", "of", "a", "an", "and", "in", "for", "to", "plus", "with", "group", "arm", "cohort", "patients", "patient", "cases",
    "treatment", "treated", "alone", "only", "no", "not", "non", "without", "received", "receiving",
    "combined", "combination", "followed", "by",
}  # fmt: skip


@lru_cache(maxsize=20000)
def words(name: str | None) -> frozenset[str]:
    """What a group's name is about, in words that do not depend on the spelling; without negations and empty words."""
    text = BOTH.sub(" chemo rt ", folded(name).replace("3d-crt", "3d").replace("3d crt", "3d"))
    found = {WORD.get(word, WORD.get(word.rstrip("s"), word)) for word in re.findall(r"[a-z0-9.]+", text)}
    return frozenset(word.rstrip("s") if len(word) > 4 and word not in WORD else word for word in found if word not in EMPTY)


def same_name(name: str | None) -> str:
    """A name in one spelling: `Chemotherapy alone` is `CHT`, `RT + CHT` is `CHT+RT`; signs and cut-offs are kept."""
    text = re.sub(r"\s+(?:alone|only|group|arm)$", "", folded(name))
    parts = [part.strip() for part in re.split(r"\s*\+\s*(?=\w)|\s+plus\s+", text)]
    return "+".join(sorted(" ".join(WORD.get(word, word) for word in part.split()) for part in parts))


@lru_cache(maxsize=20000)
def complementary(one: str, other: str) -> bool:
    """Whether two names share out the patients between them: with and without, alone and combined, arm A and arm B."""
    a, b = folded(one), folded(other)
    wa, wb = words(one), words(other)
    la, lb = LABEL.match(a), LABEL.match(b)
    if la and lb:
        return la[1] == lb[1] and la[2] != lb[2]
    if bool(NEGATION.search(a)) != bool(NEGATION.search(b)) and wa and (wa == wb or wa <= wb or wb <= wa):
        return True
    if opposite_cuts(a, b):
        return True
    if any(wa - pair == wb - pair and wa ^ wb == pair for pair in OPPOSITES):
        return True
    if bool(CONTROL.search(a)) != bool(CONTROL.search(b)):
        return True
    return combined_against_alone(a, b, wa, wb)


def combined_against_alone(a: str, b: str, wa: frozenset[str], wb: frozenset[str]) -> bool:
    """Whether one name is a treatment and the other the same with something added."""
    if wa == wb:
        return False
    if (ALONE.search(a) or ALONE.search(b)) and (wa & wb or (wa | wb) <= TREATMENTS):
        return True
    if not wa & wb:
        return False
    small, large = sorted((a, b), key=lambda name: len(words(name)))
    return words(small) < words(large) and bool(TOGETHER.search(large) or BOTH.search(large)) and not TOGETHER.search(small)


def opposite_cuts(a: str, b: str) -> bool:
    """Whether two names lie on the two sides of one cut-off: <65 years, ≥65 years."""
    one, other = CUT.search(a), CUT.search(b)
    if not one or not other or float(one[2]) != float(other[2]) or (one[1][0] in "<≤") == (other[1][0] in "<≤"):
        return False
    return words(CUT.sub("", a)) == words(CUT.sub("", b))


@lru_cache(maxsize=20000)
def exclusive(one: str, other: str) -> bool:
    """Whether nobody can be in both groups, though there may be further ones: stages, risk classes, and what is complementary."""
    if complementary(one, other):
        return True
    a, b = folded(one), folded(other)
    if words(a) != words(b) and words(a) & TECHNIQUES and words(b) & TECHNIQUES and words(a) ^ words(b) <= TECHNIQUES | {"rt"}:
        return True
    if words(a) != words(b) and all(SIDES.search(name) and not TRAITS.search(name) for name in (a, b)):
        return not qualified(a, [b]) and not qualified(b, [a])
    ca, cb = CLASS.search(a), CLASS.search(b)
    return bool(ca and cb and ca[0] != cb[0] and CLASS.sub("", a).split() == CLASS.sub("", b).split())


def qualified(name: str, others: list[str]) -> bool:
    """Whether a name is another group's with a restriction added: `tamoxifen (evaluable patients)`, `group A: second line`."""
    own = folded(name)
    for other in {folded(each) for each in others} - {own, ""}:
        if re.match(rf"{re.escape(other)}\s*[(:,;\[]|.*[:,;]\s*{re.escape(other)}$", own):
            return True
        mine, theirs = LABEL.match(own), LABEL.match(other)
        if mine and theirs and mine[0] == theirs[0] and re.search(r"[:,;]", own) and not re.search(r"[:,;]", other):
            return True
    return False


def shares(sizes: dict[str, float], whole: float, slack: float = 0) -> list[tuple[str, ...]]:
    """Every way in which two to five of these groups add up to the whole (within `slack`); at most 14 groups are looked at."""
    names = list(sizes)[:14]
    return [
        chosen for count in range(2, min(5, len(names)) + 1) for chosen in combinations(names, count)
        if abs(sum(sizes[name] for name in chosen) - whole) <= slack + 1e-9
    ]  # fmt: skip


def families(names: list[str], related: Callable[[str, str], bool]) -> list[list[str]]:
    """Names joined where two are related (complementary or exclusive), each family in the order given; single names are left out."""
    found: list[list[str]] = []
    for name in names:
        joined = [family for family in found if any(related(name, other) for other in family)]
        merged = [member for family in joined for member in family] + [name]
        found = [family for family in found if family not in joined] + [merged]
    return [sorted(family, key=names.index) for family in found if len(family) > 1]
