"""A sheet as its printer sees it, as a picture: the print file itself, drawn by a library that did not write it.

The die line and other inks with plates of their own are seen in the colours that stand for them. What a press makes
of the process colours is not shown: PDFium knows no output intent.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory

import pypdfium2  # type: ignore[import-untyped]
from PIL import Image

from cryptostamp.errors import InputError
from cryptostamp.press.imposition import sheet_geometry
from cryptostamp.press.pdf.sheet_pdf import write_face_pdf
from cryptostamp.press.runs import FaceRun
from cryptostamp.press.stamp_image import StampFace
from cryptostamp.series.models import Series

__all__ = ["draw_sheet", "view_sheet"]

_MAX_PIXELS = 120_000_000
_FINER = 2
"""PDFium draws no line thinner than a pixel; fine lines come out too dark unless pixels are small."""


def draw_sheet(series: Series, faces: Iterable[StampFace] | FaceRun, *, dpi: int = 150) -> Image.Image:
    """Return the first sheet of these faces, untrimmed, RGB.

    Raises `InputError` for a picture that would be too large, and what `write_face_pdf` raises.
    """
    media = sheet_geometry(series).media
    wanted = media.width_mm * media.height_mm * (_FINER * dpi / 25.4) ** 2
    if wanted > _MAX_PIXELS:
        raise InputError(
            f"At {dpi} dpi the sheet of {media.width_mm:g} x {media.height_mm:g} mm takes {wanted / 10**6:,.0f} "
            "million pixels to draw.",
            where="dpi",
            remedy=f"Choose at most {int(dpi * (_MAX_PIXELS / wanted) ** 0.5)} dpi.",
        )
    with TemporaryDirectory() as folder:
        path = Path(folder) / "sheet.pdf"
        write_face_pdf(path, series, faces)
        return view_sheet(path, dpi=dpi)


def view_sheet(path: Path, *, dpi: int = 150) -> Image.Image:
    """Return the first page of a print file of this program, RGB."""
    document = pypdfium2.PdfDocument(path)
    try:
        drawn: Image.Image = document[0].render(scale=_FINER * dpi / 72, may_draw_forms=False).to_pil()
        return drawn.convert("RGB").reduce(_FINER)
    finally:
        document.close()
