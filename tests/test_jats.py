"""JATS into passages: one invented article with what real ones contain, and the development papers where they are at hand."""

import os
from pathlib import Path

import pytest
from lxml import etree

from pipeline.files import Unreadable
from pipeline.jats import read_jats
from pipeline.protocol import ROOT
from pipeline.records import SECTIONS

EVALUATION = ROOT / os.environ.get("LIVETABLE_EVALUATION", "../shared")
ARTICLE = """<?xml version="1.0"?>
<!DOCTYPE article PUBLIC "-//NLM//DTD JATS//EN" "JATS-archivearticle1.dtd"
 [<!ENTITY outside SYSTEM "file:///etc/hostname">]>
<article xmlns:mml="http://www.w3.org/1998/Math/MathML" article-type="research-article"><front>
<journal-meta><journal-title-group><journal-title>Journal of Trials</journal-title></journal-title-group></journal-meta>
<article-meta><article-id pub-id-type="pmid">123</article-id><article-id pub-id-type="pmc">456</article-id>
<article-id pub-id-type="doi">10.1/x</article-id>
<title-group><article-title>Two drugs in <italic>one</italic> disease</article-title></title-group>
<contrib-group><contrib contrib-type="author"><name><surname>Doe</surname><given-names>Jane</given-names></name>
<xref ref-type="aff">1</xref></contrib></contrib-group>
<pub-date pub-type="epub"><year>2019</year></pub-date><pub-date pub-type="ppub"><year>2020</year></pub-date>
<abstract><sec><title>Methods</title><p>We treated 40 patients.</p></sec><sec><title>Results</title><p>All lived.</p></sec></abstract>
<kwd-group><kwd>cancer</kwd><kwd>survival</kwd></kwd-group></article-meta></front>
<body><sec sec-type="intro"><title>1. Why</title><p>Doses of 10<sup>9</sup>/L and 75&#160;mg/m<sup>2</sup> were used before.<sup><xref
 ref-type="bibr" rid="r1">1</xref>,<xref
 ref-type="bibr" rid="r2">2</xref></sup> Others disagree [<xref ref-type="bibr"
 rid="r1">1</xref>]. &outside;&alpha;-blocker.</p></sec>
<sec><title>Patients and methods</title>
<sec><title>Results of screening</title><p>Of 50 patients<xref ref-type="fn" rid="f1">*</xref> 40 entered
<list><list-item><p>with consent</p></list-item><list-item><p>over 18 years</p></list-item></list> in all.</p></sec></sec>
<sec><title>Results</title><p>Survival was 63.7%<sup>a</sup> at five years (<xref ref-type="table" rid="t1">Table 1</xref>),
 HR 0&#183;65. <inline-formula>
<alternatives><tex-math>\\alpha = 3</tex-math><mml:math><mml:msup><mml:mn>10</mml:mn><mml:mn>6</mml:mn></mml:msup>
</mml:math></alternatives></inline-formula> cells, the 8<sup>th</sup> week.</p></sec></body>
<back><ack><p>We thank all.</p></ack><ref-list><ref id="r1"><mixed-citation>Roe R. Title. 2001.</mixed-citation></ref></ref-list></back>
<floats-group><table-wrap id="t1"><label>Table 1</label><caption><p>Survival by arm</p></caption><table><thead>
<tr><th rowspan="2">Arm</th><th colspan="2">OS</th></tr><tr><th>HR</th><th>p<sup>b</sup></th></tr></thead><tbody>
<tr><td>&#160;&#160;Drug A</td><td>0.65<break/>(0.5&#8211;0.8)</td><td>&lt;0.001<xref ref-type="table-fn" rid="tf">c</xref></td></tr>
</tbody></table><table-wrap-foot><fn id="tf"><p>By the log-rank test</p></fn></table-wrap-foot></table-wrap>
<table-wrap id="t2"><label>Table 2</label><graphic/></table-wrap></floats-group></article>"""


@pytest.fixture
def read(tmp_path):
    """Write a text to a file and read it as JATS."""

    def write_and_read(text):
        path = tmp_path / "paper.xml"
        path.write_text(text, encoding="utf-8")
        return read_jats(path, "paper")

    return write_and_read


def texts(document, **wanted):
    return [passage.text for passage in document.passages if all(getattr(passage, key) == held for key, held in wanted.items())]


def test_front_matter(read):
    document = read(ARTICLE)
    assert document.title == "Two drugs in one disease"
    expected = {"pmid": "123", "pmcid": "PMC456", "doi": "10.1/x", "year": 2020, "journal": "Journal of Trials", "authors": ["Doe Jane"]}
    assert {key: document.front[key] for key in expected} == expected
    assert document.front["article_type"] == "research-article"
    assert texts(document, kind="front") == ["cancer; survival"]


