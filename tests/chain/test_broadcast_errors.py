"""Every node says it in its own words; these are theirs."""

from __future__ import annotations

import pytest

from cryptostamp.chain.broadcast_errors import BroadcastAnswer, judge
from cryptostamp.chain.rpc import RpcFailure

RECORDED = [
    # geth: core/txpool/errors.go, core/error.go
    ("already known", "accepted"),
    ("known transaction: 8f2c5e", "accepted"),
    ("transaction underpriced", "underpriced"),
    ("transaction underpriced: gas tip cap 1, minimum needed 1000000", "underpriced"),
    ("replacement transaction underpriced", "underpriced"),
    ("replacement transaction underpriced: new tx gas fee cap 1 <= 1 queued", "underpriced"),
    ("max fee per gas less than block base fee: address 0xf39F, maxFeePerGas: 10, baseFee: 1000000000", "underpriced"),
    ("nonce too low: next nonce 7, tx nonce 3", "nonce used"),
    ("nonce too high: tx nonce 9, gapped nonce 7", "nonce gap"),
    ("insufficient funds for gas * price + value: balance 0, tx cost 1000, overshot 1000", "no money"),
    ("invalid chain id for signer: have 31337 want 1", "wrong chain"),
    ("txpool is full", "unknown"),
    ("exceeds block gas limit", "unknown"),
    ("intrinsic gas too low: gas 20000, minimum needed 21000", "unknown"),
    ("in-flight transaction limit reached for delegated accounts", "unknown"),
    # Anvil 1.7.1, as it answered
    ("transaction already imported", "accepted"),
    ("max fee per gas less than block base fee", "underpriced"),
    ("nonce too low", "nonce used"),
    ("Insufficient funds for gas * price + value", "no money"),
    ("invalid chain id for signer", "wrong chain"),
    ("max priority fee per gas higher than max fee per gas", "unknown"),
    ("Failed to decode transaction", "unknown"),
    # Nethermind: AcceptTxResult, before and after it took geth's words
    ("AlreadyKnown", "accepted"),
    ("FeeTooLow", "underpriced"),
    ("FeeTooLowToCompete", "underpriced"),
    ("ReplacementNotAllowed", "underpriced"),
    ("OldNonce, Current nonce: 7, nonce of rejected tx: 3", "nonce used"),
    ("NonceGap, Future nonce. Expected nonce: 7", "nonce gap"),
    ("InsufficientFunds, Account balance: 0, cumulative cost: 1000", "no money"),
    # Besu: TransactionInvalidReason in its JSON-RPC errors
    ("Known transaction", "accepted"),
    ("Replacement transaction underpriced", "underpriced"),
    ("Gas price below configured minimum gas price", "underpriced"),
    ("Nonce too low", "nonce used"),
    ("Transaction nonce is too distant from current sender nonce", "nonce gap"),
    ("Upfront cost exceeds account balance", "no money"),
    ("Wrong chainId", "wrong chain"),
    # Erigon and Reth
    ("INTERNAL_ERROR: existing tx with same hash", "accepted"),
    ("insufficient gas price to replace existing transaction.", "underpriced"),
    # OpenEthereum, whose words hosted services still use
    ("Transaction with the same hash was already imported.", "accepted"),
    (
        "Transaction gas price supplied is too low. There is another transaction with same nonce in the queue.",
        "underpriced",
    ),
    ("Transaction nonce is too low. Try incrementing the nonce.", "nonce used"),
    ("nonce is too low", "nonce used"),
    # what no node says, but something in between
    ("", "unknown"),
    ("Internal error", "unknown"),
    ("upstream request timeout", "unknown"),
]


class TestWords:
    @pytest.mark.parametrize(("message", "meaning"), RECORDED)
    def test_of_a_node(self, message: str, meaning: str) -> None:
        """What a node said is understood, and what nobody knows stays unknown."""
        assert judge(RpcFailure(code=-32000, message=message, data=b"")).value == meaning

    def test_nothing_against_it(self) -> None:
        """A node that took it has nothing to say."""
        assert judge(None) is BroadcastAnswer.ACCEPTED

    def test_each_meaning_was_recorded(self) -> None:
        """No row of the table is there for a message that nobody has seen."""
        assert {meaning for _, meaning in RECORDED} == {answer.value for answer in BroadcastAnswer}
