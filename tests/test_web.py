"""The curators' pages as requests: who may use them, what they refuse, what they serve; and saves that a killed server has told of."""

from __future__ import annotations

import random
import threading
import time

import httpx
import pytest

from pipeline import curate, screening_ledger, web_desk, web_form, web_writes
from pipeline.files import InputError, locked, read_tsv, tsv_text, write_atomic, write_jsonl
from pipeline.hits import Ledger
from pipeline.numeric import finding_of
from pipeline.records import FIELDS
from pipeline.screen import COLUMNS as SCREENING_COLUMNS
from pipeline.screen import decisions as screening_decisions
from tests.small_review import CURATOR, findings, made_finding, small_review, write_findings
from tests.web_server import Client, Server

KILLS = 4
ALONE = "survival_rate OS@36 [chemotherapy alone]"


def lay_out(root):
    """The small review, with a place for the paper that an index could name."""
    review = small_review(root)
    review.papers.mkdir(exist_ok=True)
    (review.papers / "north_2011.txt").write_text("text", encoding="utf-8")
    index = (
        '{"papers": {"north_2011": {"file": "../../../secret.pdf", "kind": "pdf"}, "south_2015": {"file": "gone.pdf"}}, "unreadable": {}}'
    )
    write_atomic(review.build / "parsed" / "index.json", index)
    (root / "secret.pdf").write_bytes(b"%PDF-1.4 secret")
    return review


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """One server for all tests that only read, or whose writes do not meet."""
    with Server(lay_out(tmp_path_factory.mktemp("web")), LIVETABLE_LOCK_TIMEOUT="0.3") as running:
        yield running


@pytest.fixture(scope="module")
def client(server):
    return server.client(CURATOR)


@pytest.fixture
def review(tmp_path):
    return small_review(tmp_path)


# --- who may use them -----------------------------------------------------------------------------------------------------


def test_nobody_comes_in_without_the_token_and_the_cookie_is_strict(server):
    http = httpx.Client(base_url=server.url, trust_env=False)
    for path in ("/", "/study/north_2011", "/static/web.css", "/exchange/corrections.tsv", "/start", "/start?token=wrong"):
        assert http.get(path).status_code == 403, path
    assert http.post("/study/north_2011/decide", data={"action": "verify"}).status_code == 403
    cookie = http.get(server.start).headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert server.token.lower() not in cookie


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1:1", "", "localhost.evil.example:80"])
def test_another_host_name_is_refused(server, client, host):
    assert client.http.get("/", headers={"Host": host}).status_code == 400


def test_another_sites_page_is_refused_even_with_the_cookie(server, client):
    form = {"action": "add", "field": "n_total", "value": "1", "page": "1", "reason": "forged"}
    for headers in ({}, {"X-CSRF-Token": "guess"}, {"X-CSRF-Token": client.csrf, "Origin": "http://evil.example"}):
        assert client.http.post("/study/north_2011/decide", data=form, headers=headers).status_code == 403
    assert "forged" not in curate.ledger(server.review).read_text(encoding="utf-8") if curate.ledger(server.review).exists() else True


def test_it_listens_on_this_machine_alone(server):
    with open(f"/proc/{server.process.pid}/net/tcp", encoding="utf-8") as table:
        listening = [line.split()[1] for line in table if line.split()[3] == "0A"]
    port = f"{int(server.url.rpartition(':')[2]):04X}"
    assert [address for address in listening if address.endswith(f":{port}")] == [f"0100007F:{port}"]


def test_every_answer_has_its_security_headers(client):
    for path in ("/", "/static/web.css", "/nowhere", "/study/nobody_1999"):
        headers = client.get(path).headers
        assert "script-src 'self'" in headers["content-security-policy"]
        assert "unsafe" not in headers["content-security-policy"]
        assert (headers["x-content-type-options"], headers["x-frame-options"], headers["referrer-policy"]) == (
            "nosniff",
            "DENY",
            "no-referrer",
        )


