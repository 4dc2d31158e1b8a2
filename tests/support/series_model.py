"""What a series is meant to do, written down a second time, as plainly as Python allows.

The contract packs a token into a word and counts what has left custody; this keeps one record for each token and counts
the records. Each method is a function of the contract, takes the sender first, and raises `Refusal` with the name of
the error. Signatures and proofs are not checked here: a claim says what is wrong with its own, if anything is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from cryptostamp.edition import variant_index
from cryptostamp.primitives import Address, Hash32, Serial, keccak256
from support.series_bench import ZERO, Config, Place, Why

__all__ = ["Refusal", "SeriesModel", "Token"]

ISSUER, POSTMASTER = 1, 2
NOT_REVEALED = 255
NO_POSTMARK = (bytes(12), 0, 0, 0)

Postmark = tuple[bytes, int, int, int]


class Refusal(Exception):
    """The action is refused."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


def refuse_if(condition: object, name: str) -> None:
    """Refuse the action if the condition holds."""
    if condition:
        raise Refusal(name)


@dataclass
class Token:
    """One stamp and its token."""

    owner: Address
    state: int = Place.UNCLAIMED
    since: int = 0
    void_reason: int = Why.NONE
    approved: Address = ZERO
    postmarks: list[Postmark] = field(default_factory=list)


