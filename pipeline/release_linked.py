"""A release's linked data: W3C Web Annotations for the evidence, PROV for who made what, and the RO-Crate that describes it all."""

from __future__ import annotations

import datetime as dt
import json
import mimetypes
from pathlib import Path

from prov.model import ProvDocument
from rocrate.model import ContextEntity, Person
from rocrate.rocrate import ROCrate

from pipeline import __version__
from pipeline.files import read_tsv
from pipeline.protocol import Review
from pipeline.screen import CURATOR_COLUMNS
from pipeline.state import State

ANNOTATION = "http://www.w3.org/ns/anno.jsonld"
PDF_FRAGMENT = "http://tools.ietf.org/rfc/rfc3778"
ORCID = "https://orcid.org/"
SOFTWARE = {"name": "livetable", "version": __version__}
SAYS = {
    "table1.csv": "The review's table as CSV",
    "table1.md": "The review's table as Markdown",
    "included.ris": "The included studies as references",
    "annotations.jsonld": "The evidence of each finding as W3C Web Annotations",
    "prov.json": "Who made what from what, as PROV-JSON",
    "prisma.svg": "PRISMA 2020 flow diagram",
    "prisma-s.md": "PRISMA-S report of the searches",
    "counts.json": "The counts of the PRISMA flow and of the table",
    "query.txt": "The PubMed query",
    "protocol.yaml": "The protocol of the review",
    "fields.yaml": "The extraction form of the review",
    "searches.jsonl": "Every run of the search",
    "datapackage.json": "Frictionless data package of the tables",
    "SHA256SUMS": "Checksums of all files but itself and ro-crate-metadata.json",
}


def people(review: Review) -> dict[str, str]:
    """The names of curators by id."""
    return {row["id"]: row["name"] or row["id"] for row in read_tsv(review.corpus / "curators.tsv", CURATOR_COLUMNS)}


def person_id(curator: str) -> str:
    """A curator's address: an ORCID's, or one within the release."""
    return f"{ORCID}{curator}" if curator.count("-") == 3 and len(curator) == 19 else "#person-" + "-".join(curator.lower().split())


def source_of(study: dict) -> str:
    """The address of the file a study was read from: where it was fetched, else its place in the repository."""
    return study.get("url") or f"../../papers/{study['file']}"


def annotations(review: Review, state: State, base: str) -> dict:
    """A page of annotations: each finding in force that quotes its paper, with selectors for the words and the place."""
    named, items = people(review), []
    for found in state.findings:
        study = state.studies.get(found["study"])
        if not study or not found["in_force"] or not found["quote"] or not study["file"]:
            continue
        if found["curator"]:
            creator = {"id": person_id(found["curator"]), "type": "Person", "name": named.get(found["curator"], found["curator"])}
        else:
            creator = {"id": "#livetable", "type": "Software", "name": SOFTWARE["name"]}
        items.append(
            {
                "id": f"{base}#finding-{found['id']}", "type": "Annotation", "motivation": "describing", "creator": creator,
                "body": {"type": "TextualBody", "value": f"{study['label']}: {found['slot']} = {found['shown']}", "format": "text/plain"},
                "target": {
                    "source": source_of(study), "type": "SpecificResource", "selector": selectors(found, json.loads(found["place"] or "{}")),
                },
            }
        )  # fmt: skip
    return {"@context": ANNOTATION, "id": base, "type": "AnnotationPage", "items": items}


def selectors(found: dict, place: dict) -> list[dict]:
    """The quote, and the page with its box of a PDF or the XPath of a JATS file."""
    chosen: list[dict] = [{"type": "TextQuoteSelector", "exact": found["quote"]}]
    if place.get("xpath"):
        chosen.append({"type": "XPathSelector", "value": place["xpath"]})
    elif place.get("page"):
        value = f"page={place['page']}"
        if place.get("bbox"):
            left, top, right, bottom = place["bbox"]
            value += f"&viewrect={left:g},{top:g},{right - left:g},{bottom - top:g}"
        chosen.append({"type": "FragmentSelector", "conformsTo": PDF_FRAGMENT, "value": value})
    return chosen


