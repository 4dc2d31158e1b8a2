"""The chain, the posts and the editions of the vectors for verdicts: facts as JSON, and nodes that tell them.

A node of the vectors answers with what stands in the file, so it can lie, lag, fall silent or serve another chain. The
same file is run by other implementations; `docs/verdict.md` describes it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from cryptostamp.errors import CannotTell, CryptostampError, NodeUnreachable
from cryptostamp.primitives import Address, ChainId, Hash32, Serial, parse_address
from cryptostamp.scan import ChainSource, ChainTerms, ComparedNodes, Issuer, Question, Trust

VECTORS = Path(__file__).parents[1] / "vectors" / "verdicts.json"


def load_vectors() -> dict[str, Any]:
    """Return the file of vectors."""
    content: dict[str, Any] = json.loads(VECTORS.read_text(encoding="utf-8"))
    return content


@dataclass(frozen=True, kw_only=True)
class FactBlock:
    number: int
    hash: Hash32
    timestamp: int


@dataclass(frozen=True, kw_only=True)
class FactPostmark:
    office: str | None
    day: date
    kind: str


@dataclass(frozen=True, kw_only=True)
class FactStamp:
    owner: Address
    state: str
    since: int | None
    void_reason: str | None
    variant: int | None
    postmarks: int
    first_postmark: FactPostmark | None


@dataclass(frozen=True, kw_only=True)
class FactPost:
    name: str
    domain: str
    account: Address
    active: bool
    suspended: bool
    since: int
    reason: str


@dataclass(frozen=True, kw_only=True)
class FactStatus:
    post: FactPost
    active: bool
    suspended: bool
    since: int
    reason: str
    by_authority: bool
    code_unchanged: bool


@dataclass(frozen=True, kw_only=True)
class FactSight:
    is_our_code: bool | CryptostampError | None
    status: FactStatus | CryptostampError | None
    edition_root: Hash32 | CryptostampError
    stamp: FactStamp | CryptostampError | None


@dataclass(frozen=True, kw_only=True)
class FactLook:
    chain_id: ChainId
    block: FactBlock
    final: FactBlock | None
    sights: Sequence[FactSight]


@dataclass(frozen=True, kw_only=True)
class FactEdition:
    title: str
    size: int
    root: Hash32
    variant_names: tuple[str, ...]
    keys: Mapping[int, Address]

    def claim_key(self, serial: Serial) -> Address:
        """Return the published claim key of a stamp."""
        return self.keys[serial]


class FactNode:
    """A node that tells what its facts say."""

    def __init__(self, facts: Mapping[str, Any]) -> None:
        self._facts = facts

    def look(self, questions: Sequence[Question], *, at: int | None = None) -> FactLook:
        """Answer as of the last of its views, or as of the one of block `at`."""
        if "fault" in self._facts:
            raise NodeUnreachable(self._facts["fault"])
        views = self._facts["views"]
        view = views[-1] if at is None else next((each for each in views if each["block"]["number"] == at), None)
        if view is None:
            raise NodeUnreachable("The node does not have the block.")
        final = view.get("final")
        return FactLook(
            chain_id=ChainId(self._facts["chain_id"]),
            block=block_of(view["block"]),
            final=None if final is None else block_of(final),
            sights=[_sight(view, question) for question in questions],
        )


def source_of(nodes: Sequence[Mapping[str, Any]]) -> ChainSource:
    """Return what answers for the nodes of a case: one node, or several that are compared."""
    if len(nodes) == 1:
        return FactNode(nodes[0])
    named = {f"node-{number}.example": FactNode(facts) for number, facts in enumerate(nodes, 1)}
    return ComparedNodes(named)


def trust_of(facts: Mapping[str, Any]) -> Trust:
    """Return the trust that the vectors state."""
    return Trust(
        registries={ChainId(each["chain_id"]): parse_address(each["registry"]) for each in facts["registries"]},
        editions={
            (ChainId(each["chain_id"]), parse_address(each["contract"])): FactEdition(
                title=each["title"],
                size=each["size"],
                root=Hash32(bytes.fromhex(each["root"][2:])),
                variant_names=tuple(each["variants"]),
                keys={int(serial): parse_address(key) for serial, key in each["claim_keys"].items()},
            )
            for each in facts["editions"]
        },
        issuers=tuple(
            Issuer(
                name=each["name"],
                domain=each["domain"],
                accounts=frozenset(parse_address(account) for account in each["accounts"]),
            )
            for each in facts["issuers"]
        ),
        contracts={
            (ChainId(each["chain_id"]), parse_address(each["contract"])): each["post"] for each in facts["contracts"]
        },
        chains={
            ChainId(each["chain_id"]): ChainTerms(
                stale_after=None if each["stale_after_s"] is None else timedelta(seconds=each["stale_after_s"])
            )
            for each in facts["chains"]
        },
    )


def now_of(content: Mapping[str, Any]) -> datetime:
    """Return the time at which the vectors are judged."""
    return datetime.fromtimestamp(content["now"], UTC)


def block_of(facts: Mapping[str, Any]) -> FactBlock:
    """Return a block of the vectors."""
    return FactBlock(
        number=facts["number"], hash=Hash32(bytes.fromhex(facts["hash"][2:])), timestamp=facts["timestamp"]
    )


def _sight(view: Mapping[str, Any], question: Question) -> FactSight:
    contract = view["contracts"].get(question.contract)
    registry = view["registries"].get(question.registry or "", {})
    silent = set(view.get("silent", ()))
    lost = CannotTell("The node is silent about this.")
    code = None if contract is None else contract["code_is_ours"]
    root = lost if contract is None else Hash32(bytes.fromhex(contract["edition_root"][2:]))
    stamp = None if contract is None else contract["stamps"].get(str(question.serial))
    status = registry.get(question.contract)
    return FactSight(
        is_our_code=lost if "code" in silent else code,
        status=lost if "status" in silent else None if status is None else _status(status),
        edition_root=lost if "edition_root" in silent else root,
        stamp=lost if "stamp" in silent else None if stamp is None else _stamp(stamp),
    )


def _status(facts: Mapping[str, Any]) -> FactStatus:
    post = facts["post"]
    return FactStatus(
        post=FactPost(**(post | {"account": parse_address(post["account"])})),
        **{key: facts[key] for key in ("active", "suspended", "since", "reason", "by_authority", "code_unchanged")},
    )


def _stamp(facts: Mapping[str, Any]) -> FactStamp:
    mark = facts["first_postmark"]
    return FactStamp(
        owner=parse_address(facts["owner"]),
        first_postmark=None
        if mark is None
        else FactPostmark(office=mark["office"], day=date.fromisoformat(mark["day"]), kind=mark["kind"]),
        **{key: facts[key] for key in ("state", "since", "void_reason", "variant", "postmarks")},
    )
