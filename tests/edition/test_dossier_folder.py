import fcntl
import hashlib
import os
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from cryptostamp.edition import (
    ClaimKeyList,
    Dossier,
    Edition,
    content_address,
    read_address,
    read_dossier,
    write_dossier,
)
from cryptostamp.edition.dossier import manifest_of
from cryptostamp.edition.merkle import MerkleTree
from cryptostamp.errors import InputError, StorageProblem
from cryptostamp.primitives import Serial

NAMES = ["SHA256SUMS", "claim-keys.txt", "compiler-input.json", "dossier.json"]


@pytest.fixture
def folder(tmp_path: Path, dossier: Dossier) -> Path:
    """A folder with the dossier in it."""
    write_dossier(tmp_path / "dossier", dossier)
    return tmp_path / "dossier"


def rehash(folder: Path) -> None:
    """Write the manifest anew, as somebody would who changes a file on purpose."""
    files = {path.name: path.read_bytes() for path in folder.iterdir() if path.name != "SHA256SUMS"}
    (folder / "SHA256SUMS").write_bytes(manifest_of(files))


class TestKnownRoot:
    """The root of the same bytes need not be computed again; that of other bytes must be."""

    def test_the_same_bytes_are_believed(self, folder: Path, dossier: Dossier, monkeypatch: pytest.MonkeyPatch) -> None:
        """No tree is grown for a dossier whose address was checked before, until somebody asks for a proof."""
        address = read_address(folder)
        proof = dossier.edition.proof(Serial(1))
        with monkeypatch.context() as patched:
            patched.setattr(MerkleTree, "of", lambda _keys: pytest.fail("a tree was grown"))
            known = read_dossier(folder, checked=address)
        assert known == dossier
        assert known.edition.proof(Serial(1)) == proof

    def test_other_bytes_are_not(self, folder: Path) -> None:
        """Claim keys that were exchanged, with a manifest to match, have another address, and are found out."""
        address = read_address(folder)
        keys = folder / "claim-keys.txt"
        lines = keys.read_bytes().splitlines(keepends=True)
        keys.write_bytes(b"".join([lines[1], lines[0], *lines[2:]]))
        with pytest.raises(InputError, match="was changed after"):
            read_dossier(folder, checked=address)
        rehash(folder)
        with pytest.raises(InputError, match="root is not the one"):
            read_dossier(folder, checked=address)


class TestWriting:
    def test_round_trip(self, folder: Path, dossier: Dossier) -> None:
        """What is written is read back as the same dossier."""
        assert read_dossier(folder) == dossier
        assert sorted(path.name for path in folder.iterdir()) == NAMES

    def test_same_bytes(self, folder: Path, dossier: Dossier, tmp_path: Path) -> None:
        """The same dossier has the same bytes and the same address wherever it is written."""
        address = write_dossier(tmp_path / "deep" / "down" / "copy", dossier)
        assert address == content_address(dossier)
        assert address == "sha256:" + hashlib.sha256((folder / "SHA256SUMS").read_bytes()).hexdigest()
        for name in NAMES:
            assert (tmp_path / "deep" / "down" / "copy" / name).read_bytes() == (folder / name).read_bytes()

    def test_other_program_checks_it(self, folder: Path) -> None:
        """The manifest is read by the program that everybody has."""
        program = shutil.which("sha256sum") or shutil.which("shasum") or ""
        arguments = ["-a", "256"] if program.endswith("shasum") else []
        subprocess.run([program, *arguments, "-c", "SHA256SUMS"], cwd=folder, check=True, capture_output=True)

    def test_again(self, folder: Path, dossier: Dossier) -> None:
        """Writing the same dossier to the same place again changes nothing."""
        before = (folder / "dossier.json").stat().st_mtime_ns
        assert write_dossier(folder, dossier) == content_address(dossier)
        assert (folder / "dossier.json").stat().st_mtime_ns == before

    def test_never_overwrites(self, folder: Path, dossier: Dossier) -> None:
        """Another dossier, and even one with a changed file, is not written over what is there."""
        with pytest.raises(InputError, match="Something else is already"):
            write_dossier(folder, replace(dossier, files={}))
        (folder / "dossier.json").write_bytes(b"{}")
        with pytest.raises(InputError, match="Something else is already"):
            write_dossier(folder, dossier)

    def test_folder_of_something_else(self, tmp_path: Path, dossier: Dossier) -> None:
        """A folder without a dossier is not written into."""
        (tmp_path / "mine").mkdir()
        with pytest.raises(InputError, match="Something else is already"):
            write_dossier(tmp_path / "mine", dossier)

    def test_disk_that_refuses(self, tmp_path: Path, dossier: Dossier) -> None:
        """A place where nothing can be written is reported, and nothing is left there."""
        (tmp_path / "file").write_bytes(b"")
        with pytest.raises(StorageProblem, match="cannot be written"):
            write_dossier(tmp_path / "file" / "dossier", dossier)

    def test_killed_half_way(self, tmp_path: Path, dossier: Dossier, monkeypatch: pytest.MonkeyPatch) -> None:
        """When writing ends between two files, nothing appears; what a killed run left is cleared away."""
        (tmp_path / f".dossier.{os.getpid()}.partial").mkdir()
        (tmp_path / ".dossier.99999999.partial").mkdir()
        synced = []

        def fail_at_second(handle: int) -> None:
            synced.append(handle)
            if len(synced) == 2:
                raise OSError(28, "No space left on device")

        monkeypatch.setattr("cryptostamp.edition.dossier_folder.os.fsync", fail_at_second)
        with pytest.raises(StorageProblem, match="No space left"):
            write_dossier(tmp_path / "dossier", dossier)
        assert [path.name for path in tmp_path.iterdir()] == ["series"]

    def test_another_process_that_writes(self, tmp_path: Path, dossier: Dossier) -> None:
        """What another process is writing at this moment is left alone."""
        theirs = tmp_path / ".dossier.99999999.partial"
        theirs.mkdir()
        descriptor = os.open(theirs, os.O_RDONLY)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            write_dossier(tmp_path / "dossier", dossier)
        finally:
            os.close(descriptor)
        assert theirs.is_dir()


