"""How tables on PDF pages part into rows, columns and headings: small tables drawn for each rule, and what must not fire it."""

from __future__ import annotations

import pytest
from pdf_pages import HEIGHT, LEFT, drawn, lines

from pipeline.pdf import read_pdf
from pipeline.pdf_prose import is_cut, unmarked

BOLD, PLAIN = ("Helvetica-Bold", 8), ("Helvetica", 8)
CAPTION = "Table 1. What was drawn for this test."


def table_page(head, body, columns, right=480, top=100, every=False, caption=CAPTION):
    """A page with one table of three rules: lines of the header and body as (step from the line before, texts by column)."""

    def draw(canvas):
        def rule(place):
            canvas.line(LEFT, HEIGHT - place, right, HEIGHT - place)

        lines(canvas, LEFT, 60, ("The text before the table is a line of the body and says nothing of it.",))
        if caption:
            lines(canvas, LEFT, top, (caption,), ("Helvetica-Bold", 9))
        place = top + 6
        rule(place)
        for step, texts in head:
            place += step
            for x, text in zip(columns, texts, strict=False):
                lines(canvas, x, place, (text,), BOLD)
        place += 4
        rule(place)
        for number, (step, texts) in enumerate(body):
            if every and number and step > 12:
                rule(place + 4)
            place += step
            for x, text in zip(columns, texts, strict=False):
                lines(canvas, x, place, (text,), PLAIN)
        rule(place + 4)
        text = "The text goes on below the table, in the type of the paper's body, and it has many lines as papers do."
        lines(canvas, LEFT, place + 60, (text,) * 30)

    return draw


def read(tmp_path, *pages):
    return read_pdf(drawn(list(pages), tmp_path / "table.pdf"), "table")


def cells(document, label="Table 1"):
    """Each body cell's innermost row heading, innermost column heading and text."""
    held = [passage for passage in document.passages if passage.kind == "cell" and passage.table == label and not passage.is_head]
    return [((cell.row_heads or ("",))[-1], (cell.col_heads or ("",))[-1], cell.text) for cell in held]


COLUMNS = (50, 200, 330)
BODY = [(14, ("Nausea", "12", "21")), (14, ("Vomiting", "14", "25")), (14, ("Fatigue", "17", "29"))]


def test_headings_of_one_column_part_over_wide_white(tmp_path):
    head = [(11, ("Event", "Weekly dose", "Daily dose")), (24, ("", "Mean (SE)", "Median (SE)"))]
    assert ("Nausea", "Mean (SE)", "12") in cells(read(tmp_path, table_page(head, BODY, COLUMNS)))


def test_lines_of_one_heading_stay_together(tmp_path):
    head = [(11, ("Event", "Given every", "Given every")), (9.5, ("", "week", "day"))]
    assert ("Nausea", "Given every week", "12") in cells(read(tmp_path, table_page(head, BODY, COLUMNS)))


def test_a_heading_repeated_over_other_columns_is_a_row_of_its_own(tmp_path):
    head = [(11, ("Event", "Weekly", "Daily")), (11, ("", "Adjusted mean", "Adjusted mean"))]
    assert ("Nausea", "Adjusted mean", "12") in cells(read(tmp_path, table_page(head, BODY, COLUMNS)))


@pytest.mark.parametrize("words", ["n (%)", "(n = 20)", "No.", "dose"])
def test_units_and_words_of_one_heading_are_no_row_though_they_repeat(tmp_path, words):
    head = [(11, ("Event", "Weekly", "Daily")), (11, ("", words, words))]
    assert ("Nausea", f"Weekly {words}", "12") in cells(read(tmp_path, table_page(head, BODY, COLUMNS)))


def test_room_around_groups_does_not_join_the_rows_between(tmp_path):
    head = [(11, ("Event", "Weekly", "Daily"))]
    body = [
        (16, ("Blood",)), (14, ("Anaemia", "12", "21")), (9.5, ("Leukopenia", "13", "23")), (9.5, ("Platelets", "14", "24")),
        (9.5, ("Gut",)), (14, ("Nausea", "15", "25")), (9.5, ("Vomiting", "16", "26")), (9.5, ("Diarrhoea", "17", "27")),
    ]  # fmt: skip
    found = cells(read(tmp_path, table_page(head, body, COLUMNS)))
    assert ("Leukopenia", "Weekly", "13") in found
    assert ("Vomiting", "Daily", "26") in found


def test_a_narrow_pitch_of_wrapped_words_still_joins(tmp_path):
    head = [(11, ("Event", "Weekly", "Daily"))]
    body = []
    for number, name in enumerate(("Anaemia of the first", "Rash on the skin of", "Pain of the joints in"), 1):
        body += [(14, (name, f"1{number}", f"2{number}")), (9.5, ("kind or another",))]
    assert ("Rash on the skin of kind or another", "Weekly", "12") in cells(read(tmp_path, table_page(head, body, COLUMNS)))


