"""Print an issued series: sheets for the press, pictures of single stamps, and the sealed layer of hidden codes.

Everything is drawn from the dossier and the sealed secret, so printing again gives the same bytes.
Hidden codes leave this module in one form only: encrypted to the keys of the printer.
"""

from __future__ import annotations

import hashlib
import io
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib import metadata
from pathlib import Path

from PIL import Image

from cryptostamp.codes import Half, PublicCode, claim_symbol, public_symbol
from cryptostamp.edition import (
    Dossier,
    EditionSecret,
    SeriesFacts,
    face_code,
    face_codes,
    face_symbol,
    symbol_form,
    variant_indices,
)
from cryptostamp.errors import InputError
from cryptostamp.files import sha256_of, write_file, write_whole
from cryptostamp.ledger import Ledger, PrintedFile
from cryptostamp.office.claim_layers import ClaimLayer, claim_layers
from cryptostamp.office.progress import Progress
from cryptostamp.office.workspace import Workspace
from cryptostamp.press import (
    ClaimPart,
    Places,
    StampFace,
    StampPictures,
    check_press,
    cut,
    inks_of,
    letters_colour,
    render_stamp,
    shared_faces,
    sheets_with,
    view_sheet,
)
from cryptostamp.primitives import ChainId, Hash32, Serial, parse_address
from cryptostamp.printshop.cluster import Cluster, check_cluster
from cryptostamp.printshop.picture_task import PictureFormat, PictureTask, picture_parts
from cryptostamp.printshop.print_run import FileTask, Manifest, SheetTask, plan_of
from cryptostamp.printshop.proof_reading import sheets_to_read
from cryptostamp.printshop.workers import Crew, Processes, make_files
from cryptostamp.series import Series

