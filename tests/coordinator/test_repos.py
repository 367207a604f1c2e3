"""Whole repos are fetched, judged, and brought in: what went on without us comes right again."""

from collections.abc import AsyncIterator

import pytest

from tests.coordinator.fetched import Author, Place, living_place
from tests.coordinator.strangers import answer
from tests.shard.conftest import writer

__all__ = ["writer"]

POST = "app.bsky.feed.post"


@pytest.fixture
async def place(writer, database_url) -> AsyncIterator[Place]:
    async with living_place(writer, database_url) as place:
        yield place


async def diverged(place: Place) -> Author:
    """We have five posts, of which two went, and miss three more, in a commit we never saw."""
    author = place.author("a")
    frames = [author.post(f"post {n}") for n in range(5)]
    await place.relay(*frames)
    author.delete(f"{POST}/{author.rkey(2)}")
    author.delete(f"{POST}/{author.rkey(4)}")
    for n in range(3):
        author.post(f"missed {n}")
    await place.relay(author.post("behind the gap"))
    assert await place.state(author) == "desynchronized"
    return author


RIGHT = ["post 0", "post 2", "post 4", "missed 0", "missed 1", "missed 2", "behind the gap"]


async def test_a_repo_that_went_on_without_us_is_brought_right_with_what_it_deleted(place):
    author = await diverged(place)
    place.serve(author)
    async with place.resyncing():
        await place.settled()
    assert await place.state(author) == "synchronized"
    assert await place.posts(author) == RIGHT
    rev, data = await place.writer.pool.fetchrow("SELECT rev, data FROM repos")
    head = place.encoder.repositories.take(author.did).head
    assert rev == head.rev and data is not None
    assert place.asked(author) == 1


async def test_what_comes_meanwhile_waits_and_is_applied_behind_it(place):
    author = await diverged(place)
    place.serve(author)
    place.taking.clear()
    async with place.resyncing():
        await place.until("SELECT state = 'fetching' FROM repos")
        await place.relay(author.post("meanwhile"), author.delete(f"{POST}/{author.rkey(1)}"))
        assert "meanwhile" not in await place.posts(author)
        assert await place.value("SELECT held FROM resyncs") == 2
        place.taking.set()
        await place.settled()
    assert await place.posts(author) == [*RIGHT[1:], "meanwhile"]
    assert await place.state(author) == "synchronized"
    assert await place.value("SELECT count(*) FROM held_commits") == 0


async def test_a_repo_never_seen_is_brought_in_and_tells_nobody_unless_asked(place):
    reader, author, other = (place.author(letter) for letter in "rab")
    await place.relay(reader.post())
    subject = f"at://{reader.did}/{POST}/{reader.rkey(1)}"
    cid = {"uri": subject, "cid": "bafyreie5737gdxlw5i64vzichcalba3z2v5n6icifvx5xytvske7mr3hpm"}
    for liker in (author, other):
        like = {"subject": cid, "createdAt": "2025-06-15T00:00:00Z"}
        liker.write(("create", f"app.bsky.feed.like/{liker.rkey(1)}", like))
        place.serve(liker)
    await place.ask(author, "backfill")
    await place.ask(other, "backfill", tell=True)
    async with place.resyncing():
        await place.settled()
    assert await place.state(author) == await place.state(other) == "synchronized"
    assert await place.value("SELECT like_count FROM post_aggregations") == 2
    assert await place.value("SELECT array_agg(author_did) FROM notifications") == [other.did]


async def test_what_came_after_the_revision_that_we_had_is_news(place):
    reader, author = place.author("r"), place.author("a")
    await place.relay(reader.post())
    frames = [author.post()]
    await place.relay(*frames)
    subject = {"uri": f"at://{reader.did}/{POST}/{reader.rkey(1)}"}
    subject["cid"] = "bafyreie5737gdxlw5i64vzichcalba3z2v5n6icifvx5xytvske7mr3hpm"
    record = {"subject": subject, "createdAt": "2025-06-15T00:00:00Z"}
    author.write(("create", f"app.bsky.feed.like/{author.rkey(2)}", record))
    author.write(("create", f"{POST}/{author.rkey(0)}", "old, and missed until now"))
    place.serve(author)
    await place.ask(author)
    async with place.resyncing():
        await place.settled()
    assert await place.value("SELECT array_agg(reason) FROM notifications") == ["like"]


async def refused(place: Place, author: Author, attempts: int = 2) -> None:
    """It is tried some times, and nothing that is stored changes."""
    before = await place.posts(author)
    async with place.resyncing():
        await place.until("SELECT attempts >= $1 AND token IS NULL FROM resyncs", attempts)
    assert await place.state(author) == "desynchronized"
    assert await place.posts(author) == before
    assert place.asked(author) >= attempts


