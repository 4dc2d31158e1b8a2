"""What is published is what the contract names, and whoever asks the chain finds it there."""

from __future__ import annotations

import base64
import io
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from support.desk import PASSPHRASE, Desk
from support.ipfs_tools import ask

from cryptostamp.chain import Chain, DevSigner, LocalNode, Sender, StampSeries
from cryptostamp.edition import EditionSecret, write_dossier
from cryptostamp.errors import InputError, Refused, StorageProblem
from cryptostamp.office import LedgerJournal, Workspace, check_metadata, issue, publish_metadata
from cryptostamp.primitives import Serial
from cryptostamp.series import Series, rescale

POST: dict[str, Any] = {"post": DevSigner(0), "passphrase": PASSPHRASE}
SECOND_FOLDER = "ipfs://bafybeiczsscdsbs7ffqz55asqdf3smv6klcw3gofszvwlyarci47bgf354/"


@pytest.fixture
def quick_seal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave age's deliberately slow passphrase function to the tests of the secret itself."""
    monkeypatch.setattr(EditionSecret, "seal", lambda self, _passphrase: self._secret)
    monkeypatch.setattr(EditionSecret, "unseal", classmethod(lambda cls, data, _passphrase: cls(data)))


@pytest.fixture
def tiny(leapfrog: Series) -> Series:
    """Return the series with six stamps, for tests that issue anew."""
    return rescale(leapfrog, 6)


class TestFromTheChainToThePicture:
    def test_a_wallet_finds_everything(self, desk: Desk, tmp_path: Path) -> None:
        """TokenURI and contractURI lead to JSON in the archive, and that to a picture in it, read by others' tools."""
        contract = StampSeries(desk.chain, desk.dossier.deployment.contract)
        made = publish_metadata(desk.workspace, out=tmp_path / "metadata.car")
        folder = f"ipfs://{made.root}/"
        uris = [contract.token_uri(Serial(7)), contract.token_uri(Serial(30)), contract.contract_uri()]
        assert uris == [f"{folder}7.json", f"{folder}30.json", f"{folder}series.json"]
        paths = [uri.removeprefix(folder) for uri in uris]
        pictures = {f"pictures/{name}" for name in desk.dossier.files if name.endswith(".webp")}
        read = ask("car", {"path": str(made.path), "read": [*paths, *pictures]})
        assert (read["roots"], read["wrong"]) == ([made.root], 0)
        contents = {path: base64.b64decode(text + "==") for path, text in read["contents"].items()}
        token = json.loads(contents["7.json"])
        assert token["name"] == "Leapfrog no. 7"
        (picture,) = [path for path in pictures if token["image"].endswith(path.removeprefix("pictures"))]
        with Image.open(io.BytesIO(contents[picture])) as image:
            assert image.format == "WEBP"
        assert made.files == len(read["names"]) - 1 + len(pictures)

    def test_the_picture_s_own_address_leads_there(self, desk: Desk, tmp_path: Path) -> None:
        """The address of a picture, which names the folder of pictures alone, is that of the folder in the archive."""
        made = publish_metadata(desk.workspace, out=tmp_path / "metadata", as_folder=True)
        token = json.loads((made.path / "1.json").read_bytes())
        name = token["image"].rpartition("/")[2]
        assert (made.path / "pictures" / name).is_file()
        pictures = sorted((made.path / "pictures").iterdir())
        asked = {
            "names": [path.name for path in pictures],
            "contents": [base64.b64encode(path.read_bytes()).decode() for path in pictures],
        }
        assert token["image"] == f"ipfs://{ask('folders', [asked])[0]['cid']}/{name}"

    def test_the_metadata_are_frozen(self, desk: Desk) -> None:
        """Nobody can ever let the contract name another folder."""
        contract = StampSeries(desk.chain, desk.dossier.deployment.contract)
        assert contract.terms().metadata_frozen
        with pytest.raises(Refused):
            contract.set_base_uri(desk.sender, intent="elsewhere", base_uri=SECOND_FOLDER)


