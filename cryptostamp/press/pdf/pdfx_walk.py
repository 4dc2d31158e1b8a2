"""Walk through all that the pages of a PDF paint, and note what PDF/X-4 has rules about.

Rests on ISO 32000 (content streams, resources, colour spaces). Follows pages, forms, tiling patterns, soft masks and
Type 3 glyphs, each once. Nothing is judged here; `pdfx` does.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

import pikepdf

__all__ = ["Walk", "walk_pages"]

_RGB_OPERATORS: Final = {"rg", "RG"}
_CMYK_OPERATORS: Final = {"k", "K"}
_SPACE_OPERATORS: Final = {"cs", "CS"}
_RGB_NAMES: Final = {"/DeviceRGB", "/RGB"}
_COLOUR_OPERATORS: Final = " ".join(sorted(_RGB_OPERATORS | _CMYK_OPERATORS | _SPACE_OPERATORS))
_COLOURED_INLINE: Final = re.compile(rb"BI\b[^>]{0,400}?/(?:CS|ColorSpace)\b")
_HALFTONES: Final = {1, 5}
_FONT_FILES: Final = ("/FontFile", "/FontFile2", "/FontFile3")


@dataclass(slots=True)
class Walk:
    """What was met on the way, each with where it was met."""

    device_rgb: list[str] = field(default_factory=list)
    fonts_missing: list[str] = field(default_factory=list)
    spots: dict[str, set[bytes]] = field(default_factory=dict)
    """Spot ink to its different definitions, of which there should be one."""
    rgb_groups: list[str] = field(default_factory=list)
    transparent: dict[str, bool] = field(default_factory=dict)
    """Pages that paint something transparent, and whether they say in which space it blends."""
    transfers: list[str] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)
    inks: dict[float, str] = field(default_factory=dict)
    """Sums of ink of colours written as CMYK, in per cent."""


def walk_pages(pdf: pikepdf.Pdf) -> Walk:
    """Return what all pages of a PDF paint."""
    walk = Walk()
    walker = _Walker(walk)
    for number, page in enumerate(pdf.pages, 1):
        where = f"page {number}"
        group: Any = page.obj.get("/Group", {})
        walker.group(group, where)
        walker.sees_transparency = False
        walker.stream(page.obj, page.obj.get("/Resources", page.resources), where)
        if walker.sees_transparency:
            walk.transparent[where] = "/CS" in group
    return walk


class _Walker:
    def __init__(self, walk: Walk) -> None:
        self.walk = walk
        self.seen: dict[tuple[int, int], bool] = {}
        self.sees_transparency = False

    def once(self, obj: Any) -> bool:  # noqa: ANN401 (any object of a PDF)
        """Return whether an object is met for the first time; what lay in it before counts again as seen."""
        if not obj.is_indirect:
            return True
        if obj.objgen in self.seen:
            self.sees_transparency |= self.seen[obj.objgen]
            return False
        self.seen[obj.objgen] = False
        return True

    def stream(self, stream: Any, resources: Any, where: str) -> None:  # noqa: ANN401
        """Walk through a page or a stream and what it can paint with."""
        if resources is not None and self.once(resources):
            before, self.sees_transparency = self.sees_transparency, False
            self.resources(resources, where)
            if resources.is_indirect:
                self.seen[resources.objgen] = self.sees_transparency
            self.sees_transparency |= before
        for instruction in pikepdf.parse_content_stream(stream, _COLOUR_OPERATORS):
            self.colour(str(instruction.operator), instruction.operands, where)
        # Pictures in the stream are rarely coloured: only then is it worth to take all of it apart.
        if _COLOURED_INLINE.search(_bytes_of(stream)):
            for instruction in pikepdf.parse_content_stream(stream):
                if isinstance(instruction, pikepdf.ContentStreamInlineImage):
                    self.inline_image(instruction.iimage, where)

    def colour(self, operator: str, operands: Any, where: str) -> None:  # noqa: ANN401
        names_rgb = operator in _SPACE_OPERATORS and str(operands[0]) in _RGB_NAMES
        if operator in _RGB_OPERATORS or names_rgb:
            self.walk.device_rgb.append(f"{where} (operator {operator})")
        elif operator in _CMYK_OPERATORS:
            ink = sum(float(str(value)) for value in operands)
            self.walk.inks.setdefault(round(100 * ink, 1), where)

    def inline_image(self, image: Any, where: str) -> None:  # noqa: ANN401
        if not image.image_mask and str(image.colorspace) in _RGB_NAMES:
            self.walk.device_rgb.append(f"{where} (inline picture)")

    def resources(self, resources: Any, where: str) -> None:  # noqa: ANN401
        for name, space in _items(resources, "/ColorSpace"):
            self.space(space, f"{where}, colour space {name}")
        for name, state in _items(resources, "/ExtGState"):
            self.state(state, f"{where}, graphics state {name}", resources)
        for _, font in _items(resources, "/Font"):
            if self.once(font):
                self.font(font, resources)
        for name, pattern in _items(resources, "/Pattern"):
            self.pattern(pattern, f"{where}, pattern {name}", resources)
        for name, shading in _items(resources, "/Shading"):
            self.space(shading.get("/ColorSpace"), f"{where}, shading {name}")
        for name, xobject in _items(resources, "/XObject"):
            if self.once(xobject):
                before, self.sees_transparency = self.sees_transparency, False
                self.xobject(xobject, f"{where}, {name.lstrip('/')}", resources)
                if xobject.is_indirect:
                    self.seen[xobject.objgen] = self.sees_transparency
                self.sees_transparency |= before

    def xobject(self, xobject: Any, where: str, inherited: Any) -> None:  # noqa: ANN401
        kind = str(xobject.get("/Subtype"))
        for key, what in (("/OPI", "OPI"), ("/Ref", "a reference to another file"), ("/Alternates", "an alternate")):
            if key in xobject:
                self.walk.foreign.append(f"{what} in {where}")
        if kind == "/PS" or xobject.get("/Subtype2") == "/PS":
            self.walk.foreign.append(f"PostScript in {where}")
        elif kind == "/Image":
            if "/ColorSpace" in xobject:
                self.space(xobject["/ColorSpace"], where)
            self.sees_transparency |= "/SMask" in xobject
        elif kind == "/Form":
            self.group(xobject.get("/Group", {}), where)
            self.stream(xobject, xobject.get("/Resources", inherited), where)

    def group(self, group: Any, where: str) -> None:  # noqa: ANN401
        space = group.get("/CS")
        if space is not None and str(space) in _RGB_NAMES:
            self.walk.rgb_groups.append(where)

    def state(self, state: Any, where: str, inherited: Any) -> None:  # noqa: ANN401
        if "/TR" in state:
            self.walk.transfers.append(f"a transfer function in {where}")
        if "/TR2" in state and state["/TR2"] != "/Default":
            self.walk.transfers.append(f"a transfer function in {where}")
        halftone = state.get("/HT")
        if isinstance(halftone, pikepdf.Dictionary) and halftone.get("/HalftoneType") not in _HALFTONES:
            self.walk.transfers.append(f"a halftone in {where}")
        if any(key in state and float(state[key]) < 1 for key in ("/CA", "/ca")):
            self.sees_transparency = True
        if str(state.get("/BM", "/Normal")) not in {"/Normal", "/Compatible"}:
            self.sees_transparency = True
        mask = state.get("/SMask")
        if isinstance(mask, pikepdf.Dictionary) and "/G" in mask:
            self.sees_transparency = True
            if self.once(mask["/G"]):
                self.xobject(mask["/G"], f"{where}, soft mask", inherited)

    def pattern(self, pattern: Any, where: str, inherited: Any) -> None:  # noqa: ANN401
        if not self.once(pattern):
            return
        if "/Shading" in pattern:
            self.space(pattern["/Shading"].get("/ColorSpace"), where)
        else:
            self.stream(pattern, pattern.get("/Resources", inherited), where)

    def font(self, font: Any, inherited: Any) -> None:  # noqa: ANN401
        if font.get("/Subtype") == "/Type3":
            for _, glyph in _items(font, "/CharProcs"):
                self.stream(glyph, font.get("/Resources", inherited), "a Type 3 font")
            return
        for part in list(font.get("/DescendantFonts", [font])):
            descriptor = part.get("/FontDescriptor", {})
            if not any(key in descriptor for key in _FONT_FILES):
                self.walk.fonts_missing.append(str(font.get("/BaseFont", "without a name")).lstrip("/"))

    def space(self, space: Any, where: str) -> None:  # noqa: ANN401
        if space is None:
            return
        if isinstance(space, pikepdf.Name):
            if str(space) in _RGB_NAMES:
                self.walk.device_rgb.append(where)
            return
        kind = str(space[0])
        if kind in {"/Separation", "/DeviceN"}:
            self.space(space[2], f"{where}, its alternate")
        if kind == "/Separation":
            self.walk.spots.setdefault(str(space[1]).lstrip("/"), set()).add(_definition(space))
        if kind in {"/Indexed", "/Pattern"} and len(space) > 1:
            self.space(space[1], where)


def _items(holder: Any, key: str) -> Iterator[tuple[str, Any]]:  # noqa: ANN401
    held = holder.get(key)
    if held is not None:
        yield from held.items()


def _bytes_of(stream: Any) -> bytes:  # noqa: ANN401
    """Return the operators of a page or of a stream."""
    if isinstance(stream, pikepdf.Stream):
        return stream.read_bytes()
    parts = stream.get("/Contents", [])
    return b"\n".join(part.read_bytes() for part in ([parts] if isinstance(parts, pikepdf.Stream) else parts))


def _definition(space: Any) -> bytes:  # noqa: ANN401
    """Return the alternate and the tint transform of a spot ink as bytes that can be compared."""
    transform = space[3]
    stream = transform.read_bytes() if isinstance(transform, pikepdf.Stream) else b""
    alternate, written = bytes(space[2].unparse(resolved=True)), bytes(transform.unparse(resolved=True))
    return alternate + (stream or written)
