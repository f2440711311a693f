"""What every reader works on: a paper's sentences, tables, abbreviations, arms and design, worked out once."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property

from pipeline.abbreviations import definitions, listed
from pipeline.lexicon import Lexicon, lexicon
from pipeline.quantities import Mention, quantities
from pipeline.records import Arm, Document, Finding, Passage, cells_by_table
from pipeline.regimen_names import coded, defined

ABBREVIATED = re.compile(
    r"(?:\b(?:vs|al|Fig|Figs|Tab|Ref|Refs|No|Nos|approx|ca|cf|e\.g|i\.e|Dr|Prof|Inc|Ltd|St|resp|mo|yr|yrs|min|max|Eq|vol|et|[A-Z])|\d)\.$"
)
LETTERED_END = re.compile(
    r"\b(?:groups?|arms?|cohorts?|stages?|types?|grades?|class|levels?|and|or|hepatitis|vitamin|panel)\s+[A-Z]\.$|\w[-‐+][A-Z]\.$",
    re.IGNORECASE,
)
AFTER_DIGIT = re.compile(r"\d\.$")
BARE_NUMBER = re.compile(r"(?:^|\s)\d{1,2}\.$")
#: Where a sentence may end: before a capital or a number, also where the blank between two paragraphs was lost.
BOUNDARY = re.compile(
    r"(?<=[.!?])[\"')\]]*\s+(?=[\"'(\[]?[A-Z0-9])|(?<=[a-z]{2}\.)(?=[A-Z][a-z]+\s+[a-z]|\d{2,}\s+(?:\w+\s+)?(?:patients|women|men|cases|subjects|participants)\b)"
)
OTHERS = re.compile(
    r"\bet al\b|\b(?i:previous(?:ly)?|earlier|prior|other|another|recent|several|published|historical|most)\s+(?:\w+\s+)?(?:stud(?:y|ies)|reports?|series|trials?|authors|investigators|data|literature|meta-analys[ei]s)\b|\b(?:reported|demonstrated|shown|described|found|showed|observed) (?:by|in the (?:study|trial|series))\b|\b(?:in|from) the (?:[A-Z][\w-]+ )+(?:study|trial)\b|\[\d{1,3}(?:\s*[,;–-]\s*\d{1,3})*\]"
)
#: Sentences of any section that report somebody else's patients: "A Danish series of 40 men reported", "Previous studies have shown".
ELSEWHERE = re.compile(
    r"^(?:An?|One|Another|The)\s+(?:[A-Z][\w-]+\s+|\w+\s+)?(?:series|study|trial|report|cohort)\s+(?:of|by|from)\s+[^.;]{2,80}?\b(?:reported|found|showed|observed|described|demonstrated)\b"
    r"|\b(?:[Pp]revious|[Ee]arlier|[Pp]rior|[Oo]ther|[Ss]everal|[Pp]ublished)\s+(?:\w+\s+)?(?:studies|series|reports|trials|authors|investigators)\s+(?:have\s+|had\s+|also\s+)*(?:reported|shown|showed|found|demonstrated|indicated|suggested|described|observed)\b"
)
OURS = re.compile(
    r"\b(?:our|present|current|this)\s+(?:\w+\s+){0,2}?(?:study|series|cohort|trial|analysis|results?|data|patients|findings|experience|meta-analysis)\b|\bwe\s+(?:found|observed|showed|report|demonstrated|identified)\b",
    re.IGNORECASE,
)

#: Words with which an abstract's opening turns to its own study.
HERE = re.compile(
    r"\bwe\b|\b(?:this|our|the (?:present|current))\s+(?:[\w-]+\s+){0,3}?(?:study|trial|(?:meta-?)?analysis|report|series|cohort|review|paper)\b",
    re.IGNORECASE,
)

#: Numbers of references in square brackets.
CITED = re.compile(r"\[\s*\d{1,3}(?:\s*[,;–-]\s*\d{1,3})*\s*\]")
#: A label that a structured abstract prints at the head of a paragraph.
RUN_IN = re.compile(
    r"(?:(?:background|introduction|objectives?|purpose|aims?|methods?|materials?|patients?|design|setting|participants|interventions?|results?|findings|outcomes?|"
    r"main outcome measures?|measurements|conclusions?|interpretation|limitations?|trial registration|funding|significance)(?:\s+(?:and|&)\s+\w+)?)\s*(?::|\.|—|–)\s*(?=\S|$)",
    re.IGNORECASE,
)


@dataclass
class Sentence:
    """A sentence with its place in its passage; it is lexed when first asked, and offsets of mentions count from its start."""

    passage: Passage
    start: int
    text: str
    vocabulary: Callable[[str], list[Mention]] = field(repr=False)
    printed: Sentence | None = field(default=None, repr=False)  # the same as printed, where the text is a plainer one of the same length
    label: str = ""  # of an abstract's part, where it is printed in the line

    @property
    def heading(self) -> str:
        """The heading that it stands under."""
        return f"Abstract > {self.label}" if self.label else self.passage.heading

    @cached_property
    def quantities(self) -> list[Mention]:
        """Its numbers."""
        return self.printed.quantities if self.printed else quantities(self.text)

    @cached_property
    def words(self) -> list[Mention]:
        """Its words of the vocabularies."""
        return self.printed.words if self.printed else self.vocabulary(self.text)

    @cached_property
    def is_own(self) -> bool:
        """Whether it reports the paper's own patients."""
        return is_own(self)

    @property
    def section(self) -> str:
        """The canonical section."""
        return self.passage.section

    def kinds(self, *kinds: str) -> list[Mention]:
        """The sentence's mentions of these kinds, in order."""
        return sorted((m for m in (*self.quantities, *self.words) if m.kind in kinds), key=lambda m: (m.start, m.end))


