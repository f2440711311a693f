"""The PRISMA-S report of the searches and the PRISMA 2020 checklist, as far as the review's own files can answer them."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import asdict

from pipeline import screen, watch
from pipeline.diff_pages import clean, number
from pipeline.files import read_jsonl, write_atomic
from pipeline.hits import PUBMED
from pipeline.prisma import CountError, Flow
from pipeline.protocol import Review
from pipeline.state import State

#: Items of the PRISMA 2020 checklist that no file of a review answers.
OPEN = {
    "2": "Abstract", "3": "Rationale", "11": "Study risk of bias assessment", "12": "Effect measures", "13a": "Synthesis methods: eligibility",
    "13b": "Synthesis methods: preparation", "13c": "Synthesis methods: display", "13d": "Synthesis methods: models",
    "13e": "Synthesis methods: heterogeneity", "13f": "Synthesis methods: sensitivity", "14": "Reporting bias assessment",
    "15": "Certainty assessment", "18": "Risk of bias in studies", "20a": "Results of syntheses: characteristics",
    "20b": "Results of syntheses: statistics", "20c": "Results of syntheses: heterogeneity", "20d": "Results of syntheses: sensitivity",
    "21": "Reporting biases", "22": "Certainty of evidence", "23a": "Discussion: interpretation", "23b": "Discussion: limitations of evidence",
    "23c": "Discussion: limitations of processes", "23d": "Discussion: implications", "24a": "Registration", "24b": "Protocol access",
    "24c": "Amendments", "25": "Support", "26": "Competing interests",
}  # fmt: skip
AUTHORS = "*Not in the review's files: for the authors to state.*"


def write(review: Review, flow: Flow, now: State) -> None:
    """Write build/<review>/prisma-s.md and prisma-checklist.md; raises CountError where the records do not add up."""
    runs = list(read_jsonl(review.corpus / "searches.jsonl"))
    counts = totals(review, runs)
    write_atomic(review.build / "prisma-s.md", searches(review, runs, counts))
    write_atomic(review.build / "prisma-checklist.md", checklist(review, flow, now, counts))


def totals(review: Review, runs: list[dict]) -> dict:
    """How many records each source gave and how many are left without duplicates; the two ways of counting must agree."""
    hits = list(read_jsonl(review.corpus / "hits.jsonl"))
    given = Counter(source for hit in hits for source in hit.get("found_by") or [])
    given[PUBMED] += sum(len(hit.get("duplicates") or []) for hit in hits)
    given = +given
    doubles = sum(len(hit.get("found_by") or []) + len(hit.get("duplicates") or []) - 1 for hit in hits if hit.get("found_by"))
    screened = [row["key"] for row in read_jsonl(review.build / "screened.jsonl")]
    named = [hit for hit in hits if hit.get("found_by")]
    if given.total() - doubles != len(named) or (screened and sorted(screened) != sorted(hit["key"] for hit in hits)):
        raise CountError(
            f"PRISMA-S: {given.total()} records less {doubles} duplicates are not the {len(named)} of the ledger, or not all are screened"
        )
    new = {pmid for run in runs for pmid in run["new"]}
    held = {pmid for hit in hits if PUBMED in hit["found_by"] for pmid in (hit["pmid"], *(hit.get("duplicates") or []))}
    if runs and not new <= held:
        raise CountError(f"PRISMA-S: {len(new - held)} records of the searches are not in the ledger: {', '.join(sorted(new - held)[:5])}")
    return {
        "given": dict(sorted(given.items())),
        "duplicates": doubles,
        "records": len(hits),
        "gone": sum(bool(hit.get("gone")) for hit in hits),
    }


def searches(review: Review, runs: list[dict], counts: dict) -> str:
    """The sixteen items of PRISMA-S."""
    asks, given = review.protocol.search, counts["given"]
    lists = {source: count for source, count in given.items() if source != PUBMED}
    first, last = (runs[0], runs[-1]) if runs else ({}, {})
    updates = runs[1:]
    items = [
        ("Information sources and methods", [
            ("Database name", "PubMed (National Library of Medicine), through the NCBI E-utilities (ESearch, EFetch)."),
            ("Multi-database searching", "None: one database is searched."),
            ("Study registries", AUTHORS),
            ("Online resources and browsing", "None by livetable. Full texts come from PubMed Central; these are not searched for further studies."),
            ("Citation searching", "; ".join(f"{clean(source)} ({number(count, 'record')})" for source, count in lists.items()) or "None."),
            ("Contacts", AUTHORS),
            ("Other methods", AUTHORS),
        ]),
        ("Search strategies", [
            ("Full search strategies", strategies(review, runs)),
            ("Limits and restrictions", f"Publication date {asks.years} and language {clean(asks.language)}, in the "
             "query. Publication types put out afterwards by a filter: " + (", ".join(review.protocol.eligibility.excluded_publication_types) or "none") + "."),
            ("Search filters", "None."),
            ("Prior work", f"The search is that of {clean(review.protocol.published_as)}." if review.protocol.published_as else AUTHORS),
            ("Updates", f"{number(len(updates), 'update')}. An update asks for records by the date of their entry into PubMed since the last run, with "
             f"{asks.overlap_days} days of overlap, for held records by the date of their modification, and for all that the query still returns."),
            ("Dates of searches", f"First {first['date']}, last {last['date']}." if runs else "**PubMed has not been searched yet.**"),
        ]),
        ("Peer review", [("Peer review", AUTHORS)]),
        ("Managing records", [
            ("Total records", "; ".join(f"{'PubMed' if source == PUBMED else clean(source)} {count:,}" for source, count in given.items())
             + f". Without duplicates {counts['records']:,}" + (f", of which {counts['gone']} are no longer returned" if counts["gone"] else "") + "."),
            ("Deduplication", f"{number(counts['duplicates'], 'duplicate')} by livetable: the same PMID, DOI or PMCID, or the same title and year where no "
             "identifier contradicts. Each record keeps all the sources that gave it."),
        ]),
    ]  # fmt: skip
    lines, count = [f"# PRISMA-S: the searches of {clean(review.protocol.title)}", ""], 0
    for head, entries in items:
        lines += [f"## {head}", ""]
        for name, text in entries:
            count += 1
            lines += [f"**{count}. {name}.** {text}", ""]
    return "\n".join(lines)


def strategies(review: Review, runs: list[dict]) -> str:
    """Every query that was sent, exactly, with its window, PubMed's reading of it, and what came of it."""
    if not runs:
        return f"To be sent to PubMed:\n\n```\n{review.protocol.search.query()}\n```"
    parts = ["As sent to PubMed:"]
    for run in runs:
        window = run["window"]
        limit = f"; {window['datetype']} {window['from']} to {window['to']}" if window else ""
        result = f"{run['count']:,} found, {len(run['new'])} new, {len(run['changed'])} changed, {len(run['gone'])} gone"
        said = f"\n\nPubMed's translation: `{run['translation']}`" if run["translation"] else ""
        warned = f"\n\nPubMed's warnings: {clean('; '.join(run['warnings']))}" if run["warnings"] else ""
        parts.append(f"{run['date']} ({run['mode']}{limit}): {result}\n\n```\n{run['query']}\n```{said}{warned}")
    return "\n\n".join(parts)


