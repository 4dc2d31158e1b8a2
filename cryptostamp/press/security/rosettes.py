"""Guilloche rosettes: nets of fine interlaced lines in a circle, as a geometric lathe turns them.

Every line is a wave between two envelopes with petals. The wave has a number of periods that has no divisor in common
with the number of petals, and the same line turned petal by petal makes the whole net: so a rosette of hundreds of
crossings is a few hundred bytes of curve. All of it follows from a seed, within the bounds of `fine_lines`. Nothing
leaves the circle that is given.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from cryptostamp.press.marks import Curves
from cryptostamp.press.security.fine_lines import (
    COLOURS,
    MOST_LINES,
    SPACING_MM,
    check_line_width,
    refused,
    two_of,
)
from cryptostamp.press.security.smooth_path import TOLERANCE_MM, Complex, Draws, Formula, smooth_path

__all__ = ["rosette", "stamp_rosette"]

_PETALS = (3, 48)
_STAMP_NUMBERS = 850
"""In the outer ring of a rosette that is another one on each stamp: 1.8 bytes each, deflated."""
_MOST_LEAN = 0.6
"""Radians."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ring:
    """A ring of a rosette between two radii, and the wave that fills it."""

    inner_mm: float
    outer_mm: float
    petals: int
    periods: int
    """Of the wave in one turn: 1 to 2 make shells of nearly round lines, more make a net."""
    lines: int
    """Beside each other in one petal; the ring has `lines` x `petals`."""
    notch: float
    """How deep the outline is cut between two petals, in parts of the outer radius."""
    hollow: float
    """The same for the inside; negative for a star."""
    broad: float
    """Large for pointed petals, small for broad ones."""
    swirl: float
    """How far the tips of petals lean, in petals, and less where these are wide."""
    overtone: float
    colour: str

    def within(self, eye_mm: float) -> _Ring:
        """Return the ring with notch and hollow so shallow that its envelopes stay apart and out of the eye."""
        room = self.outer_mm - self.inner_mm
        hollow = min(max(self.hollow, -0.2 * room / self.inner_mm), 1 - eye_mm / self.inner_mm)
        return replace(self, notch=min(self.notch, 0.6 * room / self.outer_mm), hollow=hollow)

    def formula(self, line: int) -> Formula:
        start = 2 * math.pi * line / (self.petals * self.lines)
        peak, trough = 1 + self.overtone, _trough(self.overtone)
        lean = self.swirl * min(2 * math.pi / self.petals, _MOST_LEAN)

        def at(angle: Complex) -> tuple[Complex, Complex]:
            open_ = (1 + np.cos(self.petals * angle)) / 2
            petal = (1 + self.broad) * open_ / (open_ + self.broad)
            wave = self.periods * angle + start
            height = (np.cos(wave) + self.overtone * np.cos(2 * wave) - trough) / (peak - trough)
            outer = self.outer_mm * (1 - self.notch * (1 - petal))
            inner = self.inner_mm * (1 - self.hollow * (1 - petal))
            radius = inner + (outer - inner) * height
            bent = angle + lean * (radius - self.inner_mm) / (self.outer_mm - self.inner_mm)
            return radius * np.sin(bent), -radius * np.cos(bent)

        return at

    def curves(self, centre_mm: tuple[float, float], width_mm: float, tolerance_mm: float) -> Curves:
        pieces = 5 * self.periods + 3 * self.petals
        return Curves(
            paths=tuple(
                smooth_path(self.formula(line), 0, 2 * math.pi, pieces=pieces, tolerance_mm=tolerance_mm)
                for line in range(self.lines)
            ),
            origin_mm=centre_mm,
            width_mm=width_mm,
            colour=self.colour,
            turns=self.petals,
        )


def _trough(overtone: float) -> float:
    """Return the least value of cos v + overtone cos 2v: at v = pi while the overtone is below a quarter."""
    return -1 + overtone if overtone <= 0.25 else -overtone - 1 / (8 * overtone)  # noqa: PLR2004


def _periods(petals: int, wanted: int) -> int:
    """Return the number nearest to the wanted one that has no divisor in common with the number of petals."""
    return min((n for n in range(1, 2 * wanted + 3) if math.gcd(n, petals) == 1), key=lambda n: (abs(n - wanted), n))


def _beside(ring_mm: float, petals: int, periods: int, spacing_mm: float) -> int:
    return max(1, round(math.pi * ring_mm / (petals * periods * spacing_mm)))


def _check_rosette(
    radius_mm: float, inner_mm: float, petals: int | None, width_mm: float, lines: int | None = None
) -> None:
    check_line_width(width_mm)
    if not 1.5 <= radius_mm <= 200:  # noqa: PLR2004 (mm)
        raise refused(
            f"A rosette is to have a radius of {radius_mm:g} mm.", "radius_mm", "Choose a radius from 1.5 to 200 mm."
        )
    if not 0 <= inner_mm <= 0.8 * radius_mm:
        raise refused(
            f"The eye of a rosette of radius {radius_mm:g} mm is to have a radius of {inner_mm:g} mm.",
            "inner_mm",
            f"Leave a ring that can be seen: choose at most {0.8 * radius_mm:.2f} mm.",
        )
    if petals is not None and not _PETALS[0] <= petals <= _PETALS[1]:
        raise refused(
            f"A rosette is to have {petals} petals.", "petals", f"Choose from {_PETALS[0]} to {_PETALS[1]} petals."
        )
    if lines is not None and not 1 <= lines <= MOST_LINES:
        raise refused(
            f"A rosette is to have {lines} lines in a petal.", "lines", f"Choose from 1 to {MOST_LINES} lines."
        )


