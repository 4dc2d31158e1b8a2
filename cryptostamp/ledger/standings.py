"""Where a stamp stands, worked out from its events one after the other.

Rests on what the contract promises (contracts/src/StampToken.sol): a token leaves custody once, by a claim or a
delivery; a stamp in custody can be voided once, and a void one never moves. An event that would break this changes
nothing: it was never announced by a contract of ours, and an audit that asks the contract itself will tell.
"""

from __future__ import annotations

from dataclasses import replace

from cryptostamp.ledger.records import EventRecord, Standing
from cryptostamp.primitives import Address

__all__ = ["after", "speaks_of_stamps"]


def speaks_of_stamps(event: EventRecord) -> bool:
    """Return whether an event can change where a stamp stands."""
    return event.name in _CHANGES and event.first is not None and event.last is not None


def after(standing: Standing, event: EventRecord) -> Standing:
    """Return where a stamp stands after an event that speaks of it."""
    return _CHANGES[event.name](standing, dict(event.values), event.timestamp)


def _moved(standing: Standing, values: dict[str, str], at: int) -> Standing:
    to = Address(values["to"])
    if standing.state == "void" or (standing.state == "unclaimed" and values["from"] == to):
        return standing  # custody handed the token to itself, so its hidden code stays good
    if standing.state == "unclaimed":
        return replace(standing, state="claimed", owner=to, since=at)
    return replace(standing, owner=to, moves=standing.moves + 1)


def _delivered(standing: Standing, values: dict[str, str], at: int) -> Standing:  # noqa: ARG001  (as the others)
    # Announced right after its transfer, which by itself is a claim.
    if standing.state == "claimed" and standing.owner == values["to"] and not standing.moves:
        return replace(standing, state="delivered")
    return standing


def _voided(standing: Standing, values: dict[str, str], at: int) -> Standing:
    if standing.state != "unclaimed":
        return standing
    return replace(standing, state="void", since=at, void_reason=values["reason"])


def _postmarked(standing: Standing, values: dict[str, str], at: int) -> Standing:  # noqa: ARG001  (as the others)
    return replace(standing, postmarks=standing.postmarks + 1)


_CHANGES = {"Transfer": _moved, "Delivered": _delivered, "Voided": _voided, "Postmarked": _postmarked}
