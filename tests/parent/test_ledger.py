"""What the parent keeps in PostgreSQL."""

import asyncio

import pytest

from indexer.database import AlreadyHeld
from indexer.parent.cursor import Mark
from indexer.parent.ledger import Ledger
from tests.polling import until

TIME = "2026-07-01T12:00:00.5+02:00"


async def opened(url: str, service: str = "relay/path") -> Ledger:
    return await Ledger.open(url, service, "the test")


async def test_a_cursor_is_read_back_with_its_time(database_url: str) -> None:
    ledger = await opened(database_url)
    assert await ledger.start() is None
    await ledger.save(Mark(31_530_000_000, TIME))
    assert await ledger.start() == Mark(31_530_000_000, "2026-07-01T10:00:00.500000+00:00")
    await ledger.save(Mark(31_530_000_001, "no time at all"))
    assert await ledger.start() == Mark(31_530_000_001, None)
    await ledger.close()


async def test_a_cursor_never_moves_backwards(database_url: str) -> None:
    ledger = await opened(database_url)
    await ledger.save(Mark(10, TIME))
    await ledger.save(Mark(9, None))
    start = await ledger.start()
    assert start is not None and start.seq == 10
    await ledger.close()


async def test_each_source_has_a_cursor_of_its_own(database_url: str) -> None:
    one, other = await opened(database_url, "a/p"), await opened(database_url, "b/p")
    await one.save(Mark(10, None))
    assert await other.start() is None
    await asyncio.gather(one.close(), other.close())


async def test_a_second_indexer_of_the_same_source_is_refused_and_told_by_whom(
    database_url: str,
) -> None:
    first = await opened(database_url)
    with pytest.raises(AlreadyHeld, match="the test"):
        await opened(database_url)
    await first.close()
    await (await opened(database_url)).close()


async def test_one_that_was_just_killed_is_waited_for(database_url: str) -> None:
    first = await opened(database_url)
    second = asyncio.create_task(opened(database_url))
    await asyncio.sleep(0.5)
    await first.close()
    await (await second).close()


async def test_a_lost_connection_is_noticed_without_asking(database_url: str, connection) -> None:
    ledger = await opened(database_url)
    assert not ledger.lost.is_set()
    await connection.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'the test'"
    )
    await until(ledger.lost.is_set)
    await ledger.close()


@pytest.mark.parametrize("did", ["did:web:a\0", "did:web:" + "a" * 12_000, "nobody", None])
async def test_what_is_no_did_is_not_stored_as_one(database_url: str, connection, did) -> None:
    ledger = await opened(database_url)
    await ledger.quarantine(b"frame", "bad_frame", "a NUL: \0", seq=1, did=did)
    await ledger.quarantine(b"frame", "bad_frame", "well", seq=2, did="did:web:a.example")
    rows = await connection.fetch("SELECT did, detail FROM quarantine ORDER BY seq")
    assert [row["did"] for row in rows] == [None, "did:web:a.example"]
    assert rows[0]["detail"] == "a NUL: \ufffd"
    await ledger.close()
