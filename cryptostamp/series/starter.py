"""A new series to begin with: a commented series.toml and a picture of our own, which load as they are."""

from __future__ import annotations

import json
import os
import re
import shutil
from pathlib import Path
from string import Template
from typing import Final

from cryptostamp.errors import InputError, SeriesFileError, StorageProblem
from cryptostamp.primitives import MAX_EDITION
from cryptostamp.series.file import FILE_NAME, load_series
from cryptostamp.series.models import Issuer, Money, Series
from cryptostamp.series.rescale import apportion

__all__ = ["EXAMPLE_ISSUER", "create_series"]

EXAMPLE_ISSUER: Final = Issuer(name="Example Post", country="XA", country_name="Example", domain="stamps.post.example")
"""An issuer that does not exist: XA is a code that ISO 3166-1 leaves to its users."""

_ARTWORK_NAME: Final = "first-light.svg"
_VARIANTS: Final = (
    ("moss", "Moss green", "#3f7d4e", 600),
    ("lake", "Lake blue", "#2c6e9b", 280),
    ("ember", "Ember red", "#b8452f", 100),
    ("gold", "Gold", "#b8860b", 20),
)


def create_series(
    folder: Path,
    *,
    title: str,
    year: int,
    face_value: Money,
    issuer: Issuer = EXAMPLE_ISSUER,
    series_id: str = "",
    edition: int = 1000,
) -> Series:
    """Write a series to begin with into `folder`, which must be new or empty, and return it.

    Without `series_id` the id is made of the title's first letters. Raises `InputError` if a value
    cannot stand in a series file; then nothing is left behind.
    """
    if folder.is_symlink() or (folder.exists() and not (folder.is_dir() and not any(folder.iterdir()))):
        raise InputError(
            "There is something at this place already.",
            where=str(folder),
            remedy="Choose a new folder: a series that somebody has written is never overwritten.",
        )
    values = _values(title, year, face_value, issuer, series_id or _id_of(title), edition)
    partial = folder.with_name(f".{folder.name}.{os.getpid()}.partial")
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir()
        (partial / FILE_NAME).write_text(_SERIES.substitute(values), encoding="utf-8", newline="\n")
        (partial / _ARTWORK_NAME).write_text(_ARTWORK, encoding="utf-8", newline="\n")
        _try(partial)
        partial.replace(folder)
    except OSError as error:
        raise StorageProblem(f"The series cannot be written: {error.strerror}.", where=str(folder)) from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return load_series(folder)


def _try(partial: Path) -> None:
    try:
        load_series(partial)
    except SeriesFileError as error:
        # The file it names is about to vanish: what was asked for is what must change.
        what = error.what.replace(f"{partial}{os.sep}", "")
        raise InputError(what, remedy=error.remedy) from None


def _values(
    title: str, year: int, face_value: Money, issuer: Issuer, series_id: str, edition: int
) -> dict[str, object]:
    if not 1 <= edition <= MAX_EDITION:
        raise InputError(f"An edition of {edition:,} stamps is not possible.", remedy="Choose from 1 to 16,000,000.")
    counts = apportion([count for *_, count in _VARIANTS], edition)
    variants = "\n".join(
        f'[[variants]]\nkey = "{key}"\nname = "{name}"\ncolour = "{colour}"\ncount = {count}\n'
        for (key, name, colour, _), count in zip(_VARIANTS, counts, strict=True)
        if count
    )
    return {
        "name": _quoted(issuer.name),
        "country": _quoted(issuer.country),
        "country_name": _quoted(issuer.country_name),
        "domain": _quoted(issuer.domain),
        "id": _quoted(series_id),
        "title": _quoted(title),
        "year": year,
        "amount": _quoted(f"{face_value.amount:f}"),
        "currency": _quoted(face_value.currency),
        "edition": edition,
        "artwork": _ARTWORK_NAME,
        "variants": variants,
    }


