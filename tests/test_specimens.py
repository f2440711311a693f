"""The specimen papers: they are what their sources say, every page calls itself a specimen, and they report the published figures."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pypdfium2
import pytest
from lxml import etree

from pipeline.files import InputError, read_tsv
from pipeline.protocol import ROOT
from tests.test_published import COLUMNS

pytest.importorskip("reportlab", reason="the typesetter needs the development libraries")
pytest.importorskip("pyphen", reason="the typesetter needs the development libraries")
sys.path.insert(0, str(ROOT / "corpus"))
from typeset import main, typeset
from typeset_source import NOTICE, Specimen, blocks_of, read_specimen, spans

FOLDER = ROOT / "corpus" / "mnpc"
SOURCES = sorted((FOLDER / "specimens").glob("*.md"))
PDFS = sorted((FOLDER / "papers").glob("*.specimen.pdf"))
JATS = sorted((FOLDER / "papers").glob("*.specimen.xml"))

# Figures which the published table misprints: the specimen has the share that its own counts give.
MISPRINTS = {("sun_2020", "39.6")}
SPELLED = {
    "one hundred and sixty-eight": 168, "forty-five": 45, "thirty-one": 31, "twenty-two": 22, "seventeen": 17, "five": 5, "one": 1,
}  # fmt: skip


def pages_of(content: bytes) -> list[str]:
    """The text of each page, runs of white space made one space."""
    document = pypdfium2.PdfDocument(content)
    return [" ".join(page.get_textpage().get_text_bounded().split()) for page in document]


def text_of(path: Path) -> str:
    """A specimen's words, with decimal points for the dots some journals print at mid-height."""
    words = pages_of(path.read_bytes()) if path.suffix == ".pdf" else " ".join(etree.parse(path).getroot().itertext()).split()
    text = " ".join(words)
    return re.sub(r"(?<=\d)·(?=\d)", ".", text)


@pytest.fixture(scope="module")
def texts() -> dict[str, str]:
    return {path.name.split(".")[0]: text_of(path) for path in [*PDFS, *JATS]}


def test_twelve_pdf_five_jats_one_source_each():
    assert (len(PDFS), len(JATS)) == (12, 5)
    assert sorted(path.name.split(".")[0] for path in [*PDFS, *JATS]) == [path.stem for path in SOURCES]


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.stem)
def test_committed_paper_is_what_its_source_gives(source):
    """JATS to the byte; PDF by the text of each page, since the bytes also depend on the libraries' versions."""
    name, content = typeset(read_specimen(source))
    committed = (FOLDER / "papers" / name).read_bytes()
    if name.endswith(".xml"):
        assert content == committed
    else:
        assert pages_of(content) == pages_of(committed)


@pytest.mark.parametrize("key", ["rusthoven_2017", "zeng_2014"])
def test_same_source_same_bytes_in_another_process(key):
    source = FOLDER / "specimens" / f"{key}.md"
    code = f"import sys; sys.path.insert(0, {str(ROOT / 'corpus')!r}); from typeset import *; "
    code += f"sys.stdout.buffer.write(typeset(read_specimen(Path({str(source)!r})))[1])"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, env={**os.environ, "PYTHONHASHSEED": "7"})
    assert run.stdout == typeset(read_specimen(source))[1]


@pytest.mark.parametrize("path", PDFS, ids=lambda path: path.stem)
def test_every_page_says_what_it_is(path):
    pages = pages_of(path.read_bytes())
    assert 1 < len(pages) <= 4
    assert [number for number, text in enumerate(pages, 1) if NOTICE not in text] == []


@pytest.mark.parametrize("path", JATS, ids=lambda path: path.stem)
def test_jats_says_what_it_is_and_its_references_resolve(path):
    article = etree.parse(path)
    assert article.xpath("string(/article/front/notes/p)") == NOTICE
    assert article.xpath("string(/article/front/article-meta/author-notes)").startswith(NOTICE)
    assert article.xpath("string(/article/back/notes/p)") == NOTICE
    identifiers = set(article.xpath("//@id"))
    assert article.xpath("//xref")
    assert [rid for rid in article.xpath("//xref/@rid") if rid not in identifiers] == []


