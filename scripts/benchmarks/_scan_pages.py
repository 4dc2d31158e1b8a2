"""Pictures that are large: a clear one of twelve megapixels, and a page of an album with forty stamps at an angle."""

from __future__ import annotations

import time

import cv2
import numpy as np

from benchmarks._scan_damage import cancel, damaged_photo
from benchmarks._scan_peers import PEERS
from benchmarks.harness import Row, median_seconds, progress
from cryptostamp.scan import read_symbols

__all__ = ["album_page", "holds", "page_rows"]

_PHONE = (4000, 3000)
_COLUMNS, _ROWS = 8, 5


def page_rows(printed, *, quick):
    """Measure both."""
    progress("a photo of twelve megapixels")
    repeats = 3 if quick else 15
    random = np.random.default_rng(12)
    photo, _ = damaged_photo(printed.stamp(4711), printed.place, "rotation", 1, random)
    large = cv2.resize(photo, (_PHONE[0], _PHONE[1] * photo.shape[0] // photo.shape[1]), interpolation=cv2.INTER_CUBIC)
    large = large[(large.shape[0] - _PHONE[1]) // 2 :][: _PHONE[1]]
    data = _jpeg(large)
    texts = [symbol.text for symbol in read_symbols(data, [printed.prepared]).symbols]

    def peer(reader):
        return lambda: reader(cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_GRAYSCALE))

    yield Row(
        what="a clear photo of 12 megapixels, from its bytes",
        unit="ms",
        ours=1000 * median_seconds(lambda: read_symbols(data, [printed.prepared]), repeats=repeats)
        if texts == [printed.text(4710)]
        else float("inf"),
        peers={name: 1000 * median_seconds(peer(reader), repeats=repeats) for name, reader in PEERS.items()},
        target=60,
    )
    progress("an album page with 40 stamps")
    data, places = album_page(printed)
    begun = time.perf_counter()
    symbols = read_symbols(data, [printed.prepared]).symbols
    seconds = time.perf_counter() - begun
    right = sum(
        any(symbol.text == text and holds(symbol.corners, place) for symbol in symbols)
        for text, place in places.items()
    )
    grey = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_GRAYSCALE)
    yield Row(
        what="an album page with 40 stamps at an angle, 12 of them cancelled: read, each with its place",
        unit="stamps",
        better="higher",
        ours=right,
        peers={name: len(set(reader(grey)) & set(places)) for name, reader in PEERS.items()},
        target=40,
    )
    yield Row(what="an album page with 40 stamps: time", unit="s", ours=seconds, target=3)


def album_page(printed):
    """Return a photo of an album page as JPEG, and where on it the middle of each symbol lies, by its text."""
    random = np.random.default_rng(40)

    flat = np.full((5 * 660 + 200, 8 * 560 + 200, 3), (205, 222, 232), np.uint8)
    middles = {}
    for number in range(_COLUMNS * _ROWS):
        serial = int(random.integers(1, printed.size + 1))
        stamp = printed.stamp(serial)
        if number % 10 in {2, 5, 9}:
            cancel(stamp, printed.place, 2, random)
        y, x = 100 + number // _COLUMNS * 660, 100 + number % _COLUMNS * 560
        height, width = stamp.shape[:2]
        alpha = stamp[:, :, 3:] / 255.0
        part = flat[y : y + height, x : x + width]
        part[:] = (stamp[:, :, :3] * alpha + part * (1 - alpha)).astype(np.uint8)
        middles[printed.text(serial - 1)] = (x + printed.place.centre[0], y + printed.place.centre[1])
    height, width = flat.shape[:2]
    corners = np.float32([[0, 0], [width, 0], [width, height], [0, height]])
    seen = np.float32([[230, 190], [3800, 60], [3930, 2900], [90, 2780]])
    matrix = cv2.getPerspectiveTransform(corners, seen)
    photo = cv2.warpPerspective(flat, matrix, _PHONE, flags=cv2.INTER_AREA, borderValue=(60, 80, 100))
    photo = cv2.GaussianBlur(photo, (0, 0), 0.7).astype(np.float32) + random.normal(0, 3, (*photo.shape[:2], 1))
    places = {
        text: tuple(float(v) for v in cv2.perspectiveTransform(np.float32([[middle]]), matrix)[0, 0])
        for text, middle in middles.items()
    }
    return _jpeg(np.clip(photo, 0, 255).astype(np.uint8)), places


def _jpeg(photo):
    return cv2.imencode(".jpg", photo, [cv2.IMWRITE_JPEG_QUALITY, 90])[1].tobytes()


def holds(corners, place):
    """Tell whether a place lies within four corners."""
    return cv2.pointPolygonTest(np.float32(corners), place, measureDist=False) > 0
