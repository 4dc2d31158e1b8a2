"""The pictures of the tokens of an edition, drawn once at issue and kept from then on.

What a renderer draws may change by a pixel with its next version; the address of a picture would change with it. So
pictures are drawn before the contract is signed, lie beside the ledger from that moment, and belong to the dossier:
whoever computes the metadata again takes them from there and draws nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

from cryptostamp.edition import Edition
from cryptostamp.errors import InputError, StorageProblem
from cryptostamp.files import write_file
from cryptostamp.office.metadata import picture_name, pictures_needed
from cryptostamp.press import token_picture
from cryptostamp.series import Series

__all__ = ["MOST_PICTURES", "check_pictures", "token_pictures"]

MOST_PICTURES: Final = 900
"""A dossier has at most 1,000 files."""


def check_pictures(series: Series) -> None:
    """Raise `InputError` if the tokens of a series could need more pictures than a dossier holds."""
    most = min(len(series.designs) * len(series.variants), series.edition)
    if most > MOST_PICTURES:
        raise InputError(
            f"{len(series.designs)} designs in {len(series.variants)} variants need {most:,} pictures for the tokens; "
            f"at most {MOST_PICTURES} are possible.",
            where=str(series.folder / "series.toml"),
            remedy="Divide the emission into several series.",
        )


def token_pictures(
    series: Series,
    edition: Edition,
    folder: Path,
    *,
    symbol_side: int,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> dict[str, bytes]:
    """Return the picture of each design and variant that occurs, by name; draw into `folder` those that are not there.

    `symbol_side` is the number of modules of the symbols on the stamps.
    """
    kinds = pictures_needed(len(series.designs), edition)
    pictures = {}
    for number, (design_index, variant_index) in enumerate(kinds, 1):
        design, variant = series.designs[design_index], series.variants[variant_index]
        name = picture_name(design.key, variant.key)
        path = folder / name
        picture = _kept(path)
        if picture is None:
            picture = token_picture(series, design, variant, symbol_side=symbol_side)
            write_file(path, picture)
        pictures[name] = picture
        progress(number, len(kinds))
    return pictures


def _kept(path: Path) -> bytes | None:
    """Return a picture that was drawn before, `None` if there is none."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise StorageProblem(f"The picture cannot be read: {error.strerror}.", where=str(path)) from error
