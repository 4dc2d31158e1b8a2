import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cryptostamp.codes import PublicCodes, parse_public_code, parse_short_code
from cryptostamp.errors import CodeFormatError
from cryptostamp.primitives import MAX_EDITION, Address, ChainId

CONTRACT = Address("0x5FbDB2315678afecb367f032d93F642f64180aa3")


def codes_of(serials: object, tags: object, **other: object) -> PublicCodes:
    """Return the codes of stamps of one series."""
    fields = {"host": "lilypond.example", "chain_id": ChainId(137), "contract": CONTRACT, **other}
    return PublicCodes(serials=np.array(serials, dtype=np.int64), tags=np.array(tags, dtype=np.uint64), **fields)  # type: ignore[arg-type]


class TestTexts:
    @settings(deadline=None)
    @given(st.lists(st.tuples(st.integers(1, MAX_EDITION), st.integers(0, 2**40 - 1)), max_size=20))
    def test_those_of_each_code(self, stamps: list[tuple[int, int]]) -> None:
        """Whatever the order of the serials, each text is that of the code by itself, and parses."""
        codes = codes_of([serial for serial, _ in stamps], [tag for _, tag in stamps])
        texts, short = codes.texts(), codes.short_texts("LEAP")
        assert len(codes) == len(texts) == len(short) == len(stamps)
        for index, (serial, _) in enumerate(stamps):
            code = codes.code(index)
            assert code.serial == serial
            assert parse_public_code(texts[index].decode()) == code
            assert short[index].decode() == code.short("LEAP").text
            assert parse_short_code(short[index].decode()).agrees_with(CONTRACT)

    def test_every_number_of_digits(self) -> None:
        """Texts of serials of all lengths stand in one array, each at its place."""
        serials = [10**power for power in range(8)]
        codes = codes_of(serials + serials[::-1], range(16))
        pattern = re.compile(rb"https://LILYPOND\.EXAMPLE/S/137/[0-9A-Z]{32}/([0-9]+)\.[0-9A-Z]{9}")
        found = [pattern.fullmatch(text) for text in codes.texts().tolist()]
        assert [int(match[1]) for match in found if match] == serials + serials[::-1]


class TestMake:
    def test_tags_follow_from_claim_keys(self) -> None:
        """Codes made from claim keys are those that single stamps have."""
        keys = [Address(f"0x{bytes([number]).hex() * 20}") for number in (1, 2, 3)]
        codes = PublicCodes.make(
            host="lilypond.example",
            chain_id=ChainId(137),
            contract=CONTRACT,
            serials=np.array([7, 8, 9]),
            claim_keys=b"".join(bytes.fromhex(key[2:]) for key in keys),
        )
        assert all(codes.code(index).agrees_with(key) for index, key in enumerate(keys))
        assert not codes.code(0).agrees_with(keys[1])


class TestParts:
    def test_a_part_is_codes_again(self) -> None:
        """A part of an edition has the texts of that part, and shares its arrays."""
        codes = codes_of(range(1, 101), range(100))
        part = codes[20:30]
        assert part.texts().tolist() == codes.texts().tolist()[20:30]
        assert np.shares_memory(part.serials, codes.serials)

    def test_representation_is_short(self) -> None:
        """A million codes in a log are one line."""
        assert len(repr(codes_of(np.arange(1, 1_000_001), np.zeros(1_000_000)))) < 200


class TestRefusals:
    @pytest.mark.parametrize("serial", [0, -1, MAX_EDITION + 1])
    def test_serial(self, serial: int) -> None:
        """A serial that no edition has is refused."""
        with pytest.raises(CodeFormatError, match="serial"):
            codes_of([1, serial], [0, 0])

    def test_tag(self) -> None:
        """A tag that is longer than 8 characters is refused."""
        with pytest.raises(CodeFormatError, match="more than 40 bits"):
            codes_of([1, 2], [0, 2**40])

    @pytest.mark.parametrize("shape", [([1, 2], [0]), ([[1], [2]], [[0], [0]])])
    def test_shape(self, shape: tuple[object, object]) -> None:
        """Each stamp needs one serial and one tag, in plain lines."""
        with pytest.raises(CodeFormatError, match="one serial and one tag"):
            codes_of(*shape)

    def test_type(self) -> None:
        """Numbers that may have been rounded are refused."""
        fields = {"host": "lilypond.example", "chain_id": ChainId(1), "contract": CONTRACT}
        with pytest.raises(CodeFormatError, match="64-bit"):
            PublicCodes(serials=np.array([1.0]), tags=np.array([0], dtype=np.uint64), **fields)  # type: ignore[arg-type]

    @pytest.mark.parametrize("other", [{"host": "Lilypond"}, {"chain_id": 0}, {"contract": "0x12"}])
    def test_what_no_code_has(self, other: dict[str, object]) -> None:
        """Host, chain and contract are refused as they are of a single code."""
        with pytest.raises(CodeFormatError):
            codes_of([1], [0], **other)
