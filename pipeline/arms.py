"""The groups that a paper compares: their names, the other words that mean them, their sizes."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache

from pipeline.arm_choices import choices
from pipeline.arm_counts import EACH, EQUAL
from pipeline.arm_names import HEAD, UNNAMED, headed, lettered, trimmed, words_of
from pipeline.arm_nouns import DOSE, usable, without_head
from pipeline.arms_in_prose import OTHER_COUNTS, PLANNED, SIZE, STRICTLY, in_prose
from pipeline.context import Paper, Sentence
from pipeline.counted_columns import counted_columns
from pipeline.namer import Namer
from pipeline.pairing import pair
from pipeline.quantities import Mention, number
from pipeline.records import Arm, Finding

NOT_SHORT = frozenset({"HR", "hazard ratio", "OS", "overall survival", "CI", "confidence interval"})
WORD = re.compile(r"[A-Za-z][\w/-]*")


class Found:
    """Arms as they are gathered; names that share their telling words are one arm."""

    def __init__(self) -> None:
        self.arms: dict[frozenset[str], Arm] = {}
        self.seen_in: dict[int, set] = {}  # where each arm was printed: arms of one sentence or table are different arms

    def add(self, name: str, n: int | None = None, aliases: tuple[str, ...] = (), where: object = None) -> Arm | None:
        """The arm of this name, made or completed."""
        name = trimmed(name)
        aliases = tuple(trimmed(alias) for alias in aliases)
        if not usable(name) or name in NOT_SHORT:
            return None
        arm = self.arms.get(words_of(name))
        if arm is None and not letter_of(name):
            arm = next((self.arms[key] for key in map(words_of, aliases) if key in self.arms), None)
        else:
            aliases = tuple(alias for alias in aliases if self.arms.get(words_of(alias)) in (None, arm))
        if arm is None:
            arm = self.arms[words_of(name)] = Arm(name)
        more = [alias for alias in (name, *aliases) if alias and alias != arm.name and usable(alias)]
        arm.aliases = tuple(dict.fromkeys((*arm.aliases, *more)))
        for alias in arm.aliases:
            self.arms.setdefault(words_of(alias), arm)
        arm.n = arm.n or n
        self.seen_in.setdefault(id(arm), set()).update({where} - {None})
        return arm

    def same(self, one: Arm, other: Arm) -> bool:
        """Whether two names are one arm: the same size, one name's words within the other's, never printed side by side."""
        if one is other or one.n is None or one.n != other.n or self.seen_in[id(one)] & self.seen_in[id(other)]:
            return False
        pairs = [(a, b) for a in (one.name, *one.aliases) for b in (other.name, *other.aliases)]
        return any(words_of(a) <= words_of(b) or words_of(b) <= words_of(a) or short_for(a, b) or short_for(b, a) for a, b in pairs)

    def all(self) -> list[Arm]:
        """Each arm once, in the order found."""
        return list({id(arm): arm for arm in self.arms.values()}.values())


def short_for(short: str, long: str) -> bool:
    """Whether the letters of an acronym stand in order in a longer name, its first letter first."""
    if not re.fullmatch(r"[A-Z]{2,6}", short) or len(long) < 2 * len(short):
        return False
    return long[0].upper() == short[0] and bool(re.match(".*?".join(short), long, re.IGNORECASE))


def letter_of(name: str) -> str | None:
    """The letter or number of "group A", "arm 2"; None for other names."""
    match = re.fullmatch(rf"(?i:{HEAD})\s+([A-H]|\d|I{{1,3}}|IV)", name)
    return match[1] if match else None


def sized_heads(paper: Paper) -> Iterator[tuple[str, str, int]]:
    """Table, name and size of every column heading with a size: "CRT (n = 72)", or "CRT" above "(n = 72)"."""
    for table in paper.tables:
        chains = dict.fromkeys(cell.col_heads for cell in table.cells if cell.col_heads)
        for chain in chains:
            for level, head in enumerate(chain):
                match = SIZE.search(head)
                if not match:
                    continue
                own = trimmed(re.sub(r"\(?\s*(?:n\s*)?\(?%\)?\s*\)?$", "", (head[: match.start()] + " " + head[match.end() :]).strip()))
                above = trimmed(chain[level - 1]) if level else ""
                name = own if any(char.isalpha() for char in own) else f"{above} {own}".strip()
                yield table.label, without_head(name), number(match[1] or match[2])
                break


def from_tables(paper: Paper, found: Found) -> None:
    """Arms of column headings: those with sizes where a table has at least two, then "Group A", "FLOX arm"."""
    by_table: dict[str, dict[str, int]] = {}
    for label, name, size in sized_heads(paper):
        if usable(name):
            by_table.setdefault(label, {}).setdefault(name, size)
    for label, heads in by_table.items():
        if len(heads) > 1:
            for name, size in heads.items():
                named(found, name, size, label)
    for label, name, size in counted_columns(paper):
        named(found, name, size, label)
    for table in paper.tables:
        for head in dict.fromkeys(cell.text for cell in table.heads):
            text = re.sub(r"\s*[\[(]%[\])]|\s*\[[^\]]*%[^\]]*\]", "", head)
            if len(text) < 60 and re.fullmatch(rf"(?:.*\s)?(?i:{HEAD})|(?i:{HEAD})\s+(?:[A-H]|\d|I+)\b.*", text.split("(")[0].strip()):
                named(found, text, None, table.label)


def named(found: Found, text: str, size: int | None, table: str) -> None:
    """Add an arm printed with its other name in parentheses: "Arm A (RT + cisplatin)"."""
    text = SIZE.sub("", text).strip()
    match = re.match(r"^(.*?)\s*[\[(]([^()\[\]]+)[)\]]$", text)
    name, aliases = (match[1], (match[2],)) if match else (text, ())
    found.add(without_head(name), size, aliases, table)


def often_named(paper: Paper, found: Found) -> None:
    """Groups that the prose names at least twice: "the X group", "arm A"."""
    names: Counter[str] = Counter()
    printed: dict[str, str] = {}
    for sentence in paper.own:
        for mark in (*lettered(sentence.text), *headed(sentence.text)):
            key = (mark.key or "").lower()
            printed.setdefault(key, mark.key or "")
            names[key] += 1
    for key, times in names.items():
        if times > 1:
            found.add(printed[key])


def expanded(paper: Paper, found: Found) -> list[Arm]:
    """Every arm with its long or short form as the paper defines it; arms that turn out to be one are joined."""
    short_of = {long.lower(): short for short, long in paper.long_forms.items() if long.lower() not in NOT_SHORT}
    joined: dict[frozenset[str], Arm] = {}
    for arm in found.all():
        names = [arm.name, *arm.aliases]
        others = [paper.long_forms.get(name) if name not in NOT_SHORT else None for name in names] + [
            short_of.get(name.lower()) for name in names
        ]
        names += [other for other in others if other and usable(other)]
        keys = [words_of(name) for name in (*names, *(spelled_out(paper, name) for name in names))]
        first = next((joined[key] for key in keys if key in joined and not clash(joined[key], arm)), None)
        first = first or next((held for held in joined.values() if found.same(held, arm)), arm)
        found.seen_in[id(first)] |= found.seen_in[id(arm)]
        first.aliases = tuple(name for name in dict.fromkeys((*first.aliases, *names)) if name != first.name)
        first.n = first.n or arm.n
        for key in keys:
            joined.setdefault(key, first)
    return list({id(arm): arm for arm in joined.values()}.values())


def spelled_out(paper: Paper, name: str) -> str:
    """A name whose words are the long forms of the paper's short ones: "RT + CHT" is "radiotherapy + chemotherapy"."""
    return WORD.sub(lambda word: paper.long_forms.get(word[0], word[0]) if word[0] not in NOT_SHORT else word[0], name)


