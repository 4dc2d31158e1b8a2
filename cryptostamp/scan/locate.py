"""Find the stamps of a series in a picture by what is drawn on them, however many there are.

Features of the known faces are looked up in the picture (SIFT, Lowe 2004). Each pair votes for where a stamp would lie,
how large and how turned; pairs that agree are a stamp, and their homography is estimated by MAGSAC++ (Barath et al.
2020). No part of the symbol is needed, and what a postmark hides only takes votes away.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from cryptostamp.scan.known import Features, PreparedEdition

__all__ = ["Located", "locate_stamps"]

_LIKE: Final = 0.80
"""The least product of two descriptors that may show the same point."""
_MIN_VOTES: Final = 6
_MIN_INLIERS: Final = 7
_TURN_BIN: Final = math.radians(30)
_PLACE_BIN: Final = 0.3
"""Of the larger side of a stamp."""
_MOST_STAMPS: Final = 80
_MOST_TRIES: Final = 240
_NEAR_MM: Final = 9.0
_LOOSE_MM: Final = 6.0
_MIN_NEAR: Final = 1.5
_LEAST_PX: Final = 60.0
"""No symbol can be read on a stamp whose longer side is shorter than this."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Located:
    """A stamp in a picture."""

    face: int
    """Which design."""
    to_picture: npt.NDArray[np.float64] = field(repr=False)
    """(3, 3): takes a place on the face in mm to the picture in pixels."""
    near_symbol: npt.NDArray[np.float64] = field(repr=False)
    """(3, 3): the same as it fits best near the symbol, where the paper is not flat."""
    inliers: int
    """Pairs of features that agree."""
    outline: npt.NDArray[np.float32] = field(repr=False)
    """(4, 2): its corners in the picture, clockwise from its upper left."""


@dataclass(frozen=True, slots=True)
class _Pairs:
    """Points of the picture and points of faces that look alike: (n,) or (n, 2) each."""

    face: npt.NDArray[np.intp]
    seen: npt.NDArray[np.float32]
    known: npt.NDArray[np.float32]
    middle: npt.NDArray[np.float32]
    scale: npt.NDArray[np.float32]
    turn: npt.NDArray[np.float32]

    def of(self, chosen: npt.NDArray[np.intp] | npt.NDArray[np.bool_]) -> _Pairs:
        return _Pairs(
            self.face[chosen],
            self.seen[chosen],
            self.known[chosen],
            self.middle[chosen],
            self.scale[chosen],
            self.turn[chosen],
        )


def locate_stamps(features: Features, edition: PreparedEdition, taken: npt.NDArray[np.float32]) -> list[Located]:
    """Return the stamps of an edition among the features of a picture, the surest first.

    `taken` are places (n, 2) of symbols that have been read already: stamps that have one of them are left out.
    """
    pairs = _pairs(features, edition)
    alive = np.ones(len(pairs.face), np.bool_)
    found: list[Located] = []
    tries = 0
    for group in _groups(pairs, edition):
        if len(found) == _MOST_STAMPS or tries == _MOST_TRIES:
            break
        left = group[alive[group]]
        if len(left) < _MIN_VOTES:
            continue
        tries += 1
        stamp = _stamp_of(pairs.of(left), edition)
        if stamp is None:
            continue
        if not any(_holds(stamp, place) for place in taken):
            found.append(stamp)
        alive &= ~_inside(stamp.outline, pairs.seen)
    return sorted(found, key=lambda stamp: -stamp.inliers)


def _inside(outline: npt.NDArray[np.float32], places: npt.NDArray[np.float32]) -> npt.NDArray[np.bool_]:
    """Return which places (n, 2) lie in a convex outline, clockwise."""
    sides = np.roll(outline, -1, axis=0) - outline
    off = places[:, None, :] - outline[None]
    turns = sides[None, :, 0] * off[:, :, 1] - sides[None, :, 1] * off[:, :, 0]
    return np.asarray((turns >= 0).all(axis=1))


def _holds(stamp: Located, place: npt.NDArray[np.float32]) -> bool:
    return cv2.pointPolygonTest(stamp.outline, tuple(map(float, place)), measureDist=False) >= 0


def _pairs(features: Features, edition: PreparedEdition) -> _Pairs:
    parts = []
    width, height = edition.size_mm if edition.faces else (0.0, 0.0)
    for number, face in enumerate(edition.faces):
        if not len(face) or not len(features):
            continue
        like = features.descriptors @ face.descriptors.T
        best = like.argmax(axis=1)
        seen = np.flatnonzero(like[np.arange(len(best)), best] >= _LIKE)
        known = best[seen]
        scale = features.sizes[seen] / face.sizes[known]
        turn = features.angles[seen] - face.angles[known]
        off = (np.array([width / 2, height / 2], np.float32) - face.places[known]) * scale[:, None]
        sine, cosine = np.sin(turn), np.cos(turn)
        middle = features.places[seen] + np.stack(
            [off[:, 0] * cosine - off[:, 1] * sine, off[:, 0] * sine + off[:, 1] * cosine], axis=1
        )
        parts.append(
            _Pairs(
                np.full(len(seen), number, np.intp),
                features.places[seen],
                face.places[known],
                middle,
                scale,
                np.mod(turn, 2 * math.pi).astype(np.float32),
            )
        )
    if not parts:
        none, two = np.empty(0, np.float32), np.empty((0, 2), np.float32)
        return _Pairs(np.empty(0, np.intp), two, two, two, none, none)
    return _Pairs(*(np.concatenate([getattr(part, name) for part in parts]) for name in _Pairs.__slots__))


