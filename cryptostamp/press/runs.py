"""Many stamps in columns: what a print run takes from whoever makes its codes.

A `StampFace` or `ClaimPart` is good for one stamp; a run of 25,000 is quicker made and cheaper carried as
arrays. Both become the same rows, so that a sheet does not know where its stamps came from. A run holds
whole symbols as packed bits and decides nothing about them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from cryptostamp.errors import InputError
from cryptostamp.press.code_lines import is_code
from cryptostamp.press.pdf.operators import bits_of
from cryptostamp.press.pdf.sheet_mould import codes_alone
from cryptostamp.press.stamp_image import ClaimPart, StampFace
from cryptostamp.primitives import Serial
from cryptostamp.series.models import Series

__all__ = ["ClaimRow", "ClaimRun", "FaceRow", "FaceRun", "claim_rows", "face_rows", "face_run"]


class FaceRow(NamedTuple):
    """One stamp's face as a sheet needs it."""

    serial: Serial
    design: int
    """Index in the designs of the series."""
    variant: int
    """Index in the variants of the series."""
    short_code: str
    side: int
    """Modules a side of the symbol."""
    bits: bytes
    """The symbol, packed: see `cryptostamp.press.pdf.operators.SymbolPlace`."""


class ClaimRow(NamedTuple):
    """One claim part as a sheet needs it. As secret as its code."""

    serial: Serial
    short_code: str
    claim_text: str
    side: int
    bits: bytes

    def __repr__(self) -> str:
        return f"<ClaimRow of no. {self.serial}, hidden>"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FaceRun:
    """The faces of n stamps in ascending order of their serials."""

    serials: Sequence[Serial]
    designs: Sequence[int]
    variants: Sequence[int]
    short_codes: Sequence[str] | npt.NDArray[np.bytes_]
    symbols: npt.NDArray[np.uint8] = field(repr=False)
    """(n, side, ceil(side / 8)): most significant bit first, 1 is dark."""

    def __post_init__(self) -> None:
        """Refuse columns of different lengths."""
        _check_lengths(self.serials, self.designs, self.variants, self.short_codes, self.symbols)

    @property
    def side(self) -> int:
        """Modules a side of the symbols."""
        return int(self.symbols.shape[1])

    def codes(self) -> npt.NDArray[np.bytes_] | None:
        """Return the short codes (n,) in ASCII, `None` if one of them is no code."""
        codes = self.short_codes
        if isinstance(codes, np.ndarray):
            return codes if codes_alone(codes) else None
        return np.array(codes, dtype=np.bytes_) if is_code("".join(codes)) else None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ClaimRun:
    """The claim parts of n stamps in ascending order of their serials. As secret as their codes."""

    serials: Sequence[Serial]
    short_codes: Sequence[str]
    claim_texts: Sequence[str] = field(repr=False)
    symbols: npt.NDArray[np.uint8] = field(repr=False)
    """As in `FaceRun`."""

    def __post_init__(self) -> None:
        """Refuse columns of different lengths."""
        _check_lengths(self.serials, self.short_codes, self.claim_texts, self.symbols)


def _check_lengths(*columns: Sequence[object] | npt.NDArray[np.uint8] | npt.NDArray[np.bytes_]) -> None:
    lengths = {len(column) for column in columns}
    if len(lengths) > 1:
        raise InputError(f"The columns of a run have different lengths: {sorted(lengths)}.")


def face_rows(series: Series, faces: Iterable[StampFace] | FaceRun) -> Iterator[FaceRow]:
    """Return the rows of faces, whatever form they come in."""
    if isinstance(faces, FaceRun):
        codes = faces.short_codes
        texts = [code.decode("ascii") for code in codes.tolist()] if isinstance(codes, np.ndarray) else codes
        for serial, design, variant, short_code, bits in zip(
            faces.serials, faces.designs, faces.variants, texts, _bits(faces.symbols), strict=True
        ):
            yield FaceRow(serial, design, variant, short_code, faces.side, bits)
        return
    for face in faces:
        yield FaceRow(
            face.serial,
            series.designs.index(face.design),
            series.variants.index(face.variant),
            face.short_code,
            face.symbol.side,
            bits_of(face.symbol),
        )


def face_run(series: Series, faces: Iterable[StampFace] | FaceRun) -> FaceRun | list[FaceRow]:
    """Return faces as a run, whatever form they come in; as rows if their symbols are not all of one size, or none."""
    if isinstance(faces, FaceRun):
        return faces
    rows = list(face_rows(series, faces))
    if len({row.side for row in rows}) != 1:
        return rows
    octets = np.frombuffer(b"".join([row.bits for row in rows]), dtype=np.uint8)
    return FaceRun(
        serials=[row.serial for row in rows],
        designs=[row.design for row in rows],
        variants=[row.variant for row in rows],
        short_codes=[row.short_code for row in rows],
        symbols=octets.reshape(len(rows), rows[0].side, -1),
    )


def claim_rows(parts: Iterable[ClaimPart] | ClaimRun) -> Iterator[ClaimRow]:
    """Return the rows of claim parts, whatever form they come in."""
    if isinstance(parts, ClaimRun):
        side = parts.symbols.shape[1]
        for serial, short_code, claim_text, bits in zip(
            parts.serials, parts.short_codes, parts.claim_texts, _bits(parts.symbols), strict=True
        ):
            yield ClaimRow(serial, short_code, claim_text, side, bits)
        return
    for part in parts:
        yield ClaimRow(part.serial, part.short_code, part.claim_text, part.symbol.side, bits_of(part.symbol))


def _bits(symbols: npt.NDArray[np.uint8]) -> Iterator[bytes]:
    return (symbol.tobytes() for symbol in symbols)
