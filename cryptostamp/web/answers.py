"""Verdicts as the API sends them: made once for a block, and asked of the node together.

The answer on a public code follows from the code, the block that it rests on and, where the age of blocks matters, the
second in which it was asked. So its bytes are kept for exactly that long: for this `BlockReader`, which is another one
as soon as the node has another newest block (also one of the same number, after a reorganisation), and for this second.
Only what was decided is kept; an answer that could not tell is asked for again. What is no code of a stamp is never
kept: it may be a hidden code.

Questions that cannot be answered so are put to the node together with those that come while it answers, the ones about
contracts of this site; a stranger's contract may take as long as it likes, and keeps nobody else waiting.

Belongs to one event loop: its answers are kept by the loop alone, and only the node is asked in threads.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final

from fastapi.concurrency import run_in_threadpool

from cryptostamp.chain import BlockReader
from cryptostamp.codes import parse_public_code
from cryptostamp.errors import CodeFormatError, CryptostampError
from cryptostamp.scan import Conclusion
from cryptostamp.web.catalogue import Catalogue
from cryptostamp.web.metrics import count_verdict
from cryptostamp.web.models import MOST_CODES, VerdictAnswer
from cryptostamp.web.verdicts import judge

__all__ = ["Answers"]

_MOST_KEPT: Final = 10_000
"""Answers of some 2 KB each."""

_Made = tuple[bytes, Conclusion, bool]
"""An answer, what it comes to, and whether it may be kept."""
_RestsOn = tuple[BlockReader, int]


class Answers:
    """The verdicts of one site as JSON. `now` is the clock."""

    def __init__(self, catalogue: Catalogue, *, now: Callable[[], datetime]) -> None:
        self._catalogue = catalogue
        self._now = now
        self._ages = catalogue.trust.terms(catalogue.chain_id).stale_after is not None
        self._rests_on: _RestsOn | None = None
        self._kept: OrderedDict[str, _Made] = OrderedDict()
        self._waiting: dict[str, asyncio.Future[_Made]] = {}
        self._asking: asyncio.Task[None] | None = None

    async def answer(self, text: str, *, typed: bool = False) -> bytes:
        """Return the answer on a text, as of the newest block."""
        made = self._at_hand(text)
        if made is None:
            made = await self._asked(text) if self._is_ours(text) else await self._asked_alone(text, typed=typed)
        count_verdict(made[1])
        return made[0]

    async def answers(self, texts: Sequence[str], *, typed: bool = False) -> bytes:
        """Return the answers on many texts, in their order and as of one block, as one list of JSON."""
        at_hand = [self._at_hand(text) for text in texts]
        made = [each for each in at_hand if each is not None]
        if len(made) < len(texts):
            rests_on, made = await run_in_threadpool(self._make, texts, typed=typed)
            self._keep(rests_on, texts, made)
        for _, conclusion, _ in made:
            count_verdict(conclusion)
        return b"[" + b",".join([data for data, _, _ in made]) + b"]"

    def _at_hand(self, text: str) -> _Made | None:
        """Return an answer that was kept and still holds; asks nothing."""
        reader = self._catalogue.reader.fresh()
        if reader is None or self._rests_on != (reader, self._second(self._now())):
            return None
        return self._kept.get(text)

    async def _asked(self, text: str) -> _Made:
        """Return the answer on a code of ours, asked together with those that are waiting."""
        waiting = self._waiting.get(text)
        if waiting is None:
            waiting = self._waiting[text] = asyncio.get_running_loop().create_future()
            if self._asking is None:
                self._asking = asyncio.create_task(self._ask())
        return await asyncio.shield(waiting)

    async def _asked_alone(self, text: str, *, typed: bool) -> _Made:
        _, (made,) = await run_in_threadpool(self._make, [text], typed=typed)
        return made

    async def _ask(self) -> None:
        """Answer what is waiting, and what begins to wait meanwhile, until there is nothing left."""
        try:
            while self._waiting:
                asked = {text: self._waiting.pop(text) for text in list(self._waiting)[:MOST_CODES]}
                try:
                    await self._answer_together(asked)
                except Exception as error:  # noqa: BLE001 - whoever waits is told
                    for future in asked.values():
                        future.set_exception(error)
        finally:
            self._asking = None

    async def _answer_together(self, asked: dict[str, asyncio.Future[_Made]]) -> None:
        if self._catalogue.reader.fresh() is None:  # most often the newest block is still the same
            await run_in_threadpool(self._renew)
            for text in list(asked):
                made = self._at_hand(text)
                if made is not None:
                    asked.pop(text).set_result(made)
        if asked:
            texts = list(asked)
            rests_on, found = await run_in_threadpool(self._make, texts, typed=False)
            self._keep(rests_on, texts, found)
            for text, made in zip(texts, found, strict=True):
                asked.pop(text).set_result(made)

    def _renew(self) -> BlockReader | None:
        try:
            return self._catalogue.reader.newest()
        except CryptostampError:
            return None  # every verdict says so

    def _make(self, texts: Sequence[str], *, typed: bool) -> tuple[_RestsOn | None, list[_Made]]:
        """Return on what the answers rest, `None` if that has changed meanwhile, and the answers. Asks the node."""
        now, reader = self._now(), self._renew()
        made = [
            (
                VerdictAnswer.of(verdict).model_dump_json().encode(),
                verdict.conclusion,
                verdict.code is not None and verdict.conclusion is not Conclusion.UNKNOWN,
            )
            for verdict in judge(texts, self._catalogue, typed=typed, now=now)
        ]
        # A reader that was replaced never comes back: one that is there before and after has answered everything.
        same = reader is not None and self._catalogue.reader.fresh() is reader
        return (reader, self._second(now)) if same and reader is not None else None, made

    def _keep(self, rests_on: _RestsOn | None, texts: Sequence[str], made: Sequence[_Made]) -> None:
        if rests_on is None or rests_on[0] is not self._catalogue.reader.fresh():
            return
        if rests_on != self._rests_on:
            self._kept.clear()
            self._rests_on = rests_on
        self._kept.update((text, each) for text, each in zip(texts, made, strict=True) if each[2])
        while len(self._kept) > _MOST_KEPT:
            self._kept.popitem(last=False)

    def _second(self, now: datetime) -> int:
        """Return the second, where the age of a block is part of the answer; on a local chain it is not."""
        return int(now.timestamp()) if self._ages else 0

    def _is_ours(self, text: str) -> bool:
        try:
            code = parse_public_code(text)
        except CodeFormatError:
            return False
        return self._catalogue.of_contract(code.chain_id, code.contract) is not None
