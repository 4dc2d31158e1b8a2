"""Posts are admitted in two steps and register their series; suspending and revoking changes answers, not tokens."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.registry import LILYPOND, admit, register

from cryptostamp.chain import (
    DevSigner,
    MemoryJournal,
    PostalRegistry,
    Sender,
    SeriesStatus,
    Standing,
    deploy_registry,
    load_artifact,
)
from cryptostamp.errors import ContractRefusal, InputError
from cryptostamp.primitives import Address, Hash32, keccak256, parse_address

if TYPE_CHECKING:
    from support.series_bench import SeriesBench


ALICE = parse_address("0x" + "a1" * 20)
ZERO = parse_address("0x" + "00" * 20)
NOTHING = Hash32(bytes(32))
INTERFACE = load_artifact("PostalRegistry").interface


class Office:
    """A registry and the accounts around it; every action is a new transaction."""

    def __init__(self, authority: Sender) -> None:
        self.authority = authority
        self.chain = authority.chain
        deployment = deploy_registry(authority, intent="registry", authority=authority.address)
        self.registry = PostalRegistry(self.chain, deployment.contract)
        self._first_block = deployment.block_number
        self._intents = count()

    def account(self, index: int) -> Sender:
        """Return a test account of the local chain."""
        return Sender(self.chain, DevSigner(index), MemoryJournal())

    def do(self, action: str, who: Sender, **arguments: Any) -> int:
        """Send an action, and return the time of the block that holds it."""
        intent = f"{action} {next(self._intents)}"
        mined = getattr(self.registry, action)(who, intent=intent, **arguments)
        return self.chain.block(mined.block_number).timestamp

    def refused(self, action: str, who: Sender, **arguments: Any) -> str:
        """Return the name of the error that the contract refuses an action with."""
        with pytest.raises(ContractRefusal) as refusal:
            self.do(action, who, **arguments)
        return refusal.value.name

    def register(self, who: Sender, contract: Address) -> int:
        """Register a contract with the code that it has."""
        return self.do("register_series", who, contract=contract, code_hash=keccak256(self.chain.code(contract)))

    def register_refused(self, who: Sender, contract: Address) -> str:
        """Return the name of the error that a registration is refused with."""
        code_hash = keccak256(self.chain.code(contract))
        return self.refused("register_series", who, contract=contract, code_hash=code_hash)

    def status(self, contract: Address) -> SeriesStatus:
        """Return the status of a series that is registered."""
        status = self.registry.series_status(contract)
        assert status is not None
        return status

    def events(self, name: str) -> list[dict[str, Any]]:
        """Return all events of a name, oldest first."""
        logs = self.chain.logs(
            self.registry.address,
            [INTERFACE.topic(name)],
            first_block=self._first_block,
            last_block=self.chain.head().number,
        )
        return [INTERFACE.decode_event(name, log.topics, log.data) for log in logs]


@pytest.fixture
def office(sender: Sender) -> Office:
    """A registry whose authority is the sender."""
    return Office(sender)


@pytest.fixture
def post(office: Office) -> Sender:
    """The account of post number 1."""
    account = office.account(7)
    assert admit(office.registry, office.authority, account).post_id == 1
    return account


@pytest.fixture
def series(office: Office, post: Sender, leap: SeriesBench) -> Address:
    """A series that the post has registered."""
    office.register(post, leap.series.address)
    return leap.series.address


class TestProposing:
    def test_a_proposal_is_readable(self, office: Office) -> None:
        """What the authority proposes is what everybody reads, and it makes nobody a post yet."""
        at = office.do("propose_post", office.authority, account=ALICE, **LILYPOND)
        proposal = office.registry.proposal_of(ALICE)
        assert proposal is not None
        assert (proposal.country, proposal.name, proposal.domain) == tuple(LILYPOND.values())
        assert (proposal.post_id, proposal.account, proposal.standing) == (1, ALICE, Standing.PROPOSED)
        assert (proposal.since, proposal.proposed_at, proposal.admitted_at, proposal.reason) == (at, at, None, "")
        assert office.registry.post_of(ALICE) is None
        assert not proposal.active
        assert office.events("PostProposed") == [
            {
                "postId": 1,
                "country": b"XL",
                "account": ALICE.lower(),
                "name": "Lilypond Post",
                "domain": "lilypond.example",
            }
        ]

    @pytest.mark.parametrize(
        ("change", "name"),
        [
            ({"country": "xl"}, "InvalidCountry"),
            ({"country": "X1"}, "InvalidCountry"),
            ({"name": ""}, "InvalidPostName"),
            ({"name": "x" * 101}, "InvalidPostName"),
            ({"name": "Lily\npond"}, "InvalidPostName"),
            ({"domain": ""}, "InvalidPostDomain"),
            ({"domain": "Lilypond.example"}, "InvalidPostDomain"),
            ({"domain": "lilypond.example/x"}, "InvalidPostDomain"),
            ({"domain": "lílypond.example"}, "InvalidPostDomain"),
            ({"domain": "x" * 254}, "InvalidPostDomain"),
            ({"account": ZERO}, "InvalidPostAccount"),
        ],
    )
    def test_malformed_posts(self, office: Office, change: dict[str, Any], name: str) -> None:
        """What verifiers will show to people is checked when it is written."""
        fields = {**LILYPOND, "account": ALICE, **change}
        assert office.refused("propose_post", office.authority, **fields) == name

    @pytest.mark.parametrize("country", ["X", "XLX", "Ä1"])
    def test_countries_that_are_no_code(self, office: Office, country: str) -> None:
        """A country that is not two plain letters is not even sent."""
        with pytest.raises(InputError):
            office.do("propose_post", office.authority, account=ALICE, **{**LILYPOND, "country": country})

    def test_only_the_authority_proposes(self, office: Office, post: Sender) -> None:
        """A post cannot propose another."""
        assert office.refused("propose_post", post, account=ALICE, **LILYPOND) == "OwnableUnauthorizedAccount"

    def test_one_open_proposal_for_an_account(self, office: Office) -> None:
        """An account can accept one proposal at a time, so that it knows which."""
        office.do("propose_post", office.authority, account=ALICE, **LILYPOND)
        assert office.refused("propose_post", office.authority, account=ALICE, **LILYPOND) == "ProposalPending"

    def test_an_account_that_stands_for_a_post(self, office: Office, post: Sender) -> None:
        """An account that stands for a post cannot be proposed for another."""
        assert office.refused("propose_post", office.authority, account=post.address, **LILYPOND) == "AccountTaken"


class TestAccepting:
    def test_an_accepted_post(self, office: Office) -> None:
        """The account that accepts is a post from then on, and its proposal is no longer open."""
        account = office.account(7)
        proposed = office.do("propose_post", office.authority, account=account.address, **LILYPOND)
        accepted = office.do("accept_post", account, post_id=1)
        entry = office.registry.post_of(account.address)
        assert entry is not None
        assert entry.active
        assert (entry.proposed_at, entry.admitted_at, entry.since) == (proposed, accepted, accepted)
        assert office.registry.proposal_of(account.address) is None
        assert office.events("PostAdmitted") == [{"postId": 1, "country": b"XL", "account": account.address.lower()}]

    @pytest.mark.parametrize("who", ["authority", "stranger"])
    def test_nobody_else_accepts(self, office: Office, who: str) -> None:
        """Neither the authority nor a stranger makes somebody a post who has not said yes."""
        office.do("propose_post", office.authority, account=office.account(7).address, **LILYPOND)
        account = office.authority if who == "authority" else office.account(8)
        assert office.refused("accept_post", account, post_id=1) == "NotAllowed"

    def test_what_is_no_open_proposal(self, office: Office, post: Sender) -> None:
        """A post is accepted once, and a number that was never given out not at all."""
        assert office.refused("accept_post", post, post_id=1) == "NotProposed"
        for post_id in (0, 2):
            assert office.refused("accept_post", post, post_id=post_id) == "UnknownPost"

    def test_an_account_that_became_another_post_s(self, office: Office, post: Sender) -> None:
        """Who was proposed for a post and meanwhile took over another cannot accept as well."""
        account = office.account(8)
        office.do("propose_post", office.authority, account=account.address, **LILYPOND)
        office.do("propose_rotation", post, post_id=1, account=account.address)
        office.do("accept_rotation", account, post_id=1)
        assert office.refused("accept_post", account, post_id=2) == "AccountTaken"

    def test_before_it_is_accepted_nothing_can_be_done_with_it(self, office: Office) -> None:
        """A proposal is not suspended, revoked or moved to another account, and it registers nothing."""
        account = office.account(7)
        office.do("propose_post", office.authority, account=account.address, **LILYPOND)
        for action in ("suspend_post", "reinstate_post", "revoke_post"):
            assert office.refused(action, office.authority, post_id=1, reason="x") == "NotAdmitted"
        assert office.refused("propose_rotation", account, post_id=1, account=ALICE) == "NotAdmitted"
        assert office.register_refused(account, office.registry.address) == "NotAPost"


class TestWithdrawing:
    def test_a_withdrawn_proposal(self, office: Office) -> None:
        """It cannot be accepted any more, stays readable, and the account can be proposed again."""
        account = office.account(7)
        office.do("propose_post", office.authority, account=account.address, **LILYPOND)
        at = office.do("withdraw_proposal", office.authority, post_id=1)
        entry = office.registry.post(1)
        assert (entry.standing, entry.since) == (Standing.WITHDRAWN, at)
        assert office.registry.proposal_of(account.address) is None
        assert office.refused("accept_post", account, post_id=1) == "NotProposed"
        assert office.events("ProposalWithdrawn") == [{"postId": 1}]
        assert admit(office.registry, office.authority, office.account(7)).post_id == 2

    def test_only_the_authority_withdraws(self, office: Office) -> None:
        """Not even the account that was proposed takes the proposal back."""
        account = office.account(7)
        office.do("propose_post", office.authority, account=account.address, **LILYPOND)
        assert office.refused("withdraw_proposal", account, post_id=1) == "OwnableUnauthorizedAccount"

    def test_an_admitted_post_is_not_withdrawn(self, office: Office, post: Sender) -> None:
        """After the acceptance there are only suspension and revocation, with their reasons."""
        assert office.registry.post_of(post.address) is not None
        assert office.refused("withdraw_proposal", office.authority, post_id=1) == "NotProposed"


class TestStandingOfAPost:
    def test_suspended_and_reinstated(self, office: Office, post: Sender, series: Address) -> None:
        """Both changes are in the status of its series, with date and reason, and both stay in the events."""
        at = office.do("suspend_post", office.authority, post_id=1, reason="The key may be stolen.")
        status = office.status(series)
        assert (status.post.standing, status.post.since) == (Standing.SUSPENDED, at)
        assert status.post.reason == "The key may be stolen."
        assert status.active  # the series itself has not been touched
        assert office.registry.post_of(post.address) == status.post
        at = office.do("reinstate_post", office.authority, post_id=1, reason="It was found.")
        status = office.status(series)
        assert (status.post.standing, status.post.since, status.post.reason) == (Standing.ACTIVE, at, "It was found.")
        assert office.events("PostSuspended") == [{"postId": 1, "reason": "The key may be stolen."}]
        assert office.events("PostReinstated") == [{"postId": 1, "reason": "It was found."}]

    @pytest.mark.parametrize("first", [None, "suspend_post"])
    def test_revoked(self, office: Office, series: Address, first: str | None) -> None:
        """A post is revoked, suspended or not, with date and reason, and nothing brings it back."""
        if first:
            office.do(first, office.authority, post_id=1, reason="first")
        at = office.do("revoke_post", office.authority, post_id=1, reason="Not a post: a façade.")
        entry = office.status(series).post
        assert (entry.standing, entry.since) == (Standing.REVOKED, at)
        assert entry.reason == "Not a post: a façade."
        assert office.events("PostRevoked") == [{"postId": 1, "reason": "Not a post: a façade."}]
        for action in ("suspend_post", "reinstate_post", "revoke_post"):
            assert office.refused(action, office.authority, post_id=1, reason="x") == "PostIsRevoked"

    def test_a_suspended_post_cannot_act(self, office: Office, post: Sender, series: Address) -> None:
        """Whoever holds a stolen key can neither register nor end anything, nor move the post elsewhere."""
        office.do("propose_rotation", post, post_id=1, account=ALICE)
        office.do("suspend_post", office.authority, post_id=1, reason="stolen")
        assert office.registry.post(1).next_account is None
        assert office.register_refused(post, office.registry.address) == "PostIsSuspended"
        for action in ("suspend_series", "reinstate_series", "revoke_series"):
            assert office.refused(action, post, contract=series, reason="x") == "PostIsSuspended"
        assert office.refused("propose_rotation", post, post_id=1, account=ALICE) == "PostIsSuspended"
        assert office.refused("cancel_rotation", post, post_id=1) == "PostIsSuspended"

    def test_a_revoked_post_cannot_act(self, office: Office, post: Sender, series: Address) -> None:
        """A revoked post registers nothing, ends nothing, and has no account to move."""
        office.do("revoke_post", office.authority, post_id=1, reason="gone")
        assert office.register_refused(post, office.registry.address) == "PostIsRevoked"
        assert office.refused("revoke_series", post, contract=series, reason="x") == "PostIsRevoked"
        for who in (post, office.authority):
            assert office.refused("propose_rotation", who, post_id=1, account=ALICE) == "PostIsRevoked"

    def test_a_revoked_post_comes_back_as_another(self, office: Office, post: Sender) -> None:
        """It is proposed anew with a new account: the old one is never taken again."""
        office.do("revoke_post", office.authority, post_id=1, reason="merged")
        assert office.refused("propose_post", office.authority, account=post.address, **LILYPOND) == "AccountTaken"
        assert admit(office.registry, office.authority, office.account(8)).post_id == 2

    @pytest.mark.parametrize("action", ["suspend_post", "reinstate_post", "revoke_post"])
    def test_only_the_authority(self, office: Office, post: Sender, action: str) -> None:
        """Neither the post itself nor a stranger changes the standing of a post."""
        for who in (post, office.account(8)):
            assert office.refused(action, who, post_id=1, reason="x") == "OwnableUnauthorizedAccount"

    def test_what_is_so_already(self, office: Office, post: Sender) -> None:
        """A suspension is not repeated, and one that is not there not ended: the date would be wrong."""
        assert office.registry.post_of(post.address) is not None
        assert office.refused("reinstate_post", office.authority, post_id=1, reason="x") == "PostNotSuspended"
        office.do("suspend_post", office.authority, post_id=1, reason="x")
        assert office.refused("suspend_post", office.authority, post_id=1, reason="y") == "PostIsSuspended"

    @pytest.mark.parametrize("post_id", [0, 2])
    def test_unknown_posts(self, office: Office, post: Sender, post_id: int) -> None:
        """A number that was never given out is refused everywhere."""
        assert office.registry.post_count() == 1
        for action in ("suspend_post", "reinstate_post", "revoke_post"):
            assert office.refused(action, office.authority, post_id=post_id, reason="x") == "UnknownPost"
        for action in ("withdraw_proposal", "cancel_rotation", "accept_rotation"):
            assert office.refused(action, office.authority, post_id=post_id) == "UnknownPost"
        with pytest.raises(ContractRefusal, match=f"no post number {post_id}"):
            office.registry.post(post_id)


class TestReasons:
    @pytest.mark.parametrize("reason", ["", "x" * 201, "é" * 101, "two\nlines", "bell\x07", "\x7f", "\x85", "\x9f"])
    def test_a_reason_that_cannot_be_shown(self, office: Office, series: Address, reason: str) -> None:
        """A reason is there, is short, and has no control characters; so for each of the six changes."""
        for action in ("suspend_post", "revoke_post"):
            assert office.refused(action, office.authority, post_id=1, reason=reason) == "InvalidReasonText"
        for action in ("suspend_series", "revoke_series"):
            assert office.refused(action, office.authority, contract=series, reason=reason) == "InvalidReasonText"
        office.do("suspend_post", office.authority, post_id=1, reason="x" * 200)
        office.do("suspend_series", office.authority, contract=series, reason="é" * 100)
        assert office.refused("reinstate_post", office.authority, post_id=1, reason=reason) == "InvalidReasonText"
        assert (
            office.refused("reinstate_series", office.authority, contract=series, reason=reason) == "InvalidReasonText"
        )

    @pytest.fixture
    def takes(self, office: Office, post: Sender) -> Callable[[bytes], bool]:
        """Return whether the contract takes these very bytes as a reason."""
        assert office.registry.post_of(post.address) is not None
        head = INTERFACE.encode_call("suspendPost", 1, "")[:4]

        def taken(reason: bytes) -> bool:
            padded = reason + bytes(-len(reason) % 32)
            words = [number.to_bytes(32, "big") for number in (1, 64, len(reason))]
            try:
                office.chain.call(
                    to=office.registry.address, data=head + b"".join(words) + padded, sender=office.authority.address
                )
            except ContractRefusal as refusal:
                assert refusal.name == "InvalidReasonText"  # noqa: PT017 - the answer itself is what is returned
                return False
            return True

        return taken

    @settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(st.text(min_size=1, max_size=50) | st.binary(min_size=1, max_size=6))
    def test_exactly_what_decodes(self, takes: Callable[[bytes], bool], reason: str | bytes) -> None:
        """The contract takes a text exactly when Python decodes it and finds no control character in it."""
        data = reason if isinstance(reason, bytes) else reason.encode("utf-8", "surrogatepass")
        assert takes(data) is self.is_text(data)

    @pytest.mark.parametrize(
        "data",
        [
            *(
                chr(edge).encode("utf-8", "surrogatepass")
                for edge in (0x20, 0x7E, 0x7F, 0x80, 0x9F, 0xA0, 0x7FF, 0x800)
            ),
            *(chr(edge).encode("utf-8", "surrogatepass") for edge in (0xD7FF, 0xD800, 0xDFFF, 0xE000, 0xFFFF, 0x10000)),
            *(
                bytes.fromhex(text)
                for text in ("f48fbfbf", "f4908080", "f5808080", "c080", "c1bf", "e09fbf", "f08fbfbf")
            ),
            *(bytes.fromhex(text) for text in ("80", "bf", "ff", "c3", "e282", "f09f98", "c328", "e228a1", "f09f2880")),
        ],
        ids=bytes.hex,
    )
    def test_at_the_edges_of_utf_8(self, takes: Callable[[bytes], bool], data: bytes) -> None:
        """Shortest and longest form of each length, surrogates, overlong and cut forms are told apart."""
        for text in (data, b"before " + data, data + b" after"):
            assert takes(text) is self.is_text(text)

    @staticmethod
    def is_text(data: bytes) -> bool:
        """Say by Python's own decoder what a text without control characters is."""
        try:
            text = data.decode()
        except UnicodeDecodeError:
            return False
        return not any(ord(letter) < 0x20 or 0x7F <= ord(letter) <= 0x9F for letter in text)


