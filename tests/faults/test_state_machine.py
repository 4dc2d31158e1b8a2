"""Whatever a chain, a network, a power cut and a stranger do, in whatever order: nothing is done twice.

The machine sends through a fake chain while answers are lost, nodes lag, blocks are undone, pools forget, fees rise,
another program uses the account, and the process ends between any two steps. After every step it looks at the chain and
at the journal; at the end everything heals, and every intent must be done exactly once.
"""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from support.fake_chain import GWEI, FakeChain

from cryptostamp.chain import (
    DevSigner,
    EntryState,
    FeePolicy,
    Finality,
    Journal,
    JournalEntry,
    MemoryJournal,
    Moment,
    Sender,
    UnsignedTransaction,
)
from cryptostamp.chain.signers import read_signed
from cryptostamp.errors import (
    CannotTell,
    ContractRefusal,
    EnvironmentProblem,
    NodeUnreachable,
    Refused,
    TransactionFailed,
)
from cryptostamp.ledger import Ledger
from cryptostamp.office import LedgerJournal
from cryptostamp.primitives import keccak256, parse_address

pytestmark = pytest.mark.faults

POST = DevSigner(5)
CONTRACT = parse_address("0x" + "c0" * 20)
CONFIRMATIONS = 3
CAP = 40 * GWEI
INTENTS = ("issue", "register", "claim")

events = st.sampled_from(
    ["mine", "mine", "mine", "reorganise", "forget", "drop", "spike", "calm", "refuse", "allow", "steal", "wait"]
)
troubles = st.sampled_from(["", "", "", "", "deaf", "mute", "stale", "mine", "reorganise"])


class Killed(BaseException):
    """The process ends here."""


