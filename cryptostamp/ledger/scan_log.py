"""The scan log: how often a code was scanned, from when, and whether it was in two places at once. Off by default.

Keeps no personal data: a count, the first time, and the place (to whole degrees) and time of the last scan that came
from a scan point which declared itself, such as a dealer's shop. No address, no device, no history. What it tells is a
hint that a code was copied, never a finding: a scan point can be wrong about where it is, and so can its clock.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from cryptostamp.errors import InputError
from cryptostamp.ledger.models import ScanRow
from cryptostamp.primitives import Serial

__all__ = ["ScanCounts", "ScanLog", "ScanPoint"]

_FASTEST_KMH = 1_000
"""An airliner's speed: a stamp in the post is slower."""
_BLUR_KM = 320
"""What rounding to whole degrees can add to a distance, twice over."""
_EARTH_KM = 6_371

_Sessions = Callable[[], AbstractContextManager[Session]]


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanPoint:
    """Where a scan point says that it is, in degrees."""

    latitude: float
    longitude: float

    def __post_init__(self) -> None:
        """Refuse what is not on this planet."""
        if not (-90 <= self.latitude <= 90 and -180 <= self.longitude <= 180):  # noqa: PLR2004
            raise InputError(
                "The scan point is nowhere on Earth.", remedy="Give degrees: latitude -90 to 90, longitude -180 to 180."
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanCounts:
    """What the log holds of one stamp."""

    count: int
    first_at: int
    """Seconds since 1970, UTC."""
    impossible: int
    """How often two scans in a row were farther apart than anything travels in between."""


class ScanLog:
    """The scan log of one series. Made by `Ledger.scan_log`."""

    def __init__(self, series_id: str, reading: _Sessions, writing: _Sessions) -> None:
        self._series_id = series_id
        self._reading = reading
        self._writing = writing

    def record(self, serial: Serial, *, at: int, point: ScanPoint | None = None) -> ScanCounts:
        """Count a scan at `at`, in seconds since 1970 (UTC), and return what the log holds then.

        Without a `point` the scan is counted and no place is kept.
        """
        place = None if point is None else (round(point.latitude), round(point.longitude))
        with self._writing() as session:
            upsert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
            new = {"series_id": self._series_id, "serial": serial, "count": 0, "first_at": at, "impossible": 0}
            session.execute(upsert(ScanRow).values(new).on_conflict_do_nothing())  # two may see the first scan at once
            row = session.get_one(ScanRow, (self._series_id, serial), with_for_update=True)
            row.count += 1
            row.first_at = min(row.first_at, at)
            if place is not None:
                if row.last_at is not None and row.last_latitude is not None and row.last_longitude is not None:
                    hours = abs(at - row.last_at) / 3600
                    far = _kilometres(place, (row.last_latitude, row.last_longitude)) - _BLUR_KM
                    row.impossible += far > hours * _FASTEST_KMH
                if row.last_at is None or at >= row.last_at:
                    row.last_at, (row.last_latitude, row.last_longitude) = at, place
            return _counts(row)

    def counts(self, serial: Serial) -> ScanCounts | None:
        """Return what the log holds of a stamp, `None` if it was never scanned."""
        with self._reading() as session:
            row = session.get(ScanRow, (self._series_id, serial))
            return None if row is None else _counts(row)


def _counts(row: ScanRow) -> ScanCounts:
    return ScanCounts(count=row.count, first_at=row.first_at, impossible=row.impossible)


def _kilometres(one: tuple[int, int], other: tuple[int, int]) -> float:
    """Return the distance on a great circle (haversine)."""
    (north, east), (north_2, east_2) = (tuple(map(math.radians, place)) for place in (one, other))
    half = math.sin((north_2 - north) / 2) ** 2
    half += math.cos(north) * math.cos(north_2) * math.sin((east_2 - east) / 2) ** 2
    return 2 * _EARTH_KM * math.asin(math.sqrt(min(1.0, half)))
