"""Scan: from a photo or a code to a verdict, and from a signature to a proof of ownership.

It judges; it does not talk to nodes itself (`ChainSource` says what it must be able to ask) and it
believes nobody whom the verifier did not name (`Trust`).
"""

from __future__ import annotations

from cryptostamp.scan.checks import Check, CheckCode, Conclusion, Outcome, conclude
from cryptostamp.scan.chip import Chip, ChipKeys, check_chip, chip_digest
from cryptostamp.scan.crosscheck import ComparedLook, ComparedNodes, NodesDisagree
from cryptostamp.scan.hints import Hint, HintCode, hints_of
from cryptostamp.scan.known import FACE_PX_PER_MM, KnownEdition, PreparedEdition
from cryptostamp.scan.ownership import (
    AccountSignatures,
    Challenge,
    OwnershipCheck,
    OwnershipProof,
    ProofCode,
    check_answer,
    check_possession,
    make_challenge,
)
from cryptostamp.scan.page import PageSymbol, read_page, read_place
from cryptostamp.scan.reading import Reading, Symbol, read_grey, read_photo, read_symbols
from cryptostamp.scan.sources import ChainSource, ChainTerms, Issuer, PublishedEdition, Question, Trust
from cryptostamp.scan.verdict import verify_code, verify_codes, verify_nothing
from cryptostamp.scan.views import PAPER_CAVEAT, MoveView, Place, PostmarkView, StampView, Verdict

__all__ = [
    "FACE_PX_PER_MM",
    "PAPER_CAVEAT",
    "AccountSignatures",
    "ChainSource",
    "ChainTerms",
    "Challenge",
    "Check",
    "CheckCode",
    "Chip",
    "ChipKeys",
    "ComparedLook",
    "ComparedNodes",
    "Conclusion",
    "Hint",
    "HintCode",
    "Issuer",
    "KnownEdition",
    "MoveView",
    "NodesDisagree",
    "Outcome",
    "OwnershipCheck",
    "OwnershipProof",
    "PageSymbol",
    "Place",
    "PostmarkView",
    "PreparedEdition",
    "ProofCode",
    "PublishedEdition",
    "Question",
    "Reading",
    "StampView",
    "Symbol",
    "Trust",
    "Verdict",
    "check_answer",
    "check_chip",
    "check_possession",
    "chip_digest",
    "conclude",
    "hints_of",
    "make_challenge",
    "read_grey",
    "read_page",
    "read_photo",
    "read_place",
    "read_symbols",
    "verify_code",
    "verify_codes",
    "verify_nothing",
]
