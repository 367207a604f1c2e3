"""An audit finds what somebody else changed, mends it, and finds nothing that we wrote."""

import asyncio
from typing import Any

import pytest

from indexer.audit import Sample, Tally, audit
from indexer.audit.auditing import Drift
from indexer.audit.checks import CHECKS
from indexer.audit.statements import COUNTERS, counted
from indexer.database import open_pool
from indexer.protocol.event import Event
from indexer.records.base import post_counts
from indexer.shard import verdicts
from indexer.shard.statements import add
from indexer.shard.writer import Writer
from tests.audit.conftest import make_writer
from tests.polling import blocked
from tests.shard.test_crossing import at_once
from tests.snapshot import Snapshot, difference, snapshot

COLUMNS = [(counters, column) for counters in COUNTERS for column in counters.columns]
ANY_NOTICE = "SELECT uri FROM notifications WHERE reason = 'like' LIMIT 1"


async def tallies(url: str, sample: Sample | None = None, **options: Any) -> list[Tally]:
    last = [progress async for progress in audit(url, sample, **options)][-1]
    assert last.done == 1.0
    return last.tallies


async def drifted(url: str, **options: Any) -> dict[str, Tally]:
    found = await tallies(url, **options)
    return {f"{one.table}.{one.column}": one for one in found if one.drifted}


async def looked(writer: Writer) -> Snapshot:
    async with writer.pool.acquire() as connection:
        return await snapshot(connection)


async def found_and_mended(url: str, writer: Writer, expected: Snapshot, *columns: str) -> None:
    """Once only reported, then mended, then gone; and all is as it was."""
    for repair in (False, True):
        found = await drifted(url, repair=repair)
        assert sorted(found) == sorted(columns)
        assert all(one.left == (0 if repair else one.drifted) for one in found.values())
    assert await drifted(url) == {}
    assert difference(expected, await looked(writer)) == []


async def test_nothing_is_found_in_what_we_wrote(world_url: str) -> None:
    found = await tallies(world_url)
    assert sum(one.drifted for one in found) == 0
    tables = {check.table for check in CHECKS}
    assert {one.table for one in found} == tables
    assert all(one.compared for one in found)


async def test_small_parts_compare_as_much_as_large_ones(world_url: str) -> None:
    assert await tallies(world_url, rows_at_once=3) == await tallies(world_url)


def test_every_count_that_is_stored_is_compared() -> None:
    for counters in COUNTERS:
        assert {column for column, _, _ in counted(counters)} == set(counters.columns)


@pytest.mark.parametrize(
    ("counters", "column"), COLUMNS, ids=[f"{c.name}.{column}" for c, column in COLUMNS]
)
async def test_a_count_that_drifted_is_found_and_mended(
    counters: Any, column: str, world_url: str, writer: Writer
) -> None:
    before = await looked(writer)
    key = await writer.pool.fetchval(
        f"UPDATE {counters.name} SET {column} = {column} + 2 WHERE {counters.key} ="
        f" (SELECT {counters.key} FROM {counters.name} WHERE {column} > 0 ORDER BY 1 LIMIT 1)"
        f" RETURNING {counters.key}"
    )
    (tally,) = (await drifted(world_url)).values()
    ((drifting, stored, due),) = tally.examples
    assert (drifting, int(stored or 0) - int(due or 0)) == (key, 2)
    await found_and_mended(world_url, writer, before, f"{counters.name}.{column}")


async def test_a_row_of_counts_may_be_missing_or_stand_for_nothing(
    world_url: str, writer: Writer
) -> None:
    before = await looked(writer)
    await writer.pool.execute("DELETE FROM user_aggregations WHERE posts_count > 0")
    await writer.pool.execute(
        "INSERT INTO post_aggregations (post_uri, like_count) VALUES ('at://nobody', 1)"
    )
    found = await drifted(world_url)
    assert found["post_aggregations.like_count"].examples == [Drift("at://nobody", "1", "0")]
    assert {example.stored for example in found["user_aggregations.posts_count"].examples} == {"0"}
    assert all(one.left == 0 for one in (await drifted(world_url, repair=True)).values())
    assert await drifted(world_url) == {}
    assert difference(before, await looked(writer)) == []