def provenance(review: Review, state: State, date: dt.date) -> ProvDocument:
    """Searches, files, findings and decisions, with the software and the people who stand behind each."""
    document = ProvDocument()
    document.add_namespace("lt", f"urn:livetable:{review.key}:")
    document.add_namespace("schema", "https://schema.org/")
    software = document.agent("lt:livetable", {"prov:type": "prov:SoftwareAgent", "schema:version": __version__})
    named = people(review)
    agents = {
        key: document.agent(f"lt:person/{'-'.join(key.split())}", {"prov:type": "prov:Person", "schema:name": name})
        for key, name in named.items()
    }
    records = document.entity("lt:records", {"schema:name": "records of the searches and lists"})
    for number, line in enumerate(state.about.get("searches", []), 1):
        moment = dt.datetime.fromisoformat(line["date"])
        search = document.activity(f"lt:search/{number}", moment, moment, {"schema:query": line["query"]})
        document.wasAssociatedWith(search, software)
        document.wasGeneratedBy(records, search)
    reading = document.activity("lt:extraction", other_attributes={"lt:rules": state.about["rules"]})
    document.wasAssociatedWith(reading, software)
    files = {}
    for key, study in sorted(state.studies.items()):
        if study["file"]:
            told = {"schema:sha256": study["sha256"], "schema:url": study["url"], "schema:license": study["licence"]}
            files[key] = document.entity(f"lt:file/{study['file']}", {name: held for name, held in told.items() if held})
            document.used(reading, files[key])
    table = document.entity("lt:table1", {"schema:name": review.protocol.table_title, "schema:datePublished": f"{date}"})
    document.wasAttributedTo(table, software)
    document.wasDerivedFrom(table, records)
    for found in state.findings:
        entity = document.entity(f"lt:finding/{found['id']}", {"lt:madeBy": found["made_by"] or "", "lt:status": found["status"]})
        if found["curator"] in agents:
            document.wasAttributedTo(entity, agents[found["curator"]])
        if not found["curator"] or not found["in_force"]:
            document.wasGeneratedBy(entity, reading)
        if found["study"] in files:
            document.wasDerivedFrom(entity, files[found["study"]])
        if found["in_force"]:
            document.wasDerivedFrom(table, entity)
    return document


def crate(folder: Path, review: Review, date: dt.date) -> dict:
    """The RO-Crate metadata of all files in the folder."""
    made = ROCrate()
    made.name = f"{review.protocol.title}: release of {date}"
    made.description = f"{review.protocol.table_title}. {review.protocol.question.text}"
    made.datePublished = dt.datetime.combine(date, dt.time(), dt.UTC)
    made.license = "https://spdx.org/licenses/MIT"
    tool = made.add(ContextEntity(made, "#livetable", {"@type": "SoftwareApplication", **SOFTWARE}))
    authors = [made.add(Person(made, person_id(key), {"name": name})) for key, name in people(review).items()]
    results = []
    for path in sorted(folder.iterdir()):
        told = {"name": SAYS.get(path.name, f"Table {path.stem} of the data package"), "contentSize": str(path.stat().st_size)}
        results.append(made.add_file(path, path.name, properties=told | {"encodingFormat": media_type(path)}))
    for author in authors:
        made.root_dataset.append_to("author", author)
    action = {"@type": "CreateAction", "name": "release", "endTime": f"{date}"}
    created = made.add(ContextEntity(made, "#release", action))
    created["instrument"], created["result"] = tool, results
    made.root_dataset.append_to("mentions", created)
    return made.metadata.generate()


def media_type(path: Path) -> str:
    """A file's media type."""
    known = {
        ".jsonld": "application/ld+json",
        ".jsonl": "application/jsonl",
        ".ris": "application/x-research-info-systems",
        ".md": "text/markdown",
    }
    known |= {".yaml": "application/yaml", ".csv": "text/csv"}
    return known.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "text/plain"
