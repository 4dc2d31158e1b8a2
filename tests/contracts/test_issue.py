"""Issue puts every token into custody at once, and fixes everything for ever."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from cryptostamp.chain import (
    MAX_TRANSACTION_GAS,
    Sender,
    SeriesTerms,
    StampSeries,
    StampState,
    deploy_series,
    load_artifact,
)
from cryptostamp.edition import variant_index
from cryptostamp.errors import ContractRefusal
from cryptostamp.primitives import Hash32, Serial, parse_address

if TYPE_CHECKING:
    from tests.contracts.conftest import Emission


VECTORS = Path(__file__).parents[1] / "vectors" / "rarity.json"
ZERO = parse_address("0x" + "00" * 20)


class TestCustody:
    def test_every_stamp_lies_in_custody(self, leap: Emission) -> None:
        """The first, the last and all between belong to custody from the moment of issue."""
        assert {leap.read("ownerOf", serial) for serial in range(1, 21)} == {leap.terms.custody.lower()}
        assert leap.series.balance_of(leap.terms.custody) == 20

    def test_stamps_are_unclaimed(self, leap: Emission) -> None:
        """A stamp that was just issued can be claimed."""
        stamp = leap.series.stamp(Serial(20))
        assert (stamp.owner, stamp.state) == (leap.terms.custody, StampState.UNCLAIMED)

    @pytest.mark.parametrize("serial", [0, 21, 2**256 - 1])
    def test_no_stamp_outside_the_edition(self, leap: Emission, serial: int) -> None:
        """There is nothing before serial 1 and nothing after serial N."""
        assert leap.series.stamp(Serial(serial)) is None
        for function, name in [
            ("ownerOf", "ERC721NonexistentToken"),
            ("tokenURI", "ERC721NonexistentToken"),
            ("variantOf", "NotInEdition"),
        ]:
            with pytest.raises(ContractRefusal) as refusal:
                leap.read(function, serial)
            assert refusal.value.name == name

    def test_the_terms_can_be_read_back(self, leap: Emission) -> None:
        """Anybody can read from the contract what the issuer fixed."""
        assert leap.series.terms() == leap.terms

    def test_metadata_addresses(self, leap: Emission) -> None:
        """A token's metadata lies at the base address followed by its serial."""
        assert leap.read("tokenURI", 7) == "https://lilypond.example/LEAP/7"
        assert leap.read("contractURI") == "https://lilypond.example/LEAP/series.json"


class TestEvents:
    @pytest.mark.parametrize("edition", [1, 5_000, 5_001, 12_345])
    def test_the_events_announce_each_serial_once(self, sender: Sender, terms: SeriesTerms, edition: int) -> None:
        """ERC-2309 events of at most 5,000 tokens cover 1..N without gap or overlap."""
        fitted = replace(terms, edition=edition, variant_counts=(edition,))
        deployment = deploy_series(sender, intent="issue", terms=fitted)
        interface = load_artifact("StampSeries").interface
        block = deployment.block_number
        topics = [interface.topic("ConsecutiveTransfer")]
        logs = sender.chain.logs(deployment.contract, topics, first_block=block, last_block=block)
        events = [interface.decode_event("ConsecutiveTransfer", log.topics, log.data) for log in logs]
        covered = [serial for event in events for serial in range(event["fromTokenId"], event["toTokenId"] + 1)]
        assert covered == list(range(1, edition + 1))
        assert max(event["toTokenId"] - event["fromTokenId"] + 1 for event in events) <= 5_000
        assert {(event["fromAddress"], event["toAddress"]) for event in events} == {(ZERO, terms.custody.lower())}

    def test_the_largest_edition_fits_one_transaction(self, sender: Sender, terms: SeriesTerms) -> None:
        """Sixteen million stamps are issued below the gas cap of EIP-7825."""
        fitted = replace(terms, edition=16_000_000, variant_counts=(15_999_999, 1))
        deployment = deploy_series(sender, intent="issue", terms=fitted)
        assert deployment.gas_used < MAX_TRANSACTION_GAS
        assert StampSeries(sender.chain, deployment.contract).balance_of(terms.custody) == 16_000_000


