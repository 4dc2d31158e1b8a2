"""The print master: sheets of stamps as a vector PDF whose bytes depend on its input alone.

What stamps share is stored once: each picture in each colour is a Form XObject, and a stamp adds an inline 1-bit image
mask and its lines of letters, some 170 bytes. A file appears under its name only when it is complete. Its pages are
held in memory before that, about 5 kB each; so an edition of any size is printed in files of at most about 1,000
sheets (`cryptostamp.press.imposition.cut`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from cryptostamp.errors import InputError
from cryptostamp.files import write_whole
from cryptostamp.press.pdf.face_book import shared_by_faces
from cryptostamp.press.pdf.face_pages import FacePages, MouldedPages, WrittenPages, has_codes_alone
from cryptostamp.press.pdf.page_file import SharedPart, file_parts
from cryptostamp.press.runs import FaceRun, face_rows, face_run
from cryptostamp.press.stamp_image import StampFace
from cryptostamp.press.template import template_of
from cryptostamp.primitives import Serial
from cryptostamp.series.models import Series

__all__ = ["SheetFile", "shared_faces", "write_face_pdf"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetFile:
    """A finished print file."""

    path: Path
    sheets: int
    stamps: int
    first_serial: Serial
    last_serial: Serial
    size: int
    """In bytes."""
    sha256: str


def shared_faces(series: Series, symbol_side: int, auto: str | None = None) -> SharedPart | None:
    """Return what all files of a series can share: the forms of all its designs and colours.

    `None` where a stamp is more than its form, its symbol and its codes: each file finds out what it needs then.
    """
    if not has_codes_alone(series, template_of(series, symbol_side)):
        return None
    designs, variants = range(len(series.designs)), range(len(series.variants))
    kinds = tuple((design, variant) for design in designs for variant in variants)
    return shared_by_faces(series, symbol_side, auto, kinds)


def write_face_pdf(
    path: Path,
    series: Series,
    faces: Iterable[StampFace] | FaceRun,
    *,
    auto: str | None = None,
    shared: SharedPart | None = None,
    progress: Callable[[int], None] | None = None,
) -> SheetFile:
    """Write the sheets that hold these faces and return what was written.

    Faces come in ascending order of their serials; sheet and place follow from the serial, and the place of a serial
    that is left out stays empty. `auto` is what `letters_colour` returns and `shared` what `shared_faces` does, if they
    are known. `progress` is called with the number of stamps so far, once a sheet. Raises `InputError`, `ArtworkError`,
    `StorageProblem`; nothing is left under `path` then.
    """
    run = face_run(series, faces)
    if not len(run.serials if isinstance(run, FaceRun) else run):
        raise InputError("There is no stamp to print.", where=str(path), remedy="Give at least one face.")
    pages: FacePages
    codes = run.codes() if isinstance(run, FaceRun) else None
    if isinstance(run, FaceRun):
        if codes is not None and has_codes_alone(series, template_of(series, run.side)):
            pages = MouldedPages(series, run, codes, auto=auto, shared=shared)
        else:
            pages = WrittenPages(series, run.side, face_rows(series, run), auto=auto)
    else:
        pages = WrittenPages(series, run[0].side, run, auto=auto)
    for _ in pages.made():
        if progress:
            progress(pages.stamps)
    size, digest = 0, hashlib.sha256()

    def write(stream: BinaryIO) -> None:
        nonlocal size
        for part in file_parts(pages.shared(), pages.pages):
            stream.write(part)
            digest.update(part)
            size += len(part)

    write_whole(path, write)
    return SheetFile(
        path=path,
        sheets=pages.sheets,
        stamps=pages.stamps,
        first_serial=run.serials[0] if isinstance(run, FaceRun) else run[0].serial,
        last_serial=run.serials[-1] if isinstance(run, FaceRun) else run[-1].serial,
        size=size,
        sha256=digest.hexdigest(),
    )
