from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from io import BytesIO

import numpy as np
import pikepdf
import pypdfium2
import pytest
import zxingcpp

from cryptostamp.codes import ClaimCode, QrSymbol
from cryptostamp.errors import InputError
from cryptostamp.press import ClaimPart, claim_layer_pdf, place_of, scratch_layer_pdf
from cryptostamp.press.claim_layout import claim_layout
from cryptostamp.press.imposition import sheet_geometry
from cryptostamp.primitives import Serial
from cryptostamp.series import Series

Part = Callable[[int], ClaimPart]
DPI = 300


class TestClaimLayer:
    """The hidden codes, in register with the faces."""

    def test_every_hidden_code_reads_back_from_the_place_of_its_stamp(
        self, leapfrog: Series, claim_part: Part, claim_code: Callable[[int], ClaimCode]
    ) -> None:
        """zxing-cpp finds each claim link on the cell of its serial."""
        serials = [26, 27, 31, 50]
        data = claim_layer_pdf(leapfrog, (claim_part(n) for n in serials))
        geometry = sheet_geometry(leapfrog)
        found = {}
        with pypdfium2.PdfDocument(data) as document:
            assert len(document) == 1
            page = document[0].render(scale=DPI / 72).to_pil().convert("RGB")
        for code in zxingcpp.read_barcodes(page):
            x, y = (v * 25.4 / DPI for v in (code.position.top_left.x, code.position.top_left.y))
            column = int((x - geometry.pane.x_mm) // geometry.stamp_width_mm)
            row = int((y - geometry.pane.y_mm) // geometry.stamp_height_mm)
            found[2, row, column] = code.text
        found = {place: text for place, text in found.items() if not text.startswith("LEAP/")}  # the sheets' own codes
        assert found == {place_of(leapfrog, Serial(n)): claim_code(n).url("lilypond.example") for n in serials}

    def test_the_code_is_printed_in_groups(self, leapfrog: Series, claim_part: Part) -> None:
        """Seven groups of four can be read by a person."""
        with pypdfium2.PdfDocument(claim_layer_pdf(leapfrog, [claim_part(3)])) as document:
            text = document[0].get_textpage().get_text_bounded()
        for group in claim_part(3).claim_text.split("-"):
            assert group in text
        assert "lilypond.example/claim" in text

    def test_pages_have_the_boxes_of_the_faces(self, leapfrog: Series, claim_part: Part) -> None:
        """Same sheet, same trim."""
        geometry = sheet_geometry(leapfrog)
        with pypdfium2.PdfDocument(claim_layer_pdf(leapfrog, [claim_part(3)])) as document:
            width, height = document[0].get_size()
        assert (width, height) == pytest.approx(
            (geometry.media.width_mm * 72 / 25.4, geometry.media.height_mm * 72 / 25.4), abs=0.01
        )

    def test_the_same_parts_give_the_same_bytes(self, leapfrog: Series, claim_part: Part) -> None:
        """The layer depends on its input alone."""
        parts = [claim_part(n) for n in (1, 2)]
        assert claim_layer_pdf(leapfrog, parts) == claim_layer_pdf(leapfrog, iter(parts))

    def test_no_parts_are_refused(self, leapfrog: Series) -> None:
        """An empty layer would look like a print job."""
        with pytest.raises(InputError, match=r"no claim part"):
            claim_layer_pdf(leapfrog, [])

    def test_symbols_of_different_versions_are_refused(self, leapfrog: Series, claim_part: Part) -> None:
        """The error names the stamp."""
        large = replace(claim_part(2), symbol=QrSymbol(version=7, modules=np.zeros((45, 45), dtype=np.bool_)))
        with pytest.raises(InputError, match=r"45 modules") as caught:
            claim_layer_pdf(leapfrog, [claim_part(1), large])
        assert caught.value.where == "stamp No. 2"


class TestScratchPlate:
    """The field that hides the codes."""

    def test_it_covers_every_code_in_black(self, leapfrog: Series) -> None:
        """One black box a place, where the claim part has its secret, and no letter."""
        data = scratch_layer_pdf(leapfrog)
        geometry, field = sheet_geometry(leapfrog), claim_layout(leapfrog, 37).field(None)
        with pypdfium2.PdfDocument(data) as document:
            page = np.asarray(document[0].render(scale=DPI / 72).to_pil().convert("L"))
            assert document[0].get_textpage().get_text_bounded().startswith("LEAP · scratch field · ")
        for row, column in ((0, 0), (4, 4)):
            cell = geometry.cell(row, column)
            left, right = (round((cell.x_mm + v) * DPI / 25.4) for v in (field.secret.x_mm, field.secret.right_mm))
            top, bottom = (round((cell.y_mm + v) * DPI / 25.4) for v in (field.secret.y_mm, field.secret.bottom_mm))
            assert page[top:bottom, left:right].max() == 0
            assert page[top - 12, left] == 255
        with pikepdf.open(BytesIO(data)) as pdf:
            assert pdf.pages[0].Contents.read_bytes().count(b"re f") == 25
