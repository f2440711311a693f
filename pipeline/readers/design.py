"""The study's design, one finding a paper: what the title, the abstract and the methods call it, in that order."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.context import Paper, Sentence, is_own
from pipeline.lexicon import HYPHENS
from pipeline.records import Finding

I = re.IGNORECASE  # noqa: E741
PROTOCOL_TITLE = re.compile(
    r"\b(?:study|trial|treatment|research|review|SPIRIT)\s+protocol\b|\bprotocol\s+(?:for|of|design|and rationale)\b|^design of an?\b|"
    r"\brationale\b.{0,25}\bdesign\b|"
    r"\bdesign\b.{0,25}\brationale\b|\bstudy design of\b|\btrial in progress\b|\bpresentation of (?:a |two |the )?(?:novel|"
    r"new) trials?\b|:\s*protocol\b|\bprotocol$|\b(?:design and )?methods of (?:an?|the) (?:[\w-]+ ){0,4}trial\b",
    I,
)
WILL = re.compile(
    r"\b(?:will|shall)\s+(?:also\s+|then\s+|subsequently\s+|not\s+)?(?:be\b|receive|undergo|have|include|enrol|recruit|assess|compare|"
    r"evaluate)",
    I,
)
META = re.compile(r"\bmeta-?\s?(?:analys[ei]s|analytic|regression)\b", I)
OUR_META = re.compile(
    r"\b(?:this|our|the present)\s+(?:updated\s+)?(?:systematic review and\s+)?meta-?analysis\b|\b(?:performed|conducted|undertook|"
    r"carried out) an? (?:\w+\s+){0,3}(?:systematic (?:literature )?review and )?meta-?analysis\b",
    I,
)
POOLED = re.compile(
    r"\b(?:pooled|summary|combined)\s+(?:(?:adjusted|overall|unadjusted)\s+)?(?:hazard|HRs?\b|odds|ORs?\b|relative|risk|RRs?\b|results?|"
    r"estimate|effect|analysis showed|data showed)",
    I,
)
SEARCHED = re.compile(
    r"\b(?:PubMed|MEDLINE|EMBASE|Cochrane (?:Library|database)|Web of Science)\b|\b(?:electronic|online|bibliographic|literature) databases were (?:\w+ )?searched\b",
    I,
)
INCLUDED_STUDIES = re.compile(
    r"\b(?:articles|studies|trials|reports)\b[^.;]{0,80}\b(?:were|was) (?:finally |eventually )?(?:included|eligible|identified)\b", I
)
SYSTEMATIC = re.compile(
    r"\bsystematic(?:ally)?\s+(?:literature\s+)?(?:review(?:ed)?|search)\b|\bliterature review\b|\breview of (?:the )?literature\b|"
    r"\bscoping review\b",
    I,
)
REVIEW_TITLE = re.compile(
    r"\b(?:an?\s+(?:\w+\s+){0,3}(?:review|overview|update)|spotlight on|update on|review of|reviews?$|state of the art|current (?:status|concepts|perspectives)|"
    r"(?:recent )?advances in|perspectives? (?:on|in)|overview of)\b|^(?:the )?role of .{0,80}\?$",
    I,
)
NOT_REVIEW = re.compile(
    r"\b(?:retrospective|chart|records?|institution\w*|single[- ]cent(?:er|re)|case(?:s)?|pathology|central|cohort)\s+(?:\w+\s+)?review\b",
    I,
)
CASE_TITLE = re.compile(
    r"\bcase reports?\b|\b(?:report|presentation) of (?:a|one|two|three|four|\d) (?:\w+ )?cases?\b|^an? (?:\w+ ){0,3}case of\b|"
    r":\s*an? (?:\w+ )?case\b(?![- ]control)|\bcase series\b|\brare case\b",
    I,
)
CASE_TEXT = re.compile(
    r"\bwe (?:here(?:in|by)? |present |report |describe )+(?:on |here |the |an? ){0,3}(?:\w+ ){0,4}case of\b|\bthis case report\b", I
)
RANDOMISED = re.compile(
    r"(?<!non-)(?<!non)(?<!non )(?<!quasi-)\brandomi[sz](?:ed|ation)\b(?!\s+(?:controlled\s+|clinical\s+|phase\s+\w+\s+){0,3}(?:trials|"
    r"studies)\b)|\brandomly\s+(?:\w+\s+){0,2}?(?:assigned|allocated|divided|distributed|received|grouped|treated|underwent)\b|\bRCT\b|"
    r"\bplacebo-controlled\b",
    I,
)
NOT_PATIENTS = re.compile(
    r"\b(?:mice\b|mouse\b|rats?\b|sheep\b|swine\b|animals?|rabbits?|cells?\s+were|training|validation|testing|test set|derivation|development (?:set|cohort)|"
    r"bootstrap|mendelian|random(?:ly)? (?:forest|selected|sampl)|questionnaires? (?:were|was)|dishes|cultures?\b|"
    r"meta-analys[ei]s|literature|non-?randomi[sz]ed|lack of|need(?:ed|s)?\b.{0,40}\brandomi|future|further|warrant|deserv\w+|merits?\b|calls? for|"
    r"\b(?:should|would|is|are)\s+(?:now\s+|being\s+)?(?:be\s+)?(?:needed|required|awaited|ongoing|under ?way|planned|tested|confirmed|compared|explored|evaluated|"
    r"validated|justified|of interest)\b|previous(?:ly)? (?:published|reported)|propensity)",
    I,
)
#: "a prospective cohort study within a randomised trial" calls itself a cohort.
INSIDE_TRIAL = re.compile(
    r"\b(?P<kind>prospective|retrospective)\s+(?:[\w-]+\s+){0,3}?(?:cohort|study|analysis|investigation)\b[^.;:]{0,60}?\b(?:within|nested in|"
    r"embedded in|inside)\s+(?:an?|the)\s+[^.;:]{0,40}?\brandomi[sz]ed\b",
    I,
)
PHASE = re.compile(
    r"\bphase\s+(?:[1-3](?:\s*[/-]\s*[23])?[ab]?|I{1,3}(?:\s*[/-]\s*I{2,3})?[abAB]?)\b(?![-\s]*(?:randomi|trials|studies|III trials))", I
)
SINGLE_ARM = re.compile(
    r"\b(?:single|one)[- ]?arm\b|\bnon-?\s?randomi[sz]ed\b.{0,40}\b(?:trial|study)\b|\bdose[- ](?:escalation|finding)\s+(?:study|"
    r"trial)\b|\bopen[- ]label\b.{0,60}\b(?:trial|study)\b|\b(?:pilot|feasibility)\s+(?:clinical\s+)?(?:trial|study)\b",
    I,
)
PHASED = re.compile(rf"{PHASE.pattern}.{{0,200}}\b(?:study|trial|protocol|design)\b|\b(?:study|trial)\b.{{0,80}}{PHASE.pattern}", I)
LAB = re.compile(
    r"\b(?:cell lines?|in vitro|in vivo|xenografts?|mice|mouse|rats?|knock(?:ed)?-?down|siRNAs?|shRNA|transfect\w+|western blot\w*|"
    r"apoptosis assays?|overexpress\w+|transcriptom\w+|luciferase|organoids?|bioinformatics?|docking|proliferation, migration|"
    r"nanoparticles? (?:were|loaded)|dosimetr\w+|phantom)\b",
    I,
)
REGISTRY = re.compile(
    r"\bSEER\b|Surveillance,? Epidemiology,? and End Results|\bNational Cancer (?:Data ?base|Registry)|\bNCDB\b|\bcancer registr(?:y|"
    r"ies)\b|\b(?:clinical|national|tumou?r|institutional|nationwide|multicent(?:er|re)|international|patient|prospective)\s+registr(?:y|"
    r"ies)\b|\bregistry\b.{0,20}\b(?:study|data|analysis)\b|\bpopulation[- ]based\b(?!\s+(?:screening|studies))|"
    r"\bnation-?wide\b.{0,40}\b(?:cohort|study|database|analysis|data)\b|\bclaims (?:data|database)\b",
    I,
)
CASE_CONTROL = re.compile(r"\bcase[-–\s]control(?:led)?\b|\bcases and (?:\w+[- ])?(?:matched )?controls\b", I)
RETROSPECTIVE = re.compile(
    r"\bretrospective(?:ly)?\b|\b(?:medical|clinical|patient|hospital|case)\s+(?:records|notes|charts)\s+(?:of|were|from)\b|"
    r"\bchart review\b|\breviewed (?:the )?(?:records|charts|data)\b|\bdatabase was (?:searched|reviewed|queried)\b|\bhistorical cohort\b",
    I,
)
PROSPECTIVE = re.compile(r"\bprospective(?:ly)?\b", I)
CROSS = re.compile(
    r"\bcross[- ]sectional\b|\bsurvey\b|\bquestionnaire study\b|\bdiagnostic accuracy\b|\bqualitative study\b|\bcost[- ]effectiveness\b", I
)
ENROLLED = re.compile(
    r"\b(?:patients?|women|men|participants?|subjects|cases)\b.{0,80}\b(?:were|was)\s+(?:\w+\s+){0,2}?(?:enrolled|recruited|"
    r"registered)\b|\b(?:enrolled|recruited)\s+(?:a total of\s+)?[\w,]+\s+(?:\w+\s+){0,5}?(?:patients|women|men|participants)\b",
    I,
)
TREATED = re.compile(
    r"\b(?:patients?|women|men|subjects|cases|children)\b.{0,160}\b(?:treated|diagnosed|underwent|undergoing|identified|included|"
    r"operated|admitted|analy[sz]ed|reviewed|evaluated|received|obtained)\b|"
    r"\b(?:analy[sz]ed|reviewed|identified|studied|evaluated|included|treated)\b.{0,60}\b(?:patients|women|men|cases|children|subjects)\b",
    I,
)
STUDY = re.compile(
    r"\b(?:we|this|our|present|current|were|was|is|underwent|received|(?:study|trial) (?:compared|evaluated|assessed|investigated|included|enrolled))\b",
    I,
)
#: Work on models of a disease or a market, whatever trials its figures come from.
MODELLED = re.compile(
    r"\bcost[- ]effectiveness\b|\bcost[- ]utility\b|\b(?:economic|decision(?:[- ]analytic)?|simulation|Markov|mathematical|microsimulation|exposure[- ]response|"
    r"pharmacokinetic|pharmacodynamic)\s+(?:[\w-]+\s+)?(?:models?|modell?ing|evaluation)\b|\bto simulate\b|\bwere simulated\b|\bindirect (?:treatment )?comparisons?\b",
    I,
)
#: "a retrospective analysis of samples from a randomised trial" is no trial any more.
AFTERWARDS = re.compile(
    r"\bretrospective(?:ly)?\b[^.;]{0,160}\brandomi[sz]\w+|\brandomi[sz]\w+[^.;]{0,160}\bretrospective(?:ly)?\b|"
    r"\b(?:data|records) were (?:retrieved|extracted) from (?:an? |the )(?:[\w-]+ ){0,3}?randomi[sz]ed\b|(?<=:)[^.;]{0,40}\banalys[ei]s of data from (?:an? |the )?(?:[\w-]+ ){0,4}?randomi[sz]ed (?:[\w-]+ )?trials?\b",
    I,
)
#: The trial is only where the people come from: "from a cohort participating in a randomised trial".
TRIAL_MEMBERS = re.compile(
    r"\b(?:participating|participants|enrol\w+|included|cohort|samples?|specimens?|data|women|patients)\s+(?:who had been\s+)?(?:in|from|of|within|into)\s+(?:an?|the)\s+"
    r"(?:[\w-]+\s+){0,5}?randomi[sz]ed\b",
    I,
)
PHASE_THREE = re.compile(r"\bphase[\s-]+(?:3|III)\b(?![-\s]*(?:trials|studies))", I)
VERSUS = re.compile(r"\b(?:versus|vs)\b", I)
#: "the purpose of this trial was": a trial that names neither a phase nor a second arm.
OWN_TRIAL = re.compile(
    r"\b(?:this|our|the present)\s+(?:[\w-]+\s+){0,4}?(?<!control )trial\s+(?:was|were|is|evaluated|assessed|investigated|aimed|enrolled|included)\b|"
    r"\bin (?:this|our) (?:[\w-]+,?\s+){0,5}?trial,",
    I,
)


def read(paper: Paper) -> Iterator[Finding]:
    """One design finding, from the first rule that holds."""
    head = heading_sentence(paper)
    parts = {name: [s for s in paper.sentences if s.section == name] for name in ("abstract", "methods", "results", "introduction")}
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
    kept = [s for s in parts["abstract"] if is_own(s)]
    return kept if len(kept) < len(parts["abstract"]) else [s for n, s in enumerate(kept) if n >= 2 or STUDY.search(s.text)]


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
    return ("protocol", title or planned[0]) if abstract_only and planned_only(parts["abstract"]) else None


def planned_only(abstract: list[Sentence]) -> bool:
    """Whether a structured abstract has no results and tells its methods in the future."""
    heads = {s.passage.heading.rsplit(" > ", 1)[-1].lower() for s in abstract}
    told = [s for s in abstract if re.search(r"method|design|patients|intervention", s.passage.heading, I)]
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
    told = first(
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
    for sentences in (parts["title"], own, [s for s in parts["methods"] if is_own(s)]):
        randomised = first(sentences, RANDOMISED, NOT_PATIENTS)
        if randomised and not (TRIAL_MEMBERS.search(randomised.text) and first(own, CROSS)):
            return "randomized_trial", randomised
        if first(sentences, RETROSPECTIVE):
            return None
        phased = first(sentences, PHASED, META)
        single = phased or first(sentences, SINGLE_ARM, re.compile(r"\bretrospective", I))
        if single:
            return arms_of_trial(parts, own, single, told=bool(phased))
        own_trial = first(sentences, OWN_TRIAL)
        if own_trial:
            return arms_of_trial(parts, own, own_trial)
    return None


def arms_of_trial(parts: Parts, own: list[Sentence], said: Sentence, told: bool = False) -> Verdict:
    """A trial is randomised where a later sentence says so, or where it is of the third phase or sets one treatment against another."""
    later = first([*own, *parts["methods"], *parts["results"][:40]], RANDOMISED, NOT_PATIENTS)
    against = told and (PHASE_THREE.search(said.text) or (said.passage.kind == "title" and VERSUS.search(said.text)))
    if later or (against and not SINGLE_ARM.search(said.text)):
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
    methods = [s for s in parts["methods"] if is_own(s)]
    named = first([*parts["title"], *own], CASE_CONTROL) or first(methods, CASE_CONTROL, re.compile(r"\bprevious", I))
    if named:
        return "case_control", named
    for sentences in (parts["title"], own, methods):
        for value, pattern in (
            ("registry_study", REGISTRY), ("retrospective_cohort", RETROSPECTIVE), ("prospective_cohort", PROSPECTIVE),
        ):  # fmt: skip
            if pattern is REGISTRY and sentences is methods and not first(own, REGISTRY):
                pattern = re.compile(r"\bSEER\b|\bNCDB\b|National Cancer Data ?base", I)
            sentence = first(sentences, pattern)
            if sentence:
                return value, sentence
        cross = first(sentences, CROSS) if sentences is not methods else None
        if cross:
            return "other", cross
    for value, pattern in (("prospective_cohort", ENROLLED), ("retrospective_cohort", TREATED)):
        sentence = first([*own, *methods, *parts["results"]], pattern)
        if sentence:
            return value, sentence
    return "other", None
