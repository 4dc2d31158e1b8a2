from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from support.templates import LEAPFROG, STAMP, templated

from cryptostamp.errors import InputError
from cryptostamp.press import static_marks, template_of, variable_marks
from cryptostamp.press.legibility import box_of
from cryptostamp.press.marks import INK, PAPER, Area, Curves, Fill, Line, TextRun
from cryptostamp.press.marks import Path as Path_
from cryptostamp.press.template_marks import code_lines
from cryptostamp.press.wording import face_value_text, pattern_of, words_of
from cryptostamp.primitives import Serial
from cryptostamp.series import Money, Series, load_series


def _texts(series: Series, design: int = 0) -> dict[str, TextRun]:
    marks = static_marks(series, template_of(series, 37), series.designs[design], series.variants[0])
    return {mark.text: mark for mark in marks if isinstance(mark, TextRun)}


class TestStandardTemplate:
    """A series without a template of its own."""

    @pytest.mark.parametrize(
        ("amount", "currency", "text"),
        [("1.20", "EUR", "€1.20"), ("0.10", "GBP", "£0.10"), ("2.00", "CHF", "CHF 2.00"), ("120", "JPY", "¥120")],
    )
    def test_face_values_are_exact(self, amount: str, currency: str, text: str) -> None:
        """No digit is rounded, added or lost."""
        assert face_value_text(Money(amount=Decimal(amount), currency=currency)) == text

    def test_it_says_what_the_upu_asks_for(self, leapfrog: Series) -> None:
        """Country, face value, title, design and year stand on every stamp."""
        assert list(_texts(leapfrog, 1)) == ["LILYPOND", "€1.20", "Leapfrog", "Spring, 2026"]

    def test_a_country_name_too_long_is_refused(self, leapfrog: Series) -> None:
        """The error names the country name and its room."""
        series = replace(leapfrog, issuer=replace(leapfrog.issuer, country_name="United Ponds of Lilies and Reeds"))
        with pytest.raises(InputError, match=r"country name .* mm wide"):
            template_of(series, 37)

    def test_a_design_title_too_long_is_refused(self, leapfrog: Series) -> None:
        """The error names the design."""
        design = replace(leapfrog.designs[1], title="The frog leaves its leaf before sunrise")
        series = replace(leapfrog, designs=(leapfrog.designs[0], design))
        with pytest.raises(InputError, match=r"title of the design spring"):
            _texts(series, 1)

    def test_a_title_in_another_script_is_refused(self, leapfrog: Series) -> None:
        """The error names the character that cannot be printed."""
        with pytest.raises(InputError, match=r"title of the series .* 'Л' \(U\+041B"):
            _texts(replace(leapfrog, title="Лягушка"))

    def test_the_longest_short_code_of_a_large_edition_fits(self, leapfrog: Series) -> None:
        """Eight digits of serial leave room for the tag."""
        template = template_of(replace(leapfrog, edition=16_000_000), 37)
        marks = variable_marks(
            template, Serial(16_000_000), "LEAP-16000000-7KQ3M9XZP", leapfrog.designs[0], leapfrog.variants[0]
        )
        assert [mark.text for mark in marks if isinstance(mark, TextRun)] == ["No. 16000000", "LEAP-16000000-7KQ3M9XZP"]

    def test_every_stamp_of_a_series_has_letters_of_one_size(self, leapfrog: Series) -> None:
        """The size of number and short code is that of the widest, and does not jump from stamp to stamp."""
        template = template_of(leapfrog, 37)
        face = leapfrog.designs[0], leapfrog.variants[0]
        sizes = {
            tuple(
                mark.size_mm
                for mark in variable_marks(template, Serial(serial), code, *face)
                if isinstance(mark, TextRun)
            )
            for serial, code in ((1, "LEAP-1-11111111"), (1000, "LEAP-1000-WWWWMMMMW"))
        }
        assert len(sizes) == 1


def _series(folder: Path, *layers: str, template: str = STAMP) -> Series:
    more = "".join(f"\n[[layers]]\n{layer}\n" for layer in layers)
    return load_series(templated(folder, template + more))


