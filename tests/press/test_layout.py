from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cryptostamp.errors import InputError
from cryptostamp.press.layout import holes_along, stamp_layout, symbol_box
from cryptostamp.press.marks import Box
from cryptostamp.series import StampFormat


def _stamp(width: str, height: str) -> StampFormat:
    return StampFormat(width_mm=Decimal(width), height_mm=Decimal(height))


def _inside(inner: Box, outer: Box) -> bool:
    return (
        outer.x_mm <= inner.x_mm
        and outer.y_mm <= inner.y_mm
        and inner.right_mm <= outer.right_mm
        and inner.bottom_mm <= outer.bottom_mm
    )


class TestSymbol:
    """The QR is large enough, sharp, and has its quiet zone."""

    @pytest.mark.parametrize("side", [21, 25, 29, 33, 37, 41, 45])
    def test_modules_are_whole_dots_and_the_symbol_13_mm(self, side: int) -> None:
        """At 600 dpi a module is at least 8 whole dots."""
        box = symbol_box(stamp_layout(_stamp("50", "50"), side).symbol_room, side)
        dots = box.width_mm / side * 600 / 25.4
        assert dots == pytest.approx(round(dots))
        assert round(dots) >= 8
        assert box.width_mm >= 13

    @given(st.sampled_from([21, 29, 33, 37, 41]), st.sampled_from([("40", "48"), ("50", "30"), ("44", "44")]))
    def test_the_quiet_zone_is_free(self, side: int, size: tuple[str, str]) -> None:
        """Four modules around the symbol there is no picture, no letter, no fold and no perforation hole."""
        layout = stamp_layout(_stamp(*size), side)
        box = symbol_box(layout.symbol_room, side)
        zone = box.grown(4 * box.width_mm / side - 1e-9)
        paper = Box(x_mm=0, y_mm=0, width_mm=layout.width_mm, height_mm=layout.height_mm).grown(-0.5)
        assert _inside(zone, paper)
        for other in (layout.picture, layout.text):
            apart = (
                other.right_mm <= zone.x_mm
                or other.bottom_mm <= zone.y_mm
                or other.x_mm >= zone.right_mm
                or other.y_mm >= zone.bottom_mm
            )
            assert apart
        radius = layout.fold.diameter_mm / 2
        assert all(x + radius <= zone.x_mm or y + radius <= zone.y_mm for x, y in layout.fold.centres_mm)

    def test_shorter_serials_do_not_move_the_picture(self) -> None:
        """Symbols of versions 4 and 5 share one layout."""
        assert stamp_layout(_stamp("40", "48"), 33) == stamp_layout(_stamp("40", "48"), 37)


class TestFormats:
    """Which stamps can be laid out."""

    def test_leapfrog_has_the_picture_it_was_drawn_for(self) -> None:
        """The picture of a 40 x 48 mm stamp is 36.4 x 27.6 mm."""
        picture = stamp_layout(_stamp("40", "48"), 37).picture
        assert (picture.width_mm, picture.height_mm) == pytest.approx((36.4, 27.6), abs=0.02)

    def test_a_landscape_stamp_has_its_panel_on_the_right(self) -> None:
        """The symbol lies right of the picture."""
        layout = stamp_layout(_stamp("50", "30"), 37)
        assert layout.symbol.x_mm > layout.picture.right_mm

    @pytest.mark.parametrize("size", [("14", "30"), ("40", "51")])
    def test_sides_outside_of_custom_are_refused(self, size: tuple[str, str]) -> None:
        """A side is 15 to 50 mm."""
        with pytest.raises(InputError, match=r"mm\.") as caught:
            stamp_layout(_stamp(*size), 37)
        assert caught.value.where.startswith("stamp.")

    def test_a_stamp_that_the_symbol_fills_is_refused(self) -> None:
        """The error says how much is left for the picture."""
        with pytest.raises(InputError, match=r"leaves .* mm for the picture"):
            stamp_layout(_stamp("30", "26"), 37)


class TestPerforation:
    """Holes on the corners."""

    @pytest.mark.parametrize(("side", "gauge", "holes"), [(40.0, "13.5", 27), (48.0, "13.5", 32), (15.0, "14", 10)])
    def test_a_side_has_a_whole_number_of_pitches(self, side: float, gauge: str, holes: int) -> None:
        """The gauge gives the number, to the nearest."""
        assert holes_along(side, Decimal(gauge)) == holes
