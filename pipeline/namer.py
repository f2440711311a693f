"""A paper's namer of arms: finds its own arms under any of their names, and groups that a sentence describes."""

from __future__ import annotations

import re
from collections.abc import Iterable

from pipeline.arm_names import GROUP_WORD, described, headed, lettered, words_of
from pipeline.quantities import Mention
from pipeline.records import Arm

LETTERS = re.compile(r"\(\s*([A-H1-9]|I{1,3})\s*(?:vs\.?|versus|v)\s*([A-H1-9]|I{1,3})\s*\)")
WITHOUT = re.compile(r"\b(without|no)\s+$", re.IGNORECASE)
#: Names that mean a group only beside "group" or "arm".
LEVELS = frozenset(
    "low high intermediate mid yes no positive negative male female none other mild moderate severe active medium absent present left right i ii iii iv young old normal abnormal unknown hr or rr ci os pfs".split()
)
WHOLE = re.compile(
    r"\b(?:all|entire|whole|total|overall)\s+(?:of\s+)?(?:the\s+)?(?:\d+\s+)?(?:(?:study|patient|eligible|evaluable|treated|randomi[sz]ed|intention-to-treat|ITT|enrolled|included)\s+)*"
    r"(?:patients|cohort|population|groups?|series|sample|cases|study population|women|men)\b|\b(?:for|in) all\b(?=\s*[,;:(])|\b(?:(?:overall|ITT|patient|entire) (?:population|cohort|group)|study (?:population|cohort))\b",
    re.IGNORECASE,
)


#: Ends of the names of diseases, by which a title's words mean all patients.
DISEASE = re.compile(r"(?:cancers?|\w+omas?|tumou?rs?|neoplasms?|\w+[ae]?emias?|disease|syndromes?|metastas[ei]s|patients)$", re.IGNORECASE)
#: Words of a treatment in a group that a sentence describes.
GIVEN = re.compile(r"\b(?:receiv\w+|treated|under(?:going|went)|given|assigned)\b", re.IGNORECASE)


def swapped(words: frozenset[str]) -> frozenset[str]:
    """The words of a name with "no" for "without", or the other way round."""
    one, other = ("no", "without") if "no" in words else ("without", "no")
    return words - {one} | {other} if one in words else words


