"""Labels in and labels out, as long as a block lasts."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import structlog
from aiohttp import web
from asyncpg import Pool, Record, TransactionRollbackError

from indexer.config import Config
from indexer.coordinator.http import Client
from indexer.coordinator.labels.answers import allowed, spelled_out
from indexer.coordinator.labels.desk import Desk
from indexer.coordinator.labels.moderators import Moderators
from indexer.coordinator.labels.public import Public
from indexer.coordinator.labels.streaming import Stream
from indexer.coordinator.labels.subscription import Resolves, Subscription, Surroundings
from indexer.database import DATABASE_ERRORS, passes
from indexer.labels import Author, author_of, keep_up, listening
from indexer.web import PortTaken

UPKEEP_EVERY_S = 30.0
MOST_BODY = 1_000_000  # bytes of a request
QUERY = "/xrpc/com.atproto.label.queryLabels"
SUBSCRIBE = "/xrpc/com.atproto.label.subscribeLabels"

log = structlog.get_logger()


@asynccontextmanager
async def serve_labels(
    config: Config, pool: "Pool[Record]", client: Client, resolver: Resolves
) -> AsyncIterator[int | None]:
    """Gives the port that labels are served on, if they are. What fails inside ends the block.

    Raises `Unable` for a key that is none, `PortTaken`. The pool's sessions must commit
    synchronously: nobody sends a moderator's label again.
    """
    settings = config.labels
    author = author_of(settings) if settings.did else None
    around = Surroundings(pool, client, resolver, settings)
    async with AsyncExitStack() as stack:
        port = None
        if settings.port:
            bell = await stack.enter_async_context(listening(config.database.url, "indexer labels"))
            desk = Desk(pool, bell, author, settings)
            port = await stack.enter_async_context(serving(desk))
            log.info("labels served", host=settings.host, port=port)
        group = await stack.enter_async_context(asyncio.TaskGroup())
        tasks = [group.create_task(_keep_up(pool, settings.keep_events_d))]
        for did in _labelers(config.services.labelers, author):
            tasks.append(group.create_task(Subscription(did, around).keep_reading()))
        try:
            yield port
        finally:
            for task in tasks:
                task.cancel()


def make_app(desk: Desk) -> web.Application:
    app = web.Application(middlewares=[spelled_out], client_max_size=MOST_BODY)
    app.router.add_get(QUERY, Public(desk).query_labels)
    app.router.add_get(SUBSCRIBE, Stream(desk).subscribe_labels)
    for path in (QUERY, SUBSCRIBE):
        app.router.add_options(path, allowed)
    app.router.add_routes(Moderators(desk).routes())
    return app


@asynccontextmanager
async def serving(desk: Desk) -> AsyncIterator[int]:
    runner = web.AppRunner(make_app(desk), access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    try:
        await _listen(runner, desk.settings.host, desk.settings.port)
        yield int(runner.addresses[0][1])
    finally:
        await runner.cleanup()


async def _listen(runner: web.AppRunner, host: str, port: int) -> None:
    try:
        await web.TCPSite(runner, host, port).start()
    except OSError as error:
        why = os.strerror(error.errno) if error.errno else str(error)
        said = f"cannot serve labels on {host}:{port} ({why}): set LABEL_PORT, or LABEL_HOST"
        raise PortTaken(said) from error


def _labelers(dids: tuple[str, ...], author: Author | None) -> list[str]:
    """What we say ourselves is here already."""
    return [did for did in dict.fromkeys(dids) if did and (author is None or did != author.did)]


async def _keep_up(pool: "Pool[Record]", keep_events_d: float) -> None:
    while True:
        try:
            await keep_up(pool, keep_events_d)
        except TransactionRollbackError:
            pass  # it crossed another one, and is done next time
        except DATABASE_ERRORS as error:
            if not passes(error):
                raise
        await asyncio.sleep(UPKEEP_EVERY_S)