def _groups(pairs: _Pairs, edition: PreparedEdition) -> Iterator[npt.NDArray[np.intp]]:
    """Yield the pairs that vote for one place, size and turn of one face, most votes first.

    Each votes for its two nearest bins of each kind.
    """
    if not len(pairs.face):
        return
    longer_mm = max(edition.size_mm)
    octave = np.log2(np.maximum(pairs.scale, 1e-3))
    turns = round(2 * math.pi / _TURN_BIN)
    keys = []
    for part in range(16):
        size = np.floor(octave + (part & 1) / 2).astype(np.int64)
        reach = longer_mm * _PLACE_BIN * np.exp2(size + 0.5 - (part & 1) / 2)
        turn = np.floor(pairs.turn / _TURN_BIN + (part >> 1 & 1) / 2).astype(np.int64) % turns
        x = np.floor(pairs.middle[:, 0] / reach + (part >> 2 & 1) / 2).astype(np.int64)
        y = np.floor(pairs.middle[:, 1] / reach + (part >> 3 & 1) / 2).astype(np.int64)
        key = pairs.face.astype(np.int64)
        for number, span in ((size + 32, 64), (turn, turns), (x + 4096, 8192), (y + 4096, 8192)):
            key = key * span + np.clip(number, 0, span - 1)
        keys.append(key * 16 + part)
    key = np.concatenate(keys)
    order = np.argsort(key, kind="stable")
    starts = np.flatnonzero(np.diff(key[order], prepend=-1))
    counts = np.diff(starts, append=len(order))
    for bin_ in np.argsort(-counts, kind="stable"):
        if counts[bin_] < _MIN_VOTES:
            return
        yield order[starts[bin_] : starts[bin_] + counts[bin_]] % len(pairs.face)


def _stamp_of(pairs: _Pairs, edition: PreparedEdition) -> Located | None:
    matrix, mask = cv2.findHomography(pairs.known, pairs.seen, cv2.USAC_MAGSAC, 3.0, maxIters=2000, confidence=0.999)
    if matrix is None or mask is None or int(mask.sum()) < _MIN_INLIERS:
        return None
    width, height = edition.size_mm
    corners = np.array([[[0, 0], [width, 0], [width, height], [0, height]]], np.float32)
    outline = cv2.perspectiveTransform(corners, matrix)[0]
    if not np.isfinite(outline).all() or not cv2.isContourConvex(outline):
        return None
    sides = np.linalg.norm(outline - np.roll(outline, -1, axis=0), axis=1)
    expected = np.array([width, height, width, height])
    stretch = sides / expected
    if stretch.max() > 4 * stretch.min() or sides.max() < _LEAST_PX or np.linalg.det(matrix[:2, :2]) <= 0:
        return None
    return Located(
        face=int(pairs.face[0]),
        to_picture=np.asarray(matrix, np.float64),
        near_symbol=_bent(np.asarray(matrix, np.float64), pairs, edition),
        inliers=int(mask.sum()),
        outline=np.asarray(outline, np.float32),
    )


def _bent(matrix: npt.NDArray[np.float64], pairs: _Pairs, edition: PreparedEdition) -> npt.NDArray[np.float64]:
    """Return a homography with what the pairs near the symbol add to it: an affine change, by robust regression."""
    box = edition.symbol
    middle = np.array([[[box.x_mm + box.width_mm / 2, box.y_mm + box.height_mm / 2]]])
    centre = cv2.perspectiveTransform(middle, matrix)[0, 0]
    expected = cv2.perspectiveTransform(pairs.known[None].astype(np.float64), matrix)[0]
    per_mm = math.sqrt(abs(float(np.linalg.det(matrix[:2, :2])))) / max(abs(float(matrix[2, 2])), 1e-9)
    off = pairs.seen - expected
    away = np.linalg.norm(pairs.known - middle[0, 0], axis=1)
    near = np.exp(-((away / _NEAR_MM) ** 2) / 2) * (np.linalg.norm(off, axis=1) < _LOOSE_MM * per_mm)
    if float(near.sum()) < _MIN_NEAR:
        return matrix
    places = np.concatenate([np.ones((len(expected), 1)), (expected - centre) / (per_mm * _NEAR_MM)], axis=1)
    weights, fitted = near, np.zeros((3, 2))
    for _ in range(8):
        gram = (places * weights[:, None]).T @ places + np.diag([0.01, 0.5, 0.5])
        fitted = np.linalg.solve(gram, (places * weights[:, None]).T @ off)
        left = np.linalg.norm(off - places @ fitted, axis=1) / per_mm
        weights = near / (1 + (left / 0.4) ** 2)
    linear = fitted[1:].T / (per_mm * _NEAR_MM)
    change = np.eye(3)
    change[:2, :2] += linear
    change[:2, 2] = fitted[0] - linear @ centre
    return change @ matrix
