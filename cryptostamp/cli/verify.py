"""cryptostamp verify: what is this stamp, and whose is its token?"""

from __future__ import annotations

from pathlib import Path

import click

from cryptostamp.cli.options import AddressType, as_json, rpcs_option
from cryptostamp.cli.output import console, print_json, print_verdict
from cryptostamp.edition import Dossier
from cryptostamp.office import Workspace, load_trust, verify, with_moves
from cryptostamp.primitives import Address
from cryptostamp.scan import Conclusion, Verdict

__all__ = ["verify_command"]

NOT_GENUINE = 1
CANNOT_TELL = 4


@click.command("verify", short_help="Say what a stamp is, from a photo or a code.")
@click.argument("targets", nargs=-1, required=True, metavar="PHOTO|CODE...")
@rpcs_option
@click.option(
    "--issued",
    "folders",
    type=click.Path(path_type=Path, file_okay=False),
    multiple=True,
    help="A folder with the public dossier of a series, which you choose to believe. May be given several times; "
    "without it, issued/ in the current folder if there is one.",
)
@click.option(
    "--registry",
    type=AddressType(),
    help="The registry of posts that you believe, instead of the one that the dossier names.",
)
@click.option(
    "--trust",
    "trust_file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="A TOML file with whom else you believe: registries, issuers whose signatures count without a network, "
    "contracts, and how old a block may be.",
)
@click.option(
    "--moves",
    is_flag=True,
    help="Tell also how often the token of a claimed stamp has gone on to others. The first node searches its events.",
)
@as_json
def verify_command(
    *,
    targets: tuple[str, ...],
    rpc: tuple[str, ...],
    folders: tuple[Path, ...],
    registry: Address | None,
    trust_file: Path | None,
    moves: bool,
    as_json: bool,
) -> int:
    """Say what a stamp is, from a PHOTO (JPEG, PNG, WebP) or a typed CODE.

    Every check behind the answer is shown. What could not be checked is never called genuine and
    never called a counterfeit. The code on a stamp is not believed about what to trust: you say it,
    with --issued, --registry or --trust. Of several nodes (--rpc) none is believed alone: they are compared.

    Exit codes: 0 genuine, 1 not genuine, 4 cannot tell.
    """
    dossiers = [_dossier(folder) for folder in folders or _here()]
    trust = None if trust_file is None else load_trust(trust_file)
    verdicts = [
        (target, verdict)
        for target in targets
        for verdict in verify(target, dossiers=dossiers, rpc=rpc, registry=registry, trust=trust)
    ]
    if moves:
        verdicts = [(target, with_moves(verdict, dossiers=dossiers, rpc=rpc[0])) for target, verdict in verdicts]
    if as_json:
        print_json({"verdicts": [{"target": target, "verdict": verdict} for target, verdict in verdicts]})
    else:
        for number, (target, verdict) in enumerate(verdicts):
            if number:
                console.print()
            if len(verdicts) > 1:
                console.print(target, style="bold", markup=False)
            print_verdict(verdict)
    return _exit_code([verdict for _, verdict in verdicts])


def _here() -> tuple[Path, ...]:
    folder = Path("issued")
    return (folder,) if (folder / "dossier").is_dir() else ()


def _dossier(folder: Path) -> Dossier:
    return Workspace(folder).dossier()


def _exit_code(verdicts: list[Verdict]) -> int:
    conclusions = {verdict.conclusion for verdict in verdicts}
    if Conclusion.NOT_GENUINE in conclusions:
        return NOT_GENUINE
    return CANNOT_TELL if Conclusion.UNKNOWN in conclusions else 0
