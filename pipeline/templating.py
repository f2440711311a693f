"""The templates of pages and drawings: Jinja2 with everything escaped unless it says otherwise."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

FOLDER = Path(__file__).resolve().parent / "templates"


@cache
def environment() -> Environment:
    """Autoescaping for every template, whatever its name; an unknown name is an error and not an empty string."""
    return Environment(
        loader=FileSystemLoader(FOLDER), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True,
        keep_trailing_newline=True,
    )  # fmt: skip


def template(name: str) -> Template:
    """A template of pipeline/templates."""
    return environment().get_template(name)
