"""What labelers said, as rows: the latest of each identity (src, uri, val)."""

from collections.abc import Iterable
from typing import Any

from asyncpg import Connection, Pool, Record

from indexer.database import load_query
from indexer.protocol.label import Label

PUT, REWIND = load_query("put_labels"), load_query("rewind_labeler")


async def put(connection: "Connection[Record]", labels: Iterable[Label], seq: int = 0) -> set[str]:
    """The keys of those that changed. `seq` is the number of the message they came with: of two
    with one time the later counts, as does the later in one message."""
    return await put_numbered(connection, ((seq, label) for label in labels))


async def put_numbered(
    connection: "Connection[Record]", labels: Iterable[tuple[int, Label]]
) -> set[str]:
    """Of several messages, each label with the number of its own, in their order."""
    latest: dict[str, tuple[int, Label]] = {}
    for seq, label in labels:
        held = latest.get(label.key)
        if held is None or held[1].cts <= label.cts:
            latest[label.key] = seq, label
    if not latest:
        return set()
    columns = zip(*(_row(seq, label) for seq, label in latest.values()), strict=True)
    return {uri for (uri,) in await connection.fetch(PUT, *columns)}


async def rewind(pool: "Pool[Record]", did: str) -> int:
    """Of how many endpoints the stream will be read from its beginning."""
    return int((await pool.execute(REWIND, did)).split()[-1])


def _row(seq: int, label: Label) -> tuple[Any, ...]:
    key, src, uri, val, neg, cid, cts, exp, block, sig = label
    return key, src, uri, val, neg, cid, exp, cts, block, sig, seq
