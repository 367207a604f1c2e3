"""Content that grows too old, and whose does not."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer
from asyncpg import Pool, Record
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Column, Table

from indexer import database
from indexer.commands.base import checked_dids, console, fail, reached, read_settings, said_plainly
from indexer.config import Config
from indexer.protocol.age import Horizon, horizon
from indexer.shard.retention import walk as walking
from indexer.shard.retention.protection import protect
from indexer.shard.writer import Guard, make_writer

app = typer.Typer(no_args_is_help=True, help="What is deleted for its age, and what is not.")

UNPROTECT, PROTECTED = (database.load_query(n) for n in ("unprotect", "protected_accounts"))
Dids = Annotated[list[str], typer.Argument(metavar="DID...")]
Do = Callable[[Config, "Pool[Record]"], Awaitable[None]]


@app.callback()
def retention() -> None:
    """What is deleted for its age, and what is not."""


@app.command()
def run(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would go.")] = False,
    days: Annotated[
        int | None, typer.Option(min=1, max=36_500, help="With --dry-run, as if that were set.")
    ] = None,
) -> None:
    """Delete now what is older than DATA_RETENTION_DAYS, rather than when the indexer comes to it.

    Both may be at it; who is stopped is followed by the other.
    """
    if days and not dry_run:
        fail("--days goes with --dry-run; for how long content is kept says DATA_RETENTION_DAYS")
    _with_database(lambda config, pool: _run(config, pool, dry_run, days))


@app.command("protect")
def protect_accounts(dids: Dids) -> None:
    """Keep the content of accounts, however old. What has gone already is fetched again."""
    checked_dids(dids)
    _with_database(lambda config, pool: _protect(config, pool, dids))


@app.command("unprotect")
def unprotect_accounts(dids: Dids) -> None:
    """Keep the content of accounts no longer than that of others."""
    checked_dids(dids)
    _with_database(lambda _, pool: _unprotect(pool, dids))


@app.command("protected")
def show_protected() -> None:
    """Whose content is kept, however old."""
    _with_database(lambda _, pool: _show_protected(pool))


def _with_database(do: Do) -> None:
    with said_plainly():
        config, _ = read_settings()
        with reached(config, existing=True) as (config, _):
            asyncio.run(_opened(config, do))


async def _opened(config: Config, do: Do) -> None:
    async with await database.open_pool(
        config.database.url,
        "indexer retention",
        2,
        synchronous_commit="on",
        settings=database.BY_KEY,
    ) as pool:
        await do(config, pool)


async def _run(config: Config, pool: "Pool[Record]", dry_run: bool, days: int | None) -> None:
    kept_from = horizon(datetime.now(UTC), days or config.retention.days)
    if kept_from is None:
        fail("DATA_RETENTION_DAYS is 0: everything is kept; --dry-run --days N says what would go")
    if dry_run:
        _show(await _previewed(pool, kept_from), kept_from)
        return
    walk = await _walked(config, pool, kept_from)
    removed = walk.removed
    if walk.horizon < kept_from.time:  # it was under way, and did not go so far
        removed += (await _walked(config, pool, kept_from)).removed
    console.print(f"{removed:,} rows from before {_said(kept_from.time)} are deleted")


async def _walked(config: Config, pool: "Pool[Record]", kept_from: Horizon) -> walking.Walk:
    writer = make_writer(config, 0, pool, Guard())
    walk = await walking.begin(pool, kept_from, timedelta(0))
    if walk is None:
        fail("somebody else has just done it")
    async with _bar(pool) as tell:
        while walk.ended is None:
            tell(walk.place, walk.page)
            walk = await walking.step(writer, walk)
    return walk


async def _previewed(pool: "Pool[Record]", kept_from: Horizon) -> list[walking.Preview]:
    found: dict[str, walking.Preview] = {}
    async with _bar(pool) as tell:
        async for one in walking.preview(pool, kept_from):
            found[one.table] = one
            tell(one.table, one.page)
    return list(found.values())


@asynccontextmanager
async def _bar(pool: "Pool[Record]") -> AsyncIterator[Callable[[str, int], None]]:
    terminal = Console(stderr=True)
    sizes = await walking.sizes(pool)
    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TimeRemainingColumn(),
        console=terminal,
        transient=True,
        disable=not terminal.is_terminal,
    ) as bar:
        task = bar.add_task("", total=sum(sizes.values()))

        def tell(table: str, page: int) -> None:
            done = walking.pages_before(table, page, sizes)
            bar.update(task, description=table, completed=done)

        yield tell


def _show(found: list[walking.Preview], kept_from: Horizon) -> None:
    table = Table("table", "would go", "protected")
    for column in table.columns[1:]:
        column.justify = "right"
    for one in found:
        table.add_row(one.table, f"{one.going:,}", f"{one.staying:,}")
    console.print(table)
    total = sum(one.going for one in found)
    console.print(f"{total:,} rows from before {_said(kept_from.time)} would go; nothing has")


async def _protect(config: Config, pool: "Pool[Record]", dids: list[str]) -> None:
    writer = make_writer(config, 0, pool, Guard())
    for did in dids:
        new = await protect(writer, did)
        console.print(f"{did} {'is protected' if new else 'was protected already'}")
    if config.retention.days and config.services.skip_pds_fetching:
        console.print("SKIP_PDS_FETCHING is set: what has gone of them is not fetched")


async def _unprotect(pool: "Pool[Record]", dids: list[str]) -> None:
    were = {did for (did,) in await pool.fetch(UNPROTECT, dids)}
    for did in dids:
        said = "is protected no longer" if did in were else "was not protected"
        console.print(f"{did} {said}")


async def _show_protected(pool: "Pool[Record]") -> None:
    table = Table(Column("account", overflow="fold"), "handle", "since")
    for did, handle, since in await pool.fetch(PROTECTED):
        table.add_row(did, handle or "", _said(since))
    console.print(table if table.row_count else "nobody is protected")


def _said(time: datetime) -> str:
    return f"{time:%Y-%m-%d %H:%M} UTC"
