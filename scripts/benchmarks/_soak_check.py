"""What the soak has done, asked of the chain by web3 alone: no ledger, no index and no reader of ours.

Rests on ERC-721: who has a token follows from the Transfer events, and is what `ownerOf` says. The events of voids and
postmarks are read by the contract's interface as the compiler wrote it. Compared with what was ordered, nothing else.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field

from web3 import Web3

from benchmarks.harness import ROOT, progress

__all__ = ["Ordered", "check"]

_BLOCKS_AT_ONCE = 1_000


@dataclass(frozen=True)
class Ordered:
    """What was to be done with the stamps of a series, by serial."""

    edition: int
    custody: str
    claimed: dict[int, str]
    """Serial to the account that claimed it."""
    void: set[int]
    marked: Counter[tuple[int, str]] = field(default_factory=Counter)
    """How many postmarks of which office."""


def check(url, contract, ordered):
    """Return every difference between the chain and what was ordered, as a sentence each."""
    web3 = Web3(Web3.HTTPProvider(url, request_kwargs={"timeout": 60}))
    text = (ROOT / "cryptostamp" / "artifacts" / "StampSeries.json").read_text(encoding="utf-8")
    series = web3.eth.contract(address=contract, abi=json.loads(text)["abi"])
    moved, void, marked = {}, Counter(), Counter()
    found = []
    for event in _events(web3, series):
        values = event["args"]
        if event["event"] == "Transfer":
            if values["tokenId"] in moved:
                found.append(f"Stamp {values['tokenId']} was moved more than once.")
            if values["from"] != ordered.custody:
                found.append(f"Stamp {values['tokenId']} came from {values['from']}, not from custody.")
            moved[values["tokenId"]] = values["to"]
        elif event["event"] == "Voided":
            void.update(range(values["first"], values["last"] + 1))
        elif event["event"] == "Postmarked":
            marked[values["serial"], values["office"].rstrip(b"\0").decode()] += 1
    found += _differences("moved", ordered.claimed, moved)
    found += _differences("void", dict.fromkeys(ordered.void, 1), void)
    found += _differences("postmarked", ordered.marked, marked)
    for serial in range(1, ordered.edition + 1):
        owner = series.functions.ownerOf(serial).call()
        expected = ordered.claimed.get(serial, ordered.custody)  # a void stamp stays where it is
        if owner != expected:
            found.append(f"Stamp {serial} belongs to {owner}, not to {expected}.")
        if serial % 2_000 == 0:
            progress(f"asked web3 who owns {serial:,} of {ordered.edition:,} stamps")
    return found


def _events(web3, series):
    """Yield the events of a contract that the compiler knows, oldest first."""
    head = web3.eth.block_number
    known = {event.topic: event for event in (series.events[each]() for each in ("Transfer", "Voided", "Postmarked"))}
    for begin in range(0, head + 1, _BLOCKS_AT_ONCE):
        logs = web3.eth.get_logs(
            {"address": series.address, "fromBlock": begin, "toBlock": min(begin + _BLOCKS_AT_ONCE - 1, head)}
        )
        for log in logs:
            event = known.get(web3.to_hex(log["topics"][0]))
            if event is not None:
                yield event.process_log(log)


def _differences(what, expected, found):
    for key in sorted(expected.keys() | found.keys(), key=str):
        if expected.get(key) != found.get(key):
            yield f"{key} should be {what}: {expected.get(key)}; the chain has {found.get(key)}."
