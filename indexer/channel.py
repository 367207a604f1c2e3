"""The road between the parent and its children, as a child sees it: batches come down a queue,
small messages go up a pipe, a pulse beats in shared memory. The parent's side is parent/link.py.

What is put into the queue is not delivered yet: only an ack says so. Everything here is bounded,
and nothing here blocks an event loop.
"""

import asyncio
import os
import signal
import socket
import threading
import time
from collections import deque
from collections.abc import Callable
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnContext
from multiprocessing.process import parent_process
from multiprocessing.queues import Queue
from typing import Any, NamedTuple

Frame = tuple[int | None, int, bytes]
"""(seq, microseconds since 1970 by our clock when it came, bytes); a synthetic one has no seq."""

Message = tuple[Any, ...]
"""("ready", port), ("ack", epoch, batch_id, events, ops), ("lost", epoch) or ("fatal", text)."""

ORPHAN_GRACE_S = 5.0
LENGTH_BYTES = 4


class Batch(NamedTuple):
    """Frames of one shard, in order. Ids count up from 1 in every incarnation of a shard. As long
    as the witness is known, PostgreSQL has forgotten nothing since the epoch began."""

    id: int
    epoch: int
    witness: int
    frames: list[Frame]


class Pulse:
    """Two numbers in shared memory that outlive the child: its last beat, and what it decodes."""

    SYNTHETIC = -1
    _BEAT, _WORK = 0, 1

    def __init__(self, context: SpawnContext) -> None:
        self._cells = context.RawArray("d", 2)  # A double holds every seq: they end at 2**53.

    def beat(self) -> None:
        self._cells[self._BEAT] = time.monotonic()

    @property
    def last_beat(self) -> float:
        """In the monotonic clock that processes of one host share; 0 before the first."""
        return float(self._cells[self._BEAT])

    def working_on(self, seq: int | None) -> None:
        """Tells which frame is in a native decoder now; 0 says that none is."""
        self._cells[self._WORK] = self.SYNTHETIC if seq is None else seq

    @property
    def suspect(self) -> int:
        """The seq of the frame that was being decoded, SYNTHETIC for one without, or 0."""
        return int(self._cells[self._WORK])


class ChildEnd:
    """What every child holds. Pickled to it when it is spawned; opened on its event loop."""

    stopping: asyncio.Event
    """Set by SIGTERM, or when the parent is dead: finish what is in hand and leave."""

    def __init__(self, messages: Connection, pulse: Pulse) -> None:
        self.pulse = pulse
        self._messages = messages

    def open(self, loop: asyncio.AbstractEventLoop) -> None:
        """Call once, first thing on the child's loop, which from here on beats every second."""
        self.stopping = asyncio.Event()
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # A terminal sends it to the whole group.
        loop.add_signal_handler(signal.SIGTERM, self._stop)
        self._beat(loop)
        threading.Thread(target=self._watch_parent, args=(loop,), daemon=True).start()

    def ready(self, port: int) -> None:
        """The child works, and serves its metrics on this port."""
        self._send(("ready", port))

    def fatal(self, text: str) -> None:
        """The child is about to leave, and why. The parent says so and tries again later."""
        self._send(("fatal", text))

    def _send(self, message: Message) -> None:
        try:
            self._messages.send(message)
        except OSError:  # Nobody listens: the parent is dead or has given us up.
            self._stop()

    def _stop(self) -> None:
        self.stopping.set()

    def _beat(self, loop: asyncio.AbstractEventLoop) -> None:
        self.pulse.beat()
        loop.call_later(1.0, self._beat, loop)

    def _watch_parent(self, loop: asyncio.AbstractEventLoop) -> None:
        """In a thread, so that a child whose loop hangs does not outlive its parent either."""
        parent = parent_process()
        if parent is None:
            return
        wait([parent.sentinel])
        call_on(loop, self._stop)
        time.sleep(ORPHAN_GRACE_S)
        os._exit(1)


