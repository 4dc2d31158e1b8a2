"""A series on a bench: issued by its ABI alone, called by its ABI alone, by any of the local chain's accounts.

Rests on nothing of the chain room but its ABI coder and its reader, so that the tests of the contract say what the
contract does and not what the wrapper makes of it. The node signs for the accounts (``eth_sendTransaction``): nonces,
fees and journals are tested elsewhere.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, fields, replace
from typing import Any, NamedTuple

from cryptostamp.chain import Chain, DevSigner, StampSeries, load_artifact
from cryptostamp.chain.rpc import RpcFailure
from cryptostamp.edition import ClaimKey, EditionSecret, MerkleTree, claim_key_of
from cryptostamp.primitives import Address, Hash32, Serial, keccak256, parse_address

__all__ = [
    "ADMIN",
    "ALICE",
    "BOB",
    "CAROL",
    "CUSTODY",
    "ZERO",
    "Claim",
    "Config",
    "Event",
    "Kind",
    "Place",
    "Reverted",
    "SeriesBench",
    "Standing",
    "Why",
]

ALICE, BOB, CAROL, ADMIN, CUSTODY = (DevSigner(index).address for index in (2, 3, 4, 5, 9))
ZERO = parse_address("0x" + "00" * 20)

_EVENTS = (
    "AdminChanged",
    "AdminOffered",
    "Approval",
    "ApprovalForAll",
    "BatchMetadataUpdate",
    "ClaimRefused",
    "ConsecutiveTransfer",
    "ContractURIUpdated",
    "Delivered",
    "EntropyCaptured",
    "Locked",
    "MetadataFrozen",
    "Postmarked",
    "Revealed",
    "RolesSet",
    "RoyaltySet",
    "Transfer",
    "Voided",
)
_ADDRESS = re.compile("0x[0-9a-f]{40}")
_HISTORY = "0x0000F90827F1C53a10cb7A02335B175320002935"
_GAS = hex(16_000_000)  # below the cap of EIP-7825


class Place:
    """The states of a stamp, as the contract numbers them."""

    UNCLAIMED, CLAIMED, DELIVERED, VOID = range(4)


class Why:
    """The reasons of a void, as the contract numbers them."""

    NONE, SPOILED, LOST, STOLEN, RECALLED = range(5)


class Kind:
    """The kinds of postmarks, as the contract numbers them."""

    REGULAR, FIRST_DAY, SPECIAL = range(3)


class Reverted(Exception):
    """The contract refused, with this error."""

    def __init__(self, name: str, arguments: dict[str, Any]) -> None:
        super().__init__(name)
        self.name = name
        self.arguments = arguments


class Event(NamedTuple):
    """One event of a transaction."""

    name: str
    arguments: dict[str, Any]


class Standing(NamedTuple):
    """What `stampOf` says of a stamp."""

    owner: str
    state: int
    since: int
    void_reason: int
    variant: int
    postmarks: int
    first_postmark: tuple[bytes, int, int, int]
    block_number: int


@dataclass(frozen=True, kw_only=True)
class Config:
    """The constructor's argument, field by field in its order."""

    name: str = "Leapfrog"
    symbol: str = "LEAP"
    custody: Address = CUSTODY
    admin: Address = ADMIN
    edition: int = 20
    edition_root: bytes = keccak256(b"a root nobody has proofs for")
    seed: bytes = keccak256(b"a seed")
    entropy_block: int = 0
    soulbound: bool = False
    metadata_frozen: bool = False
    variant_counts: tuple[int, ...] = (12, 5, 3)
    royalty_receiver: Address = ZERO
    royalty_bps: int = 0
    base_uri: str = "https://lilypond.example/LEAP/"


