"""Prognostic factors in prose: which factors were independent, significant alone, or not significant, for which endpoint."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.context import Paper, Sentence
from pipeline.endpoints import NONE, endpoints
from pipeline.quantities import Mention
from pipeline.records import Finding

ADJUSTED = re.compile(r"\bmulti-?varia(?:te|ble)\b|\bindependent(?:ly)?\b|\bcox (?:proportional|regression|model)", re.IGNORECASE)
ALONE = re.compile(r"\buni-?varia(?:te|ble)\b|\blog[-\s]?rank\b|\bkaplan", re.IGNORECASE)
_STATUS = r"(?:(?:an?|the|only|most|also|both|strong(?:est)?|important|major|main|significant(?:ly)?|statistically|independent(?:ly)?|prognostic|predictive|risk|adverse|negative|positive|favou?rable|unfavou?rable|poor|potential|powerful|remaining|useful|and|possible)\s+)*"
_NOUN = r"(?:prognostic\s+|predictive\s+|risk\s+)?(?:factors?|predictors?|determinants?|variables?|indicators?|(?:bio)?markers?|prognosticators?|parameters?|covariates?)"
_OF = r"(?:\s+(?:that\s+)?(?:for|of|in|to|on|with|associated\s+with|affecting|influencing|predicting|related\s+to|impacting|significantly))+"
_BE = r"(?:was|were|is|are|remained|remain|being|be|proved(?:\s+to\s+be)?|emerged\s+as|served\s+as|acted\s+as|constituted|(?:was|were|has been|have been)\s+(?:\w+\s+)?(?:identified|found|shown|confirmed|considered|proven|demonstrated|recognized|recognised|selected|retained)\s+(?:as|to\s+be))"
_NOT = r"(?P<no>\s+(?:not|no(?:t\s+found\s+to\s+be)?|neither|no\s+longer))?"
#: "age and LDH were independent prognostic factors for OS"
COPULA = re.compile(rf"^(?P<names>.{{2,260}}?)\s*,?\s+(?:(?:still|also|all|each|both|only)\s+)?{_BE}{_NOT}\s+(?P<status>{_STATUS}){_NOUN}{_OF}\s+(?P<tail>.+)$", re.IGNORECASE)
#: "independent prognostic factors for OS were age and LDH"
LISTING = re.compile(rf"(?P<status>{_STATUS}){_NOUN}(?P<of>(?:{_OF})?\s*[^.;:]{{0,110}}?)\s*(?:\bwere\b|\bwas\b|\bincluded?\b|\bincluding\b|\bare\b|\bis\b|:|\bnamely\b)\s*(?:found\s+to\s+be\s+|identified\s+as\s+|as\s+follows\s*:?\s*|the\s+following\s*:\s*)?(?P<names>.+)$", re.IGNORECASE)
#: "analysis identified age and LDH as independent prognostic factors for OS"
IDENTIFIED = re.compile(rf"(?:identified|revealed|showed|confirmed|demonstrated|found|selected|retained|indicated)\s+(?P<names>.{{2,260}}?)\s+(?:as|to\s+be){_NOT}\s+(?P<status>{_STATUS}){_NOUN}{_OF}\s+(?P<tail>.+)$", re.IGNORECASE)
#: "LDH was associated with worse OS", "age had no effect on OS", "LDH predicted OS"
LINKED = re.compile(
    r"^(?P<names>.{2,260}?)\s*,?\s+(?:(?:was|were|is|are|remained|be)\s+)?(?P<how>(?:(?:also|still|all|both|only|each|found|shown|to\s+be|be|been|has|have|had|statistically|significantly|independently|strongly|not|closely|inversely|positively|negatively|modestly|marginally|borderline|being|was|were|did|does|individually|directly|correlated\s+and)\s+)*)"
    r"(?:(?:significantly|independently|statistically)\s+)?(?:associated|correlated?|linked|related|predict(?:ed|ive|or|s)?|affect(?:ed|s|ing)?|influenc(?:ed|es|e)|impact(?:ed|s)?|prognostic|(?P<none>no)?\s*(?:a\s+|an\s+)?(?:statistically\s+)?(?P<sig>significant\s+|independent\s+|prognostic\s+|negative\s+|positive\s+|strong\s+|adverse\s+)*(?:impact|effect|influence|association|correlation|bearing|prognostic\s+(?:value|significance|impact)))"
    r"\s+(?:(?:both|with|on|for|of|the|to|in)\s+)*(?P<tail>.+)$",
    re.IGNORECASE,
)
#: "OS was not affected by age", "OS was significantly associated with LDH"
PASSIVE = re.compile(
    r"^(?P<ends>.{2,120}?)\s+(?:was|were|is|are)\s+(?P<how>(?:also|statistically|significantly|independently|strongly|not|only|found|to|be|both|mainly|adversely|negatively)\s+)*(?:affected|influenced|associated|correlated|predicted|impacted|determined|related)\s+(?:by|with|to)\s+(?P<names>.+)$",
    re.IGNORECASE,
)
#: "no significant association between LDH and OS", "no difference in OS according to age"
NO_LINK = re.compile(r"\bno\s+(?:statistically\s+)?(?:significant\s+)?(?:association|correlation|relationship|relation)s?\s+(?:\w+\s+){0,3}?between\s+(?P<names>.+?)\s+(?:and|with)\s+(?P<tail>(?:the\s+)?(?:\w+\s+)?\S+.*)$", re.IGNORECASE)
LEAD = re.compile(
    r"^(?:(?:(?:in|on|by|from|using|after|when|for|at|with|based|according|as|under|through|via|among|additionally|moreover|furthermore|however|similarly|also|finally|overall|interestingly|consequently|therefore|thus|the|a|cox|our|both|uni|multi|subsequent|further|stepwise|pooled|results?|it|we|this|these|then|regarding|concerning|while|whereas|although|and|but)\b[\w\s'’/()+.,–‐-]{0,120}?(?:\banaly[sz]\w*|\bmodel\w*|\bregression|\bresults|\btests?|\bwe|\bit|\bdata|\bstudy))(?:\s+of\s+[\w\s-]{3,40}?)?(?:\s*(?:,|:|that\b|(?:also\s+)?(?:showed|revealed|indicated|demonstrated|confirmed|suggested|found|identified|determined|observed)(?:\s+that\b)?|(?:was|were)\s+(?:found|shown|seen|observed)\s+that\b))+\s*|(?:additionally|moreover|furthermore|however|similarly|finally|overall|interestingly|in addition|in contrast|conversely|notably|importantly|of note|therefore|thus|consequently|while|whereas|and|but)\s*,?\s+)",
    re.IGNORECASE,
)
LEVEL = re.compile(
    r"^(?:(?:an?|the|both|either|only|neither|nor|that|pre-?treatment\s+serum|presence\s+of|presence\s+or\s+absence\s+of|the\s+presence\s+of|absence\s+of|patients?\s+with|patients?\s+who\s+had|having|being|increasing|increased|decreased|decreasing|elevated|reduced|high(?:er)?|low(?:er)?|large[r]?|great(?:er)?|small(?:er)?|old(?:er)?|young(?:er)?|advanced|poor(?:er)?|better|good|short(?:er)?|long(?:er)?|extent\s+of|worse|also|as\s+well\s+as|including|initial)(?:\s+|-(?=pre)))+(?=\S)",
    re.IGNORECASE,
)
SPLIT = re.compile(r"\s*,\s*(?:and\s+|or\s+|but\s+|as\s+well\s+as\s+)?|\s*;\s*(?:and\s+)?|\s+and\s+|\s+or\s+|\s+nor\s+|\s+as\s+well\s+as\s+|\s+(?:but|plus)\s+(?=\w+\s+)|\s*&\s*")
BAD_NAME = re.compile(
    r"^(?:it|this|these|they|that|which|there|we|he|she|none|all|both|other|others|no|not|each|who|patients?|results?|analysis|factors?|variables?|treatment|data|study|one|two|three|four|five|those|them|following|above|significant.*|p|all other.*|the following.*|only|further|respectively|however|prognosis|such|its?|their|age group.*)$"
    r"|\b(?:surviv\w*|was|were|is|are|showed|had|have|has|did|which|that|where|OS|PFS|DFS|we|between|compared|than|analys[ie]s|hazards?|model|HR|CI|who|studies|association|tables?|fig(?:ure)?s?|endpoints?|outcomes?|groups? did|can|could|may|will|used|using|performed|assessed|evaluated|investigated|results?|suggest\w*)\b|^\W*$|^[\d.%]+$",
    re.IGNORECASE,
)
HYPOTHETICAL = re.compile(r"\b(?:to (?:identify|evaluate|assess|investigate|determine|examine|explore|analy[sz]e|test|study|predict)|whether|were (?:evaluated|investigated|assessed|examined|analy[sz]ed|tested|included|entered|used)|was (?:used|performed|evaluated|assessed|investigated)|will|would|may|might|could be used|hypothesi[sz]ed|potential|aimed|known|considered for|adjust\w+ for)\b", re.IGNORECASE)
INSIDE = re.compile(r"\s*[\[(][^()\[\]]*(?:\([^()]*\)[^()\[\]]*)*[)\]]")
NEGATED = re.compile(r"\bnot\b|\bno\b|\bneither\b|\bnor\b|\bfailed\b|\black of\b", re.IGNORECASE)


def read(paper: Paper) -> Iterator[Finding]:
    """prognostic_factor findings of the prose."""
    before: Sentence | None = None
    for sentence in paper.own:
        if sentence.section in {"results", "abstract", "conclusion", "discussion"} and sentence.passage.kind not in {"caption", "footnote", "title"}:
            near = before if before and before.passage is sentence.passage else None
            for start, end in pieces(sentence.text):
                yield from of_clause(paper, sentence, start, end, near)
        before = sentence


def pieces(text: str) -> Iterator[tuple[int, int]]:
    """A sentence's parts that speak of their own factors: cut at ";", "while", "whereas", ", but"."""
    depth, start = 0, 0
    for match in re.finditer(r"[(\[]|[)\]]|;|,?\s+(?:while|whereas|although|but)\s+(?!not\b)", text):
        if match[0] in "([":
            depth += 1
        elif match[0] in ")]":
            depth = max(0, depth - 1)
        elif not depth:
            yield start, match.start()
            start = match.end()
    yield start, len(text)


