"""`make score`: what is read from real papers against facts read by hand, PDF beside JATS, written as docs/accuracy.md.

The papers, their facts and the scorer stand in the shared folder of evaluation papers (LIVETABLE_EVALUATION). Further papers and abstracts of
that folder were read by the project's own people (benchmarks/read_by_hand/, facts without the papers' words), each in two parts: one that
rules are written on, and one kept aside, which says what to expect of papers that nobody has seen.
"""

from __future__ import annotations

import datetime as dt
import gzip
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from pipeline import __version__, entrez, pubmed
from pipeline.choose import arm_words
from pipeline.files import InputError, read_jsonl, write_atomic, write_jsonl
from pipeline.protocol import ROOT
from pipeline.reading import read_files
from pipeline.records import Finding
from pipeline.sources import file_name

PARTS = ("rules", "aside")
FIGURES = ("recall", "precision", "f1", "arm_accuracy")


def evaluation_folder() -> Path:
    """The shared folder of evaluation papers. Raises InputError where it is absent."""
    folder = Path(os.environ.get("LIVETABLE_EVALUATION") or ROOT.parent / "shared")
    if not (folder / "gold" / "dev.jsonl").exists():
        raise InputError(f"{folder}: no gold/dev.jsonl; set LIVETABLE_EVALUATION to the shared folder of evaluation papers")
    return folder.resolve()


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
        lines = [line for line in gold if line["paper"] in held]
        figures["figures"][kind] = scored(folder, lines, [f for f in read if not fields or f.field in fields])
    figures["agreement"] = agreement(found["pdf"], found["jats"])
    for what in (further, abstracts):
        for part in PARTS:
            figures["figures"][f"{what.__name__}, {part}"] = what(folder, part, review, workers)
    return figures


def by_hand(name: str) -> list[dict]:
    """Facts that the project's own people read."""
    return list(read_jsonl(ROOT / "benchmarks" / "read_by_hand" / f"{name}.jsonl"))


def further(folder: Path, part: str, review: str, workers: int) -> dict:
    """Figures on a part of the further papers, read from JATS, or from PDF where there is no JATS."""
    gold = by_hand(f"papers_{part}")
    papers = sorted({line["paper"] for line in gold})
    files = sources(folder, papers)
    jats = {path.stem for path in files["jats"]}
    return scored(folder, gold, predictions([*files["jats"], *(path for path in files["pdf"] if path.stem not in jats)], review, workers))


def abstracts(folder: Path, part: str, review: str, workers: int) -> dict:
    """Figures on a part of the PubMed records, read as papers are whose abstract is all there is."""
    gold = by_hand(f"abstracts_{part}")
    wanted = {line["paper"] for line in gold}
    with gzip.open(folder / "pubmed" / "pubmedset_rebuilt_from_jats.xml.gz") as file:
        records = [hit for hit in pubmed.hits(entrez.read(file.read())) if hit["pmid"] in wanted]
    with tempfile.TemporaryDirectory() as scratch:
        files = [Path(scratch) / file_name(hit["pmid"], "abstract") for hit in records]
        for path, hit in zip(files, records, strict=True):
            write_atomic(path, pubmed.abstract_text(hit))
        return scored(folder, gold, predictions(files, review, workers))


def shown(figure: float | None) -> str:
    """A figure with two decimals, or a dash."""
    return "-" if figure is None else f"{figure:.2f}"


def as_markdown(figures: dict) -> str:
    """docs/accuracy.md: what to trust, field by field."""
    out = [
        "# What is read from real papers, against facts read by hand", "",
        f"Version {figures['version']}, measured on {figures['date']} by `make score` on papers that nobody here wrote.",
        "Recall counts core facts found; precision counts findings that match any fact read by hand. *pdf* and *jats* are the same",
        f"{figures['papers']} papers. *Further* papers and *abstracts* were read by the project's own people (benchmarks/read_by_hand/, facts only).",
        "Rules were written on all but the parts called *aside*, whose misses nobody has looked at: they say what to expect of a new paper.", "",
    ]  # fmt: skip
    out += ["| source | papers | micro precision | micro recall | micro F1 | macro F1 | arms |", "|---|---|---|---|---|---|---|"]
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
    out += by_field(figures["figures"], {"PDF": "pdf", "JATS": "jats"}, FIGURES)
    out += ["", "Of the papers and abstracts kept aside:", ""]
    return "\n".join(out + by_field(figures["figures"], {"further": "further, aside", "abstracts": "abstracts, aside"}, FIGURES[:2])) + "\n"


def by_field(figures: dict, sources: dict[str, str], shown_figures: tuple[str, ...]) -> list[str]:
    """A table's lines: each field with its core facts and figures by source."""
    names = {"arm_accuracy": "arms", "f1": "F1"}
    heads = [f"{source} {names.get(figure, figure)}" for source in sources for figure in shown_figures]
    out = [f"| field | core facts | {' | '.join(heads)} |", "|---" * (len(heads) + 2) + "|"]
    rows = {source: {row["field"]: row for row in figures[key]["fields"]} for source, key in sources.items()}
    for field in sorted({field for held in rows.values() for field in held}):
        cells = [shown(held.get(field, {}).get(figure)) for held in rows.values() for figure in shown_figures]
        core = "/".join(str(held.get(field, {}).get("core", 0)) for held in rows.values())
        out.append(f"| {field} | {core} | {' | '.join(cells)} |")
    return out


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
