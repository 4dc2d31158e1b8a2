"""Find out who used a nonce: one of our own transactions, or another program that sends from the same account.

Rests on positive evidence alone. That a node does not know our receipt proves nothing, for it may be behind; so the
block in which the account's count passed the nonce is searched for by bisection, and the transaction is read from it.
Needs a node that still has the state of that block: many keep 128 blocks. Finds nothing where a nonce was used up
without a transaction (EIP-7702); then nothing is concluded.
"""

from __future__ import annotations

from dataclasses import dataclass

from cryptostamp.chain.finality import Finality
from cryptostamp.chain.journal import JournalEntry
from cryptostamp.chain.node import Chain
from cryptostamp.primitives import Hash32

__all__ = ["Stranger", "find_stranger"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stranger:
    """A transaction that has the nonce of one of ours and is none of ours."""

    hash: Hash32
    block_number: int


def find_stranger(chain: Chain, finality: Finality, entry: JournalEntry) -> Stranger | None:
    """Return who has the nonce of `entry`, as deep as `finality` wants; `None` if that is nobody, or one of its offers.

    Asks the node some 2 log2(n) questions if that was n blocks ago. Raises `NodeUnreachable` if one is not answered.
    """

    def is_used(block: int) -> bool:
        return chain.transaction_count(entry.sender, block=block) > entry.nonce

    deep = finality.deepest_block(chain)
    used_at = chain.head().number if deep is None else deep
    if used_at < 0 or not is_used(used_at):
        return None
    step = 1
    free_at = used_at - step
    while free_at >= 0 and is_used(free_at):
        used_at, step = free_at, 2 * step
        free_at = max(used_at - step, -1)
    while used_at - free_at > 1:
        middle = (used_at + free_at) // 2
        used_at, free_at = (middle, free_at) if is_used(middle) else (used_at, middle)
    ours = {offer.hash for offer in entry.offers}
    for transaction in chain.transactions(used_at):
        if (transaction.sender, transaction.nonce) == (entry.sender, entry.nonce) and transaction.hash not in ours:
            return Stranger(hash=transaction.hash, block_number=used_at)
    return None
