"""`make explain PAPER=...`: one paper's pages with every finding boxed, and, where facts were read by hand, what was missed."""

from __future__ import annotations

import base64
import io
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import pdfplumber

from pipeline.files import InputError, read_jsonl, write_atomic, write_jsonl
from pipeline.numeric import WORD_FIELDS
from pipeline.protocol import ROOT
from pipeline.reading import read_files
from pipeline.records import Finding
from pipeline.score import by_hand, evaluation_folder
from pipeline.templating import template
from pipeline.wording import amount, p_value, plain, share, time_point

RESOLUTION = 115  # pixels an inch


def label(row: dict) -> str:
    """A finding in one line: survival rate: 5-year OS 63.7% (chemotherapy + RT; P < 0.001)."""
    named = row["field"] in WORD_FIELDS
    value = plain(row.get("value")) if named else amount(row, row.get("unit") or "")
    said = " ".join(part for part in (time_point(row.get("at")), row.get("endpoint") or "", value) if part)
    compared = " vs ".join(name for name in (row.get("arm"), row.get("vs")) if name)
    held = share({"n": row.get("n") if row.get("n") != row.get("value") else None, "percent": row.get("percent")})
    more = "; ".join(part for part in (compared, held, p_value(row.get("p"))) if part)
    return f"{row['field'].replace('_', ' ')}: {said}{f' ({more})' if more else ''}"


def pages_of(path: Path, findings: list[Finding]) -> list[dict]:
    """Each page's picture with the ruling lines that a table may rest on (pdfplumber's visual debugging), and its findings' boxes."""
    pages = []
    with pdfplumber.open(path) as document:
        for number, page in enumerate(document.pages, 1):
            drawn = page.to_image(resolution=RESOLUTION).draw_lines(page.edges, stroke=(90, 140, 220, 160), stroke_width=1)
            out = io.BytesIO()
            drawn.annotated.convert("RGB").quantize(32).save(out, "PNG")
            boxes = [
                {"number": index, "label": label(f.to_dict()), "style": style(f.place["bbox"], float(page.width), float(page.height))}
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
    """The facts read by hand that were missed, and the findings that match none as the scorer's lines; None where there are no facts."""
    try:
        folder = evaluation_folder()
    except InputError:
        return None, set()
    known = [*read_jsonl(folder / "gold" / "dev.jsonl"), *by_hand("papers_rules")]
    gold = [line for line in known if line["paper"] == path.stem]
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
    return [label(json.loads(line.removeprefix("missed"))) for line in lines if line.startswith("missed")], {
        line.removeprefix("spurious").strip() for line in lines if line.startswith("spurious")
    }


def explain(path: Path, review: str) -> Path:
    """Write build/explain/<paper>.html for a file; returns where. Raises InputError where the file cannot be read."""
    _, outcome = next(iter(read_files([path], review, 1)))
    if isinstance(outcome, str):
        raise InputError(f"{path}: not read: {outcome}")
    misses, spurious = judged(path, outcome)
    rows = [
        {"number": number, "label": label(f.to_dict()), "quote": f.quote, "made_by": f.made_by, "verdict": "spurious" if f.to_json() in spurious else "",
         "place": f"page {f.place['page']}" if "page" in f.place else f.place.get("section", "")}
        for number, f in enumerate(outcome)
    ]  # fmt: skip
    with open(path, "rb") as file:
        is_pdf = b"%PDF-" in file.read(1024)
    pages = pages_of(path, outcome) if is_pdf else []
    target = ROOT / "build" / "explain" / f"{path.stem}.html"
    write_atomic(target, template("explain.html").render(paper=path.stem, title=str(path), pages=pages, findings=rows, misses=misses))
    return target