class TestReading:
    @pytest.mark.parametrize("name", NAMES[1:])
    def test_changed_file(self, folder: Path, name: str) -> None:
        """A byte that was changed after writing is noticed, and the file is named."""
        data = bytearray((folder / name).read_bytes())
        data[0] ^= 1
        (folder / name).write_bytes(data)
        with pytest.raises(InputError, match="was changed") as caught:
            read_dossier(folder)
        assert caught.value.where == str(folder / name)

    @pytest.mark.parametrize("name", NAMES)
    def test_missing_file(self, folder: Path, name: str) -> None:
        """A missing file is named."""
        (folder / name).unlink()
        with pytest.raises(InputError, match="is missing") as caught:
            read_dossier(folder)
        assert caught.value.where == str(folder / name)

    @pytest.mark.parametrize("name", ["claim-keys.txt", "dossier.json"])
    def test_unlisted_part(self, folder: Path, name: str) -> None:
        """A manifest without one of the two files that make a dossier is refused."""
        (folder / name).unlink()
        rehash(folder)
        with pytest.raises(InputError, match=f"does not list {name}"):
            read_dossier(folder)

    def test_swapped_claim_keys(self, folder: Path, dossier: Dossier) -> None:
        """Claim keys in another order do not give the edition root, even with hashes made to fit."""
        lines = (folder / "claim-keys.txt").read_text().splitlines(keepends=True)
        (folder / "claim-keys.txt").write_text("".join([lines[1], lines[0], *lines[2:]]))
        rehash(folder)
        with pytest.raises(InputError, match="edition root") as caught:
            read_dossier(folder)
        assert caught.value.where == str(folder / "dossier.json")
        swapped = ClaimKeyList(dossier.edition.claim_keys.raw[::-1])
        assert Edition.of(swapped, dossier.edition.counts, dossier.edition.seed).root != dossier.edition.root

    def test_malformed_claim_keys(self, folder: Path) -> None:
        """A malformed line is named with its number."""
        (folder / "claim-keys.txt").write_text("0x12\n")
        rehash(folder)
        with pytest.raises(InputError, match="not the address") as caught:
            read_dossier(folder)
        assert caught.value.where == str(folder / "claim-keys.txt:1")

    def test_further_files_that_are_not_listed(self, folder: Path, dossier: Dossier) -> None:
        """Files that the manifest does not list are not part of the dossier."""
        (folder / "index.html").write_text("<html>")
        assert read_dossier(folder) == dossier

    def test_links_are_not_followed(self, folder: Path, tmp_path: Path) -> None:
        """A symbolic link does not pull a file from elsewhere into the dossier."""
        (folder / "compiler-input.json").rename(tmp_path / "elsewhere")
        (folder / "compiler-input.json").symlink_to(tmp_path / "elsewhere")
        with pytest.raises(InputError, match="not a plain file"):
            read_dossier(folder)

    def test_too_large(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """A file beyond its bound is refused before it fills the memory."""
        monkeypatch.setattr("cryptostamp.edition.dossier_folder._MAX_OTHER_BYTES", 2)
        with pytest.raises(InputError, match="more than 2 bytes"):
            read_dossier(folder)

    def test_disk_that_does_not_answer(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """A file that is there and cannot be read is a problem of the disk, not of the dossier."""

        def fail(_path: Path, _mode: str) -> None:
            raise OSError(5, "Input/output error")

        monkeypatch.setattr(Path, "open", fail)
        with pytest.raises(StorageProblem, match="Input/output error"):
            read_dossier(folder)

    def test_not_a_folder(self, tmp_path: Path) -> None:
        """A place without a dossier is refused."""
        with pytest.raises(InputError, match="missing"):
            read_dossier(tmp_path / "nowhere")


class TestMalformedManifest:
    @pytest.mark.parametrize(
        ("change", "reason"),
        [
            (lambda _text: "", "does not list dossier.json"),
            (lambda text: text[:-1], "not a sorted list"),
            (lambda text: text + text, "not a sorted list"),
            (lambda text: "".join(reversed(text.splitlines(keepends=True))), "not a sorted list"),
            (lambda text: text.replace("  claim", " *claim"), "not a hash and a file name"),
            (lambda text: text.replace("claim-keys.txt", "../claim-keys.txt"), "not a file name"),
            (lambda text: text.replace("claim-keys.txt", "/etc/passwd"), "not a file name"),
            (lambda text: text.upper(), "not a hash and a file name"),
            (lambda text: "\n" + text, "not a hash and a file name"),
            (lambda _text: "hello", "not a sorted list"),
        ],
    )
    def test_refused(self, folder: Path, change: object, reason: str) -> None:
        """A manifest that is not in its one form is refused, and leads to no file outside the folder."""
        manifest = folder / "SHA256SUMS"
        manifest.write_text(change(manifest.read_text()))  # type: ignore[operator]
        with pytest.raises(InputError, match=reason):
            read_dossier(folder)