def _quoted(text: str) -> str:
    """Return `text` as a basic string of TOML, whose escapes are those of JSON."""
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise InputError(f"The text {text[:60]!a} holds half a character.", remedy="Type it again.") from error
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _id_of(title: str) -> str:
    """Return up to four capital letters of the title, or STAMP if it has fewer than two."""
    letters = re.sub(r"[^A-Z0-9]", "", title.upper())
    return letters[:4] if len(letters) > 1 else "STAMP"


_SERIES: Final = Template(
    """\
# A series of crypto stamps. Lengths are millimetres on paper.
# After every change, check the file: all that is wrong is named with its line.

format = 1

# The post that issues. The country is its code in ISO 3166-1; its name in Latin letters is printed
# on the stamp. The domain stands in every QR code and cannot be changed once stamps are printed.
[issuer]
name = $name
country = $country
country_name = $country_name
domain = $domain

# The id begins the short code that is typed when a QR code cannot be read (2 to 8 capitals or digits).
# The face value stands in quotes, so that no digit of it is lost; the tariff says what it pays for.
# The edition is the number of stamps: it is fixed at issue and can never grow.
[series]
id = $id
title = $title
description = "The first light of the day crosses the hills, and the mail is already under way."
year = $year
face_value = $amount
currency = $currency
tariff = "Letter up to 20 g"
edition = $edition

# From perforation to perforation, 15 to 50 mm a side. Without a template the stamp has the standard face: picture,
# legend and a panel with the QR code; docs/templates.md says how to write one, template = "template.toml".
[stamp]
width_mm = 40
height_mm = 48

# The selvedge is the blank margin of the sheet; the gauge counts perforation holes in 20 mm.
[sheet]
rows = 5
columns = 5
selvedge_mm = 12
gauge = 13.5

# Several designs follow one another from stamp to stamp. In the picture, currentColor is the colour of
# the variant.
[[designs]]
key = "first-light"
title = "First light"
artwork = "$artwork"

# The variants are the rarity classes of the digital stamp. Their counts add up to the edition.

$variants"""
)

# The picture's field on a stamp of 40 x 48 mm, in units of 0.1 mm.
_ARTWORK: Final = """\
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 364 276" width="36.4mm" height="27.6mm" color="#3f7d4e">
<title>First light</title>
<defs>
<linearGradient id="sky" x1="0" y1="0" x2="0" y2="200" gradientUnits="userSpaceOnUse">
<stop offset="0" stop-color="#dfe9ee"/><stop offset=".6" stop-color="#f8ecd2"/><stop offset="1" stop-color="#f6d5a4"/>
</linearGradient>
</defs>
<rect width="364" height="276" fill="url(#sky)"/>
<circle cx="252" cy="132" r="62" fill="#fff6df" fill-opacity=".6"/>
<circle cx="252" cy="132" r="40" fill="#fffaf0"/>
<path d="M0 170C46 128 84 122 128 150C168 174 206 132 256 140C300 147 332 170 364 152V276H0Z" fill="#fbf1e0"/>
<path d="M0 170C46 128 84 122 128 150C168 174 206 132 256 140C300 147 332 170 364 152V276H0Z"
 fill="currentColor" fill-opacity=".35"/>
<path d="M0 202C52 168 98 178 146 198C200 220 238 172 292 182C324 188 346 198 364 192V276H0Z"
 fill="currentColor" fill-opacity=".55"/>
<path d="M0 240C60 204 124 214 182 232C240 250 304 216 364 226V276H0Z" fill="currentColor"/>
<path d="M0 240C60 204 124 214 182 232C240 250 304 216 364 226" fill="none" stroke="#ffffff" stroke-opacity=".35"
 stroke-width="2"/>
<path d="M26 92C38 120 62 146 88 140S118 118 126 132" fill="none" stroke="#ffffff" stroke-width="2.6"
 stroke-linecap="round" stroke-dasharray="8 7"/>
<path d="M96 104L180 50L128 112Z" fill="#ffffff"/>
<path d="M140 120L180 50L156 134Z" fill="#ffffff"/>
<path d="M128 112L180 50L140 120L130 138Z" fill="currentColor" fill-opacity=".55"/>
<path d="M96 104L180 50L128 112Z" fill="currentColor" fill-opacity=".12"/>
</svg>
"""
