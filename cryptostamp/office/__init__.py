"""The office: the steps in the life of a series, each one function that joins the rooms.

Every step can be killed at any moment and run again: it goes on where it stopped.

The names are looked up when they are used: a process that prints sheets does not load a chain library.
"""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from cryptostamp.office.audit import audit
    from cryptostamp.office.audit_report import Audit
    from cryptostamp.office.chains import DEFAULT_RPC, chain_of, local_post
    from cryptostamp.office.claim import (
        BatchedClaim,
        Claim,
        SignedClaim,
        claim,
        join_halves,
        send_claim,
        send_claims,
        sign_claim,
    )
    from cryptostamp.office.compiling import check_artifacts, contracts_folder, write_compiled
    from cryptostamp.office.counter import ClaimClerk, attend, check_claim, take_in
    from cryptostamp.office.demo import DEMO_PASSPHRASE, Demo, DemoListener, run_demo
    from cryptostamp.office.doctor import Finding, examine
    from cryptostamp.office.dossier_publication import PublishedDossier, publish_dossier
    from cryptostamp.office.indexing import Followed, follow
    from cryptostamp.office.issue import Issue, issue
    from cryptostamp.office.journal import LedgerJournal
    from cryptostamp.office.known_edition import known_edition
    from cryptostamp.office.preview import Preview, check, preview
    from cryptostamp.office.pricing import price_claim, price_issue
    from cryptostamp.office.printing import PrintJob, print_stamps, public_code_of
    from cryptostamp.office.progress import Progress
    from cryptostamp.office.proof import Proof, proof_prints
    from cryptostamp.office.proof_judge import Difference, DifferenceCode
    from cryptostamp.office.prove import ask_holder, ask_owner, check_holder, check_owner
    from cryptostamp.office.publication import MetadataCheck, Publication, check_metadata, publish_metadata
    from cryptostamp.office.scan_notes import note_scan
    from cryptostamp.office.sealed_proof import SealedFault, SealedFaultCode, SealedProof, proof_sealed
    from cryptostamp.office.stamps import PostmarkOrder, StampDesk, StampPreview, VoidOrder, runs_of
    from cryptostamp.office.status import Overview, history, overview
    from cryptostamp.office.trust_file import load_trust
    from cryptostamp.office.verify import judge_texts, resolve_code, source_at, trust_in, verify
    from cryptostamp.office.workspace import Workspace

__all__ = [
    "DEFAULT_RPC",
    "DEMO_PASSPHRASE",
    "Audit",
    "BatchedClaim",
    "Claim",
    "ClaimClerk",
    "Demo",
    "DemoListener",
    "Difference",
    "DifferenceCode",
    "Finding",
    "Followed",
    "Issue",
    "LedgerJournal",
    "MetadataCheck",
    "Overview",
    "PostmarkOrder",
    "Preview",
    "PrintJob",
    "Progress",
    "Proof",
    "Publication",
    "PublishedDossier",
    "SealedFault",
    "SealedFaultCode",
    "SealedProof",
    "SignedClaim",
    "StampDesk",
    "StampPreview",
    "VoidOrder",
    "Workspace",
    "ask_holder",
    "ask_owner",
    "attend",
    "audit",
    "chain_of",
    "check",
    "check_artifacts",
    "check_claim",
    "check_holder",
    "check_metadata",
    "check_owner",
    "claim",
    "contracts_folder",
    "examine",
    "follow",
    "history",
    "issue",
    "join_halves",
    "judge_texts",
    "known_edition",
    "load_trust",
    "local_post",
    "note_scan",
    "overview",
    "preview",
    "price_claim",
    "price_issue",
    "print_stamps",
    "proof_prints",
    "proof_sealed",
    "public_code_of",
    "publish_dossier",
    "publish_metadata",
    "resolve_code",
    "run_demo",
    "runs_of",
    "send_claim",
    "send_claims",
    "sign_claim",
    "source_at",
    "take_in",
    "trust_in",
    "verify",
    "write_compiled",
]

_HOMES: Final = {
    "audit": ("audit",),
    "audit_report": ("Audit",),
    "chains": ("DEFAULT_RPC", "chain_of", "local_post"),
    "claim": (
        "BatchedClaim",
        "Claim",
        "SignedClaim",
        "claim",
        "join_halves",
        "send_claim",
        "send_claims",
        "sign_claim",
    ),
    "compiling": ("check_artifacts", "contracts_folder", "write_compiled"),
    "counter": ("ClaimClerk", "attend", "check_claim", "take_in"),
    "demo": ("DEMO_PASSPHRASE", "Demo", "DemoListener", "run_demo"),
    "doctor": ("Finding", "examine"),
    "dossier_publication": ("PublishedDossier", "publish_dossier"),
    "indexing": ("Followed", "follow"),
    "issue": ("Issue", "issue"),
    "journal": ("LedgerJournal",),
    "known_edition": ("known_edition",),
    "preview": ("Preview", "check", "preview"),
    "pricing": ("price_claim", "price_issue"),
    "printing": ("PrintJob", "print_stamps", "public_code_of"),
    "progress": ("Progress",),
    "proof": ("Proof", "proof_prints"),
    "proof_judge": ("Difference", "DifferenceCode"),
    "prove": ("ask_holder", "ask_owner", "check_holder", "check_owner"),
    "publication": ("MetadataCheck", "Publication", "check_metadata", "publish_metadata"),
    "scan_notes": ("note_scan",),
    "sealed_proof": ("SealedFault", "SealedFaultCode", "SealedProof", "proof_sealed"),
    "stamps": ("PostmarkOrder", "StampDesk", "StampPreview", "VoidOrder", "runs_of"),
    "status": ("Overview", "history", "overview"),
    "trust_file": ("load_trust",),
    "verify": ("judge_texts", "resolve_code", "source_at", "trust_in", "verify"),
    "workspace": ("Workspace",),
}
"""The modules that hold the names."""


_HOME: Final = {name: home for home, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> object:
    if name in _HOME:
        return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])


class _Office(ModuleType):
    """This package, in which a function is found before the module of the same name, `issue` or `claim`, hides it."""


def _put_before_module(name: str) -> None:
    def look(_office: ModuleType) -> object:
        return __getattr__(name)

    def keep(_office: ModuleType, _module: object) -> None:
        """Let Python put the module into the package, as it does after an import: nothing comes of it."""

    setattr(_Office, name, property(look, keep))


for _name in _HOME.keys() & _HOMES.keys():
    _put_before_module(_name)
sys.modules[__name__].__class__ = _Office
