"""app.bsky.graph.listblock: someone blocks everybody on a list."""

from collections.abc import Iterable

from indexer.protocol.op import Op
from indexer.records.base import Count, Record, Row, Table, post_counts

list_blocks = Table(
    "list_blocks",
    "uri cid blocker_did list_uri created_at:timestamptz",
    edge=("blocker_did", "list_uri"),
    counts=(Count(post_counts, None, by="list_uri"),),
    awaits=("list_uri",),
)


def rows(op: Op) -> Iterable[Row]:
    yield list_blocks.row(
        uri=op.uri,
        cid=op.cid,
        blocker_did=op.did,
        list_uri=op.uri_of("subject"),
        created_at=op.created_at,
    )


RECORD = Record("app.bsky.graph.listblock", rows, owns=(list_blocks,), effects=("await_list",))
