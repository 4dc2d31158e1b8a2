"""Print an issued series: sheets for the press, pictures of single stamps, and the sealed layer of hidden codes.

Everything is drawn from the dossier and the sealed secret, so printing again gives the same bytes.
Hidden codes leave this module in one form only: encrypted to the keys of the printer.
"""

from __future__ import annotations

import hashlib
import io
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import BinaryIO

from PIL import Image

from cryptostamp.codes import PublicCode, claim_symbol, public_symbol
from cryptostamp.edition import (
    Dossier,
    EditionSecret,
    SeriesFacts,
    face_code,
    face_symbol,
    symbol_form,
)
from cryptostamp.errors import InputError
from cryptostamp.files import sha256_of, write_file, write_whole
from cryptostamp.ledger import Ledger, PrintedFile
from cryptostamp.office.claim_layers import ClaimLayer, claim_layers
from cryptostamp.office.print_plan import PlanFile
from cryptostamp.office.print_tasks import FACES, PrintRun
from cryptostamp.office.progress import Progress
from cryptostamp.office.workspace import Workspace
from cryptostamp.press import (
    ClaimPart,
    StampFace,
    StampPictures,
    check_press,
    render_stamp,
    sheets_with,
    view_sheet,
)
from cryptostamp.primitives import ChainId, Hash32, Serial, parse_address
from cryptostamp.printshop.cluster import Cluster, check_cluster
from cryptostamp.printshop.picture_task import PictureFormat
from cryptostamp.printshop.print_run import FileTask, FinishedFile, Manifest
from cryptostamp.printshop.workers import Crew, Processes, make_files
from cryptostamp.series import Series

__all__ = [
    "SHEETS_PER_FILE",
    "PrintJob",
    "check_issued",
    "check_printable",
    "claim_part_of",
    "face_of",
    "print_stamps",
    "public_code_of",
    "specimen_code",
    "symbol_version",
]

IMAGE_DPI = 300
SHEETS_PER_FILE = 1000
"""Sheets in one file unless the caller names another number: some 5 MB, and memory stays flat."""
_PREVIEW_DPI = 100
_PNG_LEVEL = 3
"""Of zlib: two thirds of the time of level 6, for 1 % more."""