class TestRotation:
    def test_by_the_post_itself(self, office: Office, post: Sender, series: Address) -> None:
        """The old account stays until the new one accepts; then the new one acts, and the series stay the post's."""
        successor = office.account(8)
        office.do("propose_rotation", post, post_id=1, account=successor.address)
        entry = office.registry.post(1)
        assert (entry.account, entry.next_account) == (post.address, successor.address)
        office.register(post, office.registry.address)
        office.do("accept_rotation", successor, post_id=1)
        entry = office.registry.post(1)
        assert (entry.account, entry.next_account) == (successor.address, None)
        assert office.registry.post_of(post.address) is None
        assert office.register_refused(post, series) == "NotAPost"
        assert office.refused("suspend_series", post, contract=series, reason="x") == "NotAllowed"
        office.do("suspend_series", successor, contract=series, reason="mine")
        change = {"postId": 1, "previous": post.address.lower(), "account": successor.address.lower()}
        assert office.events("AccountRotated") == [change]
        proposed = {"postId": 1, "account": successor.address.lower(), "by": post.address.lower()}
        assert office.events("RotationProposed") == [proposed]

    def test_by_the_authority_when_the_key_is_stolen(self, office: Office, post: Sender) -> None:
        """Suspended first, so that the thief cannot cancel; then rotated; then reinstated."""
        successor = office.account(8)
        office.do("suspend_post", office.authority, post_id=1, reason="stolen")
        office.do("propose_rotation", office.authority, post_id=1, account=successor.address)
        assert office.refused("cancel_rotation", post, post_id=1) == "PostIsSuspended"
        office.do("accept_rotation", successor, post_id=1)
        office.do("reinstate_post", office.authority, post_id=1, reason="new key")
        office.register(successor, office.registry.address)

    @pytest.mark.parametrize("proposer", ["post", "authority"])
    @pytest.mark.parametrize("canceller", ["post", "authority"])
    def test_cancelled(self, office: Office, post: Sender, proposer: str, canceller: str) -> None:
        """A rotation that one of the two did not want is cancelled by either; the account is free again."""
        who = {"post": post, "authority": office.authority}
        successor = office.account(8)
        office.do("propose_rotation", who[proposer], post_id=1, account=successor.address)
        office.do("cancel_rotation", who[canceller], post_id=1)
        assert office.registry.post(1).next_account is None
        assert office.refused("accept_rotation", successor, post_id=1) == "NoRotation"
        assert office.events("RotationCancelled") == [
            {"postId": 1, "account": successor.address.lower(), "by": who[canceller].address.lower()}
        ]
        assert admit(office.registry, office.authority, successor).post_id == 2

    @pytest.mark.parametrize("action", ["suspend_post", "revoke_post"])
    def test_suspending_and_revoking_end_it(self, office: Office, post: Sender, action: str) -> None:
        """What a thief proposed before the suspension cannot be accepted during it, nor afterwards."""
        thief = office.account(8)
        office.do("propose_rotation", post, post_id=1, account=thief.address)
        office.do(action, office.authority, post_id=1, reason="stolen")
        assert office.refused("accept_rotation", thief, post_id=1) == (
            "NoRotation" if action == "suspend_post" else "PostIsRevoked"
        )
        assert len(office.events("RotationCancelled")) == 1

    def test_proposed_again(self, office: Office, post: Sender) -> None:
        """A later proposal takes the place of an earlier one."""
        first, second = office.account(8), office.account(9)
        office.do("propose_rotation", post, post_id=1, account=first.address)
        office.do("propose_rotation", post, post_id=1, account=second.address)
        assert office.refused("accept_rotation", first, post_id=1) == "NotAllowed"
        office.do("accept_rotation", second, post_id=1)
        assert office.registry.post(1).account == second.address

    def test_strangers(self, office: Office, post: Sender) -> None:
        """Nobody but post and authority proposes or cancels, and nobody but the proposed account accepts."""
        stranger = office.account(8)
        assert office.refused("propose_rotation", stranger, post_id=1, account=stranger.address) == "NotAllowed"
        assert office.refused("cancel_rotation", post, post_id=1) == "NoRotation"
        office.do("propose_rotation", post, post_id=1, account=ALICE)
        assert office.refused("cancel_rotation", stranger, post_id=1) == "NotAllowed"
        for who in (stranger, post, office.authority):
            assert office.refused("accept_rotation", who, post_id=1) == "NotAllowed"

    def test_accounts_are_never_used_again(self, office: Office, post: Sender) -> None:
        """Neither the present account, nor an old one, nor another post's can be the new one."""
        second = office.account(8)
        admit(office.registry, office.authority, office.account(9), country="XM")
        office.do("propose_rotation", post, post_id=1, account=second.address)
        office.do("accept_rotation", second, post_id=1)
        for used in (post.address, second.address, office.account(9).address):
            assert office.refused("propose_rotation", second, post_id=1, account=used) == "AccountTaken"
        assert office.refused("propose_rotation", second, post_id=1, account=ZERO) == "InvalidPostAccount"

    def test_two_posts_propose_the_same_account(self, office: Office, post: Sender) -> None:
        """The account stands for the post that it accepts first, and never for the other."""
        other, wanted = office.account(8), office.account(9)
        admit(office.registry, office.authority, other, country="XM")
        office.do("propose_rotation", post, post_id=1, account=wanted.address)
        office.do("propose_rotation", other, post_id=2, account=wanted.address)
        office.do("accept_rotation", wanted, post_id=2)
        assert office.refused("accept_rotation", wanted, post_id=1) == "AccountTaken"


