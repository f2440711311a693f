"""Radiotherapy techniques used in the study."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.context import Paper, Sentence
from pipeline.quantities import Mention
from pipeline.records import Finding
from pipeline.shares import share_of
from pipeline.treated_sites import aim
from pipeline.treatment_text import arm_near, irradiated_arm, told_of_treatment

I = re.IGNORECASE  # noqa: E741
USED = re.compile(
    r"\b(?:receiv\w+|treated|treatment|given|administered|deliver\w*|underwent|undergo\w*|performed|using|used|use of|by|with|via|"
    r"planned|planning|plans?|technique\w*|applied|based|consist\w+|radiotherapy was|irradiat\w+|boost|randomi[sz]ed|patients|involv\w+|compris\w+|includ(?:ed|ing)|(?:was|were)\s+(?:also\s+)?(?:allowed|permitted|mandatory|required|accepted|recommended|possible))\b",
    I,
)
NOT_USED = re.compile(
    r"\b(?:prior(?!\s+to)|previous(?:ly)?(?!\s+described)|history of|exclu\w+|eligib\w+|ineligible|not (?:receive|used|available|allowed|permitted|treated|"
    r"performed|given)|(?<!or )(?<!/)without|no patients?|none of|did not|"
    r"(?:is|are) recommended|guidelines?|has been|have been|may be|might|could be|would|will be|should|studies|literature|era of|advent of|"
    r"introduction of|advances)\b",
    I,
)
RADIATION = re.compile(r"\bradi|\birradi|\bGy\b|\bRT\b|\bbrachy|\bIMRT\b|\bplan", I)


def read(paper: Paper) -> Iterator[Finding]:
    """rt_technique findings, from prose and from the rows of baseline tables."""
    if paper.design in {"meta_analysis", "other"}:
        return
    for sentence in told_of_treatment(paper):
        for mention in with_plain_2d(sentence):
            if used(sentence, mention):
                n, percent = share_of(sentence.text, mention.start, mention.end, sentence.quantities)
                target = aim(sentence.text, mention.start, mention.end)
                arm = target or arm_near(paper, sentence.text, mention.start, mention.end) or irradiated_arm(paper)
                yield paper.from_sentence(
                    "rt_technique", "techniques:sentence", sentence, mention, value=mention.key, n=n, percent=percent, arm=arm
                )
    for table in paper.tables:
        if re.search(
            r"\b(?:hazard|HR|cox|univaria\w+|multivaria\w+|adverse|toxicit\w+|dosimetr\w+|studies|author)\b",
            f"{table.caption} {' '.join(c.text for c in table.heads)}",
            I,
        ):
            continue
        for cells in table.rows.values():
            yield from from_row(paper, cells)


#: Techniques that a sentence tells of without their names: planning in three dimensions, daily images that guide the set-up.
TOLD = (
    (
        "3D-CRT",
        re.compile(
            r"\b(?:three|3)-?\s?(?:dimensional|D)\b(?:(?!ultraso|reconstruct|imag|angiogra|echo)[^.;]){0,40}?\b(?:treatment |radiotherapy |dose |CT-based )?plan(?:s|ning|ned)\b|"
            r"\bplan(?:s|ning|ned)\b[^.;]{0,40}?\b(?:three|3)-?\s?(?:dimensional|D)\b(?!\s*(?:ultraso|reconstruct|imag))",
            I,
        ),
    ),
    (
        "IGRT",
        re.compile(
            r"\b(?:daily|weekly|set-?up|position\w*|verif\w+)\b[^.;]{0,50}\b(?:cone[- ]beam|CBCT|kV imag\w+)|\b(?:cone[- ]beam (?:CT|computed tomography)|CBCT)\b[^.;]{0,50}\b(?:daily|before each|set-?up|verif\w+|position\w*)",
            I,
        ),
    ),
)


def with_plain_2d(sentence: Sentence) -> list[Mention]:
    """The sentence's techniques, by name or told of; beside another one a bare "2D" is a technique too."""
    found = sentence.kinds("technique")
    for key, pattern in TOLD:
        said = pattern.search(sentence.text)
        if said and not any(said.start() < m.end and m.start < said.end() for m in found if m.key == key):
            found.append(Mention("technique", *said.span(), key=key))
    bare = [Mention("technique", m.start(), m.end(), key="2D") for m in PLAIN_2D.finditer(sentence.text)] if found else []
    return [*found, *(m for m in bare if all(m.end <= other.start or m.start >= other.end for other in found))]


def used(sentence: Sentence, mention: Mention) -> bool:
    """Whether a sentence says that the technique was used on its patients."""
    text = sentence.text
    left = max((m.end() for m in re.finditer(r"[;]|\bbut\b|\bwhereas\b", text[: mention.start])), default=0)
    right = min((m.start() for m in re.finditer(r"[;]|\bbut\b|\bwhereas\b", text[mention.end :])), default=len(text)) + mention.end
    words = text[left:right]
    named = "conformal" in text[mention.start : mention.end].lower()
    if NOT_USED.search(words) or (mention.key in {"2D", "3D-CRT"} and not named and not RADIATION.search(sentence.passage.text)):
        return False
    if re.match(r"^[^.;]{0,12}\b(?:dose constraints?|era|users?|centres|centers|compared)\b", text[mention.end :], I):
        return False
    return sentence.passage.kind == "title" or bool(USED.search(words))


PLAIN_2D = re.compile(r"(?<![\w-])2-?D(?![\w])")
LABEL_2D = re.compile(r"^\s*(?:conventional\s+)?2-?D\b.{0,14}$|^\s*conventional(?:\s+(?:RT|radiotherapy|techniques?))?\s*$", I)
COUNTS = re.compile(r"^\s*(\d+)\s*(?:\(\s*(\d+(?:[.·]\d+)?)\s*%?\s*\))?\s*$")


def from_row(paper: Paper, cells: list) -> Iterator[Finding]:
    """ "Technique | IMRT | 45 (60%)": the first count of the row says that the technique was used."""
    label, numbers = cells[0], [cell for cell in cells[1:] if cell.text.strip()]
    if not numbers or len(label.text) > 80:
        return
    counts = COUNTS.match(numbers[0].text)
    if not counts or int(counts[1]) == 0 or re.search(r"\b(?:no|without|prior|previous)\b", label.text, I):
        return
    heads = " ".join((*label.row_heads, label.text))
    if not re.search(r"radi|\bRT\b|technique|irradi|brachy|IMRT|conformal|2D|treatment", heads, I):
        return
    mentions = [m for m in paper.mentions(label.text) if m.kind == "technique"]
    if (
        not mentions
        and LABEL_2D.match(label.text)
        and re.search(r"technique|radiotherapy|\bRT\b|irradiation", " ".join(label.row_heads), I)
    ):
        mentions = [Mention("technique", 0, len(label.text), key="2D")]
    for mention in mentions:
        if mention.kind == "technique":
            alone = len(numbers) == 1
            yield paper.finding(
                "rt_technique", "techniques:table", label, 0, len(label.text), value=mention.key,
                n=int(counts[1]) if alone else None, percent=float(counts[2]) if counts[2] and alone else None,
            )  # fmt: skip
