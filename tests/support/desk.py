"""A post's desk with an issued series on a real chain."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from cryptostamp.chain import Chain, Sender
from cryptostamp.edition import Dossier, EditionSecret
from cryptostamp.ledger import Ledger
from cryptostamp.office import Workspace
from cryptostamp.series import Series

__all__ = ["LEAPFROG", "PASSPHRASE", "Desk"]

PASSPHRASE = "a frog on every sheet"
LEAPFROG = Path(__file__).resolve().parents[2] / "artwork" / "leapfrog"


@dataclass(frozen=True)
class Desk:
    """A series of 30 stamps that has been issued: its files, its chain, and who sends."""

    series: Series
    workspace: Workspace
    chain: Chain
    url: str
    ledger: Ledger
    sender: Sender
    secret: EditionSecret
    dossier: Dossier
