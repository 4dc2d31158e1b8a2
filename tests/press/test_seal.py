from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pyrage
import pytest

from cryptostamp.errors import InputError, StorageProblem
from cryptostamp.press import ClaimPart, claim_layer_pdf, seal, unseal, write_sealed
from cryptostamp.series import Series


@pytest.fixture
def printer() -> tuple[str, str]:
    """Give a printer's recipient and identity."""
    identity = pyrage.x25519.Identity.generate()
    return str(identity.to_public()), str(identity)


class TestSeal:
    """Only the printer can open it."""

    def test_the_printer_opens_the_claim_layer(
        self, leapfrog: Series, claim_part: Callable[[int], ClaimPart], printer: tuple[str, str], tmp_path: Path
    ) -> None:
        """The sealed file gives back the layer, and holds neither the code nor anything of a PDF in the clear."""
        layer = claim_layer_pdf(leapfrog, [claim_part(1)])
        path = tmp_path / "claims.pdf.age"
        written = write_sealed(path, layer, [printer[0]])
        sealed = path.read_bytes()
        assert unseal(sealed, printer[1]) == layer
        assert written.size == len(sealed)
        groups = claim_part(1).claim_text.split("-")
        for plain in (b"%PDF", b"FontFile", *(group.encode() for group in groups)):
            assert plain not in sealed
        assert sorted(tmp_path.iterdir()) == [path]

    def test_each_of_two_recipients_can_open(self, printer: tuple[str, str]) -> None:
        """Printer and safe have a key each."""
        safe = pyrage.x25519.Identity.generate()
        sealed = seal(b"codes", [printer[0], f" {safe.to_public()}\n"])
        assert unseal(sealed, printer[1]) == unseal(sealed, str(safe)) == b"codes"

    def test_another_identity_does_not_open(self, printer: tuple[str, str]) -> None:
        """A stranger's key is refused."""
        with pytest.raises(InputError, match=r"cannot be opened"):
            unseal(seal(b"codes", [printer[0]]), str(pyrage.x25519.Identity.generate()))

    def test_a_damaged_file_does_not_open(self, printer: tuple[str, str]) -> None:
        """One flipped bit is noticed."""
        sealed = bytearray(seal(b"codes", [printer[0]]))
        sealed[-1] ^= 1
        with pytest.raises(InputError, match=r"cannot be opened"):
            unseal(bytes(sealed), printer[1])

    def test_sealing_twice_differs(self, printer: tuple[str, str]) -> None:
        """Equal layers are not seen to be equal."""
        assert seal(b"codes", [printer[0]]) != seal(b"codes", [printer[0]])


class TestRefusal:
    """Keys that are none."""

    def test_no_recipient_is_refused(self) -> None:
        """Nothing is sealed to nobody."""
        with pytest.raises(InputError, match=r"no recipient"):
            seal(b"codes", [])

    def test_a_bad_recipient_is_named_by_its_place(self, printer: tuple[str, str]) -> None:
        """The second of two is at fault."""
        with pytest.raises(InputError, match=r"not an age recipient") as caught:
            seal(b"codes", [printer[0], "age1frog"])
        assert caught.value.where == "recipient 2"

    def test_an_identity_given_as_recipient_is_not_repeated(self, printer: tuple[str, str]) -> None:
        """A secret that was pasted by mistake is not shown again."""
        with pytest.raises(InputError) as caught:
            seal(b"codes", [printer[1]])
        assert printer[1][20:30] not in caught.value.diagnostics()

    def test_a_bad_identity_is_not_repeated(self, printer: tuple[str, str]) -> None:
        """Nor is a mistyped identity."""
        with pytest.raises(InputError) as caught:
            unseal(seal(b"codes", [printer[0]]), "AGE-SECRET-KEY-1FROG")
        assert "FROG" not in caught.value.diagnostics()

    def test_nothing_is_written_for_a_bad_recipient(self, tmp_path: Path) -> None:
        """The folder stays as it was."""
        with pytest.raises(InputError):
            write_sealed(tmp_path / "a.age", b"codes", ["frog"])
        assert list(tmp_path.iterdir()) == []

    def test_a_folder_that_cannot_be_made_is_a_storage_problem(self, printer: tuple[str, str], tmp_path: Path) -> None:
        """The error names the path."""
        (tmp_path / "none").write_text("in the way")
        with pytest.raises(StorageProblem, match=r"cannot be written"):
            write_sealed(tmp_path / "none" / "a.age", b"codes", [printer[0]])
