"""Many QR symbols that differ in a few characters, from tables: a symbol is affine in its data bits.

Rests on ISO/IEC 18004: with version, error correction level and mask fixed, every codeword of Reed-Solomon and so every
module is a constant XOR a linear function, over GF(2), of the data bits. What one data bit changes is therefore
computed once, and which module shows which bit is learnt from the `qrcode` library; what a group of up to 11 bits (two
alphanumeric characters) changes is a row of a table; and a symbol is a constant XOR one row for each varying group. The
modules are those of the library, bit for bit.

Knows neither what a code says nor how version and mask are chosen. The tables hold no data of any code.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
import numpy.typing as npt
import qrcode
from qrcode.base import gexp, glog, rs_blocks
from qrcode.constants import ERROR_CORRECT_L

__all__ = ["Groups", "Rows", "constant_of", "empty_rows", "encode_rows", "pack_rows", "unpack_rows"]

Rows = npt.NDArray[np.uint64]
"""Symbols (n, words): their modules row by row as bytes, most significant bit first, 1 is dark, zeros up to a word."""

_LARGEST_TABLE: Final = 1 << 20
"""Bytes. A group whose table would be larger, in large symbols, gets two small tables instead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Groups:
    """The varying bits of a symbol, as groups of bits that follow each other."""

    version: int
    level: int
    """Error correction, as `qrcode.constants` numbers it."""
    start: int
    """Where the first group starts, in bits from the first mode indicator."""
    widths: tuple[int, ...]
    """Bits of each group, at most 11."""


def encode_rows(groups: Groups, values: npt.NDArray[np.intp], constant: Rows, out: Rows) -> None:
    """Write the symbols whose groups have these values to `out`, (n, words).

    `values` is (groups, n), each below 2 to the width of its group; `constant` is (words,): the symbol with every
    group zero, see `constant_of`. A few thousand symbols at once are fastest, for they stay in the cache of a core;
    groups that do not vary among them, such as the high digits of a serial, cost nothing for each symbol.
    """
    varying = []
    for table in _tables(groups):
        index = table.index(values)
        if (index == index[0]).all():
            constant = constant ^ table.rows[index[0]]
        else:
            varying.append((table.rows, index))
    out[:] = constant
    changes = np.empty_like(out)
    for rows, index in varying:
        # With "raise", the default, NumPy would look up into a buffer of its own and copy it.
        np.take(rows, index, axis=0, out=changes, mode="clip")
        np.bitwise_xor(out, changes, out=out)


def constant_of(groups: Groups, values: npt.NDArray[np.intp], modules: npt.NDArray[np.bool_]) -> Rows:
    """Return the constant (words,) for `encode_rows`, from one symbol and the values (groups,) it has."""
    row = pack_rows(modules)
    constant = np.empty_like(row)
    encode_rows(groups, values[:, np.newaxis], row, constant[np.newaxis])
    constant.setflags(write=False)
    return constant


def pack_rows(modules: npt.NDArray[np.bool_]) -> Rows:
    """Return one symbol (side, side), True is dark, as words (words,)."""
    octets = np.packbits(modules, axis=-1).tobytes()
    return np.frombuffer(octets + bytes(-len(octets) % 8), dtype=np.uint64)


