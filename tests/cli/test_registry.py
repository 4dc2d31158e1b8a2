"""The registry from the command line: proposed, accepted, suspended, reinstated, revoked, rotated and shown."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread

import pytest
from eth_account import Account
from support.desk import Desk
from support.program import Outcome, Run

from cryptostamp.chain import Chain, DevSigner, PostalRegistry, start_local_node
from cryptostamp.office import public_code_of
from cryptostamp.primitives import ChainId, Serial, parse_address

LILYPOND = ("--country", "XL", "--name", "Lilypond Post", "--domain", "lilypond.example")
ALICE = parse_address("0x" + "a1" * 20)

Registry = Callable[..., Outcome]


@contextmanager
def mining(chain: Chain) -> Iterator[None]:
    """Let a chain go on by itself, as one does on which a transaction must lie deep."""
    ended = Event()

    def mine() -> None:
        while not ended.wait(0.05):
            chain.rpc.request("anvil_mine", "0xc")

    miner = Thread(target=mine)
    miner.start()
    try:
        yield
    finally:
        ended.set()
        miner.join()


@pytest.fixture
def registry(run: Run, chain: Chain, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Registry:
    """Run a registry command on the local chain, on a registry that was deployed there."""
    monkeypatch.chdir(tmp_path)
    url = chain.rpc._provider.endpoint_uri
    deployed = run("registry", "deploy", "--rpc", url, "--json")
    assert deployed.code == 0
    address = deployed.json["registry"]

    def ran(*arguments: object) -> Outcome:
        return run("registry", *arguments, "--registry", address, "--rpc", url)

    return ran


@pytest.fixture
def post(registry: Registry) -> str:
    """Post number 1, on the account of test account 7."""
    account = DevSigner(7).address
    assert registry("propose", *LILYPOND, "--account", account).code == 0
    assert registry("accept", 1).code == 0
    return account


class TestHelp:
    def test_the_steps_stand_in_lines(self, run: Run) -> None:
        """The way to a first series is shown step by step, each command on its own line."""
        shown = run("registry", "--help").out.splitlines()
        steps = [line.partition("cryptostamp ")[2].split(" --")[0] for line in shown if ":  " in line]
        assert steps == ["registry deploy", "registry propose", "registry accept 1", "issue SERIES"]


class TestDeploy:
    def test_deploy(self, run: Run, chain: Chain, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """The registry and its authority are named, and what was sent is kept in one file for this chain."""
        monkeypatch.chdir(tmp_path)
        url = chain.rpc._provider.endpoint_uri
        done = run("registry", "deploy", "--rpc", url)
        assert done.code == 0
        assert done.out.endswith(f" is deployed; {DevSigner(1).address} is its authority.\n")
        again = run("registry", "deploy", "--rpc", url, "--json")
        assert again.json["registry"] in done.out
        (ledger,) = tmp_path.glob("*.sqlite3")
        assert ledger.name.startswith("registry-31337-")

    def test_for_another_authority(self, run: Run, chain: Chain, tmp_path: Path) -> None:
        """The authority can be another account than the one that deploys; the ledger lies where it was told to."""
        url, ledger = chain.rpc._provider.endpoint_uri, tmp_path / "here.sqlite3"
        done = run("registry", "deploy", "--authority", ALICE, "--rpc", url, "--ledger", ledger, "--json")
        assert (done.code, done.json["authority"]) == (0, ALICE)
        assert PostalRegistry(chain, done.json["registry"]).authority() == ALICE
        assert ledger.is_file()

    def test_nobody_acts_by_default_elsewhere(
        self, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, type_in: list[str]
    ) -> None:
        """On a chain that is not a local one a keystore is needed, and is enough for both steps."""
        monkeypatch.chdir(tmp_path)
        for index, name in ((1, "authority.json"), (7, "post.json")):
            key = DevSigner(index)._account.key
            (tmp_path / name).write_text(json.dumps(Account.encrypt(key, "pond", kdf="pbkdf2", iterations=1000)))
        with start_local_node(chain_id=ChainId(424242)) as node, mining(Chain.connect(node.url)):
            refused = run("registry", "deploy", "--rpc", node.url)
            assert (refused.code, refused.out) == (2, "")
            assert "424242 is not a local test chain" in refused.err
            type_in += ["pond"] * 3
            options = ("--rpc", node.url, "--json", "--keystore")
            address = run("registry", "deploy", *options, "authority.json").json["registry"]
            account = DevSigner(7).address
            proposed = run(
                *("registry", "propose", *LILYPOND, "--account", account, "--registry", address),
                *(*options, "authority.json"),
            )
            assert proposed.json["now"]["standing"] == "proposed"
            accepted = run("registry", "accept", 1, "--registry", address, *options, "post.json")
            assert (accepted.json["now"]["standing"], accepted.json["now"]["account"]) == ("active", account)
        assert type_in == []


class TestAdmission:
    def test_two_steps(self, registry: Registry) -> None:
        """Each step says how the post stands, and the first how the second is made."""
        account = DevSigner(7).address
        proposed = registry("propose", *LILYPOND, "--account", account)
        assert proposed.code == 0
        assert "Post 1: Lilypond Post (XL, lilypond.example), proposed since 20" in proposed.out
        assert "cryptostamp registry accept 1 --registry 0x" in proposed.out
        accepted = registry("accept", 1)
        assert accepted.code == 0
        assert "Post 1: Lilypond Post (XL, lilypond.example), active since 20" in accepted.out
        assert account in accepted.out
        assert "nothing was sent" in registry("accept", 1).out

    def test_withdrawn(self, registry: Registry) -> None:
        """A proposal that was withdrawn cannot be accepted."""
        assert registry("propose", *LILYPOND, "--account", DevSigner(7).address).code == 0
        assert registry("withdraw", 1, "--json").json["now"]["standing"] == "withdrawn"
        refused = registry("accept", 1)
        assert (refused.code, refused.out) == (1, "")

    def test_an_account_that_nobody_here_has(self, registry: Registry) -> None:
        """A local chain has no key for a stranger's account, so the keystore is asked for."""
        assert registry("propose", *LILYPOND, "--account", ALICE).code == 0
        refused = registry("accept", 1)
        assert refused.code == 2
        assert f"{ALICE} must act here" in refused.err
        assert "--keystore" in refused.err

    @pytest.mark.parametrize(
        ("change", "said"),
        [
            (("--country", "xl"), "two letters A to Z"),
            (("--country", "LILY"), "is not a country"),
            (("--domain", "Lilypond.example"), "not a host name in lower case"),
            (("--name", "x" * 101), "too long"),
        ],
        ids=lambda value: value[1][:10] if isinstance(value, tuple) else None,
    )
    def test_a_malformed_post(self, registry: Registry, change: tuple[str, str], said: str) -> None:
        """What is wrong with a proposal is said in a sentence."""
        refused = registry("propose", *LILYPOND, *change, "--account", ALICE)
        assert refused.code in {1, 2}
        assert said in refused.err

    @pytest.mark.usefixtures("post")
    def test_by_somebody_else(self, registry: Registry, tmp_path: Path, type_in: list[str]) -> None:
        """1: an account that is not the authority proposes nobody."""
        key = DevSigner(7)._account.key
        (tmp_path / "post.json").write_text(json.dumps(Account.encrypt(key, "pond", kdf="pbkdf2", iterations=1000)))
        type_in.append("pond")
        refused = registry("propose", *LILYPOND, "--account", ALICE, "--keystore", "post.json")
        assert refused.code == 1
        assert "is not the authority of the registry" in refused.err


