"""A long try of the whole program: what it leaves behind, however it ends."""

import asyncio
import shutil
import signal
from collections.abc import Callable
from pathlib import Path

import asyncpg
from rich.console import Console
from rich.markup import escape

from indexer.postgres import NoPostgres
from indexer.protocol.errors import Invalid
from load.chaos.service import IndexerFailed

FAILURES = (IndexerFailed, NoPostgres, Invalid, OSError, asyncpg.PostgresError)


def attempt(console: Console, directory: Path, work: Callable[[], bool], kept: str) -> int:
    """The exit status. `directory` goes, unless the work failed or says that not all is well;
    `kept` tells what is in it then."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        is_well = work()
    except (KeyboardInterrupt, asyncio.CancelledError):
        shutil.rmtree(directory, ignore_errors=True)
        console.print("Stopped; nothing is left behind.")
        return 130
    except FAILURES as error:
        console.print(f"[bold red]It failed:[/] {escape(str(error))}")
        is_well = False
    if is_well:
        shutil.rmtree(directory, ignore_errors=True)
        return 0
    console.print(f"{kept} in {directory}")
    return 1


def cancel_on_sigterm() -> None:
    """The task that calls this."""
    task = asyncio.current_task()
    if task is not None:
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
