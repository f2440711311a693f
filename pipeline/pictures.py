"""Pictures of places on pages: a crop around a quote with its box marked."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageChops, ImageDraw

from pipeline import pdf_recover
from pipeline.files import sha256, write_atomic
from pipeline.records import Box

SCALE = 2.0  # pixels a point
LEAST_WIDTH, MARGIN_X, MARGIN_Y = 380, 24, 56  # points around the box, so that the sentence's neighbours show
MARKER, OUTLINE = (255, 236, 139), (196, 120, 0)


@dataclass(frozen=True, slots=True)
class Spot:
    """A place on a page of a PDF file."""

    paper: str
    path: Path
    page: int
    bbox: Box

    def name(self, digest: str) -> str:
        """The picture's file name: other bytes of the PDF or another box give another name."""
        words = f"{digest} {self.page} {' '.join(f'{edge:.1f}' for edge in self.bbox)} {SCALE}"
        return f"{self.paper}-p{self.page}-{hashlib.sha256(words.encode()).hexdigest()[:10]}.png"


def write_pictures(spots: Iterable[Spot], folder: Path) -> dict[Spot, str]:
    """A picture of each spot in the folder, by file name; pictures no longer wanted are removed, those already there are kept."""
    wanted = sorted(set(spots), key=lambda spot: (str(spot.path), spot.page, spot.bbox))
    digests = {path: sha256(path) for path in sorted({spot.path for spot in wanted})}
    names = {spot: spot.name(digests[spot.path]) for spot in wanted}
    folder.mkdir(parents=True, exist_ok=True)
    present = {path.name for path in folder.glob("*.png")}
    for stale in sorted(present - set(names.values())):
        (folder / stale).unlink()
    for path in digests:
        missing = [spot for spot in wanted if spot.path == path and names[spot] not in present]
        if missing:
            write_of_file(path, missing, names, folder)
    return names


def write_of_file(path: Path, spots: list[Spot], names: dict[Spot, str], folder: Path) -> None:
    """The pictures of one PDF, each of its pages drawn once."""
    document = pdf_recover.opened(path)
    try:
        for number in sorted({spot.page for spot in spots}):
            page = document[number - 1].render(scale=SCALE).to_pil().convert("RGB")
            for spot in spots:
                if spot.page == number:
                    write_atomic(folder / names[spot], png(crop(page, spot.bbox)))
    finally:
        document.close()


def crop(page: Image.Image, bbox: Box) -> Image.Image:
    """The part of a page around a box (in points), the box marked as by a text marker."""
    x0, top, x1, bottom = (edge * SCALE for edge in bbox)
    mark = [round(x0 - 3), round(top - 3), round(x1 + 3), round(bottom + 3)]
    coloured = Image.new("RGB", page.size, "white")
    ImageDraw.Draw(coloured).rounded_rectangle(mark, radius=5, fill=MARKER, outline=OUTLINE, width=2)
    marked = ImageChops.multiply(page, coloured)
    spare = max(MARGIN_X * SCALE, (LEAST_WIDTH * SCALE - (x1 - x0)) / 2)
    left, right = x0 - spare, x1 + spare
    if left < 0:
        left, right = 0, right - left
    if right > page.width:
        left, right = max(0, left - (right - page.width)), page.width
    upper, lower = max(0, top - MARGIN_Y * SCALE), min(page.height, bottom + MARGIN_Y * SCALE)
    return marked.crop((round(left), round(upper), round(right), round(lower)))


def png(image: Image.Image) -> bytes:
    """The image as a small PNG of few colours."""
    out = io.BytesIO()
    image.quantize(24, dither=Image.Dither.NONE).save(out, "PNG", optimize=True)
    return out.getvalue()
