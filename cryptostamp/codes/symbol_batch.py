"""The QR symbols of many stamps at once: what `symbol` makes one by one, module for module.

A batch has one version and one mask. Its symbols begin alike and differ in the characters at the end, which is what
`symbol_tables` is for. Nothing is written anywhere, and the batch shows nothing of what it holds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

import numpy as np
import numpy.typing as npt
from qrcode.util import length_in_bits

from cryptostamp.codes.characters import Characters, characters_of
from cryptostamp.codes.claim_code import claim_link
from cryptostamp.codes.claim_codes import CLAIM_LENGTH, ClaimCodes
from cryptostamp.codes.penalty import penalties
from cryptostamp.codes.public_codes import PublicCodes
from cryptostamp.codes.symbol import ALPHANUMERIC, BYTES, LEVEL, MASK, QrSymbol, encode_symbol
from cryptostamp.codes.symbol_tables import Groups, Rows, constant_of, empty_rows, encode_rows, unpack_rows

__all__ = ["SymbolBatch", "best_mask", "claim_symbols", "public_symbols", "text_symbols"]

_CHUNK: Final = 4096
"""Codes worked on at once: few enough for a core's cache, and so many that Python's part of the work is small."""
_MODE_BITS: Final = 4
_PAIR_BITS: Final = 11
_SINGLE_BITS: Final = 6
_BASE: Final = 45
_FILLER: Final = "Z"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SymbolBatch:
    """The modules of many QR symbols of one version, packed, without the quiet zone that printing adds."""

    version: int
    """1..40; a symbol has 17 + 4 x version modules a side."""
    packed: npt.NDArray[np.uint8] = field(repr=False)
    """(n, side, ceil(side / 8)): rows from top to bottom, most significant bit first, 1 is dark, zeros at their end.

    Read-only. The bytes of one symbol lie side by side; between symbols there is a gap of a few bytes.
    """

    @property
    def side(self) -> int:
        """The number of modules along one side."""
        return 17 + 4 * self.version

    def __len__(self) -> int:
        return len(self.packed)

    def __getitem__(self, index: int) -> QrSymbol:
        modules = self._unpack(self.packed[index])
        modules.setflags(write=False)
        return QrSymbol(version=self.version, modules=modules)

    def modules(self) -> npt.NDArray[np.bool_]:
        """Return the modules of all symbols, (n, side, side), True is dark: eight times the memory."""
        return self._unpack(self.packed)

    def _unpack(self, packed: npt.NDArray[np.uint8]) -> npt.NDArray[np.bool_]:
        return np.unpackbits(packed, axis=-1, count=self.side).view(np.bool_)


def public_symbols(codes: PublicCodes, *, mask: int = MASK, least_version: int = 1) -> SymbolBatch:
    """Return the QRs of many stamps' faces, in the order of the codes; see `public_symbol`.

    All have the version of the longest code, or `least_version` if that is larger: name it when an edition is worked
    through in parts. Thousands at once are fastest: a call takes a quarter of a millisecond before its first symbol.
    """
    scheme, _, rest = codes.beginning.partition(":")
    beginning = _Beginning(scheme, f":{rest}", mask)
    version = beginning.version_for(codes.longest_ending, least_version)
    rows = empty_rows(len(codes), version)
    for start in range(0, len(codes), _CHUNK):
        part = slice(start, start + _CHUNK)
        out = rows[part]
        for ending in codes[part].endings():
            if isinstance(ending.places, slice):
                beginning.encode(ending.characters, version, out[ending.places])
            else:
                scattered = empty_rows(len(ending.places), version)
                beginning.encode(ending.characters, version, scattered)
                out[ending.places] = scattered
    return _batch(version, rows)


def claim_symbols(codes: ClaimCodes, host: str, *, mask: int = MASK) -> SymbolBatch:
    """Return the QRs that lie under many scratch fields; see `claim_symbol`. They are as secret as the codes."""
    beginning = _Beginning(claim_link(host), codes.beginning, mask)
    version = beginning.version_for(CLAIM_LENGTH, 1)
    rows = empty_rows(len(codes), version)
    for start in range(0, len(codes), _CHUNK):
        part = slice(start, start + _CHUNK)
        beginning.encode(codes[part].characters(), version, rows[part])
    return _batch(version, rows)


def text_symbols(head: str, endings: Sequence[str], *, mask: int = MASK, least_version: int = 1) -> SymbolBatch:
    """Return the QRs of texts that begin alike: `head` as bytes, then endings of one length in alphanumeric characters.

    For what a press writes beside the stamps, such as the numbers of its sheets.
    """
    beginning = _Beginning(head, "", mask)
    characters = characters_of("".join(endings)).reshape(len(endings), -1).T
    version = beginning.version_for(len(characters), least_version)
    rows = empty_rows(len(endings), version)
    beginning.encode(characters, version, rows)
    return _batch(version, rows)


def best_mask(codes: PublicCodes, *, least_version: int = 1) -> int:
    """Return the mask whose symbols of these codes have the fewest penalty points, see `penalty`.

    A sample of a hundred codes decides as well as a whole edition, whose symbols have most modules in common.
    """
    batches = (public_symbols(codes, mask=mask, least_version=least_version) for mask in range(8))
    points = [int(penalties(batch.modules()).sum()) for batch in batches]
    return points.index(min(points))


def _batch(version: int, rows: Rows) -> SymbolBatch:
    packed = unpack_rows(rows, version)
    packed.setflags(write=False)
    return SymbolBatch(version=version, packed=packed)


@dataclass(frozen=True, slots=True)
class _Beginning:
    """What the codes of a batch begin with: a byte segment, and the first characters of an alphanumeric one."""

    any_bytes: str
    alphanumeric: str
    mask: int

    def version_for(self, length: int, least_version: int) -> int:
        """Return the version of a symbol that ends in `length` more alphanumeric characters."""
        return _sample(self, length, least_version).version

    def encode(self, ending: Characters, version: int, out: Rows) -> None:
        """Write the symbols with these endings, (characters, n), to `out`, (n, words)."""
        groups, constant = _constant(self, len(ending), version)
        encode_rows(groups, self.values(ending), constant, out)

    def values(self, ending: Characters) -> npt.NDArray[np.intp]:
        """Return the values of the pairs (pairs, n) that vary; a last character without a partner counts as one."""
        shared = len(self.alphanumeric) % 2
        count = shared + len(ending)
        values = np.empty((-(-count // 2), ending.shape[1]), dtype=np.intp)
        if shared:
            values[0] = characters_of(self.alphanumeric[-1])[0] * _BASE + ending[0]
        pairs = ending[shared : len(ending) - count % 2]
        np.add(pairs[::2] * _BASE, pairs[1::2], out=values[shared : shared + len(pairs) // 2])
        if count % 2:
            values[-1] = ending[-1]
        return values


@lru_cache(maxsize=64)
def _sample(beginning: _Beginning, length: int, least_version: int) -> QrSymbol:
    return encode_symbol(beginning.any_bytes, beginning.alphanumeric + _FILLER * length, beginning.mask, least_version)


@lru_cache(maxsize=64)
def _constant(beginning: _Beginning, length: int, version: int) -> tuple[Groups, Rows]:
    """Return which bits vary when `length` characters do, and the constant part of the symbols."""
    before, shared = divmod(len(beginning.alphanumeric), 2)
    pairs, single = divmod(shared + length, 2)
    start = (
        _MODE_BITS
        + length_in_bits(BYTES, version)
        + 8 * len(beginning.any_bytes)
        + _MODE_BITS
        + length_in_bits(ALPHANUMERIC, version)
        + _PAIR_BITS * before
    )
    groups = Groups(version=version, level=LEVEL, start=start, widths=(_PAIR_BITS,) * pairs + (_SINGLE_BITS,) * single)
    sample = _sample(beginning, length, version)
    values = beginning.values(characters_of(_FILLER * length)[:, np.newaxis])
    return groups, constant_of(groups, values[:, 0], sample.modules)
