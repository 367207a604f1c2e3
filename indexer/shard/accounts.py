"""What is left of a deleted account: nothing that it made, in any table or count.

The account is hidden at once by its status. Its rows go as if it had deleted every record itself,
some at a time; `repos.deleted_at` says that they have yet to, so that nothing stops half-way.
"""

from collections import Counter
from datetime import datetime, timedelta
from functools import partial

from indexer import metrics
from indexer.database import load_query
from indexer.protocol.op import deletion
from indexer.protocol.syntax import AtUri
from indexer.records import ALL, record_of
from indexer.records.base import Table
from indexer.shard import statements
from indexer.shard.admission import Admitted
from indexer.shard.patience import patiently
from indexer.shard.rows import Rows
from indexer.shard.writer import Known, Writer

RECORDS_AT_ONCE = 2000
URIS = {record.owns[0]: statements.uris_of(record.owns[0]) for record in ALL}
DUPLICATES = load_query("duplicates_of")
DUE, BLANK = load_query("due_deletions"), load_query("blank_user")


async def purge(writer: Writer, did: str) -> None:
    while await patiently(partial(_purge_some, writer, did)):
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
        if await take_away_some(known, did, repo.deleted_at):
            return True
        await known.connection.execute(BLANK, did)
        unawaited = await writer.pending.take(known.connection, [did])
        known.moved.append((metrics.PENDING_CANCELLED, unawaited))
        repo.deleted_at = None
        repo.changed = True
        return False


async def take_away_some(known: Known, did: str, time: datetime) -> Counter[str]:
    """How many of the account's records went, by table; none when none is left."""
    uris = await _uris(known, did)
    if not uris:
        return await _purge_strays(known, did)
    rev = known.repos[did].rev or ""
    await known.write(Admitted(ops=[deletion(uri, rev, None, time) for uri in uris]))
    return Counter(record_of(uri).owns[0].name for uri in uris)


async def _uris(known: Known, did: str) -> list[AtUri]:
    """Records that stand where their type belongs, and duplicates of such."""
    uris: list[AtUri] = []
    for table, statement in URIS.items():
        if (room := RECORDS_AT_ONCE - len(uris)) > 0:
            found = await known.connection.fetch(statement, did, room)
            uris += [AtUri(uri) for (uri,) in found if not strays(table, uri)]
    if (room := RECORDS_AT_ONCE - len(uris)) > 0:
        uris += [AtUri(uri) for (uri,) in await known.connection.fetch(DUPLICATES, did, room)]
    return uris


async def _purge_strays(known: Known, did: str) -> Counter[str]:
    """What readers stored under URIs of their own."""
    rows = Rows(known.connection)
    found: Counter[str] = Counter()
    for table, statement in URIS.items():
        uris = [uri for (uri,) in await known.connection.fetch(statement, did, RECORDS_AT_ONCE)]
        if stray := [uri for uri in uris if strays(table, uri)]:
            await rows.purge({table: stray}, {})
            found[table.name] += len(stray)
    await rows.count()
    return found


def strays(table: Table, uri: str) -> bool:
    """Whether no record of the table's type could have this URI."""
    return uri.count("/") != 4 or record_of(AtUri(uri)).owns[0] is not table