class TestLayers:
    """What a template.toml draws."""

    def test_marks_come_in_the_order_of_the_layers(self, tmp_path: Path) -> None:
        """A fill above a line hides it; a frame keeps inside of its box."""
        series = _series(
            tmp_path / "series",
            'type = "line"\npoints = [[2, 34], [10, 40]]\ncolour = "ink"\nwidth_mm = 0.4',
            'type = "fill"\nbox = [2, 34, 8, 6]\ncolour = "paper"',
            'type = "frame"\nbox = [2, 34, 8, 6]\ncolour = "variant"\nwidth_mm = 0.5',
        )
        line, fill, frame = static_marks(series, template_of(series, 37), series.designs[0], series.variants[0])[-3:]
        assert isinstance(line, Line)
        assert (line.colour, line.width_mm) == (INK, 0.4)
        assert isinstance(fill, Fill)
        assert fill.colour == PAPER
        assert isinstance(frame, Line)
        assert (frame.points_mm[0], frame.colour) == ((2.25, 34.25), series.variants[0].colour)

    def test_a_layer_for_some_designs(self, tmp_path: Path) -> None:
        """It is drawn on these and on no other."""
        series = _series(tmp_path / "series", 'type = "fill"\nbox = [2, 34, 8, 6]\ncolour = "ink"\ndesigns = ["dive"]')
        template = template_of(series, 37)
        drawn = [
            design.key
            for design in series.designs
            if any(isinstance(mark, Fill) for mark in static_marks(series, template, design, series.variants[0]))
        ]
        assert drawn == ["dive"]

    @pytest.mark.parametrize("align", ["left", "centre", "right"])
    def test_a_line_lies_in_its_box(self, tmp_path: Path, align: str) -> None:
        """Its left end, its middle or its right end is that of the box, for words and for numbers."""
        box = f'box = [2, 36, 18, 3]\nsize_mm = 2\nalign = "{align}"\ncolour = "#000000"\ntracking = 0.1'
        series = _series(
            tmp_path / "series",
            f'type = "text"\nname = "words"\ntext = "Voilà {{tariff}}"\nsmallest_mm = 1.6\n{box}',
            f'type = "text"\nname = "codes"\ntext = "{{serial}}"\n{box}',
            f'type = "text"\nname = "both"\ntext = "số {{serial}}"\n{box}'.replace("số", "č."),
        )
        series = replace(series, tariff="Brief")
        template, face = template_of(series, 37), (series.designs[0], series.variants[0])
        runs = [mark for mark in static_marks(series, template, *face) if isinstance(mark, TextRun)][-1:]
        runs += [
            mark for mark in variable_marks(template, Serial(77), "LEAP-77-X", *face) if isinstance(mark, TextRun)
        ][-2:]
        assert [run.text for run in runs] == ["Voilà Brief", "77", "č. 77"]
        assert [run.kerned for run in runs] == [True, False, True]
        for run in runs:
            drawn = box_of(run)
            at = {"left": drawn.x_mm, "centre": drawn.x_mm + drawn.width_mm / 2, "right": drawn.right_mm}[align]
            assert at == pytest.approx({"left": 2, "centre": 11, "right": 20}[align])
            assert run.baseline_mm == 39

    def test_all_facts_can_be_said(self, tmp_path: Path) -> None:
        """Each field is the fact of that name; braces that are meant stay."""
        fields = "{country}|{value}|{title}|{design}|{year}|{variant}|{issuer}|{tariff}|{edition}|{{}}"
        design, variant = "Spring", "Azure blue"
        series = load_series(LEAPFROG)
        words = words_of(fields, series, series.designs[1], series.variants[1])
        assert words == (
            f"Lilypond|€1.20|Leapfrog|{design}|2026|{variant}|Lilypond Post|Letter up to 20 g within Lilypond|1000|{{}}"
        )
        assert words_of("{variant}", series, series.designs[1], series.variants[1], capitals=True) == "AZURE BLUE"
        assert pattern_of("{{{serial}}} {title}", series, capitals=True) == "{{{serial}}} LEAPFROG"


