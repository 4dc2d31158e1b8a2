"""Damaged photos of printed stamps: those of the benchmark, for tests."""

from __future__ import annotations

import importlib
import sys
from functools import lru_cache
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

__all__ = ["damaged", "printed"]

SCRIPTS = Path(__file__).resolve().parents[2] / "scripts"


def _module(name: str) -> Any:
    sys.path.insert(0, str(SCRIPTS))
    try:
        return importlib.import_module(f"benchmarks.{name}")
    finally:
        sys.path.remove(str(SCRIPTS))


@lru_cache(maxsize=1)
def printed() -> Any:
    """Return the demonstration series as an edition of 20,000 stamps."""
    return _module("_scan_series").Printed(20_000)


def damaged(serial: int, kind: str, strength: int, seed: int = 0) -> npt.NDArray[np.uint8]:
    """Return a photo (height, width), in shades of grey, of a stamp with one kind of damage."""
    stamps = printed()
    photo, _ = _module("_scan_damage").damaged_photo(
        stamps.stamp(serial), stamps.place, kind, strength, np.random.default_rng([serial, strength, seed])
    )
    return np.asarray(cv2.cvtColor(photo, cv2.COLOR_BGR2GRAY), np.uint8)