async def test_what_a_reader_took_out_is_out_of_the_counts_and_notices(
    world_url: str, writer: Writer
) -> None:
    """A reader knows of no counts: those of the row that it deleted are one too high."""
    uri = await writer.pool.fetchval(f"SELECT split_part(uri, '#', 1) FROM ({ANY_NOTICE}) AS n")
    await writer.pool.execute("DELETE FROM likes WHERE uri = $1", uri)
    found = await drifted(world_url, repair=True)
    assert sorted(found) == ["notifications.uri", "post_aggregations.like_count"]
    assert await drifted(world_url) == {}
    assert not await writer.pool.fetch(
        "SELECT FROM notifications WHERE uri = $1", f"{uri}#notification"
    )


async def test_what_a_reader_stored_ahead_counts_nothing(world_url: str, writer: Writer) -> None:
    await writer.pool.execute(
        "INSERT INTO likes (uri, user_did, post_uri, created_at)"
        " SELECT uri || 'x', 'did:plc:reader', uri, now() FROM posts LIMIT 5"
    )
    assert await drifted(world_url) == {}


async def test_notices_of_a_subject_that_is_gone_go(world_url: str, writer: Writer) -> None:
    notice = await writer.pool.fetchval(ANY_NOTICE)
    await writer.pool.execute(
        "UPDATE notifications SET reason_subject ="
        " 'at://did:plc:gone/app.bsky.feed.post/3kaaaaaaaaaa2' WHERE uri = $1",
        notice,
    )
    found = await drifted(world_url, repair=True)
    assert [example.key for example in found["notifications.reason_subject"].examples] == [notice]
    assert await drifted(world_url) == {}


async def test_quotes_do_not_outlive_their_post(world_url: str, writer: Writer) -> None:
    before = await looked(writer)
    await writer.pool.execute(
        "INSERT INTO quotes (uri, cid, post_uri, quoted_uri, created_at)"
        " VALUES ('at://x#quote', 'c', 'at://x', 'at://y', now())"
    )
    await writer.pool.execute(
        "INSERT INTO post_aggregations (post_uri, quote_count) VALUES ('at://y', 1)"
    )
    await found_and_mended(world_url, writer, before, "quotes.post_uri")


async def test_users_that_are_missing_are_made(world_url: str, writer: Writer) -> None:
    did = await writer.pool.fetchval(
        "DELETE FROM users WHERE profile_record IS NULL AND did IN"
        " (SELECT did FROM user_aggregations WHERE posts_count > 0) RETURNING did"
    )
    assert did is not None
    found = await drifted(world_url, repair=True)
    assert found["users.did"].left == 0
    assert await writer.pool.fetchval("SELECT true FROM users WHERE did = $1", did)


async def test_whoever_opted_out_may_be_named_without_a_row(world_url: str, writer: Writer) -> None:
    await writer.pool.execute(
        "WITH gone AS (DELETE FROM users WHERE did IN"
        " (SELECT did FROM user_aggregations WHERE followers_count > 0) RETURNING did)"
        " INSERT INTO user_settings (user_did, data_collection_forbidden)"
        " SELECT did, true FROM gone"
    )
    assert "users.did" not in await drifted(world_url)


async def test_the_status_of_a_user_is_that_of_the_repo(world_url: str, writer: Writer) -> None:
    before = await looked(writer)
    await writer.pool.execute(
        "UPDATE users SET status = CASE WHEN status IS NULL THEN 'suspended' END"
    )
    await found_and_mended(world_url, writer, before, "users.status")


async def test_verdicts_are_mended_and_what_hangs_on_them_is_judged_again(
    world_url: str, writer: Writer
) -> None:
    before = await looked(writer)
    await writer.pool.execute(
        "UPDATE posts SET has_thread_gate = NOT has_thread_gate, has_post_gate = NOT has_post_gate,"
        " violates_thread_gate = NOT violates_thread_gate,"
        " violates_embedding_rules = NOT violates_embedding_rules"
    )
    marks = ("has_thread_gate", "has_post_gate", "violates_thread_gate", "violates_embedding_rules")
    await found_and_mended(world_url, writer, before, *(f"posts.{mark}" for mark in marks))
    assert await writer.pool.fetchval("SELECT count(*) FROM judgements") > 0
    await writer.pool.execute("UPDATE judgements SET since = '-infinity'")
    await verdicts.sweep(writer.pool, writer.guard.check)
    assert difference(before, await looked(writer)) == []


