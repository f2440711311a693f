"""How treatment that was given is told apart from treatment that is only spoken of: shared by the readers of treatment."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache

from pipeline.arms import arms_in
from pipeline.choose import arm_words
from pipeline.context import Paper, Sentence
from pipeline.lexicon import HYPHENS
from pipeline.quantities import Mention

I = re.IGNORECASE  # noqa: E741

#: Words that say a treatment was given.
GIVEN = re.compile(
    r"\b(?:receiv(?:ed?|ing)|had|in use|treated|given|administered|administration|consist(?:s|ed|ing)? of|compris(?:ed|ing)|"
    r"randomi[sz]ed|assigned|allocated|underwent|undergoing|started|initiated|prescribed|"
    r"delivered|infused|treatment with|therapy with|chemotherapy with|treatment was|regimens?|cycles?|courses?|monotherapy|schedule|"
    r"used|using|applied|added|as follows|standard of care (?:was|consisted|comprised|included)|performed|carried out|employed|followed by|combined with|in combination|adjuvant|induction|neoadjuvant|"
    r"maintenance|arm|group|irradiated|dose (?:of|was)|exposed to|took|taking|completed)\b",
    I,
)
#: Words that say a treatment was not part of the study.
NOT_GIVEN = re.compile(
    r"\b(?:eligible (?:if|for)|were (?:no longer |not )?eligible|excluded|ineligible|excluding|hypersensitiv\w*|allerg\w+|contra-?indicat\w+|"
    r"prior (?:treatment|therapy|chemotherapy|exposure|use|hormon\w+|radi\w+|anthracyclines?|taxanes?|systemic|surgery|(?:[\w-]+ ){1,3}(?:treatments?|therap(?:y|ies)|chemotherapy))|"
    r"previous(?:ly)? (?:treated|received|treatment|therapy|chemotherapy|exposed|exposure|radi\w+)|pre-?treated|history of|"
    r"(?:drug|chemo)?resistan(?:t|ce) to|sensitivity to|refractory to|antibod(?:y|ies) (?:against|to)|incubat\w+|in vitro|in vivo|"
    r"cell lines?|xenografts?|mice|mouse|rats?|murine|IC50|culture[ds]?|kinase assay|cells? (?:were|was)|(?-i:µM|μM|nM)|western blot\w*|"
    r"have been (?:shown|reported|studied|investigated|approved|developed|proposed)|has been (?:shown|reported|studied|investigated|"
    r"approved|developed|used|proposed)|approved (?:for|by)|will be|would be|should be|may be (?:given|used|considered|useful)|"
    r"could be (?:used|considered)|premedicat\w+|antiemetics?|prophyla\w+|not (?:receive|given|treated|administered)|"
    r"did not(?! (?:progress|relapse|recur|show|achieve|experience|develop|respond|have (?:\w+ )?(?:progress|relaps|recurr)))|"
    r"(?<!or )(?<!/)without(?! or with| (?:\w+ )?(?:progress|relaps|recurren|evidence|signs?\b|symptoms?\b|residual|metastas|toxicit|delays?\b|interruption|"
    r"adjustment|complications?\b|severe|major))|"
    r"none of|no patients?|"
    r"in case of|in the event|if necessary|if\b.{0,40}\b(?:creatinine|toxicity|intoleran\w+|neuropathy|occur\w*)|"
    r"when\b.{0,40}\b(?:toxicity|neuropathy|occur\w+)|instead of|"
    r"substitut\w+|reduced to|dose reductions?|pharmacokinetic\w*|plasma concentrations?|bioavailability|metaboli[sz]\w+|"
    r"standard of care (?:is|for|has)|current standard|recommended|guidelines?|supplied by|provided by|purchased|sponsor)\b",
    I,
)
OWN_PATIENTS = re.compile(
    r"\b(?:patients?|women|men|children|cases|participants?|subjects|arm|group|regimens?|chemotherapy|CHT|CT|drugs?|cohort|chemoradio\w*|"
    r"radio(?:chemo)?therapy|treatment|trial|study)\b",
    I,
)
LAB_HEAD = re.compile(
    r"\b(?:cell|culture|animal|assay|blot|PCR|antibod|reagent|xenograft|mice|immunohisto|genotyp|extraction|statistic|sample size|eligib|"
    r"inclusion|exclusion|ethic|staining|endpoint|end point|quality of life|questionnaire|sequencing|expression|toxicity grading|"
    r"dose modif\w+)",
    I,
)


#: Subsections whose place among methods and results a layout has lost.
TREATMENT_HEAD = re.compile(
    r"\b(?:treatments?|radio\w*|radiation|brachytherapy|irradiation|chemo\w*|surg\w+|patients?|methods?|regimens?|procedures?|therap(?:y|"
    r"ies)|intervention)\b",
    I,
)
#: An abstract's last sentences, which speak of what is to be done and of what others did.
CONCLUDES = re.compile(
    r"> (?:conclusions?|interpretation|discussion|significance)\b[^|>]*\||^[^|]*\|(?:In (?:conclusion|summary)|We conclude)\b", I
)
BACKGROUND = re.compile(
    r"\b(?:(?:purpose|aims?|objectives?) (?:of|was|were|is)|we aimed|(?:is|are|was|remains?|still|largely|yet) (?:\w+ )?(?:unknown|unclear|uncertain)|controversial|remains|little is known|has not been|have not been|standard (?:treatment|of care|"
    r"therapy) (?:for|is|in)|is given|are given|is used|are used|hypothesi[sz]ed?|evidence for|"
    r"most common|leading cause|poor prognosis|is a (?:lethal|rare|common|major))\b",
    I,
)
CRITERIA = re.compile(
    r"\b(?:inclusion|exclusion|eligibility|selection|entry) criteria\b|\bexclusions?\s+(?:were|included)\b|\bwere ineligible\b", I
)


def plain(text: str) -> str:
    """The text with plain hyphens, and with commas for the semicolons inside parentheses, which end no clause; as long as before."""
    return re.sub(r"\([^()]*\)", lambda found: found[0].replace(";", ","), text.translate(HYPHENS))


@lru_cache(maxsize=1)
def told_of_treatment(paper: Paper) -> list[Sentence]:
    """Sentences that can say what was given: own ones of title, abstract, methods and results, no laboratory or eligibility sections.

    Their text is plain (see `plain`); lengths and offsets stay as they are.
    """
    kept = []
    for sentence in paper.sentences:
        headed = sentence.section == "other" and TREATMENT_HEAD.search(sentence.passage.heading)
        if (
            not (sentence.is_own or headed)
            or sentence.passage.kind in {"caption", "footnote"}
            or sentence.section in {"discussion", "conclusion", "introduction"}
            or LAB_HEAD.search(sentence.passage.heading)
        ):
            continue
        if sentence.section == "abstract" and CONCLUDES.search(f"{sentence.heading}|{sentence.text}"):
            continue
        if CRITERIA.search(sentence.text) or (sentence.section == "abstract" and BACKGROUND.search(sentence.text)):
            continue
        kept.append(replace(sentence, text=plain(sentence.text), printed=sentence))
    return kept


def clause(text: str, start: int, end: int) -> tuple[int, int]:
    """Bounds of the clause around [start, end): up to a semicolon, a full stop, or a word that begins another clause."""
    left = max((m.end() for m in CLAUSE.finditer(text, 0, start)), default=0)
    right = next((m.start() for m in CLAUSE.finditer(text, end)), len(text))
    return left, right


CLAUSE = re.compile(
    r";|(?<!\bi\.e)(?<!\be\.g)[.]\s|\bwhile\b|\bwhereas\b|,\s*(?:and\s+)?then\b|\band then\b|\bfollowed by\b|,\s+but\b|\bafter which\b", I
)


RECEIVED = re.compile(
    r"\s*(?:\([^)]*\)\s*)?(?:patients\s+)?(?:received|were given|was given|got|were treated with)\s+(?:(?!and\b|or\b)[\w-]+\s+){0,5}", I
)
ALTERNATIVE = re.compile(r"\bor\b|\bversus\b|\bvs\b|\bcompared\b", I)
LETTERED = re.compile(r"\b((?:[Aa]rm|[Gg]roup|[Cc]ohort)\s+(?:[A-D]|[1-4]|I{1,3}))\b(?![-–/])")


#: "the control arm received": arms that only their part in the study names.
ROLE = re.compile(
    r"\b((?:control|experimental|standard|investigational|intervention|study|test)\s+(?:arm|group))\b(?=\s*(?:\([^()]*\)\s*)?(?:patients\s+)?(?:received|was given|were given|consisted|comprised|underwent|was treated|were treated|,?\s*in which))",
    I,
)


def arms_told(paper: Paper, text: str) -> list[Mention]:
    """The study's arms that a text names, and lettered ones of which nothing more is known."""
    known = {arm.name for arm in paper.arms}
    found = [m for m in arms_in(paper, text) if m.key in known]
    lettered = [Mention("arm", m.start(), m.end(), key=m[1]) for m in LETTERED.finditer(text)]
    if not (known or lettered):
        return [Mention("arm", m.start(), m.end(), key=m[1].lower()) for m in ROLE.finditer(text)]
    return [*found, *(one for one in lettered if not any(m.start < one.end and one.start < m.end for m in found))]