def test_jats_uses_what_real_jats_uses():
    articles = [etree.parse(path) for path in JATS]
    for path in ("//floats-group/table-wrap", "//abstract/sec", "//abstract[p]", "//td[@rowspan>1]", "//th[@colspan>1]", "//sup/xref"):
        assert any(article.xpath(path) for article in articles), path


def rows() -> list[dict]:
    return read_tsv(FOLDER / "published.tsv", COLUMNS)


@pytest.mark.parametrize("key", [path.stem for path in SOURCES if path.stem != "wang_shen_2021"])
def test_published_figures_stand_in_the_specimen(texts, key):
    """Each number of each finding is printed in the specimen; some are spelled out."""
    text = texts[key]
    for spelled, number in SPELLED.items():
        text = re.sub(rf"\b{spelled}\b", str(number), text, flags=re.IGNORECASE)
    printed = {float(number) for number in re.findall(r"\d+(?:\.\d+)?|(?<!\d)\.\d+", re.sub(r"(?<=\d),(?=\d{3})", "", text))}
    wanted = [(row, row[name]) for row in rows() if row["paper"] == key for name in ("value", "low", "high", "n", "percent")]
    wanted += [(row, row["p"].lstrip("<")) for row in rows() if row["paper"] == key]
    missing = [(row["line"], number) for row, number in wanted if re.fullmatch(r"[\d.]+", number) and float(number) not in printed]
    assert [place for place in missing if (key, place[1]) not in MISPRINTS] == []


def test_published_agents_stand_in_the_specimen(texts):
    for row in rows():
        if row["field"] in ("regimen", "concurrent_agent"):
            for agent in re.split(r"\+|anti-| antibody", row["value"]):
                assert agent in texts[row["paper"]].lower(), (row["paper"], agent)


def test_merged_cells():
    table = blocks_of("Caption: Table 1 | x\n\n| a | b | << |\n|---|---|---|\n| ^^ | c | d |\n| e | f | g |\n\nNote: y\n")[0]
    assert (table.label, table.words, table.note) == ("Table 1", "x", "y")
    assert spans(table.rows) == {
        (0, 0): (2, 1),
        (0, 1): (1, 2),
        (1, 1): (1, 1),
        (1, 2): (1, 1),
        (2, 0): (1, 1),
        (2, 1): (1, 1),
        (2, 2): (1, 1),
    }


def specimen(body: str, **front) -> Specimen:
    words = {"medium": "pdf", "title": "t", "affiliation": "a", "specimen_of": "s", "year": 2000, **front}
    return Specimen("small", words, blocks_of(f"# Abstract\n\nWords.\n\n# Results\n\n{body}\n"))


def test_a_table_that_finds_no_place_is_an_error():
    wide = "Caption: Table 1 | x\n\n| a |" + " incomprehensibilities |" * 12 + "\n|" + "---|" * 13 + "\n"
    with pytest.raises(InputError, match=r"Table 1 is .* points too wide"):
        typeset(specimen(wide, layout={"columns": 2}))
    with pytest.raises(InputError, match="names page 3, but the body ends on page 1"):
        typeset(specimen("Caption: Table 1 | x\n\n| a |\n|---|\n| b |\n", top={3: ["Table 1"]}))


def test_bad_sources_are_named(tmp_path):
    path = tmp_path / "bare.md"
    path.write_text("# Abstract\n")
    with pytest.raises(InputError, match=r"bare\.md:1: no front matter"):
        read_specimen(path)
    path.write_text("---\nmedium: pdf\n---\n# Abstract\n")
    with pytest.raises(InputError, match="has no title"):
        read_specimen(path)
    with pytest.raises(InputError, match="no specimens"):
        main("no-such-review")