class Namer:
    """Finds the arms that a sentence names: a paper's own arms under any of their names, and groups described on the spot."""

    def __init__(self, arms: Iterable[Arm], title: str = "", long_forms: dict[str, str] | None = None) -> None:
        self.arms = list(arms)
        self.read_before: dict[str, list[Mention]] = {}
        self.by_words: dict[frozenset[str], str] = {}
        names: dict[str, str] = {}
        for arm in self.arms:
            for name in (arm.name, *arm.aliases):
                self.by_words.setdefault(words_of(name), arm.name)
                names.setdefault(name, arm.name)
        self.added = self.told_by_addition()
        self.diseases = {short for short, long in (long_forms or {}).items() if DISEASE.search(long)}
        self.title = words_of(title) | frozenset(
            short.lower() for short, long in (long_forms or {}).items() if words_of(long) <= words_of(title)
        )
        bare = sorted(
            (name for name in names if (len(name) > 1 or name.isupper()) and not re.fullmatch(r"\d+", name)),
            key=lambda name: (-len(name), name),
        )
        self.known = (
            re.compile(rf"(?<![\w+/-])(?:{'|'.join(re.escape(name) for name in bare)})(?![\w+*/-]|\s*\+)", re.IGNORECASE) if bare else None
        )
        self.named = {name.lower(): arm for name, arm in names.items()}

    def canonical(self, name: str) -> str:
        """The arm's own name for any words that mean it; other names as they are."""
        words = words_of(name)
        return self.by_words.get(words) or self.added.get(words) or self.by_words.get(swapped(words)) or name

    def told_by_addition(self) -> dict[frozenset[str], str]:
        """Where one of two arms adds something to the other, "X" means the one that has it, "without X" and "no X" the other."""
        sized = [arm for arm in self.arms if arm.n]
        if len(sized) != 2:
            return {}
        less, more = sorted(sized, key=lambda arm: len(words_of(arm.name)))
        alone, whole = words_of(less.name), words_of(more.name)
        extra = whole - alone
        if not alone < whole or extra & {"no", "without", "not"}:
            return {}
        return {extra: more.name, extra | {"without"}: less.name, extra | {"no"}: less.name}

    def nearest(self, words: str) -> str | None:
        """The one arm whose names share a telling word with these words."""
        asked = words_of(words)
        held = {arm.name for arm in self.arms if any(asked & words_of(name) for name in (arm.name, *arm.aliases))}
        exact = {name for words, name in self.by_words.items() if words <= asked}
        return held.pop() if len(held) == 1 else exact.pop() if len(exact) == 1 else None

    def mentions(self, text: str) -> list[Mention]:
        """Every arm named in a text, in order of place; the key is the arm's name, "all" for the whole population."""
        if text not in self.read_before:
            self.read_before[text] = self.fresh_mentions(text)
        return list(self.read_before[text])

    def fresh_mentions(self, text: str) -> list[Mention]:
        """The arms named in a text that was not read before."""
        found = [Mention("arm", m.start(), m.end(), key="all") for m in WHOLE.finditer(text)]
        for mention in (*lettered(text), *self.letters(text), *headed(text), *described(text)):
            mention.key = self.canonical(mention.key or "")
            words = words_of(mention.key)
            if words and words <= self.title and mention.key not in self.named.values() and self.everybody(text, mention):
                mention.key = "all"
            found.append(mention)
        found += self.bare(text, found)
        return longest(found)

    def letters(self, text: str) -> Iterable[Mention]:
        """ "OS (A vs B) was": the letters alone of two of the paper's arms."""
        for match in LETTERS.finditer(text) if "(" in text else ():
            for place in (1, 2):
                arm = next(
                    (self.named[name] for name in self.named if re.fullmatch(rf"(?:group|arm)\s+{match[place]}", name, re.IGNORECASE)), None
                )
                if arm:
                    yield Mention("arm", match.start(place), match.end(place), key=arm)

    def everybody(self, text: str, mention: Mention) -> bool:
        """Whether words of the title name the disease that all patients have, and no treatment or group of theirs."""
        said = text[mention.start : mention.end]
        if GIVEN.search(said) or GROUP_WORD.search(said):
            return False
        name = mention.key or ""
        return bool(DISEASE.search(name)) or (name.split() or [""])[-1] in self.diseases

    def bare(self, text: str, found: list[Mention]) -> list[Mention]:
        """Known names without "group": sure ones (with capitals or digits), plain words only where two arms are compared."""
        if not self.known:
            return []
        sure, plain = [], []
        for match in self.known.finditer(text):
            if match[0].lower() in LEVELS:
                continue
            name = self.named[match[0].lower()]
            beside = text[max(0, match.start() - 8) : match.start()] + "|" + text[match.end() : match.end() + 8]
            if len(match[0]) == 1 and not (match[0].isupper() and re.search(r"\bvs\b|\bversus\b|\bgroup|\barm", beside)):
                continue
            without = WITHOUT.search(text[: match.start()])
            if without:
                name = f"{without[1].lower()} {match[0]}"
            mention = Mention("arm", match.start(), match.end(), key=name)
            printed_so = any(char.isupper() or char.isdigit() or char == "+" for char in (match[0][1:] or match[0]))
            (sure if printed_so else plain).append(mention)
        names = {m.key for m in (*found, *sure, *plain)} - {"all"}
        return sure + plain if len(names) > 1 else sure


def two_arms(arms: Iterable[Arm]) -> list[str]:
    """The names of the two arms that a paper compares: those with sizes, or its only two where none has one; empty where they are not two."""
    held = list(arms)
    names = [arm.name for arm in held if arm.n] or [arm.name for arm in held]
    return names if len(names) == 2 else []


def longest(found: list[Mention]) -> list[Mention]:
    """Of mentions that overlap the longest, in order of place."""
    kept: list[Mention] = []
    for mention in sorted(found, key=lambda m: (m.start - m.end, m.start)):
        if not any(mention.start < other.end and other.start < mention.end for other in kept):
            kept.append(mention)
    return sorted(kept, key=lambda m: m.start)
