"""Not written yet."""

from collections.abc import Iterator

from pipeline.context import Paper
from pipeline.records import Arm, Finding


def groups(paper: Paper) -> list[Arm]:
    """The groups that a paper compares."""
    return []


def read(paper: Paper) -> Iterator[Finding]:
    """arm_size findings."""
    yield from ()
