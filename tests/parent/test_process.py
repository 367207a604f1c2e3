"""Acks move the cursor, a lost PostgreSQL goes back to it, a killer of decoders is kept aside."""

import asyncio
from pathlib import Path

import msgspec
import pytest
from websockets.asyncio.server import ServerConnection

from indexer import database
from indexer.channel import Pulse
from indexer.database import live
from indexer.parent.cursor import Mark
from indexer.parent.source import Broken
from indexer.protocol.dump import encode_entry
from tests.parent.frames import identity
from tests.parent.parents import Running, finished, running, settings, stored
from tests.parent.relay import relay, stay
from tests.parent.test_ingest import serve_after
from tests.polling import blocked, until


def capture(path: Path, frames: list[bytes]) -> Path:
    path.write_bytes(b"".join(encode_entry(1, data) for data in frames))
    return path


async def kill(connection, name: str = "test parent") -> None:
    await connection.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = $1", name
    )


async def now(connection: ServerConnection, cursor: int | None) -> None:
    """Without a cursor nobody is told the past."""
    for seq in range(11 if cursor is None else cursor + 1, 21):
        await connection.send(identity(seq))
    await stay(connection)


async def test_a_capture_is_over_when_all_of_it_is_committed(
    database_url: str, connection, tmp_path: Path
) -> None:
    path = capture(tmp_path / "a", [identity(seq) for seq in range(1, 1001)])
    async with running(settings(database_url, f"file:{path}")) as made:
        made.shards[1].commits = False
        await until(lambda: made.parent.lanes[1].frames >= 100)
        await asyncio.sleep(0.2)
        assert not made.task.done()
        made.shards[1].commits = True
        made.shards[1].commit()
        await asyncio.wait_for(made.task, 10)
        assert made.seqs == list(range(1, 1001))
    assert await stored(connection) == 1000
    assert (await finished(database_url, path)).seqs == []


async def test_the_cursor_waits_for_the_slowest_and_is_stored_meanwhile(
    database_url: str, connection
) -> None:
    async with relay(serve_after) as server, running(settings(database_url, server.url)) as made:
        made.shards[0].commits = False
        await until(lambda: len(made.seqs) == 20)
        oldest = next(seq for seq in made.shards[0].seqs if seq)
        await until(lambda: made.parent.cursor.safe.seq == oldest - 1)
        if oldest > 1:
            await until(lambda: made.parent.saved.seq == oldest - 1)
            assert await stored(connection) == oldest - 1
        made.shards[0].commit()
        await until(lambda: made.parent.saved.seq == 20)
        assert await stored(connection) == 20


async def lose_and_go_on(made: Running, lose) -> None:
    """Shard 0 has not committed when PostgreSQL is lost; everything from there comes again."""
    made.shards[0].commits = False
    await until(lambda: len(made.seqs) == 20 and not made.parent.lanes[1].frames)
    saved = made.parent.cursor.safe.seq
    assert saved is not None and saved < 19
    await until(lambda: made.parent.saved.seq == saved)
    await lose()
    await until(lambda: made.parent.epoch == 2)
    await until(lambda: made.seqs == sorted([*range(1, 21), *range(saved + 1, 21)]))
    assert {batch.epoch for batch in made.shards[0].batches} == {1, 2}
    made.parent.heard(0, ("ack", 1, 999, 5, 5))  # comes late: PostgreSQL may have forgotten it
    assert made.parent.cursor.safe.seq == saved
    made.shards[0].commit()
    await until(lambda: made.parent.saved.seq == 20)
    assert made.parent.database_trouble is None


async def test_when_a_shard_lost_postgresql_it_begins_again_at_the_stored_cursor(
    database_url: str,
) -> None:
    async with relay(serve_after) as server, running(settings(database_url, server.url)) as made:

        async def lose() -> None:
            made.parent.heard(0, ("lost", 1))
            made.parent.heard(1, ("lost", 1))

        await lose_and_go_on(made, lose)
        assert made.parent.epoch == 2


async def test_when_its_own_connection_broke_likewise(database_url: str, connection) -> None:
    async with relay(serve_after) as server, running(settings(database_url, server.url)) as made:
        await lose_and_go_on(made, lambda: kill(connection))


async def test_what_came_before_a_cursor_was_ever_stored_comes_again_too(
    database_url: str,
) -> None:
    async with relay(now) as server:
        given = settings(database_url, server.url)
        late = msgspec.structs.replace(given.cursor, save_every_s=60)
        async with running(msgspec.structs.replace(given, cursor=late)) as made:
            await until(lambda: made.seqs == list(range(11, 21)))
            made.parent.heard(0, ("lost", 1))
            await until(lambda: len(made.seqs) == 20)
            assert server.asked == [None, 10]


async def test_what_a_forgotten_cursor_had_passed_comes_again_too(
    database_url: str, connection
) -> None:
    async with relay(now) as server, running(settings(database_url, server.url)) as made:
        await until(lambda: made.parent.saved.seq == 20)
        await connection.execute("DELETE FROM firehose_cursor")
        made.parent.heard(0, ("lost", 1))
        await until(lambda: len(made.seqs) == 20)
        assert server.asked == [None, 10]