def checklist(review: Review, flow: Flow, now: State, counts: dict) -> str:
    """The items of the PRISMA 2020 checklist that the files answer; all others are named as open."""
    asked, protocol = [entry.label for entry in review.form.fields], review.protocol
    in_force = [row for row in now.findings if row["in_force"]]
    people = sorted({row["curator"] for row in in_force if row["curator"]})
    automation, excluded = sum(flow.automation.values()), sum(flow.excluded.values())
    judges = sorted({row["by"] for row in now.records.values() if row["by"] and row["by"] != screen.MACHINE})
    reopened = watch.reopened(review)
    question = protocol.question
    answers = {
        "1 Title": clean(protocol.title),
        "4 Objectives": clean(question.text),
        "5 Eligibility criteria": f"Include: {clean('; '.join(protocol.eligibility.include))}. Exclude: {clean('; '.join(protocol.eligibility.exclude))}.",
        "6 Information sources": f"{', '.join('PubMed' if source == PUBMED else clean(source) for source in counts['given'])}; last searched "
        f"{now.about['searched'] or 'not yet'}.",
        "7 Search strategy": "In full in prisma-s.md.",
        "8 Selection process": f"Removed by automation before screening: {automation}. By people: {flow.included if flow.previous is None else flow.total} "
        f"studies in the review, {excluded} records excluded, {flow.pending} awaiting a decision; decided by {clean(', '.join(judges)) or 'nobody yet'}.",
        "9 Data collection process": f"{len(in_force)} values: {sum(not row['curator'] for row in in_force)} read by rules alone, "
        f"{sum(bool(row['curator']) for row in in_force)} judged by people ({clean(', '.join(people)) or 'nobody yet'}); "
        f"{len(reopened)} rest on a source that has changed since.",
        "10a Data items (outcomes)": clean("; ".join(question.outcomes)),
        "10b Data items (other variables)": clean("; ".join(asked)),
        "16a Study selection": flow_words(flow),
        "16b Excluded studies": clean("; ".join(f"{reason} {count}" for reason, count in {**flow.excluded, **flow.ineligible}.items())) or "none",
        "17 Study characteristics": f"table1: {len(now.studies)} studies, each value with its quote and place.",
        "19 Results of individual studies": f"table1 and the findings: {sum(row['field'] == 'hazard_ratio' for row in in_force)} hazard ratios, "
        f"{sum(row['field'] in ('survival_rate', 'survival_median') for row in in_force)} rates and medians of survival.",
        "27 Availability of data, code, other materials": "Tables, evidence, protocol and code are in the repository and in each release.",
    }  # fmt: skip
    rows = [(item.partition(" ")[0], item.partition(" ")[2], text) for item, text in answers.items()]
    rows += [(item, topic, AUTHORS) for item, topic in OPEN.items()]
    rows.sort(key=lambda row: (int(re.match(r"\d+", row[0])[0]), row[0]))
    lines = [
        f"# PRISMA 2020 checklist: {clean(protocol.title)}",
        "",
        f"{len(answers)} of {len(rows)} items are answered from the files.",
        "",
    ]
    lines += ["| Item | Topic | Answer |", "| --- | --- | --- |", *(f"| {item} | {topic} | {text} |" for item, topic, text in rows)]
    return "\n".join(lines) + "\n"


def flow_words(flow: Flow) -> str:
    """The flow in one sentence, after its sums were checked."""
    flow.check()
    told = asdict(flow)
    identified = sum(told["databases"].values()) + sum(told["others"].values())
    words = f"{identified:,} records identified, {flow.duplicates} duplicates, {sum(flow.automation.values())} removed by automation, "
    words += f"{flow.screened} screened, {sum(flow.excluded.values())} excluded by people, {flow.pending} awaiting a decision, {flow.sought} reports "
    words += f"sought, {sum(flow.not_retrieved.values())} not retrieved, {flow.included} studies included"
    if flow.previous is not None:
        words += (
            f"; {flow.previous} studies before ({flow.previous_name}), {sum(flow.dropped.values())} of them dropped, {flow.total} in total"
        )
    return words + "."
