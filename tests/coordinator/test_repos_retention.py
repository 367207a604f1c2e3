"""Whole repos where content grows too old: it stays away, but that of who is protected."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from indexer import config, metrics
from indexer.protocol.age import horizon
from indexer.shard.retention.protection import protect
from indexer.shard.writer import Writer
from tests.coordinator.fetched import Author, Place, living_place
from tests.polling import until
from tests.shard.conftest import writer

__all__ = ["writer"]

SINCE = datetime(2025, 6, 20, tzinfo=UTC)  # a few days after what is old here
MONTH_S = 30 * 86_400
OLD, NEW = ["old 0", "old 1", "old 2"], ["new 0", "new 1"]


@pytest.fixture
def days() -> int:
    """As many as lie behind that day."""
    return (datetime.now(UTC) - SINCE).days


@pytest.fixture
async def place(writer: Writer, database_url: str, days: int) -> AsyncIterator[Place]:
    forgetful = replace(writer, horizon=lambda: horizon(datetime.now(UTC), days))
    async with living_place(forgetful, database_url) as place:
        kept = config.Retention(days=days, every_h=24.0)
        place.config = msgspec.structs.replace(place.config, retention=kept)
        yield place


async def written(place: Place) -> Author:
    """Three posts that are too old by now, and two of a month later."""
    author = place.author("a")
    frames = [author.post(text) for text in OLD]
    author.seconds += MONTH_S
    for text in NEW:
        path = f"app.bsky.feed.post/{author.rkey(author.seconds + 1)}"
        when = (SINCE + timedelta(days=25)).isoformat()
        frames.append(author.write(("create", path, {"text": text, "createdAt": when})))
    await place.relay(*frames)
    place.serve(author)
    return author


async def test_a_fetched_repo_brings_nothing_back_that_is_too_old(place: Place) -> None:
    author = await written(place)
    assert await place.posts(author) == NEW
    turned_away = metrics.TOO_OLD._value.get()
    await place.ask(author, "backfill")
    async with place.resyncing():
        await place.settled()
    assert await place.posts(author) == NEW
    assert await place.state(author) == "synchronized"
    assert metrics.TOO_OLD._value.get() == turned_away, "it was not even sent to a shard"


async def test_what_is_too_old_of_who_is_protected_is_fetched(place: Place) -> None:
    author = await written(place)
    assert await protect(place.writer, author.did)
    assert await place.state(author) == "desynchronized"
    async with place.resyncing():
        await place.settled()
    assert await place.posts(author) == [*OLD, *NEW]
    assert await place.state(author) == "synchronized"
    assert not await protect(place.writer, author.did), "it was already"
    assert await place.value("SELECT count(*) FROM resyncs") == 0


async def test_who_is_protected_while_its_repo_is_fetched_gets_all_of_it(place: Place) -> None:
    author = await written(place)
    await place.ask(author, "backfill")
    place.taking.clear()
    async with place.resyncing():
        await until(lambda: place.offered > 0)  # what is missing has been looked for
        assert await protect(place.writer, author.did)
        place.taking.set()
        await place.until("SELECT state = 'synchronized' FROM repos")
        await place.settled()
    assert await place.posts(author) == [*OLD, *NEW]


async def test_nobody_is_fetched_who_is_gone_or_wants_to_be(place: Place) -> None:
    author = await written(place)
    await place.value(
        "INSERT INTO user_settings (user_did, data_collection_forbidden) VALUES ($1, true)",
        author.did,
    )
    assert await protect(place.writer, author.did)
    assert await place.value("SELECT count(*) FROM resyncs") == 0


async def test_where_all_is_kept_nothing_has_to_be_fetched(place: Place) -> None:
    author = await written(place)
    assert await protect(replace(place.writer, horizon=lambda: None), author.did)
    assert await place.state(author) != "desynchronized"
    assert await place.value("SELECT count(*) FROM resyncs") == 0
