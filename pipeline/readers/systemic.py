"""Systemic treatment given in the study: one finding a regimen, from the sentences that say what patients received and from tables."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from pipeline.combinations import Combination, combinations
from pipeline.context import Paper, Sentence
from pipeline.quantities import Mention
from pipeline.readers import cycles
from pipeline.readers.lone_regimens import stands_alone
from pipeline.readers.told_regimens import Told, settled
from pipeline.records import Finding
from pipeline.shares import share_of
from pipeline.short_doses import SHORT_DOSE, dosed_short_names
from pipeline.treatment_text import GIVEN, NOT_GIVEN, OWN_PATIENTS, arm_near, clause, embolized_with, told_of_treatment

I = re.IGNORECASE  # noqa: E741
DOSED = re.compile(r"^[^.;]{0,25}?\b\d[\d,.·–-]*\s*(?:[-–]\s*\d+\s*)?(?:mg|g|µg|μg|mcg|MU|IU)\b|^\W*AUC\b", I)
DIRECT = re.compile(
    r"\b(?:receiv(?:ed?|ing)|treated|given|administered|consist\w+|compris\w+|assigned|allocated|randomi[sz]ed|regimens?\s+(?:was|were|"
    r"used|included|consisted)|cycles|courses|prescribed|started|initiated|performed (?:with|using)|"
    r"underwent|in use|delivered|treatment (?:was|with)|(?:chemo|immuno|hormon\w*\s?|hormone )?therapy (?:was|with)|"
    r"standard of care (?:was|consisted of|comprised|included)|chemotherapy(?: regimens?)? (?:was|were|with|using)|using)\b|\bhad\s+(?:\w+\s+){0,2}$|\bhad\s+(?:[\w/-]+\s+){0,4}?(?:chemo\w*|CHT|"
    r"CT|induction|concurrent|adjuvant)\b",
    I,
)
#: "this phase II trial evaluated the efficacy of": what a study tests is what it gave.
TESTED = re.compile(
    r"\b(?:we|this|our|phase|study|trial)\b[^.;]{0,90}\b(?:evaluat(?:ed|es|ing)|assess(?:ed|es|ing)|investigat(?:ed|es|ing)|test(?:ed|s|ing)|examin(?:ed|es|ing)|"
    r"explor(?:ed|es|ing)|compar(?:ed|es|ing))\b[^.;]{0,60}$",
    I,
)
STUDY_OF = re.compile(r"\b(?:study|trial)\s+of\s+(?:(?!patients|in\b)[\w-]+\s+){0,3}$", I)
#: "... was followed by concurrent", "concurrent chemotherapy was weekly": what comes next was given.
FOLLOWED = re.compile(r"\bfollowed by\s+(?:(?!and\b|or\b)[\w-]+\s+){0,2}$", I)
CHEMOTHERAPY_WAS = re.compile(
    r"\b(?:chemotherapy|systemic (?:therapy|treatment)|regimens?|agents?|drugs?)\s+(?:used\s+)?(?:was|were)\s+(?!not\b|no\b)"
    r"(?:(?:[\w-]+\s+){0,2}|[^.;]{3,120}\d[^.;]{0,20}(?:,|\band\b|\bor\b)\s+)$",
    I,
)
DIRECT_AFTER = re.compile(
    r"^[^.;]{0,70}?\b(?:was|were)\s+(?:\w+\s+){0,2}?(?:given|administered|prescribed|started|initiated|used|delivered|infused|added|"
    r"offered|continued|repeated)\b|^[^.;,]{0,25}\bregimens?\s+(?:was|were)\b|"
    r"^[^.;]{0,70}?\b(?:was|were)\s*$",
    I,
)
#: "A was used in 43% and B in 6%": the verb is left out the second time.
USED_IN = re.compile(r"\b(?:was|were)\s+(?:used|given|administered|chosen|employed|prescribed|delivered)\s+(?:in|to|for|by)\b", I)
IN_NUMBER = re.compile(r"\s*(?:\([^()]*\)\s*)?(?:in|to|for|by)\s+(?:the\s+)?(?:other|remaining)?\s*\d", I)
#: What patients had before, and the verb that says what they had in the study.
HISTORY = re.compile(
    r"\b(?:previous(?:ly)?|prior|pre-?treated|refractory|resistan\w+|history|without|sensitivity|did not|no\s+(?:longer|previous|prior))\b",
    I,
)
NOW_GIVEN = re.compile(
    r"(?<!who )(?<!had )(?<!have )(?<!having )(?<!not )(?<!previously )\b(?:received|were\s+(?:then\s+|subsequently\s+)?(?:treated with|given|randomi[sz]ed|randomly|assigned))\b",
    I,
)
#: The head of a list of regimens.
PLAN = re.compile(
    r"\b(?:plans?|regimens?|protocols?|schedules?|drugs|agents|chemotherapy)\b[^.;:]{0,30}\b(?:was|were)\s+(?:as follows|the following)\b",
    I,
)
#: A word that makes an agent's name a treatment: "cisplatin-based", "temozolomide monotherapy", "adjuvant tamoxifen".
TREATMENT = re.compile(
    r"^(?:[-\s]*(?:based|containing)\b|\s*(?:or|versus|vs\.?)\s+(?:matching\s+)?placebo\b|\s*(?:\([^)]*\)\s*)?(?:mono)?(?:therapy|chemotherapy|treatment|regimens?|alone|arms?|groups?|"
    r"maintenance|infusion|injections?|plus|combination)\b)",
    I,
)
BEFORE = re.compile(
    r"\b(?:adjuvant|neoadjuvant|neo-adjuvant|induction|concurrent|concomitant|maintenance|weekly|preoperative|postoperative|oral|"
    r"intravenous|cycles? of|courses? of|with|receive[ds]?|receiving|of|given|and|or|plus|to|was|were|by|either|alone|versus|"
    r"vs\.?)\s*(?:[a-z-]+\s+){0,2}$",
    I,
)
MEASURED = re.compile(
    r"^[\s-]*(?:levels?|concentrations?|secret\w+|produc\w+|releas\w+|ELISPOT|sensitivity|resistan\w+|efficacy in|receptors?|metabol\w+|clearance|toxicity|AUC\b(?!\s*(?:[=:]|of)?\s*\d)|target\w*|"
    r"pathway|benefit|effect\w*|response prediction|transport\w*|uptake)\b",
    I,
)
#: Beside the name of a class an agent is a part of a regimen that is not said: "oxaliplatin and fluoropyrimidines".
CLASS_WORD = r"(?:fluoropyrimidines?|platinum(?:[- ]\w+)?|platins?|taxanes?|anthracyclines?|alkylating agents?|vinca alkaloids?)"
WITH_CLASS = re.compile(rf"^\s*(?:,|and/or|and|plus|with|/|\+|or|-)\s*(?:an?\s+|the\s+)?{CLASS_WORD}\b(?!\s+(?:was|were)\b)", I)
AFTER_CLASS = re.compile(rf"\b{CLASS_WORD}\s*(?:and|plus|with|/|\+|or)\s*(?:an?\s+)?$", I)
#: Treatment after the study's own: at relapse, in further lines.
SUBSEQUENT = re.compile(
    r"\b(?:second|third|further|subsequent|later|salvage|2nd|3rd)[- ](?:and (?:third|further|later)[- ])?lines?\b|\b(?:at|after|on|upon|following) (?:the )?(?:relapse|recurrences?|"
    r"progression|treatment failure)\b|\bpost-?\s?(?:progression|recurrence|relapse|study|protocol)\b|\bsubsequent (?:\w+ )?(?:therap\w+|treatments?|chemotherapy)\b|"
    r"\bcross(?:ed)?[- ]?over\b|\bsalvage (?:therapy|treatment|chemotherapy)\b",
    I,
)
#: "5-FU 0.5%/salicylic acid", "imiquimod cream", "topical diclofenac": on the skin, and not systemic.
TOPICAL = re.compile(
    r"^\s*(?:\([^)]*\)\s*)?(?:\d[\d.]*\s*%\s*)?(?:cream|gel|ointment|lotion|eye ?drops|mouthwash)\b|^\s*\d[\d.]*\s*%\s*/", I
)
ON_SKIN = re.compile(r"\btopical(?:ly applied)?\s+(?:[\w-]+\s+)?$", I)
PAST = re.compile(r"\b(?:prior|previous|earlier)\s+(?:(?!received|were|was)[\w-]+\s+){0,2}$", I)
#: Short names that mean other things as well are regimens only beside such a word.
REGIMEN_WORD = re.compile(
    r"\b(?:chemotherap\w+|systemic (?:therapy|treatment)|regimens?|protocol|schedule|cycles?|courses?|chemoradio\w*|radiochemo\w*|arms?|groups?|neoadjuvant|adjuvant|"
    r"induction)\b",
    I,
)
#: Between the short names of a list of regimens: "PF in 28, GP in 20".
IN_LIST = re.compile(r"\s*(?:(?:in|for|to)\s+\d+(?:\s+patients)?|\([^()]*\))?\s*(?:,|,?\s*\band\b|,?\s*\bor\b|/)\s*", I)
RECEIVING = re.compile(r"\b(?:receiv\w+|treated with|given|administered|randomi[sz]ed to|followed by)\s+(?:either\s+)?(?:\w+\s+)?$", I)
#: What the agent is only the target of: "tumour necrosis factor antagonist".
AGAINST = re.compile(r"[\s-]*(?:α|alpha|\([^)]*\))?[\s-]*(?:antagonist|inhibitor|blocker|receptor|antibod)", I)
TABLE_HEAD = re.compile(
    r"\b(?:chemo\w*|regimens?|agents?|drugs?|treatments?|therap(?:y|ies)|hormon\w*|endocrine|induction|adjuvant|neoadjuvant|systemic|"
    r"concurrent|concomitant|first[- ]line|maintenance)\b",
    I,
)
NO_TABLE = re.compile(
    r"\b(?:hazard|(?-i:HR|OR)|odds|univaria\w+|multivaria\w+|cox|adverse|toxicit\w+|grade|reasons?|incidence|IC50|primers?|previous|prior|"
    r"studies|author|reference|dose (?:level|intensity|modification)s?|sensitivity)\b",
    I,
)


def read(paper: Paper) -> Iterator[Finding]:
    """regimen and cycles findings."""
    told = [*from_sentences(paper), *from_tables(paper)]
    added = list(added_to_backbone(paper, told))
    told = [
        one
        for one in told
        if not any(one.sentence is other.sentence and one.combination.start == other.combination.start for other in added)
    ] + added
    if paper.design != "meta_analysis":
        yield from settled(paper, told)
        yield from cycles.read(paper)


ALONE = re.compile(
    r"\s*(?:\([^)]*\)\s*)?(?:\d[\d.,]*\s*m?g\S*\s+)?(?:alone|monotherapy|only|single[- ]agent|as (?:a )?(?:single agent|monotherapy)|(?:plus|with|and|\+)\s+(?:matching\s+|oral\s+)?placebo)\b",
    I,
)
LATER_LINE = re.compile(
    r"\b(?:second|third|subsequent|salvage)[- ]line\b|\bpreviously treated\b|\bpre-?treated\b|\brefractory\b|\bprogress(?:ed|ion|"
    r"ive disease)? (?:after|on|during|following)\b|\bfail(?:ed|ure)\b|\bwho had (?:received|been treated)\b|\bresistan(?:t|ce) to\b",
    I,
)
EARLIER = re.compile(r"\b(?:first|1st|front|previous|prior|earlier)[- ]?line\b", I)


def later_line(paper: Paper) -> bool:
    """Whether the study's own treatment came after others, so that its first-line regimens are its patients' history."""
    heads = [s.text for s in paper.sentences if s.passage.kind == "title" or s.section == "abstract"]
    return bool(LATER_LINE.search(" ".join(heads))) and not any(EARLIER.search(text) for text in heads[:1])


def from_sentences(paper: Paper) -> Iterator[Told]:
    """Regimens of the sentences that tell of treatment."""
    later = later_line(paper)
    for sentence in told_of_treatment(paper):
        after = (EARLIER if later else SUBSEQUENT).search(sentence.text) if sentence.passage.kind != "title" else None
        if after and not after[0].lower().startswith("cross"):
            continue
        if not any(m.kind in {"agent", "regimen"} for m in sentence.words) and not SHORT_DOSE.search(sentence.text):
            continue
        if paper.design == "other" and not re.search(
            r"\b(?:patients?|women|men|children)\b.{0,80}\b(?:received|treated|given|underwent)\b", sentence.text, I
        ):
            continue
        for combination in combinations(sentence.text, known(paper, sentence)):
            strength = given(sentence, combination)
            if strength and not (after and after.start() < combination.start):
                n, percent = (
                    share_of(sentence.text, combination.start, combination.end, sentence.quantities) if strength == 2 else (None, None)
                )
                finding = paper.from_sentence(
                    "regimen", "systemic:sentence", sentence, span(combination), value=combination.key,
                    n=n, percent=percent, arm=arm_near(paper, sentence.text, combination.start, combination.end, combination.agents) if strength == 2 else None,
                )  # fmt: skip
                apart = combination.bare or bool(ALONE.match(sentence.text, combination.end))
                yield Told(combination, strength, finding, sentence, apart or stands_alone(sentence, combination), apart)


def known(paper: Paper, sentence: Sentence) -> list[Mention]:
    """The sentence's agents and regimens; short names only beside a word that makes them regimens."""
    kept: list[Mention] = []
    for mention in sentence.words:
        printed = sentence.text[mention.start : mention.end]
        if re.search(r"\btarget of $", sentence.text[: mention.start], I):
            continue  # "mammalian target of rapamycin"
        if AGAINST.match(sentence.text, mention.end):
            continue
        if printed.isupper() and len(printed) <= 5 and re.match(r"-(?:I{1,3}\b|\d)", sentence.text[mention.end :]):
            continue
        if mention.kind == "regimen" and len(printed) <= 4 and printed.isupper() and printed not in paper.abbreviations:
            near = 30 if len(printed) == 2 else 150
            named = len(printed) > 2 and RECEIVING.search(sentence.text[: mention.start])
            listed = kept and kept[-1].kind == "regimen" and IN_LIST.fullmatch(sentence.text, kept[-1].end, mention.start)
            if not named and not listed and not REGIMEN_WORD.search(sentence.text[max(0, mention.start - near) : mention.end + near]):
                continue
        kept.append(mention)
    return [*kept, *dosed_short_names(sentence.text, kept)]


