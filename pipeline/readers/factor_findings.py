"""The findings of a claim on factors: each factor and endpoint with its status and p value."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.choose import UNSAID
from pipeline.context import Paper, Sentence
from pipeline.endpoints import NONE, endpoints
from pipeline.quantities import Mention
from pipeline.readers.factor_clauses import Clause, bracket_end
from pipeline.readers.factor_forms import ADJUSTED, ALONE, NOT_ADJUSTED
from pipeline.readers.factor_names import Name
from pipeline.records import Finding


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
        if status == "not_significant" and own and not above(own):
            own = None  # printed for another endpoint: "influenced OS (p = 0.01) but not PFS"
        last = where.places[min(name.start + len(where.text[name.start : name.end].rstrip(" .,;:")), len(where.places)) - 1]
        alone = only(paper, sentence.text[last + 1 :])
        for key in [key for key in ends if not alone or key in alone]:
            p = own or (by_end.get(key) if len(names) == 1 else None)
            final = "not_significant" if p and above(p) else status or "univariate"
            rule = "factors:prose" if status else UNSAID
            focus = Mention("factor", start, after)
            yield paper.from_sentence("prognostic_factor", rule, sentence, focus, value=name.words, endpoint=key, arm=final, p=p)


def only(paper: Paper, after: str) -> list[str]:
    """The endpoints that parentheses after a factor limit it to: "region (OS only)"."""
    match = re.match(r"\s*\(([^()]*)\bonly\)", after)
    return endpoint_keys(paper, match[1]) if match else []


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


def status_of(sentence: Sentence, clause: Clause, before: Sentence | None) -> str | None:
    """Independent where a multivariable analysis speaks, in the clause, its sentence or the sentence before, univariate where a univariable one does; else None."""
    earlier = sentence.text[: clause.places[0]] if clause.places else ""
    whole = sentence.text[clause.places[0] : bracket_end(sentence.text, clause.places[-1] + 1)] if clause.places else ""
    for words in (clause.text, whole, earlier, before.text if before else ""):
        adjusted, alone = ADJUSTED.search(words), ALONE.search(words)
        if adjusted and (alone or words is clause.text) and NOT_ADJUSTED.search(words):
            return "univariate"
        if adjusted and alone:
            near = words is earlier and [*ADJUSTED.finditer(words)][-1].start() > [*ALONE.finditer(words)][-1].start()
            return "independent" if words is clause.text or near else "univariate"
        if adjusted or alone:
            return "independent" if adjusted else "univariate"
    return None


def above(p: str) -> bool:
    """Whether a p value as printed is above 0.05."""
    if p == "ns":
        return True
    digits = re.search(r"\d*\.\d+|\d+", p)
    return bool(digits) and not p.startswith(("<", "≤")) and float(digits[0]) > 0.05 and "×" not in p
