"""Local treatment beside the primary's radiotherapy: operations of the cohort, and treatment directed at metastases."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.context import Paper, Sentence
from pipeline.quantities import DASH, NUM, Mention
from pipeline.readers.burden import about_metastases
from pipeline.records import Finding
from pipeline.shares import share_of
from pipeline.treated_sites import aim, operated, operation, site, titled
from pipeline.treatment_text import arm_near, column_arm, told_of_treatment, total_cells, with_part

I = re.IGNORECASE  # noqa: E741
DONE = re.compile(
    r"\b(?:underwent|undergone|undergoing|received|receiv\w+|treated|irradiated|performed|had|operated|resected|carried out|given|administered|"
    r"(?:metastas[ie]s-directed|local|ablative) (?:therap(?:y|ies)|treatments?)\b[^.;]{0,60}?\b(?:was|were|included|comprised|consisted|namely)|was done|were done|(?:was|were) used|provided|delivered|offered|surgically|achieved|subjected|followed by|preceded)\b",
    I,
)
NOT_DONE = re.compile(
    r"\b(?:eligib\w+|exclu\w+|inclusion|candidates? for|contraindicat\w+|refus\w+|declin\w+|not (?:undergo|receive|operated|resected|"
    r"performed|suitable|amenable)|unresectable|inoperable|without|no surgery|none of|did not|"
    r"who had not|will|would|should|may|might|could|if|recommended|guidelines?|planned|scheduled|complications?|morbidity|mortality|"
    r"anesth\w+|anaesth\w+|specimens?|samples?|tissues?|biops\w+|sham|randomi[sz]ed to|pathological stage|hazard|OS\b|survival)\b",
    I,
)
#: A treatment that only dates something else: "six weeks after surgery", "time from resection".
DATES = re.compile(
    r"\b(?:days?|weeks?|months?|years?|time|interval|soon|immediately|prior|shortly)\s+(?:after|before|following|of|from|to|since|between|until)\s+(?:(?!chemo|radio)[\w-]+\s+){0,3}$|"
    r"\b(?:after|before|following|until|since|during)\s+(?:the\s+)?(?:[\w-]+\s+)?$",
    I,
)
LISTED = re.compile(
    r"\s*(?:\([^)]*\)\s*)?(?:,?\s*(?:and/or|or|and)|,|/|\+|plus)\s+(?:(?:by|with|local|percutaneous|interventional|palliative|"
    r"surgical)\s+)*|\s*/\s*",
    I,
)
WHOLE = re.compile(
    r"\b(?:all|both groups|every|patients (?:who )?(?:had )?(?:underwent|undergone|undergoing|received|were treated)|treated (?:with|"
    r"by))\b",
    I,
)
AIMED_AFTER = re.compile(r"[^.;,]{0,20}?\b(?:to|for|of|on|at)\b[^.;,]{0,35}?\b(?:metasta\w+|lesions?|bones?|bony|recurren\w+)\b", I)
TREATED_BEFORE = re.compile(
    r"\bmetasta(?:sis|ses|tic (?:sites?|lesions?))\b[^.;]{0,60}\b(?:treated|received|irradiated|managed)\b[^.;]{0,70}$|\bmetastas[ei]s\s+(?:was|were)\s+(?:also\s+)?$|\bmetastas[ie]s-directed\b[^.;]{0,90}$|"
    r"\b(?:therapy|treatments?)\s+(?:to|of|for|directed at)\s+(?:[\w-]+\s+){0,2}?metasta\w+[^.;]{0,90}$",
    I,
)
COUNTS = re.compile(r"^\s*(\d+)\s*(?:/\s*\d+\s*)?(?:[\[(]\s*(\d+(?:[.·]\d+)?)\s*%?\s*[\])]|(\d+(?:[.·]\d+)?)\s*%)?\s*$")
TABLE_NO = re.compile(
    r"\b(?:hazard|(?-i:HR|OR)|odds|cox|univaria\w+|multivaria\w+|adverse|toxicit\w+|complication\w*|morbidity|studies|author|P[- ]?value)\b",
    I,
)
TABLE_HEAD = re.compile(
    r"\b(?:treatment|therap(?:y|ies)|surg\w+|operation|resection|procedure|local|interventions?|characteristics?|management|metasta\w+)\b",
    I,
)


def read(paper: Paper) -> Iterator[Finding]:
    """local_therapy findings: one a kind of treatment and site, and the counts by arm."""
    if paper.design in {"meta_analysis", "other"}:
        return
    found = [*from_sentences(paper), *from_doses(paper), *from_tables(paper), *from_title(paper)]
    kept: dict[tuple, Finding] = {}
    for finding in found:
        held = kept.get(key := (finding.value, shared_name(finding)))
        if held is None or (finding.n or 0) > (held.n or 0):
            kept[key] = finding
    for (value, name), finding in kept.items():
        whole = kept.get((value, BRACKETS.sub("", name)))
        if whole in (None, finding) or finding.made_by != whole.made_by or (whole.n or 0) < (finding.n or 0):
            yield finding


BRACKETS = re.compile(r"\s*\(.*\)$")


def shared_name(finding: Finding) -> str:
    """What findings of one treatment have in common: the rows of a table keep their operations apart, sentences only their sites."""
    name = (finding.arm or "").lower()
    return name if finding.made_by == "local_therapy:table" else BRACKETS.sub("", name)


def from_sentences(paper: Paper) -> Iterator[Finding]:
    """Sentences that say that patients underwent a local treatment."""
    for sentence in told_of_treatment(paper):
        if sentence.passage.kind in {"title", "caption", "footnote"}:
            continue
        for run in runs(sentence):
            yield from from_run(paper, sentence, run)


#: "Bone metastases were treated with 30 Gy": the dose says that the treatment was radiation.
DOSED = re.compile(
    rf"\b((?:[\w-]+\s+)?metastas[ei]s)\s+(?:(?:was|were)\s+)?(?:treated|managed|received|irradiated)\s+(?:(?:with|to|by|a|an|the|single|median|total|mean|dose|of)\s+)*{NUM}(?:{DASH}{NUM})?\s*-?c?Gy\b",
    I,
)
SITELESS = re.compile(r"^(?:these|the|all|their|its|any|of|and|those)\s+", I)


def from_doses(paper: Paper) -> Iterator[Finding]:
    """Metastases that a sentence says were given a dose: radiotherapy of their site."""
    for sentence in told_of_treatment(paper):
        for match in DOSED.finditer(sentence.text) if not NOT_DONE.search(sentence.text) else []:
            focus = Mention("therapy", match.start(), match.end())
            site = SITELESS.sub("", match[1])
            yield paper.from_sentence("local_therapy", "local_therapy:dose", sentence, focus, value="radiotherapy", arm=site)


#: Treatments that a title names only where the study gives them.
OF_THE_TITLE = {"tace", "rfa", "embolization", "alcohol_injection", "hyperthermia"}
GIVEN = re.compile(r"\b(?:randomi[sz]ed|repeated|assigned|treated|underwent|received|performed|combined|applied|delivered)\b", I)
#: "Radiofrequency ablation was performed under ultrasound guidance": how it was done says that it was.
PERFORMED = re.compile(
    r"\s*(?:\([^()]*\)\s*)?(?:was|were)\s+(?:then\s+|also\s+)?(?:performed|delivered|applied|administered|carried out|repeated|done)\b", I
)
#: "Patients with bone metastases received": what they received went to these.
WITH_METASTASES = re.compile(
    r"\b(?:with|for)\s+((?:(?:symptomatic|painful|single|multiple|isolated)\s+)?(?:bone|spinal|brain|liver|lung|skeletal|vertebral|adrenal|hepatic|pulmonary|cerebral)\s+metastas[ei]s)\s+"
    r"(?:who\s+)?(?:(?:also|then|were|had)\s+)*(?:received|underwent|treated with|given)\s+(?:[\w-]+\s+){0,2}$",
    I,
)
NOT_THIS = re.compile(r"\b(?:exclu\w+|eligib\w+|without|prior|previous(?:ly)?|refractory|not)\b", I)
#: "Palliative radiotherapy for bone metastases": the metastases are what the doses go to.
FOR_METASTASES = re.compile(
    r"\b(?:radiotherapy|irradiation|radiation(?: therapy| treatment)?)\s+(?:for|of|to|in)\s+(?:the\s+)?(?:[\w-]+\s+){0,3}?((?:bone|spinal|brain|liver|lung|skeletal|vertebral|adrenal)\s+metastas[ei]s)\b",
    I,
)
NOT_STUDIED = re.compile(r"\b(?:before|after|following|without|failure|refractory|unsuitable|versus no|prior)\b", I)


def from_title(paper: Paper) -> Iterator[Finding]:
    """A trial or cohort whose title names an ablation or embolization gives it to its patients, where a sentence says so."""
    titled = {m.key for s in paper.sentences if s.passage.kind == "title" and not NOT_STUDIED.search(s.text) for m in s.kinds("therapy")}
    for sentence in told_of_treatment(paper):
        for mention in outermost(sentence.kinds("therapy")) if sentence.passage.kind != "title" else []:
            if mention.key in titled & OF_THE_TITLE and GIVEN.search(sentence.text) and not NOT_THIS.search(sentence.text):
                place = (mention.start, mention.end)
                arm = of_group(paper, sentence.text, place, site_of(paper, sentence.text, mention), (None, None))
                yield paper.from_sentence("local_therapy", "local_therapy:title", sentence, mention, value=mention.key, arm=arm)
                titled.discard(mention.key)
    aimed = next((m for s in paper.sentences if s.passage.kind == "title" if (m := FOR_METASTASES.search(s.text))), None)
    dosed = next((s for s in told_of_treatment(paper) if s.kinds("dose") and GIVEN.search(s.text) and not NOT_THIS.search(s.text)), None)
    if aimed and dosed:
        yield paper.from_sentence(
            "local_therapy", "local_therapy:title", dosed, dosed.kinds("dose")[0], value="radiotherapy", arm=aimed[1].lower()
        )


def runs(sentence: Sentence) -> list[list[Mention]]:
    """The sentence's treatments, those of one list together: "radiotherapy, surgery or ablation"."""
    found: list[list[Mention]] = []
    for mention in outermost(sentence.kinds("therapy")):
        if found and LISTED.fullmatch(sentence.text[found[-1][-1].end : mention.start]):
            found[-1].append(mention)
        else:
            found.append([mention])
    return found


