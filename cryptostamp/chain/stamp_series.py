"""The contract of one series: deploy it, read it, claim from it, and act for its issuer.

Rests on contracts/src/StampSeries.sol as compiled into `cryptostamp.artifacts`. Reads believe the contract they are
given: whether an address holds our code, and whether a post stands behind it, is asked elsewhere (`ChainReader`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import Flag
from typing import Any

from eth_utils.address import to_checksum_address

from cryptostamp.chain.artifacts import load_artifact
from cryptostamp.chain.claim_batch import BatchClaim, ClaimBatch, encode_claims
from cryptostamp.chain.interface import ContractInterface
from cryptostamp.chain.journal import MinedTransaction
from cryptostamp.chain.node import Chain
from cryptostamp.chain.reverts import refusal_from
from cryptostamp.chain.sender import Sender
from cryptostamp.chain.stamp import (
    Postmark,
    PostmarkKind,
    Stamp,
    VoidReason,
    days_since_1970,
    index_of,
    office_bytes,
    postmark_from,
    stamp_from,
)
from cryptostamp.errors import CannotTell, ContractRefusal, TransactionFailed
from cryptostamp.primitives import Address, Hash32, Serial

__all__ = ["Deployment", "SeriesRole", "SeriesTerms", "StampSeries", "deploy_series"]

_NOBODY = Address("0x" + "00" * 20)
_STAMPS_A_CALL = 200
_FULL_PRICE = 10_000
"""A price of which the royalty, in hundredths of a per cent, is itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesTerms:
    """What a series is issued with: fixed for ever, but for the royalty and, unless frozen, the metadata."""

    name: str
    symbol: str
    custody: Address
    """Holds every token that has not been claimed. It can send one without its code, and needs no key otherwise."""
    admin: Address | None
    """Gives and takes roles, and begins with both; `None` once the administration was given up."""
    edition: int
    """N: the serials are 1..N."""
    edition_root: Hash32
    """Merkle root over (serial, claim key address), as OpenZeppelin's StandardMerkleTree builds it."""
    rarity_seed: Hash32
    """What the variants are drawn with; of a blind series, keccak256 of the issuer's seed."""
    variant_counts: tuple[int, ...]
    base_uri: str
    """Where the metadata lies: "series.json", and for each stamp its serial and ".json", follow. Empty for none."""
    metadata_frozen: bool
    """Whether `base_uri` can never change."""
    entropy_block: int = 0
    """The block whose hash decides the draw of a blind series; 0 for a printed series."""
    soulbound: bool = False
    """Whether tokens stay with whom they were claimed by or sent to (ERC-5192)."""
    royalty_receiver: Address | None = None
    royalty_bps: int = 0
    """Hundredths of a per cent (ERC-2981)."""


