"""`indexer retention`, as somebody at a terminal meets it."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

from indexer.protocol.age import horizon_at
from indexer.shard.retention.walk import begin
from indexer.shard.writer import Writer
from tests.ops import Stream
from tests.records.samples import ALICE, BOB, ref
from tests.shard.conftest import write
from tests.test_main import indexer, refusal

POST, LIKE = "app.bsky.feed.post", "app.bsky.feed.like"
LONG_AGO, FAR_AHEAD = "1995-01-01T00:00:00Z", "2999-01-01T00:00:00Z"
DAYS = "9000"  # some 25 years


async def run(*arguments: str, url: str, days: str = DAYS) -> Any:
    return await asyncio.to_thread(
        indexer, "retention", *arguments, DATABASE_URL=url, DATA_RETENTION_DAYS=days
    )


async def written(writer: Writer) -> None:
    """Of either account a post from long ago and one that is not, and likes of each."""
    stream = Stream()
    for did in (ALICE, BOB):
        for rkey, when in (("old", LONG_AGO), ("new", FAR_AHEAD)):
            about = {"subject": ref(f"at://{ALICE}/{POST}/{rkey}"), "createdAt": when}
            await write(
                writer,
                stream.create(did, POST, {"text": "", "createdAt": when}, rkey),
                stream.create(did, LIKE, about, rkey),
            )


def numbers(said: str) -> dict[str, list[str]]:
    """The lines of a table, by their first column."""
    lines = [line.strip("│ ").split("│") for line in said.splitlines() if "│" in line]
    return {line[0].strip(): [cell.strip() for cell in line[1:]] for line in lines}


async def posts(writer: Writer) -> list[str]:
    found = await writer.pool.fetch("SELECT uri FROM posts ORDER BY uri")
    return [f"{uri.split('/')[2][8:11]} {uri.split('/')[4]}" for (uri,) in found]


async def test_a_dry_run_says_what_would_go_and_takes_nothing(
    writer: Writer, database_url: str
) -> None:
    await written(writer)
    await run("protect", BOB, url=database_url)
    for arguments, days in ((["--dry-run"], DAYS), (["--dry-run", "--days", DAYS], "0")):
        ended = await run("run", *arguments, url=database_url, days=days)
        assert ended.returncode == 0, ended.stderr
        found = numbers(ended.stdout)
        assert found["posts"] == found["likes"] == ["1", "1"]
        assert "2 rows from before" in ended.stdout and "nothing has" in ended.stdout
    assert len(await posts(writer)) == 4
    assert await writer.pool.fetchval("SELECT count(*) FROM retention_passes") == 0


async def test_it_takes_what_is_too_old_but_of_who_is_protected(
    writer: Writer, database_url: str
) -> None:
    await written(writer)
    await run("protect", ALICE, url=database_url)
    ended = await run("run", url=database_url)
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.startswith("2 rows from before ")
    assert await posts(writer) == ["ali new", "ali old", "bob new"]
    counts = "SELECT like_count FROM post_aggregations WHERE like_count > 0 ORDER BY 1 DESC"
    assert await writer.pool.fetch(counts) == [(2,), (1,)]


async def test_it_goes_as_far_as_is_set_though_another_walk_was_under_way(
    writer: Writer, database_url: str
) -> None:
    await written(writer)
    await begin(writer.pool, horizon_at(datetime(1980, 1, 1, tzinfo=UTC)), timedelta(0))
    ended = await run("run", url=database_url)
    assert ended.stdout.startswith("4 rows from before 20"), ended.stderr
    assert await posts(writer) == ["ali new", "bob new"]


async def test_who_is_protected_can_be_looked_up_and_is_no_longer_when_said_so(
    writer: Writer, database_url: str
) -> None:
    await written(writer)
    assert "nobody" in (await run("protected", url=database_url)).stdout
    said = (await run("protect", ALICE, BOB, url=database_url)).stdout
    assert said.count("is protected") == 2
    assert "was protected already" in (await run("protect", BOB, url=database_url)).stdout
    assert set(numbers((await run("protected", url=database_url)).stdout)) == {ALICE, BOB}
    ended = await run("unprotect", ALICE, url=database_url)
    assert f"{ALICE} is protected no longer" in ended.stdout
    assert "was not protected" in (await run("unprotect", ALICE, url=database_url)).stdout
    await run("run", url=database_url)
    assert await posts(writer) == ["ali new", "bob new", "bob old"]


def test_what_makes_no_sense_is_refused(database_url: str) -> None:
    days = {"DATABASE_URL": database_url, "DATA_RETENTION_DAYS": DAYS}
    assert "--days goes with --dry-run" in refusal("retention", "run", "--days", "3", **days)
    assert "is no DID" in refusal("retention", "protect", "alice.test", **days)
    kept = days | {"DATA_RETENTION_DAYS": "0"}
    assert "everything is kept" in refusal("retention", "run", **kept)
    assert "DATA_RETENTION_DAYS" in refusal("config", DATA_RETENTION_DAYS="-1")
