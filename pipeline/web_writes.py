"""What the curators' pages save: decisions on findings, screening, settled drifts, curators, and the report made anew."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from pipeline import curate, screen, screening_ledger, web_form
from pipeline.files import InputError, locked, read_tsv, tsv_text, write_atomic
from pipeline.overlay import VALUED, Decision
from pipeline.protocol import Review
from pipeline.web_pages import curator_of, desk_of, known_study, show, side_words, task_words

Work = Callable[[Request, FormData], Response]


def writing(work: Work) -> Callable:
    """An endpoint that reads the form, then saves in a thread of its own."""

    async def endpoint(request: Request) -> Response:
        async with request.form(max_files=1, max_fields=200) as form:
            return await run_in_threadpool(work, request, form)

    endpoint.__name__ = work.__name__
    return endpoint


def signed(request: Request) -> str:
    """The curator who saves. Raises InputError where nobody has said who they are."""
    if not curator_of(request):
        raise InputError("Say who you are first (top right); every decision carries its curator.")
    return curator_of(request)


def known_of(form: Mapping) -> set[str]:
    """The decisions that the page showed."""
    return set(filter(None, str(form.get("known") or "").split(",")))


def decide(request: Request, form: FormData) -> Response:
    """Save a decision on a finding, and show the next one."""
    key, row = known_study(request)
    desk, action = desk_of(request), str(form.get("action") or "")
    before = side_words(request, key, {"finding": str(form.get("finding") or "")})
    if action == "undo":
        taken = [each for each in desk.snapshot().decisions.get(key, []) if each.id == form.get("decision") and each.status == "undone"]
        if taken:
            raise curate.ConflictError(f"{taken[0].id} is taken back already")
        saved = curate.undo(desk.review, str(form.get("decision") or ""), signed(request), str(form.get("reason") or ""))
    else:
        decision = decision_row(action, form, key, desk.findings(key))
        saved = curate.add(desk.review, {**decision, "curator": signed(request)}, known=known_of(form))
    desk.rebuild.ask()
    place = before["finding"]["replaces"].rpartition(" = ")[0] if before["finding"] and action == "undo" else ""
    words = side_words(
        request, key, {"place": place, "finding": next_id(before, action, desk.findings(key), saved)}, note=told(action, saved)
    )
    return show(request, "side.html", row=row, headers={"X-Saved": saved["id"]}, **words)


def decision_row(action: str, form: Mapping, key: str, findings: list[dict]) -> dict:
    """The ledger's row for what the form asks. Raises ConflictError where the finding is no longer as the page showed it."""
    asked = str(form.get("finding") or "")
    found = next((each for each in findings if each["id"] == asked), None)
    reason = str(form.get("reason") or "").strip()
    if action == "not_reported":
        return not_reported(str(form.get("field") or ""), key, findings, reason)
    if action == "add":
        return web_form.row_of(form, key) | {"action": action, "replaces": ""}
    if found is None:
        raise curate.ConflictError(f"{key}: this value has changed since you opened it")
    own = web_form.cells_of(found) | {"page": str((found["place"] or {}).get("page") or ""), "reason": reason}
    cells = web_form.row_of(form, key) if action in ("change", "move_arm") else own
    if action == "move_arm" and cells.get("arm", "") != own["arm"]:
        cells = own | {"arm": cells.get("arm", ""), "reason": reason}
    return cells | {"paper": key, "action": action, "replaces": found["replaces"]}


def not_reported(field: str, key: str, findings: list[dict], reason: str) -> dict:
    """A row that empties a field; what the machine says there now is noted as seen."""
    said = list(dict.fromkeys(shown_of(each) for each in findings if each["field"] == field and not each["curator"]))
    values = " | ".join(said) or "nothing"
    return {"paper": key, "field": field, "action": "not_reported", "replaces": f"{field} = {values}", "reason": reason}


def shown_of(finding: dict) -> str:
    """A finding's value in the ledger's words."""
    return finding["replaces"].rpartition(" = ")[2].split(" | ")[0]


def next_id(before: dict, action: str, findings: list[dict], saved: dict) -> str:
    """Which finding comes next: after accepting or rejecting the next one that nobody has checked, else the one just saved."""
    standing = {each["id"]: each for each in findings if each["in_force"]}
    if action in ("verify", "reject") and before["chosen"] in before["walk"]:
        at = before["walk"].index(before["chosen"])
        for each in [*before["walk"][at + 1 :], *before["walk"][:at]]:
            if each in standing and not standing[each]["curator"]:
                return each
    made = next((each["id"] for each in findings if each["correction"] == saved["id"] and each["in_force"]), "")
    return made or next((each["id"] for each in findings if each["correction"] == saved["id"]), before["chosen"])


def told(action: str, saved: dict) -> str:
    """What was saved, in words."""
    words = {"verify": "Accepted", "reject": "Rejected", "change": "Corrected", "add": "Added", "not_reported": "Noted as not reported",
             "move_arm": "Moved", "undo": "Taken back"}  # fmt: skip
    return f"{words[action]} and saved ({saved['id']})"


