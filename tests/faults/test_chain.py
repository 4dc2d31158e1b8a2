"""What a real chain does to transactions: it undoes, forgets, outbids, and lets others use the account."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cryptostamp.chain import (
    DevSigner,
    EntryState,
    MinedTransaction,
    Moment,
    UnsignedTransaction,
    deploy_registry,
)
from cryptostamp.chain.signers import read_signed
from cryptostamp.errors import CannotTell, EnvironmentProblem, Refused
from cryptostamp.primitives import keccak256, parse_address

if TYPE_CHECKING:
    from tests.faults.conftest import Stage

pytestmark = pytest.mark.faults

POST = DevSigner(5)
ALICE = parse_address("0x" + "a1" * 20)
GWEI = 10**9
CONFIRMATIONS = 25


def deploy(stage: Stage, intent: str = "registry", **options: int) -> MinedTransaction:
    """Deploy a registry, and return how the journal says that it was mined."""
    deploy_registry(stage.sender(**options), intent=intent, authority=ALICE)
    entry = stage.journal.live(intent)
    assert entry is not None
    assert entry.state is EntryState.FINAL
    assert entry.mined is not None
    assert stage.chain.receipt(entry.mined.hash) == entry.mined
    return entry.mined


def strange(stage: Stage, *, max_fee: int = 500 * GWEI, tip: int = 200 * GWEI) -> bytes:
    """Send from the account as a program does that knows nothing of our journal, and return the hash."""
    raw = POST.sign_transaction(
        UnsignedTransaction(
            chain_id=stage.chain.chain_id,
            nonce=stage.count(),
            to=ALICE,
            data=b"",
            gas=30_000,
            max_fee=max_fee,
            max_priority_fee=tip,
        )
    )
    assert stage.chain.broadcast(raw) is None
    return keccak256(raw)


class TestReorganisations:
    @pytest.mark.parametrize("depth", range(1, 21))
    def test_around_a_transaction(self, stage: Stage, depth: int) -> None:
        """Blocks undone below, at and above the transaction's: it is mined once in the end, and known where."""
        stage.mine(depth)  # a chain that is shorter than what is to be undone undoes nothing
        before = stage.count()
        stage.script = [stage.mine, lambda: stage.mine(9), lambda: stage.do("anvil_reorg", depth, [])]
        mined = deploy(stage, confirmations=CONFIRMATIONS)
        assert stage.count() == before + 1
        assert stage.chain.head().number >= mined.block_number + CONFIRMATIONS - 1
        assert (Moment.UNDONE in stage.moments) is (depth >= 10)
        assert len({raw.hash for raw in stage.journal.live("registry").offers}) == 1

    def test_deeper_than_anybody_reckoned_with(self, stage: Stage) -> None:
        """What was final and is undone all the same is sent again, because the next one cannot be mined without it."""
        stage.mine(4)
        before = stage.count()
        first = deploy(stage, "first", confirmations=1)
        stage.mine(2)
        stage.do("anvil_reorg", 4, [])
        assert stage.count() == before
        deploy(stage, "second", confirmations=1)
        stage.sender().settle()
        assert stage.count() == before + 2
        again = stage.journal.live("first")
        assert again is not None
        assert again.state is EntryState.FINAL
        assert stage.chain.receipt(first.hash) == again.mined

    def test_deeper_than_anybody_reckoned_with_while_nobody_waits(self, stage: Stage) -> None:
        """Processes that only submit and look, and are killed soon, find what is missing below, too."""
        stage.mine(4)
        before = stage.count()
        deploy(stage, "first", confirmations=1)
        stage.mine(2)
        stage.do("anvil_reorg", 4, [])
        for intent in ("second", "third"):
            stage.sender(confirmations=1).submit(intent=intent, to=ALICE, data=b"")
        for _ in range(2):
            stage.sender(confirmations=1).look()
            stage.mine()
        assert stage.count() == before + 3
        stage.sender(confirmations=1).look()
        assert {stage.journal.live(intent).state for intent in ("first", "second", "third")} == {EntryState.FINAL}

    def test_deeper_than_anybody_reckoned_with_and_nothing_after_it(self, stage: Stage) -> None:
        """What was final and is undone is sent again, the same bytes, when the step is run again."""
        stage.mine(4)
        before = stage.count()
        first = deploy(stage, confirmations=3)
        stage.do("anvil_reorg", 6, [])
        assert stage.count() == before
        stage.moments.clear()
        again = deploy(stage, confirmations=3)
        assert (stage.count(), again.hash, again.contract) == (before + 1, first.hash, first.contract)
        assert again.block_hash != first.block_hash
        assert Moment.UNDONE in stage.moments
        assert Moment.SIGNED not in stage.moments
        stage.moments.clear()
        assert deploy(stage, confirmations=3) == again
        assert stage.moments == []

    def test_a_deep_one_that_puts_it_elsewhere(self, stage: Stage) -> None:
        """What was final and is in another block now is recorded there, and not sent again if it is deep enough."""
        stage.mine(4)
        first = deploy(stage, confirmations=1)
        raw = stage.journal.live("registry").offers[0].raw
        stage.do("anvil_reorg", 3, [])
        assert stage.chain.broadcast(raw) is None
        stage.mine()
        stage.moments.clear()
        again = deploy(stage, confirmations=1)
        assert (again.hash, again.block_hash != first.block_hash) == (first.hash, True)
        assert Moment.SENT not in stage.moments

    def test_a_deep_one_after_which_a_stranger_comes(self, stage: Stage) -> None:
        """Another program that takes the freed number is named; given up, the step is signed anew."""
        stage.mine(4)
        before = stage.count()
        first = deploy(stage, confirmations=2)
        stage.do("anvil_reorg", 4, [])
        theirs = strange(stage)
        stage.mine(3)
        with pytest.raises(CannotTell, match="for something else") as error:
            deploy(stage, confirmations=2)
        assert theirs.hex() in error.value.what
        stage.sender(confirmations=2).abandon("registry", reason="the wallet on the shelf was quicker")
        assert deploy(stage, confirmations=2).contract != first.contract
        assert stage.count() == before + 2

    def test_finalized(self, stage: Stage) -> None:
        """Who waits for the finalized block gets a transaction in or below it."""
        sender = stage.sender()
        sender.finality = type(sender.finality).finalized()
        done = deploy_registry(sender, intent="registry", authority=ALICE)
        assert stage.chain.finalized().number >= done.block_number
        assert Moment.MINED in stage.moments


