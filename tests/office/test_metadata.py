"""The metadata of tokens are canonical JSON, say exactly how rare a stamp is, and harm no page that shows them."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.desk import Desk

from cryptostamp.content import Cid, Folder, add_bytes
from cryptostamp.edition import Edition, SeriesFacts
from cryptostamp.errors import InputError
from cryptostamp.office.metadata import Metadata, base_uri, picture_name, pictures_needed, share_text
from cryptostamp.primitives import Hash32, Serial, parse_address
from cryptostamp.series import Series, rescale

SEED = Hash32(bytes(range(32)))


def ignore(_cid: Cid, _block: bytes) -> None:
    """Keep no block."""


@pytest.fixture(scope="module")
def metadata_of() -> Callable[[Series], Metadata]:
    """Return the metadata of a series with claim keys and pictures that are none."""

    def make(series: Series) -> Metadata:
        keys = [parse_address(f"0x{number:040x}") for number in range(1, series.edition + 1)]
        edition = Edition.of(keys, series.variant_counts, SEED)
        pictures = {}
        for design, variant in pictures_needed(len(series.designs), edition):
            name = picture_name(series.designs[design].key, series.variants[variant].key)
            pictures[name] = f"picture {name}".encode()
        return Metadata(series=SeriesFacts.of(series), edition=edition, pictures=pictures)

    return make


@pytest.fixture(scope="module")
def metadata(leapfrog: Series, metadata_of: Callable[[Series], Metadata]) -> Metadata:
    """Return the metadata of thirty stamps."""
    return metadata_of(leapfrog)


def attributes(data: bytes) -> dict[str, Any]:
    return {each["trait_type"]: each["value"] for each in json.loads(data)["attributes"]}


class TestStamp:
    def test_the_whole_of_one(self, metadata: Metadata, leapfrog: Series) -> None:
        """Every field of a stamp, as wallets and markets read it."""
        variant = leapfrog.variants[metadata.edition.variant_index(Serial(17))]
        design = leapfrog.design_of(Serial(17))
        share = share_text(variant.count, 30)
        assert json.loads(dict(metadata.files())["17.json"]) == {
            "name": "Leapfrog no. 17",
            "description": f"{leapfrog.description} Stamp no. 17 of 30: {design.title}, {variant.name} "
            f"({variant.count} of 30). Issued by Lilypond Post, Lilypond, 2026.",
            "image": f"{metadata.pictures_uri}{design.key}.{variant.key}.webp",
            "external_url": "https://lilypond.example/",
            "attributes": [
                {"trait_type": "Serial", "display_type": "number", "value": 17, "max_value": 30},
                {"trait_type": "Design", "value": design.title},
                {"trait_type": "Variant", "value": variant.name},
                {
                    "trait_type": "Stamps of this variant",
                    "display_type": "number",
                    "value": variant.count,
                    "max_value": 30,
                },
                {"trait_type": "Share of the edition", "value": share},
                {"trait_type": "Face value", "value": "1.20 EUR"},
                {"trait_type": "Postage", "value": "Letter up to 20 g within Lilypond"},
                {"trait_type": "Issuer", "value": "Lilypond Post"},
                {"trait_type": "Country", "value": "Lilypond"},
                {"trait_type": "Year", "display_type": "number", "value": 2026},
            ],
        }

    def test_every_stamp_has_its_own_variant_and_picture(self, metadata: Metadata, leapfrog: Series) -> None:
        """Design and variant of each serial are those of the edition, and its picture is in the folder."""
        files = dict(metadata.files())
        seen: Counter[str] = Counter()
        for number in range(1, 31):
            serial = Serial(number)
            data = files[f"{number}.json"]
            variant = leapfrog.variants[metadata.edition.variant_index(serial)]
            told = attributes(data)
            assert (told["Serial"], told["Variant"]) == (number, variant.name)
            assert told["Design"] == leapfrog.design_of(serial).title
            picture = json.loads(data)["image"].removeprefix(metadata.pictures_uri)
            assert picture == f"{leapfrog.design_of(serial).key}.{variant.key}.webp"
            assert f"pictures/{picture}" in files
            seen[variant.name] += 1
        assert [seen[variant.name] for variant in leapfrog.variants] == list(leapfrog.variant_counts)

    def test_canonical(self, metadata: Metadata) -> None:
        """Every JSON file is in the one form of RFC 8785: sorted, without blanks, in UTF-8."""
        for name, data in metadata.files():
            if name.endswith(".json"):
                again = json.dumps(json.loads(data), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
                assert again.encode() == data

    def test_nothing_that_must_not_be_there(self, desk: Desk) -> None:
        """No file names a chain, contract, registry, transaction or claim key: they could not be fixed before."""
        place = desk.dossier.deployment
        needles = [place.contract, place.registry, place.transaction.hex(), place.genesis_hash.hex()]
        needles += list(desk.dossier.edition.claim_keys)
        needles = [needle.lower().removeprefix("0x") for needle in needles]
        for name, data in Metadata.of(desk.dossier).files():
            if name.endswith(".json"):
                assert not any(needle in data.decode().lower() for needle in needles), name


class TestSeries:
    def test_the_whole_of_it(self, metadata: Metadata, leapfrog: Series) -> None:
        """series.json has the fields of ERC-7572, with a picture that is there."""
        told = json.loads(metadata.of_series())
        picture = told.pop("image").removeprefix(metadata.pictures_uri)
        assert picture in metadata.pictures
        assert told == {
            "name": "Leapfrog",
            "symbol": "LEAP",
            "description": leapfrog.description,
            "external_link": "https://lilypond.example/",
        }


class TestRarity:
    @pytest.mark.parametrize(
        ("count", "edition", "share"),
        [
            (78_500, 150_000, "52.33 %"),
            (1_500, 150_000, "1 %"),
            (1, 3, "33.33 %"),
            (50, 175_000, "0.029 %"),
            (1, 16_000_000, "0.0000063 %"),
            (1, 1, "100 %"),
            (2, 3, "66.67 %"),
            (1, 200, "0.5 %"),
        ],
    )
    def test_known_shares(self, count: int, edition: int, share: str) -> None:
        """Shares are rounded to two decimals, and small ones to two digits, so that none becomes nothing."""
        assert share_text(count, edition) == share

    @given(st.integers(1, 16_000_000).flatmap(lambda size: st.tuples(st.integers(1, size), st.just(size))))
    def test_a_share_is_near_and_plain(self, sizes: tuple[int, int]) -> None:
        """Whatever the counts, the text is a plain decimal within a twentieth of the share, and never zero."""
        count, size = sizes
        number, unit = share_text(count, size).split(" ")
        assert unit == "%"
        assert "E" not in number
        share = Decimal(number)
        assert 0 < share <= 100
        assert abs(share * size - 100 * count) <= 5 * count


class TestTexts:
    @pytest.mark.parametrize("sign", ["=", "+", "-", "@"])
    def test_no_formula(self, leapfrog: Series, metadata_of: Callable[[Series], Metadata], sign: str) -> None:
        """A text that a spreadsheet would run stands behind an apostrophe."""
        hostile = replace(
            leapfrog,
            title=f"{sign}1+cmd|'/C calc'!A0",
            description=f"{sign}HYPERLINK()",
            variants=tuple(replace(each, name=f"{sign}{each.name}") for each in leapfrog.variants),
        )
        for name, data in metadata_of(hostile).files():
            if name.endswith(".json"):
                texts = [value for value in json.loads(data).values() if isinstance(value, str)]
                texts += (
                    [value for value in attributes(data).values() if isinstance(value, str)] if name[0] != "s" else []
                )
                assert not any(text.startswith(("=", "+", "-", "@")) for text in texts)

    def test_no_markup(self, leapfrog: Series, metadata_of: Callable[[Series], Metadata]) -> None:
        """What looks like HTML has other brackets, in every file."""
        attack = "<img src=x onerror=alert(1)>"
        hostile = replace(leapfrog, title=attack, tariff=attack, issuer=replace(leapfrog.issuer, name=attack))
        for name, data in metadata_of(hostile).files():
            assert name.startswith("pictures/") or not set(b"<>") & set(data)

    def test_quotes_and_other_scripts(self, leapfrog: Series, metadata_of: Callable[[Series], Metadata]) -> None:
        """Quotes, backslashes, digits and letters of any script come through as they are."""
        title = 'Ça "va" \\ 0 蛙 🐸 #'
        data = dict(metadata_of(replace(leapfrog, title=title)).files())["30.json"]
        assert json.loads(data)["name"] == f"{title} no. 30"
        assert "蛙".encode() in data


class TestFolder:
    def test_the_root_is_that_of_the_files(self, metadata: Metadata) -> None:
        """Put together file by file, the folder has the same address."""
        folder, pictures = Folder(), Folder()
        for name, data in metadata.files():
            where, _, last = name.rpartition("/")
            (pictures if where else folder).add(last, add_bytes(data, ignore))
        folder.add("pictures", pictures.finish(ignore))
        assert folder.finish(ignore) == metadata.build(ignore)
        assert metadata.pictures_uri == base_uri(str(pictures.finish(ignore).cid))
        assert metadata.count == len(list(metadata.files()))

    def test_progress(self, leapfrog: Series, metadata_of: Callable[[Series], Metadata]) -> None:
        """Whoever watches sees every five thousand stamps, and the end."""
        seen: list[tuple[int, int]] = []
        metadata_of(rescale(leapfrog, 6001)).build(ignore, lambda *what: seen.append(what))
        assert seen == [(5000, 6001), (6001, 6001)]

    def test_only_pictures_that_occur(self, metadata_of: Callable[[Series], Metadata], leapfrog: Series) -> None:
        """Six stamps need at most six pictures, however many designs and variants there are."""
        assert len(metadata_of(rescale(leapfrog, 6)).pictures) <= 6
        assert len(metadata_of(rescale(leapfrog, 1000)).pictures) == 25

    @pytest.mark.parametrize("change", ["title", "seed", "picture", "count"])
    def test_whatever_changes_moves_the_folder(
        self, leapfrog: Series, metadata: Metadata, metadata_of: Callable[[Series], Metadata], change: str
    ) -> None:
        """Another text, seed, picture or count gives another address."""
        changed = metadata
        if change == "title":
            changed = metadata_of(replace(leapfrog, title="Leapfrogs"))
        elif change == "picture":
            name = min(metadata.pictures)
            changed = replace(metadata, pictures={**metadata.pictures, name: b"retouched"})
        elif change == "count":
            changed = metadata_of(rescale(leapfrog, 31))
        else:
            edition = replace(metadata.edition, seed=Hash32(bytes(32)))
            needed = pictures_needed(5, edition)
            names = [picture_name(leapfrog.designs[d].key, leapfrog.variants[v].key) for d, v in needed]
            changed = replace(metadata, edition=edition, pictures=dict.fromkeys(names, b"picture"))
        assert changed.build(ignore).cid != metadata.build(ignore).cid


class TestRefusals:
    def test_other_pictures(self, metadata: Metadata) -> None:
        """A picture too many or too few is noticed."""
        with pytest.raises(InputError, match="not those of the designs and variants"):
            replace(metadata, pictures={**metadata.pictures, "golden.frog.webp": b""})
        with pytest.raises(InputError, match="not those of the designs and variants"):
            replace(metadata, pictures={})

    def test_a_dossier_without_metadata(self, desk: Desk) -> None:
        """A series that was issued without metadata is told so."""
        with pytest.raises(InputError, match="LEAP was issued without metadata"):
            Metadata.of(replace(desk.dossier, metadata_root=None))

    def test_a_dossier_without_a_picture(self, desk: Desk) -> None:
        """A dossier that lacks a picture is told by its name."""
        files = {name: data for name, data in desk.dossier.files.items() if not name.endswith(".gold.webp")}
        with pytest.raises(InputError, match=r"lacks the picture [a-z]+\.gold\.webp"):
            Metadata.of(replace(desk.dossier, files=files))


def test_the_artwork_is_not_needed(desk: Desk, tmp_path: Path) -> None:
    """The dossier alone gives the metadata: no artwork is read, nothing is drawn."""
    assert str(Metadata.of(desk.dossier).build(ignore).cid) == desk.dossier.metadata_root
