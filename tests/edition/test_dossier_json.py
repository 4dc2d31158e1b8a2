import json
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from cryptostamp.edition import Dossier, FileFacts, TemplateFacts
from cryptostamp.edition.dossier_json import parse_facts, write_facts
from cryptostamp.errors import InputError
from cryptostamp.series import Money

FLIPPED = "0x" + "ff" * 32
EMPTY_FOLDER = "bafybeiczsscdsbs7ffqz55asqdf3smv6klcw3gofszvwlyarci47bgf354"


def canonical(facts: dict[str, Any]) -> bytes:
    """Write facts in the canonical form, right or wrong."""
    return (json.dumps(facts, sort_keys=True, indent=2, ensure_ascii=False) + "\n").encode()


class TestCanonicalForm:
    def test_round_trip(self, dossier: Dossier) -> None:
        """What is written is read back as the same dossier."""
        assert parse_facts(write_facts(dossier), dossier.edition.claim_keys, dict(dossier.files)) == dossier

    def test_amounts_keep_their_digits(self, dossier: Dossier) -> None:
        """Money is a string with the digits of the series file."""
        facts = json.loads(write_facts(dossier))
        assert facts["series"]["face_value"] == {"amount": "1.20", "currency": "EUR"}

    def test_no_exponents(self, dossier: Dossier) -> None:
        """A decimal that Python would write with an exponent is written out."""
        value = Money(amount=Decimal("1E+3"), currency="EUR")
        facts = json.loads(write_facts(replace(dossier, series=replace(dossier.series, face_value=value))))
        assert facts["series"]["face_value"]["amount"] == "1000"

    def test_the_root_of_the_metadata(self, dossier: Dossier) -> None:
        """It is written where there is one; without, the bytes are those of a dossier that never heard of it."""
        assert "metadata_root" not in json.loads(write_facts(dossier))
        named = replace(dossier, metadata_root=EMPTY_FOLDER)
        assert json.loads(write_facts(named)) == json.loads(write_facts(dossier)) | {"metadata_root": EMPTY_FOLDER}
        assert parse_facts(write_facts(named), dossier.edition.claim_keys, dict(dossier.files)) == named

    def test_a_template(self, dossier: Dossier) -> None:
        """It is written where there is one; without, the bytes are those of a dossier that never heard of it."""
        assert "template" not in json.loads(write_facts(dossier))["series"]
        crest = FileFacts(name="crest.svg", sha256="1" * 64)
        facts = TemplateFacts(name="template.toml", sha256="2" * 64, pictures=(crest,))
        drawn = replace(dossier, series=replace(dossier.series, template=facts))
        assert json.loads(write_facts(drawn))["series"]["template"] == {
            "name": "template.toml",
            "pictures": [{"name": "crest.svg", "sha256": "1" * 64}],
            "sha256": "2" * 64,
        }
        assert parse_facts(write_facts(drawn), dossier.edition.claim_keys, dict(dossier.files)) == drawn

    @pytest.mark.parametrize("root", [None, "", EMPTY_FOLDER.upper(), f"ipfs://{EMPTY_FOLDER}/"])
    def test_a_root_that_is_none(self, dossier: Dossier, root: str | None) -> None:
        """Nothing but a CID as this program writes it is taken for one, and not having one has one form."""
        facts = json.loads(write_facts(dossier)) | {"metadata_root": root}
        with pytest.raises(InputError, match=r"not the address of a file|canonical form") as refusal:
            parse_facts(canonical(facts), dossier.edition.claim_keys, dict(dossier.files))
        assert refusal.value.where == "dossier.json"

    def test_any_other_form(self, dossier: Dossier) -> None:
        """The same facts in another layout are refused, because they would have another hash."""
        facts = json.loads(write_facts(dossier))
        for other in (json.dumps(facts), canonical(facts).decode().rstrip(), canonical(facts).decode() + "\n"):
            with pytest.raises(InputError, match="canonical form"):
                parse_facts(other.encode(), dossier.edition.claim_keys, {})


def change(section: str, field: str, value: object) -> Callable[[dict[str, Any]], None]:
    """Return what sets one field of the facts."""

    def apply(facts: dict[str, Any]) -> None:
        facts[section][field] = value

    return apply


class TestRefusals:
    @pytest.mark.parametrize(
        ("damage", "reason"),
        [
            (change("edition", "root", FLIPPED), "edition root is not the one"),
            (change("edition", "seed", FLIPPED), "seed is not the one that was committed"),
            (change("edition", "seed_commitment", FLIPPED), "seed is not the one that was committed"),
            (change("edition", "size", 41), "41 stamps, but there are 40 claim keys"),
            (change("edition", "size", "40"), "edition.size is not as it must be"),
            (change("edition", "size", 40.0), "edition.size is not as it must be"),
            (change("edition", "root", "0x12"), "edition.root is not as it must be"),
            (change("edition", "extra", 1), "edition.extra is not as it must be"),
            (change("chain", "contract", "0x92599d596cc345cAd9868FA56681D12f57796E97"), "mistyped"),
            (change("chain", "contract", "0x92599d596cc345cad9868fa56681d12f57796e97"), "canonical form"),
            (change("chain", "chain_id", 0), "chain.chain_id is not as it must be"),
            (change("chain", "genesis_hash", FLIPPED.upper()), "chain.genesis_hash is not as it must be"),
            (change("series", "variants", []), "series.variants is not as it must be"),
            (change("series", "designs", []), "series.designs is not as it must be"),
            (change("series", "title", "x" * 3000), "series.title is not as it must be"),
            (change("series", "face_value", {"amount": 1.2, "currency": "EUR"}), "series.face_value.amount"),
            (lambda facts: facts.update(format="cryptostamp dossier 2"), "format is not as it must be"),
            (lambda facts: facts.pop("chain"), "chain is not as it must be"),
            (lambda facts: facts["series"]["variants"].pop(), "variants add up to"),
        ],
    )
    def test_says_what_is_wrong(self, dossier: Dossier, damage: Callable[[dict[str, Any]], None], reason: str) -> None:
        """A fact that is malformed or does not agree with the others is refused, naming the file."""
        facts = json.loads(write_facts(dossier))
        damage(facts)
        with pytest.raises(InputError, match=reason) as caught:
            parse_facts(canonical(facts), dossier.edition.claim_keys, {})
        assert caught.value.where == "dossier.json"
        assert caught.value.remedy

    @pytest.mark.parametrize("data", [b"", b"{", b"[]", b"null", b"\xff\xfe", b"[" * 100_000, b'{"a":' * 100_000])
    def test_no_json(self, dossier: Dossier, data: bytes) -> None:
        """Bytes that are no JSON object are refused."""
        with pytest.raises(InputError, match="not as it must be"):
            parse_facts(data, dossier.edition.claim_keys, {})
