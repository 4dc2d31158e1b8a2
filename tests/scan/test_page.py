"""All symbols of a sheet are read at their places, whatever else is drawn there, and damage is measured."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
import qrcode

from cryptostamp.scan import read_page, read_place


def qr(text: str, module: int = 4) -> npt.NDArray[np.uint8]:
    encoder = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_Q, border=4)
    encoder.add_data(text)
    encoder.make()
    dark = np.kron(np.array(encoder.get_matrix(), dtype=np.bool_), np.ones((module, module), dtype=np.bool_))
    return np.where(dark, np.uint8(0), np.uint8(255))


def sheet(rows: int, columns: int, pitch: int = 200) -> tuple[npt.NDArray[np.uint8], list[str]]:
    """Return a sheet with a symbol in the upper left corner of each place, and what they say."""
    page = np.full((rows * pitch, columns * pitch), 255, dtype=np.uint8)
    texts = [f"HTTPS://POST.EXAMPLE/{row}/{column}" for row in range(rows) for column in range(columns)]
    for number, text in enumerate(texts):
        symbol = qr(text)
        row, column = divmod(number, columns)
        page[row * pitch :, column * pitch :][: len(symbol), : len(symbol)] = symbol
    return page, texts


class TestReadPage:
    def test_every_symbol_at_its_place(self) -> None:
        """Thirty symbols come from top to bottom and left to right, each with the middle of its modules."""
        page, texts = sheet(5, 6)
        found = read_page(page)
        assert [symbol.text for symbol in found] == texts
        for number, symbol in enumerate(found):
            row, column = divmod(number, 6)
            half = len(qr(texts[number])) / 2
            assert symbol.centre == pytest.approx((column * 200 + half, row * 200 + half), abs=1)
            assert symbol.unused_correction == 1

    def test_damage_is_measured(self) -> None:
        """A spot on a symbol uses up a part of its error correction, and the text is still right."""
        page = qr("HTTPS://POST.EXAMPLE/S/1/2/3")
        middle = len(page) // 2
        page[middle - 8 : middle + 8, middle - 8 : middle + 8] = 0
        (symbol,) = read_page(page)
        assert symbol.text == "HTTPS://POST.EXAMPLE/S/1/2/3"
        assert 0 < symbol.unused_correction < 1

    def test_a_blank_sheet(self) -> None:
        """A sheet without a symbol has none."""
        assert read_page(np.full((300, 300), 255, dtype=np.uint8)) == ()

    def test_what_a_symbol_says_is_not_shown(self) -> None:
        """A text may be a hidden code: it does not appear in the representation."""
        assert "SECRET" not in repr(read_page(qr("SECRET")))


class TestReadPlace:
    @pytest.mark.parametrize("change", [lambda page: 255 - page, lambda page: page // 4 + 150, lambda page: page // 8])
    def test_tries_harder(self, change: object) -> None:
        """A symbol alone is read though it is inverted, pale or in the dark."""
        page = change(qr("HARD TO READ"))  # type: ignore[operator]
        assert [symbol.text for symbol in read_place(page)] == ["HARD TO READ"]

    @pytest.mark.parametrize("shape", [(0, 0), (1, 1), (3, 500)])
    def test_next_to_nothing(self, shape: tuple[int, int]) -> None:
        """A place outside of the page, or a strip of it, holds no symbol."""
        assert read_place(np.zeros(shape, dtype=np.uint8)) == ()
