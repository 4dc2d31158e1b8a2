"""Print an edition once, in a process of its own: how long it took, how much memory and how many bytes.

Run as a program with one argument, the JSON of a `Run`; prints the JSON of an `Outcome`.
"""

from __future__ import annotations

import json
import resource
import shutil
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks._press_edition import PASSPHRASE, series_of
from benchmarks.harness import ROOT
from cryptostamp.office import Workspace, print_stamps, proof_prints
from cryptostamp.office.print_tasks import PrintRun
from cryptostamp.office.printing import SHEETS_PER_FILE
from cryptostamp.printshop.cluster import Cluster
from cryptostamp.printshop.print_run import Manifest
from cryptostamp.printshop.workers import Processes, make_files
from cryptostamp.series import Series

__all__ = ["Outcome", "Run", "measured"]

_PRINTER = "age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwj"
"""Somebody's public key, from the pages of age."""


_LEAST_FILES = 12
_FILES = 6
"""At least, so that two workers have the same to do; an edition of 150,000 has as many by itself."""


@dataclass(frozen=True)
class Run:
    """What to print, and who prints it."""

    folder: str
    edition: int
    workers: int = 1
    cluster: str | None = None
    claims: bool = False
    pace: bool = False
    """Measure how fast the workers are when all of them are at work, and nothing else."""
    proof_sheets: int = 0
    """Print nothing; read so many of the sheets that are there back, drawn by lot."""


@dataclass(frozen=True)
class Outcome:
    """What it took."""

    seconds: float
    """From the dossier on the disk to the last file."""
    peak_mb: float
    """The most memory that the process that was started has held."""
    face_bytes: int
    pace: float = 0.0
    """Stamps a second once each worker has made a file."""
    read_back: float = 0.0
    """Stamps a second that a proof has read back and compared."""


def measured(run: Run) -> Outcome:
    """Print an edition whose workspace is there, from nothing, in a new process."""
    command = [sys.executable, "-m", "benchmarks._press_run", json.dumps(asdict(run))]
    done = subprocess.run(command, cwd=ROOT / "scripts", check=True, stdout=subprocess.PIPE, text=True)
    return Outcome(**json.loads(done.stdout.splitlines()[-1]))


def main(run: Run) -> Outcome:
    """Print, and measure."""
    workspace, series = Workspace(Path(run.folder)), series_of(run.edition)
    if run.proof_sheets:
        return Outcome(seconds=0.0, peak_mb=0.0, face_bytes=0, read_back=_read_back(run, series, workspace))
    shutil.rmtree(workspace.print_folder, ignore_errors=True)
    if run.pace:
        return Outcome(seconds=0.0, peak_mb=0.0, face_bytes=0, pace=_pace(run, series, workspace))
    begun = time.perf_counter()
    job = print_stamps(
        series,
        workspace=workspace,
        workers=run.workers,
        cluster=run.cluster,
        sheets_per_file=min(SHEETS_PER_FILE, -(-run.edition // (_FILES * series.sheet.stamps))),
        printer=(_PRINTER,) if run.claims else (),
        passphrase=PASSPHRASE if run.claims else None,
    )
    return Outcome(
        seconds=time.perf_counter() - begun,
        peak_mb=_peak_mb(),
        face_bytes=sum(path.stat().st_size for path in job.faces),
    )


def _read_back(run: Run, series: Series, workspace: Workspace) -> float:
    begun = time.perf_counter()
    proof = proof_prints(series, workspace=workspace, sheets=run.proof_sheets, workers=run.workers, keep=False)
    if not proof.agrees:
        raise SystemExit(f"The sheets do not read back: {proof.sentence}")
    return proof.stamps_read / (time.perf_counter() - begun)


def _pace(run: Run, series: Series, workspace: Workspace) -> float:
    folder, whole = workspace.make_print_folder(), range(1, run.edition + 1)
    sheets = min(SHEETS_PER_FILE, max(1, run.edition // (_LEAST_FILES * series.sheet.stamps)))
    job = PrintRun(series, workspace.own_dossier(), whole, sheets, read_back=0)
    crew = Processes(run.workers, folder) if run.cluster is None else Cluster(run.cluster, folder)
    done, times = 0, list[tuple[float, int]]()
    for file in make_files(job.faces(here=run.cluster is None), Manifest(folder / "manifest.json"), crew=crew):
        done += file.stamps
        times.append((time.perf_counter(), done))
    begun, before = times[run.workers - 1]
    return (done - before) / (times[-1][0] - begun)


def _peak_mb() -> float:
    """Return the most memory of this process. Linux also counts what its parent had, where `getrusage` is asked."""
    try:
        status = Path("/proc/self/status").read_text(encoding="ascii")
        return int(status.partition("VmHWM:")[2].split()[0]) * 1024 / 1e6
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6  # macOS counts bytes


if __name__ == "__main__":
    print(json.dumps(asdict(main(Run(**json.loads(sys.argv[1]))))))
