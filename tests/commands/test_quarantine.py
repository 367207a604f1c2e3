"""`indexer quarantine`, as somebody at a terminal meets it."""

import asyncio
import re
from typing import Any

from msgspec.structs import replace

from indexer.protocol.event import Refused
from indexer.reasons import REASONS
from indexer.shard.admission import Kept
from indexer.shard.writer import Writer
from tests.frames import DID, Draft, create
from tests.ops import Stream
from tests.records.samples import ALICE
from tests.shard.conftest import write
from tests.test_main import ROOT, indexer, refusal

POST = "app.bsky.feed.post"


async def run(*arguments: str, url: str) -> Any:
    return await asyncio.to_thread(indexer, "quarantine", *arguments, DATABASE_URL=url)


async def test_what_passes_today_is_written_and_the_rest_says_why_not(
    writer: Writer, database_url: str
) -> None:
    stream = Stream()
    commit = stream.commit(
        ALICE, ("create", f"{POST}/1", {"text": "fine"}), ("create", f"{POST}/2", {"text": 7})
    )
    kept = tuple(Refused(op.uri, "bad_record", "?", op.block) for op in commit.ops)
    await write(writer, replace(commit, ops=(), refused=kept))
    frame = Draft(create(f"{POST}/1", {"text": "a frame"})).frame()
    await writer.quarantine([Kept(9, DID, None, "crashed_decoder", "died", frame=frame)])
    ids = [number for (number,) in await writer.pool.fetch("SELECT id FROM quarantine ORDER BY id")]

    said = (await run("retry", "--reason", "bad_record", url=database_url)).stdout
    assert f"{ids[0]}: brought back: at://{ALICE}/{POST}/1" in said
    assert f"{ids[1]}: refused again: bad_record: text: int, not str" in said
    assert "1 brought back, 1 refused again" in said
    said = (await run("retry", "--all", url=database_url)).stdout
    assert f"{ids[2]}: brought back: #commit of {DID}" in said
    texts = await writer.pool.fetch("SELECT text FROM posts ORDER BY text")
    assert [text for (text,) in texts] == ["a frame", "fine"]
    left = await writer.pool.fetch("SELECT id FROM quarantine")
    assert left == [(ids[1],)]
    shown = (await run("show", str(ids[1]), url=database_url)).stdout
    assert REASONS["bad_record"].split(",")[0] in " ".join(shown.split())

    async def no(*arguments: str) -> str:
        given = {"DATABASE_URL": database_url}
        return await asyncio.to_thread(refusal, "quarantine", "retry", *arguments, **given)

    assert "say which" in await no("--all", str(ids[1]))
    assert await no(str(ids[0])) == f"nothing in quarantine has the id {ids[0]}"


def test_every_reason_has_a_meaning_for_a_person() -> None:
    """Those of captures are not: nothing of them is ever kept."""
    texts = [path.read_text() for path in (ROOT / "indexer").rglob("*.py")]
    made = r"(?:Invalid|Refused)\(\s*(?:None, |uri, )?\"([a-z_]+)\""
    said = r"(?:REASON|CRASHED|NOT_A_RECORD)[A-Z_, ]* = \"([a-z_]+)\""
    found = {word for text in texts for word in re.findall(f"{made}|{said}", text)}
    words = {word for pair in found for word in pair if word}
    assert words - {"bad_dump"} <= REASONS.keys()
