"""Tasks that write small files, live long or die, for the tests of whoever makes files."""

from __future__ import annotations

import hashlib
import os
import signal
import time
from dataclasses import dataclass, replace
from pathlib import Path

from cryptostamp.errors import InputError
from cryptostamp.files import write_file
from cryptostamp.printshop.print_run import FinishedFile, Told
from cryptostamp.series import Series

__all__ = ["Errand"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Errand:
    """A file of one line, made after what may go wrong has gone wrong."""

    name: str
    series: Series
    serial: int = 1
    deaths: int = 0
    """How often whoever makes it is killed before it is made."""
    notes: Path | None = None
    """Where the deaths, and the process that made the file, are noted."""
    refused: bool = False
    seconds: float = 0.0
    hidden: bool = False
    read_back: int = 0

    @property
    def plan(self) -> str:
        """The same name is the same plan."""
        return self.name

    def moved(self, series: Series) -> Errand:
        """Return the same errand elsewhere."""
        return replace(self, series=series)

    def make(self, folder: Path, told: Told) -> FinishedFile:
        """Write the file, if all goes well."""
        if self.refused:
            raise InputError("This cannot be drawn.", where=self.name, remedy="Draw it otherwise.")
        if self.notes is not None:
            for death in range(self.deaths):
                try:
                    (self.notes / f"{self.name}.{death}").touch(exist_ok=False)
                except FileExistsError:
                    continue
                os.kill(os.getpid(), signal.SIGKILL)
            (self.notes / f"{self.name}.pid").write_text(str(os.getpid()))
        told(1)
        time.sleep(self.seconds)
        content = f"{self.name} of {self.series.title}\n".encode()
        write_file(folder / self.name, content)
        return FinishedFile(
            name=self.name,
            plan=self.plan,
            first_serial=self.serial,
            last_serial=self.serial,
            sha256=hashlib.sha256(content).hexdigest(),
        )
