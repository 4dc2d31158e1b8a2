"""Which registry a series is registered in, and whether it has admitted the post that issues.

A registry is the caller's choice, never the series'. Only on a local test chain is one made when none is named.
"""

from __future__ import annotations

from cryptostamp.chain import LOCAL_CHAIN_IDS, Chain, PostalRegistry, Sender, deploy_registry
from cryptostamp.errors import InputError, Refused
from cryptostamp.ledger import Ledger
from cryptostamp.office.chains import local_authority
from cryptostamp.office.journal import LedgerJournal
from cryptostamp.office.registry import day_of
from cryptostamp.primitives import Address
from cryptostamp.series import Series

__all__ = ["check_admitted", "registry_for"]

_THE_FIRST = 1
"""The number of the first post of a registry."""


def registry_for(series: Series, sender: Sender, ledger: Ledger, address: Address | None) -> Address:
    """Return the registry that has admitted the post; on a local chain, make one and admit it if none is given."""
    if address is None:
        address = _local_registry(series, sender, ledger)
    check_admitted(series, sender.chain, sender.address, registry=address)
    return address


def check_admitted(series: Series, chain: Chain, account: Address, *, registry: Address) -> None:
    """Make sure that a registry knows an account as the active post that the series names.

    Raises `Refused` if it has not admitted the account or does not any more, `InputError` if it knows it by another
    name.
    """
    issuer = series.issuer
    there = PostalRegistry(chain, registry)
    post = there.post_of(account)
    if post is None:
        raise _not_admitted(there, account)
    if not post.active:
        raise Refused(
            f"In the registry {registry}, {post.name} has been {post.standing} since {day_of(post.since)}: "
            f"{post.reason}",
            remedy="Ask the authority of the registry.",
        )
    if (post.country, post.domain) != (issuer.country, issuer.domain):
        raise InputError(
            f"The registry knows this account as {post.name} ({post.country}, {post.domain}); "
            f"the series says {issuer.name} ({issuer.country}, {issuer.domain}).",
            remedy="Correct [issuer] in series.toml, or have the registry changed.",
        )


def _local_registry(series: Series, sender: Sender, ledger: Ledger) -> Address:
    """Make a registry on a local chain, in which one test account proposes the post and the post accepts."""
    issuer, chain = series.issuer, sender.chain
    if chain.chain_id not in LOCAL_CHAIN_IDS:
        raise InputError(
            f"Chain {chain.chain_id} is not a local test chain, so no registry is made for it.",
            remedy="Name the registry that has admitted the post with --registry. A post is admitted in two steps: "
            "the authority proposes it (cryptostamp registry propose), its account accepts "
            "(cryptostamp registry accept).",
        )
    authority = Sender(chain, local_authority(chain), LedgerJournal(ledger), fees=sender.fees, finality=sender.finality)
    deployed = deploy_registry(authority, intent=f"{series.id}: local registry", authority=authority.address)
    registry = PostalRegistry(chain, deployed.contract)
    registry.propose_post(
        authority,
        intent=f"{series.id}: propose the post",
        country=issuer.country,
        name=issuer.name,
        domain=issuer.domain,
        account=sender.address,
    )
    registry.accept_post(sender, intent=f"{series.id}: accept as the post", post_id=_THE_FIRST)
    return registry.address


def _not_admitted(registry: PostalRegistry, account: Address) -> Refused:
    proposal = registry.proposal_of(account)
    if proposal is None:
        return Refused(
            f"The registry {registry.address} has not admitted the account {account} as a post.",
            remedy="Ask its authority to propose the account (cryptostamp registry propose), then accept "
            "(cryptostamp registry accept); or give the keystore of the account that it admitted.",
        )
    return Refused(
        f"The registry {registry.address} has proposed the account {account} as {proposal.name} "
        f"({proposal.country}, {proposal.domain}), and it has not accepted.",
        remedy="If that is right, accept from this account: "
        f"cryptostamp registry accept {proposal.post_id} --registry {registry.address}",
    )
