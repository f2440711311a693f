"""What a stage's output depends on in code: the modules that it imports, found by reading their import lines."""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Iterable
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).resolve().parent


def path_of(module: str) -> Path | None:
    """The file of a module of this package, given as "pipeline.jats"; None for what is no module."""
    stem = FOLDER.joinpath(*module.split(".")[1:])
    return next((path for path in (stem.with_suffix(".py"), stem / "__init__.py") if path.is_file()), None)


@cache
def imported(path: Path) -> frozenset[Path]:
    """The modules of this package that a file imports, anywhere in it."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return frozenset(found for name in names if name.split(".")[0] == "pipeline" and (found := path_of(name)))


def sources(*modules: str) -> list[Path]:
    """The files of these modules and of all that they import, in order of name."""
    due = [found for module in modules if (found := path_of(f"pipeline.{module}"))]
    seen: set[Path] = set()
    while due:
        path = due.pop()
        if path not in seen:
            seen.add(path)
            due += imported(path)
    return sorted(seen)


def digest(files: Iterable[Path], *words: str) -> str:
    """A SHA-256 over the files' names and contents, and over words such as libraries' versions."""
    summed = hashlib.sha256("\0".join(words).encode())
    for path in files:
        summed.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return summed.hexdigest()
