"""What it means when a node does not simply take a signed transaction.

Rests on the words that nodes use, for JSON-RPC has no codes for them: geth, Erigon, Reth, Nethermind, Besu and
OpenEthereum as their sources and issue trackers have them, Anvil as recorded. Time-outs, HTTP 429 and 5xx are no
answers at all; they come as `NodeUnreachable` and mean the same as words nobody knows: look again. Concludes nothing
about a transaction from words alone; what happened to it is asked of the chain.
"""

from __future__ import annotations

from enum import StrEnum

from cryptostamp.chain.rpc import RpcFailure

__all__ = ["BroadcastAnswer", "judge"]


class BroadcastAnswer(StrEnum):
    """What a node's answer to ``eth_sendRawTransaction`` means for the sender."""

    ACCEPTED = "accepted"
    """The node has these very bytes."""
    NONCE_USED = "nonce used"
    """A transaction with this nonce is mined: ours, an earlier offer of ours, or a stranger's."""
    NONCE_GAP = "nonce gap"
    """Transactions with lower nonces are missing."""
    UNDERPRICED = "underpriced"
    """The pool has something with this nonce and wants more for a change, or wants more for anything."""
    NO_MONEY = "no money"
    """The account cannot pay the worst case."""
    WRONG_CHAIN = "wrong chain"
    """The node serves another chain than the one that the transaction was signed for."""
    UNKNOWN = "unknown"
    """Words that are not known here: nothing follows from them."""


_WORDS: tuple[tuple[BroadcastAnswer, tuple[str, ...]], ...] = (
    (
        BroadcastAnswer.ACCEPTED,
        (
            "already known",  # geth, Reth; "transaction already known" elsewhere
            "alreadyknown",  # Nethermind until 2026
            "known transaction",  # Besu, and geth before 1.9
            "already imported",  # Anvil, OpenEthereum
            "existing tx with same hash",  # Erigon
        ),
    ),
    (
        BroadcastAnswer.UNDERPRICED,
        (
            "underpriced",  # geth, Reth, Besu, Anvil: for the pool, or as a replacement
            "feetoolow",  # Nethermind: FeeTooLow, FeeTooLowToCompete
            "replacementnotallowed",  # Nethermind
            "insufficient gas price to replace",
            "gas price below configured minimum",  # Besu
            "max fee per gas less than block base fee",  # Anvil, geth
            "gas price supplied is too low",  # OpenEthereum
        ),
    ),
    (
        BroadcastAnswer.NONCE_USED,
        ("nonce too low", "nonce is too low", "oldnonce"),  # geth and most; OpenEthereum; Nethermind
    ),
    (
        BroadcastAnswer.NONCE_GAP,
        ("nonce too high", "nonce is too distant", "noncegap"),  # geth, Besu, Nethermind
    ),
    (
        BroadcastAnswer.NO_MONEY,
        (
            "insufficient funds",  # geth, Reth, Erigon, Anvil
            "insufficientfunds",  # Nethermind
            "exceeds account balance",  # Besu: upfront cost
        ),
    ),
    (
        BroadcastAnswer.WRONG_CHAIN,
        (
            "invalid chain id",  # geth, Anvil
            "wrong chainid",  # Besu
        ),
    ),
)


def judge(failure: RpcFailure | None) -> BroadcastAnswer:
    """Return what a node's answer means; `None` is the answer of a node that took the transaction."""
    if failure is None:
        return BroadcastAnswer.ACCEPTED
    message = failure.message.lower()
    for answer, words in _WORDS:
        if any(word in message for word in words):
            return answer
    return BroadcastAnswer.UNKNOWN
