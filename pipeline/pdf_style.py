"""How a document sets its text: the size and face of its body, and the looks of its headings."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field

from pipeline.pdf_layout import Printed
from pipeline.pdf_prose import words_inside
from pipeline.sections import NUMBERING

CANONICAL = re.compile(
    r"(?:\d{1,2}\.?\s|[IVX]+\.\s)?\s*(abstract|summary|introduction|background|objectives?|aims?|purpose|(?:materials?|patients?|subjects?|methods?|participants)(?:"
    r"(?:,| and| &|/)+ (?:materials?|methods?|patients|subjects|design))*|methodology|methods?/design|experimental (?:section|procedures)|results?|findings|"
    r"results and discussion|discussion|conclusions?|discussion and conclusions?|interpretation|references|bibliography|literature cited|"
    r"acknowledge?ments?|funding|key ?words|abbreviations|declarations|statistical analys[ie]s|design|setting|case (?:report|presentation)"
    r"|authors?['’]? contributions?|(?:competing|conflicts? of|declaration of) interests?|disclosures?|supporting information|data availability(?: statement)?)\s?[.:]?",
    re.IGNORECASE,
)
TOP = re.compile(r"(?:introduction|background|methods?\b.{0,25}|materials?\b.{0,30}|(?:patients?|subjects?|participants|design|study design)\b.{0,24}\bmethods?|results?|discussion|conclusions?|references|"
                  r"results and discussion|experimental (?:section|procedures|design)|methodology|abstract)$", re.I)  # fmt: skip
REFERENCES = re.compile(r"(?:references(?: and notes)?|bibliography|literature cited|reference list)\W*", re.I)


@dataclass(slots=True)
class Style:
    """How the document sets its running text."""

    size: float
    font: int
    known: set[str]
    top_look: tuple | None = None
    head_fonts: set[tuple[int, int]] = field(default_factory=set)
    common: set[float] = field(default_factory=set)  # sizes in which a good part of the text stands
    lesser: bool = False  # whether subheadings look otherwise than main headings

    @classmethod
    def of(cls, lines: list[Printed]) -> Style:
        """The size and font that most letters have before the list of references; the looks of its headings."""
        sizes, fonts = Counter(), Counter()
        ends = [place for place, line in enumerate(lines) if REFERENCES.fullmatch(line.text.strip(" .:"))]
        for line in lines[: ends[-1]] if ends and ends[-1] > 0.3 * len(lines) else lines:
            count = len(line.text)
            sizes[round(line.size * 4) / 4] += count
            fonts[round(line.size * 4) / 4, line.font] += count
        size = sizes.most_common(1)[0][0] if sizes else 10.0
        near = Counter({key: count for key, count in fonts.items() if key[0] == size})
        style = cls(size, near.most_common(1)[0][0][1] if near else 0, words_inside(lines))
        style.common = {held for held, count in sizes.items() if count > 0.12 * sum(sizes.values())}
        style.learn_heads(lines)
        return style

    def learn_heads(self, lines: list[Printed]) -> None:
        """The looks in which headings with well-known words stand, and whether lesser headings look otherwise."""
        known = [
            line
            for line in lines
            if CANONICAL.fullmatch(line.text) and line.size > 0.9 * self.size and (line.font != self.font or line.size > 1.05 * self.size)
        ]
        looks = Counter(look(line) for line in known if TOP.match(NUMBERING.sub("", line.text).strip(" .:")))
        self.top_look = looks.most_common(1)[0][0] if looks else None
        self.head_fonts = {(line.font, round(line.size)) for line in known} - {(self.font, round(self.size))}


def look(line: Printed) -> tuple:
    """What headings of one level share: size, face, capitals."""
    text = line.text
    return (round(line.size, 0), line.bold, line.italic, text.upper() == text, line.font)
