"""Two-part stamps, cards and miniature sheets: as pictures, and as print files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pikepdf
import pytest
import zxingcpp
from support.templates import CARD, MINIATURE, MINIATURE_SHEET, STAMP, TWO_PART, templated

from cryptostamp.codes import PublicCode, public_symbol
from cryptostamp.errors import ArtworkError, InputError
from cryptostamp.press import (
    StampFace,
    check_press,
    draw_sheet,
    press_notes,
    render_stamp,
    render_under_lamp,
    template_of,
    write_face_pdf,
)
from cryptostamp.press.cut_out import MARGIN_MM
from cryptostamp.series import Series, load_series

Code = Callable[[int], PublicCode]
DPI = 300


def _face(series: Series, code: PublicCode) -> StampFace:
    serial = code.serial
    return StampFace(
        serial=serial,
        design=series.design_of(serial),
        variant=series.variants[0],
        symbol=public_symbol(code, least_version=5),
        short_code=f"LEAP-{serial}-{code.tag}{code.check}",
    )


def _px(length_mm: float) -> int:
    return round((length_mm + MARGIN_MM) * DPI / 25.4)


class TestTwoParts:
    """A stamp with a token card beside it."""

    @pytest.fixture
    def series(self, tmp_path: Path) -> Series:
        """Leapfrog with token cards."""
        return load_series(templated(tmp_path / "series", TWO_PART, ("columns = 5", "columns = 3")))

    def test_the_cuts(self, series: Series) -> None:
        """It is perforated all round, and between the parts."""
        outside, between = template_of(series, 37).cuts
        assert (outside.box.width_mm, outside.perforated) == (80, True)
        assert (between.box.x_mm, between.box.width_mm, between.box.height_mm) == (40, 0, 48)

    def test_the_picture(self, series: Series, public_code: Code) -> None:
        """The unit is shown with the perforation between, a closed scratch field, and a code that can be read."""
        picture = render_stamp(series, _face(series, public_code(1)), dpi=DPI)
        alpha = np.asarray(picture)[:, :, 3]
        assert picture.width == round(80 * DPI / 25.4) + 2 * round(MARGIN_MM * DPI / 25.4)
        assert alpha[_px(48 * 5 / 32), _px(40)] < 128  # a hole of the 32 pitches between the parts
        assert alpha[_px(48 * 5.5 / 32), _px(40)] == 255
        red, green, blue = picture.convert("RGB").getpixel((_px(43), _px(22)))
        assert max(red, green, blue) - min(red, green, blue) < 20
        assert red < 200
        assert [each.text for each in zxingcpp.read_barcodes(picture.convert("RGB"))] == [public_code(1).text]

    def test_it_can_be_printed(self, series: Series, public_code: Code, tmp_path: Path) -> None:
        """Its checks pass and its sheet is as wide as three units."""
        check_press(series)
        file = write_face_pdf(tmp_path / "faces.pdf", series, [_face(series, public_code(n)) for n in (1, 2, 3)])
        with pikepdf.open(file.path) as pdf:
            left, _, right, _ = (float(value) for value in pdf.pages[0].trimbox)
        assert (right - left) * 25.4 / 72 == pytest.approx(3 * 80 + 2 * 12, abs=0.01)


class TestCards:
    """A card with an imprinted stamp."""

    @pytest.fixture
    def series(self, tmp_path: Path) -> Series:
        """Leapfrog on cards, with room between them."""
        changes = (("columns = 5", "columns = 2\ngutter_mm = 6"),)
        return load_series(templated(tmp_path / "series", CARD, *changes))

    def test_the_picture(self, series: Series, public_code: Code) -> None:
        """The corners are round, the sides straight, and the ground goes to the cut."""
        picture = render_stamp(series, _face(series, public_code(1)), dpi=DPI)
        alpha = np.asarray(picture)[:, :, 3]
        assert alpha[_px(0.5), _px(0.5)] < 128
        assert alpha[_px(0.2), _px(40)] == 255
        assert picture.convert("RGB").getpixel((_px(85.5), _px(27))) == (0xF6, 0xEF, 0xDC)

    def test_the_cut(self, series: Series) -> None:
        """One die, no perforation."""
        (cut,) = template_of(series, 37).cuts
        assert (cut.perforated, cut.corner_mm, cut.box.width_mm, cut.box.height_mm) == (False, 4, 86, 54)

    def test_it_can_be_printed(self, series: Series) -> None:
        """Its checks pass."""
        check_press(series)


class TestMiniatureSheets:
    """Few stamps in one picture."""

    @pytest.fixture
    def series(self, tmp_path: Path) -> Series:
        """Leapfrog as two stamps in a picture that is blue on the left and red on the right."""
        return load_series(templated(tmp_path / "series", MINIATURE, *MINIATURE_SHEET))

    @pytest.mark.parametrize(("serial", "colour"), [(1, (0x20, 0x30, 0x40)), (2, (0x40, 0x20, 0x30))])
    def test_each_stamp_shows_its_place(
        self, series: Series, public_code: Code, serial: int, colour: tuple[int, int, int]
    ) -> None:
        """The first lies on the blue half, the second on the red one."""
        picture = render_stamp(series, _face(series, public_code(serial)), dpi=DPI, perforated=False)
        assert picture.getpixel((60, 300)) == colour
        assert [each.text for each in zxingcpp.read_barcodes(picture)] == [public_code(serial).text]

    def test_the_sheet(self, series: Series, public_code: Code) -> None:
        """The picture covers the trimmed sheet; both stamps can be read from it."""
        check_press(series)
        sheet = draw_sheet(series, [_face(series, public_code(n)) for n in (1, 2)], dpi=DPI)
        assert {each.text for each in zxingcpp.read_barcodes(sheet)} >= {public_code(n).text for n in (1, 2)}
        left, right = sheet.getpixel((round(13 * DPI / 25.4), 400)), sheet.getpixel((round(119 * DPI / 25.4), 400))
        assert left[2] > left[0]
        assert right[0] > right[2]

    def test_a_place_beyond_the_sheet(self, tmp_path: Path) -> None:
        """A stamp that does not lie on the sheet is refused with both sizes."""
        away = MINIATURE.replace("[60, 20]", "[75, 20]")
        series = load_series(templated(tmp_path / "series", away, *MINIATURE_SHEET))
        with pytest.raises(InputError, match=r"40 x 48 mm at place 2 .* beyond it; the sheet is 110 x 90 mm"):
            check_press(series)

    def test_a_picture_of_another_shape(self, tmp_path: Path) -> None:
        """The picture of a sheet has the shape of the sheet and its bleed."""
        folder = templated(tmp_path / "series", MINIATURE, *MINIATURE_SHEET)
        scene = folder / "scene.svg"
        scene.write_text(scene.read_text().replace("0 0 116 96", "0 0 116 90"))
        with pytest.raises(ArtworkError, match=r"116.0 x 96.0 mm, 1.208 to 1"):
            check_press(load_series(folder))

    def test_a_sheet_that_is_too_large_to_be_drawn(self, series: Series, public_code: Code) -> None:
        """The message says how far one can go."""
        with pytest.raises(InputError, match=r"million pixels") as caught:
            draw_sheet(series, [_face(series, public_code(1))], dpi=2400)
        assert "Choose at most" in caught.value.remedy


class TestUnderTheLamp:
    """What is printed in the ink UV is seen under a lamp, and only there."""

    UV = '\n[[layers]]\ntype = "fill"\nname = "hidden"\nbox = [2, 34, 8, 6]\nink = "UV"\n'

    def test_it_glows(self, tmp_path: Path, public_code: Code) -> None:
        """The hidden box is bright on a dark stamp; in daylight nothing is there."""
        series = load_series(templated(tmp_path / "series", STAMP + self.UV))
        face = _face(series, public_code(1))
        dark = render_under_lamp(series, face, dpi=DPI)
        light = render_stamp(series, face, dpi=DPI, perforated=False)
        plain = load_series(templated(tmp_path / "plain", STAMP))
        there, beside = (round(6 * DPI / 25.4), round(37 * DPI / 25.4)), (round(1 * DPI / 25.4), round(37 * DPI / 25.4))
        assert sum(dark.getpixel(there)) > 2 * sum(dark.getpixel(beside))
        assert light.tobytes() == render_stamp(plain, _face(plain, public_code(1)), dpi=DPI, perforated=False).tobytes()

    def test_nothing_hidden(self, leapfrog: Series, public_code: Code) -> None:
        """A series without the ink is told how to get it."""
        with pytest.raises(InputError, match="Nothing on the design crouch is printed in the ink UV"):
            render_under_lamp(leapfrog, _face(leapfrog, public_code(1)))


class TestNotes:
    """What is no fault, but worth knowing."""

    def test_micro_text_on_a_coarse_device(self, tmp_path: Path) -> None:
        """Letters that 600 dpi cannot show are named; a finer plate shows them."""
        layer = '\n[[layers]]\ntype = "micro-text"\ntext = "{title}"\nbox = [2, 34, 8, 6]\ncolour = "ink"\n'
        series = load_series(templated(tmp_path / "series", STAMP + layer))
        (note,) = press_notes(series)
        assert "Micro-text of 0.25 mm" in note
        assert press_notes(series, dpi=2540) == ()

    def test_a_series_without(self, leapfrog: Series) -> None:
        """There is nothing to say about the standard template."""
        assert press_notes(leapfrog) == ()
