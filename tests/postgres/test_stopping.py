"""A server that was told to stop while it recovered, as it is when its starter dies then."""

import os
import signal
import time
from pathlib import Path

import asyncpg
import pytest

from indexer.postgres import Server, server
from tests.polling import until


async def test_one_that_would_never_stop_is_ended_and_begun_again(
    postgres_binaries: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "STOPPING_S", 0.5)
    first = Server(tmp_path / "data", binaries=postgres_binaries)
    first.start()
    connection = await asyncpg.connect(first.url)
    await connection.execute("CREATE TABLE written ()")
    postmaster = tmp_path / "data" / "postgres" / "postmaster.pid"
    pid = int(postmaster.read_text().split()[0])
    os.kill(connection.get_server_pid(), signal.SIGKILL)
    await until(lambda: "reinitializing" in first.log_file.read_text())
    os.kill(pid, signal.SIGINT)
    await until(lambda: not postmaster.exists() or "stopping" in postmaster.read_text())
    began = time.monotonic()
    second = Server(tmp_path / "data", binaries=postgres_binaries)
    second.start()
    try:
        assert time.monotonic() - began < server.SETTLING_S / 2
        again = await asyncpg.connect(second.url)
        assert await again.fetchval("SELECT count(*) FROM written") == 0
        await again.close()
    finally:
        second.stop()
        first.stop()
        connection.terminate()
