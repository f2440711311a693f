"""The command line: `python -m pipeline <stage> [--review KEY]`, `python -m pipeline read FILE ...`.

Exit codes: 0 all done; 1 the input is wrong (the message names file, place and what to do); 2 wrong usage;
3 done, but some papers could not be read (each named with its reason on standard error); 4 the network did not answer.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import sys
import tomllib
from pathlib import Path
from typing import Annotated

import typer
from filelock import Timeout
from rich.console import Console

from pipeline import __version__
from pipeline.files import InputError, NetworkError
from pipeline.protocol import ROOT, Review

app = typer.Typer(
    add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False,
    help="livetable: the literature goes in, Table 1 comes out, and every cell can say where it came from.",
)  # fmt: skip
notes = Console(stderr=True, highlight=False)


def default_review() -> str:
    """The review that commands work on when none is named: LIVETABLE_REVIEW, else pyproject.toml's tool.livetable.review."""
    named = os.environ.get("LIVETABLE_REVIEW")
    return named or tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["livetable"]["review"]


ReviewOption = Annotated[
    str, typer.Option("--review", "-r", default_factory=default_review, help="the review's key: its folder in schemas/ and corpus/")
]
JobsOption = Annotated[int, typer.Option("-j", "--jobs", min=1, help="worker processes")]
CORES = os.cpu_count() or 1


def say(stage: str, summary: dict) -> None:
    """One line on what a stage did."""
    told = ", ".join(f"{name.replace('_', ' ')} {held}" for name, held in summary.items() if not isinstance(held, (dict, list, tuple)))
    notes.print(f"[bold]{stage}[/bold]: {told}", soft_wrap=True)
    for name, held in summary.items():
        if isinstance(held, dict) and held and all(isinstance(count, int) for count in held.values()):
            notes.print(
                f"  {name.replace('_', ' ')}: " + ", ".join(f"{key} {count}" for key, count in held.items()), markup=False, soft_wrap=True
            )
        elif isinstance(held, (list, tuple, dict)):
            for entry in held.items() if isinstance(held, dict) else held:
                shown = ": ".join(str(part) for part in entry) if isinstance(entry, tuple) else entry
                notes.print(f"  {name.replace('_', ' ')}: {shown}", markup=False, soft_wrap=True)


@app.command()
def search(review: ReviewOption, update: Annotated[bool, typer.Option(help="only records entered since the last run")] = False) -> None:
    """Ask PubMed the protocol's query; keep every record it ever returned in corpus/<review>/hits.jsonl."""
    from pipeline import search as stage

    say("search", stage.run(Review(review), update=update))


@app.command()
def screen(review: ReviewOption) -> None:
    """Apply the mechanical filters and people's decisions (screening.tsv); each record ends in, out or pending."""
    from pipeline import screen as stage

    say("screen", stage.run(Review(review)))


@app.command()
def acquire(review: ReviewOption, offline: Annotated[bool, typer.Option(help="only look at papers/ and inbox/")] = False) -> None:
    """Get the included papers' full texts: JATS, PDF, the inbox, else the abstract; write corpus/<review>/sources.tsv."""
    from pipeline import acquire as stage

    say("acquire", stage.run(Review(review), offline=offline))


@app.command()
def parse(review: ReviewOption, jobs: JobsOption = CORES) -> None:
    """Read each paper's file into passages with their places."""
    from pipeline import parse as stage

    say("parse", stage.run(Review(review), jobs=jobs))


@app.command()
def extract(review: ReviewOption, jobs: JobsOption = CORES) -> None:
    """Read the passages into findings."""
    from pipeline import reading as stage

    say("extract", stage.run(Review(review), jobs=jobs))


@app.command()
def load(review: ReviewOption) -> None:
    """Build the database: findings, people's corrections laid over them, checks, worklist."""
    from pipeline import load as stage

    say("load", stage.run(Review(review)))


@app.command()
def report(review: ReviewOption) -> None:
    """Regenerate Table 1 and all that stands beside it."""
    from pipeline import report as stage

    summary = stage.run(Review(review))
    say("report", summary)


@app.command()
def update(
    review: ReviewOption,
    date: Annotated[str, typer.Option(help="the day of the update, 2026-01-31; today when left out")] = "",
    jobs: JobsOption = CORES,
) -> None:
    """Search for new records, screen, acquire, read what is new, rebuild the table, and say what changed; interrupted, it goes on."""
    from pipeline import update as command

    say("update", command.run(Review(review), today=day_of(date), jobs=jobs, tell=say))


@app.command()
def release(
    review: ReviewOption, date: Annotated[str, typer.Option(help="the release's date, 2026-01-31; today when left out")] = ""
) -> None:
    """Freeze table, findings, query, counts and checksums under corpus/<review>/releases/<date>/, with open formats for others."""
    from pipeline import release as command

    say("release", command.run(Review(review), day_of(date)))


@app.command()
def diff(
    review: ReviewOption,
    earlier: Annotated[str | None, typer.Option("--from", help="a release's date; the last release when left out")] = None,
    later: Annotated[str | None, typer.Option("--to", help="a release's date; the working state when left out")] = None,
) -> None:
    """Say what changed between two releases, or since one, cell by cell with its cause: build/<review>/diff.html and diff.md."""
    from pipeline import diff_pages as command

    told = command.write(Review(review), earlier, later)
    say("diff", told or {"nothing released yet": "`make release` makes the first release to compare with"})


