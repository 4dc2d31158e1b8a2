"""What issuing, claiming and trading a stamp costs on chain, beside the token contracts of the field.

Everything is compiled with one compiler and one set of settings, and sent to one Anvil. Gas is that of the receipt, so
it holds the calldata and the base cost of the transaction; figures of single transactions are medians over stamps at
random serials. It does not depend on the machine.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path

from benchmarks._compile import Compiled, compile_peers
from benchmarks._lab import RELAYER, Lab, Stamps
from benchmarks._peers import (
    BATCH_OF_ERC721A,
    CONSECUTIVE,
    LAZY,
    MINTED_AT_ONCE,
    PEERS,
    SAME,
    THIRDWEB,
    THIRDWEB_SOURCE,
    Peer,
    loop_of_claims,
    thirdweb_costs,
)
from benchmarks._series import ClaimCosts, claim_batch, claim_costs, deploy_series, features, issuer_costs, snapshot
from benchmarks.harness import ROOT, Report, Row, number, progress
from cryptostamp.chain import MAX_TRANSACTION_GAS, load_artifact
from cryptostamp.errors import InputError

__all__ = ["insert", "markdown", "run", "write"]

README = ROOT / "contracts" / "README.md"
SNAPSHOT = ROOT / "contracts" / "gas-snapshot.json"
BEGIN, END = "<!-- gas:begin -->", "<!-- gas:end -->"

_EDITION = 150_000
_BATCH = 100
_CLAIMABLE = 110
_GROWTH = (2**10, 2**14, 2**18, 2**20)
_LARGE = (5_000_000, 16_000_000)
_INITCODE_LIMIT = 49_152  # bytes, EIP-3860
_CODE_LIMIT = 24_576  # bytes, EIP-170

ISSUE = f"issue {_EDITION:,} stamps, deployment included"
FRESH = f"claim one of {_EDITION:,} stamps by Merkle proof, fresh wallet"
HOLDER = f"claim one of {_EDITION:,} stamps by Merkle proof, wallet that has one"
BATCH = f"relayed batch of {_BATCH} claims at random serials, fresh wallets"
TRANSFER = "first transfer after the claim, to a fresh wallet"
LIFE = "whole life: issue, claim to a fresh wallet, one transfer"
RELAYED_LIFE = f"whole life, claimed in a relayed batch of {_BATCH}"

_COLUMNS = {
    ISSUE: "issue, a stamp",
    FRESH: "claim, fresh wallet",
    HOLDER: "claim, wallet that has one",
    BATCH: f"batch of {_BATCH}, a claim",
    TRANSFER: "first transfer",
    LIFE: "whole life",
    RELAYED_LIFE: "whole life, relayed",
}


def run(quick: bool) -> Report:  # noqa: FBT001 - the seam of all benchmarks
    """Measure our contract and its peers."""
    peers = {name: peer for name, peer in PEERS.items() if peer.quick or not quick}
    sources = {peer.source for peer in peers.values()} | (set() if quick else {THIRDWEB_SOURCE})
    progress(f"compiling {len(sources)} contracts to measure beside")
    compiled = compile_peers(sorted(sources))
    progress(f"building the tree of {_EDITION:,} claim keys")
    stamps = Stamps(_EDITION, claimable=_CLAIMABLE)
    with Lab.open() as lab:
        rows = _rows_of_life(lab, stamps, peers, compiled)
        rows += _rows_of_deployment(lab, stamps, compiled)
        progress("void, postmark, delivery, reveal")
        with lab.undone():
            ours = deploy_series(lab, edition=_EDITION, root=stamps.root)
            costs = issuer_costs(lab, stamps, ours)
        rows += [Row(what=what, unit="gas", ours=round(gas, 1)) for what, gas in costs.items()]
        if not quick:
            rows += _rows_of_growth(lab, compiled)
    return Report(benchmark="gas", quick=quick, rows=rows)


def write(report: Report) -> Sequence[Path]:
    """Put the figures into contracts/README.md, and those that a test measures again beside it."""
    README.write_text(insert(README.read_text(encoding="utf-8"), markdown(report)), encoding="utf-8")
    with Lab.open() as lab:
        SNAPSHOT.write_text(json.dumps(snapshot(lab), indent=1) + "\n", encoding="utf-8")
    return [README, SNAPSHOT]


def insert(text: str, figures: str) -> str:
    """Return the text with what stands between its two marks replaced."""
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise InputError(
            "The place for the figures is not marked.", where=str(README), remedy=f"Put {BEGIN} and {END} into it."
        )
    return f"{before}{BEGIN}\n\n{figures}\n{END}{after}"


def _rows_of_life(lab: Lab, stamps: Stamps, peers: Mapping[str, Peer], compiled: Mapping[str, Compiled]) -> list[Row]:
    """Measure issue, claim, batch and transfer."""
    batch = stamps.serials[:_BATCH]
    progress("our claims, transfers and batches")
    with lab.undone():
        contract = deploy_series(lab, edition=_EDITION, root=stamps.root)
        ours = claim_costs(lab, stamps, contract)
        level, batched = 0, 0
        if "claimBatch" in features():
            level, batched = claim_batch(lab, stamps, contract, batch, levels=range(4, 12))
    our_issue = contract.gas / _EDITION

    issues: dict[str, float] = {}
    singles: dict[str, ClaimCosts] = {}
    batches: dict[str, float] = {}
    for name, peer in peers.items():
        progress(name)
        with lab.undone():
            contract, gas = peer.issue(lab, stamps, compiled[peer.source])
            issues[name] = gas / _EDITION
            if peer.claimable:
                singles[name] = claim_costs(lab, stamps, contract)
            if peer.claimable and peer.batches:
                batches[name] = loop_of_claims(lab, stamps, contract, batch) / _BATCH
    if THIRDWEB_SOURCE in compiled:
        progress(THIRDWEB)
        gas, singles[THIRDWEB] = thirdweb_costs(lab, compiled[THIRDWEB_SOURCE], edition=_EDITION)
        issues[THIRDWEB] = gas / _EDITION

    rows = [
        Row(
            what=ISSUE,
            unit="gas a stamp",
            ours=round(our_issue, 2),
            peers={name: round(issues[name], 2) for name, peer in peers.items() if peer.shows_all},
            target=25,
            note=f"minting is extrapolated from two transactions, of {MINTED_AT_ONCE} in a loop and of "
            f"{BATCH_OF_ERC721A:,} in a batch; what mints by the claim shows no stamp before and is left out",
        ),
        Row(
            what=FRESH,
            unit="gas",
            ours=ours.fresh,
            peers={name: cost.fresh for name, cost in singles.items()},
            target=93_500,
            note="at thirdweb a wallet that was listed before claims the next token",
        ),
        Row(
            what=HOLDER,
            unit="gas",
            ours=ours.holder,
            peers={name: cost.holder for name, cost in singles.items()},
            target=76_500,
        ),
        Row(
            what=TRANSFER,
            unit="gas",
            ours=ours.transfer,
            peers={name: cost.transfer for name, cost in singles.items()},
            target=singles[LAZY].transfer,
            note="the target is OpenZeppelin's figure of this run",
        ),
        Row(
            what=LIFE,
            unit="gas a stamp",
            ours=round(our_issue + ours.fresh + ours.transfer),
            peers={name: round(issues[name] + cost.fresh + cost.transfer) for name, cost in singles.items()},
        ),
    ]
    if batched:
        our_batch = batched / _BATCH
        rows += [
            Row(
                what=BATCH,
                unit="gas a claim",
                ours=round(our_batch),
                peers={name: round(cost) for name, cost in batches.items()},
                target=62_000,
                note=f"ours with the crown at level {level}, where it is cheapest, and going on after a refused claim; "
                "the others in a loop, which does not",
            ),
            Row(
                what=RELAYED_LIFE,
                unit="gas a stamp",
                ours=round(our_issue + our_batch + ours.transfer),
                peers={name: round(issues[name] + cost + singles[name].transfer) for name, cost in batches.items()},
            ),
        ]
    return rows


def _rows_of_deployment(lab: Lab, stamps: Stamps, compiled: Mapping[str, Compiled]) -> list[Row]:
    """Measure what the code itself costs, and how far the issue of a large edition stays one transaction."""
    progress("deployments")
    artifact = load_artifact("StampSeries")
    gas, initcode, runtime = {}, {}, {}
    for name, source, arguments in (
        (SAME, PEERS[SAME].source, PEERS[SAME].arguments(stamps)),
        (LAZY, PEERS[LAZY].source, PEERS[LAZY].arguments(stamps)),
        (THIRDWEB, THIRDWEB_SOURCE, [RELAYER]),
    ):
        if code := compiled.get(source):
            with lab.undone():
                gas[name] = lab.deploy(code.interface, code.bytecode, *arguments).gas
            initcode[name], runtime[name] = len(code.bytecode), len(code.runtime)
    with lab.undone():
        blind = deploy_series(lab, edition=_EDITION, root=stamps.root, blind=True).gas
    rows = [
        Row(
            what=f"deployment with every feature, edition {_EDITION:,}",
            unit="gas",
            ours=blind,
            peers=gas,
            target=3_500_000,
            note="a blind series with royalty; no peer has all of its features" if "reveal" in features() else "",
        ),
        Row(
            what="code that deploys",
            unit="bytes",
            ours=len(artifact.bytecode),
            peers=initcode,
            target=_INITCODE_LIMIT,
            note="the target is the limit of EIP-3860, which counts the arguments as well",
        ),
        Row(
            what="code on the chain",
            unit="bytes",
            ours=len(artifact.runtime),
            peers=runtime,
            target=_CODE_LIMIT,
            note="the target is the limit of EIP-170",
        ),
    ]
    for edition in _LARGE:
        with lab.undone():
            large = deploy_series(lab, edition=edition, root=stamps.root).gas
        rows.append(
            Row(
                what=f"issue {edition:,} stamps in one transaction",
                unit="gas",
                ours=large,
                target=MAX_TRANSACTION_GAS,
                note="the target is the limit of EIP-7825",
            )
        )
    return rows


def _rows_of_growth(lab: Lab, compiled: Mapping[str, Compiled]) -> list[Row]:
    """Measure claims in editions of different sizes."""
    rows = []
    for edition in _GROWTH:
        progress(f"claims in an edition of {edition:,}")
        stamps = Stamps(edition, claimable=_CLAIMABLE)
        peers = {}
        for name in (LAZY, CONSECUTIVE):
            with lab.undone():
                contract, _ = PEERS[name].issue(lab, stamps, compiled[PEERS[name].source])
                peers[name] = claim_costs(lab, stamps, contract).fresh
        with lab.undone():
            ours = claim_costs(lab, stamps, deploy_series(lab, edition=edition, root=stamps.root)).fresh
        rows.append(Row(what=f"claim one of {edition:,} stamps, fresh wallet", unit="gas", ours=ours, peers=peers))
    growth = Row(
        what="growth of a claim with each doubling of the edition",
        unit="gas",
        ours=_steepest([row.ours for row in rows]),
        peers={name: _steepest([row.peers[name] for row in rows]) for name in (LAZY, CONSECUTIVE)},
        target=700,
        note="the steepest of the steps between the sizes above",
    )
    return [*rows, growth]


def _steepest(costs: Sequence[float]) -> float:
    """Return the largest growth for a doubling between neighbouring sizes."""
    points = zip((edition.bit_length() for edition in _GROWTH), costs, strict=True)
    return round(max((cost - before) / (bits - fewer) for (fewer, before), (bits, cost) in pairwise(points)), 1)


def markdown(report: Report) -> str:
    """Return the figures as two tables: the designs side by side, then what only ours is measured for."""
    side_by_side = [row for row in report.rows if row.what in _COLUMNS]
    designs = list(dict.fromkeys(name for row in side_by_side for name in row.peers))
    lines = [
        f"| gas | {' | '.join(_COLUMNS[row.what] for row in side_by_side)} |",
        "| --- |" + " ---: |" * len(side_by_side),
        f"| **StampSeries** | {' | '.join(f'**{number(row.ours)}**' for row in side_by_side)} |",
    ]
    for name in designs:
        cells = (number(row.peers[name]) if name in row.peers else "" for row in side_by_side)
        lines.append(f"| {name} | {' | '.join(cells)} |")
    lines += ["", *(f"- *{_COLUMNS[row.what]}*: {row.note}." for row in side_by_side if row.note)]
    lines += ["", "| what | unit | StampSeries | target | others |", "| --- | --- | ---: | ---: | --- |"]
    for row in report.rows:
        if row.target is not None or row.what not in _COLUMNS:
            target = "" if row.target is None else f"{number(row.target)}{'' if row.met else ', missed'}"
            others = (
                "" if row in side_by_side else "; ".join(f"{name} {number(cost)}" for name, cost in row.peers.items())
            )
            lines.append(f"| {row.what} | {row.unit} | {number(row.ours)} | {target} | {others} |")
    return "\n".join(lines) + "\n"
