from __future__ import annotations

from io import BytesIO

import numpy as np
import pikepdf
import pypdfium2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from cryptostamp.errors import InputError
from cryptostamp.press.code_lines import CodeLine, CodeLines, code_size, code_width, widest
from cryptostamp.press.lettering import Typeface, set_line
from cryptostamp.press.pdf.code_font import CODE_LETTERS
from cryptostamp.press.pdf.operators import PageWriter, Plates
from cryptostamp.press.raster import draw_marks

CODES = st.text(alphabet=CODE_LETTERS, max_size=30)
LINES = (
    CodeLine(typeface=Typeface.DISPLAY, size_mm=3.0, x_mm=48.0, baseline_mm=6.0, to_right=True),
    CodeLine(typeface=Typeface.TEXT, size_mm=2.4, x_mm=2.0, baseline_mm=11.0),
    CodeLine(typeface=Typeface.TEXT, size_mm=2.4, x_mm=2.0, baseline_mm=16.0, tracking_mm=0.3),
)
TEXTS = ("No. 1734", "LEAP-1734-7TAVA11YZ", "7AVA TT11")


def page_of(operators: str) -> bytes:
    """Return a PDF of one page of 50 x 20 mm, in mm."""
    pdf = pikepdf.new()
    plates = Plates(pdf, "")
    k = 72 / 25.4
    page = pikepdf.Dictionary(
        Type=pikepdf.Name.Page,
        MediaBox=[0, 0, 50 * k, 20 * k],
        Resources=pikepdf.Dictionary(plates.resources),
        Contents=plates.stream(f"q {k:.6f} 0 0 {k:.6f} 0 0 cm {operators} Q".encode()),
    )
    pdf.pages.append(pikepdf.Page(pdf.make_indirect(page)))
    out = BytesIO()
    pdf.save(out, deterministic_id=True)
    return out.getvalue()


def rendered(pdf: bytes) -> np.ndarray[tuple[int, ...], np.dtype[np.int16]]:
    with pypdfium2.PdfDocument(pdf) as document:
        return np.asarray(document[0].render(scale=600 / 72).to_pil().convert("L"), dtype=np.int16)


class TestOperators:
    """The plate shows what the marks say."""

    def test_the_same_as_marks(self) -> None:
        """Literal strings in the font for codes give the picture that glyph by glyph gives, on plate and screen."""
        quick = rendered(page_of(CodeLines(LINES, 20.0).operators(TEXTS)))
        marks = [line.run(text) for line, text in zip(LINES, TEXTS, strict=True)]
        writer = PageWriter(20.0)
        writer.draw(marks)
        slow = rendered(page_of(writer.operators()))
        assert (quick < 128).sum() > 10_000
        assert np.abs(quick - slow).max() < 40
        screen = Image.new("RGB", (quick.shape[1], quick.shape[0]), "white")
        draw_marks(screen, marks, 600)
        drawn = np.asarray(screen.convert("L"), dtype=np.int16)
        assert (np.abs(quick - drawn) > 128).mean() < 0.002

    def test_the_text_can_be_read_back(self) -> None:
        """A reader of PDF finds the letters, in order."""
        with pypdfium2.PdfDocument(page_of(CodeLines(LINES, 20.0).operators(TEXTS))) as document:
            found = document[0].get_textpage().get_text_bounded()
        assert found.split("\r\n") == list(TEXTS)

    @pytest.mark.parametrize("bad", ["(", "\\", "a", "É", "1\n", "%s"])
    def test_what_is_no_code_is_refused_and_not_repeated(self, bad: str) -> None:
        """Nothing that could leave the string, and nothing that the font lacks, is written."""
        with pytest.raises(InputError, match="something else than digits") as refusal:
            CodeLines(LINES, 20.0).operators(("1", "SECRET" + bad, "2"))
        assert "SECRET" not in refusal.value.diagnostics()


class TestPattern:
    """What stamps share of their lines is put together once, and filled in for each of them."""

    @given(serial=st.integers(1, 10**7), short_code=CODES)
    def test_filled_in_it_is_what_the_lines_give(self, serial: int, short_code: str) -> None:
        """For lines that begin at the same place on every stamp, both ways give the same operators."""
        lines, patterns = CodeLines(LINES[1:], 20.0), ["No. {serial}", "{short_code}"]
        pattern = lines.pattern(patterns)
        assert pattern is not None
        filled = [each.format(serial=serial, short_code=short_code) for each in patterns]
        assert pattern.format(serial=serial, short_code=short_code) == lines.operators(filled)

    def test_a_line_to_the_right_has_none(self) -> None:
        """Where a line begins depends on what it says."""
        assert CodeLines(LINES[:1], 20.0).pattern(["{serial}"]) is None

    @pytest.mark.parametrize("bad", ["(", "\\", "é", "%s"])
    def test_letters_that_are_no_code_have_none(self, bad: str) -> None:
        """What a pattern says besides its fields is looked at as well."""
        assert CodeLines(LINES[1:2], 20.0).pattern([bad + "{serial}"]) is None


class TestMeasures:
    """Places follow from the letters alone."""

    @given(CODES, st.sampled_from(Typeface))
    def test_the_width_is_that_of_the_line_without_kerning(self, text: str, typeface: Typeface) -> None:
        """Sum of advances and tracking."""
        _, wide = set_line(text, typeface, 2.0, tracking_mm=0.1, kerned=False)
        assert code_width(text, typeface, 0.05) * 2.0 == pytest.approx(wide)

    @given(CODES.filter(bool))
    def test_a_line_to_the_right_ends_where_it_should(self, text: str) -> None:
        """Its last letter touches the end."""
        run = LINES[0].run(text)
        _, wide = set_line(text, run.typeface, run.size_mm, kerned=False)
        assert run.x_mm + wide == pytest.approx(48.0)

    @given(st.text(alphabet="0123456789ABCDEFGHJKMNPQRSTVWXYZ", min_size=8, max_size=8))
    def test_no_line_is_wider_than_the_widest(self, text: str) -> None:
        """The size that fits the widest fits all."""
        alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
        assert code_width(text, Typeface.TEXT) <= code_width(widest(Typeface.TEXT, *[alphabet] * 8), Typeface.TEXT)

    def test_too_little_room_is_refused(self) -> None:
        """The element, its width and the room are named, the text is not."""
        with pytest.raises(InputError, match=r"The hidden code is up to 6\.\d mm wide .* there are 5\.0 mm") as refusal:
            code_size("WWWWW", Typeface.TEXT, element="hidden code", room_mm=5, largest_mm=3, smallest_mm=2)
        assert "WWW" not in refusal.value.diagnostics()
