"""Agents given together with radiotherapy: each agent of the clause that tells of concurrent chemoradiotherapy."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.agent_classes import SUPPORTIVE
from pipeline.combinations import Combination, combinations
from pipeline.context import Paper, Sentence
from pipeline.readers.systemic import given, known
from pipeline.records import Finding
from pipeline.shares import share_of
from pipeline.treatment_text import arm_near, irradiated_arm, told_of_treatment

I = re.IGNORECASE  # noqa: E741
RADIATION = r"(?:radiotherapy|radiation(?:\s+therapy)?|irradiation|RT|EBRT|IMRT|TMRT)"
#: Words that say an agent and radiation were given at the same time.
TOGETHER = re.compile(
    rf"\b(?:concurrent(?:ly)?|concomitant(?:ly)?|simultaneous(?:ly)?|chemo-?radio\w*|chemo-?radiation|radio-?chemo\w*|CCRT|CRT|"
    rf"RCT\b(?=\s+with)|radio-?sensiti[sz]\w+|chemo-?/radio\w+)\b|"
    rf"\b(?:along with|together with|combined with|in combination with|plus|during|throughout|on (?:the |each )?(?:\w+ )?days? of|added to|with or without|with/without|"
    rf"(?:given|administered|delivered)\s+(?:\w+\s+)?with)\s+(?:the\s+|addition\s+of\s+|external\s+beam\s+|"
    rf"whole[- ]brain\s+|pelvic\s+|\d+\s*Gy\s+(?:of\s+)?)*{RADIATION}\b|"
    rf"\b(?:days?|weeks?)\s+\d[\d\s,–-]*(?:(?:and|to)\s+\d[\d–-]*\s+)?of\s+(?:the\s+)?{RADIATION}\b|"
    rf"\b{RADIATION}\s*(?:\([^)]*\)\s*)?(?:plus|with(?:\s*(?:or|/)\s*without)?|\+|and|combined with|in combination with)\s+(?:weekly\s+|daily\s+|oral\s+)?(?=\S)",
    I,
)
RADIO = re.compile(rf"radio|radiat|\bCC?RT\b|\b{RADIATION}\b|\bGy\b", I)
#: "radiotherapy (50 Gy) was given with", right before what was given with it.
GIVEN_WITH = re.compile(
    rf"\b{RADIATION}\s*(?:\([^()]*\)\s*)?(?:was|were)\s+(?:given|administered|delivered|combined)\s+(?:together\s+|in combination\s+)?"
    r"with\s+(?:(?!and\b|or\b|a\b|an\b)[\w-]+\s+){0,4}$",
    I,
)
GIVING = re.compile(rf"\b{RADIATION}\s*(?:\([^()]*\)\s*)?(?:was|were)\s+(?:given|administered|delivered|combined)\b", I)
#: "a loading dose of ... one week before radiotherapy, then 250 mg/m2 weekly": the same agent goes on.
LOADING = re.compile(r"\b(?:loading|initial) dose\b[^;.]*?\b(?:then|followed by)\s+(?=(?:by\s+|at\s+|weekly\s+|doses? of\s+)*\d)", I)
#: Phases that are not concurrent, and words that end a phase.
OTHER_PHASE = re.compile(
    r"\b(?:induction|neo-?adjuvant|adjuvant|consolidation|maintenance|sequential|before|after|prior to|post-?operative chemotherapy|"
    r"pre-?operative chemotherapy|peri-?operative)\b",
    I,
)
STEP = re.compile(
    r"\bfollowed by\b|\band then\b|\bthen\b|;|\bsubsequent(?:ly)?\b|\bwhile\b|\bwhereas\b|\bthan\b|\bversus\b|\bvs\b\.?|\bor\b", I
)
#: "concurrent cisplatin (n = 60) or carboplatin": the other choice is given at the same time.
OR_THIS = re.compile(
    r"\s*(?:\([^()]*\)|\d[\d.]*\s*mg\S*|\b(?:weekly|daily)\b|,|\s)*\bor\s+(?:(?:weekly|daily|oral|with|three-weekly)\s+){0,2}", I
)
#: "Concurrent chemotherapy", in a paper whose abstract tells of radiation.
WITH_CHEMOTHERAPY = re.compile(r"\b(?:concurrent|concomitant)\s+chemo", I)
#: Radiation and agents in a list of treatments are not yet concurrent.
ONLY_AND = re.compile(rf"\band\s+(?:\w+\s+)?{RADIATION}$|^{RADIATION}\s*(?:\([^)]*\)\s*)?and\b", I)


#: What joins the agents of an earlier phase to chemoradiotherapy.
TO_CHEMORADIATION = re.compile(
    r"[\s,]*(?:plus|and|\+|before)\s+(?:concurrent|concomitant)?\s*(?:chemo-?radio\w*|chemo-?radiation|C?CRT)?", I
)
#: An earlier phase of which nothing says that it has ended.
STILL_BEFORE = re.compile(r"\b(?:induction|neo-?adjuvant)\b(?:(?!\bfollowed\b|\bthen\b|\bsubsequent)[^;.])*$", I)


def read(paper: Paper) -> Iterator[Finding]:
    """concurrent_agent findings."""
    if paper.design in {"meta_analysis", "other"}:
        return
    irradiates = any(RADIO.search(s.text) for s in paper.sentences if s.passage.kind == "title")
    told_early = any(RADIO.search(s.text) for s in paper.sentences if s.section == "abstract")
    for sentence in told_of_treatment(paper):
        cues = [cue for cue in TOGETHER.finditer(sentence.text) if not ONLY_AND.search(cue[0].strip())]
        if (
            not (cues or GIVING.search(sentence.text) or with_radiation(paper, sentence))
            or not (irradiates or RADIO.search(sentence.passage.text) or (told_early and WITH_CHEMOTHERAPY.search(sentence.text)))
            or not any(m.kind in {"agent", "regimen"} for m in sentence.words)
        ):
            continue
        last = None
        for combination in combinations(sentence.text, known(paper, sentence)):
            other = last is not None and OR_THIS.fullmatch(sentence.text, last.end, combination.start)
            if not given(sentence, combination):
                continue
            if not (other or concurrent(sentence, combination, cues) or of_such_group(paper, sentence, combination)):
                continue
            last = combination
            for agent in sorted(combination.agents):
                if agent in SUPPORTIVE - {"leucovorin", "hydroxyurea"}:
                    continue
                focus = next((m for m in combination.members if agent in (m.key or "")), combination.members[0])
                n, percent = share_of(sentence.text, combination.start, combination.end, sentence.quantities)
                yield paper.from_sentence(
                    "concurrent_agent", "concurrent:clause", sentence, focus, value=agent, n=n, percent=percent,
                    arm=arm_near(paper, sentence.text, combination.start, combination.end, combination.agents) or irradiated_arm(paper),
                )  # fmt: skip


#: The name of a group that had an agent with its radiation: "RT + X", "radiotherapy plus X".
RADIATION_WITH = re.compile(rf"{RADIATION}\s*(?:\+|plus|and|with)\s*\S", I)


def with_radiation(paper: Paper, sentence: Sentence) -> bool:
    """Whether a sentence names a group whose name adds something to radiation."""
    return any(RADIATION_WITH.match(name) and name in sentence.text for arm in paper.arms for name in (arm.name, *arm.aliases))


def of_such_group(paper: Paper, sentence: Sentence, combination: Combination) -> bool:
    """Whether agents are what a group that is named for radiation with more was given."""
    held = arm_near(paper, sentence.text, combination.start, combination.end, combination.agents)
    arm = next((arm for arm in paper.arms if arm.name == held), None)
    named = arm and any(RADIATION_WITH.match(name) for name in (arm.name, *arm.aliases))
    return bool(named) and not OTHER_PHASE.search(sentence.text[max(0, combination.start - 60) : combination.end + 20])


def concurrent(sentence: Sentence, combination: Combination, cues: list[re.Match[str]]) -> bool:
    """Whether the agents stand in the same step of treatment as the words that say "together with radiation"."""
    text = sentence.text
    if GIVEN_WITH.search(text, 0, combination.start):
        return True
    for cue in cues:
        left, right = min(cue.start(), combination.start), max(cue.end(), combination.end)
        between = LOADING.sub(" ", text[min(cue.end(), combination.end) : max(cue.start(), combination.start)])
        if len(between) > 140 or STEP.search(between):
            continue
        if TO_CHEMORADIATION.fullmatch(between + cue[0]) and STILL_BEFORE.search(text[: combination.start]):
            continue  # "induction with X plus concurrent chemoradiotherapy"
        if OTHER_PHASE.search(between) or OTHER_PHASE.search(text[max(0, combination.start - 30) : combination.start]):
            continue
        if OTHER_PHASE.search(text[max(0, left - 25) : left]) and not re.search(
            r"concurrent|concomitant|radio|CRT", text[max(0, left - 25) : right], I
        ):
            continue
        return True
    return False
