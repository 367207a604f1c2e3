"""What a run needs: a database with a past, as a template, and the stream that comes after it.

Making both takes longer than a run, so they can be kept: a directory for each world, with a
PostgreSQL of its own in it.
"""

import asyncio
import hashlib
import os
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from time import time

import orjson
from rich.console import Console

from indexer import database
from indexer.database.schema import checksum
from indexer.database.session import SQL
from indexer.protocol.dump import Entry
from indexer.protocol.errors import Invalid
from indexer.protocol.event import Commit
from indexer.protocol.frame import decode
from load.bench import cluster as clusters
from load.bench.cluster import Cluster
from load.bench.indexer import indexing
from load.bench.plan import World
from load.capture import CaptureWriter, read_capture, seq_of
from load.generate import generate
from load.progress import progress

PAST = "past"  # the template


@dataclass(frozen=True, slots=True)
class Stream:
    """A capture, and what is in it; of a capture too long to be kept in mind."""

    path: Path
    events: int
    ops: int
    last: int  # sequence number


@dataclass(frozen=True, slots=True)
class Stage:
    cluster: Cluster
    stream: Stream
    rows: int  # in the template


@asynccontextmanager
async def staged(console: Console, world: World, kept: Path | None) -> AsyncIterator[Stage]:
    """Without a directory to keep it in, and on a server given, it is gone afterwards."""
    given = os.environ.get("DATABASE_URL")
    with tempfile.TemporaryDirectory(prefix="indexer-bench-") as scratch:
        place = kept / key(world) if kept else Path(scratch)
        place.mkdir(parents=True, exist_ok=True)
        async with clusters.given(given) if given else clusters.own(place / "data") as cluster:
            story = place / "stage.json"
            if given or not story.exists() or not await cluster.has(PAST):
                stage = await _make(console, world, cluster, place)
                told = {"rows": stage.rows, "stream": stage.stream}
                story.write_bytes(orjson.dumps(told, default=str))
            yield _kept(cluster, story)


def key(world: World) -> str:
    """Of what is kept: another schema needs another past."""
    told = world.told() | {"schema": checksum(sorted(SQL.rglob("*.sql")))}
    if world.capture is not None:
        told["changed"] = world.capture.stat().st_mtime
    return hashlib.sha256(orjson.dumps(told, option=orjson.OPT_SORT_KEYS)).hexdigest()[:12]


def _kept(cluster: Cluster, story: Path) -> Stage:
    found = orjson.loads(story.read_bytes())
    stream = found["stream"]
    return Stage(cluster, Stream(**{**stream, "path": Path(stream["path"])}), found["rows"])


async def _make(console: Console, world: World, cluster: Cluster, place: Path) -> Stage:
    past, capture = place / "past.cborseq.zst", place / "stream.cborseq.zst"
    source = _entries(world)
    before = islice(source, world.past)
    await _write(console, "making the past", past, before, world.past)
    stream = await _write(console, "making the stream", capture, source, None)
    if not stream.events:
        raise Invalid("bad_dump", "behind the past there is nothing left to be measured")
    url = await cluster.create(PAST)
    await _live_through(console, url, past, place)
    past.unlink()
    return Stage(cluster, stream, await settle(url))


def _entries(world: World) -> Iterator[Entry]:
    if world.capture is not None:
        return read_capture(world.capture)
    return generate(world.seed, world.past + world.commits, world.people)


async def _write(
    console: Console, what: str, path: Path, entries: Iterator[Entry], most: int | None
) -> Stream:
    events = ops = last = 0
    now_us = int(time() * 1_000_000)  # What a capture says of its own time may be made up.
    with progress(console) as bar, CaptureWriter(path) as writer:
        task = bar.add_task(what, total=most, said="")
        for received_at_us, frame in entries:
            writer.write(received_at_us, frame)
            seq = seq_of(frame)
            if seq is not None and seq > last:
                last, events, ops = seq, events + 1, ops + _ops(now_us, frame)
            if writer.frames % 256 == 0:
                bar.update(task, completed=writer.frames)
                await asyncio.sleep(0)  # for whoever wants it to stop
        bar.update(task, completed=writer.frames, total=writer.frames)
    return Stream(path, events, ops, last)


def _ops(now_us: int, frame: bytes) -> int:
    try:
        event = decode(frame, now_us)
    except Invalid:
        return 0
    return len(event.ops) if isinstance(event, Commit) else 0


async def _live_through(console: Console, url: str, capture: Path, place: Path) -> None:
    """The indexer reads what has been, unmeasured."""
    environment = {"DATABASE_URL": url, "RELAY_URL": f"file:{capture}"}
    with console.status("indexing the past"):
        async with indexing(place, environment) as indexer:
            await indexer.through()


async def settle(url: str) -> int:
    """Leaves the database as one that has been at rest. Returns how many rows it has."""
    connection = await database.connect(url, clusters.NAME)
    try:
        await connection.execute("VACUUM (ANALYZE)")
        await connection.execute("CHECKPOINT")
        counted = "SELECT coalesce(sum(reltuples), 0) FROM pg_class WHERE relkind = 'r'"
        own = f"{counted} AND relnamespace = 'public'::regnamespace AND reltuples > 0"
        return int(await connection.fetchval(own))
    finally:
        await connection.close()
