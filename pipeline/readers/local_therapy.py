"""Local treatment beside the primary's radiotherapy: operations of the cohort, and treatment directed at metastases."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.context import Paper, Sentence
from pipeline.quantities import Mention
from pipeline.records import Finding
from pipeline.treatment_text import share_of, told_of_treatment

I = re.IGNORECASE  # noqa: E741
DONE = re.compile(
    r"\b(?:underwent|undergone|undergoing|received|receiv\w+|treated|performed|had|operated|resected|carried out|given|administered|was done|were done|surgically|achieved|subjected|followed by)\b", I
)
NOT_DONE = re.compile(
    r"\b(?:eligib\w+|exclu\w+|inclusion|candidates? for|contraindicat\w+|refus\w+|declin\w+|not (?:undergo|receive|operated|resected|performed|suitable|amenable)|unresectable|inoperable|without|no surgery|none of|did not|"
    r"who had not|will|would|should|may|might|could|if|recommended|guidelines?|planned|scheduled|time (?:from|to|between|since)|days? after|weeks? (?:after|of|before|following)|months? (?:after|of)|complications?|morbidity|mortality|"
    r"anesth\w+|anaesth\w+|specimens?|samples?|tissues?|biops\w+|sham|randomi[sz]ed to|pathological stage|hazard|OS\b|survival)\b",
    I,
)
METASTASIS = re.compile(r"\b(?:metasta\w+|oligometa\w+|recurren\w+|relaps\w+|lesions?|deposits?|palliat\w+)\b", I)
SECOND = re.compile(r"\b(?:metastas[ei]s|lesions?|recurren\w+|relaps\w+|salvage|palliat\w+)\b", I)
COUNTS = re.compile(r"^\s*(\d+)\s*(?:/\s*\d+\s*)?(?:[\[(]\s*(\d+(?:[.·]\d+)?)\s*%?\s*[\])]|(\d+(?:[.·]\d+)?)\s*%)?\s*$")
TABLE_NO = re.compile(r"\b(?:hazard|HR|OR|odds|cox|univaria\w+|multivaria\w+|adverse|toxicit\w+|complication\w*|morbidity|studies|author|P[- ]?value)\b", I)
TABLE_HEAD = re.compile(r"\b(?:treatment|therap(?:y|ies)|surg\w+|operation|resection|procedure|local|interventions?|characteristics?|management|metasta\w+)\b", I)


def read(paper: Paper) -> Iterator[Finding]:
    """local_therapy findings: one a kind of treatment and site, and the counts by arm."""
    if paper.design in {"meta_analysis", "other"}:
        return
    found = [*from_sentences(paper), *from_tables(paper)]
    kept: dict[tuple, Finding] = {}
    for finding in found:
        key = (finding.value, (finding.arm or "").lower())
        held = kept.get(key)
        if held is None or (finding.n or 0) > (held.n or 0):
            kept[key] = finding
    plain = {value for value, arm in kept if not arm}
    for (value, arm), finding in kept.items():
        if arm or finding.n or value in plain:
            yield finding


def from_sentences(paper: Paper) -> Iterator[Finding]:
    """Sentences that say that patients underwent a local treatment."""
    for sentence in told_of_treatment(paper):
        if sentence.passage.kind in {"title", "caption", "footnote"}:
            continue
        therapies = outermost(sentence.kinds("therapy"))
        for mention in therapies:
            text = sentence.text
            left, right = bounds(text, mention)
            words = text[left:right]
            if NOT_DONE.search(words) or not DONE.search(words):
                continue
            site = site_of(sentence, mention)
            if mention.key in {"radiotherapy", "sbrt"} and not aimed_at_metastasis(text, mention):
                continue
            if mention.key == "surgery" and paper.design == "review":
                continue
            n, percent = share_of(text, mention.start, mention.end, sentence.quantities)
            if n is None and not re.search(r"\b(?:all|both groups|every|patients (?:who )?(?:had )?(?:underwent|undergone|undergoing|received|were treated)|treated (?:with|by))\b", words, I):
                continue
            yield paper.from_sentence("local_therapy", "local_therapy:sentence", sentence, mention, value=mention.key, n=n, percent=percent, arm=site)


def outermost(mentions: list[Mention]) -> list[Mention]:
    """Mentions that do not stand inside a longer one."""
    return [m for m in mentions if not any(o is not m and o.start <= m.start and m.end <= o.end and o.end - o.start > m.end - m.start for o in mentions)]


def bounds(text: str, mention: Mention) -> tuple[int, int]:
    """The clause of a mention: between semicolons, "whereas" and "while"."""
    stops = [m for m in re.finditer(r";|\bwhereas\b|\bwhile\b|\bbut\b|\.\s", text)]
    left = max((m.end() for m in stops if m.end() <= mention.start), default=0)
    right = min((m.start() for m in stops if m.start() >= mention.end), default=len(text))
    return left, right


def aimed_at_metastasis(text: str, mention: Mention) -> bool:
    """Whether radiation goes to a metastasis: "to bone metastases" after it, "palliative" before it, or treated lesions before it."""
    after, before = text[mention.end : mention.end + 60], text[max(0, mention.start - 70) : mention.start]
    if re.match(r"[^.;,]{0,20}?\b(?:to|for|of|on|at)\b[^.;,]{0,35}?\b(?:metasta\w+|lesions?|bones?|bony|recurren\w+)\b", after, I):
        return True
    return bool(re.search(r"\bpalliative\s*$|\bmetasta(?:sis|ses|tic (?:sites?|lesions?))\b[^.;]{0,45}\b(?:treated|received|irradiated)\b[^.;]{0,15}$", before, I))


def site_of(sentence: Sentence, mention: Mention) -> str | None:
    """The metastatic site that the treatment was for, as printed; nothing where none is named close by."""
    text = sentence.text
    after = re.match(r"[^.;,]{0,25}?\b(?:to|for|of|on|at)\s+(?:the\s+|their\s+|a\s+|solitary\s+|single\s+)?((?:[\w/-]+\s+){0,4}?(?:metasta\w+|lesions?|recurrences?))\b", text[mention.end :], I)
    if after:
        return after[1].strip()
    before = re.search(r"((?:[\w-]+\s+(?:(?:or|and)\s+[\w-]+\s+)?){0,3}?(?:metastas[ei]s|lesions))\s+(?:was|were)\s+(?:treated|resected|managed)[^.;]{0,20}$", text[: mention.start], I)
    return before[1].strip() if before else None


def from_tables(paper: Paper) -> Iterator[Finding]:
    """Rows of baseline and treatment tables: "Hysterectomy | Yes | 12 (4.6)", "Radical surgery | 57 (83.8) | 64 (88.9)"."""
    for table in paper.tables:
        heads = " ".join(cell.text for cell in table.heads)
        if TABLE_NO.search(table.caption) or re.search(r"\b(?:HR|OR|hazard|95%|grade)\b", heads, I):
            continue
        for cells in table.rows.values():
            yield from from_row(paper, table.caption, cells)


def from_row(paper: Paper, caption: str, cells: list) -> Iterator[Finding]:
    """A row's treatment with its count, by arm where the columns are arms; "no" and "none" rows say nothing."""
    label, values = cells[0], [cell for cell in cells[1:] if COUNTS.match(cell.text)]
    inner = label.row_heads[-1] if label.row_heads else ""
    is_yes = bool(re.match(r"^\s*(?:yes|performed|done|received)\s*$", label.text, I))
    name = inner if is_yes else label.text
    if not values or len(name) > 70 or re.search(r"\b(?:no|none|not|without|time|type of|margin|date|previous|prior|response|reason)\b", name, I):
        return
    found = [m for m in outermost(paper.mentions(name)) if m.kind == "therapy"]
    if len(found) != 1 or not (is_yes or TABLE_HEAD.search(f"{inner} {caption}")):
        return
    therapy = found[0]
    if therapy.key in {"radiotherapy", "sbrt"} and not re.search(r"metasta|palliat|lesion", f"{name} {inner}", I):
        return
    if re.search(r"[+/&]|\bplus\b|\band\b|chemo", name, I):
        return
    total = [cell for cell in values if re.search(r"\b(?:total|all|overall|entire|whole)\b", " ".join(cell.col_heads), I)]
    for cell in total[:1] or (values if len(values) <= 4 else []):
        counts = COUNTS.match(cell.text)
        arm = None if total or len(values) == 1 else re.sub(r"\s*[,(]?\s*\(?n\s*=\s*\d+\)?.*$|\(%\)", "", " ".join(cell.col_heads)).strip() or None
        percent = counts[2] or counts[3]
        yield paper.finding(
            "local_therapy", "local_therapy:table", cell, 0, len(cell.text), value=therapy.key, n=int(counts[1]),
            percent=float(percent.replace("·", ".")) if percent else None, arm=arm,
        )  # fmt: skip
