"""Verifying calls genuine what is genuine, not genuine what is not, and unknown whatever could not be checked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import qrcode
from PIL import Image
from support.desk import Desk

from cryptostamp.chain import DevSigner, MemoryJournal, PostalRegistry, Sender, deploy_registry, load_artifact
from cryptostamp.codes import PublicCode
from cryptostamp.errors import CodeFormatError, InputError
from cryptostamp.office import claim, public_code_of, resolve_code, verify
from cryptostamp.office.printing import claim_part_of, face_of, png_bytes
from cryptostamp.press import photograph, render_claim_part, render_stamp
from cryptostamp.primitives import Address, Serial
from cryptostamp.scan import CheckCode, Conclusion, Outcome, Verdict

DEAD = "http://127.0.0.1:9"
NOBODY = Address("0x" + "77" * 20)


def stamp_image(desk: Desk, serial: int) -> Image.Image:
    return render_stamp(desk.series, face_of(desk.series, desk.dossier, Serial(serial)), dpi=200)


def saved(image: Image.Image, folder: Path, name: str = "picture.png") -> str:
    path = folder / name
    path.write_bytes(png_bytes(image, dpi=200))
    return str(path)


def on_a_table(*images: Image.Image) -> Image.Image:
    """Lay pictures side by side on white, with room between them."""
    table = Image.new(
        "RGB", (sum(image.width + 40 for image in images), max(image.height for image in images)), "white"
    )
    x = 0
    for image in images:
        table.paste(image, (x, 0), image.convert("RGBA"))
        x += image.width + 40
    return table


def menu() -> Image.Image:
    """Return a QR of another company."""
    return qrcode.make("https://example.com/menu").get_image().convert("RGB")


def only(target: str, desk: Desk, **options: object) -> Verdict:
    given: dict[str, object] = {"dossiers": [desk.dossier], "rpc": desk.url} | options
    (verdict,) = verify(target, **given)  # type: ignore[arg-type]
    return verdict


def authority(desk: Desk) -> Sender:
    return Sender(desk.chain, DevSigner(1), MemoryJournal())


class TestPhotos:
    def test_a_printed_stamp(self, desk: Desk, tmp_path: Path) -> None:
        """The picture of a printed stamp is genuine and gives title, serial and variant."""
        verdict = only(saved(stamp_image(desk, 3), tmp_path), desk)
        variant = desk.series.variants[desk.dossier.edition.variant_index(Serial(3))].name
        assert verdict.conclusion is Conclusion.GENUINE
        assert verdict.code == public_code_of(desk.dossier, Serial(3))
        assert verdict.stamp is not None
        assert (verdict.stamp.title, verdict.stamp.serial, verdict.stamp.edition) == ("Leapfrog", 3, 30)
        assert (verdict.stamp.variant, verdict.stamp.post) == (variant, "Lilypond Post")
        assert (verdict.stamp.state, verdict.stamp.since) == ("unclaimed", None)

    def test_a_phone_photo(self, desk: Desk, tmp_path: Path) -> None:
        """A JPEG of a stamp that was turned, tilted and lit from a side is read all the same."""
        photo = tmp_path / "photo.JPG"
        photo.write_bytes(photograph(stamp_image(desk, 4), seed=5, degrees=14))
        verdict = only(str(photo), desk)
        assert (verdict.conclusion, verdict.code) == (Conclusion.GENUINE, public_code_of(desk.dossier, Serial(4)))

    def test_each_verdict_has_its_place(self, desk: Desk, tmp_path: Path) -> None:
        """Of two stamps in one picture each verdict says where its symbol lies; a typed code lies nowhere."""
        stamps = [stamp_image(desk, serial) for serial in (4, 5)]
        both = Image.new("RGB", (2 * stamps[0].width + 60, stamps[0].height + 40), "white")
        for index, stamp in enumerate(stamps):
            both.paste(stamp, (20 + index * (stamp.width + 20), 20))
        first, second = verify(saved(both, tmp_path), dossiers=[desk.dossier], rpc=desk.url)
        assert first.code is not None
        assert first.place is not None
        assert second.place is not None
        assert [verdict.code and verdict.code.serial for verdict in (first, second)] == [4, 5]
        assert all(x < both.width / 2 for x, _ in first.place.corners)
        assert all(both.width / 2 < x < both.width for x, _ in second.place.corners)
        assert only(first.code.text, desk).place is None

    def test_a_photo_without_a_code(self, desk: Desk, tmp_path: Path) -> None:
        """A picture in which no QR code is found leaves the answer unknown."""
        verdict = only(saved(Image.new("RGB", (300, 300), "olive"), tmp_path), desk)
        assert verdict.conclusion is Conclusion.UNKNOWN
        assert verdict.sentence == "Cannot tell. No QR code was found in the picture."

    def test_two_stamps(self, desk: Desk, tmp_path: Path) -> None:
        """Each stamp in a picture gets a verdict of its own."""
        verdicts = verify(
            saved(on_a_table(stamp_image(desk, 1), stamp_image(desk, 2)), tmp_path),
            dossiers=[desk.dossier],
            rpc=desk.url,
        )
        assert [verdict.conclusion for verdict in verdicts] == [Conclusion.GENUINE] * 2
        assert {verdict.stamp.serial for verdict in verdicts if verdict.stamp} == {1, 2}

    def test_a_stamp_beside_another_company_s_code(self, desk: Desk, tmp_path: Path) -> None:
        """A foreign QR in the picture does not spoil the verdict on the stamp, nor gain by it."""
        picture = saved(on_a_table(menu(), stamp_image(desk, 1)), tmp_path)
        verdicts = verify(picture, dossiers=[desk.dossier], rpc=desk.url)
        assert sorted(verdict.conclusion for verdict in verdicts) == [Conclusion.GENUINE, Conclusion.NOT_GENUINE]

    def test_another_company_s_code(self, desk: Desk, tmp_path: Path) -> None:
        """A QR that is no stamp's is not genuine."""
        verdict = only(saved(menu(), tmp_path), desk)
        assert verdict.conclusion is Conclusion.NOT_GENUINE
        assert verdict.outcome_of(CheckCode.WELL_FORMED) is Outcome.FAILED

    def test_a_truncated_photo(self, desk: Desk, tmp_path: Path) -> None:
        """A JPEG that was cut short is nobody's forgery."""
        photo = tmp_path / "photo.jpg"
        photo.write_bytes(photograph(stamp_image(desk, 4), seed=5)[:20_000])
        verdict = only(str(photo), desk)
        assert verdict.conclusion is Conclusion.UNKNOWN
        assert "damaged or cut short" in verdict.sentence

    @pytest.mark.parametrize("name", ["missing.jpg", "missing.PNG", "no/such/folder.webp"])
    def test_a_missing_photo(self, desk: Desk, tmp_path: Path, name: str) -> None:
        """A wrong file name is the caller's to correct, not a verdict."""
        with pytest.raises(InputError, match="cannot be opened") as refusal:
            only(str(tmp_path / name), desk)
        assert refusal.value.where.endswith(name)

    def test_a_photo_of_a_claim_part(self, desk: Desk, tmp_path: Path) -> None:
        """Whoever photographs the hidden code is warned, and the verdict does not repeat the code."""
        code = desk.secret.claim_code(Serial(5))
        part = claim_part_of(desk.series, desk.dossier, desk.secret, Serial(5))
        verdict = only(saved(render_claim_part(desk.series, part, dpi=300), tmp_path), desk)
        assert verdict.conclusion is Conclusion.UNKNOWN
        assert "do not send the picture to anybody" in verdict.sentence
        assert verdict.code is None
        for secret in (code.text, code.text.replace("-", ""), *code.text.split("-"), code.secret.hex()):
            assert secret not in repr(verdict)


