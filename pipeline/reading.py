"""The extract stage, and `read`: documents into findings in worker processes; what was read before by the same code is not read again.

Light to import: the readers and spaCy are loaded by the workers only.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
import os
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from rich.progress import Progress

from pipeline.files import InputError, read_jsonl, write_atomic
from pipeline.fingerprint import digest, sources
from pipeline.parse import MEMORY_LIMIT, TIME_LIMIT, parsed_path, read_document, read_index, read_parsed
from pipeline.protocol import Review
from pipeline.records import FINDING_KEYS, Finding
from pipeline.worker import Failure, map_isolated

LINE_KEYS = (*FINDING_KEYS, "passage", "start", "end", "evidence")


def fingerprint(review: Review) -> str:
    """What the findings of a document depend on besides it: the readers' code, the vocabularies, spaCy."""
    return digest([*sources("extract"), *review.vocabulary_paths()], importlib.metadata.version("spacy"))


def extract_one(job: tuple[str, str, str]) -> list[str]:
    """The lines of one parsed document's findings; job is (parsed file, review, paper). Runs in a worker process."""
    from pipeline.extract import findings

    parsed, review, _ = job
    return [json.dumps(finding.to_dict(LINE_KEYS), ensure_ascii=False) for finding in findings(read_parsed(Path(parsed)), review)]


def read_one(job: tuple[str, str]) -> tuple[list[Finding], list[str]]:
    """The findings of any file, and the notes on how it was read; job is (file, review). Runs in a worker process."""
    from pipeline.extract import findings

    path, review = job
    document = read_document(Path(path))
    return findings(document, review), document.notes


def read_with_notes(files: list[Path], review: str, workers: int) -> Iterator[tuple[Path, list[Finding] | str, list[str]]]:
    """Each file with its findings, or with the reason why it was not read, and the notes on how; in the order given."""
    work = [(str(path), review) for path in files]
    for (path, _), outcome in map_isolated(read_one, work, TIME_LIMIT, MEMORY_LIMIT, min(workers, len(work))):
        found, notes = (outcome.reason, []) if isinstance(outcome, Failure) else outcome
        yield Path(path), found, notes


def read_files(files: list[Path], review: str, workers: int) -> Iterator[tuple[Path, list[Finding] | str]]:
    """Each file with its findings, or with the reason why it was not read, in the order given."""
    for path, found, _ in read_with_notes(files, review, workers):
        yield path, found


def run(review: Review, jobs: int | None = None) -> dict:
    """Read every parsed paper into build/<review>/extract.jsonl; returns the counts. Failures are added to skipped.jsonl."""
    code = fingerprint(review)
    papers = read_index(review)["papers"]
    keys = {
        key: hashlib.sha256(f"{code} {held['sha256']} {held['fingerprint']}".encode()).hexdigest() for key, held in sorted(papers.items())
    }
    todo = [key for key in keys if not extracted_path(review, key, keys[key]).exists()]
    work = [(str(parsed_path(review, key)), review.key, key) for key in todo]
    failed: list[dict] = []
    with Progress(transient=True, disable=not work) as bar:
        task = bar.add_task("extracting findings", total=len(work))
        advance = partial(bar.update, task)
        workers = max(1, min(jobs or os.cpu_count() or 1, len(work)))
        for job, outcome in map_isolated(extract_one, work, TIME_LIMIT, MEMORY_LIMIT, workers, lambda done: advance(completed=done)):
            if isinstance(outcome, Failure):
                failed.append({"paper": job[2], "file": papers[job[2]]["file"], "reason": f"extraction failed: {outcome.reason}"})
            else:
                write_atomic(extracted_path(review, job[2], keys[job[2]]), "".join(line + "\n" for line in outcome))
    write_atomic(review.build / "extract.rules", code + "\n")
    if failed and len(failed) == len(keys):
        raise InputError(f"no paper could be read; the first, {failed[0]['paper']}: {failed[0]['reason']}")
    return {**gather(review, keys, failed), "read_anew": len(todo), "failed": len(failed)}


def extracted_path(review: Review, paper: str, key: str) -> Path:
    """Where a paper's findings are kept; the name changes with the document and with the code."""
    return review.build / "extracted" / f"{paper}.{key[:16]}.jsonl"


def gather(review: Review, keys: dict[str, str], failed: list[dict]) -> dict:
    """All papers' findings as one file, in the order of the papers' keys; findings of older code are removed."""
    kept = {extracted_path(review, paper, key) for paper, key in keys.items()}
    for path in (review.build / "extracted").glob("*.jsonl"):
        if path not in kept:
            path.unlink()
    text = "".join(path.read_text(encoding="utf-8") for path in sorted(kept) if path.exists())
    write_atomic(review.build / "extract.jsonl", text)
    if failed:
        skipped = [row for row in read_jsonl(review.build / "skipped.jsonl") if not row["reason"].startswith("extraction failed")]
        write_atomic(review.build / "skipped.jsonl", "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in [*skipped, *failed]))
    return {"papers": len(keys), "findings": text.count("\n")}
