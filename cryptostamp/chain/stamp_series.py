"""The contract of one series: deploy it, read it, claim from it.

Rests on contracts/src/StampSeries.sol as compiled into `cryptostamp.artifacts`. Reads believe the contract they are
given: whether an address holds our code, and whether a post stands behind it, is asked elsewhere (`ChainReader`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from eth_utils.address import to_checksum_address

from cryptostamp.chain.artifacts import load_artifact
from cryptostamp.chain.interface import ContractInterface
from cryptostamp.chain.journal import MinedTransaction
from cryptostamp.chain.node import Chain
from cryptostamp.chain.sender import Sender
from cryptostamp.errors import CannotTell, ContractRefusal, TransactionFailed
from cryptostamp.primitives import Address, Hash32, Serial

__all__ = ["ClaimEvent", "Deployment", "SeriesTerms", "Stamp", "StampSeries", "StampState", "deploy_series"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesTerms:
    """What is fixed for ever when a series is issued."""

    name: str
    symbol: str
    custody: Address
    """Holds every token that has not been claimed. It needs no key: only claims move those tokens."""
    edition: int
    """N: the serials are 1..N."""
    edition_root: Hash32
    """Merkle root over (serial, claim key address), as OpenZeppelin's StandardMerkleTree builds it."""
    rarity_seed: Hash32
    variant_counts: tuple[int, ...]
    contract_uri: str
    """Where the metadata of the series lies (ERC-7572)."""
    base_uri: str
    """Followed by the serial in decimal: where the metadata of a stamp lies."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployment:
    """A contract that was deployed, and what that took."""

    contract: Address
    transaction_hash: Hash32
    block_number: int
    gas_used: int


class StampState(Enum):
    """How far the token of a stamp has come."""

    UNCLAIMED = 0
    """In custody; its claim code has not been used."""
    CLAIMED = 1
    """Out of custody for good, wherever it is now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamp:
    """Where one stamp stands."""

    serial: Serial
    owner: Address
    state: StampState
    variant: int
    """The index of its variant in the counts of the series."""

    @property
    def claimed(self) -> bool:
        """Whether its claim code has been used."""
        return self.state is StampState.CLAIMED


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimEvent:
    """The claim of a stamp, as the chain recorded it."""

    to: Address
    claim_key: Address
    block_number: int
    timestamp: int
    """Seconds since 1970, UTC."""
    transaction_hash: Hash32


def deploy_series(sender: Sender, *, intent: str, terms: SeriesTerms) -> Deployment:
    """Issue a series: deploy its contract, with all its tokens in custody, in one transaction.

    Called again with the same intent it returns the same deployment.
    """
    artifact = load_artifact("StampSeries")
    config = (
        terms.name,
        terms.symbol,
        terms.custody,
        terms.edition,
        terms.edition_root,
        terms.rarity_seed,
        terms.variant_counts,
        terms.contract_uri,
        terms.base_uri,
    )
    data = artifact.bytecode + artifact.interface.encode_constructor(config)
    return deployment_of(sender, intent=intent, data=data, artifact_name=artifact.name)


def deployment_of(sender: Sender, *, intent: str, data: bytes, artifact_name: str) -> Deployment:
    """Deploy `data` and make sure that the named contract's code is what now lies on the chain."""
    mined = sender.send(intent=intent, to=None, data=data)
    if mined.contract is None or not load_artifact(artifact_name).is_code(sender.chain.code(mined.contract)):
        raise TransactionFailed(
            f"The transaction 0x{mined.hash.hex()} was mined, but there is no {artifact_name} where it should be.",
            where=intent,
            remedy="Ask another node: this one may be behind or on another branch of the chain.",
        )
    return Deployment(
        contract=mined.contract,
        transaction_hash=mined.hash,
        block_number=mined.block_number,
        gas_used=mined.gas_used,
    )


