"""A dossier is enough to find its stamps by their picture and to tell them by their codes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from support.desk import Desk
from support.torn import TORN_MARGIN, TORN_PX_PER_MM, torn_stamp

from cryptostamp.edition import face_code
from cryptostamp.office import known_edition
from cryptostamp.primitives import Serial
from cryptostamp.scan import read_grey


class TestKnownEdition:
    def test_a_stamp_without_half_of_its_symbol(self, desk: Desk) -> None:
        """What is left of a torn stamp is told as the stamp of the dossier that it is, with its place."""
        seen = torn_stamp(desk.series, desk.dossier, 8)
        edition = known_edition(desk.dossier)
        (symbol,) = read_grey(seen, [edition])
        assert symbol.text == face_code(desk.dossier, Serial(8)).text
        assert symbol.error is not None
        corner = (edition.symbol.right_mm * TORN_PX_PER_MM, edition.symbol.bottom_mm * TORN_PX_PER_MM)
        assert np.abs(np.array(symbol.corners[2]) - corner - TORN_MARGIN).max() <= 3
        assert read_grey(seen) == ()

    def test_it_is_prepared_once(self, desk: Desk) -> None:
        """The second picture finds what was computed for the first; another dossier has an edition of its own."""
        assert known_edition(desk.dossier) is known_edition(desk.dossier)
        assert known_edition(replace(desk.dossier)) is not known_edition(desk.dossier)

    def test_a_dossier_without_its_artwork(self, desk: Desk) -> None:
        """Without the pictures that the faces are drawn from no stamp is found, and nothing fails."""
        bare = known_edition(replace(desk.dossier, files={}))
        assert bare.faces == ()
        assert read_grey(np.full((300, 300), 200, np.uint8), [bare]) == ()