def span(combination: Combination) -> Mention:
    """The combination's place as a mention."""
    return Mention("regimen", combination.start, combination.end)


#: "cisplatin or, in case of renal dysfunction, gemcitabine": the condition is of the second only.
INSTEAD = re.compile(r",?\s+or,?\s+(?:[\w-]+\s+(?:\S+\s+){0,3}?)?(?:in\s+(?:the\s+)?(?:case|event)s?\s+of|if|when)\b", re.IGNORECASE)


def given(sentence: Sentence, combination: Combination) -> int:
    """0 where a sentence does not say that the regimen was given, 1 where it does, 2 where it does so without doubt."""
    text = sentence.text
    left, right = clause(text, combination.start, combination.end)
    words = text[left:right]
    instead = INSTEAD.search(words)
    if instead and combination.end - left <= instead.start():
        words = words[: instead.start()]
        right = left + instead.start()
    verb = [m.start() for m in NOW_GIVEN.finditer(text, left, combination.start)][-1:]
    if verb and HISTORY.search(text, left, verb[0]):
        words = text[verb[0] : right]  # "patients previously treated with ... received"
    elided = USED_IN.search(text, 0, combination.start) and IN_NUMBER.match(text, combination.end)
    told = (
        OWN_PATIENTS.search(text)
        or elided
        or FOLLOWED.search(text[: combination.start])
        or sentence.passage.kind == "title"
        or DIRECT.search(words)
        or DIRECT_AFTER.match(text[combination.end :])
    )
    if NOT_GIVEN.search(words) or not told:
        return 0
    after, before = text[combination.end : combination.end + 60], text[max(0, combination.start - 60) : combination.start]
    if (
        embolized_with(text, combination.start, combination.end)
        or TOPICAL.match(after)
        or ON_SKIN.search(before)
        or MEASURED.match(after)
        or PAST.search(before)
        or WITH_CLASS.match(after)
        or AFTER_CLASS.search(before)
    ):
        return 0
    dosed = DOSED.match(after) or DOSED.search(text[combination.start : combination.end])
    tested = sentence.section == "abstract" and TESTED.search(text[: combination.start])
    if sentence.passage.kind == "title":
        tested = STUDY_OF.search(text[: combination.start])
    named = CHEMOTHERAPY_WAS.search(text[: combination.start])
    if not (GIVEN.search(text) or dosed or named or TREATMENT.match(after) or tested or combination.bare):
        return 0
    if sentence.passage.kind == "title":
        return 1 if TREATMENT.match(after) or BEFORE.search(before) or len(combination.agents) > 1 else 0
    sequence = max(text.rfind(";", 0, combination.start), text.rfind(". ", 0, combination.start), combination.start - 220, 0)
    direct = (
        DIRECT.search(text[sequence : combination.start])
        or (len(combination.agents) > 1 and DIRECT_AFTER.match(text[combination.members[0].end : combination.end]))
        or PLAN.search(text[: combination.start])
        or tested
        or named
        or elided
        or DIRECT_AFTER.match(text[combination.end : right])
    )
    return 2 if direct or (dosed and DIRECT.search(words)) else 1


