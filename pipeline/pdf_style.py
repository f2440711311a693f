"""How a document sets its text: the size and face of its body, and the looks of its headings."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field

from pipeline.pdf_layout import Block, Printed
from pipeline.pdf_prose import words_inside
from pipeline.pdf_wording import CANONICAL, CAPTION, REFERENCES, TOP
from pipeline.sections import NUMBERING


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

    def stands_out(self, word) -> bool:
        """Whether a word is set in another face than the running text."""
        return word.bold or word.italic or word.font != self.font

    def is_heading(self, line: Printed) -> bool:
        """Whether a line by itself looks like (a line of) a heading."""
        text = line.text
        if len(text) > 120 or len(line.words) > 16 or not any(letter.isalpha() for letter in text) or line.size < 0.75 * self.size:
            return False
        if CANONICAL.fullmatch(text) and (text[0].isupper() or text[0].isdigit()):
            return True
        if text[-1] in ",;" or CAPTION.match(text) or line.x1 - line.x0 < 8 or text[0] in "•●(*†":
            return False
        numbered = re.match(r"\d{1,2}(?:\.\d{1,2}){0,3}\.?\s+[A-Z]", text)
        if text[-1] == "." and not (numbered and len(text) < 70 and line.font != self.font):
            return False
        if line.bold and line.size > 0.85 * self.size:
            return True
        if not (text[0].isupper() or text[0].isdigit()) or text[-1] == "-":
            return False
        caps = text.upper() == text and sum(letter.isalpha() for letter in text) > 4
        learnt = (line.font, round(line.size)) in self.head_fonts
        other = line.font != self.font and bool(numbered)
        return learnt or other or line.size > 1.15 * self.size or caps and line.size > 0.9 * self.size

    def weigh_heads(self, lines: list[Printed]) -> None:
        """Decide from all headings of the document whether lesser ones look otherwise than the main ones."""
        ends = [place for place, line in enumerate(lines) if REFERENCES.fullmatch(line.text)]
        lines = lines[: ends[0]] if ends else lines
        heads = [line for line in lines if self.is_heading(line) and line.size > 0.9 * self.size and not CAPTION.match(line.text)]
        others = [line for line in heads if not CANONICAL.fullmatch(line.text) and len(line.text) > 6]
        main = sum(look(line) == self.top_look for line in others)
        self.lesser = len(others) - main >= max(main, 1)

    def heading_lines(self, lines: list[Printed], in_text: bool) -> set[int]:
        """The ids of a block's lines that are headings; four lines or more of one look, or a bold sentence, are none."""
        found: set[int] = set()
        start = 0
        for end in range(1, len(lines) + 1):
            if end < len(lines) and look(lines[end])[:3] == look(lines[start])[:3] and lines[end].font == lines[start].font:
                continue
            same = lines[start:end]
            heads = [line for line in same if self.is_heading(line)]
            if len(heads) == len(same) and len(same) < 4 or (in_text and self.stands_apart(same, lines[end : end + 1], lines)):
                found |= {id(line) for line in same}
            else:
                found |= {id(line) for line in heads if CANONICAL.fullmatch(line.text)}
            start = end
        return found

    def stands_apart(self, same: list[Printed], after: list[Printed], block: list[Printed]) -> bool:
        """Whether one or two short lines in a face of their own stand over running text as a heading does."""
        last, style = same[-1], self
        if len(same) > 2 or not after:
            return False
        text = same[0].text
        own = all(
            word.font != style.font and abs(word.size - style.size) < 0.12 * style.size
            for line in same
            for word in line.words
            if len(word.text) > 1
        )
        body = after[0].font == style.font and abs(after[0].size - style.size) < 0.05 * style.size
        short = last.x1 < max(line.x1 for line in block) - 2 * last.size and len(last.words) < 11
        fits = text[:1].isupper() and last.text[-1:] not in ".,;:)" and sum(letter.isalpha() for letter in text) > 4
        return own and body and short and fits and after[0].text[:1].isupper() and not CAPTION.match(text)

    def is_lettering(self, block: Block, heads: set[int], after: list[Block]) -> bool:
        """Whether a block of headings belongs to a drawing: no running text begins below it at its left edge."""
        if len(heads) < len(block.lines) or any(CANONICAL.fullmatch(line.text) or NUMBERING.match(line.text) for line in block.lines):
            return False
        texts = [other for other in after if other.table is None and not all(self.is_heading(line) for line in other.lines)]
        if not texts:
            return bool(after)
        first, size = texts[0].lines[0], self.size
        body = abs(first.size - size) < 0.08 * size or round(first.size * 4) / 4 in self.common
        return not body or abs(texts[0].left - block.left) > 45 and abs(texts[0].left + texts[0].right - block.left - block.right) > 30


def look(line: Printed) -> tuple:
    """What headings of one level share: size, face, capitals."""
    text = line.text
    return (round(line.size, 0), line.bold, line.italic, text.upper() == text, line.font)
