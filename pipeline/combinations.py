"""Which agents of a text are given together: "docetaxel 35 mg/m2 and cisplatin, and S-1" is one regimen, "gefitinib or erlotinib" are two."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from pipeline.agent_classes import CLASSES
from pipeline.dose_order import CHOICE, same_day
from pipeline.quantities import Mention

#: Classes of treatment that regimens are added to or named by, not agents of theirs.
BACKGROUND = {"androgen deprivation therapy", "platinum doublet"}
BRACKETS = re.compile(r"[(\[][^()\[\]]*[)\]]")
DOSE = re.compile(
    r"(?:AUC|area under the curve)\s*(?:=|of)?\s*\d+(?:[.·]\d+)?|\d[\d,.·–‐-]*\s*(?:[-–×x]\s*\d+[\d.]*\s*)?(?:mg|g|µg|μg|mcg|MU|MIU|IU|U|"
    r"units?|ml|mL|%)\b\s*(?:/\s*(?:m\s*2|m²|kg|d|day|week|body|dose)\b|\s*m\s*[-−]\s*2)*"
    r"|\d+\s*[-–‐]?\s*(?:h|hr|hrs|hours?|min|minutes?|days?|weeks?|wks?|months?|years?|times)\b|\b(?:days?|weeks?|"
    r"d)\s*\d+(?:\s*(?:[,–‐-]|and|to|or|through|,\s*and)\s*\d+)*|\b[dD]\d+(?:\s*[-–,]\s*[dD]?\d+)*",
    re.IGNORECASE,
)
FILLER = re.compile(
    r"\bi\s*/\s*v\b|\b(?:dose[ds]?|doses|dosage|days?|daily|on|every|each|per|once|twice|thrice|a|an|as|at|of|the|for|i\.?v\.?|iv|p\.?o\.?|"
    r"intravenous(?:ly)?|orally?|bolus|continuous|infusions?|infused|injections?|"
    r"hours?|weeks?|weekly|biweekly|tri-?weekly|months?|monthly|by|in|over|from|to|through|until|low|high|standard|fixed|followed|mg|m2|"
    r"kg|subcutaneous(?:ly)?|"
    r"concurrent|concomitant|oral|chemotherapy|therapy|treatment|based|regimens?|schedule|protocol|combination|combined|conjunction|association|"
    r"together|addition|along|added|simultaneous(?:ly)?|alone|single|agent|"
    r"administered|given|was|were|both|either|total|maximum|square|meter|body|surface|area|one|two|during|cycles?|courses?|repeated|"
    r"administration|tablets?|capsules?|twice-daily|once-daily|hydrochloride|bitartrate|calcium|disodium|starting|then|after|before|same|"
    r"plus|and|with|or|versus|vs|without|level|anthracyclines?|taxanes?)\b\.?",
    re.IGNORECASE,
)
APART = re.compile(
    r"\bor\b|\bvs\b|\bversus\b|\bcompared\b|\bfollowed\b|\bthen\b|\bafter\b|\bbefore\b|\bwithout\b|;|:|\balone\b|\bwhile\b|\bwhereas\b|"
    r"\buntil\b",
    re.IGNORECASE,
)
TIGHT = re.compile(r"[+/&–‐‑−—-]|\bplus\b|\bwith\b|\bcombin|\baddition\b|\btogether\b|\balong\b", re.IGNORECASE)
COUNT = re.compile(r"[(\[]\s*(?:[nN]\s*=\s*)?\d+(?:[.·]\d+)?\s*(?:%|patients|cases|pts|[)\]])[^)\]]*|[(\[]\s*[nN]\s*=\s*\d+\s*[,;]")
EACH_BASED = re.compile(r"[-‐\s]based\s+(?:and|or)\s", re.IGNORECASE)  # "X-based and Y-based chemotherapy" are two
#: Links that hold agents together, the weakest first: where a list cannot be one regimen it falls apart there.
JOINS = ("comma", "and", "join")
#: "fulvestrant with vandetanib or placebo": the last agent is the one that a placebo replaces.
OR_PLACEBO = re.compile(r"\s*(?:\([^)]*\)\s*)?(?:or|versus|vs\.?)\s+(?:matching\s+|oral\s+)?placebo\b", re.IGNORECASE)
WITH_OR_WITHOUT = re.compile(
    r"\bwith\s*(?:or|and|/)\s*without\b|\bwithout\s*(?:or|and|/)\s*with\b|\balone\s+or\s+(?:(?:combined|together|in combination)\s+)?with\b|±|\+/[-−–]|\bwith/without\b|"
    r"\b(?:plus|with|and|to)\s+(?:either\s+)?(?:matching\s+|oral\s+)?placebo\s+(?:or|versus|vs\.?)\s*(?:to\s+)?$",
    re.IGNORECASE,
)
#: "bevacizumab or placebo plus temozolomide": the second is given to both.
PLACEBO_PLUS = re.compile(
    r"\s*,?\s*(?:or|versus|vs\.?)\s+(?:matching\s+|oral\s+)?placebo\s*,?\s*(?:plus|and|with|in combination with|combined with|added to|\+|in addition to)\s+"
    r"(?:(?:standard|concurrent|radiotherapy|radiation|RT|and|plus|with|chemotherapy|\+)\s*|/\s*)*",
    re.IGNORECASE,
)
#: What an agent is, said between commas: "vismodegib, a hedgehog inhibitor, plus gemcitabine".
APPOSITION = re.compile(
    r"^\s*(?:\([^)]*\)\s*)?,\s*(?:an?|the)\s+[^,;.:]{3,70},(?=\s*(?:plus|with|in combination|combined|\+|at\s+(?:an?\s+dose\s+of\s+)?\d))",
    re.IGNORECASE,
)
#: Another number of patients begins another regimen: "(40 to sunitinib, 38 to capecitabine)", "30 received A and 33 B".
COUNTED = re.compile(
    r"(?:[,;]|\band|\bor|\bversus|\bvs\.?)\s*(?:n\s*=\s*)?\d{1,5}\s*(?:\([^)]*\)\s*)?(?:(?:patients|women|men|cases)\s+)?(?:were\s+)?"
    r"(?:(?:to|received|receiving|given|assigned to|randomi[sz]ed to|treated with|got|had)\s+)?$|\bin\s+\d{1,5}\s*(?:\([^)]*\)\s*)?(?:,|,?\s*and|or)\s*$|(?<!\d\s)(?<!\d,\s)\band\s+\d{1,5}\s+with\s+$",
    re.IGNORECASE,
)
#: "busulfan plus fludarabine compared with melphalan", "to compare A with B", "replacing A by B": what the "with" links are two choices.
SET_AGAINST = re.compile(r"\b(?:compar(?:e[ds]?|ing|isons?)|replac\w+|substitut\w+|switch\w*)\b[^.;:]{0,120}$", re.IGNORECASE)
WITH_ONLY = re.compile(r"^\s*(?:\([^)]*\)\s*)?(?:chemotherapy\s+|regimen\s+)?(?:with|to|by)\s+(?:that of\s+)?$", re.IGNORECASE)
#: "compared lomustine and temozolomide" names two regimens, unless a third is what they are compared with.
COMPARED = re.compile(
    r"\b(?:compar(?:e[ds]?|ing)|comparisons? (?:of|between)|differences? between)\s+(?:(?!combin)[\w-]+\s+){0,3}$", re.IGNORECASE
)
WITH_WHAT = re.compile(r"^[^.;]{0,80}\b(?:with|to|versus|vs|against|than)\b", re.IGNORECASE)


@dataclass(slots=True)
class Combination:
    """Agents given together, and the span of the text that says so."""

    agents: frozenset[str]
    start: int
    end: int
    members: list[Mention] = field(default_factory=list)
    bare: bool = False  # the text sets it against the same with one agent more: "docetaxel with or without zoledronic acid"

    @property
    def key(self) -> str:
        """The regimen's key: agents joined by plus signs, in alphabetical order."""
        return "+".join(sorted(self.agents))


