from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import numpy as np
import pikepdf
import pypdfium2
import pytest
import zxingcpp
from PIL import Image

from cryptostamp.codes import PublicCode, QrSymbol
from cryptostamp.errors import ArtworkError, InputError, StorageProblem
from cryptostamp.press import SheetFile, StampFace, place_of, render_stamp, write_face_pdf
from cryptostamp.press.imposition import sheet_geometry
from cryptostamp.primitives import Serial
from cryptostamp.series import Series

Face = Callable[[int], StampFace]
DPI = 300


def _page(path: Path, number: int = 0, dpi: int = DPI) -> Image.Image:
    with pypdfium2.PdfDocument(path) as document:
        return document[number].render(scale=dpi / 72).to_pil().convert("RGB")


@pytest.fixture(scope="module")
def printed(leapfrog: Series, face: Face, tmp_path_factory: pytest.TempPathFactory) -> SheetFile:
    """Print two sheets, the second one short, without the spoiled stamp No. 7."""
    path = tmp_path_factory.mktemp("press") / "faces.pdf"
    return write_face_pdf(path, leapfrog, [face(n) for n in range(1, 31) if n != 7])


class TestContent:
    """What is on the sheets."""

    def test_the_result_says_what_was_written(self, printed: SheetFile) -> None:
        """Counts, range, size and digest are those of the file."""
        data = printed.path.read_bytes()
        assert (printed.sheets, printed.stamps, printed.first_serial, printed.last_serial) == (2, 29, 1, 30)
        assert (printed.size, printed.sha256) == (len(data), hashlib.sha256(data).hexdigest())

    def test_every_qr_reads_back_from_its_place(
        self, printed: SheetFile, leapfrog: Series, public_code: Callable[[int], PublicCode]
    ) -> None:
        """zxing-cpp finds on each cell the code of the serial whose place it is; the spoiled place is empty."""
        geometry = sheet_geometry(leapfrog)
        wanted = {place_of(leapfrog, Serial(n)): public_code(n).text for n in range(1, 31) if n != 7}
        found = {}
        for sheet in (1, 2):
            for code in zxingcpp.read_barcodes(_page(printed.path, sheet - 1)):
                x, y = (v * 25.4 / DPI for v in (code.position.top_left.x, code.position.top_left.y))
                column = int((x - geometry.pane.x_mm) // geometry.stamp_width_mm)
                row = int((y - geometry.pane.y_mm) // geometry.stamp_height_mm)
                found[sheet, row, column] = code.text
        codes = {text for text in found.values() if text.startswith("LEAP/")}
        assert codes == {"LEAP/01/0001-0025", "LEAP/02/0026-0050"}
        assert {place: text for place, text in found.items() if text not in codes} == wanted

    def test_the_letters_are_text(self, printed: SheetFile) -> None:
        """Serials, short codes, country and value can be copied from the PDF."""
        with pypdfium2.PdfDocument(printed.path) as document:
            text = document[0].get_textpage().get_text_bounded()
        for piece in (
            "LILYPOND",
            "€1.20",
            "No. 25",
            "LEAP-25-",
            "Crouch, 2026",
            "Sheet 1 of 40",
            "25 \N{MULTIPLICATION SIGN} €1.20 = €30.00",
        ):
            assert piece in text

    def test_boxes_are_those_of_the_sheet(self, printed: SheetFile, leapfrog: Series) -> None:
        """TrimBox is pane and selvedge; MediaBox adds the margin for the marks."""
        with pikepdf.open(printed.path) as pdf:
            trim = [float(v) for v in list(pdf.pages[0].trimbox)]  # type: ignore[call-overload]
            media = [float(v) for v in list(pdf.pages[0].mediabox)]  # type: ignore[call-overload]
        mm = 72 / 25.4
        assert trim[2] - trim[0] == pytest.approx(224 * mm, abs=0.01)
        assert trim[3] - trim[1] == pytest.approx(264 * mm, abs=0.01)
        assert media[2] == pytest.approx(sheet_geometry(leapfrog).media.width_mm * mm, abs=0.01)

    def test_the_perforation_is_an_overprinting_spot_ink(self, printed: SheetFile) -> None:
        """There is a Separation named DieLine, and the die line is drawn with overprint."""
        with pikepdf.open(printed.path) as pdf:
            resources = pdf.pages[0].Resources
            form = resources.XObject.DieLines
            assert resources.ColorSpace.DieLine[:2] == [pikepdf.Name.Separation, pikepdf.Name.DieLine]
            assert form.Resources.ExtGState.Overprint.OP
            operators = form.read_bytes()
        assert b"/DieLine CS" in operators
        assert operators.count(b" m ") == 6 * (27 * 5 + 1) + 6 * (32 * 5 + 1 - 6)

    def test_black_stays_black(self, printed: SheetFile) -> None:
        """Symbols and small print use black ink alone, not a mixture that would need register."""
        with pikepdf.open(printed.path) as pdf:
            operators = pdf.pages[0].Contents.read_bytes()
        assert b" rg" not in operators
        assert b" k" not in operators

    def test_pictures_are_stored_once(self, printed: SheetFile) -> None:
        """Each picture in each colour is one form, shared by all pages."""
        with pikepdf.open(printed.path) as pdf:
            first, second = (page.Resources.XObject for page in pdf.pages)
            forms = [key for key in first.keys() if key.startswith("/Face")]  # noqa: SIM118 (not a dict)
            assert first.objgen == second.objgen
        assert len(forms) == len({((n - 1) % 5, n % 5) for n in range(1, 31)})

    def test_the_pdf_shows_what_the_picture_shows(self, printed: SheetFile, leapfrog: Series, face: Face) -> None:
        """Page and stamp image of No. 1 agree, but for the edges."""
        image = render_stamp(leapfrog, face(1), dpi=DPI, perforated=False)
        cell = sheet_geometry(leapfrog).cell(0, 0)
        corner = round(cell.x_mm * DPI / 25.4), round(cell.y_mm * DPI / 25.4)
        page = _page(printed.path).crop((*corner, corner[0] + image.width, corner[1] + image.height))
        inner = np.s_[30:330, 40:440]
        apart = np.abs(np.asarray(page, dtype=int)[inner] - np.asarray(image, dtype=int)[inner])
        assert apart.mean() < 6


class TestDeterminism:
    """The bytes depend on the input alone."""

    def test_the_same_faces_give_the_same_bytes(
        self, printed: SheetFile, leapfrog: Series, face: Face, tmp_path: Path
    ) -> None:
        """Another folder, another run: the same file."""
        again = write_face_pdf(tmp_path / "again.pdf", leapfrog, (face(n) for n in range(1, 31) if n != 7))
        assert again.sha256 == printed.sha256

    def test_no_clock_and_no_tool_name_is_in_the_file(self, printed: SheetFile) -> None:
        """The file is dated the first day of the year of issue, and says nothing of the machine that made it."""
        with pikepdf.open(printed.path) as pdf:
            info = {key: str(value) for key, value in pdf.trailer.Info.items()}
            metadata = pdf.Root.Metadata.read_bytes().decode()
        assert info == {
            "/Title": "Leapfrog (LEAP): faces",
            "/CreationDate": "D:20260101000000Z",
            "/ModDate": "D:20260101000000Z",
            "/Trapped": "/False",
        }
        assert "CreatorTool" not in metadata
        assert metadata.count("2026-01-01T00:00:00Z") == 3

    def test_a_sheet_printed_alone_is_the_sheet_of_the_whole(
        self, printed: SheetFile, leapfrog: Series, face: Face, tmp_path: Path
    ) -> None:
        """Printing 26 to 30 again gives the page they have in the whole."""
        alone = write_face_pdf(tmp_path / "alone.pdf", leapfrog, (face(n) for n in range(26, 31)))
        assert alone.sheets == 1
        assert _page(alone.path, 0, 60).tobytes() == _page(printed.path, 1, 60).tobytes()


class TestProgress:
    """A caller can follow."""

    def test_progress_counts_stamps_sheet_by_sheet(self, leapfrog: Series, face: Face, tmp_path: Path) -> None:
        """It is told the number of stamps so far."""
        told: list[int] = []
        write_face_pdf(tmp_path / "a.pdf", leapfrog, (face(n) for n in range(20, 53)), progress=told.append)
        assert told == [6, 31, 33]


class TestFailure:
    """Nothing half-written looks finished."""

    def test_an_interrupted_run_leaves_no_file(self, leapfrog: Series, face: Face, tmp_path: Path) -> None:
        """What stops the faces stops the file, and no trace of it stays under its name."""

        def faces() -> Iterator[StampFace]:
            yield face(1)
            raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            write_face_pdf(tmp_path / "a.pdf", leapfrog, faces())
        assert list(tmp_path.iterdir()) == []

    def test_an_older_file_stays_until_the_new_one_is_complete(
        self, leapfrog: Series, face: Face, tmp_path: Path
    ) -> None:
        """A run that fails does not touch the finished file of the run before."""
        path = tmp_path / "a.pdf"
        path.write_bytes(b"finished")
        with pytest.raises(InputError):
            write_face_pdf(path, leapfrog, [face(2), face(1)])
        assert path.read_bytes() == b"finished"

    def test_no_faces_are_refused(self, leapfrog: Series, tmp_path: Path) -> None:
        """An empty file would look like a print job."""
        with pytest.raises(InputError, match=r"no stamp"):
            write_face_pdf(tmp_path / "a.pdf", leapfrog, [])

    def test_a_folder_that_cannot_be_made_is_a_storage_problem(
        self, leapfrog: Series, face: Face, tmp_path: Path
    ) -> None:
        """The error names the path."""
        (tmp_path / "none").write_text("in the way")
        with pytest.raises(StorageProblem) as caught:
            write_face_pdf(tmp_path / "none" / "a.pdf", leapfrog, [face(1)])
        assert "a.pdf" in caught.value.where

    def test_a_short_code_that_is_none_is_refused_and_not_repeated(
        self, leapfrog: Series, face: Face, tmp_path: Path
    ) -> None:
        """One among good ones would end its line, and what follows would be operators of the page."""
        with pytest.raises(InputError, match="line of codes") as caught:
            write_face_pdf(tmp_path / "a.pdf", leapfrog, [face(1), replace(face(2), short_code="LEAP) Tj")])
        assert "LEAP)" not in str(caught.value)
        assert not (tmp_path / "a.pdf").exists()

    def test_symbols_of_different_layouts_are_refused(self, leapfrog: Series, face: Face, tmp_path: Path) -> None:
        """A symbol beyond version 5 among smaller ones would move the picture."""
        large = replace(face(2), symbol=QrSymbol(version=7, modules=np.zeros((45, 45), dtype=np.bool_)))
        with pytest.raises(InputError, match=r"45 modules") as caught:
            write_face_pdf(tmp_path / "a.pdf", leapfrog, [face(1), large])
        assert caught.value.where == "stamp No. 2"

    def test_unsafe_artwork_stops_the_press(self, leapfrog: Series, face: Face, tmp_path: Path) -> None:
        """A script in the artwork is refused, and no file is left."""
        art = tmp_path / "frog.svg"
        art.write_text('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 364 276"><script/></svg>')
        design = replace(leapfrog.designs[0], artwork=art)
        series = replace(leapfrog, designs=(design, *leapfrog.designs[1:]))
        with pytest.raises(ArtworkError):
            write_face_pdf(tmp_path / "a.pdf", series, [replace(face(1), design=design)])
        assert not (tmp_path / "a.pdf").exists()

    def test_a_series_without_selvedge_is_printed_bare(self, leapfrog: Series, face: Face, tmp_path: Path) -> None:
        """Below 6 mm the selvedge carries no letters."""
        bare = replace(leapfrog, sheet=replace(leapfrog.sheet, selvedge_mm=Decimal(3)))
        written = write_face_pdf(tmp_path / "a.pdf", bare, [face(1)])
        with pypdfium2.PdfDocument(written.path) as document:
            text = document[0].get_textpage().get_text_bounded()
        assert "Sheet" not in text
        assert "No. 1" in text
