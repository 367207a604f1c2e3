"""Forget an account."""

import asyncio
import sys
from collections import Counter
from typing import Annotated

import typer
from asyncpg import Pool, Record
from rich.progress import Progress
from rich.table import Table

from indexer import database
from indexer.commands.base import console, fail, reached, read_settings, said_plainly
from indexer.config import Config
from indexer.protocol.syntax import is_did, is_handle
from indexer.shard import forget as forgetting
from indexer.shard.writer import Guard, make_writer


def forget(
    did: Annotated[str, typer.Argument(metavar="DID")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Remove what is stored of an account, and store nothing of it from now on."""
    with said_plainly():
        config, _ = read_settings()
        with reached(config, existing=True) as (config, _):
            asyncio.run(_forget(config, did, yes))


async def _forget(config: Config, did: str, yes: bool) -> None:
    async with await database.open_pool(
        config.database.url, "indexer forget", 2, synchronous_commit="on", settings=database.BY_KEY
    ) as pool:
        await _check(pool, did)
        stored = await forgetting.records_of(pool, did)
        if not yes:
            _ask(did, stored)
        writer = make_writer(config, 0, pool, Guard())
        with Progress(console=console, transient=True) as progress:
            bar = progress.add_task("forgetting", total=stored.total())
            gone = await forgetting.forget(writer, did, lambda n: progress.advance(bar, n))
    console.print(_shown(gone, "removed") if gone else "nothing was stored of it")
    console.print(f"{did} is opted out: nothing of it is stored from now on")


async def _check(pool: "Pool[Record]", text: str) -> None:
    if is_did(text):
        return
    if not is_handle(handle := text.removeprefix("@")):
        fail(f"{text!r} is no DID: it is like did:plc:44ybard66vv44zksje25o7dz")
    dids = await forgetting.dids_of(pool, handle)
    known = f"we know it as {' or '.join(dids)}" if dids else "we know nobody of this handle"
    fail(f"{text} is a handle, which may move: name the account by its DID; {known}")


def _ask(did: str, stored: Counter[str]) -> None:
    if not sys.stdin.isatty():
        fail("this cannot be undone, and there is nobody to ask: add --yes")
    console.print(_shown(stored, "stored") if stored else f"no records of {did} are stored")
    typer.confirm(f"Remove all that is stored of {did}, and opt it out?", abort=True)


def _shown(counts: Counter[str], column: str) -> Table:
    table = Table("table", column)
    for name, count in sorted(counts.items()):
        table.add_row(name, f"{count:,}")
    return table
