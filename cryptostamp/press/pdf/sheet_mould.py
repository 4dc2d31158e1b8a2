"""The operators of many sheets at once: what stays the same is a mould, and NumPy fills its holes.

On most faces nothing differs from stamp to stamp but the colour, the modules of the symbol and a few lines of codes.
Each of these has a hole of one width for the whole file; what is shorter is followed by spaces, which PDF passes over
(ISO 32000-2, 7.2.3). So a thousand sheets are filled in a few hundred assignments, whatever is on them. Knows neither
what a hole means nor where a serial lies.
"""

from __future__ import annotations

import binascii
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from string import Formatter
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from cryptostamp.press.pdf.code_font import CODE_LETTERS

__all__ = ["Column", "Hole", "SheetMould", "codes_alone", "column_of_hex", "column_of_lines", "column_of_names"]

Column = npt.NDArray[np.uint8]
"""What goes into one kind of hole, in ASCII: (stamps, width)."""

_SPACE: Final = ord(" ")


class Hole(NamedTuple):
    """A gap in a mould."""

    column: str
    """The name of the column that fills it."""
    stamp: int
    """Which stamp of the sheet, in the order of their serials."""


@dataclass(frozen=True, slots=True)
class _Gap:
    column: str
    stamp: int
    start: int
    stop: int


class SheetMould:
    """What the sheets of a file have in common from the first byte to the last, and where they differ."""

    def __init__(self, parts: Sequence[str | Hole], columns: Mapping[str, Column]) -> None:
        """Take the parts in their order; `columns` tell how wide the holes are."""
        self._gaps: list[_Gap] = []
        blank = bytearray()
        for part in parts:
            if isinstance(part, str):
                blank += part.encode("ascii")
            else:
                start = len(blank)
                blank += bytes(columns[part.column].shape[1])
                self._gaps.append(_Gap(part.column, part.stamp, start, len(blank)))
        self._blank = np.frombuffer(bytes(blank), dtype=np.uint8)

    def filled(self, columns: Mapping[str, Column], stamps: npt.NDArray[np.intp]) -> Column:
        """Return the operators of sheets, (sheets, bytes); `stamps`, (sheets, stamps a sheet), says who is where.

        Give some hundred sheets at a time: they are in memory together.
        """
        sheets = np.empty((len(stamps), len(self._blank)), dtype=np.uint8)
        sheets[:] = self._blank
        for gap in self._gaps:
            sheets[:, gap.start : gap.stop] = columns[gap.column][stamps[:, gap.stamp]]
        return sheets


def codes_alone(texts: npt.NDArray[np.bytes_]) -> bool:
    """Tell whether texts (n,) have no other characters than those of codes."""
    known = np.zeros(256, dtype=np.bool_)
    known[[0, *CODE_LETTERS.encode("ascii")]] = True  # NumPy fills texts up with zeros
    return bool(known[_octets(texts)].all())


def column_of_hex(symbols: npt.NDArray[np.uint8]) -> Column:
    """Return the modules of packed symbols (n, rows, bytes) in hex."""
    octets = np.ascontiguousarray(symbols).reshape(len(symbols), -1)
    return np.frombuffer(binascii.hexlify(octets.data), dtype=np.uint8).reshape(len(symbols), -1)


def column_of_names(names: Sequence[str], chosen: npt.NDArray[np.intp]) -> Column:
    """Return one of a few names for each stamp."""
    return _octets(np.array([name.encode("ascii") for name in names]), fill=_SPACE)[chosen]


def column_of_lines(pattern: str, fields: Mapping[str, npt.NDArray[np.bytes_]]) -> Column:
    """Return a line of codes for each stamp as a string of PDF: the pattern of `str.format` with the fields filled in.

    Codes have no character that a string of PDF would have to escape.
    """
    pieces = list(_pieces(pattern, fields))
    lengths = np.array([_lengths(piece) for piece in pieces if not isinstance(piece, bytes)])
    count = lengths.shape[1]
    fixed = sum(len(piece) for piece in pieces if isinstance(piece, bytes))
    column = np.full((count, fixed + int(lengths.sum(axis=0).max(initial=0))), _SPACE, dtype=np.uint8)
    # Stamps whose fields have equal lengths are filled together: a file has as many kinds as its serials have lengths.
    keys = np.ravel_multi_index(tuple(lengths), tuple(lengths.max(axis=1) + 1))
    for key in np.flatnonzero(np.bincount(keys)):
        chosen = _run_of(np.flatnonzero(keys == key))
        first = chosen.start if isinstance(chosen, slice) else chosen[0]
        at, given = 0, iter(lengths[:, first].tolist())
        for piece in pieces:
            if isinstance(piece, bytes):
                column[chosen, at : at + len(piece)] = np.frombuffer(piece, dtype=np.uint8)
                at += len(piece)
            else:
                length = next(given)
                column[chosen, at : at + length] = _octets(piece)[chosen, :length]
                at += length
    return column


def _pieces(pattern: str, fields: Mapping[str, npt.NDArray[np.bytes_]]) -> Iterator[bytes | npt.NDArray[np.bytes_]]:
    yield b"("
    for literal, name, *_ in Formatter().parse(pattern):
        if literal:
            yield literal.encode("ascii")
        if name is not None:
            yield fields[name]
    yield b")"


def _run_of(places: npt.NDArray[np.intp]) -> slice | npt.NDArray[np.intp]:
    """Return neighbours as a slice, which is quicker."""
    if len(places) and places[-1] - places[0] + 1 == len(places):
        return slice(int(places[0]), int(places[-1]) + 1)
    return places


def _octets(texts: npt.NDArray[np.bytes_], fill: int = 0) -> Column:
    """Return texts as their bytes (n, longest)."""
    octets = np.ascontiguousarray(texts).view(np.uint8).reshape(len(texts), -1)
    return np.where(octets == 0, np.uint8(fill), octets) if fill else octets


def _lengths(texts: npt.NDArray[np.bytes_]) -> npt.NDArray[np.intp]:
    lengths: npt.NDArray[np.intp] = np.count_nonzero(_octets(texts), axis=1)
    return lengths
