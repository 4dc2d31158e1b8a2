"""The rules between the fields of a template, and between it and its series.

Rests on the UPU Convention, article 6, and its Regulations 06-003: a stamp says its country in Latin letters and its
face value, and here its year too. What must be read keeps clear of the cut and is large enough for it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from cryptostamp.primitives import Box
from cryptostamp.series.fields import shown
from cryptostamp.series.problems import Problem
from cryptostamp.series.rules import look_at
from cryptostamp.series.schema import SeriesTable
from cryptostamp.series.template import (
    Circle,
    ClaimLayer,
    FoldLayer,
    Layer,
    LineLayer,
    MicroTextLayer,
    Product,
    QrLayer,
    StampTemplate,
    TextLayer,
)
from cryptostamp.series.template_schema import LayerTable, Place, TemplateTable

__all__ = ["BLEED_MM", "MIN_LETTERS_MM", "MIN_MARGIN_MM", "check_template", "check_whole"]

MIN_LETTERS_MM: Final = 1.6
"""The smallest em of letters that are meant to be read."""
MIN_MARGIN_MM: Final = 1.0
"""What must be read keeps this from the cut."""
BLEED_MM: Final = 3.0
"""How far pictures and grounds of a die-cut card reach over its edge."""

_NEAR: Final = 1e-6
_UPU: Final = (("country", "the country"), ("value", "the face value"), ("year", "the year"))


def check_template(
    template: StampTemplate,
    table: TemplateTable,
    tables: dict[int, LayerTable],
    series: SeriesTable,
    folder: Path,
) -> Iterator[Problem]:
    """Yield what is wrong in a template whose fields are each in order; `tables` are its layers by their places."""
    yield from _size(table, series)
    yield from _parts(template, table)
    yield from _places(template, table, series)
    yield from _files(table, tables, folder)
    layers = dict(zip(tables, template.layers, strict=True))
    keys = [design.key for design in series.designs]
    for place, layer in layers.items():
        yield from _inside(template, place, layer)
        yield from _designs(place, layer, keys)
        if isinstance(layer, TextLayer):
            yield from _text(place, layer)
    yield from _names(layers)
    yield from _codes(template, layers)


def check_whole(template: StampTemplate, series: SeriesTable) -> Iterator[Problem]:
    """Yield what is missing in a template that is otherwise in order: layers that a fault has hidden are not missed."""
    keys = [design.key for design in series.designs]
    kinds = Counter(type(layer) for layer in template.layers)
    if not kinds[QrLayer]:
        yield Problem(
            path=("layers",),
            what="The template has no place for the public code.",
            remedy='Add a layer of type = "qr", with a square box of about 17 mm.',
        )
    if template.product is Product.TWO_PART and not kinds[ClaimLayer]:
        yield Problem(
            path=("layers",),
            what="The token card has no room for the hidden code.",
            remedy='Add a layer of type = "claim" with its box on the card.',
        )
    yield from _upu(template, keys)


def _size(table: TemplateTable, series: SeriesTable) -> Iterator[Problem]:
    for side in ("width_mm", "height_mm"):
        here, there = getattr(table.stamp, side), getattr(series.stamp, side)
        if here != there:
            yield Problem(
                path=("stamp", side),
                what=f"The template is made for a stamp of {side} = {here:f}; series.toml says {there:f}.",
                remedy="Make both the same.",
            )


def _parts(template: StampTemplate, table: TemplateTable) -> Iterator[Problem]:
    product, card, stamp = table.product, table.card, template.stamp
    wants_card = product in {Product.TWO_PART, Product.CARD}
    for name, given, wanted in (
        ("card", card is not None, wants_card),
        ("sheet", table.sheet is not None, product is Product.MINIATURE_SHEET),
    ):
        if given != wanted:
            what = f"A {product} has {'a' if wanted else 'no'} [{name}], which is {'missing' if wanted else 'there'}."
            remedy = f"Add [{name}], as in the examples." if wanted else f"Remove [{name}], or choose another product."
            yield Problem(path=(name,) if given else ("product",), what=what, remedy=remedy)
    if card is None or not wants_card:
        return
    if product is Product.CARD:
        if card.place is not None:
            yield Problem(path=("card", "place"), what="The stamp lies on the card.", remedy="Remove place.")
        if card.stamp is None or not _holds(
            Box(x_mm=0, y_mm=0, width_mm=card.width_mm, height_mm=card.height_mm), stamp
        ):
            yield Problem(
                path=("card", "stamp"),
                what=f"The stamp of {stamp.width_mm:g} x {stamp.height_mm:g} mm does not lie on the card "
                f"of {card.width_mm:g} x {card.height_mm:g} mm.",
                remedy="Write stamp = [x, y], the upper left corner of the stamp on the card.",
            )
        return
    if card.place is None:
        yield Problem(path=("card",), what="The token card has no place.", remedy='Write place = "right" or "below".')
    if card.stamp is not None or card.corner_radius_mm:
        what = "A token card is parted from its stamp by a perforation, and has square corners."
        yield Problem(path=("card",), what=what, remedy="Remove stamp and corner_radius_mm.")
    side = "height_mm" if card.place is Place.RIGHT else "width_mm"
    if getattr(card, side) != getattr(stamp, side):
        yield Problem(
            path=("card", side),
            what=f"The token card has {side} = {getattr(card, side):g}, the stamp beside it {getattr(stamp, side):g}.",
            remedy="Make both the same: one perforation parts them.",
        )


def _places(template: StampTemplate, table: TemplateTable, series: SeriesTable) -> Iterator[Problem]:
    places = table.sheet.places if table.sheet else ()
    if not places:
        return
    stamps = series.sheet.rows * series.sheet.columns
    if len(places) != stamps:
        yield Problem(
            path=("sheet", "places"),
            what=f"The sheet has {len(places)} places; {series.sheet.rows} rows of {series.sheet.columns} "
            f"stamps in series.toml are {stamps}.",
            remedy="Give a place for each stamp, in the order of their numbers.",
        )
    size = template.stamp
    boxes = [Box(x_mm=x, y_mm=y, width_mm=size.width_mm, height_mm=size.height_mm) for x, y in places]
    for number, box in enumerate(boxes):
        if any(_overlap(box, other) for other in boxes[:number]):
            yield Problem(
                path=("sheet", "places", number),
                what=f"The stamp at [{box.x_mm:g}, {box.y_mm:g}] lies over another one.",
                remedy="Keep stamps apart by at least 2 mm, or let them share an edge.",
            )


def _files(table: TemplateTable, tables: dict[int, LayerTable], folder: Path) -> Iterator[Problem]:
    names = {("layers", place, "artwork"): getattr(each, "artwork", None) for place, each in tables.items()}
    names["sheet", 0, "artwork"] = table.sheet.artwork if table.sheet else None
    for path, name in names.items():
        if name is None:
            continue
        what, remedy = look_at(folder, name)
        if what:
            yield Problem(path=path if path[0] == "layers" else ("sheet", "artwork"), what=what, remedy=remedy)


def _inside(template: StampTemplate, place: int, layer: Layer) -> Iterator[Problem]:
    face = Box(x_mm=0.0, y_mm=0.0, width_mm=template.width_mm, height_mm=template.height_mm)
    bleeds = template.product is Product.CARD and not isinstance(
        layer, TextLayer | QrLayer | ClaimLayer | MicroTextLayer
    )
    box = _extent(layer)
    if not _holds(face.grown(BLEED_MM) if bleeds else face, box):
        yield Problem(
            path=("layers", place),
            what=f"The layer {shown(layer.name)} reaches from {box.x_mm:g}, {box.y_mm:g} to {box.right_mm:g}, "
            f"{box.bottom_mm:g} mm; the face is {face.width_mm:g} x {face.height_mm:g} mm.",
            remedy="Keep it on the face"
            + (f", or at most {BLEED_MM:g} mm over its edge for bleed." if bleeds else "."),
        )
    if isinstance(layer, TextLayer | QrLayer | ClaimLayer):
        # Half of it is enough for a quiet zone, whose paper may lose a perforation's tooth.
        least = MIN_MARGIN_MM / 2 if isinstance(layer, QrLayer) else MIN_MARGIN_MM
        for part in _cut_parts(template):
            if _overlap(part, box) and not _holds(part.grown(-least), box):
                sides = box.x_mm - part.x_mm, box.y_mm - part.y_mm, part.right_mm - box.right_mm
                gap = max(min(*sides, part.bottom_mm - box.bottom_mm), 0)
                yield Problem(
                    path=("layers", place, "box"),
                    what=f"The layer {shown(layer.name)} comes as near as {gap:.2g} mm to a cut; "
                    f"it must keep {least:g} mm.",
                    remedy="Move it inwards, or make it smaller.",
                )


def _cut_parts(template: StampTemplate) -> tuple[Box, ...]:
    """Return the pieces of paper that a unit is cut into."""
    if template.card is None:
        return (template.stamp,)
    if template.product is Product.CARD:
        return (template.card.box,)
    return template.stamp, template.card.box


def _extent(layer: Layer) -> Box:
    """Return the box around all that a layer draws."""
    shape = getattr(layer, "box", None) or getattr(layer, "shape", None) or getattr(layer, "along", None)
    if isinstance(shape, Box):
        return shape
    if isinstance(shape, Circle):
        return shape.box
    if isinstance(layer, LineLayer):
        points = layer.points_mm
    elif isinstance(layer, FoldLayer):
        points = layer.from_mm, layer.to_mm
    else:
        points = shape or ((0.0, 0.0),)
    left, top = min(x for x, _ in points), min(y for _, y in points)
    return Box(
        x_mm=left, y_mm=top, width_mm=max(x for x, _ in points) - left, height_mm=max(y for _, y in points) - top
    )


def _holds(outer: Box, inner: Box) -> bool:
    return (
        outer.x_mm - _NEAR <= inner.x_mm
        and outer.y_mm - _NEAR <= inner.y_mm
        and inner.right_mm <= outer.right_mm + _NEAR
        and inner.bottom_mm <= outer.bottom_mm + _NEAR
    )


def _overlap(one: Box, other: Box) -> bool:
    return (
        one.x_mm + _NEAR < other.right_mm
        and other.x_mm + _NEAR < one.right_mm
        and one.y_mm + _NEAR < other.bottom_mm
        and other.y_mm + _NEAR < one.bottom_mm
    )


def _designs(place: int, layer: Layer, keys: list[str]) -> Iterator[Problem]:
    for key in layer.designs:
        if key not in keys:
            yield Problem(
                path=("layers", place, "designs"),
                what=f"The layer {shown(layer.name)} is for the design {shown(key)}, which series.toml does not have.",
                remedy=f"Its designs are {', '.join(keys)}.",
            )


def _each_stamp(text: str) -> bool:
    return "{serial}" in text or "{short_code}" in text


def _text(place: int, layer: TextLayer) -> Iterator[Problem]:
    if layer.smallest_mm < MIN_LETTERS_MM:
        yield Problem(
            path=("layers", place),
            what=f"The text {shown(layer.name)} may be as small as {layer.smallest_mm:g} mm; letters that are read "
            f"need {MIN_LETTERS_MM:g} mm.",
            remedy="Raise smallest_mm and size_mm, or make it micro-text.",
        )
    if _each_stamp(layer.text):
        fault = ""
        if "{design}" in layer.text or "{variant}" in layer.text:
            fault = "names its design or variant as well"
        elif layer.colour == "auto":
            fault = "has the colour auto"
        if fault:
            yield Problem(
                path=("layers", place),
                what=f"The text {shown(layer.name)} carries the number or code of the stamp, and {fault}.",
                remedy="Give number and code a line of their own, in a colour that you choose.",
            )


def _names(layers: dict[int, Layer]) -> Iterator[Problem]:
    seen = Counter[str]()
    for place, layer in layers.items():
        seen[layer.name] += 1
        if seen[layer.name] > 1:
            yield Problem(
                path=("layers", place, "name"),
                what=f"Two layers are called {shown(layer.name)}.",
                remedy="Give each a name of its own: its lines follow from it.",
            )


def _codes(template: StampTemplate, layers: dict[int, Layer]) -> Iterator[Problem]:
    codes = [(at, layer) for at, layer in layers.items() if isinstance(layer, QrLayer)]
    claims = [(at, layer) for at, layer in layers.items() if isinstance(layer, ClaimLayer)]
    for at, layer in (*codes[1:], *claims[1:]):
        yield Problem(
            path=("layers", at),
            what=f"The layer {shown(layer.name)} is the second place for a code that a stamp carries once.",
            remedy="Keep one of them.",
        )
    for at, qr in codes[:1]:
        if abs(qr.box.width_mm - qr.box.height_mm) > _NEAR:
            yield Problem(
                path=("layers", at, "box"),
                what=f"The room for the QR is {qr.box.width_mm:g} x {qr.box.height_mm:g} mm.",
                remedy="Make it a square: the symbol and its quiet zone on all sides.",
            )
    for at, layer in (*codes, *claims):
        if layer.designs:
            yield Problem(
                path=("layers", at, "designs"),
                what=f"The layer {shown(layer.name)} carries a code, but not on all designs.",
                remedy="Remove designs.",
            )
    for at, claim in claims[:1]:
        if template.card is None or not _holds(template.card.box, claim.box):
            yield Problem(
                path=("layers", at, "box"),
                what="The hidden code does not lie on a card, which the collector keeps.",
                remedy="Place its box on the card; a stamp without a card has a claim part of its own.",
            )


def _upu(template: StampTemplate, keys: list[str]) -> Iterator[Problem]:
    for field, name in _UPU:
        for key in keys:
            said = any(
                f"{{{field}}}" in layer.text and _holds(template.stamp, layer.box) and key in (layer.designs or keys)
                for layer in template.layers
                if isinstance(layer, TextLayer) and layer.colour not in {"UV", "Varnish"}
            )
            if not said:
                yield Problem(
                    path=("layers",),
                    what=f"No text on the stamp says {name}" + (f" on the design {key}." if len(keys) > 1 else "."),
                    remedy=f'Add a text with "{{{field}}}" inside of the stamp, as the UPU asks.',
                )
                break