async def test_what_waits_to_be_judged_is_no_drift(world_url: str, writer: Writer) -> None:
    """Between the change of a gate and the judging of the replies."""
    await writer.pool.execute(
        "UPDATE posts SET violates_thread_gate = NOT violates_thread_gate"
        " WHERE root_uri IS NOT NULL"
    )
    await writer.pool.execute(
        "INSERT INTO judgements (post_uri, author_did)"
        " SELECT DISTINCT root_uri, '' FROM posts WHERE root_uri IS NOT NULL"
    )
    assert await drifted(world_url) == {}


async def test_a_duplicate_that_ought_to_count_is_reported(world_url: str, writer: Writer) -> None:
    table, user, post = await writer.pool.fetchrow(
        "SELECT kept_from, edge[1], edge[2] FROM duplicates"
        " WHERE kept_from IN ('likes', 'reposts') LIMIT 1"
    )
    gone = f"DELETE FROM {table} WHERE user_did = $1 AND post_uri = $2"
    assert await writer.pool.execute(gone, user, post) == "DELETE 1"
    found = await drifted(world_url, repair=True)
    assert found[f"duplicates.{table}"].left == 1
    assert found[f"post_aggregations.{table[:-1]}_count"].left == 0


@pytest.mark.parametrize("sample", [Sample(keys=40), Sample(percent=50)])
async def test_a_sample_compares_less_and_finds_nothing_either(
    world_url: str, sample: Sample
) -> None:
    found, whole = await tallies(world_url, sample), await tallies(world_url)
    assert sum(one.drifted for one in found) == 0
    assert 0 < sum(one.compared for one in found) < sum(one.compared for one in whole)


async def test_a_sample_of_everything_finds_everything(world_url: str, writer: Writer) -> None:
    await writer.pool.execute("UPDATE post_aggregations SET like_count = like_count + 1")
    sampled = {f"{t.table}.{t.column}": t for t in await tallies(world_url, Sample(100_000))}
    whole = await drifted(world_url)
    name = "post_aggregations.like_count"
    assert sampled[name].drifted == whole[name].drifted > 0


async def test_while_shards_write_nothing_is_found(database_url: str, events: list[Event]) -> None:
    writer = await make_writer(database_url)
    writing = asyncio.create_task(at_once(writer, events, seed=5))
    audits = 0
    while not writing.done():
        assert await drifted(database_url, rows_at_once=50) == {}
        audits += 1
    await writing
    assert audits > 3
    await writer.pool.close()


async def test_what_is_mended_waits_for_who_moves_it(database_url: str, connection: Any) -> None:
    """A writer has moved the count, and its row is not to be seen yet."""
    async with await open_pool(database_url, "test", 1) as pool:
        await pool.execute(
            "INSERT INTO post_aggregations (post_uri, like_count) VALUES ('at://a', 5)"
        )
        async with pool.acquire() as moving, moving.transaction():
            await moving.execute(
                "INSERT INTO likes (uri, user_did, post_uri, created_at, commit_rev)"
                " VALUES ('at://l', 'did:web:l', 'at://a', now(), '3k')"
            )
            zeros = [[0] for _ in post_counts.columns[1:]]
            await moving.execute(add(post_counts), ["at://a"], [1], *zeros)
            mending = asyncio.create_task(drifted(database_url, repair=True))
            await blocked(connection)
        found = (await mending)["post_aggregations.like_count"]
    assert found.left == 0
    assert await connection.fetchval("SELECT like_count FROM post_aggregations") == 1


async def test_mending_while_shards_write_leaves_every_count_right(
    database_url: str, events: list[Event]
) -> None:
    writer = await make_writer(database_url)
    writing = asyncio.create_task(at_once(writer, events, seed=6))
    mended = 0
    while not writing.done():
        await writer.pool.execute(
            "UPDATE post_aggregations SET like_count = like_count + 1 WHERE post_uri ="
            " (SELECT post_uri FROM post_aggregations ORDER BY like_count DESC LIMIT 1)"
        )
        found = await drifted(database_url, repair=True)
        mended += sum(one.mended for one in found.values())
    await writing
    assert mended > 0
    assert await drifted(database_url) == {}
    await writer.pool.close()
