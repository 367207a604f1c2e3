"""What the page's routes answer, and to whom."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import asyncpg
import pytest

from indexer import web
from indexer.page import make_page, quarantine, routes
from tests.onlooking import Indexer

INSERT = """
    INSERT INTO quarantine (source, seq, did, reason, detail, frame, record)
    SELECT 's', n, 'did:web:a', $2, 'no TID', $3, NULL FROM generate_series(1, $1) AS n
"""


@asynccontextmanager
async def page(
    database_url: str = "postgresql://nobody@127.0.0.1:1/none", host: str = "127.0.0.1"
) -> AsyncIterator[str]:
    more = make_page(host, database_url, Indexer().live)
    async with web.serving("127.0.0.1", 0, list, more=more) as port:
        yield f"http://127.0.0.1:{port}"


async def get(url: str, **headers: str) -> tuple[int, Any, dict[str, str]]:
    async with aiohttp.ClientSession() as session, session.get(url, headers=headers) as answer:
        text = await answer.text()
        found = json.loads(text) if answer.content_type == "application/json" else text
        return answer.status, found, dict(answer.headers)


async def test_the_page_may_run_its_own_script_and_nothing_else() -> None:
    async with page() as url:
        status, text, headers = await get(f"{url}/")
        _, _, others = await get(f"{url}/live")
    policy = headers["Content-Security-Policy"]
    assert status == 200 and text.startswith("<!doctype html>")
    assert "default-src 'none'" in policy and policy == routes.policy(text)
    assert "unsafe" not in policy and policy.count("sha256-") == 2
    assert "default-src 'none'" in others["Content-Security-Policy"]
    for sent in (headers, others):
        assert sent["Cache-Control"] == "no-store"
        assert sent["X-Content-Type-Options"] == "nosniff"
        assert "Access-Control-Allow-Origin" not in sent


async def test_the_page_names_nothing_outside() -> None:
    named = routes.PAGE.read_text().replace("http://www.w3.org/2000/svg", "")
    assert "//" not in named.replace("// ", "")
    assert "innerHTML" not in named and "insertAdjacent" not in named


async def test_figures_come_without_asking_anybody() -> None:
    async with page() as url:
        status, live, _ = await get(f"{url}/live")
    assert status == 200
    assert live["source"].startswith("relay.test") and len(live["shards"]) == 2
    assert live["facts"] is None and live["shards"][0]["batch_capacity"] == 1000


@pytest.mark.parametrize("path", ["/", "/live", "/quarantine", "/quarantine/1"])
async def test_on_loopback_a_name_that_only_points_here_is_refused(path: str) -> None:
    async with page() as url:
        status, said, _ = await get(url + path, Host="evil.example:9400")
        assert status == 403 and "localhost" in said["error"]
        assert (await get(f"{url}/live", Host="localhost:9400"))[0] == 200
        assert (await get(f"{url}/live", Host="[::1]:9400"))[0] == 200
    async with page(host="0.0.0.0") as url:
        assert (await get(f"{url}/live", Host="indexer.internal:9400"))[0] == 200


async def test_what_was_refused_comes_a_few_at_a_time(
    database_url: str, connection: asyncpg.Connection
) -> None:
    await connection.execute(INSERT, 60, "bad_rev", None)
    await connection.execute(INSERT, 3, "too_big", None)
    async with page(database_url) as url:
        _, first, _ = await get(f"{url}/quarantine")
        last = first["entries"][-1]["id"]
        _, second, _ = await get(f"{url}/quarantine?before={last}")
        _, big, _ = await get(f"{url}/quarantine?reason=too_big")
        _, none, _ = await get(f"{url}/quarantine?reason=nothing")
    ids = [entry["id"] for entry in first["entries"] + second["entries"]]
    assert len(first["entries"]) == 50 and ids == sorted(ids, reverse=True) and len(set(ids)) == 63
    assert [entry["reason"] for entry in big["entries"]] == ["too_big"] * 3
    assert none["entries"] == [] and "no TID" in first["reasons"]["bad_rev"]


async def test_one_entry_comes_with_its_bytes_as_far_as_there_is_room(
    database_url: str, connection: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quarantine, "MOST_BYTES", 2)
    await connection.execute(INSERT, 1, "bad_rev", b"\x01\x02\x03")
    number = await connection.fetchval("SELECT id FROM quarantine")
    async with page(database_url) as url:
        status, entry, _ = await get(f"{url}/quarantine/{number}")
        assert (await get(f"{url}/quarantine/{number + 1}"))[0] == 404
    assert status == 200
    assert (entry["frame"], entry["frame_bytes"], entry["record"]) == ("AQI=", 3, None)
    assert "revision" in entry["meaning"]


@pytest.mark.parametrize(
    "path", ["/quarantine/x", "/quarantine/-1", f"/quarantine/{2**63}", "/quarantine?before=one"]
)
async def test_what_is_no_number_is_no_id(path: str) -> None:
    async with page() as url:
        assert (await get(url + path))[0] == 400


async def test_a_postgresql_that_cannot_be_reached_is_said() -> None:
    async with page() as url:
        status, said, _ = await get(f"{url}/quarantine")
        assert status == 503 and said["error"].startswith("PostgreSQL does not say: ")
        assert "nobody@" not in said["error"]


async def test_a_postgresql_that_hangs_keeps_few_waiting_and_not_for_long(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(quarantine, "ANSWER_S", 0.5)
    with socket.create_server(("127.0.0.1", 0)) as mute:
        url = f"postgresql://nobody@127.0.0.1:{mute.getsockname()[1]}/none"
        async with page(url) as place:
            answers = await asyncio.gather(*(get(f"{place}/quarantine") for _ in range(4)))
            said = sorted(answer[1]["error"] for answer in answers)
            assert {answer[0] for answer in answers} == {503}
            assert sum("others are asking" in text for text in said) == 2
            assert (await get(f"{place}/live"))[0] == 200


async def test_no_route_but_these_is_served_and_none_takes_anything() -> None:
    async with page() as url, aiohttp.ClientSession() as session:
        for path in ("/", "/live", "/quarantine", "/quarantine/1"):
            async with session.post(url + path) as answer:
                assert answer.status == 405