class Sending(RuleBasedStateMachine):
    """Sends, and everything that can happen meanwhile."""

    @initialize()
    def begin(self) -> None:
        """Begin with an empty chain, an empty journal, and no trouble."""
        self.journal = self.new_journal()
        self.chain = FakeChain(trouble=self.trouble)
        self.now = 0.0
        self.script: list[str] = []
        self.troubles: list[str] = []
        self.deadly = 0
        self.wanted: set[str] = set()
        self.thefts = 0

    def new_journal(self) -> Journal:
        """Return the journal that outlives the processes."""
        return MemoryJournal()

    # --- the world

    def trouble(self) -> str:
        """Say what happens to a question, or let the chain move on right before it is answered."""
        trouble = self.troubles.pop(0) if self.troubles else ""
        if trouble in {"mine", "reorganise"}:
            self.happen(trouble)
            return ""
        return trouble

    def pause(self, seconds: float) -> None:
        """Let time pass, and the next thing of the script happen."""
        self.now += max(seconds, 20)
        if self.script:
            self.happen(self.script.pop(0))

    def watch(self, _moment: Moment, _sentence: str) -> None:
        """End the process at the moment that was drawn."""
        self.deadly -= 1
        if self.deadly == 0:
            raise Killed

    @rule(event=events)
    def happen(self, event: str) -> None:
        """Something happens to the chain."""
        chain = self.chain
        match event:
            case "mine":
                chain.mine()
            case "reorganise" | "forget":
                # Never deeper than the sender was told to reckon with.
                chain.reorganise(CONFIRMATIONS - 1, keep=event == "reorganise")
            case "drop":
                chain.drop()
            case "spike":
                chain.base_fee = min(chain.base_fee * 4, 2 * CAP)
            case "calm":
                chain.base_fee = GWEI
            case "refuse":
                chain.refuses = {intent.encode() for intent in INTENTS[:2]}
            case "allow":
                chain.refuses = set()
            case "steal":
                self.steal()

    def steal(self) -> None:
        """Let another program send from the account, with the next nonce, at any price."""
        self.thefts += 1
        raw = POST.sign_transaction(
            UnsignedTransaction(
                chain_id=self.chain.chain_id,
                nonce=self.chain.count(POST.address),
                to=CONTRACT,
                data=b"stolen %d" % self.thefts,
                gas=50_000,
                max_fee=1_000 * GWEI,
                max_priority_fee=500 * GWEI,
            )
        )
        self.chain._take(raw)

    # --- the sender

    def sender(self, patience_s: float) -> Sender:
        """Return the sender of a process that has just begun."""
        return Sender(
            self.chain,  # type: ignore[arg-type]
            POST,
            self.journal,
            finality=Finality(confirmations=CONFIRMATIONS),
            fees=FeePolicy(max_fee_cap=CAP, rebroadcast_after_s=30, replace_after_s=60),
            patience_s=patience_s,
            pause=self.pause,
            clock=lambda: self.now,
            watch=self.watch,
        )

    @rule(
        intent=st.sampled_from(INTENTS),
        patience_s=st.sampled_from([0.0, 100.0, 400.0]),
        script=st.lists(events, max_size=12),
        troubles=st.lists(troubles, max_size=40),
        deadly=st.integers(0, 9),
    )
    def send(self, intent: str, patience_s: float, script: list[str], troubles: list[str], deadly: int) -> None:
        """Send while things happen, until it is done, or given up for now, or the process is killed."""
        self.wanted.add(intent)
        self.script, self.troubles, self.deadly = script, troubles, deadly
        try:
            mined = self.sender(patience_s).send(intent=intent, to=CONTRACT, data=intent.encode())
        except (CannotTell, ContractRefusal, EnvironmentProblem, TransactionFailed, Killed):
            pass
        else:
            block = self.chain.where(mined.hash)
            assert block is not None
            assert len(self.chain.blocks) - block.number >= CONFIRMATIONS
        finally:
            self.script, self.troubles, self.deadly = [], [], 0

    @rule(intent=st.sampled_from(INTENTS), troubles=st.lists(troubles, max_size=20), deadly=st.integers(0, 5))
    def submit(self, intent: str, troubles: list[str], deadly: int) -> None:
        """Send without waiting."""
        self.wanted.add(intent)
        self.troubles, self.deadly = troubles, deadly
        try:
            self.sender(0).submit(intent=intent, to=CONTRACT, data=intent.encode())
        except (CannotTell, ContractRefusal, EnvironmentProblem, Killed):
            pass
        finally:
            self.troubles, self.deadly = [], 0

    @precondition(lambda self: self.wanted)
    @rule(intent=st.sampled_from(INTENTS), troubles=st.lists(st.sampled_from(["", "stale"]), max_size=8))
    def abandon(self, intent: str, troubles: list[str]) -> None:
        """Let a person say that it can never be mined, true or not."""
        self.troubles = troubles
        try:
            self.sender(0).abandon(intent, reason="the person thinks so")
        except (Refused, NodeUnreachable):
            pass
        finally:
            self.troubles = []

    # --- what must always hold

    @invariant()
    def nothing_twice(self) -> None:
        """No intent is done twice by the chain as it is now."""
        done = Counter(each.what.data for each in self.chain.done())
        assert all(times == 1 for times in done.values()), done

    @invariant()
    def no_nonce_with_two_live_intents(self) -> None:
        """A nonce, and an intent, belong to one live entry."""
        live = [entry for entry in self.entries() if entry.is_live]
        assert len({entry.nonce for entry in live}) == len(live)
        assert len({entry.intent for entry in live}) == len(live)

    @invariant()
    def final_is_on_the_chain(self) -> None:
        """What the journal calls final is in the block that it says, and reverted likewise."""
        for entry in self.entries():
            if entry.state in {EntryState.FINAL, EntryState.REVERTED}:
                assert entry.mined is not None
                block = self.chain.where(entry.mined.hash)
                assert block is not None
                assert (block.number, block.hash) == (entry.mined.block_number, entry.mined.block_hash)
                assert entry.mined.succeeded is (entry.state is EntryState.FINAL)

    @invariant()
    def only_what_is_recorded_was_sent(self) -> None:
        """Every byte that a node has seen is in the journal."""
        recorded = {offer.raw for entry in self.entries() for offer in entry.offers}
        assert set(self.chain.seen) <= recorded

    @invariant()
    def offers_differ_in_their_fees_only(self) -> None:
        """A replacement says the same, offers an eighth more for both, and never more than the cap."""
        for entry in self.entries():
            said = [read_signed(offer.raw)[0] for offer in entry.offers]
            for before, after in pairwise(said):
                assert 8 * after.max_fee >= 9 * before.max_fee
                assert 8 * after.max_priority_fee >= 9 * before.max_priority_fee
            assert all(each.max_priority_fee <= each.max_fee <= CAP for each in said)
            assert len({(each.nonce, each.to, each.data, each.gas) for each in said}) == 1
            assert [keccak256(offer.raw) for offer in entry.offers] == [offer.hash for offer in entry.offers]

    def entries(self) -> tuple[JournalEntry, ...]:
        """Return all that the journal holds."""
        return self.journal.entries(self.chain.chain_id, POST.address) if hasattr(self, "journal") else ()

    def teardown(self) -> None:
        """When everything heals, everything is done, once."""
        if not hasattr(self, "journal"):
            return
        self.happen("calm")
        self.happen("allow")
        for _ in range(CONFIRMATIONS + 1):
            self.chain.mine()
        for intent in sorted(self.wanted):
            self.finish(intent)
        sender = self.sender(10_000)
        assert all(not entry.is_unfinished for entry in sender.settle())
        done = Counter(each.what.data.decode() for each in self.chain.done() if each.what.to == CONTRACT)
        assert {intent: done[intent] for intent in self.wanted} == dict.fromkeys(self.wanted, 1)
        self.nothing_twice()
        self.final_is_on_the_chain()

    def finish(self, intent: str) -> None:
        """Do what a person does: run it again, remove the reason, give up what a stranger has displaced."""
        for _ in range(10):
            self.script = ["mine"] * 60
            try:
                self.sender(10_000).send(intent=intent, to=CONTRACT, data=intent.encode())
            except TransactionFailed:
                continue
            except CannotTell as error:
                if "not signed here" in error.what:
                    self.script = ["mine"] * 60
                    self.sender(10_000).fill(self.chain.count(POST.address))
                else:
                    self.sender(0).abandon(error.where, reason="another program sends from the account")
            else:
                return
        raise AssertionError(f"{intent} was not done")


class SendingWithLedger(Sending):
    """The same with the journal that lasts, opened anew by every process."""

    def new_journal(self) -> Journal:
        """Return a journal in a ledger on the disk."""
        self.folder = TemporaryDirectory()
        self.path = Path(self.folder.name) / "ledger.sqlite3"
        self.ledger = Ledger(self.path)
        return LedgerJournal(self.ledger)

    def sender(self, patience_s: float) -> Sender:
        """Return the sender of a process that has just begun, and has just opened the ledger."""
        self.ledger.close()
        self.ledger = Ledger(self.path)
        self.journal = LedgerJournal(self.ledger)
        return super().sender(patience_s)

    def teardown(self) -> None:
        """End as the other one, and leave no file."""
        try:
            super().teardown()
        finally:
            if hasattr(self, "ledger"):
                self.ledger.close()
                self.folder.cleanup()


def short(examples: int) -> settings:
    """Return the settings of a run of some seconds."""
    return settings(
        max_examples=examples, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck)
    )


Sending.TestCase.settings = short(100)
SendingWithLedger.TestCase.settings = short(12)
TestSending = Sending.TestCase
TestSendingWithLedger = SendingWithLedger.TestCase