class TestTypedCodes:
    def test_a_public_code(self, desk: Desk) -> None:
        """The text of the QR code is as good as its picture."""
        assert only(public_code_of(desk.dossier, Serial(30)).text, desk).conclusion is Conclusion.GENUINE

    @pytest.mark.parametrize("change", [str, str.lower, lambda text: text.replace("-", " \u2013 ")])
    def test_a_short_code(self, desk: Desk, change: type[str]) -> None:
        """The short code stands for the public code, however it is typed."""
        code = public_code_of(desk.dossier, Serial(7))
        verdict = only(change(code.short("LEAP").text), desk)
        assert (verdict.conclusion, verdict.code) == (Conclusion.GENUINE, code)

    @pytest.mark.parametrize(
        ("wrong", "where"),
        [
            (lambda text: text[:-2] + ("2" if text[-2] != "2" else "3") + text[-1], "the nine characters at its end"),
            (lambda text: text[:-1] + ("2" if text[-1] != "2" else "3"), "its last character"),
            (lambda text: text.replace("-7-", "-8-"), "the number"),
            (lambda text: text.replace("-7-", "-777777-"), "There is no stamp no. 777,777"),
        ],
    )
    def test_a_mistyped_short_code(self, desk: Desk, wrong: Callable[[str], str], where: str) -> None:
        """One wrong character is a slip of the finger, not a forgery; the edition tells where it probably is."""
        verdict = only(wrong(public_code_of(desk.dossier, Serial(7)).short("LEAP").text), desk)
        assert verdict.conclusion is Conclusion.UNKNOWN
        assert "mistyped" in verdict.sentence
        assert where in verdict.sentence

    def test_a_short_code_of_another_series(self, desk: Desk) -> None:
        """A short code of a series whose dossier is not at hand cannot be judged."""
        text = public_code_of(desk.dossier, Serial(7)).short("LEAP").text
        verdict = only(text.replace("LEAP", "BIRD"), desk)
        assert verdict.conclusion is Conclusion.UNKNOWN
        assert "BIRD" in verdict.sentence
        assert only(text, desk, dossiers=[]).conclusion is Conclusion.UNKNOWN

    def test_a_hidden_code(self, desk: Desk) -> None:
        """A hidden code is refused in every form it may be typed in, and never repeated."""
        code = desk.secret.claim_code(Serial(5))
        for text in (code.text, code.text.lower(), code.text.replace("-", " "), code.url("lilypond.example")):
            with pytest.raises(InputError, match="hidden code") as refusal:
                only(text, desk)
            said = refusal.value.diagnostics() + repr(refusal.value)
            assert not any(group in said for group in (*code.text.split("-"), *code.text.lower().split("-")))

    @pytest.mark.parametrize("text", ["", "hello", "https://lilypond.example/S/", "x" * 5000, "../../etc"])
    def test_something_else(self, desk: Desk, text: str) -> None:
        """What is typed and is no code leaves the answer unknown."""
        assert only(text, desk).conclusion is Conclusion.UNKNOWN


