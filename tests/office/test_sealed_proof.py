"""A printer checks the sealed layer of hidden codes against the public dossier, and sees counts and places only."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from pyrage import x25519
from support.desk import PASSPHRASE, Desk

from cryptostamp.codes import ClaimCode, claim_symbol
from cryptostamp.edition import EditionSecret
from cryptostamp.errors import InputError
from cryptostamp.office import SealedFaultCode, SealedProof, print_stamps, proof_sealed
from cryptostamp.office.printing import claim_part_of
from cryptostamp.press import ClaimPart, claim_layer_pdf, write_sealed
from cryptostamp.primitives import Serial

NAME = "LEAP-000001-000030-claims.pdf.age"


@pytest.fixture
def printer() -> x25519.Identity:
    """Return a printer's identity."""
    return x25519.Identity.generate()


def seal(
    desk: Desk, printer: x25519.Identity, change: Callable[[ClaimPart], ClaimPart | None] = lambda part: part
) -> Path:
    """Seal a layer of all stamps with some of its parts changed or left out."""
    parts = (claim_part_of(desk.series, desk.dossier, desk.secret, Serial(serial)) for serial in range(1, 31))
    layer = claim_layer_pdf(desk.series, [part for part in map(change, parts) if part is not None])
    path = desk.workspace.make_print_folder() / NAME
    write_sealed(path, layer, [str(printer.to_public())])
    return path


def changed(part: ClaimPart, **change: object) -> ClaimPart:
    kept = {name: getattr(part, name) for name in ("serial", "symbol", "claim_text", "short_code")}
    return ClaimPart(**{**kept, **change})  # type: ignore[arg-type]


def proof(desk: Desk, path: Path, printer: x25519.Identity) -> SealedProof:
    return proof_sealed(path, str(printer), series=desk.series, dossier=desk.dossier)


class TestWholeCodes:
    def test_all_are_right(self, desk: Desk, printer: x25519.Identity) -> None:
        """Every code of a full and a partial sheet has the key that the edition committed to."""
        seen: list[tuple[str, int, int]] = []
        found = proof_sealed(
            seal(desk, printer),
            str(printer),
            series=desk.series,
            dossier=desk.dossier,
            progress=lambda *what: seen.append(what),
        )
        assert (found.agrees, found.sheets, found.stamps, found.right, found.faults) == (True, 2, 30, 30, ())
        assert seen == [("Reading hidden codes back", 2, 2)]

    def test_codes_of_other_stamps(self, desk: Desk, printer: x25519.Identity) -> None:
        """An invented code, and one of a neighbour, are found by place; none of them is shown."""
        host = desk.series.issuer.domain
        neighbour = desk.secret.claim_code(Serial(8))
        invented = ClaimCode(bytes(range(16)))

        def swap(part: ClaimPart) -> ClaimPart:
            code = {7: neighbour, 26: invented}.get(part.serial)
            if code is None:
                return part
            return changed(part, symbol=claim_symbol(code, host), claim_text=code.text)

        found = proof(desk, seal(desk, printer, swap), printer)
        assert [(each.code, each.sheet, each.position) for each in found.faults] == [
            (SealedFaultCode.OTHER_STAMP, 1, 7),
            (SealedFaultCode.OTHER_STAMP, 2, 1),
        ]
        assert (found.agrees, found.right) == (False, 28)
        assert neighbour.text not in repr(found)
        assert invented.text not in repr(found)

    def test_missing_and_strange(self, desk: Desk, printer: x25519.Identity) -> None:
        """A part that is not there, letters of another code, and a link to elsewhere are named for what they are."""
        letters = desk.secret.claim_code(Serial(9)).text
        away = claim_symbol(desk.secret.claim_code(Serial(5)), "elsewhere.example")

        def change(part: ClaimPart) -> ClaimPart | None:
            match part.serial:
                case 3:
                    return None
                case 4:
                    return changed(part, claim_text=letters)
                case 5:
                    return changed(part, symbol=away)
            return part

        found = proof(desk, seal(desk, printer, change), printer)
        assert [(each.code, each.position) for each in found.faults] == [
            (SealedFaultCode.UNREADABLE, 3),
            (SealedFaultCode.TEXT_DIFFERS, 4),
            (SealedFaultCode.NO_CODE, 5),
        ]
        assert letters not in repr(found)

    def test_a_part_of_an_edition(self, desk: Desk, printer: x25519.Identity) -> None:
        """A stamp beyond those that the name of the file speaks of is one too many."""
        path = seal(desk, printer, lambda part: part if part.serial <= 4 else None)
        path = path.rename(path.with_name("LEAP-000001-000003-claims.pdf.age"))
        found = proof(desk, path, printer)
        assert [(each.code, each.position) for each in found.faults] == [(SealedFaultCode.UNEXPECTED, 4)]
        assert found.right == 3


class TestHalves:
    def test_two_printers(self, desk: Desk, printer: x25519.Identity, monkeypatch: pytest.MonkeyPatch) -> None:
        """Each printer can check the form of the halves in the layer that is theirs."""
        monkeypatch.setattr(EditionSecret, "unseal", classmethod(lambda _cls, _data, _passphrase: desk.secret))
        second = x25519.Identity.generate()
        job = print_stamps(
            desk.series,
            workspace=desk.workspace,
            printer=[str(printer.to_public())],
            second_printer=[str(second.to_public())],
            passphrase=PASSPHRASE,
        )
        for path, identity, half in zip(job.claims, (printer, second), "AB", strict=True):
            found = proof(desk, path, identity)
            assert (found.agrees, found.right, found.half) == (True, 30, half)


class TestRefusals:
    def test_a_wrong_identity(self, desk: Desk, printer: x25519.Identity) -> None:
        """Nobody but the printer opens the layer."""
        stranger = x25519.Identity.generate()
        with pytest.raises(InputError, match="cannot be opened with this identity") as refusal:
            proof(desk, seal(desk, printer), stranger)
        assert str(stranger) not in refusal.value.diagnostics()

    @pytest.mark.parametrize(
        "name", ["claims.age", "LEAP-000002-000001-claims.pdf.age", "LEAP-000001-000031-claims.pdf.age"]
    )
    def test_another_name(self, desk: Desk, printer: x25519.Identity, name: str) -> None:
        """A name that does not say which stamps are in the file is refused."""
        path = seal(desk, printer)
        with pytest.raises(InputError, match="does not say which stamps"):
            proof(desk, path.rename(path.with_name(name)), printer)

    def test_sheets_are_missing(self, desk: Desk, printer: x25519.Identity) -> None:
        """A layer with fewer sheets than its name says is not looked at."""
        path = seal(desk, printer, lambda part: part if part.serial < 26 else None)
        with pytest.raises(InputError, match="The layer has 1 sheets; by its name it should have 2"):
            proof(desk, path, printer)

    def test_what_is_no_layer(self, desk: Desk, printer: x25519.Identity) -> None:
        """A sealed file of something else is refused, and so is one that is not there."""
        path = desk.workspace.make_print_folder() / NAME
        with pytest.raises(InputError, match="cannot be opened: No such file"):
            proof(desk, path, printer)
        write_sealed(path, b"a letter", [str(printer.to_public())])
        with pytest.raises(InputError, match="no PDF"):
            proof(desk, path, printer)