__all__ = [
    "SHEETS_PER_FILE",
    "PrintJob",
    "PrintRun",
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
_PLAN_CHUNK = 10_000
_MAKE = 3
"""Counts up when the same stamps are given other bytes: a job that was begun in an older way does not go on in it."""
_PREVIEW_DPI = 100
_FACES = "faces.pdf"

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
    run = PrintRun(series, dossier, folder, chosen, sheets_per_file, read_back)
    with workspace.ledger() as ledger, ledger.step(series.id, "print", clock=clock):
        tags = dict[int, bytes]()

        def make(tasks: Iterator[FileTask], kind: str, what: str, of: range = chosen) -> tuple[Path, ...]:
            made = []
            crew = _crew_of(workers, cluster, folder)
            for file in make_files(
                tasks, manifest, crew=crew, meanwhile=True, told=lambda done: progress(what, done, len(of))
            ):
                held = range(file.first_serial, file.last_serial + 1)
                _record(ledger, series, folder / file.name, file.sha256, held, made_at=clock())
                made.append((file.first_serial, folder / file.name))
                tags[file.first_serial] = file.tags
            manifest.forget(kind, but={path.name for _, path in made})
            progress(what, len(of), len(of))
            return tuple(path for _, path in sorted(made))

        claims = tuple(
            path for layer in layers if secret for path in make(run.claims(secret, layer), layer.kind, layer.title)
        )
        for plate, data in plates.items():
            write_file(folder / plate, data)
            covered = range(1, edition.size + 1)
            _record(ledger, series, folder / plate, hashlib.sha256(data).hexdigest(), covered, made_at=clock())
        faces = make(run.faces(), _FACES, "Drawing sheets")
        plan = _write_plan(folder / f"{name}-plan.csv", _plan(series, dossier, run.parts, tags))
        _record(ledger, series, plan, sha256_of(plan), chosen, made_at=clock())
        picture = _preview(folder / f"{name}-first-sheet.png", faces[0])
        _record(ledger, series, picture, sha256_of(picture), chosen, made_at=clock())
        drawn = []
        for number, serial in enumerate(pictured, 1):
            path = folder / f"{series.id}-{serial:06d}.png"
            image = png_bytes(render_stamp(series, face_of(series, dossier, serial), dpi=dpi), dpi=dpi)
            write_file(path, image)
            _record(ledger, series, path, hashlib.sha256(image).hexdigest(), range(serial, serial + 1), made_at=clock())
            drawn.append(path)
            progress("Drawing single stamps", number, len(pictured))
        archives: tuple[Path, ...] = ()
        if archived:
            kind = f"{picture_format}-{dpi}dpi.zip"
            archives = make(run.pictures(archived, picture_format, dpi, kind), kind, "Drawing pictures", archived)
    return PrintJob(
        faces=faces,
        sheets=sheets_with(series, chosen),
        claims=claims,
        claim_sheets_read=sum(manifest.files[path.name].read_back for path in claims),
        scratch=tuple(folder / plate for plate in plates),
        plan=plan,
        preview=picture,
        manifest=manifest.path,
        images=tuple(drawn),
        pictures=archives,
    )


class PrintRun:
    """The tasks of one print job, made when they are asked for, so that memory stays flat."""

    def __init__(
        self,
        series: Series,
        dossier: Dossier,
        folder: Path,
        serials: range,
        sheets_per_file: int,
        read_back: int | None,
    ) -> None:
        self.series = series
        self.dossier = dossier
        self.folder = folder
        self.parts = cut(series, serials, sheets_per_file)
        self.sheets = sheets_with(series, serials)
        self.read_back = sheets_to_read(self.sheets, read_back)
        self.form = symbol_form(dossier)
        self.facts = (
            metadata.version("cryptostamp"),
            _MAKE,
            dossier.series,
            dossier.deployment,
            dossier.edition.root,
            dossier.edition.seed,
            series.sheet,
            inks_of(series).plan,
            self.form,
        )

    def faces(self) -> Iterator[SheetTask]:
        """Yield a task for each file of faces."""
        edition = self.dossier.edition
        variants = variant_indices(edition.counts, edition.seed).tobytes()
        side = 17 + 4 * self.form.version
        auto = letters_colour(self.series, side)
        shared = shared_faces(self.series, side, auto)
        for part in self.parts:
            task = self._task(part, _FACES, (), variants=variants[part.start - 1 : part.stop - 1])
            yield replace(task, auto=auto, shared=shared)

    def claims(self, secret: EditionSecret, layer: ClaimLayer) -> Iterator[SheetTask]:
        """Yield a task for each file of a layer of hidden codes, with what it hides of its own stamps."""
        for part in self.parts:
            secrets = layer.secrets(secret, part)
            task = self._task(part, layer.kind, layer.recipients, secrets=secrets, half=layer.half)
            # Each file has its share, to the next whole sheet.
            yield replace(task, read_back=-(-self.read_back * sheets_with(self.series, part) // self.sheets))

    def pictures(self, serials: range, form: PictureFormat, dpi: int, kind: str) -> Iterator[PictureTask]:
        """Yield a task for each archive of pictures."""
        edition = self.dossier.edition
        variants = variant_indices(edition.counts, edition.seed).tobytes()
        for part in picture_parts(serials):
            yield PictureTask(
                name=f"{self.series.id}-{part[0]:06d}-{part[-1]:06d}-{kind}",
                plan=plan_of(*self.facts, part, kind),
                series=self.series,
                chain_id=self.dossier.deployment.chain_id,
                contract=self.dossier.deployment.contract,
                serials=part,
                claim_keys=edition.claim_keys.raw[20 * (part.start - 1) : 20 * (part.stop - 1)],
                variants=variants[part.start - 1 : part.stop - 1],
                form=self.form,
                dpi=dpi,
                format=form,
            )

    def _task(
        self,
        serials: range,
        kind: str,
        recipients: tuple[str, ...],
        *,
        variants: bytes = b"",
        secrets: bytes | None = None,
        half: Half | None = None,
    ) -> SheetTask:
        return SheetTask(
            name=f"{self.series.id}-{serials[0]:06d}-{serials[-1]:06d}-{kind}",
            plan=plan_of(*self.facts, serials, kind, recipients),
            series=self.series,
            chain_id=self.dossier.deployment.chain_id,
            contract=self.dossier.deployment.contract,
            serials=serials,
            claim_keys=self.dossier.edition.claim_keys.raw[20 * (serials.start - 1) : 20 * (serials.stop - 1)],
            variants=variants,
            form=self.form,
            secrets=secrets,
            half=half,
            recipients=recipients,
        )


def png_bytes(image: Image.Image, *, dpi: int) -> bytes:
    """Return a picture as PNG that knows its resolution."""
    buffer = io.BytesIO()
    image.save(buffer, "PNG", dpi=(dpi, dpi), optimize=False)
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


def _plan(series: Series, dossier: Dossier, parts: Iterable[range], tags: Mapping[int, bytes]) -> Iterator[bytes]:
    """Yield the lines of the plan, some thousands together; `tags` are those that are known, by their first serial.

    No field begins with a sign that a spreadsheet would take for a formula.
    """
    places = Places(series)
    yield b"sheet,position,serial,short code,public code\r\n"
    for part in parts:
        all_codes = face_codes(dossier, part, tags.get(part.start) or None)
        for start in range(0, len(part), _PLAN_CHUNK):
            codes = all_codes[start : start + _PLAN_CHUNK]
            sheets, positions = places.on_sheets(codes.serials)
            columns = (sheets, positions, codes.serials, codes.short_texts(series.id), codes.texts())
            lines = zip(*(column.tolist() for column in columns), strict=True)
            yield b"".join([b"%d,%d,%d,%s,%s\r\n" % line for line in lines])


def _write_plan(path: Path, lines: Iterator[bytes]) -> Path:
    write_whole(path, lambda stream: stream.writelines(lines))
    return path


def _preview(path: Path, faces: Path) -> Path:
    """Write the picture of the first sheet of a file."""
    write_file(path, png_bytes(view_sheet(faces, dpi=_PREVIEW_DPI), dpi=_PREVIEW_DPI))
    return path


def _record(ledger: Ledger, series: Series, path: Path, sha256: str, serials: range, *, made_at: int) -> None:
    ledger.record_printed(
        series.id,
        PrintedFile(
            name=path.name,
            sha256=Hash32(bytes.fromhex(sha256)),
            first_serial=Serial(serials[0]),
            last_serial=Serial(serials[-1]),
            made_at=made_at,
        ),
    )
