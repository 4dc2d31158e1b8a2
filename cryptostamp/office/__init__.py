"""The office: the steps in the life of a series, each one function that joins the rooms.

Every step can be killed at any moment and run again: it goes on where it stopped.
"""

from __future__ import annotations

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
from cryptostamp.office.prove import ask_holder, ask_owner, check_holder, check_owner
from cryptostamp.office.publication import MetadataCheck, Publication, check_metadata, publish_metadata
from cryptostamp.office.scan_notes import note_scan
from cryptostamp.office.sealed_proof import SealedFault, SealedFaultCode, SealedProof, proof_sealed
from cryptostamp.office.series_desk import Royalty, SeriesDesk
from cryptostamp.office.stamps import PostmarkOrder, StampDesk, StampPreview, VoidOrder, runs_of
from cryptostamp.office.status import Overview, history, overview
from cryptostamp.office.trust_file import load_trust
from cryptostamp.office.verify import judge_texts, resolve_code, source_at, trust_in, verify, with_moves
from cryptostamp.office.workspace import Workspace
from cryptostamp.printshop.proof_judge import Difference, DifferenceCode

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
    "Royalty",
    "SealedFault",
    "SealedFaultCode",
    "SealedProof",
    "SeriesDesk",
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
    "with_moves",
    "write_compiled",
]
