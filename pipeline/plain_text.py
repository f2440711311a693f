"""Plain text into passages: paragraphs parted by blank lines, headings guessed from their words and looks."""

from __future__ import annotations

import re
from pathlib import Path

from pipeline.files import Unreadable
from pipeline.records import Document, Passage
from pipeline.sections import NUMBERING, clean, section_of

LABEL = re.compile(
    r"^(background|introduction|purposes?|objectives?|aims?|methods?|materials and methods|patients and methods|patients|participants|(?:study\s+)?design|results?|findings|"
    r"discussion|conclusions?|interpretation|trial registration|funding)\s*(?::|\.(?=\s+[A-Z]))\s*",
    re.IGNORECASE,
)
#: A label as PubMed prints it: capitals, "METHODS AND MATERIALS:", at the start of a line.
CAPITALS = re.compile(r"^([A-Z][A-Z ,/&'()-]{2,80}[A-Z)])\s*:\s+(?=\S)")
#: A further label within a line that opens with one: "Introduction: ... Methods: ... Results: ...".
INSIDE = re.compile(
    r"(?<=[.!?)])\s+(?=(?:(?:materials|patients|subjects) and methods|methods?|patients|participants|(?:study\s+)?design|results?|findings|conclusions?|interpretation)\s*:\s)",
    re.IGNORECASE,
)
LONGEST_HEADING = 90
LONGEST_WRAPPED = 160  # a longer line was not broken to fit a width: it is a paragraph


def read_text(path: Path, paper: str, abstract: bool = False) -> Document:
    """The document of a plain text file, which may be no more than title and abstract. Raises Unreadable where it is empty or not text."""
    content = decoded(Path(path).read_bytes())
    paragraphs = paragraphs_of(content)
    if not paragraphs:
        raise Unreadable("holds no text")
    reading = TextReading(abstract)
    for number, paragraph in enumerate(paragraphs):
        reading.take(paragraph, first=number == 0 and len(paragraphs) > 1)
    return Document(paper, "txt", reading.passages, reading.title)


def decoded(raw: bytes) -> str:
    """The bytes as text: UTF-8 or UTF-16 by its mark, else Windows' Western European."""
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if raw.startswith(mark):
            return raw.decode(encoding, errors="replace")
    if b"\x00" in raw[:4096]:
        raise Unreadable("neither PDF, JATS XML nor text")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("cp1252", errors="replace")


def paragraphs_of(content: str) -> list[str]:
    """Paragraphs: parted by blank lines, by lines that open with a section's label, by line ends where lines are not wrapped."""
    found: list[str] = []
    for block in re.split(r"\n[ \t]*\n", content.replace("\r\n", "\n").replace("\r", "\n")):
        lines = [line for line in map(clean, block.split("\n")) if line]
        wrapped = all(len(line) <= LONGEST_WRAPPED for line in lines)
        headed = bool(lines) and looks_like_heading(lines[0], strict=True)
        for place, line in enumerate(lines):
            if place > headed and wrapped and not label_of(line):
                found[-1] += f" {line}"
            else:
                found.append(line)
    return [part for line in found for part in (INSIDE.split(line) if label_of(line) else [line])]


def label_of(line: str) -> re.Match[str] | None:
    """The section's label that a line opens with, as group 1."""
    return LABEL.match(line) or CAPITALS.match(line)


class TextReading:
    """A text being read paragraph by paragraph under the heading that is open."""

    def __init__(self, abstract: bool) -> None:
        self.passages: list[Passage] = []
        self.title = ""
        self.section, self.heading = ("abstract", "Abstract") if abstract else ("other", "")
        self.abstract = abstract

    def take(self, paragraph: str, first: bool) -> None:
        """Add a paragraph: a title, a heading, or text that may begin with its heading."""
        label = label_of(paragraph)
        if first and not label and len(paragraph) < 300 and not looks_like_heading(paragraph, strict=True):
            self.title = paragraph
            self.add("title", "title", paragraph)
        elif looks_like_heading(paragraph, strict=not label):
            self.open(paragraph)
            self.add("head", self.section, paragraph)
        else:
            if label:
                self.open(label[1], run_in=True)
            self.add("abstract" if self.section == "abstract" else "paragraph", self.section, paragraph)

    def open(self, heading: str, run_in: bool = False) -> None:
        """Put what follows under a heading; an abstract's own labels do not end it, an introduction does, unless it opens it as a label."""
        words = NUMBERING.sub("", heading).strip(" .:")
        if words.lower() in ("abstract", "summary"):
            self.section, self.abstract = "abstract", True
        elif not self.abstract or (words.lower() == "introduction" and not (run_in and self.unopened)) or NUMBERING.match(heading):
            self.section, self.abstract = section_of(words), False
        self.heading = f"Abstract > {words}" if self.abstract and words.lower() != "abstract" else words

    @property
    def unopened(self) -> bool:
        """Whether nothing of the abstract has come yet."""
        return not any(passage.section == "abstract" for passage in self.passages)

    def add(self, kind: str, section: str, text: str) -> None:
        """Append a passage."""
        heading = "" if kind == "title" else self.heading
        self.passages.append(Passage(len(self.passages), kind, section, text, heading=heading))


def looks_like_heading(paragraph: str, strict: bool) -> bool:
    """Whether a paragraph is a heading: short, not a sentence, and (if strict) with words that name a section."""
    if len(paragraph) > LONGEST_HEADING or paragraph.endswith((".", ";", ",")) or paragraph.count(" ") > 10:
        return False
    words = NUMBERING.sub("", paragraph).strip(" .:")
    if words.lower() in ("abstract", "summary"):
        return True
    if not strict and ":" not in paragraph.rstrip(":"):
        return True
    return len(words) < 50 and words.count(" ") < 5 and section_of(words) != "other"
