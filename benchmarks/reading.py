"""How well and how fast PDFs are read: sentences and table cells against the JATS of the same papers, time against raw libraries.

    python benchmarks/reading.py [--part rules|aside|all] [--paper WORD] [--misses] [--speed]

The papers stand in the shared folder of evaluation papers (LIVETABLE_EVALUATION, default ../shared). A third of them, chosen by the
hash of their names, is kept aside from the writing of rules; both parts are reported.
"""

from __future__ import annotations

import argparse
import re
import sys
import time
import unicodedata
import zlib
from collections import Counter
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import pypdfium2 as pdfium

from pipeline.jats import read_jats
from pipeline.pdf import read_pdf
from pipeline.records import Document, Passage
from pipeline.score import evaluation_folder

CITATIONS = re.compile(r"\s*[\[(]\s*\d{1,3}(?:\s*[,;–-]\s*\d{0,3})*\s*[\])]")
SENTENCE_END = re.compile(r"(?<=[.?!])\s+(?=[A-Z(])")
LEAST = 40  # letters and digits that a sentence must have to be counted


def aside(paper: str) -> bool:
    """Whether a paper is of the third that was kept aside while the first rules of layout were written."""
    return zlib.crc32(paper.encode()) % 3 == 0


def plain(text: str) -> str:
    """Letters and digits only, in lower case, without citation numbers in brackets."""
    text = unicodedata.normalize("NFKC", CITATIONS.sub(" ", text)).lower()
    return "".join(letter for letter in text if letter.isalnum())


def sentences(document: Document) -> list[str]:
    """The normalised sentences of the abstract and body that are long enough to count."""
    found = []
    for passage in document.passages:
        if passage.kind in ("paragraph", "abstract") and passage.section != "back":
            found += [plain(part) for part in SENTENCE_END.split(passage.text)]
    return [sentence for sentence in found if len(sentence) >= LEAST]


def survival(jats: Document, pdf: Document) -> tuple[int, int, list[str]]:
    """Sentences found whole in one passage, sentences in all, and those lost."""
    passages = [plain(passage.text) for passage in pdf.passages if passage.kind != "cell"]
    everything = "\n".join(passages)
    wanted = sentences(jats)
    lost = [sentence for sentence in wanted if sentence not in everything]
    return len(wanted) - len(lost), len(wanted), lost


def same_section(jats: Document, pdf: Document) -> tuple[int, int]:
    """Of the sentences found, how many stand in the same canonical section; and how many were found."""
    passages = [(plain(passage.text), passage.section) for passage in pdf.passages if passage.kind != "cell"]
    agree = found = 0
    for passage in jats.passages:
        if passage.kind not in ("paragraph", "abstract") or passage.section == "back":
            continue
        for sentence in map(plain, SENTENCE_END.split(passage.text)):
            sections = {section for text, section in passages if sentence in text} if len(sentence) >= LEAST else set()
            found += bool(sections)
            agree += passage.section in sections
    return agree, found


def tables(document: Document) -> dict[str, list[Passage]]:
    """The cells of each table by its plain label."""
    grouped: dict[str, list[Passage]] = {}
    for passage in document.passages:
        if passage.kind == "cell" and passage.table:
            grouped.setdefault(plain(passage.table), []).append(passage)
    return grouped


def triples(cells: list[Passage]) -> Counter:
    """Each body cell with its innermost row and column heading, normalised."""
    return Counter(
        (
            plain(cell.text) or cell.text.strip(),
            plain(cell.row_heads[-1]) if cell.row_heads else "",
            plain(cell.col_heads[-1]) if cell.col_heads else "",
        )
        for cell in cells
        if not cell.is_head
    )


def cell_scores(jats: Document, pdf: Document) -> dict[str, tuple[int, int, int, bool]]:
    """By table of the JATS: cells that agree, cells there, cells in the PDF, and whether the table was found."""
    read = tables(pdf)
    scores = {}
    for label, cells in tables(jats).items():
        wanted, got = triples(cells), triples(read.get(label, []))
        texts = Counter(text for text, *_ in wanted.elements()) & Counter(text for text, *_ in got.elements())
        scores[label] = (
            sum((wanted & got).values()),
            sum(wanted.values()),
            sum(got.values()),
            sum(texts.values()) >= 0.3 * sum(wanted.values()),
        )
    return scores


def agree_in_words(jats: Document, pdf: Document) -> int:
    """Cells that agree where a column's headings may be divided otherwise: "Arm A" over "n = 20", or "Arm A n = 20" in one cell."""
    read, agree = tables(pdf), 0
    for label, cells in tables(jats).items():
        left: dict[tuple, list[tuple[str, str]]] = {}
        for cell in read.get(label, []):
            if not cell.is_head:
                left.setdefault(_text_and_row(cell), []).append(_joined_and_last(cell))
        for cell in cells:
            joined, last = _joined_and_last(cell)
            others = left.get(_text_and_row(cell), []) if not cell.is_head else []
            found = next((o for o in others if o[1] == last or last and o[0].endswith(last) or o[1] and joined.endswith(o[1])), None)
            if found:
                others.remove(found)
                agree += 1
    return agree


def _text_and_row(cell: Passage) -> tuple[str, str]:
    return plain(cell.text) or cell.text.strip(), plain(cell.row_heads[-1]) if cell.row_heads else ""


