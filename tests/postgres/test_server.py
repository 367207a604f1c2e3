"""The embedded server: as any user, made whole, kept, shared, and gone when its starter is."""

import asyncio
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

from indexer import postgres
from indexer.postgres import NoPostgres, Server, cluster
from tests.polling import until

FAST = {"fsync": "off", "shared_buffers": "16MB"}
STARTER = """
import sys, time
from pathlib import Path
from indexer import postgres
server = postgres.Server(Path(sys.argv[1]), binaries=Path(sys.argv[2]))
server.start()
print(server.url, flush=True)
time.sleep(600)
"""
needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root may become another user")


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One cluster for the tests that need no new one."""
    return tmp_path_factory.mktemp("data")


@pytest.fixture
def server(data_dir: Path, postgres_binaries: Path) -> Iterator[Server]:
    with postgres.running(data_dir, binaries=postgres_binaries, settings=FAST) as server:
        yield server


async def answer(url: str, statement: str) -> object:
    connection = await asyncpg.connect(url)
    try:
        return await connection.fetchval(statement)
    finally:
        await connection.close()


def pid_of(data_dir: Path) -> int:
    return int((data_dir / "postgres" / "postmaster.pid").read_text().split()[0])


def starting(data_dir: Path, binaries: Path) -> subprocess.Popen[str]:
    """Another process, which starts a server, prints its URL and waits to be killed."""
    script = [sys.executable, "-c", STARTER, str(data_dir), str(binaries)]
    return subprocess.Popen(script, stdout=subprocess.PIPE, text=True)


def socket_of(server: Server) -> Path:
    return Path(server.url.partition("host=")[2]) / ".s.PGSQL.5432"


def owner(pid: int) -> int:
    return Path(f"/proc/{pid}").stat().st_uid


def title(pid: int) -> str:
    """Empty for one that has just ended."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_text()
    except FileNotFoundError:
        return ""


