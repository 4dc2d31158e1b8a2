import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cryptostamp.codes import PublicCode, check_host, parse_public_code
from cryptostamp.codes.fields import MAX_CHAIN_ID
from cryptostamp.errors import CodeFormatError
from cryptostamp.primitives import MAX_EDITION, Address, ChainId, Serial, parse_address

VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "codes.json").read_text())["public"]
GOOD = VECTORS[1]["text"]  # chain 137, serial 42

LABELS = st.from_regex(r"[a-z0-9]([a-z0-9-]{0,8}[a-z0-9])?", fullmatch=True)
HOSTS = st.builds(lambda label, end: f"{label}.{end}", LABELS, st.from_regex(r"[a-z]{2,6}", fullmatch=True))
ADDRESSES = st.binary(min_size=20, max_size=20).map(lambda raw: parse_address("0x" + raw.hex()))
CODES = st.builds(
    PublicCode.make,
    host=HOSTS,
    chain_id=st.integers(1, MAX_CHAIN_ID).map(ChainId),
    contract=ADDRESSES,
    serial=st.integers(1, MAX_EDITION).map(Serial),
    claim_key=ADDRESSES,
)


class TestGoldenVectors:
    @pytest.mark.parametrize("vector", VECTORS)
    def test_text_and_short_form(self, vector: dict[str, str]) -> None:
        """The committed codes come out of their fields."""
        code = PublicCode.make(
            host=vector["host"],
            chain_id=ChainId(int(vector["chain_id"])),
            contract=Address(vector["contract"]),
            serial=Serial(int(vector["serial"])),
            claim_key=Address(vector["claim_key"]),
        )
        assert (code.tag, code.check, code.text) == (vector["tag"], vector["check"], vector["text"])
        assert code.short(vector["series_id"]).text == vector["short"]

    @pytest.mark.parametrize("vector", VECTORS)
    def test_parse(self, vector: dict[str, str]) -> None:
        """The committed texts are read back, and agree with their claim key and no other."""
        code = parse_public_code(vector["text"])
        assert code.contract == vector["contract"]
        assert code.agrees_with(Address(vector["claim_key"]))
        assert not code.agrees_with(Address(vector["contract"]))


class TestCanonicalForm:
    @given(CODES)
    def test_round_trip(self, code: PublicCode) -> None:
        """Reading what was written gives the same code."""
        assert parse_public_code(code.text) == code

    @given(CODES, st.randoms(use_true_random=False))
    def test_any_letter_case(self, code: PublicCode, random: object) -> None:
        """However its letters are cased, a text has one canonical form."""
        choose = random.choice  # type: ignore[attr-defined]
        text = "".join(choose((character.lower(), character.upper())) for character in code.text)
        assert parse_public_code(text).text == code.text

    @given(CODES, st.data())
    def test_one_wrong_character_is_noticed(self, code: PublicCode, data: st.DataObject) -> None:
        """A wrong character in contract, serial, tag or check never passes as this or another stamp."""
        text = code.text
        start = text.index(f"/{code.chain_id}/") + len(f"/{code.chain_id}/")
        place = data.draw(st.integers(start, len(text) - 1))
        wrong = data.draw(st.sampled_from("0123456789ABCDEFGHJKMNPQRSTVWXYZ").filter(lambda c: c != text[place]))
        with pytest.raises(CodeFormatError):
            parse_public_code(text[:place] + wrong + text[place + 1 :])


