"""An update adds what is new and reads nothing twice; killed at any stage it goes on and ends the same; changed sources re-open cells."""

from __future__ import annotations

import datetime as dt
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

pytest.importorskip("markdown_it", reason="the later papers are typeset with the development libraries")

from eutils_server import EutilsServer, Fault
from living_review import FIRST, HELD, KEY, KEYS, LATER, LETTERS, SECOND, THIRD, decide, files, jats, ledger, publish, released, settings
from lxml import html

from pipeline import acquire, curate, db, load, search, update, watch
from pipeline.files import read_jsonl, read_tsv
from pipeline.protocol import ROOT, Review
from pipeline.worklist import COLUMNS

FOURTH = dt.date(2026, 3, 1)


@pytest.fixture(scope="module")
def server():
    with EutilsServer() as server, pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.lower().endswith("_proxy")]:
            patch.delenv(name)
        for name, held in settings(server).items():
            patch.setenv(name, held)
        publish(server)
        yield server


@pytest.fixture(scope="module")
def waiting(server, tmp_path_factory):
    """A released review whose first update found three papers; a curator has let them in since. With the first update's summary."""
    review = released(tmp_path_factory.mktemp("waiting"))
    told = update.run(review, FIRST, jobs=2)
    assert (told["new_records"], told["waiting_for_a_decision"], told["papers_read"], told["papers_extracted"]) == (4, 3, 0, 0)
    assert "3</b> records" in page(review) or "3 records still to be screened" in page(review)
    decide(review, "in", *KEYS)
    server.put(LETTERS[1])
    return review


@pytest.fixture(scope="module")
def updated(waiting, tmp_path_factory):
    """The review after its second update, which reads the three papers; with that update's summary."""
    review = copied(waiting, tmp_path_factory.mktemp("updated"))
    return review, update.run(review, SECOND, jobs=2)


def copied(review: Review, root: Path) -> Review:
    """The same review in another place, its files as old as they were."""
    shutil.copytree(review.root, root, dirs_exist_ok=True)
    return Review(KEY, root)


def page(review: Review) -> str:
    return (review.build / "table1.html").read_text(encoding="utf-8")


def tasks(review: Review) -> list[dict]:
    return [row for row in read_tsv(review.build / "curate.tsv", COLUMNS) if row["kind"] == "source changed"]


def test_an_update_adds_three_later_papers_and_says_what_changed(updated):
    review, told = updated
    assert (told["new_records"], told["files_fetched"], told["papers_read"], told["papers_extracted"]) == (1, 3, 3, 3)
    since = told["since_the_last_release"]
    assert (since["new_studies"], since["dropped_studies"], since["cells_changed"], since["cells_withdrawn"]) == (3, 0, 0, 0)
    assert since["cells_added"] >= 12
    assert set(told["values_by_cause"]) == {"new paper"}
    said = (review.build / "diff.md").read_text(encoding="utf-8")
    assert "3 studies came in (Bone et al., 2022, Chen et al., 2024, Nong et al., 2020)" in said
    assert "5 new records (3 in, 2 out)" in said
    assert "| Nong et al., 2020 |" in said
    seen = html.fromstring(page(review))
    assert [chip.text for chip in seen.xpath("//table[@id='table1']//span[contains(@class, 'chip')]")] == ["new study"] * 3
    assert "3 studies came in" in seen.get_element_by_id("whats-new").text_content()
    assert f"PubMed was last searched on {SECOND}" in seen.xpath("//header")[0].text_content()


def test_the_flow_of_the_update_counts_previous_studies_and_automation_apart(updated):
    flow = json.loads((updated[0].build / "prisma.json").read_text(encoding="utf-8"))
    assert (flow["previous"], flow["included"], flow["total"]) == (len(HELD), 3, len(HELD) + 3)
    assert (flow["databases"], flow["automation"], flow["screened"]) == ({"PubMed": 5}, {"publication type: Letter": 2}, 3)
    drawn = (updated[0].build / "prisma.svg").read_text(encoding="utf-8")
    for words in (
        "Studies in previous version of review (n = 3)",
        "New studies included in the review (n = 3)",
        "Total studies included in the review (n = 6)",
    ):
        assert words in drawn


def test_a_second_run_reads_no_paper_again(updated, server, tmp_path):
    review = copied(updated[0], tmp_path)
    asked = len([1 for name, given, _ in server.asked if name == "efetch" and given["db"] == "pmc"])
    told = update.run(review, THIRD, jobs=2)
    counts = [
        told[name] for name in ("new_records", "changed_records", "files_fetched", "papers_read", "papers_extracted", "values_reopened")
    ]
    assert counts == [0] * 6
    assert len([1 for name, given, _ in server.asked if name == "efetch" and given["db"] == "pmc"]) == asked
    for name in ("extract.jsonl", "table1.csv", "table1.md", "table1.docx", "table1.xlsx", "diff.md", "prisma.svg"):
        assert (review.build / name).read_bytes() == (updated[0].build / name).read_bytes(), name


