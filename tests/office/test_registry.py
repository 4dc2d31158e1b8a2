"""The authority and the posts change the registry once for each time they mean it, and see what came of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from support.registry import LILYPOND, admit, register

from cryptostamp.chain import (
    Chain,
    DevSigner,
    Post,
    PostalRegistry,
    Sender,
    SeriesStatus,
    Standing,
    deploy_registry,
)
from cryptostamp.errors import CannotTell, ContractRefusal, InputError
from cryptostamp.ledger import Ledger
from cryptostamp.office import LedgerJournal
from cryptostamp.office.registry import Change, RegistryDesk, day_of, deploy, look_up, post_behind, view
from cryptostamp.primitives import Address, parse_address

ALICE = parse_address("0x" + "a1" * 20)


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    """The file in which the authority writes down what it sends."""
    with Ledger(tmp_path / "registry.sqlite3") as ledger:
        yield ledger


@pytest.fixture
def authority(chain: Chain, ledger: Ledger) -> Sender:
    """The account of the authority."""
    return Sender(chain, DevSigner(1), LedgerJournal(ledger))


@pytest.fixture
def post(chain: Chain, ledger: Ledger) -> Sender:
    """The account that becomes a post."""
    return Sender(chain, DevSigner(7), LedgerJournal(ledger))


@pytest.fixture
def registry(authority: Sender) -> PostalRegistry:
    """A registry of the authority, in which nobody is a post yet."""
    return PostalRegistry(authority.chain, deploy(authority).contract)


@pytest.fixture
def office(registry: PostalRegistry, authority: Sender, ledger: Ledger) -> RegistryDesk:
    """The desk of the authority."""
    return RegistryDesk(registry, authority, ledger)


@pytest.fixture
def counter(registry: PostalRegistry, post: Sender, ledger: Ledger) -> RegistryDesk:
    """The desk of the post."""
    return RegistryDesk(registry, post, ledger)


@pytest.fixture
def series(registry: PostalRegistry, authority: Sender, post: Sender) -> Address:
    """A contract that post number 1 has registered."""
    admit(registry, authority, post)
    register(registry, post, registry.address)
    return registry.address


def sent(sender: Sender, action: Callable[[], object]) -> int:
    """Return how many transactions an action took."""
    before = sender.chain.transaction_count(sender.address)
    action()
    return sender.chain.transaction_count(sender.address) - before


class TestDeploy:
    def test_whose_it_is(self, registry: PostalRegistry, authority: Sender) -> None:
        """Who deploys is the authority, and the same command again gives the same registry."""
        assert registry.authority() == authority.address
        again = []
        assert sent(authority, lambda: again.append(deploy(authority).contract)) == 0
        assert again == [registry.address]

    def test_for_somebody_else(self, authority: Sender) -> None:
        """A machine may deploy what a multisig will govern."""
        done = deploy(authority, authority=ALICE)
        assert PostalRegistry(authority.chain, done.contract).authority() == ALICE


class TestAdmission:
    def test_in_two_steps(
        self, registry: PostalRegistry, post: Sender, office: RegistryDesk, counter: RegistryDesk
    ) -> None:
        """The proposal is shown as such, the acceptance makes the post."""
        proposed = office.propose(account=post.address, **LILYPOND)
        assert isinstance(proposed.now, Post)
        assert (proposed.now.post_id, proposed.now.standing) == (1, Standing.PROPOSED)
        accepted = counter.accept(1)
        assert accepted.now == registry.post_of(post.address)
        assert accepted.mined is not None

    def test_again(self, post: Sender, office: RegistryDesk, counter: RegistryDesk) -> None:
        """The same proposal, and the same acceptance, is not sent twice; another for the same account is refused."""
        first = office.propose(account=post.address, **LILYPOND)
        assert office.propose(account=post.address, **LILYPOND) == Change(now=first.now, mined=None)
        with pytest.raises(ContractRefusal) as refusal:
            office.propose(account=post.address, **{**LILYPOND, "domain": "pond.example"})
        assert refusal.value.name == "ProposalPending"
        accepted = counter.accept(1)
        assert counter.accept(1) == Change(now=accepted.now, mined=None)

    def test_two_posts(self, office: RegistryDesk) -> None:
        """One account after the other is proposed from one ledger."""
        for number, account in enumerate((ALICE, DevSigner(8).address), start=1):
            change = office.propose(account=account, **LILYPOND)
            assert isinstance(change.now, Post)
            assert change.now.post_id == number

    def test_withdrawn_and_proposed_anew(self, post: Sender, office: RegistryDesk, counter: RegistryDesk) -> None:
        """A proposal with a mistake is withdrawn, and the account proposed again with a new number."""
        office.propose(account=post.address, **{**LILYPOND, "name": "Lilipond Post"})
        assert office.withdraw(1).now.standing is Standing.WITHDRAWN
        again = office.propose(account=post.address, **LILYPOND)
        assert isinstance(again.now, Post)
        assert again.now.post_id == 2
        with pytest.raises(ContractRefusal):
            counter.accept(1)
        assert counter.accept(2).now.active

    def test_by_somebody_else(self, post: Sender, office: RegistryDesk, counter: RegistryDesk) -> None:
        """Only the authority proposes and withdraws, and only the account that was proposed accepts."""
        with pytest.raises(ContractRefusal, match="is not the authority"):
            counter.propose(account=post.address, **LILYPOND)
        office.propose(account=post.address, **LILYPOND)
        with pytest.raises(ContractRefusal, match="is not the authority"):
            counter.withdraw(1)
        with pytest.raises(ContractRefusal) as refusal:
            office.accept(1)
        assert refusal.value.name == "NotAllowed"


class TestStanding:
    @pytest.mark.parametrize("what", ["post", "series"])
    def test_back_and_forth(
        self, registry: PostalRegistry, authority: Sender, series: Address, office: RegistryDesk, what: str
    ) -> None:
        """The same change is made as often as it is meant, from one ledger, and each is a transaction of its own."""
        target = 1 if what == "post" else series
        for reason in ("first", "second"):
            assert sent(authority, lambda: office.suspend(target, reason=reason)) == 1  # noqa: B023
            found = look_up(registry, target)
            assert (found.standing, found.reason) == (Standing.SUSPENDED, reason)
            assert office.reinstate(target, reason=f"not {reason}").now.active
        done = office.revoke(target, reason="for good")
        assert (done.now.standing, done.now.reason) == (Standing.REVOKED, "for good")
        assert done.now == look_up(registry, target)

    def test_what_is_so_already(self, series: Address, office: RegistryDesk) -> None:
        """The contract's refusals come through as they are."""
        office.suspend(series, reason="x")
        with pytest.raises(ContractRefusal, match="is suspended already"):
            office.suspend(series, reason="x")
        with pytest.raises(ContractRefusal, match="is not suspended"):
            office.reinstate(1, reason="x")

    def test_continued_after_an_interruption(
        self, registry: PostalRegistry, authority: Sender, series: Address, chain: Chain, ledger: Ledger
    ) -> None:
        """A suspension that was sent and not seen mined is continued by the same command, not sent a second time."""
        hasty = RegistryDesk(registry, Sender(chain, DevSigner(1), LedgerJournal(ledger), patience_s=0), ledger)
        before = chain.transaction_count(authority.address)
        chain.rpc.request("evm_setAutomine", False)  # noqa: FBT003
        try:
            for _ in range(2):
                with pytest.raises(CannotTell, match="sent but not mined yet"):
                    hasty.suspend(series, reason="stolen sheets")
            chain.rpc.request("evm_mine")
        finally:
            chain.rpc.request("evm_setAutomine", True)  # noqa: FBT003
        assert hasty.suspend(series, reason="stolen sheets").mined is not None
        assert chain.transaction_count(authority.address) == before + 1
        assert look_up(registry, series).reason == "stolen sheets"

    def test_what_is_not_there(self, office: RegistryDesk) -> None:
        """A series that nobody registered, and a post that nobody proposed, are named."""
        with pytest.raises(InputError, match="Nobody has registered the series"):
            office.suspend(ALICE, reason="x")
        with pytest.raises(ContractRefusal, match="no post number 3"):
            office.revoke(3, reason="x")