def _joined_and_last(cell: Passage) -> tuple[str, str]:
    return plain("".join(cell.col_heads)), plain(cell.col_heads[-1]) if cell.col_heads else ""


def f1(agree: int, wanted: int, got: int) -> float:
    """The harmonic mean of precision and recall."""
    return 2 * agree / (wanted + got) if wanted + got else 1.0


def measure(part: str, word: str, misses: bool) -> None:
    """Print a line for each paper, then the sums."""
    total = {apart: [0] * 10 for apart in (False, True)}
    for path in sorted((evaluation_folder() / "papers/pdf").glob("*.pdf")):
        if not path.with_suffix(".xml").exists() or word not in path.stem or (part != "all" and aside(path.stem) != (part == "aside")):
            continue
        jats, pdf = read_jats(path.with_suffix(".xml"), path.stem), read_pdf(path, path.stem)
        kept, wanted, lost = survival(jats, pdf)
        scores = cell_scores(jats, pdf)
        cells = [sum(score[place] for score in scores.values()) for place in range(4)]
        placed = same_section(jats, pdf)
        by_table = " ".join(f"{label[5:]}:{f1(*score[:3]):.2f}{'' if score[3] else '!'}" for label, score in scores.items())
        print(
            f"{path.stem:14}{' aside' if aside(path.stem) else '      '} sentences {kept:4}/{wanted:4} {kept / max(wanted, 1):6.1%}  sections {placed[0] / max(placed[1], 1):4.0%}  cells {by_table}"
        )
        for place, number in enumerate((kept, wanted, *cells, len(scores), *placed, agree_in_words(jats, pdf))):
            total[aside(path.stem)][place] += number
        if misses:
            print(*(f"    {sentence[:150]}" for sentence in lost), sep="\n")
            print_cell_misses(jats, pdf)
    for apart, (kept, wanted, agree, there, got, found, count, *placed, in_words) in total.items():
        if wanted:
            name = "kept aside" if apart else "rules' part"
            print(
                f"{name}: sentences {kept}/{wanted} {kept / wanted:.1%}, in their section {placed[0] / max(placed[1], 1):.1%}; tables {found}/{count}; cells F1 {f1(agree, there, got):.3f}, however headings are divided {f1(in_words, there, got):.3f}"
            )


def print_cell_misses(jats: Document, pdf: Document) -> None:
    """The cells of each table that stand on one side only."""
    read = tables(pdf)
    for label, cells in tables(jats).items():
        wanted, got = triples(cells), triples(read.get(label, []))
        print(f"  {label}")
        print(*(f"    - {cell}" for cell in list((wanted - got).elements())[:12]), sep="\n")
        print(*(f"    + {cell}" for cell in list((got - wanted).elements())[:12]), sep="\n")


def timed(work: Callable[[Path], object], paths: list[Path]) -> float:
    """Seconds that the work takes over all files, the better of two rounds."""
    rounds = []
    for _ in range(2):
        start = time.process_time()
        for path in paths:
            work(path)
        rounds.append(time.process_time() - start)
    return min(rounds)


def raw_characters(path: Path) -> None:
    """Every character with its box, through pypdfium2's own calls."""
    pdf = pdfium.PdfDocument(path)
    for page in pdf:
        textpage = page.get_textpage()
        textpage.get_text_range()
        for position in range(textpage.count_chars()):
            textpage.get_charbox(position)


def words_with_boxes(path: Path) -> None:
    """Every word with its box, through the reader's first step."""
    from pipeline.pdf_words import Fonts, PageReader

    pdf, fonts = pdfium.PdfDocument(path), Fonts()
    for number, page in enumerate(pdf, 1):
        PageReader(page, number).frames(fonts)


def plumber(path: Path) -> None:
    """Plain pdfplumber: text and tables of every page."""
    import pdfplumber

    with pdfplumber.open(path) as pdf:
        for page in pdf.pages:
            page.extract_text()
            page.find_tables()
            page.close()


def speed() -> None:
    """Print milliseconds a page and the ratios, over the publishers' files with JATS."""
    paths = [path for path in sorted((evaluation_folder() / "papers/pdf").glob("PMC*.pdf")) if b"ReportLab" not in path.read_bytes()]
    pages = sum(len(pdfium.PdfDocument(path)) for path in paths)
    works = {"raw": raw_characters, "words": words_with_boxes, "read_pdf": lambda path: read_pdf(path, path.stem), "pdfplumber": plumber}
    spent = {name: timed(work, paths) for name, work in works.items()}
    for name, seconds in spent.items():
        print(f"{name:10} {1000 * seconds / pages:6.1f} ms/page")
    print(f"words with boxes: {spent['words'] / spent['raw']:.2f}x raw pypdfium2 (at most 3)")
    print(f"read_pdf: {spent['read_pdf'] / spent['pdfplumber']:.2f}x pdfplumber (at most 0.5)")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--part", choices=("rules", "aside", "all"), default="all")
    parser.add_argument("--paper", default="")
    parser.add_argument("--misses", action="store_true")
    parser.add_argument("--speed", action="store_true")
    options = parser.parse_args()
    speed() if options.speed else measure(options.part, options.paper, options.misses)
