from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from cryptostamp.codes import Half
from cryptostamp.errors import InputError
from cryptostamp.press.claim_layout import ClaimField, claim_layout
from cryptostamp.press.claim_part import ClaimLines, check_claim_part, claim_static_marks
from cryptostamp.press.lettering import width_of
from cryptostamp.press.marks import Box, TextRun
from cryptostamp.primitives import Serial
from cryptostamp.series import Series, StampFormat
from cryptostamp.series.template import CardPart, ClaimLayer, Product, StampTemplate

CODE = "5GY8-PA0G-YDZD-HB8G-KSWE-5BWR-HGQ5"


def of_size(series: Series, width: str, height: str) -> Series:
    return replace(series, stamp=StampFormat(width_mm=Decimal(width), height_mm=Decimal(height)))


def with_field(series: Series, box: Box) -> Series:
    """Give a series whose template has a scratch field on a card of 86 x 54 mm."""
    template = StampTemplate(
        path=series.folder / "template.toml",
        product=Product.CARD,
        card=CardPart(box=Box(x_mm=0, y_mm=0, width_mm=86.0, height_mm=54.0)),
        stamp=Box(x_mm=50, y_mm=4, width_mm=30, height_mm=40),
        layers=(ClaimLayer(name="claim", box=box),),
    )
    return replace(series, template=template)


def inside(inner: Box, outer: Box) -> bool:
    rounding = 1e-9
    return (
        outer.x_mm - rounding <= inner.x_mm
        and outer.y_mm - rounding <= inner.y_mm
        and inner.right_mm <= outer.right_mm + rounding
        and inner.bottom_mm <= outer.bottom_mm + rounding
    )


def assert_hidden(field: ClaimField, side: int) -> None:
    """Symbol with its quiet zone and letters lie in what is hidden, and the field covers 0.5 mm more."""
    quiet = 4 * field.symbol.width_mm / side
    assert field.symbol.width_mm >= 13
    assert inside(field.symbol.grown(quiet), field.light)
    assert inside(field.light, field.secret)
    assert inside(field.text, field.secret)
    assert field.text.right_mm <= field.light.x_mm + 1e-9 or field.text.y_mm >= field.light.bottom_mm
    assert field.scratch == field.secret.grown(0.5)


class TestWholeCode:
    """One field, under which the whole code lies."""

    @pytest.mark.parametrize("size", [("40", "48"), ("40", "30"), ("50", "30"), ("30", "48")])
    @pytest.mark.parametrize("side", [33, 37])
    def test_the_scratch_field_hides_it(self, leapfrog: Series, size: tuple[str, str], side: int) -> None:
        """Beside the symbol or below it, the code is hidden; the instructions stay clear of the field."""
        series = of_size(leapfrog, *size)
        layout = claim_layout(series, side)
        (field,) = layout.fields
        assert_hidden(field, side)
        marks = claim_static_marks(series, layout)
        told = [mark for mark in marks if isinstance(mark, TextRun) and "stamp" not in mark.text.lower()]
        assert told
        assert all(run.baseline_mm + 0.25 * run.size_mm <= field.scratch.y_mm for run in told)
        assert inside(field.scratch, Box(x_mm=0, y_mm=0, width_mm=layout.width_mm, height_mm=layout.height_mm))

    @pytest.mark.parametrize("size", [("30", "40"), ("50", "24")])
    def test_a_part_too_small_is_refused(self, leapfrog: Series, size: tuple[str, str]) -> None:
        """The error says how large part and symbol are."""
        with pytest.raises(InputError, match=rf"{size[0]} x {size[1]} mm has no room for its code and a QR of 14.1 mm"):
            claim_layout(of_size(leapfrog, *size), 37)


class TestHalves:
    """Two fields, for two printers."""

    @pytest.mark.parametrize("size", [("40", "48"), ("42", "50"), ("50", "50")])
    @pytest.mark.parametrize("side", [33, 37])
    def test_each_half_has_a_field_of_its_own(self, leapfrog: Series, size: tuple[str, str], side: int) -> None:
        """The fields do not touch, and stay clear of the perforation."""
        layout = claim_layout(of_size(leapfrog, *size), side, halves=True)
        a, b = layout.field(Half.A), layout.field(Half.B)
        assert layout.fields == (a, b)
        for field in layout.fields:
            assert_hidden(field, side)
            card = Box(x_mm=0, y_mm=0, width_mm=layout.width_mm, height_mm=layout.height_mm)
            assert inside(field.scratch, card.grown(-1.0))
        assert b.scratch.x_mm - a.scratch.right_mm == pytest.approx(0.6)

    def test_both_layers_print_the_number_and_one_prints_the_rest(self, leapfrog: Series) -> None:
        """Sheets that are mixed up between the printers can be seen; nothing is printed twice."""
        layout = claim_layout(leapfrog, 37, halves=True)
        said = {
            half: [mark.text for mark in claim_static_marks(leapfrog, layout, half) if isinstance(mark, TextRun)]
            for half in Half
        }
        assert "Half A" in said[Half.A]
        assert "Leapfrog" in said[Half.A]
        assert said[Half.B] == ["Half B"]
        assert ClaimLines(leapfrog, layout, Half.A).seen_texts(Serial(7), "LEAP-7-X") == ["No. 7", "LEAP-7-X"]
        assert ClaimLines(leapfrog, layout, Half.B).seen_texts(Serial(7), "LEAP-7-X") == ["No. 7"]

    @pytest.mark.parametrize("size", [("35", "48"), ("50", "30"), ("40", "40")])
    def test_a_part_too_small_is_refused(self, leapfrog: Series, size: tuple[str, str]) -> None:
        """The error says that there are two halves."""
        with pytest.raises(InputError, match="no room for both halves of its code") as refusal:
            claim_layout(of_size(leapfrog, *size), 37, halves=True)
        assert "one printer" in refusal.value.remedy


