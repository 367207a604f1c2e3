"""The stream once through the indexer, in peace or under fire."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass
from random import Random
from time import monotonic
from typing import Any

from rich.console import Console

from indexer.postgres import NoPostgres
from load.chaos.gusts import Gusts
from load.chaos.killer import Killer
from load.chaos.place import Place
from load.chaos.service import Service
from load.chaos.stream import Stream
from load.chaos.watch import Watch
from load.progress import progress
from load.replay import Relay

MOST_SHARDS = 4
GUESS_S = 3.0  # from one blow to the next, before there is one to measure
OURS = 0.5  # how often PostgreSQL is started before the indexer, which then only revives it


@dataclass(frozen=True, slots=True)
class Run:
    """What both runs have in common."""

    console: Console
    stream: Stream
    relay: Relay
    place: Place

    async def in_peace(self) -> None:
        service = self._service(_nothing)
        await self._play("in peace", service, _nothing, str)

    async def under_fire(
        self, random: Random, gusts: Gusts, blows: int, every_s: float
    ) -> tuple[Killer, int]:
        """What was hit, and how often the indexer was started."""
        starts = Random(random.random())

        async def prepare() -> None:
            if starts.random() < OURS:
                with suppress(NoPostgres):  # It was hit while it began: let the indexer try.
                    await self.place.start()

        service = self._service(prepare, lambda: starts.randint(1, MOST_SHARDS))
        killer = Killer(service, self.relay, self.place.data_dir, random, every_s)

        async def disturb(watch: Watch) -> None:
            began = monotonic()
            while (left := blows - (struck := killer.tally.total())) > 0 and not watch.at_end:
                frames = len(self.stream.seqs) - self.stream.done(watch.cursor)
                each_s = (GUESS_S + monotonic() - began) / (1 + struck)
                gusts.share(frames, left * max(every_s, each_s))
                await killer.strike(watch)
            gusts.rate = None

        def said() -> str:
            return f"{killer.tally.total()} blows, {service.starts} starts"

        await self._play("under fire", service, disturb, said)
        return killer, service.starts

    def _service(
        self, prepare: Callable[[], Awaitable[None]], shards: Callable[[], int] = lambda: 2
    ) -> Service:
        directory = self.place.data_dir.parent
        directory.mkdir()
        where = {
            "DATABASE_URL": "",
            "DATA_DIR": str(self.place.data_dir),
            "RELAY_URL": self.relay.url,
        }
        return Service(directory, where, shards, prepare)

    async def _play(
        self,
        title: str,
        service: Service,
        disturb: Callable[[Watch], Awaitable[None]],
        said: Callable[[], str],
    ) -> None:
        watch = Watch(service, self.place, self.stream.last)
        with progress(self.console) as bar:
            task = bar.add_task(title, total=len(self.stream.seqs), said="")

            def show(cursor: int) -> None:
                bar.update(task, completed=self.stream.done(cursor), said=said())

            async def to_the_end() -> None:
                await disturb(watch)
                await watch.settled()
                await service.end()
                show(watch.cursor)

            await _until_first(to_the_end(), service.run(), watch.run(show))


async def _nothing(*_: object) -> None:
    pass


async def _until_first(work: Coroutine[Any, Any, None], *beside: Coroutine[Any, Any, None]) -> None:
    """Until the work is done; what goes wrong beside it ends it."""
    main = asyncio.ensure_future(work)
    tasks = {main, *map(asyncio.ensure_future, beside)}
    pending = set(tasks)
    try:
        while not main.done():
            done, pending = await asyncio.wait(pending, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
