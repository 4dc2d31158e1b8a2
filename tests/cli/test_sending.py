"""The options of every command that sends: nodes, accounts, fees, confirmations, and what a dry run says."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest
from eth_account import Account
from support.desk import Desk
from support.program import Run
from support.scripted_node import Answer, ScriptedNode

from cryptostamp.chain import Chain, DevSigner, Finality, UnsignedTransaction
from cryptostamp.chain.signers import read_signed
from cryptostamp.cli.sending import Sending
from cryptostamp.errors import EnvironmentProblem, InputError, NodeUnreachable
from cryptostamp.primitives import ChainId, Serial, parse_address

DEAD = "http://127.0.0.1:9"
POST = DevSigner(0)
VOID = ("void", "--serials", "3", "--reason", "lost", "--yes")
GWEI = 10**9


@contextmanager
def descriptor(text: str) -> Iterator[int]:
    """Give the reading end of a pipe that holds `text`."""
    reader, writer = os.pipe()
    try:
        os.write(writer, text.encode())
        os.close(writer)
        yield reader
    finally:
        os.close(reader)


@contextmanager
def mining(chain: Chain) -> Iterator[None]:
    """Let a chain go on by itself, as one does on which a transaction must lie deep."""
    ended = Event()

    def mine() -> None:
        while not ended.wait(0.05):
            chain.rpc.request("evm_mine")

    miner = Thread(target=mine)
    miner.start()
    try:
        yield
    finally:
        ended.set()
        miner.join()


@pytest.fixture
def here(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """Stand beside the issued series, so that it is found without --issued."""
    monkeypatch.chdir(desk.workspace.folder.parent)
    return desk


@pytest.fixture
def keystore(tmp_path: Path) -> Path:
    """The post's account in an encrypted file."""
    path = tmp_path / "post.json"
    path.write_text(json.dumps(Account.encrypt(POST._account.key, "pond", kdf="pbkdf2", iterations=1000)))
    return path


@pytest.fixture
def service() -> Iterator[ScriptedNode]:
    """A signing service that holds the post's account."""

    def sign(parameters: list[dict[str, Any]]) -> Answer:
        (fields,) = parameters
        transaction = UnsignedTransaction(
            chain_id=ChainId(int(fields["chainId"], 16)),
            nonce=int(fields["nonce"], 16),
            to=parse_address(fields["to"]),
            data=bytes.fromhex(fields["data"][2:]),
            gas=int(fields["gas"], 16),
            max_fee=int(fields["maxFeePerGas"], 16),
            max_priority_fee=int(fields["maxPriorityFeePerGas"], 16),
        )
        return {"result": "0x" + POST.sign_transaction(transaction).hex()}

    server = ScriptedNode()
    server.behaviour["eth_signTransaction"] = sign
    yield server
    server.close()


def last_sent(desk: Desk) -> UnsignedTransaction:
    """Return what was signed last."""
    return read_signed(desk.ledger.transactions()[-1].offers[-1].raw)[0]


class TestNodes:
    def test_another_one_stands_in(self, run: Run, here: Desk) -> None:
        """When the first node is down, the second is asked, and what was meant is sent."""
        done = run(*VOID, "--rpc", DEAD, "--rpc", here.url, "--json")
        assert (done.code, done.json["after"]["void"]) == (0, 1)

    def test_none_answers(self, run: Run, here: Desk) -> None:
        """3: all are down, and each is named."""
        done = run(*VOID, "--rpc", DEAD, "--rpc", "http://127.0.0.1:10")
        assert done.code == NodeUnreachable.exit_code
        assert "127.0.0.1:9" in done.err
        assert "127.0.0.1:10" in done.err


