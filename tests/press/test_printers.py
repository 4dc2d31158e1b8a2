from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pikepdf
import pytest
import zxingcpp
from PIL import Image
from support.printers import silently

from cryptostamp.press import (
    ClaimPart,
    Outcome,
    StampFace,
    check_pdfx,
    claim_layer_pdf,
    scratch_layer_pdf,
    write_face_pdf,
)
from cryptostamp.press.imposition import sheet_geometry
from cryptostamp.press.marks import SPOT_INKS, Box, Fill
from cryptostamp.press.pdf.page_file import PageList, file_parts
from cryptostamp.press.pdf.sheet_book import SheetBook
from cryptostamp.press.pdf.sheet_code import sheet_code
from cryptostamp.series import SerialOrder, Series

pytestmark = pytest.mark.printers

DPI = 150


@pytest.fixture(scope="module")
def files(
    leapfrog: Series,
    face: Callable[[int], StampFace],
    claim_part: Callable[[int], ClaimPart],
    tmp_path_factory: pytest.TempPathFactory,
) -> dict[str, Path]:
    """Print faces, faces in stacks on panes, claim parts and the scratch plate."""
    folder = tmp_path_factory.mktemp("printers")
    panes = replace(
        leapfrog.sheet, rows=2, columns=2, panes_across=2, order=SerialOrder.STACK, stack_sheets=2, gutter_mm=Decimal(3)
    )
    stacked = replace(leapfrog, edition=14, sheet=panes)
    write_face_pdf(folder / "faces.pdf", leapfrog, [face(n) for n in range(1, 27)])
    write_face_pdf(folder / "stacked.pdf", stacked, [face(n) for n in range(1, 15)])
    (folder / "claims.pdf").write_bytes(claim_layer_pdf(leapfrog, [claim_part(n) for n in range(1, 4)]))
    (folder / "scratch.pdf").write_bytes(scratch_layer_pdf(leapfrog))
    return {path.stem: path for path in folder.iterdir()}


@pytest.fixture(scope="module")
def plates(files: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Image.Image]:
    """Separate the first sheet of faces into its plates, as the output intent says; 255 is no ink."""
    folder = tmp_path_factory.mktemp("plates")
    return _separate(files["faces"], folder)


def _separate(path: Path, folder: Path) -> dict[str, Image.Image]:
    """Return the plates of the first sheet by the names of their inks."""
    options = ("-q", "-dNOPAUSE", "-dBATCH", "-dSAFER", "-dUsePDFX3Profile", "-sDEVICE=tiffsep", f"-r{DPI}")
    silently("gs", *options, "-dLastPage=1", "-o", str(folder / "sheet.tif"), str(path))
    return {each.stem.split("(")[1].rstrip(")"): Image.open(each).convert("L") for each in folder.glob("*(*.tif")}


def _cut(plate: Image.Image, box: Box) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    corners = [round(v * DPI / 25.4) for v in (box.x_mm, box.y_mm, box.right_mm, box.bottom_mm)]
    return np.asarray(plate)[corners[1] : corners[3], corners[0] : corners[2]]


class TestSilence:
    """No program has anything to complain of."""

    @pytest.mark.parametrize("name", ["faces", "stacked", "claims", "scratch"])
    def test_qpdf_finds_no_error(self, files: dict[str, Path], name: str) -> None:
        """Structure and streams are sound."""
        assert "No syntax or stream encoding errors" in silently("qpdf", "--check", str(files[name]))

    @pytest.mark.parametrize("name", ["faces", "stacked", "claims", "scratch"])
    def test_poppler_draws_it_without_a_word(self, files: dict[str, Path], name: str, tmp_path: Path) -> None:
        """A picture of each sheet, and no complaint."""
        silently("pdftoppm", "-r", "20", "-png", str(files[name]), str(tmp_path / "sheet"))
        assert list(tmp_path.iterdir())

    @pytest.mark.parametrize("name", ["faces", "stacked", "claims", "scratch"])
    def test_ghostscript_separates_it_without_a_word(self, files: dict[str, Path], name: str, tmp_path: Path) -> None:
        """Every sheet, in the printing condition of its output intent."""
        options = ("-q", "-dNOPAUSE", "-dBATCH", "-dSAFER", "-dUsePDFX3Profile", "-sDEVICE=tiffsep", "-r20")
        assert silently("gs", *options, "-o", str(tmp_path / "%d.tif"), str(files[name])) == ""

    def test_every_font_is_embedded(self, files: dict[str, Path]) -> None:
        """Poppler's list of fonts says so too."""
        rows = silently("pdffonts", str(files["faces"])).splitlines()[2:]
        assert rows
        assert all(row.split()[-5] == "yes" for row in rows)


