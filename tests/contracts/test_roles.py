"""Who may do what for the issuer, and that none of them can do anything to a token that has left custody."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from support.series_bench import ADMIN, ALICE, BOB, CAROL, CUSTODY, ZERO, Kind, Reverted, SeriesBench, Why

ISSUER, POSTMASTER = 1, 2
OFFICE = b"LILYPOND".ljust(12, b"\0")

ACTS: dict[str, tuple[int, tuple[object, ...]]] = {
    "voidStamps": (ISSUER, ([9], Why.LOST)),
    "voidRange": (ISSUER, (9, 10, Why.LOST)),
    "setRoyalty": (ISSUER, (ALICE, 100)),
    "setBaseURI": (ISSUER, ("https://elsewhere.example/",)),
    "freezeMetadata": (ISSUER, ()),
    "postmark": (POSTMASTER, ([9], OFFICE, 20_000, Kind.REGULAR)),
}
ADMIN_ACTS: dict[str, tuple[object, ...]] = {"setRoles": (BOB, 3), "offerAdmin": (BOB,), "renounceAdmin": ()}


class TestRoles:
    @pytest.mark.parametrize("act", ACTS)
    @pytest.mark.parametrize("roles", [0, ISSUER, POSTMASTER, ISSUER | POSTMASTER])
    def test_each_act_needs_its_role(self, leap: SeriesBench, act: str, roles: int) -> None:
        """An account may do what its roles allow and nothing else; the refusal names the role that is missing."""
        leap.send(ADMIN, "setRoles", BOB, roles)
        needed, arguments = ACTS[act]
        if roles & needed:
            leap.send(BOB, act, *arguments)
        else:
            with pytest.raises(Reverted) as reverted:
                leap.send(BOB, act, *arguments)
            assert reverted.value.name == "MissingRole"
            assert reverted.value.arguments["role"] == needed

    @pytest.mark.parametrize("act", ADMIN_ACTS)
    def test_roles_do_not_make_an_administrator(self, leap: SeriesBench, act: str) -> None:
        """Who has both roles cannot give any, nor can custody or a stranger."""
        leap.send(ADMIN, "setRoles", BOB, ISSUER | POSTMASTER)
        for sender in (BOB, CUSTODY, ALICE):
            assert leap.refusal(sender, act, *ADMIN_ACTS[act]) == "NotAdmin"

    def test_they_are_set_and_taken(self, leap: SeriesBench) -> None:
        """The last word of the administrator counts, and each is announced."""
        assert leap.read("rolesOf", ADMIN) == 3
        for roles in (3, 1, 2, 0):
            events = leap.send(ADMIN, "setRoles", BOB, roles)
            assert events == [("RolesSet", {"account": BOB, "roles": roles})]
            assert leap.read("rolesOf", BOB) == roles

    def test_the_administrator_without_roles(self, leap: SeriesBench) -> None:
        """An administrator who gave up both roles can act for the issuer no more, but give them again."""
        leap.send(ADMIN, "setRoles", ADMIN, 0)
        for act, (_, arguments) in ACTS.items():
            assert leap.refusal(ADMIN, act, *arguments) == "MissingRole"
        assert leap.refusal(ADMIN, "setRoles", ADMIN, 3) == ""

    def test_there_are_two(self, leap: SeriesBench) -> None:
        """Other numbers are no roles, and the zero address has none."""
        for account, roles in ((BOB, 4), (BOB, 2**256 - 1), (ZERO, 1), (ZERO, 0)):
            assert leap.refusal(ADMIN, "setRoles", account, roles) == "InvalidRoles"


class TestAdministration:
    def test_it_is_handed_over_in_two_steps(self, leap: SeriesBench) -> None:
        """Nothing changes before the successor accepts; then the old one is nobody, and keeps the roles until taken."""
        assert leap.send(ADMIN, "offerAdmin", BOB) == [("AdminOffered", {"admin": ADMIN, "successor": BOB})]
        assert (leap.read("admin"), leap.read("offeredAdmin")) == (ADMIN, BOB)
        assert leap.refusal(BOB, "setRoles", CAROL, 1) == "NotAdmin"
        assert leap.send(BOB, "acceptAdmin") == [("AdminChanged", {"previous": ADMIN, "admin": BOB})]
        assert (leap.read("admin"), leap.read("offeredAdmin")) == (BOB, ZERO)
        assert leap.refusal(ADMIN, "setRoles", CAROL, 1) == "NotAdmin"
        assert (leap.read("rolesOf", ADMIN), leap.read("rolesOf", BOB)) == (3, 0)
        leap.send(BOB, "setRoles", ADMIN, 0)
        assert leap.read("rolesOf", ADMIN) == 0

    def test_only_the_successor_accepts(self, leap: SeriesBench) -> None:
        """Without an offer nobody can accept, and with one nobody else; an offer works once."""
        assert leap.refusal(BOB, "acceptAdmin") == "NotOffered"
        leap.send(ADMIN, "offerAdmin", BOB)
        for sender in (ADMIN, CAROL, CUSTODY):
            assert leap.refusal(sender, "acceptAdmin") == "NotOffered"
        leap.send(BOB, "acceptAdmin")
        assert leap.refusal(BOB, "acceptAdmin") == "NotOffered"

    def test_an_offer_is_taken_back_or_replaced(self, leap: SeriesBench) -> None:
        """The last offer counts, and the zero address is none."""
        leap.send(ADMIN, "offerAdmin", BOB)
        leap.send(ADMIN, "offerAdmin", CAROL)
        assert leap.refusal(BOB, "acceptAdmin") == "NotOffered"
        leap.send(ADMIN, "offerAdmin", ZERO)
        assert leap.refusal(CAROL, "acceptAdmin") == "NotOffered"

    def test_renouncing_is_final(self, leap: SeriesBench) -> None:
        """Afterwards nobody is administrator, an offer that was open is void, and the roles stay as they are."""
        leap.send(ADMIN, "setRoles", CAROL, POSTMASTER)
        leap.send(ADMIN, "offerAdmin", BOB)
        assert leap.send(ADMIN, "renounceAdmin") == [("AdminChanged", {"previous": ADMIN, "admin": ZERO})]
        assert (leap.read("admin"), leap.read("offeredAdmin")) == (ZERO, ZERO)
        assert leap.refusal(BOB, "acceptAdmin") == "NotOffered"
        for act, arguments in ADMIN_ACTS.items():
            assert leap.refusal(ADMIN, act, *arguments) == "NotAdmin"
        assert (leap.read("rolesOf", ADMIN), leap.read("rolesOf", CAROL)) == (3, POSTMASTER)
        assert leap.refusal(CAROL, "postmark", [7], OFFICE, 20_000, Kind.REGULAR) == ""


class TestClaimedTokens:
    def test_nobody_of_the_issuer_moves_one(self, leap: SeriesBench) -> None:
        """With every role in one hand, and custody beside it, a claimed token can be neither moved nor voided."""
        leap.send(ADMIN, "setRoles", CUSTODY, ISSUER | POSTMASTER)
        leap.claim(7, ALICE)
        before = leap.stamp(7)[:4]
        for sender in (ADMIN, CUSTODY):
            for function in ("transferFrom", "safeTransferFrom"):
                assert leap.refusal(sender, function, ALICE, sender, 7) == "ERC721InsufficientApproval"
            assert leap.refusal(sender, "approve", sender, 7) == "ERC721InvalidApprover"
            assert leap.refusal(sender, "voidStamps", [7], Why.STOLEN) == "AlreadyClaimed"
            leap.send(sender, "voidRange", 1, 20, Why.STOLEN)
            leap.send(sender, "postmark", [7], OFFICE, 20_000, Kind.REGULAR)
        assert leap.stamp(7)[:4] == before
        leap.send(ALICE, "transferFrom", ALICE, BOB, 7)
        assert leap.stamp(7).owner == BOB


class TestRoyalty:
    @pytest.mark.parametrize(
        ("bps", "price", "due"), [(1_000, 12_345, 1_234), (1, 10_000, 1), (250, 10**18, 25 * 10**15)]
    )
    def test_what_is_owed(self, leap: SeriesBench, bps: int, price: int, due: int) -> None:
        """The share of the price, rounded down, goes to the receiver, for every token alike (ERC-2981)."""
        assert leap.send(ADMIN, "setRoyalty", ALICE, bps) == [("RoyaltySet", {"receiver": ALICE, "bps": bps})]
        for serial in (1, 20):
            assert leap.read_all("royaltyInfo", serial, price) == (ALICE, due)

    def test_none(self, leap: SeriesBench) -> None:
        """A series begins without one unless it says so, and can end it."""
        assert leap.read_all("royaltyInfo", 7, 10**18) == (ZERO, 0)
        leap.send(ADMIN, "setRoyalty", ALICE, 500)
        leap.send(ADMIN, "setRoyalty", ZERO, 0)
        assert leap.read_all("royaltyInfo", 7, 10**18) == (ZERO, 0)

    @pytest.mark.parametrize("bps", [1_001, 10_000, 2**88 + 5, 2**96 - 1])
    def test_above_the_bound(self, leap: SeriesBench, bps: int) -> None:
        """Ten per cent is the most, also for numbers that would be small if they were cut off."""
        assert leap.refusal(ADMIN, "setRoyalty", ALICE, bps) == "InvalidRoyalty"

    def test_half_of_one(self, leap: SeriesBench) -> None:
        """A royalty has a receiver, and a receiver a royalty."""
        assert leap.refusal(ADMIN, "setRoyalty", ZERO, 1) == "InvalidRoyalty"
        assert leap.refusal(ADMIN, "setRoyalty", ALICE, 0) == "InvalidRoyalty"


class TestMetadata:
    def test_the_folder_moves(self, leap: SeriesBench) -> None:
        """The issuer names another folder, and everybody who shows the tokens is told (ERC-4906, ERC-7572)."""
        events = leap.send(ADMIN, "setBaseURI", "ipfs://folder/")
        assert events == [
            ("ContractURIUpdated", {}),
            ("BatchMetadataUpdate", {"_fromTokenId": 1, "_toTokenId": 20}),
        ]
        assert leap.read("tokenURI", 20) == "ipfs://folder/20.json"
        assert leap.read("contractURI") == "ipfs://folder/series.json"
        assert leap.read("baseURI") == "ipfs://folder/"

    def test_no_folder(self, leap: SeriesBench) -> None:
        """Without a folder there is no metadata, and no half of an address."""
        leap.send(ADMIN, "setBaseURI", "")
        assert (leap.read("tokenURI", 7), leap.read("contractURI")) == ("", "")

    def test_freezing_is_one_way(self, leap: SeriesBench) -> None:
        """Once frozen, the folder never changes again, for nobody."""
        assert leap.send(ADMIN, "freezeMetadata") == [("MetadataFrozen", {})]
        assert leap.read("metadataFrozen") is True
        assert leap.refusal(ADMIN, "setBaseURI", "ipfs://folder/") == "MetadataIsFrozen"
        assert leap.refusal(ADMIN, "freezeMetadata") == "MetadataIsFrozen"
        assert leap.read("baseURI") == leap.terms.base_uri

    def test_frozen_from_the_first_day(self, bare: Callable[..., SeriesBench]) -> None:
        """A series may be issued with its metadata frozen."""
        frozen = bare(metadata_frozen=True)
        assert frozen.refusal(ADMIN, "setBaseURI", "ipfs://folder/") == "MetadataIsFrozen"
        assert frozen.read("tokenURI", 7) == "https://lilypond.example/LEAP/7.json"
