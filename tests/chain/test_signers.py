"""Signers sign for the chains they are meant for and never show their keys."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from eth_account import Account
from support.scripted_node import Answer, ScriptedNode

from cryptostamp.chain import (
    Chain,
    DevSigner,
    KeystoreSigner,
    MemoryJournal,
    RemoteSigner,
    Sender,
    UnsignedTransaction,
    deploy_registry,
)
from cryptostamp.chain.signers import read_signed
from cryptostamp.errors import EnvironmentProblem, InputError, Refused, StorageProblem
from cryptostamp.primitives import ChainId, parse_address

KEY = bytes.fromhex("11" * 32)
TO = parse_address("0x" + "a1" * 20)


def unsigned(chain_id: int) -> UnsignedTransaction:
    """Return a transaction for a chain."""
    return UnsignedTransaction(
        chain_id=ChainId(chain_id), nonce=3, to=TO, data=b"x", gas=50_000, max_fee=10**9, max_priority_fee=1
    )


@pytest.fixture
def keystore(tmp_path: Path) -> Path:
    """A keystore file as geth and others write it."""
    path = tmp_path / "key.json"
    path.write_text(json.dumps(Account.encrypt(KEY, "correct horse", kdf="scrypt", iterations=2)))
    return path


class TestDevSigner:
    def test_the_accounts_everybody_knows(self) -> None:
        """The addresses are those that Anvil prints."""
        assert DevSigner(0).address == "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266"
        assert DevSigner(9).address == "0xa0Ee7A142d267C1f36714E4a8F75612F20a79720"

    @pytest.mark.parametrize("index", [-1, 10])
    def test_there_are_ten(self, index: int) -> None:
        """Other numbers are refused."""
        with pytest.raises(InputError):
            DevSigner(index)

    @pytest.mark.parametrize("chain_id", [1, 137, 11155111])
    def test_never_for_a_public_chain(self, chain_id: int) -> None:
        """A key that everybody has must not hold anything of value."""
        with pytest.raises(Refused, match="everybody has its key"):
            DevSigner(0).sign_transaction(unsigned(chain_id))

    def test_signs_what_it_was_given(self) -> None:
        """The signature is the account's own, over this transaction (EIP-1559: type 2)."""
        raw = DevSigner(0).sign_transaction(unsigned(31337))
        assert raw[0] == 2
        assert Account.recover_transaction(raw) == DevSigner(0).address

    def test_the_key_is_not_shown(self) -> None:
        """The representation shows the address only."""
        assert repr(DevSigner(0)) == "DevSigner(0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266)"


class TestKeystoreSigner:
    def test_opens_with_the_passphrase(self, keystore: Path) -> None:
        """The account of the file signs for any chain."""
        signer = KeystoreSigner(keystore, "correct horse")
        assert signer.address == Account.from_key(KEY).address
        assert Account.recover_transaction(signer.sign_transaction(unsigned(1))) == signer.address

    def test_nothing_secret_is_shown(self, keystore: Path) -> None:
        """Neither the key nor the passphrase is in the representation."""
        shown = repr(KeystoreSigner(keystore, "correct horse"))
        assert "11" * 32 not in shown
        assert "horse" not in shown

    def test_a_wrong_passphrase(self, keystore: Path) -> None:
        """A wrong passphrase is told without repeating it."""
        with pytest.raises(InputError) as error:
            KeystoreSigner(keystore, "battery staple")
        assert "passphrase is wrong" in error.value.what
        assert "staple" not in error.value.diagnostics()
        assert error.value.__cause__ is None

    @pytest.mark.parametrize("content", ["", "not json", "[]", "{}", '{"version": 3}', '{"version": 9}', "5"])
    def test_files_that_are_none(self, tmp_path: Path, content: str) -> None:
        """Any other file is refused in our own words."""
        path = tmp_path / "key.json"
        path.write_text(content)
        with pytest.raises(InputError):
            KeystoreSigner(path, "x")

    def test_no_file(self, tmp_path: Path) -> None:
        """A missing file is a storage problem."""
        with pytest.raises(StorageProblem):
            KeystoreSigner(tmp_path / "none", "x")


class Service:
    """A signing service as Web3Signer is one, with the key of the sixth test account, which does as it is told."""

    def __init__(self, node: ScriptedNode) -> None:
        self.url = node.url
        self.asked: list[dict[str, str]] = []
        self.tamper: Callable[[UnsignedTransaction], UnsignedTransaction] = lambda transaction: transaction
        self.key = DevSigner(5)
        self.wrap: Callable[[str], object] = lambda raw: raw
        node.behaviour = {"eth_signTransaction": self.sign, "account_signTransaction": self.sign}

    def sign(self, parameters: list[dict[str, Any]]) -> Answer:
        """Sign what the JSON says."""
        (fields,) = parameters
        self.asked.append(fields)
        number = {name: int(fields[name], 16) for name in ("chainId", "nonce", "gas", "value", "type")}
        assert (number["type"], number["value"], fields["from"]) == (2, 0, DevSigner(5).address)
        transaction = UnsignedTransaction(
            chain_id=ChainId(number["chainId"]),
            nonce=number["nonce"],
            to=parse_address(fields["to"]) if "to" in fields else None,
            data=bytes.fromhex(fields["data"][2:]),
            gas=number["gas"],
            max_fee=int(fields["maxFeePerGas"], 16),
            max_priority_fee=int(fields["maxPriorityFeePerGas"], 16),
        )
        return {"result": self.wrap("0x" + self.key.sign_transaction(self.tamper(transaction)).hex())}


