import copy
import json
import pickle
import re
import traceback
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from cryptostamp.codes import ClaimCode, parse_claim_code, parse_hidden_code
from cryptostamp.codes.crockford import ALPHABET
from cryptostamp.errors import CodeFormatError

ALL_VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "codes.json").read_text())
VECTORS = ALL_VECTORS["claim"]
SECRETS = st.binary(min_size=16, max_size=16)
GOOD = "5GY8-PA0G-YDZD-HB8G-KSWE-5BWR-HGQ5"


class TestGoldenVectors:
    @pytest.mark.parametrize("vector", VECTORS)
    def test_text_and_link(self, vector: dict[str, str]) -> None:
        """The committed secrets give the committed texts and links, and back."""
        code = ClaimCode(bytes.fromhex(vector["secret"][2:]))
        assert code.text == vector["text"]
        assert code.url("lilypond.example") == vector["url"]
        assert parse_claim_code(vector["text"]) == code
        assert parse_claim_code(vector["url"]) == code


class TestReading:
    @given(SECRETS)
    def test_round_trip(self, secret: bytes) -> None:
        """What is printed and what is scanned both give the secret back."""
        code = ClaimCode(secret)
        assert parse_claim_code(code.text).secret == secret
        assert parse_claim_code(code.url("lilypond.example")).secret == secret

    @given(SECRETS)
    def test_lookalikes(self, secret: bytes) -> None:
        """A code that is typed with O for 0, l for 1, in small letters and with spaces is the same code."""
        code = ClaimCode(secret)
        typed = code.text.lower().replace("0", "o").replace("1", "l").replace("-", " ")
        assert parse_claim_code(f" {typed}\n") == code

    @pytest.mark.parametrize(
        "typed",
        [
            GOOD.replace("-", "\u2013"),
            GOOD.replace("-", ""),
            f"https://LILYPOND.EXAMPLE/claim#{GOOD}",
            f"HTTPS://LILYPOND.EXAMPLE/CLAIM#{GOOD.lower()}",
        ],
    )
    def test_forms(self, typed: str) -> None:
        """Dashes, no hyphens, and links in any letter case are read."""
        assert parse_claim_code(typed).text == GOOD


class TestRefusals:
    @pytest.mark.parametrize(
        ("typed", "reason"),
        [
            ("", "no claim code has, or nothing"),
            ("-", "no claim code has, or nothing"),
            (GOOD[:-1], "27 characters instead of 28"),
            (GOOD + "0", "29 characters instead of 28"),
            (GOOD.replace("5GY8", "5GY9"), "mistyped"),
            (GOOD.replace("GQ5", "GQ6"), "mistyped"),
            ("8" + GOOD[1:], "mistyped"),
            (GOOD.replace("5GY8", "5GU8"), "character that no code has"),
            (GOOD.replace("5GY8", "5G?8"), "character that no claim code has"),
            (GOOD.replace("5GY8", "5G\u00df8"), "character that no claim code has"),
            (GOOD.replace("5GY8", "5G\u06608"), "character that no claim code has"),
            (f"http://lilypond.example/claim#{GOOD}", "not the claim link"),
            (f"https://lilypond.example/other#{GOOD}", "not the claim link"),
            (f"https://lilypond.example:1/claim#{GOOD}", "not the claim link"),
            (f"https://me@lilypond.example/claim#{GOOD}", "not the claim link"),
            (f"#{GOOD}", "not the claim link"),
            (GOOD * 20, "far too long"),
        ],
    )
    def test_says_what_is_wrong_and_no_part_of_the_code(self, typed: str, reason: str) -> None:
        """A malformed claim code is refused with a reason; neither message nor traceback repeats a group of it."""
        with pytest.raises(CodeFormatError, match=reason) as caught:
            parse_claim_code(typed)
        shown = "".join(traceback.format_exception_only(caught.value)) + caught.value.diagnostics()
        _, _, code = typed.rpartition("#")
        assert not any(group in shown for group in code.upper().split("-") if len(group) > 2)
        assert caught.value.__context__ is None

    @pytest.mark.parametrize("vector", ALL_VECTORS["mistyped"], ids=lambda vector: vector["mistake"])
    def test_where_to_look(self, vector: dict[str, Any]) -> None:
        """The check characters tell in which groups the mistake may be."""
        with pytest.raises(CodeFormatError) as caught:
            parse_hidden_code(vector["text"])
        _, _, where = caught.value.what.partition("look at group ")
        assert [int(each) for each in re.findall(r"\d", where)] == vector["groups"]
        assert ("more than one character" in caught.value.what) == (not vector["groups"])

    @given(st.binary(min_size=16, max_size=16), st.integers(0, 25), st.sampled_from(ALPHABET))
    def test_the_true_group_is_among_them(self, secret: bytes, place: int, other: str) -> None:
        """Whichever character of a code was mistaken for another, its group is named."""
        characters = ClaimCode(secret).text.replace("-", "")
        assume(characters[place] != other)
        with pytest.raises(CodeFormatError) as caught:
            parse_claim_code(characters[:place] + other + characters[place + 1 :])
        assert str(place // 4 + 1) in caught.value.what.partition("look at group ")[2]

    @given(st.text(max_size=600))
    def test_arbitrary_text(self, text: str) -> None:
        """No text does worse than `CodeFormatError`."""
        with pytest.raises(CodeFormatError):
            parse_claim_code(text)

    def test_wrong_size(self) -> None:
        """A claim code has sixteen bytes."""
        with pytest.raises(CodeFormatError, match="16 bytes, not 15"):
            ClaimCode(bytes(15))

    def test_link_to_no_host(self) -> None:
        """A link is made only for the name of a web site."""
        with pytest.raises(CodeFormatError):
            ClaimCode(bytes(16)).url("evil.example/#")


class TestSecrecy:
    def test_never_shown(self) -> None:
        """Neither repr nor str nor format shows any of the code."""
        code = parse_claim_code(GOOD)
        assert {repr(code), str(code), f"{code}", f"{[code]}"[1:-1]} == {"<ClaimCode, hidden>"}

    def test_not_pickled_or_copied(self) -> None:
        """A code cannot be written down by accident."""
        code = parse_claim_code(GOOD)
        for write in (pickle.dumps, copy.copy, copy.deepcopy):
            with pytest.raises(TypeError, match="in the clear"):
                write(code)

    def test_not_hashable(self) -> None:
        """A code cannot be a key of a dictionary, which would compare it in other than constant time."""
        with pytest.raises(TypeError, match="unhashable"):
            hash(parse_claim_code(GOOD))

    def test_equality(self) -> None:
        """Codes are equal when their secrets are, and never equal to anything else."""
        assert parse_claim_code(GOOD) == parse_claim_code(GOOD)
        assert parse_claim_code(GOOD) != ClaimCode(bytes(16))
        assert parse_claim_code(GOOD) != GOOD
