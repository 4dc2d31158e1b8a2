"""The ledger: what has been issued and where each stamp stands.

One SQLite file beside the series, or a PostgreSQL database. It holds nothing secret: no claim code,
no claim key, no account key; a copy of it may lie on anybody's desk. The chain stays the truth
about tokens.
"""

from __future__ import annotations

from cryptostamp.ledger.claim_queue import ClaimQueue
from cryptostamp.ledger.database import check_url
from cryptostamp.ledger.export import Table
from cryptostamp.ledger.index import SeriesIndex
from cryptostamp.ledger.ledger import Ledger
from cryptostamp.ledger.records import (
    ChallengeRecord,
    ClaimRecord,
    ClaimState,
    EventRecord,
    IndexedBlock,
    IssuedSeries,
    Offer,
    PlannedStamp,
    PrintedFile,
    Receipt,
    SeriesPlan,
    StampRecord,
    Standing,
    StandingCounts,
    StepRecord,
    TransactionRecord,
    TransactionState,
)
from cryptostamp.ledger.scan_log import ScanCounts, ScanLog, ScanPoint

__all__ = [
    "ChallengeRecord",
    "ClaimQueue",
    "ClaimRecord",
    "ClaimState",
    "EventRecord",
    "IndexedBlock",
    "IssuedSeries",
    "Ledger",
    "Offer",
    "PlannedStamp",
    "PrintedFile",
    "Receipt",
    "ScanCounts",
    "ScanLog",
    "ScanPoint",
    "SeriesIndex",
    "SeriesPlan",
    "StampRecord",
    "Standing",
    "StandingCounts",
    "StepRecord",
    "Table",
    "TransactionRecord",
    "TransactionState",
    "check_url",
]
