"""Searching: the whole of a large result, interrupted runs, updates, what changed and what is gone, and the ledger's keys."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from eutils_server import Fault, Record, many

from pipeline import search
from pipeline.entrez import Entrez, read
from pipeline.files import InputError, NetworkError, read_jsonl
from pipeline.hits import EMPTY, PUBMED, Ledger, label, latin

TODAY = dt.date(2021, 3, 1)
LATER = dt.date(2021, 6, 1)


def ledger(review):
    """The ledger's lines as they stand in the file."""
    return {row["key"]: row for row in read_jsonl(review.corpus / "hits.jsonl")}


def runs(review):
    """The lines of searches.jsonl."""
    return list(read_jsonl(review.corpus / "searches.jsonl"))


def fetched(server):
    """The PMIDs that were asked for by id, in order."""
    return [pmid for name, asked, _ in server.asked if name == "efetch" and "id" in asked for pmid in asked["id"].split(",")]


def test_a_first_search_fills_the_ledger(eutils, asked):
    eutils.put(
        Record("31", doi="10.5555/a", pmcid="PMC7", notices=(("ErratumIn", "40"), ("Cites", "41"))),
        Record("32", pdat=dt.date(1999, 5, 5)),
        Record("33", authors=(("Al-Sarraf", "Muhyi"), ("Ødegård", "Eli")), pdat=dt.date(2016, 1, 1)),
    )
    told = search.run(asked, today=TODAY)
    assert {name: told[name] for name in ("mode", "count", "new", "held")} == {"mode": "full", "count": 2, "new": 2, "held": 2}
    rows = ledger(asked)
    assert sorted(rows) == ["alsarraf_2016", "okafor_2015"]
    assert list(rows["okafor_2015"]) == list(EMPTY)
    kept = rows["okafor_2015"]
    assert (kept["doi"], kept["pmcid"], kept["found_by"], kept["first_seen"], kept["gone"]) == (
        "10.5555/a",
        "PMC7",
        ["pubmed"],
        f"{TODAY}",
        None,
    )
    assert kept["notices"] == [{"type": "ErratumIn", "pmid": "40", "source": "J Invent"}]
    assert rows["alsarraf_2016"]["label"] == "Al-Sarraf and Ødegård, 2016"
    [run] = runs(asked)
    assert run["query"] == asked.protocol.search.query()
    assert run["translation"] == f"{run['query']} (translated)"
    assert run["new"] == ["31", "33"]


def test_neither_history_nor_key_is_written_down(eutils, asked):
    eutils.put(Record("31"))
    search.run(asked, today=TODAY)
    written = "".join(path.read_text() for path in asked.root.rglob("*") if path.is_file())
    assert "MCID_" not in written
    assert "secret-key" not in written
    assert "curator@example.org" not in written


def test_25000_hits_come_in_slices_that_add_up(eutils):
    eutils.put(*many(25_000))
    slices = search.listing(Entrez(), "tumour", TODAY)
    assert len(slices) >= 3
    assert max(found.count for found in slices) <= 9_999
    assert len({pmid for found in slices for pmid in found.pmids}) == sum(found.count for found in slices) == 25_000


def test_slices_of_an_update_stay_in_its_window(eutils):
    eutils.put(*many(12_000))
    client, window = Entrez(), (dt.date(2001, 1, 1), dt.date(2019, 12, 31))
    for kind in ("edat", "mdat"):
        pmids = {pmid for found in search.listing(client, "tumour", TODAY, (kind, *window)) for pmid in found.pmids}
        assert pmids == {record.pmid for record in eutils.records.values() if window[0] <= record.edat <= window[1]}


def test_more_records_of_one_day_than_pubmed_hands_out(eutils):
    eutils.put(*many(10_050, days=1))
    with pytest.raises(NetworkError, match="10050 records entered on 2001-01-01"):
        search.listing(Entrez(), "tumour", TODAY)


def test_a_result_that_grows_while_it_is_sliced_is_refused(eutils, monkeypatch):
    eutils.put(*many(10_100))
    client = Entrez()
    genuine, calls = client.search, []

    def growing(term, window=None):
        calls.append(window)
        if len(calls) == 2:
            eutils.put(Record("99", edat=dt.date(2005, 1, 1)))
        return genuine(term, window)

    monkeypatch.setattr(client, "search", growing)
    with pytest.raises(NetworkError, match="10100 records, but 10101 in its slices"):
        search.listing(client, "tumour", TODAY)


