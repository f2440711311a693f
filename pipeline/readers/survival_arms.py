"""Whose each survival time or rate of a sentence is: the arms that it names, or those of the sentences before."""

from __future__ import annotations

import re
from dataclasses import replace

from pipeline.arm_names import UNNAMED, trimmed
from pipeline.arms import arms_in, namer
from pipeline.choose import arm_words
from pipeline.conditions import outside
from pipeline.context import Paper
from pipeline.lists import OWN_GROUP, VERSUS
from pipeline.namer import two_arms
from pipeline.numbers import NUM, PEOPLE, number
from pipeline.pairing import in_pairs
from pipeline.quantities import Mention
from pipeline.told_groups import WITHOUT_IT, name_after, told_groups, usable

#: "With a median follow-up of 36 months (range 3-84) for survivors, ...": its patients are not those of the rates.
FOLLOW_LEAD = re.compile(r"^(?:with|at|after|during)\s[^,(]*\bfollow(?:[^,(]|\([^()]*\))*,", re.IGNORECASE)
LABEL = re.compile(r"(?:^|[(\[;,]\s*|\band\s+)(?P<name>[A-Za-z][^,;:()\[\]=]{1,45}?)\s*[:=]\s*$")
#: "(A 54%, B 52%, C 55%)": the letters of groups without a sign.
LETTER = re.compile(r"(?:[(\[]\s*|[,;%]\s*(?:and\s+)?|\band\s+)(?P<name>(?-i:[A-H]))\s+$")
NO_LABEL = re.compile(r"\b(?:CI|range|IQR|HR|median|mean|p|surviv\w*|OS|PFS|[A-Z]{1,3}FS|confidence|ratio|follow)\b", re.IGNORECASE)
#: A sentence that says which group did better gives its figures in the order of that judgement, not in the paper's usual one.
BETTER = re.compile(r"\b(?:longer|higher|better|improved?|prolonged|superior|increased|greater)\b", re.IGNORECASE)
JUDGED = re.compile(BETTER.pattern + r"|\b(?:shorter|lower|worse|poorer|inferior|decreased|reduced)\b|\bassociated\b", re.IGNORECASE)


#: "70% of patients had no pain", "12 (30%) received drug X"
SHARE = re.compile(
    rf"(?<![\w.])({NUM})\s*%\)?\s+(?:of\s+(?:the\s+|all\s+)?)?(?:(?:{PEOPLE})\s+)?(?:had|were|received|underwent)\s+(?:an?\s+|the\s+)?(?P<name>[^,;.()]{{2,40}}?)(?=\s*(?:[,;.]|\band\s+\d|$))",
    re.IGNORECASE,
)
CUT = re.compile(r"[⩽≤<>≥⩾]\s*\d[\d.]*(?:\s*[-–]\s*\d[\d.]*)?\s*%\s*")  # "≤5% weight loss"
THESE = re.compile(
    r"\b(?:these|those|the\s+(?:two|three|four|five|respective|corresponding))\s+(?:\w+\s+)?(?:groups|subgroups|classes|categories|patients)\b|\brespectively\b",
    re.IGNORECASE,
)
FAVOURED = re.compile(
    r"\s*(?:%|months|years)?\s*(?:[\[(][^()\[\]]*[)\]]\s*)?,?\s*(?:in\s+favou?r\s+of|favou?ring)\s+(?:the\s+)?(?P<name>[^,;.()]{2,60})",
    re.IGNORECASE,
)
#: What shows that figures without names stand in the order of the arms before them.
IN_TURN = re.compile(r"\brespectively\b|\bcorresponding(?:ly)?\b|\baccordingly\b|[\d%s]\s*[(\[][^()\[\]]*\bp\s*[=<>]", re.IGNORECASE)
_BOTH = r"\b(?:in|for|of|with|on)\s+(?:both|the\s+two|each\s+of\s+the\s+two)\s+(?:treatment\s+|study\s+|patient\s+)?(?:arms|groups|treatments|regimens)\b"
BOTH_AFTER = re.compile(rf"^[^,;.\d]{{0,40}}{_BOTH}|^\s*each(?=\s*[)\],.;])", re.IGNORECASE)
BOTH_ALIKE = re.compile(rf"\b(?:identical|equal|the\s+same)\s+{_BOTH}", re.IGNORECASE)


