"""PostgreSQL's own programs, on the indexer's database."""

import os
import shutil
import signal
import subprocess
from typing import Annotated

import typer

from indexer import postgres as servers
from indexer.commands.base import fail, reached, read_settings, said_plainly
from indexer.database import libpq


def postgres(
    program: Annotated[str, typer.Argument(help="psql, pg_dump, pg_restore, vacuumdb, …")],
    arguments: Annotated[list[str] | None, typer.Argument(help="its own")] = None,
) -> None:
    """Run psql or another of PostgreSQL's programs on this database, the embedded one too."""
    with said_plainly():
        config, _ = read_settings()
        path = _find(program)
        with reached(config, existing=True) as (config, _):
            # What ctrl-C means is for the program to say.
            signal.signal(signal.SIGINT, lambda *_: None)
            environment = os.environ | libpq(config.database.url)
            ended = subprocess.run([path, *(arguments or [])], env=environment, check=False)
    raise typer.Exit(ended.returncode)


def _find(program: str) -> str:
    """Beside the server's programs, or else wherever the shell would find it."""
    try:
        known = str(servers.find_binaries())
    except servers.NoPostgres:
        known = ""
    where = os.pathsep.join(filter(None, [known, os.environ.get("PATH", os.defpath)]))
    found = None if os.sep in program else shutil.which(program, path=where)
    return found or fail(f"PostgreSQL has no program {program!r} here")
