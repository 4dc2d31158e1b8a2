"""A PDF of sheets under construction: its pages, and what all of them share.

Pages are the untrimmed sheet; TrimBox is the sheet as it is sold. Marks that do not change from sheet to
sheet are Form XObjects, stored once. No date, no random identifier and no system font enters the file:
its bytes depend on its input alone. What a sheet holds is for `sheet_pdf` and `claim_layer` to say.
"""

from __future__ import annotations

from io import BytesIO

import pikepdf

from cryptostamp.press.imposition import SheetGeometry
from cryptostamp.press.marks import Box
from cryptostamp.press.pdf_marks import POINTS_PER_MM, PageWriter, Plates, number
from cryptostamp.press.sheet_furniture import register_marks, selvedge, selvedge_texts
from cryptostamp.series.models import Series

__all__ = ["LETTERS_OF_CODES", "SheetBook"]

LETTERS_OF_CODES = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-. "
"""The characters of serial numbers and codes, which are embedded before the first stamp is known."""


class SheetBook:
    """A PDF under construction whose pages are sheets of one series."""

    def __init__(self, series: Series, geometry: SheetGeometry, letters: str) -> None:
        self.series = series
        self.geometry = geometry
        self.pdf = pikepdf.new()
        texts = "".join(selvedge_texts(series)) + "Plate Sheet of No. " + LETTERS_OF_CODES + letters
        self.plates = Plates(self.pdf, texts)
        self.forms = self.pdf.make_indirect(pikepdf.Dictionary())
        self.resources = self.pdf.make_indirect(pikepdf.Dictionary({**self.plates.resources, "/XObject": self.forms}))
        self.add_form("Register", register_marks(geometry), geometry.media)
        self.add_form("Selvedge", selvedge(series, geometry), geometry.media)

    def add_form(self, name: str, operators: str, box: Box, **xobjects: pikepdf.Object) -> None:
        """Add a Form XObject in mm that pages can paint by name."""
        resources = pikepdf.Dictionary(self.plates.resources)
        if xobjects:
            resources["/XObject"] = pikepdf.Dictionary({f"/{key}": value for key, value in xobjects.items()})
        form = self.plates.stream(operators.encode())
        form["/Type"], form["/Subtype"] = pikepdf.Name("/XObject"), pikepdf.Name("/Form")
        form["/BBox"] = pikepdf.Array([0, 0, _decimal(box.width_mm), _decimal(box.height_mm)])
        form["/Resources"] = resources
        self.forms[f"/{name}"] = form

    def add_sheet(self, writer: PageWriter) -> None:
        """Append a page with these operators, which are in mm."""
        media, trim, k = self.geometry.media, self.geometry.trim, POINTS_PER_MM
        scaled = f"q {k:.6f} 0 0 {k:.6f} 0 0 cm\n{writer.operators()}\nQ\n".encode()
        cut = [trim.x_mm, media.height_mm - trim.bottom_mm, trim.right_mm, media.height_mm - trim.y_mm]
        page = pikepdf.Dictionary(
            {
                "/Type": pikepdf.Name("/Page"),
                "/MediaBox": pikepdf.Array([0, 0, _decimal(media.width_mm * k), _decimal(media.height_mm * k)]),
                "/TrimBox": pikepdf.Array([_decimal(value * k) for value in cut]),
                "/Resources": self.resources,
                "/Contents": self.plates.stream(scaled),
            }
        )
        self.pdf.pages.append(pikepdf.Page(self.pdf.make_indirect(page)))

    def saved(self) -> BytesIO:
        """Return the file, to be read from its start; its identifier is a digest of its content.

        It is made in memory: a disk that is full while qpdf writes to it ends the whole process.
        """
        out = BytesIO()
        self.pdf.save(
            out,
            deterministic_id=True,
            object_stream_mode=pikepdf.ObjectStreamMode.generate,
            recompress_flate=False,
        )
        out.seek(0)
        return out


def _decimal(value: float) -> object:
    return pikepdf.Object.parse(number(value).encode())
