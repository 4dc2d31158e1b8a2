"""The counter at which collectors hand in signed claims, and the clerk who carries them to the chain.

Many processes may stand at the counter: what it takes in is in the ledger before the collector is told so. One clerk,
with the account that pays, sends what waits: one claim as a transaction of its own, several as a batch. The name of a
transaction is in the ledger before it is signed, so that a clerk who was killed goes on with the same one.

A claim is taken in only if its signature is that of the claim key which the edition root commits to: nobody can spend
the account's money with anything else. Holds no hidden code and no claim key.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterable, Sequence

from cryptostamp.chain import EntryState, JournalEntry, Sender, Stamp, StampSeries
from cryptostamp.edition import Dossier, recover_claim_signer
from cryptostamp.errors import CannotTell, ContractRefusal, EnvironmentProblem, InputError, Refused
from cryptostamp.ledger import ClaimRecord, ClaimState, Ledger
from cryptostamp.office.claim import MOST_CLAIMS, SignedClaim, claims_call, claims_intent
from cryptostamp.primitives import Serial

__all__ = ["LONGEST_DEADLINE_S", "SHORTEST_DEADLINE_S", "ClaimClerk", "attend", "check_claim", "take_in"]

SHORTEST_DEADLINE_S = 300
"""A claim that ends sooner may end on its way."""
LONGEST_DEADLINE_S = 7 * 24 * 3600
"""A signature that is good for longer than this need not lie about."""


def check_claim(signed: SignedClaim, dossier: Dossier, stamp: Stamp | None, *, now: float) -> None:
    """Raise unless a claim could be carried out; `stamp` is where the chain says that the stamp stands.

    `InputError` for a claim that must be signed anew, `Refused` for one that the contract would refuse.
    """
    title, serial = dossier.series.title, signed.serial
    if stamp is None or not 1 <= serial <= dossier.edition.size:
        raise InputError(f"There is no stamp no. {serial:,} in the series {title}.")
    if not now + SHORTEST_DEADLINE_S <= signed.deadline <= now + LONGEST_DEADLINE_S:
        raise InputError(
            "The claim is not signed for a time that it could be sent in.",
            remedy="Look at the clock of your device, then claim again.",
        )
    signer = recover_claim_signer(
        chain_id=dossier.deployment.chain_id,
        contract=dossier.deployment.contract,
        serial=serial,
        to=signed.to,
        deadline=signed.deadline,
        signature=signed.signature,
    )
    if signer != dossier.edition.claim_key(serial):
        raise Refused(
            f"The claim is not signed with the hidden code of stamp no. {serial:,}.",
            remedy="Check the hidden code, and that it is of this stamp.",
        )
    refusal = {
        "claimed": f"Stamp no. {serial:,} was claimed before: its hidden code is used up.",
        "delivered": f"The post sent the token of stamp no. {serial:,} itself: its hidden code no longer works.",
        "void": f"The post declared stamp no. {serial:,} void: its hidden code no longer works.",
    }.get(stamp.state.value)
    if refusal is not None:
        raise Refused(refusal)


def take_in(signed: SignedClaim, dossier: Dossier, *, ledger: Ledger, now: float) -> ClaimRecord:
    """Write a claim down that `check_claim` let pass, and return it; the same claim again is found.

    Raises `Refused` if the same stamp is being claimed for another account: the first one counts.
    """
    series_id = dossier.series.id
    digest = hashlib.sha256(
        f"{series_id} {signed.serial} {signed.to} {signed.deadline} ".encode() + signed.signature
    ).hexdigest()
    record = ledger.claims.hand_in(
        ClaimRecord(
            id=digest[:32],
            series_id=series_id,
            serial=signed.serial,
            to=signed.to,
            deadline=signed.deadline,
            signature=signed.signature,
            asked_at=int(now),
        )
    )
    if record.to != signed.to:
        raise Refused(f"Stamp no. {signed.serial:,} is being claimed for another account already.")
    return record


class ClaimClerk:
    """Who carries the claims of one series to the chain. One for a series; `turn` again and again."""

    def __init__(
        self, dossier: Dossier, *, ledger: Ledger, sender: Sender, clock: Callable[[], float] = time.time
    ) -> None:
        self.dossier = dossier
        self._ledger = ledger
        self._queue = ledger.claims
        self._sender = sender
        self._clock = clock
        self._contract = StampSeries(sender.chain, dossier.deployment.contract)

    @property
    def has_unmined(self) -> bool:
        """Whether this ledger has transactions of the account that no block has: no other ledger may sign then."""
        return any(self._is_unmined(intent) for intent in self._queue.under_way(self.dossier.series.id))

    def turn(self, *, may_send: bool = True) -> int:
        """Look after what is under way, then send what waits; return how many claims are still open.

        `may_send` is false while another ledger has unmined transactions of the same account. Raises `NodeUnreachable`
        and other errors that a later turn may not meet; nothing is lost by them.
        """
        series_id = self.dossier.series.id
        under_way = self._queue.under_way(series_id)
        looked = {entry.intent: entry for entry in self._sender.look()} if under_way else {}
        for intent, claims in under_way.items():
            self._carry(intent, claims, looked.get(intent))
        if may_send:
            self._send_waiting()
        return self._queue.count(series_id, ClaimState.SENT) + self._queue.count(series_id, ClaimState.WAITING)

    def _send_waiting(self) -> None:
        waiting = self._queue.in_state(self.dossier.series.id, ClaimState.WAITING, most=MOST_CLAIMS)
        now = self._clock()
        late = [each for each in waiting if each.deadline <= now]
        if late:
            self._queue.refuse(late, "It could not be sent before the signature ran out. Claim it again.")
        good = sorted((each for each in waiting if each.deadline > now), key=_order)
        if good:
            intent = claims_intent(_signed(good), self.dossier)
            self._queue.assign(good, intent)
            self._carry(intent, good)

    def _carry(self, intent: str, claims: Sequence[ClaimRecord], entry: JournalEntry | None = None) -> None:
        """Bring one transaction a step on, and say in the ledger what became of its claims.

        `entry` is what a look has just found it to be, if it did. After a crash the claims may be fewer than the
        transaction has, so it goes by the name that it was given.
        """
        if entry is None:
            call = claims_call(_signed(claims), self.dossier, self._sender.chain)
            try:
                entry = self._sender.submit(intent=intent, to=call.to, data=call.data)
            except ContractRefusal as refusal:
                self._refuse(claims, refusal)
                return
        self._queue.note_transaction(claims, entry.offers[-1].hash)
        if entry.state is EntryState.FINAL and entry.mined is not None:
            refused = self._contract.refused(entry.mined)
            self._finish([each for each in claims if each.serial not in refused])
            for each in claims:
                if each.serial in refused:
                    self._refuse([each], refused[each.serial])
        elif not entry.is_live:
            self._refuse(claims, Refused("The transaction was mined, but failed. Claim it again."))

    def _refuse(self, claims: Sequence[ClaimRecord], refusal: Refused) -> None:
        """Write down why claims were refused, unless the token is where it was to go: then somebody else carried it.

        A claim is left open while what it is refused for may still be undone.
        """
        settled = self._settled_before()
        for each in claims:
            stamp = self._contract.stamp(each.serial)
            if stamp is not None and settled is not None and (stamp.since or 0) >= settled:
                continue
            if stamp is not None and stamp.state.value == "claimed" and stamp.owner == each.to:
                self._finish([each])
            else:
                self._queue.refuse([each], refusal.what)

    def _settled_before(self) -> int | None:
        """Return before which time, in seconds UTC, blocks are deep enough; `None` if the newest one is."""
        chain = self._sender.chain
        deep = self._sender.finality.deepest_block(chain)
        return None if deep is None else chain.block(max(deep, 0)).timestamp

    def _finish(self, claims: Sequence[ClaimRecord]) -> None:
        for each in claims:
            self._ledger.record_claimed(self.dossier.series.id, each.serial, each.to)
        if claims:
            self._queue.finish(claims)

    def _is_unmined(self, intent: str) -> bool:
        entry = self._ledger.live_transaction(intent)
        return entry is not None and entry.receipt is None


def _order(claim: ClaimRecord) -> Serial:
    return claim.serial


def _signed(claims: Iterable[ClaimRecord]) -> list[SignedClaim]:
    return [
        SignedClaim(serial=each.serial, to=each.to, deadline=each.deadline, signature=each.signature) for each in claims
    ]


def attend(
    clerks: Sequence[ClaimClerk],
    *,
    stopped: Callable[[float], bool],
    pause_s: float,
    trouble: Callable[[str], None],
) -> None:
    """Let clerks who share one account take turns until `stopped`, which waits so many seconds, says so.

    Each ledger knows only what was signed for its own series: while one has an unmined transaction, no other signs.
    """
    while not stopped(pause_s):
        for clerk in clerks:
            try:
                others = any(each.has_unmined for each in clerks if each is not clerk)
                clerk.turn(may_send=not others)
            except (CannotTell, EnvironmentProblem, Refused) as error:
                trouble(error.what)