def start(review: Review, told: Path) -> subprocess.Popen:
    """The real command in a process group of its own, its standard error in a file."""
    command = [sys.executable, "-m", "pipeline", "update", "--review", KEY, "--date", f"{SECOND}", "--jobs", "1"]
    environment = {**os.environ, "LIVETABLE_ROOT": str(review.root), "PYTHONPATH": str(ROOT), "COLUMNS": "100"}
    with open(told, "wb") as file:
        return subprocess.Popen(command, env=environment, cwd=review.root, stderr=file, stdout=file, start_new_session=True)


def kill_when(running: subprocess.Popen, moment: Callable[[], bool], stage: str) -> None:
    """Wait for a moment of the run, then kill -9 it and its workers."""
    end = time.monotonic() + 120
    while not moment():
        assert running.poll() is None, f"the run ended before {stage}"
        assert time.monotonic() < end, f"{stage} did not come"
        time.sleep(0.002)
    os.killpg(running.pid, signal.SIGKILL)
    running.wait()


def parsed(review: Review) -> dict[str, int]:
    """When each paper was read and its findings were written."""
    paths = [*(review.build / "parsed").glob("*.json.gz"), *(review.build / "extracted").glob("*.jsonl")]
    return {path.name: path.stat().st_mtime_ns for path in paths}


def test_killed_at_every_stage_it_goes_on_and_ends_the_same(waiting, updated, server, tmp_path):
    review, log = copied(waiting, tmp_path / "review"), tmp_path / "told.txt"
    before, searches = parsed(review), len(ledger(review, "searches.jsonl"))
    slow = len(server.asked)

    def asks(name: str) -> bool:
        return any(asked == name for asked, _, _ in server.asked[slow:])

    def new(folder: str) -> bool:
        return any((review.build / folder).glob(f"{KEYS[2]}.*"))  # the first of the three in the order of keys

    said = lambda words: words in log.read_text(encoding="utf-8", errors="replace")  # noqa: E731
    moments = {
        "search": lambda: asks("efetch"),
        "acquire": lambda: (review.papers / f"{KEYS[2]}.xml").exists(),
        "parse": lambda: (review.build / "parsed" / "unfinished.json").exists(),
        "extract": lambda: new("extracted"),
        "load": lambda: (review.build / ".review.db.new").exists(),
        "report": lambda: said("load: "),
    }
    server.fail("efetch", Fault(delay=3))  # so that the search is killed while it fetches
    once: dict[str, int] = {}
    for stage, moment in moments.items():
        kill_when(start(review, log), moment, stage)
        for name, written in parsed(review).items():
            assert once.setdefault(name, written) == written, f"{name} was read again after the kill in {stage}"
        server.faults.clear()
    ended = start(review, log)
    assert ended.wait(timeout=120) == 0, log.read_text(encoding="utf-8")
    now = parsed(review)
    assert all(now[name] == written for name, written in once.items())
    assert sorted(set(now) - set(before)) == sorted(set(parsed(updated[0])) - set(before))
    assert len(set(now) - set(before)) == 6  # three papers read once, three times extracted once
    assert len(ledger(review, "searches.jsonl")) == searches + 1
    here, there = files(review.root), files(updated[0].root)
    assert sorted(here) == sorted(there)
    different = [name for name in there if here[name] != there[name]]
    assert different == []


class Killed(BaseException):
    """Stands for the end of the process."""


def test_a_search_and_its_papers_survive_an_end_after_every_write(waiting, server, tmp_path, monkeypatch):
    """Each write in turn is the last that a run makes; the next run ends as the uninterrupted one."""
    monkeypatch.setattr("Bio.Entrez.time", SimpleNamespace(time=time.time, sleep=lambda seconds: None))  # the local server needs no pauses

    def both(review: Review) -> None:
        watch.record(review, f"{SECOND}")
        update.searched(review, SECOND, review.build / "updating" / "unfinished.json")
        acquire.run(review, today=SECOND)
        watch.record(review, f"{SECOND}")

    def unbuilt(name: str) -> Review:
        for folder in ("schemas", "corpus"):
            shutil.copytree(waiting.root / folder, tmp_path / name / folder)
        return Review(KEY, tmp_path / name)

    whole, writes, replace = unbuilt("whole"), [], os.replace
    monkeypatch.setattr(os, "replace", lambda *names: (replace(*names), writes.append(Path(names[1]).name)))
    both(whole)
    assert len(writes) > 8
    for last in range(len(writes)):
        review, done = unbuilt(f"{last}"), []

        def failing(*names, done=done, last=last):
            replace(*names)
            done.append(names[1])
            if len(done) > last:
                raise Killed

        monkeypatch.setattr(os, "replace", failing)
        with pytest.raises(Killed):
            both(review)
        monkeypatch.setattr(os, "replace", replace)
        both(review)
        assert files(review.corpus) == files(whole.corpus), f"killed after write {last}, of {writes[last]}"


