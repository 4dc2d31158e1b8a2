"""Leapfrog, its faces and its claim parts, as the press gets them from the other rooms."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest

from cryptostamp.codes import ClaimCode, PublicCode, claim_symbol, public_symbol
from cryptostamp.press import ClaimPart, StampFace
from cryptostamp.primitives import Address, ChainId, Serial
from cryptostamp.series import Series, load_series

ROOT = Path(__file__).parents[2]
CONTRACT = Address("0x5FbDB2315678afecb367f032d93F642f64180aa3")
CLAIM_KEY = Address("0x70997970C51812dc3A010C7d01b50e0d17dc79C8")


@pytest.fixture(scope="session")
def leapfrog() -> Series:
    """Give the demonstration series, with its real artwork."""
    return load_series(ROOT / "artwork" / "leapfrog" / "series.toml")


@pytest.fixture(scope="session")
def public_code() -> Callable[[int], PublicCode]:
    """Give the public code of a serial."""

    def make(serial: int) -> PublicCode:
        return PublicCode.make(
            host="lilypond.example",
            chain_id=ChainId(31337),
            contract=CONTRACT,
            serial=Serial(serial),
            claim_key=CLAIM_KEY,
        )

    return make


@pytest.fixture(scope="session")
def face(leapfrog: Series, public_code: Callable[[int], PublicCode]) -> Callable[[int], StampFace]:
    """Give the face of a serial; the colours follow one another."""

    def make(serial: int) -> StampFace:
        code = public_code(serial)
        return StampFace(
            serial=Serial(serial),
            design=leapfrog.design_of(Serial(serial)),
            variant=leapfrog.variants[serial % 5],
            symbol=public_symbol(code),
            short_code=f"LEAP-{serial}-{code.tag}{code.check}",
        )

    return make


@pytest.fixture(scope="session")
def claim_code() -> Callable[[int], ClaimCode]:
    """Give a worthless claim code for a serial."""
    return lambda serial: ClaimCode(hashlib.sha256(f"claim {serial}".encode()).digest()[:16])


@pytest.fixture(scope="session")
def claim_part(claim_code: Callable[[int], ClaimCode]) -> Callable[[int], ClaimPart]:
    """Give the claim part of a serial."""

    def make(serial: int) -> ClaimPart:
        code = claim_code(serial)
        return ClaimPart(
            serial=Serial(serial),
            symbol=claim_symbol(code, "lilypond.example"),
            claim_text=code.text,
            short_code=f"LEAP-{serial}-0123456Z",
        )

    return make
