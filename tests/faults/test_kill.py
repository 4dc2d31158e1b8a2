"""SIGKILL at every moment of a transaction's life, and at any other time: every step is done once."""

from __future__ import annotations

import os
import random
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.crashing import start_sending

from cryptostamp.chain import Chain, DevSigner, EntryState, LocalNode, Moment, start_local_node
from cryptostamp.ledger import Ledger
from cryptostamp.office import LedgerJournal

pytestmark = pytest.mark.faults

POST = DevSigner(5).address
STEPS = ("one", "two", "three")
KILLS = 4


@pytest.fixture
def fresh() -> Iterator[LocalNode]:
    """A chain on which nobody has sent anything, which mines each transaction at once."""
    with start_local_node() as node:
        yield node


def assert_done_once(node: LocalNode, ledger: Path, steps: tuple[str, ...]) -> None:
    """Every step is one transaction, on the chain and in the ledger."""
    chain = Chain.connect(node.url)
    assert chain.transaction_count(POST) == len(steps)
    with Ledger(ledger) as opened:
        entries = LedgerJournal(opened).entries(chain.chain_id, POST)
    assert [entry.intent for entry in entries] == list(steps)
    assert [entry.state for entry in entries] == [EntryState.FINAL] * len(steps)
    assert [chain.receipt(entry.mined.hash) for entry in entries] == [entry.mined for entry in entries]


class TestMoments:
    @pytest.mark.parametrize(
        ("moment", "confirmations"),
        [
            *((moment, 1) for moment in (Moment.SIGNED, Moment.RECORDED, Moment.SENT, Moment.SEEN, Moment.FINAL)),
            *((moment, 3) for moment in (Moment.SEEN, Moment.MINED, Moment.FINAL)),
        ],
    )
    def test_killed_there(self, fresh: LocalNode, tmp_path: Path, moment: Moment, confirmations: int) -> None:
        """Killed at the same moment again and again, and further on each time, it still does every step once."""
        ledger = tmp_path / "ledger.sqlite3"
        for kill in range(KILLS):
            process = start_sending(
                fresh.url, ledger, STEPS, confirmations=confirmations, deadly=moment, after=1 + kill // 2
            )
            process.join()
            assert process.exitcode in {-signal.SIGKILL, 0}
            assert process.exitcode == -signal.SIGKILL or kill > 0
        process = start_sending(fresh.url, ledger, STEPS, confirmations=confirmations)
        process.join()
        assert process.exitcode == 0
        assert_done_once(fresh, ledger, STEPS)


class TestAnyTime:
    @pytest.mark.parametrize("reorganisations", [False, True])
    def test_killed_all_the_time(
        self,
        fresh: LocalNode,
        tmp_path: Path,
        reorganisations: bool,  # noqa: FBT001
    ) -> None:
        """Killed from outside at times that nobody chose, with blocks undone in between, it does every step once."""
        ledger = tmp_path / "ledger.sqlite3"
        steps = tuple(f"step {number}" for number in range(30))  # a fast machine, too, is to be killed on the way
        chain = Chain.connect(fresh.url)
        dice = random.Random(2026)  # noqa: S311 - dice
        kills = 0
        for _ in range(100):
            process = start_sending(fresh.url, ledger, steps, confirmations=3)
            process.join(dice.uniform(0.05, 0.35) if kills < 12 else None)
            if process.exitcode is None:
                os.kill(process.pid, signal.SIGKILL)
                kills += 1
            process.join()
            if process.exitcode == 0:
                break
            if reorganisations and chain.head().number > 2:
                chain.rpc.request("anvil_reorg", 2, [])
        assert kills > 3
        assert_done_once(fresh, ledger, steps)