class SeriesModel:
    """A series. `now` and `block` are the timestamp and the number of the block that an action is in."""

    def __init__(self, config: Config, address: Address) -> None:
        self.config = config
        self.address = address
        self.tokens = {serial: Token(config.custody) for serial in range(1, config.edition + 1)}
        self.operators: set[tuple[Address, Address]] = set()
        self.roles: dict[Address, int] = {config.admin: ISSUER | POSTMASTER}
        self.admin: Address = config.admin
        self.offered: Address = ZERO
        self.frozen = config.metadata_frozen
        self.base_uri = config.base_uri
        self.royalty: tuple[Address, int] = (config.royalty_receiver, config.royalty_bps)
        self.seed = config.seed if config.entropy_block == 0 else b""
        self.entropy = b""
        self.now = 0
        self.block = 0

    # What can be read

    def balance(self, owner: Address) -> int:
        """Return how many tokens an account owns."""
        return sum(token.owner == owner for token in self.tokens.values())

    def variant(self, serial: int) -> int:
        """Return which variant a stamp has."""
        if not self.seed:
            return NOT_REVEALED
        return variant_index(Serial(serial), self.config.variant_counts, Hash32(self.seed))

    def standing(self, serial: int) -> tuple[object, ...]:
        """Return what `stampOf` says, but for the block."""
        token = self.tokens[serial]
        first = token.postmarks[0] if token.postmarks else NO_POSTMARK
        variant = self.variant(serial)
        return (token.owner, token.state, token.since, token.void_reason, variant, len(token.postmarks), first)

    # Tokens

    def _existing(self, serial: int) -> Token:
        refuse_if(serial not in self.tokens, "ERC721NonexistentToken")
        return self.tokens[serial]

    def _leave(self, token: Token, to: Address, state: int) -> None:
        token.owner, token.state, token.since, token.approved = to, state, self.now, ZERO

    def approve(self, sender: Address, to: Address, serial: int) -> None:
        """Let somebody move one token."""
        token = self._existing(serial)
        refuse_if(sender != token.owner and (token.owner, sender) not in self.operators, "ERC721InvalidApprover")
        token.approved = to

    def set_approval_for_all(self, sender: Address, operator: Address, approved: bool) -> None:  # noqa: FBT001
        """Let somebody move all tokens, or no longer."""
        refuse_if(operator == ZERO, "ERC721InvalidOperator")
        (self.operators.add if approved else self.operators.discard)((sender, operator))

    def transfer_from(self, sender: Address, giver: Address, to: Address, serial: int) -> None:
        """Move a token; out of custody for the first time, that is a delivery."""
        refuse_if(to == ZERO, "ERC721InvalidReceiver")
        token = self._existing(serial)
        allowed = sender in {token.owner, token.approved} or (token.owner, sender) in self.operators
        refuse_if(not allowed, "ERC721InsufficientApproval")
        refuse_if(giver != token.owner, "ERC721IncorrectOwner")
        refuse_if(self.config.soulbound and token.state in {Place.CLAIMED, Place.DELIVERED}, "TokenLocked")
        refuse_if(token.state == Place.VOID, "StampIsVoid")
        if token.state == Place.UNCLAIMED and to != self.config.custody:
            self._leave(token, to, Place.DELIVERED)
        else:
            token.owner, token.approved = to, ZERO

    def _refuse_unless_unclaimed(self, serial: int) -> None:
        refuse_if(serial not in self.tokens, "NotInEdition")
        state = self.tokens[serial].state
        refuse_if(state == Place.VOID, "StampIsVoid")
        refuse_if(state != Place.UNCLAIMED, "AlreadyClaimed")

    def claim(self, _sender: Address, serial: int, to: Address, deadline: int, flaw: str) -> None:
        """Claim a token; `flaw` names what is wrong with signature or proof."""
        self._refuse_unless_unclaimed(serial)
        refuse_if(to in {ZERO, self.config.custody, self.address}, "InvalidRecipient")
        refuse_if(self.now > deadline, "ClaimExpired")
        refuse_if(flaw, flaw)
        self._leave(self.tokens[serial], to, Place.CLAIMED)

    def claim_batch(self, sender: Address, claims: Iterable[tuple[int, Address, int, str]]) -> list[tuple[int, str]]:
        """Claim many tokens, and return which were refused and why."""
        refused = []
        for serial, to, deadline, flaw in claims:
            try:
                self.claim(sender, serial, to, deadline, flaw)
            except Refusal as refusal:
                refused.append((serial, refusal.name))
        return refused

    # The issuer

    def _require(self, sender: Address, role: int) -> None:
        refuse_if(not self.roles.get(sender, 0) & role, "MissingRole")

    def void_stamps(self, sender: Address, serials: list[int], why: int) -> None:
        """Void these stamps, or none of them."""
        self._require(sender, ISSUER)
        for index, serial in enumerate(serials):
            self._refuse_unless_unclaimed(serial)
            refuse_if(why == Why.NONE, "VoidReasonMissing")
            refuse_if(serial in serials[:index], "StampIsVoid")
        for serial in serials:
            self._void(serial, why)

    def void_range(self, sender: Address, first: int, last: int, why: int) -> None:
        """Void those of a range that are unclaimed."""
        self._require(sender, ISSUER)
        refuse_if(why == Why.NONE, "VoidReasonMissing")
        refuse_if(not 1 <= first <= last <= self.config.edition, "InvalidRange")
        for serial in range(first, last + 1):
            if self.tokens[serial].state == Place.UNCLAIMED:
                self._void(serial, why)

    def _void(self, serial: int, why: int) -> None:
        token = self.tokens[serial]
        token.state, token.since, token.void_reason = Place.VOID, self.now, why

    def postmark(self, sender: Address, serials: list[int], office: bytes, day: int, kind: int) -> None:
        """Cancel these paper stamps, or none of them."""
        self._require(sender, POSTMASTER)
        refuse_if(not any(office), "InvalidOffice")
        refuse_if(day * 86_400 > self.now + 14 * 3_600, "InvalidDay")
        for serial in serials:
            refuse_if(serial not in self.tokens, "NotInEdition")
            refuse_if(self.tokens[serial].state == Place.VOID, "StampIsVoid")
        for serial in serials:
            self.tokens[serial].postmarks.append((office, day, kind, self.now))

    def set_royalty(self, sender: Address, receiver: Address, bps: int) -> None:
        """Set what is owed to whom."""
        self._require(sender, ISSUER)
        refuse_if(bps > 1_000 or (receiver == ZERO) != (bps == 0), "InvalidRoyalty")
        self.royalty = (receiver, bps)

    def set_base_uri(self, sender: Address, folder: str) -> None:
        """Name the folder of the metadata."""
        self._require(sender, ISSUER)
        refuse_if(self.frozen, "MetadataIsFrozen")
        self.base_uri = folder

    def freeze_metadata(self, sender: Address) -> None:
        """Let the metadata never change again."""
        self._require(sender, ISSUER)
        refuse_if(self.frozen, "MetadataIsFrozen")
        self.frozen = True

    # The administration

    def set_roles(self, sender: Address, account: Address, roles: int) -> None:
        """Set the roles of an account."""
        refuse_if(sender != self.admin, "NotAdmin")
        refuse_if(account == ZERO or roles > (ISSUER | POSTMASTER), "InvalidRoles")
        self.roles[account] = roles

    def offer_admin(self, sender: Address, successor: Address) -> None:
        """Offer the administration."""
        refuse_if(sender != self.admin, "NotAdmin")
        self.offered = successor

    def accept_admin(self, sender: Address) -> None:
        """Take the administration over."""
        refuse_if(sender != self.offered, "NotOffered")
        self.admin, self.offered = sender, ZERO

    # The draw

    def capture_entropy(self, _sender: Address, block_hash: Callable[[int], bytes]) -> None:
        """Keep the hash of the block that decides."""
        refuse_if(self.seed, "NothingToReveal")
        refuse_if(self.entropy, "EntropyAlreadyCaptured")
        refuse_if(self.block <= self.config.entropy_block, "EntropyNotAvailable")
        self.entropy = block_hash(self.config.entropy_block)

    def reveal(self, _sender: Address, seed: bytes) -> None:
        """Make the draw, in time."""
        refuse_if(self.seed, "NothingToReveal")
        refuse_if(not self.entropy, "EntropyNotCaptured")
        refuse_if(keccak256(seed) != self.config.seed, "WrongSeed")
        self.seed = keccak256(seed + self.entropy)
