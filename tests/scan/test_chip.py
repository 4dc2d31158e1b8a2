"""A chip proves that it is the one of its stamp, by a key that nobody else has."""

from __future__ import annotations

import pytest
from eth_account import Account
from eth_account.messages import encode_defunct

from cryptostamp.codes import PublicCode
from cryptostamp.errors import InputError
from cryptostamp.primitives import Address, ChainId, Hash32, Serial, parse_address
from cryptostamp.scan import Outcome, check_chip, chip_digest

CODE = PublicCode.make(
    host="lilypond.example",
    chain_id=ChainId(1),
    contract=parse_address("0x" + "c0" * 20),
    serial=Serial(42),
    claim_key=parse_address("0x" + "aa" * 20),
)
NONCE = bytes(range(32))


class KeyChip:
    """A secp256k1 key that signs as a chip does."""

    def __init__(self, seed: int) -> None:
        self._account = Account.from_key(bytes([seed]) * 32)
        self.address = parse_address(self._account.address)

    def sign(self, digest: Hash32) -> bytes:
        """Sign as EIP-191 has it."""
        return bytes(self._account.sign_message(encode_defunct(digest)).signature)


class Published:
    def __init__(self, chip: Address | None) -> None:
        self.chip = chip

    def chip_of(self, code: PublicCode) -> Address | None:
        """Return the key of one stamp."""
        return self.chip if code.serial == 42 else None


class Replay:
    def __init__(self, signature: bytes) -> None:
        self.signature = signature

    def sign(self, digest: Hash32) -> bytes:
        """Answer with what was answered before."""
        return self.signature


class TestChip:
    def test_its_own_and_another(self) -> None:
        """The chip with the published key passes; another chip, and an answer of before, do not."""
        chip = KeyChip(1)
        keys = Published(chip.address)
        assert check_chip(CODE, NONCE, chip=chip, keys=keys) is Outcome.PASSED
        assert check_chip(CODE, NONCE, chip=KeyChip(2), keys=keys) is Outcome.FAILED
        before = Replay(chip.sign(chip_digest(CODE, NONCE)))
        assert check_chip(CODE, bytes(32), chip=before, keys=keys) is Outcome.FAILED

    @pytest.mark.parametrize("signature", [b"", bytes(65), b"\xff" * 65, bytes(64)])
    def test_garbage(self, signature: bytes) -> None:
        """What is no signature fails."""
        keys = Published(KeyChip(1).address)
        assert check_chip(CODE, NONCE, chip=Replay(signature), keys=keys) is Outcome.FAILED

    def test_a_stamp_without_a_chip(self) -> None:
        """Nothing is concluded where the post published no key."""
        assert check_chip(CODE, NONCE, chip=KeyChip(1), keys=Published(None)) is Outcome.NOT_CHECKED

    def test_a_short_nonce(self) -> None:
        """A nonce that could be guessed is refused."""
        with pytest.raises(InputError, match="32 bytes"):
            chip_digest(CODE, b"short")
