"""The source of a specimen paper: Markdown under a front matter in YAML (`typeset.py` says how it is written)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

import yaml
from markdown_it import MarkdownIt

from pipeline.files import InputError

NOTICE = "Specimen written for livetable - not the original article"
MARKDOWN = MarkdownIt("commonmark", {"html": True}).enable("table")


@dataclass
class Block:
    """A piece of the body: `head`, `paragraph`, `table` or `references`; words are inline HTML (em, strong, sup, sub)."""

    kind: str
    words: str = ""
    level: int = 0
    label: str = ""
    rows: list[list[str]] = field(default_factory=list)
    note: str = ""
    entries: list[str] = field(default_factory=list)


@dataclass
class Specimen:
    """A specimen's front matter and its body."""

    key: str
    front: dict
    blocks: list[Block]

    def part(self, name: str) -> list[Block]:
        """The blocks under the first-level heading of that name."""
        starts = [number for number, block in enumerate(self.blocks) if block.kind == "head" and block.level == 1]
        for start, end in zip(starts, [*starts[1:], len(self.blocks)], strict=True):
            if re.sub(r"<[^>]+>", "", self.blocks[start].words).strip().lower() == name.lower():
                return self.blocks[start + 1 : end]
        return []

    def body(self) -> list[Block]:
        """All blocks but the abstract's."""
        first = next(number for number, block in enumerate(self.blocks) if block.kind == "head" and block.words.lower() != "abstract")
        return self.blocks[first:]


def read_specimen(path: Path) -> Specimen:
    """A source file; raises InputError that names the file and what is missing."""
    parts = path.read_text(encoding="utf-8").split("---\n", 2)
    if len(parts) != 3:
        raise InputError(f"{path}:1: no front matter between two lines of ---")
    front = yaml.safe_load(parts[1])
    for key in ("medium", "title", "specimen_of"):
        if key not in front:
            raise InputError(f"{path}:1: the front matter has no {key}")
    return Specimen(path.stem, front, blocks_of(parts[2]))


def blocks_of(text: str) -> list[Block]:
    """The body's blocks, tables joined with their captions and notes."""
    blocks: list[Block] = []
    kind, level = "", 0
    for token in MARKDOWN.parse(text):
        if token.type in ("heading_open", "paragraph_open", "ordered_list_open", "th_open", "td_open"):
            kind, level = token.type, int(token.tag[1]) if token.type == "heading_open" else 0
        if token.type == "tr_open":
            blocks[-1].rows.append([])
        elif token.type == "ordered_list_open":
            blocks.append(Block("references"))
        elif token.type == "inline":
            words = MARKDOWN.renderInline(token.content).replace("\n", " ")
            if kind in ("th_open", "td_open"):
                blocks[-1].rows[-1].append(words)
            elif blocks and blocks[-1].kind == "references" and token.level > 1:
                blocks[-1].entries.append(words)
            elif words.startswith("Caption: "):
                label, caption = words.removeprefix("Caption: ").split(" | ", 1)
                blocks.append(Block("table", caption, label=label))
            elif words.startswith("Note: "):
                blocks[-1].note = words.removeprefix("Note: ")
            else:
                blocks.append(Block("head" if level else "paragraph", words, level))
    return blocks


def spans(rows: list[list[str]]) -> dict[tuple[int, int], tuple[int, int]]:
    """(rows, columns) that each cell fills, by its row and column; merged cells are left out."""
    filled = {}
    for y, row in enumerate(rows):
        for x, words in enumerate(row):
            if words in ("&lt;&lt;", "^^"):
                continue
            wide = next((n for n in range(1, len(row) - x) if row[x + n] != "&lt;&lt;"), len(row) - x)
            tall = next((n for n in range(1, len(rows) - y) if rows[y + n][x] != "^^"), len(rows) - y)
            filled[y, x] = (tall, wide)
    return filled
