"""What happens to a stamp and to its picture: postmarks, dirt, tears, curl, glare, poor light, a poor camera.

SYNTHETIC: every damage is arithmetic from a random generator, so that the same seed gives the same picture. Each has
three strengths, 1 to 3. Damage to the paper is done to the flat stamp, the rest to the photo. Pictures are BGR or
BGRA of 8 bits, as OpenCV has them; the stamp is drawn at `DPI`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np

__all__ = ["DPI", "KINDS", "STRENGTHS", "Place", "cancel", "damaged_photo"]

DPI = 300
STRENGTHS = (1, 2, 3)
KINDS = (
    "rotation",
    "perspective",
    "blur",
    "noise",
    "low light",
    "jpeg",
    "curl",
    "tear",
    "dirt",
    "glare",
    "cancellation",
)
_MM = DPI / 25.4
_SCENE = (960, 960)
_STAMP_PX = 660
"""The height of the stamp in the photo: a module takes about 4.5 pixels."""


@dataclass(frozen=True)
class Place:
    """Where the symbol lies on the flat picture of the stamp, in pixels."""

    x: float
    y: float
    side: float

    @property
    def centre(self):
        """Its middle."""
        return self.x + self.side / 2, self.y + self.side / 2


def damaged_photo(stamp, place, kind, strength, random):
    """Return a photo (height, width, 3) of a stamp (height, width, 4) with one kind of damage, and its JPEG quality."""
    paper = stamp.copy()
    if kind == "cancellation":
        cancel(paper, place, strength, random)
    elif kind == "dirt":
        _soil(paper, place, strength, random)
    elif kind == "tear":
        paper = _tear(paper, place, strength, random)
    photo, to_photo = _shot(paper, kind, strength, random)
    photo = photo.astype(np.float32)
    if kind == "glare":
        photo = _glare(photo, cv2.perspectiveTransform(np.float32([[place.centre]]), to_photo)[0, 0], strength, random)
    if kind == "low light":
        photo *= (0.30, 0.17, 0.10)[strength - 1]
    blur = random.uniform(0.6, 0.9)
    if kind == "blur":
        blur = (1.9, 2.6, 3.3)[strength - 1]
        if random.random() < 0.5:  # noqa: PLR2004 - half of them are a hand that moved
            photo = _moved(photo, (8, 11, 14)[strength - 1], random)
            blur = 0.8
    photo = cv2.GaussianBlur(photo, (0, 0), blur)
    sigma = {"noise": (18, 34, 52)[strength - 1], "low light": (4, 5, 6)[strength - 1]}.get(kind, 3.0)
    photo += random.normal(0, sigma, photo.shape[:2]).astype(np.float32)[:, :, None]
    photo += random.normal(0, sigma / 2, photo.shape).astype(np.float32)
    quality = (30, 14, 8)[strength - 1] if kind == "jpeg" else 88
    return np.clip(photo, 0, 255).astype(np.uint8), quality


def _shot(paper, kind, strength, random):
    """Lay the stamp on a table and look at it; return the photo and the map of the flat stamp to it."""
    height, width = paper.shape[:2]
    turn = random.uniform(-9, 9)
    tilt = 0.02
    if kind == "rotation":
        turn = random.choice([-1, 1]) * random.uniform(*((15, 40), (40, 80), (80, 180))[strength - 1])
    if kind == "perspective":
        tilt = (0.10, 0.17, 0.23)[strength - 1]
    if kind == "curl":
        paper = _curled(paper, strength, random)
    scale = _STAMP_PX / height
    angle = math.radians(turn)
    centre = np.array([_SCENE[1] / 2, _SCENE[0] / 2]) + random.uniform(-25, 25, 2)
    flat = np.float32([[0, 0], [width, 0], [width, height], [0, height]])
    corners = (flat - [width / 2, height / 2]) * scale
    corners += random.uniform(-tilt, tilt, (4, 2)) * [width * scale, height * scale]
    rotation = np.array([[math.cos(angle), math.sin(angle)], [-math.sin(angle), math.cos(angle)]])
    to_photo = cv2.getPerspectiveTransform(flat, np.float32(corners @ rotation + centre))
    size = (_SCENE[1], _SCENE[0])
    colour = cv2.warpPerspective(paper[:, :, :3], to_photo, size, flags=cv2.INTER_AREA, borderMode=cv2.BORDER_REPLICATE)
    alpha = cv2.warpPerspective(paper[:, :, 3], to_photo, size, flags=cv2.INTER_LINEAR)[:, :, None] / 255.0
    photo = colour * alpha + _table(random) * (1 - alpha)
    x, y = np.meshgrid(np.linspace(-1, 1, size[0]), np.linspace(-1, 1, size[1]))
    towards = random.uniform(0, 2 * math.pi)
    light = 0.9 + 0.14 * (x * math.cos(towards) + y * math.sin(towards))
    return photo * light[:, :, None], to_photo


def _table(random):
    height, width = _SCENE
    y = np.arange(height)[:, None] + 14 * np.sin(np.arange(width)[None, :] / 210 + random.uniform(0, 6))
    grain = sum(w * np.sin(y / p + random.uniform(0, 6)) for p, w in ((61, 7.0), (17, 4.0), (5.3, 2.5)))
    return np.array([82.0, 118.0, 158.0]) + random.uniform(-20, 20) + grain[:, :, None]


def _curled(paper, strength, random):
    """Bend the stamp about an axis, as paper does that was wet: a cylinder seen from above and a little aside."""
    height, width = paper.shape[:2]
    axis = random.uniform(0, math.pi)
    along = np.array([math.cos(axis), math.sin(axis)])
    x, y = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    u = ((x - width / 2) * along[0] + (y - height / 2) * along[1]) / (width / 2)
    bend = (0.55, 0.85, 1.1)[strength - 1]
    # A point at arc u is seen at sin(bend u) / bend; the photo asks the other way round.
    arc = np.arcsin(np.clip(u * bend, -0.999, 0.999)) / bend
    lift = (1 - np.cos(bend * arc)) / bend * random.uniform(-0.25, 0.25) * width / 2
    shift = (arc - u) * width / 2
    map_x = x + shift * along[0] - lift * along[1]
    map_y = y + shift * along[1] + lift * along[0]
    bent = cv2.remap(paper, map_x.astype(np.float32), map_y.astype(np.float32), cv2.INTER_LINEAR)
    shade = np.clip(1 - 0.35 * (bend * arc) ** 2 * random.uniform(0.6, 1.0), 0.3, 1)
    bent[:, :, :3] = (bent[:, :, :3] * shade[:, :, None]).astype(np.uint8)
    return bent


def _moved(photo, length, random):
    kernel = np.zeros((length * 2 + 1, length * 2 + 1), np.float32)
    angle = random.uniform(0, math.pi)
    dx, dy = math.cos(angle) * length / 2, math.sin(angle) * length / 2
    start, end = (round(length - dx), round(length - dy)), (round(length + dx), round(length + dy))
    cv2.line(kernel, start, end, 1.0, 1, cv2.LINE_AA)
    return cv2.filter2D(photo, -1, kernel / kernel.sum())


def _glare(photo, spot, strength, random):
    x, y = np.meshgrid(np.arange(photo.shape[1]), np.arange(photo.shape[0]))
    spot = spot + random.uniform(-35, 35, 2)
    reach = (55, 80, 110)[strength - 1] * random.uniform(0.85, 1.15)
    stretch, angle = random.uniform(1.0, 1.8), random.uniform(0, math.pi)
    u = ((x - spot[0]) * math.cos(angle) + (y - spot[1]) * math.sin(angle)) / stretch
    v = -(x - spot[0]) * math.sin(angle) + (y - spot[1]) * math.cos(angle)
    share = np.exp(-(((u**2 + v**2) / reach**2) ** 1.2))[:, :, None] * (0.9, 0.97, 0.995)[strength - 1]
    return photo * (1 - share) + 262 * share


def _soil(paper, place, strength, random):
    """Spots, smears and fingerprints, most of them on the symbol."""
    height, width = paper.shape[:2]
    dirt = np.zeros((height, width), np.float32)
    for _ in range((7, 15, 24)[strength - 1]):
        x, y = np.array(place.centre) + random.normal(0, place.side * 0.33, 2)
        axes = random.uniform(0.25, (0.8, 1.15, 1.5)[strength - 1], 2) * _MM
        spot = np.zeros_like(dirt)
        turned = random.uniform(0, 180)
        cv2.ellipse(spot, (int(x), int(y)), (int(axes[0]) + 1, int(axes[1]) + 1), turned, 0, 360, 1.0, -1, cv2.LINE_AA)
        dirt = np.maximum(dirt, spot * random.uniform(0.55, 0.97))
    for _ in range((2, 4, 6)[strength - 1]):
        start = np.array(place.centre) + random.normal(0, place.side * 0.5, 2)
        end = start + random.normal(0, place.side * 0.5, 2)
        smear = np.zeros_like(dirt)
        points = tuple(tuple(int(each) for each in point) for point in (start, end))
        cv2.line(smear, *points, 1.0, int(random.uniform(0.25, 0.7) * _MM) + 1, cv2.LINE_AA)
        dirt = np.maximum(dirt, cv2.GaussianBlur(smear, (0, 0), 2) * random.uniform(0.4, 0.85))
    _print_over(paper, cv2.GaussianBlur(dirt, (0, 0), 1.2), np.array([38, 52, 66]), random, mottle=0.25)


def _tear(paper, place, strength, random):
    """Tear a corner of the symbol away: the table or the white core of the paper is seen there."""
    height, width = paper.shape[:2]
    depth = (0.30, 0.48, 0.62)[strength - 1] * random.uniform(0.85, 1.15)
    corner = random.integers(3)
    along = np.linspace(-0.6, 1.6, 60)
    ragged = np.cumsum(random.normal(0, 0.012, len(along)))
    slope = random.uniform(0.75, 1.3)
    reach = depth * (1 + slope)
    edge = np.stack([along, (reach - along) / slope + ragged - ragged.mean()], 1)  # measured from the torn corner
    polygon = np.concatenate([edge, [[1.6, -0.6], [-0.6, -0.6]]])
    if corner in {0, 2}:
        polygon[:, 0] = 1 - polygon[:, 0]
    if corner in {0, 1}:
        polygon[:, 1] = 1 - polygon[:, 1]
    # Of the corners of the symbol only those at the edge of the stamp are torn off; the third is scratched.
    pixels = np.int32(polygon * place.side + [place.x, place.y])
    gone = np.zeros((height, width), np.uint8)
    if corner == 2:  # noqa: PLR2004 - the third
        pixels = np.int32((polygon - [0.5, 0.5]) * place.side * [1, 1] + place.centre)
        lost = np.int32(np.array(place.centre) + (np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * place.side))
        cv2.fillPoly(gone, [lost], 255)
        keep = np.zeros_like(gone)
        cv2.fillPoly(keep, [pixels], 255)
        gone = cv2.bitwise_and(gone, keep)
    else:
        cv2.fillPoly(gone, [pixels], 255)
    fringe = cv2.dilate(gone, np.ones((9, 9), np.uint8))
    paper[fringe > 0, :3] = 244
    if random.random() < 0.6 and corner != 2:  # noqa: PLR2004 - torn off, else only the skin of the paper
        paper[gone > 0, 3] = 0
    return paper


def cancel(paper, place, strength, random):
    """Strike a postmark: rings with a date, then wavy bars, in ink that is neither even nor opaque."""
    height, width = paper.shape[:2]
    ink = np.zeros((height * 2, width * 2), np.float32)  # drawn at twice the size
    strikes = (1, 1, 1)[strength - 1]
    for _ in range(strikes):
        middle = np.array(place.centre) + random.normal(0, 0.10, 2) * place.side
        _strike(ink, middle * 2, strength, random)
    ink = cv2.resize(ink, (width, height), interpolation=cv2.INTER_AREA)
    spread = (0.5, 0.9, 1.2)[strength - 1]
    colour = np.array([[30, 24, 24], [62, 30, 26], [30, 30, 62]][random.choice(3, p=[0.7, 0.2, 0.1])])
    opaque = (0.50, 0.66, 0.90)[strength - 1] * random.uniform(0.92, 1.03)
    _print_over(paper, np.clip(cv2.GaussianBlur(ink, (0, 0), spread) * opaque, 0, 1), colour, random, mottle=0.3)


def _strike(ink, middle, strength, random):
    angle = random.uniform(-40, 40)
    turn = cv2.getRotationMatrix2D((0, 0), -angle, 1)[:, :2]
    mm = 2 * _MM
    pen = (0.32, 0.42, 0.55)[strength - 1]

    def at(points):
        return np.int32(np.atleast_2d(points) * mm @ turn.T + middle)

    def line(points, width_mm):
        cv2.polylines(ink, [at(points)], False, 1.0, round(width_mm * mm), cv2.LINE_AA)  # noqa: FBT003 - not closed

    rings = at([random.uniform(-5, 5), random.uniform(-3, 3)])[0]
    for radius in (random.uniform(11.5, 13.5), random.uniform(6.8, 8.2)):
        cv2.circle(ink, tuple(int(v) for v in rings), int(radius * mm), 1.0, round(pen * mm), cv2.LINE_AA)
    line([[-7, -2.1], [7, -2.1]], pen * 0.8)
    line([[-7, 2.1], [7, 2.1]], pen * 0.8)
    words = np.zeros(ink.shape, np.uint8)
    origin = (int(middle[0] - 6.4 * mm), int(middle[1] + 1.4 * mm))
    day = f"{random.integers(1, 29):02d}.{random.integers(1, 13):02d}.26-{random.integers(6, 19)}"
    cv2.putText(words, day, origin, cv2.FONT_HERSHEY_DUPLEX, 2.6 * mm / 40, 255, round(0.35 * mm), cv2.LINE_AA)
    spun = cv2.getRotationMatrix2D(tuple(float(v) for v in middle), -angle, 1)
    np.maximum(ink, cv2.warpAffine(words, spun, ink.shape[::-1]) / np.float32(255), out=ink)
    bars, gap, thick = ((4, 3.4, 0.45), (5, 2.9, 0.62), (7, 2.4, 0.9))[strength - 1]
    wave, height = random.uniform(5, 8), random.uniform(0.5, 0.9)
    x = np.linspace(-28, 28, 240)
    shift = random.uniform(-0.8, 0.8)
    for bar in range(bars):
        y = (bar - (bars - 1) / 2) * gap + shift + height * np.sin(x * 2 * math.pi / wave)
        line(np.stack([x, y], 1), thick * random.uniform(0.85, 1.15))


def _print_over(paper, share, colour, random, *, mottle):
    """Lay ink or dirt over the paper; `share` is how much of it is seen, 0..1, and `mottle` how uneven it lies."""
    rough = random.normal(0, 1, (share.shape[0] // 6 + 1, share.shape[1] // 6 + 1)).astype(np.float32)
    rough = cv2.resize(rough, share.shape[::-1], interpolation=cv2.INTER_CUBIC)
    share = np.clip(share * (1 - mottle * np.clip(rough, -0.3, 1.6)), 0, 1)[:, :, None]
    # Ink darkens what it lies on and hides it: what was black stays at least as dark.
    under = paper[:, :, :3].astype(np.float32)
    covered = under * (1 - share) + np.minimum(under, colour) * share
    paper[:, :, :3] = np.clip(covered, 0, 255).astype(np.uint8)
