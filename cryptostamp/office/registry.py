"""The registry of posts, from the desk of its authority and from that of a post.

A post is admitted in two steps: the authority proposes it, its account accepts. So a mistyped account never becomes a
post; and in the same two steps a post gets a new account. What is suspended can be reinstated, what is revoked cannot.

Every change is sent once, however often it is asked for while it is under way; when it is done, the same change asked
for again is another one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from cryptostamp.chain import (
    Deployment,
    MinedTransaction,
    Post,
    PostalRegistry,
    Sender,
    SeriesStatus,
    Standing,
    deploy_registry,
)
from cryptostamp.errors import CannotTell, InputError
from cryptostamp.ledger import Ledger, TransactionState
from cryptostamp.primitives import Address, ChainId

__all__ = ["Change", "RegistryDesk", "RegistryView", "Target", "day_of", "deploy", "look_up", "post_behind", "view"]

Target = int | Address
"""What a standing is of: a post, by its number, or a series, by its contract."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """How a post or a series stands after a change, and the transaction; `None` if there was nothing to send."""

    now: Post | SeriesStatus
    mined: MinedTransaction | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistryView:
    """A registry at a glance."""

    registry: Address
    chain_id: ChainId
    authority: Address
    next_authority: Address | None
    """Has been offered the authority and may accept."""
    posts: tuple[Post, ...]
    """All that were ever proposed, by number."""


def deploy(sender: Sender, *, authority: Address | None = None) -> Deployment:
    """Deploy a registry whose authority is `authority`, or else who sends; again gives the same registry."""
    named = authority or sender.address
    return deploy_registry(sender, intent=f"registry: deploy for {named}", authority=named)


class RegistryDesk:
    """An account at a registry, with the ledger in which it writes down what it sends.

    What the registry does not allow this account comes out as a `ContractRefusal`, before anything is signed.
    """

    def __init__(self, registry: PostalRegistry, sender: Sender, ledger: Ledger) -> None:
        self.registry = registry
        self._sender = sender
        self._ledger = ledger

    @property
    def address(self) -> Address:
        """The account that acts."""
        return self._sender.address

    def propose(self, *, country: str, name: str, domain: str, account: Address) -> Change:
        """Propose a post, as the authority; nothing is sent if the very same proposal is open."""
        there = self.registry.proposal_of(account)
        if there is not None and (there.country, there.name, there.domain) == (country, name, domain):
            return Change(now=there, mined=None)
        mined = self.registry.propose_post(
            self._sender,
            intent=self._intent(f"propose {account}"),
            country=country,
            name=name,
            domain=domain,
            account=account,
        )
        proposal = self.registry.proposal_of(account) or self.registry.post_of(account)
        if proposal is None:
            raise CannotTell(
                f"The proposal for {account} was mined, and is not open any more.",
                remedy="Look at the registry: cryptostamp registry show",
            )
        return Change(now=proposal, mined=mined)

    def accept(self, post_id: int) -> Change:
        """Become a post, or the new account of one: whichever this account was proposed for."""
        post = self.registry.post(post_id)
        intent, mined = self._intent(f"accept post {post_id}"), None
        if post.standing in {Standing.PROPOSED, Standing.WITHDRAWN}:
            mined = self.registry.accept_post(self._sender, intent=intent, post_id=post_id)
        elif post.account != self.address:
            mined = self.registry.accept_rotation(self._sender, intent=intent, post_id=post_id)
        return Change(now=self.registry.post(post_id), mined=mined)

    def withdraw(self, post_id: int) -> Change:
        """Take back the open proposal of a post, or of a new account for it."""
        if self.registry.post(post_id).standing is Standing.PROPOSED:
            intent = self._intent(f"withdraw post {post_id}")
            mined = self.registry.withdraw_proposal(self._sender, intent=intent, post_id=post_id)
        else:
            intent = self._intent(f"cancel the rotation of post {post_id}")
            mined = self.registry.cancel_rotation(self._sender, intent=intent, post_id=post_id)
        return Change(now=self.registry.post(post_id), mined=mined)

    def rotate(self, post_id: int, *, account: Address) -> Change:
        """Propose a new account for a post, as its account or the authority; the old one stays until it accepts."""
        mined = None
        if self.registry.post(post_id).next_account != account:
            intent = self._intent(f"rotate post {post_id} to {account}")
            mined = self.registry.propose_rotation(self._sender, intent=intent, post_id=post_id, account=account)
        return Change(now=self.registry.post(post_id), mined=mined)

    def suspend(self, target: Target, *, reason: str) -> Change:
        """Suspend a post or a series until it is reinstated: verdicts on its stamps are unknown while that lasts."""
        return self._change("suspend", target, reason, self.registry.suspend_post, self.registry.suspend_series)

    def reinstate(self, target: Target, *, reason: str) -> Change:
        """End the suspension of a post or a series."""
        return self._change("reinstate", target, reason, self.registry.reinstate_post, self.registry.reinstate_series)

    def revoke(self, target: Target, *, reason: str) -> Change:
        """End the standing of a post or a series for good: its stamps are not genuine from now on."""
        return self._change("revoke", target, reason, self.registry.revoke_post, self.registry.revoke_series)

    def _change(
        self,
        action: str,
        target: Target,
        reason: str,
        of_post: Callable[..., MinedTransaction],
        of_series: Callable[..., MinedTransaction],
    ) -> Change:
        look_up(self.registry, target)  # says what is not there, more clearly than the contract can
        intent = self._intent(f"{action} {target}")
        if isinstance(target, int):
            mined = of_post(self._sender, intent=intent, post_id=target, reason=reason)
        else:
            mined = of_series(self._sender, intent=intent, contract=target, reason=reason)
        return Change(now=look_up(self.registry, target), mined=mined)

    def _intent(self, what: str) -> str:
        """Return the name of a change in the ledger: that of the same one under way, else one not used before."""
        count = 1
        while True:
            intent = f"{self.registry.address}: {what} ({count})"
            record = self._ledger.live_transaction(intent)
            if record is None or record.state is not TransactionState.FINAL:
                return intent
            count += 1


def look_up(registry: PostalRegistry, target: Target) -> Post | SeriesStatus:
    """Return how a post or a series stands; `InputError` for a series that nobody has registered."""
    if isinstance(target, int):
        return registry.post(target)
    status = registry.series_status(target)
    if status is None:
        raise InputError(
            f"Nobody has registered the series {target} in the registry {registry.address}.",
            remedy="Check both addresses.",
        )
    return status


def post_behind(registry: PostalRegistry, target: Target) -> Post:
    """Return the post that is meant, or that stands behind the series."""
    found = look_up(registry, target)
    return found.post if isinstance(found, SeriesStatus) else found


def view(registry: PostalRegistry) -> RegistryView:
    """Return a registry with all its posts."""
    return RegistryView(
        registry=registry.address,
        chain_id=registry.chain.chain_id,
        authority=registry.authority(),
        next_authority=registry.next_authority(),
        posts=tuple(registry.post(post_id) for post_id in range(1, registry.post_count() + 1)),
    )


def day_of(timestamp: int) -> str:
    """Return the day of a time in a registry, as a person reads it; strange registries hold strange times."""
    try:
        return f"{datetime.fromtimestamp(timestamp, UTC):%Y-%m-%d}"
    except (ValueError, OverflowError, OSError):
        return f"second {timestamp}"