def evened(text: str) -> str:
    """The text, as long as before, with round brackets outside and square ones within them, however they are printed: citations stay."""
    letters, open_at = list(text), []
    for place, letter in enumerate(text):
        if letter in "([":
            open_at.append(place)
        elif letter in ")]" and open_at:
            start = open_at.pop()
            if not open_at and letters[start] == "[" and not CITED.fullmatch(text, start, place + 1):
                letters[start], letters[place] = "(", ")"
                inner = {"(": "[", ")": "]"}
                letters[start + 1 : place] = [inner.get(held, held) for held in letters[start + 1 : place]]
    return "".join(letters)


def split(text: str) -> Iterator[tuple[int, int]]:
    """Sentence bounds: a full stop before a capital or a digit, not after an abbreviation, not inside parentheses."""
    start = 0
    for match in BOUNDARY.finditer(text):
        before = text[start : match.start()]
        ended = before[-60:]  # what the patterns of an end look at
        if ABBREVIATED.search(ended.rstrip("\"')]")) and not AFTER_DIGIT.search(ended) and not LETTERED_END.search(ended):
            continue
        if len(before) < 8 and BARE_NUMBER.search(before):
            continue
        if before.count("(") > before.count(")") and match.start() - start < 600:
            continue
        yield start, match.start()
        start = match.end()
    if text[start:].strip():
        yield start, len(text)


