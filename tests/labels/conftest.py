"""A moderation service with a key, and labelers of other hands."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from asyncpg import Pool, Record

from indexer.database import open_pool
from indexer.labels import Author
from indexer.labels.signer import Signer
from indexer.protocol.label import Label, make_label

OURS, THEIRS, ALICE = "did:web:labels.ours.test", "did:web:labels.theirs.test", "did:plc:alice"
POST = "at://did:plc:alice/app.bsky.feed.post/1"
SECRET, OTHER_SECRET = bytes(31) + b"\x01", bytes(31) + b"\x02"
AUTHOR = Author(OURS, Signer(SECRET))
STRANGER = Author(THEIRS, Signer(OTHER_SECRET))
START = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
async def pool(database_url: str) -> "AsyncIterator[Pool[Record]]":
    async with await open_pool(database_url, "test", 10) as pool:
        yield pool


def said(val: str, second: float = 0.0, **how: Any) -> Label:
    """By a labeler of another hand, of a post."""
    whole: dict[str, Any] = {"neg": False, "cid": None, "exp": None, "src": THEIRS, "uri": POST}
    whole |= how
    cts = START + timedelta(seconds=second)
    label = make_label(val=val, cts=cts, **whole)
    return STRANGER.signer.sign(label) if STRANGER.signer else label


async def log(pool: "Pool[Record]") -> list[tuple[str, str]]:
    """What happened to which source's labels, as they were logged."""
    rows = await pool.fetch("SELECT src, action FROM label_events ORDER BY id")
    return [tuple(row) for row in rows]
