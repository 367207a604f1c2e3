"""Commits held against their author's key."""

import asyncio

import asyncpg
import pytest

from indexer.protocol.event import Forged, Identity
from indexer.protocol.frame import decode
from indexer.protocol.identity import read_document
from indexer.protocol.peek import peek
from indexer.shard.keys import Keys
from indexer.shard.refusal import Trial
from indexer.shard.retry import ids, retry
from indexer.shard.writer import Writer
from load.encoding.frames import document
from load.generate import generate
from tests.polling import blocked
from tests.shard.whole import LATER_US, commits_of, deliver, loop_of

RESOLVED = """
    INSERT INTO identities (did, signing_key) VALUES ($1, $2)
    ON CONFLICT (did) DO UPDATE SET signing_key = $2
"""


class Made:
    """The commits of one account, its key, and another's."""

    def __init__(self) -> None:
        frames = [frame for _, frame in generate(seed=8, commits=60)]
        dids = [peek(frame).did or "" for frame in frames]
        self.did = max(dids, key=dids.count)
        self.frames = [f for f in frames if (p := peek(f)).did == self.did and p.kind == "#commit"]
        self.key = key_of(self.did)
        self.other_key = key_of(next(did for did in dids if did != self.did))


def key_of(did: str) -> str | None:
    return read_document(document(8, did, "a.test"), did).signing_key


@pytest.fixture(scope="module")
def made() -> Made:
    return Made()


async def applied(writer: Writer) -> str | None:
    rev: str | None = await writer.pool.fetchval("SELECT max(rev) FROM repos")
    return rev


async def test_commits_that_their_author_has_signed_are_applied(writer: Writer, made: Made) -> None:
    await writer.pool.execute(RESOLVED, made.did, made.key)
    await deliver(loop_of(writer, Keys(writer.pool)), *made.frames)
    assert await applied(writer) == commits_of(made.frames)[-1].rev
    assert await writer.pool.fetchval("SELECT count(*) FROM quarantine") == 0


async def test_a_commit_that_its_author_has_not_signed_is_kept_aside_and_its_repo_fetched(
    writer: Writer, made: Made
) -> None:
    await writer.pool.execute(RESOLVED, made.did, made.other_key)
    await deliver(loop_of(writer, Keys(writer.pool)), made.frames[0])
    assert await applied(writer) is None
    row = await writer.pool.fetchrow("SELECT reason, did, frame FROM quarantine ORDER BY seq")
    assert row is not None and tuple(row) == ("bad_signature", made.did, made.frames[0])
    assert await writer.pool.fetchval("SELECT state FROM repos") == "desynchronized"
    assert await writer.pool.fetchval("SELECT reason FROM resyncs") == "bad_signature"
    assert (
        await writer.pool.fetchval("SELECT kind FROM pending WHERE subject = $1", made.did)
        == "user"
    )


async def test_an_author_whose_key_is_not_known_is_believed(writer: Writer, made: Made) -> None:
    await deliver(loop_of(writer, Keys(writer.pool)), *made.frames)
    assert await applied(writer) == commits_of(made.frames)[-1].rev


async def test_a_key_that_was_changed_is_read_again(writer: Writer, made: Made) -> None:
    keys = Keys(writer.pool)
    await writer.pool.execute(RESOLVED, made.did, made.key)
    await deliver(loop_of(writer, keys), made.frames[0])
    await writer.pool.execute(RESOLVED, made.did, made.other_key)
    await deliver(loop_of(writer, keys), made.frames[1])
    assert await applied(writer) == commits_of(made.frames)[1].rev, "in memory for a while"
    first, second = commits_of(made.frames[2:4])
    identity = Identity(1, made.did, first.time, None)
    assert [type(event).__name__ for event in await keys.verified([identity, first])] == [
        "Identity",
        "Forged",
    ]
    await writer.pool.execute(RESOLVED, made.did, made.key)
    assert await keys.verified([second]) == [second]


async def test_what_was_kept_aside_comes_back_once_the_key_is_known(
    writer: Writer, made: Made
) -> None:
    await writer.pool.execute(RESOLVED, made.did, made.other_key)
    event = decode(made.frames[0], LATER_US)
    assert event is not None
    await Trial(writer).write(await Keys(writer.pool).verified([event]))
    [number] = await ids(writer, "bad_signature")
    again = await retry(writer, number, 5_000_000)
    assert again is not None and again.word == "refused again"
    await writer.pool.execute(RESOLVED, made.did, made.key)
    again = await retry(writer, number, 5_000_000)
    assert again is not None and again.word == "brought back"
    assert await applied(writer) == commits_of(made.frames)[0].rev


async def test_a_look_up_of_keys_that_is_cancelled_is_made_again(
    writer: Writer, made: Made, connection: asyncpg.Connection
) -> None:
    await writer.pool.execute(RESOLVED, made.did, made.other_key)
    keys = Keys(writer.pool)
    async with connection.transaction():
        await connection.execute("LOCK TABLE identities")
        checking = asyncio.create_task(keys.verified(commits_of(made.frames[:1])))
        await blocked(connection, checking)
        await connection.execute(
            "SELECT pg_cancel_backend(pid) FROM pg_locks"
            " WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid))"
        )
        await blocked(connection, checking)
    (event,) = await checking
    assert isinstance(event, Forged)
