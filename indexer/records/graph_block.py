"""app.bsky.graph.block: someone blocks an account."""

from collections.abc import Iterable

from indexer.protocol.op import Op
from indexer.records.base import Record, Row, Table

blocks = Table(
    "blocks",
    "uri cid blocker_did blocked_did created_at:timestamptz"
    " commit_time:timestamptz commit_seq:bigint commit_rev",
    edge=("blocker_did", "blocked_did"),
    people=("blocked_did",),
)


def rows(op: Op) -> Iterable[Row]:
    yield blocks.row(
        uri=op.uri,
        cid=op.cid,
        blocker_did=op.did,
        blocked_did=op.did_of("subject"),
        created_at=op.created_at,
        commit_time=op.time,
        commit_seq=op.seq,
        commit_rev=op.rev,
    )


RECORD = Record("app.bsky.graph.block", rows, owns=(blocks,))
