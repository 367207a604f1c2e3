"""What comes between the parts of a repo: crashes, losses, floods, people who leave."""

from collections.abc import AsyncIterator

import msgspec
import pytest

from indexer.coordinator.repos.queue import Queue
from indexer.database import load_query
from indexer.protocol.frame import decode
from indexer.records import ALL
from indexer.shard import repo as gate
from indexer.shard.writer import Writer
from tests.coordinator.fetched import Author, Place, living_place
from tests.coordinator.strangers import answer
from tests.ops import Stream
from tests.records.samples import ALICE, SAMPLES
from tests.shard.conftest import write, writer

__all__ = ["writer"]

POST = "app.bsky.feed.post"
MANY = 700  # records: two parts


@pytest.fixture
async def place(writer: Writer, database_url: str) -> AsyncIterator[Place]:
    async with living_place(writer, database_url) as place:
        yield place


async def long_repo(place: Place) -> Author:
    """Known by its last commit alone, and asked for."""
    author = place.author("a")
    for at in range(0, MANY, 100):
        posts = ((f"{POST}/{author.rkey(n)}", f"post {n}") for n in range(at, at + 100))
        author.write(*(("create", path, text) for path, text in posts))
    author.seconds = MANY
    await place.relay(author.post("the last"))
    place.serve(author)
    await place.ask(author)
    return author


async def is_whole(place: Place, author: Author, more: int = 0) -> bool:
    count = await place.value("SELECT count(*) FROM posts")
    counted = await place.value("SELECT posts_count FROM user_aggregations")
    held = await place.value("SELECT count(*) FROM held_commits")
    state = await place.state(author)
    return (count, counted, held, state) == (MANY + 1 + more,) * 2 + (0, "synchronized")


async def test_who_dies_between_two_parts_is_followed_by_one_who_begins_anew(place: Place) -> None:
    author = await long_repo(place)
    place.lose = {2}
    async with place.resyncing():
        await place.until("SELECT parts = 1 FROM resyncs")
        await place.relay(author.post("meanwhile"))
    assert await place.state(author) == "fetching"
    assert await place.value("SELECT held FROM resyncs") == 1
    place.serve(author)
    async with place.resyncing():
        await place.settled()
    assert place.asked(author) >= 2
    assert await is_whole(place, author, 1)


@pytest.mark.parametrize("lost", [{1}, {1, 2, 3}])
async def test_frames_that_are_lost_are_sent_again(place: Place, lost: set[int]) -> None:
    author = await long_repo(place)
    place.lose = lost
    async with place.resyncing():
        await place.settled()
    assert await is_whole(place, author)


async def test_what_nobody_takes_is_begun_anew(writer: Writer, database_url: str) -> None:
    async with living_place(writer, database_url, stall_s=0.02) as place:
        author = await long_repo(place)
        place.lose = set(range(1, 12))
        async with place.resyncing():
            await place.settled()
        assert place.asked(author) > 1
        assert await is_whole(place, author)


async def test_applied_parts_that_postgresql_forgot_are_made_anew(place: Place) -> None:
    author = await long_repo(place)
    place.lose = {2}
    async with place.resyncing():
        await place.until("SELECT parts = 1 FROM resyncs")
        await place.writer.pool.execute(
            "UPDATE resyncs SET parts = 0; DELETE FROM posts WHERE text <> 'the last';"
            "UPDATE user_aggregations SET posts_count = 1"
        )
        await place.settled()
    assert await is_whole(place, author)


async def test_an_end_that_was_not_finished_is_finished(place: Place) -> None:
    author = await long_repo(place)
    place.serve(author, answer(500))
    frame = author.post("held")
    event = decode(frame, 4_000_000_000_000_000)
    assert event is not None
    await place.value("UPDATE resyncs SET token = 7, complete = true")
    await place.value(
        "INSERT INTO held_commits VALUES ($1, 'x', $2, 4000000000000000)", author.did, frame
    )
    async with place.resyncing():
        await place.settled()
    assert "held" in await place.posts(author)
    assert place.asked(author) == 0


