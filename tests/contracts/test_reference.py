"""The contract and the plain model of it agree on every outcome and every state, whatever is done in whatever order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from random import Random
from typing import Any

import pytest
from support.series_bench import ADMIN, ALICE, BOB, CAROL, CUSTODY, ZERO, Reverted, SeriesBench
from support.series_model import Refusal, SeriesModel

from cryptostamp.primitives import keccak256

EDITION = 24
ACTIONS = 220
PEOPLE = (CUSTODY, ADMIN, ALICE, BOB, CAROL)
SEED = keccak256(b"what the issuer keeps in the safe")
OFFICES = (b"LILYPOND".ljust(12, b"\0"), b"REEDBANK 001", bytes(12))
DAY = 86_400

Step = tuple[str, tuple[Any, ...], Callable[[SeriesModel], Any]]
"""A function of the contract, its arguments without the sender, and the same action on the model."""


class Player:
    """Acts at random, on the contract and on the model, and compares."""

    def __init__(self, bench: SeriesBench, seed: int) -> None:
        self.bench = bench
        self.model = SeriesModel(bench.terms, bench.address)
        self.random = Random(seed)  # noqa: S311 - the same game every time
        self.outcomes: Counter[tuple[str, str]] = Counter()
        self.sender = ADMIN

    def serial(self) -> int:
        """Choose a stamp, now and then one beyond the edition."""
        return self.random.choice((*range(1, EDITION + 1), *range(1, EDITION + 1), 0, EDITION + 1))

    def anybody(self) -> Any:
        """Choose an account, now and then an impossible one."""
        return self.random.choice((*PEOPLE, *PEOPLE, ZERO, self.bench.address))

    def owner_of(self, serial: int) -> Any:
        """Return who owns a token as the model knows it, custody where there is none."""
        token = self.model.tokens.get(serial)
        return token.owner if token else CUSTODY

    # Actions

    def transfer(self) -> Step:
        """Move a token, mostly in the name of its owner."""
        serial, to = self.serial(), self.anybody()
        owner = self.owner_of(serial)
        giver = self.random.choice((owner, owner, owner, self.anybody()))
        self.sender = self.random.choice((owner, self.sender)) if owner in PEOPLE else self.sender
        sender = self.sender
        return "transferFrom", (giver, to, serial), lambda model: model.transfer_from(sender, giver, to, serial)

    def approve(self) -> Step:
        """Let somebody move a token."""
        serial, to, sender = self.serial(), self.anybody(), self.sender
        owner = self.owner_of(serial)
        if owner in PEOPLE and self.random.random() < 0.5:
            sender = self.sender = owner
        return "approve", (to, serial), lambda model: model.approve(sender, to, serial)

    def operate(self) -> Step:
        """Let somebody move all tokens, or no longer."""
        operator, approved, sender = self.anybody(), self.random.random() < 0.4, self.sender
        return (
            "setApprovalForAll",
            (operator, approved),
            lambda model: model.set_approval_for_all(sender, operator, approved),
        )

    def some_claim(self) -> tuple[Any, str]:
        """Return a claim, and what is wrong with its signature or proof."""
        serial, to = self.random.randint(1, EDITION), self.anybody()
        late = self.random.random() < 0.1
        claim = self.bench.prepare(serial, to, deadline=self.bench.later(-1 if late else DAY * 365))
        flaw = self.random.choice(("", "", "", "", "key", "serial", "to", "proof", "signature"))
        if flaw == "key":
            signed = self.bench.prepare(serial, to, deadline=claim.deadline, key=self.bench.key(serial % EDITION + 1))
            return signed, "InvalidProof"
        if flaw == "serial":
            return replace(claim, serial=serial % EDITION + 1), "InvalidProof"
        if flaw == "to":
            return replace(claim, to=CAROL), "" if to == CAROL else "InvalidProof"
        if flaw == "proof":
            return replace(claim, proof=claim.proof[1:]), "InvalidProof"
        if flaw == "signature":
            return replace(claim, signature=bytes(64) + bytes([27])), "InvalidSignature"
        return claim, ""

    def claim(self) -> Step:
        """Claim a token."""
        claim, flaw = self.some_claim()
        sender = self.sender
        return (
            "claim",
            claim.arguments,
            lambda model: model.claim(sender, claim.serial, claim.to, claim.deadline, flaw),
        )

    def batch(self) -> Step:
        """Claim up to three tokens at once."""
        claims = [self.some_claim() for _ in range(self.random.randint(0, 3))]
        requests = [claim.request(0, len(claim.proof)) for claim, _ in claims]
        proofs = [node for claim, _ in claims for node in claim.proof]
        plain = [(claim.serial, claim.to, claim.deadline, flaw) for claim, flaw in claims]
        sender = self.sender
        return (
            "claimBatch",
            (requests, proofs, [self.bench.tree.root]),
            lambda model: model.claim_batch(sender, plain),
        )

    def void(self) -> Step:
        """Void one or two stamps."""
        serials, why, sender = [self.serial() for _ in range(self.random.randint(1, 2))], *self.issuing(4)
        return "voidStamps", (serials, why), lambda model: model.void_stamps(sender, serials, why)

    def void_range(self) -> Step:
        """Void a short range."""
        first, (why, sender) = self.serial(), self.issuing(4)
        last = first + self.random.choice((-1, 0, 1))
        return "voidRange", (first, max(last, 0), why), lambda model: model.void_range(sender, first, max(last, 0), why)

    def issuing(self, most: int) -> tuple[int, Any]:
        """Choose a number up to `most`, and send from the administrator more often than not."""
        if self.random.random() < 0.6:
            self.sender = self.model.admin if self.model.admin in PEOPLE else ADMIN
        return self.random.randint(0, most), self.sender

    def postmark(self) -> Step:
        """Cancel one or two stamps."""
        serials, (kind, sender) = [self.serial() for _ in range(self.random.randint(1, 2))], self.issuing(2)
        office = self.random.choice(OFFICES)
        day = self.bench.now() // DAY + self.random.choice((0, 0, 0, -400, 3))
        return (
            "postmark",
            (serials, office, day, kind),
            lambda model: model.postmark(sender, serials, office, day, kind),
        )

    def royalty(self) -> Step:
        """Set the royalty."""
        receiver, bps, (_, sender) = self.anybody(), self.random.choice((0, 1, 1_000, 1_001)), self.issuing(0)
        return "setRoyalty", (receiver, bps), lambda model: model.set_royalty(sender, receiver, bps)

    def metadata(self) -> Step:
        """Move the folder of the metadata, or freeze it once in a while."""
        if self.random.random() < 0.2:
            _, sender = self.issuing(0)
            return "freezeMetadata", (), lambda model: model.freeze_metadata(sender)
        folder, (_, sender) = self.random.choice(("", "ipfs://a/", "https://b.example/")), self.issuing(0)
        return "setBaseURI", (folder,), lambda model: model.set_base_uri(sender, folder)

    def roles(self) -> Step:
        """Set somebody's roles, rarely the administrator's."""
        account, (roles, sender) = self.random.choice((ALICE, BOB, CAROL, ZERO)), self.issuing(4)
        return "setRoles", (account, roles), lambda model: model.set_roles(sender, account, roles)

    def administration(self) -> Step:
        """Offer the administration, or accept it."""
        sender = self.sender = self.random.choice((self.model.admin, self.sender))
        if self.random.random() < 0.5:
            successor = self.anybody()
            return "offerAdmin", (successor,), lambda model: model.offer_admin(sender, successor)
        sender = self.sender = self.random.choice((self.model.offered, self.sender))
        if sender not in PEOPLE:
            sender = self.sender = ALICE
        return "acceptAdmin", (), lambda model: model.accept_admin(sender)

    def draw(self) -> Step:
        """Keep the hash, or make the draw."""
        sender = self.sender
        if self.random.random() < 0.5:
            return (
                "captureEntropy",
                (),
                lambda model: model.capture_entropy(sender, lambda number: self.bench.chain.block(number).hash),
            )
        seed = self.random.choice((SEED, SEED, keccak256(b"another")))
        return "reveal", (seed,), lambda model: model.reveal(sender, seed)

    # The game

    def play(self) -> None:
        """Do one thing, and compare what came of it."""
        self.sender = self.random.choice(PEOPLE)
        acts = (self.transfer, self.transfer, self.transfer, self.approve, self.approve, self.operate, self.claim)
        acts += (self.claim, self.batch, self.void, self.void_range, self.postmark, self.postmark, self.royalty)
        acts += (self.metadata, self.roles, self.administration, self.draw)
        function, arguments, on_model = self.random.choice(acts)()
        self.model.block = self.bench.chain.head().number + 1
        try:
            events, outcome = self.bench.send(self.sender, function, *arguments), ""
        except Reverted as reverted:
            events, outcome = [], reverted.name
        self.model.now = self.bench.now()
        try:
            answer, expected = on_model(self.model), ""
        except Refusal as refusal:
            answer, expected = None, refusal.name
        assert outcome == expected, (function, arguments)
        if function == "claimBatch":
            refused = [event.arguments["serial"] for event in events if event.name == "ClaimRefused"]
            reasons = [event.arguments["reason"] for event in events if event.name == "ClaimRefused"]
            assert refused == [serial for serial, _ in answer]
            assert reasons == [keccak256(f"{name}(uint256)".encode())[:4] for _, name in answer]
        self.outcomes[function, outcome] += 1

    def compare(self) -> None:
        """Compare everything that can be read."""
        bench, model = self.bench, self.model
        serials = range(1, EDITION + 1)
        assert [tuple(stamp[:7]) for stamp in bench.stamps()] == [model.standing(serial) for serial in serials]
        assert [bench.read("getApproved", serial) for serial in serials] == [
            model.tokens[serial].approved for serial in serials
        ]
        owners = (*PEOPLE, bench.address)
        balances = bench.balances(*owners)
        assert balances == [model.balance(owner) for owner in owners]
        assert sum(balances) == EDITION
        for serial in serials:
            marks = model.tokens[serial].postmarks
            assert [bench.read("postmarkOf", serial, number + 1) for number in range(len(marks))] == marks
        assert [bench.read("rolesOf", owner) for owner in owners] == [model.roles.get(owner, 0) for owner in owners]
        assert (bench.read("admin"), bench.read("offeredAdmin")) == (model.admin, model.offered)
        assert bench.read_all("royaltyInfo", 1, 10_000) == model.royalty
        assert (bench.read("baseURI"), bench.read("metadataFrozen")) == (model.base_uri, model.frozen)


@pytest.mark.parametrize(
    ("seed", "soulbound", "is_blind"), [(1, False, False), (2, False, True), (3, True, False), (4, True, True)]
)
class TestAgainstTheModel:
    def test_a_long_game(
        self, issue: Callable[..., SeriesBench], leap: SeriesBench, seed: int, *, soulbound: bool, is_blind: bool
    ) -> None:
        """Some hundred random actions have the outcome that the model predicts, and leave the state that it has."""
        number = leap.chain.head().number
        terms: dict[str, Any] = {"seed": keccak256(SEED), "entropy_block": number + 60} if is_blind else {}
        player = Player(
            issue(edition=EDITION, variant_counts=(15, 6, 3), soulbound=soulbound, **terms),
            seed,
        )
        for turn in range(ACTIONS):
            player.play()
            if turn % 20 == 0:
                player.compare()
        player.compare()
        done = {function for function, outcome in player.outcomes if outcome == ""}
        assert {"claim", "claimBatch", "transferFrom", "approve", "voidStamps", "postmark", "setRoles"} <= done
        refusals = {outcome for _, outcome in player.outcomes if outcome}
        assert {"AlreadyClaimed", "MissingRole", "ERC721InsufficientApproval"} <= refusals
