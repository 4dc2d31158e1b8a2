"""The verdict asks in the right order, believes only whom it was told to, and says what it could not check."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from cryptostamp.codes import PublicCode
from cryptostamp.errors import ContractRefusal, NodeUnreachable
from cryptostamp.primitives import Address, ChainId, Hash32, Serial, keccak256, parse_address
from cryptostamp.scan import CheckCode, Conclusion, Outcome, Question, Trust, Verdict, verify_code, verify_nothing

CHAIN = ChainId(31337)
CONTRACT = parse_address("0x" + "c0" * 20)
REGISTRY = parse_address("0x" + "4e" * 20)
CUSTODY = parse_address("0x" + "11" * 20)
OWNER = parse_address("0x" + "22" * 20)
ROOT = keccak256(b"root")
SINCE = 1_780_000_000
NOW = datetime.fromtimestamp(1_790_000_012, UTC)


def claim_key(serial: int) -> Address:
    return parse_address("0x" + serial.to_bytes(20, "big").hex())


@dataclass(frozen=True, kw_only=True)
class Block:
    number: int = 42
    hash: Hash32 = ROOT
    timestamp: int = 1_790_000_000


@dataclass(frozen=True, kw_only=True)
class Mark:
    office: str | None = "LEAP-01"
    day: date = date(2026, 5, 1)
    kind: str = "regular"


@dataclass(frozen=True, kw_only=True)
class Stamp:
    owner: Address = CUSTODY
    state: str = "unclaimed"
    since: int | None = None
    void_reason: str | None = None
    variant: int | None = 1
    postmarks: int = 0
    first_postmark: Mark | None = None


@dataclass(frozen=True, kw_only=True)
class Post:
    name: str = "Lilypond Post"
    domain: str = "lilypond.example"
    account: Address = OWNER
    active: bool = True
    suspended: bool = False
    since: int = 1_770_000_000
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class Status:
    post: Post = field(default_factory=Post)
    active: bool = True
    suspended: bool = False
    since: int = 1_775_000_000
    reason: str = ""
    by_authority: bool = False
    code_unchanged: bool = True


SUSPENDED_POST = Post(active=False, suspended=True, reason="The key may be stolen.")
SUSPENDED = Status(active=False, suspended=True, reason="A print run is missing.")


@dataclass
class Node:
    """A node that answers from its fields; `broken` names the questions it fails on."""

    status: Status | None = field(default_factory=Status)
    ours: bool | None = True
    state: Stamp | None = field(default_factory=Stamp)
    chain: ChainId = CHAIN
    root: Hash32 = ROOT
    broken: dict[str, Exception] = field(default_factory=dict)
    block: Block = field(default_factory=Block)

    def look(self, questions: Sequence[Question], *, at: int | None = None) -> Look:
        """Answer all at once."""
        if "look" in self.broken:
            raise self.broken["look"]
        return Look(chain_id=self.chain, block=self.block, sights=[self._sight(each) for each in questions])

    def _sight(self, question: Question) -> Sight:
        assert (question.contract, question.registry) in {(CONTRACT, REGISTRY), (CONTRACT, None)}
        answers = {
            "is_our_code": self.ours,
            "status": self.status,
            "edition_root": self.root,
            "stamp": self.state if question.serial <= 1000 else None,
        }
        return Sight(**(answers | self.broken))


@dataclass(frozen=True, kw_only=True)
class Sight:
    is_our_code: Any
    status: Any
    edition_root: Any
    stamp: Any


@dataclass(frozen=True, kw_only=True)
class Look:
    chain_id: ChainId
    block: Block
    sights: Sequence[Sight]
    final: Block | None = None


@dataclass(frozen=True)
class Dossier:
    title: str = "Leapfrog"
    size: int = 1000
    root: Hash32 = ROOT
    variant_names: tuple[str, ...] = ("Meadow green", "Azure blue")

    def claim_key(self, serial: Serial) -> Address:
        """Return the published key of a serial."""
        return claim_key(serial)


TRUST = Trust(registries={CHAIN: REGISTRY}, editions={(CHAIN, CONTRACT): Dossier()})
CODE = PublicCode.make(
    host="lilypond.example", chain_id=CHAIN, contract=CONTRACT, serial=Serial(42), claim_key=claim_key(42)
)


def verify(code: PublicCode = CODE, *, node: Node | None = None, trust: Trust = TRUST) -> Verdict:
    return verify_code(code.text, trust=trust, source=node or Node(), now=NOW)


def failed(verdict: Verdict) -> list[CheckCode]:
    return [check.code for check in verdict.checks if check.outcome is Outcome.FAILED]


class TestGenuine:
    def test_an_unclaimed_stamp(self) -> None:
        """A stamp that the post issued and nobody claimed is genuine, and the sentence says so in full."""
        verdict = verify()
        assert verdict.conclusion is Conclusion.GENUINE
        assert verdict.sentence == (
            "Genuine code. Leapfrog no. 42 of 1,000, Azure blue, issued by Lilypond Post. "
            "The token has not been claimed; the post keeps it."
        )
        assert [check.code for check in verdict.checks if check.outcome is not Outcome.PASSED] == [
            CheckCode.ISSUER_SIGNATURE
        ]

    def test_a_claimed_stamp_names_its_owner_and_the_day(self) -> None:
        """A buyer sees from the face alone that the hidden code was used, when, and whose the token is."""
        verdict = verify(node=Node(state=Stamp(owner=OWNER, state="claimed", since=SINCE)))
        assert verdict.conclusion is Conclusion.GENUINE
        assert f"was claimed on 2026-05-28 20:26:40 UTC; it belongs to {OWNER}" in verdict.sentence
        assert verdict.stamp is not None
        assert (verdict.stamp.state, verdict.stamp.owner) == ("claimed", OWNER)
        assert verdict.stamp.since == datetime.fromtimestamp(SINCE, UTC)

    def test_a_stamp_that_the_post_sent_itself(self) -> None:
        """Who scratches a delivered stamp is told beforehand that its hidden code no longer works."""
        verdict = verify(node=Node(state=Stamp(owner=OWNER, state="delivered", since=SINCE)))
        assert verdict.conclusion is Conclusion.GENUINE
        assert (
            "The post sent this token itself on 2026-05-28 20:26:40 UTC; the hidden code under the scratch field no "
            f"longer works. It belongs to {OWNER}."
        ) in verdict.sentence

    @pytest.mark.parametrize(
        ("mark", "count", "words"),
        [
            (Mark(), 1, "It was cancelled on 2026-05-01 by the office LEAP-01."),
            (Mark(kind="first-day"), 1, "by the office LEAP-01 with its first-day postmark."),
            (Mark(kind="special"), 3, "LEAP-01 with a special postmark, the first of 3 postmarks."),
            (Mark(office=None), 1, "by an office whose code is illegible."),
            (Mark(office="\x1b[2J"), 1, "by an office whose code is illegible."),
            (Mark(office="leap"), 1, "by an office whose code is illegible."),
        ],
    )
    def test_a_cancelled_stamp(self, mark: Mark, count: int, words: str) -> None:
        """The first postmark is told with its day and office; what is no code of an office is not repeated."""
        verdict = verify(node=Node(state=Stamp(postmarks=count, first_postmark=mark)))
        assert verdict.conclusion is Conclusion.GENUINE
        assert words in verdict.sentence
        assert verdict.sentence.isprintable()
        assert verdict.stamp is not None
        assert verdict.stamp.first_postmark is not None
        assert verdict.stamp.first_postmark.office in {None, "LEAP-01"}

    def test_before_the_draw(self) -> None:
        """A stamp of a blind series is genuine while nobody knows its variant, and says so."""
        verdict = verify(node=Node(state=Stamp(variant=None)))
        assert verdict.conclusion is Conclusion.GENUINE
        assert "Its variant is not revealed yet." in verdict.sentence
        assert verdict.stamp is not None
        assert verdict.stamp.variant is None

    def test_every_verdict_says_what_a_scan_cannot_prove(self) -> None:
        """A copied public code looks genuine, so no verdict is without the caveat about the paper."""
        verdict = verify()
        assert "no scan can tell whether this paper" in verdict.caveat
        assert "paper is genuine" not in verdict.sentence

    def test_all_checks_are_listed_in_order(self) -> None:
        """A verdict lists each check once, in the order of examination."""
        assert [check.code for check in verify().checks] == list(CheckCode)[1:]

    def test_another_domain_is_a_warning(self) -> None:
        """A code that leads elsewhere keeps its verdict but warns about the hidden code."""
        verdict = verify(replace(CODE, host="frogs.example"))
        assert verdict.conclusion is Conclusion.GENUINE
        warning = next(check for check in verdict.checks if check.code is CheckCode.HOST_OF_POST)
        assert warning.outcome is Outcome.FAILED
        assert "do not enter the hidden code there" in warning.sentence


class TestVoid:
    @pytest.mark.parametrize("reason", ["spoiled", "lost", "stolen", "recalled"])
    def test_a_void_stamp(self, reason: str) -> None:
        """A void stamp is never genuine: its state is known, and the sentence says void, when and why."""
        verdict = verify(node=Node(state=Stamp(state="void", since=SINCE, void_reason=reason)))
        assert (verdict.conclusion, failed(verdict)) == (Conclusion.NOT_GENUINE, [CheckCode.NOT_VOID])
        assert verdict.sentence == (
            f"Void. The post declared this stamp void on 2026-05-28 20:26:40 UTC: it was {reason}. "
            "Do not accept it; its hidden code is worthless."
        )
        assert verdict.outcome_of(CheckCode.STATE_KNOWN) is Outcome.PASSED
        assert verdict.stamp is not None
        assert (verdict.stamp.state, verdict.stamp.void_reason) == ("void", reason)

    def test_an_invented_code_of_a_void_stamp(self) -> None:
        """What the post never issued is called that, not void."""
        code = PublicCode.make(
            host="lilypond.example", chain_id=CHAIN, contract=CONTRACT, serial=Serial(42), claim_key=claim_key(43)
        )
        verdict = verify(code, node=Node(state=Stamp(state="void", since=SINCE, void_reason="lost")))
        assert (verdict.conclusion, failed(verdict)) == (Conclusion.NOT_GENUINE, [CheckCode.TAG_AGREES])

    def test_a_void_stamp_without_its_dossier(self) -> None:
        """Void is void, also for a verifier who cannot tell whether the code was invented."""
        stamp = Stamp(state="void", since=SINCE, void_reason="stolen")
        verdict = verify(node=Node(state=stamp), trust=Trust(registries={CHAIN: REGISTRY}))
        assert verdict.conclusion is Conclusion.NOT_GENUINE
        assert verdict.sentence.startswith("Void. ")


class TestForgeries:
    """The threats: forged serials, invented codes, look-alike contracts, revoked posts."""

    def test_a_serial_beyond_the_edition(self) -> None:
        """A forged serial is not genuine."""
        code = PublicCode.make(
            host="lilypond.example", chain_id=CHAIN, contract=CONTRACT, serial=Serial(1001), claim_key=claim_key(1001)
        )
        verdict = verify(code)
        assert (verdict.conclusion, failed(verdict)) == (Conclusion.NOT_GENUINE, [CheckCode.SERIAL_IN_EDITION])

    def test_an_invented_code(self) -> None:
        """A well-formed code whose tag the post never committed to is not genuine."""
        code = PublicCode.make(
            host="lilypond.example", chain_id=CHAIN, contract=CONTRACT, serial=Serial(42), claim_key=claim_key(43)
        )
        verdict = verify(code)
        assert (verdict.conclusion, failed(verdict)) == (Conclusion.NOT_GENUINE, [CheckCode.TAG_AGREES])
        assert verdict.stamp is None

    def test_a_look_alike_contract(self) -> None:
        """A contract that no post registered is a look-alike, and it is never asked anything."""
        node = Node(status=None)
        verdict = verify(node=node)
        assert (verdict.conclusion, failed(verdict)) == (Conclusion.NOT_GENUINE, [CheckCode.CONTRACT_REGISTERED])

    @pytest.mark.parametrize(
        ("status", "sentence"),
        [
            (
                Status(post=Post(active=False, reason="It never was a post")),
                (
                    "Lilypond Post was revoked by the authority of the registry on 2026-02-02 02:40:00 UTC; "
                    "the reason: It never was a post."
                ),
            ),
            (
                Status(active=False, reason="A print run was stolen."),
                (
                    "This series was revoked by Lilypond Post on 2026-03-31 23:33:20 UTC; "
                    "the reason: A print run was stolen."
                ),
            ),
            (
                Status(active=False, by_authority=True),
                (
                    "This series was revoked by the authority of the registry on 2026-03-31 23:33:20 UTC; "
                    "the reason: none was given."
                ),
            ),
            (
                replace(SUSPENDED, post=Post(active=False)),
                (
                    "Lilypond Post was revoked by the authority of the registry on 2026-02-02 02:40:00 UTC; "
                    "the reason: none was given."
                ),
            ),
        ],
    )
    def test_a_revoked_post_or_series(self, status: Status, sentence: str) -> None:
        """Revoking changes the verdict, whatever is suspended besides, and says who did it, when and why."""
        node = Node(status=status)
        verdict = verify(node=node)
        assert (verdict.conclusion, failed(verdict)) == (Conclusion.NOT_GENUINE, [CheckCode.CONTRACT_REGISTERED])
        assert verdict.sentence == f"Not genuine. {sentence}"

    def test_a_contract_whose_code_was_changed(self) -> None:
        """Code that is a published one, but not the one that the post registered, is not believed."""
        node = Node(status=Status(code_unchanged=False))
        verdict = verify(node=node)
        assert (verdict.conclusion, failed(verdict)) == (Conclusion.NOT_GENUINE, [CheckCode.CONTRACT_CODE])
        assert "no longer has the code that its post registered" in verdict.sentence

    def test_a_forgery_under_a_suspended_post(self) -> None:
        """A suspension does not shelter an invented code: what fails besides still decides."""
        code = PublicCode.make(
            host="lilypond.example", chain_id=CHAIN, contract=CONTRACT, serial=Serial(42), claim_key=claim_key(43)
        )
        verdict = verify(code, node=Node(status=Status(post=SUSPENDED_POST)))
        assert (verdict.conclusion, failed(verdict)) == (Conclusion.NOT_GENUINE, [CheckCode.TAG_AGREES])

    @pytest.mark.parametrize("ours", [False, None])
    def test_a_registered_contract_with_other_code(self, ours: bool | None) -> None:  # noqa: FBT001
        """A contract whose code is not ours is not believed, even if somebody registered it."""
        node = Node(ours=ours)
        verdict = verify(node=node)
        assert (verdict.conclusion, failed(verdict)) == (Conclusion.NOT_GENUINE, [CheckCode.CONTRACT_CODE])

    def test_another_company_s_code(self) -> None:
        """A QR of somebody else is not a stamp's."""
        verdict = verify_code("https://example.com/menu", trust=TRUST, source=Node(), now=NOW)
        assert (verdict.conclusion, failed(verdict)) == (Conclusion.NOT_GENUINE, [CheckCode.WELL_FORMED])

    def test_hostile_text_does_not_reach_the_terminal(self) -> None:
        """Control characters of a code never appear in a verdict."""
        verdict = verify_code("https://x\x1b[2J\u202e/S/1", trust=TRUST, source=Node(), now=NOW)
        everything = verdict.sentence + "".join(check.sentence for check in verdict.checks)
        assert everything.isprintable()


