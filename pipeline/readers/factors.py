"""Prognostic factors in prose: which factors were independent, significant alone, or not significant, for which endpoint."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from pipeline.arm_names import words_of
from pipeline.context import OTHERS, Paper, Sentence
from pipeline.endpoints import NONE, endpoints, prevailing
from pipeline.lists import VERSUS
from pipeline.readers.factor_clauses import Clause, clauses_of
from pipeline.readers.factor_findings import endpoint_keys, stated, status_of
from pipeline.readers.factor_forms import (
    ADJUSTED,
    ALONE,
    AS,
    AS_BARE,
    AS_WAS,
    BARE,
    BUT_NOT,
    CLAIM,
    COPULA,
    COUNTED,
    DIFFERED_NOT,
    EVENT_OF,
    FARED,
    FOLLOWING,
    HYPOTHETICAL,
    IMPACT_OF,
    LEVELLED,
    LINKED,
    LISTING,
    NEGATED,
    NO_DIFFERENCE,
    NONE_OF,
    NOT_OF_TIME,
    NOUN_LINK,
    NOUN_LINK_TURNED,
    PASSIVE,
    REFERRED,
    REMAINED,
    REMAINS,
    RISK_OF,
    SET_AGAINST,
    WERE_NOT,
    WERE_TOO,
    WORSE_FOR,
)
from pipeline.readers.factor_names import COMPARED, Name, listed_names
from pipeline.records import Finding

EVENTS = re.compile(r"\b(?:mortality|death|surviv\w*|prognosis|outcomes?)\b", re.IGNORECASE)  # what is influenced, and no factor
LEVEL_WORDS = re.compile(
    r"\b(?:patients?|those|with(?:out)?|who|had|high\w*|low\w*|positive|negative|group|arm|treated|received?|receiving|alone|the|and|of|in|or|a|an|was|were|p|vs)\b|\W",
    re.IGNORECASE,
)
ARMS = re.compile(r"\b(?:arms?|treatment groups?|regimens?)\b", re.IGNORECASE)
#: The constructions in the order of trial: the first that fits is read.
CONSTRUCTIONS = (
    FOLLOWING, COUNTED, IMPACT_OF, NOUN_LINK, NOUN_LINK_TURNED, NO_DIFFERENCE, DIFFERED_NOT, LISTING, COPULA, AS, REMAINED, PASSIVE, LINKED, FARED, WORSE_FOR,
    WERE_NOT, WERE_TOO, BARE, AS_BARE,
)  # fmt: skip
#: In these the endpoint stands before the verb.
SUBJECT_IS_ENDPOINT = (PASSIVE, WORSE_FOR, DIFFERED_NOT)
NUMBERS = {"both": 2, "two": 2, "three": 3, "four": 4, "five": 5}


@dataclass(slots=True)
class Around:
    """What a clause leans on: the sentence before, the endpoints and factors of the clause before, the endpoint of recent sentences, the last claim's factors and endpoints."""

    before: Sentence | None = None
    earlier: list[str] = field(default_factory=list)
    subject: list[str] = field(default_factory=list)
    recent: list[str] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    ends: list[str] = field(default_factory=list)


def read(paper: Paper) -> Iterator[Finding]:
    """prognostic_factor findings of the prose."""
    if paper.design == "meta_analysis":  # pools other studies' ratios; it has no analysis of factors of its own
        return
    around = Around()
    spoken = 0  # the place of the last sentence that named an endpoint
    for place, sentence in enumerate(paper.own):
        if around.before and around.before.passage is not sentence.passage:
            around.before, around.names = None, []
        if place - spoken > 4:
            around.recent = []
        if sentence.section in {"results", "abstract", "conclusion"} and sentence.passage.kind in {"abstract", "paragraph"}:
            yield from of_sentence(paper, sentence, around)
        around.before = sentence
        named = list(dict.fromkeys(m.key for m in endpoints(sentence.text, sentence.words) if m.key not in (NONE, "ORR")))
        if named:
            around.recent, spoken = (named if len(named) == 1 else []), place


def of_sentence(paper: Paper, sentence: Sentence, around: Around) -> Iterator[Finding]:
    """The factors of one sentence, clause by clause."""
    held: list[Finding] = list(none_of(paper, sentence))
    yield from held
    again = list(repeated(paper, sentence, around)) if not held else []
    yield from again
    for clause in clauses_of(sentence.text) if not held and not again else ():
        around.earlier = [f.endpoint for f in held if f.endpoint]
        around.subject = list(dict.fromkeys(str(f.value) for f in held))
        found = list(of_clause(paper, sentence, clause, around))
        held = found or held
        yield from found
    claimed = [f for f in held if f.arm != "not_significant"]
    if claimed:
        around.names, around.ends = ([*dict.fromkeys(keys)] for keys in ([str(f.value) for f in claimed], [f.endpoint for f in claimed]))
    around.earlier, around.subject = [], []