def test_lines_between_two_rules_are_one_row(tmp_path):
    head = [(11, ("Event", "Weekly", "Daily"))]
    body = []
    for number, name in enumerate(("Pain in the", "Rash on the", "Loss of the", "Fall of the", "Rise of the"), 1):
        body += [(16, (name,)), (4.5, ("", f"1{number}", f"2{number}")), (4.5, ("whole body",))]
    found = cells(read(tmp_path, table_page(head, body, COLUMNS, every=True)))
    assert ("Rash on the whole body", "Weekly", "12") in found


def test_figures_under_each_other_between_two_rules_are_rows(tmp_path):
    head = [(11, ("Event", "Weekly", "Daily"))]
    body = []
    for number in range(1, 6):
        body += [(16, (f"Pain {number}", f"1{number}", f"2{number}")), (10, (f"Rash {number}", f"3{number}", f"4{number}"))]
    found = cells(read(tmp_path, table_page(head, body, COLUMNS, every=True)))
    assert ("Rash 2", "Weekly", "32") in found
    assert ("Pain 2", "Daily", "22") in found


def test_a_figure_over_two_columns_does_not_hide_them(tmp_path):
    columns = (50, 200, 262, 330)
    head = [(11, ("Measure", "Weekly", "Daily", "All"))]
    body = [(14, ("Median", "10.1 (8-12)", "11.2 (9-13)", "10.5")), (14, ("Mean", "12.1 (9-14)", "13.2 (9-15)", "12.5"))]
    wide = [(14, ("Ratio", "      0.75 (95% CI 0.61 to 0.93)", "", "1")), (14, ("Range", "14.1 (9-19)", "15.2 (9-18)", "14.6"))]
    found = cells(read(tmp_path, table_page(head, [*body, *wide], columns)))
    assert ("Median", "Weekly", "10.1 (8-12)") in found
    assert ("Range", "Daily", "15.2 (9-18)") in found


def test_a_lower_case_name_that_had_room_on_the_line_above_is_a_row(tmp_path):
    head = [(11, ("Response", "Weekly", "Daily"))]
    body = [(10, ("Clinical",)), (10, ("cCR", "12", "21")), (10, ("cPR", "13", "22")), (10, ("cSD", "14", "23"))]
    assert ("cCR", "Weekly", "12") in cells(read(tmp_path, table_page(head, body, COLUMNS)))


def test_words_flush_with_their_column_head_no_section(tmp_path):
    columns = (50, 130)
    head = [(11, ("Grade", "What is done"))]
    long = "The treatment is given at a lower dose from the next cycle on, and blood is drawn"
    body = []
    for grade in ("One", "Two", "Three"):
        body += [(16, (grade, long)), (9.5, ("", f"Then it is stopped for grade {grade.lower()} if nothing has been gained"))]
    found = cells(read(tmp_path, table_page(head, body, columns, right=460)))
    assert ("Two", "What is done", f"{long} Then it is stopped for grade two if nothing has been gained") in found


NAMES = ("Pain", "Rash", "Fever", "Cough", "Nausea", "Itch", "Fatigue")


def part_of(number, first):
    """A page whose table goes on from the page before under the same headings, straight below a running head."""
    head = [(11, ("Event", "Weekly", "Daily"))]
    body = [(14, (f"{NAMES[(row + number) % 7]} {number}{row}", f"{number}{row}", f"1{number}{row}")) for row in range(2 if first else 40)]

    def draw(canvas):
        lines(canvas, LEFT, 22, ("Journal of Examples 2024",), ("Helvetica", 7))
        if first:
            lines(canvas, LEFT, 60, tuple("The text before the table says nothing of it and fills the page." for _ in range(44)), pitch=14)
            table_page(head, body, COLUMNS, top=700)(canvas)
        else:
            canvas.line(LEFT, HEIGHT - 36, 480, HEIGHT - 36)
            for x, text in zip(COLUMNS, head[0][1], strict=True):
                lines(canvas, x, 46, (text,), BOLD)
            canvas.line(LEFT, HEIGHT - 50, 480, HEIGHT - 50)
            for place, (_, texts) in enumerate(body):
                for x, text in zip(COLUMNS, texts, strict=True):
                    lines(canvas, x, 61 + 18.5 * place, (text,), PLAIN)
            canvas.line(LEFT, HEIGHT - 792, 480, HEIGHT - 792)

    return draw


def test_repeated_headings_at_the_head_of_pages_are_no_running_head(tmp_path):
    found = cells(read(tmp_path, part_of(1, True), part_of(2, False), part_of(3, False)))
    assert ("Fever 11", "Daily", "111") in found
    assert ("Pain 25", "Weekly", "25") in found
    assert ("Pain 339", "Daily", "1339") in found


