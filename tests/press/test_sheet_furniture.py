from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import numpy as np
import pikepdf
import pypdfium2
import pytest
import zxingcpp

from cryptostamp.press import Places, StampFace, write_face_pdf
from cryptostamp.press.colour import standard_inks
from cryptostamp.press.imposition import sheet_geometry
from cryptostamp.press.marks import Box
from cryptostamp.press.pdf.sheet_code import sheet_code
from cryptostamp.press.pdf.sheet_furniture import SheetMarks, die_lines, register_marks, selvedge
from cryptostamp.press.template import Cut, template_of
from cryptostamp.series import SerialOrder, Series, load_series

Face = Callable[[int], StampFace]


def _numbers(operators: str) -> list[float]:
    return [float(number) for number in re.findall(r"-?\d+\.?\d*", operators)]


class TestDieLines:
    """What is punched and cut."""

    def test_neighbours_share_their_holes(self, leapfrog: Series) -> None:
        """No hole is punched twice."""
        drawn = die_lines(sheet_geometry(leapfrog), template_of(leapfrog, 37).cuts, Decimal("13.5"))
        starts = re.findall(r"([\d.]+ [\d.]+) m", drawn)
        assert len(starts) == len(set(starts)) == 6 * (27 * 5 + 1) + 6 * (32 * 5 + 1 - 6)

    def test_stamps_apart_have_their_own_holes(self, leapfrog: Series) -> None:
        """With a gutter, each stamp is perforated all around."""
        series = replace(leapfrog, sheet=replace(leapfrog.sheet, rows=1, columns=2, gutter_mm=Decimal(5)))
        drawn = die_lines(sheet_geometry(series), template_of(series, 37).cuts, Decimal("13.5"))
        assert drawn.count(" m ") == 2 * (2 * 28 + 2 * 33 - 4)

    def test_a_card_is_cut_with_round_corners(self, leapfrog: Series) -> None:
        """One outline a card, as a step of cutting, without any hole."""
        series = replace(leapfrog, sheet=replace(leapfrog.sheet, rows=2, columns=1, gutter_mm=Decimal(5)))
        card = Cut(box=Box(x_mm=0, y_mm=0, width_mm=40, height_mm=48), perforated=False, corner_mm=3)
        drawn = die_lines(sheet_geometry(series), (card,), Decimal("13.5"))
        assert "/OC /DieLine BDC" in drawn
        assert "/Perforation" not in drawn
        assert (drawn.count(" h"), drawn.count(" c")) == (2, 2 * 4)

    def test_two_parts_are_perforated_between(self, leapfrog: Series) -> None:
        """The line between stamp and card is punched once."""
        series = replace(leapfrog, sheet=replace(leapfrog.sheet, rows=1, columns=1))
        between = Cut(box=Box(x_mm=20, y_mm=0, width_mm=0, height_mm=48))
        cuts = template_of(series, 37).cuts
        plain, parted = (die_lines(sheet_geometry(series), c, Decimal("13.5")) for c in (cuts, (*cuts, between)))
        # 33 holes, and where the number of pitches across is odd, none of them is one of the outline.
        assert parted.count(" m ") - plain.count(" m ") == 33


class TestSelvedge:
    """What collectors look for."""

    def test_each_plate_has_a_number_and_a_light(self, leapfrog: Series) -> None:
        """Four of the process, and one for each spot ink that is printed."""
        geometry = sheet_geometry(leapfrog)
        assert selvedge(leapfrog, geometry).count(" h f") == 4
        with_spot = selvedge(leapfrog, geometry, ("UV",))
        assert with_spot.count(" h f") == 5
        assert with_spot.count("/UV cs 1 scn") == 2

    def test_each_column_says_what_the_sheet_is_worth_up_to_there(
        self, leapfrog: Series, face: Face, tmp_path: Path
    ) -> None:
        """Five rows of €1.20 are €6.00 a column; the last counter is the sum of the sheet. Panes have no counter."""
        panes = replace(leapfrog, sheet=replace(leapfrog.sheet, rows=2, columns=2, panes_across=2))
        found = []
        for number, series in enumerate((leapfrog, panes)):
            write_face_pdf(tmp_path / f"{number}.pdf", series, [face(1)])
            with pypdfium2.PdfDocument(tmp_path / f"{number}.pdf") as document:
                text = document[0].get_textpage().get_text_bounded().split()
            found.append([value for value in ("€6.00", "€12.00", "€18.00", "€24.00", "€30.00") if value in text])
        assert found == [["€6.00", "€12.00", "€18.00", "€24.00", "€30.00"], []]

    def test_a_narrow_selvedge_stays_empty(self, leapfrog: Series) -> None:
        """Below 6 mm there is no room."""
        bare = replace(leapfrog, sheet=replace(leapfrog.sheet, selvedge_mm=Decimal(5)))
        assert selvedge(bare, sheet_geometry(bare)) == ""
        assert sheet_code(bare, 1) is None

    def test_the_control_strip_lies_outside_of_the_sheet(self, leapfrog: Series) -> None:
        """Its patches end above the edge of the paper and begin below the trimmed sheet."""
        geometry = sheet_geometry(leapfrog)
        drawn = register_marks(leapfrog, geometry, standard_inks(), "faces")
        patches = [_numbers(line.split("k", 1)[1]) for line in drawn.splitlines() if line.endswith("re f")]
        assert len(patches) == 14
        lowest = geometry.media.height_mm - geometry.bleed.bottom_mm
        assert all(y > 0 and y + high < lowest for _, y, _, high in patches)

    def test_panes_are_parted_by_marks(self, leapfrog: Series) -> None:
        """Two panes across need one cut more, marked above and below."""
        panes = replace(leapfrog, sheet=replace(leapfrog.sheet, rows=2, columns=2, panes_across=2))
        one, two = (
            register_marks(series, sheet_geometry(series), standard_inks(), "faces").count(" l S")
            for series in (leapfrog, panes)
        )
        assert two == one + 2


