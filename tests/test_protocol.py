"""The protocol, the form and the vocabularies: validated, rendered to the query, and equal to their JSON Schemas."""

import json
import re
import shutil

import pytest
import yaml

from pipeline.files import InputError
from pipeline.protocol import DESIGNS, ROOT, Form, Protocol, Review, Search, json_schemas, validated, vocabulary

REVIEWS = sorted(path.parent.name for path in ROOT.glob("schemas/*/protocol.yaml"))


@pytest.mark.parametrize("key", REVIEWS)
def test_every_review_is_valid(key: str) -> None:
    review = Review(key)
    assert review.protocol.key == key
    assert {entry.column for entry in review.form.fields} <= {column.key for column in review.form.columns}


@pytest.mark.parametrize("name", sorted(json_schemas()))
def test_committed_schema_is_the_models(name: str) -> None:
    assert (ROOT / "schemas" / name).read_text(encoding="utf-8") == json_schemas()[name], "run: python -m pipeline check-schemas --write"


def test_query_holds_every_version_of_every_phrase_the_dates_and_the_language() -> None:
    search = Review("mnpc").protocol.search
    query = search.query()
    versions = [text for phrase in search.key_phrases for text in phrase.versions]
    assert len(search.key_phrases) == 4
    assert len(versions) == 5
    assert all(f"({text})" in query for text in versions)
    assert query.endswith('English[Language] AND ("2000/01/01"[Date - Publication] : "2020/12/31"[Date - Publication])')
    assert query.count("(") == query.count(")")
    assert "Date - Publication" not in search.query(with_dates=False)


def test_dates_out_of_order_are_refused() -> None:
    with pytest.raises(ValueError, match="published_from comes after"):
        Search(key_phrases=[{"versions": ["x"]}], published_from="2021-01-01", published_to="2020-01-01", language="English")


@pytest.fixture
def copy(tmp_path):
    shutil.copytree(ROOT / "schemas", tmp_path / "schemas")
    return tmp_path


def test_a_misspelt_key_is_an_error_that_names_file_and_key(copy) -> None:
    path = copy / "schemas" / "mnpc" / "protocol.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("language: English", "langauge: English"), encoding="utf-8")
    with pytest.raises(InputError, match=r"protocol\.yaml: search\.langauge"):
        Review("mnpc", copy)


def test_broken_yaml_is_an_error_that_names_file_and_line(copy) -> None:
    path = copy / "schemas" / "mnpc" / "fields.yaml"
    path.write_text("columns:\n  - {key: study\nfields: []\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"fields\.yaml:\d+: not YAML"):
        Review("mnpc", copy)


def test_an_unknown_review_names_the_known_ones(copy) -> None:
    with pytest.raises(InputError, match=r"known: .*mnpc"):
        Review("nothing", copy)


def test_a_field_in_an_unknown_column_is_refused(copy) -> None:
    path = copy / "schemas" / "mnpc" / "fields.yaml"
    form = yaml.safe_load(path.read_text(encoding="utf-8"))
    form["fields"][0]["column"] = "elsewhere"
    path.write_text(yaml.safe_dump(form), encoding="utf-8")
    with pytest.raises(InputError, match="elsewhere"):
        validated(Form, path)


def test_a_reviews_own_words_are_added_to_the_general_vocabulary(copy) -> None:
    own = copy / "schemas" / "mnpc" / "vocabularies" / "endpoints.yaml"
    own.write_text("terms:\n  OS: [lifespan]\n", encoding="utf-8")
    merged = vocabulary("endpoints", copy, "mnpc")
    assert "lifespan" in merged["OS"]
    assert "overall survival" in merged["OS"]


# Several short forms may stand for one long one, so the legend's list is no such vocabulary.
VOCABULARIES = sorted(path for path in (ROOT / "schemas").rglob("vocabularies/*.yaml") if path.stem != "abbreviations")


@pytest.mark.parametrize("path", VOCABULARIES, ids=lambda path: f"{path.parent.parent.name}-{path.stem}")
def test_no_word_of_a_vocabulary_means_two_concepts(path) -> None:
    terms = yaml.safe_load(path.read_text(encoding="utf-8"))["terms"]
    seen: dict[str, str] = {}
    for key, words in terms.items():
        for word in words:
            shown = word if word.isupper() else word.lower()
            assert seen.setdefault(shown, key) == key, f"{path.name}: {word!r} stands for {seen[shown]} and {key}"


def test_the_schemas_are_json_and_list_the_designs() -> None:
    schema = json.loads(json_schemas()["protocol.schema.json"])
    assert set(DESIGNS) <= set(json.dumps(schema).replace('"', " ").replace(",", " ").split())
    assert validated(Protocol, ROOT / "schemas" / "mnpc" / "protocol.yaml").expected[0].studies == 15


def test_no_code_names_a_disease() -> None:
    words = re.compile(r"nasophar|mnpc|\bnpc\b", re.IGNORECASE)
    named = [
        f"{path.name}:{n}"
        for path in (ROOT / "pipeline").rglob("*.py")
        for n, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if words.search(line)
    ]
    assert named == []


def test_a_review_that_goes_on_has_no_last_date():
    search = Search(key_phrases=[{"versions": ["x"]}], published_from="2001-01-01", language="English")
    assert '("2001/01/01"[Date - Publication] : "3000/12/31"[Date - Publication])' in search.query()
    assert search.years == "from 2001-01-01 on"
