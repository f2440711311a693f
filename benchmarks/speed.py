"""Speed as ratios in one run on the same files; absolute times say little on a shared machine.

    python benchmarks/speed.py            # all; needs the shared folder of evaluation papers (LIVETABLE_EVALUATION)

1. parse + extract of PDFs against plain pdfplumber (`extract_text` + `find_tables` over their pages): at most 0.5 is wanted.
2. text with boxes against raw pypdfium2 characters with boxes: at most 3 is wanted.
3. JATS parse + extract, papers a second of processor time: at least 5 is wanted.
4. two workers against one, on the same JATS papers: at least 1.7 is wanted.
5. memory of a worker over 500 papers: last hundred against first hundred, in MB.
6. a second run over an unchanged corpus of 500 papers: how many it reads again; none is wanted.
"""

from __future__ import annotations

import os
import resource
import shutil
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.reading import plumber, raw_characters, words_with_boxes  # noqa: E402
from pipeline.extract import findings  # noqa: E402
from pipeline.files import InputError, sha256, tsv_text, write_atomic  # noqa: E402
from pipeline.parse import parse_one, read_document, run  # noqa: E402
from pipeline.protocol import Review  # noqa: E402
from pipeline.reading import read_files  # noqa: E402
from pipeline.reading import run as extract_run  # noqa: E402
from pipeline.score import evaluation_folder  # noqa: E402
from pipeline.sources import COLUMNS as SOURCE_COLUMNS  # noqa: E402


def seconds(work, *arguments) -> float:
    """Processor time of a call in this process."""
    before = time.process_time()
    work(*arguments)
    return time.process_time() - before


def pdf_ratios(pdfs: list[Path]) -> None:
    """Ratios 1 and 2 over the publishers' PDFs."""
    spent = {name: sum(seconds(work, path) for path in pdfs) for name, work in (
        ("ours", lambda path: findings(read_document(path))), ("plumber", plumber), ("raw", raw_characters), ("words", words_with_boxes),
    )}  # fmt: skip
    print(f"1. parse + extract / pdfplumber text + tables: {spent['ours'] / spent['plumber']:.2f} ({len(pdfs)} PDFs)")
    print(f"2. words with boxes / raw characters with boxes: {spent['words'] / spent['raw']:.2f}")


def jats_rate(files: list[Path]) -> None:
    """Figure 3."""
    spent = seconds(lambda: [findings(read_document(path)) for path in files])
    print(f"3. JATS parse + extract: {len(files) / spent:.1f} papers a second of processor time ({len(files)} papers)")


def worker_ratio(files: list[Path], review: str) -> None:
    """Ratio 4, by the clock: run it on a quiet machine of two cores."""
    many = files * 4
    times = []
    for workers in (1, 2):
        before = time.perf_counter()
        list(read_files(many, review, workers))
        times.append(time.perf_counter() - before)
    print(f"4. two workers against one: {times[0] / times[1]:.2f} times as fast ({len(many)} papers, start-up included)")


def memory(files: list[Path]) -> None:
    """Figure 5, in this process."""
    peaks = []
    with tempfile.TemporaryDirectory() as scratch:
        for index in range(500):
            path = files[index % len(files)]
            parse_one(("paper", "jats", str(path), str(Path(scratch) / "paper.json.gz")))
            findings(read_document(path))
            if index in (99, 499):
                peaks.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
    print(f"5. memory over 500 papers: {peaks[0]:.0f} MB after 100, {peaks[1]:.0f} MB after 500")


def second_run(files: list[Path], review: str) -> None:
    """Figure 6, on a copy of the review's folders with 500 papers."""
    with tempfile.TemporaryDirectory() as scratch:
        root = Path(scratch)
        shutil.copytree(ROOT / "schemas", root / "schemas")
        papers = root / "corpus" / review / "papers"
        papers.mkdir(parents=True)
        rows = []
        for index in range(500):
            file = papers / f"paper_{index:03}.xml"
            shutil.copy(files[index % len(files)], file)
            rows.append({"key": file.stem, "kind": "jats", "file": file.name, "sha256": sha256(file)})
        write_atomic(root / "corpus" / review / "sources.tsv", tsv_text(rows, SOURCE_COLUMNS))
        copy = Review(review, root)
        jobs = os.cpu_count() or 1
        run(copy, jobs=jobs), extract_run(copy, jobs=jobs)
        again = run(copy, jobs=jobs), extract_run(copy, jobs=jobs)
    print(f"6. second run over 500 unchanged papers: {again[0]['read_anew']} parsed again, {again[1]['read_anew']} extracted again")


def main() -> None:
    """Print the six figures."""
    try:
        folder = evaluation_folder()
    except InputError as error:
        sys.exit(str(error))
    pdfs = sorted(path for path in (folder / "papers" / "pdf").glob("*.pdf") if path.stat().st_size > 150_000)
    jats = sorted((folder / "papers" / "jats").glob("*.xml"))
    findings(read_document(jats[0]))  # loads spaCy and the vocabularies outside the measurement
    pdf_ratios(pdfs)
    jats_rate(jats)
    worker_ratio(jats, "mnpc")
    memory(jats)
    second_run(jats, "mnpc")


if __name__ == "__main__":
    main()