class TestSheetCode:
    """The code that a sheet has of its own."""

    def test_it_reads_back_with_sheet_and_serials(self, leapfrog: Series, face: Face, tmp_path: Path) -> None:
        """From the place that `sheet_code` says, by another decoder's library."""
        write_face_pdf(tmp_path / "a.pdf", leapfrog, [face(n) for n in range(976, 1001)])
        known = sheet_code(leapfrog, 40)
        assert known is not None
        text, box = known
        with pypdfium2.PdfDocument(tmp_path / "a.pdf") as document:
            page = document[0].render(scale=300 / 72).to_pil().convert("L")
        corners = [
            round(v * 300 / 25.4) for v in (box.x_mm - 1.2, box.y_mm - 1.2, box.right_mm + 1.2, box.bottom_mm + 1.2)
        ]
        (found,) = zxingcpp.read_barcodes(np.asarray(page.crop((*corners[:2], *corners[2:]))))
        assert found.text == text == "LEAP/40/0976-1000"

    def test_a_picture_that_covers_the_sheet_has_none(self) -> None:
        """A miniature sheet is a picture to its edge."""
        series = load_series(Path(__file__).parents[2] / "artwork" / "naeturpostur")
        assert sheet_code(series, 1) is None
        assert selvedge(series, sheet_geometry(series)) == ""

    @pytest.mark.parametrize("order", SerialOrder)
    def test_it_names_the_lowest_and_the_highest_serial(self, leapfrog: Series, order: SerialOrder) -> None:
        """In each order of serials."""
        series = replace(leapfrog, sheet=replace(leapfrog.sheet, order=order, stack_sheets=10))
        for sheet in (1, 7, 40):
            known = sheet_code(series, sheet)
            assert known is not None
            serials = Places(series).serials_of(sheet)
            assert known[0] == f"LEAP/{sheet:02}/{min(serials):04}-{max(serials):04}"


class TestLinesThatDiffer:
    """Number and serials of a sheet end at one place, whatever they say."""

    def test_they_end_where_all_others_end(self, leapfrog: Series, face: Face, tmp_path: Path) -> None:
        """The right edge of the last digit is that of sheets with more and fewer digits, within a tenth of a mm."""
        write_face_pdf(tmp_path / "a.pdf", leapfrog, [face(serial) for serial in (1, 26, 251, 976)])
        ends: dict[str, list[float]] = {"Sheet": [], "Nos": []}
        numbers = (1, 2, 11, 40)
        with pypdfium2.PdfDocument(tmp_path / "a.pdf") as document:
            for page, number in zip(document, numbers, strict=True):
                text = page.get_textpage()
                assert f"Sheet {number} of 40" in text.get_text_bounded()
                for word, found in ends.items():
                    index, _ = text.search(word).get_next() or (0, 0)
                    line = text.get_text_range(index).splitlines()[0]
                    found.append(text.get_charbox(index + len(line.rstrip()) - 1, loose=True)[2])
        for found in ends.values():
            assert len(found) == 4
            assert max(found) - min(found) < 0.1 * 72 / 25.4


class TestLastSheet:
    """A sheet that the edition does not fill."""

    def test_empty_places_are_cancelled_and_the_sum_is_that_of_the_stamps(
        self, leapfrog: Series, face: Face, tmp_path: Path
    ) -> None:
        """22 places of the second sheet are crossed out; its selvedge adds up three stamps."""
        series = replace(leapfrog, edition=28)
        write_face_pdf(tmp_path / "a.pdf", series, [face(n) for n in range(26, 29)])
        with pikepdf.open(tmp_path / "a.pdf") as pdf:
            assert pdf.pages[0].Contents.read_bytes().count(b"/Cancelled Do") == 22
        with pypdfium2.PdfDocument(tmp_path / "a.pdf") as document:
            text = document[0].get_textpage().get_text_bounded()
        assert "3 \N{MULTIPLICATION SIGN} €1.20 = €3.60" in text
        assert "Nos 26–28" in text  # noqa: RUF001

    def test_a_serial_that_is_left_out_leaves_plain_paper(self, leapfrog: Series) -> None:
        """It has a place, so nothing crosses it out."""
        marks = SheetMarks(leapfrog, sheet_geometry(leapfrog))
        assert marks.empty_places(40) == ()
