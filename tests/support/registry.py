"""A post in a registry, as the tests of several rooms need it: proposed by the authority, accepted by its account."""

from __future__ import annotations

from cryptostamp.chain import MinedTransaction, Post, PostalRegistry, Sender
from cryptostamp.primitives import Address, keccak256

__all__ = ["LILYPOND", "admit", "register"]

LILYPOND = {"country": "XL", "name": "Lilypond Post", "domain": "lilypond.example"}


def admit(registry: PostalRegistry, authority: Sender, account: Sender, **changes: str) -> Post:
    """Have the authority propose a post, and its account accept."""
    registry.propose_post(
        authority, intent=f"propose {account.address}", account=account.address, **{**LILYPOND, **changes}
    )
    proposal = registry.proposal_of(account.address)
    assert proposal is not None
    registry.accept_post(account, intent=f"accept {account.address}", post_id=proposal.post_id)
    return registry.post(proposal.post_id)


def register(
    registry: PostalRegistry, post: Sender, contract: Address, *, intent: str = "register"
) -> MinedTransaction:
    """Have a post register a contract with the code that it has."""
    return registry.register_series(
        post, intent=intent, contract=contract, code_hash=keccak256(registry.chain.code(contract))
    )
