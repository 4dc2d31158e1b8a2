"""A Dask cluster in a process of its own, as a print room would have one running before anybody prints.

Run as a program it begins the cluster that its argument describes, prints the scheduler's address and ends when its
standard input does.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import dask
import distributed
from distributed.security import Security

__all__ = ["FAST", "dask_cluster", "worker_processes"]

FAST = {"distributed.scheduler.allowed-failures": 2, "distributed.comm.timeouts.connect": "10s"}


@contextmanager
def dask_cluster(*, workers: int = 2, settings: Mapping[str, Any] | None = None) -> Iterator[str]:
    """Run a scheduler with worker processes, begun again by their nannies if they are killed; give its address."""
    described = json.dumps({"workers": workers, "settings": settings or {}})
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, _import_path()))}
    with subprocess.Popen(
        [sys.executable, "-W", "ignore", "-m", "support.dask_cluster", described],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=environment,
    ) as process:
        assert process.stdout is not None
        assert process.stdin is not None
        try:
            address = process.stdout.readline().strip()
            assert address, "the cluster has not begun"
            yield address
        finally:
            process.stdin.close()
            process.wait(30)


def worker_processes(address: str) -> list[int]:
    """Return the process ids of the workers."""
    with distributed.Client(address, set_as_default=False) as client:  # type: ignore[no-untyped-call]
        return sorted(client.run(os.getpid).values())


def _import_path() -> list[Path]:
    tests = Path(__file__).resolve().parents[1]
    return [tests, tests.parent]


def _main(described: str) -> None:
    wanted = json.loads(described)
    tls = bool(wanted["settings"])
    with (
        dask.config.set({**FAST, **wanted["settings"]}),
        distributed.LocalCluster(
            n_workers=wanted["workers"],
            threads_per_worker=1,
            processes=True,
            protocol="tls://" if tls else "tcp://",
            security=Security(require_encryption=True) if tls else None,
            dashboard_address=None,
            silence_logs=50,
        ) as local,
    ):
        print(local.scheduler_address, flush=True)  # noqa: T201 - this is how it tells
        sys.stdin.read()


if __name__ == "__main__":
    _main(sys.argv[1])