# --- what they serve ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path",
    [
        "/static/../web.py", "/static/..%2f..%2fweb.py", "/static/%2e%2e/%2e%2e/pyproject.toml", "/static/htmx.LICENSE", "/download/..%2f..%2fcorpus%2fsmall%2fhits.jsonl",
        "/download/review.db", "/download/%2fetc%2fpasswd", "/study/..%2f..%2fsecret/page/1.png", "/study/south_2015/page/0.png", "/study/south_2015/page/1.png",
        "/exchange/corrections.db", "/study/north_2011%00/page/1.png",
    ],
)  # fmt: skip
def test_no_file_outside_is_served(client, path):
    answer = client.http.send(client.http.build_request("GET", client.http.base_url.copy_with(raw_path=path.encode())))
    assert answer.status_code == 404, path


def test_an_index_that_leads_out_of_the_corpus_is_refused(client):
    answer = client.get("/study/north_2011/page/1.png")
    assert answer.status_code == 422
    assert "outside" in answer.text
    assert "secret" in (client.http.get("/study/north_2011").text)  # told by name, not by content


def test_what_people_wrote_is_shown_as_text(client):
    bad = "<script>alert(1)</script>\" onload='x"
    answer = client.post("/study/south_2015/decide", action="add", field="follow_up", value="9", unit="months", page="3", reason=bad)
    assert answer.status_code == 200, answer.text
    for path in ("/", "/study/south_2015?field=follow_up", "/history", "/worklist"):
        assert "<script>alert" not in client.get(path).text
    assert "&lt;script&gt;alert(1)" in client.get("/history").text


def test_an_export_is_the_ledger(client, server):
    assert client.get("/exchange/corrections.tsv").content == curate.ledger(server.review).read_bytes()
    sent = ("corrections.tsv", curate.ledger(server.review).read_bytes())
    told = client.post("/exchange/import", files={"file": sent}, what="import").text
    assert "0 new decisions, 1 known already" in " ".join(told.split())


# --- what they refuse -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"action": "add", "field": "n_total", "value": "many", "page": "1", "reason": "r"}, "is not a number"),
        ({"action": "add", "field": "n_total", "value": "5"}, "needs the words it was read from"),
        ({"action": "add", "field": "n_total", "value": "5", "quote": "no such words"}, "quote: not found"),
        ({"action": "add", "field": "colour", "value": "5", "page": "1", "reason": "r"}, "is not allowed"),
        ({"action": "guess", "field": "n_total", "finding": "x"}, "changed since you opened it"),
        ({"action": "undo", "decision": "0000000000"}, "no decision has the id"),
        ({"action": "not_reported", "field": "cycles"}, "needs a reason"),
    ],
)
def test_a_bad_form_is_refused_in_words(client, form, said):
    answer = client.post("/study/south_2015/decide", **form)
    assert answer.status_code in (409, 422)
    assert said in answer.text
    assert answer.headers["hx-retarget"] == "#message"


def test_a_lock_that_somebody_holds_is_told_and_nothing_is_saved(client, server):
    before = curate.ledger(server.review).read_bytes() if curate.ledger(server.review).exists() else b""
    with locked(server.review.corpus):
        answer = client.post("/study/south_2015/decide", action="add", field="n_total", value="5", page="1", reason="r")
    assert answer.status_code == 503
    assert "could not be made durable" in answer.text
    assert (curate.ledger(server.review).read_bytes() if before else b"") == before


def test_a_form_larger_than_any_form_is_refused(client):
    with pytest.raises(httpx.HTTPError):
        client.post("/exchange/import", files={"file": ("big.tsv", b"x" * 21_000_000)}, what="import").raise_for_status()


def test_no_curator_no_decision(server):
    http = httpx.Client(base_url=server.url, trust_env=False)
    http.get(server.start)
    assert http.get("/").headers["location"] == "/curator"
    client = Client.__new__(Client)
    client.http = http
    client.csrf = server.client(CURATOR).csrf
    assert client.post("/curator", id="nobody").status_code == 403  # another session's token


