"""Print-ready sheets of a whole edition, from the dossier on the disk to the last file: time, bytes, memory, growth.

Every run of ours is a whole `print_stamps` in a process of its own: its imports come before the clock, the start of its
workers after. The peers draw a sample of sheets, and their rate is taken for that of the whole.
"""

from __future__ import annotations

import statistics
import time
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from PIL import Image

from benchmarks._press_cluster import cluster_of
from benchmarks._press_edition import make_edition, series_of
from benchmarks._press_peers import sheets_like_ours, sheets_with_masks, sheets_with_rectangles
from benchmarks._press_qr import sample_codes
from benchmarks._press_run import Outcome, Run, measured
from benchmarks.harness import Row, progress
from cryptostamp.codes import public_symbols
from cryptostamp.press.artwork import render_artwork

__all__ = ["sheet_rows"]

_CORES = 2
_FULL = 150_000
_RECTANGLES, _MASKS, _LIKE_OURS = "reportlab, rectangles", "reportlab, inline masks", "reportlab, the same sheets"
_BARE = "the bare peer has no artwork, no embedded font and nothing around the stamps"


def sheet_rows(*, quick: bool) -> list[Row]:
    """Measure the sheets of an edition; the quick form prints a tenth of it, and no larger ones."""
    edition = _FULL // 10 if quick else _FULL
    repeats = 1 if quick else 3
    peers = _peers(quick=quick)
    with TemporaryDirectory() as place:
        folder = str(Path(place) / "edition")
        make_edition(Path(folder), edition)
        progress(f"sheets of {edition:,} stamps, {_CORES} processes")
        faces = _median([measured(Run(folder, edition, workers=_CORES)) for _ in range(repeats)])
        progress("the same with the sealed claim layer")
        claims = _median([measured(Run(folder, edition, workers=_CORES, claims=True)) for _ in range(repeats)])
        progress("the same in one process")
        alone = _median([measured(Run(folder, edition)) for _ in range(repeats)])
        rows = [
            *_time_rows(edition, faces, claims),
            *_peer_rows(edition, faces, alone, peers),
            Row(
                what=f"size of the face sheets of {edition:,}",
                unit="bytes a stamp",
                ours=round(alone.face_bytes / edition, 1),
                target=300 if edition == _FULL else None,
                note="with the artwork that all share",
            ),
            _proof_row(folder, edition, quick=quick),
        ]
    return rows + _growth_rows(edition, alone, quick=quick)


def _time_rows(edition: int, faces: Outcome, claims: Outcome) -> list[Row]:
    full = edition == _FULL
    return [
        Row(
            what=f"{edition:,} stamps as face sheets, {_CORES} processes",
            unit="s",
            ours=round(faces.seconds, 2),
            target=10 if full else None,
        ),
        Row(
            what=f"the same with the sealed claim layer, {_CORES} processes",
            unit="s",
            ours=round(claims.seconds, 2),
            target=20 if full else None,
            note="with about a second in which age opens the secret of the edition",
        ),
    ]


def _peer_rows(edition: int, faces: Outcome, alone: Outcome, peers: dict[str, float]) -> list[Row]:
    """Compare ours, on both cores and on one, with one process of each peer, which has no workers to begin."""
    full = edition == _FULL
    rows = []
    for who, outcome, binding in ((f"{_CORES} processes", faces, True), ("one process", alone, False)):
        for name, over, note in (
            (_RECTANGLES, 100, _BARE),
            (_MASKS, 8, _BARE),
            (_LIKE_OURS, 8, "the peer draws what ours draws: faces as shared forms, embedded font, marks and numbers"),
        ):
            asked = f"target: {over} times the peer; " if binding else ""
            rows.append(
                Row(
                    what=f"{edition:,} stamps as face sheets, {who}",
                    unit="a second",
                    ours=round(edition / outcome.seconds),
                    peers={name: round(peers[name], 1)},
                    better="higher",
                    target=over * peers[name] if full and binding else None,
                    note=f"{asked}{note}; its rate is that of a sample",
                )
            )
    return rows