def arm_near(paper: Paper, text: str, start: int, end: int, agents: frozenset[str] = frozenset()) -> str | None:
    """The arm that the clause of [start, end) names: that of its brackets, else the nearest before it first; nothing where none is named.

    With `agents`, arms that are named after other agents only are passed over.
    """
    left, right = clause(text, start, end)
    best = None
    for told in sorted(arms_told(paper, text), key=lambda m: (m.start, m.end, m.key)):
        at, stop, name = told.start, told.end, str(told.key)
        if (
            at < left
            or (stop > right and not at <= start and not bracketed_with(text, (at, stop), (start, end)))
            or (start <= at and stop <= end and (at, stop) != (start, end) and stop - at < end - start)
        ):
            continue
        if stop <= start and re.match(r"[^()]*\)\s*(?:or|and|versus|vs\.?|,)\s", text[stop:start]):
            continue
        if at >= end and ALTERNATIVE.search(text[end:at]) and not bracketed_with(text, (at, stop), (start, end)):
            continue  # it is the other choice's
        named = {agent for m in paper.mentions(name) if m.kind in {"agent", "regimen"} for agent in (m.key or "").split("+")}
        if agents and named and not named & agents:
            continue
        if (
            stop <= start
            and named
            and ALTERNATIVE.search(text[stop:start])
            and any(m.kind in {"agent", "regimen"} for m in paper.mentions(text[at:stop]))
        ):
            continue  # it stands for the other choice
        after = max(at - end, 0)
        distance = after + 60 if after > 25 else after or max(start - stop, 0)
        if stop <= start and LETTERED.fullmatch(text[at:stop]) and RECEIVED.fullmatch(text[stop:start]):
            distance = -1
        if bracketed_with(text, (at, stop), (start, end)):
            distance = -1
        if best is None or distance < best[0]:
            best = (distance, name)
    return best[1] if best else None