def agents_of(mention: Mention) -> frozenset[str]:
    """The agents that a mention of an agent or of a named regimen stands for."""
    return frozenset((mention.key or "").split("+"))


def drug_mentions(mentions: list[Mention]) -> list[Mention]:
    """Mentions of agents and regimens that do not overlap; the longer one stands."""
    kept: list[Mention] = []
    for mention in sorted((m for m in mentions if m.kind in {"agent", "regimen"}), key=lambda m: (m.start - m.end, m.start)):
        if all(mention.end <= other.start or mention.start >= other.end for other in kept):
            kept.append(mention)
    return sorted(kept, key=lambda m: m.start)


def link(gap: str) -> str:
    """What stands between two agents: "join", "optional" (with or without), "apart" or "break"."""
    counted = COUNT.search(gap)
    gap = BRACKETS.sub(" ", APPOSITION.sub(" ", gap))
    if gap.count("(") != gap.count(")") and "(" in gap:
        gap = gap.replace("(", ", ")
    if WITH_OR_WITHOUT.search(gap):
        return "optional"
    if PLACEBO_PLUS.fullmatch(gap):
        return "placebo"
    plain = DOSE.sub(" ", gap)
    rest = re.sub(r"[\s,+/&().\-–‐®™*†‡\d·²%×:]+", "", FILLER.sub(" ", plain))
    if rest:
        return "break"
    if counted or APART.search(plain) or EACH_BASED.match(gap):
        return "apart"
    if TIGHT.search(plain):
        return "join"
    return "and" if re.search(r"\band\b", plain) else "comma" if "," in plain else "apart"