def test_sections_follow_headings_and_subsections_their_parents(read):
    document = read(ARTICLE)
    assert texts(document, kind="abstract") == ["We treated 40 patients.", "All lived."]
    found = {(passage.section, passage.heading) for passage in document.passages if passage.kind == "paragraph"}
    assert ("introduction", "1. Why") in found
    assert ("methods", "Patients and methods > Results of screening") in found
    assert texts(document, kind="paragraph", section="back") == ["We thank all."]


def test_superscripts_citations_and_formulas(read):
    document = read(ARTICLE)
    introduction = texts(document, section="introduction", kind="paragraph")[0]
    assert introduction == "Doses of 10^9/L and 75 mg/m2 were used before. Others disagree [1]. α-blocker."
    results = texts(document, section="results", kind="paragraph")[0]
    assert results == "Survival was 63.7% at five years (Table 1), HR 0·65. 10^6 cells, the 8th week."


def test_lists_inside_paragraphs_stand_in_their_place(read):
    methods = texts(read(ARTICLE), section="methods", kind="paragraph")
    assert methods == ["Of 50 patients 40 entered", "with consent", "over 18 years", "in all."]


def test_a_table_outside_the_body_belongs_where_it_is_cited(read):
    document = read(ARTICLE)
    cells = {(cell.row, cell.col): cell for cell in document.passages if cell.kind == "cell"}
    hazard = cells[2, 1]
    assert (hazard.text, hazard.row_heads, hazard.col_heads) == ("0.65 (0.5–0.8)", ("Drug A",), ("OS", "HR"))
    assert (cells[2, 2].text, cells[2, 2].col_heads) == ("<0.001", ("OS", "p"))
    assert (hazard.section, hazard.table) == ("results", "Table 1")
    assert texts(document, kind="caption")[0] == "Table 1 Survival by arm"
    assert texts(document, kind="footnote") == ["By the log-rank test"]
    assert document.notes == ["Table 2: published as an image, its cells cannot be read"]


def test_every_xpath_leads_back_to_its_element(read, tmp_path):
    document = read(ARTICLE)
    tree = etree.parse(str(tmp_path / "paper.xml"), etree.XMLParser(resolve_entities=False, remove_comments=True))
    for passage in document.passages:
        (element,) = tree.xpath(passage.xpath)
        assert passage.text.split()[-1][-3:].rstrip(".") in "".join(element.itertext())
    assert [passage.number for passage in document.passages] == list(range(len(document.passages)))


def test_nothing_outside_the_file_is_read(read):
    host = Path("/etc/hostname").read_text().strip() if Path("/etc/hostname").exists() else "no such host"
    assert not any(host in passage.text for passage in read(ARTICLE).passages)
    bomb = '<!DOCTYPE article [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]><article><front/><body><p>x &b;</p></body></article>'
    assert texts(read(bomb), kind="paragraph") == ["x"]


@pytest.mark.parametrize("namespace", ["", ' xmlns="https://jats.nlm.nih.gov/ns/archiving/1.3/"'])
def test_a_set_with_one_article(read, namespace):
    document = read(f"<pmc-articleset><article{namespace}><front/><body><p>Words.</p></body></article></pmc-articleset>")
    assert texts(document, kind="paragraph") == ["Words."]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("<article><front/><body><p>cut", "not well-formed XML"),
        ("<svg/>", "not JATS"),
        ("<pmc-articleset><Reply>no full text</Reply></pmc-articleset>", "no full text"),
        ("<s><article><front/></article><article><front/></article></s>", "2 articles"),
    ],
)
def test_what_cannot_be_read_says_why(read, text, reason):
    with pytest.raises(Unreadable, match=reason):
        read(text)


@pytest.mark.skipif(not EVALUATION.is_dir(), reason="the shared folder of evaluation papers is not here")
def test_development_papers_are_read_whole():
    paths = sorted(EVALUATION.glob("papers/*/*.xml"))
    assert paths
    documents = [read_jats(path, path.stem) for path in paths]
    for document, path in zip(documents, paths):
        root = etree.parse(str(path)).getroot()
        assert document.title, path.name
        assert {passage.section for passage in document.passages} <= set(SECTIONS)
        filled = [cell for cell in root.iterfind(".//{*}table-wrap//{*}td") if "".join(cell.itertext()).strip()]
        assert len(texts(document, kind="cell")) >= 0.98 * len(filled), path.name
    cells = [cell for document in documents for cell in document.passages if cell.kind == "cell" and not cell.is_head and cell.col]
    headed = [cell for cell in cells if cell.col_heads and cell.row_heads]
    assert len(headed) >= 0.95 * len(cells)
