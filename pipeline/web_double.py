"""Double extraction on the page: a blind form for each of two curators, how far they agree, and the adjudication of what they say."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from pipeline import agreement, curate, extractions, web_form, web_paper
from pipeline.agreement import Unit
from pipeline.files import InputError
from pipeline.naming import overlap
from pipeline.numeric import folded, shown, slot
from pipeline.overlay import Decision
from pipeline.web_desk import Desk
from pipeline.web_pages import curator_of, desk_of, known_study, show
from pipeline.web_writes import not_reported, shown_of, signed


def overview(request: Request) -> Response:
    """Who has finished what, and the agreement over all studies that two curators have finished."""
    desk = desk_of(request)
    agreement.preload()
    done = extractions.finishers(desk.review)
    own = extractions.readings(desk.review, curator_of(request))
    begun = {key: sum(decision.finding.paper == key for decision in own) for key in desk.snapshot().studies}
    both = {key: extractions.compared(desk.review, key) for key in sorted(desk.snapshot().studies) if extractions.pair(desk.review, key)}
    return show(
        request, "double.html", studies=[row for row in desk.snapshot().studies.values() if row["included"]], done=done, begun=begun,
        both=both, agreements=agreement.agreements(both), open_units={key: len(unsettled(desk, key)) for key in both}, titles=titles(desk),
    )  # fmt: skip


def titles(desk: Desk) -> dict[str, str]:
    """The labels of fields."""
    return {entry.field: entry.label for entry in desk.review.form.fields} | {"all": "All fields"}


def blind(request: Request) -> Response:
    """A study's paper beside the readings of the curator who asks, and of nobody else."""
    key, row = known_study(request)
    desk = desk_of(request)
    signed(request)
    document, path = web_paper.document_of(desk.review, key), web_paper.file_of(desk.review, key)
    return show(
        request, "study.html", **own_words(request, key), row=row, document=document, blocks=web_paper.blocks(document), layer=web_paper.layer(document),
        has_pages=bool(document and document.source == "pdf" and path), file=path.name if path else "", form=web_form.description(desk.review),
        side="web/blind.html",
    )  # fmt: skip


def own_words(request: Request, key: str, note: str = "") -> dict:
    """What the blind side shows: the curator's own readings by column. Neither the machine's nor anybody else's values are among them."""
    desk = desk_of(request)
    own = extractions.readings(desk.review, curator_of(request), key)
    document = web_paper.document_of(desk.review, key)
    rows = [reading_row(decision, document) for decision in own]
    groups = []
    for column in desk.review.form.columns:
        fields = [entry for entry in desk.review.form.fields if entry.column == column.key]
        held = [each for each in rows if each["field"] in {entry.field for entry in fields}]
        missing = [entry for entry in fields if entry.field not in {each["field"] for each in held}]
        groups.append({"column": column, "entries": held, "missing": missing})
    return {
        "key": key, "groups": groups, "walk": [each["id"] for each in rows], "chosen": "", "note": note, "readings": rows,
        "finished": key in extractions.finished(desk.review, curator_of(request)), "arms": [], "reasons": web_form.REASONS, "known": "",
        "marks": [web_paper.mark_of(each, document) for each in rows], "cells": {}, "fields": desk.review.form.fields, "labels": web_form.LABELS,
        "choices": web_form.CHOICES, "ready": extractions.pair(desk.review, key) is not None, "titles": titles(desk),
    }  # fmt: skip


def reading_row(decision: Decision, document: web_paper.Document | None) -> dict:
    """A reading in the shape of a finding, for its words and its place."""
    found = decision.finding
    row = {name: getattr(found, name) for name in found.__slots__} | {
        "id": decision.id,
        "status": "added",
        "in_force": True,
        "curator": decision.curator,
    }
    where = web_paper.place_of_quote(document, found.quote)
    row |= where or {"place": {"page": decision.page} if decision.page else {}}
    return row | {
        "status": "not_reported" if decision.action == "not_reported" else "added",
        "reason": decision.reason,
        "correction_status": None,
    }


def enter(request: Request, form: FormData) -> Response:
    """Save one reading of one's own, or take it back."""
    key, row = known_study(request)
    desk, curator, action = desk_of(request), signed(request), str(form.get("action") or "")
    if action == "undo":
        taken = next((d for d in extractions.readings(desk.review, curator, key) if d.id == form.get("decision")), None)
        if taken is None:
            raise InputError("This reading is not among yours any more.")
        extractions.enter(desk.review, {"paper": key, "field": taken.finding.field, "action": "undo", "replaces": taken.id}, curator)
    elif action == "not_reported":
        empty = {"paper": key, "field": form.get("field"), "action": action, "reason": form.get("reason") or "read on my own"}
        extractions.enter(desk.review, empty, curator)
    else:
        extractions.enter(desk.review, web_form.row_of(form, key) | {"action": "add"}, curator)
    return show(request, "blind.html", row=row, **own_words(request, key, note="Saved" if action != "undo" else "Taken back"))


def finish(request: Request, form: FormData) -> Response:
    """Finish a study, or reopen it; then both readings can be seen, or not yet."""
    key, row = known_study(request)
    state = str(form.get("state") or "")
    if state == "reopened" and extractions.pair(desk_of(request).review, key):
        raise InputError("Two curators have finished this study and can see each other's readings; correct it by adjudication now.")
    extractions.finish(desk_of(request).review, key, signed(request), state)
    return show(request, "blind.html", row=row, **own_words(request, key, note="Finished" if state == "finished" else "Open again"))


