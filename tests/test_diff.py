"""A difference names each changed cell with its cause; the PRISMA flow of an update adds up, or fails."""

from __future__ import annotations

import dataclasses
import shutil

import pytest

pytest.importorskip("markdown_it", reason="the living review's helper needs the development libraries")

from living_review import HELD, KEY, RELEASED, build, decide, released
from lxml import html

from pipeline import curate, db, diff, diff_pages, load, news, prisma_s, prisma_update, report, state
from pipeline.files import InputError
from pipeline.prisma import CountError
from pipeline.protocol import Review
from pipeline.state import COLUMNS, State

EMPTY = dict.fromkeys(name for name, _ in COLUMNS["findings"])
KEYS = ("paper", "field", "value", "low", "high", "bounds", "unit", "n", "percent", "arm", "endpoint", "at", "vs", "quote", "replaces")


def found(slot: str, shown: str, study: str = "a_2000", column: str = "results", **more: object) -> dict:
    """A finding's row."""
    field, _, rest = slot.partition(" ")
    row = {
        "id": f"{slot}{shown}",
        "study": study,
        "column": column,
        "slot": slot,
        "shown": shown,
        "said": shown,
        "field": field,
        "endpoint": rest or None,
    }
    return EMPTY | row | {"in_force": True, "status": "machine", "made_by": "rule:a"} | more


def study(key: str = "a_2000", sha: str = "1", **more: object) -> dict:
    return (
        dict.fromkeys(name for name, _ in COLUMNS["studies"])
        | {"key": key, "label": key, "title": "T", "sha256": sha, "kind": "jats"}
        | more
    )


def a_state(name: str, findings: list[dict], studies: list[dict] | None = None, records: list[dict] = (), rules: str = "r1") -> State:
    listed = [study()] if studies is None else studies
    return State(name, {"rules": rules, "form": ["x"]}, {row["key"]: row for row in listed}, findings, {row["key"]: row for row in records})


def changes(before: State, after: State) -> list[tuple]:
    """(cell's kind, change's kind, cause, was, now) of each change."""
    return [
        (cell.kind, change.kind, change.cause, change.was and change.was["shown"], change.now and change.now["shown"])
        for cell in diff.between(before, after).cells
        for change in cell.changes
    ]


def test_the_same_state_has_no_difference():
    one = a_state("2026-01-01", [found("n_total", "90")])
    made = diff.between(one, a_state("now", [found("n_total", "90")]))
    assert made.cells == []
    assert diff_pages.paragraph(made) == "Since the release of 2026-01-01 nothing has changed."


@pytest.mark.parametrize(
    ("after", "cause"),
    [
        ({"rules": "r2"}, "new rule"),
        ({"studies": [study(sha="2")]}, "new source"),
        ({"studies": [study(sha="2")], "rules": "r2"}, "new source"),
        ({}, "unexplained"),
    ],
)
def test_a_changed_value_has_its_cause(after, cause):
    before = a_state("a", [found("n_total", "90")])
    assert changes(before, a_state("b", [found("n_total", "91")], **after)) == [("changed", "changed", cause, "90", "91")]


def test_a_person_goes_before_file_and_rule():
    before = a_state("a", [found("n_total", "90")])
    person = found("n_total", "91", curator="ada", correction="c1", status="corrected", reason="misread")
    after = a_state("b", [person], [study(sha="2")], rules="r2")
    [cell] = diff.between(before, after).cells
    assert [(change.cause, change.detail) for change in cell.changes] == [("curator", "ada: corrected (misread)")]
    back = diff.between(after, a_state("c", [found("n_total", "90")], [study(sha="2")], rules="r2"))
    assert [(change.cause, change.detail) for change in back.cells[0].changes] == [("curator", "ada's decision no longer stands")]


def test_a_rejected_value_is_withdrawn_by_its_curator():
    before = a_state("a", [found("n_total", "90")])
    aside = found("n_total", "90", in_force=False, status="overruled", curator="ada", correction="c1", reason="another study's")
    assert changes(before, a_state("b", [aside])) == [("withdrawn", "withdrawn", "curator", "90", None)]