def test_an_interrupted_run_goes_on_where_it_stopped(eutils, asked, monkeypatch):
    monkeypatch.setenv("LIVETABLE_TRIES", "1")
    eutils.put(*many(700))
    eutils.fail("efetch", Fault(), Fault(), Fault(500))
    with pytest.raises(NetworkError, match="HTTP 500"):
        search.run(asked, today=TODAY)
    assert not (asked.corpus / "hits.jsonl").exists()
    starts = [asked_for["retstart"] for name, asked_for, _ in eutils.asked if name == "efetch"]
    assert starts == ["0", "200", "400"]
    eutils.asked.clear()
    told = search.run(asked, today=TODAY + dt.timedelta(days=1))
    starts = [asked_for["retstart"] for name, asked_for, _ in eutils.asked if name == "efetch"]
    assert starts == ["400", "600"]
    assert told["held"] == 700
    assert runs(asked)[0]["date"] == f"{TODAY}"  # the next update must reach back to the day the listing began
    assert not (asked.build / "search").exists()


def test_an_expired_history_is_renewed(eutils, asked):
    eutils.put(*many(500))
    eutils.fail("efetch", Fault(), Fault(400, body="<eFetchResult><ERROR>Unable to obtain query #1</ERROR></eFetchResult>"))
    assert search.run(asked, today=TODAY)["held"] == 500
    assert eutils.count("esearch") == 2
    assert not fetched(eutils)


def test_an_expired_history_whose_result_has_moved_on_is_fetched_by_id(eutils, asked, monkeypatch):
    eutils.put(*many(500))
    genuine = Entrez.fetch_page

    def expiring(client, found, start, size):
        if start == 200:
            eutils.put(Record("99999999"))
            eutils.expire()
        return genuine(client, found, start, size)

    monkeypatch.setattr(Entrez, "fetch_page", expiring)
    assert search.run(asked, today=TODAY)["held"] == 500
    assert len(fetched(eutils)) >= 200
    assert "99999999" not in fetched(eutils)


def test_an_update_fetches_what_is_new_or_changed_and_nothing_else(eutils, asked):
    eutils.put(*many(30, days=3000))
    search.run(asked, today=TODAY)
    first = (asked.corpus / "hits.jsonl").read_text()
    eutils.put(Record("50", edat=dt.date(2021, 2, 20), pdat=dt.date(2021, 2, 1)))  # entered before the last run, indexed after it
    eutils.put(Record("51", edat=dt.date(2021, 5, 1), pdat=dt.date(2021, 5, 1)))
    eutils.put(Record("52", edat=dt.date(2020, 1, 1), pdat=dt.date(2020, 1, 1)))  # too old for the window
    eutils.change(
        "10000003", mdat=dt.date(2021, 4, 1), types=("Journal Article", "Retracted Publication"), notices=(("RetractionIn", "60"),)
    )
    eutils.change("10000004", mdat=dt.date(2021, 4, 1))
    eutils.asked.clear()
    told = search.run(asked, update=True, today=LATER)
    assert {name: told[name] for name in ("mode", "count", "new", "changed", "gone", "held")} == {
        "mode": "update", "count": 2, "new": 2, "changed": 1, "gone": 0, "held": 32,
    }  # fmt: skip
    assert sorted(fetched(eutils)) == ["10000003", "10000004"]
    assert next(asked_for.get("WebEnv") for name, asked_for, _ in eutils.asked if name == "efetch")
    run = runs(asked)[1]
    assert run["window"] == {"datetype": "edat", "from": "2021-02-15", "to": "2021-06-01"}
    assert (run["new"], run["changed"]) == (["50", "51"], ["10000003"])
    retracted = Ledger(asked.corpus / "hits.jsonl").by_pmid("10000003")
    assert retracted["notices"][0]["type"] == "RetractionIn"
    assert retracted["first_seen"] == f"{TODAY}"
    second = (asked.corpus / "hits.jsonl").read_text()
    assert len(set(second.splitlines()) - set(first.splitlines())) == 3


