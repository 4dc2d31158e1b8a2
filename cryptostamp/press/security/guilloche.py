"""Guilloche: rosettes, bands, borders and grounds of fine interlaced lines, as a geometric lathe turns them.

Every line is a wave between two envelopes. In a rosette the envelopes have petals, the wave has a number of
periods that has no divisor in common with the number of petals, and the same line turned petal by petal makes the
whole net: so a rosette of hundreds of crossings is a few hundred bytes of curve. All of it follows from a
seed, within bounds that keep lines 0.05 to 0.1 mm wide and some 0.2 mm apart: finer ones fill in on the
press, coarser ones do not trouble a copier. Nothing leaves the box or circle that is given.

It makes a copy by hand or by tracing tedious, and one by scanner and inkjet coarse; it proves nothing (see
docs/security-print.md).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from cryptostamp.errors import InputError
from cryptostamp.press.marks import Box, Curves, Path
from cryptostamp.press.security.smooth_path import TOLERANCE_MM, Complex, Draws, Formula, smooth_path

__all__ = [
    "LINE_WIDTHS_MM",
    "band",
    "border",
    "check_line_width",
    "ground",
    "rosette",
    "stamp_rosette",
]

LINE_WIDTHS_MM = (0.04, 0.2)
"""The finest line a plate holds (four dots at 2,540 dpi), and the widest that still is a fine line."""
_PETALS = (3, 48)
_MOST_LINES = 64
_COLOURS = ("#1f5a78", "#b06a30")
_STAMP_NUMBERS = 850
"""In the outer ring of a rosette that is another one on each stamp: 1.8 bytes each, deflated."""
_MOST_LEAN = 0.6
"""Radians."""
_SPACING_MM = 0.25
"""Between neighbouring lines, half way between the envelopes."""


def check_line_width(width_mm: float) -> None:
    """Raise `InputError` for a line that no plate holds, or that is not fine."""
    low, high = LINE_WIDTHS_MM
    if not low <= width_mm <= high:
        raise InputError(
            f"The lines of a security pattern are to be {width_mm:g} mm wide.",
            where="width_mm",
            remedy=f"Choose from {low} to {high} mm; 0.06 to 0.08 mm prints well in offset.",
        )


def _refuse(what: str, where: str, remedy: str) -> InputError:
    return InputError(what, where=where, remedy=remedy)


def _check_lines(lines: int | None) -> None:
    if lines is not None and not 2 <= lines <= _MOST_LINES:  # noqa: PLR2004 (one line does not interlace)
        raise _refuse(f"A band is to have {lines} lines.", "lines", f"Choose from 2 to {_MOST_LINES} lines.")


def _two(colours: Sequence[str]) -> tuple[str, str]:
    if not 1 <= len(colours) <= 2:  # noqa: PLR2004 (one or two)
        raise _refuse(f"A guilloche was given {len(colours)} colours.", "colours", "Give one or two.")
    return colours[0], colours[-1]


# --- rosettes -------------------------------------------------------------------------------------------------


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
        raise _refuse(
            f"A rosette is to have a radius of {radius_mm:g} mm.", "radius_mm", "Choose a radius from 1.5 to 200 mm."
        )
    if not 0 <= inner_mm <= 0.8 * radius_mm:
        raise _refuse(
            f"The eye of a rosette of radius {radius_mm:g} mm is to have a radius of {inner_mm:g} mm.",
            "inner_mm",
            f"Leave a ring that can be seen: choose at most {0.8 * radius_mm:.2f} mm.",
        )
    if petals is not None and not _PETALS[0] <= petals <= _PETALS[1]:
        raise _refuse(
            f"A rosette is to have {petals} petals.", "petals", f"Choose from {_PETALS[0]} to {_PETALS[1]} petals."
        )
    if lines is not None and not 1 <= lines <= _MOST_LINES:
        raise _refuse(
            f"A rosette is to have {lines} lines in a petal.", "lines", f"Choose from 1 to {_MOST_LINES} lines."
        )


def rosette(
    centre_mm: tuple[float, float],
    *,
    radius_mm: float,
    seed: bytes,
    inner_mm: float = 0.0,
    petals: int | None = None,
    width_mm: float = 0.06,
    spacing_mm: float = _SPACING_MM,
    colours: Sequence[str] = _COLOURS,
) -> tuple[Curves, ...]:
    """Return an engine-turned rosette of three interlaced rings, shells outside and nets within.

    Nothing is drawn inside of `inner_mm` or outside of `radius_mm`. `petals` is drawn from the seed if it
    is not given. For what stamps share; `stamp_rosette` is smaller. Raises `InputError` for sizes that
    cannot be printed.
    """
    _check_rosette(radius_mm, inner_mm, petals, width_mm)
    first, second = _two(colours)
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
    colours: Sequence[str] = _COLOURS,
) -> tuple[Curves, ...]:
    """Return a rosette of two rings that is small enough to be another one on every stamp: some 3 kB deflated.

    The number of petals is what its designer chose and the eye notices; seeds differ in sweep, depth and lean of
    the petals. `lines` is how many lie beside each other in a petal of the outer ring; each costs about 1 kB, and if
    it is not given there are as many as the usual room allows. Raises `InputError` for sizes that cannot be printed.
    """
    _check_rosette(radius_mm, inner_mm, petals, width_mm, lines)
    first, second = _two(colours)
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


# --- bands and borders ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class _Braid:
    """A family of waves along a line of beads: the waves swell and wane with the beads."""

    waves: float
    """In a bead."""
    lines: int
    reach: float
    """The widest deflection, in parts of half the depth."""
    waist: float
    """The narrowest, in parts of the widest."""
    overtone: float
    colour: str

    def deflection(self, line: int, bead: Complex) -> Complex:
        """Return the deflection, -1 to 1, of a line at a phase of the beads (a turn is one bead)."""
        swell = self.waist + (1 - self.waist) * (1 - np.cos(bead)) / 2
        wave = self.waves * bead + 2 * math.pi * line / self.lines
        shape = (np.sin(wave) + self.overtone * np.sin(3 * wave)) / (1 + abs(self.overtone))
        return self.reach * swell * shape


def _braids(
    draws: Draws, bead_mm: float, spacing_mm: float, lines: int | None, colours: tuple[str, str]
) -> tuple[_Braid, _Braid]:
    first, second = colours
    wide, narrow = draws.one_of((1.5, 2.0, 2.5)), draws.one_of((1.0, 1.5))
    count = lines or 2 * max(2, round(bead_mm / (3.2 * wide * spacing_mm)))
    return (
        _Braid(
            waves=wide,
            lines=count,
            reach=1.0,
            waist=draws.between(0.3, 0.5),
            overtone=draws.between(-0.08, 0.08),
            colour=first,
        ),
        _Braid(
            waves=narrow,
            lines=2 * max(1, round(count * 0.4)),
            reach=draws.between(0.55, 0.7),
            waist=draws.between(0.55, 0.8),
            overtone=0.0,
            colour=second,
        ),
    )


def band(
    box: Box,
    *,
    seed: bytes,
    lines: int | None = None,
    width_mm: float = 0.06,
    spacing_mm: float = _SPACING_MM,
    colours: Sequence[str] = _COLOURS,
    tapered: bool = False,
) -> tuple[Curves, ...]:
    """Return a band of interlaced waves along the longer side of a box.

    `tapered` draws its lines together at both ends; else they run out to the ends. `lines` is for the wider of
    its two families. Raises `InputError` for a box that is too small.
    """
    check_line_width(width_mm)
    _check_lines(lines)
    long_mm, deep_mm = max(box.width_mm, box.height_mm), min(box.width_mm, box.height_mm)
    if deep_mm < 1 or long_mm < 2 * deep_mm:
        raise _refuse(
            f"A band is to fill {box.width_mm:g} x {box.height_mm:g} mm.",
            "box",
            "Give it at least 1 mm, and twice as much length as depth.",
        )
    draws = Draws(seed)
    beads = max(1, round(long_mm / (deep_mm * draws.between(1.3, 1.9))))
    upright = box.height_mm > box.width_mm
    half = deep_mm / 2 - width_mm
    inset = width_mm

    def formula(braid: _Braid, line: int) -> Formula:
        def at(part: Complex) -> tuple[Complex, Complex]:
            ends = 1 - np.cos(math.pi * part) ** 12 if tapered else 1
            along = inset + (long_mm - 2 * inset) * part - long_mm / 2
            across = half * ends * braid.deflection(line, 2 * math.pi * beads * part)
            return (across, along) if upright else (along, across)

        return at

    middle = box.x_mm + box.width_mm / 2, box.y_mm + box.height_mm / 2
    return tuple(
        Curves(
            paths=tuple(
                smooth_path(formula(braid, line), 0, 1, pieces=math.ceil(5 * braid.waves * beads))
                for line in range(braid.lines)
            ),
            origin_mm=middle,
            width_mm=width_mm,
            colour=braid.colour,
        )
        for braid in _braids(draws, long_mm / beads, spacing_mm, lines, _two(colours))
    )


class _Course:
    """The middle line of a border: straight sides, and corners whose curvature grows and falls smoothly.

    A quarter circle would change the curvature at once, and waves beside it would get a corner there.
    """

    _NODES, _WEIGHTS = np.polynomial.legendre.leggauss(24)

    def __init__(self, width_mm: float, height_mm: float, corner_mm: float) -> None:
        """Take the size of the middle line, and how much of each side a corner takes."""
        self.corner_mm = corner_mm / float(self._turn(np.array([1.0 + 0j]))[0].real[0])
        straight = width_mm - 2 * corner_mm, height_mm - 2 * corner_mm
        self.half_mm = width_mm / 2, height_mm / 2
        self.straight_mm = straight
        self.sides_mm = straight[0] + self.corner_mm, straight[1] + self.corner_mm
        self.length_mm = 2 * sum(self.sides_mm)
        self.taken_mm = corner_mm

    def _turn(self, part: Complex) -> tuple[Complex, Complex]:
        """Return x and y of a corner of length 1 after a part of it, from the right to downwards."""
        at = part[:, None] * ((self._NODES + 1) / 2)
        angle = math.pi / 2 * (at - np.sin(2 * math.pi * at) / (2 * math.pi))
        weights = self._WEIGHTS / 2
        return part * (np.cos(angle) @ weights), part * (np.sin(angle) @ weights)

    def at(self, along: Complex) -> tuple[Complex, Complex, Complex, Complex]:
        """Return x, y and the unit normal (outwards) at lengths from the middle of the upper left corner.

        A quarter is: half a corner, a side, half a corner. The four quarters are one, turned.
        """
        x, y = np.empty_like(along), np.empty_like(along)
        out_x, out_y = np.empty_like(along), np.empty_like(along)
        first, second = self.sides_mm
        starts = (0.0, first, first + second, 2 * first + second)
        quarter = np.searchsorted(starts, along.real, side="right") - 1
        for index, start in enumerate(starts):
            chosen = quarter == index
            here = along[chosen] - start
            side = index % 2
            across, down, angle = self._quarter(here, side)
            cos, sin = round(math.cos(math.pi / 2 * index)), round(math.sin(math.pi / 2 * index))
            x[chosen], y[chosen] = cos * across - sin * down, sin * across + cos * down
            normal = np.sin(angle), -np.cos(angle)
            out_x[chosen] = cos * normal[0] - sin * normal[1]
            out_y[chosen] = sin * normal[0] + cos * normal[1]
        return x, y, out_x, out_y

    def _quarter(self, here: Complex, side: int) -> tuple[Complex, Complex, Complex]:
        """Return x, y and the angle of the tangent on the upper side and the halves of its two corners."""
        half_wide, half_high = self.half_mm[side], self.half_mm[1 - side]
        straight, corner = self.straight_mm[side], self.corner_mm
        left, right = here.real < corner / 2, here.real > corner / 2 + straight
        x, y, angle = here - corner / 2 - straight / 2, np.full_like(here, -half_high), np.zeros_like(here)
        for chosen, sign in ((left, -1), (right, 1)):
            into = corner / 2 - here[chosen] if sign < 0 else here[chosen] - corner / 2 - straight
            part = into / corner
            run, fall = self._turn(part)
            x[chosen] = sign * (half_wide - self.taken_mm + corner * run)
            y[chosen] = -half_high + corner * fall
            angle[chosen] = sign * math.pi / 2 * (part - np.sin(2 * math.pi * part) / (2 * math.pi))
        return x, y, angle


def _paced(course: _Course, beads: tuple[int, int]) -> Callable[[Complex], Complex]:
    """Return the phase of the beads along a course: a whole number on each side, the pace changing smoothly."""
    paces = [2 * math.pi * count / side for count, side in zip(beads, course.sides_mm, strict=True)]
    common = sum(paces) / 2

    def phase(along: Complex) -> Complex:
        total = np.zeros_like(along)
        start, before = 0.0, 0.0
        for index in range(4):
            side, pace = course.sides_mm[index % 2], paces[index % 2]
            chosen = along.real >= start
            here = along[chosen] - start
            wobble = np.sin(2 * math.pi * here / side) * side / (2 * math.pi)
            total[chosen] = before + common * here + (pace - common) * (here - wobble)
            start += side
            before += pace * side
        return total

    return phase


def border(
    box: Box,
    *,
    depth_mm: float,
    seed: bytes,
    lines: int | None = None,
    width_mm: float = 0.06,
    spacing_mm: float = _SPACING_MM,
    colours: Sequence[str] = _COLOURS,
) -> tuple[Curves, ...]:
    """Return a closed band of a given depth along the inside of a box, round its corners without a break.

    Each side has a whole number of beads and each corner the same waist between two. The lines of one half,
    turned by half a turn, are those of the other: an even number of `lines`, in the wider of the two families,
    sees to that. Raises `InputError` for a depth that leaves no sides.
    """
    check_line_width(width_mm)
    _check_lines(lines)
    if lines is not None and lines % 2:
        raise _refuse(f"A border is to have {lines} lines.", "lines", "Choose an even number: its halves are alike.")
    if depth_mm < 0.8 or min(box.width_mm, box.height_mm) < 5 * depth_mm:  # noqa: PLR2004 (mm)
        raise _refuse(
            f"A border of {depth_mm:g} mm is to run round {box.width_mm:g} x {box.height_mm:g} mm.",
            "depth_mm",
            "Give it at least 0.8 mm, and at most a fifth of the shorter side.",
        )
    draws = Draws(seed)
    course = _Course(box.width_mm - depth_mm, box.height_mm - depth_mm, 1.2 * depth_mm)
    bead_mm = depth_mm * draws.between(1.5, 2.2)
    beads = max(1, round(course.sides_mm[0] / bead_mm)), max(1, round(course.sides_mm[1] / bead_mm))
    phase = _paced(course, beads)
    half = depth_mm / 2 - width_mm
    half_way = sum(beads)

    def formula(braid: _Braid, line: int) -> Formula:
        def at(along: Complex) -> tuple[Complex, Complex]:
            x, y, out_x, out_y = course.at(along)
            off = half * braid.deflection(line, phase(along))
            return x + off * out_x, y + off * out_y

        return at

    middle = box.x_mm + box.width_mm / 2, box.y_mm + box.height_mm / 2
    return tuple(
        Curves(
            paths=tuple(
                smooth_path(formula(braid, line), 0, course.length_mm / 2, pieces=math.ceil(5 * braid.waves * half_way))
                for line in range(braid.lines)
            ),
            origin_mm=middle,
            width_mm=width_mm,
            colour=braid.colour,
            turns=2,
        )
        for braid in _braids(draws, bead_mm, spacing_mm, lines, _two(colours))
    )


# --- grounds --------------------------------------------------------------------------------------------------


def ground(
    box: Box,
    *,
    seed: bytes,
    spacing_mm: float = 0.4,
    width_mm: float = 0.06,
    colours: Sequence[str] = ("#c3d6dc",),
) -> tuple[Curves, ...]:
    """Return an underprint: long waves across a box, drifting against each other from line to line.

    With two colours neighbouring lines alternate. Raises `InputError` for a box lower than ten lines.
    """
    check_line_width(width_mm)
    first, second = _two(colours)
    if spacing_mm < 3 * width_mm or box.height_mm < 10 * spacing_mm or box.width_mm < 4:  # noqa: PLR2004 (mm)
        raise _refuse(
            f"A ground of lines every {spacing_mm:g} mm is to fill {box.width_mm:g} x {box.height_mm:g} mm.",
            "spacing_mm",
            "Set lines at least three widths apart, in a box at least 4 mm wide and ten lines high.",
        )
    draws = Draws(seed)
    swing = min(box.height_mm / 8, 4 * spacing_mm) * draws.between(0.7, 1.0)
    long_waves, short_waves = draws.between(1.2, 2.2), draws.between(3.2, 4.6)
    drift, lean = draws.between(1.5, 3.0), draws.between(0, 2 * math.pi)
    high = box.height_mm - 2 * (swing + width_mm)
    count = int(high / spacing_mm) + 1

    def formula(line: int) -> Formula:
        down = line / (count - 1)

        def at(part: Complex) -> tuple[Complex, Complex]:
            long = np.sin(2 * math.pi * long_waves * part + lean + drift * down)
            short = np.sin(2 * math.pi * short_waves * part - drift * down)
            y = (down - 0.5) * high + swing * (0.7 * long + 0.3 * short)
            return (part - 0.5) * (box.width_mm - 2 * width_mm), y

        return at

    middle = box.x_mm + box.width_mm / 2, box.y_mm + box.height_mm / 2
    paths: list[Path] = [smooth_path(formula(line), 0, 1, pieces=12) for line in range(count)]
    kept = ((paths, first),) if first == second else ((paths[::2], first), (paths[1::2], second))
    return tuple(
        Curves(paths=tuple(chosen), origin_mm=middle, width_mm=width_mm, colour=colour) for chosen, colour in kept
    )
