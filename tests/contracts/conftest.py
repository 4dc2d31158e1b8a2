"""A series issued on the local chain, with the claim codes a printer would have got."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest

from cryptostamp.chain import (
    Chain,
    DevSigner,
    MemoryJournal,
    Sender,
    SeriesTerms,
    StampSeries,
    deploy_series,
    load_artifact,
)
from cryptostamp.edition import ClaimKey, EditionSecret, MerkleTree, claim_key_of
from cryptostamp.primitives import Address, Hash32, Serial, parse_address

CUSTODY = parse_address("0x" + "c0" * 20)


@dataclass(frozen=True, kw_only=True)
class Claim:
    """The arguments of one claim."""

    serial: Serial
    to: Address
    deadline: int
    proof: tuple[bytes, ...]
    signature: bytes


class Emission:
    """An issued series together with what only its issuer and its collectors know."""

    def __init__(self, sender: Sender, terms: SeriesTerms, secret: EditionSecret, tree: MerkleTree) -> None:
        self.sender = sender
        self.chain = sender.chain
        self.terms = terms
        self.tree = tree
        self._secret = secret
        self.deployment = deploy_series(sender, intent=f"issue {terms.symbol}", terms=terms)
        self.series = StampSeries(sender.chain, self.deployment.contract)
        self.interface = load_artifact("StampSeries").interface

    def key(self, serial: int) -> ClaimKey:
        """Scratch the field of a stamp."""
        return claim_key_of(self._secret.claim_code(Serial(serial)))

    def later(self, seconds: int = 3600) -> int:
        """Return a deadline after the newest block."""
        return self.chain.head().timestamp + seconds

    def prepare(self, serial: int, to: Address, *, key: ClaimKey | None = None, deadline: int | None = None) -> Claim:
        """Return a good claim, signed with the stamp's own key unless another is given."""
        deadline = self.later() if deadline is None else deadline
        signature = (key or self.key(serial)).sign_claim(
            chain_id=self.chain.chain_id,
            contract=self.series.address,
            serial=Serial(serial),
            to=to,
            deadline=deadline,
        )
        proof = self.tree.proof(Serial(serial))
        return Claim(serial=Serial(serial), to=to, deadline=deadline, proof=proof, signature=signature)

    def check(self, claim: Claim) -> None:
        """Let the contract say whether it would take the claim."""
        self.series.check_claim(
            serial=claim.serial, to=claim.to, deadline=claim.deadline, proof=claim.proof, signature=claim.signature
        )

    def claim(self, claim: Claim, *, sender: Sender | None = None) -> None:
        """Send the claim."""
        self.series.claim(
            sender or self.sender,
            intent=f"claim {self.terms.symbol} {claim.serial}",
            serial=claim.serial,
            to=claim.to,
            deadline=claim.deadline,
            proof=claim.proof,
            signature=claim.signature,
        )

    def read(self, function: str, *arguments: object) -> object:
        """Ask the contract's view with one result."""
        data = self.interface.encode_call(function, *arguments)
        return self.interface.decode_result(function, self.chain.call(to=self.series.address, data=data))[0]


@pytest.fixture
def collector(chain: Chain) -> Sender:
    """A collector who has an account of their own."""
    return Sender(chain, DevSigner(6), MemoryJournal())


@pytest.fixture
def issue(sender: Sender, terms: SeriesTerms) -> Callable[..., Emission]:
    """Return a function that issues a series with claim codes."""

    def issue_series(*, edition: int = 20, symbol: str = "LEAP", secret: bytes = b"s" * 32) -> Emission:
        kept = EditionSecret(secret)
        addresses = [claim_key_of(kept.claim_code(Serial(serial))).address for serial in range(1, edition + 1)]
        tree = MerkleTree.of(addresses)
        fitted = replace(
            terms, symbol=symbol, edition=edition, variant_counts=(edition,), edition_root=Hash32(tree.root)
        )
        if edition == terms.edition:
            fitted = replace(fitted, variant_counts=terms.variant_counts)
        return Emission(sender, fitted, kept, tree)

    return issue_series


@pytest.fixture
def leap(issue: Callable[..., Emission]) -> Emission:
    """A series of 20 stamps."""
    return issue()
