"""The whole indexer: the parent's work in this process and all the others, begun, watched, ended.

It ends when it is told to (SIGTERM or SIGINT; a second one waits for nobody), when its source ends,
or when what it reads or writes can never go on.
"""

import asyncio
import os
import signal
import socket
from collections.abc import Callable
from typing import Any

import structlog

from indexer import database
from indexer.address import Address
from indexer.config import Config
from indexer.page import make_page
from indexer.parent.capture import Capture
from indexer.parent.firehose import Firehose
from indexer.parent.meter import Meter
from indexer.parent.process import Parent
from indexer.parent.source import Source
from indexer.supervisor.child import Child, Duty
from indexer.supervisor.duties import CoordinatorDuty, ShardDuty, ports
from indexer.supervisor.looking import Looker
from indexer.supervisor.report import live, reasons, report, unready
from indexer.web import check_free, serving

# Of the time to drain, so much is for the children; what remains saves the cursor.
CHILDREN_SHARE = 0.8
SAME_SIGNAL_S = 0.3  # timeout(1) and others send each to the process and to its group
OWN_CONNECTIONS = 2  # the ledger's, and that of whoever counts

log = structlog.get_logger()


class Supervisor:
    def __init__(self, config: Config, address: Address, revive: Callable[[], None]) -> None:
        """`config.database.url` names a database that runs and has our schema; `revive` starts it
        again, as far as it is ours to start. It is called on a thread of its own, and may take its
        time.
        """
        self._config = config
        self.parent = Parent(config, open_source(config, address), parent_name(), revive)
        hung_after_s = config.shards.hung_after_s
        duties: list[Duty] = [CoordinatorDuty(config, self.parent)]
        duties += [ShardDuty(config, self.parent, lane.index) for lane in self.parent.lanes]
        self.children = [Child(duty, hung_after_s) for duty in duties]
        self.meter = Meter(self.parent, config)
        self.looker = Looker(config.metrics.host, self.children)
        self._told = asyncio.Event()
        self._told_at = 0.0
        self._running: asyncio.Task[Any] | None = None

    async def run(self, begun: Callable[[int], None]) -> None:
        """Returns when it has ended well. `begun` is told the port of metrics. Raises `Broken`,
        `DatabaseRefused`, `PortTaken` with words for people; CancelledError after a second signal.
        """
        self._listen_for_signals()
        metrics = self._config.metrics
        check_free(metrics.host, ports(self._config))
        await self._check_room()
        await self.parent.open()
        try:
            async with serving(
                metrics.host,
                metrics.port,
                lambda: reasons(self.parent, self.children, self.meter),
                ready=lambda: unready(self.parent, self.children, self.meter),
                status=self.status,
                ports=lambda: {child.name: child.port for child in self.children if child.port},
                more=make_page(metrics.host, self._config.database.url, self.live),
            ) as port:
                begun(port)
                await self._work()
        finally:
            await self.looker.close()
            await self._close()
        events, ops = sum(self.parent.events), sum(self.parent.ops)
        log.info("ended", events=events, ops=ops, cursor=self.parent.saved.seq)

    async def status(self) -> dict[str, Any]:
        return report(self._config, self.parent, self.children, self.meter)

    def live(self) -> dict[str, Any]:
        return live(self._config, self.parent, self.children, self.meter, self.looker)

    async def _work(self) -> None:
        keeping = [asyncio.create_task(child.keep()) for child in self.children]
        reading = asyncio.create_task(self.parent.run())
        measuring = asyncio.create_task(self.meter.run())
        told = asyncio.create_task(self._told.wait())
        try:
            await asyncio.wait(
                [reading, measuring, told, *keeping], return_when=asyncio.FIRST_COMPLETED
            )
            await _stop(told, measuring, reading)
            await self._drain(keeping)
        finally:
            for child in self.children:
                child.kill()
            await _stop(told, measuring, reading)
            await asyncio.wait(keeping)
        for task in (reading, measuring, *keeping):
            if not task.cancelled():
                task.result()

    async def _close(self) -> None:
        """A PostgreSQL that does not answer shall not keep us."""
        try:
            async with asyncio.timeout(self._config.shards.drain_s * (1 - CHILDREN_SHARE)):
                await self.parent.close()
        except TimeoutError:
            log.warning("cannot save the cursor: PostgreSQL does not answer")

    async def _drain(self, keeping: list["asyncio.Task[None]"]) -> None:
        """What is queued is left to the cursor."""
        for child in self.children:
            child.end()
        drain_s = self._config.shards.drain_s * CHILDREN_SHARE
        _, late = await asyncio.wait(keeping, timeout=drain_s)
        if late:
            log.warning("not everybody finished in time", late=len(late), after_s=drain_s)

    def _listen_for_signals(self) -> None:
        loop = asyncio.get_running_loop()
        self._running = asyncio.current_task()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._signalled)

    def _signalled(self) -> None:
        now = asyncio.get_running_loop().time()
        if not self._told.is_set():
            log.info("ending: finishing what is in hand; a second signal waits for nothing")
            self._told.set()
            self._told_at = now
            for child in self.children:
                child.expect_end()
        elif self._running is not None and now - self._told_at > SAME_SIGNAL_S:
            for child in self.children:
                child.kill()
            self._running.cancel()

    async def _check_room(self) -> None:
        """All our connections must fit, before the first of them is missed in the middle."""
        wanted = max(self._config.database.pool_size, len(self.children)) + OWN_CONNECTIONS
        connection = await database.connect(self._config.database.url, parent_name())
        try:
            await database.check_room(connection, wanted)
        finally:
            await connection.close()


def open_source(config: Config, address: Address) -> Source:
    if address.file is not None:
        return Capture(address.service, address.file)
    assert address.url is not None
    return Firehose(address.service, address.url, config.relay)


def parent_name() -> str:
    """What PostgreSQL calls our connection: whoever finds our lock finds us by it."""
    return f"indexer parent, {socket.gethostname()} pid {os.getpid()}"[:63]


async def _stop(*tasks: "asyncio.Task[Any]") -> None:
    for task in tasks:
        task.cancel()
    await asyncio.wait(tasks)
