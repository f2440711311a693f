"""A review as it is asked: protocol.yaml, fields.yaml and vocabularies, validated; and the PubMed query they render to."""

from __future__ import annotations

import datetime as dt
import json
import os
from functools import cache
from pathlib import Path
from typing import Annotated, Literal, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from pipeline.files import InputError
from pipeline.records import ENDPOINTS, FIELDS

Model = TypeVar("Model", bound=BaseModel)
#: Where schemas/, corpus/ and build/ stand; LIVETABLE_ROOT names another place than this checkout.
ROOT = Path(os.environ.get("LIVETABLE_ROOT") or Path(__file__).resolve().parent.parent)

DESIGNS = (
    "randomized_trial", "single_arm_trial", "retrospective_cohort", "prospective_cohort", "registry_study", "case_control",
    "case_report", "meta_analysis", "review", "protocol", "other",
)  # fmt: skip
LOCAL_THERAPIES = ("surgery", "radiotherapy", "rfa", "embolization", "tace", "alcohol_injection", "hyperthermia", "sbrt")
TECHNIQUES = ("IMRT", "VMAT", "3D-CRT", "2D", "SBRT", "SRS", "brachytherapy", "proton", "carbon", "IGRT", "tomotherapy")
Design = Literal[DESIGNS]


class Strict(BaseModel):
    """A model that refuses keys it does not know, so that a misspelt key is an error and not a silence."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class KeyPhrase(Strict):
    """One of the review's key phrases; several versions where the review prints it in several ways."""

    versions: Annotated[list[str], Field(min_length=1)]


class Search(Strict):
    """What is asked of PubMed: phrases joined by OR, restricted by publication date and language."""

    database: Literal["pubmed"] = "pubmed"
    key_phrases: Annotated[list[KeyPhrase], Field(min_length=1)]
    published_from: dt.date
    published_to: dt.date | None = None  # left out where the review goes on
    language: str
    overlap_days: Annotated[int, Field(ge=0)] = 14

    @model_validator(mode="after")
    def dates_in_order(self) -> Search:
        """The first date must not come after the last."""
        if self.published_to and self.published_from > self.published_to:
            raise ValueError("published_from comes after published_to")
        return self

    @property
    def years(self) -> str:
        """The dates of publication in words."""
        return f"{self.published_from} to {self.published_to}" if self.published_to else f"from {self.published_from} on"

    def query(self, with_dates: bool = True) -> str:
        """The exact PubMed query string; without its dates for updates, which restrict by entry date instead."""
        versions = [text for phrase in self.key_phrases for text in phrase.versions]
        parts = ["(" + " OR ".join(f"({text})" for text in versions) + ")", f"{self.language}[Language]"]
        if with_dates:
            last = self.published_to or dt.date(3000, 12, 31)  # PubMed's own way of saying: until now
            parts.append(f'("{self.published_from:%Y/%m/%d}"[Date - Publication] : "{last:%Y/%m/%d}"[Date - Publication])')
        return " AND ".join(parts)


class Question(Strict):
    """The review's question in the parts of PICO."""

    text: str
    population: str
    intervention: str
    comparator: str
    outcomes: list[str]


class Eligibility(Strict):
    """Criteria people judge by, and the publication types that the mechanical filter puts out."""

    include: list[str]
    exclude: list[str]
    excluded_publication_types: list[str] = []


class Expected(Strict):
    """A count that the published review gives: how many of the included studies have one of these designs."""

    label: str
    designs: list[Design]
    studies: int


class Protocol(Strict):
    """protocol.yaml: the question, the search, the criteria, and the counts that the published review gives."""

    key: str
    title: str
    published_as: str | None = None  # the review whose table is rebuilt
    question: Question
    search: Search
    eligibility: Eligibility
    expected: list[Expected]
    table_title: str
    design_order: list[list[Design]]  # rows are sorted by this, then by year; designs of one inner list rank alike
    not_tabulated: list[Design] = []  # included, but no row of Table 1


class Column(Strict):
    """A column of Table 1, as the review prints it."""

    key: str
    title: str


class Example(Strict):
    """A sentence of our own and what must be read from it."""

    text: str
    finds: list[dict]
    section: str = "results"


class FormField(Strict):
    """An entry of the extraction form, with its positive and negative examples."""

    field: Literal[FIELDS]
    column: str
    label: str
    definition: str
    examples: list[Example] = []
    counterexamples: list[str] = []