def from_run(paper: Paper, sentence: Sentence, run: list[Mention]) -> Iterator[Finding]:
    """The treatments of one list, which share their number of patients and their site."""
    text = sentence.text
    left, right = bounds(text, run[0], run[-1])
    words = text[left:right]
    if NOT_DONE.search(words) or not DONE.search(words) or DATES.search(text[left : run[0].start]):
        return
    shares = [share_of(text, mention.start, mention.end, sentence.quantities) for mention in (run[-1], run[0])]
    shares.append(share_of(text, run[0].start, run[-1].end, sentence.quantities))
    n, percent = next((share for share in shares if share != (None, None)), (None, None))
    sited = WITH_METASTASES.search(text, 0, run[0].start)
    aimed = aim(text, run[0].start, run[-1].end) or (sited and sited[1])
    for mention in run:
        if re.match(r"\s*(?:groups?|arms?|cohorts?)\b", text[mention.end :], I) or part_of_before(sentence, mention):
            continue
        spread = mention.key == "sbrt" and about_metastases(paper)
        if mention.key in {"radiotherapy", "sbrt"} and not spread and not aimed_at_metastasis(text, mention, run):
            continue
        own = share_of(text, mention.start, mention.end, sentence.quantities) if len(run) > 1 else (n, percent)
        described = mention.key in OF_THE_TITLE and PERFORMED.match(text, mention.end)
        if (n, percent) == (None, None) and not WHOLE.search(words) and not aimed and not described:
            continue
        share = own if own != (None, None) and own[0] != n else (n, percent)
        arm = of_group(paper, text[left:], (run[0].start - left, run[-1].end - left), aimed or site_of(paper, text, mention), share)
        yield paper.from_sentence(
            "local_therapy", "local_therapy:sentence", sentence, mention, value=mention.key, n=share[0], percent=share[1], arm=arm
        )


