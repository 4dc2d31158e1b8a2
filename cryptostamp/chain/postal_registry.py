"""The registry of posts: who may issue, which series each post stands behind, and how both stand.

Rests on contracts/src/PostalRegistry.sol as compiled into `cryptostamp.artifacts`. A status says what the registry
holds, not whether a contract is a stamp series or a stamp exists. Times are seconds since 1970, UTC. Texts come
shortened and without control characters, for a registry that is not ours may hold anything.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from eth_utils.address import to_checksum_address

from cryptostamp.chain.artifacts import load_artifact
from cryptostamp.chain.interface import ContractInterface
from cryptostamp.chain.journal import MinedTransaction
from cryptostamp.chain.node import Chain
from cryptostamp.chain.sender import Sender
from cryptostamp.chain.stamp_series import Deployment, deployment_of
from cryptostamp.errors import CannotTell, InputError
from cryptostamp.primitives import Address, Hash32, printable

__all__ = ["Post", "PostalRegistry", "SeriesStatus", "Standing", "deploy_registry"]

_COUNTRY_LETTERS = 2
_LONGEST_TEXT = 253
_NOBODY = "0x" + "00" * 20


class Standing(StrEnum):
    """How a post or a series stands. A series is never proposed or withdrawn."""

    PROPOSED = "proposed"
    """The account that the authority proposed has not accepted yet."""
    WITHDRAWN = "withdrawn"
    """The authority took the proposal back, for good."""
    ACTIVE = "active"
    SUSPENDED = "suspended"
    """Until it is reinstated."""
    REVOKED = "revoked"
    """For good."""


_STANDINGS: tuple[Standing | None, ...] = (None, *Standing)
"""By their number in the contract; 0 is that of what is not there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """A postal administration as the registry holds it."""

    post_id: int
    country: str
    """ISO 3166-1 alpha-2."""
    name: str
    domain: str
    """The host of its public codes, in lower case."""
    account: Address
    """Registers its series."""
    standing: Standing
    since: int
    """When the standing was last changed."""
    reason: str
    """Of the last change, empty if there was none since the admission."""
    next_account: Address | None
    """Has been proposed in place of `account`, and may accept."""
    proposed_at: int
    admitted_at: int | None
    """`None` until the proposal was accepted."""

    @property
    def active(self) -> bool:
        """Whether it is admitted, and neither suspended nor revoked."""
        return self.standing is Standing.ACTIVE

    @property
    def suspended(self) -> bool:
        """Whether it is suspended, so that nothing can be said until it is reinstated or revoked."""
        return self.standing is Standing.SUSPENDED


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesStatus:
    """Who stands behind a series, and how both stand."""

    contract: Address
    post: Post
    standing: Standing
    """Of the series; its post has its own."""
    since: int
    """When the standing was last changed."""
    reason: str
    """Of the last change, empty if there was none since the registration."""
    by_authority: bool
    """Who made the last change; if not the authority, the post."""
    registered_at: int
    code_hash: Hash32
    """Keccak-256 of the code that the post registered."""
    code_hash_now: Hash32
    """Of the code that lies there now; zero if there is none."""

    @property
    def active(self) -> bool:
        """Whether it is registered, and neither suspended nor revoked; its post is asked separately."""
        return self.standing is Standing.ACTIVE

    @property
    def suspended(self) -> bool:
        """Whether it is suspended; its post is asked separately."""
        return self.standing is Standing.SUSPENDED

    @property
    def code_unchanged(self) -> bool:
        """Whether the code is the one that was registered."""
        return self.code_hash == self.code_hash_now


def deploy_registry(sender: Sender, *, intent: str, authority: Address) -> Deployment:
    """Deploy a registry whose posts `authority` proposes."""
    artifact = load_artifact("PostalRegistry")
    data = artifact.bytecode + artifact.interface.encode_constructor(authority)
    return deployment_of(sender, intent=intent, data=data, artifact_name=artifact.name)


