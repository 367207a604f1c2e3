"""Who can be hit, and that it is always one of ours."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from indexer import database, postgres
from load.chaos.targets import Targets, find
from tests.polling import until

ROOT = Path(__file__).parents[3]
CHILDREN = (
    "import subprocess as s, time; [s.Popen(['sleep', '60']) for _ in range(3)]; time.sleep(60)"
)


@asynccontextmanager
async def family() -> AsyncIterator[int]:
    """A parent with three children."""
    parent = await asyncio.create_subprocess_exec(
        sys.executable, "-c", CHILDREN, start_new_session=True
    )
    try:
        await until(lambda: len(find(parent.pid, None, ROOT).children) == 3)
        yield parent.pid
    finally:
        os.killpg(parent.pid, 9)
        await parent.wait()


async def test_children_have_names_only_by_what_the_parent_says() -> None:
    async with family() as parent:
        unnamed = find(parent, None, ROOT)
        one, two, three = unnamed.children
        status = {"coordinator": {"pid": one}, "shards": [{"pid": three}, {"pid": None}]}
        named = find(parent, status, ROOT)
    assert (unnamed.parent, unnamed.shards, unnamed.coordinator) == ((parent,), (), ())
    assert (named.shards, named.coordinator) == ((three,), (one,))
    assert set(named.everybody) == {parent, one, two, three}


async def test_a_process_that_is_not_the_parents_is_none_of_ours() -> None:
    async with family() as parent:
        status = {"coordinator": {"pid": os.getpid()}, "shards": [{"pid": 1}]}
        found = find(parent, status, ROOT)
    assert (found.shards, found.coordinator) == ((), ())


async def test_postgresql_is_found_with_those_who_serve_connections(
    postgres_server: postgres.Server,
) -> None:
    connection = await database.connect(postgres_server.url, "test")
    found = find(None, None, postgres_server.data_dir)
    (postmaster,) = found.postmaster
    assert postmaster == int(
        (postgres_server.data_dir / "postgres" / "postmaster.pid").read_text().split()[0]
    )
    assert connection.get_server_pid() in found.sessions
    assert set(found.sessions) < set(found.backends)
    await connection.close()


async def test_those_at_work_are_preferred(postgres_server: postgres.Server) -> None:
    idle = await database.connect(postgres_server.url, "test")
    busy = await database.connect(postgres_server.url, "test")
    sleeping = asyncio.create_task(busy.execute("SELECT pg_sleep(30)"))
    pid = busy.get_server_pid()
    await until(lambda: find(None, None, postgres_server.data_dir).sessions == (pid,), within_s=20)
    await idle.fetchval("SELECT pg_cancel_backend($1::int)", pid)
    await asyncio.gather(sleeping, return_exceptions=True)
    await busy.close()
    await idle.close()


def test_a_pid_that_is_no_postgres_any_more_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "postgres").mkdir()
    (tmp_path / "postgres" / "postmaster.pid").write_text(f"{os.getpid()}\n")
    assert find(None, None, tmp_path) == Targets()
    assert find(None, None, tmp_path / "nowhere") == Targets()
