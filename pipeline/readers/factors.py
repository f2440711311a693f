"""Prognostic factors in prose: which factors were independent, significant alone, or not significant, for which endpoint."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.arm_names import words_of
from pipeline.choose import UNSAID
from pipeline.context import OTHERS, Paper, Sentence
from pipeline.endpoints import NONE, endpoints
from pipeline.lists import VERSUS
from pipeline.quantities import Mention
from pipeline.readers.factor_forms import (
    ADJUSTED,
    ALONE,
    AS,
    AS_WAS,
    BARE,
    CLAIM,
    COPULA,
    CUT,
    FARED,
    FOLLOWING,
    HYPOTHETICAL,
    IMPACT_OF,
    LINKED,
    LISTING,
    NEGATED,
    NO_DIFFERENCE,
    NONE_OF,
    NOT_OF_TIME,
    NOUN_LINK,
    PASSIVE,
    REMAINED,
    RISK_OF,
    WERE_NOT,
    WORSE_FOR,
)
from pipeline.readers.factor_names import COMPARED, Name, listed_names
from pipeline.records import Finding

EVENTS = re.compile(r"\b(?:mortality|death|surviv\w*|prognosis|outcomes?)\b", re.IGNORECASE)  # what is influenced, and no factor


@dataclass(slots=True)
class Clause:
    """A part of a sentence without what stands in parentheses; `places` gives each character's place in the sentence."""

    text: str
    places: list[int]

    def part(self, start: int, end: int) -> Clause:
        """The characters [start, end)."""
        return Clause(self.text[start:end], self.places[start:end])


def read(paper: Paper) -> Iterator[Finding]:
    """prognostic_factor findings of the prose."""
    if paper.design == "meta_analysis":  # pools other studies' ratios; it has no analysis of factors of its own
        return
    before: Sentence | None = None
    recent: list[str] = []  # the one endpoint that the last of the four sentences before named
    spoken = 0
    for place, sentence in enumerate(paper.own):
        if sentence.section in {"results", "abstract", "conclusion"} and sentence.passage.kind in {"abstract", "paragraph"}:
            near = before if before and before.passage is sentence.passage else None
            held: list[Finding] = list(none_of(paper, sentence))
            yield from held
            for clause in clauses_of(sentence.text) if not held else ():
                ends = [f.endpoint for f in held if f.endpoint]
                found = list(of_clause(paper, sentence, clause, near, ends, recent if place - spoken < 5 else []))
                held = found or held
                yield from found
        before = sentence
        named = list(dict.fromkeys(m.key for m in endpoints(sentence.text, sentence.words) if m.key not in (NONE, "ORR")))
        if named:
            recent, spoken = (named if len(named) == 1 else []), place


def clauses_of(text: str) -> Iterator[Clause]:
    """A sentence's parts that speak of their own factors, parentheses left out."""
    depth, held = 0, []
    cuts = {m.start(): m for m in CUT.finditer(text)}
    skip_to = 0
    for place, char in enumerate(text):
        match = cuts.get(place)
        if char in "([":
            depth += 1
        elif char in ")]":
            depth = max(0, depth - 1)
            continue
        if depth or place < skip_to:
            continue
        if match and match[0] not in "()[]":
            yield clause_of(text, held)
            held, skip_to = [], match.end()
            continue
        held.append(place)
    yield clause_of(text, held)


def clause_of(text: str, held: list[int]) -> Clause:
    """A clause of the characters at these places."""
    return Clause("".join(text[place] for place in held), held)


