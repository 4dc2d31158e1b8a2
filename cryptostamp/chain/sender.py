"""Send transactions so that a crash at any moment neither loses one nor sends one twice.

Rests on the order *sign, record, broadcast*: the journal holds the signed bytes before any node sees them, and an
intent that has been signed is only ever continued with those same bytes, or with an offer of a higher fee under the
same nonce. The nonce is the larger of what the chain has mined and what the journal has signed, plus one; the node's
count of pending transactions is never asked. How a signed transaction is followed until it is final is in `pursuit`.
Does not know what a transaction should have done: the caller reads that from the chain.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import suppress

from cryptostamp.chain.fees import FeePolicy
from cryptostamp.chain.finality import Finality
from cryptostamp.chain.journal import EntryState, Journal, JournalEntry, MinedTransaction, SignedTransaction
from cryptostamp.chain.node import Chain
from cryptostamp.chain.preflight import Cost, Preflight
from cryptostamp.chain.pursuit import Moment, Pursuit, Watch, receipt_of
from cryptostamp.chain.signers import Signer, UnsignedTransaction, read_signed
from cryptostamp.chain.strangers import find_stranger
from cryptostamp.errors import ContractRefusal, NodeUnreachable, Refused, TransactionFailed
from cryptostamp.primitives import Address, keccak256

__all__ = ["Sender"]


class Sender:
    """One account on one chain, with a journal of what it has signed.

    `patience_s` is how long a call waits before it says how far it came; without it, as long as `finality` may need.
    `watch` is called at each `Moment` of a
    transaction, with a sentence for people; what it raises ends the call, as a crash at that moment would.
    """

    def __init__(
        self,
        chain: Chain,
        signer: Signer,
        journal: Journal,
        *,
        finality: Finality | None = None,
        fees: FeePolicy | None = None,
        patience_s: float | None = None,
        pause: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
        watch: Watch = lambda _moment, _sentence: None,
    ) -> None:
        self.chain = chain
        self.signer = signer
        self.finality = finality or Finality.default(chain.chain_id)
        self.fees = fees or FeePolicy()
        self._journal = journal
        self._patience_s = self.finality.patience_s if patience_s is None else patience_s
        self._pause = pause
        self._clock = clock
        self._watch = watch
        self._preflight = Preflight(chain, signer.address, self.fees)
        self._looked: Pursuit | None = None

    @property
    def address(self) -> Address:
        """The account that sends."""
        return self.signer.address

    def send(self, *, intent: str, to: Address | None, data: bytes) -> MinedTransaction:
        """Do `intent` once, however often this is called, and return how it was mined, as deep as `finality` wants.

        `to` is `None` to deploy `data`. When the intent has been signed before, its recorded transaction is continued
        and `to` and `data` are not looked at; what the account has signed before it is sent again where that is
        missing, and so is the transaction itself if it was final once and a deep reorganisation has undone it. Raises
        `ContractRefusal` before anything is signed if the contract would refuse; `TransactionFailed` if it was mined
        and failed (the intent may then be tried anew); `CannotTell` if it is sent but not final in time (call again to
        go on waiting), or if a stranger has used its nonce (see `abandon`).
        """
        with self._journal.exclusive(self.chain.chain_id, self.address):
            entry, is_new = self._entry(intent, to, data)
            mined = self._finish(entry, is_new=is_new)
        if not mined.succeeded:
            raise self._failure(entry, mined)
        return mined

    def submit(self, *, intent: str, to: Address | None, data: bytes) -> JournalEntry:
        """Sign and send `intent` once, without waiting for the chain, and return where it stands.

        For a program that sends many and follows them with `settle`, or later with `send`. It returns also when no node
        has answered, for then the signed bytes are on record. What the contract refuses in the state of the newest
        block is refused, so that a step cannot be sent right behind the one that makes it possible. Raises as `send`
        does.
        """
        with self._journal.exclusive(self.chain.chain_id, self.address):
            entry, is_new = self._entry(intent, to, data)
            if entry.is_unfinished:
                self._looking().once(entry, is_new=is_new)
            return self._journal.entries(self.chain.chain_id, self.address, from_nonce=entry.nonce)[0]

    def look(self) -> tuple[JournalEntry, ...]:
        """Look once at everything that is signed and not final, and return what has become of it, by nonce.

        What is missing is sent again. As `submit` it waits for nothing, and returns also when no node has answered; for
        a program that has many under way, it asks once for each of them.
        """
        with self._journal.exclusive(self.chain.chain_id, self.address):
            unfinished = self._journal.unfinished(self.chain.chain_id, self.address)
            if unfinished:
                self._looking().once(unfinished[-1], is_new=False)
            return self._again(unfinished)

    def dry_run(self, *, to: Address | None, data: bytes) -> Cost:
        """Return what a transaction would cost now, without signing it; raise as `send` would before signing."""
        return self._preflight.check("dry run", to=to, data=data)

    def settle(self) -> tuple[JournalEntry, ...]:
        """Bring everything that the account has signed to its end, and return what became of it, by nonce.

        For a program that begins anew after a crash, without knowing what was under way. A transaction that failed is
        among the result, and does not keep the others from being sent. Raises `CannotTell` as `send` does.
        """
        with self._journal.exclusive(self.chain.chain_id, self.address):
            unfinished = self._journal.unfinished(self.chain.chain_id, self.address)
            pursuit = self._pursuit()
            for entry in reversed(unfinished):  # the highest first: on the way to it all lower ones are sent, too
                live = self._journal.live(entry.intent)
                if live is not None and live.is_unfinished:
                    pursuit.until_final(live, is_new=False)
            return self._again(unfinished)

    def abandon(self, intent: str, *, reason: str) -> None:
        """Give up what was signed for `intent`, so that it can be signed anew; the journal keeps the `reason`.

        Only for a transaction that can never be mined any more, because another program that uses the account has taken
        its nonce, as deep as `finality` wants: that transaction is looked for on the chain. Raises `Refused` if there
        is none, for what may still be mined is not signed anew.
        """
        with self._journal.exclusive(self.chain.chain_id, self.address):
            entry = self._journal.live(intent)
            here = (self.chain.chain_id, self.address)
            if entry is None or not entry.is_unfinished or (entry.chain_id, entry.sender) != here:
                raise Refused("Nothing that this account has signed for this step is under way.", where=intent)
            if find_stranger(self.chain, self.finality, entry) is None:
                mined = receipt_of(self.chain, entry)
                raise Refused(
                    f"The transaction is mined in block {mined.block_number}."
                    if mined is not None
                    else f"The transaction number {entry.nonce} of {self.address} may still be mined.",
                    where=intent,
                    remedy="Run the step again instead: it goes on with what was signed.",
                )
            self._journal.record_abandoned(entry.offers[0], reason)

    def fill(self, nonce: int) -> MinedTransaction:
        """Use up a transaction number that the chain misses, with a transaction that does nothing.

        Needed when another program's transaction was undone after ours was signed behind it: then ours waits for ever
        for a number that nobody sends. Raises `Refused` if it is not the next number of the account, if it was signed
        here, or if nothing waits behind it. If the other program's transaction comes back, this one is given up with
        `abandon` like any other.
        """
        intent = f"use up number {nonce} of {self.address} on chain {self.chain.chain_id}"
        with self._journal.exclusive(self.chain.chain_id, self.address):
            entry = self._journal.live(intent)
            is_new = entry is None
            if entry is None:
                kept = {
                    each.nonce
                    for each in self._journal.entries(self.chain.chain_id, self.address, from_nonce=nonce)
                    if each.state is not EntryState.ABANDONED
                }
                if nonce in kept or not kept or self.chain.transaction_count(self.address) != nonce:
                    raise Refused(
                        f"The number {nonce} of {self.address} is not missing.",
                        remedy="Run the step that waits again: it says what it waits for.",
                    )
                entry = self._sign(intent, self.address, b"", nonce=nonce)
            return self._finish(entry, is_new=is_new)

    def _again(self, entries: Sequence[JournalEntry]) -> tuple[JournalEntry, ...]:
        """Return how entries stand now, in the order of their nonces."""
        if not entries:
            return ()
        nonces = {entry.nonce for entry in entries}
        found = self._journal.entries(self.chain.chain_id, self.address, from_nonce=min(nonces))
        return tuple(entry for entry in found if entry.nonce in nonces)

    def _finish(self, entry: JournalEntry, *, is_new: bool) -> MinedTransaction:
        """Return how an entry was mined, once that is final."""
        pursuit = self._pursuit()
        if entry.state is EntryState.FINAL and entry.mined is not None:
            if not self._is_undone(entry, entry.mined):
                return entry.mined
            pursuit.undo(entry)
        return pursuit.until_final(entry, is_new=is_new)

    def _is_undone(self, entry: JournalEntry, mined: MinedTransaction) -> bool:
        """Tell whether the chain does not have a final entry any more, or has it in another block.

        That there is no receipt says nothing, for nodes forget old ones: the account's number has to be free again, or
        a stranger's. A node that is behind looks like the first, which does no harm: the same bytes are sent again.
        """
        if self.chain.transaction_count(self.address) <= entry.nonce:
            return True
        there = receipt_of(self.chain, entry)
        if there is not None:
            return there != mined
        with suppress(NodeUnreachable):  # it may have forgotten the state of that time, too
            return find_stranger(self.chain, self.finality, entry) is not None
        return False

    def _entry(self, intent: str, to: Address | None, data: bytes) -> tuple[JournalEntry, bool]:
        """Return what is signed for an intent, and whether it was signed just now."""
        entry = self._journal.live(intent)
        if entry is None:
            return self._sign(intent, to, data), True
        if (entry.chain_id, entry.sender) != (self.chain.chain_id, self.address):
            raise Refused(
                f"This step was signed by {entry.sender} on chain {entry.chain_id} before.",
                where=intent,
                remedy="Go on with that account and chain.",
            )
        return entry, False

    def _sign(self, intent: str, to: Address | None, data: bytes, *, nonce: int | None = None) -> JournalEntry:
        """Check, sign and record a new transaction; nothing has left this machine when it returns."""
        cost = self._preflight.check(intent, to=to, data=data)
        if nonce is None:
            highest = self._journal.highest_nonce(self.chain.chain_id, self.address)
            nonce = max(self.chain.transaction_count(self.address), 0 if highest is None else highest + 1)
        raw = self.signer.sign_transaction(
            UnsignedTransaction(
                chain_id=self.chain.chain_id,
                nonce=nonce,
                to=to,
                data=data,
                gas=cost.gas_limit,
                max_fee=cost.fees.max_fee,
                max_priority_fee=cost.fees.max_priority_fee,
            )
        )
        self._watch(Moment.SIGNED, f"{intent}: signed as number {nonce} of {self.address}.")
        transaction = SignedTransaction(
            intent=intent,
            chain_id=self.chain.chain_id,
            sender=self.address,
            nonce=nonce,
            hash=keccak256(raw),
            raw=raw,
        )
        self._journal.record_signed(transaction)
        self._watch(Moment.RECORDED, f"{intent}: recorded as 0x{transaction.hash.hex()}.")
        return JournalEntry(state=EntryState.SIGNED, offers=(transaction,))

    def _looking(self) -> Pursuit:
        """Return the one that knows what `submit` and `look` have sent, so that they do not send it anew each time."""
        self._looked = self._looked or self._pursuit()
        return self._looked

    def _pursuit(self) -> Pursuit:
        return Pursuit(
            self.chain,
            self.signer,
            self._journal,
            finality=self.finality,
            fees=self.fees,
            patience_s=self._patience_s,
            pause=self._pause,
            clock=self._clock,
            watch=self._watch,
        )

    def _failure(self, entry: JournalEntry, mined: MinedTransaction) -> TransactionFailed:
        """Return the error for a mined transaction that reverted, with the reason the contract gives, if any."""
        transaction, _ = read_signed(entry.offers[0].raw)  # what all of them say
        if mined.gas_used >= transaction.gas:
            reason = f"It ran out of gas: it may use {transaction.gas:,}, and what it does has become more since."
        else:
            reason = self._reason(transaction, mined.block_number)
        return TransactionFailed(
            f"The transaction 0x{mined.hash.hex()} was mined in block {mined.block_number} but failed. {reason}",
            where=entry.intent,
            remedy="Remove the reason, then run the same command again.",
        )

    def _reason(self, transaction: UnsignedTransaction, block: int) -> str:
        """Return why the contract refuses a transaction right after the block in which it failed."""
        try:
            self.chain.call(to=transaction.to, data=transaction.data, sender=self.address, block=block)
        except ContractRefusal as refusal:
            return refusal.what
        except NodeUnreachable:
            return "The node cannot tell why."
        return "The contract gives no reason any more."
