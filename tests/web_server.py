"""The curators' pages for tests: a review read by the real stages, and the server as a process of its own."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import httpx

from pipeline import acquire, load, parse, reading, screen
from pipeline.protocol import ROOT, Review
from tests.report_review import laid_out
from tests.toy_review import record

FROST = "frost_2024"
PEOPLE = "id\tname\tnote\ncurator\tAda Marsh\t\nsecond\tBen Rook\t\nthird\tCleo Vane\t\n"


def reviewed(root: Path) -> Review:
    """The toy review after every stage, with three curators and one record still to be screened."""
    review = laid_out(root)
    (review.corpus / "curators.tsv").write_text(PEOPLE, encoding="utf-8")
    frost = record(FROST, "Frost et al., 2024", 2024, "Bladder <b>sparing</b> in 30 patients")
    frost["abstract"] = "Thirty patients with muscle-invasive bladder cancer had chemoradiotherapy. <script>document.title='owned'</script>"
    with open(review.corpus / "hits.jsonl", "a", encoding="utf-8") as ledger:
        ledger.write(json.dumps(frost) + "\n")
    screen.run(review)
    acquire.run(review, offline=True)
    parse.run(review, jobs=1)
    reading.run(review, jobs=1)
    load.run(review)
    return review


def copied(review: Review, root: Path) -> Review:
    """A copy of a review for one test."""
    shutil.copytree(review.root, root)
    return Review(review.key, root)


class Server:
    """`python -m pipeline curate` on a free port."""

    def __init__(self, review: Review, **settings: str) -> None:
        environment = {name: held for name, held in os.environ.items() if not name.startswith("LIVETABLE_")}
        environment |= {"LIVETABLE_ROOT": str(review.root), "PYTHONPATH": str(ROOT)} | settings
        self.review, self.log = review, review.root / "server.log"
        command = [sys.executable, "-m", "pipeline", "curate", "--review", review.key, "--port", "0"]
        with open(self.log, "a", encoding="utf-8") as log:
            self.process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=log, text=True, cwd=review.root)
        line = self.process.stdout.readline()
        found = re.search(r"(http://127\.0\.0\.1:\d+)/start\?token=(\S+)", line)
        if not found:
            raise AssertionError(f"the server did not start: {line}{self.log.read_text()}")
        self.url, self.token = found.groups()
        self.start = f"{self.url}/start?token={self.token}"

    def __enter__(self) -> Server:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> int:
        """End it as Ctrl-C does; returns its exit code."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.kill()
        return self.process.returncode

    def kill(self) -> None:
        """End it as a power cut does."""
        self.process.kill()
        self.process.wait()

    def client(self, curator: str = "curator") -> Client:
        """A browser without a screen, signed in."""
        return Client(self, curator)


class Client:
    """What a browser sends, sent by hand."""

    def __init__(self, server: Server, curator: str) -> None:
        self.http = httpx.Client(base_url=server.url, timeout=30, trust_env=False)
        assert self.http.get(server.start).status_code == 303
        page = self.http.get("/curator", follow_redirects=True).text
        self.csrf = re.search(r"X-CSRF-Token[^:]*: *(?:&#34;|\")([\w-]+)", page)[1]
        self.post("/curator", id=curator).raise_for_status()

    def get(self, path: str) -> httpx.Response:
        """A page."""
        return self.http.get(path)

    def post(self, path: str, files: dict | None = None, **form: str) -> httpx.Response:
        """A form, as htmx sends it."""
        return self.http.post(path, data=form, files=files, headers={"X-CSRF-Token": self.csrf, "HX-Request": "true"})

    def add_factor(self, name: str, paper: str = "adler_2019") -> httpx.Response:
        """A new finding, without a quote but with page and reason."""
        form = {"action": "add", "field": "prognostic_factor", "value": name, "page": "1", "reason": "test"}
        return self.post(f"/study/{paper}/decide", **form)
