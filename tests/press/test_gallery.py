from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import zxingcpp

from cryptostamp.codes import PublicCode, public_symbol
from cryptostamp.press import StampFace, check_press, render_stamp
from cryptostamp.primitives import Address, ChainId, Serial
from cryptostamp.series import Series, load_series

ARTWORK = Path(__file__).parents[2] / "artwork"
NAMES = ["farois", "herbar", "leapfrog", "naeturpostur"]
CONTRACT = Address("0x5FbDB2315678afecb367f032d93F642f64180aa3")
CLAIM_KEY = Address("0x70997970C51812dc3A010C7d01b50e0d17dc79C8")


@pytest.fixture(scope="module", params=NAMES)
def series(request: pytest.FixtureRequest) -> Series:
    """Give each series of the gallery in turn."""
    return load_series(ARTWORK / str(request.param) / "series.toml")


def _code(series: Series, serial: int) -> PublicCode:
    return PublicCode.make(
        host=series.issuer.domain,
        chain_id=ChainId(31337),
        contract=CONTRACT,
        serial=Serial(serial),
        claim_key=CLAIM_KEY,
    )


def _face(series: Series, serial: int, variant: int) -> StampFace:
    code = _code(series, serial)
    return StampFace(
        serial=Serial(serial),
        design=series.design_of(Serial(serial)),
        variant=series.variants[variant],
        symbol=public_symbol(code),
        short_code=code.short(series.id).text,
    )


class TestGallery:
    """The series that were drawn for this project."""

    def test_every_folder_of_artwork_is_looked_at(self) -> None:
        """A series that is added to artwork/ is added to these tests."""
        assert sorted(path.parent.name for path in ARTWORK.glob("*/series.toml")) == NAMES

    def test_each_can_be_printed(self, series: Series) -> None:
        """Pictures have the shape of their places, texts fit and can be read, in the first and the last colour."""
        check_press(replace(series, variants=(series.variants[0], series.variants[-1])))

    def test_symbols_read_back(self, series: Series) -> None:
        """zxing-cpp reads the code, and nothing else, from stamps of each design and each colour."""
        for serial in range(1, max(len(series.designs), len(series.variants)) + 1):
            face = _face(series, serial, (serial - 1) % len(series.variants))
            picture = render_stamp(series, face, dpi=200, perforated=False)
            assert [code.text for code in zxingcpp.read_barcodes(picture)] == [_code(series, serial).text]

    def test_designs_and_colours_look_different(self, series: Series) -> None:
        """No two designs share a picture, and the colour of a variant is seen in it."""
        pictures = [
            render_stamp(series, _face(series, serial, variant), dpi=200, perforated=False).tobytes()
            for serial, variant in ((1, 0), (2, 0), (1, 1))
        ]
        assert len(set(pictures)) == 3

    def test_artwork_is_small_enough_to_be_read(self, series: Series) -> None:
        """An SVG of the gallery has at most 180 kB: it is drawn by hand, not traced."""
        assert all(path.stat().st_size <= 180_000 for path in series.folder.glob("*.svg"))
