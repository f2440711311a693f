"""A second, tiny review of another disease, laid out by data alone: two invented papers, one JATS and one text."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from xml.sax.saxutils import escape

from pipeline.protocol import ROOT

PROTOCOL = """
key: toy
title: Bladder preservation in muscle-invasive bladder cancer
question:
  text: Does chemoradiotherapy give as long a survival as cystectomy?
  population: patients with muscle-invasive bladder cancer
  intervention: chemoradiotherapy
  comparator: radical cystectomy
  outcomes: [overall survival]
search:
  key_phrases: [{versions: [muscle-invasive bladder cancer chemoradiotherapy]}]
  published_from: 2010-01-01
  published_to: 2024-12-31
  language: English
eligibility:
  include: [muscle-invasive bladder cancer]
  exclude: [animal work]
  excluded_publication_types: [Editorial]
expected: [{label: retrospective studies, designs: [retrospective_cohort], studies: 2}]
table_title: Studies of bladder preservation
design_order: [[retrospective_cohort], [randomized_trial]]
"""

FORM = """
columns:
  - {key: study, title: Study}
  - {key: patients, title: Patients}
  - {key: treatment, title: Treatment}
  - {key: outcome, title: Outcome}
fields:
  - {field: design, column: study, label: Design, definition: The study's design.}
  - {field: n_total, column: patients, label: Patients, definition: Patients analysed.}
  - {field: arm_size, column: patients, label: Arm, definition: Patients in an arm.}
  - {field: regimen, column: treatment, label: Regimen, definition: Systemic treatment given.}
  - {field: rt_dose, column: treatment, label: Dose, definition: Total dose.}
  - {field: follow_up, column: outcome, label: Follow-up, definition: Median follow-up.}
  - {field: survival_rate, column: outcome, label: Survival rate, definition: Survival at a time point.}
  - {field: hazard_ratio, column: outcome, label: Hazard ratio, definition: Hazard ratio.}
"""

ADLER = {
    "title": "Chemoradiotherapy or cystectomy for muscle-invasive bladder cancer: a retrospective cohort study",
    "Methods": "We retrospectively reviewed 120 patients with muscle-invasive bladder cancer treated between 2011 and 2018. "
    "Sixty patients received chemoradiotherapy and 60 patients underwent radical cystectomy. "
    "Radiotherapy was given to a total dose of 64 Gy in 32 fractions with concurrent cisplatin.",
    "Results": "The median follow-up was 41 months (range, 3-96 months). "
    "The 5-year overall survival was 52% in the chemoradiotherapy group and 55% in the cystectomy group (p = 0.61).",
}
BRANDT = {
    "title": "Gemcitabine-based bladder preservation in the elderly: a retrospective study",
    "Methods": "The records of 48 consecutive patients were reviewed retrospectively. All patients received concurrent gemcitabine during radiotherapy to 55 Gy in 20 fractions.",
    "Results": "Median follow-up was 27 months. The 3-year overall survival was 58%.",
}


def jats(paper: dict) -> str:
    """An invented paper as JATS."""
    sections = "".join(
        f"<sec sec-type='{name.lower()}'><title>{name}</title><p>{escape(text)}</p></sec>"
        for name, text in paper.items()
        if name != "title"
    )
    return (
        "<article article-type='research-article' xml:lang='en'><front><article-meta><title-group><article-title>"
        f"{escape(paper['title'])}</article-title></title-group></article-meta></front><body>{sections}</body></article>"
    )


def plain(paper: dict) -> str:
    """An invented paper as text."""
    return "\n\n".join([paper["title"], *(part for name, text in paper.items() if name != "title" for part in (name, text))]) + "\n"


def record(key: str, label: str, year: int, title: str) -> dict:
    """A record as the search ledger keeps it."""
    return {
        "key": key, "label": label, "pmid": None, "pmcid": None, "doi": None, "title": title, "authors": [label.split(" et al")[0]], "journal": "Invented Journal",
        "year": year, "volume": None, "issue": None, "pages": None, "language": ["eng"], "publication_types": ["Journal Article"], "pdat": f"{year}",
        "epdat": None, "edat": None, "notices": [], "first_seen": "2026-01-01", "gone": None, "found_by": ["reference list: toy"],
    }  # fmt: skip


def lay_out(root: Path) -> Path:
    """Write the review's folders under `root`; returns root."""
    shutil.copytree(ROOT / "schemas" / "vocabularies", root / "schemas" / "vocabularies")
    for name, text in (("protocol.yaml", PROTOCOL), ("fields.yaml", FORM)):
        path = root / "schemas" / "toy" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    corpus = root / "corpus" / "toy"
    (corpus / "papers").mkdir(parents=True)
    (corpus / "inbox").mkdir()
    (corpus / "papers" / "adler_2019.xml").write_text(jats(ADLER), encoding="utf-8")
    (corpus / "papers" / "brandt_2021.txt").write_text(plain(BRANDT), encoding="utf-8")
    records = [
        record("adler_2019", "Adler et al., 2019", 2019, ADLER["title"]),
        record("brandt_2021", "Brandt et al., 2021", 2021, BRANDT["title"]),
    ]
    (corpus / "hits.jsonl").write_text("".join(json.dumps(r) + "\n" for r in records), encoding="utf-8")
    (corpus / "curators.tsv").write_text("id\tname\tnote\ncurator\tA Curator\t\n", encoding="utf-8")
    (corpus / "screening.tsv").write_text(
        "key\tdecision\treason\tcurator\tdate\nadler_2019\tin\teligible\tcurator\t2026-01-02\nbrandt_2021\tin\teligible\tcurator\t2026-01-02\n",
        encoding="utf-8",
    )
    return root