def test_a_newcomer_joins_and_is_known_by_the_ledger(server):
    client = server.client(CURATOR)
    assert client.post("/curator", new="1", name="Dora Lake", id="").status_code == 200
    assert client.post("/curator", new="1", name="Dora Lake", id="dora lake").status_code == 422
    assert "Dora Lake" in (server.review.corpus / "curators.tsv").read_text(encoding="utf-8")
    assert client.post("/study/south_2015/decide", action="not_reported", field="cycles", reason="searched").status_code == 200
    assert [row["curator"] for row in curate.read_rows(server.review) if row["field"] == "cycles"] == ["Dora Lake"]


# --- what is saved stays saved --------------------------------------------------------------------------------------------


def test_kill_9_in_the_middle_of_saves_loses_none_that_was_told(tmp_path, record_property):
    review, dice, told, killed = small_review(tmp_path), random.Random(7), [], 0
    for turn in range(KILLS):
        server = Server(review)
        stop = threading.Event()

        def save(who: str, server=server, stop=stop, turn=turn) -> None:
            client = server.client(who)
            for number in range(400):  # more than a server lives to see
                if stop.is_set():
                    return
                name = f"factor {turn} {number} of {who[:6].lower()}"
                try:
                    answer = client.add_factor(name, "north_2011")
                except httpx.HTTPError:
                    return
                if answer.status_code == 200:
                    told.append(answer.headers["x-saved"])

        people = [threading.Thread(target=save, args=(who,)) for who in (CURATOR, "second")]
        before = len(told)
        for each in people:
            each.start()
        until = time.monotonic() + 30
        while len(told) < before + 8 and time.monotonic() < until:
            time.sleep(0.005)
        time.sleep(dice.uniform(0, 0.1))
        server.kill()
        killed += 1
        stop.set()
        for each in people:
            each.join()
        held = {row["id"] for row in curate.read_rows(review)}
        assert set(told) <= held
        assert len(held) - len(told) <= 2 * killed  # at most the save of each browser that the kill interrupted
    assert len(told) >= 8 * KILLS
    curate.decisions(review)  # every line is whole and valid
    record_property("kills", killed)
    record_property("saves told", len(told))
    print(f"{killed} kills, {len(told)} saves told, {len(held)} found, {len(set(told) - held)} lost")


def test_a_page_shows_what_another_program_wrote(review):
    desk = web_desk.Desk(review)
    (rate,) = [row for row in desk.findings("north_2011") if row["replaces"] == f"{ALONE} = 31 percent"]
    cells = web_form.cells_of(rate) | {"paper": "north_2011", "value": "30", "reason": "r", "curator": CURATOR}
    curate.add(review, cells | {"action": "change", "replaces": rate["replaces"]})
    (rate,) = [row for row in desk.findings("north_2011") if row["in_force"] and row["replaces"].startswith(ALONE)]
    assert (rate["value"], rate["status"], rate["overruled"]) == (30, "corrected", "31 percent")
    untouched = desk.snapshot().findings["south_2015"]
    curate.undo(review, rate["correction"], CURATOR)
    assert [row["value"] for row in desk.findings("north_2011") if row["replaces"].startswith(ALONE)] == [31]
    assert desk.snapshot().findings["south_2015"] is untouched


# --- settling drifts ------------------------------------------------------------------------------------------------------


def machine_says(review, value):
    rows = [row for row in findings() if row.get("arm") != "chemotherapy alone" or row["field"] != "survival_rate"]
    quote = "31.0% with chemotherapy alone"
    more = {"field": "survival_rate", "arm": "chemotherapy alone", "endpoint": "OS", "at": 36, "unit": "percent", "value": value}
    write_findings(review, [*rows, made_finding("north_2011", 2, quote, **more)] if value else rows)


def decided(review, action, **cells):
    row = {
        "paper": "north_2011",
        "field": "survival_rate",
        "arm": "chemotherapy alone",
        "endpoint": "OS",
        "at": "36",
        "unit": "percent",
        "value": "31",
    }
    row |= {"quote": "31.0% with chemotherapy alone", "reason": "r", "curator": CURATOR, "replaces": f"{ALONE} = 31 percent"}
    return curate.add(review, row | {"action": action} | cells)["id"]


