"""Sentences that introduce groups: the allocation, the sizes, and what a lettered group is."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.arm_counts import adds_up, allocated, in_choice, in_each_part, in_parts, kinds, treated
from pipeline.arm_names import HEAD, before_head, headed, lettered, trimmed
from pipeline.arm_nouns import AMOUNT, NO_TREATMENT, usable, without_head
from pipeline.arm_sizes_in_order import in_brackets_of_choice, in_order, one_by_one
from pipeline.arm_sizes_told import controlled, given_to
from pipeline.context import Paper, Sentence
from pipeline.numbers import ANY, number
from pipeline.quantities import Mention

SIZE = re.compile(
    r"[\[(]?\s*\b[nN]\s*=\s*(\d{1,3}(?:,\d{3})+|\d+)\s*(?:[,;]\s*[\d.]+\s*%)?\s*[\])]?|[\[(;]\s*(\d+)\s+(?:patients|pts|cases)\s*[\])]"
)
ALLOCATED = re.compile(
    r"\brandomi[sz]|\ballocat|\bassigned\b|\bdivided\b|\bstratified\b|\bclassified\b|\bcategori[sz]ed\b|\bgrouped\b|\benrolled\b|\brecruited\b|\bincluded\b|\bgroups?\b|\barms?\b|\breceived\b|\btreated\b|\bunderwent\b|\bcompris",
    re.IGNORECASE,
)
STRICTLY = re.compile(
    r"\brandomi[sz](?:ed|ation)|\brandomly\b|\ballocated\b|\bassigned\b|\bdivided\b|\bstratified (?:in)?to\b|\bclassified\b|\bcategori[sz]ed\b|\bgrouped\b|\benrolled\b|\brecruited\b|"
    r"\bincluded\b|\bincluding\b|\bcompris|\bconsist|\bITT\b|\bintention|\bwere treated\b|\beligible\b|\bthere were\b|\bperformed\b",
    re.IGNORECASE,
)
#: "Metastases were treated in 50 patients: 30 had ...": what was done to lesions parts no patients into groups.
OF_LESIONS = re.compile(
    r"\b(?:metasta[st]\w*|lesions|sites|deposits)\s+(?:were|was|had been)\s+(?:locally\s+)?(?:treated|irradiated|resected|ablated|removed)\s+in\b"
    rf"|\b(?:local|metastas[ei]s-directed|ablative)\s+(?:therapy|treatments?)\s+(?:of|for|to|was|were|in)\b[^.;:()]{{0,60}}\bin\s+{ANY}\b",
    re.IGNORECASE,
)
OTHER_COUNTS = re.compile(
    r"\btoxicit|\badverse\b|\bgrade\s+[1-5]|\bdied\b|\bdeaths?\b|\brelapsed?\b|\brecurren|\bprogressed\b|\bresponded\b|\bresponse\b|\bdiscontinu|\bexcluded\b|\bmissing\b|\bnot evaluable\b|"
    r"\bineligible\b|\bwithdr[ae]w|\blost to\b|\breasons?\b|\bcomplications?\b|\bdose reduction|\bsites?\b|\bleak|\bachieved\b|\bexperienced\b|\brefus|\bremission|\bsurviv|\balive\b|\bdeclined\b|\bfailures\b|\bevents\b|\bnausea|\bneutropeni",
    re.IGNORECASE,
)
PLANNED = re.compile(
    r"\bwill be\b|\bplanned\b|\brequired\b|\bsample size\b|\bpower\b|\bneeded\b|\bnecessary\b|\bestimated\b|\bassum|\bshould include\b|\bcalculated\b",
    re.IGNORECASE,
)
TO_RECEIVE = re.compile(
    r"\b(?:randomi[sz]ed|randomly|allocated|assigned|divided)\b[^.;]{0,60}?\b(?:to|into)\s+(?:receive|undergo|be treated with|treatment with)?\s*(?:either\s+)?",
    re.IGNORECASE,
)
ALIAS = re.compile(r"^\s*[\[(]([^()\[\]]{2,60})[)\]]")
COUNTED = re.compile(
    rf"\b({ANY})\s+(?:\([\d.]+\s*%\)\s+)?(?:(?:of\s+(?:the|them|these)\s+)?(?:patients|cases|women|men|subjects|participants)\s+)?(?:\([\d.]+\s*%\)\s+)?"
    rf"(?:were\s+)?(?:randomly\s+)?(?:(?:assigned|allocated|randomi[sz]ed|entered|enrolled)\s+)?(?:in|to|into|for)\s+(?:the\s+|an?\s+)?$",
    re.IGNORECASE,
)
AFTER_NAME = re.compile(
    rf"^\s*(?:\([^()]*\)\s*)?(?:(?:was|were)\s+)?(?:comprised|comprising|consisted|consisting|included|including|contained|composed|had)?\s*(?:of\s+)?({ANY})\s+(?:patients|cases|subjects|women|men|participants)\b(?!\s+(?:died|had|with|relapsed|achieved|experienced|developed))",
    re.IGNORECASE,
)
BARE_AFTER = re.compile(rf"^\s*({ANY})\s*(?:[.;]|,\s*and\b|$)", re.IGNORECASE)
#: "21 patients (group I)", "22 (group II)"
LETTERED_BEHIND = re.compile(
    rf"(?<![\w.,/-])({ANY})\s+(?:patients\s+|cases\s+|women\s+|men\s+|subjects\s+)?\(((?i:{HEAD})\s+(?:[A-H]|\d|I{{1,3}}))\)", re.IGNORECASE
)
BRACKETED = re.compile(rf"\(([^()\d=]{{1,40}}?)\s+(?i:{HEAD})\)")
PEOPLE_COUNT = re.compile(
    rf"\b({ANY})(?:\s+(?:patients|cases|subjects|women|men|participants)\b|\s+(?=received|underwent|were\b|had\b))", re.IGNORECASE
)
#: A name that is no more than an amount or a plan of treatment.
AMOUNTS = re.compile(r"^\d[\d.,·]*\s*(?:[mµμ]?g|IU|Gy)\b|,\s*\d|\b(?:weeks?|days?|schedule|intervals?|cycles?|courses?)\b", re.IGNORECASE)
#: A set of patients whose parts stand in brackets behind it.
SET_NAME = re.compile(r"\b(\w+)\s+((?:data)?sets?|cohorts?|trials?|stud(?:y|ies))$", re.IGNORECASE)
RECIPIENTS = re.compile(
    r"^(?:patients|those|women|men|cases)\s+(?:who\s+(?:had\s+)?(?:received|underwent)|treated\s+with|receiving|with|undergoing)\s+",
    re.IGNORECASE,
)
#: What was used is listed, and not what is compared: "The regimens included X (n = 70), Y (n = 60) and Z (n = 30)".
REGIMENS_USED = re.compile(
    r"\b(?:regimens?|protocols?|schedules?|drugs|agents)\s+(?:\w+\s+)?(?:included?|includes|consisted\s+of|comprised)\b", re.IGNORECASE
)
#: "NLR < 3", "age ≥ 65 years" before a size
CUT_NAME = re.compile(
    r"(?:^|[\s(:])((?!and\b|or\b)[A-Za-z][\w/-]*(?:\s+(?!and\b|or\b)[A-Za-z][\w/-]*)?\s*[<>≥≤]\s*=?\s*\d+(?:\.\d+)?(?:\s*(?:%|[a-zA-Z]{1,6}(?:/[a-zA-Zµ]{1,4})?))?)$"
)


def in_prose(paper: Paper) -> Iterator[tuple[Sentence, str, int | None, int, tuple[str, ...]]]:
    """Sentence, name, size, place and aliases of every arm that the prose introduces with a size or at the allocation."""
    sized: list[str] = []
    plain: list[Sentence] = []
    for sentence in paper.own:
        if sentence.section in {"discussion", "conclusion"} or PLANNED.search(sentence.text) or OF_LESIONS.search(sentence.text):
            continue
        other_counts = OTHER_COUNTS.search(sentence.text)
        for found in in_sentence(sentence, bool(other_counts)):
            sized += [found[1]] if found[2] else []
            yield found
        plain += [sentence] if not other_counts else []
    if not any(map(list, map(lettered, sized))):
        yield from one_by_one(plain, lettered_only=bool(sized))


def in_sentence(sentence: Sentence, other_counts: bool) -> Iterator[tuple[Sentence, str, int | None, int, tuple[str, ...]]]:
    """The arms that one sentence introduces."""
    if not other_counts:
        yield from in_parts(sentence)
        yield from in_choice(sentence)
        yield from in_order(sentence)
        yield from given_to(sentence)
        yield from controlled(sentence)
        parts = list(in_each_part(sentence))
        yield from parts
        if not parts and len(BRACKETED.findall(sentence.text)) < 2:
            yield from treated(sentence)
    if ALLOCATED.search(sentence.text):
        yield from at_allocation(sentence, other_counts)
    elif "compared" in sentence.text:
        yield from beside_names(sentence)


def at_allocation(sentence: Sentence, other_counts: bool) -> Iterator[tuple[Sentence, str, int | None, int, tuple[str, ...]]]:
    """The arms of a sentence that speaks of who was included or received what; fewer forms where it counts other things too."""
    yield from parenthesised(sentence)
    if not other_counts:
        yield from defined(sentence)
        yield from counted(sentence)
        yield from kinds(sentence)
        return
    yield from allocated(sentence, OTHER_COUNTS)
    if re.search(r"\b(?:were|was) treated\b|\ballocated\b|\bassigned\b|\brandomi[sz]ed\b", sentence.text):
        yield from parted(sentence)


def parenthesised(sentence: Sentence) -> Iterator[tuple[Sentence, str, int | None, int, tuple[str, ...]]]:
    """Names before "(n = 20)", where a sentence has two of them, and "chemotherapy (group B)" at the allocation."""
    text = sentence.text
    yield from beside_names(sentence)
    start = TO_RECEIVE.search(text)
    if start:
        for match in re.finditer(
            rf"[\[(]((?:(?i:{HEAD})\s+(?:[A-H]|\d|I+)\b|[^()\[\]]{{1,30}}\b(?i:{HEAD})\b|[A-Z][\w+-]{{1,12}}\b)[^()\[\]]{{0,40}})[)\]]",
            text[start.end() :],
        ):
            if NO_TREATMENT.search(text[: start.end() + match.start()]) and not re.search(rf"\b(?i:{HEAD})\b", match[1]):
                continue
            label, _, more = (part.strip() for part in match[1].partition(","))
            whole = re.split(
                r"[)\]]\s*(?:,\s*)?(?:or|and|versus|vs\.?)?\s*|\bor\b|\beither\b", text[start.end() : start.end() + match.start()]
            )[-1].strip(" ,")
            whole = re.sub(
                r"\s+(?:on|every|at|for|once|twice|daily|weekly)\b[^,;()]*?(?=\s+(?:followed|plus|and|with|combined)\b|$)",
                "",
                AMOUNT.sub("", whole),
            )
            name = (
                more
                if usable(more) and len(more) < 30 and not re.search(r"\bn\s*=", more)
                else whole
                if len(whole.split()) <= 8 and not re.search(r"\d\s*(?:mg|Gy|g/)", whole)
                else ""
            )
            if name and usable(name) and not SIZE.fullmatch(label):
                yield sentence, without_head(label), None, start.end() + match.start(), (name,)


#: "metastases in the liver (n = 63), lungs (n = 28)": where lesions lay.
SITED = re.compile(r"\b(?:metastas[ei]s|lesions?|tumou?rs)\s+(?:\w+\s+)?(?:in|of|at)\s+(?:the\s+)?[\w-]+\s*$", re.IGNORECASE)


def beside_names(sentence: Sentence) -> Iterator[tuple[Sentence, str, int | None, int, tuple[str, ...]]]:
    """Names before "(n = 20)", where a sentence has two of them; of a choice also where more words stand between."""
    text = sentence.text
    sizes = list(SIZE.finditer(text))
    if not 1 < len(sizes) < 6 or SITED.search(text[: sizes[0].start()]):
        return
    if not adds_up(text[: sizes[0].start()], [number(m[1] or m[2]) for m in sizes]):  # parts of a printed number are groups
        letters = len([mark for mark in (*lettered(text), *headed(text)) if any(0 <= m.start() - mark.end < 3 for m in sizes)]) > 1
        sizes = [] if OTHER_COUNTS.search(text) else [m for m in sizes if m[1] or letters or STRICTLY.search(text)]
    named = [(match, *names_at(text, match)) for match in sizes]
    whole = [(match, name, other) for match, name, other in named if name]
    if len(whole) < len(named) or any(AMOUNTS.search(name) for _, name, _ in whole):
        chosen = list(in_brackets_of_choice(sentence))
        if chosen:
            yield from chosen
            return
    listed = len(whole) > 2 and REGIMENS_USED.search(text[: sizes[0].start()])
    for match, name, other in whole if len(whole) > 1 and not listed else ():
        yield sentence, name, number(match[1] or match[2]), match.start(), (other,) if other else ()


def names_at(text: str, size: re.Match[str]) -> tuple[str, str]:
    """The name of the arm whose size stands here, and its other name, empty where there is none: that within the brackets of the size."""
    aside = re.search(r"\s*\([^()]*\)\s*$", text[: size.start()])  # "the study arm (10 mg twice daily) (n = 30)"
    if aside and text[size.start()] in "([" and re.search(rf"\b(?i:{HEAD})$", text[: aside.start()]):
        return named_before(text, aside.start()), ""
    outer = text.rfind("(", 0, size.start() + 1)
    outer = -1 if ")" in text[max(outer, 0) : size.start()] else outer
    inside = text[outer + 1 : size.start()].strip(" ,;:") if outer >= 0 else ""
    held = SIZE.findall(text[outer : text.find(")", size.start()) + 1]) if outer >= 0 and text[outer] == "(" else []
    several = len(held) > 1 and not text[outer:].startswith(size[0])
    whole = several or len(inside) >= 40
    name = named_before(text, size.start() if whole or outer < 0 else outer)
    if several:  # "the training set (A, n = 20; B, n = 30)"
        item = re.split(r";|\bn\s*=\s*\d+\s*,", text[outer + 1 : size.start()])[-1].strip(" ,;:")
        name = without_head(item) if usable(without_head(item)) and len(item.split()) <= 6 else name
        part = SET_NAME.search(text[:outer].rstrip())
        return (f"{name} ({part[1]} {part[2]})" if part and name else name), ""
    label = "" if whole else without_head(inside)
    if not (label and usable(label)):
        return name, ""
    labelled = re.search(rf"\b(?i:{HEAD})$", inside) or any(lettered(inside))
    return (label, name) if labelled and name else (name or label, label if name else "")


def named_before(text: str, end: int) -> str:
    """The arm's name before `end`, empty where the words there are none; "the study arm" keeps its noun."""
    plain = re.search(r"\b(?:study|test) (?:arm|group)$", text[:end].rstrip(), re.IGNORECASE)
    if plain:
        return plain[0]
    name = without_head(trimmed(RECIPIENTS.sub("", trimmed(words_before(text, end) or ""))))
    return name if usable(name) else ""


