"""The command line: what it prints, and exit codes that mean something."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.protocol import ROOT
from pipeline.records import FINDING_KEYS
from tests.toy_review import ADLER, jats, lay_out, plain


def run(*words: str, root: Path | None = None) -> subprocess.CompletedProcess[str]:
    """`python -m pipeline ...` as a user runs it."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "100"}
    if root:
        environment["LIVETABLE_ROOT"] = str(root)
    return subprocess.run(
        [sys.executable, "-m", "pipeline", *words], cwd=root or ROOT, capture_output=True, text=True, env=environment, timeout=240
    )


@pytest.fixture(scope="module")
def toy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return lay_out(tmp_path_factory.mktemp("toy"))


def test_a_second_review_of_another_disease_needs_no_code(toy: Path) -> None:
    for stage in (["screen"], ["acquire", "--offline"], ["parse"], ["extract"], ["load"], ["report"]):
        done = run(*stage, "--review", "toy", root=toy)
        assert done.returncode == 0, f"{stage}: {done.stdout}{done.stderr}"
    table = (toy / "build" / "toy" / "table1.csv").read_text(encoding="utf-8")
    assert "Adler et al., 2019" in table
    assert "Brandt et al., 2021" in table
    for figure in ("120", "64 Gy", "41 months", "52%", "55%", "48", "55 Gy", "58%"):
        assert figure in table, f"{figure} is not in the table:\n{table}"


def test_read_prints_the_contracts_lines(tmp_path: Path) -> None:
    one, other = tmp_path / "a.xml", tmp_path / "b.txt"
    one.write_text(jats(ADLER), encoding="utf-8")
    other.write_text(plain(ADLER), encoding="utf-8")
    done = run("read", str(one), str(other))
    assert done.returncode == 0, done.stderr
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert {line["paper"] for line in lines} == {"a", "b"}
    assert all(set(line) <= set(FINDING_KEYS) and line["quote"] and "section" in line["place"] for line in lines)
    assert all("xpath" in line["place"] for line in lines if line["paper"] == "a")
    assert {(line["field"], line["value"]) for line in lines if line["paper"] == "a"} >= {
        ("n_total", 120),
        ("rt_dose", 64),
        ("follow_up", 41),
        ("survival_rate", 52),
    }


def test_read_goes_on_after_a_file_it_cannot_read_and_says_why(tmp_path: Path) -> None:
    empty, good = tmp_path / "empty.pdf", tmp_path / "good.txt"
    empty.touch()
    good.write_text(plain(ADLER), encoding="utf-8")
    done = run("read", str(empty), str(good))
    assert done.returncode == 3
    assert "empty.pdf" in done.stderr
    assert "empty" in done.stderr
    assert json.loads(done.stdout.splitlines()[0])["paper"] == "good"


def test_wrong_input_is_exit_1_with_the_place_and_no_traceback(toy: Path) -> None:
    path = toy / "corpus" / "toy" / "screening.tsv"
    kept = path.read_text(encoding="utf-8")
    path.write_text(kept + "adler_2019\tperhaps\t\tcurator\t2026-01-03\n", encoding="utf-8")
    try:
        done = run("screen", "--review", "toy", root=toy)
    finally:
        path.write_text(kept, encoding="utf-8")
    assert done.returncode == 1
    assert "screening.tsv:4" in done.stderr
    assert "Traceback" not in done.stderr


def test_an_unknown_review_is_exit_1_and_wrong_usage_exit_2() -> None:
    assert run("screen", "--review", "nothing").returncode == 1
    assert run("screen", "--nothing").returncode == 2


def test_help_names_every_stage() -> None:
    told = run("--help").stdout
    for stage in ("search", "screen", "acquire", "parse", "extract", "load", "report", "read", "audit"):
        assert stage in told
