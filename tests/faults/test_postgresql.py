"""The steps of the office over a ledger in PostgreSQL, whose server is started anew in the middle of them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from support.desk import PASSPHRASE
from support.postgresql import PostgresServer, postgres_server

from cryptostamp.chain import Chain, DevSigner, Moment, Sender, StampSeries, VoidReason, start_local_node
from cryptostamp.errors import StorageProblem
from cryptostamp.ledger import Ledger
from cryptostamp.office import LedgerJournal, StampDesk, VoidOrder, Workspace, audit, issue, send_claim, sign_claim
from cryptostamp.office.audit_report import Outcome
from cryptostamp.primitives import Serial
from cryptostamp.series import Series

pytestmark = pytest.mark.faults

POST, COLLECTOR = DevSigner(0), DevSigner(7)
ORDER = VoidOrder(serials=((Serial(3), Serial(4)),), reason=VoidReason.LOST)


@pytest.fixture
def server() -> Iterator[PostgresServer]:
    """A server that a test may end."""
    with postgres_server() as started:
        yield started


class TestRestart:
    def test_in_the_middle_of_steps(self, leapfrog: Series, server: PostgresServer, tmp_path: Path) -> None:
        """A step whose database goes away says so; run again, it goes on: issued, claimed and voided once."""
        with start_local_node() as node:
            chain, workspace = Chain.connect(node.url), Workspace(tmp_path / "issued")
            workspace.use_database(server.new_database())
            issue(leapfrog, workspace=workspace, chain=chain, post=POST, passphrase=PASSPHRASE)
            dossier = workspace.dossier()
            signed = sign_claim(
                workspace.open_secret(PASSPHRASE).claim_code(Serial(1)),
                dossier,
                to=COLLECTOR.address,
                deadline=chain.head().timestamp + 3_600,
            )
            count = chain.transaction_count(POST.address)
            with workspace.ledger() as ledger:
                for moment in (Moment.SIGNED, Moment.RECORDED, Moment.SENT):
                    sender = restarting(chain, ledger, server, moment)
                    with pytest.raises(StorageProblem):
                        send_claim(signed, dossier, sender=sender, ledger=ledger)
                quiet = Sender(chain, POST, LedgerJournal(ledger))
                send_claim(signed, dossier, sender=quiet, ledger=ledger)
                assert chain.transaction_count(POST.address) == count + 1
                with pytest.raises(StorageProblem):
                    StampDesk(dossier, restarting(chain, ledger, server, Moment.SENT), ledger).void(ORDER)
                StampDesk(dossier, quiet, ledger).void(ORDER)
                assert chain.transaction_count(POST.address) == count + 2
            contract = StampSeries(chain, dossier.deployment.contract)
            states = [each.state.value for each in contract.stamps([Serial(1), Serial(3), Serial(4), Serial(5)])]
            assert states == ["claimed", "void", "void", "unclaimed"]
            assert audit(leapfrog, workspace=workspace, rpc=node.url).outcome is Outcome.AGREES


def restarting(chain: Chain, ledger: Ledger, server: PostgresServer, moment: Moment) -> Sender:
    """Return a sender in whose work the server is started anew, once."""
    left = [moment]

    def watch(at: Moment, _sentence: str) -> None:
        if left and at is left[0]:
            left.clear()
            server.restart()

    return Sender(chain, POST, LedgerJournal(ledger), watch=watch)
