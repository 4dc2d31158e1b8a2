"""Whatever stands in a code, and whatever a node answers byte for byte, there is a verdict, and no false good one."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
from eth_abi.abi import encode
from hypothesis import given, settings
from hypothesis import strategies as st

from cryptostamp.chain import ChainReader
from cryptostamp.chain.artifacts import load_artifact
from cryptostamp.chain.batch import BatchClient
from cryptostamp.codes import PublicCode, classify, parse_public_code, parse_short_code
from cryptostamp.errors import CodeFormatError
from cryptostamp.primitives import Address, ChainId, Hash32, Serial, keccak256, parse_address
from cryptostamp.scan import Conclusion, Trust, Verdict, verify_code

CHAIN = ChainId(31337)
CONTRACT = parse_address("0x" + "c0" * 20)
REGISTRY = parse_address("0x" + "4e" * 20)
CLAIM_KEY = parse_address("0x" + "2a" * 20)
ROOT = Hash32(keccak256(b"root"))
HASH = "0x" + "11" * 32
TIME = 1_790_000_000
ACTIVE = 3
VOID = 3
NOW = datetime.fromtimestamp(TIME, UTC)
CODE = PublicCode.make(
    host="lilypond.example", chain_id=CHAIN, contract=CONTRACT, serial=Serial(42), claim_key=CLAIM_KEY
)
STAMP = "(address,uint8,uint40,uint8,uint8,uint16,(bytes12,uint32,uint8,uint40),uint256)"
POST = "(string,string,string,address,bytes2,uint8,uint40,address,uint40,uint40)"
STATUS = f"(uint256,{POST},uint8,uint40,uint40,bool,bytes32,bytes32,string)"


def uint(bits: int) -> st.SearchStrategy[int]:
    """Numbers that a contract may hold: small ones, which mean something, and the extremes."""
    return st.integers(0, 4) | st.sampled_from([2**bits - 2, 2**bits - 1]) | st.integers(0, 2**bits - 1)


@dataclass(frozen=True)
class Dossier:
    title: str = "Leapfrog"
    size: int = 1000
    root: Hash32 = ROOT
    variant_names: tuple[str, ...] = ("Meadow green", "Azure blue")

    def claim_key(self, _: Serial) -> Address:
        """Return the published key of a serial."""
        return CLAIM_KEY


TRUST = Trust(registries={CHAIN: REGISTRY}, editions={(CHAIN, CONTRACT): Dossier()})

address = st.binary(min_size=20, max_size=20).map(lambda data: "0x" + data.hex())
text = st.text(max_size=300)
stamps = st.tuples(
    address,
    uint(8),
    uint(40),
    uint(8),
    uint(8),
    uint(16),
    st.tuples(st.binary(max_size=12), uint(32), uint(8), uint(40)),
    uint(256),
)
posts = st.tuples(text, text, text, address, st.binary(max_size=2), uint(8), uint(40), address, uint(40), uint(40))
hashes = st.sampled_from([b"\1" * 32, b"\2" * 32])
statuses = st.tuples(uint(256), posts, uint(8), uint(40), uint(40), st.booleans(), hashes, hashes, text)
roots = st.just(bytes(ROOT)) | st.binary(min_size=32, max_size=32)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)

HONEST_STAMP = (CLAIM_KEY, 0, 0, 0, 1, 0, (b"", 0, 0, 0), 7)
HONEST_POST = ("Lilypond Post", "lilypond.example", "", CLAIM_KEY, b"LP", ACTIVE, TIME, "0x" + "00" * 20, 0, TIME)
HONEST_STATUS = (1, HONEST_POST, ACTIVE, TIME, TIME, False, b"\1" * 32, b"\1" * 32, "")


def judge(answer: Callable[[bytes], bytes]) -> Verdict:
    """Return the verdict on the code if the node answers a request so."""
    node = BatchClient("http://127.0.0.1:9")
    vars(node)["_post"] = answer
    reader = ChainReader("http://127.0.0.1:9")
    vars(reader)["_node"] = node
    verdict = verify_code(CODE.text, trust=TRUST, source=reader, now=NOW)
    assert verdict.sentence.isprintable()
    assert all(check.sentence.isprintable() for check in verdict.checks)
    return verdict


def told(stamp: tuple[Any, ...], status: tuple[Any, ...], root: bytes) -> Callable[[bytes], bytes]:
    """Return a node that answers in the right form, with these facts."""
    series, registry = load_artifact("StampSeries"), load_artifact("PostalRegistry")
    block = {"number": "0x7", "hash": HASH, "timestamp": hex(TIME)}
    views = {
        series.interface.encode_call("stampOf", 1)[:4]: encode([STAMP], [stamp]),
        series.interface.encode_call("editionRoot")[:4]: root,
        registry.interface.encode_call("statusOf", CONTRACT)[:4]: encode([STATUS], [status]),
    }

    def result(call: dict[str, Any]) -> object:
        match call["method"]:
            case "eth_chainId":
                return hex(CHAIN)
            case "eth_getBlockByNumber":
                return block
            case "eth_getCode":
                return "0x" + series.runtime.hex()
        return "0x" + views[bytes.fromhex(call["params"][0]["data"][2:10])].hex()

    return lambda body: json.dumps([{"id": call["id"], "result": result(call)} for call in json.loads(body)]).encode()


class TestFactsOfAnyKind:
    def test_honest(self) -> None:
        """The node of this test is believed when it tells of a good stamp."""
        assert judge(told(HONEST_STAMP, HONEST_STATUS, ROOT)).conclusion is Conclusion.GENUINE

    @settings(max_examples=40, deadline=None)
    @given(stamps, statuses, roots)
    def test_extreme(self, stamp: tuple[Any, ...], status: tuple[Any, ...], root: bytes) -> None:
        """Genuine needs a known state, an active post and series, the registered code and the dossier's root."""
        verdict = judge(told(stamp, status, root))
        good = stamp[1] < VOID and status[1][5] == status[2] == ACTIVE and status[6] == status[7] and root == ROOT
        assert good or verdict.conclusion is not Conclusion.GENUINE

    @settings(max_examples=40, deadline=None)
    @given(stamps, roots)
    def test_any_stamp(self, stamp: tuple[Any, ...], root: bytes) -> None:
        """Under a good registration, genuine needs a state that is known and not void, and the dossier's root."""
        verdict = judge(told(stamp, HONEST_STATUS, root))
        assert (stamp[1] < VOID and root == ROOT) or verdict.conclusion is not Conclusion.GENUINE

    @settings(max_examples=40, deadline=None)
    @given(statuses)
    def test_any_registration(self, status: tuple[Any, ...]) -> None:
        """A genuine code has an active post and series, whatever names and reasons the registry holds."""
        verdict = judge(told(HONEST_STAMP, status, ROOT))
        assert (status[1][5] == status[2] == ACTIVE) or verdict.conclusion is not Conclusion.GENUINE

    @settings(max_examples=40, deadline=None)
    @given(st.binary(min_size=32, max_size=32))
    def test_any_root(self, root: bytes) -> None:
        """A contract that commits to another edition than the dossier at hand leaves the answer unknown."""
        assert judge(told(HONEST_STAMP, HONEST_STATUS, root)).conclusion is Conclusion.UNKNOWN


