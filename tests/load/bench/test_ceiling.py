"""The bare loop writes just what a run has written, and says what it leaves out."""

from collections import deque
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest

from indexer import database
from load.bench.ceiling.measure import prepare, write
from load.bench.ceiling.take import Taken, take

LIKE = "INSERT INTO likes (uri, user_did, post_uri, created_at) SELECT $1, $2, $3, now()"
COUNTED = "UPDATE post_aggregations SET like_count = like_count + 1 WHERE post_uri = 'post'"
PAST = """
INSERT INTO likes (uri, user_did, post_uri, created_at, indexed_at)
SELECT 'at://a/like/' || n, 'a' || n, 'post', '2026-01-01', '2026-01-01'
FROM generate_series(1, 3) n;
INSERT INTO post_aggregations (post_uri, like_count, created_at, updated_at)
VALUES ('post', 3, '2026-01-01', '2026-01-01'), ('untouched', 7, '2026-01-01', '2026-01-01');
"""
SEEN = (
    "SELECT uri, user_did, post_uri, created_at, indexed_at FROM likes ORDER BY uri",
    "SELECT * FROM post_aggregations ORDER BY post_uri",
    "SELECT uri, text, search_vector FROM posts",
    "SELECT * FROM quarantine",
)


@pytest.fixture
async def past(database_url: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await database.connect(database_url, "test")
    yield connection
    await connection.close()


@pytest.fixture
async def run(other_url: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await database.connect(other_url, "test")
    yield connection
    await connection.close()


async def seen(connection: asyncpg.Connection) -> list[list[asyncpg.Record]]:
    return [await connection.fetch(query) for query in SEEN]


async def written(past: asyncpg.Connection, taken: Taken) -> None:
    await prepare(past, taken)
    await write(past, deque(taken.parts))


async def begun(past: asyncpg.Connection, run: asyncpg.Connection) -> int:
    """The first transaction of the run, with the same past in both."""
    for connection in (past, run):
        await connection.execute(PAST)
    return int(await run.fetchval("SELECT pg_current_xact_id()::text::bigint"))


async def test_the_same_rows_are_there_in_the_end(
    past: asyncpg.Connection, run: asyncpg.Connection, tmp_path: Path
) -> None:
    first = await begun(past, run)
    for number in range(20):
        await run.execute(LIKE, f"at://b/like/{number}", f"b{number}", "post")
        await run.execute(COUNTED)
    await run.execute(
        "INSERT INTO posts (uri, cid, author_did, text, created_at)"
        " VALUES ('at://p', 'cid', 'p', 'some words', now())"
    )
    await run.execute(
        "INSERT INTO quarantine (source, reason, detail) VALUES ('here', 'bad_frame', '')"
    )
    taken = await take(run, past, first, 15_000, tmp_path)
    assert taken.rows == {"new": 22, "changed": 1}
    assert len(taken.parts) == 3
    assert taken.writes == 25  # the counter in each part
    await written(past, taken)
    assert await seen(past) == await seen(run)


async def test_what_a_deleted_row_bars_is_left_out(
    past: asyncpg.Connection, run: asyncpg.Connection, tmp_path: Path
) -> None:
    first = await begun(past, run)
    await run.execute("DELETE FROM likes WHERE uri = 'at://a/like/1'")
    await run.execute(LIKE, "at://a/like/again", "a1", "post")
    await run.execute(LIKE, "at://a/like/other", "a1", "other")
    taken = await take(run, past, first, 10, tmp_path)
    assert taken.rows == {"new": 1, "barred": 1}
    await written(past, taken)
    likes = {row["uri"] for row in await past.fetch("SELECT uri FROM likes")}
    assert likes == {f"at://a/like/{name}" for name in ("1", "2", "3", "other")}
