"""Finished files are opened by a reader that did not write them: pages, letters, boxes, and what is no page at all."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pikepdf
import pytest
import zxingcpp

from cryptostamp.codes import PublicCode
from cryptostamp.errors import InputError
from cryptostamp.press import PagePicture, PrintedFilePages, ProofPlan, StampFace, claim_layer_pdf, write_face_pdf
from cryptostamp.press.proofing import MAX_PAGES
from cryptostamp.primitives import Box
from cryptostamp.series import Series

Face = Callable[[int], StampFace]
MM = 72 / 25.4


@pytest.fixture(scope="module")
def sheets(leapfrog: Series, face: Face, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Print a full sheet and one with five stamps."""
    path = tmp_path_factory.mktemp("press") / "faces.pdf"
    write_face_pdf(path, leapfrog, [face(serial) for serial in range(1, 31)])
    return path


@pytest.fixture(scope="module")
def plan(leapfrog: Series, face: Face) -> ProofPlan:
    """Return what the sheets are to be."""
    return ProofPlan(leapfrog, face(1).symbol.side)


def blank(path: Path, *, width_mm: float = 100, height_mm: float = 50, pages: int = 1) -> Path:
    with pikepdf.new() as pdf:
        for _ in range(pages):
            pdf.add_blank_page(page_size=(width_mm * MM, height_mm * MM))
        pdf.save(path)
    return path


class TestTwoDecoders:
    @pytest.mark.parametrize("index", [0, 1])
    def test_sheets_read_the_same(
        self, sheets: Path, plan: ProofPlan, index: int, public_code: Callable[[int], PublicCode]
    ) -> None:
        """zxing-cpp and OpenCV read from the pixels of a page the code of each stamp at its planned place."""
        serials = list(plan.pages(range(1, 31)))[index][1]
        opencv = cv2.QRCodeDetector()
        with PrintedFilePages(sheets) as file, file.page(index) as page:
            picture = page.picture(300)
        for place in plan.places[: len(serials)]:
            room = picture.part(place.symbol.grown(1.4))
            (found,) = zxingcpp.read_barcodes(room.pixels)
            symbol = place.symbol
            corners = [
                ((x - room.x_mm) * room.per_mm, (y - room.y_mm) * room.per_mm)
                for x, y in (
                    (symbol.x_mm, symbol.y_mm),
                    (symbol.right_mm, symbol.y_mm),
                    (symbol.right_mm, symbol.bottom_mm),
                    (symbol.x_mm, symbol.bottom_mm),
                )
            ]
            text, _ = opencv.decode(np.ascontiguousarray(room.pixels), np.array([corners], dtype=np.float32))
            expected = public_code(serials[place.position]).text
            assert (found.text, text) == (expected, expected)


class TestPages:
    def test_places_are_millimetres(self, sheets: Path, plan: ProofPlan) -> None:
        """Boxes, pixels and letters of a page are counted in mm from its upper left corner."""
        with PrintedFilePages(sheets) as file, file.page(0) as page:
            assert file.pages == 2
            for found, planned in ((page.media, plan.media), (page.trim, plan.trim)):
                assert found.x_mm == pytest.approx(planned.x_mm, abs=0.01)
                assert found.y_mm == pytest.approx(planned.y_mm, abs=0.01)
                assert found.width_mm == pytest.approx(planned.width_mm, abs=0.01)
                assert found.height_mm == pytest.approx(planned.height_mm, abs=0.01)
            assert page.turned == 0
            place = plan.places[7]
            whole, alone = page.picture(200), page.picture(200, place.symbol)
            (letters,) = page.letters([place.cell])
        part = whole.part(place.symbol)
        assert alone.x_mm == pytest.approx(part.x_mm, abs=0.2)
        assert alone.pixels.shape == pytest.approx(part.pixels.shape, abs=2)
        assert 0.4 < part.ink() < 0.6
        assert "No. 8" in letters
        assert "LEAP-8-" in letters
        assert "LEAP-9-" not in letters

    def test_a_part_outside_of_the_picture(self) -> None:
        """What lies outside of a picture is left out, and has no ink."""
        picture = PagePicture(pixels=np.zeros((40, 60), dtype=np.uint8), x_mm=5, y_mm=5, per_mm=10)
        corner = picture.part(Box(x_mm=0, y_mm=0, width_mm=6, height_mm=5.5))
        assert (corner.pixels.shape, corner.x_mm, corner.y_mm, corner.ink()) == ((5, 10), 5, 5, 1)
        assert picture.part(Box(x_mm=90, y_mm=90, width_mm=6, height_mm=5)).ink() == 0

    def test_a_moved_corner(self, tmp_path: Path) -> None:
        """A page whose crop box begins elsewhere is drawn and measured from there."""
        path = blank(tmp_path / "moved.pdf")
        with pikepdf.open(path, allow_overwriting_input=True) as pdf:
            pdf.pages[0].MediaBox = pikepdf.Array([10 * MM, 20 * MM, 110 * MM, 70 * MM])
            pdf.pages[0].CropBox = pikepdf.Array([30 * MM, 20 * MM, 110 * MM, 60 * MM])
            pdf.pages[0].contents_add(f"{40 * MM} {50 * MM} {10 * MM} {10 * MM} re f".encode())
            pdf.save(path)
        with PrintedFilePages(path) as file, file.page(0) as page:
            assert (page.media.x_mm, page.media.y_mm) == pytest.approx((-20, -10))
            picture = page.picture(254)
        assert picture.part(Box(x_mm=10, y_mm=0, width_mm=10, height_mm=10)).ink() == pytest.approx(1, abs=0.02)
        assert np.mean(picture.pixels < 128) == pytest.approx(100 / (80 * 40), abs=0.002)

    def test_from_memory(self, leapfrog: Series, claim_part: Callable[[int], object]) -> None:
        """A layer that must not touch the disk is read where it is."""
        layer = claim_layer_pdf(leapfrog, [claim_part(1)])  # type: ignore[list-item]
        with PrintedFilePages(layer, name="the claim layer") as file, file.page(0) as page:
            assert zxingcpp.read_barcodes(page.picture(300).pixels)


