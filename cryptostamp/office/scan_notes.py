"""Note a scan in the log of a ledger, and put what the log makes one think of beside the verdict. Off unless called."""

from __future__ import annotations

from dataclasses import replace

from cryptostamp.ledger import Ledger, ScanPoint
from cryptostamp.scan import CheckCode, Outcome, Verdict, hints_of

__all__ = ["note_scan"]


def note_scan(verdict: Verdict, *, ledger: Ledger, series_id: str, at: int, point: ScanPoint | None = None) -> Verdict:
    """Return the verdict with the hints of the scan log, after counting this scan of `series_id` at `at` (UTC seconds).

    Only a code that the post issued is counted, so that invented ones fill no log. Conclusion and checks stay.
    """
    if verdict.code is None or verdict.outcome_of(CheckCode.TAG_AGREES) is not Outcome.PASSED:
        return verdict
    counts = ledger.scan_log(series_id).record(verdict.code.serial, at=at, point=point)
    return replace(verdict, hints=hints_of(counts))
