"""What becomes of accounts: their users rows, their status, and their deletion."""

import asyncio
from datetime import timedelta

import pytest
from msgspec.structs import replace

from indexer.protocol.event import Refused
from indexer.shard import accounts
from indexer.shard.admission import Kept
from indexer.shard.writer import Writer
from tests.ops import START, Stream
from tests.records.samples import ALICE, BOB, POST, SAMPLES, ref
from tests.records.test_every_type import world
from tests.shard.conftest import write
from tests.snapshot import TABLES, difference, snapshot

CONTENT = [table for table in TABLES if table not in ("repos", "users")]
CROWD = [f"did:plc:{n:024}" for n in range(300)]


async def test_a_deleted_account_leaves_nothing_behind(
    writer: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(accounts, "RECORDS_AT_ONCE", 7)  # so that it takes several transactions
    stream = Stream()
    events = world(stream)
    await write(writer, *(event for event in events if event.did != ALICE))
    async with writer.pool.acquire() as connection:
        without = await snapshot(connection, *CONTENT)
    await write(writer, *(event for event in events if event.did == ALICE))
    for nsid, sample in SAMPLES.items():
        await write(
            writer,
            stream.create(ALICE, nsid, sample.first, sample.rkey),
            stream.create(ALICE, nsid, sample.first, f"{sample.rkey}z"),  # a duplicate, or refused
        )
    await write(writer, stream.account(ALICE, False, "deleted"))
    await accounts.purge(writer, ALICE)
    async with writer.pool.acquire() as connection:
        assert difference(without, await snapshot(connection, *CONTENT)) == []
        user = await connection.fetchrow("SELECT * FROM users WHERE did = $1", ALICE)
        repo = await connection.fetchrow("SELECT * FROM repos WHERE did = $1", ALICE)
    assert (user["status"], user["display_name"], user["profile_record"]) == ("deleted", None, None)
    assert (repo["active"], repo["status"], repo["deleted_at"]) == (False, "deleted", None)
    assert repo["rev"] is not None


async def test_commits_of_a_deleted_account_are_counted_and_not_applied(writer: Writer) -> None:
    stream = Stream()
    await write(writer, stream.account(ALICE, False, "deleted"))
    commit = stream.create(ALICE, "app.bsky.feed.post", {"text": ""}, "1")
    await write(writer, commit)
    assert await writer.pool.fetch("SELECT uri FROM posts") == []
    assert await writer.pool.fetchval("SELECT rev FROM repos") == commit.rev


async def test_commits_of_an_account_otherwise_inactive_are_applied(writer: Writer) -> None:
    stream = Stream()
    await write(writer, stream.account(ALICE, False, "takendown"))
    await write(writer, stream.create(ALICE, "app.bsky.feed.post", {"text": ""}, "1"))
    assert await writer.pool.fetchval("SELECT count(*) FROM posts") == 1
    assert await writer.pool.fetchval("SELECT status FROM users") == "takendown"


async def test_an_account_said_to_be_deleted_is_purged_when_nobody_contradicts(
    writer: Writer,
) -> None:
    stream = Stream()
    await write(writer, stream.create(ALICE, "app.bsky.feed.post", {"text": ""}, "1"))
    await write(writer, stream.account(ALICE, False, "deleted"))
    await accounts.purge_due(writer, timedelta(days=36500))
    assert await writer.pool.fetchval("SELECT count(*) FROM posts") == 1
    await accounts.purge_due(writer, timedelta(0))
    assert await writer.pool.fetchval("SELECT count(*) FROM posts") == 0


async def test_an_account_that_comes_back_in_time_keeps_everything(writer: Writer) -> None:
    stream = Stream()
    await write(writer, stream.create(ALICE, "app.bsky.feed.post", {"text": ""}, "1"))
    await write(writer, stream.account(ALICE, False, "deleted"), stream.account(ALICE, True))
    await accounts.purge_due(writer, timedelta(0))
    assert await writer.pool.fetchval("SELECT count(*) FROM posts") == 1
    assert await writer.pool.fetchval("SELECT status FROM users") is None


@pytest.mark.parametrize("status_first", [True, False])
async def test_a_user_has_the_status_of_the_account_whichever_came_first(
    status_first: bool, writer: Writer
) -> None:
    stream = Stream()
    events = [
        stream.account(ALICE, False, "suspended"),
        stream.create(BOB, "app.bsky.graph.follow", {"subject": ALICE}, "f"),
    ]
    await write(writer, *(events if status_first else reversed(events)), at_once=1)
    status = await writer.pool.fetchval("SELECT status FROM users WHERE did = $1", ALICE)
    assert status == "suspended"


async def test_everybody_who_is_named_becomes_a_user_and_is_looked_up(writer: Writer) -> None:
    await write(writer, Stream().create(ALICE, "app.bsky.graph.block", {"subject": BOB}, "b"))
    users = await writer.pool.fetch("SELECT did, handle FROM users ORDER BY did")
    assert users == [(ALICE, "handle.invalid"), (BOB, "handle.invalid")]
    pending = await writer.pool.fetch("SELECT subject, kind FROM pending ORDER BY subject")
    assert pending == [(ALICE, "user"), (BOB, "user")]


async def test_an_identity_event_prods_and_stores_no_handle(writer: Writer) -> None:
    stream = Stream()
    await write(writer, stream.identity(ALICE))
    assert await writer.pool.fetch("SELECT subject, kind FROM pending") == [(ALICE, "user")]
    assert (
        await writer.pool.fetch("SELECT handle FROM users WHERE handle <> 'handle.invalid'") == []
    )


async def test_new_accounts_that_all_follow_each_other_at_once_all_arrive(writer: Writer) -> None:
    stream = Stream()
    shards: list[list] = [[], [], [], []]  # type: ignore[type-arg]
    for n, did in enumerate(CROWD):
        follows = [
            ("create", f"app.bsky.graph.follow/{m}", {"subject": CROWD[(n * 7 + m * 13) % 300]})
            for m in range(8)
        ]
        shards[n % 4].append(stream.commit(did, *follows))
    await asyncio.gather(*(write(writer, *reversed(events), at_once=25) for events in shards))
    assert await writer.pool.fetchval("SELECT count(*) FROM users") == len(CROWD)
    drift = await writer.pool.fetch(
        "SELECT a.did FROM user_aggregations a WHERE followers_count <>"
        " (SELECT count(*) FROM follows WHERE following_did = a.did)"
    )
    assert drift == []


async def test_nothing_is_stored_of_those_who_opted_out_but_where_their_repo_stands(
    writer: Writer,
) -> None:
    stream = Stream()
    await write(writer, stream.create(ALICE, "app.bsky.feed.post", {"text": "before"}, "1"))
    await forbid(writer, ALICE, True)
    commit = stream.commit(
        ALICE,
        ("create", "app.bsky.feed.post/2", {"text": "after"}),
        ("create", "com.example.unheard.of/2", {"text": "after"}),
        ("update", "app.bsky.actor.profile/self", {"displayName": "Alice"}),
    )
    trial = await write(
        writer, commit, stream.create(BOB, "app.bsky.feed.like", {"subject": ref(POST)}, "l")
    )
    assert not trial.kept
    assert await writer.pool.fetch("SELECT text FROM posts") == [("before",)]
    assert await writer.pool.fetch("SELECT uri FROM generic_records") == []
    rev = await writer.pool.fetchval("SELECT rev FROM repos WHERE did = $1", ALICE)
    assert rev == commit.rev
    await write(writer, stream.delete(ALICE, "app.bsky.feed.post", "1"))
    assert await writer.pool.fetch("SELECT text FROM posts") == []
    await forbid(writer, ALICE, False)
    await write(writer, stream.create(ALICE, "app.bsky.feed.post", {"text": "again"}, "3"))
    assert await writer.pool.fetch("SELECT text FROM posts") == [("again",)]


async def test_no_user_is_made_for_those_who_opted_out(writer: Writer) -> None:
    stream = Stream()
    await forbid(writer, ALICE, True)
    await write(
        writer,
        stream.create(ALICE, "app.bsky.feed.post", {"text": ""}, "1"),
        stream.create(BOB, "app.bsky.graph.follow", {"subject": ALICE}, "f"),
        stream.account(ALICE, False, "takendown"),
    )
    assert await writer.pool.fetch("SELECT did FROM users") == [(BOB,)]


async def test_nothing_refused_is_kept_of_those_who_opted_out(writer: Writer) -> None:
    stream = Stream()
    await forbid(writer, ALICE, True)
    commit = stream.create(ALICE, "app.bsky.feed.post", {"text": "secret"}, "1")
    refused = Refused(commit.ops[0].uri, "bad_record", "text: secret", commit.ops[0].block)
    await write(writer, replace(commit, ops=(), refused=(refused,)))
    await writer.quarantine([Kept(9, ALICE, None, "bad_frame", "", frame=b"secret")])
    assert await writer.pool.fetch("SELECT detail FROM quarantine") == []


async def test_what_was_refused_of_a_deleted_account_goes_with_it(writer: Writer) -> None:
    stream = Stream()
    await write(writer, stream.create(ALICE, "app.bsky.feed.post", {"text": 7}, "1"))
    assert await writer.pool.fetchval("SELECT count(*) FROM quarantine") == 1
    await write(writer, stream.account(ALICE, False, "deleted"))
    await accounts.purge(writer, ALICE)
    assert await writer.pool.fetchval("SELECT count(*) FROM quarantine") == 0


async def test_who_opted_out_and_in_again_has_to_be_fetched(writer: Writer) -> None:
    stream = Stream()
    await write(writer, stream.create(ALICE, "app.bsky.feed.post", {"text": ""}, "1"))
    assert await writer.pool.fetchval("SELECT state FROM repos") == "synchronized"
    await forbid(writer, ALICE, True)
    await write(writer, stream.create(ALICE, "app.bsky.feed.post", {"text": ""}, "2"))
    await write(writer, stream.account(ALICE, False, "takendown"))
    await forbid(writer, ALICE, False)
    await write(writer, stream.create(ALICE, "app.bsky.feed.post", {"text": ""}, "3"))
    assert await writer.pool.fetchval("SELECT state FROM repos") == "partial"
    assert await writer.pool.fetchval("SELECT status FROM users") == "takendown"


async def test_a_row_that_no_record_could_have_made_does_not_stop_a_purge(writer: Writer) -> None:
    """Readers store bookmarks themselves, and name them as they like."""
    for uri in (f"at://{ALICE}/app.bsky.bookmark.bookmark/1", f"at://{ALICE}/1"):
        await writer.pool.execute(
            "INSERT INTO bookmarks (uri, user_did, post_uri, created_at)"
            " VALUES ($1, $2, $1, now())",
            uri,
            ALICE,
        )
    await write(writer, Stream().account(ALICE, False, "deleted"))
    await accounts.purge(writer, ALICE)
    assert await writer.pool.fetchval("SELECT count(*) FROM bookmarks") == 0


@pytest.mark.parametrize("account_first", [True, False])
async def test_a_new_account_is_looked_up_whichever_of_its_events_came_first(
    account_first: bool, writer: Writer
) -> None:
    stream = Stream()
    events = [
        stream.account(ALICE, True),
        stream.create(ALICE, "app.bsky.feed.post", {"text": ""}, "1"),
    ]
    await write(writer, *(events if account_first else reversed(events)), at_once=1)
    assert await writer.pool.fetch("SELECT subject FROM pending") == [(ALICE,)]


async def forbid(writer: Writer, did: str, forbidden: bool) -> None:
    await writer.pool.execute(
        "INSERT INTO user_settings (user_did, data_collection_forbidden) VALUES ($1, $2)"
        " ON CONFLICT (user_did) DO UPDATE SET data_collection_forbidden = $2",
        did,
        forbidden,
    )


async def test_arrival_is_the_time_of_what_has_no_readable_time(writer: Writer) -> None:
    stream = Stream()
    written = {"text": "", "createdAt": "2025-12-31T23:30:00-05:00"}
    await write(writer, stream.create(ALICE, "app.bsky.feed.post", written, "1"))
    await write(
        writer, stream.create(ALICE, "app.bsky.feed.post", {**written, "createdAt": "?"}, "2")
    )
    first, second = await writer.pool.fetch("SELECT created_at, sort_at FROM posts ORDER BY uri")
    assert first["created_at"].isoformat() == "2026-01-01T04:30:00+00:00"
    assert first["sort_at"] == START + timedelta(seconds=1)
    assert second["created_at"] == second["sort_at"] == START + timedelta(seconds=2)
