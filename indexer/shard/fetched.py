"""Records that were fetched one by one, held against what stands already.

Of two copies of one version the one that came by the stream is kept: it knows when it came, and has
told whomever it concerns. A fetched one, being old news, would not.
"""

from collections import defaultdict
from collections.abc import Iterable

from asyncpg import Connection
from asyncpg import Record as Found

from indexer.protocol.op import Op
from indexer.records import record_of
from indexer.records.base import Table
from indexer.shard import statements


async def news(connection: "Connection[Found]", ops: Iterable[Op]) -> list[Op]:
    """Those that are not stored in the same version."""
    by_table: dict[Table, list[Op]] = defaultdict(list)
    for op in ops:
        by_table[record_of(op.uri).owns[0]].append(op)
    result: list[Op] = []
    for table, some in by_table.items():
        keys = [table.key_of(op.uri) for op in some]
        found = await connection.fetch(statements.versions(table), keys)
        standing = {(key, cid) for key, cid in found}
        result += [op for op, key in zip(some, keys, strict=True) if (key, op.cid) not in standing]
    return result
