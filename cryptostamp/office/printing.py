"""Print an issued series: sheets for the press, pictures of single stamps, and the sealed layer of hidden codes.

Everything is drawn from the dossier and the sealed secret, so printing again gives the same bytes.
Hidden codes leave this module in one form only: encrypted to the keys of the printer.
"""

from __future__ import annotations

import csv
import hashlib
import io
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from PIL import Image

from cryptostamp.codes import PublicCode, claim_symbol, public_symbol
from cryptostamp.edition import Dossier, EditionSecret, SeriesFacts
from cryptostamp.errors import InputError
from cryptostamp.files import write_file
from cryptostamp.ledger import Ledger, PrintedFile
from cryptostamp.office.progress import Progress
from cryptostamp.office.workspace import Workspace
from cryptostamp.press import (
    ClaimPart,
    StampFace,
    check_press,
    claim_layer_pdf,
    render_stamp,
    seal,
    write_face_pdf,
    write_sealed,
)
from cryptostamp.primitives import ChainId, Hash32, Serial, parse_address
from cryptostamp.series import Series

__all__ = [
    "PrintJob",
    "check_printable",
    "claim_part_of",
    "face_of",
    "print_stamps",
    "public_code_of",
    "specimen_code",
    "symbol_version",
]

IMAGE_DPI = 300

_NOWHERE = parse_address("0x" + "11" * 20)
"""Nobody's contract. Not the zero address: `qrcode` 8.2 cannot encode data that is zero all over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintJob:
    """The files of one print job."""

    faces: Path
    """PDF with the faces, one page a sheet."""
    sheets: int
    claims: Path | None
    """The hidden codes for the same sheets, sealed to the printer; `None` if no printer's key was given."""
    check_list: Path
    """CSV: sheet, position, serial, short code, public code. Nothing secret."""
    images: tuple[Path, ...]

    @property
    def files(self) -> tuple[Path, ...]:
        """Every file that was made."""
        claims = () if self.claims is None else (self.claims,)
        return (self.faces, *claims, self.check_list, *self.images)


def public_code_of(dossier: Dossier, serial: Serial) -> PublicCode:
    """Return the code on the face of a stamp."""
    return PublicCode.make(
        host=dossier.series.issuer.domain,
        chain_id=dossier.deployment.chain_id,
        contract=dossier.deployment.contract,
        serial=serial,
        claim_key=dossier.edition.claim_key(serial),
    )


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
    code = public_code_of(dossier, serial)
    return StampFace(
        serial=serial,
        design=series.design_of(serial),
        variant=series.variants[dossier.edition.variant_index(serial)],
        symbol=public_symbol(code, least_version=symbol_version(series, code.chain_id)),
        short_code=code.short(series.id).text,
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
    printer: Sequence[str] = (),
    passphrase: str | None = None,
    progress: Progress = lambda _what, _done, _total: None,
    clock: Callable[[], int] = lambda: int(time.time()),
) -> PrintJob:
    """Write the print files for `serials` (the whole edition if `None`) into the workspace.

    `images` are the serials that get a picture of their own as well. `printer` are age public keys
    of whoever prints the hidden codes; with them, `passphrase` opens the secret of the edition.
    Raises `InputError` for serials beyond the edition, a series that is not the issued one, a wrong
    key or passphrase, before anything is written.
    """
    dossier = workspace.dossier()
    edition = dossier.edition
    _check_series(series, dossier, workspace)
    chosen = serials if serials is not None else range(1, edition.size + 1)
    for serial in (*chosen[:1], *chosen[-1:]):
        _check_serial(serial, edition.size)
    pictured = []
    for serial in images:  # one by one, because the serials may be absurdly many
        _check_serial(serial, edition.size)
        pictured.append(serial)
    if not chosen:
        raise InputError("No stamps were chosen to print.", remedy="Give a range such as 1-1000.")
    secret = None
    if printer:
        if passphrase is None:
            raise InputError("The passphrase of the edition is needed to print hidden codes.")
        seal(b"", printer)  # refuses a key that is none before anything is written
        secret = workspace.open_secret(passphrase)
    name = f"{series.id}-{chosen[0]:06d}-{chosen[-1]:06d}"
    folder = workspace.make_print_folder()
    with workspace.ledger() as ledger, ledger.step(series.id, "print", clock=clock):
        claims = None
        if secret is not None:
            parts = (claim_part_of(series, dossier, secret, Serial(number)) for number in chosen)
            layer = claim_layer_pdf(series, _counted(parts, "Sealing hidden codes", len(chosen), progress))
            claims = folder / f"{name}-claims.pdf.age"
            sealed = write_sealed(claims, layer, printer)
            _record(ledger, series, claims, sealed.sha256, chosen)
        faces = folder / f"{name}-faces.pdf"
        sheets = write_face_pdf(
            faces,
            series,
            (face_of(series, dossier, Serial(number)) for number in chosen),
            progress=lambda done: progress("Drawing sheets", done, len(chosen)),
        )
        _record(ledger, series, faces, sheets.sha256, chosen)
        check_list = folder / f"{name}-check-list.csv"
        rows = _check_list(series, dossier, chosen)
        write_file(check_list, rows)
        _record(ledger, series, check_list, hashlib.sha256(rows).hexdigest(), chosen)
        pictures = []
        for number, serial in enumerate(pictured, 1):
            path = folder / f"{series.id}-{serial:06d}.png"
            image = png_bytes(render_stamp(series, face_of(series, dossier, serial), dpi=IMAGE_DPI), dpi=IMAGE_DPI)
            write_file(path, image)
            _record(ledger, series, path, hashlib.sha256(image).hexdigest(), range(serial, serial + 1))
            pictures.append(path)
            progress("Drawing single stamps", number, len(pictured))
    return PrintJob(faces=faces, sheets=sheets.sheets, claims=claims, check_list=check_list, images=tuple(pictures))


def png_bytes(image: Image.Image, *, dpi: int) -> bytes:
    """Return a picture as PNG that knows its resolution."""
    buffer = io.BytesIO()
    image.save(buffer, "PNG", dpi=(dpi, dpi), optimize=False)
    return buffer.getvalue()


def _check_series(series: Series, dossier: Dossier, workspace: Workspace) -> None:
    if SeriesFacts.of(series) != dossier.series:
        raise InputError(
            f"The series {series.id} is no longer as it was issued.",
            where=str(workspace.dossier_folder),
            remedy="Undo the changes to series.toml and artwork: stamps must look as the dossier says.",
        )


def _check_serial(serial: int, edition: int) -> None:
    if not 1 <= serial <= edition:
        raise InputError(f"There is no stamp no. {serial:,}: the edition has {edition:,}.")


def _counted(parts: Iterator[ClaimPart], what: str, total: int, progress: Progress) -> Iterator[ClaimPart]:
    for done, part in enumerate(parts, 1):
        yield part
        progress(what, done, total)


def _check_list(series: Series, dossier: Dossier, serials: range) -> bytes:
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\r\n")
    rows.writerow(["sheet", "position", "serial", "short code", "public code"])
    for number in serials:
        code = public_code_of(dossier, Serial(number))
        rows.writerow([*series.sheet.place_of(code.serial), number, code.short(series.id).text, code.text])
    return text.getvalue().encode("ascii")


def _record(ledger: Ledger, series: Series, path: Path, sha256: str, serials: range) -> None:
    ledger.record_printed(
        series.id,
        PrintedFile(
            name=path.name,
            sha256=Hash32(bytes.fromhex(sha256)),
            first_serial=Serial(serials[0]),
            last_serial=Serial(serials[-1]),
        ),
    )
