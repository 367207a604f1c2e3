"""Labelers that say whatever a test wants, and ours; and who looks up where they are."""

import asyncio
from contextlib import asynccontextmanager

import msgspec
from aiohttp import web

from indexer import config
from indexer.coordinator.http import opened
from indexer.coordinator.labels.desk import Desk
from indexer.coordinator.labels.service import serving
from indexer.coordinator.labels.subscription import PATH, Subscription, Surroundings
from indexer.coordinator.resolver import Identity
from indexer.labels import listening
from indexer.protocol.label_stream import labels_message
from tests.coordinator.asking import ONCE
from tests.labels.conftest import AUTHOR, STRANGER, THEIRS

SETTINGS = msgspec.structs.replace(
    config.load({}).labels, backoff_first_s=0.01, backoff_max_s=0.05, token="s3cret"
)


class Directory:
    """`says` are the answers in turn, the last for ever."""

    def __init__(self, *says):
        self.says = says
        self.asked = []

    async def resolve(self, did, not_before=None):
        self.asked.append((did, not_before))
        found = self.says[min(len(self.asked), len(self.says)) - 1]
        if isinstance(found, Exception):
            raise found
        return found


class Speaker:
    """A labeler that sends messages, each of a number, and then stays or `leaves`."""

    def __init__(self, *messages, leaves=False):
        self.messages = list(messages)
        self.leaves = leaves
        self.cursors = []
        self.sockets = []

    async def say(self, message):
        """To whoever listens now, and later."""
        self.messages.append(message)
        await self.sockets[-1].send_bytes(message[1])

    async def talk(self, request):
        cursor = int(request.query["cursor"])
        self.cursors.append(cursor)
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        self.sockets.append(socket)
        for seq, message in self.messages:
            if seq > cursor:
                await socket.send_bytes(message)
        if not self.leaves:
            async for _ in socket:
                pass
        await socket.close()
        return socket


@asynccontextmanager
async def speaking(speaker):
    """Gives the endpoint."""
    app = web.Application()
    app.router.add_get(PATH, speaker.talk)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    await runner.cleanup()


def message(seq, *labels):
    return seq, labels_message(seq, [(label.block, label.sig) for label in labels])


def who(endpoint, author=STRANGER):
    return known(endpoint, author.signer.public.text)


def known(endpoint, key):
    """As much of an identity as labels take."""
    return Identity(THEIRS, None, None, None, endpoint, key)


@asynccontextmanager
async def subscribed(pool, directory, *endpoints, did=THEIRS, settings=SETTINGS):
    """A subscription that runs as long as the block lasts. Its endpoints are listed."""
    listed = [endpoint.removeprefix("http://") for endpoint in endpoints]
    async with opened(ONCE, listed) as client:
        around = Surroundings(pool, client, directory, settings)
        task = asyncio.create_task(Subscription(did, around).keep_reading())
        try:
            yield task
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


@asynccontextmanager
async def ours(pool, url, author=AUTHOR, **changes):
    """Our own server; gives its endpoint."""
    settings = msgspec.structs.replace(SETTINGS, **changes)
    async with (
        listening(url, "test labels", 0.2) as bell,
        serving(Desk(pool, bell, author, settings)) as port,
    ):
        yield f"http://127.0.0.1:{port}"
