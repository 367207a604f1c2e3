"""Batches reach a child and acks come back, through real processes that live, hang and die."""

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from multiprocessing import get_context
from multiprocessing.context import SpawnProcess
from pathlib import Path

import pytest

from indexer.channel import Batch, Message
from indexer.parent.link import CoordinatorLink, Link, ShardLink
from tests import children
from tests.polling import until

CONTEXT = get_context("spawn")


class Running:
    def __init__(self, link: Link, target: Callable[..., None], *args: object) -> None:
        self.messages: list[Message] = []
        self.process: SpawnProcess = CONTEXT.Process(target=target, args=(link.end, *args))
        self.process.start()
        link.started()
        self.gone = link.listen(asyncio.get_running_loop(), self.messages.append)


@asynccontextmanager
async def running(link: Link, target: Callable[..., None], *args: object) -> AsyncIterator[Running]:
    child = Running(link, target, *args)
    try:
        yield child
    finally:
        child.process.kill()
        await asyncio.wait_for(child.gone.wait(), 10)
        child.process.join()
        link.close()


def batch(number: int, epoch: int = 1, frames: int = 1, size: int = 10) -> Batch:
    return Batch(number, epoch, 0, [(number * 100 + n, 5, bytes(size)) for n in range(frames)])


async def test_what_is_sent_is_acked_in_order() -> None:
    link = ShardLink(CONTEXT, 64)
    async with running(link, children.acks_everything) as child:
        for number in range(1, 41):
            assert link.send(batch(number, frames=64))
        await until(lambda: sum(m[3] for m in child.messages if m[0] == "ack") == 40 * 64)
        acks = [message for message in child.messages if message[0] == "ack"]
        assert child.messages[0] == ("ready", 1)
        assert [ack[2] for ack in acks] == sorted(ack[2] for ack in acks)
        assert acks[-1][1:3] == (1, 40)


async def test_a_take_gives_whole_batches_up_to_about_what_was_asked() -> None:
    link = ShardLink(CONTEXT, 64)
    async with running(link, children.takes_by, 20) as child:
        for number in range(1, 10):
            assert link.send(batch(number, frames=8))
        await until(lambda: sum(m[4] for m in child.messages) == 9)
        assert all(message[3] <= 24 and message[3] % 8 == 0 for message in child.messages)


async def test_what_has_just_come_is_left_to_gather() -> None:
    link = ShardLink(CONTEXT, 64)
    async with running(link, children.gathers, 3.0) as child:
        await until(lambda: child.messages == [("ready", 6)])
        now_us = int(time.time() * 1e6)
        for number in (1, 2):
            assert link.send(Batch(number, 1, 0, [(number, now_us, b"")]))
            await until(lambda: not link.depth)
        await until(lambda: child.messages[1:] == [("ack", 1, 2, 0, 2)])


async def test_who_is_behind_waits_for_nothing() -> None:
    link = ShardLink(CONTEXT, 64)
    async with running(link, children.gathers, 3600.0) as child:
        assert link.send(batch(1))
        await until(lambda: child.messages[-1:] == [("ack", 1, 1, 0, 1)])


async def test_a_full_queue_refuses_and_takes_again_later() -> None:
    link = ShardLink(CONTEXT, 2)
    process = CONTEXT.Process(target=children.acks_everything, args=(link.end,))
    assert link.send(batch(1)) and link.send(batch(2))
    assert not link.send(batch(3))
    assert link.depth == 2
    process.start()
    link.started()
    messages: list[Message] = []
    gone = link.listen(asyncio.get_running_loop(), messages.append)
    await until(lambda: link.send(batch(3)))
    await until(lambda: any(message[:3] == ("ack", 1, 3) for message in messages))
    process.terminate()
    await asyncio.wait_for(gone.wait(), 10)
    process.join()
    assert process.exitcode == 0
    link.close()


async def test_a_child_that_lost_an_epoch_gives_no_more_of_it() -> None:
    link = ShardLink(CONTEXT, 64)
    async with running(link, children.loses_epoch_one) as child:
        for number in range(1, 6):
            assert link.send(batch(number, epoch=1))
        assert link.send(batch(6, epoch=2))
        await until(lambda: len(child.messages) == 2)
        assert child.messages == [("lost", 1), ("ack", 2, 6, 1, 0)]


async def test_a_child_told_to_stop_leaves_its_queue_and_exits_cleanly() -> None:
    async with running(Link(CONTEXT), children.waits) as child:
        await until(lambda: child.messages == [("ready", 2)])
        child.process.terminate()
        await asyncio.wait_for(child.gone.wait(), 10)
        child.process.join()
        assert child.process.exitcode == 0


async def test_a_child_is_not_disturbed_by_an_interrupt() -> None:
    async with running(Link(CONTEXT), children.waits) as child:
        await until(lambda: child.messages == [("ready", 2)])
        assert child.process.pid is not None
        os.kill(child.process.pid, signal.SIGINT)
        await asyncio.sleep(0.2)
        assert child.process.is_alive()


async def test_the_pulse_of_a_hanging_child_stands_still() -> None:
    link = Link(CONTEXT)
    async with running(link, children.hangs) as child:
        await until(lambda: child.messages == [("ready", 3)])
        await until(lambda: 0 < link.pulse.last_beat < time.monotonic() - 1.5)


async def test_the_frame_that_killed_a_child_is_known_afterwards() -> None:
    link = ShardLink(CONTEXT, 4)
    async with running(link, children.dies_decoding) as child:
        assert link.send(batch(9))
        await asyncio.wait_for(child.gone.wait(), 10)
        assert link.pulse.suspect == 900


async def test_a_dead_child_leaves_no_thread_blocked_on_its_full_pipe() -> None:
    link = ShardLink(CONTEXT, 64)
    async with running(link, children.hangs) as child:
        for number in range(1, 65):
            assert link.send(batch(number, size=100_000))
        await until(lambda: bool(child.messages))
        feeder = link._queue._thread  # type: ignore[attr-defined]
        assert feeder.is_alive()
        child.process.kill()
        await until(lambda: not feeder.is_alive())


async def test_offered_frames_come_one_by_one_and_wait_for_room() -> None:
    link = CoordinatorLink(CONTEXT)
    frames = [bytes([n]) * (1_000_000 + n) for n in range(8)]
    async with running(link, children.offers, frames) as child:
        offers = link.offers()
        assert await anext(offers) == frames[0]
        await asyncio.sleep(0.3)
        assert child.messages == []  # The rest of the eight megabytes waits in the child.
        assert [frame async for frame in offers] == frames[1:]
        await asyncio.wait_for(child.gone.wait(), 10)
        assert child.messages == [("fatal", "nothing left to offer")]


@pytest.mark.timeout(60)
async def test_no_child_outlives_a_killed_parent_even_when_it_hangs(tmp_path: Path) -> None:
    pids = tmp_path / "pids"
    parent = CONTEXT.Process(target=children.parents, args=(str(pids),))
    parent.start()
    await until(lambda: pids.exists() and len(pids.read_text().split()) == 2)
    parent.kill()
    parent.join()
    for pid in pids.read_text().split():
        await until(lambda pid=pid: not Path(f"/proc/{pid}").exists())  # type: ignore[misc]
