"""The command, as somebody at a terminal meets it."""

import asyncio
import json
from typing import Any

import pytest

from tests.test_main import indexer


@pytest.fixture
async def run(connection: Any, database_url: str) -> Any:
    """Runs `indexer audit` over three counts, of which one does not stand for any row."""
    await connection.execute(
        "INSERT INTO post_aggregations (post_uri, like_count) VALUES ('at://a', 7), ('at://b', 0)"
    )
    await connection.execute(
        "INSERT INTO likes (uri, user_did, post_uri, created_at, commit_rev)"
        " VALUES ('at://c', 'did:web:c', 'at://b', now(), '3k')"
    )
    await connection.execute(
        "UPDATE post_aggregations SET like_count = 1 WHERE post_uri = 'at://b'"
    )

    def audit(*arguments: str) -> Any:
        return asyncio.to_thread(indexer, "audit", *arguments, DATABASE_URL=database_url)

    return audit


async def test_what_differs_is_named_and_the_exit_code_says_so(run: Any) -> None:
    ended = await run()
    assert ended.returncode == 1
    assert "post_aggregations.like_count of at://a: 7, should be 0" in ended.stdout
    assert "1 differ; --repair mends" in ended.stdout
    assert "at://b" not in ended.stdout
    assert ended.stderr == ""


async def test_what_was_mended_is_no_fault(run: Any) -> None:
    ended = await run("--repair")
    assert ended.returncode == 0, ended.stderr
    assert "1 differed, all mended" in ended.stdout
    ended = await run("--sample", "50")
    assert ended.returncode == 0
    assert "nothing differs" in ended.stdout


async def test_the_same_is_told_to_programs(run: Any) -> None:
    ended = await run("--json", "--sample", "90%")
    assert ended.returncode == 1
    told = json.loads(ended.stdout)
    assert (told["drifted"], told["mended"]) == (1, 0)
    (column,) = told["columns"]
    assert column == {
        "table": "post_aggregations",
        "column": "like_count",
        "compared": 2,
        "drifted": 1,
        "mended": 0,
        "examples": [{"key": "at://a", "stored": "7", "due": "0"}],
    }


def test_a_sample_that_is_none_is_refused() -> None:
    ended = indexer("audit", "--sample", "some")
    assert ended.returncode == 2
    assert "neither a number" in ended.stderr
