"""The letters on a stamp: two typefaces shipped with the package, measured and set glyph by glyph.

Both are under the SIL Open Font License 1.1 (texts beside the files): Jost for name and value, Barlow
Condensed for small print. They hold Latin, Latin-1, Latin Extended-A and the euro. A character that a
typeface lacks is refused by name: a stamp is never printed with an empty box on it. Kerning is
applied; ligatures, shaping of complex scripts and right-to-left text are not.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from enum import Enum
from functools import cache, lru_cache
from importlib import resources
from io import BytesIO

from fontTools import subset  # type: ignore[import-untyped]
from fontTools.pens.svgPathPen import SVGPathPen  # type: ignore[import-untyped]
from fontTools.ttLib import TTFont  # type: ignore[import-untyped]

from cryptostamp.errors import InputError

__all__ = [
    "PlacedGlyph",
    "SubsetFont",
    "Typeface",
    "fit_size",
    "glyph_of",
    "glyph_outline",
    "kerning_of",
    "pens_of",
    "set_line",
    "subset_font",
    "width_of",
]


class Typeface(Enum):
    """A typeface of the package; the value is its file."""

    DISPLAY = "Jost-SemiBold.ttf"
    TEXT = "BarlowCondensed-Medium.ttf"

    @property
    def cap_height(self) -> float:
        """The height of a capital, in ems."""
        return _metrics(self).cap_height


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedGlyph:
    """A glyph of a line and the distance from the start of the line to it."""

    glyph: int
    x_mm: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SubsetFont:
    """The part of a typeface that a file needs. Glyph numbers are those of the whole typeface."""

    data: bytes
    postscript_name: str
    widths: dict[int, int]
    """Glyph number to advance, in thousandths of an em."""
    characters: dict[int, str]
    """Glyph number to the character it stands for."""
    box: tuple[int, int, int, int]
    ascent: int
    descent: int
    cap_height: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Metrics:
    units: int
    cap_height: float
    glyphs: dict[str, int]
    advances: list[int]
    kerning: dict[tuple[int, int], int]


def _open(typeface: Typeface) -> TTFont:
    data = resources.files("cryptostamp.press").joinpath("fonts", typeface.value).read_bytes()
    return TTFont(BytesIO(data), recalcTimestamp=False)


@cache
def _metrics(typeface: Typeface) -> _Metrics:
    with _open(typeface) as font:
        number = font.getReverseGlyphMap()
        pairs = font["kern"].kernTables[0].kernTable
        return _Metrics(
            units=font["head"].unitsPerEm,
            cap_height=font["OS/2"].sCapHeight / font["head"].unitsPerEm,
            glyphs={chr(code): number[name] for code, name in font.getBestCmap().items()},
            advances=[font["hmtx"][name][0] for name in font.getGlyphOrder()],
            kerning={(number[a], number[b]): value for (a, b), value in pairs.items()},
        )


class _Steps(dict[str, int]):
    """Two letters side by side: the distance from the first to the second in font units; made at first use."""

    def __init__(self, metrics: _Metrics) -> None:
        super().__init__()
        self._metrics = metrics

    def __missing__(self, pair: str) -> int:
        glyphs = [self._metrics.glyphs[character] for character in pair]  # `KeyError` for one that is not there
        step = self._metrics.advances[glyphs[0]]
        if len(glyphs) > 1:
            step += self._metrics.kerning.get((glyphs[0], glyphs[1]), 0)
        self[pair] = step
        return step


@cache
def _steps(typeface: Typeface) -> _Steps:
    return _Steps(_metrics(typeface))


def kerning_of(typeface: Typeface, before: int, after: int) -> int:
    """Return what is added between two glyphs, in font units, 1,000 an em."""
    return _metrics(typeface).kerning.get((before, after), 0)


def glyph_of(typeface: Typeface, character: str) -> int:
    """Return the number of a character's glyph; raise `InputError` if the typeface lacks it."""
    return _glyphs_of(character, typeface, "text")[0]


@cache
def glyph_outline(typeface: Typeface, glyph: int) -> str:
    """Return the outline of a glyph as SVG path data in font units (1,000 an em, y upwards)."""
    with _open(typeface) as font:
        glyphs = font.getGlyphSet()
        pen = SVGPathPen(glyphs)
        glyphs[font.getGlyphName(glyph)].draw(pen)
        return str(pen.getCommands())


def _glyphs_of(text: str, typeface: Typeface, element: str) -> list[int]:
    known = _metrics(typeface).glyphs
    for character in text:
        if character not in known:
            name = unicodedata.name(character, "a character without a name")
            raise InputError(
                f"The {element} {text!r} needs {character!r} (U+{ord(character):04X}, {name}), "
                f"which the stamp's typeface does not have.",
                where=element,
                remedy="Write it in Latin letters: the typefaces hold Latin-1, Latin Extended-A and the euro sign.",
            )
    return [known[character] for character in text]


