"""What was signed for a series, listed, settled, given up and filled from the command line."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.desk import Desk
from support.program import Run

from cryptostamp.chain import DevSigner, FeePolicy, Sender, UnsignedTransaction
from cryptostamp.errors import CannotTell
from cryptostamp.ledger import TransactionState
from cryptostamp.office import LedgerJournal
from cryptostamp.primitives import parse_address

ALICE = parse_address("0x" + "a1" * 20)
POST = DevSigner(0)
INTENT = "LEAP: a step that is stuck"


@pytest.fixture
def here(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """Stand beside the issued series, so that it is found without --issued."""
    monkeypatch.chdir(desk.workspace.folder.parent)
    return desk


@pytest.fixture
def halted(here: Desk) -> Iterator[Desk]:
    """A chain that mines when it is told to."""
    here.chain.rpc.request("evm_setAutomine", False)  # noqa: FBT003
    yield here
    here.chain.rpc.request("evm_setAutomine", True)  # noqa: FBT003
    here.chain.rpc.request("evm_mine")


def sign(desk: Desk, intent: str = INTENT) -> None:
    """Sign and send a step, and stop waiting at once, as a program does that is killed."""
    sender = Sender(desk.chain, POST, LedgerJournal(desk.ledger), patience_s=0, fees=FeePolicy())
    with pytest.raises(CannotTell, match="not mined yet"):
        sender.send(intent=intent, to=ALICE, data=b"")


def strange(desk: Desk, nonce: int) -> None:
    """Send from the post's account what is in no ledger, for more."""
    raw = POST.sign_transaction(
        UnsignedTransaction(
            chain_id=desk.chain.chain_id,
            nonce=nonce,
            to=ALICE,
            data=b"",
            gas=30_000,
            max_fee=500 * 10**9,
            max_priority_fee=200 * 10**9,
        )
    )
    assert desk.chain.broadcast(raw) is None


def state(desk: Desk, intent: str = INTENT) -> TransactionState:
    """Return where the newest transaction for an intent stands."""
    return [each for each in desk.ledger.transactions() if each.intent == intent][-1].state


class TestList:
    def test_for_people(self, run: Run, here: Desk) -> None:
        """Each account with what it signed, number by number, and how many stand where; no node is asked."""
        done = run("transactions", "list")
        assert done.code == 0
        assert f"From {POST.address} on chain 31337:" in done.out
        assert "LEAP: issue" in done.out
        assert done.out.splitlines()[-1] == f"{len(here.ledger.transactions())} final."

    def test_for_machines(self, run: Run, here: Desk) -> None:
        """One object has everything about each transaction."""
        rows = run("transactions", "list", "--json").json["transactions"]
        (issue,) = (row for row in rows if row["intent"] == "LEAP: issue")
        issued = here.ledger.issued("LEAP")
        assert issued is not None
        assert (issue["account"], issue["state"], issue["offers"]) == (POST.address, "final", 1)
        assert (issue["hash"], issue["block"]) == ("0x" + issued.transaction.hex(), issued.block_number)
        assert issue["gas"] == issued.gas_used

    def test_no_ledger(self, run: Run, tmp_path: Path) -> None:
        """2: where nothing was issued no ledger is made."""
        done = run("transactions", "list", "--issued", tmp_path)
        assert done.code == 2
        assert list(tmp_path.iterdir()) == []


class TestSettle:
    def test_what_was_under_way(self, run: Run, halted: Desk) -> None:
        """What was signed before a machine died is brought to its end, and nothing is signed anew."""
        sign(halted)
        assert state(halted) is TransactionState.SIGNED
        halted.chain.rpc.request("evm_mine")
        done = run("transactions", "settle", "--rpc", halted.url)
        assert (done.code, done.out.endswith(f"{INTENT}: done, for good.\n")) == (0, True)
        assert state(halted) is TransactionState.FINAL
        again = run("transactions", "settle", "--rpc", halted.url, "--json")
        assert again.json == {"account": POST.address, "settled": []}

    def test_nothing(self, run: Run, here: Desk) -> None:
        """When all is done, that is said."""
        done = run("transactions", "settle", "--rpc", here.url)
        assert done.out == f"Nothing that {POST.address} has signed is under way.\n"


class TestAbandon:
    ORDER = ("transactions", "abandon", INTENT, "--reason", "the wallet on the shelf did it")

    def test_what_can_never_be_mined(self, run: Run, halted: Desk) -> None:
        """Another program has used the number: then the step is given up, and the list keeps the reason."""
        nonce = halted.chain.transaction_count(POST.address)
        sign(halted)
        strange(halted, nonce)
        halted.chain.rpc.request("evm_mine")
        done = run(*self.ORDER, "--rpc", halted.url, "--yes")
        assert (done.code, "is given up" in done.out) == (0, True)
        assert state(halted) is TransactionState.ABANDONED
        assert "given up: the wallet on the shelf did it" in run("transactions", "list").out

    def test_what_may_still_be_mined(self, run: Run, halted: Desk) -> None:
        """1: what the chain may still take is not given up, whatever a person says."""
        sign(halted)
        done = run(*self.ORDER, "--rpc", halted.url, "--yes")
        assert done.code == 1
        assert "may still be mined" in done.err
        assert state(halted) is TransactionState.SIGNED

    @pytest.mark.parametrize("answer", ["n\n", ""])
    def test_nobody_says_yes(self, run: Run, halted: Desk, monkeypatch: pytest.MonkeyPatch, answer: str) -> None:
        """Whatever is not a yes leaves everything as it was."""
        nonce = halted.chain.transaction_count(POST.address)
        sign(halted)
        strange(halted, nonce)
        halted.chain.rpc.request("evm_mine")
        monkeypatch.setattr("sys.stdin", io.StringIO(answer))
        assert run(*self.ORDER, "--rpc", halted.url).code == 130
        assert state(halted) is TransactionState.SIGNED

    def test_an_unknown_step(self, run: Run, here: Desk) -> None:
        """1: a step that is not under way cannot be given up."""
        done = run("transactions", "abandon", "no such step", "--reason", "x", "--rpc", here.url, "--yes")
        assert done.code == 1
        assert "no such step" in done.err


class TestFill:
    def test_a_number_that_is_missing(self, run: Run, here: Desk) -> None:
        """A number that a stranger's undone transaction left open is used up, and what waits behind it goes on."""
        chain = here.chain
        nonce = chain.transaction_count(POST.address)
        snapshot = chain.rpc.request("evm_snapshot")
        strange(here, nonce)
        Sender(chain, POST, LedgerJournal(here.ledger)).send(intent=INTENT, to=ALICE, data=b"")
        assert chain.rpc.request("evm_revert", snapshot) is True
        done = run("transactions", "fill", nonce, "--rpc", here.url, "--yes")
        assert done.code == 0
        assert f"Number {nonce} is used up in block" in done.out
        assert chain.transaction_count(POST.address) >= nonce + 1

    def test_a_number_that_is_not_missing(self, run: Run, here: Desk) -> None:
        """1: a number that nothing waits behind is left alone."""
        nonce = here.chain.transaction_count(POST.address)
        done = run("transactions", "fill", nonce, "--rpc", here.url, "--yes")
        assert done.code == 1
        assert f"The number {nonce} of {POST.address} is not missing" in done.err
