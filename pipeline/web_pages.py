"""The curators' pages that are read: the table, a study beside its paper, the worklist, the history. What they save is in web_writes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from pipeline import curate, web_form, web_paper
from pipeline.evidence import said
from pipeline.numeric import finding_of, judged, shown, slot
from pipeline.table1 import counts
from pipeline.templating import template
from pipeline.web_desk import Desk
from pipeline.wording import plain, tied
from pipeline.worklist import KINDS

KIND_NAMES = {
    "contradiction": "The paper gives several values", "check": "Figures that do not fit together", "agreement": "Mentions differ within rounding",
    "empty": "Nothing found", "drifted": "The machine has moved away from a decision", "unsupported": "The quote is no longer in the paper",
    "skipped": "Papers that could not be read", "source changed": "The paper itself has changed", "screening": "Records to screen",
}  # fmt: skip
ACTION_NAMES = {
    "verify": "accepted", "reject": "rejected", "change": "corrected", "add": "added", "not_reported": "not reported", "move_arm": "moved",
    "undo": "undone",
}  # fmt: skip


def desk_of(request: Request) -> Desk:
    """The application's desk."""
    return request.app.state.desk


def curator_of(request: Request) -> str:
    """Who sits before this browser; empty until they have said so."""
    return request.scope["session"].curator


def show(request: Request, name: str, status: int = 200, headers: Mapping[str, str] | None = None, **words: object) -> Response:
    """A template with what every page needs."""
    desk, session = desk_of(request), request.scope["session"]
    tasks = desk.rebuild.tasks
    common = {
        "review": desk.review, "csrf": session.csrf, "curator": session.curator, "people": desk.people(), "path": request.url.path,
        "todo": sum(task["kind"] != "screening" for task in tasks), "pending": sum(task["kind"] == "screening" for task in tasks),
        "failed": desk.rebuild.failed, "said": said, "plain": plain, "tied": tied, "state_of": web_paper.state_of, "action_names": ACTION_NAMES,
    }  # fmt: skip
    return Response(template(f"web/{name}").render(**common, **words), status, headers, "text/html")


def table(request: Request) -> Response:
    """Table 1 with its states; every value opens its study."""
    held = desk_of(request).table()
    waiting = Counter(task["study"] for task in desk_of(request).rebuild.tasks)
    return show(request, "table.html", table=held, counts=counts(held), waiting=waiting)


def known_study(request: Request) -> tuple[str, dict]:
    """The key and row of the study that the address names. Raises 404."""
    key = request.path_params["key"]
    row = desk_of(request).study(key)
    if row is None:
        raise HTTPException(404, "No such study in this review.")
    return key, row


def study(request: Request) -> Response:
    """A study: its paper on one side, its findings and the form on the other."""
    key, row = known_study(request)
    document = web_paper.document_of(desk_of(request).review, key)
    path = web_paper.file_of(desk_of(request).review, key)
    return show(
        request, "study.html", **side_words(request, key, request.query_params), row=row, document=document, blocks=web_paper.blocks(document),
        layer=web_paper.layer(document), has_pages=bool(document and document.source == "pdf" and path), file=path.name if path else "",
        form=web_form.description(desk_of(request).review), side="web/side.html",
    )  # fmt: skip


def side(request: Request) -> Response:
    """The side of the form alone, with another finding chosen."""
    key, row = known_study(request)
    return show(request, "side.html", row=row, **side_words(request, key, request.query_params))


def picture(request: Request) -> Response:
    """A page of the study's PDF."""
    key, _ = known_study(request)
    png = web_paper.page_picture(desk_of(request).review, key, request.path_params["number"])
    if png is None:
        raise HTTPException(404, "No such page.")
    return Response(png, media_type="image/png", headers={"Cache-Control": "private, max-age=600"})


def side_words(request: Request, key: str, asked: Mapping[str, str], note: str = "") -> dict:
    """What the side shows: the findings by column, the chosen one with its history, and what the script needs to mark the paper."""
    desk = desk_of(request)
    findings = desk.findings(key)
    groups = grouped(desk, findings)
    walk = [entry["id"] for group in groups for entry in group["walk"]]
    chosen = chosen_of(asked, findings, groups, walk)
    document = web_paper.document_of(desk.review, key)
    finding = next((each for each in findings if each["id"] == chosen), None)
    empty = chosen.removeprefix("empty:") if chosen.startswith("empty:") else ""
    field = finding["field"] if finding else empty
    decision = next((each for each in desk.snapshot().decisions.get(key, []) if finding and each.id == finding["correction"]), None)
    return {
        "drift": decision if decision and decision.status == "drifted" else None,
        "key": key, "groups": groups, "walk": walk, "chosen": chosen, "finding": finding, "empty": empty, "note": note,
        "entry": next((each for each in desk.review.form.fields if each.field == field), None),
        "history": history(desk, key, finding, empty), "known": ",".join(each.id for each in desk.snapshot().decisions.get(key, [])),
        "marks": [web_paper.mark_of(each, document) for each in findings if each["status"] != "confirmed"],
        "cells": {each["id"]: web_form.cells_of(each) | {"page": str((each["place"] or {}).get("page") or "")} for each in findings},
        "arms": arms_of(findings), "reasons": web_form.REASONS, "fields": desk.review.form.fields, "labels": web_form.LABELS, "choices": web_form.CHOICES,
        "tasks": [task for task in desk.rebuild.tasks if task["study"] == key], "checked": sum(bool(each["curator"]) for each in findings if each["in_force"]),
        "total": sum(each["in_force"] for each in findings),
    }  # fmt: skip


