import pytest
from eth_abi.abi import encode

from cryptostamp.codes import crockford, tag_of
from cryptostamp.codes.fields import MAX_CHAIN_ID, contract_text, parse_contract, parse_number, parse_tag, shown
from cryptostamp.errors import CodeFormatError
from cryptostamp.primitives import Address, ChainId, Serial, keccak256

CONTRACT = Address("0x92599D596cc345cAd9868FA56681D12f57796E97")
CLAIM_KEY = Address("0x99c6B42Bf14A1E2ECcf336Be92eD316A63c53F13")


class TestTag:
    def test_is_the_hash_of_the_abi_encoding(self) -> None:
        """The tag is the first 40 bits of the hash that the design names, encoded by another library."""
        digest = keccak256(
            encode(["uint256", "address", "uint256", "address"], [31337, CONTRACT, 7, CLAIM_KEY]),
        )
        tag = tag_of(chain_id=ChainId(31337), contract=CONTRACT, serial=Serial(7), claim_key=CLAIM_KEY)
        assert tag == crockford.encode(int.from_bytes(digest[:5], "big"), 8)

    def test_depends_on_every_field(self) -> None:
        """Another chain, contract, serial or claim key gives another tag."""
        tags = {
            tag_of(chain_id=chain, contract=contract, serial=serial, claim_key=key)
            for chain in (ChainId(1), ChainId(2))
            for contract in (CONTRACT, CLAIM_KEY)
            for serial in (Serial(1), Serial(2))
            for key in (CONTRACT, CLAIM_KEY)
        }
        assert len(tags) == 16

    @pytest.mark.parametrize("text", ["", "1234567", "123456789", "1234567U", "1234567a"])
    def test_malformed(self, text: str) -> None:
        """A tag has exactly eight characters of the alphabet."""
        with pytest.raises(CodeFormatError, match="tag"):
            parse_tag(text)


class TestContract:
    def test_round_trip(self) -> None:
        """An address survives its 32 characters, with its checksum."""
        assert parse_contract(contract_text(CONTRACT)) == CONTRACT

    def test_wrong_length(self) -> None:
        """A contract that is cut short is refused with its length."""
        with pytest.raises(CodeFormatError, match="31 characters instead of 32"):
            parse_contract("0" * 31)


class TestNumber:
    @pytest.mark.parametrize(
        ("text", "reason"),
        [
            ("", "not a number"),
            ("+1", "not a number"),
            ("1e3", "not a number"),
            ("٣", "not a number"),
            ("01", "starts with a zero"),
            ("00", "starts with a zero"),
            ("0", "not between 1 and 9"),
            ("10", "not between 1 and 9"),
            ("9" * 40, "not a number"),
        ],
    )
    def test_refused(self, text: str, reason: str) -> None:
        """A number has one way of being written and its bounds."""
        with pytest.raises(CodeFormatError, match=reason):
            parse_number(text, "serial", 9)

    def test_largest_chain_id(self) -> None:
        """The largest chain id of EIP-2294 is read."""
        assert parse_number(str(MAX_CHAIN_ID), "chain id", MAX_CHAIN_ID) == MAX_CHAIN_ID


class TestShown:
    def test_plain_and_short(self) -> None:
        """Text of strangers is cut, quoted, and holds no character that a terminal would obey."""
        quoted = shown("\x1b[31m\u202e" + "é" * 1000)
        assert quoted.endswith("…'")
        assert quoted[:-2].isascii()
        assert quoted[:-2].isprintable()