def words_before(text: str, end: int) -> str | None:
    """The words before a size that name its arm: an item of an enumeration or what patients were assigned to, whole; else a noun phrase."""
    item = re.search(r"(?:^|[\s;,])\(?(?:\d|[a-d]|i{1,3})\)\s+([^;()]{3,80})$", text[:end].rstrip())
    if item and len(item[1].split()) <= 8:
        return item[1]
    receive = TO_RECEIVE.search(text, 0, end)
    given = text[receive.end() : end].strip() if receive else ""
    if receive and len(given) < 90 and not re.search(r"[()]|\bor\b|groups?\b|arms?\b", given):
        return given
    return name_before(text, end)


def defined(sentence: Sentence) -> Iterator[tuple[Sentence, str, int | None, int, tuple[str, ...]]]:
    """Lettered groups with what they are: "group 1 (confined to the organ, ...)", "locally advanced (group 2)"."""
    text = sentence.text
    for mark in lettered(text):
        after = re.match(r"\s*\(([^()]{3,80})\)|\s*:\s*([^,;.:()]{3,60})", text[mark.end :])
        name = re.split(r"[,;]", after[1] or after[2])[0].strip() if after else ""
        if name and usable(name) and not re.search(r"[=<>%]|^\d", name) and len(name.split()) <= 7:
            yield sentence, mark.key or "", None, mark.start, (without_head(name),)
        elif text[: mark.start].endswith("(") and re.match(r"\s*\)", text[mark.end :]):
            other = name_before(text, mark.start - 1)
            if other and usable(other):
                yield sentence, mark.key or "", None, mark.start, (other,)


