"""The issuer changes the royalty and the roles of a series from the command line."""

from __future__ import annotations

import io

import pytest
from support.desk import Desk
from support.program import Run

from cryptostamp.chain import DevSigner
from cryptostamp.primitives import parse_address

ALICE = parse_address("0x" + "a1" * 20)
DEAD = "http://127.0.0.1:9"


@pytest.fixture
def here(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """Stand beside the issued series, so that it is found without --issued."""
    monkeypatch.chdir(desk.workspace.folder.parent)
    return desk


class TestRoyalty:
    def test_asked_and_answered(self, run: Run, here: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
        """It is shown, priced without being sent, asked for, and told when it is done."""
        asked = []
        monkeypatch.setattr("click.confirm", lambda text, **_options: asked.append(text))
        change = ("series", "royalty", "--receiver", ALICE, "--percent", "2.5", "--rpc", here.url)
        assert run("series", "royalty", "--rpc", here.url).out == "no royalty.\n"
        priced = run(*change, "--dry-run")
        assert priced.code == 0
        assert "It would take one transaction and " in priced.out
        assert "Nothing was signed or sent." in priced.out
        assert (asked, here.sender.address in priced.out) == ([], True)
        done = run(*change)
        assert done.code == 0
        assert done.out.startswith(f"Now: no royalty.\nTo be: 2.5 % of the price to {ALICE}.\nDone in block ")
        assert asked == ["Set it?"]
        assert run(*change).out.endswith("It is so already; nothing was sent.\n")
        assert "Nothing would be sent." in run(*change, "--dry-run").out
        assert len(asked) == 1

    def test_for_machines(self, run: Run, here: Desk) -> None:
        """One JSON object tells how it was, how it is, and what was sent."""
        given = run(
            *("series", "royalty", "--receiver", ALICE, "--percent", "10", "--rpc", here.url, "--yes", "--json")
        ).json
        assert (given["before"]["receiver"], given["now"]["receiver"], given["now"]["bps"]) == (None, ALICE, 1_000)
        assert given["gas"] > 20_000
        ended = run("series", "royalty", "--end", "--rpc", here.url, "--yes", "--json").json
        assert (ended["before"], ended["now"]["bps"]) == (given["now"], 0)
        shown = run("series", "royalty", "--rpc", here.url, "--json").json
        assert shown["now"] == ended["now"]

    @pytest.mark.parametrize(
        ("options", "words"),
        [
            (("--receiver", ALICE), "not clear which royalty"),
            (("--percent", "5"), "not clear which royalty"),
            (("--end", "--percent", "5"), "not clear which royalty"),
            (("--receiver", ALICE, "--percent", "0"), "needs both an account"),
            (("--receiver", ALICE, "--percent", "2.555"), "no part of a price"),
            (("--receiver", ALICE, "--percent", "-1"), "no part of a price"),
            (("--receiver", "0x12", "--percent", "5"), "0x12"),
        ],
    )
    def test_not_clear(self, run: Run, here: Desk, options: tuple[str, ...], words: str) -> None:
        """What cannot be meant is refused before any node is asked."""
        done = run("series", "royalty", *options, "--rpc", DEAD, "--yes")
        assert done.code == 2
        assert words in done.err

    def test_more_than_a_series_may_ask_for(self, run: Run, here: Desk) -> None:
        """The contract's bound is told in words, with or without --dry-run."""
        change = ("series", "royalty", "--receiver", ALICE, "--percent", "10.01", "--rpc", here.url, "--yes")
        for options in ((), ("--dry-run",)):
            done = run(*change, *options)
            assert done.code == 1
            assert "royalty" in done.err
        assert run("series", "royalty", "--rpc", here.url).out == "no royalty.\n"


class TestRoles:
    def test_given_and_taken(self, run: Run, here: Desk) -> None:
        """Roles are given and taken one by one; those that are not named stay."""
        change = ("series", "roles", "--account", ALICE, "--rpc", here.url)
        assert run(*change).out == f"{ALICE}: no role.\n"
        assert "one transaction" in run(*change, "--postmaster", "--dry-run").out
        assert f"Now: {ALICE}: postmaster." in run(*change, "--postmaster", "--yes").out
        both = run(*change, "--issuer", "--yes", "--json").json
        assert (both["before"], both["now"]) == (["postmaster"], ["issuer", "postmaster"])
        assert run(*change, "--no-postmaster", "--yes", "--json").json["now"] == ["issuer"]
        again = run(*change, "--issuer", "--yes", "--json").json
        assert (again["transaction"], again["now"]) == (None, ["issuer"])

    def test_nobody_says_yes(self, run: Run, here: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
        """Whatever is not a yes stops the program, and nothing is sent."""
        monkeypatch.setattr("sys.stdin", io.StringIO("n\n"))
        before = here.ledger.transactions()
        account = DevSigner(6).address
        done = run("series", "roles", "--account", account, "--issuer", "--rpc", here.url)
        assert done.code == 130
        assert here.ledger.transactions() == before
