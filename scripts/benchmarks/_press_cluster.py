"""A Dask cluster on this machine for a measurement, with the settings that Dask has by itself.

Run as a program with the number of workers it prints the scheduler's address, and ends with its standard input.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from benchmarks.harness import ROOT

__all__ = ["cluster_of"]


@contextmanager
def cluster_of(workers: int) -> Iterator[str]:
    """Run a scheduler with so many worker processes of one thread; give its address."""
    with subprocess.Popen(
        [sys.executable, "-W", "ignore", "-m", "benchmarks._press_cluster", str(workers)],
        cwd=ROOT / "scripts",
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield process.stdout.readline().strip()
        finally:
            process.stdin.close()
            process.wait()


def main(workers: int) -> None:
    """Run a cluster until standard input ends."""
    import distributed  # noqa: PLC0415 - the process that asks for a cluster need not wait for it

    with distributed.LocalCluster(
        n_workers=workers, threads_per_worker=1, processes=True, dashboard_address=None, silence_logs=50
    ) as local:
        print(local.scheduler_address, flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main(int(sys.argv[1]))