def _proof_row(folder: str, edition: int, *, quick: bool) -> Row:
    """Read sheets of the last job back, as `print --proof` does after it."""
    sheets = 10 if quick else 200
    progress(f"{sheets} of these sheets read back")
    outcome = measured(Run(folder, edition, workers=_CORES, proof_sheets=sheets))
    return Row(
        what=f"proof: {sheets} sheets drawn by lot read back, {_CORES} processes",
        unit="stamps a second",
        ours=round(outcome.read_back),
        better="higher",
        note="rasterised by another library, each symbol decoded, each line and place compared; no difference",
    )


def _worker_rows(folder: str, size: int, repeats: int, *, binding: bool) -> list[Row]:
    """Compare two workers with one, when they are at work: how they begin is in the times of whole jobs."""
    pace: dict[tuple[str, int], float] = {}
    for workers in (1, _CORES):
        progress(f"{workers} at work: processes, and a Dask cluster")
        pace["processes", workers] = _pace(Run(folder, size, workers=workers, pace=True), repeats)
        with cluster_of(workers) as address:
            run = Run(folder, size, workers=workers, cluster=address, pace=True)
            pace["Dask workers", workers] = _pace(run, repeats)
    return [
        Row(
            what=f"{_CORES} {who} at work on {size:,} stamps",
            unit="stamps a second",
            ours=round(pace[who, _CORES]),
            peers={"one": round(pace[who, 1])},
            better="higher",
            target=1.7 * pace[who, 1] if binding else None,
            note=f"target: 1.7 times one; {note}",
        )
        for who, note in (("processes", "from the first file of each to the last"), ("Dask workers", "the same"))
    ]


def _pace(run: Run, repeats: int) -> float:
    return statistics.median(measured(run).pace for _ in range(repeats))


def _growth_rows(edition: int, alone: Outcome, *, quick: bool) -> list[Row]:
    """Print a tenth and, in the full form, ten times the edition, in one process; and compare workers on the largest.

    Where two workers are compared with one there must be enough to do for some seconds.
    """
    found = {edition: alone}
    workers: list[Row] = []
    for size in (edition // 10, edition if quick else 10 * edition):
        with TemporaryDirectory() as place:
            folder = str(Path(place) / "edition")
            make_edition(Path(folder), size)
            if size != edition:
                progress(f"sheets of {size:,} stamps, one process")
                found[size] = measured(Run(folder, size))
            if size >= edition:
                workers = _worker_rows(folder, size, 1 if quick else 3, binding=not quick)
    largest, before = max(found), max(found) // 10
    rows = [
        Row(what=f"memory for {size:,} stamps, one process", unit="MB", ours=round(outcome.peak_mb), target=500)
        for size, outcome in sorted(found.items())
    ]
    growth = Row(
        what=f"{largest:,} stamps against {before:,}, one process",
        unit="times as long",
        ours=round(found[largest].seconds / found[before].seconds, 2),
        target=11,
    )
    return [*workers, *rows, growth]


def _median(outcomes: list[Outcome]) -> Outcome:
    return Outcome(
        seconds=statistics.median(outcome.seconds for outcome in outcomes),
        peak_mb=max(outcome.peak_mb for outcome in outcomes),
        face_bytes=outcomes[0].face_bytes,
    )


def _peers(*, quick: bool) -> dict[str, float]:
    """Return stamps a second of one process."""
    progress("sheets by reportlab")
    rates = {}
    with TemporaryDirectory() as place:
        for name, draw, count in (
            (_RECTANGLES, sheets_with_rectangles, 250 if quick else 2_500),
            (_MASKS, sheets_with_masks, 2_500 if quick else 25_000),
            (_LIKE_OURS, partial(sheets_like_ours, faces=_finished_faces()), 2_500 if quick else 25_000),
        ):
            codes = sample_codes(count)
            symbols = public_symbols(codes)
            short_codes = [text.decode() for text in codes.short_texts("LEAP")]
            times = []
            for _ in range(3):
                begun = time.perf_counter()
                draw(Path(place) / "peer.pdf", symbols, short_codes)
                times.append(time.perf_counter() - begun)
            rates[name] = count / statistics.median(times)
    return rates


def _finished_faces() -> list[Image.Image]:
    """Return a picture of each design in each colour, as large as a stamp."""
    series = series_of(_FULL)
    return [
        render_artwork(design, variant, 236, 283).convert("CMYK")
        for design in series.designs
        for variant in series.variants
    ]
