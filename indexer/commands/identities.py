"""Identities in bulk: the log of the directory of did:plc."""

import asyncio
import gzip
import os
import sys
import zlib
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from typing import Annotated, BinaryIO, cast

import typer
from asyncpg import Pool, Record
from backports import zstd
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from indexer import database
from indexer.commands.base import console, fail, reached, read_settings, said_plainly
from indexer.config import Config
from indexer.coordinator.http import NoAnswer, opened
from indexer.coordinator.resolver.directory import allowed_hosts
from indexer.coordinator.resolver.export import pages
from indexer.coordinator.resolver.importing import import_batches, in_a_thread
from indexer.coordinator.resolver.lines import MOST_NAMED, Batch, read_batches
from indexer.reasons import REASONS

app = typer.Typer(no_args_is_help=True, help="Handles, PDSs and keys of accounts, in bulk.")

READ = database.load_query("read_directory")
DAMAGED = (EOFError, gzip.BadGzipFile, zlib.error, zstd.ZstdError)


@dataclass(slots=True)
class Totals:
    lines: int = 0
    bad: Counter[str] = field(default_factory=Counter)
    named: list[str] = field(default_factory=list)
    begun: float = field(default_factory=monotonic)

    def add(self, batch: Batch) -> None:
        self.lines += batch.lines
        self.bad += batch.bad
        self.named += batch.named[: MOST_NAMED - len(self.named)]

    @property
    def rate(self) -> str:
        return f"{self.lines / max(0.001, monotonic() - self.begun):,.0f} lines/s"


Tell = Callable[[Totals, Batch], None]


@app.callback()
def identities() -> None:
    """Handles, PDSs and keys of accounts, in bulk."""


@app.command("import")
def import_export(
    file: Annotated[
        str | None, typer.Argument(metavar="[FILE]", help="JSON lines, .gz, .zst; - is stdin.")
    ] = None,
    from_plc: Annotated[
        bool, typer.Option("--from-plc", help="Ask PLC_URL, from where it was left.")
    ] = False,
    whole: Annotated[
        bool, typer.Option("--whole", help="The file begins where the log does: go on after it.")
    ] = False,
) -> None:
    """Read an export of the directory of did:plc.

    Nothing newer is overwritten, so it may be done at any time, and again. Handles are as claimed:
    each is verified when its account is resolved. The exit code is 1 when a line was no operation.
    """
    if (file is None) == (not from_plc) or (whole and from_plc):
        fail("name a file (with --whole if it is the whole log), or say --from-plc")
    with said_plainly():
        config, _ = read_settings()
        with reached(config, existing=True) as (config, _):
            totals = asyncio.run(_import(config, file, whole))
    _show(totals)
    if totals.bad:
        raise typer.Exit(1)


async def _import(config: Config, file: str | None, whole: bool) -> Totals:
    async with await database.open_pool(
        config.database.url, "indexer identities", 1, settings=database.BY_KEY
    ) as pool:
        if file is None:
            return await _import_log(config, pool)
        url = config.services.plc_url if whole else None
        return await _import_file(pool, file, url)


async def _import_log(config: Config, pool: "Pool[Record]") -> Totals:
    url = config.services.plc_url
    seen_to = await pool.fetchval(READ, url)
    async with opened(config.http, allowed_hosts(config)) as client:
        with _bar(None) as bar:
            try:
                return await _store(pool, pages(client, url, seen_to), url, bar)
            except NoAnswer as error:
                fail(f"{error}; what came before is stored, and the next time goes on from there")


async def _import_file(pool: "Pool[Record]", file: str, directory: str | None) -> Totals:
    with _raw(file) as raw, _uncompressed(raw, file) as stream:
        size = os.fstat(raw.fileno()).st_size if raw.seekable() else None
        with _bar(size, raw.tell) as bar:
            try:
                return await _store(pool, in_a_thread(read_batches(stream)), directory, bar)
            except DAMAGED as error:
                fail(f"{file} is damaged, or cut off: {error}; what stands before that is stored")


async def _store(
    pool: "Pool[Record]", batches: AsyncIterator[Batch], directory: str | None, tell: Tell
) -> Totals:
    totals = Totals()
    async with pool.acquire() as connection:
        async for batch in import_batches(connection, batches, directory):
            totals.add(batch)
            tell(totals, batch)
    return totals


@contextmanager
def _raw(file: str) -> Iterator[BinaryIO]:
    if file == "-":
        yield sys.stdin.buffer
        return
    try:
        raw = Path(file).open("rb")  # noqa: SIM115
    except OSError as error:
        fail(f"{file} cannot be read: {error.strerror}")
    with raw:
        yield raw


def _uncompressed(raw: BinaryIO, file: str) -> AbstractContextManager[BinaryIO]:
    match Path(file).suffix:
        case ".gz":
            return cast(BinaryIO, gzip.open(raw))
        case ".zst":
            return cast(BinaryIO, zstd.open(raw))
    return nullcontext(raw)


@contextmanager
def _bar(size: int | None, position: Callable[[], int] | None = None) -> Iterator[Tell]:
    """Of a file that has an end: how much of it is read. Of others: to when it came."""
    terminal = Console(stderr=True)
    columns = BarColumn(), TextColumn("{task.description}"), TimeElapsedColumn()
    left = [TimeRemainingColumn()] if size else []
    with Progress(
        *columns, *left, console=terminal, transient=True, disable=not terminal.is_terminal
    ) as progress:
        task = progress.add_task("", total=size)

        def tell(totals: Totals, batch: Batch) -> None:
            day = f", to {batch.last:%Y-%m-%d %H:%M}" if batch.last else ""
            said = f"{totals.lines:,} lines{day}, {totals.rate}"
            progress.update(
                task, description=said, completed=position() if size and position else 0
            )

        yield tell


def _show(totals: Totals) -> None:
    console.print(f"{totals.lines:,} lines read, {totals.rate}", highlight=False)
    for line in totals.named:
        console.print(line, highlight=False, soft_wrap=True)
    for reason, times in sorted(totals.bad.items()):
        console.print(f"{times:,} refused: {REASONS[reason]}", highlight=False)