class TestRefusals:
    @pytest.mark.parametrize("content", [b"", b"no PDF", b"%PDF-1.7\n%%EOF", b"%PDF-1.7" + b"\xff" * 4096])
    def test_what_is_no_pdf(self, content: bytes, tmp_path: Path) -> None:
        """Other files, and files of which nothing is left, are named."""
        path = tmp_path / "strange.pdf"
        path.write_bytes(content)
        with pytest.raises(InputError, match="no PDF") as refusal:
            PrintedFilePages(path)
        assert refusal.value.where == "strange.pdf"

    def test_a_file_that_is_not_there(self, tmp_path: Path) -> None:
        """A name that leads nowhere is said to."""
        with pytest.raises(InputError, match="cannot be opened: No such file"):
            PrintedFilePages(tmp_path / "missing.pdf")

    def test_too_many_pages(self, tmp_path: Path) -> None:
        """A file with more pages than a print file ever has is not read."""
        with pikepdf.new() as pdf:
            page = pdf.make_indirect(pikepdf.Dictionary(Type=pikepdf.Name.Page, MediaBox=[0, 0, 10, 10]))
            pdf.Root.Pages.Kids = pikepdf.Array([page] * (MAX_PAGES + 1))
            pdf.Root.Pages.Count = MAX_PAGES + 1
            pdf.save(tmp_path / "many.pdf")
        with pytest.raises(InputError, match="20,001 pages"):
            PrintedFilePages(tmp_path / "many.pdf")

    @pytest.mark.parametrize(("width", "height"), [(1700, 10), (10, 4000)])
    def test_a_page_that_no_press_prints(self, tmp_path: Path, width: float, height: float) -> None:
        """A page larger than any sheet is refused before it is drawn, with its size."""
        path = blank(tmp_path / "large.pdf", width_mm=width, height_mm=height)
        with (
            PrintedFilePages(path) as file,
            pytest.raises(InputError, match=f"{width:,} x {height:,} mm"),
            file.page(0),
        ):
            pytest.fail("a page of that size was opened")

    def test_too_many_pixels(self, tmp_path: Path) -> None:
        """A large sheet is not drawn finer than memory bears; a part of it is."""
        path = blank(tmp_path / "large.pdf", width_mm=1500, height_mm=1500)
        with PrintedFilePages(path) as file, file.page(0) as page:
            with pytest.raises(InputError, match="million pixels") as refusal:
                page.picture(600)
            assert refusal.value.where == "large.pdf, page 1"
            assert page.picture(600, Box(x_mm=700, y_mm=700, width_mm=10, height_mm=10)).pixels.shape == (
                pytest.approx(236, abs=2),
                pytest.approx(236, abs=2),
            )

    def test_a_flood_of_letters(self, tmp_path: Path) -> None:
        """A page with more letters than a sheet can carry is refused."""
        path = blank(tmp_path / "letters.pdf")
        with pikepdf.open(path, allow_overwriting_input=True) as pdf:
            font = pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Courier)
            pdf.pages[0].Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F=font))
            pdf.pages[0].contents_add(b"BT /F 1 Tf 10 10 Td" + (b" (" + b"a" * 10_000 + b") Tj") * 11 + b" ET")
            pdf.save(path)
        with (
            PrintedFilePages(path) as file,
            file.page(0) as page,
            pytest.raises(InputError, match="more than 100,000 letters"),
        ):
            page.letters([page.media])
