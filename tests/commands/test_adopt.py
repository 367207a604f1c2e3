"""The command, as somebody at a terminal meets it."""

import asyncio
from typing import Any

from tests.adopt.conftest import mistaken, mistaken_url
from tests.test_main import indexer, refusal

__all__ = ["mistaken", "mistaken_url"]


async def test_a_dry_run_then_the_real_one_then_nothing_to_do(mistaken_url: str) -> None:
    def adopt(*arguments: str) -> Any:
        return asyncio.to_thread(indexer, "adopt", *arguments, DATABASE_URL=mistaken_url)

    tried, done, again = await adopt("--dry-run"), await adopt("--same-relay"), await adopt()
    assert [ended.returncode for ended in (tried, done, again)] == [0, 0, 0], done.stderr
    assert "a dry run: nothing has changed" in tried.stdout
    assert "the cursor 'firehose' names no host" in tried.stdout
    assert "aside, of users: 2, a handle that several claim" in done.stdout
    assert "counted anew: 3 rows of post_aggregations were wrong" in done.stdout
    assert "is taken off: sessions.sessions_user_did_fkey" in done.stdout
    assert "DROP SCHEMA older CASCADE" in done.stdout
    assert again.stdout == "adopted already: nothing to do\n"


def test_to_migrate_one_of_the_older_system_says_who_can(mistaken_url: str) -> None:
    assert "`indexer adopt` takes over" in refusal("migrate", DATABASE_URL=mistaken_url)
