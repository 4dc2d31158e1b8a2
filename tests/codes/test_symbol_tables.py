from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pytest
import qrcode
from hypothesis import given, settings
from hypothesis import strategies as st
from qrcode.constants import ERROR_CORRECT_H, ERROR_CORRECT_L, ERROR_CORRECT_M, ERROR_CORRECT_Q
from qrcode.util import ALPHA_NUM, BIT_LIMIT_TABLE, QRData, length_in_bits

from cryptostamp.codes.symbol_tables import Groups, constant_of, empty_rows, encode_rows, unpack_rows

LEVELS = (ERROR_CORRECT_L, ERROR_CORRECT_M, ERROR_CORRECT_Q, ERROR_CORRECT_H)


@dataclass(frozen=True)
class Mode:
    """A mode of ISO/IEC 18004: how many characters go into how many bits, and what they are."""

    indicator: int
    characters: int
    bits: int
    alphabet: bytes
    base: int
    constant: bytes

    def text(self, value: int) -> bytes:
        """Return the characters of one group."""
        digits = [value // self.base**power % self.base for power in reversed(range(self.characters))]
        return bytes(self.alphabet[digit] for digit in digits)


MODES = (
    Mode(1, 3, 10, b"0123456789", 10, b"592"),
    Mode(2, 2, 11, ALPHA_NUM, 45, b"Z:"),
    Mode(4, 1, 8, bytes(range(256)), 256, b"~"),
)


def reference(version: int, level: int, mask: int, mode: Mode, text: bytes) -> npt.NDArray[np.bool_]:
    """Return the modules that the library makes."""
    encoder = qrcode.QRCode(version=version, error_correction=level, mask_pattern=mask)
    encoder.add_data(QRData(text, mode=mode.indicator), optimize=0)
    encoder.make(fit=False)
    return np.array(encoder.modules, dtype=np.bool_)


@st.composite
def symbols(draw: st.DrawFn) -> tuple[int, int, int, Mode, int, int, list[list[int]]]:
    """Draw version, level, mask and mode, the groups before and after those that vary, and values of up to three."""
    version = draw(st.one_of(st.integers(1, 9), st.integers(5, 12), st.sampled_from([26, 27, 40])))
    level, mode = draw(st.sampled_from(LEVELS)), draw(st.sampled_from(MODES))
    room = (BIT_LIMIT_TABLE[level][version] - 4 - length_in_bits(mode.indicator, version)) // mode.bits
    varying = draw(st.integers(1, 3))
    before = draw(st.integers(0, room - varying))
    after = draw(st.integers(0, room - varying - before))
    values = st.lists(st.integers(0, mode.base**mode.characters - 1), min_size=varying, max_size=varying)
    return version, level, draw(st.integers(0, 7)), mode, before, after, draw(st.lists(values, min_size=2, max_size=3))


class TestSymbols:
    @settings(max_examples=25, deadline=None)
    @given(symbols())
    def test_module_for_module(self, drawn: tuple[int, int, int, Mode, int, int, list[list[int]]]) -> None:
        """For any version, level, mask, mode and place, tables learnt from one symbol give those of the library."""
        version, level, mask, mode, before, after, values = drawn
        groups = Groups(
            version=version,
            level=level,
            start=4 + length_in_bits(mode.indicator, version) + mode.bits * before,
            widths=(mode.bits,) * len(values[0]),
        )
        expected = [
            reference(
                version,
                level,
                mask,
                mode,
                mode.constant * before + b"".join(map(mode.text, each)) + mode.constant * after,
            )
            for each in values
        ]
        rows = empty_rows(len(values), version)
        encode_rows(groups, np.array(values).T, constant_of(groups, np.array(values[0]), expected[0]), rows)
        packed = unpack_rows(rows, version)
        for row, modules in zip(packed, expected, strict=True):
            assert np.array_equal(row, np.packbits(modules, axis=1))

    @pytest.mark.parametrize("version", [1, 5, 6, 7, 40])
    def test_padding_is_zero(self, version: int) -> None:
        """What fills the last byte of a row and the last word of a symbol is zero: equal symbols are equal words."""
        groups = Groups(version=version, level=ERROR_CORRECT_L, start=20, widths=(11, 6))
        side = 17 + 4 * version
        rows = empty_rows(3, version)
        zero = np.zeros(rows.shape[1], dtype=np.uint64)
        encode_rows(groups, np.array([[0, 2047, 1000], [0, 63, 1]]), zero, rows)
        octets = rows.view(np.uint8)
        assert not octets[:, side * -(-side // 8) :].any()
        assert not np.unpackbits(unpack_rows(rows, version), axis=2)[:, :, side:].any()
        assert not rows[0].any()
        assert rows[1].any()
