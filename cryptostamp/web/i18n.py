"""The languages of the pages: one Babel catalogue each, read from its .po file when the server starts.

English is the language of the source. A person's language is what they chose on a page (a cookie that says nothing
else), or what their browser asks for (RFC 9110, 12.5.4). Texts of a series are the issuer's and are not translated.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Final

from babel import Locale
from babel.dates import format_date, format_datetime
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal, get_decimal_symbol
from babel.support import NullTranslations, Translations

from cryptostamp.office.metadata import share_text

__all__ = ["LANGUAGES", "LANGUAGE_COOKIE", "Language", "choose_language", "language", "mark"]

LANGUAGES: Final[Mapping[str, str]] = {"en": "English", "de": "Deutsch", "fr": "Français", "hr": "Hrvatski"}
LANGUAGE_COOKIE: Final = "language"
_FOLDER: Final = Path(__file__).parent / "translations"
_MOST_WISHES: Final = 10


@dataclass(frozen=True, slots=True)
class Language:
    """How texts, numbers and dates are written."""

    key: str
    locale: Locale
    texts: NullTranslations

    def text(self, message: str, /, **values: object) -> str:
        """Return a message of the source in this language, with `values` in their places."""
        found: str = self.texts.gettext(message)
        return found.format(**values) if values else found

    def number(self, number: int) -> str:
        """Return a number with its thousands parted."""
        return format_decimal(number, locale=self.locale)

    def share(self, count: int, whole: int) -> str:
        """Return a part of a whole in percent."""
        return share_text(count, whole).replace(".", get_decimal_symbol(self.locale))

    def said(self, sentence: str, general: str) -> str:
        """Return an English sentence in this language, or else a `general` message of the source."""
        told = self.text(sentence)
        return told if told != sentence or self.key == "en" else self.text(general)

    def day(self, moment: date) -> str:
        """Return a day, of a moment in UTC."""
        return format_date(moment, "long", locale=self.locale)

    def moment(self, moment: datetime) -> str:
        """Return a moment to the minute, in UTC."""
        return f"{self.day(moment)}, {format_datetime(moment, 'HH:mm', locale=self.locale)} UTC"


def mark(message: str) -> str:
    """Return a message as it stands: it is in the catalogue, and is translated when it is shown. Imported as `_`."""
    return message


@cache
def language(key: str) -> Language:
    """Return one of `LANGUAGES`."""
    locale = Locale.parse("en_GB" if key == "en" else key)  # days before months, as the static verifier has them
    if key == "en":
        return Language(key, locale, NullTranslations())
    with (_FOLDER / f"{key}.po").open("rb") as file:
        catalogue = read_po(file, locale=key)
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return Language(key, locale, Translations(compiled))


def choose_language(cookie: str | None, wishes: str) -> Language:
    """Return the language of the cookie, else the first of an Accept-Language header that there is, else English."""
    if cookie in LANGUAGES:
        return language(cookie)
    ranked: list[tuple[float, str]] = []
    for wish in wishes.split(",")[:_MOST_WISHES]:
        name, _, quality = wish.strip().partition(";q=")
        try:
            ranked.append((-float(quality or 1), name.split("-")[0].lower()))
        except ValueError:
            continue
    found = next(
        (name for weight, name in sorted(ranked, key=lambda each: each[0]) if weight < 0 and name in LANGUAGES), "en"
    )
    return language(found)
