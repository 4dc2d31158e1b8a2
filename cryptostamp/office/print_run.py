"""The sheets of a print job, file by file, by as many workers as are wanted, and what is finished already.

A job is cut at whole sheets into files that depend on their own serials alone: any number of workers gives
the same bytes. A finished file stands in the manifest beside the job with its serials and its SHA-256; a
job that runs again makes only what is missing, changed or planned otherwise. A worker is given the
public facts and hidden codes of its own stamps, through memory, and never the secret of the edition.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from dataclasses import asdict, dataclass, field
from itertools import islice
from multiprocessing import get_context
from multiprocessing.sharedctypes import Synchronized
from pathlib import Path
from typing import Any, Final

import numpy as np

from cryptostamp.codes import ClaimCodes, PublicCodes, claim_symbols, public_symbols
from cryptostamp.errors import StorageProblem
from cryptostamp.files import sha256_of, write_file
from cryptostamp.press import ClaimRun, FaceRun, write_claim_layer, write_face_pdf
from cryptostamp.primitives import Address, ChainId, Serial
from cryptostamp.series import Series

__all__ = ["FinishedFile", "Manifest", "SheetTask", "make_files", "plan_of"]

_FORMAT: Final = 1
_POLL_S: Final = 0.2
_counter: Synchronized[int] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetTask:
    """One file of sheets: all that is needed to make it, and nothing of other stamps."""

    path: Path
    plan: str
    """What the file is made from, as a digest: see `FinishedFile`."""
    series: Series
    chain_id: ChainId
    contract: Address
    serials: range
    claim_keys: bytes = field(repr=False)
    """Addresses, 20 bytes a stamp."""
    variants: bytes = field(repr=False)
    """Index of the variant, one byte a stamp; empty for a claim layer."""
    version: int
    """Of the QR on the face."""
    secrets: bytes | None = field(repr=False, default=None)
    """The hidden codes, 16 bytes a stamp; `None` for faces."""
    recipients: tuple[str, ...] = ()

    def make(self, told: Callable[[int], None]) -> FinishedFile:
        """Write the file; `told` is called with the number of stamps so far."""
        codes = PublicCodes.make(
            host=self.series.issuer.domain,
            chain_id=self.chain_id,
            contract=self.contract,
            serials=np.arange(self.serials.start, self.serials.stop, dtype=np.int64),
            claim_keys=self.claim_keys,
        )
        serials = [Serial(number) for number in self.serials]
        short_codes = [text.decode("ascii") for text in codes.short_texts(self.series.id)]
        if self.secrets is None:
            designs = len(self.series.designs)
            faces = FaceRun(
                serials=serials,
                designs=[(serial - 1) % designs for serial in serials],
                variants=self.variants,
                short_codes=short_codes,
                symbols=public_symbols(codes, least_version=self.version).packed,
            )
            sha256 = write_face_pdf(self.path, self.series, faces, progress=told).sha256
        else:
            hidden = ClaimCodes(self.secrets)
            parts = ClaimRun(
                serials=serials,
                short_codes=short_codes,
                claim_texts=[text.decode("ascii") for text in hidden.texts()],
                symbols=claim_symbols(hidden, self.series.issuer.domain).packed,
            )
            sha256 = write_claim_layer(self.path, self.series, parts, self.recipients, progress=told).sha256
        return FinishedFile(
            name=self.path.name,
            plan=self.plan,
            first_serial=self.serials[0],
            last_serial=self.serials[-1],
            sha256=sha256,
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

    @property
    def stamps(self) -> int:
        """How many stamps are in it."""
        return self.last_serial - self.first_serial + 1


class Manifest:
    """The finished files of a job, kept in a JSON file beside them."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.files: dict[str, FinishedFile] = {}
        try:
            kept = json.loads(path.read_bytes())
            if kept["format"] == _FORMAT:
                self.files = {entry["name"]: FinishedFile(**entry) for entry in kept["files"]}
        except FileNotFoundError:
            pass
        except OSError as error:
            raise StorageProblem(f"The manifest cannot be read: {error.strerror}.", where=str(path)) from error
        except (ValueError, TypeError, KeyError):
            pass  # damaged: it costs the time to make the files again, and nothing else

    def has(self, task: SheetTask) -> FinishedFile | None:
        """Return the file of a task if it is finished, made from the same plan, and still what it was."""
        known = self.files.get(task.path.name)
        if known is None or known.plan != task.plan or not task.path.is_file():
            return None
        return known if sha256_of(task.path) == known.sha256 else None

    def add(self, file: FinishedFile) -> None:
        """Write down a finished file."""
        self.files[file.name] = file
        files = sorted(self.files.values(), key=lambda each: (each.first_serial, each.name))
        content = {"format": _FORMAT, "files": [asdict(each) for each in files]}
        write_file(self.path, (json.dumps(content, indent=1) + "\n").encode())


