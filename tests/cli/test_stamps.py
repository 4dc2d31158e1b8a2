"""An issuer voids stamps and records postmarks from the command line, and is asked before either."""

from __future__ import annotations

import io
import json

import pytest
from eth_account import Account
from support.desk import Desk
from support.program import Run

from cryptostamp.chain import DevSigner
from cryptostamp.errors import InputError
from cryptostamp.office import claim, public_code_of
from cryptostamp.primitives import Serial

DEAD = "http://127.0.0.1:9"


@pytest.fixture
def here(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """Stand beside the issued series, so that it is found without --issued."""
    monkeypatch.chdir(desk.workspace.folder.parent)
    return desk


@pytest.fixture
def claimed(here: Desk) -> Desk:
    """Stamp no. 5 is claimed."""
    to = DevSigner(7).address
    claim(here.secret.claim_code(Serial(5)), here.dossier, to=to, sender=here.sender, ledger=here.ledger)
    return here


class TestVoid:
    def test_spoiled_sheets(self, run: Run, here: Desk) -> None:
        """Sheets that the printer has spoiled are named by their numbers; all their stamps become void."""
        done = run("void", "--sheets", "2", "--reason", "spoiled", "--rpc", here.url, "--yes", "--json")
        assert (done.code, done.json["before"]["to_do"], done.json["after"]["void"]) == (0, 5, 5)
        states = run("status", "--rpc", here.url, "--json").json["status"]["counts"]
        assert states["void"] == 5

    @pytest.mark.parametrize(
        ("options", "words"),
        [
            (("--sheets", "3"), "There is no sheet no. 3"),
            (("--sheets", "7-9"), "There is no sheet no. 7 to 9"),
            ((), "Which stamps are meant?"),
            (("--sheets", "1", "--serials", "3"), "Which stamps are meant?"),
        ],
    )
    def test_which_stamps(self, run: Run, here: Desk, options: tuple[str, ...], words: str) -> None:
        """Stamps are named in one way, and sheets that there are."""
        done = run("void", *options, "--reason", "spoiled", "--rpc", here.url, "--yes")
        assert done.code == InputError.exit_code
        assert words in done.err

    def test_asked_and_answered(self, run: Run, claimed: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
        """The order is shown with what is claimed already, asked for, and told when it is done."""
        asked = []
        monkeypatch.setattr("click.confirm", lambda text, **options: asked.append((text, options)))
        done = run("void", "--serials", "3,5,11-20", "--reason", "stolen", "--rpc", claimed.url)
        assert (done.code, done.err.strip()) == (0, "")
        assert done.out == (
            "12 stamps of Leapfrog: 11 to be declared void (it was stolen).\n"
            "  1 claimed or sent already, the first of them no. 5: these cannot be voided any more.\n"
            "Of these stamps, 11 are void now.\n"
        )
        assert asked == [("Void them, for good?", {"abort": True, "err": True})]
        verified = run("verify", public_code_of(claimed.dossier, Serial(3)).text, "--rpc", claimed.url)
        assert verified.code == 1
        assert verified.out.startswith("✗ Void. The post declared this stamp void on 20")
        assert "it was stolen." in verified.out

    @pytest.mark.parametrize("answer", ["n\n", "\n", ""])
    def test_nobody_says_yes(self, run: Run, here: Desk, monkeypatch: pytest.MonkeyPatch, answer: str) -> None:
        """Whatever is not a yes stops the program, and nothing is sent."""
        monkeypatch.setattr("sys.stdin", io.StringIO(answer))
        before = here.ledger.transactions()
        done = run("void", "--serials", "3", "--reason", "lost", "--rpc", here.url)
        assert done.code == 130
        assert here.ledger.transactions() == before

    def test_for_machines(self, run: Run, claimed: Desk) -> None:
        """One JSON object tells how it was, how it is, and what was sent; the same again sends nothing."""
        order = ("void", "--serials", "3,5,11-20", "--reason", "recalled", "--rpc", claimed.url, "--yes", "--json")
        first, again = run(*order), run(*order)
        assert (first.code, again.code) == (0, 0)
        assert (first.json["before"]["to_do"], first.json["before"]["left_custody"]) == (11, 1)
        assert (first.json["after"]["to_do"], first.json["after"]["void"]) == (0, 11)
        assert len(first.json["transactions"]) == 2
        assert first.json["gas"] > 0
        assert (again.json["transactions"], again.json["gas"]) == ([], 0)
        assert again.json["before"] == first.json["after"]
        code = public_code_of(claimed.dossier, Serial(12)).text
        stamp = run("verify", code, "--rpc", claimed.url, "--json").json["verdicts"][0]["verdict"]["stamp"]
        assert (stamp["state"], stamp["void_reason"]) == ("void", "recalled")

    def test_nothing_to_do(self, run: Run, claimed: Desk) -> None:
        """When nothing can be voided, nobody is asked and nothing is sent."""
        done = run("void", "--serials", "5", "--reason", "lost", "--rpc", claimed.url)
        assert done.code == 0
        assert done.out.endswith("Nothing was sent.\n")

    @pytest.mark.parametrize("serials", ["", "0", "7-3", "3,,4", "three", "-3", "1-2-3", "123456789"])
    def test_no_serials(self, run: Run, here: Desk, serials: str) -> None:
        """What is no list of serials is refused before any node is asked."""
        done = run("void", "--serials", serials, "--reason", "lost", "--rpc", DEAD)
        assert done.code == 2
        assert "no serial and no range" in done.err

    @pytest.mark.parametrize(
        ("arguments", "words"),
        [
            (("--serials", "31", "--reason", "lost"), "stamps 1 to 30"),
            (("--serials", "3", "--reason", "bored"), "'bored' is not one of"),
            (("--serials", "3"), "--reason"),
            (("--reason", "lost"), "--serials"),
        ],
    )
    def test_refused(self, run: Run, here: Desk, arguments: tuple[str, ...], words: str) -> None:
        """Serials beyond the edition, and an order that lacks something, are the caller's to correct."""
        done = run("void", *arguments, "--rpc", here.url, "--yes")
        assert done.code == 2
        assert words in done.err

    def test_an_account_without_the_role(
        self, run: Run, here: Desk, type_in: list[str], tmp_path_factory: pytest.TempPathFactory
    ) -> None:
        """Who may not void is told which role is missing."""
        file = tmp_path_factory.mktemp("keys") / "stranger.json"
        file.write_text(json.dumps(Account.encrypt(DevSigner(6)._account.key, "pond", kdf="pbkdf2", iterations=1000)))
        type_in.append("pond")
        done = run("void", "--serials", "3", "--reason", "lost", "--rpc", here.url, "--yes", "--keystore", file)
        assert done.code == 1
        assert "does not have the role that this needs: issuer." in done.err


class TestPostmark:
    ORDER = ("postmark", "--serials", "3-5,9", "--office", "LEAP-01", "--day", "2026-05-01")

    def test_asked_and_answered(self, run: Run, claimed: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
        """The postmark is shown, asked for, recorded whoever owns the token, and told by the verdict."""
        asked = []
        monkeypatch.setattr("click.confirm", lambda text, **_options: asked.append(text))
        done = run(*self.ORDER, "--kind", "first-day", "--rpc", claimed.url)
        assert (done.code, done.err.strip()) == (0, "")
        assert done.out == (
            "4 stamps of Leapfrog: 4 to get the first-day postmark of LEAP-01, 2026-05-01.\n"
            "Of these stamps, 4 have the postmark now.\n"
        )
        assert asked == ["Record it, for good?"]
        verified = run("verify", public_code_of(claimed.dossier, Serial(5)).text, "--rpc", claimed.url)
        assert verified.code == 0
        assert "It was cancelled on 2026-05-01 by the office LEAP-01 with its first-day postmark." in verified.out

    def test_for_machines(self, run: Run, here: Desk) -> None:
        """The same postmark again is found; void stamps are passed over."""
        run("void", "--serials", "4", "--reason", "spoiled", "--rpc", here.url, "--yes")
        first = run(*self.ORDER, "--rpc", here.url, "--yes", "--json")
        again = run(*self.ORDER, "--rpc", here.url, "--yes", "--json")
        assert (first.code, first.json["before"]["to_do"], first.json["before"]["void"]) == (0, 3, 1)
        assert len(first.json["transactions"]) == 1
        assert (again.json["transactions"], again.json["before"]["done_before"]) == ([], 3)
        told = run(*self.ORDER, "--rpc", here.url)
        assert "3 with this very postmark already." in told.out
        assert "1 void, the first of them no. 4: these get none." in told.out
        code = public_code_of(here.dossier, Serial(9)).text
        stamp = run("verify", code, "--rpc", here.url, "--json").json["verdicts"][0]["verdict"]["stamp"]
        assert stamp["first_postmark"] == {"office": "LEAP-01", "day": "2026-05-01", "kind": "regular"}

    @pytest.mark.parametrize(
        ("option", "value", "code", "words"),
        [
            ("--office", "leap 1", 2, "not a code"),
            ("--day", "1.5.2026", 2, "does not match the format"),
            ("--day", "1969-12-31", 2, "1969-12-31 cannot be recorded"),
            ("--day", "9999-01-01", 1, "has not come yet"),
            ("--kind", "round", 2, "'round' is not one of"),
            ("--serials", "29-31", 2, "stamps 1 to 30"),
        ],
    )
    def test_refused(self, run: Run, here: Desk, option: str, value: str, code: int, words: str) -> None:
        """An office, day, kind or serial that cannot be is refused in words, and nothing is sent."""
        before = here.ledger.transactions()
        done = run(*self.ORDER, option, value, "--rpc", here.url, "--yes")
        assert done.code == code
        assert words in done.err
        assert here.ledger.transactions() == before
