"""The log of labels reaches everybody who listens, once and in order."""

import asyncio
from contextlib import aclosing
from datetime import timedelta

from indexer.labels import Wish, apply, follow, listening, number, put
from indexer.labels.upkeep import cut
from tests.labels.conftest import AUTHOR, POST, said
from tests.polling import until


async def collect(pool, bell, into, after=None):
    async with aclosing(follow(pool, bell, after)) as batches:
        async for batch in batches:
            into += batch


async def test_many_writers_at_once_give_every_listener_every_event_once_in_order(
    pool, database_url
):
    heard = [[] for _ in range(3)]
    async with (
        listening(database_url, "one", 0.2) as one,
        listening(database_url, "two", 60) as two,
    ):
        tasks = [
            asyncio.create_task(collect(pool, bell, into, 0))
            for bell, into in zip((one, two, two), heard, strict=True)
        ]
        await asyncio.gather(
            *(apply(pool, AUTHOR, [Wish(POST, f"ours-{n}")]) for n in range(30)),
            *(put(pool, [said(f"theirs-{n}")]) for n in range(30)),
        )
        await until(lambda: all(len(events) >= 60 for events in heard))
        for task in tasks:
            task.cancel()
    assert heard[0] == heard[1] == heard[2]
    assert [event.seq for event in heard[0]] == list(range(1, 61))


async def test_events_are_numbered_as_they_are_committed_not_as_they_began(pool):
    async with pool.acquire() as slow:
        begun = slow.transaction()
        await begun.start()
        await put(slow, [said("slow")])
        await put(pool, [said("quick")])
        assert (await number(pool)).last == 1
        await begun.commit()
    assert (await number(pool)).last == 2
    rows = await pool.fetch(
        "SELECT val FROM label_events e JOIN labels l ON l.uri = label_uri ORDER BY e.seq"
    )
    assert [val for (val,) in rows] == ["quick", "slow"]


async def test_what_is_lost_of_the_notifications_is_found_by_looking(pool, database_url):
    heard = []
    async with listening(database_url, "deaf", 0.05) as bell:
        task = asyncio.create_task(collect(pool, bell, heard, 0))
        await pool.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'deaf'"
        )
        await put(pool, [said("spam")])
        await until(lambda: bool(heard))
        task.cancel()


async def test_who_asks_for_no_place_hears_what_is_yet_to_come(pool, database_url):
    await put(pool, [said("before")])
    heard = []
    async with listening(database_url, "late", 0.05) as bell:
        task = asyncio.create_task(collect(pool, bell, heard))
        for n in range(1000):  # nothing says when somebody has begun to listen
            await put(pool, [said(f"after-{n}")])
            await asyncio.sleep(0.02)
            if heard:
                break
        task.cancel()
    assert heard[0].seq > 1
    assert [event.seq for event in heard] == [heard[0].seq + n for n in range(len(heard))]


async def test_the_log_is_cut_from_its_beginning_and_that_is_remembered(pool):
    await put(pool, [said("old")])
    await pool.execute("UPDATE label_events SET created_at = now() - interval '9 days'")
    await put(pool, [said("new")])
    await number(pool)
    assert await cut(pool, timedelta(days=8)) == 1
    assert await number(pool) == (2, 1)
    assert await pool.fetchval("SELECT count(*) FROM label_events") == 1
