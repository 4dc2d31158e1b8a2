"""The token contracts that ours is measured beside: how each is issued, claimed from and relayed to.

What each models and leaves out stands in the header of its source in contracts/peers/src. A loop of mints is measured
in a few transactions as large as the gas cap (EIP-7825) admits, and the rest of the edition is extrapolated from them:
they are all alike.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from statistics import median

from benchmarks._compile import Compiled
from benchmarks._lab import CUSTODY, RELAYER, Contract, Lab, Stamps, wallet
from benchmarks._series import ClaimCosts
from cryptostamp.edition import MerkleTree
from cryptostamp.primitives import Serial, keccak256

__all__ = [
    "BATCH_OF_ERC721A",
    "CONSECUTIVE",
    "LAZY",
    "LOOP",
    "MINTED_AT_ONCE",
    "PEERS",
    "SAME",
    "THIRDWEB",
    "THIRDWEB_SOURCE",
    "Peer",
    "loop_of_claims",
    "thirdweb_costs",
]

MINTED_AT_ONCE = 600
"""Stamps that a loop mints in one transaction: in round numbers the most that the gas cap admits."""

BATCH_OF_ERC721A = 5_000
"""Stamps of one batch of ERC721A: what it allows itself by ERC-2309, and what fits a transaction otherwise."""

LOOP = "OpenZeppelin ERC721, minted in a loop"
CONSECUTIVE = "OpenZeppelin ERC721Consecutive"
LAZY = "OpenZeppelin ERC721, minted by the claim"
SAME = "this design on OpenZeppelin's ERC721"
THIRDWEB = "thirdweb ERC721Drop, allow list"
THIRDWEB_SOURCE = "ThirdwebDrop"

_THIRDWEB_COIN = "0xEeeeeEeeeEeEeeEeEeEeeEEEeeeeEeeeeeeeEEeE"  # what thirdweb writes for the chain's own currency
_SAMPLES = 9


@dataclass(frozen=True, slots=True, kw_only=True)
class Peer:
    """A contract of contracts/peers/src that takes the same claims as ours."""

    source: str
    arguments: Callable[[Stamps], Sequence[object]]
    """What its constructor takes."""
    mint: Callable[[Lab, Contract, int], float] | None = None
    """Issues an edition of so many and returns what that takes beyond the deployment."""
    by_serial: bool = False
    """Whether it mints any serial; else it mints from the first one on."""
    shows_all: bool = True
    """Whether every stamp is on the chain before its claim."""
    batches: bool = True
    """Whether a batch of claims fits a transaction."""
    quick: bool = False
    """Whether a quick run measures it."""

    @property
    def claimable(self) -> bool:
        """Whether claims at random serials can be measured: not where the whole edition had to be minted before."""
        return self.mint is None or self.by_serial

    def issue(self, lab: Lab, stamps: Stamps, code: Compiled) -> tuple[Contract, float]:
        """Deploy it, and return it with the gas that the whole issue takes; what is minted for that is undone."""
        contract = lab.deploy(code.interface, code.bytecode, *self.arguments(stamps))
        if self.mint is None:
            return contract, contract.gas
        with lab.undone():
            gas = contract.gas + self.mint(lab, contract, stamps.edition)
        if self.by_serial:
            for serial in stamps.serials:
                lab.call(RELAYER, contract, "mint", serial, 1)
        return contract, gas


def _minted_one_by_one(lab: Lab, contract: Contract, edition: int) -> float:
    first = lab.call(RELAYER, contract, "mint", 1, MINTED_AT_ONCE)
    later = lab.call(RELAYER, contract, "mint", MINTED_AT_ONCE + 1, MINTED_AT_ONCE)
    return first + later * (edition / MINTED_AT_ONCE - 1)


def _minted_in_batches(lab: Lab, contract: Contract, edition: int) -> float:
    first = lab.call(RELAYER, contract, "mint", BATCH_OF_ERC721A)
    later = lab.call(RELAYER, contract, "mint", BATCH_OF_ERC721A)
    return first + later * (edition / BATCH_OF_ERC721A - 1)


def _same_design(stamps: Stamps) -> Sequence[object]:
    places = ("https://lilypond.example/LEAP/series.json", "https://lilypond.example/LEAP/")
    seed = keccak256(b"the seed of the draw")
    return [("Leapfrog", "LEAP", CUSTODY, stamps.edition, stamps.root, seed, [stamps.edition], *places)]


PEERS: Mapping[str, Peer] = {
    LOOP: Peer(
        source="OpenZeppelinLoop",
        arguments=lambda stamps: [CUSTODY, stamps.root],
        mint=_minted_one_by_one,
        by_serial=True,
    ),
    CONSECUTIVE: Peer(
        source="OpenZeppelinConsecutive",
        arguments=lambda stamps: [CUSTODY, stamps.edition, stamps.root],
        quick=True,
    ),
    LAZY: Peer(
        source="OpenZeppelinLazy",
        arguments=lambda stamps: [stamps.root],
        shows_all=False,
        quick=True,
    ),
    "Solady ERC721, minted in a loop": Peer(
        source="SoladyLoop",
        arguments=lambda stamps: [CUSTODY, stamps.root],
        mint=_minted_one_by_one,
        by_serial=True,
    ),
    "Solady ERC721, minted by the claim": Peer(
        source="SoladyLazy",
        arguments=lambda stamps: [stamps.root],
        shows_all=False,
        quick=True,
    ),
    "ERC721A, minted in batches": Peer(
        source="Azuki721A",
        arguments=lambda stamps: [CUSTODY, stamps.edition, stamps.root, False],
        mint=_minted_in_batches,
    ),
    "ERC721A, ERC-2309": Peer(
        source="Azuki721A",
        arguments=lambda stamps: [CUSTODY, stamps.edition, stamps.root, True],
        batches=False,
    ),
    SAME: Peer(
        source="StampsOnOpenZeppelin",
        arguments=_same_design,
        batches=False,
    ),
}
"""By the name they are shown with. `THIRDWEB` has claims of another kind and stands apart."""


def loop_of_claims(lab: Lab, stamps: Stamps, contract: Contract, serials: Sequence[Serial]) -> int:
    """Measure one transaction that claims these stamps to fresh wallets, one after the other."""
    with lab.undone():
        claims = [stamps.claim(lab.chain, contract, serial, wallet(n)) for n, serial in enumerate(serials)]
        gas = lab.call(RELAYER, contract, "claimMany", [claim.arguments for claim in claims])
        for claim in claims:
            lab.must_own(contract, claim.serial, claim.to)
    return gas


def thirdweb_costs(lab: Lab, code: Compiled, *, edition: int) -> tuple[float, ClaimCosts]:
    """Measure thirdweb's drop with an allow list as long as the edition; return the gas of its issue, and of claims.

    A listed wallet claims for itself and gets the next token. Who claims is drawn from the whole list.
    """
    draw = Random(edition)  # noqa: S311 - the same list in every run
    places = draw.sample(range(edition), 2 * _SAMPLES + 1)
    accounts = {place: wallet(place) for place in places}
    most, price = 2, 0
    terms = most.to_bytes(32, "big") + price.to_bytes(32, "big") + bytes.fromhex(_THIRDWEB_COIN[2:])
    listed = (
        bytes.fromhex(accounts[place][2:]) if place in accounts else draw.randbytes(20) for place in range(edition)
    )
    tree = MerkleTree([keccak256(account + terms) for account in listed])

    with lab.undone():
        contract = lab.deploy(code.interface, code.bytecode, RELAYER)
        condition = (0, edition, 0, 0, tree.root, price, _THIRDWEB_COIN, "")
        issue = contract.gas
        issue += lab.call(RELAYER, contract, "lazyMint", edition, "https://lilypond.example/LEAP/", b"")
        issue += lab.call(RELAYER, contract, "setClaimConditions", condition, False)  # noqa: FBT003 - Solidity
        tokens: list[int] = []

        def claim(place: int) -> int:
            tokens.append(place)
            account = accounts[place]
            proof = (list(tree.proof(Serial(place + 1))), most, price, _THIRDWEB_COIN)
            gas = lab.call(account, contract, "claim", account, 1, _THIRDWEB_COIN, price, proof, b"")
            lab.must_own(contract, len(tokens) - 1, account)
            return gas

        first, *places = places
        claim(first)  # the first claim of a drop costs more than all later ones
        fresh = [claim(place) for place in places]
        holder = [claim(place) for place in places[:_SAMPLES]]
        transfer = []
        for place in places[_SAMPLES:]:
            new_owner = wallet(edition + place)
            transfer.append(
                lab.call(accounts[place], contract, "transferFrom", accounts[place], new_owner, tokens.index(place))
            )
    return issue, ClaimCosts(fresh=median(fresh), holder=median(holder), transfer=median(transfer))