def empty_rows(count: int, version: int) -> Rows:
    """Return room for so many symbols, (count, words)."""
    side = 17 + 4 * version
    return np.empty((count, -(-side * -(-side // 8) // 8)), dtype=np.uint64)


def unpack_rows(rows: Rows, version: int) -> npt.NDArray[np.uint8]:
    """Return symbols (n, words) as a view of their bytes (n, side, ceil(side / 8))."""
    side = 17 + 4 * version
    width = -(-side // 8)
    return rows.view(np.uint8)[:, : side * width].reshape(len(rows), side, width)


@dataclass(frozen=True, slots=True)
class _Table:
    group: int
    shift: int
    """Bits of the group that lie below those of this table."""
    rows: Rows

    def index(self, values: npt.NDArray[np.intp]) -> npt.NDArray[np.intp]:
        index: npt.NDArray[np.intp] = values[self.group] >> self.shift & len(self.rows) - 1
        return index


def _tables(groups: Groups) -> list[_Table]:
    tables = []
    start = groups.start
    for group, width in enumerate(groups.widths):
        end = start + width
        for part in _split(groups.version, width):
            rows = _rows(groups.version, groups.level, start, part)
            start += part
            tables.append(_Table(group, end - start, rows))
    return tables


def _split(version: int, width: int) -> tuple[int, ...]:
    side = 17 + 4 * version
    if side * -(-side // 8) << width <= _LARGEST_TABLE:
        return (width,)
    return (width - width // 2, width // 2)


@lru_cache(maxsize=128)
def _rows(version: int, level: int, start: int, width: int) -> Rows:
    """Return what each value of `width` data bits from `start` on changes: (2 to the `width`, words)."""
    table = empty_rows(1, version)
    table[:] = 0
    for bit in reversed(range(start, start + width)):
        changed = np.unpackbits(_change(version, level, bit)).view(np.bool_)
        row = pack_rows(np.concatenate(([False], changed))[_placement(version)])
        table = np.concatenate((table, table ^ row))
    table.setflags(write=False)
    return table


def _change(version: int, level: int, bit: int) -> npt.NDArray[np.uint8]:
    """Return what one data bit changes in the codewords, in their order in the symbol (ISO/IEC 18004, 7.5 and 7.6).

    Reed-Solomon is linear, so the codewords of a block change by those of a block that has this bit alone.
    """
    blocks = rs_blocks(version, level)
    number, byte = 0, bit // 8
    while byte >= blocks[number].data_count:
        byte -= blocks[number].data_count
        number += 1
    block, value = blocks[number], 0x80 >> bit % 8
    data, rest = _order(version, level)
    change = np.zeros(sum(each.total_count for each in blocks), dtype=np.uint8)
    change[data[number, byte]] = value
    factors = _rests(block.data_count, block.total_count - block.data_count)[byte]
    for place, factor in enumerate(factors):
        change[rest[number, place]] = _product(factor, value)
    return change


@lru_cache(maxsize=16)
def _order(version: int, level: int) -> tuple[dict[tuple[int, int], int], dict[tuple[int, int], int]]:
    """Return where the codewords of data and of correction stand: block and place in it to place in the symbol."""
    blocks = rs_blocks(version, level)
    order: list[dict[tuple[int, int], int]] = []
    for counts in ([each.data_count for each in blocks], [each.total_count - each.data_count for each in blocks]):
        first = len(order[0]) if order else 0
        turns = (
            (number, place) for place in range(max(counts)) for number in range(len(blocks)) if place < counts[number]
        )
        order.append({turn: first + index for index, turn in enumerate(turns)})
    return order[0], order[1]


@lru_cache(maxsize=16)
def _rests(data_count: int, correction_count: int) -> tuple[tuple[int, ...], ...]:
    """Return for each data codeword of a block what the value 1 in it leaves, divided by the generator polynomial."""
    generator = [1]
    for power in range(correction_count):
        shifted = [*generator, 0]
        scaled = [0, *(_product(factor, gexp(power)) for factor in generator)]
        generator = [one ^ other for one, other in zip(shifted, scaled, strict=True)]
    rest, rests = generator[1:], [tuple(generator[1:])]
    for _ in range(data_count - 1):
        carried = rest[0]
        rest = [one ^ _product(carried, other) for one, other in zip([*rest[1:], 0], generator[1:], strict=True)]
        rests.append(tuple(rest))
    return tuple(reversed(rests))


def _product(one: int, other: int) -> int:
    """Return the product of two elements of GF(256)."""
    return gexp(glog(one) + glog(other)) if one and other else 0


@lru_cache(maxsize=8)
def _placement(version: int) -> npt.NDArray[np.intp]:
    """Return which codeword bit each module (side, side) shows, counted from 1; 0 if it shows none."""
    count = sum(block.total_count for block in rs_blocks(version, ERROR_CORRECT_L))
    numbers = np.arange(1, 8 * count + 1)
    blank = _modules_of(version, bytes(count))
    placement = np.zeros(blank.shape, dtype=np.intp)
    for power in range(int(numbers[-1]).bit_length()):
        shown = _modules_of(version, np.packbits((numbers >> power & 1).astype(np.bool_)).tobytes())
        placement |= (shown ^ blank).astype(np.intp) << power
    return placement


def _modules_of(version: int, codewords: bytes) -> npt.NDArray[np.bool_]:
    encoder = qrcode.QRCode(version=version)
    encoder.data_cache = list(codewords)
    encoder.makeImpl(test=False, mask_pattern=0)
    return np.array(encoder.modules, dtype=np.bool_)
