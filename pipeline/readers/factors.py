"""Prognostic factors in prose: which factors were independent, significant alone, or not significant, for which endpoint."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.choose import UNSAID
from pipeline.context import OTHERS, Paper, Sentence
from pipeline.endpoints import NONE, endpoints
from pipeline.lists import VERSUS
from pipeline.quantities import Mention
from pipeline.readers.factor_names import Name, listed_names
from pipeline.records import Finding

ADJUSTED = re.compile(r"\bmulti-?varia(?:te|ble)\b|\bindependent(?:ly)?\b|\bcox (?:proportional|regression|model)", re.IGNORECASE)
ALONE = re.compile(r"\buni-?varia(?:te|ble)\b|\blog[-\s]?rank\b|\bkaplan", re.IGNORECASE)
_ADJECTIVE = (
    r"(?:an?|the|only|most|also|both|strong(?:est)?|important|major|main|significant(?:ly)?|statistically|independent(?:ly)?|prognostic|predictive|risk|adverse|negative|"
    r"positive|favou?rable|uni-?varia\w+|multi-?varia\w+|unfavou?rable|poor|powerful|remaining|useful|and|relevant|key)"
)
_NOUN = r"(?:factors?|predictors?|determinants?|variables?|indicators?|(?:bio)?markers?|prognosticators?|parameters?|covariates?)"
_FOR = r"(?:that\s+)?(?:for|of|in|to|on|with|associated\s+with|affecting|influencing|predicting|related\s+to|impacting)"
_ADVERB = r"(?:also|still|all|both|only|each|statistically|significantly|independently|strongly|closely|inversely|positively|negatively|modestly|marginally|individually|further|found|shown|seen|noted|to|be|been|has|have|had|was|were|is|are|did|does|do|remained|appeared|seemed|proved|not|no|longer|neither|either|being|an?|the)"
_EFFECT = r"(?:impact|effect|influence|association|correlation|bearing|prognostic\s+(?:value|significance|impact|relevance|role)|role)"
#: "(age and LDH) were independent prognostic factors for (OS)"
COPULA = re.compile(
    rf"\s(?P<how>(?:was|were|is|are|remained|be|being|as|proved|emerged|served)\b(?:\s+{_ADVERB}|\s+(?:identified|confirmed|considered|proven|demonstrated|recogni[sz]ed|selected|retained|as))*)"
    rf"\s+(?P<status>(?:{_ADJECTIVE}\s+)*){_NOUN}\s+{_FOR}\s+(?P<tail>.+)$",
    re.IGNORECASE,
)
#: "independent prognostic factors for OS were (age and LDH)"
LISTING = re.compile(
    rf"\b(?P<status>(?:{_ADJECTIVE}\s+)*){_NOUN}(?P<tail>(?:\s+(?:(?:that\s+)?(?:were\s+)?(?:{_ADVERB}\s+)*{_FOR})\s+[^.;:]{{2,90}}?)?)\s*(?:\b(?:were|was|included?|including|are|is|namely)\b|:)\s*"
    rf"(?:(?:found|identified|shown)\s+(?:to\s+be|as)\s+|as\s+follows\s*:?\s*|the\s+following\s*:\s*)?(?P<names>.+)$",
    re.IGNORECASE,
)
#: "(LDH) was associated with worse (OS)", "(age) had no effect on (OS)", "(LDH) predicted (OS)"
LINKED = re.compile(
    rf"\s(?P<how>(?:{_ADVERB}\s+)*?(?:(?:{_ADVERB}\s+)*(?:associated|correlated|correlates?|prognostic|predictive|linked)\s+(?:with|to|for|of)|(?:{_ADVERB}\s+)*(?:predict(?:ed|s)|predict|affect(?:ed|s)?|influenced?|impact(?:ed|s)?)(?=\s)"
    rf"|(?:had|has|have|showed|demonstrated|exerted|retained)\s+(?:{_ADVERB}\s+|{_ADJECTIVE}\s+|any\s+)*{_EFFECT}\s*,?\s+(?:on|with|for|in|upon)(?:\s+both)?))\s+(?P<tail>.+)$",
    re.IGNORECASE,
)
#: "(age) remained significant for (OS)"
REMAINED = re.compile(
    rf"\s(?P<how>(?:was|were|is|are|remained|proved)\s+(?:{_ADVERB}\s+)*)significant\s+(?:for|in|on)\s+(?P<tail>.+)$", re.IGNORECASE
)
#: "identified (age and LDH) as independent prognostic factors for (OS)"
AS = re.compile(rf"\s(?P<how>as|to\s+be)\s+(?P<status>(?:{_ADJECTIVE}\s+)*){_NOUN}\s+{_FOR}\s+(?P<tail>.+)$", re.IGNORECASE)
#: "patients with (liver metastases) had shorter (OS)"
FARED = re.compile(
    r"^(?=(?:.*?\b(?:patients|carriers?|those|women|men)\b))(?P<before>.*?)\s(?P<how>(?:showed|had|experienced|exhibited|have|has)\s+(?:(?:a|an|the|significantly|statistically|also|much|markedly)\s+)*)"
    r"(?:better|worse|longer|shorter|poorer|improved|inferior|superior|higher|lower|favou?rable|reduced|prolonged|decreased)\s+(?P<tail>.+)$",
    re.IGNORECASE,
)
#: "no significant difference in (OS) according to (age)"
NO_DIFFERENCE = re.compile(
    r"\b(?P<how>no)\s+(?:statistically\s+)?(?:significant\s+)?differences?\s+(?:in|of|for|regarding)\s+(?P<tail>.+?)\s+(?:(?:was|were)\s+\w+\s+)?(?:according\s+to|with\s+respect\s+to|in\s+relation\s+to|depending\s+on|by|based\s+on)\s+(?P<names>.+)$",
    re.IGNORECASE,
)
#: "whereas (age and sex) were not", after a clause that names the endpoint
WERE_NOT = re.compile(r"\s(?P<how>(?:was|were|did|had|is|are)\s+not)\s*\.?$", re.IGNORECASE)
#: "..., as was (male sex)"
AS_WAS = re.compile(r",?\s+as\s+(?:was|were|did)\s+(?P<names>[^.;]+?)\.?\s*$", re.IGNORECASE)
#: "(OS) was not affected by (age)", "(OS) was significantly associated with (LDH)"
PASSIVE = re.compile(
    rf"\s(?P<how>(?:was|were|is|are)\s+(?:{_ADVERB}\s+|mainly\s+|adversely\s+)*(?:affected|influenced|associated|correlated|predicted|impacted|determined))\s+(?:by|with)\s+(?P<names>.+)$",
    re.IGNORECASE,
)
#: "no significant association between (LDH) and (OS)", "no correlation of (LDH) with (OS)"
NOUN_LINK = re.compile(
    r"\b(?P<how>(?:no|a|an|the)\s+(?:\w+\s+){0,2}?(?:association|correlation|relationship)s?)(?:\s+(?:was|were)\s+\w+)?(?:\s+\w+)?\s+(?:between|of)\s+(?P<names>.+?)\s+(?:and|with)\s+(?P<tail>.+)$",
    re.IGNORECASE,
)
CLAIM = re.compile(
    r"\bsignifican|\bindependent|\bp\s*[<=>≤]|\bHR\b|hazard|\bworse|\bbetter|\bpoor|\bshort|\blong|\bimproved?\b|\breduc|\bincreas|\bdecreas|\binferior|\bsuperior|\bfavou?rabl|\bunfavou?rabl|\bprognostic|"
    r"\badverse|\bnot\b|\bno\b|\bneither\b|\bhigher\b|\blower\b|\bmulti-?varia|\buni-?varia|\bbeneficial|\bdetrimental",
    re.IGNORECASE,
)
HYPOTHETICAL = re.compile(
    r"\bdifferences? in (?:the )?(?:association|effect)|\bto (?:identify|evaluate|assess|investigate|determine|examine|explore|analy[sz]e|test|study|find|validate)\b|\bwhether\b|\b(?:were|was) (?:then\s+|further\s+|also\s+)?(?:evaluated|investigated|assessed|examined|tested|included|entered|used|performed|"
    r"considered|analy[sz]ed|calculated|estimated)\b|\bwill\b|\bwould\b|\bmay\b|\bmight\b|\bcould\b|\bcan be used\b|\bhypothesi[sz]ed|\baimed\b|\b(?:well[- ])?known\b|\binteractions?\b|\bhave been (?:reported|shown|described|suggested)\b|\bhas been\b",
    re.IGNORECASE,
)
NEGATED = re.compile(r"\b[Nn]ot\b|\b[Nn]o\b|\b[Nn]either\b|\bnor\b|\bfailed\b|\black of\b")  # NO is nitric oxide
NOT_OF_TIME = re.compile(r"\s*(?:the\s+|a\s+|an?\s+)?(?:\w+\s+)?(?:response|benefit|efficacy|toxicity)\b", re.IGNORECASE)
CUT = re.compile(
    r"[(\[]|[)\]]|;|,?\s+(?:while|whereas|although|though|but)\s+(?!not\b|also\b)|,\s+and\s+(?=(?:that|there|no)\b)|\.\s+(?=[A-Z])",
    re.IGNORECASE,
)
REVERSED = re.compile(
    r"\b(?:that|showed|shows|revealed|indicated|demonstrated|confirmed|suggested|identified|found|observed|selected|retained|determined)\s+(?:that\s+)?",
    re.IGNORECASE,
)


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
    for sentence in paper.own:
        if sentence.section in {"results", "abstract", "conclusion"} and sentence.passage.kind in {"abstract", "paragraph"}:
            near = before if before and before.passage is sentence.passage else None
            held: list[Finding] = []
            for clause in clauses_of(sentence.text):
                found = list(of_clause(paper, sentence, clause, near, [f.endpoint for f in held if f.endpoint]))
                held = found or held
                yield from found
        before = sentence


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


def of_clause(paper: Paper, sentence: Sentence, clause: Clause, before: Sentence | None, earlier: list[str]) -> Iterator[Finding]:
    """The factors of one clause: the first of the known constructions that fits; `earlier` are the endpoints of the clause before."""
    text = clause.text
    if len(text) < 12 or HYPOTHETICAL.search(text) or OTHERS.search(sentence.text) or not CLAIM.search(sentence.text):
        return
    also = AS_WAS.search(text)
    if also:
        text = text[: also.start()]
    for pattern in (NOUN_LINK, NO_DIFFERENCE, LISTING, COPULA, AS, REMAINED, PASSIVE, LINKED, FARED, WERE_NOT):
        match = pattern.search(text)
        if not match:
            continue
        found = match.groupdict()
        if pattern is FARED and (
            not re.search(r"\bp\s*[<=>]|\bHR\b|hazard", sentence.text, re.IGNORECASE) or VERSUS.search(text) or "trend" in text
        ):
            continue
        tail = found.get("tail") or ""
        if pattern is PASSIVE:
            tail = text[: match.start()]
        ends = endpoint_keys(paper, tail)
        if pattern is WERE_NOT:
            ends = list(dict.fromkeys(earlier))
        if (
            pattern is LISTING
            and not found["status"]
            and not re.search(
                r"associat|influenc|affect|predict|impact|multi-?varia|uni-?varia",
                text[match.start() : match.start("names")],
                re.IGNORECASE,
            )
        ):
            continue
        if not ends and pattern is LISTING and re.search(r"independent|prognos", found["status"], re.IGNORECASE):
            ends = endpoint_keys(paper, text[: match.start()]) or of_sentence_before(before)
        if NOT_OF_TIME.match(tail):
            return
        if not ends or (pattern is PASSIVE and endpoint_keys(paper, found["names"])):
            continue
        where = clause.part(*match.span("names")) if found.get("names") else clause.part(0, match.start("how"))
        names = listed_names(paper, where.text, subject="names" not in found)
        if not names or (pattern is FARED and len(names) > 1):
            continue
        negated = bool(NEGATED.search(found.get("how") or "")) or bool(
            re.match(r"\s*(?:\S+\s+){0,4}?(?:[Nn]either|[Nn]one of|[Nn]o)\b", where.text)
        )
        status = "not_significant" if negated else status_of(sentence, clause, before)
        yield from stated(paper, sentence, clause, where, names, ends, status)
        if also:
            rest = clause.part(*also.span("names"))
            yield from stated(paper, sentence, clause, rest, listed_names(paper, rest.text, subject=False), ends, status)
        return


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
        for key in ends:
            p = own or (by_end.get(key) if len(names) == 1 else None)
            final = "not_significant" if p and above(p) else status or "univariate"
            rule = "factors:prose" if status else UNSAID
            focus = Mention("factor", start, after)
            yield paper.from_sentence("prognostic_factor", rule, sentence, focus, value=name.words, endpoint=key, arm=final, p=p)


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