def test_the_same_search_again_changes_no_byte_and_fetches_nothing(eutils, asked):
    eutils.put(*many(30))
    search.run(asked, today=TODAY)
    before = (asked.corpus / "hits.jsonl").read_bytes()
    eutils.asked.clear()
    told = search.run(asked, today=LATER)
    assert (told["new"], told["changed"], told["gone"]) == (0, 0, 0)
    assert eutils.count("efetch") == 0
    assert (asked.corpus / "hits.jsonl").read_bytes() == before


def test_a_paper_of_a_reference_list_that_the_query_finds_too_says_so(eutils, asked):
    book = Ledger(asked.corpus / "hits.jsonl")
    book.add({"key": "ngozi_2014", "pmid": "31", "title": "As the list prints it"}, "reference list: a.ris", "2020-01-01")
    book.add({"key": "lind_2015", "doi": "10.5555/b"}, "reference list: a.ris", "2020-01-01")
    book.save()
    eutils.put(Record("31", title="As PubMed prints it"), Record("32", doi="10.5555/B"))
    told = search.run(asked, today=TODAY)
    assert (told["new"], told["changed"], told["held"]) == (0, 2, 2)
    row = ledger(asked)["ngozi_2014"]
    assert (row["title"], row["found_by"], row["first_seen"]) == ("As PubMed prints it", ["pubmed", "reference list: a.ris"], "2020-01-01")
    assert ledger(asked)["lind_2015"]["pmid"] == "32"


def test_what_the_query_no_longer_returns_is_dated_and_comes_back(eutils, asked):
    eutils.put(Record("31"), Record("32", pdat=dt.date(2016, 1, 1)))
    search.run(asked, today=TODAY)
    away = eutils.records.pop("31")
    assert search.run(asked, update=True, today=LATER)["gone"] == 1
    assert ledger(asked)["okafor_2015"]["gone"] == f"{LATER}"
    assert search.run(asked, update=True, today=LATER)["gone"] == 0
    eutils.put(away)
    search.run(asked, update=True, today=LATER)
    assert ledger(asked)["okafor_2015"]["gone"] is None


def test_a_query_that_suddenly_finds_nothing_is_not_believed(eutils, asked):
    eutils.put(Record("31"))
    search.run(asked, today=TODAY)
    eutils.records.clear()
    with pytest.raises(NetworkError, match="nothing was recorded"):
        search.run(asked, update=True, today=LATER)
    assert ledger(asked)["okafor_2015"]["gone"] is None


def test_an_update_after_the_query_changed_is_a_full_search(eutils, asked):
    eutils.put(Record("31"))
    search.run(asked, today=TODAY)
    line = runs(asked)[0] | {"query": "something else"}
    (asked.corpus / "searches.jsonl").write_text(json.dumps(line) + "\n")
    assert search.run(asked, update=True, today=LATER)["mode"] == "full"


def test_what_was_listed_and_not_delivered_is_asked_for_again(eutils, asked):
    eutils.put(Record("31"), Record("32"))
    eutils.undelivered = {"31"}
    assert search.run(asked, today=TODAY)["undelivered"] == 1
    assert runs(asked)[0]["undelivered"] == ["31"]
    eutils.undelivered = set()
    assert search.run(asked, update=True, today=LATER)["new"] == 1
    assert len(ledger(asked)) == 2


def test_one_unreadable_record_does_not_hide_the_others(eutils, asked):
    eutils.put(Record("31"), Record("32", extra="<Language>out of place</Language>"), Record("33"))
    with pytest.raises(NetworkError, match="cannot be read"):
        read(Entrez().fetch(["31", "32", "33"]))
    told = search.run(asked, today=TODAY)
    assert (told["held"], told["undelivered"]) == (2, 1)
    assert runs(asked)[0]["undelivered"] == ["32"]


def record(pmid="", **told):
    """A record as PubMed's XML gives it, for the ledger."""
    known = {
        "pmid": pmid,
        "title": "Treatment of an invented tumour in many patients",
        "authors": ["Okafor, N", "Lind, P", "Marsh, A"],
        "year": 2015,
    }
    return known | told