async def test_nothing_is_saved_between_a_loss_and_the_next_beginning(
    database_url: str, connection
) -> None:
    async with relay(now) as server, running(settings(database_url, server.url)) as made:
        await until(lambda: made.parent.saved.seq == 20)
        await connection.execute("DELETE FROM firehose_cursor")
        made.parent.saved = Mark(None, None)
        made.parent.heard(0, ("lost", 1))
        made.task.cancel()
    assert await stored(connection) is None


FULL_DISK = """
CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'no space left on device' USING ERRCODE = 'disk_full'; END $$;
CREATE TRIGGER no_room BEFORE INSERT OR UPDATE ON TABLE_NAME EXECUTE FUNCTION no_room()
"""


async def test_a_full_disk_is_waited_for(database_url: str, connection) -> None:
    await connection.execute(FULL_DISK.replace("TABLE_NAME", "firehose_cursor"))
    async with relay(now) as server, running(settings(database_url, server.url)) as made:
        await until(lambda: "no space left" in (made.parent.database_trouble or ""))
        await connection.execute("DROP TRIGGER no_room ON firehose_cursor")
        await until(lambda: made.parent.saved.seq == 20)
        assert made.parent.epoch > 1 and server.asked[:2] == [None, 10]


async def test_it_waits_while_somebody_else_has_its_place(database_url: str, connection) -> None:
    async with relay(serve_after) as server, running(settings(database_url, server.url)) as made:
        await until(lambda: len(made.seqs) == 20)
        thief = await database.connect(database_url, "a thief")
        key = live._key(made.parent.source.service)
        robbed = asyncio.create_task(thief.execute("SELECT pg_advisory_lock($1)", key))
        await blocked(connection)
        await kill(connection)
        await robbed
        await until(lambda: "a thief" in (made.parent.database_trouble or ""))
        assert "unreachable" not in (made.parent.database_trouble or "")
        await thief.close()
        await until(lambda: made.parent.epoch == 2)


async def test_what_kills_a_decoder_twice_is_kept_aside_and_holds_nothing_back(
    database_url: str, connection
) -> None:
    async with (
        relay(serve_after) as server,
        running(settings(database_url, server.url, shards=1)) as made,
    ):
        shard, lane = made.shards[0], made.parent.lanes[0]
        shard.commits = False
        await until(lambda: made.seqs == list(range(1, 21)))
        for death in (1, 2):
            lane.detach()
            await made.parent.examine(0, 20)
            assert lane.frames == 21 - death
            shard.batches.clear()
            lane.attach(shard)
        assert made.seqs == list(range(1, 20))
        shard.commit()
        await until(lambda: made.parent.saved.seq == 20)
    (row,) = await connection.fetch("SELECT * FROM quarantine")
    assert (row["seq"], row["did"], row["reason"]) == (20, f"did:plc:{20:024d}", "crashed_decoder")
    assert row["frame"] == identity(20)


async def test_what_cannot_be_kept_aside_is_not_passed(database_url: str, connection) -> None:
    await connection.execute(FULL_DISK.replace("TABLE_NAME", "quarantine"))
    async with (
        relay(serve_after) as server,
        running(settings(database_url, server.url, shards=1)) as made,
    ):
        shard, lane = made.shards[0], made.parent.lanes[0]
        shard.commits = False
        await until(lambda: len(made.seqs) == 20)
        cursor = made.parent.cursor
        lane.detach()
        for _ in range(2):
            await made.parent.examine(0, 1)
        assert cursor.safe.seq == 0
        lane.attach(shard)
        await until(lambda: made.parent.epoch == 2 and made.seqs.count(1) == 2)


async def test_who_dies_of_different_things_loses_none(database_url: str, connection) -> None:
    async with (
        relay(serve_after) as server,
        running(settings(database_url, server.url, shards=1)) as made,
    ):
        made.shards[0].commits = False
        await until(lambda: len(made.seqs) == 20)
        lane = made.parent.lanes[0]
        for suspect in (3, 0, 3, 4, 3):
            lane.detach()
            await made.parent.examine(0, suspect)
            lane.attach(made.shards[0])
        assert lane.frames == 20
    assert await connection.fetchval("SELECT count(*) FROM quarantine") == 0


async def test_an_offered_frame_goes_to_its_shard_without_a_place_in_the_stream(
    database_url: str,
) -> None:
    async with relay(serve_after) as server, running(settings(database_url, server.url)) as made:
        await until(lambda: made.parent.saved.seq == 20)
        offered = identity(7777)
        await made.parent.offer(offered)
        shard = made.shards[made.parent._owner(f"did:plc:{7777:024d}")]
        await until(lambda: shard.seqs[-1:] == [None])
        assert shard.batches[-1].frames[0][2] == offered
        assert made.parent.cursor.safe.seq == 20
        lane = made.parent.lanes[shard.index]
        shard.commits = False
        await made.parent.offer(offered)
        lane.detach()
        for _ in range(2):
            await made.parent.examine(shard.index, Pulse.SYNTHETIC)
        assert lane.frames == 0


async def test_a_capture_that_is_damaged_ends_it_with_the_reason(
    database_url: str, tmp_path: Path
) -> None:
    path = capture(tmp_path / "a", [identity(1)])
    path.write_bytes(path.read_bytes() + b"\x82")
    with pytest.raises(Broken, match="truncated"):
        await finished(database_url, path)
