"""What a step would cost if it were sent now. Signs nothing, sends nothing, writes nothing.

Rests on the node's own estimate of the very transaction (`Sender.dry_run`), so whatever the contract would refuse is
refused here, too. The price of gas is that of this moment; what may be paid at most is its limit at the highest fee
that would be offered.
"""

from __future__ import annotations

from cryptostamp.chain import Chain, Cost, FeePolicy, MemoryJournal, Sender, Signer, series_deployment
from cryptostamp.codes import ClaimCode
from cryptostamp.content import RAW, Cid
from cryptostamp.edition import Dossier
from cryptostamp.errors import InputError
from cryptostamp.office.admission import check_admitted
from cryptostamp.office.claim import claim_call, claim_deadline, sign_claim
from cryptostamp.office.issue import terms_of
from cryptostamp.office.metadata import base_uri
from cryptostamp.office.printing import check_printable
from cryptostamp.office.workspace import Workspace
from cryptostamp.primitives import Address, keccak256
from cryptostamp.series import Series

__all__ = ["price_claim", "price_issue"]


def price_issue(
    series: Series,
    *,
    workspace: Workspace,
    chain: Chain,
    post: Signer,
    registry: Address | None = None,
    freeze_metadata: bool = True,
    fees: FeePolicy | None = None,
) -> Cost:
    """Return what the issuing transaction would cost; to register the series afterwards comes to it.

    Root, seed and address of the metadata are not known yet: others of the same length stand for them. `registry` has
    to know the post, as for the issue itself. Raises `InputError` if the series was issued from here before.
    """
    check_printable(series, chain.chain_id)
    if workspace.dossier_folder.exists():
        raise InputError(
            f"{series.title} was issued from here; it would not be issued again.",
            where=str(workspace.dossier_folder),
            remedy="Name another folder with --issued to ask for a new issue.",
        )
    if registry is not None:
        check_admitted(series, chain, post.address, registry=registry)
    terms = terms_of(
        series,
        post.address,
        base_uri=base_uri(str(Cid.of(RAW, b"metadata that are not there yet"))),
        frozen=freeze_metadata,
        root=keccak256(b"a root that is not there yet"),
        seed=keccak256(b"a seed that is not there yet"),
    )
    return Sender(chain, post, MemoryJournal(), fees=fees).dry_run(to=None, data=series_deployment(terms))


def price_claim(code: ClaimCode, dossier: Dossier, *, to: Address, sender: Sender) -> Cost:
    """Return what it would cost to claim the token of a hidden code's stamp; raise as the claim would."""
    call = claim_call(sign_claim(code, dossier, to=to, deadline=claim_deadline(sender.chain)), dossier, sender.chain)
    return sender.dry_run(to=call.to, data=call.data)
