"""The code knows no disease: names of tumours, their markers and scores live in schemas/ and corpus/, and only there.

Organs may be named, since metastases and doses to healthy tissue lie in the organs of every disease; an organ's tumour may not.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from pipeline.protocol import ROOT

CODE = sorted(
    path
    for path in [*ROOT.glob("pipeline/**/*"), ROOT / "Makefile", ROOT / ".ci" / "run"]
    if path.is_file() and "__pycache__" not in path.parts and path.suffix in (".py", ".html", ".css", ".js", ".svg", ".yaml", ".tsv", "")
)
TUMOURS = (
    r"nasophar\w*|npc|oropharyn\w*|hypopharyn\w*|laryn\w*|head[- ]and[- ]neck|hnscc|prostat\w*|breast|mammary|colorectal|colon|anal canal|"
    r"gastric|stomach|o?esophag\w*|hepatocellular|hcc|hepatoma|cholangio\w*|pancrea\w*|urothel\w*|endometri\w*|ovarian|cervix|exocerv\w*|"
    r"endocerv\w*|uter(?:us|ine)|vulv\w*|gyna?ecolog\w*|testic\w*|seminom\w*|melanom\w*|gliom\w*|glioblastom\w*|meningiom\w*|lymphom\w*|leuka?emi\w*|"
    r"myelom\w*|sarcom\w*|mesotheliom\w*|neuroblastom\w*|nephroblastom\w*|hodgkin\w*|thymom\w*|nsclc|sclc|adenocarcinom\w*"
)
OF_ORGANS = r"(?:lung|liver|hepatic|brain|renal|kidney|bladder|thyroid|skin|bone|oral|cervical|rectal|biliary) (?:cancer|carcinom\w*|tumou?rs?|malignan\w*)"
MARKERS = r"psa|psma|gleason|her-?2\w*|brca\w*|ebv|epstein\w*|hpv|p16|figo|afp|cea|ca[- ]?125|ca ?19-9|ki-?67"
DISEASE = re.compile(rf"(?<![A-Za-z0-9])(?:{TUMOURS}|{OF_ORGANS}|{MARKERS})(?![A-Za-z0-9])", re.IGNORECASE)
REVIEWS = sorted(path.parent.name for path in ROOT.glob("schemas/*/protocol.yaml"))


def named(text: str, pattern: re.Pattern[str]) -> list[str]:
    """Each line in which a pattern stands, with its number and the word."""
    return [f"{number}: {found[0]}" for number, line in enumerate(text.splitlines(), 1) for found in pattern.finditer(line)]


@pytest.mark.parametrize("path", CODE, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_code_names_a_disease(path: Path) -> None:
    assert named(path.read_text(encoding="utf-8"), DISEASE) == []


@pytest.mark.parametrize("path", CODE, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_code_names_a_review(path: Path) -> None:
    """Nothing in the code asks which review it works on; pyproject.toml alone names the one that is meant when none is named."""
    assert named(path.read_text(encoding="utf-8"), re.compile(rf"\b(?:{'|'.join(REVIEWS)})\b", re.IGNORECASE)) == []


@pytest.mark.parametrize(
    "text",
    [
        "cancer-specific survival",
        "mean lung dose",
        "brain metastases",
        "tumour response",
        "carcinoma",
        "deliver",
        "covariate",
        "undelivered",
    ],
)
def test_general_words_are_allowed(text: str) -> None:
    assert not DISEASE.search(text)


@pytest.mark.parametrize("review", REVIEWS)
def test_the_test_knows_the_diseases_of_the_reviews(review: str) -> None:
    """A review whose title holds no word that is looked for would pass unseen: add its disease to TUMOURS."""
    assert DISEASE.search((ROOT / "schemas" / review / "protocol.yaml").read_text(encoding="utf-8"))
