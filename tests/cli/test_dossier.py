"""cryptostamp dossier publish writes what the public needs, and overwrites nothing of others."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from support.desk import Desk
from support.program import Outcome, Run

from cryptostamp.edition import content_address, read_dossier
from cryptostamp.office import public_code_of
from cryptostamp.primitives import Serial
from cryptostamp.web import verifier


@pytest.fixture
def publish(run: Run, desk: Desk, tmp_path: Path) -> Run:
    """Publish an issued series into the folder web."""

    def published(*more: object) -> Outcome:
        return run("dossier", "publish", "--issued", desk.workspace.folder, "--to", tmp_path / "web", *more)

    return published


class TestPublish:
    def test_a_folder(self, publish: Run, run: Run, desk: Desk, tmp_path: Path) -> None:
        """The folder holds the dossier and a page that all may read; whoever has it verifies with it."""
        done = publish()
        assert done.code == 0
        assert content_address(desk.dossier) in done.out
        assert read_dossier(tmp_path / "web" / "dossier") == desk.dossier
        assert (tmp_path / "web" / "verifier.html").stat().st_mode & 0o777 == 0o644
        code = public_code_of(desk.dossier, Serial(1)).text
        assert run("verify", code, "--issued", tmp_path / "web", "--rpc", desk.url).code == 0

    def test_again(self, publish: Run, desk: Desk, tmp_path: Path) -> None:
        """The same dossier gives the same bytes, an older page is replaced, and what else lies there is left alone."""
        (tmp_path / "web").mkdir()
        (tmp_path / "web" / "index.html").write_text("Stamps of Lilypond")
        first = publish("--json")
        page = tmp_path / "web" / "verifier.html"
        page.write_bytes(page.read_bytes()[:5000])
        second = publish("--json")
        assert (first.code, second.code, first.json) == (0, 0, second.json)
        assert first.json["content_address"] == content_address(desk.dossier)
        assert first.json["pages"] == {"verifier.html": hashlib.sha256(page.read_bytes()).hexdigest()}
        assert (tmp_path / "web" / "index.html").read_text() == "Stamps of Lilypond"

    def test_files_of_others(self, publish: Run, tmp_path: Path) -> None:
        """A page, a link, a dossier or a file of others at one of the places is an error, and nothing is written."""
        web = tmp_path / "web"
        web.mkdir()
        (web / "verifier.html").write_text("<!doctype html>\nmine")
        assert (publish().code, [each.name for each in web.iterdir()]) == (2, ["verifier.html"])
        (web / "verifier.html").unlink()
        (web / "verifier.html").symlink_to(tmp_path / "elsewhere")
        refused = publish("--json")
        assert (refused.code, refused.json["error"]["where"]) == (2, str(web / "verifier.html"))
        (web / "verifier.html").unlink()
        (web / "dossier").mkdir()
        assert (publish().code, [each.name for each in web.iterdir()]) == (2, ["dossier"])
        (web / "dossier").rmdir()
        web.rmdir()
        web.write_text("a file")
        refused = publish()
        assert refused.code == 2
        assert "This is not a folder." in refused.err

    def test_nothing_issued(self, run: Run, tmp_path: Path) -> None:
        """Where nothing was issued there is nothing to publish."""
        done = run("dossier", "publish", tmp_path, "--to", tmp_path / "web")
        assert done.code == 2
        assert "No issued series was found" in done.err

    @pytest.mark.parametrize("content", [None, b"<!doctype html>"], ids=["missing", "damaged"])
    def test_a_page_that_was_not_built(
        self, publish: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes | None
    ) -> None:
        """Without the built page nothing is published, and the error says what to do."""
        built = tmp_path / "static"
        built.mkdir()
        if content is not None:
            (built / "verifier.html").write_bytes(content)
        monkeypatch.setattr(verifier, "STATIC", built)
        done = publish()
        assert done.code == 3
        assert "was not built, or is damaged" in done.err
        assert "scripts/" in done.err
        assert not (tmp_path / "web").exists()