class TestUnknown:
    """Unreachable and lying nodes: what could not be checked is never genuine and never counterfeit."""

    QUESTIONS = ("look", "status", "is_our_code", "stamp", "edition_root")

    @pytest.mark.parametrize("question", QUESTIONS)
    @pytest.mark.parametrize("error", [NodeUnreachable("it is down"), ContractRefusal("it reverted")])
    def test_a_node_that_fails_at_any_question(self, question: str, error: Exception) -> None:
        """Whichever question a node fails on, the answer is unknown and says why."""
        verdict = verify(node=Node(broken={question: error}))
        assert verdict.conclusion is Conclusion.UNKNOWN
        assert failed(verdict) == []
        assert f"The node gave no usable answer: {error}" in verdict.sentence

    def test_a_node_of_another_chain(self) -> None:
        """A node of another chain cannot say anything about the code."""
        node = Node(chain=ChainId(1))
        verdict = verify(node=node)
        assert verdict.conclusion is Conclusion.UNKNOWN

    def test_nobody_is_trusted_by_default(self) -> None:
        """An empty trust leaves everything unknown: no default vouches for a contract."""
        verdict = verify(trust=Trust())
        assert verdict.conclusion is Conclusion.UNKNOWN
        assert verdict.outcome_of(CheckCode.CONTRACT_REGISTERED) is Outcome.NOT_CHECKED

    @pytest.mark.parametrize(
        ("status", "sentence"),
        [
            (
                Status(post=SUSPENDED_POST),
                (
                    "Lilypond Post was suspended by the authority of the registry on 2026-02-02 02:40:00 UTC; "
                    "the reason: The key may be stolen."
                ),
            ),
            (
                SUSPENDED,
                (
                    "This series was suspended by Lilypond Post on 2026-03-31 23:33:20 UTC; "
                    "the reason: A print run is missing."
                ),
            ),
            (
                replace(SUSPENDED, post=SUSPENDED_POST, by_authority=True),
                (
                    "Lilypond Post was suspended by the authority of the registry on 2026-02-02 02:40:00 UTC; "
                    "the reason: The key may be stolen. "
                    "This series was suspended by the authority of the registry on 2026-03-31 23:33:20 UTC; "
                    "the reason: A print run is missing."
                ),
            ),
        ],
    )
    def test_a_suspended_post_or_series(self, status: Status, sentence: str) -> None:
        """While a suspension lasts nobody can tell; all else is checked, and date and reason are said."""
        verdict = verify(node=Node(status=status))
        assert (verdict.conclusion, verdict.sentence) == (Conclusion.UNKNOWN, f"Cannot tell. {sentence}")
        assert [check.code for check in verdict.checks if check.outcome is not Outcome.PASSED] == [
            CheckCode.ISSUER_SIGNATURE,
            CheckCode.CONTRACT_REGISTERED,
        ]
        assert verdict.stamp is not None
        assert verdict.stamp.post == "Lilypond Post"

    def test_a_registry_that_writes_anything(self) -> None:
        """Texts and times of a strange registry reach nobody as controls, screenfuls or crashes."""
        wild = "\x1b[31m\u202enuf" + "x" * 5000
        for post in (Post(name=wild, domain=wild), replace(SUSPENDED_POST, name=wild, since=2**40 - 1, reason=wild)):
            verdict = verify(node=Node(status=Status(post=post)))
            said = [verdict.sentence, *(check.sentence for check in verdict.checks)]
            assert all(sentence.isprintable() for sentence in said)
            assert max(map(len, said)) < 1500

    def test_without_the_dossier_an_invented_code_cannot_be_told(self) -> None:
        """A verifier without the edition's dossier says that it cannot tell."""
        verdict = verify(trust=Trust(registries={CHAIN: REGISTRY}))
        assert verdict.conclusion is Conclusion.UNKNOWN
        assert verdict.stamp is not None
        assert verdict.stamp.title is None

    def test_a_dossier_of_another_edition_is_not_used(self) -> None:
        """A dossier that the contract does not commit to proves nothing."""
        verdict = verify(node=Node(root=keccak256(b"another")))
        assert verdict.conclusion is Conclusion.UNKNOWN
        assert verdict.outcome_of(CheckCode.TAG_AGREES) is Outcome.NOT_CHECKED

    def test_a_state_that_nobody_knows(self) -> None:
        """A state without a word for it leaves the answer unknown."""
        verdict = verify(node=Node(state=Stamp(state="melted")))
        assert verdict.conclusion is Conclusion.UNKNOWN
        assert verdict.outcome_of(CheckCode.STATE_KNOWN) is Outcome.NOT_CHECKED

    def test_a_time_beyond_the_calendar(self) -> None:
        """A claim in a year that no calendar holds is shown as the second it is, and is no error."""
        verdict = verify(node=Node(state=Stamp(owner=OWNER, state="claimed", since=2**40 - 1)))
        assert f"on second {2**40 - 1}" in verdict.sentence
        assert verdict.stamp is not None
        assert verdict.stamp.since is None

    def test_a_typing_error(self) -> None:
        """A mistyped code is nobody's forgery."""
        verdict = verify_code(CODE.text[:-1] + "?", trust=TRUST, source=Node(), typed=True)
        assert verdict.conclusion is Conclusion.UNKNOWN

    def test_an_unreadable_picture(self) -> None:
        """A picture without a code gives the reason as the verdict."""
        verdict = verify_nothing("No QR code was found in the picture.")
        assert verdict.conclusion is Conclusion.UNKNOWN
        assert verdict.sentence == "Cannot tell. No QR code was found in the picture."

    @pytest.mark.parametrize("make", [lambda: Node(state=Stamp(variant=9)), lambda: Node(state=Stamp(variant=255))])
    def test_a_variant_that_the_dossier_does_not_know(self, make: Callable[[], Node]) -> None:
        """A contract that names a variant beyond the dossier leads to no name, not to an error."""
        verdict = verify(node=make())
        assert verdict.stamp is not None
        assert verdict.stamp.variant is None