def arms_of(paper: Paper, text: str, values: list[Mention], ends: int = 1) -> list[Mention]:
    """The arms a sentence names for these values: labels, then known and described groups, then those it names beside the figures."""
    found = labelled(text, values)
    if found:
        return found
    lead = FOLLOW_LEAD.match(text)
    found = [mark for mark in outside(text, arms_in(paper, text)) if not lead or mark.start >= lead.end()]
    found = [mark for mark in found if mark.key not in {"and", "or"}]
    names = {mark.key for mark in found}
    told = [replace(mark, kind="told", key=namer(paper).canonical(str(mark.key))) for mark in told_groups(text, values)]
    groups = {mark.key for mark in told}
    if len(names) < 2 <= len(values):
        listed_ends = len(groups) == len(values) == ends and not beside(values, told)
        return told if told and not listed_ends else [*found, *after_versus(text, values, found)]
    unlike = len(names - {"all"}) != len(values)
    return told if len(groups) == len(values) > max(1, len(names)) or (unlike and beside(values, told)) else found


def beside(values: list[Mention], told: list[Mention]) -> bool:
    """Whether each value has its own group right behind it."""
    return len(told) == len(values) and all(0 < name.start - value.end < 60 for name, value in zip(told, values, strict=True))


def after_versus(text: str, values: list[Mention], found: list[Mention]) -> list[Mention]:
    """The group behind the second of two values: "74% in A compared with 41% for polymetastatic disease"."""
    if len(values) != 2 or len(found) != 1 or not VERSUS.search(text[values[0].end : values[1].start]) or found[0].start > values[1].end:
        return []
    name = name_after(text, values[1])
    return [Mention("arm", name[0], name[0] + len(name[1]), key=name[1])] if name else []


def settle_arms(
    paper: Paper, text: str, values: list[Mention], arms: list[Mention], labels: list[dict], before: list[str], usual: list[str]
) -> None:
    """The arms of values where the sentence pairs them in a way of its own, or leaves them to the sentences before; in place."""
    in_order(values, arms, labels)
    compared_in_pairs(paper, text, values, arms, labels)
    take_from_before(text, values, labels, before, usual)
    favouring(paper, text, values, labels)
    fill_other_arm(paper, labels)
    within_part(text, values, labels)
    last_pair(text, values, labels)
    before = None
    for value, names in zip(values, labels, strict=True) if len(values) > 1 else ():
        if names["arm"] is None and before and WITHOUT_IT.match(text[value.end :]):
            names["arm"] = f"without {before}"
        later = [mark.start for mark in arms if mark.key == names["arm"]]
        far = names["arm"] is None or (
            later and all(start > value.end and ";" in BRACKETS.sub("", text[value.end : start]) for start in later)
        )
        if far and OWN_GROUP.match(text[value.end :]) and (name := name_after(text, value)):
            names["arm"] = with_noun(text, name[1], arms)  # "6 months for X; 8 months for Y": nothing else is as near
        before = names["arm"]


BRACKETS = re.compile(r"\([^()]*\)")
#: "weak X expression": a degree of what another degree can be of.
DEGREE_OF = re.compile(r"[a-z-]+\s+(?P<noun>\S.*\b(?:expression|status|levels?|risk|grade|uptake|invasion))", re.IGNORECASE)


DEGREE_TOLD = re.compile(
    r"\b(?i:weak|strong|moderate|high|low|positive|negative)\s+(?P<noun>(?:[A-Z][\w-]*\s+){1,2}(?:expression|status|levels?|uptake))\b"
)


