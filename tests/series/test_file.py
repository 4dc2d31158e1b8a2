from collections.abc import Callable
from dataclasses import FrozenInstanceError
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cryptostamp.errors import SeriesFileError
from cryptostamp.primitives import Serial
from cryptostamp.series import Money, Printing, SerialOrder, Variant, load_series

Refuse = Callable[[str, str], SeriesFileError]
LEAPFROG = Path(__file__).parents[2] / "artwork" / "leapfrog"


def line_of(text: str, part: str) -> int:
    """Return the line of `text` in which `part` first stands."""
    return text[: text.index(part)].count("\n") + 1


class TestLoading:
    def test_good_file(self, folder: Path) -> None:
        """A good file becomes an immutable series with exact numbers and absolute paths."""
        series = load_series(folder / "series.toml")
        assert (series.id, series.edition, series.variant_counts) == ("LEAP", 100, (90, 10))
        assert series.face_value == Money(amount=Decimal("1.20"), currency="EUR")
        assert str(series.face_value) == "1.20 EUR"
        assert (series.stamp.width_mm, series.sheet.gauge) == (Decimal(40), Decimal("13.5"))
        assert series.variants[0] == Variant(key="green", name="Green", colour="#4f9d3a", count=90)
        assert series.designs[1].artwork == folder.resolve() / "pictures" / "spring.svg"
        assert series.design_of(Serial(3)).key == "crouch"
        with pytest.raises(FrozenInstanceError):
            series.edition = 5  # type: ignore[misc]

    def test_folder_or_file(self, folder: Path) -> None:
        """The folder stands for the file in it."""
        assert load_series(folder) == load_series(folder / "series.toml")

    def test_demonstration_series(self) -> None:
        """The series that the project shows itself with is a good one."""
        series = load_series(LEAPFROG)
        assert (series.title, series.edition, len(series.designs)) == ("Leapfrog", 1000, 5)

    def test_editors_on_other_systems(self, folder: Path) -> None:
        """A byte order mark and two-character line ends do no harm."""
        source = (folder / "series.toml").read_bytes()
        (folder / "series.toml").write_bytes(b"\xef\xbb\xbf" + source.replace(b"\n", b"\r\n"))
        assert load_series(folder).title == "Leapfrog"

    def test_domain_in_capitals(self, folder: Path) -> None:
        """A domain is the same in any letter case and kept in lower case."""
        source = (folder / "series.toml").read_text()
        (folder / "series.toml").write_text(source.replace("lilypond.example", "Lilypond.Example"))
        assert load_series(folder).issuer.domain == "lilypond.example"

    def test_sheet_as_a_press_may_want_it(self, folder: Path) -> None:
        """Panes, gutters, order and the printing condition are taken as they are written."""
        path = folder / "series.toml"
        more = 'gauge = 13.5\norder = "stack"\nstack_sheets = 50\npanes_across = 2\ngutter_mm = 4\n'
        more += '\n[print]\nprofile = "press.icc"\ncondition = "FOGRA51"\n'
        path.write_text(path.read_text().replace("gauge = 13.5\n", more))
        (folder / "press.icc").write_bytes(b"")
        series = load_series(folder)
        assert (series.sheet.order, series.sheet.stack_sheets, series.sheet.stamps) == (SerialOrder.STACK, 50, 50)
        assert series.sheet.trimmed_mm(Decimal(40), Decimal(48)) == (2 * 216 + 10 + 24, 256 + 24)
        assert series.printing == Printing(profile=folder.resolve() / "press.icc", condition="FOGRA51", ink_limit=300)

    @pytest.mark.parametrize(
        ("name", "reason"),
        [
            ("gone.icc", "The profile 'gone.icc' does not exist."),
            ("../press.icc", "lies outside the folder"),
            ("press.txt", "The profile 'press.txt' is no ICC profile."),
        ],
    )
    def test_profile_that_cannot_be(self, folder: Path, name: str, reason: str) -> None:
        """A profile lies beside the file, under a name that says what it is."""
        with (folder / "series.toml").open("a") as file:
            file.write(f'\n[print]\nprofile = "{name}"\ncondition = "FOGRA51"\n')
        with pytest.raises(SeriesFileError, match=reason):
            load_series(folder)

    def test_linked_picture_inside(self, folder: Path) -> None:
        """A symbolic link that stays in the folder is followed."""
        (folder / "crouch.svg").unlink()
        (folder / "crouch.svg").symlink_to("pictures/spring.svg")
        assert load_series(folder).designs[0].artwork == folder.resolve() / "pictures" / "spring.svg"


