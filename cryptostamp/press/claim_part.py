"""What is said on a claim part: the card that stays with the collector when the stamp travels.

What all parts of a series share is drawn once (`claim_static_marks`); what differs is digits and codes, in one size
that fits them all (`ClaimLines`). Of two layers for two printers, that of half A says what there is to be said, and
both print the number, so that sheets cannot be mixed up unseen. Where the template has a place for the scratch
field, everything but the code is the template's to say. Nothing here names a code in an error.
"""

from __future__ import annotations

from cryptostamp.codes import Half
from cryptostamp.errors import InputError
from cryptostamp.press.claim_layout import (
    LABEL_ABOVE_MM,
    LABEL_MM,
    ROWS,
    ClaimField,
    ClaimHead,
    ClaimLayout,
    claim_layout,
    claim_symbol_side,
)
from cryptostamp.press.code_lines import CodeLine, code_size, code_width, widest
from cryptostamp.press.layout import BORDER_MM, fitted
from cryptostamp.press.lettering import Typeface, width_of
from cryptostamp.press.marks import Box, Fill, Mark, TextRun
from cryptostamp.press.security.bands import band
from cryptostamp.press.template_lines import seed_of
from cryptostamp.primitives import Serial
from cryptostamp.series.models import Series

__all__ = ["ClaimLines", "check_claim_part", "claim_static_marks"]

_TRACKING = 0.06
_LARGEST_MM, _SMALLEST_MM = 3.3, 2.0
_ORNAMENT = ("#1f7a78", "#c07f4a")
_SHORT_MM = 2.1, 1.6
_DIGITS = "0123456789"
_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_CHECKS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def check_claim_part(series: Series, *, halves: bool = False) -> None:
    """Raise `InputError` if a claim part has no room for the codes of a series, or for both halves of them."""
    for half in Half if halves else (None,):
        layout = claim_layout(series, claim_symbol_side(series, half), halves=halves)
        claim_static_marks(series, layout, half)
        ClaimLines(series, layout, half)


def claim_static_marks(series: Series, layout: ClaimLayout, half: Half | None = None) -> tuple[Mark, ...]:
    """Return what every claim part of a series says: what it is, what to do, and a tint under the code.

    Of two layers, that of half A has what both have in common; each has the tint and the letter of its own field.
    """
    field, marks = layout.field(half), list[Mark]()
    if layout.head is not None:
        if half is not Half.B:
            marks += _head_marks(series, layout, layout.head)
        if half is not None:
            marks.append(
                TextRun(
                    text=f"Half {half.value}",
                    typeface=Typeface.DISPLAY,
                    size_mm=LABEL_MM,
                    x_mm=field.secret.x_mm,
                    baseline_mm=field.scratch.y_mm - LABEL_ABOVE_MM,
                )
            )
    return (*marks, Fill(box=field.secret, colour="#f4f1e8"), Fill(box=field.light, colour="#ffffff"))


def _head_marks(series: Series, layout: ClaimLayout, head: ClaimHead) -> list[Mark]:
    box, size = head.box, head.size_mm
    first = box.y_mm + size * Typeface.DISPLAY.cap_height
    link = f"{series.issuer.domain}/claim"
    told: tuple[str, ...]
    if len(layout.fields) > 1:
        told = "Keep this part. Scratch both fields, scan both codes:", f"only together they take the token. {link}"
    elif head.ornament:
        told = "Keep this part. Scratch, scan the code and take the token:", f"once, by whoever comes first. {link}"
    elif box.height_mm < 8:  # noqa: PLR2004 (mm: a heading and two lines)
        told = (f"Keep, scratch and scan: {link}",)
    else:
        told = "Keep, scratch and scan:", link
    lines = [
        fitted(
            text,
            Typeface.TEXT,
            box,
            element="instructions of the claim part",
            largest_mm=2.3,
            smallest_mm=1.7,
            baseline_mm=first + size * 1.1 + (2.7 if len(layout.fields) > 1 else 2.9) * row,
        )
        for row, text in enumerate(told)
    ]
    title = fitted(
        series.title,
        Typeface.DISPLAY,
        Box(x_mm=box.x_mm, y_mm=box.y_mm, width_mm=box.width_mm * 0.6, height_mm=box.height_mm),
        element="title of the series",
        largest_mm=size,
        smallest_mm=1.9,
        baseline_mm=first,
    )
    before, short_size = _belongs(series, layout)
    belongs = TextRun(
        text=before.rstrip(),
        typeface=Typeface.TEXT,
        size_mm=short_size,
        x_mm=layout.fields[0].secret.x_mm,
        baseline_mm=layout.height_mm - BORDER_MM - 0.2,
    )
    ornament: tuple[Mark, ...] = ()
    if head.ornament:
        ornament = band(head.ornament, seed=seed_of(series.id, "claim part"), width_mm=0.07, colours=_ORNAMENT)
    return [*ornament, title, *lines, belongs]