class TestFieldOfATemplate:
    """A field that the template places carries the secret and nothing else."""

    @pytest.mark.parametrize("size", [(36.0, 18.2), (19.0, 30.0), (50.0, 40.0)])
    def test_the_code_fills_the_field(self, leapfrog: Series, size: tuple[float, float]) -> None:
        """Letters beside or below the symbol, wherever the field lies; no heading, no number."""
        box = Box(x_mm=5.0, y_mm=6.0, width_mm=size[0], height_mm=size[1])
        series = with_field(leapfrog, box)
        layout = claim_layout(series, 37)
        (field,) = layout.fields
        assert_hidden(field, 37)
        assert (field.scratch.x_mm, field.scratch.width_mm) == pytest.approx((box.x_mm, box.width_mm))
        assert (layout.width_mm, layout.height_mm, layout.head) == (86.0, 54.0, None)
        assert not any(isinstance(mark, TextRun) for mark in claim_static_marks(series, layout))
        lines = ClaimLines(series, layout)
        assert lines.texts(Serial(7), "LEAP-7-X", CODE) == ["5GY8 PA0G", "YDZD HB8G", "KSWE 5BWR", "HGQ5"]

    def test_halves_share_the_field(self, leapfrog: Series) -> None:
        """Both halves lie in the template's field, side by side."""
        box = Box(x_mm=5.0, y_mm=6.0, width_mm=37.0, height_mm=30.0)
        layout = claim_layout(with_field(leapfrog, box), 37, halves=True)
        for field in layout.fields:
            assert_hidden(field, 37)
            assert inside(field.scratch, box)

    @pytest.mark.parametrize(
        ("size", "halves", "least"),
        [((18.0, 20.0), False, "18.1 mm wide and 29.3 mm high, or 31.9 x 18.1"), ((30.0, 40.0), True, "36.9 mm wide")],
    )
    def test_a_field_too_small_is_refused(
        self,
        leapfrog: Series,
        size: tuple[float, float],
        halves: bool,  # noqa: FBT001 (one of the two cases)
        least: str,
    ) -> None:
        """The error says how large it must be."""
        series = with_field(leapfrog, Box(x_mm=5.0, y_mm=6.0, width_mm=size[0], height_mm=size[1]))
        with pytest.raises(InputError, match=f"{size[0]} x {size[1]} mm, has no room") as refusal:
            claim_layout(series, 37, halves=halves)
        assert least in refusal.value.remedy


class TestLines:
    """What differs from stamp to stamp fits whatever it is, and is never shown in an error."""

    @pytest.mark.parametrize(("half", "beginning"), [(None, ""), (Half.A, "A-"), (Half.B, "B-")])
    def test_the_widest_code_fits(self, leapfrog: Series, half: Half | None, beginning: str) -> None:
        """Rows of the widest letters stay in their room, and the last row stands above its lower edge."""
        layout = claim_layout(leapfrog, 37, halves=half is not None)
        lines, room = ClaimLines(leapfrog, layout, half), layout.field(half).text
        texts = lines.texts(Serial(1000), "LEAP-1000-WWWWWWWWW", beginning + "-".join(["WWWW"] * 7))
        runs = [line.run(text) for line, text in zip(lines.lines, texts, strict=True)]
        for run in runs[-4:]:
            wide = width_of(run.text, run.typeface, run.size_mm, tracking=run.tracking_mm / run.size_mm)
            assert run.size_mm >= 2.4
            assert run.x_mm + wide <= room.right_mm + 0.2
            assert run.baseline_mm <= room.bottom_mm

    @pytest.mark.parametrize("text", ["SECRET-ςECRET", CODE[:-5], "A-" + CODE, CODE.replace("5GY8", "\u0665GY8"), ""])
    def test_a_crooked_code_is_refused_without_showing_it(self, leapfrog: Series, text: str) -> None:
        """The error names the stamp, never a letter of the code."""
        lines = ClaimLines(leapfrog, claim_layout(leapfrog, 37))
        with pytest.raises(InputError, match="something else than groups") as caught:
            lines.texts(Serial(7), "LEAP-7-X", text)
        assert caught.value.where == "stamp No. 7"
        assert not any(group in caught.value.diagnostics() for group in text.split("-") if len(group) > 3)


class TestChecking:
    """What can be known before anything is issued."""

    def test_room_for_both(self, leapfrog: Series) -> None:
        """A part of 40 x 48 mm has room for a whole code and for two halves."""
        check_claim_part(leapfrog)
        check_claim_part(leapfrog, halves=True)

    def test_room_for_a_whole_code_only(self, leapfrog: Series) -> None:
        """A part of 50 x 30 mm can be given to one printer, not to two."""
        series = of_size(leapfrog, "50", "30")
        check_claim_part(series)
        with pytest.raises(InputError, match="both halves"):
            check_claim_part(series, halves=True)

    def test_the_symbol_of_the_hidden_code_counts(self, leapfrog: Series) -> None:
        """A long web address makes the claim QR larger, whatever the face has."""
        long = replace(leapfrog, issuer=replace(leapfrog.issuer, domain="a" * 60 + ".example"))
        with pytest.raises(InputError, match=r"no room for its code|instructions of the claim part"):
            check_claim_part(long)