class Paper:
    """A document as the readers see it."""

    def __init__(self, document: Document, review: str | None = None) -> None:
        self.document = document
        self.name = document.paper
        self.lexicon: Lexicon = lexicon(review)
        self.design: str | None = None  # set by the design reader, which runs first
        self.arms: list[Arm] = []  # set by arms.read, which runs second
        self.n_total: int | None = None  # set by the n_total reader, which runs third

    @cached_property
    def prose(self) -> list[Passage]:
        """Title, abstract, paragraphs and captions: what is read as sentences."""
        kinds = {"title", "abstract", "paragraph", "caption", "footnote"}
        return [passage for passage in self.document.passages if passage.kind in kinds and passage.section != "back"]

    @cached_property
    def long_forms(self) -> dict[str, str]:
        """Every short form that the paper defines, with its long form as printed."""
        found: dict[str, str] = {}
        for passage in self.prose:
            for short, long in definitions(passage.text).items():
                found.setdefault(short, long)
        for passage in self.document.passages:
            if passage.kind in {"footnote", "caption"} or "abbreviation" in passage.heading.lower():
                for short, long in listed(passage.text).items():
                    found.setdefault(short, long)
        return found

    @cached_property
    def abbreviations(self) -> dict[str, str]:
        """Short forms whose long form a vocabulary knows, as "kind|key" labels."""
        labels = {short: self.lexicon.label(long) for short, long in self.long_forms.items()}
        labels = {short: label for short, label in labels.items() if label}
        for passage in self.prose:
            if self.lexicon.names_agents(passage.text):
                labels |= defined(passage.text, self.lexicon.mentions(passage.text))
            for code in coded(passage.text) if passage.section in {"title", "abstract", "methods"} else ():
                if code not in self.long_forms and not self.lexicon.mentions(code):
                    labels.setdefault(code, f"agent|{code.lower()}")
        return {short: self.with_leucovorin(short, label) for short, label in labels.items()}

    def with_leucovorin(self, short: str, label: str) -> str:
        """The label, or the vocabulary's where the words before the bracket leave a part unsaid: "FOLFIRI (fluorouracil and irinotecan)"."""
        known = self.lexicon.label(short, ("regimen",)) if label.startswith(("regimen|", "agent|")) else None
        said, meant = (set(one.split("|", 1)[1].split("+")) for one in (label, known or label))
        unsaid = {"leucovorin"} if label.startswith("regimen|") and len(short) < 6 else meant
        return known if known and said < meant and meant - said <= unsaid else label

    @cached_property
    def other_meanings(self) -> frozenset[str]:
        """Short forms that the paper defines as something no vocabulary knows: "CAF" is no regimen where it means fibroblasts."""
        return frozenset(self.long_forms) - frozenset(self.abbreviations)

    def mentions(self, text: str) -> list[Mention]:
        """Vocabulary mentions of a text, with the paper's own abbreviations."""
        found = self.lexicon.mentions(text, self.abbreviations)
        return [
            m
            for m in found
            if m.kind not in {"agent", "regimen", "therapy", "endpoint"} or text[m.start : m.end] not in self.other_meanings
        ]

    @cached_property
    def sentences(self) -> list[Sentence]:
        """Every sentence of the prose, lexed, in reading order."""
        found = []
        for passage in self.prose:
            printed = ""
            for start, end in split(passage.text):
                label = RUN_IN.match(passage.text, start, end) if passage.section == "abstract" else None
                if label:  # "Results: ...", "Results." where the label is printed in the line
                    start, printed = label.end(), label[0].strip(" .:—–")
                    if start >= end:
                        continue
                text = evened(passage.text[start:end])
                found.append(Sentence(passage, start, text, self.mentions, label=printed))
        return found

    @cached_property
    def own(self) -> list[Sentence]:
        """Sentences on the paper's own patients: not the introduction, nor what the discussion quotes of other studies."""
        parted = any(passage.section == "results" for passage in self.prose if passage.kind == "paragraph")
        return [sentence for sentence in self.sentences if sentence.is_own or not parted and is_unparted(sentence)]

    @cached_property
    def tables(self) -> list[Table]:
        """Every table, as a grid with headings, caption and notes."""
        return [Table(label, passages) for label, passages in cells_by_table(self.document) if any(p.kind == "cell" for p in passages)]

    def finding(self, field_name: str, rule: str, passage: Passage, start: int, end: int, **keys: object) -> Finding:
        """A finding whose quote is sliced from the passage: at most 300 characters, whole words, around [start, end)."""
        start, end = quote_bounds(passage.text, start, end)
        return Finding(
            paper=self.name, field=field_name, quote=passage.text[start:end], place=passage.place(start, end),
            made_by=rule, passage=passage.number, start=start, end=end, **keys,
        )  # fmt: skip

    def from_sentence(self, field_name: str, rule: str, sentence: Sentence, focus: Mention | None = None, **keys: object) -> Finding:
        """A finding that quotes its sentence (or 300 characters of it around `focus`)."""
        start, end = sentence.start, sentence.start + len(sentence.text)
        if len(sentence.text) > 300 and focus:
            middle = sentence.start + (focus.start + focus.end) // 2
            start = max(start, min(middle - 150, end - 300))
            end = min(end, start + 300)
        return self.finding(field_name, rule, sentence.passage, start, end, **keys)


def quote_bounds(text: str, start: int, end: int, most: int = 300) -> tuple[int, int]:
    """Bounds shortened to `most` characters and to whole words, without white space at the ends."""
    end = min(end, start + most)
    if start > 0 and text[start - 1].isalnum() and text[start].isalnum():
        start = min(text.find(" ", start) + 1 or start, end)
    if end < len(text) and text[end - 1].isalnum() and text[end].isalnum():
        end = max(text.rfind(" ", start, end), start + 1)
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end


def is_own(sentence: Sentence) -> bool:
    """Whether a sentence reports the paper's own patients."""
    if sentence.section in {"introduction", "back"} or ELSEWHERE.search(sentence.text):
        return False
    if sentence.section in {"discussion", "conclusion", "other"}:
        return not OTHERS.search(sentence.text) and (sentence.section == "conclusion" or bool(OURS.search(sentence.text)))
    opening = r"(?:background|introduction|objective|purpose|aim|rationale|context|importance)"
    heading = sentence.heading.rsplit(" > ", 1)[-1]
    return not (sentence.section == "abstract" and re.match(opening, heading, re.IGNORECASE)) or bool(HERE.search(sentence.text))


def is_unparted(sentence: Sentence) -> bool:
    """Whether a sentence of a text without section headings, a letter or a bare abstract, reports the paper's own patients."""
    return sentence.section == "other" and not OTHERS.search(sentence.text) and not ELSEWHERE.search(sentence.text)


class Table:
    """A table's body cells by row, with its caption and notes."""

    def __init__(self, label: str, passages: list[Passage]) -> None:
        self.label = label
        self.caption = " ".join(p.text for p in passages if p.kind == "caption")
        self.notes = " ".join(p.text for p in passages if p.kind == "footnote")
        self.heads = [p for p in passages if p.kind == "cell" and p.is_head]
        self.cells = [p for p in passages if p.kind == "cell" and not p.is_head]
        self.rows: dict[int, list[Passage]] = {}
        for cell in self.cells:
            self.rows.setdefault(cell.row or 0, []).append(cell)
        for row in self.rows.values():
            row.sort(key=lambda cell: cell.col or 0)