def rosette(
    centre_mm: tuple[float, float],
    *,
    radius_mm: float,
    seed: bytes,
    inner_mm: float = 0.0,
    petals: int | None = None,
    width_mm: float = 0.06,
    spacing_mm: float = SPACING_MM,
    colours: Sequence[str] = COLOURS,
) -> tuple[Curves, ...]:
    """Return an engine-turned rosette of three interlaced rings, shells outside and nets within.

    Nothing is drawn inside of `inner_mm` or outside of `radius_mm`. `petals` is drawn from the seed if it
    is not given. For what stamps share; `stamp_rosette` is smaller. Raises `InputError` for sizes that
    cannot be printed.
    """
    _check_rosette(radius_mm, inner_mm, petals, width_mm)
    first, second = two_of(colours)
    draws = Draws(seed)
    count = petals or draws.one_of((8, 9, 10, 11, 12, 14, 16))
    outside, eye = radius_mm - width_mm, max(inner_mm + width_mm, 0.1 * radius_mm)
    room = outside - eye
    waist, shoulder = eye + room * draws.between(0.30, 0.40), eye + room * draws.between(0.62, 0.72)
    swirl = draws.between(-0.5, 0.5)
    shell = _periods(count, draws.whole(1, 2))
    net = _periods(count, draws.whole(4, 7))
    core = _periods(count, draws.whole(3, 5))
    rings = (
        _Ring(
            inner_mm=waist + (shoulder - waist) * 0.25,
            outer_mm=outside,
            petals=count,
            periods=shell,
            lines=_beside((waist + outside) / 2, count, shell, 1.3 * spacing_mm),
            notch=draws.between(0.14, 0.22) * min(1, 12 / count),
            hollow=draws.one_of((0.0, 0.0, -0.3)),
            broad=draws.between(0.25, 0.5),
            swirl=swirl,
            overtone=0.0,
            colour=first,
        ),
        _Ring(
            inner_mm=eye + (waist - eye) * 0.55,
            outer_mm=shoulder,
            petals=count,
            periods=net,
            lines=_beside((waist + shoulder) / 2, count, net, 0.85 * spacing_mm),
            notch=draws.between(0.10, 0.2) * min(1, 12 / count),
            hollow=0.0,
            broad=draws.between(0.3, 0.8),
            swirl=swirl / 2,
            overtone=draws.between(0.0, 0.2),
            colour=second,
        ),
        _Ring(
            inner_mm=eye,
            outer_mm=waist,
            petals=count,
            periods=core,
            lines=_beside((eye + waist) / 2, count, core, spacing_mm),
            notch=0.0,
            hollow=0.0,
            broad=0.5,
            swirl=0.0,
            overtone=0.0,
            colour=first,
        ),
    )
    return tuple(ring.within(eye).curves(centre_mm, width_mm, TOLERANCE_MM) for ring in rings)


def stamp_rosette(
    centre_mm: tuple[float, float],
    *,
    radius_mm: float,
    seed: bytes,
    inner_mm: float = 0.0,
    petals: int | None = None,
    lines: int | None = None,
    width_mm: float = 0.06,
    colours: Sequence[str] = COLOURS,
) -> tuple[Curves, ...]:
    """Return a rosette of two rings that is small enough to be another one on every stamp: some 3 kB deflated.

    The number of petals is what its designer chose and the eye notices; seeds differ in sweep, depth and lean of
    the petals. `lines` is how many lie beside each other in a petal of the outer ring; each costs about 1 kB, and if
    it is not given there are as many as the usual room allows. Raises `InputError` for sizes that cannot be printed.
    """
    _check_rosette(radius_mm, inner_mm, petals, width_mm, lines)
    first, second = two_of(colours)
    draws = Draws(seed)
    count = petals or draws.one_of((7, 8, 9, 10, 11, 12))
    outside, eye = radius_mm - width_mm, max(inner_mm + width_mm, 0.14 * radius_mm)
    waist = eye + (outside - eye) * draws.between(0.22, 0.42)
    sweep = _periods(count, max(1, round(draws.between(34, 60) / count)))
    core = _periods(count, max(1, round(draws.between(20, 36) / count)))
    rings = (
        _Ring(
            inner_mm=eye + (waist - eye) * draws.between(0.5, 0.9),
            outer_mm=outside,
            petals=count,
            periods=sweep,
            lines=lines or _beside((waist + outside) / 2, count, sweep, 0.3),
            notch=draws.between(0.16, 0.34) * min(1, 12 / count),
            hollow=draws.between(-0.25, 0.15),
            broad=draws.between(0.2, 0.7),
            swirl=draws.between(-0.9, 0.9),
            overtone=draws.between(0.0, 0.3),
            colour=first,
        ),
        _Ring(
            inner_mm=eye,
            outer_mm=waist,
            petals=count,
            periods=core,
            lines=1 if lines is None else _beside((eye + waist) / 2, count, core, 0.3),
            notch=draws.between(0.0, 0.15),
            hollow=0.0,
            broad=0.6,
            swirl=draws.between(-0.5, 0.5),
            overtone=0.0,
            colour=second,
        ),
    )
    bounded = [ring.within(eye) for ring in rings]
    if lines is not None:
        return tuple(ring.curves(centre_mm, width_mm, TOLERANCE_MM) for ring in bounded)
    outer, inner = (ring.curves(centre_mm, width_mm, 3 * TOLERANCE_MM) for ring in bounded)
    affordable = max(1, _STAMP_NUMBERS // len(outer.paths[0]))
    if len(outer.paths) > affordable:
        outer = replace(bounded[0], lines=affordable).curves(centre_mm, width_mm, 3 * TOLERANCE_MM)
    return outer, inner
