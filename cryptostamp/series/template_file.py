"""Read a template.toml: what a stamp of a series looks like, checked like the series file beside it.

Rests on the rules of `template_schema` and `template_rules`. All that is wrong is reported in one go, each with
its line. Does not look into pictures, and does not know whether a text fits: the press does.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, cast

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from cryptostamp.primitives import Box
from cryptostamp.series.fields import shown
from cryptostamp.series.problems import Problem, Tables, nearest, refusal
from cryptostamp.series.schema import SeriesTable
from cryptostamp.series.template import CardPart, Layer, Product, SheetPicture, StampTemplate
from cryptostamp.series.template_rules import check_template, check_whole
from cryptostamp.series.template_schema import LAYERS, TABLES, CardTable, LayerTable, Place, TemplateTable
from cryptostamp.series.toml_file import parse_toml, read_text

__all__ = ["load_template"]

_TABLES: Final = Tables(root=TemplateTable, tables=TABLES, arrays=frozenset())
_MAX_LAYERS: Final = 200


def load_template(file: Path, folder: Path, series: SeriesTable) -> StampTemplate:
    """Return the template in `file` for a series whose files lie in the absolute `folder`.

    Raises `SeriesFileError` with the line of the first thing that is wrong, and all others in the message.
    """
    source = read_text(file, kind="template", remedy="Put the template beside series.toml, under the name given there.")
    data = parse_toml(file, source)
    layers = data.pop("layers", None)
    problems: list[Problem] = []
    table = None
    try:
        table = TemplateTable.model_validate(data)
    except ValidationError as error:
        problems += [_TABLES.problem_of(details) for details in error.errors(include_url=False)]
    tables = dict(_layers(layers, problems))
    template = None
    if table is not None:
        template = _template(table, file.absolute().parent.resolve() / file.name, folder, tables)
        problems += check_template(template, table, tables, series, folder)
        problems += [] if problems else check_whole(template, series)
    if problems or template is None:
        raise refusal(str(file), source, problems)
    return template


def _layers(data: object, problems: list[Problem]) -> Iterator[tuple[int, LayerTable]]:
    """Yield the layers that are in order, with their places in the file; add what is wrong to `problems`."""
    if not isinstance(data, list) or not data or not all(isinstance(each, dict) for each in data):
        remedy = "Add a [[layers]] table for each thing that is drawn, from the ground up."
        problems.append(Problem(path=("layers",), what="The template has no layers.", remedy=remedy))
        return
    if len(data) > _MAX_LAYERS:
        what = f"The template has {len(data)} layers; at most {_MAX_LAYERS} are possible."
        problems.append(Problem(path=("layers", _MAX_LAYERS), what=what, remedy="Draw the motif in the artwork."))
        return
    seen = Counter[str]()
    for place, fields in enumerate(cast("list[dict[str, Any]]", data)):
        kind = fields.get("type")
        model = LAYERS.get(kind) if isinstance(kind, str) else None
        if model is None:
            what = f"The layer has the type {shown(kind)}, which is not known." if kind else "The layer has no type."
            problems.append(Problem(path=("layers", place, "type"), what=what, remedy=nearest(str(kind), LAYERS)))
            continue
        seen[str(kind)] += 1
        name = f"{kind} {seen[str(kind)]}" if seen[str(kind)] > 1 else str(kind)
        try:
            yield (
                place,
                model.model_validate({"name": name, **{key: fields[key] for key in fields if key != "type"}}),
            )
        except ValidationError as error:
            called = fields.get("name", name)
            problems += [_layer_problem(each, place, called, model) for each in error.errors(include_url=False)]


def _layer_problem(details: ErrorDetails, place: int, name: object, model: type[LayerTable]) -> Problem:
    """Return what pydantic found in a layer, in a sentence that names the layer."""
    path, kind = ("layers", place, *details["loc"]), details["type"]
    field = str(path[-1])
    element = f" in the layer {shown(name)}"
    if kind == "rule":
        context = details["ctx"]
        what = context["what"]
        return Problem(path=path, what=f"{what.removesuffix('.')}{element}.", remedy=context["remedy"])
    if kind == "missing":
        what, remedy = f"The field {field} is missing{element}.", f"Write {field} = …, as in the examples."
    elif kind == "extra_forbidden":
        what, remedy = f"The field {shown(field)} is not known{element}.", nearest(field, ("type", *model.model_fields))
    else:
        what, remedy = f"The field {field} is {shown(details['input'])}{element}.", "Compare it with the examples."
    return Problem(path=path, what=what, remedy=remedy)


def _template(table: TemplateTable, path: Path, folder: Path, layers: dict[int, LayerTable]) -> StampTemplate:
    width, height = float(table.stamp.width_mm), float(table.stamp.height_mm)
    made: list[Layer] = [each.layer(folder) for each in layers.values()]
    x, y = table.card.stamp or (0.0, 0.0) if table.card else (0.0, 0.0)
    sheet = None
    if table.sheet is not None:
        sheet = SheetPicture(
            artwork=(folder / table.sheet.artwork).resolve(), colour=table.sheet.colour, places_mm=table.sheet.places
        )
    stamp = Box(x_mm=x, y_mm=y, width_mm=width, height_mm=height)
    return StampTemplate(
        path=path,
        product=table.product,
        stamp=stamp,
        layers=tuple(made),
        card=_card(table.product, table.card, stamp) if table.card else None,
        sheet=sheet,
    )


def _card(product: Product, table: CardTable, stamp: Box) -> CardPart:
    x = stamp.right_mm if product is Product.TWO_PART and table.place is Place.RIGHT else 0.0
    y = stamp.bottom_mm if product is Product.TWO_PART and table.place is Place.BELOW else 0.0
    box = Box(x_mm=x, y_mm=y, width_mm=table.width_mm, height_mm=table.height_mm)
    return CardPart(box=box, corner_radius_mm=table.corner_radius_mm)
