"""The first scans of one stamp may come at once, by several processes: each is counted."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

from cryptostamp.ledger import Ledger, SeriesPlan
from cryptostamp.primitives import ChainId, Serial, keccak256

WRITERS = 6
STAMPS = 8


def plan() -> SeriesPlan:
    hash_ = keccak256(b"a series")
    return SeriesPlan(
        id="LEAP",
        description_sha256=hash_,
        edition=STAMPS,
        edition_root=hash_,
        rarity_seed=hash_,
        chain_id=ChainId(31337),
        genesis_hash=hash_,
    )


class TestAtOnce:
    def test_first_scans(self, place: Path | str) -> None:
        """Nobody is refused, and no scan is lost, though all find that the stamp was never scanned."""
        with Ledger(place) as ledger:
            ledger.plan_series(plan(), ())
        at_once = Barrier(WRITERS)

        def scan(writer: int) -> None:
            with Ledger(place) as own:
                log = own.scan_log("LEAP")
                for serial in range(1, STAMPS + 1):
                    at_once.wait()
                    log.record(Serial(serial), at=1_000 + writer)

        with ThreadPoolExecutor(WRITERS) as pool:
            list(pool.map(scan, range(WRITERS)))
        with Ledger(place) as ledger:
            counts = [ledger.scan_log("LEAP").counts(Serial(serial)) for serial in range(1, STAMPS + 1)]
        assert [(each.count, each.first_at) for each in counts if each is not None] == [(WRITERS, 1_000)] * STAMPS
