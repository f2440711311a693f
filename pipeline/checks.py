"""Contradictions inside a table of findings."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.records import Finding


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Two figures of one study that cannot both be right, told with the figures."""

    study: str
    check: str
    message: str
    figures: dict


def audit(findings: list[Finding]) -> list[Contradiction]:
    return []