def compatible(agents: frozenset[str]) -> bool:
    """Whether agents can be one regimen: no two of one class."""
    return not any(len(agents & group) > 1 for group in CLASSES)


#: What a drug had done before the study: "unresponsive to X", "progressing on X".
BEFORE_STUDY = re.compile(
    r"\b(?:unresponsive\s+to|refractory\s+to|resistant\s+to|intolerant\s+(?:of|to)|failed|failure\s+(?:of|on|after|with)|(?:progress\w+|relaps\w+)\s+(?:on|after|during|following))\s+(?:prior\s+|previous\s+|first-line\s+)?$",
    re.IGNORECASE,
)
#: "treated with X and Y, respectively": two groups of patients, each with its own drug.
IN_TURN = re.compile(r"[^.;,()]{0,20},?\s*respectively\b")


def combinations(text: str, mentions: list[Mention]) -> list[Combination]:
    """The regimens of a text: agents joined by "and", "plus", "/" or a list; alternatives and sequences stand apart."""
    given = [mention for mention in drug_mentions(mentions) if not BEFORE_STUDY.search(text, 0, mention.start)]
    drugs, named = without_short_forms(text, given)
    runs: list[list[tuple[Mention, str]]] = []
    for index, drug in enumerate(drugs):
        how = link(text[drugs[index - 1].end : drug.start]) if index else "break"
        if how == "apart" and same_day(text, drugs[index - 1].end, drug):
            how = "join"
        if how in JOINS and set_against(text, drugs[index - 1], drug):
            how = "apart"
        if how == "and" and COMPARED.search(text[: drugs[index - 1].start]) and not WITH_WHAT.match(text[drug.end :]):
            how = "apart"
        if how == "and" and IN_TURN.match(text, drug.end):
            how = "apart"
        if (how in {"comma", "and"} and drugs[index - 1].start in named) or (
            how != "break" and index and BACKGROUND & {drug.key, drugs[index - 1].key}
        ):
            how = "apart"
        if how == "break":
            runs.append([])
        runs[-1].append((drug, how))
    found: list[Combination] = []
    for run in runs:
        found += resolved(text, run)
    return found


def set_against(text: str, one: Mention, other: Mention) -> bool:
    """Whether the words between two agents begin another group of patients or the other side of a comparison."""
    gap = text[one.end : other.start]
    return bool(COUNTED.search(gap) or (WITH_ONLY.match(gap) and SET_AGAINST.search(text[: one.start])))


Run = list[tuple[Mention, str]]


