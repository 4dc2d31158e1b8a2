"""The program `cryptostamp`: its commands, and how an error becomes a sentence and an exit code."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Sequence
from typing import Any

import click

from cryptostamp.cli.audit import audit_command
from cryptostamp.cli.check import check_command
from cryptostamp.cli.claim import claim_command
from cryptostamp.cli.compile import compile_command
from cryptostamp.cli.demo import demo_command
from cryptostamp.cli.doctor import doctor_command
from cryptostamp.cli.dossier import dossier_command
from cryptostamp.cli.issue import issue_command
from cryptostamp.cli.ledger import ledger_command
from cryptostamp.cli.metadata import metadata_command
from cryptostamp.cli.new import new_command
from cryptostamp.cli.node import node_command
from cryptostamp.cli.output import print_json
from cryptostamp.cli.preview import preview_command
from cryptostamp.cli.printing import print_command
from cryptostamp.cli.proof import proof_command
from cryptostamp.cli.proof_claims import proof_claims_command
from cryptostamp.cli.prove import prove_command
from cryptostamp.cli.registry import registry_command
from cryptostamp.cli.series import series_command
from cryptostamp.cli.serve import serve_command
from cryptostamp.cli.stamps import postmark_command, void_command
from cryptostamp.cli.status import history_command, status_command
from cryptostamp.cli.transactions import transactions_command
from cryptostamp.cli.verify import verify_command
from cryptostamp.errors import CryptostampError

__all__ = ["main"]

_OURS = 70  # EX_SOFTWARE of sysexits.h
_STOPPED = 130  # as a shell reports SIGINT


class _Commands(click.Group):
    """The commands in the order of a stamp's life instead of the alphabet."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  (click's signature)
        return list(self.commands)


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="cryptostamp")
def program() -> None:
    """Issue, print, verify and claim crypto stamps.

    A crypto stamp is a postage stamp with a QR code and a token on a chain that stays when the
    letter has been posted. Describe a series in a series.toml, look at it, issue it, print it;
    anyone can then verify a stamp with a phone, and whoever scratches its hidden code takes the token.

    To see the whole life of a series on a local chain: cryptostamp demo
    """


for _command in (
    demo_command,
    new_command,
    check_command,
    preview_command,
    issue_command,
    metadata_command,
    dossier_command,
    print_command,
    proof_command,
    proof_claims_command,
    verify_command,
    claim_command,
    prove_command,
    void_command,
    postmark_command,
    series_command,
    status_command,
    history_command,
    audit_command,
    registry_command,
    serve_command,
    ledger_command,
    transactions_command,
    node_command,
    compile_command,
    doctor_command,
):
    program.add_command(_command)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the program and leave with its exit code."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    as_json = "--json" in given
    try:
        outcome: Any = program.main(given, standalone_mode=False)
        sys.stdout.flush()
    except CryptostampError as error:
        _report(error, as_json=as_json)
        sys.exit(error.exit_code)
    except click.Abort:
        click.echo("\nStopped. Nothing is lost: the same command goes on where this one stopped.", err=True)
        sys.exit(_STOPPED)
    except click.ClickException as error:
        if as_json:
            _print_error("UsageError", error.format_message())
        error.show()
        sys.exit(error.exit_code)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except Exception:  # noqa: BLE001  (whatever it is, a person is told what to do with it)
        if as_json:
            _print_error("Mistake", "This is a mistake in Cryptostamp.", remedy="Please report it.")
        traceback.print_exc()
        click.echo("\nThis is a mistake in Cryptostamp. Please report it, with the lines above.", err=True)
        sys.exit(_OURS)
    sys.exit(outcome if isinstance(outcome, int) else 0)


def _report(error: CryptostampError, *, as_json: bool) -> None:
    if as_json:
        _print_error(type(error).__name__, error.what, where=error.where, remedy=error.remedy)
    click.echo(f"{click.style('Error:', fg='red', bold=True)} {error.diagnostics()}", err=True)


def _print_error(kind: str, what: str, *, where: str = "", remedy: str = "") -> None:
    print_json({"error": {"kind": kind, "what": what, "where": where, "remedy": remedy}})
