"""The records every stage shares: Passage, Document, Finding, Arm."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field

Box = tuple[float, float, float, float]  # x0, top, x1, bottom in PDF points, origin at the page's top left

#: Kinds of passage. `cell` is a table cell; `head` a heading; `reference` an entry of the reference list.
KINDS = ("title", "abstract", "head", "paragraph", "caption", "cell", "footnote", "reference", "front")

#: The canonical sections that rules may rely on; `Passage.heading` keeps the words as printed.
SECTIONS = ("title", "abstract", "introduction", "methods", "results", "discussion", "conclusion", "back", "other")


def _by_slot(record: object) -> dict:
    """A record's fields in their order; dataclasses.asdict copies everything and takes as long as parsing does."""
    return {name: getattr(record, name) for name in record.__slots__}


@dataclass(slots=True)
class Line:
    """A printed line of a passage: characters [start, end) of its text stand on this page in this box."""

    start: int
    end: int
    page: int
    bbox: Box


@dataclass(slots=True)
class Passage:
    """A piece of a document with its place; PDF and JATS give the same passages."""

    number: int
    kind: str
    section: str
    text: str
    heading: str = ""
    lines: list[Line] = field(default_factory=list)  # PDF only
    xpath: str | None = None  # JATS only
    table: str | None = None  # label as printed ("Table 2"), for cells, captions and footnotes of tables
    row: int | None = None
    col: int | None = None
    row_span: int = 1
    col_span: int = 1
    is_head: bool = False  # a column heading's cell
    row_heads: tuple[str, ...] = ()  # outermost first: ("Corpus invasion", "Group 1")
    col_heads: tuple[str, ...] = ()  # outermost first: ("OS", "HR (95% CI)")
    flags: tuple[str, ...] = ()  # "ocr", "comparator unsure"

    @property
    def page(self) -> int | None:
        """The page on which the passage begins, counted from 1."""
        return self.lines[0].page if self.lines else None

    def place(self, start: int = 0, end: int | None = None) -> dict:
        """Where characters [start, end) stand: page and box in a PDF, xpath in JATS, and the section."""
        names = [self.heading or self.section.capitalize(), self.table or "", *self.row_heads, *self.col_heads]
        section = " > ".join(dict.fromkeys(name for name in names if name))
        if self.xpath:
            return {"xpath": self.xpath, "section": section}
        if not self.lines:
            return {"section": section}
        end = len(self.text) if end is None else end
        touched = [line for line in self.lines if line.start < end and line.end > start] or self.lines[:1]
        touched = [line for line in touched if line.page == touched[0].page]
        xs0, tops, xs1, bottoms = zip(*(line.bbox for line in touched), strict=True)
        box = [round(number, 1) for number in (min(xs0), min(tops), max(xs1), max(bottoms))]
        return {"page": touched[0].page, "bbox": box, "section": section}


@dataclass(slots=True)
class Document:
    """A paper as passages in reading order, with what its front matter says of itself."""

    paper: str
    source: str  # "pdf", "jats", "txt"
    passages: list[Passage]
    title: str = ""
    front: dict = field(default_factory=dict)  # doi, pmid, pmcid, year, journal, authors, article_type where printed
    pages: list[tuple[float, float]] = field(default_factory=list)  # width, height in points
    notes: list[str] = field(default_factory=list)  # what went less than well: "page 3: read by OCR"

    def to_json(self) -> str:
        """The document as one JSON text, read back by `from_json`."""
        return json.dumps(self, default=_by_slot, ensure_ascii=False, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> Document:
        """A document from the text that `to_json` gave."""
        raw = json.loads(text)
        raw["pages"] = [tuple(page) for page in raw["pages"]]
        passages = []
        for piece in raw.pop("passages"):
            piece["lines"] = [Line(line["start"], line["end"], line["page"], tuple(line["bbox"])) for line in piece["lines"]]
            for key in ("row_heads", "col_heads", "flags"):
                piece[key] = tuple(piece[key])
            passages.append(Passage(**piece))
        return cls(passages=passages, **raw)


#: The contract's keys in the order they are printed.
FINDING_KEYS = (
    "paper", "field", "value", "low", "high", "bounds", "unit", "n", "percent", "arm", "endpoint", "at", "vs", "p", "quote", "place", "made_by",
)  # fmt: skip

FIELDS = (
    "design", "n_total", "arm_size", "metastatic_burden", "regimen", "cycles", "rt_technique", "rt_dose", "concurrent_agent",
    "local_therapy", "follow_up", "survival_median", "survival_rate", "hazard_ratio", "prognostic_factor",
)  # fmt: skip

ENDPOINTS = ("OS", "PFS", "DFS", "EFS", "FFS", "CSS", "LRFS", "LC", "DMFS", "TTP", "RFS", "ORR")


@dataclass(slots=True)
class Finding:
    """One fact that a paper reports about its own study; the shape that every stage and every file shares."""

    paper: str
    field: str
    value: float | int | str | None = None
    low: float | None = None
    high: float | None = None
    bounds: str | None = None  # range, iqr, ci95
    unit: str | None = None
    n: int | None = None
    percent: float | None = None
    arm: str | None = None
    endpoint: str | None = None
    at: float | None = None  # months
    vs: str | None = None
    p: str | None = None
    quote: str = ""
    place: dict = field(default_factory=dict)
    made_by: str = ""  # a rule's id ("survival:median") or a curator
    passage: int | None = None  # the passage's number; with start and end it says where the quote was sliced
    start: int | None = None
    end: int | None = None
    evidence: list[dict] = field(default_factory=list)  # further mentions of the same fact: quote and place

    def key(self) -> tuple:
        """What makes two findings the same fact: all but the evidence."""
        arm = "" if self.arm in (None, "all") else self.arm.lower()
        return (self.paper, self.field, self.value, self.low, self.high, self.endpoint, self.at, arm, self.vs)

    def to_dict(self, keys: tuple[str, ...] = FINDING_KEYS) -> dict:
        """The contract's keys that hold something; `value` stands as null where there is only a range."""
        row = {key: getattr(self, key) for key in keys}
        return {key: held for key, held in row.items() if held not in (None, "", {}, []) or (key == "value" and self.low is not None)}

    def to_json(self) -> str:
        """One line of JSON."""
        return json.dumps(self.to_dict(), ensure_ascii=False)

    @classmethod
    def from_dict(cls, row: dict) -> Finding:
        """A finding from a line of JSON or a row of a table; unknown keys are left out."""
        names = cls.__dataclass_fields__
        return cls(**{key: held for key, held in row.items() if key in names})


@dataclass(slots=True)
class Arm:
    """A group that a paper compares: its name as printed, the other words that mean it, and its size where stated."""

    name: str
    aliases: tuple[str, ...] = ()
    n: int | None = None


def cells_by_table(document: Document) -> Iterator[tuple[str, list[Passage]]]:
    """Each table's label with all of its passages (caption, cells, footnotes), in the order of the document."""
    grouped: dict[str, list[Passage]] = {}
    for passage in document.passages:
        if passage.table:
            grouped.setdefault(passage.table, []).append(passage)
    yield from grouped.items()