class SeriesRole(Flag):
    """What an account may do for the issuer of a series."""

    NONE = 0
    ISSUER = 1
    """Void stamps, set the royalty and, until it is frozen, the place of the metadata."""
    POSTMASTER = 2
    """Record postmarks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployment:
    """A contract that was deployed, and what that took."""

    contract: Address
    transaction_hash: Hash32
    block_number: int
    gas_used: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """What a transaction asks of a contract: it can be priced, or sent."""

    to: Address
    data: bytes


def deploy_series(sender: Sender, *, intent: str, terms: SeriesTerms) -> Deployment:
    """Issue a series: deploy its contract, with all its tokens in custody, in one transaction.

    Called again with the same intent it returns the same deployment.
    """
    return deployment_of(sender, intent=intent, data=series_deployment(terms), artifact_name="StampSeries")


def series_deployment(terms: SeriesTerms) -> bytes:
    """Return the data of the transaction that issues a series."""
    artifact = load_artifact("StampSeries")
    config = (
        terms.name,
        terms.symbol,
        terms.custody,
        terms.admin or _NOBODY,
        terms.edition,
        terms.edition_root,
        terms.rarity_seed,
        terms.entropy_block,
        terms.soulbound,
        terms.metadata_frozen,
        terms.variant_counts,
        terms.royalty_receiver or _NOBODY,
        terms.royalty_bps,
        terms.base_uri,
    )
    return artifact.bytecode + artifact.interface.encode_constructor(config)


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
        entropy_block = self._read("entropyBlock")[0]
        royalty_receiver, royalty_bps = self.royalty()
        return SeriesTerms(
            name=self._read("name")[0],
            symbol=self._read("symbol")[0],
            custody=self.custody(),
            admin=_account(self._read("admin")[0]),
            edition=self._read("edition")[0],
            edition_root=self.edition_root(),
            rarity_seed=Hash32(self._read("seedCommitment" if entropy_block else "raritySeed")[0]),
            variant_counts=tuple(self._read("variantCounts")[0]),
            base_uri=self._read("baseURI")[0],
            metadata_frozen=self._read("metadataFrozen")[0],
            entropy_block=entropy_block,
            soulbound=self._read("soulbound")[0],
            royalty_receiver=royalty_receiver,
            royalty_bps=royalty_bps,
        )

    def custody(self) -> Address:
        """Return the account that holds what nobody has claimed."""
        return Address(to_checksum_address(self._read("custody")[0]))

    def edition_root(self) -> Hash32:
        """Return the Merkle root over the claim keys."""
        return Hash32(self._read("editionRoot")[0])

    def stamp(self, serial: Serial) -> Stamp | None:
        """Return where a stamp stands, `None` if the edition has no such serial."""
        try:
            (values,) = self._read("stampOf", serial)
        except ContractRefusal as refusal:
            if refusal.name == "NotInEdition":
                return None
            raise
        return stamp_from(serial, values)

    def stamps(self, serials: Sequence[Serial]) -> tuple[Stamp, ...]:
        """Return where many stamps stand, in the order of `serials`; `ContractRefusal` if one is not in the edition."""
        found: list[Stamp] = []
        for begin in range(0, len(serials), _STAMPS_A_CALL):
            asked = serials[begin : begin + _STAMPS_A_CALL]
            (answers,) = self._read("stampsOf", list(asked))
            if len(answers) != len(asked):
                raise CannotTell(f"The contract {self.address} does not answer for every stamp.")
            found += [stamp_from(serial, values) for serial, values in zip(asked, answers, strict=True)]
        return tuple(found)

    def token_uri(self, serial: Serial) -> str:
        """Return where the metadata of a stamp lies, an empty text if the series has none."""
        uri: str = self._read("tokenURI", serial)[0]
        return uri

    def contract_uri(self) -> str:
        """Return where the metadata of the series lies (ERC-7572), an empty text if it has none."""
        uri: str = self._read("contractURI")[0]
        return uri

    def balance_of(self, owner: Address) -> int:
        """Return how many tokens of the series `owner` has."""
        balance: int = self._read("balanceOf", owner)[0]
        return balance

    def check_claim(
        self, *, serial: Serial, to: Address, deadline: int, proof: Sequence[bytes], signature: bytes
    ) -> None:
        """Raise `ContractRefusal` if the contract would refuse this claim in the next block."""
        call = self.claim_call(serial=serial, to=to, deadline=deadline, proof=proof, signature=signature)
        self.chain.call(to=call.to, data=call.data)

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
        call = self.claim_call(serial=serial, to=to, deadline=deadline, proof=proof, signature=signature)
        return sender.send(intent=intent, to=call.to, data=call.data)

    def claim_call(
        self, *, serial: Serial, to: Address, deadline: int, proof: Sequence[bytes], signature: bytes
    ) -> Call:
        """Return what `claim` sends."""
        return self._call("claim", serial, to, deadline, list(proof), signature)

    def transfer(self, sender: Sender, *, intent: str, serial: Serial, to: Address) -> MinedTransaction:
        """Move a token of the sender to another account; from custody, that delivers it without its hidden code."""
        data = self._interface.encode_call("transferFrom", sender.address, to, serial)
        return sender.send(intent=intent, to=self.address, data=data)

    def claim_batch(
        self, sender: Sender, *, intent: str, claims: Sequence[BatchClaim], crown: Sequence[Hash32]
    ) -> ClaimBatch:
        """Send many claims in one transaction, and return what became of each.

        `crown` holds all nodes of the level of the Merkle tree at which the proofs end. Raises `InputError` for a stamp
        that is named twice, `ContractRefusal` if the crown is not one of this edition.
        """
        call = self.claim_batch_call(claims=claims, crown=crown)
        mined = sender.send(intent=intent, to=call.to, data=call.data)
        return ClaimBatch(mined=mined, refused=self.refused(mined))

    def claim_batch_call(self, *, claims: Sequence[BatchClaim], crown: Sequence[Hash32]) -> Call:
        """Return what `claim_batch` sends."""
        requests, proofs = encode_claims(claims)
        return self._call("claimBatch", requests, proofs, list(crown))

    def void(self, sender: Sender, *, intent: str, serials: Sequence[Serial], reason: VoidReason) -> MinedTransaction:
        """Void stamps; if one of them is not unclaimed, none is, and that is a `ContractRefusal`."""
        call = self.void_call(serials, reason)
        return sender.send(intent=intent, to=call.to, data=call.data)

    def void_call(self, serials: Sequence[Serial], reason: VoidReason) -> Call:
        """Return what `void` sends."""
        return self._call("voidStamps", list(serials), index_of(reason) + 1)

    def void_range(
        self, sender: Sender, *, intent: str, first: Serial, last: Serial, reason: VoidReason
    ) -> MinedTransaction:
        """Void those stamps from `first` to `last` that nobody has claimed when the transaction is mined."""
        call = self.void_range_call(first, last, reason)
        return sender.send(intent=intent, to=call.to, data=call.data)

    def void_range_call(self, first: Serial, last: Serial, reason: VoidReason) -> Call:
        """Return what `void_range` sends."""
        return self._call("voidRange", first, last, index_of(reason) + 1)

    def postmark(
        self, sender: Sender, *, intent: str, serials: Sequence[Serial], office: str, day: date, kind: PostmarkKind
    ) -> MinedTransaction:
        """Record that the post office with the code `office` has cancelled these paper stamps."""
        call = self.postmark_call(serials, office=office, day=day, kind=kind)
        return sender.send(intent=intent, to=call.to, data=call.data)

    def postmark_call(self, serials: Sequence[Serial], *, office: str, day: date, kind: PostmarkKind) -> Call:
        """Return what `postmark` sends."""
        return self._call("postmark", list(serials), office_bytes(office), days_since_1970(day), index_of(kind))

    def postmarks(self, serial: Serial) -> tuple[Postmark, ...]:
        """Return all postmarks of a stamp in the order in which they were recorded."""
        stamp = self.stamp(serial)
        count = 0 if stamp is None else stamp.postmarks
        return tuple(postmark_from(self._read("postmarkOf", serial, number)[0]) for number in range(1, count + 1))

    def roles_of(self, account: Address) -> SeriesRole:
        """Return the roles of an account."""
        return SeriesRole(self._read("rolesOf", account)[0] & (SeriesRole.ISSUER | SeriesRole.POSTMASTER).value)

    def set_roles(self, sender: Sender, *, intent: str, account: Address, roles: SeriesRole) -> MinedTransaction:
        """Set the roles of an account, as the administrator."""
        call = self.roles_call(account, roles)
        return sender.send(intent=intent, to=call.to, data=call.data)

    def roles_call(self, account: Address, roles: SeriesRole) -> Call:
        """Return what `set_roles` sends."""
        return self._call("setRoles", account, roles.value)

    def set_base_uri(self, sender: Sender, *, intent: str, base_uri: str) -> MinedTransaction:
        """Name the folder of the metadata, its last slash included."""
        return self._send(sender, intent, "setBaseURI", base_uri)

    def freeze_metadata(self, sender: Sender, *, intent: str) -> MinedTransaction:
        """Let the place of the metadata never change again."""
        return self._send(sender, intent, "freezeMetadata")

    def set_royalty(self, sender: Sender, *, intent: str, receiver: Address | None, bps: int) -> MinedTransaction:
        """Set the royalty, in hundredths of a per cent up to 1,000; nobody and 0 to end it."""
        call = self.royalty_call(receiver, bps)
        return sender.send(intent=intent, to=call.to, data=call.data)

    def royalty_call(self, receiver: Address | None, bps: int) -> Call:
        """Return what `set_royalty` sends."""
        return self._call("setRoyalty", receiver or _NOBODY, bps)

    def royalty(self) -> tuple[Address | None, int]:
        """Return who gets the royalty, and how much in hundredths of a per cent; nobody and 0 if there is none."""
        receiver, bps = self._read("royaltyInfo", 1, _FULL_PRICE)
        return _account(receiver), bps

    def capture_entropy(self, sender: Sender, *, intent: str) -> MinedTransaction:
        """Keep the block hash that decides the draw of a blind series, while the chain still knows it."""
        return self._send(sender, intent, "captureEntropy")

    def reveal(self, sender: Sender, *, intent: str, seed: Hash32) -> MinedTransaction:
        """Make the draw of a blind series; once the issuer's time is over, `seed` is not looked at."""
        return self._send(sender, intent, "reveal", seed)

    def refused(self, mined: MinedTransaction) -> dict[Serial, ContractRefusal]:
        """Return which claims of a mined batch the contract refused, and why."""
        block = mined.block_number
        topics = [self._interface.topic("ClaimRefused")]
        refused = {}
        for log in self.chain.logs(self.address, topics, first_block=block, last_block=block):
            if log.transaction_hash == mined.hash:
                event = self._interface.decode_event("ClaimRefused", log.topics, log.data)
                serial = Serial(event["serial"])
                refused[serial] = refusal_from(event["reason"] + serial.to_bytes(32, "big"))
        return refused

    def _send(self, sender: Sender, intent: str, function: str, *arguments: object) -> MinedTransaction:
        call = self._call(function, *arguments)
        return sender.send(intent=intent, to=call.to, data=call.data)

    def _call(self, function: str, *arguments: object) -> Call:
        return Call(to=self.address, data=self._interface.encode_call(function, *arguments))

    def _read(self, function: str, *arguments: object) -> tuple[Any, ...]:
        data = self.chain.call(to=self.address, data=self._interface.encode_call(function, *arguments))
        return self._interface.decode_result(function, data)


def _account(address: str) -> Address | None:
    """Return an account, `None` for the zero address."""
    return None if int(address, 16) == 0 else Address(to_checksum_address(address))
