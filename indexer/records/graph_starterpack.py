"""app.bsky.graph.starterpack: accounts and feeds for somebody new."""

from collections.abc import Iterable

from indexer.protocol.op import Op
from indexer.records.base import Count, Record, Row, Table, post_counts

starter_packs = Table(
    "starter_packs",
    "uri cid creator_did name description list_uri feeds:jsonb created_at:timestamptz",
    counts=(Count(post_counts, None, by="uri"),),
)


def rows(op: Op) -> Iterable[Row]:
    feeds = [feed["uri"] for feed in op.objects("feeds") or () if isinstance(feed.get("uri"), str)]
    yield starter_packs.row(
        uri=op.uri,
        cid=op.cid,
        creator_did=op.did,
        name=op.text("name"),
        description=op.maybe_text("description"),
        list_uri=op.maybe_text("list"),
        feeds=op.json(feeds),
        created_at=op.created_at,
    )


RECORD = Record(
    "app.bsky.graph.starterpack", rows, owns=(starter_packs,), subject_of=("notify_joined",)
)