class TestForgeries:
    def test_an_invented_code(self, desk: Desk) -> None:
        """A code with a tag that the post never committed to is not genuine."""
        genuine = public_code_of(desk.dossier, Serial(7))
        forged = PublicCode.make(
            host=genuine.host,
            chain_id=genuine.chain_id,
            contract=genuine.contract,
            serial=genuine.serial,
            claim_key=NOBODY,
        )
        verdict = only(forged.text, desk)
        assert verdict.conclusion is Conclusion.NOT_GENUINE
        assert verdict.outcome_of(CheckCode.TAG_AGREES) is Outcome.FAILED

    def test_a_serial_beyond_the_edition(self, desk: Desk) -> None:
        """Stamp no. 31 of 30 is not genuine."""
        forged = replace(public_code_of(desk.dossier, Serial(7)), serial=Serial(31))
        verdict = only(forged.text, desk)
        assert verdict.conclusion is Conclusion.NOT_GENUINE
        assert verdict.outcome_of(CheckCode.SERIAL_IN_EDITION) is Outcome.FAILED

    def test_a_revoked_post(self, desk: Desk) -> None:
        """When the authority revokes the post, its stamps are no longer genuine."""
        text = public_code_of(desk.dossier, Serial(7)).text
        registry = PostalRegistry(desk.chain, desk.dossier.deployment.registry)
        assert only(text, desk).conclusion is Conclusion.GENUINE
        post = registry.post_of(desk.sender.address)
        assert post is not None
        registry.revoke_post(authority(desk), intent="revoke", post_id=post.post_id, reason="Its key was sold.")
        verdict = only(text, desk)
        assert verdict.conclusion is Conclusion.NOT_GENUINE
        assert "Lilypond Post was revoked by the authority of the registry on 20" in verdict.sentence
        assert "the reason: Its key was sold." in verdict.sentence

    def test_a_suspended_series(self, desk: Desk) -> None:
        """While a series is suspended nobody can tell; when it is reinstated its stamps are genuine again."""
        text = public_code_of(desk.dossier, Serial(7)).text
        place = desk.dossier.deployment
        registry = PostalRegistry(desk.chain, place.registry)
        registry.suspend_series(desk.sender, intent="suspend", contract=place.contract, reason="Sheets were stolen.")
        verdict = only(text, desk)
        assert verdict.conclusion is Conclusion.UNKNOWN
        assert "This series was suspended by Lilypond Post on 20" in verdict.sentence
        assert "the reason: Sheets were stolen." in verdict.sentence
        registry.reinstate_series(desk.sender, intent="reinstate", contract=place.contract, reason="They were found.")
        assert only(text, desk).conclusion is Conclusion.GENUINE

    def test_code_that_was_changed(self, desk: Desk) -> None:
        """A contract whose code is ours, but not as it was registered, is not believed."""
        place = desk.dossier.deployment
        code = bytearray(desk.chain.code(place.contract))
        start, length = load_artifact("StampSeries").immutable_spans[0]
        code[start + length - 1] ^= 1
        desk.chain.rpc.request("anvil_setCode", place.contract, "0x" + code.hex())
        verdict = only(public_code_of(desk.dossier, Serial(7)).text, desk)
        assert verdict.conclusion is Conclusion.NOT_GENUINE
        assert verdict.outcome_of(CheckCode.CONTRACT_CODE) is Outcome.FAILED
        assert "no longer has the code that its post registered" in verdict.sentence


