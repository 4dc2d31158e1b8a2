import hashlib
from dataclasses import replace

import pytest

from cryptostamp.edition import ClaimKeyList, DesignFacts, Dossier, SeriesFacts, public_files
from cryptostamp.edition.dossier import check_name, manifest_of, parse_claim_keys, write_claim_keys
from cryptostamp.errors import ArtworkError, InputError
from cryptostamp.primitives import Address, Box
from cryptostamp.series import Series
from cryptostamp.series.template import PictureLayer, Product, StampTemplate

KEYS = ClaimKeyList.of(
    [Address("0x92599D596cc345cAd9868FA56681D12f57796E97"), Address("0x99c6B42Bf14A1E2ECcf336Be92eD316A63c53F13")]
)
LINES = b"0x92599d596cc345cad9868fa56681d12f57796e97\n0x99c6b42bf14a1e2eccf336be92ed316a63c53f13\n"


class TestFacts:
    def test_artwork_is_known_by_its_hash(self, series: Series) -> None:
        """A design's facts hold the name and the hash of its picture, not where it lay."""
        design = series.designs[0]
        facts = DesignFacts.of(design)
        assert facts.artwork == design.artwork.name
        assert facts.sha256 == hashlib.sha256(design.artwork.read_bytes()).hexdigest()

    def test_artwork_that_has_gone(self, series: Series) -> None:
        """A picture that cannot be read is named."""
        series.designs[0].artwork.unlink()
        with pytest.raises(ArtworkError, match="cannot be read") as caught:
            SeriesFacts.of(series)
        assert caught.value.where == str(series.designs[0].artwork)


@pytest.fixture
def template(series: Series) -> StampTemplate:
    """A template with one picture of its own."""
    path, picture = series.folder / "template.toml", series.folder / "crest.svg"
    path.write_bytes(b"format = 1\n")
    picture.write_bytes(b"<svg/>")
    box = Box(x_mm=0, y_mm=0, width_mm=40, height_mm=48)
    layers = (PictureLayer(name="crest", box=box, artwork=picture), PictureLayer(name="picture", box=box))
    return StampTemplate(path=path, product=Product.STAMP, stamp=box, layers=layers)


class TestTemplate:
    def test_a_series_without_one(self, series: Series) -> None:
        """The standard template leaves no trace in the facts."""
        assert SeriesFacts.of(series).template is None
        assert set(public_files(series)) == {series.designs[0].artwork.name}

    def test_it_is_known_by_its_hashes(self, series: Series, template: StampTemplate) -> None:
        """The facts hold name and hash of the template and of its own pictures; the dossier gets all of them."""
        facts = SeriesFacts.of(replace(series, template=template)).template
        assert facts is not None
        assert (facts.name, facts.sha256) == ("template.toml", hashlib.sha256(b"format = 1\n").hexdigest())
        assert [(file.name, file.sha256) for file in facts.pictures] == [
            ("crest.svg", hashlib.sha256(b"<svg/>").hexdigest())
        ]
        files = public_files(replace(series, template=template))
        assert files["template.toml"] == b"format = 1\n"
        assert files["crest.svg"] == b"<svg/>"

    def test_a_changed_template_is_another_series(self, series: Series, template: StampTemplate) -> None:
        """One byte more in the template changes the facts."""
        before = SeriesFacts.of(replace(series, template=template))
        template.path.write_bytes(b"format = 1\n\n")
        assert SeriesFacts.of(replace(series, template=template)) != before

    def test_two_files_of_one_name(self, series: Series, template: StampTemplate) -> None:
        """A dossier has no folders: the second file of a name is refused, not lost."""
        other = series.folder / "more" / "crest.svg"
        other.parent.mkdir()
        other.write_bytes(b"<svg />")
        design = replace(series.designs[0], artwork=other)
        with pytest.raises(InputError, match=r"Two files of the series are called 'crest.svg'") as caught:
            public_files(replace(series, template=template, designs=(design,)))
        assert "crest.svg" in caught.value.where

    def test_a_template_that_has_gone(self, series: Series, template: StampTemplate) -> None:
        """A template that cannot be read is named."""
        template.path.unlink()
        with pytest.raises(ArtworkError, match=r"template cannot be read") as caught:
            SeriesFacts.of(replace(series, template=template))
        assert caught.value.where == str(template.path)


class TestAgreement:
    def test_other_variants(self, dossier: Dossier) -> None:
        """A dossier whose series and edition have different variants cannot be made."""
        fewer = replace(dossier.series, variants=dossier.series.variants[1:])
        with pytest.raises(InputError, match="different counts"):
            replace(dossier, series=fewer)

    @pytest.mark.parametrize(
        "name",
        ["", ".hidden", "..", "a/b", "/etc/passwd", "..\\x", "a b", "ä", "a\n", "a\x00", "-x", "x" * 101],
    )
    def test_names_that_are_refused(self, dossier: Dossier, name: str) -> None:
        """No further file can leave the folder, hide, or need quoting in the manifest."""
        with pytest.raises(InputError, match="not a file name"):
            replace(dossier, files={name: b""})

    @pytest.mark.parametrize("names", [["dossier.json"], ["Claim-Keys.txt"], ["sha256sums"], ["a.txt", "A.txt"]])
    def test_names_that_collide(self, dossier: Dossier, names: list[str]) -> None:
        """No further file takes the place of another, even on disks that do not know letter case."""
        with pytest.raises(InputError, match="used twice"):
            replace(dossier, files=dict.fromkeys(names, b""))

    def test_good_name(self) -> None:
        """Plain names pass."""
        assert check_name("compiler-input_1.json") == "compiler-input_1.json"


class TestManifest:
    def test_form(self) -> None:
        """The manifest is what the program sha256sum writes, sorted by name."""
        empty = hashlib.sha256(b"").hexdigest()
        assert manifest_of({"b": b"", "a": b""}) == f"{empty}  a\n{empty}  b\n".encode()


class TestClaimKeys:
    def test_lines(self) -> None:
        """Line n is the address of serial n in lower case, and is read back."""
        assert write_claim_keys(KEYS) == LINES
        assert parse_claim_keys(LINES) == KEYS

    @pytest.mark.parametrize(
        ("data", "line"),
        [
            (b"", 1),
            (b"\n", 1),
            (LINES[:-1], 2),
            (LINES + b"\n", 3),
            (LINES.replace(b"0x99", b"0X99"), 2),
            (LINES.replace(b"0x99", b"0xg9"), 2),
            (LINES.replace(b"0x99", b"0x9"), 2),
            (LINES.replace(b"0x92", b" 0x92"), 1),
            (LINES.replace(b"0x92599d", b"0x92599D"), 1),
            (LINES.replace(b"\n", b"\r\n"), 1),
            (LINES.replace(b"97\n", b"97"), 1),
        ],
    )
    def test_malformed(self, data: bytes, line: int) -> None:
        """Whatever is not written in the one form is refused with its line."""
        with pytest.raises(InputError, match="not the address of a claim key") as caught:
            parse_claim_keys(data)
        assert caught.value.where == f"claim-keys.txt:{line}"
