"""Rows that a reader stored itself, ahead of the firehose. They are no live records until their
commit comes.
"""

from collections.abc import Sequence
from random import Random

from indexer.protocol.event import Commit
from indexer.protocol.op import Op
from indexer.shard.writer import Writer
from tests.model.model import Happened, acceptable
from tests.model.records import Row, kind_of

STORED = "posts likes reposts follows blocks bookmarks".split()
COMMIT = "commit_time commit_seq commit_rev sort_at".split()  # what a reader does not know


async def store_ahead(writer: Writer, events: Sequence[Happened], random: Random) -> None:
    """Some of the records that are about to come, as they will first be."""
    ops = [op for event in events if isinstance(event, Commit) for op in event.ops]
    for op in ops:
        stored = kind_of(op.uri).table in STORED and op.action == "create" and acceptable(op)
        if stored and random.random() < 0.3:
            await _store(writer, op)


async def _store(writer: Writer, op: Op) -> None:
    table, row = kind_of(op.uri).table, _known_to_readers(op)
    values = ", ".join(f"${n}" for n, _ in enumerate(row, 1))
    await writer.pool.execute(
        f"INSERT INTO {table} ({', '.join(row)}) VALUES ({values}) ON CONFLICT DO NOTHING",
        *row.values(),
    )


def _known_to_readers(op: Op) -> Row:
    """Without what is JSON, as if it had none."""
    row = kind_of(op.uri).read(op)
    return {c: v for c, v in row.items() if c not in COMMIT and not isinstance(v, dict | list)}
