"""Blocks are undone around a mint, a claim and a void: each is done once in the end, and the index knows where."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from support.desk import PASSPHRASE

from cryptostamp.chain import (
    Chain,
    DevSigner,
    Finality,
    LocalNode,
    Moment,
    Sender,
    StampSeries,
    VoidReason,
    start_local_node,
)
from cryptostamp.edition import Dossier, EditionSecret
from cryptostamp.ledger import Ledger
from cryptostamp.office import (
    LedgerJournal,
    StampDesk,
    VoidOrder,
    Workspace,
    audit,
    claim,
    follow,
    issue,
)
from cryptostamp.office.audit_report import Outcome
from cryptostamp.primitives import Serial, parse_address
from cryptostamp.series import Money, Series, create_series, load_series, rescale

pytestmark = pytest.mark.faults

POST = DevSigner(0)
ALICE = parse_address("0x" + "a1" * 20)
DEEPEST = 20
SPREAD = {1, 9, 10, 11, 20}
DEPTHS = [depth if depth in SPREAD else pytest.param(depth, marks=pytest.mark.slow) for depth in range(1, DEEPEST + 1)]
FEW = 2
CONFIRMATIONS = 25
ABOVE = 9
"""So many blocks lie on the one that matters when the chain is reorganised: it is undone from a depth of 10 on."""


@dataclass
class Weather:
    """Mines at every pause of a sender; when the transaction of `intent` is ten blocks deep, undoes `depth` blocks."""

    chain: Chain
    depth: int
    intent: str
    look: Callable[[], bool]
    """Follow the chain into the ledger, and return whether the index has what the transaction does."""
    moments: list[Moment] = field(default_factory=list)
    looks: list[bool] = field(default_factory=list)
    """Right before the blocks are undone, and right after."""
    now: float = 0.0

    def sender(self, *arguments: Any, **options: Any) -> Sender:
        """Return a sender in this weather."""
        waiting = {"finality": Finality(confirmations=CONFIRMATIONS), "patience_s": 3_000}
        seams = {"pause": self._pause, "clock": lambda: self.now, "watch": self._watch}
        return Sender(*arguments, **{**options, **waiting, **seams})

    def _watch(self, moment: Moment, sentence: str) -> None:
        if sentence.startswith(self.intent):
            self.moments.append(moment)

    def _pause(self, _seconds: float) -> None:
        self.now += 20
        if not self.moments or self.looks:
            self._mine(CONFIRMATIONS)
        elif Moment.MINED not in self.moments:
            self._mine(1)
        else:
            self._mine(ABOVE)
            self.looks.append(self.look())
            assert self.chain.rpc.request("anvil_reorg", self.depth, []) is None
            self.looks.append(self.look())

    def _mine(self, blocks: int) -> None:
        assert self.chain.rpc.request("anvil_mine", hex(blocks)) is None

    def assert_noticed(self) -> None:
        """What was undone was told, and taken back in the index; in the end it was final."""
        is_undone = self.depth > ABOVE
        assert (Moment.UNDONE in self.moments) is is_undone
        assert self.looks == [True, not is_undone]
        assert self.moments[-1] is Moment.FINAL


@pytest.fixture(scope="module")
def node() -> Iterator[LocalNode]:
    """A node of which blocks can be undone however long its chain grows; it mines when it is told to."""
    with start_local_node(kept_states=100) as started:
        yield started


@pytest.fixture(scope="module", autouse=True)
def cheap_issues() -> Iterator[None]:
    """Leave age's deliberately slow passphrase function, and what sends nothing, to their own tests."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(importlib.import_module("cryptostamp.office.issue"), "check_printable", lambda *_: None)
        patch.setattr(EditionSecret, "seal", lambda self, _passphrase: self._secret)
        patch.setattr(EditionSecret, "unseal", classmethod(lambda cls, data, _passphrase: cls(data)))
        yield


@pytest.fixture(scope="module")
def pond(tmp_path_factory: pytest.TempPathFactory) -> Series:
    """A series with a stamp for each depth and each of two steps."""
    folder = tmp_path_factory.mktemp("series") / "pond"
    create_series(folder, title="Pond", year=2026, face_value=Money(amount=Decimal("1.20"), currency="EUR"), edition=40)
    return load_series(folder)


@dataclass(frozen=True)
class Desk:
    """An issued series on a chain that mines when it is told to."""

    series: Series
    workspace: Workspace
    ledger: Ledger
    dossier: Dossier
    chain: Chain
    url: str

    def weather(self, depth: int, intent: str, serial: Serial) -> Weather:
        """Return the weather around one transaction, which does something to a stamp."""
        return Weather(self.chain, depth, intent, lambda: self.state(serial) != "unclaimed")

    def state(self, serial: Serial) -> str:
        """Follow the chain, and return where a stamp stands by the index."""
        follow(self.dossier, chain=self.chain, ledger=self.ledger)
        return self.ledger.index("POND").standing(serial).state

    def assert_agrees(self) -> None:
        """Plan, ledger, index and contract agree."""
        told = audit(self.series, workspace=self.workspace, rpc=self.url)
        assert told.outcome is Outcome.AGREES, told.differences