class TestStanding:
    @pytest.mark.usefixtures("post")
    def test_a_post(self, registry: Registry) -> None:
        """Suspended, reinstated and revoked, each with its reason, and shown as such."""
        for action, standing in (("suspend", "suspended"), ("reinstate", "active"), ("revoke", "revoked")):
            done = registry(action, 1, "--reason", f"We {action} it.")
            assert done.code == 0
            assert f"{standing} since 20" in done.out
            assert f": We {action} it.\n" in done.out
            assert registry("show", 1).out == done.out
        refused = registry("suspend", 1, "--reason", "again")
        assert (refused.code, refused.out) == (1, "")
        assert "has been revoked, for good" in refused.err

    def test_a_series_and_its_verdict(self, run: Run, desk: Desk, tmp_path: Path) -> None:
        """A post suspends its series, and whoever verifies a stamp of it is told since when and why."""
        place = desk.dossier.deployment
        options = ("--registry", place.registry, "--rpc", desk.url, "--ledger", tmp_path / "registry.sqlite3")
        done = run("registry", "suspend", place.contract, "--as", "post", "--reason", "Sheets were stolen.", *options)
        assert done.code == 0
        assert f"Series {place.contract}: suspended since 20" in done.out
        assert ", said the post: Sheets were stolen." in done.out
        code = public_code_of(desk.dossier, Serial(3)).text
        options_of_verify = ("--rpc", desk.url, "--issued", desk.workspace.folder)
        verified = run("verify", code, *options_of_verify)
        assert verified.code == 4
        assert "This series was suspended by Lilypond Post on 20" in verified.out
        assert "the reason: Sheets were stolen." in verified.out
        back = run("registry", "reinstate", place.contract, "--reason", "Found.", "--json", *options)
        assert (back.json["now"]["standing"], back.json["now"]["by_authority"]) == ("active", True)
        assert run("verify", code, *options_of_verify).code == 0
        assert run("registry", "revoke", place.contract, "--reason", "Lost.", *options).code == 0
        assert run("verify", code, *options_of_verify).code == 1

    @pytest.mark.usefixtures("post")
    @pytest.mark.parametrize("action", ["suspend", "reinstate", "revoke"])
    def test_what_is_missing(self, registry: Registry, action: str) -> None:
        """2: without a reason, with a target that is none, or with a series that is not there, nothing is sent."""
        assert registry(action, 1).code == 2
        assert "--reason" in registry(action, 1).err
        for target in ("-1", "one", "0x12", "٣"):
            assert registry(action, "--reason", "x", "--", target).code == 2
        refused = registry(action, ALICE, "--reason", "x")
        assert (refused.code, refused.out) == (2, "")
        assert f"Nobody has registered the series {ALICE}" in refused.err

    @pytest.mark.usefixtures("post")
    def test_a_reason_that_cannot_be_shown(self, registry: Registry) -> None:
        """1: the contract refuses a reason that is too long or of two lines."""
        for reason in ("", "x" * 201, "two\nlines"):
            refused = registry("suspend", 1, "--reason", reason, "--json")
            assert (refused.code, refused.json["error"]["kind"]) == (1, "ContractRefusal")