def test_a_retraction_reopens_every_value_until_people_look_again(updated, server, tmp_path):
    review = copied(updated[0], tmp_path)
    pmid = LATER[0][1]
    kept = server.records[pmid]
    server.change(pmid, notices=(("RetractionIn", "99000009"),), mdat=THIRD)
    try:
        told = update.run(review, THIRD, jobs=2)
        found = [row for row in db.current(db.engine(review)) if row["paper"] == KEYS[0]]
        assert (told["changed_records"], told["papers_read"], told["values_reopened"]) == (1, 0, len(found))
        assert told["source_changed"] == ["nong_2020: retracted (notice: PMID 99000009)"]
        [*cells] = tasks(review)
        assert {row["study"] for row in cells} == {KEYS[0]}
        assert f"source changed: retracted (notice: PMID 99000009), seen {THIRD}" in cells[0]["message"]
        row = html.fromstring(page(review)).get_element_by_id(KEYS[0])
        assert sum("source changed" in chip.text for chip in row.xpath(".//span[@class='chip warn']")) == len(cells)
        first = next(row for row in found if row["field"] == "n_total")
        keys = ("paper", "field", "value", "low", "high", "bounds", "unit", "n", "percent", "arm", "endpoint", "at", "quote", "replaces")
        curate.add(review, {name: first[name] for name in keys} | {"action": "verify", "curator": "ada"})
        load.run(review)
        assert len(watch.reopened(review)) == len(found) - 1
        decide(review, "in", KEYS[0], reason="retracted for its authorship; the data stand", date=THIRD)
        assert watch.reopened(review) == {}
    finally:
        server.put(kept)


def test_a_new_version_is_read_again_alone_and_its_cells_are_reopened(updated, server, tmp_path):
    review = copied(updated[0], tmp_path)
    name, _, pmcid, doi, _, _ = LATER[1]
    kept, objects = server.articles[pmcid], dict(server.objects)
    server.articles[pmcid] = (
        jats(name, pmcid, doi)
        .replace("Median OS was 27 months", "Median OS was 26 months")
        .replace("was 27 months with", "was 26 months with")
    )
    server.deposit(pmcid, 2, b"%PDF-1.4 no text", pdf_url="")
    try:
        told = update.run(review, FOURTH, jobs=2)
        found = [row for row in db.current(db.engine(review)) if row["paper"] == KEYS[1]]
        assert (told["files_fetched"], told["papers_read"], told["papers_extracted"]) == (1, 1, 1)
        assert told["values_reopened"] == len(found)
        assert told["source_changed"] == [f"chen_2024: new version of the jats ({pmcid}.2)"]
        assert 26 in [row["value"] for row in found if row["field"] == "survival_median"]
    finally:
        server.articles[pmcid] = kept
        server.objects = objects


def test_half_written_files_are_swept_and_nothing_else(waiting, tmp_path):
    review = copied(waiting, tmp_path)
    left = [review.papers / ".nong_2020.xml.a1b2c3_4", review.corpus / ".hits.jsonl.zzzzzzzz"]
    kept = [review.inbox / ".gitkeep", review.corpus / ".notes"]
    for path in (*left, *kept):
        path.write_text("half", encoding="utf-8")
    update.sweep(review)
    assert [path.exists() for path in (*left, *kept)] == [False, False, True, True]


def test_an_update_of_another_day_searches_again_after_an_interrupted_one(waiting, server, tmp_path):
    review = copied(waiting, tmp_path)
    note = review.build / "updating" / "unfinished.json"
    update.searched(review, SECOND, note)
    assert len(ledger(review, "searches.jsonl")) == 2
    update.searched(review, SECOND, note)
    assert len(ledger(review, "searches.jsonl")) == 2
    update.searched(review, THIRD, note)
    assert [run["date"] for run in ledger(review, "searches.jsonl")] == [f"{FIRST}", f"{SECOND}", f"{THIRD}"]
    assert search.run(review, update=True, today=THIRD)["mode"] == "update"
    assert list(read_jsonl(review.build / "search" / "run.json")) == []