def of_clause(
    paper: Paper, sentence: Sentence, clause: Clause, before: Sentence | None, earlier: list[str], recent: list[str]
) -> Iterator[Finding]:
    """The factors of one clause: the first of the known constructions that fits; `earlier` are the endpoints of the clause before."""
    text = clause.text
    if len(text) < 12 or HYPOTHETICAL.search(text) or OTHERS.search(sentence.text) or not CLAIM.search(sentence.text):
        return
    also = AS_WAS.search(text)
    if also:
        text = text[: also.start()]
    for pattern in (
        FOLLOWING,
        IMPACT_OF,
        NOUN_LINK,
        NO_DIFFERENCE,
        LISTING,
        COPULA,
        AS,
        REMAINED,
        PASSIVE,
        LINKED,
        FARED,
        WORSE_FOR,
        WERE_NOT,
        BARE,
    ):
        match = pattern.search(text)
        if not match or not fits(pattern, match, sentence) or (pattern is IMPACT_OF and paper.design == "randomized_trial"):
            continue
        found = match.groupdict()
        if NOT_OF_TIME.match(found.get("tail") or ""):
            return
        ends = ends_of(paper, pattern, match, before, earlier, recent)
        if not ends or (pattern is PASSIVE and (endpoint_keys(paper, found["names"]) or EVENTS.search(found["names"]))):
            continue
        where = clause.part(*match.span("names")) if found.get("names") else clause.part(0, match.start("how"))
        names = listed_names(paper, where.text, subject="names" not in found)
        if not names or (pattern is FARED and len(names) > 1):
            continue
        if pattern is BARE and len(names) < 2 and not (ADJUSTED.search(text) or ALONE.search(text)):
            continue
        negated = bool(NEGATED.search(found.get("how") or "")) or bool(
            re.match(r"\s*(?:\S+\s+){0,4}?(?:[Nn]either|[Nn]one of|[Nn]o)\b", where.text)
        )
        negated = negated or (pattern is BARE and bool(re.match(r"lost", found["how"])))
        status = "not_significant" if negated else status_of(sentence, clause, before)
        yield from stated(paper, sentence, clause, where, names, ends, status)
        if also:
            rest = clause.part(*also.span("names"))
            yield from stated(paper, sentence, clause, rest, listed_names(paper, rest.text, subject=False), ends, status)
        return


def fits(pattern: re.Pattern[str], match: re.Match[str], sentence: Sentence) -> bool:
    """Whether a construction that may say something else says here that a factor matters."""
    text = match.string
    if pattern in (FARED, WORSE_FOR):
        told = re.search(r"\bp\s*[<=>]|\bHR\b|hazard", sentence.text, re.IGNORECASE) and "trend" not in text
        return bool(told) and (not VERSUS.search(COMPARED.sub("", text)) or bool(ADJUSTED.search(sentence.text)))
    if pattern is LISTING and not match["status"]:
        words = r"associat|influenc|affect|predict|impact|multi-?varia|uni-?varia"
        return bool(re.search(words, text[match.start() : match.start("names")], re.IGNORECASE))
    return True


def ends_of(
    paper: Paper, pattern: re.Pattern[str], match: re.Match[str], before: Sentence | None, earlier: list[str], recent: list[str]
) -> list[str]:
    """The endpoints that a construction speaks of, in its own words or in those before it."""
    found, text = match.groupdict(), match.string
    if pattern is WERE_NOT:
        return list(dict.fromkeys(earlier))
    if pattern is BARE:
        own = endpoint_keys(paper, text[: match.start()])
        return own or list(dict.fromkeys(earlier)) or of_sentence_before(before) or recent
    ends = endpoint_keys(paper, text[: match.start()] if pattern in (PASSIVE, WORSE_FOR) else found.get("tail") or "")
    if not ends and pattern is LISTING and re.search(r"independent|prognos", found["status"], re.IGNORECASE):
        return endpoint_keys(paper, text[: match.start()]) or of_sentence_before(before)
    if pattern is LINKED and not ends and re.search(r"associat|predict", found["how"]) and not names_arm(paper, text[: match.start()]):
        return [key for words, key in RISK_OF if words.search(found["tail"])]
    return ends


def none_of(paper: Paper, sentence: Sentence) -> Iterator[Finding]:
    """ "No other factor (age, sex, stage) was associated with OS"."""
    match = NONE_OF.match(sentence.text)
    if not match or HYPOTHETICAL.search(sentence.text) or OTHERS.search(sentence.text):
        return
    whole = Clause(sentence.text, list(range(len(sentence.text))))
    where = whole.part(*match.span("names"))
    names = listed_names(paper, where.text, subject=False)
    yield from stated(paper, sentence, whole, where, names, endpoint_keys(paper, match["tail"]), "not_significant")


