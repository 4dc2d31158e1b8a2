"""Who prints the hidden codes, and what each of them is given: one layer with whole codes, or two with halves.

With one printer, whoever opens the layer has the codes. With two, printer A has a layer of pads and printer B one of
codes under these pads (`cryptostamp.edition.shares`): neither can claim a stamp, and each seals, prints and
covers by themselves. That holds for files; what a printer can learn from sheets that lie under the scratch field of
the other is a matter of opaque ink and of counting. Nothing here opens a secret or writes a file.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cryptostamp.codes import Half
from cryptostamp.edition import EditionSecret
from cryptostamp.errors import InputError
from cryptostamp.press import check_claim_part, recipients_of, scratch_layer_pdf
from cryptostamp.primitives import Serial
from cryptostamp.series import Series

__all__ = ["ClaimLayer", "claim_layers", "why_one_printer"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimLayer:
    """What one printer is given."""

    half: Half | None
    """Which half of the codes; `None` for whole codes."""
    recipients: tuple[str, ...]
    """The age public keys of this printer, sorted."""

    @property
    def kind(self) -> str:
        """What the names of its sealed sheets end in."""
        return f"claims{self._letter}.pdf.age"

    @property
    def plate_kind(self) -> str:
        """What the name of its scratch plate ends in."""
        return f"scratch{self._letter}.pdf"

    @property
    def title(self) -> str:
        """What is being done, for whoever watches."""
        return "Sealing hidden codes" if self.half is None else f"Sealing half {self.half.value} of the hidden codes"

    @property
    def _letter(self) -> str:
        return "" if self.half is None else f"-{self.half.value}"

    def secrets(self, secret: EditionSecret, serials: range) -> bytes:
        """Return what the layer hides of each stamp, 16 bytes a stamp: the code, or this half of it."""
        numbers = map(Serial, serials)
        if self.half is None:
            return b"".join([secret.claim_code(number).secret for number in numbers])
        index = 0 if self.half is Half.A else 1
        return b"".join([secret.claim_halves(number)[index].share for number in numbers])

    def scratch_plate(self, series: Series) -> bytes:
        """Return the PDF of the scratch plate; raise `InputError` if a claim part has no room for this layer."""
        check_claim_part(series, halves=self.half is not None)
        return scratch_layer_pdf(series, half=self.half)


def claim_layers(printer: Sequence[str], second_printer: Sequence[str] = ()) -> tuple[ClaimLayer, ...]:
    """Return the layers for one printer or for two, by their age public keys; none without a printer.

    Raises `InputError` for a key that is none, and for two printers that share a key.
    """
    first, second = (tuple(sorted({key.strip() for key in keys})) for keys in (printer, second_printer))
    if not first and not second:
        return ()
    if not first:
        raise InputError(
            "A second printer was named, but no first one.",
            remedy="Name both for two halves of each code, or one printer alone for whole codes.",
        )
    for keys in filter(None, (first, second)):
        recipients_of(keys)
    if not second:
        return (ClaimLayer(half=None, recipients=first),)
    if {key.lower() for key in first} & {key.lower() for key in second}:
        raise InputError(
            "The two printers have a key in common: whoever holds it would have both halves of every code.",
            remedy="Ask each printer for a key of their own.",
        )
    return ClaimLayer(half=Half.A, recipients=first), ClaimLayer(half=Half.B, recipients=second)


def why_one_printer(series: Series) -> str:
    """Return why the hidden codes of a series cannot be split between two printers, or nothing if they can."""
    try:
        check_claim_part(series, halves=True)
    except InputError as error:
        return error.what
    return ""
