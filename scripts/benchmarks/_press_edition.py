"""An edition to be printed for a measurement: issued on no chain, with claim keys that are noise."""

from __future__ import annotations

from pathlib import Path
from random import Random

from benchmarks.harness import ROOT
from cryptostamp.edition import (
    ClaimKeyList,
    Deployment,
    Dossier,
    Edition,
    EditionSecret,
    SeriesFacts,
    write_dossier,
)
from cryptostamp.ledger import SeriesPlan
from cryptostamp.office import Workspace
from cryptostamp.primitives import ChainId, Hash32, parse_address
from cryptostamp.series import Series, load_series, rescale

__all__ = ["ARTWORK", "PASSPHRASE", "make_edition", "series_of"]

ARTWORK = ROOT / "artwork" / "leapfrog"
PASSPHRASE = "of nobody"  # noqa: S105 - opens nothing that anybody has
_SEED = Hash32(bytes(range(32)))
_SOMEBODY = parse_address("0x5FbDB2315678afecb367f032d93F642f64180aa3")


def series_of(size: int) -> Series:
    """Return the demonstration series with `size` stamps."""
    return rescale(load_series(ARTWORK), size)


def make_edition(folder: Path, size: int) -> Workspace:
    """Make a workspace that looks like that of an issued edition of `size` stamps, and return it."""
    series, workspace = series_of(size), Workspace(folder)
    keys = ClaimKeyList(Random(size).randbytes(20 * size))  # noqa: S311 - nobody claims them
    edition = Edition.of(keys, series.variant_counts, _SEED)
    genesis = Hash32(bytes(32))
    deployment = Deployment(
        chain_id=ChainId(31337),
        genesis_hash=genesis,
        contract=_SOMEBODY,
        registry=_SOMEBODY,
        transaction=Hash32(bytes(32)),
    )
    dossier = Dossier(series=SeriesFacts.of(series), edition=edition, deployment=deployment)
    workspace.note_checked(write_dossier(workspace.dossier_folder, dossier))  # as `issue` does
    workspace.keep_secret(EditionSecret(bytes(32)), PASSPHRASE)
    plan = SeriesPlan(
        id=series.id,
        description_sha256=Hash32(bytes(32)),
        edition=size,
        edition_root=edition.root,
        rarity_seed=_SEED,
        chain_id=deployment.chain_id,
        genesis_hash=genesis,
    )
    with workspace.ledger() as ledger:
        ledger.plan_series(plan, ())
    return workspace
