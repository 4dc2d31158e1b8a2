"""A local node starts strict, and never outlives its owner unless it was told to."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from cryptostamp.chain import (
    MAX_TRANSACTION_GAS,
    Chain,
    DevSigner,
    MemoryJournal,
    Sender,
    UnsignedTransaction,
    deploy_registry,
    find_anvil,
    start_local_node,
)
from cryptostamp.chain import anvil as anvil_module
from cryptostamp.errors import EnvironmentProblem, ToolMissing
from cryptostamp.primitives import ChainId

OWNER = """
import sys, time
from cryptostamp.chain import start_local_node
with start_local_node(keep={keep}) as node:
    print(node.pid, flush=True)
    time.sleep({seconds})
"""


def is_gone(pid: int) -> bool:
    """Wait up to ten seconds for a process to end."""
    for _ in range(1000):
        try:
            state = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0]
        except (FileNotFoundError, ProcessLookupError):
            return True
        if state == "Z":
            return True
        time.sleep(0.01)
    return False


def owner(*, keep: bool, seconds: int) -> tuple[subprocess.Popen[str], int]:
    """Start a process that starts a node; return it and the node's process id."""
    process = subprocess.Popen(
        [sys.executable, "-c", OWNER.format(keep=keep, seconds=seconds)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout is not None
    return process, int(process.stdout.readline())


class TestStart:
    def test_it_answers_as_soon_as_it_is_returned(self) -> None:
        """The node is up, on its own port and chain id, when the caller gets it."""
        with start_local_node(chain_id=ChainId(1337)) as node:
            chain = Chain.connect(node.url)
            assert (chain.chain_id, node.chain_id) == (1337, 1337)
            assert chain.head().number == 0
            assert str(node.pid) in repr(node)

    def test_on_a_chosen_port(self) -> None:
        """A caller can say which port."""
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        with start_local_node(port) as node:
            assert node.url == f"http://127.0.0.1:{port}"

    def test_the_port_is_taken(self) -> None:
        """A taken port is named, and the program that has it is left alone."""
        with socket.socket() as other:
            other.bind(("127.0.0.1", 0))
            other.listen()
            port = other.getsockname()[1]
            with pytest.raises(EnvironmentProblem, match=f"port {port} .* taken") as error:
                start_local_node(port)
        assert error.value.exit_code == 3

    def test_the_port_is_lost_between_look_and_start(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """A port that is taken in the last moment is an error for a chosen port; otherwise another one is tried."""
        with socket.socket() as other:
            other.bind(("127.0.0.1", 0))
            other.listen()
            taken = other.getsockname()[1]
            monkeypatch.setattr(anvil_module, "_is_free", lambda _: True)
            with pytest.raises(EnvironmentProblem, match="taken"):
                start_local_node(taken)
            free = anvil_module._free_port
            ports = iter([taken, free()])
            monkeypatch.setattr(anvil_module, "_free_port", lambda: next(ports))
            with start_local_node() as node:
                assert node.port != taken

    def test_blocks_can_be_undone_however_long_the_chain(self) -> None:
        """With states kept in memory, a contract is still there after blocks of a long chain were undone."""
        with start_local_node(kept_states=50) as node:
            chain = Chain.connect(node.url)
            sender = Sender(chain, DevSigner(0), MemoryJournal())
            contract = deploy_registry(sender, intent="registry", authority=DevSigner(0).address).contract
            code = chain.code(contract)
            assert chain.rpc.request("anvil_mine", hex(1_100)) is None
            assert chain.rpc.request("anvil_reorg", 20, []) is None
            assert chain.code(contract) == code
            assert chain.block(1).number == 1

    def test_the_gas_cap_is_on(self) -> None:
        """A transaction over the cap of EIP-7825 is refused here as it is on a public chain."""
        with start_local_node() as node:
            chain = Chain.connect(node.url)
            raw = DevSigner(0).sign_transaction(
                UnsignedTransaction(
                    chain_id=chain.chain_id,
                    nonce=0,
                    to=DevSigner(1).address,
                    data=b"",
                    gas=MAX_TRANSACTION_GAS + 1,
                    max_fee=10**10,
                    max_priority_fee=0,
                )
            )
            failure = chain.broadcast(raw)
        assert failure is not None


class TestMissing:
    def test_no_anvil(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Without Anvil the error says how to get it."""
        monkeypatch.setattr(anvil_module, "__file__", str(tmp_path / "a" / "b" / "c.py"))
        monkeypatch.setenv("PATH", str(tmp_path))
        with pytest.raises(ToolMissing) as error:
            start_local_node()
        assert "npm ci --ignore-scripts" in error.value.remedy

    def test_anvil_on_path(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """An Anvil on PATH serves where the checkout has none."""
        (tmp_path / "anvil").symlink_to(find_anvil())
        monkeypatch.setattr(anvil_module, "__file__", str(tmp_path / "a" / "b" / "c.py"))
        monkeypatch.setenv("PATH", str(tmp_path))
        assert find_anvil() == tmp_path / "anvil"

    @pytest.mark.parametrize(
        ("script", "words"),
        [("#!/bin/sh\necho not today >&2\nexit 1\n", "not today"), ("nonsense", "does not start|ended at once")],
    )
    def test_a_program_that_is_no_anvil(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str, words: str
    ) -> None:
        """A program that ends at once is reported with its own words."""
        program = tmp_path / "anvil"
        program.write_text(script)
        program.chmod(0o700)
        monkeypatch.setattr(anvil_module, "find_anvil", lambda: program)
        with pytest.raises(ToolMissing, match=words):
            start_local_node()


class TestEnd:
    def test_after_the_block(self) -> None:
        """Leaving the block ends the node; stopping again does nothing."""
        with start_local_node() as node:
            pid = node.pid
        assert is_gone(pid)
        node.stop()

    def test_after_an_exception(self) -> None:
        """An exception in the block ends the node too."""
        with pytest.raises(ZeroDivisionError), start_local_node() as node:
            raise ZeroDivisionError
        assert is_gone(node.pid)

    @pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL, signal.SIGTERM])
    def test_when_the_owner_is_ended(self, number: signal.Signals) -> None:
        """Ctrl-C, kill and even kill -9 of the owner leave no node behind."""
        process, pid = owner(keep=False, seconds=60)
        process.send_signal(number)
        with process:
            process.wait(timeout=10)
        assert is_gone(pid)

    def test_kept(self) -> None:
        """A node that was started to be kept runs on after its owner, until it is ended by its id."""
        process, pid = owner(keep=True, seconds=0)
        with process:
            process.wait(timeout=10)
        os.kill(pid, 0)
        os.kill(pid, signal.SIGKILL)
        assert is_gone(pid)