def settle(request: Request, form: FormData) -> Response:
    """Settle a drifted decision by one row: the person's word stands, or the machine's new reading is taken."""
    desk, identity = desk_of(request), str(form.get("correction") or "")
    held = [each for decisions in desk.snapshot().decisions.values() for each in decisions if each.id == identity]
    if not held or held[0].status not in ("drifted", "unsupported"):
        raise curate.ConflictError(f"{identity}: settled already, or taken back")
    row = settling(held[0], desk.findings(held[0].finding.paper), str(form.get("choice") or ""))
    known = known_of(form) or {each.id for decisions in desk.snapshot().decisions.values() for each in decisions}
    curate.add(desk.review, {**row, "curator": signed(request)}, known=known)
    desk.rebuild.ask()
    return show(request, "worklist_part.html", **task_words(request, "Settled and saved"))


def settling(decision: Decision, findings: list[dict], choice: str) -> dict:
    """The row that settles a drift. Raises InputError for a choice that is not there."""
    own = next((each for each in findings if each["correction"] == decision.id and each["in_force"]), None)
    if choice == "person":
        return kept(decision, own, findings)
    new = [each for each in findings if not each["curator"] or each["status"] in ("overruled", "confirmed")]
    new = [each for each in new if shown_of(each) in decision.machine_now and shown_of(each) not in decision.seen]
    same_cell = [each for each in new if each["field"] == decision.finding.field]
    if choice != "machine" or not same_cell:
        raise InputError("The machine says nothing new here; keep the decision, or take it back in its history.")
    cells = web_form.cells_of(same_cell[0]) | {"page": str((same_cell[0]["place"] or {}).get("page") or "")}
    replaces = own["replaces"] if own and own["status"] != "not_reported" else same_cell[0]["replaces"]
    action = "change" if own and decision.action in VALUED else "verify"
    return cells | {"paper": decision.finding.paper, "action": action, "replaces": replaces, "reason": "the machine's new reading is right"}


def kept(decision: Decision, own: dict | None, findings: list[dict]) -> dict:
    """The row by which a person's decision stands against what the machine says now."""
    reason = f"kept; the machine now says {' | '.join(decision.machine_now) or 'nothing'}"
    paper = decision.finding.paper
    if decision.action == "not_reported":
        asked = decision.finding
        cells = web_form.cells_of({"endpoint": asked.endpoint, "at": asked.at, "arm": asked.arm, "vs": asked.vs}) | {"field": asked.field}
        replaces = f"{decision.target[0]} = {' | '.join(decision.machine_now) or 'nothing'}"
        return cells | {"paper": paper, "action": "not_reported", "replaces": replaces, "reason": reason}
    if own is None:  # a rejection: reject what stands there now
        now = [
            each for each in findings if shown_of(each) in decision.machine_now and each["replaces"].startswith(decision.root[0] + " = ")
        ]
        if not now:
            raise InputError("The machine says nothing here any more; there is nothing to settle.")
        return web_form.cells_of(now[0]) | {"paper": paper, "action": "reject", "replaces": now[0]["replaces"], "reason": reason}
    cells = web_form.cells_of(own) | {"page": str((own["place"] or {}).get("page") or decision.page or "")}
    return cells | {"paper": paper, "action": "change", "replaces": own["replaces"], "reason": reason}


def screen_record(request: Request, form: FormData) -> Response:
    """Save a screening decision; the counts follow at once."""
    from pipeline.web_screening import screening

    desk = desk_of(request)
    key, decision = str(form.get("key") or ""), str(form.get("decision") or "")
    if decision not in ("in", "out", "pending"):
        raise InputError(f"decision {decision!r}; allowed: in, out, pending")
    screening_ledger.decide(desk.review, key, decision, str(form.get("reason") or ""), signed(request), str(form.get("seen") or ""))
    screen.run(desk.review)
    desk.rebuild.ask()
    return screening(request, part=True, note=f"Saved: {key} is {decision}", after=key, show_now=str(form.get("show") or "pending"))


def sign_in(request: Request, form: FormData) -> Response:
    """Take a curator's seat; a new one is entered in curators.tsv first."""
    desk = desk_of(request)
    name, identity = (" ".join(str(form.get(part) or "").split()) for part in ("name", "id"))
    if form.get("new"):
        enter_curator(desk.review, identity or name, name)
        identity = identity or name
    if identity not in desk.people():
        raise InputError(f"{identity or 'nobody'}: not in curators.tsv; choose a name, or join by the form below")
    request.scope["session"].curator = identity
    return Response("", headers={"HX-Redirect": "/"})


def enter_curator(review: Review, identity: str, name: str) -> None:
    """Add a curator by ORCID or short name. Raises InputError where the id is taken or empty."""
    path = review.corpus / "curators.tsv"
    if not identity or len(identity) > 80:
        raise InputError("Give an ORCID or a short name, by which the ledger will know you.")
    try:
        with locked(review.corpus):
            rows = read_tsv(path, screen.CURATOR_COLUMNS)
            if any(row["id"].casefold() == identity.casefold() for row in rows):
                raise InputError(f"{identity}: in curators.tsv already; choose it above")
            rows.append({"id": identity, "name": name or identity, "note": ""})
            write_atomic(path, tsv_text(sorted(rows, key=lambda row: row["id"]), screen.CURATOR_COLUMNS))
    except OSError as error:
        raise curate.NotSavedError(f"{path}: not saved ({error})") from error


def make_report(request: Request, form: FormData) -> Response:
    """Bring the database and the report up to the ledgers."""
    from pipeline import report  # draws figures: takes a while to load

    desk = desk_of(request)
    desk.rebuild.ask()
    desk.rebuild.wait(600)
    if desk.rebuild.failed:
        raise InputError(desk.rebuild.failed)
    with locked(desk.review.build, timeout=600):
        made = report.run(desk.review)
    return show(request, "made.html", made=made)
