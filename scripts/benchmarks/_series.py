"""What our contract costs: the deployment and every transaction of a stamp's life, as gas of the receipt.

Rests on the compiled contract that ships with the package, called by its ABI. `snapshot` is the small, exact form that
the repository keeps and a test measures again: gas is the same on every machine.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from benchmarks._lab import CUSTODY, RELAYER, Claim, Contract, Lab, Stamps, wallet
from cryptostamp.chain import Artifact, load_artifact
from cryptostamp.chain.claim_batch import BatchClaim, encode_claims
from cryptostamp.edition import MerkleTree
from cryptostamp.primitives import Address, Serial, keccak256

__all__ = [
    "ClaimCosts",
    "claim_batch",
    "claim_costs",
    "deploy_series",
    "features",
    "issuer_costs",
    "request_of",
    "snapshot",
]

_SEED = keccak256(b"the seed of the draw")
_COMMITMENT = keccak256(_SEED)
_LOST = 2  # VoidReason
_REGULAR = 0  # PostmarkKind
_OFFICE = b"POND-1".ljust(12, b"\0")
_DAY = 20_000  # days since 1970: in the past of every run
_BLOCKS_TO_DRAW = 8
_SAMPLES = 9


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimCosts:
    """Medians over stamps at random serials."""

    fresh: float
    """The claim, to a wallet without a token of this contract."""
    holder: float
    """The claim, to a wallet that has one."""
    transfer: float
    """The first transfer after the claim: of the owner's only token, to a wallet without one."""


