"""What grows too old in the real program leaves what there would be had it never come in."""

from pathlib import Path

import pytest

from indexer import database
from load.capture import write_capture
from load.generate import generate
from load.replay import serve
from tests.polling import until
from tests.snapshot import difference
from tests.system.program import PORT, execute, index, look, running

FORGETFUL = {"SHARDS": "2", "DATA_RETENTION_DAYS": "7"}  # the made world is of 2025
DONE = "took away what had grown too old"


async def walked(directory: Path, database_url: str) -> None:
    """Nothing comes in, and the walk is due."""
    nothing = write_capture(directory / "nothing.cborseq.zst", [])
    async with (
        serve(nothing, PORT) as relay,
        running(directory, database_url, f"ws://127.0.0.1:{relay.port}", **FORGETFUL) as program,
    ):
        await until(lambda: DONE in program.said() or bool(program.check()))
        assert await program.end() == 0, program.said()


async def protect_half(database_url: str, dids: list[str]) -> list[str]:
    async with await database.open_pool(database_url, "test", 1) as pool:
        if not dids:
            dids = [did for (did,) in await pool.fetch("SELECT did FROM repos ORDER BY did")][::2]
        protect = "INSERT INTO protected_accounts (did) SELECT unnest($1::text[])"
        await pool.execute(protect, dids)
    return dids


@pytest.mark.timeout(120)
async def test_a_walk_leaves_what_there_would_be_had_the_rest_never_come_in(
    database_url: str, other_url: str, tmp_path: Path
) -> None:
    entries = list(generate(seed=21, commits=400))
    capture = write_capture(tmp_path / "world.cborseq.zst", entries)
    whole = await index(tmp_path, database_url, capture, len(entries), SHARDS="2")
    protected = await protect_half(database_url, [])
    await execute(database_url, "UPDATE firehose_cursor SET updated_at = now() - interval '1 min'")
    await walked(tmp_path, database_url)
    left = await look(database_url)

    await protect_half(other_url, protected)
    never = await index(tmp_path, other_url, capture, len(entries), **FORGETFUL)
    assert 0 < len(left["posts"]) < len(whole["posts"])
    assert 0 < len(left["likes"]) < len(whole["likes"])
    assert left["follows"] == whole["follows"] != []
    del left["users"], never["users"]  # there may be some whom nothing names any more
    assert difference(never, left) == []
