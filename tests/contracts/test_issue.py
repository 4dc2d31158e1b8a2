"""Issue puts every token into custody at once, and fixes what is to be fixed for ever."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from support.series_bench import ADMIN, ALICE, CUSTODY, ZERO, Place, Reverted, SeriesBench

from cryptostamp.chain import MAX_TRANSACTION_GAS

Bare = Callable[..., SeriesBench]


class TestCustody:
    def test_every_stamp_lies_in_custody(self, leap: SeriesBench) -> None:
        """The first, the last and all between belong to custody from the moment of issue, and can be claimed."""
        assert {stamp[:4] for stamp in leap.stamps()} == {(CUSTODY, Place.UNCLAIMED, 0, 0)}
        assert leap.balances(CUSTODY) == [20]

    @pytest.mark.parametrize("serial", [0, 21, 2**32 + 1, 2**256 - 1])
    def test_no_stamp_outside_the_edition(self, leap: SeriesBench, serial: int) -> None:
        """There is nothing before serial 1 and nothing after serial N."""
        for function in ("ownerOf", "getApproved", "tokenURI", "locked"):
            assert leap.refusal(ALICE, function, serial) == "ERC721NonexistentToken"
        for function in ("stampOf", "variantOf"):
            assert leap.refusal(ALICE, function, serial) == "NotInEdition"
        assert leap.refusal(ALICE, "stampsOf", [7, serial]) == "NotInEdition"

    def test_the_terms_can_be_read_back(self, leap: SeriesBench) -> None:
        """Anybody can read from the contract what the issuer fixed."""
        terms = leap.terms
        for function, value in {
            "name": terms.name,
            "symbol": terms.symbol,
            "custody": terms.custody,
            "admin": terms.admin,
            "edition": terms.edition,
            "totalSupply": terms.edition,
            "editionRoot": terms.edition_root,
            "raritySeed": terms.seed,
            "entropyBlock": 0,
            "soulbound": False,
            "metadataFrozen": False,
            "variantCounts": terms.variant_counts,
            "baseURI": terms.base_uri,
            "issueBlock": leap.chain.head().number,
        }.items():
            assert leap.read(function) == value
        assert leap.read("stampsOf", []) == ()


class TestEvents:
    @pytest.mark.parametrize("edition", [1, 5_000, 5_001, 12_345])
    def test_the_events_announce_each_serial_once(self, bare: Bare, edition: int) -> None:
        """ERC-2309 events of at most 5,000 tokens cover 1..N without gap or overlap."""
        series = bare(edition=edition, variant_counts=(edition,))
        events = [event.arguments for event in series.issue_events if event.name == "ConsecutiveTransfer"]
        covered = [serial for event in events for serial in range(event["fromTokenId"], event["toTokenId"] + 1)]
        assert covered == list(range(1, edition + 1))
        assert max(event["toTokenId"] - event["fromTokenId"] + 1 for event in events) <= 5_000
        assert {(event["fromAddress"], event["toAddress"]) for event in events} == {(ZERO, CUSTODY)}

    def test_who_begins_with_what(self, bare: Bare) -> None:
        """The first administrator with both roles, the royalty and the freezing are announced at issue."""
        series = bare(metadata_frozen=True, royalty_receiver=ALICE, royalty_bps=500)
        assert series.issue_events[1:] == [
            ("AdminChanged", {"previous": ZERO, "admin": ADMIN}),
            ("RolesSet", {"account": ADMIN, "roles": 3}),
            ("MetadataFrozen", {}),
            ("RoyaltySet", {"receiver": ALICE, "bps": 500}),
        ]

    def test_the_largest_edition_fits_one_transaction(self, bare: Bare) -> None:
        """Sixteen million stamps are issued below the gas cap of EIP-7825."""
        series = bare(edition=16_000_000, variant_counts=(15_999_999, 1))
        assert series.issue_gas < MAX_TRANSACTION_GAS
        assert series.balances(CUSTODY) == [16_000_000]
        assert series.read("tokenURI", 16_000_000) == "https://lilypond.example/LEAP/16000000.json"


class TestRefusedTerms:
    @pytest.mark.parametrize(
        ("change", "name"),
        [
            ({"edition": 0}, "InvalidEdition"),
            ({"edition": 16_000_001, "variant_counts": (16_000_001,)}, "InvalidEdition"),
            ({"custody": ZERO}, "InvalidCustody"),
            ({"admin": ZERO}, "InvalidRoles"),
            ({"edition_root": bytes(32)}, "InvalidEditionRoot"),
            ({"seed": bytes(32)}, "InvalidSeed"),
            ({"variant_counts": ()}, "InvalidVariantCounts"),
            ({"variant_counts": (20, 0)}, "InvalidVariantCounts"),
            ({"variant_counts": (12, 7)}, "InvalidVariantCounts"),
            ({"variant_counts": (12, 9)}, "InvalidVariantCounts"),
            ({"variant_counts": (2**32 - 1, 21)}, "InvalidVariantCounts"),
            ({"edition": 256, "variant_counts": (1,) * 256}, "InvalidVariantCounts"),
            ({"royalty_receiver": ALICE, "royalty_bps": 1_001}, "InvalidRoyalty"),
            ({"royalty_receiver": ZERO, "royalty_bps": 1}, "InvalidRoyalty"),
        ],
    )
    def test_impossible_terms(self, bare: Bare, change: dict[str, Any], name: str) -> None:
        """Terms that would make a broken series are refused."""
        with pytest.raises(Reverted) as reverted:
            bare(**change)
        assert reverted.value.name == name


class TestStandards:
    @pytest.mark.parametrize(
        ("interface_id", "supported"),
        [
            ("01ffc9a7", True),  # ERC-165
            ("80ac58cd", True),  # ERC-721
            ("5b5e139f", True),  # ERC-721 metadata
            ("2a55205a", True),  # ERC-2981
            ("49064906", True),  # ERC-4906
            ("b45a3c0e", True),  # ERC-5192
            ("84b0196e", True),  # ERC-5267
            ("780e9d63", False),  # ERC-721 enumerable
            ("ffffffff", False),
            ("00000000", False),
        ],
    )
    @pytest.mark.parametrize("soulbound", [False, True])
    def test_interfaces(self, bare: Bare, interface_id: str, *, supported: bool, soulbound: bool) -> None:
        """The contract says which standards it follows (ERC-165), whatever its terms."""
        series = bare(soulbound=soulbound)
        assert series.read("supportsInterface", bytes.fromhex(interface_id)) is supported

    def test_signing_domain(self, leap: SeriesBench) -> None:
        """A wallet can ask for the EIP-712 domain instead of trusting somebody for it (ERC-5267)."""
        fields, name, version, chain_id, contract, salt, extensions = leap.read_all("eip712Domain")
        assert (fields, name, version, chain_id) == (b"\x0f", "Cryptostamp", "1", 31337)
        assert (contract, salt, extensions) == (leap.address, bytes(32), ())

    def test_money_is_not_taken(self, leap: SeriesBench) -> None:
        """The contract has no function that accepts money."""
        answer = leap.chain.rpc.request("eth_call", {"to": leap.address, "from": ALICE, "value": "0x1"}, "latest")
        assert "revert" in answer.message
