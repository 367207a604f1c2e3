"""app.bsky.graph.block: someone blocks an account."""

from collections.abc import Iterable

from indexer.protocol.op import Op
from indexer.records.base import COMMITTED, Record, Row, Table, committed

blocks = Table(
    "blocks",
    "uri cid blocker_did blocked_did " + COMMITTED,
    edge=("blocker_did", "blocked_did"),
    people=("blocked_did",),
)


def rows(op: Op) -> Iterable[Row]:
    yield blocks.row(
        uri=op.uri,
        cid=op.cid,
        blocker_did=op.did,
        blocked_did=op.did_of("subject"),
        **committed(op),
    )


RECORD = Record("app.bsky.graph.block", rows, owns=(blocks,))
