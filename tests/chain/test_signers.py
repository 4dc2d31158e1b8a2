"""Signers sign for the chains they are meant for and never show their keys."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from eth_account import Account

from cryptostamp.chain import DevSigner, KeystoreSigner, UnsignedTransaction
from cryptostamp.errors import InputError, Refused, StorageProblem
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
