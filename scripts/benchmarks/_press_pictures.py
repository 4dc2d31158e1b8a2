"""Pictures of single stamps, written, beside the way they are usually made. One core."""

from __future__ import annotations

import zipfile
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from benchmarks._press_edition import series_of
from benchmarks._press_peers import draw_pictures
from benchmarks._press_qr import sample_codes
from benchmarks.harness import Row, median_seconds, progress
from cryptostamp.codes import public_symbols
from cryptostamp.press import FaceRun, StampFace, StampPictures, render_stamp
from cryptostamp.primitives import Serial

__all__ = ["picture_rows"]

_DPI = 300
_OVER = 20


def picture_rows(*, quick: bool) -> list[Row]:
    """Measure PNG files in a folder and in an archive."""
    progress("PNG pictures of single stamps")
    count, of_peer = (200, 20) if quick else (2_000, 200)
    repeats = 3 if quick else 5
    codes = sample_codes(count)
    series = series_of(count)
    symbols = public_symbols(codes, least_version=5)
    short_codes = [text.decode() for text in codes.short_texts(series.id)]
    run = FaceRun(
        serials=[Serial(number) for number in range(1, count + 1)],
        designs=[number % len(series.designs) for number in range(count)],
        variants=[number % len(series.variants) for number in range(count)],
        short_codes=short_codes,
        symbols=symbols.packed,
    )
    pictures = StampPictures(series, side=symbols.side, dpi=_DPI)
    face = StampFace(
        serial=Serial(1),
        design=series.designs[0],
        variant=series.variants[0],
        symbol=symbols[0],
        short_code=short_codes[0],
    )
    ground = render_stamp(series, face, dpi=_DPI, perforated=False)
    corner = tuple(np.subtract(ground.size, (170, 170)).tolist())
    texts = [text.decode() for text in codes.texts()[:of_peer]]

    with TemporaryDirectory() as place:
        folder = Path(place)

        def into_folder() -> None:
            for serial, data in pictures.png(run):
                (folder / f"{serial}.png").write_bytes(data)

        def into_archive() -> None:
            with zipfile.ZipFile(folder / "all.zip", "w", zipfile.ZIP_STORED) as archive:
                for serial, data in pictures.png(run):
                    archive.writestr(f"{serial}.png", data)

        plain = of_peer / median_seconds(
            lambda: draw_pictures(folder, ground, texts, short_codes[:of_peer], corner), repeats=repeats
        )
        files = count / median_seconds(into_folder, repeats=repeats)
        archived = count / median_seconds(into_archive, repeats=repeats)
    size = f"{series.stamp.width_mm} x {series.stamp.height_mm} mm, {_DPI} dpi"
    return [
        Row(
            what=f"PNG of single stamps, {size}, {where}",
            unit="a second",
            ours=round(rate, 1),
            peers={"`qrcode` + Pillow, a file each": round(plain, 1)},
            better="higher",
            target=_OVER * plain,
            note=f"target: {_OVER} times the peer, which gets a finished background",
        )
        for where, rate in (("a file each", files), ("one archive", archived))
    ]
