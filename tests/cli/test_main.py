"""Every command has its help, every kind of error its exit code, and machines get one JSON object whatever happens."""

from __future__ import annotations

import socket
from importlib.metadata import version
from pathlib import Path
from types import SimpleNamespace

import click
import pytest
from support.program import Run

from cryptostamp import errors
from cryptostamp.chain import Chain, DevSigner
from cryptostamp.cli import main as entry
from cryptostamp.cli.main import program

DEAD = "http://127.0.0.1:9"
COMMANDS = [[name] for name in program.commands] + [
    [name, step]
    for name, group in program.commands.items()
    if isinstance(group, click.Group)
    for step in group.commands
]


class TestHelp:
    @pytest.mark.parametrize("command", [[], *COMMANDS], ids=" ".join)
    @pytest.mark.parametrize("option", ["--help", "-h"])
    def test_each_command_explains_itself(self, run: Run, command: list[str], option: str) -> None:
        """Help goes to standard output and is a success."""
        done = run(*command, option)
        assert (done.code, done.err) == (0, "")
        assert done.out.startswith("Usage:")
        assert len(done.out.splitlines()) > 5

    def test_in_the_order_of_a_stamp_s_life(self, run: Run) -> None:
        """The commands are listed as they are used, the demonstration first."""
        listed = run("--help").out
        names = [
            "demo",
            "new",
            "check",
            "preview",
            "issue",
            "print",
            "verify",
            "claim",
            "prove",
            "registry",
            "ledger",
            "node",
            "doctor",
        ]
        places = [listed.index(f"\n  {name} ") for name in names]
        assert places == sorted(places)

    def test_the_version(self, run: Run) -> None:
        """The version is that of the package."""
        assert version("cryptostamp") in run("--version").out

    def test_arguments_of_the_process(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """Without arguments of its own the program takes those of the process."""
        monkeypatch.setattr("sys.argv", ["cryptostamp", "check", "--help"])
        with pytest.raises(SystemExit) as left:
            entry()
        assert left.value.code == 0
        assert "Check that SERIES" in capsys.readouterr().out


class TestExitCodes:
    def test_done(self, run: Run, copy: Path) -> None:
        """0: it is done."""
        done = run("check", copy)
        assert (done.code, done.err) == (0, "")
        assert done.out == "Leapfrog (LEAP), 1,000 stamps: fit to be issued and printed.\n"

    def test_a_note(self, run: Run, copy: Path) -> None:
        """0: it can be done, with one printer; what cannot be done with two is said before it is too late."""
        file = copy / "series.toml"
        file.write_text(file.read_text().replace("height_mm = 48", "height_mm = 44"))
        for picture in copy.glob("*.svg"):
            picture.write_text(picture.read_text().replace(' 364 276"', ' 364 236"'))
        done = run("check", copy)
        assert done.code == 0
        assert "Only one printer can be given the hidden codes" in done.out
        assert "40 x 44 mm has no room for both halves of its code" in done.out

    @pytest.mark.parametrize(
        "arguments",
        [["nonsense"], ["check", "--colour"], ["claim"], ["claim", "--to", "0x12"], ["print", "--serials", "5-1"]],
        ids=" ".join,
    )
    def test_usage(self, run: Run, arguments: list[str]) -> None:
        """2: the command was not understood, and nothing is on standard output."""
        done = run(*arguments)
        assert (done.code, done.out) == (2, "")
        assert "Error:" in done.err

    def test_input(self, run: Run, copy: Path) -> None:
        """2: the series file must be corrected, at this line."""
        file = copy / "series.toml"
        file.write_text(file.read_text().replace('id = "LEAP"', 'id = "leap"'))
        done = run("check", file)
        assert (done.code, done.out) == (2, "")
        assert done.err.startswith(f"Error: {file}:13: ")

    @pytest.mark.parametrize("rpc", [DEAD, "http://127.0.0.1:1"])
    def test_no_node(self, run: Run, copy: Path, rpc: str) -> None:
        """3: the node cannot be reached, and nothing was written."""
        done = run("issue", copy, "--rpc", rpc)
        assert (done.code, done.out) == (3, "")
        assert "cannot be reached" in done.err
        assert not (copy / "issued").exists()

    def test_a_taken_port(self, run: Run) -> None:
        """3: somebody else has the port."""
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            port = taken.getsockname()[1]
            done = run("node", "--port", port)
        assert (done.code, done.out) == (3, "")
        assert f"The port {port} on this machine is taken" in done.err

    def test_cannot_tell(self, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """4: not enough is known."""
        monkeypatch.chdir(tmp_path)
        done = run("verify", "LEAP-42-7ZQ4KXW2M", "--rpc", DEAD)
        assert done.code == 4
        assert "? Cannot tell" in done.out

    @pytest.mark.parametrize(
        ("error", "code"),
        [
            (errors.InputError("X."), 2),
            (errors.ToolMissing("X."), 3),
            (errors.Refused("X."), 1),
            (errors.ContractRefusal("X.", name="Y"), 1),
            (errors.TransactionFailed("X."), 1),
            (errors.CannotTell("X."), 4),
            (RuntimeError("X."), 70),
            (click.Abort(), 130),
        ],
        ids=lambda value: type(value).__name__ if isinstance(value, Exception) else str(value),
    )
    def test_each_kind(
        self, run: Run, copy: Path, monkeypatch: pytest.MonkeyPatch, error: Exception, code: int
    ) -> None:
        """Each kind of error has its code, with and without JSON."""

        def broken(_path: Path) -> None:
            raise error

        monkeypatch.setattr("cryptostamp.cli.check.check", broken)
        plain = run("check", copy)
        assert (plain.code, plain.out) == (code, "")
        assert run("check", copy, "--json").code == code

    def test_our_own_mistake(self, run: Run, copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """70: the traceback is shown, and whose mistake it is."""

        def broken(_path: Path) -> None:
            raise RuntimeError("out of ink")

        monkeypatch.setattr("cryptostamp.cli.check.check", broken)
        done = run("check", copy)
        assert (done.code, done.out) == (70, "")
        assert "RuntimeError: out of ink" in done.err
        assert "This is a mistake in Cryptostamp" in done.err


class TestJson:
    def test_success(self, run: Run, copy: Path) -> None:
        """A machine gets exactly one object."""
        assert run("check", copy, "--json").json == {
            "id": "LEAP",
            "title": "Leapfrog",
            "edition": 1000,
            "fine": True,
            "two_printers": True,
        }

    def test_an_error(self, run: Run, tmp_path: Path) -> None:
        """An error is one object as well, and a sentence on standard error."""
        done = run("check", tmp_path, "--json")
        assert done.code == 2
        error = done.json["error"]
        assert (error["kind"], error["where"]) == ("SeriesFileError", str(tmp_path / "series.toml"))
        assert error["what"] in done.err
        assert error["remedy"] in done.err

    @pytest.mark.parametrize("arguments", [["check", "--colour"], ["claim", "--to", "0x12"], ["verify"]], ids=" ".join)
    def test_a_wrong_command(self, run: Run, arguments: list[str]) -> None:
        """So is a command that was not understood."""
        done = run(*arguments, "--json")
        assert (done.code, done.json["error"]["kind"]) == (2, "UsageError")
        assert done.json["error"]["what"] in done.err

    def test_our_own_mistake(self, run: Run, copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """So is a mistake of the program."""
        monkeypatch.setattr("cryptostamp.cli.check.check", lambda _path: 1 // 0)
        done = run("check", copy, "--json")
        assert (done.code, done.json["error"]["kind"]) == (70, "Mistake")
        assert "ZeroDivisionError" in done.err


class TestNode:
    def test_until_it_is_stopped(self, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
        """The node says where it listens and who the post is, and is gone after Ctrl-C."""
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        asked: list[Chain] = []

        class Interrupted:
            def wait(self) -> None:
                """Look whether the chain answers, then press Ctrl-C."""
                asked.append(Chain.connect(f"http://127.0.0.1:{port}"))
                raise KeyboardInterrupt

        monkeypatch.setattr("cryptostamp.cli.node.threading", SimpleNamespace(Event=Interrupted))
        done = run("node", "--port", port)
        assert (done.code, done.err) == (0, "")
        assert f"http://127.0.0.1:{port} (chain 31337)" in done.out
        assert DevSigner(0).address in done.out
        with pytest.raises(errors.NodeUnreachable):
            asked[0].head()


class TestDoctor:
    def test_a_dead_node(self, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
        """What is needed and missing gives exit code 3, and a cross in the list."""
        monkeypatch.setattr("cryptostamp.office.doctor.check_artifacts", lambda _folder: ())
        done = run("doctor", "--rpc", DEAD)
        assert done.code == 3
        assert "✗ Node: The node at 127.0.0.1:9 cannot be reached." in done.out

    def test_all_is_well(self, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
        """What is not needed does not fail."""
        monkeypatch.setattr("cryptostamp.office.doctor.check_artifacts", lambda _folder: ("StampSeries.json",))
        done = run("doctor", "--json")
        assert done.code == 0
        findings = {finding["what"]: finding["fine"] for finding in done.json["findings"]}
        assert findings["Python"]
        assert not findings["Solidity compiler, for developers"]


class TestCompile:
    def test_the_shipped_bytes(self, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
        """--check writes nothing, and says whether sources and shipped bytes agree."""
        monkeypatch.setattr("cryptostamp.cli.compile.check_artifacts", lambda _folder: ())
        assert run("compile", "--check").code == 0
        monkeypatch.setattr("cryptostamp.cli.compile.check_artifacts", lambda _folder: ("StampSeries.json",))
        changed = run("compile", "--check")
        assert changed.code == 1
        assert "StampSeries.json" in changed.err

    def test_an_installed_package(self, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
        """Without the sources there is nothing to compile."""
        monkeypatch.setattr("cryptostamp.cli.compile.contracts_folder", lambda: None)
        monkeypatch.setattr("cryptostamp.office.compiling.contracts_folder", lambda: None)
        for arguments in (["compile", "--check"], ["compile"]):
            done = run(*arguments)
            assert done.code == 2
            assert "Only a checkout has the sources" in done.err
