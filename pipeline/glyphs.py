"""Characters as a reader means them: ligatures, odd spaces and hyphens, lost comparators, words broken at the line's end."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container

from pipeline.records import Passage
from pipeline.sections import LIGATURES

_SPACES = dict.fromkeys([0x09, 0xA0, 0x1680, *range(0x2000, 0x200B), 0x202F, 0x205F, 0x3000], " ")
_NOTHING = dict.fromkeys([0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF, *range(0x0E, 0x20), *range(0x01, 0x02), *range(0x03, 0x09)], None)
_HYPHENS = dict.fromkeys([0x02, 0xAD, 0x2010, 0x2011, 0x2043, 0xFFFE], "-")
_ALIKE = {0x2A7E: "≥", 0x2A7D: "≤", 0x2265: "≥", 0x2266: "≤", 0x2267: "≥", 0xFE64: "<", 0xFE65: ">", 0xFF1C: "<", 0xFF1E: ">", 0x2215: "/"}
#: The Symbol font's own codes, as files without a character map give them.
_SYMBOL = {
    0xF0A3: "≤", 0xF0B3: "≥", 0xF0B1: "±", 0xF0B4: "×", 0xF0B7: "•", 0xF02D: "−", 0xF03C: "<", 0xF03E: ">", 0xF03D: "=", 0xF02B: "+",
    0xF061: "α", 0xF062: "β", 0xF067: "γ", 0xF064: "δ", 0xF06B: "κ", 0xF06D: "μ", 0xF063: "χ", 0xF0B0: "°", 0xF0A5: "∞", 0xF044: "Δ",
}  # fmt: skip
_TABLE = {**_SPACES, **_NOTHING, **_HYPHENS, **LIGATURES, **_ALIKE, **_SYMBOL}

_UNREADABLE = "[\ue000-\uf8ff\ufffd\u25a1\u25af]"
_UNSURE = re.compile(
    rf"\b(?:[pPnN]|HR|OR|RR|age|aged|values?)\s?{_UNREADABLE}\s?[.\d]|{_UNREADABLE}\s?\d|\b[pP]\s?\(\s?0?\.\d+(?![\d\s]*\))|\([pP]\s?\(\s?0?\.\d|\b[pP]\s5\s?0?\.\d|[\s(]\?\s?0?\.\d"
)
UNSURE = "comparator unsure"
_COUNT_AS_FIVE = re.compile(r"[\[(]\s?[nN] 5 \d")
_EQUALS_AS_FIVE = re.compile(r"(?<=\b[nNpP] )5(?= \.?\d)|(?<=\b(?:HR|OR|RR) )5(?= \d*\.\d)")
_NUMBERED = re.compile(r"[\d/]")


def mend(text: str) -> str:
    """The characters in NFC, with ligatures undone, odd spaces made plain and soft or unbreakable hyphens written "-"."""
    if text.isascii() and text.isprintable():
        return text
    if any("\ud800" <= letter <= "\udfff" for letter in text):
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return unicodedata.normalize("NFC", text.translate(_TABLE))


def mend_equals(passages: list[Passage]) -> None:
    """Write "n = 58" where a font's own code gives "n 5 58", in place, if the paper does so in its counts again and again."""
    if sum(len(_COUNT_AS_FIVE.findall(passage.text)) for passage in passages) < 3:
        return
    for passage in passages:
        passage.text, *heads = (_EQUALS_AS_FIVE.sub("=", text) for text in (passage.text, *passage.row_heads, *passage.col_heads))
        rows = len(passage.row_heads)
        passage.row_heads, passage.col_heads = tuple(heads[:rows]), tuple(heads[rows:])
        if not comparator_unsure(passage.text):
            passage.flags = tuple(flag for flag in passage.flags if flag != UNSURE)


def comparator_unsure(text: str) -> bool:
    """Whether a sign stands where a comparator belongs ("P ( 0.05") and cannot be read."""
    return bool(_UNSURE.search(text))


def join_broken(left: str, right: str, known: Container[str]) -> str | None:
    """How a word broken at a line's end is written: "" without its hyphen, "-" with it; None if `left` does not end in one.

    `known` holds the document's words in lower case as they stand inside lines; the halves are looked up there.
    """
    if not left.endswith("-") or len(left) < 2 or left[-2] in " -–":
        return None
    first = re.split(r"[\s(\[/\"“,;:]", left[:-1])[-1].lower()
    second = re.split(r"[\s)\].,;:/\"”]", right)[0].lower()
    if not second:
        return "-"
    if first + "-" + second in known:
        return "-"
    if _NUMBERED.search(first[-1:]) or not right[:1].isalpha() or right[:1].isupper():
        return "-"
    if first + second in known:
        return ""
    if "-" in second and second.split("-")[0] in known and first in known:
        return "-"
    whole = len(first) > 2 and len(second) > 3 and first in known and second in known
    if whole and not _SUFFIX.fullmatch(second) and not _PREFIX.fullmatch(first):
        return "-"
    return "-" if _COMPOUND.fullmatch(first) and second in known else ""


_SUFFIX = re.compile(
    r"(?:able|ally|ance|ates?|ation|ations?|ence|ent|ents|ing|ings|ion|ions|less|ment|ments|ness|sion|tion|tions|tive|ized?|ous|form|formed)"
)
_PREFIX = re.compile(r"(?:in|con|per|for|over|under|out|inter|trans|pro|sub|dis|re|de|un|im|im|com|up|on|an|a|as|be|is|no)")
_COMPOUND = re.compile(
    r"(?:non|self|all|anti|well|long|short|high|low|mid|post|pre|cross|follow|two|three|four|five|six|single|multi|dose|time|age)"
)
