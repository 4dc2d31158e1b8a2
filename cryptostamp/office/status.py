"""A series at a glance: what is issued, printed, claimed, and how far behind its chain this answer is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from cryptostamp.errors import CannotTell, NodeUnreachable
from cryptostamp.ledger import EventRecord, IndexedBlock, Ledger, StandingCounts, StepRecord
from cryptostamp.office.chains import chain_of
from cryptostamp.office.indexing import Followed, follow
from cryptostamp.office.progress import Progress
from cryptostamp.office.workspace import Workspace
from cryptostamp.primitives import Address, ChainId, Serial

__all__ = ["Overview", "Printed", "history", "overview"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Printed:
    """What print files there are."""

    faces: int
    """Stamps whose face was printed at least once."""
    claims: int
    """Stamps whose hidden code was printed at least once."""
    files: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """Where a series stands."""

    series_id: str
    title: str
    edition: int
    chain_id: ChainId
    contract: Address
    registry: Address
    counts: StandingCounts
    """By the events that are in the ledger."""
    as_of: IndexedBlock | None
    """The block up to which they are there; `None` if the chain was never read."""
    behind: int | None
    """How many blocks have come since; `None` if the node could not be asked."""
    trouble: str | None
    """Why the node could not be asked or read to the end."""
    printed: Printed
    transactions: tuple[tuple[str, int], ...]
    """How many of the ledger's transactions are in each state."""
    last_steps: tuple[StepRecord, ...]
    """The last run of each step."""

    @property
    def unclaimed(self) -> int:
        """Stamps whose hidden code can still be used."""
        return self.edition - self.counts.claimed - self.counts.delivered - self.counts.void


def overview(
    workspace: Workspace,
    *,
    rpc: str,
    others: Sequence[str] = (),
    progress: Progress = lambda _what, _done, _total: None,
) -> Overview:
    """Return where an issued series stands, after reading what its chain has to tell; `others` stand in for `rpc`.

    A node that is down or gives up is no error: the answer says so, and how old it is.
    """
    dossier = workspace.dossier()
    series, place = dossier.series, dossier.deployment
    with workspace.ledger() as ledger:
        followed: Followed | None = None
        trouble = None
        try:
            followed = follow(dossier, chain=chain_of(dossier, rpc, *others), ledger=ledger, progress=progress)
        except (NodeUnreachable, CannotTell) as error:
            trouble = error.what
        index = ledger.index(series.id)
        blocks = index.blocks()
        return Overview(
            series_id=series.id,
            title=series.title,
            edition=dossier.edition.size,
            chain_id=place.chain_id,
            contract=place.contract,
            registry=place.registry,
            counts=index.counts(),
            as_of=blocks[0] if blocks else None,
            behind=None if followed is None else followed.behind,
            trouble=trouble,
            printed=_printed(ledger, series.id),
            transactions=tuple(sorted(Counter(each.state.value for each in ledger.transactions()).items())),
            last_steps=tuple({step.step: step for step in ledger.steps(series.id)}.values()),
        )


def history(workspace: Workspace, serial: Serial, *, rpc: str, others: Sequence[str] = ()) -> tuple[EventRecord, ...]:
    """Return the events of one stamp, oldest first, after reading what the chain has to tell; `others` as above.

    Raises `NodeUnreachable` or `CannotTell` if the chain cannot be read: a history with a gap is none.
    """
    dossier = workspace.dossier()
    with workspace.ledger() as ledger:
        follow(dossier, chain=chain_of(dossier, rpc, *others), ledger=ledger)
        return ledger.index(dossier.series.id).history(serial)


def _printed(ledger: Ledger, series_id: str) -> Printed:
    files = ledger.printed(series_id)
    faces = ((each.first_serial, each.last_serial) for each in files if each.name.endswith("-faces.pdf"))
    claims = ((each.first_serial, each.last_serial) for each in files if each.name.endswith("-claims.pdf.age"))
    return Printed(faces=_covered(faces), claims=_covered(claims), files=len(files))


def _covered(ranges: Iterable[tuple[int, int]]) -> int:
    """Return how many numbers lie in at least one range, first and last."""
    covered = reached = 0
    for first, last in sorted(ranges):
        covered += max(last - max(first, reached + 1) + 1, 0)
        reached = max(reached, last)
    return covered
