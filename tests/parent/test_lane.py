"""Frames are gathered, sent in order, kept until committed, and sent again to a successor."""

import asyncio

import msgspec

from indexer import config
from indexer.channel import Batch, Frame, Pulse
from indexer.parent.lane import Lane

LIMITS = config.load({}).shards
WITNESS = 77


class Queue:
    """A queue as bounded as the real one, without a process behind it."""

    def __init__(self, capacity: int = 64) -> None:
        self.capacity = capacity
        self.batches: list[Batch] = []

    @property
    def depth(self) -> int:
        return len(self.batches)

    def send(self, batch: Batch) -> bool:
        if len(self.batches) >= self.capacity:
            return False
        self.batches.append(batch)
        return True

    @property
    def seqs(self) -> list[int | None]:
        return [frame[0] for batch in self.batches for frame in batch.frames]


def lane(queue: Queue | None = None, **changes: float) -> Lane:
    made = Lane(0, msgspec.structs.replace(LIMITS, **changes))
    made.begin(1, WITNESS)
    if queue:
        made.attach(queue)
    return made


def frame(seq: int | None, size: int = 10) -> Frame:
    return seq, seq or 0, bytes(size)


async def test_a_batch_is_sent_when_it_has_its_frames_or_its_bytes() -> None:
    queue = Queue()
    filled = lane(queue, batch_frames=4, batch_bytes=100, batch_delay_ms=60_000)
    for seq in range(1, 6):
        assert filled.add(frame(seq))
    assert queue.seqs == [1, 2, 3, 4]
    filled.add(frame(6, 95))
    filled.add(frame(7, 500))
    assert [[f[0] for f in batch.frames] for batch in queue.batches[1:]] == [[5], [6], [7]]
    assert [batch.id for batch in queue.batches] == [1, 2, 3, 4]
    assert {(batch.epoch, batch.witness) for batch in queue.batches} == {(1, WITNESS)}


async def test_a_batch_that_does_not_fill_is_sent_soon() -> None:
    queue = Queue()
    lane(queue, batch_delay_ms=5).add(frame(1))
    assert queue.seqs == []
    await asyncio.sleep(0.1)
    assert queue.seqs == [1]


async def test_frames_and_bytes_are_bounded_until_they_are_committed() -> None:
    for bound in ({"unacked_frames": 3}, {"unacked_bytes": 30}):
        bounded = lane(Queue(), batch_frames=1, **bound)
        assert bounded.add(frame(1)) and bounded.add(frame(2))
        assert not bounded.add(frame(3))
        room = asyncio.create_task(bounded.room())
        await asyncio.sleep(0.01)
        assert not room.done()
        assert bounded.acked(1, 2) == 2
        await asyncio.wait_for(room, 1)
        assert (bounded.frames, bounded.bytes, bounded.oldest_us) == (1, 10, 3)


async def test_a_full_queue_holds_the_reader_back_and_loses_nothing() -> None:
    queue = Queue(capacity=2)
    full = lane(queue, batch_frames=1, batch_delay_ms=5)
    assert full.add(frame(1)) and full.add(frame(2))
    assert not full.add(frame(3))
    assert not full.add(frame(4))
    queue.capacity = 99
    await asyncio.wait_for(full.room(), 1)
    assert queue.seqs == [1, 2, 3, 4]


async def test_an_ack_from_before_a_loss_means_nothing() -> None:
    acked = lane(Queue(), batch_frames=1)
    acked.add(frame(1))
    acked.begin(2, WITNESS)
    acked.add(frame(1))
    assert acked.acked(1, 99) is None
    assert acked.frames == 1
    assert acked.acked(2, 2) == 1
    assert acked.frames == 0


async def test_a_successor_is_sent_everything_that_was_not_committed_in_order() -> None:
    first, second = Queue(capacity=3), Queue()
    kept = lane(first, batch_frames=1, batch_delay_ms=1)
    for seq in range(1, 8):
        kept.add(frame(seq))
    kept.acked(1, 1)
    kept.detach()
    kept.add(frame(8))
    await asyncio.sleep(0.05)
    kept.attach(second)
    assert second.seqs == [2, 3, 4, 5, 6, 7, 8]
    assert [batch.id for batch in second.batches] == [1, 2, 3, 4, 5, 6, 7]
    assert kept.acked(1, 7) == 8
    assert (kept.frames, kept.bytes) == (0, 0)


async def test_a_suspect_is_left_out_of_what_is_sent_again() -> None:
    queue = Queue()
    suspected = lane(Queue(), batch_frames=1)
    for seq in (1, 2, None, 3):
        suspected.add(frame(seq))
    suspected.detach()
    assert suspected.drop(2) == [frame(2)]
    assert suspected.drop(9) == []
    assert suspected.drop(Pulse.SYNTHETIC) == [frame(None)]
    suspected.attach(queue)
    assert queue.seqs == [1, 3]


async def test_synthetic_frames_do_not_count_as_the_last_one() -> None:
    synthetic = lane(Queue(), batch_frames=1)
    for seq in (1, None):
        synthetic.add(frame(seq))
    assert synthetic.acked(1, 2) == 1
    synthetic.add(frame(None))
    assert synthetic.acked(1, 3) is None


async def test_it_is_empty_when_all_is_committed() -> None:
    emptied = lane(Queue(), batch_frames=2)
    emptied.add(frame(1))
    emptied.flush()
    empty = asyncio.create_task(emptied.empty())
    await asyncio.sleep(0.01)
    assert not empty.done()
    emptied.acked(1, 1)
    await asyncio.wait_for(empty, 1)
