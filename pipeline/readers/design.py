"""The study's design, one finding a paper: what the title, the abstract and the methods call it, in that order."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.context import Paper, Sentence, is_unparted
from pipeline.lexicon import HYPHENS
from pipeline.readers.design_words import (
    AFTERWARDS,
    CALLED_FOR,
    CASE_CONTROL,
    CASE_TEXT,
    CASE_TITLE,
    CROSS,
    ENROLLED,
    INCLUDED_STUDIES,
    INSIDE_TRIAL,
    LAB,
    META,
    MODELLED,
    NOT_PATIENTS,
    NOT_REVIEW,
    OTHERS_TRIAL,
    OUR_META,
    OURS_AFTERWARDS,
    OURSELVES,
    OWN_TRIAL,
    PHASE_THREE,
    PHASED,
    PLAN_HEAD,
    POOLED,
    PROSPECTIVE,
    PROTOCOL_TITLE,
    RANDOMISED,
    REGISTRY,
    REPORTED,
    RETROSPECTIVE,
    REVIEW_TITLE,
    SEARCHED,
    SHOWN_BEFORE,
    SINGLE_ARM,
    SPECIMENS,
    STUDY,
    SYSTEMATIC,
    THIS_REVIEW,
    THIS_SINGLE,
    TO_COME,
    TREATED,
    TRIAL_MEMBERS,
    TRIAL_SOURCE,
    VERSUS,
    WILL,
)
from pipeline.records import Finding

I = re.IGNORECASE  # noqa: E741


def read(paper: Paper) -> Iterator[Finding]:
    """One design finding, from the first rule that holds."""
    head = heading_sentence(paper)
    parts = {name: [s for s in paper.sentences if s.section == name] for name in ("abstract", "methods", "results", "introduction")}
    if not any(parts.values()):  # a letter or a bare abstract, without a heading
        parts["abstract"] = [s for s in paper.sentences if s.section == "other" and s.passage.kind != "title"]
    parts["title"] = [s for s in paper.sentences if s.passage.kind == "title"]
    for rule in (protocol, case_report, pooled, review, modelled, trial, laboratory, observational):
        found = rule(paper, parts)
        if found:
            value, sentence = found
            sentence = sentence or (head if parts["title"] else None)
            if sentence:
                yield paper.from_sentence("design", f"design:{rule.__name__}", sentence, value=value)
            return


Parts = dict[str, list[Sentence]]
Verdict = tuple[str, Sentence | None] | None


def heading_sentence(paper: Paper) -> Sentence | None:
    """The title, or else the first sentence: what a verdict without words of its own is quoted from."""
    return next((s for s in paper.sentences if s.passage.kind == "title"), next(iter(paper.sentences), None))


def first(sentences: list[Sentence], pattern: re.Pattern[str], but: re.Pattern[str] | None = None) -> Sentence | None:
    """The first sentence in which the pattern stands and the other does not."""
    for sentence in sentences:
        text = sentence.text.translate(HYPHENS)
        if pattern.search(text) and not (but and but.search(text)):
            return sentence
    return None


def own_abstract(parts: Parts) -> list[Sentence]:
    """The abstract's sentences on the study itself; of an unstructured abstract's opening only those that say so."""
    kept = [s for s in parts["abstract"] if s.is_own or is_unparted(s)]
    labelled = len({s.heading for s in kept}) > 1
    return kept if labelled or len(kept) < len(parts["abstract"]) else [s for n, s in enumerate(kept) if n >= 2 or STUDY.search(s.text)]


def protocol(paper: Paper, parts: Parts) -> Verdict:
    """A published protocol says so in its title, or speaks of its patients in the future and has no results."""
    title = first(parts["title"], PROTOCOL_TITLE)
    has_results = sum(len(s.text) for s in parts["results"]) > 1500
    future = [s for s in (*parts["abstract"], *parts["methods"]) if WILL.search(s.text)]
    if paper.document.front.get("article_type") == "protocol" or (title and (not has_results or len(future) >= 3)):
        return "protocol", title
    planned = [s for s in paper.sentences if WILL.search(s.text) and s.section not in {"discussion", "conclusion", "introduction"}]
    if not has_results and (len(planned) >= 8 or len(future) >= 6):
        return "protocol", planned[0] if planned else future[0]
    abstract_only = not parts["results"] and not parts["methods"]
    if not abstract_only or not planned_only(parts["abstract"]):
        return None
    return "protocol", title or next(iter(planned), heading_sentence(paper))


def planned_only(abstract: list[Sentence]) -> bool:
    """Whether an abstract has no results and tells its methods, or its patients' enrolment, in the future."""
    heads = {s.heading.rsplit(" > ", 1)[-1].lower() for s in abstract}
    if len(heads) < 2:
        return bool(first(abstract, TO_COME)) and not first(abstract, REPORTED)
    if any(PLAN_HEAD.match(head) for head in heads) and not any(re.search(r"result|finding|conclusion", head) for head in heads):
        return True
    told = [s for s in abstract if re.search(r"method|design|patients|intervention", s.heading, I)]
    return len(heads) > 1 and not any("result" in head or "finding" in head for head in heads) and any(WILL.search(s.text) for s in told)


