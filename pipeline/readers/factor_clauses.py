"""The parts of a sentence that speak of their own factors."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.readers.factor_forms import AND_THEN, CUT

VERB = re.compile(r"\b(?:was|were|is|are|remained|had|has|have|predicted|affected|influenced)\b")


@dataclass(slots=True)
class Clause:
    """A part of a sentence without what stands in parentheses; `places` gives each character's place in the sentence."""

    text: str
    places: list[int]

    def part(self, start: int, end: int) -> Clause:
        """The characters [start, end)."""
        return Clause(self.text[start:end], self.places[start:end])


def clauses_of(text: str) -> Iterator[Clause]:
    """A sentence's parts that speak of their own factors, parentheses left out."""
    depth, held = 0, []
    cuts = {m.start(): m.end() for m in CUT.finditer(text) if m[0] not in "()[]"}
    cuts |= {m.start("and"): m.end("and") for m in AND_THEN.finditer(text) if VERB.search(text[: m.start()])}
    skip_to = 0
    for place, char in enumerate(text):
        if char == "." and place in cuts:
            depth = 0  # parentheses that are never closed end with their sentence
        if char in "([":
            depth += 1
        elif char in ")]":
            depth = max(0, depth - 1)
            continue
        if depth or place < skip_to:
            continue
        if place in cuts:
            yield clause_of(text, held)
            held, skip_to = [], cuts[place]
            continue
        held.append(place)
    yield clause_of(text, held)


def clause_of(text: str, held: list[int]) -> Clause:
    """A clause of the characters at these places."""
    return Clause("".join(text[place] for place in held), held)


def bracket_end(text: str, place: int) -> int:
    """The end of the parentheses that follow a place, or the place itself."""
    match = re.match(r"\s*[(\[][^()\[\]]*(?:[(\[][^()\[\]]*[)\]][^()\[\]]*)*[)\]]", text[place:])
    return place + match.end() if match else place