def bracketed_with(text: str, arm: tuple[int, int], treatment: tuple[int, int]) -> bool:
    """Whether brackets bind the two: "group A (irinotecan ...)", "irinotecan ... for six cycles (group A)"."""
    if arm[1] <= treatment[0]:
        between = text[arm[1] : treatment[0]]
        return bool(re.match(r"\s*[(\[]", between)) and ")" not in between
    between = re.sub(r"\([^()]*\)", " ", text[treatment[1] : arm[0]])
    return bool(re.search(r"[(\[]\s*$", between)) and not re.search(
        r";|\bor\b|\bversus\b|\bvs\b|\band\b.*\b(?:and|arm|group)\b|\)", between
    )


EMBOLIZING = re.compile(r"\b(?:(?:chemo-?)?emboli[sz]\w*|(?:DEB-?|c)?TACE|emulsions?)\b[^;]{0,100}$", I)
OILED = re.compile(r"[^;]{0,60}?\b(?:lipiodol|(?:ethi)?iodi[sz]ed oil|emulsi\w+|gelatin|gelfoam|beads?|microspheres|poppy)\b", I)


def embolized_with(text: str, start: int, end: int) -> bool:
    """Whether the agent at [start, end) is what a tumour's artery is embolized with, and so no systemic treatment."""
    return bool(EMBOLIZING.search(text, 0, start) and OILED.match(text, end)) or bool(
        re.match(r"[^;,]{0,25}?\b(?:mixed|emulsified|suspended|loaded)\b", text[end:], I) and OILED.match(text, end)
    )


