"""Compare what was planned, what the ledger holds, what was printed and what the chain says, and tell every difference.

Rests on nothing that a sender wrote about its own success: the edition is taken from the public dossier, states and
owners from the contract itself, stamp by stamp, and print files from the disk. The journal is only asked whether
something is still under way. Corrects nothing: what to do about a difference is for people to decide.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from cryptostamp.chain import Chain, PostalRegistry, Stamp, StampSeries, StampState, load_artifact
from cryptostamp.edition import Dossier, variant_indices
from cryptostamp.errors import CannotTell, NodeUnreachable
from cryptostamp.files import sha256_of
from cryptostamp.ledger import Ledger, PlannedStamp, PrintedFile, StampRecord, Standing, TransactionState
from cryptostamp.office.audit_report import Audit, AuditCode, AuditPart, Difference, Outcome, VoidStamp, about, compared
from cryptostamp.office.chains import chain_of
from cryptostamp.office.indexing import follow
from cryptostamp.office.progress import Progress
from cryptostamp.office.workspace import Workspace
from cryptostamp.press import Places
from cryptostamp.primitives import Serial
from cryptostamp.series import Series

__all__ = ["audit"]

_STAMPS_AT_ONCE = 1_000
_LOOKS = 3
"""How often a stamp is looked at before it counts as different: the chain may have moved on between two answers."""


def audit(
    series: Series,
    *,
    workspace: Workspace,
    rpc: str,
    paper: Callable[[Mapping[int, VoidStamp] | None], AuditPart] | None = None,
    progress: Progress = lambda _what, _done, _total: None,
) -> Audit:
    """Compare plan, ledger, print files and chain of an issued series.

    `paper` reads printed sheets back and says whether they are as planned; it is given what is void, `None` if that is
    not known. A node that is down makes parts that were
    not checked, never differences.
    """
    dossier = workspace.dossier()
    with workspace.ledger() as ledger:
        parts = [_edition(dossier, ledger, Places(series), progress)]
        void: Mapping[int, VoidStamp] | None = None
        try:
            chain = chain_of(dossier, rpc)
            parts.append(_contract(dossier, chain))
            stamps = _Stamps(dossier, chain, ledger)
            parts.append(stamps.compare(progress))
            void = stamps.void
            parts.append(_transactions(ledger, chain))
        except (NodeUnreachable, CannotTell) as error:
            parts.append(AuditPart(name="chain", outcome=Outcome.NOT_CHECKED, what=error.what))
        parts.append(_files(dossier, ledger, workspace.print_folder, void, progress))
    if paper is not None:
        parts.append(paper(void))
    return Audit(parts=tuple(parts))


def _edition(dossier: Dossier, ledger: Ledger, places: Places, progress: Progress) -> AuditPart:
    """Compare the stamps in the ledger with the published edition, one by one."""
    edition, series_id = dossier.edition, dossier.series.id
    missing, extra, different = list[int](), list[int](), list[int]()
    planned = _planned(dossier, places)
    for stamp, record in _side_by_side(planned, ledger.stamps(series_id)):
        if record is None and stamp is not None:
            missing.append(stamp.serial)
        elif stamp is None and record is not None:
            extra.append(record.planned.serial)
        elif stamp is not None and record is not None and record.planned != stamp:
            different.append(stamp.serial)
        if stamp is not None and stamp.serial % _STAMPS_AT_ONCE == 0:
            progress("Comparing the ledger", stamp.serial, edition.size)
    progress("Comparing the ledger", edition.size, edition.size)
    return compared(
        "ledger",
        f"{edition.size:,} stamps of the edition with the ledger",
        [
            *about(AuditCode.LEDGER_MISSING, missing, "The ledger does not have {} of the edition"),
            *about(AuditCode.LEDGER_EXTRA, extra, "The ledger has {} that the edition does not"),
            *about(AuditCode.LEDGER_DIFFERS, different, "The ledger has another variant, key or place for {}"),
        ],
    )


def _planned(dossier: Dossier, places: Places) -> Iterator[PlannedStamp]:
    edition = dossier.edition
    for number, variant in enumerate(variant_indices(edition.counts, edition.seed), 1):
        sheet, position = places.on_sheet(number)
        yield PlannedStamp(
            serial=Serial(number),
            variant=int(variant),
            claim_key=edition.claim_keys[number - 1],
            sheet=sheet,
            position=position,
        )


def _side_by_side(
    planned: Iterator[PlannedStamp], records: Iterator[StampRecord]
) -> Iterator[tuple[PlannedStamp | None, StampRecord | None]]:
    """Pair two ascending sequences by their serials; what only one of them has is paired with `None`."""
    stamp, record = next(planned, None), next(records, None)
    while stamp is not None or record is not None:
        if record is None or (stamp is not None and stamp.serial < record.planned.serial):
            yield stamp, None
            stamp = next(planned, None)
        elif stamp is None or record.planned.serial < stamp.serial:
            yield None, record
            record = next(records, None)
        else:
            yield stamp, record
            stamp, record = next(planned, None), next(records, None)


def _contract(dossier: Dossier, chain: Chain) -> AuditPart:
    """Compare what the contract was issued with, its code and its standing with the dossier."""
    place, edition, series = dossier.deployment, dossier.edition, dossier.series
    found = []
    if not load_artifact("StampSeries").is_code(chain.code(place.contract)):
        found.append(
            Difference(code=AuditCode.CONTRACT_DIFFERS, what="At the series' address lies no contract of ours.")
        )
    else:
        terms = StampSeries(chain, place.contract).terms()
        for name, ours, theirs in (
            ("title", series.title, terms.name),
            ("symbol", series.id, terms.symbol),
            ("edition", edition.size, terms.edition),
            ("edition root", edition.root, terms.edition_root),
            ("seed of the draw", edition.seed, terms.rarity_seed),
            ("variant counts", edition.counts, terms.variant_counts),
            ("place of the metadata", _base_uri(dossier), terms.base_uri),
        ):
            if ours != theirs:
                what = f"The {name} of the contract is not that of the dossier."
                found.append(Difference(code=AuditCode.CONTRACT_DIFFERS, what=what))
    status = PostalRegistry(chain, place.registry).series_status(place.contract)
    if status is None or not (status.active and status.post.active and status.code_unchanged):
        found.append(Difference(code=AuditCode.NOT_REGISTERED, what="No active post stands behind the contract now."))
    return compared("contract", f"the contract {place.contract} with the dossier", found)


def _base_uri(dossier: Dossier) -> str:
    return "" if dossier.metadata_root is None else f"ipfs://{dossier.metadata_root}/"


class _Stamps:
    """Ask the contract for every stamp; compare with its events, the edition and the claims in the ledger."""

    def __init__(self, dossier: Dossier, chain: Chain, ledger: Ledger) -> None:
        self._dossier = dossier
        self._chain = chain
        self._ledger = ledger
        self._contract = StampSeries(chain, dossier.deployment.contract)
        self._variants = variant_indices(dossier.edition.counts, dossier.edition.seed)
        self.void: dict[int, VoidStamp] = {}
        """The stamps that the contract has as void."""

    def compare(self, progress: Progress) -> AuditPart:
        """Look at each stamp, and again at those that differ: the chain may have moved on between two answers."""
        size = self._dossier.edition.size
        wrong = self._look(range(1, size + 1), progress)
        for _ in range(_LOOKS - 1):
            suspects = sorted({serial for serials in wrong.values() for serial in serials})
            if suspects:
                wrong = self._look(suspects, lambda _what, _done, _total: None)
        progress("Asking the contract", size, size)
        return compared(
            "stamps",
            f"{size:,} stamps of the contract with their events, the edition and the ledger",
            [part for code in _SENTENCES for part in about(code, wrong.get(code, ()), _SENTENCES[code])],
        )

    def _look(self, serials: Sequence[int], progress: Progress) -> dict[AuditCode, list[int]]:
        series_id = self._dossier.series.id
        follow(self._dossier, chain=self._chain, ledger=self._ledger)
        told = {each.serial: each for each in self._ledger.index(series_id).standings()}
        claims = {each.planned.serial for each in self._ledger.stamps(series_id) if each.claimed_by is not None}
        wrong: dict[AuditCode, list[int]] = {}
        for start in range(0, len(serials), _STAMPS_AT_ONCE):
            progress("Asking the contract", start, len(serials))
            for stamp in self._contract.stamps([Serial(each) for each in serials[start : start + _STAMPS_AT_ONCE]]):
                if stamp.state is StampState.VOID:
                    self.void[stamp.serial] = VoidStamp(since=stamp.since or 0, reason=stamp.void_reason)
                for code in self._faults(stamp, told.get(stamp.serial) or Standing(serial=stamp.serial), claims):
                    wrong.setdefault(code, []).append(stamp.serial)
        return wrong

    def _faults(self, stamp: Stamp, told: Standing, claims: set[Serial]) -> Iterator[AuditCode]:
        """Yield what is wrong with a stamp, given what its events told and which stamps the ledger has as claimed."""
        asked = (
            stamp.state.value,
            stamp.owner if stamp.left_custody else None,
            stamp.since,
            None if stamp.void_reason is None else stamp.void_reason.value,
            stamp.postmarks,
        )
        if asked != (told.state, told.owner, told.since, told.void_reason, told.postmarks):
            yield AuditCode.STATE_DIFFERS
        if stamp.variant is not None and stamp.variant != self._variants[stamp.serial - 1]:
            yield AuditCode.VARIANT_DIFFERS
        if stamp.serial in claims and stamp.state is not StampState.CLAIMED:
            yield AuditCode.CLAIM_NOT_ON_CHAIN


_SENTENCES = {
    AuditCode.STATE_DIFFERS: "The contract says another state or owner of {} than its events do",
    AuditCode.VARIANT_DIFFERS: "The contract draws another variant for {} than the edition",
    AuditCode.CLAIM_NOT_ON_CHAIN: "By the ledger somebody has claimed {}, by the contract nobody has",
}


def _transactions(ledger: Ledger, chain: Chain) -> AuditPart:
    """Look for what is still under way, and whether the chain has what the ledger calls final."""
    found = []
    records = [each for each in ledger.transactions() if each.chain_id == chain.chain_id]
    for record in records:
        if record.state in {TransactionState.SIGNED, TransactionState.MINED}:
            what = f"{record.intent!r} is {record.state}, and not final on the chain."
            found.append(Difference(code=AuditCode.TRANSACTION_UNFINISHED, what=what))
        elif record.state is not TransactionState.ABANDONED and record.receipt is not None:
            mined = chain.receipt(record.receipt.hash)
            if mined is None or (mined.block_hash, mined.succeeded) != (
                record.receipt.block_hash,
                record.receipt.succeeded,
            ):
                what = f"{record.intent!r} is {record.state} in the ledger, and the chain does not have it so."
                found.append(Difference(code=AuditCode.TRANSACTION_LOST, what=what))
    return compared("transactions", f"{len(records):,} transactions of the ledger with their receipts", found)


def _files(
    dossier: Dossier, ledger: Ledger, folder: Path, void: Mapping[int, VoidStamp] | None, progress: Progress
) -> AuditPart:
    """Compare the print files on the disk with what was made, and what they hold with what is void.

    `void` has the stamps that are; `None` if that is not known.
    """
    files = ledger.printed(dossier.series.id)
    found: list[Difference] = []
    there = list[PrintedFile]()
    for number, file in enumerate(files):
        progress("Reading print files", number, len(files))
        try:
            sha256 = sha256_of(folder / file.name)
        except OSError:
            found.append(Difference(code=AuditCode.FILE_MISSING, what=f"{file.name} is not in the print folder."))
            continue
        if sha256 != file.sha256.hex():
            found.append(Difference(code=AuditCode.FILE_CHANGED, what=f"{file.name} is not what was made."))
        if file.name.endswith("-faces.pdf"):
            there.append(file)
    progress("Reading print files", len(files), max(len(files), 1))
    late = {
        serial
        for file in there
        for serial, stamp in (void or {}).items()
        if file.first_serial <= serial <= file.last_serial and stamp.since < (file.made_at or 0)
    }
    found += about(AuditCode.PRINTED_BUT_VOID, late, "Print files hold {} that were void before they were printed")
    found += about(AuditCode.PRINTED_TWICE, _twice(there), "More than one print file holds {}")
    what = f"{len(files):,} print files with the ledger, with each other, and with what is void"
    if void is None and not found:
        return AuditPart(name="print files", outcome=Outcome.NOT_CHECKED, what=f"{what}, which is not known")
    return compared("print files", what, found)


def _twice(files: Sequence[PrintedFile]) -> set[int]:
    """Return the serials that lie in more than one of the files."""
    twice: set[int] = set()
    reached = 0
    for file in sorted(files, key=lambda each: each.first_serial):
        twice.update(range(file.first_serial, min(reached, file.last_serial) + 1))
        reached = max(reached, file.last_serial)
    return twice
