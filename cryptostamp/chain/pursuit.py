"""Follow signed transactions until the chain has said its last word on them.

Rests on two facts: the same bytes can be broadcast any number of times, and of all offers with one nonce at most one is
mined. So every doubt ends in looking at the chain again, never in a new nonce. One pass looks at every unfinished
transaction of the account up to the one that is waited for, lowest nonce first: mined or not, deep enough or not, sent
again where it is missing, replaced by a higher offer where it waits too long. A time-out, HTTP 429 or 5xx says nothing
about a transaction; the next pass will.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from decimal import Decimal
from enum import StrEnum

from cryptostamp.chain.broadcast_errors import BroadcastAnswer, judge
from cryptostamp.chain.fees import FeePolicy, Fees
from cryptostamp.chain.finality import Finality
from cryptostamp.chain.journal import EntryState, Journal, JournalEntry, MinedTransaction, SignedTransaction
from cryptostamp.chain.node import Chain
from cryptostamp.chain.signers import Signer, read_signed
from cryptostamp.chain.strangers import find_stranger
from cryptostamp.errors import CannotTell, CryptostampError, EnvironmentProblem, NodeUnreachable
from cryptostamp.primitives import Hash32, keccak256

__all__ = ["Moment", "Pursuit", "Watch", "receipt_of"]

_FIRST_PAUSE_S = 0.02
_LONGEST_PAUSE_S = 2.0
_OUTAGE_S = 30.0
"""How long no node may answer before the caller is told, instead of waiting on."""
_GWEI = Decimal(10) ** 9


class Moment(StrEnum):
    """A step in the life of a transaction that a watcher is told of, right after it happened."""

    SIGNED = "signed"
    """Signed, but in memory only."""
    RECORDED = "recorded"
    """The signed bytes are in the journal; no node has seen them."""
    SENT = "sent"
    """A node was given the bytes and has answered."""
    WAITING = "waiting"
    """Nothing can be done but to wait, for the reason given."""
    SEEN = "seen"
    """The chain has it, which is not recorded yet."""
    MINED = "mined"
    """Recorded as mined, not deep enough yet."""
    UNDONE = "undone"
    """A reorganisation has undone its block; it is sent again."""
    FINAL = "final"
    """Recorded as final, whether it succeeded or failed."""


Watch = Callable[[Moment, str], None]


def receipt_of(chain: Chain, entry: JournalEntry) -> MinedTransaction | None:
    """Return how any of the offers of an entry was mined, `None` if the chain has none of them."""
    for offer in reversed(entry.offers):
        mined = chain.receipt(offer.hash)
        if mined is not None:
            return mined
    return None


@dataclass(slots=True)
class _Trace:
    """What this process has done for one entry, and what it heard."""

    sent_at: dict[Hash32, float] = field(default_factory=dict)
    """When each offer was broadcast first; for the newest one, since when its replacement is due."""
    again_at: float | None = None
    """When any of them was broadcast last."""
    excuse: str = ""
    """What the node has against it, in words for people."""
    nonce_used: bool = False
    """A node said that the nonce is used, and none of the offers was seen."""
    fee_excuse: str = ""
    """Why no more is offered for it, in words for people."""
    gap_excuse: str = ""
    """What the chain misses before it, in words for people."""


class Pursuit:
    """One wait for the transactions of one account. The caller holds the right to sign for it."""

    def __init__(
        self,
        chain: Chain,
        signer: Signer,
        journal: Journal,
        *,
        finality: Finality,
        fees: FeePolicy,
        patience_s: float,
        pause: Callable[[float], None],
        clock: Callable[[], float],
        watch: Watch,
    ) -> None:
        self._chain = chain
        self._signer = signer
        self._journal = journal
        self._finality = finality
        self._fees = fees
        self._patience_s = patience_s
        self._pause = pause
        self._clock = clock
        self._watch = watch
        self._traces: dict[int, _Trace] = {}

    def until_final(self, target: JournalEntry, *, is_new: bool) -> MinedTransaction:
        """Return how `target` was mined once its block lies deep enough; it may have failed.

        `is_new` says that nobody can have seen it yet, which saves a question. Raises `CannotTell` when patience ends
        or a stranger has used a nonce, `NodeUnreachable` when no node has answered for a while, `EnvironmentProblem`
        when the account cannot pay.
        """
        end = self._clock() + self._patience_s
        heard_at = self._clock()
        pause_s = _FIRST_PAUSE_S
        trouble: NodeUnreachable | None
        while True:
            trouble = None
            try:
                mined = self._pass(target, unseen=target.nonce if is_new else None)
                if mined is not None:
                    return mined
                heard_at = self._clock()
            except NodeUnreachable as error:
                trouble = error
            now = self._clock()
            if trouble is not None and (now >= end or now - heard_at >= _OUTAGE_S):
                raise NodeUnreachable(
                    trouble.what,
                    where=target.intent,
                    remedy=f"{trouble.remedy} What is signed is on record; the same command goes on with it.",
                ) from trouble
            if trouble is None and now >= end:
                raise self._out_of_patience(target)
            is_new = False
            self._pause(pause_s)
            pause_s = min(2 * pause_s, _LONGEST_PAUSE_S)

    def once(self, target: JournalEntry, *, is_new: bool) -> None:
        """Look once at everything up to `target`, and send what is missing; what a silent node leaves open stays so.

        What `is_new` is sent alone: a program that sends many does not look at all of them for each.
        """
        with suppress(NodeUnreachable):
            if is_new:
                self._advance(target, is_new=True, is_first=False)
            else:
                self._pass(target, unseen=None)

    def undo(self, entry: JournalEntry) -> None:
        """Put an entry that the chain has lost back to signed, be it final, so that the next look sends it again."""
        self._journal.record_unmined(entry.offers[0])
        self._traces.pop(entry.nonce, None)
        self._watch(Moment.UNDONE, f"{entry.intent}: a reorganisation of the chain has undone it; it is sent again.")

    def _pass(self, target: JournalEntry, *, unseen: int | None) -> MinedTransaction | None:
        """Look once at everything up to `target`, and return how that was mined if it is final."""
        for number, entry in enumerate(self._journal.unfinished(target.chain_id, target.sender)):
            if entry.nonce > target.nonce:
                break
            mined = self._advance(entry, is_new=entry.nonce == unseen, is_first=number == 0)
            if entry.nonce == target.nonce:
                return mined
        return None

    def _advance(self, entry: JournalEntry, *, is_new: bool, is_first: bool) -> MinedTransaction | None:
        """Do the next thing for an entry, and return how it was mined if that is final.

        `is_first` says that it has the lowest nonce of all that are not final.
        """
        mined = None if is_new else receipt_of(self._chain, entry)
        if mined is None:
            if entry.state is EntryState.MINED:
                self.undo(entry)
            if self._press(entry, may_miss_some=is_first and not is_new):
                mined = receipt_of(self._chain, entry)
        if mined is None:
            return None
        final = self._finality.is_reached(self._chain, mined)
        if final:
            self._traces.pop(entry.nonce, None)
        if mined != entry.mined or final:
            self._watch(Moment.SEEN, f"{entry.intent}: the chain has it, in block {mined.block_number}.")
            self._journal.record_mined(mined, final=final)
            outcome = "" if mined.succeeded else "; it failed"
            self._watch(
                Moment.FINAL if final else Moment.MINED,
                f"{entry.intent}: mined in block {mined.block_number}{outcome}.",
            )
        return mined if final else None

    def _press(self, entry: JournalEntry, *, may_miss_some: bool) -> bool:
        """Broadcast an entry that is not mined, if it is time to, and say so; replace it if it has waited too long.

        `may_miss_some` says that what lies below it is all final, and may be undone all the same: whoever looks for the
        first time makes sure of that, for a node may keep an entry and not say that something is missing before it.
        """
        trace = self._trace(entry)
        if trace.nonce_used:
            self._look_for_a_stranger(entry)
        offer = entry.offers[-1]
        now = self._clock()
        sent_at = trace.sent_at.get(offer.hash)
        if sent_at is not None and now - sent_at >= self._fees.replace_after_s:
            better = self._replacement(entry, trace)
            if better is not None:
                offer, sent_at = better, None
            else:
                trace.sent_at[offer.hash] = now  # ask again after as long a wait
        if sent_at is not None and trace.again_at is not None:
            if now - trace.again_at < self._fees.rebroadcast_after_s:
                return False
            self._send_what_is_missing_below(entry, trace)
        elif may_miss_some:
            self._send_what_is_missing_below(entry, trace)
        self._broadcast(entry, offer, trace)  # if this fails without an answer, the next pass does it again
        trace.sent_at.setdefault(offer.hash, now)
        return True

    def _broadcast(self, entry: JournalEntry, offer: SignedTransaction, trace: _Trace) -> None:
        """Hand recorded bytes to the node and judge its answer."""
        failure = self._chain.broadcast(offer.raw)
        trace.again_at = self._clock()
        words = "" if failure is None else failure.message
        self._watch(Moment.SENT, f"{entry.intent}: sent; the node says: {words or 'accepted'}.")
        answer = judge(failure)
        trace.excuse = ""
        trace.nonce_used = answer is BroadcastAnswer.NONCE_USED
        if trace.nonce_used:
            trace.excuse = f"A node says that number {entry.nonce} of the account is used; by whom is not certain yet."
            self._look_for_a_stranger(entry)
        elif answer is BroadcastAnswer.NONCE_GAP:
            self._send_what_is_missing_below(entry, trace)
            trace.again_at = None  # and then this one, at the next look
        elif answer is BroadcastAnswer.NO_MONEY:
            raise EnvironmentProblem(
                f"The account {entry.sender} has not enough money for this transaction.",
                where=entry.intent,
                remedy="Send it some, then run the same command again.",
            )
        elif answer is BroadcastAnswer.WRONG_CHAIN:
            raise EnvironmentProblem(
                f"The node does not serve chain {entry.chain_id}, which the transaction was signed for.",
                where=entry.intent,
                remedy="Give the address of a node of that chain, then run the same command again.",
            )
        elif answer is BroadcastAnswer.UNKNOWN:
            trace.excuse = f"The node did not take the transaction: {words}."

    def _look_for_a_stranger(self, entry: JournalEntry) -> None:
        """Raise `CannotTell` if somebody else's transaction has the nonce of an entry, deep enough to stay there."""
        stranger = find_stranger(self._chain, self._finality, entry)
        if stranger is not None:
            raise CannotTell(
                f"The account {entry.sender} has used its transaction number {entry.nonce} for something else: "
                f"0x{stranger.hash.hex()} in block {stranger.block_number}. "
                f"0x{entry.offers[-1].hash.hex()} can therefore never be mined.",
                where=entry.intent,
                remedy="Find out who else sends from this account. When that is settled, give this transaction up "
                "(cryptostamp transactions abandon) and run the same command again.",
            )

    def _send_what_is_missing_below(self, entry: JournalEntry, trace: _Trace) -> None:
        """Broadcast what has a lower nonce and is missing on the chain, even if it was final once.

        A reorganisation deeper than `Finality` allows for leaves such a gap, and so does a test chain that was set
        back. If it has undone a stranger's transaction, nothing here can fill the gap: that is told.
        """
        first = self._chain.transaction_count(entry.sender)
        trace.gap_excuse = ""
        kept = [
            each
            for each in self._journal.entries(entry.chain_id, entry.sender, from_nonce=first)
            if each.nonce <= entry.nonce and each.state is not EntryState.ABANDONED
        ]
        if kept and kept[0].nonce > first:
            trace.gap_excuse = (
                f"The chain misses number {first} of the account, which was not signed here. Another program has to "
                "send it again, or it has to be used up (cryptostamp transactions fill)."
            )
        for lower in kept[:-1]:
            if lower.state is EntryState.FINAL:
                self.undo(lower)
            if lower.state in {EntryState.FINAL, EntryState.REVERTED}:
                for offer in lower.offers:
                    self._chain.broadcast(offer.raw)

    def _replacement(self, entry: JournalEntry, trace: _Trace) -> SignedTransaction | None:
        """Sign and record an offer of higher fees; return `None`, with an excuse, if there is to be none."""
        transaction, _ = read_signed(entry.offers[-1].raw)
        market = self._chain.fee_market()
        offered = Fees(max_fee=transaction.max_fee, max_priority_fee=transaction.max_priority_fee)
        fees = self._fees.raised(offered, market)
        if fees is None:
            trace.fee_excuse = (
                f"It offers {offered.max_fee / _GWEI:.3f} gwei for a unit of gas, which costs "
                f"{market.price / _GWEI:.3f} gwei now, and the {(self._fees.max_fee_cap or 0) / _GWEI:.3f} gwei that "
                "may be offered leave no room for the rise that nodes demand."
            )
        elif self._chain.balance(entry.sender) < transaction.gas * fees.max_fee:
            trace.fee_excuse = "The account has not enough money to offer more for it."
        else:
            raw = self._signer.sign_transaction(
                replace(transaction, max_fee=fees.max_fee, max_priority_fee=fees.max_priority_fee)
            )
            self._watch(Moment.SIGNED, f"{entry.intent}: signed again, offering {fees.max_fee / _GWEI:.3f} gwei.")
            trace.fee_excuse = ""
            better = replace(entry.offers[0], hash=keccak256(raw), raw=raw)
            self._journal.record_replacement(better)
            self._watch(Moment.RECORDED, f"{entry.intent}: recorded as 0x{better.hash.hex()}.")
            return better
        self._watch(Moment.WAITING, f"{entry.intent}: {trace.fee_excuse}")
        return None

    def _out_of_patience(self, target: JournalEntry) -> CryptostampError:
        """Return what a call says that has waited long enough."""
        entry = self._journal.live(target.intent) or target
        excuses = ""
        if entry.mined is not None:
            where_it_is = f"mined in block {entry.mined.block_number}, but not deep enough yet ({self._finality})"
        else:
            where_it_is = "sent but not mined yet"
            waiting = self._journal.unfinished(target.chain_id, target.sender)
            first = next((each for each in waiting if each.state is EntryState.SIGNED), entry)
            if first.nonce < entry.nonce:
                excuses = f" Number {first.nonce} of the account has to be mined before it ({first.intent})."
            trace = self._trace(first)
            excuses += "".join(f" {excuse}" for excuse in (trace.gap_excuse, trace.excuse, trace.fee_excuse) if excuse)
        return CannotTell(
            f"The transaction 0x{entry.offers[-1].hash.hex()} is {where_it_is}.{excuses}",
            where=entry.intent,
            remedy="Run the same command again to go on waiting; it is not sent twice.",
        )

    def _trace(self, entry: JournalEntry) -> _Trace:
        return self._traces.setdefault(entry.nonce, _Trace())
