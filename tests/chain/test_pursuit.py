"""A signed transaction is followed through whatever keeps it from being mined, and people are told what that is."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from support.fake_chain import GWEI, FakeChain

from cryptostamp.chain import (
    DevSigner,
    EntryState,
    FeePolicy,
    Finality,
    MemoryJournal,
    Moment,
    Sender,
    UnsignedTransaction,
)
from cryptostamp.chain.rpc import RpcFailure
from cryptostamp.errors import (
    CannotTell,
    ContractRefusal,
    EnvironmentProblem,
    NodeUnreachable,
    Refused,
    TransactionFailed,
)
from cryptostamp.primitives import parse_address

POST = DevSigner(5)
CONTRACT = parse_address("0x" + "c0" * 20)


class Desk:
    """A fake chain, a journal, and a clock that a sender's pauses drive on by 20 seconds."""

    def __init__(self) -> None:
        self.chain = FakeChain()
        self.journal = MemoryJournal()
        self.now = 0.0
        self.pauses: list[Callable[[], object]] = []
        self.moments: list[Moment] = []

    def sender(self, patience_s: float = 400, *, confirmations: int = 2) -> Sender:
        """Return the sender of a process that has just begun."""

        def pause(_seconds: float) -> None:
            self.now += 20
            if self.pauses:
                self.pauses.pop(0)()

        return Sender(
            self.chain,
            POST,
            self.journal,
            finality=Finality(confirmations=confirmations),
            fees=FeePolicy(rebroadcast_after_s=30, replace_after_s=100),
            patience_s=patience_s,
            pause=pause,
            clock=lambda: self.now,
            watch=lambda moment, _sentence: self.moments.append(moment),
        )

    def send(self, intent: str, patience_s: float = 400) -> None:
        """Do a step."""
        self.sender(patience_s).send(intent=intent, to=CONTRACT, data=intent.encode())

    def leave(self, *intents: str) -> None:
        """Sign and send, and end before anything is mined."""
        for intent in intents:
            with pytest.raises(CannotTell):
                self.send(intent, 0)

    def done(self) -> list[bytes]:
        """Return what the chain has done."""
        return [each.what.data for each in self.chain.done()]


@pytest.fixture
def desk() -> Desk:
    return Desk()


class TestWhatLiesBelow:
    def test_sent_again_by_the_next_one(self, desk: Desk) -> None:
        """What an earlier process signed and the pool forgot is sent again by whoever comes after it."""
        desk.leave("one", "two")
        desk.chain.drop()
        desk.pauses = [desk.chain.mine] * 3
        desk.send("three")
        assert desk.done() == [b"one", b"two", b"three"]

    def test_nothing_above_is_touched(self, desk: Desk) -> None:
        """Who waits for the first does not send what was signed after it."""
        desk.leave("one", "two")
        desk.chain.drop()
        desk.pauses = [desk.chain.mine] * 3
        desk.send("one")
        assert desk.done() == [b"one"]

    def test_named_when_it_is_in_the_way(self, desk: Desk) -> None:
        """When an earlier transaction cannot be mined, the one that waits for it says which and why."""
        desk.leave("one")
        desk.chain.money = 4 * 10**14

        def spike() -> None:
            desk.chain.base_fee = 100 * GWEI

        desk.pauses = [spike]
        with pytest.raises(CannotTell, match=r"Number 0 .* before it \(one\)\. .*has not enough money to offer more"):
            desk.send("two")

    def test_a_failure_does_not_stop_the_others(self, desk: Desk) -> None:
        """A transaction that fails on the way is for its own caller; the next one is sent and mined."""
        desk.leave("one", "two")
        desk.chain.refuses = {b"one"}
        desk.pauses = [desk.chain.mine] * 3
        desk.send("two")
        assert desk.done() == [b"two"]
        with pytest.raises(ContractRefusal):
            desk.send("one")
        desk.chain.refuses = set()
        desk.pauses = [desk.chain.mine] * 3
        desk.send("one")
        assert desk.done() == [b"two", b"one"]

    def test_a_node_that_misses_something(self, desk: Desk) -> None:
        """A node that complains of a gap gets what is missing below, which was final once."""
        desk.pauses = [desk.chain.mine] * 3
        desk.send("one")
        desk.chain.reorganise(3, keep=False)
        answer = desk.chain._take

        def strict(raw: bytes) -> str:
            refusal = answer(raw)
            if len(desk.chain.seen) == 2:
                desk.chain.drop()
                return "nonce too high: tx nonce 1, gapped nonce 0"
            return refusal

        desk.chain._take = strict
        desk.pauses = [desk.chain.mine] * 4
        desk.send("two")
        assert desk.done() == [b"one", b"two"]
        assert Moment.UNDONE in desk.moments

    def test_one_that_had_failed(self, desk: Desk) -> None:
        """What had failed, and is missing after a reorganisation that nobody reckoned with, fills its gap again."""
        desk.leave("one")
        desk.chain.refuses = {b"one"}
        desk.pauses = [desk.chain.mine] * 3
        with pytest.raises(TransactionFailed, match=r"mined in block 1 but failed\. The contract refuses"):
            desk.send("one")
        desk.chain.reorganise(3, keep=False)
        desk.pauses = [lambda: None, lambda: None, lambda: None, *[desk.chain.mine] * 4]
        desk.send("two")
        assert desk.done() == [b"two"]


