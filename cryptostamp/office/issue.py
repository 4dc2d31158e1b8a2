"""Issue a series: fix its numbers and secrets, deploy its contract with every token in it, publish its dossier.

The order is what makes it safe to be killed anywhere. The secret is sealed on disk before anything
depends on it; the plan is in the ledger before anything is sent; the pictures of the tokens are on disk
before the contract that names them is signed; each transaction is in the journal before a node sees it.
Running it again finds what is there and goes on.
"""

from __future__ import annotations

import hashlib
import json
import secrets
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace

from cryptostamp.chain import (
    Chain,
    Deployment,
    FeePolicy,
    Finality,
    PostalRegistry,
    Sender,
    SeriesTerms,
    Signer,
    StampSeries,
    compiler_input,
    deploy_series,
)
from cryptostamp.content import Cid
from cryptostamp.edition import Deployment as Place
from cryptostamp.edition import (
    Dossier,
    Edition,
    EditionSecret,
    SeriesFacts,
    build_edition,
    public_files,
    variant_indices,
    write_dossier,
)
from cryptostamp.errors import InputError, Refused, TransactionFailed
from cryptostamp.ledger import IssuedSeries, Ledger, PlannedStamp, SeriesPlan
from cryptostamp.office.admission import registry_for
from cryptostamp.office.journal import LedgerJournal
from cryptostamp.office.metadata import Metadata, base_uri
from cryptostamp.office.pictures import check_pictures, token_pictures
from cryptostamp.office.printing import check_printable, symbol_version
from cryptostamp.office.progress import Progress
from cryptostamp.office.workspace import Workspace
from cryptostamp.press import Places
from cryptostamp.primitives import Address, Hash32, Serial, keccak256
from cryptostamp.series import Series

