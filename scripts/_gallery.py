"""Draw the pictures of docs/gallery.md: of each series a sheet, a stamp at 600 dpi, and what shows under a UV lamp.

The sheet is the print master itself, read back by a library that did not write it; holes are shown where the
die line is, and inks that daylight does not show are left out. Codes are those of a specimen: they lead
nowhere. In an edition colours fall by lot; here they follow one another, so that all are seen.
"""

import argparse
import itertools
import math
import tempfile
from dataclasses import replace
from pathlib import Path

import pikepdf
from PIL import Image, ImageChops

from cryptostamp.codes import public_symbol
from cryptostamp.office.printing import specimen_code, symbol_version
from cryptostamp.press import (
    StampFace,
    place_of,
    render_stamp,
    render_under_lamp,
    template_of,
    view_sheet,
    write_face_pdf,
)
from cryptostamp.press.imposition import sheet_geometry
from cryptostamp.primitives import Box, ChainId, Serial
from cryptostamp.series import load_series

ROOT = Path(__file__).resolve().parents[1]
CHAIN = ChainId(31337)
SHEET_DPI, SHEET_PIXELS = 300, 900_000
CLOSE_DPI, LAMP_DPI = 600, 200
TABLE, HOLES = "#ddd7cb", "#cfc9bd"
COLOURS = 256
NOTICED = 24  # of 255: a difference between two renderings of a page that is more than rounding
CLOSE_UPS = {
    "farois": (4, Box(x_mm=-1.4, y_mm=-1.4, width_mm=36, height_mm=30)),
    "herbar": (3, Box(x_mm=3.4, y_mm=3.4, width_mm=38.2, height_mm=30)),
    "leapfrog": (3, Box(x_mm=-1.4, y_mm=-1.4, width_mm=42.8, height_mm=32)),
    "naeturpostur": (2, Box(x_mm=-1.4, y_mm=-1.4, width_mm=36, height_mm=36)),
}
"""The number of the stamp that is shown, and which part of it, in mm from its corner."""
TABLE_ROWS = (
    (("farois", 2), ("herbar", 5)),
    (("leapfrog", 8), ("naeturpostur", 1), ("naeturpostur", 2), ("naeturpostur", 3)),
)


def face_of(series, serial):
    """Return a face of a specimen: its colour is that of its row, or of its column on a sheet of one row."""
    code = specimen_code(series, CHAIN, serial)
    _, row, column = place_of(series, serial)
    step = row if series.sheet.rows > 1 else column
    return StampFace(
        serial=serial,
        design=series.design_of(serial),
        variant=series.variants[step % len(series.variants)],
        symbol=public_symbol(code, least_version=symbol_version(series, CHAIN)),
        short_code=code.short(series.id).text,
    )


def in_daylight(series):
    """Return a series without what is printed in the ink UV."""
    if series.template is None:
        return series
    seen = tuple(layer for layer in series.template.layers if "UV" not in inks_of(layer))
    return replace(series, template=replace(series.template, layers=seen))


def inks_of(layer):
    """Return the colours of a layer."""
    return getattr(layer, "colours", None) or (getattr(layer, "colour", ""),)


def sheet_of(series):
    """Return the first sheet of a series, trimmed, as it is sold."""
    faces = [face_of(series, Serial(number)) for number in range(1, series.sheet.stamps + 1)]
    with tempfile.TemporaryDirectory() as folder:
        path, plain = Path(folder, "sheet.pdf"), Path(folder, "plain.pdf")
        write_face_pdf(path, in_daylight(series), faces)
        with pikepdf.open(path) as pdf:
            steps = pdf.Root["/OCProperties"]
            steps["/D"]["/OFF"] = steps["/OCGs"]
            pdf.save(plain)
        cut, uncut = view_sheet(path, dpi=SHEET_DPI), view_sheet(plain, dpi=SHEET_DPI)
    holes = (
        ImageChops.difference(cut, uncut).convert("L").point([255 if value > NOTICED else 0 for value in range(256)])
    )
    uncut.paste(HOLES, (0, 0), holes)
    trim = sheet_geometry(series).trim
    sheet = crop(uncut, trim, SHEET_DPI)
    smaller = math.sqrt(SHEET_PIXELS / (sheet.width * sheet.height))
    return sheet.resize((round(sheet.width * smaller), round(sheet.height * smaller)), Image.Resampling.LANCZOS)


