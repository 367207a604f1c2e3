"""What a process says of itself over HTTP."""

import asyncio
import json
import time

import aiohttp
import pytest

from indexer import metrics, web
from tests.polling import until


async def get(port: int, path: str) -> tuple[int, str]:
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"http://127.0.0.1:{port}{path}") as answer,
    ):
        return answer.status, await answer.text()


async def test_health_is_good_without_a_reason_and_bad_with_one() -> None:
    reasons: list[str] = []
    async with web.serving("127.0.0.1", 0, lambda: reasons) as port:
        assert await get(port, "/health") == (200, '{"ok": true, "reasons": []}')
        reasons.append("shard 1 is down")
        assert await get(port, "/health") == (503, '{"ok": false, "reasons": ["shard 1 is down"]}')
        assert (await get(port, "/ready"))[0] == 503


async def test_ready_may_ask_for_more_than_health() -> None:
    async with web.serving("127.0.0.1", 0, list, ready=lambda: ["starting"]) as port:
        assert (await get(port, "/health"))[0] == 200
        assert await get(port, "/ready") == (503, '{"ok": false, "reasons": ["starting"]}')


async def test_metrics_are_served_with_their_sentences_and_the_memory_of_the_process() -> None:
    async with web.serving("127.0.0.1", 0, list) as port:
        metrics.EVENTS.labels("#commit").inc()
        status, text = await get(port, "/metrics")
    assert status == 200
    assert "# HELP indexer_queue_depth Batches that wait for this shard." in text
    assert 'indexer_events_total{kind="#commit"}' in text
    assert "process_resident_memory_bytes" in text


async def test_only_who_has_a_status_serves_one() -> None:
    async def status() -> dict[str, object]:
        return {"cursor": 5}

    async with web.serving("127.0.0.1", 0, list) as port:
        assert (await get(port, "/status"))[0] == 404
    async with web.serving("127.0.0.1", 0, list, status=status) as port:
        assert await get(port, "/status") == (200, '{"cursor": 5}')


async def test_a_port_in_use_is_named_with_the_setting_that_moves_it() -> None:
    async with web.serving("127.0.0.1", 0, list) as port:
        with pytest.raises(web.PortTaken, match=f"127.0.0.1:{port}.*METRICS_PORT"):
            async with web.serving("127.0.0.1", port, list):
                pass


def test_ports_that_there_are_not_are_named_too() -> None:
    with pytest.raises(web.PortTaken, match=r"127\.0\.0\.1:65536.*above 65535.*METRICS_PORT"):
        web.check_free("127.0.0.1", [65536])


async def test_a_blocked_loop_shows() -> None:
    async with web.serving("127.0.0.1", 0, list):
        await asyncio.sleep(0.05)
        time.sleep(0.4)
        await until(lambda: metrics.LOOP_LAG_SECONDS._value.get() > 0.2)


async def test_the_other_processes_are_found_at_the_host_that_was_asked() -> None:
    ports = {"coordinator": 9401, "shard 0": 9402}
    async with web.serving("127.0.0.1", 0, list, ports=lambda: ports) as port:
        found = json.loads((await get(port, "/targets"))[1])
    assert {one["labels"]["process"]: one["targets"] for one in found} == {
        "parent": [f"127.0.0.1:{port}"],
        "coordinator": ["127.0.0.1:9401"],
        "shard 0": ["127.0.0.1:9402"],
    }