def clash(one: Arm, other: Arm) -> bool:
    """Whether two arms bear different letters."""
    letters = [{letter_of(name) for name in (arm.name, *arm.aliases)} - {None} for arm in (one, other)]
    return bool(letters[0] and letters[1] and letters[0] != letters[1])


def display(arm: Arm) -> str:
    """An arm's name with the other name that the paper gives it: "group A (chemo-immunotherapy)", "Low Anterior Resection (LAR)"."""
    if "(" in arm.name:
        return arm.name
    dose = DOSE.search(arm.name)
    if dose:
        return f"{arm.name[: dose.start()]} ({dose[1]})"
    others = [name for name in arm.aliases if not words_of(name) & words_of(arm.name) and len(name) < 60 and "(" not in name]
    lettered_name = bool(re.fullmatch(rf"(?i:{HEAD})\s+\S+", arm.name))
    acronym = r"[A-Z0-9][A-Za-z0-9/+-]{0,9}"
    for other in others:
        if lettered_name or bool(re.fullmatch(acronym, arm.name)) != bool(re.fullmatch(acronym, other)):
            return f"{arm.name} ({other})"
    return arm.name


#: A value that is the same in both groups.
BOTH = re.compile(
    rf"^[^.;]{{0,90}}?\b(?:(?:in|for|of|with)\s+(?:both|the\s+two|each|either)|identical\s+in\s+(?:both|the\s+two))\s+(?:\w+\s+)?{HEAD}\b",
    re.IGNORECASE,
)


