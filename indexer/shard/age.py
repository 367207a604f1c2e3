"""What is too old does not come in: not by the stream, nor by a replay, nor with a fetched repo."""

from collections.abc import Iterable, Sequence

from asyncpg import Connection
from asyncpg import Record as Found

from indexer import metrics
from indexer.database import load_query
from indexer.protocol.age import Horizon
from indexer.protocol.op import Op, deletion
from indexer.protocol.syntax import AtUri
from indexer.records import record_of

PROTECTED = load_query("protected_among")


async def kept(
    connection: "Connection[Found]", ops: Sequence[Op], horizon: Horizon | None
) -> Sequence[Op]:
    """In place of each record that is too old its deletion, for what it replaces is gone too."""
    if horizon is None:
        return ops
    old = {op.uri: op.did for op in ops if is_old(op, horizon)}
    if not old:
        return ops
    protected = {did for (did,) in await connection.fetch(PROTECTED, sorted({*old.values()}))}
    away = {uri for uri, did in old.items() if did not in protected}
    metrics.TOO_OLD.inc(len(away))
    return [
        deletion(op.uri, op.rev, op.seq, op.time) if op.uri in away and is_old(op, horizon) else op
        for op in ops
    ]


def is_old(op: Op, horizon: Horizon) -> bool:
    if op.action == "delete":
        return False
    return horizon.has_passed(op, arrival="commit_time" in record_of(op.uri).owns[0].columns)


def worth_asking_for(uris: Iterable[str], horizon: Horizon | None) -> set[str]:
    """Without those that would be too old if they came."""
    if horizon is None:
        return set(uris)
    return {uri for uri in uris if not horizon.is_behind((at := AtUri(uri)).collection, at.rkey)}
