"""A release is complete, checked by the libraries of its formats, says what the database says, and has the same bytes again."""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import json
import math
import shutil

import frictionless
import prov.model
import pytest
import rispy
from rocrate.rocrate import ROCrate

pytest.importorskip("markdown_it", reason="the living review's helper needs the development libraries")

from living_review import HELD, KEY, RELEASED, released

from pipeline import curate, db, load, release, release_tables, state
from pipeline.files import InputError
from pipeline.protocol import Review
from pipeline.references import from_ris


@pytest.fixture(scope="module")
def review(tmp_path_factory):
    """A review of three specimens in a released state."""
    return released(tmp_path_factory.mktemp("release"))


@pytest.fixture
def place(review):
    return review.corpus / "releases" / f"{RELEASED}"


def rows(path):
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def current(review):
    made = db.engine(review)
    found = db.current(made)
    made.dispose()
    return found


def test_every_file_is_in_the_checksums_and_the_crate(place):
    sums = dict(reversed(line.split("  ")) for line in (place / "SHA256SUMS").read_text(encoding="utf-8").splitlines())
    names = {path.name for path in place.iterdir()}
    assert set(sums) == names - {"SHA256SUMS", "ro-crate-metadata.json"}
    for name, digest in sums.items():
        assert hashlib.sha256((place / name).read_bytes()).hexdigest() == digest, name
    crate = ROCrate(place)
    assert {entity.id for entity in crate.data_entities} == names - {"ro-crate-metadata.json"}
    assert crate.datePublished == dt.datetime(2026, 1, 10, tzinfo=dt.UTC)
    assert {author["name"] for author in crate.root_dataset["author"]} >= {"Ada Marsh"}
    assert crate.get("#release")["instrument"].id == "#livetable"


def test_frictionless_finds_the_package_valid_and_a_spoilt_one_not(place, tmp_path):
    assert release_tables.faults_of(place) == []
    package = frictionless.Package(str(place / "datapackage.json"))
    assert {resource.name for resource in package.resources} == {"studies", "findings", "records", "effects"}
    shutil.copytree(place, tmp_path / "spoilt")
    path = tmp_path / "spoilt" / "findings.csv"
    path.write_text(path.read_text(encoding="utf-8").replace(f",{HELD[0]},", ",nobody_1900,", 1), encoding="utf-8")
    assert any("nobody_1900" in fault or "hash" in fault for fault in release_tables.faults_of(tmp_path / "spoilt"))


def test_the_findings_are_those_in_force_of_the_database(review, place):
    found = [row for row in rows(place / "findings.csv") if row["in_force"] == "true"]
    held = current(review)
    assert [row["id"] for row in found] == [row["id"] for row in held]
    assert [row["quote"] for row in found] == [row["quote"] or "" for row in held]
    numbers = [float(row["number"]) if row["number"] else None for row in found]
    assert numbers == [row["value"] if isinstance(row["value"], (int, float)) else None for row in held]
    assert (place / "table1.csv").read_bytes() == (review.build / "table1.csv").read_bytes()
    assert (place / "query.txt").read_text(encoding="utf-8").strip() == review.protocol.search.query()


def test_the_effects_give_their_intervals_back(review, place):
    effects = rows(place / "effects.csv")
    held = {row["id"]: row for row in current(review)}
    due = [row for row in held.values() if row["field"] == "hazard_ratio" and row["bounds"] == "ci95" and row["value"]]
    assert len(effects) == len(due) > 0
    for row in effects:
        yi, sei = float(row["yi"]), float(row["sei"])
        low, high = held[row["finding"]]["low"], held[row["finding"]]["high"]
        assert math.exp(yi) == pytest.approx(held[row["finding"]]["value"], rel=1e-4)
        assert math.log(high / low) == pytest.approx(2 * 1.959964 * sei, rel=1e-3)
    by = {(row["study"], row["hr"]): row for row in effects}
    arms = by["sun_2020", "0.45"]  # treatment with against without
    assert (arms["comparison"], arms["endpoint"], arms["ntot"], arms["design"]) == ("arms", "OS", "502", "case_control")
    assert by["sun_2020", "1.19"]["comparison"] == "covariate"


def test_sei_is_the_width_of_the_interval_and_odd_intervals_are_left_out():
    study = {"key": "a_2000", "label": "A, 2000", "year": 2000, "design": "randomized_trial", "n_total": 100}
    empty = dict.fromkeys(name for name, _ in state.COLUMNS["findings"])
    ratio = empty | {
        "id": "x",
        "study": "a_2000",
        "field": "hazard_ratio",
        "in_force": True,
        "number": 0.5,
        "low": 0.25,
        "high": 1.0,
        "bounds": "ci95",
    }
    others = [
        ratio | {"id": "y", "in_force": False},
        ratio | {"id": "z", "low": 0},
        ratio | {"id": "w", "bounds": "range"},
        ratio | {"id": "v", "number": None},
    ]
    [row] = release_tables.effects(state.State("", {}, {"a_2000": study}, [ratio, *others], {}))
    assert row["finding"] == "x"
    assert row["yi"] == pytest.approx(-0.693147, abs=1e-6)
    assert row["sei"] == pytest.approx(0.353653, abs=1e-6)  # log(4) / (2 x 1.959964)


