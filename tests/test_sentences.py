"""Sentences: where they part, which section's label they stand under, and whether they tell of the paper's own patients."""

from __future__ import annotations

import pytest

from pipeline.context import Paper, split
from pipeline.records import Document, Passage


def sentences(text: str, heading: str = "Abstract") -> list[tuple[str, str, bool]]:
    """Heading, text and whether it is the paper's own, of each sentence of an abstract's paragraph."""
    paper = Paper(Document(paper="own", source="txt", title="", passages=[Passage(0, "abstract", "abstract", text, heading=heading)]))
    return [(sentence.heading, sentence.text, sentence.is_own) for sentence in paper.sentences]


def test_labels_in_the_line_head_what_follows_them() -> None:
    told = sentences("Objective. Some 900 men fall ill. Methods. Eighty men were enrolled. Results: Fifty lived. Conclusion. It helps.")
    assert told == [
        ("Abstract > Objective", "Some 900 men fall ill.", False),
        ("Abstract > Methods", "Eighty men were enrolled.", True),
        ("Abstract > Results", "Fifty lived.", True),
        ("Abstract > Conclusion", "It helps.", True),
    ]


def test_a_word_that_could_be_a_label_is_none_within_a_sentence() -> None:
    told = sentences("Results were good in all patients. Methods of care differed.", heading="Abstract > Findings")
    assert {heading for heading, _, _ in told} == {"Abstract > Findings"}


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Care was kept in diaries.Adherence was good.", ["Care was kept in diaries.", "Adherence was good."]),
        ("Care was kept in diaries.102 patients were enrolled.", ["Care was kept in diaries.", "102 patients were enrolled."]),
        ("It was shown before.12,13 In this series it was not.", ["It was shown before.12,13 In this series it was not."]),
        ("Files are at www.example.org and e.g.Lund held some.", ["Files are at www.example.org and e.g.Lund held some."]),
        ("Drug X vs. Drug Y was compared. All lived.", ["Drug X vs. Drug Y was compared.", "All lived."]),
    ],
)
def test_where_sentences_part(text: str, wanted: list[str]) -> None:
    assert [text[start:end] for start, end in split(text)] == wanted