class TestRegistering:
    def test_a_registered_series(self, office: Office, post: Sender, leap: SeriesBench) -> None:
        """The status has all that a verdict needs: the post, how both stand, since when, and which code."""
        contract = leap.series.address
        at = office.register(post, contract)
        status = office.status(contract)
        code_hash = keccak256(office.chain.code(contract))
        assert status.contract == contract
        assert status.post == office.registry.post_of(post.address)
        assert (status.standing, status.since, status.registered_at, status.reason) == (Standing.ACTIVE, at, at, "")
        assert (status.code_hash, status.code_hash_now, status.code_unchanged) == (code_hash, code_hash, True)
        assert not status.by_authority
        event = {"postId": 1, "series": contract.lower(), "codeHash": code_hash}
        assert office.events("SeriesRegistered") == [event]

    def test_an_unknown_series(self, office: Office) -> None:
        """A contract that nobody registered has no status."""
        assert office.registry.series_status(ALICE) is None

    def test_code_that_changed(self, office: Office, post: Sender, series: Address) -> None:
        """Code that is not the registered one any more, or is gone, shows in the status."""
        assert office.registry.post_of(post.address) is not None
        for code in ("0x00", "0x"):
            office.chain.rpc.request("anvil_setCode", series, code)
            status = office.status(series)
            assert not status.code_unchanged
            assert status.code_hash != status.code_hash_now

    def test_another_code_than_named(self, office: Office, post: Sender, leap: SeriesBench) -> None:
        """A post that was shown another contract than there is registers nothing."""
        for code_hash in (NOTHING, keccak256(b"")):
            assert (
                office.refused("register_series", post, contract=leap.series.address, code_hash=code_hash)
                == "CodeHashMismatch"
            )

    @pytest.mark.parametrize("code_hash", [NOTHING, keccak256(b"")])
    def test_an_account_without_code(self, office: Office, post: Sender, code_hash: Hash32) -> None:
        """Only a contract can be a series, whatever the hash that is named."""
        for account in (ALICE, post.address):
            assert office.refused("register_series", post, contract=account, code_hash=code_hash) == "NotAContract"

    def test_a_stranger_cannot_register(self, office: Office, leap: SeriesBench) -> None:
        """Neither a stranger nor the authority itself can stand behind a series."""
        for who in (office.account(8), office.authority):
            assert office.register_refused(who, leap.series.address) == "NotAPost"

    def test_registered_twice(self, office: Office, post: Sender, series: Address) -> None:
        """A series has one post behind it, suspended or not."""
        other = office.account(8)
        admit(office.registry, office.authority, other, country="XM")
        for who in (post, other):
            assert office.register_refused(who, series) == "SeriesAlreadyRegistered"
        office.do("suspend_series", post, contract=series, reason="x")
        for who in (post, other):
            assert office.register_refused(who, series) == "SeriesAlreadyRegistered"

    def test_a_rightful_post_takes_over(self, office: Office, post: Sender, series: Address) -> None:
        """After a revocation another post may register the series, with a status of its own."""
        rightful = office.account(8)
        admit(office.registry, office.authority, rightful, country="XM")
        office.do("revoke_series", office.authority, contract=series, reason="not theirs")
        assert office.register_refused(post, series) == "SeriesAlreadyRegistered"
        office.register(rightful, series)
        status = office.status(series)
        assert (status.post.country, status.active, status.reason) == ("XM", True, "")
        assert not status.by_authority
        assert office.refused("revoke_series", post, contract=series, reason="x") == "NotAllowed"

    def test_never_again_by_the_same_post(self, office: Office, post: Sender, series: Address) -> None:
        """A post whose registration was revoked does not come back, also not after another post in between."""
        other = office.account(8)
        admit(office.registry, office.authority, other, country="XM")
        office.do("revoke_series", post, contract=series, reason="a mistake")
        office.register(other, series)
        office.do("revoke_series", other, contract=series, reason="a mistake, too")
        for who in (post, other):
            assert office.register_refused(who, series) == "SeriesAlreadyRegistered"

    def test_several_in_one_question(self, office: Office, post: Sender, series: Address) -> None:
        """Statuses come in the order of the question, with a gap for what nobody registered."""
        office.register(post, office.registry.address)
        asked = [office.registry.address, ALICE, series, series]
        assert office.registry.series_statuses(asked) == tuple(office.registry.series_status(each) for each in asked)
        assert office.registry.series_statuses([ALICE]) == (None,)
        assert office.registry.series_statuses([]) == ()