class TestRotation:
    def test_proposed_cancelled_and_proposed_again(
        self,
        registry: PostalRegistry,
        authority: Sender,
        post: Sender,
        series: Address,
        chain: Chain,
        ledger: Ledger,
        office: RegistryDesk,
        counter: RegistryDesk,
    ) -> None:
        """The same new account can be proposed again after a change of mind, and accepts."""
        assert registry.series_status(series) is not None
        heir = Sender(chain, DevSigner(8), LedgerJournal(ledger))
        for _ in range(2):
            assert sent(authority, lambda: office.rotate(1, account=heir.address)) == 1
            assert sent(authority, lambda: office.rotate(1, account=heir.address)) == 0
            assert registry.post(1).next_account == heir.address
            office.withdraw(1)
            assert registry.post(1).next_account is None
        counter.rotate(1, account=heir.address)
        done = RegistryDesk(registry, heir, ledger).accept(1)
        assert done.now == registry.post_of(heir.address)
        assert RegistryDesk(registry, heir, ledger).accept(1).mined is None
        assert registry.post_of(post.address) is None

    def test_nothing_proposed(self, registry: PostalRegistry, series: Address, office: RegistryDesk) -> None:
        """An account that nobody proposed does not become a post's."""
        assert registry.series_status(series) is not None
        with pytest.raises(ContractRefusal, match="No new account is proposed"):
            office.accept(1)
        with pytest.raises(ContractRefusal, match="No new account is proposed"):
            office.withdraw(1)


class TestLooking:
    def test_a_view(
        self, registry: PostalRegistry, authority: Sender, post: Sender, series: Address, office: RegistryDesk
    ) -> None:
        """All posts are listed, with proposals and whoever was offered the authority."""
        assert series
        office.propose(account=ALICE, **LILYPOND)
        registry.offer_authority(authority, intent="offer", account=ALICE)
        seen = view(registry)
        assert (seen.registry, seen.authority, seen.next_authority) == (registry.address, authority.address, ALICE)
        assert [(post.post_id, post.standing) for post in seen.posts] == [(1, Standing.ACTIVE), (2, Standing.PROPOSED)]

    def test_the_post_behind(self, registry: PostalRegistry, post: Sender, series: Address) -> None:
        """A post is found by its number and by its series."""
        assert post_behind(registry, 1) == post_behind(registry, series) == registry.post_of(post.address)
        assert isinstance(look_up(registry, series), SeriesStatus)

    def test_not_a_registry(self, authority: Sender, chain: Chain) -> None:
        """An address without a registry is not taken for an empty one."""
        with pytest.raises(CannotTell):
            view(PostalRegistry(chain, ALICE))
        assert view(PostalRegistry(chain, deploy_registry(authority, intent="x", authority=ALICE).contract)).posts == ()

    def test_days(self) -> None:
        """A time is shown as its day, one that no calendar holds as the number it is."""
        assert day_of(1_767_225_600) == "2026-01-01"
        assert day_of(2**40) == f"second {2**40}"
