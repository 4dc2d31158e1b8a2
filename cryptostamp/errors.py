"""Everything Cryptostamp refuses or cannot do, as one tree split by what the user can do about it.

::

    CryptostampError                 exit code 70   (never raised itself)
    ├── InputError                   exit code 2    correct the input and run again
    │   ├── SeriesFileError                         … at this line of this series.toml
    │   ├── ArtworkError                            … this picture
    │   └── CodeFormatError                         … this public, short or claim code
    ├── EnvironmentProblem           exit code 3    install, start or free something, then run again
    │   ├── ToolMissing                             … Anvil, solc, Node
    │   ├── NodeUnreachable                         … the RPC endpoint does not answer
    │   └── StorageProblem                          … the disk, a file, the ledger
    ├── Refused                      exit code 1    the rules say no; running again will not help
    │   ├── ContractRefusal                         … the contract reverted, with its decoded reason
    │   └── TransactionFailed                       … mined, but not what was meant
    └── CannotTell                   exit code 4    not enough is known; ask again when more is

Each error says what happened, where, and what to do. Secrets never appear in any of the three.
"""

from __future__ import annotations

__all__ = [
    "ArtworkError",
    "CannotTell",
    "CodeFormatError",
    "ContractRefusal",
    "CryptostampError",
    "EnvironmentProblem",
    "InputError",
    "NodeUnreachable",
    "Refused",
    "SeriesFileError",
    "StorageProblem",
    "ToolMissing",
    "TransactionFailed",
]


class CryptostampError(Exception):
    """Base of every error this package raises on purpose.

    `what` is one sentence, `where` a place the user can go to (file and line, serial, transaction),
    `remedy` one sentence in the imperative. The last two may be empty.
    """

    exit_code = 70

    def __init__(self, what: str, *, where: str = "", remedy: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.where = where
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.where}: {self.what}" if self.where else self.what

    def diagnostics(self) -> str:
        """Return the error as a person should read it: where, what, and what to do."""
        return f"{self}\n{self.remedy}" if self.remedy else str(self)


class InputError(CryptostampError):
    """What was given cannot be used as it is; correct it and run again."""

    exit_code = 2


class SeriesFileError(InputError):
    """A series.toml breaks a rule; `where` is ``file:line``."""


class ArtworkError(InputError):
    """A picture is missing, unreadable, or not fit to be printed."""


class CodeFormatError(InputError):
    """A text is not a well-formed public, short or claim code."""


class EnvironmentProblem(CryptostampError):
    """Something on this machine or network is missing, taken or down."""

    exit_code = 3


class ToolMissing(EnvironmentProblem):
    """A program of the toolchain (Anvil, solc, Node) was not found or does not run."""


class NodeUnreachable(EnvironmentProblem):
    """The RPC endpoint cannot be reached, or answers for another chain."""


class StorageProblem(EnvironmentProblem):
    """A file or the ledger cannot be read or written, or is held by somebody else."""


class Refused(CryptostampError):
    """The rules say no. Running again gives the same answer."""

    exit_code = 1


class ContractRefusal(Refused):
    """A contract reverted. `name` is the Solidity error's name, ``""`` if it was not one of ours."""

    def __init__(self, what: str, *, name: str = "", where: str = "", remedy: str = "") -> None:
        super().__init__(what, where=where, remedy=remedy)
        self.name = name


class TransactionFailed(Refused):
    """A transaction was mined but did not do what it was sent for."""


class CannotTell(CryptostampError):
    """What is known is not enough for an answer."""

    exit_code = 4
