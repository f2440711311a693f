"""Files that people drop into corpus/<review>/inbox/: recognised by DOI, PMID or title on the first page, or left and listed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import pypdfium2
from lxml import etree

from pipeline.files import sha256
from pipeline.hits import SHORTEST_TITLE, Ledger, latin, plain_doi
from pipeline.sources import Sources

FIRST_PAGE = 6000  # characters of a text file that count as its first page
#: What a notice about a paper says at its head; "response to" alone stands in the titles of half of all oncology.
_notice = re.compile(r"\b(erratum|corrigendum|correction( to)?:|retraction( note)?:|comment on:?|(in )?reply( to)?:)", re.I)
_article_id = {"doi": "dois", "pmid": "pmids", "pmc": "pmcids", "pmcid": "pmcids"}


class UnsureError(Exception):
    """A file that is not surely one record's; the message says why."""


@dataclass
class Front:
    """What a file's first page, or a JATS file's front matter, says of itself."""

    kind: str
    text: str
    dois: set[str]
    pmids: set[str]
    pmcids: set[str]
    licence: str = ""


def licence_of(article: etree._Element) -> str:
    """The address of the licence that a JATS article names, or "" where it names none."""
    for licence in article.iterfind("front/article-meta/permissions/license"):
        reference = licence.find("{http://www.niso.org/schemas/ali/1.0/}license_ref")
        if reference is not None and reference.text:
            return reference.text.strip()
        if licence.get("{http://www.w3.org/1999/xlink}href"):
            return licence.get("{http://www.w3.org/1999/xlink}href")
    return ""


def front_ids(article: etree._Element) -> dict[str, set[str]]:
    """The DOIs, PMIDs and PMCIDs in an article's own front matter."""
    ids: dict[str, set[str]] = {"dois": set(), "pmids": set(), "pmcids": set()}
    for given in article.iterfind("front/article-meta/article-id"):
        group, text = _article_id.get(given.get("pub-id-type", "")), (given.text or "").strip()
        if group == "pmcids":
            text = f"PMC{text.upper().removeprefix('PMC')}"
        if group and text:
            ids[group].add(plain_doi(text) if group == "dois" else text)
    return ids


def _pdf_front(path: Path) -> Front:
    try:
        with pypdfium2.PdfDocument(path) as pdf:
            text = pdf[0].get_textpage().get_text_range() if len(pdf) else ""
    except pypdfium2.PdfiumError:
        raise UnsureError("cannot be opened as a PDF: damaged, or closed by a password") from None
    if len(latin(text)) < SHORTEST_TITLE:
        raise UnsureError("its first page holds no text (a scan?); if you know the record, put it into papers/ as <key>.pdf yourself")
    return _text_front("pdf", text)


def _text_front(kind: str, text: str) -> Front:
    text = re.sub(r"(?:-|\u00ad|\ufffe|\x02)\r?\n", "", text)
    dois = {plain_doi(found) for found in re.findall(r"10\.\d{4,9}/[^\s\"<>\]]+", text)} - {""}
    dois = {doi for doi in dois if not any(other != doi and other.startswith(doi) for other in dois)}  # cut at a line's end
    pmids = set(re.findall(r"PMID:?\s*(\d{5,8})\b", text))
    return Front(kind, text, dois, pmids, set(re.findall(r"\bPMC\d{4,9}\b", text)))


def _xml_front(path: Path) -> Front:
    try:
        root = etree.parse(path, etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=True)).getroot()
    except (etree.XMLSyntaxError, OSError) as error:
        raise UnsureError(f"is not XML ({error})") from None
    article = root if root.tag == "article" else root.find("article")
    if article is None or article.find("front/article-meta") is None:
        raise UnsureError("is XML, but no JATS article with front matter")
    if article.get("article-type") in ("addendum", "correction", "reply", "retraction"):
        raise UnsureError(f"is a {article.get('article-type')}, not the paper itself")
    title = article.find("front/article-meta/title-group/article-title")
    return Front("jats", "" if title is None else "".join(title.itertext()), **front_ids(article), licence=licence_of(article))


def front(path: Path) -> Front:
    """What a dropped file says of itself; raises UnsureError where it cannot be read."""
    readers = {".pdf": _pdf_front, ".xml": _xml_front, ".nxml": _xml_front}
    if path.suffix.lower() == ".txt":
        return _text_front("txt", path.read_text(encoding="utf-8", errors="replace")[:FIRST_PAGE])
    reader = readers.get(path.suffix.lower())
    if reader is None:
        raise UnsureError(f"is no paper: {path.suffix or 'no ending'}; allowed: .pdf, .xml, .nxml, .txt")
    return reader(path)


def match(told: Front, ledger: Ledger) -> str:
    """The key of the one record that a first page belongs to; raises UnsureError with the reason where that is not sure."""
    if _notice.search(told.text[:400]):
        raise UnsureError("its first lines speak of a correction, a comment or a reply")
    words = f" {latin(told.text)} "
    named = {
        hit["key"]
        for hit in ledger
        if hit["doi"] in told.dois or told.pmids & {hit["pmid"], *hit["duplicates"]} or hit["pmcid"] in told.pmcids
    }
    titled = {hit["key"] for hit in ledger if len(latin(hit["title"])) >= SHORTEST_TITLE and f" {latin(hit['title'])} " in words}
    if len(named | titled) > 1:
        raise UnsureError(f"names several records: {', '.join(sorted(named | titled))}")
    if not named | titled:
        raise UnsureError("no DOI, PMID or title of a known record on its first page")
    key = (named | titled).pop()
    others = told.dois - {ledger.hits[key]["doi"]}
    if others and (not titled or (ledger.hits[key]["doi"] and ledger.hits[key]["doi"] not in told.dois)):
        raise UnsureError(f"points to {key}, but also to another paper (doi {min(others)})")
    return key


def sort(folder: Path, ledger: Ledger, sources: Sources, today: str) -> dict[str, list[str]]:
    """Move each file that is surely one record's into papers/ and enter it; returns what was moved, and what was left and why."""
    told: dict[str, list[str]] = {"moved": [], "unmatched": []}
    for path in sorted(path for path in folder.glob("*") if path.is_file() and not path.name.startswith(".")):
        try:
            said = front(path)
            key = match(said, ledger)
            _move(path, key, said, sources, today)
            told["moved"].append(f"{path.name} -> {sources.file(key, said.kind).name}")
        except UnsureError as reason:
            told["unmatched"].append(f"{path.name}: {reason}")
    return told


def _move(path: Path, key: str, said: Front, sources: Sources, today: str) -> None:
    """Take a file into papers/, never over another one."""
    there = sources.file(key, said.kind)
    if there.exists() and sha256(there) != sha256(path):
        raise UnsureError(f"is {key}, but papers/{there.name} is there already and differs; delete the one you do not want")
    there.parent.mkdir(parents=True, exist_ok=True)
    sources.enter(key, said.kind, "", said.licence, today, sha256(path))
    sources.save()  # before the file moves: a killed run must not leave a file without its origin
    path.replace(there)
