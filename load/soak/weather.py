"""What goes wrong: faults that come and go, hosts that are down for a while. One seed, one plan."""

import asyncio
from collections.abc import Iterable
from random import Random

from aiohttp import web

from load.network import Running
from load.network.asked import Asked
from load.network.faults import Fault
from load.network.host import Host
from load.soak.gusts import Gust, next_gust

MOST_AT_ONCE, CALM_S, BETWEEN_S = 6, (1.0, 12.0), (20.0, 90.0)
DOWN, ALL_DOWN, PLC_DOWN = 0.05, 0.044, 0.022  # of an hour: up to three minutes, two, one


class Weather:
    """`wronged` are the accounts about which an answer was not the true one, or late."""

    def __init__(self, there: Running, random: Random, lasts_s: float) -> None:
        self.blowing: list[str] = []
        self.struck: dict[str, int] = {}
        self.wronged: set[str] = set()
        self._there, self._random, self._lasts_s = there, random, lasts_s
        self._pds = [host.name for host in there.pds]
        self._away: set[Host] = set()

    async def run(self) -> None:
        """Until it is cancelled. Everybody is up then, and honest."""
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._outages())
                while True:
                    await asyncio.sleep(self._random.uniform(*CALM_S))
                    if len(self.blowing) < MOST_AT_ONCE:
                        group.create_task(self._blow(next_gust(self._random, self._pds)))
        finally:
            self._there.faults.lift()

    async def _blow(self, gust: Gust) -> None:
        fault = self._noting(gust.fault())
        plan = self._there.faults.set(fault, gust.host, gust.kind, chance=gust.chance)
        said = f"{gust.name} at {gust.host}"
        self.blowing.append(said)
        try:
            await asyncio.sleep(gust.lasts_s)
        finally:
            plan.lift()
            self.blowing.remove(said)
            self.struck[gust.name] = self.struck.get(gust.name, 0) + plan.struck

    def _noting(self, fault: Fault) -> Fault:
        async def do(asked: Asked) -> web.StreamResponse:
            self.wronged.add(asked.question.subject.partition("/")[0])
            return await fault(asked)

        return do

    async def _outages(self) -> None:
        """One host after the other; a third of the way all PDSs, and later the directory."""
        whole, plc = self._lasts_s, self._there.plc
        async with asyncio.TaskGroup() as group:
            group.create_task(self._one_by_one())
            await asyncio.sleep(whole / 3)
            await self._down("all PDSs", self._there.pds, whole * ALL_DOWN)
            await asyncio.sleep(whole / 4)
            await self._down("the directory", [plc], whole * PLC_DOWN)

    async def _one_by_one(self) -> None:
        while True:
            await asyncio.sleep(self._random.uniform(*BETWEEN_S))
            host = self._random.choice([*self._there.pds, self._there.hosts["relay"]])
            await self._down(host.name, [host], self._lasts_s * DOWN * self._random.random())

    async def _down(self, name: str, hosts: Iterable[Host], for_s: float) -> None:
        said, hosts = f"{name} down", set(hosts) - self._away
        self.blowing.append(said)
        self._away |= hosts
        try:
            for host in hosts:
                await host.down()
            await asyncio.sleep(for_s)
        finally:
            for host in hosts:
                await host.up()
            self._away -= hosts
            self.blowing.remove(said)
