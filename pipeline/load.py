"""Load: findings, people's corrections laid over them, and what they were read from, into the database; a pure function of files."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from functools import cache
from pathlib import Path

from pipeline import __version__, checks, checks_survival, curate, db, worklist
from pipeline.consistency import p_bounds
from pipeline.factor_keys import concept
from pipeline.files import InputError, locked, read_jsonl, read_tsv
from pipeline.numeric import finding_of, judgement, shown, slot
from pipeline.overlay import Decision, Overlaid, overlay, take_back
from pipeline.protocol import Review
from pipeline.records import FIELDS, FINDING_KEYS, Document, Finding
from pipeline.store import Build, put

PUBLISHED_COLUMNS = (*curate.FINDING_COLUMNS, "column")


def machine_findings(review: Review, papers: set[str]) -> tuple[dict[str, list[Finding]], int]:
    """The lines of extract.jsonl by study, each re-checked against its paper, and how many are of papers that screening put out.

    Raises InputError with file and line.
    """
    path = review.build / "extract.jsonl"
    if not path.exists():
        raise InputError(f"{path}: no such file; run `python -m pipeline extract` first")
    found: dict[str, list[Finding]] = {}
    known, left_out = curate.known_papers(review), 0
    for line, row in enumerate(read_jsonl(path), 1):
        finding = Finding.from_dict({**row, "paper": row.get("study") or row.get("paper")})
        if finding.paper in known - papers:
            left_out += 1
            continue
        check_evidence(finding, curate.document(review, finding.paper), papers, f"{path}:{line}")
        found.setdefault(finding.paper, []).append(finding)
    return found, left_out


def check_evidence(finding: Finding, document: Document | None, papers: set[str], where: str) -> None:
    """A machine's finding must quote its paper, letter by letter, at the place it names. Raises InputError."""
    stale = "the extraction is older than the paper; run `python -m pipeline extract` again"
    if finding.paper not in papers:
        raise InputError(f"{where}: {finding.paper!r} is no study of this review; {stale}")
    if finding.field not in FIELDS:
        raise InputError(f"{where}: field {finding.field!r}; allowed: {', '.join(FIELDS)}")
    if not finding.quote or None in (finding.passage, finding.start, finding.end):
        raise InputError(
            f"{where}: {finding.paper} {slot(finding)}: no evidence (quote, passage, start, end); a value without evidence is not stored"
        )
    if document is None:
        raise InputError(f"{where}: {finding.paper}: no parsed paper to check the quote against; {stale}")
    passage = next((passage for passage in document.passages if passage.number == finding.passage), None)
    if passage is None or passage.text[finding.start : finding.end] != finding.quote:
        raise InputError(f"{where}: {finding.paper} {slot(finding)}: the quote does not stand in passage {finding.passage}; {stale}")


def studies(review: Review, judged: set[str]) -> list[dict]:
    """The review's studies by key, with their bibliography: those that screening includes, and those of which people judged findings.

    Where nothing was screened all records are included, and papers without a record always.
    """
    status = {row["key"]: row.get("status") for row in read_jsonl(review.build / "screened.jsonl")}
    if not status:
        status = {row.get("key") or row.get("paper"): row["decision"] for row in _tsv(review.corpus / "screening.tsv")}
    known = {row["key"]: row for row in read_jsonl(review.corpus / "hits.jsonl")}
    parsed = {path.name.removesuffix(".json.gz") for path in (review.build / "parsed").glob("*.json.gz")}
    keys = {key for key, told in status.items() if told == "in"} if status else set(known) | parsed
    keys |= {key for key in parsed if key not in known} | judged
    return [_study(review, key, known.get(key, {}), status.get(key, "in") == "in") for key in sorted(keys)]


