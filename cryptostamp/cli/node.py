"""cryptostamp node: a local chain to try things on."""

from __future__ import annotations

import threading

import click

from cryptostamp.chain import Chain, start_local_node
from cryptostamp.cli.output import console
from cryptostamp.office import local_post

__all__ = ["node_command"]


@click.command("node")
@click.option("--port", type=click.IntRange(1, 65535), default=8545, show_default=True, help="Where it listens.")
def node_command(*, port: int) -> None:
    """Run a local chain until Ctrl-C.

    It listens on this machine only, begins empty, is gone when it ends, and has test accounts with
    play money, so that a series can be issued and claimed without configuring anything.
    """
    with start_local_node(port) as node:
        chain = Chain.connect(node.url)
        console.print(f"A local chain runs at {node.url} (chain {node.chain_id}).")
        console.print(f"The post's test account is {local_post(chain).address}. Stop with Ctrl-C.")
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            console.print("\nThe local chain has ended.")
