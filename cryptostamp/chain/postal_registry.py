"""The registry of posts: who may issue, and which series each post stands behind.

Rests on contracts/src/PostalRegistry.sol as compiled into `cryptostamp.artifacts`. A status says what the registry
holds, not whether a contract is a stamp series or a stamp exists.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from eth_utils.address import to_checksum_address

from cryptostamp.chain.artifacts import load_artifact
from cryptostamp.chain.interface import ContractInterface
from cryptostamp.chain.journal import MinedTransaction
from cryptostamp.chain.node import Chain
from cryptostamp.chain.sender import Sender
from cryptostamp.chain.stamp_series import Deployment, deployment_of
from cryptostamp.errors import InputError
from cryptostamp.primitives import Address

__all__ = ["Post", "PostalRegistry", "SeriesStatus", "deploy_registry"]

_COUNTRY_LETTERS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """A postal administration as the registry holds it. Times are seconds since 1970, UTC."""

    post_id: int
    country: str
    """ISO 3166-1 alpha-2."""
    name: str
    domain: str
    account: Address
    admitted_at: int
    revoked_at: int | None

    @property
    def active(self) -> bool:
        """Whether the post has not been revoked."""
        return self.revoked_at is None


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesStatus:
    """Who stands behind a series, and since when. Times are seconds since 1970, UTC."""

    post: Post
    registered_at: int
    revoked_at: int | None
    """When the series, not the post, was revoked."""

    @property
    def active(self) -> bool:
        """Whether the series has not been revoked; its post is asked separately."""
        return self.revoked_at is None


def deploy_registry(sender: Sender, *, intent: str, authority: Address) -> Deployment:
    """Deploy a registry whose posts `authority` admits."""
    artifact = load_artifact("PostalRegistry")
    data = artifact.bytecode + artifact.interface.encode_constructor(authority)
    return deployment_of(sender, intent=intent, data=data, artifact_name=artifact.name)


class PostalRegistry:
    """A deployed registry."""

    def __init__(self, chain: Chain, address: Address) -> None:
        self.chain = chain
        self.address = address
        self._interface: ContractInterface = load_artifact("PostalRegistry").interface

    def __repr__(self) -> str:
        return f"PostalRegistry({self.address}, chain_id={self.chain.chain_id})"

    def admit_post(
        self, sender: Sender, *, intent: str, country: str, name: str, domain: str, account: Address
    ) -> MinedTransaction:
        """Admit a post; only the authority can. `post_of` gives its number."""
        return self._send(sender, intent, "admitPost", _country_bytes(country), name, domain, account)

    def move_post(self, sender: Sender, *, intent: str, post_id: int, account: Address) -> MinedTransaction:
        """Let another account stand for a post; the authority or the post itself can."""
        return self._send(sender, intent, "movePost", post_id, account)

    def revoke_post(self, sender: Sender, *, intent: str, post_id: int) -> MinedTransaction:
        """End a post's standing for good; only the authority can."""
        return self._send(sender, intent, "revokePost", post_id)

    def register_series(self, sender: Sender, *, intent: str, contract: Address) -> MinedTransaction:
        """Stand behind a series; `sender` is the account of an active post."""
        return self._send(sender, intent, "registerSeries", contract)

    def revoke_series(self, sender: Sender, *, intent: str, contract: Address) -> MinedTransaction:
        """End a series' standing; the authority or the post that registered it can."""
        return self._send(sender, intent, "revokeSeries", contract)

    def authority(self) -> Address:
        """Return the account that admits posts."""
        return Address(to_checksum_address(self._read("owner")[0]))

    def post_of(self, account: Address) -> Post | None:
        """Return the post that an account stands for, `None` if it stands for none (any more)."""
        (post_id,) = self._read("postOf", account)
        if post_id == 0:
            return None
        ((name, domain, current, country, admitted_at, revoked_at),) = self._read("post", post_id)
        post = Post(
            post_id=post_id,
            country=_country_text(country),
            name=name,
            domain=domain,
            account=Address(to_checksum_address(current)),
            admitted_at=admitted_at,
            revoked_at=revoked_at or None,
        )
        return post if post.account == account else None

    def series_status(self, contract: Address) -> SeriesStatus | None:
        """Return who stands behind a series, `None` if nobody has registered it."""
        (status,) = self._read("statusOf", contract)
        (
            post_id,
            country,
            name,
            domain,
            account,
            _post_active,
            _series_active,
            admitted_at,
            post_revoked_at,
            registered_at,
            series_revoked_at,
        ) = status
        if registered_at == 0:
            return None
        return SeriesStatus(
            post=Post(
                post_id=post_id,
                country=_country_text(country),
                name=name,
                domain=domain,
                account=Address(to_checksum_address(account)),
                admitted_at=admitted_at,
                revoked_at=post_revoked_at or None,
            ),
            registered_at=registered_at,
            revoked_at=series_revoked_at or None,
        )

    def _send(self, sender: Sender, intent: str, function: str, *arguments: object) -> MinedTransaction:
        return sender.send(intent=intent, to=self.address, data=self._interface.encode_call(function, *arguments))

    def _read(self, function: str, *arguments: object) -> tuple[Any, ...]:
        data = self.chain.call(to=self.address, data=self._interface.encode_call(function, *arguments))
        return self._interface.decode_result(function, data)


def _country_bytes(country: str) -> bytes:
    if len(country) != _COUNTRY_LETTERS or not country.isascii():
        raise InputError(f"{country[:20]!r} is not a country.", remedy="Use the ISO 3166-1 alpha-2 code: two letters.")
    return country.encode("ascii")


def _country_text(country: bytes) -> str:
    return country.decode("ascii", "replace")