class PostalRegistry:
    """A deployed registry. What it refuses comes out as a `ContractRefusal`."""

    def __init__(self, chain: Chain, address: Address) -> None:
        self.chain = chain
        self.address = address
        self._interface: ContractInterface = load_artifact("PostalRegistry").interface

    def __repr__(self) -> str:
        return f"PostalRegistry({self.address}, chain_id={self.chain.chain_id})"

    def propose_post(
        self, sender: Sender, *, intent: str, country: str, name: str, domain: str, account: Address
    ) -> MinedTransaction:
        """Propose a post; only the authority can. `proposal_of` its account gives its number."""
        return self._send(sender, intent, "proposePost", _country_bytes(country), name, domain, account)

    def withdraw_proposal(self, sender: Sender, *, intent: str, post_id: int) -> MinedTransaction:
        """Take the proposal of a post back; only the authority can."""
        return self._send(sender, intent, "withdrawProposal", post_id)

    def accept_post(self, sender: Sender, *, intent: str, post_id: int) -> MinedTransaction:
        """Become a post as it was proposed; only the account that was proposed can."""
        return self._send(sender, intent, "acceptPost", post_id)

    def suspend_post(self, sender: Sender, *, intent: str, post_id: int, reason: str) -> MinedTransaction:
        """Suspend a post and end a rotation under way; only the authority can."""
        return self._send(sender, intent, "suspendPost", post_id, reason)

    def reinstate_post(self, sender: Sender, *, intent: str, post_id: int, reason: str) -> MinedTransaction:
        """End the suspension of a post; only the authority can."""
        return self._send(sender, intent, "reinstatePost", post_id, reason)

    def revoke_post(self, sender: Sender, *, intent: str, post_id: int, reason: str) -> MinedTransaction:
        """End a post's standing for good; only the authority can."""
        return self._send(sender, intent, "revokePost", post_id, reason)

    def propose_rotation(self, sender: Sender, *, intent: str, post_id: int, account: Address) -> MinedTransaction:
        """Propose a new account for a post; the account of the active post can, or the authority."""
        return self._send(sender, intent, "proposeRotation", post_id, account)

    def cancel_rotation(self, sender: Sender, *, intent: str, post_id: int) -> MinedTransaction:
        """Take the proposal of a new account back; the account of the active post can, or the authority."""
        return self._send(sender, intent, "cancelRotation", post_id)

    def accept_rotation(self, sender: Sender, *, intent: str, post_id: int) -> MinedTransaction:
        """Become the account of a post; only the account that was proposed can."""
        return self._send(sender, intent, "acceptRotation", post_id)

    def register_series(self, sender: Sender, *, intent: str, contract: Address, code_hash: Hash32) -> MinedTransaction:
        """Stand behind a series with this code (Keccak-256 of it); `sender` is the account of an active post."""
        return self._send(sender, intent, "registerSeries", contract, code_hash)

    def suspend_series(self, sender: Sender, *, intent: str, contract: Address, reason: str) -> MinedTransaction:
        """Suspend a series; the authority can, or the active post that registered it."""
        return self._send(sender, intent, "suspendSeries", contract, reason)

    def reinstate_series(self, sender: Sender, *, intent: str, contract: Address, reason: str) -> MinedTransaction:
        """End the suspension of a series; the authority can, or the active post if the suspension is its own."""
        return self._send(sender, intent, "reinstateSeries", contract, reason)

    def revoke_series(self, sender: Sender, *, intent: str, contract: Address, reason: str) -> MinedTransaction:
        """End a series' standing for good; the authority can, or the active post that registered it."""
        return self._send(sender, intent, "revokeSeries", contract, reason)

    def offer_authority(self, sender: Sender, *, intent: str, account: Address) -> MinedTransaction:
        """Offer the authority to another account, which must accept; only the authority can."""
        return self._send(sender, intent, "transferOwnership", account)

    def accept_authority(self, sender: Sender, *, intent: str) -> MinedTransaction:
        """Become the authority; only the account to which that was offered can."""
        return self._send(sender, intent, "acceptOwnership")

    def authority(self) -> Address:
        """Return the account that proposes posts."""
        return _address(self._read("owner")[0])

    def next_authority(self) -> Address | None:
        """Return the account that has been offered the authority, `None` if none has."""
        return _address_or_none(self._read("pendingOwner")[0])

    def post_count(self) -> int:
        """Return how many posts were ever proposed: their numbers are 1 to this."""
        count: int = self._read("postCount")[0]
        return count

    def post(self, post_id: int) -> Post:
        """Return a post or the proposal of one; raise `ContractRefusal` for a number that was never given out."""
        (fields,) = self._read("post", post_id)
        return _post(post_id, fields)

    def post_of(self, account: Address) -> Post | None:
        """Return the post that an account stands for, `None` if it stands for none (any more)."""
        post = self._post_by("postOf", account)
        return post if post is not None and post.account == account else None

    def proposal_of(self, account: Address) -> Post | None:
        """Return the post that an account has been proposed for and may accept, `None` if there is none."""
        return self._post_by("proposalOf", account)

    def series_status(self, contract: Address) -> SeriesStatus | None:
        """Return who stands behind a series, `None` if nobody has registered it."""
        (fields,) = self._read("statusOf", contract)
        return status_from(contract, fields)

    def series_statuses(self, contracts: Sequence[Address]) -> tuple[SeriesStatus | None, ...]:
        """Return the status of several series in one question, in their order."""
        (statuses,) = self._read("statusesOf", list(contracts))
        if len(statuses) != len(contracts):
            raise _stranger()
        return tuple(status_from(contract, fields) for contract, fields in zip(contracts, statuses, strict=True))

    def _post_by(self, function: str, account: Address) -> Post | None:
        (post_id,) = self._read(function, account)
        return self.post(post_id) if post_id else None

    def _send(self, sender: Sender, intent: str, function: str, *arguments: object) -> MinedTransaction:
        return sender.send(intent=intent, to=self.address, data=self._interface.encode_call(function, *arguments))

    def _read(self, function: str, *arguments: object) -> tuple[Any, ...]:
        data = self.chain.call(to=self.address, data=self._interface.encode_call(function, *arguments))
        return self._interface.decode_result(function, data)


