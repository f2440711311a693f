"""The ledger of records, corpus/<review>/hits.jsonl: one paper a line under a key that stays, however often it was found."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path

from pipeline.files import InputError, read_jsonl, write_jsonl

EMPTY = {
    "key": "", "label": "", "pmid": "", "pmcid": "", "doi": "", "title": "", "authors": [], "journal": "", "year": None, "volume": "",
    "issue": "", "pages": "", "language": [], "publication_types": [], "pdat": "", "epdat": "", "edat": "", "notices": [], "abstract": "",
    "first_seen": "", "gone": None, "found_by": [], "duplicates": [], "former_keys": [],
}  # fmt: skip
PUBMED = "pubmed"
OPEN_DATA = "PMC open data"  # source of a retraction notice that PubMed does not know of
IDENTIFIERS = ("pmid", "doi", "pmcid")
_OWN = ("key", "label", "first_seen", "gone", "found_by", "duplicates", "former_keys")  # what a source's record never overwrites
_LETTERS = str.maketrans({"ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "ß": "ss", "æ": "ae", "Æ": "Ae", "œ": "oe", "ı": "i"})
SHORTEST_TITLE = 30  # characters; shorter ones ("Reply to the editor") are shared by different papers


def latin(text: str) -> str:
    """Lower-case ASCII letters and digits, with single spaces for all that stands between them."""
    bare = unicodedata.normalize("NFKD", text.translate(_LETTERS)).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", " ", bare).strip()


def plain_doi(text: str) -> str:
    """A DOI in lower case, without resolver or prefix; "" where the text holds none."""
    found = re.search(r"10\.\d{4,9}/\S+", text or "")
    return found.group(0).rstrip(".,;)").lower() if found else ""


def surname(hit: dict) -> str:
    """The first author's surname as printed, or "" where no author is known."""
    return hit["authors"][0].partition(",")[0].strip() if hit.get("authors") else ""


def label(hit: dict) -> str:
    """How the paper is cited in running text: "Lin, 2012", "Lin and Wu, 2012", "Lin et al., 2012"."""
    authors = hit.get("authors") or []
    names = surname(hit) or "Anonymous"
    if len(authors) == 2:
        names += f" and {authors[1].partition(',')[0].strip()}"
    elif len(authors) > 2:
        names += " et al."
    return f"{names}, {hit.get('year') or 'no year'}"


def _letters(number: int) -> str:
    """b, c ... z, ba, bb ...: what is put behind the second, third... key of one name and year."""
    text = ""
    while number:
        text = chr(ord("a") + number % 26) + text
        number //= 26
    return text


