"""What PostgreSQL knows of how it goes, whether or not an indexer runs."""

from typing import TypedDict

import asyncpg

from indexer.database.session import connect, load_query

ANSWER_S = 30.0


class Facts(TypedDict):
    cursor: int | None
    last_event_time: str | None
    pending: dict[str, int]
    """By kind."""
    quarantine: dict[str, int]
    """By reason."""
    gaps: int
    repos: dict[str, int]
    """By state; of many, about."""
    resyncs: dict[str, int]
    """Whole repos to be fetched: `waiting` are all; `failed`, `fetching`; `held` are commits."""
    bytes: int
    """Of the whole database on disk."""


async def gather_facts(url: str, service: str, name: str = "indexer status") -> Facts:
    """Over a connection of its own: counting may take a while, and nobody shall wait for it."""
    connection = await connect(url, name)
    try:
        return await _gather(connection, service)
    finally:
        await connection.close()


async def _gather(connection: asyncpg.Connection, service: str) -> Facts:
    cursor = await connection.fetchrow(load_query("read_cursor"), service, timeout=ANSWER_S)
    pending = await connection.fetch(load_query("count_pending"), timeout=ANSWER_S)
    quarantine = await connection.fetch(load_query("count_quarantine"), timeout=ANSWER_S)
    repos = await connection.fetch(load_query("count_repos"), timeout=ANSWER_S)
    resyncs = await connection.fetchrow(load_query("count_resyncs"), timeout=ANSWER_S)
    size = await connection.fetchval(load_query("database_size"), timeout=ANSWER_S)
    time = cursor["last_event_time"] if cursor else None
    return Facts(
        cursor=cursor["cursor"] if cursor else None,
        last_event_time=time and time.isoformat(),
        pending={row["kind"]: row["waiting"] for row in pending},
        quarantine={row["reason"]: row["kept"] for row in quarantine},
        gaps=await connection.fetchval(load_query("count_gaps"), service, timeout=ANSWER_S),
        repos={row["state"]: row["repos"] for row in repos},
        resyncs=dict(resyncs),
        bytes=size,
    )
