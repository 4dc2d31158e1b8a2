"""What a verifier asks a chain, through one node: all that a verdict needs, in one round trip, as of one block.

The batch asks for the newest block first and last. If both are the same, everything in between rests on it; if not, it
is asked again as of that block's number. What a contract is (its code, who stands behind it, its edition root) is kept
for as long as the newest block stays the same, so that many verdicts on one series cost one call each.

Believes its node; `cryptostamp.scan.ComparedNodes` asks several. A question to which the node gives no answer, or
one that is none, has an error in the place of its answer: nothing that a node sends comes out as another exception.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache, partial
from threading import Lock
from typing import Any, Protocol, TypeVar

from cryptostamp.chain.artifacts import load_artifact
from cryptostamp.chain.batch import BatchClient, Call
from cryptostamp.chain.node import Block, block_from
from cryptostamp.chain.postal_registry import SeriesStatus, status_from
from cryptostamp.chain.reverts import refusal_from
from cryptostamp.chain.rpc import RpcFailure, bytes_of, hex_of, int_of
from cryptostamp.chain.stamp import Stamp, stamp_from
from cryptostamp.errors import CannotTell, ContractRefusal, CryptostampError
from cryptostamp.primitives import Address, ChainId, Hash32, Serial

__all__ = ["ChainReader", "Look", "Sight", "StampQuestion"]

_CALLS_A_BATCH = 400
_ATTEMPTS = 3
_LARGEST = 1 << 63
_KEPT_CONTRACTS = 10_000

_T = TypeVar("_T")
_Place = tuple[Address | None, Address]
"""A registry and a contract."""


class StampQuestion(Protocol):
    """A stamp, and the registry that is asked about its contract; without one nobody is asked."""

    @property
    def contract(self) -> Address: ...  # noqa: D102
    @property
    def serial(self) -> Serial: ...  # noqa: D102
    @property
    def registry(self) -> Address | None: ...  # noqa: D102


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """What a node answered about one stamp. An error stands for an answer that it did not give, or that is none."""

    is_our_code: bool | CryptostampError | None
    """`None` if there is no code at all."""
    status: SeriesStatus | CryptostampError | None
    """`None` if nobody has registered the contract, or nobody was asked."""
    edition_root: Hash32 | CryptostampError
    stamp: Stamp | CryptostampError | None
    """`None` if the edition has no such serial."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What a node answered to several questions, all as of one block."""

    chain_id: ChainId
    block: Block
    final: Block | None
    """The newest block that the chain promises never to undo; `None` if the node does not say."""
    sights: tuple[Sight, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Contract:
    """What is the same for all stamps of a series."""

    is_our_code: bool | CryptostampError | None
    status: SeriesStatus | CryptostampError | None
    edition_root: Hash32 | CryptostampError


@dataclass(slots=True)
class _Known:
    """What is known of contracts as of one block."""

    block: Hash32 | None = None
    contracts: dict[_Place, _Contract] = field(default_factory=dict)


class ChainReader:
    """One node, read only. Safe to use from several threads."""

    def __init__(self, url: str, *, timeout_s: float = 10.0) -> None:
        self._node = BatchClient(url, timeout_s=timeout_s)
        self._known = _Known()
        self._guard = Lock()

    def __repr__(self) -> str:
        return f"ChainReader({self.host})"

    @property
    def host(self) -> str:
        """The node, without anything secret."""
        return self._node.host

    def chain_id(self) -> ChainId:
        """Return which chain the node serves; raise `NodeUnreachable` if it does not answer."""
        (answer,) = self._node.ask([("eth_chainId", ())])
        return self._read(_chain_id, answer)

    def look(self, questions: Sequence[StampQuestion], *, at: int | None = None) -> Look:
        """Answer all questions as of the newest block, or of block number `at`.

        Raises `NodeUnreachable` if the node does not answer, `CannotTell` if its blocks change faster than it answers.
        """
        for _ in range(_ATTEMPTS):
            look, at = self._attempt(questions, at)
            if look is not None:
                return look
        raise CannotTell(f"The chain of the node at {self.host} changes faster than it answers.")

    def _attempt(self, questions: Sequence[StampQuestion], at: int | None) -> tuple[Look | None, int | None]:
        """Ask once; without a `Look`, the number of the block as of which to ask again."""
        places = list(dict.fromkeys((each.registry, each.contract) for each in questions))
        with self._guard:
            known, kept = self._known.block, dict(self._known.contracts)
        new = [place for place in places if at is not None or place not in kept]
        first = questions[:_CALLS_A_BATCH]
        tag = "latest" if at is None else hex_of(at)
        head: Call = ("eth_getBlockByNumber", (tag, False))
        calls: list[Call] = [("eth_chainId", ()), head, ("eth_getBlockByNumber", ("finalized", False))]
        contract_calls = [call for place in new for call in _contract_calls(place, tag)]
        calls += contract_calls
        calls += [_stamp_call(each, tag) for each in first]
        chain, begun, final, *answers, ended = self._node.ask([*calls, head])
        block = self._read(_plausible_block, begun)
        if self._read(_plausible_block, ended).hash != block.hash:
            return None, block.number
        contracts = _contracts(new, answers)
        if len(new) < len(places):  # some are known as of a block: of this one?
            if known != block.hash:
                self._forget()
                return None, block.number
            contracts |= {place: kept[place] for place in places if place not in contracts}
        stamps = [_stamp(each, answer) for each, answer in zip(first, answers[len(contract_calls) :], strict=True)]
        for begin in range(_CALLS_A_BATCH, len(questions), _CALLS_A_BATCH):
            more = questions[begin : begin + _CALLS_A_BATCH]
            number = hex_of(block.number)
            same: Call = ("eth_getBlockByNumber", (number, False))
            *answers, ended = self._node.ask([*(_stamp_call(each, number) for each in more), same])
            if self._read(_plausible_block, ended).hash != block.hash:
                return None, None
            stamps += [_stamp(each, answer) for each, answer in zip(more, answers, strict=True)]
        if at is None:
            self._keep(block.hash, contracts)
        sights = tuple(
            _sight(contracts[each.registry, each.contract], stamp)
            for each, stamp in zip(questions, stamps, strict=True)
        )
        look = Look(
            chain_id=self._read(_chain_id, chain), block=block, final=_or_none(_plausible_block, final), sights=sights
        )
        return look, None

    def _keep(self, block: Hash32, contracts: dict[_Place, _Contract]) -> None:
        """Keep what was learnt without an error, until the newest block is another."""
        with self._guard:
            if self._known.block != block or len(self._known.contracts) > _KEPT_CONTRACTS:
                self._known = _Known(block=block)
            for place, each in contracts.items():
                facts = (each.is_our_code, each.status, each.edition_root)
                if not any(isinstance(fact, CryptostampError) for fact in facts):
                    self._known.contracts[place] = each

    def _forget(self) -> None:
        with self._guard:
            self._known = _Known()

    def _read(self, read: Callable[[Any], _T], answer: object) -> _T:
        """Return what `read` makes of an answer without which the others are worth nothing."""
        try:
            return read(answer)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise self._node.unreachable("gives an answer that makes no sense") from error


def _contract_calls(place: _Place, tag: str) -> list[Call]:
    registry, contract = place
    calls: list[Call] = [("eth_getCode", (contract, tag)), _view(contract, _edition_root_call(), tag)]
    if registry is not None:
        calls.append(_view(registry, load_artifact("PostalRegistry").interface.encode_call("statusOf", contract), tag))
    return calls


def _contracts(places: Sequence[_Place], answers: Sequence[object]) -> dict[_Place, _Contract]:
    """Read the answers to `_contract_calls` of these places, which come first."""
    found = {}
    rest = iter(answers)
    for registry, contract in places:
        code, root = next(rest), next(rest)
        status = None if registry is None else next(rest)
        found[registry, contract] = _Contract(
            is_our_code=_answer(_is_our_code, code),
            edition_root=_answer(_edition_root, root),
            status=None if registry is None else _answer(partial(_status, contract), status),
        )
    return found


def _sight(contract: _Contract, stamp: Stamp | CryptostampError | None) -> Sight:
    return Sight(
        is_our_code=contract.is_our_code, status=contract.status, edition_root=contract.edition_root, stamp=stamp
    )


def _stamp_call(question: StampQuestion, tag: str) -> Call:
    return _view(question.contract, _stamp_selector() + question.serial.to_bytes(32, "big"), tag)


def _stamp(question: StampQuestion, answer: object) -> Stamp | CryptostampError | None:
    found = _answer(lambda data: _stamp_of(question.serial, data), answer)
    if isinstance(found, ContractRefusal) and found.name == "NotInEdition":
        return None
    return found


def _stamp_of(serial: Serial, data: object) -> Stamp:
    (values,) = load_artifact("StampSeries").interface.decode_result("stampOf", bytes_of(data))
    return stamp_from(serial, values)


def _is_our_code(answer: object) -> bool | None:
    code = bytes_of(answer)
    return load_artifact("StampSeries").is_code(code) if code else None


def _edition_root(answer: object) -> Hash32:
    return Hash32(load_artifact("StampSeries").interface.decode_result("editionRoot", bytes_of(answer))[0])


def _status(contract: Address, answer: object) -> SeriesStatus | None:
    (fields,) = load_artifact("PostalRegistry").interface.decode_result("statusOf", bytes_of(answer))
    return status_from(contract, fields)


def _answer(read: Callable[[Any], _T], answer: object) -> _T | CryptostampError:
    """Return what `read` makes of an answer; an error for a refusal, and for what it can make nothing of."""
    if isinstance(answer, RpcFailure):
        if answer.data:
            return refusal_from(answer.data)
        return CannotTell(f"The node refuses the question: {answer.message}")
    try:
        return read(answer)
    except CryptostampError as error:
        return error
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError):
        return CannotTell("The node gives an answer that makes no sense.")


def _or_none(read: Callable[[Any], _T], answer: object) -> _T | None:
    value = _answer(read, answer)
    return None if isinstance(value, CryptostampError) else value


def _plausible_block(answer: object) -> Block:
    block = block_from(answer)
    if not (0 <= block.number < _LARGEST and 0 <= block.timestamp < _LARGEST):
        raise ValueError("no chain has such a block")
    return block


def _chain_id(answer: object) -> ChainId:
    number = int_of(answer)
    if not 0 < number < _LARGEST:
        raise ValueError("no chain has such an id")
    return ChainId(number)


def _view(contract: Address, data: bytes, tag: str) -> Call:
    return ("eth_call", ({"to": contract, "data": hex_of(data)}, tag))


@cache
def _stamp_selector() -> bytes:
    return load_artifact("StampSeries").interface.encode_call("stampOf", 1)[:4]


@cache
def _edition_root_call() -> bytes:
    return load_artifact("StampSeries").interface.encode_call("editionRoot")
