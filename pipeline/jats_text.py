"""The running text of a JATS element: superscripts, cross-references and formulas made readable on one line."""

from __future__ import annotations

import html
import re

from lxml import etree

from pipeline.sections import clean

#: Elements that stand for themselves and interrupt a paragraph's text.
BLOCKS = frozenset({
    "list", "def-list", "table-wrap", "table-wrap-group", "fig", "fig-group", "boxed-text", "disp-quote", "supplementary-material",
    "fn-group", "array", "table", "statement", "verse-group",
})  # fmt: skip
SKIPPED = frozenset({
    "tex-math", "graphic", "inline-graphic", "media", "object-id", "alt-text", "long-desc", "fn", "permissions", "annotation",
    "annotation-xml", "private-char", "glyph-data", "processing-meta", "author-comment", "email-alternatives", "def",
})  # fmt: skip
SPACED = frozenset(
    {"break", "p", "disp-formula", "title", "list-item", "hr", "td", "th", "term", "label", "disp-formula-group", "mtr", "mtd"}
)
MARK = re.compile(r"[a-z]{1,2}|[*†‡§¶#‖∥,\s]+|[a-z](?:\s*,\s*[a-z])*", re.IGNORECASE)
ORDINAL = re.compile(r"st|nd|rd|th", re.IGNORECASE)
DIGITS = re.compile(r"[-−–+]?\d+(?:\s*[,–-]\s*\d+)*")
POWER_BASE = re.compile(r"(?:^|[^\d.,·])10\s*$")
REFERENCE_WORD = re.compile(r"\b(?:refs?\.?|references?)\s*$", re.IGNORECASE)
BARE_BRACKETS = re.compile(r"\s*\(\s*[\s,;–-]*\ue000[\s,;–\ue000-]*\)")
BARE_CITATIONS = re.compile(r"(?:\s*[,;–-]?\s*\ue000)+")
CITED = "\ue000"  # stands where a bare citation number was, until `finished` takes it out
FOREIGN_MARKS = ("fn", "table-fn", "author-notes", "corresp", "aff")


def name(element: etree._Element) -> str:
    """The element's local name; empty for comments and entities."""
    tag = element.tag
    return tag[tag.rfind("}") + 1 :] if isinstance(tag, str) else ""


def text_of(element: etree._Element | None, in_table: bool = False) -> str:
    """The element's text on one line, without what it holds as blocks of their own; empty for None."""
    if element is None:
        return ""
    pieces: list[str] = []
    walk(element, pieces, in_table)
    return finished("".join(pieces))


def finished(text: str) -> str:
    """Text without the places of bare citations, with the space around them closed."""
    if CITED in text:
        text = BARE_CITATIONS.sub("", BARE_BRACKETS.sub("", text))
    return clean(text)


def walk(element: etree._Element, pieces: list[str], in_table: bool = False) -> None:
    """Append the element's text and that of its children, with their tails."""
    if element.text:
        pieces.append(element.text)
    for child in element:
        if not isinstance(child.tag, str):
            pieces.append(entity(child))
        else:
            append_child(child, name(child), pieces, in_table)
        if child.tail:
            pieces.append(child.tail)


def append_child(child: etree._Element, kind: str, pieces: list[str], in_table: bool) -> None:
    """Append one child's own text by what kind of element it is."""
    if kind in SKIPPED or (kind in BLOCKS and not in_table):
        pieces.append(" ")
    elif kind == "xref":
        pieces.append(cross_reference(child, pieces, in_table))
    elif kind in ("sup", "msup"):
        superscript(child, kind, pieces, in_table)
    elif kind == "mfrac":
        pieces.append("/".join(inner(part, in_table) for part in child))
    elif kind == "mfenced":
        pieces.append(child.get("open", "(") + ",".join(inner(part, in_table) for part in child) + child.get("close", ")"))
    elif kind == "alternatives":
        readable = [part for part in child if name(part) not in SKIPPED]
        for part in readable[:1]:
            append_child(part, name(part), pieces, in_table)
    else:
        space = " " if kind in SPACED else ""
        pieces.append(space)
        walk(child, pieces, in_table)
        pieces.append(space)


def inner(element: etree._Element, in_table: bool) -> str:
    """The element's text, unfinished."""
    pieces: list[str] = []
    walk(element, pieces, in_table)
    return "".join(pieces)


def entity(node: etree._Element) -> str:
    """What a named character stands for (`&alpha;`); nothing for names that a document defines itself."""
    named = getattr(node, "name", None)
    return html.unescape(f"&{named};") if named and f"{named};" in html.entities.html5 else ""


def cross_reference(xref: etree._Element, pieces: list[str], in_table: bool) -> str:
    """A reference's words: bare citation numbers and footnote marks go, bracketed or worded ones stay as printed."""
    printed = inner(xref, in_table)
    kind = xref.get("ref-type", "")
    if kind in FOREIGN_MARKS:
        return ""
    if kind != "bibr" or any(letter.isalpha() for letter in printed.replace(CITED, "")):
        return printed
    before = "".join(pieces[-3:])
    if before.rfind("[") > before.rfind("]") or "[" in printed or REFERENCE_WORD.search(before):
        return printed.replace(CITED, "") or "".join(xref.itertext())
    return CITED


def superscript(element: etree._Element, kind: str, pieces: list[str], in_table: bool) -> None:
    """Append a superscript: powers of ten with ^, units and charges plain, citation numbers and footnote marks not at all."""
    if kind == "msup" and len(element) == 2:
        walk_base, raised = element[0], inner(element[1], in_table)
        append_child(walk_base, name(walk_base), pieces, in_table)
    else:
        raised = inner(element, in_table)
    content = raised.replace(CITED, "").strip()
    if CITED in raised and not content.strip(" ,;–-"):
        pieces.append(CITED)
        return
    before = "".join(pieces[-4:]).rstrip()
    trailing = " " if raised[-1:].isspace() else ""
    pieces.append(raised_text(content, before, in_table) + trailing)


def raised_text(content: str, before: str, in_table: bool) -> str:
    """What a superscript adds to the text that stands before it."""
    after_number = before[-1:].isdigit() or before[-1:] in ")%"
    if DIGITS.fullmatch(content):
        if POWER_BASE.search(before):
            return "^" + content
        return "" if after_number else content
    if MARK.fullmatch(content) and not ORDINAL.fullmatch(content) and (after_number or in_table or not content[0].isalpha()):
        return ""
    return content