def part_of_before(sentence: Sentence, mention: Mention) -> bool:
    """Whether brackets tell of a part of the same treatment: "resection in 23 patients (simultaneous resection in 8)"."""
    text = sentence.text
    inside = text.rfind("(", 0, mention.start) > text.rfind(")", 0, mention.start)
    return inside and any(m.key == mention.key and m.end < text.rfind("(", 0, mention.start) for m in sentence.kinds("therapy"))


#: "... and 12 underwent": a clause whose subject is not the group before it.
OTHER_SUBJECT = re.compile(r"-$|\band\s+[\w-]+\s+(?:patients\s+)?(?:underwent|received|had|were)\s+(?:\w+\s+){0,2}$", I)


def of_group(paper: Paper, text: str, place: tuple[int, int], named: str | None, share: tuple) -> str | None:
    """The site with the arm whose patients are counted: that which the words before the number name, or the one of the treatment's name."""
    start, end = place
    printed = text[start:end].lower()
    if named and any(printed == word.lower() for arm in paper.arms for word in (arm.name, *arm.aliases)):
        return with_part(named, text[start:end])
    counted = share != (None, None) and not OTHER_SUBJECT.search(text[:start])
    group = arm_near(paper, text[:start], start, start) if counted else None
    return with_part(group, re.sub(r"\s*\((.*)\)$", r", \1", named)) if group and named else group or named


