"""Two databases say the same, or it is told where they do not."""

from collections.abc import Iterator

import pytest

from indexer import postgres
from load.chaos.verdict import compare
from load.snapshot import TABLES
from tests.conftest import fresh_database
from tests.system.program import execute

FOLLOWS = (
    "INSERT INTO follows (uri, follower_did, following_did, created_at) VALUES"
    " ('at://a/app.bsky.graph.follow/1', 'did:web:a', '{}', '2026-01-01')"
)
KEPT = "INSERT INTO quarantine (source, seq, uri, reason, detail) VALUES ('r', {}, 'at', 'bad', '')"


@pytest.fixture
def other_url(postgres_server: postgres.Server, template: str) -> Iterator[str]:
    with fresh_database(postgres_server, template) as url:
        yield url


async def test_equal_rows_are_equal_whenever_they_were_written(
    database_url: str, other_url: str
) -> None:
    for url in (database_url, other_url):
        await execute(url, FOLLOWS.format("did:web:b"))
    verdict = await compare(database_url, other_url)
    assert verdict.equal
    assert verdict.tables["follows"].rows == 1
    assert set(verdict.tables) == set(TABLES)


async def test_rows_that_differ_are_told(database_url: str, other_url: str) -> None:
    await execute(database_url, FOLLOWS.format("did:web:b"))
    await execute(other_url, FOLLOWS.format("did:web:c"))
    verdict = await compare(database_url, other_url)
    before, after = verdict.rows
    assert not verdict.equal
    assert before.startswith("- follows ") and "did:web:b" in before
    assert after.startswith("+ follows ") and "did:web:c" in after


async def test_what_only_one_kept_aside_makes_a_difference(
    database_url: str, other_url: str
) -> None:
    for url, seqs in ((database_url, (1,)), (other_url, (1, 2))):
        for seq in seqs:
            await execute(url, KEPT.format(seq))
    (row,) = (await compare(database_url, other_url)).rows
    assert row.startswith("+ quarantine ") and "'seq': 2" in row
