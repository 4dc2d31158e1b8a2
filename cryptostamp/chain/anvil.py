"""Run a local chain: Foundry's Anvil, set up to be as strict as a public one.

Rests on the Anvil binary of contracts/node_modules in a checkout, or one on PATH. The gas cap of EIP-7825 is on,
because without it a transaction passes here and fails on a public chain; epochs of two blocks make the ``finalized``
block usable. The chain lives in memory, so it is simply killed.

A node never outlives its owner. `LocalNode` kills it on leaving the ``with`` block, for whatever reason; on Linux the
kernel does so too (``PR_SET_PDEATHSIG``) when this process is killed itself, or when the thread that started the node
ends. On other systems a node whose owner got SIGKILL stays, and is ended by hand. With ``keep=True`` it runs on its own
until `stop`.

Anvil 1.7 forgets all code when ``anvil_reorg`` goes back to a state that it has moved to the disk: contracts then
answer with nothing. It moves there what is older than 500 blocks, and from about block 1,000 on what is older than ten.
Whoever undoes blocks of a chain that grows so long asks for `kept_states`.
"""

from __future__ import annotations

import os
import platform
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from cryptostamp.chain.node import Chain
from cryptostamp.errors import EnvironmentProblem, NodeUnreachable, ToolMissing
from cryptostamp.primitives import ChainId

__all__ = ["LocalNode", "find_anvil", "start_local_node"]

_HOST = "127.0.0.1"
_LOCAL_CHAIN = ChainId(31337)
_OPTIONS = ("--enable-tx-gas-limit", "--slots-in-an-epoch", "2", "--hardfork", "osaka", "--quiet")
_START_S = 20.0
_PORT_TRIES = 5

# Runs before Anvil in Anvil's own process: asks the kernel to kill it when the owner dies, makes sure that the owner
# has not died before that was asked, and becomes Anvil. A separate program, because code between fork and exec
# (preexec_fn) can deadlock in a process with threads.
_BOUND_LAUNCHER = """
import ctypes, os, signal, sys
ctypes.CDLL(None).prctl(1, signal.SIGKILL, 0, 0, 0)
if os.getppid() != int(sys.argv[1]):
    os._exit(1)
os.execv(sys.argv[2], sys.argv[2:])
"""

_INSTALL = "Run `npm ci --ignore-scripts` in the folder contracts/ of a checkout, or install Foundry."


class LocalNode:
    """A running local chain. Leaving it as a context manager stops it, unless it was started to be kept."""

    def __init__(self, process: subprocess.Popen[bytes], *, port: int, chain_id: ChainId, keep: bool) -> None:
        self._process = process
        self._keep = keep
        self.port = port
        self.chain_id = chain_id

    def __repr__(self) -> str:
        return f"LocalNode(url={self.url!r}, pid={self.pid})"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if not self._keep:
            self.stop()

    @property
    def url(self) -> str:
        """The RPC endpoint."""
        return f"http://{_HOST}:{self.port}"

    @property
    def pid(self) -> int:
        """The process that runs the chain."""
        return self._process.pid

    def stop(self) -> None:
        """Kill the node and wait until it is gone; do nothing if it is."""
        _kill(self._process)


def find_anvil() -> Path:
    """Return the Anvil binary: of this checkout's contracts/node_modules, else from PATH."""
    machine = {"x86_64": "amd64", "amd64": "amd64", "aarch64": "arm64", "arm64": "arm64"}.get(
        platform.machine().lower()
    )
    packages = Path(__file__).resolve().parents[2] / "contracts" / "node_modules" / "@foundry-rs"
    bundled = packages / f"anvil-{platform.system().lower()}-{machine}" / "bin" / "anvil"
    if bundled.is_file():
        return bundled
    found = shutil.which("anvil")
    if found is None:
        raise ToolMissing("Anvil, which runs the local chain, was not found.", remedy=_INSTALL)
    return Path(found)


def start_local_node(
    port: int | None = None,
    *,
    keep: bool = False,
    chain_id: ChainId = _LOCAL_CHAIN,
    kept_states: int | None = None,
) -> LocalNode:
    """Start a local chain on 127.0.0.1 and return it as soon as it answers.

    Takes a free port if `port` is `None`. With `keep` the node runs on after this process; its `pid` ends it. With
    `kept_states` the states after so many of the newest blocks stay in memory, so that all of them can be undone, and
    older ones can no longer be asked for; blocks, receipts and events are kept for ever either way. Raises
    `EnvironmentProblem` if the port is taken and `ToolMissing` if Anvil is not there or does not start.
    """
    binary = find_anvil()
    options = () if kept_states is None else ("--prune-history", str(kept_states))
    if port is not None:
        node = _start(binary, port, *options, chain_id=chain_id, keep=keep) if _is_free(port) else None
        if node is None:
            raise EnvironmentProblem(
                f"The port {port} on this machine is taken by another program.",
                remedy="End that program, or choose another port.",
            )
        return node
    for _ in range(_PORT_TRIES):
        node = _start(binary, _free_port(), *options, chain_id=chain_id, keep=keep)
        if node is not None:
            return node
    raise EnvironmentProblem(
        "Every free port was taken before Anvil could use it.", remedy="Choose a port, or try again."
    )


def _start(binary: Path, port: int, *options: str, chain_id: ChainId, keep: bool) -> LocalNode | None:
    """Start Anvil and wait for its first answer; return `None` if somebody else has the port."""
    command = [str(binary), *_OPTIONS, *options, "--host", _HOST, "--port", str(port), "--chain-id", str(chain_id)]
    if sys.platform == "linux" and not keep:
        command = [sys.executable, "-I", "-S", "-c", _BOUND_LAUNCHER, str(os.getpid()), *command]
    with tempfile.TemporaryFile() as errors:
        try:
            process = subprocess.Popen(  # noqa: S603 - our own binary, no shell
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=errors,
                start_new_session=True,  # Ctrl-C in the terminal reaches us alone, and we end the node
            )
        except OSError as error:
            raise ToolMissing(f"Anvil does not start: {error.strerror}.", where=str(binary), remedy=_INSTALL) from error
        try:
            if not _wait_until_up(process, port, chain_id, errors):
                return None
        except BaseException:
            _kill(process)
            raise
    return LocalNode(process, port=port, chain_id=chain_id, keep=keep)


def _wait_until_up(process: subprocess.Popen[bytes], port: int, chain_id: ChainId, errors: IO[bytes]) -> bool:
    """Wait for the first answer; return `False` if Anvil ended because the port is taken."""
    end = time.monotonic() + _START_S
    while time.monotonic() < end:
        if process.poll() is not None:
            errors.seek(0)
            message = errors.read(2_000).decode(errors="replace").strip()
            if "in use" in message.lower():
                return False
            raise ToolMissing(f"Anvil ended at once: {message or 'it gave no reason'}", remedy=_INSTALL)
        try:
            with socket.create_connection((_HOST, port), timeout=1):
                pass
            Chain.connect(f"http://{_HOST}:{port}", timeout_s=0.5, expected=chain_id)
        except (OSError, NodeUnreachable):
            time.sleep(0.01)
        else:
            return True
    raise ToolMissing("Anvil started but does not answer.", remedy="Try again when the machine is less busy.")


def _kill(process: subprocess.Popen[bytes]) -> None:
    """Kill the process and all of its session: an Anvil found on PATH may be a launcher with a child."""
    if process.poll() is None:
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            process.kill()  # it has not become the leader of its session yet, or is gone
    process.wait()


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((_HOST, port))
        except OSError:
            return False
        return True


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((_HOST, 0))
        port: int = probe.getsockname()[1]
        return port
