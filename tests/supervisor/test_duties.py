"""Shards and the coordinator under the parent, as real processes: nothing is lost with them."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from multiprocessing.context import SpawnProcess
from typing import Any

from indexer.parent.link import CoordinatorLink, Link, ShardLink
from indexer.parent.process import Parent
from indexer.supervisor.child import Child
from indexer.supervisor.duties import CONTEXT, CoordinatorDuty, ShardDuty, child_port, ports
from tests import children
from tests.parent.frames import identity
from tests.parent.parents import CONFIG, make_parent, settings
from tests.parent.relay import relay
from tests.parent.test_ingest import serve_after
from tests.polling import until


class Shard(ShardDuty):
    """The duty of a shard, with another shard's inside."""

    target: Any = staticmethod(children.acks_everything)
    arguments: tuple[Any, ...] = ()

    def prepare(self) -> tuple[Link, SpawnProcess]:
        self._link = ShardLink(CONTEXT, 64)
        arguments = (self._link.end, *self.arguments)
        return self._link, CONTEXT.Process(target=self.target, args=arguments)


class Coordinator(CoordinatorDuty):
    frames = (identity(900), b"no frame", identity(901))

    def prepare(self) -> tuple[Link, SpawnProcess]:
        self._link = CoordinatorLink(CONTEXT)
        return self._link, CONTEXT.Process(
            target=children.offers, args=(self._link.end, list(self.frames))
        )


@asynccontextmanager
async def working(parent: Parent, *kept: Child) -> AsyncIterator[None]:
    await parent.open()
    tasks = [asyncio.create_task(child.keep()) for child in kept]
    reading = asyncio.create_task(parent.run())
    try:
        yield
    finally:
        reading.cancel()
        for child in kept:
            child.kill()
        await asyncio.wait([reading, *tasks])
        await parent.close()


async def test_what_a_killed_shard_had_not_committed_its_successor_does(database_url: str) -> None:
    async def flowing(connection, cursor) -> None:
        for seq in range((cursor or 0) + 1, 4001):
            await connection.send(identity(seq))
            if seq % 20 == 0:
                await asyncio.sleep(0.01)
        await connection.wait_closed()

    async with relay(flowing) as server:
        given = settings(database_url, server.url)
        parent = make_parent(given)
        kept = [Child(Shard(given, parent, index), 30) for index in range(2)]
        async with working(parent, *kept):
            for death in range(1, 4):
                await until(lambda: kept[0].state == "running")
                await until(lambda d=death: sum(parent.events) > d * 400)
                assert kept[0].pid is not None
                os.kill(kept[0].pid, signal.SIGKILL)
                await until(lambda d=death: kept[0].restarts == d)
            await until(lambda: parent.saved.seq == 4000)
        assert server.asked == [None]


async def test_a_frame_that_kills_its_decoder_costs_two_restarts_and_itself(
    database_url: str, connection
) -> None:
    class Deadly(Shard):
        target = staticmethod(children.dies_at)
        arguments = (7,)

    async with relay(serve_after) as server:
        given = settings(database_url, server.url, shards=1)
        parent = make_parent(given)
        child = Child(Deadly(given, parent, 0), 30)
        async with working(parent, child):
            await until(lambda: parent.saved.seq == 20)
            assert child.restarts == 2
    rows = await connection.fetch("SELECT seq, reason FROM quarantine")
    assert [tuple(row) for row in rows] == [(7, "crashed_decoder")]


async def test_what_the_coordinator_offers_reaches_the_shards(database_url: str) -> None:
    async with relay(serve_after) as server:
        given = settings(database_url, server.url, shards=1)
        parent = make_parent(given)
        shard, coordinator = (
            Child(Shard(given, parent, 0), 30),
            Child(Coordinator(given, parent), 30),
        )
        async with working(parent, shard, coordinator):
            await until(lambda: parent.events[0] >= 22)
            await until(lambda: parent.saved.seq == 20)
            assert coordinator.trouble is None or "nothing left" in coordinator.trouble


def test_ports_follow_the_parents_unless_any_will_do() -> None:
    given = settings("unset", "unset", shards=3)
    assert ports(given) == [9400, 9401, 9402, 9403, 9404]
    assert child_port(given, 0) == CONFIG.metrics.port + 1
