"""How sheets and pictures of stamps are usually made: reportlab, and `qrcode` with Pillow.

The peers are given what is not theirs to do: sheets get finished symbols, pictures a finished background and a font.
The sheets of two of them have no artwork and nothing around the stamps; those of the third have what ours have, as a
department would have to write it.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import qrcode
from PIL import Image, ImageDraw, ImageFont
from qrcode.constants import ERROR_CORRECT_Q
from reportlab.lib.colors import CMYKColor
from reportlab.lib.units import mm
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from cryptostamp.codes import QrSymbol, SymbolBatch

__all__ = ["draw_pictures", "sheets_like_ours", "sheets_with_masks", "sheets_with_rectangles"]

_ACROSS, _WIDTH, _HEIGHT, _SYMBOL = 5, 40 * mm, 48 * mm, 14.1 * mm
_MARGIN = 20 * mm
_FONT = Path(__file__).resolve().parents[2] / "cryptostamp" / "press" / "fonts" / "BarlowCondensed-Medium.ttf"

_Symbol = Callable[[Canvas, QrSymbol, float, float], None]


def sheets_with_rectangles(path: Path, symbols: SymbolBatch, short_codes: Sequence[str]) -> None:
    """Write sheets of 25 stamps whose symbols are a rectangle for each dark module."""
    _write_sheets(path, symbols, short_codes, _rectangles)


def sheets_with_masks(path: Path, symbols: SymbolBatch, short_codes: Sequence[str]) -> None:
    """Write sheets of 25 stamps whose symbols are inline image masks, in ASCII85: reportlab's streams are text."""
    _write_sheets(path, symbols, short_codes, _mask)


def sheets_like_ours(
    path: Path, symbols: SymbolBatch, short_codes: Sequence[str], faces: Sequence[Image.Image]
) -> None:
    """Write sheets with what is on ours: faces as shared forms, an embedded font, marks and numbers around the stamps.

    `faces` are the finished pictures of each design in each colour, drawn and scaled beforehand.
    """
    pdfmetrics.registerFont(TTFont("Codes", str(_FONT)))
    media = (_ACROSS * _WIDTH + 2 * _MARGIN, _ACROSS * _HEIGHT + 2 * _MARGIN)
    canvas = Canvas(str(path), pagesize=media, pageCompression=1)
    for number, face in enumerate(faces):
        canvas.beginForm(f"face{number}", 0, 0, _WIDTH, _HEIGHT)
        canvas.drawImage(ImageReader(face), 2 * mm, 18 * mm, _WIDTH - 4 * mm, _HEIGHT - 20 * mm)
        canvas.endForm()
    canvas.beginForm("furniture", 0, 0, *media)
    _furniture(canvas, media)
    canvas.endForm()
    stamps, count = _ACROSS**2, len(short_codes)
    for first in range(0, count, stamps):
        canvas.doForm("furniture")
        _mask(canvas, symbols[first], media[0] - _MARGIN - 9 * mm, _MARGIN / 2)
        canvas.setFont("Codes", 7.6)
        right = media[0] - _MARGIN - 11 * mm
        canvas.drawRightString(right, _MARGIN / 2 + 12, f"Sheet {first // stamps + 1} of {count // stamps}")
        canvas.drawRightString(right, _MARGIN / 2 + 3, f"Nos {first + 1}-{first + stamps}")
        canvas.drawRightString(media[0] - _MARGIN, media[1] - _MARGIN / 2, f"{stamps} x 1.20 = {stamps * 1.2:.2f}")
        for index, short_code in enumerate(short_codes[first : first + stamps], first):
            row, column = divmod(index - first, _ACROSS)
            canvas.saveState()
            canvas.translate(_MARGIN + column * _WIDTH, _MARGIN + (_ACROSS - 1 - row) * _HEIGHT)
            canvas.doForm(f"face{index % len(faces)}")
            _mask(canvas, symbols[index], 23 * mm, 2 * mm)
            canvas.setFont("Codes", 7)
            canvas.drawString(2 * mm, 5 * mm, f"No. {index + 1}")
            canvas.setFont("Codes", 5)
            canvas.drawString(2 * mm, 2 * mm, short_code)
            canvas.restoreState()
        canvas.showPage()
    canvas.save()


def _furniture(canvas: Canvas, media: tuple[float, float]) -> None:
    """Draw what is the same around all sheets: holes of the perforation, crop marks, a strip of colours, a title."""
    canvas.setStrokeColor(CMYKColor(0, 1, 0, 0))  # in a form, reportlab leaves out the ink that a spot colour names
    canvas.setLineWidth(0.25)
    for row in range(_ACROSS + 1):
        for step in range(27 * _ACROSS + 1):
            canvas.circle(_MARGIN + step * _WIDTH / 27, _MARGIN + row * _HEIGHT, 0.5 * mm)
    for column in range(_ACROSS + 1):
        for step in range(32 * _ACROSS + 1):
            canvas.circle(_MARGIN + column * _WIDTH, _MARGIN + step * _HEIGHT / 32, 0.5 * mm)
    canvas.setStrokeColor(CMYKColor(1, 1, 1, 1))
    for x in (_MARGIN, media[0] - _MARGIN):
        for y in (_MARGIN, media[1] - _MARGIN):
            canvas.line(x - 9 * mm, y, x - 3 * mm, y)
            canvas.line(x, y - 9 * mm, x, y - 3 * mm)
    for index, colour in enumerate(((1, 0, 0, 0), (0, 1, 0, 0), (0, 0, 1, 0), (0, 0, 0, 1))):
        canvas.setFillColor(CMYKColor(*colour))
        canvas.rect(_MARGIN + index * 5 * mm, 4 * mm, 4 * mm, 4 * mm, stroke=0, fill=1)
    canvas.setFillColor(CMYKColor(0, 0, 0, 1))
    canvas.setFont("Codes", 7.6)
    canvas.drawString(_MARGIN, media[1] - _MARGIN / 2, "LEAPFROG")
    canvas.drawCentredString(media[0] / 2, media[1] - _MARGIN / 2, "Lilypond Post, 2026")


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
