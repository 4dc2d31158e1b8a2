"""A font for codes: the same letters as the typeface, one byte each, so that a code is written into a page as it is.

A simple TrueType font with WinAnsiEncoding (ISO 32000-2, 9.6.3 and annex D), which is ASCII for the letters
of codes. It shares the embedded file of the composite font that all other text is set in, and adds
some 400 bytes to a PDF. Text of any other kind cannot be set with it.
"""

from __future__ import annotations

from typing import Final

import pikepdf

from cryptostamp.press.lettering import SubsetFont, Typeface

__all__ = ["CODE_LETTERS", "code_font_name", "code_font_of"]

CODE_LETTERS: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-. o"
"""What numbers and codes on a stamp are written with; "No." is one of them."""

_NONSYMBOLIC: Final = 32


def code_font_name(typeface: Typeface) -> str:
    """Return the name under which pages find the font for codes of a typeface."""
    return f"{typeface.name}codes"


def code_font_of(pdf: pikepdf.Pdf, composite: pikepdf.Object, font: SubsetFont) -> pikepdf.Object:
    """Return the font for codes beside a composite font of the file, whose subset holds `CODE_LETTERS`."""
    described = composite["/DescendantFonts"][0]["/FontDescriptor"]
    descriptor = pikepdf.Dictionary(dict(described.items()))
    descriptor["/Flags"] = _NONSYMBOLIC
    widths = {ord(character): font.widths[glyph] for glyph, character in font.characters.items()}
    first, last = min(map(ord, CODE_LETTERS)), max(map(ord, CODE_LETTERS))
    return pdf.make_indirect(
        pikepdf.Dictionary(
            {
                "/Type": pikepdf.Name("/Font"),
                "/Subtype": pikepdf.Name("/TrueType"),
                "/BaseFont": composite["/BaseFont"],
                "/Encoding": pikepdf.Name("/WinAnsiEncoding"),
                "/FirstChar": first,
                "/LastChar": last,
                "/Widths": [widths.get(code, 0) for code in range(first, last + 1)],
                "/FontDescriptor": pdf.make_indirect(descriptor),
            }
        )
    )