class TestRotation:
    def test_by_the_post(self, registry: Registry, post: str) -> None:
        """The post proposes, its new account accepts; until then both are shown."""
        heir = DevSigner(8).address
        proposed = registry("rotate", 1, "--to", heir, "--as", "post")
        assert proposed.code == 0
        assert f"account {post}" in proposed.out
        assert f"new account proposed: {heir}" in proposed.out
        accepted = registry("accept", 1, "--json")
        assert (accepted.json["now"]["account"], accepted.json["now"]["next_account"]) == (heir, None)

    @pytest.mark.usefixtures("post")
    def test_cancelled(self, registry: Registry) -> None:
        """What the authority proposed the post takes back."""
        assert registry("rotate", 1, "--to", DevSigner(8).address).code == 0
        done = registry("withdraw", 1, "--as", "post", "--json")
        assert (done.code, done.json["now"]["next_account"]) == (0, None)
        assert registry("withdraw", 1).code == 1


class TestShow:
    def test_an_empty_registry(self, registry: Registry) -> None:
        """A registry is shown with its authority, before it has a post."""
        shown = registry("show")
        assert shown.code == 0
        assert f"its authority is {DevSigner(1).address}." in shown.out
        assert "It has no posts yet." in shown.out

    @pytest.mark.usefixtures("post")
    def test_all_posts(self, registry: Registry) -> None:
        """Every post is listed, and machines get them as one object."""
        assert registry("propose", *LILYPOND, "--account", ALICE).code == 0
        shown = registry("show")
        assert shown.out.index("Post 1: Lilypond Post") < shown.out.index("Post 2: Lilypond Post")
        posts = registry("show", "--json").json["posts"]
        assert [(post["post_id"], post["standing"]) for post in posts] == [(1, "active"), (2, "proposed")]

    def test_a_series(self, run: Run, desk: Desk) -> None:
        """A series is shown with its code and the post behind it, and with a warning when its code was changed."""
        place = desk.dossier.deployment
        arguments = ("registry", "show", place.contract, "--registry", place.registry, "--rpc", desk.url)
        shown = run(*arguments)
        assert shown.code == 0
        assert shown.out.startswith(f"Series {place.contract}: active since 20")
        assert "Lilypond Post (XL, lilypond.example), active since 20" in shown.out
        assert "another one now" not in shown.out
        status = run(*arguments, "--json").json
        assert status["code_hash"] == status["code_hash_now"]
        desk.chain.rpc.request("anvil_setCode", place.contract, "0x00")
        assert "its code is another one now" in run(*arguments).out

    def test_what_is_no_registry(self, run: Run, chain: Chain) -> None:
        """4: an address without a registry answers nothing."""
        done = run("registry", "show", "--registry", ALICE, "--rpc", chain.rpc._provider.endpoint_uri)
        assert (done.code, done.out) == (4, "")

    def test_an_unknown_post(self, registry: Registry) -> None:
        """1: a number that was never given out is refused."""
        assert registry("show", 1).code == 1
