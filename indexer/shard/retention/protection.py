"""Whose content is kept, however old.

What of it had gone before has to be fetched. A fetching that is under way may have passed it over,
so it begins anew: this is said under the lock of the repo's row.
"""

from indexer.database import load_query
from indexer.shard.writer import Writer

PROTECT = load_query("protect")


async def protect(writer: Writer, did: str) -> bool:
    """Whether that is new. Its repo is asked for if something of it may have gone."""
    async with writer.transaction([did]) as known:
        new = bool(await known.connection.fetch(PROTECT, did))
        repo = known.repos[did]
        if new and writer.horizon() is not None and not repo.deleted:
            repo.want_whole("protected")
    return new