def repeated(paper: Paper, sentence: Sentence, around: Around) -> Iterator[Finding]:
    """The factors of the claim before where a sentence says of it that it stood, or fell, in a multivariable analysis."""
    match = REMAINS.search(sentence.text)
    if not match or not around.names or OTHERS.search(sentence.text):
        return
    before = endpoint_keys(paper, around.before.text) if around.before else []
    status = "not_significant" if NEGATED.search(match["how"]) or re.match(r"lost|disapp", match["how"]) else "independent"
    whole = Clause(sentence.text, list(range(len(sentence.text))))
    names = [Name(words, match.start("how"), match.end("how")) for words in around.names]
    yield from stated(paper, sentence, whole, whole.part(0, match.end("how")), names, before or around.ends, status)


def of_clause(paper: Paper, sentence: Sentence, clause: Clause, around: Around) -> Iterator[Finding]:
    """The factors of one clause: the first of the known constructions that fits."""
    text = clause.text
    if len(text) < 12 or not CLAIM.search(sentence.text) or HYPOTHETICAL.search(text) or OTHERS.search(sentence.text):
        return
    also = AS_WAS.search(text)
    if also:
        text = text[: also.start()]
    for pattern in CONSTRUCTIONS:
        match = pattern.search(text)
        if not match or not fits(pattern, match, sentence) or (pattern is IMPACT_OF and paper.design == "randomized_trial"):
            continue
        found = match.groupdict()
        if NOT_OF_TIME.match(found.get("tail") or ""):
            return
        ends, denied = ends_of(paper, pattern, match, around)
        if not ends or (
            pattern in (PASSIVE, NOUN_LINK, NOUN_LINK_TURNED) and (endpoint_keys(paper, found["names"]) or EVENTS.search(found["names"]))
        ):
            continue
        where = clause.part(*match.span("names")) if found.get("names") else clause.part(0, match.start("how"))
        where, excepted = without_excepted(where)
        status = "not_significant" if is_negated(pattern, found, where) else status_of(sentence, clause, around.before)
        names = names_of(paper, where, around, "names" not in found)
        where = where if where.places else clause
        names = [name for name in names if status == "independent" or not is_treatment(paper, name.words)]
        if (
            not names
            or (pattern is FARED and len(names) > 1)
            or (pattern in (BARE, AS_BARE) and not around.earlier and not bears(sentence, text, names))
        ):
            continue
        yield from stated(paper, sentence, clause, where, names, ends, status)
        yield from stated(paper, sentence, clause, where, names, denied, "not_significant")
        if excepted and status != "not_significant":
            yield from stated(paper, sentence, clause, excepted, listed_names(paper, excepted.text, False), ends, "not_significant")
        if also:
            rest = clause.part(*also.span("names"))
            yield from stated(paper, sentence, clause, rest, listed_names(paper, rest.text, subject=False), ends, status)
        return


def without_excepted(where: Clause) -> tuple[Clause, Clause | None]:
    """ "age and stage but not by sex": the factors, and those that are excepted from them."""
    but = BUT_NOT.search(where.text)
    if not but:
        return where, None
    start = but.end() + (lead.end() if (lead := re.match(r"(?:by|with|for|on)\s+", where.text[but.end() :])) else 0)
    return where.part(0, but.start()), where.part(start, len(where.text))


def names_of(paper: Paper, where: Clause, around: Around, subject: bool) -> list[Name]:
    """The factors that a clause lists, or those of the claim before where it only refers to them: "both factors"."""
    names = listed_names(paper, where.text, subject)
    if subject and not where.text.strip(" ,"):  # "..., but remained significant in older patients"
        return [Name(words, 0, 1) for words in around.subject]
    who = REFERRED.search(where.text) if subject and not names else None
    if not who:
        return names
    count = NUMBERS.get(who["who"].lower().split()[-1], len(around.names))
    start = who.start("who")
    return [Name(words, start, who.end()) for words in around.names] if count == len(around.names) else []


def bears(sentence: Sentence, text: str, names: list[Name]) -> bool:
    """Whether a clause that names no endpoint speaks of an analysis of factors: several of them, or the analysis itself."""
    said = sentence.text if re.search(r"\bonly\b|^\s*(?:was|were|remained|retained|lost)\b", text) else text
    return len(names) > 1 or bool(ADJUSTED.search(said) or ALONE.search(said))


def is_negated(pattern: re.Pattern[str], found: dict[str, str], where: Clause) -> bool:
    """Whether a construction denies that the factors matter."""
    lost = pattern is BARE and found["how"].startswith("lost")
    none = re.match(r"\s*(?:\S+\s+){0,4}?(?:[Nn]either|[Nn]one of|[Nn]o)\b", where.text)
    return lost or bool(none) or bool(NEGATED.search(found.get("how") or ""))


def is_treatment(paper: Paper, name: str) -> bool:
    """Whether a name is one of the arms of a randomized trial, whose effect is the trial's result and no factor."""
    return paper.design == "randomized_trial" and (bool(ARMS.search(name)) or names_arm(paper, name))


