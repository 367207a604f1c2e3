"""A past in a database, and the stream that goes on from there, in a file."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from time import time

from rich.console import Console

from indexer import database
from indexer.protocol.dump import Entry
from indexer.protocol.errors import Invalid
from load.bench.indexer import indexing
from load.bench.plan import World
from load.capture import CaptureWriter, ops_of, read_capture, seq_of
from load.past import Plan as Past
from load.past import fill, generate
from load.progress import progress

ROWS_A_COMMIT = 2.0  # of a past, in all tables


@dataclass(frozen=True, slots=True)
class Stream:
    """A capture, and what is in it; of a capture too long to be kept in mind."""

    path: Path
    events: int
    ops: int
    last: int  # sequence number


async def make(console: Console, world: World, url: str, place: Path) -> Stream:
    """Fills the empty database at `url`, and writes the stream into a file at `place`."""
    file = place / "stream.cborseq.zst"
    if world.capture is not None:
        source = read_capture(world.capture)
        await _index(console, islice(source, world.past), url, place)
    else:
        past = past_of(world)
        await database.migrate(url)
        await _fill(console, url, past)
        source = generate(past)
    stream = await _write(console, "making the stream", file, source)
    if not stream.events:
        raise Invalid("bad_dump", "behind the past there is nothing left to be measured")
    return stream


def past_of(world: World) -> Past:
    past = int(world.rows / ROWS_A_COMMIT)
    return Past(
        world.seed, past, world.commits, world.people, history=world.history, viral=world.viral
    )


async def _fill(console: Console, url: str, past: Past) -> None:
    working = asyncio.current_task()
    with progress(console) as bar:
        task = bar.add_task("filling the database", total=None, said="")

        def told(what: str, done: int, most: int) -> None:
            if working is not None and working.cancelling():
                raise asyncio.CancelledError  # It does not wait for anything else by itself.
            bar.update(task, completed=done, total=most, said=what)

        await fill(url, past, told)


async def _index(console: Console, frames: Iterator[Entry], url: str, place: Path) -> None:
    """The indexer reads what has been, unmeasured."""
    capture = place / "past.cborseq.zst"
    await _write(console, "setting the past apart", capture, frames)
    environment = {"DATABASE_URL": url, "RELAY_URL": f"file:{capture}"}
    with console.status("indexing the past"):
        async with indexing(place, environment) as indexer:
            await indexer.through()
    capture.unlink()


async def _write(console: Console, what: str, path: Path, entries: Iterator[Entry]) -> Stream:
    events = ops = last = 0
    now_us = int(time() * 1_000_000)  # What a capture says of its own time may be made up.
    with progress(console) as bar, CaptureWriter(path) as writer:
        task = bar.add_task(what, total=None, said="")
        for received_at_us, frame in entries:
            writer.write(received_at_us, frame)
            seq = seq_of(frame)
            if seq is not None and seq > last:
                last, events, ops = seq, events + 1, ops + ops_of(frame, now_us)
            if writer.frames % 256 == 0:
                bar.update(task, completed=writer.frames)
                await asyncio.sleep(0)  # for whoever wants it to stop
        bar.update(task, completed=writer.frames, total=writer.frames)
    return Stream(path, events, ops, last)
