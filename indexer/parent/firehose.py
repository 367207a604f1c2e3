"""A relay's firehose over a websocket: one connection for every call of `frames`."""

import asyncio
import socket
from collections.abc import AsyncGenerator
from time import time
from urllib.parse import urlsplit, urlunsplit

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import (
    ConnectionClosed,
    ConnectionClosedOK,
    InvalidStatus,
    WebSocketException,
)

from indexer import metrics
from indexer.config import Relay
from indexer.parent.source import Arrival, Interrupted

CONNECT_S = 15.0
CLOSE_S = 1.0
# A frame that is too large must still come, or nobody could keep it aside and pass it.
OVERSIZE = 4


class Firehose:
    finite = False

    def __init__(self, service: str, url: str, settings: Relay) -> None:
        self.service = service
        self.connects = 0
        self._url = url
        self._host = urlsplit(url).netloc
        self._settings = settings

    async def frames(self, after: int | None) -> AsyncGenerator[Arrival, None]:
        connection = await self._connect(after)
        self.connects += 1
        metrics.CONNECTS.inc()
        try:
            while True:
                yield await self._receive(connection)
        except ConnectionClosedOK:
            return
        except ConnectionClosed as error:
            raise Interrupted("closed", f"the connection to {self._host} broke: {error}") from None
        finally:
            await connection.close()

    async def _connect(self, after: int | None) -> ClientConnection:
        try:
            return await connect(
                with_cursor(self._url, after),
                compression=None,
                max_size=self._settings.max_frame_bytes * OVERSIZE,
                open_timeout=CONNECT_S,
                close_timeout=CLOSE_S,
                # Pings of our own would take our not reading, when shards are slow, for silence.
                ping_interval=None,
            )
        except InvalidStatus as error:
            status = error.response.status_code
            raise Interrupted("refused", f"{self._host} answers HTTP {status}") from None
        except socket.gaierror:
            text = f"cannot look up {self._host}: no network, or no such host"
            raise Interrupted("unreachable", text) from None
        except (OSError, WebSocketException) as error:
            text = f"cannot reach {self._host}: {str(error) or type(error).__name__}"
            raise Interrupted("unreachable", text) from None

    async def _receive(self, connection: ClientConnection) -> Arrival:
        idle_s = self._settings.idle_timeout_s
        try:
            async with asyncio.timeout(idle_s):
                data = await connection.recv()
        except TimeoutError:
            raise Interrupted("idle", f"nothing came from {self._host} in {idle_s:g} s") from None
        # A text frame is no frame: as bytes it fails like any other that cannot be decoded, for
        # the first byte of a CBOR map is never the first byte of UTF-8.
        frame = data if isinstance(data, bytes) else data.encode()
        return Arrival(int(time() * 1_000_000), (frame,))


def with_cursor(url: str, after: int | None) -> str:
    """Without a cursor a relay sends what happens from now on; with 0, the oldest it has."""
    if after is None:
        return url
    parts = urlsplit(url)
    query = f"{parts.query}&cursor={after}" if parts.query else f"cursor={after}"
    return urlunsplit(parts._replace(query=query))
