"""A PDF of sheets under construction: what all of them share, as PDF/X-4 asks for it, and its pages.

Rests on ISO 15930-7 (PDF/X-4) in PDF 1.6. Pages are the untrimmed sheet; TrimBox is the sheet as it is sold, BleedBox
how far pictures go beyond it. Marks that do not change from sheet to sheet are Form XObjects, stored once; `page_file`
puts the pages behind them. No clock, no random identifier and no system font enters the file: its bytes depend on its
input alone. The standard wants dates all the same, so the file is dated the first day of the year of issue; and its
document identifier is a digest of its content. What a sheet holds is for `sheet_pdf` and `claim_layer` to say; what
PDF/X-4 asks for and can be checked is in `pdfx`.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Final
from xml.sax.saxutils import escape

import pikepdf

from cryptostamp.press.colour import REGISTRY, inks_of
from cryptostamp.press.imposition import SheetGeometry
from cryptostamp.press.marks import Box
from cryptostamp.press.pdf.operators import POINTS_PER_MM, PageWriter, Plates, number
from cryptostamp.press.pdf.page_file import SharedPart, shared_part
from cryptostamp.press.pdf.sheet_furniture import FURNITURE_LETTERS, register_marks, selvedge, selvedge_texts, slug
from cryptostamp.series.models import Series

__all__ = ["AFTER", "BEFORE", "LETTERS_OF_CODES", "SheetBook", "blend_as_on_screen"]

LETTERS_OF_CODES = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-. "
"""The characters of serial numbers and codes, which are embedded before the first stamp is known."""

BEFORE: Final = f"q {POINTS_PER_MM:.6f} 0 0 {POINTS_PER_MM:.6f} 0 0 cm\n".encode()
AFTER: Final = b"\nQ\n"
"""What the operators of a page stand between: its unit is the millimetre."""


class SheetBook:
    """A PDF under construction whose pages are sheets of one series; `what` names the layer it is."""

    def __init__(self, series: Series, geometry: SheetGeometry, letters: str, what: str = "faces") -> None:
        self.series = series
        self.geometry = geometry
        self.title = f"{series.title} ({series.id}): {what}"
        self.inks = inks_of(series)
        self.pdf = pikepdf.new()
        texts = "".join((*selvedge_texts(series), FURNITURE_LETTERS, LETTERS_OF_CODES, letters, slug(series, what)))
        self.plates = Plates(self.pdf, texts)
        self.forms = self.pdf.make_indirect(pikepdf.Dictionary())
        self.resources = self.pdf.make_indirect(pikepdf.Dictionary({**self.plates.resources, "/XObject": self.forms}))
        self.add_form("Register", register_marks(series, geometry, self.inks, what), geometry.media)

    def writer(self, height_mm: float) -> PageWriter:
        """Return a writer for a page or form of this book, in its inks."""
        return PageWriter(height_mm, self.inks)

    def add_form(self, name: str, operators: str, box: Box, **xobjects: pikepdf.Object) -> None:
        """Add a Form XObject in mm that pages can paint by name, clipped to a box from its lower left corner."""
        resources = pikepdf.Dictionary(self.plates.resources)
        if xobjects:
            resources["/XObject"] = pikepdf.Dictionary({f"/{key}": value for key, value in xobjects.items()})
        self.plates.provide_inks(operators)
        form = self.plates.stream(operators.encode())
        form["/Type"], form["/Subtype"] = pikepdf.Name("/XObject"), pikepdf.Name("/Form")
        form["/BBox"] = pikepdf.Array(list(map(_decimal, (box.x_mm, box.y_mm, box.right_mm, box.bottom_mm))))
        form["/Resources"] = resources
        self.forms[f"/{name}"] = form

    def page_of(self, writer: PageWriter) -> tuple[bytes, bytes, bytes]:
        """Return a page with these operators, which are in mm, as `PageList` takes it; their inks get plates."""
        operators = writer.operators()
        self.plates.provide_inks(operators)
        return BEFORE, operators.encode(), AFTER

    def shared(self) -> SharedPart:
        """Return all of the file but its pages. Nothing can be added then."""
        self.add_form("Selvedge", selvedge(self.series, self.geometry, self.plates.printed_spots), self.geometry.media)
        packet = self._describe()
        page = pikepdf.Dictionary(
            {
                "/MediaBox": self._box(self.geometry.media),
                "/BleedBox": self._box(self.geometry.bleed),
                "/TrimBox": self._box(self.geometry.trim),
                # Pictures may be transparent: what is below them is blended as ink, not as light.
                "/Group": pikepdf.Dictionary(
                    {
                        "/Type": pikepdf.Name("/Group"),
                        "/S": pikepdf.Name("/Transparency"),
                        "/CS": pikepdf.Name("/DeviceCMYK"),
                    }
                ),
                "/Resources": self.resources,
            }
        )
        return shared_part(self.pdf, page, packet)

    def _box(self, box: Box) -> pikepdf.Array:
        high = self.geometry.media.height_mm
        corners = (box.x_mm, high - box.bottom_mm, box.right_mm, high - box.y_mm)
        return pikepdf.Array([_decimal(value * POINTS_PER_MM) for value in corners])

    def _describe(self) -> tuple[bytes, bytes]:
        """Say what the file is, and for which printing condition: OutputIntent and Info, and the same in XMP.

        XMP is returned: what stands before and after the identifier of the document.
        """
        inks, root = self.inks, self.pdf.Root
        intent = {
            "/Type": pikepdf.Name("/OutputIntent"),
            "/S": pikepdf.Name("/GTS_PDFX"),
            "/OutputConditionIdentifier": pikepdf.String(inks.condition),
            "/Info": pikepdf.String(f"{inks.condition}, at most {inks.ink_limit} % of ink"),
            "/RegistryName": pikepdf.String(REGISTRY),
            "/DestOutputProfile": self.pdf.make_indirect(self.plates.stream(inks.profile, N=4)),
        }
        root["/OutputIntents"] = pikepdf.Array([self.pdf.make_indirect(pikepdf.Dictionary(intent))])
        date = pikepdf.String(f"D:{self.series.year}0101000000Z")
        info = {"/Title": pikepdf.String(self.title), "/CreationDate": date, "/ModDate": date}
        self.pdf.trailer["/Info"] = self.pdf.make_indirect(
            pikepdf.Dictionary({**info, "/Trapped": pikepdf.Name("/False")})
        )
        before, _, after = _XMP.partition("{identity}")
        return before.format(title=escape(self.title), year=self.series.year).encode(), after.encode()


def blend_as_on_screen(picture: pikepdf.Object) -> None:
    """Let the parts of a picture, a form with colours in calibrated RGB, be blended in that space and not as ink.

    The picture is one isolated group (ISO 32000-2, 11.6.6): what is half transparent in it looks as it was drawn, and
    the whole is turned into inks where it is printed, through the profile of the output intent.
    """
    spaces = picture.get("/Resources", pikepdf.Dictionary()).get("/ColorSpace", pikepdf.Dictionary())
    calibrated = [space for space in spaces.values() if space[0] == "/ICCBased" and space[1]["/N"] == 3]  # noqa: PLR2004
    if calibrated:
        picture["/Group"] = pikepdf.Dictionary(
            {"/Type": pikepdf.Name("/Group"), "/S": pikepdf.Name("/Transparency"), "/CS": calibrated[0], "/I": True}
        )


def _decimal(value: float) -> Decimal:
    return Decimal(number(value))


_XMP = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:pdf="http://ns.adobe.com/pdf/1.3/"
 xmlns:pdfxid="http://www.npes.org/pdfx/ns/id/" xmlns:xmp="http://ns.adobe.com/xap/1.0/"
 xmlns:xmpMM="http://ns.adobe.com/xap/1.0/mm/">
<pdfxid:GTS_PDFXVersion>PDF/X-4</pdfxid:GTS_PDFXVersion>
<pdf:Trapped>False</pdf:Trapped>
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>
<xmp:CreateDate>{year}-01-01T00:00:00Z</xmp:CreateDate>
<xmp:ModifyDate>{year}-01-01T00:00:00Z</xmp:ModifyDate>
<xmp:MetadataDate>{year}-01-01T00:00:00Z</xmp:MetadataDate>
<xmpMM:DocumentID>uuid:{identity}</xmpMM:DocumentID>
<xmpMM:VersionID>1</xmpMM:VersionID>
<xmpMM:RenditionClass>default</xmpMM:RenditionClass>
</rdf:Description></rdf:RDF></x:xmpmeta>
<?xpacket end="r"?>
"""
