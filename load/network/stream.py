"""A numbered stream of messages by WebSocket, from any number on, to as many as want it."""

import asyncio
from bisect import bisect_right
from collections.abc import Iterable

from aiohttp import web

from indexer.protocol.label_stream import error_message


class Stream:
    """`cursor` asks for what comes after it: 0 for all there is, none for what comes from now on.
    One beyond the end is answered by FutureCursor. `cursors` are those that were asked for."""

    def __init__(self, messages: Iterable[tuple[int, bytes]] = ()) -> None:
        self._messages = list(messages)
        self._more = asyncio.Event()
        self.cursors: list[int | None] = []
        self.clients = 0

    @property
    def last(self) -> int:
        return self._messages[-1][0] if self._messages else 0

    def add(self, number: int, message: bytes) -> None:
        """To those who listen, and those who will."""
        self._messages.append((number, message))
        self._more.set()
        self._more = asyncio.Event()

    async def talk(self, request: web.Request) -> web.StreamResponse:
        asked = request.query.get("cursor")
        if asked is not None and not asked.isdecimal():
            return web.Response(status=400)
        cursor = None if asked is None else int(asked)
        self.cursors.append(cursor)
        socket = web.WebSocketResponse(compress=False, timeout=0.1)
        await socket.prepare(request)
        self.clients += 1
        sending = asyncio.create_task(self._send(socket, cursor))
        try:
            async for _ in socket:  # until the other side leaves
                pass
        finally:
            self.clients -= 1
            sending.cancel()
            await asyncio.gather(sending, return_exceptions=True)
        return socket

    async def _send(self, socket: web.WebSocketResponse, cursor: int | None) -> None:
        if cursor is not None and cursor > self.last:
            await socket.send_bytes(error_message("FutureCursor", f"the last is {self.last}"))
            await socket.close()
            return
        start = self.last if cursor is None else cursor
        at = bisect_right(self._messages, start, key=lambda message: message[0])
        while True:
            more = self._more
            while at < len(self._messages):
                await socket.send_bytes(self._messages[at][1])
                at += 1
            await more.wait()
