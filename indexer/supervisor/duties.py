"""What runs in the children, and what the parent has to do with each."""

import asyncio
from multiprocessing import get_context
from multiprocessing.context import SpawnProcess

import structlog

from indexer import metrics
from indexer.channel import Message
from indexer.config import Config
from indexer.coordinator import process as coordinator
from indexer.parent.link import CoordinatorLink, Link, ShardLink
from indexer.parent.process import Parent
from indexer.protocol.errors import BadFraming
from indexer.shard import process as shard

CONTEXT = get_context("spawn")

log = structlog.get_logger()


class ShardDuty:
    """Every incarnation is sent what its predecessor did not commit, less what killed it twice."""

    def __init__(self, config: Config, parent: Parent, index: int) -> None:
        self.name = f"shard {index}"
        self._config = config
        self._parent = parent
        self._index = index
        self._lane = parent.lanes[index]

    def prepare(self) -> tuple[Link, SpawnProcess]:
        self._link = ShardLink(CONTEXT, self._config.shards.queue_batches)
        port = child_port(self._config, self._index + 1)
        arguments = (self._config, self._index, self._link.end, port)
        return self._link, CONTEXT.Process(target=shard.main, args=arguments, name=self.name)

    def started(self) -> None:
        self._lane.attach(self._link)

    def heard(self, message: Message) -> None:
        self._parent.heard(self._index, message)

    async def ended(self) -> None:
        self._lane.detach()
        await self._parent.examine(self._index, self._link.pulse.suspect)


class CoordinatorDuty:
    """What it offers goes the way of all frames."""

    name = "coordinator"

    def __init__(self, config: Config, parent: Parent) -> None:
        self._config = config
        self._parent = parent

    def prepare(self) -> tuple[Link, SpawnProcess]:
        self._link = CoordinatorLink(CONTEXT)
        arguments = (self._config, self._link.end, child_port(self._config, 0))
        return self._link, CONTEXT.Process(target=coordinator.main, args=arguments, name=self.name)

    def started(self) -> None:
        self._dispatching = asyncio.create_task(self._dispatch())

    def heard(self, message: Message) -> None:
        """It says nothing that concerns what is read."""

    async def ended(self) -> None:
        self._dispatching.cancel()
        await asyncio.wait([self._dispatching])

    async def _dispatch(self) -> None:
        async for frame in self._link.offers():
            try:
                await self._parent.offer(frame)
            except BadFraming as error:
                log.error("the coordinator offers what is no frame", error=str(error))
                metrics.REFUSED.labels(error.reason).inc()


def child_port(config: Config, place: int) -> int:
    """The coordinator's port follows the parent's, the shards' follow it; 0 takes any."""
    return config.metrics.port and config.metrics.port + 1 + place


def ports(config: Config) -> list[int]:
    """All that will be wanted, the parent's first."""
    children = [child_port(config, place) for place in range(config.shards.total() + 1)]
    return [config.metrics.port, *children] if config.metrics.port else []
