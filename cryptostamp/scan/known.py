"""What is known of a series before a picture is looked at, and what is computed from it once.

The scan asks somebody else for the faces, the place of the symbol and the symbols of an edition (`KnownEdition`): it
draws nothing and reads no dossier. All lengths are mm from the upper left corner of the stamp's face.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final, Protocol

import cv2
import numpy as np
import numpy.typing as npt

from cryptostamp.primitives import Box

__all__ = ["FACE_PX_PER_MM", "Features", "KnownEdition", "PreparedEdition", "features_of"]

FACE_PX_PER_MM: Final = 10
"""The scale of the pictures of faces that an edition hands in."""
_MOST_FEATURES: Final = 700
_DECOYS: Final = 2048
_CHUNK: Final = 8192

_Grey = npt.NDArray[np.uint8]
_Floats = npt.NDArray[np.float32]


class KnownEdition(Protocol):
    """An edition whose stamps may be in a picture."""

    @property
    def symbol(self) -> Box:
        """Where the modules of the symbol lie on a face, without the quiet zone."""

    @property
    def side(self) -> int:
        """The number of modules along one side of the symbol."""

    def faces(self) -> Sequence[_Grey]:
        """Return the faces of the series' designs, without symbol and number, at `FACE_PX_PER_MM`."""

    def symbols(self) -> npt.NDArray[np.uint8]:
        """Return the symbols of all stamps, (n, side, ceil(side / 8)), rows of packed bits, 1 is dark."""

    def invented(self, index: int, count: int) -> npt.NDArray[np.uint8]:
        """Return so many symbols that nobody issued: the same stamp as at `index`, with other tags; always the same."""

    def text(self, index: int) -> str:
        """Return the text of a symbol."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Features:
    """Points of a picture that can be found again in another picture (SIFT)."""

    places: _Floats = field(repr=False)
    """(n, 2), in pixels."""
    sizes: _Floats = field(repr=False)
    """(n,), in pixels."""
    angles: _Floats = field(repr=False)
    """(n,), in radians."""
    descriptors: _Floats = field(repr=False)
    """(n, 128), of length 1."""

    def __len__(self) -> int:
        return len(self.places)


def features_of(grey: _Grey, most: int) -> Features:
    """Return at most about so many features of a picture, the strongest first."""
    sift = cv2.SIFT_create(nfeatures=most, contrastThreshold=0.02)  # type: ignore[attr-defined]  # not in its stubs
    points, descriptors = sift.detectAndCompute(grey, None)
    if descriptors is None or not len(points):
        return Features(
            places=np.empty((0, 2), np.float32),
            sizes=np.empty(0, np.float32),
            angles=np.empty(0, np.float32),
            descriptors=np.empty((0, 128), np.float32),
        )
    # RootSIFT: Hellinger's distance tells features better apart than Euclid's.
    rooted = np.sqrt(descriptors / np.maximum(descriptors.sum(axis=1, keepdims=True), 1e-6)).astype(np.float32)
    return Features(
        places=np.array([point.pt for point in points], np.float32),
        sizes=np.array([point.size for point in points], np.float32),
        angles=np.radians(np.array([point.angle for point in points], np.float32)),
        descriptors=rooted,
    )


class PreparedEdition:
    """An edition with what is computed from it once, when it is first needed: features, known modules, candidates."""

    def __init__(self, edition: KnownEdition) -> None:
        self.edition = edition
        self.symbol, self.side = edition.symbol, edition.side

    @cached_property
    def faces(self) -> tuple[Features, ...]:
        """The features of each face, their places in mm."""
        found = []
        for face in self.edition.faces():
            features = features_of(_softened(face), _MOST_FEATURES)
            found.append(
                Features(
                    places=features.places / np.float32(FACE_PX_PER_MM),
                    sizes=features.sizes / np.float32(FACE_PX_PER_MM),
                    angles=features.angles,
                    descriptors=features.descriptors,
                )
            )
        return tuple(found)

    @cached_property
    def size_mm(self) -> tuple[float, float]:
        """Width and height of a face."""
        height, width = self.edition.faces()[0].shape
        return width / FACE_PX_PER_MM, height / FACE_PX_PER_MM

    @cached_property
    def constant(self) -> npt.NDArray[np.float32]:
        """The modules (side, side) that all codes of the series share: 1 dark, -1 light, and 0 where they differ."""
        counts = np.zeros((self.side, self.side), np.int64)
        total = 0
        last = len(self._symbols) - 1
        invented = [self.edition.invented(index, _DECOYS) for index in {0, last}]
        for part in (part for packed in (self._symbols, *invented) for part in _parts(packed)):
            counts += self._unpacked(part).sum(axis=0, dtype=np.int64)
            total += len(part)
        return np.where(counts == total, 1.0, np.where(counts == 0, -1.0, 0.0)).astype(np.float32)

    @cached_property
    def varying(self) -> npt.NDArray[np.intp]:
        """Which modules (of side * side) differ among the codes of the series."""
        return np.flatnonzero(self.constant.ravel() == 0)

    @cached_property
    def candidates(self) -> npt.NDArray[np.uint8]:
        """The varying modules of every stamp as columns of packed bits, (bytes, n)."""
        return self._columns(self._symbols)

    @cached_property
    def count(self) -> int:
        """The number of stamps."""
        return len(self._symbols)

    def decoys(self, index: int) -> npt.NDArray[np.uint8]:
        """Return the varying modules of symbols that nobody issued, like that of one stamp but for the tag."""
        return self._columns(self.edition.invented(index, _DECOYS))

    @cached_property
    def _symbols(self) -> npt.NDArray[np.uint8]:
        return self.edition.symbols()

    def _columns(self, packed: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
        return np.ascontiguousarray(
            np.concatenate(
                [
                    np.packbits(self._unpacked(part).reshape(len(part), -1)[:, self.varying], axis=1)
                    for part in _parts(packed)
                ]
            ).T
        )

    def _unpacked(self, packed: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
        return np.unpackbits(packed, axis=-1, count=self.side)


def _parts(packed: npt.NDArray[np.uint8]) -> list[npt.NDArray[np.uint8]]:
    return [packed[start : start + _CHUNK] for start in range(0, len(packed), _CHUNK)]


def _softened(face: _Grey) -> _Grey:
    """Return a face as a camera sees it, without the edges of a drawing."""
    return np.asarray(cv2.GaussianBlur(face, (0, 0), 0.8), dtype=np.uint8)
