"""What was claimed, and of which nothing was heard again."""

from collections.abc import AsyncIterator

import pytest

from indexer.coordinator.fetcher.queue import PutOff, Queue
from tests.coordinator.waiting import PROVEN, Place, living_place
from tests.shard.conftest import writer

__all__ = ["writer"]


@pytest.fixture
async def place(writer, database_url) -> AsyncIterator[Place]:
    async with living_place(writer, database_url) as place:
        yield place


async def test_what_a_dead_coordinator_was_asking_for_is_asked_for_at_once_by_the_next(place):
    uri = place.post(place.author("a"))
    queue = Queue(place.writer.pool, place.config)
    await place.await_all("did:web:later.test", uri)
    claimed = await queue.claim(2)
    user = next(entry for entry in claimed if entry.is_user)
    await queue.put_off([PutOff(user, queue._lease, 1)])
    async with place.fetching():
        await place.until("SELECT count(*) = 1 FROM posts")
    rest = "SELECT due > now() + '1 min', attempts FROM pending"
    assert tuple(await place.writer.pool.fetchrow(f"{rest} WHERE subject LIKE '%later%'")) == (
        True,
        1,
    )


async def test_what_no_shard_survives_is_fetched_so_often_and_then_given_up(place):
    """A decoder may go down over it, and the shard with it, before anything can be written."""
    uri = place.post(place.author("a"))
    place.set("fetcher", lease_s=0.5)

    async def lose(link):
        async for _ in link.offers():
            pass

    place._take = lose
    await place.await_all(uri)
    async with place.fetching():
        await place.settled()
    assert 1 < place.there.pds[0].asked[PROVEN] <= place.config.fetcher.retries + 1


async def test_only_a_claim_that_has_run_out_is_an_attempt_that_failed(place):
    place.set("fetcher", lease_s=0)
    queue = Queue(place.writer.pool, place.config)
    await place.await_all("did:web:a.test")
    for failed in (0, 1):
        (entry,) = await queue.claim(1)
        assert entry.attempts == failed
    await queue.put_off([PutOff(entry, queue._lease, 0)])
    (entry,) = await queue.claim(1)
    assert entry.attempts == 1
    await place.prod("did:web:a.test")
    (entry,) = await queue.claim(1)
    assert entry.attempts == 0


BUSY = """
    CREATE FUNCTION busy() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'busy' USING ERRCODE = 'lock_not_available'; END $$;
    CREATE TRIGGER busy BEFORE INSERT ON identities EXECUTE FUNCTION busy();
"""


async def test_what_postgresql_refuses_is_done_again_soon_and_is_no_attempt_that_failed(place):
    uri = place.post(place.author("a"))
    await place.await_all(uri)
    await place.writer.pool.execute(BUSY)
    async with place.fetching():
        await place.until("SELECT NOT claimed AND due > first_seen FROM pending")
        assert await place.value("SELECT attempts FROM pending") == 0
        await place.writer.pool.execute("DROP TRIGGER busy ON identities")
        await place.until("SELECT count(*) = 1 FROM posts")