def in_both(paper: Paper, found: list[Finding]) -> Iterator[Finding]:
    """Values that a sentence gives "in both arms", once more for the second of the paper's two arms; the first takes the one that is there."""
    if len(paper.arms) != 2:
        return
    for finding in found:
        if finding.field not in {"survival_median", "survival_rate"} or finding.arm or not BOTH.search(after_value(finding)):
            continue
        finding.arm = paper.arms[0].name
        yield replace(finding, arm=paper.arms[1].name, evidence=[])


def after_value(finding: Finding) -> str:
    """The words of a finding's quote behind its printed value."""
    printed = re.escape(f"{finding.value:g}" if isinstance(finding.value, int | float) else str(finding.value))
    found = re.search(rf"(?<![\d.]){printed}(?:\.0+)?(?![\d.])", finding.quote.replace("·", "."))
    return finding.quote[found.end() :] if found else ""


def settle(paper: Paper, found: list[Finding]) -> None:
    """Give every finding's arm the paper's own name for it, in place, so that one arm has one name."""
    found += list(in_both(paper, found))
    names = namer(paper)
    for finding in found:
        if finding.field not in {"prognostic_factor", "rt_dose", "local_therapy"} and finding.arm:
            finding.arm = names.canonical(finding.arm)
        if finding.vs:
            finding.vs = names.canonical(finding.vs)


@lru_cache(maxsize=1)
def introduced(paper: Paper) -> list[tuple[Sentence, str, int | None, int, tuple[str, ...]]]:
    """What `in_prose` gives, worked out once a paper."""
    return list(in_prose(paper))


def groups(paper: Paper) -> list[Arm]:
    """The groups that a paper compares, with every name it gives them and their sizes where stated."""
    found = Found()
    for sentence, name, size, _, aliases in introduced(paper):
        found.add(name, size, aliases, (sentence.passage.number, sentence.start))
    from_tables(paper, found)
    often_named(paper, found)
    if len([arm for arm in found.all() if arm.n or letter_of(arm.name)]) < 2:
        for name in choices(paper):
            found.add(name, where="choice")
    arms = expanded(paper, found)
    for arm in arms:
        shown = display(arm)
        if shown != arm.name:
            arm.name, arm.aliases = shown, (arm.name, *arm.aliases)
    return arms


def diseases(paper: Paper) -> dict[str, str]:
    """The paper's short forms with their long forms, without those of treatments."""
    kinds = {short: label.split("|")[0] for short, label in paper.abbreviations.items()}
    return {short: long for short, long in paper.long_forms.items() if kinds.get(short) in {None, "site"}}


def namer(paper: Paper) -> Namer:
    """The paper's namer of arms, built once its arms are known."""
    held = paper.__dict__.get("arm_namer")
    if held is None or held.arms != paper.arms:
        held = paper.__dict__["arm_namer"] = Namer(paper.arms, paper.document.title, diseases(paper))
    return held


def arms_in(paper: Paper, text: str) -> list[Mention]:
    """The arms that a text names, in order of place; `key` is the arm's name, "all" the whole population."""
    return namer(paper).mentions(text)


def arm_of(paper: Paper, text: str, values: list[Mention]) -> list[str | None]:
    """For each number of a sentence the name of the arm it belongs to, None for the whole population or where it is not said."""
    return [None if name in (None, "all", UNNAMED) else str(name) for name in pair(text, values, arms_in(paper, text), "arm")]


