"""Finished sheets are read back from the command line, and its exit code says whether they are what was planned."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from pyrage import x25519
from support.desk import PASSPHRASE
from support.program import Run

from cryptostamp.chain import Chain, DevSigner
from cryptostamp.office import Workspace, issue
from cryptostamp.series import load_series


@pytest.fixture
def birds(run: Run, chain: Chain, tmp_path: Path, quick_seal: None) -> Path:
    """Issue a series of eight stamps."""
    folder = tmp_path / "birds"
    assert run("new", folder, "--title", "Birds", "--edition", 8).code == 0
    issue(
        load_series(folder),
        workspace=Workspace(folder / "issued"),
        chain=chain,
        post=DevSigner(0),
        passphrase=PASSPHRASE,
    )
    return folder


class TestProof:
    def test_print_and_proof(self, run: Run, birds: Path) -> None:
        """0: the sheets are printed and read back in one go, and the check list is named."""
        done = run("print", birds, "--serials", "1-4", "--proof")
        assert done.code == 0
        assert "✓ The sheet was read back: 4 stamps as planned, no difference." in done.out
        assert "BIRD-000001-000004-check-list.csv" in done.out

    def test_proof_again(self, run: Run, birds: Path) -> None:
        """1: a file that was changed since is found by a proof of its own, which prints nothing anew."""
        where = (birds, "--serials", "1-4")
        assert run("print", *where).code == 0
        assert run("proof", *where).code == 0
        faces = next((birds / "issued" / "print").glob("*-faces.pdf"))
        faces.write_bytes(faces.read_bytes() + b"\n%")
        before = faces.read_bytes()
        done = run("proof", *where)
        assert (done.code, faces.read_bytes()) == (1, before)
        assert "BIRD-000001-000004-faces.pdf: The file is not the one that was printed" in done.out

    def test_for_machines(self, run: Run, birds: Path) -> None:
        """The JSON of a proof has every number, and each difference with its code."""
        where = (birds, "--serials", "1-4", "--json")
        printed = run("print", *where, "--proof", "--proof-sample", "all").json
        assert (printed["proof"]["agrees"], printed["proof"]["stamps_read"]) == (True, 4)
        assert run("print", *where).json["proof"] is None
        next((birds / "issued" / "print").glob("*-faces.pdf")).write_bytes(b"")
        done = run("proof", *where, "--sample", "1")
        assert (done.code, done.json["agrees"], done.json["difference_count"]) == (1, False, 2)
        assert [each["code"] for each in done.json["differences"]] == ["file-changed", "file-unreadable"]

    @pytest.mark.parametrize("sample", ["0", "-1", "some", "", "1e3", "٣"])
    def test_a_sample_that_is_none(self, run: Run, birds: Path, sample: str) -> None:
        """A sample is a number of sheets or the word all."""
        done = run("proof", birds, f"--sample={sample}")
        assert done.code == 2
        assert "--sample" in done.err

    def test_a_sample_of_no_proof(self, run: Run, birds: Path) -> None:
        """Saying how much to read without asking for a proof is a mistake."""
        done = run("print", birds, "--proof-sample", "3")
        assert done.code == 2
        assert "--proof-sample says how much --proof reads" in done.err


class TestHiddenCodes:
    def test_printed_proofed_and_proofed_again_by_the_printer(self, run: Run, birds: Path, tmp_path: Path) -> None:
        """Hidden codes are read back before they are sealed, and by the printer afterwards; no code is shown."""
        printer = x25519.Identity.generate()
        identity = tmp_path / "identity.txt"
        identity.write_text(f"# created today\n{printer}\n")
        done = run("print", birds, "--printer", printer.to_public(), "--proof", "--passphrase-fd", self.passphrase())
        assert done.code == 0
        assert "Before they were sealed, 1 of 1 sheets of hidden codes were read back" in done.out
        (layer,) = (birds / "issued" / "print").glob("*-claims.pdf.age")
        checked = run("proof-claims", birds, layer, "--identity", identity)
        assert (checked.code, checked.out) == (0, "✓ 8 of 8 codes are there and right.\n")
        told = run("proof-claims", birds, layer, "--identity", identity, "--json").json
        assert told == {"agrees": True, "sheets": 1, "stamps": 8, "right": 8, "half": None, "faults": []}

    @pytest.mark.parametrize("content", ["", "# a comment alone\n", "age1abc\n"])
    def test_no_identity(self, run: Run, birds: Path, tmp_path: Path, content: str) -> None:
        """A file without an identity is refused before the layer is touched."""
        identity = tmp_path / "identity.txt"
        identity.write_text(content)
        done = run("proof-claims", birds, tmp_path / "layer", "--identity", identity)
        assert done.code == 2
        assert "There is no age identity in this file" in done.err

    def passphrase(self) -> int:
        """Give a file descriptor that the passphrase is read from."""
        reader, writer = os.pipe()
        os.write(writer, PASSPHRASE.encode())
        os.close(writer)
        return reader
