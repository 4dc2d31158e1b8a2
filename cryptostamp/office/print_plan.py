"""The plan of a print job: which stamp goes where, for whoever wants to know it before anything is read back.

Written while the files are made, in the order of serials, so that it is complete when they are. It holds no secret.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from typing import BinaryIO, Final

import numpy as np
import numpy.typing as npt

from cryptostamp.codes import PublicCodes
from cryptostamp.edition import Dossier, face_codes
from cryptostamp.press import Places
from cryptostamp.series import Series

__all__ = ["PlanFile"]

_HEADING: Final = b"sheet,position,serial,short code,public code\r\n"
_AT_ONCE: Final = 10_000


class PlanFile:
    """A CSV of stamps, of which no field begins with a sign that a spreadsheet would take for a formula."""

    def __init__(self, stream: BinaryIO, series: Series, dossier: Dossier, parts: Iterable[range]) -> None:
        """Begin a plan of these parts of the edition, each the stamps of a file."""
        self._stream = stream
        self._series = series
        self._dossier = dossier
        self._places = Places(series)
        self._waiting = deque(parts)
        self._tags = dict[int, bytes]()
        stream.write(_HEADING)

    def add(self, first_serial: int, tags: bytes) -> None:
        """Add a part, in any order; `tags` are those of its stamps, 8 bytes each, or nothing if they are not known."""
        self._tags[first_serial] = tags
        while self._waiting and self._waiting[0].start in self._tags:
            part = self._waiting.popleft()
            codes = face_codes(self._dossier, part, self._tags.pop(part.start) or None)
            for start in range(0, len(part), _AT_ONCE):
                self._stream.write(self._lines(codes[start : start + _AT_ONCE]))

    def _lines(self, codes: PublicCodes) -> bytes:
        sheets, positions = self._places.on_sheets(codes.serials)
        numbers = (column.astype(np.bytes_) for column in (sheets, positions, codes.serials))
        return _joined((*numbers, codes.short_texts(self._series.id), codes.texts()))


def _joined(columns: Iterable[npt.NDArray[np.bytes_]]) -> bytes:
    """Return lines with a field out of each column (n,). NumPy fills texts up with zeros: they are left out."""
    parts: list[npt.NDArray[np.uint8]] = []
    for column in columns:
        octets = np.ascontiguousarray(column).view(np.uint8).reshape(len(column), -1)
        parts += [octets, np.full((len(column), 1), ord(","), dtype=np.uint8)]
    parts[-1] = np.tile(np.frombuffer(b"\r\n", dtype=np.uint8), (len(parts[0]), 1))
    whole: npt.NDArray[np.uint8] = np.concatenate(parts, axis=1).ravel()
    return bytes(whole[whole != 0].data)