def read(paper: Paper) -> Iterator[Finding]:
    """arm_size findings of the prose: for each arm the largest size that a sentence on allocation gives it."""
    best: dict[str, tuple[int, Sentence, int]] = {}
    together: Counter[int] = Counter()
    for sentence, _, size, _, _ in introduced(paper):
        together[id(sentence)] += size or 0
    # a total that is itself the size of one of the groups was misread
    total = None if paper.n_total in {size for _, _, size, _, _ in introduced(paper)} else paper.n_total
    for sentence, name, size, place, _ in introduced(paper):
        if (
            total and not STRICTLY.search(sentence.text) and together[id(sentence)] < 0.4 * total
        ):  # parts of a part: local treatments, subgroups
            continue
        if size is None or size < 2 or (total and size > total):
            continue
        name = namer(paper).canonical(name)
        if size > best.get(name, (0,))[0]:
            best[name] = (size, sentence, place)
    equal = list(in_each(paper))
    if equal and sum(finding.value for finding in equal) > sum(size for size, _, _ in best.values()):
        yield from equal
    else:
        for name, (size, sentence, place) in best.items():
            focus = Mention("n", place, place + 1)
            yield paper.from_sentence("arm_size", "arms:prose", sentence, focus, value=size, n=size, unit="patients", arm=name)
    yield from partition(paper)


def partition(paper: Paper) -> Iterator[Finding]:
    """ "A, B and C disease were found in 17 (57%), 8 (27%) and 5 (16%) patients, respectively", where A, B and C are the paper's arms."""
    names = namer(paper)
    for sentence in paper.own:
        counts = [m for m in sentence.kinds("n_percent") if m.low is not None]
        if len(counts) < 2 or "respectively" not in sentence.text or abs(sum(m.low or 0 for m in counts) - 100) > 1.5:
            continue
        subject = re.split(r"\b(?:were|was|are|is)\b", sentence.text[: counts[0].start])[0]
        parts = [part for part in re.split(r",\s*(?:and\s+)?|\s+and\s+|\s+or\s+", subject.strip()) if part]
        held = [names.nearest(part) for part in parts]
        if len(parts) != len(counts) or len(set(held)) != len(counts) or None in held:
            continue
        for count, arm in zip(counts, held, strict=True):
            size = int(count.value or 0)
            yield paper.from_sentence(
                "arm_size", "arms:partition", sentence, count, value=size, n=size, percent=count.low, unit="patients", arm=arm
            )


def in_each(paper: Paper) -> Iterator[Finding]:
    """ "20 patients in each arm", where the paper's arms are known: those that together are all of its patients, if that is known."""
    lettered_arms = [arm for arm in paper.arms if re.match(rf"(?i:{HEAD})\s", arm.name)] or paper.arms
    if not 2 <= len(lettered_arms) <= 4:
        return
    for sentence in paper.own:
        for match, size in in_each_of(paper, sentence, len(lettered_arms)):
            if PLANNED.search(sentence.text) or OTHER_COUNTS.search(match[0]) or not fits(paper, sentence, size * len(lettered_arms)):
                continue
            for arm in lettered_arms:
                focus = Mention("n", match.start(), match.end())
                keys = {"value": size, "n": size, "unit": "patients", "arm": arm.name}
                yield paper.from_sentence("arm_size", "arms:each", sentence, focus, **keys)
            return


def in_each_of(paper: Paper, sentence: Sentence, arms: int) -> Iterator[tuple[re.Match[str], int]]:
    """The sizes that a sentence gives each of so many arms; those of "two equal groups" by the number of all patients."""
    for match in EACH.finditer(sentence.text):
        yield match, number(next(filter(None, match.groups())))
    equal = EQUAL.search(sentence.text) if paper.n_total else None
    if equal and number(equal[1]) == arms and paper.n_total % arms == 0:
        yield equal, paper.n_total // arms


def fits(paper: Paper, sentence: Sentence, total: float) -> bool:
    """Whether so many in each arm are all patients, or nearly; where their number is not known, whether nothing else is counted."""
    if paper.n_total:
        return 0.8 * paper.n_total <= total <= 1.02 * paper.n_total
    return not OTHER_COUNTS.search(sentence.text)
