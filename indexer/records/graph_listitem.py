"""app.bsky.graph.listitem: an account is on a list of the item's author."""

from collections.abc import Iterable

from indexer.protocol.errors import Invalid
from indexer.protocol.op import Op
from indexer.records.base import Count, Record, Row, Table, post_counts, user_counts

list_items = Table(
    "list_items",
    "uri cid list_uri subject_did created_at:timestamptz",
    edge=("list_uri", "subject_did"),
    counts=(
        Count(post_counts, None, by="list_uri"),
        Count(user_counts, None, by="subject_did"),
    ),
    reopens=("list_uri", "subject_did"),
    people=("subject_did",),
    awaits=("list_uri",),
)


def rows(op: Op) -> Iterable[Row]:
    list_uri = op.uri_of("list")
    if list_uri.did != op.did:
        raise Invalid("foreign_list", f"list: {list_uri} does not belong to {op.did}")
    yield list_items.row(
        uri=op.uri,
        cid=op.cid,
        list_uri=list_uri,
        subject_did=op.did_of("subject"),
        created_at=op.created_at,
    )


RECORD = Record("app.bsky.graph.listitem", rows, owns=(list_items,), effects=("await_list",))