def gone(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().split()[2] == "Z"
    except FileNotFoundError:
        return True


async def test_rows_are_kept_between_runs(data_dir, postgres_binaries):
    with postgres.running(data_dir, binaries=postgres_binaries, settings=FAST) as server:
        await answer(server.url, "CREATE TABLE kept AS SELECT 7 AS x")
    with postgres.running(data_dir, binaries=postgres_binaries, settings=FAST) as server:
        assert await answer(server.url, "SELECT x FROM kept") == 7


async def test_it_speaks_utf8_and_utc_and_sorts_by_code_point(server):
    assert await answer(server.url, "SHOW server_encoding") == "UTF8"
    assert await answer(server.url, "SHOW timezone") == "UTC"
    assert await answer(server.url, "SELECT 'Z' < 'a' AND 'z' < 'é'")


async def test_it_listens_on_a_socket_for_its_user_alone(server):
    assert await answer(server.url, "SHOW listen_addresses") == ""
    assert socket_of(server).stat().st_mode & 0o777 == 0o700


@pytest.mark.usefixtures("server")
def test_it_leaves_the_session_of_its_starter(data_dir):
    pid = pid_of(data_dir)
    assert os.getsid(pid) == os.getpgid(pid) == pid


async def test_after_stop_neither_process_nor_socket_is_left(data_dir, postgres_binaries):
    with postgres.running(data_dir, binaries=postgres_binaries, settings=FAST) as server:
        pid, socket = pid_of(data_dir), socket_of(server)
        assert not gone(pid)
        assert socket.exists()
    assert gone(pid)
    assert not socket.exists()


async def test_a_stop_without_patience_loses_no_row(data_dir, postgres_binaries):
    server = Server(data_dir, binaries=postgres_binaries, settings=FAST)
    server.start()
    await answer(server.url, "CREATE TABLE hurried AS SELECT 8 AS x")
    server.stop(patience_s=0)
    with postgres.running(data_dir, binaries=postgres_binaries, settings=FAST) as server:
        assert await answer(server.url, "SELECT x FROM hurried") == 8


async def test_a_second_user_of_the_directory_shares_the_server(server, data_dir):
    assert postgres.running_url(data_dir) == server.url
    with postgres.running(data_dir, settings=FAST) as second:
        assert second.url == server.url
    assert await answer(server.url, "SELECT 1") == 1


def test_nobody_runs_where_nobody_started_it(tmp_path):
    assert postgres.running_url(tmp_path) is None


async def test_start_revives_a_server_that_died_and_the_url_stays(server, data_dir):
    before, pid = server.url, pid_of(data_dir)
    os.kill(pid, signal.SIGKILL)
    await until(lambda: gone(pid))
    server.start()
    assert server.url == before
    assert await answer(server.url, "SELECT 1") == 1


@pytest.mark.usefixtures("server")
def test_every_process_shows_whose_it_is(data_dir):
    mark = cluster.mark(data_dir / "postgres")
    pid = pid_of(data_dir)
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    titles = [title(int(process)) for process in (str(pid), *children)]
    assert len([shown for shown in titles if mark in shown]) > 3
    assert not [shown for shown in titles if shown and mark not in shown]


async def test_it_goes_when_its_starter_is_killed(data_dir, postgres_binaries):
    starter = starting(data_dir, postgres_binaries)
    assert starter.stdout
    with starter.stdout as output:
        url = output.readline().strip()
    pid = pid_of(data_dir)
    assert await answer(url, "SELECT 1") == 1
    starter.kill()
    starter.wait()
    await until(lambda: gone(pid))
    with postgres.running(data_dir, binaries=postgres_binaries, settings=FAST) as server:
        assert await answer(server.url, "SELECT 1") == 1


async def test_of_two_who_start_at_once_one_starts_and_both_are_served(data_dir, postgres_binaries):
    starters = [starting(data_dir, postgres_binaries) for _ in range(2)]
    try:
        urls = {starter.stdout.readline().strip() for starter in starters if starter.stdout}
        assert len(urls) == 1
        assert await answer(urls.pop(), "SELECT 1") == 1
        pid = pid_of(data_dir)
    finally:
        for starter in starters:
            starter.kill()
            starter.communicate()
    await until(lambda: gone(pid))


async def test_locks_of_the_dead_whose_pid_is_somebody_elses_are_cleared(
    data_dir, postgres_binaries
):
    with postgres.running(data_dir, binaries=postgres_binaries, settings=FAST) as server:
        lock = socket_of(server).with_name(".s.PGSQL.5432.lock")
        left = (data_dir / "postgres" / "postmaster.pid").read_text().splitlines()
    left[0] = str(os.getppid())
    (data_dir / "postgres" / "postmaster.pid").write_text("\n".join(left))
    if lock.parent.exists():
        lock.write_text("\n".join(left))
    with postgres.running(data_dir, binaries=postgres_binaries, settings=FAST) as server:
        assert await answer(server.url, "SELECT 1") == 1


def test_data_of_another_version_are_refused_by_both_numbers(data_dir, server):
    server.stop()
    version = data_dir / "postgres" / "PG_VERSION"
    own = version.read_text().strip()
    version.write_text("14\n")
    try:
        with pytest.raises(NoPostgres, match=rf"made by PostgreSQL 14, .* holds {own}: set PG_BIN"):
            server.start()
    finally:
        version.write_text(f"{own}\n")


def test_a_server_that_cannot_start_says_what_its_log_says(data_dir, postgres_binaries):
    wrong = {"shared_buffers": "many"}
    with (
        pytest.raises(NoPostgres, match=r'start: FATAL: .*"shared_buffers": "many" \(.*\.log\)$'),
        postgres.running(data_dir, binaries=postgres_binaries, settings=wrong),
    ):
        pass


def test_a_directory_that_cannot_be_is_named(tmp_path, postgres_binaries):
    (tmp_path / "file").write_text("")
    server = Server(tmp_path / "file" / "data", binaries=postgres_binaries)
    with pytest.raises(NoPostgres, match=r"cannot keep its data in .*/file/data: .*directory"):
        server.start()


async def test_a_cluster_half_made_is_made_anew(tmp_path, postgres_binaries):
    (tmp_path / "postgres.new" / "base").mkdir(parents=True)
    with postgres.running(tmp_path, binaries=postgres_binaries, settings=FAST) as server:
        assert await answer(server.url, "SELECT 1") == 1
    assert not (tmp_path / "postgres.new").exists()


async def test_a_path_too_long_for_a_socket_is_no_hindrance(tmp_path, postgres_binaries):
    data_dir = tmp_path / ("long" * 25)
    with postgres.running(data_dir, binaries=postgres_binaries, settings=FAST) as server:
        assert await answer(server.url, "SELECT 1") == 1
        private = socket_of(server).parent
        assert private.parent == Path(tempfile.gettempdir())
    assert not private.exists()


async def test_nor_is_a_long_path_to_the_directory_for_what_is_temporary(
    tmp_path, postgres_binaries, monkeypatch
):
    data_dir = tmp_path / ("long" * 25)
    data_dir.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(data_dir))
    with postgres.running(data_dir, binaries=postgres_binaries, settings=FAST) as server:
        assert await answer(server.url, "SELECT 1") == 1
        private = socket_of(server).parent
        assert private.parent == Path("/tmp")
    assert not private.exists()