def set_line(
    text: str,
    typeface: Typeface,
    size_mm: float,
    *,
    tracking_mm: float = 0.0,
    kerned: bool = True,
    element: str = "text",
) -> tuple[tuple[PlacedGlyph, ...], float]:
    """Return the glyphs of a line with their places, and its width in mm.

    `tracking_mm` is added between letters, not after the last; codes are set without kerning.
    Raises `InputError`, which names `element` and the character, if the typeface lacks a glyph.
    """
    glyphs = _glyphs_of(text, typeface, element)
    pens = pens_of(text, typeface, size_mm, tracking_mm=tracking_mm, kerned=kerned)
    placed = tuple(PlacedGlyph(glyph=glyph, x_mm=pen) for glyph, pen in zip(glyphs, pens, strict=False))
    return placed, pens[-1]


def pens_of(
    text: str, typeface: Typeface, size_mm: float, *, tracking_mm: float = 0.0, kerned: bool = True
) -> list[float]:
    """Return where each letter of a line begins, and where the line ends, in mm; all of them are in the typeface."""
    steps, scale = _steps(typeface), size_mm / _metrics(typeface).units
    pens, pen = [], 0.0
    for index in range(len(text)):
        pens.append(pen)
        # The step of a last letter is its advance.
        pen += steps[text[index : index + (2 if kerned else 1)]] * scale + tracking_mm
    pens.append(pen - tracking_mm if text else pen)
    return pens


def width_of(text: str, typeface: Typeface, size_mm: float, *, tracking: float = 0.0, element: str = "text") -> float:
    """Return the width of a line in mm; `tracking` is in ems.

    Quick, for it is asked for several times a stamp: `set_line` gives the same width and the places too.
    """
    steps = _steps(typeface)
    try:
        # The last pair is one letter alone: its advance.
        units = sum([steps[text[index : index + 2]] for index in range(len(text))])
    except KeyError:
        _glyphs_of(text, typeface, element)  # names the character
        raise
    return (units / _metrics(typeface).units + tracking * max(len(text) - 1, 0)) * size_mm


def fit_size(
    text: str,
    typeface: Typeface,
    *,
    element: str,
    room_mm: float,
    largest_mm: float,
    smallest_mm: float,
    tracking: float = 0.0,
) -> float:
    """Return the largest em size, between two bounds, at which a line fits its room.

    Raises `InputError` naming the element, its width at the smallest size and the room.
    """
    wide = width_of(text, typeface, largest_mm, tracking=tracking, element=element)
    if wide <= room_mm:
        return largest_mm
    size = largest_mm * room_mm / wide
    if size >= smallest_mm:
        return size
    least = wide * smallest_mm / largest_mm
    raise InputError(
        f"The {element} {text!r} is {least:.1f} mm wide at the smallest size that can be read; "
        f"the stamp has {room_mm:.1f} mm for it.",
        where=element,
        remedy=f"Shorten the {element}, or choose a wider stamp.",
    )


@lru_cache(maxsize=16)
def subset_font(typeface: Typeface, text: str) -> SubsetFont:
    """Return the part of a typeface that the characters of `text` need; the same text gives the same bytes."""
    wanted = sorted(set(text))
    glyphs = dict(zip(_glyphs_of("".join(wanted), typeface, "text"), wanted, strict=True))
    with _open(typeface) as font:
        options = subset.Options(
            retain_gids=True, notdef_outline=True, layout_features=[], name_IDs=[], drop_tables=["kern"]
        )
        subsetter = subset.Subsetter(options)
        subsetter.populate(gids=list(glyphs))
        head, hhea, os2 = font["head"], font["hhea"], font["OS/2"]
        scale = 1000 / head.unitsPerEm
        box = tuple(round(v * scale) for v in (head.xMin, head.yMin, head.xMax, head.yMax))
        name = str(font["name"].getDebugName(6))
        advances = {glyph: round(font["hmtx"][font.getGlyphName(glyph)][0] * scale) for glyph in glyphs}
        subsetter.subset(font)
        out = BytesIO()
        font.save(out, reorderTables=True)
        return SubsetFont(
            data=out.getvalue(),
            postscript_name=name,
            widths=advances,
            characters=glyphs,
            box=(box[0], box[1], box[2], box[3]),
            ascent=round(hhea.ascent * scale),
            descent=round(hhea.descent * scale),
            cap_height=round(os2.sCapHeight * scale),
        )