class TestRefusals:
    @pytest.mark.parametrize(
        ("text", "reason"),
        [
            ("", "not the public code"),
            ("hello", "not the public code"),
            ("http" + GOOD[5:], "not the public code"),
            ("ftp" + GOOD[5:], "not the public code"),
            ("https://shop.example/", "link to 'shop.example'"),
            ("https://shop.example/S/1/2", "link to 'shop.example'"),
            ("https://shop.example/X/1/2/3.4", "link to 'shop.example'"),
            (GOOD + "/", "link to 'lilypond.example'"),
            (GOOD.replace("/S/", "//S/"), "link to 'lilypond.example'"),
            (GOOD + "?a=1", "has a query"),
            (GOOD + "#top", "has a part after #"),
            (GOOD.replace("https://", "https://me@"), "has a user name"),
            (GOOD.replace("/S/", "\\S/"), "has a backslash"),
            (GOOD.replace(".EXAMPLE", ".EXAMPLE:443"), "names a port"),
            (GOOD.replace("LILYPOND.EXAMPLE", "LOCALHOST"), "not the name of a web site"),
            (GOOD.replace("LILYPOND.EXAMPLE", "127.0.0.1"), "not the name of a web site"),
            (GOOD.replace("LILYPOND.EXAMPLE", ""), "not the name of a web site"),
            (GOOD.replace("LILYPOND", "-LILYPOND"), "not the name of a web site"),
            (GOOD.replace("LILYPOND", "LILYPOND."), "not the name of a web site"),
            (GOOD.replace("LILYPOND", "LILY%2E"), "not the name of a web site"),
            (GOOD + "\n", r"U\+000A"),
            (" " + GOOD, r"U\+0020"),
            (GOOD.replace("/S/", "/\u202eS/"), r"U\+202E"),
            (GOOD.replace("/S/", "/\u200bS/"), r"U\+200B"),
            (GOOD.replace("S/", "\u017f/"), r"U\+017F"),
            (GOOD + "0" * 600, "never has more than 512"),
            (GOOD.replace("/137/", "/0137/"), "chain id '0137' starts with a zero"),
            (GOOD.replace("/137/", "/0/"), "chain id 0 is not between"),
            (GOOD.replace("/137/", "//"), "chain id '' is not a number"),
            (GOOD.replace("/137/", f"/{MAX_CHAIN_ID + 1}/"), "is not between"),
            (GOOD.replace("/42.", "/042."), "serial '042' starts with a zero"),
            (GOOD.replace("/42.", "/0."), "serial 0 is not between"),
            (GOOD.replace("/42.", "/16000001."), "serial 16000001 is not between 1 and 16000000"),
            (GOOD.replace("/42.", "/-42."), "serial '-42' is not a number"),
            (GOOD.replace("/42.", "/42"), "ends before its tag"),
            (GOOD[:-1], "tag"),
            (GOOD + "A", "tag"),
            (GOOD.replace("VC2T", "VC2"), "31 characters instead of 32"),
            (GOOD.replace("VC2T", "VC2U"), "character that no code has"),
            (GOOD.replace("/43.", "/42.")[:-1] + "B", "mistyped or misread"),
            (GOOD.replace("/42.", "/43."), "mistyped or misread"),
        ],
    )
    def test_says_what_is_wrong(self, text: str, reason: str) -> None:
        """Whatever is not a public code is refused in one clear sentence with a remedy."""
        with pytest.raises(CodeFormatError, match=reason) as caught:
            parse_public_code(text)
        assert caught.value.what.endswith(".")
        assert caught.value.remedy

    def test_a_claim_link_is_not_repeated(self) -> None:
        """A claim link in the wrong field is refused without a part of its code."""
        with pytest.raises(CodeFormatError) as caught:
            parse_public_code("https://lilypond.example/claim#5GY8PA0GYDZDHB8GKSWE5BWRHGQ5")
        assert "5GY8" not in caught.value.diagnostics()

    @given(st.text(max_size=600))
    def test_arbitrary_text(self, text: str) -> None:
        """No text does worse than `CodeFormatError`, and no message holds a control character."""
        with pytest.raises(CodeFormatError) as caught:
            parse_public_code(text)
        assert caught.value.what.isprintable()

    @given(st.text(max_size=80))
    def test_arbitrary_path(self, path: str) -> None:
        """No path on a host does worse than `CodeFormatError`, and no message holds a control character."""
        with pytest.raises(CodeFormatError) as caught:
            parse_public_code(f"https://lilypond.example/S/1/{path}")
        assert caught.value.what.isprintable()


class TestConstruction:
    @pytest.mark.parametrize(
        "change",
        [
            {"host": "Lilypond.example"},
            {"host": "lilypond.example/x"},
            {"chain_id": ChainId(0)},
            {"contract": Address("0x12")},
            {"serial": Serial(0)},
            {"serial": Serial(MAX_EDITION + 1)},
            {"tag": "1234567"},
        ],
    )
    def test_malformed_fields(self, change: dict[str, object]) -> None:
        """A code with a field that no text could carry cannot be made."""
        good = parse_public_code(GOOD)
        fields = {name: getattr(good, name) for name in ("host", "chain_id", "contract", "serial", "tag")}
        with pytest.raises(CodeFormatError):
            PublicCode(**(fields | change))

    def test_host_too_long(self) -> None:
        """A host longer than DNS allows is refused."""
        with pytest.raises(CodeFormatError):
            check_host(".".join(["a" * 60] * 5) + ".example")
