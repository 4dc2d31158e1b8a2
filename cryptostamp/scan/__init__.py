"""Scan: from a photo or a code to a verdict, and from a signature to a proof of ownership.

It judges; it does not talk to nodes itself (`ChainSource` says what it must be able to ask) and it
believes nobody whom the verifier did not name (`Trust`).
"""

from __future__ import annotations

from cryptostamp.scan.checks import Check, CheckCode, Conclusion, Outcome, conclude
from cryptostamp.scan.known import FACE_PX_PER_MM, KnownEdition, PreparedEdition
from cryptostamp.scan.ownership import (
    Challenge,
    OwnershipCheck,
    OwnershipProof,
    ProofCode,
    check_answer,
    make_challenge,
)
from cryptostamp.scan.page import PageSymbol, read_page, read_place
from cryptostamp.scan.reading import Reading, Symbol, read_grey, read_photo, read_symbols
from cryptostamp.scan.sources import ChainSource, PublishedEdition, Trust
from cryptostamp.scan.verdict import PAPER_CAVEAT, PostmarkView, StampView, Verdict, verify_code, verify_nothing

__all__ = [
    "FACE_PX_PER_MM",
    "PAPER_CAVEAT",
    "ChainSource",
    "Challenge",
    "Check",
    "CheckCode",
    "Conclusion",
    "KnownEdition",
    "Outcome",
    "OwnershipCheck",
    "OwnershipProof",
    "PageSymbol",
    "PostmarkView",
    "PreparedEdition",
    "ProofCode",
    "PublishedEdition",
    "Reading",
    "StampView",
    "Symbol",
    "Trust",
    "Verdict",
    "check_answer",
    "conclude",
    "make_challenge",
    "read_grey",
    "read_page",
    "read_photo",
    "read_place",
    "read_symbols",
    "verify_code",
    "verify_nothing",
]