def name_before(text: str, end: int) -> str | None:
    """The words before a parenthesis that name an arm, with lettered names ("group A") whole."""
    before = text[:end].rstrip()
    cut = CUT_NAME.search(before)
    if cut:
        return cut[1]
    marks = [m for m in lettered(before[-20:]) if m.end >= len(before[-20:])]
    if marks:
        return marks[-1].key
    if re.search(rf"\b(?i:{HEAD}|patients)$", before):
        marks = [m for m in headed(before[-120:]) if m.end >= len(before[-120:]) - 1]
        if marks:
            return without_head(marks[-1].key or "")
        before = re.sub(rf"\s*(?i:patients|{HEAD})$", "", before)
    found = before_head(before, len(before), 8)
    return without_head(trimmed(found[1])) if found else None


def counted(sentence: Sentence) -> Iterator[tuple[Sentence, str, int | None, int, tuple[str, ...]]]:
    """ "143 were randomized to group A and 142 to group B"; "120 in the test group"; "50 and 51 patients in groups A and B"."""
    text = sentence.text
    marks = sorted((*lettered(text), *headed(text)), key=lambda m: m.start)
    sized: list[tuple[Mention, int]] = []
    for mark in marks:
        match = COUNTED.search(text, max(0, mark.start - 110), mark.start)
        if match and not re.search(r"\d\s*(?:\([\d.]+\s*%\)\s*)?(?:of|/)\s*$", text[: match.start()]):
            sized.append((mark, number(match[1])))
    if len(sized) < 2:
        sized = (shared(text, marks) or after_names(text, marks) if STRICTLY.search(text) else []) or in_brackets(text)
    elif not STRICTLY.search(text) and not adds_up(text[: sized[0][0].start], [size for _, size in sized]):
        return
    if len(sized) > 1:
        for mark, size in sized:
            match = ALIAS.match(text[mark.end :])
            yield (
                sentence,
                without_head(mark.key or ""),
                size,
                mark.start,
                (match[1],) if match and not SIZE.search(match[0]) and not re.search(r"\d", match[1]) else (),
            )


