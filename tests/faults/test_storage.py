"""A disk that is full, a ledger that cannot be written, a second process: a clear error, and nothing is lost."""

from __future__ import annotations

import os
import resource
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import event
from support.crash_points import Bench, start_step
from support.desk import PASSPHRASE, Desk

from cryptostamp.chain import Chain, DevSigner, LocalNode, Sender, VoidReason, start_local_node
from cryptostamp.errors import StorageProblem
from cryptostamp.ledger import Ledger
from cryptostamp.office import LedgerJournal, StampDesk, VoidOrder, Workspace, audit, issue, print_stamps
from cryptostamp.office.audit_report import Outcome
from cryptostamp.primitives import Serial
from cryptostamp.series import Money, Series, create_series, load_series

pytestmark = pytest.mark.faults

POST = DevSigner(0)
ORDER = VoidOrder(serials=((Serial(3), Serial(4)),), reason=VoidReason.LOST)


@contextmanager
def full_disk(most_bytes: int = 0) -> Iterator[None]:
    """Let no file grow beyond a size; Python has been told to ignore the signal that comes with it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most_bytes, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.fixture
def node() -> Iterator[LocalNode]:
    """A chain on which nobody has sent anything."""
    with start_local_node() as started:
        yield started


@pytest.fixture
def pond(tmp_path: Path) -> Series:
    """A series of two stamps."""
    folder = tmp_path / "pond"
    create_series(folder, title="Pond", year=2026, face_value=Money(amount=Decimal("1.20"), currency="EUR"), edition=2)
    return load_series(folder)


def void(desk: Desk, ledger: Ledger) -> int:
    """Void two stamps, and return how many transactions that took."""
    sender = Sender(desk.chain, POST, LedgerJournal(ledger))
    return len(StampDesk(desk.dossier, sender, ledger).void(ORDER))


class TestFullDisk:
    def test_void(self, desk: Desk) -> None:
        """What cannot be recorded is not sent; with room again, the same order is carried out once."""
        before = desk.chain.transaction_count(POST.address)
        with full_disk(), pytest.raises(StorageProblem, match="could not be read or written") as error:
            void(desk, desk.ledger)
        assert "free space" in error.value.remedy
        assert desk.chain.transaction_count(POST.address) == before
        assert (void(desk, desk.ledger), void(desk, desk.ledger)) == (1, 0)
        assert desk.chain.transaction_count(POST.address) == before + 1
        assert audit(desk.series, workspace=desk.workspace, rpc=desk.url).outcome is Outcome.AGREES

    def test_print(self, desk: Desk) -> None:
        """A sheet that does not fit leaves no file under its name; with room again, the job goes on."""
        with full_disk(20_000), pytest.raises(StorageProblem):
            print_stamps(desk.series, workspace=desk.workspace)
        assert list(desk.workspace.print_folder.glob("[!.]*.pdf")) == []
        print_stamps(desk.series, workspace=desk.workspace)
        assert list(desk.workspace.print_folder.glob("[!.]*-faces.pdf"))
        assert audit(desk.series, workspace=desk.workspace, rpc=desk.url).outcome is Outcome.AGREES

    def test_issue(self, pond: Series, node: LocalNode, tmp_path: Path) -> None:
        """Wherever the room ends, the issue goes on from there: one secret, one contract."""
        chain, workspace = Chain.connect(node.url), Workspace(tmp_path / "issued")
        for most_bytes in (0, 3_000, 100_000):
            with full_disk(most_bytes), pytest.raises(StorageProblem):
                issue(pond, workspace=workspace, chain=chain, post=POST, passphrase=PASSPHRASE)
        issue(pond, workspace=workspace, chain=chain, post=POST, passphrase=PASSPHRASE)
        assert audit(pond, workspace=workspace, rpc=node.url).outcome is Outcome.AGREES
        with workspace.ledger() as ledger:
            assert chain.transaction_count(POST.address) == len(ledger.transactions_of(chain.chain_id, POST.address))


class TestReadOnly:
    def test_void(self, desk: Desk) -> None:
        """A ledger that can be read but not written stops the step before anything is sent, and says where it is."""
        before = desk.chain.transaction_count(POST.address)
        with desk.workspace.ledger() as ledger:
            ledger._engine.dispose()
            event.listen(ledger._engine, "connect", lambda raw, _record: raw.execute("PRAGMA query_only = ON"))
            with pytest.raises(StorageProblem, match="readonly") as error:
                void(desk, ledger)
        assert error.value.where == str(desk.workspace.ledger_path)
        assert "permissions" in error.value.remedy
        assert desk.chain.transaction_count(POST.address) == before
        assert void(desk, desk.ledger) == 1


class TestTwoProcesses:
    @pytest.mark.parametrize("point", [2, 8, 20])
    def test_issue(self, pond: Series, node: LocalNode, tmp_path: Path, point: int) -> None:
        """The second says which process is at it, and changes nothing; the first ends as if it had been alone."""
        bench = Bench(pond.folder, pond.edition, tmp_path / "issued", node.url, tmp_path / "points")
        first = start_step(bench, "issue", deadly=point, by=signal.SIGSTOP)
        try:
            while len(bench.points) < point:
                time.sleep(0.01)
                assert first.exitcode is None
            workspace = Workspace(bench.issued)
            with pytest.raises(StorageProblem, match=rf"Another Cryptostamp process \(id {first.pid}, since "):
                issue(pond, workspace=workspace, chain=Chain.connect(node.url), post=POST, passphrase=PASSPHRASE)
        finally:
            os.kill(first.pid or 0, signal.SIGCONT)
            first.join()
        assert first.exitcode == 0
        assert audit(pond, workspace=workspace, rpc=node.url).outcome is Outcome.AGREES
