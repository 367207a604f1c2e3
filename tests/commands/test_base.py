"""What every command says when the database does not let it."""

import asyncio

import asyncpg
import pytest
import typer

from indexer.commands.base import said_plainly
from tests.test_main import refusal


@pytest.mark.parametrize(
    ("setting", "why"),
    [("default_transaction_read_only=on", "read-only"), ("role=pg_monitor", "permission denied")],
)
async def test_a_database_that_lets_nothing_be_written_is_one_line(
    database_url: str, setting: str, why: str
) -> None:
    url = f"{database_url}&{setting}"
    said = await asyncio.to_thread(refusal, "forget", "--yes", "did:web:a.test", DATABASE_URL=url)
    assert said.startswith("cannot use the database") and why in said


def test_a_full_disk_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(typer.Exit), said_plainly():
        raise asyncpg.DiskFullError("could not extend file")
    assert "indexer: PostgreSQL has no room: could not extend file" in capsys.readouterr().err
