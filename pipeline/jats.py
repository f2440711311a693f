"""JATS XML into passages: front matter, sections in order, captions, tables wherever they stand, footnotes, references."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from lxml import etree

from pipeline import jats_table
from pipeline.files import Unreadable
from pipeline.jats_text import BLOCKS, append_child, entity, finished, name, text_of
from pipeline.records import Document, Passage
from pipeline.sections import clean, section_of

UNSHOWN_ABSTRACTS = ("graphical", "toc", "web-summary", "teaser")
FLOATS = ("fig", "table-wrap")
CONTAINERS = (
    "table-wrap-group", "fig-group", "boxed-text", "disp-quote", "fn-group", "statement", "list", "app-group", "glossary", "notes",
    "ack", "bio",
)  # fmt: skip
WHITE = re.compile(r"\s+")


def read_jats(path: Path, paper: str) -> Document:
    """The document of a JATS file: an article, or a set that holds one. Raises Unreadable for other or broken XML."""
    article = find_article(parsed(Path(path)))
    return Reading(article, paper).document()


def parsed(path: Path) -> etree._Element:
    """The file's root element; nothing outside the file is ever loaded."""
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        return etree.parse(str(path), parser).getroot()
    except etree.XMLSyntaxError as error:
        raise Unreadable(f"not well-formed XML (line {error.lineno}: {WHITE.sub(' ', error.msg or '')}); fetch the file again") from error


def find_article(root: etree._Element) -> etree._Element:
    """The one article of the file; Unreadable where there is none, or more than one."""
    articles = [root] if name(root) == "article" else [found for found in root.iter("{*}article") if name(found.getparent()) != "article"]
    if len(articles) > 1:
        raise Unreadable(f"holds {len(articles)} articles; split it into one file each")
    if not articles or articles[0].find("{*}front") is None:
        message = " ".join(clean(text) for text in root.itertext() if text.strip())[:120] if name(root) != "html" else ""
        raise Unreadable(f"XML but not JATS (root element <{name(root)}>){': ' + message if message else ''}")
    return articles[0]


METHODS_INSIDE = re.compile(r"^\W*(?:(?:patients?|subjects|materials?)(?:,| and| &)\s+(?:\w+ and )?)?methods\W*$", re.IGNORECASE)


