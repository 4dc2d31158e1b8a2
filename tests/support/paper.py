"""Marks on paper: a page with nothing else, and what a PDF reader that did not write it makes of it."""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from io import BytesIO

import numpy as np
import numpy.typing as npt
import pikepdf
import pypdfium2
from PIL import Image

from cryptostamp.press.marks import CURVE_UNIT_MM, Area, Curves, Mark, Path, TextRun
from cryptostamp.press.pdf.operators import POINTS_PER_MM, PageWriter, Plates
from cryptostamp.press.raster import draw_marks, pixels

__all__ = ["bytes_on_paper", "corner_of", "on_paper", "on_screen", "page_of", "spots_of"]


def page_of(marks: Iterable[Mark], width_mm: float, height_mm: float) -> bytes:
    """Return a PDF of one page that holds the marks."""
    marks = list(marks)
    pdf = pikepdf.new()
    plates = Plates(pdf, "".join(mark.text for mark in marks if isinstance(mark, TextRun)))
    writer = PageWriter(height_mm)
    writer.draw(marks)
    plates.provide_inks(writer.operators())
    scaled = f"q {POINTS_PER_MM:.6f} 0 0 {POINTS_PER_MM:.6f} 0 0 cm\n{writer.operators()}\nQ\n"
    page = pikepdf.Dictionary(
        {
            "/Type": pikepdf.Name("/Page"),
            "/MediaBox": [0, 0, round(width_mm * POINTS_PER_MM, 4), round(height_mm * POINTS_PER_MM, 4)],
            "/Resources": pikepdf.Dictionary(plates.resources),
            "/Contents": plates.stream(scaled.encode()),
        }
    )
    pdf.pages.append(pikepdf.Page(pdf.make_indirect(page)))
    out = BytesIO()
    pdf.save(out, deterministic_id=True)
    return out.getvalue()


def on_paper(marks: Iterable[Mark], width_mm: float, height_mm: float, dpi: int) -> npt.NDArray[np.float64]:
    """Return the grey picture PDFium makes of the marks, 0 black to 1 white."""
    with pypdfium2.PdfDocument(page_of(marks, width_mm, height_mm)) as document:
        image = document[0].render(scale=dpi / 72).to_pil().convert("L")
    image = image.crop((0, 0, pixels(width_mm, dpi), pixels(height_mm, dpi)))
    return np.asarray(image, dtype=np.float64) / 255


def on_screen(marks: Iterable[Mark], width_mm: float, height_mm: float, dpi: int) -> npt.NDArray[np.float64]:
    """Return the grey picture of a screen."""
    image = Image.new("RGB", (pixels(width_mm, dpi), pixels(height_mm, dpi)), "#ffffff")
    draw_marks(image, marks, dpi)
    return np.asarray(image.convert("L"), dtype=np.float64) / 255


def bytes_on_paper(marks: Iterable[Mark]) -> int:
    """Return how many bytes marks add to a page."""
    writer = PageWriter(50)
    writer.draw(marks)
    return len(zlib.compress(writer.operators().encode(), 6))


def _pieces(path: Path) -> npt.NDArray[np.float64]:
    """Return the pieces of a path in mm, (n, 4, 2): start, two handles, end."""
    numbers = np.asarray(path, dtype=np.float64) * CURVE_UNIT_MM
    rest = numbers[2:].reshape(-1, 3, 2)
    starts = np.concatenate([numbers[None, :2], rest[:-1, 2]])
    return np.concatenate([starts[:, None], rest], axis=1)


def spots_of(marks: Iterable[Curves | Area]) -> npt.NDArray[np.float64]:
    """Return points on all lines of marks in mm, (n, 2), nine on each piece."""
    spots = []
    for mark in marks:
        turns = mark.turns if isinstance(mark, Curves) else 1
        for path in mark.paths:
            t = np.linspace(0, 1, 9)[:, None, None]
            start, out, into, end = _pieces(path).transpose(1, 0, 2)
            line = (1 - t) ** 3 * start + 3 * t * (1 - t) ** 2 * out + 3 * t * t * (1 - t) * into + t**3 * end
            for turn in range(turns):
                angle = 2 * np.pi * turn / turns
                turned = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
                spots.append(line.reshape(-1, 2) @ turned + mark.origin_mm)
    return np.concatenate(spots)


def corner_of(path: Path) -> float:
    """Return in mm how far handles at the sharpest corner of a path, a closed one's start included, are out of line.

    The grid alone puts each end of a handle off by up to 0.0035 mm, and so a handle by up to 0.014 mm.
    """
    pieces = _pieces(path)
    into, out = pieces[:, 3] - pieces[:, 2], pieces[:, 1] - pieces[:, 0]
    if path[:2] == path[-2:]:
        out = np.roll(out, -1, axis=0)
    else:
        into, out = into[:-1], out[1:]
    if not len(into):
        return 0.0
    lengths = np.hypot(*into.T), np.hypot(*out.T)
    cross = np.abs(into[:, 0] * out[:, 1] - into[:, 1] * out[:, 0])
    back = (into * out).sum(axis=1) < 0
    return float(np.where(back, np.minimum(*lengths), cross / np.maximum(np.maximum(*lengths), 1e-9)).max())