def plan_of(*facts: Any) -> str:  # noqa: ANN401 (whatever decides on the bytes of a file, as text)
    """Return the digest of what a file is made from."""
    return hashlib.sha256("\0".join(map(repr, facts)).encode()).hexdigest()


def make_files(
    tasks: Iterable[SheetTask],
    manifest: Manifest,
    *,
    workers: int = 1,
    told: Callable[[int], None] = lambda _stamps: None,
) -> Iterator[FinishedFile]:
    """Make the files that are not finished, and yield all of them, each when it is complete.

    With several workers files come in the order in which they are finished. `told` is called with the number of
    stamps so far. What a file raises stops the job; files that are finished by then stay finished.
    """
    waiting = (manifest.has(task) or task for task in tasks)
    made = _one_by_one(waiting, manifest, told) if workers == 1 else _side_by_side(waiting, manifest, told, workers)
    yield from made


def _one_by_one(
    waiting: Iterator[SheetTask | FinishedFile], manifest: Manifest, told: Callable[[int], None]
) -> Iterator[FinishedFile]:
    done = 0
    for each in waiting:
        if isinstance(each, SheetTask):
            file = each.make(lambda stamps, before=done: told(before + stamps))  # type: ignore[misc]
            manifest.add(file)
        else:
            file = each
        done += file.stamps
        yield file


def _side_by_side(
    waiting: Iterator[SheetTask | FinishedFile], manifest: Manifest, told: Callable[[int], None], workers: int
) -> Iterator[FinishedFile]:
    context = get_context("spawn")  # a fork would copy the threads of a progress bar half
    counter = context.Value("q", 0)
    found = 0
    running: set[Future[FinishedFile]] = set()
    with ProcessPoolExecutor(workers, mp_context=context, initializer=_begin, initargs=(counter,)) as pool:
        try:
            while True:
                # No more than what keeps the workers busy is prepared: memory stays flat.
                taken = list(islice(waiting, 2 * workers - len(running)))
                if not taken and not running:
                    return
                running |= {pool.submit(_make, each) for each in taken if isinstance(each, SheetTask)}
                for each in taken:
                    if isinstance(each, FinishedFile):
                        found += each.stamps
                        yield each
                finished, running = wait(running, timeout=_POLL_S, return_when=FIRST_COMPLETED)
                told(found + counter.value)
                for future in finished:
                    file = future.result()
                    manifest.add(file)
                    yield file
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise


def _begin(counter: Synchronized[int]) -> None:
    """Take over the count of stamps that all workers share."""
    global _counter  # noqa: PLW0603 (the one way in which a pool hands a shared value to its workers)
    _counter = counter


def _make(task: SheetTask) -> FinishedFile:
    before = 0

    def told(stamps: int) -> None:
        nonlocal before
        if _counter is not None:
            with _counter.get_lock():
                _counter.value += stamps - before
        before = stamps

    return task.make(told)