def of_clause(paper: Paper, sentence: Sentence, start: int, end: int, before: Sentence | None) -> Iterator[Finding]:
    """The factors of one clause: the first of the known constructions that fits."""
    text = sentence.text[start:end].rstrip(" .")
    if len(text) < 15 or HYPOTHETICAL.search(text):
        return
    plain, places = flattened(text)
    lead = 0
    for _ in range(3):
        match = LEAD.match(plain[lead:])
        if not match or not match.end():
            break
        lead += match.end()
    body = plain[lead:]
    for pattern in (LISTING, IDENTIFIED, COPULA, PASSIVE, LINKED, NO_LINK):
        target = plain if pattern in (IDENTIFIED, NO_LINK) else body
        match = pattern.match(target) if pattern in (COPULA, LINKED, PASSIVE) else pattern.search(target)
        if not match or (pattern is LISTING and not re.search(r"significant|independent|prognostic|predict|risk", match[0][: match.start("names") - match.start()], re.IGNORECASE)):
            continue
        found = match.groupdict()
        where = found.get("tail") or found.get("of") or found.get("ends") or ""
        ends = endpoint_keys(paper, where)
        if not ends and pattern is LISTING:
            ends = endpoint_keys(paper, plain[: match.start("names") + lead]) or (of_sentence_before(before) if re.search(r"independent|prognos", match[0], re.IGNORECASE) else [])
        if not ends:
            continue
        negative = pattern is NO_LINK or bool(NEGATED.search(plain[: lead] + " " + target[: match.start("names")] + " " + (found.get("no") or "") + (found.get("how") or "") + (found.get("none") or "")))
        negative = negative or bool(re.match(r"\s*(?:neither|no|none of)\b", found["names"], re.IGNORECASE))
        status = "not_significant" if negative else status_of(sentence.text, start, text, before)
        offset = (lead if target is body else 0) + match.start("names")
        names = list(named(found["names"]))
        values = p_values(sentence, start, end, places, offset, names)
        for (name, _, _), p in zip(names, values, strict=True):
            final = "not_significant" if p and status != "not_significant" and above(p) else status
            for key in ends:
                shown = p if len(ends) == 1 else None
                yield paper.from_sentence("prognostic_factor", "factors:prose", sentence, Mention("factor", start, end), value=name, endpoint=key, arm=final, p=shown)
        return