def crop(image, box, dpi, origin_mm=0.0):
    """Return a part of a picture whose corner lies at `origin_mm`."""
    edges = box.x_mm, box.y_mm, box.right_mm, box.bottom_mm
    return image.crop(tuple(round((edge - origin_mm) * dpi / 25.4) for edge in edges))


def close_up_of(series, name):
    """Return a part of a stamp at 600 dpi, on a table."""
    number, box = CLOSE_UPS[name]
    stamp = render_stamp(series, face_of(series, Serial(number)), dpi=CLOSE_DPI)
    table = Image.new("RGB", stamp.size, TABLE)
    table.paste(stamp, (0, 0), stamp)
    template = template_of(series, face_of(series, Serial(number)).symbol.side)
    margin_mm = (stamp.width * 25.4 / CLOSE_DPI - template.width_mm) / 2
    return crop(table, box, CLOSE_DPI, -margin_mm)


def lamp_of(series):
    """Return the stamps of each design under a UV lamp, or nothing if there is nothing to see."""
    if in_daylight(series) == series:
        return None
    pictures = []
    for number in range(1, len(series.designs) + 1):
        face = face_of(series, Serial(number))
        whole = render_under_lamp(series, face, dpi=LAMP_DPI)
        pictures.append(crop(whole, template_of(series, face.symbol.side).stamp, LAMP_DPI))
    return beside(pictures)


def beside(pictures):
    """Return pictures of one height in a row."""
    gap = round(1.5 * LAMP_DPI / 25.4)
    row = Image.new("RGB", (sum(each.width + gap for each in pictures) - gap, pictures[0].height), "#000000")
    for picture, left in zip(
        pictures, itertools.accumulate((each.width + gap for each in pictures), initial=0), strict=False
    ):
        row.paste(picture, (left, 0))
    return row


def table_of(rows):
    """Return whole stamps of several series at one scale, in rows on a table."""
    drawn = []
    for row in rows:
        stamps = [(load_series(ROOT / "artwork" / name), Serial(number)) for name, number in row]
        drawn.append([render_stamp(series, face_of(series, number), dpi=LAMP_DPI) for series, number in stamps])
    wide = max(sum(stamp.width for stamp in row) for row in drawn)
    table = Image.new("RGB", (wide, sum(max(stamp.height for stamp in row) for row in drawn)), TABLE)
    top = 0
    for row in drawn:
        high, left = max(stamp.height for stamp in row), (wide - sum(stamp.width for stamp in row)) // 2
        for stamp in row:
            table.paste(stamp, (left, top + (high - stamp.height) // 2), stamp)
            left += stamp.width
        top += high
    smaller = math.sqrt(SHEET_PIXELS / (table.width * table.height))
    return table.resize((round(table.width * smaller), round(table.height * smaller)), Image.Resampling.LANCZOS)


def save(image, path):
    """Write a PNG with a palette of its own."""
    palette = image.quantize(COLOURS, method=Image.Quantize.MEDIANCUT, kmeans=3)
    flat = image.quantize(palette=palette, dither=Image.Dither.FLOYDSTEINBERG)
    flat.save(path, optimize=True)
    print(f"{path}  {image.width} x {image.height}  {path.stat().st_size // 1000} kB")


def main():
    """Draw what the arguments ask for."""
    parser = argparse.ArgumentParser(description="Draw the pictures of docs/gallery.md.")
    parser.add_argument("names", nargs="*", help="folders in artwork/; all if none is given")
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "images", help="where the pictures go")
    chosen = parser.parse_args()
    chosen.out.mkdir(parents=True, exist_ok=True)
    if not chosen.names:
        save(table_of(TABLE_ROWS), chosen.out / "gallery.png")
    for name in chosen.names or sorted(CLOSE_UPS):
        series = load_series(ROOT / "artwork" / name)
        save(sheet_of(series), chosen.out / f"{name}-sheet.png")
        save(close_up_of(series, name), chosen.out / f"{name}-close-up.png")
        lamp = lamp_of(series)
        if lamp is not None:
            save(lamp, chosen.out / f"{name}-lamp.png")


if __name__ == "__main__":
    main()
