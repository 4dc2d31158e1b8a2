"""What a registry answers becomes typed values; what a stranger answers in its place becomes a CannotTell."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from eth_abi.abi import encode
from hypothesis import given
from hypothesis import strategies as st
from support.registry import admit, register

from cryptostamp.chain import Chain, DevSigner, MemoryJournal, PostalRegistry, Sender, Standing, deploy_registry
from cryptostamp.chain.postal_registry import _post, status_from
from cryptostamp.errors import CannotTell
from cryptostamp.primitives import parse_address

if TYPE_CHECKING:
    from tests.chain.conftest import ScriptedNode

ALICE = parse_address("0x" + "a1" * 20)
POST = "(string,string,string,address,bytes2,uint8,uint40,address,uint40,uint40)"
STATUS = f"(uint256,{POST},uint8,uint40,uint40,bool,bytes32,bytes32,string)"


def post_fields(**changes: Any) -> tuple[Any, ...]:
    """Return a post in the order of the contract."""
    fields = {
        "name": "Lilypond Post",
        "domain": "lilypond.example",
        "reason": "",
        "account": ALICE.lower(),
        "country": b"XL",
        "standing": 3,
        "since": 5,
        "next_account": "0x" + "00" * 20,
        "proposed_at": 4,
        "admitted_at": 5,
    }
    return tuple({**fields, **changes}.values())


def status_fields(*, standing: int = 3, post: tuple[Any, ...] | None = None) -> tuple[Any, ...]:
    """Return a status in the order of the contract."""
    return (1, post or post_fields(), standing, 6, 6, False, bytes(32), bytes(32), "")


class TestStandings:
    @pytest.mark.parametrize(("number", "standing"), list(enumerate(Standing, start=1)))
    def test_by_number(self, number: int, standing: Standing) -> None:
        """The numbers of the contract have their names; only active is active, and only suspended suspended."""
        post = _post(1, post_fields(standing=number))
        status = status_from(ALICE, status_fields(standing=number))
        assert status is not None
        for each in (post, status):
            assert each.standing is standing
            assert each.active is (standing == "active")
            assert each.suspended is (standing == "suspended")

    @given(st.integers(6, 255))
    def test_numbers_beyond(self, number: int) -> None:
        """A number that the contract does not have is no standing, neither a good nor a bad one."""
        with pytest.raises(CannotTell, match="does not answer like a PostalRegistry"):
            _post(1, post_fields(standing=number))
        with pytest.raises(CannotTell, match="does not answer like a PostalRegistry"):
            status_from(ALICE, status_fields(standing=number))

    def test_a_series_of_a_post_that_is_none(self) -> None:
        """A registered series with a post that is not there is an answer of somebody else."""
        with pytest.raises(CannotTell):
            status_from(ALICE, status_fields(post=post_fields(standing=0)))

    def test_nobody_has_registered_it(self) -> None:
        """A status of all zeros is none."""
        assert status_from(ALICE, status_fields(standing=0)) is None


class TestFields:
    def test_what_is_not_there(self) -> None:
        """No acceptance and no new account are None, not zero."""
        post = _post(7, post_fields(standing=1, admitted_at=0))
        assert (post.post_id, post.admitted_at, post.next_account, post.proposed_at) == (7, None, None, 4)
        assert _post(7, post_fields(next_account=ALICE.lower())).next_account == ALICE

    def test_texts_of_any_kind(self) -> None:
        """Control and direction characters and screenfuls of a strange registry come no further than this."""
        wild = "\x1b[31m\u202e\n" + "x" * 5000
        post = _post(1, post_fields(name=wild, domain=wild, reason=wild, country=b"\x1b["))
        status = status_from(ALICE, (*status_fields()[:-1], wild))
        assert status is not None
        for text in (post.name, post.domain, post.reason, post.country, status.reason):
            assert text.isprintable()
            assert len(text) <= 253

    def test_a_country_of_any_bytes(self) -> None:
        """A country of a strange registry is shown with question marks, not as an error."""
        assert _post(1, post_fields(country=b"\xff\xfe")).country == "\ufffd\ufffd"


class TestStrangers:
    @pytest.fixture
    def registry(self, between: ScriptedNode) -> PostalRegistry:
        """A registry behind a node that answers as the test says."""
        return PostalRegistry(Chain.connect(between.url), ALICE)

    def answer(self, node: ScriptedNode, data: bytes) -> None:
        """Let the node answer every call with these bytes."""
        node.behaviour["eth_call"] = lambda _: {"result": "0x" + data.hex()}

    def test_texts_that_are_no_text(self, between: ScriptedNode, registry: PostalRegistry) -> None:
        """A name that does not decode is not shown to anybody."""
        good = encode([POST], [post_fields(name="Lilypond")])
        assert good.count(b"Lilypond") == 1
        self.answer(between, good)
        assert registry.post(1).name == "Lilypond"
        self.answer(between, good.replace(b"Lilypond", b"Lilyp\xffnd"))
        with pytest.raises(CannotTell):
            registry.post(1)

    @pytest.mark.parametrize("answered", [0, 1, 3])
    def test_another_number_of_statuses(self, between: ScriptedNode, registry: PostalRegistry, answered: int) -> None:
        """Statuses that do not fit the question are not matched up by guessing."""
        self.answer(between, encode([f"{STATUS}[]"], [[status_fields()] * answered]))
        with pytest.raises(CannotTell):
            registry.series_statuses([ALICE, registry.address])

    def test_no_contract_at_all(self, between: ScriptedNode, registry: PostalRegistry) -> None:
        """An address without code answers nothing, which is no answer."""
        assert between.url
        for question in (registry.authority, registry.post_count, lambda: registry.series_status(ALICE)):
            with pytest.raises(CannotTell):
                question()


class TestAccounts:
    def test_of_a_post_and_of_a_proposal(self, sender: Sender, chain: Chain) -> None:
        """An account is found as what it is now: proposed, a post, or no longer one."""
        registry = PostalRegistry(chain, deploy_registry(sender, intent="registry", authority=sender.address).contract)
        first, second = (Sender(chain, DevSigner(index), MemoryJournal()) for index in (7, 8))
        post = admit(registry, sender, first)
        assert (registry.post_of(first.address), registry.proposal_of(first.address)) == (post, None)
        registry.propose_rotation(first, intent="rotate", post_id=1, account=second.address)
        assert registry.post_of(second.address) is None
        registry.accept_rotation(second, intent="accept", post_id=1)
        assert registry.post_of(first.address) is None
        found = registry.post_of(second.address)
        assert found is not None
        assert found.post_id == 1
        register(registry, second, registry.address)
        assert repr(registry) == f"PostalRegistry({registry.address}, chain_id=31337)"
