"""The children are asked while somebody looks, and nobody waits for them."""

import asyncio
import socket
from multiprocessing.context import SpawnProcess

import pytest

from indexer import metrics, web
from indexer.channel import Message
from indexer.parent.link import Link
from indexer.supervisor import looking
from indexer.supervisor.child import Child
from indexer.supervisor.looking import Looker, quantile, read
from tests.polling import until


class Nothing:
    def __init__(self, name: str) -> None:
        self.name = name

    def prepare(self) -> tuple[Link, SpawnProcess]:
        raise AssertionError("it is not started")

    def started(self) -> None: ...

    def heard(self, message: Message) -> None: ...

    async def ended(self) -> None: ...


def child(name: str, port: int | None) -> Child:
    made = Child(Nothing(name), 30.0)
    made.port, made.pid = port, 1
    return made


async def test_what_a_child_serves_is_told_of_when_somebody_looks_again() -> None:
    metrics.BATCH_EVENTS.observe(250)
    metrics.WRITE_SECONDS.observe(0.02)
    async with web.serving("127.0.0.1", 0, list) as port:
        looker = Looker("127.0.0.1", [child("shard 0", port), child("shard 1", None)])
        assert looker.look() == {}
        await until(lambda: looker.look() != {})
        told = looker.look()
        await looker.close()
    assert set(told) == {"shard 0"}
    assert told["shard 0"]["cpu"] is None, "there is nothing to compare it with"
    assert (told["shard 0"]["memory_bytes"] or 0) > 1_000_000
    assert (told["shard 0"]["batch_events"] or 0) > 0


async def test_the_second_look_tells_what_came_since_the_first(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(looking, "EVERY_S", 0.05)
    async with web.serving("127.0.0.1", 0, list) as port:
        looker = Looker("127.0.0.1", [child("shard 0", port)])
        await until(lambda: looker.look() != {})
        metrics.BATCH_EVENTS.observe(777)
        await until(lambda: looker.look()["shard 0"]["batch_events"] == 777)
        assert looker.look()["shard 0"]["cpu"] is not None
        await looker.close()


async def test_a_child_that_hangs_keeps_nobody_waiting() -> None:
    with socket.create_server(("127.0.0.1", 0)) as mute:
        looker = Looker("127.0.0.1", [child("shard 0", mute.getsockname()[1])])
        assert looker.look() == {}
        await asyncio.sleep(0)
        assert looker.look() == {}
        await asyncio.wait_for(looker.close(), 5)


async def test_nobody_is_asked_while_nobody_looks() -> None:
    looker = Looker("127.0.0.1", [child("shard 0", 1)])
    assert looker.latency() == {"p50_s": None, "p99_s": None}
    assert looker._asking is None


def test_quantiles_lie_evenly_within_a_bucket() -> None:
    text = "\n".join(
        f'{looking.LATENCY}_bucket{{le="{bound}"}} {count}'
        for bound, count in (("0.1", 50), ("0.2", 100), ("+Inf", 100))
    )
    figures = read(f"# HELP x\nother 3\n{text}\n")
    assert quantile(figures, looking.LATENCY, 0.5) == 0.1
    assert quantile(figures, looking.LATENCY, 0.75) == pytest.approx(0.15)
    assert quantile({}, looking.LATENCY, 0.5) is None
