"""On which side of a comparison a named arm stands, and which level of a factor a name means; nothing where the name leaves it open."""

from __future__ import annotations

import re

from pipeline.naming import tokens

NEGATIONS = frozenset({"no", "without", "not", "non", "never"})
#: Words of an arm's name that tell nothing of what was given.
NEUTRAL = frozenset({"treatment", "modality", "therapy", "given", "received", "any"})
LEVELS = {"yes": True, "given": True, "received": True, "no": False, "not given": False, "none": False, "not": False}
#: What a comparator may be called without a name of its own.
PLAIN = frozenset({"no", "not", "none", "absent", "without", "reference", "ref"})
WITH, WITHOUT = "with", "without"


def parted(name: object) -> tuple[str, str]:
    """A name and what stands in its brackets: `Treatment (RT + CHT)`, its level, unit or short form."""
    text = str(name or "").strip()
    return re.sub(r"\s*[(\[][^)\]]*[)\]]", " ", text).strip(), " ".join(re.findall(r"[(\[]([^)\]]+)[)\]]", text))


def side(name: object, added: frozenset[str], background: frozenset[str]) -> str | None:
    """WITH where the arm has what is added, WITHOUT where it has the background alone or is told to lack it; None for any other name.

    An arm of the added treatment alone is neither, and so is a subgroup (any further word).
    """
    bare, inner = parted(name)
    given = LEVELS.get(inner.lower())
    if given is None and not re.fullmatch(r"[nN]\s*=\s*\d+", inner) and tokens(inner) - NEUTRAL - added - background:
        return None
    words = tokens(bare) - NEUTRAL
    words = words or (tokens(inner) - NEUTRAL if given is None else words)
    told, words = words & NEGATIONS, words - NEGATIONS
    if not words or words - added - background:
        return None
    if words & added:
        if told or given is False:
            return WITHOUT
        alone = re.search(r"\b(?:alone|only)\b", bare, re.IGNORECASE) and not words & background
        return None if alone else WITH
    return None if told or given is not None else WITHOUT


def against(name: object, arm: str, added: frozenset[str], background: frozenset[str]) -> str | None:
    """The side of the comparator of an arm on the side `arm`; a comparator without a name of its own is the other side."""
    if str(name or "").strip().lower() in PLAIN:
        return WITHOUT if arm == WITH else None
    if str(name or "").strip().lower() == "yes":
        return WITH if arm == WITHOUT else None
    return side(name, added, background)


def is_whole(name: object) -> bool:
    """Whether a result is of the whole study."""
    return not str(name or "").strip() or bool(re.match(r"(?:all|whole|overall|entire|total)\b", str(name).strip(), re.IGNORECASE))


def means(text: object, words: list[str]) -> bool:
    """Whether one of the words stands in a name."""
    lowered = str(text or "").lower()
    return any(re.search(rf"(?<![a-z0-9]){re.escape(word.lower())}(?![a-z0-9])", lowered) for word in words)


def level(text: object, favourable: list[str], unfavourable: list[str]) -> str | None:
    """`favourable` or `unfavourable`; None where the name means neither or both."""
    good, bad = means(text, favourable), means(text, unfavourable)
    return None if good == bad else "favourable" if good else "unfavourable"