@dataclass(frozen=True, kw_only=True)
class Claim:
    """The arguments of one claim."""

    serial: int
    to: Address
    deadline: int
    proof: tuple[bytes, ...]
    signature: bytes

    @property
    def arguments(self) -> tuple[Any, ...]:
        """What `claim` takes."""
        return (self.serial, self.to, self.deadline, self.proof, self.signature)

    def request(self, node: int, length: int) -> tuple[Any, ...]:
        """Return what `claimBatch` takes, with the signature as EIP-2098 packs it."""
        s = int.from_bytes(self.signature[32:64], "big") | ((self.signature[64] - 27) << 255)
        return (self.serial, self.to, self.deadline, self.signature[:32], s.to_bytes(32, "big"), node * 256 + length)


class SeriesBench:
    """One series, and everything that its issuer and its collectors know."""

    def __init__(self, chain: Chain, config: Config, *, secret: bytes = b"s" * 32, with_codes: bool = True) -> None:
        self.chain = chain
        self.interface = load_artifact("StampSeries").interface
        self._secret = EditionSecret(secret)
        if with_codes:
            self.tree = MerkleTree.of([self.key(serial).address for serial in range(1, config.edition + 1)])
            config = replace(config, edition_root=self.tree.root)
        self.terms = config
        values = tuple(getattr(config, field.name) for field in fields(config))
        data = load_artifact("StampSeries").bytecode + self.interface.encode_constructor(values)
        receipt = self._transact({"from": ADMIN, "data": "0x" + data.hex()})
        self.address = parse_address(receipt["contractAddress"])
        self.issue_gas = int(receipt["gasUsed"], 16)
        self.issue_events = self._events(receipt)
        self.series = StampSeries(chain, self.address)

    # Claims

    def key(self, serial: int) -> ClaimKey:
        """Scratch the field of a stamp."""
        return claim_key_of(self._secret.claim_code(Serial(serial)))

    def later(self, seconds: int = 3600) -> int:
        """Return a deadline after the newest block."""
        return self.chain.head().timestamp + seconds

    def prepare(self, serial: int, to: Address, *, key: ClaimKey | None = None, deadline: int | None = None) -> Claim:
        """Return a good claim, signed with the stamp's own key unless another is given."""
        deadline = self.later() if deadline is None else deadline
        signature = (key or self.key(serial)).sign_claim(
            chain_id=self.chain.chain_id, contract=self.address, serial=Serial(serial), to=to, deadline=deadline
        )
        proof = self.tree.proof(Serial(serial))
        return Claim(serial=serial, to=to, deadline=deadline, proof=proof, signature=signature)

    def claim(self, serial: int, to: Address, *, sender: Address = BOB) -> list[Event]:
        """Claim a stamp with its own code."""
        return self.send(sender, "claim", *self.prepare(serial, to).arguments)

    # Calls

    def read(self, function: str, *arguments: object) -> Any:
        """Ask a view with one result."""
        return self.read_all(function, *arguments)[0]

    def read_all(self, function: str, *arguments: object) -> tuple[Any, ...]:
        """Ask a view with several results."""
        return _spelled(self.interface.decode_result(function, self._call(ALICE, function, arguments, block="latest")))

    def stamp(self, serial: int) -> Standing:
        """Ask how a stamp stands."""
        return Standing(*self.read("stampOf", serial))

    def stamps(self) -> list[Standing]:
        """Ask how every stamp stands, in the order of the serials."""
        serials = list(range(1, self.terms.edition + 1))
        parts = [serials[start : start + 100] for start in range(0, len(serials), 100)]
        return [Standing(*stamp) for part in parts for stamp in self.read("stampsOf", part)]

    def balances(self, *owners: Address) -> list[int]:
        """Ask how many tokens each of these accounts has."""
        return [self.read("balanceOf", owner) for owner in owners]

    def refusal(self, sender: Address, function: str, *arguments: object) -> str:
        """Return the name of the error that a call is refused with, "" if it is not."""
        try:
            self._call(sender, function, arguments)
        except Reverted as reverted:
            return reverted.name
        return ""

    def refusal_of(self, claim: Claim) -> str:
        """Return the name of the error that a claim is refused with, "" if it is not."""
        return self.refusal(BOB, "claim", *claim.arguments)

    def send(self, sender: Address, function: str, *arguments: object) -> list[Event]:
        """Send a transaction and return its events; raise `Reverted` if the contract refuses it."""
        self._call(sender, function, arguments)
        data = self.interface.encode_call(function, *arguments)
        return self._events(self._transact({"from": sender, "to": self.address, "data": "0x" + data.hex()}))

    def _call(self, sender: Address, function: str, arguments: tuple[object, ...], *, block: str = "pending") -> bytes:
        data = "0x" + self.interface.encode_call(function, *arguments).hex()
        call = {"from": sender, "to": self.address, "data": data, "gas": _GAS}
        return self._bytes(self.chain.rpc.request("eth_call", call, block))

    def _transact(self, transaction: dict[str, str]) -> dict[str, Any]:
        if "to" not in transaction:
            self._bytes(self.chain.rpc.request("eth_call", transaction, "pending"))
        answer = self.chain.rpc.request("eth_sendTransaction", {**transaction, "gas": _GAS})
        self._bytes(answer)
        while (receipt := self.chain.rpc.request("eth_getTransactionReceipt", answer)) is None:
            pass  # the node mines it at once, which takes it a moment
        assert receipt["status"] == "0x1"
        return receipt

    def _bytes(self, answer: object) -> bytes:
        """Return what the node answered; raise `Reverted` if that is a refusal of the contract."""
        if isinstance(answer, RpcFailure):
            decoded = self.interface.decode_error(answer.data)
            name, arguments = decoded if decoded is not None else (answer.message, {})
            raise Reverted(name, arguments)
        return bytes.fromhex(str(answer)[2:])

    def _events(self, receipt: dict[str, Any]) -> list[Event]:
        names = {self.interface.topic(name): name for name in _EVENTS}
        events = []
        for log in receipt["logs"]:
            topics = [Hash32(bytes.fromhex(topic[2:])) for topic in log["topics"]]
            name = names[topics[0]]
            arguments = self.interface.decode_event(name, topics, bytes.fromhex(log["data"][2:]))
            events.append(Event(name, {key: _spelled(value) for key, value in arguments.items()}))
        return events

    def simulate(self, number: int, history: dict[int, bytes], function: str) -> list[Event]:
        """Return the events that a call without arguments would have in block `number`; raise as `send` does.

        `history` holds the hashes that the contract of EIP-2935 would know by then, by the numbers of their blocks.
        """
        slots = {
            "0x" + (block % 8_191).to_bytes(32, "big").hex(): "0x" + value.hex() for block, value in history.items()
        }
        data = "0x" + self.interface.encode_call(function).hex()
        block = {
            "blockOverrides": {"number": hex(number)},
            "stateOverrides": {_HISTORY: {"stateDiff": slots}},
            "calls": [{"from": ALICE, "to": self.address, "data": data}],
        }
        answer = self.chain.rpc.request("eth_simulateV1", {"blockStateCalls": [block]}, "latest")
        (result,) = answer[0]["calls"]
        if result["status"] != "0x1":
            decoded = self.interface.decode_error(bytes.fromhex(result["returnData"][2:]))
            raise Reverted(*decoded)
        return self._events(result)

    # The chain

    def now(self) -> int:
        """Return the time of the newest block."""
        return self.chain.head().timestamp

    def mine(self, blocks: int, *, seconds: int = 1) -> None:
        """Let that many blocks pass."""
        self.chain.rpc.request("anvil_mine", hex(blocks), hex(seconds))

    def pass_time(self, seconds: int) -> None:
        """Let that much time pass, and mine a block then."""
        self.chain.rpc.request("evm_increaseTime", seconds)
        self.mine(1)


def _spelled(value: Any) -> Any:
    """Return a value with the checksums of its addresses, as everything else here spells them."""
    if isinstance(value, tuple):
        return tuple(map(_spelled, value))
    return parse_address(value) if isinstance(value, str) and _ADDRESS.fullmatch(value) else value