def _post(post_id: int, fields: Sequence[Any]) -> Post:
    name, domain, reason, account, country, standing, since, next_account, proposed_at, admitted_at = fields
    return Post(
        post_id=post_id,
        country=_text(country.decode("ascii", "replace")),
        name=_text(name),
        domain=_text(domain),
        account=_address(account),
        standing=_standing(standing),
        since=since,
        reason=_text(reason),
        next_account=_address_or_none(next_account),
        proposed_at=proposed_at,
        admitted_at=admitted_at or None,
    )


def status_from(contract: Address, fields: Sequence[Any]) -> SeriesStatus | None:
    post_id, post, standing, since, registered_at, by_authority, code_hash, code_hash_now, reason = fields
    if standing == 0:
        return None
    return SeriesStatus(
        contract=contract,
        post=_post(post_id, post),
        standing=_standing(standing),
        since=since,
        reason=_text(reason),
        by_authority=by_authority,
        registered_at=registered_at,
        code_hash=Hash32(code_hash),
        code_hash_now=Hash32(code_hash_now),
    )


def _standing(number: int) -> Standing:
    standing = _STANDINGS[number] if number < len(_STANDINGS) else None
    if standing is None:
        raise _stranger()
    return standing


def _stranger() -> CannotTell:
    return CannotTell(
        "The contract does not answer like a PostalRegistry.",
        remedy="Check the address: there may be another contract on this chain.",
    )


def _text(text: str) -> str:
    return printable(text, _LONGEST_TEXT)


def _address(text: str) -> Address:
    return Address(to_checksum_address(text))


def _address_or_none(text: str) -> Address | None:
    return None if text == _NOBODY else _address(text)


def _country_bytes(country: str) -> bytes:
    if len(country) != _COUNTRY_LETTERS or not country.isascii():
        raise InputError(f"{country[:20]!r} is not a country.", remedy="Use the ISO 3166-1 alpha-2 code: two letters.")
    return country.encode("ascii")