class Reading:
    """One article being read: passages gathered in order, floating tables and figures placed where they are first cited."""

    def __init__(self, article: etree._Element, paper: str) -> None:
        self.article, self.paper = article, paper
        self.tree = article.getroottree()
        self.passages: list[Passage] = []
        self.notes: list[str] = []
        self.cited: dict[str, tuple[str, str]] = {}  # id of a float: section and heading of the text that first cites it
        self.floats: list[tuple[etree._Element, str, str]] = []
        self.labels: set[str] = set()
        self.closing = False  # whether the text is read, so that floats can be placed

    def document(self) -> Document:
        """The whole article as a Document."""
        meta = self.article.find("{*}front/{*}article-meta")
        title = text_of(meta.find("{*}title-group/{*}article-title")) if meta is not None else ""
        self.add("title", "title", title, meta, "")
        if meta is not None:
            self.read_front(meta)
        body = self.article.find("{*}body")
        if body is not None:
            self.read_body(body)
        self.read_back()
        for number, passage in enumerate(self.passages):
            passage.number = number
        if body is None:
            self.notes.append("no body: only the front matter was published as XML")
        return Document(self.paper, "jats", self.passages, title, front_matter(self.article, meta), notes=self.notes)

    def add(self, kind: str, section: str, text: str, element: etree._Element | None, heading: str, **more: object) -> None:
        """Append a passage, unless it is empty."""
        if text and element is not None:
            self.passages.append(Passage(0, kind, section, text, heading=heading, xpath=self.tree.getpath(element), **more))

    def read_front(self, meta: etree._Element) -> None:
        """Abstracts under their own headings, then key words."""
        for abstract in meta.findall("{*}abstract"):
            if abstract.get("abstract-type") not in UNSHOWN_ABSTRACTS:
                printed = text_of(abstract.find("{*}title")) or "Abstract"
                self.read_blocks(abstract, "abstract", printed, "abstract")
        for group in meta.findall("{*}kwd-group"):
            words = [text_of(word) for word in group.iter("{*}kwd", "{*}compound-kwd")]
            self.add("front", "other", "; ".join(word for word in words if word), group, text_of(group.find("{*}title")) or "Keywords")

    def read_body(self, body: etree._Element) -> None:
        """The body's sections; paragraphs before the first heading of a paper that has headings are its introduction."""
        has_sections = body.find("{*}sec") is not None
        for child in body:
            kind = name(child)
            if kind == "sec":
                self.read_section(child, "other", "")
            else:
                self.read_block(child, "introduction" if has_sections else "other", "", "paragraph")

    def read_section(self, sec: etree._Element, parent: str, path: str, kind: str = "paragraph") -> None:
        """A section's heading and content, and its subsections; its canonical section comes from its heading or its parent's."""
        title = text_of(sec.find("{*}title"))
        label = text_of(sec.find("{*}label"))
        section = section_of(title, parent, sec.get("sec-type"))
        printed = f"{label} {title}".strip() if label and not title.startswith(label) else title
        heading = f"{path} > {title}" if path and title else title or path
        self.add("head", section, printed, sec.find("{*}title"), heading)
        self.read_blocks(sec, section, heading, kind)

    def read_blocks(self, parent: etree._Element, section: str, heading: str, kind: str) -> None:
        """Each child of a section or other container in order; titles and labels are read by whoever opened it.

        A heading "Patients and methods" inside the introduction ends it: what follows there are methods.
        """
        for child in parent:
            if section == "introduction" and name(child) == "sec" and METHODS_INSIDE.match(text_of(child.find("{*}title"))):
                section = "methods"
            if name(child) not in ("title", "label", "sec-meta", "object-id"):
                self.read_block(child, section, heading, kind)

    def read_block(self, element: etree._Element, section: str, heading: str, kind: str) -> None:
        """One block: a section, a float, a list, a definition or a paragraph with whatever it holds."""
        tag = name(element)
        if tag in ("sec", "app"):
            self.read_section(element, section, heading, kind)
        elif tag in FLOATS:
            self.read_float(element, section, heading)
        elif tag in CONTAINERS:
            self.read_container(element, section, heading, kind)
        elif tag == "list-item":
            self.read_blocks(element, section, heading, kind)
        elif tag == "def-list":
            self.read_definitions(element, section, heading, kind)
        elif tag == "fn":
            self.add("footnote", section, text_of(element), element, heading)
        elif tag == "supplementary-material":
            self.add("caption", "back", text_of(element), element, heading)
        elif tag == "ref-list":
            self.read_references(element)
        elif tag:
            self.read_paragraph(element, section, heading, kind)

    def read_container(self, element: etree._Element, section: str, heading: str, kind: str) -> None:
        """A block of blocks, with its own title where it has one."""
        title = element.find("{*}title")
        if title is None:
            title = element.find("{*}caption/{*}title")
        words = text_of(title)
        if words:
            heading = f"{heading} > {words}" if heading else words
            self.add("head", section, words, title, heading)
        for child in element:
            if name(child) == "caption":
                self.read_blocks(child, section, heading, kind)
            elif name(child) not in ("title", "label"):
                self.read_block(child, section, heading, kind)

    def read_definitions(self, element: etree._Element, section: str, heading: str, kind: str) -> None:
        """Each entry of a list of definitions, as `term: definition`."""
        for entry in element.iter("{*}def-item"):
            term, meaning = text_of(entry.find("{*}term")), text_of(entry.find("{*}def"))
            self.add(kind, section, f"{term}: {meaning}" if meaning else term, entry, heading)

    def read_paragraph(self, paragraph: etree._Element, section: str, heading: str, kind: str) -> None:
        """A paragraph's text, parted where lists, tables or figures interrupt it, and those blocks in their places."""
        self.note_citations(paragraph, section, heading)
        for text, block in runs(paragraph):
            if block is None:
                self.add(kind, section, text, paragraph, heading)
            else:
                self.read_block(block, section, heading, kind)

    def note_citations(self, paragraph: etree._Element, section: str, heading: str) -> None:
        """Remember where each table and figure is first cited, and read footnotes that stand inside the text."""
        for xref in paragraph.iter("{*}xref"):
            if xref.get("ref-type") in ("table", "fig"):
                for rid in xref.get("rid", "").split():
                    self.cited.setdefault(rid, (section, heading))
        for footnote in paragraph.iter("{*}fn"):
            self.add("footnote", section, text_of(footnote), footnote, heading)

    def read_float(self, element: etree._Element, section: str, heading: str) -> None:
        """A figure's or table's passages; one that stands outside the text waits until the text is read."""
        if section in ("other", "back") and not self.closing:
            self.floats.append((element, section, heading))
            return
        if section in ("other", "back"):
            section, heading = self.cited.get(element.get("id", ""), (section, heading))
        if name(element) == "fig":
            words = " ".join(part for part in (text_of(element.find("{*}label")), text_of(element.find("{*}caption"))) if part)
            self.add("caption", section, words, element, heading)
            return
        cells, note = jats_table.read_table(element, section, heading, self.tree, self.labels)
        self.passages.extend(cells)
        self.notes.extend([note] if note else [])

    def read_back(self) -> None:
        """Back matter, then the tables and figures that stand outside the text, then the references."""
        back = self.article.find("{*}back")
        if back is not None:
            for child in back:
                if name(child) != "ref-list":
                    self.read_section(child, "back", "") if name(child) == "sec" else self.read_block(child, "back", "", "paragraph")
        group = self.article.find("{*}floats-group")
        for child in group if group is not None else ():
            self.read_block(child, "other", "", "paragraph")
        self.closing = True
        for element, section, heading in self.floats:
            self.read_float(element, section, heading)
        for references in back.findall("{*}ref-list") if back is not None else ():
            self.read_references(references)

    def read_references(self, references: etree._Element) -> None:
        """Each entry of the reference list on one line."""
        for ref in references.iter("{*}ref"):
            words = clean(" ".join(text for text in ref.itertext() if text.strip()))
            self.add("reference", "back", words, ref, "References")