def _study(review: Review, key: str, hit: dict, included: bool) -> dict:
    """A study's row: what the record says, and what its document says where the record is silent."""
    document = curate.document(review, key)
    front = document.front if document else {}
    authors = hit.get("authors") or front.get("authors") or []
    row = {name: hit.get(name) or front.get(name) or None for name in ("label", "journal", "doi", "pmid", "pmcid")}
    year = str(hit.get("year") or front.get("year") or "")
    return {
        "study": key, **{name: str(held) if held else None for name, held in row.items()}, "label": row["label"] or key,
        "year": int(year[:4]) if year[:4].isdigit() else None, "title": hit.get("title") or (document.title if document else None) or None,
        "authors": "; ".join(map(str, authors)) if isinstance(authors, list) else str(authors), "included": included,
        "document": document.source if document else None,
    }  # fmt: skip


def _tsv(path: Path) -> list[dict]:
    """Rows of a table whose columns its own stage has checked."""
    if not path.exists():
        return []
    heading = path.read_text(encoding="utf-8-sig").partition("\n")[0].rstrip("\r").split("\t")
    return read_tsv(path, tuple(heading))


def stands(laid: Overlaid, beside: list[Finding]) -> str:
    """What a decision on this row writes in `replaces`: a person's value has also seen what the machine says in its place now."""
    told = judgement(laid.finding, beside)
    seen = told.rpartition(" = ")[2].split(" | ")
    more = [value for value in (laid.decision.machine_now if laid.decision and laid.in_force else []) if value not in seen]
    return " | ".join([told, *more])


def meant(found: Finding, review: str) -> dict:
    """What a finding's words mean: `concept`, the prognostic factor whatever the paper calls it; `p_most`, the highest p it can be."""
    named, p = found.field == "prognostic_factor" and found.value, p_bounds(found.p)
    return {"concept": concept(str(found.value), review) if named else None, "p_most": p[1] if p else None}


def finding_row(laid: Overlaid, identity: str, beside: list[Finding]) -> dict:
    """A row of the table `finding`."""
    found, decision = laid.finding, laid.decision
    place = {**found.place, **({"page": decision.page} if decision and decision.page and "page" not in found.place else {})}
    exact = {key: held for key, held in found.to_dict(FINDING_KEYS).items() if key != "place"} | ({"place": place} if place else {})
    row = {
        "id": identity, "study": found.paper, **db.value_columns(found), **db.month_columns(found), "place": db.dump(place),
        "made_by": found.made_by or None,
        "passage": found.passage, "begins": found.start, "ends": found.end, "evidence": db.dump(found.evidence),
        "mentions": 1 + len(found.evidence),
        "in_force": laid.in_force, "status": laid.status, "exact": db.dump(exact), "replaces": stands(laid, beside),
    }  # fmt: skip
    told = dict.fromkeys(("correction", "curator", "reason", "overruled", "correction_status"))
    if decision:
        told = {
            "correction": decision.id, "curator": decision.curator, "reason": decision.reason or None,
            "overruled": " | ".join(decision.overruled) or None, "correction_status": decision.status,
        }  # fmt: skip
    return row | told


def correction_row(decision: Decision) -> dict:
    """A row of the table `correction`, with the status that this load computed."""
    return {
        "id": decision.id, "study": decision.finding.paper, "action": decision.action, "field": decision.finding.field,
        "shown": f"{slot(decision.finding)} = {shown(decision.finding)}", "replaces": decision.replaces or None,
        "reason": decision.reason or None,
        "curator": decision.curator, "time": decision.time, "quote": decision.finding.quote or None, "page": decision.page,
        "status": decision.status,
        "overruled": " | ".join(decision.overruled) or None, "machine_now": " | ".join(decision.machine_now) or None,
    }  # fmt: skip


def _identity(found: Finding, taken: Counter) -> str:
    """A short id that stays as long as the finding does: a digest of its study, cell, value and maker, counted where two are alike."""
    words = "\t".join((found.paper, slot(found), shown(found), found.made_by))
    base = hashlib.sha256(words.encode("utf-8")).hexdigest()[:12]
    taken[base] += 1
    return base if taken[base] == 1 else f"{base}-{taken[base]}"