def test_values_are_paired_by_slot_then_by_value():
    before = a_state("a", [found("survival_rate OS", "50"), found("survival_rate OS", "60", arm="x") | {"slot": "survival_rate OS [x]"}])
    after = a_state(
        "b", [found("survival_rate OS", "55"), found("survival_rate OS", "60", arm="y") | {"slot": "survival_rate OS [y]"}], rules="r2"
    )
    assert changes(before, after) == [("changed", "changed", "new rule", "50", "55"), ("changed", "changed", "new rule", "60", "60")]


def test_new_and_dropped_studies_bring_and_take_their_cells():
    out = {**dict.fromkeys(name for name, _ in COLUMNS["records"]), "key": "a_2000", "status": "out", "reason": "retracted", "by": "ada"}
    before = a_state("a", [found("n_total", "90")])
    after = a_state("b", [found("n_total", "12", "b_2001")], [study("b_2001")], [out])
    made = diff.between(before, after)
    assert [row["key"] for row in made.new] == ["b_2001"]
    assert [(row["key"], why) for row, why in made.dropped] == [("a_2000", "retracted (ada)")]
    assert changes(before, after) == [("withdrawn", "withdrawn", "dropped", "90", None), ("added", "added", "new paper", None, "12")]
    assert made.counts()["cells_added"] == made.counts()["cells_withdrawn"] == 1


def record(key: str, status: str = "pending", by: str = "", text: bool = False, found_by: str = "pubmed", duplicates: int = 0) -> dict:
    blank = dict.fromkeys(name for name, _ in COLUMNS["records"])
    return blank | {
        "key": key,
        "status": status,
        "by": by,
        "text": text,
        "found_by": found_by,
        "duplicates": duplicates,
        "reason": f"why {status}",
    }


def test_the_flow_of_an_update_adds_up_whatever_became_of_the_records():
    old = [
        record("stays", "in", "ada", True), record("goes", "in", "ada", True), record("waited", "pending"), record("sought", "in", "ada"),
        record("out", "out", "ada"), record("filtered", "out", "filter"), record("judged_anew", "out", "ada"), record("found_twice", "out", "ada"),
    ]  # fmt: skip
    new = [
        record("stays", "in", "ada", True), record("goes", "out", "ada"), record("waited", "in", "ada", True), record("sought", "in", "ada"),
        record("out", "out", "ada"), record("filtered", "out", "filter"), record("judged_anew", "in", "ada", True),
        record("found_twice", "out", "ada", found_by="pubmed; reference list: x"), record("fresh", "in", "ada", True, duplicates=1),
        record("fresh_filtered", "out", "filter"), record("fresh_out", "out", "bo"), record("fresh_pending", found_by="pubmed; reference list: x"),
    ]  # fmt: skip
    before = a_state("2026-01-01", [], [study("stays"), study("goes")], old)
    after = a_state("now", [], [study(key) for key in ("stays", "waited", "judged_anew", "fresh", "by_hand")], new)
    flow = prisma_update.flow(before, after)
    flow.check()
    assert (flow.previous, flow.dropped, flow.included, flow.total) == (2, {"why out (ada)": 1}, 4, 5)
    assert (flow.databases, flow.others) == ({"PubMed": 5}, {"papers at hand without a record": 1, "reference list: x": 2})
    assert flow.duplicates == 3
    assert flow.again == {prisma_update.JUDGED_ANEW: 1, prisma_update.PENDING: 1, prisma_update.NOT_RETRIEVED: 1}
    assert (flow.automation, flow.excluded, flow.pending) == ({"why out": 1}, {"why out": 1}, 1)
    assert (flow.sought, flow.not_retrieved) == (5, {"no text at hand": 1})
    for name in ("previous", "total", "duplicates", "included"):
        with pytest.raises(CountError):
            dataclasses.replace(flow, **{name: getattr(flow, name) + 1}).check()


@pytest.fixture(scope="module")
def review(tmp_path_factory):
    """A review of three specimens in a released state."""
    return released(tmp_path_factory.mktemp("diff"))