class TestAccounts:
    def test_keystore_by_descriptor(self, run: Run, here: Desk, keystore: Path) -> None:
        """A keystore opens with the first line of a file descriptor, and nobody is asked."""
        with descriptor("pond\nnot this\n") as reader:
            done = run(*VOID, "--rpc", here.url, "--keystore", keystore, "--keystore-passphrase-fd", reader)
        assert (done.code, "1 are void now" in done.out) == (0, True)

    def test_keystore_with_another_passphrase(self, run: Run, here: Desk, keystore: Path) -> None:
        """2: a wrong passphrase opens nothing, and is not shown."""
        with descriptor("p0nd\n") as reader:
            done = run(*VOID, "--rpc", here.url, "--keystore", keystore, "--keystore-passphrase-fd", reader)
        assert done.code == 2
        assert "passphrase is wrong" in done.err
        assert "p0nd" not in done.err

    def test_a_descriptor_that_is_not_open(self, run: Run, here: Desk, keystore: Path) -> None:
        """2: a descriptor without anything behind it is named."""
        done = run(*VOID, "--rpc", here.url, "--keystore", keystore, "--keystore-passphrase-fd", 987)
        assert done.code == 2
        assert "descriptor 987" in done.err

    def test_signing_service(self, run: Run, here: Desk, service: ScriptedNode) -> None:
        """The account of a signing service acts; its key is never here."""
        done = run(*VOID, "--rpc", here.url, "--signer", service.url, "--signer-account", POST.address, "--json")
        assert (done.code, done.json["after"]["void"]) == (0, 1)

    def test_a_service_that_is_down(self, run: Run, here: Desk) -> None:
        """3: it is named as what it is, and nothing is on record."""
        before = here.ledger.transactions()
        done = run(*VOID, "--rpc", here.url, "--signer", DEAD, "--signer-account", POST.address)
        assert done.code == EnvironmentProblem.exit_code
        assert "signing service" in done.err
        assert here.ledger.transactions() == before

    @pytest.mark.parametrize(
        ("options", "words"),
        [
            (("--keystore", "k.json", "--signer", DEAD, "--signer-account", POST.address), "both say who signs"),
            (("--signer", DEAD), "one alone is not enough"),
            (("--signer-account", POST.address), "one alone is not enough"),
            (("--keystore-passphrase-fd", "0"), "opens a keystore, and none is given"),
            (("--rpc", DEAD, "--rpc", DEAD), "given twice"),
        ],
    )
    def test_contradictions(self, run: Run, here: Desk, options: tuple[str, ...], words: str) -> None:
        """2: options that contradict each other are refused before anything is asked of anybody."""
        done = run(*VOID, *options)
        assert done.code == InputError.exit_code
        assert words in done.err

    @pytest.mark.usefixtures("quick_seal")
    def test_one_descriptor_for_two_passphrases(self, run: Run, copy: Path, keystore: Path, tmp_path: Path) -> None:
        """2: a descriptor that was read is empty, so each passphrase has one of its own."""
        options = ("--keystore", keystore, "--keystore-passphrase-fd", 3, "--passphrase-fd", 3)
        done = run("issue", copy, *options, "--issued", tmp_path / "issued")
        assert done.code == 2
        assert "name the same file descriptor" in done.err
        assert not (tmp_path / "issued").exists()

    def test_nothing_secret_is_shown(self) -> None:
        """The address of a service may hold a token of its own: it is in no repr."""
        shown = repr(Sending(rpc=(DEAD,), signer_url="https://user:pa55@signer.example", signer_account=POST.address))
        assert "pa55" not in shown


class TestFees:
    def test_never_above_the_cap(self, run: Run, here: Desk) -> None:
        """What is offered stays below --max-fee, to the last wei."""
        price = here.chain.fee_market().price
        cap = price + 7
        done = run(*VOID, "--rpc", here.url, "--max-fee", f"{Decimal(cap) / GWEI:f}")
        assert done.code == 0
        assert last_sent(here).max_fee == cap

    def test_too_dear(self, run: Run, here: Desk) -> None:
        """3: when gas costs more than may be offered, nothing is signed."""
        before = here.ledger.transactions()
        done = run(*VOID, "--rpc", here.url, "--max-fee", "0.000000001")
        assert done.code == EnvironmentProblem.exit_code
        assert "0.000 gwei that may be offered" in done.err
        assert here.ledger.transactions() == before

    @pytest.mark.parametrize(
        "fee", ["", "0", "0.0", "-1", "1e9", "1,5", "0.0000000001", "1000000001", "nan", "٣", "1."]
    )
    def test_no_fee(self, run: Run, here: Desk, fee: str) -> None:
        """2: what is no sum in gwei is refused, also what a float would have taken; '1.' is one gwei."""
        done = run(*VOID, "--rpc", DEAD, "--max-fee", fee)
        if fee == "1.":
            assert done.code == NodeUnreachable.exit_code
            return
        assert done.code == 2
        assert "no sum" in done.err


class TestConfirmations:
    def test_it_waits(self, run: Run, here: Desk) -> None:
        """With --confirmations a transaction is final when that many blocks hold it."""
        with mining(here.chain):
            done = run(*VOID, "--rpc", here.url, "--confirmations", "2", "--json")
        assert done.code == 0
        receipt = here.ledger.transactions()[-1].receipt
        assert receipt is not None
        assert here.chain.head().number >= receipt.block_number + 1

    def test_finalized(self, run: Run, here: Desk) -> None:
        """With --confirmations finalized it waits for what the chain never undoes."""
        here.chain.rpc.request("anvil_mine", hex(70))
        done = run(*VOID, "--rpc", here.url, "--confirmations", "finalized", "--dry-run", "--json")
        assert done.code == 0

    @pytest.mark.parametrize("text", ["", "0", "-1", "1.5", "final", "9999999", "٣"])
    def test_no_depth(self, run: Run, here: Desk, text: str) -> None:
        """2: a depth is a number from 1 on, or the word."""
        done = run(*VOID, "--rpc", DEAD, "--confirmations", text)
        assert done.code == 2
        assert "neither a number of confirmations" in done.err

    def test_patience_grows_with_the_depth(self) -> None:
        """Who asks for more confirmations waits longer before being told that they are not there yet."""
        depths = [Finality(confirmations=1), Finality(confirmations=64), Finality.finalized()]
        assert sorted(depths, key=lambda each: each.patience_s) == depths