def add_findings(build: Build, review: Review, machine: dict[str, list[Finding]], decisions: list[Decision]) -> list[Overlaid]:
    """Lay each study's decisions over its findings, add both tables' rows, and return the findings in force."""
    taken: Counter = Counter()
    in_force = []
    for row in build.rows.get("study", []):
        key = row["study"]
        own = [decision for decision in decisions if decision.finding.paper == key]
        laid = overlay(machine.get(key, []), own, lambda key=key: curate.document(review, key)) if row["included"] else put_aside(own)
        laid.sort(key=lambda each: FIELDS.index(each.finding.field))
        for decision in sorted(own, key=lambda decision: (decision.time, decision.id)):
            build.add("correction", correction_row(decision))
        for each in laid:
            stored = finding_row(each, _identity(each.finding, taken), machine.get(key, []))
            build.add("finding", stored | meant(each.finding, review.key))
        in_force += [each for each in laid if each.in_force]
        _fill_study(build, row, [each for each in laid if each.in_force and each.status != "not_reported"])
    return in_force


def put_aside(decisions: list[Decision]) -> list[Overlaid]:
    """The decisions on a paper that screening put out: kept, without effect until it is in again."""
    for decision in take_back(decisions):
        decision.status = "moot"
    return []


def _fill_study(build: Build, row: dict, laid: list[Overlaid]) -> None:
    """The typed columns of `study`, and the rows of `arm`, from the findings in force."""
    found = {each.finding.field: each.finding.value for each in reversed(laid)}
    row["design"], row["n_total"] = found.get("design"), found.get("n_total")
    named: set[str] = set()
    for each in build.rows.get("finding", []):
        sizes = each["study"] == row["study"] and each["field"] == "arm_size" and each["in_force"] and each["status"] != "not_reported"
        if sizes and each["arm"] and each["arm"] not in named:
            named.add(each["arm"])
            size = each["number"] if each["number"] is not None else each["n"]
            build.add("arm", {"study": row["study"], "arm": each["arm"], "n": size, "percent": each["percent"], "finding": each["id"]})


def passage_rows(document: Document, key: str) -> list[dict]:
    """A paper's passages as rows."""
    return [
        {
            "study": key, "number": p.number, "kind": p.kind, "section": p.section, "heading": p.heading or None, "text": p.text,
            "page": p.page,
            "xpath": p.xpath, "table_label": p.table, "row": p.row, "col": p.col, "row_heads": db.dump(p.row_heads),
            "col_heads": db.dump(p.col_heads),
            "lines": db.dump([[line.start, line.end, line.page, *line.bbox] for line in p.lines]), "flags": db.dump(p.flags),
        }
        for p in document.passages
    ]  # fmt: skip


def add_sources(build: Build, review: Review, keys: set[str]) -> None:
    """The rows of sources.tsv that are about included studies."""
    names = [column.name for column in db.source.columns if column.name not in {"study", "position"}]
    for row in _tsv(review.corpus / "sources.tsv"):
        key = row.get("paper") or row.get("key")
        if key in keys:
            build.add("source", {"study": key, **{name: row.get(name) or None for name in names}})


def published(review: Review) -> list[tuple[Finding, str]]:
    """The review's own table as findings, each with its printed column."""
    path = review.corpus / "published.tsv"
    return [(finding_of(row, f"{path}:{row['line']}"), row["column"]) for row in read_tsv(path, PUBLISHED_COLUMNS)]


def study_years(build: Build) -> dict[str, tuple[int | None, int | None]]:
    """Each study's first year of accrual, as its methods or abstract print the span, and its year of publication."""
    spans: dict[str, list[int]] = {}
    for row in build.rows.get("passage", []):
        if row["section"] in {"abstract", "methods"} and (span := checks_survival.YEARS.search(row["text"])) and span[1] < span[2]:
            spans.setdefault(row["study"], []).append(int(span[1]))
    return {row["study"]: (min(spans.get(row["study"], []), default=None), row["year"]) for row in build.rows["study"]}


