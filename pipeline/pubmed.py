"""A PubMed record, as Biopython reads it, made into a hit of the ledger."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator

MONTHS = {
    name: number for number, name in enumerate(("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), 1)
}
NOTICES = ("Retract", "PartialRetraction", "Erratum", "ExpressionOfConcern", "CorrectedandRepublished", "Republished", "Update")


def plain(text: object) -> str:
    """Text without markup: `read` escapes what is text, so every tag left is one."""
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]*>", "", str(text)))).strip()


def _date(parts: dict) -> str:
    """A date as far as it is known: 2020, 2020-11 or 2020-11-17; a MedlineDate gives its first year and month."""
    if "MedlineDate" in parts:
        found = re.search(r"(\d{4})(?:\s+([A-Za-z]{3}))?", str(parts["MedlineDate"]))
        year, month = found.groups() if found else ("", None)
    else:
        year, month = str(parts.get("Year", "")), str(parts.get("Month", ""))
    number = MONTHS.get((month or "").lower()[:3]) or (int(month) if (month or "").isdigit() else 0)
    day = str(parts.get("Day", ""))
    date = year
    if year and number:
        date += f"-{number:02d}" + (f"-{int(day):02d}" if day.isdigit() else "")
    return date


def _authors(people: Iterable[dict]) -> list[str]:
    """Names as "Surname, Given", groups as they stand."""
    names = []
    for person in people:
        if "CollectiveName" in person:
            names.append(plain(person["CollectiveName"]))
        elif "LastName" in person:
            given = plain(person.get("ForeName") or person.get("Initials") or "")
            names.append(f"{plain(person['LastName'])}, {given}".removesuffix(", "))
    return names


def _abstract(parts: Iterable) -> str:
    """The abstract, a paragraph a line, each under its printed label."""
    lines = []
    for part in parts:
        label = getattr(part, "attributes", {}).get("Label")
        lines.append(f"{label}: {plain(part)}" if label else plain(part))
    return "\n".join(line for line in lines if line)


def _identifiers(article: dict, listed: Iterable) -> tuple[str, str]:
    """The record's PMCID and DOI, from its list of ids and else from the article itself."""
    ids = {part.attributes.get("IdType"): str(part) for part in listed}
    doi = ids.get("doi", "")
    for part in article.get("ELocationID", []):
        if part.attributes.get("EIdType") == "doi" and part.attributes.get("ValidYN") != "N":
            doi = doi or str(part)
    pmcid = ids.get("pmc", "").upper()
    return (f"PMC{pmcid.removeprefix('PMC')}" if pmcid else ""), plain(doi).lower()


def _notices(links: Iterable) -> list[dict]:
    """Retractions, corrections and updates, with the PMID of the notice where there is one."""
    kept = []
    for link in links:
        kind = link.attributes.get("RefType", "")
        if kind.startswith(NOTICES):
            kept.append({"type": kind, "pmid": str(link.get("PMID", "")), "source": plain(link.get("RefSource", ""))})
    return sorted(kept, key=lambda notice: (notice["type"], notice["pmid"], notice["source"]))


def _entry_date(history: Iterable) -> str:
    """The date of entry into PubMed."""
    dates = {part.attributes.get("PubStatus"): _date(part) for part in history}
    return dates.get("entrez") or dates.get("pubmed") or ""


def _pages(article: dict) -> str:
    return plain(article.get("Pagination", {}).get("MedlinePgn", ""))


def hit(record: dict) -> dict:
    """The ledger's fields of one PubmedArticle."""
    citation, more = record["MedlineCitation"], record.get("PubmedData", {})
    article = citation["Article"]
    journal = article.get("Journal", {})
    issue = journal.get("JournalIssue", {})
    pmcid, doi = _identifiers(article, more.get("ArticleIdList", []))
    pdat = _date(issue.get("PubDate", {}))
    epdat = next(
        (_date(date) for date in article.get("ArticleDate", []) if date.attributes.get("DateType", "Electronic") == "Electronic"), ""
    )
    return {
        "pmid": str(citation["PMID"]),
        "pmcid": pmcid,
        "doi": doi,
        "title": plain(article.get("ArticleTitle", "")) or plain(article.get("VernacularTitle", "")),
        "authors": _authors(article.get("AuthorList", [])),
        "journal": plain(journal.get("Title", "")),
        "year": int(pdat[:4] or epdat[:4] or 0) or None,
        "volume": plain(issue.get("Volume", "")),
        "issue": plain(issue.get("Issue", "")),
        "pages": _pages(article),
        "language": [str(code) for code in article.get("Language", [])],
        "publication_types": [plain(kind) for kind in article.get("PublicationTypeList", [])],
        "pdat": pdat,
        "epdat": epdat,
        "edat": _entry_date(more.get("History", [])),
        "notices": _notices(citation.get("CommentsCorrectionsList", [])),
        "abstract": _abstract(article.get("Abstract", {}).get("AbstractText", [])),
    }


def book_hit(record: dict) -> dict:
    """The ledger's fields of one PubmedBookArticle: a chapter or a book."""
    document = record["BookDocument"]
    book = document.get("Book", {})
    pmcid, doi = _identifiers({}, document.get("ArticleIdList", []))
    pdat = _date(book.get("PubDate", {}))
    people = document.get("AuthorList") or book.get("AuthorList") or []
    people = people[0] if people and isinstance(people[0], list) else people
    return {
        "pmid": str(document["PMID"]),
        "pmcid": pmcid,
        "doi": doi,
        "title": plain(document.get("ArticleTitle", "")) or plain(book.get("BookTitle", "")),
        "authors": _authors(people),
        "journal": plain(book.get("BookTitle", "")),
        "year": int(pdat[:4] or 0) or None,
        "volume": plain(book.get("Volume", "")),
        "issue": "",
        "pages": _pages(document),
        "language": [str(code) for code in document.get("Language", [])],
        "publication_types": [plain(kind) for kind in document.get("PublicationType", [])] or ["Book"],
        "pdat": pdat,
        "epdat": "",
        "edat": _entry_date(record.get("PubmedBookData", {}).get("History", [])),
        "notices": [],
        "abstract": _abstract(document.get("Abstract", {}).get("AbstractText", [])),
    }


def hits(answer: dict | list) -> Iterator[dict]:
    """Every record of an efetch answer read by `entrez.read`; sets of before 2015 are one list of both kinds."""
    if isinstance(answer, list):
        yield from (book_hit(record) if "BookDocument" in record else hit(record) for record in answer)
        return
    yield from map(hit, answer.get("PubmedArticle", []))
    yield from map(book_hit, answer.get("PubmedBookArticle", []))


def abstract_text(hit: dict) -> str:
    """A hit's title and abstract as the text that is kept and read of a paper without full text."""
    return f"{hit['title']}\n\n{hit['abstract']}\n"
