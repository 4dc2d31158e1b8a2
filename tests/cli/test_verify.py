"""A collector verifies from the command line: whom they trust, and where a token has gone."""

from __future__ import annotations

from contextlib import closing
from functools import partial
from pathlib import Path

import pytest
from support.desk import Desk
from support.program import Run
from support.scripted_node import Answer, ScriptedNode

from cryptostamp.chain import DevSigner, MemoryJournal, Sender, StampSeries
from cryptostamp.errors import CannotTell, InputError
from cryptostamp.office import claim, public_code_of
from cryptostamp.primitives import Serial

DEAD = "http://127.0.0.1:9"


@pytest.fixture
def code(desk: Desk) -> str:
    """Stamp no. 3 as its QR code has it."""
    return public_code_of(desk.dossier, Serial(3)).text


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stand where no dossier is found."""
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


class TestTrust:
    @pytest.mark.usefixtures("elsewhere")
    def test_nobody_is_trusted_by_default(self, run: Run, desk: Desk, code: str) -> None:
        """4: without a dossier and without a trust file nothing is called genuine."""
        done = run("verify", code, "--rpc", desk.url)
        assert done.code == CannotTell.exit_code
        assert "No registry of posts is trusted" in done.out

    def test_a_trust_file(self, run: Run, desk: Desk, code: str, elsewhere: Path) -> None:
        """The registry that the verifier names is asked who stands behind the contract; an account is none."""
        file = elsewhere / "trust.toml"
        for registry, expected in (
            (desk.dossier.deployment.registry, "passed"),
            (DevSigner(3).address, "not checked"),
        ):
            file.write_text(f'[[registry]]\nchain = 31337\naddress = "{registry}"\n')
            (answer,) = run("verify", code, "--rpc", desk.url, "--trust", file, "--json").json["verdicts"]
            outcomes = {check["code"]: check["outcome"] for check in answer["verdict"]["checks"]}
            assert outcomes["contract-registered"] == expected

    def test_a_bad_trust_file(self, run: Run, code: str, tmp_path: Path) -> None:
        """2: a trust file that is none is named, and nothing is asked."""
        file = tmp_path / "trust.toml"
        file.write_text("[[registry]]\nchain = 0\n")
        done = run("verify", code, "--rpc", DEAD, "--trust", file)
        assert done.code == InputError.exit_code
        assert str(file) in done.err


class TestMoves:
    def test_a_token_that_went_on(self, run: Run, desk: Desk, code: str) -> None:
        """Each change of hands after the claim is told with its date; a stamp that nobody has claimed has none."""
        asked = ("verify", code, "--issued", desk.workspace.folder, "--moves", "--rpc", desk.url)
        assert run(*asked, "--json").json["verdicts"][0]["verdict"]["stamp"]["moves"] == []
        first, second, third = DevSigner(5), DevSigner(6), DevSigner(7)
        claim(desk.secret.claim_code(Serial(3)), desk.dossier, to=first.address, sender=desk.sender, ledger=desk.ledger)
        assert "It has not gone on to anybody since." in run(*asked).out
        series = StampSeries(desk.chain, desk.dossier.deployment.contract)
        for giver, receiver in ((first, second), (second, third)):
            sender = Sender(desk.chain, giver, MemoryJournal())
            series.transfer(sender, intent="move", serial=Serial(3), to=receiver.address)
        told = run(*asked).out
        assert told.index(f"It went on to {second.address}, 20") < told.index(f"It went on to {third.address}, 20")
        moves = run(*asked, "--json").json["verdicts"][0]["verdict"]["stamp"]["moves"]
        assert [move["receiver"] for move in moves] == [second.address, third.address]

    def test_without_being_asked(self, run: Run, desk: Desk, code: str) -> None:
        """No events are searched unless somebody wants to know."""
        done = run("verify", code, "--issued", desk.workspace.folder, "--rpc", desk.url, "--json")
        assert done.json["verdicts"][0]["verdict"]["stamp"]["moves"] is None

    def test_a_node_that_does_not_search(self, run: Run, desk: Desk, code: str) -> None:
        """4: a node that refuses to search, or finds nothing where a token has left the post, tells no moves."""
        to = DevSigner(5).address
        claim(desk.secret.claim_code(Serial(3)), desk.dossier, to=to, sender=desk.sender, ledger=desk.ledger)
        refusal: Answer = {"error": {"code": -32602, "message": "query exceeds max block range"}}
        with closing(ScriptedNode(desk.url)) as node:
            for answer, words in ((refusal, "will not search"), ({"result": []}, "tells of no event")):
                node.behaviour["eth_getLogs"] = partial(_always, answer)
                done = run("verify", code, "--issued", desk.workspace.folder, "--moves", "--rpc", node.url)
                assert done.code == CannotTell.exit_code
                assert words in done.err


def _always(answer: Answer, _parameters: list[object]) -> Answer:
    return answer
