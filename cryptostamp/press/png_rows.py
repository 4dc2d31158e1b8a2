"""PNG files that share most of their pixels: what does not change is compressed once, for all of them.

Rests on three properties of PNG (ISO/IEC 15948) and its zlib stream (RFC 1950, 1951): deflated pieces that end on a
whole byte and refer to nothing before them can be joined in any order; the Adler-32 of a whole follows from those of
its parts; and image data may be cut into chunks anywhere, each with a CRC-32 of its own. A file made here is
larger than the smallest possible one by a few per cent. Pixels are RGB, 8 bits a channel, not interlaced.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Sequence
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt

__all__ = ["PngRows", "Region", "adler32_joined"]

_ADLER_BASE: Final = 65521
_SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
_ZLIB_HEADER: Final = b"\x78\x01"
_LAST_BLOCK: Final = b"\x03\x00"
_UP: Final = 2
_CHANNELS: Final = 3
_NEAR, _FLAT, _FAR = 256, 160, 1 << 14
"""What does not change but lies between two pieces that do is compressed with them again for each picture if it has
at most so many bytes, or at most so many when compressed and not too many before: a piece has its price as well."""
_WEAK: Final = 6  # zlib's memLevel: a small table, which is cleared at the beginning of each piece

Pixels = npt.NDArray[np.uint8]


class Region(NamedTuple):
    """A rectangle of pixels that differ from picture to picture."""

    left: int
    top: int
    right: int
    bottom: int
    step: int = 1
    """Each row of pixels is repeated so often, as those of a module are."""


class _Piece(NamedTuple):
    """A part of the stream of filtered rows."""

    start: int
    stop: int
    deflated: bytes | None
    """`None` if the piece varies."""
    adler: int


class PngRows:
    """Pictures that are alike but for a few regions."""

    def __init__(self, shared: Pixels, regions: Sequence[Region], *, dpi: int) -> None:
        """Prepare pictures like `shared`, (height, width, 3), whatever is in the `regions`, of which there is one."""
        height, width = shared.shape[:2]
        differs = _differing(height, width, regions)
        held = np.flatnonzero(differs.any(axis=1))
        self._first, self._last = int(held[0]), int(held[-1]) + 1
        blank = shared.copy()
        for left, top, right, bottom, _ in regions:
            blank[top:bottom, left:right] = 0  # a row that repeats the one above it differs from it by nothing
        filtered = _filtered(blank, _referring(height, regions))
        self._row = filtered.shape[1]
        stream = filtered.reshape(-1)
        pieces = _pieces(stream, _spans(stream, differs, self._row))
        head, tail = pieces[0], pieces[-1]
        before, after = head.deflated or b"", tail.deflated or b""
        self._middle = pieces[1 if before else 0 : -1 if after else None]
        self._ahead = head if before else _Piece(0, 0, b"", 1)
        self._behind = tail if after else _Piece(0, 0, b"", 1)
        metre = round(dpi / 0.0254)
        self._start = b"".join(
            (
                _SIGNATURE,
                _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)),
                _chunk(b"pHYs", struct.pack(">IIB", metre, metre, 1)),
                _chunk(b"IDAT", _ZLIB_HEADER + before),
            )
        )
        self._end = _chunk(b"IDAT", after) if after else b""

    @property
    def band(self) -> slice:
        """The rows that `encoded` needs: those that differ, and the one above them, if there is one."""
        return slice(max(self._first - 1, 0), self._last)

    def encoded(self, band: Pixels) -> bytes:
        """Return the picture whose rows `self.band` are these, (rows, width, 3); outside of the regions as shared."""
        rows = band.reshape(len(band), -1)
        filtered = np.empty((self._last - self._first, self._row), dtype=np.uint8)
        filtered[:, 0] = _UP
        above = len(rows) - len(filtered)
        if not above:
            filtered[0, 1:] = rows[0]
        np.subtract(rows[1:], rows[:-1], out=filtered[1 - above :, 1:])
        stream, offset = filtered.reshape(-1).data, self._first * self._row
        packer = zlib.compressobj(1, zlib.DEFLATED, -zlib.MAX_WBITS, _WEAK, zlib.Z_RLE)  # most are runs
        parts: list[bytes] = []
        adler = self._ahead.adler
        for start, stop, deflated, known in self._middle:
            if deflated is None:
                data = stream[start - offset : stop - offset]
                parts += (packer.compress(data), packer.flush(zlib.Z_FULL_FLUSH))
                adler = zlib.adler32(data, adler)
            else:
                parts.append(deflated)
                adler = adler32_joined(adler, known, stop - start)
        adler = adler32_joined(adler, self._behind.adler, self._behind.stop - self._behind.start)
        return b"".join(
            (
                self._start,
                _chunk(b"IDAT", b"".join(parts)),
                self._end,
                _chunk(b"IDAT", _LAST_BLOCK + adler.to_bytes(4, "big")),
                _chunk(b"IEND", b""),
            )
        )


def adler32_joined(first: int, second: int, length: int) -> int:
    """Return the Adler-32 of two texts from those of each and the length of the second (RFC 1950, 8.2)."""
    low, high = first & 0xFFFF, first >> 16
    more_low, more_high = second & 0xFFFF, second >> 16
    joined_low = (low + more_low - 1) % _ADLER_BASE
    joined_high = (high + more_high + length * (low - 1)) % _ADLER_BASE
    return joined_high << 16 | joined_low


def _chunk(kind: bytes, data: bytes) -> bytes:
    return b"".join((len(data).to_bytes(4, "big"), kind, data, zlib.crc32(data, zlib.crc32(kind)).to_bytes(4, "big")))


def _differing(height: int, width: int, regions: Sequence[Region]) -> npt.NDArray[np.bool_]:
    """Return where the difference of a row to the one above it varies, (height, width)."""
    differs = np.zeros((height, width), dtype=np.bool_)
    for left, top, right, bottom, step in regions:
        differs[top:bottom:step, left:right] = True
        differs[bottom : bottom + 1, left:right] = True
    return differs


def _referring(height: int, regions: Sequence[Region]) -> npt.NDArray[np.bool_]:
    """Return which rows lie in a region or directly below one, (height,)."""
    rows = np.zeros(height, dtype=np.bool_)
    for region in regions:
        rows[region.top : region.bottom + 1] = True
    return rows


def _filtered(shared: Pixels, must_be_up: npt.NDArray[np.bool_]) -> Pixels:
    """Return the rows with the filter (PNG, 9.2) that leaves the smallest numbers, or Up: (height, 1 + 3 x width)."""
    rows = shared.reshape(len(shared), -1).astype(np.int16)
    left, above = np.zeros_like(rows), np.zeros_like(rows)
    left[:, _CHANNELS:], above[1:] = rows[:, :-_CHANNELS], rows[:-1]
    corner = np.zeros_like(rows)
    corner[1:, _CHANNELS:] = rows[:-1, :-_CHANNELS]
    ways = {0: 0, 1: left, _UP: above, 3: (left + above) // 2, 4: _paeth(left, above, corner)}
    best = np.full(len(rows), -1, dtype=np.int64)
    out = np.empty((len(rows), 1 + rows.shape[1]), dtype=np.uint8)
    for number, predicted in ways.items():
        rest = (rows - predicted).astype(np.uint8)
        points = np.abs(rest.view(np.int8).astype(np.int16)).sum(axis=1)
        better = np.where(must_be_up, number == _UP, (best < 0) | (points < best))
        best[better], out[better, 0], out[better, 1:] = points[better], number, rest[better]
    return out


def _paeth(left: npt.NDArray[np.int16], above: npt.NDArray[np.int16], corner: npt.NDArray[np.int16]) -> Any:  # noqa: ANN401
    """Return of each triple the number that is nearest to left + above - corner."""
    to_left, to_above, to_corner = (np.abs(above - corner), np.abs(left - corner), np.abs(left + above - 2 * corner))
    nearer = np.where(to_above <= to_corner, above, corner)
    return np.where((to_left <= to_above) & (to_left <= to_corner), left, nearer)


def _spans(stream: Pixels, differs: npt.NDArray[np.bool_], row: int) -> list[tuple[int, int]]:
    """Return the parts of the stream that vary, first to last; parts with little between them are one."""
    spans: list[tuple[int, int]] = []
    for number in np.flatnonzero(differs.any(axis=1)):
        columns = np.flatnonzero(differs[number])
        start = int(number) * row + 1 + _CHANNELS * int(columns[0])
        stop = int(number) * row + 1 + _CHANNELS * (int(columns[-1]) + 1)
        if spans and _is_little(stream[spans[-1][1] : start]):
            start = spans.pop()[0]
        spans.append((start, stop))
    return spans


def _is_little(between: Pixels) -> bool:
    return len(between) <= _NEAR or (len(between) <= _FAR and len(zlib.compress(between.tobytes(), 1)) <= _FLAT)


def _pieces(stream: Pixels, spans: Sequence[tuple[int, int]]) -> list[_Piece]:
    """Return the whole stream in pieces, with those compressed that do not vary."""
    pieces, end = [], 0
    for start, stop in (*spans, (len(stream), len(stream))):
        if start > end:
            data = stream[end:start].tobytes()
            packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
            deflated = packer.compress(data) + packer.flush(zlib.Z_FULL_FLUSH)
            pieces.append(_Piece(end, start, deflated, zlib.adler32(data)))
        if stop > start:
            pieces.append(_Piece(start, stop, None, 1))
        end = stop
    return pieces