def without_short_forms(text: str, drugs: list[Mention]) -> tuple[list[Mention], set[int]]:
    """The mentions without those that only name in brackets what stands before: "cisplatin (DDP) and fluorouracil (PF)".

    The starts of the mentions after which a regimen's name in brackets closes the regimen are given as well.
    """
    kept: list[Mention] = []
    named: set[int] = set()
    for drug in drugs:
        bracketed = (
            kept
            and re.fullmatch(r"[^()]{0,14}[(\[]\s*", text[kept[-1].end : drug.start])
            and re.match(r"[^()\[\]]{0,18}[)\];,]", text[drug.end : drug.end + 20])
        )
        same = bracketed and kept[-1].kind == "agent"
        repeats = same and (agents_of(drug) <= agents_of(kept[-1]) or (drug.kind == "regimen" and agents_of(kept[-1]) <= agents_of(drug)))
        if not repeats:
            kept.append(drug)
        elif drug.kind == "regimen" and len(agents_of(drug)) > 1:
            named.add(kept[-1].start)
    return kept, named


def resolved(text: str, run: Run) -> list[Combination]:
    """One run of linked agents as regimens."""
    groups, optional = grouped(text, run)
    plain = [[mention for mention, _ in group] for group in groups]
    found = []
    for number, group in enumerate(groups):
        if len(group) > 1 and OR_PLACEBO.match(text, group[-1][0].end):
            found += bared(regimens(group[:-1]))
        backbone = next((n for n, (_, how) in enumerate(group) if how == "placebo"), 0)
        if backbone:
            found += bared(regimens(group[backbone:]))
            group = [(mention, "join" if how == "placebo" else how) for mention, how in group]
        listed = choice_list(text, plain, number)
        whole = regimens(group, last_choice=listed)
        found += bared(whole) if listed or any(at == number for at, _ in optional) else whole
        for at, added in optional:
            agents = frozenset().union(*(agents_of(member) for member, _ in group))
            new = [mention for mention in added if not agents_of(mention) <= agents] if at == number else []
            found += regimens([*group, *((mention, "join") for mention in new)]) if new else []
    return distributed(text, plain, found)


def grouped(text: str, run: Run) -> tuple[list[Run], list[tuple[int, list[Mention]]]]:
    """A run as groups of agents given together, and what is given "with or without" to the group of a number."""
    groups: list[Run] = []
    optional: list[tuple[int, list[Mention]]] = []
    last = ""
    for mention, how in run:
        if groups and (spelled_out(text, groups[-1], mention) or continued(text, groups[-1], mention)):
            continue
        if how == "optional" and groups:
            optional.append((len(groups) - 1, [mention]))
        elif how == "placebo" and groups:
            groups[-1].append((mention, how))
        elif how == "join" and last == "optional":
            optional[-1][1].append(mention)
            continue
        elif how in JOINS and groups and not named_both(text, groups[-1][-1][0], mention):
            groups[-1].append((mention, how))
        else:
            groups.append([(mention, how)])
        last = how
    return groups, optional


def bared(found: list[Combination]) -> list[Combination]:
    """The same regimens, known to stand alone."""
    return [replace(one, bare=True) for one in found]


def named_both(text: str, one: Mention, other: Mention) -> bool:
    """Whether both are named combinations that no plus sign joins: "PF, TP and GP" lists regimens."""
    gap = text[one.end : other.start]
    return (
        one.kind == other.kind == "regimen" and len(agents_of(one)) > 1 and len(agents_of(other)) > 1 and not re.search(r"\+|\bplus\b", gap)
    )


def spelled_out(text: str, group: Run, mention: Mention) -> bool:
    """Whether a mention in brackets only repeats the group: "FOLFOX (fluorouracil, leucovorin, oxaliplatin)"."""
    between = text[group[-1][0].end : mention.start]
    together = frozenset().union(*(agents_of(member) for member, _ in group))
    return between.count("(") > between.count(")") and agents_of(mention) <= together


def continued(text: str, group: Run, mention: Mention) -> bool:
    """Whether a mention only says how its agent went on: "fluorouracil as a bolus followed by fluorouracil over 46 hours"."""
    gap = text[group[-1][0].end : mention.start]
    return agents_of(mention) == agents_of(group[-1][0]) and bool(re.search(r"\b(?:followed|then|and)\b", gap)) and not CHOICE.search(gap)


OFTEN = re.compile(r"\b(?:every|each|once|twice|daily|weekly|a|per|day|on|orally|intravenously)\b", re.IGNORECASE)


