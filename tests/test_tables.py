"""Row and column headings of invented tables, built as those of real papers are."""

import pytest

from pipeline.records import Passage
from pipeline.tables import set_heads


def table(rows, heads=0, indents=None):
    """Cells from rows of words; `^` continues the cell above, `<` the cell to the left, empty strings are empty places."""
    cells, owners = [], {}
    for row, words in enumerate(rows):
        for col, text in enumerate(words):
            if text == "<":
                owner = owners[row, col - 1]
                owner.col_span = max(owner.col_span, col - owner.col + 1)
            elif text == "^":
                owner = owners[row - 1, col]
                owner.row_span = max(owner.row_span, row - owner.row + 1)
            elif text:
                owner = Passage(0, "cell", "results", text, table="Table 1", row=row, col=col, is_head=row < heads)
                cells.append(owner)
            else:
                continue
            owners[row, col] = owner
    set_heads(cells, indents)
    return {(cell.row, cell.col): cell for cell in cells}


def heads(cell):
    return cell.row_heads, cell.col_heads


def test_spanning_heads_and_stub():
    cells = table(
        [
            ["Factor", "OS", "<", "DFS", "<"],
            ["^", "HR (95% CI)", "p", "HR (95% CI)", "p"],
            ["Age ≥60", "1.31 (1.02–1.70)", "0.03", "1.12 (0.90–1.40)", "0.31"],
        ],
        heads=2,
    )
    assert heads(cells[2, 1]) == (("Age ≥60",), ("OS", "HR (95% CI)"))
    assert heads(cells[2, 4]) == (("Age ≥60",), ("DFS", "p"))
    assert heads(cells[2, 0]) == ((), ("Factor",))
    assert cells[1, 3].col_heads == ("DFS",)


def test_unmarked_header_rows_are_recognised():
    cells = table(
        [
            ["", "Arm A (n = 40)", "<", "Arm B (n = 42)", "<"],
            ["Toxicity", "No.", "%", "No.", "%"],
            ["Nausea", "4", "10", "6", "14"],
            ["Anaemia", "2", "5", "3", "7"],
        ]
    )
    assert cells[0, 1].is_head
    assert cells[1, 4].is_head
    assert not cells[2, 0].is_head
    assert heads(cells[3, 4]) == (("Anaemia",), ("Arm B (n = 42)", "%"))


def test_group_heading_covers_empty_places_to_its_right():
    cells = table(
        [["", "Univariate", "", "Multivariate", ""], ["Factor", "HR", "p", "HR", "p"], ["Sex", "1.1", "0.4", "1.0", "0.9"]], heads=2
    )
    assert cells[2, 2].col_heads == ("Univariate", "p")
    assert cells[2, 4].col_heads == ("Multivariate", "p")


def test_a_heading_over_all_columns_is_parted_by_the_row_below_even_if_that_holds_figures():
    cells = table([["", "Score", "<", "<"], ["Stage", "0", "1–4", "5–8"], ["II", "6", "3", "1"], ["III", "3", "2", "9"]], heads=1)
    assert heads(cells[2, 2]) == (("Stage", "II"), ("Score", "1–4"))


def test_section_rows_until_the_next():
    cells = table(
        [["", "Arm A", "Arm B"], ["Sex", "", ""], ["Male", "20", "21"], ["Female", "11", "9"], ["Stage", "", ""], ["II", "12", "13"]],
        heads=1,
    )
    assert heads(cells[3, 2]) == (("Sex", "Female"), ("Arm B",))
    assert heads(cells[5, 1]) == (("Stage", "II"), ("Arm A",))


@pytest.mark.parametrize(
    ("members", "after"),
    [
        (["Male", "Female"], "Smoker"),
        (["I", "II", "III"], "Local recurrence"),
        (["<50", "≥50"], "Hypertension"),
        (["Colon", "Rectum"], "Weight, kg"),
    ],
)
def test_a_group_ends_where_a_row_cannot_belong_to_it(members, after):
    rows = [["", "n"], ["Group", ""], *([member, "3"] for member in members), [after, "9"]]
    cells = table(rows, heads=1)
    assert cells[len(rows) - 2, 1].row_heads == ("Group", members[-1])
    assert cells[len(rows) - 1, 1].row_heads == (after,)


def test_a_leftover_category_stays_in_its_group():
    cells = table([["", "n"], ["Grade", ""], ["G1", "3"], ["G2", "5"], ["Unknown", "1"]], heads=1)
    assert cells[4, 1].row_heads == ("Grade", "Unknown")


def test_outer_sections_that_span_the_table_hold_the_inner_ones():
    cells = table(
        [
            ["Factor", "HR", "p"],
            ["Overall survival", "<", "<"],
            ["Age", "", ""],
            ["<50", "1", ""],
            ["≥50", "1.4", "0.02"],
            ["Disease-free survival", "<", "<"],
            ["Age", "", ""],
            ["≥50", "1.2", "0.11"],
        ],
        heads=1,
    )
    assert heads(cells[4, 1]) == (("Overall survival", "Age", "≥50"), ("HR",))
    assert cells[7, 2].row_heads == ("Disease-free survival", "Age", "≥50")


