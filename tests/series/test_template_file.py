"""A template.toml is read and checked like the series file beside it."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.templates import CARD, MINIATURE, MINIATURE_SHEET, STAMP, TWO_PART, templated

from cryptostamp.errors import SeriesFileError
from cryptostamp.primitives import Box
from cryptostamp.series import Series, load_series
from cryptostamp.series.template import (
    Align,
    Circle,
    Each,
    Face,
    FillLayer,
    GuillocheLayer,
    MicroTextLayer,
    Pattern,
    PictureLayer,
    Product,
    ReliefLayer,
    StampTemplate,
    Style,
    TextLayer,
)


def load(folder: Path, template: str, *changes: tuple[str, str]) -> StampTemplate:
    series = load_series(templated(folder, template, *changes))
    assert series.template is not None
    return series.template


def refusal(folder: Path, template: str, *changes: tuple[str, str]) -> SeriesFileError:
    with pytest.raises(SeriesFileError) as caught:
        load_series(templated(folder, template, *changes))
    return caught.value


def line_of(template: str, text: str) -> int:
    return template[: template.index(text)].count("\n") + 1


class TestProducts:
    """What is sold decides on the unit."""

    def test_the_example_of_the_documentation(self, tmp_path: Path) -> None:
        """It loads as it stands, and its unit is the stamp."""
        template = load(tmp_path / "series", STAMP)
        assert template.product is Product.STAMP
        assert (template.width_mm, template.height_mm, template.card) == (40, 48, None)
        assert template.path == tmp_path / "series" / "template.toml"
        assert template.pictures == ()

    def test_a_series_without_one(self, tmp_path: Path) -> None:
        """Without the field in series.toml a template.toml is not looked at."""
        folder = templated(tmp_path / "series", "nonsense", ('template = "template.toml"\n', ""))
        assert load_series(folder).template is None

    def test_two_parts(self, tmp_path: Path) -> None:
        """The card lies beside the stamp, and the unit holds both."""
        template = load(tmp_path / "series", TWO_PART)
        assert template.card is not None
        assert template.card.box == Box(x_mm=40, y_mm=0, width_mm=40, height_mm=48)
        assert (template.width_mm, template.height_mm) == (80, 48)

    def test_a_card_below(self, tmp_path: Path) -> None:
        """It may lie below the stamp as well."""
        below = TWO_PART.replace('"right"', '"below"').replace("[44, 3,", "[4, 51,").replace("[61, 1,", "[21, 49,")
        template = load(tmp_path / "series", below.replace("[42, 21,", "[2, 69,"))
        assert (template.width_mm, template.height_mm) == (40, 96)

    def test_a_card(self, tmp_path: Path) -> None:
        """The unit is the card, and the stamp lies on it; a ground may reach over the edge."""
        template = load(tmp_path / "series", CARD)
        assert template.stamp == Box(x_mm=3, y_mm=3, width_mm=40, height_mm=48)
        assert template.card is not None
        assert (template.card.corner_radius_mm, template.width_mm, template.height_mm) == (4, 86, 54)

    def test_a_miniature_sheet(self, tmp_path: Path) -> None:
        """It has a picture and places; the picture belongs to what is issued."""
        template = load(tmp_path / "series", MINIATURE, *MINIATURE_SHEET)
        assert template.sheet is not None
        assert template.sheet.places_mm == ((10, 20), (60, 20))
        assert template.pictures == (tmp_path / "series" / "scene.svg",)


class TestLayers:
    """Every type of layer becomes what the press draws."""

    def test_text(self, tmp_path: Path) -> None:
        """A text has its box, sizes and manner; without smallest_mm it has one size."""
        layers = {layer.name: layer for layer in load(tmp_path / "series", STAMP).layers}
        country, value = layers["country"], layers["face value"]
        assert isinstance(country, TextLayer)
        assert isinstance(value, TextLayer)
        assert (country.largest_mm, country.smallest_mm, country.tracking, country.capitals) == (2.9, 1.9, 0.14, True)
        assert (value.largest_mm, value.smallest_mm, value.align, value.typeface) == (
            3.9,
            3.9,
            Align.RIGHT,
            Face.DISPLAY,
        )

    def test_names_that_are_left_out(self, tmp_path: Path) -> None:
        """A layer is then called by its type, with a number from the second on."""
        more = STAMP + '\n[[layers]]\ntype = "fold"\nstart = [2, 47]\nend = [38, 47]\n'
        names = [layer.name for layer in load(tmp_path / "series", more).layers]
        assert names[:2] == ["picture", "guilloche"]
        assert names[-1] == "fold 2"

    def test_a_plate_of_its_own(self, tmp_path: Path) -> None:
        """An ink stands in the place of a colour."""
        more = STAMP + '\n[[layers]]\ntype = "fill"\nbox = [5, 5, 5, 5]\nink = "UV"\n'
        layer = load(tmp_path / "series", more).layers[-1]
        assert isinstance(layer, FillLayer)
        assert layer.colour == "UV"

    def test_fine_lines(self, tmp_path: Path) -> None:
        """Guilloche, micro-text and relief keep what is written, and defaults for the rest."""
        more = (
            STAMP
            + '[[layers]]\ntype = "guilloche"\nname = "flower"\npattern = "rosette"\ncentre = [10, 10]\n'
            + 'radius_mm = 6\neach = "stamp"\ncolours = ["variant", "#102030"]\n'
            + '[[layers]]\ntype = "micro-text"\ntext = "{serial}"\ncentre = [20, 15]\nradius_mm = 4\ncolour = "ink"\n'
            + '[[layers]]\ntype = "micro-text"\ntext = "{title}"\nstart = [2, 46]\nend = [20, 46]\ncolour = "ink"\n'
            + '[[layers]]\ntype = "relief"\nbox = [2, 31, 10, 8]\nartwork = "dive.svg"\n'
            + 'style = "engraved"\nink = "Varnish"\n'
        )
        template = load(tmp_path / "series", more)
        flower, ring, line, relief = template.layers[-4:]
        assert isinstance(flower, GuillocheLayer)
        assert (flower.pattern, flower.each, flower.colours) == (Pattern.ROSETTE, Each.STAMP, ("variant", "#102030"))
        assert flower.shape == Circle(centre_mm=(10, 10), radius_mm=6)
        assert isinstance(ring, MicroTextLayer)
        assert isinstance(line, MicroTextLayer)
        assert (ring.size_mm, line.along) == (0.25, ((2, 46), (20, 46)))
        assert isinstance(relief, ReliefLayer)
        assert (relief.style, relief.colours) == (Style.ENGRAVED, ("Varnish",))
        assert template.pictures == (tmp_path / "series" / "dive.svg",)

    def test_a_picture_of_the_template(self, tmp_path: Path) -> None:
        """A picture with a file of its own is found beside the series, and belongs to it."""
        more = (
            STAMP + '\n[[layers]]\ntype = "picture"\nbox = [5, 5, 10, 10]\nartwork = "scene.svg"\ndesigns = ["dive"]\n'
        )
        template = load(tmp_path / "series", more)
        layer = template.layers[-1]
        assert isinstance(layer, PictureLayer)
        assert (layer.artwork, layer.designs) == (tmp_path / "series" / "scene.svg", ("dive",))


FAULTS = [
    ("format = 1", "format = 2", "The file says format 2", "Write format = 1."),
    ('product = "stamp"', 'product = "sticker"', "The product is 'sticker'", "Choose one of stamp, two-part"),
    ("width_mm = 40", "width_mm = 41", "made for a stamp of width_mm = 41; series.toml says 40", "Make both the same"),
    ('type = "fold"', 'type = "fald"', "the type 'fald'", "Did you mean fold?"),
    ('type = "fold"', 'nametype = "fold"', "The layer has no type", "known here are"),
    (
        "start = [1.8, 29.7]",
        "begin = [1.8, 29.7]",
        "'begin' is not known in the layer 'fold'",
        "Remove it; known here are",
    ),
    ("end = [38.2, 29.7]", "", "The field end is missing in the layer 'fold'", "Write end = …"),
    ("end = [38.2, 29.7]", "end = [38.2]", "The point has 1 numbers", "[x, y]"),
    ("end = [38.2, 29.7]", "end = [48.2, 29.7]", "reaches from 1.8, 29.7 to 48.2", "Keep it on the face"),
    ("box = [1.8, 1.8, 36.4, 27.6]", "box = [1.8, 1.8]", "The box has 2 numbers", "[x, y, width, height]"),
    ("box = [1.8, 1.8, 36.4, 27.6]", "box = [1.8, 1.8, 0, 9]", "The width of the box is 0 mm", "within these bounds"),
    ("box = [1.8, 1.8, 36.4, 27.6]", 'box = "all"', "The box is 'all', but must be a list", "Write it as"),
    ('text = "{country}"', 'text = "{land}"', "the field {land}, which is not known", "{country}"),
    ('text = "{country}"', 'text = "{country!r}"', "{country}, which is not known", "Known are"),
    ('text = "{country}"', 'text = "{country"', "a brace without its partner", "{{"),
    ("smallest_mm = 1.9", "smallest_mm = 1.2", "may be as small as 1.2 mm", "make it micro-text"),
    ('align = "right"', 'align = "justify"', "The alignment is 'justify'", "left, centre, right"),
    ('colour = "ink"', 'colour = "red"', "The colour 'red'", "#4f9d3a"),
    ('colour = "ink"', "", "neither colour nor ink", "a plate of its own"),
    ('colour = "ink"', 'colour = "ink"\nink = "UV"', "both colour and ink", "a plate of its own"),
    ('colour = "ink"', 'ink = "Gold"', "The ink 'Gold' is not known", "UV or Varnish"),
    (
        'text = "No. {serial}"',
        'text = "{serial} {design}"',
        "names its design or variant as well",
        "a line of their own",
    ),
    ("box = [21.9, 30, 17.5, 17.5]", "box = [21.9, 29, 17.5, 18.5]", "17.5 x 18.5 mm", "Make it a square"),
    ("box = [21.9, 30, 17.5, 17.5]", "box = [22.3, 30, 17.5, 17.5]", "as near as 0.2 mm to a cut", "Move it inwards"),
    (
        "box = [2.1, 43.8, 19.5, 2.2]",
        "box = [0.4, 43.8, 19.5, 2.2]",
        "as near as 0.4 mm to a cut; it must keep 1",
        "inwards",
    ),
    ('name = "country"', 'name = "face value"', "Two layers are called 'face value'", "a name of its own"),
    ('text = "{value}"', 'text = "free"', "No text on the stamp says the face value", '"{value}"'),
    ('text = "{design}, {year}"', 'text = "{design}"', "No text on the stamp says the year", '"{year}"'),
    (
        'text = "{country}"',
        'text = "{country}"\ndesigns = ["dive"]',
        "the country on the design crouch",
        "as the UPU asks",
    ),
    ('text = "{country}"', 'text = "{country}"\ndesigns = ["frog"]', "the design 'frog'", "crouch, spring"),
    ('type = "picture" ', 'type = "picture"\nartwork = "none.svg" ', "'none.svg' does not exist", "beside series.toml"),
    ('type = "picture" ', 'type = "picture"\nartwork = "../x.svg" ', "outside the folder of the series", "beside"),
    ('pattern = "ground"', 'pattern = "rosette"', "A rosette needs its centre and radius_mm", "centre = [x, y]"),
    (
        'pattern = "ground"',
        'pattern = "ground"\neach = "stamp"',
        "A ground is the same on all stamps",
        "Only a rosette",
    ),
    ('pattern = "ground"', 'pattern = "ground"\nlines = 4', "as many lines as fit", "spacing_mm"),
    ('colours = ["#c3d6dc"]', "colours = []", "The list has 0 colours", "Give one, or two"),
    ("size_mm = 2.4", 'size_mm = "2.4"', "The size of the letters is '2.4'", "without quotes"),
    ("capitals = true", 'capitals = "yes"', "The field capitals is 'yes'", "true or false"),
    ('product = "stamp"', 'product = "card"', "A card has a [card], which is missing", "Add [card]"),
    ("[stamp] ", "[card]\nwidth_mm = 40\nheight_mm = 48\n[stamp] ", "A stamp has no [card]", "Remove [card]"),
]


class TestOneFault:
    """Each fault is named with its line and what to do about it."""

    @pytest.mark.parametrize(("right", "wrong", "what", "remedy"), FAULTS)
    def test_says_what_and_where(self, tmp_path: Path, right: str, wrong: str, what: str, remedy: str) -> None:
        """The message names the element and the number, `where` the file and a line of it."""
        assert right in STAMP
        folder = tmp_path / "series"
        error = refusal(folder, STAMP.replace(right, wrong, 1))
        assert what in error.what
        assert remedy in f"{error.what} {error.remedy}"
        file, _, line = error.where.rpartition(":")
        assert file == str(folder / "template.toml")
        assert 1 <= int(line) <= STAMP.count("\n") + 4

    @pytest.mark.parametrize(
        ("text", "what"),
        [
            ('type = "fold"', "the type 'fald'"),
            ("size_mm = 3.9", "The size of the letters"),
            ("box = [21.9, 30, 17.5, 17.5]", "Make it a square"),
        ],
    )
    def test_the_line_is_the_right_one(self, tmp_path: Path, text: str, what: str) -> None:
        """The line is that of the field."""
        wrong = {'type = "fold"': 'type = "fald"', "size_mm = 3.9": "size_mm = 0.1"}.get(text, "box = [21, 30, 17, 16]")
        error = refusal(tmp_path / "series", STAMP.replace(text, wrong))
        assert what in f"{error.what} {error.remedy}"
        assert error.where.endswith(f":{line_of(STAMP, text)}")


class TestManyFaults:
    """All that is wrong is told in one go."""

    def test_in_the_order_of_the_file(self, tmp_path: Path) -> None:
        """Three faults in three layers come with three lines."""
        wrong = STAMP.replace('"fold"', '"fald"').replace("size_mm = 3.9", "size_mm = 0.1").replace("{serial}", "{no}")
        error = refusal(tmp_path / "series", wrong)
        assert [part in error.what for part in ("fald", "0.1 mm", "{no}")] == [True, True, True]
        assert error.what.index("0.1 mm") < error.what.index("fald") < error.what.index("{no}")
        assert "Correct these 3 places" in error.remedy

    def test_what_a_fault_hides_is_not_missed(self, tmp_path: Path) -> None:
        """A value that is misspelt is one fault, not two: nobody is told that the value is missing as well."""
        error = refusal(tmp_path / "series", STAMP.replace("{value}", "{valu}"))
        assert "No text" not in error.what

    def test_no_layers(self, tmp_path: Path) -> None:
        """A template that draws nothing is refused."""
        error = refusal(tmp_path / "series", STAMP[: STAMP.index("[[layers]]")])
        assert "has no layers" in error.what

    def test_two_codes(self, tmp_path: Path) -> None:
        """A stamp carries its code once."""
        error = refusal(tmp_path / "series", STAMP + '[[layers]]\ntype = "qr"\nbox = [2, 30, 17.5, 17.5]\n')
        assert "the second place for a code" in error.what

    def test_no_code(self, tmp_path: Path) -> None:
        """A stamp without its code is none of ours."""
        error = refusal(tmp_path / "series", STAMP[: STAMP.index('[[layers]]\ntype = "qr"')])
        assert "no place for the public code" in error.what


class TestProductFaults:
    """Cards and sheets have rules of their own."""

    @pytest.mark.parametrize(
        ("right", "wrong", "what"),
        [
            ('place = "right"\n', "", "The token card has no place"),
            ("height_mm = 48\nplace", "height_mm = 40\nplace", "The token card has height_mm = 40"),
            ('place = "right"', 'place = "right"\ncorner_radius_mm = 2', "has square corners"),
            (
                'type = "claim"\nname = "hidden code"\nbox = [42, 21, 36, 25]',
                'type = "fill"\nbox = [42, 21, 36, 25]\ncolour = "ink"',
                "no room for the hidden code",
            ),
            ("box = [42, 21, 36, 25]", "box = [2, 21, 36, 25]", "does not lie on a card"),
            ("box = [2, 32, 36, 4]", "box = [22, 32, 36, 4]", "to a cut"),
        ],
    )
    def test_two_parts(self, tmp_path: Path, right: str, wrong: str, what: str) -> None:
        """Both parts have their side in common, and the secret stays on the card."""
        assert right in TWO_PART
        assert what in refusal(tmp_path / "series", TWO_PART.replace(right, wrong, 1)).what

    @pytest.mark.parametrize(
        ("right", "wrong", "what"),
        [
            ("stamp = [3, 3]", "stamp = [50, 3]", "does not lie on the card of 86 x 54 mm"),
            ("stamp = [3, 3]", 'stamp = [3, 3]\nplace = "right"', "The stamp lies on the card"),
            ("box = [-3, -3, 92, 60]", "box = [-4, -3, 92, 60]", "reaches from -4, -3"),
            ("box = [5, 36, 36, 4]", "box = [45, 36, 36, 4]", "No text on the stamp says the country"),
        ],
    )
    def test_cards(self, tmp_path: Path, right: str, wrong: str, what: str) -> None:
        """The stamp lies on the card and carries its facts itself."""
        assert right in CARD
        assert what in refusal(tmp_path / "series", CARD.replace(right, wrong, 1)).what

    @pytest.mark.parametrize(
        ("right", "wrong", "what"),
        [
            ("[[10, 20], [60, 20]]", "[[10, 20]]", "The sheet has 1 places"),
            ("[[10, 20], [60, 20]]", "[[10, 20], [40, 20]]", "lies over another one"),
            ('artwork = "scene.svg"', 'artwork = "gone.svg"', "'gone.svg' does not exist"),
        ],
    )
    def test_miniature_sheets(self, tmp_path: Path, right: str, wrong: str, what: str) -> None:
        """There is a place for each stamp, apart from the others, in a picture that is there."""
        template = MINIATURE.replace(right, wrong, 1)
        assert what in refusal(tmp_path / "series", template, *MINIATURE_SHEET).what


class TestFiles:
    """The file itself."""

    def test_a_template_that_is_not_there(self, tmp_path: Path) -> None:
        """Its name is said."""
        folder = templated(tmp_path / "series", STAMP)
        (folder / "template.toml").unlink()
        with pytest.raises(SeriesFileError, match="template file cannot be read") as caught:
            load_series(folder)
        assert caught.value.where == str(folder / "template.toml")

    @pytest.mark.parametrize("name", ["template.json", "../template.toml", "a/b.toml", ".toml"])
    def test_a_name_that_leads_elsewhere(self, tmp_path: Path, name: str) -> None:
        """A template lies beside its series file."""
        error = refusal(tmp_path / "series", STAMP, ('template = "template.toml"', f'template = "{name}"'))
        assert "no TOML file beside series.toml" in error.what
        assert error.where.startswith(str(tmp_path / "series" / "series.toml"))

    def test_no_toml(self, tmp_path: Path) -> None:
        """The line that is no TOML is named."""
        error = refusal(tmp_path / "series", "format = 1\nproduct = stamp\n")
        assert error.where.endswith("template.toml:2")

    def test_series_are_values(self, tmp_path: Path) -> None:
        """Two loads of the same files are equal, and can be keys."""
        folder = templated(tmp_path / "series", STAMP)
        loaded: set[Series] = {load_series(folder), load_series(folder)}
        assert len(loaded) == 1