def deploy_series(lab: Lab, *, edition: int, root: bytes, blind: bool = False) -> Contract:
    """Issue a series with all that a real one has: five variants, royalty, metadata that may still move."""
    rarer = [edition // 5, edition // 10, edition // 50, edition // 100 or 1]
    terms = {
        "name": "Leapfrog",
        "symbol": "LEAP",
        "custody": CUSTODY,
        "admin": RELAYER,
        "edition": edition,
        "editionRoot": root,
        "seed": _COMMITMENT if blind else _SEED,
        "raritySeed": _SEED,
        "entropyBlock": lab.chain.head().number + _BLOCKS_TO_DRAW if blind else 0,
        "soulbound": False,
        "metadataFrozen": False,
        "variantCounts": [edition - sum(rarer), *rarer],
        "royaltyReceiver": RELAYER,
        "royaltyBps": 500,
        "contractURI": "https://lilypond.example/LEAP/series.json",
        "baseURI": "https://lilypond.example/LEAP/",
    }
    artifact = load_artifact("StampSeries")
    (config,) = (entry["inputs"][0]["components"] for entry in _abi(artifact) if entry["type"] == "constructor")
    return lab.deploy(artifact.interface, artifact.bytecode, tuple(terms[field["name"]] for field in config))


def features() -> set[str]:
    """Return the names of the functions of the contract that ships: what it lacks is not measured."""
    return {entry["name"] for entry in _abi(load_artifact("StampSeries")) if entry["type"] == "function"}


def claim_costs(lab: Lab, stamps: Stamps, contract: Contract, *, samples: int = _SAMPLES) -> ClaimCosts:
    """Measure single claims and the transfers after them; serves every contract that has our `claim`."""
    first, *serials = stamps.serials[: 2 * samples + 1]
    keeper = wallet(0)

    def claim(serial: Serial, to: Address) -> int:
        gas = lab.call(RELAYER, contract, "claim", *stamps.claim(lab.chain, contract, serial, to).arguments)
        lab.must_own(contract, serial, to)
        return gas

    with lab.undone():
        claim(first, keeper)  # the first token that a contract ever moves costs more than all later ones
        fresh = [claim(serial, wallet(number)) for number, serial in enumerate(serials[:samples], 1)]
        holder = [claim(serial, keeper) for serial in serials[samples:]]
        transfer = []
        for number, serial in enumerate(serials[:samples], 1):
            new_owner = wallet(samples + number)
            transfer.append(lab.call(wallet(number), contract, "transferFrom", wallet(number), new_owner, serial))
            lab.must_own(contract, serial, new_owner)
    return ClaimCosts(fresh=median(fresh), holder=median(holder), transfer=median(transfer))


def claim_batch(
    lab: Lab, stamps: Stamps, contract: Contract, serials: Sequence[Serial], *, levels: Iterable[int]
) -> tuple[int, int]:
    """Measure one transaction that claims these stamps to fresh wallets, its proofs ending at a level of the tree.

    Return the first of the levels after which the gas grows, and the gas there: what a relayer computes before sending.
    """
    claims = [stamps.claim(lab.chain, contract, serial, wallet(n)) for n, serial in enumerate(serials)]
    best: tuple[int, int] | None = None
    for level in levels:
        requests = [request_of(claim, stamps.tree, level) for claim in claims]
        proofs = [node for claim in claims for node in claim.proof[: len(claim.proof) - level]]
        with lab.undone():
            gas = lab.call(RELAYER, contract, "claimBatch", requests, proofs, list(stamps.tree.crown(level)))
            for claim in claims:
                lab.must_own(contract, claim.serial, claim.to)
        if best is not None and gas > best[1]:
            break
        best = (level, gas)
    if best is None:
        raise ValueError("no level was given")
    return best


def issuer_costs(lab: Lab, stamps: Stamps, contract: Contract) -> dict[str, float]:
    """Measure what the post does: void, postmark, deliver, draw. Gas a stamp, for stamps that are untouched before."""
    costs: dict[str, float] = {}
    if "voidStamps" in features():
        for measure in (_void, _postmark, _deliver, _draw):
            with lab.undone():
                costs |= measure(lab, stamps, contract)
    return costs


def snapshot(lab: Lab) -> dict[str, int]:
    """Measure a small edition on a chain that is new: the same figures to the last unit of gas, wherever it runs."""
    stamps = Stamps(1_024, claimable=128)
    contract = deploy_series(lab, edition=stamps.edition, root=stamps.root)
    artifact = load_artifact("StampSeries")
    single = claim_costs(lab, stamps, contract, samples=3)
    figures: dict[str, float] = {
        "initcode, bytes": len(artifact.bytecode),
        "runtime code, bytes": len(artifact.runtime),
        "deployment, edition 1,024": contract.gas,
        "claim, fresh wallet": single.fresh,
        "claim, wallet that has one": single.holder,
        "first transfer after the claim": single.transfer,
    }
    if "claimBatch" in features():
        _, batch = claim_batch(lab, stamps, contract, stamps.serials[:20], levels=[4])
        figures["batch of 20 claims, crown at level 4"] = batch
    figures |= issuer_costs(lab, stamps, contract)
    return {name: round(value) for name, value in figures.items()}


def _void(lab: Lab, stamps: Stamps, contract: Contract) -> dict[str, float]:
    one, several = stamps.serials[:1], stamps.serials[1:101]
    span = min(10_000, stamps.edition // 2)
    far = stamps.edition // 2 + 1
    return {
        "void one stamp": lab.call(RELAYER, contract, "voidStamps", one, _LOST),
        "void a list of 100, a stamp": lab.call(RELAYER, contract, "voidStamps", several, _LOST) / len(several),
        f"void a range of {span:,}, a stamp": lab.call(RELAYER, contract, "voidRange", far, far + span - 1, _LOST)
        / span,
    }


def _postmark(lab: Lab, stamps: Stamps, contract: Contract) -> dict[str, float]:
    one, several = stamps.serials[:1], stamps.serials[1:101]
    mark = (_OFFICE, _DAY, _REGULAR)
    return {
        "postmark one stamp": lab.call(RELAYER, contract, "postmark", one, *mark),
        "postmark it again": lab.call(RELAYER, contract, "postmark", one, *mark),
        "postmark a batch of 100, a stamp": lab.call(RELAYER, contract, "postmark", several, *mark) / len(several),
    }


def _deliver(lab: Lab, stamps: Stamps, contract: Contract) -> dict[str, float]:
    first, second = stamps.serials[:2]
    lab.call(CUSTODY, contract, "transferFrom", CUSTODY, wallet(0), first)
    gas = lab.call(CUSTODY, contract, "transferFrom", CUSTODY, wallet(1), second)
    lab.must_own(contract, second, wallet(1))
    return {"delivery by custody, fresh wallet": gas}


def _draw(lab: Lab, stamps: Stamps, _: Contract) -> dict[str, float]:
    blind = deploy_series(lab, edition=stamps.edition, root=stamps.root, blind=True)
    lab.mine(_BLOCKS_TO_DRAW)
    return {
        "capture the entropy of a blind series": lab.call(wallet(0), blind, "captureEntropy"),
        "reveal a blind series": lab.call(wallet(0), blind, "reveal", _SEED),
    }


def _abi(artifact: Artifact) -> list[dict[str, Any]]:
    """Return the ABI as the compiler's metadata tells it."""
    abi: list[dict[str, Any]] = json.loads(artifact.metadata)["output"]["abi"]
    return abi


def request_of(claim: Claim, tree: MerkleTree, level: int) -> tuple[object, ...]:
    """Return the claim as an entry of `claimBatch` whose proof ends at a level of the tree."""
    node, proof = tree.branch(claim.serial, level)
    entry = BatchClaim(
        serial=claim.serial, to=claim.to, deadline=claim.deadline, signature=claim.signature, node=node, proof=proof
    )
    ((request,), _) = encode_claims([entry])
    return request