class TestStandingOfASeries:
    @pytest.mark.parametrize("who", ["authority", "post"])
    def test_suspended_and_reinstated(self, office: Office, post: Sender, series: Address, who: str) -> None:
        """The authority or the post suspends and reinstates, with date, reason and who it was."""
        account = {"authority": office.authority, "post": post}[who]
        at = office.do("suspend_series", account, contract=series, reason="A print run is missing.")
        status = office.status(series)
        assert (status.standing, status.since, status.reason) == (Standing.SUSPENDED, at, "A print run is missing.")
        assert status.by_authority is (who == "authority")
        assert status.post.active
        at = office.do("reinstate_series", account, contract=series, reason="It was found.")
        status = office.status(series)
        assert (status.standing, status.since, status.reason) == (Standing.ACTIVE, at, "It was found.")
        change = {"postId": 1, "series": series.lower(), "by": account.address.lower()}
        assert office.events("SeriesSuspended") == [{**change, "reason": "A print run is missing."}]
        assert office.events("SeriesReinstated") == [{**change, "reason": "It was found."}]

    def test_the_authority_s_suspension_is_the_authority_s(self, office: Office, post: Sender, series: Address) -> None:
        """The post does not end what the authority decided; the authority may end what the post decided."""
        office.do("suspend_series", office.authority, contract=series, reason="x")
        assert office.refused("reinstate_series", post, contract=series, reason="y") == "SuspendedByAuthority"
        office.do("reinstate_series", office.authority, contract=series, reason="y")
        office.do("suspend_series", post, contract=series, reason="z")
        office.do("reinstate_series", office.authority, contract=series, reason="y")
        assert office.status(series).active

    def test_the_authority_takes_a_suspension_over(self, office: Office, post: Sender, series: Address) -> None:
        """What the post suspended the authority may suspend as well, once; not the other way round."""
        office.do("suspend_series", post, contract=series, reason="ours")
        assert office.refused("suspend_series", post, contract=series, reason="x") == "SeriesIsSuspended"
        office.do("suspend_series", office.authority, contract=series, reason="theirs")
        assert (office.status(series).reason, office.status(series).by_authority) == ("theirs", True)
        for who in (post, office.authority):
            assert office.refused("suspend_series", who, contract=series, reason="x") == "SeriesIsSuspended"
        assert office.refused("reinstate_series", post, contract=series, reason="x") == "SuspendedByAuthority"

    @pytest.mark.parametrize("who", ["authority", "post"])
    @pytest.mark.parametrize("first", [None, "suspend_series"])
    def test_revoked(
        self, office: Office, post: Sender, leap: SeriesBench, series: Address, who: str, first: str | None
    ) -> None:
        """A series is revoked for good, suspended or not; the post stays, and the tokens do not move."""
        account = {"authority": office.authority, "post": post}[who]
        if first:
            office.do(first, office.authority, contract=series, reason="first")
        at = office.do("revoke_series", account, contract=series, reason="A forgery.")
        status = office.status(series)
        assert (status.standing, status.since, status.reason) == (Standing.REVOKED, at, "A forgery.")
        assert status.by_authority is (who == "authority")
        assert status.post.active
        assert leap.series.balance_of(leap.terms.custody) == 20
        event = {"postId": 1, "series": series.lower(), "by": account.address.lower(), "reason": "A forgery."}
        assert office.events("SeriesRevoked") == [event]
        for action in ("suspend_series", "reinstate_series", "revoke_series"):
            for anybody in (post, office.authority):
                assert office.refused(action, anybody, contract=series, reason="x") == "SeriesIsRevoked"

    @pytest.mark.parametrize("action", ["suspend_series", "reinstate_series", "revoke_series"])
    def test_strangers(self, office: Office, series: Address, action: str) -> None:
        """Neither a stranger nor another post changes the standing of a series."""
        other = office.account(8)
        admit(office.registry, office.authority, other, country="XM")
        for who in (other, office.account(9)):
            assert office.refused(action, who, contract=series, reason="x") == "NotAllowed"

    @pytest.mark.parametrize("action", ["suspend_series", "reinstate_series", "revoke_series"])
    def test_a_series_that_nobody_registered(self, office: Office, post: Sender, action: str) -> None:
        """There is nothing to change about what is not there, not even for the authority."""
        for who in (office.authority, post):
            assert office.refused(action, who, contract=ALICE, reason="x") == "SeriesNotRegistered"

    def test_what_is_not_suspended(self, office: Office, post: Sender, series: Address) -> None:
        """A suspension that is not there cannot be ended."""
        for who in (office.authority, post):
            assert office.refused("reinstate_series", who, contract=series, reason="x") == "SeriesNotSuspended"


