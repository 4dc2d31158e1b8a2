"""A series as a person reads it before anything is issued: the preview text."""

from __future__ import annotations

from decimal import Decimal

from cryptostamp.series.models import Series
from cryptostamp.series.template import Product

__all__ = ["describe"]


def describe(series: Series) -> str:
    """Return the facts of a series as plain text: issuer, value, sheets, and the variants with count and share."""
    issuer = series.issuer
    facts = {
        "Issuer": f"{issuer.name} ({issuer.country_name}, {issuer.country}), {issuer.domain}",
        "Face value": f"{series.face_value}: {series.tariff}",
        "Stamp": _stamp(series),
        "Edition": f"{_amount(series.edition, 'stamp')}, numbered from 1",
        "Sheets": _sheets(series),
        "Designs": f"{len(series.designs)}, in turn: {', '.join(design.title for design in series.designs)}"
        if len(series.designs) > 1
        else series.designs[0].title,
    }
    lines = [f"{series.title} ({series.id}), {series.year}", series.description, ""]
    lines += [f"{label:<12}{fact}" for label, fact in facts.items()]
    return "\n".join([*lines, "", *_variants(series)]) + "\n"


def _stamp(series: Series) -> str:
    """Return the size of the stamp, and what it is part of."""
    size = f"{series.stamp.width_mm} x {series.stamp.height_mm} mm"
    perforated = f"perforated {series.sheet.gauge}"
    template = series.template
    product = template.product if template else Product.STAMP
    if template and template.card and product is Product.CARD:
        card = template.card
        corners = f" with corners of {card.corner_radius_mm:g} mm" if card.corner_radius_mm else ""
        return f"{size}, imprinted on a card of {card.box.width_mm:g} x {card.box.height_mm:g} mm{corners}"
    if template and template.card:
        card = template.card
        return f"{size}, with a token card of {card.box.width_mm:g} x {card.box.height_mm:g} mm, {perforated}"
    return f"{size}, {perforated}" + (", in a miniature sheet" if product is Product.MINIATURE_SHEET else "")


def _unit(series: Series) -> tuple[Decimal, Decimal]:
    """Return width and height of what lies in one cell of a sheet."""
    template = series.template
    if template is None:
        return series.stamp.width_mm, series.stamp.height_mm
    return Decimal(f"{template.width_mm:g}"), Decimal(f"{template.height_mm:g}")


def _sheets(series: Series) -> str:
    sheet = series.sheet
    full, rest = divmod(series.edition, sheet.stamps)
    width, height = sheet.trimmed_mm(*_unit(series))
    panes = sheet.panes_across * sheet.panes_down
    size = f"{sheet.rows} rows of {sheet.columns}, {width:f} x {height:f} mm with selvedge"
    size = f"{panes} panes of {size}" if panes > 1 else size
    last = f", the last with only {rest}" if rest and full else ""
    if not full:
        return f"1 sheet with {rest} of {_amount(sheet.stamps, 'stamp')} ({size})"
    return f"{_amount(full + bool(rest), 'sheet')} of {sheet.stamps}{last} ({size})"


def _variants(series: Series) -> list[str]:
    rows = [(variant.name, f"{variant.count:,}", _share(variant.count, series.edition)) for variant in series.variants]
    rows.insert(0, ("Variant", "Stamps", "Share"))
    name, count, share = (max(len(row[column]) for row in rows) for column in range(3))
    return [f"{row[0]:<{name}}  {row[1]:>{count}}  {row[2]:>{share}}" for row in rows]


def _share(count: int, edition: int) -> str:
    """Return the share in percent with three digits that count, however rare the variant is."""
    percent = Decimal(100 * count) / edition
    digits = max(2 - percent.adjusted(), 0)
    written = f"{percent:.{digits}f}"
    return f"{written.rstrip('0').rstrip('.') if '.' in written else written} %"


def _amount(number: int, unit: str) -> str:
    return f"{number:,} {unit}{'' if number == 1 else 's'}"