class ShardEnd(ChildEnd):
    """A shard's end: it takes batches and acks them.

    A thread reads the queue, as an event loop must not: it would make the descriptor non-blocking
    and frames would be lost. It holds what the last `take` asked for and one batch more.
    """

    def __init__(self, messages: Connection, pulse: Pulse, queue: "Queue[Batch]", capacity: int):
        super().__init__(messages, pulse)
        self.capacity = capacity
        self._queue = queue
        self._lost_epoch = 0

    def open(self, loop: asyncio.AbstractEventLoop) -> None:
        super().open(loop)
        self._at_hand: deque[Batch] = deque()
        self._arrival = asyncio.Event()
        self._room = threading.Condition()
        self._held = 0
        self._wanted = 1
        threading.Thread(target=self._read, args=(loop,), daemon=True).start()

    async def take(self, max_frames: int, gather_s: float = 0.0) -> list[Batch]:
        """All whole batches at hand, up to about so many frames: at least one batch is waited for,
        and more until its first frame came so long ago. Who is behind waits for nothing.

        Empty when the child is to stop: `while batches := await end.take(1000)`.
        """
        self._make_room(0, max_frames)
        await self._gather(gather_s)
        taken: list[Batch] = []
        frames = 0
        while not (taken or self.stopping.is_set()):
            while self._at_hand and (not taken or frames < max_frames):
                batch = self._at_hand.popleft()
                self._make_room(len(batch.frames), max_frames)
                if batch.epoch > self._lost_epoch:
                    taken.append(batch)
                    frames += len(batch.frames)
            if not taken:
                self._arrival.clear()
                await self._arrival.wait()
        return [] if self.stopping.is_set() else taken

    @property
    def depth(self) -> int:
        """Batches waiting for this shard: in the queue, of this capacity, and at hand."""
        return len(self._at_hand) + self._queue.qsize()

    def ack(self, epoch: int, batch_id: int, events: int, ops: int) -> None:
        """Everything up to and with this batch is committed; events and ops since the last ack."""
        self._send(("ack", epoch, batch_id, events, ops))

    def lost(self, epoch: int) -> None:
        """PostgreSQL is lost to this shard, and so is what it holds: `take` gives no more of it."""
        self._lost_epoch = max(self._lost_epoch, epoch)
        self._send(("lost", epoch))

    async def _gather(self, seconds: float) -> None:
        while not (self._at_hand or self.stopping.is_set()):
            self._arrival.clear()
            await self._arrival.wait()
        if self._at_hand and not self.stopping.is_set():
            waited_s = time.time() - self._at_hand[0].frames[0][1] / 1e6
            if 0 <= waited_s < seconds:  # less than none: the clock was set back
                await asyncio.sleep(seconds - waited_s)

    def _stop(self) -> None:
        super()._stop()
        self._arrival.set()

    def _make_room(self, frames: int, wanted: int) -> None:
        with self._room:
            self._held -= frames
            self._wanted = wanted
            self._room.notify()

    def _read(self, loop: asyncio.AbstractEventLoop) -> None:
        while True:
            batch = self._queue.get()
            with self._room:
                self._room.wait_for(lambda: self._held < self._wanted)
                self._held += len(batch.frames)
            if not call_on(loop, self._arrived, batch):
                return

    def _arrived(self, batch: Batch) -> None:
        self._at_hand.append(batch)
        self._arrival.set()


class CoordinatorEnd(ChildEnd):
    """The coordinator's end: it offers frames, which the parent dispatches like the relay's."""

    def __init__(self, messages: Connection, pulse: Pulse, offers: socket.socket) -> None:
        super().__init__(messages, pulse)
        self._offers = offers
        self._writer: asyncio.StreamWriter | None = None

    def open(self, loop: asyncio.AbstractEventLoop) -> None:
        super().open(loop)
        self._turn = asyncio.Lock()

    async def offer(self, frame: bytes) -> None:
        """Waits while the parent has no room. That it was taken does not say it was committed:
        the database says so; what is lost with a connection must be offered again."""
        async with self._turn:  # two who both began it would close it for one another
            if self._writer is None:
                _, self._writer = await asyncio.open_unix_connection(sock=self._offers)
            self._writer.write(len(frame).to_bytes(LENGTH_BYTES, "big") + frame)
            await self._writer.drain()


class Telling:
    """Tells the parent which error made this child leave; the error goes on."""

    def __init__(self, end: ChildEnd) -> None:
        self._end = end

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        while isinstance(error, BaseExceptionGroup):
            error = error.exceptions[0]
        if error is not None:
            self._end.fatal(f"{type(error).__name__}: {error}")


def call_on(loop: asyncio.AbstractEventLoop, call: Callable[..., object], *args: object) -> bool:
    """Has a thread's call made on the loop; False when the loop is closed already."""
    try:
        loop.call_soon_threadsafe(call, *args)
    except RuntimeError:
        return False
    return True
