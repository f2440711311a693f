"""The page in a real browser: values open their evidence by mouse and keyboard, rows filter, nothing reaches for the network."""

from __future__ import annotations

import os
import shutil

import pytest

from tests.report_review import built

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
CHROMIUM = (
    os.environ.get("LIVETABLE_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
)
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here; install one or name it in LIVETABLE_CHROMIUM")


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    review, _ = built(tmp_path_factory.mktemp("browser"))
    return (review.build / "table1.html").as_uri()


@pytest.fixture(scope="module")
def browser():
    with sync_api.sync_playwright() as play:
        opened = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"])
        yield opened
        opened.close()


@pytest.fixture
def page(browser, address):
    opened = browser.new_page(viewport={"width": 1280, "height": 900})
    opened.set_default_timeout(5000)
    troubles, requests = [], []
    opened.on("console", lambda message: troubles.append(message.text) if message.type in ("error", "warning") else None)
    opened.on("pageerror", lambda error: troubles.append(str(error)))
    opened.on("request", lambda request: requests.append(request.url))
    opened.goto(address)
    yield opened
    opened.close()
    assert troubles == []
    assert all(url.startswith("file:") for url in requests)


def value(page, study, name):
    return page.locator(f"#{study}").get_by_role("button", name=name, exact=True)


def test_a_click_opens_quote_place_and_picture(page):
    value(page, "clark_2020", "90 patients").click()
    panel = page.get_by_role("dialog")
    assert "Clark et al., 2020" in panel.locator("h2").inner_text()
    assert "90 patients" in panel.locator("mark").inner_text()
    assert "page 1" in panel.inner_text()
    page.wait_for_function("document.querySelector('#panel img').naturalWidth > 100")


def test_a_paper_without_pages_shows_its_words_in_context(page):
    value(page, "adler_2019", "120 patients").click()
    panel = page.get_by_role("dialog")
    assert "120 patients" in panel.locator("mark").inner_text()
    assert "Sixty patients received" in panel.locator("blockquote").inner_text()
    assert panel.locator("img").count() == 0


def test_a_correction_tells_its_story(page):
    page.locator("#adler_2019 a.s-corrected").click()
    words = page.locator("#panel .history").inner_text()
    for told in ("curator", "printed <i>43</i> in the erratum", "The machine had", "41"):
        assert told in words


def test_the_keyboard_opens_steps_and_closes_and_the_focus_returns(page):
    first = value(page, "adler_2019", "120 patients")
    first.focus()
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "panel"
    title = page.locator("#panel-title").inner_text()
    page.keyboard.press("ArrowRight")
    assert page.locator("#panel-title").inner_text() != title
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Escape")
    assert page.locator("#panel").is_hidden()
    assert page.evaluate("document.activeElement.textContent") == "120 patients"
    page.keyboard.press("Space")
    assert page.locator("#panel").is_visible()


def test_every_value_opens_without_an_error(page):
    values = page.locator("#table1 a[data-f]:visible")
    for number in range(values.count()):
        values.nth(number).click()
        assert page.locator("#panel .value").inner_text().strip()


def test_the_filter_by_words_and_by_state(page):
    page.keyboard.press("/")
    page.keyboard.type("gemcitabine")
    assert page.locator("#table1 tbody tr:visible").count() == 1
    assert page.locator("#count").inner_text() == "1 of 4 studies"
    page.locator("#filter").fill("")
    page.locator("#state").select_option("people")
    assert [row.get_attribute("id") for row in page.locator("#table1 tbody tr:visible").all()] == ["adler_2019"]


@pytest.mark.parametrize("width", [1280, 800, 390])
def test_no_width_scrolls_sideways(page, width):
    page.set_viewport_size({"width": width, "height": 900})
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_dark_mode_is_dark_and_readable(browser, address):
    page = browser.new_page(color_scheme="dark")
    page.goto(address)
    ink, paper = (
        page.evaluate(f"getComputedStyle(document.querySelector('section.card')).{name}") for name in ("color", "backgroundColor")
    )
    light = [sum(int(part) for part in colour.strip("rgba()").split(",")[:3]) / 3 for colour in (ink, paper)]
    assert light[0] - light[1] > 150
    page.close()


def test_it_prints_on_a4_landscape_as_a_table(browser, address, tmp_path):
    page = browser.new_page()
    page.goto(address)
    page.pdf(path=tmp_path / "print.pdf", prefer_css_page_size=True)
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 1000, "height": 700})
    assert page.evaluate("getComputedStyle(document.querySelector('#table1 td')).display") == "table-cell"
    assert page.locator("nav.bar").is_hidden()
    page.close()
    import pypdfium2

    printed = pypdfium2.PdfDocument(tmp_path / "print.pdf")
    width, height = printed[0].get_size()
    printed.close()
    assert (round(width), round(height)) == (842, 595)
