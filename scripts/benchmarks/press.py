"""How fast an edition is printed: QR symbols, sheets, claim layers and pictures, beside the usual ways to make them.

Rates of symbols and pictures are of one core; sheets are printed by as many processes as a row says.
"""

from __future__ import annotations

from benchmarks._press_pictures import picture_rows
from benchmarks._press_qr import qr_rows
from benchmarks._press_sheets import sheet_rows
from benchmarks.harness import Report

__all__ = ["run"]


def run(quick: bool) -> Report:  # noqa: FBT001 - the seam of all benchmarks
    """Measure the parts of a print job, and the whole."""
    rows = [*qr_rows(quick=quick), *sheet_rows(quick=quick), *picture_rows(quick=quick)]
    return Report(benchmark="press", quick=quick, rows=rows)
