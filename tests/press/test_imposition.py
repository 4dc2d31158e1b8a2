from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cryptostamp.errors import InputError
from cryptostamp.press import StampFace, place_of, sheets_of
from cryptostamp.press.imposition import sheet_geometry, sheets_in_order
from cryptostamp.primitives import Serial
from cryptostamp.series import Series


class TestPlaces:
    """A serial has one place."""

    def test_stamps_fill_rows_then_sheets(self, leapfrog: Series) -> None:
        """Five in a row, twenty-five on a sheet."""
        places = [place_of(leapfrog, Serial(serial)) for serial in (1, 5, 6, 25, 26, 1000)]
        assert places == [(1, 0, 0), (1, 0, 4), (1, 1, 0), (1, 4, 4), (2, 0, 0), (40, 4, 4)]

    @given(st.integers(1, 1000), st.integers(1, 1000))
    def test_no_two_serials_share_a_place(self, leapfrog: Series, a: int, b: int) -> None:
        """Places are equal only for the same serial."""
        assert (place_of(leapfrog, Serial(a)) == place_of(leapfrog, Serial(b))) == (a == b)

    def test_the_last_sheet_may_be_short(self, leapfrog: Series) -> None:
        """One stamp more needs one sheet more."""
        assert [sheets_of(replace(leapfrog, edition=n)) for n in (1, 25, 26, 1000)] == [1, 1, 2, 40]

    def test_cells_tile_the_pane(self, leapfrog: Series) -> None:
        """The first cell begins where the pane begins, the last ends where it ends."""
        geometry = sheet_geometry(leapfrog)
        first, last = geometry.cell(0, 0), geometry.cell(4, 4)
        assert (first.x_mm, first.y_mm) == (geometry.pane.x_mm, geometry.pane.y_mm)
        assert (last.right_mm, last.bottom_mm) == pytest.approx((geometry.pane.right_mm, geometry.pane.bottom_mm))


class TestOrder:
    """Faces come once each, in order."""

    @pytest.mark.parametrize("serials", [[2, 1], [3, 3], [0], [1001]])
    def test_serials_out_of_order_are_refused(
        self, leapfrog: Series, face: Callable[[int], StampFace], serials: list[int]
    ) -> None:
        """The error names the stamp."""
        faces = [replace(face(1), serial=Serial(serial)) for serial in serials]
        with pytest.raises(InputError, match=rf"Stamp No\. {serials[-1]} follows"):
            list(sheets_in_order(leapfrog, faces))