def after_names(text: str, marks: list[Mention]) -> list[tuple[Mention, int]]:
    """ "the surgery group comprised 45 patients and the control group 50 patients"."""
    found = [(mark, AFTER_NAME.match(text[mark.end :])) for mark in marks]
    if any(match for _, match in found):  # "included 45 patients, and the control group 50"
        found = [(mark, match or BARE_AFTER.match(text[mark.end :])) for mark, match in found]
    return [(mark, number(match[1])) for mark, match in found if match]


def in_brackets(text: str) -> list[tuple[Mention, int]]:
    """ "64 patients had a resection (surgery group), the other 58 received chemotherapy alone (chemotherapy group)"."""
    found = [(Mention("arm", m.start(2), m.end(2), key=m[2]), number(m[1])) for m in LETTERED_BEHIND.finditer(text)]
    if len(found) > 1:
        return found
    found = []
    before = 0
    for match in BRACKETED.finditer(text):
        counts = list(PEOPLE_COUNT.finditer(text, before, match.start()))
        if counts and match.start() - counts[-1].end() < 100:
            found.append((Mention("arm", match.start(1), match.end(1), key=match[1].strip()), number(counts[-1][1])))
        before = match.end()
    return found


def parted(sentence: Sentence) -> Iterator[tuple[Sentence, str, int | None, int, tuple[str, ...]]]:
    """Only the safest form, for sentences that speak of exclusions too: "50 and 51 cases in groups A and B, respectively"."""
    for mark, size in shared(sentence.text, list(lettered(sentence.text))):
        yield sentence, without_head(mark.key or ""), size, mark.start, ()


def shared(text: str, marks: list[Mention]) -> list[tuple[Mention, int]]:
    """ "50 and 51 cases in groups A and B, respectively"."""
    if len(marks) < 2:
        return []
    match = re.search(
        rf"\b({ANY})\s+(?:\([^()]*\)\s+)?and\s+({ANY})\s+(?:\([^()]*\)\s+)?(?:patients|cases|subjects|women|men|participants)?(?:[^.;\d]{{0,60}}?\b(?:in|to|of|into)\b)?(?:\s+the)?\s*",
        text,
        re.IGNORECASE,
    )
    after = [mark for mark in marks if match and 0 <= mark.start - match.end() < 40]
    if match and len(after) >= 2 and re.search(r"\brespectively\b|\brandom|\ballocat|\bassigned", text):
        return list(zip(after[:2], (number(match[1]), number(match[2])), strict=True))
    return []