__all__ = ["Issue", "issue", "terms_of"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Issue:
    """A series that the chain holds, and what that took."""

    issued: IssuedSeries
    dossier: Dossier
    dossier_address: str
    """The content address of the dossier: ``sha256:`` and 64 hex digits."""

    @property
    def gas_per_stamp(self) -> float:
        """The gas of the issuing transaction, deployment included, for each stamp."""
        return self.issued.gas_used / self.issued.plan.edition


def issue(
    series: Series,
    *,
    workspace: Workspace,
    chain: Chain,
    post: Signer,
    passphrase: str,
    registry: Address | None = None,
    freeze_metadata: bool = True,
    fees: FeePolicy | None = None,
    finality: Finality | None = None,
    progress: Progress = lambda _what, _done, _total: None,
    clock: Callable[[], int] = lambda: int(time.time()),
    random_bytes: Callable[[int], bytes] = secrets.token_bytes,
) -> Issue:
    """Issue `series` on `chain` from the account `post`, or go on where this was stopped.

    `registry` is the one that has admitted the post; without it, a local test chain gets one of its
    own. `passphrase` seals the secret of the edition. The contract names the folder of the metadata by its
    content, for ever unless `freeze_metadata` is false. `fees` bound what is offered, `finality` says when a
    transaction counts as done. Raises `InputError` for a wrong passphrase, a changed series or a post that the
    registry does not know, before anything is sent, and `StorageProblem` if another process acts for the post.
    """
    check_printable(series, chain.chain_id)
    check_pictures(series)
    public_files(series)  # refuses names that a dossier cannot hold, while nothing has been sent
    with (
        workspace.ledger() as ledger,
        ledger.sole_writer(chain.chain_id, post.address, clock=clock),  # from the first secret on, not only to send
        ledger.step(series.id, "issue", clock=clock),
    ):
        plan = ledger.plan_of(series.id)
        _check_plan(plan, series, chain, workspace)
        seed = plan.rarity_seed if plan else Hash32(random_bytes(32))
        secret = _secret(workspace, passphrase, random_bytes, needed=plan is not None)
        edition = build_edition(
            series, secret, seed, progress=lambda done, total: progress("Deriving claim keys", done, total)
        )
        if plan is None:
            plan = _plan(series, edition, chain)
            progress("Writing the ledger", 0, 1)
            ledger.plan_series(plan, _stamps(series, edition))
            progress("Writing the ledger", 1, 1)
        if edition.root != plan.edition_root:
            raise InputError(
                "The sealed secret is not the one that this series was planned with.",
                where=str(workspace.secret_path),
                remedy="Put back the file edition.age that lay beside this ledger.",
            )
        metadata = _metadata(series, edition, workspace, chain, progress)
        root = metadata.build(_keep_nothing, lambda done, total: progress("Hashing metadata", done, total)).cid
        sender = Sender(chain, post, LedgerJournal(ledger), fees=fees, finality=finality)
        progress("Issuing on the chain", 0, 3)
        registry = registry_for(series, sender, ledger, registry)
        progress("Issuing on the chain", 1, 3)
        deployment = _deploy(series, edition, sender, base_uri=base_uri(str(root)), frozen=freeze_metadata)
        progress("Issuing on the chain", 2, 3)
        _register(series, sender, ledger, registry=registry, contract=deployment.contract)
        has_metadata = _confirm(edition, StampSeries(chain, deployment.contract), base_uri(str(root)))
        progress("Issuing on the chain", 3, 3)
        issued = IssuedSeries(
            plan=plan,
            registry=registry,
            contract=deployment.contract,
            transaction=deployment.transaction_hash,
            block_number=deployment.block_number,
            gas_used=deployment.gas_used,
        )
        ledger.record_issued(issued)
        dossier = _dossier(series, edition, issued)
        if has_metadata:
            files = {**dossier.files, **metadata.pictures}
            dossier = replace(dossier, files=files, metadata_root=str(root))
        address = write_dossier(workspace.dossier_folder, dossier)
        workspace.note_checked(address)
    return Issue(issued=issued, dossier=dossier, dossier_address=address)


def _description_hash(series: Series) -> Hash32:
    """Return the hash of everything that the issue of a series depends on, artwork included."""
    facts = {name: fact for name, fact in asdict(SeriesFacts.of(series)).items() if fact is not None}
    return Hash32(hashlib.sha256(json.dumps(facts, sort_keys=True, default=str).encode()).digest())


def _check_plan(plan: SeriesPlan | None, series: Series, chain: Chain, workspace: Workspace) -> None:
    if plan is None:
        return
    if plan.description_sha256 != _description_hash(series):
        raise InputError(
            f"The series {series.id} has been changed since its issue was begun.",
            where=str(workspace.ledger_place),
            remedy="Undo the changes to series.toml and artwork, or issue it into another folder (--issued).",
        )
    if (plan.chain_id, plan.genesis_hash) != (chain.chain_id, chain.genesis_hash):
        raise InputError(
            f"The issue of {series.id} was begun on another chain; a local chain that has ended is another one, too.",
            where=str(workspace.ledger_place),
            remedy="Connect to that chain, or issue into another folder (--issued).",
        )


def _secret(
    workspace: Workspace, passphrase: str, random_bytes: Callable[[int], bytes], *, needed: bool
) -> EditionSecret:
    if needed or workspace.secret_path.exists():
        return workspace.open_secret(passphrase)
    secret = EditionSecret.generate(random_bytes)
    workspace.keep_secret(secret, passphrase)
    return secret


def _plan(series: Series, edition: Edition, chain: Chain) -> SeriesPlan:
    return SeriesPlan(
        id=series.id,
        description_sha256=_description_hash(series),
        edition=edition.size,
        edition_root=edition.root,
        rarity_seed=edition.seed,
        chain_id=chain.chain_id,
        genesis_hash=chain.genesis_hash,
    )


def _stamps(series: Series, edition: Edition) -> Iterator[PlannedStamp]:
    places = Places(series)
    for number, variant in enumerate(variant_indices(edition.counts, edition.seed), 1):
        serial = Serial(number)
        sheet, position = places.on_sheet(serial)
        yield PlannedStamp(
            serial=serial,
            variant=int(variant),
            claim_key=edition.claim_keys[number - 1],
            sheet=sheet,
            position=position,
        )


def _metadata(series: Series, edition: Edition, workspace: Workspace, chain: Chain, progress: Progress) -> Metadata:
    """Return the metadata of the edition, with pictures that stay what they are from now on."""
    pictures = token_pictures(
        series,
        edition,
        workspace.pictures_folder,
        symbol_side=17 + 4 * symbol_version(series, chain.chain_id),
        progress=lambda done, total: progress("Drawing the tokens' pictures", done, total),
    )
    return Metadata(series=SeriesFacts.of(series), edition=edition, pictures=pictures)


def _keep_nothing(_cid: Cid, _block: bytes) -> None:
    """Take a block, of which only the address is wanted."""


def _deploy(series: Series, edition: Edition, sender: Sender, *, base_uri: str, frozen: bool) -> Deployment:
    terms = terms_of(series, sender.address, base_uri=base_uri, frozen=frozen, root=edition.root, seed=edition.seed)
    return deploy_series(sender, intent=f"{series.id}: issue", terms=terms)


def _register(series: Series, sender: Sender, ledger: Ledger, *, registry: Address, contract: Address) -> None:
    """Register the contract with the hash of its code; anew if what was signed for this before fails.

    The code names the block of issue. If a reorganisation has put that elsewhere, a registration that was signed before
    has the hash of a code that is not there any more, and fails.
    """
    intent = f"{series.id}: register"

    def register() -> None:
        PostalRegistry(sender.chain, registry).register_series(
            sender, intent=intent, contract=contract, code_hash=keccak256(sender.chain.code(contract))
        )

    was_signed = ledger.live_transaction(intent) is not None
    try:
        register()
    except TransactionFailed:
        if not was_signed:
            raise
        register()


def terms_of(series: Series, post: Address, *, base_uri: str, frozen: bool, root: Hash32, seed: Hash32) -> SeriesTerms:
    """Return what the contract of a series is deployed with."""
    return SeriesTerms(
        name=series.title,
        symbol=series.id,
        custody=post,
        admin=post,
        edition=series.edition,
        edition_root=root,
        rarity_seed=seed,
        variant_counts=series.variant_counts,
        base_uri=base_uri,
        metadata_frozen=frozen,
    )


def _confirm(edition: Edition, contract: StampSeries, base_uri: str) -> bool:
    """Read back what was issued: root, counts, and that custody holds the first stamp and the last.

    Returns whether the contract was issued with metadata: one that was signed by an earlier version was not.
    """
    terms = contract.terms()
    agrees = (terms.edition, terms.edition_root, terms.rarity_seed, terms.variant_counts) == (
        edition.size,
        edition.root,
        edition.seed,
        edition.counts,
    )
    if terms.metadata_frozen:  # else the issuer may have named another folder since
        agrees = agrees and terms.base_uri == base_uri
    for serial in (Serial(1), Serial(edition.size)):
        stamp = contract.stamp(serial)
        agrees = agrees and stamp is not None and stamp.variant == edition.variant_index(serial)
    if not agrees:
        raise Refused(
            f"The contract {contract.address} does not hold the edition that was planned.",
            remedy="Do not print. Compare the node with another one, then run the same command again.",
        )
    return terms.base_uri != ""


def _dossier(series: Series, edition: Edition, issued: IssuedSeries) -> Dossier:
    return Dossier(
        series=SeriesFacts.of(series),
        edition=edition,
        deployment=Place(
            chain_id=issued.plan.chain_id,
            genesis_hash=issued.plan.genesis_hash,
            contract=issued.contract,
            registry=issued.registry,
            transaction=issued.transaction,
        ),
        files={
            "compiler-input.json": compiler_input(),
            **public_files(series),
        },
    )
