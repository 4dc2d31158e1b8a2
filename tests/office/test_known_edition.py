"""A dossier is enough to find its stamps by their picture and to tell them by their codes."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
from support.desk import Desk

from cryptostamp.edition import face_code
from cryptostamp.office.known_edition import known_edition
from cryptostamp.office.printing import face_of
from cryptostamp.press import render_stamp
from cryptostamp.primitives import Serial
from cryptostamp.scan import read_grey


class TestKnownEdition:
    def test_a_stamp_without_half_of_its_symbol(self, desk: Desk) -> None:
        """What is left of a torn stamp is told as the stamp of the dossier that it is, with its place."""
        image = render_stamp(desk.series, face_of(desk.series, desk.dossier, Serial(8)), dpi=600, perforated=False)
        grey = np.array(image.convert("L").reduce(2))
        box = known_edition(desk.dossier).symbol
        per_mm = 300 / 25.4
        left, right = round(box.x_mm * per_mm), round(box.right_mm * per_mm)
        top, middle = round(box.y_mm * per_mm), round((box.y_mm + box.height_mm * 0.45) * per_mm)
        grey[top - 4 : middle, left - 4 : right + 4] = 255
        seen = cv2.copyMakeBorder(grey, 80, 80, 90, 90, cv2.BORDER_CONSTANT, value=130)
        (symbol,) = read_grey(np.asarray(seen, np.uint8), [known_edition(desk.dossier)])
        assert symbol.text == face_code(desk.dossier, Serial(8)).text
        assert symbol.error is not None
        assert np.abs(np.array(symbol.corners[2]) - (right + 90, round(box.bottom_mm * per_mm) + 80)).max() <= 3
        assert read_grey(np.asarray(seen, np.uint8)) == ()

    def test_a_dossier_without_its_artwork(self, desk: Desk) -> None:
        """Without the pictures that the faces are drawn from no stamp is found, and nothing fails."""
        bare = known_edition(replace(desk.dossier, files={}))
        assert bare.faces == ()
        assert read_grey(np.full((300, 300), 200, np.uint8), [bare]) == ()
