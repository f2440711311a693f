"""The names of groups as sentences print them: "the X group", "group A", "patients with X", "all patients", known arms."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline import group_lists
from pipeline.choose import told_again
from pipeline.quantities import Mention

HEAD = r"(?:sub)?(?:groups?|arms?|cohorts?)"
PEOPLE = r"(?:patients?|women|men|cases|subjects|participants|individuals|tumou?rs|carriers|homozygotes|children|those)"
WORD = re.compile(r"[^\s,;:()\[\]]+")
#: Units whose number is part of a group's name.
UNIT = re.compile(r"c?Gy|[mµμ]?g(?:/\w+)?|[cm]m|IU|MU|m[Cc]i|[MG]Bq|-?(?:weeks?|days?|fractions?|cycles?|courses?)", re.IGNORECASE)
#: Words at which a group's name ends, read from its head to the left.
STOP = frozenset(
    """the a an in for of to from by at on into between among with and or than vs versus vs. was were is are be been being had has have
    that which who whose as both each either two three four one all this these those same other our their its respective when where if
    per within received receiving receive taking started undergoing assigned allocated compared comparing than not no while whereas but after before during
    using given treated one-year overall survival os pfs dfs months years month year patients cases rate rates median group groups arm arms
    respectively cohort cohorts subgroup subgroups showed show shows only favouring favoring including only better worse longer shorter
    significantly higher lower greater similar different we denoted performed called difference differences namely i.e""".split()
) - {"only"}  # fmt: skip
#: Words that alone name no group.
GENERIC = frozenset(
    """treatment study patient patients age risk whole entire total second first third other another same respective different comparison
    parallel equal large small following remaining latter former subject experimental-control analysis original single-arm single
    treatments intervention-control present current prognostic new various multiple several three-arm two-arm age-matched matched
    validation training discovery dose expression biomarker randomised randomized trial trials open-label control-matched cooperative
    oncology performance eastern working collaborative european cancer international radiation therapy national""".split()
)
_LETTER = r"(?:(?:[A-H]|I{1,3}|IV)(?![\w%+-])|\d(?![\w%+-]|\.\d|\s*(?:patients|cases|months|years|days|%|to\b)))"
LETTERED = re.compile(rf"\b((?i:{HEAD}))\s+({_LETTER})((?:\s*(?:,|and|or|/|&|vs\.?|versus)\s*(?:and\s+)?{_LETTER})*)")
LETTER = re.compile(r"[A-H]\b|\d|I{1,3}\b|IV\b")
GROUP_WORD = re.compile(r"group|arm|cohort", re.IGNORECASE)
_SIDE = r"((?:[A-Za-z0-9+/-]+\s+){1,4})(?:and|or|&|versus|vs\.?)\s+(?:the\s+)?$"
#: "the X and Y", "for X versus Y"
JOINED = re.compile(rf"(?:^|[\s(])(?:the|a)\s+{_SIDE}", re.IGNORECASE)
JOINED_BARE = re.compile(rf"(?:^|[\s(])(?:for|in|of|between)\s+(?!the\s|a\s){_SIDE}", re.IGNORECASE)
AGAINST = re.compile(r"\b(?:versus|vs)\b", re.IGNORECASE)
ARTICLE = re.compile(r"(?:^|[\s(])(?:the|a)\s+$", re.IGNORECASE)
CONTROLS = re.compile(rf"\bcontrols?\s+(?i:{HEAD})\b|\bin\s+(?:the\s+)?controls\b", re.IGNORECASE)
HEADED = re.compile(rf"\b(?i:{HEAD})\b(?!\s+{_LETTER})")
PEOPLE_WITH = re.compile(
    rf"\b{PEOPLE}\s+((?:who|that)\s+(?:had\s+)?(?:received?|underwent|undergoing|were\s+(?:given|treated\s+with|in|assigned\s+to))|who\s+(?:had\s+)?(?:attained|obtained|reached|completed|developed|experienced)|receiving|received|treated\s+with|treated\s+by|given|undergoing|(?:who\s+|that\s+)?(?:had|were|did not|achieved|with|without|not|carrying|harbou?ring|presenting(?:\s+with)?|expressing|aged|having|whose tumou?rs?|of))\s+(?:the\s+|a\s+|an\s+)?",
    re.IGNORECASE,
)
ADJECTIVAL = re.compile(
    rf"(?<![\w-])((?:[A-Z]{{2,}}[\w+/*-]*|[\w+-]+[-‐](?:positive|negative|treated|mutant|mutated|risk|stage|wild-type|high|low|grade))\s+)(?:{PEOPLE})\b"
)
RIGHT_STOP = frozenset(
    """was were is are had has have did who that which than vs versus vs. in at for from to on by when while whereas but showed achieved
    survived compared during after before received respectively as if because could can may would experienced reached than lived died
    among between within trended towards responded demonstrated exhibited appeared seemed remained developed benefited presented tended
    differed reached favoured favored improved increased decreased persisted
    without it they median""".split()
)  # fmt: skip
#: "patients younger than 65 years", "patients aged 65 years or older"
AGED = re.compile(
    rf"\b{PEOPLE}\s+(?:who\s+were\s+)?(?:aged\s+)?(?P<name>(?:(?:younger|older)\s+than|under|over)\s+\d+(?:\s+years)?|\d+\s+(?:years\s+)?(?:or|and)\s+(?:older|younger|over|above))\b",
    re.IGNORECASE,
)
FIGURE = re.compile(r"\d+(?:[.·]\d+)?\s*(?:%|months?\b|years?\b|mo\b|days\b)")
#: "in elderly patients", "among surviving patients": one or two words that are no determiner.
OF_A_KIND = re.compile(r"\b(?:in|for|among|of)\s+(?:the\s+)?((?:[a-z][a-z-]{3,}\s+){1,2})(?:patients|women|men|carriers|homozygotes)\b")
WITH_AND_WITHOUT = re.compile(r"\bwith\s+(?:and|or|versus|vs\.?)\s+without\s+((?:(?!(?:was|were|is|are|had|in|at|for)\b)[\w+-]+\s?){1,4})")
IN_CONTROLS = re.compile(r"\b(?:in|of|for|than|versus|vs\.?|and)\s+(?:the\s+)?(controls)\b", re.IGNORECASE)
RESPONDERS = re.compile(r"\b(?:complete\s+|partial\s+)?(?:non-?)?responders\b", re.IGNORECASE)
#: Degrees that share the noun of the last: "the high and low LDH groups".
DEGREES = frozenset(
    "low lower high higher intermediate medium mid small large early late single multiple positive negative short long normal elevated good poor".split()
)
#: "patients with M1a, M1b and M1c disease", "with single and multiple metastases"
ITEMS = re.compile(
    r"(?P<items>(?:[\w≥≤<>+/-]+,\s+)*[\w≥≤<>+/-]+,?\s+(?:and|or)\s+(?P<last>[\w≥≤<>+/-]+))(?P<noun>\s+(?:disease|tumou?rs?|metastas[ei]s|lesions?|stage|cancers?|status|expression|grade|levels?))"
)
#: Patients whose group is told only by contrast; their figures belong to no named arm.
UNNAMED = "unnamed"
WHO_NOT = re.compile(
    r"\b(?:patients|those|women|men)\s+(?:who|that)\s+(?:did|had|were|was)\s+not\b(?=\s*(?:[,.:;()[]|$|(?:of|was|had|and|it)\b))|\b(?:the\s+)?(?:other|remaining)\s+(?:patients|groups?|arms?)\b|\b(?:patients|those)\s+without\b(?=\s*(?:[,.;()[]|$))",
    re.IGNORECASE,
)
KIND_STOP = STOP | frozenset(
    "most many some eligible evaluable enrolled treated included study trial cancer these such several more fewer few number percent proportion certain selected additional".split()
)
CARRIERS = re.compile(
    r"\bcarriers\s+of\s+(?:the\s+|at\s+least\s+one\s+of\s+the\s+)?|(?<![\w*/-])(?P<name>[A-Z][\w*/+-]+)\s+(?:homozygotes|heterozygotes|carriers)\b"
)


EMPTY = frozenset(
    {
        "arm",
        "arms",
        "group",
        "groups",
        "the",
        "patients",
        "plus",
        "and",
        "with",
        "of",
        "alone",
        "only",
        "all",
        "in",
        "for",
        "cohort",
        "treatment",
        "therapy",
        "followed",
        "by",
    }
)


def words_of(name: str) -> frozenset[str]:
    """The words that tell one arm from another, lower case, singular."""
    words = re.sub(r"[^a-z0-9<>≤≥*]+", " ", told_again(name.lower())).split()
    telling = [word for word in words if word not in EMPTY] or words
    return frozenset(word.rstrip("s") if len(word) > 3 else word for word in telling)


def trimmed(name: str) -> str:
    """A name without articles, leading generic verbs and loose punctuation."""
    name = re.sub(r"^(?:(?:the|a|an|either|both|and|or|to|with)\s+)+", "", name.strip(" ,;:.-–(["), flags=re.IGNORECASE)
    return re.sub(r"\s+(?:and|or|the|of|with)$", "", name).strip(" ,;:.")


def before_head(text: str, end: int, most: int = 7) -> tuple[int, str] | None:
    """Start and words of the noun phrase that ends at `end`: the words before "group", back to an article or a preposition."""
    taken: list[re.Match[str]] = []
    left = max(0, end - 110)
    tokens = list(re.finditer(r"[^\s]+", text[left:end]))
    for token in reversed(tokens):
        word = token[0]
        plain = word.strip("()[],;:").lower()
        if word[-1] in ",;:." and taken or word.endswith(")") and "(" not in word or word.endswith("%"):
            break
        measured = bool(taken) and UNIT.fullmatch(taken[-1][0]) and re.fullmatch(r"[\d.,·]+", plain)  # "the 45 Gy group"
        if (
            not measured
            and (plain in STOP or re.fullmatch(r"[\d.·]+%?", plain) or re.fullmatch(r"n=\d+", plain))
            and not (
                plain == "with"
                and taken
                and len(taken) < most
                and re.search(r"(?:therapy|treatment|combined)$", text[: left + token.start()].rstrip())
            )
        ):
            break
        taken.append(token)
        if len(taken) >= most or word[0] in "([":
            break
    if not taken:
        return None
    start = left + taken[-1].start()
    start += text[start] in "(["
    return start, text[start:end].strip()


def joined_and(text: str, start: int) -> int | None:
    """The start of a longer name "the X and Y group" whose last words begin at `start`; None where nothing is joined."""
    left = max(0, start - 80)
    found = JOINED.search(text[left:start]) or JOINED_BARE.search(text[left:start])
    if not found or any(word.lower() in STOP or re.fullmatch(HEAD, word, re.IGNORECASE) for word in found[1].split()):
        return None
    return left + found.start(1)


def headed(text: str) -> Iterator[Mention]:
    """Names before "group", "arm" or "cohort"; a plural head names each part of a list."""
    if not GROUP_WORD.search(text):
        return
    for match in HEADED.finditer(text):
        end = match.start()
        if end and text[end - 1] not in " -":
            continue
        found = before_head(text, end)
        if not found:
            continue
        start, name = found
        longer = joined_and(text, start)
        if longer is not None and match[0].lower().endswith("s"):
            yield from parts(text, longer, end)
            continue
        if longer is not None and start - longer < 60 and not AGAINST.search(text, longer, start) and ARTICLE.search(text[:longer]):
            start = longer
        yield from compared_before(text, start)
        name = trimmed(text[start:end])
        if not name or match[0].lower().endswith("s"):
            continue
        if not all(word.lower() in GENERIC for word in name.split()):
            yield Mention("arm", start, match.end(), key=name)
        elif name.lower() in {"study", "treatment"} and CONTROLS.search(text):
            yield Mention("arm", start, match.end(), key=f"{name} {match[0]}")


def compared_before(text: str, start: int) -> Iterator[Mention]:
    """The first of "the X versus the Y arm", whose Y begins at `start`."""
    left = max(0, start - 70)
    found = re.search(
        r"\bthe\s+((?:[\w+/-]+\s+){1,4}?)(?:versus|vs\.?|and|or|compared (?:with|to))\s+(?:the\s+)?$", text[left:start], re.IGNORECASE
    )
    if found and not any(word.lower() in STOP or re.fullmatch(HEAD, word, re.IGNORECASE) for word in found[1].split()):
        name = trimmed(found[1])
        if re.search(r"the\s+$", text[left:start]) and usable_words(name):
            yield Mention("arm", left + found.start(1), left + found.end(1), key=name)


def usable_words(name: str) -> bool:
    """Whether some word of a name is more than a generic one."""
    return bool(name) and not all(word.lower() in GENERIC for word in name.split())


def parts(text: str, start: int, end: int) -> Iterator[Mention]:
    """Each name of "the X, Y and Z groups"."""
    place = start
    last = re.split(r"\s+(?:and|or|vs\.?|versus)\s+", text[start:end].rstrip())[-1].split()
    shared = " ".join(last[1:]) if len(last) > 1 and last[0].lower() in DEGREES else ""
    for piece in re.split(r"(\s*,\s*(?:and\s+|or\s+)?|\s+and\s+|\s+or\s+|\s+vs\.?\s+|\s+versus\s+)", text[start:end].rstrip()):
        name = trimmed(piece)
        if (
            name
            and not re.fullmatch(r"[\s,]*(?:and|or|vs\.?|versus)?[\s,]*", piece)
            and not all(word.lower() in GENERIC for word in name.split())
        ):
            name = f"{name} {shared}" if shared and name.lower() in DEGREES else name
            yield Mention("arm", place, place + len(piece), key=name)
        place += len(piece)


def lettered(text: str) -> Iterator[Mention]:
    """Names such as "group A", "arms 1 and 2"."""
    if not GROUP_WORD.search(text):
        return
    for match in LETTERED.finditer(text):
        head = match[1].lower().rstrip("s")
        if match[1][0].isupper() and match.start() > 0:
            head = match[1].rstrip("s")
        yield Mention("arm", match.start(), match.end(2), key=f"{head} {match[2].upper()}")
        for letter in LETTER.finditer(match[3]):
            if letter[0].isdigit() != match[2].isdigit():
                break  # "6 in arm A and 3 in arm B"
            yield Mention("arm", match.start(3) + letter.start(), match.start(3) + letter.end(), key=f"{head} {letter[0].upper()}")


LEVELLED = re.compile(r"^(?:more|less|fewer|greater|higher|lower|larger|smaller|older|younger)$", re.IGNORECASE)


def rightward(text: str, start: int, most: int = 7) -> int:
    """Where a description that begins at `start` ends: before a verb, a comma, a comparison or a bracket."""
    end, count = start, 0
    for token in WORD.finditer(text, start, min(len(text), start + 120)):
        gap = text[end : token.start()]
        if count and re.search(r"[,;:()\[\]]", gap):
            break
        word = token[0].lower().rstrip(".")
        levelled = word == "than" and LEVELLED.search(text[start:end])  # "those with more than one metastasis"
        article = (
            word == "the" and count and not re.search(r"\b(?:of|with|and|or)$", text[start:end])
        )  # "with stage III disease the OS was"
        if (word in RIGHT_STOP and not levelled) or article or count >= most or (count and FIGURE.match(text, token.start())):
            break
        if (
            word in {"and", "or", "with"}
            and count
            and not re.match(
                r"\s*(?:or\s+[\dIVT]|(?:and|or)\s+\S+\s+(?:metast|disease|tumou?r|cancer|mutation|involvement|allele|genotype|status))",
                text[token.start() :],
            )
            and word != "with"
        ):
            break
        end, count = token.end(), count + 1
        if token[0].endswith(".") and not re.search(r"\d\.\d|vs\.$", token[0]):
            end -= 1
            break
    return end


NOT_TAKEN = re.compile(r"^(?:receiv(?:e|ing)|under(?:go|going)|hav(?:e|ing)|treated\s+with|given)\s+")


def described(text: str) -> Iterator[Mention]:
    """Groups named by what they have: "patients with liver metastases", "those who received radiotherapy", "RT patients"."""
    named: list[Mention] = []
    for match in PEOPLE_WITH.finditer(text):
        if text[match.end() : match.end() + 1] in "([" or FIGURE.match(text, match.end()):
            continue
        end = rightward(text, match.end())
        items = ITEMS.match(text[match.end() :])
        if items and "respectively" in text:
            for item in re.finditer(r"[\w≥≤<>+/-]+", items["items"]):
                if item[0] not in {"and", "or"}:
                    start = match.end() + item.start() if item.start() else match.start()
                    yield Mention("arm", start, match.end() + item.end(), key=item[0] + items["noun"])
            continue
        name = trimmed(text[match.end() : end])
        joint = match[1].lower()
        if joint == "of" or len(name) < 2 or not any(char.isalpha() for char in name) or re.match(r"(?:of|was|had|it)\b", name):
            continue
        if re.match(r"(?:without|did not|not)", joint):
            name = f"{'no' if joint != 'without' else 'without'} {NOT_TAKEN.sub('', name)}"
        if joint in {"had", "were", "who were", "who had"} and re.match(
            r"(?:a|an|the|not|no|longer|shorter|significant|better|worse|higher|lower|alive|still|dead|lost|free|available|evaluable|eligible)\b|\w+ed\b",
            name,
        ):
            continue
        named.append(Mention("arm", match.start(), end, key=name))
    yield from named
    for match in AGED.finditer(text):
        yield Mention("arm", match.start(), match.end(), key=match["name"])
    for match in OF_A_KIND.finditer(text):
        if not any(word in KIND_STOP or word in GENERIC for word in match[1].split()):
            yield Mention("arm", match.start(1), match.end(), key=match[1].strip() + " patients")
    yield from group_lists.listed(text)
    for match in WITH_AND_WITHOUT.finditer(text):
        yield Mention("arm", match.start(), match.start(1), key=match[1].strip())
        yield Mention("arm", match.start(1), match.end(), key=f"without {match[1].strip()}")
    for match in IN_CONTROLS.finditer(text):
        yield Mention("arm", match.start(1), match.end(1), key="control")
    for match in RESPONDERS.finditer(text):
        yield Mention("arm", match.start(), match.end(), key=match[0])
    for match in WHO_NOT.finditer(text):
        before = [mark for mark in named if mark.end <= match.start()]
        negated = None if re.search(r"other|remaining", match[0], re.IGNORECASE) or len(before) != 1 else before[0].key
        word = "without" if match[0].lower().endswith("without") else "no"
        yield Mention("arm", match.start(), match.end(), key=f"{word} {negated}" if negated else UNNAMED)
    for match in CARRIERS.finditer(text):
        end = match.end() if match["name"] else rightward(text, match.end())
        yield Mention("arm", match.start(), end, key=text[match.start() : end] if not match["name"] else match[0])
    for match in ADJECTIVAL.finditer(text):
        if match[1].strip().upper() not in {"AND", "OS", "PFS", "DFS", "THE", "OF"}:
            yield Mention("arm", match.start(), match.end(), key=match[1].strip())
