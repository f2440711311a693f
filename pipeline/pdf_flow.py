"""Blocks in reading order into passages: headings and their sections, abstract, captions, notes, references, joined paragraphs."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from pipeline.glyphs import UNSURE, comparator_unsure
from pipeline.pdf_layout import Block, Printed
from pipeline.pdf_prose import compose, ends_sentence, line_text, paragraphs_of
from pipeline.pdf_style import Style, look
from pipeline.pdf_wording import ASIDE, BACK, BAR, CANONICAL, CAPTION, KEYS, LABEL, NO_TEXT, NOTICE, OPENING, REFERENCES, TOP
from pipeline.records import Passage
from pipeline.sections import NUMBERING, section_of


@dataclass(slots=True)
class Flow:
    """The passages so far, and where in the document's structure the next one stands."""

    style: Style
    passages: list[Passage] = field(default_factory=list)
    section: str = "other"
    top: str = ""
    heading: str = ""
    begun: bool = False  # whether the body has begun
    main: bool = False  # whether the first main section has begun
    seen_abstract: bool = False
    right: float = 0.0  # where the present column's full lines end
    heads: set[int] = field(default_factory=set)  # ids of the lines of the present block that are headings
    open_lines: list[Printed] = field(default_factory=list)  # lines of a paragraph that may go on in the next column
    abstract_look: tuple | None = None  # size and font of the abstract's text
    waiting: list[Passage] = field(default_factory=list)  # floats that interrupt the open paragraph
    title: set[tuple[int, float, float]] = field(default_factory=set)  # page, baseline and left edge of the title's lines
    introductions: int = 0  # how many headings "Introduction" are still to come
    box: str = ""  # the heading of a box that interrupts the open paragraph

    # what comes in

    def take(self, block: Block, right: float, after: list[Block]) -> None:
        """Read one block: a table's passages, or lines of text; `after` holds the blocks that follow it on the page."""
        if block.table is not None:
            for passage in block.table.passages(self.style.known):
                passage.section, passage.heading = self.section, self.heading
                self.put(passage)
            return
        self.heads, self.right = self.style.heading_lines(block.lines, self.begun and self.section not in ("abstract", "back")), right
        if self.main and self.style.is_lettering(block, self.heads, after):
            self.add("front", block.lines, section="other", heading="")
            return
        for lines in paragraphs_of(block, right, self.breaks):
            self.take_lines(lines, block)

    def breaks(self, above: Printed, below: Printed) -> bool:
        """Whether a heading, or another look, begins or ends between two neighbouring lines."""
        if all((line.frame.page, line.base, line.x0) in self.title for line in (above, below)):
            return False
        if abs(above.size - below.size) > 0.09 * above.size or (id(below) in self.heads) != (id(above) in self.heads):
            return True
        if id(below) in self.heads:
            room = above.x1 + 0.3 * above.size + below.words[0].x1 - below.words[0].x0 < self.right - 0.5 * above.size
            return CANONICAL.fullmatch(above.text) is not None or look(above) != look(below) or room and abs(above.x0 - below.x0) < 2
        return bool((self.in_abstract or not self.begun) and LABEL.match(below.text) and self.style.stands_out(below.words[0]))

    @property
    def in_abstract(self) -> bool:
        return self.section == "abstract"

    def take_lines(self, lines: list[Printed], block: Block) -> None:
        """One paragraph, heading, caption, note or entry."""
        if (lines[0].frame.page, lines[0].base, lines[0].x0) in self.title:
            self.close()
            self.add("title", lines, section="title")
        elif CAPTION.match(lines[0].text) and self.is_caption(lines, block):
            self.add("caption", lines)
        elif all(id(line) in self.heads for line in lines):
            self.take_heading(lines)
        elif self.section == "back" and REFERENCES.fullmatch(self.heading.split(" > ")[-1]):
            self.take_reference(lines)
        elif self.begins_back(lines[0]):
            self.close()
            label = BACK.match(lines[0].text)[1].strip()
            self.section, self.heading, self.top = "back", label, label
            self.open_lines = list(lines)
        elif self.is_note(lines, block):
            self.add("footnote", lines)
        else:
            self.take_text(lines)

    def is_caption(self, lines: list[Printed], block: Block) -> bool:
        """Whether lines that begin with "Table 2" or "Fig. 1" are a caption and not a sentence that says so."""
        first = lines[0]
        match = CAPTION.match(first.text)
        rest = first.text[match.end() :].lstrip()
        if rest[:1].islower() and not match["after"].strip():
            return False
        if self.style.stands_out(first.words[0]) or match["after"].strip() in (".", ":", "|", "│"):
            return block.lines[0] is first or self.style.stands_out(first.words[0])
        return (not rest or rest[0].isupper()) and (
            block.lines[0] is first and abs(first.size - self.style.size) > 0.04 * self.style.size or match["label"].isupper()
        )

    def begins_back(self, line: Printed) -> bool:
        """Whether a line opens a piece of back matter by a run-in heading ("Funding: ...")."""
        match = BACK.match(line.text)
        late = line.frame.page > 2 or self.section in ("discussion", "conclusion", "back")
        return bool(match) and self.begun and not self.in_abstract and self.top != "" and late and self.style.stands_out(line.words[0])

    def is_note(self, lines: list[Printed], block: Block) -> bool:
        """Whether small type at the foot of a page's column is a footnote."""
        frame = lines[0].frame
        small = block.lines[0].size < 0.93 * self.style.size and round(block.lines[0].size * 4) / 4 not in self.style.common
        return (
            small
            and self.begun
            and not self.in_abstract
            and self.section != "back"
            and (block.box[1] > 0.5 * frame.height or lines[0].text[:1] in "*†‡§¶")
        )

    # headings

    def take_heading(self, lines: list[Printed]) -> None:
        """Open the section that a heading names."""
        text = BAR.sub(r"\1 ", " ".join(line_text(line) for line in lines))
        words = NUMBERING.sub("", text).strip(" .:")
        seen = look(lines[0])
        self.introductions -= words.lower() == "introduction"
        self.box = ""
        if ASIDE.fullmatch(words) and self.open_lines and not ends_sentence(self.open_lines[-1].text):
            self.box = words
            self.add("head", lines, section="introduction", heading=words)
            return
        if not self.begun and not CANONICAL.fullmatch(text):
            self.take_text(lines)
            return
        self.close()
        if (
            re.fullmatch(r"key\s?-?words?(?: and phrases)?|(?:\w+ )?abbreviations(?: and \w+)?", words, re.I)
            and self.section != "back"
            and not self.main
        ):
            self.section, self.heading, self.top = "other", words.capitalize(), ""
            self.add("head", lines)
            return
        if self.in_abstract and not self.ends_abstract(words):
            self.heading = f"Abstract > {words}"
            self.add("head", lines)
            return
        if re.fullmatch(r"(?:abstract|summary)", words, re.I) and not self.seen_abstract:
            self.begun = self.seen_abstract = True
            self.section, self.heading, self.top = "abstract", words.capitalize(), ""
            self.add("head", lines)
            return
        self.begun = True
        if ASIDE.fullmatch(words) and self.top:
            self.heading = f"{self.top} > {words}"
            self.add("head", lines)
            return
        top = self.is_top(words, text, seen)
        if top:
            self.top, self.section = words, section_of(words) if not REFERENCES.fullmatch(words) else "back"
            self.heading = words
            self.main = self.main or bool(TOP.match(words))
        else:
            self.section = section_of(words, section_of(self.top) if self.top else "other")
            self.heading = f"{self.top} > {words}" if self.top else words
        self.add("head", lines)

    def ends_abstract(self, words: str) -> bool:
        """Whether a heading inside the abstract is the first of the body."""
        heads = [passage.heading.split(" > ")[-1].lower() for passage in self.passages if passage.section == "abstract"]
        low = words.lower()
        if low == "summary" and len(heads) < 2:
            return False
        if self.introductions and not low.startswith("introduction"):
            return False
        unlabelled = set(heads) == {"abstract"} and any(passage.kind == "abstract" and len(passage.text) > 200 for passage in self.passages)
        if unlabelled and low.startswith(("introduction", "background")):
            return True
        if low.startswith("introduction"):
            return "introduction" not in heads and len(heads) > 1 or len(heads) > 3
        return (
            low in heads
            or not LABEL.match(words + ":")
            or any(head.startswith("conclusion") for head in heads)
            and not low.startswith(("trial", "key", "fund", "abbrev"))
        )

    def is_top(self, words: str, text: str, seen: tuple) -> bool:
        """Whether a heading opens a main section: by its number, its words, or the look that main headings have."""
        numbered = NUMBERING.match(text)
        if numbered and re.match(r"\s*\d+\.\d", text):
            return False
        if REFERENCES.fullmatch(words) or TOP.match(words):
            return True
        if self.style.top_look is None:
            return not self.top
        if seen == self.style.top_look and self.style.lesser:
            return True
        return section_of(words) == "back" and self.section in ("discussion", "conclusion", "back")

    # text

    def take_text(self, lines: list[Printed]) -> None:
        """A paragraph, or the part of one that goes on from the column before."""
        text = lines[0].text
        if self.box and not (text[:1].islower() and self.continues(lines)):
            self.add("paragraph", lines, section="introduction", heading=self.box)
            return
        self.box = ""
        if self.is_aside(lines):
            if not NO_TEXT.match(text):
                self.add("front", lines, section="other", heading="")
            return
        if not self.seen_abstract and re.match(r"(?:abstract|summary)\b\s?[:.—–-]", text, re.I) and len(lines) > 1:
            self.close()
            self.begun = self.seen_abstract = True
            self.section, self.heading = "abstract", "Abstract"
        if not self.begun and OPENING.match(text) and self.style.stands_out(lines[0].words[0]) and len(lines) > 1:
            self.close()
            self.begun = self.seen_abstract = True
            self.section, self.heading = "abstract", "Abstract"
        label = LABEL.match(text) if self.in_abstract else None
        if label and self.style.stands_out(lines[0].words[0]):
            self.close()
            self.take_label(lines, label)
            return
        if self.open_lines and self.continues(lines):
            self.open_lines += lines
            return
        self.close()
        if self.leaves_abstract(lines):
            self.section, self.heading, self.top, self.main = "introduction", "", "", True
        self.open_lines = list(lines)

    def is_aside(self, lines: list[Printed]) -> bool:
        """Whether lines are no part of the text around them: notices of the first pages, links, letters of a figure's panels."""
        text = " ".join(line.text for line in lines)
        if NO_TEXT.match(text):
            return True
        if self.begun and lines[0].frame.page < 3 and self.section != "back" and (NOTICE.match(text) or "@" in text and len(text) < 500):
            return True
        fragment = len(text) < 30 and not text[:1].islower() and not ends_sentence(text)
        return bool(self.open_lines) and not ends_sentence(self.open_lines[-1].text) and fragment

    def leaves_abstract(self, lines: list[Printed]) -> bool:
        """Whether the body begins without a heading: type of the body's size after an abstract or key words set otherwise."""
        if self.main or self.section not in ("abstract", "other") or len(lines) < 4:
            return False
        before = [passage for passage in self.passages if passage.section == "abstract" and passage.kind == "abstract"]
        if sum(len(passage.text) for passage in before) < 400 or self.abstract_look is None:
            return False
        mine = (round(lines[0].size, 1), lines[0].font)
        return mine != self.abstract_look and abs(lines[0].size - self.style.size) < 0.2 and lines[0].font == self.style.font

    def take_label(self, lines: list[Printed], label: re.Match) -> None:
        """A run-in heading of the abstract ("Results:"): a head by itself, then its text."""
        words = label[1].strip()
        if re.match(r"key ?words?|abbreviations?", words, re.I):
            self.add("front", lines, section="other", heading=words.capitalize())
            return
        self.heading = f"Abstract > {words}"
        if label.end() >= len(lines[0].text):
            self.add("head", lines[:1])
            self.open_lines = list(lines[1:])
        else:
            self.open_lines = list(lines)

    def continues(self, lines: list[Printed]) -> bool:
        """Whether these lines go on with the paragraph that is open."""
        last, first = self.open_lines[-1], lines[0]
        text = first.text
        if (
            abs(last.size - first.size) > 0.06 * last.size
            or last.frame is first.frame
            and last.base < first.base
            and abs(last.x0 - first.x0) < 30
            and first.base - last.base < 2.5 * last.size
        ):
            return False
        if ends_sentence(last.text):
            return text[:1].islower() and last.font == first.font
        return text[:1].islower() or not self.style.is_heading(last) and last.font == first.font

    def take_reference(self, lines: list[Printed]) -> None:
        """An entry of the reference list, or the rest of one from the column before."""
        if self.open_lines and not re.match(r"\[?\d{1,3}[.)\]]?(?:\s|$)", lines[0].text) and re.match(r"\[?\d", self.open_lines[0].text):
            self.open_lines += lines
            return
        self.close()
        self.open_lines = list(lines)

    def close(self) -> None:
        """Write the open paragraph down."""
        lines, self.open_lines = self.open_lines, []
        if not lines:
            return
        if self.section == "back" and REFERENCES.fullmatch(self.heading.split(" > ")[-1]):
            self.add("reference", lines)
        elif not self.begun:
            self.add("front", lines)
        elif self.in_abstract:
            self.abstract_look = self.abstract_look or (round(lines[-1].size, 1), lines[-1].font)
            self.add("abstract", lines)
        elif self.section == "other" and KEYS.match(self.heading):
            self.add("front", lines)
        else:
            self.add("paragraph", lines)
        self.passages += self.waiting
        self.waiting = []

    def add(self, kind: str, lines: list[Printed], section: str | None = None, heading: str | None = None) -> None:
        """Append the lines as one passage."""
        text, placed = compose(lines, self.style.known)
        if text:
            flags = (UNSURE,) if comparator_unsure(text) else ()
            heading = self.heading if heading is None else heading
            self.put(Passage(0, kind, section or self.section, text, heading, placed, flags=flags))

    def put(self, passage: Passage) -> None:
        """Append a passage, behind the paragraph that is open."""
        (self.waiting if self.open_lines else self.passages).append(passage)
