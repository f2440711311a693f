"""The PRISMA 2020 flow of an updated review: what came since the last release, counted apart from what was there before."""

from __future__ import annotations

from collections import Counter

from pipeline.diff import why_dropped
from pipeline.hits import PUBMED
from pipeline.prisma import Flow
from pipeline.screen import MACHINE
from pipeline.state import State

PENDING = "awaiting a decision then"
JUDGED_ANEW = "excluded then, judged anew"
NOT_RETRIEVED = "report not retrieved then"
NO_RECORD = "papers at hand without a record"


def copies(row: dict) -> Counter:
    """How often each source gave a record."""
    found = Counter(source for source in (row["found_by"] or "").split("; ") if source)
    found[PUBMED] += row["duplicates"] or 0
    return +found


def looked_at_again(before: State, after: State, key: str) -> str:
    """Why a record of the last release goes through the flow once more; empty where its outcome then was final."""
    old, now = before.records[key], after.records[key]
    if key in before.studies:
        return ""
    if old["status"] == "pending":
        return PENDING
    if old["status"] == "in":
        return NOT_RETRIEVED
    return JUDGED_ANEW if now["status"] != "out" else ""


def flow(before: State, after: State) -> Flow:
    """The flow from one release to the state after it."""
    found, due, again = Counter(), [], Counter()
    duplicates = 0
    for key, row in after.records.items():
        given = copies(row)
        if key in before.records:
            given -= copies(before.records[key])  # found once more since: a duplicate
            reason = looked_at_again(before, after, key)
            again[reason] += bool(reason)
            duplicates += given.total()
        else:
            reason = "" if key in before.studies else "new"
            duplicates += given.total() - (reason == "new")
        found += given
        due += [row] if reason else []
    unrecorded = [key for key in after.studies if key not in after.records and key not in before.studies]
    automation = Counter(row["reason"] for row in due if row["by"] == MACHINE)
    excluded = Counter(row["reason"] for row in due if row["status"] == "out" and row["by"] != MACHINE)
    sought = [row["key"] for row in due if row["status"] == "in"] + unrecorded
    included = [key for key in sought if key in after.studies]
    others = {source: count for source, count in sorted(found.items()) if source != PUBMED}
    return Flow(
        databases={"PubMed": found[PUBMED]}, others=others | ({NO_RECORD: len(unrecorded)} if unrecorded else {}), duplicates=duplicates,
        again={reason: count for reason, count in sorted(again.items()) if count}, automation=dict(sorted(automation.items())),
        screened=len(due) - automation.total() + len(unrecorded), excluded=dict(sorted(excluded.items())),
        pending=sum(row["status"] == "pending" for row in due), sought=len(sought),
        not_retrieved={"no text at hand": len(sought) - len(included)} if len(sought) > len(included) else {}, assessed=len(included),
        included=len(included), previous=len(before.studies), previous_name=f"release of {before.name}",
        dropped=dict(sorted(Counter(why_dropped(after, key) for key in before.studies if key not in after.studies).items())),
        total=len(after.studies),
    )  # fmt: skip
