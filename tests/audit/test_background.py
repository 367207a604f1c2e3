"""The coordinator's audit: a line in the log, and metrics."""

import asyncio
from pathlib import Path
from typing import Any

import aiohttp

from indexer.audit import keep_auditing
from indexer.config import load
from tests.parent.relay import relay, sends
from tests.polling import until
from tests.system.program import Program, running

LIKES = '{column="like_count",table="post_aggregations"}'


async def numbers(program: Program) -> dict[str, float]:
    """What the coordinator serves."""
    url = f"{(await program.status())['coordinator']['metrics']}/metrics"
    async with aiohttp.ClientSession() as session, session.get(url) as answer:
        lines = [line for line in (await answer.text()).splitlines() if not line.startswith("#")]
    return {name: float(value) for name, _, value in (line.rpartition(" ") for line in lines)}


async def test_a_running_indexer_tells_of_drift_and_mends_it_if_it_may(
    database_url: str, connection: Any, tmp_path: Path
) -> None:
    await connection.execute(
        "INSERT INTO post_aggregations (post_uri, like_count) VALUES ('at://a', 7)"
    )
    own = tmp_path / "own.toml"
    own.write_text("[audit]\nevery_h = 1\npause_ms = 1\nrepair = true\n")
    given = {"SHARDS": "1", "INDEXER_CONFIG": str(own)}
    async with (
        relay(sends()) as server,
        running(tmp_path, database_url, server.url, **given) as program,
    ):
        await until(lambda: "audited" in program.said())
        (line,) = [line for line in program.said().splitlines() if "audited" in line]
        assert "WARNING coordinator" in line and "where=post_aggregations.like_count" in line
        found = await numbers(program)
        assert found[f"indexer_audit_drifted{LIKES}"] == 1
        assert found[f"indexer_audit_mended_total{LIKES}"] == 1
        assert found["indexer_audit_finished_timestamp_seconds"] > 0
        assert await program.end() == 0
        assert "Traceback" not in program.said()
    assert await connection.fetchval("SELECT like_count FROM post_aggregations") == 0


async def test_unless_it_is_wanted_nothing_is_audited() -> None:
    async with asyncio.timeout(10):
        await keep_auditing(load({}))