def _widest_serial(series: Series) -> str:
    return widest(Typeface.TEXT, *[_DIGITS] * len(str(series.edition)))


def _belongs(series: Series, layout: ClaimLayout) -> tuple[str, float]:
    """Return what stands before the short code, shorter where there is little room, and the size of both."""
    code = f"{series.id}-{_widest_serial(series)}-{widest(Typeface.TEXT, *[_CROCKFORD] * 8, _CHECKS)}"
    room = layout.width_mm - 2 * layout.fields[0].secret.x_mm
    for before in ("Belongs to stamp ", "Stamp "):
        left = room - width_of(before, Typeface.TEXT, _SHORT_MM[0])
        if before == "Stamp " or code_width(code, Typeface.TEXT) * _SHORT_MM[1] <= left:
            break
    size = code_size(
        code, Typeface.TEXT, element="short code", room_mm=left, largest_mm=_SHORT_MM[0], smallest_mm=_SHORT_MM[1]
    )
    return before, size


def _number_line(head: ClaimHead, field: ClaimField) -> CodeLine:
    """Return where the number stands: in the head, or above the field of a half."""
    if field.half is None:
        return CodeLine(
            typeface=Typeface.DISPLAY,
            size_mm=2.5,
            x_mm=head.box.right_mm,
            baseline_mm=head.box.y_mm + head.size_mm * Typeface.DISPLAY.cap_height,
            to_right=True,
        )
    return CodeLine(
        typeface=Typeface.TEXT,
        size_mm=LABEL_MM + 0.2,
        x_mm=field.secret.right_mm,
        baseline_mm=field.scratch.y_mm - LABEL_ABOVE_MM,
        to_right=True,
    )


class ClaimLines:
    """The lines of a claim part that differ from stamp to stamp: where they stand, and what they say."""

    def __init__(self, series: Series, layout: ClaimLayout, half: Half | None = None) -> None:
        self._field = layout.field(half)
        self._groups = 7 if half is None else 8
        self._short = layout.head is not None and half is not Half.B
        self._number = layout.head is not None
        lines = [_number_line(layout.head, self._field)] if layout.head else []
        if self._short:
            before, size = _belongs(series, layout)
            left = layout.fields[0].secret.x_mm + width_of(before, Typeface.TEXT, size)
            below = layout.height_mm - BORDER_MM - 0.2
            lines.append(CodeLine(typeface=Typeface.TEXT, size_mm=size, x_mm=left, baseline_mm=below))
        self.seen = tuple(lines)
        """What may be seen before scratching."""
        self.lines = (*self.seen, *self._rows(half))
        """All lines."""

    def _rows(self, half: Half | None) -> list[CodeLine]:
        room = self._field.text
        pitch = room.height_mm / ROWS
        broadest = widest(Typeface.TEXT, *[_CHECKS] * 4, " ", *[_CHECKS] * 4)
        size = code_size(
            broadest,
            Typeface.TEXT,
            element="hidden code" if half is None else f"half {half.value} of the hidden code",
            room_mm=room.width_mm,
            largest_mm=min(_LARGEST_MM, pitch * 0.95),
            smallest_mm=_SMALLEST_MM,
            tracking=_TRACKING,
        )
        half_cap = size * Typeface.TEXT.cap_height / 2
        return [
            CodeLine(
                typeface=Typeface.TEXT,
                size_mm=size,
                x_mm=room.x_mm,
                baseline_mm=room.y_mm + pitch * (row + 0.5) + half_cap,
                tracking_mm=_TRACKING * size,
            )
            for row in range(ROWS)
        ]

    def texts(self, serial: Serial, short_code: str, claim_text: str) -> list[str]:
        """Return what the lines say of one stamp; raise `InputError`, which shows nothing, for a text that is no code.

        `claim_text` is that of `ClaimCode.text` or `ClaimHalf.text`.
        """
        groups = claim_text.split("-")
        if len(groups) != self._groups or not claim_text.isascii():
            raise InputError(
                "The claim code holds something else than groups of letters and digits.",
                where=f"stamp No. {serial}",
                remedy="Give the code as `ClaimCode.text` or `ClaimHalf.text` writes it.",
            )
        rows = [" ".join(groups[first : first + 2]) for first in range(0, 2 * ROWS, 2)]
        return [*self.seen_texts(serial, short_code), *rows]

    def seen_texts(self, serial: Serial, short_code: str) -> list[str]:
        """Return what is said of one stamp before scratching."""
        texts = [f"No. {serial}"] if self._number else []
        if self._short:
            texts.append(short_code)
        return texts
