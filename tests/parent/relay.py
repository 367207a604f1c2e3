"""A relay that does what a test tells it, connection by connection, over a real websocket."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from urllib.parse import parse_qs, urlsplit

from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.exceptions import ConnectionClosed

Play = Callable[[ServerConnection, int | None], Awaitable[None]]


class Relay:
    """`play` serves one connection; when it returns, the connection is closed in good order."""

    def __init__(self, play: Play) -> None:
        self.play = play
        self.asked: list[int | None] = []
        """The cursor of every connection so far."""
        self.paths: list[str] = []
        self.port = 0

    @property
    def url(self) -> str:
        return f"ws://127.0.0.1:{self.port}"

    async def serve(self, connection: ServerConnection) -> None:
        assert connection.request is not None
        parts = urlsplit(connection.request.path)
        given = parse_qs(parts.query).get("cursor")
        cursor = int(given[0]) if given else None
        self.paths.append(parts.path)
        self.asked.append(cursor)
        try:
            await self.play(connection, cursor)
        except ConnectionClosed:
            return


@asynccontextmanager
async def relay(play: Play) -> AsyncIterator[Relay]:
    made = Relay(play)
    server: Server
    async with serve(made.serve, "127.0.0.1", 0, compression=None, max_size=None) as server:
        made.port = next(iter(server.sockets)).getsockname()[1]
        yield made


def sends(*frames: bytes | str, then_stays: bool = True) -> Play:
    """Sends the same to everybody, whatever the cursor."""

    async def play(connection: ServerConnection, _: int | None) -> None:
        for frame in frames:
            await connection.send(frame)
        if then_stays:
            await stay(connection)

    return play


def in_turn(*plays: Play) -> Play:
    """One play for each connection, the last for all further ones."""
    left = list(plays)

    async def play(connection: ServerConnection, cursor: int | None) -> None:
        await (left.pop(0) if len(left) > 1 else left[0])(connection, cursor)

    return play


async def stay(connection: ServerConnection) -> None:
    await connection.wait_closed()


async def drop(connection: ServerConnection) -> None:
    """As a crashed relay does, without a closing handshake."""
    connection.transport.abort()
    await asyncio.sleep(0)