class StampSeries:
    """A deployed series."""

    def __init__(self, chain: Chain, address: Address) -> None:
        self.chain = chain
        self.address = address
        self._interface: ContractInterface = load_artifact("StampSeries").interface

    def __repr__(self) -> str:
        return f"StampSeries({self.address}, chain_id={self.chain.chain_id})"

    def terms(self) -> SeriesTerms:
        """Return the terms of the series as the contract holds them."""
        return SeriesTerms(
            name=self._read("name")[0],
            symbol=self._read("symbol")[0],
            custody=Address(to_checksum_address(self._read("custody")[0])),
            edition=self._read("edition")[0],
            edition_root=self.edition_root(),
            rarity_seed=Hash32(self._read("raritySeed")[0]),
            variant_counts=tuple(self._read("variantCounts")[0]),
            contract_uri=self._read("contractURI")[0],
            base_uri=self._read("baseURI")[0],
        )

    def edition_root(self) -> Hash32:
        """Return the Merkle root over the claim keys."""
        return Hash32(self._read("editionRoot")[0])

    def stamp(self, serial: Serial) -> Stamp | None:
        """Return where a stamp stands, `None` if the edition has no such serial."""
        try:
            ((owner, state, variant),) = self._read("stampOf", serial)
        except ContractRefusal as refusal:
            if refusal.name == "NotInEdition":
                return None
            raise
        if state not in {known.value for known in StampState}:
            raise CannotTell(f"The contract {self.address} tells a state of the stamp that is not known here.")
        return Stamp(serial=serial, owner=Address(to_checksum_address(owner)), state=StampState(state), variant=variant)

    def balance_of(self, owner: Address) -> int:
        """Return how many tokens of the series `owner` has."""
        balance: int = self._read("balanceOf", owner)[0]
        return balance

    def check_claim(
        self, *, serial: Serial, to: Address, deadline: int, proof: Sequence[bytes], signature: bytes
    ) -> None:
        """Raise `ContractRefusal` if the contract would refuse this claim in the next block."""
        self.chain.call(to=self.address, data=self._claim_data(serial, to, deadline, proof, signature))

    def claim(
        self,
        sender: Sender,
        *,
        intent: str,
        serial: Serial,
        to: Address,
        deadline: int,
        proof: Sequence[bytes],
        signature: bytes,
    ) -> MinedTransaction:
        """Send a claim that its claim key has signed; `sender` pays for it and gains no right by it.

        `deadline` is in seconds since 1970, `signature` 65 bytes r, s, v with low s.
        """
        data = self._claim_data(serial, to, deadline, proof, signature)
        return sender.send(intent=intent, to=self.address, data=data)

    def claim_event(self, serial: Serial) -> ClaimEvent | None:
        """Return how and when a stamp was claimed, `None` if it was not."""
        (issue_block,) = self._read("issueBlock")
        topics = [self._interface.topic("Claimed"), serial.to_bytes(32, "big")]
        logs = self.chain.logs(self.address, topics, first_block=issue_block, last_block=self.chain.head().number)
        if not logs:
            return None
        log = logs[0]
        event = self._interface.decode_event("Claimed", log.topics, log.data)
        return ClaimEvent(
            to=Address(to_checksum_address(event["to"])),
            claim_key=Address(to_checksum_address(event["claimKey"])),
            block_number=log.block_number,
            timestamp=self.chain.block(log.block_number).timestamp,
            transaction_hash=log.transaction_hash,
        )

    def transfer(self, sender: Sender, *, intent: str, serial: Serial, to: Address) -> MinedTransaction:
        """Move a claimed token of the sender to another account."""
        data = self._interface.encode_call("transferFrom", sender.address, to, serial)
        return sender.send(intent=intent, to=self.address, data=data)

    def _claim_data(
        self, serial: Serial, to: Address, deadline: int, proof: Sequence[bytes], signature: bytes
    ) -> bytes:
        return self._interface.encode_call("claim", serial, to, deadline, list(proof), signature)

    def _read(self, function: str, *arguments: object) -> tuple[Any, ...]:
        data = self.chain.call(to=self.address, data=self._interface.encode_call(function, *arguments))
        return self._interface.decode_result(function, data)
