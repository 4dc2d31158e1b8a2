"""How sheets and pictures of stamps are usually made: reportlab, and `qrcode` with Pillow.

The peers are given what is not theirs to do: sheets get finished symbols and no artwork, pictures a finished
background and a font. So their figures are more than a department would see.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import qrcode
from PIL import Image, ImageDraw, ImageFont
from qrcode.constants import ERROR_CORRECT_Q
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from cryptostamp.codes import QrSymbol, SymbolBatch

__all__ = ["draw_pictures", "sheets_with_masks", "sheets_with_rectangles"]

_ACROSS, _WIDTH, _HEIGHT, _SYMBOL = 5, 40 * mm, 48 * mm, 14.1 * mm
_FONT = Path(__file__).resolve().parents[2] / "cryptostamp" / "press" / "fonts" / "BarlowCondensed-Medium.ttf"

_Symbol = Callable[[Canvas, QrSymbol, float, float], None]


def sheets_with_rectangles(path: Path, symbols: SymbolBatch, short_codes: Sequence[str]) -> None:
    """Write sheets of 25 stamps whose symbols are a rectangle for each dark module."""
    _write_sheets(path, symbols, short_codes, _rectangles)


def sheets_with_masks(path: Path, symbols: SymbolBatch, short_codes: Sequence[str]) -> None:
    """Write sheets of 25 stamps whose symbols are inline image masks, in ASCII85: reportlab's streams are text."""
    _write_sheets(path, symbols, short_codes, _mask)


def _write_sheets(path: Path, symbols: SymbolBatch, short_codes: Sequence[str], draw: _Symbol) -> None:
    canvas = Canvas(str(path), pagesize=(_ACROSS * _WIDTH, _ACROSS * _HEIGHT), pageCompression=1)
    for index, short_code in enumerate(short_codes):
        row, column = divmod(index % _ACROSS**2, _ACROSS)
        if index and not index % _ACROSS**2:
            canvas.showPage()
        x, y = column * _WIDTH, row * _HEIGHT
        draw(canvas, symbols[index], x + 23 * mm, y + 2 * mm)
        canvas.setFont("Helvetica", 7)
        canvas.drawString(x + 2 * mm, y + 5 * mm, f"No. {index + 1}")
        canvas.drawString(x + 2 * mm, y + 2 * mm, short_code)
    canvas.save()


def _rectangles(canvas: Canvas, symbol: QrSymbol, x: float, y: float) -> None:
    module = _SYMBOL / symbol.side
    for row, column in np.argwhere(symbol.modules).tolist():
        canvas.rect(x + column * module, y + (symbol.side - 1 - row) * module, module, module, stroke=0, fill=1)


def _mask(canvas: Canvas, symbol: QrSymbol, x: float, y: float) -> None:
    data = base64.a85encode(np.packbits(symbol.modules, axis=1).tobytes()).decode()
    canvas.saveState()
    canvas.translate(x, y)
    canvas.scale(_SYMBOL, _SYMBOL)
    side = symbol.side
    canvas._code.append(f"BI /W {side} /H {side} /IM true /D [1 0] /F /A85 ID {data}~> EI")  # noqa: SLF001 - no API
    canvas.restoreState()


def draw_pictures(
    folder: Path, ground: Image.Image, texts: Sequence[str], short_codes: Sequence[str], corner: tuple[int, int]
) -> None:
    """Write a PNG for each text: the background, its symbol, its number and short code."""
    font = ImageFont.truetype(str(_FONT), 24)
    for number, (text, short_code) in enumerate(zip(texts, short_codes, strict=True), 1):
        encoder = qrcode.QRCode(version=5, error_correction=ERROR_CORRECT_Q, box_size=4, border=0)
        encoder.add_data(text)
        encoder.make(fit=True)
        picture = ground.copy()
        picture.paste(encoder.make_image().get_image().convert("RGB"), corner)
        letters = ImageDraw.Draw(picture)
        letters.text((20, 480), f"No. {number}", font=font, fill="black")
        letters.text((20, 520), short_code, font=font, fill="black")
        picture.save(folder / f"{number}.png", dpi=(300, 300))