def case_report(paper: Paper, parts: Parts) -> Verdict:
    """Case reports name themselves in the title; the article type alone is not trusted."""
    title = first(parts["title"], CASE_TITLE)
    if title and not RANDOMISED.search(title.text):
        return "case_report", title
    told = first([*parts["abstract"], *parts["introduction"]], CASE_TEXT)
    typed = paper.document.front.get("article_type") == "case-report"
    methods = sum(len(s.text) for s in parts["methods"])
    return ("case_report", told) if told and (typed or methods < 1500) else None


def pooled(paper: Paper, parts: Parts) -> Verdict:
    """Meta-analyses: named in the title, or a systematic search with pooled figures."""
    title = first(parts["title"], META)
    if title and not re.search(r"\bmeta-analysis of (?:individual|our)\b.{0,30}\bcohorts?\b", title.text, I):
        return "meta_analysis", title
    own = own_abstract(parts)
    named = next(
        (s for s in own if META.search(s.text) and re.search(r"\b(?:perform|conduct|carr|undert|did|this|present|we|was|were)", s.text, I)),
        None,
    )
    claimed = first(own, OUR_META)
    if claimed:
        return "meta_analysis", claimed
    searched = first(
        [*parts["abstract"], *parts["methods"]],
        SEARCHED,
    )
    figures = first([*own, *parts["results"]], POOLED)
    if searched and (named or (figures and (first(parts["title"], SYSTEMATIC) or first(own, INCLUDED_STUDIES)))):
        return "meta_analysis", named or figures
    return None


def review(paper: Paper, parts: Parts) -> Verdict:
    """Narrative and systematic reviews without pooled figures."""
    title = first(parts["title"], SYSTEMATIC) or first(parts["title"], REVIEW_TITLE, NOT_REVIEW)
    typed = paper.document.front.get("article_type") in {"review-article", "review"}
    patients = first([*own_abstract(parts), *parts["methods"]], ENROLLED)
    if title and not (patients and len(parts["methods"]) > 15 and not SYSTEMATIC.search(title.text)):
        return "review", title
    if typed and not (patients and len(parts["methods"]) > 15):
        return "review", None
    told = first(parts["abstract"], THIS_REVIEW) or first(
        own_abstract(parts),
        re.compile(
            r"\b(?:this|the present|our) (?:(?!institution|ethic)\w+ )?(?:review|overview)\b(?! (?:board|committee))|\bwe (?:here )?(?:review|summari[sz]e) (?:the |recent |current )",
            I,
        ),
    )
    return ("review", told) if told and not parts["results"] else None


def modelled(paper: Paper, parts: Parts) -> Verdict:
    """Health-economic and other models, of which the title or the abstract's own sentences tell."""
    told = first(parts["title"], MODELLED) or first(own_abstract(parts), MODELLED, re.compile(r"\bwas also|\bsecondary\b|\bwill\b", I))
    return ("other", told) if told and not first(parts["title"], RANDOMISED) else None


def trial(paper: Paper, parts: Parts) -> Verdict:
    """Randomised and single-arm trials, from the title, the abstract, then the methods."""
    own = own_abstract(parts)
    inside = first([*parts["title"], *own], INSIDE_TRIAL)
    if inside:
        return f"{INSIDE_TRIAL.search(inside.text.translate(HYPHENS))['kind'].lower()}_cohort", inside
    afterwards = first([*parts["title"], *own], AFTERWARDS)
    if afterwards:
        return "retrospective_cohort", afterwards
    if first(own, OURS_AFTERWARDS) and not first(parts["title"], RANDOMISED):
        return None  # a cohort or a registry, whatever trials its patients were in
    single = first(own, THIS_SINGLE)
    if single and not first(parts["title"], RANDOMISED):
        return "single_arm_trial", single
    for told in (parts["title"], own, [s for s in parts["methods"] if s.is_own]):
        sentences = [s for s in told if not of_others(s)]
        randomised = first(sentences, RANDOMISED, NOT_PATIENTS)
        if randomised and not (TRIAL_MEMBERS.search(randomised.text) and first(own, CROSS)):
            return "randomized_trial", randomised
        if first(sentences, RETROSPECTIVE):
            return None
        phased = first(sentences, PHASED, META)
        single = phased or first(sentences, SINGLE_ARM, SPECIMENS)
        if single:
            return arms_of_trial(parts, own, single, told=bool(phased))
        own_trial = first(sentences, OWN_TRIAL)
        if own_trial:
            return arms_of_trial(parts, own, own_trial)
    return None