def with_noun(text: str, name: str, arms: list[Mention]) -> str:
    """A degree that stands alone with the noun of a group that the sentence names in full: "weak X expression ... versus 6 years for strong"."""
    nouns = {match["noun"] for mark in arms if (match := DEGREE_OF.fullmatch(str(mark.key)))}
    nouns |= {match["noun"] for match in DEGREE_TOLD.finditer(text)}
    return f"{name} {nouns.pop()}" if re.fullmatch(r"[a-z-]+", name) and len(nouns) == 1 else name


def favouring(paper: Paper, text: str, values: list[Mention], labels: list[dict]) -> None:
    """ "71% vs 63% in favour of A": the better of two figures is of the arm that they favour; in place."""
    if len(values) != 2 or not VERSUS.search(text[values[0].end : values[1].start]) or values[0].value == values[1].value:
        return
    match = FAVOURED.match(text, values[1].end)
    said = arm_words(match["name"]) if match else set()
    arms = two_arms(paper.arms)
    named = [arm for arm in arms if arm_words(arm) <= said]
    if len(named) != 1 or len({names["endpoint"] for names in labels}) != 1:
        return
    better = max(range(2), key=lambda place: values[place].value or 0)
    labels[better]["arm"], labels[1 - better]["arm"] = named[0], next(arm for arm in arms if arm != named[0])


def last_pair(text: str, values: list[Mention], labels: list[dict]) -> None:
    """ "15 in A vs 7 in B, and 16 vs 8 for C and D, respectively": the groups that only the last two figures have; in place."""
    if len(labels) < 4 or any(names["arm"] is not None for names in labels[-2:]) or labels[-3]["arm"] is None:
        return
    for names, mark in zip(labels[-2:], [mark for mark in told_groups(text, values[-2:]) if mark.start > values[-1].end], strict=False):
        names["arm"] = mark.key


def within_part(text: str, values: list[Mention], labels: list[dict]) -> None:
    """ "80% in A and 70% in B, but not for patients with X (90% vs 88%)": the last two are of A and B, of their patients with X; in place."""
    if len(labels) != 4:
        return
    one, other, part, rest = (names["arm"] for names in labels)
    between = text[values[2].end : values[3].start]
    opened = text.rfind("(", values[1].end, values[2].start)
    if None in (one, other, part) or rest is not None or part in (one, other) or one == other or opened < 0:
        return
    if VERSUS.search(between) and "(" not in between and ")" not in text[opened : values[2].start]:
        labels[2]["arm"], labels[3]["arm"] = f"{one}, {part}", f"{other}, {part}"


def owners(paper: Paper, text: str, value: Mention, name: object, before: list[str]) -> list[str | None]:
    """The arms that a value is of: its own, both where the sentence says so, None for the whole population."""
    if name in (None, "all", UNNAMED):
        return [*in_both(paper, text, value, before)] or [None]
    return [str(name)]


def in_order(values: list[Mention], arms: list[Mention], labels: list[dict]) -> None:
    """As many groups as figures, all told beside them, are theirs one by one."""
    if len(arms) == len(values) and all(mark.kind == "told" for mark in arms):
        for names, mark in zip(labels, arms, strict=True):
            names["arm"] = mark.key


def partitioned(text: str) -> list[str]:
    """The groups of a sentence that shares all patients out among them: "70% of patients had no pain, 20% had mild and 10% severe pain"."""
    if text.count("%") < 2:
        return []
    found = list(SHARE.finditer(text))
    if len(found) < 2 or abs(sum(number(match[1]) for match in found) - 100) > 1.5:
        return []
    names = [trimmed(match["name"]) for match in found]
    return names if len(set(names)) == len(names) and all(usable(CUT.sub("", name) or name) for name in names) else []


def in_both(paper: Paper, text: str, value: Mention, before: list[str]) -> list[str]:
    """The two arms that one figure is of: "8 months in both groups"; empty where it is not said or they are not known."""
    arms = two_arms(paper.arms) or (before if len(before) == 2 else [])
    return arms if BOTH_AFTER.match(text[value.end :]) or BOTH_ALIKE.search(text[value.end :]) else []


