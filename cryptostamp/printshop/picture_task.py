"""Pictures of many single stamps as files of a print job: ZIP archives of PNG or WebP.

A disk has more trouble with a hundred thousand small files than with their bytes, so pictures come in archives of at
most a thousand, not compressed again (ISO/IEC 21320-1). An archive depends on its serials alone and holds no time.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import BinaryIO, Final

from cryptostamp.files import sha256_of, write_whole
from cryptostamp.press import StampPictures
from cryptostamp.printshop.print_run import FinishedFile, StampTask, Told
from cryptostamp.series import Series

__all__ = ["PictureFormat", "PictureTask", "picture_parts"]

PICTURES_PER_FILE: Final = 1000
_TOLD_EVERY: Final = 25
_NO_TIME: Final = (1980, 1, 1, 0, 0, 0)  # the first that a ZIP archive can hold
_UNIX: Final = 3
_READABLE: Final = 0o100644 << 16


class PictureFormat(StrEnum):
    """A kind of picture file; the value is its suffix."""

    PNG = "png"
    WEBP = "webp"


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureTask(StampTask):
    """One archive of pictures."""

    dpi: int
    format: PictureFormat

    @property
    def hidden(self) -> bool:
        """Nothing on a face is hidden."""
        return False

    def moved(self, series: Series) -> PictureTask:
        """Return the same task for the same series in another folder."""
        return replace(self, series=series)

    def make(self, folder: Path, told: Told) -> FinishedFile:
        """Write the archive into `folder`; `told` is called with the number of stamps so far."""
        pictures = StampPictures(self.series, side=17 + 4 * self.form.version, dpi=self.dpi)
        faces = self.faces(self.codes())
        drawn = pictures.png(faces) if self.format is PictureFormat.PNG else pictures.webp(faces)
        named = ((f"{self.series.id}-{serial:06d}.{self.format}", data) for serial, data in drawn)
        path = folder / self.name
        write_whole(path, lambda stream: _write_zip(stream, named, told))
        told(len(self.serials))
        return self.finished(sha256_of(path))


def picture_parts(serials: range) -> Iterator[range]:
    """Yield the serials of each archive; the cuts depend on the serials alone, so that jobs that overlap share them."""
    start = serials.start
    while start < serials.stop:
        stop = min((start - 1) // PICTURES_PER_FILE * PICTURES_PER_FILE + PICTURES_PER_FILE + 1, serials.stop)
        yield range(start, stop)
        start = stop


def _write_zip(stream: BinaryIO, files: Iterable[tuple[str, bytes]], told: Told) -> None:
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as archive:
        for number, (name, data) in enumerate(files, 1):
            entry = zipfile.ZipInfo(name, _NO_TIME)
            entry.create_system, entry.external_attr = _UNIX, _READABLE
            archive.writestr(entry, data)
            if number % _TOLD_EVERY == 0:
                told(number)