def adjudication(request: Request) -> Response:
    """Both curators' readings side by side, with what the table says now. 403 while they must be blind to each other."""
    key, row = known_study(request)
    desk = desk_of(request)
    if extractions.pair(desk.review, key) is None:
        raise HTTPException(403, "The two readings are shown side by side once two curators have finished this study.")
    return show(request, "adjudicate.html", row=row, **adjudication_words(desk, key))


def adjudication_words(desk: Desk, key: str, note: str = "") -> dict:
    """What the page of adjudication shows."""
    first, second = extractions.compared(desk.review, key)
    units = agreement.units(key, first, second)
    open_cells = {unit.cell for unit in unsettled(desk, key)}
    lines = [
        {"unit": unit, "open": unit.cell in open_cells, "first": words_of(unit.first), "second": words_of(unit.second), "table": in_table(desk, unit)}
        for unit in units
    ]  # fmt: skip
    return {
        "key": key, "lines": sorted(lines, key=lambda line: (not line["open"], line["unit"].agreed)), "curators": extractions.pair(desk.review, key),
        "agreements": agreement.agreements({key: (first, second)}), "titles": titles(desk), "note": note, "words": words_of,
    }  # fmt: skip


def words_of(decision: Decision | None) -> str:
    """A reading in words."""
    if decision is None:
        return ""
    return "not reported" if decision.action == "not_reported" else shown(decision.finding)


def in_table(desk: Desk, unit: Unit) -> list[dict]:
    """The findings in force that say what a unit's readings say: its words whatever their arm, its figures by arms that mean the same."""
    said = [held for held in (unit.first, unit.second) if held]
    here = [each for each in desk.findings(unit.study) if each["in_force"] and each["field"] == unit.field]
    if any(held.action == "not_reported" for held in said):
        return here
    found = said[0].finding
    here = [each for each in here if (each["endpoint"], each["at"]) == (found.endpoint, found.at)]
    if agreement.several(found):
        return [each for each in here if each["value"] == found.value]
    exact = [each for each in here if folded(each["arm"]) == folded(found.arm)]
    return exact or [each for each in here if found.arm and each["arm"] and overlap(each["arm"], found.arm) > 0.5]


def unsettled(desk: Desk, key: str) -> list[Unit]:
    """The cells that nobody has adjudicated since both curators finished."""
    first, second = extractions.compared(desk.review, key)
    told = [decision.reason for decision in desk.snapshot().decisions.get(key, []) if decision.status != "undone"]
    settled = tuple(reason for reason in told if reason.startswith("adjudicated ["))
    return [unit for unit in agreement.units(key, first, second) if not any(r.startswith(f"adjudicated [{unit.cell}]: ") for r in settled)]


def adjudicate(request: Request, form: FormData) -> Response:
    """Save what counts: one curator's reading of a cell, or every cell on which both agree."""
    key, row = known_study(request)
    desk, curator, choice = desk_of(request), signed(request), str(form.get("choice") or "")
    units = unsettled(desk, key)
    chosen = (
        [unit for unit in units if unit.agreed and unit.first] if choice == "agreed" else [u for u in units if u.cell == form.get("cell")]
    )
    if not chosen:
        raise curate.ConflictError("Adjudicated already, by you or by somebody else; the page shows what is left.")
    for unit in chosen:
        taken = {"first": unit.first, "second": unit.second, "agreed": unit.first}.get(choice)
        decision = ledger_row(desk, unit, taken, choice, str(form.get("reason") or ""))
        curate.add(desk.review, {**decision, "curator": curator})
    desk.rebuild.ask()
    note = f"{len(chosen)} cell{'s' if len(chosen) != 1 else ''} saved"
    return show(request, "adjudicate_part.html", row=row, **adjudication_words(desk, key, note))


def ledger_row(desk: Desk, unit: Unit, taken: Decision | None, choice: str, reason: str) -> Mapping:
    """The decision that an adjudicated reading becomes: it verifies, changes or adds to what the table says now."""
    told = f"adjudicated [{unit.cell}]: {'both agree' if unit.agreed else f'{words_of(unit.first) or chr(8211)} / {words_of(unit.second) or chr(8211)}'}"
    told += f"; {reason.strip()}" if reason.strip() else ""
    now = in_table(desk, unit)
    if taken is None and choice in ("first", "second"):  # the curator gave nothing: what the table says there is not in the paper
        if not now:
            return empty_row(unit, told)
        return web_form.cells_of(now[0]) | {"paper": unit.study, "action": "reject", "replaces": now[0]["replaces"], "reason": told}
    if taken is None:
        raise InputError(f"choice {choice!r}; allowed: first, second, agreed")
    if taken.action == "not_reported":
        return not_reported(unit.field, unit.study, desk.findings(unit.study), told)
    cells = web_form.cells_of({name: getattr(taken.finding, name) for name in taken.finding.__slots__})
    row = cells | {"page": str(taken.page or ""), "reason": told, "paper": unit.study}
    if not now or now[0]["status"] == "not_reported":
        return row | {"action": "add", "replaces": ""}
    same = shown_of(now[0]) == shown(taken.finding)
    if same and not taken.finding.arm:  # who names no arm does not say that there is none
        row |= {"arm": now[0]["arm"] or ""}
    return row | {"action": "verify" if same else "change", "replaces": now[0]["replaces"]}


def empty_row(unit: Unit, told: str) -> dict:
    """A row that notes that a cell stays empty."""
    found = (unit.first or unit.second).finding
    cells = {name: cell for name, cell in web_form.cells_of({"endpoint": found.endpoint, "arm": found.arm, "at": found.at}).items() if cell}
    return cells | {
        "paper": unit.study,
        "field": unit.field,
        "action": "not_reported",
        "replaces": f"{slot(found)} = nothing",
        "reason": told,
    }