def stated(
    paper: Paper, sentence: Sentence, clause: Clause, where: Clause, names: list[Name], ends: list[str], status: str | None
) -> Iterator[Finding]:
    """A finding for each factor and endpoint, with the p value printed for it."""
    if not names:
        return
    listed = [p.key for p in sentence.kinds("p") if p.start > where.places[-1]]
    in_turn = len(ends) == 1 and len(names) > 1 and len(listed) == len(names) and "respectively" in sentence.text
    by_end = p_by_endpoint(paper, sentence, clause) if len(ends) > 1 or len(names) == 1 else {}
    for place, name in enumerate(names):
        start = where.places[min(name.start, len(where.places) - 1)]
        after = where.places[min(names[place + 1].start, len(where.places) - 1)] if place + 1 < len(names) else where.places[-1] + 1
        own = p_between(sentence, start, after if place + 1 < len(names) else bracket_end(sentence.text, after))
        if in_turn and not own:
            own = listed[place]
        if not own and len(names) == len(ends) == 1:
            own = listed[0] if len(listed) == 1 == len(sentence.kinds("p")) else None
        for key in ends:
            p = own or (by_end.get(key) if len(names) == 1 else None)
            final = "not_significant" if p and above(p) else status or "univariate"
            rule = "factors:prose" if status else UNSAID
            focus = Mention("factor", start, after)
            yield paper.from_sentence("prognostic_factor", rule, sentence, focus, value=name.words, endpoint=key, arm=final, p=p)


def names_arm(paper: Paper, text: str) -> bool:
    """Whether words name one of the paper's arms."""
    words = words_of(text)
    return any(words_of(own) and words_of(own) <= words for arm in paper.arms for own in (arm.name, *arm.aliases))


def bracket_end(text: str, place: int) -> int:
    """The end of the parentheses that follow a place, or the place itself."""
    match = re.match(r"\s*[(\[][^()\[\]]*(?:[(\[][^()\[\]]*[)\]][^()\[\]]*)*[)\]]", text[place:])
    return place + match.end() if match else place


def p_between(sentence: Sentence, start: int, end: int) -> str | None:
    """The first p value between two places."""
    return next((p.key for p in sentence.kinds("p") if start <= p.start < end), None)


def p_by_endpoint(paper: Paper, sentence: Sentence, clause: Clause) -> dict[str, str]:
    """The p value that follows each endpoint of a clause before the next one: "OS (p < 0.001), CSS (p = 0.002)"."""
    if not clause.places:
        return {}
    first, last = clause.places[0], clause.places[-1]
    marks = [m for m in endpoints(sentence.text, sentence.words) if first <= m.start <= last and m.key not in (NONE, "ORR")]
    found: dict[str, str] = {}
    for place, mark in enumerate(marks):
        until = marks[place + 1].start if place + 1 < len(marks) else bracket_end(sentence.text, last + 1) + 1
        p = p_between(sentence, mark.end, max(until, bracket_end(sentence.text, mark.end)))
        if p and mark.key:
            found.setdefault(mark.key, p)
    return found


def endpoint_keys(paper: Paper, words: str) -> list[str]:
    """The endpoints named in some words, in order, each once; response is none."""
    found = [m.key for m in endpoints(words, paper.mentions(words)) if m.key not in (NONE, "ORR", None)]
    return list(dict.fromkeys(found))


def of_sentence_before(before: Sentence | None) -> list[str]:
    """The one endpoint of the sentence before."""
    keys = list(dict.fromkeys(m.key for m in endpoints(before.text, before.words) if m.key not in (NONE, "ORR"))) if before else []
    return keys if len(keys) == 1 else []


def status_of(sentence: Sentence, clause: Clause, before: Sentence | None) -> str | None:
    """Independent where a multivariable analysis speaks, in the clause, its sentence or the sentence before, univariate where a univariable one does; else None."""
    earlier = sentence.text[: clause.places[0]] if clause.places else ""
    for words in (clause.text, earlier, before.text if before else ""):
        adjusted, alone = ADJUSTED.search(words), ALONE.search(words)
        if adjusted and alone:
            return "independent" if words is clause.text else "univariate"
        if adjusted or alone:
            return "independent" if adjusted else "univariate"
    return None


def above(p: str) -> bool:
    """Whether a p value as printed is above 0.05."""
    if p == "ns":
        return True
    digits = re.search(r"\d*\.\d+|\d+", p)
    return bool(digits) and not p.startswith(("<", "≤")) and float(digits[0]) > 0.05 and "×" not in p