#: "the same treatment plus bevacizumab", "chemotherapy with or without cetuximab": an agent added to the paper's one regimen.
ADDED = re.compile(
    r"\b(?:chemotherapy|(?:the|this) (?:same|above|above-mentioned|aforementioned|identical) (?:treatment|regimen|chemotherapy|drugs|schedule|agents)(?: as [^.;,]{3,40}?)?|(?:control|"
    r"standard) (?:treatment|regimen|chemotherapy))\s*(?:alone\s+)?(?:\(CT\)\s*)?(?:plus|\+|and|with or without|combined with|"
    r"in combination with|with)\s+(?:[\d.·]+\s*mg\S*\s+)?(?:(?:weekly|intravenous|daily|concurrent|oral)\s+)*$",
    I,
)


def added_to_backbone(paper: Paper, told: list[Told]) -> Iterator[Told]:
    """Where the paper's chemotherapy is one combination, an agent added to "chemotherapy" makes a regimen with it."""
    sure = {one.combination.agents for one in told if one.strength == 2 and len(one.combination.agents) > 1}
    backbones = [agents for agents in sure if not any(agents > other for other in sure)]
    if len(backbones) != 1:
        return
    for one in told:
        start = one.combination.start
        if (
            not one.combination.agents & backbones[0]
            and len(one.combination.agents) == 1
            and one.sentence
            and ADDED.search(one.sentence.text[max(0, start - 120) : start])
        ):
            agents = one.combination.agents | backbones[0]
            combination = Combination(agents, one.combination.start, one.combination.end, one.combination.members)
            yield Told(combination, 2, replace(one.finding, value=combination.key, evidence=[]), one.sentence)