async def test_a_repo_that_its_account_has_not_signed_is_refused(place):
    author = await diverged(place)
    place.publish(author, seed=9)
    place.serve(author)
    await refused(place, author)
    assert place.web.heard.count(f"plc.test/{author.did}") > 2, "its key is asked for again"


async def test_a_new_key_is_heard_of_in_time(place):
    author = await diverged(place)
    place.publish(author, seed=9)
    place.serve(author, answer(500))
    async with place.resyncing():
        await place.until("SELECT signing_key IS NOT NULL FROM identities")
        place.publish(author)
        place.serve(author)
        await place.settled()
    assert await place.posts(author) == RIGHT


async def test_somebody_elses_repo_is_refused(place):
    author, other = await diverged(place), place.author("b")
    other.post("not mine")
    place.serve(author, answer(body=other.car()))
    await refused(place, author)


async def test_a_repo_without_one_of_its_records_is_refused(place):
    author = await diverged(place)
    del author.records[f"{POST}/{author.rkey(3)}"]
    place.serve(author)
    await refused(place, author)


@pytest.mark.parametrize("how", ["no car", "cut", "changed", "too big", "no XRPC error"])
async def test_what_is_no_repo_is_refused(how, writer, database_url):
    async with living_place(writer, database_url, max_bytes=100_000) as place:
        author = await diverged(place)
        car = author.car()
        place.serve(
            author,
            {
                "no car": answer(body=b"<html>"),
                "cut": [answer(body=car)[:-50], None],
                "changed": answer(body=car.replace(b"missed 1", b"missed 7")),
                "too big": answer(body=car + bytes(100_000)),
                "no XRPC error": answer(400, b'{"error": "Whatever"}'),
            }[how],
        )
        await refused(place, author)


async def test_a_repo_from_the_future_is_refused_and_what_was_never_seen_is_not_behind(place):
    author = place.author("a")
    author.seconds = 10**9
    author.post()
    place.serve(author)
    await place.ask(author)
    async with place.resyncing():
        await place.until("SELECT attempts > 0 AND token IS NULL FROM resyncs")
    assert await place.state(author) == "partial"
    assert await place.posts(author) == []


async def test_an_older_repo_than_ours_is_asked_for_again(place):
    author = place.author("a")
    frames = [author.post("one")]
    place.serve(author)
    frames.append(author.post("two"))
    await place.relay(*frames)
    await place.ask(author)
    async with place.resyncing():
        await place.until("SELECT attempts > 0 FROM resyncs")
        assert await place.posts(author) == ["one", "two"]
        place.serve(author)
        await place.settled()
    assert await place.state(author) == "synchronized"


async def test_after_enough_bad_answers_a_repo_is_given_up(writer, database_url):
    async with living_place(writer, database_url, attempts=2) as place:
        author = await diverged(place)
        place.serve(author, answer(body=b"no repo"))
        async with place.resyncing():
            await place.settled()
        assert await place.state(author) == "desynchronized"
        assert place.asked(author) >= 2


async def test_a_host_that_cannot_be_reached_is_never_given_up(writer, database_url):
    async with living_place(writer, database_url, attempts=1) as place:
        author = await diverged(place)
        place.serve(author, answer(503))
        async with place.resyncing():
            while place.asked(author) < 3:
                await place.until("SELECT attempts = 0 FROM resyncs")
            place.serve(author)
            await place.settled()
        assert await place.posts(author) == RIGHT


@pytest.mark.parametrize("name", ["RepoNotFound", "RepoTakendown", "RepoDeactivated"])
async def test_that_there_is_no_repo_is_an_answer(place, name):
    author = await diverged(place)
    before = await place.posts(author)
    place.serve(author, answer(400, b'{"error": "%s"}' % name.encode()))
    async with place.resyncing():
        await place.settled()
    assert await place.state(author) == "desynchronized"
    assert await place.posts(author) == before


async def test_a_repo_of_many_parts_comes_whole(place):
    author = place.author("a")
    for at in range(0, 1200, 200):
        author.write(
            *(
                ("create", f"{POST}/{author.rkey(n)}", f"post {n} " + "x" * 2000)
                for n in range(at, at + 200)
            )
        )
    place.serve(author)
    await place.ask(author)
    async with place.resyncing():
        await place.settled()
    assert place.taken >= 3
    assert await place.value("SELECT count(*) FROM posts") == 1200
    assert await place.value("SELECT posts_count FROM user_aggregations") == 1200
