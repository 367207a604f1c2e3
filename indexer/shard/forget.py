"""Everything that is stored of an account goes, and none of it comes back while it is opted out.

The opt-out is written first, for good. A transaction that a running indexer had begun before may
not have seen it and is waited for; those that begin later store nothing more. Then the account's
records go as if it had deleted each, counts and notices with them, and then what else is its own.

What stays: the settings row, which is the opt-out; the repos row, without which a commit could come
twice; what others wrote, also about the account; the log of labels, whose readers must learn that
a label went.
"""

import asyncio
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial

from asyncpg import Pool
from asyncpg import Record as Found

from indexer.database import load_query
from indexer.shard import statements
from indexer.shard.accounts import DUPLICATES, RECORDS_AT_ONCE, URIS, take_away_some
from indexer.shard.patience import patiently
from indexer.shard.writer import Known, Writer

FORBID, IN_HAND, REST = (
    load_query(name) for name in ("forbid_collection", "transactions_in_hand", "forget_rest")
)
OWNERS = load_query("dids_of_handle")
LOOK_EVERY_S = 0.05

Tell = Callable[[int], None]


async def records_of(pool: "Pool[Found]", did: str) -> Counter[str]:
    """How many records are stored of an account, by table."""
    found: Counter[str] = Counter()
    for table in URIS:
        found[table.name] += await pool.fetchval(statements.count_of(table), did, None)
    found["duplicates"] = len(await pool.fetch(DUPLICATES, did, None))
    return +found


async def dids_of(pool: "Pool[Found]", handle: str) -> list[str]:
    """Accounts known by this handle."""
    return [did for (did,) in await pool.fetch(OWNERS, handle.lower())]


async def forget(writer: Writer, did: str, tell: Tell) -> Counter[str]:
    """How many rows went, by table. `tell` is called with the number of records that just went.

    The writer's sessions must commit synchronously: nobody would send the opt-out again.
    """
    await writer.pool.execute(FORBID, did)
    await _settled(writer.pool)
    gone: Counter[str] = Counter()
    while some := await patiently(partial(_forget_some, writer, did)):
        gone += some
        tell(some.total())
    return gone


async def _settled(pool: "Pool[Found]") -> None:
    """Until every transaction of an indexer that is under way now has ended."""
    older = {row[0] for row in await pool.fetch(IN_HAND)}
    while older:
        await asyncio.sleep(LOOK_EVERY_S)
        older &= {row[0] for row in await pool.fetch(IN_HAND)}


async def _forget_some(writer: Writer, did: str) -> Counter[str]:
    async with writer.transaction([did]) as known:
        return await take_away_some(known, did, datetime.now(UTC)) or await _rest(known, did)


async def _rest(known: Known, did: str) -> Counter[str]:
    found = Counter(dict(await known.connection.fetch(REST, did, RECORDS_AT_ONCE)))
    if not found:
        repo = known.repos[did]
        repo.state, repo.deleted_at, repo.changed = "partial", None, True
    return found