def framed(rows):
    """A page with a table of frames, a group's name over its row in each."""

    def draw(canvas):
        lines(canvas, LEFT, 60, ("The text before the table is a line of the body and says nothing of it.",))
        lines(canvas, LEFT, 100, (CAPTION,), ("Helvetica-Bold", 9))
        place = 106
        for number, row in enumerate([[("Pain", "Weekly", "Daily")], *rows]):
            tall = 12 * len(row) + 4
            for x0, x1 in ((50, 190), (190, 320), (320, 450)):
                canvas.rect(x0, HEIGHT - place - tall, x1 - x0, tall)
            for line, texts in enumerate(row):
                for x, text in zip((54, 200, 330), texts, strict=False):
                    indent = 10 * text.startswith("  ")
                    lines(canvas, x + indent, place + 11 + 12 * line, (text.strip(),), PLAIN if number else BOLD)
            place += tall
        lines(canvas, LEFT, place + 60, ("The text goes on below the table, in the type of the paper's body, and it",))

    return draw


def test_a_groups_name_over_its_indented_row_in_one_frame_is_two_rows(tmp_path):
    rows = [[(f"Day {day}",), ("  Median (range)", f"{day}.1 (1-9)", f"{day}.2 (1-9)")] for day in range(1, 5)]
    found = cells(read(tmp_path, framed(rows)))
    assert ("Median (range)", "Weekly", "2.1 (1-9)") in found
    assert "Day 2" in [text for *_, text in found]


def test_a_name_of_two_flush_lines_in_one_frame_is_one_row(tmp_path):
    rows = [[(f"Pain on day {day}",), ("of the treatment", f"{day}.1", f"{day}.2")] for day in range(1, 5)]
    assert ("Pain on day 2 of the treatment", "Weekly", "2.1") in cells(read(tmp_path, framed(rows)))


@pytest.mark.parametrize(
    ("left", "right", "cut"),
    [
        ("26.8 (25.8-28", ".3)", True),
        ("19.4 (17-22.7", ")", True),
        ("12.4 (7.6-34.", "1)", True),
        ("Seen in visit 2.", "1 patient left", False),
        ("Validation (", "N = 20)", True),
        ("Survival (95", "% CI)", True),
        ("company wor", "ker", True),
        ("20 of", "40", False),
        ("12", "patients", False),
        ("skin", "rash", False),
        ("Loss of", "Weight", False),
        ("12.5", "(3.4)", False),
    ],
)
def test_where_a_cells_line_ends_inside_a_number_a_bracket_or_a_word(left, right, cut):
    assert is_cut(left, right, {"worker", "skin", "rash", "skinrash", "company"}) is cut


@pytest.mark.parametrize(
    ("printed", "meant"),
    [
        ("HRa (95% CI)", "HR (95% CI)"),
        ("All other patientsb", "All other patients"),
        ("312a", "312"),
        ("Grade IIIa", "Grade IIIa"),
        ("T1a", "T1a"),
        ("2b", "2b"),
        ("Area", "Area"),
        ("Stomac", "Stomac"),
        ("Public", "Public"),
        ("mTORC", "mTORC"),
    ],
)
def test_footnote_letters_set_as_part_of_words(printed, meant):
    assert unmarked(printed, {"patients", "grade", "are", "public"}) == meant


def abstract_page(canvas):
    """An abstract with headings of its own kind, a box that interrupts it in the second column, and the introduction below."""
    lines(canvas, 50, 60, ("A trial of something against nothing in many patients",), ("Helvetica-Bold", 16))
    lines(canvas, 50, 96, ("Abstract",), ("Helvetica-Bold", 11))
    first = [f"Line {number} of what the study asked of its many patients and" for number in range(12)]
    lines(canvas, 50, 112, ("Question",), ("Helvetica-Bold", 9))
    lines(canvas, 50, 126, tuple(first), ("Times-Roman", 9))
    canvas.rect(300, HEIGHT - 170, 250, 60)
    lines(canvas, 310, 122, ("Key points",), ("Helvetica-Bold", 9))
    lines(canvas, 310, 136, ("The box says something short of its own here,", "And something else that ends the box."), ("Times-Roman", 9))
    lines(
        canvas,
        300,
        188,
        ("their doctors until the end of the whole study in the", "year that followed. Nobody was lost to it."),
        ("Times-Roman", 9),
    )
    lines(canvas, 300, 214, ("Results and limitations",), ("Helvetica-Bold", 9))
    lines(canvas, 300, 228, ("The median survival was 20 months and nobody knew why.",), ("Times-Roman", 9))
    lines(canvas, 50, 330, ("Introduction",), ("Helvetica-Bold", 11))
    text = [f"Line {number} of the introduction, which goes on as long as it must to be the body" for number in range(20)]
    lines(canvas, 50, 346, tuple(text), ("Times-Roman", 9))


def test_the_abstract_lasts_until_the_introduction_and_goes_on_behind_a_box(tmp_path):
    document = read(tmp_path, abstract_page)
    sections = {passage.section for passage in document.passages if "median survival was 20" in passage.text}
    assert sections == {"abstract"}
    whole = next(passage for passage in document.passages if "nobody was lost" in passage.text.lower())
    assert whole.section == "abstract"
    assert "many patients and their doctors until" in whole.text
    box = next(passage for passage in document.passages if "The box says" in passage.text)
    assert box.heading == "Key points"
    assert "their doctors" not in box.text
