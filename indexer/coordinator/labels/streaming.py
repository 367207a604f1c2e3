"""`com.atproto.label.subscribeLabels`: our own labels, from the log.

A subscriber is a place in the log. What is behind it is read when the subscriber is ready for more,
so that nobody has a queue, and one who is slow costs no memory: after `send_s` over one message it
is dropped.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

from aiohttp import web

from indexer import metrics
from indexer.coordinator.labels.answers import Refused
from indexer.coordinator.labels.desk import Desk
from indexer.database import DATABASE_ERRORS, load_query, passes
from indexer.labels import Bounds, Unable, number
from indexer.protocol.body import MOST_SEQ
from indexer.protocol.label_stream import error_message, info_message, labels_message

TOLD = load_query("label_events_told")
AT_ONCE = 100
HEARTBEAT_S = 30.0
GOODBYE_S = 1.0
MOST_HEARD = 4096  # bytes of a message of theirs; none is expected

FUTURE, OUTDATED, TOO_SLOW = "FutureCursor", "OutdatedCursor", "ConsumerTooSlow"


class Gone(Exception):
    """The subscriber is dropped, and why; `word` is for counting."""

    def __init__(self, word: str, error: str = "", message: str = "") -> None:
        super().__init__(word)
        self.word = word
        self.error = error
        self.message = message


@dataclass(slots=True)
class Subscriber:
    socket: web.WebSocketResponse
    place: int = 0


class Stream:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._subscribers: dict[int, Subscriber] = {}
        self._last = 0
        metrics.LABEL_SUBSCRIBERS.set_function(lambda: len(self._subscribers))
        metrics.LABEL_SUBSCRIBER_LAG.set_function(self._lag)

    async def subscribe_labels(self, request: web.Request) -> web.WebSocketResponse:
        author, cursor = self._desk.author, _cursor_of(request)
        if author is None:
            raise Refused(501, "we say no labels")
        socket = web.WebSocketResponse(
            heartbeat=HEARTBEAT_S, compress=False, max_msg_size=MOST_HEARD, timeout=GOODBYE_S
        )
        if not socket.can_prepare(request):
            raise Unable("a subscription is a WebSocket")
        if len(self._subscribers) >= self._desk.settings.most_subscribers:
            metrics.LABEL_SUBSCRIBERS_GONE.labels("no_room").inc()
            raise Refused(503, "there is no room for more subscribers")
        async with self._counted(Subscriber(socket)) as subscriber:
            await socket.prepare(request)
            await self._serve(subscriber, author.did, cursor)
        return socket

    async def _serve(self, subscriber: Subscriber, did: str, cursor: int | None) -> None:
        left = asyncio.create_task(_heard_out(subscriber.socket))
        try:
            await self._begin(subscriber, cursor)
            while not left.done():
                ring = self._desk.bell.next()
                await self._catch_up(subscriber, did)
                await _first(ring, left)
            raise Gone("left")
        except ConnectionError:
            metrics.LABEL_SUBSCRIBERS_GONE.labels("left").inc()
        except DATABASE_ERRORS as error:
            if not passes(error):
                raise
            metrics.LABEL_SUBSCRIBERS_GONE.labels("ended").inc()
        except Gone as gone:
            metrics.LABEL_SUBSCRIBERS_GONE.labels(gone.word).inc()
            await _goodbye(subscriber.socket, gone)
        finally:
            left.cancel()
            await asyncio.gather(left, return_exceptions=True)

    async def _begin(self, subscriber: Subscriber, cursor: int | None) -> None:
        bounds = await self._bounds()
        if cursor is None:
            subscriber.place = bounds.last
            return
        if cursor > bounds.last:
            raise Gone("future_cursor", FUTURE, f"the last event is {bounds.last}")
        subscriber.place = max(cursor, bounds.cut)
        if cursor < bounds.cut:
            said = f"events up to {bounds.cut} are kept no longer"
            await self._send(subscriber, info_message(OUTDATED, said))

    async def _catch_up(self, subscriber: Subscriber, did: str) -> None:
        """Until nothing is behind the subscriber's place. What is not ours is passed over."""
        bounds = await self._bounds()
        while rows := await self._desk.pool.fetch(TOLD, did, subscriber.place, AT_ONCE):
            for seq, block, sig in rows:
                await self._send(subscriber, labels_message(seq, [(block, sig)]))
                metrics.LABEL_MESSAGES_SENT.inc()
                subscriber.place = seq
        subscriber.place = max(subscriber.place, bounds.last)

    async def _send(self, subscriber: Subscriber, message: bytes) -> None:
        try:
            async with asyncio.timeout(self._desk.settings.send_s):
                await subscriber.socket.send_bytes(message)
        except TimeoutError:
            raise Gone("too_slow", TOO_SLOW, "messages are read too slowly") from None

    async def _bounds(self) -> Bounds:
        bounds = await number(self._desk.pool)
        self._last = max(self._last, bounds.last)
        return bounds

    def _lag(self) -> int:
        return max((self._last - one.place for one in self._subscribers.values()), default=0)

    @asynccontextmanager
    async def _counted(self, subscriber: Subscriber) -> AsyncIterator[Subscriber]:
        self._subscribers[id(subscriber)] = subscriber
        try:
            yield subscriber
        finally:
            del self._subscribers[id(subscriber)]


def _cursor_of(request: web.Request) -> int | None:
    text = request.query.get("cursor")
    if text is None:
        return None
    if text.isascii() and text.isdigit() and len(text) <= 20 and int(text) <= MOST_SEQ:
        return int(text)
    raise Unable("cursor: no number of an event")


async def _heard_out(socket: web.WebSocketResponse) -> None:
    """Until the subscriber leaves. What it says means nothing."""
    async for _ in socket:
        pass


async def _first(ring: asyncio.Event, left: "asyncio.Task[None]") -> None:
    ringing = asyncio.create_task(ring.wait())
    try:
        await asyncio.wait([ringing, left], return_when=asyncio.FIRST_COMPLETED)
    finally:
        ringing.cancel()


async def _goodbye(socket: web.WebSocketResponse, gone: Gone) -> None:
    with suppress(TimeoutError, ConnectionError):
        async with asyncio.timeout(GOODBYE_S):
            if gone.error and not socket.closed:
                await socket.send_bytes(error_message(gone.error, gone.message))
    with suppress(TimeoutError, ConnectionError):
        async with asyncio.timeout(GOODBYE_S):
            await socket.close()
