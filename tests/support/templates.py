"""Leapfrog with a template of its own: the files of a series, as a department would write them."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

ROOT = Path(__file__).parents[2]
LEAPFROG = ROOT / "artwork" / "leapfrog"

EXAMPLE = re.search(
    r"## A complete example\n\n```toml\n(.*?)```",
    (ROOT / "docs" / "templates.md").read_text(encoding="utf-8"),
    re.DOTALL,
)
assert EXAMPLE is not None
STAMP = EXAMPLE[1]
"""The complete example of docs/templates.md."""

TWO_PART = """\
format = 1
product = "two-part"

[stamp]
width_mm = 40
height_mm = 48

[card]
width_mm = 40
height_mm = 48
place = "right"

[[layers]]
type = "picture"
box = [1.8, 1.8, 36.4, 27.6]

[[layers]]
type = "text"
name = "facts"
text = "{country} {value} {year}"
box = [2, 32, 36, 4]
size_mm = 3
colour = "#000000"

[[layers]]
type = "text"
name = "number"
text = "No. {serial}"
box = [44, 3, 12, 3]
size_mm = 2.5
align = "centre"
colour = "#000000"
designs = ["crouch"]

[[layers]]
type = "qr"
box = [61, 1, 18, 18]

[[layers]]
type = "claim"
name = "hidden code"
box = [42, 21, 36, 25]
"""

CARD = """\
format = 1
product = "card"

[stamp]
width_mm = 40
height_mm = 48

[card]
width_mm = 86
height_mm = 54
stamp = [3, 3]
corner_radius_mm = 4

[[layers]]
type = "fill"
name = "ground"
box = [-3, -3, 92, 60]
colour = "#f6efdc"

[[layers]]
type = "picture"
box = [4.8, 4.8, 36.4, 27.6]

[[layers]]
type = "text"
name = "facts"
text = "{country} {value} {year}"
box = [5, 36, 36, 4]
size_mm = 3
colour = "ink"

[[layers]]
type = "qr"
box = [60, 8, 18, 18]
"""

MINIATURE = """\
format = 1
product = "miniature-sheet"

[stamp]
width_mm = 40
height_mm = 48

[sheet]
artwork = "scene.svg"
places = [[10, 20], [60, 20]]

[[layers]]
type = "text"
name = "facts"
text = "{country} {value} {year}"
box = [2, 4, 36, 4]
size_mm = 3
colour = "auto"

[[layers]]
type = "fill"
name = "panel"
box = [20, 28, 18, 18]
colour = "paper"

[[layers]]
type = "qr"
box = [20, 28, 18, 18]
"""

SCENE = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 116 96">'
    '<rect width="58" height="96" fill="#203040"/><rect x="58" width="58" height="96" fill="#402030"/></svg>'
)
"""A picture for a sheet of 110 x 90 mm with a bleed of 3 mm: blue on the left half, red on the right."""


def templated(folder: Path, template: str, *changes: tuple[str, str]) -> Path:
    """Write Leapfrog with a template into a new folder and return the folder; `changes` are made in series.toml."""
    shutil.copytree(LEAPFROG, folder)
    (folder / "template.toml").write_text(template, encoding="utf-8")
    (folder / "scene.svg").write_text(SCENE, encoding="utf-8")
    text = (folder / "series.toml").read_text(encoding="utf-8")
    for old, new in (("height_mm = 48\n", 'height_mm = 48\ntemplate = "template.toml"\n'), *changes):
        assert old in text
        text = text.replace(old, new)
    (folder / "series.toml").write_text(text, encoding="utf-8")
    return folder


MINIATURE_SHEET = (("rows = 5\ncolumns = 5\n", "rows = 1\ncolumns = 2\nwidth_mm = 110\nheight_mm = 90\n"),)
"""The changes of series.toml that `MINIATURE` needs."""
