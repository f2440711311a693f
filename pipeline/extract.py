"""Extract: a document's passages in, its findings out; the readers run in this order, each seeing what came before."""

from __future__ import annotations

from pipeline import arms, factor_keys
from pipeline.choose import choose
from pipeline.context import Paper
from pipeline.readers import (
    burden,
    concurrent,
    design,
    doses,
    factors,
    follow_up,
    group_sizes,
    local_therapy,
    regimen_arms,
    result_tables,
    study_size,
    survival,
    systemic,
    techniques,
)
from pipeline.records import Document, Finding

#: Design, arms and size come first: the others lean on them. A published protocol has no results, and a review none of its own.
RESULT_READERS = (
    arms.read, systemic.read, concurrent.read, techniques.read, doses.read, local_therapy.read, burden.read, follow_up.read,
    survival.read, factors.read, result_tables.read,
)  # fmt: skip


def findings(document: Document, review: str | None = None) -> list[Finding]:
    """Every fact that the document reports of its own study, each once, with all its evidence."""
    paper = Paper(document, review)
    found = list(design.read(paper))
    paper.design = found[0].value if found else None
    if paper.design in {"protocol", "review"}:
        return found
    paper.arms = arms.groups(paper)
    sizes = list(study_size.read(paper))
    paper.n_total = sizes[0].value if sizes else None
    found += sizes
    for read in RESULT_READERS:
        found += read(paper)
    found += group_sizes.read(paper, found)
    regimen_arms.settle(paper, found)
    arms.settle(paper, found)
    return choose(factor_keys.settle(paper, found, review))
