"""Hidden codes are read back before they are sealed; what differs stops the sealing and is told without a code."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from pyrage import x25519
from support.desk import PASSPHRASE, Desk

from cryptostamp.codes import ClaimCode, Half, claim_symbol
from cryptostamp.edition import EditionSecret
from cryptostamp.errors import Refused
from cryptostamp.office import PrintJob, print_stamps
from cryptostamp.office.printing import claim_part_of
from cryptostamp.press import ClaimPart, claim_layer_pdf
from cryptostamp.primitives import Serial
from cryptostamp.printshop.claim_proof import ClaimReader

Change = Callable[[ClaimPart], ClaimPart]


@pytest.fixture
def open_secret(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Open the desk's secret without age's deliberately slow passphrase function."""
    monkeypatch.setattr(EditionSecret, "unseal", classmethod(lambda _cls, _data, _passphrase: desk.secret))


@pytest.fixture
def key() -> str:
    """Return the public key of a printer."""
    return str(x25519.Identity.generate().to_public())


def layer_of(desk: Desk, change: Change = lambda part: part) -> bytes:
    parts = (claim_part_of(desk.series, desk.dossier, desk.secret, Serial(serial)) for serial in range(1, 31))
    return claim_layer_pdf(desk.series, map(change, parts))


def reader_of(desk: Desk, *, sheets: int = 99, half: Half | None = None) -> ClaimReader:
    parts = [claim_part_of(desk.series, desk.dossier, desk.secret, Serial(serial)) for serial in range(1, 31)]
    return ClaimReader(
        name="claims.pdf.age",
        series=desk.series,
        half=half,
        symbol_side=parts[0].symbol.side,
        serials=[part.serial for part in parts],
        short_codes=[part.short_code for part in parts],
        secrets=b"".join(desk.secret.claim_code(part.serial).secret for part in parts),
        sheets=sheets,
    )


class TestReader:
    def test_a_good_layer(self, desk: Desk) -> None:
        """Every code of a full and a partial sheet is read, and nothing is wrong with it."""
        reader_of(desk)(memoryview(layer_of(desk)))

    def test_a_code_of_another_stamp(self, desk: Desk) -> None:
        """A symbol on the wrong part is told by sheet and position, and no code is shown."""
        other = claim_part_of(desk.series, desk.dossier, desk.secret, Serial(28))
        wrong = layer_of(desk, lambda part: part if part.serial != 27 else _with_symbol(part, other))
        with pytest.raises(Refused, match=r"as planned \(sheet 2, position 2\): nothing was sealed") as refusal:
            reader_of(desk)(memoryview(wrong))
        assert other.claim_text.split("-")[0] not in refusal.value.diagnostics()

    def test_letters_of_another_code(self, desk: Desk) -> None:
        """Letters that say something else than the symbol beside them are found: one of them is what gets typed."""
        other = desk.secret.claim_code(Serial(5)).text
        wrong = layer_of(desk, lambda part: part if part.serial != 3 else _with_letters(part, other))
        with pytest.raises(Refused, match="sheet 1, position 3"):
            reader_of(desk)(memoryview(wrong))

    def test_a_code_of_another_host(self, desk: Desk) -> None:
        """A symbol that leads to another web site would give the code away there."""
        code = ClaimCode(desk.secret.claim_code(Serial(1)).secret)
        stranger = claim_symbol(code, "elsewhere.example")
        wrong = layer_of(desk, lambda part: part if part.serial != 1 else _part(part, symbol=stranger))
        with pytest.raises(Refused, match="sheet 1, position 1"):
            reader_of(desk)(memoryview(wrong))

    def test_a_sample(self, desk: Desk) -> None:
        """Only as many sheets are read as were asked for, the same ones each time."""
        other = desk.secret.claim_code(Serial(5)).text
        wrong = layer_of(desk, lambda part: _with_letters(part, other))
        told = set()
        for _ in range(2):
            with pytest.raises(Refused) as refusal:
                reader_of(desk, sheets=1)(memoryview(wrong))
            told.add(refusal.value.what)
        assert len(told) == 1
        assert told.pop().count("sheet") == 1

    def test_what_cannot_be_read(self, desk: Desk) -> None:
        """A layer that is no PDF is not sealed either."""
        with pytest.raises(Refused, match=r"\(sheet 1; sheet 2\)"):
            reader_of(desk)(memoryview(b"no PDF"))

    def test_representation_is_harmless(self, desk: Desk) -> None:
        """What the reader holds does not show."""
        assert desk.secret.claim_code(Serial(1)).secret.hex() not in repr(reader_of(desk))
        assert repr(desk.secret.claim_code(Serial(1)).secret) not in repr(reader_of(desk))


def _part(part: ClaimPart, **change: object) -> ClaimPart:
    kept = {name: getattr(part, name) for name in ("serial", "symbol", "claim_text", "short_code")}
    return ClaimPart(**{**kept, **change})  # type: ignore[arg-type]


def _with_symbol(part: ClaimPart, other: ClaimPart) -> ClaimPart:
    return _part(part, symbol=other.symbol)


def _with_letters(part: ClaimPart, text: str) -> ClaimPart:
    return _part(part, claim_text=text)


@pytest.mark.usefixtures("open_secret")
class TestPrinting:
    def printed(self, desk: Desk, *printers: str, read_back: int | None) -> PrintJob:
        """Print the whole edition for one printer or two."""
        return print_stamps(
            desk.series,
            workspace=desk.workspace,
            printer=printers[:1],
            second_printer=printers[1:],
            passphrase=PASSPHRASE,
            read_back=read_back,
        )

    def test_read_back(self, desk: Desk, key: str) -> None:
        """The job and its manifest say how many sheets of hidden codes were read back."""
        job = self.printed(desk, key, read_back=None)
        assert job.claim_sheets_read == 2
        files = {each["name"]: each["read_back"] for each in json.loads(job.manifest.read_bytes())["files"]}
        assert files == {job.claims[0].name: 2, job.faces[0].name: 0}

    def test_two_printers(self, desk: Desk, key: str) -> None:
        """The halves for two printers are read back layer by layer."""
        job = self.printed(desk, key, str(x25519.Identity.generate().to_public()), read_back=None)
        assert (len(job.claims), job.claim_sheets_read) == (2, 4)

    def test_sealed_before_without(self, desk: Desk, key: str) -> None:
        """A layer that was sealed unread is made again to be read; one that was read is left as it is."""
        first = self.printed(desk, key, read_back=0)
        assert first.claim_sheets_read == 0
        unread = first.claims[0].read_bytes()
        assert self.printed(desk, key, read_back=0).claims[0].read_bytes() == unread
        read = self.printed(desk, key, read_back=None).claims[0].read_bytes()
        assert read != unread
        again = self.printed(desk, key, read_back=0)
        assert (again.claims[0].read_bytes(), again.claim_sheets_read) == (read, 2)

    def test_what_differs_is_not_sealed(self, desk: Desk, key: str, monkeypatch: pytest.MonkeyPatch) -> None:
        """When hidden codes read back otherwise, no file of them is written, and the job does not end well."""

        def refuse(_reader: ClaimReader, _layer: memoryview) -> None:
            raise Refused("It differs.")

        monkeypatch.setattr(ClaimReader, "__call__", refuse)
        with pytest.raises(Refused):
            self.printed(desk, key, read_back=None)
        assert not list(desk.workspace.print_folder.glob("*claims*"))
        assert desk.ledger.steps("LEAP")[-1].ended_at is None