def flattened(text: str) -> tuple[str, list[int]]:
    """The text with what stands in parentheses blanked out (same length), so that lists can be cut; places are unchanged."""
    blank = list(text)
    for match in INSIDE.finditer(text):
        for index in range(match.start(), match.end()):
            blank[index] = "\x00"
    kept = [index for index, char in enumerate(blank) if char != "\x00"]
    return "".join(text[index] for index in kept), kept


def endpoint_keys(paper: Paper, words: str) -> list[str]:
    """The endpoints named in some words, in order, each once; response is none."""
    found = [m.key for m in endpoints(words, paper.mentions(words)) if m.key not in (NONE, "ORR", None)]
    return list(dict.fromkeys(found))


def of_sentence_before(before: Sentence | None) -> list[str]:
    """The one endpoint of the sentence before."""
    keys = list(dict.fromkeys(m.key for m in endpoints(before.text, before.words) if m.key not in (NONE, "ORR"))) if before else []
    return keys if len(keys) == 1 else []


def status_of(text: str, start: int, clause: str, before: Sentence | None) -> str:
    """Independent where a multivariable analysis speaks, in the clause, its sentence or the sentence before; else univariate."""
    for words in (clause, text[:start], before.text if before else ""):
        adjusted, alone = ADJUSTED.search(words), ALONE.search(words)
        if adjusted and not (alone and words is not clause):
            return "independent"
        if alone:
            return "univariate"
    return "univariate"