@pytest.fixture(scope="module")
def desk(pond: Series, node: LocalNode, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """Issue the series, then let the chain mine only when it is told to."""
    workspace, chain = Workspace(tmp_path_factory.mktemp("issued")), Chain.connect(node.url)
    chain.rpc.request("evm_setAutomine", True)  # noqa: FBT003 - as the node wants it
    issue(pond, workspace=workspace, chain=chain, post=POST, passphrase=PASSPHRASE)
    with workspace.ledger() as ledger:
        chain.rpc.request("evm_setAutomine", False)  # noqa: FBT003
        chain.rpc.request("anvil_mine", hex(DEEPEST))
        yield Desk(pond, workspace, ledger, workspace.dossier(), chain, node.url)


class TestAroundAMint:
    @pytest.mark.parametrize("depth", DEPTHS)
    def test_issue(
        self, pond: Series, node: LocalNode, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, depth: int
    ) -> None:
        """The series is issued once, in one contract, which is registered and holds every stamp."""
        chain, workspace = Chain.connect(node.url), Workspace(tmp_path / "issued")
        chain.rpc.request("evm_setAutomine", False)  # noqa: FBT003
        chain.rpc.request("anvil_mine", hex(depth))
        before = chain.transaction_count(POST.address)

        def look() -> bool:
            with workspace.ledger() as ledger:
                made = {each.intent: each.receipt.contract for each in ledger.transactions() if each.receipt}
                place = SimpleNamespace(contract=made["POND: issue"], registry=made["POND: local registry"])
                as_if: Any = SimpleNamespace(deployment=place, series=SimpleNamespace(id="POND"))
                follow(as_if, chain=chain, ledger=ledger)
                return "ConsecutiveTransfer" in [event.name for event in ledger.index("POND").events()]

        weather = Weather(chain, depth, "POND: issue", look)
        for module in ("issue", "admission"):
            monkeypatch.setattr(importlib.import_module(f"cryptostamp.office.{module}"), "Sender", weather.sender)
        few = rescale(pond, FEW)
        done = issue(few, workspace=workspace, chain=chain, post=POST, passphrase=PASSPHRASE)
        weather.assert_noticed()
        with workspace.ledger() as ledger:
            sent = [each for each in ledger.transactions() if each.sender == POST.address]
            assert chain.transaction_count(POST.address) == before + len(sent)
            follow(done.dossier, chain=chain, ledger=ledger)
            names = [event.name for event in ledger.index("POND").events()]
        assert (names.count("ConsecutiveTransfer"), names.count("SeriesRegistered")) == (1, 1)
        assert StampSeries(chain, done.issued.contract).balance_of(POST.address) == FEW
        told = audit(few, workspace=workspace, rpc=node.url)
        assert told.outcome is Outcome.AGREES, told.differences


class TestDeeperThanFinality:
    @pytest.mark.parametrize(("blocks", "sent_anew"), [(1, 0), (2, 1), (5, 1)])
    def test_issue(self, pond: Series, node: LocalNode, tmp_path: Path, blocks: int, sent_anew: int) -> None:
        """An issue of which the last steps were final and are undone is whole again when it is run again.

        The contract is where it was; in another block it has another code, which is registered anew.
        """
        chain, workspace = Chain.connect(node.url), Workspace(tmp_path / "issued")
        chain.rpc.request("evm_setAutomine", True)  # noqa: FBT003
        few = rescale(pond, FEW)
        first = issue(few, workspace=workspace, chain=chain, post=POST, passphrase=PASSPHRASE)
        before = chain.transaction_count(POST.address)
        chain.rpc.request("anvil_reorg", blocks, [])
        assert chain.transaction_count(POST.address) < before
        assert audit(few, workspace=workspace, rpc=node.url).outcome is not Outcome.AGREES
        again = issue(few, workspace=workspace, chain=chain, post=POST, passphrase=PASSPHRASE)
        assert chain.transaction_count(POST.address) == before + sent_anew
        assert again.dossier_address == first.dossier_address
        with workspace.ledger() as ledger:
            follow(again.dossier, chain=chain, ledger=ledger)
            names = [event.name for event in ledger.index("POND").events()]
        assert (names.count("ConsecutiveTransfer"), names.count("SeriesRegistered")) == (1, 1)
        told = audit(few, workspace=workspace, rpc=node.url)
        assert told.outcome is Outcome.AGREES, told.differences


class TestAroundAClaim:
    @pytest.mark.parametrize("depth", DEPTHS)
    def test_claim(self, desk: Desk, depth: int) -> None:
        """The token moves once, to whom it was claimed for."""
        serial = Serial(depth)
        before = desk.chain.transaction_count(POST.address)
        weather = desk.weather(depth, f"POND: claim no. {serial} for {ALICE}", serial)
        code = desk.workspace.open_secret(PASSPHRASE).claim_code(serial)
        sender = weather.sender(desk.chain, POST, LedgerJournal(desk.ledger))
        claim(code, desk.dossier, to=ALICE, sender=sender, ledger=desk.ledger)
        weather.assert_noticed()
        assert desk.chain.transaction_count(POST.address) == before + 1
        desk.assert_agrees()
        index = desk.ledger.index("POND")
        assert (index.standing(serial).state, index.standing(serial).owner) == ("claimed", ALICE)
        assert [event.name for event in index.history(serial)] == ["ConsecutiveTransfer", "Transfer"]


class TestAroundAVoid:
    @pytest.mark.parametrize("depth", DEPTHS)
    def test_void(self, desk: Desk, depth: int) -> None:
        """The stamp is void once, and since the block that stayed."""
        serial = Serial(20 + depth)
        before = desk.chain.transaction_count(POST.address)
        weather = desk.weather(depth, f"POND: void {serial}", serial)
        sender = weather.sender(desk.chain, POST, LedgerJournal(desk.ledger))
        order = VoidOrder(serials=((serial, serial),), reason=VoidReason.STOLEN)
        (mined,) = StampDesk(desk.dossier, sender, desk.ledger).void(order)
        weather.assert_noticed()
        assert desk.chain.transaction_count(POST.address) == before + 1
        desk.assert_agrees()
        standing = desk.ledger.index("POND").standing(serial)
        assert (standing.state, standing.since) == ("void", desk.chain.block(mined.block_number).timestamp)
        assert StampDesk(desk.dossier, sender, desk.ledger).void(order) == ()
