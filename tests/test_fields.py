"""Every field of the form carries examples, and they hold both ways: what must be read is, what must not be is not."""

import pytest

from pipeline.extract import findings
from pipeline.protocol import ROOT, Example, Form, validated
from pipeline.records import FIELDS, Document, Passage

FORMS = sorted(path.parent.name for path in ROOT.glob("schemas/*/fields.yaml"))
ENTRIES = [(review, entry) for review in FORMS for entry in validated(Form, ROOT / "schemas" / review / "fields.yaml").fields]


def read(text: str, section: str, field: str, review: str) -> list[dict]:
    """Findings of one field in a one-paragraph paper that says nothing else of itself."""
    document = Document(paper="example", source="txt", passages=[Passage(0, "paragraph", section, text, heading=section.capitalize())])
    return [finding.to_dict() for finding in findings(document, review) if finding.field == field]


def holds(expected: dict, found: list[dict]) -> bool:
    return any(all(row.get(key) == wanted for key, wanted in expected.items()) for row in found)


EXAMPLES = [pytest.param(r, e.field, x, id=f"{r}-{e.field}-{i}") for r, e in ENTRIES for i, x in enumerate(e.examples)]
COUNTER = [pytest.param(r, e.field, x, id=f"{r}-{e.field}-not-{i}") for r, e in ENTRIES for i, x in enumerate(e.counterexamples)]


@pytest.mark.parametrize(("review", "field", "example"), EXAMPLES)
def test_an_example_is_read(review: str, field: str, example: Example) -> None:
    found = read(example.text, example.section, field, review)
    missing = [expected for expected in example.finds if not holds(expected, found)]
    assert not missing, f"not read from {example.text!r}: {missing}; read: {found}"


@pytest.mark.parametrize(("review", "field", "text"), COUNTER)
def test_a_counterexample_gives_nothing(review: str, field: str, text: str) -> None:
    assert read(text, "results", field, review) == []


@pytest.mark.parametrize("field", FIELDS)
def test_every_field_is_shown_by_examples_of_both_kinds(field: str) -> None:
    """Over all forms: the readers are the same for every review, so a new review need not say again what another one shows."""
    shown = [entry for _, entry in ENTRIES if entry.field == field]
    assert sum(len(entry.examples) for entry in shown) >= 4
    assert sum(len(entry.counterexamples) for entry in shown) >= 3
