"""`make score`: what is read from real papers against facts read by hand, PDF beside JATS, written as docs/accuracy.md.

The papers, the facts and the scorer stand in the shared folder of evaluation papers (LIVETABLE_EVALUATION). A third of the papers,
chosen by a checksum of their names, is kept aside while rules are written; both parts are reported.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import subprocess
import sys
import tempfile
import zlib
from pathlib import Path

from pipeline import __version__
from pipeline.choose import arm_words
from pipeline.files import InputError, read_jsonl, write_atomic, write_jsonl
from pipeline.protocol import ROOT
from pipeline.reading import read_files
from pipeline.records import Finding

PARTS = ("rules", "aside", "all")
FIGURES = ("recall", "precision", "f1", "arm_accuracy")


def evaluation_folder() -> Path:
    """The shared folder of evaluation papers. Raises InputError where it is absent."""
    folder = Path(os.environ.get("LIVETABLE_EVALUATION") or ROOT.parent / "shared")
    if not (folder / "gold" / "dev.jsonl").exists():
        raise InputError(f"{folder}: no gold/dev.jsonl; set LIVETABLE_EVALUATION to the shared folder of evaluation papers")
    return folder.resolve()


def aside(paper: str) -> bool:
    """Whether a paper is kept aside while rules are written."""
    return zlib.crc32(paper.encode()) % 3 == 0


def sources(folder: Path, papers: list[str]) -> dict[str, list[Path]]:
    """The gold papers' files by kind; a paper without JATS is read from its PDF in both columns' totals of that kind only."""
    pdf = [folder / "papers" / "pdf" / f"{paper}.pdf" for paper in papers]
    jats = [
        next((p for p in (folder / "papers" / "pdf" / f"{paper}.xml", folder / "papers" / "jats" / f"{paper}.xml") if p.exists()), None)
        for paper in papers
    ]
    return {"pdf": [path for path in pdf if path.exists()], "jats": [path for path in jats if path]}


def predictions(files: list[Path], review: str, workers: int) -> list[Finding]:
    """Everything read from the files; a file that cannot be read is named on standard error."""
    found: list[Finding] = []
    for path, outcome in read_files(files, review, workers):
        if isinstance(outcome, str):
            print(f"{path.name}: not read: {outcome}", file=sys.stderr)
        else:
            found += outcome
    return found


def scored(folder: Path, gold: list[dict], found: list[Finding], misses: bool = False) -> dict:
    """The scorer's figures for these gold lines; with `misses`, its list of them is printed."""
    with tempfile.TemporaryDirectory() as scratch:
        facts, read = Path(scratch) / "gold.jsonl", Path(scratch) / "read.jsonl"
        write_jsonl(facts, gold)
        write_jsonl(read, [finding.to_dict() for finding in found])
        command = [sys.executable, str(folder / "score" / "score.py"), str(facts), str(read)]
        if misses:
            subprocess.run([*command, "--misses"], check=True)
        return json.loads(subprocess.run([*command, "--json"], check=True, capture_output=True, text=True).stdout)


def agreement(pdf: list[Finding], jats: list[Finding]) -> dict:
    """How many findings of papers read in both forms are the same fact in both: Jaccard over field, numbers, endpoint, time and arm."""
    both = {f.paper for f in pdf} & {f.paper for f in jats}

    def facts(found: list[Finding]) -> set[tuple]:
        return {(f.paper, f.field, f.value, f.low, f.high, f.endpoint, f.at, arm_words(f.arm)) for f in found if f.paper in both}

    one, other = facts(pdf), facts(jats)
    return {
        "papers": len(both),
        "same": len(one & other),
        "either": len(one | other),
        "share": round(len(one & other) / max(1, len(one | other)), 3),
    }


def measure(review: str, workers: int, fields: set[str] | None = None) -> dict:
    """All figures: by kind of source, by part of the papers, by field; and the agreement of the two kinds."""
    folder = evaluation_folder()
    gold = [line for line in read_jsonl(folder / "gold" / "dev.jsonl") if not fields or line["field"] in fields]
    papers = sorted({line["paper"] for line in gold})
    found = {kind: predictions(files, review, workers) for kind, files in sources(folder, papers).items()}
    figures: dict = {"version": __version__, "date": dt.date.today().isoformat(), "papers": len(papers), "figures": {}}
    for kind, read in found.items():
        held = {finding.paper for finding in read}
        for part in PARTS:
            lines = [g for g in gold if g["paper"] in held and (part == "all" or aside(g["paper"]) == (part == "aside"))]
            figures["figures"][f"{kind} {part}"] = scored(folder, lines, [f for f in read if not fields or f.field in fields])
    figures["agreement"] = agreement(found["pdf"], found["jats"])
    figures["figures"].update(further(folder, review, workers))
    return figures


