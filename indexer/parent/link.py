"""The parent's side of the road to a child; indexer/channel.py has the child's.

A link serves one incarnation of one child and is thrown away with it: a child killed while it
waits for a batch leaves the queue's lock held for ever.
"""

import asyncio
import socket
import threading
from collections.abc import AsyncIterator, Callable
from multiprocessing.context import SpawnContext
from multiprocessing.queues import Queue
from queue import Full

from indexer.channel import (
    LENGTH_BYTES,
    Batch,
    ChildEnd,
    CoordinatorEnd,
    Message,
    Pulse,
    ShardEnd,
    call_on,
)


class Link:
    """The parent's end, of a child of any kind. `end` goes to the child that is spawned."""

    end: ChildEnd

    def __init__(self, context: SpawnContext) -> None:
        self.pulse = Pulse(context)
        self._inbox, self._outbox = context.Pipe(duplex=False)
        self.end = ChildEnd(self._outbox, self.pulse)

    def started(self) -> None:
        """Call after the child was started: only the child may keep its ends open, so that its
        death ends our reading and our writing."""
        self._outbox.close()

    def listen(
        self, loop: asyncio.AbstractEventLoop, heard: Callable[[Message], None]
    ) -> asyncio.Event:
        """Calls `heard` with every message. The event is set when the child is gone."""
        gone = asyncio.Event()
        arguments = (loop, heard, gone)
        threading.Thread(target=self._listen, args=arguments, daemon=True).start()
        return gone

    def close(self) -> None:
        """Call when the child is dead."""
        self._inbox.close()

    def _listen(
        self,
        loop: asyncio.AbstractEventLoop,
        heard: Callable[[Message], None],
        gone: asyncio.Event,
    ) -> None:
        try:
            while call_on(loop, heard, self._inbox.recv()):
                pass
        except (EOFError, OSError):
            call_on(loop, gone.set)


class ShardLink(Link):
    """The parent's end of a shard: a bounded queue of batches."""

    def __init__(self, context: SpawnContext, capacity: int) -> None:
        super().__init__(context)
        self.capacity = capacity
        self._queue: Queue[Batch] = context.Queue(capacity)
        # As concurrent.futures does: without these two lines (and `started`) the thread that
        # feeds the queue waits for ever on a dead child, and the program with it at exit.
        self._queue._ignore_epipe = True  # type: ignore[attr-defined]
        self._queue.cancel_join_thread()
        self.end = ShardEnd(self._outbox, self.pulse, self._queue, capacity)

    def started(self) -> None:
        super().started()
        self._queue._reader.close()  # type: ignore[attr-defined]

    def send(self, batch: Batch) -> bool:
        """False when the queue is full: keep the batch, stop reading, try again."""
        try:
            self._queue.put_nowait(batch)
        except Full:
            return False
        return True

    @property
    def depth(self) -> int:
        return self._queue.qsize()

    def close(self) -> None:
        super().close()
        self._queue.close()


class CoordinatorLink(Link):
    """The parent's end of the coordinator: a stream of offered frames."""

    def __init__(self, context: SpawnContext) -> None:
        super().__init__(context)
        self._offers, self._theirs = socket.socketpair()
        self.end = CoordinatorEnd(self._outbox, self.pulse, self._theirs)

    def started(self) -> None:
        super().started()
        self._theirs.close()

    async def offers(self) -> AsyncIterator[bytes]:
        """Frames as they are offered, one at a time: who does not ask for more holds the
        coordinator back. Ends with the coordinator."""
        reader, writer = await asyncio.open_unix_connection(sock=self._offers)
        try:
            while True:
                length = await reader.readexactly(LENGTH_BYTES)
                yield await reader.readexactly(int.from_bytes(length, "big"))
        except (asyncio.IncompleteReadError, ConnectionError):
            return
        finally:
            writer.close()

    def close(self) -> None:
        super().close()
        self._offers.close()