def named(words: str) -> Iterator[tuple[str, int, int]]:
    """Each factor of a list, lower case, without articles and levels, with its place in the words."""
    words = re.split(r"\s+(?:in|for|among)\s+(?:both|all|our|the\s+(?:multi|uni|whole|entire|study|present|overall|final|cox)|patients|women|men|(?:multi|uni)varia)|\s+(?:on|by|at|after)\s+(?:multi|uni|both|the\s+multi|cox|adjust)|\.\s", words)[0]
    place = 0
    for piece in re.split(f"({SPLIT.pattern})", words):
        name = re.sub(r"^(?:patient(?:s['’]|['’]s)?|tumou?rs?['’]s?)\s+(?=\w)", "", LEVEL.sub("", piece.strip(" ,.:"))).strip(" ,.:-")
        if piece and not SPLIT.fullmatch(piece) and 1 < len(name) <= 70 and len(name.split()) <= 8 and not BAD_NAME.search(name):
            yield re.sub(r"\s+", " ", name).lower(), place, place + len(piece)
        place += len(piece)


def p_values(sentence: Sentence, start: int, end: int, places: list[int], offset: int, names: list[tuple[str, int, int]]) -> list[str | None]:
    """For each factor the p value in the parentheses after it; a single one at the end is that of a single factor."""
    inside = [p for p in sentence.kinds("p") if start <= p.start < end]
    found: list[str | None] = []
    for place, (_, _, stop) in enumerate(names):
        a = start + places[min(offset + stop - 1, len(places) - 1)]
        b = start + places[min(offset + names[place + 1][1], len(places) - 1)] if place + 1 < len(names) else end
        held = [p.key for p in inside if a <= p.start < max(b, a + 1)]
        found.append(held[0] if held and (len(names) > 1 or len(inside) == 1) else None)
    if len(names) > 1 and len(inside) == 1:
        return [None] * len(names)
    return found


def above(p: str) -> bool:
    """Whether a p value as printed is 0.05 or more."""
    if p == "ns":
        return True
    digits = re.search(r"\d*\.\d+|\d+", p)
    return bool(digits) and not p.startswith(("<", "≤")) and float(digits[0]) >= 0.05 and "×" not in p
