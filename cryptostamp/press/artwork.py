"""The picture of a stamp: an SVG or PNG that is checked before anything renders it, then coloured, then rendered.

The colour of the variant is the SVG's ``currentColor``. Pixels come from resvg, PDF from typst; both
read SVG with usvg, so both draw the same picture. An SVG may draw with paths, shapes, gradients,
clips, masks, patterns and embedded PNG or JPEG; it may not run scripts, fetch anything, declare
entities or bring text (a stamp's letters are the press's). A PNG is checked in `bitmap`, and has no colour
to be set. Nothing here judges taste.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import Any, NamedTuple, NoReturn
from xml.parsers import expat
from xml.sax.saxutils import quoteattr

import resvg_py
import typst
from PIL import Image

from cryptostamp.errors import ArtworkError, CryptostampError
from cryptostamp.press.bitmap import Bitmap, check_resolution, parse_bitmap
from cryptostamp.primitives import Box
from cryptostamp.series.models import Design, Variant

__all__ = [
    "MAX_ARTWORK_BYTES",
    "Artwork",
    "SizedArtwork",
    "artwork_cutting",
    "artwork_pdf",
    "artwork_pixels",
    "check_shape",
    "load_artwork",
    "render_artwork",
]

MAX_ARTWORK_BYTES = 5_000_000
_SHAPE_TOLERANCE = 0.01

_SVG = "http://www.w3.org/2000/svg"
_DRAWING = frozenset(
    {
        *("svg", "g", "defs", "title", "desc", "metadata", "style", "symbol", "use", "switch"),
        *("path", "rect", "circle", "ellipse", "line", "polyline", "polygon", "image"),
        *("linearGradient", "radialGradient", "stop", "clipPath", "mask", "pattern"),
    }
)
_INLINE_PICTURE = re.compile(r"data:image/(?:png|jpe?g);base64,", re.IGNORECASE)
_URL = re.compile(r"url\(\s*['\"]?\s*([^)'\"\s]*)", re.IGNORECASE)
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
_OUT = "Draw with paths, gradients, clips and masks, and keep everything inside the file."


@dataclass(frozen=True, slots=True, kw_only=True)
class Artwork:
    """A checked SVG, split around the start tag of its root so that colour and size can be set."""

    path: Path
    width: float
    height: float
    """Of the viewBox, in its own units: only their ratio matters."""
    sha256: str
    before: bytes
    attributes: tuple[tuple[str, str], ...]
    after: bytes

    def svg(self, colour: str, width: str, height: str, part: tuple[float, float, float, float] | None = None) -> bytes:
        """Return the SVG with ``currentColor`` and size set, as UTF-8.

        `part` of it, as left, top, width and height in shares of the whole, fills that size if it is given.
        """
        if not _COLOUR.fullmatch(colour):
            raise ArtworkError(f"{colour!r} is not a colour of the form #rrggbb.", where=str(self.path))
        given = {"color": colour, "width": width, "height": height, "preserveAspectRatio": "none"}
        if part is not None:
            left, top, wide, high = _view_box(dict(self.attributes))
            view = left + part[0] * wide, top + part[1] * high, part[2] * wide, part[3] * high
            given["viewBox"] = " ".join(map(repr, view))
        kept = [(name, value) for name, value in self.attributes if name not in given]
        kept += given.items()
        tag = "<svg " + " ".join(f"{key}={quoteattr(value)}" for key, value in kept) + ">"
        return self.before + tag.encode() + self.after


class _Checker:
    """Walk an SVG with expat; refuse at the first thing that has no place in artwork."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.parser = expat.ParserCreate()
        self.parser.buffer_text = True
        self.prefixes: set[str] = set()
        self.parser.StartElementHandler = self.element
        self.parser.EndElementHandler = self.end
        self.parser.CharacterDataHandler = self.text
        self.parser.StartDoctypeDeclHandler = self.doctype
        self.parser.EntityDeclHandler = self.doctype
        self.parser.ProcessingInstructionHandler = self.instruction
        self.open: list[str] = []
        self.root: tuple[int, dict[str, str]] | None = None

    def refuse(self, what: str, remedy: str = _OUT) -> NoReturn:
        raise ArtworkError(what, where=f"{self.path}:{self.parser.CurrentLineNumber}", remedy=remedy)

    def doctype(self, *_: object) -> NoReturn:
        self.refuse("The artwork declares a DOCTYPE or an entity.", "Save it as plain SVG without a DOCTYPE.")

    def instruction(self, target: str, _data: str) -> None:
        self.refuse(f"The artwork has a processing instruction <?{target}?>.")

    def element(self, name: str, attributes: dict[str, str]) -> None:
        if self.root is None:
            if name != "svg" or attributes.get("xmlns") != _SVG:
                self.refuse(f"The artwork's outermost element is <{name}>, not an SVG picture.")
            self.root = (self.parser.CurrentByteIndex, attributes)
        self.prefixes |= {key[6:] for key, value in attributes.items() if key.startswith("xmlns:") and value == _SVG}
        prefix, colon, local = name.partition(":")
        name = local if colon and prefix in self.prefixes else name
        self.open.append(name)
        if ":" not in name and name not in _DRAWING:
            hint = "Convert text to outlines." if name in {"text", "tspan", "textPath", "font"} else _OUT
            self.refuse(f"The artwork has an element <{name}>, which a stamp's picture may not hold.", hint)
        for key, value in attributes.items():
            if key.lower().startswith("on"):
                self.refuse(f"The element <{name}> has a script in its attribute {key}.")
            if key == "href" or key.endswith(":href"):
                self.reference(name, value)
            self.style(name, value)

    def end(self, _name: str) -> None:
        self.open.pop()

    def text(self, data: str) -> None:
        if self.open[-1] == "style":
            if "@" in data:
                self.refuse("The element <style> has an @-rule, which may fetch a file.")
            self.style("style", data)

    def reference(self, name: str, target: str) -> None:
        target = target.strip()
        if target.startswith("#") or (name == "image" and _INLINE_PICTURE.match(target)):
            return
        self.refuse(f"The element <{name}> refers to {target[:60]!r}, which is outside of the artwork.")

    def style(self, name: str, value: str) -> None:
        for target in _URL.findall(value):
            if not target.startswith("#"):
                self.refuse(f"The element <{name}> refers to {target[:60]!r}, which is outside of the artwork.")


