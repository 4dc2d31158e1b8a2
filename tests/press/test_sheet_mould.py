"""What fills a mould is what a stamp says, whatever its length, and nothing of a neighbour."""

from __future__ import annotations

import numpy as np
import pytest

from cryptostamp.press.pdf.sheet_mould import (
    Hole,
    SheetMould,
    codes_alone,
    column_of_hex,
    column_of_lines,
    column_of_names,
)


def _said(column: np.ndarray) -> list[bytes]:
    return [row.tobytes() for row in column]


class TestColumns:
    def test_shorter_lines_are_followed_by_spaces(self) -> None:
        """A string ends where it ends; the hole is as wide as the longest."""
        fields = {"serial": np.array([b"8", b"10", b"9"]), "short_code": np.array([b"A-8-X", b"A-10-X", b"A-9-YZ"])}
        column = column_of_lines("No. {serial} of {short_code}", fields)
        assert _said(column) == [b"(No. 8 of A-8-X)  ", b"(No. 10 of A-10-X)", b"(No. 9 of A-9-YZ) "]

    def test_a_line_may_say_the_same_to_all(self) -> None:
        """Braces that are meant stand double."""
        assert _said(column_of_lines("N{serial}{serial}", {"serial": np.array([b"7"])})) == [b"(N77)"]

    def test_modules_in_hex(self) -> None:
        """Rows of a symbol, one after another."""
        symbols = np.array([[[0xFE, 0x01], [0x00, 0xA0]]], dtype=np.uint8)
        assert _said(column_of_hex(symbols)) == [b"fe0100a0"]

    def test_names(self) -> None:
        """Each stamp has the name of its colour."""
        assert _said(column_of_names(["9", "10"], np.array([1, 0, 1]))) == [b"10", b"9 ", b"10"]

    @pytest.mark.parametrize(("text", "answer"), [(b"LEAP-1-0AZ", True), (b"leap", False), (b"A(B", False)])
    def test_other_letters_than_those_of_codes_are_seen(self, text: bytes, answer: bool) -> None:  # noqa: FBT001
        """A bracket would end the string of a PDF."""
        assert codes_alone(np.array([b"A", text])) is answer


class TestMould:
    def test_each_sheet_gets_its_own_stamps(self) -> None:
        """Two sheets of two stamps, from columns of three, in any order."""
        columns = {"name": np.array([[97], [98], [99]], dtype=np.uint8)}
        mould = SheetMould(["<", Hole("name", 0), "|", Hole("name", 1), ">"], columns)
        filled = mould.filled(columns, np.array([[0, 1], [2, 0]]))
        assert _said(filled) == [b"<a|b>", b"<c|a>"]