class TestPlates:
    """What is on which plate."""

    def test_there_is_a_plate_for_each_ink(self, plates: dict[str, Image.Image]) -> None:
        """Four inks and the die line; no plate for an ink that nothing is drawn in."""
        assert set(plates) == {"Cyan", "Magenta", "Yellow", "Black", "DieLine"}

    def test_codes_are_on_the_black_plate_alone(self, plates: dict[str, Image.Image], leapfrog: Series) -> None:
        """The QR of each stamp and that of the sheet read from black, and leave no trace on the other plates."""
        found = zxingcpp.read_barcodes(plates["Black"])
        assert len(found) == 26
        known = sheet_code(leapfrog, 1)
        assert known is not None
        assert known[0] in {code.text for code in found}
        for ink in ("Cyan", "Magenta", "Yellow", "DieLine"):
            assert _cut(plates[ink], known[1]).min() == 255

    def test_the_perforation_is_on_its_own_plate(self, plates: dict[str, Image.Image], leapfrog: Series) -> None:
        """It has holes between two stamps, where the other plates have paper."""
        geometry = sheet_geometry(leapfrog)
        seam = Box(
            x_mm=geometry.cell(0, 1).x_mm - 0.6,
            y_mm=geometry.cell(0, 0).y_mm + 5,
            width_mm=1.2,
            height_mm=30,
        )
        assert _cut(plates["DieLine"], seam).min() < 100
        assert all(_cut(plates[ink], seam).min() == 255 for ink in plates if ink != "DieLine")

    def test_register_marks_are_on_every_plate(self, plates: dict[str, Image.Image], leapfrog: Series) -> None:
        """Plates are brought into register by them."""
        geometry = sheet_geometry(leapfrog)
        middle = geometry.trim.x_mm + geometry.trim.width_mm / 2
        mark = Box(x_mm=middle - 3, y_mm=geometry.trim.y_mm - 10, width_mm=6, height_mm=7)
        assert all(_cut(plate, mark).min() < 160 for plate in plates.values())

    def test_no_dot_takes_more_ink_than_the_paper(self, plates: dict[str, Image.Image]) -> None:
        """Pictures included, 300 % and what rounding adds is the most of the four inks; the marks outside have all."""
        inks = [255 - np.asarray(plates[ink], dtype=np.int32) for ink in ("Cyan", "Magenta", "Yellow", "Black")]
        margin = round(14 * DPI / 25.4)
        total = sum(inks)[margin:-margin, margin:-margin]  # type: ignore[index]
        assert total.max() / 2.55 <= 303


class TestSpotInks:
    """Inks with plates of their own."""

    def test_each_has_a_plate_and_no_other_is_touched(self, leapfrog: Series, tmp_path: Path) -> None:
        """A box in each spot ink, over cyan: its plate has the box, cyan runs through, and nothing else prints."""
        geometry = sheet_geometry(leapfrog)
        book = SheetBook(leapfrog, geometry, "")
        writer = book.writer(geometry.media.height_mm)
        below = geometry.cell(0, 0)
        writer.raw(f"1 0 0 0 k {below.x_mm} {geometry.media.height_mm - below.bottom_mm} 40 48 re f")
        boxes = {
            ink: Box(x_mm=below.x_mm + 5, y_mm=below.y_mm + 4 + 10 * row, width_mm=20, height_mm=6)
            for row, ink in enumerate(sorted(SPOT_INKS))
        }
        writer.draw(Fill(box=box, colour=ink) for ink, box in boxes.items())
        pages = PageList()
        pages.add(*book.page_of(writer))
        path = tmp_path / "spots.pdf"
        path.write_bytes(b"".join(file_parts(book.shared(), pages)))
        assert Outcome.FAILED not in {finding.outcome for finding in check_pdfx(path, ink_limit=300)}
        plates = _separate(path, tmp_path)
        assert set(plates) == {"Cyan", "Magenta", "Yellow", "Black", *SPOT_INKS}
        for ink, box in boxes.items():
            inner = box.grown(-0.5)
            printed = {name for name, plate in plates.items() if _cut(plate, inner).min() < 250}
            assert printed == {"Cyan", ink}
            assert _cut(plates["Cyan"], inner).max() == 0

    def test_steps_of_finishing_are_named(self, files: dict[str, Path]) -> None:
        """The perforation is a processing step of ISO 19593-1, in a layer of its own."""
        with pikepdf.open(files["faces"]) as pdf:
            layers: Any = pdf.Root.OCProperties.OCGs
            metadata = [
                (str(layer.Name), str(layer.GTS_Metadata.GTS_ProcStepsGroup), str(layer.GTS_Metadata.GTS_ProcStepsType))
                for layer in layers
            ]
        assert metadata == [("Perforation", "/Structural", "/Perforating")]