def fits(pattern: re.Pattern[str], match: re.Match[str], sentence: Sentence) -> bool:
    """Whether a construction that may say something else says here that a factor matters."""
    text = match.string
    if pattern in (FARED, WORSE_FOR):
        told = re.search(r"\bp\s*[<=>]|\bHR\b|hazard", sentence.text, re.IGNORECASE) and "trend" not in text
        against = VERSUS.search(COMPARED.sub("", text))
        return bool(told) and (not against or bool(ADJUSTED.search(sentence.text)) or of_levels(text))
    if pattern is LINKED:
        return not re.search(r"\b(?:an?|the|any)\s+(?:\w+\s+)?(?:impact|influence|affect)s?$", match["how"], re.IGNORECASE)
    if pattern is LISTING and not match["status"]:
        words = r"associat|influenc|affect|predict|impact|multi-?varia|uni-?varia|retain|remain|independent"
        return bool(re.search(words, text[match.start() : match.start("names")], re.IGNORECASE))
    return True


def of_levels(text: str) -> bool:
    """Whether two levels of one factor are compared: "patients with metastases ... than those without", "high LDH ... low LDH"."""
    match = SET_AGAINST.search(text)
    if not match:
        return False
    first, second = (words_of(LEVEL_WORDS.sub(" ", part)) for part in (text[: match.start()], match["other"]))
    return bool(match["without"]) or bool(first & second and LEVELLED.search(text[: match.start()]) and LEVELLED.search(match["other"]))


def ends_of(paper: Paper, pattern: re.Pattern[str], match: re.Match[str], around: Around) -> tuple[list[str], list[str]]:
    """The endpoints that a construction speaks of, in its own words or in those before it, and those that it excepts."""
    found, text = match.groupdict(), match.string
    if pattern in (WERE_NOT, WERE_TOO):
        return list(dict.fromkeys(around.earlier)), []
    if pattern in (BARE, AS_BARE):
        own = endpoint_keys(paper, text)
        before = list(dict.fromkeys(around.earlier)) or of_sentence_before(around.before) or around.recent
        return own or before or by_default(paper, match[0] if pattern is BARE else found["status"]), []
    if pattern is COUNTED:
        return endpoint_keys(paper, text[: match.start("names")]), []
    but = BUT_NOT.search(found.get("tail") or "")
    tail = (found.get("tail") or "")[: but.start() if but else None]
    ends = endpoint_keys(paper, text[: match.start()] if pattern in SUBJECT_IS_ENDPOINT else tail)
    denied = endpoint_keys(paper, found["tail"][but.end() :]) if but else []
    if not ends and pattern in (LISTING, COPULA, AS):
        ends = [key for words, key in EVENT_OF if words.match(re.sub(r"^.*?\b(?:for|of)\b", "", tail) if pattern is LISTING else tail)][:1]
    if not ends and pattern is LISTING and found["status"]:
        ends = endpoint_keys(paper, text[: match.start()])
    if not ends and pattern is LISTING and re.search(r"independent|prognos", found["status"], re.IGNORECASE):
        return of_sentence_before(around.before) or by_default(paper, found["status"]), []
    if pattern in (LINKED, COPULA) and not ends and not is_treatment(paper, text[: match.start()]):
        told = pattern is COPULA or re.search(r"associat|predict", found["how"])
        return [key for words, key in RISK_OF if told and words.search(tail)], denied
    return ends, [key for key in denied if key not in ends]


def by_default(paper: Paper, status: str) -> list[str]:
    """The endpoint of an independent prognostic factor that no words near it name: the paper's own, else survival."""
    prognostic = re.search(r"prognostic", status, re.IGNORECASE) and ADJUSTED.search(status)
    return [prevailing(paper.own) or "OS"] if prognostic else []


def none_of(paper: Paper, sentence: Sentence) -> Iterator[Finding]:
    """ "No other factor (age, sex, stage) was associated with OS"."""
    match = NONE_OF.match(sentence.text)
    if not match or HYPOTHETICAL.search(sentence.text) or OTHERS.search(sentence.text):
        return
    whole = Clause(sentence.text, list(range(len(sentence.text))))
    where = whole.part(*match.span("names"))
    names = listed_names(paper, where.text, subject=False)
    yield from stated(paper, sentence, whole, where, names, endpoint_keys(paper, match["tail"]), "not_significant")


def names_arm(paper: Paper, text: str) -> bool:
    """Whether words name a treatment that is one of the paper's arms."""
    words = words_of(text)
    names = [own for arm in paper.arms for own in (arm.name, *arm.aliases) if words_of(own) and words_of(own) <= words]
    told = re.search(r"\b(?:treatment|\w*therapy|placebo)\b", text, re.IGNORECASE)
    return bool(names and told) or any(m.kind in {"agent", "regimen", "therapy"} for own in names for m in paper.mentions(own))


def of_sentence_before(before: Sentence | None) -> list[str]:
    """The one endpoint of the sentence before."""
    keys = list(dict.fromkeys(m.key for m in endpoints(before.text, before.words) if m.key not in (NONE, "ORR"))) if before else []
    return keys if len(keys) == 1 else []
