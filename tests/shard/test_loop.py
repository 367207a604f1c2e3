"""The shard's loop, but for its process: what it says of a batch, and when."""

import asyncio
from multiprocessing import Pipe, get_context

from indexer.channel import Batch, Pulse, ShardEnd
from indexer.protocol.frame import decode
from indexer.shard.loop import Loop
from indexer.shard.writer import Writer
from load.generate import generate
from tests.polling import blocked

CONTEXT = get_context("spawn")
LATER_US = 4_000_000_000_000_000  # the times in what is made are made up


async def test_a_batch_is_acknowledged_when_it_is_committed(writer: Writer) -> None:
    parent, child = Pipe()
    loop = Loop(ShardEnd(child, Pulse(CONTEXT), CONTEXT.Queue(), 1), writer, 100, False)
    _, frame = next(iter(generate(seed=3, commits=1)))
    event = decode(frame, LATER_US)
    assert event is not None
    async with writer.transaction([event.did]) as known:
        writing = asyncio.create_task(loop._take([Batch(7, 1, [(event.seq, LATER_US, frame)])]))
        await blocked(known.connection, writing)
        assert not parent.poll()
    await writing
    assert parent.recv()[:4] == ("ack", 1, 7, 1)
