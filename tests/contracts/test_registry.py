"""The authority admits posts, posts register their series, and revoking changes answers, not tokens."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from cryptostamp.chain import Chain, DevSigner, MemoryJournal, PostalRegistry, Sender, deploy_registry
from cryptostamp.errors import ContractRefusal, InputError
from cryptostamp.primitives import parse_address

if TYPE_CHECKING:
    from tests.contracts.conftest import Emission


ALICE = parse_address("0x" + "a1" * 20)
ZERO = parse_address("0x" + "00" * 20)
POST = {"country": "XL", "name": "Lilypond Post", "domain": "lilypond.example"}


@pytest.fixture
def registry(sender: Sender) -> PostalRegistry:
    """A registry whose authority is the sender."""
    deployment = deploy_registry(sender, intent="registry", authority=sender.address)
    return PostalRegistry(sender.chain, deployment.contract)


@pytest.fixture
def post(registry: PostalRegistry, sender: Sender, chain: Chain) -> Sender:
    """The account of an admitted post."""
    account = Sender(chain, DevSigner(7), MemoryJournal())
    registry.admit_post(sender, intent="admit", account=account.address, **POST)
    return account


def refused(action: Callable[..., object], *arguments: object, **keywords: object) -> str:
    """Return the name of the error that the contract refuses with."""
    with pytest.raises(ContractRefusal) as refusal:
        action(*arguments, **keywords)
    return refusal.value.name


class TestPosts:
    def test_an_admitted_post_is_found_by_its_account(self, registry: PostalRegistry, post: Sender) -> None:
        """What the authority wrote about the post is what everybody reads."""
        entry = registry.post_of(post.address)
        assert entry is not None
        assert (entry.post_id, entry.country, entry.name, entry.domain) == (1, *POST.values())
        assert entry.active
        assert entry.admitted_at == registry.chain.head().timestamp

    def test_nobody_else_is_a_post(self, registry: PostalRegistry) -> None:
        """An account that was not admitted stands for nobody."""
        assert registry.post_of(ALICE) is None

    def test_only_the_authority_admits(self, registry: PostalRegistry, post: Sender) -> None:
        """A post cannot admit another."""
        assert (
            refused(registry.admit_post, post, intent="admit two", account=ALICE, **POST)
            == "OwnableUnauthorizedAccount"
        )

    @pytest.mark.parametrize(
        ("change", "name"),
        [
            ({"country": "xl"}, "InvalidCountry"),
            ({"country": "X1"}, "InvalidCountry"),
            ({"name": ""}, "InvalidPostName"),
            ({"name": "x" * 101}, "InvalidPostName"),
            ({"domain": ""}, "InvalidPostDomain"),
            ({"domain": "Lilypond.example"}, "InvalidPostDomain"),
            ({"domain": "lilypond.example/x"}, "InvalidPostDomain"),
            ({"domain": "lílypond.example"}, "InvalidPostDomain"),
            ({"domain": "x" * 254}, "InvalidPostDomain"),
            ({"account": ZERO}, "InvalidPostAccount"),
        ],
    )
    def test_malformed_posts(self, registry: PostalRegistry, sender: Sender, change: dict[str, Any], name: str) -> None:
        """What verifiers will show to people is checked when it is written."""
        fields = {**POST, "account": ALICE, **change}
        assert refused(registry.admit_post, sender, intent="admit", **fields) == name

    @pytest.mark.parametrize("country", ["X", "XLX", "Ä1"])
    def test_countries_that_are_no_code(self, registry: PostalRegistry, sender: Sender, country: str) -> None:
        """A country that is not two plain letters is not even sent."""
        with pytest.raises(InputError):
            registry.admit_post(sender, intent="admit", country=country, name="x", domain="x.example", account=ALICE)

    def test_an_account_stands_for_one_post(self, registry: PostalRegistry, sender: Sender, post: Sender) -> None:
        """An account that stands for a post cannot be given to another."""
        assert refused(registry.admit_post, sender, intent="two", account=post.address, **POST) == "AccountTaken"

    def test_a_post_moves_to_another_account(self, registry: PostalRegistry, post: Sender, chain: Chain) -> None:
        """The new account registers series, the old one no longer does and never stands for another post."""
        successor = Sender(chain, DevSigner(8), MemoryJournal())
        registry.move_post(post, intent="move", post_id=1, account=successor.address)
        assert registry.post_of(post.address) is None
        assert refused(registry.register_series, post, intent="old", contract=registry.address) == "NotAPost"
        registry.register_series(successor, intent="new", contract=registry.address)
        assert refused(registry.move_post, successor, intent="back", post_id=1, account=post.address) == "AccountTaken"

    def test_a_stranger_cannot_move_a_post(self, registry: PostalRegistry, post: Sender, collector: Sender) -> None:
        """Only the post and the authority decide which account stands for it."""
        assert registry.post_of(post.address) is not None
        assert refused(registry.move_post, collector, intent="move", post_id=1, account=ALICE) == "NotAllowed"

    def test_unknown_posts(self, registry: PostalRegistry, sender: Sender, post: Sender) -> None:
        """A number that was never given out is refused."""
        assert post.address
        for post_id in (0, 2):
            assert refused(registry.revoke_post, sender, intent="x", post_id=post_id) == "UnknownPost"


class TestSeries:
    def test_a_registered_series(self, registry: PostalRegistry, post: Sender, leap: Emission) -> None:
        """The status names the post that stands behind the series, with all that a verdict needs."""
        registry.register_series(post, intent="register", contract=leap.series.address)
        status = registry.series_status(leap.series.address)
        assert status is not None
        assert status.post == registry.post_of(post.address)
        assert (status.active, status.registered_at) == (True, registry.chain.head().timestamp)

    def test_an_unknown_series(self, registry: PostalRegistry) -> None:
        """A contract that nobody registered has no status."""
        assert registry.series_status(ALICE) is None

    def test_a_stranger_cannot_register(self, registry: PostalRegistry, collector: Sender, leap: Emission) -> None:
        """Neither a stranger nor the authority itself can stand behind a series."""
        for who in (collector, leap.sender):
            assert refused(registry.register_series, who, intent="r", contract=leap.series.address) == "NotAPost"

    def test_an_account_without_code(self, registry: PostalRegistry, post: Sender) -> None:
        """Only a contract can be a series."""
        assert refused(registry.register_series, post, intent="r", contract=ALICE) == "NotAContract"

    def test_registered_twice(self, registry: PostalRegistry, post: Sender, leap: Emission) -> None:
        """A series has one post behind it."""
        registry.register_series(post, intent="one", contract=leap.series.address)
        assert (
            refused(registry.register_series, post, intent="two", contract=leap.series.address)
            == "SeriesAlreadyRegistered"
        )


class TestRevoking:
    def test_a_revoked_post(self, registry: PostalRegistry, sender: Sender, post: Sender, leap: Emission) -> None:
        """Its series show it with the date, it registers no more, and it cannot be revoked again."""
        registry.register_series(post, intent="register", contract=leap.series.address)
        registry.revoke_post(sender, intent="revoke", post_id=1)
        status = registry.series_status(leap.series.address)
        assert status is not None
        assert (status.post.active, status.active) == (False, True)
        assert status.post.revoked_at == registry.chain.head().timestamp
        assert refused(registry.register_series, post, intent="r", contract=registry.address) == "PostIsRevoked"
        assert refused(registry.revoke_post, sender, intent="again", post_id=1) == "PostIsRevoked"

    def test_only_the_authority_revokes_a_post(self, registry: PostalRegistry, post: Sender) -> None:
        """A post does not end its own standing."""
        assert refused(registry.revoke_post, post, intent="x", post_id=1) == "OwnableUnauthorizedAccount"

    @pytest.mark.parametrize("who", ["sender", "post"])
    def test_a_revoked_series(
        self, registry: PostalRegistry, sender: Sender, post: Sender, leap: Emission, who: str
    ) -> None:
        """The authority or the post ends a series' standing; the post stays, and the tokens do not move."""
        registry.register_series(post, intent="register", contract=leap.series.address)
        account = {"sender": sender, "post": post}[who]
        registry.revoke_series(account, intent="revoke", contract=leap.series.address)
        status = registry.series_status(leap.series.address)
        assert status is not None
        assert (status.post.active, status.active) == (True, False)
        assert leap.series.balance_of(leap.terms.custody) == 20
        assert (
            refused(registry.revoke_series, account, intent="again", contract=leap.series.address) == "SeriesIsRevoked"
        )
        assert (
            refused(registry.register_series, post, intent="back", contract=leap.series.address)
            == "SeriesAlreadyRegistered"
        )

    def test_another_post_may_take_over_a_revoked_series(
        self, registry: PostalRegistry, sender: Sender, post: Sender, chain: Chain, leap: Emission
    ) -> None:
        """A rightful post can register its series after another one's registration was revoked."""
        rightful = Sender(chain, DevSigner(8), MemoryJournal())
        fields = {**POST, "country": "XM", "account": rightful.address}
        registry.admit_post(sender, intent="admit rightful", **fields)
        registry.register_series(post, intent="squat", contract=leap.series.address)
        assert (
            refused(registry.register_series, rightful, intent="early", contract=leap.series.address)
            == "SeriesAlreadyRegistered"
        )
        registry.revoke_series(sender, intent="revoke", contract=leap.series.address)
        registry.register_series(rightful, intent="register", contract=leap.series.address)
        status = registry.series_status(leap.series.address)
        assert status is not None
        assert (status.post.country, status.active) == ("XM", True)

    def test_a_stranger_revokes_nothing(
        self, registry: PostalRegistry, post: Sender, collector: Sender, leap: Emission
    ) -> None:
        """Nobody but the authority and the post itself can end a series' standing."""
        registry.register_series(post, intent="register", contract=leap.series.address)
        assert refused(registry.revoke_series, collector, intent="x", contract=leap.series.address) == "NotAllowed"
        assert refused(registry.revoke_series, post, intent="y", contract=ALICE) == "SeriesNotRegistered"


class TestAuthority:
    def test_handed_over_in_two_steps(self, registry: PostalRegistry, sender: Sender, collector: Sender) -> None:
        """The authority changes only when the new one accepts, so that a mistyped account loses nothing."""
        send = registry._send
        send(sender, "offer", "transferOwnership", collector.address)
        assert registry.authority() == sender.address
        send(collector, "accept", "acceptOwnership")
        assert registry.authority() == collector.address
        assert (
            refused(registry.admit_post, sender, intent="admit", account=ALICE, **POST) == "OwnableUnauthorizedAccount"
        )