def from_tables(paper: Paper) -> Iterator[Told]:
    """Rows of baseline and treatment tables that name regimens: "Chemotherapy | FOLFOX | 12 (30%)"."""
    for table in paper.tables:
        heads = " ".join(cell.text for cell in table.heads)
        if NO_TABLE.search(table.caption) or re.search(r"\b(?:(?-i:HR|OR)|hazard|95%|P[- ]?values? .* P[- ]?value|grade)\b", heads, I):
            continue
        for cells in table.rows.values():
            label = cells[0]
            numbers = [cell for cell in cells[1:] if cell.text.strip()]
            head = " ".join((*label.row_heads, table.caption))
            if (
                not numbers
                or not TABLE_HEAD.search(f"{head} {label.text}")
                or NO_TABLE.search(" ".join(label.row_heads))
                or len(label.text) > 120
            ):
                continue
            counts = re.match(r"\s*(\d+)(?:\s*/\s*\d+)?(?:\s*\(\s*(\d+(?:[.·]\d+)?)\s*%?\s*\))?\s*%?$", numbers[0].text)
            if not counts or int(counts[1]) == 0:
                continue
            for combination in combinations(label.text, paper.mentions(label.text)):
                finding = paper.finding(
                    "regimen", "systemic:table", label, 0, len(label.text), value=combination.key,
                    n=int(counts[1]) if len(numbers) == 1 else None, percent=float(counts[2]) if counts[2] and len(numbers) == 1 else None,
                )  # fmt: skip
                yield Told(combination, 1, finding)
