from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cryptostamp.errors import InputError
from cryptostamp.press import Places, StampFace, cut, place_of, position_of, serial_at, sheets_of, sheets_with
from cryptostamp.press.imposition import sheet_geometry, sheets_at_once, sheets_in_order
from cryptostamp.primitives import Serial
from cryptostamp.series import SerialOrder, Series


@st.composite
def impositions(draw: st.DrawFn) -> dict[str, int | SerialOrder]:
    """Draw an edition and how it lies on its sheets."""
    return {
        "edition": draw(st.integers(1, 400)),
        "rows": draw(st.integers(1, 5)),
        "columns": draw(st.integers(1, 4)),
        "panes_across": draw(st.integers(1, 3)),
        "panes_down": draw(st.integers(1, 2)),
        "stack_sheets": draw(st.integers(2, 9)),
        "order": draw(st.sampled_from(SerialOrder)),
    }


def _imposed(series: Series, chosen: dict[str, int | SerialOrder]) -> Series:
    chosen = dict(chosen)
    edition = chosen.pop("edition")
    return replace(series, edition=edition, sheet=replace(series.sheet, **chosen))  # type: ignore[arg-type]


class TestPlaces:
    """A serial has one place."""

    @settings(deadline=None)  # a busy machine is no fault
    @given(chosen=impositions(), step=st.integers(1, 7))
    def test_many_at_once_lie_where_each_lies(
        self, leapfrog: Series, chosen: dict[str, int | SerialOrder], step: int
    ) -> None:
        """Arrays of serials and sheets give what serials and sheets give one by one, with gaps too."""
        series = _imposed(leapfrog, chosen)
        places = Places(series)
        serials = np.arange(1 + step // 2, series.edition + 1, step)
        if not len(serials):
            return
        assert list(zip(*places.on_sheets(serials), strict=True)) == [places.on_sheet(n) for n in serials.tolist()]
        sheets, numbers, held = sheets_at_once(places, serials)
        rows = [_Numbered(n) for n in serials.tolist()]
        found = [(int(sheet), serials[row[row >= 0]].tolist()) for sheet, row in zip(sheets, held, strict=True)]
        assert found == [(sheet, [row.serial for row in held]) for sheet, held in sheets_in_order(series, rows)]
        for sheet, row, there in zip(sheets.tolist(), numbers, held, strict=True):
            assert row[row <= series.edition].tolist() == list(places.serials_of(sheet))
            for index in np.flatnonzero(there >= 0).tolist():
                assert places.of(int(row[index])) == (sheet, *places.cell_of(index))

    def test_stamps_fill_rows_then_sheets(self, leapfrog: Series) -> None:
        """Five in a row, twenty-five on a sheet."""
        places = [place_of(leapfrog, Serial(serial)) for serial in (1, 5, 6, 25, 26, 1000)]
        assert places == [(1, 0, 0), (1, 0, 4), (1, 1, 0), (1, 4, 4), (2, 0, 0), (40, 4, 4)]

    def test_by_column_a_sheet_is_filled_downwards(self, leapfrog: Series) -> None:
        """No. 2 lies under No. 1, which is position 6."""
        series = replace(leapfrog, sheet=replace(leapfrog.sheet, order=SerialOrder.COLUMN))
        assert [place_of(series, Serial(n)) for n in (1, 2, 5, 6, 26)] == [
            (1, 0, 0),
            (1, 1, 0),
            (1, 4, 0),
            (1, 0, 1),
            (2, 0, 0),
        ]
        assert position_of(series, Serial(2)) == (1, 6)

    def test_in_stacks_a_place_is_filled_through_the_sheets(self, leapfrog: Series) -> None:
        """In a stack of 10 sheets, No. 2 lies on sheet 2, No. 11 beside No. 1, and No. 251 begins the next stack."""
        sheet = replace(leapfrog.sheet, order=SerialOrder.STACK, stack_sheets=10)
        series = replace(leapfrog, sheet=sheet)
        assert [place_of(series, Serial(n)) for n in (1, 2, 10, 11, 250, 251)] == [
            (1, 0, 0),
            (2, 0, 0),
            (10, 0, 0),
            (1, 0, 1),
            (10, 4, 4),
            (11, 0, 0),
        ]

    def test_the_last_stack_is_no_higher_than_it_must_be(self, leapfrog: Series) -> None:
        """260 stamps in stacks of 10 sheets of 25 leave one sheet for the last ten."""
        sheet = replace(leapfrog.sheet, order=SerialOrder.STACK, stack_sheets=10)
        series = replace(leapfrog, edition=260, sheet=sheet)
        assert sheets_of(series) == 11
        assert place_of(series, Serial(260)) == (11, 1, 4)

    def test_panes_are_filled_one_after_the_other(self, leapfrog: Series) -> None:
        """No. 26 begins the pane to the right, No. 51 the one below."""
        series = replace(leapfrog, sheet=replace(leapfrog.sheet, panes_across=2, panes_down=2))
        assert [place_of(series, Serial(n)) for n in (25, 26, 51, 101)] == [
            (1, 4, 4),
            (1, 0, 5),
            (1, 5, 0),
            (2, 0, 0),
        ]

    @settings(deadline=None)  # a busy machine is no fault
    @given(impositions())
    def test_every_serial_has_one_place_and_every_place_at_most_one_serial(
        self, leapfrog: Series, chosen: dict[str, int | SerialOrder]
    ) -> None:
        """Serial to place and back is the serial; positions agree; the sheets are as many as are said."""
        series = _imposed(leapfrog, chosen)
        places = [place_of(series, Serial(n)) for n in range(1, series.edition + 1)]
        assert len(set(places)) == series.edition
        assert [serial_at(series, *place) for place in places] == list(range(1, series.edition + 1))
        assert {sheet for sheet, _, _ in places} == set(range(1, sheets_of(series) + 1))
        assert all(1 <= position_of(series, Serial(n))[1] <= series.sheet.stamps for n in range(1, series.edition + 1))

    @settings(deadline=None)  # a busy machine is no fault
    @given(impositions())
    def test_a_sheet_knows_its_serials(self, leapfrog: Series, chosen: dict[str, int | SerialOrder]) -> None:
        """They are those whose place is on it; a place beyond the edition has none."""
        series = _imposed(leapfrog, chosen)
        geometry, places = sheet_geometry(series), Places(series)
        for sheet in range(1, places.sheets + 1):
            held = [serial_at(series, sheet, row, column) for row, column in _grid(geometry.rows, geometry.columns)]
            assert sorted(n for n in held if n) == list(places.serials_of(sheet))

    def test_the_last_sheet_may_be_short(self, leapfrog: Series) -> None:
        """One stamp more needs one sheet more."""
        assert [sheets_of(replace(leapfrog, edition=n)) for n in (1, 25, 26, 1000)] == [1, 1, 2, 40]


def _grid(rows: int, columns: int) -> list[tuple[int, int]]:
    return [(row, column) for row in range(rows) for column in range(columns)]


class TestCells:
    """Where places are on the paper."""

    def test_cells_tile_the_pane(self, leapfrog: Series) -> None:
        """The first cell begins where the pane begins, the last ends where it ends."""
        geometry = sheet_geometry(leapfrog)
        first, last = geometry.cell(0, 0), geometry.cell(4, 4)
        assert (first.x_mm, first.y_mm) == (geometry.pane.x_mm, geometry.pane.y_mm)
        assert (last.right_mm, last.bottom_mm) == pytest.approx((geometry.pane.right_mm, geometry.pane.bottom_mm))

    def test_gutters_part_stamps_and_panes(self, leapfrog: Series) -> None:
        """Two stamps are a gutter apart, two panes a gutter of their own, and the sheet grows by all of them."""
        sheet = replace(
            leapfrog.sheet, rows=2, columns=2, panes_across=2, gutter_mm=Decimal(4), pane_gutter_mm=Decimal(9)
        )
        geometry = sheet_geometry(replace(leapfrog, sheet=sheet))
        cells = [geometry.cell(0, column) for column in range(4)]
        apart = [after.x_mm - before.right_mm for before, after in pairwise(cells)]
        assert apart == pytest.approx([4, 9, 4])
        assert geometry.trim.width_mm == pytest.approx(4 * 40 + 2 * 4 + 9 + 2 * 12)
        assert len(geometry.panes) == 2

    def test_a_sheet_of_a_given_size_has_its_stamps_in_the_middle(self, leapfrog: Series) -> None:
        """What is left goes to both sides alike."""
        sheet = replace(leapfrog.sheet, width_mm=Decimal(260), height_mm=Decimal(300))
        geometry = sheet_geometry(replace(leapfrog, sheet=sheet))
        assert (geometry.trim.width_mm, geometry.trim.height_mm) == (260, 300)
        assert geometry.pane.x_mm - geometry.trim.x_mm == pytest.approx(30)
        assert geometry.trim.bottom_mm - geometry.pane.bottom_mm == pytest.approx(30)


class TestCut:
    """An edition is cut into files at whole sheets."""

    @settings(deadline=None)  # a busy machine is no fault
    @given(impositions(), st.integers(1, 20), st.data())
    def test_no_cut_tears_a_sheet_or_a_stack(
        self, leapfrog: Series, chosen: dict[str, int | SerialOrder], sheets: int, data: st.DataObject
    ) -> None:
        """The parts are the whole, in order, and no two of them share a sheet."""
        series = _imposed(leapfrog, chosen)
        first = data.draw(st.integers(1, series.edition))
        last = data.draw(st.integers(first, series.edition))
        parts = cut(series, range(first, last + 1), sheets)
        assert [n for part in parts for n in part] == list(range(first, last + 1))
        held = [{place_of(series, Serial(n))[0] for n in part} for part in parts]
        assert sum(map(len, held)) == len(set().union(*held))
        assert [sheets_with(series, part) for part in parts] == [len(each) for each in held]


class TestOrder:
    """Faces come once each, in order."""

    @settings(deadline=None)  # a busy machine is no fault
    @given(impositions())
    def test_sheets_come_whole_and_in_order(self, leapfrog: Series, chosen: dict[str, int | SerialOrder]) -> None:
        """Each sheet comes once, with its own serials, however they lie in stacks."""
        series = _imposed(leapfrog, chosen)
        rows = [_Numbered(n) for n in range(1, series.edition + 1)]
        found = [(sheet, [row.serial for row in held]) for sheet, held in sheets_in_order(series, rows)]
        places = Places(series)
        assert found == [(sheet, list(places.serials_of(sheet))) for sheet in range(1, places.sheets + 1)]

    @pytest.mark.parametrize("serials", [[2, 1], [3, 3], [0], [1001]])
    def test_serials_out_of_order_are_refused(
        self, leapfrog: Series, face: Callable[[int], StampFace], serials: list[int]
    ) -> None:
        """The error names the stamp."""
        faces = [replace(face(1), serial=Serial(serial)) for serial in serials]
        with pytest.raises(InputError, match=rf"Stamp No\. {serials[-1]} follows"):
            list(sheets_in_order(leapfrog, faces))
        with pytest.raises(InputError, match=rf"Stamp No\. {serials[-1]} follows"):
            sheets_at_once(Places(leapfrog), np.array(serials))


class _Numbered:
    def __init__(self, number: int) -> None:
        self.serial = Serial(number)