def _end_of_tag(data: bytes, start: int) -> int:
    quote = 0
    for index in range(start, len(data)):
        byte = data[index]
        if quote:
            quote = 0 if byte == quote else quote
        elif byte in b"\"'":
            quote = byte
        elif byte == ord(">"):
            return index + 1
    return len(data)


def load_artwork(path: Path) -> Artwork | Bitmap:
    """Read an SVG or PNG and refuse, as `ArtworkError`, whatever must not reach a renderer or a press."""
    try:
        with path.open("rb") as file:
            data = file.read(MAX_ARTWORK_BYTES + 1)
    except OSError as error:
        raise ArtworkError(
            f"The artwork cannot be read: {error.strerror or error}.",
            where=str(path),
            remedy="Put the picture where series.toml says it is.",
        ) from error
    if len(data) > MAX_ARTWORK_BYTES:
        raise ArtworkError(
            f"The artwork has more than {MAX_ARTWORK_BYTES:,} bytes.",
            where=str(path),
            remedy="Simplify the drawing or shrink the pictures in it.",
        )
    return _check_bitmap(path, data) if path.suffix.lower() == ".png" else _check(path, data)


_check_bitmap = lru_cache(maxsize=32)(parse_bitmap)


def _view_box(attributes: Mapping[str, str]) -> tuple[float, float, float, float]:
    left, top, width, height = (float(part) for part in re.split(r"[\s,]+", attributes["viewBox"].strip()))
    return left, top, width, height


@lru_cache(maxsize=64)
def _check(path: Path, data: bytes) -> Artwork:
    checker = _Checker(path)
    try:
        checker.parser.Parse(data, True)  # noqa: FBT003 (expat takes it by position)
    except expat.ExpatError as error:
        raise ArtworkError(
            f"The artwork is not well-formed XML: {expat.errors.messages[error.code]}.",
            where=f"{path}:{error.lineno}",
            remedy="Save it again from the drawing program.",
        ) from error
    assert checker.root is not None  # noqa: S101 (expat refuses a document without an element)
    start, attributes = checker.root
    try:
        data.decode("utf-8")
        _, _, width, height = _view_box(attributes)
    except (KeyError, ValueError) as error:
        raise ArtworkError(
            "The artwork has no viewBox of four numbers, or is not UTF-8.",
            where=str(path),
            remedy='Give <svg> a viewBox="x y width height" and save it as UTF-8.',
        ) from error
    if not (0 < width < float("inf") and 0 < height < float("inf")):
        raise ArtworkError("The artwork's viewBox is empty.", where=str(path), remedy="Give it a width and a height.")
    end = _end_of_tag(data, start)
    before, closed = data[:start], data[:end].endswith(b"/>")
    return Artwork(
        path=path,
        width=width,
        height=height,
        sha256=hashlib.sha256(data).hexdigest(),
        before=before,
        attributes=tuple(attributes.items()),
        after=b"</svg>" if closed else data[end:],
    )


