"""Marks as PDF operators, with the few objects they need: fonts, inks, graphics states.

Units are mm (one ``cm`` at the start of a page sets the scale), y downwards is turned here. Black is
DeviceGray, so that it stays on the black plate; tints are DeviceCMYK through the profile of the press
(`colour`). Spot inks are Separation colour spaces (ISO 32000-2, 8.6.6.4) and overprint: ``DieLine`` for what is
cut, ``All`` for register marks, and those of `cryptostamp.press.marks.SPOT_INKS`. Every object is made once per file.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable
from decimal import Decimal
from functools import cache, lru_cache
from typing import Final

import numpy as np
import pikepdf
from deflate import zlib_compress

from cryptostamp.codes import QrSymbol
from cryptostamp.press.colour import Inks, standard_inks
from cryptostamp.press.lettering import SubsetFont, Typeface, glyph_of, kerning_of, subset_font, width_of
from cryptostamp.press.marks import (
    BLACK,
    CURVE_UNIT_MM,
    SPOT_INKS,
    Area,
    Box,
    Curves,
    Dots,
    Fill,
    Line,
    Mark,
    Path,
    TextRun,
)
from cryptostamp.press.pdf.code_font import CODE_LETTERS, code_font_name, code_font_of

__all__ = [
    "POINTS_PER_MM",
    "PROCESSING_STEPS",
    "LinesToRight",
    "PageWriter",
    "Plates",
    "SymbolPlace",
    "bits_of",
    "deflated",
    "in_spot_ink",
    "number",
    "round_dots",
    "text_operators",
]

POINTS_PER_MM = 72 / 25.4
PROCESSING_STEPS: Final[dict[str, tuple[str, str | None]]] = {
    "DieLine": ("Structural", "Cutting"),
    "Perforation": ("Structural", "Perforating"),
    "Varnish": ("Varnish", None),
}
"""Steps of finishing: group and type in the metadata of ISO 19593-1. Perforations are in the ink ``DieLine`` too."""
_ALTERNATES: Final = {  # what a screen or a proof shows in place of a spot ink, as C, M, Y, K
    "All": (1, 1, 1, 1),
    "DieLine": (0, 1, 0, 0),
    "ScratchOff": (0.1, 0.05, 0.05, 0.45),
    "UV": (0.1, 0, 0.3, 0),
    "Varnish": (0.15, 0, 0, 0),
}
_LEVEL: Final = 6
"""Of libdeflate, for what is stored once a file: as small as zlib makes it, in a third of the time."""
_CIRCLE = 0.5522847498  # the handle of a Bezier quarter circle, in radii


@lru_cache(maxsize=4096)
def number(value: float) -> str:
    """Return a PDF number: at most four decimals, no exponent, no negative zero."""
    text = f"{value:.4f}".rstrip("0").rstrip(".")
    return "0" if text in {"-0", ""} else text


def round_dots(centres: Iterable[tuple[float, float]], radius: float) -> str:
    """Return a path of circles, in the coordinates given."""
    r, k, parts = radius, radius * _CIRCLE, []
    for x, y in centres:
        corners = (
            (x + r, y + k, x + k, y + r, x, y + r),
            (x - k, y + r, x - r, y + k, x - r, y),
            (x - r, y - k, x - k, y - r, x, y - r),
            (x + k, y - r, x + r, y - k, x + r, y),
        )
        curves = " ".join(" ".join(number(v) for v in corner) + " c" for corner in corners)
        parts.append(f"{number(x + r)} {number(y)} m {curves} h")
    return " ".join(parts)


class SymbolPlace:
    """Where on a form or page of a given height symbols of one size are printed."""

    after = ">\nEI Q"
    """What stands after them."""

    def __init__(self, side: int, box: Box, height_mm: float) -> None:
        at = f"{number(box.x_mm)} {number(height_mm - box.bottom_mm)}"
        self.before = (
            f"q 0 g {number(box.width_mm)} 0 0 {number(box.height_mm)} {at} cm "
            f"BI /W {side} /H {side} /IM true /D [1 0] /F /AHx ID "
        )
        """What stands before the modules in hex, and is the same for all symbols of this place."""

    def operators(self, bits: bytes) -> str:
        """Return operators that print a symbol in black: an inline 1-bit image mask (ISO 32000-2, 8.9.6.2, 8.9.7).

        `bits` are its rows, each filled up to whole bytes, most significant bit first, 1 is dark. They are
        written in hex: no byte of them can be taken for the end of the image, and deflated they are as small.
        """
        return f"{self.before}{bits.hex()}{self.after}"


def bits_of(symbol: QrSymbol) -> bytes:
    """Return the modules of a symbol as `SymbolPlace` takes them."""
    return np.packbits(symbol.modules, axis=1).tobytes()


def _drawn(mark: Mark, height_mm: float, inks: Inks) -> str:
    filled = inks.operator(mark.colour, stroke=False)
    match mark:
        case TextRun():
            return _text(mark, height_mm, inks)
        case Fill(box=box):
            corner = f"{number(box.x_mm)} {number(height_mm - box.bottom_mm)}"
            return f"{filled} {corner} {number(box.width_mm)} {number(box.height_mm)} re f"
        case Dots():
            centres = ((x, height_mm - y) for x, y in mark.centres_mm)
            return f"{filled} {round_dots(centres, mark.diameter_mm / 2)} f"
        case Line():
            points = [f"{number(x)} {number(height_mm - y)}" for x, y in mark.points_mm]
            path = f"{points[0]} m " + " ".join(f"{point} l" for point in points[1:])
            return f"{inks.operator(mark.colour, stroke=True)} {number(mark.width_mm)} w 1 J 1 j {path} S"
        case Curves():
            return _curves(mark, height_mm, inks)
        case Area():
            return f"q {filled} {_grid(mark.origin_mm, height_mm)} {_path(mark.paths)} f Q"


def _curves(mark: Curves, height_mm: float, inks: Inks) -> str:
    """Turn the grid after each copy of a path: the copies are the same bytes beside each other, and deflate to one."""
    pen = f"{inks.operator(mark.colour, stroke=True)} {number(mark.width_mm / CURVE_UNIT_MM)} w 1 J 1 j"
    if mark.turns == 1:
        drawn = f"{_path(mark.paths)} S"
    else:
        along, down = math.cos(2 * math.pi / mark.turns), math.sin(2 * math.pi / mark.turns)
        turn = f"{along:.9f} {down:.9f} {-down:.9f} {along:.9f} 0 0 cm\n"
        drawn = "".join(f"{_path((path,))} S {turn}" * mark.turns for path in mark.paths)
    return f"q {pen} {_grid(mark.origin_mm, height_mm)} {drawn} Q"


def _grid(origin_mm: tuple[float, float], height_mm: float) -> str:
    unit = number(CURVE_UNIT_MM)
    return f"{unit} 0 0 -{unit} {number(origin_mm[0])} {number(height_mm - origin_mm[1])} cm"


@lru_cache(maxsize=256)
def _pieces(count: int) -> str:
    return "%d %d m " + "%d %d %d %d %d %d c " * count


def _path(paths: Iterable[Path]) -> str:
    return " ".join(_pieces((len(path) - 2) // 6) % path + ("h" if path[:2] == path[-2:] else "") for path in paths)


def in_spot_ink(operators: str, ink: str) -> str:
    """Return operators that overprint, and that belong to the processing step of a spot ink if it is one.

    Other inks are multiplied with what lies below: plates are the same, and a viewer that ignores overprint shows the
    alternate as a tint instead of hiding the picture. Processing steps may not be transparent (ISO 19593-1, 6.4).
    """
    if ink in PROCESSING_STEPS:
        return f"/OC /{ink} BDC q /Overprint gs {operators} Q EMC"
    return f"q /Overprint gs /Tint gs {operators} Q"


class PageWriter:
    """Collect the operators of one page or form whose height is known, in the inks it is printed with."""

    def __init__(self, height_mm: float, inks: Inks | None = None) -> None:
        self.height_mm = height_mm
        self.inks = inks or standard_inks()
        self._parts: list[str] = []

    def raw(self, operators: str) -> None:
        """Append operators as they are."""
        self._parts.append(operators)

    def draw(self, marks: Iterable[Mark]) -> None:
        """Append marks in order; those in a spot ink overprint, so that nothing is spared for them in other inks."""
        for mark in marks:
            drawn = _drawn(mark, self.height_mm, self.inks)
            self.raw(in_spot_ink(drawn, mark.colour) if mark.colour in SPOT_INKS else drawn)

    def operators(self) -> str:
        """Return all operators, one to a line."""
        return "\n".join(self._parts)


class _Shown(dict[str, str]):
    """Two letters side by side: what a TJ array says of the first and of the move to the second."""

    def __init__(self, typeface: Typeface) -> None:
        super().__init__()
        self._typeface = typeface

    def __missing__(self, pair: str) -> str:
        glyphs = [glyph_of(self._typeface, character) for character in pair]
        shown = f"{glyphs[0]:04X}"
        # TJ moves in thousandths of an em, to the left.
        kerning = kerning_of(self._typeface, glyphs[0], glyphs[1]) if len(glyphs) > 1 else 0
        if kerning:
            shown += f">{-kerning}<"
        self[pair] = shown
        return shown


@cache
def _shown(typeface: Typeface) -> _Shown:
    return _Shown(typeface)


@lru_cache(maxsize=4096)
def _beginning(
    typeface: str,
    size_mm: float,
    tracking_mm: float,
    x_mm: float,
    y_mm: float,
    colour: str,
    turn_deg: float,
    inks: Inks,
) -> str:
    spaced = f"{number(tracking_mm)} Tc " if tracking_mm else ""
    at = f"{number(x_mm)} {number(y_mm)} Td"
    if turn_deg:
        along, down = math.cos(math.radians(turn_deg)), math.sin(math.radians(turn_deg))
        at = f"{along:.6f} {-down:.6f} {down:.6f} {along:.6f} {number(x_mm)} {number(y_mm)} Tm"
    return f"BT {inks.operator(colour, stroke=False)} /{typeface} {number(size_mm)} Tf {spaced}{at} [<"


def _text(run: TextRun, height_mm: float, inks: Inks) -> str:
    typeface, text = run.typeface, run.text
    shown = _shown(typeface)
    pairs = [text[index : index + 2] for index in range(len(text))] if run.kerned else text
    letters = "".join([shown[pair] for pair in pairs])
    up_mm = height_mm - run.baseline_mm
    before = _beginning(typeface.name, run.size_mm, run.tracking_mm, run.x_mm, up_mm, run.colour, run.turn_deg, inks)
    return f"{before}{letters}>] TJ{' 0 Tc' if run.tracking_mm else ''} ET"


def deflated(*data: bytes | memoryview, level: int) -> bytes:
    """Return bytes, one after another, as a zlib stream (RFC 1950) at a level of libdeflate, from 1 to 12."""
    return bytes(zlib_compress(b"".join(data), level))


def text_operators(run: TextRun, height_mm: float) -> str:
    """Return what prints a line of letters in black on a page of a given height, without the way around by a writer."""
    return _text(run, height_mm, standard_inks())


class LinesToRight:
    """Lines in black that differ from page to page and end at one place of a page, in mm from its lower left corner.

    They are set without kerning, so that their width is that of their letters, each of which is measured once.
    """

    def __init__(self, typeface: Typeface, size_mm: float, tracking_mm: float, right_mm: float, up_mm: float) -> None:
        self._right_mm = right_mm + tracking_mm  # which is added between letters, not after the last
        self._steps = cache(lambda letter: width_of(letter, typeface, size_mm) + tracking_mm)
        self._letters = _shown(typeface)
        ink = standard_inks().operator(BLACK, stroke=False)
        self._form = (
            f"BT {ink} /{typeface.name} {number(size_mm)} Tf {number(tracking_mm)} Tc "
            f"%s {number(up_mm)} Td <%s> Tj 0 Tc ET"
        )

    def operators(self, text: str) -> str:
        """Return what prints a line; raise `InputError` if the typeface lacks a letter."""
        left = self._right_mm - sum(map(self._steps, text))
        return self._form % (number(left), "".join([self._letters[letter] for letter in text]))


class Plates:
    """The shared objects of one PDF: the fonts with the glyphs of `text`, and the spot inks that are used."""

    def __init__(self, pdf: pikepdf.Pdf, text: str) -> None:
        self._pdf = pdf
        self._spaces = pdf.make_indirect(pikepdf.Dictionary())
        self._steps = pdf.make_indirect(pikepdf.Dictionary())
        subsets = {face: subset_font(face, text + CODE_LETTERS) for face in Typeface}
        fonts = {f"/{face.name}": self._font(subset) for face, subset in subsets.items()}
        for face, subset in subsets.items():
            fonts[f"/{code_font_name(face)}"] = code_font_of(pdf, fonts[f"/{face.name}"], subset)
        self.resources: dict[str, pikepdf.Object] = {
            "/Font": pdf.make_indirect(pikepdf.Dictionary(fonts)),
            "/ColorSpace": self._spaces,
            "/Properties": self._steps,
            "/ExtGState": pdf.make_indirect(
                pikepdf.Dictionary(
                    {
                        "/Overprint": pikepdf.Dictionary(
                            {"/Type": pikepdf.Name("/ExtGState"), "/OP": True, "/op": True, "/OPM": 1}
                        ),
                        "/Tint": pikepdf.Dictionary(
                            {"/Type": pikepdf.Name("/ExtGState"), "/BM": pikepdf.Name("/Multiply")}
                        ),
                    }
                )
            ),
        }

    def stream(self, data: bytes, **keys: pikepdf.Object | int | str) -> pikepdf.Stream:
        """Return a new stream, deflated, of the file."""
        return pikepdf.Stream(self._pdf, deflated(data, level=_LEVEL), Filter=pikepdf.Name("/FlateDecode"), **keys)

    def provide_inks(self, operators: str) -> None:
        """Give each spot ink that operators draw with its plate, and its processing step if it is one.

        An ink that nothing is drawn in has no plate: a RIP would make an empty one of it.
        """
        if "/Overprint gs" not in operators and "/All " not in operators:
            return
        for name, cmyk in _ALTERNATES.items():
            if f"/{name} " in operators and f"/{name}" not in self._spaces:
                self._spaces[f"/{name}"] = self._spot(f"/{name}", cmyk)
        for name, step in PROCESSING_STEPS.items():
            if f"/OC /{name} " in operators and f"/{name}" not in self._steps:
                self._steps[f"/{name}"] = self._step(name, *step)

    @property
    def printed_spots(self) -> tuple[str, ...]:
        """The spot inks that something is printed in so far: not the die line, which is no ink, nor ``All``."""
        return tuple(name for name in _ALTERNATES if f"/{name}" in self._spaces and name not in {"All", "DieLine"})

    def _spot(self, name: str, cmyk: tuple[float, ...]) -> pikepdf.Object:
        tint = pikepdf.Dictionary(
            {
                "/FunctionType": 2,
                "/Domain": [0, 1],
                "/N": 1,
                "/C0": [0, 0, 0, 0],
                "/C1": [Decimal(str(v)) for v in cmyk],
            }
        )
        space = [pikepdf.Name("/Separation"), pikepdf.Name(name), pikepdf.Name("/DeviceCMYK"), tint]
        return self._pdf.make_indirect(pikepdf.Array(space))

    def _step(self, name: str, group: str, kind: str | None) -> pikepdf.Object:
        """Make the optional content group of a processing step, and list it (ISO 19593-1; ISO 32000-2, 8.11)."""
        metadata = pikepdf.Dictionary({"/GTS_ProcStepsGroup": pikepdf.Name(f"/{group}")})
        if kind:
            metadata["/GTS_ProcStepsType"] = pikepdf.Name(f"/{kind}")
        step = self._pdf.make_indirect(
            pikepdf.Dictionary(
                {"/Type": pikepdf.Name("/OCG"), "/Name": pikepdf.String(name), "/GTS_Metadata": metadata}
            )
        )
        if "/OCProperties" not in self._pdf.Root:
            shown = pikepdf.Dictionary(
                {"/Name": pikepdf.String("Sheets"), "/Order": [], "/BaseState": pikepdf.Name("/ON")}
            )
            self._pdf.Root["/OCProperties"] = pikepdf.Dictionary({"/OCGs": [], "/D": shown})
        properties = self._pdf.Root["/OCProperties"]
        properties["/OCGs"].append(step)
        properties["/D"]["/Order"].append(step)
        return step

    def _font(self, font: SubsetFont) -> pikepdf.Object:
        """Embed a subset as a CIDFontType2 whose character codes are glyph numbers (ISO 32000-2, 9.7)."""
        letters = hashlib.sha256(font.data).digest()
        tag = "".join(chr(ord("A") + byte % 26) for byte in letters[:6])
        name = pikepdf.Name(f"/{tag}+{font.postscript_name}")
        descriptor = self._pdf.make_indirect(
            pikepdf.Dictionary(
                {
                    "/Type": pikepdf.Name("/FontDescriptor"),
                    "/FontName": name,
                    "/Flags": 4,
                    "/FontBBox": list(font.box),
                    "/ItalicAngle": 0,
                    "/Ascent": font.ascent,
                    "/Descent": font.descent,
                    "/CapHeight": font.cap_height,
                    "/StemV": 90,
                    "/FontFile2": self.stream(font.data, Length1=len(font.data)),
                }
            )
        )
        widths: list[object] = []
        for glyph, width in sorted(font.widths.items()):
            widths += [glyph, [width]]
        cid = self._pdf.make_indirect(
            pikepdf.Dictionary(
                {
                    "/Type": pikepdf.Name("/Font"),
                    "/Subtype": pikepdf.Name("/CIDFontType2"),
                    "/BaseFont": name,
                    "/CIDSystemInfo": pikepdf.Dictionary(
                        {
                            "/Registry": pikepdf.String("Adobe"),
                            "/Ordering": pikepdf.String("Identity"),
                            "/Supplement": 0,
                        }
                    ),
                    "/FontDescriptor": descriptor,
                    "/W": widths,
                    "/CIDToGIDMap": pikepdf.Name("/Identity"),
                }
            )
        )
        return self._pdf.make_indirect(
            pikepdf.Dictionary(
                {
                    "/Type": pikepdf.Name("/Font"),
                    "/Subtype": pikepdf.Name("/Type0"),
                    "/BaseFont": name,
                    "/Encoding": pikepdf.Name("/Identity-H"),
                    "/DescendantFonts": [cid],
                    "/ToUnicode": self.stream(_to_unicode(font.characters)),
                }
            )
        )


def _to_unicode(characters: dict[int, str]) -> bytes:
    pairs = [f"<{glyph:04X}> <{text.encode('utf-16-be').hex().upper()}>" for glyph, text in sorted(characters.items())]
    blocks = [pairs[i : i + 100] for i in range(0, len(pairs), 100)]
    body = "\n".join(f"{len(block)} beginbfchar\n" + "\n".join(block) + "\nendbfchar" for block in blocks)
    return (
        "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n"
        "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n"
        "/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n"
        "1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n"
        f"{body}\nendcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n"
    ).encode()