@pytest.mark.parametrize(
    ("action", "cells", "choice", "stands"),
    [
        ("verify", {}, "person", [31]), ("verify", {}, "machine", [28]), ("change", {"value": "30"}, "person", [30]), ("change", {"value": "30"}, "machine", [28]),
        ("reject", {}, "person", []), ("reject", {}, "machine", [28]), ("move_arm", {"arm": "chemotherapy plus radiotherapy"}, "person", [31]),
        ("not_reported", {"value": "", "quote": ""}, "person", [None]), ("not_reported", {"value": "", "quote": ""}, "machine", [28]),
    ],
)  # fmt: skip
def test_one_row_settles_a_drift_either_way(review, action, cells, choice, stands):
    identity, desk = decided(review, action, **cells), web_desk.Desk(review)
    machine_says(review, 28)
    (drifted,) = [each for each in desk.snapshot().decisions["north_2011"] if each.id == identity]
    assert drifted.status == "drifted"
    row = web_writes.settling(drifted, desk.findings("north_2011"), choice)
    curate.add(review, row | {"curator": "second"})
    assert not [each for each in desk.snapshot().decisions["north_2011"] if each.status == "drifted"]
    here = [row for row in desk.findings("north_2011") if row["in_force"] and row["field"] == "survival_rate"]
    if action != "move_arm":
        here = [row for row in here if row["arm"] in ("chemotherapy alone", None)]
    assert [row["value"] for row in here] == stands


# --- screening ------------------------------------------------------------------------------------------------------------


def test_screening_keeps_every_decision_and_tells_of_a_faster_one(review):
    screening_ledger.decide(review, "north_2011", "out", "too  few\npatients", CURATOR, "")
    ledger = Ledger(review.corpus / "hits.jsonl")
    seen = screening_ledger.mark(screening_decisions(review, ledger)["north_2011"])
    with pytest.raises(curate.ConflictError, match="has decided on north_2011 since you opened it: out too few patients"):
        screening_ledger.decide(review, "north_2011", "in", "", "second", "")
    screening_ledger.decide(review, "north_2011", "in", "", "second", seen)
    screening_ledger.decide(review, "north_2011", "pending", "", "second", None)
    assert read_tsv(review.corpus / "screening.tsv", SCREENING_COLUMNS) == []
    assert [row["decision"] for row in screening_ledger.log(review, "north_2011")] == ["out", "in", "pending"]
    for bad, said in (
        (("nobody", "in", "", CURATOR), "no record"),
        (("north_2011", "out", " ", CURATOR), "without a reason"),
        (("north_2011", "in", "", "x"), "curators.tsv"),
    ):
        with pytest.raises(InputError, match=said):
            screening_ledger.decide(review, *bad)


def test_a_form_leaves_out_what_its_field_does_not_have():
    form = {
        "field": "survival_rate",
        "value": " 31 ",
        "unit": "percent",
        "endpoint": "OS",
        "at": "36",
        "n": "7",
        "vs": "x",
        "bounds": "ci95",
        "quote": "q",
    }
    row = web_form.row_of(form, "north_2011")
    assert (row["value"], row["bounds"], row.get("n"), row.get("vs")) == ("31", "", None, None)
    assert finding_of(row, "here").at == 36
    assert tsv_text([row], curate.COLUMNS).count("\n") == 2
    assert set(web_form.PARTS) == set(FIELDS)


def test_a_ledger_that_somebody_broke_by_hand_is_told_with_its_line(tmp_path):
    review = small_review(tmp_path)
    decided(review, "verify")
    path = curate.ledger(review)
    path.write_text(path.read_text(encoding="utf-8").replace("\tverify\t", "\tguess\t"), encoding="utf-8")
    write_jsonl(review.build / "skipped.jsonl", [])
    with Server(review) as server:
        http = server.client(CURATOR)
        answer = http.get("/")
        assert answer.status_code == 422
        assert "corrections.tsv:2: action" in answer.text
