"""The way to one shard: frames are gathered into batches, sent, and kept until they are committed.

It outlives the shard: what was not acknowledged is sent again to the next incarnation. It is
bounded in frames and bytes: whoever adds must wait for room before adding more.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Iterator
from itertools import chain
from typing import Protocol

from indexer.channel import Batch, Frame, Pulse
from indexer.config import Shards


class Queue(Protocol):
    """What takes batches to the shard."""

    @property
    def depth(self) -> int: ...

    def send(self, batch: Batch) -> bool: ...


class Lane:
    def __init__(self, index: int, limits: Shards) -> None:
        self.index = index
        self.frames = 0
        self.bytes = 0
        self._limits = limits
        self._epoch = self._witness = 0
        self._next_id = 1
        self._queue: Queue | None = None
        self._waiting: deque[Frame] = deque()
        self._waiting_bytes = 0
        self._full: Batch | None = None  # What the queue had no room for.
        self._sent: deque[Batch] = deque()
        self._timer: asyncio.TimerHandle | None = None
        self._relief = asyncio.Event()

    def add(self, frame: Frame) -> bool:
        """False: wait for `room` before adding more, here or to any other lane."""
        size = len(frame[2])
        self._waiting.append(frame)
        self._waiting_bytes += size
        self.frames += 1
        self.bytes += size
        limits = self._limits
        if (
            len(self._waiting) >= limits.batch_frames or self._waiting_bytes >= limits.batch_bytes
        ) and self._full is None:
            self.flush()
        elif self._timer is None:
            self._flush_soon()
        return not self.crowded

    @property
    def crowded(self) -> bool:
        return (
            self._full is not None
            or self.frames >= self._limits.unacked_frames
            or self.bytes >= self._limits.unacked_bytes
        )

    async def room(self) -> None:
        await self._until(lambda: not self.crowded)

    async def empty(self) -> None:
        """Until everything is committed."""
        await self._until(lambda: not self.frames)

    def flush(self) -> None:
        """Sends what there is, as far as the queue has room; tries again by itself."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._queue is None:
            return
        while self._full or self._waiting:
            batch = self._full or self._cut()
            if not self._queue.send(batch):
                self._full = batch
                self._flush_soon()
                return
            self._full = None
            self._sent.append(batch)
        self._relief.set()

    def acked(self, epoch: int, batch_id: int) -> int | None:
        """Everything up to this batch is committed: the last seq in it that had not been, if any.
        An ack that comes from before a loss means nothing."""
        if epoch != self._epoch:
            return None
        last = None
        while self._sent and self._sent[0].id <= batch_id:
            frames = self._sent.popleft().frames
            self.frames -= len(frames)
            self.bytes -= sum(len(frame[2]) for frame in frames)
            last = next((frame[0] for frame in reversed(frames) if frame[0] is not None), last)
        if self._full is not None:
            self.flush()
        self._relief.set()
        return last

    def attach(self, queue: Queue) -> None:
        """A new incarnation of the shard: it is sent all that its predecessor did not commit."""
        self._queue = queue
        self._next_id = 1
        self.flush()

    def detach(self) -> None:
        """The shard is dead: what it was sent waits in front again."""
        self._queue = None
        self._put_back(list(self._kept()))

    def drop(self, suspect: int) -> list[Frame]:
        """Takes the frame of this seq out, or all that have none for SYNTHETIC. When detached."""
        wanted = None if suspect == Pulse.SYNTHETIC else suspect
        kept = list(self._kept())
        self._put_back([frame for frame in kept if frame[0] != wanted])
        self._relief.set()
        return [frame for frame in kept if frame[0] == wanted]

    def begin(self, epoch: int, witness: int) -> None:
        """Forgets everything: it will come again from the stored cursor."""
        self._epoch, self._witness = epoch, witness
        self._put_back([])
        self._relief.set()

    @property
    def depth(self) -> int:
        return self._queue.depth if self._queue else 0

    @property
    def oldest_us(self) -> int | None:
        """When the oldest frame that is not committed came."""
        return next((frame[1] for frame in self._kept()), None)

    def _kept(self) -> Iterator[Frame]:
        batches = chain(self._sent, [self._full] if self._full else [])
        return chain((frame for batch in batches for frame in batch.frames), self._waiting)

    def _put_back(self, frames: list[Frame]) -> None:
        self._sent.clear()
        self._full = None
        self._waiting = deque(frames)
        self._waiting_bytes = self.bytes = sum(len(frame[2]) for frame in frames)
        self.frames = len(frames)

    def _cut(self) -> Batch:
        frames: list[Frame] = []
        size = 0
        limits = self._limits
        while self._waiting and len(frames) < limits.batch_frames:
            added = len(self._waiting[0][2])
            if frames and size + added > limits.batch_bytes:
                break
            frames.append(self._waiting.popleft())
            size += added
        self._waiting_bytes -= size
        batch = Batch(self._next_id, self._epoch, self._witness, frames)
        self._next_id += 1
        return batch

    def _flush_soon(self) -> None:
        loop = asyncio.get_running_loop()
        self._timer = loop.call_later(self._limits.batch_delay_ms / 1000, self.flush)

    async def _until(self, condition: Callable[[], bool]) -> None:
        while not condition():
            self._relief.clear()
            await self._relief.wait()