def runs(paragraph: etree._Element) -> Iterator[tuple[str, etree._Element | None]]:
    """A paragraph's stretches of text and the blocks between them, in order: (text, None) or ("", block)."""
    held = [child for child in paragraph if name(child) in BLOCKS]
    if not held:
        yield text_of(paragraph), None
        return
    pieces: list[str] = [paragraph.text or ""]
    for child in paragraph:
        if name(child) in BLOCKS:
            yield finished("".join(pieces)), None
            yield "", child
            pieces = [child.tail or ""]
        else:
            walk_one(child, pieces)
    yield finished("".join(pieces)), None


def walk_one(child: etree._Element, pieces: list[str]) -> None:
    """Append one child of a paragraph, with its tail."""
    if name(child):
        append_child(child, name(child), pieces, False)
    else:
        pieces.append(entity(child))
    pieces.append(child.tail or "")


def front_matter(article: etree._Element, meta: etree._Element | None) -> dict:
    """What the front matter says: identifiers, year, journal, authors, type of article, key words and subjects, where printed."""
    front: dict = {"article_type": article.get("article-type", "")}
    if meta is None:
        return front
    for number in meta.findall("{*}article-id"):
        kind = {"pmc": "pmcid", "pmcid": "pmcid", "pmid": "pmid", "doi": "doi"}.get(number.get("pub-id-type", ""))
        if kind and number.text:
            front[kind] = f"PMC{number.text.strip().removeprefix('PMC')}" if kind == "pmcid" else number.text.strip()
    front["year"] = year_of(meta)
    front["journal"] = text_of(article.find("{*}front/{*}journal-meta//{*}journal-title"))
    front["authors"] = [
        author for author in map(author_name, meta.findall("{*}contrib-group/{*}contrib[@contrib-type='author']")) if author
    ]
    front["keywords"] = [word for word in map(text_of, meta.iterfind(".//{*}kwd")) if word]
    front["subjects"] = [word for word in map(text_of, meta.iterfind("{*}article-categories//{*}subject")) if word]
    return {key: held for key, held in front.items() if held}


def year_of(meta: etree._Element) -> int | None:
    """The year of the issue, else of the earliest publication that is dated."""
    years: dict[str, int] = {}
    for date in meta.findall("{*}pub-date"):
        year = text_of(date.find("{*}year"))
        if year.isdigit():
            years.setdefault(date.get("pub-type") or date.get("date-type") or "", int(year))
    return years.get("ppub") or years.get("collection") or min(years.values(), default=None)


def author_name(contrib: etree._Element) -> str:
    """`Surname Given-names`, or the name of a group."""
    surname, given = contrib.find(".//{*}surname"), contrib.find(".//{*}given-names")
    if surname is None:
        return text_of(contrib.find("{*}collab"))
    return f"{text_of(surname)} {text_of(given)}".strip()
