"""A stamp of which no general reader reads anything: the upper part of its symbol is gone."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from cryptostamp.edition import Dossier
from cryptostamp.office import known_edition
from cryptostamp.office.printing import face_of
from cryptostamp.press import render_stamp
from cryptostamp.primitives import Serial
from cryptostamp.series import Series

TORN_PX_PER_MM = 300 / 25.4
TORN_MARGIN = (90, 80)


def torn_stamp(series: Series, dossier: Dossier, serial: int) -> npt.NDArray[np.uint8]:
    """Return a picture (height, width) of a stamp at 300 dpi, `TORN_MARGIN` of grey around it."""
    image = render_stamp(series, face_of(series, dossier, Serial(serial)), dpi=600, perforated=False)
    grey = np.array(image.convert("L").reduce(2))
    box = known_edition(dossier).symbol
    left, right = round(box.x_mm * TORN_PX_PER_MM), round(box.right_mm * TORN_PX_PER_MM)
    top, middle = round(box.y_mm * TORN_PX_PER_MM), round((box.y_mm + box.height_mm * 0.45) * TORN_PX_PER_MM)
    grey[top - 4 : middle, left - 4 : right + 4] = 255
    x, y = TORN_MARGIN
    return np.asarray(cv2.copyMakeBorder(grey, y, y, x, x, cv2.BORDER_CONSTANT, value=130), np.uint8)
