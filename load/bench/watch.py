"""A look at everything, again and again: how far it is, who used how much, who waits for what."""

from collections import Counter
from dataclasses import dataclass, field
from time import monotonic, process_time
from typing import Any

import asyncpg

from load.bench import figures, processes, scrape
from load.bench.indexer import Indexer

POSTMASTER = "postmaster"
LEFT = "ended between two looks"


@dataclass(frozen=True, slots=True)
class Look:
    """Counted since the indexer began; `postgres_s` is empty where its processes are not here."""

    at_s: float
    events: int
    ops: int
    cursor: int
    lag_s: float
    cpu_s: dict[str, float]
    memory: dict[str, processes.Memory]
    postgres_s: dict[str, float]
    harness_s: float  # what plays, looks and writes all this down: this process
    machine_s: float  # everybody, also those who have nothing to do with it
    wal_bytes: int
    metrics: Counter[str]


@dataclass(slots=True)
class Watch:
    indexer: Indexer
    connection: asyncpg.Connection
    began: float = field(default_factory=monotonic)
    looks: list[Look] = field(default_factory=list)
    waits: Counter[str] = field(default_factory=Counter)
    _backends: dict[int, tuple[str, float]] = field(default_factory=dict)
    _groups: dict[int, str] = field(default_factory=dict)
    _metrics: Counter[str] = field(default_factory=Counter)
    _reaped_before_s: float | None = None

    async def look(self) -> Look | None:
        """None before it has begun, and when it has ended."""
        status = await self.indexer.status()
        if status is None:
            return None
        at_s = monotonic() - self.began
        children = [status["coordinator"], *status["shards"]]
        pids = {"parent": status["pid"]} | {c["name"]: c["pid"] for c in children if c["pid"]}
        used = {name: processes.usage(pid) for name, pid in pids.items()}
        fewer = self.looks and len(used) < len(self.looks[-1].cpu_s)
        if fewer or not all(used.values()):
            return None  # One has ended meanwhile, and what it used would be missing.
        memories = {name: processes.memory(pid) for name, pid in pids.items()}
        server = await figures.server(self.connection)
        taken = Look(
            at_s,
            status["events"],
            status["ops"],
            status["cursor"] or 0,
            status["lag_s"],
            {name: one.cpu_s for name, one in used.items() if one},
            {name: one for name, one in memories.items() if one},
            self._postgres(server["pid"]),
            process_time(),
            processes.machine_s(),
            server["wal_bytes"],
            await self._scrape(status["shards"]),
        )
        self.looks.append(taken)
        return taken

    async def look_at_waits(self) -> None:
        self.note(await self.connection.fetch(figures.query("activity")))

    def note(self, rows: list[asyncpg.Record]) -> None:
        """Of the indexer's connections those that are at work: on the processor, or waiting."""
        for row in rows:
            own = row["backend_type"] == "client backend"
            self._groups[row["pid"]] = _group(row["application_name"] if own else "", row)
            if own and row["state"] == "active":
                waits = row["wait_event_type"] is not None
                self.waits[
                    f"{row['wait_event_type']}: {row['wait_event']}" if waits else "CPU"
                ] += 1
            elif own and row["state"] == "idle in transaction":
                self.waits["the indexer, within a transaction"] += 1

    async def _scrape(self, shards: list[dict[str, Any]]) -> Counter[str]:
        texts = [await self.indexer.metrics(s["metrics"]) for s in shards if s["metrics"]]
        if all(texts):  # Else one is at its end: what was last heard of all stands.
            self._metrics = scrape.total(scrape.read(text) for text in texts)
        return self._metrics

    def _postgres(self, ours: int) -> dict[str, float]:
        """Seconds by kind of process, ended ones included; ours, which only looks, is left out."""
        master = processes.postmaster(ours)
        whole = processes.usage(master) if master else None
        if master is None or whole is None:
            return {}
        living = processes.children(master)
        for pid, used in living.items():
            if pid != ours:
                group = self._groups.get(pid) or self._backends.get(pid, ("others", 0.0))[0]
                self._backends[pid] = group, used.cpu_s
        sums: dict[str, float] = {}
        for group, cpu_s in self._backends.values():
            sums[group] = sums.get(group, 0.0) + cpu_s
        gone_s = sum(s for pid, (_, s) in self._backends.items() if pid not in living)
        if self._reaped_before_s is None:
            self._reaped_before_s = whole.reaped_s
        sums[POSTMASTER] = whole.cpu_s
        sums[LEFT] = max(0.0, whole.reaped_s - self._reaped_before_s - gone_s)
        return sums


def _group(application: str, row: asyncpg.Record) -> str:
    """A connection by the process that has it; of the parent's the name goes on with its host."""
    return application.partition(",")[0] or str(row["backend_type"])
