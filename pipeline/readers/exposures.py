"""What the pooled ratios of a meta-analysis are of: the marker at its level, "elevated NLR", whichever subgroup of studies a row names."""

from __future__ import annotations

import re
from collections import Counter

from pipeline.arm_names import words_of
from pipeline.context import Paper, Table

LEVEL = r"(?:high|higher|elevated|increased|raised|low|lower|reduced|decreased|positive)"


def exposure(paper: Paper, table: Table) -> str | None:
    """The level and marker that the prose names most often, of a marker whose short form stands in the title or over the table."""
    over = f"{paper.document.title} {table.caption}"
    markers = [short for short in paper.long_forms if re.search(rf"(?<!\w){re.escape(short)}(?!\w)", over)]
    if not markers:
        return None
    named = re.compile(rf"(?<![\w-])({LEVEL})[- ](?:\w+[- ])?({'|'.join(map(re.escape, markers))})(?![\w-])", re.IGNORECASE)
    counts = Counter((m[1].lower(), m[2]) for sentence in paper.own for m in named.finditer(sentence.text) if m[2] in markers)
    return " ".join(counts.most_common(1)[0][0]) if counts and counts.most_common(1)[0][1] > 1 else None


def of_exposure(marker: str | None, group: str | None) -> str | None:
    """The name of what a row's ratio is of: the marker, with the row's subgroup where it names one that is not the marker itself."""
    if not marker or not group:
        return marker or group
    return group if words_of(marker) & words_of(group) else f"{marker}, {group}"
