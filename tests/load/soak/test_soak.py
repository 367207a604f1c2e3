"""A soak of some seconds: it accounts for everything, and sees when something is lost."""

from pathlib import Path

import pytest
from rich.console import Console

from indexer import database
from load.soak.plan import Plan
from load.soak.play import play
from load.soak.samples import memory
from load.soak.story import Story
from load.soak.verdict import judge


async def test_everything_is_accounted_for_and_what_is_lost_is_seen(
    tmp_path: Path, database_url: str
) -> None:
    file = tmp_path / "seen.jsonl"
    plan = Plan(0.03, seed=3, commits=200, people=12, pds=6, sample_s=0.5, samples=file)
    story, console = Story(plan.seed, plan.commits, plan.people), Console(quiet=True)
    assert await play(console, tmp_path, plan, story, database_url)
    assert len(file.read_bytes().splitlines()) > 2
    connection = await database.connect(database_url, "test")
    before = await judge(connection, story.network, set(), set())
    assert before.subjects["stored"] > 10
    assert not before.missing
    assert not before.unlike
    uri = await connection.fetchval(
        "DELETE FROM posts WHERE uri = (SELECT min(uri) FROM posts"
        " JOIN soak.subjects ON subject = uri JOIN repos ON did = author_did AND active)"
        " RETURNING uri"
    )
    after = await judge(connection, story.network, set(), set())
    assert list(after.missing) == [uri]
    assert len(after.unlike) == 1
    await connection.close()


def test_memory_that_grows_is_seen() -> None:
    taken = [{"at_s": float(n), "rss_mb": {"one": 50 + n / 100}} for n in range(400)]
    found = memory(taken, "one")
    assert found is not None
    assert (found.before, found.after) == pytest.approx((51.495, 53.495))
    assert found.per_h == pytest.approx(36.0)
    assert memory(taken[:4], "one") is None