class TestBytesOfAnyKind:
    @settings(max_examples=40, deadline=None)
    @given(st.binary(max_size=400) | JSON.map(lambda value: json.dumps(value).encode()))
    def test_no_batch(self, content: bytes) -> None:
        """Bytes that are no answer to a batch leave the verdict open."""
        assert judge(lambda _: content).conclusion is Conclusion.UNKNOWN

    @settings(max_examples=40, deadline=None)
    @given(st.integers(0, 7), st.sampled_from(["result", "error", "id"]), JSON)
    def test_one_answer_of_the_batch(self, number: int, key: str, value: object) -> None:
        """One answer of any kind among good ones never breaks the verdict."""
        honest = told(HONEST_STAMP, HONEST_STATUS, ROOT)

        def answer(body: bytes) -> bytes:
            entries = json.loads(honest(body))
            entries[number % len(entries)][key] = value
            return json.dumps(entries).encode()

        assert judge(answer).conclusion in Conclusion

    @settings(max_examples=40, deadline=None)
    @given(st.data())
    def test_a_flipped_byte(self, data: st.DataObject) -> None:
        """An answer that breaks off, or has another byte somewhere, never breaks the verdict."""
        honest = told(HONEST_STAMP, HONEST_STATUS, ROOT)

        def answer(body: bytes) -> bytes:
            content = bytearray(honest(body))
            content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
            return bytes(content[: data.draw(st.integers(0, len(content)))])

        assert judge(answer).conclusion in Conclusion


class TestTextsOfAnyKind:
    @settings(max_examples=100, deadline=None)
    @given(st.text(st.characters(), max_size=700) | st.text("0123456789ABCDEFGHJKMNPQRSTVWXYZ:/.-#?@", max_size=120))
    def test_arbitrary(self, typed: str) -> None:
        """No text does worse than a verdict; a parser refuses it with an error of a code, and `classify` never does."""
        classify(typed)
        for parse in (parse_public_code, parse_short_code):
            with pytest.raises(CodeFormatError):
                parse(typed)
        verdict = verify_code(typed, trust=TRUST, source=ChainReader("http://127.0.0.1:9"), now=NOW)
        assert verdict.conclusion is Conclusion.NOT_GENUINE
        assert verdict.sentence.isprintable()

    @settings(max_examples=100, deadline=None)
    @given(st.integers(0, len(CODE.text)), st.integers(0, 3), st.text(max_size=3))
    def test_a_code_that_was_changed(self, place: int, removed: int, inserted: str) -> None:
        """A code with a piece changed is the same code, or no genuine one, even for a node that vouches for all."""
        changed = CODE.text[:place] + inserted + CODE.text[place + removed :]
        node = BatchClient("http://127.0.0.1:9")
        vars(node)["_post"] = told(HONEST_STAMP, HONEST_STATUS, ROOT)
        reader = ChainReader("http://127.0.0.1:9")
        vars(reader)["_node"] = node
        verdict = verify_code(changed, trust=TRUST, source=reader, now=NOW)
        if verdict.conclusion is Conclusion.GENUINE:
            assert verdict.code is not None
            assert (verdict.code.serial, verdict.code.tag) == (CODE.serial, CODE.tag)
