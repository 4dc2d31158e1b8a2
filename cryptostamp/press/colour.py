"""From colours on a screen to inks on paper: CMYK through the ICC profile of a printing condition.

Rests on ICC.1 (profiles), littleCMS through Pillow, and the characterisation data of Fogra and others that
profiles are made from. Colours are sRGB, converted relative to the paper's white with black point
compensation: white stays bare paper, and shades keep their order down to the darkest that the inks give.
Two colours never pass through a profile: black is black ink alone, which needs no register, and white is none.
The package brings one profile, FOGRA39 with at most 300 % of ink; a series may name its printer's own.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property, lru_cache
from importlib import resources
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageCms

from cryptostamp.errors import ArtworkError, InputError
from cryptostamp.press.marks import BLACK, PAPER, SPOT_INKS
from cryptostamp.series.models import Series

__all__ = ["MAX_PROFILE_BYTES", "REGISTRY", "Inks", "inks_of", "standard_inks"]

REGISTRY = "http://www.color.org"
"""The register of characterisation data in which a condition's identifier is looked up (ISO 15930-7)."""
MAX_PROFILE_BYTES = 6_000_000

_STANDARD_FILE = "FOGRA39L-300.icc"
_NEWEST_ICC = 4.5  # versions from 5 on are iccMAX, which no PDF takes
_ROUNDING = 0.5  # per cent: four inks of 8 bits each


@dataclass(frozen=True, eq=False)
class Inks:
    """The four process inks of a printing condition; instances are shared and compared by identity."""

    profile: bytes
    """An ICC output profile for CMYK."""
    condition: str
    """The identifier of the condition in `REGISTRY`."""
    ink_limit: int
    """The most ink that the paper takes, all four together, in per cent."""

    @property
    def plan(self) -> str:
        """What the inks are, as text: by this a file is known to be printed for another condition."""
        return f"{hashlib.sha256(self.profile).hexdigest()} {self.condition} {self.ink_limit}"

    def operator(self, colour: str, *, stroke: bool) -> str:
        """Return the PDF operator that chooses a colour: ``#rrggbb`` or the name of a spot ink."""
        return self._operators[colour][stroke]

    def cmyk(self, colour: str) -> tuple[float, float, float, float]:
        """Return how much of each ink a colour ``#rrggbb`` takes, 0..1.

        Raises `InputError` for a colour that needs more ink than the paper takes.
        """
        if colour == BLACK:
            return 0.0, 0.0, 0.0, 1.0
        if colour == PAPER:
            return 0.0, 0.0, 0.0, 0.0
        rgb = Image.new("RGB", (1, 1), colour)
        pixel = self.separated(rgb).tobytes()
        inks = pixel[0] / 255, pixel[1] / 255, pixel[2] / 255, pixel[3] / 255
        total = 100 * sum(inks)
        if total > self.ink_limit + _ROUNDING:
            raise InputError(
                f"The colour {colour} takes {total:.0f} % of ink under {self.condition}; "
                f"the paper takes {self.ink_limit} %.",
                where=colour,
                remedy="Choose a lighter colour, or a profile made for this limit.",
            )
        return inks

    def separated(self, image: Image.Image) -> Image.Image:
        """Return an RGB picture as CMYK, 255 for full ink, by the profile alone: black is mixed, as in a photograph."""
        separated = ImageCms.applyTransform(image, self._transform)
        if separated is None:  # only in place of another picture
            raise InputError("The picture could not be separated into inks.")
        return separated

    @cached_property
    def _operators(self) -> _Operators:
        return _Operators(self)

    @cached_property
    def _transform(self) -> ImageCms.ImageCmsTransform:
        return ImageCms.buildTransform(
            ImageCms.createProfile("sRGB"),
            ImageCms.ImageCmsProfile(BytesIO(self.profile)),
            "RGB",
            "CMYK",
            ImageCms.Intent.RELATIVE_COLORIMETRIC,
            ImageCms.Flags.BLACKPOINTCOMPENSATION | ImageCms.Flags.NOOPTIMIZE,
        )


class _Operators(dict[str, tuple[str, str]]):
    """Colour to its operators for filling and for stroking; made at first use."""

    def __init__(self, inks: Inks) -> None:
        super().__init__()
        self._inks = inks

    def __missing__(self, colour: str) -> tuple[str, str]:
        if colour in SPOT_INKS:
            pair = f"/{colour} cs 1 scn", f"/{colour} CS 1 SCN"
        elif colour in {BLACK, PAPER}:  # DeviceGray is the black plate alone, and short
            grey = 0 if colour == BLACK else 1
            pair = f"{grey} g", f"{grey} G"
        else:
            inks = " ".join(f"{ink:.3f}".rstrip("0").rstrip(".") for ink in self._inks.cmyk(colour))
            pair = f"{inks} k", f"{inks} K"
        self[colour] = pair
        return pair


@lru_cache(maxsize=1)
def standard_inks() -> Inks:
    """Return the inks of FOGRA39: offset on coated paper by ISO 12647-2, at most 300 %."""
    data = resources.files("cryptostamp.press").joinpath("profiles", _STANDARD_FILE).read_bytes()
    return Inks(data, "FOGRA39", 300)


def inks_of(series: Series) -> Inks:
    """Return the inks that a series is printed with.

    Raises `ArtworkError` for a profile that cannot be read or is not one for CMYK printing.
    """
    chosen = series.printing
    if chosen.profile is None:
        return standard_inks()
    return _inks(_profile_bytes(chosen.profile), chosen.condition, chosen.ink_limit, chosen.profile)


def _profile_bytes(path: Path) -> bytes:
    try:
        with path.open("rb") as stream:
            data = stream.read(MAX_PROFILE_BYTES + 1)
    except OSError as error:
        raise ArtworkError(
            f"The profile of the press cannot be read: {error.strerror}.",
            where=str(path),
            remedy="Put the ICC profile where series.toml says it is.",
        ) from error
    if len(data) > MAX_PROFILE_BYTES:
        raise ArtworkError(
            f"The profile of the press has more than {MAX_PROFILE_BYTES:,} bytes, and goes into every file.",
            where=str(path),
            remedy="Ask the printer for a profile of the same condition with coarser tables.",
        )
    return data


@lru_cache(maxsize=4)
def _inks(data: bytes, condition: str, ink_limit: int, path: Path) -> Inks:
    try:
        profile = ImageCms.ImageCmsProfile(BytesIO(data)).profile
        kind = profile.device_class.strip(), profile.xcolor_space.strip()
        version = profile.version
    except OSError as error:
        raise ArtworkError(
            "The profile of the press is no ICC profile.", where=str(path), remedy="Ask the printer for it again."
        ) from error
    if kind != ("prtr", "CMYK") or version >= _NEWEST_ICC:
        raise ArtworkError(
            f"The profile is one of class {kind[0]!r} for {kind[1]} in version {version:g} of the ICC's format; "
            f"needed is one of class 'prtr' for CMYK in version 2 or 4.",
            where=str(path),
            remedy="Ask the printer for the output profile of the press.",
        )
    inks = Inks(data, condition, ink_limit)
    try:
        inks.separated(Image.new("RGB", (1, 1)))
    except ImageCms.PyCMSError as error:
        raise ArtworkError(
            f"The profile of the press cannot separate a colour: {error}.",
            where=str(path),
            remedy="Ask the printer for the output profile of the press, with tables for both directions.",
        ) from error
    return inks
