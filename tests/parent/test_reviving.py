"""What starts PostgreSQL again when it was lost, and what it may do meanwhile."""

import threading

from indexer.address import read_address
from indexer.parent.process import Parent
from indexer.postgres import NoPostgres
from indexer.supervisor.program import open_source
from tests.parent.parents import running, settings
from tests.parent.relay import relay
from tests.parent.test_process import kill, now
from tests.polling import until


async def test_postgresql_is_revived_beside_the_loop_and_always_on_the_same_thread(
    database_url: str, connection
) -> None:
    threads = []

    def revive() -> None:
        threads.append(threading.get_ident())
        held.wait(20)

    held = threading.Event()
    async with relay(now) as server:
        given = settings(database_url, server.url)
        source = open_source(given, read_address(server.url))
        async with running(given, Parent(given, source, "test parent", revive)) as made:
            await until(lambda: made.parent.epoch == 1)
            await kill(connection)
            await until(lambda: len(threads) == 1)
            held.set()
            await until(lambda: made.parent.epoch == 2)
            await kill(connection)
            await until(lambda: made.parent.epoch == 3)
    assert len(set(threads)) == 1 and threads[0] != threading.get_ident()


async def test_a_postgresql_that_does_not_start_yet_is_waited_for(
    database_url: str, connection
) -> None:
    """It did once; a full disk, say, passes."""
    room = threading.Event()

    def revive() -> None:
        if not room.is_set():
            raise NoPostgres("PostgreSQL does not start: no space")

    async with relay(now) as server:
        given = settings(database_url, server.url)
        source = open_source(given, read_address(server.url))
        async with running(given, Parent(given, source, "test parent", revive)) as made:
            await until(lambda: made.parent.epoch == 1)
            await kill(connection)
            await until(lambda: "no space" in (made.parent.database_trouble or ""))
            room.set()
            await until(lambda: made.parent.epoch == 2)
