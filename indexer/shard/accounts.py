"""What is left of a deleted account: nothing that it made, in any table or count.

The account is hidden at once by its status. Its rows go as if it had deleted every record itself,
some at a time; `repos.deleted_at` says that they have yet to, so that nothing stops half-way.
"""

from collections.abc import Iterator
from datetime import timedelta

from indexer.database import load_query
from indexer.protocol.op import Op
from indexer.protocol.syntax import AtUri
from indexer.records import ALL
from indexer.shard import statements
from indexer.shard.admission import Admitted
from indexer.shard.repo import Repo
from indexer.shard.writer import Known, Writer

RECORDS_AT_ONCE = 2000
URIS = [statements.uris_of(table) for table in dict.fromkeys(r.owns[0] for r in ALL)]
DUPLICATES = load_query("duplicates_of")
DUE, BLANK = load_query("due_deletions"), load_query("blank_user")


async def purge(writer: Writer, did: str) -> None:
    while await _purge_some(writer, did):
        pass


async def purge_due(writer: Writer, grace: timedelta) -> None:
    """Accounts whose deletion nobody contradicted for `grace`."""
    for (did,) in await writer.pool.fetch(DUE, grace):
        await purge(writer, did)


async def _purge_some(writer: Writer, did: str) -> bool:
    """Whether there may be more."""
    async with writer.transaction([did]) as known:
        repo = known.repos[did]
        if repo.deleted_at is None:
            return False
        uris = await _uris(known, did)
        if uris:
            await known.write(Admitted(ops=list(_deletions(uris, repo))))
        else:
            await known.connection.execute(BLANK, did)
            repo.deleted_at = None
            repo.changed = True
        return bool(uris)


async def _uris(known: Known, did: str) -> list[str]:
    uris: list[str] = []
    for statement in (DUPLICATES, *URIS):
        if (room := RECORDS_AT_ONCE - len(uris)) > 0:
            uris.extend(uri for (uri,) in await known.connection.fetch(statement, did, room))
    return uris


def _deletions(uris: list[str], repo: Repo) -> Iterator[Op]:
    assert repo.deleted_at is not None
    for uri in uris:
        yield Op("delete", AtUri(uri), None, {}, b"", repo.rev or "", None, repo.deleted_at)
