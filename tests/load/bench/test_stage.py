"""What a run begins from."""

import json

from indexer import database
from load.bench.cluster import given
from load.bench.stage import warm


async def read_from_disk(url: str) -> int:
    """Pages, to look at every row and at every entry of the key."""
    connection = await database.connect(url, "test")
    try:
        looked = "EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) SELECT count(record) FROM generic_records"
        (plan,) = json.loads(await connection.fetchval(looked))
        return int(plan["Plan"]["Shared Read Blocks"])
    finally:
        await connection.close()


async def test_a_copy_is_cold_until_it_is_warmed(database_url: str) -> None:
    async with given(database_url) as cluster:
        past = await cluster.create("past")
        await database.migrate(past)
        connection = await database.connect(past, "test")
        await connection.execute(
            "INSERT INTO generic_records (uri, cid, author_did, record_type, record, created_at)"
            " SELECT 'at://' || n, 'c', 'd', 't', '{}', now() FROM generate_series(1, 5000) n"
        )
        await connection.close()
        assert await read_from_disk(await cluster.create("run", "past")) > 10
        url = await cluster.create("run", "past")
        assert await warm(url)
        assert await read_from_disk(url) == 0
        connection = await database.connect(url, "test")
        left = "SELECT count(*) FROM pg_extension WHERE extname = 'pg_prewarm'"
        assert await connection.fetchval(left) == 0
        await connection.close()