@needs_root
async def test_root_without_namespaces_runs_it_as_nobody_where_nobody_may_enter(
    tmp_path, postgres_binaries
):
    assert tmp_path.parent.stat().st_mode & 0o077 == 0
    options = {"binaries": postgres_binaries, "settings": FAST}
    with postgres.running(tmp_path, namespace=False, **options) as server:
        assert await answer(server.url, "SELECT 1") == 1
        assert owner(pid_of(tmp_path)) != 0
        with postgres.running(tmp_path, **options) as second:
            assert second.url == server.url
    with postgres.running(tmp_path, **options) as server:  # whose data they are now
        assert await answer(server.url, "SELECT 1") == 1
        assert owner(pid_of(tmp_path)) != 0


@needs_root
async def test_root_with_namespaces_keeps_the_files_its_own(tmp_path, postgres_binaries):
    try:
        with postgres.running(
            tmp_path, binaries=postgres_binaries, settings=FAST, namespace=True
        ) as server:
            assert await answer(server.url, "SELECT 1") == 1
    except NoPostgres as error:
        pytest.skip(str(error))
    assert (tmp_path / "postgres" / "base").stat().st_uid == 0


@needs_root
def test_a_private_directory_that_is_somebody_elses_is_refused(tmp_path, postgres_binaries):
    data_dir = tmp_path / ("long" * 25)
    with postgres.running(data_dir, binaries=postgres_binaries, settings=FAST) as server:
        private = socket_of(server).parent
    private.mkdir()
    os.chown(private, 1, 1)
    try:
        with pytest.raises(NoPostgres, match="belongs to somebody else"):
            server.start()
    finally:
        private.rmdir()


async def test_variables_of_postgresql_do_not_reach_it(data_dir, postgres_binaries, monkeypatch):
    for name, value in (("PGDATA", "/nowhere"), ("PGPORT", "1"), ("LC_ALL", "xx_XX")):
        monkeypatch.setenv(name, value)
    with postgres.running(data_dir, binaries=postgres_binaries, settings=FAST) as server:
        monkeypatch.undo()
        assert await answer(server.url, "SHOW port") == "5432"


def test_starting_takes_no_event_loop_and_harms_none(data_dir, postgres_binaries):
    async def inside() -> object:
        with postgres.running(data_dir, binaries=postgres_binaries, settings=FAST) as server:
            return await answer(server.url, "SELECT 1")

    assert asyncio.run(inside()) == 1
