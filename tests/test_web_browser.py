"""The curators' pages in a real browser, before a real server: from a look at a value to the report, and what goes wrong on the way."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys

import pytest

from pipeline import curate, db, load
from pipeline.files import read_jsonl, read_tsv, write_jsonl
from pipeline.protocol import ROOT
from pipeline.screen import COLUMNS
from tests.web_server import FROST, Server, copied, reviewed

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
CHROMIUM = (
    os.environ.get("LIVETABLE_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
)
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here; install one or name it in LIVETABLE_CHROMIUM")
expect = sync_api.expect
expect.set_options(timeout=20000)
FOLLOW_UP = "Median 41 months (range 3–96)"


@pytest.fixture(scope="module")
def original(tmp_path_factory):
    """The review as the stages leave it; every test works on a copy."""
    return reviewed(tmp_path_factory.mktemp("original"))


@pytest.fixture(scope="module")
def chromium():
    with sync_api.sync_playwright() as play:
        flags = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking", "--no-first-run"]
        opened = play.chromium.launch(executable_path=CHROMIUM, args=flags)
        yield opened
        opened.close()


@pytest.fixture
def review(original, tmp_path, monkeypatch):
    monkeypatch.delenv("LIVETABLE_DB", raising=False)
    return copied(original, tmp_path / "root")


@pytest.fixture
def server(review):
    with Server(review, LIVETABLE_LOCK_TIMEOUT="1") as running:
        yield running


@pytest.fixture
def sit_down(chromium, server):
    """Opens a browser of one's own at the start address and takes a curator's seat; troubles on a page fail the test."""
    contexts, troubles = [], []

    def opened(name="Ada Marsh", **looks):
        context = chromium.new_context(viewport={"width": 1280, "height": 860}, **looks)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(20000)
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.on("request", lambda request: troubles.append(request.url) if not request.url.startswith((server.url, "data:")) else None)
        page.goto(server.start)
        page.get_by_role("button", name=name).click()
        page.wait_for_selector("#table1")
        return page

    yield opened
    for context in contexts:
        context.close()
    assert troubles == []


def choose(page, server, study, words):
    """Open a study at one of its findings."""
    page.goto(f"{server.url}/study/{study}")
    page.locator(".entry", has_text=words).first.click()
    expect(page.locator("#chosen .value")).to_contain_text(words)


def saved(page):
    """Wait until the page says that something was saved."""
    expect(page.locator("#toast.on")).to_contain_text(re.compile("[Ss]aved|Taken back"))
    page.evaluate("document.querySelector('#toast').classList.remove('on')")


def correct(page, value, reason):
    """Correct the chosen value by keyboard alone."""
    page.keyboard.press("c")
    page.keyboard.type(value)
    page.locator("#form [name=reason]").fill(reason)
    page.keyboard.press("Control+Enter")


def rows(review):
    return curate.read_rows(review)


def run(review, *stage):
    """A stage of the command line, as `make` runs it."""
    environment = {**os.environ, "LIVETABLE_ROOT": str(review.root), "PYTHONPATH": str(ROOT)}
    subprocess.run([sys.executable, "-m", "pipeline", *stage, "--review", review.key], env=environment, check=True, capture_output=True)


def machine_says(review, months):
    """Another extraction of the same paper reads another follow-up."""
    found = list(read_jsonl(review.build / "extract.jsonl"))
    write_jsonl(
        review.build / "extract.jsonl",
        [row | ({"value": months} if (row["paper"], row["field"]) == ("adler_2019", "follow_up") else {}) for row in found],
    )


def test_the_full_loop_from_a_look_at_a_value_to_the_report(sit_down, server, review):
    page = sit_down()
    page.locator("#adler_2019 a.v", has_text="41 months").click()
    page.wait_for_url("**/study/adler_2019?finding=*")
    assert "(range, 3-96 months)" in page.locator("#text mark.on").inner_text()
    correct(page, "43", "the erratum prints 43")
    saved(page)
    assert page.locator("#chosen .value").inner_text() == "Median 43 months (range 3–96)"
    assert "The machine had 41 (3-96 range) months" in page.locator("#chosen").inner_text()
    assert "by Ada Marsh" in page.locator("#chosen").inner_text()
    (row,) = rows(review)
    assert (row["action"], row["value"], row["curator"], row["reason"]) == ("change", "43", "curator", "the erratum prints 43")
    page.goto(server.url)
    cell = page.locator("#adler_2019 a.s-corrected")
    assert cell.inner_text().replace("\u2060", "") == "Median 43 months (range 3–96)"
    assert "corrected by Ada Marsh; the machine had 41 (3-96 range) months" in cell.get_attribute("title")
    server.stop()
    run(review, "load")  # what `make` runs after a correction
    run(review, "report")
    report = (review.build / "table1.html").read_text(encoding="utf-8")
    assert re.search(
        r'class="v s-corrected"[^>]*title="corrected by curator; the machine had 41 \(3-96 range\) months"[^>]*>Median 43', report
    )
    (found,) = [each for each in db.current(db.engine(review)) if each["status"] == "corrected"]
    assert (found["value"], found["curator"], found["overruled"]) == (43, "curator", "41 (3-96 range) months")


def test_keys_accept_reject_undo_and_walk(sit_down, server, review):
    page = sit_down()
    choose(page, server, "adler_2019", "120 patients")
    page.keyboard.press("a")
    saved(page)
    assert "120 patients" not in page.locator("#chosen .value").inner_text()
    assert page.locator(".entry.e-verified").inner_text().startswith("120 patients")
    page.keyboard.press("r")
    page.keyboard.type("not of this study")
    page.keyboard.press("Enter")
    saved(page)
    assert page.locator(".entry.e-overruled").count() == 1
    page.keyboard.press("k")
    page.locator(".entry.e-overruled").click()
    page.wait_for_selector("#chosen .t-overruled")
    taken = page.locator("#chosen .value").inner_text()
    page.keyboard.press("u")
    saved(page)
    assert page.locator("#chosen .value").inner_text() == taken
    assert page.locator(".entry.e-overruled").count() == 0
    assert sorted(row["action"] for row in rows(review)) == ["reject", "undo", "verify"]


def test_words_selected_on_a_page_become_a_finding_with_page_and_box(sit_down, server, review):
    page = sit_down()
    page.goto(f"{server.url}/study/clark_2020")
    expect(page.locator("figure.page img").first).to_have_js_property("complete", True)
    assert page.evaluate("document.querySelector('figure.page img').naturalWidth") > 800
    box = page.evaluate(
        """() => { const line = JSON.parse(document.getElementById('layer').textContent).find(each => each[8].includes('Toxicity was mild'));
        const svg = document.querySelector('figure.page svg'), view = svg.viewBox.baseVal, at = svg.getBoundingClientRect();
        svg.closest('.paper').scrollTop = (line[5] / view.height) * at.height - 200;
        const now = svg.getBoundingClientRect(), scale = now.width / view.width, letter = (line[6] - line[4]) / line[8].length;
        const start = line[8].indexOf('Toxicity');
        return [now.left + (line[4] + letter * (start + 1)) * scale, now.left + (line[4] + letter * (start + 12)) * scale, now.top + ((line[5] + line[7]) / 2) * scale]; }"""
    )
    page.mouse.move(box[0], box[2])
    page.mouse.down()
    page.mouse.move((box[0] + box[1]) / 2, box[2], steps=3)
    page.mouse.move(box[1], box[2], steps=3)
    assert page.locator("rect.pick").count() == 1
    page.mouse.up()
    quote = page.locator("#form [name=quote]").input_value()
    assert quote.startswith("Toxicity was")
    page.locator("#form [name=field]").select_option("regimen")
    page.locator("#form [name=value]").fill("cisplatin")
    page.keyboard.press("Control+Enter")
    saved(page)
    (row,) = rows(review)
    assert (row["paper"], row["action"], row["field"], row["value"], row["quote"], row["page"]) == (
        "clark_2020",
        "add",
        "regimen",
        "cisplatin",
        quote,
        "1",
    )
    load.run(review)
    (found,) = [each for each in db.current(db.engine(review)) if each["status"] == "added"]
    assert found["place"]["page"] == 1
    assert len(found["place"]["bbox"]) == 4
    assert page.locator("rect.m.on.s-added").count() == 1


def test_words_selected_in_the_text_become_a_finding(sit_down, server, review):
    page = sit_down()
    page.goto(f"{server.url}/study/brandt_2021")
    spot = page.evaluate(
        """() => { for (const p of document.querySelectorAll('#text [data-passage]')) { const n = p.textContent.indexOf('concurrent gemcitabine'); if (n < 0) continue;
        const walk = document.createTreeWalker(p, NodeFilter.SHOW_TEXT); let seen = 0, node, range = document.createRange();
        while ((node = walk.nextNode())) { if (seen <= n && n < seen + node.length) range.setStart(node, n - seen);
          const end = n + 'concurrent gemcitabine'.length; if (seen < end && end <= seen + node.length) { range.setEnd(node, end - seen); break; } seen += node.length; }
        const a = range.getClientRects(); return [a[0].left + 2, a[0].top + 5, a[a.length - 1].right - 1, a[a.length - 1].top + 5]; } }"""
    )
    page.mouse.move(spot[0], spot[1])
    page.mouse.down()
    page.mouse.move(spot[2], spot[3], steps=5)
    page.mouse.up()
    assert "concurrent gemcitabin" in page.locator("#form [name=quote]").input_value()
    page.locator("#form [name=field]").select_option("regimen")
    page.locator("#form [name=value]").fill("gemcitabine")
    page.locator("#form").get_by_role("button", name="Save").click()
    saved(page)
    assert [(row["value"], row["paper"]) for row in rows(review)] == [("gemcitabine", "brandt_2021")]


def test_the_second_of_two_who_save_one_cell_is_told_and_loses_nothing(sit_down, server, review):
    ada, ben = sit_down("Ada Marsh"), sit_down("Ben Rook")
    for page in (ada, ben):
        choose(page, server, "adler_2019", FOLLOW_UP)
    correct(ada, "43", "the erratum")
    saved(ada)
    correct(ben, "44", "by my count")
    ben.wait_for_selector("#message .alert")
    told = ben.locator("#message").inner_text()
    assert "Not saved: somebody was faster." in told
    assert "(change by curator)" in told
    assert [ben.locator(f"#form [name={name}]").input_value() for name in ("value", "reason")] == ["44", "by my count"]
    assert [row["value"] for row in rows(review)] == ["43"]
    ben.get_by_role("button", name="Look again").click()
    ben.wait_for_selector("#chosen .t-corrected")
    assert "Median 43 months" in ben.locator("#chosen .value").inner_text()
    assert [ben.locator(f"#form [name={name}]").input_value() for name in ("value", "reason")] == ["44", "by my count"]
    ben.locator("#form").get_by_role("button", name="Save").click()
    saved(ben)
    assert sorted((row["value"], row["curator"]) for row in rows(review)) == [("43", "curator"), ("44", "second")]
    assert "Median 44 months" in ben.locator("#chosen .value").inner_text()
    history = ben.locator(".history").inner_text()
    assert "Ada Marsh" in history
    assert "Ben Rook" in history


def test_what_cannot_be_made_durable_is_refused_and_stays_in_the_form(sit_down, server, review):
    resource = pytest.importorskip("resource", reason="limits of file sizes are Unix's")
    page = sit_down()
    choose(page, server, "adler_2019", FOLLOW_UP)
    resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, (64, resource.RLIM_INFINITY))  # as a disk that is full
    correct(page, "43", "the erratum")
    page.wait_for_selector("#message .alert.bad")
    assert "could not be made durable" in page.locator("#message").inner_text()
    assert page.locator("#form [name=value]").input_value() == "43"
    assert rows(review) == []
    resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    page.locator("#form").get_by_role("button", name="Save").click()
    saved(page)
    assert [row["value"] for row in rows(review)] == ["43"]
    server.kill()
    page.keyboard.press("a")
    page.wait_for_selector("#message .alert.bad")
    assert "does not answer" in page.locator("#message").inner_text()


def test_a_drift_stands_side_by_side_and_one_key_settles_it(sit_down, server, review):
    page = sit_down()
    choose(page, server, "adler_2019", FOLLOW_UP)
    correct(page, "43", "the erratum")
    saved(page)
    machine_says(review, 39)
    page.goto(server.url)
    assert page.locator("#adler_2019 a.d-drifted").inner_text().startswith("Median 43 months")
    page.goto(f"{server.url}/study/adler_2019?field=follow_up")
    page.keyboard.press("a")  # the person's value is looked at once more and stands
    saved(page)
    assert page.locator(".entry.e-drifted").count() == 0
    machine_says(review, 37)
    page.goto(f"{server.url}/study/clark_2020")
    page.keyboard.press("a")  # any save brings the worklist up to date
    saved(page)
    page.goto(f"{server.url}/worklist")
    drift = page.locator("li.drift")
    told = drift.locator(".three").inner_text()
    assert all(words in told for words in ("39 (3-96 range) months", "37 (3-96 range) months", "43 (3-96 range) months"))
    drift.focus()
    page.keyboard.press("1")
    page.wait_for_selector("#tasks .banner")
    assert page.locator("li.drift").count() == 0
    load.run(review)
    (found,) = [each for each in db.current(db.engine(review)) if each["field"] == "follow_up" and each["paper"] == "adler_2019"]
    assert (found["value"], found["correction_status"]) == (43, "active")


def test_screening_a_record_changes_the_counts_here_and_in_the_report(sit_down, server, review):
    page = sit_down()
    page.goto(f"{server.url}/screening")
    assert "Frost et al., 2024" in page.locator(".record").inner_text()
    assert page.title().startswith("Screening")  # the script in the abstract did not run
    count = {name: int(page.locator(f"[data-count={name}]").inner_text()) for name in ("pending", "included")}
    assert count["pending"] == 1
    page.keyboard.press("o")
    page.keyboard.type("fewer than 50 patients")
    page.keyboard.press("Enter")
    expect(page.locator("[data-count=pending]")).to_have_text("0")
    assert "Out: fewer than 50 patients" in page.locator(".flow").inner_text()
    decided = {row["key"]: row for row in read_tsv(review.corpus / "screening.tsv", COLUMNS)}
    assert (decided[FROST]["decision"], decided[FROST]["curator"]) == ("out", "curator")
    page.goto(f"{server.url}/screening?show=out&key={FROST}")
    page.keyboard.press("i")
    expect(page.locator("[data-count=included]")).to_have_text(str(count["included"] + 1))
    page.goto(f"{server.url}/screening?show=all&key={FROST}")
    assert "Ada Marsh out: fewer than 50 patients" in page.locator(".history").inner_text()
    page.goto(server.url)
    page.get_by_role("button", name="Make the report").click()
    page.wait_for_selector("#message .alert.good", timeout=60000)
    after = (review.build / "prisma.svg").read_text(encoding="utf-8")
    assert "awaiting a decision" not in after
    assert f"sought for retrieval (n = {count['included'] + 1})" in after


def test_two_extract_blindly_and_a_third_adjudicates(sit_down, server, review):
    told = {"Ada Marsh": ("120", "41"), "Ben Rook": ("120", "43")}
    for name, (size, months) in told.items():
        page = sit_down(name)
        page.goto(f"{server.url}/double/adler_2019")
        for field, value, quote in (("n_total", size, "120 patients"), ("follow_up", months, "median follow-up was 41 months")):
            page.keyboard.press("s")
            page.locator("#form [name=field]").select_option(field)
            page.locator("#form [name=value]").fill(value)
            page.locator("#form [name=quote]").fill(quote)
            page.keyboard.press("Control+Enter")
            saved(page)
        if name == "Ben Rook":
            assert page.locator(".entry").count() == 2
            assert "41 months" not in page.locator("#side").inner_text()
            assert page.request.get(f"{server.url}/double/adler_2019/adjudicate").status == 403
        page.on("dialog", lambda dialog: dialog.accept())
        page.get_by_role("button", name="I have finished this study").click()
        expect(page.locator("#side")).to_contain_text("You have finished")
    page = sit_down("Cleo Vane")
    page.goto(f"{server.url}/double/adler_2019/adjudicate")
    assert "41 months" in page.locator("tr.apart").inner_text()
    assert "43 months" in page.locator("tr.apart").inner_text()
    page.get_by_role("button", name="Save the 1 on which both agree").click()
    page.wait_for_selector("#cells .banner")
    page.locator("tr.apart").focus()
    page.keyboard.press("2")
    expect(page.locator("#cells")).to_contain_text("0 of 2 cells to settle")
    assert sorted((row["field"], row["action"], row["value"], row["curator"]) for row in rows(review)) == [
        ("follow_up", "change", "43", "third"), ("n_total", "verify", "120", "third"),
    ]  # fmt: skip
    page.goto(f"{server.url}/double")
    assert "50%" in page.locator("table.agree tr.total").inner_text()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_fits_1280_has_names_for_its_controls_and_contrast(sit_down, server, scheme):
    page = sit_down(color_scheme=scheme)
    for path in (
        "/",
        "/study/clark_2020",
        "/study/adler_2019",
        "/worklist",
        "/screening",
        "/history",
        "/double",
        "/double/adler_2019",
        "/exchange",
        "/curator",
    ):
        page.goto(server.url + path)
        assert page.evaluate("document.documentElement.scrollWidth") <= 1280, path
        unnamed = page.evaluate(
            """() => [...document.querySelectorAll('input:not([type=hidden]), select, textarea, button, img, a[href]')].filter(each => each.offsetParent)
            .filter(each => !(each.labels?.length || each.getAttribute('aria-label') || each.alt || each.textContent.trim() || each.title)).map(each => each.outerHTML)"""
        )
        assert unnamed == [], path
        ink, ground = (page.evaluate(f"getComputedStyle(document.body).{name}") for name in ("color", "backgroundColor"))
        light = [sum(map(float, re.findall(r"[\d.]+", colour)[:3])) / 3 for colour in (ink, ground)]
        assert (light[0] - light[1] if scheme == "dark" else light[1] - light[0]) > 150, path
    page.keyboard.press("Tab")
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none"