class TestOneFault:
    @pytest.mark.parametrize(
        ("line", "replacement", "reason"),
        [
            # the file
            ("format = 1", "format = 2", "format 2, which this version does not know"),
            ("format = 1", "format = true", "format true"),
            ("format = 1", 'format = "1"', "format '1'"),
            ("rows = 5", "rows = 5\ncolour = 1", "The field 'colour' is not known in [sheet]."),
            ("rows = 5", "rows = 5\n'\\u202e' = 1", "is not known in [sheet]."),
            # texts
            ('title = "Leapfrog"', "title = 5", "The title is 5, but must be a text."),
            ('title = "Leapfrog"', "title = 2026-01-01", "The title is a date or time, but must be a text."),
            ('title = "Leapfrog"', "title = [1]", "The title is a list, but must be a text."),
            ('title = "Leapfrog"', 'title = ""', "The title is empty."),
            ('title = "Leapfrog"', 'title = "  "', "The title is empty."),
            ('title = "Leapfrog"', 'title = "Leapfrog "', "The title begins or ends with a space"),
            ('title = "Leapfrog"', f'title = "{"x" * 61}"', "The title has 61 characters; at most 60"),
            ('title = "Leapfrog"', 'title = "Leap\\u0000frog"', "invisible character U+0000"),
            ('title = "Leapfrog"', 'title = "Leap\\nfrog"', "invisible character U+000A"),
            ('title = "Leapfrog"', 'title = "Leap\\u202efrog"', "invisible character U+202E"),
            ('title = "Leapfrog"', 'title = "Leap\\u200bfrog"', "invisible character U+200B"),
            ('description = "A frog in two leaps."', 'description = """A\nB"""', "invisible character U+000A"),
            ('tariff = "Letter up to 20 g"', f'tariff = "{"x" * 101}"', "The tariff has 101 characters"),
            ('name = "Lilypond Post"', 'name = "\\u001b[31m"', "invisible character U+001B"),
            # issuer
            ('country = "XL"', 'country = "xl"', "'xl' is no country code"),
            ('country = "XL"', 'country = "XLL"', "'XLL' is no country code"),
            ('country = "XL"', 'country = "AB"', "'AB' is no country code"),
            ('country = "XL"', 'country = "QL"', "'QL' is no country code"),
            ('country = "XL"', "country = 12", "12 is no country code"),
            ('country_name = "Lilypond"', 'country_name = "Ελλάδα"', "not in Latin letters"),
            ('country_name = "Lilypond"', 'country_name = "Lilypond 2"', "not in Latin letters"),
            ('domain = "lilypond.example"', 'domain = "https://lilypond.example"', "not the name of a web site"),
            ('domain = "lilypond.example"', 'domain = "lilypond.example/stamps"', "not the name of a web site"),
            ('domain = "lilypond.example"', 'domain = "lilypond.example:80"', "not the name of a web site"),
            ('domain = "lilypond.example"', 'domain = "lilypond"', "not the name of a web site"),
            ('domain = "lilypond.example"', 'domain = "lily_pond.example"', "not the name of a web site"),
            ('domain = "lilypond.example"', 'domain = "lilypönd.example"', "not the name of a web site"),
            ('domain = "lilypond.example"', 'domain = "\u212aing.example"', "not the name of a web site"),
            ('domain = "lilypond.example"', 'domain = "-lily.example"', "not the name of a web site"),
            ('domain = "lilypond.example"', 'domain = "192.0.2.1"', "not the name of a web site"),
            ('domain = "lilypond.example"', f'domain = "{"x" * 40}.example"', "The domain has 48 characters"),
            # series
            ('id = "LEAP"', 'id = "leap"', "The id of the series is 'leap'"),
            ('id = "LEAP"', 'id = "L"', "The id of the series is 'L'"),
            ('id = "LEAP"', 'id = "LEAPFROGS"', "The id of the series is 'LEAPFROGS'"),
            ('id = "LEAP"', 'id = "LE-P"', "The id of the series is 'LE-P'"),
            ("year = 2026", "year = 26", "The year is 26, but must lie between"),
            ("year = 2026", "year = 2101", "The year is 2101"),
            ("year = 2026", 'year = "2026"', "The year is '2026', but must be a whole number."),
            ("year = 2026", "year = true", "The year is true, but must be a whole number."),
            ("year = 2026", f"year = 0x{'f' * 3000}", "The year is a number that is far too large"),
            (
                'face_value = "1.20"',
                "face_value = 1.20",
                "1.20 stands without quotes; as a number it could lose",
            ),
            ('face_value = "1.20"', "face_value = 1", "1 stands without quotes"),
            ('face_value = "1.20"', 'face_value = "1,20"', "'1,20', which is no amount"),
            ('face_value = "1.20"', 'face_value = "-1.20"', "'-1.20', which is no amount"),
            ('face_value = "1.20"', 'face_value = "1e3"', "'1e3', which is no amount"),
            ('face_value = "1.20"', 'face_value = "NaN"', "'NaN', which is no amount"),
            ('face_value = "1.20"', 'face_value = "\u0661"', "which is no amount"),
            ('face_value = "1.20"', "face_value = true", "true, which is no amount"),
            ('face_value = "1.20"', 'face_value = "0.00"', "The face value is zero"),
            ('currency = "EUR"', 'currency = "€"', "The currency is '€'"),
            ('currency = "EUR"', 'currency = "Euro"', "The currency is 'Euro'"),
            ("edition = 100", "edition = 0", "The edition is 0, but must lie between 1 and 16,000,000"),
            ("edition = 100", "edition = -5", "The edition is -5"),
            ("edition = 100", "edition = 16000001", "The edition is 16000001"),
            ("edition = 100", "edition = 100.0", "The edition is 100.0, but must be a whole number."),
            ("edition = 100", "edition = 101", "add up to 100, but the edition is 101."),
            # stamp and sheet
            ("width_mm = 40", "width_mm = 14.9", "The stamp's width is 14.9 mm, but must lie between 15 and 50 mm."),
            ("height_mm = 48", "height_mm = 50.1", "The stamp's height is 50.1 mm"),
            ("height_mm = 48", 'height_mm = "48"', "The stamp's height is '48', but must be a number."),
            ("height_mm = 48", "height_mm = true", "The stamp's height is true, but must be a number."),
            ("height_mm = 48", "height_mm = nan", "The stamp's height is NaN mm"),
            ("height_mm = 48", "height_mm = inf", "The stamp's height is Infinity mm"),
            ("height_mm = 48", "height_mm = 40.0001", "finer than paper can be cut"),
            ("rows = 5", "rows = 0", "The number of rows is 0"),
            ("rows = 5", "rows = 61", "The number of rows is 61"),
            ("rows = 5", "rows = 21", "The sheet would be 1032 mm high; presses take at most 1000 mm."),
            ("columns = 5", "columns = 25", "The sheet would be 1024 mm wide"),
            ("selvedge_mm = 12", "selvedge_mm = 4", "The selvedge is 4 mm"),
            ("gauge = 13.5", "gauge = 30", "The perforation gauge is 30, but must lie between 7 and 18."),
            ("gauge = 13.5", 'order = "spiral"\ngauge = 13.5', "The order of the serials is 'spiral'."),
            ("gauge = 13.5", "stack_sheets = 1\ngauge = 13.5", "The number of sheets in a stack is 1"),
            ("gauge = 13.5", "panes_across = 0\ngauge = 13.5", "The number of panes across is 0"),
            ("gauge = 13.5", "width_mm = 150\ngauge = 13.5", "The sheet is 150 mm wide, but its stamps take 200 mm."),
            ("gauge = 13.5", "bleed_mm = 6\ngauge = 13.5", "The bleed is 6 mm, but must lie between 0 and 5 mm."),
            # designs and variants
            ('key = "gold"', 'key = "Gold"', "The key of the variant is 'Gold'"),
            ('key = "gold"', "key = 5", "The key of the variant is 5"),
            ('key = "gold"', 'key = "green"', "Two variants have the key 'green'."),
            ('name = "Gold"', 'name = "GREEN"', "Two variants have the name 'GREEN'."),
            ('key = "spring"', 'key = "crouch"', "Two designs have the key 'crouch'."),
            ('title = "Spring"', 'title = "Crouch"', "Two designs have the title 'Crouch'."),
            ('colour = "#c9971c"', 'colour = "gold"', "The colour 'gold' is not written as # and six hex digits."),
            ('colour = "#c9971c"', 'colour = "#c97"', "The colour '#c97'"),
            ("count = 10", "count = 0", "The count of the variant is 0"),
            ("count = 10", "count = 1_0.5", "The count of the variant is 10.5, but must be a whole number."),
            ('artwork = "crouch.svg"', 'artwork = "frog.svg"', "The artwork 'frog.svg' does not exist."),
            ('artwork = "crouch.svg"', 'artwork = "crouch.gif"', "The artwork 'crouch.gif' is no SVG or PNG file."),
            ('artwork = "crouch.svg"', 'artwork = "../crouch.svg"', "lies outside the folder"),
            ('artwork = "crouch.svg"', 'artwork = "/etc/crouch.svg"', "lies outside the folder"),
            ('artwork = "crouch.svg"', "artwork = 'pictures\\spring.svg'", "lies outside the folder"),
            ('artwork = "crouch.svg"', 'artwork = "pictures/.svg/../../../x.svg"', "lies outside the folder"),
            ('artwork = "crouch.svg"', f'artwork = "{"x" * 190}/{"y" * 20}.svg"', "has 215 characters"),
            ('artwork = "crouch.svg"', 'artwork = "x\\u0000.svg"', "invisible character U+0000"),
        ],
    )
    def test_says_what_is_wrong_and_where(
        self, folder: Path, refusal: Refuse, line: str, replacement: str, reason: str
    ) -> None:
        """A fault is refused with the line it stands in, a sentence, and what to do."""
        good = (folder / "series.toml").read_text()
        error = refusal(line, replacement)
        # A field that is not known stands in the line after the one it was added to.
        number = line_of(good, line) + ("not known" in reason)
        assert reason in error.what
        assert error.where == f"{folder}/series.toml:{number}"
        assert error.what.endswith(".")
        assert error.remedy.endswith((".", "?"))

    @pytest.mark.parametrize(
        ("line", "replacement", "remedy"),
        [
            ("rows = 5", "rows = 5\nrow = 5", "Did you mean rows?"),
            ("format = 1", "format = 1\nhello = 1", "Remove it; known here are format, issuer"),
            ('name = "Gold"', 'name = "Gold"\ncolor = "#c9971c"', "Did you mean colour?"),
            ('face_value = "1.20"', "face_value = 1.20", 'Write face_value = "1.20".'),
        ],
    )
    def test_remedy(self, refusal: Refuse, line: str, replacement: str, remedy: str) -> None:
        """The remedy names the nearest known field, or what to write."""
        assert remedy in refusal(line, replacement).remedy

    @pytest.mark.parametrize(
        ("field", "heading"),
        [
            ('name = "Lilypond Post"\n', "[issuer]"),
            ("edition = 100\n", "[series]"),
            ("height_mm = 48\n", "[stamp]"),
            ("gauge = 13.5\n", "[sheet]"),
            ('artwork = "pictures/spring.svg"\n', '[[designs]]\nkey = "spring"'),
            ("count = 10\n", '[[variants]]\nkey = "gold"'),
        ],
    )
    def test_missing_field(self, folder: Path, refusal: Refuse, field: str, heading: str) -> None:
        """A missing field is reported at the heading of its table."""
        error = refusal(field, "")
        name = heading.split("\n", maxsplit=1)[0]
        assert error.what == f"The field {field.split(' ', maxsplit=1)[0]} is missing in {name}."
        assert error.where == f"{folder}/series.toml:{line_of((folder / 'series.toml').read_text(), heading)}"

    def test_misspelt_field(self, folder: Path, refusal: Refuse) -> None:
        """A misspelt field is reported as missing and as unknown, with the name that was meant."""
        error = refusal('title = "Leapfrog"', 'titel = "Leapfrog"')
        heading, line = (line_of((folder / "series.toml").read_text(), part) for part in ("[series]", "titel"))
        assert str(error) == (
            f"{folder}/series.toml:{heading}: The field title is missing in [series]. "
            "Write title = …, as in the examples.\n"
            f"{folder}/series.toml:{line}: The field 'titel' is not known in [series]. Did you mean title?"
        )

    def test_missing_table(self, folder: Path, refusal: Refuse) -> None:
        """A missing table is reported at the top."""
        error = refusal("[stamp]\nwidth_mm = 40\nheight_mm = 48\n", "")
        assert (error.what, error.where) == ("[stamp] is missing.", f"{folder}/series.toml:1")

    @pytest.mark.parametrize("table", ["issuer", "designs", "variants", "sheet"])
    def test_table_of_another_kind(self, folder: Path, table: str) -> None:
        """A value where a table belongs is refused."""
        source = (folder / "series.toml").read_text()
        kept = [part for part in source.split("\n\n") if f"[{table}]" not in part]
        (folder / "series.toml").write_text("\n\n".join([f"{table} = 5", *kept]))
        with pytest.raises(SeriesFileError) as caught:
            load_series(folder)
        assert "is 5." in caught.value.what
        assert caught.value.where.endswith("series.toml:1")

    @pytest.mark.parametrize("table", ["designs", "variants"])
    def test_empty_list(self, folder: Path, table: str) -> None:
        """A series without designs or variants is refused."""
        source = (folder / "series.toml").read_text()
        kept = [part for part in source.split("\n\n") if f"[{table}]" not in part]
        (folder / "series.toml").write_text("\n\n".join([f"{table} = []", *kept]))
        with pytest.raises(SeriesFileError, match=f"has no {table[:-1]}"):
            load_series(folder)

    def test_more_designs_than_stamps(self, folder: Path) -> None:
        """Every design must be on some stamp."""
        source = (folder / "series.toml").read_text()
        source = source.replace("edition = 100", "edition = 1").replace("count = 90", "count = 1")
        (folder / "series.toml").write_text(source[: source.rindex("[[variants]]")])
        with pytest.raises(SeriesFileError, match="2 designs, but only 1 stamps"):
            load_series(folder)

    def test_too_many_variants(self, folder: Path) -> None:
        """More variants than the contract can number are refused at the first one too many."""
        source = (folder / "series.toml").read_text()
        head = source[: source.index("[[variants]]")].replace("edition = 100", "edition = 256")
        rows = [f'[[variants]]\nkey = "v{n}"\nname = "V{n}"\ncolour = "#000000"\ncount = 1\n' for n in range(256)]
        (folder / "series.toml").write_text(head + "".join(rows))
        with pytest.raises(SeriesFileError, match="256 variants; at most 255") as caught:
            load_series(folder)
        assert caught.value.where == f"{folder}/series.toml:{head.count(chr(10)) + 255 * 5 + 1}"

    @pytest.mark.parametrize("target", ["outside.svg", "/etc/hostname"])
    def test_linked_picture_outside(self, folder: Path, target: str) -> None:
        """A symbolic link out of the folder is not followed."""
        (folder.parent / "outside.svg").write_text("<svg/>")
        (folder / "crouch.svg").unlink()
        (folder / "crouch.svg").symlink_to(folder.parent / target)
        with pytest.raises(SeriesFileError, match="lies outside the folder"):
            load_series(folder)

    def test_link_in_a_circle(self, folder: Path) -> None:
        """A link to itself is refused like any picture that is not there."""
        (folder / "crouch.svg").unlink()
        (folder / "crouch.svg").symlink_to("crouch.svg")
        with pytest.raises(SeriesFileError, match=r"The artwork 'crouch\.svg'"):
            load_series(folder)

    def test_empty_picture(self, folder: Path) -> None:
        """An empty picture is refused."""
        (folder / "crouch.svg").write_text("")
        with pytest.raises(SeriesFileError, match="is empty or has more than 5 MB"):
            load_series(folder)

    def test_folder_instead_of_a_picture(self, folder: Path) -> None:
        """A folder is no picture."""
        (folder / "crouch.svg").unlink()
        (folder / "crouch.svg").mkdir()
        with pytest.raises(SeriesFileError, match="does not exist"):
            load_series(folder)