def further(folder: Path, review: str, workers: int) -> dict:
    """Figures on further papers of the folder, whose facts the project's own people read by hand and keep without the papers' words."""
    gold = list(read_jsonl(ROOT / "benchmarks" / "read_by_hand.jsonl"))
    files = sources(folder, sorted({line["paper"] for line in gold}))["jats"]
    read = predictions(files, review, workers) if files else []
    held = {finding.paper for finding in read}
    return {
        f"further papers, jats {part}": scored(folder, lines, read)
        for part in (PARTS if read else ())
        if (lines := [g for g in gold if g["paper"] in held and (part == "all" or aside(g["paper"]) == (part == "aside"))])
    }


def shown(figure: float | None) -> str:
    """A figure with two decimals, or a dash."""
    return "-" if figure is None else f"{figure:.2f}"


def as_markdown(figures: dict) -> str:
    """docs/accuracy.md: what to trust, field by field."""
    out = [
        "# What is read from real papers, against facts read by hand", "",
        f"Version {figures['version']}, measured on {figures['date']} by `make score` on {figures['papers']} papers that nobody here wrote.",
        "Recall counts core facts found; precision counts findings that match any fact read by hand. A third of the papers is kept aside while",
        "rules are written (*aside*); the rest is *rules*. The *further papers* were read by the project's own people (benchmarks/read_by_hand.jsonl,",
        "facts only); the second round of rules was written on their *rules* part, and the misses of their *aside* part were looked at once.", "",
    ]  # fmt: skip
    out += ["| source, part | papers | micro precision | micro recall | micro F1 | macro F1 | arms |", "|---|---|---|---|---|---|---|"]
    for name, held in figures["figures"].items():
        out.append(
            f"| {name} | {held['papers']} | {held['precision']:.3f} | {held['recall']:.3f} | {held['micro_f1']:.3f} | {held['macro_f1']:.3f} | {held['arm_accuracy']:.3f} |"
        )
    same = figures["agreement"]
    out += [
        "",
        f"The same paper as PDF and as JATS: {same['same']} of {same['either']} findings agree ({same['share']:.0%}, {same['papers']} papers).",
        "",
    ]
    out += [
        "| field | core facts | PDF recall | PDF precision | PDF F1 | PDF arms | JATS recall | JATS precision | JATS F1 | JATS arms |",
        "|" + "---|" * 10,
    ]
    jats = {row["field"]: row for row in figures["figures"]["jats all"]["fields"]}
    for row in figures["figures"]["pdf all"]["fields"]:
        other = jats.get(row["field"], {})
        cells = [shown(row[f]) for f in FIGURES] + [shown(other.get(f)) for f in FIGURES]
        out.append(f"| {row['field']} | {row['core']} | " + " | ".join(cells) + " |")
    return "\n".join(out) + "\n"


def changes(before: dict, now: dict) -> list[str]:
    """Gains and losses against the last committed figures."""
    told = []
    for name, held in now["figures"].items():
        past = {row["field"]: row for row in before.get("figures", {}).get(name, {}).get("fields", [])}
        for row in held["fields"]:
            for figure in ("recall", "precision"):
                old, new = past.get(row["field"], {}).get(figure), row[figure]
                if old is not None and new is not None and abs(new - old) >= 0.005:
                    told.append(f"{'gain' if new > old else 'LOSS'}: {name}: {row['field']} {figure} {old:.2f} -> {new:.2f}")
    return told


def main(review: str, workers: int) -> None:
    """Measure, print the table with gains and losses, and write docs/accuracy.md and docs/accuracy.json."""
    figures = measure(review, workers)
    path = ROOT / "docs" / "accuracy.json"
    before = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    print(as_markdown(figures))
    print("\n".join(changes(before, figures)) or "no change against the last committed figures")
    write_atomic(path, json.dumps(figures, indent=1) + "\n")
    write_atomic(ROOT / "docs" / "accuracy.md", as_markdown(figures))
