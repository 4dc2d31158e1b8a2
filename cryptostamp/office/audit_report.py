"""What an audit found: comparisons, each with its outcome and every difference, in words and codes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from cryptostamp.chain import VoidReason
from cryptostamp.office.stamps import Run, runs_of

__all__ = ["Audit", "AuditCode", "AuditPart", "Difference", "Outcome", "VoidStamp", "about", "compared"]


class AuditCode(StrEnum):
    """What can differ."""

    CONTRACT_DIFFERS = "contract-differs"
    """The contract on the chain is not the one that the dossier describes."""
    NOT_REGISTERED = "not-registered"
    """No active post stands behind the contract."""
    LEDGER_MISSING = "ledger-missing"
    """The edition has stamps that the ledger does not."""
    LEDGER_EXTRA = "ledger-extra"
    """The ledger has stamps that the edition does not."""
    LEDGER_DIFFERS = "ledger-differs"
    """Variant, claim key or place of stamps differ between ledger and edition."""
    STATE_DIFFERS = "state-differs"
    """The contract says another state or owner than its own events do."""
    VARIANT_DIFFERS = "variant-differs"
    """The contract draws another variant than the edition."""
    CLAIM_NOT_ON_CHAIN = "claim-not-on-chain"
    """The ledger has claims that the contract does not."""
    TRANSACTION_UNFINISHED = "transaction-unfinished"
    """Signed, and not final on the chain."""
    TRANSACTION_LOST = "transaction-lost"
    """Final in the ledger, and not on the chain as the ledger has it."""
    FILE_MISSING = "file-missing"
    """A print file that was made is not there."""
    FILE_CHANGED = "file-changed"
    """A print file is no longer what was made."""
    PRINTED_BUT_VOID = "printed-but-void"
    """Print files hold stamps that were void before the files were made."""
    VOID_BUT_PRINTED = "void-but-printed"
    """Stamps are void as spoiled, and lie on sheets of which others are good."""
    FILE_UNKNOWN = "file-unknown"
    """A file of sheets lies in the print folder that the ledger does not know."""
    PRINTED_TWICE = "printed-twice"
    """Stamps lie in more than one print file."""
    PAPER_MISSING = "paper-missing"
    """Stamps, pages or files that were to be printed are not on the paper."""
    PAPER_EXTRA = "paper-extra"
    """The paper holds stamps or codes that were not to be there, or one twice."""
    PAPER_DIFFERS = "paper-differs"
    """What was read from print files is not what was planned."""


class Outcome(StrEnum):
    """How a part of the audit ended."""

    AGREES = "agrees"
    DIFFERS = "differs"
    NOT_CHECKED = "not checked"


@dataclass(frozen=True, slots=True, kw_only=True)
class VoidStamp:
    """What the contract says of a stamp that is void."""

    since: int
    """UTC seconds."""
    reason: VoidReason | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One kind of difference, and where it was found."""

    code: AuditCode
    what: str
    serials: tuple[Run, ...] = ()
    """The stamps concerned, as runs of first and last; empty if it is not about stamps."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditPart:
    """One comparison."""

    name: str
    outcome: Outcome
    what: str
    """What was compared, or why it could not be."""
    differences: tuple[Difference, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Audit:
    """All comparisons, in the order in which they were made."""

    parts: tuple[AuditPart, ...]

    @property
    def differences(self) -> tuple[Difference, ...]:
        """Every difference."""
        return tuple(difference for part in self.parts for difference in part.differences)

    @property
    def outcome(self) -> Outcome:
        """How the whole ended: nothing agrees that was not compared."""
        outcomes = {part.outcome for part in self.parts}
        if Outcome.DIFFERS in outcomes:
            return Outcome.DIFFERS
        return Outcome.NOT_CHECKED if Outcome.NOT_CHECKED in outcomes else Outcome.AGREES


def compared(name: str, what: str, differences: Iterable[Difference]) -> AuditPart:
    """Return a comparison that was made."""
    found = tuple(differences)
    return AuditPart(name=name, outcome=Outcome.DIFFERS if found else Outcome.AGREES, what=what, differences=found)


def about(code: AuditCode, serials: Iterable[int], sentence: str) -> Iterator[Difference]:
    """Yield one difference for all these stamps, none if there are none; ``{}`` in `sentence` is how many they are."""
    runs = runs_of((serial, serial) for serial in serials)
    if runs:
        number = sum(last - first + 1 for first, last in runs)
        some = f"{number:,} {'stamp' if number == 1 else 'stamps'}"
        yield Difference(code=code, what=f"{sentence.format(some)}.", serials=runs)