@pytest.fixture
def node() -> Iterator[ScriptedNode]:
    """The HTTP server of a signing service."""
    server = ScriptedNode()
    yield server
    server.close()


@pytest.fixture
def service(node: ScriptedNode) -> Service:
    """A signing service."""
    return Service(node)


class TestRemoteSigner:
    def test_signs_what_it_was_given(self, service: Service) -> None:
        """The service's signature is the account's own, over this transaction."""
        signer = RemoteSigner(service.url, DevSigner(5).address)
        assert signer.sign_transaction(unsigned(31337)) == DevSigner(5).sign_transaction(unsigned(31337))

    def test_as_clef_answers(self, service: Service) -> None:
        """Clef calls it account_signTransaction and gives an object with the raw bytes in it."""
        service.wrap = lambda raw: {"raw": raw, "tx": {"hash": "0x00"}}
        signer = RemoteSigner(service.url, DevSigner(5).address, method="account_signTransaction")
        assert read_signed(signer.sign_transaction(unsigned(31337))) == (unsigned(31337), signer.address)

    def test_sends_with_it(self, service: Service, chain: Chain) -> None:
        """A contract is deployed without the key ever being in this process."""
        signer = RemoteSigner(service.url, DevSigner(5).address)
        deploy_registry(Sender(chain, signer, MemoryJournal()), intent="registry", authority=TO)
        assert chain.transaction_count(signer.address) == 1
        assert "to" not in service.asked[0]

    @pytest.mark.parametrize(
        "change",
        [
            {"to": parse_address("0x" + "b0" * 20)},
            {"to": None},
            {"data": b"y"},
            {"nonce": 4},
            {"gas": 60_000},
            {"max_fee": 10**10},
            {"max_priority_fee": 2},
            {"chain_id": ChainId(1337)},
        ],
    )
    def test_something_else(self, service: Service, change: dict[str, Any]) -> None:
        """A service that changes anything in the transaction is noticed before anything is sent."""
        service.tamper = lambda transaction: replace(transaction, **change)
        with pytest.raises(Refused, match="signed something else"):
            RemoteSigner(service.url, DevSigner(5).address).sign_transaction(unsigned(31337))

    def test_another_account(self, service: Service) -> None:
        """So is one that signs with another key."""
        service.key = DevSigner(6)
        with pytest.raises(Refused, match="or with another account"):
            RemoteSigner(service.url, DevSigner(5).address).sign_transaction(unsigned(31337))

    def test_money_on_the_side(self, service: Service, node: ScriptedNode) -> None:
        """A signature that would send money along is none of what was asked."""
        fields = {"type": 2, "chainId": 31337, "nonce": 3, "value": 1, "data": b"x", "gas": 50_000, "to": TO}
        fields |= {"maxFeePerGas": 10**9, "maxPriorityFeePerGas": 1}
        raw = Account.from_key(KEY).sign_transaction(fields).raw_transaction.to_0x_hex()
        node.behaviour["eth_signTransaction"] = lambda _: {"result": raw}
        with pytest.raises(Refused, match="no signed transaction"):
            RemoteSigner(service.url, Account.from_key(KEY).address).sign_transaction(unsigned(31337))

    @pytest.mark.parametrize("answer", [None, 5, "", "0x", "0x02", "0x02c0", "signed", {}, {"raw": None}, [], True])
    def test_nonsense(self, service: Service, answer: object) -> None:
        """Whatever else a service answers is refused in our own words."""
        service.wrap = lambda _raw: answer
        with pytest.raises(Refused, match="no signed transaction"):
            RemoteSigner(service.url, DevSigner(5).address).sign_transaction(unsigned(31337))

    def test_denied(self, service: Service, node: ScriptedNode) -> None:
        """What the person at the service said is passed on."""
        node.behaviour["eth_signTransaction"] = lambda _: {"error": {"code": -32000, "message": "Request denied"}}
        with pytest.raises(Refused, match="does not sign: Request denied"):
            RemoteSigner(service.url, DevSigner(5).address).sign_transaction(unsigned(31337))

    def test_down(self, service: Service, node: ScriptedNode, chain: Chain) -> None:
        """A service that is down is no node that is down: it is named, and nothing was recorded."""
        node.everything = lambda: 503
        journal = MemoryJournal()
        signer = RemoteSigner(service.url.replace("http://", "http://user:pa55@") + "/5ecret", DevSigner(5).address)
        with pytest.raises(EnvironmentProblem, match=r"signing service at .* answers with HTTP 503") as error:
            deploy_registry(Sender(chain, signer, journal), intent="registry", authority=TO)
        assert "cryptostamp node" not in error.value.remedy
        shown = error.value.diagnostics() + repr(signer)
        assert "pa55" not in shown
        assert "5ecret" not in shown
        assert journal.entries(chain.chain_id, signer.address) == ()


class TestReadingSignedBytes:
    def test_what_was_signed(self) -> None:
        """Signed bytes say what was signed and by whom, also where a contract is deployed."""
        for transaction in (unsigned(31337), replace(unsigned(31337), to=None)):
            assert read_signed(DevSigner(3).sign_transaction(transaction)) == (transaction, DevSigner(3).address)

    @pytest.mark.parametrize("raw", [b"", b"\2", b"\2\xc0", b"\1\xc0", b"\xc0", bytes(100), b"\2" + bytes(200)])
    def test_other_bytes(self, raw: bytes) -> None:
        """Other bytes are one kind of error, whatever library noticed."""
        with pytest.raises(ValueError, match="not the bytes of a signed EIP-1559 transaction"):
            read_signed(raw)
