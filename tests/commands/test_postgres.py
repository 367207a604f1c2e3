"""`indexer postgres`, which runs PostgreSQL's own programs."""

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path

import asyncpg

from indexer import postgres
from tests.test_main import ROOT, indexer, refusal

SLEEPING = """SELECT true FROM pg_stat_activity
WHERE datname = current_database() AND query = 'SELECT pg_sleep(60)'"""


def test_psql_finds_the_database_and_its_exit_status_is_ours(database_url: str) -> None:
    asked = "SELECT current_database(), current_setting('TimeZone')"
    ended = indexer("postgres", "psql", "-Atc", asked, DATABASE_URL=database_url)
    name = database_url.partition("?")[0].rpartition("/")[2]
    assert ended.stdout == f"{name}|UTC\n", ended.stderr
    failed = indexer("postgres", "psql", "-c", "SELECT broken", DATABASE_URL=database_url)
    assert failed.returncode == 1 and "broken" in failed.stderr


def test_a_dump_is_restored_elsewhere(database_url: str, tmp_path: Path) -> None:
    dump = str(tmp_path / "all.dump")
    told = "INSERT INTO users (did) VALUES ('did:plc:a'), ('did:plc:b')"
    assert indexer("postgres", "psql", "-c", told, DATABASE_URL=database_url).returncode == 0
    saved = indexer("postgres", "pg_dump", "-Fc", "-f", dump, DATABASE_URL=database_url)
    assert saved.returncode == 0, saved.stderr
    with postgres.running(tmp_path / "data"):  # an embedded one, made on the spot
        own = {"DATABASE_URL": "", "DATA_DIR": str(tmp_path / "data")}
        database = ("-d", "indexer", "--no-owner")
        restored = indexer("postgres", "pg_restore", *database, dump, **own)
        assert restored.returncode == 0, restored.stderr
        counted = indexer("postgres", "psql", "-Atc", "SELECT count(*) FROM users", **own)
        assert counted.stdout == "2\n"
        current = indexer("migrate", **own)
    assert "up to date" in current.stdout


async def test_ctrl_c_is_for_the_program(connection: asyncpg.Connection, database_url: str) -> None:
    running = subprocess.Popen(
        [sys.executable, "-m", "indexer", "postgres", "psql", "-c", "SELECT pg_sleep(60)"],
        cwd=ROOT,
        env=os.environ | {"METRICS_PORT": "0", "DATABASE_URL": database_url},
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    async with asyncio.timeout(40):
        while not await connection.fetchval(SLEEPING):
            await asyncio.sleep(0.02)
    os.killpg(running.pid, signal.SIGINT)
    _, said = await asyncio.to_thread(running.communicate, timeout=60)
    assert running.returncode == 1 and "canceling statement" in said


def test_what_postgresql_does_not_have_is_said(database_url: str) -> None:
    said = refusal("postgres", "pg_nothing", DATABASE_URL=database_url)
    assert said == "PostgreSQL has no program 'pg_nothing' here"
    assert "no program" in refusal("postgres", "../psql", DATABASE_URL=database_url)


def test_nothing_is_made_only_to_be_looked_at(tmp_path: Path) -> None:
    said = refusal("postgres", "psql", DATABASE_URL="", DATA_DIR=str(tmp_path / "none"))
    assert "there is no database in" in said and not (tmp_path / "none").exists()
