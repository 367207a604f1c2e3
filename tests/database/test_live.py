"""One live indexer per database and source, and a second one learns who the first is; witnesses."""

import asyncio

import asyncpg
import pytest

from indexer import database
from indexer.database import AlreadyHeld

SERVICE = "relay.test/xrpc/com.atproto.sync.subscribeRepos"


async def test_the_second_is_refused_and_told_who_holds(connection, database_url):
    await database.hold(connection, SERVICE)
    second = await database.connect(database_url, "second")
    with pytest.raises(AlreadyHeld) as error:
        await database.hold(second, SERVICE)
    await second.close()
    told = str(error.value)
    assert SERVICE in told
    assert "database: test, from its unix socket, since 20" in told
    assert f"(PostgreSQL's process {connection.get_server_pid()})" in told


async def test_another_source_is_free(connection, database_url):
    await database.hold(connection, SERVICE)
    second = await database.connect(database_url, "second")
    await database.hold(second, "other.test/xrpc/com.atproto.sync.subscribeRepos")
    await second.close()


async def test_another_database_is_free(connection, empty_database_url):
    await database.hold(connection, SERVICE)
    second = await database.connect(empty_database_url, "second")
    await database.hold(second, SERVICE)
    await second.close()


async def test_the_lock_goes_with_the_connection(connection, database_url):
    first = await asyncpg.connect(database_url)
    await database.hold(first, SERVICE)
    await connection.execute("SELECT pg_terminate_backend($1, 5000)", first.get_server_pid())
    await database.hold(connection, SERVICE)
    await first.close()


async def test_the_holder_may_ask_again(connection):
    await database.hold(connection, SERVICE)
    await database.hold(connection, SERVICE)


async def test_a_witness_is_known_until_its_connection_ends(connection, database_url):
    calling = await database.connect(database_url, "calling")
    witness = await database.call_witness(calling)
    assert witness != await database.call_witness(calling)
    assert await database.is_witnessed(connection, witness)
    assert not await database.is_witnessed(connection, witness ^ 1)
    await calling.close()
    async with asyncio.timeout(10):
        while await database.is_witnessed(connection, witness):
            await asyncio.sleep(0.01)
