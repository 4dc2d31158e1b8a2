"""Every token is an ordinary ERC-721 token, in every kind of series and wherever it has been before."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import pytest
from support.series_bench import ADMIN, ALICE, BOB, CAROL, CUSTODY, ZERO, Place, Reverted, SeriesBench

from cryptostamp.primitives import Address, keccak256

SEED = keccak256(b"what the issuer keeps in the safe")
AHEAD = 5
NO_RECEIVER = "ERC721InvalidReceiver"


class Token(NamedTuple):
    """A token of a series, and who owns it."""

    bench: SeriesBench
    serial: int
    owner: Address

    def refusal(self, sender: Address, function: str, *arguments: object) -> str:
        """Return why a call about this token is refused; its serial goes last."""
        return self.bench.refusal(sender, function, *arguments, self.serial)

    def send(self, sender: Address, function: str, *arguments: object) -> list[str]:
        """Send a call about this token and return the names of its events; its serial goes last."""
        return [event.name for event in self.bench.send(sender, function, *arguments, self.serial)]

    def owner_now(self) -> str:
        """Return who owns it now."""
        return str(self.bench.read("ownerOf", self.serial))

    def approved(self) -> str:
        """Return who is approved for it."""
        return str(self.bench.read("getApproved", self.serial))


@pytest.fixture(params=["printed", "blind", "revealed"])
def series(request: pytest.FixtureRequest, issue: Callable[..., SeriesBench], leap: SeriesBench) -> SeriesBench:
    """A series of each kind whose tokens can be moved."""
    if request.param == "printed":
        return leap
    blind = issue(seed=keccak256(SEED), entropy_block=leap.chain.head().number + AHEAD)
    if request.param == "revealed":
        blind.mine(AHEAD)
        blind.send(BOB, "captureEntropy")
        blind.send(BOB, "reveal", SEED)
    return blind


@pytest.fixture(params=["in custody", "claimed", "delivered", "back in custody", "out again"])
def token(request: pytest.FixtureRequest, series: SeriesBench) -> Token:
    """Token 7 in each situation."""
    if request.param == "in custody":
        return Token(series, 7, CUSTODY)
    if request.param == "delivered":
        series.send(CUSTODY, "transferFrom", CUSTODY, ALICE, 7)
        return Token(series, 7, ALICE)
    series.claim(7, ALICE)
    if request.param == "claimed":
        return Token(series, 7, ALICE)
    series.send(ALICE, "transferFrom", ALICE, CUSTODY, 7)
    if request.param == "back in custody":
        return Token(series, 7, CUSTODY)
    series.send(CUSTODY, "transferFrom", CUSTODY, ALICE, 7)
    return Token(series, 7, ALICE)


class TestOrdinaryToken:
    def test_owner_and_balances(self, token: Token) -> None:
        """It has one owner, and the balances count what each account owns."""
        owners = [token.bench.read("ownerOf", serial) for serial in range(1, 21)]
        assert owners[6] == token.owner
        assert token.bench.balances(CUSTODY, ALICE, BOB) == [owners.count(each) for each in (CUSTODY, ALICE, BOB)]
        assert token.bench.refusal(ALICE, "balanceOf", ZERO) == "ERC721InvalidOwner"

    def test_its_owner_moves_it(self, token: Token) -> None:
        """The owner gives it away, and the balances follow."""
        before = token.bench.balances(token.owner, BOB)
        assert token.send(token.owner, "transferFrom", token.owner, BOB)[0] == "Transfer"
        assert token.owner_now() == BOB
        assert token.bench.balances(token.owner, BOB) == [before[0] - 1, before[1] + 1]

    def test_to_itself(self, token: Token) -> None:
        """Handing it to oneself changes neither owner nor balance."""
        before = (token.bench.balances(token.owner), token.bench.stamp(7)[:4])
        assert token.send(token.owner, "transferFrom", token.owner, token.owner) == ["Transfer"]
        assert (token.bench.balances(token.owner), token.bench.stamp(7)[:4]) == before

    def test_an_approved_account_moves_it_once(self, token: Token) -> None:
        """An approval ends with the transfer: the new owner does not inherit whom the old one trusted."""
        assert token.approved() == ZERO
        assert token.send(token.owner, "approve", CAROL) == ["Approval"]
        assert token.approved() == CAROL
        token.send(CAROL, "transferFrom", token.owner, BOB)
        assert (token.owner_now(), token.approved()) == (BOB, ZERO)
        assert token.refusal(CAROL, "transferFrom", BOB, CAROL) == "ERC721InsufficientApproval"

    def test_an_approval_ends_also_when_the_owner_moves_it(self, token: Token) -> None:
        """Nor does it come back when the token does."""
        token.send(token.owner, "approve", CAROL)
        token.send(token.owner, "transferFrom", token.owner, BOB)
        assert token.approved() == ZERO
        token.send(BOB, "transferFrom", BOB, token.owner)
        assert token.approved() == ZERO
        assert token.refusal(CAROL, "transferFrom", token.owner, CAROL) == "ERC721InsufficientApproval"

    def test_an_approval_can_be_changed_and_taken_back(self, token: Token) -> None:
        """The last approval counts, and the zero address takes it back, also when there was none."""
        token.send(token.owner, "approve", ZERO)
        token.send(token.owner, "approve", BOB)
        token.send(token.owner, "approve", CAROL)
        assert token.refusal(BOB, "transferFrom", token.owner, BOB) == "ERC721InsufficientApproval"
        assert token.send(token.owner, "approve", ZERO) == ["Approval"]
        assert token.approved() == ZERO
        assert token.refusal(CAROL, "transferFrom", token.owner, CAROL) == "ERC721InsufficientApproval"

    def test_an_operator_moves_and_approves(self, token: Token) -> None:
        """Whom the owner trusts with everything may move this token and approve others for it, until that ends."""
        bench = token.bench
        bench.send(token.owner, "setApprovalForAll", BOB, True)  # noqa: FBT003
        assert bench.read("isApprovedForAll", token.owner, BOB) is True
        token.send(BOB, "approve", CAROL)
        assert token.approved() == CAROL
        assert token.refusal(BOB, "transferFrom", token.owner, BOB) == ""
        bench.send(token.owner, "setApprovalForAll", BOB, False)  # noqa: FBT003
        assert token.refusal(BOB, "transferFrom", token.owner, BOB) == "ERC721InsufficientApproval"
        assert token.refusal(BOB, "approve", BOB) == "ERC721InvalidApprover"
        assert bench.refusal(token.owner, "setApprovalForAll", ZERO, True) == "ERC721InvalidOperator"  # noqa: FBT003

    def test_nobody_else(self, token: Token) -> None:
        """No stranger, no administrator with every role, and not the one who is approved may do more than they may."""
        for sender in (BOB, CAROL, ADMIN):
            assert token.refusal(sender, "transferFrom", token.owner, sender) == "ERC721InsufficientApproval"
            assert token.refusal(sender, "approve", sender) == "ERC721InvalidApprover"
        token.send(token.owner, "approve", CAROL)
        assert token.refusal(CAROL, "approve", BOB) == "ERC721InvalidApprover"

    def test_custody_has_no_right_once_it_left(self, token: Token) -> None:
        """Custody moves what custody owns, and nothing else."""
        allowed = token.refusal(CUSTODY, "transferFrom", token.owner, BOB)
        assert allowed == ("" if token.owner == CUSTODY else "ERC721InsufficientApproval")

    def test_from_somebody_who_does_not_own_it(self, token: Token) -> None:
        """The named owner is the owner, or the transfer is refused (ERC-6093)."""
        assert token.refusal(token.owner, "transferFrom", BOB, CAROL) == "ERC721IncorrectOwner"

    def test_to_the_zero_address(self, token: Token) -> None:
        """No token is destroyed."""
        for function in ("transferFrom", "safeTransferFrom"):
            assert token.refusal(token.owner, function, token.owner, ZERO) == NO_RECEIVER

    def test_safely_to_an_account(self, token: Token) -> None:
        """An account without code takes any token, with data and without."""
        assert token.send(token.owner, "safeTransferFrom", token.owner, BOB)[0] == "Transfer"
        token.bench.send(BOB, "safeTransferFrom", BOB, CAROL, 7, b"with best wishes")
        assert token.owner_now() == CAROL

    def test_safely_to_a_contract_that_takes_none(self, token: Token) -> None:
        """A contract that does not answer as a receiver gets no token by a safe transfer; the other asks nobody."""
        contract = token.bench.address
        assert token.refusal(token.owner, "safeTransferFrom", token.owner, contract) == NO_RECEIVER
        assert token.bench.refusal(token.owner, "safeTransferFrom", token.owner, contract, 7, b"x") == NO_RECEIVER
        assert token.refusal(token.owner, "transferFrom", token.owner, contract) == ""

    def test_safe_transfers_have_the_same_refusals(self, token: Token) -> None:
        """A safe transfer is refused for all that the other form is refused for."""
        assert token.refusal(BOB, "safeTransferFrom", token.owner, BOB) == "ERC721InsufficientApproval"
        assert token.refusal(token.owner, "safeTransferFrom", BOB, CAROL) == "ERC721IncorrectOwner"

    def test_its_metadata(self, token: Token) -> None:
        """Its metadata lies in the folder of the series under its serial."""
        assert token.bench.read("tokenURI", 7) == "https://lilypond.example/LEAP/7.json"
        assert token.bench.read("contractURI") == "https://lilypond.example/LEAP/series.json"

    def test_it_is_not_locked(self, token: Token) -> None:
        """A series that is not soulbound locks nothing (ERC-5192)."""
        assert token.bench.read("locked", 7) is False

    @pytest.mark.parametrize("serial", [0, 21, 2**256 - 1])
    def test_no_token_outside_the_edition(self, leap: SeriesBench, serial: int) -> None:
        """What is not in the edition can be neither moved nor approved."""
        assert leap.refusal(CUSTODY, "transferFrom", CUSTODY, BOB, serial) == "ERC721NonexistentToken"
        assert leap.refusal(CUSTODY, "approve", BOB, serial) == "ERC721NonexistentToken"


class TestSoulbound:
    @pytest.fixture
    def bound(self, issue: Callable[..., SeriesBench]) -> SeriesBench:
        """A soulbound series: 7 claimed, 8 delivered, both to one account."""
        bench = issue(soulbound=True)
        assert [event.name for event in bench.claim(7, ALICE)] == ["Transfer", "Locked"]
        events = bench.send(CUSTODY, "transferFrom", CUSTODY, ALICE, 8)
        assert [event.name for event in events] == ["Transfer", "Locked", "Delivered"]
        return bench

    @pytest.mark.parametrize("serial", [7, 8])
    def test_it_stays_with_its_owner(self, bound: SeriesBench, serial: int) -> None:
        """Neither the owner nor anybody whom the owner trusts can move it, not even to the owner or to custody."""
        bound.send(ALICE, "setApprovalForAll", BOB, True)  # noqa: FBT003
        bound.send(ALICE, "approve", CAROL, serial)
        assert bound.read("locked", serial) is True
        for sender in (ALICE, BOB, CAROL):
            for to in (BOB, ALICE, CUSTODY):
                assert bound.refusal(sender, "transferFrom", ALICE, to, serial) == "TokenLocked"
                assert bound.refusal(sender, "safeTransferFrom", ALICE, to, serial) == "TokenLocked"
        assert bound.stamp(serial).owner == ALICE

    def test_a_stranger_is_told_so_first(self, bound: SeriesBench) -> None:
        """Who may not move it at all is refused for that."""
        assert bound.refusal(BOB, "transferFrom", ALICE, BOB, 7) == "ERC721InsufficientApproval"
        assert bound.refusal(ALICE, "transferFrom", BOB, CAROL, 7) == "ERC721IncorrectOwner"

    def test_in_custody_nothing_is_locked(self, bound: SeriesBench) -> None:
        """What has not been handed out can be, and is locked from then on."""
        assert bound.read("locked", 9) is False
        assert (bound.stamp(9).state, bound.balances(CUSTODY, ALICE)) == (Place.UNCLAIMED, [18, 2])
        bound.send(CUSTODY, "safeTransferFrom", CUSTODY, BOB, 9)
        assert bound.read("locked", 9) is True

    def test_safely_to_a_contract_that_takes_none(self, bound: SeriesBench) -> None:
        """A delivery that is refused by its receiver has not happened."""
        with pytest.raises(Reverted):
            bound.send(CUSTODY, "safeTransferFrom", CUSTODY, bound.address, 9)
        assert bound.stamp(9)[:3] == (CUSTODY, Place.UNCLAIMED, 0)
        assert bound.balances(CUSTODY) == [18]
