"""The README's two commands, on a clone: `make` rebuilds the same bytes, and only what a change touches."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from pipeline.protocol import ROOT

BUILT = ("table1.html", "table1.md", "table1.csv", "table1.xlsx", "table1.docx", "review.db", "extract.jsonl")


def make(clone: Path, *words: str) -> str:
    """Run make in the clone; returns what it printed."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("LIVETABLE_", "MAKE", "PYTHON"))}
    done = subprocess.run(["make", *words], cwd=clone, capture_output=True, text=True, env=environment, timeout=280)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def digests(clone: Path, review: str = "mnpc") -> dict[str, str]:
    """The checksum of every file that `make` built."""
    folder = clone / "build" / review
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.rglob("*")) if path.is_file()
    }


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clone of what git tracks, with this checkout's virtual environment."""
    if not (ROOT / ".git").exists() or not (ROOT / ".venv" / "bin" / "python").exists():
        pytest.skip("needs a git checkout with its .venv, as `make test` lays out")
    folder = tmp_path_factory.mktemp("clone") / "livetable"
    tracked = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\0")
    for name in filter(None, tracked):
        if (ROOT / name).exists():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)
    (folder / ".venv").symlink_to(ROOT / ".venv")
    for stamp in ("ready", "ready-dev"):
        path = ROOT / ".venv" / stamp
        if not path.exists():
            path.touch()
        os.utime(path)
    make(folder)
    return folder


def test_make_builds_the_table_and_says_where_it_is(clone: Path) -> None:
    told = make(clone)
    assert "build/mnpc/table1.html" in told
    assert all((clone / "build" / "mnpc" / name).stat().st_size > 1000 for name in BUILT)


def test_the_table_has_the_sixteen_rows_of_the_published_one(clone: Path) -> None:
    rows = (clone / "build" / "mnpc" / "table1.csv").read_text(encoding="utf-8")
    for surname in ("Lin", "Zeng", "Hu", "Tian", "Yin", "Shuang", "Chen", "Rusthoven", "Verma", "Sun", "Huang", "Liao", "Li", "You"):
        assert f"{surname} et al." in rows
    assert (clone / "build" / "mnpc" / "table1.md").read_text(encoding="utf-8").count("et al.,") >= 16


def test_a_saved_correction_rebuilds_load_and_report_only(clone: Path) -> None:
    before = (clone / "build" / "mnpc" / "extract.jsonl").stat().st_mtime_ns
    os.utime(clone / "corpus" / "mnpc" / "corrections.tsv")
    told = make(clone)
    assert "load:" in told
    assert "report:" in told
    assert "extract:" not in told
    assert "parse:" not in told
    assert (clone / "build" / "mnpc" / "extract.jsonl").stat().st_mtime_ns == before


def test_a_new_synonym_rebuilds_from_extract_on(clone: Path) -> None:
    path = clone / "schemas" / "vocabularies" / "techniques.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("IMRT: [", "IMRT: [beamlet modulated rays, ", 1), encoding="utf-8")
    told = make(clone)
    assert "extract:" in told
    assert "parse:" not in told


def test_clean_and_make_brings_the_same_bytes_back(clone: Path) -> None:
    before = digests(clone)
    make(clone, "clean")
    assert not (clone / "build").exists()
    make(clone)
    assert digests(clone) == before


def test_help_lists_the_targets(clone: Path) -> None:
    told = make(clone, "help")
    for target in ("report", "update", "read", "test", "lint", "score", "clean", "help"):
        assert f"make {target}" in told


def test_a_second_review_is_built_by_its_name_alone(clone: Path) -> None:
    told = make(clone, "REVIEW=oligoprostate")
    assert "build/oligoprostate/table1.html" in told
    before = digests(clone, "oligoprostate")
    assert set(BUILT) <= set(before)
    shutil.rmtree(clone / "build" / "oligoprostate")
    make(clone, "REVIEW=oligoprostate")
    assert digests(clone, "oligoprostate") == before
    rows = (clone / "build" / "oligoprostate" / "table1.csv").read_text(encoding="utf-8")
    assert all(f"{name}, " in rows for name in ("Alder et al.", "Birch and Specimen", "Linden et al."))


def test_a_new_review_is_laid_out_and_builds_empty(clone: Path) -> None:
    assert "schemas/invented/protocol.yaml" in make(clone, "new", "REVIEW=invented")
    make(clone, "REVIEW=invented")
    assert "no paper is included yet" in (clone / "build" / "invented" / "table1.html").read_text(encoding="utf-8")
    again = subprocess.run(["make", "new", "REVIEW=invented"], cwd=clone, capture_output=True, text=True)
    assert again.returncode != 0
    assert "is there already" in again.stderr
