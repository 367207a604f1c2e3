"""What follows from two records together: verdicts, notices, and whom nobody knows yet.

Runs after the counters' rows are locked. There two shards that write the two halves of an effect
have met: one waited for the other, and its statements, coming later, see what the other wrote.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from asyncpg import Connection
from asyncpg import Record as Found

from indexer.database import load_query
from indexer.protocol.syntax import AtUri
from indexer.records import ALL, record_of
from indexer.shard.batch import Plan
from indexer.shard.rows import Rows

NAMES = sorted({name for record in ALL for name in (*record.effects, *record.subject_of)})
EFFECTS = {name: load_query(name) for name in NAMES}
FORGET, KEEP_READ = load_query("forget_notices"), load_query("keep_read")
ON_DELETE = {r.on_delete: load_query(r.on_delete) for r in ALL if r.on_delete}


async def before_deletion(connection: "Connection[Found]", plan: Plan) -> None:
    """What outlives its record has to be made while the record is still there."""
    for record, touched in plan.touched.items():
        if record.on_delete and touched.gone:
            await connection.execute(ON_DELETE[record.on_delete], sorted(touched.gone))


async def apply(connection: "Connection[Found]", plan: Plan, rows: Rows) -> set[str]:
    """Take effects back and make them anew around every URI touched.

    Returns the subjects that effects wait for.
    """
    told, stale = _touched(plan, rows)
    read = []
    if stale:
        forgotten = await connection.fetch(FORGET, sorted(stale))
        read = [notice for notice in forgotten if notice["is_read"]]
    awaited = await run(connection, told)
    if read:
        await connection.execute(
            KEEP_READ, [notice["uri"] for notice in read], [n["recipient_did"] for n in read]
        )
    return awaited


async def run(connection: "Connection[Found]", touched: Iterable[str]) -> set[str]:
    """Every effect that one of the URIs has a part in, as source or as subject."""
    sources: dict[str, list[str]] = defaultdict(list)
    subjects: dict[str, list[str]] = defaultdict(list)
    for uri in sorted(touched):
        record = record_of(AtUri(uri))
        for name in record.effects:
            sources[name].append(uri)
        for name in record.subject_of:
            subjects[name].append(uri)
    awaited: set[str] = set()
    for name in sorted(sources.keys() | subjects.keys()):  # judge_…, and then notify_…
        awaited.update(await make(connection, name, sources[name], subjects[name]))
    return awaited


async def make(
    connection: "Connection[Found]", name: str, sources: Sequence[str], subjects: Sequence[str]
) -> list[str]:
    """One effect. Returns the subjects that it waits for."""
    statement = EFFECTS[name]
    arguments = [sources, subjects] if "$2" in statement else [sources]
    return [row["subject"] for row in await connection.fetch(statement, *arguments)]


def _touched(plan: Plan, rows: Rows) -> tuple[set[str], set[str]]:
    """All URIs that effects are made for, and those whose notices are stale. The deletion of what
    was not there moved no counter, met nobody, and has no effect."""
    stale = {*rows.gone, *rows.replaced}
    told = {*rows.born, *stale}
    for record, touched in plan.touched.items():
        table = record.owns[0]
        gone = [u for u in touched.gone if table.key_of(AtUri(u)) in rows.removed[table]]
        if record.effects or record.subject_of:
            told.update(touched.born, touched.changed, gone)
        if record.effects:
            stale.update(touched.changed, gone)
    return told, stale