class TestBrokenFiles:
    @pytest.mark.parametrize(
        ("line", "replacement", "reason"),
        [
            ('title = "Leapfrog"', 'title = "Leapfrog', "not valid TOML"),
            ('title = "Leapfrog"', "title = Leapfrog", "not valid TOML at column 9"),
            ("year = 2026", "year 2026", "not valid TOML at column"),
            ("year = 2026", "year = 2026\nyear = 2027", "not valid TOML"),
            ("[stamp]", "[stamp", "not valid TOML"),
            ("[stamp]", "[sheet]", "not valid TOML"),
        ],
    )
    def test_syntax(self, folder: Path, refusal: Refuse, line: str, replacement: str, reason: str) -> None:
        """What is no TOML is refused with its line."""
        error = refusal(line, replacement)
        assert reason in error.what
        first = line_of((folder / "series.toml").read_text(), replacement)
        number = int(error.where.rpartition(":")[2])
        # A table or field that is there twice is noticed at the second one.
        assert number in {first, first + 1} or (line == "[stamp]" and number > first)

    def test_ends_too_early(self, folder: Path) -> None:
        """A text that is never closed is reported in the last line that holds something."""
        (folder / "series.toml").write_text('format = 1\ntitle = """\nabc\n\n\n')
        with pytest.raises(SeriesFileError, match="not valid TOML") as caught:
            load_series(folder)
        assert caught.value.where == f"{folder}/series.toml:3"

    def test_encoding(self, folder: Path) -> None:
        """A file in an old encoding is refused with the line of the first foreign byte."""
        (folder / "series.toml").write_bytes(b'format = 1\n[issuer]\nname = "\xd6sterreich"\n')
        with pytest.raises(SeriesFileError, match="not in UTF-8") as caught:
            load_series(folder)
        assert caught.value.where == f"{folder}/series.toml:3"

    @pytest.mark.parametrize(
        "source",
        [
            "a = " + "9" * 3_990,
            "a = " + "9_" * 1_990 + "9",
            "a = 1e" + "9" * 30,
            "a = " + "[\n" * 50_000,
            "a = " + "[" * 3_000 + "]" * 900,
            "\n".join(f"{'x.' * 1_900}y{n} = 1" for n in range(10)),
        ],
    )
    def test_built_to_harm(self, folder: Path, source: str) -> None:
        """Numbers and nesting that exhaust a parser are refused like any other fault."""
        (folder / "series.toml").write_text(source)
        with pytest.raises(SeriesFileError):
            load_series(folder)

    def test_long_line(self, folder: Path) -> None:
        """A line longer than any field is refused with its number, before a parser spends its time on it."""
        (folder / "series.toml").write_text("format = 1\n" + "x." * 20_000 + "y = 1")
        with pytest.raises(SeriesFileError, match="The line has 40,005 characters") as caught:
            load_series(folder)
        assert caught.value.where == f"{folder}/series.toml:2"

    def test_too_large(self, folder: Path) -> None:
        """A file far larger than any series is not read."""
        (folder / "series.toml").write_text("#" * 300_000)
        with pytest.raises(SeriesFileError, match="more than 256,000 bytes"):
            load_series(folder)

    def test_missing_file(self, folder: Path) -> None:
        """A folder without a series file, or a path to nothing, is refused."""
        for path in (folder / "pictures", folder / "nothing.toml"):
            with pytest.raises(SeriesFileError, match="cannot be read: No such file"):
                load_series(path)

    @settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
    @given(st.binary(max_size=200), st.integers(0, 900))
    def test_arbitrary_damage(self, folder: Path, damage: bytes, place: int) -> None:
        """However a file is damaged, and with its pictures elsewhere, `SeriesFileError` is all that happens."""
        from_good = (LEAPFROG / "series.toml").read_bytes()
        (folder / "damaged.toml").write_bytes(from_good[:place] + damage + from_good[place + len(damage) :])
        with pytest.raises(SeriesFileError) as caught:
            load_series(folder / "damaged.toml")
        assert caught.value.where.startswith(str(folder / "damaged.toml"))


