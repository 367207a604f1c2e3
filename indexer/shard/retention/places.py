"""Where content stands, in the order in which it is gone through, and how it is taken away there.

What waits for its edge goes first, so that nothing too old takes the place of what goes after it.
Posts go after what is told of them, and their counters last.
"""

from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import NamedTuple

from indexer.database import load_query
from indexer.protocol.age import Horizon
from indexer.protocol.op import deletion
from indexer.protocol.syntax import AtUri
from indexer.records import feed_like, feed_post, feed_postgate, feed_repost, feed_threadgate
from indexer.records.base import Table
from indexer.shard.accounts import strays
from indexer.shard.admission import Admitted
from indexer.shard.retention import statements
from indexer.shard.rows import Rows
from indexer.shard.writer import Known

CONTENT = (
    feed_like.likes,
    feed_repost.reposts,
    feed_post.posts,
    feed_threadgate.thread_gates,
    feed_postgate.post_gates,
)
AMONG_SHELVED = statements.among_shelved()
FIND_COUNTERS, DROP_COUNTERS = load_query("find_old_counters"), load_query("drop_counters")


class Place(NamedTuple):
    """A table, and what to ask of it: see `statements`. `remove` takes away those of the URIs that
    are too old still, now that their repos are locked, and returns how many."""

    table: str
    find: str
    preview: str | None  # None: it holds no content, but what is said of some
    remove: Callable[[Known, Sequence[str], Horizon], Awaitable[int]]

    @property
    def holds_content(self) -> bool:
        return self.preview is not None


async def _remove_content(table: Table, known: Known, uris: Sequence[str], horizon: Horizon) -> int:
    keys = [table.key_of(AtUri(uri)) for uri in uris]
    found = [u for (u,) in await known.connection.fetch(statements.among(table), *horizon, keys)]
    stray = [uri for uri in found if strays(table, uri)]
    await _delete(known, sorted({*found} - {*stray}))
    if stray:  # stored by readers, under URIs that no record of the type could have
        rows = Rows(known.connection)
        await rows.purge({table: stray}, {})
        await rows.count()
    return len(found)


async def _remove_shelved(known: Known, uris: Sequence[str], horizon: Horizon) -> int:
    found = await known.connection.fetch(AMONG_SHELVED, *horizon, uris)
    await _delete(known, [uri for (uri,) in found])
    return len(found)


async def _drop_counters(known: Known, uris: Sequence[str], _: Horizon) -> int:
    return len(await known.connection.fetch(DROP_COUNTERS, sorted(uris)))


async def _delete(known: Known, uris: Sequence[str]) -> None:
    """A reader may have named an author by a handle: there is no repo of that."""
    now = datetime.now(UTC)
    revs = {did: repo.rev or "" for did, repo in known.repos.items()}
    records = map(AtUri, uris)
    ops = [deletion(uri, revs.get(uri.did, ""), None, now) for uri in records]
    await known.write(Admitted(ops=ops))


PLACES = (
    Place(
        "duplicates",
        statements.find_shelved(),
        statements.preview_shelved(),
        _remove_shelved,
    ),
    *(
        Place(
            table.name,
            statements.find(table),
            statements.preview(table),
            partial(_remove_content, table),
        )
        for table in CONTENT
    ),
    Place("post_aggregations", FIND_COUNTERS, None, _drop_counters),
)
