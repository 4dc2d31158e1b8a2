"""Send transactions so that a crash at any moment neither loses one nor sends one twice.

Rests on the order *sign, record, broadcast*: the journal holds the signed bytes before any node sees them, and an
intent that has been signed is only ever continued with those same bytes. The nonce is the larger of what the chain has
mined and what the journal has signed, plus one; the node's count of pending transactions is never asked. Does not
replace a transaction that is stuck for its fee, and does not judge how deep a block must lie to count as final.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from decimal import Decimal

from cryptostamp.chain.journal import Journal, MinedTransaction, SignedTransaction
from cryptostamp.chain.node import MAX_TRANSACTION_GAS, Chain
from cryptostamp.chain.rpc import RpcFailure
from cryptostamp.chain.signers import Signer, UnsignedTransaction
from cryptostamp.errors import CannotTell, ContractRefusal, EnvironmentProblem, Refused, TransactionFailed
from cryptostamp.primitives import Address, keccak256

__all__ = ["Sender"]

# What nodes say when the very bytes are known to them: geth, Nethermind and Erigon, Besu, Anvil.
_KNOWN = ("already known", "alreadyknown", "known transaction", "already imported", "already exists")
# What they say when other bytes with this nonce wait in their pool: ours or a stranger's.
_NONCE_WAITS = ("underpriced", "fee too low to replace")
_NONCE_USED = ("nonce too low", "nonce is too low", "old nonce")

_WEI = Decimal(10) ** 18


class Sender:
    """One account on one chain, with a journal of what it has signed."""

    def __init__(
        self,
        chain: Chain,
        signer: Signer,
        journal: Journal,
        *,
        patience_s: float = 180.0,
        pause: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.chain = chain
        self.signer = signer
        self._journal = journal
        self._patience_s = patience_s
        self._pause = pause
        self._clock = clock

    @property
    def address(self) -> Address:
        """The account that sends."""
        return self.signer.address

    def send(self, *, intent: str, to: Address | None, data: bytes) -> MinedTransaction:
        """Do `intent` once, however often this is called, and return how it was mined.

        `to` is `None` to deploy `data`. When the intent has been signed before, its recorded transaction is continued
        and `to` and `data` are not looked at. Raises `ContractRefusal` before anything is signed if the contract would
        refuse; `TransactionFailed` if it was mined and failed (the intent may then be tried anew); `CannotTell` if it
        is sent but not mined in time (call again to go on waiting).
        """
        with self._journal.exclusive(self.chain.chain_id, self.address):
            transaction = self._journal.live(intent)
            if transaction is None:
                transaction = self._sign(intent, to, data)
            elif (transaction.chain_id, transaction.sender) != (self.chain.chain_id, self.address):
                raise Refused(
                    f"This step was signed by {transaction.sender} on chain {transaction.chain_id} before.",
                    where=intent,
                    remedy="Go on with that account and chain.",
                )
            mined = self._complete(transaction)
        if not mined.succeeded:
            raise self._failure(transaction, mined, to, data)
        return mined

    def _sign(self, intent: str, to: Address | None, data: bytes) -> SignedTransaction:
        """Check, sign and record a new transaction; nothing has left this machine when it returns."""
        self.chain.call(to=to, data=data, sender=self.address)  # first, because its refusals are the clearest
        needed = self.chain.estimate_gas(to=to, data=data, sender=self.address)
        if needed > MAX_TRANSACTION_GAS:
            raise Refused(
                f"The transaction needs {needed:,} gas; a transaction may use {MAX_TRANSACTION_GAS:,} (EIP-7825).",
                where=intent,
            )
        fees = self.chain.fees()
        gas = min(needed + needed // 5, MAX_TRANSACTION_GAS)
        self._check_money(intent, gas * fees.max_fee)
        highest = self._journal.highest_nonce(self.chain.chain_id, self.address)
        nonce = max(self.chain.transaction_count(self.address), 0 if highest is None else highest + 1)
        raw = self.signer.sign_transaction(
            UnsignedTransaction(
                chain_id=self.chain.chain_id,
                nonce=nonce,
                to=to,
                data=data,
                gas=gas,
                max_fee=fees.max_fee,
                max_priority_fee=fees.max_priority_fee,
            )
        )
        transaction = SignedTransaction(
            intent=intent,
            chain_id=self.chain.chain_id,
            sender=self.address,
            nonce=nonce,
            hash=keccak256(raw),
            raw=raw,
        )
        self._journal.record_signed(transaction)
        return transaction

    def _check_money(self, intent: str, worst: int) -> None:
        balance = self.chain.balance(self.address)
        if balance < worst:
            raise EnvironmentProblem(
                f"The account {self.address} holds {balance / _WEI:.6f} of the chain's currency; "
                f"this transaction may cost up to {worst / _WEI:.6f}.",
                where=intent,
                remedy="Send it some, then try again.",
            )

    def _complete(self, transaction: SignedTransaction) -> MinedTransaction:
        """Broadcast the recorded bytes unless they are mined, wait for the receipt, and record it."""
        end = self._clock() + self._patience_s
        pause_s = 0.02
        mined = self.chain.receipt(transaction.hash)
        if mined is None:
            self._broadcast(transaction)
        while mined is None:
            mined = self.chain.receipt(transaction.hash)
            if mined is None:
                if self._clock() >= end:
                    raise CannotTell(
                        f"The transaction 0x{transaction.hash.hex()} is sent but not mined yet.",
                        where=transaction.intent,
                        remedy="Run the same command again to go on waiting; it is not sent twice.",
                    )
                self._pause(pause_s)
                pause_s = min(2 * pause_s, 2.0)
        self._journal.record_mined(mined)
        return mined

    def _broadcast(self, transaction: SignedTransaction) -> None:
        """Hand the recorded bytes to the node and judge its answer."""
        failure = self.chain.broadcast(transaction.raw)
        if failure is None or _says(failure, *_KNOWN, *_NONCE_WAITS):
            return
        if _says(failure, *_NONCE_USED):
            if self.chain.receipt(transaction.hash) is None:
                raise CannotTell(
                    f"The account {transaction.sender} has used its transaction number {transaction.nonce} for "
                    f"something else than 0x{transaction.hash.hex()}, or the node is behind.",
                    where=transaction.intent,
                    remedy="Find out who else sends from this account before going on.",
                )
            return
        if _says(failure, "insufficient funds"):
            raise EnvironmentProblem(
                f"The account {transaction.sender} has not enough money for this transaction.",
                where=transaction.intent,
                remedy="Send it some, then run the same command again.",
            )
        raise CannotTell(
            f"The node did not take the transaction: {failure.message}",
            where=transaction.intent,
            remedy="Run the same command again; it is not sent twice.",
        )

    def _failure(
        self, transaction: SignedTransaction, mined: MinedTransaction, to: Address | None, data: bytes
    ) -> TransactionFailed:
        """Return the error for a mined transaction that reverted, with the reason the contract gives now, if any."""
        reason = "The contract gives no reason any more."
        try:
            self.chain.call(to=to, data=data, sender=self.address)
        except ContractRefusal as refusal:
            reason = refusal.what
        return TransactionFailed(
            f"The transaction 0x{mined.hash.hex()} was mined in block {mined.block_number} but failed. {reason}",
            where=transaction.intent,
            remedy="Remove the reason, then run the same command again.",
        )


def _says(failure: RpcFailure, *words: str) -> bool:
    message = failure.message.lower()
    return any(word in message for word in words)
