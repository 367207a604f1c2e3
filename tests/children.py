"""Small children for the tests of what starts, feeds and watches the real ones."""

import asyncio
import os
import signal
import time

import uvloop

from indexer.channel import ChildEnd, CoordinatorEnd, ShardEnd


def acks_everything(end: ShardEnd) -> None:
    """A shard that commits whatever it is given."""
    uvloop.run(_ack(end))


async def _ack(end: ShardEnd) -> None:
    end.open(asyncio.get_running_loop())
    end.ready(1)
    while batches := await end.take(1000):
        last = batches[-1]
        end.ack(last.epoch, last.id, sum(len(batch.frames) for batch in batches), 0)


def takes_by(end: ShardEnd, max_frames: int) -> None:
    """A shard that tells what each `take` gave, in one ack whose events are the frames of it."""
    uvloop.run(_take(end, max_frames))


async def _take(end: ShardEnd, max_frames: int) -> None:
    end.open(asyncio.get_running_loop())
    await asyncio.sleep(0.3)
    while batches := await end.take(max_frames):
        last = batches[-1]
        end.ack(last.epoch, last.id, sum(len(batch.frames) for batch in batches), len(batches))


def gathers(end: ShardEnd, seconds: float) -> None:
    """A shard that lets what has just come gather for so long, and tells how much it was."""
    uvloop.run(_gather(end, seconds))


async def _gather(end: ShardEnd, seconds: float) -> None:
    end.open(asyncio.get_running_loop())
    end.ready(6)
    while batches := await end.take(1000, seconds):
        end.ack(batches[-1].epoch, batches[-1].id, 0, len(batches))


def loses_epoch_one(end: ShardEnd) -> None:
    """A shard that loses PostgreSQL while it holds the first batch of epoch 1."""
    uvloop.run(_lose(end))


async def _lose(end: ShardEnd) -> None:
    end.open(asyncio.get_running_loop())
    await end.take(1)
    end.lost(1)
    while batches := await end.take(1000):
        last = batches[-1]
        end.ack(last.epoch, last.id, len(batches), 0)


def dies_decoding(end: ShardEnd) -> None:
    """A shard whose decoder takes the process down at the first frame."""
    uvloop.run(_die(end))


async def _die(end: ShardEnd) -> None:
    end.open(asyncio.get_running_loop())
    (batch, *_) = await end.take(1)
    end.pulse.working_on(batch.frames[0][0])
    os.kill(os.getpid(), signal.SIGKILL)


def waits(end: ChildEnd) -> None:
    """A child that only waits to be told to stop."""
    uvloop.run(_wait(end))


async def _wait(end: ChildEnd) -> None:
    end.open(asyncio.get_running_loop())
    end.ready(2)
    await end.stopping.wait()


def hangs(end: ChildEnd) -> None:
    """A child whose event loop stands still."""
    uvloop.run(_hang(end))


async def _hang(end: ChildEnd) -> None:
    end.open(asyncio.get_running_loop())
    end.ready(3)
    await asyncio.sleep(0.1)
    time.sleep(3600)


def offers(end: CoordinatorEnd, frames: list[bytes]) -> None:
    """A coordinator that has these frames to offer."""
    uvloop.run(_offer(end, frames))


async def _offer(end: CoordinatorEnd, frames: list[bytes]) -> None:
    end.open(asyncio.get_running_loop())
    await asyncio.gather(*(end.offer(frame) for frame in frames))
    end.fatal("nothing left to offer")


def parents(pid_file: str) -> None:
    """A parent of one child that waits and one that hangs; writes their ids down."""
    from multiprocessing import get_context
    from pathlib import Path

    from indexer.parent.link import Link

    context = get_context("spawn")
    links = [Link(context), Link(context)]
    children = [
        context.Process(target=target, args=(link.end,))
        for target, link in zip((waits, hangs), links, strict=True)
    ]
    for child, link in zip(children, links, strict=True):
        child.start()
        link.started()
    for link in links:
        link._inbox.recv()
    Path(pid_file).write_text(" ".join(str(child.pid) for child in children))
    time.sleep(3600)


def dies_at(end: ShardEnd, deadly: int) -> None:
    """A shard that commits what it is given, but whose decoder cannot stand one frame."""
    uvloop.run(_die_at(end, deadly))


async def _die_at(end: ShardEnd, deadly: int) -> None:
    end.open(asyncio.get_running_loop())
    end.ready(4)
    while batches := await end.take(100):
        for batch in batches:
            for seq, _, _ in batch.frames:
                end.pulse.working_on(seq)
                if seq == deadly:
                    os.kill(os.getpid(), signal.SIGKILL)
            end.pulse.working_on(0)
            end.ack(batch.epoch, batch.id, len(batch.frames), 0)


def cannot_begin(end: ChildEnd) -> None:
    """A child that says why it leaves at once."""
    end.fatal("the schema is of another version")
    raise SystemExit(3)


def will_not_end(end: ChildEnd) -> None:
    """A child that never finishes what it has in hand."""
    uvloop.run(_never_end(end))


async def _never_end(end: ChildEnd) -> None:
    end.open(asyncio.get_running_loop())
    end.ready(5)
    await asyncio.sleep(3600)