_NOWHERE = parse_address("0x" + "11" * 20)
"""Nobody's contract. Not the zero address: `qrcode` 8.2 cannot encode data that is zero all over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintJob:
    """The files of one print job."""

    faces: tuple[Path, ...]
    """PDFs with the faces, one page a sheet."""
    sheets: int
    claims: tuple[Path, ...]
    """The hidden codes for the same sheets, sealed to the printer; none if no printer's key was given.

    With two printers, first the files of half A, then those of half B.
    """
    claim_sheets_read: int
    """Sheets of hidden codes, of all layers together, that were read back before they were sealed."""
    scratch: tuple[Path, ...]
    """The scratch plate of each printer: a sheet in which every scratch field is black. Nothing secret."""
    plan: Path
    """CSV of what was to be printed: sheet, position, serial, short code, public code. Nothing secret. What
    was printed stands in the check list that a proof writes."""
    preview: Path
    """PNG of the first sheet, for people: the PDF is what is printed."""
    manifest: Path
    """JSON: which file holds which serials, and its SHA-256."""
    images: tuple[Path, ...]
    """Single stamps, cut out."""
    pictures: tuple[Path, ...]
    """ZIP archives of single stamps as they are printed."""

    @property
    def files(self) -> tuple[Path, ...]:
        """Every file that was made."""
        return (
            *self.faces,
            *self.claims,
            *self.scratch,
            self.plan,
            self.preview,
            self.manifest,
            *self.images,
            *self.pictures,
        )


def public_code_of(dossier: Dossier, serial: Serial) -> PublicCode:
    """Return the code on the face of a stamp."""
    return face_code(dossier, serial)


def specimen_code(series: Series, chain_id: ChainId, serial: Serial) -> PublicCode:
    """Return a code as long as the real one of a stamp, before there is a contract; a scan of it finds nothing."""
    return _specimen(series.issuer.domain, serial, chain_id)


def _specimen(host: str, serial: int, chain_id: ChainId) -> PublicCode:
    return PublicCode.make(host=host, chain_id=chain_id, contract=_NOWHERE, serial=Serial(serial), claim_key=_NOWHERE)


def symbol_version(series: Series, chain_id: ChainId) -> int:
    """Return the QR version of the longest public code of a series; all its stamps are printed in it."""
    return _symbol_version(series.issuer.domain, series.edition, chain_id)


@cache
def _symbol_version(host: str, edition: int, chain_id: ChainId) -> int:
    return public_symbol(_specimen(host, edition, chain_id)).version


def check_printable(series: Series, chain_id: ChainId) -> None:
    """Raise `ArtworkError` or another `InputError` if the stamps of a series cannot be printed as they are."""
    check_press(series, symbol_side=17 + 4 * symbol_version(series, chain_id))


def face_of(series: Series, dossier: Dossier, serial: Serial) -> StampFace:
    """Return what is printed on the face of a stamp."""
    return StampFace(
        serial=serial,
        design=series.design_of(serial),
        variant=series.variants[dossier.edition.variant_index(serial)],
        symbol=face_symbol(dossier, serial),
        short_code=face_code(dossier, serial).short(series.id).text,
    )


def claim_part_of(series: Series, dossier: Dossier, secret: EditionSecret, serial: Serial) -> ClaimPart:
    """Return what is printed under the scratch field of a stamp. Handle it like the code itself."""
    code = secret.claim_code(serial)
    return ClaimPart(
        serial=serial,
        symbol=claim_symbol(code, series.issuer.domain),
        claim_text=code.text,
        short_code=public_code_of(dossier, serial).short(series.id).text,
    )


def print_stamps(
    series: Series,
    *,
    workspace: Workspace,
    serials: range | None = None,
    images: Iterable[Serial] = (),
    pictures: range | None = None,
    picture_format: PictureFormat = PictureFormat.PNG,
    dpi: int = IMAGE_DPI,
    printer: Sequence[str] = (),
    second_printer: Sequence[str] = (),
    passphrase: str | None = None,
    workers: int = 1,
    cluster: str | None = None,
    sheets_per_file: int = SHEETS_PER_FILE,
    read_back: int | None = 0,
    progress: Progress = lambda _what, _done, _total: None,
    clock: Callable[[], int] = lambda: int(time.time()),
) -> PrintJob:
    """Write the print files for `serials` (the whole edition if `None`) into the workspace.

    `images` are the serials that get a picture of their own as well, cut out as a PNG file; `pictures` those, many of
    them, that are drawn as they are printed, into ZIP archives of `picture_format`; both with `dpi`.
    `printer` are age public keys of whoever prints the hidden codes; with them, `passphrase` opens the secret of the
    edition. With a `second_printer`, each of the two is given one half of every code, which alone is worth nothing.
    Sheets are cut into files of at most `sheets_per_file` and made by `workers` processes, or by the Dask cluster
    whose scheduler has the address `cluster`; what an earlier run has finished is found in the job's manifest
    and left as it is.
    Hidden codes cannot be proofed when they are sealed: `read_back` sheets of each layer are read back before that, in
    memory; `None` means as many as `proof_prints` reads of faces.
    Raises `InputError` for serials beyond the edition, a series that is not the issued one, a wrong
    key or passphrase, before anything is written, and `Refused` for hidden codes that read back otherwise.
    """
    if workers > 1 and cluster is None:
        Processes.prepare()
    dossier = workspace.own_dossier()
    edition = dossier.edition
    check_issued(series, dossier, workspace)
    chosen, pictured = _chosen(serials, images, edition.size)
    archived = _checked_pictures(pictures, series, dossier, dpi)
    layers = claim_layers(printer, second_printer)
    if cluster is not None:
        check_cluster(cluster, hidden=bool(layers))
    if workers < 1 or sheets_per_file < 1:
        raise InputError("Printing needs at least one worker, and at least one sheet in a file.")
    plates = {f"{series.id}-{layer.plate_kind}": layer.scratch_plate(series) for layer in layers}
    secret = _secret_for(layers, workspace, passphrase)
    name = f"{series.id}-{chosen[0]:06d}-{chosen[-1]:06d}"
    folder = workspace.make_print_folder()
    manifest = Manifest(folder / f"{name}-manifest.json", symbol_form(dossier))
    run = PrintRun(series, dossier, chosen, sheets_per_file, read_back)
    with workspace.ledger() as ledger, ledger.step(series.id, "print", clock=clock):
        job = _Job(
            ledger=ledger,
            series=series,
            dossier=dossier,
            folder=folder,
            chosen=chosen,
            manifest=manifest,
            crew=lambda: _crew_of(workers, cluster, folder),
            here=cluster is None,
            progress=progress,
            clock=clock,
        )
        claims = tuple(path for layer in layers if secret for path in job.claims(run.claims(secret, layer), layer))
        for plate, data in plates.items():
            write_file(folder / plate, data)
            job.record(plate, hashlib.sha256(data).hexdigest(), range(1, edition.size + 1))
        plan, preview = folder / f"{name}-plan.csv", folder / f"{name}-first-sheet.png"
        faces = job.faces(run, plan, preview)
        drawn = job.single_stamps(pictured, dpi)
        kind = f"{picture_format}-{dpi}dpi.zip"
        archives = job.archives(run.pictures(archived, picture_format, dpi, kind), kind, archived) if archived else ()
    return PrintJob(
        faces=faces,
        sheets=sheets_with(series, chosen),
        claims=claims,
        claim_sheets_read=sum(manifest.files[path.name].read_back for path in claims),
        scratch=tuple(folder / plate for plate in plates),
        plan=plan,
        preview=preview,
        manifest=manifest.path,
        images=drawn,
        pictures=archives,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Job:
    """The work on the files of a print job, each of which is recorded when it is complete."""

    ledger: Ledger
    series: Series
    dossier: Dossier
    folder: Path
    chosen: range
    manifest: Manifest
    crew: Callable[[], Crew | None]
    here: bool
    """Whether the files are made on this machine."""
    progress: Progress
    clock: Callable[[], int]

    def claims(self, tasks: Iterator[FileTask], layer: ClaimLayer) -> tuple[Path, ...]:
        """Make the files of a layer of hidden codes."""
        return self._kept(self._made(tasks, layer.title, self.chosen), layer.kind)

    def archives(self, tasks: Iterator[FileTask], kind: str, serials: range) -> tuple[Path, ...]:
        """Make archives with pictures of these stamps."""
        return self._kept(self._made(tasks, "Drawing pictures", serials), kind)

    def faces(self, run: PrintRun, plan: Path, preview: Path) -> tuple[Path, ...]:
        """Make the files of faces, and on the way their plan and a picture of the first sheet."""
        made: list[FinishedFile] = []

        def draw(faces: Path) -> None:
            write_file(preview, png_bytes(view_sheet(faces, dpi=_PREVIEW_DPI), dpi=_PREVIEW_DPI))

        def write(stream: BinaryIO) -> None:
            lines = PlanFile(stream, self.series, self.dossier, run.parts)
            for file in self._made(run.faces(here=self.here), "Drawing sheets", self.chosen):
                made.append(file)
                lines.add(file.first_serial, file.tags)
                if file.first_serial == self.chosen[0]:
                    drawn.append(aside.submit(draw, self.folder / file.name))

        drawn: list[Future[None]] = []
        with ThreadPoolExecutor(1) as aside:  # a picture is not worth that a file waits for it
            write_whole(plan, write)
        for picture in drawn:
            picture.result()
        for path in (plan, preview):
            self.record(path.name, sha256_of(path), self.chosen)
        return self._kept(made, FACES)

    def single_stamps(self, serials: Sequence[Serial], dpi: int) -> tuple[Path, ...]:
        """Draw these stamps, cut out."""
        drawn = []
        for number, serial in enumerate(serials, 1):
            path = self.folder / f"{self.series.id}-{serial:06d}.png"
            image = png_bytes(render_stamp(self.series, face_of(self.series, self.dossier, serial), dpi=dpi), dpi=dpi)
            write_file(path, image)
            self.record(path.name, hashlib.sha256(image).hexdigest(), range(serial, serial + 1))
            drawn.append(path)
            self.progress("Drawing single stamps", number, len(serials))
        return tuple(drawn)

    def record(self, name: str, sha256: str, serials: range) -> None:
        """Write a finished file into the ledger."""
        self.ledger.record_printed(
            self.series.id,
            PrintedFile(
                name=name,
                sha256=Hash32(bytes.fromhex(sha256)),
                first_serial=Serial(serials[0]),
                last_serial=Serial(serials[-1]),
                made_at=self.clock(),
            ),
        )

    def _made(self, tasks: Iterator[FileTask], what: str, of: range) -> Iterator[FinishedFile]:
        """Make files, and yield each when it is complete and recorded."""

        def told(stamps: int) -> None:
            self.progress(what, stamps, len(of))

        for file in make_files(tasks, self.manifest, crew=self.crew(), meanwhile=True, told=told):
            self.record(file.name, file.sha256, range(file.first_serial, file.last_serial + 1))
            yield file
        told(len(of))

    def _kept(self, files: Iterable[FinishedFile], kind: str) -> tuple[Path, ...]:
        """Return where these files are, in their order; others of the kind, of an older cutting, are forgotten."""
        names = [file.name for file in sorted(files, key=lambda file: file.first_serial)]
        self.manifest.forget(kind, but=names)
        return tuple(self.folder / name for name in names)


def png_bytes(image: Image.Image, *, dpi: int) -> bytes:
    """Return a picture as PNG that knows its resolution."""
    buffer = io.BytesIO()
    image.save(buffer, "PNG", dpi=(dpi, dpi), compress_level=_PNG_LEVEL)
    return buffer.getvalue()


def check_issued(series: Series, dossier: Dossier, workspace: Workspace) -> None:
    """Raise `InputError` if a series is no longer the one that was issued."""
    if SeriesFacts.of(series) != dossier.series:
        raise InputError(
            f"The series {series.id} is no longer as it was issued.",
            where=str(workspace.dossier_folder),
            remedy="Undo the changes to series.toml and artwork: stamps must look as the dossier says.",
        )


def _crew_of(workers: int, cluster: str | None, folder: Path) -> Crew | None:
    if cluster is not None:
        return Cluster(cluster, folder)
    return Processes(workers, folder) if workers > 1 else None


def _chosen(serials: range | None, images: Iterable[Serial], edition: int) -> tuple[range, list[Serial]]:
    """Return the stamps to print and those to draw, all of which there are."""
    chosen = serials if serials is not None else range(1, edition + 1)
    for serial in (*chosen[:1], *chosen[-1:]):
        _check_serial(serial, edition)
    pictured = []
    for serial in images:  # one by one, because the serials may be absurdly many
        _check_serial(serial, edition)
        pictured.append(serial)
    if not chosen:
        raise InputError("No stamps were chosen to print.", remedy="Give a range such as 1-1000.")
    return chosen, pictured


def _secret_for(layers: tuple[ClaimLayer, ...], workspace: Workspace, passphrase: str | None) -> EditionSecret | None:
    """Return the secret of the edition if somebody is to print hidden codes."""
    if not layers:
        return None
    if passphrase is None:
        raise InputError("The passphrase of the edition is needed to print hidden codes.")
    return workspace.open_secret(passphrase)


def _checked_pictures(pictures: range | None, series: Series, dossier: Dossier, dpi: int) -> range:
    """Return the stamps to draw into archives, all of which there are, at a resolution that does."""
    for serial in (*pictures[:1], *pictures[-1:]) if pictures else ():
        _check_serial(serial, dossier.edition.size)
    StampPictures(series, side=17 + 4 * symbol_form(dossier).version, dpi=dpi)
    return pictures or range(0)


def _check_serial(serial: int, edition: int) -> None:
    if not 1 <= serial <= edition:
        raise InputError(f"There is no stamp no. {serial:,}: the edition has {edition:,}.")