RADIATION_ARM = re.compile(r"\bradi(?:o|ation)|\birradi|\bchemo-?radi|(?<![\w-])C?C?RT(?![\w-])|(?<![\w-])(?:EB|IM|SB|WB)RT\b", I)


def irradiated_arm(paper: Paper) -> str | None:
    """The one arm that is named after radiation where others are not: what is told of radiation is told of it."""
    treated = [arm for arm in paper.arms if arm.n]
    named = [arm.name for arm in treated if any(RADIATION_ARM.search(name) for name in (arm.name, *arm.aliases))]
    return named[0] if len(named) == 1 and len(treated) > 1 else None


HEAD_NUMBER = re.compile(
    r"[(\[]\s*\d[\d,]*\s*[)\]]\s*$|[(\[]\s*(?:cases|patients|pts|number)\b[^)\]]*[)\]]?|[,(\[]?\s*\b[nN]\s*[=:]\s*\d[\d,]*\s*[)\]]?|\(\s*(?:%|n|N|no\.?)\s*\)|\bNo\.(?=\s|$)|\b(?:No|N|n)\s*$|%"
)
COUNT_CELL = re.compile(r"^\s*[<>≥≤]?\d[\d.,·]*\s*(?:[(\[/].*)?$")


def column_arm(paper: Paper, heads: tuple[str, ...]) -> str | None:
    """The arm that a column's headings name: without its numbers, and in the paper's own name for it where there is one."""
    parts = [HEAD_NUMBER.sub(" ", HEAD_NUMBER.sub(" ", head)).strip(" ,;:()[]") for head in heads if not COUNT_CELL.match(head)]
    name = " ".join(dict.fromkeys(" ".join(part.split()) for part in parts if part))
    if not name or re.fullmatch(
        r"(?:patients|value|number|frequency|count|variables?|characteristics?|total|all|overall|all patients|no|percent|"
        r"cases)\W*(?:patients|cases)?",
        name,
        I,
    ):
        return None
    words = arm_words(name)
    return next((arm.name for arm in paper.arms if any(words == arm_words(known) for known in (arm.name, *arm.aliases))), name)


def with_part(arm: str | None, part: str | None) -> str | None:
    """An arm with a phase or a kind of its treatment in brackets, in which the arm's own brackets would only be in the way."""
    if not (arm and part):
        return arm or part
    plain_name = re.sub(r"\s*[(\[][^)\]]*[)\]]", "", arm).strip()
    return f"{plain_name or arm} ({part})"


def total_cells(cells: list) -> list:
    """Of a row's cells that of the whole population, where a column is headed "total" or "all"; else all of them."""
    total = [cell for cell in cells if re.search(r"\b(?:total|all|overall|entire|whole)\b", " ".join(cell.col_heads), I)]
    return total[:1] or cells
