"""Bring whole repos in."""

import asyncio
from time import monotonic
from typing import Annotated
from urllib.parse import urlsplit

import typer
from asyncpg import Pool, Record
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from indexer import database
from indexer.address import Address
from indexer.commands.base import checked_dids, console, fail, reached, read_settings, said_plainly
from indexer.config import Config
from indexer.coordinator.http import Client, NoAnswer, opened
from indexer.coordinator.repos.backfill import NAMED, Backfill
from indexer.coordinator.resolver import allowed_hosts
from indexer.protocol.endpoint import parse_endpoint

LOOK_EVERY_S = 0.5
SCHEMES = {"wss": "https", "ws": "http"}
NOBODY = "no indexer of this source runs here"
INTERRUPTED = (
    "stopped; what is queued is fetched all the same, and the same command goes on with it"
)


def backfill(
    dids: Annotated[list[str] | None, typer.Argument(metavar="[DID]...")] = None,
    host: Annotated[str | None, typer.Option(help="All repos of this PDS.")] = None,
    everything: Annotated[
        bool, typer.Option("--all", help="All repos that the relay has.")
    ] = False,
    notify: Annotated[
        bool, typer.Option("--notify", help="Old records make notices, too.")
    ] = False,
    cancel: Annotated[bool, typer.Option("--cancel", help="Do not go on with it.")] = False,
) -> None:
    """Fetch whole repos, and store what is missing of them.

    A running indexer does it; this queues them, and watches. Stopped, it goes on the next time.
    """
    if [bool(dids), host is not None, everything].count(True) != 1:
        fail("say which: DIDs, or --host, or --all")
    with said_plainly():
        config, address = read_settings()
        source = _source(address, host) if host or everything else NAMED
        wanted = checked_dids(dids or [])
        with reached(config, existing=True) as (config, _):
            try:
                asyncio.run(_backfill(config, address, source, wanted, notify, cancel))
            except (KeyboardInterrupt, asyncio.CancelledError):
                fail(INTERRUPTED)


def _source(address: Address, host: str | None) -> str:
    """The base URL of the host that lists."""
    if host is None:
        if address.url is None:
            fail("RELAY_URL is a file, which has no repos: name a --host")
        parts = urlsplit(address.url)
        host = f"{SCHEMES[parts.scheme]}://{parts.netloc}"
    found = parse_endpoint(host if "://" in host else f"https://{host}")
    if found is None:
        fail(f"{host!r} is no host: it is like pds.example.com or https://pds.example.com")
    return found


async def _backfill(
    config: Config, address: Address, source: str, dids: list[str], notify: bool, cancel: bool
) -> None:
    async with await database.open_pool(
        config.database.url, "indexer backfill", 2, settings=database.BY_KEY
    ) as pool:
        work = Backfill(pool, source, notify)
        if cancel:
            console.print(f"{await work.cancel(dids or None):,} are not fetched")
            return
        if config.services.skip_pds_fetching:
            fail("SKIP_PDS_FETCHING is set: no repo is fetched")
        if not await _runs(pool, address):
            console.print(
                f"{NOBODY}; what is queued is fetched as soon as one does", soft_wrap=True
            )
        await (work.name(dids) if dids else work.begin())
        async with opened(config.http, allowed_hosts(config)) as client:
            await _watch(config, address, pool, work, client)
        if not dids:
            await work.end()
    _show(work)


async def _watch(
    config: Config, address: Address, pool: "Pool[Record]", work: Backfill, client: Client
) -> None:
    """Until all of it is done."""
    with _progress() as progress:
        bar = progress.add_task("", total=None, begun=work.done, known="", rate="", failed="")
        began = monotonic()
        while work.waiting or not work.complete:
            if not work.complete and len(work.waiting) < config.repos.queued:
                await _turn(work, client)
            else:
                await asyncio.sleep(LOOK_EVERY_S)
            await work.look()
            _tell(progress, bar, work, monotonic() - began, await _runs(pool, address))


async def _turn(work: Backfill, client: Client) -> None:
    try:
        await work.turn(client)
    except NoAnswer as error:
        fail(f"{error}; what is queued is fetched, and the same command goes on from there")


async def _runs(pool: "Pool[Record]", address: Address) -> bool:
    async with pool.acquire() as connection:
        return await database.holder(connection, address.service) is not None


def _progress() -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.completed:,} of {task.fields[known]}{task.fields[rate]}"),
        TimeRemainingColumn(),
        TextColumn("{task.fields[failed]}"),
        console=console,
        transient=True,
    )


def _tell(progress: Progress, bar: TaskID, work: Backfill, seconds: float, runs: bool) -> None:
    begun = progress.tasks[0].fields["begun"]
    rate = (work.done - begun) / max(seconds, 0.001)
    what = "fetching repos" if runs else NOBODY
    progress.update(
        bar,
        description=what,
        completed=work.done,
        total=work.listed if work.complete else None,
        known=f"{work.listed:,}{'' if work.complete else ' and more'}",
        rate=f", {rate:,.1f}/s",
        failed=f"{work.failed:,} failed" if work.failed else "",
    )


def _show(work: Backfill) -> None:
    for did in work.examples:
        console.print(f"{did} could not be had, or is not there", soft_wrap=True)
    whole = work.listed - work.failed
    console.print(f"{work.listed:,} repos listed, {whole:,} of them done, {work.failed:,} not")