class TestPublish:
    def test_again_the_same_bytes(self, desk: Desk, tmp_path: Path) -> None:
        """Whoever publishes again, wherever, gives the same file; the artwork is not needed."""
        first = publish_metadata(desk.workspace)
        assert first.path == desk.workspace.folder / "metadata.car"
        again = publish_metadata(desk.workspace, out=tmp_path / "again.car")
        assert first.path.read_bytes() == again.path.read_bytes()

    def test_plain_files_are_the_same(self, desk: Desk, tmp_path: Path) -> None:
        """The folder for a web server has every file of the edition; added to IPFS by others' tools it is the same."""
        made = publish_metadata(desk.workspace, as_folder=True)
        files = [path for path in made.path.rglob("*") if path.is_file()]
        assert (made.path, len(files)) == (desk.workspace.folder / "metadata", made.files)
        asked = {
            "names": [path.relative_to(made.path).as_posix() for path in files],
            "contents": [base64.b64encode(path.read_bytes()).decode() for path in files],
        }
        assert ask("folders", [asked])[0]["cid"] == made.root

    def test_a_folder_that_is_there(self, desk: Desk, tmp_path: Path) -> None:
        """Nothing is written over what is there already."""
        (tmp_path / "kept").mkdir()
        with pytest.raises(InputError, match="something at this place"):
            publish_metadata(desk.workspace, out=tmp_path / "kept", as_folder=True)
        assert list((tmp_path / "kept").iterdir()) == []

    @pytest.mark.parametrize("as_folder", [True, False])
    def test_nowhere_to_write(self, desk: Desk, tmp_path: Path, *, as_folder: bool) -> None:
        """A place that cannot be written is a sentence, and leaves nothing."""
        (tmp_path / "file").write_bytes(b"")
        with pytest.raises(StorageProblem):
            publish_metadata(desk.workspace, out=tmp_path / "file" / "out", as_folder=as_folder)

    def test_a_dossier_that_was_changed(self, desk: Desk, tmp_path: Path) -> None:
        """A dossier whose facts do not give the root it names is refused, and no file is left."""
        forged = replace(desk.dossier, series=replace(desk.dossier.series, tariff="Parcels"))
        workspace = Workspace(tmp_path / "forged")
        write_dossier(workspace.dossier_folder, forged)
        with pytest.raises(InputError, match="but its facts and pictures give"):
            publish_metadata(workspace)
        assert not (workspace.folder / "metadata.car").exists()

    def test_progress(self, desk: Desk) -> None:
        """Whoever watches sees the end."""
        seen: list[tuple[str, int, int]] = []
        publish_metadata(desk.workspace, progress=lambda *what: seen.append(what))
        assert seen[-1] == ("Writing metadata", 30, 30)


class TestCheck:
    def test_all_is_well(self, desk: Desk) -> None:
        """The dossier gives the root it names, the contract leads there, and cannot be led elsewhere."""
        checks = check_metadata(desk.workspace, rpc=desk.url)
        assert [check.passed for check in checks] == [True, True, True]
        assert desk.dossier.metadata_root is not None
        assert desk.dossier.metadata_root in checks[0].sentence

    def test_a_dossier_that_was_changed(self, desk: Desk, tmp_path: Path) -> None:
        """A forged dossier does not give the root; the contract still names the right one."""
        forged = replace(desk.dossier, series=replace(desk.dossier.series, tariff="Parcels"))
        workspace = Workspace(tmp_path / "forged")
        write_dossier(workspace.dossier_folder, forged)
        assert [check.passed for check in check_metadata(workspace, rpc=desk.url)] == [False, True, True]

    def test_a_contract_that_was_led_elsewhere(
        self, chain: Chain, local_node: LocalNode, tiny: Series, tmp_path: Path, quick_seal: None
    ) -> None:
        """Metadata that were left open and moved are noticed, and issuing again keeps to what was issued."""
        workspace = Workspace(tmp_path / "open")
        options: dict[str, Any] = {
            "workspace": workspace,
            "chain": chain,
            "post": DevSigner(0),
            "passphrase": PASSPHRASE,
        }
        done = issue(tiny, freeze_metadata=False, **options)
        assert [check.passed for check in check_metadata(workspace, rpc=local_node.url)] == [True, True, None]
        with workspace.ledger() as ledger:
            sender = Sender(chain, DevSigner(0), LedgerJournal(ledger))
            contract = StampSeries(chain, done.issued.contract)
            contract.set_base_uri(sender, intent="elsewhere", base_uri=SECOND_FOLDER)
        checks = check_metadata(workspace, rpc=local_node.url)
        assert [check.passed for check in checks] == [True, False, None]
        assert SECOND_FOLDER in checks[1].sentence
        assert issue(tiny, freeze_metadata=False, **options).dossier_address == done.dossier_address


class TestResume:
    def test_pictures_are_drawn_once(
        self, chain: Chain, local_node: LocalNode, tiny: Series, tmp_path: Path, quick_seal: None
    ) -> None:
        """A run that goes on takes the pictures that lie there, so that the address cannot move between two runs."""
        workspace = Workspace(tmp_path / "issued")

        class Stopped(BaseException):
            """The process ends here."""

        def stop(what: str, done: int, total: int) -> None:
            if what == "Drawing the tokens' pictures" and done == total:
                raise Stopped

        options: dict[str, Any] = {
            "workspace": workspace,
            "chain": chain,
            "post": DevSigner(0),
            "passphrase": PASSPHRASE,
        }
        with pytest.raises(Stopped):
            issue(tiny, progress=stop, **options)
        (first, *_) = sorted(workspace.pictures_folder.iterdir())
        first.write_bytes(b"as another renderer drew it")
        done = issue(tiny, **options)
        assert done.dossier.files[first.name] == b"as another renderer drew it"
        assert all(check.passed for check in check_metadata(workspace, rpc=local_node.url))