class Ledger:
    """The hits of a review by key, and where their identifiers and titles lead."""

    def __init__(self, path: Path) -> None:
        self.path = Path(path)
        self.hits: dict[str, dict] = {}
        self._index: dict[tuple, str] = {}
        for number, row in enumerate(read_jsonl(self.path), 1):
            if not row.get("key") or row["key"] in self.hits:
                raise InputError(f"{path}:{number}: no key, or the key of another line: {row.get('key')!r}; each line is one paper")
            self.hits[row["key"]] = EMPTY | row
            self._enter(self.hits[row["key"]])

    def __iter__(self) -> Iterator[dict]:
        return iter(self.hits[key] for key in sorted(self.hits))

    def save(self) -> None:
        """Write the ledger, sorted by key."""
        write_jsonl(self.path, ({name: hit[name] for name in EMPTY} for hit in self))

    def by_pmid(self, pmid: str) -> dict | None:
        """The hit that holds a PMID, as its own or as a duplicate's."""
        key = self._index.get(("pmid", pmid))
        return self.hits.get(key) if key else None

    def add(self, record: dict, found_by: str | None, today: str) -> tuple[str, dict]:
        """Enter a record; returns "new", "changed" or "same", and its hit. Raises InputError where its own key is another paper's."""
        record = {name: kept for name, kept in record.items() if name in EMPTY}
        matches = self._matches(record)
        if not matches:
            return "new", self._enter_new(record, found_by, today)
        hit = matches[0]
        before = repr(hit)
        for other in matches[1:]:
            self._absorb(hit, other)
        self._update(hit, record, found_by)
        self._enter(hit)
        return ("same" if repr(hit) == before else "changed"), hit

    def _matches(self, record: dict) -> list[dict]:
        """The hits of the same paper, the one of the record's own key first; a title counts where no identifier contradicts."""
        keys = [record["key"]] if record.get("key") in self.hits else []
        keys += [self._index[name, record[name]] for name in IDENTIFIERS if record.get(name) and (name, record[name]) in self._index]
        if keys:
            hits = [self.hits[key] for key in dict.fromkeys(keys)]
            self._check_key(record, hits[0])
            return hits
        titled = self.hits.get(self._index.get(self._title(record), ""))
        differ = titled and any(record.get(name) and titled[name] and record[name] != titled[name] for name in IDENTIFIERS)
        return [titled] if titled and not differ else []

    def _check_key(self, record: dict, hit: dict) -> None:
        """Raise InputError where a record claims the key of a paper with other identifiers."""
        differ = [name for name in IDENTIFIERS if record.get(name) and hit[name] and record[name] != hit[name]]
        shared = any(record.get(name) and record[name] in (hit[name], *hit["duplicates"]) for name in IDENTIFIERS)
        if record.get("key") == hit["key"] and differ and not shared:
            raise InputError(
                f"{self.path}: {hit['key']} is the key of another paper ({differ[0]} {hit[differ[0]]}); give this one another key"
            )

    def _title(self, hit: dict) -> tuple | None:
        """What a title is found by: with the year, and with the author where it is too short to tell papers apart."""
        title = latin(hit.get("title") or "")
        if not title or not hit.get("year"):
            return None
        return ("title", title, hit["year"], "" if len(title) >= SHORTEST_TITLE else latin(surname(hit)))

    def _enter(self, hit: dict) -> None:
        """Let a hit be found by what it holds."""
        places = [(name, hit[name]) for name in IDENTIFIERS if hit[name]] + [("pmid", pmid) for pmid in hit["duplicates"]]
        for place in [*places, self._title(hit)]:
            if place:
                self._index.setdefault(place, hit["key"])

    def _enter_new(self, record: dict, found_by: str | None, today: str) -> dict:
        hit = {name: list(empty) if isinstance(empty, list) else empty for name, empty in EMPTY.items()} | record
        hit["key"] = record.get("key") or self._free_key(hit)
        hit["label"] = record.get("label") or label(hit)
        hit["first_seen"] = today
        hit["found_by"] = [found_by] if found_by else []
        self.hits[hit["key"]] = hit
        self._enter(hit)
        return hit

    def _free_key(self, hit: dict) -> str:
        """Surname and year, with letters where that is taken; keys that were merged away stay taken."""
        stem = f"{latin(surname(hit)).replace(' ', '') or 'anonymous'}_{hit.get('year') or 'nd'}"
        taken = {*self.hits, *(key for other in self.hits.values() for key in other["former_keys"])} if stem in self.hits else set()
        number, key = 0, stem
        while key in taken:
            number += 1
            key = stem + _letters(number)
        return key

    def _update(self, hit: dict, record: dict, found_by: str | None) -> None:
        """Lay a record over its hit: PubMed's word stands over a reference list's, and no empty word over any."""
        from_list = found_by not in (None, PUBMED)
        fill_only = from_list and (PUBMED in hit["found_by"] or hit["edat"])
        second = bool(record.get("pmid") and hit["pmid"] and record["pmid"] != hit["pmid"])
        if second:
            hit["duplicates"] = sorted({*hit["duplicates"], record["pmid"]} - {hit["pmid"]}, key=int)
        for name, told in record.items():
            if name not in (*_OWN, "notices") and told and not (hit[name] and (fill_only or second)):
                hit[name] = told
        if record.get("label"):
            hit["label"] = record["label"]
        if found_by:
            hit["found_by"] = sorted({*hit["found_by"], found_by})
        if not from_list and not second and "notices" in record:  # a notice that PubMed took back is gone here too
            hit["notices"] = record["notices"] + [notice for notice in hit["notices"] if notice["source"] == OPEN_DATA]
        if found_by == PUBMED:
            hit["gone"] = None

    def _absorb(self, hit: dict, other: dict) -> None:
        """Two lines turn out to be one paper: the first keeps its key, the other's key stays known."""
        del self.hits[other["key"]]
        self._index = {place: (hit["key"] if key == other["key"] else key) for place, key in self._index.items()}
        for name, told in other.items():
            if name not in _OWN and not hit[name]:
                hit[name] = told
        hit["first_seen"] = min(hit["first_seen"], other["first_seen"])
        hit["found_by"] = sorted({*hit["found_by"], *other["found_by"]})
        pmids = {*hit["duplicates"], *other["duplicates"], other["pmid"]} - {hit["pmid"], ""}
        hit["duplicates"] = sorted(pmids, key=int)
        hit["former_keys"] = sorted({*hit["former_keys"], *other["former_keys"], other["key"]})
