from __future__ import annotations

from io import BytesIO

import numpy as np
import pikepdf
import pytest
from PIL import Image
from support.paper import on_screen, page_of

from cryptostamp.press.lettering import Typeface
from cryptostamp.press.marks import SPOT_INKS, Area, Box, Curves, Fill, TextRun
from cryptostamp.press.raster import draw_marks, svg_of, under_lamp

BOX = Box(x_mm=2, y_mm=2, width_mm=6, height_mm=4)
SIDES = ((0, 0, 400, 0), (400, 0, 400, 400), (400, 400, 0, 400), (0, 400, 0, 0))
SQUARE = (0, 0, *(number for side in SIDES for number in (*side, *side[2:])))


class TestSpotInks:
    @pytest.mark.parametrize("ink", sorted(SPOT_INKS))
    def test_are_not_seen_in_daylight_unless_asked_for(self, ink: str) -> None:
        """A picture of a stamp shows what the eye sees; a preview may show the rest as a tint."""
        image = Image.new("RGB", (240, 240), "#ffffff")
        draw_marks(image, (Fill(box=BOX, colour=ink),), 600)
        assert image.getextrema() == ((255, 255),) * 3
        draw_marks(image, (Fill(box=BOX, colour=ink),), 600, show_hidden=True)
        assert image.getpixel((100, 100)) != (255, 255, 255)
        assert image.getpixel((10, 10)) == (255, 255, 255)

    def test_glow_under_a_lamp(self) -> None:
        """The paper is dark, what is printed in UV is bright, varnish stays unseen."""
        image = Image.new("RGB", (240, 240), "#ffffff")
        low = Box(x_mm=2, y_mm=7, width_mm=6, height_mm=2)
        seen = under_lamp(image, (Fill(box=BOX, colour="UV"), Fill(box=low, colour="Varnish")), 600)
        glow, dark, varnish = (np.sum(seen.getpixel(at)) for at in ((100, 100), (10, 10), (100, 190)))
        assert glow > 400
        assert dark < 200
        assert varnish == dark
        assert image.getpixel((100, 100)) == (255, 255, 255)

    def test_have_a_plate_of_their_own_and_overprint(self) -> None:
        """A PDF with a hidden mark has its separation, painted with overprint so that no hole is left below."""
        with pikepdf.open(BytesIO(page_of((Fill(box=BOX, colour="UV"),), 10, 10))) as pdf:
            page = pdf.pages[0]
            assert page.Resources.ColorSpace.UV[1] == "/UV"
            assert b"/Overprint gs" in page.Contents.read_bytes()
            assert b"/UV cs 1 scn" in page.Contents.read_bytes()


class TestCurves:
    def test_are_drawn_as_often_as_they_are_turned(self) -> None:
        """Four quarter turns of a short line make a cross."""
        spoke = Curves(
            paths=((0, -200, 0, -300, 0, -500, 0, -600),), origin_mm=(5, 5), width_mm=0.5, colour="#000000", turns=4
        )
        seen = on_screen((spoke,), 10, 10, 254)
        assert [seen[at] < 0.1 for at in ((30, 50), (70, 50), (50, 30), (50, 70))] == [True] * 4
        assert seen[50, 50] == 1

    def test_areas_are_filled(self) -> None:
        """A square of 2 mm has its ink inside."""
        seen = on_screen((Area(paths=(SQUARE,), origin_mm=(3, 3), colour="#000000"),), 10, 10, 254)
        assert seen[40, 40] < 0.01
        assert seen[25, 25] == 1
        assert (seen < 0.5).sum() == pytest.approx(400, abs=45)


class TestSvg:
    def test_turned_letters_run_the_way_they_are_turned(self) -> None:
        """At 90 degrees a line runs down, its capitals to the right."""
        run = TextRun(text="III", typeface=Typeface.TEXT, size_mm=3, x_mm=4, baseline_mm=2, turn_deg=90)
        rows, columns = np.nonzero(on_screen((run,), 10, 10, 254) < 0.5)
        assert 18 <= rows.min() < rows.max() <= 60
        assert 38 <= columns.min() < columns.max() <= 64
        assert "matrix" in svg_of((run,))
