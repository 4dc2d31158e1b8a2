import pytest

from cryptostamp.series.locate import FieldPath, LineIndex

SOURCE = b"""\
format = 1
a.b."c d" = 2

[issuer]  # comment
name = "x"
inline = { x = 1, y.z = [1, 2,
  { q = 3 }] }

[[variants]]
key = "a"

[[variants]]
key = "b"
[variants.sub]
k = 1
[[variants.deep]]
m = 1
[[variants.deep]]
m = 2

[outer.'quo.ted']
text = '''
[issuer]
name = 1
'''
last = 1
"""
INDEX = LineIndex(SOURCE)


class TestLines:
    @pytest.mark.parametrize(
        ("path", "line"),
        [
            (("format",), 1),
            (("a", "b", "c d"), 2),
            (("issuer",), 4),
            (("issuer", "name"), 5),
            (("issuer", "inline", "x"), 6),
            (("issuer", "inline", "y", "z", 1), 6),
            (("issuer", "inline", "y", "z", 2, "q"), 7),
            (("variants",), 9),
            (("variants", 0), 9),
            (("variants", 0, "key"), 10),
            (("variants", 1), 12),
            (("variants", 1, "key"), 13),
            (("variants", 1, "sub", "k"), 15),
            (("variants", 1, "deep", 1, "m"), 19),
            (("outer", "quo.ted", "last"), 26),
        ],
    )
    def test_of_what_is_written(self, path: FieldPath, line: int) -> None:
        """Tables, dotted and quoted keys, arrays of tables, inline tables and lists have their lines."""
        assert INDEX.line_of(path) == line

    @pytest.mark.parametrize(
        ("path", "line"),
        [((), 1), (("nothing",), 1), (("issuer", "country"), 4), (("variants", 1, "count"), 12), (("variants", 7), 9)],
    )
    def test_of_what_is_missing(self, path: FieldPath, line: int) -> None:
        """What is not written has the line of what it should stand in."""
        assert INDEX.line_of(path) == line

    def test_deep_nesting(self) -> None:
        """Nesting beyond any series file has the line of what holds it."""
        index = LineIndex(b"a = 1\nb = " + b"[\n" * 50 + b"]" * 50 + b"\n")
        assert index.line_of(("b", *[0] * 49)) in range(2, 20)
