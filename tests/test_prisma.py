"""The PRISMA flow is drawn only where its counts add up, and shows every count it has."""

import pytest
from lxml import etree

from pipeline.prisma import CountError, Flow, flow_svg

FULL = {
    "databases": {"PubMed": 1200}, "others": {"reference list: refs.ris": 17}, "duplicates": 7,
    "automation": {"language: chi": 100, "retracted": 2},
    "screened": 1108, "excluded": {"animal work": 1000, "no survival": 60},
    "pending": 8, "sought": 40, "not_retrieved": {"no text at hand": 5}, "assessed": 35,
    "ineligible": {"fewer than ten patients": 18}, "included": 17,
}  # fmt: skip


def words(svg):
    return [text.text for text in etree.fromstring(svg.encode()).iter("{http://www.w3.org/2000/svg}text")]


def test_every_count_is_drawn():
    drawn = words(flow_svg(Flow(**FULL), "Flow"))
    for said in (
        "Records identified from databases (n = 1,200)", "reference list: refs.ris (n = 17)", "Duplicate records (n = 7)",
        "language: chi (n = 100)", "Records screened (n = 1,108)", "Records excluded (n = 1,060)", "Records awaiting a decision (n = 8)",
        "Reports sought for retrieval (n = 40)", "Reports not retrieved (n = 5)", "Reports assessed for eligibility (n = 35)",
        "fewer than ten patients (n = 18)", "Studies included in the review (n = 17)",
    ):  # fmt: skip
        assert said in drawn, said


@pytest.mark.parametrize("name", ["duplicates", "screened", "pending", "sought", "assessed", "included"])
def test_one_record_too_many_raises(name):
    with pytest.raises(CountError, match="remain from the step before"):
        flow_svg(Flow(**FULL | {name: FULL[name] + 1}), "Flow")


@pytest.mark.parametrize("name", ["databases", "others", "automation", "excluded", "not_retrieved", "ineligible"])
def test_one_more_reason_raises(name):
    with pytest.raises(CountError):
        flow_svg(Flow(**FULL | {name: FULL[name] | {"one more": 1}}), "Flow")


def test_a_negative_count_raises():
    with pytest.raises(CountError, match="negative"):
        Flow(databases={"PubMed": 5}, duplicates=-1, screened=6, sought=6, assessed=6, included=6).check()


def test_words_of_people_are_escaped_and_wrapped():
    reason = "<script>alert(1)</script> & a reason that goes on for much longer than any box of the drawing is wide"
    flow = Flow(databases={"PubMed": 2}, screened=2, excluded={reason: 1}, sought=1, assessed=1, included=1)
    drawn = words(flow_svg(flow, "Flow"))
    assert "<script>alert(1)</script> & a reason that goes on for" in drawn
    assert max(map(len, drawn)) <= 58
    assert "<script>" not in flow_svg(flow, "Flow")


def test_boxes_of_one_column_do_not_overlap():
    root = etree.fromstring(flow_svg(Flow(**FULL), "Flow").encode())
    boxes = [tuple(float(box.get(name)) for name in ("x", "y", "width", "height")) for box in root.iter("{http://www.w3.org/2000/svg}rect")]
    for x, y, width, height in boxes:
        for left, top, wide, tall in boxes:
            beside = x + width <= left or left + wide <= x
            above = y + height <= top or top + tall <= y
            apart = (x, y, width, height) == (left, top, wide, tall) or beside or above
            assert apart
    assert max(y + height for _, y, _, height in boxes) <= float(root.get("height"))


UPDATED = {
    "databases": {"PubMed": 12}, "again": {"awaiting a decision then": 3}, "duplicates": 2, "automation": {"retracted": 1}, "screened": 12,
    "excluded": {"animal work": 7}, "pending": 1, "sought": 4, "assessed": 4, "included": 4, "previous": 17,
    "previous_name": "release of 2026-01-01", "dropped": {"retracted (ada)": 2}, "total": 19,
}  # fmt: skip


def test_an_updated_review_shows_previous_studies_and_the_total():
    drawn = words(flow_svg(Flow(**UPDATED), "Flow"))
    for said in (
        "Studies in previous version of review (n = 17)", "release of 2026-01-01", "Previous studies no longer included (n = 2)",
        "Previous records looked at again (n = 3)", "By people (n = 7), by automation tools (n = 0)", "New studies included in the review (n = 4)",
        "Total studies included in the review (n = 19)", "17 previous, 2 of them no longer included, 4 new",
    ):  # fmt: skip
        assert said in drawn, said


@pytest.mark.parametrize("changed", [{"previous": 18}, {"total": 20}, {"dropped": {}}, {"again": {"one more": 4}}, {"dropped": {"x": -2}}])
def test_an_update_that_does_not_add_up_raises(changed):
    with pytest.raises(CountError):
        flow_svg(Flow(**UPDATED | changed), "Flow")