class TestManyFaults:
    def test_all_at_once_in_order(self, folder: Path) -> None:
        """All faults are listed in the order of the file; the place is that of the first."""
        source = (folder / "series.toml").read_text()
        source = source.replace("count = 10", "count = 20").replace('country = "XL"', 'country = "ZX"')
        source = source.replace("rows = 5", "rows = 0").replace('"crouch.svg"', '"frog.svg"')
        (folder / "series.toml").write_text(source)
        with pytest.raises(SeriesFileError) as caught:
            load_series(folder)
        file, error = f"{folder}/series.toml", caught.value
        lines = str(error).split("\n")
        parts = ['country = "ZX"', "edition = 100", "rows = 0", '"frog.svg"']
        assert [line.split(": ")[0] for line in lines] == [f"{file}:{line_of(source, part)}" for part in parts]
        assert "add up to 110, but the edition is 100. Change the counts" in lines[1]
        assert error.remedy == "Correct these 4 places, then check the file again."

    def test_very_many(self, folder: Path) -> None:
        """Beyond twenty faults the rest is counted."""
        source = (folder / "series.toml").read_text()
        unknown = "".join(f"x{n} = 1\n" for n in range(30))
        (folder / "series.toml").write_text(unknown + source)
        with pytest.raises(SeriesFileError) as caught:
            load_series(folder)
        assert caught.value.what.endswith("\n… and 10 more.")
        assert "these 30 places" in caught.value.remedy

    def test_place_as_it_was_given(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """A relative path stays relative in the message."""
        monkeypatch.chdir(folder)
        source = Path("series.toml").read_text()
        Path("series.toml").write_text(source.replace("year = 2026", "year = 1"))
        with pytest.raises(SeriesFileError) as caught:
            load_series(Path("series.toml"))
        assert caught.value.where == f"series.toml:{line_of(source, 'year')}"
