from dataclasses import replace
from pathlib import Path

import pytest
from support.templates import CARD, MINIATURE, MINIATURE_SHEET, STAMP, TWO_PART, templated

from cryptostamp.series import Variant, describe, load_series, rescale


class TestDescribe:
    def test_whole_text(self, folder: Path) -> None:
        """The preview holds issuer, value, tariff, sheets, designs, and the variants with their shares."""
        assert describe(load_series(folder)) == (
            "Leapfrog (LEAP), 2026\n"
            "A frog in two leaps.\n"
            "\n"
            "Issuer      Lilypond Post (Lilypond, XL), lilypond.example\n"
            "Face value  1.20 EUR: Letter up to 20 g\n"
            "Stamp       40 x 48 mm, perforated 13.5\n"
            "Edition     100 stamps, numbered from 1\n"
            "Sheets      4 sheets of 25 (5 rows of 5, 224 x 264 mm with selvedge)\n"
            "Designs     2, in turn: Crouch, Spring\n"
            "\n"
            "Variant  Stamps  Share\n"
            "Green        90   90 %\n"
            "Gold         10   10 %\n"
        )

    @pytest.mark.parametrize(
        ("edition", "sheets"),
        [
            (101, "5 sheets of 25, the last with only 1 ("),
            (25, "1 sheet of 25 ("),
            (24, "1 sheet with 24 of 25 stamps ("),
            (50_000, "2,000 sheets of 25 ("),
        ],
    )
    def test_sheets(self, folder: Path, edition: int, sheets: str) -> None:
        """A last sheet that is not full is counted and named."""
        assert f"Sheets      {sheets}" in describe(rescale(load_series(folder), edition))

    def test_single_things(self, folder: Path) -> None:
        """One stamp is not called stamps, and a single design stands alone."""
        series = rescale(load_series(folder), 1)
        text = describe(replace(series, designs=series.designs[:1]))
        assert "Edition     1 stamp, numbered" in text
        assert "Designs     Crouch\n" in text

    @pytest.mark.parametrize(
        ("count", "share"),
        [(1, "0.000667 %"), (100, "0.0667 %"), (1500, "1 %"), (50_000, "33.3 %"), (149_999, "100 %")],
    )
    def test_share(self, folder: Path, count: int, share: str) -> None:
        """Shares have three digits that count, however rare a variant is."""
        series = load_series(folder)
        variants = (
            Variant(key="a", name="A", colour="#000000", count=150_000 - count),
            Variant(key="b", name="B", colour="#ffffff", count=count),
        )
        last = describe(replace(series, edition=150_000, variants=variants)).splitlines()[-1]
        assert last.endswith(f" {share}")


class TestProducts:
    @pytest.mark.parametrize(
        ("template", "changes", "stamp", "sheet"),
        [
            (STAMP, (), "40 x 48 mm, perforated 13.5\n", "224 x 264 mm"),
            (TWO_PART, (), "40 x 48 mm, with a token card of 40 x 48 mm, perforated 13.5\n", "424 x 264 mm"),
            (CARD, (), "40 x 48 mm, imprinted on a card of 86 x 54 mm with corners of 4 mm\n", "454 x 294 mm"),
            (MINIATURE, MINIATURE_SHEET, "40 x 48 mm, perforated 13.5, in a miniature sheet\n", "110 x 90 mm"),
        ],
    )
    def test_what_is_sold(
        self, tmp_path: Path, template: str, changes: tuple[tuple[str, str], ...], stamp: str, sheet: str
    ) -> None:
        """A stamp is told with the card or sheet that it is part of, and sheets with the size that follows."""
        text = describe(load_series(templated(tmp_path / "series", template, *changes)))
        assert f"Stamp       {stamp}" in text
        assert sheet in text
