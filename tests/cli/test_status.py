"""A person sees at a glance where a series stands and what became of a stamp, and how old that answer is."""

from __future__ import annotations

import time
from datetime import date

import pytest
from support.desk import Desk
from support.program import Run

from cryptostamp.chain import DevSigner, MemoryJournal, PostmarkKind, Sender, StampSeries, VoidReason
from cryptostamp.errors import InputError
from cryptostamp.office import PostmarkOrder, StampDesk, VoidOrder, claim, print_stamps, public_code_of, runs_of
from cryptostamp.primitives import Serial

DEAD = "http://127.0.0.1:9"


@pytest.fixture
def lived(desk: Desk) -> Desk:
    """Return a desk whose series has stamps of every kind: no. 5 claimed and sold on, 7 delivered, 11 to 20 void."""
    collector = Sender(desk.chain, DevSigner(6), MemoryJournal())
    claim(desk.secret.claim_code(Serial(5)), desk.dossier, to=collector.address, sender=desk.sender, ledger=desk.ledger)
    contract = StampSeries(desk.chain, desk.dossier.deployment.contract)
    contract.transfer(collector, intent="sell no. 5", serial=Serial(5), to=DevSigner(7).address)
    contract.transfer(desk.sender, intent="send no. 7", serial=Serial(7), to=DevSigner(8).address)
    issuer = StampDesk(desk.dossier, desk.sender, desk.ledger)
    issuer.void(VoidOrder(serials=runs_of([(11, 20)]), reason=VoidReason.STOLEN))
    issuer.postmark(
        PostmarkOrder(serials=runs_of([(5, 5)]), office="1010", day=date(2026, 5, 1), kind=PostmarkKind.FIRST_DAY)
    )
    print_stamps(desk.series, workspace=desk.workspace, serials=range(1, 26))
    return desk


class TestStatus:
    def test_for_machines(self, run: Run, lived: Desk) -> None:
        """One object has the counts, what is printed, and how far the chain was read."""
        done = run("status", "--issued", lived.workspace.folder, "--rpc", lived.url, "--json")
        assert (done.code, done.err) == (0, "")
        status = done.json["status"]
        assert done.json["unclaimed"] == 18
        assert status["counts"] == {
            "claimed": 1,
            "delivered": 1,
            "void": 10,
            "postmarked": 1,
            "moved": 1,
            "owners": 2,
        }
        assert status["printed"]["faces"] == 25
        assert (status["behind"], status["trouble"]) == (0, None)
        assert status["as_of"]["number"] == lived.chain.head().number
        assert {step["step"] for step in status["last_steps"]} == {"issue", "print"}

    def test_for_a_person(self, run: Run, lived: Desk) -> None:
        """The numbers stand in a table, with their shares of the edition."""
        done = run("status", "--issued", lived.workspace.folder, "--rpc", lived.url)
        assert done.code == 0
        rows = {line.split("  ")[0]: line.split() for line in done.out.splitlines()}
        assert rows["void"][-3:] == ["10", "33.3", "%"]
        assert rows["unclaimed"][-3:] == ["18", "60.0", "%"]
        assert rows["edition"][-1] == "30"
        assert "the newest." in done.out

    def test_a_node_that_is_down(self, run: Run, lived: Desk) -> None:
        """Without the node the answer is what is known, says how old it is, and the exit code tells."""
        assert run("status", "--issued", lived.workspace.folder, "--rpc", lived.url).code == 0
        done = run("status", "--issued", lived.workspace.folder, "--rpc", DEAD)
        assert done.code == 3
        assert "the chain may have more to tell" in done.out
        assert "127.0.0.1:9" in done.out
        found = run("status", "--issued", lived.workspace.folder, "--rpc", DEAD, "--json")
        assert found.code == 3
        assert (found.json["unclaimed"], found.json["status"]["behind"]) == (18, None)

    def test_a_chain_that_was_never_read(self, run: Run, desk: Desk) -> None:
        """Before the chain was read once, nothing is said of claims but that."""
        done = run("status", "--issued", desk.workspace.folder, "--rpc", DEAD)
        assert done.code == 3
        assert "The chain was never read" in done.out

    def test_watching(self, run: Run, lived: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
        """It looks again until it is stopped."""
        looks = 0

        def sleep(seconds: float) -> None:
            nonlocal looks
            if seconds == 7:
                looks += 1
                if looks == 3:
                    raise KeyboardInterrupt

        monkeypatch.setattr(time, "sleep", sleep)
        done = run("status", "--issued", lived.workspace.folder, "--rpc", lived.url, "--watch", "7")
        assert (done.code, looks) == (130, 3)
        assert "unclaimed" in done.out

    def test_watching_is_for_people(self, run: Run, desk: Desk) -> None:
        """A machine is not given a picture that changes."""
        done = run("status", "--issued", desk.workspace.folder, "--watch", "1", "--json")
        assert done.code == InputError.exit_code


class TestHistory:
    def test_of_a_stamp(self, run: Run, lived: Desk) -> None:
        """Issue, claim, sale and postmark follow one another."""
        done = run("history", "5", "--issued", lived.workspace.folder, "--rpc", lived.url)
        assert done.code == 0
        told = [line.split(": ", 1)[1] for line in done.out.splitlines()[1:]]
        assert told == [
            f"issued, into custody of {lived.sender.address}",
            f"its token went from {lived.sender.address} to {DevSigner(6).address}",
            f"its token went from {DevSigner(6).address} to {DevSigner(7).address}",
            "first-day postmark 2026-05-01 of 1010",
        ]

    @pytest.mark.parametrize(("serial", "last"), [(7, "Delivered"), (12, "Voided"), (1, "ConsecutiveTransfer")])
    def test_by_its_code(self, run: Run, lived: Desk, serial: int, last: str) -> None:
        """The short code names a stamp as well as its number does."""
        short = public_code_of(lived.dossier, Serial(serial)).short("LEAP").text
        done = run("history", short, "--issued", lived.workspace.folder, "--rpc", lived.url, "--json")
        assert (done.code, done.json["serial"]) == (0, serial)
        assert done.json["events"][-1]["name"] == last

    def test_of_no_stamp(self, run: Run, desk: Desk) -> None:
        """A serial beyond the edition is refused."""
        done = run("history", "31", "--issued", desk.workspace.folder, "--rpc", desk.url)
        assert done.code == InputError.exit_code
        assert "the edition has 30" in done.err

    def test_without_the_chain(self, run: Run, desk: Desk) -> None:
        """A history that may have gaps is not shown."""
        assert run("history", "1", "--issued", desk.workspace.folder, "--rpc", DEAD).code == 3
