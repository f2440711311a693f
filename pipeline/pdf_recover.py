"""A PDF cut off in transfer: what is whole in it gathered under a new list of pages, blank where pages are missing."""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path

import pypdfium2

_OBJECT = re.compile(rb"(?<![\d.])(\d{1,7})[ \r\n]+(\d{1,5})[ \r\n]+obj\b")
_PAGE = re.compile(rb"/Type\s*/Page(?![A-Za-z])")
_NODE = re.compile(rb"/Type\s*/Pages\b")
_PACKED = re.compile(rb"/Type\s*/ObjStm\b")
_KIDS = re.compile(rb"/Kids\s*\[([^\]]*)\]")
_REFERENCE = re.compile(rb"(\d+)\s+\d+\s+R")
_CONTENTS = re.compile(rb"/Contents\s*(\[[^\]]*\]|\d+\s+\d+\s+R)")
_COUNT = re.compile(rb"/Count\s+(\d+)")
_PARENT = re.compile(rb"/Parent\s+(\d+)\s+\d+\s+R")
_STREAM = re.compile(rb"stream\r?\n")
_LONGEST = 200_000  # bytes of an object that are looked through for its dictionary


@dataclass(slots=True)
class Recovered:
    """A file made whole: its bytes, the numbers of the pages that hold something, and how many pages there were (None: unknown)."""

    content: bytes
    pages: list[int]
    total: int | None

    @property
    def told(self) -> str:
        """What was recovered and what is missing, in words."""
        held = f"{'pages' if len(self.pages) > 1 else 'page'} {', '.join(map(str, self.pages))}"
        if self.total is None:
            return f"truncated file: {held} could be read, the rest is missing"
        missing = self.total - len(self.pages)
        return f"truncated file: {held} of {self.total} could be read, {missing} {'page is' if missing == 1 else 'pages are'} missing"


def opened(path: Path) -> pypdfium2.PdfDocument:
    """The PDF, recovered where it is cut off. Raises PdfiumError where no page can be had."""
    found = recovered(path)
    return pypdfium2.PdfDocument(path) if found is None else pypdfium2.PdfDocument(found.content)


def recovered(path: Path) -> Recovered | None:
    """What can be had of a file that is cut off; None for a file that is whole, or that holds no whole page."""
    if not is_cut_off(path) or _all_load(path):
        return None
    raw = path.read_bytes()
    objects = _objects(raw)
    order, total = _order(objects)
    pages = [number for number, page in enumerate(order, 1) if page is not None]
    return Recovered(_joined(raw, objects, order), pages, total) if pages else None


def is_cut_off(path: Path) -> bool:
    """Whether a PDF lacks its end mark."""
    size = path.stat().st_size
    with open(path, "rb") as file:
        file.seek(max(0, size - 2048))
        return b"%%EOF" not in file.read()


def _all_load(path: Path) -> bool:
    """Whether PDFium opens the file as it is and has each of its pages; also for a file that asks for a password."""
    try:
        document = pypdfium2.PdfDocument(path)
    except pypdfium2.PdfiumError as error:
        return "password" in str(error).lower()
    try:
        return len(document) > 0 and all(document[number].get_width() > 0 for number in range(len(document)))
    except pypdfium2.PdfiumError:
        return False
    finally:
        document.close()


def _objects(raw: bytes) -> dict[int, tuple[int | None, bytes]]:
    """Each object's place in the file (None for one out of a packed stream) and its dictionary, the last one under a number."""
    found: dict[int, tuple[int | None, bytes]] = {}
    places = list(_OBJECT.finditer(raw))
    for place, after in zip_longest(places, places[1:]):
        body = raw[place.end() : after.start() if after else len(raw)]
        start = _STREAM.search(body[:_LONGEST])
        head = body[: start.start()] if start else body[:_LONGEST].split(b"endobj")[0]
        if after is None and b"endobj" not in body and not start:
            break  # the file ends within this object's dictionary
        found[int(place[1])] = (place.start(), head)
        if start and _PACKED.search(head):
            found |= {number: (None, packed) for number, packed in _unpacked(head, body[start.end() :])}
    return found


