"""Cryptostamp: issue, print, verify and claim crypto stamps.

The life of a series, as functions::

    series = cryptostamp.check(Path("my-series"))
    workspace = cryptostamp.Workspace(Path("my-series/issued"))
    chain = cryptostamp.Chain.connect("http://127.0.0.1:8545")
    cryptostamp.issue(series, workspace=workspace, chain=chain, post=signer, passphrase=…)
    cryptostamp.publish_metadata(workspace)
    cryptostamp.print_stamps(series, workspace=workspace, printer=["age1…"], passphrase=…)
    cryptostamp.verify("photo.jpg", dossiers=[workspace.dossier()], rpc="http://127.0.0.1:8545")

What stands in `__all__` is public and kept stable; everything else may move between rooms. Each
error that is raised on purpose is a `CryptostampError` (see `cryptostamp.errors` for the tree).

The names are looked up when they are used: reading a series.toml does not load a chain library.
"""

from __future__ import annotations

import sys
from contextlib import suppress
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cryptostamp.chain import Chain, DevSigner, KeystoreSigner, Sender, Signer, start_local_node
    from cryptostamp.codes import ClaimCode, PublicCode, parse_claim_code, parse_public_code
    from cryptostamp.edition import Dossier, read_dossier
    from cryptostamp.errors import CryptostampError
    from cryptostamp.ledger import Ledger
    from cryptostamp.office import (
        LedgerJournal,
        Workspace,
        ask_owner,
        check,
        check_metadata,
        check_owner,
        claim,
        issue,
        preview,
        print_stamps,
        publish_metadata,
        run_demo,
        verify,
    )
    from cryptostamp.primitives import Address, ChainId, Serial, parse_address
    from cryptostamp.scan import Conclusion, Outcome, OwnershipProof, Trust, Verdict
    from cryptostamp.series import Money, Series, create_series, describe, load_series, rescale

__all__ = [
    "Address",
    "Chain",
    "ChainId",
    "ClaimCode",
    "Conclusion",
    "CryptostampError",
    "DevSigner",
    "Dossier",
    "KeystoreSigner",
    "Ledger",
    "LedgerJournal",
    "Money",
    "Outcome",
    "OwnershipProof",
    "PublicCode",
    "Sender",
    "Serial",
    "Series",
    "Signer",
    "Trust",
    "Verdict",
    "Workspace",
    "ask_owner",
    "check",
    "check_metadata",
    "check_owner",
    "claim",
    "create_series",
    "describe",
    "issue",
    "load_series",
    "parse_address",
    "parse_claim_code",
    "parse_public_code",
    "preview",
    "print_stamps",
    "publish_metadata",
    "read_dossier",
    "rescale",
    "run_demo",
    "start_local_node",
    "verify",
]

# py_ecc, which eth-account brings, lets Python nest 100,000 calls for a recursion of its own. A hundred kB of brackets,
# read as JSON from a stranger, would then overflow the stack of C and end the process, not raise RecursionError.
_nesting = sys.getrecursionlimit()
with suppress(ModuleNotFoundError):
    import_module("py_ecc")
sys.setrecursionlimit(_nesting)

_ROOMS = ("errors", "primitives", "series", "codes", "edition", "scan", "ledger", "chain", "office")


def __getattr__(name: str) -> object:
    if name in __all__:
        for room in _ROOMS:
            module = import_module(f"cryptostamp.{room}")
            if name in module.__all__:
                return getattr(module, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