def of_others(sentence: Sentence) -> bool:
    """Whether a sentence tells of another trial's results, or of a trial that only gave the material."""
    text = sentence.text.translate(HYPHENS)
    return bool(TRIAL_SOURCE.search(text)) or found_by_others(sentence)


def found_by_others(sentence: Sentence) -> bool:
    """Whether a sentence tells what another trial found."""
    text = sentence.text.translate(HYPHENS)
    return bool(OTHERS_TRIAL.search(text) or SHOWN_BEFORE.search(text)) and not OURSELVES.search(text)


def arms_of_trial(parts: Parts, own: list[Sentence], said: Sentence, told: bool = False) -> Verdict:
    """A trial is randomised where a later sentence says so, or where it is of the third phase or sets one treatment against another."""
    told_later = [s for s in (*own, *parts["methods"], *parts["results"][:40]) if not of_others(s)]
    later = first(told_later, RANDOMISED, NOT_PATIENTS)
    against = told and (PHASE_THREE.search(said.text) or (said.passage.kind == "title" and VERSUS.search(said.text)))
    placebo = first(parts["title"], re.compile(r"\b(?:or|versus|vs\.?|with|and|to)\s+placebo\b", I))
    if later or placebo or (against and not SINGLE_ARM.search(said.text)):
        return "randomized_trial", later or said
    return "single_arm_trial", said


def laboratory(paper: Paper, parts: Parts) -> Verdict:
    """Laboratory, modelling and survey work."""
    told = [s for s in (*parts["title"], *parts["abstract"]) if LAB.search(s.text)]
    words = {m[0].lower() for s in told for m in LAB.finditer(s.text)}
    cohort = first(
        [*parts["title"], *parts["abstract"]],
        re.compile(r"\bretrospective|\bprospective|\bpatients (?:were|who|with|treated|undergoing)\b", I),
    )
    if len(words) >= 3 or (len(words) >= 2 and not cohort):
        return "other", told[0]
    return None


def observational(paper: Paper, parts: Parts) -> Verdict:
    """Cohorts, registries and case-control studies; what is none of these is "other"."""
    own = own_abstract(parts)
    methods = [s for s in parts["methods"] if s.is_own]
    named = first([*parts["title"], *own], CASE_CONTROL) or first(methods, CASE_CONTROL, re.compile(r"\bprevious", I))
    if named:
        return "case_control", named
    for sentences in (parts["title"], own, methods):
        for value, pattern in (
            ("registry_study", REGISTRY), ("retrospective_cohort", RETROSPECTIVE), ("prospective_cohort", PROSPECTIVE),
        ):  # fmt: skip
            if pattern is REGISTRY and sentences is methods and not first(own, REGISTRY):
                pattern = re.compile(r"\bSEER\b|\bNCDB\b|National Cancer Data ?base", I)
            sentence = first(sentences, pattern, CALLED_FOR)
            if sentence:
                return value, sentence
        cross = first(sentences, CROSS) if sentences is not methods else None
        if cross:
            return "other", cross
    for value, pattern in (("prospective_cohort", ENROLLED), ("retrospective_cohort", TREATED)):
        sentence = first([s for s in (*own, *methods, *parts["results"]) if not found_by_others(s)], pattern)
        if sentence:
            return value, sentence
    return ("review" if tells_nothing_done(parts) else "other"), None


def tells_nothing_done(parts: Parts) -> bool:
    """Whether an abstract is all there is, and it speaks of no work of its own: an essay on a subject."""
    told = parts["abstract"]
    heads = {s.heading for s in told}
    return (
        len(told) > 3
        and len(heads) == 1
        and not (parts["methods"] or parts["results"] or first(told, OURSELVES) or first(told, REPORTED, SHOWN_BEFORE))
    )