class TestAStrangersGap:
    def leave_a_gap(self, desk: Desk) -> None:
        """Let a stranger's transaction be mined, ours be signed behind it, and the stranger's be undone."""
        raw = POST.sign_transaction(
            UnsignedTransaction(
                chain_id=desk.chain.chain_id,
                nonce=0,
                to=CONTRACT,
                data=b"theirs",
                gas=50_000,
                max_fee=9 * GWEI,
                max_priority_fee=GWEI,
            )
        )
        desk.chain._take(raw)
        desk.chain.mine()
        desk.leave("ours")
        desk.chain.reorganise(1, keep=False)

    def test_told_and_filled(self, desk: Desk) -> None:
        """What waits for a number that nobody sends any more says so, and goes on when a person has it used up."""
        self.leave_a_gap(desk)
        with pytest.raises(CannotTell, match="The chain misses number 0 of the account, which was not signed here"):
            desk.send("ours")
        desk.pauses = [desk.chain.mine] * 3
        desk.sender().fill(0)
        desk.pauses = [desk.chain.mine] * 3
        desk.send("ours")
        assert desk.done() == [b"", b"ours"]
        desk.sender().fill(0)
        assert desk.chain.count(POST.address) == 2

    @pytest.mark.parametrize("nonce", [0, 1, 2, 7])
    def test_only_what_is_missing(self, desk: Desk, nonce: int) -> None:
        """A number that is used, signed for, or behind everything is not used up."""
        desk.leave("one", "two")
        desk.chain.mine()
        with pytest.raises(Refused, match=f"number {nonce} of .* is not missing"):
            desk.sender().fill(nonce)
        assert desk.done() == [b"one", b"two"]


class TestReasons:
    def fail(self, desk: Desk, reason: Callable[[], bytes]) -> TransactionFailed:
        """Let a transaction fail after which the contract, or the node, says this."""
        desk.leave("one")
        desk.chain.refuses = {b"one"}
        blocks: list[int | None] = []

        def call(*, block: int | None = None, **_others: object) -> bytes:
            blocks.append(block)
            return reason()

        desk.chain.call = call
        desk.pauses = [desk.chain.mine] * 3
        with pytest.raises(TransactionFailed) as failure:
            desk.send("one")
        assert blocks == [1]
        return failure.value

    def test_asked_where_it_failed(self, desk: Desk) -> None:
        """The reason is the one that the contract gives right after the block, not the one of today."""

        def refuse() -> bytes:
            raise ContractRefusal("Stamp 7 has been claimed already.")

        assert "failed. Stamp 7 has been claimed already." in self.fail(desk, refuse).what

    def test_the_node_cannot_tell(self, desk: Desk) -> None:
        """A node that has forgotten that block does not hide that the transaction failed."""

        def forget() -> bytes:
            raise NodeUnreachable("missing trie node")

        assert "failed. The node cannot tell why." in self.fail(desk, forget).what

    def test_no_reason(self, desk: Desk) -> None:
        """A contract that would take it by now gives no reason, and none is made up."""
        assert "gives no reason any more" in self.fail(desk, lambda: b"").what


