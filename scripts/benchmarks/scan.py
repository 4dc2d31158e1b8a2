"""How many damaged stamps are read, and how fast: ours beside zxing-cpp, OpenCV's WeChat reader and zbar.

The pictures are made here from printed stamps of the demonstration series, damaged by arithmetic from a fixed seed. An
edition of 150,000 is what each is compared with. A share is of the pictures of one kind and strength; a reading counts
if it is the stamp's text, and is wrong if it is any other. The full run goes on, on all cores and without the other
readers, to 3,003 pictures: that many are needed to say something about wrong serials.
"""

from __future__ import annotations

import os
import statistics
import time
from collections import defaultdict
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import cv2
import numpy as np

from benchmarks._scan_album import album_rows
from benchmarks._scan_damage import KINDS, STRENGTHS, damaged_photo
from benchmarks._scan_pages import page_rows
from benchmarks._scan_peers import PEERS
from benchmarks._scan_series import Printed
from benchmarks.harness import Report, Row, progress
from cryptostamp.scan import read_symbols
from cryptostamp.scan.recover import recover_stamps

__all__ = ["run"]

_printed = None
_EDITION = 150_000
_FULL, _QUICK = 19, 1  # pictures of each kind and strength: 627 in all, 33
_MORE = 91  # with those that only ours reads: 3,003
_WEIGHTS = ("light", "medium", "heavy")
_TARGETS = {
    ("cancellation", 2): 90.0,
    ("cancellation", 3): 50.0,
    ("dirt", 2): 95.0,
    ("tear", 2): 95.0,
}
"""Per cent read; elsewhere at least as many as the best of the others."""


def run(quick):
    """Measure every kind and strength, then the pictures that are easy, then whole pages."""
    printed = Printed(_EDITION)
    progress("preparing the edition")
    begun = time.perf_counter()
    printed.prepared.faces  # noqa: B018 - computed when it is first asked for
    printed.prepared.candidates  # noqa: B018
    prepared = time.perf_counter() - begun
    recover_stamps(np.full((64, 64), 200, np.uint8), [printed.prepared])
    tally = _Tally()
    rows = []
    for number, kind in enumerate(KINDS):
        for strength in STRENGTHS:
            progress(f"{kind}, {_WEIGHTS[strength - 1]}")
            rows += _kind_rows(printed, tally, (number, kind, strength), _QUICK if quick else _FULL)
    rows += tally.rows()
    if not quick:
        rows += _more_rows(tally)
    rows.append(Row(what="preparing an edition of 150,000, once a series", unit="s", ours=prepared))
    rows += [*page_rows(printed, quick=quick), *album_rows(_EDITION // 50 if quick else _EDITION)]
    return Report(benchmark="scan", quick=quick, rows=rows)


class _Tally:
    """What is counted over all pictures."""

    def __init__(self):
        self.pictures = 0
        self.wrong = defaultdict(int)
        self.special = []

    def rows(self):
        peers = {name: float(self.wrong[name]) for name in PEERS}
        yield Row(
            what=f"wrong texts in {self.pictures:,} pictures",
            unit="texts",
            ours=self.wrong["ours"],
            peers=peers,
            target=0,
        )
        yield Row(
            what=f"the special reading, median of {len(self.special):,} pictures that needed it",
            unit="ms",
            ours=statistics.median(self.special) if self.special else 0.0,
            target=500,
            note="the edition prepared; the general readers have failed before, and their time is not in it",
        )


def _kind_rows(printed, tally, which, count):
    _, kind, strength = which
    read, times = defaultdict(int), defaultdict(list)
    for index in range(count):
        data, wanted = _picture(printed, which, index)
        grey = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_GRAYSCALE)
        tally.pictures += 1
        for name, reader in {**PEERS, "ours": None}.items():
            begun = time.perf_counter()
            if reader is None:
                symbols = read_symbols(data, [printed.prepared]).symbols
                texts = [symbol.text for symbol in symbols]
            else:
                texts = reader(grey)
            times[name].append((time.perf_counter() - begun) * 1000)
            read[name] += wanted in texts
            tally.wrong[name] += sum(text != wanted for text in texts)
            if reader is None and (not symbols or any(symbol.error is not None for symbol in symbols)):
                begun = time.perf_counter()
                recover_stamps(grey, [printed.prepared])
                tally.special.append((time.perf_counter() - begun) * 1000)
    shares = {name: 100 * read[name] / count for name in read}
    best = max(shares[name] for name in PEERS)
    what = f"{kind}, {_WEIGHTS[strength - 1]}, {count} pictures"
    yield Row(
        what=f"{what}: read",
        unit="%",
        better="higher",
        ours=shares["ours"],
        peers={name: shares[name] for name in PEERS},
        target=max(best, _TARGETS.get((kind, strength), 0.0)),
    )
    medians = {name: statistics.median(each) for name, each in times.items()}
    yield Row(what=f"{what}: time", unit="ms", ours=medians["ours"], peers={name: medians[name] for name in PEERS})


def _picture(printed, which, index):
    """Return one damaged photo as JPEG, and the text of its stamp."""
    number, kind, strength = which
    random = np.random.default_rng([2026, number, strength, index])
    serial = int(random.integers(1, printed.size + 1))
    photo, quality = damaged_photo(printed.stamp(serial), printed.place, kind, strength, random)
    data = cv2.imencode(".jpg", photo, [cv2.IMWRITE_JPEG_QUALITY, quality])[1].tobytes()
    return data, printed.text(serial - 1)


def _more_rows(tally):
    progress("many more pictures, for wrong serials")
    tasks = [(number, kind, strength) for number, kind in enumerate(KINDS) for strength in STRENGTHS]
    with ProcessPoolExecutor(os.cpu_count(), get_context("spawn"), initializer=_start) as pool:
        counts = list(pool.map(_count, tasks))
    pictures = len(tasks) * (_MORE - _FULL)
    yield Row(
        what=f"wrong texts in all {pictures + tally.pictures:,} pictures",
        unit="texts",
        ours=sum(wrong for _, wrong in counts) + tally.wrong["ours"],
        target=0,
        note=f"of the {pictures:,} further pictures {sum(read for read, _ in counts):,} were read",
    )


def _start():
    global _printed  # noqa: PLW0603 - one edition for all tasks of a worker
    cv2.setNumThreads(1)
    _printed = Printed(_EDITION)


def _count(which):
    """Return how many of the further pictures of a kind and strength were read, and how many texts were wrong."""
    read = wrong = 0
    for index in range(_FULL, _MORE):
        data, wanted = _picture(_printed, which, index)
        texts = [symbol.text for symbol in read_symbols(data, [_printed.prepared]).symbols]
        read += wanted in texts
        wrong += sum(text != wanted for text in texts)
    return read, wrong
