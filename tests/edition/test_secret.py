import copy
import hashlib
import hmac
import pickle

import pytest

from cryptostamp.edition import EditionSecret
from cryptostamp.errors import InputError
from cryptostamp.primitives import MAX_EDITION, Serial

RAW = bytes(range(32))
SECRET = EditionSecret(RAW)
PASSPHRASE = "four frogs leap at dawn"


@pytest.fixture(scope="module")
def sealed() -> bytes:
    """Seal once: it takes a second on purpose."""
    return SECRET.seal(PASSPHRASE)


class TestClaimCodes:
    @pytest.mark.parametrize("serial", [1, 2, MAX_EDITION])
    def test_definition(self, serial: int) -> None:
        """A claim code is the first half of an HMAC over the context and the serial in eight bytes."""
        message = b"cryptostamp claim code v1" + serial.to_bytes(8, "big")
        expected = hmac.new(RAW, message, hashlib.sha256).digest()[:16]
        assert SECRET.claim_code(Serial(serial)).secret == expected

    def test_golden_vector(self) -> None:
        """The code of serial 1 stays what it has been since the first version."""
        assert SECRET.claim_code(Serial(1)).text == "3YDP-3H2T-WETT-3M0N-951A-J1HR-3VTK"

    def test_all_differ(self) -> None:
        """No two serials and no two secrets share a code."""
        other = EditionSecret(bytes(32))
        codes = {secret.claim_code(Serial(n)).secret for secret in (SECRET, other) for n in range(1, 500)}
        assert len(codes) == 998

    @pytest.mark.parametrize("serial", [0, -1, MAX_EDITION + 1])
    def test_serial_out_of_bounds(self, serial: int) -> None:
        """There is no code for a serial that no edition has."""
        with pytest.raises(InputError, match="not between 1 and 16000000"):
            SECRET.claim_code(Serial(serial))


class TestGenerate:
    def test_uses_the_given_randomness(self) -> None:
        """The secret is what the source of randomness returns."""
        assert EditionSecret.generate(lambda size: RAW[:size]) == SECRET

    def test_short_randomness(self) -> None:
        """A source that returns too little is refused."""
        with pytest.raises(InputError, match="32 bytes, not 16"):
            EditionSecret.generate(lambda _size: bytes(16))

    def test_by_default_unpredictable(self) -> None:
        """Without an argument every secret is new."""
        assert EditionSecret.generate() != EditionSecret.generate()


class TestSealing:
    def test_round_trip(self, sealed: bytes) -> None:
        """The passphrase gives the secret back, and the sealed bytes do not hold it."""
        assert sealed.startswith(b"age-encryption.org/v1\n-> scrypt ")
        assert RAW not in sealed
        assert EditionSecret.unseal(sealed, PASSPHRASE) == SECRET

    def test_wrong_passphrase(self, sealed: bytes) -> None:
        """A wrong passphrase is refused with a sentence that does not repeat it."""
        with pytest.raises(InputError, match="passphrase is wrong") as caught:
            EditionSecret.unseal(sealed, "five frogs")
        assert "frogs" not in caught.value.diagnostics()

    @pytest.mark.parametrize("data", [b"", b"no age file", b"age-encryption.org/v1\n"])
    def test_no_sealed_file(self, data: bytes) -> None:
        """Bytes that are no sealed file are refused as such."""
        with pytest.raises(InputError, match="file is damaged"):
            EditionSecret.unseal(data, PASSPHRASE)

    @pytest.mark.parametrize("inside", [b"", RAW, b"cryptostamp edition secret v1\n" + RAW + b"\n"])
    def test_sealed_something_else(self, monkeypatch: pytest.MonkeyPatch, inside: bytes) -> None:
        """A file that opens but holds something else is no edition secret."""
        monkeypatch.setattr("cryptostamp.edition.secret._open", lambda _data, _passphrase: inside)
        with pytest.raises(InputError, match="does not hold an edition secret"):
            EditionSecret.unseal(b"sealed", PASSPHRASE)

    def test_empty_passphrase(self) -> None:
        """Sealing with an empty passphrase is refused."""
        with pytest.raises(InputError, match="empty"):
            SECRET.seal("")


class TestSecrecy:
    def test_never_shown(self) -> None:
        """Neither repr nor str shows any of the secret."""
        assert {repr(SECRET), str(SECRET), f"{SECRET}"} == {"<EditionSecret, hidden>"}

    def test_not_pickled_or_copied(self) -> None:
        """A secret cannot be written down by accident."""
        for write in (pickle.dumps, copy.copy):
            with pytest.raises(TypeError, match="in the clear"):
                write(SECRET)

    def test_equality(self) -> None:
        """A secret equals only a secret with the same bytes."""
        assert EditionSecret(RAW) == SECRET
        assert EditionSecret(bytes(32)) != SECRET
        assert SECRET != RAW
