"""A capture played back by a relay of our own, to any number of clients at once.

Every client has its own place in the file. `cursor` means what it means to deployed servers: what
comes after it. 0 is the oldest frame; and so is no cursor at all, for a capture has no live end.
A cursor beyond the last frame is answered by FutureCursor. Nobody is sent more than he reads:
a full socket stops the reading of the file.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from http import HTTPStatus
from itertools import islice
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from libipld import encode_dag_cbor
from websockets.asyncio.server import ServerConnection
from websockets.asyncio.server import serve as websocket_server
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response
from websockets.protocol import State

from indexer.protocol.dump import Entry
from load.capture import read_capture, seq_of
from load.pace import Pace, Timing

PATH = "/xrpc/com.atproto.sync.subscribeRepos"
_AT_ONCE = 64
_NAP_S = 0.2  # How long it may take to notice that a client has left, or that it is time to stop.


class FutureCursor(Exception):
    """A client asks for what comes after an event that the capture does not have."""


class Relay:
    """What is played, and how far it has come."""

    def __init__(self, path: Path, pace: Timing, close: bool) -> None:
        self.port = 0
        self.clients = 0
        self.sent = 0  # Frames, to all clients together.
        self._path = path
        self._pace = pace
        self._close = close
        self._connections: set[ServerConnection] = set()

    @property
    def url(self) -> str:
        return f"ws://127.0.0.1:{self.port}"

    def disconnect(self) -> None:
        """Drops all clients without a word, as a host that crashes does."""
        for connection in self._connections:
            connection.transport.abort()

    def refuse(self, connection: ServerConnection, request: Request) -> Response | None:
        """The answer to whoever asks for something else, before the connection is upgraded."""
        if urlsplit(request.path).path != PATH:
            return connection.respond(HTTPStatus.NOT_FOUND, f"only {PATH} is served here\n")
        try:
            cursor_in(request.path)
        except ValueError:
            return connection.respond(HTTPStatus.BAD_REQUEST, "cursor must be a number\n")
        return None

    async def attend(self, connection: ServerConnection) -> None:
        assert connection.request is not None  # There is no connection without one.
        self.clients += 1
        self._connections.add(connection)
        try:
            await self._play(connection, cursor_in(connection.request.path))
            if not self._close:
                await connection.wait_closed()
        except FutureCursor as refused:
            await connection.send(_error("FutureCursor", str(refused)))
        except (ConnectionClosed, ConnectionError):
            pass  # Clients come and go.
        finally:
            self._connections.discard(connection)
            self.clients -= 1

    async def _play(self, connection: ServerConnection, cursor: int) -> None:
        entries = entries_after(self._path, cursor)
        clock = asyncio.get_running_loop().time
        started, first_us, number = clock(), None, 0
        # The file is read in a thread, for finding the place in a long one takes its time.
        while batch := await asyncio.to_thread(_some, entries):
            waiting: list[bytes] = []
            for received_at_us, frame in batch:
                first_us = first_us or received_at_us
                due = started + self._pace.due_s(number, received_at_us - first_us)
                if due > clock():
                    await self._send(connection, waiting)
                while (early := due - clock()) > 0:
                    await asyncio.sleep(min(early, _NAP_S))
                    _still_there(connection)
                waiting.append(frame)
                number += 1
            await self._send(connection, waiting)

    async def _send(self, connection: ServerConnection, frames: list[bytes]) -> None:
        """Frames in one go, which costs a fifth of `connection.send` for each. Empties the list."""
        _still_there(connection)
        connection.transport.write(b"".join([part for f in frames for part in (_head(f), f)]))
        await connection.drain()
        self.sent += len(frames)
        frames.clear()


def _still_there(connection: ServerConnection) -> None:
    if connection.state is not State.OPEN:
        raise ConnectionResetError("the client has left")


def cursor_in(path: str) -> int:
    """The cursor in a request's query, 0 without one. Raises ValueError when it is no number."""
    values = parse_qs(urlsplit(path).query, keep_blank_values=True).get("cursor", ["0"])
    cursor = int(values[0])
    if cursor < 0:
        raise ValueError("a cursor is not negative")
    return cursor


def entries_after(path: Path, cursor: int) -> Iterator[Entry]:
    """Also what has no number and stands behind the event at the cursor.

    Raises FutureCursor when the capture ends before the cursor.
    """
    entries = read_capture(path)
    if cursor:
        last = 0
        for entry in entries:
            seq = seq_of(entry[1])
            last = seq or last
            if last > cursor or (last == cursor and seq is None):
                yield entry
                break
        if last < cursor:
            raise FutureCursor(f"cursor {cursor} is beyond {last}, the last event there is")
    yield from entries


def _some(entries: Iterator[Entry]) -> list[Entry]:
    return list(islice(entries, _AT_ONCE))


def _head(frame: bytes) -> bytes:
    """Before a whole, unmasked binary message (RFC 6455, 5.2)."""
    length = len(frame)
    if length < 126:
        return b"\x82" + length.to_bytes(1, "big")
    if length < 65_536:
        return b"\x82\x7e" + length.to_bytes(2, "big")
    return b"\x82\x7f" + length.to_bytes(8, "big")


def _error(name: str, message: str) -> bytes:
    return encode_dag_cbor({"op": -1}) + encode_dag_cbor({"error": name, "message": message})


@asynccontextmanager
async def serve(
    path: Path,
    port: int = 0,
    host: str = "127.0.0.1",
    pace: Timing | None = None,
    close: bool = False,
) -> AsyncIterator[Relay]:
    """A relay while the context lasts. With `close` it hangs up after the last frame; otherwise
    it goes quiet.
    """
    relay = Relay(path, pace or Pace(), close)
    server = websocket_server(
        relay.attend,
        host,
        port,
        process_request=relay.refuse,
        compression=None,
        ping_interval=None,  # Somebody who reads slowly is not dead.
        close_timeout=1,
    )
    async with server as listening:
        relay.port = next(iter(listening.sockets)).getsockname()[1]
        yield relay
