"""A review read by the real stages for the tests of the report: a JATS paper, a PDF, a PDF that is cut off, and a record without text."""

from __future__ import annotations

import datetime as dt
import io
import json
from pathlib import Path

from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.platypus import Paragraph, SimpleDocTemplate, Spacer

from pipeline import acquire, curate, db, load, parse, reading, report, screen
from pipeline.protocol import Review
from tests.toy_review import lay_out, record

CLARK = [
    "Bladder preservation by chemoradiotherapy: a retrospective cohort of 90 patients",
    "Methods", "We retrospectively reviewed the records of 90 patients with muscle-invasive bladder cancer. "
    "Radiotherapy was given to a total dose of 66 Gy in 33 fractions.",
    "Results", "The median follow-up was 36 months (range, 4-88 months). The 3-year overall survival was 61%. "
    "Toxicity was mild.",
    "&lt;img src=x onerror=alert(1)&gt; The 5-year overall survival was 47%.",
]  # fmt: skip
TITLES = {"clark_2020": CLARK[0], "dorn_2022": "A paper whose file is cut off", "evans_2023": "A paper that nobody has <b>got</b>"}
PUBLISHED = (
    "paper\tfield\tvalue\tlow\thigh\tunit\tarm\tendpoint\tat\tquote\n"
    "adler_2019\tn_total\t120\t\t\tpatients\t\t\t\t120 patients\n"
    "adler_2019\tfollow_up\t43\t\t\tmonths\t\t\t\tmedian 43 months\n"
    "clark_2020\tsurvival_rate\t61\t\t\tpercent\t\tOS\t36\t3-year OS 61%\n"
    "clark_2020\tregimen\tcisplatin\t\t\t\t\t\t\tcisplatin\n"
)


def pdf(paragraphs: list[str]) -> bytes:
    """A one-column PDF of these paragraphs."""
    out = io.BytesIO()
    styles = getSampleStyleSheet()
    looks = {0: "Title"} | {number: "Heading2" for number, text in enumerate(paragraphs) if text in ("Methods", "Results")}
    flow = [Paragraph(text, styles[looks.get(number, "BodyText")]) for number, text in enumerate(paragraphs)]
    SimpleDocTemplate(out, pagesize=A4, invariant=1).build([piece for held in flow for piece in (held, Spacer(1, 8))])
    return out.getvalue()


def laid_out(root: Path) -> Review:
    """The review's files, before any stage has run."""
    review = Review("toy", lay_out(root))
    whole = pdf(CLARK)
    (review.papers / "clark_2020.pdf").write_bytes(whole)
    (review.papers / "dorn_2022.pdf").write_bytes(whole[: len(whole) // 3])
    with (
        open(review.corpus / "hits.jsonl", "a", encoding="utf-8") as ledger,
        open(review.corpus / "screening.tsv", "a", encoding="utf-8") as told,
    ):
        for key, title in TITLES.items():
            name, year = key.split("_")
            ledger.write(json.dumps(record(key, f"{name.title()} et al., {year}", int(year), title)) + "\n")
            told.write(f"{key}\tin\teligible\tcurator\t2026-01-02\n")
    (review.corpus / "published.tsv").write_text(PUBLISHED, encoding="utf-8")
    return review


def decide(review: Review) -> None:
    """A curator corrects one follow-up and verifies one number of patients."""
    found = {(each["paper"], each["field"]): each for each in db.current(db.engine(review))}
    follow_up, total = found["adler_2019", "follow_up"], found["clark_2020", "n_total"]
    moment = dt.datetime(2026, 1, 3, tzinfo=dt.UTC)
    keys = ("paper", "field", "value", "low", "high", "bounds", "unit", "arm", "quote", "replaces")
    changed = {key: follow_up[key] for key in keys} | {
        "value": 43,
        "action": "change",
        "reason": "printed <i>43</i> in the erratum",
        "curator": "curator",
    }
    curate.add(review, changed, now=moment)
    curate.add(review, {key: total[key] for key in keys} | {"action": "verify", "curator": "curator"}, now=moment + dt.timedelta(minutes=1))


def built(root: Path) -> tuple[Review, dict]:
    """The review after every stage, with a curator's decisions, and the report's summary."""
    review = laid_out(root)
    screen.run(review)
    acquire.run(review, offline=True)
    parse.run(review, jobs=1)
    reading.run(review, jobs=1)
    load.run(review)
    decide(review)
    load.run(review)
    return review, report.run(review)