class Form(Strict):
    """fields.yaml: the columns of the table, and the fields in the order in which they are asked."""

    columns: list[Column]
    fields: list[FormField]

    @model_validator(mode="after")
    def columns_known(self) -> Form:
        """Every field stands in a column that the form has, and no field is asked twice."""
        keys = {column.key for column in self.columns}
        for entry in self.fields:
            if entry.column not in keys:
                raise ValueError(f"field {entry.field}: column {entry.column!r} is not one of {', '.join(sorted(keys))}")
        names = [entry.field for entry in self.fields]
        if len(names) != len(set(names)):
            raise ValueError("a field is listed twice")
        return self


class Vocabulary(Strict):
    """One vocabulary file: a concept a line, its key and the words that mean it."""

    terms: dict[str, list[str]]


def read_yaml(path: Path) -> dict:
    """A YAML file's content; raises InputError with file and line."""
    try:
        return yaml.load(path.read_text(encoding="utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except FileNotFoundError as error:
        raise InputError(f"{path}: no such file; `make new REVIEW=<name>` lays out a review") from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"{path}:{mark.line + 1}" if mark else str(path)
        raise InputError(f"{where}: not YAML ({getattr(error, 'problem', error)})") from error


def validated(model: type[Model], path: Path) -> Model:
    """The file read into its model; raises InputError that names file, entry and what is wrong with it."""
    try:
        return model.model_validate(read_yaml(path))
    except ValidationError as error:
        lines = [f"{path}: {'.'.join(str(step) for step in fault['loc'])}: {fault['msg']}" for fault in error.errors()]
        raise InputError("\n".join(lines)) from error


class Review:
    """A review's folders and what they say: `schemas/<key>` (asked), `corpus/<key>` (seen, judged), `build/<key>` (derived)."""

    def __init__(self, key: str, root: Path = ROOT) -> None:
        self.key = key
        self.root = Path(root)
        self.schemas = self.root / "schemas" / key
        self.corpus = self.root / "corpus" / key
        self.build = self.root / "build" / key
        self.papers = self.corpus / "papers"
        self.inbox = self.corpus / "inbox"
        if not self.schemas.is_dir():
            known = sorted(path.parent.name for path in self.root.glob("schemas/*/protocol.yaml"))
            raise InputError(f"{self.schemas}: no such review; known: {', '.join(known) or 'none'}")
        self.protocol = validated(Protocol, self.schemas / "protocol.yaml")
        self.form = validated(Form, self.schemas / "fields.yaml")

    def vocabulary(self, name: str) -> dict[str, list[str]]:
        """A vocabulary's concepts and their words: the general file, with the review's own of that name laid over it."""
        return vocabulary(name, self.root, self.key)

    def vocabulary_paths(self) -> list[Path]:
        """Every vocabulary file that this review's extraction depends on."""
        return sorted([*self.root.glob("schemas/vocabularies/*.yaml"), *self.schemas.glob("vocabularies/*.yaml")])


@cache
def vocabulary(name: str, root: Path = ROOT, review: str | None = None) -> dict[str, list[str]]:
    """The concepts of `schemas/vocabularies/<name>.yaml`, and of the review's own file: its words are added to the general ones."""
    merged: dict[str, list[str]] = {}
    paths = [root / "schemas" / "vocabularies" / f"{name}.yaml"]
    if review:
        paths.append(root / "schemas" / review / "vocabularies" / f"{name}.yaml")
    found = [path for path in paths if path.exists()]
    if not found:
        raise InputError(f"{paths[0]}: no such vocabulary")
    for path in found:
        for key, words in validated(Vocabulary, path).terms.items():
            merged[key] = list(dict.fromkeys([*merged.get(key, []), *words]))
    return merged


def json_schemas() -> dict[str, str]:
    """The JSON Schema of each kind of file, by file name: what stands in `schemas/` and is kept equal by a test."""
    from pipeline.claims import Claims  # these modules need this one
    from pipeline.synthesis_plan import Plan

    models = {"protocol": Protocol, "fields": Form, "vocabulary": Vocabulary, "claims": Claims, "synthesis": Plan}
    return {f"{name}.schema.json": json.dumps(model.model_json_schema(), indent=2) + "\n" for name, model in models.items()}


__all__ = [
    "DESIGNS",
    "ENDPOINTS",
    "FIELDS",
    "LOCAL_THERAPIES",
    "ROOT",
    "TECHNIQUES",
    "Form",
    "Protocol",
    "Review",
    "json_schemas",
    "vocabulary",
]