def test_the_arms_sizes_stand_beside_the_ratio_where_their_names_are_surely_the_same():
    study = dict.fromkeys(name for name, _ in state.COLUMNS["studies"]) | {"key": "a_2000", "n_total": 100}
    empty = dict.fromkeys(name for name, _ in state.COLUMNS["findings"]) | {"study": "a_2000", "in_force": True}
    sizes = [
        empty | {"field": "arm_size", "arm": arm, "number": size}
        for arm, size in (("chemotherapy plus RT", 60.0), ("chemotherapy alone", 40.0))
    ]
    ratio = empty | {"id": "x", "field": "hazard_ratio", "number": 0.5, "low": 0.25, "high": 1.0, "bounds": "ci95"}
    named = [("Treatment (CHT + RT)", "CHT"), ("age ≥60", "age <60")]
    rows = [ratio | {"id": f"{number}", "arm": arm, "vs": vs} for number, (arm, vs) in enumerate(named)]
    found = release_tables.effects(state.State("", {}, {"a_2000": study}, [*sizes, *rows], {}))
    assert [(row["n1i"], row["n2i"], row["comparison"]) for row in found] == [(60, 40, "arms"), (None, None, "covariate")]


def test_annotations_quote_the_papers_at_their_places(review, place):
    made = json.loads((place / "annotations.jsonld").read_text(encoding="utf-8"))
    assert (made["@context"], made["type"]) == ("http://www.w3.org/ns/anno.jsonld", "AnnotationPage")
    assert len({each["id"] for each in made["items"]}) == len(made["items"]) == sum(bool(row["quote"]) for row in current(review))
    texts = {key: [passage.text for passage in curate.document(review, key).passages] for key in HELD}
    for each in made["items"]:
        assert (each["type"], each["target"]["type"], each["body"]["type"]) == ("Annotation", "SpecificResource", "TextualBody")
        quote, *places = each["target"]["selector"]
        key = each["target"]["source"].rpartition("/")[2].partition(".")[0]
        assert quote["type"] == "TextQuoteSelector"
        assert any(quote["exact"] in text for text in texts[key])
        assert [selector["type"] for selector in places] == ["XPathSelector"]


def test_prov_is_read_back_by_its_library(review, place):
    document = prov.model.ProvDocument.deserialize(place / "prov.json", format="json")
    kinds = {
        kind.__name__: list(document.get_records(kind)) for kind in (prov.model.ProvEntity, prov.model.ProvAgent, prov.model.ProvDerivation)
    }
    named = {entity.identifier.localpart for entity in kinds["ProvEntity"]}
    for found in current(review):
        assert f"finding/{found['id']}" in named
    assert {f"file/{key}.specimen.xml" for key in HELD} <= named
    assert {agent.identifier.localpart for agent in kinds["ProvAgent"]} >= {"livetable", "person/ada"}
    assert len(kinds["ProvDerivation"]) >= 2 * len(current(review))


def test_the_references_come_back_as_they_are(review, place):
    text = (place / "included.ris").read_text(encoding="utf-8")
    assert [entry["id"] for entry in rispy.loads(text)] == sorted(HELD)
    back = {row["key"]: row for row in from_ris(text, place / "included.ris")}
    hits = {row["key"]: row for row in map(json.loads, (review.corpus / "hits.jsonl").read_text(encoding="utf-8").splitlines())}
    for key in HELD:
        same = ("doi", "pmid", "pmcid", "title", "year", "volume", "pages", "label")
        assert {name: back[key][name] for name in same} == {name: hits[key][name] for name in same}, key


def test_the_same_state_and_date_give_the_same_bytes(review, place, tmp_path, monkeypatch):
    before = {path.name: path.read_bytes() for path in place.iterdir()}
    shutil.copytree(review.root, tmp_path, dirs_exist_ok=True)
    again = Review(KEY, tmp_path)
    shutil.rmtree(again.corpus / "releases")
    monkeypatch.setenv("SOURCE_DATE_EPOCH", f"{int(dt.datetime(2026, 1, 10, 15, tzinfo=dt.UTC).timestamp())}")
    told = release.run(again)
    assert told["release"].endswith(f"{RELEASED}")
    assert {path.name: path.read_bytes() for path in (again.corpus / "releases" / f"{RELEASED}").iterdir()} == before


def test_what_is_read_back_is_what_was_frozen(review):
    frozen, now = state.released(review, f"{RELEASED}"), state.working(review)
    assert frozen.studies.keys() == now.studies.keys()
    bare = [[{name: held or None for name, held in row.items() if name != "in_force"} for row in each.findings] for each in (frozen, now)]
    assert bare[0] == bare[1]
    assert frozen.about["query"] == now.about["query"]


def test_a_date_that_is_taken_or_too_old_and_a_stale_database_are_refused(review, tmp_path):
    with pytest.raises(InputError, match="a release of that day already"):
        release.run(review, RELEASED)
    with pytest.raises(InputError, match="cannot be older"):
        release.run(review, dt.date(2025, 12, 31))
    shutil.copytree(review.root, tmp_path, dirs_exist_ok=True)
    stale = Review(KEY, tmp_path)
    with open(stale.corpus / "curators.tsv", "a", encoding="utf-8") as file:
        file.write("bo\tBo Lind\t\n")
    with pytest.raises(InputError, match=r"curators.tsv: changed since the database was built; run `make`"):
        release.run(stale, dt.date(2026, 3, 1))
    assert state.releases(stale) == [f"{RELEASED}"]
    load.run(stale)
    (stale.corpus / "releases" / ".2026-03-01.new").mkdir()  # of a release that was killed
    release.run(stale, dt.date(2026, 3, 1))
    assert state.releases(stale) == [f"{RELEASED}", "2026-03-01"]


def test_a_release_that_is_not_there_is_named_with_those_that_are(review):
    with pytest.raises(InputError, match=f"no such release; known: {RELEASED}"):
        state.released(review, "2020-01-01")