def _unpacked(head: bytes, stream: bytes) -> list[tuple[int, bytes]]:
    """The objects in a packed stream, with their numbers."""
    first, count = re.search(rb"/First\s+(\d+)", head), re.search(rb"/N\s+(\d+)", head)
    if first is None or count is None:
        return []
    try:
        content = zlib.decompressobj().decompress(stream) if b"FlateDecode" in head else stream
        numbers = [int(word) for word in content[: int(first[1])].split()[: 2 * int(count[1])]]
    except (zlib.error, ValueError):
        return []
    starts = [*numbers[1::2], len(content)]
    pieces = zip(numbers[::2], starts, starts[1:], strict=False)
    return [(number, content[int(first[1]) + start : int(first[1]) + end]) for number, start, end in pieces]


def _order(objects: dict[int, tuple[int | None, bytes]]) -> tuple[list[int | None], int | None]:
    """The page objects in their order, None where one is missing; and the number of pages as the file states it."""
    nodes = {number: head for number, (_, head) in objects.items() if _NODE.search(head)}
    pages = [number for number, (_, head) in objects.items() if _PAGE.search(head)]
    tops = [number for number, head in nodes.items() if not (parent := _PARENT.search(head)) or int(parent[1]) not in nodes]
    order = [kid for top in tops for kid in _leaves(top, nodes, set(pages), set())]
    roots = [count for top in tops if not _PARENT.search(nodes[top]) and (count := _COUNT.search(nodes[top]))]
    total = int(roots[0][1]) if roots else None
    if total is None or len(order) != total:  # an inner list of pages is missing: which page is which cannot be told
        order = [kid for kid in order if kid is not None]
    order += [page for page in pages if page not in order]
    held = [page if page is not None and _has_contents(objects[page][1], objects) else None for page in order]
    return held, total if total is None or total >= len(order) else None


def _has_contents(page: bytes, objects: dict[int, tuple[int | None, bytes]]) -> bool:
    """Whether any of what a page draws lies in the part of the file that is here."""
    contents = _CONTENTS.search(page)
    return contents is None or any(int(number) in objects for number in _REFERENCE.findall(contents[1]))


def _leaves(node: int, nodes: dict[int, bytes], pages: set[int], seen: set[int]) -> list[int | None]:
    """The pages under a node of the list of pages, None for those that are missing."""
    kids = _KIDS.search(nodes[node])
    found: list[int | None] = []
    for reference in _REFERENCE.findall(kids[1]) if kids and node not in seen else ():
        kid = int(reference)
        found += _leaves(kid, nodes, pages, seen | {node}) if kid in nodes else [kid if kid in pages else None]
    return found


def _joined(raw: bytes, objects: dict[int, tuple[int | None, bytes]], order: list[int | None]) -> bytes:
    """The file with its unpacked objects, a new list of pages (blank ones for those missing), and a new table of its objects."""
    out = bytearray(raw + b"\nendstream\nendobj\n")
    places = {number: place for number, (place, _) in objects.items() if place is not None}
    blank = max(objects) + 1
    kids = b" ".join(b"%d 0 R" % (blank if page is None else page) for page in order)
    added = {number: body for number, (place, body) in objects.items() if place is None}
    added[blank] = b"<</Type/Page/Parent %d 0 R/MediaBox[0 0 595 842]/Resources<<>>>>" % (blank + 1)
    added[blank + 1] = b"<</Type/Pages/Count %d/Kids[%s]>>" % (len(order), kids)
    added[blank + 2] = b"<</Type/Catalog/Pages %d 0 R>>" % (blank + 1)
    for number, body in added.items():
        places[number] = len(out)
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = len(out)
    out += b"xref\n0 1\n0000000000 65535 f \n"
    for number, place in sorted(places.items()):
        out += b"%d 1\n%010d 00000 n \n" % (number, place)
    out += b"trailer\n<</Size %d/Root %d 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (blank + 3, blank + 2, table)
    return bytes(out)
