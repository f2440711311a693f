"""Groups that a sentence names beside its figures, where nothing before has introduced them."""

from __future__ import annotations

import pytest

from pipeline.context import Paper
from pipeline.quantities import quantities
from pipeline.readers import survival
from pipeline.records import Document, Passage
from pipeline.told_groups import set_against, told_groups


def told(text: str, kind: str = "duration") -> list[str | None]:
    """The names of the groups that a sentence tells for its figures of one kind."""
    return [mark.key for mark in told_groups(text, [m for m in quantities(text) if m.kind == kind and m.value is not None])]


def rows(text: str, *before: str) -> list[tuple]:
    """Value, endpoint, time and arm of every time and rate of a paragraph that follows others."""
    texts = [*before, text]
    paper = Paper(Document("own", "txt", [Passage(0, "paragraph", "results", " ".join(texts))]))
    quote = text[:40]
    return [
        (f.value, f.endpoint, f.at, f.arm)
        for f in survival.read(paper)
        if f.field != "hazard_ratio" and f.quote.startswith(quote[: len(f.quote)])
    ]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("OS was 11 months with drug X compared with 9 months with drug Y.", ["drug X", "drug Y"]),
        ("Median OS after resection was 30 months compared with 22 months after ablation.", ["resection", "ablation"]),
        ("OS was 9 months with X, 8 months with Y and 7 months with Z.", ["X", "Y", "Z"]),
        ("Median OS was 20 and 19 months in the QX and QY groups, respectively.", ["QX", "QY"]),
        ("For QX and QY, respectively, median PFS was 4 and 3 months.", ["QX", "QY"]),
        ("PFS was shorter with QX than QY (median 3 vs 4 months).", ["QX", "QY"]),
        ("OS (15 vs 24 months) was inferior with QX versus QY.", ["QX", "QY"]),
        ("OS was 9 months v 8 months for QX v QY.", ["QX", "QY"]),
        ("Median OS was 8 and 9 months in patients with and without a mutation.", ["mutation", "without mutation"]),
        ("Compared with QX, QY improved median OS (14 vs 11 months).", ["QY", "QX"]),
        ("QY improved median OS (14 vs 11 months) compared with QX.", ["QY", "QX"]),
        ("Median OS was 12 months (95% CI 10-14) in 50 patients allocated QX compared with 9 months (7-11) in 51 patients allocated QY.", ["QX", "QY"]),
    ],
)  # fmt: skip
def test_groups_beside_figures(text, wanted):
    assert told(text) == wanted


@pytest.mark.parametrize(
    "text",
    [
        "Median PFS and OS were 5 and 12 months, respectively.",
        "Median OS was 12 months at 2 years and 14 months at 3 years.",
        "OS was 12 months in patients with anaemia and PFS 8 months.",
        "Median survival of patients with fever and pain was 12 months.",
        "Survival was longer in recent years than before (14 vs 11 months).",
    ],
)
def test_words_that_name_no_groups(text):
    assert told(text) == []


def test_figures_of_two_groups_are_not_told_by_their_measures():
    assert rows("The rates of OS and PFS at 2 years were 60% and 40%.") == [(60, "OS", 24, None), (40, "PFS", 24, None)]


def test_one_figure_of_both_arms():
    arms = "Sixty patients were randomised to the QX arm (n = 30) or the QY arm (n = 30)."
    paper = Paper(
        Document(
            "own",
            "txt",
            [Passage(0, "paragraph", "results", arms), Passage(1, "paragraph", "results", "Median OS was 8 months in both arms.")],
        )
    )
    from pipeline.arms import groups

    paper.arms = groups(paper)
    assert sorted((f.value, f.arm) for f in survival.read(paper)) == [(8, "QX"), (8, "QY")]


def test_three_figures_take_the_three_arms_of_the_sentence_before():
    found = rows(
        "Corresponding median OS was 9, 8 and 7 months, respectively.",
        "Response was 30% in the QX arm, 20% in the QY arm and 10% in the QZ arm.",
    )
    assert [row[3] for row in found] == ["QX", "QY", "QZ"]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("The ratio for surgery compared with radiotherapy was 0.58.", ("surgery", "radiotherapy")),
        ("The ratio for positive versus negative nodes was 1.58.", ("positive nodes", "negative nodes")),
        ("The test was a sign of worse bPFS, later on, compared with others, 0.58.", None),
        ("The ratio of the study was 0.58.", None),
    ],
)
def test_groups_set_against_each_other(text, wanted):
    value = next(m for m in quantities(text) if m.value in (0.58, 1.58))
    assert set_against(text, value) == wanted


def test_a_part_with_its_own_figure_is_an_arm():
    found = rows("In the RT group, median OS was 10 months, as compared with 7 months in the control group.")
    assert [(row[0], row[3]) for row in found] == [(10, "RT"), (7, "control")]
    found = rows("In the low-risk group, median OS was 10 months in the RT arm and 7 months in the control arm.")
    assert [(row[0], row[3]) for row in found] == [(10, "RT, low-risk"), (7, "control, low-risk")]


def test_pairs_closed_by_p_values_and_an_endpoint_that_no_vocabulary_knows():
    text = "The 3-year OS, XFS and DFS for the QX arm vs the QY arm were 92% vs 85% (p = 0.02), 94% vs 90% (p = 0.1) and 81% vs 72% (p = 0.01)."
    assert rows(text) == [(92, "OS", 36, "QX"), (85, "OS", 36, "QY"), (81, "DFS", 36, "QX"), (72, "DFS", 36, "QY")]


def test_corresponding_figures_of_another_endpoint_keep_the_order_of_the_arms():
    text = "Median OS was 18 months in arm A and 15 months in arm B; the corresponding figures for PFS were 8 and 6 months."
    assert [(row[0], row[1], row[3]) for row in rows(text)] == [
        (18, "OS", "arm A"),
        (15, "OS", "arm B"),
        (8, "PFS", "arm A"),
        (6, "PFS", "arm B"),
    ]