class TestDryRun:
    def priced(self, run: Run, desk: Desk, *arguments: object) -> dict[str, Any]:
        """Run a step dry, make sure that nothing was signed, and return what it says."""
        before = (desk.ledger.transactions(), desk.chain.head().number)
        done = run(*arguments, "--rpc", desk.url, "--dry-run", "--json")
        assert done.code == 0, done.err
        assert (desk.ledger.transactions(), desk.chain.head().number) == before
        priced = done.json
        assert priced["dry_run"] is True
        assert 0 < Decimal(priced["fee"]) < Decimal(priced["fee_at_most"]) < Decimal(priced["balance"])
        return dict(priced)

    def test_void(self, run: Run, here: Desk) -> None:
        """The gas of all transactions is told; that an earlier one makes a later one cheaper is not reckoned with."""
        order = ("void", "--serials", "3,5,11-20", "--reason", "lost", "--yes")
        priced = self.priced(run, here, *order)
        assert priced["transactions"] == 2
        done = run(*order, "--rpc", here.url, "--json")
        assert 0.75 * priced["gas"] < done.json["gas"] <= priced["gas"]
        again = run(*order, "--rpc", here.url, "--dry-run", "--json").json
        assert (again["transactions"], again["gas"], again["balance"]) == (0, 0, None)

    def test_in_words(self, run: Run, here: Desk) -> None:
        """A person reads gas, the fee now, the fee at most and what the account holds; the cap is part of it."""
        gwei = 5 * here.chain.fee_market().price // GWEI + 1
        order = ("postmark", "--serials", "3", "--office", "LEAP-01", "--day", "2026-05-01")
        done = run(*order, "--rpc", here.url, "--dry-run", "--max-fee", gwei)
        assert (done.code, done.err.strip()) == (0, "")
        assert "It would take one transaction and " in done.out
        assert f"{POST.address} holds " in done.out
        assert done.out.endswith("Nothing was signed or sent.\n")
        nothing = run("void", "--serials", "3", "--reason", "lost", "--rpc", here.url, "--yes")
        assert nothing.code == 0
        assert run(*VOID, "--rpc", here.url, "--dry-run").out.endswith("Nothing would be sent.\n")

    def test_claim(self, run: Run, here: Desk, type_in: list[str]) -> None:
        """A claim is priced with its real signature, and what the contract refuses is refused."""
        code = here.secret.claim_code(Serial(4)).text
        type_in += [code, code, code]
        claim = ("claim", "--to", DevSigner(7).address, "--issued", here.workspace.folder)
        assert self.priced(run, here, *claim)["gas"] > 60_000
        assert run(*claim, "--rpc", here.url).code == 0
        refused = run(*claim, "--rpc", here.url, "--dry-run")
        assert refused.code == 1

    def test_issue(self, run: Run, desk: Desk, copy: Path, tmp_path: Path) -> None:
        """An issue is priced without a passphrase, and leaves no file."""
        folder = tmp_path / "not-yet"
        registry = desk.dossier.deployment.registry
        options = ("--registry", registry, "--issued", folder)
        priced = self.priced(run, desk, "issue", copy, *options)
        assert priced["gas"] > 1_500_000
        assert not folder.exists()

    @pytest.mark.usefixtures("here")
    def test_issued_before(self, run: Run, desk: Desk, copy: Path) -> None:
        """2: what was issued from a folder has no price there any more."""
        done = run("issue", copy, "--issued", desk.workspace.folder, "--rpc", desk.url, "--dry-run")
        assert done.code == 2
        assert "would not be issued again" in done.err

    def test_a_post_that_is_not_admitted(
        self, run: Run, desk: Desk, copy: Path, tmp_path: Path, service: ScriptedNode
    ) -> None:
        """1: the registry is asked, too."""
        options = ("--registry", desk.dossier.deployment.registry, "--issued", tmp_path / "no")
        stranger = ("--signer", service.url, "--signer-account", DevSigner(8).address)
        done = run("issue", copy, *options, *stranger, "--rpc", desk.url, "--dry-run")
        assert done.code == 1
        assert "has not admitted" in done.err


class TestHelp:
    @pytest.mark.parametrize(
        "command",
        ["issue", "claim", "void", "postmark", "registry deploy", "registry propose", "registry revoke"],
    )
    def test_the_same_everywhere(self, run: Run, command: str) -> None:
        """Every command that sends has the same options."""
        shown = run(*command.split(), "--help").out
        wanted: Callable[[str], bool] = lambda option: option in shown  # noqa: E731  (a name for a test)
        assert all(map(wanted, ("--rpc", "--keystore", "--signer", "--max-fee", "--confirmations")))


class TestFollowing:
    @pytest.mark.parametrize("command", [("status",), ("history", "3")])
    def test_another_node_stands_in(self, run: Run, here: Desk, command: tuple[str, ...]) -> None:
        """Who only looks may name several nodes, too."""
        assert run(*command, "--rpc", DEAD, "--rpc", here.url, "--json").code == 0