def site_of(paper: Paper, text: str, mention: Mention) -> str | None:
    """The site of a treatment; the primary's organ is not where radiation that is no treatment of the primary goes to."""
    if mention.key not in {"radiotherapy", "sbrt"}:
        return site(paper, text, mention.start, mention.end)
    named = titled(paper)
    return named if named and named.endswith("metastases") else None


def outermost(mentions: list[Mention]) -> list[Mention]:
    """Mentions that do not stand inside a longer one."""
    return [
        m
        for m in mentions
        if not any(o is not m and o.start <= m.start and m.end <= o.end and o.end - o.start > m.end - m.start for o in mentions)
    ]


def bounds(text: str, first: Mention, last: Mention) -> tuple[int, int]:
    """The clause of a list of treatments: between semicolons, "whereas", "while" and "but"."""
    stops = list(
        re.finditer(
            r";|\band\s+(?:\d+|the\s+(?:others?|remain\w+|rest))\s+(?:[\w-]+\s+)?did not\b|\bwhereas\b|\bwhile\b|\bbut\b|(?<!\bi\.e)(?<!\be\.g)\.\s",
            text,
        )
    )
    left = max((m.end() for m in stops if m.end() <= first.start), default=0)
    right = min((m.start() for m in stops if m.start() >= last.end), default=len(text))
    return left, right


def aimed_at_metastasis(text: str, mention: Mention, run: list[Mention]) -> bool:
    """Whether radiation goes to a metastasis: "to bone metastases" after it, "palliative" before it, or metastases said to be treated."""
    after, before = text[mention.end : mention.end + 60], text[: mention.start]
    if AIMED_AFTER.match(after):
        return True
    listed = len(run) > 1 and re.search(r"\bmetasta\w+|\blesions?\b", text[max(0, run[0].start - 60) : run[-1].end + 40], I)
    return bool(listed or re.search(r"\bpalliative\s*$", before, I) or TREATED_BEFORE.search(before))


def from_tables(paper: Paper) -> Iterator[Finding]:
    """Rows of baseline and treatment tables: "Cystectomy | Yes | 15 (7.5)", "Resection | 50 (80.0) | 45 (75.0)"."""
    for table in paper.tables:
        heads = " ".join(cell.text for cell in table.heads)
        if TABLE_NO.search(table.caption) or re.search(r"\b(?:(?-i:HR|OR)|hazard|95%|grade)\b", heads, I):
            continue
        for cells in table.rows.values():
            yield from from_row(paper, table.caption, cells)


def from_row(paper: Paper, caption: str, cells: list) -> Iterator[Finding]:
    """A row's treatment with its count, by arm where the columns are arms; "no" and "none" rows say nothing."""
    label, values = cells[0], [cell for cell in cells[1:] if COUNTS.match(cell.text)]
    inner = label.row_heads[-1] if label.row_heads else ""
    is_yes = bool(re.match(r"^\s*(?:yes|performed|done|received)\s*$", label.text, I))
    name = inner if is_yes else label.text
    if (
        not values
        or len(name) > 70
        or re.search(r"\b(?:no|none|not|without|time|type of|margin|date|previous|prior|response|reason)\b", name, I)
    ):
        return
    found = [m for m in outermost(paper.mentions(name)) if m.kind == "therapy"]
    if len(found) != 1 or not (is_yes or TABLE_HEAD.search(f"{inner} {caption}")):
        return
    therapy = found[0]
    if therapy.key in {"radiotherapy", "sbrt"} and not re.search(r"metasta|palliat|lesion", f"{name} {inner}", I):
        return
    if re.search(r"[+/&]|\bplus\b|\band\b|chemo", name, I):
        return
    chosen = total_cells(values)
    for cell in chosen if len(chosen) <= 4 else []:
        counts = COUNTS.match(cell.text)
        if int(counts[1]) == 0:
            continue
        arm = None if len(values) == 1 or chosen is not values else column_arm(paper, cell.col_heads)
        if arm is None:
            arm = site_of(paper, name, therapy)
        elif operated(name):
            arm = with_part(arm, operation(name))
        percent = counts[2] or counts[3]
        yield paper.finding(
            "local_therapy", "local_therapy:table", cell, 0, len(cell.text), value=therapy.key, n=int(counts[1]),
            percent=float(percent.replace("·", ".")) if percent else None, arm=arm,
        )  # fmt: skip
