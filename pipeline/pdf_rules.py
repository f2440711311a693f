"""The straight strokes drawn on a PDF page: ruling lines, thin rectangles, edges of boxes."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator

import pypdfium2.raw as raw


def strokes_of(page) -> list[tuple[float, float, float, float]]:
    """The horizontal and vertical strokes of a page (left, bottom, right, top in the file's own space)."""
    return [box for shape in _paths(page, raw.FPDFPage_CountObjects, raw.FPDFPage_GetObject) for box in _edges(shape)]


def _paths(handle, count, get, depth: int = 0) -> Iterator[object]:
    """The drawn paths among a page's or a form's objects."""
    for position in range(min(count(handle), 20000)):
        shape = get(handle, position)
        kind = raw.FPDFPageObj_GetType(shape)
        if kind == raw.FPDF_PAGEOBJ_PATH:
            if not depth or not is_clipped(shape):
                yield shape
        elif kind == raw.FPDF_PAGEOBJ_FORM and depth < 3:
            yield from _paths(shape, raw.FPDFFormObj_CountObjects, raw.FPDFFormObj_GetObject, depth + 1)


def _edges(shape) -> Iterator[tuple[float, float, float, float]]:
    """The straight horizontal and vertical strokes of a path (left, bottom, right, top in the file's space)."""
    left, bottom, right, top = (ctypes.c_float() for _ in range(4))
    raw.FPDFPageObj_GetBounds(shape, left, bottom, right, top)
    box = (left.value, bottom.value, right.value, top.value)
    wide, tall = box[2] - box[0], box[3] - box[1]
    if min(wide, tall) < 3 and max(wide, tall) > 8:
        yield box
    elif min(wide, tall) > 8 and raw.FPDFPath_CountSegments(shape) <= 200:
        yield from _segments(shape)


def _segments(shape) -> Iterator[tuple[float, float, float, float]]:
    """The straight strokes of a path that is more than one thin line."""
    matrix = raw.FS_MATRIX()
    raw.FPDFPageObj_GetMatrix(shape, ctypes.byref(matrix))
    x, y, last, first = ctypes.c_float(), ctypes.c_float(), None, None
    for position in range(raw.FPDFPath_CountSegments(shape)):
        segment = raw.FPDFPath_GetPathSegment(shape, position)
        raw.FPDFPathSegment_GetPoint(segment, x, y)
        point = (matrix.a * x.value + matrix.c * y.value + matrix.e, matrix.b * x.value + matrix.d * y.value + matrix.f)
        kind = raw.FPDFPathSegment_GetType(segment)
        if kind == raw.FPDF_SEGMENT_MOVETO:
            first = point
        elif kind == raw.FPDF_SEGMENT_LINETO and last:
            yield from _stroke(last, point)
        last = point
        if raw.FPDFPathSegment_GetClose(segment) and first:
            yield from _stroke(last, first)


def _stroke(start: tuple[float, float], end: tuple[float, float]) -> Iterator[tuple[float, float, float, float]]:
    box = (min(start[0], end[0]), min(start[1], end[1]), max(start[0], end[0]), max(start[1], end[1]))
    if min(box[2] - box[0], box[3] - box[1]) < 1.5 and max(box[2] - box[0], box[3] - box[1]) > 8:
        yield box


def is_clipped(shape) -> bool:
    """Whether an object lies outside what its clipping paths leave to be seen."""
    left, bottom, right, top, x, y = (ctypes.c_float() for _ in range(6))
    raw.FPDFPageObj_GetBounds(shape, left, bottom, right, top)
    middle = ((left.value + right.value) / 2, (bottom.value + top.value) / 2)
    clip = raw.FPDFPageObj_GetClipPath(shape)
    for path in range(max(raw.FPDFClipPath_CountPaths(clip), 0) if clip else 0):
        points = []
        for place in range(min(raw.FPDFClipPath_CountPathSegments(clip, path), 200)):
            segment = raw.FPDFClipPath_GetPathSegment(clip, path, place)
            raw.FPDFPathSegment_GetPoint(segment, x, y)
            points.append((x.value, y.value))
        for axis in (0, 1):
            if points and not min(point[axis] for point in points) - 1 <= middle[axis] <= max(point[axis] for point in points) + 1:
                return True
    return False
