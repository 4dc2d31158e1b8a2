"""A collector needs nothing of ours: Foundry's `cast` alone reads a stamp, checks the domain, signs and sends a claim.

Our code issues the series here and hands over what a collector has: the claim key, the proof from the public edition
files, and the address of the contract. From there on every byte is made by somebody else's program.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from support.contract_tools import foundry, run

from cryptostamp.chain import LocalNode
from cryptostamp.primitives import Serial

if TYPE_CHECKING:
    from support.series_bench import SeriesBench

POSTMARK = "(bytes12,uint32,uint8,uint40)"
STAMP_OF = f"stampOf(uint256)((address,uint8,uint40,uint8,uint8,uint16,{POSTMARK},uint256))"
DOMAIN_OF = "eip712Domain()(bytes1,string,string,uint256,address,bytes32,uint256[])"
DOMAIN_TYPE = "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"
CLAIM_TYPE = "Claim(uint256 serial,address to,uint256 deadline)"
CLAIM = "claim(uint256,address,uint256,bytes32[],bytes)"

COLLECTOR_KEY = "0x4bbbf85ce3377467afe5d46f804f221813b2bb87f24d81f60f1fcdbf7cbf4356"
"""The eighth account of Anvil's well-known mnemonic, which has money on a local chain."""

UNCLAIMED, CLAIMED = "0", "1"


class Cast:
    """`cast`, talking to one node about one contract."""

    def __init__(self, url: str, contract: str) -> None:
        self.url = url
        self.contract = contract

    def __call__(self, *words: str) -> str:
        """Run a command of cast."""
        return run(foundry("cast"), *words).strip()

    def read(self, signature: str, *arguments: str) -> list[Any]:
        """Call a view and return its results."""
        answer = self("call", self.contract, signature, *arguments, "--rpc-url", self.url, "--json")
        results: list[Any] = json.loads(answer)
        return results

    def send(self, signature: str, *arguments: str) -> dict[str, Any]:
        """Send a transaction from the collector's account and return its receipt."""
        words = [self.contract, signature, *arguments, "--private-key", COLLECTOR_KEY, "--rpc-url", self.url, "--json"]
        receipt: dict[str, Any] = json.loads(self("send", *words))
        return receipt

    def keccak(self, text: str) -> str:
        """Return the Keccak-256 of a text, or of bytes in hexadecimal."""
        return self("keccak", text)

    def hash_of(self, signature: str, *arguments: str) -> str:
        """Return the Keccak-256 of ABI-encoded values."""
        return self.keccak(self("abi-encode", signature, *arguments))

    def state_of(self, serial: int) -> tuple[str, str]:
        """Return owner and state of a stamp, as a person reads them from the screen."""
        words = self("call", self.contract, STAMP_OF, str(serial), "--rpc-url", self.url).strip("()").split(", ")
        return words[0], words[1]


@pytest.fixture
def cast(local_node: LocalNode, leap: SeriesBench) -> Cast:
    return Cast(local_node.url, leap.series.address)


class TestDomain:
    def test_the_contract_says_what_to_sign_with(self, cast: Cast) -> None:
        """ERC-5267: the domain is name, version, this chain and this contract, and nothing else."""
        fields, name, version, chain, contract, salt, extensions = cast.read(DOMAIN_OF)
        assert (fields, name, version) == ("0x0f", "Cryptostamp", "1")
        assert (int(salt, 16), extensions) == (0, [])
        assert str(chain) == cast("chain-id", "--rpc-url", cast.url)
        assert contract == cast.contract


class TestClaim:
    def test_a_collector_claims_with_cast_alone(self, cast: Cast, leap: SeriesBench) -> None:
        """Read, sign the typed data, send, and own the token: without a line of our code."""
        collector = cast("wallet", "address", "--private-key", COLLECTOR_KEY)
        assert cast.state_of(7) == (leap.terms.custody, UNCLAIMED)
        deadline = str(int(cast("block", "latest", "-f", "timestamp", "--rpc-url", cast.url)) + 3600)
        message = claim_message(cast, "7", collector, deadline)
        signature = cast("wallet", "sign", "--private-key", private_key(leap), "--data", json.dumps(message))
        proof = "[" + ",".join("0x" + node.hex() for node in leap.tree.proof(Serial(7))) + "]"
        receipt = cast.send(CLAIM, "7", collector, deadline, proof, signature)
        assert receipt["status"] == "0x1"
        assert cast.read("ownerOf(uint256)(address)", "7") == [collector]
        assert cast.state_of(7) == (collector, CLAIMED)

    def test_the_digest_can_be_made_by_hand(self, cast: Cast, leap: SeriesBench) -> None:
        """EIP-712 step by step, from what the contract says about itself, gives what a wallet signs from the JSON."""
        to, deadline = leap.terms.custody, "1900000000"
        _, name, version, chain, contract, *_ = cast.read(DOMAIN_OF)
        separator = cast.hash_of(
            "f(bytes32,bytes32,bytes32,uint256,address)",
            *map(cast.keccak, (DOMAIN_TYPE, name, version)),
            str(chain),
            contract,
        )
        claim = cast.hash_of("f(bytes32,uint256,address,uint256)", cast.keccak(CLAIM_TYPE), "7", to, deadline)
        digest = cast.keccak("0x1901" + separator.removeprefix("0x") + claim.removeprefix("0x"))
        by_hand = cast("wallet", "sign", "--private-key", private_key(leap), "--no-hash", digest)
        message = claim_message(cast, "7", to, deadline)
        assert by_hand == cast("wallet", "sign", "--private-key", private_key(leap), "--data", json.dumps(message))


def private_key(leap: SeriesBench) -> str:
    """Scratch the field of stamp 7: the claim key is what its code gives by HKDF (RFC 5869)."""
    return "0x" + leap.key(7)._private.hex()


def claim_message(cast: Cast, serial: str, to: str, deadline: str) -> dict[str, Any]:
    """Return the typed data (EIP-712) of a claim, as a wallet shows it: every field in sight."""
    _, name, version, chain, contract, *_ = cast.read(DOMAIN_OF)
    return {
        "types": {text.partition("(")[0]: fields_of(text) for text in (DOMAIN_TYPE, CLAIM_TYPE)},
        "primaryType": "Claim",
        "domain": {"name": name, "version": version, "chainId": chain, "verifyingContract": contract},
        "message": {"serial": serial, "to": to, "deadline": deadline},
    }


def fields_of(type_text: str) -> list[dict[str, str]]:
    """Return the fields of a type in the notation of EIP-712."""
    fields = [word.split(" ") for word in type_text[type_text.index("(") + 1 : -1].split(",")]
    return [{"name": name, "type": kind} for kind, name in fields]
