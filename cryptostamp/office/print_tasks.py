"""The tasks of a print job: which files it has, and what each is made from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from importlib import metadata
from typing import Final

from cryptostamp.codes import Half
from cryptostamp.edition import Dossier, EditionSecret, symbol_form, variant_indices
from cryptostamp.office.claim_layers import ClaimLayer
from cryptostamp.press import cut, inks_of, letters_colour, shared_faces, sheets_with
from cryptostamp.printshop.picture_task import PictureFormat, PictureTask, picture_parts
from cryptostamp.printshop.print_run import SheetTask, plan_of
from cryptostamp.printshop.proof_reading import sheets_to_read
from cryptostamp.series import Series

__all__ = ["FACES", "PrintRun"]

FACES: Final = "faces.pdf"
"""What the names of files with faces end in."""
_MAKE: Final = 3
"""Counts up when the same stamps are given other bytes: a job that was begun in an older way does not go on in it."""


class PrintRun:
    """The tasks of one print job, made when they are asked for, so that memory stays flat."""

    def __init__(
        self,
        series: Series,
        dossier: Dossier,
        serials: range,
        sheets_per_file: int,
        read_back: int | None,
    ) -> None:
        self.series = series
        self.dossier = dossier
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

    def faces(self, *, here: bool = True) -> Iterator[SheetTask]:
        """Yield a task for each file of faces.

        What they share is made once and goes along with each, if that is no further than to a process of this machine.
        """
        edition = self.dossier.edition
        variants = variant_indices(edition.counts, edition.seed).tobytes()
        side = 17 + 4 * self.form.version
        auto = letters_colour(self.series, side)
        shared = shared_faces(self.series, side, auto) if here else None
        for part in self.parts:
            task = self._task(part, FACES, (), variants=variants[part.start - 1 : part.stop - 1])
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
