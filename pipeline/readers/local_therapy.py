"""Not written yet."""

from collections.abc import Iterator

from pipeline.context import Paper
from pipeline.records import Finding


def read(paper: Paper) -> Iterator[Finding]:
    """Findings of this kind."""
    yield from ()