def test_sections_of_one_look_nest_when_one_follows_the_other_at_once():
    rows = [
        ["", "n"],
        ["Cohort 1", ""],
        ["Sex", ""],
        ["Male", "4"],
        ["Site", ""],
        ["Colon", "3"],
        ["Cohort 2", ""],
        ["Sex", ""],
        ["Male", "8"],
    ]
    cells = table(rows, heads=1)
    assert cells[5, 1].row_heads == ("Cohort 1", "Site", "Colon")
    assert cells[8, 1].row_heads == ("Cohort 2", "Sex", "Male")


def test_indents_open_and_close_groups():
    rows = [["", "A", "p"], ["Recurrence", "10", "0.8"], ["Local", "4", "1.0"], ["Distant", "6", "0.6"], ["Death", "8", "0.5"]]
    cells = table(rows, heads=1, indents={(2, 0): 2.0, (3, 0): 2.0, (1, 0): 0.0, (4, 0): 0.0})
    assert cells[3, 1].row_heads == ("Recurrence", "Distant")
    assert cells[4, 1].row_heads == ("Death",)


def test_a_row_with_no_more_than_a_p_value_names_the_rows_below():
    cells = table(
        [
            ["", "n", "Rate", "P value"],
            ["Age", "", "", "0.04"],
            [">50", "108", "29", ""],
            ["ER", "", "", "0.05"],
            ["Positive", "70", "17", ""],
        ],
        heads=1,
    )
    assert cells[2, 2].row_heads == ("Age", ">50")
    assert cells[1, 3].row_heads == ("Age",)
    assert cells[4, 1].row_heads == ("ER", "Positive")


def test_a_second_header_block_in_the_middle():
    cells = table(
        [
            ["Univariate analysis", "OS", "<", "PFS", "<"],
            ["", "HR", "p", "HR", "p"],
            ["LDH high", "1.9", "0.01", "1.8", "0.02"],
            ["Multivariate analysis", "HR", "p", "HR", "p"],
            ["LDH high", "1.7", "0.03", "1.5", "0.04"],
        ],
        heads=2,
    )
    assert heads(cells[2, 1]) == (("LDH high",), ("OS", "HR"))
    assert cells[3, 1].is_head
    assert heads(cells[4, 3]) == (("Multivariate analysis", "LDH high"), ("PFS", "HR"))


def test_an_inner_heading_of_units_keeps_the_arms_above_it():
    cells = table(
        [["", "Group A", "Group B"], ["Age, median", "61", "63"], ["", "N (%)", "N (%)"], ["Male", "79 (55)", "92 (65)"]], heads=1
    )
    assert heads(cells[3, 2]) == (("Male",), ("Group B", "N (%)"))


def test_a_spanned_stub_names_each_of_its_rows():
    cells = table([["Factor", "Level", "n"], ["Stage", "II", "4"], ["^", "III", "7"], ["Sex", "Male", "9"]], heads=1)
    assert cells[2, 2].row_heads == ("Stage", "III")
    assert cells[2, 1].row_heads == ("Stage",)
    assert cells[3, 2].row_heads == ("Sex", "Male")


def test_columns_of_counts_under_grades_are_no_stubs():
    cells = table([["", "Arm A", "<"], ["", "Grade III", "Grade IV"], ["Nausea", "4 (16%)", "1 (4%)"], ["Fever", "—", "—"]], heads=2)
    assert heads(cells[2, 2]) == (("Nausea",), ("Arm A", "Grade IV"))


def test_a_statistic_belongs_to_the_row_above():
    cells = table([["", "A", "B"], ["Response %", "55", "63"], ["95% CI", "49–61", "54–71"], ["Median age", "60", "61"]], heads=1)
    assert cells[2, 1].row_heads == ("Response %", "95% CI")
    assert cells[3, 1].row_heads == ("Median age",)


def test_two_halves_side_by_side():
    cells = table([["Variable", "n", "Variable", "n"], ["Male", "20", "Colon", "12"], ["Female", "11", "Rectum", "19"]], heads=1)
    assert cells[2, 3].row_heads == ("Rectum",)
    assert cells[2, 1].row_heads == ("Female",)


def test_a_list_set_as_a_table_has_no_headings():
    cells = table([["Signed consent"], ["Age over 18"], ["No prior treatment"]])
    assert not any(cell.is_head or cell.row_heads or cell.col_heads for cell in cells.values())


def test_empty_table():
    set_heads([])


def test_figures_with_decimals_and_units_are_no_names_of_rows():
    cells = table(
        [
            ["Group", "Arm A", "Arm B", "P"],
            ["Wild type", "24.2 months", "18.9months", "0.31"],
            ["Codon 12", "15.6 months", "15.5months", "0.54"],
            ["Codon 13", "16.1 months", "16.5months", "0.62"],
        ],
        heads=1,
    )
    assert heads(cells[1, 2]) == (("Wild type",), ("Arm B",))
    assert heads(cells[3, 3]) == (("Codon 13",), ("P",))


def test_a_second_column_that_stands_only_under_empty_places_of_the_first_names_rows():
    cells = table(
        [
            ["Characteristic", "", "Arm A", "Arm B"],
            ["Lower site", "", "", ""],
            ["", "2a", "42 (8%)", "43 (8%)"],
            ["", "2b", "31 (6%)", "30 (6%)"],
            ["Upper site", "", "12 (2%)", "10 (2%)"],
        ],
        heads=1,
    )
    assert heads(cells[2, 2]) == (("Lower site", "2a"), ("Arm A",))
    assert heads(cells[4, 3]) == (("Upper site",), ("Arm B",))