class TestThePool:
    def test_it_is_not_given_everything_at_each_look(self, stage: Stage) -> None:
        """Who looks again and again sends what waits once, and again only after a while."""
        sender = stage.sender()
        for intent in ("one", "two", "three"):
            sender.submit(intent=intent, to=ALICE, data=b"")
        for _ in range(3):
            sender.look()
        assert stage.moments.count(Moment.SENT) == 3
        stage.mine()
        assert [entry.state for entry in sender.look()] == [EntryState.FINAL] * 3

    def test_it_forgets(self, stage: Stage) -> None:
        """A transaction that the pool has dropped is given to it again, the same bytes."""
        before = stage.count()

        def forget() -> None:
            entry = stage.journal.live("registry")
            assert entry is not None
            assert stage.do("anvil_dropTransaction", "0x" + entry.offers[0].hash.hex())

        stage.script = [forget]
        mined = deploy(stage)
        assert stage.count() == before + 1
        assert stage.moments.count(Moment.SENT) == 2
        assert stage.journal.live("registry").offers[0].hash == mined.hash

    def test_fees_rise(self, stage: Stage) -> None:
        """A transaction that is outbid is replaced by the same one for more, under the same nonce."""
        before = stage.count()

        def spike() -> None:
            stage.do("anvil_setNextBlockBaseFeePerGas", hex(50 * GWEI))
            stage.mine()

        stage.script = [spike, *[lambda: None] * 2]
        mined = deploy(stage)
        assert stage.count() == before + 1
        entry = stage.journal.live("registry")
        assert entry is not None
        assert [offer.nonce for offer in entry.offers] == [before] * len(entry.offers)
        assert len(entry.offers) >= 2
        assert mined.hash == entry.offers[-1].hash
        first, last = (read_signed(offer.raw)[0] for offer in (entry.offers[0], entry.offers[-1]))
        assert (first.data, first.gas, first.to) == (last.data, last.gas, last.to)
        assert 8 * last.max_priority_fee >= 9 * first.max_priority_fee

    def test_fees_rise_above_what_may_be_offered(self, stage: Stage) -> None:
        """Above the cap nothing is offered: the sender waits and says why, and goes on when fees have fallen."""
        before = stage.count()
        cap = 2 * stage.chain.fee_market().price

        def spike() -> None:
            stage.do("anvil_setNextBlockBaseFeePerGas", hex(1_000 * cap))
            stage.mine()

        stage.script = [spike]
        with pytest.raises(CannotTell, match=r"sent but not mined yet\. .* may be offered leave no room"):
            deploy(stage, cap=cap, patience_s=500)
        assert Moment.WAITING in stage.moments
        with pytest.raises(EnvironmentProblem, match=r"costs .* gwei now, more than the"):
            deploy(stage, "another", cap=stage.chain.fee_market().base_fee // 2)
        while stage.chain.head().base_fee > cap // 4:
            stage.mine()
        deploy(stage, cap=cap)
        assert stage.count() == before + 1
        entry = stage.journal.live("registry")
        assert entry is not None
        assert all(read_signed(offer.raw)[0].max_fee <= cap for offer in entry.offers)


class TestAnotherProgram:
    def test_takes_the_nonce(self, stage: Stage) -> None:
        """A stranger's transaction in our place stops the sender, which names it; a person decides, and it goes on."""
        before = stage.count()
        theirs: list[bytes] = []
        stage.script = [lambda: theirs.append(strange(stage)), stage.mine]
        with pytest.raises(CannotTell, match="for something else") as error:
            deploy(stage)
        assert theirs[0].hex() in error.value.what
        with pytest.raises(CannotTell, match="for something else"):
            deploy(stage)
        assert stage.count() == before + 1
        stage.sender().abandon("registry", reason="the wallet on the shelf did it")
        deploy(stage)
        assert stage.count() == before + 2
        with pytest.raises(Refused, match="Nothing that this account has signed"):
            stage.sender().abandon("registry", reason="again")

    def test_found_many_blocks_later(self, stage: Stage) -> None:
        """The stranger is found though a hundred blocks and other transactions came after it."""
        theirs: list[bytes] = []
        stage.script = [lambda: theirs.append(strange(stage))]
        with pytest.raises(CannotTell, match="not mined yet"):
            deploy(stage, patience_s=10)
        for _ in range(3):
            stage.mine(30)
            strange(stage)
        stage.mine(10)
        with pytest.raises(CannotTell) as error:
            deploy(stage)
        assert theirs[0].hex() in error.value.what

    def test_not_deep_enough_yet(self, stage: Stage) -> None:
        """While the stranger's block may still be undone, ours may still be mined: nothing is given up."""
        stage.script = [lambda: strange(stage), stage.mine]
        with pytest.raises(CannotTell, match="by whom is not certain yet"):
            deploy(stage, confirmations=8, patience_s=70)
        with pytest.raises(Refused, match="may still be mined"):
            stage.sender(confirmations=30).abandon("registry", reason="too soon")
        stage.mine(8)
        with pytest.raises(CannotTell, match="for something else"):
            deploy(stage, confirmations=8)
        stage.sender(confirmations=8).abandon("registry", reason="now")

    def test_what_is_mined_is_not_given_up(self, stage: Stage) -> None:
        """A transaction that the chain has is no stranger's."""
        with pytest.raises(CannotTell, match=r"mined in block \d+, but not deep enough yet \(30 confirmations\)"):
            deploy(stage, confirmations=30, patience_s=100)
        with pytest.raises(Refused, match="is mined in block"):
            stage.sender(confirmations=2).abandon("registry", reason="impatience")


class TestSettling:
    def test_everything_that_was_under_way(self, stage: Stage) -> None:
        """A program that begins anew brings all that was signed to its end, without being told what it was."""
        before = stage.count()
        for intent in ("one", "two", "three"):
            with pytest.raises(CannotTell):
                deploy(stage, intent, patience_s=0)
        settled = stage.sender(confirmations=3).settle()
        assert [(entry.intent, entry.state) for entry in settled] == [
            ("one", EntryState.FINAL),
            ("two", EntryState.FINAL),
            ("three", EntryState.FINAL),
        ]
        assert stage.count() == before + 3
        assert stage.sender().settle() == ()
