"""The special reading: stamps whose symbol no general reader reads, found by their picture and told by their edition.

`locate` finds them, `grid` lays the modules over them, `soft` says how surely each module is dark, `match` compares
that with all symbols of the edition. A text comes back only if it is one of the edition's and nothing else is likely.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from cryptostamp.scan.grid import Grid, Patch, cut_patch, fit_grid
from cryptostamp.scan.known import Features, PreparedEdition, features_of
from cryptostamp.scan.locate import Located, locate_stamps
from cryptostamp.scan.match import match_modules
from cryptostamp.scan.soft import soft_modules

__all__ = ["Recovered", "recover_stamps"]

Corners = tuple[tuple[int, int], ...]
"""Of a symbol, in pixels, clockwise from its upper left."""

_CLOSE_UP: Final = (420_000, 1200)
"""Pixels that are looked at, and features, where a stamp fills a good part of the picture."""
_PAGE: Final = (3_000_000, 7000)
"""The same for a page with many small stamps."""
_STAMP_PX: Final = 215
"""A stamp whose longer side has so many pixels is found by its picture."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recovered:
    """A stamp that was told by its edition."""

    text: str
    corners: Corners
    error: float
    """The estimated probability that it is another stamp."""


def recover_stamps(
    grey: npt.NDArray[np.uint8],
    editions: Sequence[PreparedEdition],
    taken: Sequence[tuple[str, Corners]] = (),
) -> tuple[Recovered, ...]:
    """Return the stamps of these editions in a picture, but for those whose symbols have been read.

    `taken` are the texts and corners of the symbols that were.
    """
    editions = [edition for edition in editions if edition.faces]
    if not editions:
        return ()
    places = np.array([np.mean(corners, axis=0) for _, corners in taken], np.float32).reshape(-1, 2)
    found: list[Recovered] = []
    for pixels, most in (_view(grey, editions, taken),) if taken else (_CLOSE_UP, _PAGE):
        features = _features(_without(grey, editions, taken), pixels, most)
        for edition in editions:
            for stamp in locate_stamps(features, edition, places):
                recovered = _recovered(grey, stamp, edition)
                if recovered is not None:
                    found.append(recovered)
                    places = np.concatenate([places, np.mean([recovered.corners], axis=1).astype(np.float32)])
        if found or grey.size <= pixels:
            break
    return tuple(found)


def _view(
    grey: npt.NDArray[np.uint8], editions: Sequence[PreparedEdition], taken: Sequence[tuple[str, Corners]]
) -> tuple[int, int]:
    """Return how large a picture is looked at, so that stamps like those that were read are large enough."""
    symbol = float(np.median([math.dist(corners[0], corners[1]) for _, corners in taken]))
    longer = max(max(edition.size_mm) / edition.symbol.width_mm for edition in editions) * max(symbol, 1.0)
    share = min(_STAMP_PX / longer, 1.0)
    return min(max(round(grey.size * share**2), _CLOSE_UP[0]), _PAGE[0]), _PAGE[1]


def _without(
    grey: npt.NDArray[np.uint8], editions: Sequence[PreparedEdition], taken: Sequence[tuple[str, Corners]]
) -> npt.NDArray[np.uint8]:
    """Return a picture in which the stamps that were read are blank: they need not be found again."""
    if not taken:
        return grey
    blank = grey.copy()
    for edition in editions:
        beginning = edition.edition.text(0).rpartition("/")[0]
        box, (width, height) = edition.symbol, edition.size_mm
        symbol = np.array(
            [
                [box.x_mm, box.y_mm],
                [box.right_mm, box.y_mm],
                [box.right_mm, box.bottom_mm],
                [box.x_mm, box.bottom_mm],
            ],
            np.float32,
        )
        face = np.array([[[1, 1], [width - 1, 1], [width - 1, height - 1], [1, height - 1]]], np.float32)
        for text, corners in taken:
            if text.rpartition("/")[0] != beginning:
                continue
            # Four corners of a small square say little of what is far away; the affine part of it will do.
            matrix = cv2.estimateAffine2D(symbol, np.array(corners, np.float32))[0]
            if matrix is not None:
                outline = cv2.transform(face, matrix)[0]
                if np.abs(outline).max() < 1e6:  # noqa: PLR2004 (else nowhere)
                    cv2.fillConvexPoly(blank, outline.astype(np.int32), 128)
    return blank


def _features(grey: npt.NDArray[np.uint8], pixels: int, most: int) -> Features:
    scale = min(math.sqrt(pixels / max(grey.size, 1)), 1.0)
    if scale == 1.0:
        return features_of(grey, most)
    size = max(round(grey.shape[1] * scale), 1), max(round(grey.shape[0] * scale), 1)
    features = features_of(np.asarray(cv2.resize(grey, size, interpolation=cv2.INTER_AREA), np.uint8), most)
    return Features(
        places=features.places / np.float32(scale),
        sizes=features.sizes / np.float32(scale),
        angles=features.angles,
        descriptors=features.descriptors,
    )


def _recovered(grey: npt.NDArray[np.uint8], stamp: Located, edition: PreparedEdition) -> Recovered | None:
    """Tell one stamp, from one way to lay the grid, from another, or else from both together."""
    seen: list[npt.NDArray[np.float32]] = []
    for matrix in (stamp.to_picture, stamp.near_symbol):
        patch = cut_patch(grey, matrix, edition.symbol, edition.side)
        if patch is None:
            continue
        grid = fit_grid(patch, edition.constant)
        seen.append(soft_modules(patch, grid, edition.constant))
        for soft in (seen[-1], np.mean(seen, axis=0)) if len(seen) > 1 else seen:
            match = match_modules(soft, edition)
            if match.accepted:
                text = edition.edition.text(match.index)
                return Recovered(text=text, corners=_corners(patch, grid), error=match.error)
    return None


def _corners(patch: Patch, grid: Grid) -> Corners:
    side = patch.side
    flat = grid.place(np.array([[0, 0], [side, 0], [side, side], [0, side]], np.float32))
    seen = cv2.perspectiveTransform(flat[None].astype(np.float64), patch.to_picture)[0]
    return tuple((round(float(x)), round(float(y))) for x, y in seen)
