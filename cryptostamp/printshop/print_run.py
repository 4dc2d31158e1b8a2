"""The files of a print job: how each is made, and which are finished already.

A job is cut at whole sheets into files that depend on their own serials alone: whoever makes them, on
however many machines, the bytes are the same. A finished file stands in the manifest beside the job with its
serials and its SHA-256; a job that runs again makes only what is missing, changed or planned otherwise. A task
holds the public facts and hidden codes of its own stamps, and never the secret of the edition. Who makes the
files is for `cryptostamp.printshop.workers` and `cryptostamp.printshop.cluster`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Container
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol, Self

import numpy as np

from cryptostamp.codes import ClaimCodes, Half, PublicCodes, claim_symbols, public_symbols
from cryptostamp.edition import SymbolForm
from cryptostamp.errors import StorageProblem
from cryptostamp.files import sha256_of, write_file
from cryptostamp.press import ClaimRun, FaceRun, SharedPart, shared_faces, write_claim_layer, write_face_pdf
from cryptostamp.primitives import Address, ChainId, Serial
from cryptostamp.series import Series

if TYPE_CHECKING:
    from cryptostamp.printshop.claim_proof import ClaimReader

__all__ = ["FileTask", "FinishedFile", "Manifest", "SheetTask", "StampTask", "Told", "plan_of"]

_FORMAT: Final = 1

Told = Callable[[int], None]
"""Called with the number of stamps so far."""


class FileTask(Protocol):
    """One file of a job: all that is needed to make it, and nothing of other stamps."""

    @property
    def name(self) -> str:
        """The name of the file, without a folder."""
        ...

    @property
    def plan(self) -> str:
        """What the file is made from, as a digest: see `FinishedFile`."""
        ...

    @property
    def series(self) -> Series:
        """The series, whose pictures may lie elsewhere when the file is made: see `moved`."""
        ...

    @property
    def hidden(self) -> bool:
        """Whether the task holds hidden codes in the clear."""
        ...

    @property
    def read_back(self) -> int:
        """How many sheets are read back before the file is sealed."""
        ...

    def moved(self, series: Series) -> Self:
        """Return the same task for the same series in another folder."""
        ...

    def make(self, folder: Path, told: Told) -> FinishedFile:
        """Write the file, whole or not at all."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class StampTask:
    """What every file of stamps is made from."""

    name: str
    plan: str
    series: Series
    chain_id: ChainId
    contract: Address
    serials: range
    claim_keys: bytes = field(repr=False)
    """Addresses, 20 bytes a stamp."""
    variants: bytes = field(repr=False)
    """Index of the variant, one byte a stamp; empty for a claim layer."""
    form: SymbolForm
    """Of the QR on the face."""
    read_back: int = 0
    """Sheets that are read back before the file is sealed; 0 for a file that can be read at any time."""

    def codes(self) -> PublicCodes:
        """Return the public codes of the stamps."""
        return PublicCodes.make(
            host=self.series.issuer.domain,
            chain_id=self.chain_id,
            contract=self.contract,
            serials=np.arange(self.serials.start, self.serials.stop, dtype=np.int64),
            claim_keys=self.claim_keys,
        )

    def faces(self, codes: PublicCodes) -> FaceRun:
        """Return the faces of the stamps with these codes."""
        designs = len(self.series.designs)
        return FaceRun(
            serials=[Serial(number) for number in self.serials],
            designs=[(serial - 1) % designs for serial in self.serials],
            variants=self.variants,
            short_codes=codes.short_texts(self.series.id),
            symbols=public_symbols(codes, mask=self.form.mask, least_version=self.form.version).packed,
        )

    def finished(self, sha256: str, tags: bytes = b"") -> FinishedFile:
        """Return the file as it stands in a manifest, with the tags of its stamps if they had to be computed."""
        return FinishedFile(
            name=self.name,
            plan=self.plan,
            first_serial=self.serials[0],
            last_serial=self.serials[-1],
            sha256=sha256,
            tags=tags,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetTask(StampTask):
    """One file of sheets."""

    secrets: bytes | None = field(repr=False, default=None)
    """The hidden codes, or one half of each, 16 bytes a stamp; `None` for faces."""
    half: Half | None = None
    """Which half of the hidden codes; `None` for whole codes."""
    auto: str | None = None
    """The colour of lines in ``auto``, which whoever gives out the tasks finds once for all."""
    shared: SharedPart | None = field(repr=False, default=None)
    """What the files of faces share; if it is not at hand, whoever makes the file makes it."""
    recipients: tuple[str, ...] = ()

    @property
    def hidden(self) -> bool:
        """Whether the task holds hidden codes in the clear; the file does not."""
        return self.secrets is not None

    def moved(self, series: Series) -> SheetTask:
        """Return the same task for the same series in another folder."""
        return replace(self, series=series)

    def make(self, folder: Path, told: Told) -> FinishedFile:
        """Write the file into `folder`; `told` is called with the number of stamps so far."""
        codes = self.codes()
        path = folder / self.name
        if self.secrets is None:
            faces = self.faces(codes)
            shared = self.shared or shared_faces(self.series, faces.side, self.auto)
            written = write_face_pdf(path, self.series, faces, auto=self.auto, shared=shared, progress=told)
            return self.finished(written.sha256, codes.tags.tobytes())
        hidden = ClaimCodes(self.secrets, self.half)
        parts = ClaimRun(
            serials=[Serial(number) for number in self.serials],
            short_codes=[text.decode("ascii") for text in codes.short_texts(self.series.id)],
            claim_texts=[text.decode("ascii") for text in hidden.texts()],
            symbols=claim_symbols(hidden, self.series.issuer.domain).packed,
        )
        sealed = write_claim_layer(
            path,
            self.series,
            parts,
            self.recipients,
            half=self.half,
            progress=told,
            inspect=self.reader(parts) if self.read_back else None,
        )
        return replace(self.finished(sealed.sha256), read_back=self.read_back)

    def reader(self, parts: ClaimRun) -> ClaimReader:
        """Return who reads the layer with these parts back."""
        from cryptostamp.printshop.claim_proof import ClaimReader  # noqa: PLC0415 (brings the readers of a scan)

        return ClaimReader(
            name=self.name,
            series=self.series,
            half=self.half,
            symbol_side=parts.symbols.shape[1],
            serials=parts.serials,
            short_codes=parts.short_codes,
            secrets=self.secrets or b"",
            sheets=self.read_back,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class FinishedFile:
    """A file of sheets that is complete."""

    name: str
    plan: str
    """SHA-256 of what it was made from: a file of another plan is made anew."""
    first_serial: int
    last_serial: int
    sha256: str
    read_back: int = 0
    """Sheets of hidden codes that were read back before they were sealed."""
    tags: bytes = field(default=b"", repr=False, compare=False)
    """Of its stamps, 8 bytes each, from whoever has just made it; not kept."""

    @property
    def stamps(self) -> int:
        """How many stamps are in it."""
        return self.last_serial - self.first_serial + 1


class Manifest:
    """The finished files of a job, kept in a JSON file beside them, with the form of its symbols."""

    def __init__(self, path: Path, form: SymbolForm | None = None) -> None:
        """Read the manifest at `path`, if there is one; `form` is written down with what is added."""
        self.path = path
        self.form = form
        self.files: dict[str, FinishedFile] = {}
        try:
            kept = json.loads(path.read_bytes())
            if kept["format"] == _FORMAT:
                self.files = {entry["name"]: FinishedFile(**entry) for entry in kept["files"]}
                self.form = form or (SymbolForm(**kept["symbols"]) if kept.get("symbols") else None)
        except FileNotFoundError:
            pass
        except OSError as error:
            raise StorageProblem(f"The manifest cannot be read: {error.strerror}.", where=str(path)) from error
        except (ValueError, TypeError, KeyError):
            pass  # damaged: it costs the time to make the files again, and nothing else

    def has(self, task: FileTask) -> FinishedFile | None:
        """Return the file of a task if it is finished, made from the same plan, and still what it was.

        One of hidden codes is so only if as many of its sheets were read back as the task asks for.
        """
        known = self.files.get(task.name)
        path = self.path.with_name(task.name)
        if known is None or known.plan != task.plan or known.read_back < task.read_back:
            return None
        if not path.is_file():
            return None
        return known if sha256_of(path) == known.sha256 else None

    def add(self, file: FinishedFile) -> None:
        """Write down a finished file."""
        self.files[file.name] = replace(file, tags=b"")
        self._write()

    def forget(self, kind: str, *, but: Container[str]) -> None:
        """Strike out files whose names end in `kind`, other than `but`: those of an older cutting of the same job."""
        kept = {name: file for name, file in self.files.items() if name in but or not name.endswith(kind)}
        if kept != self.files:
            self.files = kept
            self._write()

    def _write(self) -> None:
        files = sorted(self.files.values(), key=lambda each: (each.first_serial, each.name))
        symbols = None if self.form is None else asdict(self.form)
        content = {"format": _FORMAT, "symbols": symbols, "files": [_entry_of(each) for each in files]}
        write_file(self.path, (json.dumps(content, indent=1) + "\n").encode())


def _entry_of(file: FinishedFile) -> dict[str, Any]:
    return {name: value for name, value in asdict(file).items() if name != "tags"}


def plan_of(*facts: Any) -> str:  # noqa: ANN401 (whatever decides on the bytes of a file, as text)
    """Return the digest of what a file is made from."""
    return hashlib.sha256("\0".join(map(repr, facts)).encode()).hexdigest()