def grouped(desk: Desk, findings: list[dict]) -> list[dict]:
    """The findings by column of the table; `walk` is what the keys go through: those in force, and the fields of empty columns."""
    groups = []
    for column in desk.review.form.columns:
        fields = [entry for entry in desk.review.form.fields if entry.column == column.key]
        held = [each for each in findings if each["field"] in {entry.field for entry in fields} and each["status"] != "confirmed"]
        standing = [each for each in held if each["in_force"]]
        missing = [entry for entry in fields if entry.field not in {each["field"] for each in standing}]
        walk = [{"id": each["id"]} for each in standing] or [{"id": f"empty:{entry.field}"} for entry in missing]
        entries = standing + [each for each in held if not each["in_force"]]
        groups.append(
            {"column": column, "entries": entries, "missing": missing, "walk": walk, "labels": {e.field: e.label for e in fields}}
        )
    return groups


def chosen_of(asked: Mapping[str, str], findings: list[dict], groups: list[dict], walk: list[str]) -> str:
    """The finding that the address asks for: by id, by its cell, by the decision that made it, by column or field; else the first not yet checked."""
    ids = {each["id"]: each for each in findings}
    here = [each["id"] for each in findings if each["in_force"] and each["replaces"].rpartition(" = ")[0] == asked.get("place")]
    if asked.get("finding") not in here and here:
        return here[0]
    if asked.get("finding") in ids or asked.get("finding", "").startswith("empty:"):
        return asked["finding"]
    for each in findings:
        if asked.get("correction") and each["correction"] == asked["correction"] and (each["in_force"] or each["status"] == "overruled"):
            return each["id"]
    for group in groups:
        fitting = [each for each in group["entries"] if each["field"] == asked.get("field")]
        if fitting or group["column"].key == asked.get("column"):
            return (fitting or group["entries"] or [None])[0]["id"] if fitting or group["entries"] else f"empty:{group['missing'][0].field}"
    return next((each for each in walk if each in ids and not ids[each]["curator"]), walk[0] if walk else "")


def arms_of(findings: list[dict]) -> list[str]:
    """The arms that the paper's findings name, for the form to offer."""
    named = [each["arm"] for each in findings if each["arm"] and each["field"] != "prognostic_factor"]
    return list(dict.fromkeys([*named, *(each["vs"] for each in findings if each["vs"])]))


def history(desk: Desk, key: str, finding: dict | None, empty: str) -> list[dict]:
    """Every decision on the chosen finding's cell, oldest first."""
    if not desk.snapshot().decisions.get(key) or not (finding or empty):
        return []
    rows = curate.history(desk.review, key, finding["field"] if finding else empty)
    if finding is None:
        return rows
    place = finding["replaces"].rpartition(" = ")[0]
    own = {finding["correction"]}
    cell = [
        row
        for row in rows
        if row["id"] in own or place_of(row) == place or (row["replaces"] and row["replaces"].rpartition(" = ")[0] == place)
    ]
    ids = {row["id"] for row in cell}
    return [row for row in rows if row["id"] in ids or (row["action"] == "undo" and row["replaces"] in ids)]


def place_of(row: dict) -> str:
    """The cell that a row of the ledger fills, in the words of `replaces`."""
    return slot(finding_of(row, "the ledger"))


def all_history(request: Request) -> Response:
    """Every decision of the review, or of one study or field, newest first."""
    desk, asked = desk_of(request), request.query_params
    rows = [row for key in desk.snapshot().decisions for row in curate.history(desk.review, key)]
    rows = list({row["id"]: row for row in rows}.values())
    status = {decision.id: decision.status for held in desk.snapshot().decisions.values() for decision in held}
    for name in ("paper", "field", "curator", "action"):
        rows = [row for row in rows if not asked.get(name) or row[name] == asked[name]]
    rows.sort(key=lambda row: (row["time"], row["id"]), reverse=True)
    return show(
        request, "history.html", rows=rows[:500], total=len(rows), statuses=status, asked={name: asked.get(name, "") for name in ("paper", "field", "curator", "action")}, studies=desk.snapshot().studies, what=what_of,
        fields=desk.review.form.fields,
    )  # fmt: skip


def what_of(row: dict) -> dict[str, str]:
    """What a decision judged and what it says instead, in words."""
    place, before = judged(row["replaces"], "the ledger") if row["replaces"] and row["action"] != "undo" else ("", [""])
    now = shown(finding_of(row, "the ledger")) if row["action"] in ("verify", "change", "add", "move_arm") else ""
    return {"cell": place or place_of(row), "before": before[0] if before[0] != "nothing" else "", "now": now, "arm": row["arm"]}


def tasks(request: Request) -> Response:
    """What needs a person, most valuable first."""
    return show(request, "worklist.html", **task_words(request))


def task_words(request: Request, note: str = "") -> dict:
    """What the worklist shows, once the database has caught up with what was saved."""
    desk = desk_of(request)
    desk.rebuild.wait()
    study = request.query_params.get("study", "")
    held = [task for task in desk.rebuild.tasks if not study or task["study"] == study]
    columns = {column.key: column.title for column in desk.review.form.columns}
    groups = [(kind, KIND_NAMES.get(kind, kind.capitalize()), [task for task in held if task["kind"] == kind]) for kind in KINDS]
    return {
        "groups": [group for group in groups if group[2]],
        "only": study,
        "columns": columns,
        "studies": desk.snapshot().studies,
        "note": note,
    }


def who(request: Request) -> Response:
    """Who are you? The curators of curators.tsv, and a place to join them."""
    return show(request, "curator.html")


def index_or_sign_in(request: Request) -> Response:
    """The table, once the page knows who reads it."""
    return table(request) if curator_of(request) else RedirectResponse("/curator", 303)
