"""A specimen paper as JATS: front matter, sections, tables with spans, cross-references, a floats-group."""

from __future__ import annotations

import re

from lxml import etree
from typeset_source import NOTICE, Block, Specimen, spans

INLINE = {"em": "italic", "strong": "bold"}


def below(parent: etree._Element, path: str, text: str | None = None, **attributes: str) -> etree._Element:
    """A new child (of a new child...) of an element, named by a path, with text and attributes."""
    for name in path.split("/"):
        parent = etree.SubElement(parent, name)
    parent.text = text
    for name, held in attributes.items():
        parent.set(name.replace("_", "-"), held)
    return parent


def inline(parent: etree._Element, html: str) -> etree._Element:
    """Inline HTML into an element; superscript numbers and the names of tables become cross-references."""
    linked = re.sub(r"<sup>([\d,–]+)</sup>", citations, html)
    linked = re.sub(r"\bTable (\d)", r'<xref ref-type="table" rid="T\1">Table \1</xref>', linked)
    fragment = etree.fromstring(f"<p>{linked}</p>")
    for element in fragment.iter():
        element.tag = INLINE.get(element.tag, element.tag)
    parent.text = fragment.text
    parent.extend(fragment)
    return parent


def citations(found: re.Match) -> str:
    """A superscript of numbers as cross-references to the list of references; other superscripts stay."""
    return "<sup>" + re.sub(r"\d+", lambda number: f'<xref ref-type="bibr" rid="B{number[0]}">{number[0]}</xref>', found[1]) + "</sup>"


def front(article: etree._Element, specimen: Specimen) -> None:
    """Journal, title, authors, year, abstract and the visible note that this is a specimen."""
    words = specimen.front
    outer = below(article, "front")
    journal = below(outer, "journal-meta")
    below(journal, "journal-id", "specimen", journal_id_type="publisher-id")
    below(journal, "journal-title-group/journal-title", "Specimens of livetable")
    meta = below(outer, "article-meta")
    below(meta, "article-id", specimen.key, pub_id_type="publisher-id")
    below(meta, "article-categories/subj-group/subject", "Specimen")
    inline(below(meta, "title-group/article-title"), words["title"])
    group = below(meta, "contrib-group")
    below(below(group, "contrib", contrib_type="author"), "collab", words.get("authors", "Specimen"))
    inline(below(group, "aff"), words["affiliation"])
    inline(below(meta, "author-notes/fn/p"), f"{NOTICE}. Specimen of: {words['specimen_of']}")
    below(below(meta, "pub-date", pub_type="epub"), "year", str(words["year"]))
    abstract(below(meta, "abstract"), specimen.part("Abstract"))
    below(below(outer, "notes", notes_type="specimen"), "p", NOTICE)


def abstract(parent: etree._Element, blocks: list[Block]) -> None:
    """Paragraphs, or sections where a paragraph opens with a bold label."""
    for block in blocks:
        labelled = re.match(r"<strong>(.+?)[.:]?</strong>[.:]?\s*(.*)", block.words, re.DOTALL)
        if labelled:
            section = below(parent, "sec")
            below(section, "title", labelled[1])
            inline(below(section, "p"), labelled[2])
        else:
            inline(below(parent, "p"), block.words)


def table_wrap(parent: etree._Element, block: Block, heads: int) -> None:
    """A table-wrap: label, caption, thead and tbody with spans, notes."""
    wrap = below(parent, "table-wrap", id="T" + re.sub(r"\D", "", block.label), position="float")
    below(wrap, "label", block.label)
    inline(below(wrap, "caption/p"), block.words)
    table = below(wrap, "table", frame="hsides", rules="groups")
    filled = spans(block.rows)
    bodies = [below(table, "thead"), below(table, "tbody")]
    for y, row in enumerate(block.rows):
        line = below(bodies[y >= heads], "tr")
        for x, words in enumerate(row):
            if (y, x) in filled:
                cell = inline(below(line, "th" if y < heads else "td", align="left" if x == 0 else "center"), words)
                for name, count in zip(("rowspan", "colspan"), filled[y, x], strict=True):
                    cell.set(name, str(count))
    if block.note:
        inline(below(wrap, "table-wrap-foot/fn/p"), block.note)


def body(article: etree._Element, specimen: Specimen) -> list[Block]:
    """Sections, paragraphs and the tables that stand in them; gives the blocks of the list of references."""
    outer = below(article, "body")
    section = inner = outer
    back: list[Block] = []
    for block in specimen.body():
        if block.kind == "references":
            back.append(block)
        elif block.kind == "head" and block.words.lower() != "references":
            inner = below(outer if block.level == 1 else section, "sec")
            section = inner if block.level == 1 else section
            inline(below(inner, "title"), block.words)
        elif block.kind == "paragraph":
            inline(below(inner, "p"), block.words)
        elif block.kind == "table" and block.label not in specimen.front.get("floats", []):
            table_wrap(inner, block, specimen.front.get("head_rows", {}).get(block.label, 1))
    return back


def to_jats(specimen: Specimen) -> bytes:
    """The specimen as JATS; the same source gives the same bytes."""
    article = etree.Element("article", nsmap={"xlink": "http://www.w3.org/1999/xlink"})
    article.set("article-type", "research-article")
    article.set("dtd-version", "1.2")
    front(article, specimen)
    references = body(article, specimen)
    back = below(article, "back")
    below(below(back, "notes", notes_type="specimen"), "p", NOTICE)
    listed = below(back, "ref-list")
    below(listed, "title", "References")
    for number, entry in enumerate(references[0].entries if references else [], 1):
        reference = below(listed, "ref", id=f"B{number}")
        below(reference, "label", str(number))
        inline(below(reference, "mixed-citation"), entry)
    floats = [block for block in specimen.blocks if block.kind == "table" and block.label in specimen.front.get("floats", [])]
    if floats:
        group = below(article, "floats-group")
        for block in floats:
            table_wrap(group, block, specimen.front.get("head_rows", {}).get(block.label, 1))
    doctype = '<!DOCTYPE article PUBLIC "-//NLM//DTD JATS (Z39.96) Journal Publishing DTD v1.2 20190208//EN" "JATS-journalpublishing1.dtd">'
    return etree.tostring(article, xml_declaration=True, encoding="UTF-8", doctype=doctype)
