"""Watch an indexer that runs elsewhere."""

import signal
import sys
from contextlib import suppress
from typing import Annotated

import typer

from indexer.commands.base import fail, read_settings, said_plainly
from indexer.terminal.asking import Asker, read_place
from indexer.terminal.screen import can_show, follow


def top(
    address: Annotated[
        str | None, typer.Argument(help="HOST:PORT of its metrics; by default our own.")
    ] = None,
) -> None:
    """Show how an indexer does, live, until ctrl-C."""
    with said_plainly():
        host, port = _place(address)
    if not can_show():
        fail("standard output is no terminal to draw on; `indexer status` says it once")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with suppress(KeyboardInterrupt):
        follow(Asker(host, port), list)


def _place(address: str | None) -> tuple[str, int]:
    if address is not None:
        try:
            return read_place(address)
        except ValueError as error:
            fail(str(error))
    metrics = read_settings()[0].metrics
    if not metrics.port:
        fail("METRICS_PORT is 0: say HOST:PORT")
    return metrics.host, metrics.port