def choice_list(text: str, groups: list[list[Mention]], number: int) -> bool:
    """Whether a comma list ends in "or": "gefitinib, erlotinib or afatinib" offers three choices."""
    if number + 1 >= len(groups) or len(groups[number]) < 2:
        return False
    gap = text[groups[number][-1].end : groups[number + 1][0].start]
    inner = [text[a.end : b.start] for a, b in zip(groups[number], groups[number][1:], strict=False)]
    following = [text[a.end : b.start] for a, b in zip(groups[number + 1], groups[number + 1][1:], strict=False)]
    if any("," in piece for piece in following):
        return False  # "docetaxel, cisplatin, fluorouracil or epirubicin, cisplatin, fluorouracil": two lists
    return bool(re.search(r"\bor\b", gap)) and all(
        re.fullmatch(r"[\s,]*,\s*", OFTEN.sub("", DOSE.sub("", BRACKETS.sub("", piece)))) for piece in inner
    )


def regimens(group: Run, last_choice: bool = False) -> list[Combination]:
    """A group as one regimen; where its members exclude or repeat each other it falls apart at its weakest links."""
    members = [mention for mention, _ in group]
    together = frozenset().union(*(agents_of(mention) for mention in members))
    repeated = sum(len(agents_of(mention)) for mention in members) > len(together)
    if len(group) == 1 or (compatible(together) and not last_choice and not repeated):
        return [Combination(together, members[0].start, members[-1].end, members)]
    if repeated and not last_choice and compatible(together) and said_twice(members):
        return [Combination(together, members[0].start, members[-1].end, members)]
    weakest = next(how for how in JOINS if any(link_of == how for _, link_of in group[1:]))
    names = [agents_of(member) for member in members if len(agents_of(member)) > 1]
    overlapping = len(names) > 1 and sum(map(len, names)) > len(frozenset().union(*names))
    if weakest == "join" and repeated and compatible(together) and not overlapping:
        return [Combination(together, members[0].start, members[-1].end, members)]
    parts: list[Run] = [[group[0]]]
    for mention, how in group[1:]:
        if how == weakest or (last_choice and how != "join"):
            parts.append([])
        parts[-1].append((mention, how))
    return [found for part in parts for found in regimens(part)]


def said_twice(members: list[Mention]) -> bool:
    """Whether a list gives its agents one by one and then the same agents by name: "irinotecan, capecitabine, bevacizumab, XELIRI-bevacizumab"."""
    sets = [agents_of(member) for member in members]
    cut = next((n for n, agents in enumerate(sets) if len(agents) > 1), 0)
    return cut > 1 and frozenset().union(*sets[:cut]) == frozenset().union(*sets[cut:])


def distributed(text: str, groups: list[list[Mention]], found: list[Combination]) -> list[Combination]:
    """ "cytarabine with daunorubicin or idarubicin" is two regimens, and so is "cisplatin or carboplatin with etoposide"."""
    sizes = [len(group) for group in groups]
    longest = max(sizes)
    if (
        len(groups) < 2
        or longest < 2
        or sorted(sizes) != [1] * (len(groups) - 1) + [longest]
        or sizes.index(longest) not in (0, len(groups) - 1)
    ):
        return found
    if sizes[0] == longest:
        base, choices = groups[0][:-1], [groups[0][-1], *(group[0] for group in groups[1:])]
    else:
        base, choices = groups[-1][1:], [*(group[0] for group in groups[:-1]), groups[-1][0]]
    gaps = [text[a.end : b.start] for a, b in zip(choices, choices[1:], strict=False)]
    backbone = frozenset().union(*(agents_of(mention) for mention in base))
    same = [group for group in CLASSES if all(agents_of(choice) <= group for choice in choices)]
    if len({agents_of(choice) for choice in choices}) < len(choices):
        return found  # "nivolumab alone or nivolumab plus ipilimumab"
    if not same or backbone & same[0] or not compatible(backbone) or not all(CHOICE.search(gap) or gap.strip() == "," for gap in gaps):
        return found
    spans = [(min(base[0].start, choice.start), max(base[-1].end, choice.end)) for choice in choices]
    return [Combination(backbone | agents_of(choice), *span, [*base, choice]) for choice, span in zip(choices, spans, strict=True)]
