"""Several nodes of one chain, asked at once and compared: no single one is believed.

Nodes that are down, or of another chain, are left out and named. Those that are left must say the same as of the same
block. A node that is only behind is no contradiction: the others are asked again as of its block, and if they then say
what it says, the newest answer counts. Whatever else differs is a `NodesDisagree`, and so is one that is ahead and
cannot say what was true before. All of it ends within `patience_s`, whatever a node does: one that trickles its
answer out is left behind.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from time import monotonic

from cryptostamp.errors import CannotTell, CryptostampError, InputError, NodeUnreachable
from cryptostamp.primitives import ChainId
from cryptostamp.scan.sources import BlockFacts, ChainSource, LookFacts, Question, SightFacts

__all__ = ["ComparedLook", "ComparedNodes", "NodesDisagree"]


class NodesDisagree(CannotTell):
    """Two nodes contradict each other, so one of them is wrong or lies."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparedLook:
    """What nodes that agree have answered, and what there is to say about the others."""

    chain_id: ChainId
    block: BlockFacts
    final: BlockFacts | None
    sights: Sequence[SightFacts]
    agreed: int
    """How many nodes say so."""
    remarks: tuple[str, ...]
    """A sentence on each node that was left out or is behind."""


@dataclass
class _Asked:
    """One question to one node, on its way."""

    done: threading.Event = field(default_factory=threading.Event)
    answer: LookFacts | CryptostampError | None = None


class ComparedNodes:
    """A `ChainSource` over several others, by the names under which they are spoken of (hosts). Thread-safe."""

    def __init__(self, nodes: Mapping[str, ChainSource], *, patience_s: float = 15.0) -> None:
        if not nodes:
            raise InputError("There is no node to ask.")
        self._nodes = dict(nodes)
        self._patience_s = patience_s

    def __repr__(self) -> str:
        return f"ComparedNodes({', '.join(self._nodes)})"

    def look(self, questions: Sequence[Question], *, at: int | None = None) -> ComparedLook:
        """Ask all nodes at once; raise `NodesDisagree` if they do, `NodeUnreachable` if none of them answers."""
        until = monotonic() + self._patience_s
        answers = self._ask(dict.fromkeys(self._nodes, at), questions, until)
        looks = {name: each for name, each in answers.items() if not isinstance(each, CryptostampError)}
        remarks = [each.what for each in answers.values() if isinstance(each, CryptostampError)]
        if not looks:
            raise NodeUnreachable(" ".join(remarks))
        asked = Counter(question.chain_id for question in questions)
        chain_id = asked.most_common(1)[0][0] if asked else next(iter(looks.values())).chain_id
        strangers = {name: each for name, each in looks.items() if each.chain_id != chain_id}
        remarks += [f"The node {name} is of chain {each.chain_id}." for name, each in strangers.items()]
        looks = {name: each for name, each in looks.items() if name not in strangers}
        if not looks:
            return _compared(next(iter(strangers.values())), 1, remarks)  # the verdict says that it is of another chain
        self._agree(looks, questions, until)
        newest = max(looks.values(), key=lambda look: look.block.number)
        remarks += [
            f"The node {name} is {newest.block.number - look.block.number} blocks behind."
            for name, look in looks.items()
            if look.block.number < newest.block.number
        ]
        return _compared(newest, len(looks), remarks)

    def _agree(self, looks: Mapping[str, LookFacts], questions: Sequence[Question], until: float) -> None:
        """Compare all as of the lowest block; raise `NodesDisagree` at the first contradiction."""
        lowest = min(look.block.number for look in looks.values())
        ahead = {name: lowest for name, look in looks.items() if look.block.number != lowest}
        earlier = self._ask(ahead, questions, until) if ahead else {}
        then: dict[str, LookFacts] = {}
        for name, look in looks.items():
            answer = earlier.get(name, look)
            if isinstance(answer, CryptostampError):
                raise NodesDisagree(
                    f"The nodes cannot be compared: one is behind, and {name} does not tell what was true as of block "
                    f"{lowest}. {answer.what}"
                )
            then[name] = answer
        (first_name, first), *others = then.items()
        for name, other in others:
            if (first.block.number, first.block.hash) != (other.block.number, other.block.hash):
                raise NodesDisagree(f"The nodes {first_name} and {name} are on different branches of the chain.")
            if not _same(first, other):
                raise NodesDisagree(f"The nodes {first_name} and {name} contradict each other: one of them is wrong.")

    def _ask(
        self, whom: Mapping[str, int | None], questions: Sequence[Question], until: float
    ) -> dict[str, LookFacts | CryptostampError]:
        """Ask nodes at once, each as of its block; an error stands for one that did not answer in time."""
        asked = {name: _Asked() for name in whom}

        def ask(name: str) -> None:
            mine = asked[name]
            try:
                mine.answer = self._nodes[name].look(questions, at=whom[name])
            except CryptostampError as error:
                mine.answer = error
            finally:
                mine.done.set()

        for name in asked:
            threading.Thread(target=ask, args=(name,), daemon=True).start()
        for each in asked.values():
            each.done.wait(max(0.0, until - monotonic()))
        return {
            name: each.answer or NodeUnreachable(f"The node at {name} does not answer in time.")
            for name, each in asked.items()
        }


def _compared(look: LookFacts, agreed: int, remarks: Sequence[str]) -> ComparedLook:
    return ComparedLook(
        chain_id=look.chain_id,
        block=look.block,
        final=look.final,
        sights=look.sights,
        agreed=agreed,
        remarks=tuple(remarks),
    )


def _same(one: LookFacts, other: LookFacts) -> bool:
    """Tell whether two nodes say the same. What one of them could not say at all differs from what the other says."""
    return [_told(each) for each in one.sights] == [_told(each) for each in other.sights]


def _told(sight: SightFacts) -> tuple[object, ...]:
    facts = (sight.is_our_code, sight.status, sight.edition_root, sight.stamp)
    return tuple(type(fact) if isinstance(fact, CryptostampError) else fact for fact in facts)