def add_contradictions(build: Build, found: list[Finding], of: str, years: dict | None = None) -> None:
    """What the checks find in these findings."""
    for each in checks.audit(found, years):
        row = {
            "study": each.study,
            "check_name": each.check,
            "message": each.message,
            "figures": json.dumps(each.figures, sort_keys=True),
            "of": of,
        }
        build.add("contradiction", row)


def input_hashes(review: Review) -> dict[str, str]:
    """SHA-256 of everything the build reads, by path under the repository; parsed papers by their content, not their compression."""
    named = ["hits.jsonl", "sources.tsv", "screening.tsv", "corrections.tsv", "published.tsv", "curators.tsv"]
    paths = [review.corpus / name for name in named] + [review.build / "extract.jsonl", review.build / "screened.jsonl"]
    paths += [review.schemas / "fields.yaml", review.schemas / "protocol.yaml"]
    hashes = {str(path.relative_to(review.root)): hashlib.sha256(path.read_bytes()).hexdigest() for path in paths if path.exists()}
    for path in sorted((review.build / "parsed").glob("*.json.gz")):
        content = curate.document(review, path.name.removesuffix(".json.gz")).to_json()
        hashes[str(path.relative_to(review.root))] = hashlib.sha256(content.encode("utf-8")).hexdigest()
    return hashes


@cache
def code_hash() -> str:
    """SHA-256 over the pipeline's own modules, by name."""
    digest, code = hashlib.sha256(), Path(__file__).resolve().parent
    for path in sorted(code.rglob("*.py")):
        digest.update(f"{path.relative_to(code.parent)}\0".encode() + path.read_bytes())
    return digest.hexdigest()


def assemble(review: Review) -> Build:
    """Every row of the new database, from files alone."""
    build = Build()
    decisions = curate.decisions(review)
    build.rows["study"] = studies(review, {decision.finding.paper for decision in decisions})
    keys = {row["study"] for row in build.rows["study"]}
    for key in sorted(keys):
        document = curate.document(review, key)
        build.rows.setdefault("passage", []).extend(passage_rows(document, key) if document else [])
    add_sources(build, review, keys)
    machine, left_out = machine_findings(review, {row["study"] for row in build.rows["study"] if row["included"]})
    in_force = add_findings(build, review, machine, decisions)
    printed = published(review)
    for found, column in printed:
        told = {"printed_column": column or None, **meant(found, review.key), **db.month_columns(found)}
        build.add("published", {"study": found.paper, **db.value_columns(found), **told})
    counted = [each.finding for each in in_force if each.status != "not_reported"]
    add_contradictions(build, counted, "papers", study_years(build))
    add_contradictions(build, [found for found, _ in printed], "published")
    build.counts = {
        "studies": sum(row["included"] for row in build.rows["study"]), "findings": len(in_force),
        "passages": len(build.rows.get("passage", [])),
        "corrections": len(decisions), "contradictions": sum(row["of"] == "papers" for row in build.rows.get("contradiction", [])),
        "by_status": dict(sorted(Counter(each.status for each in in_force).items())),
        "corrections_by_status": dict(sorted(Counter(row["status"] for row in build.rows.get("correction", [])).items())),
        "findings_of_excluded_papers": left_out,
    }  # fmt: skip
    hashes = input_hashes(review)
    build.rows["run"] = [
        {
            "review": review.key, "version": __version__, "code_sha256": code_hash(), "query": review.protocol.search.query(),
            "inputs": db.dump(hashes) or "{}", "counts": db.dump(build.counts),
        }
    ]  # fmt: skip
    return build


def run(review: Review) -> dict:
    """Build the database and swap it in; returns the counts and `database`. Raises InputError, and the old database stays."""
    with locked(review.build, timeout=600):
        build = assemble(review)
        where = put(review, build)
        tasks = worklist.write(review)
    return build.counts | {"worklist": len(tasks), "database": where}


def current(made: db.Engine) -> list[dict]:
    """The findings in force; see `db.current`."""
    return db.current(made)
