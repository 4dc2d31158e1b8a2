"""How fast an edition is printed: QR symbols, beside the encoders that are called stamp by stamp.

Throughputs are of one core. What is the same for all stamps of a series is made before the clock starts.
"""

from __future__ import annotations

from benchmarks._press_qr import qr_rows
from benchmarks.harness import Report

__all__ = ["run"]


def run(quick: bool) -> Report:  # noqa: FBT001 - the seam of all benchmarks
    """Measure the parts of a print job."""
    return Report(benchmark="press", quick=quick, rows=qr_rows(quick=quick))