def test_people_drop_correct_and_verify_and_the_report_marks_it(review, tmp_path):
    shutil.copytree(review.root, tmp_path, dirs_exist_ok=True)
    changed = Review(KEY, tmp_path)
    rows = {(row["paper"], row["field"]): row for row in db.current(db.engine(changed))}
    follow_up, total = rows["sun_2020", "follow_up"], rows["sun_2020", "n_total"]
    wrong = {name: follow_up[name] for name in KEYS} | {"value": 27, "action": "change", "reason": "rounded", "curator": "ada"}
    curate.add(changed, wrong)
    curate.add(changed, {name: total[name] for name in KEYS} | {"action": "verify", "curator": "ada"})
    decide(changed, "out", "hu_2015", reason="overlaps another cohort")
    build(changed)
    told = diff_pages.write(changed)
    assert (told["cells_changed"], told["dropped_studies"], told["new_studies"], told["cells_added"]) == (1, 1, 0, 0)
    assert set(told["causes"]) == {"curator", "dropped"}
    said = (changed.build / "diff.md").read_text(encoding="utf-8")
    assert "overlaps another cohort (ada)" in said
    assert "curator: ada: corrected (rounded)" in said
    assert "1 value checked by people" in said
    page = html.fromstring((changed.build / "diff.html").read_text(encoding="utf-8"))
    assert [head.text for head in page.xpath("//h2")] == ["Studies", "Cells changed (1)", f"Cells withdrawn ({told['cells_withdrawn']})"]
    table = html.fromstring((changed.build / "table1.html").read_text(encoding="utf-8"))
    assert [chip.text for chip in table.xpath("//table[@id='table1']//span[@class='chip fresh']")] == ["changed"]
    flow = (changed.build / "prisma.svg").read_text(encoding="utf-8")
    assert "Previous studies no longer included (n = 1)" in flow
    assert "Total studies included in the review (n = 2)" in flow


def test_a_release_differs_from_itself_in_nothing_and_names_are_checked(review):
    told = diff_pages.write(review, f"{RELEASED}", f"{RELEASED}")
    assert not any(count for count in told.values() if isinstance(count, int))
    with pytest.raises(InputError, match=f"no such release; known: {RELEASED}"):
        diff_pages.write(review, "2020-01-01")


def test_without_a_release_there_is_no_news_and_no_page(review, tmp_path):
    shutil.copytree(review.root, tmp_path, dirs_exist_ok=True)
    bare = Review(KEY, tmp_path)
    shutil.rmtree(bare.corpus / "releases")
    (bare.build / "diff.html").unlink(missing_ok=True)
    assert diff_pages.write(bare) == {}
    assert news.news(bare).paragraph == ""
    report.run(bare)
    assert not (bare.build / "diff.html").exists()
    assert "What's new" not in (bare.build / "table1.html").read_text(encoding="utf-8")


def test_prisma_s_has_sixteen_items_and_the_exact_query(review):
    said = (review.build / "prisma-s.md").read_text(encoding="utf-8")
    assert [f"**{number}. " in said for number in range(1, 18)] == [True] * 16 + [False]
    assert review.protocol.search.query() in said
    assert "PubMed has not been searched yet" in said
    listed = (review.build / "prisma-checklist.md").read_text(encoding="utf-8")
    assert listed.count("\n| ") - 2 == 42
    assert f"{len(HELD)} studies included" in listed


def test_records_that_do_not_add_up_fail_the_build(review, tmp_path):
    shutil.copytree(review.root, tmp_path, dirs_exist_ok=True)
    broken = Review(KEY, tmp_path)
    path = broken.build / "screened.jsonl"
    path.write_text("".join(path.read_text(encoding="utf-8").splitlines(keepends=True)[1:]), encoding="utf-8")
    with pytest.raises(CountError, match="PRISMA-S"):
        prisma_s.totals(broken, [])
    with pytest.raises(CountError, match="not in the ledger: 77"):
        prisma_s.totals(review, [{"new": ["77"]}])


def test_the_working_state_holds_what_the_table_states(review):
    now = state.working(review)
    assert set(now.studies) == set(HELD)
    assert {study for study, _ in now.cells()} == set(HELD)
    load.run(review)
    assert state.working(review).findings == now.findings