async def test_with_too_much_held_back_it_is_given_back_and_begun_anew(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    author = await long_repo(place)
    monkeypatch.setattr(gate, "MOST_HELD", 3)
    place.taking.clear()
    async with place.resyncing():
        await place.until("SELECT state = 'fetching' FROM repos")
        await place.relay(*(author.post("meanwhile") for _ in range(4)))
        assert await place.state(author) == "desynchronized"
        place.serve(author)
        place.taking.set()
        await place.settled()
    assert await is_whole(place, author, 4)


async def test_an_account_deleted_meanwhile_stays_so(place: Place) -> None:
    author = await long_repo(place)
    place.lose = {2}
    async with place.resyncing():
        await place.until("SELECT parts = 1 FROM resyncs")
        event = msgspec.structs.replace(Stream().account(author.did, False, "deleted"), seq=10**9)
        await write(place.writer, event)
        await place.settled()
    assert await place.state(author) == "desynchronized"
    assert await place.value("SELECT count(*) FROM held_commits") == 0
    assert place.asked(author) == 1


async def opt_out(place: Place, author: Author) -> None:
    await place.value("INSERT INTO user_settings VALUES ($1, true)", author.did)


async def test_nothing_is_asked_about_those_who_opted_out(place: Place) -> None:
    author = await long_repo(place)
    await opt_out(place, author)
    async with place.resyncing():
        await place.settled()
    assert place.web.heard == []


async def test_who_opts_out_meanwhile_is_let_go(writer: Writer, database_url: str) -> None:
    async with living_place(writer, database_url, stall_s=0.05) as place:
        author = await long_repo(place)
        place.taking.clear()
        async with place.resyncing():
            await place.until("SELECT state = 'fetching' FROM repos")
            await opt_out(place, author)
            place.taking.set()
            await place.settled()
        assert await place.state(author) != "fetching"
        assert await place.value("SELECT count(*) FROM held_commits") == 0
        assert place.asked(author) == 1


async def test_where_nothing_may_be_fetched_nothing_is_held_back(place: Place) -> None:
    author = await long_repo(place)
    place.lose = {1}
    place.taking.clear()
    async with place.resyncing():
        await place.until("SELECT state = 'fetching' FROM repos")
        await place.relay(author.post("meanwhile"))
    await place.value("DELETE FROM resyncs")
    asked = place.asked(author)
    services = msgspec.structs.replace(place.config.services, skip_pds_fetching=True)
    place.config = msgspec.structs.replace(place.config, services=services)
    place.taking.set()
    async with place.resyncing():
        await place.until("SELECT token IS NULL FROM resyncs")
    assert await place.state(author) == "desynchronized"
    assert await place.posts(author) == ["the last", "meanwhile"]
    assert place.asked(author) == asked


async def test_repos_that_nobody_remembers_are_fetched_at_the_start(place: Place) -> None:
    author = await long_repo(place)
    await place.value("DELETE FROM resyncs")
    await place.value("UPDATE repos SET state = 'desynchronized'")
    async with place.resyncing():
        await place.until("SELECT state = 'synchronized' FROM repos")
    assert await is_whole(place, author)


async def test_a_repo_that_went_on_again_keeps_its_place(writer: Writer, database_url: str) -> None:
    async with living_place(writer, database_url, lease_s=0.5) as place:
        author = await long_repo(place)
        place.taking.clear()
        async with place.resyncing():
            await place.until("SELECT state = 'fetching' FROM repos")
            author.post("missed")
            await place.relay(author.post("behind another gap"))
            place.serve(author)
            place.taking.set()
            await place.settled()
        assert place.asked(author) >= 2
        assert await is_whole(place, author, 2)


async def test_a_mirror_is_asked_first_and_not_believed_more(
    writer: Writer, database_url: str
) -> None:
    async with living_place(writer, database_url) as place:
        mirror = f"http://plc.test:{place.port}"
        repos = msgspec.structs.replace(place.config.repos, mirror=mirror)
        place.config = msgspec.structs.replace(place.config, repos=repos)
        author, other = await long_repo(place), place.author("b")
        other.post()
        page = place.page(author).replace("pds.test", "plc.test")
        place.web.pages[page] = answer(body=other.car())
        async with place.resyncing():
            await place.settled()
        assert place.web.heard.count(page) == place.asked(author) == 1
        assert await is_whole(place, author)


async def test_a_mirror_that_lies_about_who_is_gone_keeps_nobody_busy(
    writer: Writer, database_url: str
) -> None:
    async with living_place(writer, database_url, attempts=2) as place:
        mirror = f"http://plc.test:{place.port}"
        repos = msgspec.structs.replace(place.config.repos, mirror=mirror)
        place.config = msgspec.structs.replace(place.config, repos=repos)
        author = await long_repo(place)
        page = place.page(author).replace("pds.test", "plc.test")
        place.web.pages[page] = answer(body=b"no repo")
        place.serve(author, answer(400, b'{"error": "RepoNotFound"}'))
        async with place.resyncing():
            await place.settled()
        assert place.asked(author) >= 2
        assert await place.state(author) == "desynchronized"


async def test_a_slow_host_does_not_hold_up_the_others(writer: Writer, database_url: str) -> None:
    async with living_place(writer, database_url, at_once=3, at_once_per_host=2) as place:
        there = [place.author(letter) for letter in "abcd"]
        elsewhere = place.author("z", host="plc.test")
        for author in (*there, elsewhere):
            author.post()
            place.serve(author, [60] if author in there else None)
            await place.ask(author)
        place.web.pages[place.page(elsewhere).replace("pds.test", "plc.test")] = answer(
            body=elsewhere.car()
        )
        async with place.resyncing():
            await place.until("SELECT count(*) = 0 FROM resyncs WHERE did ~ 'zzz'")
            assert await place.state(elsewhere) == "synchronized"
            assert sum(place.asked(author) for author in there) == 2
        assert await place.value("SELECT count(*) FROM resyncs WHERE attempts = 0") == 4


async def test_every_record_that_stands_is_compared(writer: Writer, database_url: str) -> None:
    """Also those that wait for their edge, and none that readers stored ahead."""
    async with living_place(writer, database_url) as place:
        stream, made = Stream(), dict[str, str | None]()
        for nsid, sample in SAMPLES.items():
            commit = stream.create(ALICE, nsid, sample.first, sample.rkey)
            await write(writer, commit)
            made |= {op.uri: op.cid for op in commit.ops}
        like = SAMPLES["app.bsky.feed.like"]
        again = stream.create(ALICE, "app.bsky.feed.like", like.first, "3zzzzzzzzzz2a")
        await write(writer, again)
        made |= {op.uri: op.cid for op in again.ops}
        assert await place.value("SELECT count(*) FROM duplicates") == 1
        await place.value(
            "INSERT INTO bookmarks (uri, user_did, post_uri, created_at)"
            " VALUES ('at://' || $1 || '/app.bsky.bookmark/x', $1, 'at://p', now())",
            ALICE,
        )
        queue = Queue(writer.pool, place.config.repos)
        stored = [row async for rows in queue.stored(ALICE) for row in rows]
        found = {f"at://{ALICE}/{path}": version for path, version in stored}
        assert found.keys() == made.keys() and len(found) == len(stored)
        labels = {uri for uri in made if "label.label" in uri}
        assert {uri: cid for uri, cid in found.items() if uri not in labels} == {
            uri: cid for uri, cid in made.items() if uri not in labels
        }


def test_no_table_of_records_is_forgotten() -> None:
    statement = load_query("stored_records")
    tables = {record.owns[0].name for record in ALL} | {"duplicates"}
    assert not {table for table in tables if f"FROM {table}\n" not in statement}