@lru_cache(maxsize=32)
def _pixels(art: Artwork | Bitmap, colour: str, width_px: int, height_px: int) -> Image.Image:
    if isinstance(art, Bitmap):
        return art.pixels(width_px, height_px).convert("RGBA")
    return _drawn(art, art.svg(colour, str(width_px), str(height_px)))


def _drawn(art: Artwork, svg: bytes) -> Image.Image:
    try:
        png = resvg_py.svg_to_bytes(svg_string=svg.decode("utf-8"), skip_system_fonts=True, dpi=96)
    except ValueError as error:
        raise ArtworkError(f"The artwork cannot be drawn: {error}.", where=str(art.path), remedy=_OUT) from error
    return Image.open(BytesIO(png)).convert("RGBA")


def render_artwork(design: Design, variant: Variant, width_px: int, height_px: int) -> Image.Image:
    """Return the picture of a design in the colour of a variant on white, RGB, exactly of the given size in pixels."""
    layer = artwork_pixels(load_artwork(design.artwork), variant.colour, width_px, height_px)
    image = Image.new("RGB", layer.size, "#ffffff")
    image.paste(layer, (0, 0), layer)
    return image


def artwork_pixels(art: Artwork | Bitmap, colour: str, width_px: int, height_px: int) -> Image.Image:
    """Return a picture in a colour, RGBA, exactly of the given size in pixels; do not change it."""
    return _pixels(art, colour, width_px, height_px)


def artwork_cutting(
    art: Artwork | Bitmap, colour: str, width_px: int, height_px: int, cutting: tuple[int, int, int, int]
) -> Image.Image:
    """Return a part of what `artwork_pixels` returns, from left and top to right and bottom, and draw no more of it."""
    left, top, right, bottom = cutting
    if isinstance(art, Bitmap):
        return artwork_pixels(art, colour, width_px, height_px).crop(cutting)
    part = left / width_px, top / height_px, (right - left) / width_px, (bottom - top) / height_px
    return _drawn(art, art.svg(colour, str(right - left), str(bottom - top), part))


class SizedArtwork(NamedTuple):
    """A picture in a colour, as large as it is printed."""

    art: Artwork | Bitmap
    colour: str
    width_mm: float
    height_mm: float


@lru_cache(maxsize=16)
def artwork_pdf(*pictures: SizedArtwork) -> bytes:
    """Return pictures as a PDF, a page of its size for each; the same input gives the same bytes.

    Many at once are made several times as fast as one by one, and have their colour spaces in common.
    """
    # typst takes a dict of files, which its stubs do not say yet.
    files: dict[str, Any] = {}
    source = ["#set document(date: none)\n"]
    for number, (art, colour, *size) in enumerate(pictures):
        width, height = (f"{side}mm" for side in size)
        files[f"{number}.svg"] = art.svg(width, height) if isinstance(art, Bitmap) else art.svg(colour, width, height)
        source.append(
            f"#page(width: {width}, height: {height}, margin: 0mm)"
            f'[#image("{number}.svg", width: {width}, height: {height}, fit: "stretch")]\n'
        )
    files["main.typ"] = "".join(source).encode()
    try:
        pdf = typst.compile(files, format="pdf", ignore_system_fonts=True, pdf_tags=False)  # type: ignore[call-overload]
    except RuntimeError as error:
        if len(pictures) > 1:
            for picture in pictures:
                artwork_pdf(picture)  # names the one that cannot be drawn
        where = str(pictures[0].art.path)
        raise ArtworkError(f"The artwork cannot be drawn: {error}.", where=where, remedy=_OUT) from error
    if not isinstance(pdf, bytes):
        raise CryptostampError("The PDF of artwork came out as several files.", where=str(pictures[0].art.path))
    return pdf


def check_shape(art: Artwork | Bitmap, box: Box) -> None:
    """Raise `ArtworkError` if a picture has not the shape of its place, within 1 %, or too few pixels for it."""
    if isinstance(art, Bitmap):
        check_resolution(art, box)
    wanted = box.width_mm / box.height_mm
    if abs(art.width / art.height / wanted - 1) > _SHAPE_TOLERANCE:
        raise ArtworkError(
            f"The artwork is {art.width:g} x {art.height:g} units, {art.width / art.height:.3f} to 1; "
            f"the picture on the stamp is {box.width_mm:.1f} x {box.height_mm:.1f} mm, {wanted:.3f} to 1.",
            where=str(art.path),
            remedy="Set the viewBox to the shape of the picture: it is never stretched or cropped.",
        )
