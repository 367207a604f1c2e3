"""app.bsky.graph.list: a named list of accounts, to curate or to moderate by."""

from collections.abc import Iterable

from indexer.protocol.op import Op
from indexer.records.base import Count, Record, Row, Table, post_counts

lists = Table(
    "lists",
    "uri cid creator_did name purpose description avatar_url created_at:timestamptz",
    counts=(Count(post_counts, None, by="uri"),),
    reopens=("uri",),
)


def rows(op: Op) -> Iterable[Row]:
    yield lists.row(
        uri=op.uri,
        cid=op.cid,
        creator_did=op.did,
        name=op.text("name"),
        purpose=op.key("purpose"),
        description=op.maybe_text("description"),
        avatar_url=op.blob("avatar"),
        created_at=op.created_at,
    )


RECORD = Record("app.bsky.graph.list", rows, owns=(lists,), subject_of=("await_list",))