class TestTrust:
    def test_another_registry(self, desk: Desk) -> None:
        """The registry that the verifier names is believed instead of the one in the dossier."""
        sender = authority(desk)
        other = deploy_registry(sender, intent="another registry", authority=sender.address).contract
        text = public_code_of(desk.dossier, Serial(7)).text
        verdict = only(text, desk, registry=other)
        assert verdict.conclusion is Conclusion.NOT_GENUINE
        assert verdict.outcome_of(CheckCode.CONTRACT_REGISTERED) is Outcome.FAILED
        assert only(text, desk, registry=desk.dossier.deployment.registry).conclusion is Conclusion.GENUINE

    def test_a_registry_that_is_none(self, desk: Desk) -> None:
        """An address without a registry answers nothing, so nothing is concluded from it."""
        verdict = only(public_code_of(desk.dossier, Serial(7)).text, desk, registry=NOBODY)
        assert verdict.conclusion is Conclusion.UNKNOWN

    def test_no_dossier(self, desk: Desk) -> None:
        """Without any dossier nobody is trusted and nothing is known."""
        verdict = only(public_code_of(desk.dossier, Serial(7)).text, desk, dossiers=[])
        assert verdict.conclusion is Conclusion.UNKNOWN
        assert verdict.outcome_of(CheckCode.CONTRACT_REGISTERED) is Outcome.NOT_CHECKED

    def test_a_registry_without_the_dossier(self, desk: Desk) -> None:
        """A registry vouches for the contract, but only the dossier can tell an invented code."""
        verdict = only(
            public_code_of(desk.dossier, Serial(7)).text, desk, dossiers=[], registry=desk.dossier.deployment.registry
        )
        assert verdict.conclusion is Conclusion.UNKNOWN
        assert verdict.outcome_of(CheckCode.CONTRACT_REGISTERED) is Outcome.PASSED
        assert verdict.outcome_of(CheckCode.TAG_AGREES) is Outcome.NOT_CHECKED

    @pytest.mark.parametrize("registry", [None, NOBODY])
    def test_a_node_that_is_down(self, desk: Desk, registry: Address | None) -> None:
        """Without a node neither a genuine nor a forged code is judged."""
        genuine = public_code_of(desk.dossier, Serial(7))
        for code in (genuine, replace(genuine, serial=Serial(31))):
            verdict = only(code.text, desk, rpc=DEAD, registry=registry)
            assert verdict.conclusion is Conclusion.UNKNOWN
            assert "cannot be reached" in verdict.sentence
            assert verdict.outcome_of(CheckCode.WELL_FORMED) is Outcome.PASSED


class TestClaimed:
    def test_a_claimed_stamp_names_its_owner(self, desk: Desk) -> None:
        """After the claim the verdict stays genuine, and says whose the token is."""
        claim(desk.secret.claim_code(Serial(7)), desk.dossier, to=NOBODY, sender=desk.sender, ledger=desk.ledger)
        verdict = only(public_code_of(desk.dossier, Serial(7)).text, desk)
        assert verdict.conclusion is Conclusion.GENUINE
        assert verdict.stamp is not None
        assert (verdict.stamp.state, verdict.stamp.owner) == ("claimed", NOBODY)
        assert verdict.stamp.since is not None
        assert f"it belongs to {NOBODY}" in verdict.sentence


class TestResolveCode:
    def test_both_forms(self, desk: Desk) -> None:
        """Public and short code resolve to the same code."""
        code = public_code_of(desk.dossier, Serial(12))
        assert resolve_code(code.text, []) == code
        assert resolve_code(code.short("LEAP").text, [desk.dossier]) == code

    def test_neither(self, desk: Desk) -> None:
        """Anything else is a malformed code."""
        with pytest.raises(CodeFormatError):
            resolve_code("LEAP", [desk.dossier])
