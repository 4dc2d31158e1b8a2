"""What a benchmark gives, and how it is shown to people and machines.

Every row holds our figure and those of its peers, measured in the same run on the same machine; a figure without a peer
says little. Times are medians of several repeats, because a mean moves with whatever else the machine is doing.
A target is a number in the unit of the row; one that is relative to a peer is multiplied out by the benchmark.
"""

from __future__ import annotations

import json
import math
import os
import platform
import statistics
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from rich.console import Console
from rich.table import Table

__all__ = ["Report", "Row", "machine", "median_seconds", "progress", "show", "to_json"]

ROOT = Path(__file__).resolve().parents[2]
"""The checkout."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One figure beside those of its peers."""

    what: str
    """What was measured, with its size: ``claim, edition 150,000, fresh wallet``."""
    unit: str
    ours: float
    peers: Mapping[str, float] = field(default_factory=dict)
    """Figure by name of the peer."""
    better: Literal["lower", "higher"] = "lower"
    target: float | None = None
    """The largest figure that is good enough, the smallest where higher is better."""
    note: str = ""
    """What a reader must know to judge the row: what was extrapolated, what a peer leaves out."""

    @property
    def ratio(self) -> float | None:
        """Our figure divided by that of the best peer; `None` without peers."""
        if not self.peers:
            return None
        best = min(self.peers.values()) if self.better == "lower" else max(self.peers.values())
        return self.ours / best if best else None

    @property
    def met(self) -> bool | None:
        """Whether the target is met; `None` without a target."""
        if self.target is None:
            return None
        return self.ours <= self.target if self.better == "lower" else self.ours >= self.target


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What one benchmark measured."""

    benchmark: str
    quick: bool
    rows: Sequence[Row]

    @property
    def missed(self) -> list[Row]:
        """The rows whose target is missed."""
        return [row for row in self.rows if row.met is False]


def median_seconds(work: Callable[[], object], *, repeats: int = 5, warm_up: int = 1) -> float:
    """Return the median time of `work` in seconds, after `warm_up` runs that do not count."""
    for _ in range(warm_up):
        work()
    times = []
    for _ in range(repeats):
        begun = time.perf_counter()
        work()
        times.append(time.perf_counter() - begun)
    return statistics.median(times)


def progress(text: str) -> None:
    """Tell the person what is being measured; standard output is for the figures."""
    print(f"  {text} …", file=sys.stderr, flush=True)


def machine() -> dict[str, Any]:
    """Return what the figures depend on: processor, cores this process may use, memory, system, Python."""
    return {
        "cpu": _processor(),
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "memory_gb": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9, 1),
        "os": f"{platform.system()} {platform.release()} {platform.machine()}",
        "python": f"{platform.python_implementation()} {platform.python_version()}",
        "load": round(os.getloadavg()[0], 2),
    }


def to_json(report: Report, on: Mapping[str, Any]) -> str:
    """Return the report as JSON, in the one shape that all benchmarks share."""
    rows = [
        {
            "what": row.what,
            "unit": row.unit,
            "better": row.better,
            "ours": row.ours,
            "peers": dict(row.peers),
            "ratio": None if row.ratio is None else round(row.ratio, 4),
            "target": row.target,
            "met": row.met,
            "note": row.note,
        }
        for row in report.rows
    ]
    content = {"benchmark": report.benchmark, "machine": dict(on), "quick": report.quick, "rows": rows}
    return json.dumps(content, indent=1, ensure_ascii=False)


def show(report: Report, on: Mapping[str, Any], console: Console) -> None:
    """Print the report as a table."""
    title = f"{report.benchmark} (quick: a look, no claim)" if report.quick else report.benchmark
    table = Table(title=title, title_justify="left")
    table.add_column("what")
    table.add_column("unit")
    table.add_column("ours", justify="right", style="bold")
    table.add_column("peers")
    table.add_column("ratio", justify="right")
    table.add_column("target", justify="right")
    table.add_column("")
    for row in report.rows:
        table.add_row(
            row.what + (f"\n[dim]{row.note}[/dim]" if row.note else ""),
            row.unit,
            number(row.ours),
            "\n".join(f"{number(value)}  {name}" for name, value in sorted_peers(row)),
            "" if row.ratio is None else number(row.ratio),
            "" if row.target is None else f"{'≤' if row.better == 'lower' else '≥'} {number(row.target)}",
            {True: "[green]met[/green]", False: "[red]missed[/red]", None: ""}[row.met],
        )
        table.add_section()
    console.print(table)
    console.print("[dim]ratio: ours divided by the best peer.  " + " · ".join(f"{k} {v}" for k, v in on.items()))


def sorted_peers(row: Row) -> list[tuple[str, float]]:
    """Return the peers of a row, the best first."""
    return sorted(row.peers.items(), key=lambda peer: peer[1], reverse=row.better == "higher")


def number(value: float) -> str:
    """Return a figure as people read it: four digits at most where it is not whole, thousands set apart."""
    if value == int(value) and abs(value) < 1e12:  # noqa: PLR2004 - beyond that nobody counts ones
        return f"{int(value):,}"
    digits = max(0, 3 - math.floor(math.log10(abs(value))))
    return f"{value:,.{digits}f}"


def _processor() -> str:
    """Return the name of the processor."""
    try:
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass  # not Linux: what Python knows must do
    return platform.processor() or platform.machine()