class TestRefusedTerms:
    @pytest.mark.parametrize(
        ("change", "name"),
        [
            ({"edition": 0}, "InvalidEdition"),
            ({"edition": 16_000_001, "variant_counts": (16_000_001,)}, "InvalidEdition"),
            ({"custody": ZERO}, "InvalidCustody"),
            ({"edition_root": Hash32(bytes(32))}, "InvalidEditionRoot"),
            ({"variant_counts": ()}, "InvalidVariantCounts"),
            ({"variant_counts": (20, 0)}, "InvalidVariantCounts"),
            ({"variant_counts": (12, 7)}, "InvalidVariantCounts"),
            ({"variant_counts": (12, 9)}, "InvalidVariantCounts"),
            ({"edition": 256, "variant_counts": (1,) * 256}, "InvalidVariantCounts"),
        ],
    )
    def test_impossible_terms(self, sender: Sender, terms: SeriesTerms, change: dict[str, Any], name: str) -> None:
        """Terms that would make a broken series are refused before anything is sent."""
        with pytest.raises(ContractRefusal) as refusal:
            deploy_series(sender, intent="issue", terms=replace(terms, **change))
        assert refusal.value.name == name
        assert sender.chain.transaction_count(sender.address) == 0


class TestVariants:
    def test_same_as_in_python(self, leap: Emission) -> None:
        """The contract deals the same variant to each serial as the Python permutation, in the exact counts."""
        seed, counts = leap.terms.rarity_seed, leap.terms.variant_counts
        variants = [leap.series.stamp(Serial(serial)).variant for serial in range(1, 21)]
        assert variants == [variant_index(Serial(serial), counts, seed) for serial in range(1, 21)]
        assert [variants.count(index) for index in range(3)] == list(counts)

    @pytest.mark.parametrize(
        "case", json.loads(VECTORS.read_text(encoding="utf-8"))["cases"], ids=lambda case: len(case["counts"])
    )
    def test_golden_vectors(self, sender: Sender, terms: SeriesTerms, case: dict[str, Any]) -> None:
        """The contract agrees with the committed vectors, from one stamp to sixteen million."""
        counts = tuple(count for count in case["counts"])
        fitted = replace(
            terms,
            edition=sum(counts),
            variant_counts=counts,
            rarity_seed=Hash32(bytes.fromhex(case["seed"][2:])),
        )
        series = StampSeries(sender.chain, deploy_series(sender, intent="issue", terms=fitted).contract)
        variants = [series.stamp(Serial(serial)).variant for serial in case["serials"][:60]]
        assert variants == case["variants"][:60]


class TestStandards:
    @pytest.mark.parametrize(
        ("interface_id", "supported"),
        [
            ("01ffc9a7", True),  # ERC-165
            ("80ac58cd", True),  # ERC-721
            ("5b5e139f", True),  # ERC-721 metadata
            ("84b0196e", True),  # ERC-5267
            ("780e9d63", False),  # ERC-721 enumerable
            ("ffffffff", False),
        ],
    )
    def test_interfaces(self, leap: Emission, interface_id: str, supported: bool) -> None:  # noqa: FBT001
        """The contract says which standards it follows (ERC-165)."""
        assert leap.read("supportsInterface", bytes.fromhex(interface_id)) is supported

    def test_signing_domain(self, leap: Emission) -> None:
        """A wallet can ask for the EIP-712 domain instead of trusting somebody for it (ERC-5267)."""
        data = leap.interface.encode_call("eip712Domain")
        domain = leap.interface.decode_result("eip712Domain", leap.chain.call(to=leap.series.address, data=data))
        fields, name, version, chain_id, contract, salt, extensions = domain
        assert (fields, name, version, chain_id) == (b"\x0f", "Cryptostamp", "1", 31337)
        assert (contract, salt, extensions) == (leap.series.address.lower(), bytes(32), ())
