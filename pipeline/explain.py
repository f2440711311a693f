"""`make explain PAPER=...`: one paper's pages with every finding boxed, and, where facts were read by hand, what was missed."""

from __future__ import annotations

import base64
import io
import subprocess
import sys
import tempfile
from pathlib import Path

import pdfplumber

from pipeline.files import InputError, read_jsonl, write_atomic, write_jsonl
from pipeline.protocol import ROOT
from pipeline.reading import read_files
from pipeline.records import Finding
from pipeline.score import evaluation_folder
from pipeline.templating import template

RESOLUTION = 115  # pixels an inch


def label(finding: Finding) -> str:
    """A finding in one line, as the contract's keys say it."""
    row = finding.to_dict()
    said = " ".join(f"{key} {held}" for key, held in row.items() if key not in {"paper", "field", "value", "quote", "place", "made_by"})
    return f"{finding.field}: {'' if finding.value is None else finding.value} {said}".strip()


def pages_of(path: Path, findings: list[Finding]) -> list[dict]:
    """Each page's picture with the ruling lines that a table may rest on (pdfplumber's visual debugging), and its findings' boxes."""
    pages = []
    with pdfplumber.open(path) as document:
        for number, page in enumerate(document.pages, 1):
            drawn = page.to_image(resolution=RESOLUTION).draw_lines(page.edges, stroke=(90, 140, 220, 160), stroke_width=1)
            out = io.BytesIO()
            drawn.annotated.convert("RGB").quantize(32).save(out, "PNG")
            boxes = [
                {"number": index, "label": label(f), "style": style(f.place["bbox"], float(page.width), float(page.height))}
                for index, f in enumerate(findings) if f.place.get("page") == number
            ]  # fmt: skip
            pages.append(
                {"number": number, "width": drawn.annotated.width, "png": base64.b64encode(out.getvalue()).decode(), "boxes": boxes}
            )
            page.close()
    return pages


def style(bbox: list[float], width: float, height: float) -> str:
    """A box's place as CSS."""
    x0, top, x1, bottom = bbox
    return f"left:{100 * x0 / width:.2f}%;top:{100 * top / height:.2f}%;width:{100 * (x1 - x0) / width:.2f}%;height:{100 * (bottom - top) / height:.2f}%"


def judged(path: Path, findings: list[Finding]) -> tuple[list[str] | None, set[str]]:
    """The facts read by hand that were missed and the findings that match none, as the scorer's lines; None where there are no facts."""
    try:
        folder = evaluation_folder()
    except InputError:
        return None, set()
    gold = [line for line in read_jsonl(folder / "gold" / "dev.jsonl") if line["paper"] == path.stem]
    if not gold:
        return None, set()
    with tempfile.TemporaryDirectory() as scratch:
        facts, read = Path(scratch) / "gold.jsonl", Path(scratch) / "read.jsonl"
        write_jsonl(facts, gold)
        write_jsonl(read, [finding.to_dict() for finding in findings])
        told = subprocess.run(
            [sys.executable, str(folder / "score" / "score.py"), str(facts), str(read), "--misses"],
            check=True,
            capture_output=True,
            text=True,
        ).stdout
    lines = told.splitlines()
    return [line.removeprefix("missed").strip() for line in lines if line.startswith("missed")], {
        line.removeprefix("spurious").strip() for line in lines if line.startswith("spurious")
    }


def explain(path: Path, review: str) -> Path:
    """Write build/explain/<paper>.html for a file; returns where. Raises InputError where the file cannot be read."""
    _, outcome = next(iter(read_files([path], review, 1)))
    if isinstance(outcome, str):
        raise InputError(f"{path}: not read: {outcome}")
    misses, spurious = judged(path, outcome)
    rows = [
        {"number": number, "label": label(f), "quote": f.quote, "made_by": f.made_by, "verdict": "spurious" if f.to_json() in spurious else "",
         "place": f"page {f.place['page']}" if "page" in f.place else f.place.get("section", "")}
        for number, f in enumerate(outcome)
    ]  # fmt: skip
    with open(path, "rb") as file:
        is_pdf = b"%PDF-" in file.read(1024)
    pages = pages_of(path, outcome) if is_pdf else []
    target = ROOT / "build" / "explain" / f"{path.stem}.html"
    write_atomic(target, template("explain.html").render(paper=path.stem, title=str(path), pages=pages, findings=rows, misses=misses))
    return target