def test_keys_stay_and_take_letters(tmp_path):
    book = Ledger(tmp_path / "hits.jsonl")
    keys = [
        book.add(record(str(n), title=f"Treatment of an invented tumour, part {n}"), PUBMED, "2021-01-01")[1]["key"] for n in range(1, 30)
    ]
    assert keys[:3] == ["okafor_2015", "okafor_2015b", "okafor_2015c"]
    assert keys[25:28] == ["okafor_2015z", "okafor_2015ba", "okafor_2015bb"]
    assert len(set(keys)) == len(keys)
    book.save()
    again = Ledger(tmp_path / "hits.jsonl")
    assert again.add(record("2", title="Another title", year=2016), PUBMED, "2022-01-01")[1]["key"] == "okafor_2015b"


@pytest.mark.parametrize(
    ("first", "second", "one"),
    [
        ({"pmid": "1", "doi": "10.5555/a"}, {"pmid": "", "doi": "10.5555/a", "title": "Other"}, True),
        ({"pmid": "1", "pmcid": "PMC9"}, {"pmid": "", "pmcid": "PMC9", "title": "Other"}, True),
        ({"pmid": "1"}, {"pmid": "", "title": "Treatment of an Invented Tumour in Many Patients."}, True),
        ({"pmid": "1"}, {"pmid": "", "year": 2016}, False),
        ({"pmid": "1"}, {"pmid": "2"}, False),
        ({"pmid": "1", "doi": "10.5555/a"}, {"pmid": "", "doi": "10.5555/b"}, False),
        ({"pmid": "1", "title": "Reply"}, {"pmid": "", "title": "Reply", "authors": ["Zhu, A"]}, False),
        ({"pmid": "1", "title": "Reply"}, {"pmid": "", "title": "Reply."}, True),
    ],
)
def test_what_is_one_paper(tmp_path, first, second, one):
    book = Ledger(tmp_path / "hits.jsonl")
    book.add(record(**first), PUBMED, "2021-01-01")
    book.add(record(**second), "reference list: x.ris", "2021-01-01")
    assert len(book.hits) == (1 if one else 2)


def test_two_lines_that_turn_out_to_be_one_paper_are_merged(tmp_path):
    book = Ledger(tmp_path / "hits.jsonl")
    book.add({"key": "okafor_2015", "authors": ["Okafor"], "year": 2015}, "reference list: x.ris", "2021-01-01")
    assert book.add(record("7"), PUBMED, "2021-02-01")[1]["key"] == "okafor_2015b"
    book.add({"key": "okafor_2015", "authors": ["Okafor"], "year": 2015, "pmid": "7"}, "reference list: x.ris", "2021-03-01")
    [hit] = book
    assert (hit["key"], hit["former_keys"], hit["first_seen"]) == ("okafor_2015", ["okafor_2015b"], "2021-01-01")
    assert hit["found_by"] == ["pubmed", "reference list: x.ris"]
    assert hit["title"].startswith("Treatment")
    assert book.by_pmid("7") is hit


def test_a_key_is_not_given_to_another_paper(tmp_path):
    book = Ledger(tmp_path / "hits.jsonl")
    book.add({"key": "lind_2012", "pmid": "5", "title": "One"}, "reference list: x.ris", "2021-01-01")
    with pytest.raises(InputError, match="lind_2012 is the key of another paper"):
        book.add({"key": "lind_2012", "pmid": "6", "title": "Two"}, "reference list: x.ris", "2021-01-01")


def test_a_ledger_with_a_key_twice_is_refused(tmp_path):
    (tmp_path / "hits.jsonl").write_text('{"key": "a_2000"}\n{"key": "a_2000"}\n')
    with pytest.raises(InputError, match=r"hits\.jsonl:2: .*'a_2000'"):
        Ledger(tmp_path / "hits.jsonl")


def test_names_in_other_scripts_and_labels():
    assert latin("Łukasz Ødegård-Müller") == "lukasz odegard muller"
    assert label({"authors": ["Lin, S", "Wu, X", "Ho, T"], "year": 2012}) == "Lin et al., 2012"
    assert label({"authors": ["Lin, S"], "year": 2012}) == "Lin, 2012"
    assert label({"authors": [], "year": None}) == "Anonymous, no year"