def labelled(text: str, values: list[Mention]) -> list[Mention]:
    """The arms of "wild type: 7.5 months, mutation: 8.2 months", where every value has its label."""
    found = []
    for value in values:
        match = LABEL.search(text[: value.start]) or LETTER.search(text[: value.start])
        if not match or NO_LABEL.search(match["name"]):
            return []
        found.append(Mention("arm", match.start("name"), match.end("name"), key=match["name"].strip()))
    return found if len(found) > 1 else []


def compared_in_pairs(paper: Paper, text: str, values: list[Mention], arms: list[Mention], labels: list[dict]) -> None:
    """ "Longer PFS (8 vs 6 months) and OS (17 vs 15 months) in A": of each pair the first value is of the arm that is compared."""
    named = [str(mark.key) for mark in in_pairs(text, values, arms)]
    sized = two_arms(paper.arms)
    if len(named) == 1 and named[0] in sized:
        named.append(next(name for name in sized if name != named[0]))
    if len(named) == 2:
        for place, names in enumerate(labels):
            names["arm"] = named[place % 2]


def take_from_before(text: str, values: list[Mention], labels: list[dict], before: list[str], usual: list[str]) -> None:
    """ "The 5-year rates were 51% and 11%, respectively": the arms of the sentence before, in their order; else in the paper's usual one."""
    if not labels or any(names["arm"] is not None for names in labels) or any(OWN_GROUP.match(text[value.end :]) for value in values):
        return
    told = [(names["endpoint"], names.get("at")) for names in labels]
    twos = list(zip(values[::2], values[1::2], strict=False))
    versus = len(values) % 2 == 0 and all(
        told[2 * place] == told[2 * place + 1] and VERSUS.search(text[one.end : other.start]) for place, (one, other) in enumerate(twos)
    )
    blocks = [set(told[at : at + len(before)]) for at in range(0, len(told), len(before))] if len(before) > 1 else []
    listed = len(blocks) > 1 and len(values) % len(before) == 0 and all(len(block) == 1 for block in blocks) and len(before) > 2
    in_turn = (
        versus
        or listed
        and bool(THESE.search(text))
        or len(values) == len(before)
        and len(set(told)) == 1
        and bool(IN_TURN.search(text) or THESE.search(text))
    )
    others = VERSUS.search(text[: values[0].start]) or VERSUS.search(text[values[-1].end :])  # it compares other groups
    arms = before if len(before) > 1 and in_turn else usual if len(usual) == 2 and versus and not before and not others else []
    if arms and "respectively" not in text and JUDGED.search(text[: values[0].start]):
        arms = favoured(text[: values[0].start], values, usual)
    for place, names in enumerate(labels if arms and len(values) % len(arms) == 0 else []):
        names["arm"] = arms[place % len(arms)]


def favoured(text: str, values: list[Mention], arms: list[str]) -> list[str]:
    """The two arms with the one first that "X was associated with a longer ..." names, where the figures bear it out; else none."""
    words = [arm_words(arm) for arm in arms]
    said = arm_words(text)
    named = [
        arm
        for arm, own, other in zip(arms, words, reversed(words), strict=True)
        if own - other and (own - other) & said and not (other - own) & said
    ]
    better = BETTER.search(text)
    if (
        len(named) != 1
        or not better
        or any((one.value or 0) <= (other.value or 0) for one, other in zip(values[::2], values[1::2], strict=False))
    ):
        return []
    return [*named, *(arm for arm in arms if arm != named[0])]


def fill_other_arm(paper: Paper, labels: list[dict]) -> None:
    """ "55 months in the A group versus 49 months": the second is the other arm's, where the paper compares just two."""
    sized = two_arms(paper.arms)
    names = [names["arm"] for names in labels]
    if len(sized) == 2 and len(labels) == 2 and sorted(name is None for name in names) == [False, True]:
        held = next(name for name in names if name is not None)
        if held in sized:
            labels[names.index(None)]["arm"] = next(name for name in sized if name != held)
