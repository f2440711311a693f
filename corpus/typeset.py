"""Typesets specimen papers: `python corpus/typeset.py <review>` sets corpus/<review>/specimens/*.md into corpus/<review>/papers/.

A source is Markdown under a front matter in YAML. `medium` is pdf or jats; `layout` says how a PDF looks (see `Layout`). In the body:
a table stands between a paragraph `Caption: Table 1 | words` and, if it has notes, a paragraph `Note: words`; a cell `<<` is merged
with the one to its left, `^^` with the one above; `# Abstract` and `# References` have the usual meaning. The front matter names
tables that are not set where they stand: `top: {2: [Table 1]}` over the columns of page 2, `landscape: [Table 3]` on turned pages at
the end, `floats: [Table 2]` in the floats-group of the JATS; `head_rows: {Table 2: 2}` where a heading has more than one row.
"""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # so that it runs as a script, without the package being installed

from typeset_jats import to_jats  # noqa: E402
from typeset_pdf import to_pdf  # noqa: E402
from typeset_source import Specimen, read_specimen  # noqa: E402

from pipeline.files import InputError, write_atomic  # noqa: E402

SETTERS = {"pdf": (to_pdf, "pdf"), "jats": (to_jats, "xml")}


def typeset(specimen: Specimen) -> tuple[str, bytes]:
    """A specimen's file name and bytes."""
    setter, ending = SETTERS[specimen.front["medium"]]
    return f"{specimen.key}.specimen.{ending}", setter(specimen)


def main(review: str) -> None:
    """Sets every specimen of a review; raises InputError where there is none."""
    folder = ROOT / "corpus" / review
    sources = sorted((folder / "specimens").glob("*.md"))
    if not sources:
        raise InputError(f"{folder / 'specimens'}: no specimens (*.md)")
    for path in sources:
        name, content = typeset(read_specimen(path))
        write_atomic(folder / "papers" / name, content)
    print(f"{len(sources)} specimens set in {folder / 'papers'}")


if __name__ == "__main__":
    try:
        main(sys.argv[1] if len(sys.argv) == 2 else sys.exit(__doc__))
    except InputError as error:
        sys.exit(str(error))