class TestAuthority:
    def test_handed_over_in_two_steps(self, office: Office) -> None:
        """The authority changes only when the new one accepts, so that a mistyped account loses nothing."""
        heir = office.account(8)
        office.do("offer_authority", office.authority, account=heir.address)
        assert (office.registry.authority(), office.registry.next_authority()) == (
            office.authority.address,
            heir.address,
        )
        office.do("accept_authority", heir)
        assert (office.registry.authority(), office.registry.next_authority()) == (heir.address, None)
        assert (
            office.refused("propose_post", office.authority, account=ALICE, **LILYPOND) == "OwnableUnauthorizedAccount"
        )

    def test_nobody_takes_it(self, office: Office) -> None:
        """An account to which it was not offered cannot become the authority."""
        assert office.refused("accept_authority", office.account(8)) == "OwnableUnauthorizedAccount"

    def test_without_one(self, office: Office, post: Sender, series: Address) -> None:
        """An authority that steps down for good leaves the posts to themselves: they go on, and nobody joins them."""
        office.authority.send(
            intent="step down", to=office.registry.address, data=INTERFACE.encode_call("renounceOwnership")
        )
        assert office.registry.authority() == ZERO
        assert (
            office.refused("propose_post", office.authority, account=ALICE, **LILYPOND) == "OwnableUnauthorizedAccount"
        )
        assert office.refused("revoke_series", office.authority, contract=series, reason="x") == "NotAllowed"
        office.do("revoke_series", post, contract=series, reason="ours to end")

    def test_there_is_one_from_the_beginning(self, sender: Sender) -> None:
        """A registry cannot be deployed without an authority."""
        with pytest.raises(ContractRefusal) as refusal:
            deploy_registry(sender, intent="registry", authority=ZERO)
        assert refusal.value.name == "OwnableInvalidOwner"


class TestGas:
    def test_what_a_registration_costs(self, office: Office, post: Sender, leap: SeriesBench) -> None:
        """Standing behind a series costs a handful of storage slots, whatever is in the registry."""
        mined = register(office.registry, post, leap.series.address)
        assert mined.gas_used < 150_000


class TestCoverage:
    def test_every_error_is_refused_with_somewhere_above(self) -> None:
        """Each custom error of the contract has a test that meets it."""
        source = Path(__file__).read_text(encoding="utf-8")
        assert [name for name in INTERFACE.errors if f'"{name}"' not in source] == []