def day_of(text: str) -> dt.date | None:
    """A day given on the command line; None where none is."""
    try:
        return dt.date.fromisoformat(text) if text else None
    except ValueError as error:
        raise InputError(f"--date {text}: write it as 2026-01-31") from error


@app.command()
def where(review: ReviewOption) -> None:
    """Say where the built table is, how full it is, and what to do next."""
    build = Review(review).build
    path = build / "comparison.json"
    filled = json.loads(path.read_text(encoding="utf-8"))["columns"] if path.exists() else []
    for row in filled:
        notes.print(
            f"  {row['title']:32} {row['filled']:3} of {row['cells']:3} published cells filled; values same {row['same']:3}, differ {row['differs']:3}, only there {row['only_there']:3}, only here {row['only_here']:3}",
            soft_wrap=True,
        )
    notes.print(
        f"[bold]The table:[/bold] {build / 'table1.html'} (also .md .csv .xlsx .docx; database {build / 'review.db'})", soft_wrap=True
    )
    notes.print(
        f"[bold]Next:[/bold] open it and click a value to see where it was read; put corrections into corpus/{review}/corrections.tsv and `make` again.",
        soft_wrap=True,
    )


@app.command()
def new(name: Annotated[str, typer.Argument(help="the new review's key: small letters, digits, _")]) -> None:
    """Lay out a new review: schemas/<name>/ to be written, corpus/<name>/ to be filled; nothing that exists is touched."""
    from pipeline import scaffold

    for path in scaffold.create(name):
        notes.print(str(path), markup=False, soft_wrap=True)
    notes.print(
        f"[bold]Next:[/bold] write schemas/{name}/protocol.yaml, then `make search REVIEW={name}`; docs/new-review.md goes through it.",
        soft_wrap=True,
    )


@app.command()
def curate(review: ReviewOption, port: Annotated[int, typer.Option(min=0, max=65535, help="0 takes a free one")] = 8765) -> None:
    """Serve the curators' pages on this machine: check, correct, add, screen, extract twice and adjudicate."""
    from pipeline import web

    web.serve(Review(review), port)


@app.command("import")
def import_references(file: Path, review: ReviewOption) -> None:
    """Add records found elsewhere from a reference list (RIS, NBIB or CSV)."""
    from pipeline import references

    say("import", references.import_file(Review(review), file))


@app.command()
def audit(
    review: ReviewOption,
    findings: Annotated[Path | None, typer.Argument(help="FINDINGS.jsonl or .tsv; the review's published table when left out")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="one JSON line a contradiction")] = False,
) -> None:
    """Look for contradictions inside a table of findings: arms against totals, percentages, intervals, p values..."""
    from pipeline import checks

    for contradiction in checks.audit_file(findings or Review(review).corpus / "published.tsv"):
        row = {
            "study": contradiction.study,
            "check": contradiction.check,
            "message": contradiction.message,
            "figures": contradiction.figures,
        }
        print(json.dumps(row, ensure_ascii=False) if as_json else f"{contradiction.study}: {contradiction.check}: {contradiction.message}")


@app.command()
def read(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help=".pdf, .xml (JATS) or .txt")],
    review: ReviewOption,
    jobs: JobsOption = 1,
) -> None:
    """Print what any paper reports of its own study: JSON Lines, one finding a line."""
    from pipeline import reading as stage

    unread = 0
    for path, outcome, told in stage.read_with_notes(files, review, jobs):
        for note in told:
            notes.print(f"{path}: {note}", markup=False, soft_wrap=True)
        if isinstance(outcome, str):
            unread += 1
            notes.print(f"{path}: not read: {outcome}", markup=False, soft_wrap=True)
            continue
        for finding in outcome:
            print(finding.to_json())
    sys.stdout.flush()
    raise typer.Exit(3 if unread else 0)


@app.command()
def score(review: ReviewOption, jobs: JobsOption = CORES) -> None:
    """Compare what is read from the evaluation papers with facts read by hand; write docs/accuracy.md."""
    from pipeline import score as measured

    measured.main(review, jobs)


@app.command()
def explain(file: Path, review: ReviewOption) -> None:
    """Show one paper's pages with every finding boxed, and what was missed where facts were read by hand."""
    from pipeline import explain as stage

    notes.print(f"open {stage.explain(file, review)}")


@app.command("check-schemas")
def check_schemas(write: Annotated[bool, typer.Option(help="write the files anew")] = False) -> None:
    """Tell whether schemas/*.schema.json are what pipeline/protocol.py says."""
    from pipeline.files import write_atomic
    from pipeline.protocol import json_schemas

    stale = []
    for name, text in json_schemas().items():
        path = ROOT / "schemas" / name
        if write:
            write_atomic(path, text)
        elif not path.exists() or path.read_text(encoding="utf-8") != text:
            stale.append(name)
    if stale:
        raise InputError(
            f"schemas/{', schemas/'.join(stale)}: not what pipeline/protocol.py says; run `python -m pipeline check-schemas --write`"
        )


@app.command()
def version() -> None:
    """Print the version."""
    print(__version__)


def main() -> None:
    """Run the command line; bad input ends with its message and exit code 1, never with a traceback."""
    try:
        app()
    except InputError as error:
        notes.print(f"error: {error}", markup=False, soft_wrap=True)
        sys.exit(1)
    except Timeout as error:
        notes.print(
            f"error: {error.lock_file}: somebody else is writing here; wait for it to end and try again", markup=False, soft_wrap=True
        )
        sys.exit(1)
    except NetworkError as error:
        notes.print(f"error: {error}", markup=False, soft_wrap=True)
        sys.exit(4)


if __name__ == "__main__":
    main()