class TestLines:
    """Guilloche, micro-text and relief as layers."""

    def test_a_series_has_its_own_lines(self, tmp_path: Path) -> None:
        """They follow from series and layer: the same twice, others in another series, in the variant's colour."""
        layer = (
            'type = "guilloche"\npattern = "rosette"\ncentre = [10, 39]\nradius_mm = 5\ncolours = ["variant", "ink"]'
        )
        series = _series(tmp_path / "series", layer)
        other = replace(series, id="OTHER")

        def turned(of: Series, variant: int) -> tuple[Curves, ...]:
            marks = static_marks(of, template_of(of, 37), of.designs[0], of.variants[variant])
            return tuple(mark for mark in marks if isinstance(mark, Curves))[1:]  # the first is the underprint

        def paths(lines: tuple[Curves, ...]) -> list[tuple[Path_, ...]]:
            return [line.paths for line in lines]

        assert turned(series, 0) == turned(series, 0)
        assert paths(turned(series, 0)) == paths(turned(series, 1))
        assert paths(turned(series, 0)) != paths(turned(other, 0))
        assert {line.colour for line in turned(series, 1)} >= {series.variants[1].colour, INK}

    def test_a_rosette_for_each_stamp(self, tmp_path: Path) -> None:
        """Where it is asked for, no two stamps have the same, and a stamp always has its own."""
        layer = 'type = "guilloche"\npattern = "rosette"\ncentre = [10, 39]\nradius_mm = 5\neach = "stamp"\nink = "UV"'
        series = _series(tmp_path / "series", layer)
        template, face = template_of(series, 37), (series.designs[0], series.variants[0])

        def turned(serial: int) -> list[tuple[Path_, ...]]:
            marks = variable_marks(template, Serial(serial), "LEAP-1-X", *face)
            assert all(mark.colour == "UV" for mark in marks if isinstance(mark, Curves))
            return [mark.paths for mark in marks if isinstance(mark, Curves)]

        assert turned(1) == turned(1)
        assert turned(1) != turned(2)
        assert turned(1)

    @pytest.mark.parametrize(
        "path", ["box = [2, 34, 16, 8]", "centre = [10, 38]\nradius_mm = 5", "start = [2, 38]\nend = [18, 38]"]
    )
    def test_micro_text(self, tmp_path: Path, path: str) -> None:
        """It runs along its path, and with the serial in it it is another one on each stamp."""
        series = _series(
            tmp_path / "series",
            f'type = "micro-text"\ntext = "{{title}}"\n{path}\ncolour = "ink"',
            f'type = "micro-text"\ntext = "{{serial}}/"\n{path}\ncolour = "variant"',
        )
        template, face = template_of(series, 37), (series.designs[0], series.variants[0])
        shared = [mark for mark in static_marks(series, template, *face) if isinstance(mark, TextRun)]
        own = [mark for mark in variable_marks(template, Serial(77), "LEAP-77-X", *face) if isinstance(mark, TextRun)]
        assert "Leapfrog" in "".join(mark.text for mark in shared if mark.size_mm < 0.5)
        assert "77/77/" in "".join(mark.text for mark in own if mark.size_mm < 0.5).replace(" ", "")
        assert {mark.colour for mark in own if mark.size_mm < 0.5} == {series.variants[0].colour}

    @pytest.mark.parametrize(("style", "kind"), [("lifted", Curves), ("engraved", Area)])
    def test_a_relief(self, tmp_path: Path, style: str, kind: type) -> None:
        """It shows the artwork of the design in lines: another design, other lines."""
        layer = f'type = "relief"\nbox = [2, 32, 18.2, 13.8]\nstyle = "{style}"\ncolours = ["#8090a0"]'
        series = _series(tmp_path / "series", layer)
        template = template_of(series, 37)
        first, second = (
            [mark for mark in static_marks(series, template, design, series.variants[0]) if isinstance(mark, kind)][-1]
            for design in series.designs[:2]
        )
        assert first != second

    def test_lines_that_cannot_be_printed(self, tmp_path: Path) -> None:
        """What a generator refuses is refused with the name of the layer."""
        layer = 'type = "guilloche"\nname = "edge"\npattern = "border"\nbox = [2, 31, 8, 8]\ndepth_mm = 5\nink = "UV"'
        series = _series(tmp_path / "series", layer)
        with pytest.raises(InputError, match="A border of 5 mm") as caught:
            _texts(series)
        assert caught.value.where == "edge"


class TestPrintedLetters:
    """The quick way to print what one stamp adds says the same as its marks."""

    def test_black_codes_go_the_quick_way(self, leapfrog: Series) -> None:
        """Number and short code of the standard template are lines of codes."""
        template, face = template_of(leapfrog, 37), (leapfrog.designs[0], leapfrog.variants[0])
        quick = code_lines(template, *face, template.height_mm)
        assert quick is not None
        lines, patterns = quick
        texts = [pattern.format(serial=7, short_code="LEAP-7-ABCDEFGH") for pattern in patterns]
        assert lines.marks(texts) == variable_marks(template, Serial(7), "LEAP-7-ABCDEFGH", *face)

    @pytest.mark.parametrize("change", [('"#000000"', '"variant"'), ('"No. {serial}"', '"Nº {serial}"')])
    def test_others_do_not(self, tmp_path: Path, change: tuple[str, str]) -> None:
        """Letters in another colour, or that codes do not have, are set as all others are."""
        series = _series(tmp_path / "series", template=STAMP.replace(*change))
        template = template_of(series, 37)
        assert code_lines(template, series.designs[0], series.variants[0], template.height_mm) is None


LANGUAGES = [
    ("German", "Briefmarkenausstellungseröffnungsfeier in Grünheide"),
    ("French", "Exposition philatélique internationale d'été à Évreux"),
    ("Croatian", "Međunarodna filatelistička izložba u Šibeniku i Čakovcu"),
    ("Finnish", "Postimerkkinäyttelyn avajaisjuhlallisuudet Hämeenlinnassa"),
]


class TestLanguages:
    """Texts in the languages of posts fit, or are refused by name."""

    @pytest.mark.parametrize(("language", "title"), LANGUAGES)
    def test_a_text_that_overflows(self, leapfrog: Series, language: str, title: str) -> None:
        """The refusal names the element and how wide the text is, in every language."""
        with pytest.raises(InputError, match=r"title of the series .* is \d+\.\d mm wide .* has 19\.8 mm") as caught:
            _texts(replace(leapfrog, title=title))
        assert title in caught.value.what, language

    @pytest.mark.parametrize(("language", "title"), LANGUAGES)
    def test_a_text_that_fits(self, leapfrog: Series, language: str, title: str) -> None:
        """Shorter titles are set with all their letters."""
        word = title.split()[1]
        assert word in _texts(replace(leapfrog, title=word)), language
