import copy
import json
import pickle
import traceback
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cryptostamp.codes import (
    ClaimCode,
    ClaimCodes,
    ClaimHalf,
    Half,
    Kind,
    claim_symbol,
    claim_symbols,
    classify,
    parse_claim_code,
    parse_claim_half,
    parse_hidden_code,
)
from cryptostamp.codes.crockford import ALPHABET
from cryptostamp.errors import CodeFormatError

VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "codes.json").read_text())["claim_half"]
SHARES = st.binary(min_size=16, max_size=16)
HALVES = st.builds(ClaimHalf, st.sampled_from(Half), SHARES)
GOOD = ClaimHalf(Half.B, bytes(range(16))).text


class TestGoldenVectors:
    @pytest.mark.parametrize("vector", VECTORS)
    def test_text_and_link(self, vector: dict[str, str]) -> None:
        """The committed shares give the committed texts and links, and back."""
        half = ClaimHalf(Half(vector["half"]), bytes.fromhex(vector["share"][2:]))
        assert half.text == vector["text"]
        assert half.url("lilypond.example") == vector["url"]
        assert parse_claim_half(vector["text"]) == half
        assert parse_claim_half(vector["url"]) == half


class TestReading:
    @given(HALVES)
    def test_round_trip(self, half: ClaimHalf) -> None:
        """What is printed, what is scanned and what is typed carelessly all give letter and share back."""
        typed = half.text.lower().replace("0", "o").replace("1", "l").replace("-", " ")
        for text in (half.text, half.url("lilypond.example"), typed, half.text.replace("-", "")):
            read = parse_claim_half(text)
            assert (read.half, read.share) == (half.half, half.share)

    @given(HALVES)
    def test_a_scratched_text_is_told_apart_by_its_length(self, half: ClaimHalf) -> None:
        """A half is read as a half and a whole code as a whole code, typed or scanned."""
        code = ClaimCode(half.share)
        assert parse_hidden_code(half.text) == half
        assert parse_hidden_code(half.url("lilypond.example")) == half
        assert parse_hidden_code(code.text) == code
        assert parse_hidden_code(code.url("lilypond.example")) == code

    @given(HALVES)
    def test_is_kept_secret_at_first_glance(self, half: ClaimHalf) -> None:
        """Whoever sorts scanned texts takes a half for something that must not be stored."""
        assert classify(half.text) is Kind.CLAIM
        assert classify(half.url("lilypond.example")) is Kind.CLAIM

    def test_the_letter_names_the_other(self) -> None:
        """A belongs to B and B to A."""
        assert [half.other for half in Half] == [Half.B, Half.A]


class TestRefusals:
    @given(HALVES, st.integers(min_value=0, max_value=25), st.integers(min_value=1, max_value=31))
    def test_one_wrong_character_is_noticed(self, half: ClaimHalf, place: int, step: int) -> None:
        """No half with one character of the 26 changed is taken."""
        letter, letters = half.text[0], half.text[1:].replace("-", "")
        wrong = ALPHABET[(ALPHABET.index(letters[place]) + step) % 32]
        with pytest.raises(CodeFormatError, match="mistyped"):
            parse_claim_half(letter + letters[:place] + wrong + letters[place + 1 :])

    @given(HALVES)
    def test_the_wrong_letter_is_noticed(self, half: ClaimHalf) -> None:
        """A half A that is typed as half B does not check."""
        with pytest.raises(CodeFormatError, match="mistyped"):
            parse_claim_half(half.half.other.value + half.text[1:])

    @pytest.mark.parametrize(
        ("typed", "reason"),
        [
            ("", "no claim code has, or nothing"),
            (GOOD[2:], "29 characters, its letter included; this has 28"),
            (GOOD + "0", "this has 30"),
            ("C" + GOOD[1:], "begins with its letter"),
            ("8" + GOOD[1:], "begins with its letter"),
            (GOOD[:2] + "8" + GOOD[3:], "mistyped"),
            (GOOD.replace("0", "U", 1), "character that no code has"),
            (f"https://lilypond.example/other#{GOOD}", "not the claim link"),
            (GOOD * 20, "far too long"),
        ],
    )
    def test_says_what_is_wrong_and_no_part_of_it(self, typed: str, reason: str) -> None:
        """A malformed half is refused with a reason; neither message nor traceback repeats a group of it."""
        with pytest.raises(CodeFormatError, match=reason) as caught:
            parse_claim_half(typed)
        shown = "".join(traceback.format_exception_only(caught.value)) + caught.value.diagnostics()
        assert not any(group in shown for group in GOOD.split("-") if len(group) > 2)
        assert caught.value.__context__ is None

    def test_a_half_is_no_whole_code(self) -> None:
        """Where a whole code is expected, a half is refused."""
        with pytest.raises(CodeFormatError, match="29 characters instead of 28"):
            parse_claim_code(GOOD)

    @given(st.text(max_size=600))
    def test_arbitrary_text(self, text: str) -> None:
        """No text does worse than `CodeFormatError`."""
        with pytest.raises(CodeFormatError):
            parse_hidden_code(text)

    def test_wrong_size(self) -> None:
        """A half has sixteen bytes."""
        with pytest.raises(CodeFormatError, match="16 bytes, not 17"):
            ClaimHalf(Half.A, bytes(17))


class TestSecrecy:
    def test_never_shown(self) -> None:
        """The letter is shown and nothing else."""
        half = parse_claim_half(GOOD)
        assert {repr(half), str(half), f"{half}"} == {"<ClaimHalf B, hidden>"}

    @pytest.mark.parametrize("write", [pickle.dumps, copy.copy, copy.deepcopy])
    def test_not_pickled_or_copied(self, write: object) -> None:
        """A half cannot be written down by accident."""
        with pytest.raises(TypeError, match="in the clear"):
            write(parse_claim_half(GOOD))  # type: ignore[operator]

    def test_not_hashable(self) -> None:
        """A half cannot be a key of a dictionary."""
        with pytest.raises(TypeError, match="unhashable"):
            hash(parse_claim_half(GOOD))

    def test_equality(self) -> None:
        """Halves are equal when letter and share are, and never equal to anything else."""
        share = bytes(range(16))
        assert ClaimHalf(Half.B, share) == parse_claim_half(GOOD)
        assert ClaimHalf(Half.A, share) != ClaimHalf(Half.B, share)
        assert ClaimHalf(Half.A, share) != ClaimHalf(Half.A, bytes(16))
        assert ClaimHalf(Half.A, share) != ClaimCode(share)


class TestManyAtOnce:
    @given(st.sampled_from(Half), st.lists(SHARES, max_size=8))
    def test_texts(self, letter: Half, shares: list[bytes]) -> None:
        """Many halves have the texts of each."""
        texts = ClaimCodes(b"".join(shares), letter).texts()
        assert [text.decode() for text in texts.tolist()] == [ClaimHalf(letter, share).text for share in shares]

    @pytest.mark.parametrize("letter", list(Half))
    def test_symbols(self, letter: Half) -> None:
        """Many symbols are those of each, module for module."""
        shares = [bytes(range(n, n + 16)) for n in range(1, 6)]
        batch = claim_symbols(ClaimCodes(b"".join(shares), letter)[1:4], "lilypond.example")
        for symbol, share in zip(batch.modules(), shares[1:4], strict=True):
            assert np.array_equal(symbol, claim_symbol(ClaimHalf(letter, share), "lilypond.example").modules)

    def test_representation(self) -> None:
        """A log tells how many halves there are and which."""
        assert repr(ClaimCodes(bytes(32), Half.A)) == "<2 halves A, hidden>"
