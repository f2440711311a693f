"""Files that are never half written: atomic replacement, locked appends, tab-separated rows with their line numbers."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock


class InputError(Exception):
    """Bad input: the message names the file, the place in it and what to do."""


class Unreadable(Exception):
    """A document that cannot be read; the message says why, and what would help."""


class NetworkError(Exception):
    """An answer that could not be had; the message never holds the API key or the full address."""


def write_atomic(path: Path, content: str | bytes) -> None:
    """Write beside the file, flush to disk, then rename: a reader sees the old content or the new, never half."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    raw = content.encode("utf-8") if isinstance(content, str) else content
    handle, beside = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(raw)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(beside, 0o644)
        os.replace(beside, path)
    except BaseException:
        Path(beside).unlink(missing_ok=True)
        raise
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


@contextmanager
def locked(folder: Path, timeout: float | None = None) -> Iterator[None]:
    """Hold a folder's lock, so that two writers of its ledgers take turns; Timeout after `timeout` seconds.

    Where none is given: LIVETABLE_LOCK_TIMEOUT, else 30.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with FileLock(folder / ".lock", timeout=float(os.environ.get("LIVETABLE_LOCK_TIMEOUT", 30)) if timeout is None else timeout):
        yield


def sha256(path: Path) -> str:
    """The file's SHA-256 in hexadecimal."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def read_jsonl(path: Path) -> Iterator[dict]:
    """Each line's object; a missing file has no lines. Raises InputError with file and line where it is not JSON."""
    if not Path(path).exists():
        return
    with open(path, encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            if line.strip():
                try:
                    yield json.loads(line)
                except json.JSONDecodeError as error:
                    raise InputError(f"{path}:{number}: not JSON ({error.msg}); mend or delete the line") from error


def write_jsonl(path: Path, rows: Iterable[dict]) -> None:
    """Write one JSON object a line, atomically."""
    write_atomic(path, "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows))


def read_tsv(path: Path, columns: tuple[str, ...]) -> list[dict]:
    """Rows of a tab-separated file with its heading line; each row also has `line`, its number in the file.

    A missing file has no rows. Raises InputError naming file and line for an unknown heading or a row of the wrong width.
    """
    if not Path(path).exists():
        return []
    text = Path(path).read_text(encoding="utf-8-sig")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter="\t", quoting=csv.QUOTE_MINIMAL)
    heading = next(reader, None)
    if heading is None:
        return []
    unknown = [name for name in heading if name not in columns]
    if unknown:
        raise InputError(f"{path}:1: unknown column {', '.join(unknown)}; allowed: {', '.join(columns)}")
    rows = []
    for row in reader:
        if not any(cell.strip() for cell in row):
            continue
        if len(row) != len(heading):
            raise InputError(
                f"{path}:{reader.line_num}: {len(row)} cells where the heading has {len(heading)}; each column is parted by one tab"
            )
        rows.append({**dict.fromkeys(columns, ""), **dict(zip(heading, row, strict=True)), "line": reader.line_num})
    return rows


def tsv_text(rows: Iterable[dict], columns: tuple[str, ...]) -> str:
    """Rows as tab-separated text under their heading line; None becomes an empty cell."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter="\t", lineterminator="\n", quoting=csv.QUOTE_MINIMAL)
    writer.writerow(columns)
    for row in rows:
        writer.writerow(["" if row.get(name) is None else row[name] for name in columns])
    return out.getvalue()
