"""The series through its wrapper: what the issuer does, what becomes of a batch of claims, how stamps read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from cryptostamp.chain import (
    BatchClaim,
    Chain,
    DevSigner,
    MemoryJournal,
    PostmarkKind,
    Sender,
    SeriesRole,
    SeriesTerms,
    StampSeries,
    StampState,
    VoidReason,
    deploy_series,
)
from cryptostamp.chain.stamp import office_bytes, postmark_from
from cryptostamp.codes import ClaimCode
from cryptostamp.edition import MerkleTree, claim_key_of
from cryptostamp.errors import CannotTell, ContractRefusal, InputError
from cryptostamp.primitives import Address, Hash32, Serial, keccak256, parse_address

ALICE = parse_address("0x" + "a1" * 20)
KEYS = [claim_key_of(ClaimCode(number.to_bytes(16, "big"))) for number in range(1, 21)]
TREE = MerkleTree.of([key.address for key in KEYS])
DAY = date(2026, 5, 1)


def serials(*numbers: int) -> list[Serial]:
    return [Serial(number) for number in numbers]


@pytest.fixture
def series(sender: Sender, terms: SeriesTerms) -> StampSeries:
    """A series whose claim keys are known, in the hands of `sender`."""
    issued = replace(terms, edition_root=TREE.root, custody=sender.address)
    return StampSeries(sender.chain, deploy_series(sender, intent="issue", terms=issued).contract)


@pytest.fixture
def stranger(chain: Chain) -> Sender:
    """An account without any role."""
    return Sender(chain, DevSigner(6), MemoryJournal())


class TestTerms:
    def test_they_come_back(self, sender: Sender, terms: SeriesTerms) -> None:
        """What a series was issued with is read back from it, of whatever kind it is."""
        plain = terms
        full = replace(
            terms, soulbound=True, metadata_frozen=True, royalty_receiver=ALICE, royalty_bps=250, name="Frösche " * 9
        )
        blind = replace(terms, entropy_block=sender.chain.head().number + 100)
        for number, each in enumerate((plain, full, blind)):
            contract = deploy_series(sender, intent=f"issue {number}", terms=each).contract
            assert StampSeries(sender.chain, contract).terms() == each

    @pytest.mark.parametrize(
        ("change", "name"),
        [
            ({"edition": 0}, "InvalidEdition"),
            ({"variant_counts": (12, 8, 0)}, "InvalidVariantCounts"),
            ({"rarity_seed": Hash32(bytes(32))}, "InvalidSeed"),
            ({"edition_root": Hash32(bytes(32))}, "InvalidEditionRoot"),
            ({"entropy_block": 2**40}, "InvalidEntropyBlock"),
            ({"royalty_receiver": ALICE, "royalty_bps": 1001}, "InvalidRoyalty"),
            ({"royalty_bps": 10}, "InvalidRoyalty"),
            ({"admin": None}, "InvalidRoles"),
        ],
    )
    def test_terms_that_no_series_has(
        self, sender: Sender, terms: SeriesTerms, change: dict[str, object], name: str
    ) -> None:
        """The contract refuses before anything is signed, and says why."""
        with pytest.raises(ContractRefusal) as refusal:
            deploy_series(sender, intent="issue", terms=replace(terms, **change))  # type: ignore[arg-type]
        assert refusal.value.name == name
        assert sender.chain.transaction_count(sender.address) == 0


class TestStamps:
    def test_many_at_once(self, series: StampSeries, sender: Sender) -> None:
        """Many stamps are read in the order asked for, however many that are, each as it reads alone."""
        series.void(sender, intent="void", serials=serials(2), reason=VoidReason.LOST)
        asked = serials(*([2, 20, 1] * 100))
        found = series.stamps(asked)
        assert [stamp.serial for stamp in found] == asked
        assert found[:3] == tuple(series.stamp(serial) for serial in serials(2, 20, 1))

    def test_beyond_the_edition(self, series: StampSeries) -> None:
        """A serial that the edition does not have is refused among others, and absent alone."""
        with pytest.raises(ContractRefusal, match="no stamp 21"):
            series.stamps(serials(1, 21))
        assert series.stamp(Serial(21)) is None

    def test_a_delivered_stamp(self, series: StampSeries, sender: Sender) -> None:
        """A token that custody sends is delivered, at the time of that block, and its code is worthless."""
        mined = series.transfer(sender, intent="send", serial=Serial(4), to=ALICE)
        stamp = series.stamp(Serial(4))
        assert stamp is not None
        assert (stamp.owner, stamp.state, stamp.left_custody) == (ALICE, StampState.DELIVERED, True)
        assert stamp.since == sender.chain.block(mined.block_number).timestamp
        with pytest.raises(ContractRefusal) as refusal:
            series.transfer(sender, intent="send again", serial=Serial(4), to=ALICE)
        assert refusal.value.name == "ERC721InsufficientApproval"


class TestVoid:
    def test_a_list_and_a_range(self, series: StampSeries, sender: Sender) -> None:
        """Voided stamps tell when and why, and stay with custody."""
        mined = series.void(sender, intent="list", serials=serials(3, 9), reason=VoidReason.STOLEN)
        series.void_range(sender, intent="range", first=Serial(11), last=Serial(20), reason=VoidReason.RECALLED)
        found = series.stamps(serials(3, 9, 10, 11, 20))
        assert [stamp.void_reason for stamp in found] == [
            VoidReason.STOLEN,
            VoidReason.STOLEN,
            None,
            VoidReason.RECALLED,
            VoidReason.RECALLED,
        ]
        assert found[0].since == sender.chain.block(mined.block_number).timestamp
        assert {stamp.owner for stamp in found} == {sender.address}
        with pytest.raises(ContractRefusal, match="Stamp 3 is void"):
            series.transfer(sender, intent="send", serial=Serial(3), to=ALICE)

    def test_what_has_left(self, series: StampSeries, sender: Sender) -> None:
        """A token that somebody has stays theirs: a list with it is refused whole, a range passes over it."""
        series.transfer(sender, intent="send", serial=Serial(4), to=ALICE)
        with pytest.raises(ContractRefusal) as refusal:
            series.void(sender, intent="list", serials=serials(3, 4), reason=VoidReason.LOST)
        assert refusal.value.name == "AlreadyClaimed"
        series.void_range(sender, intent="range", first=Serial(3), last=Serial(5), reason=VoidReason.LOST)
        assert [stamp.state for stamp in series.stamps(serials(3, 4, 5))] == ["void", "delivered", "void"]

    def test_not_twice(self, series: StampSeries, sender: Sender) -> None:
        """The same intent voids once; another one for the same stamp is refused."""
        first = series.void(sender, intent="void", serials=serials(3), reason=VoidReason.LOST)
        assert series.void(sender, intent="void", serials=serials(3), reason=VoidReason.LOST) == first
        with pytest.raises(ContractRefusal, match="Stamp 3 is void"):
            series.void(sender, intent="again", serials=serials(3), reason=VoidReason.STOLEN)

    @pytest.mark.parametrize(("first", "last"), [(0, 3), (5, 4), (1, 21)])
    def test_no_range(self, series: StampSeries, sender: Sender, first: int, last: int) -> None:
        """A range outside the edition, or backwards, is refused."""
        with pytest.raises(ContractRefusal) as refusal:
            series.void_range(sender, intent="range", first=Serial(first), last=Serial(last), reason=VoidReason.SPOILED)
        assert refusal.value.name == "InvalidRange"


class TestPostmarks:
    def test_in_their_order(self, series: StampSeries, sender: Sender) -> None:
        """A stamp keeps every postmark; the first is part of how it reads."""
        series.postmark(
            sender, intent="1", serials=serials(1, 2), office="LEAP-01", day=DAY, kind=PostmarkKind.FIRST_DAY
        )
        series.postmark(sender, intent="2", serials=serials(2), office="1010", day=DAY, kind=PostmarkKind.SPECIAL)
        marks = series.postmarks(Serial(2))
        assert [(mark.office, mark.day, mark.kind) for mark in marks] == [
            ("LEAP-01", DAY, PostmarkKind.FIRST_DAY),
            ("1010", DAY, PostmarkKind.SPECIAL),
        ]
        one, two, three = series.stamps(serials(1, 2, 3))
        assert (one.postmarks, two.postmarks, three.postmarks) == (1, 2, 0)
        assert (two.first_postmark, three.first_postmark) == (marks[0], None)
        assert series.postmarks(Serial(3)) == series.postmarks(Serial(21)) == ()

    def test_refused(self, series: StampSeries, sender: Sender) -> None:
        """Void stamps, days to come and serials beyond the edition get no postmark."""
        series.void(sender, intent="void", serials=serials(3), reason=VoidReason.LOST)
        for numbers, day, name in (
            (serials(3), DAY, "StampIsVoid"),
            (serials(1), date(9999, 12, 31), "InvalidDay"),
            (serials(1, 21), DAY, "NotInEdition"),
        ):
            with pytest.raises(ContractRefusal) as refusal:
                series.postmark(sender, intent=name, serials=numbers, office="1010", day=day, kind=PostmarkKind.REGULAR)
            assert refusal.value.name == name

    @pytest.mark.parametrize("office", ["", "leap", "LEAP 1", "X" * 13, "Ä", "A\0B", "\x1b"])
    def test_no_office(self, office: str) -> None:
        """Only what a verdict would show is written as the code of an office."""
        with pytest.raises(InputError, match="not a code"):
            office_bytes(office)

    def test_a_day_before_the_count_begins(self, series: StampSeries, sender: Sender) -> None:
        """Days are counted from 1970; an earlier one is refused before the chain is asked."""
        with pytest.raises(InputError, match="1969-12-31"):
            series.postmark(
                sender,
                intent="old",
                serials=serials(1),
                office="1010",
                day=date(1969, 12, 31),
                kind=PostmarkKind.REGULAR,
            )

    @pytest.mark.parametrize("raw", [bytes(12), b"leap\0\0\0\0\0\0\0\0", b"\xff" * 12, b"A\0B\0\0\0\0\0\0\0\0\0"])
    def test_an_office_that_is_illegible(self, raw: bytes) -> None:
        """What a postmaster wrote by another way and is no code of an office is not shown."""
        assert postmark_from((raw, 20_000, 0, 1)).office is None

    @pytest.mark.parametrize("values", [(b"1010", 2**32 - 1, 0, 1), (b"1010", 1, 3, 1)])
    def test_a_postmark_that_cannot_be(self, values: tuple[object, ...]) -> None:
        """A day that no calendar holds and a kind that is not known are not guessed."""
        with pytest.raises(CannotTell):
            postmark_from(values)


class TestIssuer:
    def test_roles(self, series: StampSeries, sender: Sender, stranger: Sender) -> None:
        """The administrator gives the roles one by one; without them nothing is done, and the role is named."""
        assert series.roles_of(sender.address) == SeriesRole.ISSUER | SeriesRole.POSTMASTER
        with pytest.raises(ContractRefusal, match=r"this needs: issuer\."):
            series.void(stranger, intent="void", serials=serials(1), reason=VoidReason.LOST)
        with pytest.raises(ContractRefusal) as refusal:
            series.set_roles(stranger, intent="grab", account=stranger.address, roles=SeriesRole.ISSUER)
        assert refusal.value.name == "NotAdmin"
        series.set_roles(sender, intent="give", account=stranger.address, roles=SeriesRole.ISSUER)
        series.void(stranger, intent="void", serials=serials(1), reason=VoidReason.LOST)
        with pytest.raises(ContractRefusal, match=r"this needs: postmaster\."):
            series.postmark(
                stranger, intent="mark", serials=serials(2), office="1010", day=DAY, kind=PostmarkKind.REGULAR
            )
        series.set_roles(sender, intent="take", account=stranger.address, roles=SeriesRole.NONE)
        assert series.roles_of(stranger.address) == SeriesRole.NONE

    def test_metadata(self, series: StampSeries, sender: Sender) -> None:
        """The place of the metadata changes until it is frozen."""
        series.set_base_uri(sender, intent="uri", base_uri="ipfs://leap/")
        series.freeze_metadata(sender, intent="freeze")
        terms = series.terms()
        assert (terms.base_uri, terms.metadata_frozen) == ("ipfs://leap/", True)
        for refused in (
            lambda: series.set_base_uri(sender, intent="another", base_uri=""),
            lambda: series.freeze_metadata(sender, intent="freeze again"),
        ):
            with pytest.raises(ContractRefusal, match="frozen, for good"):
                refused()

    def test_royalty(self, series: StampSeries, sender: Sender) -> None:
        """A royalty up to 10 % is set and ended."""
        for receiver, bps in ((ALICE, 1000), (None, 0)):
            series.set_royalty(sender, intent=f"royalty {bps}", receiver=receiver, bps=bps)
            terms = series.terms()
            assert (terms.royalty_receiver, terms.royalty_bps) == (receiver, bps)
        with pytest.raises(ContractRefusal, match="1001 hundredths"):
            series.set_royalty(sender, intent="greedy", receiver=ALICE, bps=1001)


class TestDraw:
    def test_a_blind_series(self, sender: Sender, terms: SeriesTerms) -> None:
        """Nobody knows the variants until the block has come, its hash is kept and the seed revealed."""
        chain, seed = sender.chain, keccak256(b"a seed")
        block = chain.head().number + 10
        blind = replace(terms, rarity_seed=keccak256(seed), entropy_block=block)
        series = StampSeries(chain, deploy_series(sender, intent="issue", terms=blind).contract)

        def refused(name: str, act: Callable[[], object]) -> None:
            with pytest.raises(ContractRefusal) as refusal:
                act()
            assert refusal.value.name == name

        refused("EntropyNotAvailable", lambda: series.capture_entropy(sender, intent="early"))
        refused("EntropyNotCaptured", lambda: series.reveal(sender, intent="early", seed=seed))
        chain.rpc.request("anvil_mine", hex(20))
        series.capture_entropy(sender, intent="capture")
        refused("EntropyAlreadyCaptured", lambda: series.capture_entropy(sender, intent="again"))
        refused("WrongSeed", lambda: series.reveal(sender, intent="early", seed=keccak256(b"another")))
        assert {stamp.variant for stamp in series.stamps(serials(*range(1, 21)))} == {None}
        series.reveal(sender, intent="reveal", seed=seed)
        refused("NothingToReveal", lambda: series.reveal(sender, intent="again", seed=seed))
        variants = [stamp.variant for stamp in series.stamps(serials(*range(1, 21)))]
        assert [variants.count(index) for index in range(3)] == [12, 5, 3]


class TestClaimBatch:
    LEVEL = 2

    def claim(self, series: StampSeries, number: int, **change: object) -> BatchClaim:
        """Return a good claim of a stamp, but for `change`."""
        serial, to = Serial(number), ALICE
        deadline = series.chain.head().timestamp + 600
        node, proof = TREE.branch(serial, self.LEVEL)
        signature = KEYS[number - 1].sign_claim(
            chain_id=series.chain.chain_id, contract=series.address, serial=serial, to=to, deadline=deadline
        )
        good = BatchClaim(serial=serial, to=to, deadline=deadline, signature=signature, node=node, proof=proof)
        return replace(good, **change)  # type: ignore[arg-type]

    def test_each_for_itself(self, series: StampSeries, sender: Sender) -> None:
        """Good claims are carried out, and each other one is told by name and sentence."""
        series.void(sender, intent="void", serials=serials(7), reason=VoidReason.STOLEN)
        series.transfer(sender, intent="send", serial=Serial(8), to=ALICE)
        good = [self.claim(series, number) for number in (1, 2, 20)]
        bad = {
            "StampIsVoid": self.claim(series, 7),
            "AlreadyClaimed": self.claim(series, 8),
            "InvalidProof": self.claim(series, 9, node=(self.claim(series, 9).node + 1) % 4),
            "ClaimExpired": self.claim(series, 10, deadline=1),
            "InvalidRecipient": self.claim(series, 11, to=Address("0x" + "00" * 20)),
            "NotInEdition": replace(self.claim(series, 12), serial=Serial(21)),
        }
        crown = TREE.crown(self.LEVEL)
        done = series.claim_batch(sender, intent="batch", claims=[good[0], *bad.values(), *good[1:]], crown=crown)
        assert {refusal.name: serial for serial, refusal in done.refused.items()} == {
            name: claim.serial for name, claim in bad.items()
        }
        assert f"Stamp {7} is void" in done.refused[Serial(7)].what
        states = [stamp.state for stamp in series.stamps([claim.serial for claim in good])]
        assert states == [StampState.CLAIMED] * 3
        again = series.claim_batch(sender, intent="batch", claims=good, crown=crown)
        assert (again.mined, again.refused.keys()) == (done.mined, done.refused.keys())

    def test_a_crown_of_another_edition(self, series: StampSeries, sender: Sender) -> None:
        """A crown that does not lead to the root is refused before anything is signed."""
        one, two, three, four = TREE.crown(self.LEVEL)
        for crown in ((), (one,), (one, two, three), (one, three, two, four)):
            with pytest.raises(ContractRefusal) as refusal:
                series.claim_batch(sender, intent="batch", claims=[self.claim(series, 1)], crown=crown)
            assert refusal.value.name == "InvalidCrown"

    def test_what_cannot_be_packed(self, series: StampSeries, sender: Sender) -> None:
        """A stamp named twice, and a signature of another shape, are refused on this side."""
        good = self.claim(series, 1)
        high_s = good.signature[:32] + b"\xff" + good.signature[33:]
        for claims, words in (
            ([good, good], "claimed twice"),
            ([replace(good, signature=good.signature[:64])], "damaged"),
            ([replace(good, signature=good.signature[:64] + b"\2")], "damaged"),
            ([replace(good, signature=high_s)], "damaged"),
            ([replace(good, proof=good.proof * 200)], "too long"),
        ):
            with pytest.raises(InputError, match=words):
                series.claim_batch(sender, intent="batch", claims=claims, crown=TREE.crown(self.LEVEL))