class TestPatience:
    def test_nobody_answers(self, desk: Desk) -> None:
        """When no node answers for half a minute, that is said, though patience has not ended."""
        desk.leave("one")
        desk.chain.trouble = lambda: "deaf"
        with pytest.raises(NodeUnreachable, match="does not answer in time") as error:
            desk.send("one", 10_000)
        assert desk.now == 40
        assert error.value.where == "one"

    def test_an_outage_that_ends(self, desk: Desk) -> None:
        """A shorter outage is waited through."""
        desk.leave("one")
        desk.chain.trouble = lambda: "deaf"
        desk.pauses = [lambda: setattr(desk.chain, "trouble", lambda: ""), *[desk.chain.mine] * 2]
        desk.send("one")
        assert desk.done() == [b"one"]

    def test_what_the_node_has_against_it(self, desk: Desk) -> None:
        """Words that nobody knows are passed on when patience ends, and nothing is concluded from them."""
        desk.chain.broadcast = lambda _raw: RpcFailure(code=-32000, message="computer says no", data=b"")
        with pytest.raises(CannotTell, match=r"not mined yet\. The node did not take the transaction: computer says"):
            desk.send("one")

    def test_given_up_meanwhile(self, desk: Desk) -> None:
        """If a person ends what is waited for, the waiting ends without a second transaction."""
        desk.leave("one")
        entry = desk.journal.live("one")
        assert entry is not None
        desk.pauses = [lambda: desk.journal.record_abandoned(entry.offers[0], "told so")]
        with pytest.raises(CannotTell):
            desk.send("one")
        assert len(set(desk.chain.seen)) == 1


class TestSubmitting:
    def test_many_at_once(self, desk: Desk) -> None:
        """A program sends many without waiting, and brings them to their end together."""
        intents = [f"batch {number}" for number in range(20)]
        for intent in intents:
            entry = desk.sender().submit(intent=intent, to=CONTRACT, data=intent.encode())
            assert entry.state is EntryState.SIGNED
        assert desk.now == 0
        desk.pauses = [desk.chain.mine] * 3
        settled = desk.sender().settle()
        assert [(entry.intent, entry.state) for entry in settled] == [(intent, EntryState.FINAL) for intent in intents]
        assert desk.done() == [intent.encode() for intent in intents]

    def test_again(self, desk: Desk) -> None:
        """Submitted again, a step is not signed again: what became of it so far is told."""
        states = []
        for _ in range(4):
            entry = desk.sender().submit(intent="one", to=CONTRACT, data=b"one")
            states.append(entry.state)
            desk.chain.mine()
        assert states == [EntryState.SIGNED, EntryState.MINED, EntryState.FINAL, EntryState.FINAL]
        assert desk.done() == [b"one"]

    def test_what_has_failed(self, desk: Desk) -> None:
        """A step that failed is told once, and may then be submitted anew."""
        desk.sender().submit(intent="one", to=CONTRACT, data=b"one")
        desk.chain.refuses = {b"one"}
        desk.chain.mine()
        desk.chain.mine()
        assert desk.sender().submit(intent="one", to=CONTRACT, data=b"one").state is EntryState.REVERTED
        desk.chain.refuses = set()
        assert desk.sender().submit(intent="one", to=CONTRACT, data=b"one").nonce == 1

    def test_a_node_that_is_silent(self, desk: Desk) -> None:
        """When the answer is lost, the step is on record all the same, and is settled later."""
        answers = iter(["", "", "", "", "", "", "", "mute"])
        desk.chain.trouble = lambda: next(answers, "")
        assert desk.sender().submit(intent="one", to=CONTRACT, data=b"one").state is EntryState.SIGNED
        assert next(answers, None) is None
        desk.pauses = [desk.chain.mine] * 3
        desk.sender().settle()
        assert desk.done() == [b"one"]

    def test_no_money(self, desk: Desk) -> None:
        """An account that cannot pay is told so before anything is signed."""
        desk.chain.money = 1
        with pytest.raises(EnvironmentProblem, match="may cost up to"):
            desk.sender().submit(intent="one", to=CONTRACT, data=b"one")
        assert desk.journal.live("one") is None
