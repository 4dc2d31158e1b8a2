"""A series with its pictures in one parcel, to be opened on a machine that does not share this one's disk.

Every file that a series names, wherever in it, travels as bytes and is found in the parcel's folder when it has been
opened; what is drawn from the files is the same there. Parcels hold what is public: artwork and templates.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field, fields, is_dataclass, replace
from pathlib import Path
from typing import Any

from cryptostamp.errors import ArtworkError
from cryptostamp.files import write_file
from cryptostamp.series import Series

__all__ = ["Parcel"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """A series and the content of its files."""

    series: Series
    """As it is where it was packed: its paths lead nowhere elsewhere."""
    files: tuple[tuple[Path, bytes], ...] = field(repr=False)
    """Each path in the series that leads to a file, with the file."""

    @classmethod
    def of(cls, series: Series) -> Parcel:
        """Pack a series; raise `ArtworkError` for a file that cannot be read."""
        paths: dict[Path, bytes] = {}

        def take(path: Path) -> Path:
            if path not in paths and not path.is_dir():
                try:
                    paths[path] = path.read_bytes()
                except OSError as error:
                    raise ArtworkError(f"The file cannot be read: {error.strerror}.", where=str(path)) from error
            return path

        _with_paths(series, take)
        return cls(series=series, files=tuple(paths.items()))

    @property
    def sha256(self) -> str:
        """The digest of all files, in hex: parcels of the same files can share a folder."""
        digest = hashlib.sha256()
        for path, data in self.files:
            digest.update(f"{path.name}\0{len(data)}\0".encode() + data)
        return digest.hexdigest()

    def opened(self, folder: Path) -> Series:
        """Write the files into `folder` and return the series that finds them there."""
        places = {}
        for number, (path, data) in enumerate(self.files):
            places[path] = folder / str(number) / path.name  # two files of one name may lie in two folders
            write_file(places[path], data)
        series: Series = _with_paths(self.series, lambda path: places.get(path, folder))
        return series


def _with_paths(value: Any, change: Callable[[Path], Path]) -> Any:  # noqa: ANN401 (whatever a series holds)
    """Return frozen dataclasses and tuples with every path in them changed."""
    if isinstance(value, Path):
        return change(value)
    if isinstance(value, tuple):
        return tuple(_with_paths(each, change) for each in value)
    if is_dataclass(value) and not isinstance(value, type):
        before = {each.name: getattr(value, each.name) for each in fields(value) if each.init}
        after = {name: _with_paths(each, change) for name, each in before.items()}
        return replace(value, **after) if after != before else value
    return value
